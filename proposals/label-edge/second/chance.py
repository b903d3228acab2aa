# SPDX-License-Identifier: Apache-2.0
"""Conforming frames whose coding is drawn by chance: of all results that the texts allow, not those an encoder would choose."""

from compose import TABLES, Plain
from label_edge import log2


class Chance(Plain):
    """Plain, but for what is to be decoded. stop: how probable it is that a frame that may end does; straight: that an edge
    stays, or that nothing changes in a segment, more than by chance."""

    def __init__(self, chance, k, stop=0.3, straight=0.3):
        super().__init__(None)
        self.chance, self.k, self.stop, self.straight = chance, k, stop, straight

    def drawn_number(self, kind, context, limit):
        """The symbol of V for a number below limit, at times behind the escape."""
        occurs = {s for s, _, _ in TABLES[kind][context]}
        numbers = [0, 1, self.chance.randrange(8), self.chance.randrange(limit), limit - 1]
        v = self.chance.choice([v for v in numbers if v < limit and (log2(v + 1) in occurs or 15 in occurs)])
        if log2(v + 1) in occurs and (15 not in occurs or self.chance.randrange(8)):
            return self.rest(v + 1)
        self.pending.append(log2(v + 1))
        self.rest(v + 1)
        return 15

    def of_EDGE(self, context):
        frame = self.frame
        position, label, _ = frame.edges[frame.i]
        expected = position + frame.width
        may = [9]
        if frame.start < frame.n:
            may.append(10)
        if expected >= frame.start:
            may.append(11)
        if label != frame.label:
            may += [s for s, d in enumerate((0, -1, 1, -2, 2, -3, 3, -4, 4)) if frame.start <= expected + d < frame.n]
        if 0 in may and self.chance.random() < self.straight:
            return 0
        return self.chance.choice(may)

    def of_END(self, context):
        return int(self.frame.start < self.frame.n and self.chance.random() > self.stop)

    def of_GAP(self, context):
        return self.drawn_number("GAP", context, self.frame.n - self.frame.start)

    def of_BIRTH(self, context):
        frame, edges, i = self.frame, self.frame.edges, self.frame.i
        may = []
        if frame.label != frame.above:
            may.append(0)
        if context in (1, 3) and edges[i][1] != frame.label:
            may.append(1)
        if i + 1 < len(edges) and edges[i + 1][1] != frame.label:
            may.append(2)
        if i >= 2 and edges[i - 2][1] != frame.label:
            may.append(3)
        return self.listed_or_new(may, 4, 7)

    def listed_or_new(self, may, first, new):
        """One of these symbols, or one of the list from first on, or new."""
        entries = [i for i, label in enumerate(self.list) if label != self.frame.label]
        for e in range(3):
            if any(log2(i + 1) == e for i in entries):
                may.append(first + e)
        symbol = self.chance.choice([*may, new])
        if first <= symbol < new:
            self.rest(self.chance.choice([i for i in entries if log2(i + 1) == symbol - first]) + 1)
        return symbol

    def of_NEW(self, context):
        limit, base = 1 << self.k, self.last + 1
        near = {0: [0]}
        for t in range(5):
            near[1 + t] = range(1 << t, 2 << t)
            near[6 + t] = [-more for more in near[1 + t]]
        may = {t: [more for more in of if 0 <= base + more < limit and base + more != self.frame.label] for t, of in near.items()}
        t = self.chance.choice([*(t for t in may if may[t]), 11])
        if t == 11:
            self.pending.append(self.chance.choice([v for v in (0, 1, self.chance.randrange(limit), limit - 1)
                                                    if v != self.frame.label]))
        elif t:
            self.rest(abs(self.chance.choice(may[t])))
        return t

    def may_be(self, label):
        return label != self.frame.label and label < 1 << self.k

    def of_SEGMENT(self, context):
        frame = self.frame
        length = frame.s - frame.x
        may = [0, 7]
        if self.may_be(frame.expected):
            may += range(1, min(length, 5) + 1)
            if length > 5:
                may.append(6)
        return 0 if self.chance.random() < self.straight else self.chance.choice(may)

    def of_OFFSET(self, context):
        return self.drawn_number("OFFSET", context, self.frame.s - self.frame.x - (0 if context else 5))

    def of_WHICH(self, context):
        return self.listed_or_new([w for w, label in enumerate(self.frame.others) if self.may_be(label)], 2, 5)
