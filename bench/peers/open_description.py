# SPDX-License-Identifier: Apache-2.0
"""Where every frame of a SEG object lies and which segment it is of, in Python: by its Per-Frame Functional Groups with pydicom,
or by the attributes of proposals/volume with the second reader of that proposal.

usage: open_description.py groups|volume|json FILE [ROUNDS]
       json: pydicom's JSON of all but the pixels, as a DICOMweb server sends it

Once, or with ROUNDS so often behind a warm-up, of which the median is told; of what takes over 3 s the warm-up. Prints the
digest of a table of segments and positions, which all forms of a segmentation share; of JSON its size, and compressed."""

import json
import statistics
import sys
import time
import zlib
from pathlib import Path

import numpy
import pydicom

from common import clock, finish

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "proposals" / "volume" / "second"))


def by_groups(path):
    """Segment Number and position of each frame."""
    data_set = pydicom.dcmread(path, stop_before_pixels=True)
    items = data_set.PerFrameFunctionalGroupsSequence
    segments, positions = numpy.zeros(len(items), numpy.uint16), numpy.empty((len(items), 3))
    for number, item in enumerate(items):
        if "SegmentIdentificationSequence" in item:
            segments[number] = item.SegmentIdentificationSequence[0].ReferencedSegmentNumber
        positions[number] = item.PlanePositionSequence[0].ImagePositionPatient
    return segments, positions


def by_map(path):
    from read_volume import describe, read_head

    volume = describe(*read_head(path))
    segments = numpy.zeros(len(volume.plane), numpy.uint16) if volume.segment is None else volume.segment
    return segments, volume.position(volume.plane)


def as_json(path):
    return json.dumps(pydicom.dcmread(path, stop_before_pixels=True).to_json_dict()).encode()


READERS = {"groups": by_groups, "volume": by_map, "json": as_json}


def described(result):
    """What was read, for a comparison: not timed."""
    if isinstance(result, bytes):
        return {"bytes": len(result), "gzip": len(zlib.compress(result, 6))}
    segments, positions = result
    table = numpy.column_stack([segments, numpy.round(positions, 2) + 0.0])
    return {"frames": len(segments), "digest": zlib.crc32(table[numpy.lexsort(table.T)].tobytes())}


def main(reader, path, rounds=0):
    if reader == "volume":
        import read_volume  # noqa: F401  # its import is not counted
    seconds, processor = [], []
    while len(seconds) <= int(rounds) and (not seconds or seconds[0] <= 3):
        start, cpu = clock(), time.process_time()
        result = READERS[reader](path)
        seconds.append(clock() - start)
        processor.append(time.process_time() - cpu)
    median = lambda values: statistics.median(values[1:] or values)
    finish(median(seconds), cpu_seconds=median(processor), version=pydicom.__version__, **described(result))


if __name__ == "__main__":
    main(*sys.argv[1:])
