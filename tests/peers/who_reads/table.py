# SPDX-License-Identifier: Apache-2.0
"""The results as a file of comma-separated values, as a table in Markdown, and as the table that dseg samples prints.

usage: python -m who_reads.table RESULTS.csv [--markdown FILE] [--c FILE]
"""

import argparse
import csv
import pathlib
import re

FIELDS = ("sample", "reader", "version", "date", "verdict", "reason")
EMPTY = "no voxel in any frame"  # a reason
ADDED = " (references added)"  # behind the name of a sample that was read as a copy
# Readers whose results are shown as they are: what they get wrong people see.
SHOWN = ("dcmqi", "SimpleITK (GDCM)", "cornerstone3D's adapters", "cornerstone3D's adapters in OHIF", "OHIF (with Orthanc)")
NOTED = ("wrong", "crashes", "no time")  # verdicts whose reasons stand below a table
# What stands in the tables; the letter is for the one in C.
WORDS = {"reads": ("yes", "y"), "with references": ("with references", "r"), "refuses": ("refuses", "n"),
         "wrong": ("**wrong**", "w"), "crashes": ("crashes", "c"), "no time": ("no time", "t"), "": ("", "-")}  # fmt: skip


def read_rows(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def write_rows(path, rows):
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, FIELDS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


class Table:
    def __init__(self, rows):
        self.rows = rows
        self.by_pair = {(row["sample"], row["reader"]): row for row in rows}
        self.readers = list({row["reader"]: (row["reader"], row["version"]) for row in rows}.values())
        self.samples = list(dict.fromkeys(row["sample"].removesuffix(ADDED) for row in rows))
        dates = [row["date"] for row in rows]
        self.date = min(dates) if min(dates) == max(dates) else f"{min(dates)} to {max(dates)}"

    def row(self, sample, reader):
        """What counts: the object as it is, unless it is the references that are wanting."""
        own, added = self.by_pair.get((sample, reader)), self.by_pair.get((sample + ADDED, reader))
        is_wanting = added is not None and (own["verdict"] == "refuses" or own["reason"].startswith(EMPTY))
        return added if is_wanting else own

    def verdict(self, sample, reader):
        row = self.row(sample, reader)
        if row is None:
            return ""
        return "with references" if row["verdict"] == "reads" and row["sample"].endswith(ADDED) else row["verdict"]

    def notes(self):
        """What went wrong: for each reader, kind of verdict and kind of reason the samples."""
        found = {}
        for reader in self.readers:
            for row in self.rows:
                if row["reader"] == reader[0] and row["verdict"] in NOTED:
                    kind = re.sub(r": \d+ of \d+", "", row["reason"])
                    found.setdefault((reader, row["verdict"], kind), []).append(row["sample"])
        return found

    def notes_text(self):
        lines = []
        for (reader, verdict, kind), samples in self.notes().items():
            shown = ", and shown without an error" if verdict == "wrong" and reader[0] in SHOWN else ""
            lines.append(f"{name_of(*reader)}, {verdict}{shown}: {kind}: {samples_text(samples)}")
        return lines


def name_of(reader, version):
    return f"{reader} {version}"


def samples_text(samples):
    if len(samples) <= 3:
        return ", ".join(f"`{sample}`" for sample in samples)
    return f"`{samples[0]}` and {len(samples) - 1} more"


def markdown(table):
    lines = ["| object | " + " | ".join(name_of(*reader) for reader in table.readers) + " |"]
    lines.append("|---" * (len(table.readers) + 1) + "|")
    for sample in table.samples:
        words = [WORDS[table.verdict(sample, reader)][0] for reader, _ in table.readers]
        lines.append(f"| {sample} | " + " | ".join(words) + " |")
    lines += ["", f"Run on {table.date}.", "", *(f"- {note}" for note in table.notes_text())]
    return "\n".join(lines) + "\n"


def c_text(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def c_array(declaration, items, end):
    return [f"const {declaration}[] = {{", *(f"    {item}," for item in items), f"    {end},", "};"]


def c_table(table):
    """tools/samples/readers_table.c: see readers.h there."""
    rows = []
    for sample in table.samples:
        letters = "".join(WORDS[table.verdict(sample, reader)][1] for reader, _ in table.readers)
        rows.append(f"{{{c_text(sample)}, {c_text(letters)}}}")
    lines = [
        "/* SPDX-License-Identifier: Apache-2.0 */",
        "/* readers_table.c - made of tests/peers/who_reads/readers.csv by table.py beside it: do not edit. */",
        '#include "samples/readers.h"',
        "",
        "#include <stddef.h>",
        "",
        "/* clang-format off */",
        f"const char samples_readers_date[] = {c_text(table.date)};",
        *c_array("char *const samples_readers", [c_text(name_of(*reader)) for reader in table.readers], "NULL"),
        *c_array("samples_readers_row samples_readers_rows", rows, "{NULL, NULL}"),
        *c_array("char *const samples_readers_notes", [c_text(note) for note in table.notes_text()], "NULL"),
    ]
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("results")
    parser.add_argument("--markdown")
    parser.add_argument("--c", help="tools/samples/readers_table.c")
    arguments = parser.parse_args()
    table = Table(read_rows(arguments.results))
    for path, text in ((arguments.markdown, markdown), (arguments.c, c_table)):
        if path:
            pathlib.Path(path).write_text(text(table), encoding="utf-8")


if __name__ == "__main__":
    main()
