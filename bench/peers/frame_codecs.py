# SPDX-License-Identifier: Apache-2.0
"""Frame codecs of Python packages on a label volume, each frame alone: WebP lossless, OpenZL, JPEG XL by a newer libjxl;
prints a JSON line for each in the form of bench/frames.

usage: frame_codecs.py VOLUME [--codec NAME]... [--rounds 1..25]

All processors share the encoding, which is told by processor time; each frame is decoded there and compared. Decoding is
timed in this process alone, into the volume; what the packages' interfaces cost for each call is a part of it."""

import argparse
import json
import multiprocessing
import os
import statistics
import time
from pathlib import Path

import imagecodecs
import numpy
import openzl.ext as openzl
import SimpleITK

from common import clock

RANDOM_FRAMES = 20
MAX_ROUNDS = 25  # as bench/frames has
STRETCH = 16  # frames that a process takes at a time
ONCE = 1  # seconds; a pass over all frames that takes longer is not made again


class WebP:
    """Labels are the green of an opaque picture, their upper bytes its red, as the format has no grey."""

    name = "WebP lossless"

    def __init__(self, shape, dtype):
        self.wide = dtype.itemsize == 2
        self.picture = numpy.zeros((*shape, 3), numpy.uint8)
        self.version = imagecodecs.webp_version()

    def encode(self, frame):
        self.picture[..., 1] = frame & 255
        if self.wide:
            self.picture[..., 0] = frame >> 8
        return imagecodecs.webp_encode(self.picture, lossless=True)

    def decode(self, data, out):
        imagecodecs.webp_decode(data, hasalpha=False, out=self.picture)
        if self.wide:
            numpy.left_shift(self.picture[..., 0], 8, out=out, dtype=numpy.uint16)
            out |= self.picture[..., 1]
        else:
            out[...] = self.picture[..., 1]


class OpenZL:
    """The library's general graph for numbers, at the level that zstd has in the tables."""

    name = "OpenZL, level 19"

    def __init__(self, shape, dtype):
        self.compressor = openzl.Compressor()
        self.compressor.select_starting_graph(openzl.graphs.Compress()(self.compressor))
        self.context = openzl.DCtx()
        parts = (openzl.LIBRARY_VERSION_MAJOR, openzl.LIBRARY_VERSION_MINOR, openzl.LIBRARY_VERSION_PATCH)
        self.version = "OpenZL " + ".".join(map(str, parts))

    def encode(self, frame):
        context = openzl.CCtx()
        context.ref_compressor(self.compressor)
        context.set_parameter(openzl.CParam.FormatVersion, openzl.MAX_FORMAT_VERSION)
        context.set_parameter(openzl.CParam.CompressionLevel, 19)
        return context.compress([openzl.Input(openzl.Type.Numeric, frame.ravel())])

    def decode(self, data, out):
        out.ravel()[:] = self.context.decompress(data)[0].content.as_nparray()


class JpegXl:
    name = "JPEG XL 0.11, effort 9"

    def __init__(self, shape, dtype):
        self.version = imagecodecs.jpegxl_version()

    def encode(self, frame):
        return imagecodecs.jpegxl_encode(frame, effort=9, lossless=True, numthreads=1)

    def decode(self, data, out):
        imagecodecs.jpegxl_decode(data, numthreads=1, out=out)


CODECS = (WebP, OpenZL, JpegXl)


def frames_of(labels):
    """The planes that have a label, as dseg writes them: 8 bits where they hold all numbers, else 16."""
    labels = labels.astype(numpy.uint8 if labels.max() < 256 else numpy.uint16)
    return numpy.ascontiguousarray(labels[[plane.any() for plane in labels]])


def encode_stretch(codec, frames):
    """What a process does: bytes of frames, processor time, and how many came back wrong."""
    coder, back, failures = codec(frames.shape[1:], frames.dtype), numpy.empty_like(frames[0]), 0
    start = time.process_time()
    encoded = [coder.encode(frame) for frame in frames]
    seconds = time.process_time() - start
    for data, frame in zip(encoded, frames):
        back[...] = ~frame
        coder.decode(data, back)
        failures += not numpy.array_equal(back, frame)
    return encoded, seconds, failures


def timed_decodes(coder, encoded, out, rounds):
    """Seconds of passes over all frames, and of single frames in random order."""
    passes, singles, generator = [], [], numpy.random.default_rng(1)
    for _ in range(rounds):
        if not passes or passes[-1] < ONCE:
            start = clock()
            for data, frame in zip(encoded, out):
                coder.decode(data, frame)
            passes.append(clock() - start)
        chosen = generator.integers(0, len(encoded), RANDOM_FRAMES)
        start = clock()
        for index in chosen:
            coder.decode(encoded[index], out[index])
        singles.append((clock() - start) / RANDOM_FRAMES)
    return passes, singles


def spread(values):
    return {"median": statistics.median(values), "min": min(values), "max": max(values), "n": len(values)}


def measure(codec, frames, rounds, pool):
    coder = codec(frames.shape[1:], frames.dtype)
    head = {"codec": codec.name, "experimental": False, "library": coder.version}
    try:
        stretches = [(codec, frames[first : first + STRETCH]) for first in range(0, len(frames), STRETCH)]
        done = pool.starmap(encode_stretch, stretches, chunksize=1)
        encoded = [data for part, _, _ in done for data in part]
        passes, singles = timed_decodes(coder, encoded, numpy.empty_like(frames), rounds)
    except Exception as error:  # whatever a package throws is its result
        return {**head, "error": f"{type(error).__name__}: {error}"}
    return {**head, "bytes": sum(map(len, encoded)), "failures": sum(failures for _, _, failures in done),
            "encode_seconds": spread([sum(seconds for _, seconds, _ in done)]), "decode_seconds": spread(passes),
            "random_frame_seconds": spread(singles)}  # fmt: skip


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("volume")
    parser.add_argument("--codec", action="append", choices=[codec.name for codec in CODECS])
    parser.add_argument("--rounds", type=int, default=3, choices=range(1, MAX_ROUNDS + 1), metavar=f"1..{MAX_ROUNDS}")
    options = parser.parse_args()
    frames = frames_of(SimpleITK.GetArrayFromImage(SimpleITK.ReadImage(options.volume)))
    with multiprocessing.get_context("fork").Pool(len(os.sched_getaffinity(0))) as pool:
        for codec in CODECS:
            if not options.codec or codec.name in options.codec:
                print(json.dumps({
                    "volume": Path(options.volume).name, "representation": "labelmap", "bits": 8 * frames.itemsize,
                    "rows": frames.shape[1], "columns": frames.shape[2], "frames": len(frames), "raw_bytes": frames.nbytes,
                    **measure(codec, frames, options.rounds, pool)}), flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
