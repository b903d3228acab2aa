# SPDX-License-Identifier: Apache-2.0
"""Decodes the worked examples of ../bitstream.md (annex B) and ../prediction.md (annex PB), taken from the documents, and
damaged copies of them."""

import re

import label_edge
import label_edge_predicted
from compose import fragment


def example(path, heading, frames):
    """The fragments of the frames, and their pictures as rows of pixel values."""
    text = path.read_text(encoding="utf-8")
    text = text[text.index(heading):]
    fragments = [bytes.fromhex(digits) for digits in re.findall(r"^    (?:\d: )?((?:[0-9A-F]{2} )+[0-9A-F]{2})$", text, re.MULTILINE)]
    lines = re.findall(r"^    ([.\d]{12}" + r" {3}[.\d]{12}" * (frames - 1) + ")$", text, re.MULTILINE)
    pictures = [[[0 if c == "." else int(c) for c in line.split()[f]] for line in lines] for f in range(frames)]
    assert len(fragments) == frames and len(lines) > 5, path
    return fragments, pictures


def check(decoder_of, path, heading, frames):
    fragments, pictures = example(path, heading, frames)

    def decode(f, data):
        return decoder_of([*fragments[:f], data, *fragments[f + 1:]], len(pictures[f]), 12, 8).frame(f)

    def refused(f, data):
        try:
            decode(f, data)
        except label_edge.Nonconforming:
            return True
        return False

    for f, data in enumerate(fragments):
        assert decode(f, data) == pictures[f], f"{path.name}: frame {f} of the example decodes to other pixels"
        for size in range(len(data)):
            assert refused(f, data[:size]), f"{path.name}: frame {f} cut to {size} bytes of {len(data)} is not refused"
    flips = seen = 0
    for f, data in enumerate(fragments):
        for bit in range(8 * len(data)):
            damaged = bytearray(data)
            damaged[bit // 8] ^= 1 << bit % 8
            assert refused(f, damaged), f"{path.name}: frame {f} with bit {bit} turned around is not refused"
            flips += 1
            seen += refused(f, fragment(bytes(damaged[:-4])))
    print(f"{path.name}: the example is right; {flips} of {flips} flipped bits are refused, {seen} if the checksum is made right")


def main():
    check(label_edge.Decoder, label_edge.TEXT, "## Annex B.", 1)
    check(label_edge_predicted.PredictedDecoder, label_edge_predicted.TEXT, "## Annex PB.", 3)


if __name__ == "__main__":
    main()
