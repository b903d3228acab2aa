# SPDX-License-Identifier: Apache-2.0
"""An Orthanc of one's own on loopback, which ends with the block that it was started for."""

import json
import pathlib
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

START = pathlib.Path(__file__).resolve().parents[3] / "tools" / "viewer" / "ohif" / "orthanc.sh"
SECONDS = 60  # that it may take to start


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Orthanc:
    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory()
        self.port = free_port()
        self.process = subprocess.Popen(["sh", START, self.folder.name, str(self.port)], stdin=subprocess.DEVNULL)
        try:
            self.wait()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        self.folder.cleanup()

    def wait(self):
        for _ in range(SECONDS * 10):
            try:
                self.ask("/system")
                return
            except OSError:
                if self.process.poll() is not None:
                    break
                time.sleep(0.1)
        raise RuntimeError(f"Orthanc does not start: {pathlib.Path(self.folder.name, 'orthanc.log').read_text()[-500:]}")

    def ask(self, path, body=None, accept="*/*"):
        """The answer's bytes and content type; an urllib.error.HTTPError, whose text says why, when it is none."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", data=body, headers={"Accept": accept})
        with urllib.request.urlopen(request, timeout=600) as answer:
            return answer.read(), answer.headers["Content-Type"]

    def store(self, path):
        answer, _ = self.ask("/instances", body=pathlib.Path(path).read_bytes())
        return json.loads(answer)
