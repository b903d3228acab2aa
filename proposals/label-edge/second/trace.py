# SPDX-License-Identifier: Apache-2.0
"""The tables of what the second decoder reads, as the worked examples of ../bitstream.md and ../prediction.md show them."""

from label_edge import Independent, Reader
from label_edge_predicted import Predicted


class Tracer(Reader):
    """A reader that notes (what is read, the result, the state behind a symbol or None)."""

    def __init__(self, coded):
        super().__init__(coded)
        self.read, self.quiet = [], False

    def begin(self, n):
        super().begin(n)
        self.first, self.read = self.state, []

    def B(self, m):
        value = super().B(m)
        if m and not self.quiet:
            self.read.append((f"B({m})", value, None))
        return value

    def S(self, kind, context=0):
        self.quiet = True
        symbol = super().S(kind, context)
        self.quiet = False
        self.read.append((f"S({kind} + {context})" if kind != "WHICH" else "S(WHICH)", symbol, self.state))
        return symbol

    def end(self):
        self.left = 8 * len(self.coded) - self.at
        self.quiet = True
        super().end()

    def cells(self):
        """Three cells of a table for what was read since the last ones."""
        read, self.read = self.read, []
        states = ", ".join(str(state) for _, _, state in read if state is not None)
        return f"{', '.join(what for what, _, _ in read)} | {', '.join(str(result) for _, result, _ in read)} | {states}"


class TracedIndependent(Independent):
    """rows: a line for each round of "repeat"."""

    def step(self):
        self.rows = getattr(self, "rows", [])
        i, count = self.i, len(self.edges)
        more = super().step()
        self.rows.append(f"| {self.reader.cells()} | {self.effect(i, count)} |")
        return more

    def effect(self, i, count):
        """What a round did that began with edge i and so many edges."""
        passed = self.edges[i][:2] if self.i > i else None
        if len(self.edges) == count:
            return f"{passed} ends; above = {passed[1]}" if passed else "no more edges; the state is 0"
        own, history = self.edges[-1][:2], self.edges[-1][2]
        if passed is None:
            expected = self.edges[i][0] + self.width if i < count else self.n
            return f"{f'in front of the expected {expected} ' if expected < self.n else ''}a new edge: {own}"
        if own[1] == passed[1]:
            return f"{passed} moves by {own[0] - passed[0] - self.width}: {own}, history {history}"
        return f"{passed} is relabelled: {own}, history {history}; above = {passed[1]}"


class TracedPredicted(Predicted):
    """rows: a line for each segment."""

    def segment(self, a, s):
        self.rows = getattr(self, "rows", [])
        super().segment(a, s)
        labels = "".join(map(str, self.labels[a:s]))
        self.rows.append(f"| {a} | {self.N(a)}, {self.P[a]}, {self.Q[a]} | {self.reader.cells()} | {labels} |")
