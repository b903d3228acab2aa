# SPDX-License-Identifier: Apache-2.0
"""info, compare, codecs and preview: what they print, and that their JSON is JSON."""

import re
import struct

import harness
from harness import INPUT, NEGATIVE, OUTPUT, USAGE, CliTest


class Info(CliTest):
    def test_every_format(self):
        self.volume()
        for name in ("a.dcm", "a.nii.gz", "a.nrrd", "a.seg.nrrd", "a.mha"):
            with self.subTest(name):
                self.dseg("convert", "labels.nii", name)
                self.assertIn("7", self.dseg("info", name).out)
                info = self.dseg("info", name, "--json").json()
                self.assertEqual([segment["number"] for segment in info["segments"]], [1, 2, 7])

    def test_dicom_tells_where_the_bytes_go(self):
        self.volume()
        for kind in ("binary", "labelmap"):
            self.dseg("convert", "labels.nii", f"{kind}.dcm", "--as", kind)
            text = self.dseg("info", f"{kind}.dcm").out
            self.assertIn(kind, text)
            self.assertIn("1.2.840.10008.1.2.1", text)
            everything = str(self.dseg("info", f"{kind}.dcm", "--json").json())
            self.assertIn(kind, everything)
            self.assertIn(str((self.dir / f"{kind}.dcm").stat().st_size), everything)

    def spacing(self, name, *changes):
        """What info shows of a.dcm with bytes replaced, of the same length each."""
        content = (self.dir / "a.dcm").read_bytes()
        for before, after in changes:
            self.assertIn(before, content)
            content = content.replace(before, after)
        (self.dir / name).write_bytes(content)
        return re.search(r"spacing \[mm\] +(.*?)(?: \(.*)?\n", self.dseg("info", name).out)[1]

    def test_spacing_is_three_numbers_or_unknown(self):
        self.volume()
        self.dseg("convert", "labels.nii", "a.dcm")
        without_planes = (b"\x18\0\x88\0DS", b"\x18\0\x87\0DS")
        without_pixels = (b"\x28\0\x30\0DS", b"\x28\0\x31\0DS")
        moved = (rb"-11\-22\-25.5", rb"-11\-22\-26.5")
        self.assertEqual(self.spacing("b.dcm"), "0.9 x 0.8 x 2.5")
        self.assertEqual(self.spacing("c.dcm", without_planes), "0.9 x 0.8 x 2.5")
        self.assertEqual(self.spacing("d.dcm", without_planes, moved), "0.9 x 0.8 x uneven")
        self.dseg("convert", "labels.nii", "a.dcm", "--planes", "2-2", "--force")
        self.assertEqual(self.spacing("e.dcm", without_planes), "0.9 x 0.8 x unknown")
        self.assertEqual(self.spacing("f.dcm", without_pixels), "unknown x unknown x 2.5")

    def test_unusable(self):
        (self.dir / "x.dcm").write_bytes(b"x" * 400)
        for arguments in (("info", "x.dcm"), ("info", "x.dcm", "--json"), ("info", "gone.dcm")):
            self.fails(*arguments, code=INPUT)


class Compare(CliTest):
    def test_same_in_every_encoding(self):
        self.volume()
        names = ["labels.nii", "a.dcm", "a.nrrd", "a.seg.nrrd", "a.mha"]
        for name in names[1:]:
            self.dseg("convert", "labels.nii", name)
        for name in names[1:]:
            self.dseg("compare", "labels.nii", name)
            self.assertTrue(self.dseg("compare", name, "labels.nii", "--json").json())

    def test_one_voxel(self):
        voxels = self.volume()
        voxels[100] = 2 if voxels[100] != 2 else 1
        harness.write_nifti(self.dir / "other.nii", (9, 7, 5), voxels)
        self.assertNotEqual(self.dseg("compare", "labels.nii", "other.nii", code=NEGATIVE).out, "")
        self.assertTrue(self.dseg("compare", "labels.nii", "other.nii", "--json", code=NEGATIVE).json())

    def test_geometry(self):
        self.volume()
        moved = [list(row) for row in harness.AFFINE]
        moved[0][3] += 0.5
        self.volume("moved.nii", affine=moved)
        self.dseg("compare", "labels.nii", "moved.nii", code=NEGATIVE)

    def test_segments(self):
        self.volume()
        self.volume("other.nii", labels=lambda i, j, k: 9 * (harness.blocks(i, j, k) == 7) or harness.blocks(i, j, k))
        self.dseg("compare", "labels.nii", "other.nii", code=NEGATIVE)

    def test_unusable(self):
        self.volume()
        self.assertIn("gone.nii", self.fails("compare", "labels.nii", "gone.nii", code=USAGE).err)


class Codecs(CliTest):
    def test_table(self):
        text = self.dseg("codecs").out
        everything = str(self.dseg("codecs", "--json").json())
        for word in ("binary", "fractional", "labelmap", "explicit-le", "1.2.840.10008.1.2.1"):
            self.assertIn(word, text)
            self.assertIn(word, everything)

    def test_fields(self):
        codecs = self.dseg("codecs", "--json").json()["frame_codecs"]
        self.assertEqual(len({codec["uid"] for codec in codecs}), len(codecs))
        for codec in codecs:
            for flag in ("can_read", "can_write", "lossy", "experimental", "needs_other_frames", "learns", "varying"):
                self.assertIsInstance(codec[flag], bool, codec["name"])
            self.assertTrue(set(codec["bits_allocated"]) <= {1, 8, 16, 32} and codec["bits_allocated"])
            self.assertFalse(codec["experimental"] and codec["uid"].startswith("1.2.840.10008"), codec["name"])
            for option in codec["options"]:
                self.assertTrue(option["minimum"] <= option["standard"] <= option["maximum"] and option["help"])


class Preview(CliTest):
    def test_png(self):
        self.volume()
        self.dseg("convert", "labels.nii", "a.dcm")
        self.dseg("preview", "a.dcm", "a.png")
        content = (self.dir / "a.png").read_bytes()
        self.assertEqual(content[:8], b"\x89PNG\r\n\x1a\n")
        width, height = struct.unpack_from(">2I", content, 16)
        self.assertGreater(width * height, 9 * 7)

    def test_existing_file(self):
        self.volume()
        (self.dir / "a.png").write_text("precious")
        self.fails("preview", "labels.nii", "a.png", code=OUTPUT)

    def test_an_output_that_is_no_png(self):
        self.volume()
        for name in ("-", "a.jpg", "a", ".png"):
            self.fails("preview", "labels.nii", name, code=USAGE)

    def test_unusable(self):
        self.fails("preview", "gone.dcm", "a.png", code=INPUT)


if __name__ == "__main__":
    harness.main()
