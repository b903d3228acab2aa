# SPDX-License-Identifier: Apache-2.0
"""Hostile objects, volumes and JSON, made at random, given to every subcommand that reads such files.

usage: run_hostile.py [--seed S] [--seconds N | --count N] [--only NUMBER] [--keep DIRECTORY]
Every run ends within a time and within memory, not by a signal, with an exit code that the documentation has, with a
message where that is not 0, without a control character, and without an output where it failed. A file that breaks a
rule is kept, with the command beside it. The same seed and number give the same file. For Linux.
"""

import argparse
import collections
import concurrent.futures
import os
import pathlib
import random
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time

import mutate_dicom
import mutate_volumes
from seeds import Seeds

PROGRAM = os.environ["DSEG"]
SECONDS = 20  # of one run; most take milliseconds
LIMIT = 256 << 20  # --memory
# Attributes and what decoders need count alone, each up to the limit; the program itself and its threads come on top.
MOST_RESIDENT = 2 * LIMIT + (96 << 20)
CONTROL = re.compile(rb"[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]")
READS = (0, 2, 3, 4)


class Run:
    """One command over a hostile file. codes: exit codes that are documented; 2 where a value that the file leads to is
    one that an option could help with."""

    def __init__(self, arguments, codes, outputs=()):
        self.arguments, self.codes, self.outputs = arguments, codes, outputs


def runs_of(kind, name, random):
    """Commands for a file; out stands for a directory that is empty."""
    if kind == "json":
        return [
            Run(["convert", "labels.nii", "out/a.dcm", "--metadata", name], READS, True),
            Run(["itkimage2segimage", "--inputImageList", "labels.nii", "--inputMetadata", name, "--inputDICOMDirectory", "ct",
                 "--outputDICOM", "out/b.dcm"], (0, 1), True),
        ]  # fmt: skip
    if kind == "image":
        return [
            Run(["convert", "phantom.nii", "out/r.dcm", "--reference", name], READS, True),
            Run(["convert", "phantom.nii", "out/g.dcm", "--reference", "ct", name, "--grid", "reference"], READS, True),
            Run(["preview", "phantom.nii", "out/a.png", "--reference", name], READS, True),
            Run(["validate", name], (0, 1, 3)),
            Run(["info", name], (0, 3)),
        ]
    made = [
        Run(["info", name], (0, 3)),
        Run(["info", name, "--statistics", "--json"], (0, 3)),
        Run(["convert", name, "out/a.dcm", *random.choice([(), ("--as", "binary"), ("--as", "labelmap", "--renumber"),
             ("--as", "fractional"), ("--transfer-syntax", "rle"), ("--spacing", "1,1,1")])], READS, True),
        Run(["convert", name, "out/a" + random.choice([".nii", ".nii.gz", ".nrrd", ".seg.nrrd", ".mha", ".mhd"]),
             *random.choice([(), ("--split",), ("--overlap", "last"), ("--threshold", "0.5"), ("--volume", "all"), ("--round",)])], READS, True),
        Run(["compare", name, random.choice([name, "labels.nii"])], (0, 1, 2)),
        Run(["preview", name, "out/a" + random.choice([".png", ".svg"])], READS, True),
        Run(["convert", "labels.nii", "out/b.nii", "--grid", name], READS, True),
    ]  # fmt: skip
    if kind == "dicom":
        made += [
            Run(["validate", name], (0, 1, 3)),
            Run(["transcode", name, "out/t.dcm", "--transfer-syntax", random.choice(["explicit-le", "deflated", "rle", "implicit-le"])], READS, True),
            Run(["segimage2itkimage", "--inputDICOM", name, "--outputDirectory", "out"], (0, 1), True),
            Run(["bin2labelsegimage", "--inputDICOM", name, "--outputDICOM", "out/l.dcm"], (0, 1), True),
            Run(["convert", "labels.nii", "out/r.dcm", "--reference", name], READS, True),
        ]  # fmt: skip
    else:
        made.append(Run(["itkimage2segimage", "--inputImageList", name, "--inputMetadata", "names.json", "--inputDICOMDirectory",
                         "ct", "--outputDICOM", "out/b.dcm"], (0, 1), True))  # fmt: skip
    if random.random() < 0.05:
        made.append(Run(["samples", name, "out/s", "--only", "labelmap"], READS, True))
    return made


class Place:
    """A directory with the good files, in which one thread runs commands."""

    def __init__(self, seeds):
        self.dir = pathlib.Path(tempfile.mkdtemp(dir=os.getcwd()))
        for path in seeds.directory.iterdir():
            if path.is_file():
                (self.dir / path.name).symlink_to(path.resolve())
        (self.dir / "ct").symlink_to((seeds.directory / "ct").resolve())

    def run(self, run):
        """What is wrong with how it ended; "" if nothing is. Sets run.outcome."""
        out = self.dir / "out"
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir()
        command = [PROGRAM, *run.arguments, "--threads", "2", "--memory", str(LIMIT)]
        if run.arguments[0] in ("itkimage2segimage", "segimage2itkimage", "bin2labelsegimage"):
            command = [PROGRAM, *run.arguments]
        with open(self.dir / "shown", "w+b") as shown, open(self.dir / "said", "w+b") as said:
            process = subprocess.Popen(command, cwd=self.dir, stdin=subprocess.DEVNULL, stdout=shown, stderr=said)
            timer = threading.Timer(SECONDS, process.kill)
            timer.start()
            _, status, usage = os.wait4(process.pid, 0)
            timer.cancel()
            process.returncode = os.waitstatus_to_exitcode(status)
            shown.seek(0)
            said.seek(0)
            return self.judge(run, process.returncode, usage, shown.read(), said.read())

    def judge(self, run, code, usage, shown, said):
        run.code = code
        run.said = said[-2000:].decode("utf-8", "replace")
        if code == -9:
            return f"takes more than {SECONDS} s"
        if code < 0:
            return f"ends by signal {-code}"
        if code not in run.codes:
            return f"exit code {code}, documented are {run.codes}"
        if code not in (0, 1) and b"error:" not in said:
            return f"exit code {code} without a message"
        if code == 1 and not (shown or said):
            return "exit code 1 without a word"
        if CONTROL.search(said) or (CONTROL.search(shown) and "--json" not in run.arguments):
            return "a control character on the terminal"
        if usage.ru_maxrss * 1024 > MOST_RESIDENT:
            return f"{usage.ru_maxrss >> 10} MiB resident"
        left = sorted(str(path.relative_to(self.dir)) for path in (self.dir / "out").rglob("*") if path.is_file())
        if code != 0 and left:
            return f"failed, and left {left}"
        if code == 0 and run.outputs and not left:
            return "succeeded without an output"
        return ""


class Hunt:
    def __init__(self, seeds, seed, keep):
        self.seeds, self.seed, self.keep = seeds, seed, pathlib.Path(keep)
        self.local = threading.local()
        self.lock = threading.Lock()
        self.counts, self.failures = collections.Counter(), 0

    def make(self, number):
        """The hostile file of this number."""
        made = random.Random(f"{self.seed} {number}")
        kinds = ["dicom"] * 5 + ["image", "nifti", "nifti.gz", "nrrd", "nrrd", "metaimage", "json"]
        kind = made.choice(kinds)
        _, suffix, name, data = made.choice([item for item in self.seeds.files if item[0] == kind])
        changed, said = (mutate_dicom.mutate(made, data) if kind in ("dicom", "image") else mutate_volumes.mutate(made, data, kind))
        return made, kind, suffix, name, changed, said

    def try_one(self, number):
        if not hasattr(self.local, "place"):
            self.local.place = Place(self.seeds)
        place = self.local.place
        made, kind, suffix, name, data, said = self.make(number)
        hostile = "hostile" + suffix
        (place.dir / hostile).write_bytes(data)
        for run in runs_of(kind, hostile, made):
            wrong = place.run(run)
            with self.lock:
                self.counts[f"{run.arguments[0]}: exit code {run.code}"] += 1
                self.counts["runs"] += 1
                if wrong:
                    self.fail(number, run, wrong, f"{name}: {', '.join(said)}", hostile, data)
        with self.lock:
            self.counts[f"files, {kind}"] += 1

    def fail(self, number, run, wrong, said, hostile, data):
        """Keeps the file."""
        self.failures += 1
        self.keep.mkdir(parents=True, exist_ok=True)
        kept = self.keep / f"{self.seed}-{number}{pathlib.Path(hostile).suffixes[-1]}"
        kept.write_bytes(data)
        text = f"seed {self.seed}, number {number}: {wrong}\ndseg {' '.join(run.arguments)}\nmade from {said}\n{run.said}\n"
        with open(str(kept) + ".txt", "a") as file:
            file.write(text)
        print(f"FAILED, kept as {kept}: {text}", flush=True)


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", default="1")
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--only", type=int)
    parser.add_argument("--keep", default="kept")
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    return parser.parse_args()


def numbers(given):
    if given.only is not None:
        return iter([given.only])
    if given.seconds is None:
        return iter(range(given.count))
    end = time.monotonic() + given.seconds
    return iter(lambda counter=iter(range(10**9)): next(counter) if time.monotonic() < end else -1, -1)


def main():
    given = arguments()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 30, 1 << 30))
    with tempfile.TemporaryDirectory(dir=os.getcwd()) as directory:
        os.environ["TMPDIR"] = directory
        keep = os.path.abspath(given.keep)
        seeds = Seeds(PROGRAM, os.path.join(directory, "seeds"))
        os.chdir(directory)
        hunt = Hunt(seeds, given.seed, keep)
        todo = numbers(given)

        def work():
            while True:
                with hunt.lock:
                    number = next(todo, None)
                if number is None:
                    return
                hunt.try_one(number)

        with concurrent.futures.ThreadPoolExecutor(given.workers) as pool:
            for future in [pool.submit(work) for _ in range(given.workers)]:
                future.result()
    print(f"seed {given.seed}")
    for name, count in sorted(hunt.counts.items()):
        print(f"{name}: {count}")
    print(f"failures: {hunt.failures}")
    sys.exit(1 if hunt.failures or not hunt.counts["runs"] else 0)


if __name__ == "__main__":
    main()
