# SPDX-License-Identifier: Apache-2.0
"""Frames of an object as arrays, for both second readers: codecs are no matter of their texts."""

import hashlib
import zlib

import numpy
from pydicom.encaps import generate_frames

from object_values import Faulty, Unsupported, need, whole_number

DEFLATED_FRAMES = "1.2.840.10008.1.2.8.1"


def decode_frames(data_set):
    """All frames, an array of frames x rows x columns: what pydicom decodes, and Deflated Image Frame."""
    shape = count, rows, columns = [whole_number(data_set, keyword, 1, "Pixel Data") for keyword in ("NumberOfFrames", "Rows", "Columns")]
    if data_set.file_meta.get("TransferSyntaxUID") != DEFLATED_FRAMES:
        try:
            return data_set.pixel_array.reshape(shape)
        except Exception as error:
            known = not isinstance(error, NotImplementedError) and "missing dependencies" not in str(error)
            raise (Faulty("Pixel Data", str(error)) if known else Unsupported(f"frames cannot be decoded: {error}")) from None
    bits, pixels = whole_number(data_set, "BitsAllocated", 1, "Pixel Data"), rows * columns
    need(bits in (1, 8, 16), "Pixel Data", f"Bits Allocated (0028,0100) is {bits}.")
    size = (pixels * bits + 7) // 8
    table = (data_set.ExtendedOffsetTable, data_set.ExtendedOffsetTableLengths) if "ExtendedOffsetTable" in data_set else None
    frames = []
    for coded in generate_frames(data_set.PixelData, number_of_frames=count, extended_offsets=table):
        frame = numpy.frombuffer(zlib.decompressobj(-15).decompress(coded, size), numpy.uint8)
        need(len(frame) == size, "Pixel Data", f"frame {len(frames) + 1} has {len(frame)} bytes, not {size}.")
        frames.append(numpy.unpackbits(frame, count=pixels, bitorder="little") if bits == 1 else frame.view(f"<u{bits // 8}"))
    need(len(frames) == count, "Pixel Data", f"there are {len(frames)} frames, not {count}.")
    return numpy.array(frames).reshape(shape)


def digest(planes):
    """SHA-256 of planes x rows x columns of uint8, in C order."""
    sha = hashlib.sha256()
    for plane in planes:
        sha.update(numpy.ascontiguousarray(plane, numpy.uint8).tobytes())
    return sha.hexdigest()
