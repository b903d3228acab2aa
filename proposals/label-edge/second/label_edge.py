# SPDX-License-Identifier: Apache-2.0
"""A second decoder of Label Edge frames, written from ../bitstream.md alone: slow, plain, and in the order of the text.

Numbers of sections are those of bitstream.md. The frequencies of its annex A are read from the document itself, so that
the text is what is tested. label_edge_predicted.py adds the frames of ../prediction.md."""

import re
from pathlib import Path

TEXT = Path(__file__).resolve().parent.parent / "bitstream.md"

# Section 7: name, number of contexts, symbols.
KINDS = [("EDGE", 68, 12), ("END", 2, 2), ("GAP", 11, 16), ("BIRTH", 6, 8), ("NEW", 3, 12)]

INDEPENDENT, PREDICTED, SAME, RAW = range(4)  # types of frames (4.1)


class Nonconforming(ValueError):
    """A fragment does not conform (section 11)."""


def need(condition, what):
    if not condition:
        raise Nonconforming(what)


def log2(a):
    return a.bit_length() - 1


def make_table(frequencies):
    """Section 6.2: for each state its symbol, base and bits."""
    symbol = [None] * 256
    y = 0
    for s, frequency in enumerate(frequencies):
        for _ in range(frequency):
            symbol[y] = s
            y = (y + 163) % 256
    number = list(frequencies)
    table = []
    for s in symbol:
        bits = 8 - log2(number[s])
        table.append((s, (number[s] << bits) - 256, bits))
        number[s] += 1
    return table


def read_tables(path, kinds):
    """The annex of frequencies: for each kind the tables of its contexts."""
    text = path.read_text(encoding="utf-8")
    annex = text[re.search(r"^## Annex P?A\. Frequencies$", text, re.MULTILINE).start():]
    tables = {}
    for name, count, symbols in kinds:
        digits = re.search(rf"^{name}:\n\n((?:    [0-9A-F ]+\n?)+)", annex, re.MULTILINE).group(1).split()
        assert len(digits) == count, name
        contexts = [list(bytes.fromhex(context)) for context in digits]
        assert all(len(frequencies) == symbols and sum(frequencies) == 256 for frequencies in contexts), name
        tables[name] = [make_table(frequencies) for frequencies in contexts]
    return tables


TABLES = read_tables(TEXT, KINDS)


def crc32c_byte(value):
    for _ in range(8):
        value = value >> 1 ^ (0x82F63B78 if value & 1 else 0)  # 1EDC6F41H with its bits reflected
    return value


CRC32C = [crc32c_byte(value) for value in range(256)]


def checksum(data):
    """Section 4.1."""
    value = 0xFFFFFFFF
    for byte in data:
        value = value >> 8 ^ CRC32C[(value ^ byte) & 255]
    return value ^ 0xFFFFFFFF


assert checksum(b"123456789") == 0xE3069283


class Reader:
    """Section 6: bits and symbols of a coded frame."""

    def __init__(self, coded):
        self.coded, self.at = coded, 0  # at: a bit
        self.list, self.last, self.how = [], 0, 0

    def B(self, m):
        need(self.at + m <= 8 * len(self.coded), "more bits are read than there are")
        first = self.at // 8
        v = int.from_bytes(self.coded[first:first + 5], "little") >> self.at % 8 & (1 << m) - 1  # 7 + 28 bits
        self.at += m
        return v

    def begin(self, n):
        need(n <= 1 << 28, "grid too large")
        self.state = self.B(8)

    def S(self, kind, context=0):
        s, base, bits = TABLES[kind][context][self.state]
        self.state = base + self.B(bits)
        return s

    def V(self, kind, context):
        e = self.S(kind, context)
        if e == 15:
            e = self.B(5)
            need(e <= 28, "number too large")
        return (1 << e) - 1 + self.B(e)

    def L(self, e):
        i = (1 << e) - 1 + self.B(e)
        need(i < len(self.list), "no such entry in the list of labels")
        self.list.insert(0, self.list.pop(i))
        return self.list[0]

    def N(self, k):
        t = self.S("NEW", self.how)
        self.how = 0
        if t == 0:
            v = self.last + 1
            self.how = 1
        elif t <= 5:
            v = self.last + 1 + (1 << (t - 1)) + self.B(t - 1)
        elif t <= 10:
            v = self.last + 1 - (1 << (t - 6)) - self.B(t - 6)
        else:
            v = self.B(k)
            self.how = 2
        need(0 <= v < 1 << k, "a new label that has not k bits")
        self.last = v
        self.list = [v, *self.list[:6]]
        return v

    def end(self):
        left = 8 * len(self.coded) - self.at
        need(self.state == 0, "the state at the end")
        need(left < 16, "too many bits left")
        need(self.B(left) == 0, "bits left that are not 0")


def read_axis(reader, m):
    """Sections 4.2 and 5: for each of m columns (rows) the grid's column (row) that has its pixels."""
    rule = reader.B(3)
    need(rule <= 4, "no such rule of the grid")
    if rule == 4:
        kept = [reader.B(1) for _ in range(m)]
        need(kept[0] == 1, "the first column or row is the grid's")
    else:
        a, b, c = 1, 0, 1
        if rule:
            s = reader.B(0 if m == 1 else log2(m - 1) + 1)
            need(s > 0, "a rule of the grid that keeps no column or row")
            a, b, c = [(s, 0, m), (s, s // 2, m), (s - 1, (m - 1) // 2, m - 1)][rule - 1]
        place = [(x * a + b) // c for x in range(m)]
        kept = [x == 0 or place[x] != place[x - 1] for x in range(m)]
    return [sum(kept[:x + 1]) - 1 for x in range(m)]


class Grid:
    """Section 5. column_of, row_of: for each column (row) of the frame that of the grid."""

    def __init__(self, column_of, row_of):
        self.column_of, self.row_of = column_of, row_of
        self.width, self.height = column_of[-1] + 1, row_of[-1] + 1
        self.n = self.width * self.height

    def __eq__(self, other):
        return (self.column_of, self.row_of) == (other.column_of, other.row_of)

    def pixels(self, labels):
        """Section 10: rows of pixels."""
        rows = [[labels[y * self.width + x] for x in self.column_of] for y in range(self.height)]
        return [rows[y] for y in self.row_of]


def read_k(reader, bits):
    k = reader.B(4) + 1
    need(k <= bits, "labels of more bits than Bits Allocated")
    return k


def read_head(reader, rows, columns, bits):
    """Section 4.2: k and the grid."""
    k = read_k(reader, bits)
    if reader.B(1) == 0:
        return k, Grid(list(range(columns)), list(range(rows)))
    column_of = read_axis(reader, columns)
    return k, Grid(column_of, read_axis(reader, rows))


def history_after(d, h):
    """Section 8: the history of an edge that has moved by d, h being that of the edge above."""
    if d == 0 and h in (14, 31, 32, 33):
        return {14: 31, 31: 32, 32: 33, 33: 33}[h]
    before = 5 if h == 30 else 2 if h > 30 else h // 6
    return 6 * (max(-2, min(2, d)) + 2) + before


class Independent:
    """Section 8."""

    def __init__(self, reader, k, n, width):
        self.reader, self.k, self.n, self.width = reader, k, n, width
        self.labels = [0] * n
        self.edges = []
        self.label = self.above = self.start = self.i = 0  # start is "from" in the text

    def decode(self):
        """The labels, one for each position."""
        self.reader.begin(self.n)
        while self.step():
            pass
        self.reader.end()
        self.labels[self.start:] = [self.label] * (self.n - self.start)
        return self.labels

    def append(self, p, label, history):
        self.edges.append((p, label, history))
        self.labels[self.start:p] = [self.label] * (p - self.start)
        self.labels[p] = label
        self.label, self.start = label, p + 1

    def step(self):
        """One round of "repeat"; False when the frame stops."""
        reader = self.reader
        differs = int(self.label != self.above)
        exists = int(self.i < len(self.edges) and self.edges[self.i][0] + self.width < self.n)
        if exists:
            position, edge_label, history = self.edges[self.i]
            expected = position + self.width
            s = reader.S("EDGE", 34 * differs + history)
            if s <= 8:
                d = (0, -1, 1, -2, 2, -3, 3, -4, 4)[s]
                p = expected + d
                need(self.start <= p < self.n, "an edge moves where it cannot be")
                need(edge_label != self.label, "an edge without a change")
                self.append(p, edge_label, history_after(d, history))
            elif s == 11:
                need(expected >= self.start, "an edge stays where it cannot be")
                self.append(expected, self.Y(4 + differs), history_after(0, history))
            if s != 10:
                self.above = edge_label
                self.i += 1
                return True
        else:
            expected = self.n
            if reader.S("END", differs) == 0:
                return False
        w = max(expected - self.start + 1, 1)
        p = self.start + reader.V("GAP", min(log2((w + 1) // 2), 10))
        need(p < self.n, "a new edge behind the frame")
        self.append(p, self.Y(2 * differs + exists), 30)
        return True

    def Y(self, c):
        if self.k == 1:
            return 1 - self.label
        b = self.reader.S("BIRTH", c)
        if b == 0:
            new = self.above
        elif b == 1:
            new = self.edges[self.i][1]
        elif b == 2:
            need(self.i + 1 < len(self.edges), "no next edge whose label is meant")
            new = self.edges[self.i + 1][1]
        elif b == 3:
            need(self.i >= 2, "no edge in front whose label is meant")
            new = self.edges[self.i - 2][1]
        elif b <= 6:
            new = self.reader.L(b - 4)
        else:
            new = self.reader.N(self.k)
        need(new != self.label, "an edge without a change")
        return new


def decode_raw(reader, k, n):
    """Section 9."""
    need(reader.B(-reader.at % 8) == 0, "bits in front of a raw frame's labels that are not 0")
    labels = [reader.B(k) for _ in range(n)]
    left = 8 * len(reader.coded) - reader.at
    need(left < 16, "too many bits behind a raw frame's labels")
    need(reader.B(left) == 0, "bits behind a raw frame's labels that are not 0")
    return labels


class Decoder:
    """The frames of one image. fragments: one for each frame, in order. Each frame is decoded when it is asked for."""

    def __init__(self, fragments, rows, columns, bits):
        self.fragments, self.rows, self.columns, self.bits = fragments, rows, columns, bits
        self.decoded = {}

    def open(self, f):
        """Section 4.1: the type of frame f, and a reader of what is behind it."""
        fragment = bytes(self.fragments[f])
        need(len(fragment) >= 6 and len(fragment) % 2 == 0, "size of a fragment")
        need(int.from_bytes(fragment[-4:], "little") == checksum(fragment[:-4]), "checksum")
        reader = Reader(fragment[:-4])
        return reader.B(2), reader

    def type_of(self, f):
        return self.open(f)[0]

    def target(self, f, back):
        """Section 4.3: the frame whose pixels a same frame has."""
        need(back > 0, "a frame that is the same as itself")
        need(f - back >= 0, "a frame that is the same as one in front of the first")
        need(self.type_of(f - back) in (INDEPENDENT, RAW), "a frame that is the same as one that may not be")
        return f - back

    def decode(self, f):
        """The grid of frame f and its labels."""
        kind, reader = self.open(f)
        if kind == SAME:
            back = reader.B(14)
            need(reader.at == 8 * len(reader.coded), "size of a frame that is the same as another")
            return self.on_grid(self.target(f, back))
        if kind == PREDICTED:
            return self.predicted(f, reader)
        k, grid = read_head(reader, self.rows, self.columns, self.bits)
        if kind == RAW:
            return grid, decode_raw(reader, k, grid.n)
        return grid, Independent(reader, k, grid.n, grid.width).decode()

    def predicted(self, f, reader):
        raise Nonconforming("a predicted frame where there is none")

    def on_grid(self, f):
        """As decode; some frames are kept, for those that need them."""
        if f not in self.decoded:
            result = self.decode(f)
            if len(self.decoded) > 16:
                self.decoded.pop(next(iter(self.decoded)))
            self.decoded[f] = result
        return self.decoded[f]

    def frame(self, f):
        """Section 10: the pixels of frame f, a list of rows."""
        grid, labels = self.on_grid(f)
        return grid.pixels(labels)
