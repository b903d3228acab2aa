# SPDX-License-Identifier: Apache-2.0
"""Faulty frames of bitstream.md, one fault each, which decoders have to refuse."""

import struct
import zlib
from collections import namedtuple

from sample_frames import ALL_NEW, BY_MOVES, SMALL, STEPS, TURNED, plain, wanted  # it says where the next one is
from compose import Bits, fragment, head, raw, same  # noqa: I001

# fragments: one for each frame; frame: the one that has to be refused; says: what the second decoder says of it.
Fault = namedtuple("Fault", "name purpose section image fragments frame says")

GOOD = [plain(STEPS), raw(TURNED, 2), same(2)]


def fault(name, purpose, section, says, coded, number=0, image=SMALL):
    """coded: the faulty frame, which takes this place among good ones; a fragment where it is one already."""
    fragments = [fragment(frame) for frame in GOOD] if image == SMALL else []
    fragments[number:number + 1] = [coded.data if isinstance(coded, Whole) else fragment(coded)]
    return Fault(name, purpose, section, image, fragments, number, says)


class Whole:
    """Bytes that stand as a fragment as they are."""

    def __init__(self, data):
        self.data = data


def of_fragments():
    good = fragment(GOOD[0])
    size = "size of a fragment"
    yield fault("checksum", "one bit of the checksum is turned around", "4.1", "checksum", Whole(good[:-1] + bytes([good[-1] ^ 128])))
    yield fault("checksum-of-all", "one bit of the coded frame is turned around", "4.1", "checksum", Whole(good[:3] + bytes([good[3] ^ 1]) + good[4:]))
    yield fault("checksum-big-endian", "the checksum's highest byte stands first", "4.1", "checksum", Whole(good[:-4] + good[-4:][::-1]))
    yield fault("checksum-plain-crc-32", "the CRC-32 of another polynomial", "4.1", "checksum", Whole(good[:-4] + struct.pack("<I", zlib.crc32(good[:-4]))))
    yield fault("size-odd", "the checksum is right, but the size is odd", "4.1", size, Whole(fragment(GOOD[0] + b"\0")))
    yield fault("size-0", "a fragment without bytes", "4.1", size, Whole(b""), 1)
    yield fault("size-4", "a checksum, and nothing in front of it", "4.1", size, Whole(fragment(b"")), 1)
    yield fault("size-2", "no room for a checksum", "4.1", size, Whole(b"\2\0"), 2)
    yield fault("padded-behind", "two bytes of 0 behind the checksum", "4.1", "checksum", Whole(good + b"\0\0"))
    version2 = struct.pack("<2sBBIHHHI", b"LE", 2, 0, 18, 4, 4, 8, 3) + b"\x9c\x08\0\0"
    yield fault("version-2", "the first fragment of an object of version 2", "4.1", "checksum", Whole(version2))
    yield fault("predicted", "a frame of type 1 in the transfer syntax without prediction", "4.1", "a predicted frame where there is none",
                Bits().put(1, 2).put(1, 4).coded() + bytes(2), 1)  # fmt: skip


def of_heads():
    for kind, name in ((0, "independent"), (3, "raw")):
        yield fault(f"k-{name}", "k = 9, but Bits Allocated is 8", "4.2", "labels of more bits than Bits Allocated",
                    plain(STEPS, 9) if kind == 0 else raw(STEPS, 9))  # fmt: skip
    yield fault("k-1-bit", "k = 2, but Bits Allocated is 1", "4.2", "labels of more bits than Bits Allocated", plain([0, 1, 1, 0], 2, 2, 2), 0, (2, 2, 1))
    for rule in (5, 6, 7):
        yield fault(f"rule-{rule}", f"rule {rule} for the columns", "4.2", "no such rule of the grid", composed_head((4, rule, None)) + bytes(4))
    yield fault("rule-5-rows", "rule 5 for the rows", "4.2", "no such rule of the grid", composed_head((4, 0, None), (4, 5, None)) + bytes(4))
    for rule in (1, 2, 3):
        yield fault(f"rule-{rule}-s", f"rule {rule} with s = 0", "4.2", "a rule of the grid that keeps no column or row",
                    composed_head((4, rule, 0), (4, 0, None)) + bytes(4))  # fmt: skip
        yield fault(f"rule-{rule}-m", f"rule {rule} where there is one column", "4.2", "a rule of the grid that keeps no column or row",
                    composed_head((1, rule, 0), (4, 0, None)) + bytes(4), 0, (4, 1, 8))  # fmt: skip
    first = "the first column or row is the grid's"
    yield fault("rule-4-column", "rule 4 without the first column", "4.2", first, composed_head((4, 4, [0, 1, 1, 1]), (4, 0, None)) + bytes(4))
    yield fault("rule-4-row", "rule 4 without the first row", "4.2", first, composed_head((4, 0, None), (4, 4, [0, 1, 1, 1])) + bytes(4))
    missing = "more bits are read than there are"
    yield fault("head-cut", "the head is cut off among the bits of rule 4", "4.2", missing, composed_head((40, 4, [1] * 40), (1, 0, None))[:4], 0, (1, 40, 8))
    yield fault("state-cut", "the head is whole, but there are no 8 bits for the state", "6.1", missing, head(0, 2, [(4, 0, None), (4, 0, None)]).coded())
    for name, coded in (("0", b"\2\0"), ("first", same(1))):
        says = "a frame that is the same as itself" if name == "0" else "a frame that is the same as one in front of the first"
        yield fault(f"same-{name}", "the same as itself" if name == "0" else "the same as a frame in front of the first", "4.3", says, coded, 0)
    yield fault("same-as-same", "the same as a frame that is the same as another", "4.3", "a frame that is the same as one that may not be", same(1), 2) \
        ._replace(fragments=[fragment(frame) for frame in (GOOD[0], same(1), same(1))])  # fmt: skip
    yield fault("same-longer", "two bytes of 0 behind a same frame", "4.3", "size of a frame that is the same as another", same(1) + b"\0\0", 1)
    damaged = bytearray(fragment(GOOD[0]))
    damaged[0] ^= 128
    yield fault("same-as-damaged", "the same as a frame whose checksum is wrong", "4.3", "checksum", same(1), 1) \
        ._replace(fragments=[bytes(damaged), fragment(same(1)), fragment(GOOD[1])])  # fmt: skip


def composed_head(*axes):
    return head(0, 2, axes).coded()


def of_symbols():
    def composed(name, purpose, section, says, results, *form, image=SMALL, **options):
        return fault(name, purpose, section, says, wanted(results, *form, **options), 0, image)

    yield composed("state", "the state is not 0 at the end", "6.1", "the state at the end", BY_MOVES, state=1)
    yield fault("bits-left", "16 bits are left, all 0", "6.1", "too many bits left", GOOD[0] + b"\0\0")
    left = wanted(ALL_NEW)
    yield fault("bits-not-0", "a bit is left that is not 0", "6.1", "bits left that are not 0", left[:-1] + bytes([left[-1] | 0x80]))
    yield fault("bits-missing", "bits are read that are not there", "6.1", "more bits are read than there are", GOOD[0][:-2])
    yield composed("number", "a number of class 29", "6.3", "number too large", [1, 15, 29], 1, 200, 200, image=(200, 200, 8))
    entry = "no such entry in the list of labels"
    yield composed("list-empty", "the first entry of an empty list", "6.4", entry, [1, 1, 0, 4])
    yield composed("list-entry", "the second entry of a list of one", "6.4", entry, [1, 1, 0, 7, 0, 10, 0, 5, 0])
    bits = "a new label that has not k bits"
    yield composed("new-below-0", "a new label of -1", "6.4", bits, [1, 1, 0, 7, 7, 0])
    yield composed("new-above", "a new label of 4, but k = 2", "6.4", bits, [1, 1, 0, 7, 3, 0])
    yield composed("new-above-by-one", "a new label of 4 after 3, but k = 2", "6.4", bits, [1, 1, 0, 7, 11, 3, 10, 0, 7, 0])
    yield composed("new-far-below", "a new label of -61 after 0", "6.4", bits, [1, 1, 0, 7, 10, 15], 6)


def of_edges():
    def composed(name, purpose, says, results, *form, image=SMALL, **options):
        return fault(name, purpose, "8", says, wanted(results, *form, **options), 0, image)

    where = "an edge moves where it cannot be"
    change = "an edge without a change"
    yield composed("move-back", "an edge moves to the left of what is known", where, [1, 0, 7, 0, 10, 2, 0, 0, 3])
    narrow = [(4, 1, 1), (4, 0, None)]
    yield composed("move-in-front", "a grid of one column: an edge moves in front of the frame, which unsigned numbers do not show", where,
                   [1, 0, 7, 0, 3], axes=narrow)  # fmt: skip
    yield composed("move-in-front-wide", "a grid of three columns: the same, by 4", where, [1, 0, 7, 0, 7], axes=[(4, 1, 3), (4, 0, None)])
    yield composed("move-out", "an edge moves behind the frame", where, [1, 3, 3, 7, 0, 8])
    yield composed("move-to-n", "an edge moves to the place behind the last position", where, [1, 3, 4, 7, 0, 2])
    yield composed("move-no-change", "an edge moves to where its label is already", change, [1, 0, 7, 0, 0])
    yield composed("stay-back", "an edge is said to lead to another label at a place that is known already",
                   "an edge stays where it cannot be", [1, 0, 7, 0, 10, 2, 1, 0, 11])  # fmt: skip
    yield composed("stay-no-change", "an edge stays and leads to the label in front of it", change, [1, 1, 0, 7, 0, 10, 1, 0, 0, 10, 0, 7, 0, 11, 4])
    yield composed("gap", "a new edge behind the frame", "a new edge behind the frame", [1, 4, 1])
    yield composed("gap-two-labels", "the same where k = 1", "a new edge behind the frame", [1, 4, 1], 1)
    yield composed("new-no-change", "a new edge with the label before it, by N", change, [1, 1, 0, 7, 11, 0])
    yield composed("listed-no-change", "a new edge with the label before it, by the list", change, [1, 1, 0, 7, 0, 10, 0, 4])
    yield composed("above-no-change", "a new edge with the label of the next edge, which is that before it", change, [1, 0, 7, 0, 10, 0, 1])
    yield composed("next-edge-missing", "the label of E[i + 1], but E has none", "no next edge whose label is meant", [1, 1, 0, 2])
    yield composed("label-of-the-last-edge", "the label of E[i + 1], which is the edge appended last, so that nothing changes", change,
                   [1, 0, 7, 0, 10, 0, 7, 0, 10, 0, 2])  # fmt: skip
    yield composed("edge-in-front-missing", "the label of E[i - 2], but i = 0", "no edge in front whose label is meant", [1, 1, 0, 3])
    yield composed("edge-in-front-missing-1", "the label of E[i - 2], but i = 1", "no edge in front whose label is meant",
                   [1, 1, 0, 7, 0, 10, 1, 0, 0, 0, 10, 0, 3])  # fmt: skip


def of_raw():
    says = "bits behind a raw frame's labels that are not 0"
    form = (3, 5, 8)
    good = raw([1, 0, 1] * 5, 1)
    assert len(good) == 4  # 7 bits and one of 0, 15 of labels and one of 0, 8 of 0
    yield fault("raw-in-front", "the bit in front of the labels is 1", "9", "bits in front of a raw frame's labels that are not 0",
                bytes([good[0] | 128]) + good[1:], 0, form)  # fmt: skip
    yield fault("raw-behind", "the bit behind the labels, in their last byte, is 1", "9", says, good[:2] + bytes([good[2] | 128]) + good[3:], 0, form)
    yield fault("raw-byte-behind", "the byte that makes the size even is not 0", "9", says, good[:3] + b"\1", 0, form)
    yield fault("raw-short", "the last labels are missing", "9", "more bits are read than there are", GOOD[1][:-2], 1)
    yield fault("raw-long", "two bytes of 0 too many", "9", "too many bits behind a raw frame's labels", GOOD[1] + b"\0\0", 1)
    yield fault("raw-of-the-frame", "a grid, but labels of all the frame's pixels", "9", "too many bits behind a raw frame's labels",
                raw(STEPS * 2, 2, [(8, 1, 4), (4, 0, None)]), 0, (4, 8, 8))  # fmt: skip


def faulty():
    for group in (of_fragments, of_heads, of_symbols, of_edges, of_raw):
        yield from group()
