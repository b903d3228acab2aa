# SPDX-License-Identifier: Apache-2.0
"""highdicom: a SEG object into one label map in memory, as its documentation advises; of a slide the total pixel matrix."""

import sys

import highdicom
import numpy

from common import clock, finish

start = clock()
segmentation = highdicom.seg.segread(sys.argv[1])
largest = max(segmentation.segment_numbers)
options = {"combine_segments": True, "skip_overlap_checks": True, "dtype": numpy.uint8 if largest < 256 else numpy.uint16}
if segmentation.is_tiled:
    array = segmentation.get_total_pixel_matrix(**options)[numpy.newaxis]
else:
    array = segmentation.get_volume(**options).array
seconds = clock() - start
finish(seconds, array, version=highdicom.__version__)
