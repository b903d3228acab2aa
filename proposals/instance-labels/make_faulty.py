# SPDX-License-Identifier: Apache-2.0
"""Copies of instances, each with one fault of bitstream.md, sections 5 and 9.

usage: make_faulty.py INSTANCES RANGES OUTDIR    a slide of instance labels, and segment ranges of 8 bits with two classes at
least, both as dseg writes them in Explicit VR Little Endian"""

import pathlib
import struct
import sys

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1]))
from faulty_instances import Faults  # noqa: E402

CREATOR = b"DSEG INSTANCES"
COLUMNS = {"count": 0x10, "first": 0x11, "list": 0x12, "segment": 0x13, "confidence": 0x14, "box": 0x15, "root": 0x16, "original": 0x17}
PIXELS, SEGMENTS, SEGMENTATION_TYPE, PADDING = 0x7FE00010, 0x00620002, 0x00620001, 0x00280120


def faults_of(source, out):
    """Faults, and the elements of the creator's block by the names of COLUMNS, wherever the block is."""
    faults = Faults(source, out, {})
    block = next(tag for tag, (_, value) in faults.elements.items() if 0x00210010 <= tag <= 0x002100FF and value == CREATOR)
    columns = {name: 0x00210000 | (block & 0xFF) << 8 | number for name, number in COLUMNS.items()}
    faults.tags = {"creator": block, "pixels": PIXELS, "segments": SEGMENTS, "type": SEGMENTATION_TYPE, "padding": PADDING, **columns}
    return faults


def words(*numbers):
    return struct.pack(f"<{len(numbers)}I", *numbers)


def changed(value, place, kind, number):
    """A value with another number at a place, counted in numbers of its kind."""
    made = bytearray(value)
    struct.pack_into(kind, made, place * struct.calcsize(kind) if place >= 0 else len(value) + place * struct.calcsize(kind), number)
    return bytes(made)


def of_instances(source, out):
    faults = faults_of(source, out)
    value = lambda name: faults.elements[faults.tags[name]][1]  # noqa: E731
    count = struct.unpack("<I", value("count"))[0]
    for name, vr, column in (("confidence", b"OF", bytes(4 * count)), ("box", b"OL", words(1, 1, 1, 1) * count), ("original", b"OL", words(*range(1, count + 1)))):
        faults.elements.setdefault(faults.tags[name], (vr, column))  # columns that the source does not have
    first, boxes = value("first"), value("box")
    faults.put("i1-no-block", creator=b"SOMEBODY ELSE ")
    faults.put("i1-no-count", count=None)
    faults.put("i1-two-counts", count=words(count, count))
    faults.put("i2-no-first-entries", first=None)
    faults.put("i2-first-entries-too-short", first=first[:-4])
    faults.put("i3-first-is-1", first=changed(first, 0, "<I", 1))
    faults.put("i3-entries-go-back", first=changed(first, 2, "<I", 0))
    faults.put("i4-entries-above-bits", first=changed(first, 1, "<I", 0x7FFFFFFF))
    faults.put("i5-list-too-short", list=value("list")[:-4])
    faults.put("i6-number-0", list=changed(value("list"), 3, "<I", 0))
    faults.put("i6-number-too-large", list=changed(value("list"), 3, "<I", count + 1))
    faults.put("i5-no-list", list=None, count=words(1), segment=b"\1\0", confidence=bytes(4), box=bytes(16), original=words(1))
    faults.put("i8-no-classes", segment=None)
    faults.put("i8-classes-too-short", segment=value("segment")[:-2])
    faults.put("i8-unknown-class", segment=changed(value("segment"), 2, "<H", 999))
    faults.put("i9-confidence-too-long", confidence=value("confidence") + bytes(4))
    faults.put("i10-boxes-too-short", box=boxes[:-4])
    faults.put("i10-box-out-of-the-matrix", box=changed(boxes, 2, "<I", 1000000))
    faults.put("i10-first-is-0", box=changed(boxes, 0, "<I", 0))
    faults.put("i9-confidence-2", confidence=changed(value("confidence"), 0, "<f", 2))
    faults.put("i14-padding", padding=(b"US", b"\1\0"))
    faults.put("i11-root-too-long", root=(b"UI", b"1.2.3." + b"4" * 57))
    faults.put("i11-no-uid", root=(b"UI", b"1.02.3"))
    faults.put("i12-original-too-short", original=value("original")[:-4])
    faults.put("i13-pixel-above-entries", pixels=b"\xff" * len(value("pixels")))
    faults.put("i8-gigabytes-promised", count=words(0xFFFFFFFE), list=None, segment=None)


def of_ranges(source, out):
    faults = faults_of(source, out)
    value = lambda name: faults.elements[faults.tags[name]][1]  # noqa: E731
    segments = value("segments")
    ranges = []  # where the values of Segment Number Range are
    while (at := segments.find(b"US\4\0", ranges[-1] if ranges else 0)) >= 0:
        assert segments[at - 4 : at - 1] == b"\x21\0\1", "another element has two numbers"
        ranges.append(at + 4)
    assert len(ranges) > 1
    one = struct.unpack_from("<2H", segments, ranges[0])
    two = struct.unpack_from("<2H", segments, ranges[1])
    with_range = lambda place, *span: segments[: ranges[place]] + struct.pack("<2H", *span) + segments[ranges[place] + 4 :]  # noqa: E731
    number = struct.unpack_from("<H", segments, segments.index(b"\x62\0\4\0US\2\0", ranges[0]) + 8)[0]
    faults.put("r1-no-block", creator=b"SOMEBODY ELSE ")
    faults.put("r1-no-items", segments=b"")
    faults.put("r2-last-below-first", segments=with_range(0, one[1], one[0]))
    faults.put("r3-number-inside", segments=with_range(0, number - 1, one[1]) if number > 1 else with_range(0, 0, one[1]))
    faults.put("r3-ranges-meet", segments=with_range(1, one[1], two[1]))
    faults.put("r4-count", count=words(1), original=None)
    faults.put("r1-no-count", count=None)
    faults.put("i12-ranges-original-too-short", original=(b"OL", words(1)))
    faults.put("r5-pixel-not-described", pixels=b"\xff" + value("pixels")[1:])


def main(instances, ranges, out):
    out = pathlib.Path(out)
    of_instances(pathlib.Path(instances), out)
    of_ranges(pathlib.Path(ranges), out)


main(*sys.argv[1:])
