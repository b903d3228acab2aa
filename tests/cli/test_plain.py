# SPDX-License-Identifier: Apache-2.0
"""What every build does, one with libc alone included: writes each representation, and reads it again."""
import os
import subprocess

import harness
from harness import CliTest


class Plain(CliTest):
    def test_write_and_read(self):
        """Each representation, native in both VR forms and compressed by what needs no library."""
        self.volume(size=(8, 5, 4), labels=lambda i, j, k: (i + j) % 4 if 0 < k < 3 else 0)
        for representation in ("binary", "labelmap", "fractional"):
            for syntax in ("explicit-le", "implicit-le", "rle"):
                with self.subTest(f"{representation}/{syntax}"):
                    self.dseg("convert", "labels.nii", "a.dcm", "--as", representation, "--transfer-syntax", syntax, "--force")
                    self.dseg("validate", "a.dcm")
                    threshold = ("--threshold", "0.5") if representation == "fractional" else ()
                    self.dseg("convert", "a.dcm", "b.nii", "--force", *threshold)
                    self.dseg("compare", "labels.nii", "b.nii", "--ignore", "names,colors")

    def test_no_dictionary_file(self):
        """DCMTK's data dictionary is a file, which nothing here reads."""
        self.volume(labels=lambda i, j, k: i % 3)
        environment = {**os.environ, "DCMDICTPATH": "/nonexistent"}
        for arguments in (("labels.nii", "a.dcm"), ("a.dcm", "b.dcm")):
            done = subprocess.run([harness.PROGRAM, "convert", *arguments], cwd=self.dir, env=environment, capture_output=True,
                                  timeout=60)  # fmt: skip
            self.assertEqual((done.returncode, harness.without_defaults(done.stderr.decode())), (0, ""))
        self.dseg("compare", "labels.nii", "b.dcm", "--ignore", "names,colors")


if __name__ == "__main__":
    harness.main()
