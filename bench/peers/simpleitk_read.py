"""SimpleITK: a volume file into memory, as an array."""

import sys

import SimpleITK

from common import clock, finish


def main(path):
    start = clock()
    array = SimpleITK.GetArrayViewFromImage(SimpleITK.ReadImage(path))
    seconds = clock() - start
    finish(seconds, array, version=SimpleITK.Version.VersionString())


main(sys.argv[1])
