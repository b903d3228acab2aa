# SPDX-License-Identifier: Apache-2.0
"""Copies of an instance with one fault each, for the make_faulty.py of proposals."""

import struct

LONG = (b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"UC", b"UN", b"UR", b"UT")


def read(content):
    """The part up to the data set, and the elements of the data set, which is in Explicit VR Little Endian with lengths told:
    tag to VR and value."""
    start = 132 + 12 + struct.unpack_from("<I", content, 132 + 8)[0]
    elements, at = {}, start
    while at < len(content):
        group, element, vr = struct.unpack_from("<HH2s", content, at)
        long = vr in LONG
        length = struct.unpack_from("<I" if long else "<H", content, at + (8 if long else 6))[0]
        at += 12 if long else 8
        elements[group << 16 | element] = (vr, content[at : at + length])
        at += length
    return content[:start], elements


def write(head, elements):
    parts = [head]
    for tag, (vr, value) in sorted(elements.items()):
        value += b"\0" * (len(value) % 2)
        form = "<HH2sHI" if vr in LONG else "<HH2sH"
        sizes = (0, len(value)) if vr in LONG else (len(value),)
        parts.append(struct.pack(form, tag >> 16, tag & 0xFFFF, vr, *sizes) + value)
    return b"".join(parts)


class Faults:
    """tags: those that changes name."""

    def __init__(self, source, out, tags):
        self.head, self.elements = read(source.read_bytes())
        self.out, self.tags = out, tags

    def put(self, name, **changes):
        """changes: elements by name; None: it is taken away; bytes: another value; a pair: VR and value."""
        elements = dict(self.elements)
        for key, change in changes.items():
            tag = self.tags[key]
            if change is None:
                del elements[tag]
            else:
                elements[tag] = change if isinstance(change, tuple) else (elements[tag][0], change)
        (self.out / f"faulty-{name}.dcm").write_bytes(write(self.head, elements))
