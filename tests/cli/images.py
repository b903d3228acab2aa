# SPDX-License-Identifier: Apache-2.0
"""CT images without pixels, as sources of segmentations."""

import struct


def element(group, number, vr, value):
    """An element of Explicit VR Little Endian with a short length."""
    value = value if isinstance(value, bytes) else value.encode()
    value += (b"\0" if vr == "UI" else b" ") * (len(value) % 2)
    return struct.pack("<HH2sH", group, number, vr.encode(), len(value)) + value


def sequence(group, number, *items):
    """A sequence of items, each the bytes of its elements."""
    content = b"".join(struct.pack("<HHI", 0xFFFE, 0xE000, len(item)) + item for item in items)
    return struct.pack("<HH2s2xI", group, number, b"SQ", len(content)) + content


def write_image(path, index, position, rows, columns, spacing, orientation, changes=()):
    """One CT image without its pixels. changes: elements, as element makes them, beside the image's own or in place of
    them."""
    uid = f"1.2.3.4.{index}"
    meta = element(2, 2, "UI", "1.2.840.10008.5.1.4.1.1.2") + element(2, 3, "UI", uid)
    meta += element(2, 0x10, "UI", "1.2.840.10008.1.2.1")
    content = [
        element(0x08, 0x16, "UI", "1.2.840.10008.5.1.4.1.1.2"),
        element(0x08, 0x18, "UI", uid),
        element(0x08, 0x20, "DA", "20200102"),
        element(0x08, 0x60, "CS", "CT"),
        element(0x10, 0x10, "PN", "Doe^Jane"),
        element(0x10, 0x20, "LO", "patient-7"),
        element(0x18, 0x50, "DS", "2.5"),
        element(0x20, 0x0D, "UI", "1.2.3"),
        element(0x20, 0x0E, "UI", "1.2.3.4"),
        element(0x20, 0x32, "DS", "\\".join(f"{value:.6g}" for value in position)),
        element(0x20, 0x37, "DS", "\\".join(map(str, orientation))),
        element(0x20, 0x52, "UI", "1.2.3.5"),
        element(0x28, 0x10, "US", struct.pack("<H", rows)),
        element(0x28, 0x11, "US", struct.pack("<H", columns)),
        element(0x28, 0x30, "DS", "\\".join(map(str, spacing))),
    ]
    by_tag = {struct.unpack_from("<HH", one): one for one in content + list(changes)}
    content = [by_tag[tag] for tag in sorted(by_tag)]
    length = element(2, 0, "UL", struct.pack("<I", len(meta)))
    path.write_bytes(bytes(128) + b"DICM" + length + meta + b"".join(content))
