# SPDX-License-Identifier: Apache-2.0
"""The table of what the second decoder reads, as the worked example of ../prediction.md shows it."""

from label_edge import Reader
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


class TracedPredicted(Predicted):
    """rows: a line for each segment."""

    def segment(self, a, s):
        self.rows = getattr(self, "rows", [])
        super().segment(a, s)
        labels = "".join(map(str, self.labels[a:s]))
        self.rows.append(f"| {a} | {self.N(a)}, {self.P[a]}, {self.Q[a]} | {self.reader.cells()} | {labels} |")
