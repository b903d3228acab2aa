# SPDX-License-Identifier: Apache-2.0
"""What pieces of the coding of independent frames are worth: the rows of evidence.md, "What each piece is worth", that
concern them, in about a minute.

usage: pieces.py DATA MRICRON-TEMPLATES [VARIANT...]    (with SimpleITK: build/bench-peers/venv)

Turns all frames of the volumes that check.sh trains on into symbols (bitstream.md, section 8) in each of the variants
below, trains tables for four of the volumes on the others (train.py), and prints ideal code lengths in bytes, without
the header. Volumes of one family of templates are left out together."""

import functools
import math
import sys

import numpy
import SimpleITK
from train import STATES, train

VOLUMES = {"s0327": "totalsegmentator-s0327/labels_512.nii.gz", "ct20": "totalsegmentator-ct20/labels.nii.gz",
           "hncma": "spl-brain-atlas/hncma-atlas.nrrd", "knee": "spl-knee-atlas/seg.nrrd",
           "aparc": "freesurfer/aparc+aseg.nii.gz", "natbrainlab": "natbrainlab.nii.gz", "brodmann": "brodmann.nii.gz",
           "aal": "aal.nii.gz", "JHU 1mm": "JHU-WhiteMatter-labels-1mm.nii.gz", "inia19": "inia19-NeuroMaps.nii.gz",
           "AICHA": "AICHAmc.nii.gz", "JHU 2mm": "JHU-WhiteMatter-labels-2mm.nii.gz",
           "HarvardOxford": "HarvardOxford-cort-maxprob-thr0-1mm.nii.gz", "jhu189": "jhu189.nii.gz"}  # fmt: skip
MEASURED = {"s0327": {"s0327"}, "knee": {"knee"}, "aparc": {"aparc"}, "aal": {"aal", "brodmann"}}
# Moves of an edge, whether the grid is used, moves that its context knows, what else the context knows (labels around,
# distances to the edges beside), whether the context of a new edge's place knows that the label differs.
VARIANTS = {"as in the text": (4, True, 2, "", False), "without the grid": (4, False, 2, "", False),
            "moves of up to 2": (2, True, 2, "", False), "moves of up to 3": (3, True, 2, "", False),
            "moves of up to 5": (5, True, 2, "", False), "history of one move": (4, True, 1, "", False),
            "labels around": (4, True, 2, "labels", False), "labels and distances": (4, True, 2, "labels distances", False),
            "22 contexts for the place": (4, True, 2, "", True)}  # fmt: skip


@functools.lru_cache(maxsize=len(VOLUMES))
def read_frames(path, grid):
    """Width, pixels, number of labels, and for each frame its edges: positions and labels. None: a frame that repeats."""
    volume = SimpleITK.GetArrayFromImage(SimpleITK.ReadImage(path))
    used = numpy.bincount(volume.ravel()) > 0
    volume = (numpy.cumsum(used) - 1).astype(numpy.uint16)[volume]
    reduced = volume
    for axis in (1, 2):
        changes = (numpy.diff(reduced, axis=axis) != 0).any(axis=(0, 3 - axis))
        reduced = numpy.compress(numpy.concatenate([[True], changes]), reduced, axis=axis)
    if grid and reduced.size <= volume.size / 8 * 7:  # as label_edge_survey.c decides
        volume = reduced
    frames = []
    last = None
    for frame in volume:
        flat = frame.ravel()
        at = numpy.flatnonzero(flat[1:] != flat[:-1]) + 1
        at = numpy.concatenate([[0], at]) if flat[0] else at
        frames.append(None if last is not None and numpy.array_equal(flat, last) else (at, flat[at]))
        last = flat
    return volume.shape[2], volume[0].size, int(used.sum()), frames


def count_frame(frame, width, pixels, labels, variant, counts):
    """Adds the symbols of a frame to counts, by kind, context and symbol; returns the bits beside them."""
    furthest, _, known_moves, beside, place = variant
    positions, to_labels = (numbers.tolist() for numbers in frame)
    histories = []
    label = above = start = i = 0
    raw = 2
    recent = []
    label_bits = (labels - 1).bit_length()
    total = len(positions)
    moves = {0: 0} | {sign * d: 2 * d - (sign < 0) for d in range(1, furthest + 1) for sign in (1, -1)}
    with_labels = "labels" in beside
    with_distances = "distances" in beside
    j = 0
    while True:
        at, to = (positions[j], to_labels[j]) if j < total else (pixels, -1)
        expected = positions[i] + width if i < j else pixels
        exists = expected < pixels
        differs = label != above
        if exists:
            expected_label = to_labels[i]
            more = 0
            if with_labels:
                left = to_labels[i - 1] if i else 0
                before = to_labels[i - 2] if i > 1 else 0
                more = (to_labels[i + 1] == left if i + 1 < j else 0) + 2 * (expected_label == before)
            if with_distances:
                right = positions[i + 1] - positions[i] if i + 1 < j else 4
                gap = positions[i] - positions[i - 1] if i else 4
                more += 4 * (min(right, 4) - 1) + 16 * (min(gap, 4) - 1)
            context = counts["EDGE"].setdefault((differs, histories[i], more), [0] * (2 * furthest + 3))
            moved = at - expected
            if to == expected_label and -furthest <= moved <= furthest:
                context[moves[moved]] += 1
                kind = 0 if moved < -1 else 4 if moved > 1 else moved + 2
                histories.append((kind, *histories[i][: known_moves - 1]))
                label = above = to
                start = at + 1
                i += 1
                j += 1
                continue
            if at >= expected:
                context[2 * furthest + 1] += 1
                above = expected_label
                i += 1
                continue
            context[2 * furthest + 2] += 1
        else:
            counts["END"].setdefault(differs, [0, 0])[j < total] += 1
            if j == total:
                return raw
            expected = pixels
        gap_class = min((max(expected - start + 1, 1) + 1).bit_length() - 2, 10)
        number = (at - start + 1).bit_length() - 1
        gap = "GAP, differs" if place and differs else "GAP"
        counts[gap].setdefault(gap_class, [0] * 16)[min(number, 15)] += 1
        raw += number + (5 if number >= 15 else 0)
        if labels > 2:
            if differs and to == above:
                birth = 0
            elif exists and to == to_labels[i]:
                birth = 1
            else:
                listed = recent.index(to) if to in recent else -1
                entry = (listed + 1).bit_length() - 1 if listed >= 0 else 5
                birth = 2 + entry
                raw += entry if listed >= 0 else label_bits
                if listed >= 0:
                    recent.pop(listed)
                recent.insert(0, to)
                del recent[16:]
            counts["BIRTH"].setdefault(2 * differs + exists, [0] * 8)[birth] += 1
        histories.append(("new",))
        label = to
        start = at + 1
        j += 1


def count_volume(path, variant):
    """Counts of a volume and bits that are no symbols."""
    width, pixels, labels, frames = read_frames(path, variant[1])
    counts = {"EDGE": {}, "END": {}, "GAP": {}, "GAP, differs": {}, "BIRTH": {}}
    raw = sum(16 if frame is None else count_frame(frame, width, pixels, labels, variant, counts) for frame in frames)
    return counts, raw


def measure(variant, paths):
    """Bytes of the measured volumes with tables from the others, and the number of contexts of edges."""
    volumes = {name: count_volume(path, variant) for name, path in paths.items()}
    sizes = {"EDGE": 2 * variant[0] + 3, "END": 2, "GAP": 16, "GAP, differs": 16, "BIRTH": 8}
    contexts = {"END": range(2), "GAP": range(11), "GAP, differs": range(11 * variant[4]), "BIRTH": range(4)}
    contexts["EDGE"] = sorted({c for counts, _ in volumes.values() for c in counts["EDGE"]}, key=str)
    kinds = [(kind.split(",")[0], len(contexts[kind]), sizes[kind], 0) for kind in sizes]

    def table(name):
        counts = [volumes[name][0][kind].get(c, [0] * sizes[kind]) for kind in sizes for c in contexts[kind]]
        return {(c, s): count for c, row in enumerate(counts) for s, count in enumerate(row)}

    tables = {name: table(name) for name in volumes}
    result = []
    for name, family in MEASURED.items():
        others = [[(tables[other], sum(tables[other].values()))] for other in volumes if other not in family]
        bits = volumes[name][1]
        rows = [row for _, row in train(others, kinds) if row]  # one for each context
        for (c, s), count in tables[name].items():
            bits -= count * math.log2(rows[c][s] / STATES) if count else 0
        result.append(round(bits / 8))
    return result, len(contexts["EDGE"])


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    paths = {name: f"{sys.argv[1] if '/' in path else sys.argv[2]}/{path}" for name, path in VOLUMES.items()}
    print("variant, contexts of edges,", ", ".join(MEASURED))
    for name in sys.argv[3:] or VARIANTS:
        sizes, contexts = measure(VARIANTS[name], paths)
        print(f"{name}, {contexts},", ", ".join(map(str, sizes)), flush=True)


main()
