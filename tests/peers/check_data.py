# SPDX-License-Identifier: Apache-2.0
"""Segmentations made by others are read by dseg as pydicom reads their frames.

usage: check_data.py FILE          below the data directory, or pydicom:NAME for one that pydicom ships
"""

import pathlib
import sys

import nrrd
import numpy as np
import pydicom
import pydicom.data
import pydicom.pixels

from foreign import check_fractions, check_labels, check_masks
from peerlib import dseg, dseg_info, frame_affine, group, need_data, run, DSEG

# Their frames are compressed as pydicom 3.0 cannot undo; the same voxels lie in another file.
SAME_VOXELS = {
    "liver_deflate.dcm": "liver.dcm",
    "liver_j2k.dcm": "liver.dcm",
    "liver_nonbyte_aligned_deflate.dcm": "liver_nonbyte_aligned.dcm",
    "liver_nonbyte_aligned_j2k.dcm": "liver_nonbyte_aligned.dcm",
}


def find(name):
    if name.startswith("pydicom:"):
        return pathlib.Path(pydicom.data.__file__).parent / "test_files" / name.split(":")[1]
    return need_data(*name.split("/"))


def frames_of(dataset):
    """Segment Number (None in a label map), position, orientation, spacing and pixels of each frame."""
    frames = list(pydicom.pixels.iter_pixels(dataset))
    for index, pixels in enumerate(frames):
        identification = group(dataset, index, "SegmentIdentificationSequence")
        position = group(dataset, index, "PlanePositionSequence")
        orientation = group(dataset, index, "PlaneOrientationSequence")
        measures = group(dataset, index, "PixelMeasuresSequence")
        yield (
            int(identification.ReferencedSegmentNumber) if identification else None,
            np.array(position.ImagePositionPatient, float) if position else None,
            np.array(orientation.ImageOrientationPatient, float) if orientation else None,
            measures.PixelSpacing if measures else (1, 1),
            pixels,
        )


def volumes_of(dataset):
    """Stacks frames by their distance along the normal: arrays by Segment Number, and the affine."""
    frames = list(frames_of(dataset))
    orientation, spacing = frames[0][2], frames[0][3]
    position = frames[0][1]
    if position is None:  # a plain projection has no place
        orientation, position = np.array([1.0, 0, 0, 0, 1, 0]), np.zeros(3)
        frames = [(number, position, orientation, spacing, pixels) for number, _, _, _, pixels in frames]
    normal = np.cross(orientation[:3], orientation[3:])
    heights = sorted({round(float(frame[1] @ normal), 3) for frame in frames})
    steps = np.diff(heights)
    step = float(steps.min()) if len(steps) else 1.0
    measures = group(dataset, 0, "PixelMeasuresSequence")
    declared = float(measures.get("SpacingBetweenSlices") or 0) if measures else 0
    if declared and np.allclose(steps / declared, np.rint(steps / declared), atol=0.02):
        step = declared  # planes without voxels may be missing
    assert np.allclose(steps / step, np.rint(steps / step), atol=0.02), heights
    count = int(round((heights[-1] - heights[0]) / step)) + 1
    arrays = {}
    padding = dataset.get("PixelPaddingValue", 0)
    for number, at, _, _, pixels in frames:
        plane = int(round((float(at @ normal) - heights[0]) / step))
        array = arrays.setdefault(number, np.full((count, dataset.Rows, dataset.Columns), padding, pixels.dtype))
        assert (array[plane] == padding).all(), "two frames of a segment lie in one plane"
        array[plane] = pixels
    lowest = min(frames, key=lambda frame: float(frame[1] @ normal))
    affine = frame_affine(lowest[1], orientation, spacing)
    affine[:3, 2] *= step
    return arrays, affine


def without_padding(array, dataset):
    """In a label map, Pixel Padding Value stands for no segment. Research formats have 0 there, unless a segment has
    the number 0: then the value is kept, as dcmqi keeps it."""
    padding = dataset.get("PixelPaddingValue", 0)
    zero_is_described = any(int(segment.SegmentNumber) == 0 for segment in dataset.SegmentSequence)
    return array if zero_is_described else np.where(array == padding, 0, array)


def check_volume(path, dataset):
    arrays, affine = volumes_of(dataset)
    if dataset.SegmentationType == "FRACTIONAL":
        check_fractions(path, arrays, affine, dataset.MaximumFractionalValue)
    elif dataset.SegmentationType == "LABELMAP":
        check_labels(path, without_padding(arrays[None], dataset), affine)
    elif np.max(sum((array != 0).astype(int) for array in arrays.values())) > 1:
        described = [int(segment.SegmentNumber) for segment in dataset.SegmentSequence]
        empty = np.zeros_like(next(iter(arrays.values())))
        check_masks(path, {number: arrays.get(number, empty) for number in described}, affine)
    else:
        check_labels(path, sum(array.astype(int) * number for number, array in arrays.items()), affine)


def tile_places(dataset):
    """Row and column of each frame in the total pixel matrix, and its segment."""
    rows, columns = dataset.Rows, dataset.Columns
    if dataset.get("DimensionOrganizationType") == "TILED_FULL":
        across = -(-dataset.TotalPixelMatrixColumns // columns)
        down = -(-dataset.TotalPixelMatrixRows // rows)
        for index in range(int(dataset.NumberOfFrames)):
            segment, tile = divmod(index, across * down)
            yield tile // across * rows, tile % across * columns, segment + 1
        return
    for index in range(int(dataset.NumberOfFrames)):
        place = group(dataset, index, "PlanePositionSlideSequence")
        identification = group(dataset, index, "SegmentIdentificationSequence")
        yield (
            place.RowPositionInTotalImagePixelMatrix - 1,
            place.ColumnPositionInTotalImagePixelMatrix - 1,
            int(identification.ReferencedSegmentNumber) if identification else None,
        )


def check_slide(path, dataset):
    shape = (dataset.TotalPixelMatrixRows, dataset.TotalPixelMatrixColumns)
    matrix = np.zeros(shape, int)
    for (row, column, number), pixels in zip(tile_places(dataset), pydicom.pixels.iter_pixels(dataset)):
        part = matrix[row : row + dataset.Rows, column : column + dataset.Columns]
        pixels = without_padding(pixels[: part.shape[0], : part.shape[1]], dataset)
        part[...] = np.where(pixels != 0, pixels if number is None else number, part)
    dseg("convert", path, "read.nrrd", "--force", "--overlap", "last")
    array, _ = nrrd.read("read.nrrd")
    assert array.shape == (shape[1], shape[0], 1), array.shape
    assert np.array_equal(array[..., 0].T, matrix)


def check_segments(info, dataset):
    """Numbers, labels, codes and colours."""
    background = dataset.get("PixelPaddingValue") if dataset.SegmentationType == "LABELMAP" else None
    items = [item for item in dataset.SegmentSequence if item.SegmentNumber != background]
    got = {segment["number"]: segment for segment in info["segments"]}
    assert sorted(got) == sorted(int(item.SegmentNumber) for item in items), sorted(got)
    for item in items:
        segment = got[int(item.SegmentNumber)]
        assert segment["label"] == item.SegmentLabel, segment
        code = item.SegmentedPropertyTypeCodeSequence[0]
        assert segment["type"]["value"] == code.CodeValue and segment["type"]["scheme"] == code.CodingSchemeDesignator
        assert segment["algorithm_type"] == item.SegmentAlgorithmType
        if dataset.PhotometricInterpretation == "PALETTE COLOR":
            color = pydicom.pixels.apply_color_lut(np.array([item.SegmentNumber]), dataset)[0]
            assert segment["color"] == "#%02x%02x%02x" % tuple(color), segment
        else:
            assert (segment["color"] is None) == ("RecommendedDisplayCIELabValue" not in item)
        assert segment["tracking_uid"] == item.get("TrackingUID")


def can_read(dataset):
    codecs = dseg_codecs()
    return any(codec["uid"] == dataset.file_meta.TransferSyntaxUID and codec["can_read"] for codec in codecs)


def dseg_codecs():
    import json

    return json.loads(dseg("codecs", "--json"))["frame_codecs"]


def main():
    path = find(sys.argv[1])
    dataset = pydicom.dcmread(path)
    if not can_read(dataset):
        run(DSEG, "convert", path, "read.nii.gz", "--force", code=3)
        print("ok: refused, as its transfer syntax is not in this build")
        return
    info = dseg_info(path)
    assert info["representation"] == dataset.SegmentationType.lower()
    assert info["frames"] == int(dataset.get("NumberOfFrames") or 1)
    check_segments(info, dataset)
    if path.name in SAME_VOXELS:
        dataset = pydicom.dcmread(path.with_name(SAME_VOXELS[path.name]))
    if "TotalPixelMatrixRows" in dataset:
        check_slide(path, dataset)
    else:
        check_volume(path, dataset)
    print("ok")


main()
