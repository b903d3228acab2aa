# SPDX-License-Identifier: Apache-2.0
"""What the voxels of volumes mean: labels that are integers but for rounding, backgrounds, maps, and fractions."""

import math
import struct

import dicom_bytes
import harness
from harness import CliTest, make_voxels, read_nifti
from volumes import SIZE, read_volume, write_volume


class Labels(CliTest):
    """The program's own labels 1, 2 and 7, some of them saved as other values."""

    def write(self, name="in.nii", code="f", **change):
        """Label n becomes change["n"]: {"_2": 1.9999999}."""
        table = {int(key[1:]): value for key, value in change.items()}
        self.right = make_voxels(SIZE, harness.blocks)
        harness.write_nifti(self.dir / "right.nii", SIZE, self.right)
        write_volume(self.dir / name, [table.get(value, value) for value in self.right], code)

    def become(self, *options, note=None, wanted=None):
        """in.nii becomes these labels in an object and in a volume, with one note or none."""
        for name in ("out.dcm", "out.nii"):
            done = self.dseg("convert", "in.nii", name, "--force", *options)
            notes = [line for line in done.told.splitlines() if ": note: " in line]
            self.assertEqual(len(notes), 0 if note is None else 1, done.err)
            if note:
                self.assertIn(note, notes[0])
        self.assertEqual(read_nifti(self.dir / "out.nii")[1], wanted or self.right)
        self.dseg("convert", "out.dcm", "back.nii", "--force")
        self.assertEqual(read_nifti(self.dir / "back.nii")[1], wanted or self.right)

    def test_near_integers(self):
        self.write(_2=1.9999999, _7=7.0000458)
        self.become(note="7.000046 for 7 is the farthest, off by 4.6e-05")
        self.dseg("compare", "right.nii", "out.dcm", "--ignore", "names,colors")
        self.assertIn("note: values that are no integers", self.dseg("info", "in.nii").err)
        self.assertIn("note: values that are no integers", self.dseg("compare", "right.nii", "in.nii").err)
        self.write(code="d", _2=1.999999998603016)
        self.become(note="1.999999998603016 for 2 is the farthest, off by 1.4e-09")
        self.write(_7=7.001)
        self.become(note="off by 0.001")

    def test_between_integers(self):
        self.write(_2=2.4, _7=6.51)
        said = self.fails("convert", "in.nii", "out.dcm", code=harness.INPUT).err
        self.assertIn("the value 2.4: neither", said)
        self.assertIn("--round", said)
        self.become("--round", note="6.51 for 7 is the farthest, off by 0.49")
        self.write(code="d", _2=1.99)
        self.assertIn("value 1.99:", self.fails("convert", "in.nii", "out.dcm", code=harness.INPUT).err)

    def test_a_mask_that_is_nearly_one(self):
        """0.9999999 is 1; what is farther from 1 is a fraction."""
        right = [1 if value else 0 for value in make_voxels(SIZE, harness.blocks)]
        self.write(_1=0.9999999, _2=0.9999999, _7=0.9999999)
        self.become(note="0.9999999 for 1", wanted=right)
        self.write(_1=0.9995, _2=0.9995, _7=0.9995)
        self.assertIn("fractional", self.dseg("convert", "in.nii", "out.dcm", "--force", "--json").out)
        self.become("--round", note="0.9995 for 1", wanted=right)

    def test_scaled_labels(self):
        """A product of floats is off by its rounding, which is told of only where it is more."""
        self.write(code="h", _1=10, _2=20, _7=70)
        data = bytearray((self.dir / "in.nii").read_bytes())
        struct.pack_into("<2f", data, 112, 0.1, 0)
        (self.dir / "in.nii").write_bytes(data)
        self.become()
        struct.pack_into("<2f", data, 112, 0.10001, 0)
        (self.dir / "in.nii").write_bytes(data)
        self.become(note="for 7 is the farthest, off by 0.0007")

    def test_background(self):
        self.write(code="h", _0=-1)
        said = self.fails("convert", "in.nii", "out.dcm", code=harness.INPUT).err
        self.assertIn("--background -1", said)
        self.become("--background", "-1")
        self.become("--background=-1")
        self.write(_0=math.nan)
        self.assertIn("--background nan", self.fails("convert", "in.nii", "x.dcm", code=harness.INPUT).err)
        self.become("--background", "nan")
        self.write(code="H", _0=255, _7=0)
        self.become("--background", "255", "--map", "0=7")
        without = [0 if value == 7 else value for value in self.right]
        self.become("--background", "255", wanted=without, note="that are 0 are taken for background")
        self.become("--background", "255", "--map", "0=0", wanted=without)

    def test_map(self):
        self.write(code="H", _7=4)
        merged = [2 if value == 7 else value for value in self.right]
        self.become("--map", "4=2", wanted=merged)
        self.become("--map", "4=2,2=1", "--map", "1=0", wanted=[{2: 1, 7: 2}.get(value, 0) for value in self.right])
        self.become("--map", "4=7", "--map", "9=1", note="no voxel has the value 9")
        self.write(_7=0.5, _1=-3)
        self.become("--map", "0.5=7,-3=1")

    def test_wrong_use(self):
        self.write()
        for option, value in (("--map", "4"), ("--map", "4=-1"), ("--map", "4=4294967296"), ("--map", "a=1"),
                              ("--map", "4=1,"), ("--background", "x"), ("--background", "inf")):  # fmt: skip
            self.fails("convert", "in.nii", "out.dcm", option, value, code=harness.USAGE)
        self.dseg("convert", "in.nii", "a.dcm")
        for options in (("--round",), ("--map", "1=2"), ("--background", "2")):
            said = self.fails("convert", "a.dcm", "b.dcm", *options, code=harness.USAGE).err
            self.assertIn("--segments", said)


class Fractions(CliTest):
    """Fractions stay what they are where they can."""

    VALUES = (0.0, 0.1, 0.25, 0.7, 0.001, 1.0, 1e-7, 0.3333333)

    def setUp(self):
        super().setUp()
        count = SIZE[0] * SIZE[1] * SIZE[2]
        voxels = [self.VALUES[i * 7 % 11 % 8] for i in range(count)]
        write_volume(self.dir / "in.nii", voxels, "f")
        self.voxels = read_volume(self.dir / "in.nii", "f")

    def test_floats_to_floats(self):
        for name in ("out.nii", "out.nrrd", "out.mha"):
            self.assertEqual(self.dseg("convert", "in.nii", name).told, "")
            self.assertIn("same", self.dseg("compare", "in.nii", name).out)
            self.dseg("convert", name, "back.nii", "--force")
            self.assertEqual(read_volume(self.dir / "back.nii", "f"), self.voxels)

    def test_parts_and_other_axes(self):
        self.dseg("convert", "in.nii", "turned.nii", "--slice-axis", "i")
        self.dseg("compare", "in.nii", "turned.nii")
        self.dseg("convert", "turned.nii", "back.nii", "--grid", "in.nii")
        self.assertEqual(read_volume(self.dir / "back.nii", "f"), self.voxels)
        self.dseg("convert", "in.nii", "part.nii", "--planes", "2-3")
        plane = SIZE[0] * SIZE[1]
        self.assertEqual(read_volume(self.dir / "part.nii", "f"), self.voxels[plane : 3 * plane])
        self.dseg("convert", "in.nii", "split.nii", "--split")
        self.assertEqual(read_volume(self.dir / "split-1-segment-1.nii", "f"), self.voxels)

    def test_several_volumes(self):
        voxels = self.voxels + [1 - value for value in self.voxels]
        write_volume(self.dir / "two.nii", voxels, "f", volumes=2)
        wanted = read_volume(self.dir / "two.nii", "f")
        self.dseg("convert", "two.nii", "out.nii")
        self.assertEqual(read_volume(self.dir / "out.nii", "f"), wanted)
        self.dseg("convert", "two.nii", "second.nii", "--segments", "2")
        self.assertEqual(read_volume(self.dir / "second.nii", "f"), wanted[len(self.voxels) :])
        self.dseg("convert", "in.nii", "second.nii", "both.nii")
        self.assertEqual(read_volume(self.dir / "both.nii", "f"), wanted)

    def test_compare_is_exact(self):
        other = list(self.voxels)
        other[7 * 9 + 3] += 1e-6
        write_volume(self.dir / "other.nii", other, "f")
        done = self.dseg("compare", "in.nii", "other.nii", code=harness.NEGATIVE)
        self.assertIn(", 1 differ by up to 1e-06", done.out)
        self.dseg("convert", "in.nii", "out.dcm")
        self.dseg("compare", "in.nii", "out.dcm", "--ignore", "names,codes,colors,details,provenance")

    def test_an_object_rounds_and_says_so(self):
        said = self.dseg("convert", "in.nii", "out.dcm").err
        self.assertIn("Maximum Fractional Value (0062,000E)): off by up to 0.002", said)
        self.dseg("convert", "out.dcm", "stored.nii")
        self.assertEqual(self.dseg("convert", "stored.nii", "again.dcm").told, "")

    def test_64_bits(self):
        """Doubles stay doubles; those that are floats become floats, which say as much."""
        wide = [0.1 + i * 1e-12 for i in range(len(self.voxels))]
        write_volume(self.dir / "wide.nii", wide, "d")
        for name in ("out.nii", "a.nrrd", "a.mha", "a.nii.gz"):
            self.assertEqual(self.dseg("convert", "wide.nii", name).err, "")
            self.assertIn("\nsame", "\n" + self.dseg("compare", "wide.nii", name).out)
        self.dseg("convert", "a.nrrd", "b.nii", "--slice-axis", "k")
        self.dseg("convert", "a.mha", "c.nii", "--split")
        for name in ("out.nii", "b.nii"):
            self.assertEqual(read_volume(self.dir / name, "d"), wide)
        for axis in "ij":
            self.dseg("convert", "wide.nii", f"{axis}.nrrd", "--slice-axis", axis)
            self.dseg("compare", "wide.nii", f"{axis}.nrrd")
            self.dseg("convert", f"{axis}.nrrd", "back.nii", "--grid", "wide.nii", "--force")
            self.assertEqual(read_volume(self.dir / "back.nii", "d"), wide)
        wide[5] += 1e-13
        write_volume(self.dir / "other.nii", wide, "d")
        self.dseg("compare", "wide.nii", "other.nii", code=harness.NEGATIVE)
        write_volume(self.dir / "narrow.nii", [0.25, 0.5, 0.75] * 105, "d")
        self.dseg("convert", "narrow.nii", "floats.nii")
        self.assertEqual(read_volume(self.dir / "floats.nii", "f"), [0.25, 0.5, 0.75] * 105)


class Masks(CliTest):
    """FRACTIONAL that is 0 and its maximum alone needs no threshold."""

    def setUp(self):
        super().setUp()
        self.voxels = self.volume()
        self.dseg("convert", "labels.nii", "fractional.dcm", "--as", "fractional")

    def test_masks(self):
        for name, options in (("a.dcm", ("--as", "binary")), ("b.dcm", ("--as", "labelmap")), ("d.mha", ()),
                              ("e.seg.nrrd", ())):  # fmt: skip
            said = self.dseg("convert", "fractional.dcm", name, *options).err
            self.assertEqual(said.count("note: its fractions are 0 and the maximum, 255, alone"), 1, said)
        for name in ("b.dcm", "d.mha", "e.seg.nrrd"):
            self.dseg("convert", name, "back.nii", "--force")
            self.assertEqual(read_nifti(self.dir / "back.nii")[1], self.voxels)
        self.assertEqual(self.dseg("convert", "fractional.dcm", "again.dcm").told, "")
        self.assertEqual(self.dseg("info", "again.dcm", "--json").json()["representation"], "fractional")

    def test_other_fractions(self):
        content = bytearray((self.dir / "fractional.dcm").read_bytes())
        content[content.rindex(b"\xff")] = 254
        (self.dir / "other.dcm").write_bytes(content)
        for name, options in (("a.dcm", ("--as", "binary")), ("e.seg.nrrd", ())):
            said = self.dseg("convert", "other.dcm", name, *options, code=harness.INPUT if options else harness.OUTPUT)
            self.assertIn("--threshold", said.err)

    def test_floats_hold_them(self):
        self.dseg("convert", "fractional.dcm", "out.nii")
        self.assertEqual(set(read_volume(self.dir / "out.nii", "f")), {0.0, 1.0})


class Volumes(CliTest):
    """Several volumes in a file are layers of segments only where the header says nothing else."""

    def setUp(self):
        super().setUp()
        self.right = make_voxels(SIZE, harness.blocks)
        self.other = [3 if value else 0 for value in self.right]

    def test_points_in_time(self):
        for units in (2 | 8, 2 | 16, 2 | 24):
            write_volume(self.dir / "cine.nii", self.right + self.other, "H", volumes=2, units=units)
            said = self.fails("convert", "cine.nii", "out.dcm", code=harness.INPUT).err
            self.assertIn("its 2 volumes are points in time (xyzt_units)", said)
            self.assertIn("--volume N", said)
        for number, wanted in (("1", self.right), ("2", self.other)):
            self.assertEqual(self.dseg("convert", "cine.nii", "out.nii", "--force", "--volume", number).told, "")
            self.assertEqual(read_nifti(self.dir / "out.nii")[1], wanted)
        self.assertIn("the file has 2", self.fails("convert", "cine.nii", "x.nii", "--volume", "3", code=harness.INPUT).err)
        self.dseg("convert", "cine.nii", "all.seg.nrrd", "--volume", "all")
        self.assertEqual(len(self.dseg("info", "all.seg.nrrd", "--json").json()["segments"]), 4)
        self.fails("convert", "all.seg.nrrd", "x.dcm", "--volume", "none", code=harness.USAGE)
        self.dseg("convert", "out.nii", "a.dcm")
        self.fails("convert", "a.dcm", "b.dcm", "--volume", "1", code=harness.USAGE)

    def test_info_and_compare(self):
        """Take one volume of a file as convert does; an object needs none."""
        write_volume(self.dir / "cine.nii", self.right + self.other, "H", volumes=2, units=10)
        self.assertIn("--volume N", self.fails("info", "cine.nii", code=harness.INPUT).err)
        for options in ((), ("--statistics",)):
            shown = self.dseg("info", "cine.nii", "--volume", "2", "--json", *options).json()
            self.assertEqual([segment["number"] for segment in shown["segments"]], [3])
            self.dseg("info", "cine.nii", "--volume", "all", *options)
            self.fails("info", "cine.nii", "--volume", "3", *options, code=harness.INPUT)
        write_volume(self.dir / "one.nii", self.other, "H")
        self.dseg("convert", "one.nii", "one.dcm", "--as", "labelmap")
        for other in ("one.nii", "one.dcm"):
            self.fails("compare", "cine.nii", other, code=harness.USAGE)
        self.dseg("compare", "cine.nii", "one.dcm", "--volume", "2")
        self.dseg("compare", "one.dcm", "cine.nii", "--volume", "1", code=harness.NEGATIVE)
        self.assertIn("the file has 1", self.fails("compare", "cine.nii", "one.nii", "--volume", "2", code=harness.USAGE).err)
        self.fails("info", "one.nii", "--volume", "0", code=harness.USAGE)

    def test_volumes_without_a_name(self):
        write_volume(self.dir / "in.nii", self.right + self.other, "H", volumes=2)
        said = self.dseg("convert", "in.nii", "out.dcm").err
        self.assertEqual(said.count("note: its 2 volumes are taken for layers of segments"), 1, said)
        self.assertNotIn("taken for layers", self.dseg("convert", "in.nii", "out.dcm", "--force", "--volume", "all").err)

    def test_many_layers(self):
        """More than have a table each: layers that overlap in part, with values of their own."""
        for code, most in (("B", 255), ("H", 60000)):
            layers = [[(most - layer if (index + layer) % 9 == 0 else 0) for index in range(315)] for layer in range(70)]
            write_volume(self.dir / "in.nii", [value for layer in layers for value in layer], code, volumes=70)
            self.dseg("convert", "in.nii", "out.seg.nrrd", "--force")
            self.dseg("compare", "in.nii", "out.seg.nrrd")
            shown = self.dseg("info", "in.nii", "--json", "--statistics").json()["segments"]
            self.assertEqual({item["number"]: item["statistics"]["voxels"] for item in shown},
                             {most - layer: sum(value != 0 for value in layers[layer]) for layer in range(70)})  # fmt: skip

    def test_vectors_and_colours(self):
        write_volume(self.dir / "vector.nii", self.right + self.other, "H", volumes=2)
        data = bytearray((self.dir / "vector.nii").read_bytes())
        struct.pack_into("<h", data, 40, 5)
        struct.pack_into("<2h", data, 48, 1, 2)
        struct.pack_into("<h", data, 68, 1007)
        (self.dir / "vector.nii").write_bytes(data)
        said = self.fails("convert", "vector.nii", "out.dcm", code=harness.INPUT).err
        self.assertIn("components of vectors", said)
        struct.pack_into("<2h", data, 70, 128, 24)
        (self.dir / "rgb.nii").write_bytes(data)
        self.assertIn("colours", self.fails("convert", "rgb.nii", "out.dcm", code=harness.INPUT).err)
        size = " ".join(map(str, SIZE))
        for kind, things in (("RGB-color", "colours"), ("vector", "vectors"), ("time", "points in time")):
            head = (f"NRRD0004\ntype: uchar\ndimension: 4\nspace: LPS\nsizes: 2 {size}\n"
                    f"space directions: none (1,0,0) (0,1,0) (0,0,1)\nkinds: {kind} domain domain domain\n"
                    "encoding: raw\n\n")  # fmt: skip
            (self.dir / "in.nrrd").write_bytes(head.encode() + bytes(self.right + self.other))
            self.assertIn(things, self.fails("convert", "in.nrrd", "out.dcm", code=harness.INPUT).err)
            self.dseg("convert", "in.nrrd", "first.nii", "--force", "--volume", "1")
        head = (f"NDims = 3\nDimSize = {size}\nElementSpacing = 1 1 1\nElementNumberOfChannels = 2\n"
                "ElementType = MET_UCHAR\nElementDataFile = LOCAL\n")  # fmt: skip
        (self.dir / "in.mha").write_bytes(head.encode() + bytes(self.right + self.other))
        self.assertIn("channels", self.fails("convert", "in.mha", "out.dcm", code=harness.INPUT).err)


class Spacings(CliTest):
    """How far voxels are apart, and in which unit, is never invented."""

    def header(self, name, lines):
        count = SIZE[0] * SIZE[1] * SIZE[2]
        (self.dir / name).write_bytes(lines.encode() + bytes(make_voxels(SIZE, harness.blocks))[:count])

    def test_missing(self):
        size = " ".join(map(str, SIZE))
        self.header("in.mha", f"NDims = 3\nDimSize = {size}\nElementType = MET_UCHAR\nElementDataFile = LOCAL\n")
        self.header("in.nrrd", f"NRRD0004\ntype: uchar\ndimension: 3\nsizes: {size}\nencoding: raw\n\n")
        write_volume(self.dir / "in.nii", make_voxels(SIZE, harness.blocks), "H")
        data = bytearray((self.dir / "in.nii").read_bytes())
        struct.pack_into("<h", data, 254, 0)
        struct.pack_into("<3f", data, 80, 0, 0, 0)
        (self.dir / "in.nii").write_bytes(data)
        for name in ("in.mha", "in.nrrd", "in.nii"):
            self.dseg("info", name)
            for output in ("out.dcm", "out.nii"):
                said = self.fails("convert", name, output, code=harness.INPUT).err
                self.assertIn("along rows along columns from plane to plane: give --spacing X,Y,Z", said)
            self.dseg("convert", name, "out.dcm", "--spacing", "0.5,0.75,2", "--force")
            found = self.dseg("info", "out.dcm").out
            self.assertRegex(found, r"spacing \[mm\] +0.75 x 0.5 x 2")
            for options in ((), ("--statistics",)):
                found = self.dseg("info", name, "--spacing", "0.5,0.75,2", *options).out
                self.assertRegex(found, r"spacing \[mm\] +0.75 x 0.5 x 2")
            self.dseg("compare", name, "out.dcm", "--spacing", "0.5,0.75,2", "--ignore", "geometry,names,colors")

    def test_contradiction(self):
        self.volume()
        said = self.fails("convert", "labels.nii", "out.dcm", "--spacing", "1,1,1", code=harness.INPUT).err
        self.assertIn("the header says 0.8 mm", said)
        self.dseg("convert", "labels.nii", "out.dcm", "--spacing", "0.8,0.9,2.5")
        for value in ("1,1", "1,1,0", "1,1,1,1", "a,1,1"):
            self.fails("convert", "labels.nii", "x.dcm", "--spacing", value, code=harness.USAGE)

    def test_units(self):
        size = " ".join(map(str, SIZE))
        space = "space: LPS\nspace directions: (1,0,0) (0,1,0) (0,0,2)\n"
        for unit, wanted in (("mm", "1 x 1 x 2"), ("cm", "10 x 10 x 20"), ("micrometers", "0.001 x 0.001 x 0.002"),
                             ("in", "25.4 x 25.4 x 50.8"), ("", "1 x 1 x 2")):  # fmt: skip
            lines = f'NRRD0004\ntype: uchar\ndimension: 3\nsizes: {size}\n{space}space units: "{unit}" "{unit}" "{unit}"\n'
            self.header("in.nrrd", lines + "encoding: raw\n\n")
            self.assertRegex(self.dseg("info", "in.nrrd").out, rf"spacing \[mm\] +{wanted}")
        self.header("in.nrrd", lines.replace('""', '"furlong"') + "encoding: raw\n\n")
        self.assertIn('"furlong"', self.fails("convert", "in.nrrd", "out.dcm", code=harness.INPUT).err)
        for unit, wanted in (("mm", "1 x 1 x 2"), ("um", "0.001 x 0.001 x 0.002"), ("?", "1 x 1 x 2")):
            lines = f"NDims = 3\nDimSize = {size}\nDistanceUnits = {unit}\nElementSpacing = 1 1 2\n"
            self.header("in.mha", lines + "ElementType = MET_UCHAR\nElementDataFile = LOCAL\n")
            self.assertRegex(self.dseg("info", "in.mha").out, rf"spacing \[mm\] +{wanted}")
        write_volume(self.dir / "in.nii", make_voxels(SIZE, harness.blocks), "H", units=5)
        self.assertIn("no unit of length", self.fails("convert", "in.nii", "out.dcm", code=harness.INPUT).err)


class PaddedFrames(CliTest):
    """1-bit frames that start at whole bytes, which the length of Pixel Data shows."""

    def pad(self, name, made, size, align):
        content = (self.dir / name).read_bytes()
        parts = dicom_bytes.elements(dicom_bytes.data_set(content))
        value = parts[-1][1][12:]
        count = int(dict(parts)[0x00280008][8:])
        bits = [value[i // 8] >> i % 8 & 1 for i in range(count * size)]
        padded = b"".join(
            sum(bit << i for i, bit in enumerate(bits[frame * size : (frame + 1) * size])).to_bytes(
                (size + align - 1) // align * align // 8, "little")
            for frame in range(count))  # fmt: skip
        parts[-1] = (parts[-1][0], dicom_bytes.element(0x7FE00010, b"OB", padded + bytes(len(padded) % 2)))
        (self.dir / made).write_bytes(dicom_bytes.with_data_set(content, b"".join(part for _, part in parts)))

    def check(self, labels, align, where):
        size = (9, 5, 12)
        voxels = self.volume(size=size, labels=labels)
        self.dseg("convert", "labels.nii", "in.dcm", "--as", "binary", "--force")
        self.pad("in.dcm", "padded.dcm", 45, align)
        said = self.dseg("convert", "padded.dcm", "out.nii", "--force").err
        self.assertIn(f"starts at a whole {where}, contrary to PS3.5 8.1.1", said)
        self.assertEqual(read_nifti(self.dir / "out.nii")[1], voxels)

    def test_one_and_several_segments(self):
        self.check(lambda i, j, k: int((i + j + k) % 3 == 0), 8, "byte")
        self.check(lambda i, j, k: (i + j + k) % 4, 8, "byte")

    def test_the_standard_comes_first(self):
        """A length that the standard allows is read as it says; what fits no reading is told with the option."""
        self.volume(size=(9, 5, 12), labels=lambda i, j, k: int((i + j + k) % 3 == 0))
        self.dseg("convert", "labels.nii", "in.dcm", "--as", "binary")
        self.assertEqual(self.dseg("convert", "in.dcm", "out.dcm").told, "")
        self.pad("in.dcm", "long.dcm", 45, 64)
        self.assertIn("--padded-bit-frames", self.dseg("info", "long.dcm").err)


if __name__ == "__main__":
    harness.main()
