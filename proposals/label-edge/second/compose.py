# SPDX-License-Identifier: Apache-2.0
"""Composes coded frames, by running the second decoder on wanted results instead of bytes.

That yields the tables of the symbols; going back from the last (bitstream.md, 6.2) yields the bytes. Results are given
one by one, so that a frame may be uncommon or faulty (Wanted), or follow from the labels that are to be decoded, in a
plain way (Plain): an edge moves where it can, else it is relabelled, else ends."""

import label_edge
from label_edge import INDEPENDENT, PREDICTED, RAW, SAME, TABLES, Independent, Nonconforming, Reader, log2
from label_edge_predicted import Predicted

LENGTH = 4  # of the checksum


class Bits:
    """Bits one after the other, of each byte the least significant first."""

    def __init__(self):
        self.number = self.count = 0

    def put(self, value, m):
        assert 0 <= value < 1 << m or value == m == 0
        self.number |= value << self.count
        self.count += m
        return self

    def coded(self):
        """Bytes, an even number of them."""
        return self.number.to_bytes((self.count + 15) // 16 * 2, "little")


def fragment(coded):
    return coded + label_edge.checksum(coded).to_bytes(LENGTH, "little")


class Composer(Reader):
    """A reader that notes what it hands out: (symbol, table), or (value, number of bits). used: what symbols were met."""

    def __init__(self):
        super().__init__(b"")
        self.noted, self.used = [], set()

    def begin(self, n):
        pass

    def end(self):
        pass

    def S(self, kind, context=0):
        symbol = self.symbol(kind, context)
        self.used.add((kind, context, symbol))
        self.noted.append((symbol, TABLES[kind][context]))
        return symbol

    def B(self, m):
        value = self.bits(m) if m else 0
        self.noted.append((value, m))
        return value

    def finish(self, head, state=0):
        """head: the Bits in front of the state. state: the one at the end, which is 0 in conforming frames."""
        parts = []  # (bits, how many), the last first
        for value, how in self.noted[::-1]:
            if isinstance(how, int):
                parts.append((value, how))
                continue
            # One state stands for the symbol and has a base and bits that lead to this state.
            (before,) = (y for y, (s, base, bits) in enumerate(how) if s == value and base <= state < base + (1 << bits))
            _, base, bits = how[before]
            parts.append((state - base, bits))
            state = before
        head.put(state, 8)
        for value, bits in parts[::-1]:
            head.put(value, bits)
        return head.coded()


class Wanted(Composer):
    """Results that are given: of each symbol, and of each reading of bits but of none."""

    def __init__(self, results):
        super().__init__()
        self.results = iter(results)

    def symbol(self, kind, context):
        return next(self.results)

    def bits(self, m):
        return next(self.results)


class Plain(Composer):
    """Results that decode to these labels. frame is set to the decoder of the frame, whose state tells what is next."""

    def __init__(self, wanted):
        super().__init__()
        self.wanted, self.pending = wanted, []

    def symbol(self, kind, context):
        return getattr(self, f"of_{kind}")(context)

    def bits(self, m):
        return self.pending.pop(0)

    def rest(self, v):
        """log2(v), for a number or an entry that v is one less of; the other bits are pending."""
        e = log2(v)
        self.pending += [v - (1 << e)] if e else []
        return e

    def number(self, v):
        """The symbol of V, whose bits are pending."""
        if v + 1 < 1 << 15:
            return self.rest(v + 1)
        self.pending.append(log2(v + 1))
        self.rest(v + 1)
        return 15

    def next_edge(self):
        frame = self.frame
        for p in range(frame.start, frame.n):
            if self.wanted[p] != frame.label:
                return p, self.wanted[p]
        return None

    def of_EDGE(self, context):
        frame = self.frame
        position, label, _ = frame.edges[frame.i]
        expected, edge = position + frame.width, self.next_edge()
        if edge is None or edge[0] > expected + 4:
            return 9
        d = edge[0] - expected
        if label == edge[1] and abs(d) <= 4:
            return (0, 2, 4, 6, 8)[d] if d >= 0 else (1, 3, 5, 7)[-d - 1]
        return 11 if d == 0 else 10 if d < 0 else 9

    def of_END(self, context):
        return int(self.next_edge() is not None)

    def of_GAP(self, context):
        return self.number(self.next_edge()[0] - self.frame.start)

    def of_BIRTH(self, context):
        frame, new = self.frame, context < 4
        label = self.next_edge()[1]
        edges, i = frame.edges, frame.i
        at_hand = {0: frame.above} if frame.label != frame.above else {}
        if new and context % 2:
            at_hand[1] = edges[i][1]
        if i + 1 < len(edges):
            at_hand[2] = edges[i + 1][1]
        if i >= 2:
            at_hand[3] = edges[i - 2][1]
        for b, other in at_hand.items():
            if other == label:
                return b
        return self.listed(label, 4, 7)

    def listed(self, label, first, new):
        """The symbol of a label that is not at hand: from first on for L, new for N."""
        if label in self.list:
            return first + self.rest(self.list.index(label) + 1)
        self.new = label
        return new

    def of_NEW(self, context):
        more = self.new - self.last - 1
        if more == 0:
            return 0
        if abs(more) < 32:
            return (1 if more > 0 else 6) + self.rest(abs(more))
        self.pending.append(self.new)
        return 11

    def change(self):
        frame = self.frame
        for p in range(frame.x, frame.s):
            if self.wanted[p] != frame.label:
                return p - frame.x, self.wanted[p]
        return None

    def of_SEGMENT(self, context):
        change = self.change()
        if change is None:
            return 0
        offset, label = change
        if label != self.frame.expected:
            return 7
        return offset + 1 if offset < 5 else 6

    def of_OFFSET(self, context):
        return self.number(self.change()[0] - (0 if context else 5))

    def of_WHICH(self, context):
        label = self.change()[1]
        return self.frame.others.index(label) if label in self.frame.others else self.listed(label, 2, 5)


def head(kind, k, axes=None):
    """Bits of 4.2. axes: for the columns and the rows (m, rule, what the rule needs: s, or the bits of rule 4)."""
    bits = Bits().put(kind, 2).put(k - 1, 4).put(int(axes is not None), 1)
    for m, rule, of_rule in axes or ():
        bits.put(rule, 3)
        if 1 <= rule <= 3:
            bits.put(of_rule, 0 if m == 1 else log2(m - 1) + 1)
        for bit in of_rule if rule == 4 else ():
            bits.put(bit, 1)
    return bits


def compose(composer, frame, bits, state):
    """The coded frame up to the first fault, if there is one. A Wanted's results shall be used up by then."""
    composer.frame = frame
    try:
        frame.decode()
    except Nonconforming:
        pass
    assert next(getattr(composer, "results", iter(())), None) is None, "results are left"
    return composer.finish(bits, state)


def independent(composer, k, n, width, axes=None, state=0):
    return compose(composer, Independent(composer, k, n, width), head(INDEPENDENT, k, axes), state)


def predicted(composer, k, n, width, P, Q, state=0):
    bits = Bits().put(PREDICTED, 2).put(k - 1, 4)
    return compose(composer, Predicted(composer, k, n, width, P, Q), bits, state)


def same(back):
    return Bits().put(SAME, 2).put(back, 14).coded()


def raw(labels, k, axes=None):
    bits = head(RAW, k, axes)
    bits.put(0, -bits.count % 8)
    for label in labels:
        bits.put(label, k)
    return bits.coded()
