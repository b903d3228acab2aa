# SPDX-License-Identifier: Apache-2.0
"""Elements of two data sets compared, all of them, in sequences too.

A difference is (path, what): path is a tuple of tags, sequence items left out, so that a table can name it.
"""

import re

from pydicom.dataset import Dataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_dataset
from pydicom.sequence import Sequence
from pydicom.tag import Tag

PIXEL_DATA, SHARED, PER_FRAME, SEGMENTS = Tag(0x7FE00010), Tag(0x52009229), Tag(0x52009230), Tag(0x00620002)
IDENTIFICATION, REFERENCED_INSTANCES = Tag(0x0062000A), Tag(0x0008114A)


def text_of(path):
    return "/".join(f"({tag.group:04X},{tag.element:04X})" for tag in path)


class Differences:
    """once: images that are named twice in Referenced Instance Sequence may be named once. undeclared: text may be UTF-8
    that one does not declare and two does."""

    def __init__(self, once=False, undeclared=False):
        self.once, self.undeclared = once, undeclared
        self.found = []
        self.compared = 0

    def add(self, path, what):
        self.found.append((path, what))

    def datasets(self, one, two, path=(), skip=()):
        """Every element of two items, or of two data sets but for the tags in skip."""
        for tag in sorted(set(one.keys()) | set(two.keys())):
            if tag in skip:
                continue
            self.compared += 1
            here = (*path, tag)
            if tag not in two:
                self.add(here, f"is lost: {one[tag]}"[:300])
            elif tag not in one:
                self.add(here, f"is new: {two[tag]}"[:300])
            else:
                self.elements(one[tag], two[tag], here)

    def elements(self, one, two, path):
        if one.VR != two.VR:
            self.add(path, f"{one.VR} became {two.VR}")
            if "UN" in (one.VR, two.VR) and value_bytes(one) == value_bytes(two):
                return
        if isinstance(one.value, Sequence) and isinstance(two.value, Sequence):
            self.items(one.value, two.value, path)
        elif one.value != two.value and not (one.is_empty and two.is_empty) and not self.is_declared(one, two):
            self.add(path, f"{one.value!r} became {two.value!r}"[:300])

    def is_declared(self, one, two):
        """pydicom takes what is not declared for ISO 8859-1."""
        if not (self.undeclared and isinstance(one.value, str)):
            return False
        return one.value.encode("iso8859-1", "replace").decode("utf-8", "replace") == two.value

    def items(self, one, two, path):
        if self.once and path[-1] == REFERENCED_INSTANCES:
            one = without_repeated(one)
        if len(one) != len(two):
            self.add(path, f"{len(one)} items became {len(two)}")
            return
        for first, second in zip(one, two):
            self.datasets(first, second, path)


def without_repeated(items):
    """The adapters name an image twice when it is the only one."""
    return [item for index, item in enumerate(items) if item not in items[:index]]


def value_bytes(element):
    """In implicit VR, where all VRs are encoded alike."""
    item = Dataset()
    item[element.tag] = element
    out = DicomBytesIO()
    out.is_little_endian, out.is_implicit_VR = True, True
    write_dataset(out, item)
    return out.getvalue()[8:]


def merged_groups(dataset, index):
    """What the shared and the per-frame functional groups say of a frame."""
    merged = Dataset()
    for holder in (dataset.SharedFunctionalGroupsSequence, dataset.PerFrameFunctionalGroupsSequence[index : index + 1]):
        for item in holder:
            for tag in item.keys():
                merged[tag] = item[tag]
    return merged


def frames_by_place(dataset):
    """The merged groups of each frame, by segment (None in label maps) and position in micrometres."""
    frames = {}
    for index in range(len(dataset.PerFrameFunctionalGroupsSequence)):
        groups = merged_groups(dataset, index)
        position = tuple(round(float(value) * 1000) for value in groups.PlanePositionSequence[0].ImagePositionPatient)
        segment = None
        if IDENTIFICATION in groups:
            segment = int(groups.SegmentIdentificationSequence[0].ReferencedSegmentNumber)
        key = (segment, position)
        assert key not in frames, f"two frames of segment {segment} at {position}"
        frames[key] = groups
    return frames


def segment_items(dataset):
    return {int(item.SegmentNumber): item for item in dataset.SegmentSequence}


def check_number(item, number):
    """A segment with another number has the one it had in a private element, which is taken out here."""
    block = item.private_block(0x0071, "DSEG SEGMENTS")
    assert block[0x01].value == number, f"{block[0x01]} is not {number}"
    del block[0x01]
    del item[0x0071, block.block_start >> 8]


def compare_converted(one, two, number_of=None, same_frames=True):
    """one, and two that dseg converted from it. number_of: the new Segment Number of each old one, where some have
    another, None for the background, which only label maps describe. same_frames: each frame of two is a frame of one."""
    differences = Differences(once=True, undeclared="SpecificCharacterSet" not in one)
    differences.datasets(one, two, skip=(SHARED, PER_FRAME, SEGMENTS, PIXEL_DATA))
    old, new = segment_items(one), segment_items(two)
    number_of = number_of or {number: number for number in old}
    for number, item in old.items():
        if number_of[number] is None:
            continue
        if number_of[number] not in new:
            differences.add((SEGMENTS,), f"segment {number} is lost")
        else:
            changed = new.pop(number_of[number])
            if number_of[number] != number:
                check_number(changed, number)
            differences.datasets(item, changed, (SEGMENTS,))
    for number in new.keys() - {two.get("PixelPaddingValue")}:
        differences.add((SEGMENTS, Tag("SegmentNumber")), f"segment {number} is new")
    if same_frames:
        before = {(number_of.get(key[0]), key[1]): groups for key, groups in frames_by_place(one).items()}
        for key, groups in frames_by_place(two).items():
            if key in before:
                differences.datasets(before[key], groups, (PER_FRAME,))
            else:
                differences.add((PER_FRAME,), f"the frame of segment {key[0]} at {key[1]} is new")
    return differences


def is_named(path, messages):
    """Whether messages name the last tag of path or one that encloses it, but for those that enclose everything."""
    tags = [tag for tag in path if tag not in (SEGMENTS, SHARED, PER_FRAME)]
    return any(re.search(re.escape(text_of([tag])), messages, re.IGNORECASE) for tag in tags)


def sources_by_position(dataset):
    """The images that a frame there derives from, by position in micrometres."""
    images = {}
    for (_, position), groups in frames_by_place(dataset).items():
        images.setdefault(position, set()).update(
            image.ReferencedSOPInstanceUID
            for derivation in groups.get("DerivationImageSequence", [])
            for image in derivation.get("SourceImageSequence", [])
        )
    return images
