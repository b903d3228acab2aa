# SPDX-License-Identifier: Apache-2.0
"""Segmentations at random: their size, their place in space, their segments, and what is said of them.

All that is random comes from one numpy generator, so that a round's seed gives the round again.
"""

import numpy as np

from volumes import affine_of, rotation

SAGITTAL = np.array([[0, 0, 1], [1, 0, 0], [0, -1, 0]])
CORONAL = np.array([[1, 0, 0], [0, 0, 1], [0, -1, 0]])
UPWARDS, DOWNWARDS = np.diag([1, 1, 1]), np.diag([1, 1, -1])

CATEGORIES = [("123037004", "SCT", "Anatomical Structure"), ("49755003", "SCT", "Morphologically Altered Structure")]
TYPES = [
    ("10200004", "SCT", "Liver"),
    ("64033007", "SCT", "Kidney"),
    ("108369006", "SCT", "Neoplasm"),
    ("113343008", "SCT", "Organ"),
    ("80891009", "SCT", "Heart"),
]
REGIONS = [("69536005", "SCT", "Head"), ("818981001", "SCT", "Abdomen")]
WORDS = {True: ["lobe", "cyst", "left part", "no. 2"], False: ["Läsion", "нога", "肝臓", "tumeur n° 3"]}


class Truth:
    """masks: by segment number, arrays [k, j, i] of 0 and 1, or of 0 to maximum in fractions."""

    def __init__(self, kind, masks, affine, maximum=1):
        self.kind, self.masks, self.affine, self.maximum = kind, masks, affine, maximum
        self.fractional_type = "PROBABILITY"

    @property
    def shape(self):
        return next(iter(self.masks.values())).shape

    @property
    def numbers(self):
        return sorted(self.masks)

    def present(self):
        return [number for number in self.numbers if self.masks[number].any()]

    def overlaps(self):
        return bool((sum((mask != 0).astype(np.uint16) for mask in self.masks.values()) > 1).any())

    def labels(self):
        """Of segments that do not overlap."""
        labels = np.zeros(self.shape, np.uint16)
        for number, mask in self.masks.items():
            labels[mask != 0] = number
        return labels

    def renumbered(self, numbers=None):
        """With the numbers 1, 2, 3, ..., of these segments or of all."""
        numbers = numbers or self.numbers
        masks = {index + 1: self.masks[number] for index, number in enumerate(numbers)}
        truth = Truth(self.kind, masks, self.affine, self.maximum)
        truth.fractional_type = self.fractional_type
        return truth

    def of_every(self, first_and_step):
        """Only every so many-th plane; what is between has no voxels."""
        first, step = first_and_step
        if step == 1:
            return self
        affine = self.affine.copy()
        affine[:3, 3] += affine[:3, 2] * first
        affine[:3, 2] *= step
        kept = Truth(self.kind, {number: mask[first::step] for number, mask in self.masks.items()}, affine, self.maximum)
        kept.fractional_type = self.fractional_type
        assert all(kept.masks[number].sum() == self.masks[number].sum() for number in self.numbers)
        return kept

    def voxels(self):
        return int(np.prod(self.shape)) * (1 if self.kind == "labelmap" else len(self.masks))


class Random(np.random.Generator):
    """The generator of a round. Choices count from 0 in the order in which they are made: those in plain come out as
    the plainest there is, which is how a failure is reduced; cut makes the segmentation smaller (reduce.py)."""

    def __init__(self, seed, plain=(), cut=None):
        super().__init__(np.random.PCG64(seed))
        self.plain, self.cut = frozenset(plain), cut
        self.choices = 0

    def is_plain(self):
        self.choices += 1
        return self.choices - 1 in self.plain


def is_plain(random):
    return isinstance(random, Random) and random.is_plain()


def chance(random, probability):
    """The plain choice is no. A number is drawn in any case, so that others stay what they are."""
    drawn = bool(random.random() < probability)
    return not is_plain(random) and drawn


def pick(random, values):
    """The plain choice is the first."""
    drawn = values[int(random.integers(len(values)))]
    return values[0] if is_plain(random) else drawn


def random_affine(random):
    """Axes are those of a scanner, or in any order and direction, or turned by some degrees; spacings have decimals that do not end soon."""
    axes = pick(random, [np.eye(3), SAGITTAL, CORONAL, np.eye(3)[random.permutation(3)] * random.choice([-1, 1], 3)])
    if chance(random, 0.4):
        axes = rotation(*random.uniform(-0.5, 0.5, 2)) @ axes
    axes = axes @ pick(random, [UPWARDS, UPWARDS, DOWNWARDS])
    spacing = np.round(random.uniform(0.4, 3, 3), int(random.integers(1, 4)))
    return affine_of(spacing, np.round(random.uniform(-200, 200, 3), 2), axes)


def random_shape(random, planes):
    """Rows and columns whose product is a whole number of bytes in a third of all rounds."""
    rows, columns = (int(value) for value in random.integers(3, 40, 2))
    if chance(random, 0.33):
        columns = (columns + 7) // 8 * 8
    return int(random.integers(planes[0], planes[1] + 1)), rows, columns


def random_box(random, shape):
    low = [int(random.integers(size)) for size in shape]
    high = [start + 1 + int(random.integers(size - start)) for start, size in zip(low, shape)]
    return tuple(slice(start, end) for start, end in zip(low, high))


def random_masks(random, shape, numbers, overlap, absent):
    """Boxes, the later ones before the earlier ones unless they may overlap, and some single voxels."""
    masks = {number: np.zeros(shape, np.uint8) for number in numbers}
    for number in numbers:
        box = random_box(random, shape)
        if not overlap:
            for other in masks.values():
                other[box] = 0
        masks[number][box] = 1
    noise = random.random(shape) < random.choice([0, 0.02, 0.3])
    owner = random.choice(np.array(numbers), shape)
    for number in numbers:
        mine = noise & (owner == number)
        if not overlap:
            masks[number][noise] = 0
        masks[number][mine] = 1
    empty_planes = random.random(shape[0]) < random.choice([0, 0, 0.4])
    for number in numbers:
        masks[number][empty_planes] = 0
    if absent:
        masks[pick(random, numbers)][...] = 0
    return masks


def random_fractions(random, masks, maximum):
    return {
        number: (mask * random.integers(1, maximum + 1, mask.shape)).astype(np.uint8) for number, mask in masks.items()
    }


def random_truth(random, kind, *, gaps, overlap, absent, planes=(1, 7), largest=65535, maximum=None):
    """gaps: numbers need not be 1, 2, 3, ...; overlap, absent: whether the writer can; maximum: of fractions."""
    count = int(random.choice([1, 2, 3, int(random.integers(4, 41))]))
    numbers = list(range(1, count + 1))
    if gaps and chance(random, 0.6):
        top = min(largest, pick(random, [count + 5, 255, 400, 65535]))
        top = max(top, count)
        numbers = sorted(int(value) for value in 1 + random.choice(top, count, replace=False))
    overlap = overlap and count > 1 and chance(random, 0.5)
    shape = random_shape(random, planes)
    masks = random_masks(random, shape, numbers, overlap or kind == "fractional", absent and count > 1 and chance(random, 0.3))
    if not any(mask.any() for mask in masks.values()):
        masks[numbers[0]][0, 0, 0] = 1
    if kind == "fractional":
        masks = random_fractions(random, masks, maximum)
    truth = Truth(kind, masks, random_affine(random), maximum if kind == "fractional" else 1)
    truth.fractional_type = pick(random, ["PROBABILITY", "OCCUPANCY"])
    return random.cut.apply(truth, gaps) if isinstance(random, Random) and random.cut else truth


def random_segments(random, truth, ascii_only=False):
    """What is said of each segment, by number."""
    segments = {}
    for number in truth.numbers:
        segments[number] = {
            "label": f"{pick(random, WORDS[ascii_only or chance(random, 0.6)])} {number}",
            "category": pick(random, CATEGORIES),
            "type": pick(random, TYPES),
            "region": pick(random, REGIONS) if chance(random, 0.3) else None,
            "algorithm": pick(random, ["AUTOMATIC", "SEMIAUTOMATIC", "MANUAL"]),
            "tracked": chance(random, 0.3),
            "structure": chance(random, 0.3),
            "color": [int(value) for value in random.integers(0, 65536, 3)] if chance(random, 0.5) else None,
        }
    return segments
