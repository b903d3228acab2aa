# SPDX-License-Identifier: Apache-2.0
"""Signals and kills at random moments: a directory has the old files or the new ones, whole, and nothing else.

usage: test_interrupted.py [SEED]
DSEG_TEST_SECONDS: how long each of the four parts lasts; 5 otherwise.
"""

import hashlib
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from harness import PROGRAM, skip

NAMED = os.environ.get("DSEG_TEST_NAMED")  # the program as it is where no file is without a name
SECONDS = float(os.environ.get("DSEG_TEST_SECONDS", "5"))
# What may be left where a process is killed that has no time to say so: the next run removes the first of them, and
# those that belong to a set of which some files have their names are for the user to look at.
WRITING, SET = ".tmp", (".old", ".done")

JSON = () if os.environ.get("DSEG_LACKS_LIBRARIES") else ("--write-metadata", "o.json")
RUNS = {
    "an object and JSON": ("../b.dcm", "o.dcm", "--transfer-syntax", "rle", "--uid-seed", "x", *JSON),
    "a header and its voxels": ("../in.nii", "o.mhd", "--compression", "none"),
    "a file for each segment": ("../b.dcm", "o.nii", "--split"),
}
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGXCPU)


def contents(directory):
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in directory.iterdir()}


def start(program, directory, name, force):
    arguments = [program, "convert", *RUNS[name], *(("--force",) if force else ())]
    environment = {**os.environ, "SOURCE_DATE_EPOCH": "1600000000"}
    return subprocess.Popen(
        arguments, cwd=directory, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def has_nameless_files(directory):
    try:
        os.close(os.open(directory, os.O_TMPFILE | os.O_RDWR))
        return True
    except (AttributeError, OSError):
        return False


class Trial:
    """One kind of run in a directory of its own, over and over."""

    def __init__(self, program, name, force):
        self.program, self.name, self.force = program, name, force
        self.directory = pathlib.Path(tempfile.mkdtemp(dir=os.getcwd()))
        begin = time.monotonic()
        if start(program, self.directory, name, force).wait() != 0:
            raise SystemExit(f"{name}: fails when nothing interrupts it")
        self.seconds = time.monotonic() - begin
        self.new = contents(self.directory)
        self.old = {file: hashlib.sha256(file.encode()).hexdigest() for file in self.new} if force else {}

    def reset(self):
        shutil.rmtree(self.directory)
        self.directory.mkdir()
        for file in self.old:
            (self.directory / file).write_text(file)

    def hidden(self):
        return {file for file in os.listdir(self.directory) if file.startswith(".dseg-")}

    def interrupt(self, number, delay):
        self.reset()
        child = start(self.program, self.directory, self.name, self.force)
        time.sleep(delay)
        child.send_signal(number)
        code = child.wait()
        if code not in (0, -number):
            raise SystemExit(f"{self.name}: exit {code} after {signal.Signals(number).name}")
        return code

    def after_signal(self, number, delay):
        code = self.interrupt(number, delay)
        found = contents(self.directory)
        # A signal that comes when the files have their names finds all of them.
        if found != self.new and (code == 0 or found != self.old):
            return f"exit {code}, {len(found)} files: {sorted(set(found) - set(self.old))[:3]}"
        return None

    def after_kill(self, delay, nameless):
        self.interrupt(signal.SIGKILL, delay)
        hidden = self.hidden()
        if nameless and not self.force and hidden:
            return f"hidden names are left: {hidden}"
        for file, digest in contents(self.directory).items():
            if file not in hidden and digest not in (self.old.get(file), self.new.get(file)):
                return f"{file} is neither the old file nor the new one"
        missing = set(self.old) - set(contents(self.directory))
        if missing:
            return f"{missing} are gone"
        small = [self.program, "phantom", "next.nii", "--size", "16x16x8", "--force"]
        (self.directory / "next.nii").write_text("old")
        subprocess.run(small, cwd=self.directory, check=True, timeout=60)
        left = {file for file in self.hidden() if not file.endswith(SET)}
        return f"the next run leaves {left}" if left else None


def run(label, trials, act, numbers):
    end = time.monotonic() + SECONDS
    count = 0
    while time.monotonic() < end:
        trial = numbers.choice(trials)
        delay = numbers.uniform(0, 1.1 * trial.seconds)
        failure = act(trial, delay)
        count += 1
        if failure:
            raise SystemExit(f"{label}: {trial.name}, force {trial.force}, after {delay:.6f} s: {failure}")
    print(f"{label}: {count} runs")


def main():
    seed = sys.argv[1] if len(sys.argv) > 1 else str(random.SystemRandom().randrange(2**32))
    print(f"seed {seed}", flush=True)
    numbers = random.Random(seed)
    phantom = ("phantom", "in.nii", "--size", "64x64x40", "--labels", "30")
    for arguments in (phantom, ("convert", "in.nii", "b.dcm", "--as", "binary")):
        subprocess.run([PROGRAM, *arguments, "--force"], check=True, timeout=120)
    programs = {"as it is": PROGRAM}
    if NAMED:
        programs["with hidden names"] = NAMED
    for label, program in programs.items():
        trials = [Trial(program, name, force) for name in RUNS for force in (False, True)]
        nameless = program == PROGRAM and has_nameless_files(os.getcwd())
        run(f"signals, {label}", trials, lambda trial, delay: trial.after_signal(numbers.choice(SIGNALS), delay), numbers)
        run(f"kills, {label}", trials, lambda trial, delay, n=nameless: trial.after_kill(delay, n), numbers)
        for trial in trials:
            shutil.rmtree(trial.directory)
    if not NAMED:
        skip("hidden names need a static library")


if __name__ == "__main__":
    main()
