# SPDX-License-Identifier: Apache-2.0
"""Cut and damaged files through the program: an error, no output, no crash."""

import harness
from harness import INPUT, CliTest


class Truncation(CliTest):
    def cut(self, name, points):
        content = (self.dir / name).read_bytes()
        suffix = name[name.index(".") :]
        for size in sorted({len(content) * point // points for point in range(points)}):
            (self.dir / f"cut{suffix}").write_bytes(content[:size])
            with self.subTest(name=name, size=size):
                error = self.fails("convert", f"cut{suffix}", "out.nii", code=INPUT).err
                self.assertIn(f"cut{suffix}", error)

    def test_dicom(self):
        self.volume()
        for kind in ("binary", "labelmap"):
            self.dseg("convert", "labels.nii", f"{kind}.dcm", "--as", kind)
            self.cut(f"{kind}.dcm", 40)

    def test_formats(self):
        self.volume()
        self.cut("labels.nii", 20)
        for name in ("a.nii.gz", "a.nrrd", "a.seg.nrrd", "a.mha"):
            self.dseg("convert", "labels.nii", name)
            self.cut(name, 20)


if __name__ == "__main__":
    harness.main()
