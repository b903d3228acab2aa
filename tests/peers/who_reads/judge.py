# SPDX-License-Identifier: Apache-2.0
"""Compares what a reader gives with the truth.

A reader's listing: {"rows", "columns", "bits", "frames": [...]} with, for each frame, its "segment" (null in a label map),
"position", "orientation" and "spacing" as in DICOM, or "tile" (row and column in the total pixel matrix, from 1), and
"crc", the CRC-32 of its pixels. "values" says what these are: "mask", 0 and 1; "labels", Segment Numbers in "bits" each;
"stored", fractions; without it what the object's frames are. A frame's own rows, columns and bits come first.
"labels" and "colors", by Segment Number, are compared where they are there. A "fault" says what is wrong where there are
no frames to compare.
"""

import numpy as np

from who_reads.listing import crc_of
from who_reads.table import EMPTY
from who_reads.truth import Elsewhere

STORED = {"binary": "mask", "labelmap": "labels", "fractional": "stored"}
COLOR_TOLERANCE = 64  # of 255: OHIF 3.13.2 comes from CIELab to colours that are up to 50 off


class Judge:
    def __init__(self, truth):
        self.truth = truth
        self.seen = set()  # pairs (number, plane) that a right frame has
        self.missing = {}  # of slides: by number, its pixels that no right frame has had yet
        self.count = self.elsewhere = self.other = self.inside = 0

    def add(self, frame, default, defaults):
        values = frame.get("values", default)
        shape = tuple(frame.get(name, defaults.get(name)) for name in ("rows", "columns"))
        bits = frame.get("bits", defaults.get("bits", 8))
        if frame["crc"] == crc_of(np.zeros(shape), 16 if values == "labels" and bits == 16 else 8):
            return  # nothing is in it: what should be is missing
        self.count += 1
        try:
            wanted, numbers, plane = self.wanted(frame, values, shape)
        except Elsewhere:
            self.elsewhere += 1
            return
        if wanted is None or crc_of(wanted, bits if values == "labels" else 8) != frame["crc"]:
            self.other += 1
            return
        for number in numbers:
            self.note(number, plane, frame, shape)

    def note(self, number, plane, frame, shape):
        """A right frame of a segment; of a slide the segment is there when all of its pixels are."""
        if self.truth.is_slide:
            array, value = self.truth.layers[number]
            missing = self.missing.setdefault(number, array[0] == value)
            row, column = (int(start) - 1 for start in frame["tile"])
            missing[row : row + shape[0], column : column + shape[1]] = False
            if missing.any():
                return
        self.seen.add((number, plane))

    def wanted(self, frame, values, shape):
        """Pixels, segments that are in them, and their plane."""
        if values == "labels":
            labels, plane = self.truth.label_plane(frame, shape)
            return labels, () if labels is None else [int(value) for value in np.unique(labels) if value], plane
        number = frame["segment"]
        if number not in self.truth.layers:
            return None, (), None
        pixels, plane = self.truth.pixels(number, frame, shape)
        maximum = self.truth.maximum
        if values == "mask" and maximum:
            if not np.isin(pixels, (0, maximum)).all():
                return None, (), plane  # a part of a pixel has become all or nothing
            pixels = pixels == maximum
        return pixels, [number], plane

    def reasons(self):
        if self.count == 0 and self.truth.present:
            return [EMPTY]
        missing = len(self.truth.present - self.seen)
        texts = [
            ("frames lie elsewhere", self.elsewhere, self.count),
            ("frames hold other voxels", self.other, self.count),
        ]
        if not self.elsewhere and not self.other:
            texts.append(("planes of segments are missing", missing, len(self.truth.present)))
        return [f"{text}: {part} of {whole}" for text, part, whole in texts if part]


def compare_names(listing, truth):
    """Names and colours beside the right voxels: what a reader says of segments, by number."""
    found = []
    given = {int(number): text for number, text in listing.get("labels", {}).items() if int(number) in truth.segments}
    wrong = [number for number, text in given.items() if text != truth.segments[number]["label"]]
    if wrong:
        found.append(f"names differ: {len(wrong)} of {len(given)}")
    colors = {}
    for number, color in listing.get("colors", {}).items():
        wanted = truth.segments.get(int(number), {}).get("color")
        if wanted:
            parts = [int(wanted[start : start + 2], 16) for start in (1, 3, 5)]
            colors[number] = max(abs(a - b) for a, b in zip(color, parts)) <= COLOR_TOLERANCE
    if not all(colors.values()):
        found.append(f"colours differ: {list(colors.values()).count(False)} of {len(colors)}")
    return found


def judge(listing, truth):
    """The verdict, "reads" or "wrong", and the reasons."""
    judge = Judge(truth)
    for frame in listing["frames"]:
        judge.add(frame, STORED[truth.kind], listing)
    reasons = judge.reasons()
    names = compare_names(listing, truth)
    is_wrong = bool(reasons) or any(text.startswith("names") for text in names)
    return "wrong" if is_wrong else "reads", "; ".join(reasons + names)
