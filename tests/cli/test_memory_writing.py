# SPDX-License-Identifier: Apache-2.0
"""Each allocation of the subcommands fails: those that write, samples and dcmqi's among them."""

import harness
from failing_memory import FailingMemory
from harness import INPUT, OUTPUT
from subcommands import SUBCOMMANDS, VARYING
from test_memory import READING


class Writing(FailingMemory):
    def test_subcommands(self):
        for name, arguments, codes in SUBCOMMANDS:
            if not name.startswith(READING):
                with self.subTest(name):
                    self.check(*arguments, codes=codes, varies=name in VARYING)

    def test_samples(self):
        self.check("samples", "labels.nii", "out", "--only", "labelmap/rle", "--threads", "1", codes=(INPUT, OUTPUT))


if __name__ == "__main__":
    harness.main()
