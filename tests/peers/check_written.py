"""Writes a volume with dseg and reads it with every peer.

usage: check_written.py VOLUME binary|labelmap|fractional [peer=PROGRAM...] [skip=PEER:why...]
"""

import sys

import nibabel
import numpy as np

import readers
from peerlib import dseg, dseg_info, step
from volumes import VOLUMES, metadata

OBJECT = "object.dcm"


def check_description(info, segments, numbers):
    """dseg reads back what the metadata said."""
    by_number = {segment["number"]: segment for segment in info["segments"]}
    assert sorted(by_number) == numbers
    for number, wanted in zip(numbers, segments):
        assert by_number[number]["label"] == wanted["SegmentLabel"], by_number[number]


def check_with_pydicom_text(path, segments, numbers):
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
        assert len(segment.RecommendedDisplayCIELabValue) == 3


def check_round_trip(truth):
    """Back to NIfTI: the same voxels, and the affine to within 1e-4 mm at the far corner."""
    dseg("convert", OBJECT, "back.nii.gz", "--force")
    image = nibabel.load("back.nii.gz")
    affine = np.diag([-1, -1, 1, 1]) @ image.affine
    array = np.transpose(np.asarray(image.dataobj), (2, 1, 0))
    from peerlib import assert_same_volume, steps_between

    assert_same_volume(truth.labels, truth.affine, array, affine, "round trip")
    rotation, offset = steps_between(truth.affine, affine)
    corner = np.array([*np.array(array.shape[::-1]) - 1, 1])
    there = truth.affine @ [*(rotation @ corner[:3] + offset), 1]
    error = np.abs(affine @ corner - there).max()
    assert error <= 1e-4, f"the far corner is off by {error} mm"


def main():
    name, kind = sys.argv[1:3]
    options = dict(argument.split("=", 1) for argument in sys.argv[3:])
    original = VOLUMES[name]()
    truth = original if kind == "labelmap" else original.renumbered()

    per_file = [original.numbers()]
    if original.masks:
        per_file = [[1], [1, 2]] if name == "overlap" else [[1], [1]]
    segments = metadata(per_file)
    dseg("convert", *original.inputs, OBJECT, "--as", kind, "--force", "--metadata", "metadata.json", *original.options)
    with step("info"):
        check_description(dseg_info(OBJECT), segments, truth.numbers())
    with step("dciodvfy"):
        readers.with_dciodvfy(OBJECT)
    with step("dcmdump"):
        readers.with_dcmdump(OBJECT)
    with step("metadata"):
        check_with_pydicom_text(OBJECT, segments, truth.numbers())
    with step("pydicom"):
        readers.with_pydicom(OBJECT, truth, kind)
    with step("highdicom"):
        readers.with_highdicom(OBJECT, truth, kind)
    if "no-dcmqi" not in options:
        with step("dcmqi"):
            readers.with_dcmqi(OBJECT, truth, kind)
    if "dcmtk" in options:
        with step("DCMTK"):
            readers.with_dcmtk(OBJECT, truth, kind, options["dcmtk"])
    if "no-dcmjs" not in options:
        with step("dcmjs"):
            readers.with_dcmjs(OBJECT, truth, kind)
    if not original.masks:
        with step("back to NIfTI"):
            check_round_trip(truth)
    step.finish()


main()
