# SPDX-License-Identifier: Apache-2.0
"""Volumes of small things that the phantom lacks: tumours, vessels, nuclei on a slide. The same on every machine.

usage: shapes.py tumours|vessels|nuclei OUTPUT.nii.gz      (with numpy and nibabel)"""

import random
import sys

import nibabel
import numpy

TUMOUR_GRID, TUMOUR_SPACING = (240, 240, 155), (1.0, 1.0, 1.0)
VESSEL_GRID, VESSEL_SPACING = (512, 512, 300), (0.7, 0.7, 1.0)
SLIDE, NUCLEI, PIXEL_MM = 4096, 10000, 0.00025
BRANCHINGS = 9  # a tree has 2^9 twigs


def paint_ball(labels, spacing, centre, radius, value, noise=None, only=None):
    """Voxels within radius (mm) of centre (voxels). noise, a volume of -1..1, moves the surface by up to a third of the
    radius. only: voxels with another label stay."""
    reach = [int(radius * 1.4 / step) + 2 for step in spacing]
    place = tuple(slice(max(0, int(c) - r), min(n, int(c) + r + 1)) for c, r, n in zip(centre, reach, labels.shape))
    axes = numpy.ogrid[place]
    distance = sum(((axis - c) * step) ** 2 for axis, c, step in zip(axes, centre, spacing)) ** 0.5
    limit = radius if noise is None else radius * (1 + noise[place] / 3)
    inside = distance <= limit
    if only is not None:
        inside &= labels[place] == only
    labels[place][inside] = value


def smooth_noise(shape, cell, seed):
    """Random numbers of -1..1 on a grid of cells, each voxel between those of the corners around it."""
    source = random.Random(seed)
    coarse = [n // cell + 2 for n in shape]
    count = coarse[0] * coarse[1] * coarse[2]
    field = numpy.array([source.random() * 2 - 1 for _ in range(count)]).reshape(coarse)
    for axis, length in enumerate(shape):
        place = numpy.arange(length) / cell
        low = place.astype(int)
        part = (place - low).reshape([-1 if other == axis else 1 for other in range(3)])
        field = numpy.take(field, low, axis) * (1 - part) + numpy.take(field, low + 1, axis) * part
    return field


def tumours():
    """1: core, 2: enhancing rim, 3: oedema, of one large tumour; 4: metastases."""
    labels = numpy.zeros(TUMOUR_GRID, numpy.uint8)
    noise = smooth_noise(TUMOUR_GRID, 12, 1)
    for radius, value in ((32, 3), (18, 2), (13, 1)):
        paint_ball(labels, TUMOUR_SPACING, (95, 140, 80), radius, value, noise)
    source = random.Random(2)
    for _ in range(12):
        centre = [n * (0.25 + source.random() / 2) for n in TUMOUR_GRID]
        paint_ball(labels, TUMOUR_SPACING, centre, 2 + 5 * source.random(), 4, noise, only=0)
    return labels, TUMOUR_SPACING


def branch(labels, source, start, direction, length, radius, value, depth):
    """A tube of balls from start (mm), then two thinner ones that turn away from it."""
    steps = int(length / (radius / 2)) + 1
    end = start
    for step in range(steps + 1):
        end = [s + d * length * step / steps for s, d in zip(start, direction)]
        paint_ball(labels, VESSEL_SPACING, [e / s for e, s in zip(end, VESSEL_SPACING)], radius, value)
    if depth == 0:
        return
    for _ in range(2):
        turned = [d + (source.random() - 0.5) * 1.4 for d in direction]
        size = sum(t * t for t in turned) ** 0.5
        branch(labels, source, end, [t / size for t in turned], length * 0.82, max(radius * 0.8, 0.6), value, depth - 1)


def vessels():
    """1: arteries, 2: veins, of both lungs."""
    labels = numpy.zeros(VESSEL_GRID, numpy.uint8)
    source = random.Random(3)
    middle = [n * s / 2 for n, s in zip(VESSEL_GRID, VESSEL_SPACING)]
    for value, shift in ((1, 12), (2, -12)):
        for side in (-1, 1):
            start = [middle[0] + 20 * side, middle[1] + shift, middle[2] + shift]
            branch(labels, source, start, (0.94 * side, 0.2, 0.28), 32, 6.5, value, BRANCHINGS)
    return labels, VESSEL_SPACING


def nuclei():
    """1: tumour cells, 2: lymphocytes, in clusters: ellipses of 8 to 26 pixels of 0.25 micrometres."""
    labels = numpy.zeros((SLIDE, SLIDE, 1), numpy.uint8)
    source = random.Random(4)
    clusters = [(source.random() * SLIDE, source.random() * SLIDE, 300 + 900 * source.random()) for _ in range(20)]
    for _ in range(NUCLEI):
        x, y, width = clusters[int(source.random() * len(clusters))]
        value = 1 if source.random() < 0.7 else 2
        long, wide = (9 + 4 * source.random(), 6 + 3 * source.random()) if value == 1 else (5, 4.5)
        cx, cy = x + (source.random() + source.random() - 1) * width, y + (source.random() + source.random() - 1) * width
        slope = source.random() * 2 - 1
        length = (1 + slope * slope) ** 0.5
        reach = int(long) + 1
        left, top = max(0, int(cx) - reach), max(0, int(cy) - reach)
        u, v = numpy.ogrid[left : min(SLIDE, int(cx) + reach + 1), top : min(SLIDE, int(cy) + reach + 1)]
        along, across = ((u - cx) + (v - cy) * slope) / length, ((v - cy) - (u - cx) * slope) / length
        labels[left : left + u.shape[0], top : top + v.shape[1], 0][(along / long) ** 2 + (across / wide) ** 2 <= 1] = value
    return labels, (PIXEL_MM, PIXEL_MM, 1.0)


def main(name, path):
    labels, spacing = {"tumours": tumours, "vessels": vessels, "nuclei": nuclei}[name]()
    nibabel.save(nibabel.Nifti1Image(labels, numpy.diag([-spacing[0], -spacing[1], spacing[2], 1.0])), path)


if __name__ == "__main__":
    main(*sys.argv[1:])
