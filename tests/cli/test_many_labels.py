# SPDX-License-Identifier: Apache-2.0
"""Volumes with more labels than Segment Number (0062,0004) counts: from volume to volume, in info and in compare, and in
objects with a selection or new numbers."""

import random

import harness
from harness import INPUT, NEGATIVE, CliTest
from volumes import read_volume, write_volume

SIZE = (35, 40, 50)
COUNT = SIZE[0] * SIZE[1] * SIZE[2]  # 70,000


class ManyLabels(CliTest):
    def setUp(self):
        super().setUp()
        self.labels = list(range(1, COUNT + 1))
        write_volume(self.dir / "in.nii", self.labels, "I", SIZE)

    def test_volumes(self):
        """Research formats hold them, seg.nrrd with all names."""
        self.dseg("convert", "in.nii", "a.nrrd", "--compression", "1")
        self.dseg("convert", "a.nrrd", "b.seg.nrrd", "--compression", "1")
        self.dseg("convert", "b.seg.nrrd", "c.nii")
        self.assertEqual(read_volume(self.dir / "c.nii", "I"), self.labels)
        self.dseg("compare", "in.nii", "b.seg.nrrd")

    def test_info(self):
        shown = self.dseg("info", "in.nii", "--json").json()["segments"]
        self.assertEqual([item["number"] for item in shown], self.labels)
        counted = self.dseg("info", "in.nii", "--statistics").out.splitlines()[-1].split()
        self.assertEqual(counted[:2], [str(COUNT), "1"])

    def test_compare(self):
        self.labels[1000] = 65999
        write_volume(self.dir / "other.nii", self.labels, "I", SIZE)
        self.assertIn("65999", self.dseg("compare", "in.nii", "other.nii", code=NEGATIVE).out)

    def test_objects(self):
        said = self.fails("convert", "in.nii", "out.dcm", code=harness.OUTPUT).err
        for words in ("70000 segments", "65535", "--segments", "volume"):
            self.assertIn(words, said)
        said = self.fails("convert", "in.nii", "out.dcm", "--segments", "1,66000", "--as", "labelmap", code=harness.OUTPUT).err
        for words in ("segment 66000", "--renumber"):
            self.assertIn(words, said)
        for representation in ("labelmap", "binary"):
            self.dseg("convert", "in.nii", "out.dcm", "--segments", "1,66000", "--renumber", "--as", representation, "--force")
            self.dseg("convert", "out.dcm", "back.nii", "--force")
            self.assertEqual([value for value in read_volume(self.dir / "back.nii", "B") if value], [1, 2])
        self.dseg("convert", "in.nii", "out.dcm", "--segments", "4465-70000", "--segments", "1", "--force", code=harness.OUTPUT)
        self.dseg("convert", "in.nii", "out.dcm", "--segments", "65000-70000", "--renumber", "--force")

    def test_large_numbers(self):
        """Few labels of any number need no selection."""
        voxels = [(0, 70000, 4294967295)[i % 3] for i in range(315)]
        write_volume(self.dir / "large.nii", voxels, "I")
        self.assertIn("--renumber", self.fails("convert", "large.nii", "out.dcm", code=harness.OUTPUT).err)
        self.dseg("convert", "large.nii", "out.dcm", "--renumber")
        self.dseg("convert", "large.nii", "same.nrrd")
        self.dseg("compare", "large.nii", "same.nrrd")

    def test_limit(self):
        """How many there may be follows from the memory that may be used."""
        said = self.fails("info", "in.nii", "--memory", "8M", code=INPUT).err
        self.assertIn("an image rather than a segmentation", said)
        self.assertIn("--memory", said)
        numbers = random.Random(1)
        write_volume(self.dir / "image.nii", [numbers.randrange(1 << 32) for _ in range(COUNT)], "I", SIZE)
        self.fails("convert", "image.nii", "out.nii", "--memory", "60M", code=INPUT)
        self.dseg("convert", "image.nii", "out.nii")


if __name__ == "__main__":
    harness.main()
