# SPDX-License-Identifier: Apache-2.0
"""nibabel: a NIfTI file into memory."""

import sys

import nibabel
import numpy

from common import clock, finish

start = clock()
array = numpy.asarray(nibabel.load(sys.argv[1]).dataobj).T
seconds = clock() - start
finish(seconds, array, version=nibabel.__version__)
