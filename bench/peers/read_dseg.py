# SPDX-License-Identifier: Apache-2.0
"""dseg's own Python package, as tools/python/setup.sh installs it: a segmentation into one label map of numpy.

usage: read_dseg.py FILE [--threads N] [--check]"""

import sys

import dseg
import numpy  # loaded before the clock starts, as those of the peers are

from common import clock, finish

dseg.open  # likewise
threads = int(sys.argv[sys.argv.index("--threads") + 1]) if "--threads" in sys.argv else 0
start = clock()
with dseg.open(sys.argv[1], threads=threads) as segmentation:
    array = numpy.asarray(segmentation.labels())
seconds = clock() - start
finish(seconds, array, version=dseg.version())
