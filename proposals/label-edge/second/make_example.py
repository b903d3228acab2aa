# SPDX-License-Identifier: Apache-2.0
"""Writes the worked examples anew: annex B of ../bitstream.md and annex PB of ../prediction.md. To be run when a table, the
text of the coding or the encoder has changed.

usage: make_example.py [DSEG]    bytes as dseg writes them, or, without it, as compose.py does"""

import sys
import tempfile
from pathlib import Path

import compose
import files
import label_edge
import label_edge_predicted
from label_edge import INDEPENDENT, PREDICTED, TABLES, log2, read_head, read_k
from label_edge_predicted import PredictedDecoder
from trace import TracedIndependent, TracedPredicted, Tracer

ROWS, COLUMNS, BITS = 6, 12, 8

ALONE = """
............ ............
..3333...... ............
..3333...... ............
..4466...... ............
..4466...... ............
....66...... ............
"""

BETWEEN = """
............ ............ ............
..333333.... ..333333.... ....3333....
..333333.... ..333333.... ....3333....
..3333337777 ..3333337777 ..333333....
..3333337777 ..3333...... ..3333......
............ ............ ............
"""

EVEN_COLUMNS, ALL_ROWS = (COLUMNS, 1, 6), (ROWS, 0, None)


def pictures(drawn):
    """For each frame its labels in raster order."""
    rows = [line.split() for line in drawn.split("\n") if line]
    return [[0 if c == "." else int(c) for row in rows for c in row[f]] for f in range(len(rows[0]))]


def drawn(pixels):
    """The frames side by side, as the text shows them."""
    lines = ["   ".join(f"frame {f}".ljust(COLUMNS) for f in range(len(pixels))).rstrip()]
    for y in range(ROWS):
        lines.append("   ".join("".join(str(v or ".") for v in frame[y * COLUMNS:(y + 1) * COLUMNS]) for frame in pixels))
    return "".join(f"    {line}\n" for line in lines)


def coded(dseg, syntax, pixels, plain):
    """The fragments: those of dseg, or of the composer."""
    if not dseg:
        return [compose.fragment(frame) for frame in plain()]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "example.dcm"
        files.coded_labels(dseg, path, syntax, ROWS, COLUMNS, BITS, pixels)
        return files.fragments_of(path)


def plain_alone():
    (first, _) = pictures(ALONE)
    columns = range(0, COLUMNS, 2)
    rows = (0, 1, 3, 5)
    labels = [first[y * COLUMNS + x] for y in rows for x in columns]
    axes = [EVEN_COLUMNS, (ROWS, 3, 4)]
    return [compose.independent(compose.Plain(labels), 3, 24, 6, axes),
            compose.independent(compose.Plain([0] * 72), 1, 72, 12)]


def plain_between():
    frames = [[frame[y * COLUMNS + x] for y in range(ROWS) for x in range(0, COLUMNS, 2)] for frame in pictures(BETWEEN)]
    axes = [EVEN_COLUMNS, ALL_ROWS]
    keys = [compose.independent(compose.Plain(frames[f]), 3, 36, 6, axes) for f in (0, 2)]
    return [keys[0], compose.predicted(compose.Plain(frames[1]), 3, 36, 6, frames[0], frames[2]), keys[1]]


def hexadecimal(data):
    return data.hex(" ").upper()


def fragment_block(fragments):
    return "".join(f"    {f}: {hexadecimal(data)}\n" for f, data in enumerate(fragments))


def kept(name, of):
    """Which columns or rows are the grid's. of: for each that of the grid."""
    distinct = [i for i in range(len(of)) if i == 0 or of[i] != of[i - 1]]
    return f"{name} {', '.join(map(str, distinct[:-1]))} and {distinct[-1]}"


def left(reader):
    return "no bit is left" if reader.left == 0 else "one bit of 0 is left" if reader.left == 1 else f"{reader.left} bits of 0 are left"


def rows_of(grid, labels):
    return "  ".join("".join(map(str, labels[y * grid.width:(y + 1) * grid.width])) for y in range(grid.height))


def decoded(decoder, pixels):
    for f, wanted in enumerate(pixels):
        assert [value for row in decoder.frame(f) for value in row] == wanted
    return decoder


def rule_of(reader, m):
    """The rule and s of an axis: the example's are rules 1 to 3."""
    return reader.B(3), reader.B(log2(m - 1) + 1)


def annex_b(dseg):
    pixels = pictures(ALONE)
    fragments = coded(dseg, "label-edge", pixels, plain_alone)
    decoded(label_edge.Decoder(fragments, ROWS, COLUMNS, BITS), pixels)
    checksum = int.from_bytes(fragments[0][-4:], "little")
    reader = Tracer(fragments[0][:-4])
    assert reader.B(2) == INDEPENDENT
    k, grid = read_head(reader, ROWS, COLUMNS, BITS)
    frame = TracedIndependent(reader, k, grid.n, grid.width)
    labels = frame.decode()
    again = label_edge.Reader(reader.coded)
    again.B(7)
    columns, rows = rule_of(again, COLUMNS), rule_of(again, ROWS)
    symbol, base, bits = TABLES["END"][0][reader.first]
    frequency = sum(s == symbol for s, _, _ in TABLES["END"][0])
    return f"""## Annex B. Worked example (informative)

An image of two frames, {ROWS} rows, {COLUMNS} columns, Bits Allocated {BITS}; `.` is the label 0:

{drawn(pixels)}
The two fragments:

{fragment_block(fragments)}
The last four bytes of frame 0 are {checksum:08X}H, the CRC-32C of the {len(reader.coded)} before them. It begins with B(2) = 0, the type;
B(4) = {k - 1}, so that k = {k}; B(1) = 1: there is a grid. For the columns the rule is B(3) = {columns[0]}, and s = B(4) = {columns[1]}:
{kept("columns", grid.column_of)} are kept. For the rows the rule is {rows[0]}, and s = B(3) = {rows[1]}: {kept("rows", grid.row_of)}
are. So width = {grid.width}, n = {grid.n}, and on the grid the frame is

    {rows_of(grid, labels)}

with the edges {", ".join(f"({p}, {label})" for p, label, _ in frame.edges)}.

The first state, B(8), is {reader.first}. In END + 0 the symbol {symbol} has the frequency {frequency:02X}H = {frequency}, and {reader.first} is one of its states:
symbol = {symbol}, bits = {bits}, base = {base}. Each row of the table shows what is read for an edge, and the state behind each
symbol; B(0) is left out.

| read | result | state | then |
|---|---|---|---|
{chr(10).join(frame.rows)}

The state is 0, and {left(reader)}. Frame 1 is empty: k = 1, no grid, and the symbol 0 in END + 0.
"""


def annex_pb(dseg):
    pixels = pictures(BETWEEN)
    fragments = coded(dseg, "label-edge-predicted", pixels, plain_between)
    decoder = decoded(PredictedDecoder(fragments, ROWS, COLUMNS, BITS), pixels)
    reader = Tracer(fragments[1][:-4])
    assert reader.B(2) == PREDICTED
    k = read_k(reader, BITS)
    (grid, P), (_, Q) = decoder.on_grid(0), decoder.on_grid(2)
    frame = TracedPredicted(reader, k, grid.n, grid.width, P, Q)
    labels = frame.decode()
    return f"""## Annex PB. Worked example (informative)

An image of three frames, {ROWS} rows, {COLUMNS} columns, Bits Allocated {BITS}; `.` is the label 0:

{drawn(pixels)}
The three fragments:

{fragment_block(fragments)}
Frames 0 and 2 are keys. Frame 1 begins with B(2) = 1, its type, and B(4) = {k - 1}: k = {k}. Its references are P = frame 0 and
Q = frame 2, whose grids are the same, of width {grid.width}:

    P        {rows_of(grid, P)}
    Q        {rows_of(grid, Q)}
    frame 1  {rows_of(grid, labels)}

The first state, B(8), is {reader.first}. Each row of the table is the segment that begins at a:

| a | N, P, Q | read | result | state | labels |
|---|---|---|---|---|---|
{chr(10).join(frame.rows)}

The state is 0, and {left(reader)}.
"""


def rewrite(path, heading, annex):
    text = path.read_text(encoding="utf-8")
    at = text.find(heading)
    path.write_text((text if at < 0 else text[:at]).rstrip() + "\n\n" + annex, encoding="utf-8")


def main(dseg=None):
    rewrite(label_edge.TEXT, "## Annex B.", annex_b(dseg))
    rewrite(label_edge_predicted.TEXT, "## Annex PB.", annex_pb(dseg))


if __name__ == "__main__":
    main(*sys.argv[1:])
