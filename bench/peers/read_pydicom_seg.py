# SPDX-License-Identifier: Apache-2.0
"""pydicom-seg: a BINARY object into one label map, by its MultiClassReader."""

import sys
import warnings

import pydicom
import pydicom_seg
import SimpleITK

from common import clock, finish

warnings.simplefilter("ignore")
start = clock()
result = pydicom_seg.MultiClassReader().read(pydicom.dcmread(sys.argv[1]))
image = result.image
array = SimpleITK.GetArrayViewFromImage(image)
seconds = clock() - start
finish(seconds, array, version=pydicom_seg.__version__)
