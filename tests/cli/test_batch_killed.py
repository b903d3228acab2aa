# SPDX-License-Identifier: Apache-2.0
"""dseg batch killed at random moments: a rerun does the rest only, the report is complete, and every output has the
bytes that an undisturbed run gives it.

usage: test_batch_killed.py [SEED]
DSEG_TEST_KILLS: how many times; 5 otherwise.
"""

import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from batches import hidden, lines, make_objects, outputs, run
from harness import PROGRAM, skip

KILLS = int(os.environ.get("DSEG_TEST_KILLS", "5"))
COUNT = 200
FAULTY = 2  # a cut-off object, and one that is named but is no segmentation
RUNS = {
    "transcode": ("--do", "transcode", "--transfer-syntax", "rle", "--verify"),
    "convert": ("--do", "convert", "--as", "labelmap", "--transfer-syntax", "rle", "--verify"),
}


def arguments(kind, output):
    return ("in", "in/readme.txt", "--to", output, *RUNS[kind], "--jobs", "2")


def start(place, kind, output):
    return subprocess.Popen([PROGRAM, "batch", *arguments(kind, output)], cwd=place, stdin=subprocess.DEVNULL,
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip


def whole_lines(path):
    """Lines that a kill left, the last of which may be cut off."""
    content = path.read_bytes() if path.exists() else b""
    return content[: content.rfind(b"\n") + 1]


def check_report(report):
    """Each object once, the faulty ones as failures."""
    names = [line["input"] for line in report]
    assert len(names) == len(set(names)) == COUNT + FAULTY, (len(names), len(set(names)))
    failed = sorted(line["input"] for line in report if line["status"] != "ok")
    assert failed == ["in/part0/cut.dcm", "in/readme.txt"], failed


def check_state(place, whole, report):
    """After a kill: what has a name is complete, and what the report says of it is so."""
    for name, content in outputs(place).items():
        assert content == whole[name], f"{name} is not what it should be"
    for line in report:
        if line["status"] == "ok":
            assert (place.parent / line["output"]).stat().st_size == line["bytes_out"], line


def kill_once(place, kind, whole, seconds, chance):
    output = place / "out"
    shutil.rmtree(output, ignore_errors=True)
    process = start(place, kind, "out")
    time.sleep(chance.uniform(0, seconds))
    process.kill()
    process.wait()
    time.sleep(0.05)  # workers end with their parent, not before
    path = output / "report.jsonl"
    kept = whole_lines(path)
    before = [json.loads(line) for line in kept.splitlines()]
    if output.exists():
        check_state(output, whole, before)
    result = run(place, *arguments(kind, "out"))
    assert result.code == 1, result.err
    assert path.read_bytes().startswith(kept), "lines of the first run were changed"
    report = lines(path)
    check_report(report)
    assert outputs(output) == whole, "outputs are not those of an undisturbed run"
    return len(before)


def end_by(number, place, kind, whole, seconds):
    """A signal that can be caught: objects in work are completed, and nothing is left of others."""
    shutil.rmtree(place / "out", ignore_errors=True)
    process = start(place, kind, "out")
    time.sleep(seconds / 3)
    process.send_signal(number)
    assert process.wait(timeout=60) in (128 + number, 1), process.returncode
    done = {line["output"].removeprefix("out/") for line in lines(place / "out/report.jsonl") if line["status"] == "ok"}
    assert done == set(outputs(place / "out")), "the report and the outputs are not the same objects"
    assert hidden(place / "out") == [], hidden(place / "out")
    run(place, *arguments(kind, "out"))
    check_report(lines(place / "out/report.jsonl"))
    assert outputs(place / "out") == whole


def end_worker(place, kind, whole, seconds):
    """A worker that is killed costs its object a line, and no other."""
    shutil.rmtree(place / "out", ignore_errors=True)
    process = start(place, kind, "out")
    time.sleep(seconds / 3)
    listed = subprocess.run(["pgrep", "-P", str(process.pid)], capture_output=True, text=True)
    workers = [int(word) for word in listed.stdout.split()]
    if workers:
        os.kill(workers[0], signal.SIGKILL)
    process.wait(timeout=60)
    report = lines(place / "out/report.jsonl")
    told = [line for line in report if line["status"] == "failed" and "ended with signal 9" in line["message"]]
    assert len(told) <= 1 and len(report) == COUNT + FAULTY, (len(told), len(report))
    assert hidden(place / "out") == [], hidden(place / "out")
    run(place, *arguments(kind, "out"), "--retry-failed")
    assert outputs(place / "out") == whole


def main():
    if not shutil.which("pgrep"):
        skip("no pgrep")
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else time.time_ns()
    print(f"seed {seed}")
    chance = random.Random(seed)
    place = pathlib.Path(tempfile.mkdtemp(dir=os.getcwd()))
    try:
        make_objects(place / "in", COUNT)
        (place / "in/part0/cut.dcm").write_bytes((place / "in/part0/seg000.dcm").read_bytes()[:2000])
        wholes, seconds = {}, {}
        for kind in RUNS:
            begun = time.monotonic()
            assert run(place, *arguments(kind, f"whole-{kind}")).code == 1
            seconds[kind] = time.monotonic() - begun
            wholes[kind] = outputs(place / f"whole-{kind}")
            check_report(lines(place / f"whole-{kind}/report.jsonl"))
            assert len(wholes[kind]) == COUNT
        kept = []
        for i in range(KILLS):
            kind = list(RUNS)[i % len(RUNS)]
            kept.append(kill_once(place, kind, wholes[kind], seconds[kind], chance))
        print(f"{KILLS} kills, after which {kept} lines were kept")
        for number in (signal.SIGINT, signal.SIGTERM):
            end_by(number, place, "transcode", wholes["transcode"], seconds["transcode"])
        end_worker(place, "convert", wholes["convert"], seconds["convert"])
    finally:
        shutil.rmtree(place)


main()
