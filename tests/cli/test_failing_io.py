# SPDX-License-Identifier: Apache-2.0
"""What is read and written in pieces, interrupted, or fails: every subcommand gives the same result, or a message and no
output, and what it would have replaced stays."""

import errno
import os
import subprocess

import harness
from harness import CliTest, write_nifti
from subcommands import SUBCOMMANDS, VARYING, prepare

PRELOAD = os.environ.get("DSEG_TEST_FAILING_IO")
KINDS = {"read": [errno.EIO], "write": [errno.EIO, errno.ENOSPC], "rename": [errno.EIO, errno.EXDEV], "fsync": [errno.EIO],
         "open": [errno.EMFILE, errno.EACCES]}  # fmt: skip


class Disturbed(CliTest):
    def setUp(self):
        if not PRELOAD:
            print("skipped: this build has no failing I/O: another C library than glibc, or a sanitizer")
            self.skipTest("no failing I/O")
        super().setUp()
        prepare(self)
        self.before = self.contents()

    def contents(self):
        return {name: (self.dir / name).read_bytes() for name in self.files()}

    def restore(self):
        """The directory as it was; what was new or changed in it."""
        now = self.contents()
        new = {name: data for name, data in now.items() if self.before.get(name) != data}
        lost = self.before.keys() - now.keys()
        for name in new:
            (self.dir / name).unlink()
        for name in [*new, *lost]:
            if name in self.before:
                (self.dir / name).write_bytes(self.before[name])
        return new, lost

    def run_disturbed(self, arguments, environment, program=harness.PROGRAM):
        done = subprocess.run(
            [program, *arguments],
            cwd=self.dir,
            env={**os.environ, "LD_PRELOAD": PRELOAD, "SOURCE_DATE_EPOCH": "0", **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=120,
        )
        new, lost = self.restore()
        return done, new, lost

    def undisturbed(self, name, arguments):
        done, new, lost = self.run_disturbed(arguments, {"FAILING_IO_COUNT": str(self.dir.parent / "calls")})
        self.assertEqual((done.returncode, lost), (0, set()), (name, done.stderr))
        counts = dict(line.split() for line in (self.dir.parent / "calls").read_text().splitlines())
        return done.stdout, new, {kind: int(count) for kind, count in counts.items()}

    def test_pieces_and_interruptions(self):
        for name, arguments, _ in SUBCOMMANDS:
            expected = self.undisturbed(name, arguments)
            for environment in ({"FAILING_IO_SHORT": "7"}, {"FAILING_IO_EINTR": "1"},
                                {"FAILING_IO_SHORT": "1000", "FAILING_IO_EINTR": "1"}):  # fmt: skip
                with self.subTest(name, **environment):
                    done, new, _ = self.run_disturbed(arguments, environment)
                    self.assertEqual((done.returncode, done.stderr.count(b"error:")), (0, 0), done.stderr)
                    self.same(name, done, new, expected)

    def same(self, name, done, new, expected):
        self.assertEqual(done.stdout, expected[0])
        self.assertEqual(new.keys(), expected[1].keys())
        if name not in VARYING:
            self.assertEqual(new, expected[1])

    def failures(self, name, arguments, codes, program=harness.PROGRAM):
        expected = self.undisturbed(name, arguments)
        for kind, numbers in KINDS.items():
            count = expected[2][kind]
            trials = [(call, number, {}) for call in range(1, count + 1) for number in numbers[:1]]
            trials += [(call, numbers[-1], {"FAILING_IO_ON": "1"}) for call in {1, 2, count // 2, count} if 0 < call <= count]
            if len(trials) > 60:  # calls that are alike: some of them
                trials = trials[:20] + trials[20 :: len(trials) // 40]
            for call, number, more in trials:
                with self.subTest(name, kind=kind, call=call, errno=errno.errorcode[number], on=bool(more)):
                    done, new, lost = self.run_disturbed(arguments, {"FAILING_IO": f"{kind}:{call}:{number}", **more}, program)
                    self.assertEqual(lost, set())
                    if done.returncode == 0:
                        self.same(name, done, new, expected)
                    else:
                        self.assertIn(done.returncode, codes, done.stderr)
                        self.assertIn(b"error:", done.stderr.lower())
                        self.assertEqual(new, {})

    def test_failures(self):
        for name, arguments, codes in SUBCOMMANDS:
            self.failures(name, arguments, codes)

    def test_a_file_that_is_replaced_stays(self):
        """By the program as it is, and by one whose files have hidden names."""
        write_nifti(self.dir / "old.nii", (2, 2, 2), [0, 1] * 4)
        self.before = self.contents()
        for program in (harness.PROGRAM, os.environ.get("DSEG_TEST_NAMED")):
            if program:
                arguments = ("convert", "labels.dcm", "old.nii", "--force", "--threads", "1")
                self.failures("replace", arguments, (3, 4), program)


if __name__ == "__main__":
    harness.main()
