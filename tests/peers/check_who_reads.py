# SPDX-License-Identifier: Apache-2.0
"""Who reads what: the table that dseg samples prints is that of readers.csv, and the quick readers among them still read,
refuse and get wrong what they did when it was made.

usage: check_who_reads.py READERS_TABLE.c
"""

import pathlib
import sys

import run_readers
from peerlib import dseg, step
from who_reads import table
from who_reads.programs import READERS, WHO_READS

QUICK = ("highdicom", "pydicom", "dcmtk")
# Small objects, with a verdict of each kind among them.
SAMPLES = ("not-byte-aligned", "number-gaps", "fractional-probability", "slide-tiled-sparse")
HINT = "run tests/peers/run_readers.py as its first comment says, and tests/peers/who_reads/table.py"


def main():
    rows = table.read_rows(WHO_READS / "readers.csv")
    with step("table"):
        made = table.c_table(table.Table(rows))
        assert made == pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"), f"it is not that of readers.csv: {HINT}"
    dseg("phantom", "source.nii.gz", "--size", "24x20x6", "--labels", 3, "--force")
    dseg("samples", "source.nii.gz", "set", "--edge-cases", "--only", "labelmap/explicit-le", "--force")
    run = run_readers.Run([reader for reader in READERS if reader.key in QUICK], {}, run_readers.CPU_SECONDS)
    recorded = {(row["sample"], row["reader"]): row for row in rows}
    for name in SAMPLES:
        sample = f"edge-cases/{name}.dcm"
        with step(sample):
            for row in run.rows_of(sample, pathlib.Path("set", sample), run.readers):
                wanted = recorded[sample, row["reader"]]
                differ = {key: (wanted[key], row[key]) for key in ("version", "verdict") if wanted[key] != row[key]}
                assert not differ, f"{row['reader']}: recorded and found: {differ}: {HINT}"
    step.finish()


if __name__ == "__main__":
    main()
