# SPDX-License-Identifier: Apache-2.0
"""Writes the worked examples, annex B of ../bitstream.md and PB of ../prediction.md, anew: to be run when a table, the
text of the coding or the encoder has changed. With "check" it only says whether they are as they would be written.

usage: make_example.py DSEG [check]    bytes as this dseg writes them"""

import sys
import tempfile
from pathlib import Path

import files
import label_edge
import label_edge_predicted
from label_edge import INDEPENDENT, PREDICTED, read_head, read_k
from label_edge_predicted import PredictedDecoder
from trace import TracedIndependent, TracedPredicted, Tracer

COLUMNS, BITS = 12, 8

ALONE = """
............
..333333....
..333333....
..33337777..
..33335577..
..33335577..
....3377....
"""

BETWEEN = """
............ ............ ............
..333333.... ..333333.... ....3333....
..333333.... ..333333.... ....3333....
..3333337777 ..3333337777 ..333333....
..3333337777 ..3333...... ..3333......
............ ............ ............
"""


def pictures(drawn):
    """For each frame its labels in raster order."""
    rows = [line.split() for line in drawn.split("\n") if line]
    return [[0 if c == "." else int(c) for row in rows for c in row[f]] for f in range(len(rows[0]))]


def drawn(pixels):
    """The frames side by side, as the text shows them."""
    lines = ["   ".join(f"frame {f}".ljust(COLUMNS) for f in range(len(pixels))).rstrip()] if len(pixels) > 1 else []
    for y in range(0, len(pixels[0]), COLUMNS):
        lines.append("   ".join("".join(str(v or ".") for v in frame[y:y + COLUMNS]) for frame in pixels))
    return "".join(f"    {line}\n" for line in lines)


def coded(dseg, syntax, pixels):
    """The fragments."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "example.dcm"
        files.coded_labels(dseg, path, syntax, len(pixels[0]) // COLUMNS, COLUMNS, BITS, pixels)
        return files.fragments_of(path)


def hexadecimal(data):
    return data.hex(" ").upper()


def fragment_block(fragments):
    return "".join(f"    {f}: {hexadecimal(data)}\n" for f, data in enumerate(fragments))


def left(reader):
    return "no bit is left" if reader.left == 0 else "one bit of 0 is left" if reader.left == 1 else f"{reader.left} bits of 0 are left"


def rows_of(grid, labels):
    return "  ".join("".join(map(str, labels[y * grid.width:(y + 1) * grid.width])) for y in range(grid.height))


def decoded(decoder, pixels):
    for f, wanted in enumerate(pixels):
        assert [value for row in decoder.frame(f) for value in row] == wanted
    return decoder


def annex_b(dseg):
    pixels = pictures(ALONE)
    rows = len(pixels[0]) // COLUMNS
    (fragment,) = coded(dseg, "label-edge", pixels)
    decoded(label_edge.Decoder([fragment], rows, COLUMNS, BITS), pixels)
    reader = Tracer(fragment[:-4])
    assert reader.B(2) == INDEPENDENT
    k, grid = read_head(reader, rows, COLUMNS, BITS)
    (_, has_grid, column_rule, column_s, row_rule, row_s) = [f"{result} ({what})" for what, result, _ in reader.read[1:]]
    frame = TracedIndependent(reader, k, grid.n, grid.width)
    labels = frame.decode()
    edges = ",\n".join(", ".join(str(edge[:2]) for edge in frame.edges[e:e + 10]) for e in range(0, len(frame.edges), 10))
    return f"""## Annex B. Worked example (informative)

A frame of {rows} rows and {COLUMNS} columns, Bits Allocated {BITS}; `.` is the label 0:

{drawn(pixels)}
The fragment, with its checksum:

    {hexadecimal(fragment)}

The head: type = 0 (B(2)), k = {k} (B(4) = {k - 1}), and a grid: {has_grid}; for the columns rule = {column_rule}, s = {column_s};
for the rows rule = {row_rule}, s = {row_s}. width = {grid.width}, n = {grid.n}. The grid is

    {rows_of(grid, labels).replace("0", ".")}

and its edges are {edges}. Behind the head:

| read | result | state | then |
|---|---|---|---|
| B(8) | {reader.first} | {reader.first} | the first state |
{chr(10).join(frame.rows)}
"""


def annex_pb(dseg):
    pixels = pictures(BETWEEN)
    rows = len(pixels[0]) // COLUMNS
    fragments = coded(dseg, "label-edge-predicted", pixels)
    decoder = decoded(PredictedDecoder(fragments, rows, COLUMNS, BITS), pixels)
    reader = Tracer(fragments[1][:-4])
    assert reader.B(2) == PREDICTED
    k = read_k(reader, BITS)
    (grid, P), (_, Q) = decoder.on_grid(0), decoder.on_grid(2)
    frame = TracedPredicted(reader, k, grid.n, grid.width, P, Q)
    labels = frame.decode()
    return f"""## Annex PB. Worked example (informative)

An image of three frames, {rows} rows, {COLUMNS} columns, Bits Allocated {BITS}; `.` is the label 0:

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


def rewrite(path, heading, annex, check):
    text = path.read_text(encoding="utf-8")
    at = text.find(heading)
    new = (text if at < 0 else text[:at]).rstrip() + "\n\n" + annex
    if not check:
        path.write_text(new, encoding="utf-8")
    elif new != text:
        sys.exit(f"{path}: {heading} is not as this program writes it")


def main():
    if len(sys.argv) not in (2, 3) or sys.argv[2:] not in ([], ["check"]):
        sys.exit(__doc__)
    dseg, check = sys.argv[1], len(sys.argv) == 3
    rewrite(label_edge.TEXT, "## Annex B.", annex_b(dseg), check)
    rewrite(label_edge_predicted.TEXT, "## Annex PB.", annex_pb(dseg), check)


if __name__ == "__main__":
    main()
