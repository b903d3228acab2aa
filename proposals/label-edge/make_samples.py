# SPDX-License-Identifier: Apache-2.0
"""Sample instances of Label Edge frames: conforming ones, uncommon ones that dseg's encoder would not write, and faulty ones
with one fault each. Writes README.md and manifest.json beside them.

usage: make_samples.py DSEG OUTDIR

Frames of the last two groups are composed symbol by symbol: the second decoder is run on results that are given to it
instead of bytes, which yields the contexts; coding these backwards (bitstream.md, 6.2) yields the bytes."""

import hashlib
import json
import os
import re
import struct
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "second"))
import label_edge as second  # noqa: E402

PIXEL_DATA = b"\xe0\x7f\x10\x00OB\0\0\xff\xff\xff\xff"


class Composer(second.Symbols):
    """Takes wanted results instead of bytes, and notes the table of each symbol, or the number of bits."""

    def __init__(self, wanted, header):
        self.header, self.list, self.wanted, self.noted = header, [], iter(wanted), []

    def S(self, kind, context=0):
        symbol = next(self.wanted)
        self.noted.append((symbol, second.TABLES[kind][context]))
        return symbol

    def B(self, n):
        if n == 0:
            return 0
        value = next(self.wanted)
        self.noted.append((value, n))
        return value


def to_bytes(kind, noted, state=0):
    """A frame of this type. The states are found backwards from the one at the end, the bits are written forwards."""
    parts = []  # (bits, how many), the last first
    for value, how in noted[::-1]:
        if isinstance(how, int):
            parts.append((value, how))
            continue
        # One state stands for the symbol and has a base and bits that lead to this state.
        (before,) = (x for x, (s, base, bits) in enumerate(how) if s == value and base <= state < base + (1 << bits))
        _, base, bits = how[before]
        parts.append((state - base, bits))
        state = before
    number = at = 0
    for value, bits in [(kind, 2), (state, 8), *parts[::-1]]:
        number |= value << at
        at += bits
    return number.to_bytes((at + 15) // 16 * 2, "little")


def header(rows, columns, bits, frames, palette=None, grid=None, flags=0):
    """palette: runs of (gap, more), or bytes; grid: bits of columns, bits of rows."""
    body = b""
    if palette is not None:
        flags |= 1
        body += palette if isinstance(palette, bytes) else bytes([len(palette), *(n for run in palette for n in run)])
    if grid is not None:
        flags |= 2
        for axis in grid:
            number = sum(bit << i for i, bit in enumerate(axis))
            body += number.to_bytes((len(axis) + 7) // 8, "little")
    body += bytes(len(body) % 2)
    return struct.pack("<2sBBIHHHI", b"LE", 2, flags, 18 + len(body), rows, columns, bits, frames) + body


def independent(head, wanted, state=0):
    """A frame of type 0 with these results, up to the first fault if there is one."""
    composer = Composer(wanted, second.Header(head, *struct.unpack_from("<HHHI", head, 8)))
    return compose(0, composer, state, second.decode_independent)


def predicted(head, wanted, p, q):
    """A frame of type 1; p, q: labels of the references."""
    composer = Composer(wanted, second.Header(head, *struct.unpack_from("<HHHI", head, 8)))
    return compose(1, composer, 0, second.decode_predicted, p, q)


def compose(kind, composer, state, decode, *references):
    """state: the one at the end, which is 0 in conforming frames."""
    try:
        decode(composer, composer.header, *references)
    except second.Nonconforming:
        pass
    assert next(composer.wanted, None) is None, "results are left"
    return to_bytes(kind, composer.noted, state)


def raw(labels, k):
    number = sum(label << i * k for i, label in enumerate(labels))
    size = (len(labels) * k + 7) // 8
    return b"\3\0" + number.to_bytes(size, "little") + bytes(size % 2)


def same(distance, later=0):
    return struct.pack("<H", 2 | later << 2 | distance << 3)


# A picture of 4 x 4, its labels, and the results that code them: by moves, and each edge as a new one.
STEPS = [0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 0, 1, 0, 0, 0, 0]
BY_MOVES = [1, 1, 1, 7, 1, 10, 1, 0, 0, 0, 0, 2, 0, 9, 0]
ALL_NEW = [1, 1, 1, 7, 1, 10, 1, 0, 0, 9, 10, 1, 0, 0, 9, 10, 1, 0, 0, 9, 10, 1, 1, 0, 9, 10, 0, 0, 9, 0]
TURNED = STEPS[::-1]
OF_17_BITS = [1, 2, 0, 9, 0]  # three pixels of label 0, then 1; 17 bits, the last is 0
PALETTE = [(0, 0), (4, 0), (3, 0)]  # values 0, 5 and 9
VALUES = [0, 5, 9]


def values(labels, palette=VALUES):
    return [palette[label] for label in labels]


def uncommon():
    """(name, purpose, (rows, columns, bits), fragments, frames as values in raster order)"""
    head = header(4, 4, 8, 1, PALETTE)
    yield ("no-palette", "neither palette nor grid: a label is its value (5)", (4, 4, 8),
           [header(4, 4, 8, 1) + independent(header(4, 4, 8, 1), [5 if i == 4 else w for i, w in enumerate(BY_MOVES)])],
           [values(STEPS)])  # fmt: skip
    yield ("unused-value", "the palette has a value, 9, that no pixel has (5)", (4, 4, 8), [head + independent(head, BY_MOVES)],
           [values(STEPS)])  # fmt: skip
    yield ("all-new", "each edge ends and begins anew, though all could move (12)", (4, 4, 8), [head + independent(head, ALL_NEW)],
           [values(STEPS)])  # fmt: skip
    yield ("listed-without-need", "the label above is given as a listed one that is new (6.4, 8)", (4, 4, 8),
           [head + independent(head, [*BY_MOVES[:8], 7, *BY_MOVES[8:]])], [values(STEPS)])  # fmt: skip
    two = header(4, 4, 8, 3, [(0, 0), (4, 0)])
    yield ("raw", "raw frames of one bit a pixel, where fewer bytes would do (10)", (4, 4, 8),
           [two + raw(STEPS, 1), raw(TURNED, 1), raw(STEPS, 1)], [values(STEPS), values(TURNED), values(STEPS)])  # fmt: skip
    two = header(4, 4, 8, 1, [(0, 0), (4, 0)])
    yield ("15-bits-left", "17 bits: the last two bytes are 0, but one of their bits is read (6.1)", (4, 4, 8),
           [two + independent(two, OF_17_BITS)], [[0] * 3 + [5] * 13])  # fmt: skip
    one = header(4, 4, 8, 2, [(7, 0)])
    yield ("one-value", "one label, 7: frames that only end, independent and raw (2 bytes each)", (4, 4, 8),
           [one + independent(one, [0]), raw([0] * 16, 0)], [[7] * 16, [7] * 16])  # fmt: skip
    five = header(4, 4, 8, 5, PALETTE, flags=4)
    yield ("same-as-later", "with prediction, frames that are the same as one that follows (4.3), two deep", (4, 4, 8),
           [five + independent(five, BY_MOVES), same(1, 1), same(2, 1), same(1), raw(TURNED, 2)],
           [values(STEPS)] + [values(TURNED)] * 4)  # fmt: skip
    three = header(4, 4, 8, 3, PALETTE)
    yield ("same-from-afar", "without prediction, a frame that is the same as the first, not as the one before (4.3)", (4, 4, 8),
           [three + independent(three, BY_MOVES), raw(TURNED, 2), same(2)], [values(f) for f in (STEPS, TURNED, STEPS)])  # fmt: skip
    wide = header(8, 12, 8, 1, PALETTE, [[1, 0, 0] * 4, [1, 0] * 4])
    picture = [VALUES[STEPS[y // 2 * 4 + x // 3]] for y in range(8) for x in range(12)]
    yield ("grid", "the picture enlarged to 8 x 12: each column stands for three, each row for two (5, 11)", (8, 12, 8),
           [wide + independent(wide, BY_MOVES)], [picture])  # fmt: skip
    large = header(200, 200, 8, 1, [(0, 1)])
    yield ("long-number", "one edge, 39999 pixels away: a number behind the escape (6.3)", (200, 200, 8),
           [large + independent(large, [1, 15, 15, 39999 + 1 - 32768, 0])], [[0] * 39999 + [1]])  # fmt: skip
    yield ("escape-without-need", "the number 0, written behind the escape (6.3)", (200, 200, 8),
           [large + independent(large, [1, 15, 0, 9, 0])], [[1] * 40000])  # fmt: skip
    many = header(4, 5, 16, 1, b"\1\xac\2\x12")  # 300 to 318
    wanted = [1, 1, 0, 7, 1]  # an edge; the number 1; label 1, put on the list
    for label in range(2, 19):
        wanted += [10, 0, 7, label]
    yield ("full-list", "18 labels one after the other: the list of 16 drops the oldest; then its last entry, 3 (6.4), 16 bits", (4, 5, 16),
           [many + independent(many, [*wanted, 10, 0, 6, 0] + [9] * 14 + [0])], [[*range(300, 319), 303]])  # fmt: skip
    yield ("predicted-without-need", "a predicted frame where the same picture stands before and behind it (9)", (4, 4, 8),
           [five + independent(five, BY_MOVES), raw(STEPS, 2), predicted(five, expected_changes(STEPS), STEPS, STEPS), raw(STEPS, 2),
            raw(STEPS, 2)], [values(STEPS)] * 5)  # fmt: skip
    yield ("predicted-and-listed", "the same, each label listed as a new one, each offset behind the escape (6.3, 6.4, 9.2)", (4, 4, 8),
           [five + independent(five, BY_MOVES), raw(STEPS, 2), predicted(five, expected_changes(STEPS, listed=True), STEPS, STEPS),
            raw(STEPS, 2), raw(STEPS, 2)], [values(STEPS)] * 5)  # fmt: skip


def expected_changes(picture, listed=False):
    """Results for a predicted frame that is as both of its references, which are the same: segments end where these change."""
    wanted, label = [], 0
    edges = {p for p in range(1, 16) if picture[p] != picture[p - 1]}
    starts = sorted({p for p in range(16) if p % 4 == 0 or p in edges or p - 4 in edges and p >= 4})
    for start in starts:
        if picture[start] != label:
            label = picture[start]
            wanted += [7, 15, 0, 7, label] if listed else [1]  # at once, and to the expected label
            if start + 1 in starts or start == 15:
                continue
        wanted.append(0)
    return wanted


def faulty():
    """(name, purpose with the section, fragments): images of 4 x 4, 8 bits."""
    three = header(4, 4, 8, 3, PALETTE)
    five = header(4, 4, 8, 5, PALETTE, flags=4)
    good = [independent(three, BY_MOVES), raw(TURNED, 2), same(2)]  # the first is of 32 bits
    all_new = independent(three, ALL_NEW)  # bits are left

    def with_header(head):
        return [head + good[0], *good[1:]]

    def with_byte(at, value):
        head = bytearray(three)
        head[at] = value
        return with_header(bytes(head))

    def with_frame(frame, number=1):
        frames = [*good[:number], frame, *good[number + 1 :]]
        return [three + frames[0], *frames[1:]]

    def with_predicted(frame, number):
        frames = [independent(five, BY_MOVES), same(1), same(2), same(1), raw(TURNED, 2)]
        frames[number] = frame
        return [five + frames[0], *frames[1:]]

    yield "header-magic", "does not begin with LE (5)", with_byte(0, 0x4D)
    yield "header-version", "version 3 (5)", with_byte(2, 3)
    yield "header-version-1", "version 1, an older draft (5)", with_byte(2, 1)
    yield "header-flag", "a flag that is not defined (5)", with_byte(3, 9)
    yield "header-size-odd", "an odd size (5)", with_byte(4, len(three) - 1)
    yield "header-size-small", "a size that has no room for the fixed fields (5)", with_byte(4, 16)
    yield "header-size-large", "a size beyond the fragment (5)", with_byte(5, 0x10)
    yield "header-rows", "other Rows than the data set (5)", with_byte(8, 5)
    yield "header-columns", "other Columns than the data set (5)", with_byte(10, 3)
    yield "header-bits", "other Bits Allocated than the data set (5)", with_byte(12, 16)
    yield "header-frames", "another Number of Frames than the data set (5)", with_byte(14, 4)
    yield "palette-empty", "a palette without runs (5)", with_header(header(4, 4, 8, 3, b"\0"))
    yield "palette-value", "a run that goes beyond 255 (5)", with_header(header(4, 4, 8, 3, b"\1\xfa\1\x09"))
    yield "palette-integer", "an integer of more than three bytes (5)", with_header(header(4, 4, 8, 3, b"\1\x80\x80\x80\0\0"))
    yield "palette-cut", "the header ends within the palette (5)", with_header(header(4, 4, 8, 3, b"\5\0\0\4\0"))
    yield "grid-first-column", "the first column is said to repeat one before it (5)", with_header(header(4, 4, 8, 3, PALETTE, [[0, 1, 1, 1], [1] * 4]))
    yield "grid-bits", "bits of the grid behind the last column (5)", with_header(header(4, 4, 8, 3, PALETTE, [[1] * 5, [1] * 4]))
    yield "header-padding", "padding that is not zero (5)", with_header(header(4, 4, 8, 3, bytes([3, 0, 0, 4, 0, 3, 0, 1])))
    yield "frame-missing", "a fragment without bytes (4.1)", with_frame(b"")
    yield "predicted-without-permission", "a predicted frame, but the header allows none (4.2)", with_frame(b"\1\0")
    yield "predicted-key", "a key that is predicted (4.2)", with_predicted(b"\1\0", 4)
    yield "same-distance-0", "the same as itself (4.3)", with_frame(same(0))
    yield "same-before-first", "the same as a frame before the first (4.3)", with_frame(same(2))
    yield "same-later", "without prediction, the same as a later frame (4.3)", with_frame(same(1, 1), 0)
    yield "same-as-same", "the same as a frame that is the same as another (4.3)", [three + good[0], same(1), same(1)]
    yield "same-not-a-reference", "the same as a frame that is none of its references (4.3)", with_predicted(same(3), 3)
    yield "same-longer", "bytes behind a frame that is the same as another (4.3)", with_frame(same(1) + b"\0\0")
    yield "raw-size", "a raw frame with two bytes too many (10)", with_frame(good[1] + b"\0\0")
    yield "raw-label", "a raw frame with a label that is not in the palette (10)", with_frame(raw([3] * 16, 2))
    yield "raw-padding", "raw frames of 1 x 4 pixels with bits behind the last pixel that are not zero (10)", None
    yield "move-back", "an edge moves to the left of what is known (8)", with_frame(independent(three, [1, 0, 7, 1, 10, 2, 0, 0, 3]), 1)
    narrow = header(4, 4, 8, 3, PALETTE, [[1, 0, 0, 0], [1] * 4])
    yield ("move-in-front", "a grid of one column: an edge moves in front of the frame, which unsigned numbers do not show (8)",
           [narrow + raw([0, 1, 1, 0], 2), independent(narrow, [1, 0, 7, 1, 10, 0, 0, 3]), same(2)])  # fmt: skip
    yield "move-out", "an edge moves behind the frame (8)", with_frame(independent(three, [1, 3, 3, 7, 1, 8]), 1)
    yield "move-no-change", "an edge moves to where its label is already (8)", with_frame(independent(three, [1, 0, 7, 1, 0]), 1)
    yield "gap", "a new edge behind the frame (8)", with_frame(independent(three, [1, 4, 15]), 1)
    yield "gap-number", "a number of class 29 (6.3)", with_predicted(predicted(five, [7, 15, 29], STEPS, TURNED), 2)
    yield "birth-no-change", "a new edge with the label before it (8)", with_frame(independent(three, [1, 1, 0, 7, 0]), 1)
    yield "list-entry", "an entry that the list does not have (6.4)", with_frame(independent(three, [1, 1, 0, 2]), 1)
    yield "list-label", "a listed label that is not in the palette (6.4)", with_frame(independent(three, [1, 1, 0, 7, 3]), 1)
    yield "state", "the state is not 0 at the end (6.1)", with_frame(independent(three, BY_MOVES, 1), 0)
    yield "bits-left", "16 bits are left, all 0 (6.1)", with_frame(good[0] + b"\0\0", 0)
    yield "bits-not-0", "a bit is left that is not 0 (6.1)", with_frame(all_new[:-1] + bytes([all_new[-1] | 0x80]), 0)
    yield "bits-missing", "one bit is read that is not there; it would be 0 (6.1)", None
    yield "edge-without-label", "an edge in an image of one label (8)", None
    yield "segment-end", "a change behind the end of its segment (9.2)", with_predicted(predicted(five, [7, 2, 0, 7, 1], STEPS, TURNED), 2)
    yield "segment-no-change", "a change to the label that is there (9.2)", with_predicted(predicted(five, [7, 0, 7, 0], STEPS, TURNED), 2)
    yield "segment-which", "another label, where there is none (9.2)", with_predicted(predicted(five, [7, 0, 1], STEPS, TURNED), 2)


# Of each faulty sample, the frame that has to be refused and what the second decoder has to say: the fault that the name
# says, and no other.
REFUSED = {
    "header-magic": (0, "no header"),
    "header-version": (0, "no header"),
    "header-version-1": (0, "no header"),
    "header-flag": (0, "flags or size"),
    "header-size-odd": (0, "flags or size"),
    "header-size-small": (0, "flags or size"),
    "header-size-large": (0, "flags or size"),
    "header-rows": (0, "another image"),
    "header-columns": (0, "another image"),
    "header-bits": (0, "another image"),
    "header-frames": (0, "another image"),
    "palette-empty": (0, "empty palette"),
    "palette-value": (0, "palette value too large"),
    "palette-integer": (0, "integer of more than three bytes"),
    "palette-cut": (0, "header too short"),
    "grid-first-column": (0, "the first row and column are the grid's"),
    "grid-bits": (0, "bits of the grid behind the last"),
    "header-padding": (0, "padding"),
    "frame-missing": (1, "size of a frame"),
    "predicted-without-permission": (1, "a predicted frame where there is none"),
    "predicted-key": (4, "a predicted frame where there is none"),
    "same-distance-0": (1, "a frame that is the same as itself"),
    "same-before-first": (1, "no such frame"),
    "same-later": (0, "which frame is the same"),
    "same-as-same": (2, "which frame is the same"),
    "same-not-a-reference": (3, "which frame is the same"),
    "same-longer": (1, "size of a frame that is the same as another"),
    "raw-size": (1, "size of a raw frame"),
    "raw-label": (1, "no such label"),
    "raw-padding": (0, "padding of a raw frame"),
    "move-back": (1, "an edge moves where it cannot be"),
    "move-in-front": (1, "an edge moves where it cannot be"),
    "move-out": (1, "an edge moves where it cannot be"),
    "move-no-change": (1, "an edge moves where it cannot be"),
    "gap": (1, "a new edge outside the frame, or without a label"),
    "gap-number": (2, "number too large"),
    "birth-no-change": (1, "an edge without a change"),
    "list-entry": (1, "no such entry in the list of labels"),
    "list-label": (1, "no such label"),
    "state": (0, "the state at the end"),
    "bits-left": (0, "too many bits left"),
    "bits-not-0": (0, "bits left that are not 0"),
    "bits-missing": (0, "more bits are read than there are"),
    "edge-without-label": (0, "a new edge outside the frame, or without a label"),
    "segment-end": (2, "a change outside its segment, or without a change"),
    "segment-no-change": (2, "a change outside its segment, or without a change"),
    "segment-which": (2, "no such other label"),
}


# Whose section dseg has to name: 5 and 4; that of all others is one of 6 to 10.
IN_HEADER = ("header-", "palette-", "grid-")
IN_TYPE = ("frame-missing", "predicted-", "same-")


def special_fault(name):
    """(rows, columns, fragments) of those that need another image."""
    if name == "raw-padding":
        head = header(1, 4, 8, 3, [(0, 0), (4, 0)])
        return 1, 4, [head + b"\3\0\x1a\0", b"\3\0\x0a\0", b"\3\0\x0a\0"]
    if name == "bits-missing":
        head = header(4, 4, 8, 3, [(0, 0), (4, 0)])
        frame = independent(head, OF_17_BITS)
        assert len(frame) == 4 and frame[2:] == b"\0\0"
        return 4, 4, [head + frame[:2], same(1), same(2)]
    head = header(4, 4, 8, 3, [(5, 0)])
    return 4, 4, [head + independent(head, [1, 1, 0]), same(1), same(1)]


# ---- Files


def nifti(path, rows, columns, bits, frames):
    """A label volume of this form, to take the data set from."""
    data = struct.pack("<i36x8h", 348, 3, columns, rows, len(frames), 1, 1, 1, 1) + bytes(14)
    data += struct.pack("<hhh8f", {8: 2, 16: 512}[bits], bits, 0, 1, 1, 1, 1, 0, 0, 0, 0) + struct.pack("<3f", 352, 1, 0)
    data = data.ljust(252, b"\0") + struct.pack("<hh", 0, 1) + bytes(24)
    data += struct.pack("<12f", 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0)
    data = data.ljust(344, b"\0") + b"n+1\0" + bytes(4)
    path.write_bytes(data + b"".join(struct.pack(f"<{len(f)}{'B' if bits == 8 else 'H'}", *f) for f in frames))


def run(dseg, *arguments):
    return subprocess.run([dseg, *map(str, arguments)], capture_output=True, text=True)


def must(dseg, *arguments):
    done = run(dseg, *arguments)
    if done.returncode != 0:
        sys.exit(f"dseg {' '.join(map(str, arguments))}: {done.stderr}")


def instance(dseg, path, rows, columns, bits, frames, fragments):
    """An instance with the data set of these frames and fragments of our own."""
    volume = path.with_suffix(".nii")
    nifti(volume, rows, columns, bits, frames)
    must(dseg, "convert", volume, path, "--as", "labelmap", "--transfer-syntax", "label-edge", "--uid-seed", path.stem,
         "--empty-frames", "keep", "--force")  # fmt: skip
    volume.unlink()
    data = path.read_bytes()
    at = data.index(PIXEL_DATA)
    offsets, items = [], b""
    for fragment in fragments:
        offsets.append(len(items))
        items += b"\xfe\xff\x00\xe0" + struct.pack("<I", len(fragment)) + fragment
    table = struct.pack(f"<4sI{len(offsets)}I", b"\xfe\xff\x00\xe0", 4 * len(offsets), *offsets)
    path.write_bytes(data[:at] + PIXEL_DATA + table + items + b"\xfe\xff\xdd\xe0\0\0\0\0")


def fragments_of(path):
    data = path.read_bytes()
    at = data.index(PIXEL_DATA) + len(PIXEL_DATA)
    found = []
    while data[at : at + 4] == b"\xfe\xff\x00\xe0":
        (length,) = struct.unpack_from("<I", data, at + 4)
        found.append(data[at + 8 : at + 8 + length])
        at += 8 + length
    return found[1:]


KEPT = ["--empty-frames", "keep"]


def native_pixels(dseg, path, layout):
    """The pixels as dseg decodes them. layout: the options that give the object's own frames in their order."""
    plain = path.with_suffix(".native")
    must(dseg, "convert", path, plain.with_suffix(".native.dcm"), "--transfer-syntax", "explicit-le", "--force", *layout)
    data = plain.with_suffix(".native.dcm").read_bytes()
    plain.with_suffix(".native.dcm").unlink()
    at = max(data.find(b"\xe0\x7f\x10\x00" + vr) for vr in (b"OB", b"OW"))
    return data[at + 12 : at + 12 + struct.unpack_from("<I", data, at + 8)[0]]


def conforming(dseg, out):
    volume = out / "labels.nii"
    must(dseg, "phantom", volume, "--labels", "40", "--size", "96x80x24", "--force")
    many = out / "many-labels.nii"
    must(dseg, "phantom", many, "--labels", "300", "--size", "96x80x24", "--force")
    for name, source, bits, purpose, options, layout in (
        ("independent", volume, 8, "frames that stand alone", ["--as", "labelmap"], []),
        ("predicted", volume, 8, "frames predicted from two others", ["--as", "labelmap", "--option", "predict=1"], []),
        ("16-bit", many, 16, "300 labels, 16 bits", ["--as", "labelmap"], []),
        ("16-bit-predicted", many, 16, "the same, predicted", ["--as", "labelmap", "--option", "predict=1"], []),
        ("binary", volume, 1, "frames of 1 bit, one for each segment and plane", ["--as", "binary"], []),
        ("binary-predicted", volume, 1, "the same, predicted: segment by segment, so that neighbours are alike", ["--as", "binary", "--option", "predict=1"], ["--frame-order", "segment"]),
        ("binary-empty-frames", volume, 1, "empty frames, which are the same as others", ["--as", "binary"], KEPT),
        ("extended-offset-table", volume, 8, "Extended Offset Table", ["--as", "labelmap", "--offset-table", "extended"], []),
    ):  # fmt: skip
        path = out / "conforming" / f"{name}.dcm"
        must(dseg, "convert", source, path, "--transfer-syntax", "label-edge", "--uid-seed", name, "--force", *options, *layout)
        must(dseg, "compare", source, path)
        pixels = decoded_by_both(dseg, path, 80, 96, bits, layout)
        yield {"file": f"conforming/{name}.dcm", "purpose": purpose, "source": source.name,
               "command": f"dseg convert {source.name} conforming/{name}.dcm --transfer-syntax label-edge --uid-seed {name} {' '.join([*options, *layout])}",
               "sha256_pixels": hashlib.sha256(pixels).hexdigest()}  # fmt: skip


def decode_second(fragments, rows, columns, bits):
    decoder = second.Decoder(fragments, rows, columns, bits)
    return [[value for row in decoder.frame(f) for value in row] for f in range(len(fragments))]


def as_bytes(frames, bits):
    """Frames of pixels as the value of Pixel Data: bits without gaps, bytes, or words."""
    pixels = [value for frame in frames for value in frame]
    if bits == 1:
        return bytes(sum(bit << i for i, bit in enumerate(pixels[at : at + 8])) for at in range(0, len(pixels), 8))
    return struct.pack(f"<{len(pixels)}{'B' if bits == 8 else 'H'}", *pixels)


def decoded_by_both(dseg, path, rows, columns, bits, layout):
    """The pixels, without padding: those of dseg, which the second decoder has to give, too."""
    pixels = as_bytes(decode_second(fragments_of(path), rows, columns, bits), bits)
    native = native_pixels(dseg, path, layout)
    if not pixels or native != pixels + bytes(len(pixels) % 2):
        sys.exit(f"{path}: the second decoder gives other pixels than dseg")
    return pixels


def check_uncommon(dseg, out):
    for name, purpose, (rows, columns, bits), fragments, frames in uncommon():
        path = out / "uncommon" / f"{name}.dcm"
        instance(dseg, path, rows, columns, bits, frames, fragments)
        wanted = as_bytes(frames, bits)
        if decoded_by_both(dseg, path, rows, columns, bits, KEPT) != wanted:
            sys.exit(f"{path}: the decoders give other pixels than were composed")
        yield {"file": f"uncommon/{name}.dcm", "purpose": purpose, "sha256_pixels": hashlib.sha256(wanted).hexdigest()}


def check_faulty(dseg, out):
    frames = [values(f) for f in (STEPS, TURNED, STEPS, TURNED, STEPS)]
    for name, purpose, fragments in faulty():
        rows, columns, fragments = (4, 4, fragments) if fragments else special_fault(name)
        path = out / "faulty" / f"{name}.dcm"
        instance(dseg, path, rows, columns, 8, [f[: rows * columns] for f in frames[: len(fragments)]], fragments)
        try:
            decode_second(fragments, rows, columns, 8)
        except second.Nonconforming as error:
            reason = str(error)
        else:
            sys.exit(f"{path}: the second decoder does not refuse it")
        number, wanted = REFUSED[name]
        if reason != wanted:
            sys.exit(f"{path}: the second decoder says '{reason}', not '{wanted}'")
        refused = out / "refused.nii"
        done = run(dseg, "convert", path, refused, "--force")
        message = done.stderr.strip()
        section = "5" if name.startswith(IN_HEADER) else "4" if name.startswith(IN_TYPE) else "6 to 10"
        told = re.search(r"frame (\d+): .*\(label-edge/bitstream.md, sections? ([^)]*)\)", message)
        if done.returncode != 3 or refused.exists() or not told or told.groups() != (str(number), section):
            sys.exit(f"{path}: dseg does not refuse it as it should ({done.returncode}): {message}")
        yield {"file": f"faulty/{name}.dcm", "purpose": purpose, "error": message.replace(f"{out}/", ""), "second_decoder": reason}


INTRODUCTION = """# Samples of Label Edge frames

Made by `samples.sh`; `manifest.json` has the same with SHA-256 of files and of decoded pixels (the value of Pixel Data in
Explicit VR Little Endian, without padding). Sections are those of `bitstream.md`. A decoder gives these pixels for the
conforming and the uncommon ones, and an error, never pixels, for the faulty ones: both decoders were run on all.
"""


def main():
    dseg, out = sys.argv[1], Path(sys.argv[2])
    os.environ.setdefault("SOURCE_DATE_EPOCH", "1735689600")  # the same bytes again, as dseg samples gives
    for group in ("conforming", "uncommon", "faulty"):
        (out / group).mkdir(parents=True, exist_ok=True)
    groups = {"conforming": list(conforming(dseg, out)), "uncommon": list(check_uncommon(dseg, out)), "faulty": list(check_faulty(dseg, out))}
    readme = INTRODUCTION
    for group, samples in groups.items():
        readme += f"\n## {group.capitalize()}\n\n| file | what for |\n|---|---|\n"
        for sample in samples:
            sample["sha256"] = hashlib.sha256((out / sample["file"]).read_bytes()).hexdigest()
            readme += f"| {sample['file']} | {sample['purpose']} |\n"
    (out / "README.md").write_text(readme)
    (out / "manifest.json").write_text(json.dumps(groups, indent=1) + "\n")
    print(", ".join(f"{len(samples)} {group}" for group, samples in groups.items()), "samples")


main()
