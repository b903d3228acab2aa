# SPDX-License-Identifier: Apache-2.0
"""Objects written at random by highdicom, dcmqi, dcmjs and cornerstone3D's adapters: dseg reads, transcodes and converts
them, and every voxel and every element is compared, or the refusal found in words.

usage: check_differential.py [--rounds N] [--seed S] [--only ROUND] [--peers]
Without options DSEG_DIFFERENTIAL_ROUNDS says how many rounds (40 otherwise), and DSEG_DIFFERENTIAL_SEED the seed.
--only: one round again. --peers: each peer reads what the others wrote, too, and its failures are counted.
"""

import argparse
import collections
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
    """One object. What is random in it comes from the seed and the round's number."""

    def __init__(self, seed, number, javascript):
        self.seed = seed, number
        self.random = np.random.default_rng(self.seed)
        self.writer, self.kind = WRITERS[number % len(WRITERS)]
        self.javascript = javascript
        self.decoration = ""
        self.made = None

    def write(self):
        shutil.rmtree("ct", ignore_errors=True)
        arguments = (self.javascript,) if self.writer in ("dcmjs", "adapters") else ()
        truth, options = getattr(writers, f"write_{self.writer}")(self.random, self.kind, *arguments)
        self.decoration = decorate(self.random, "object.dcm")
        self.made = Object("object.dcm", truth, options)

    def check(self, counts):
        """Returns whether nothing failed. Checks after a failed one still run, with a generator of their own."""
        self.write()
        failures = 0
        for index, check in enumerate(CHECKS):
            try:
                voxels, elements = check(np.random.default_rng([*self.seed, index]), self.made)
                counts["voxels compared"] += voxels
                counts["elements compared"] += elements
            except Exception:
                failures += 1
                traceback.print_exc()
                print(f"FAILED: {check.__name__} of {self}", flush=True)
                self.keep()
        return failures == 0

    def keep(self):
        """The object, which the seed and the number make again, too."""
        kept = pathlib.Path("kept")
        kept.mkdir(exist_ok=True)
        shutil.copy(self.made.path, kept / f"{self.seed[0]}-{self.seed[1]}.dcm")

    def __str__(self):
        if self.made is None:
            return f"round {self.seed[1]} of seed {self.seed[0]}: {self.writer} {self.kind}"
        shape = " x ".join(str(size) for size in self.made.truth.shape)
        return f"round {self.seed[1]} of seed {self.seed[0]}: {self.writer} {self.kind} {shape}, {len(self.made.truth.masks)} segments, {self.decoration}"


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
    for number in range(given.rounds) if given.only is None else [given.only]:
        this = Round(given.seed, number, javascript)
        try:
            failures += not this.check(counts)
            objects[this.writer, this.kind] += 1
        except Exception:
            failures += 1
            traceback.print_exc()
            print(f"FAILED: writing of {this}", flush=True)
        if given.peers and this.made is not None:
            peer_readings.count(this.writer, this.made, counts)
    javascript.close()
    print_counts(objects, counts, time.monotonic() - start)
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    pathlib.Path("object.dcm").unlink(missing_ok=True)
    main()
