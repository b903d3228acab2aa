# SPDX-License-Identifier: Apache-2.0
"""crackle and compresso on a label volume, alone and with zstd behind them, in memory and with one thread; prints a JSON
line for each in the form of bench/frames.

usage: label_codecs.py VOLUME [--rounds 1..25]"""

import argparse
import importlib.metadata
import json
import statistics
from pathlib import Path

import compresso
import crackle
import numpy
import SimpleITK
import zstandard

from common import clock

RANDOM_SLICES = 20
MAX_ROUNDS = 25  # as bench/frames has
LIMIT = 20  # seconds after which no further round is begun


def spread(values):
    return {"median": statistics.median(values), "min": min(values), "max": max(values), "n": len(values)}


def with_zstd(encode, decode):
    compressor, decompressor = zstandard.ZstdCompressor(level=19), zstandard.ZstdDecompressor()
    return lambda array: compressor.compress(encode(array)), lambda data: decode(decompressor.decompress(data)), None


def crackle_codec(order):
    return (
        lambda array: crackle.compress(array, allow_pins=0, markov_model_order=order, parallel=1),
        lambda data: crackle.decompress(data, parallel=1),
        lambda data, z: crackle.codec.decompress_range(data, z, z + 1, parallel=1),
    )


def compresso_codec():
    return (compresso.compress, compresso.decompress, lambda data, z: compresso.decompress(data, z=z))


def codecs():
    yield "crackle", "crackle-codec", crackle_codec(0)
    yield "crackle, order 5", "crackle-codec", crackle_codec(5)
    yield "crackle + zstd-19", "crackle-codec", with_zstd(*crackle_codec(0)[:2])
    yield "crackle, order 5 + zstd-19", "crackle-codec", with_zstd(*crackle_codec(5)[:2])
    yield "compresso", "compresso", compresso_codec()


def timed(function, *arguments):
    start = clock()
    result = function(*arguments)
    return clock() - start, result


class Trial:
    def __init__(self, name, package, functions, array):
        self.name, self.version = name, f"{package} {importlib.metadata.version(package)}"
        self.encode, self.decode, self.one = functions
        self.array = array
        self.times = {"encode_seconds": [], "decode_seconds": [], "random_frame_seconds": []}
        self.error, self.total = None, 0.0
        try:
            first, self.data = timed(self.encode, array)
            second, decoded = timed(self.decode, self.data)
            self.failures = 0 if numpy.array_equal(decoded, array) else array.shape[2]
            self.total = first + second
        except Exception as error:  # whatever a peer throws is its result
            self.error = f"{type(error).__name__}: {error}"

    def round(self, generator):
        if self.error or (self.total > LIMIT and self.times["decode_seconds"]):
            return
        encode, self.data = timed(self.encode, self.array)
        decode, _ = timed(self.decode, self.data)
        self.times["encode_seconds"].append(encode)
        self.times["decode_seconds"].append(decode)
        self.total += encode + decode
        if self.one:
            slices = generator.integers(0, self.array.shape[2], RANDOM_SLICES)
            self.times["random_frame_seconds"].append(
                statistics.mean(timed(self.one, self.data, int(z))[0] for z in slices)
            )
        else:
            self.times["random_frame_seconds"].append(decode)  # no random access

    def result(self, volume):
        size = self.array.shape
        result = {
            "volume": volume, "representation": "labelmap", "bits": 8 * self.array.itemsize, "rows": size[1],
            "columns": size[0], "frames": size[2], "raw_bytes": self.array.nbytes, "codec": self.name,
            "experimental": False, "library": self.version,
        }  # fmt: skip
        if self.error:
            return {**result, "error": self.error}
        return {
            **result, "bytes": len(self.data), "failures": self.failures, "random_access": self.one is not None,
            **{name: spread(values) for name, values in self.times.items()},
        }  # fmt: skip


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("volume")
    parser.add_argument("--rounds", type=int, default=3, choices=range(1, MAX_ROUNDS + 1), metavar=f"1..{MAX_ROUNDS}")
    options = parser.parse_args()
    labels = SimpleITK.GetArrayFromImage(SimpleITK.ReadImage(options.volume))
    labels = labels.astype(numpy.uint8 if labels.max() < 256 else numpy.uint16)
    array = numpy.asfortranarray(labels.transpose(2, 1, 0))  # x fastest
    trials = [Trial(name, package, functions, array) for name, package, functions in codecs()]
    generator = numpy.random.default_rng(1)
    for _ in range(options.rounds):
        for trial in trials:
            trial.round(generator)
    for trial in trials:
        print(json.dumps(trial.result(Path(options.volume).name)))


main()
