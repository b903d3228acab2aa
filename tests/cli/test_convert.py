# SPDX-License-Identifier: Apache-2.0
"""dseg convert: what is written, and what is left when it cannot be."""

import os

import harness
from harness import AFFINE, INPUT, OUTPUT, USAGE, CliTest, read_nifti


class RoundTrip(CliTest):
    def assert_same_volume(self, name, voxels, size=(9, 7, 5), affine=harness.AFFINE):
        got_size, got, got_affine = read_nifti(self.dir / name)
        self.assertEqual(got_size, size)
        for row, wanted in zip(got_affine, affine):
            for a, b in zip(row, wanted):
                self.assertAlmostEqual(a, b, places=4)
        self.assertEqual(got, voxels)

    def test_labelmap_keeps_numbers(self):
        voxels = self.volume()
        self.dseg("convert", "labels.nii", "seg.dcm")
        self.dseg("convert", "seg.dcm", "back.nii")
        self.assert_same_volume("back.nii", voxels)

    def test_binary_numbers_are_consecutive(self):
        voxels = self.volume()
        self.dseg("convert", "labels.nii", "seg.dcm", "--as", "binary")
        segments = self.dseg("info", "seg.dcm", "--json").json()["segments"]
        self.assertEqual([segment["number"] for segment in segments], [1, 2, 3])
        self.dseg("convert", "seg.dcm", "numbered.nii", "--renumber")
        self.assert_same_volume("numbered.nii", [{7: 3}.get(value, value) for value in voxels])
        self.dseg("convert", "seg.dcm", "back.nii")
        self.assert_same_volume("back.nii", voxels)

    def test_through_every_format(self):
        voxels = self.volume()
        previous = "labels.nii"
        for name in ("a.nii.gz", "b.nrrd", "c.seg.nrrd", "d.mha", "e.dcm", "f.seg.nrrd", "g.nii"):
            self.dseg("convert", previous, name)
            previous = name
        self.assert_same_volume("g.nii", voxels)

    def test_no_label_is_lost_at_65535(self):
        voxels = self.volume(labels=lambda i, j, k: {(0, 0, 0): 65535, (8, 6, 4): 256}.get((i, j, k), 0))
        self.dseg("convert", "labels.nii", "seg.dcm")
        self.dseg("convert", "seg.dcm", "back.nii")
        self.assert_same_volume("back.nii", voxels)

    def test_left_handed_and_oblique(self):
        for affine in (
            ((0.8, 0.0, 0.0, 1.0), (0.0, 0.9, 0.0, 2.0), (0.0, 0.0, -2.5, 3.0)),
            ((0.0, 0.0, 2.5, 1.0), (-0.8, 0.0, 0.0, 2.0), (0.0, 0.9, 0.0, 3.0)),
            ((0.48, -0.72, 0.0, 1.0), (0.64, 0.54, 0.0, 2.0), (0.0, 0.0, 2.5, 3.0)),
        ):
            voxels = self.volume(affine=affine)
            for kind in ("binary", "labelmap"):
                with self.subTest(affine=affine, kind=kind):
                    self.dseg("convert", "labels.nii", "seg.dcm", "--as", kind, "--force")
                    compared = self.dseg("convert", "seg.dcm", "back.nii", "--force")
                    self.assertEqual(compared.out, "")
                    if kind == "labelmap":
                        self.assert_same_geometry(affine, voxels)

    def assert_same_geometry(self, affine, voxels):
        """Every voxel lies where it lay, however the axes are ordered."""
        self.assertEqual(located(*read_nifti(self.dir / "back.nii")), located((9, 7, 5), voxels, affine))

    def test_segments_by_number_and_label(self):
        voxels = self.volume()
        self.dseg("convert", "labels.nii", "some.nii", "--segments", "1,5-7")
        self.assert_same_volume("some.nii", [value if value in (1, 7) else 0 for value in voxels])

    def test_planes(self):
        voxels = self.volume()
        self.dseg("convert", "labels.nii", "some.nii", "--planes", "2-3")
        size, got, affine = read_nifti(self.dir / "some.nii")
        self.assertEqual(size, (9, 7, 2))
        self.assertEqual(got, voxels[63:189])
        self.assertAlmostEqual(affine[2][3], -33.0 + 2.5, places=4)

    def test_split(self):
        voxels = self.volume()
        self.dseg("convert", "labels.nii", "part.nii", "--split")
        made = sorted(self.files() - {"labels.nii"})
        self.assertEqual(len(made), 3, made)
        for name, number in zip(made, (1, 2, 7)):
            got = read_nifti(self.dir / name)[1]
            self.assertEqual([value != 0 for value in got], [value == number for value in voxels])

    def test_files_that_overlap(self):
        one = self.volume("one.nii", labels=lambda i, j, k: int(i < 5))
        two = self.volume("two.nii", labels=lambda i, j, k: int(3 <= i))
        self.dseg("convert", "one.nii", "two.nii", "both.dcm", "--as", "binary")
        error = self.fails("convert", "both.dcm", "both.nii", code=INPUT).err
        self.assertIn("overlap", error)
        self.assertIn('"one"', error)
        self.assertIn(str(sum(a and b for a, b in zip(one, two))), error)
        for policy, wins in (("first", 1), ("last", 2)):
            self.dseg("convert", "both.dcm", "both.nii", "--overlap", policy, "--force")
            wanted = [wins if a and b else a or 2 * b for a, b in zip(one, two)]
            self.assertEqual(read_nifti(self.dir / "both.nii")[1], wanted)
        self.fails("convert", "one.nii", "two.nii", "both-labels.dcm", "--as", "labelmap", code=INPUT)
        self.dseg("convert", "both.dcm", "both.seg.nrrd")
        self.dseg("convert", "both.seg.nrrd", "again.dcm", "--as", "binary")
        self.dseg("compare", "both.dcm", "again.dcm")

    def test_files_of_one_mask_give_names(self):
        self.volume("Left Kidney.nii", labels=lambda i, j, k: int(i < 3))
        self.volume("aorta.nii", labels=lambda i, j, k: int(3 <= i < 5))
        self.volume("both.nii", labels=lambda i, j, k: (i >= 6) + (i >= 8))
        self.volume("empty.nii", labels=lambda i, j, k: 0)
        files = ("Left Kidney.nii", "aorta.nii", "both.nii", "empty.nii")
        result = self.dseg("convert", *files, "all.dcm")
        self.assertIn("empty.nii has no segment", result.err)
        segments = self.dseg("info", "all.dcm", "--json").json()["segments"]
        self.assertEqual([segment["label"] for segment in segments], ["Left Kidney", "Segment 2", "aorta", "Segment 1"])
        self.assertEqual(len({segment["color"] for segment in segments}), 4)

    def test_many_empty_masks_are_one_line(self):
        for number in range(48):
            self.volume(f"m{number:02}.nii", labels=lambda i, j, k, here=number: int(here == 5 and i == 3))
        names = [f"m{number:02}.nii" for number in range(48)]
        result = self.dseg("convert", *names, "out.dcm")
        self.assertEqual(
            result.told,
            "dseg: warning: 47 of 48 files have no segment, all their voxels are background: m00.nii, m01.nii, m02.nii "
            "and 44 more\n",
        )
        result = self.dseg("convert", *names[3:7], "out.nii")
        self.assertIn("3 of 4 files have no segment, all their voxels are background: m03.nii, m04.nii, m06.nii\n", result.err)


def located(size, voxels, affine):
    """Label of each place, rounded to a hundredth of a millimetre, where it is not 0."""
    places = {}
    for index, value in enumerate(voxels):
        if value:
            ijk = (index % size[0], index // size[0] % size[1], index // (size[0] * size[1]))
            place = tuple(
                round(sum(row[axis] * ijk[axis] for axis in range(3)) + row[3], 2) + 0.0 for row in affine
            )
            places[place] = value
    return places


class Output(CliTest):
    def test_existing_file_needs_force(self):
        self.volume()
        (self.dir / "out.dcm").write_text("precious")
        self.assertIn("out.dcm", self.fails("convert", "labels.nii", "out.dcm", code=OUTPUT).err)
        self.dseg("convert", "labels.nii", "out.dcm", "--force")
        self.assertEqual((self.dir / "out.dcm").read_bytes()[128:132], b"DICM")

    def test_directory_missing(self):
        self.volume()
        for name in ("no/out.dcm", "no/out.nii.gz", "no/out.nrrd", "no/out.mha"):
            self.assertIn("no/out", self.fails("convert", "labels.nii", name, code=OUTPUT).err)

    def test_directory_not_writable(self):
        if os.geteuid() == 0:
            return  # root may write anywhere
        self.volume()
        (self.dir / "locked").mkdir(mode=0o555)
        self.fails("convert", "labels.nii", "locked/out.dcm", code=OUTPUT)

    def test_quiet_on_success(self):
        self.volume()
        result = self.dseg("convert", "labels.nii", "out.nii.gz")
        self.assertEqual((result.out, result.err), ("", ""))

    def test_output_is_not_an_input(self):
        self.volume()
        for options in ((), ("--force",)):
            error = self.fails("convert", "labels.nii", "labels.nii", *options, code=USAGE).err
            self.assertIn("labels.nii: error: an output is an input: labels.nii", error)

    def test_only_the_output_is_left(self):
        self.volume()
        self.dseg("convert", "labels.nii", "out.dcm", "--as", "binary")
        self.assertEqual(self.files(), {"labels.nii", "out.dcm"})


class Input(CliTest):
    def test_missing(self):
        self.assertIn("gone.nii", self.fails("convert", "gone.nii", "out.dcm", code=INPUT).err)

    def test_directory(self):
        (self.dir / "folder").mkdir()
        self.assertIn("folder", self.fails("convert", "folder", "out.dcm", code=INPUT).err)

    def test_empty_and_foreign(self):
        for content in (b"", b"\0", b"hello, this is no image\n" * 40, b"\x1f\x8b\x08", os.urandom(5000)):
            (self.dir / "input").write_bytes(content)
            self.assertIn("input", self.fails("convert", "input", "out.dcm", code=INPUT).err)

    def test_not_a_segmentation(self):
        (self.dir / "ct.dcm").write_bytes(minimal_dicom("1.2.840.10008.5.1.4.1.1.2"))
        error = self.fails("convert", "ct.dcm", "out.nii", code=INPUT).err
        self.assertIn("ct.dcm", error)
        self.assertIn("1.2.840.10008.5.1.4.1.1.2", error)

    def test_segment_that_is_not_there(self):
        self.volume()
        for wanted in ("99", "no such organ"):
            self.assertIn(wanted, self.dseg_fails_any("convert", "labels.nii", "out.nii", "--segments", wanted))

    def dseg_fails_any(self, *arguments):
        import subprocess

        done = subprocess.run([harness.PROGRAM, *arguments], cwd=self.dir, capture_output=True, timeout=60)
        self.assertIn(done.returncode, (USAGE, INPUT))
        self.assertEqual(self.files(), {"labels.nii"})
        return done.stderr.decode()

    def test_planes_that_are_not_there(self):
        self.volume()
        self.dseg_fails_any("convert", "labels.nii", "out.nii", "--planes", "4-9")

    def test_files_of_different_size(self):
        """They cover what both cover; voxels that do not fall on voxels are refused with both names and the distance."""
        self.volume("a.nii")
        self.volume("b.nii", size=(9, 7, 4))
        self.dseg("convert", "a.nii", "b.nii", "out.dcm")
        self.assertEqual(self.dseg("info", "out.dcm", "--json").json()["geometry"]["planes"], 5)
        shifted = tuple(row[:3] + (row[3] + 0.3,) for row in AFFINE)
        self.volume("c.nii", affine=shifted)
        error = self.fails("convert", "a.nii", "c.nii", "other.dcm", code=INPUT).err
        for text in ("a.nii", "c.nii", "lies 0.3 mm from the nearest plane"):
            self.assertIn(text, error)

    def test_metadata_is_no_json(self):
        self.volume()
        (self.dir / "meta.json").write_text('{"segmentAttributes": [[')
        error = self.fails("convert", "labels.nii", "out.dcm", "--metadata", "meta.json", code=INPUT).err
        self.assertIn("meta.json", error)


def minimal_dicom(sop_class):
    """A Part 10 file of one element, of this SOP class."""

    def element(group, number, vr, value):
        value += b"\0" * (len(value) % 2)
        return group.to_bytes(2, "little") + number.to_bytes(2, "little") + vr + len(value).to_bytes(2, "little") + value

    meta = element(2, 2, b"UI", sop_class.encode())
    meta += element(2, 3, b"UI", b"1.2.3") + element(2, 16, b"UI", b"1.2.840.10008.1.2.1")
    length = element(2, 0, b"UL", len(meta).to_bytes(4, "little"))
    return bytes(128) + b"DICM" + length + meta + element(8, 0x16, b"UI", sop_class.encode())


if __name__ == "__main__":
    harness.main()
