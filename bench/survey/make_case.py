# SPDX-License-Identifier: Apache-2.0
"""What dcmqi and highdicom need to write a case: source images, metadata, and a label volume for each layer.

usage: make_case.py NAME VOLUME FOLDER      (with the Python of build/bench-peers/venv)

Writes FOLDER/ct/*.dcm, one CT image for each plane; FOLDER/meta.json, dcmqi's JSON; and FOLDER/layer-N.nii.gz, one for
each layer of VOLUME, in which no segments overlap. Prints rows, columns, planes, segments and spacing as JSON. UIDs follow
from NAME and have 64 characters, as most archives' do."""

import json
import re
import sys
from pathlib import Path

import nibabel
import nrrd
import numpy

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests" / "peers"))
from sources import make_ct  # noqa: E402

CODES = {"category": ("123037004", "SCT", "Anatomical Structure"), "type": ("85756007", "SCT", "Tissue")}
TO_LPS = numpy.diag([-1.0, -1.0, 1.0, 1.0])


def code(value, scheme, meaning):
    return {"CodeValue": value, "CodingSchemeDesignator": scheme, "CodeMeaning": meaning}


def segment(number, name, category, kind, modifier=None):
    item = {"labelID": number, "SegmentLabel": name, "SegmentDescription": name, "SegmentAlgorithmType": "AUTOMATIC",
            "SegmentAlgorithmName": "survey of encodings, version 1", "SegmentedPropertyCategoryCodeSequence": code(*category),
            "SegmentedPropertyTypeCodeSequence": code(*kind),
            "recommendedDisplayRGBValue": [number * 7 % 256, number * 31 % 256, 90]}  # fmt: skip
    return {**item, "SegmentedPropertyTypeModifierCodeSequence": code(*modifier)} if modifier else item


def code_of(text):
    """SCHEME^VALUE^MEANING, as 3D Slicer's terminology has it; None where it is empty."""
    scheme, value, meaning = (text.split("^") + ["", ""])[:3]
    return (value, scheme, meaning) if value else None


def described(header, layer):
    """The segments of a layer of a seg.nrrd file: label value and what is said of it."""
    for index in sorted(int(match[1]) for key in header if (match := re.fullmatch(r"Segment(\d+)_LabelValue", key))):
        one = lambda what, other: header.get(f"Segment{index}_{what}", other)
        if int(one("Layer", "0")) != layer:
            continue
        entry = re.search(r"TerminologyEntry:([^|]*)", one("Tags", ""))
        fields = (entry[1].split("~") if entry else []) + [""] * 4
        number = int(one("LabelValue", "0"))
        yield number, segment(number, one("Name", f"Segment {number}"), code_of(fields[1]) or CODES["category"],
                              code_of(fields[2]) or CODES["type"], code_of(fields[3]))  # fmt: skip


def read_nrrd(path):
    """Layers as arrays [x, y, z], what each says of its segments, and the affine in LPS."""
    data, header = nrrd.read(str(path))
    directions = numpy.array([row for row in header["space directions"] if not numpy.isnan(row).any()])
    affine = numpy.eye(4)
    affine[:3, :3], affine[:3, 3] = directions.T, header["space origin"]
    layers = list(data) if data.ndim == 4 else [data]
    affine = affine if header["space"].lower() in ("left-posterior-superior", "lps") else TO_LPS @ affine
    return layers, [dict(described(header, number)) for number in range(len(layers))], affine


def read_volume(path):
    if path.name.endswith(".nrrd"):
        return read_nrrd(path)
    image = nibabel.load(path)
    return [numpy.asarray(image.dataobj)], [{}], TO_LPS @ image.affine


def main(name, volume, folder):
    layers, said, affine = read_volume(Path(volume))
    folder = Path(folder)
    lists = []
    for number, (layer, names) in enumerate(zip(layers, said), 1):
        values = [int(value) for value in numpy.unique(layer) if value]
        lists.append([names.get(value) or segment(value, f"Segment {value}", CODES["category"], CODES["type"]) for value in values])
        kind = numpy.uint8 if max(values) < 256 else numpy.int16
        nibabel.save(nibabel.Nifti1Image(layer.astype(kind), TO_LPS @ affine), folder / f"layer-{number}.nii.gz")
    series = {"ContentCreatorName": "Survey^Bench", "ClinicalTrialSeriesID": "Session1", "ClinicalTrialTimePointID": "1",
              "SeriesDescription": f"Segmentation of {name}", "SeriesNumber": "300", "InstanceNumber": "1", "BodyPartExamined": ""}  # fmt: skip
    (folder / "meta.json").write_text(json.dumps({**series, "segmentAttributes": lists}, indent=1))
    shape = layers[0].shape
    if shape[2] > 1:
        make_ct(shape[::-1], affine, folder / "ct", seed=name)
    spacing = [round(float(step), 6) for step in numpy.linalg.norm(affine[:3, :3], axis=0)]
    json.dump({"rows": shape[1], "columns": shape[0], "planes": shape[2], "segments": sum(map(len, lists)), "spacing": spacing,
               "images": shape[2] if shape[2] > 1 else 1}, sys.stdout)  # fmt: skip


if __name__ == "__main__":
    main(*sys.argv[1:])
