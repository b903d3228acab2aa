# SPDX-License-Identifier: Apache-2.0
"""Runs a reader in a process of its own, with all that it starts, and says how it ended.

Each process of it may use so many seconds of CPU time; a wall limit, far longer, ends what waits for nothing. So a busy
machine changes no verdict.
"""

import os
import pathlib
import re
import resource
import signal
import subprocess
import tempfile
import time
from typing import NamedTuple

WALL_FOR_CPU = 10  # seconds that may pass for each of the limit
ERROR = re.compile(r"(E:|(\w|[.:])*(Error|Exception|ERROR): (?!Exception thrown))")
SLACK = 2  # seconds before the limit that already count as reaching it: what kills a process is not always exact


FATAL = (signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGFPE, signal.SIGILL, signal.SIGKILL, signal.SIGXCPU)


class Outcome(NamedTuple):
    end: str  # "done", "refuses", "crashes", "no time"
    out: str
    message: str  # why it refused, as it says itself


def cpu_seconds(session):
    """The most that a process of the session has used so far."""
    most = 0.0
    for status in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it has ended
        if int(fields[3]) == session:
            most = max(most, (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK"))
    return most


def signal_of(code):
    """The signal that has ended a process, or one that it waited for: Python passes on the negative number of that, modulo
    256, and a shell 128 more. None when it has ended itself."""
    if code < 0:
        return -code
    return next((number for number in FATAL if code in (256 - number, 128 + number)), None)


def message_of(out, err):
    """The line that says most: the last that names an error, else the last of all."""
    lines = [line.strip() for line in (out + "\n" + err).splitlines() if line.strip()]
    errors = [line for line in lines if ERROR.match(line)]
    return (errors or lines or ["without a word"])[-1]


def end_session(session):
    """Ends what the reader has left running."""
    try:
        os.killpg(session, signal.SIGKILL)
    except ProcessLookupError:
        pass


def run_limited(command, cpu, environment=None):
    def limit():
        resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 5))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    used, end_by_wall = 0.0, False
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        process = subprocess.Popen(
            [str(part) for part in command], stdin=subprocess.DEVNULL, stdout=out, stderr=err, env=environment,
            start_new_session=True, preexec_fn=limit,
        )  # fmt: skip
        start = time.monotonic()
        while True:
            try:
                process.wait(0.5)
                break
            except subprocess.TimeoutExpired:
                used = max(used, cpu_seconds(process.pid))
                if time.monotonic() - start > WALL_FOR_CPU * cpu:
                    end_by_wall = True
                    end_session(process.pid)
        end_session(process.pid)
        out.seek(0), err.seek(0)
        texts = [stream.read().decode("utf-8", "replace") for stream in (out, err)]
    code = process.returncode
    if code == 0:
        return Outcome("done", texts[0], "")
    number = signal_of(code)
    if end_by_wall or number == signal.SIGXCPU or used > cpu - SLACK:
        return Outcome("no time", "", f"more than {cpu} s of CPU time" if not end_by_wall else "it waits for ever")
    if number is not None:
        return Outcome("crashes", "", signal.Signals(number).name)
    return Outcome("refuses", "", message_of(*texts))
