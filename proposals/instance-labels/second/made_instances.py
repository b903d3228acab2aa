# SPDX-License-Identifier: Apache-2.0
"""A small writer of both encodings, for the tests of the second reader: native frames, by hand with pydicom."""

import copy

import numpy
from pydicom.dataelem import DataElement

import read_instance_labels  # noqa: F401 - adds the path of made
from read_instance_labels import CREATOR

import made  # noqa: E402
from made import item, mapped  # noqa: E402

ROOT = made.ROOT


def local_numbers(pixels):
    """A frame with numbers by first appearance, and the instances that they stand for (7)."""
    values, places, inverse = numpy.unique(pixels, return_index=True, return_inverse=True)
    inverse = inverse.reshape(pixels.shape)
    order = sorted((place, i) for i, place in enumerate(places.tolist()) if values[i])
    local = numpy.zeros(len(values), numpy.uint16)
    local[[i for _, i in order]] = numpy.arange(1, len(order) + 1)
    return local[inverse], values[[i for _, i in order]]


def tiles_of(whole, rows, columns):
    """Tiles of a matrix in the order of TILED_FULL, the last ones filled up with 0."""
    down, across = -(-whole.shape[0] // rows), -(-whole.shape[1] // columns)
    filled = numpy.zeros((down * rows, across * columns), whole.dtype)
    filled[: whole.shape[0], : whole.shape[1]] = whole
    return filled.reshape(down, rows, across, columns).swapaxes(1, 2).reshape(-1, rows, columns)


COLUMNS = {"first": (0x11, "OL", "<u4"), "numbers": (0x12, "OL", "<u4"), "segments": (0x13, "OW", "<u2"), "confidence": (0x14, "OF", "<f4"),
           "boxes": (0x15, "OL", "<u4"), "original": (0x17, "OL", "<u4")}  # fmt: skip


def add_instances(data_set, count, root=None, **columns):
    """The private block; columns are sequences, or None."""
    block = data_set.private_block(0x0021, CREATOR, create=True)
    block.add_new(0x10, "UL", count)
    for name, values in columns.items():
        element, vr, kind = COLUMNS[name]
        if values is not None:
            block.add_new(element, vr, numpy.array(values, kind).tobytes())
    if root:
        block.add_new(0x16, "UI", root)
    return data_set


def instance_labels(whole, classes=(1,), tile=None, bits=8, **columns):
    """An object of instances 1..N: whole is a slide's matrix, with tile its rows and columns, or planes x rows x columns.
    columns: those of add_instances; numbers=None leaves the list out."""
    parts = whole if tile is None else tiles_of(whole, *tile)
    present = parts.reshape(len(parts), -1).any(1)
    if not present.any():
        present[0] = True
    coded = [local_numbers(part) for part in parts[present]]
    frames = numpy.array([frame for frame, _ in coded]).astype(numpy.uint8 if bits == 8 else numpy.uint16)
    data_set = made.segmentation("LABELMAP", classes, frames)
    data_set.SOPClassUID = f"{ROOT}.3.8.1"
    if tile is None:
        data_set.DimensionOrganizationType = "VOLUME"
        data_set.SharedFunctionalGroupsSequence = made.shared_groups()
        data_set.DimensionIndexSequence = made.dimensions("plane")
        made.add_block(data_set, origin=[0, 0, 0], planes=len(parts), map=mapped(*present))
    else:
        data_set.DimensionOrganizationType = "TILED_FULL"
        data_set.TotalPixelMatrixRows, data_set.TotalPixelMatrixColumns = whole.shape
        data_set.SharedFunctionalGroupsSequence = [item(PixelMeasuresSequence=[item(PixelSpacing=[1, 1])])]
        made.add_block(data_set, map=mapped(*present))
    numbers = numpy.concatenate([own for _, own in coded])
    first = numpy.cumsum([0, *(len(own) for _, own in coded)])
    return add_instances(data_set, **{"count": int(whole.max()), "first": first, "numbers": numbers, **columns})


def with_range(number, span=None, vr="US", other_block=False):
    """An Item of Segment Sequence; span: the value of its range."""
    described = item(SegmentNumber=number, SegmentLabel=f"segment {number}")
    if other_block:
        described.add(DataElement((0x0021, 0x0010), "LO", "ANOTHER"))
    if span is not None:
        described.private_block(0x0021, CREATOR, create=True).add_new(1, vr, span)
    return described


def segment_ranges(frames, items, count, padding=0, **columns):
    """A volume of planes with functional groups, whose frames are given in descending order; count: N."""
    data_set = made.segmentation("LABELMAP", (), frames[::-1].copy())
    data_set.SOPClassUID, data_set.SegmentSequence = f"{ROOT}.3.7.1", [copy.deepcopy(one) for one in items]
    data_set.SharedFunctionalGroupsSequence = made.shared_groups()
    planes = range(len(frames) - 1, -1, -1)
    data_set.PerFrameFunctionalGroupsSequence = [item(PlanePositionSequence=[item(ImagePositionPatient=[0, 0, 2.5 * z])]) for z in planes]
    if padding is not None:
        data_set.PixelPaddingValue = padding
        data_set["PixelPaddingValue"].VR = "US"
    return add_instances(data_set, count, **columns)
