# SPDX-License-Identifier: Apache-2.0
"""highdicom: a label volume (NIfTI) constructed and saved as a SEG object, native Explicit Little Endian.

usage: write_highdicom.py NIFTI OUTPUT BINARY|LABELMAP
Reading the NIfTI file is not timed: "seconds" is construction and saving. OUTPUT.sources.json tells what the invented
source images are."""

import json
import sys
import warnings
from pathlib import Path

import highdicom
import nibabel
import numpy
import pydicom
from highdicom.sr.coding import CodedConcept

from common import clock, finish


def source_images(affine, shape):
    """One small CT header for each slice of the volume (highdicom wants source images)."""
    to_lps = numpy.diag([-1.0, -1.0, 1.0, 1.0])
    lps = to_lps @ affine
    spacing = numpy.linalg.norm(lps[:3, :3], axis=0)
    directions = lps[:3, :3] / spacing
    study, series, frame = (pydicom.uid.generate_uid() for _ in range(3))
    for k in range(shape[2]):
        image = pydicom.Dataset()
        image.SOPClassUID = pydicom.uid.CTImageStorage
        image.SOPInstanceUID = pydicom.uid.generate_uid()
        image.StudyInstanceUID, image.SeriesInstanceUID, image.FrameOfReferenceUID = study, series, frame
        image.PatientName, image.PatientID, image.PatientBirthDate, image.PatientSex = "Bench^Mark", "1", "", "O"
        image.StudyDate, image.StudyTime, image.StudyID, image.AccessionNumber = "20260101", "000000", "1", ""
        image.ReferringPhysicianName, image.Modality, image.Manufacturer = "", "CT", "none"
        image.Rows, image.Columns = shape[1], shape[0]
        image.PixelSpacing = [float(spacing[1]), float(spacing[0])]
        image.SliceThickness = float(spacing[2])
        image.ImageOrientationPatient = [round(float(v), 10) for v in (*directions[:, 0], *directions[:, 1])]
        image.ImagePositionPatient = [round(float(v), 6) for v in lps[:3, 3] + k * lps[:3, 2]]
        image.InstanceNumber = k + 1
        image.SamplesPerPixel, image.PhotometricInterpretation = 1, "MONOCHROME2"
        image.BitsAllocated = image.BitsStored = 16
        image.HighBit, image.PixelRepresentation = 15, 0
        image.file_meta = pydicom.dataset.FileMetaDataset()
        image.file_meta.TransferSyntaxUID = pydicom.uid.ExplicitVRLittleEndian
        yield image


def description(number):
    return highdicom.seg.SegmentDescription(
        segment_number=number,
        segment_label=f"Segment {number}",
        segmented_property_category=CodedConcept("91723000", "SCT", "Anatomical Structure"),
        segmented_property_type=CodedConcept("85756007", "SCT", "Tissue"),
        algorithm_type=highdicom.seg.SegmentAlgorithmTypeValues.MANUAL,
    )


def save_sources(sources, path):
    names = ("SOPClassUID", "SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID", "FrameOfReferenceUID", "Rows",
             "Columns", "PixelSpacing", "ImageOrientationPatient", "ImagePositionPatient")
    plain = lambda value: list(map(float, value)) if isinstance(value, pydicom.multival.MultiValue) else value
    path.write_text(json.dumps([{name: plain(source[name].value) for name in names} for source in sources]))


def main(nifti, output, kind):
    warnings.simplefilter("ignore")
    image = nibabel.load(nifti)
    labels = numpy.ascontiguousarray(numpy.asarray(image.dataobj).T).astype(numpy.uint16)
    values = [int(v) for v in numpy.unique(labels) if v != 0]
    if kind == "BINARY":  # numbers must be 1..N (PS3.3 C.8.20.2.4)
        table = numpy.zeros(int(labels.max()) + 1, numpy.uint16)
        table[values] = numpy.arange(1, len(values) + 1)
        labels, values = table[labels], list(range(1, len(values) + 1))
    labels = labels.astype(numpy.uint8) if max(values) < 256 else labels
    sources = list(source_images(image.affine, image.shape))
    start = clock()
    segmentation = highdicom.seg.Segmentation(
        source_images=sources,
        pixel_array=labels,
        segmentation_type=kind,
        segment_descriptions=[description(v) for v in values],
        series_instance_uid=pydicom.uid.generate_uid(),
        series_number=1,
        sop_instance_uid=pydicom.uid.generate_uid(),
        instance_number=1,
        manufacturer="none",
        manufacturer_model_name="none",
        software_versions="1",
        device_serial_number="1",
    )
    constructed = clock()
    segmentation.save_as(output)
    seconds = clock() - start
    save_sources(sources, Path(f"{output}.sources.json"))
    finish(seconds, construct_seconds=constructed - start, version=highdicom.__version__)


main(*sys.argv[1:])
