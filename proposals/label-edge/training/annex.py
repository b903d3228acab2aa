# SPDX-License-Identifier: Apache-2.0
"""Puts the built-in frequencies into the annexes of the text (bitstream.md, annex A; prediction.md, annex PA);
tests/check_text.c compares them.

usage: annex.py LABEL_EDGE_TABLES.C BITSTREAM.MD PREDICTION.MD"""

import re
import sys
import textwrap
from pathlib import Path

from train import KINDS, read_tables


def annex_text(kind, rows):
    """Two hexadecimal digits for each symbol, contexts separated by spaces."""
    contexts = " ".join("".join(f"{frequency:02X}" for frequency in row) for row in rows)
    return f"{kind}:\n\n{textwrap.fill(contexts, 110, initial_indent='    ', subsequent_indent='    ')}\n"


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    rows = read_tables(sys.argv[1])
    for predict, path in enumerate(map(Path, sys.argv[2:])):
        text = path.read_text(encoding="utf-8")
        base = 0
        for kind, contexts, _, of_prediction in KINDS:
            if of_prediction == predict:
                block = annex_text(kind, rows[base : base + contexts])
                text, found = re.subn(rf"^{kind}:\n\n(    [0-9A-F ]+\n)+", block, text, flags=re.M)
                if found != 1:
                    sys.exit(f"{path}: {found} tables of {kind}")
            base += contexts
        path.write_text(text, encoding="utf-8")


main()
