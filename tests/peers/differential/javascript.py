# SPDX-License-Identifier: Apache-2.0
"""The process that writes with dcmjs and cornerstone3D's adapters: write_javascript.mjs."""

import json
import pathlib
import subprocess

from peerlib import PEERS, venv_program


class JavaScript:
    """Called with a job, whose paths are absolute or of the directory in which it was started."""

    def __init__(self):
        script = pathlib.Path(__file__).with_name("write_javascript.mjs")
        self.errors = open("javascript.log", "w+", encoding="utf-8")
        self.process = subprocess.Popen(
            [venv_program("node"), script, PEERS / "node"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors, encoding="utf-8",
        )  # fmt: skip

    def __call__(self, job):
        paths = {key: str(pathlib.Path(job[key]).resolve()) for key in ("pixels", "output")}
        images = [str(pathlib.Path(image).resolve()) for image in job["images"]]
        self.process.stdin.write(json.dumps(job | paths | {"images": images}) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        assert line, f"node ended: {pathlib.Path(self.errors.name).read_text(encoding='utf-8')[-2000:]}"
        answer = json.loads(line)
        assert "error" not in answer, answer["error"]

    def close(self):
        self.process.stdin.close()
        self.process.wait()
        self.errors.close()
