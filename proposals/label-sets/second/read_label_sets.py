#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A second reader of label sets, written from ../bitstream.md alone: pydicom and numpy.

    sets = describe(data_set)                            # segments, and the values of each; Faulty if there is an error
    sets.check_frame(pixels, f)                          # the errors that only pixels show
    mask = sets.mask(pixels, number)                     # of pixels of any shape

Where frames lie is not this text's matter: the reader of the proposal volume says it where an object has that block
(../../volume/second/read_volume.py, imported by its path), functional groups say it in all others. Numbers in brackets
are sections of bitstream.md, "rule" those of section 4."""

import dataclasses
import json
import sys
from pathlib import Path

import numpy

sys.path.insert(1, str(Path(__file__).resolve().parents[2] / "volume" / "second"))
import read_volume  # noqa: E402
from object_frames import decode_frames, digest  # noqa: E402
from object_values import Faulty, Unsupported, decimals, element, find_block, first_item, get, items_of, need, padding_value, read, read_head  # noqa: E402

CREATOR = "DSEG LABEL SETS"
VALUES = 65536


@dataclasses.dataclass
class LabelSets:
    """What describe() finds."""

    marked: bool  # the private creator is there; else the object is an ordinary label map
    segments: dict  # Segment Number: Segment Label, without background and combinations (rule 4)
    lists: dict  # Segment Number: its values; of segments with an Item of Overlapping Segment Sequence
    background: int | None
    described: numpy.ndarray  # of each value whether Segment Sequence has it
    unused: list  # numbers in no list whose segments have an Item: no pixel may have them (rule 8)

    def values(self, number):
        """The values whose pixels are the mask of a segment (6, step 5)."""
        return self.lists.get(number, numpy.array([number]))

    def combinations(self):
        """For each combination the segments that it stands for."""
        listed = sorted({int(value) for own in self.lists.values() for value in own} - set(self.lists))
        return {value: [number for number, own in self.lists.items() if value in own] for value in listed}

    def mask(self, pixels, number):
        """Which pixels belong to a segment."""
        if number not in self.segments:
            raise KeyError(f"{number} is no segment of the object")
        table = numpy.zeros(VALUES, bool)
        table[self.values(number)] = True
        return table[pixels]

    def check_frame(self, pixels, f):
        """Raises Faulty where a frame has a value that it may not have. f: the frame's number, for the message."""
        may = self.described.copy()
        may[self.unused] = False
        faulty = ~may[pixels]
        if faulty.any():
            value = int(pixels[faulty][0])
            why = "which is in no list though it is the number of an overlapping segment (rule 8)" if self.described[value] else "which Segment Sequence does not describe"
            raise Faulty("6", f"frame {f} has a pixel of value {value}, {why}.")


def segment_number(item, where):
    number = get(item, "SegmentNumber")
    need(isinstance(number, int) and 0 <= number < VALUES, "3", f"{where} has no Segment Number (0062,0004) of 16 bits.")
    return number


def read_list(item, where):
    """Constituent Segment Numbers of one Item."""
    block = find_block(item, CREATOR)
    value = element(block, 0x02)
    need(value is not None, "3", f"{where} has no Constituent Segment Numbers (0021,yy02) in a block of its own creator.")
    need(isinstance(value, bytes) and len(value) >= 2 and len(value) % 2 == 0, "6", f"{where} has a list that is not of 16-bit numbers, at least one.")
    return numpy.frombuffer(value, "<u2")


def check_values(number, own, described, background, where):
    """Rules 5 and 6 of one Item."""
    need(described[number], "rule 5", f"{where} is of segment {number}, which Segment Sequence does not have.")
    need(number != background, "rule 5", f"{where} is of {number}, which is the background.")
    falling = numpy.flatnonzero(own[1:] <= own[:-1])
    need(not falling.size, "rule 6", f"{where}: value {own[1:][falling][:1]} is not larger than the one in front of it.")
    missing = own[~described[own]]
    need(not missing.size, "rule 6", f"{where}: value {missing[:1]} is listed, but Segment Sequence does not have it.")
    need(background is None or background not in own, "rule 6", f"{where}: value {background} is listed, and is the background.")


def check_lists(lists):
    """Rules 7 and 8 of all Items."""
    times, only = numpy.zeros(VALUES, int), numpy.zeros(VALUES, int)
    for number, own in lists.items():
        times[own] += 1
        only[own] = number
    for value in numpy.flatnonzero(times == 1).tolist():
        where = f"Item {list(lists).index(only[value]) + 1} of Overlapping Segment Sequence"
        need(value == only[value], "rule 7", f"{where}: value {value} is in the list of segment {only[value]} alone, and not its number.")
    for i, (number, own) in enumerate(lists.items(), 1):
        need(not times[number] or number in own, "rule 8", f"Item {i} of Overlapping Segment Sequence: value {number} is listed by others, but not by its own segment.")
    return [number for number in lists if not times[number]]


def describe(data_set):
    """The LabelSets of a data set, whether the private block is there or not. Raises Faulty and Unsupported."""
    block = find_block(data_set, CREATOR)
    marked = block is not None
    kind = get(data_set, "SegmentationType")
    if not marked and kind != "LABELMAP":
        raise Unsupported(f'Segmentation Type is {kind}, and there is no private block "{CREATOR}".')
    need(kind == "LABELMAP", "rule 1", f"Segmentation Type (0062,0001) is {kind}.")

    labels, described = {}, numpy.zeros(VALUES, bool)
    for i, item in enumerate(get(data_set, "SegmentSequence") or [], 1):
        number = segment_number(item, f"Item {i} of Segment Sequence")
        need(not described[number], "rule 2", f"Item {i} of Segment Sequence: Segment Number {number} is used twice.")
        labels[number], described[number] = str(get(item, "SegmentLabel") or ""), True
    background = padding_value(data_set)
    lists, unused = {}, []
    if marked:
        overlap = get(data_set, "SegmentsOverlap")
        need(overlap in (None, "NO"), "rule 1", f"Segments Overlap (0062,0013) is {overlap}, and shall be NO.")
        items = element(block, 0x01)
        need(items is not None, "6", "Overlapping Segment Sequence (0021,xx01) is missing behind its Private Creator.")
        for i, item in enumerate(items_of(items, "6", "Overlapping Segment Sequence"), 1):
            where = f"Item {i} of Overlapping Segment Sequence"
            number, own = segment_number(item, where), read_list(item, where)
            need(not lists or number > max(lists), "rule 5", f"{where}: Segment Number {number} is not larger than the one in front of it.")
            check_values(number, own, described, background, where)
            lists[number] = own
        unused = check_lists(lists)
    sets = LabelSets(marked, labels, lists, background, described, unused)
    hidden = {background, *sets.combinations()}
    sets.segments = {number: label for number, label in sorted(labels.items()) if number not in hidden}
    return sets


def frames_by_position(data_set):
    """Frames in the order in which they lie along the normal, for objects without the block of the proposal volume; as they
    are stored where frames have no position."""
    shared = first_item(data_set, "SharedFunctionalGroupsSequence")
    groups = get(data_set, "PerFrameFunctionalGroupsSequence") or []
    cosines = decimals(first_item(shared, "PlaneOrientationSequence"), "ImageOrientationPatient", 6)
    positions = [decimals(first_item(item, "PlanePositionSequence"), "ImagePositionPatient", 3) for item in groups]
    if cosines is None or not positions or any(position is None for position in positions):
        return numpy.arange(int(data_set.get("NumberOfFrames", 1)))
    return numpy.argsort(numpy.array(positions) @ numpy.cross(cosines[:3], cosines[3:]), kind="stable")


def planes_of(data_set, groups, frames, root=read_volume.ROOT):
    """Label planes, ascending along the normal: with the planes that have no frame where the object says where they are."""
    try:
        volume = read_volume.describe(data_set, groups, root)
    except Unsupported:
        return [frames[f] for f in frames_by_position(data_set)]
    return list(read_volume.stored_planes(volume, frames, None))


def print_summary(arguments):
    head, _ = read_head(arguments.files[0])
    need(len(arguments.files) == 1, "command", "one object at a time.")
    sets = describe(head)
    segments = [{"number": n, "label": label, "values": sets.values(n).tolist()} for n, label in sets.segments.items()]
    shown = {"label_sets": sets.marked, "segments": segments, "background": sets.background, "combinations": sets.combinations()}
    if not arguments.no_masks:
        data_set = read(arguments.files[0])
        frames = numpy.load(arguments.frames) if arguments.frames else decode_frames(data_set)
        for f, pixels in enumerate(frames, 1):
            sets.check_frame(pixels, f)
        planes = planes_of(data_set, "PerFrameFunctionalGroupsSequence" in data_set, frames, arguments.root)
        for segment in segments:
            masks = [sets.mask(plane, segment["number"]) for plane in planes]
            segment |= {"voxels": sum(int(mask.sum()) for mask in masks), "sha256": digest(masks)}
    json.dump(shown, sys.stdout)
    print()


if __name__ == "__main__":
    sys.exit(read_volume.run(read_volume.arguments("Prints a summary in JSON: segments, values, SHA-256 of masks."), print_summary))
