# SPDX-License-Identifier: Apache-2.0
"""dcmqi's own programs and those of the same names here, given the same arguments: the same voxels, geometry and JSON.

usage: check_dcmqi_tools.py CASE
"""

import json
import pathlib
import shutil
import subprocess
import sys

import nrrd
import numpy as np
import pydicom

import readers
from peerlib import DSEG, need_data, run, step, venv_program
from sources import make_ct
from volumes import affine_of, block_labels, metadata, rotation, save_nifti

SPACING, ORIGIN = (0.7, 1.1, 2.5), (-30.5, 12.25, 77.0)
DERIVED = {"@schema", "recommendedDisplayRGBValue", "RecommendedDisplayCIELabValue"}  # colours: see docs/dcmqi.md
EXTRA = {"ContentLabel", "ContentDescription"}  # which dcmqi does not write

CLINICAL_TRIAL = {"ClinicalTrialSeriesID": "S2", "ClinicalTrialTimePointID": "3"}  # dcmqi makes them up otherwise

READABLE = [
    *(f"dcmqi/data/segmentations/{name}" for name in (
        "liver.dcm", "partial_overlaps.dcm", "sparse-labelmap-noppv.dcm", "sparse-labelmap-ppv5.dcm",
        "23x38x3/seg/label.seg", "24x38x3/seg/label.seg")),
    *(f"highdicom/seg_image_ct_{name}.dcm" for name in (
        "binary", "binary_fractional", "binary_overlap", "binary_single_frame", "true_fractional")),
    *(f"pydicom-data/{name}.dcm" for name in ("liver", "liver_expb", "liver_nonbyte_aligned")),
]  # fmt: skip


def ours(name):
    return pathlib.Path(DSEG).parent / name


BOTH = {"dcmqi": venv_program, "dseg": ours}


def same_json(first, second, path=""):
    """Asserts that second says what first does, and nothing else but EXTRA."""
    if isinstance(first, dict):
        assert first.keys() - DERIVED <= second.keys(), f"{path}: {first.keys() - second.keys()} is missing"
        assert second.keys() - first.keys() <= DERIVED | EXTRA, f"{path}: {second.keys() - first.keys()}"
        for key in first.keys() - DERIVED:
            same_json(first[key], second[key], f"{path}.{key}")
    elif isinstance(first, list):
        assert len(first) == len(second), f"{path}: {len(first)} and {len(second)}"
        for index, (one, two) in enumerate(zip(first, second)):
            same_json(one, two, f"{path}[{index}]")
    else:
        assert first == second, f"{path}: {first!r} and {second!r}"


def same_nrrd(first, second):
    one, header = nrrd.read(str(first))
    two, other = nrrd.read(str(second))
    assert one.shape == two.shape, f"{first.name}: {one.shape} and {two.shape}"
    assert np.abs(header["space origin"] - other["space origin"]).max() < 1e-3, first.name
    assert np.abs(header["space directions"] - other["space directions"]).max() < 1e-5, first.name
    wrong = np.count_nonzero(one.astype(np.int64) != two.astype(np.int64))
    assert wrong == 0, f"{first.name}: {wrong} voxels differ"


def read_by(who, source, *options):
    """The directory that segimage2itkimage of dcmqi or dseg writes."""
    folder = pathlib.Path(f"read-{who}")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    run(BOTH[who]("segimage2itkimage"), "--inputDICOM", source, "--outputDirectory", folder, "--prefix", "x", *options)
    return folder


def same_reading(source, *options, other=None, lost=()):
    """dcmqi reads source, and dseg reads other (or the same), to the same files, but for what dcmqi has lost."""
    first, second = read_by("dcmqi", source, *options), read_by("dseg", other or source, *options)
    names = sorted(path.name for path in first.iterdir())
    assert names == sorted(path.name for path in second.iterdir()), f"{names} {sorted(second.iterdir())}"
    for name in names:
        if name.endswith(".json"):
            theirs, mine = (json.loads((folder / name).read_text()) for folder in (first, second))
            same_json({key: theirs[key] for key in theirs.keys() - lost}, {key: mine[key] for key in mine.keys() - lost})
        else:
            same_nrrd(first / name, second / name)


def codes(sequence):
    return [(item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning) for item in sequence]


def facts(path):
    """What two objects made of the same arguments must agree in, apart from voxels and geometry."""
    dataset = pydicom.dcmread(path)
    top = [
        str(dataset.get(key, "")) for key in (
            "SOPClassUID", "SegmentationType", "PatientName", "PatientID", "PatientBirthDate", "PatientSex", "StudyDate",
            "StudyInstanceUID", "AccessionNumber", "FrameOfReferenceUID", "Modality", "SeriesNumber",
            "SeriesDescription", "BitsAllocated", "Rows", "Columns", "PixelPaddingValue", "ContentCreatorName",
        )
    ]  # fmt: skip
    segments = [
        (item.SegmentNumber, item.SegmentLabel, item.SegmentAlgorithmType, item.get("SegmentAlgorithmName"),
         codes(item.SegmentedPropertyCategoryCodeSequence), codes(item.SegmentedPropertyTypeCodeSequence))
        for item in dataset.SegmentSequence if item.SegmentLabel != "Background"
    ]  # fmt: skip
    return top, dataset.file_meta.TransferSyntaxUID, segments


def sources_of(item):
    """SOP Instance UIDs that a functional group item derives from."""
    return {
        image.ReferencedSOPInstanceUID
        for derivation in item.get("DerivationImageSequence", [])
        for image in derivation.SourceImageSequence
    }


def references(path):
    """For each position its source images, those of all frames, and those of Referenced Series."""
    dataset = pydicom.dcmread(path)
    by_position = {}
    for frame in dataset.PerFrameFunctionalGroupsSequence:
        position = tuple(round(float(v), 3) for v in frame.PlanePositionSequence[0].ImagePositionPatient)
        by_position.setdefault(position, set()).update(sources_of(frame))
    shared = sources_of(dataset.SharedFunctionalGroupsSequence[0])
    listed = {
        instance.ReferencedSOPInstanceUID
        for series in dataset.ReferencedSeriesSequence
        for instance in series.ReferencedInstanceSequence
    }
    return by_position, shared, listed


def make_images(shape, affine):
    shutil.rmtree("ct", ignore_errors=True)
    make_ct(shape, affine)


def write_both(arrays, affine, *options):
    """dcmqi.dcm and dseg.dcm of the same arguments."""
    files = []
    for index, array in enumerate(arrays):
        files.append(f"input{index}.nii.gz")
        save_nifti(files[-1], array, affine)
    make_images(arrays[0].shape, affine)
    metadata([[int(value) for value in np.unique(array) if value] for array in arrays], accent="")
    path = pathlib.Path("metadata.json")
    content = json.loads(path.read_text())
    content |= CLINICAL_TRIAL
    path.write_text(json.dumps(content))
    for who, program in BOTH.items():
        run(
            program("itkimage2segimage"), "--inputDICOMDirectory", "ct", "--inputImageList", ",".join(files),
            "--inputMetadata", "metadata.json", "--outputDICOM", f"{who}.dcm", *options,
        )  # fmt: skip


def check_both(options):
    for theirs, mine in zip(facts("dcmqi.dcm"), facts("dseg.dcm")):
        assert theirs == mine, f"{theirs}\n{mine}"[:2000]
    theirs, mine = references("dcmqi.dcm"), references("dseg.dcm")
    if "0" in options:
        assert theirs == mine, f"{theirs}\n{mine}"[:2000]
    else:  # dcmqi has empty frames between those with voxels
        assert all(theirs[0][position] == images for position, images in mine[0].items())
    for merge in ([], ["--mergeSegments"]):
        same_reading("dcmqi.dcm", *merge)
        same_reading("dseg.dcm", *merge)
        same_reading("dcmqi.dcm", *merge, other="dseg.dcm")
    if "deflate" not in options:  # which dciodvfy does not read
        readers.with_dciodvfy("dseg.dcm")


def overlapping(last_column=31):
    """Label 1, and 2 and 3, of which 2 overlaps it, and 3 does for columns before 30."""
    one, two = np.zeros((6, 23, 38), np.uint8), np.zeros((6, 23, 38), np.uint8)
    one[1:5, 3:15, 4:30] = 1
    two[2:6, 8:20, 10:20] = 2
    two[2:6, 8:20, last_column:36] = 3
    return [one, two]


def many_labels(count):
    """All labels from 0 to count, each in two planes."""
    plane = np.arange(count + 20, dtype=np.uint16).reshape(-1, 20)
    plane[plane > count] = 0
    return np.stack([plane, plane])


def write_case():
    labels = block_labels((6, 24, 40), [1, 2, 3])
    gaps = block_labels((5, 23, 38), [1, 5, 90])
    straight, oblique = affine_of(SPACING, ORIGIN), affine_of(SPACING, ORIGIN, rotation(0.3, -0.45))
    kind, ids = ["--segmentationType", "labelmap"], ["--useLabelIDAsSegmentNumber"]
    swapped = [np.where(array == 3, 0, array) for array in overlapping()[::-1]]
    cases = [
        ("binary", [labels], straight, []),
        ("binary, all frames", [labels], straight, ["--skip", "0"]),
        ("binary, not aligned", [gaps], straight, ["--skip", "0"]),
        ("binary, oblique", [gaps], oblique, []),
        ("binary, deflated", [labels], straight, ["--compress", "deflate"]),
        ("two files", overlapping(), straight, []),
        ("two files, all frames", overlapping(), straight, ["--skip", "0"]),
        ("two files, label IDs", overlapping(), straight, ids),
        ("label IDs in another order", swapped, straight, ids),
        ("references of all frames", [labels], straight, ["--skip", "0", "--referencesGeometryCheck", "0"]),
        ("one plane", [block_labels((1, 24, 40), [1, 2])], straight, []),
        ("label map", [gaps], straight, kind),
        ("label map, label IDs", [gaps], straight, kind + ids),
        ("label map, all frames", [labels], oblique, [*kind, "--skip", "0"]),
        ("label map, deflated", [labels], straight, [*kind, *ids, "--compress", "deflate"]),
        ("label map, 300 segments", [many_labels(300)], straight, kind + ids),
    ]
    for name, arrays, affine, options in cases:
        with step(name):
            write_both(arrays, affine, *options)
            check_both(options)


def read_case():
    for name in READABLE:
        path = need_data(*name.split("/"))
        with step(name):
            same_reading(path)
            same_reading(path, "--mergeSegments")


def binary_to_label_map_case():
    write_both([block_labels((6, 23, 38), [1, 2, 3])], affine_of(SPACING, ORIGIN))
    for source in ("dcmqi.dcm", "dseg.dcm"):
        for options in ([], ["--compress", "rle"], ["--compress", "deflate"], ["--usePalette"], ["--force16Bit"]):
            with step(f"{source} {' '.join(options)}"):
                for who, program in BOTH.items():
                    run(
                        program("bin2labelsegimage"), "--inputDICOM", source, "--outputDICOM", f"{who}-map.dcm",
                        *options,
                    )  # fmt: skip
                assert facts("dcmqi-map.dcm")[1:] == facts("dseg-map.dcm")[1:]
                same_reading("dcmqi-map.dcm")
                same_reading("dseg-map.dcm")
                same_reading("dcmqi-map.dcm", other="dseg-map.dcm", lost=CLINICAL_TRIAL.keys())


def ends_with(program, *arguments):
    done = subprocess.run([program, *arguments], capture_output=True, stdin=subprocess.DEVNULL)
    return done.returncode


def faults_case():
    """What dcmqi fails at, and dseg does not: labels above 255 of few segments, labels above 32767; the fewest groups
    of segments that do not overlap."""
    with step("three segments in two groups"):
        write_both(overlapping(25), affine_of(SPACING, ORIGIN))
        for who, groups in (("dcmqi", [[1], [2], [3]]), ("dseg", [[1], [2, 3]])):
            content = json.loads((read_by(who, "dseg.dcm", "--mergeSegments") / "x-meta.json").read_text())
            assert [[item["labelID"] for item in group] for group in content["segmentAttributes"]] == groups, who
    affine = affine_of(SPACING, ORIGIN)
    labels = block_labels((5, 24, 40), [1, 2, 3]).astype(np.uint16)
    for name, number in (("a label above 255", 2035), ("a label above 32767", 40000)):
        with step(name):
            array = np.where(labels == 3, number, labels).astype(np.uint16)
            save_nifti("large.nii.gz", array, affine)
            make_images(array.shape, affine)
            metadata([[1, 2, number]], accent="")
            arguments = [
                "--inputDICOMDirectory", "ct", "--inputImageList", "large.nii.gz", "--inputMetadata", "metadata.json",
                "--segmentationType", "labelmap", "--useLabelIDAsSegmentNumber", "--skip", "0",
            ]  # fmt: skip
            assert ends_with(venv_program("itkimage2segimage"), *arguments, "--outputDICOM", "theirs.dcm") != 0
            assert ends_with(ours("itkimage2segimage"), *arguments, "--outputDICOM", "mine.dcm") == 0
            voxels, _ = nrrd.read(str(read_by("dseg", "mine.dcm") / "x-1.nrrd"))
            assert (np.transpose(voxels, (2, 1, 0)) == array).all()
            readers.with_dciodvfy("mine.dcm")


def refusals_case():
    """Both end with a failure."""
    affine = affine_of(SPACING, ORIGIN)
    write_both(overlapping(), affine)
    common = ["--inputDICOMDirectory", "ct", "--inputMetadata", "metadata.json", "--outputDICOM", "x.dcm"]
    two = ["--inputImageList", "input0.nii.gz,input1.nii.gz"]
    gaps = block_labels((6, 23, 38), [1, 5])
    save_nifti("gaps.nii.gz", gaps, affine)
    save_nifti("empty.nii.gz", np.zeros_like(gaps), affine)
    metadata([[1, 5]], accent="", path="gaps.json")
    one = ["--inputDICOMDirectory", "ct", "--inputMetadata", "gaps.json", "--outputDICOM", "x.dcm"]
    for name, program, arguments in [
        ("overlap in a label map", "itkimage2segimage", [*common, *two, "--segmentationType", "labelmap"]),
        ("overlap in a label map of a BINARY", "bin2labelsegimage", ["--inputDICOM", "dseg.dcm", "--outputDICOM", "x"]),
        ("a file too few", "itkimage2segimage", [*common, "--inputImageList", "input0.nii.gz"]),
        ("gaps as numbers", "itkimage2segimage",
         [*one, "--inputImageList", "gaps.nii.gz", "--useLabelIDAsSegmentNumber"]),
        ("a label without metadata", "itkimage2segimage", [*one, "--inputImageList", "input1.nii.gz"]),
        ("no option", "segimage2itkimage", []),
        ("an unknown option", "segimage2itkimage", ["--bogus"]),
        ("no directory", "segimage2itkimage", ["--inputDICOM", "dseg.dcm", "--outputDirectory", "none"]),
        ("an image", "segimage2itkimage", ["--inputDICOM", "ct/000.dcm", "--outputDirectory", "."]),
    ]:  # fmt: skip
        with step(name):
            for who in BOTH:
                code = ends_with(BOTH[who](program), *arguments)
                assert code == 1 or (who == "dcmqi" and code != 0), (who, code)  # dcmqi may end by a signal
    with step("no voxel"):  # dcmqi refuses it; here what was looked for stays described
        assert ends_with(BOTH["dcmqi"]("itkimage2segimage"), *one, "--inputImageList", "empty.nii.gz") != 0
        assert ends_with(BOTH["dseg"]("itkimage2segimage"), *one, "--inputImageList", "empty.nii.gz") == 0
        assert len(pydicom.dcmread("x.dcm").SegmentSequence) == 2


def dciodvfy_case():
    """The objects of dcmqi's test list that it checks with dciodvfy, and their label maps, which it does not."""
    data = need_data("dcmqi", "data", "segmentations")
    examples = need_data("dcmqi", "doc", "examples")
    several = "seg-example_multiple_segments"
    for name, json_name, images, kind in [
        ("makeSEG", "seg-example", ["liver"], "binary"),
        ("makeSEG_multiple_segment_files", several, ["liver", "spine", "heart"], "binary"),
        ("makeSEG_multiple_segment_files_reordered", f"{several}_reordered", ["heart", "liver", "spine"], "binary"),
        ("makeSEG_labelmap", "seg-example", ["liver"], "labelmap"),
        ("makeSEG_labelmap_multi", "seg-example_liver_spine", ["liver", "spine"], "labelmap"),
    ]:
        with step(f"itkimage2segimage_{name}_dciodvfy"):
            run(
                ours("itkimage2segimage"), "--inputMetadata", examples / f"{json_name}.json", "--inputImageList",
                ",".join(str(data / f"{image}_seg.nrrd") for image in images), "--inputDICOMDirectory",
                data / "ct-3slice", "--outputDICOM", "object.dcm", "--segmentationType", kind,
            )  # fmt: skip
            readers.with_dciodvfy("object.dcm")


CASES = {
    "dciodvfy": dciodvfy_case,
    "write": write_case,
    "read": read_case,
    "bin2label": binary_to_label_map_case,
    "faults": faults_case,
    "refusals": refusals_case,
}

if __name__ == "__main__":
    for name in sys.argv[1:] or CASES:
        CASES[name]()
    step.finish()
