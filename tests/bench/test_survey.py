# SPDX-License-Identifier: Apache-2.0
"""The survey's own reckoning: bytes by part, what few objects say of many, and the figures of the archive.

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
from measuring import Job, run_jobs, why_failed  # noqa: E402
from survey import check, idc  # noqa: E402
from survey.archive import archive_of  # noqa: E402
from survey.cases import CASES, QUICK_CASES  # noqa: E402
from survey.parts import PARTS, parts_of_bytes, parts_of_file  # noqa: E402
from survey.reckon import class_of, mixed, reckon  # noqa: E402

DSEG = None
SMALL = 1_000_000


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


def record(case, source, form, size, seconds=1.0, **more):
    timed = {what: {"cpu_seconds": {"median": seconds}} for what in ("write", "compare", "validate")}
    parts = {"file": size, "pixel_data": size // 2, "rest": size - size // 2}
    return {"case": case, "family": "archive", "writer": "dseg", "form": form, "experimental": "edge" in form,
            "source_bytes": source, "bytes": parts, **timed, **more}  # fmt: skip


CLASSES = [
    {"class": "small", "from_bytes": 0, "below_bytes": 10 * SMALL, "objects": 3, "bytes": 20 * SMALL},
    {"class": "large", "from_bytes": 10 * SMALL, "below_bytes": None, "objects": 2, "bytes": 80 * SMALL},
]


class ReckonTest(unittest.TestCase):
    RECORDS = [
        record("a", 5 * SMALL, "labelmap/rle", SMALL), record("b", 5 * SMALL, "labelmap/rle", 2 * SMALL),
        record("c", 20 * SMALL, "labelmap/rle", 2 * SMALL, seconds=2.0), record("c", 20 * SMALL, "binary/rle", 10 * SMALL),
        record("a", 5 * SMALL, "binary/rle", 5 * SMALL), record("a", 5 * SMALL, "labelmap/label-edge", 1000),
    ]  # fmt: skip

    def found(self, form, name="all"):
        return [one for one in reckon(CLASSES, self.RECORDS) if (one["form"], one["class"]) == (form, name)]

    def test_a_class_is_predicted_from_its_cases(self):
        self.assertEqual(self.found("labelmap/rle", "small")[0]["bytes"], {"low": 4 * SMALL, "middle": 6 * SMALL, "high": 8 * SMALL})
        self.assertEqual(self.found("labelmap/rle", "large")[0]["bytes"], {"low": 8 * SMALL, "middle": 8 * SMALL, "high": 8 * SMALL})

    def test_all_is_the_sum(self):
        every = self.found("labelmap/rle")[0]
        self.assertEqual(every["bytes"], {"low": 12 * SMALL, "middle": 14 * SMALL, "high": 16 * SMALL})
        self.assertEqual(sum(every["parts"].values()), every["bytes"]["middle"])
        seconds = 3 * (20 / 5 * 1.0 + 80 / 20 * 2.0)
        self.assertAlmostEqual(every["cpu_hours"]["total"]["middle"] * 3600, seconds)
        self.assertAlmostEqual(every["transfer_hours"]["out"] * 3600, 100e6 * 8 / 1e9)
        self.assertAlmostEqual(every["transfer_hours"]["in"]["middle"] * 3600, 14e6 * 8 / 1e9)

    def test_a_form_that_a_class_lacks_is_not_told_in_all(self):
        self.assertEqual(self.found("labelmap/label-edge"), [])
        self.assertEqual(len(self.found("labelmap/label-edge", "small")), 1)

    def test_time_that_was_not_measured_is_not_made_up(self):
        with_failure = record("d", 5 * SMALL, "labelmap/rle", SMALL, compare={"failed": "stopped"})
        made = reckon(CLASSES, [*self.RECORDS, with_failure])
        self.assertTrue(all(one["cpu_hours"] is None for one in made if one["form"] == "labelmap/rle" and one["class"] in ("small", "all")))

    def test_what_overlaps_stays_binary(self):
        made = {one["overlap_share"]: one["bytes"]["middle"] for one in mixed(reckon(CLASSES, self.RECORDS), (0, 0.5, 1))}
        binary = self.found("binary/rle")[0]["bytes"]["middle"]
        self.assertEqual(made, {0: 14 * SMALL, 0.5: (14 * SMALL + binary) // 2, 1: binary})

    def test_bounds_belong_to_the_class_above(self):
        self.assertEqual([class_of(CLASSES, size)["class"] for size in (0, 10 * SMALL - 1, 10 * SMALL)], ["small", "small", "large"])

    def test_of_a_deflated_data_set_there_are_no_parts(self):
        deflated = record("a", 5 * SMALL, "labelmap/deflated", SMALL)
        deflated["bytes"] = {**deflated["bytes"], "inflated": True}
        self.assertIsNone(next(one for one in reckon(CLASSES, [deflated]) if one["form"] == "labelmap/deflated")["parts"])


class ArchiveTest(unittest.TestCase):
    def test_the_records(self):
        made = archive_of({"package": "p", "classes": CLASSES}, {"limit": 0.2}, ReckonTest.RECORDS)
        self.assertEqual({one["record"] for one in made}, {"source", "class", "form", "mixed", "check"})
        self.assertEqual([one["cases"] for one in made if one["record"] == "class"], [["a", "b"], ["c"]])

    def test_cases_of_other_families_do_not_count(self):
        other = [{**one, "family": "brain"} for one in ReckonTest.RECORDS]
        made = archive_of({"classes": CLASSES}, {}, other)
        self.assertEqual([one["form"] for one in made if one["record"] == "form"], ["as it is"] * 3)

    def test_the_kept_figures_add_up(self):
        kept = json.loads(idc.PATH.read_text())
        self.assertEqual(sum(one["objects"] for one in kept["classes"]), kept["totalsegmentator"]["objects"])
        self.assertLess(abs(sum(one["bytes"] for one in kept["classes"]) - kept["totalsegmentator"]["bytes"]), 1000)

    def test_figures_of_a_table(self):
        answers = {"seg": [(2, 3, 4.0)], "ct": [(5, 6, 7.0)], "totalsegmentator": [(5, 5, 10.0, 2.0)],
                   "quantiles": [(list(range(7)),)], "results": [("x", 1, 1, 1.5)],
                   "transfer_syntaxes": [("1.2", "Segmentation Storage", 2, 3, 4.0)]}  # fmt: skip
        made = idc.figures(lambda name, values=None: [(1, 2.0)] if name == "classes" else answers[name], "1")
        self.assertEqual(made["totalsegmentator"]["bytes"], 10_000_000)
        self.assertEqual([one["below_bytes"] for one in made["classes"]][-1], None)
        self.assertEqual(sum(one["objects"] for one in made["classes"]), 5)


class CheckTest(unittest.TestCase):
    def test_the_kept_result_is_within_the_limit(self):
        kept = json.loads(check.PATH.read_text())
        self.assertEqual((kept["predicted_from"], kept["measured_on"], kept["limit"]), (check.CASES, check.OBJECTS, check.LIMIT))
        self.assertEqual({one["form"] for one in kept["forms"]}, {"/".join(form) for form in check.FORMS})
        for one in kept["forms"]:
            self.assertAlmostEqual(one["error"], one["predicted_bytes"]["middle"] / one["measured_bytes"] - 1, places=3)
            self.assertLessEqual(abs(one["error"]), check.LIMIT, one["form"])

    def test_an_error_is_seen(self):
        cases = [{"binary/explicit-le": 100, "labelmap/rle": 50}]
        objects = [{"binary/explicit-le": 100, "labelmap/rle": 25}] * 5
        check_classes, check.CLASSES = check.CLASSES, 1
        try:
            errors = {one["form"]: one["error"] for one in check.compare(cases, objects)}
        finally:
            check.CLASSES = check_classes
        self.assertEqual(errors, {"binary/explicit-le": 0, "labelmap/rle": 1})

    def test_the_numbers_say_it_all(self):
        self.assertEqual(check.options_of(7), check.options_of(7))
        self.assertEqual(len({tuple(check.options_of(number)) for number in range(200)}), 200)

    def test_few_phantoms_predict_some_more(self):
        found = check.check(DSEG, 15, 25)
        self.assertEqual(len(found["forms"]), len(check.forms_of(DSEG)))
        self.assertLessEqual(found["worst_error"], 2 * check.LIMIT)  # three cases a class: a rough guess


class JobTest(unittest.TestCase):
    def test_why_a_program_failed(self):
        of_program = f"{TOP}/build/dseg: error: {TOP.parent}/x.nii: no frames"
        self.assertEqual(why_failed(f"reading\n{of_program}\nrun_process: error: dseg ended with exit code 4\n"), "build/dseg: error: ../x.nii: no frames")
        self.assertEqual(why_failed(f"run_process: error: {TOP}/dseg ended with signal 11\n"), "run_process: error: dseg ended with signal 11")
        self.assertEqual(why_failed("killed\n"), "killed")
        self.assertEqual(why_failed(""), "")

    def test_one_failure_does_not_end_the_others(self):
        writes = Job("write", "a", [sys.executable, "-c", "raise SystemExit('error: no room')"], output="absent.dcm")
        reads = Job("read", "a", [sys.executable, "-c", "raise SystemExit('error: not there')"], input="absent.dcm")
        self.assertEqual([one["failed"] for one in run_jobs([writes, reads], 1, 0, "")], ["error: no room", "error: not there"])


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
