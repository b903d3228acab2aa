# SPDX-License-Identifier: Apache-2.0
"""Exact sizes of every encoding: sizes.csv is committed, so that a change of any shows in review.

usage: sizes.py DSEG check [VOLUME...]    compares, prints what differs as a diff, and exits with 1 if anything does
       sizes.py DSEG write [VOLUME...]    measures anew and rewrites these volumes' rows
Without VOLUME: all of corpora.json that are at hand. pixel_data_bytes is the value of Pixel Data, its items and offset
table included; per_frame_bytes that of the Per-Frame Functional Groups. Encoders of other libraries give other sizes with
other versions: the rows are those of Debian 12."""

import csv
import difflib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from corpora import all_corpora

HERE = Path(__file__).resolve().parent
TABLE = HERE / "sizes.csv"
HEAD = ["volume", "encoding", "frames", "pixel_data_bytes", "per_frame_bytes"]
FRACTIONAL_LIMIT = 150 << 20  # bytes of pixels


def output(*command):
    return subprocess.run(command, capture_output=True, text=True)


def encodings(dseg):
    registry = json.loads(output(dseg, "codecs", "--json").stdout)
    for representation in registry["representations"]:
        if representation["experimental"]:  # together.py has these
            continue
        for codec in registry["frame_codecs"]:
            common = set(representation["bits_allocated"]) & set(codec["bits_allocated"])
            # Pixel Data of a deflated data set has no size of its own.
            # OpenJPH before 0.21.2 codes some blocks of zeros, by the width of the processor's vectors.
            left_out = codec["lossy"] or codec["varying"] or codec["name"] in ("deflated", "htj2k")
            if representation["can_write"] and codec["can_write"] and common and not left_out:
                yield representation["name"], codec["name"]


def measure(dseg, corpus, folder):
    """Rows of one volume, and the encodings that refuse it."""
    rows, refused = [], []
    pixels = 0  # of the BINARY frames: those of FRACTIONAL are eight times as large
    for representation, codec in encodings(dseg):
        name = f"{representation}/{codec}"
        if representation == "fractional" and not 0 < 8 * pixels <= FRACTIONAL_LIMIT:
            continue
        path = Path(folder) / "object.dcm"
        made = output(dseg, "convert", corpus.path, path, "--as", representation, "--transfer-syntax", codec, "--uid-seed", "sizes", "--force")
        if made.returncode != 0:
            refused.append(f"{corpus.name}, {name}: {made.stderr.strip()}")
            continue
        info = json.loads(output(dseg, "info", path, "--json").stdout)
        if name == "binary/explicit-le":
            pixels = info["bytes"]["pixel_data"]
        rows.append([corpus.name, name, str(info["frames"]), str(info["bytes"]["pixel_data"]), str(info["bytes"]["per_frame_functional_groups"])])
    return rows, refused


def lines(rows):
    return [",".join(row) for row in sorted(rows)]


def write_table(rows):
    with TABLE.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerows([HEAD, *sorted(rows)])


def main():
    dseg, mode, *wanted = sys.argv[1:]
    old = list(csv.reader(TABLE.open()))[1:] if TABLE.exists() else []
    data = Path(os.environ.get("DSEG_DATA") or HERE.parent.parent / "shared" / "data")
    done, differs, skipped = 0, False, []
    dseg = os.path.abspath(dseg)
    with tempfile.TemporaryDirectory() as folder:
        for corpus in all_corpora(dseg, data, Path(folder), wanted=wanted):
            if corpus.missing:
                skipped.append(corpus.missing)
                continue
            rows, refused = measure(dseg, corpus, folder)
            done += 1
            if mode == "write":
                old = [row for row in old if row[0] != corpus.name] + rows
                write_table(old)
                continue
            # A codec that is not in this build, or not in the table yet, is not a change.
            known = {row[1] for row in old if row[0] == corpus.name}
            measured = {row[1] for row in rows}
            expected = lines(row for row in old if row[0] == corpus.name and row[1] in measured)
            for name in sorted(known ^ measured):
                print(f"{corpus.name}, {name}: {'not in this build' if name in known else 'not in sizes.csv yet'}")
            change = list(difflib.unified_diff(expected, lines(row for row in rows if row[1] in known), "sizes.csv", "now", lineterm="", n=0))
            differs = differs or bool(change)
            print("\n".join(change + [problem for problem in refused if change]))
    for reason in skipped:
        print(f"not measured: {reason}")
    if differs:
        print(f"\nSizes have changed. If that is meant: python3 bench/sizes.py {dseg} write, and commit bench/sizes.csv.")
        sys.exit(1)
    if done == 0:
        print("skipped: none of the volumes is at hand")
        sys.exit(77)


if __name__ == "__main__":
    main()
