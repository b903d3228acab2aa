# SPDX-License-Identifier: Apache-2.0
"""Hostile DICOM objects: the elements, lengths, sequences, offset tables and frames of good ones, changed at random."""

import struct
import zlib

from element_tree import PREAMBLE, UNDEFINED, Element, Reader, Writer, meta_syntax

DEFLATED = "1.2.840.10008.1.2.1.99"
BIG, IMPLICIT = "1.2.840.10008.1.2.2", "1.2.840.10008.1.2"
SYNTAXES = [IMPLICIT, "1.2.840.10008.1.2.1", BIG, DEFLATED, "1.2.840.10008.1.2.5", "1.2.840.10008.1.2.4.50",
            "1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.4.110", "1.2.840.10008.1.2.4.201",
            "1.2.840.10008.1.2.8.1", "1.2.840.10008.1.2.1.98", "1.2.3", ""]  # fmt: skip
LENGTHS = [0, 1, 2, 3, 7, 8, 0xFE, 0xFFFE, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, UNDEFINED]
NUMBERS = [0, 1, 2, 3, 255, 256, 32767, 32768, 65534, 65535]
TEXTS = [b"", b" ", b"0", b"-1", b"1e999", b"-1e308", b"nan", b"inf", b"0\\0", b"1\\0\\0\\0\\1\\0", b"\\\\\\", b"99999999999",
         b"2147483648", b"\x1b]0;x\x07\x9b", b"\xff\xfe\x00", b"x" * 70, b"1." * 40, b"A" * 4000, b"1.2.3.4.5", b"BINARY",
         b"LABELMAP", b"FRACTIONAL", b"PROBABILITY", b"YES", b"TILED_FULL", b"3D", b"\xe2\x80\xae\xcc\x80"]  # fmt: skip
# What decides how much memory and time a reader needs.
SIZES = [0x00280002, 0x00280008, 0x00280010, 0x00280011, 0x00280100, 0x00280101, 0x00280102, 0x00280103, 0x0062000E,
         0x00480006, 0x00480007, 0x00480303, 0x00209228, 0x00620004, 0x00280120]  # fmt: skip


def walk(elements, depth=0):
    """(list, index) of all elements, those of items too."""
    for index, element in enumerate(elements):
        yield elements, index
        for item in element.items or []:
            yield from walk(item, depth + 1)


class Mutation:
    """One object being changed."""

    def __init__(self, random, elements, order):
        self.random, self.elements, self.order = random, elements, order
        self.said = []

    def pick(self, condition=lambda element: True):
        places = [(where, index) for where, index in walk(self.elements) if condition(where[index])]
        return self.random.choice(places) if places else None

    def say(self, what, element):
        self.said.append(f"{what} ({element.tag >> 16:04X},{element.tag & 0xFFFF:04X})")

    def number(self, vr):
        value = self.random.choice([*NUMBERS, *LENGTHS])
        size = {b"US": 2, b"SS": 2, b"UL": 4, b"SL": 4, b"UV": 8, b"AT": 4, b"FL": 4, b"FD": 8}.get(vr, 4)
        if vr in (b"FL", b"FD"):
            return struct.pack(self.order + ("f" if size == 4 else "d"), self.random.choice([0.0, -1.0, float("nan"), float("inf"), 1e-30, 3e38]))
        return (value & ((1 << 8 * size) - 1)).to_bytes(size, "little" if self.order == "<" else "big")

    # Each changes the tree.

    def delete(self):
        where, index = self.pick()
        self.say("delete", where[index])
        del where[index]

    def duplicate(self):
        where, index = self.pick()
        self.say("duplicate", where[index])
        where.insert(index, where[index].copy())

    def move(self):
        where, index = self.pick()
        self.say("move", where[index])
        where.insert(self.random.randrange(len(where)), where.pop(index))

    def rename(self):
        where, index = self.pick()
        self.say("rename", where[index])
        other = self.pick()
        where[index].tag = self.random.choice([other[0][other[1]].tag, self.random.getrandbits(32), 0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD])

    def change_vr(self):
        where, index = self.pick()
        self.say("VR", where[index])
        where[index].vr = self.random.choice([b"OB", b"OW", b"SQ", b"UN", b"UT", b"US", b"DS", b"UI", b"AT", b"\0\0", b"??"])

    def change_value(self):
        place = self.pick(lambda element: element.items is None and element.fragments is None)
        if place is None:
            return
        element = place[0][place[1]]
        self.say("value", element)
        choice = self.random.randrange(5)
        if choice == 0:
            element.value = self.random.choice(TEXTS)
        elif choice == 1:
            element.value = self.number(element.vr) * self.random.choice([1, 1, 1, 2, 3, 7])
        elif choice == 2:
            element.value = element.value[: self.random.randrange(len(element.value) + 1)]
        elif choice == 3:
            element.value += self.random.choice([b"\0", b" ", b"\\1", element.value, bytes(100)])
        elif element.value:
            changed = bytearray(element.value)
            changed[self.random.randrange(len(changed))] = self.random.randrange(256)
            element.value = bytes(changed)

    def change_size(self):
        place = self.pick(lambda element: element.tag in SIZES)
        if place is None:
            return
        element = place[0][place[1]]
        self.say("size", element)
        element.value = self.number(element.vr) if element.vr != b"IS" else str(self.random.choice([*NUMBERS, *LENGTHS, -1])).encode()

    def lie(self):
        where, index = self.pick()
        element = where[index]
        self.say("length of", element)
        true = len(element.value)
        element.lie = self.random.choice([*LENGTHS, true + 1, true + 2, max(true - 1, 0), true * 2, true + 8])

    def change_items(self):
        place = self.pick(lambda element: element.items is not None)
        if place is None:
            return
        element = place[0][place[1]]
        self.say("items of", element)
        choice = self.random.randrange(8)
        if choice == 0:
            element.items = []
        elif choice == 1 and element.items:
            element.items.pop(self.random.randrange(len(element.items)))
        elif choice == 2 and element.items:
            item = self.random.choice(element.items)
            element.items += [[one.copy() for one in item] for _ in range(self.random.choice([1, 3, 300]))]
        elif choice == 3:
            element.items.append([])
        elif choice == 4:
            element.undefined = not element.undefined
        elif choice == 5:
            element.undefined, element.is_cut = True, True
        elif choice == 6:
            element.item_lie = self.random.choice(LENGTHS)
        else:
            for _ in range(self.random.choice([2, 20])):
                element.items = [[Element(element.tag, b"SQ", items=element.items, undefined=element.undefined)]]

    def add_deep(self):
        """Sequences in each other, by undefined lengths, with and without their ends."""
        tag = self.random.choice([0x00111001, 0x00620002, 0x52009230, 0x00082218])
        depth = self.random.choice([10, 1000, 100000])
        begin = struct.pack(self.order + "HHI", 0xFFFE, 0xE000, UNDEFINED)
        begin += struct.pack(self.order + "HH", tag >> 16, tag & 0xFFFF) + b"SQ\0\0" + struct.pack(self.order + "I", UNDEFINED)
        end = struct.pack(self.order + "HHIHHI", 0xFFFE, 0xE0DD, 0, 0xFFFE, 0xE00D, 0)
        nested = Element(tag, b"SQ", begin * depth + self.random.choice([b"", end * depth, end * depth + end[:8]]))
        nested.lie = UNDEFINED
        self.elements.insert(self.random.randrange(len(self.elements) + 1), nested)
        self.say(f"depth {depth} of", nested)

    def change_pixels(self):
        place = self.pick(lambda element: element.tag in (0x7FE00010, 0x7FE00001, 0x7FE00002))
        if place is None:
            return
        element = place[0][place[1]]
        self.say("pixels", element)
        if element.fragments is None:
            size = len(element.value)
            element.value = self.random.choice([b"", element.value[:-1], element.value[: size // 2], element.value + b"\0\0",
                                                bytes(reversed(element.value)), element.value * 3, b"\xff" * size])  # fmt: skip
            return
        fragments = element.fragments
        if not fragments:
            return
        choice = self.random.randrange(9)
        if choice == 0:
            count = max(len(fragments) - 1, 1)
            offsets = [self.random.choice([0, 4, 2**31, 2**32 - 1, 8 * i, self.random.randrange(200)]) for i in range(self.random.choice([1, count, count + 3]))]
            fragments[0] = struct.pack(f"<{len(offsets)}I", *offsets)
        elif choice == 1 and len(fragments) > 1:
            fragments.pop(self.random.randrange(1, len(fragments)))
        elif choice == 2:
            fragments.insert(self.random.randrange(len(fragments) + 1), self.random.choice([b"", bytes(2), bytes(3), bytes(500)]))
        elif choice == 3:
            element.is_cut = True
        elif choice == 4:
            element.item_lie = self.random.choice(LENGTHS)
        elif choice == 5:
            fragments.reverse()
        elif choice == 6:
            element.fragments = []
        else:
            index = self.random.randrange(len(fragments))
            changed = bytearray(fragments[index])
            for _ in range(self.random.choice([1, 1, 4])):
                if changed:
                    changed[self.random.randrange(min(len(changed), 64))] = self.random.randrange(256)
            fragments[index] = bytes(changed)

    KINDS = ["delete", "duplicate", "move", "rename", "change_vr", "change_value", "change_value", "change_size", "change_size",
             "lie", "change_items", "change_items", "add_deep", "change_pixels", "change_pixels"]  # fmt: skip

    def run(self):
        for _ in range(self.random.choice([1, 1, 1, 2, 3, 6])):
            if self.elements:
                getattr(self, self.random.choice(self.KINDS))()


def change_bytes(random, data):
    """What needs no structure: cuts, flipped and inserted bytes."""
    data = bytearray(data)
    choice = random.randrange(4)
    at = random.randrange(len(data))
    if choice == 0:
        del data[at:]
    elif choice == 1:
        for _ in range(random.choice([1, 4, 30])):
            data[random.randrange(len(data))] = random.randrange(256)
    elif choice == 2:
        data[at:at] = random.choice([b"\0", b"\xff" * 8, bytes(1000)])
    else:
        del data[at : at + random.choice([1, 2, 8, 400])]
    return bytes(data), ["bytes"]


def change_meta(random, meta):
    reader = Reader(meta)
    elements, _ = reader.elements(PREAMBLE, len(meta))
    mutation = Mutation(random, elements, "<")
    if random.random() < 0.6:
        for element in elements:
            if element.tag == 0x00020010:
                syntax = random.choice(SYNTAXES).encode()
                element.value = syntax + b"\0" * (len(syntax) % 2)
                mutation.say("transfer syntax", element)
    else:
        mutation.run()
    return meta[:PREAMBLE] + Writer().elements(elements), mutation.said


def inflate(data):
    return zlib.decompress(data, -15)


def deflate(data):
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()


def mutate(random, data):
    """A changed object, and what was changed."""
    syntax, start = meta_syntax(data)
    choice = random.random()
    if choice < 0.1:
        return change_bytes(random, data)
    if choice < 0.17:
        meta, said = change_meta(random, data[:start])
        return meta + data[start:], said
    content = data[start:]
    if syntax == DEFLATED:
        content = inflate(content)
    form = (syntax == IMPLICIT, syntax == BIG)
    elements, _ = Reader(content, *form).elements(0, len(content))
    mutation = Mutation(random, elements, ">" if syntax == BIG else "<")
    mutation.run()
    content = Writer(*form).elements(mutation.elements)
    if syntax == DEFLATED:
        content = deflate(content) if random.random() < 0.8 else change_bytes(random, deflate(content))[0]
    return data[:start] + content, mutation.said
