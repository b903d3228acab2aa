# SPDX-License-Identifier: Apache-2.0
"""What the tests of the dseg program share: running it, small NIfTI volumes, looking for leftovers.

Only Python's standard library is used. A test file ends with `harness.main()`.
"""

import json
import os
import pathlib
import shutil
import struct
import subprocess
import sys
import tempfile
import unittest

PROGRAM = os.environ["DSEG"]
DATA = pathlib.Path(os.environ.get("DSEG_DATA", "."))

# The start of a shared object's name, and what dseg calls the library.
LIBRARIES = {
    "libcharls": "CharLS",
    "libdcmdata": "DCMTK",
    "libdcmjpeg": "DCMTK",
    "libdeflate": "libdeflate",
    "libjansson": "jansson",
    "libjpeg": "libjpeg-turbo",
    "libjxl": "libjxl",
    "libopenjp2": "OpenJPEG",
    "libopenjph": "OpenJPH",
    "libpng16": "libpng",
    "libz": "zlib",
    "libzstd": "zstd",
}

OK, NEGATIVE, USAGE, INPUT, OUTPUT = 0, 1, 2, 3, 4


def linked_libraries(path):
    """The shared objects that a program or module is linked with, without their versions: libz of libz.so.1."""
    listed = subprocess.run(["ldd", path], capture_output=True, text=True, check=True, timeout=60).stdout
    return {line.split()[0].split("/")[-1].split(".so")[0] for line in listed.splitlines()}


def without_defaults(messages):
    """Messages but for the notes that a volume without codes and without an algorithm's type gets."""
    usual = (" and are coded as Tissue (", "AUTOMATIC was assumed for ")
    return "".join(line for line in messages.splitlines(True) if not any(text in line for text in usual))


class Result:
    """Exit code and what was printed; told: without what every volume without names gets."""

    def __init__(self, done):
        self.code = done.returncode
        self.out = done.stdout.decode("utf-8")
        self.err = done.stderr.decode("utf-8")
        self.told = without_defaults(self.err)

    def json(self):
        return json.loads(self.out)


def skip_without_library(test, code, expected, message):
    """Ends a test whose program failed for a library that this build was made without, and says so."""
    if os.environ.get("DSEG_LACKS_LIBRARIES") and code != expected and "DSEG_WITH_" in message:
        reason = f"{test.id()}: {message.strip()}"
        print(f"skipped: {reason}")
        test.skipTest(reason)


class CliTest(unittest.TestCase):
    """A test in a directory of its own, self.dir, which is removed."""

    def setUp(self):
        self.dir = pathlib.Path(tempfile.mkdtemp(dir=os.getcwd()))
        self.addCleanup(shutil.rmtree, self.dir)

    def dseg(self, *arguments, code=OK):
        """Runs the program in self.dir and checks its exit code."""
        done = subprocess.run(
            [PROGRAM, *map(str, arguments)], cwd=self.dir, stdin=subprocess.DEVNULL, capture_output=True, timeout=120
        )
        result = Result(done)
        self.assertGreaterEqual(done.returncode, 0, f"ended by a signal: {arguments}\n{result.err}")
        skip_without_library(self, result.code, code, result.err)
        self.assertEqual(result.code, code, f"{arguments}\n{result.out}\n{result.err}")
        if code == OK:
            self.assertNotIn("error:", result.err)
        elif code != NEGATIVE:
            self.assertIn("error:", result.err)
        return result

    def files(self):
        """Names of all files in self.dir, hidden ones too."""
        return {str(path.relative_to(self.dir)) for path in self.dir.rglob("*") if path.is_file()}

    def fails(self, *arguments, code):
        """The program fails with this code, prints nothing on stdout, and leaves the directory as it was."""
        before = {name: (self.dir / name).read_bytes() for name in self.files()}
        result = self.dseg(*arguments, code=code)
        self.assertEqual(result.out, "")
        after = {name: (self.dir / name).read_bytes() for name in self.files()}
        self.assertEqual(before.keys(), after.keys())
        self.assertEqual(before, after)
        return result

    def volume(self, name="labels.nii", size=(9, 7, 5), labels=None, affine=None):
        """Writes a uint16 NIfTI volume and returns its voxels; labels(i, j, k) gives each."""
        voxels = make_voxels(size, labels or blocks)
        write_nifti(self.dir / name, size, voxels, affine)
        return voxels


def blocks(i, j, k):
    """Labels 1, 2 and 7 in a 9 x 7 x 5 volume whose first and last plane are empty."""
    if k in (0, 4) or j in (0, 6):
        return 0
    return {2: 1, 3: 1, 5: 2, 7: 7}.get(i, 0)


def make_voxels(size, labels):
    return [labels(i, j, k) for k in range(size[2]) for j in range(size[1]) for i in range(size[0])]


AFFINE = ((-0.8, 0.0, 0.0, 11.0), (0.0, -0.9, 0.0, 22.0), (0.0, 0.0, 2.5, -33.0))


def write_nifti(path, size, voxels, affine=None):
    """A NIfTI-1 file of uint16 voxels with an sform."""
    affine = affine or AFFINE
    header = bytearray(348)
    struct.pack_into("<i", header, 0, 348)
    struct.pack_into("<8h", header, 40, 3, size[0], size[1], size[2], 1, 1, 1, 1)
    struct.pack_into("<2h", header, 70, 512, 16)
    spacing = [sum(affine[row][column] ** 2 for row in range(3)) ** 0.5 for column in range(3)]
    struct.pack_into("<8f", header, 76, 1.0, *spacing, 0, 0, 0, 0)
    struct.pack_into("<3f", header, 108, 352.0, 1.0, 0.0)
    header[123] = 2
    struct.pack_into("<2h", header, 252, 0, 1)
    struct.pack_into("<12f", header, 280, *(value for row in affine for value in row))
    header[344:348] = b"n+1\0"
    path.write_bytes(bytes(header) + bytes(4) + struct.pack(f"<{len(voxels)}H", *voxels))


def read_nifti(path):
    """Size, voxels and affine of an uncompressed NIfTI-1 file of unsigned integers."""
    content = path.read_bytes()
    size = struct.unpack_from("<3h", content, 42)
    code = {2: "B", 512: "H", 768: "I", 4: "h", 8: "i"}[struct.unpack_from("<h", content, 70)[0]]
    start = int(struct.unpack_from("<f", content, 108)[0])
    count = size[0] * size[1] * size[2]
    voxels = list(struct.unpack_from(f"<{count}{code}", content, start))
    numbers = struct.unpack_from("<12f", content, 280)
    return size, voxels, (numbers[0:4], numbers[4:8], numbers[8:12])


def need_data(*parts):
    """The path of real data, or the test is skipped."""
    path = DATA.joinpath(*parts)
    if not path.exists():
        skip(f"{'/'.join(parts)} is not in {DATA}")
    return path


def skip(reason):
    print(f"skipped: {reason}")
    sys.exit(77)


def main():
    unittest.main(verbosity=1)
