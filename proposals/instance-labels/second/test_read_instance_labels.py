# SPDX-License-Identifier: Apache-2.0
"""Tests of read_instance_labels.py on objects made in memory: the worked examples of ../bitstream.md, and invented ones."""

import json
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import numpy

import read_instance_labels
from read_instance_labels import describe, placed

import made  # noqa: E402 - beside read_volume.py, whose path read_instance_labels has added
from made import item  # noqa: E402
from made_instances import CREATOR, ROOT, add_instances, instance_labels, segment_ranges, with_range  # noqa: E402
from object_frames import decode_frames  # noqa: E402
from object_values import Faulty, Unsupported  # noqa: E402

TEXT = Path(__file__).resolve().parent.parent / "bitstream.md"
MATRIX = numpy.array([[0, 1, 1, 1, 0, 2, 0, 0, 0], [3, 0, 1, 1, 2, 2, 0, 0, 0]], numpy.uint32)
BOXES = [[2, 1, 4, 2], [5, 1, 6, 2], [1, 2, 1, 2]]
RANGED = [item(SegmentNumber=0, SegmentLabel="Background"), with_range(1, [1, 3]), with_range(4, [5, 6])]
FRAMES = numpy.array([[[0, 1, 1, 5], [2, 2, 4, 6]], [[0, 0, 0, 5], [5, 5, 0, 2]]], numpy.uint8)
NUMBERS = numpy.array([0, 1, 2, 3, 0, 4, 5])  # of each value of these


def found_in(data_set):
    return describe(data_set, "PerFrameFunctionalGroupsSequence" in data_set)


def whole_of(data_set):
    found = found_in(data_set)
    return found, placed(found, data_set, decode_frames(data_set))


def classes_of(data_set):
    return placed(found_in(data_set), data_set, decode_frames(data_set), True)


def slide(**columns):
    """The object of the text's example."""
    return instance_labels(MATRIX, (1, 2), (2, 3), **{"segments": [1, 2, 1], "boxes": BOXES, "root": "1.2.3", **columns})


def ranges(items=RANGED, frames=FRAMES, count=5, **values):
    return segment_ranges(frames, items, count, **values)


class Conforming(unittest.TestCase):
    def test_example_of_instance_labels(self):
        elements = made.elements(example_bytes("### 10.2"))
        data_set = slide()
        self.assertEqual({e.tag: e.value for e in elements}, {e.tag: e.value for e in data_set if e.tag.group == 0x0021})
        self.assertEqual(data_set.PixelData, bytes.fromhex("000101020001 010002010202"))
        found, whole = whole_of(data_set)
        self.assertTrue(numpy.array_equal(whole, MATRIX))
        self.assertEqual(found.segment_of(whole).tolist(), numpy.array([0, 1, 2, 1])[MATRIX].tolist())
        self.assertEqual([found.frames_of(n) for n in (1, 2, 3)], [[0, 1], [1], [0]])
        self.assertEqual((found.uid(2), found.box(3), found.confidence(1), found.original(2)), ("1.2.3.2", BOXES[2], None, 2))

    def test_example_of_ranges(self):
        for i, holder in enumerate((RANGED[1], ranges())):
            elements = made.elements(example_bytes("### 10.1", i))
            self.assertEqual({e.tag: e.value for e in elements}, {e.tag: e.value for e in holder if e.tag.group == 0x0021})
        found, whole = whole_of(ranges())
        self.assertEqual((found.count, found.classes, found.original(4)), (5, {1: "segment 1", 4: "segment 4"}, 4))
        self.assertTrue(numpy.array_equal(whole, NUMBERS[FRAMES]))
        self.assertEqual(classes_of(ranges())[0].tolist(), [[0, 1, 1, 4], [1, 1, 4, 4]])

    def test_no_list(self):
        """Where each entry is the next instance, and some instances have no pixel."""
        matrix = numpy.array([[1, 2, 0, 3, 4, 0]], numpy.uint32)
        found, whole = whole_of(instance_labels(matrix, tile=(1, 3), numbers=None, count=7))
        self.assertTrue(numpy.array_equal(whole, matrix))
        self.assertEqual((found.count, found.frames_of(4), found.frames_of(7)), (7, [1], []))
        self.assertEqual(found.segment_of(numpy.array([7])).tolist(), [1])

    def test_volume_of_sixteen_bits(self):
        random = numpy.random.default_rng(3)
        planes = random.integers(0, 500, (4, 21, 33)).astype(numpy.uint32)
        planes[2] = 0
        confidence = numpy.linspace(0, 1, 499, dtype=numpy.float32)
        columns = {"segments": numpy.arange(499) % 3 + 5, "confidence": confidence, "original": numpy.arange(499) * 7 + 70000}
        found, whole = whole_of(instance_labels(planes, (5, 6, 7), bits=16, **columns))
        self.assertTrue(numpy.array_equal(whole, planes))
        self.assertTrue(numpy.array_equal(found.segment_of(whole), numpy.where(planes > 0, (planes + 2) % 3 + 5, 0)))
        self.assertEqual((found.original(3), found.confidence(499), found.box(1)), (70014, 1.0, None))
        inside = [f for f, plane in enumerate(planes[[0, 1, 3]]) if (plane == 17).any()]
        self.assertEqual(found.frames_of(17), inside)

    def test_no_instances(self):
        found, whole = whole_of(instance_labels(numpy.zeros((2, 3), numpy.uint32), (1, 2), (2, 3)))
        self.assertEqual((found.count, int(whole.max())), (0, 0))

    def test_item_for_background(self):
        data_set = slide()
        data_set.SegmentSequence.insert(0, item(SegmentNumber=0))
        self.assertEqual(list(found_in(data_set).classes), [1, 2])

    def test_boxes_of_volumes(self):
        planes = numpy.zeros((2, 2, 3), numpy.uint32)
        planes[1, :, 1:] = 1
        found, _ = whole_of(instance_labels(planes, count=2, boxes=[[2, 1, 2, 3, 2, 2], [1, 1, 1, 0, 0, 0]]))
        self.assertEqual((found.box(1), found.box(2)), ([2, 1, 2, 3, 2, 2], [1, 1, 1, 0, 0, 0]))

    def test_part_of_a_concatenation(self):
        data_set = slide()
        data_set.ConcatenationUID, data_set.ConcatenationFrameOffsetNumber, data_set.NumberOfFrames = "1.2.9", 1, 1
        data_set.PixelData = bytes.fromhex("010002010202")
        found, whole = whole_of(data_set)
        self.assertTrue(numpy.array_equal(whole, numpy.where(numpy.arange(9) > 2, MATRIX, 0)))
        self.assertEqual((found.frames_of(1), found.frames_of(3)), ([0], []))

    def test_ranges_without_background(self):
        """Without Pixel Padding Value 0 is a segment like any other; an Item without a range has no instance."""
        found, whole = whole_of(ranges(padding=None))
        self.assertEqual((found.count, list(found.classes)), (5, [0, 1, 4]))
        self.assertTrue(numpy.array_equal(whole, NUMBERS[FRAMES]))
        columns = {"original": range(70, 77), "boxes": [1, 1, 1, 4, 2, 2] * 7, "root": "1.2"}
        found, whole = whole_of(ranges([with_range(7, [0, 6])], count=7, padding=None, **columns))
        self.assertTrue(numpy.array_equal(whole, FRAMES + 1))
        self.assertEqual((found.original(7), found.box(7), found.uid(7), found.segment_of(numpy.array([1])).tolist()), (76, [1, 1, 1, 4, 2, 2], "1.2.7", [7]))

    def test_ranges_of_all_values(self):
        frames = numpy.array([[[0, 1, 65535, 40000]]], numpy.uint16)
        found, whole = whole_of(ranges([with_range(1, [1, 65535])], frames, 65535))
        self.assertEqual(whole.tolist(), frames.tolist())
        self.assertEqual(found.count, 65535)

    def test_no_ranges(self):
        found, whole = whole_of(ranges([item(SegmentNumber=n) for n in range(7)], count=0))
        self.assertEqual((found.count, int(whole.max()), list(found.classes)), (0, 0, [1, 2, 3, 4, 5, 6]))

    def test_ranges_in_other_blocks(self):
        items = [RANGED[0], with_range(1, [1, 3], other_block=True), with_range(4, b"\5\0\6\0", "UN")]
        self.assertTrue(numpy.array_equal(whole_of(ranges(items))[1], NUMBERS[FRAMES]))

    def test_ranges_in_a_strict_volume(self):
        data_set = ranges()
        del data_set.PerFrameFunctionalGroupsSequence
        data_set.DimensionOrganizationType, data_set.DimensionIndexSequence = "VOLUME", made.dimensions("plane")
        made.add_block(data_set, origin=[0, 0, 0], planes=3, map=made.mapped(1, 0, 1))
        self.assertTrue(numpy.array_equal(whole_of(data_set)[1], NUMBERS[numpy.array([FRAMES[1], FRAMES[0] * 0, FRAMES[0]])]))


def example_bytes(heading, place=0):
    """The elements of a worked example's block, without its comments."""
    text = TEXT.read_text(encoding="utf-8").split(heading)[1].split("\n#")[0]
    lines = [part for part in text.split("\n\n") if part.startswith("    21 00 10 00")][place].split("\n")
    return bytes.fromhex("".join(re.match(r"(?: *[0-9A-F]{2}(?= |$))+", line).group() for line in lines))


def element(number, value, vr=None):
    """Another value of an element of the block; None: without it."""

    def change(data_set):
        block = data_set.private_block(0x0021, CREATOR)
        if value is None:
            del block[number]
        elif number in block:
            block[number].value = value
        else:
            block.add_new(number, vr or "OL", value)

    return change


def words(kind, *values):
    return numpy.array(values, kind).tobytes()


def having(**values):
    def change(data_set):
        for keyword, value in values.items():
            setattr(data_set, keyword, value)

    return change


def without_block(data_set):
    creator = next(found for found in data_set if found.tag.group == 0x0021 and found.value == CREATOR)
    creator.value = "SOMEBODY ELSE"
    data_set._private_blocks.clear()


FAULTY = {
    "I1": [without_block, having(SegmentationType="BINARY", DimensionIndexSequence=made.dimensions("segment", "plane")), element(0x10, None), element(0x10, [3, 4])],
    "I2": [element(0x11, None), element(0x11, words("<u4", 0, 2))],
    "I3": [element(0x11, words("<u4", 1, 2, 4)), element(0x11, words("<u4", 0, 5, 4))],
    "I4": [element(0x11, words("<u4", 0, 300, 300))],
    "I5": [element(0x12, words("<u4", 1, 3, 1)), element(0x12, None)],
    "I6": [element(0x12, words("<u4", 1, 0, 1, 2)), element(0x12, words("<u4", 1, 3, 1, 4))],
    "I8": [element(0x13, None), element(0x13, words("<u2", 1, 2)), element(0x13, words("<u2", 1, 2, 3)), having(SegmentSequence=[item(SegmentNumber=0)]),
           having(SegmentSequence=[item(SegmentNumber=n) for n in (1, 2, 1)])],
    "I14": [having(PixelPaddingValue=1)],
}  # fmt: skip
FAULTY_COLUMNS = {
    "I9": [element(0x14, words("<f4", 1, 1), "OF"), element(0x14, words("<f4", 1, 2, 0), "OF"), element(0x14, words("<f4", 1, numpy.nan, 0), "OF")],
    "I10": [element(0x15, words("<u4", *range(8))), element(0x15, words("<u4", *range(12))), element(0x15, words("<u4", *[1, 1, 10, 2] * 3))],
    "I11": [element(0x16, "1.2.3." + "4" * 57), element(0x16, b"1.02", "UI")],
    "I12": [element(0x17, words("<u4", 4, 5))],
}  # fmt: skip
FAULTY_RANGES = {
    "R1": [having(SegmentationType="BINARY"), having(SegmentSequence=[]), without_block, element(0x10, None)],
    "R2": [having(SegmentSequence=[RANGED[0], one]) for one in (with_range(4, [4, 3]), with_range(4, [4, 5, 6]), with_range(4, b"\4\0", "UN"), item())],
    "R3": [having(SegmentSequence=[*RANGED, more]) for more in (with_range(2), with_range(7, [6, 6]), with_range(5), with_range(8, [7, 8]))]
    + [having(PixelPaddingValue=5), having(SegmentSequence=[with_range(0, [0, 9])])],
    "R4": [element(0x10, 6), having(SegmentSequence=RANGED[:2])],
    "I12": [element(0x17, words("<u4", 1, 2, 3))],
    "I10": [element(0x15, words("<u4", *[1, 1, 1, 5, 1, 1] * 5))],
}  # fmt: skip


class Errors(unittest.TestCase):
    def refused(self, make, cases, read):
        for code, changes in cases.items():
            for i, change in enumerate(changes):
                with self.subTest(code=code, case=i), self.assertRaises(Faulty) as raised:
                    data_set = make()
                    read(data_set)  # nothing is wrong yet
                    change(data_set)
                    read(data_set)
                self.assertEqual(raised.exception.code, code, raised.exception)

    def test_tables(self):
        self.refused(slide, FAULTY, found_in)

    def test_columns(self):
        self.refused(slide, FAULTY_COLUMNS, lambda data_set: read_instance_labels.about_instance(found_in(data_set), 1))

    def test_ranges(self):
        self.refused(ranges, FAULTY_RANGES, lambda data_set: read_instance_labels.about_instance(found_in(data_set), 1))

    def test_pixels(self):
        data_set = slide()
        data_set.PixelData = bytes.fromhex("000101030001 010002010202")
        with self.assertRaisesRegex(Faulty, "I13: frame 1 has a pixel of value 3, and 2 instances"):
            whole_of(data_set)
        with self.assertRaisesRegex(Faulty, "R5: frame 2 "):  # planes descend
            whole_of(ranges(frames=FRAMES + (FRAMES == 6)))

    def test_gigabytes_promised(self):
        """N alone asks for no memory."""
        data_set = instance_labels(MATRIX, tile=(2, 3))
        data_set.private_block(0x0021, CREATOR)[0x10].value = 2**32 - 2
        found, whole = whole_of(data_set)
        self.assertTrue(numpy.array_equal(whole, MATRIX))
        self.assertEqual(found.segment_of(whole).max(), 1)
        self.assertRaises(Faulty, found_in, add_instances(data_set, 2**32 - 1))

    def test_other_objects(self):
        data_set = slide()
        data_set.SOPClassUID = made.STANDARD["LABELMAP"]
        self.assertRaises(Unsupported, found_in, data_set)
        data_set.SOPClassUID = f"{ROOT}.3.5.1"
        self.assertRaises(Unsupported, found_in, data_set)

    def test_command(self):
        with tempfile.TemporaryDirectory() as folder:
            good, bad, saved = Path(folder) / "good.dcm", Path(folder) / "bad.dcm", Path(folder) / "saved.npy"
            good.write_bytes(made.saved(slide(), undefined=True))
            bad.write_bytes(made.saved(slide(numbers=[1, 3, 1, 9])))
            command = [sys.executable, read_instance_labels.__file__]
            run = subprocess.run([*command, good, "--instance", "2", "--save", saved], capture_output=True, text=True, check=True)
            shown = json.loads(run.stdout)
            self.assertEqual([(c["number"], c["instances"]) for c in shown["classes"]], [(1, 2), (2, 1)])
            self.assertEqual((shown["shape"], shown["instance"]["frames"], shown["instance"]["uid"]), ([2, 9], [2], "1.2.3.2"))
            self.assertTrue(numpy.array_equal(numpy.load(saved), MATRIX))
            refused = subprocess.run([*command, bad], capture_output=True, text=True)
            self.assertEqual((refused.returncode, refused.stdout), (3, ""))
            self.assertIn("I6", refused.stderr)


if __name__ == "__main__":
    unittest.main()
