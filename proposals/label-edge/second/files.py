# SPDX-License-Identifier: Apache-2.0
"""Label volumes and instances as files, for what is made and checked through dseg: by bytes, without a DICOM library."""

import struct
import subprocess
import sys

PIXEL_DATA = b"\xe0\x7f\x10\x00OB\0\0\xff\xff\xff\xff"
ITEM = b"\xfe\xff\x00\xe0"


def run(dseg, *arguments):
    return subprocess.run([dseg, *map(str, arguments)], capture_output=True, text=True)


def must(dseg, *arguments):
    done = run(dseg, *arguments)
    if done.returncode != 0:
        sys.exit(f"dseg {' '.join(map(str, arguments))}: {done.stderr}")


def nifti(path, rows, columns, bits, frames):
    """A label volume. frames: labels in raster order; bits: 8 or 16."""
    data = struct.pack("<i36x8h", 348, 3, columns, rows, len(frames), 1, 1, 1, 1) + bytes(14)
    data += struct.pack("<hhh8f", {8: 2, 16: 512}[bits], bits, 0, 1, 1, 1, 1, 0, 0, 0, 0) + struct.pack("<3f", 352, 1, 0)
    data = data.ljust(252, b"\0") + struct.pack("<hh", 0, 1) + bytes(24)
    data += struct.pack("<12f", 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0)
    data = data.ljust(344, b"\0") + b"n+1\0" + bytes(4)
    path.write_bytes(data + b"".join(struct.pack(f"<{len(f)}{'B' if bits == 8 else 'H'}", *f) for f in frames))


def coded_labels(dseg, path, syntax, rows, columns, bits, frames, *options):
    """An instance of these frames, as dseg codes them."""
    volume = path.with_suffix(".nii")
    nifti(volume, rows, columns, bits, frames)
    must(dseg, "convert", volume, path, "--as", "labelmap", "--transfer-syntax", syntax, "--uid-seed", path.stem,
         "--empty-frames", "keep", "--force", *options)  # fmt: skip
    volume.unlink()


def with_fragments(path, fragments):
    """Gives an instance these fragments, one for each frame."""
    data = path.read_bytes()
    at = data.index(PIXEL_DATA)
    offsets, items = [], b""
    for fragment in fragments:
        offsets.append(len(items))
        items += ITEM + struct.pack("<I", len(fragment)) + fragment
    table = struct.pack(f"<4sI{len(offsets)}I", ITEM, 4 * len(offsets), *offsets)
    path.write_bytes(data[:at] + PIXEL_DATA + table + items + b"\xfe\xff\xdd\xe0\0\0\0\0")


def fragments_of(path):
    data = path.read_bytes()
    at = data.index(PIXEL_DATA) + len(PIXEL_DATA)
    found = []
    while data[at : at + 4] == ITEM:
        (length,) = struct.unpack_from("<I", data, at + 4)
        found.append(data[at + 8 : at + 8 + length])
        at += 8 + length
    return found[1:]


def native_pixels(dseg, path, layout):
    """The pixels as dseg decodes them. layout: the options that give the object's own frames in their order."""
    plain = path.with_suffix(".native.dcm")
    must(dseg, "convert", path, plain, "--transfer-syntax", "explicit-le", "--force", *layout)
    data = plain.read_bytes()
    plain.unlink()
    at = max(data.find(b"\xe0\x7f\x10\x00" + vr) for vr in (b"OB", b"OW"))
    return data[at + 12 : at + 12 + struct.unpack_from("<I", data, at + 8)[0]]
