# SPDX-License-Identifier: Apache-2.0
"""SimpleITK: a volume file into memory, and voxels, volume, centroid and box of each label."""

import sys

import SimpleITK

from common import clock, finish

start = clock()
image = SimpleITK.ReadImage(sys.argv[1])
if image.GetPixelIDValue() not in (SimpleITK.sitkUInt8, SimpleITK.sitkUInt16, SimpleITK.sitkUInt32):
    image = SimpleITK.Cast(image, SimpleITK.sitkUInt16)
shapes = SimpleITK.LabelShapeStatisticsImageFilter()
shapes.ComputeOrientedBoundingBoxOff()
shapes.ComputeFeretDiameterOff()
shapes.ComputePerimeterOff()
shapes.Execute(image)
found = [(shapes.GetNumberOfPixels(n), shapes.GetPhysicalSize(n), shapes.GetCentroid(n), shapes.GetBoundingBox(n)) for n in shapes.GetLabels()]
seconds = clock() - start
finish(seconds, version=SimpleITK.Version.VersionString(), labels=len(found))
