#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares functional groups and block of an object of the dual form (3.3 of ../bitstream.md): check_dual.py FILE...

Each frame's position, segment and source image have to be those of its place. What the groups do not say is not compared.
Ends with 3 and a sentence where they contradict each other or the block is at fault, with 4 where there is no block."""

import argparse
import sys

import numpy

from object_values import Unsupported, decimals, first_item, get, need, read
from read_volume import describe, run

TOLERANCE = 1e-3  # mm


def position_of(group, slide):
    """Of a frame's functional groups, or None."""
    if not slide:
        return decimals(first_item(group, "PlanePositionSequence"), "ImagePositionPatient", 3)
    tile = first_item(group, "PlanePositionSlideSequence")
    column, row = get(tile, "ColumnPositionInTotalImagePixelMatrix"), get(tile, "RowPositionInTotalImagePixelMatrix")
    return None if column is None or row is None else numpy.array([column, row])


def sources_of(group):
    """All source images of a frame's functional groups, or None where there is no Derivation Image."""
    derivations = get(group, "DerivationImageSequence")
    if derivations is None:
        return None
    images = [image for derivation in derivations for image in get(derivation, "SourceImageSequence") or []]
    return [(get(image, "ReferencedSOPClassUID"), get(image, "ReferencedSOPInstanceUID"), get(image, "ReferencedFrameNumber") or 0) for image in images]


def check(data_set):
    """How many values were compared. Raises Faulty."""
    groups = get(data_set, "PerFrameFunctionalGroupsSequence") or []
    volume = describe(data_set, bool(groups))
    if volume.form == "strict":
        raise Unsupported("the form is strict: there is nothing to compare with.")
    need(len(groups) == len(volume.plane), "3.3", f"(5200,9230) has {len(groups)} Items, but there are {len(volume.plane)} frames.")
    sources, positions, compared = volume.sources(), volume.position(volume.plane), 0
    for f, group in enumerate(groups):
        position = position_of(group, volume.slide)
        if position is not None:
            compared += 1
            away = numpy.abs(position - positions[f]).max()
            need(away <= TOLERANCE, "3.3", f"frame {f + 1} is at {position.tolist()}, by its place at {positions[f].tolist()}.")
        segment = get(first_item(group, "SegmentIdentificationSequence"), "ReferencedSegmentNumber")
        if segment is not None and volume.segment is not None:
            compared += 1
            need(segment == volume.segment[f], "3.3", f"frame {f + 1} is of segment {segment}, by its place of {volume.segment[f]}.")
        named = sources_of(group)
        if named is not None and sources is not None:
            compared += 1
            source = sources[volume.plane[f] - 1]
            need(named == ([source] if source else []), "3.3", f"frame {f + 1} is made from {named}, by its plane from {source}.")
    return compared


def check_all(arguments):
    for path in arguments.files:
        print(f"{path}: {check(read(path))} values of functional groups are those of the block")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Compares functional groups and block of objects of the dual form.")
    parser.add_argument("files", nargs="+")
    sys.exit(run(parser, check_all))
