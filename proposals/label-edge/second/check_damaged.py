# SPDX-License-Identifier: Apache-2.0
"""Compares the second decoder with the first on damaged fragments: check_damaged.py [--images N] [--seed N] COMMAND...

Both have to give the same pixels or both refuse the frame. COMMAND runs tests/pipe.c. Small images are made, coded by the
first encoder or by chance (chance.py), half of them for the transfer syntax that allows prediction, and damaged in several
ways: bits, bytes, cut, lengthened, another frame's fragment, a frame of type 2, bytes by chance. Mostly the checksum is
made right afterwards, so that what is behind it is reached."""

import argparse
import random
import struct
import subprocess

import compose
from chance import Chance
from compose import fragment, same
from label_edge import Decoder, Nonconforming
from label_edge_predicted import PredictedDecoder

ALONE, GRID, SAME, PREDICTED = range(4)  # what the first encoder knows

SIZES = {1: lambda n: (n + 7) // 8, 8: lambda n: n, 16: lambda n: 2 * n}


class First:
    """The first decoder, and the encoder."""

    def __init__(self, command):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ask(self, kind, *numbers, data=b""):
        self.process.stdin.write(kind + struct.pack(f"<{len(numbers)}I", *numbers) + data)
        self.process.stdin.flush()

    def get(self, size):
        data = self.process.stdout.read(size)
        if len(data) != size:
            raise SystemExit(f"the first decoder ended with {self.process.wait()}")
        return data

    def encode(self, image, content, labels, seed, knowledge):
        self.ask(b"E", *image, content, labels, seed, knowledge)
        return [self.get(struct.unpack("<I", self.get(4))[0]) for _ in range(image[3])]

    def decode(self, predicted, image, fragments):
        self.ask(b"P" if predicted else b"D", *image, data=b"".join(struct.pack("<I", len(f)) + f for f in fragments))
        size = SIZES[image[2]](image[0] * image[1])
        return [self.get(size) if self.get(1) == b"\1" else None for _ in fragments]


def second(decoder_of, image, fragments):
    rows, columns, bits, frames = image
    decoder = decoder_of(fragments, rows, columns, bits)
    decoded = []
    for f in range(frames):
        try:
            pixels = [value for row in decoder.frame(f) for value in row]
        except Nonconforming:
            decoded.append(None)
            continue
        if bits == 1:
            pixels = [sum(bit << i for i, bit in enumerate(pixels[at:at + 8])) for at in range(0, len(pixels), 8)]
        decoded.append(b"".join(value.to_bytes(2 if bits == 16 else 1, "little") for value in pixels))
    return decoded


def by_chance(decoder_of, image, chance):
    """Fragments that conform, uncommonly coded."""
    rows, columns, bits, frames = image
    k, n = chance.randint(1, min(bits, 9)), rows * columns
    fragments = [b""] * frames
    decoder = decoder_of(fragments, rows, columns, bits)
    references = [decoder.references(f) if decoder_of is PredictedDecoder else None for f in range(frames)]

    def depth(f):
        return 1 + max(map(depth, references[f])) if references[f] else 0

    for f in sorted(range(frames), key=depth):
        if references[f]:
            P, Q = (decoder.on_grid(t)[1] for t in references[f])
            coded = compose.predicted(Chance(chance, k), k, n, columns, P, Q)
        else:
            coded = compose.independent(Chance(chance, k), k, n, columns)
        fragments[f] = fragment(coded)
    return fragments


def damage_coded(coded, chance):
    """A coded frame with one damage, mostly of an even number of bytes."""
    data = bytearray(coded)
    kind = chance.randrange(8)
    if kind < 4 and data:
        data[chance.randrange(min(len(data), 6) if kind < 2 else len(data))] ^= 1 << chance.randrange(8)
    elif kind == 4 and data:
        data[chance.randrange(len(data))] = chance.randrange(256)
    elif kind == 5 and data:
        del data[chance.randrange(len(data)):]
    elif kind == 6:
        data += chance.choice([bytes, chance.randbytes])(chance.randrange(1, 4))
    else:
        data = bytearray(chance.choice([
            same(chance.randrange(8)),
            bytes([chance.randrange(4) | chance.randrange(64) << 2]) + chance.randbytes(chance.choice([1, 3, 5, 7, 9])),
        ]))  # fmt: skip
    if len(data) % 2 and chance.randrange(8):
        data.append(0)
    return bytes(data)


def damage(fragments, chance):
    f = chance.randrange(len(fragments))
    kind = chance.randrange(12)
    if kind == 0:
        fragments[f] = chance.choice(fragments)
    elif kind == 1:
        fragments[f] = damage_coded(fragments[f], chance)
    else:
        fragments[f] = fragment(damage_coded(fragments[f][:-4], chance))


def main(command, images, seed):
    chance, first = random.Random(seed), First(command)
    equal = refused = 0
    for _ in range(images):
        image = (chance.randint(1, 14), chance.randint(1, 20), chance.choice([1, 8, 16]), chance.randint(1, 11))
        labels = chance.choice([1, 2, 3, 5, 9, 20, 300])
        predicted = chance.randrange(2)
        decoder_of = PredictedDecoder if predicted else Decoder
        if chance.randrange(4):
            knowledge = PREDICTED if predicted else chance.choice([ALONE, GRID, SAME])
            good = first.encode(image, chance.randrange(6), labels, chance.randrange(1 << 31), knowledge)
        else:
            good = by_chance(decoder_of, image, chance)
        for _ in range(10):
            fragments = list(good)
            for _ in range(chance.choice([0, 1, 2, 4, 8])):
                damage(fragments, chance)
            one_and_other = zip(first.decode(predicted, image, fragments), second(decoder_of, image, fragments))
            for f, (one, other) in enumerate(one_and_other):
                if one != other:
                    texts = [text if text is None else text.hex() for text in (one, other)]
                    raise SystemExit(f"{image}, frame {f}: {texts} of {[data.hex() for data in fragments]}")
                equal += one is not None
                refused += one is None
    if not equal or not refused:
        raise SystemExit("nothing was compared")
    print(f"{equal} frames are the same, {refused} are refused by both")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--images", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("command", nargs=argparse.REMAINDER)
    arguments = parser.parse_args()
    main(arguments.command, arguments.images, arguments.seed)
