# SPDX-License-Identifier: Apache-2.0
"""Reads a segmentation object with each peer and compares it with a Truth whose numbers are the object's.

Every function takes the object's path, the Truth and the kind: "binary", "labelmap" or "fractional".
"""

import json
import pathlib
import zlib

import highdicom
import numpy as np
import pydicom
import pydicom.pixels

from peerlib import HERE, PEERS, assert_same_volume, group, plane_view, run, venv_program
from volumes import read_image

MAXIMUM_FRACTION = 255


class FrameCheck:
    """Compares frames one after the other, and at the end that none was missing."""

    def __init__(self, truth, kind):
        self.truth, self.kind = truth, kind
        self.counts = {}
        self.seen = set()

    def wanted(self, number, position, orientation, spacing, shape):
        """What a frame must hold: its Segment Number is None in a label map."""
        array = self.truth.labels if not self.truth.masks else self.truth.masks[number]
        plane, index = plane_view(array, self.truth.affine, position, orientation, spacing, shape)
        assert (number, index) not in self.seen, f"segment {number} has plane {index} twice"
        self.seen.add((number, index))
        if self.kind == "labelmap" or self.kind == "fractional" and self.truth.fractions:
            frame = plane
        else:
            frame = plane == number if not self.truth.masks else plane
        if self.kind == "fractional":
            frame = np.rint(frame.astype(np.float64) * MAXIMUM_FRACTION)
        if self.kind == "labelmap":
            values, counts = np.unique(frame, return_counts=True)
            for value, count in zip(values, counts):
                if value:
                    self.counts[int(value)] = self.counts.get(int(value), 0) + int(count)
        else:
            original = plane if self.truth.fractions else frame
            self.counts[number] = self.counts.get(number, 0) + int(np.count_nonzero(original))
        return frame

    def finish(self):
        counts = {number: count for number, count in self.counts.items() if count}
        wanted = {number: count for number, count in self.truth.voxel_counts().items() if count}
        assert counts == wanted, f"frames are missing: {counts} {wanted}"


def with_pydicom(path, truth, kind):
    dataset = pydicom.dcmread(path)
    assert dataset.SegmentationType == kind.upper()
    assert [segment.SegmentNumber for segment in dataset.SegmentSequence if segment.SegmentNumber] == truth.numbers()
    check = FrameCheck(truth, kind)
    shape = (dataset.Rows, dataset.Columns)
    if kind == "fractional":
        assert dataset.MaximumFractionalValue == MAXIMUM_FRACTION
    # pydicom 3.0 cannot go from frame to frame when they do not start at whole bytes.
    unaligned = dataset.BitsAllocated == 1 and shape[0] * shape[1] % 8
    whole = dataset.pixel_array.reshape(-1, *shape) if unaligned else pydicom.pixels.iter_pixels(dataset)
    for index, pixels in enumerate(whole):
        number = None
        if kind != "labelmap":
            number = group(dataset, index, "SegmentIdentificationSequence").ReferencedSegmentNumber
        frame = check.wanted(
            number,
            group(dataset, index, "PlanePositionSequence").ImagePositionPatient,
            group(dataset, index, "PlaneOrientationSequence").ImageOrientationPatient,
            group(dataset, index, "PixelMeasuresSequence").PixelSpacing,
            shape,
        )
        assert np.array_equal(pixels, frame), f"frame {index + 1} differs"
    check.finish()


def with_highdicom(path, truth, kind):
    seg = highdicom.seg.segread(path)
    assert [number for number in seg.segment_numbers if number] == truth.numbers()
    if truth.masks:
        wanted = {number: np.rint(mask * MAXIMUM_FRACTION) if kind == "fractional" else mask for number, mask in truth.masks.items()}
        volume = seg.get_volume(rescale_fractional=False, combine_segments=False)
        for channel, number in enumerate(seg.segment_numbers):
            check_highdicom_volume(wanted[number], truth, volume.array[..., channel], volume.affine, f"segment {number}")
        return
    if kind == "fractional":
        volume = seg.get_volume(rescale_fractional=False, combine_segments=False)
        for channel, number in enumerate(seg.segment_numbers):
            mask = (truth.labels == number) * MAXIMUM_FRACTION
            check_highdicom_volume(mask, truth, volume.array[..., channel], volume.affine, f"segment {number}")
        return
    volume = seg.get_volume(combine_segments=True)
    check_highdicom_volume(truth.labels, truth, volume.array, volume.affine, "labels")


def check_highdicom_volume(wanted, truth, array, affine, what):
    """highdicom's affines are of array indices (plane, row, column)."""
    swapped = affine[:, [2, 1, 0, 3]]
    assert_same_volume(wanted, truth.affine, array, swapped, what)


def with_dcmqi(path, truth, kind):
    out = pathlib.Path("dcmqi")
    out.mkdir(exist_ok=True)
    for old in out.iterdir():
        old.unlink()
    run(venv_program("segimage2itkimage"), "--inputDICOM", path, "--outputDirectory", out, "-p", "p", "--mergeSegments")
    volumes = sorted(out.glob("*.nrrd"))
    assert volumes, "dcmqi wrote nothing"
    if not truth.masks:
        assert len(volumes) == 1, f"dcmqi found overlap: {volumes}"
        array, affine = read_image(volumes[0])
        assert_same_volume(truth.labels, truth.affine, array.astype(np.int64), affine, "dcmqi's labels")
        return
    found = set()
    for volume in volumes:
        array, affine = read_image(volume)
        for number in np.unique(array):
            if number:
                assert_same_volume(truth.masks[int(number)], truth.affine, array == number, affine, f"segment {number}")
                found.add(int(number))
    assert found == set(truth.numbers())


def compare_listing(listing, truth, kind, readable=lambda index: True):
    """What dcmjs_frames.mjs or dcmtk_frames prints; pixels only of frames that the peer reads as it should."""
    assert [segment["number"] for segment in listing["segments"] if segment["number"]] == truth.numbers()
    check = FrameCheck(truth, kind)
    shape = (listing["rows"], listing["columns"])
    pixel = np.uint16 if listing["bits"] == 16 else np.uint8
    for index, frame in enumerate(listing["frames"]):
        number = None if kind == "labelmap" else frame["segment"]
        wanted = check.wanted(number, frame["position"], frame["orientation"], frame["spacing"], shape)
        crc = zlib.crc32(np.ascontiguousarray(wanted, dtype=pixel).tobytes())
        assert crc == frame["crc"] or not readable(index), f"frame {index + 1} differs"
    check.finish()


def with_dcmjs(path, truth, kind):
    listing = json.loads(run(venv_program("node"), HERE / "dcmjs_frames.mjs", PEERS / "node", path))
    compare_listing(listing, truth, kind)
    return listing


def with_dcmtk(path, truth, kind, program):
    listing = json.loads(run(program, path))
    bits = listing["rows"] * listing["columns"] % 8

    def readable(index):
        """DCMTK 3.6.7 loses its place after the first frame that reaches into one byte more than its size needs."""
        return listing["bits"] != 1 or bits in (0, 1, 2, 4) or index == 0

    compare_listing(listing, truth, kind, readable)


def with_dcmdump(path):
    text = run("dcmdump", "--quiet", "--load-short", path)
    assert "PerFrameFunctionalGroupsSequence" in text and "PixelData" in text


def with_dciodvfy(path, allowed=(), iod="Segmentation"):
    """Every error line that dciodvfy prints fails the test; iod: what it takes the file for."""
    import subprocess

    done = subprocess.run([venv_program("dciodvfy"), "-allpffgitems", path], capture_output=True)
    lines = (done.stdout + done.stderr).decode("utf-8", "replace").splitlines()
    errors = [line for line in lines if "error" in line.lower() and not any(text in line for text in allowed)]
    assert not errors, "\n".join(errors[:20])
    assert any(iod in line for line in lines), f"not recognised as {iod}: {lines[:5]}"
