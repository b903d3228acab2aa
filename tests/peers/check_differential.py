# SPDX-License-Identifier: Apache-2.0
"""Objects written at random by highdicom, dcmqi, dcmjs and cornerstone3D's adapters: dseg reads, transcodes and converts
them, and every voxel and every element is compared, or the refusal found in words.

usage: check_differential.py [--rounds N] [--seed S] [--only ROUND] [--peers]
Without options DSEG_DIFFERENTIAL_ROUNDS says how many rounds (40 otherwise), and DSEG_DIFFERENTIAL_SEED the seed.
--only: one round again. --peers: each peer reads what the others wrote, too, and its failures are counted.
A failure is reduced (differential/reduce.py), and the object kept with the case that makes it, kept/SEED-NUMBER.json. A
case in differential/cases/ is a test, which runs first.
"""

import argparse
import collections
import contextlib
import os
import pathlib
import shutil
import sys
import time
import traceback

import numpy as np

from differential import outcome, peer_readings, writers
from differential.conversions import Object, check_other_representation, check_same_representation, check_transcoded
from differential.decorate import decorate
from differential.javascript import JavaScript
from differential.reduce import Case, read_case, reduce_case
from differential.truths import Random
from differential.voxels import check_info, check_voxels

WRITERS = [
    ("highdicom", "binary"), ("highdicom", "labelmap"), ("highdicom", "fractional"), ("dcmqi", "binary"),
    ("dcmqi", "labelmap"), ("dcmjs", "binary"), ("dcmjs", "fractional"), ("adapters", "binary"), ("adapters", "labelmap"),
]  # fmt: skip
SEED = 12


def check_as_written(random, made):
    """Info, validate, and the voxels in research formats."""
    info = check_info(made.path, made.truth)
    assert info["transfer_syntax"]["uid"] == made.syntax, info["transfer_syntax"]
    outcome.run_dseg("validate", made.path, codes=(0, 1))
    return check_voxels(made.path, made.truth, *made.options), 0


CHECKS = [check_as_written, check_transcoded, check_same_representation, check_other_representation]


class Round:
    """One object. What is random in it comes from the case, which has the seed and the round's number."""

    def __init__(self, case, javascript):
        self.case = case
        self.random = Random((case.seed, case.number), case.plain, case.cut)
        self.writer, self.kind = WRITERS[case.number % len(WRITERS)]
        self.javascript = javascript
        self.decoration = "as written"
        self.made = None

    def write(self):
        shutil.rmtree("ct", ignore_errors=True)
        arguments = (self.javascript,) if self.writer in ("dcmjs", "adapters") else ()
        truth, options = getattr(writers, f"write_{self.writer}")(self.random, self.kind, *arguments)
        if self.case.decorated:
            self.decoration = decorate(self.random, "object.dcm")
        self.made = Object("object.dcm", truth, options)

    def check(self, counts):
        """Returns the names of what failed. Checks after a failed one still run, with a generator of their own."""
        self.write()
        failed = []
        for index, check in enumerate(CHECKS):
            try:
                voxels, elements = check(np.random.default_rng([self.case.seed, self.case.number, index]), self.made)
                counts["voxels compared"] += voxels
                counts["elements compared"] += elements
            except Exception as error:
                failed.append(f"{check.__name__}: {type(error).__name__}")
                traceback.print_exc()
        return failed

    def __str__(self):
        name = f"round {self.case.number} of seed {self.case.seed}: {self.writer} {self.kind}"
        if self.made is None:
            return name
        shape = " x ".join(str(size) for size in self.made.truth.shape)
        return f"{name} {shape}, {len(self.made.truth.masks)} segments, {self.decoration}"


def attempt(case, javascript):
    """What fails first, and the size of what was made; nothing where the peer cannot write such an object."""
    this = Round(case, javascript)
    with open(os.devnull, "w") as nobody, contextlib.redirect_stderr(nobody):
        try:
            failed = this.check(collections.Counter())
        except Exception:
            return None, None
    return next(iter(failed), None), (this.random.choices, this.made.truth.shape, len(this.made.truth.masks))


def keep(case, javascript):
    """The plainest object that fails in the same way, and its case."""
    case = reduce_case(case, lambda simpler: attempt(simpler, javascript))
    this = Round(case, javascript)
    failed = this.check(collections.Counter())
    kept = pathlib.Path("kept")
    kept.mkdir(exist_ok=True)
    stem = f"{case.seed}-{case.number}"
    shutil.copy(this.made.path, kept / f"{stem}.dcm")
    (kept / f"{stem}.json").write_text(case.text())
    print(f"reduced to {this} ({', '.join(failed)}), kept/{stem}.json\n{case.text()}", flush=True)


def try_round(case, javascript, counts):
    """The round, and whether nothing failed."""
    this = Round(case, javascript)
    try:
        failed = this.check(counts)
    except Exception:
        traceback.print_exc()
        print(f"FAILED: writing of {this}", flush=True)
        return this, False
    if failed:
        print(f"FAILED: {', '.join(failed)} of {this}", flush=True)
        keep(case, javascript)
    return this, not failed


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=int(os.environ.get("DSEG_DIFFERENTIAL_ROUNDS", 40)))
    parser.add_argument("--seed", type=int, default=int(os.environ.get("DSEG_DIFFERENTIAL_SEED", SEED)))
    parser.add_argument("--only", type=int)
    parser.add_argument("--peers", action="store_true")
    return parser.parse_args()


def print_counts(objects, counts, seconds):
    print(f"{sum(objects.values())} objects in {seconds:.0f} s")
    for (writer, kind), count in sorted(objects.items()):
        print(f"  {writer} {kind}: {count}")
    for name, count in sorted(counts.items()):
        print(f"{name}: {count}")
    for reason, count in sorted(outcome.refused.items()):
        print(f"refused, {reason}: {count}")


def main():
    given = arguments()
    print(f"seed {given.seed}", flush=True)
    objects, counts = collections.Counter(), collections.Counter()
    failures = 0
    javascript = JavaScript()
    start = time.monotonic()
    known = [read_case(path) for path in sorted((pathlib.Path(__file__).parent / "differential" / "cases").glob("*.json"))]
    numbers = range(given.rounds) if given.only is None else [given.only]
    for case in [*known, *(Case(given.seed, number) for number in numbers)]:
        this, succeeded = try_round(case, javascript, counts)
        failures += not succeeded
        if this.made is not None:
            objects[this.writer, this.kind] += 1
            if given.peers:
                peer_readings.count(this.writer, this.made, counts)
    javascript.close()
    print_counts(objects, counts, time.monotonic() - start)
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    pathlib.Path("object.dcm").unlink(missing_ok=True)
    main()
