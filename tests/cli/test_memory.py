# SPDX-License-Identifier: Apache-2.0
"""The program when an allocation fails, one of its own or one of a library: a message and no output, or all of it."""

import os
import subprocess

import harness
from harness import INPUT, OUTPUT, USAGE, CliTest

PRELOAD = os.environ.get("DSEG_TEST_FAILING_MALLOC")


class Memory(CliTest):
    def setUp(self):
        if not PRELOAD:
            print("skipped: this build has no failing malloc: another C library than glibc, or a sanitizer")
            self.skipTest("no failing malloc")
        super().setUp()
        self.volume()
        self.dseg("convert", "labels.nii", "binary.dcm", "--as", "binary", "--uid-seed", "a")
        self.dseg("convert", "labels.nii", "labels.dcm", "--as", "labelmap", "--uid-seed", "a")

    def run_failing(self, arguments, environment):
        return subprocess.run(
            [harness.PROGRAM, *arguments],
            cwd=self.dir,
            env={**os.environ, "LD_PRELOAD": PRELOAD, "SOURCE_DATE_EPOCH": "0", **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=120,
        )

    def outcome(self, done, before):
        """What was printed and written; new files are removed."""
        written = {name: (self.dir / name).read_bytes() for name in self.files() - before}
        for name in written:
            (self.dir / name).unlink()
        return done.returncode, done.stdout, written

    def check(self, *arguments, codes=(INPUT, OUTPUT)):
        before = self.files()
        expected = self.outcome(self.run_failing(arguments, {}), before)
        self.assertEqual(expected[0], 0)
        self.run_failing(arguments, {"FAILING_MALLOC_COUNT": "count"})
        count = int((self.dir / "count").read_text())
        for name in self.files() - before:
            (self.dir / name).unlink()
        self.assertGreater(count, 20)
        trials = [(number, {}) for number in range(1, count + 1)]
        trials += [(number, {"FAILING_MALLOC_ON": "1"}) for number in range(1, count + 1, 5)]
        for number, more in trials:
            done = self.run_failing(arguments, {"FAILING_MALLOC": str(number), **more})
            outcome = self.outcome(done, before)
            with self.subTest(arguments=arguments, allocation=number, on=bool(more)):
                if done.returncode == 0:
                    self.assertEqual(outcome, expected)
                else:
                    self.assertIn(done.returncode, codes)
                    self.assertIn(b"error:", done.stderr)
                    self.assertRegex(done.stderr.lower(), b"memory|allocate")
                    self.assertEqual(outcome[2], {})

    def test_info(self):
        self.check("info", "--json", "binary.dcm")

    def test_convert(self):
        self.check("convert", "binary.dcm", "out.seg.nrrd", "--threads", "1")
        self.check("convert", "labels.nii", "out.dcm", "--uid-seed", "b", "--threads", "1")

    def test_metadata(self):
        self.dseg("convert", "labels.dcm", "out.nii", "--write-metadata", "names.json")
        (self.dir / "out.nii").unlink()
        self.check("convert", "labels.dcm", "out.nii", "--write-metadata", "out.json", "--threads", "1")
        self.check("convert", "labels.nii", "out.dcm", "--metadata", "names.json", "--uid-seed", "b", "--threads", "1")

    def test_compare(self):
        self.check("compare", "labels.nii", "binary.dcm", "--threads", "1", codes=(USAGE,))  # as cmp and diff do
        self.dseg("convert", "binary.dcm", "other.seg.nrrd", "--renumber")
        self.check("compare", "other.seg.nrrd", "labels.dcm", "--ignore", "numbers", codes=(USAGE,))

    def test_validate(self):
        self.check("validate", "binary.dcm")


if __name__ == "__main__":
    harness.main()
