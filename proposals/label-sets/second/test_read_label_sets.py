# SPDX-License-Identifier: Apache-2.0
"""Tests of read_label_sets.py on objects made in memory: the worked example of ../bitstream.md, and invented ones."""

import copy
import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import numpy
from pydicom.dataelem import DataElement

import read_label_sets
from read_label_sets import CREATOR, describe

import made  # noqa: E402 - beside read_volume.py, whose path read_label_sets has added
from made import item  # noqa: E402
from object_frames import decode_frames, digest  # noqa: E402
from object_values import Faulty, Unsupported  # noqa: E402

TEXT = Path(__file__).resolve().parent.parent / "bitstream.md"
FRAME = numpy.array([[[0, 1, 1, 0], [0, 5, 2, 2]]], numpy.uint8)


def overlapping(number, values, vr="OW", block=0x10):
    """An Item; values: numbers, or bytes."""
    made = item() if number is None else item(SegmentNumber=number)
    if block != 0x10:
        made.add(DataElement((0x0021, 0x0010), "LO", "ANOTHER"))
    own = made.private_block(0x0021, CREATOR, create=True)
    if values is not None:
        own.add_new(2, vr, values if isinstance(values, (bytes, int)) else numpy.array(values, "<u2").tobytes())
    return made


def label_sets(lists=((1, [1, 5]), (2, [2, 5]), (4, [1, 2, 5])), numbers=(0, 1, 2, 4, 5), frames=FRAME, padding=0):
    """An object with these lists; None: without the block."""
    data_set = made.segmentation("LABELMAP", numbers, frames)
    data_set.SegmentsOverlap, data_set.SOPClassUID = "NO", made.STANDARD["LABELMAP"]
    if padding is not None:
        data_set.PixelPaddingValue = padding
        data_set["PixelPaddingValue"].VR = "US"
    if lists is not None:
        data_set.private_block(0x0021, CREATOR, create=True).add_new(1, "SQ", [overlapping(*one) for one in lists])
    return data_set


def masks(data_set):
    sets, frames = describe(data_set), decode_frames(data_set)
    for f, pixels in enumerate(frames, 1):
        sets.check_frame(pixels, f)
    return {number: sets.mask(frames, number).astype(int).tolist() for number in sets.segments}


EXAMPLE = {1: [[[0, 1, 1, 0], [0, 1, 0, 0]]], 2: [[[0, 0, 0, 0], [0, 1, 1, 1]]], 4: [[[0, 1, 1, 0], [0, 1, 1, 1]]]}


class Conforming(unittest.TestCase):
    def test_worked_example(self):
        data = made.bytes_of_example(TEXT, "8. Worked example")
        self.assertEqual(len(data), 24 + 12 + 176)
        data_set = label_sets(None)
        for found in made.elements(data):
            data_set[found.tag] = found
        self.assertEqual(masks(data_set), EXAMPLE)
        self.assertEqual(describe(data_set).combinations(), {5: [1, 2, 4]})
        self.assertEqual(masks(label_sets()), EXAMPLE)

    def test_no_overlap(self):
        for lists in (None, ()):
            sets = describe(label_sets(lists))
            self.assertEqual((sets.marked, list(sets.segments)), (lists is not None, [1, 2, 4, 5]))
            self.assertEqual(sets.mask(FRAME, 2).sum(), 2)

    def test_no_background(self):
        """Without Pixel Padding Value 0 is a value like any other, in a list as well."""
        found = masks(label_sets(((1, [0, 1]), (2, [0, 2])), (0, 1, 2, 5), padding=None))
        self.assertEqual(found[2], [[[1, 0, 0, 1], [1, 0, 1, 1]]])
        self.assertEqual(list(found), [1, 2, 5])

    def test_segments_overlap_is_absent(self):
        data_set = label_sets()
        del data_set.SegmentsOverlap
        self.assertEqual(masks(data_set), EXAMPLE)

    def test_nested_and_other_background(self):
        frames = numpy.array([[[9, 1, 2, 3], [3, 9, 1, 1]]], numpy.uint16)
        found = masks(label_sets(((1, [1]), (2, [1, 2]), (3, [1, 2, 3])), (9, 3, 2, 1), frames, 9))
        self.assertEqual({n: numpy.sum(mask) for n, mask in found.items()}, {1: 3, 2: 4, 3: 6})

    def test_other_block_in_items(self):
        data_set = label_sets(((1, [1, 5], "OW", 0x11), (2, [2, 5]), (4, [1, 2, 5], "OW", 0x11)))
        self.assertEqual(masks(data_set), EXAMPLE)

    def test_largest_values(self):
        numbers = [1, 2, *range(64536, 65536)]
        frames = numpy.array(numbers, numpy.uint16).reshape(1, 1, -1)
        found = describe(label_sets(((1, [1, *numbers[2:]]), (2, numbers[1:])), numbers, frames))
        self.assertEqual(list(found.segments), [1, 2])
        self.assertEqual((found.mask(frames, 1).sum(), found.mask(frames, 2).sum()), (1001, 1001))

    def test_in_a_volume(self):
        data_set = made.volume("LABELMAP", (0, 1, 2, 4, 5), planes=3, map=made.mapped(1, 0, 1), frames=2)
        data_set.PixelData = numpy.concatenate([FRAME, FRAME[:, ::-1]]).tobytes()
        data_set.Columns, data_set.SegmentsOverlap, data_set.PixelPaddingValue = 4, "NO", 0
        data_set.private_block(0x0021, CREATOR, create=True).add_new(1, "SQ", [overlapping(1, [1, 5]), overlapping(2, [2, 5])])
        sets, frames = describe(data_set), decode_frames(data_set)
        planes = read_label_sets.planes_of(data_set, False, frames)
        self.assertEqual([int(sets.mask(plane, 2).sum()) for plane in planes], [3, 0, 3])
        self.assertTrue(numpy.array_equal(planes[2], FRAME[0, ::-1]))

    def test_frames_by_functional_groups(self):
        data_set = label_sets(frames=numpy.concatenate([FRAME, FRAME * 0]))
        data_set.SharedFunctionalGroupsSequence = made.shared_groups()
        data_set.PerFrameFunctionalGroupsSequence = [item(PlanePositionSequence=[item(ImagePositionPatient=[0, 0, z])]) for z in (5, 2)]
        planes = read_label_sets.planes_of(data_set, True, decode_frames(data_set))
        self.assertEqual([int(plane.sum()) for plane in planes], [0, 11])


def having(**values):
    def change(data_set):
        for keyword, value in values.items():
            delattr(data_set, keyword) if value is None else setattr(data_set, keyword, value)

    return change


def listing(*lists):
    def change(data_set):
        data_set.private_block(0x0021, CREATOR)[1].value = [overlapping(*one) for one in lists]

    return change


def without_sequence(data_set):
    del data_set.private_block(0x0021, CREATOR)[1]


def item_without_creator(data_set):
    first = data_set.private_block(0x0021, CREATOR)[1].value[0]
    del first[0x0021, 0x0010]
    first._private_blocks.clear()


FAULTY = {
    "rule 1": [having(SegmentationType="BINARY"), having(SegmentsOverlap="YES")],
    "rule 2": [having(SegmentSequence=[item(SegmentNumber=n) for n in (0, 1, 2, 4, 5, 4)])],
    "3": [listing((None, [1])), listing((1, None)), item_without_creator,
          having(SegmentSequence=[item()])],
    "6": [without_sequence, listing((1, b"")), listing((1, b"\1\0\5"), (2, [2, 5])), listing((1, 5, "UL"))],
    "rule 5": [listing((2, [2, 5]), (1, [1, 5])), listing((1, [1, 5]), (1, [1, 5])), listing((1, [1, 5]), (3, [3, 5])), listing((0, [1]))],
    "rule 6": [listing((1, [5, 1]), (2, [2, 5])), listing((1, [1, 1])), listing((1, [1, 3]), (2, [2, 3])), listing((1, [0, 1]), (2, [0, 2]))],
    "rule 7": [listing((1, [1, 2])), listing((1, [1, 5]), (2, [2])), listing((4, [1, 2]))],
    "rule 8": [listing((1, [2, 5]), (2, [5]), (4, [2, 5])), listing((1, [5]), (2, [1, 5]), (4, [1, 5]))],
}  # fmt: skip


class Errors(unittest.TestCase):
    def test_each_is_refused(self):
        for code, changes in FAULTY.items():
            for i, change in enumerate(changes):
                with self.subTest(code=code, case=i), self.assertRaises(Faulty) as raised:
                    data_set = copy.deepcopy(label_sets())
                    describe(data_set)  # nothing is wrong yet
                    change(data_set)
                    describe(data_set)
                self.assertEqual(raised.exception.code, code, raised.exception)

    def test_values_of_frames(self):
        for value, why in ((3, "Segment Sequence does not describe"), (4, "rule 8")):
            frames = numpy.concatenate([FRAME, FRAME])
            frames[1, 0, 2] = value
            with self.assertRaisesRegex(Faulty, f"frame 2 has a pixel of value {value}, .*{why}"):
                masks(label_sets(frames=frames))

    def test_other_objects(self):
        data_set = label_sets(None)
        data_set.SegmentationType = "BINARY"
        self.assertRaises(Unsupported, describe, data_set)
        self.assertRaises(KeyError, describe(label_sets()).mask, FRAME, 5)

    def test_command(self):
        with tempfile.TemporaryDirectory() as folder:
            good, bad = Path(folder) / "good.dcm", Path(folder) / "bad.dcm"
            good.write_bytes(made.saved(label_sets(), undefined=True))
            bad.write_bytes(made.saved(label_sets(((1, [1, 2]),))))
            command = [sys.executable, read_label_sets.__file__]
            found = json.loads(subprocess.run([*command, good], capture_output=True, text=True, check=True).stdout)
            self.assertEqual(
                [(s["number"], s["label"], s["voxels"], s["sha256"]) for s in found["segments"]],
                [(n, f"segment {n}", int(numpy.sum(mask)), digest([mask])) for n, mask in EXAMPLE.items()],
            )
            self.assertEqual(found["combinations"], {"5": [1, 2, 4]})
            refused = subprocess.run([*command, bad], capture_output=True, text=True)
            self.assertEqual((refused.returncode, refused.stdout), (3, ""))
            self.assertIn("value 2 is in the list of segment 1 alone", refused.stderr)


if __name__ == "__main__":
    unittest.main()
