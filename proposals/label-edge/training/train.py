# SPDX-License-Identifier: Apache-2.0
"""Makes label_edge_tables.c, the built-in frequencies (bitstream.md, annex A; prediction.md, annex PA), from label volumes.

usage: train.py COUNT_SYMBOLS VOLUME... > label_edge_tables.c
       COUNT_SYMBOLS: the program of count_symbols.c (build/release/tests/label-edge/label_edge_count_symbols)

The built-in tables were made so from the volumes of volumes.sh; check.sh makes them again and compares.
Which of several codings of a frame is the smallest, and so which symbols are counted, depends on the tables: they are
right when the program that has them built in leads to the same ones again.

A volume counts with the square root of its symbols, so that large ones do not drown small ones; those of make_dense.py
(their names begin with train-) count half of that. A context that was seen rarely leans on all contexts of its kind
together. Frequencies add up to 256; 0 is that of a symbol that cannot occur."""

import math
import re
import subprocess
import sys
from pathlib import Path

# Kind, contexts, symbols, whether counted in predicted frames.
KINDS = [("EDGE", 68, 12, 0), ("END", 2, 2, 0), ("GAP", 11, 16, 0), ("BIRTH", 6, 8, 0), ("NEW", 3, 12, 0),
         ("SEGMENT", 252, 8, 1), ("OFFSET", 2, 16, 1), ("WHICH", 1, 6, 1)]  # fmt: skip
STATES = 256  # what the frequencies of a context add up to
WEIGHT = 300  # of a volume
DENSE_WEIGHT = WEIGHT / 2
PRIOR = 2  # symbols that the kind as a whole is worth in each context
UNSEEN = 0.02  # what each symbol is worth without having been seen


def read_tables(path):
    """The frequencies of a file that this program made."""
    rows = re.findall(r"^  \{([\d, ]+)\},$", Path(path).read_text(encoding="ascii"), re.M)
    return [[int(number) for number in row.split(",")] for row in rows]


def read_counts(program, volume):
    """For independent and for predicted frames: counts by (context, symbol), and what a symbol weighs."""
    counts = [{}, {}]
    for line in subprocess.run([program, volume], check=True, capture_output=True, text=True).stdout.splitlines():
        predict, context, symbol, count = map(int, line.split())
        counts[predict][context, symbol] = count
    weight = DENSE_WEIGHT if Path(volume).name.startswith("train-") else WEIGHT
    return [(table, weight / math.sqrt(sum(table.values()) + 1)) for table in counts]


SEGMENT_VALUES = [1, 1, 1, 1, 8, 8, 16, 4, 2]  # of the features of each pattern (bitstream.md, 9.3)
SEGMENT_LENGTHS = [length for values in SEGMENT_VALUES for length in range(6) for _ in range(values)]  # class, by context
LONGEST = [1, 2, 5, 99, 1, 99]  # segment of a class


def can_occur(kind, c, s):
    """Whether a frame can have this symbol at all."""
    if kind == "GAP":
        return s <= c + 1 or c == 10
    if kind == "BIRTH":
        differs, exists = (c - 4, 0) if c >= 4 else (c // 2, c % 2)
        return (s != 0 or differs) and (s != 1 or exists)
    if kind == "SEGMENT":
        nothing_expected = c >= 240 and c % 2  # all around agree, and so does N behind the segment
        return s in (0, 7) or (s <= LONGEST[SEGMENT_LENGTHS[c]] and not nothing_expected)
    return True


def to_frequencies(weights):
    """Weights of 0 get a frequency of 0, others at least 1."""
    total = sum(weights)
    frequencies = [max(1, round(weight / total * STATES)) if weight else 0 for weight in weights]
    while (missing := STATES - sum(frequencies)) != 0:
        largest = frequencies.index(max(frequencies))
        frequencies[largest] += missing if missing > 0 else -min(-missing, max(1, frequencies[largest] // 8))
    return frequencies


def train(volumes, kinds=KINDS):
    base = 0
    for kind, contexts, symbols, predict in kinds:
        seen = [[0.0] * symbols for _ in range(contexts)]
        for volume in volumes:
            counts, weight = volume[predict]
            for c in range(contexts):
                for s in range(symbols):
                    seen[c][s] += counts[base + c, s] * weight
        together = [sum(context[s] for context in seen) + 1e-6 for s in range(symbols)]
        share = [weight / sum(together) for weight in together]
        yield kind, None
        for c in range(contexts):
            weights = [(seen[c][s] + PRIOR * share[s] + UNSEEN) * can_occur(kind, c, s) for s in range(symbols)]
            if kind == "GAP" and c >= 9:  # frames larger than those at hand
                more = 0.004 * sum(weights)
                weights = [weight + (more if s >= 9 and weight else 0) for s, weight in enumerate(weights)]
            yield kind, to_frequencies(weights)
        base += contexts


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    print("/* SPDX-License-Identifier: Apache-2.0 */")
    print("/* label_edge_tables.c - the built-in frequencies (bitstream.md, annex A; prediction.md, annex PA); made by")
    print(" * training/train.py, do not edit. */")
    print('#include "label_edge_model.h"\n\n/* clang-format off */')
    print("const uint16_t label_edge_frequencies[LE_CONTEXTS][LE_SYMBOLS] = {")
    for kind, frequencies in train([read_counts(sys.argv[1], volume) for volume in sys.argv[2:]]):
        print(f"  /* LE_{kind} */" if frequencies is None else f"  {{{', '.join(map(str, frequencies))}}},")
    print("};\n/* clang-format on */")


if __name__ == "__main__":
    main()
