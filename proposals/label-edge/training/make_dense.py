# SPDX-License-Identifier: Apache-2.0
"""Label volumes of thousands of small cells, as fine parcellations and supervoxels are: NIfTI files of 16 bits.

usage: make_dense.py DIRECTORY NAME...     (the names are those of VOLUMES; writes DIRECTORY/NAME.nii)

Cells are cubes inside of an ellipsoid, or the voxels of an ellipsoid that are nearest to the same of some of them. They
are numbered in scan order or at random. The tables of label_edge_tables.c are trained on those named train-*; the others,
which differ from them in size, shape and seed, are only measured. The files come out the same on every machine."""

import array
import itertools
import random
import struct
import sys
from pathlib import Path

# Columns, rows and slices; half axes of the ellipsoid, as shares of these; sides of the cubes or the number of cells;
# how cells are numbered; seed.
BRAIN = (182, 218, 182)
SMALL = (91, 109, 91)
ROUND = (0.42, 0.42, 0.42)
VOLUMES = {
    "cubes5-scan": (BRAIN, ROUND, (5, 5, 5), "scan", 0),
    "cubes5-random": (BRAIN, ROUND, (5, 5, 5), "random", 1),
    "cubes12-scan": (BRAIN, ROUND, (12, 12, 12), "scan", 0),
    "cubes12-random": (BRAIN, ROUND, (12, 12, 12), "random", 1),
    "voronoi-scan": (SMALL, ROUND, 12000, "scan", 7),
    "voronoi-random": (SMALL, ROUND, 12000, "random", 7),
    "train-cubes-scan": ((160, 190, 60), (0.45, 0.40, 0.43), (6, 6, 6), "scan", 21),
    "train-cubes-random": ((150, 140, 60), (0.45, 0.40, 0.43), (4, 7, 5), "random", 22),
    "train-voronoi-scan": ((120, 100, 50), (0.45, 0.45, 0.45), 3000, "scan", 23),
    "train-voronoi-random": ((100, 120, 60), (0.45, 0.45, 0.45), 9000, "random", 24),
}
SEEDS_IN_REACH = 40  # of a Voronoi cell's seed: so many are about as near as the farthest voxel that can be its own


def in_random_order(items, seed):
    """Sorted by random numbers: of all that the module random gives, only random() is promised to stay as it is."""
    numbers = random.Random(seed)
    return [item for _, item in sorted((numbers.random(), item) for item in items)]


def inside_rows(size, axes):
    """Rows of the ellipsoid: slice, row, first column, column behind the last."""
    half = [length / 2 for length in size]
    radius = [length * share for length, share in zip(size, axes)]
    for z, y in itertools.product(range(size[2]), range(size[1])):
        rest = 1 - ((z - half[2]) / radius[2]) ** 2 - ((y - half[1]) / radius[1]) ** 2
        columns = [x for x in range(size[0]) if ((x - half[0]) / radius[0]) ** 2 < rest]
        if columns:
            yield z, y, columns[0], columns[-1] + 1


def make_cubes(size, axes, sides, order, seed):
    """Labels of all voxels, columns fastest; outside of the ellipsoid 0."""
    labels = array.array("H", bytes(2 * size[0] * size[1] * size[2]))
    rows = list(inside_rows(size, axes))
    cubes = sorted({(z // sides[2], y // sides[1], x // sides[0]) for z, y, first, end in rows for x in range(first, end)})
    if order == "random":
        cubes = in_random_order(cubes, seed)
    number = {cube: n for n, cube in enumerate(cubes, 1)}
    for z, y, first, end in rows:
        row = (z * size[1] + y) * size[0]
        for x in range(first, end):
            labels[row + x] = number[z // sides[2], y // sides[1], x // sides[0]]
    return labels


def make_voronoi(size, axes, cells, order, seed):
    """The same for Voronoi cells; of seeds that are equally near the one with the lowest number wins."""
    voxels = [(z, y, x) for z, y, first, end in inside_rows(size, axes) for x in range(first, end)]
    seeds = in_random_order(voxels, seed)[:cells]
    if order == "scan":
        seeds.sort()
    reach = round((SEEDS_IN_REACH * len(voxels) / cells * 3 / 12.566) ** (1 / 3)) + 1
    width, height = (length + 2 * reach for length in size[:2])  # with a margin around, which is not looked at

    def place(z, y, x):
        return ((z + reach) * height + y + reach) * width + x + reach

    offsets = [(x * x + y * y + z * z, (z * height + y) * width + x)
               for z, y, x in itertools.product(range(-reach, reach + 1), repeat=3)
               if x * x + y * y + z * z <= reach * reach]  # fmt: skip
    room = width * height * (size[2] + 2 * reach)
    nearest = array.array("H", [0xFFFF]) * room
    owner = array.array("H", bytes(2 * room))
    for n, voxel in enumerate(seeds, 1):
        centre = place(*voxel)
        for distance, offset in offsets:
            if distance < nearest[centre + offset]:
                nearest[centre + offset] = distance
                owner[centre + offset] = n
    labels = array.array("H", bytes(2 * size[0] * size[1] * size[2]))
    for z, y, x in voxels:
        cell = owner[place(z, y, x)]
        assert cell, "no seed within reach"
        labels[(z * size[1] + y) * size[0] + x] = cell
    return labels


def write_nifti(path, size, labels):
    """NIfTI-1 of unsigned 16 bits and voxels of 1 mm."""
    if sys.byteorder == "big":
        labels.byteswap()
    header = bytearray(352)
    struct.pack_into("<i", header, 0, 348)
    struct.pack_into("<8h", header, 40, 3, *size, 1, 1, 1, 1)
    struct.pack_into("<2h", header, 70, 512, 16)
    struct.pack_into("<8f", header, 76, 1, 1, 1, 1, 1, 1, 1, 1)
    struct.pack_into("<f", header, 108, 352)
    struct.pack_into("<B", header, 123, 2)  # millimetres
    struct.pack_into("<2h", header, 252, 0, 1)
    struct.pack_into("<12f", header, 280, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0)
    header[344:348] = b"n+1\0"
    path.write_bytes(header + labels.tobytes())


def make(path, name):
    """Writes the volume of this name."""
    size, axes, cells, order, seed = VOLUMES[name]
    labels = (make_voronoi if isinstance(cells, int) else make_cubes)(size, axes, cells, order, seed)
    write_nifti(path, size, labels)


def main():
    if len(sys.argv) < 3 or not set(sys.argv[2:]) <= set(VOLUMES):
        sys.exit(__doc__)
    for name in sys.argv[2:]:
        make(Path(sys.argv[1]) / f"{name}.nii", name)


if __name__ == "__main__":
    main()
