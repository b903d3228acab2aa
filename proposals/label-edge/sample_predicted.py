# SPDX-License-Identifier: Apache-2.0
"""Uncommon and faulty frames of prediction.md, whose sections are named here."""

import random

from sample_faults import Fault
from sample_frames import Sample, drawn, plain  # it says where the next ones are
from chance import Chance
from compose import Plain, Wanted, fragment, predicted, raw, same
from label_edge_predicted import KINDS, PredictedDecoder

IMAGE = (4, 6, 8)
WIDE = (2, 12, 8)  # of the faulty
FORM = (24, 12)  # n, width


class Composition:
    """The frames of an image, which are given in any order, references first. labels: on the grid."""

    def __init__(self, image, frames):
        self.image, self.fragments, self.labels = image, [b""] * frames, [None] * frames
        self.decoder = PredictedDecoder(self.fragments, *image)

    def put(self, f, coded, labels=None):
        self.fragments[f] = fragment(coded)
        if labels is not None:
            assert self.decoder.on_grid(f)[1] == labels, "a frame is decoded to other labels"
        return self

    def predict(self, f, k, composer, labels=None):
        """labels: what the frame shall be, if that is known."""
        (grid, P), (_, Q) = (self.decoder.on_grid(t) for t in self.decoder.references(f))
        return self.put(f, predicted(composer, k, grid.n, grid.width, P, Q), labels)

    def predict_all(self, k, labels):
        """Those frames that are not there yet, plainly; labels: of each frame."""
        for f in self.missing():
            self.predict(f, k, Plain(labels[f]), labels[f])
        return self

    def missing(self):
        def depth(f):
            references = self.decoder.references(f)
            return 1 + max(map(depth, references)) if references else 0

        return sorted((f for f, data in enumerate(self.fragments) if not data), key=depth)

    def sample(self, name, purpose):
        frames = [[label for row in self.decoder.frame(f) for label in row] for f in range(len(self.fragments))]
        return Sample(name, purpose, self.image, self.fragments, frames)


def uncommon():
    chance = random.Random(1)
    pictures = [drawn(chance, 24, 4, 4) for _ in range(9)]

    def keys(frames, k=2, image=IMAGE, coded=None):
        made = Composition(image, frames)
        for f in range(frames):
            if made.decoder.references(f) is None:
                made.put(f, coded(f) if coded else plain(pictures[f], k, *image[:2]))
        return made

    for frames in (1, 2, 3, 4, 6, 9):
        yield keys(frames).predict_all(2, pictures).sample(f"{frames}-frames", f"{frames} frames: which are keys, and which the references (P.2)")
    yield keys(5, coded=lambda f: raw(pictures[f], 2)).predict_all(2, pictures).sample("raw-keys", "keys that are raw (P.2)")
    made = keys(9).put(4, same(4))
    yield made.predict_all(2, [*pictures[:4], pictures[0], *pictures[5:]]).sample("same-key", "a key that is the same as the one before (P.2)")
    yield late_key(pictures)
    made = keys(5).put(2, same(1)).put(1, same(2)).put(3, same(1))
    yield made.sample("same-as-references", "frames that are the same as P, as Q, and as one that is the same itself (P.2)")
    yield of_grids(chance)
    yield of_smaller_k()
    yield of_exchange()
    yield of_whole_rows()
    small = [[v % 2 for v in picture] for picture in pictures]
    made = keys(5, 1, (4, 6, 1), lambda f: plain(small[f], 1, 4, 6))
    yield made.predict_all(1, small).sample("1-bit", "frames of 1 bit (10)")
    yield of_listed()
    yield of_all_contexts()


def late_key(pictures):
    """Frame 8 has the pixels of frame 1, which is raw, though it could be predicted."""
    made = Composition(IMAGE, 9)
    for f, coded in ((0, plain(pictures[0], 2, 4, 6)), (4, plain(pictures[4], 2, 4, 6)), (1, raw(pictures[1], 2)), (8, same(7))):
        made.put(f, coded)
    labels = [*pictures[:8], pictures[1]]
    return made.predict_all(2, labels).sample("same-key-as-no-key", "a key that is the same as a frame that is none (P.2)")


def of_grids(chance):
    """Three ways to say which columns are kept: even ones of 12."""
    ways = [[(12, 1, 6), (4, 0, None)], [(12, 4, [1, 0] * 6), (4, 4, [1] * 4)], [(12, 1, 6), (4, 4, [1] * 4)]]
    labels = [drawn(chance, 24, 4, 4) for _ in range(9)]
    made = Composition((4, 12, 8), 9)
    made.put(0, plain(labels[0], 2, 4, 12, ways[0])).put(4, raw(labels[4], 2, ways[1])).put(8, plain(labels[8], 2, 4, 12, ways[2]))
    return made.predict_all(2, labels).sample("grid", "references that say differently which columns they keep, one of them raw (P.2)")


def of_smaller_k():
    P = [0, 0, 5, 5, 1, 1] * 4
    Q = [0, 0, 6, 6, 1, 1] * 4
    labels = [0, 0, 0, 1, 1, 1] * 4
    made = Composition(IMAGE, 3).put(0, plain(P, 3, 4, 6)).put(2, plain(Q, 3, 4, 6))
    return made.predict(1, 1, Plain(labels), labels).sample("smaller-k", "k = 1, where the references have labels up to 6 (P.3)")


def of_exchange():
    """Behind the first change of the second row neither P nor Q agrees. The expected label is P, whatever was exchanged."""
    P, Q = [2] * 5 + [3] + [1] * 6 + [0] * 12, [2] * 5 + [3] + [3] * 6 + [0] * 12
    labels = [2] * 5 + [3] + [3, 2, 2, 1, 1, 1] + [0] * 12
    made = Composition(IMAGE, 3).put(0, plain(P, 2, 4, 6)).put(2, plain(Q, 2, 4, 6))
    return made.predict(1, 2, Plain(labels), labels).sample(
        "exchange", "P and Q change places for the context of a symbol only: the expected label is that of P (P.3.1, P.3.2)")  # fmt: skip


def of_whole_rows():
    P, Q = [1] * 24, [2] * 24
    labels = [1] * 6 + [1, 1, 1, 2, 2, 2] + [2] * 6 + [3] * 6
    made = Composition(IMAGE, 3).put(0, plain(P, 2, 4, 6)).put(2, plain(Q, 2, 4, 6))
    return made.predict(1, 2, Plain(labels), labels).sample(
        "whole-rows", "segments of a whole row: behind them N, P and Q are not asked for (P.3.1)")  # fmt: skip


def of_listed():
    """Changes at offsets behind the escape, to labels of the list and new ones though others are at hand."""
    made = Composition(IMAGE, 3).put(0, plain([0] * 24, 2, 4, 6)).put(2, plain([0] * 24, 2, 4, 6))
    chance = random.Random(3)
    while True:
        composer = Chance(chance, 2)
        (grid, P), (_, Q) = (made.decoder.on_grid(t) for t in (0, 2))
        coded = predicted(composer, 2, 24, 6, P, Q)
        if {("OFFSET", 1, 15), ("OFFSET", 0, 0), ("WHICH", 0, 2), ("WHICH", 0, 5)} <= composer.used:
            return made.put(1, coded).sample("listed", "numbers longer than needed, labels of the list and new ones (6.3, 6.4, P.3.1)")


def of_all_contexts():
    chance = random.Random(4)
    missing = {(kind, c) for kind, count, _ in KINDS for c in range(count)}
    made = Composition((16, 16, 8), 61)
    labels = drawn(chance, 256, 3, 20)
    for f in made.missing():
        if made.decoder.references(f) is None:
            labels = [chance.randrange(3) if chance.randrange(40) == 0 else label for label in labels]
            made.put(f, plain(labels, 2, 16, 16))
            continue
        best = None
        for _ in range(6):
            composer = Chance(chance, chance.choice([1, 2, 3]), straight=chance.choice([0.3, 0.8, 0.95]))
            (_, P), (_, Q) = (made.decoder.on_grid(t) for t in made.decoder.references(f))
            coded = predicted(composer, composer.k, 256, 16, P, Q)
            count = len({(kind, c) for kind, c, _ in composer.used} & missing)
            if best is None or count > best[0]:
                best = count, coded, composer.used
        made.put(f, best[1])
        missing -= {(kind, c) for kind, c, _ in best[2]}
    assert len(missing) < 30, "too many contexts are missing"
    return made.sample("each-context", "by chance, nearly all contexts of P.4")


def faulty():
    P, Q = ([0] * 4 + [2] * 8) * 2, ([0] * 4 + [3] * 8) * 2
    good = [plain(P, 2, 2, 12), same(1), plain(Q, 2, 2, 12)]
    five = [good[0], same(1), same(2), same(1), good[2]]

    def fault(name, purpose, section, says, frame, coded, frames):
        fragments = [fragment(data) for data in frames]
        fragments[frame] = fragment(coded)
        return Fault(name, purpose, section, WIDE, fragments, frame, says)

    def composed(name, purpose, section, says, results, k=2, Q=Q):
        frames = [good[0], good[1], plain(Q, 3, 2, 12)]
        return fault(name, purpose, section, says, 1, predicted(Wanted(results), k, *FORM, P, Q), frames)

    key = predicted(Plain(P), 2, *FORM, P, Q)
    yield fault("first-key", "the first frame is predicted", "P.2", "a key that is predicted", 0, key, good)
    yield fault("last-key", "the last frame is predicted", "P.2", "a key that is predicted", 4, key, five)
    none = "a frame that is the same as none of its references"
    yield fault("same-0", "a frame that is no key is the same as itself", "P.2", none, 1, same(0), good)
    yield fault("same-3", "back = 3 in a frame that is no key", "P.2", none, 3, same(3), five)
    wrong = "a frame that is the same as one that may not be"
    yield fault("key-as-same", "a key is the same as a frame that is the same as another", "P.2", wrong, 4, same(1), five)
    yield fault("key-as-predicted", "a key is the same as a predicted frame", "P.2", wrong, 4, same(2), [good[0], same(1), key, same(1), good[2]])
    narrow = raw([0] * 12, 2, [(12, 1, 6), (2, 0, None)])
    yield fault("grids", "the references keep different columns", "P.2", "references with different grids", 1, key, [good[0], good[1], narrow])
    yield fault("k", "k = 9, but Bits Allocated is 8", "4.2", "labels of more bits than Bits Allocated", 1, predicted(Plain(P), 9, *FORM, P, Q), good)
    damaged = fault("damaged-reference", "a reference has a wrong checksum", "4.1", "checksum", 1, key, good)
    yield damaged._replace(fragments=[*damaged.fragments[:2], damaged.fragments[2][:-1] + bytes([damaged.fragments[2][-1] ^ 1])])
    bits = "a change to a label that has not k bits"
    # The first segment is [0, 4) with P = Q = 0, the second [4, 12) with P = 2 and Q = 3; N = 0.
    yield composed("label-of-k-bits", "the expected label is 2, but k = 1", "P.3.1", bits, [0, 1], 1)
    yield composed("other-of-k-bits", "the other label is 4, but k = 2", "P.3.1", bits, [0, 7, 0, 0], 2, Q=([0] * 4 + [4] * 8) * 2)
    outside = "a change outside its segment"
    yield composed("segment-end", "a change at the end of its segment", "P.3.1", outside, [0, 6, 0, 3])
    yield composed("segment-end-6", "the same by a number", "P.3.1", outside, [0, 6, 2, 0])
    yield composed("segment-end-7", "the same to another label", "P.3.1", outside, [0, 7, 3, 1, 0])
    other = "no such other label"
    yield composed("other-label-0", "another label, number 0, where there is none", "P.3.1", other, [7, 0, 0])
    yield composed("other-label-1", "another label, number 1, where there is one", "P.3.1", other, [0, 7, 0, 1])
    yield composed("listed-no-change", "a change to the label that is there, by the list", "P.3.1", "a change to the same label", [7, 0, 5, 0, 7, 0, 2])
    yield composed("new-no-change", "a change to the label that is there, by N", "P.3.1", "a change to the same label", [7, 0, 5, 11, 0])
    yield composed("new-of-k-bits", "a new label of 4, but k = 2", "6.4", "a new label that has not k bits", [7, 0, 5, 3, 0])
    yield composed("list-entry", "the first entry of an empty list", "6.4", "no such entry in the list of labels", [7, 0, 2])
    yield composed("number", "a number of class 29", "6.3", "number too large", [7, 15, 29])
    yield fault("state", "the state is not 0 at the end", "6.1", "the state at the end", 1, predicted(Plain(P), 2, *FORM, P, Q, 1), good)
    yield fault("bits-left", "16 bits are left, all 0", "6.1", "too many bits left", 1, key + b"\0\0", good)
    yield fault("bits-missing", "bits are read that are not there", "6.1", "more bits are read than there are", 1,
                predicted(Plain([1, 2, 3] * 8), 2, *FORM, P, Q)[:-2], good)  # fmt: skip
