# SPDX-License-Identifier: Apache-2.0
"""The segmentations with overlap that measure.py measures: masks by name, and the affine (NIfTI's) of their grid.

- s0327: the masks of TotalSegmentator's subject s0327, as they are; empty ones stay described.
- s0327-parents: the same, and behind them 15 parents, which are unions of them.
- regions: a made tumour, enhancing part within core within whole, at the grid of a brain (nested regions).
- raters: four made readers of the ten largest organs of s0327; each boundary moves on its own.
- random: made ellipsoids at random, up to eight of them on a voxel."""

import re

import nibabel
import numpy

PARENTS = {
    "lungs": "lung_", "left lung": "lung_.*left", "right lung": "lung_.*right", "spine": "vertebrae_|sacrum",
    "thoracic spine": "vertebrae_T", "lumbar spine": "vertebrae_L", "cervical spine": "vertebrae_C", "ribs": "rib_", "left ribs": "rib_left",
    "right ribs": "rib_right", "heart with auricle": "heart|atrial", "kidneys": "kidney", "gluteus": "gluteus",
    "skeleton": "vertebrae_|rib_|sacrum|hip_|scapula|clavicula|humerus|femur|sternum|skull|costal",
    "abdominal organs": "liver|spleen|kidney|pancreas|stomach|gallbladder|adrenal|duodenum|colon|bowel",
}  # fmt: skip
MILLIMETRE = numpy.diag([1.0, 1.0, 1.0, 1.0])


def blurred(volume, width, times=3):
    """Means of boxes of this width (odd) along each axis, several times: close to a Gaussian."""
    for _ in range(times):
        for axis in range(3):
            padding = [(width // 2 + 1, width // 2) if a == axis else (0, 0) for a in range(3)]
            sums = numpy.cumsum(numpy.pad(volume, padding, mode="edge"), axis=axis, dtype=numpy.float64)
            ahead, behind = [slice(None)] * 3, [slice(None)] * 3
            ahead[axis], behind[axis] = slice(width, None), slice(None, -width)
            volume = ((sums[tuple(ahead)] - sums[tuple(behind)]) / width).astype(numpy.float32)
    return volume


def wobble(random, shape, width):
    noise = blurred(random.standard_normal(shape).astype(numpy.float32), width)
    return noise / noise.std()


def box_of(mask, margin):
    """The slices of a mask's box with a margin, inside the volume."""
    sides = [numpy.flatnonzero(mask.any(axis=tuple(a for a in range(3) if a != axis))) for axis in range(3)]
    return tuple(slice(max(0, int(side[0]) - margin), int(side[-1]) + 1 + margin) for side in sides)


def organs(data):
    files = sorted((data / "totalsegmentator-s0327" / "masks").glob("*.nii.gz"))
    if not files:
        return None
    masks = {file.name.removesuffix(".nii.gz"): numpy.asarray(nibabel.load(file).dataobj).T > 0 for file in files}
    return masks, nibabel.load(files[0]).affine


def with_parents(data):
    found = organs(data)
    if found is None:
        return None
    masks, affine = found
    parts = {parent: [mask for name, mask in masks.items() if re.match(pattern, name) and mask.any()] for parent, pattern in PARENTS.items()}
    return masks | {parent: numpy.logical_or.reduce(own) for parent, own in parts.items() if own}, affine


def raters(data):
    found = organs(data)
    if found is None:
        return None
    masks, affine = found
    random, read = numpy.random.default_rng(1), {}
    for name, mask in sorted(masks.items(), key=lambda item: -int(item[1].sum()))[:10]:
        box = box_of(mask, 6)
        soft = blurred(mask[box].astype(numpy.float32), 5)  # crosses a half at the boundary, over some voxels
        for reader in "ABCD":
            moved = numpy.zeros_like(mask)
            moved[box] = soft + 0.12 * wobble(random, soft.shape, 9) > 0.5
            read[f"{name}, reader {reader}"] = moved
    return read, affine


def regions(_):
    """Larger than zero where the whole tumour is, and more further in."""
    shape = (155, 240, 240)
    random = numpy.random.default_rng(2)
    z, y, x = numpy.ogrid[: shape[0], : shape[1], : shape[2]]
    distance = numpy.sqrt(((z - 80) / 28.0) ** 2 + ((y - 110) / 42.0) ** 2 + ((x - 90) / 36.0) ** 2)
    inside = 1 - distance + 0.12 * wobble(random, shape, 9)
    ring = inside + 0.2 * wobble(random, shape, 5)
    whole = inside > 0
    core = whole & (inside > 0.35)
    return {"enhancing tumour": core & (ring < 0.6), "tumour core": core, "whole tumour": whole}, MILLIMETRE


def ellipsoids(random, shape):
    """Ellipsoids at random for ever: their boxes, and what of these is inside."""
    while True:
        radii = random.uniform(0.08, 0.25, 3) * shape
        middle = random.uniform(0, 1, 3) * shape
        low = numpy.maximum(numpy.floor(middle - radii), 0).astype(int)
        high = numpy.minimum(numpy.ceil(middle + radii) + 1, shape).astype(int)
        sides = [((numpy.arange(a, b) - m) / r) ** 2 for a, b, m, r in zip(low, high, middle, radii)]
        yield tuple(map(slice, low, high)), sides[0][:, None, None] + sides[1][:, None] + sides[2] <= 1


def random_overlap(_, count=90, deepest=8):
    shape, random = (64, 128, 128), numpy.random.default_rng(3)
    depth, masks = numpy.zeros(shape, numpy.uint8), {}
    for box, inside in ellipsoids(random, shape):
        if (depth[box] + inside).max() <= deepest:
            depth[box] += inside
            mask = numpy.zeros(shape, bool)
            mask[box] = inside
            masks[f"ellipsoid {len(masks) + 1}"] = mask
        if len(masks) == count:
            return masks, MILLIMETRE
    return None


CASES = {"s0327": organs, "s0327-parents": with_parents, "regions": regions, "raters": raters, "random": random_overlap}


def facts(masks):
    """What is known of masks without any encoding: sets of segments by random keys that are added up for each voxel."""
    shape, random = next(iter(masks.values())).shape, numpy.random.default_rng(4)
    depth, sums = numpy.zeros(shape, numpy.uint8), numpy.zeros(shape, numpy.uint64)
    for mask in masks.values():
        depth += mask
        sums[mask] += random.integers(1, 1 << 63, dtype=numpy.uint64)
    return {"segments": len(masks), "covered": int((depth > 0).sum()), "shared": int((depth > 1).sum()), "depth": int(depth.max()),
            "sets": len(numpy.unique(sums[depth > 0]))}  # fmt: skip


def sets_of_piles(counts=(50, 100, 200, 400, 800)):
    """How many sets of segments ellipsoids at random make, by their number: where values end."""
    shape, random = (128, 128, 128), numpy.random.default_rng(5)
    sums, depth = numpy.zeros(shape, numpy.uint64), numpy.zeros(shape, numpy.uint16)
    for number, (box, inside) in enumerate(ellipsoids(random, shape), 1):
        sums[box][inside] += random.integers(1, 1 << 63, dtype=numpy.uint64)
        depth[box] += inside
        if number in counts:
            yield number, int(depth.max()), len(numpy.unique(sums[depth > 0]))
        if number >= max(counts):
            return


def depth_layers(masks):
    """Label maps: the k-th segment of a voxel in layer k."""
    layers = []
    for number, mask in enumerate(masks.values(), 1):
        left = mask.copy()
        for layer in layers:
            here = left & (layer == 0)
            layer[here] = number
            left &= ~here
        if left.any():
            layers.append(numpy.where(left, numpy.uint16(number), numpy.uint16(0)))
    return layers


def segment_layers(masks):
    """Label maps: each segment whole in the first layer in which it meets none."""
    layers = []
    for number, mask in enumerate(masks.values(), 1):
        layer = next((layer for layer in layers if not layer[mask].any()), None)
        if layer is None:
            layers.append(layer := numpy.zeros(mask.shape, numpy.uint16))
        layer[mask] = number
    return layers


def write_volume(path, volume, affine):
    nibabel.save(nibabel.Nifti1Image(numpy.ascontiguousarray(volume.T), affine), path)
