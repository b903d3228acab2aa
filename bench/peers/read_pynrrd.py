# SPDX-License-Identifier: Apache-2.0
"""pynrrd: an NRRD file into memory."""

import sys

import nrrd

from common import clock, finish

start = clock()
array, _ = nrrd.read(sys.argv[1], index_order="C")
seconds = clock() - start
finish(seconds, array, version=nrrd.__version__)
