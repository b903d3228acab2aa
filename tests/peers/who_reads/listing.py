# SPDX-License-Identifier: Apache-2.0
"""What a reader in Python found, as judge.py compares it."""

import zlib

import numpy as np

from peerlib import group


def crc_of(pixels, bits):
    return zlib.crc32(np.ascontiguousarray(pixels, np.uint16 if bits == 16 else np.uint8).tobytes())


def affine_geometry(affine, index):
    """Of plane index of an array [plane, row, column] whose affine is of (column, row, plane), as in peerlib."""
    steps = affine[:3, :3] / np.linalg.norm(affine[:3, :3], axis=0)
    spacing = np.linalg.norm(affine[:3, :2], axis=0)
    return {
        "position": list(affine[:3, 3] + affine[:3, 2] * index),
        "orientation": [*steps[:, 0], *steps[:, 1]],
        "spacing": [spacing[1], spacing[0]],
    }


def frame(pixels, geometry, values, segment=None):
    bits = 16 if values == "labels" and np.asarray(pixels).dtype.itemsize > 1 else 8
    rows, columns = pixels.shape
    return {"segment": segment, "values": values, "rows": rows, "columns": columns, "bits": bits,
            "crc": crc_of(pixels, bits), **geometry}  # fmt: skip


def volume_frames(array, affine, values, segment=None):
    """Those planes of a volume that have a voxel."""
    return [
        frame(plane, affine_geometry(affine, index), values, segment) for index, plane in enumerate(array) if plane.any()
    ]


def header_geometry(dataset, index):
    """Segment and place of a frame, as a user of pydicom has to find them."""
    if dataset.get("DimensionOrganizationType") == "TILED_FULL":
        across = -(-dataset.TotalPixelMatrixColumns // dataset.Columns)
        return None, {"tile": [index // across * dataset.Rows + 1, index % across * dataset.Columns + 1]}
    identification = group(dataset, index, "SegmentIdentificationSequence")
    number = identification.ReferencedSegmentNumber if identification is not None else None
    slide = group(dataset, index, "PlanePositionSlideSequence")
    if slide is not None:
        return number, {"tile": [slide.RowPositionInTotalImagePixelMatrix, slide.ColumnPositionInTotalImagePixelMatrix]}
    measures = group(dataset, index, "PixelMeasuresSequence")
    return number, {
        "position": [float(value) for value in group(dataset, index, "PlanePositionSequence").ImagePositionPatient],
        "orientation": [float(value) for value in group(dataset, index, "PlaneOrientationSequence").ImageOrientationPatient],
        "spacing": [float(value) for value in measures.PixelSpacing],
    }


def values_of(dataset):
    return {"BINARY": "mask", "LABELMAP": "labels", "FRACTIONAL": "stored"}[dataset.SegmentationType]


def label_names(dataset):
    return {int(segment.SegmentNumber): str(segment.SegmentLabel) for segment in dataset.SegmentSequence}
