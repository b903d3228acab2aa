# SPDX-License-Identifier: Apache-2.0
"""What the documents say of the survey and the archive, of results made here: figures by name, tables, which run."""

import sys
import unittest
from pathlib import Path
from xml.etree import ElementTree

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "bench"))
import figure_tables  # noqa: E402
import figures  # noqa: E402
from figure_text import form_words, machines_text, percent, range_text, size_text  # noqa: E402
from figure_values import Results  # noqa: E402
from paper import picture  # noqa: E402
from survey.archive import archive_of  # noqa: E402
from survey.tables import archive_part, findings_archive, findings_headers, findings_mixed, paper_kinds, survey_part  # noqa: E402
from survey.values import archive_ratios, archive_values, survey_ratios, survey_values  # noqa: E402

MB = 1_000_000
SVG = "{http://www.w3.org/2000/svg}"
SOURCE = {
    "archive": "An archive", "package": "its-index", "version": "1.2", "queries": {"seg": "select 1"},
    "seg": {"series": 1000, "instances": 1000, "bytes": 19_500_000 * MB}, "ct": {"series": 9, "instances": 99, "bytes": 18_100_000 * MB},
    "totalsegmentator": {"objects": 1000, "bytes": 100_000 * MB, "mean_bytes": 100 * MB, "quantile_bytes": {"5": 40 * MB, "50": 90 * MB}},
    "largest_results": [{"name": None, "series": 3, "instances": 4, "bytes": MB}],
    "transfer_syntaxes": [{"uid": "1.2.840.10008.1.2.1", "sop_class": "Segmentation Storage", "series": 990, "instances": 990, "bytes": MB},
                          {"uid": "1.2.840.10008.1.2.1.99", "sop_class": "Label Map Segmentation Storage", "series": 4, "instances": 4, "bytes": 9},
                          {"uid": "1.2.840.10008.1.2", "sop_class": "CT Image Storage", "series": 6, "instances": 6, "bytes": 9}],
    "classes": [{"class": "all sizes", "from_bytes": 0, "below_bytes": None, "objects": 1000, "bytes": 100_000 * MB}],
}  # fmt: skip
CHECK = {"predicted_from": 50, "measured_on": 1000, "limit": 0.2, "worst_error": 0.0467, "forms": [
    {"form": "binary/rle", "predicted_bytes": {"low": MB, "middle": 2 * MB, "high": 3 * MB}, "measured_bytes": 2 * MB, "error": 0.0467}]}  # fmt: skip
TIMES = {what: {"seconds": {"median": 2.0}, "cpu_seconds": {"median": 36.0}} for what in ("write", "compare", "validate", "read", "plane")}


def record(case, form, size, groups, frames=10, **more):
    representation, _, codec = form.partition("/")
    parts = {"pixel_data": size - groups - 20, "frame_index": 5, "per_frame_groups": groups, "references": 5, "segments": 5, "rest": 5}
    return {"case": case, "what": "a case", "family": "archive", "writer": "dseg", "form": form, "representation": representation.partition(":")[0],
            "codec": codec, "experimental": "edge" in form, "rows": 2, "columns": 3, "planes": 4, "segments": 5, "images": 4,
            "source_bytes": 100 * MB, "frames": frames, "bytes": {"file": size, **parts}, **TIMES, **more}  # fmt: skip


def deflated(case, form, size):
    """Parts of a deflated data set are those before it was deflated."""
    made = record(case, form, 50 * MB, 25 * MB)
    return {**made, "bytes": {**made["bytes"], "file": size, "inflated": True}}


SURVEY = [
    record("s0327-512", "binary/explicit-le", 100 * MB, 5 * MB, writer="dcmqi", read_writer={"seconds": {"median": 40.0}}),
    record("s0327-512", "binary/explicit-le", 100 * MB, 4 * MB),
    record("s0327-512", "labelmap/deflated-frame", MB, MB // 4), record("tumours", "labelmap/deflated-frame", 3 * MB, MB),
    record("s0327-512", "labelmap/label-edge", MB // 2, MB // 4), record("tumours", "labelmap/label-edge", MB, MB // 2),
    record("s0327-512", "binary/deflated-frame", 4 * MB, 3 * MB), record("s0327-512", "binary/label-edge", 2 * MB, MB),
    deflated("tumours", "labelmap/deflated", MB // 4), deflated("s0327-512", "labelmap/deflated", 2 * MB),
    {"case": "tumours", "what": "", "writer": "dseg", "form": "labelmap/jpeg-xl", "representation": "labelmap", "codec": "jpeg-xl", "family": "archive",
     "source_bytes": MB, "columns": 1, "rows": 1, "planes": 1, "segments": 1, "images": 1, "failed": "no memory"},
]  # fmt: skip
DESCRIBED = [record("s0327-512", "labelmap-volume/label-edge", MB // 5, 0), record("tumours", "label-sets:volume=1/label-edge", MB // 5, 0)]
RESULTS = {"survey": SURVEY, "described": DESCRIBED, "archive": archive_of(SOURCE, CHECK, SURVEY + DESCRIBED)}


class Text(unittest.TestCase):
    def test_sizes(self):
        self.assertEqual([size_text(x) for x in (7, 999, 999_900, 74e9, 14.19e12)], ["7 bytes", "999 bytes", "1.0 MB", "74 GB", "14 TB"])
        self.assertEqual([range_text(59e9, 94e9), range_text(900e6, 1.2e9), range_text(5e9, 5e9)], ["59 to 94 GB", "900 MB to 1.2 GB", "5.0 GB"])

    def test_shares(self):
        self.assertEqual([percent(x) for x in (0, 0.0012, 0.05, 0.056, 0.4567, 1)], ["0 %", "0.12 %", "5 %", "5.6 %", "46 %", "100 %"])

    def test_forms(self):
        self.assertEqual(form_words("labelmap/deflated-frame:level=12"), "LABELMAP, Deflated Image Frame, level 12")
        self.assertEqual(form_words("label-sets:volume=1/label-edge"), "label sets, volume, Label Edge")

    def test_machines(self):
        machine = lambda name: {"virtual": False, "processors": 2, "processor": name, "memory_bytes": 8e9, "compiler": "cc"}
        parts = [{"part": "survey-a"}, {"part": "survey-b"}, {"part": "growth", "machine": machine("B")}, {"part": "survey-c", "machine": machine("B")}]
        results = {"machine": machine("A"), "parts": [*parts, {"part": "headline"}]}
        self.assertEqual(machines_text(results), "2 x A, 8 GB, cc; growth, 1 parts of survey: 2 x B, 8 GB, cc")
        self.assertEqual(machines_text({**results, "parts": []}), "2 x A, 8 GB, cc")


class Values(unittest.TestCase):
    found = {**dict(survey_values(RESULTS)), **dict(archive_values(RESULTS)), **dict(survey_ratios(RESULTS)), **dict(archive_ratios(RESULTS))}

    def test_the_archive_as_it_is(self):
        wanted = {"SEG": "19.5 TB", "CT": "18.1 TB", "SEG: uncompressed": "99.0 %", "SEG: label maps": "4", "hours to read": "0.2",
                  "TotalSegmentator: objects": "1,000", "TotalSegmentator: 5 %": "40 MB", "check: worst error": "4.7 %"}  # fmt: skip
        self.assertEqual({name: self.found[f"archive: {name}"] for name in wanted}, wanted)

    def test_a_form(self):
        # The ratios are 1 and 3 of 100, so 1 to 3 GB of 100; a quarter and a third of it are groups: (0.25 + 1) / (1 + 3).
        wanted = {"bytes": "2.0 GB", "range": "1.0 to 3.0 GB", "times smaller": "50", "of today": "2 %", "share of per-frame groups": "31 %",
                  "per-frame groups": "625 MB", "CPU hours": "30", "CPU hours, range": "30 hours"}  # fmt: skip
        self.assertEqual({name: self.found[f"archive: labelmap/deflated-frame: {name}"] for name in wanted}, wanted)
        self.assertEqual(self.found["archive: labelmap/deflated-frame / labelmap/label-edge"], "2.7")
        self.assertEqual(self.found["archive: labelmap/label-edge, 25 % BINARY: bytes"], "1.1 GB")

    def test_a_deflated_data_set_has_no_share(self):
        self.assertIn("archive: labelmap/deflated: bytes", self.found)
        self.assertNotIn("archive: labelmap/deflated: share of per-frame groups", self.found)
        self.assertNotIn("survey: tumours, labelmap/deflated: share of per-frame groups", self.found)

    def test_the_survey(self):
        self.assertEqual(self.found["survey: s0327-512, labelmap/label-edge: share of per-frame groups"], "50 %")
        self.assertEqual(self.found["survey: s0327-512, binary/explicit-le by dcmqi: groups a frame"], "500000")
        self.assertEqual((self.found["survey: cases whose smallest form is a deflated data set"], self.found["survey: which these are"]), ("1", "tumours"))
        self.assertEqual(self.found["survey: the same, with volumes and label sets"], "0")
        self.assertEqual(self.found["survey: cases whose smallest BINARY form is a deflated data set"], "0")
        self.assertEqual(self.found["survey: reading, dcmqi / dseg, most"], "20")
        self.assertEqual(self.found["survey: labelmap/deflated-frame: per-frame groups, most"], "33 %")

    def test_nothing_measured(self):
        self.assertEqual([*survey_values({}), *archive_values({}), *survey_ratios({}), *archive_ratios({})], [])


class Tables(unittest.TestCase):
    def test_findings(self):
        lines = findings_archive(RESULTS).splitlines()
        self.assertEqual(lines[2], "| as it is: BINARY, native | 0.1 TB | 1 | 95 % | 5 % |  |")
        self.assertIn("| LABELMAP, Deflated Image Frame | 1.0 to 3.0 GB | 50 | 69 % | 31 % | 30 (30 to 30) |", lines)
        self.assertIn("| LABELMAP, Label Edge (proposal) | 500 MB to 1.0 GB | 133 | 50 % | 50 % | 30 (30 to 30) |", lines)
        self.assertIn("| Label Edge | 500 MB to 1.0 GB | 575 MB to 1.1 GB | 875 MB to 1.2 GB | 2.0 GB |", findings_mixed(RESULTS).splitlines())

    def test_headers(self):
        rows = [line.split(" | ") for line in findings_headers(RESULTS).splitlines()]
        self.assertEqual([(row[0], row[3], row[6], row[-1]) for row in rows[2:]], [
            ("| s0327-512", "1.0 MB (25 %)", "200 kB", "LABELMAP, Label Edge |"), ("| tumours", "3.0 MB (33 %)", "200 kB", "LABELMAP, deflated data set |")])  # fmt: skip

    def test_kinds(self):
        rows = [line.split(" | ") for line in paper_kinds(RESULTS).splitlines()]
        self.assertEqual(rows[2:], [["| 108 organs of a trunk", "100 MB", "4.0 MB (75 %)", "1.0 MB (25 %)", "2.0 MB (50 %)", "500 kB (50 %)", "200 kB", "2.0 MB |"]])

    def test_measurements(self):
        text = "\n".join(survey_part(RESULTS) + archive_part(RESULTS))
        for part in ("failed: no memory", "    select 1", "| SEG, CT Image Storage, uncompressed, 1.2.840.10008.1.2 | 6 |",
                     "| form | none stays BINARY | 5 % stay BINARY | 25 % stay BINARY | all stay BINARY |", "| binary/rle | 2 (1 to 3) | 2 | +4.7 % |"):  # fmt: skip
            self.assertIn(part, text)
        self.assertEqual(survey_part({}) + archive_part({}), [])

    def test_nothing_measured(self):
        for table in (findings_archive, findings_headers, findings_mixed, paper_kinds):
            self.assertRaises(ValueError, table, {})


class Picture(unittest.TestCase):
    def drawn(self, results=RESULTS):
        return ElementTree.fromstring(picture.draw(results).partition("\n")[2])

    def test_a_bar_for_each_form(self):
        words = [one.text for one in self.drawn().iter(f"{SVG}text")]
        for name in ("BINARY, native", "0.1 TB", "LABELMAP, Deflated Image Frame", "1.0 to 3.0 GB", "LABELMAP, Label Edge", "LABELMAP, volume, Label Edge", "packed as one, not told apart"):
            self.assertIn(name, words)
        self.assertNotIn("LABELMAP, Label Edge, predicted", words)  # not in these results

    def test_lengths(self):
        # From 100 MB to 100 GB: three divisions. 100 GB, then 2.0, 4.0 and 2.0 of them; at last the least.
        bars = [float(one.get("width")) for one in self.drawn().iter(f"{SVG}rect") if float(one.get("x")) == picture.BARS[0] and float(one.get("height")) == picture.BAR]
        whole = picture.BARS[1] - picture.BARS[0]
        self.assertEqual([round(width / whole * 3, 2) for width in bars], [3.0, 1.6, 1.3, 1.05, 1.3, 0.88, 0.3])

    def test_all_is_inside(self):
        top = self.drawn()
        width, height = float(top.get("width")), float(top.get("height"))
        for one in top.iter(f"{SVG}rect"):
            self.assertLessEqual(float(one.get("x")) + float(one.get("width")), width)
            self.assertLessEqual(float(one.get("y")) + float(one.get("height")), height)
        for one in top.iter(f"{SVG}text"):
            self.assertLess(float(one.get("y")), height)

    def test_nothing_measured(self):
        self.assertRaises(ValueError, picture.draw, {})


class Runs(unittest.TestCase):
    """A run of some parts beside what is kept."""

    def run_of(self, commit, *parts, **more):
        made = [{"part": part, "date": f"2026-01-0{number} 10:00", "seconds": 60, "commit": commit} for number, part in enumerate(parts, 1)]
        return {"date": "2026-01-01", "commit": commit, "machine": commit, "libraries": commit, "parts": made, "problems": [], **more}

    def test_new_parts_replace_kept_ones(self):
        kept = self.run_of("old", "frames-a", "frames-b", "growth", frames=[1, 2], growth=[3], seconds=180)
        merged = figures.with_kept(self.run_of("new", "frames-a", "survey-x", frames=[4], survey=[5]), kept)
        self.assertEqual((merged["frames"], merged["growth"], merged["survey"]), ([4], [3], [5]))
        self.assertEqual([(part["part"], part["commit"]) for part in merged["parts"]], [("growth", "old"), ("frames-a", "new"), ("survey-x", "new")])
        self.assertEqual((merged["commit"], merged["machine"], merged["seconds"]), ("new", "new", 180))
        self.assertEqual(figure_tables.run_text(Results(merged)), "`sh bench/run.sh`, 2026-01-01 to 2026-01-03, 3 minutes, commit new; growth: old")

    def test_problems_go_with_their_parts(self):
        kept = self.run_of("old", "together", "growth", together=[], growth=[3])
        kept["problems"] = ["together: volume, compare: ended with 1", "growth: slow", "somewhere else"]
        new = self.run_of("new", "together", together=[1])
        self.assertEqual(figures.with_kept(new, kept)["problems"], ["growth: slow", "somewhere else"])
        new["problems"] = ["together: label sets: ended with 2"]
        self.assertEqual(figures.with_kept(new, kept)["problems"], ["growth: slow", "somewhere else", *new["problems"]])

    def test_where_it_was_built_is_not_kept(self):
        self.assertEqual(figures.without_place('"error: /home/a/dseg/build/b/dseg failed", "build/b/dseg ../x/build/y /usr/share/z"'),
                         '"error: build/b/dseg failed", "build/b/dseg ../x/build/y /usr/share/z"')  # fmt: skip

    def test_a_whole_run_stays_alone(self):
        new = self.run_of("new", "frames-a", "growth", frames=[1])
        self.assertIs(figures.with_kept(new, self.run_of("old", "frames-a")), new)
        self.assertEqual(figure_tables.run_text(Results(self.run_of("new", "frames-a"))), "`sh bench/run.sh`, 2026-01-01, 1 minutes, commit new")


if __name__ == "__main__":
    unittest.main()
