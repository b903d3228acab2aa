# SPDX-License-Identifier: Apache-2.0
"""A second decoder of Label Edge frames, written from ../bitstream.md alone: slow, plain, and in the order of the text.

Numbers of sections are those of bitstream.md. The frequencies of its Annex A are read from the document itself, so that
the text is what is tested."""

import re
from pathlib import Path

TEXT = Path(__file__).resolve().parent.parent / "bitstream.md"

# Section 7: name, number of contexts, symbols.
KINDS = [("EDGE", 62, 11), ("END", 2, 2), ("GAP", 11, 16), ("BIRTH", 4, 8), ("SEGMENT", 252, 8),
         ("OFFSET", 2, 16), ("WHICH", 1, 8)]


class Nonconforming(ValueError):
    """The bytes do not conform (section 12)."""


def need(condition, what):
    if not condition:
        raise Nonconforming(what)


def log2(a):
    return a.bit_length() - 1


def read_annex_a(text):
    """Annex A: for each kind its contexts, each a list of frequencies."""
    annex = text[text.index("## Annex A"):]
    kinds = {}
    for name, count, symbols in KINDS:
        digits = re.search(rf"^{name}:\n\n((?:    [0-9A-F ]+\n)+)", annex, re.MULTILINE).group(1).split()
        assert len(digits) == count, name
        kinds[name] = [[int(context[i:i + 2], 16) for i in range(0, len(context), 2)] for context in digits]
        assert all(len(frequencies) == symbols and sum(frequencies) == 256 for frequencies in kinds[name]), name
    return kinds


def make_table(frequencies):
    """Section 6.2: for each state its symbol, base and bits."""
    symbol = [None] * 256
    p = 0
    for s, frequency in enumerate(frequencies):
        for _ in range(frequency):
            symbol[p] = s
            p = (p + 163) % 256
    m = list(frequencies)
    table = []
    for s in symbol:
        bits = 8 - log2(m[s])
        table.append((s, (m[s] << bits) - 256, bits))
        m[s] += 1
    return table


TABLES = {kind: [make_table(frequencies) for frequencies in contexts]
          for kind, contexts in read_annex_a(TEXT.read_text(encoding="utf-8")).items()}


def u16(data, at):
    return int.from_bytes(data[at:at + 2], "little")


def u32(data, at):
    return int.from_bytes(data[at:at + 4], "little")


class Header:
    """Section 5."""

    def __init__(self, data, rows, columns, bits, frames):
        need(len(data) >= 18 and data[:2] == b"LE" and data[2] == 2, "no header")
        self.flags, self.size = data[3], u32(data, 4)
        need(self.flags < 8 and 18 <= self.size <= len(data) and self.size % 2 == 0, "flags or size")
        need((u16(data, 8), u16(data, 10), u16(data, 12), u32(data, 14)) == (rows, columns, bits, frames),
             "another image")
        self.data, self.at = data[:self.size], 18
        self.predicts = bool(self.flags & 4)
        self.palette = self.read_palette(bits) if self.flags & 1 else range(1 << bits)
        column_bits = self.read_bits(columns) if self.flags & 2 else [1] * columns
        row_bits = self.read_bits(rows) if self.flags & 2 else [1] * rows
        need(column_bits[0] == 1 and row_bits[0] == 1, "the first row and column are the grid's")
        need(self.size - self.at <= 1 and not any(self.data[self.at:]), "padding")
        # Section 11: the grid's column (row) that each column (row) of the frame comes from.
        self.column_of = [sum(column_bits[:i + 1]) - 1 for i in range(columns)]
        self.row_of = [sum(row_bits[:i + 1]) - 1 for i in range(rows)]
        self.width, self.height = sum(column_bits), sum(row_bits)
        self.n = self.width * self.height
        self.labels = len(self.palette)
        self.k = 0 if self.labels == 1 else log2(self.labels - 1) + 1

    def read_integer(self):
        value = 0
        for i in range(3):
            need(self.at < self.size, "header too short")
            byte = self.data[self.at]
            self.at += 1
            value |= (byte & 127) << 7 * i
            if byte < 128:
                need(value < 1 << 17, "integer too large")
                return value
        raise Nonconforming("integer of more than three bytes")

    def read_palette(self, bits):
        palette, behind = [], 0
        runs = self.read_integer()
        need(runs >= 1, "empty palette")
        for _ in range(runs):
            first = behind + self.read_integer()
            behind = first + self.read_integer() + 1
            need(behind <= 1 << bits, "palette value too large")
            palette += range(first, behind)
        return palette

    def read_bits(self, count):
        size = (count + 7) // 8
        need(self.at + size <= self.size, "header too short")
        value = int.from_bytes(self.data[self.at:self.at + size], "little")
        self.at += size
        need(value >> count == 0, "bits of the grid behind the last")
        return [value >> i & 1 for i in range(count)]


class Symbols:
    """Section 6."""

    def __init__(self, frame, header, kind):
        need(len(frame) >= 2 and len(frame) % 2 == 0, "size of a frame")
        self.header, self.frame, self.at = header, frame, 0  # at: a bit
        self.list = []
        assert self.B(2) == kind
        self.state = self.B(8)

    def S(self, kind, context=0):
        s, base, bits = TABLES[kind][context][self.state]
        self.state = base + self.B(bits)
        return s

    def B(self, n):
        need(self.at + n <= 8 * len(self.frame), "more bits are read than there are")
        first = self.at // 8
        v = int.from_bytes(self.frame[first:first + 5], "little") >> self.at % 8 & (1 << n) - 1  # 7 + 28 bits
        self.at += n
        return v

    def V(self, kind, context):
        e = self.S(kind, context)
        if e == 15:
            e = self.B(5)
            need(e <= 28, "number too large")
        return (1 << e) - 1 + self.B(e)

    def L(self, e):
        if e < 5:
            i = (1 << e) - 1 + self.B(e)
            need(i < len(self.list), "no such entry in the list of labels")
            label = self.list.pop(i)
        else:
            label = self.B(self.header.k)
            need(label < self.header.labels, "no such label")
            del self.list[15:]
        self.list.insert(0, label)
        return label

    def end(self):
        left = 8 * len(self.frame) - self.at
        need(self.state == 0, "the state at the end")
        need(left < 16, "too many bits left")
        need(self.B(left) == 0, "bits left that are not 0")


def decode_independent(symbols, header):
    """Section 8."""
    n, width, labels = header.n, header.width, header.labels
    pixels = [0] * n
    edges = []
    label = above = start = i = 0  # start is "from" in the text

    def append(p, value, history):
        edges.append((p, value, history))
        if p > start:
            pixels[start:p] = [label] * (p - start)
        pixels[p] = value

    while True:
        differs = int(label != above)
        exists = int(i < len(edges) and edges[i][0] + width < n)
        if exists:
            position, edge_label, history = edges[i]
            expected = position + width
            s = symbols.S("EDGE", 31 * differs + history)
            if s <= 8:
                d = (0, -1, 1, -2, 2, -3, 3, -4, 4)[s]
                p = expected + d
                need(start <= p < n and edge_label != label, "an edge moves where it cannot be")
                append(p, edge_label, 6 * (max(-2, min(2, d)) + 2) + history // 6)
                label = above = edge_label
                start = p + 1
                i += 1
                continue
            if s == 9:
                above = edge_label
                i += 1
                continue
        else:
            expected = n
            if symbols.S("END", differs) == 0:
                break
        w = max(expected - start + 1, 1)
        p = start + symbols.V("GAP", min(log2((w + 1) // 2), 10))
        need(p < n and labels >= 2, "a new edge outside the frame, or without a label")
        if labels == 2:
            new = 1 - label
        else:
            b = symbols.S("BIRTH", 2 * differs + exists)
            if b == 0:
                new = above
            elif b == 1:
                new = edges[i][1]
            else:
                new = symbols.L(b - 2)
        need(new != label, "an edge without a change")
        append(p, new, 30)
        label = new
        start = p + 1
    pixels[start:] = [label] * (n - start)
    return pixels


def segment_context(label, x, a, s, around):
    """Section 9.3. around: for each of N, P, Q a tuple of the label in the segment, that behind it, below and above."""
    length = s - x
    if x == a:
        c = 0 if length == 1 else 1 if length == 2 else 2 if length <= 5 else 3
    else:
        c = 4 if length == 1 else 5
    (N, N1, _, _), P_, Q_ = around
    if Q_[0] == label and P_[0] != label:
        P_, Q_ = Q_, P_
    P, P1, P_below, P_above = P_
    Q, _, Q_below, Q_above = Q_
    n_agrees, p_agrees, q_agrees = N == label, P == label, Q == label
    bit = lambda value: int(value == label)
    if not n_agrees and not p_agrees:
        base, values, f = (0 if N == P == Q else 6), 1, 0
    elif n_agrees and not p_agrees:
        base, values, f = (12 if P == Q else 18), 1, 0
    elif not n_agrees and not q_agrees:
        base, values, f = (24 if N == Q else 72), 8, bit(P1) + 2 * bit(Q_below) + 4 * bit(Q_above)
    elif n_agrees and not q_agrees:
        base, values, f = 120, 16, bit(P1) + 2 * bit(N1) + 4 * bit(Q_above) + 8 * bit(P_below)
    elif not n_agrees:
        base, values, f = 216, 4, bit(Q_above) + 2 * bit(P_above)
    else:
        base, values, f = 240, 2, bit(N1)
    return base + c * values + f


def decode_predicted(symbols, header, ref_p, ref_q):
    """Section 9."""
    n, width, labels = header.n, header.width, header.labels
    pixels = [0] * n

    def above(p):
        return pixels[p - width] if p >= width else 0

    a = label = 0
    while a < n:
        s = a + 1
        while s % width != 0 and above(s) == above(s - 1) and ref_p[s] == ref_p[s - 1] and ref_q[s] == ref_q[s - 1]:
            s += 1
        inside = s % width != 0
        N, P, Q = above(a), ref_p[a], ref_q[a]
        N1 = above(s) if inside else N

        def surroundings(ref):
            return (ref[a], ref[s] if inside else ref[a], ref[a + width] if a + width < n else ref[a],
                    ref[a - width] if a >= width else ref[a])

        around = ((N, N1, None, None), surroundings(ref_p), surroundings(ref_q))
        x = a
        while x < s:
            y = symbols.S("SEGMENT", segment_context(label, x, a, s, around))
            if y == 0:
                pixels[x:s] = [label] * (s - x)
                break
            if N == P == Q == label:
                expected = N1
            elif P == Q and P != label:
                expected = P
            elif N != label:
                expected = N
            elif P != label:
                expected = P
            else:
                expected = Q
            to = expected
            if y <= 5:
                o = y - 1
            elif y == 6:
                o = 5 + symbols.V("OFFSET", 0)
            else:
                o = symbols.V("OFFSET", 1)
                if labels == 2:
                    to = 1 - label
                else:
                    w = symbols.S("WHICH")
                    if w >= 2:
                        to = symbols.L(w - 2)
                    else:
                        others = []
                        for other in (P, Q, N):
                            if other not in (label, expected) and other not in others:
                                others.append(other)
                        need(w < len(others), "no such other label")
                        to = others[w]
            need(x + o < s and to != label and labels >= 2, "a change outside its segment, or without a change")
            pixels[x:x + o] = [label] * o
            pixels[x + o] = to
            label = to
            x += o + 1
        a = s
    return pixels


def decode_raw(frame, header):
    """Section 10."""
    size = (header.n * header.k + 7) // 8
    need(u16(frame, 0) == 3 and len(frame) == 2 + size + size % 2, "size of a raw frame")
    value = int.from_bytes(frame[2:], "little")
    need(value >> header.n * header.k == 0, "padding of a raw frame")
    pixels = []
    mask = (1 << header.k) - 1
    data = frame[2:] + b"\0\0\0"
    for i in range(header.n):
        bit = i * header.k
        pixels.append(int.from_bytes(data[bit // 8:bit // 8 + 3], "little") >> bit % 8 & mask)
    need(max(pixels) < header.labels, "no such label")
    return pixels


class Decoder:
    """The frames of one image. fragments: one for each frame, in order."""

    def __init__(self, fragments, rows, columns, bits):
        need(len(fragments) >= 1, "no frame")
        self.fragments, self.bits = [self.without_padding(f) for f in fragments], bits
        self.header = Header(self.fragments[0], rows, columns, bits, len(fragments))
        self.fragments[0] = self.fragments[0][self.header.size:]
        self.decoded = {}

    @staticmethod
    def without_padding(fragment):
        """Section 4.1."""
        if len(fragment) % 2 == 0:
            return bytes(fragment)
        need(fragment[-1] == 0, "padding of a fragment")
        return bytes(fragment[:-1])

    def references(self, f):
        """Section 4.2: the two references, or None for a key."""
        low = 4 * (f // 4)
        high = min(low + 4, len(self.fragments) - 1)
        if f in (low, high):
            return None
        m = low + (high - low) // 2
        return (low, high) if f == m else (low, m) if f < m else (m, high)

    def type_of(self, f):
        need(len(self.fragments[f]) >= 2, "size of a frame")
        return self.fragments[f][0] & 3

    def same_as(self, f):
        """Section 4.3."""
        frame = self.fragments[f]
        need(len(frame) == 2, "size of a frame that is the same as another")
        word = u16(frame, 0)
        backward, k = not word & 4, word >> 3
        need(k >= 1, "a frame that is the same as itself")
        t = f - k if backward else f + k
        need(0 <= t < len(self.fragments), "no such frame")
        references = self.references(f) if self.header.predicts else None
        if references is None:
            need(backward and self.type_of(t) in (0, 3), "which frame is the same")
        else:
            need(t in references, "which frame is the same")
        return t

    def labels_of(self, f):
        """The labels of frame f on the grid."""
        if f in self.decoded:
            return self.decoded[f]
        frame, kind = self.fragments[f], self.type_of(f)
        if kind == 2:
            pixels = self.labels_of(self.same_as(f))
        elif kind == 3:
            pixels = decode_raw(frame, self.header)
        else:
            need(self.header.n <= 1 << 28, "grid too large")
            symbols = Symbols(frame, self.header, kind)
            if kind == 0:
                pixels = decode_independent(symbols, self.header)
            else:
                references = self.references(f) if self.header.predicts else None
                need(references is not None, "a predicted frame where there is none")
                pixels = decode_predicted(symbols, self.header, *(self.labels_of(t) for t in references))
            symbols.end()
        if len(self.decoded) > 16:
            self.decoded.pop(next(iter(self.decoded)))
        self.decoded[f] = pixels
        return pixels

    def frame(self, f):
        """Section 11: the pixel values of frame f, a list of rows."""
        labels, header = self.labels_of(f), self.header
        grid = [[header.palette[labels[y * header.width + x]] for x in header.column_of] for y in range(header.height)]
        return [grid[y] for y in header.row_of]
