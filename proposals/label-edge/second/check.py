# SPDX-License-Identifier: Apache-2.0
"""Compares the second decoder with the first: check.py DSEG INPUT [STEP]

INPUT, anything that `dseg convert` reads, is written as label map and as binary (where it can be), in independent and in
predicted frames, and uncompressed. Every STEP-th frame (1: all) is decoded by label_edge.py and compared, byte for byte,
with the uncompressed one. pydicom takes the objects apart."""

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy
import pydicom
from pydicom.encaps import generate_fragments

import label_edge


def convert(dseg, source, path, *options):
    done = subprocess.run([dseg, "convert", source, path, *options], capture_output=True, text=True)
    return done.stderr.strip() if done.returncode != 0 else None


def native_frames(path):
    """Pixels of an uncompressed object, as an array of frames, rows and columns."""
    data = pydicom.dcmread(path)
    frames, rows, columns = int(data.NumberOfFrames), data.Rows, data.Columns
    if data.BitsAllocated == 1:
        pixels = numpy.unpackbits(numpy.frombuffer(data.PixelData, "u1"), bitorder="little")
    else:
        pixels = numpy.frombuffer(data.PixelData, {8: "u1", 16: "<u2"}[data.BitsAllocated])
    return pixels[:frames * rows * columns].reshape(frames, rows, columns)


def check(coded_path, wanted, step):
    data = pydicom.dcmread(coded_path)
    fragments = list(generate_fragments(data.PixelData))[1:]  # without the Basic Offset Table
    decoder = label_edge.Decoder(fragments, data.Rows, data.Columns, data.BitsAllocated)
    kinds = [0] * 4
    for f in range(0, len(fragments), step):
        kinds[decoder.type_of(f)] += 1
        if not numpy.array_equal(numpy.array(decoder.frame(f)), wanted[f]):
            raise SystemExit(f"{coded_path.name}: frame {f} differs")
    return kinds


def main(dseg, source, step=1):
    if not Path(source).exists():
        print(f"skipped: no {source}")
        raise SystemExit(77)
    compared = 0
    with tempfile.TemporaryDirectory() as folder:
        for representation, order in (("labelmap", "plane"), ("binary", "segment")):
            kind = ["--as", representation, "--frame-order", order]  # by segment, so that there is something to predict
            native = Path(folder) / f"{representation}.dcm"
            refused = convert(dseg, source, native, *kind, "--force")
            if refused:
                print(f"{representation}: not possible: {refused}")
                continue
            wanted = native_frames(native)
            for predict in "01":
                coded = Path(folder) / f"{representation}-{predict}.dcm"
                failed = convert(dseg, source, coded, *kind, "--transfer-syntax", "label-edge", "--option",
                                 f"predict={predict}")
                if failed:
                    raise SystemExit(f"{representation}, predict={predict}: {failed}")
                kinds = check(coded, wanted, step)
                compared += sum(kinds)
                print(f"{representation}, predict={predict}: {kinds[0]} independent, {kinds[1]} predicted, "
                      f"{kinds[2]} same, {kinds[3]} raw frames are equal")
    if compared == 0:
        raise SystemExit("nothing was compared")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], *map(int, sys.argv[3:4]))
