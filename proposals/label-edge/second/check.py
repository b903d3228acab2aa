# SPDX-License-Identifier: Apache-2.0
"""Compares the second decoder with the first: check.py DSEG INPUT [STEP]

INPUT, anything that `dseg convert` reads, is written as label map and as binary (where it can be), in frames that stand
alone, with same frames, and in predicted frames, and uncompressed. Every STEP-th frame (1: all) is decoded by
label_edge.py and compared, byte for byte, with the uncompressed one. Of frames that stand alone the decoder gets nothing
but that one. pydicom takes the objects apart."""

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy
import pydicom
from pydicom.encaps import generate_fragments

from label_edge import Decoder
from label_edge_predicted import PredictedDecoder

CODED = {
    "alone": ("label-edge",),
    "same": ("label-edge", "--option", "same=1"),
    "predicted": ("label-edge-predicted",),
}


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


def check(coded_path, how, wanted, step):
    data = pydicom.dcmread(coded_path)
    fragments = list(generate_fragments(data.PixelData))[1:]  # without the Basic Offset Table
    image = data.Rows, data.Columns, data.BitsAllocated
    decoder = (PredictedDecoder if how == "predicted" else Decoder)(fragments, *image)
    kinds = [0] * 4
    for f in range(0, len(fragments), step):
        kinds[decoder.type_of(f)] += 1
        frame = Decoder([fragments[f]], *image).frame(0) if how == "alone" else decoder.frame(f)
        if not numpy.array_equal(numpy.array(frame), wanted[f]):
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
            for how, syntax in CODED.items():
                coded = Path(folder) / f"{representation}-{how}.dcm"
                failed = convert(dseg, source, coded, *kind, "--transfer-syntax", *syntax)
                if failed:
                    raise SystemExit(f"{representation}, {how}: {failed}")
                kinds = check(coded, how, wanted, step)
                compared += sum(kinds)
                print(f"{representation}, {how}: {kinds[0]} independent, {kinds[1]} predicted, {kinds[2]} same, "
                      f"{kinds[3]} raw frames are equal")
    if compared == 0:
        raise SystemExit("nothing was compared")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], *map(int, sys.argv[3:4]))
