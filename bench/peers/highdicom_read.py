"""highdicom: a SEG object into one label map in memory, as its documentation advises."""

import sys

import highdicom
import numpy

from common import clock, finish


def main(path):
    start = clock()
    segmentation = highdicom.seg.segread(path)
    numbers = numpy.array(segmentation.segment_numbers)
    dtype = numpy.uint8 if numbers.max() < 256 else numpy.uint16
    volume = segmentation.get_volume(combine_segments=True, skip_overlap_checks=True, dtype=dtype)
    seconds = clock() - start
    finish(seconds, volume.array, version=highdicom.__version__)


main(sys.argv[1])
