# SPDX-License-Identifier: Apache-2.0
"""Writes the worked example of ../prediction.md, annex PB, anew: to be run when a table, the text of the coding or the
encoder has changed.

usage: make_example.py [DSEG]    bytes as dseg writes them, or, without it, as compose.py does"""

import sys
import tempfile
from pathlib import Path

import compose
import files
import label_edge_predicted
from label_edge import PREDICTED, read_k
from label_edge_predicted import PredictedDecoder
from trace import TracedPredicted, Tracer

ROWS, COLUMNS, BITS = 6, 12, 8

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


def plain_between():
    frames = [[frame[y * COLUMNS + x] for y in range(ROWS) for x in range(0, COLUMNS, 2)] for frame in pictures(BETWEEN)]
    axes = [EVEN_COLUMNS, ALL_ROWS]
    keys = [compose.independent(compose.Plain(frames[f]), max(frames[f]).bit_length(), 36, 6, axes) for f in (0, 2)]
    return [keys[0], compose.predicted(compose.Plain(frames[1]), 3, 36, 6, frames[0], frames[2]), keys[1]]


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
    rewrite(label_edge_predicted.TEXT, "## Annex PB.", annex_pb(dseg))


if __name__ == "__main__":
    main(*sys.argv[1:])
