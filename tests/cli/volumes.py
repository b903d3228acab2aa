# SPDX-License-Identifier: Apache-2.0
"""NIfTI volumes of any type of voxels, with nothing but Python's standard library."""

import struct

from harness import AFFINE, write_nifti

SIZE = (9, 7, 5)
CODES = {"B": (2, 8), "b": (256, 8), "h": (4, 16), "H": (512, 16), "i": (8, 32), "I": (768, 32), "f": (16, 32),
         "d": (64, 64)}  # fmt: skip


def write_volume(path, voxels, code, size=SIZE, volumes=1, units=2, affine=AFFINE):
    """volumes of size one after the other, along the fourth axis; code: that of struct; units: xyzt_units."""
    write_nifti(path, size, [], affine)
    data = bytearray(path.read_bytes())
    if volumes > 1:
        struct.pack_into("<h", data, 40, 4)
        struct.pack_into("<h", data, 48, volumes)
    struct.pack_into("<2h", data, 70, *CODES[code])
    data[123] = units
    path.write_bytes(bytes(data) + struct.pack(f"<{len(voxels)}{code}", *voxels))


def read_volume(path, code):
    """All voxels of an uncompressed volume."""
    data = path.read_bytes()
    assert struct.unpack_from("<h", data, 70)[0] == CODES[code][0], path
    start = int(struct.unpack_from("<f", data, 108)[0])
    return list(struct.unpack(f"<{(len(data) - start) // struct.calcsize(code)}{code}", data[start:]))
