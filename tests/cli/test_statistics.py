# SPDX-License-Identifier: Apache-2.0
"""info --statistics: what it says of segments is what their voxels are, in every encoding."""

import math

import harness
from harness import INPUT, USAGE, CliTest

SIZE = (12, 9, 7)
SPACING = (0.8, 0.9, 2.5)
ORIGIN = (-11, -22, -33)  # in DICOM's coordinates, of harness.AFFINE
# By number: the first voxel, and the one behind the last.
BLOCKS = {1: ((2, 3, 1), (6, 8, 4)), 2: ((7, 0, 0), (12, 3, 7)), 7: ((0, 8, 6), (1, 9, 7))}


def label(*index):
    for number, (first, behind) in BLOCKS.items():
        if all(low <= at < high for low, at, high in zip(first, index, behind)):
            return number
    return 0


class Statistics(CliTest):
    def setUp(self):
        super().setUp()
        self.volume(size=SIZE, labels=label)

    def check(self, info):
        self.assertAlmostEqual(info["statistics"]["voxel_ml"], math.prod(SPACING) / 1000)
        self.assertFalse(info["statistics"]["overlap"])
        self.assertEqual(len(info["segments"]), len(BLOCKS))
        for segment, (first, behind) in zip(info["segments"], BLOCKS.values()):
            found = segment["statistics"]
            voxels = math.prod(high - low for low, high in zip(first, behind))
            middle = [(low + high - 1) / 2 for low, high in zip(first, behind)]
            self.assertEqual(found["voxels"], voxels)
            self.assertAlmostEqual(found["volume_ml"], voxels * math.prod(SPACING) / 1000)
            self.assertEqual(found["first_voxel"], list(first))
            self.assertEqual(found["last_voxel"], [high - 1 for high in behind])
            self.assertEqual((found["first_plane"], found["last_plane"]), (first[2], behind[2] - 1))
            self.assertEqual(found["planes"], behind[2] - first[2])
            self.assertEqual(found["centroid"], middle)
            for axis in range(3):
                for key, index in (("centroid_mm", middle), ("first_voxel_mm", first)):
                    self.assertAlmostEqual(found[key][axis], ORIGIN[axis] + SPACING[axis] * index[axis], places=4)

    def test_every_encoding_says_the_same(self):
        self.check(self.dseg("info", "--statistics", "--json", "labels.nii").json())
        for kind in ("labelmap", "binary", "fractional"):
            self.dseg("convert", "labels.nii", f"{kind}.dcm", "--as", kind)
            for threads in (1, 3):
                self.check(self.dseg("info", f"{kind}.dcm", "--statistics", "--json", "--threads", threads).json())

    def test_text(self):
        text = self.dseg("info", "labels.nii", "--statistics").out
        self.assertIn("no segments overlap", text)
        self.assertRegex(text, r"\n +7 +1 +0\.0018 +0-0, 8-8, 6-6 +-11\.00, -14\.80, -18\.00 +1  Segment 7\n")

    def test_overlap(self):
        harness.write_nifti(self.dir / "all.nii", SIZE, [1] * math.prod(SIZE))
        self.dseg("convert", "labels.nii", "all.nii", "both.dcm", "--as", "binary")
        info = self.dseg("info", "both.dcm", "--statistics", "--json").json()
        self.assertTrue(info["statistics"]["overlap"])
        counts = sorted(segment["statistics"]["voxels"] for segment in info["segments"])
        self.assertEqual(counts, [1, 60, 105, math.prod(SIZE)])

    def test_only_by_request(self):
        self.assertNotIn("statistics", self.dseg("info", "labels.nii").out)
        self.assertNotIn("statistics", self.dseg("info", "labels.nii", "--json").out)

    def test_several_files(self):
        for info in self.dseg("info", "--statistics", "--json", "labels.nii", "labels.nii").json():
            self.check(info)

    def test_mistakes(self):
        self.fails("info", "labels.nii", "--statistics", "--threads", "x", code=USAGE)
        self.dseg("convert", "labels.nii", "damaged.dcm", "--as", "labelmap", "--transfer-syntax", "rle")
        content = bytearray((self.dir / "damaged.dcm").read_bytes())
        self.assertTrue(content.endswith(b"\xfe\xff\xdd\xe0\0\0\0\0"))
        content[-32:-8] = b"\x81" * 24  # runs beyond the frame's end
        (self.dir / "damaged.dcm").write_bytes(content)
        self.dseg("info", "damaged.dcm")
        self.assertIn("damaged.dcm: error: ", self.fails("info", "damaged.dcm", "--statistics", code=INPUT).err)


if __name__ == "__main__":
    harness.main()
