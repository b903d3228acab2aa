# SPDX-License-Identifier: Apache-2.0
"""The images that viewers show a segmentation on: those that it refers to, or ones made for it.

A viewer needs images. For an object that refers to none, or to none that are here, CT images are made on its grid, of its
patient, study and frame of reference, and a copy of it that refers to them, whose pixels are the object's.
"""

import numpy as np
import pydicom
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import generate_uid

from peerlib import group
from sources import make_ct
from who_reads.truth import save_again


def code(value, scheme, meaning):
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, scheme, meaning
    return Sequence([item])


def reference_to(image):
    item = Dataset()
    item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID = image.SOPClassUID, image.SOPInstanceUID
    return item


def derived_from(image):
    """Derivation Image Sequence of a frame that was segmented in an image (PS3.3 A.51.5.1)."""
    source = reference_to(image)
    source.PurposeOfReferenceCodeSequence = code("121322", "DCM", "Source image for image processing operation")
    item = Dataset()
    item.DerivationCodeSequence = code("113076", "DCM", "Segmentation")
    item.SourceImageSequence = Sequence([source])
    return Sequence([item])


def read_images(folder):
    """Headers of the images in a folder, by SOP Instance UID, with their paths."""
    found = {}
    for path in sorted(folder.glob("*.dcm")) if folder.is_dir() else ():
        dataset = pydicom.dcmread(path, stop_before_pixels=True)
        found[dataset.SOPInstanceUID] = path, dataset
    return found


class Images:
    """paths: the files; datasets: their headers; refers: whether the object refers to them. copy: the path of one that
    does, where the object does not and can."""

    def __init__(self, path, truth, known, scratch):
        dataset = pydicom.dcmread(path, stop_before_pixels=True)
        referred = [
            instance.ReferencedSOPInstanceUID
            for series in dataset.get("ReferencedSeriesSequence", [])
            for instance in series.get("ReferencedInstanceSequence", [])
        ]
        self.refers = bool(referred) and all(uid in known for uid in referred)
        self.copy = None
        if self.refers:
            of_series = {known[uid][1].SeriesInstanceUID for uid in referred}
            stack = [one for one in known.values() if one[1].SeriesInstanceUID in of_series]
            self.paths, self.datasets = [one[0] for one in stack], [one[1] for one in stack]
        elif truth.is_slide:
            self.paths, self.datasets = [], []
        else:
            folder = scratch / "ct"
            self.datasets = make_ct(truth.shape(), truth.affine, folder, seed=dataset.SOPInstanceUID, of=dataset)
            self.paths = sorted(folder.iterdir())
            self.copy = scratch / "with-references.dcm"
            self.write_copy(path, truth)

    def write_copy(self, path, truth):
        dataset = pydicom.dcmread(path)
        series = Dataset()
        series.SeriesInstanceUID = self.datasets[0].SeriesInstanceUID
        series.ReferencedInstanceSequence = Sequence([reference_to(image) for image in self.datasets])
        dataset.ReferencedSeriesSequence = Sequence([series])
        dataset.SOPInstanceUID = generate_uid(entropy_srcs=[dataset.SOPInstanceUID, "with references"])
        dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
        to_index = np.linalg.inv(truth.affine)
        shared = dataset.SharedFunctionalGroupsSequence[0]
        if "DerivationImageSequence" in shared:
            del shared.DerivationImageSequence
        for index, item in enumerate(dataset.get("PerFrameFunctionalGroupsSequence", [])):
            position = group(dataset, index, "PlanePositionSequence").ImagePositionPatient
            plane = int(np.rint((to_index @ (*map(float, position), 1))[2]))
            item.DerivationImageSequence = derived_from(self.datasets[plane])
        save_again(dataset, self.copy)


def as_json(images):
    """What the programs in JavaScript want to know of the images: names as in dcmjs, one object for each."""
    keywords = ("SOPClassUID", "SOPInstanceUID", "SeriesInstanceUID", "StudyInstanceUID", "FrameOfReferenceUID", "Modality",
                "Rows", "Columns", "ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing")  # fmt: skip
    plain = {"UI": str, "CS": str, "US": int, "DS": lambda value: [float(part) for part in value]}
    return [
        {keyword: plain[image[keyword].VR](image[keyword].value) for keyword in keywords} for image in images.datasets
    ]
