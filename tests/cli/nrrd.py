# SPDX-License-Identifier: Apache-2.0
"""Reads NRRD files of integers, with nothing but Python's standard library."""

import array
import sys
import zlib

TYPES = {
    "signed char": "b", "int8": "b", "uchar": "B", "unsigned char": "B", "uint8": "B", "short": "h", "int16": "h",
    "ushort": "H", "unsigned short": "H", "uint16": "H", "int": "i", "int32": "i", "uint": "I", "unsigned int": "I",
    "uint32": "I",
}  # fmt: skip


def numbers(text):
    return [float(value) for value in text.strip("() ").split(",")]


class Nrrd:
    """size, directions and origin (left, posterior, superior; mm), voxels as a list, the first index fastest."""

    def __init__(self, path):
        content = path.read_bytes()
        header, data = content.split(b"\n\n", 1)
        lines = header.decode("ascii").splitlines()
        fields = dict(line.split(": ", 1) for line in lines[1:] if ": " in line and not line.startswith("#"))
        assert fields["space"] == "left-posterior-superior", fields["space"]
        self.size = [int(value) for value in fields["sizes"].split()]
        self.directions = [numbers(vector) for vector in fields["space directions"].split()]
        self.origin = numbers(fields["space origin"])
        if fields["encoding"] == "gzip":
            data = zlib.decompress(data, 31)
        else:
            assert fields["encoding"] == "raw", fields["encoding"]
        voxels = array.array(TYPES[fields["type"]])
        voxels.frombytes(data)
        if fields.get("endian", sys.byteorder) != sys.byteorder:
            voxels.byteswap()
        self.voxels = voxels.tolist()

    def differences(self, other):
        """What differs, as a list of texts; geometry may differ by 1e-4 mm or, of a direction, 1e-6."""
        found = []
        if self.size != other.size:
            return [f"size {self.size} and {other.size}"]
        if any(abs(a - b) > 1e-4 for a, b in zip(self.origin, other.origin)):
            found.append(f"origin {self.origin} and {other.origin}")
        for mine, its in zip(self.directions, other.directions):
            if any(abs(a - b) > 1e-6 for a, b in zip(mine, its)):
                found.append(f"direction {mine} and {its}")
        wrong = sum(a != b for a, b in zip(self.voxels, other.voxels))
        if wrong or len(self.voxels) != len(other.voxels):
            found.append(f"{wrong} of {len(self.voxels)} voxels")
        return found
