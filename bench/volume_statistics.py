# SPDX-License-Identifier: Apache-2.0
"""Statistics of label volumes that decide how well they compress: python bench/volume_statistics.py FILE... [--no-zstd]

Prints a table in Markdown, one row a volume. A row of voxels runs along the first axis (a row of a DICOM frame), a slice
is a frame. Voxels count as bytes where all labels fit, else as 16-bit words.

  labels          values other than 0
  filled          share of voxels that are not 0
  edges x, y, z   neighbours along an axis that differ, for 1000 voxels
  rows, slices    share of rows equal to the row before in their slice, of slices equal to the slice before
  zstd-19, deflate-6
                  compressed bytes for 1000 voxels, each slice by itself (a frame's fragment) / the volume in one piece
"""

import argparse
import ctypes
import ctypes.util
import sys
import zlib
from pathlib import Path

import nibabel
import nrrd
import numpy as np


def load(path):
    """Labels as unsigned integers with the axes (slice, row, column)."""
    if path.name.endswith((".nrrd", ".nhdr")):
        voxels = nrrd.read(str(path))[0]
    else:
        voxels = np.asarray(nibabel.load(path).dataobj)
    if voxels.ndim == 4 and 1 in voxels.shape:
        voxels = voxels.reshape([n for n in voxels.shape if n != 1])
    if voxels.ndim != 3:
        raise ValueError(f"{path}: {voxels.ndim} axes, a label volume has 3")
    kind = np.uint8 if voxels.max() < 256 else np.uint16
    return np.ascontiguousarray(voxels.astype(kind).transpose(2, 1, 0))


class Zstd:
    """libzstd, through ctypes: Python has none of its own."""

    def __init__(self):
        name = ctypes.util.find_library("zstd")
        if name is None:
            raise OSError("libzstd is not installed; --no-zstd leaves it out")
        self.library = ctypes.CDLL(name)
        self.library.ZSTD_compressBound.restype = ctypes.c_size_t
        self.library.ZSTD_compressBound.argtypes = [ctypes.c_size_t]
        self.library.ZSTD_compress.restype = ctypes.c_size_t
        self.library.ZSTD_compress.argtypes = [
            ctypes.c_void_p, ctypes.c_size_t, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]  # fmt: skip

    def size(self, data, level=19):
        room = self.library.ZSTD_compressBound(len(data))
        out = ctypes.create_string_buffer(room)
        size = self.library.ZSTD_compress(out, room, data, len(data), level)
        if size > room:
            raise OSError("ZSTD_compress failed")
        return size


def deflated_size(data):
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    return len(packer.compress(data)) + len(packer.flush())


def statistics(voxels, zstd):
    slices = [plane.tobytes() for plane in voxels]
    total = voxels.size
    columns = [
        f"{voxels.shape[2]} x {voxels.shape[1]} x {voxels.shape[0]}, {8 * voxels.itemsize} bit",
        str(np.count_nonzero(np.unique(voxels))),
        f"{100 * np.count_nonzero(voxels) / total:.1f} %",
    ]
    for axis in (2, 1, 0):
        differ = np.count_nonzero(np.diff(voxels, axis=axis))
        columns.append(f"{1000 * differ / total:.1f}")
    same_rows = np.count_nonzero((voxels[:, 1:] == voxels[:, :-1]).all(axis=2))
    columns.append(f"{100 * same_rows / max(1, voxels.shape[0] * (voxels.shape[1] - 1)):.1f} %")
    same_slices = sum(a == b for a, b in zip(slices, slices[1:]))
    columns.append(f"{100 * same_slices / max(1, len(slices) - 1):.1f} %")
    for size in filter(None, (zstd and zstd.size, deflated_size)):
        by_slice = sum(size(data) for data in slices)
        columns.append(f"{1000 * by_slice / total:.2f} / {1000 * size(voxels.tobytes()) / total:.2f}")
    return columns


def main():
    parser = argparse.ArgumentParser(description="Statistics of label volumes.")
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--no-zstd", action="store_true")
    options = parser.parse_args()
    zstd = None if options.no_zstd else Zstd()
    head = ["volume", "size", "labels", "filled", "edges x", "y", "z", "rows", "slices"]
    head += ([] if options.no_zstd else ["zstd-19"]) + ["deflate-6"]
    print("| " + " | ".join(head) + " |")
    print("|---|---|" + "--:|" * (len(head) - 2))
    for path in options.files:
        name = f"{path.parent.name}/{path.name}"
        print("| " + " | ".join([f"`{name}`", *statistics(load(path), zstd)]) + " |")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
