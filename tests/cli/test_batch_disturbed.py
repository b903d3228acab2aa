# SPDX-License-Identifier: Apache-2.0
"""dseg batch whose reads, writes and allocations fail: what is reported is so, what has a name is complete, and a rerun
without faults does the rest."""

import errno
import os
import shutil

from batches import TRANSCODE, lines, make_objects, outputs, run
from harness import OK, CliTest, main, skip

FAILING_IO = os.environ.get("DSEG_TEST_FAILING_IO")
FAILING_MALLOC = os.environ.get("DSEG_TEST_FAILING_MALLOC")
COUNT = 3
TRIALS = 40  # of a kind


class Disturbed(CliTest):
    def setUp(self):
        super().setUp()
        make_objects(self.dir / "in", COUNT)
        self.whole = {}
        for kind in ("transcode", "convert"):
            self.assertEqual(self.batch(kind, {}).code, OK)
            self.whole[kind] = outputs(self.dir / "out")
            self.assertEqual(len(self.whole[kind]), COUNT)
            shutil.rmtree(self.dir / "out")

    def batch(self, kind, environment, *more):
        how = TRANSCODE if kind == "transcode" else ("--do", "convert", "--as", "labelmap", "--verify")
        return run(self.dir, "in", "--to", "out", *how, "--jobs", "1", *more, env={**os.environ, **environment})

    def check(self, kind, environment):
        """A disturbed run, and one that is not."""
        report = self.dir / "out/report.jsonl"
        with self.subTest(kind, **environment):
            result = self.batch(kind, environment)
            self.assertIn(result.code, (0, 1, 3, 4), result.err)
            told = lines(report) if report.exists() else []
            there = outputs(self.dir / "out") if report.exists() else {}
            self.assertLessEqual(there.items(), self.whole[kind].items())
            done = {line["output"].removeprefix("out/") for line in told if line["status"] == "ok"}
            self.assertLessEqual(done, set(there))
            if result.code == OK:
                self.assertEqual(len(done), COUNT)
            else:
                self.assertIn("error:", result.err)
            self.assertEqual(self.batch(kind, {}, "--retry-failed").code, OK)
            self.assertEqual(outputs(self.dir / "out"), self.whole[kind])
            again = [line["input"] for line in lines(report)[len(told):]]
            self.assertEqual(len(again), COUNT - len(done))
        shutil.rmtree(self.dir / "out", ignore_errors=True)

    def count(self, kind, environment):
        path = self.dir.parent / "calls"
        self.batch(kind, {name: value or str(path) for name, value in environment.items()})
        shutil.rmtree(self.dir / "out")
        return path.read_text()

    def test_pieces_and_interruptions(self):
        if not FAILING_IO:
            self.skipTest("no failing I/O")
        for kind in self.whole:
            for disturbance in ({"FAILING_IO_SHORT": "7"}, {"FAILING_IO_EINTR": "1"}):
                result = self.batch(kind, {"LD_PRELOAD": FAILING_IO, **disturbance})
                self.assertEqual(result.code, OK, result.err)
                self.assertEqual(outputs(self.dir / "out"), self.whole[kind])
                shutil.rmtree(self.dir / "out")

    def test_calls(self):
        if not FAILING_IO:
            self.skipTest("no failing I/O")
        for kind in self.whole:
            for call, number in (("read", errno.EIO), ("write", errno.ENOSPC), ("rename", errno.EIO), ("open", errno.EMFILE)):
                for at in range(1, 10):
                    self.check(kind, {"LD_PRELOAD": FAILING_IO, "FAILING_IO": f"{call}:{at}:{number}"})

    def test_allocations(self):
        if not FAILING_MALLOC:
            self.skipTest("no failing malloc")
        for kind in self.whole:
            count = int(self.count(kind, {"LD_PRELOAD": FAILING_MALLOC, "FAILING_MALLOC_COUNT": ""}))
            for at in range(1, count, max(1, count // TRIALS)):
                self.check(kind, {"LD_PRELOAD": FAILING_MALLOC, "FAILING_MALLOC": str(at)})


if __name__ == "__main__":
    if not FAILING_IO and not FAILING_MALLOC:
        skip("this build has neither failing I/O nor a failing malloc: another C library than glibc, or a sanitizer")
    main()
