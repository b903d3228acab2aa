# SPDX-License-Identifier: Apache-2.0
"""pydicom and NumPy: BINARY objects to LABELMAP with Deflated Image Frame, as whoever knows the standard writes it by hand in 60
lines; a whole process for all of them.

usage: convert_pydicom.py [--verify] DIR OBJECT...
--verify: segments that overlap are refused, since a label map would lose voxels of them; what was written is read again, and the
label maps are compared. Frames are unpacked one by one: all at once would take a byte a bit."""

import copy
import sys
import zlib
from pathlib import Path

import numpy
import pydicom
from pydicom._uid_dict import UID_dictionary
from pydicom.encaps import encapsulate, generate_frames
from pydicom.uid import UID, generate_uid

LABELMAP, DEFLATED_FRAME = "1.2.840.10008.5.1.4.1.1.66.7", UID("1.2.840.10008.1.2.8.1")
# It is newer than pydicom's dictionary.
UID_dictionary[DEFLATED_FRAME] = ("Deflated Image Frame Compression", "Transfer Syntax", "", "", "DeflatedImageFrameCompression")


def position_of(item):
    return tuple(float(value) for value in item.PlanePositionSequence[0].ImagePositionPatient)


def read_labels(data_set, verify):
    """The planes [plane, row, column] in the order of their positions, and a frame's item of each plane."""
    items = data_set.PerFrameFunctionalGroupsSequence
    positions = sorted({position_of(item) for item in items}, key=lambda position: position[::-1])
    index = {position: number for number, position in enumerate(positions)}
    rows, columns = data_set.Rows, data_set.Columns
    labels = numpy.zeros((len(positions), rows * columns), numpy.uint8 if len(data_set.SegmentSequence) < 256 else numpy.uint16)
    bits, size, first = numpy.frombuffer(data_set.PixelData, numpy.uint8), rows * columns, {}
    for number, item in enumerate(items):
        plane = index[position_of(item)]
        first.setdefault(plane, item)
        start = number * size
        frame = numpy.unpackbits(bits[start // 8 : -(-(start + size) // 8)], bitorder="little")[start % 8 :][:size]
        segment = item.SegmentIdentificationSequence[0].ReferencedSegmentNumber
        inside = frame.view(bool)
        if verify and labels[plane][inside].any():
            sys.exit(f"segment {segment} overlaps others in plane {plane + 1}")
        numpy.copyto(labels[plane], segment, where=inside)
    return labels, [first[plane] for plane in range(len(positions))]


def deflate(frame):
    coder = zlib.compressobj(6, wbits=-15)
    found = coder.compress(frame) + coder.flush()
    return found + b"\0" * (len(found) % 2)


def convert(source, output, verify):
    data_set = pydicom.dcmread(source)
    labels, items = read_labels(data_set, verify)
    data_set.SOPClassUID, data_set.SegmentationType = LABELMAP, "LABELMAP"
    data_set.SOPInstanceUID, data_set.SeriesInstanceUID = generate_uid(), generate_uid()
    bits = 8 * labels.itemsize
    data_set.BitsAllocated = data_set.BitsStored = bits
    data_set.HighBit, data_set.NumberOfFrames = bits - 1, len(labels)
    data_set.add_new("PixelPaddingValue", "US", 0)
    pointers = [item for item in data_set.DimensionIndexSequence if item.DimensionIndexPointer != 0x0062000B]
    data_set.DimensionIndexSequence = pydicom.Sequence(pointers)
    groups = []
    for number, item in enumerate(items, 1):
        group = copy.copy(item)
        del group.SegmentIdentificationSequence
        group.FrameContentSequence = pydicom.Sequence([pydicom.Dataset()])
        group.FrameContentSequence[0].DimensionIndexValues = [number] * len(pointers)
        groups.append(group)
    data_set.PerFrameFunctionalGroupsSequence = pydicom.Sequence(groups)
    data_set.PixelData = encapsulate([deflate(plane.tobytes()) for plane in labels])
    data_set["PixelData"].VR, data_set["PixelData"].is_undefined_length = "OB", True
    data_set.file_meta.TransferSyntaxUID = DEFLATED_FRAME
    data_set.file_meta.MediaStorageSOPClassUID, data_set.file_meta.MediaStorageSOPInstanceUID = LABELMAP, data_set.SOPInstanceUID
    data_set.save_as(output)
    if verify:
        again = pydicom.dcmread(output)
        for plane, frame in zip(labels, generate_frames(again.PixelData, number_of_frames=len(labels)), strict=True):
            if plane.tobytes() != zlib.decompress(frame, wbits=-15):
                sys.exit(f"{output}: other voxels")


def main():
    words = [word for word in sys.argv[1:] if word != "--verify"]
    for source in words[1:]:
        convert(source, Path(words[0]) / Path(source).name, "--verify" in sys.argv)


main()
