# SPDX-License-Identifier: Apache-2.0
"""Segmentations that highdicom writes are read by dseg with the same voxels, geometry and segments.

usage: check_highdicom.py CASE
"""

import sys

import highdicom
import numpy as np
import pydicom
from highdicom.seg import SegmentAlgorithmTypeValues, SegmentDescription
from pydicom.sr.codedict import codes
from pydicom.uid import DeflatedExplicitVRLittleEndian, ExplicitVRBigEndian, ImplicitVRLittleEndian, generate_uid

from foreign import check_fractions, check_labels, check_masks, check_matrix
from peerlib import dseg, dseg_info, need_data, step
from sources import make_ct
from volumes import affine_of, block_labels, rotation

SPACING, ORIGIN = (0.7, 1.1, 2.5), (-30.5, 12.25, 77.0)


def describe(numbers):
    algorithm = highdicom.AlgorithmIdentificationSequence("test", codes.DCM.ArtificialIntelligence, "1")
    return [
        SegmentDescription(
            segment_number=number,
            segment_label=f"Label {number}",
            segmented_property_category=codes.SCT.Organ,
            segmented_property_type=codes.SCT.Liver,
            algorithm_type=SegmentAlgorithmTypeValues.AUTOMATIC,
            algorithm_identification=algorithm,
        )
        for number in numbers
    ]


def write(sources, array, kind, numbers, path="object.dcm", **options):
    seg = highdicom.seg.Segmentation(
        source_images=sources,
        pixel_array=array,
        segmentation_type=kind,
        segment_descriptions=describe(numbers),
        series_instance_uid=generate_uid(),
        series_number=7,
        sop_instance_uid=generate_uid(),
        instance_number=1,
        manufacturer="dseg tests",
        manufacturer_model_name="peer",
        software_versions="1",
        device_serial_number="1",
        **options,
    )
    seg.save_as(path)
    return path


def check_info(path, numbers, kind):
    info = dseg_info(path)
    assert info["representation"] == kind
    got = [segment for segment in info["segments"] if segment["label"] != "Background"]
    assert [segment["number"] for segment in got] == numbers, got
    for segment in got:
        assert segment["label"] == f"Label {segment['number']}"
        assert segment["type"]["value"] == "10200004" and segment["type"]["scheme"] == "SCT"
        assert segment["algorithm_type"] == "AUTOMATIC"


def labels_case(kind, shape=(6, 24, 40), numbers=(1, 2, 3), axes=np.eye(3), **options):
    """A label volume on a CT series, written as BINARY or LABELMAP."""
    labels = block_labels(shape, list(numbers))
    affine = affine_of(SPACING, ORIGIN, axes)
    path = write(make_ct(shape, affine), labels, kind.upper(), numbers, **options)
    check_info(path, list(numbers), kind)
    check_labels(path, labels, affine)


def overlap_case():
    shape = (5, 23, 38)
    affine = affine_of(SPACING, ORIGIN)
    masks = np.zeros((*shape, 3), np.uint8)
    masks[1:4, 3:15, 4:30, 0] = 1
    masks[2:5, 8:20, 10:20, 1] = 1
    masks[0:2, 8:20, 25:36, 2] = 1
    path = write(make_ct(shape, affine), masks, "BINARY", [1, 2, 3])
    check_info(path, [1, 2, 3], "binary")
    check_masks(path, {number: masks[..., number - 1] for number in (1, 2, 3)}, affine)


def fractional_case(fractional_type, maximum):
    shape = (4, 16, 16)
    affine = affine_of(SPACING, ORIGIN)
    stored = np.stack([np.resize(np.arange(maximum + 1), shape), np.resize(np.arange(0, maximum + 1, 3), shape)], axis=-1)
    array = (stored / maximum).astype(np.float64)
    path = write(
        make_ct(shape, affine), array, "FRACTIONAL", [1, 2],
        fractional_type=fractional_type, max_fractional_value=maximum,
    )  # fmt: skip
    check_info(path, [1, 2], "fractional")
    info = dseg_info(path)
    assert info["maximum_fraction"] == maximum and info["voxels"].lower() == fractional_type.lower()
    check_fractions(path, {number: stored[..., number - 1] for number in (1, 2)}, affine, maximum)


def palette_case(numbers):
    """A label map with a colour for each number."""
    shape = (5, 23, 38)
    table = np.zeros((max(numbers) + 1, 3), np.uint8 if max(numbers) < 256 else np.uint16)
    table[:, 0] = np.arange(len(table)) % 256
    palette = highdicom.PaletteColorLUTTransformation.from_combined_lut(table)
    labels = block_labels(shape, numbers)
    affine = affine_of(SPACING, ORIGIN)
    path = write(
        make_ct(shape, affine), labels, "LABELMAP", numbers, palette_color_lut_transformation=palette
    )
    assert pydicom.dcmread(path).PhotometricInterpretation == "PALETTE COLOR"
    check_info(path, numbers, "labelmap")
    check_labels(path, labels, affine)


def syntax_case(syntax, kind):
    """Written by highdicom, then put into another transfer syntax by pydicom."""
    shape = (5, 23, 38)
    labels = block_labels(shape, [1, 2])
    affine = affine_of(SPACING, ORIGIN)
    dataset = pydicom.dcmread(write(make_ct(shape, affine), labels, kind.upper(), [1, 2]))
    dataset.file_meta.TransferSyntaxUID = syntax
    if syntax == ExplicitVRBigEndian:
        dataset["PixelData"].VR = "OB"
        pydicom.dcmwrite("other.dcm", dataset, implicit_vr=False, little_endian=False, force_encoding=True)
    else:
        dataset.save_as("other.dcm")
    assert pydicom.dcmread("other.dcm").file_meta.TransferSyntaxUID == syntax
    check_info("other.dcm", [1, 2], kind)
    check_labels("other.dcm", labels, affine)


def slide_case(organization, kind):
    """A slide's total pixel matrix, in tiles of 10 x 10."""
    source = pydicom.dcmread(need_data("highdicom", "sm_image.dcm"))
    matrix = block_labels((1, source.TotalPixelMatrixRows, source.TotalPixelMatrixColumns), [1, 2, 3])
    path = write(
        [source], matrix, kind.upper(), [1, 2, 3],
        tile_pixel_array=True, tile_size=(10, 10), dimension_organization_type=organization,
        omit_empty_frames=organization != "TILED_FULL",
    )  # fmt: skip
    check_info(path, [1, 2, 3], kind)
    check_matrix(path, matrix[0])


CASES = {
    "binary": lambda: labels_case("binary"),
    "binary-all-frames": lambda: labels_case("binary", omit_empty_frames=False),
    "binary-unaligned": lambda: labels_case("binary", shape=(5, 23, 38)),
    "binary-oblique": lambda: labels_case("binary", shape=(5, 23, 38), axes=rotation(0.3, -0.45)),
    "binary-one-plane": lambda: labels_case("binary", shape=(1, 23, 38)),
    "binary-descending": lambda: labels_case("binary", axes=np.diag([1, 1, -1])),
    "labelmap": lambda: labels_case("labelmap"),
    "labelmap-all-frames": lambda: labels_case("labelmap", omit_empty_frames=False),
    "labelmap-gaps": lambda: labels_case("labelmap", numbers=(1, 5, 9)),
    "labelmap-16-bit": lambda: labels_case("labelmap", numbers=(1, 5, 300, 2035)),
    "labelmap-oblique": lambda: labels_case("labelmap", shape=(5, 23, 38), axes=rotation(0.3, -0.45)),
    "labelmap-palette": lambda: palette_case([1, 2, 3]),
    "labelmap-palette-16-bit": lambda: palette_case([1, 2, 300]),
    "overlap": overlap_case,
    "probability": lambda: fractional_case("PROBABILITY", 255),
    "occupancy": lambda: fractional_case("OCCUPANCY", 100),
    "implicit": lambda: syntax_case(ImplicitVRLittleEndian, "binary"),
    "deflated": lambda: syntax_case(DeflatedExplicitVRLittleEndian, "binary"),
    "deflated-labelmap": lambda: syntax_case(DeflatedExplicitVRLittleEndian, "labelmap"),
    "big-endian": lambda: syntax_case(ExplicitVRBigEndian, "labelmap"),
    "tiled-full": lambda: slide_case("TILED_FULL", "binary"),
    "tiled-sparse": lambda: slide_case("TILED_SPARSE", "binary"),
    "tiled-full-labelmap": lambda: slide_case("TILED_FULL", "labelmap"),
    "tiled-sparse-labelmap": lambda: slide_case("TILED_SPARSE", "labelmap"),
}

if __name__ == "__main__":
    for name in sys.argv[1:] or CASES:
        with step(name):
            CASES[name]()
            dseg("compare", "object.dcm", "object.dcm")
    step.finish()
