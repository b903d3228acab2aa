# SPDX-License-Identifier: Apache-2.0
"""Uncommon frames of bitstream.md: conforming, but not as dseg's encoder would write them, or seldom."""

import random
import sys
from collections import namedtuple
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "second"))
from chance import Chance  # noqa: E402
from compose import Plain, Wanted, fragment, head, independent, raw, same  # noqa: E402
from label_edge import KINDS, TABLES, Independent, Reader, read_head  # noqa: E402

# image: rows, columns, Bits Allocated; fragments: one for each frame; frames: labels in raster order.
Sample = namedtuple("Sample", "name purpose image fragments frames")

SMALL = (4, 4, 8)

# A picture of 4 x 4, and the results that code it: by moves, and each edge as a new one.
STEPS = [0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 0, 1, 0, 0, 0, 0]
BY_MOVES = [1, 1, 1, 7, 0, 10, 1, 0, 0, 0, 0, 2, 0, 9, 0]
ALL_NEW = [1, 1, 1, 7, 0, 10, 1, 0, 0, 9, 10, 1, 0, 0, 9, 10, 1, 0, 0, 9, 10, 1, 1, 0, 9, 10, 0, 0, 9, 0]
TURNED = STEPS[::-1]


def wanted(results, k=2, rows=4, columns=4, axes=None, state=0):
    """An independent frame with these results."""
    grid = grid_of(axes, rows, columns)
    return independent(Wanted(results), k, grid.n, grid.width, axes, state)


def plain(labels, k=2, rows=4, columns=4, axes=None):
    """An independent frame of these labels, which are pixels, but with a grid those of its positions."""
    grid = grid_of(axes, rows, columns)
    return independent(Plain(labels), k, grid.n, grid.width, axes)


def grid_of(axes, rows, columns):
    reader = Reader(head(0, 1, axes).coded())
    reader.B(2)
    return read_head(reader, rows, columns, 16)[1]


def enlarged(labels, axes, rows, columns):
    return [label for row in grid_of(axes, rows, columns).pixels(labels) for label in row]


def sample(name, purpose, image, *frames):
    """frames: (coded, labels)."""
    return Sample(name, purpose, image, [fragment(coded) for coded, _ in frames], [labels for _, labels in frames])


def drawn(chance, count, labels, change=5):
    """Labels in raster order, a change every few positions."""
    result, label = [], 0
    for _ in range(count):
        label = chance.randrange(labels) if chance.randrange(change) == 0 else label
        result.append(label)
    return result


def of_types():
    yield sample("types", "independent, raw, same as the one before, same from afar, and an empty frame of 6 bytes (4)", SMALL,
                 (plain(STEPS), STEPS), (raw(TURNED, 2), TURNED), (same(1), TURNED), (same(3), STEPS), (plain([0] * 16, 1), [0] * 16),
                 (same(4), TURNED))  # fmt: skip
    frames = [(raw([f] * 4, 6), [f] * 4) for f in range(41)]
    yield sample("same-from-afar", "the same as a frame 40 before (4.3)", (2, 2, 8), *frames, (same(40), [1] * 4))
    for bits in (1, 8, 16):
        frames = []
        for k in range(1, bits + 1):
            labels = [0, 0, (1 << k) - 1, 1, 1, (1 << k) - 1, (1 << k) - 1, 0]
            frames += [(plain(labels, k, 2, 4), labels), (raw(labels, k), labels)]
        yield sample(f"each-k-{bits}", f"each k up to {bits}, independent and raw, with its largest label (4.2)", (2, 4, bits), *frames)
    yield sample("unused-bits", "k = 8, but no label above 1 (4.2)", SMALL, (plain(STEPS, 8), STEPS), (raw(STEPS, 8), STEPS))
    yield sample("15-bits-left", "15 bits are left (6.1)", SMALL, *least_and_most_left())


def least_and_most_left():
    """Frames that leave no bit, and 15, the last two bytes being 0."""
    found = {}
    chance = random.Random(2)
    while not {0, 15} <= set(found):
        labels = drawn(chance, 16, 3)
        coded = plain(labels)
        reader = Reader(coded)
        reader.B(7)
        end = reader.end
        left = []
        reader.end = lambda: (left.append(8 * len(coded) - reader.at), end())
        decode(reader, 2, 4, 4)
        found[left[0]] = (coded, labels)
    return found[15], found[0]


def decode(reader, k, rows, columns):
    return Independent(reader, k, rows * columns, columns).decode()


def of_grids():
    chance = random.Random(3)
    rows, columns = 9, 13

    def frame(axes, kind=plain, rows=rows, columns=columns):
        grid = grid_of(axes, rows, columns)
        labels = drawn(chance, grid.n, 4)
        coded = plain(labels, 2, rows, columns, axes) if kind is plain else raw(labels, 2, axes)
        return coded, enlarged(labels, axes, rows, columns)

    def axis(m, rule, s=None):
        if rule == 4:
            return m, 4, [1] + [chance.randrange(2) for _ in range(m - 1)]
        return m, rule, s or chance.randint(2, m - 1)

    image = (rows, columns, 8)
    every = [[axis(columns, c), axis(rows, r)] for c in range(5) for r in range(5)]
    yield sample("grid-rules", "each rule for columns with each for rows, s by chance (5)", image, *map(frame, every))
    yield sample("grid-s", "rules 1 to 3 with each s from 1 to 15, larger than the number of columns at last (5)", image,
                 *(frame([axis(columns, rule, s), axis(rows, 0)]) for rule in (1, 2, 3) for s in range(1, 16)))  # fmt: skip
    yield sample("grid-one-axis", "a grid that leaves out rows only, or columns only (5)", image,
                 *(frame([axis(columns, c), axis(rows, r)]) for c, r in ((0, 1), (0, 2), (0, 3), (0, 4), (1, 0), (4, 0))))  # fmt: skip
    yield sample("grid-without-need", "a grid that leaves out nothing (4.2)", image,
                 frame([axis(columns, 0), axis(rows, 0)]), frame([(columns, 4, [1] * columns), (rows, 4, [1] * rows)]),
                 frame([(columns, 1, columns), (rows, 3, rows)]))  # fmt: skip
    yield sample("grid-one-position", "a grid of one position, by each rule (5)", image,
                 *(frame([axis(columns, rule, 1), axis(rows, rule, 1)]) for rule in (1, 3)),
                 frame([(columns, 4, [1] + [0] * 12), (rows, 4, [1] + [0] * 8)]))  # fmt: skip
    narrow = [axes for width in (1, 2, 3) for axes in [[(columns, 1, width), axis(rows, 0)]]]
    yield sample("grid-narrow", "grids of one to three columns, where 4 pixels are more than a row (8)", image, *map(frame, narrow * 3))
    yield sample("grid-raw", "raw frames with a grid: the labels are those of the grid's positions (4.2, 9)", image,
                 *(frame(axes, raw) for axes in every[::6]))  # fmt: skip
    coded, labels = frame(every[7])
    yield sample("grid-same", "frames of different grids, and one that is the same as the first (4.3)", image,
                 (coded, labels), frame(every[12]), frame(None), (same(3), labels))  # fmt: skip
    for name, m, rows, columns in (("row", 300, 1, 300), ("column", 300, 300, 1)):
        def side(m, rule, s=None):
            return (1, rule, [1]) if m == 1 else (m, 3, s) if s else (m, 0, None)

        axes = [[side(columns, rule, s), side(rows, rule, s)] for rule, s in ((0, None), (4, None), (0, 77), (4, 150))]
        yield sample(f"one-{name}", f"frames of one {name}, without and with a grid: the side of 1 by rules 0 and 4 (4.2)", (rows, columns, 8),
                     frame(None, plain, rows, columns), *(frame(a, plain, rows, columns) for a in axes), frame(axes[3], raw, rows, columns))  # fmt: skip


class Noting(Chance):
    """Notes what is rare. facts: what was met in the frame."""

    def __init__(self, chance, k, stop=0.3):
        super().__init__(chance, k, stop)
        self.facts, self.own = set(), None

    def of_EDGE(self, context):
        frame, s = self.frame, super().of_EDGE(context)
        expected = frame.edges[frame.i][0] + frame.width
        self.own = frame.edges[frame.i][1] if s == 11 else None
        if expected < frame.start:
            self.facts.add(f"passed, {'moves' if s <= 8 else 'ends' if s == 9 else 'new'}")
        if s in (1, 3, 5, 7) and expected % frame.width < (s + 1) // 2:
            self.facts.add("over the row's end")
        return s

    def of_BIRTH(self, context):
        b = super().of_BIRTH(context)
        self.facts.add(f"birth {b}, relabelled" if context >= 4 else f"birth {b}")
        if 4 <= b < 7 and context >= 4 and self.list[(1 << (b - 4)) - 1 + sum(self.pending)] == self.own:
            self.facts.add("its own label")
        return b

    def of_NEW(self, context):
        t = super().of_NEW(context)
        self.facts.add(f"new {t} after {context}")
        return t

    def N(self, k):
        known = list(self.list)
        label = super().N(k)
        if label in known:
            self.facts.add("new, but in the list")
        return label


def found(facts, k, rows, columns, stop=0.3, at_most=30):
    """A frame, drawn by chance, that has all these facts and few edges."""
    chance = random.Random(f"{facts} {k} {rows}")
    while True:
        composer = Noting(chance, k, stop)
        coded = independent(composer, k, rows * columns, columns)
        if set(facts) <= composer.facts and len(composer.frame.edges) <= at_most:
            return coded, composer.frame.labels


def of_edges():
    def searched(name, purpose, *facts, k=3, rows=4, columns=6, at_most=30):
        return sample(name, purpose, (rows, columns, 8), *(found(f, k, rows, columns, at_most=at_most) for f in facts))

    yield sample("all-new", "each edge ends and begins anew, though all could move (11)", SMALL, (wanted(ALL_NEW), STEPS))
    relabelled = [0, 1, 1, 1, 0, 2, 2, 2, 0, 3, 3, 3, 0, 2, 2, 2]
    yield sample("relabelled", "an edge that stays and leads to another label, twice by N and once by the list (8)", SMALL,
                 (plain(relabelled), relabelled))  # fmt: skip
    yield searched("relabelled-by-each", "edges that stay and lead to another label, which each symbol of BIRTH gives (8)",
                   *([f"birth {b}, relabelled"] for b in (0, 2, 3, 4, 5, 6, 7)))  # fmt: skip
    yield searched("relabelled-to-its-own", "an edge that leads to another label, which is the one it had (8)", ["its own label"], at_most=6)
    two = [0, 1, 1, 0] * 4
    yield sample("relabelled-two-labels", "the same where k = 1, and nothing says which label (8)", SMALL,
                 (wanted([1, 1, 0, 10, 1, 0, 11, 11, 11, 11, 11, 11, 0], 1), two))  # fmt: skip
    yield searched("born-by-each", "new edges, whose label each symbol of BIRTH gives (8)", *([f"birth {b}"] for b in range(8)))
    yield searched("passed", "edges expected where labels are known already: they move on, end, or others begin first (8)",
                   ["passed, moves"], ["passed, ends"], ["passed, new"])  # fmt: skip
    yield searched("over-the-row-s-end", "edges that move to the left over the row's end (8)", *(["over the row's end"],) * 3)
    chance = random.Random(5)
    bits = [([0] * 12 + [1] * 6 + [0] * (6 + d) + [1] * 6 + [0] * (6 - d)) for d in range(-4, 5)]
    yield sample("moves", "edges that move by -4 to 4 (8)", (3, 12, 8), *((plain(labels, 1, 3, 12), labels) for labels in bits))
    straight = [label for _ in range(12) for label in (0, 0, 1, 1, 0, 2)]
    yield sample("straight", "edges that stay for twelve rows: histories up to 33 (8)", (12, 6, 8), (plain(straight, 2, 12, 6), straight))
    yield sample("each-context", "by chance, all contexts of section 7, and most of their symbols", (48, 48, 16), *of_all_contexts(chance))
    yield sample("first-state", "a low and a high first state (6.1)", SMALL, *of_first_states())


def of_all_contexts(chance):
    """Frames by chance, of 48 x 48, until most of the symbols were there."""
    missing = {(kind, c, s) for kind, count, _ in KINDS for c in range(count) for s, _, _ in TABLES[kind][c]}
    missing -= {(kind, c, s) for kind, c, s in missing if kind == "GAP" and 11 < s < 15}
    while len(missing) > 160:
        composer = Chance(chance, chance.choice([1, 2, 3, 5, 10]), chance.choice([0.3, 0.02]), chance.choice([0.3, 0.8]))
        coded = independent(composer, composer.k, 2304, 48)
        if len(composer.used & missing) > 3:
            missing -= composer.used
            yield coded, composer.frame.labels
    assert not any(all((kind, c, s) in missing for s, _, _ in TABLES[kind][c]) for kind, c, _ in missing), "a context is missing"


def of_first_states():
    """Of frames of all kinds, that with the lowest and that with the highest first state."""
    states = {}
    chance = random.Random(6)
    for _ in range(2000):
        labels = drawn(chance, 16, 3, chance.randint(2, 9))
        reader = Reader(plain(labels))
        reader.B(7)
        states[reader.B(8)] = reader.coded, labels
    return [states[min(states)], states[max(states)]]


def of_labels():
    def searched(name, purpose, *facts, k=6, at_most=30):
        return sample(name, purpose, (6, 8, 8), *(found(f, k, 6, 8, 0.1, at_most) for f in facts))

    many = [0, *range(1, 9), 5, 3, 8, 1, 9, 2, 7, 6, 4, 9]
    yield sample("full-list", "nine labels, one after the other, and again: those that left the list of 7 are new once more (6.4)", (4, 5, 8),
                 (plain([*many, 0], 4, 4, 5), [*many, 0]))  # fmt: skip
    last = [0, 1, 2, 3, 4, 5, 6, 7, 1, 2, 8, 3, 4, 9, 6, 7]
    yield sample("last-entry", "the seventh entry of the list; new labels, and the eighth entry is dropped (6.4)", (1, 16, 8),
                 (plain(last, 4, 1, 16), last))  # fmt: skip
    yield searched("new-but-listed", "a label is given as new that the list holds already, and has twice then (6.4)", ["new, but in the list"], at_most=8)
    yield searched("new-by-each", "new labels by each symbol of NEW, after each of the three ways (6.4)",
                   *([f"new {t} after {how}"] for how in range(3) for t in range(12)))  # fmt: skip
    rising = [0, *range(1, 16)]
    yield sample("rising", "labels that grow by one (6.4)", SMALL, (plain(rising, 4), rising))
    falling = [0, *range(15, 0, -1)]
    yield sample("falling", "labels that fall by one (6.4)", SMALL, (plain(falling, 4), falling))
    steps = [0, 65535, 65534, 1, 33, 2, 65535, 65504, 65503, 65472, 31, 63, 95, 128, 0, 32768]
    yield sample("far-apart", "new labels by differences of 31, 32 and 33, by all 16 bits, and the largest (6.4)", (4, 4, 16), (plain(steps, 16), steps))


def of_numbers():
    far = [0] * 39999 + [1]
    yield sample("long-number", "one edge, 39999 pixels away: a number behind the escape (6.3)", (200, 200, 8),
                 (wanted([1, 15, 15, 39999 + 1 - 32768, 0], 1, 200, 200), far))  # fmt: skip
    yield sample("longer-than-needed", "the number 0, and 1, behind the escape (6.3)", (200, 200, 8),
                 (wanted([1, 15, 0, 9, 0], 1, 200, 200), [1] * 40000), (wanted([1, 15, 1, 0, 9, 0], 1, 200, 200), [0] + [1] * 39999))  # fmt: skip


def of_raw():
    chance = random.Random(4)
    for rows, columns, k in ((1, 1, 1), (3, 3, 3), (5, 7, 11)):
        image = (rows, columns, 16 if k > 8 else 8)
        frames = [[chance.randrange(1 << k) for _ in range(rows * columns)] for _ in range(2)]
        yield sample(f"raw-{rows}x{columns}", f"raw frames of {rows} x {columns} pixels of {k} bits (9)", image,
                     *((raw(labels, k), labels) for labels in frames), (raw(frames[0], image[2]), frames[0]))  # fmt: skip


def uncommon():
    for group in (of_types, of_grids, of_edges, of_labels, of_numbers, of_raw):
        yield from group()
