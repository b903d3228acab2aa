"""nibabel: a NIfTI file into memory, as an array in the file's order."""

import sys

import nibabel
import numpy

from common import clock, finish


def main(path):
    start = clock()
    array = numpy.asarray(nibabel.load(path).dataobj).T
    seconds = clock() - start
    finish(seconds, numpy.ascontiguousarray(array), version=nibabel.__version__)


main(sys.argv[1])
