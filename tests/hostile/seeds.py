# SPDX-License-Identifier: Apache-2.0
"""Good files that hostile ones are made from: a small segmentation in every encoding and research format."""

import json
import pathlib
import struct
import subprocess

SIZE = (9, 7, 5)


def volume(code="H", layers=1, value=lambda index: (0, 1, 2, 7)[index * 2654435761 >> 29 & 3], little=True):
    """A NIfTI-1 file."""
    types = {"B": (2, 8), "H": (512, 16), "f": (16, 32), "d": (64, 64), "i": (8, 32)}
    order = "<" if little else ">"
    header = bytearray(352)
    struct.pack_into(order + "i", header, 0, 348)
    struct.pack_into(order + "8h", header, 40, 4 if layers > 1 else 3, *SIZE, layers, 1, 1, 1)
    struct.pack_into(order + "2h", header, 70, *types[code])
    struct.pack_into(order + "8f", header, 76, 1, 0.8, 0.9, 2.5, 1, 1, 1, 1)
    struct.pack_into(order + "3f", header, 108, 352, 1, 0)
    header[123] = 2
    struct.pack_into(order + "2h", header, 252, 0, 1)
    struct.pack_into(order + "12f", header, 280, -0.8, 0, 0, 11, 0, -0.9, 0, 22, 0, 0, 2.5, -33)
    header[344:348] = b"n+1\0"
    count = SIZE[0] * SIZE[1] * SIZE[2] * layers
    return bytes(header) + struct.pack(f"{order}{count}{code}", *(value(index) for index in range(count)))


class Seeds:
    """files: (kind, suffix, name, bytes); kind is that of mutate_volumes, or dicom."""

    def __init__(self, program, directory):
        self.program, self.directory, self.files = program, pathlib.Path(directory), []
        self.directory.mkdir(parents=True, exist_ok=True)
        self.make_volumes()
        self.make_objects()
        for kind, suffix, name, data in self.files:
            (self.directory / name).write_bytes(data)

    def run(self, *arguments):
        return subprocess.run([self.program, *arguments], cwd=self.directory, capture_output=True, timeout=60)

    def take(self, kind, suffix, name):
        self.files.append((kind, suffix, name, (self.directory / name).read_bytes()))

    def make_volumes(self):
        made = {"labels.nii": volume(), "big.nii": volume(little=False), "floats.nii": volume("f"),
                "fractions.nii": volume("d", 2, lambda index: index % 11 / 10), "layers.nii": volume("B", 3)}  # fmt: skip
        for name, data in made.items():
            (self.directory / name).write_bytes(data)
            self.files.append(("nifti", ".nii", name, data))
        for name, kind in (("a.nii.gz", "nifti.gz"), ("a.nrrd", "nrrd"), ("a.seg.nrrd", "nrrd"), ("a.mha", "metaimage")):
            self.run("convert", "labels.nii", name)
            self.take(kind, name[1:], name)
        self.run("convert", "labels.nii", "plain.nrrd", "--compression", "none")
        self.take("nrrd", ".nrrd", "plain.nrrd")
        self.run("convert", "labels.nii", "two.nii", "--nifti2")
        self.take("nifti", ".nii", "two.nii")
        text = "ObjectType = Image\nNDims = 3\nDimSize = 2 2 2\nElementType = MET_UCHAR\nElementSpacing = 1 1 1\nElementDataFile = LOCAL\n"
        self.files.append(("metaimage", ".mha", "text.mha", text.encode() + bytes([0, 1, 0, 2, 0, 0, 1, 1])))
        text = "NRRD0004\ntype: short\ndimension: 3\nsizes: 2 2 2\nencoding: ascii\nspacings: 1 1 1\n\n0 1 0 2 0 0 1 1\n"
        self.files.append(("nrrd", ".nrrd", "text.nrrd", text.encode()))

    def make_objects(self):
        codecs = json.loads(self.run("codecs", "--json").stdout)
        syntaxes = [item["name"] for item in codecs["frame_codecs"] if item["can_write"]]
        representations = [item["name"] for item in codecs["representations"] if item["can_write"]]
        for representation in representations:
            for syntax in syntaxes:
                name = f"{representation}-{syntax}.dcm"
                self.run("convert", "labels.nii", name, "--as", representation, "--transfer-syntax", syntax, "--uid-seed", "a")
                if (self.directory / name).exists():
                    self.take("dicom", ".dcm", name)
        for name, options in (("kept.dcm", ("--as", "binary", "--empty-frames", "keep")), ("basic.dcm", ("--transfer-syntax", "rle", "--offset-table", "extended"))):
            self.run("convert", "labels.nii", name, *options, "--uid-seed", "a")
            self.take("dicom", ".dcm", name)
        self.run("convert", "labels.nii", "named.nii", "--write-metadata", "names.json")
        self.take("json", ".json", "names.json")
        self.run("phantom", "phantom.nii", "--size", "16x16x6", "--labels", "3", "--images", "ct")
        for path in sorted((self.directory / "ct").rglob("*.dcm"))[:2]:
            self.files.append(("image", ".dcm", path.name, path.read_bytes()))
