# SPDX-License-Identifier: Apache-2.0
"""Each allocation of the subcommands fails: those that read."""

import harness
from failing_memory import FailingMemory
from harness import USAGE
from subcommands import SUBCOMMANDS

READING = ("info", "codecs", "compare", "validate", "preview", "phantom")


class Reading(FailingMemory):
    def test_subcommands(self):
        for name, arguments, codes in SUBCOMMANDS:
            if name.startswith(READING):
                with self.subTest(name):
                    self.check(*arguments, codes=codes)

    def test_numbers_that_differ(self):
        self.dseg("convert", "binary.dcm", "other.seg.nrrd", "--renumber")
        self.check("compare", "other.seg.nrrd", "labels.dcm", "--ignore", "numbers", codes=(USAGE,))  # as cmp and diff do


if __name__ == "__main__":
    harness.main()
