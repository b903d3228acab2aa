# SPDX-License-Identifier: Apache-2.0
"""dseg convert between rasters: axes in every order and direction, other extents, slices, sheared and tilted volumes."""

import itertools
import math
import random
import struct

import harness
from harness import INPUT, USAGE, CliTest, make_voxels, read_nifti, write_nifti
from images import write_image

SIZE = (32, 24, 8)
SPACING = (1.5, 1.5, 3.0)
ORIGIN = (-20.0, -15.0, -50.0)
PLAIN = ((1, 0, 0), (0, 1, 0), (0, 0, 1))
# Columns to posterior, rows to the feet, planes to the right.
SAGITTAL = ((0, 1, 0), (0, 0, -1), (-1, 0, 0))


def affine(axes=PLAIN, spacing=SPACING, origin=ORIGIN):
    """What NIfTI says (right, front, head) of axes and an origin in DICOM's coordinates."""
    signs = (-1, -1, 1)
    return tuple(
        tuple(signs[row] * axes[axis][row] * spacing[axis] for axis in range(3)) + (signs[row] * origin[row],)
        for row in range(3)
    )


def organs(i, j, k):
    """Three blocks, in planes 3 to 6 of 8."""
    if 6 <= j < 14 and 2 <= k < 6:
        for label in range(3):
            if 4 + 7 * label <= i < 9 + 7 * label:
                return label + 1
    return 0


def turned(size, matrix, voxels, order, signs):
    """The same volume with its axes in another order, some of them backwards."""
    new_size = tuple(size[axis] for axis in order)
    start = [0 if sign > 0 else size[axis] - 1 for axis, sign in zip(order, signs)]
    columns = []
    origin = [matrix[row][3] for row in range(3)]
    for axis, sign, first in zip(order, signs, start):
        columns.append([sign * matrix[row][axis] for row in range(3)])
        origin = [origin[row] + first * matrix[row][axis] for row in range(3)]

    def voxel(*index):
        place = [0, 0, 0]
        for axis, sign, first, i in zip(order, signs, start, index):
            place[axis] = first + sign * i
        return voxels[(place[2] * size[1] + place[1]) * size[0] + place[0]]

    new = tuple(tuple(columns[axis][row] for axis in range(3)) + (origin[row],) for row in range(3))
    return new_size, make_voxels(new_size, voxel), new


class Rasters(CliTest):
    def images(self, name="images", axes=PLAIN, size=SIZE, spacing=SPACING, origin=ORIGIN, step=None):
        """An image for each plane of a volume with these axes."""
        (self.dir / name).mkdir()
        for k in range(size[2]):
            move = step if step is not None else [spacing[2] * value for value in axes[2]]
            position = [origin[row] + k * move[row] for row in range(3)]
            orientation = [f"{value:.8g}" for value in (*axes[0], *axes[1])]
            path = self.dir / name / f"{k}.dcm"
            write_image(path, k, position, size[1], size[0], (spacing[1], spacing[0]), orientation)

    def write(self, name, axes=PLAIN, size=SIZE, labels=organs, **where):
        voxels = make_voxels(size, labels)
        matrix = affine(axes, **where)
        write_nifti(self.dir / name, size, voxels, matrix)
        return voxels, matrix

    def geometry(self, name):
        return self.dseg("info", name, "--json").json()["geometry"]

    def same(self, a, b, *ignored):
        self.dseg("compare", a, b, "--ignore", ",".join(("extent", *ignored)))

    # A sagittal series, and a volume in canonical axes.

    def canonical(self):
        """The same voxels as acquired, in planes of the images, and with axes to the right, front and head."""
        voxels, matrix = self.write("as-acquired.nii", SAGITTAL)
        size, canonical, other = turned(SIZE, matrix, voxels, (2, 0, 1), (1, -1, -1))
        self.assertTrue(all(other[row][row] > 0 for row in range(3)))
        write_nifti(self.dir / "canonical.nii", size, canonical, other)
        self.dseg("compare", "as-acquired.nii", "canonical.nii")
        self.images(axes=SAGITTAL)

    def test_sagittal_images(self):
        """With their grid or their references alone, frames lie on images; and back in the volume's own order."""
        self.canonical()
        for name, grid in (("grid.dcm", ("--grid", "reference")), ("alone.dcm", ()), ("tight.dcm", ("--grid", "tight"))):
            with self.subTest(name):
                result = self.dseg("convert", "canonical.nii", name, "--reference", "images", *grid)
                self.assertNotIn("lie on no image", result.err)
                self.assertEqual("axis i becomes the axis of planes" in result.err, name != "grid.dcm")
                self.same("as-acquired.nii", name)
                self.assertEqual(self.geometry(name)["orientation"], [0, 1, 0, 0, 0, -1])
                self.assertEqual(self.geometry(name)["planes"], 4 if name == "tight.dcm" else 6)
                self.dseg("convert", name, f"{name}.nii", "--grid", "canonical.nii")
                self.assertEqual(read_nifti(self.dir / f"{name}.nii"), read_nifti(self.dir / "canonical.nii"))

    def test_slice_axis_overrides_images(self):
        self.canonical()
        result = self.dseg("convert", "canonical.nii", "k.dcm", "--reference", "images", "--slice-axis", "k")
        self.assertIn("planes lie on no image", result.err)
        self.assertEqual(self.geometry("k.dcm")["columns"], 8)
        self.same("canonical.nii", "k.dcm")

    def test_coarse_axis(self):
        """Without images the axis whose voxels lie clearly further apart becomes that of the frames."""
        self.canonical()
        result = self.dseg("convert", "canonical.nii", "coarse.dcm")
        self.assertIn("canonical.nii: note: its voxels lie 2 times as far apart along axis i", result.err)
        self.assertEqual(self.geometry("coarse.dcm")["orientation"], [0, 1, 0, 0, 0, -1])
        self.same("canonical.nii", "coarse.dcm")
        self.dseg("convert", "canonical.nii", "tight.dcm", "--grid", "tight")
        self.assertEqual(self.geometry("tight.dcm")["planes"], 4)
        # A volume's axes are not changed in a volume, nor those of an object.
        self.dseg("convert", "canonical.nii", "again.nii")
        self.assertEqual(read_nifti(self.dir / "again.nii"), read_nifti(self.dir / "canonical.nii"))
        self.dseg("convert", "canonical.nii", "k.dcm", "--slice-axis", "k")
        result = self.dseg("convert", "k.dcm", "again.dcm")
        self.assertNotIn("axis of planes", result.err)
        self.assertEqual(self.geometry("again.dcm")["orientation"], self.geometry("k.dcm")["orientation"])

    def test_not_clearly_coarser(self):
        self.write("volume.nii", spacing=(1.45, 1.0, 1.0))
        self.assertNotIn("axis", self.dseg("convert", "volume.nii", "seg.dcm").err)
        self.assertEqual(self.geometry("seg.dcm")["orientation"], [1, 0, 0, 0, 1, 0])

    def test_named_axes(self):
        self.canonical()
        usual = {"sagittal": [0, 1, 0, 0, 0, -1], "coronal": [1, 0, 0, 0, 0, -1], "axial": [1, 0, 0, 0, 1, 0]}
        for name, orientation in usual.items():
            with self.subTest(name):
                self.dseg("convert", "as-acquired.nii", f"{name}.dcm", "--slice-axis", name)
                got = self.geometry(f"{name}.dcm")["orientation"]
                self.assertEqual([abs(value) for value in got], [abs(value) for value in orientation])
                self.same("as-acquired.nii", f"{name}.dcm")
        for axis, planes in (("i", 32), ("j", 24), ("k", 8)):
            self.dseg("convert", "as-acquired.nii", f"{axis}.nii", "--slice-axis", axis)
            self.assertEqual(read_nifti(self.dir / f"{axis}.nii")[0][2], planes)
            self.same("as-acquired.nii", f"{axis}.nii")

    def test_every_order_of_axes_comes_back(self):
        """From any of the 48 orders and directions onto the images, and back with --grid FILE, bit for bit."""
        randomness = random.Random(11)
        voxels, matrix = self.write("plain.nii")
        self.images()
        choices = list(itertools.product(itertools.permutations(range(3)), itertools.product((1, -1), repeat=3)))
        self.assertEqual(len(choices), 48)
        for n, (order, signs) in enumerate(randomness.sample(choices, 12)):
            with self.subTest(order=order, signs=signs):
                size, volume, other = turned(SIZE, matrix, voxels, order, signs)
                write_nifti(self.dir / f"{n}.nii", size, volume, other)
                kind = ("binary", "labelmap", "fractional")[n % 3]
                grid = (("--grid", "reference"), ())[n % 2]
                self.dseg("convert", f"{n}.nii", f"{n}.dcm", "--reference", "images", "--as", kind, *grid)
                self.same("plain.nii", f"{n}.dcm", "numbers")
                self.assertEqual(abs(self.geometry(f"{n}.dcm")["grid"]["step_k"][2]), 3)
                threshold = ("--threshold", "1") if kind == "fractional" else ()
                self.dseg("convert", f"{n}.dcm", f"back{n}.nii", "--grid", f"{n}.nii", *threshold)
                back = read_nifti(self.dir / f"back{n}.nii")
                self.assertEqual(back[:2], (size, volume))
                for row in range(3):
                    for a, b in zip(back[2][row], other[row]):
                        self.assertAlmostEqual(a, b, places=4)

    def test_grid_of_an_object(self):
        """Planes that it left out are there; what lies elsewhere is refused."""
        self.write("whole.nii")
        self.dseg("convert", "whole.nii", "seg.dcm", "--empty-frames", "omit")
        self.dseg("convert", "whole.nii", "small.nii", "--planes", "4-5")
        self.dseg("convert", "small.nii", "large.nii", "--grid", "seg.dcm")
        self.assertEqual(read_nifti(self.dir / "large.nii")[0], (32, 24, 4))
        self.write("shifted.nii", origin=(-20.5, -15.0, -50.0))
        error = self.fails("convert", "shifted.nii", "no.nii", "--grid", "seg.dcm", code=INPUT).err
        self.assertIn("shifted.nii: error: plane 1 is shifted by -0.333 columns", error)
        error = self.fails("convert", "whole.nii", "no.nii", "--grid", "small.nii", code=INPUT).err
        self.assertIn('240 voxels lie outside the grid that it is put on: 1 "Segment 1" (80)', error)
        (self.dir / "bad.nii").write_bytes(b"nothing")
        self.assertIn("bad.nii", self.fails("convert", "whole.nii", "no.nii", "--grid", "bad.nii", code=INPUT).err)

    def test_grid_file_is_an_input(self):
        self.write("whole.nii")
        self.write("grid.nii")
        self.fails("convert", "whole.nii", "grid.nii", "--grid", "grid.nii", "--force", code=USAGE)

    def test_usage(self):
        self.write("whole.nii")
        self.images()
        for options, text in (
            (("--grid", "nowhere.nii"), "neither tight, reference nor a file"),
            (("--slice-axis", "up"), "up"),
            (("--slice-axis", "i", "--grid", "whole.nii"), "--grid FILE decides"),
            (("--slice-axis", "i", "--grid", "reference", "--reference", "images"), "--grid reference decides"),
        ):
            with self.subTest(options):
                self.assertIn(text, self.fails("convert", "whole.nii", "seg.dcm", *options, code=USAGE).err)

    # Inputs of other extent.

    def parts(self):
        """Planes 3 to 5 with label 1, planes 4 to 8 with label 2, all planes with label 3; and what they make together."""

        def only(label, shift):
            return lambda i, j, k: label if organs(i, j, k + shift) == label else 0

        self.write("a.nii", size=(32, 24, 3), labels=only(1, 2), origin=(-20.0, -15.0, -44.0))
        self.write("b.nii", size=(32, 24, 5), labels=only(2, 3), origin=(-20.0, -15.0, -41.0))
        self.write("c.nii", labels=only(3, 0))

        def together(i, j, k):
            label = organs(i, j, k)
            return 0 if (label == 1 and k >= 5) or (label == 2 and k < 3) else label

        self.write("right.nii", labels=together)

    def test_parts_become_one(self):
        self.parts()
        self.images()
        for n, grid in enumerate(((), ("--reference", "images", "--grid", "reference"))):
            for kind in ("binary", "labelmap"):
                name = f"{kind}{n}.dcm"
                self.dseg("convert", "a.nii", "b.nii", "c.nii", name, "--as", kind, *grid)
                self.same("right.nii", name, "names")
        self.dseg("convert", "a.nii", "b.nii", "c.nii", "out.nii")
        self.assertEqual(read_nifti(self.dir / "out.nii")[:2], read_nifti(self.dir / "right.nii")[:2])

    def test_objects_that_left_planes_out(self):
        """What dseg makes of one volume can be put together again, with its own volume and mirrored, too."""
        voxels, matrix = self.write("whole.nii")
        for label in (1, 2, 3):
            self.dseg("convert", "whole.nii", f"{label}.dcm", "--segments", label, "--grid", "tight")
        self.dseg("convert", "1.dcm", "2.dcm", "3.dcm", "all.dcm")
        self.same("whole.nii", "all.dcm", "numbers")
        size, mirrored, other = turned(SIZE, matrix, [v if v == 3 else 0 for v in voxels], (1, 2, 0), (-1, 1, -1))
        write_nifti(self.dir / "mirrored.nii", size, mirrored, other)
        self.dseg("convert", "1.dcm", "2.dcm", "mirrored.nii", "mixed.dcm")
        self.same("whole.nii", "mixed.dcm", "numbers", "names", "provenance")

    def test_other_rasters_are_refused(self):
        self.write("a.nii")
        for name, where, text in (
            ("b.nii", {"origin": (-20.0, -15.0, -49.0)}, "plane 1 lies 1 mm from the nearest plane"),
            ("c.nii", {"spacing": (1.5, 1.4, 3.0)}, "pixel spacing 1.4 x 1.5 mm, theirs 1.5 x 1.5"),
        ):
            self.write(name, **where)
            error = self.fails("convert", "a.nii", name, "no.dcm", code=INPUT).err
            self.assertIn(f"a.nii and {name} do not share one geometry", error)
            self.assertIn(text, error)

    # Margins.

    def test_empty_margin_is_cut(self):
        self.images()
        where = {"size": (40, 32, 10), "origin": (-26.0, -21.0, -53.0)}
        self.write("padded.nii", labels=lambda i, j, k: organs(i - 4, j - 4, k - 1), **where)
        self.write("right.nii")
        result = self.dseg("convert", "padded.nii", "out.dcm", "--reference", "images", "--grid", "reference")
        self.assertIn("padded.nii: note: 8 columns, 8 rows and 2 planes lie outside", result.err)
        self.same("right.nii", "out.dcm")

        def outside(i, j, k):
            return 1 if 1 <= i < 3 and 1 <= j < 3 and k == 4 else organs(i - 4, j - 4, k - 1)

        self.write("outside.nii", labels=outside, **where)
        options = ("--reference", "images", "--grid", "reference")
        error = self.fails("convert", "outside.nii", "no.dcm", *options, code=INPUT).err
        self.assertIn('outside.nii: error: 4 voxels lie outside the grid that it is put on: 1 "Segment 1" (4)', error)
        # Those of segments that are not asked for do not count.
        self.dseg("convert", "outside.nii", "two.dcm", "--segments", "2", *options)

    # Oblique, sheared and tilted.

    def test_oblique_is_refused_with_its_angle(self):
        self.images()
        c, s = math.cos(math.radians(3)), math.sin(math.radians(3))
        self.write("oblique.nii", ((c, s, 0), (-s, c, 0), (0, 0, 1)))
        options = ("--reference", "images", "--grid", "reference")
        error = self.fails("convert", "oblique.nii", "no.dcm", *options, code=INPUT).err
        self.assertIn("turned by 3 degrees", error)

    def test_nearly_perpendicular(self):
        for shear in (2e-5, 1e-4, 9.9e-4):
            with self.subTest(shear):
                matrix = [list(row) for row in affine()]
                matrix[0][1] += shear * 1.5
                write_nifti(self.dir / "sheared.nii", SIZE, make_voxels(SIZE, organs), matrix)
                result = self.dseg("convert", "sheared.nii", "seg.dcm", "--force")
                self.assertIn("the farthest voxel moves by", result.err)
                o = self.geometry("seg.dcm")["orientation"]
                self.assertLess(abs(sum(o[n] * o[3 + n] for n in range(3))), 1e-6)
                self.dseg("validate", "seg.dcm")
        matrix[0][1] += 0.01
        write_nifti(self.dir / "sheared.nii", SIZE, make_voxels(SIZE, organs), matrix)
        self.assertIn("not perpendicular", self.fails("convert", "sheared.nii", "no.dcm", code=INPUT).err)

    def test_tilted_gantry(self):
        tilt = math.radians(15)
        rows = (0, math.cos(tilt), -math.sin(tilt))
        step = (0, 0, 3.0 / math.cos(tilt))
        self.images(axes=((1, 0, 0), rows, (0, 0, 1)), step=step)
        matrix = [list(row) for row in affine(((1, 0, 0), rows, (0, 0, 1)))]
        matrix[2][2] = step[2]
        write_nifti(self.dir / "labels.nii", SIZE, make_voxels(SIZE, organs), matrix)
        text = "planes are shifted against each other by 0.80 mm each"
        result = self.dseg("convert", "labels.nii", "out.dcm", "--reference", "images")
        self.assertIn(f"out.dcm: note: {text}", result.err)
        self.assertNotIn("lie on no image", result.err)
        options = ("--reference", "images", "--grid", "reference")
        self.assertIn(f"out.nii: note: {text}", self.dseg("convert", "out.dcm", "out.nii", *options).err)
        self.same("labels.nii", "out.nii")
        self.assertIn("0.80 mm against each other", self.dseg("info", "out.nii").out)
        self.assertAlmostEqual(self.geometry("out.nii")["grid"]["plane_shift"], 0.804, places=3)
        error = self.fails("convert", "labels.nii", "no.dcm", "--slice-axis", "i", code=INPUT).err
        self.assertIn("shifted against each other by 0.80 mm", error)

    def test_damaged_grids(self):
        """Positions that are no numbers, no spacing: an error, whichever way."""
        self.write("whole.nii")
        self.images()
        for name, offset, value in (("nan.nii", 292, math.nan), ("zero.nii", 280, 0.0), ("huge.nii", 292, 1e30)):
            content = bytearray((self.dir / "whole.nii").read_bytes())
            struct.pack_into("<f", content, offset, value)
            (self.dir / name).write_bytes(content)
            with self.subTest(name):
                options = ("--reference", "images", "--grid", "reference")
                self.fails("convert", name, "no.dcm", *options, code=INPUT)
                self.fails("convert", "whole.nii", name, "no.dcm", code=INPUT)
                self.fails("convert", "whole.nii", "no.dcm", "--grid", name, code=INPUT)


if __name__ == "__main__":
    harness.main()
