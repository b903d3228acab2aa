# SPDX-License-Identifier: Apache-2.0
"""Segmentations that dcmqi writes are read by dseg with the same voxels, geometry and segments, and the metadata
JSON that dseg writes is what dcmqi's schema wants.

usage: check_dcmqi.py CASE
"""

import json
import pathlib
import sys

import jsonschema
import numpy as np

from foreign import check_labels, check_masks
from peerlib import dseg, dseg_info, need_data, run, step, venv_program
from sources import make_ct
from volumes import affine_of, block_labels, metadata, rotation, save_nifti

SPACING, ORIGIN = (0.7, 1.1, 2.5), (-30.5, 12.25, 77.0)


def write(arrays, affine, *options):
    """arrays: one for each input file."""
    files = []
    for index, array in enumerate(arrays):
        files.append(f"input{index}.nii.gz")
        save_nifti(files[-1], array, affine)
    make_ct(arrays[0].shape, affine)
    segments = metadata([[int(value) for value in np.unique(array) if value] for array in arrays], accent="")
    run(
        venv_program("itkimage2segimage"), "--inputDICOMDirectory", "ct", "--inputImageList", ",".join(files),
        "--inputMetadata", "metadata.json", "--outputDICOM", "object.dcm", *options,
    )  # fmt: skip
    return segments


def check_info(segments, kind, numbers):
    info = dseg_info("object.dcm")
    assert info["representation"] == kind
    got = [segment for segment in info["segments"] if segment["label"] != "Background"]
    assert [segment["number"] for segment in got] == numbers, got
    for segment, wanted in zip(got, segments):
        assert segment["label"] == wanted["SegmentLabel"], (segment, wanted)
        assert segment["algorithm_type"] == "SEMIAUTOMATIC"
        color = [int(segment["color"][i : i + 2], 16) for i in (1, 3, 5)]
        # dcmqi takes the white point of D65 for CIELab, the standard D50: colours shift a little.
        assert segment["color"] is not None and len(color) == 3


def labels_case(kind, *options, shape=(6, 24, 40), numbers=(1, 2, 3), axes=np.eye(3)):
    labels = block_labels(shape, list(numbers))
    affine = affine_of(SPACING, ORIGIN, axes)
    segments = write([labels], affine, "--segmentationType", kind, *options)
    kept = kind == "labelmap" or "--useLabelIDAsSegmentNumber" in options
    expected = list(numbers) if kept else list(range(1, len(numbers) + 1))
    check_info(segments, kind, expected)
    table = np.zeros(max(numbers) + 1, np.uint32)
    table[list(numbers)] = expected
    check_labels("object.dcm", table[labels], affine)


def overlap_case(skip):
    shape = (6, 23, 38)
    affine = affine_of(SPACING, ORIGIN)
    one, two = np.zeros(shape, np.uint8), np.zeros(shape, np.uint8)
    one[1:5, 3:15, 4:30] = 1
    two[2:6, 8:20, 10:20] = 1
    two[2:6, 8:20, 25:36] = 2
    segments = write([one, two], affine, "--skip", skip)
    check_info(segments, "binary", [1, 2, 3])
    check_masks("object.dcm", {1: one == 1, 2: two == 1, 3: two == 2}, affine)


def schema_case():
    """The JSON that dseg writes beside a volume is valid, and dcmqi makes the same object of the two."""
    folder = need_data("dcmqi", "doc", "schemas")
    schemas = {path.name: json.loads(path.read_text()) for path in folder.glob("*.json")}
    labels = block_labels((6, 24, 40), [1, 2, 3])
    affine = affine_of(SPACING, ORIGIN)
    write([labels], affine)
    dseg("convert", "object.dcm", "out.nii.gz", "--write-metadata", "out.json", "--force")
    content = json.loads(pathlib.Path("out.json").read_text(encoding="utf-8"))
    from referencing import Registry, Resource
    from referencing.jsonschema import DRAFT4

    registry = Registry().with_resources(
        (schema.get("id", name), Resource.from_contents(schema, default_specification=DRAFT4))
        for name, schema in schemas.items()
    )
    validator = jsonschema.Draft4Validator(schemas["seg-schema.json"], registry=registry)
    errors = [error.message for error in validator.iter_errors(content)]
    assert not errors, errors
    run(
        venv_program("itkimage2segimage"), "--inputDICOMDirectory", "ct", "--inputImageList", "out.nii.gz",
        "--inputMetadata", "out.json", "--outputDICOM", "again.dcm", "--skip", "0",
    )  # fmt: skip
    check_labels("again.dcm", labels, affine)


CASES = {
    "binary-skip": lambda: labels_case("binary", "--skip", "1"),
    "binary-all-frames": lambda: labels_case("binary", "--skip", "0"),
    "binary-unaligned": lambda: labels_case("binary", "--skip", "0", shape=(5, 23, 38)),
    "binary-oblique": lambda: labels_case("binary", shape=(5, 24, 38), axes=rotation(0.3, -0.45)),
    "binary-one-plane": lambda: labels_case("binary", shape=(1, 24, 40)),
    "binary-gaps": lambda: labels_case("binary", numbers=(1, 5, 9)),
    "binary-deflated": lambda: labels_case("binary", "--compress", "deflate"),
    "labelmap": lambda: labels_case("labelmap", "--useLabelIDAsSegmentNumber"),
    "labelmap-gaps": lambda: labels_case("labelmap", "--useLabelIDAsSegmentNumber", numbers=(1, 5, 9)),
    "labelmap-oblique": lambda: labels_case(
        "labelmap", "--useLabelIDAsSegmentNumber", shape=(5, 24, 38), axes=rotation(0.3, -0.45)
    ),
    "labelmap-deflated": lambda: labels_case("labelmap", "--useLabelIDAsSegmentNumber", "--compress", "deflate"),
    "overlap-skip": lambda: overlap_case(1),
    "overlap-all-frames": lambda: overlap_case(0),
    "schema": schema_case,
}

if __name__ == "__main__":
    for name in sys.argv[1:] or CASES:
        with step(name):
            CASES[name]()
    step.finish()
