# SPDX-License-Identifier: Apache-2.0
"""pydicom and highdicom through this package: every sample of every encoding has the same voxels."""

import json

import highdicom
import numpy as np
import pydicom
import pytest

import dseg
import dseg.pydicom


@pytest.fixture(scope="module", autouse=True)
def registered():
    assert len(dseg.pydicom.register()) > 8
    assert dseg.pydicom.register() == dseg.pydicom.register()


@pytest.fixture(scope="module")
def objects(samples):
    manifest = json.loads((samples / "manifest.json").read_text())
    return [sample for sample in manifest["samples"] if sample["group"] == "encoding"]


def test_every_encoding(samples, objects):
    private = predicted = 0
    for sample in objects:
        path = samples / sample["file"]
        dataset = pydicom.dcmread(path)
        uid = dataset.file_meta.TransferSyntaxUID
        if sample["representation"] not in ("binary", "fractional", "labelmap"):  # a proposal for what is around frames
            continue
        pixels = dataset.pixel_array
        private += uid.is_private
        predicted += "predicted" in sample["file"]
        check(dseg.open(path), dataset, pixels)
        if uid.is_encapsulated:
            one = pydicom.pixels.pixel_array(dataset, index=len(pixels) - 1)
            assert np.array_equal(one, pixels[-1]), sample["file"]
    assert private >= 4 and predicted >= 1


def check(seg, dataset, pixels):
    """Each frame against the package's own reading, found by its position and its segment."""
    planes = {tuple(np.round(position, 3)): plane for plane, position in enumerate(seg.positions)}
    labels = seg.labels() if dataset.SegmentationType == "LABELMAP" else None
    seen = 0
    for frame, groups in zip(pixels, dataset.PerFrameFunctionalGroupsSequence):
        position = tuple(np.round(np.array(groups.PlanePositionSequence[0].ImagePositionPatient, float), 3))
        plane = planes[position]
        if labels is not None:
            wanted = labels[plane]
        else:
            number = groups.SegmentIdentificationSequence[0].ReferencedSegmentNumber
            wanted = seg.mask(number, plane, threshold=1e-6) if seg.kind in ("probability", "occupancy") else \
                seg.mask(number, plane)
            frame = frame != 0
        assert np.array_equal(frame, wanted), (dataset.filename, plane)
        seen += 1
    assert seen == len(pixels) == dataset.NumberOfFrames


def test_highdicom(samples, objects):
    """It reads whatever pydicom reads of the standard's kinds of objects; predicted frames after pixel_array."""
    truth = dseg.open(samples / next(s["file"] for s in objects if s["file"].startswith("labelmap"))).volume()
    read = 0
    for sample in objects:
        path = samples / sample["file"]
        if sample["representation"] not in ("binary", "labelmap"):
            continue
        segmentation = highdicom.seg.segread(path)
        if "predicted" in sample["file"]:
            assert segmentation.pixel_array.any()
        array = segmentation.get_volume(combine_segments=True, skip_overlap_checks=True).array
        assert np.array_equal(array, truth) or np.array_equal(array, truth[::-1]), sample["file"]
        read += 1
    assert read > 10


def test_a_frame_that_is_damaged(samples, objects, tmp_path):
    path = samples / next(s["file"] for s in objects if "label-edge" in s["file"] and "predicted" not in s["file"])
    dataset = pydicom.dcmread(path)
    data = bytearray(dataset.PixelData)
    data[-9] ^= 0xFF
    dataset.PixelData = bytes(data)
    with pytest.raises(Exception, match="[Ll]abel ?[Ee]dge|damaged|CRC|checksum"):
        _ = dataset.pixel_array
