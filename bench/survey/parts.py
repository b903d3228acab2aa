# SPDX-License-Identifier: Apache-2.0
"""Where the bytes of a Segmentation object are: each byte of the file belongs to exactly one of PARTS.

Only the top level is read; of sequences with undefined length their items are walked to find the end. Little endian only,
as all transfer syntaxes in use are (PS3.5 Annex A)."""

import mmap
import struct
import zlib
from pathlib import Path
from typing import NamedTuple

PARTS = ("pixel_data", "frame_index", "per_frame_groups", "references", "segments", "rest")
SEQUENCES = {
    (0x5200, 0x9230): "per_frame_groups",  # Per-Frame Functional Groups Sequence
    (0x0008, 0x1115): "references",  # Referenced Series Sequence
    (0x0008, 0x1200): "references",  # Studies Containing Other Referenced Instances Sequence
    (0x0062, 0x0002): "segments",  # Segment Sequence
    (0x7FE0, 0x0001): "frame_index",  # Extended Offset Table
    (0x7FE0, 0x0002): "frame_index",  # Extended Offset Table Lengths
}
PIXEL_DATA = (0x7FE0, 0x0010)
ITEM, ITEM_END, SEQUENCE_END = (0xFFFE, 0xE000), (0xFFFE, 0xE00D), (0xFFFE, 0xE0DD)
UNDEFINED = 0xFFFFFFFF
LONG_VRS = {b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN", b"UR", b"UT", b"UV"}
IMPLICIT, DEFLATED = "1.2.840.10008.1.2", "1.2.840.10008.1.2.1.99"


def header(data, at, explicit):
    """The element at this place: tag, whether its value is in Explicit VR, length, and where its value begins."""
    group, element = struct.unpack_from("<HH", data, at)
    if group == 0xFFFE or not explicit:
        return (group, element), False, struct.unpack_from("<I", data, at + 4)[0], at + 8
    vr = bytes(data[at + 4 : at + 6])
    if vr in LONG_VRS:
        return (group, element), vr != b"UN", struct.unpack_from("<I", data, at + 8)[0], at + 12
    return (group, element), True, struct.unpack_from("<H", data, at + 6)[0], at + 8


def end_of_items(data, at, explicit):
    """Where a sequence of undefined length ends, its delimiter included."""
    while True:
        tag, _, length, at = header(data, at, explicit)
        if tag == SEQUENCE_END:
            return at
        if tag != ITEM:
            raise ValueError(f"({tag[0]:04X},{tag[1]:04X}) stands where an item is due")
        at = at + length if length != UNDEFINED else end_of_elements(data, at, explicit)


def end_of_elements(data, at, explicit):
    """Where an item of undefined length ends, its delimiter included."""
    while True:
        tag, inner, length, at = header(data, at, explicit)
        if tag == ITEM_END:
            return at
        at = at + length if length != UNDEFINED else end_of_items(data, at, inner)


def pixel_items(data, at):
    """Bytes of the frames, and of what says where they are: offset table, item tags and delimiter. And where it ends."""
    pixels, index, first = 0, 0, True
    while True:
        tag, _, length, at = header(data, at, False)
        index += 8
        if tag == SEQUENCE_END:
            return pixels, index, at
        if tag != ITEM or length == UNDEFINED:
            raise ValueError("the frames are not items of defined length")
        if first:
            index += length  # Basic Offset Table
        else:
            pixels += length
        at, first = at + length, False


class Element(NamedTuple):
    """One at the top level: where it begins, where its value does, and where it ends."""

    tag: tuple
    start: int
    value: int
    end: int
    length: int


def elements_of(data, at, explicit):
    """The elements at the top level of a data set, from this place to the end."""
    while at < len(data):
        tag, inner, length, value = header(data, at, explicit)
        if length != UNDEFINED:
            end = value + length
        else:
            end = pixel_items(data, value)[2] if tag == PIXEL_DATA else end_of_items(data, value, inner)
        yield Element(tag, at, value, end, length)
        at = end
    if at != len(data):
        raise ValueError("the last element is longer than the file")


def data_set_of(data):
    """What stands behind the File Meta Information of a Part 10 file (PS3.10 7.1): bytes, where it begins in them, whether in
    Explicit VR. Of a deflated data set the bytes are those that it inflates to."""
    if bytes(data[128:132]) != b"DICM":
        raise ValueError("not a DICOM file")
    at, syntax = 132, ""
    while at < len(data) and bytes(data[at : at + 2]) == b"\x02\x00":
        tag, _, length, value = header(data, at, True)
        if tag == (0x0002, 0x0010):
            syntax = bytes(data[value : value + length]).rstrip(b"\0 ").decode()
        at = value + length
    if syntax == DEFLATED:
        return bytes(data[:at]) + zlib.decompressobj(wbits=-15).decompress(bytes(data[at:])), at, True
    return data, at, syntax != IMPLICIT


def parts_of_bytes(data):
    """The parts of a Part 10 file, with "file", the size of it. Of a deflated data set the parts are those of what it inflates
    to, and "inflated" says so."""
    inflated, at, explicit = data_set_of(data)
    parts = {"file": len(data), **dict.fromkeys(PARTS, 0), "rest": at}
    for element in elements_of(inflated, at, explicit):
        if element.tag == PIXEL_DATA:
            encapsulated = element.length == UNDEFINED
            pixels, index = pixel_items(inflated, element.value)[:2] if encapsulated else (element.length, 0)
            parts["pixel_data"] += pixels
            parts["frame_index"] += index
            parts["rest"] += element.value - element.start
        else:
            parts[SEQUENCES.get(element.tag, "rest")] += element.end - element.start
    return parts if inflated is data else {**parts, "inflated": True}


def parts_of_file(path):
    with Path(path).open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        return parts_of_bytes(data)
