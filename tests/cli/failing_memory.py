# SPDX-License-Identifier: Apache-2.0
"""The program when an allocation fails, one of its own or one of a library: a message and no output, or all of it."""

import os
import shutil
import subprocess

import harness
from harness import INPUT, OUTPUT, CliTest
from subcommands import prepare

PRELOAD = os.environ.get("DSEG_TEST_FAILING_MALLOC")


class FailingMemory(CliTest):
    def setUp(self):
        if not PRELOAD:
            print("skipped: this build has no failing malloc: another C library than glibc, or a sanitizer")
            self.skipTest("no failing malloc")
        super().setUp()
        prepare(self)

    def run_failing(self, arguments, environment):
        return subprocess.run(
            [harness.PROGRAM, *arguments],
            cwd=self.dir,
            env={**os.environ, "LD_PRELOAD": PRELOAD, "SOURCE_DATE_EPOCH": "0", **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=120,
        )

    def names(self):
        """Of all that is directly in the directory."""
        return {path.name for path in self.dir.iterdir()}

    def outcome(self, done, before, varies):
        """What was printed and written; it is removed. before: the names that were there. varies: new UIDs each time."""
        new = sorted(self.names() - before)
        written = {}
        for name in new:
            path = self.dir / name
            files = [one for one in path.rglob("*") if one.is_file()] if path.is_dir() else [path]
            written |= {str(one.relative_to(self.dir)): one.read_bytes() for one in files}
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        return done.returncode, done.stdout, sorted(written) if varies else written

    def count(self, arguments, before):
        done = self.run_failing(arguments, {"FAILING_MALLOC_COUNT": "count"})
        count = int((self.dir / "count").read_text())
        self.outcome(done, before, True)
        self.assertGreater(count, 0)
        return count

    @staticmethod
    def trials(count):
        """Each allocation alone, and every fifth with all behind it."""
        alone = [(number, {}) for number in range(1, count + 1)]
        return alone + [(number, {"FAILING_MALLOC_ON": "1"}) for number in range(1, count + 1, 5)]

    def check(self, *arguments, codes=(INPUT, OUTPUT), varies=False):
        before = self.names()
        expected = self.outcome(self.run_failing(arguments, {}), before, varies)
        self.assertEqual(expected[0], 0)
        for number, more in self.trials(self.count(arguments, before)):
            done = self.run_failing(arguments, {"FAILING_MALLOC": str(number), **more})
            outcome = self.outcome(done, before, varies)
            with self.subTest(arguments=arguments, allocation=number, on=bool(more)):
                if done.returncode == 0:
                    self.assertEqual(outcome, expected)
                else:
                    self.assertIn(done.returncode, codes)
                    self.assertIn(b"error:", done.stderr.lower())
                    self.assertRegex(done.stderr.lower(), b"memory|allocate")
                    self.assertFalse(outcome[2])
