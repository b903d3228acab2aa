#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A second reader of segment ranges and instance labels, written from ../bitstream.md alone: pydicom and numpy.

    found = describe(*read_head(path))               # a Ranges or an Instances; Faulty if there is an error
    numbers = found.instances(pixels, f)             # of the pixels of frame f, from 0: instances counted from 1; 0: none
    segments = found.segments_of_frame(pixels, f)    # Segment Numbers of their classes
    whole = placed(found, data_set, frames)          # the same of all planes, or of a slide's total pixel matrix

Where frames lie the reader of the proposal volume says (../../volume/second/read_volume.py), or functional groups. Numbers in
brackets are sections of bitstream.md; R1 to R5 and I1 to I14 are the errors of sections 5 and 9."""

import dataclasses
import hashlib
import json
import re
import sys
from pathlib import Path

import numpy

sys.path.insert(1, str(Path(__file__).resolve().parents[2] / "volume" / "second"))
import read_volume  # noqa: E402
from object_frames import decode_frames  # noqa: E402
from object_values import Unsupported, decimals, element, find_block, first_item, get, need, padding_value, read, read_head, whole_number  # noqa: E402

CREATOR = "DSEG INSTANCES"
VALUES = 65536
UID = re.compile(r"(0|[1-9][0-9]*)(\.(0|[1-9][0-9]*))+")


# Columns (6, 8)


class Columns:
    """What is said of instances, in both encodings. A subclass has count, N, block, the private block, and extent: columns, rows and,
    of a volume, planes."""

    def column(self, number, code, kind, width=1):
        """A column of the private block, or None."""
        value = element(self.block, number)
        return None if value is None else numbers_of(value, code, number, kind, width * self.count)

    def confidence(self, number):
        column = self.column(0x14, "I9", "<f4")
        if column is None:
            return None
        need(((column >= 0) & (column <= 1)).all(), "I9", "(0021,xx14) has a value that is not 0 to 1.")
        return float(column[number - 1])

    def boxes(self):
        """N boxes as first column, row(, plane), last column, row(, plane), from 1, or None."""
        half = len(self.extent)
        boxes = self.column(0x15, "I10", "<u4", 2 * half)
        if boxes is None:
            return None
        boxes = boxes.reshape(-1, 2 * half)
        low, high = boxes[:, :half], boxes[:, half:]
        good = ((low > 0) & (low <= self.extent) & (high <= self.extent)).all(1)
        need(good.all(), "I10", f"the box of instance {numpy.argmin(good) + 1} is {boxes[numpy.argmin(good)]}.")
        return boxes

    def box(self, number):
        boxes = self.boxes()
        return None if boxes is None else boxes[number - 1].tolist()

    def uid(self, number):
        root = element(self.block, 0x16)
        if root is None:
            return None
        root = root.rstrip(b"\0 ").decode("ascii", "replace") if isinstance(root, bytes) else str(root)
        need(UID.fullmatch(root) and len(f"{root}.{self.count}") <= 64, "I11", f"(0021,xx16) is {root!r}: no UID, or too long.")
        return f"{root}.{number}"

    def original(self, number):
        column = self.column(0x17, "I12", "<u4")
        return number if column is None else int(column[number - 1])


def extent_of(head, volume):
    """Columns, rows and planes, of a slide columns and rows. Where nothing says how many planes there are their number is not bounded."""
    if get(head, "TotalPixelMatrixRows") is not None:
        return tuple(whole_number(head, keyword, 1, "E4") for keyword in ("TotalPixelMatrixColumns", "TotalPixelMatrixRows"))
    return (*(whole_number(head, keyword, 1, "4") for keyword in ("Columns", "Rows")), volume.planes if volume else 2**32)


# Segment ranges (4, 5)


@dataclasses.dataclass
class Ranges(Columns):
    """What an object with ranges says. Instance n is the n-th of values."""

    volume: object  # a read_volume.Volume, or None where functional groups say where frames are
    classes: dict  # Segment Number: Segment Label; without the background
    background: int | None
    owner: numpy.ndarray  # of each value the Segment Number of its class, -1: not described, or the background
    values: numpy.ndarray  # those of ranges, ascending
    block: object
    extent: tuple

    @property
    def count(self):
        return len(self.values)

    def check(self, pixels, f):
        faulty = self.owner[pixels] < 0
        if self.background is not None:
            faulty &= pixels != self.background
        need(not faulty.any(), "R5", f"frame {f + 1} has a pixel of value {pixels[faulty][:1]}, which nothing describes.")

    def instances(self, pixels, f):
        self.check(pixels, f)
        number = numpy.zeros(VALUES, numpy.uint32)
        number[self.values] = numpy.arange(1, self.count + 1)
        return number[pixels]

    def segments_of_frame(self, pixels, f):
        """Segment Numbers of pixels: of those of no instance too."""
        self.check(pixels, f)
        return numpy.maximum(self.owner, 0)[pixels].astype(numpy.uint16)

    def segment_of(self, numbers):
        return numpy.append(0, self.owner[self.values])[numbers].astype(numpy.uint16)


def range_of(item, number, padding, where):
    """First and last value of an Item's range, or None."""
    span = element(find_block(item, CREATOR), 0x01)
    if span is None:
        return None
    if isinstance(span, bytes) and len(span) == 4:
        span = numpy.frombuffer(span, "<u2").tolist()
    need(not isinstance(span, (bytes, int, str)) and len(span) == 2, "R2", f"{where}: Segment Number Range (0021,yy01) is not two numbers.")
    first, last = (int(value) for value in span)
    need(first <= last < VALUES, "R2", f"{where}: the range {first} to {last} ends before it begins.")
    need(not first < number <= last, "R3", f"{where}: Segment Number {number} is inside the range {first} to {last}.")
    need(padding is None or not first <= padding <= last, "R3", f"{where}: the range {first} to {last} holds Pixel Padding Value {padding}.")
    return first, last


def describe_ranges(head, groups, volume):
    block = find_block(head, CREATOR)
    need(block is not None, "R1", f'the private block "{CREATOR}" is missing.')
    need(get(head, "SegmentationType") == "LABELMAP", "R1", f"Segmentation Type (0062,0001) is {get(head, 'SegmentationType')}.")
    items, padding = get(head, "SegmentSequence") or [], padding_value(head)
    need(items, "R1", "Segment Sequence (0062,0002) has no Item.")
    owner, ranged, classes = numpy.full(VALUES, -1), numpy.zeros(VALUES, bool), {}
    for i, item in enumerate(items, 1):
        where, number = f"Item {i} of Segment Sequence", get(item, "SegmentNumber")
        need(isinstance(number, int) and 0 <= number < VALUES, "R2", f"{where} has no Segment Number (0062,0004) of 16 bits.")
        span = range_of(item, number, padding, where)
        values = {number} if span is None else {number, *range(span[0], span[1] + 1)}
        values = numpy.array(sorted(values))
        need((owner[values] < 0).all(), "R3", f"{where} describes a value that another one describes.")
        owner[values], classes[number] = number, str(get(item, "SegmentLabel") or "")
        if span is not None:
            ranged[span[0] : span[1] + 1] = True
    count = count_of(block, "R1")
    need(count == ranged.sum(), "R4", f"(0021,xx10) Number of Instances is {count}, and ranges have {ranged.sum()} values.")
    if padding is not None and padding in classes:
        del classes[padding]
        owner[owner == padding] = -1
    return Ranges(volume, classes, padding, owner, numpy.flatnonzero(ranged), block, extent_of(head, volume))


# Instance labels (6 to 9)


@dataclasses.dataclass
class Instances(Columns):
    """What an object with instance labels says. Columns are arrays over instances, or None where they are absent."""

    volume: object  # a read_volume.Volume
    classes: dict  # Segment Number: Segment Label
    count: int  # N
    first: numpy.ndarray  # first entry of each frame of this object, and the end of the last
    numbers: numpy.ndarray | None  # Instance Number List
    segments: numpy.ndarray | None
    block: object
    extent: tuple

    def frame(self, f):
        """The instances of frame f, from 0, by local number less 1 (7)."""
        begin, end = int(self.first[f]), int(self.first[f + 1])
        return numpy.arange(begin + 1, end + 1, dtype=numpy.uint32) if self.numbers is None else self.numbers[begin:end]

    def instances(self, pixels, f):
        own = self.frame(f)
        need(pixels.max() <= len(own), "I13", f"frame {f + 1} has a pixel of value {pixels.max()}, and {len(own)} instances.")
        return numpy.append(numpy.uint32(0), own)[pixels]

    def segment_of(self, numbers):
        if self.segments is None:
            return numpy.where(numbers > 0, next(iter(self.classes), 0), 0).astype(numpy.uint16)
        return numpy.append(numpy.uint16(0), self.segments)[numbers]

    def segments_of_frame(self, pixels, f):
        return self.segment_of(self.instances(pixels, f))

    def frames_of(self, number):
        """The frames, from 0, that hold an instance, without a pixel."""
        if self.numbers is None:
            entries = numpy.array([number - 1])
        else:
            entries = numpy.flatnonzero(self.numbers[self.first[0] : self.first[-1]] == number) + self.first[0]
        frames = numpy.searchsorted(self.first, entries, "right") - 1
        return [int(f) for f, entry in zip(frames, entries) if entry < self.first[-1]]


def numbers_of(value, code, number, kind, count):
    size = count * numpy.dtype(kind).itemsize
    need(isinstance(value, bytes) and len(value) == size, code, f"(0021,xx{number:02X}) has not {size} bytes.")
    return numpy.frombuffer(value, kind)


def count_of(block, code):
    count = element(block, 0x10)
    if isinstance(count, bytes) and len(count) == 4:
        count = int.from_bytes(count, "little")
    need(isinstance(count, int) and 0 <= count < 2**32 - 1, code, "(0021,xx10) Number of Instances is missing, or not one number of 32 bits.")
    return count


def describe_instances(head, volume):
    block = find_block(head, CREATOR)
    need(block is not None, "I1", f'the private block "{CREATOR}" is missing.')
    need(get(head, "SegmentationType") == "LABELMAP", "I1", f"Segmentation Type (0062,0001) is {get(head, 'SegmentationType')}.")
    count = count_of(block, "I1")

    first = numbers_of(element(block, 0x11), "I2", 0x11, "<u4", volume.total + 1)
    need(first[0] == 0 and (first[1:] >= first[:-1]).all(), "I3", "(0021,xx11) does not begin with 0, or goes back.")
    most = 2 ** whole_number(head, "BitsAllocated", 8, "I4") - 1
    need(numpy.diff(first).max() <= most, "I4", f"a frame has more instances than the {most} that Bits Allocated can number.")
    need(not padding_value(head), "I14", f"Pixel Padding Value (0028,0120) is {padding_value(head)}.")
    entries, numbers = int(first[-1]), element(block, 0x12) or None
    if numbers is None:
        need(entries <= count, "I5", f"(0021,xx12) is absent, and there are {entries} entries of {count} instances.")
    else:
        numbers = numbers_of(numbers, "I5", 0x12, "<u4", entries)
        need(numbers.min() > 0 and numbers.max() <= count, "I6", f"(0021,xx12) names an instance that is not 1 to {count}.")

    classes = {}
    for i, item in enumerate(get(head, "SegmentSequence") or [], 1):
        number = whole_number(item, "SegmentNumber", 0, "I8")
        need(number not in classes, "I8", f"Item {i} of Segment Sequence: Segment Number {number} is used twice.")
        if number:
            classes[number] = str(get(item, "SegmentLabel") or "")
    segments = element(block, 0x13)
    if segments is None or (count == 0 and not segments):
        need(len(classes) == 1 or count == 0, "I8", f"(0021,xx13) is absent, and there are {len(classes)} classes.")
        segments = None
    else:
        segments = numbers_of(segments, "I8", 0x13, "<u2", count)
        unknown = ~numpy.isin(segments, list(classes))
        need(not unknown.any(), "I8", f"(0021,xx13): instance {numpy.argmax(unknown) + 1} is of a class that Segment Sequence does not have.")
    own = first[volume.offset : volume.offset + len(volume.plane) + 1].astype(numpy.int64)
    return Instances(volume, classes, count, own, numbers, segments, block, extent_of(head, volume))


def describe(head, groups, root=read_volume.ROOT):
    """A Ranges or an Instances of a data set. groups: whether (5200,9230) is there. Raises Faulty and Unsupported."""
    ranges, instances = f"{root}.3.7.1", f"{root}.3.8.1"
    kind = get(head, "SOPClassUID")
    if kind not in (ranges, instances):
        raise Unsupported(f"the SOP Class is {kind}.")
    if kind == ranges:
        return describe_ranges(head, groups, None if groups else read_volume.describe(head, groups, root, (ranges,)))
    return describe_instances(head, read_volume.describe(head, groups, root, (instances,)))


# Where frames are


def places(found, data_set):
    """Shape of the whole (a slide: rows, columns), and of each frame the plane, row and column of its first pixel, from 0."""
    rows, columns = (whole_number(data_set, keyword, 1, "4") for keyword in ("Rows", "Columns"))
    slide = get(data_set, "TotalPixelMatrixRows") is not None
    matrix = [whole_number(data_set, keyword, 1, "4") for keyword in ("TotalPixelMatrixRows", "TotalPixelMatrixColumns")] if slide else []
    if found.volume is not None:
        if slide:
            return matrix, [(0, row - 1, column - 1) for column, row in found.volume.position(found.volume.plane).tolist()]
        return (found.volume.planes, rows, columns), [(plane - 1, 0, 0) for plane in found.volume.plane.tolist()]
    groups = get(data_set, "PerFrameFunctionalGroupsSequence") or []
    if slide:
        tiles = [first_item(item, "PlanePositionSlideSequence") for item in groups]
        keywords = "RowPositionInTotalImagePixelMatrix", "ColumnPositionInTotalImagePixelMatrix"
        return matrix, [(0, *(whole_number(tile, keyword, 1, "4") - 1 for keyword in keywords)) for tile in tiles]
    shared = first_item(data_set, "SharedFunctionalGroupsSequence")
    cosines = decimals(first_item(shared, "PlaneOrientationSequence"), "ImageOrientationPatient", 6)
    positions = [decimals(first_item(item, "PlanePositionSequence"), "ImagePositionPatient", 3) for item in groups]
    need(cosines is not None and all(position is not None for position in positions), "4", "frames have no positions in functional groups.")
    along = numpy.array(positions) @ numpy.cross(cosines[:3], cosines[3:])
    order = numpy.argsort(numpy.argsort(along, kind="stable"), kind="stable").tolist()
    return (len(groups), rows, columns), [(plane, 0, 0) for plane in order]


def placed(found, data_set, frames, classes=False):
    """Instances, counted from 1, of the whole: of a slide its total pixel matrix, else planes x rows x columns. uint32. classes:
    Segment Numbers instead."""
    shape, where = places(found, data_set)
    need(len(where) == len(frames), "4", f"{len(where)} frames have places, but there are {len(frames)}.")
    whole = numpy.zeros(shape, numpy.uint32)
    for f, (pixels, (plane, row, column)) in enumerate(zip(frames, where)):
        part = whole if len(shape) == 2 else whole[plane]
        part = part[row : row + pixels.shape[0], column : column + pixels.shape[1]]
        values = found.segments_of_frame(pixels, f) if classes else found.instances(pixels, f)
        part[:] = values[: part.shape[0], : part.shape[1]]
    return whole


# The command


def summary(found):
    if isinstance(found, Instances) and found.segments is None:  # N may be any number: nothing is made of it
        counts = dict.fromkeys(found.classes, found.count)
    else:
        counts = numpy.bincount(found.segment_of(numpy.arange(1, found.count + 1)), minlength=VALUES)
    classes = [{"number": number, "label": label, "instances": int(counts[number])} for number, label in sorted(found.classes.items())]
    return {"kind": "segment-ranges" if isinstance(found, Ranges) else "instance-labels", "instances": found.count, "classes": classes}


def about_instance(found, number):
    need(0 < number <= found.count, "7", f"there is no instance {number}.")
    said = {name: getattr(found, name)(number) for name in ("original", "uid", "box", "confidence")}
    said |= {"number": number, "segment": int(found.segment_of(numpy.array([number]))[0])}
    if isinstance(found, Instances):
        said["frames"] = [f + 1 for f in found.frames_of(number)]
    return said


def print_summary(arguments):
    need(len(arguments.files) == 1, "command", "one object at a time.")
    found = describe(*read_head(arguments.files[0]), arguments.root)
    shown = summary(found)
    if arguments.instance:
        shown["instance"] = about_instance(found, arguments.instance)
    if not arguments.no_masks:
        data_set = read(arguments.files[0])
        frames = numpy.load(arguments.frames) if arguments.frames else decode_frames(data_set)
        whole = placed(found, data_set, frames)
        if arguments.save:
            numpy.save(arguments.save, whole)
        digest = lambda array, kind: hashlib.sha256(array.astype(kind).tobytes()).hexdigest()  # noqa: E731
        shown |= {"shape": whole.shape, "sha256": digest(whole, "<u4"), "sha256_classes": digest(placed(found, data_set, frames, True), "<u2")}
    json.dump(shown, sys.stdout)
    print()


if __name__ == "__main__":
    parser = read_volume.arguments("Prints a summary in JSON: classes, instances, SHA-256 of the numbers of all pixels (32 bits) and of their classes (16).")
    parser.add_argument("--instance", type=int, help="tell of one instance, too")
    parser.add_argument("--save", help="the numbers of all pixels as a file (.npy)")
    sys.exit(read_volume.run(parser, print_summary))
