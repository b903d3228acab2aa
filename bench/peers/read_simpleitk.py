# SPDX-License-Identifier: Apache-2.0
"""SimpleITK: a volume file into memory, as an array."""

import sys

import SimpleITK

from common import clock, finish

start = clock()
image = SimpleITK.ReadImage(sys.argv[1])
array = SimpleITK.GetArrayViewFromImage(image)
seconds = clock() - start
finish(seconds, array, version=SimpleITK.Version.VersionString())
