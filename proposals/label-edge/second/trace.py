# SPDX-License-Identifier: Apache-2.0
"""Tables of what the second decoder reads, as the worked examples of the texts show it."""

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
    """rows: a line for each edge of the row above that is followed, and for each new one."""

    def step(self):
        self.rows = getattr(self, "rows", [])
        i, count, start = self.i, len(self.edges), self.start
        above = self.edges[i][:2] if i < count else None
        more = super().step()
        new, symbol = len(self.edges) > count, self.reader.read[0][1]
        edge = f"({self.edges[-1][0]}, {self.edges[-1][1]})" if new else ""
        history = f", history {self.edges[-1][2]}" if new else ""
        if not more:
            then = "no more edges"
        elif self.i == i:
            expected = above[0] + self.width if above and above[0] + self.width < self.n else self.n
            then = f"a new edge; w = {max(expected - start + 1, 1)}: {edge}{history}"
        elif symbol == 9:
            then = f"{above} ends; above = {self.above}".replace("'", "")
        elif symbol == 11:
            then = f"{above} stays and leads to another label: {edge}{history}"
        else:
            d = self.edges[-1][0] - above[0] - self.width
            then = f"{above} {'stays' if d == 0 else f'moves by {d:+d}'}: {edge}{history}"
        self.rows.append(f"| {self.reader.cells()} | {then} |")
        return more


class TracedPredicted(Predicted):
    """rows: a line for each segment."""

    def segment(self, a, s):
        self.rows = getattr(self, "rows", [])
        super().segment(a, s)
        labels = "".join(map(str, self.labels[a:s]))
        self.rows.append(f"| {a} | {self.N(a)}, {self.P[a]}, {self.Q[a]} | {self.reader.cells()} | {labels} |")
