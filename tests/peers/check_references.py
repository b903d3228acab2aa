# SPDX-License-Identifier: Apache-2.0
"""Frames that refer to several images: what peers read of them, and what they write themselves.

usage: check_references.py phases|series|studies
"""

import pathlib
import shutil
import subprocess
import sys

import highdicom
import numpy as np
import pydicom
from pydicom.uid import generate_uid

import readers
from peerlib import DSEG, dseg, run, step, venv_program
from sources import make_ct
from volumes import VOLUMES, metadata

OBJECT = "object.dcm"


def make_sources(case, truth):
    """Two images at each place: folders to give as reference, and the images by plane, as the object has them."""
    for folder in ("first", "second", "all"):
        shutil.rmtree(folder, ignore_errors=True)
    first = make_ct(truth.labels.shape, truth.affine, "first")
    second = make_ct(truth.labels.shape, truth.affine, "second")
    for plane, (one, other) in enumerate(zip(first, second)):
        other.FrameOfReferenceUID = one.FrameOfReferenceUID
        if case != "studies":
            other.StudyInstanceUID = one.StudyInstanceUID
        if case == "phases":
            other.SeriesInstanceUID = one.SeriesInstanceUID
        one.AcquisitionNumber, other.AcquisitionNumber = 1, 2
        one.save_as(f"first/{plane:03}.dcm")
        other.save_as(f"second/{plane:03}.dcm")
    folders = ["first", "second"]
    if case == "phases":
        for path in pathlib.Path("second").iterdir():
            shutil.move(path, pathlib.Path("first") / f"{sum(path.name.encode()) % 3}{path.name}")
        folders = ["first"]
    return folders, first, second


def listed(dataset):
    """(study, series, instance) of Common Instance Reference."""
    studies = [(dataset.StudyInstanceUID, dataset)]
    studies += [(item.StudyInstanceUID, item) for item in dataset.get("StudiesContainingOtherReferencedInstancesSequence", [])]
    return [(study, series.SeriesInstanceUID, instance.ReferencedSOPInstanceUID)
            for study, item in studies for series in item.get("ReferencedSeriesSequence", [])
            for instance in series.ReferencedInstanceSequence]  # fmt: skip


def check_with_pydicom(path, first, second):
    """Each frame refers to both images at its place, and what is listed is what frames refer to, by study and series."""
    dataset = pydicom.dcmread(path)
    pairs = {tuple(map(float, one.ImagePositionPatient)): [one.SOPInstanceUID, other.SOPInstanceUID] for one, other in zip(first, second)}
    used = set()
    for frame in dataset.PerFrameFunctionalGroupsSequence:
        position = tuple(map(float, frame.PlanePositionSequence[0].ImagePositionPatient))
        wanted = next(pair for place, pair in pairs.items() if np.allclose(place, position, atol=1e-3))
        images = frame.DerivationImageSequence[0].SourceImageSequence
        assert [image.ReferencedSOPInstanceUID for image in images] == wanted, position
        assert all(image.PurposeOfReferenceCodeSequence[0].CodeValue == "121322" for image in images)
        used.update(wanted)
    instances = listed(dataset)
    assert len(instances) == len(set(instances)) == len(used)
    wanted = {(image.StudyInstanceUID, image.SeriesInstanceUID, image.SOPInstanceUID) for image in first + second if image.SOPInstanceUID in used}
    assert set(instances) == wanted
    series = [one for one in dict.fromkeys((study, series) for study, series, _ in instances)]
    assert series == list(dict.fromkeys((one.StudyInstanceUID, one.SeriesInstanceUID) for one in (first[0], second[0])))


def check_with_highdicom(path):
    seg = highdicom.seg.segread(path)
    dataset = pydicom.dcmread(path)
    assert {tuple(map(str, one)) for one in seg.get_source_image_uids()} == {tuple(map(str, one)) for one in listed(dataset)}


def check_copy(first, second):
    """A copy refers to the same images, and says no less of them."""
    dseg("convert", OBJECT, "copy.dcm", "--force")
    assert dseg("compare", OBJECT, "copy.dcm").startswith("same")
    check_with_pydicom("copy.dcm", first, second)


def check_of_highdicom(truth, first, second):
    """An object that highdicom made of two series; a copy refers to both."""
    numbers = truth.numbers()
    code = highdicom.sr.CodedConcept("91723000", "SCT", "Anatomical Structure")
    described = [highdicom.seg.SegmentDescription(number, f"s{number}", code, code, "MANUAL") for number in range(1, len(numbers) + 1)]
    further = second if second[0].SeriesInstanceUID != first[0].SeriesInstanceUID else None
    seg = highdicom.seg.Segmentation(
        source_images=first, pixel_array=truth.labels.astype(np.uint8), segmentation_type="BINARY",
        segment_descriptions=described, series_instance_uid=generate_uid(), series_number=9,
        sop_instance_uid=generate_uid(), instance_number=1, manufacturer="m", manufacturer_model_name="m",
        software_versions="1", device_serial_number="1", further_source_images=further,
    )  # fmt: skip
    seg.save_as("theirs.dcm")
    dseg("convert", "theirs.dcm", "copy.dcm", "--force")
    names = []
    for path in ("theirs.dcm", "copy.dcm"):
        frames = pydicom.dcmread(path).PerFrameFunctionalGroupsSequence
        names.append({(tuple(frame.PlanePositionSequence[0].ImagePositionPatient), image.ReferencedSOPInstanceUID)
                      for frame in frames for one in frame.DerivationImageSequence for image in one.SourceImageSequence})  # fmt: skip
    assert names[0] == names[1] and names[0]


def check_of_dcmqi(truth, first, second):
    """dcmqi refers to all images at the place of a frame, and lists the first: a copy refers to that, and says so."""
    pathlib.Path("all").mkdir(exist_ok=True)
    for number, image in enumerate(first + second):
        image.save_as(f"all/{number:03}.dcm")
    run(venv_program("itkimage2segimage"), "--inputImageList", truth.inputs[0], "--inputDICOMDirectory", "all",
        "--inputMetadata", "metadata.json", "--outputDICOM", "dcmqi.dcm")  # fmt: skip
    done = subprocess.run([DSEG, "convert", "dcmqi.dcm", "copy.dcm", "--force"], capture_output=True, text=True)
    assert done.returncode == 0 and "source images of unknown series" in done.stderr, done.stderr
    dseg("validate", "copy.dcm")
    known = {instance for _, _, instance in listed(pydicom.dcmread("dcmqi.dcm"))}
    sources = []
    for path in ("dcmqi.dcm", "copy.dcm"):
        frames = pydicom.dcmread(path).PerFrameFunctionalGroupsSequence
        images = [(tuple(frame.PlanePositionSequence[0].ImagePositionPatient), image.ReferencedSOPInstanceUID)
                  for frame in frames for one in frame.DerivationImageSequence for image in one.SourceImageSequence]  # fmt: skip
        assert path == "copy.dcm" or len(images) == 2 * len(frames), "dcmqi refers to one image a frame"
        sources.append(sorted(set(one for one in images if one[1] in known)))
    assert sources[0] == sources[1] and sources[0]


def main():
    case = sys.argv[1]
    original = VOLUMES["unaligned"]()
    folders, first, second = make_sources(case, original)
    metadata([original.numbers()], accent="")
    for kind in ("binary", "labelmap"):
        truth = original if kind == "labelmap" else original.renumbered()
        with step(f"{kind}: dseg writes"):
            dseg("convert", *original.inputs, OBJECT, "--as", kind, "--force", "--reference", *folders)
            assert "no frame refers" not in dseg("validate", OBJECT)
        with step(f"{kind}: pydicom"):
            check_with_pydicom(OBJECT, first, second)
        with step(f"{kind}: highdicom"):
            check_with_highdicom(OBJECT)
            readers.with_highdicom(OBJECT, truth, kind)
        with step(f"{kind}: dcmqi"):
            readers.with_dcmqi(OBJECT, truth, kind)
        with step(f"{kind}: dciodvfy"):
            readers.with_dciodvfy(OBJECT)
        with step(f"{kind}: a copy"):
            check_copy(first, second)
    if case == "series":  # highdicom refuses two images at one place, and images of two studies
        with step("highdicom writes"):
            check_of_highdicom(original, first, second)
    with step("dcmqi writes"):
        check_of_dcmqi(original, first, second)
    step.finish()


main()
