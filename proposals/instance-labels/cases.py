# SPDX-License-Identifier: Apache-2.0
"""What the evidence of instance labels is measured on, the same every time: volumes of numbers as NRRD, with tables of classes."""

import csv
import gzip

import numpy

# Slides of nuclei, by dseg phantom: number, columns and rows, one for about 1,000 pixels.
NUCLEI = {
    "20 nuclei": (20, 512, 512),
    "10,000 nuclei": (10000, 3200, 3125),
    "60,000 nuclei": (60000, 8000, 7500),
    "100,000 nuclei": (100000, 10000, 10000),
    "1,000,000 nuclei": (1000000, 32000, 31250),
}
REGIONS = 72783


def write_nrrd(path, numbers, spacing=1.0):
    """planes x rows x columns of uint32."""
    planes, rows, columns = numbers.shape
    vectors = f"({spacing},0,0) (0,{spacing},0) (0,0,{spacing})"
    head = f"NRRD0004\ntype: uint32\ndimension: 3\nspace: left-posterior-superior\nsizes: {columns} {rows} {planes}\n" \
           f"space directions: {vectors}\nspace origin: (0,0,0)\nkinds: domain domain domain\nendian: little\nencoding: gzip\n\n"  # fmt: skip
    path.write_bytes(head.encode() + gzip.compress(numbers.astype("<u4").tobytes(), 6, mtime=0))


def read_nrrd(path):
    """planes x rows x columns."""
    head, _, data = path.read_bytes().partition(b"\n\n")
    fields = dict(line.split(": ", 1) for line in head.decode().splitlines()[1:] if ": " in line)
    kind = {"uint8": "u1", "unsigned char": "u1", "uint16": "<u2", "unsigned short": "<u2", "uint32": "<u4", "unsigned int": "<u4"}[fields["type"]]
    data = gzip.decompress(data) if fields["encoding"] in ("gzip", "gz") else data
    return numpy.frombuffer(data, kind).reshape([int(size) for size in fields["sizes"].split()][::-1])


def write_classes(path, numbers, classes):
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerows([("instance", "class"), *zip(numbers, classes)])


def nearest_seed(shape, cell, random):
    """Regions about seeds, one at a random place in each cell of a grid: the number of the nearest for each voxel, from 0."""
    cells = [-(-size // cell) for size in shape]
    seeds = (numpy.stack(numpy.meshgrid(*(numpy.arange(n) for n in cells), indexing="ij"), -1) + random.random((*cells, len(shape)))) * cell
    places = numpy.stack(numpy.meshgrid(*(numpy.arange(size) + 0.5 for size in shape), indexing="ij"), -1)
    best, found = numpy.full(shape, numpy.inf), numpy.zeros(shape, numpy.int64)
    own = (places // cell).astype(int)
    for step in numpy.ndindex((3,) * len(shape)):
        other = numpy.clip(own + numpy.array(step) - 1, 0, numpy.array(cells) - 1)
        index = tuple(numpy.moveaxis(other, -1, 0))
        distance = ((seeds[index] - places) ** 2).sum(-1)
        nearer = distance < best
        best[nearer] = distance[nearer]
        found[nearer] = numpy.ravel_multi_index(index, cells)[nearer]
    return found


def parcellation(count=REGIONS, shape=(182, 218, 182), cell=3):
    """The first so many regions of a brain, whose numbers have gaps, these numbers, and the class of each: a quarter of the brain."""
    axes = numpy.meshgrid(*(numpy.linspace(-1, 1, size) for size in shape), indexing="ij")
    inside = sum((axis / radius) ** 2 for axis, radius in zip(axes, (0.93, 0.95, 0.9))) < 1
    found = nearest_seed(shape, cell, numpy.random.default_rng(20)) + 1
    found[~inside] = 0
    values, first, inverse = numpy.unique(found, return_index=True, return_inverse=True)
    if len(values) - 1 < count:
        raise RuntimeError(f"{len(values) - 1} regions, fewer than {count}")
    numbers = numpy.where(numpy.arange(len(values)) > count, 0, 1000 + 7 * numpy.arange(len(values)))
    numbers[0] = 0
    quarter = 2 * (axes[1].ravel()[first] > 0) + (axes[2].ravel()[first] > 0)
    classes = [f"quarter {1 + q}" for q in quarter[1 : count + 1]]
    return numbers[inverse].reshape(shape).astype(numpy.uint32), numbers[1 : count + 1], classes


def glands(side=4096, cell=400):
    """A slide of some hundred objects that are as large as tiles, or larger."""
    return (nearest_seed((side, side), cell, numpy.random.default_rng(7)) + 1).astype(numpy.uint32)[None]
