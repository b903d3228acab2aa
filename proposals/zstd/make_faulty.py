# SPDX-License-Identifier: Apache-2.0
"""Copies of an instance, each with one fault in its first fragment (bitstream.md, section 5).

usage: make_faulty.py INSTANCE OUTDIR    INSTANCE: with checksums and a Basic Offset Table
"""

import pathlib
import struct
import sys

MAGIC = b"\x28\xb5\x2f\xfd"


def main():
    source, out = pathlib.Path(sys.argv[1]).read_bytes(), pathlib.Path(sys.argv[2])
    start = source.index(MAGIC)  # of the first fragment
    length = struct.unpack_from("<I", source, start - 4)[0]
    descriptor = source[start + 4]
    assert descriptor & 0x24 == 0x24 and descriptor >> 6 == 1, "one segment, a checksum, and a content size of 2 bytes"
    end = start + length
    end -= source[end - 1] == 0  # padding
    size = struct.unpack_from("<H", source, start + 5)[0]

    def changed(at, value):
        return source[:at] + value + source[at + len(value) :]

    faults = {
        "magic-number": changed(start, b"\x27"),
        "skippable-frame": changed(start, b"\x50\x2a\x4d\x18"),
        "reserved-bit": changed(start + 4, bytes([descriptor | 0x08])),
        "dictionary": changed(start + 4, bytes([descriptor | 0x01]) + b"\x2a"),
        "content-size-larger": changed(start + 5, struct.pack("<H", size + 1)),
        "content-size-absent": changed(start + 4, b"\x04\x00"),
        "window-128-mib": changed(start + 4, bytes([descriptor & ~0x20]) + bytes([17 << 3]) + struct.pack("<H", size)),
        "checksum": changed(end - 1, bytes([source[end - 1] ^ 0xFF])),
        "block-type": changed(start + 7, b"\xff\xff\xff"),
    }
    for name, content in faults.items():
        (out / f"faulty-{name}.dcm").write_bytes(content)


main()
