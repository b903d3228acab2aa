# SPDX-License-Identifier: Apache-2.0
"""Objects that generate_segmentation.test.mjs wrote of a viewer's label maps: dciodvfy finds no error, and highdicom
and dcmqi read the voxels at their places.

usage: check_written.py PEER_TESTS_DIRECTORY
"""

import json
import pathlib
import sys

sys.path.insert(0, sys.argv[1])

import numpy as np  # noqa: E402
import pydicom  # noqa: E402
import readers  # noqa: E402
from peerlib import step  # noqa: E402
from volumes import Truth  # noqa: E402


def check_context(path, image):
    """Whose it is comes from the images."""
    dataset = pydicom.dcmread(path)
    for keyword in ("PatientName", "PatientID", "PatientBirthDate", "PatientSex", "StudyInstanceUID", "StudyDate"):
        assert str(dataset[keyword].value) == image[keyword], f"{keyword} is {dataset[keyword].value}"
    assert dataset.FrameOfReferenceUID == image["FrameOfReferenceUID"]
    assert dataset.SeriesInstanceUID != image["SeriesInstanceUID"]
    assert dataset.ReferencedSeriesSequence[0].SeriesInstanceUID == image["SeriesInstanceUID"]


def main():
    for name in ("axial", "rows-reversed", "sagittal", "oblique"):
        stack = json.loads(pathlib.Path(f"{name}.json").read_text(encoding="utf-8"))
        shape = (len(stack["images"]), stack["rows"], stack["columns"])
        labels = np.array(stack["labels"], np.uint32).reshape(shape)
        masks = {number + 1: np.array(mask, bool).reshape(shape) for number, mask in enumerate(stack["masks"])}
        for kind in ("binary", "labelmap", "overlap"):
            path = pathlib.Path("written") / f"{name}-{kind}.dcm"
            truth = Truth(labels, stack["affine"], [], masks=masks if kind == "overlap" else None)
            written_as = "binary" if kind == "overlap" else kind
            with step(f"{path}: context"):
                check_context(path, stack["images"][0])
            with step(f"{path}: dciodvfy"):
                readers.with_dciodvfy(path)
            with step(f"{path}: highdicom"):
                readers.with_highdicom(path, truth, written_as)
            with step(f"{path}: dcmqi"):
                readers.with_dcmqi(path, truth, written_as)
    step.finish()


main()
