# SPDX-License-Identifier: Apache-2.0
"""Where every frame of a SEG object lies and which segment it is of, in Python: by its Per-Frame Functional Groups with pydicom,
or by the attributes of proposals/volume with the second reader of that proposal.

usage: open_description.py groups|volume FILE"""

import sys
from pathlib import Path

import numpy
import pydicom

from common import clock, finish

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "proposals" / "volume" / "second"))


def by_groups(path):
    data_set = pydicom.dcmread(path, stop_before_pixels=True)
    items = data_set.PerFrameFunctionalGroupsSequence
    segments, positions = numpy.zeros(len(items), numpy.uint16), numpy.empty((len(items), 3))
    for number, item in enumerate(items):
        if "SegmentIdentificationSequence" in item:
            segments[number] = item.SegmentIdentificationSequence[0].ReferencedSegmentNumber
        positions[number] = item.PlanePositionSequence[0].ImagePositionPatient
    return len(segments)


def by_map(path):
    from read_volume import describe, read_head

    volume = describe(*read_head(path))
    volume.position(volume.plane)
    return len(volume.plane)


read = {"groups": by_groups, "volume": by_map}[sys.argv[1]]
if sys.argv[1] == "volume":
    import read_volume  # noqa: F401  # its import is not counted

start = clock()
frames = read(sys.argv[2])
finish(clock() - start, version=pydicom.__version__, frames=frames)
