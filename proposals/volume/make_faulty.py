# SPDX-License-Identifier: Apache-2.0
"""Copies of instances in the strict form, each with one fault of bitstream.md, section 8.

usage: make_faulty.py BINARY LABELMAP OUTDIR    both as dseg writes them, in Explicit VR Little Endian, the first with
a map, the second with all frames
"""

import pathlib
import struct
import sys

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1]))
from faulty_instances import Faults  # noqa: E402

CREATOR, ORIGIN, PLANES, MAP = 0x00210010, 0x00211001, 0x00211002, 0x00211003
TAGS = {"creator": CREATOR, "origin": ORIGIN, "planes": PLANES, "map": MAP, "source": 0x00211004, "source_frame": 0x00211005,
        "source_description": 0x00211006, "organization_type": 0x00209311, "dimensions": 0x00209222, "shared": 0x52009229,
        "frames": 0x52009230}  # fmt: skip


def with_spacing(shared, text):
    """Shared Functional Groups with another Spacing Between Slices (0018,0088)."""
    at = shared.index(b"\x18\x00\x88\x00DS") + 6
    length = struct.unpack_from("<H", shared, at)[0]
    return shared[: at + 2] + text.ljust(length)[:length] + shared[at + 2 + length :]


def main():
    binary, labelmap, out = (pathlib.Path(argument) for argument in sys.argv[1:4])
    faults = Faults(binary, out, TAGS)
    value = faults.elements[MAP][1]
    planes = struct.unpack("<I", faults.elements[PLANES][1])[0]
    first = next(i for i in range(8 * len(value)) if value[i // 8] >> i % 8 & 1)
    fewer = bytearray(value)
    fewer[first // 8] &= ~(1 << first % 8)
    behind = bytearray(value)
    behind[-1] |= 0x80  # 168 places: a byte of padding follows the last
    faults.put("e1-no-block", creator=b"SOMEBODY ELSE ")
    faults.put("e2-organization-type", organization_type=b"3D")
    faults.put("e3-frame-groups", frames=(b"SQ", bytes.fromhex("FEFF00E000000000")))
    faults.put("e4-no-origin", origin=None)
    faults.put("e4-two-origins", origin=faults.elements[ORIGIN][1] * 2)
    faults.put("e4-no-planes", planes=None)
    faults.put("e4-0-planes", planes=bytes(4))
    faults.put("e5-spacing-0", shared=with_spacing(faults.elements[TAGS["shared"]][1], b"0"))
    faults.put("e7-no-dimensions", dimensions=None)
    faults.put("e8-no-map", map=None)
    faults.put("e9-map-too-short", map=value[:-2])
    faults.put("e9-map-too-long", map=value + bytes(2))
    faults.put("e9-many-planes", planes=struct.pack("<I", 0x7FFFFFFF))
    faults.put("e10-spare-bit", map=bytes(behind))
    faults.put("e11-a-frame-less", map=bytes(fewer))
    faults.put("e12-index-too-large", source=(b"OL", struct.pack("<I", 1000000) * planes))
    faults.put("e12-index-too-short", source=(b"OL", bytes(4 * planes - 4)))
    faults.put("e12-frame-without-index", source_frame=(b"OL", bytes(4 * planes)))
    faults.put("e12-description-without-index", source_description=(b"SQ", bytes.fromhex("FEFF00E000000000")))
    faults = Faults(labelmap, out, TAGS)
    more = struct.unpack("<I", faults.elements[PLANES][1])[0] + 1
    faults.put("e8-labelmap-without-map", planes=struct.pack("<I", more))


main()
