# SPDX-License-Identifier: Apache-2.0
"""dseg phantom: the same voxels everywhere, every label there, any size, every format."""

import hashlib
import struct

import harness
from harness import OUTPUT, USAGE, CliTest, read_nifti

# SHA-256 of the voxels of a phantom as 16-bit little endian numbers; a change of the anatomy changes them.
VOXELS_OF_40_LABELS = "74e5975e9cd8f64382f42e1a04cb8170c39e1fce77f7e2ab13c5d5443d9be90e"


def digest(voxels):
    return hashlib.sha256(struct.pack(f"<{len(voxels)}H", *voxels)).hexdigest()


class Phantom(CliTest):
    def phantom(self, name, *options):
        self.dseg("phantom", name, *options)
        return read_nifti(self.dir / name)

    def test_same_everywhere(self):
        options = ("--labels", 40, "--size", "64x48x40", "--seed", 5)
        size, voxels, _ = self.phantom("a.nii", *options)
        self.assertEqual(size, (64, 48, 40))
        self.assertEqual(set(voxels), set(range(41)))
        self.assertEqual(digest(voxels), VOXELS_OF_40_LABELS)

    def test_same_bytes_in_every_format(self):
        for suffix in (".nii.gz", ".nrrd", ".seg.nrrd", ".mha", ".dcm"):
            for name in ("a", "b"):
                self.dseg("phantom", name + suffix, "--size", "40x40x20", "--threads", 1 if name == "a" else 4)
            self.assertEqual((self.dir / f"a{suffix}").read_bytes(), (self.dir / f"b{suffix}").read_bytes(), suffix)
            self.dseg("compare", "a.nii.gz", f"a{suffix}")

    def test_no_clock_in_a_dicom_file(self):
        self.dseg("phantom", "a.dcm", "--size", "8x8x8", "--labels", 3)
        self.assertIn(b"20250101", (self.dir / "a.dcm").read_bytes())

    def test_seed(self):
        bodies = {digest(self.phantom(f"{seed}.nii", "--size", "40x40x20", "--seed", seed)[1]) for seed in range(3)}
        self.assertEqual(len(bodies), 3)

    def test_every_label_has_voxels(self):
        for size, labels in (("1x1x1", 1), ("2x3x4", 24), ("1x300x1", 300), ("23x38x2", 300), ("70x1x50", 3000)):
            with self.subTest(size):
                _, voxels, _ = self.phantom(f"{size}.nii", "--size", size, "--labels", labels)
                self.assertEqual(set(voxels) - {0}, set(range(1, labels + 1)))

    def test_enlarged(self):
        size, voxels, _ = self.phantom("a.nii", "--size", "60x60x30", "--coarse", "20x30x10", "--labels", 20)
        _, coarse, _ = self.phantom("b.nii", "--size", "20x30x10", "--spacing", "20x13.334x15", "--labels", 20)
        self.assertEqual(size, (60, 60, 30))
        planes = [voxels[k * 3600:(k + 1) * 3600] for k in range(30)]
        for k in range(30):
            self.assertEqual(planes[k], planes[k // 3 * 3])
            for j in range(0, 60, 2):
                row = planes[k][60 * j:60 * j + 60]
                self.assertEqual(row, planes[k][60 * j + 60:60 * j + 120])
                self.assertEqual(row, [value for value in row[::3] for _ in range(3)])
        self.assertEqual(set(coarse), set(voxels))

    def test_overlap(self):
        options = ("--size", "64x64x40", "--overlap", "--labels", 120)
        self.dseg("phantom", "a.dcm", *options)
        self.dseg("phantom", "a.seg.nrrd", *options)
        self.dseg("compare", "a.dcm", "a.seg.nrrd")
        info = self.dseg("info", "a.dcm", "--json").json()
        self.assertEqual((info["representation"], info["segments_overlap"]), ("binary", "YES"))
        self.assertIn("holds one segment", self.fails("phantom", "a.nii", *options, code=OUTPUT).err)

    def test_segments_are_described(self):
        self.dseg("phantom", "a.dcm", "--size", "32x32x20", "--labels", 110)
        segments = self.dseg("info", "a.dcm", "--json").json()["segments"]
        self.assertEqual(segments[0]["label"], "liver")
        self.assertEqual(segments[-1]["label"], "lesion 2")
        self.assertEqual(len({segment["label"] for segment in segments}), 110)
        for segment in segments:
            self.assertTrue(segment["type"]["meaning"] and segment["color"])

    def test_usage(self):
        for arguments in (
            (), ("a.txt",), ("a.nii", "b.nii"), ("a.nii", "--labels", 0), ("a.nii", "--labels", 65536),
            ("a.nii", "--size", "3x3"), ("a.nii", "--size", "0x3x3"), ("a.nii", "--size", "3x3x3x3"),
            ("a.nii", "--spacing", "1x1x-1"), ("a.nii", "--size", "2x2x2", "--labels", 9),
            ("a.nii", "--size", "9x9x9", "--coarse", "9x10x9"), ("a.nii", "--seed", "x"),
        ):  # fmt: skip
            with self.subTest(arguments):
                self.fails("phantom", *arguments, code=USAGE)

    def test_existing_file(self):
        (self.dir / "a.nii").write_text("precious")
        self.fails("phantom", "a.nii", "--size", "8x8x8", "--labels", 5, code=OUTPUT)
        self.dseg("phantom", "a.nii", "--size", "8x8x8", "--labels", 5, "--force")


if __name__ == "__main__":
    harness.main()
