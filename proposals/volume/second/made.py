# SPDX-License-Identifier: Apache-2.0
"""Small objects for the tests of both second readers, made by hand with pydicom."""

import io
import re

import numpy
import pydicom
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.filereader import read_dataset

from read_volume import CREATOR, ROOT

STANDARD = {"BINARY": "1.2.840.10008.5.1.4.1.1.66.4", "LABELMAP": "1.2.840.10008.5.1.4.1.1.66.7"}
EXPLICIT = "1.2.840.10008.1.2.1"


def item(**values):
    made = Dataset()
    for keyword, value in values.items():
        setattr(made, keyword, value)
    return made


def bytes_of_example(path, heading):
    """The elements of a worked example: the indented lines behind its heading, from the private creator on, without comments."""
    text = path.read_text(encoding="utf-8")
    section = text[re.search(rf"^## {heading}", text, re.MULTILINE).end() :].split("\n## ")[0]
    lines = section[section.index("    21 00 10 00") :].split("\n\n")[0].split("\n")
    return bytes.fromhex("".join(re.match(r"(?: *[0-9A-F]{2}(?= |$))+", line).group() for line in lines))


def elements(data):
    """A data set of elements in Explicit VR Little Endian."""
    return read_dataset(io.BytesIO(data), is_implicit_VR=False, is_little_endian=True)


def mapped(*bits):
    """A Frame Presence Map."""
    value = numpy.packbits(bits, bitorder="little").tobytes()
    return value + b"\0" * (len(value) % 2)


def segmentation(kind, segments, frames, syntax=EXPLICIT):
    """What all objects have. frames: an array; or coded frames with rows and columns of 2 and 4."""
    made = item(SegmentationType=kind, SegmentSequence=[item(SegmentNumber=n, SegmentLabel=f"segment {n}") for n in segments])
    made.file_meta = FileMetaDataset()
    made.file_meta.TransferSyntaxUID = syntax
    made.Rows, made.Columns = frames.shape[1:] if isinstance(frames, numpy.ndarray) else (2, 4)
    made.NumberOfFrames = len(frames)
    made.BitsAllocated = made.BitsStored = 1 if kind == "BINARY" else 16 if getattr(frames, "itemsize", 1) == 2 else 8
    made.HighBit, made.SamplesPerPixel, made.PixelRepresentation, made.PhotometricInterpretation = made.BitsStored - 1, 1, 0, "MONOCHROME2"
    if isinstance(frames, numpy.ndarray):
        value = numpy.packbits(frames, bitorder="little").tobytes() if kind == "BINARY" else frames.tobytes()
        made.PixelData = value + b"\0" * (len(value) % 2)
    else:
        made.PixelData = encapsulate(frames)
    made["PixelData"].VR = "OB"
    return made


def shared_groups(spacing=2.5, orientation=(1, 0, 0, 0, 1, 0)):
    measures = item(PixelSpacing=[1, 1], SliceThickness=9)
    if spacing is not None:
        measures.SpacingBetweenSlices = spacing
    return [item(PlaneOrientationSequence=[item(ImageOrientationPatient=list(orientation))], PixelMeasuresSequence=[measures])]


def dimensions(*names):
    tags = {"plane": (0x00200032, 0x00209113), "segment": (0x0062000B, 0x0062000A), "other": (0x00209057, 0x00209111)}
    return [item(DimensionIndexPointer=tags[name][0], FunctionalGroupPointer=tags[name][1]) for name in names]


def add_block(made, **values):
    """values: map, planes, origin, index, number; about: Items that describe sources."""
    block = made.private_block(0x0021, CREATOR, create=True)
    if "origin" in values:
        block.add_new(1, "SQ", [item(ImagePositionPatient=values["origin"])])
    for offset, name, vr in ((2, "planes", "UL"), (3, "map", "OB"), (4, "index", "OL"), (5, "number", "OL")):
        if name in values:
            value = values[name]
            block.add_new(offset, vr, numpy.array(value, "<u4").tobytes() if vr == "OL" else value)
    if "about" in values:
        block.add_new(6, "SQ", values["about"])
    return made


def volume(kind="BINARY", segments=(1, 2, 3), frames=None, order=("segment", "plane"), strict=True, syntax=EXPLICIT, **values):
    """A volume with a block of these values. frames, a number: frames of noise."""
    count = frames if isinstance(frames, int) else 7
    if frames is None or isinstance(frames, int):
        frames = numpy.random.default_rng(count).integers(0, 2 if kind == "BINARY" else 4, (count, 2, 3), numpy.uint8)
    made = segmentation(kind, segments, frames, syntax)
    made.SOPClassUID = f"{ROOT}.3.{5 if kind == 'LABELMAP' else 4}.1" if strict else STANDARD[kind]
    if strict:
        made.DimensionOrganizationType = "VOLUME"
    made.SharedFunctionalGroupsSequence = shared_groups()
    made.DimensionIndexSequence = dimensions(*(("plane",) if kind == "LABELMAP" and strict else order))
    made.ReferencedSeriesSequence = [
        item(ReferencedInstanceSequence=[item(ReferencedSOPClassUID="1.2.3", ReferencedSOPInstanceUID=f"1.2.3.{k}") for k in ks])
        for ks in ((1, 2), (3, 4, 5))
    ]
    return add_block(made, **({"origin": [-100, -50, 20], "planes": 5, "map": b"\x8e\x49"} | values))


def slide(strict=True, **values):
    """A slide of 5 x 9 pixels in tiles of 2 x 4, 3 x 3 tiles, two segments."""
    frames = numpy.random.default_rng(9).integers(0, 2, (4, 2, 4), numpy.uint8)
    made = segmentation("BINARY", (1, 2), frames)
    made.SOPClassUID = f"{ROOT}.3.4.1" if strict else STANDARD["BINARY"]
    made.DimensionOrganizationType = "TILED_FULL" if strict else "TILED_SPARSE"
    made.TotalPixelMatrixRows, made.TotalPixelMatrixColumns = 5, 9
    made.SharedFunctionalGroupsSequence = [item(PixelMeasuresSequence=[item(PixelSpacing=[1, 1])])]
    present = numpy.zeros(18, int)
    present[[0, 5, 10, 17]] = 1
    return add_block(made, **({"map": mapped(*present)} | values))


def saved(made, undefined=False, implicit=False):
    """The object as a file's bytes. undefined: sequences of undefined length."""
    if undefined:
        for found in made.iterall():
            if found.VR == "SQ":
                found.is_undefined_length = True
    file = io.BytesIO()
    made.file_meta.MediaStorageSOPClassUID = made.get("SOPClassUID", STANDARD["LABELMAP"])
    made.file_meta.MediaStorageSOPInstanceUID = "1.2.3.4"
    pydicom.dcmwrite(file, made, enforce_file_format=True, little_endian=True, implicit_vr=implicit)
    return file.getvalue()
