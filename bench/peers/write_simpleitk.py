# SPDX-License-Identifier: Apache-2.0
"""SimpleITK: a label volume in memory written to a file, compressed.

usage: write_simpleitk.py VOLUME OUTPUT"""

import sys

import SimpleITK

from common import clock, finish

image = SimpleITK.ReadImage(sys.argv[1])
start = clock()
SimpleITK.WriteImage(image, sys.argv[2], useCompression=True)
seconds = clock() - start
finish(seconds, version=SimpleITK.Version.VersionString())
