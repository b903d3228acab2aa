# SPDX-License-Identifier: Apache-2.0
"""DICOM files as bytes, for tests of the program: cut into elements, built by hand, and put together again."""

import struct

PREAMBLE = 132
EXPLICIT, IMPLICIT = "1.2.840.10008.1.2.1", "1.2.840.10008.1.2"
LONG = (b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN", b"UR", b"UT", b"UV")
UNDEFINED = 0xFFFFFFFF
ITEM, ITEM_END, SEQUENCE_END = 0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD


def tag_bytes(tag):
    return struct.pack("<HH", tag >> 16, tag & 0xFFFF)


def header(tag, vr, length, implicit=False):
    if implicit or tag >> 16 == 0xFFFE:
        return tag_bytes(tag) + struct.pack("<I", length)
    if vr in LONG:
        return tag_bytes(tag) + vr + struct.pack("<HI", 0, length)
    return tag_bytes(tag) + vr + struct.pack("<H", length)


def element(tag, vr, value, implicit=False):
    return header(tag, vr, len(value), implicit) + value


def item(content, undefined=False):
    if undefined:
        return header(ITEM, b"", UNDEFINED) + content + header(ITEM_END, b"", 0)
    return header(ITEM, b"", len(content)) + content


def sequence(tag, items, undefined=False, implicit=False, vr=b"SQ"):
    content = b"".join(items)
    if undefined:
        return header(tag, vr, UNDEFINED, implicit) + content + header(SEQUENCE_END, b"", 0)
    return header(tag, vr, len(content), implicit) + content


def read_header(data, at, implicit):
    """Tag, VR, length and where the value begins."""
    group, number = struct.unpack_from("<HH", data, at)
    vr = data[at + 4 : at + 6]
    if implicit or group == 0xFFFE:
        return group << 16 | number, b"", struct.unpack_from("<I", data, at + 4)[0], at + 8
    if vr in LONG:
        return group << 16 | number, vr, struct.unpack_from("<I", data, at + 8)[0], at + 12
    return group << 16 | number, vr, struct.unpack_from("<H", data, at + 6)[0], at + 8


def skip_items(data, at, implicit):
    """Behind the delimiter of a sequence of undefined length whose items begin at at; fragments are such items, too."""
    while True:
        tag, _, length, value = read_header(data, at, implicit)
        if tag == SEQUENCE_END:
            return value
        at = value + length if length != UNDEFINED else skip_elements(data, value, implicit)


def skip_elements(data, at, implicit):
    while True:
        tag, vr, length, value = read_header(data, at, implicit)
        if tag == ITEM_END:
            return value
        at = value + length if length != UNDEFINED else skip_items(data, value, implicit or vr == b"UN")


def meta_of(data):
    """Elements of group 0002 by their numbers, and where the data set begins."""
    at, meta = PREAMBLE, {}
    while struct.unpack_from("<H", data, at)[0] == 2:
        tag, _, length, value = read_header(data, at, False)
        meta[tag & 0xFFFF] = data[value : value + length]
        at = value + length
    return meta, at


def data_set(data):
    return data[meta_of(data)[1] :]


def transfer_syntax(data):
    return meta_of(data)[0][0x10].rstrip(b"\0").decode()


def elements(content, implicit=False):
    """(tag, bytes) of the elements of a data set."""
    found, at = [], 0
    while at < len(content):
        tag, vr, length, value = read_header(content, at, implicit)
        end = value + length if length != UNDEFINED else skip_items(content, value, implicit or vr == b"UN")
        found.append((tag, content[at:end]))
        at = end
    return found


def values_of(data):
    """The values of the elements of a file in explicit VR, by their tags."""
    values, content = {}, data_set(data)
    for tag, whole in elements(content):
        values[tag] = whole[read_header(whole, 0, False)[3]:]
    return values


def item_contents(content):
    """The elements of each item of a value, items with defined lengths."""
    found, at = [], 0
    while at < len(content):
        _, _, length, value = read_header(content, at, False)
        found.append(content[value : value + length])
        at = value + length
    return found


def with_data_set(data, content):
    """The file with another data set."""
    return data[: meta_of(data)[1]] + content


def with_elements(data, more):
    """The file with more elements, (tag, bytes), each in its place."""
    own = elements(data_set(data), transfer_syntax(data) == IMPLICIT)
    return with_data_set(data, b"".join(content for _, content in sorted([*own, *more], key=lambda pair: pair[0])))


def with_group_lengths(data):
    """The file with a right length (gggg,0000) in front of each group."""
    implicit = transfer_syntax(data) == IMPLICIT
    groups = {}
    for tag, content in elements(data_set(data), implicit):
        groups[tag >> 16] = groups.get(tag >> 16, b"") + content
    lengths = [(group << 16, element(group << 16, b"UL", struct.pack("<I", len(content)), implicit))
               for group, content in groups.items()]  # fmt: skip
    return with_elements(data, lengths)
