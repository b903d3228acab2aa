# SPDX-License-Identifier: Apache-2.0
"""The survey's bytes by part, and its cases.

usage: test_survey.py DSEG"""

import json
import struct
import subprocess
import sys
import tempfile
import unittest
import zlib
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "bench"))
from survey.cases import CASES, QUICK_CASES  # noqa: E402
from survey.parts import PARTS, parts_of_bytes, parts_of_file  # noqa: E402

DSEG = None


def short(group, element, vr, value):
    return struct.pack("<HH2sH", group, element, vr, len(value)) + value


def long(group, element, vr, value, length=None):
    return struct.pack("<HH2sHI", group, element, vr, 0, len(value) if length is None else length) + value


def item(value, length=None):
    return struct.pack("<HHI", 0xFFFE, 0xE000, len(value) if length is None else length) + value


ITEM_END, SEQUENCE_END = struct.pack("<HHI", 0xFFFE, 0xE00D, 0), struct.pack("<HHI", 0xFFFE, 0xE0DD, 0)
UNDEFINED = 0xFFFFFFFF


def file_of(syntax, data_set):
    return bytes(128) + b"DICM" + short(2, 0x10, b"UI", syntax + b"\0" * (len(syntax) % 2)) + data_set


EXPLICIT, DEFLATED = b"1.2.840.10008.1.2.1", b"1.2.840.10008.1.2.1.99"
GROUPS = long(0x5200, 0x9230, b"SQ", item(short(0x20, 0x9157, b"UL", bytes(4)) + long(0x20, 0x9111, b"SQ", item(
    short(0x20, 0x9056, b"SH", b"1 ") + ITEM_END, UNDEFINED) + SEQUENCE_END, UNDEFINED) + ITEM_END, UNDEFINED) + SEQUENCE_END, UNDEFINED)  # fmt: skip


class PartsTest(unittest.TestCase):
    def test_nested_undefined_lengths(self):
        segments = long(0x62, 2, b"SQ", item(short(0x62, 4, b"US", b"\1\0")))
        native = long(0x7FE0, 0x10, b"OB", bytes(100))
        parts = parts_of_bytes(file_of(EXPLICIT, segments + GROUPS + native))
        self.assertEqual((parts["per_frame_groups"], parts["segments"], parts["pixel_data"]), (len(GROUPS), len(segments), 100))
        self.assertEqual(sum(parts[part] for part in PARTS), parts["file"])

    def test_items_are_told_from_frames(self):
        frames = item(struct.pack("<II", 0, 18)) + item(bytes(10)) + item(bytes(20)) + SEQUENCE_END
        table = long(0x7FE0, 1, b"OV", bytes(16)) + long(0x7FE0, 2, b"OV", bytes(16))
        parts = parts_of_bytes(file_of(EXPLICIT, table + long(0x7FE0, 0x10, b"OB", frames, UNDEFINED)))
        self.assertEqual((parts["pixel_data"], parts["frame_index"]), (30, 8 + 4 * 8 + len(table)))
        self.assertEqual(sum(parts[part] for part in PARTS), parts["file"])

    def test_deflated_data_sets_say_so(self):
        packer = zlib.compressobj(wbits=-15)
        packed = packer.compress(GROUPS) + packer.flush()
        data = file_of(DEFLATED, packed)
        parts = parts_of_bytes(data)
        self.assertEqual((parts["file"], parts["per_frame_groups"], parts["inflated"]), (len(data), len(GROUPS), True))

    def test_what_is_cut_off_is_refused(self):
        whole = file_of(EXPLICIT, GROUPS + long(0x7FE0, 0x10, b"OB", bytes(100)))
        with self.assertRaisesRegex(ValueError, "longer than the file"):
            parts_of_bytes(whole[:-1])
        with self.assertRaisesRegex(ValueError, "not a DICOM file"):
            parts_of_bytes(bytes(200))

    def test_as_the_program_says(self):
        with tempfile.TemporaryDirectory() as name:
            volume, path = Path(name) / "volume.seg.nrrd", Path(name) / "object.dcm"
            run("phantom", volume, "--labels", "6", "--size", "48x40x12", "--images", Path(name) / "ct")
            for representation, codec in (("binary", "explicit-le"), ("binary", "implicit-le"), ("labelmap", "label-edge"), ("labelmap", "rle")):
                run("convert", volume, path, "--reference", Path(name) / "ct", "--as", representation, "--transfer-syntax", codec, "--force")
                info = json.loads(run("info", path, "--json"))["bytes"]
                parts = parts_of_file(path)
                self.assertEqual(sum(parts[part] for part in PARTS), path.stat().st_size, codec)
                delimiter = 8 if parts["frame_index"] else 0  # which the program leaves out
                self.assertEqual(parts["pixel_data"] + parts["frame_index"], info["pixel_data"] + delimiter, codec)
                self.assertIn(parts["per_frame_groups"] - info["per_frame_functional_groups"], (0, 8, 12), codec)
                self.assertGreater(parts["references"], 0)


def run(*command):
    done = subprocess.run([DSEG, *map(str, command)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


class CasesTest(unittest.TestCase):
    def test_twenty_kinds(self):
        names = [case.name for case in CASES]
        self.assertEqual((len(names), len(set(names))), (20, 20))
        self.assertLessEqual(set(QUICK_CASES), set(names))
        for case in CASES:
            self.assertEqual(bool(case.phantom) + bool(case.corpus) + bool(case.shape), 1, case.name)


if __name__ == "__main__":
    DSEG = sys.argv.pop(1)
    unittest.main()
