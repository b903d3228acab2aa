# SPDX-License-Identifier: Apache-2.0
"""Predicted frames for the second decoder, written from ../prediction.md alone, whose sections are named here."""

import label_edge
from label_edge import TABLES, Decoder, need, read_k, read_tables

TEXT = label_edge.TEXT.parent / "prediction.md"

# P.4: name, number of contexts, symbols.
KINDS = [("SEGMENT", 252, 8), ("OFFSET", 2, 16), ("WHICH", 1, 6)]

TABLES.update(read_tables(TEXT, KINDS))


def segment_context(label, x, a, s, N_, P_, Q_):
    """P.3.2. N_: (N, N'); P_, Q_: the label in the segment, that behind it, that below and that above."""
    length = s - x
    if x == a:
        c = 0 if length == 1 else 1 if length == 2 else 2 if length <= 5 else 3
    else:
        c = 4 if length == 1 else 5
    if Q_[0] == label and P_[0] != label:
        P_, Q_ = Q_, P_
    (n, n_behind), (p, p_behind, p_below, p_above), (q, _, q_below, q_above) = (
        [int(value == label) for value in values] for values in (N_, P_, Q_))
    if not n and not p:
        first, values, f = (0 if N_[0] == P_[0] == Q_[0] else 6), 1, 0
    elif n and not p:
        first, values, f = (12 if P_[0] == Q_[0] else 18), 1, 0
    elif not n and not q:
        first, values, f = (24 if N_[0] == Q_[0] else 72), 8, p_behind + 2 * q_below + 4 * q_above
    elif not q:
        first, values, f = 120, 16, p_behind + 2 * n_behind + 4 * q_above + 8 * p_below
    elif not n:
        first, values, f = 216, 4, q_above + 2 * p_above
    else:
        first, values, f = 240, 2, n_behind
    return first + c * values + f


def expected_label(label, N, P, Q, N_behind):
    """P.3.1."""
    if N == P == Q == label:
        return N_behind
    if P == Q and P != label:
        return P
    if N != label:
        return N
    return P if P != label else Q


def other_labels(label, expected, N, P, Q):
    """P.3.1."""
    others = []
    for other in (P, Q, N):
        if other not in (label, expected) and other not in others:
            others.append(other)
    return others


class Predicted:
    """P.3. P, Q: the labels of the references."""

    def __init__(self, reader, k, n, width, P, Q):
        self.reader, self.k, self.n, self.width, self.P, self.Q = reader, k, n, width, P, Q
        self.labels = [0] * n
        self.label = self.x = self.s = 0
        self.expected, self.others = 0, []

    def decode(self):
        """The labels, one for each position."""
        self.reader.begin(self.n)
        while self.s < self.n:
            a, self.s = self.s, self.segment_end(self.s)
            self.segment(a, self.s)
        self.reader.end()
        return self.labels

    def N(self, p):
        return self.labels[p - self.width] if p >= self.width else 0

    def segment_end(self, a):
        s = a + 1
        while s % self.width != 0 and all(v(s) == v(s - 1) for v in (self.N, self.P.__getitem__, self.Q.__getitem__)):
            s += 1
        return s

    def around(self, labels, a, s):
        below = a + self.width if a + self.width < self.n else a
        above = a - self.width if a >= self.width else a
        return labels[a], labels[s if s % self.width else a], labels[below], labels[above]

    def segment(self, a, s):
        """self.x, self.expected and self.others change from symbol to symbol."""
        reader = self.reader
        N_ = self.N(a), self.N(s if s % self.width else a)
        P_, Q_ = self.around(self.P, a, s), self.around(self.Q, a, s)
        N, P, Q = N_[0], P_[0], Q_[0]
        self.x = a
        while self.x < s:
            self.expected = expected_label(self.label, N, P, Q, N_[1])
            self.others = other_labels(self.label, self.expected, N, P, Q)
            y = reader.S("SEGMENT", segment_context(self.label, self.x, a, s, N_, P_, Q_))
            if y == 0:
                self.labels[self.x:s] = [self.label] * (s - self.x)
                return
            to = self.expected
            if y <= 5:
                o = y - 1
            elif y == 6:
                o = 5 + reader.V("OFFSET", 0)
            else:
                o = reader.V("OFFSET", 1)
                to = 1 - self.label if self.k == 1 else self.which()
            need(self.x + o < s, "a change outside its segment")
            need(to != self.label, "a change to the same label")
            need(to < 1 << self.k, "a change to a label that has not k bits")
            self.labels[self.x:self.x + o] = [self.label] * o
            self.labels[self.x + o] = self.label = to
            self.x += o + 1

    def which(self):
        w = self.reader.S("WHICH")
        if w <= 1:
            need(w < len(self.others), "no such other label")
            return self.others[w]
        return self.reader.L(w - 2) if w <= 4 else self.reader.N(self.k)


class PredictedDecoder(Decoder):
    """The frames of one image whose transfer syntax allows prediction."""

    def references(self, f):
        """P.2: the two references, or None for a key."""
        low = 4 * (f // 4)
        high = min(low + 4, len(self.fragments) - 1)
        if f in (low, high):
            return None
        m = low + (high - low) // 2
        return (low, high) if f == m else (low, m) if f < m else (m, high)

    def target(self, f, back):
        references = self.references(f)
        if references is None:
            return super().target(f, back)
        need(back in (1, 2), "a frame that is the same as none of its references")
        return references[back - 1]

    def predicted(self, f, reader):
        references = self.references(f)
        need(references is not None, "a key that is predicted")
        k = read_k(reader, self.bits)
        (grid, P), (other, Q) = (self.on_grid(t) for t in references)
        need(grid == other, "references with different grids")
        return grid, Predicted(reader, k, grid.n, grid.width, P, Q).decode()
