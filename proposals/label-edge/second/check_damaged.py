# SPDX-License-Identifier: Apache-2.0
"""Compares the second decoder with the first on damaged fragments: check_damaged.py [--images N] [--seed N] COMMAND...

Both have to give the same pixels or both refuse the frame. COMMAND runs tests/pipe.c. Small images are made, coded, and damaged
in several ways: bits, bytes, cut, lengthened, another frame's fragment, a frame of type 2, bytes by chance."""

import argparse
import random
import struct
import subprocess

import label_edge

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

    def encode(self, image, content, labels, seed, predict):
        self.ask(b"E", *image, content, labels, seed, predict)
        return [self.get(struct.unpack("<I", self.get(4))[0]) for _ in range(image[3])]

    def decode(self, image, fragments):
        self.ask(b"D", *image, data=b"".join(struct.pack("<I", len(f)) + f for f in fragments))
        size = SIZES[image[2]](image[0] * image[1])
        return [self.get(size) if self.get(1) == b"\1" else None for _ in fragments]


def second(image, fragments):
    rows, columns, bits, frames = image
    try:
        decoder = label_edge.Decoder(fragments, rows, columns, bits)
    except label_edge.Nonconforming:
        return [None] * frames
    decoded = []
    for f in range(frames):
        try:
            pixels = [value for row in decoder.frame(f) for value in row]
        except label_edge.Nonconforming:
            decoded.append(None)
            continue
        if bits == 1:
            pixels = [sum(bit << i for i, bit in enumerate(pixels[at:at + 8])) for at in range(0, len(pixels), 8)]
        decoded.append(b"".join(value.to_bytes(2 if bits == 16 else 1, "little") for value in pixels))
    return decoded


def damage(fragments, chance):
    f = chance.randrange(len(fragments))
    data = bytearray(fragments[f])
    kind = chance.randrange(7)
    if kind < 2 and data:
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    elif kind == 2 and data:
        data[chance.randrange(len(data))] = chance.randrange(256)
    elif kind == 3 and data:
        del data[chance.randrange(len(data)):]
    elif kind == 4:
        data += chance.randbytes(chance.randrange(1, 4))
    elif f and kind == 5:
        data = bytearray(chance.choice(fragments))
    elif f:
        data = bytearray(chance.choice([
            struct.pack("<H", 2 | chance.randrange(2) << 2 | chance.randrange(10) << 3),
            bytes([chance.randrange(2) | chance.randrange(64) << 2]) + chance.randbytes(chance.choice([1, 3, 5, 7])),
        ]))  # fmt: skip
    if len(data) % 2:
        data[-1] = 0  # else the second decoder refuses all frames, the first one this
    fragments[f] = bytes(data)


def main(command, images, seed):
    chance, first = random.Random(seed), First(command)
    same = refused = 0
    for _ in range(images):
        image = (chance.randint(1, 14), chance.randint(1, 20), chance.choice([1, 8, 16]), chance.randint(1, 11))
        labels = chance.choice([1, 2, 3, 5, 9, 20, 300])
        good = first.encode(image, chance.randrange(6), labels, chance.randrange(1 << 31), chance.randrange(2))
        for _ in range(10):
            fragments = list(good)
            for _ in range(chance.choice([0, 1, 1, 1, 2, 4])):
                damage(fragments, chance)
            for f, (one, other) in enumerate(zip(first.decode(image, fragments), second(image, fragments))):
                if one != other:
                    texts = [text if text is None else text.hex() for text in (one, other)]
                    raise SystemExit(f"{image}, frame {f}: {texts} of {[data.hex() for data in fragments]}")
                same += one is not None
                refused += one is None
    if not same or not refused:
        raise SystemExit("nothing was compared")
    print(f"{same} frames are the same, {refused} are refused by both")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--images", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("command", nargs=argparse.REMAINDER)
    arguments = parser.parse_args()
    main(arguments.command, arguments.images, arguments.seed)
