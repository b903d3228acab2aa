# SPDX-License-Identifier: Apache-2.0
"""What a run of dseg came to: success, or a refusal that the table here expects, in words.

Everything else fails: another exit code, a message without its place, or a refusal that nobody expected.
"""

import collections
import re
import subprocess

from peerlib import DSEG

# What each refusal says, and its exit code: 3, the input cannot be used, or 4, the output cannot be (convert) where the
# object has no place in a transfer syntax. The counts of a run are printed by these names.
REFUSALS = {
    "overlap in a volume": ({3}, r"voxels belong to more than one segment: .*; a volume holds one segment for each voxel"),
    "overlap in a label map": ({3}, r"voxels belong to more than one .*; a label map holds one .*\(PS3\.3 C\.8\.20\.2\)"),
    "frames of part of a byte": ({3, 4}, r"1-bit frames of .* do not fill whole bytes.*\(PS3\.5 A\.4\.11, 8\.1\.1\)"),
    "one bit": ({3, 4}, r"is not for Bits Allocated \(0028,0100\) of 1 \(PS3\.5 "),
    "fractions without threshold": ({3}, r"it holds fractions, and \w+ needs .*: give --threshold"),
    "padded frames": ({3}, r"--padded-bit-frames"),
}


class Outcome:
    def __init__(self, code, out, err, command):
        self.code, self.out, self.err, self.command = code, out, err, command

    def __str__(self):
        return f"{' '.join(self.command)} ended with {self.code}: {self.err[:1500]}"

    def assert_done(self):
        assert self.code == 0, str(self)
        return self

    def assert_refused(self, reason):
        """An exit code of this reason, and nothing but messages of the usual form, one of which gives it."""
        codes, pattern = REFUSALS[reason]
        assert self.code in codes, str(self)
        for line in self.err.splitlines():
            assert re.match(r"\S.*: (error|warning|note): \S", line), f"not a message: {line}"
        assert re.search(pattern, self.err), f"not refused for {reason}: {self}"
        refused[reason] += 1


refused = collections.Counter()


def run_dseg(*arguments, codes=(0, 3, 4)):
    command = [DSEG, *(str(argument) for argument in arguments)]
    done = subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL)
    out, err = done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")
    outcome = Outcome(done.returncode, out, err, command)
    assert done.returncode in codes, str(outcome)
    return outcome
