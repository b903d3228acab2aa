# SPDX-License-Identifier: Apache-2.0
"""highdicom: BINARY objects to LABELMAP, native since it writes no Deflated Image Frame; a whole process for all of them.

usage: convert_highdicom.py [--verify] DIR OBJECT...
--verify: highdicom looks whether segments overlap, since a label map would lose voxels of them; what was written is read again, and the
label maps are compared. highdicom wants source images: they are headers made
from the object's own geometry, since reading a series of images would cost more."""

import sys
import warnings
from pathlib import Path

import highdicom
import numpy
import pydicom
from pydicom.sr.codedict import codes
from pydicom.uid import generate_uid

MADE_BY = highdicom.AlgorithmIdentificationSequence("not known", codes.DCM.ArtificialIntelligence, "1")


def labels_of(segmentation, verify):
    kind = numpy.uint8 if max(segmentation.segment_numbers) < 256 else numpy.uint16
    return segmentation.get_volume(combine_segments=True, skip_overlap_checks=not verify, dtype=kind)


def images(segmentation, volume):
    """A header for each plane of the volume."""
    for plane in range(volume.array.shape[0]):
        image = pydicom.Dataset()
        for keyword in ("StudyInstanceUID", "FrameOfReferenceUID", "PatientName", "PatientID", "PatientBirthDate", "PatientSex", "StudyDate",
                        "StudyTime", "StudyID", "AccessionNumber", "ReferringPhysicianName", "Rows", "Columns"):  # fmt: skip
            setattr(image, keyword, segmentation.get(keyword))
        image.SOPClassUID, image.SOPInstanceUID, image.SeriesInstanceUID = pydicom.uid.CTImageStorage, generate_uid(), segmentation.SeriesInstanceUID
        image.Modality, image.Manufacturer, image.InstanceNumber = "CT", "none", plane + 1
        image.PixelSpacing = list(volume.pixel_spacing)
        image.SliceThickness = volume.spacing_between_slices
        image.ImageOrientationPatient = [round(float(value), 10) for value in volume.direction_cosines]
        image.ImagePositionPatient = [round(float(value), 6) for value in volume.get_plane_position(plane)[0].ImagePositionPatient]
        image.SamplesPerPixel, image.PhotometricInterpretation = 1, "MONOCHROME2"
        image.BitsAllocated = image.BitsStored = 16
        image.HighBit, image.PixelRepresentation = 15, 0
        image.file_meta = pydicom.dataset.FileMetaDataset()
        image.file_meta.TransferSyntaxUID = pydicom.uid.ExplicitVRLittleEndian
        yield image


def described(segmentation):
    """The segments as they are described. What made them automatically is needed by highdicom for its background."""
    for item in segmentation.SegmentSequence:
        if "SegmentationAlgorithmIdentificationSequence" not in item:
            item.SegmentationAlgorithmIdentificationSequence = MADE_BY
    return segmentation.SegmentSequence


def convert(source, output, verify):
    segmentation = highdicom.seg.segread(source)
    volume = labels_of(segmentation, verify)
    made = highdicom.seg.Segmentation(
        source_images=list(images(segmentation, volume)),
        pixel_array=volume.array,
        segmentation_type="LABELMAP",
        segment_descriptions=described(segmentation),
        series_instance_uid=generate_uid(),
        series_number=1,
        sop_instance_uid=generate_uid(),
        instance_number=1,
        manufacturer="none",
        manufacturer_model_name="none",
        software_versions="1",
        device_serial_number="1",
        omit_empty_frames=False,
    )
    made.save_as(output)
    if verify and not numpy.array_equal(volume.array, labels_of(highdicom.seg.segread(output), False).array):
        sys.exit(f"{output}: other voxels")


def main():
    warnings.simplefilter("ignore")
    words = [word for word in sys.argv[1:] if word != "--verify"]
    for source in words[1:]:
        convert(source, Path(words[0]) / Path(source).name, "--verify" in sys.argv)


main()
