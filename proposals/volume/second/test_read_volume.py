# SPDX-License-Identifier: Apache-2.0
"""Tests of read_volume.py on objects made in memory: the worked example of ../bitstream.md, and invented ones."""

import copy
import json
import subprocess
import sys
import tempfile
import unittest
import zlib
from pathlib import Path

import numpy

import check_dual
import made
import object_frames
import object_values
import read_volume
from made import add_block, dimensions, item, mapped, saved, shared_groups, slide, volume
from object_values import Faulty, Unsupported

TEXT = Path(__file__).resolve().parent.parent / "bitstream.md"


def described(data_set):
    return read_volume.describe(data_set, "PerFrameFunctionalGroupsSequence" in data_set)


def block(data_set):
    return data_set.private_block(0x0021, read_volume.CREATOR)


def masks(data_set):
    whole = described(data_set)
    frames = object_frames.decode_frames(data_set)
    return whole, frames, {n: numpy.stack(list(read_volume.mask_planes(whole, frames, n))) for n in whole.segments.tolist()}


class Conforming(unittest.TestCase):
    def test_worked_example(self):
        data = made.bytes_of_example(TEXT, "9. Worked example")
        self.assertEqual(len(data), 118)
        data_set = volume()
        for found in made.elements(data):
            data_set[found.tag] = found
        whole = described(data_set)
        self.assertEqual(list(zip(whole.segment, whole.plane)), [(1, 2), (1, 3), (1, 4), (2, 3), (2, 4), (3, 2), (3, 5)])
        self.assertEqual(whole.position(whole.plane)[3].tolist(), [-100, -50, 25])
        self.assertEqual([source[1] for source in whole.sources()], ["1.2.3.5", "1.2.3.4", "1.2.3.3", "1.2.3.2", "1.2.3.1"])
        planes_first = described(volume(order=("plane", "segment"), map=b"\xe8\x46"))
        self.assertEqual(sorted(zip(planes_first.segment, planes_first.plane)), list(zip(whole.segment, whole.plane)))
        self.assertEqual((planes_first.segment[3], planes_first.plane[3]), (2, 3))

    def test_masks_of_places(self):
        for order in (("segment", "plane"), ("plane", "segment")):
            bits = numpy.random.default_rng(1).integers(0, 2, (3, 5) if order[0] == "segment" else (5, 3))
            bits[0, 0] = 1
            _, frames, found = masks(volume(order=order, frames=int(bits.sum()), map=mapped(*bits.ravel())))
            wanted = numpy.zeros((*bits.shape, 2, 3), numpy.uint8)
            wanted[bits.astype(bool)] = frames
            for s in range(3):
                self.assertTrue(numpy.array_equal(found[s + 1], wanted[s] if order[0] == "segment" else wanted[:, s]))

    def test_segments_in_any_order_of_items(self):
        whole = described(volume(segments=(3, 1, 2)))
        self.assertEqual(whole.segment.tolist(), [1, 1, 1, 2, 2, 3, 3])

    def test_label_map(self):
        data_set = volume("LABELMAP", segments=(7, 1, 2, 3), frames=2, map=mapped(0, 1, 0, 0, 1), number=[0, 0, 9, 0, 1], index=[0, 1, 2, 3, 4])
        data_set.PixelPaddingValue = 7
        whole, frames, found = masks(data_set)
        self.assertEqual(whole.plane.tolist(), [2, 5])
        self.assertEqual(whole.sources()[:3], [None, ("1.2.3", "1.2.3.1", 0), ("1.2.3", "1.2.3.2", 9)])
        self.assertTrue(numpy.array_equal(found[2][[1, 4]], frames == 2))
        self.assertTrue(found[7][[0, 2, 3]].all() and not found[2][[0, 2, 3]].any())

    def test_what_is_said_of_sources(self):
        self.assertIsNone(described(volume(index=[1] * 5)).preserved)
        self.assertIsNone(described(volume(index=[1] * 5, about=[item()])).preserved)
        self.assertEqual(described(volume(index=[1] * 5, about=[item(SpatialLocationsPreserved="YES")])).preserved, "YES")

    def test_no_map(self):
        data_set = volume("FRACTIONAL", segments=(1, 2), frames=6, planes=3)
        del block(data_set)[3]
        whole, frames, found = masks(data_set)
        self.assertTrue(numpy.array_equal(found[2], frames[3:]))
        self.assertEqual(whole.plane.tolist(), [1, 2, 3, 1, 2, 3])

    def test_oblique_position(self):
        data_set = volume(origin=["1.5", "-2", "3e1"])
        data_set.SharedFunctionalGroupsSequence = shared_groups(3, [0, 1, 0, 0, 0, "-2"])
        self.assertEqual(described(data_set).position([1, 3]).tolist(), [[1.5, -2, 30], [-4.5, -2, 30]])

    def test_one_plane_without_spacing(self):
        data_set = volume("LABELMAP", frames=1, planes=1, map=mapped(1))
        data_set.SharedFunctionalGroupsSequence = shared_groups(None)
        self.assertEqual(described(data_set).position(1).tolist(), [-100, -50, 20])

    def test_slide(self):
        for strict in (True, False):
            whole = described(slide(strict))
            self.assertEqual(whole.segment.tolist(), [1, 1, 2, 2])
            self.assertEqual(whole.position(whole.plane).tolist(), [[1, 1], [9, 3], [5, 1], [9, 5]])

    def test_other_block_number(self):
        data_set = volume()
        del data_set[0x0021, 0x1001], data_set[0x0021, 0x1002], data_set[0x0021, 0x1003]
        data_set[0x0021, 0x0010].value = "ANOTHER"
        data_set._private_blocks.clear()
        self.assertEqual(len(described(add_block(data_set, origin=[0, 0, 0], planes=5, map=b"\x8e\x49")).plane), 7)
        self.assertIn((0x0021, 0x1103), data_set)

    def test_concatenation(self):
        whole = described(volume())
        parts = []
        for offset, frames in ((4, 3), (0, 4)):
            part = volume(frames=frames)
            part.ConcatenationUID, part.ConcatenationFrameOffsetNumber = "1.2.9", offset
            parts.append(described(part))
        self.assertEqual(list(zip(parts[0].segment, parts[0].plane)), list(zip(whole.segment, whole.plane))[4:])
        joined, ordered = read_volume.join(parts)
        self.assertTrue(numpy.array_equal(joined.plane, whole.plane) and numpy.array_equal(joined.segment, whole.segment))
        self.assertEqual([part.offset for part in ordered], [0, 4])
        with self.assertRaises(Faulty):  # what is absent in a part is unknown
            next(read_volume.mask_planes(parts[0], numpy.zeros((3, 2, 3), numpy.uint8), 1))
        for wrong in ([parts[0], parts[0]], [parts[0], described(volume(order=("plane", "segment")))]):
            self.assertRaises(Faulty, read_volume.join, wrong)

    def test_dual_form(self):
        for undefined in (False, True):
            data_set = volume(strict=False, order=("other", "segment", "other", "plane"))
            data_set.PerFrameFunctionalGroupsSequence = [item(FrameContentSequence=[item(FrameComments="x")])] * 7
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "dual.dcm"
                path.write_bytes(saved(data_set, undefined))
                head, groups = object_values.read_head(path)
            self.assertTrue(groups and "PixelData" not in head and "PerFrameFunctionalGroupsSequence" not in head)
            whole = read_volume.describe(head, groups)
            self.assertEqual((whole.form, whole.plane.tolist()), ("dual", [2, 3, 4, 3, 4, 2, 5]))

    def test_what_is_not_looked_at(self):
        """Dimension Organization Type of a dual object, the order where there is one segment, distance with one plane, numbers
        that are used twice in a label map, other Items of dimensions."""
        data_set = volume(strict=False)
        data_set.DimensionOrganizationType = "VOLUME"
        described(data_set)
        self.assertEqual(described(volume(segments=(1,), order=(), frames=2, map=mapped(0, 1, 0, 0, 1))).plane.tolist(), [2, 5])
        self.assertEqual(described(volume(order=("other", "plane", "plane", "segment"), map=b"\xe8\x46")).segment.tolist(), [1, 3, 1, 2, 1, 2, 3])
        described(volume("LABELMAP", segments=(1, 1), order=(), frames=2, map=mapped(0, 1, 0, 0, 1)))
        described(slide(index=[0], number=[0], about=[]))
        data_set = volume("LABELMAP", frames=1, planes=1, map=mapped(1))
        data_set.SharedFunctionalGroupsSequence = shared_groups(-1)
        self.assertEqual(described(data_set).position(1).tolist(), [-100, -50, 20])

    def test_unknown_representations(self):
        """Elements with VR UN, as behind Implicit VR."""
        data_set, wanted = volume(index=[5, 4, 3, 2, 1]), described(volume(index=[5, 4, 3, 2, 1]))
        origin = bytes.fromhex("FEFF00E0 16000000 20003200 0E000000") + b"-100\\-50\\20.00"
        about = bytes.fromhex("FEFF00E0 0A000000 28005A13 02000000") + b"NO"
        values = {1: origin, 2: b"\5\0\0\0", 3: b"\x8e\x49", 4: numpy.array([5, 4, 3, 2, 1], "<u4").tobytes(), 6: about}
        for i, value in values.items():
            block(data_set).add_new(i, "UN", value)
        with tempfile.TemporaryDirectory() as folder:
            for implicit in (False, True):
                data_set.file_meta.TransferSyntaxUID = "1.2.840.10008.1.2" if implicit else made.EXPLICIT
                path = Path(folder) / "unknown.dcm"
                path.write_bytes(saved(data_set, implicit=implicit))
                found = read_volume.describe(*object_values.read_head(path))
                self.assertEqual(found.position(found.plane).tolist(), wanted.position(wanted.plane).tolist())
                self.assertEqual((found.sources(), found.preserved), (wanted.sources(), "NO"))

    def test_object_of_the_standard(self):
        data_set = volume(strict=False)
        del data_set[0x0021, 0x0010]
        data_set._private_blocks.clear()
        self.assertRaises(Unsupported, described, data_set)

    def test_many_frames(self):
        bits = numpy.ones(1000 * 101, numpy.uint8)
        bits[:1000] = 0
        data_set = volume(segments=range(1, 102), frames=7, planes=1000, map=mapped(*bits))
        data_set.NumberOfFrames = 100000
        whole = described(data_set)
        self.assertTrue((whole.plane == numpy.tile(numpy.arange(1, 1001), 100)).all())
        self.assertTrue((whole.segment == numpy.repeat(numpy.arange(2, 102), 1000)).all())


class Pixels(unittest.TestCase):
    def decoded(self, frames, syntax, kind, coded):
        data_set = made.segmentation(kind, (1,), frames if coded is None else coded, syntax)
        data_set.BitsAllocated = {"BINARY": 1}.get(kind, 8 * frames.itemsize)
        data_set.NumberOfFrames, data_set.Rows, data_set.Columns = frames.shape
        data_set["PixelData"].is_undefined_length = coded is not None
        return object_frames.decode_frames(data_set)

    def deflated(self, data):
        coder = zlib.compressobj(wbits=-15)
        coded = coder.compress(data) + coder.flush()
        return coded + b"\0" * (len(coded) % 2)

    def test_native_and_deflated(self):
        random = numpy.random.default_rng(3)
        for kind, dtype in (("BINARY", numpy.uint8), ("FRACTIONAL", numpy.uint8), ("LABELMAP", numpy.uint16)):
            frames = random.integers(0, 2, (3, 3, 5)).astype(dtype)
            raw = [numpy.packbits(f, bitorder="little").tobytes() if kind == "BINARY" else f.tobytes() for f in frames]
            coded = [self.deflated(data) for data in raw]
            self.assertTrue(numpy.array_equal(self.decoded(frames, made.EXPLICIT, kind, None), frames))
            self.assertTrue(numpy.array_equal(self.decoded(frames, object_frames.DEFLATED_FRAMES, kind, coded), frames))
            self.assertRaises(Faulty, self.decoded, frames, object_frames.DEFLATED_FRAMES, kind, coded[:2])
            self.assertRaises(Faulty, self.decoded, frames, object_frames.DEFLATED_FRAMES, kind, [self.deflated(data[:-1]) for data in raw])

    def test_rle(self):
        frames = numpy.arange(8, dtype=numpy.uint8).reshape(1, 2, 4)
        coded = numpy.array([1, 64] + [0] * 14, "<u4").tobytes() + bytes([7]) + frames.tobytes() + b"\x80"
        self.assertTrue(numpy.array_equal(self.decoded(frames, "1.2.840.10008.1.2.5", "FRACTIONAL", [coded]), frames))

    def test_unknown_codec(self):
        frames = numpy.zeros((1, 2, 4), numpy.uint8)
        self.assertRaises(Unsupported, self.decoded, frames, f"{read_volume.ROOT}.2.1.1", "FRACTIONAL", [b"ab"])


def without(*numbers):
    def change(data_set):
        for number in numbers:
            del block(data_set)[number]

    return change


def setting(**values):
    """Elements of the data set: None takes one away."""

    def change(data_set):
        for keyword, value in values.items():
            if value is not None:
                setattr(data_set, keyword, value)
            elif keyword in data_set:
                delattr(data_set, keyword)

    return change


def without_creator(data_set):
    del data_set[0x0021, 0x0010]
    data_set._private_blocks.clear()


def part_of(offset, frames):
    return setting(ConcatenationUID="1.2.9", ConcatenationFrameOffsetNumber=offset, NumberOfFrames=frames)


def origins(*values):
    def change(data_set):
        block(data_set)[1].value = [item(ImagePositionPatient=value) if value else item(PatientID="x") for value in values]

    return change


def both(*changes):
    def change(data_set):
        for one in changes:
            one(data_set)

    return change


def unknown(number, value):
    """An element with VR UN."""
    return lambda data_set: block(data_set).add_new(number, "UN", value)


def block_of(**values):
    return lambda data_set: add_block(data_set, **values)


FAULTY = {
    "E1": [(volume, without_creator)],
    "E2": [(volume, setting(DimensionOrganizationType=None)), (volume, setting(DimensionOrganizationType="3D")),
           (slide, setting(DimensionOrganizationType="TILED_SPARSE")), (volume, without(1, 2))],
    "E3": [(volume, setting(PerFrameFunctionalGroupsSequence=[item()]))],
    "E4": [(volume, without(1)), (volume, without(2)), (volume, origins()), (volume, origins([0, 0, 0], [0, 0, 0])), (volume, origins([0, 0])),
           (volume, origins(None)), (volume, origins(["nan", 0, 0])), (volume, origins([0, 0, "1e999"])),
           (volume, unknown(1, b"abc")), (volume, unknown(1, b"")), (volume, unknown(2, b"")),
           (volume, block_of(planes=0)), (volume, block_of(planes=[5, 5])), (volume, origins([0, 0, 0, 0])), (slide, setting(TotalPixelMatrixRows=None)),
           (slide, setting(TotalPixelMatrixColumns=0)), (slide, setting(TotalPixelMatrixFocalPlanes=2))],
    "E5": [(volume, setting(SharedFunctionalGroupsSequence=groups)) for groups in
           (None, [item()], shared_groups(None), shared_groups(0), shared_groups("-1"), shared_groups(1, [1, 0, 0, 1, 0, 0]),
            shared_groups("1e999"), shared_groups(1, [1, 0, 0]), shared_groups(1, [1, 0, 0, 0, 1, 0, 0]), shared_groups(1, [0] * 6), shared_groups(1, [1, 0, 0, 0, "nan", 0]))],
    "E6": [(volume, setting(SegmentSequence=items)) for items in (None, [], [item(SegmentNumber=n) for n in (1, 2, 2)], [item(), item()])],
    "E7": [(volume, setting(DimensionIndexSequence=items)) for items in
           (None, [], dimensions("plane"), dimensions("segment"), dimensions("plane", "plane"))],
    "E8": [(slide, without(3)), (volume, without(3)), (volume, both(without(3), part_of(10, 7)))],
    "E9": [(volume, block_of(map=value)) for value in (b"", b"\x8e\x49\0\0")] + [(volume, block_of(planes=6 * 3))],
    "E10": [(volume, block_of(map=b"\x8e\xc9"))],
    "E11": [(volume, setting(NumberOfFrames=6)), (volume, block_of(map=b"\0\0")), (volume, part_of(1, 7)), (volume, setting(ConcatenationUID="1.2.9"))],
    "E12": [(volume, block_of(index=[1] * 4)), (volume, block_of(index=[1] * 6)), (volume, block_of(index=[1, 2, 3, 4, 6])),
            (volume, block_of(index=[1, 2, 3, 4, 5], number=[1])), (volume, block_of(number=[1] * 5)),
            (volume, block_of(about=[item()])), (volume, block_of(index=[1] * 5, about=[])), (volume, block_of(index=[1] * 5, about=[item(), item()])),
            (volume, both(setting(ReferencedSeriesSequence=None), block_of(index=[0, 0, 0, 0, 1])))],
    "8": [(volume, block_of(planes=65536)), (slide, setting(TotalPixelMatrixRows=2**32 - 1, TotalPixelMatrixColumns=2**32 - 1))],
    "1": [(volume, setting(SegmentationType="SURFACE")), (volume, setting(SegmentationType=None))],
    "4": [(volume, setting(NumberOfFrames=None)), (volume, setting(Rows=0))],
}  # fmt: skip


class Errors(unittest.TestCase):
    def test_each_is_refused(self):
        for code, cases in FAULTY.items():
            for i, (make, change) in enumerate(cases):
                with self.subTest(code=code, case=i), self.assertRaises(Faulty) as raised:
                    data_set = make()
                    described(copy.deepcopy(data_set))  # nothing is wrong yet
                    change(data_set)
                    described(data_set).sources()
                self.assertEqual(raised.exception.code, code, raised.exception)
                self.assertTrue(str(raised.exception).endswith("."))

    def test_groups_that_contradict(self):
        def dual():
            data_set = volume(strict=False, index=[5, 4, 3, 0, 1])
            data_set.PerFrameFunctionalGroupsSequence = [
                item(
                    PlanePositionSequence=[item(ImagePositionPatient=[-100, -50, 17.5 + 2.5 * p])],
                    SegmentIdentificationSequence=[item(ReferencedSegmentNumber=s)],
                    DerivationImageSequence=[item(SourceImageSequence=[item(ReferencedSOPClassUID="1.2.3", ReferencedSOPInstanceUID=f"1.2.3.{6 - p}")])]
                    if p != 4
                    else [],
                )
                for s, p in ((1, 2), (1, 3), (1, 4), (2, 3), (2, 4), (3, 2), (3, 5))
            ]
            return data_set

        self.assertEqual(check_dual.check(dual()), 3 * 7)
        changes = {
            "is at": lambda group: setattr(group.PlanePositionSequence[0], "ImagePositionPatient", [-100, -50, "25.002"]),
            "is of segment 1": lambda group: setattr(group.SegmentIdentificationSequence[0], "ReferencedSegmentNumber", 1),
            "is made from": lambda group: setattr(group.DerivationImageSequence[0].SourceImageSequence[0], "ReferencedFrameNumber", 1),
        }
        for words, change in changes.items():
            data_set = dual()
            change(data_set.PerFrameFunctionalGroupsSequence[3])
            with self.assertRaisesRegex(Faulty, f"frame 4 {words}"):
                check_dual.check(data_set)
        self.assertRaises(Unsupported, check_dual.check, volume())
        data_set = dual()
        del data_set.PerFrameFunctionalGroupsSequence[6]
        self.assertRaises(Faulty, check_dual.check, data_set)

    def test_command(self):
        with tempfile.TemporaryDirectory() as folder:
            good, bad = Path(folder) / "good.dcm", Path(folder) / "bad.dcm"
            good.write_bytes(saved(volume()))
            bad.write_bytes(saved(volume(map=b"\x8e\xc9")))
            command = [sys.executable, read_volume.__file__]
            done = subprocess.run([*command, good], capture_output=True, text=True, check=True)
            found = json.loads(done.stdout)
            self.assertEqual(found["frames"]["plane"], [2, 3, 4, 3, 4, 2, 5])
            wanted = masks(volume())[2]
            self.assertEqual(found["segments"], [{"number": n, "sha256": object_frames.digest([mask])} for n, mask in wanted.items()])
            refused = subprocess.run([*command, bad], capture_output=True, text=True)
            self.assertEqual((refused.returncode, refused.stdout), (3, ""))
            self.assertIn("E10", refused.stderr)


if __name__ == "__main__":
    unittest.main()
