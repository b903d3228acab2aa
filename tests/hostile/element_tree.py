# SPDX-License-Identifier: Apache-2.0
"""A data set as a tree that can lie: elements, sequences and fragments are parsed, changed, and written with lengths,
delimiters and offset tables that need not be true."""

import struct

LONG = (b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN", b"UR", b"UT", b"UV")
UNDEFINED = 0xFFFFFFFF
ITEM, ITEM_END, SEQUENCE_END = 0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD
PREAMBLE = 132


class Element:
    """value: bytes; items: a list of lists of elements; fragments: a list of bytes, of which the first is the offset
    table. lie: the length that is written in place of the true one."""

    def __init__(self, tag, vr, value=b"", items=None, fragments=None, undefined=False):
        self.tag, self.vr, self.value, self.items, self.fragments = tag, vr, value, items, fragments
        self.undefined = undefined or fragments is not None
        self.lie = None
        self.item_lie = None
        self.is_cut = False  # without its delimiter

    def copy(self):
        made = Element(self.tag, self.vr, self.value, undefined=self.undefined)
        made.items = None if self.items is None else [[element.copy() for element in item] for item in self.items]
        made.fragments = None if self.fragments is None else list(self.fragments)
        made.lie, made.item_lie, made.is_cut = self.lie, self.item_lie, self.is_cut
        return made


class Reader:
    """Elements of a data set in explicit or implicit VR, little or big endian."""

    def __init__(self, data, implicit=False, big=False):
        self.data, self.implicit, self.order = data, implicit, ">" if big else "<"

    def header(self, at):
        group, number = struct.unpack_from(self.order + "HH", self.data, at)
        tag = group << 16 | number
        vr = bytes(self.data[at + 4 : at + 6])
        if self.implicit or group == 0xFFFE:
            return tag, b"", struct.unpack_from(self.order + "I", self.data, at + 4)[0], at + 8
        if vr in LONG:
            return tag, vr, struct.unpack_from(self.order + "I", self.data, at + 8)[0], at + 12
        return tag, vr, struct.unpack_from(self.order + "H", self.data, at + 6)[0], at + 8

    def elements(self, at, end):
        """Up to end, or to an item's delimiter; where they end."""
        found = []
        while at < end:
            tag, vr, length, value = self.header(at)
            if tag == ITEM_END:
                return found, value
            undefined = length == UNDEFINED
            if tag == 0x7FE00010 and undefined:
                fragments, at = self.fragments(value)
                found.append(Element(tag, vr, fragments=fragments))
            elif vr == b"SQ" or undefined:
                items, at = self.items(value, end if undefined else value + length)
                found.append(Element(tag, vr, items=items, undefined=undefined))
            else:
                at = value + length
                found.append(Element(tag, vr, bytes(self.data[value:at])))
        return found, at

    def items(self, at, end):
        found = []
        while at < end:
            tag, _, length, value = self.header(at)
            if tag == SEQUENCE_END:
                return found, value
            content, at = self.elements(value, len(self.data) if length == UNDEFINED else value + length)
            found.append(content)
        return found, at

    def fragments(self, at):
        found = []
        while True:
            tag, _, length, value = self.header(at)
            if tag == SEQUENCE_END:
                return found, value
            found.append(bytes(self.data[value : value + length]))
            at = value + length


class Writer:
    def __init__(self, implicit=False, big=False):
        self.implicit, self.order = implicit, ">" if big else "<"

    def tag(self, tag):
        return struct.pack(self.order + "HH", tag >> 16 & 0xFFFF, tag & 0xFFFF)

    def header(self, tag, vr, length):
        length &= UNDEFINED
        if self.implicit or tag >> 16 == 0xFFFE:
            return self.tag(tag) + struct.pack(self.order + "I", length)
        if vr in LONG:
            return self.tag(tag) + vr + b"\0\0" + struct.pack(self.order + "I", length)
        return self.tag(tag) + vr + struct.pack(self.order + "H", length & 0xFFFF)

    def item(self, content, undefined, lie):
        length = UNDEFINED if undefined else len(content)
        end = self.header(ITEM_END, b"", 0) if undefined else b""
        return self.header(ITEM, b"", length if lie is None else lie) + content + end

    def element(self, element):
        if element.fragments is not None:
            content = b"".join(self.item(fragment, False, element.item_lie if i == 1 else None)
                               for i, fragment in enumerate(element.fragments))  # fmt: skip
        elif element.items is not None:
            content = b"".join(self.item(self.elements(item), element.undefined, element.item_lie if i == 0 else None)
                               for i, item in enumerate(element.items))  # fmt: skip
        else:
            content = element.value
        is_delimited = element.undefined and element.value == b""
        length = UNDEFINED if is_delimited else len(content)
        end = self.header(SEQUENCE_END, b"", 0) if is_delimited and not element.is_cut else b""
        return self.header(element.tag, element.vr, length if element.lie is None else element.lie) + content + end

    def elements(self, elements):
        return b"".join(self.element(element) for element in elements)


def meta_syntax(data):
    """The transfer syntax, and where the data set begins."""
    reader, at, syntax = Reader(data), PREAMBLE, ""
    while struct.unpack_from("<H", data, at)[0] == 2:
        tag, _, length, value = reader.header(at)
        if tag == 0x00020010:
            syntax = bytes(data[value : value + length]).rstrip(b"\0").decode()
        at = value + length
    return syntax, at
