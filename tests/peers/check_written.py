# SPDX-License-Identifier: Apache-2.0
"""Writes a volume with dseg and reads it with every peer.

usage: check_written.py VOLUME binary|labelmap|fractional [dcmtk=PROGRAM] [no-PEER=why...] [palette=1]
"""

import sys

import nibabel
import numpy as np

import readers
from peerlib import assert_same_volume, dseg, dseg_info, step, steps_between
from volumes import VOLUMES, metadata

OBJECT = "object.dcm"
PART = "part.dcm"
MANY_FRAMES = 600


def check_description(info, segments, numbers):
    """dseg reads back what the metadata said."""
    by_number = {segment["number"]: segment for segment in info["segments"]}
    assert sorted(by_number) == numbers
    for number, wanted in zip(numbers, segments):
        assert by_number[number]["label"] == wanted["SegmentLabel"], by_number[number]


def check_with_pydicom_text(path, segments, numbers, palette):
    """What the metadata said is in the attributes that the standard has for it."""
    import pydicom

    dataset = pydicom.dcmread(path)
    assert dataset.ContentLabel == "PEERTEST"
    assert dataset.ContentCreatorName == "Doe^Jane"
    assert dataset.SeriesDescription == "Segmentation for peers"
    by_number = {segment.SegmentNumber: segment for segment in dataset.SegmentSequence}
    for number, wanted in zip(numbers, segments):
        segment = by_number[number]
        assert segment.SegmentLabel == wanted["SegmentLabel"]
        assert segment.SegmentDescription == wanted["SegmentDescription"]
        assert segment.SegmentAlgorithmType == "SEMIAUTOMATIC"
        assert segment.SegmentedPropertyTypeCodeSequence[0].CodeValue == "10200004"
        if palette:
            assert "RecommendedDisplayCIELabValue" not in segment
        else:
            assert len(segment.RecommendedDisplayCIELabValue) == 3


def check_palette(path, segments, numbers):
    """pydicom and highdicom, which takes the profile into account, see the colours asked for."""
    import highdicom
    import pydicom.pixels

    seg = highdicom.seg.segread(path)
    shift = seg.BitsAllocated - 8  # an entry has as many bits as a pixel
    colors = np.full((max(numbers) + 1, 3), 255, np.uint8)
    colors[0] = 0
    for number, segment in zip(numbers, segments):
        colors[number] = segment["recommendedDisplayRGBValue"]
    assert np.array_equal(pydicom.pixels.apply_color_lut(np.arange(len(colors)), seg) >> shift, colors)
    for frame in range(1, int(seg.NumberOfFrames) + 1):
        wanted = colors[seg.get_stored_frame(frame)].astype(int)
        plain = seg.get_frame(frame, apply_palette_color_lut=True, apply_icc_profile=False)
        assert np.array_equal(plain.astype(int) >> shift, wanted)
        if shift == 0:  # the profile says that stored colours are sRGB: taken there by LittleCMS they hardly change
            through = seg.get_frame(frame, apply_palette_color_lut=True, apply_icc_profile=True)
            assert np.abs(through.astype(int) - wanted).max() <= 1


def check_round_trip(truth):
    """Back to NIfTI: the same voxels, and the affine to within 1e-4 mm at the far corner."""
    dseg("convert", OBJECT, "back.nii.gz", "--force")
    image = nibabel.load("back.nii.gz")
    affine = np.diag([-1, -1, 1, 1]) @ image.affine
    array = np.transpose(np.asarray(image.dataobj), (2, 1, 0))
    assert_same_volume(truth.labels, truth.affine, array, affine, "round trip")
    rotation, offset = steps_between(truth.affine, affine)
    corner = np.array([*np.array(array.shape[::-1]) - 1, 1])
    there = truth.affine @ [*(rotation @ corner[:3] + offset), 1]
    error = np.abs(affine @ corner - there).max()
    assert error <= 1e-4, f"the far corner is off by {error} mm"


def relabel(truth, segments, info):
    """Numbers of several files collide: the masks get those that dseg chose, told by the labels."""
    chosen = {segment["label"]: segment["number"] for segment in info["segments"]}
    numbers = [chosen[segment["SegmentLabel"]] for segment in segments]
    truth.masks = {number: truth.masks[old] for number, old in zip(numbers, sorted(truth.masks))}
    order = np.argsort(numbers)
    return [segments[index] for index in order]


def check_slow_peers(path, truth, kind, options):
    with step("dciodvfy"):
        readers.with_dciodvfy(path)
    if "no-dcmqi" not in options:
        with step("dcmqi"):
            readers.with_dcmqi(path, truth, kind)


def main():
    name, kind = sys.argv[1:3]
    options = dict(argument.split("=", 1) for argument in sys.argv[3:])
    original = VOLUMES[name]()
    truth = original if kind == "labelmap" else original.renumbered()

    per_file = [original.numbers()]
    if original.masks:
        per_file = [[1], [1, 2]] if name == "overlap" else [[1], [1]]
    segments = metadata(per_file)
    palette = "palette" in options
    write = ["convert", *original.inputs, "--as", kind, "--force", "--metadata", "metadata.json", *original.options]
    write += ["--option", "palette=1"] if palette else []
    dseg(*write, "--", OBJECT)
    info = dseg_info(OBJECT)
    if original.masks:
        segments = relabel(truth, segments, info)
    with step("info"):
        check_description(info, segments, truth.numbers())
    with step("dcmdump"):
        readers.with_dcmdump(OBJECT)
    with step("metadata"):
        check_with_pydicom_text(OBJECT, segments, truth.numbers(), palette)
    if palette:
        with step("palette"):
            check_palette(OBJECT, segments, truth.numbers())
    with step("pydicom"):
        readers.with_pydicom(OBJECT, truth, kind)
    with step("highdicom"):
        readers.with_highdicom(OBJECT, truth, kind)
    if "dcmtk" in options:
        with step("DCMTK"):
            readers.with_dcmtk(OBJECT, truth, kind, options["dcmtk"])
    if "no-dcmjs" not in options:
        with step("dcmjs"):
            readers.with_dcmjs(OBJECT, truth, kind)
    if not original.masks and kind != "fractional":
        with step("back to NIfTI"):
            check_round_trip(original)

    # The time of these two grows with the square of the number of frames: they get a few planes.
    if info["frames"] <= MANY_FRAMES:
        check_slow_peers(OBJECT, truth, kind, options)
    else:
        middle = truth.labels.shape[0] // 2
        dseg(*write, "--planes", f"{middle - 1}-{middle + 2}", "--", PART)
        check_slow_peers(PART, truth.planes(middle - 1, middle + 2), kind, options)
    step.finish()


main()
