# SPDX-License-Identifier: Apache-2.0
"""The frames of a segmentation as an Orthanc gives them by DICOMweb, uncompressed, printed as judge.py compares them.

usage: python -m who_reads.read_orthanc FILE
"""

import json
import sys
import urllib.error

import numpy as np
import pydicom

from who_reads.listing import frame, header_geometry, values_of
from who_reads.orthanc import Orthanc

ACCEPT = 'multipart/related; type="application/octet-stream"; transfer-syntax=1.2.840.10008.1.2.1'
CHUNK = 100  # frames of one request


def parts_of(body, content_type):
    """The parts of multipart/related."""
    boundary = content_type.partition("boundary=")[2].partition(";")[0].strip().strip('"').encode()
    parts = body.split(b"--" + boundary)[1:-1]
    return [part.partition(b"\r\n\r\n")[2].removesuffix(b"\r\n") for part in parts]


def pixels_of(part, dataset):
    """Frames of 1 bit come packed, each by itself, or as bytes. None: it is no frame without compression."""
    shape = (dataset.Rows, dataset.Columns)
    size = shape[0] * shape[1]
    if dataset.BitsAllocated == 1 and len(part) == (size + 7) // 8:
        return np.unpackbits(np.frombuffer(part, np.uint8), bitorder="little")[:size].reshape(shape)
    if len(part) != size * max(1, dataset.BitsAllocated // 8):
        return None
    pixels = np.frombuffer(part, np.uint16 if dataset.BitsAllocated == 16 else np.uint8).reshape(shape)
    return pixels != 0 if dataset.BitsAllocated == 1 else pixels


def read_frames(orthanc, url, dataset):
    frames = []
    for start in range(0, dataset.NumberOfFrames, CHUNK):
        numbers = range(start, min(start + CHUNK, dataset.NumberOfFrames))
        answer = orthanc.ask(url + ",".join(str(number + 1) for number in numbers), accept=ACCEPT)
        for number, part in zip(numbers, parts_of(*answer), strict=True):
            segment, geometry = header_geometry(dataset, number)
            pixels = pixels_of(part, dataset)
            if pixels is None:
                return {"fault": "frames are not decoded, and said to be without compression", "frames": []}
            frames.append(frame(pixels, geometry, values_of(dataset), segment))
    return {"frames": frames}


def main():
    path = sys.argv[1]
    dataset = pydicom.dcmread(path, stop_before_pixels=True)
    url = f"/dicom-web/studies/{dataset.StudyInstanceUID}/series/{dataset.SeriesInstanceUID}"
    url += f"/instances/{dataset.SOPInstanceUID}/frames/"
    with Orthanc() as orthanc:
        orthanc.store(path)
        try:
            json.dump(read_frames(orthanc, url, dataset), sys.stdout)
        except urllib.error.HTTPError as error:
            said = json.loads(error.read() or b"{}")
            sys.exit(f"Error: it answers {error.code}: {said.get('Details') or said.get('Message')}")


if __name__ == "__main__":
    main()
