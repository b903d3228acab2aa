# SPDX-License-Identifier: Apache-2.0
"""A small run of every subcommand, for tests that make something fail in it."""

import struct

import images
from harness import AFFINE, INPUT, OUTPUT, USAGE

# Name, arguments, and exit codes of a failure: compare and dcmqi's commands have their own.
BOTH = (INPUT, OUTPUT)
SUBCOMMANDS = [
    ("info", ("info", "--json", "binary.dcm"), BOTH),
    ("info-volume", ("info", "labels.nii.gz"), BOTH),
    ("info-statistics", ("info", "labels.nii.gz", "--statistics", "--threads", "1"), BOTH),
    ("info-object-statistics", ("info", "binary.dcm", "--statistics", "--threads", "1"), BOTH),
    ("codecs", ("codecs", "--json"), BOTH),
    ("convert", ("convert", "binary.dcm", "out.seg.nrrd", "--threads", "1"), BOTH),
    ("convert-object", ("convert", "labels.nii.gz", "out.dcm", "--uid-seed", "b", "--threads", "1"), BOTH),
    ("convert-fractions", ("convert", "fractions.nii", "out.nii.gz", "--threads", "1"), BOTH),
    ("convert-split", ("convert", "binary.dcm", "out.mhd", "--split", "--threads", "1"), BOTH),
    ("convert-reference", ("convert", "labels.nii", "out.dcm", "--reference", "ct", "--uid-seed", "b", "--threads", "1"), BOTH),
    ("metadata-out", ("convert", "labels.dcm", "out.nii", "--write-metadata", "out.json", "--threads", "1"), BOTH),
    ("metadata-in", ("convert", "labels.nii", "out.dcm", "--metadata", "names.json", "--uid-seed", "b", "--threads", "1"), BOTH),
    ("transcode", ("transcode", "labels.dcm", "out.dcm", "--transfer-syntax", "rle", "--threads", "1"), BOTH),
    ("compare", ("compare", "labels.nii", "binary.dcm", "--threads", "1"), (USAGE,)),
    ("compare-fractions", ("compare", "fractions.nii", "fractions.nii", "--threads", "1"), (USAGE,)),
    ("validate", ("validate", "binary.dcm"), BOTH),
    ("preview", ("preview", "labels.dcm", "out.svg", "--threads", "1"), BOTH),
    ("phantom", ("phantom", "out.nii", "--size", "8x8x4", "--labels", "2", "--threads", "1"), BOTH),
    ("segimage2itkimage", ("segimage2itkimage", "--inputDICOM", "binary.dcm", "--outputDirectory", "."), (1,)),
    ("bin2labelsegimage", ("bin2labelsegimage", "--inputDICOM", "binary.dcm", "--outputDICOM", "out.dcm"), (1,)),
    ("itkimage2segimage", ("itkimage2segimage", "--inputImageList", "labels.nii", "--inputMetadata", "names.json",
                           "--inputDICOMDirectory", "ct", "--outputDICOM", "out.dcm"), (1,)),
]  # fmt: skip

# Their outputs have new UIDs each time.
VARYING = ("bin2labelsegimage", "itkimage2segimage")


def prepare(test):
    """The inputs, in the test's directory."""
    test.volume()
    test.dseg("convert", "labels.nii", "labels.nii.gz")
    test.dseg("convert", "labels.nii", "binary.dcm", "--as", "binary", "--uid-seed", "a")
    test.dseg("convert", "labels.nii", "labels.dcm", "--as", "labelmap", "--uid-seed", "a", "--write-metadata", "names.json")
    header = bytearray((test.dir / "labels.nii").read_bytes()[:352])
    struct.pack_into("<2h", header, 70, 64, 64)
    fractions = struct.pack("<315d", *(i % 11 / 10 for i in range(315)))
    (test.dir / "fractions.nii").write_bytes(bytes(header) + fractions)
    (test.dir / "ct").mkdir()
    for k in range(5):
        position = (-AFFINE[0][3], -AFFINE[1][3], AFFINE[2][3] + k * AFFINE[2][2])
        images.write_image(test.dir / "ct" / f"{k}.dcm", k + 1, position, 7, 9, (0.9, 0.8), (1, 0, 0, 0, 1, 0))
