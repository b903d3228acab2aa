# SPDX-License-Identifier: Apache-2.0
"""A directory as input: of masks it is its masks; of images, or of nothing, a message says what to give."""

import harness
from harness import INPUT, USAGE, CliTest


class Directories(CliTest):
    def setUp(self):
        super().setUp()
        self.volume()
        (self.dir / "masks").mkdir()
        for number, name in ((1, "liver"), (2, "spleen"), (7, "aorta")):
            self.volume(
                f"masks/{name}.nii",
                labels=lambda i, j, k, number=number: int(harness.blocks(i, j, k) == number),
            )
        (self.dir / "masks" / ".hidden.nii").write_bytes(b"no volume")
        (self.dir / "masks" / "notes.txt").write_text("no volume")
        (self.dir / "masks" / "below").mkdir()
        self.volume("masks/below/other.nii")

    def test_masks(self):
        labels = ["aorta", "liver", "spleen"]
        for name in ("masks", "masks/"):
            self.dseg("convert", name, "out.dcm", "--force")
            segments = self.dseg("info", "out.dcm", "--json").json()["segments"]
            self.assertEqual([segment["label"] for segment in segments], labels)
        shown = self.dseg("info", "masks", "--json").json()
        self.assertEqual([item["file"] for item in shown], [f"masks/{label}.nii" for label in labels])
        self.dseg("compare", "masks", "out.dcm")
        self.dseg("preview", "masks", "out.png")

    def test_dicom(self):
        (self.dir / "seg").mkdir()
        self.dseg("convert", "labels.nii", "seg/one", "--format", "dicom", "--as", "binary")
        self.dseg("convert", "labels.nii", "seg/two.dcm")
        self.assertEqual(len(self.dseg("validate", "seg", "--json").json()), 2)
        self.dseg("convert", "seg/one", "a.nii")
        (self.dir / "seg" / "two.dcm").unlink()
        self.dseg("convert", "seg", "b.nii")
        self.assertEqual((self.dir / "a.nii").read_bytes(), (self.dir / "b.nii").read_bytes())

    def test_images(self):
        self.dseg("phantom", "p.dcm", "--images", "ct", "--size", "24x24x4", "--labels", "2")
        for subcommand, code in (("convert", INPUT), ("info", INPUT), ("compare", USAGE), ("preview", INPUT)):
            second = {"convert": ["out.dcm"], "compare": ["p.dcm"], "preview": ["out.png"]}.get(subcommand, [])
            err = self.fails(subcommand, "ct", *second, code=code).err
            self.assertIn("ct: error: the directory holds 4 DICOM images and no segmentation", err)
            self.assertIn("--reference ct", err)
        (self.dir / "p.dcm").rename(self.dir / "ct" / "p.dcm")
        result = self.dseg("convert", "ct", "out.nii")
        self.assertIn("ct: note: 4 DICOM images in the directory are no segmentations and are left out\n", result.err)

    def test_nothing(self):
        (self.dir / "empty").mkdir()
        (self.dir / "parent" / "empty").mkdir(parents=True)
        for name in ("empty", "parent"):
            err = self.fails("convert", name, "out.dcm", code=INPUT).err
            self.assertIn(f"{name}: error: the directory holds no segmentation", err)
        self.assertIn("holds no DICOM segmentation", self.fails("validate", "masks", code=INPUT).err)

    def test_a_fifo_is_passed_over(self):
        import os

        os.mkfifo(self.dir / "masks" / "pipe")
        self.dseg("convert", "masks", "out.dcm")


if __name__ == "__main__":
    harness.main()
