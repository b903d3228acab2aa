# SPDX-License-Identifier: Apache-2.0
"""dseg convert onto other grids: tight, and that of a source series, which is made here without pixels."""

import harness
from harness import INPUT, NEGATIVE, CliTest, read_nifti
from images import element, write_image

# blocks() of the harness fills planes 1 to 3 of 5 in a 9 x 7 raster of 0.8 x 0.9 x 2.5 mm.
SIZE = (9, 7, 5)
FIRST = (-11.0, -22.0, -33.0)  # DICOM position of the first voxel of harness.AFFINE


class Grid(CliTest):
    def series(self, first=FIRST, planes=5, rows=7, columns=9, spacing=(0.9, 0.8), orientation=(1, 0, 0, 0, 1, 0)):
        """A directory of images, one for each plane from first on."""
        (self.dir / "ct").mkdir()
        for k in range(planes):
            position = (first[0], first[1], first[2] + 2.5 * k)
            write_image(self.dir / "ct" / f"{k}.dcm", k, position, rows, columns, spacing, orientation)

    def convert_back(self, *options):
        self.dseg("convert", "labels.nii", "seg.dcm", *options)
        self.dseg("convert", "seg.dcm", "back.nii")
        return read_nifti(self.dir / "back.nii")

    def test_tight(self):
        voxels = self.volume()
        for kind in ("binary", "labelmap"):
            self.dseg("convert", "labels.nii", f"{kind}.dcm", "--as", kind)
            self.dseg("convert", f"{kind}.dcm", f"{kind}.nii", "--grid", "tight")
            size, got, affine = read_nifti(self.dir / f"{kind}.nii")
            self.assertEqual(size, (9, 7, 3))
            self.assertEqual([value != 0 for value in got], [value != 0 for value in voxels[63:252]])
            self.assertAlmostEqual(affine[2][3], -33.0 + 2.5, places=4)

    def test_tight_with_one_segment(self):
        self.volume(labels=lambda i, j, k: {1: 1, 2: 2, 3: 1}.get(k, 0))
        self.dseg("convert", "labels.nii", "two.nii", "--grid", "tight", "--segments", "2")
        self.assertEqual(read_nifti(self.dir / "two.nii")[0], (9, 7, 1))

    def test_reference_gives_patient_and_references(self):
        voxels = self.volume()
        self.series()
        size, got, _ = self.convert_back("--reference", "ct")
        self.assertEqual((size, got), (SIZE, voxels))
        info = self.dseg("info", "seg.dcm", "--json").json()
        self.assertEqual(info["study_uid"], "1.2.3")
        self.assertEqual(info["geometry"]["frame_of_reference_uid"], "1.2.3.5")
        content = (self.dir / "seg.dcm").read_bytes()
        for text in (b"Doe^Jane", b"patient-7", b"1.2.3.4.2"):
            self.assertIn(text, content)

    def images_said_to_have_the_pixels(self, name):
        """How often Spatial Locations Preserved (0028,135A) is YES in a file."""
        return (self.dir / name).read_bytes().count(element(0x28, 0x135A, "CS", "YES"))

    def test_frames_with_the_pixels_of_images_say_so(self):
        self.volume()
        self.series()
        for kind in ("binary", "labelmap", "fractional"):
            self.dseg("convert", "labels.nii", f"{kind}.dcm", "--as", kind, "--reference", "ct")
            frames = self.dseg("info", f"{kind}.dcm", "--json").json()["frames"]
            self.assertEqual(self.images_said_to_have_the_pixels(f"{kind}.dcm"), frames)
            self.dseg("convert", f"{kind}.dcm", f"{kind}-copy.dcm")
            self.assertEqual(self.images_said_to_have_the_pixels(f"{kind}-copy.dcm"), frames)
            self.dseg("compare", f"{kind}.dcm", f"{kind}-copy.dcm")

    def test_frames_of_another_raster_do_not(self):
        self.volume()
        mirrored = (FIRST[0] + 8 * 0.8, FIRST[1], FIRST[2])
        self.series(first=mirrored, orientation=(-1, 0, 0, 0, 1, 0))
        self.dseg("convert", "labels.nii", "own.dcm", "--reference", "ct")
        self.assertIn(b"1.2.3.4.2", (self.dir / "own.dcm").read_bytes())
        self.assertEqual(self.images_said_to_have_the_pixels("own.dcm"), 0)
        self.dseg("convert", "labels.nii", "on.dcm", "--reference", "ct", "--grid", "reference")
        self.assertEqual(self.images_said_to_have_the_pixels("on.dcm"), 5)
        self.dseg("convert", "on.dcm", "off.dcm", "--grid", "labels.nii")
        self.assertIn(b"1.2.3.4.2", (self.dir / "off.dcm").read_bytes())
        self.assertEqual(self.images_said_to_have_the_pixels("off.dcm"), 0)
        told = self.dseg("compare", "own.dcm", "on.dcm", "--ignore", "numbers", code=NEGATIVE).out
        self.assertIn("sources differ: Derivation Image", told)

    def test_frames_of_smaller_planes_do_not(self):
        self.volume()
        self.series(first=(FIRST[0] - 2 * 0.8, FIRST[1] - 3 * 0.9, FIRST[2] - 2.5), planes=8, rows=12, columns=13)
        self.dseg("convert", "labels.nii", "own.dcm", "--reference", "ct")
        self.assertEqual(self.images_said_to_have_the_pixels("own.dcm"), 0)
        self.dseg("convert", "labels.nii", "on.dcm", "--reference", "ct", "--grid", "reference")
        self.assertGreater(self.images_said_to_have_the_pixels("on.dcm"), 0)
        self.dseg("convert", "on.dcm", "off.dcm", "--grid", "labels.nii")
        self.assertIn(b"1.2.3.4.3", (self.dir / "off.dcm").read_bytes())
        self.assertEqual(self.images_said_to_have_the_pixels("off.dcm"), 0)

    def test_list_does_not_swallow_the_names(self):
        self.volume()
        self.series()
        self.dseg("convert", "--reference", "ct", "labels.nii", "seg.dcm")
        images = [f"ct/{k}.dcm" for k in range(5)]
        self.dseg("convert", "labels.nii", "again.dcm", "--reference", *images)
        self.dseg("compare", "seg.dcm", "again.dcm")

    def test_empty_planes_come_back(self):
        voxels = self.volume()
        self.series()
        self.dseg("convert", "labels.nii", "tight.dcm", "--grid", "tight")
        self.dseg("convert", "tight.dcm", "full.nii", "--reference", "ct", "--grid", "reference")
        size, got, affine = read_nifti(self.dir / "full.nii")
        self.assertEqual((size, got), (SIZE, voxels))
        self.assertAlmostEqual(affine[2][3], -33.0, places=4)

    def test_within_larger_images(self):
        voxels = self.volume()
        first = (FIRST[0] - 2 * 0.8, FIRST[1] - 3 * 0.9, FIRST[2] - 2.5)
        self.series(first=first, planes=8, rows=12, columns=13)
        for kind in ("binary", "labelmap", "fractional"):
            with self.subTest(kind):
                options = ("--reference", "ct", "--grid", "reference", "--as", kind)
                self.dseg("convert", "labels.nii", "seg.dcm", "--force", *options)
                self.dseg("compare", "labels.nii", "seg.dcm", "--ignore", "extent,numbers")
                info = self.dseg("info", "seg.dcm", "--json").json()["geometry"]
                self.assertEqual((info["rows"], info["columns"]), (12, 13))
        self.dseg("convert", "seg.dcm", "back.nii", "--threshold", "1")
        size, got, _ = read_nifti(self.dir / "back.nii")
        self.assertEqual(size[:2], (13, 12))
        self.assertEqual(sum(value != 0 for value in got), sum(value != 0 for value in voxels))

    def test_mirrored_and_turned(self):
        """Images whose rows run the other way, and whose rows are the volume's columns."""
        self.volume()
        last = (FIRST[0] + 8 * 0.8, FIRST[1] + 6 * 0.9, FIRST[2])
        self.series(first=last, orientation=(-1, 0, 0, 0, -1, 0))
        self.dseg("convert", "labels.nii", "mirrored.dcm", "--reference", "ct", "--grid", "reference")
        self.dseg("compare", "labels.nii", "mirrored.dcm")
        info = self.dseg("info", "mirrored.dcm", "--json").json()["geometry"]
        self.assertEqual(info["orientation"], [-1, 0, 0, 0, -1, 0])

    def test_transposed(self):
        self.volume()
        self.series(rows=9, columns=7, spacing=(0.8, 0.9), orientation=(0, 1, 0, 1, 0, 0))
        self.dseg("convert", "labels.nii", "turned.dcm", "--reference", "ct", "--grid", "reference")
        self.dseg("compare", "labels.nii", "turned.dcm")

    def assert_refused(self, text, **series):
        self.volume()
        self.series(**series)
        error = self.fails("convert", "labels.nii", "s.dcm", "--reference", "ct", "--grid", "reference", code=INPUT).err
        self.assertIn("labels.nii: error: ", error)
        self.assertIn(text, error)

    def test_other_spacing(self):
        self.assert_refused("pixel spacing 0.9 x 0.8 mm, theirs 0.9 x 0.7", spacing=(0.9, 0.7))

    def test_between_pixels(self):
        self.assert_refused("shifted by 0.500 columns", first=(FIRST[0] - 0.4, FIRST[1], FIRST[2]))

    def test_between_planes(self):
        self.assert_refused("1 mm from the nearest plane", first=(FIRST[0], FIRST[1], FIRST[2] + 1.0))

    def assert_cut(self, text, **series):
        voxels = self.volume()
        self.series(**series)
        result = self.dseg("convert", "labels.nii", "s.dcm", "--reference", "ct", "--grid", "reference")
        self.assertIn(f"labels.nii: note: {text} lie outside", result.err)
        self.dseg("convert", "s.dcm", "back.nii")
        got = read_nifti(self.dir / "back.nii")[1]
        self.assertEqual(sum(value != 0 for value in got), sum(value != 0 for value in voxels))

    def test_empty_columns_are_cut(self):
        self.assert_cut("1 columns, 0 rows and 0 planes", columns=8)

    def test_empty_planes_are_cut(self):
        self.assert_cut("0 columns, 0 rows and 1 planes", planes=4)

    def test_voxels_beyond_the_raster(self):
        self.assert_refused("voxels lie outside the grid", columns=4)

    def test_voxels_beyond_the_planes(self):
        self.assert_refused("voxels lie outside the grid", planes=2)


if __name__ == "__main__":
    harness.main()
