# SPDX-License-Identifier: Apache-2.0
"""What tables of an image's own would save, if they were sent once with the image: evidence.md, "Is 40 % possible?".

usage: own_tables.py COUNT_SYMBOLS TABLES.c VOLUME...
       COUNT_SYMBOLS: the program of count_symbols.c; TABLES.c: label_edge_tables.c, or one that train.py made without
       the volume

For each volume, of the symbols of its independent frames: bytes with the given tables; with its own frequencies, which
cost nothing (a bound); with its own where they pay, sent as a bit for each context and, for each that is sent, a byte for
the number of symbols and one for the logarithm of each frequency; and with frequencies that start as the given ones and
adapt over all frames in order (not independent). Bits that follow a symbol without a table are not counted: they stay
the same."""

import math
import subprocess
import sys

from train import KINDS, STATES, read_tables

INDEPENDENT = sum(contexts for _, contexts, _, predict in KINDS if not predict)


def read_counts(program, volume):
    counts = {}
    for line in subprocess.run([program, volume], check=True, capture_output=True, text=True).stdout.splitlines():
        predict, context, symbol, count = map(int, line.split())
        if not predict and context < INDEPENDENT:
            counts.setdefault(context, [0] * 16)[symbol] = count
    return counts


def bits(count, share):
    return -sum(c * math.log2(p) for c, p in zip(count, share) if c)


def quantised(count):
    """What arrives when a logarithm of base 2^(1/12) is sent for each frequency, in a byte."""
    total = sum(count)
    weights = [2 ** (max(-255, round(12 * math.log2(c / total))) / 12) if c else 0 for c in count]
    return [weight / sum(weights) for weight in weights]


def adaptive(count, prior):
    """Bits when each symbol has (its count so far + its prior) / (the same of all): does not depend on the order."""
    strength = sum(prior)
    steps = math.lgamma(sum(count) + strength) - math.lgamma(strength)
    return (steps - sum(math.lgamma(c + p) - math.lgamma(p) for c, p in zip(count, prior) if c)) / math.log(2)


def main():
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    tables = read_tables(sys.argv[2])
    for volume in sys.argv[3:]:
        given = own = sent = adapted = 0
        for context, count in sorted(read_counts(sys.argv[1], volume).items()):
            sent += 1
            if not sum(count):
                continue
            share = [f / STATES for f in tables[context]] + [0] * (16 - len(tables[context]))
            used = max(k for k, c in enumerate(count) if c) + 1
            built_in = bits(count, share)
            given += built_in
            own += bits(count, [c / sum(count) for c in count])
            sent += min(built_in, bits(count, quantised(count)) + 8 + 8 * used)
            adapted += min(adaptive(count, [s * strength + 1e-9 for s in share]) for strength in (4, 16, 64, 256, 1024))
        print(volume, *(round(b / 8) for b in (given, own, sent, adapted)))


main()
