# SPDX-License-Identifier: Apache-2.0
"""compare: grids in other orders, extents, numbers and labels, overlap, fractions, what may be ignored."""

import struct

import harness
from harness import NEGATIVE, USAGE, CliTest, blocks

SIZE = (9, 7, 5)


def rearranged(order, flips, labels=blocks):
    """Size, voxels and affine of the usual volume with its axes in another order, some turned round."""
    size = tuple(SIZE[axis] for axis in order)
    columns = [[harness.AFFINE[row][axis] for row in range(3)] for axis in order]
    origin = [harness.AFFINE[row][3] for row in range(3)]
    for axis in range(3):
        if flips[axis]:
            for row in range(3):
                origin[row] += columns[axis][row] * (size[axis] - 1)
                columns[axis][row] = -columns[axis][row]
    affine = [[columns[0][row], columns[1][row], columns[2][row], origin[row]] for row in range(3)]

    def label(*index):
        own = [0, 0, 0]
        for axis in range(3):
            own[order[axis]] = size[axis] - 1 - index[axis] if flips[axis] else index[axis]
        return labels(*own)

    return size, harness.make_voxels(size, label), affine


def float_volume(path, values):
    """A NIfTI-1 file of 32-bit floats."""
    harness.write_nifti(path, SIZE, [0] * len(values))
    content = bytearray(path.read_bytes()[:352])
    struct.pack_into("<2h", content, 70, 16, 32)
    path.write_bytes(bytes(content) + struct.pack(f"<{len(values)}f", *values))


class Grids(CliTest):
    def test_axes_in_other_orders_and_directions(self):
        self.volume()
        for order in ((0, 1, 2), (1, 0, 2), (2, 1, 0), (1, 2, 0)):
            for flips in ((0, 0, 0), (1, 0, 0), (0, 1, 1), (1, 1, 1)):
                size, voxels, affine = rearranged(order, flips)
                harness.write_nifti(self.dir / "turned.nii", size, voxels, affine)
                self.dseg("compare", "labels.nii", "turned.nii")
                middle = len(voxels) // 2
                voxels[middle] = 7 if voxels[middle] != 7 else 1
                harness.write_nifti(self.dir / "turned.nii", size, voxels, affine)
                result = self.dseg("compare", "labels.nii", "turned.nii", "--json", code=NEGATIVE).json()
                self.assertEqual(result["differs"], ["voxels"])

    def test_place_of_a_difference(self):
        voxels = self.volume()
        at = 4 + 9 * (3 + 7 * 2)
        self.assertEqual(voxels[at], 0)
        voxels[at] = 7
        harness.write_nifti(self.dir / "other.nii", SIZE, voxels)
        result = self.dseg("compare", "labels.nii", "other.nii", "--json", code=NEGATIVE).json()
        differing = [segment for segment in result["segments"] if segment["differs"]]
        self.assertEqual([segment["a"]["number"] for segment in differing], [7])
        self.assertEqual(differing[0]["voxels_differ"], 1)
        self.assertEqual(differing[0]["voxels_b"], differing[0]["voxels_a"] + 1)
        # NIfTI's x and y point to the right and to the front of DICOM's.
        position = differing[0]["first_difference"]["position_mm"]
        for got, expected in zip(position, (-(11 - 0.8 * 4), -(22 - 0.9 * 3), -33 + 2.5 * 2)):
            self.assertAlmostEqual(got, expected, places=4)

    def test_extent(self):
        self.volume()
        short = [label for index, label in enumerate(harness.make_voxels(SIZE, blocks)) if index < 9 * 7 * 4]
        harness.write_nifti(self.dir / "short.nii", (9, 7, 4), short)
        for first, second in (("labels.nii", "short.nii"), ("short.nii", "labels.nii")):
            result = self.dseg("compare", first, second, "--json", code=NEGATIVE).json()
            self.assertEqual(result["differs"], ["extent"])
            self.dseg("compare", first, second, "--ignore", "extent")
        self.assertIn("short.nii lacks 1 plane ", self.dseg("compare", "labels.nii", "short.nii", code=NEGATIVE).out)

    def test_shift_is_compared_by_index(self):
        self.volume()
        moved = [list(row) for row in harness.AFFINE]
        moved[0][3] += 0.3
        self.volume("moved.nii", affine=moved)
        result = self.dseg("compare", "labels.nii", "moved.nii", "--json", code=NEGATIVE).json()
        self.assertEqual(result["differs"], ["geometry"])
        self.assertTrue(result["voxels_compared"])
        self.assertAlmostEqual(result["geometry"]["distance_mm"], 0.3, places=5)
        self.dseg("compare", "labels.nii", "moved.nii", "--tolerance", "0.31")

    def test_grids_that_have_nothing_in_common(self):
        self.volume()
        harness.write_nifti(self.dir / "small.nii", (2, 2, 2), [1] * 8, ((3, 0, 0, 0), (0, 3, 0, 0), (0, 0, 3, 0)))
        result = self.dseg("compare", "labels.nii", "small.nii", "--json", code=NEGATIVE).json()
        self.assertFalse(result["voxels_compared"])
        self.assertIn("geometry", result["differs"])


class Segments(CliTest):
    def test_binary_cannot_choose_its_numbers(self):
        self.volume()
        self.dseg("convert", "labels.nii", "a.dcm", "--as", "binary")
        result = self.dseg("compare", "labels.nii", "a.dcm", "--json").json()
        self.assertEqual(result["matched_by"], "label")
        self.assertEqual(result["segments"][2]["a"]["number"], 7)
        self.assertEqual(result["segments"][2]["b"]["number"], 3)
        self.assertTrue(any("C.8.20.2.4" in message["text"] for message in result["messages"]))

    def test_other_numbers_count_otherwise(self):
        self.volume()
        self.volume("other.nii", labels=lambda i, j, k: {0: 0, 1: 11, 2: 12, 7: 17}[blocks(i, j, k)])
        result = self.dseg("compare", "labels.nii", "other.nii", "--json", code=NEGATIVE).json()
        self.assertEqual((result["differs"], result["matched_by"]), (["numbers"], "order"))
        self.dseg("compare", "labels.nii", "other.nii", "--ignore", "numbers")

    def test_missing_segment(self):
        self.volume()
        self.volume("other.nii", labels=lambda i, j, k: blocks(i, j, k) % 7)
        result = self.dseg("compare", "labels.nii", "other.nii", "--json", code=NEGATIVE).json()
        self.assertEqual(result["differs"], ["voxels", "segments"])
        self.assertIsNone(result["segments"][2]["b"])

    def test_names_and_codes(self):
        self.volume()
        self.dseg("convert", "labels.nii", "a.dcm")
        self.dseg("convert", "labels.nii", "a.seg.nrrd", "--write-metadata", "a.json")
        text = (self.dir / "a.json").read_text()
        (self.dir / "b.json").write_text(text.replace('"Segment 7"', '"Spleen"'))
        self.dseg("convert", "labels.nii", "b.dcm", "--metadata", "b.json")
        result = self.dseg("compare", "a.dcm", "b.dcm", "--json", code=NEGATIVE).json()
        self.assertIn("names", result["differs"])
        self.assertIn("names", result["segments"][2]["differs"])
        self.assertNotIn("names", result["segments"][0]["differs"])
        self.dseg("compare", "a.dcm", "b.dcm", "--ignore", "names,codes,colors,details")
        self.dseg("compare", "labels.nii", "b.dcm")  # NIfTI has no names to differ


class Voxels(CliTest):
    def overlapping(self, name, second=2):
        """Two files whose segments overlap in a plane, as one BINARY object."""
        self.volume("one.nii", labels=lambda i, j, k: int(k == 1 and 1 < i < 6))
        self.volume("two.nii", labels=lambda i, j, k: 2 * int(1 <= k <= 3 and i > 4 and j >= second))
        self.dseg("convert", "one.nii", "two.nii", name, "--as", "binary")

    def test_overlap(self):
        self.overlapping("a.dcm")
        self.dseg("convert", "a.dcm", "a.seg.nrrd")
        self.dseg("compare", "a.dcm", "a.seg.nrrd")
        self.overlapping("b.dcm", second=3)
        result = self.dseg("compare", "a.seg.nrrd", "b.dcm", "--json", code=NEGATIVE).json()
        self.assertEqual(result["segments"][0]["voxels_differ"], 0)
        self.assertEqual(result["segments"][1]["voxels_differ"], 3 * 4)
        self.assertEqual(result["planes_that_differ"], [1, 3])
        self.assertAlmostEqual(result["segments"][1]["dice"], 2 * 48 / (48 + 60))

    def test_fractions(self):
        values = [(index % 256) / 255 for index in range(9 * 7 * 5)]
        float_volume(self.dir / "a.nii", values)
        self.dseg("convert", "a.nii", "a.dcm")
        self.dseg("compare", "a.nii", "a.dcm")
        values[17] = 18 / 255
        float_volume(self.dir / "b.nii", values)
        result = self.dseg("compare", "a.dcm", "b.nii", "--json", code=NEGATIVE).json()
        self.assertEqual(result["segments"][0]["voxels_differ"], 1)
        self.assertAlmostEqual(result["segments"][0]["largest_difference"], 1 / 255, places=5)

    def test_masks_as_fractions(self):
        self.volume()
        self.dseg("convert", "labels.nii", "a.dcm", "--as", "fractional")
        self.dseg("compare", "labels.nii", "a.dcm")


class Usage(CliTest):
    def test_mistakes(self):
        self.volume()
        self.fails("compare", "labels.nii", code=USAGE)
        self.fails("compare", "labels.nii", "labels.nii", "--ignore", "colour", code=USAGE)
        self.fails("compare", "labels.nii", "labels.nii", "--tolerance", "-1", code=USAGE)

    def test_damaged_pixels_are_an_input_fault(self):
        self.volume()
        self.dseg("convert", "labels.nii", "a.dcm")
        content = (self.dir / "a.dcm").read_bytes()
        (self.dir / "b.dcm").write_bytes(content[: len(content) // 2])
        self.assertIn("b.dcm", self.fails("compare", "a.dcm", "b.dcm", code=USAGE).err)


if __name__ == "__main__":
    harness.main()
