# SPDX-License-Identifier: Apache-2.0
"""Copies of an instance of label sets, each with one fault in Overlapping Segment Sequence or its pixels (bitstream.md, 4).

usage: make_faulty.py INSTANCE OUTDIR    INSTANCE: nested.dcm, in Explicit VR Little Endian, with lengths told"""

import pathlib
import struct
import sys

SEQUENCE = struct.pack("<HH2sH", 0x0021, 0x1001, b"SQ", 0)
VALUES = struct.pack("<HH2sH", 0x0021, 0x1002, b"OW", 0)
NUMBER = struct.pack("<HH2sH", 0x0062, 0x0004, b"US", 2)
CREATOR = b"DSEG LABEL SETS "
PIXELS = struct.pack("<HH", 0x7FE0, 0x0010)


def main(path, directory):
    source = pathlib.Path(path).read_bytes()
    start = source.index(SEQUENCE)
    end = start + 12 + struct.unpack_from("<I", source, start + 8)[0]
    first = source.index(VALUES, start) + 12  # the values of the first list, which has several
    second = source.index(VALUES, first) + 12
    number = source.index(NUMBER, start) + 8
    count = struct.unpack_from("<I", source, first - 4)[0] // 2
    values = struct.unpack_from(f"<{count}H", source, first)
    assert count > 2, "the first list has three values and more"

    def changed(at, *numbers):
        return source[:at] + struct.pack(f"<{len(numbers)}H", *numbers) + source[at + 2 * len(numbers) :]

    pixels = source.rindex(PIXELS) + 12
    own = struct.unpack_from("<H", source, number)[0]
    faults = {
        "value-not-described": changed(first + 2 * (count - 1), 999),
        "value-twice": changed(first + 2, values[0]),
        "values-descend": changed(first, values[1], values[0]),
        "value-of-background": changed(first, 0),
        "number-not-described": changed(number, 998),
        "number-of-background": changed(number, 0),
        "numbers-equal": changed(source.index(NUMBER, number) + 8, own),
        "sequence-missing": source[:start] + source[end:],
        "creator-missing-in-item": source.replace(CREATOR, b"DSEG LABEL SETX ").replace(b"DSEG LABEL SETX ", CREATOR, 1),
        "list-empty": None,
        "list-missing": None,
        "pixel-not-described": source[:pixels] + b"\xfa" + source[pixels + 1 :],
    }

    def without(begin, stop, *lengths):
        """Bytes taken out, and the 32-bit lengths that enclose them made smaller."""
        made = bytearray(source)
        for at in lengths:
            struct.pack_into("<I", made, at, struct.unpack_from("<I", made, at)[0] - (stop - begin))
        return bytes(made[:begin] + made[stop:])

    item = start + 12
    faults["list-empty"] = without(first, first + 2 * count, start + 8, item + 4, first - 4)
    next_item = item + 8 + struct.unpack_from("<I", source, item + 4)[0]
    assert next_item < second
    last = next_item
    while last + 8 + struct.unpack_from("<I", source, last + 4)[0] < end:
        last += 8 + struct.unpack_from("<I", source, last + 4)[0]
    faults["list-missing"] = without(last, end, start + 8)
    for name, content in faults.items():
        pathlib.Path(directory, f"faulty-{name}.dcm").write_bytes(content)


main(*sys.argv[1:])
