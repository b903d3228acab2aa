# SPDX-License-Identifier: Apache-2.0
"""Compares two volumes of numbers of instances, as dseg writes them in NRRD, and tables of their classes: exit code 1 and a
sentence where they differ.

usage: same_instances.py ONE.nrrd ONE.csv TWO.nrrd TWO.csv    a table that is not there is not compared"""

import array
import csv
import gzip
import pathlib
import sys

KINDS = {"uint8": "B", "uint16": "H", "uint32": "I", "int32": "i", "int16": "h", "unsigned char": "B", "unsigned short": "H", "unsigned int": "I"}


def read_numbers(path):
    """Sizes, and the numbers of all voxels."""
    head, _, data = path.read_bytes().partition(b"\n\n")
    fields = dict(line.split(": ", 1) for line in head.decode("utf-8").splitlines()[1:] if ": " in line)
    numbers = array.array(KINDS[fields["type"]])
    numbers.frombytes(gzip.decompress(data) if fields["encoding"] in ("gzip", "gz") else data)
    return [int(size) for size in fields["sizes"].split() if size != "1"], numbers


def read_classes(path):
    """The class of each instance, and how sure it is."""
    with path.open(encoding="utf-8", newline="") as file:
        return {int(row["instance"]): (row["class"], float(row["confidence"]) if row.get("confidence") else None) for row in csv.DictReader(file)}


def main(one, one_table, two, two_table):
    sizes, numbers = read_numbers(one)
    other_sizes, other_numbers = read_numbers(two)
    if sizes != other_sizes:
        sys.exit(f"{two.name} has the size {other_sizes}, not {sizes}")
    if (numbers.typecode, numbers.tobytes()) != (other_numbers.typecode, other_numbers.tobytes()) and numbers.tolist() != other_numbers.tolist():
        place = next(i for i, (a, b) in enumerate(zip(numbers, other_numbers)) if a != b)
        sys.exit(f"{two.name} has instance {other_numbers[place]} at voxel {place}, not {numbers[place]}")
    if one_table.exists():
        classes, other_classes = read_classes(one_table), read_classes(two_table)
        if classes != other_classes:
            number = next(n for n in {**classes, **other_classes} if classes.get(n) != other_classes.get(n))
            sys.exit(f"{two_table.name} has {other_classes.get(number)} for instance {number}, not {classes.get(number)}")


main(*map(pathlib.Path, sys.argv[1:]))
