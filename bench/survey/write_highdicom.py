# SPDX-License-Identifier: Apache-2.0
"""highdicom: a case that make_case.py prepared, constructed and saved as a BINARY object, native Explicit Little Endian.

usage: write_highdicom.py FOLDER OUTPUT volume|slide
Timed are construction and saving; the volume and the images are in memory before."""

import json
import sys
import time
import warnings
from pathlib import Path

import highdicom
import nibabel
import numpy
import pydicom
from highdicom.sr.coding import CodedConcept
from pydicom.sr.codedict import codes
from pydicom.uid import generate_uid

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "peers"))
from common import clock, finish  # noqa: E402

TILE = 512


def concept(item):
    return CodedConcept(item["CodeValue"], item["CodingSchemeDesignator"], item["CodeMeaning"])


def describe(number, item):
    return highdicom.seg.SegmentDescription(
        segment_number=number,
        segment_label=item["SegmentLabel"],
        segmented_property_category=concept(item["SegmentedPropertyCategoryCodeSequence"]),
        segmented_property_type=concept(item["SegmentedPropertyTypeCodeSequence"]),
        algorithm_type=item["SegmentAlgorithmType"],
        algorithm_identification=highdicom.AlgorithmIdentificationSequence(
            item["SegmentAlgorithmName"], codes.DCM.ArtificialIntelligence, "1"
        ),
    )


def numbered(layers, lists):
    """One label map [plane, row, column] with the numbers 1..N where there is one layer, else a mask for each segment behind
    one another."""
    if len(layers) > 1:
        masks = [layer == item["labelID"] for layer, items in zip(layers, lists) for item in items]
        return numpy.stack(masks, axis=-1).astype(numpy.uint8)
    table = numpy.zeros(int(layers[0].max()) + 1, numpy.uint16)
    for number, item in enumerate(lists[0], 1):
        table[item["labelID"]] = number
    return table[layers[0]] if len(lists[0]) > 255 else table[layers[0]].astype(numpy.uint8)


def item_of(**attributes):
    data_set = pydicom.Dataset()
    for name, value in attributes.items():
        setattr(data_set, name, value)
    return data_set


def slide(rows, columns, spacing):
    """What a segmentation needs to know of a slide image that has these pixels in tiles."""
    new_uid = lambda what: generate_uid(entropy_srcs=["slide", what])
    image = item_of(
        SOPClassUID=pydicom.uid.VLWholeSlideMicroscopyImageStorage, SOPInstanceUID=new_uid("instance"), Modality="SM",
        StudyInstanceUID=new_uid("study"), SeriesInstanceUID=new_uid("series"), FrameOfReferenceUID=new_uid("frame"),
        PatientName="Survey^Slide", PatientID="SURVEY", PatientBirthDate="", PatientSex="O", StudyDate="20260101",
        StudyTime="000000", StudyID="1", AccessionNumber="", ReferringPhysicianName="", Manufacturer="none",
        ImageType=["DERIVED", "PRIMARY", "VOLUME", "NONE"], SamplesPerPixel=3, PhotometricInterpretation="RGB",
        PlanarConfiguration=0, BitsAllocated=8, BitsStored=8, HighBit=7, PixelRepresentation=0, Rows=TILE, Columns=TILE,
        NumberOfFrames=-(-rows // TILE) * -(-columns // TILE), DimensionOrganizationType="TILED_FULL", InstanceNumber=1,
        TotalPixelMatrixRows=rows, TotalPixelMatrixColumns=columns, TotalPixelMatrixFocalPlanes=1, NumberOfOpticalPaths=1,
        ImageOrientationSlide=[0.0, 1.0, 0.0, 1.0, 0.0, 0.0], ContainerIdentifier="1", IssuerOfTheContainerIdentifierSequence=[],
        TotalPixelMatrixOriginSequence=[item_of(XOffsetInSlideCoordinateSystem=20.0, YOffsetInSlideCoordinateSystem=40.0)],
        ImagedVolumeWidth=columns * spacing, ImagedVolumeHeight=rows * spacing, ImagedVolumeDepth=1.0,
        SharedFunctionalGroupsSequence=[item_of(PixelMeasuresSequence=[
            item_of(PixelSpacing=[spacing, spacing], SliceThickness=1.0)])],
        OpticalPathSequence=[item_of(OpticalPathIdentifier="1")], PositionReferenceIndicator="SLIDE_CORNER",
        ContainerTypeCodeSequence=[item_of(CodeValue="433466003", CodingSchemeDesignator="SCT", CodeMeaning="Microscope slide")],
        SpecimenDescriptionSequence=[item_of(SpecimenIdentifier="1", SpecimenUID=new_uid("specimen"))],
        DimensionOrganizationSequence=[item_of(DimensionOrganizationUID=new_uid("dimensions"))],
    )  # fmt: skip
    image.file_meta = pydicom.dataset.FileMetaDataset()
    image.file_meta.TransferSyntaxUID = pydicom.uid.ExplicitVRLittleEndian
    return image


def inputs(folder, kind):
    """Source images, pixels, and further arguments of highdicom."""
    lists = json.loads((folder / "meta.json").read_text())["segmentAttributes"]
    files = [folder / f"layer-{number}.nii.gz" for number in range(1, len(lists) + 1)]
    images = [nibabel.load(file) for file in files]
    pixels = numbered([numpy.ascontiguousarray(numpy.asarray(image.dataobj).T) for image in images], lists)
    described = [describe(number, item) for number, item in enumerate((item for items in lists for item in items), 1)]
    if kind == "slide":
        source = slide(*pixels.shape[1:3], float(images[0].header.get_zooms()[0]))
        more = {"tile_pixel_array": True, "tile_size": (TILE, TILE), "omit_empty_frames": False,
                "dimension_organization_type": "TILED_FULL"}  # fmt: skip
        return [source], pixels, described, more
    sources = [pydicom.dcmread(path, stop_before_pixels=True) for path in sorted((folder / "ct").glob("*.dcm"))]
    return sources, pixels, described, {}


def main(folder, output, kind):
    warnings.simplefilter("ignore")
    sources, pixels, described, more = inputs(Path(folder), kind)
    new_uid = lambda what: generate_uid(entropy_srcs=[Path(folder).name, what])
    start, busy = clock(), time.process_time()
    segmentation = highdicom.seg.Segmentation(
        source_images=sources,
        pixel_array=pixels,
        segmentation_type="BINARY",
        segment_descriptions=described,
        series_instance_uid=new_uid("series"),
        series_number=1,
        sop_instance_uid=new_uid("instance"),
        instance_number=1,
        manufacturer="none",
        manufacturer_model_name="none",
        software_versions="1",
        device_serial_number="1",
        **more,
    )
    segmentation.save_as(output)
    finish(clock() - start, cpu_seconds=time.process_time() - busy, version=highdicom.__version__)


if __name__ == "__main__":
    main(*sys.argv[1:])
