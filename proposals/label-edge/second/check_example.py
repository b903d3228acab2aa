# SPDX-License-Identifier: Apache-2.0
"""Decodes the worked example of ../bitstream.md (section 14), taken from the document, and damaged copies of it."""

import re

import label_edge


def example():
    """The fragments of the three frames, and their pictures as rows of pixel values."""
    text = label_edge.TEXT.read_text(encoding="utf-8")
    text = text[text.index("## 14."):text.index("## Annex A")]
    fragments = [bytes.fromhex(digits) for digits in re.findall(r"^    \d: ([0-9A-F ]+)$", text, re.MULTILINE)]
    lines = re.findall(r"^    ([.\d]{12}) {3}([.\d]{12}) {3}([.\d]{12})$", text, re.MULTILINE)
    pictures = [[[0 if c == "." else int(c) for c in line[f]] for line in lines] for f in range(3)]
    assert len(fragments) == 3 and len(lines) == 6
    return fragments, pictures


def decode(fragments):
    decoder = label_edge.Decoder(fragments, 6, 12, 8)
    return [decoder.frame(f) for f in range(3)]


def main():
    fragments, pictures = example()
    assert decode(fragments) == pictures, "the example decodes to other pixels"
    for f, fragment in enumerate(fragments):
        for size in range(len(fragment)):
            try:
                decode(fragments[:f] + [fragment[:size]] + fragments[f + 1:])
            except label_edge.Nonconforming:
                continue
            # The last byte of a fragment may be padding only where its size is odd, and then it is zero.
            raise SystemExit(f"frame {f} cut to {size} bytes of {len(fragment)} is not refused")
    refused = flips = 0
    for f, fragment in enumerate(fragments):
        for bit in range(8 * len(fragment)):
            damaged = bytearray(fragment)
            damaged[bit // 8] ^= 1 << bit % 8
            flips += 1
            try:
                decode(fragments[:f] + [damaged] + fragments[f + 1:])
            except label_edge.Nonconforming:
                refused += 1
    print(f"the example is right; {refused} of {flips} flipped bits are refused, no other error")


if __name__ == "__main__":
    main()
