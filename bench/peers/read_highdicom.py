# SPDX-License-Identifier: Apache-2.0
"""highdicom: a SEG object into one label map in memory, as its documentation advises."""

import sys

import highdicom
import numpy

from common import clock, finish

start = clock()
segmentation = highdicom.seg.segread(sys.argv[1])
largest = max(segmentation.segment_numbers)
volume = segmentation.get_volume(
    combine_segments=True, skip_overlap_checks=True, dtype=numpy.uint8 if largest < 256 else numpy.uint16
)
seconds = clock() - start
finish(seconds, volume.array, version=highdicom.__version__)
