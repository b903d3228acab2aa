# SPDX-License-Identifier: Apache-2.0
"""The report's pictures of an archive and of kinds of objects, of invented results: what they show and what they say."""

import contextlib
import io
import re
import sys
import tempfile
import unittest
from pathlib import Path
from types import SimpleNamespace

sys.path.insert(0, str(Path(__file__).resolve().parent))
from invented import archive_records, survey_records  # noqa: E402

import bars  # noqa: E402
import labels  # noqa: E402
import pictures  # noqa: E402
import report_archive  # noqa: E402
from report_survey import survey_section  # noqa: E402

SURVEY = survey_records()
RESULTS = {"survey": SURVEY, "archive": archive_records(SURVEY)}


def tiles(made):
    return "".join(f"{b} {bars.escape(t)}" for b, t in made)


def words(page):
    return " ".join(re.sub(r"<[^>]*>", " ", page).split())


class Bars(unittest.TestCase):
    def test_linear_ticks(self):
        axis = bars.Linear(14.2, lambda value: f"{value:g} TB")
        self.assertEqual([text for _, text in axis.ticks], ["0 TB", "5 TB", "10 TB"])
        self.assertEqual((axis.place(0), axis.place(7.1), axis.place(20)), (0, 50, 100))

    def test_logarithmic_ticks(self):
        axis = bars.Logarithmic(0.01, 100, lambda value: f"{value:g}", 1)
        self.assertEqual([text for _, text in axis.ticks], ["0.01", "0.1", "1", "10", "100"])
        self.assertAlmostEqual(axis.place(1), 50)
        self.assertLessEqual(len(bars.Logarithmic(1, 10**12, str).ticks), 5)
        self.assertGreaterEqual(len(bars.Logarithmic(2, 6, str, 1).ticks), 2)

    def test_texts(self):
        self.assertEqual([bars.short_bytes(n) for n in (14.187e12, 999_950_000_000, 96.2e9, 130.4e6, 1500, 12)],
                         ["14.2 TB", "1 TB", "96.2 GB", "130 MB", "1.5 kB", "12 B"])  # fmt: skip
        self.assertEqual([report_archive.ratio_text(x) for x in (148.2, 2.44, 1.0, 0.5)], ["1/148", "1/2.4", "1", "2.0 x"])
        self.assertEqual(report_archive.spread_text({"low": 76e9, "high": 131e9}), "76 to 130 GB")
        self.assertEqual(report_archive.spread_text({"low": 760e9, "high": 1.31e12}), "760 GB to 1.3 TB")
        self.assertEqual(report_archive.spread_text({"low": 5, "high": 5}), "")


class Labels(unittest.TestCase):
    def test_nothing_meets(self):
        # Two rows of points so near to each other that names need lines.
        spots = [(100 + 12 * n, 200 + 5 * (n % 2)) for n in range(9)]
        front = [((100, 230), (200, 230))]
        placed = labels.arrange(spots, [(60, 9)] * len(spots), (0, 500, 0, 500), front)
        self.assertNotIn(None, placed)
        boxes, lines = [box for box, _ in placed], [line for _, line in placed if line]
        self.assertTrue(lines)
        for n, box in enumerate(boxes):
            self.assertFalse(any(labels.overlap(box, other) for other in boxes[:n]))
            self.assertFalse(labels.through(box, *front[0]))
            self.assertFalse(any(line and labels.through(box, *line) for m, (_, line) in enumerate(placed) if m != n))
        for n, line in enumerate(lines):
            self.assertFalse(any(labels.crosses(*line, *other) for other in lines[:n]))

    def test_no_room(self):
        self.assertEqual(labels.arrange([(5, 5)], [(60, 9)], (0, 20, 0, 20)), [None])


class Archive(unittest.TestCase):
    page = report_archive.archive_section(RESULTS, tiles)

    def test_title_says_what_was_found(self):
        # 10 GB; LABELMAP of deflated frames is 10 % of it, 10 and 15 % in the larger class: 0.2 + 8 * 0.125; the smallest proposal 5.6 % of 1.2.
        self.assertIn("The 120 results of TotalSegmentator in An &lt;archive&gt; take 10 GB today; LABELMAP with Deflated Image Frame, both in the standard, would make 1.2 GB of them, and proposals 670 MB",
                      self.page.replace("\u00a0", " "))  # fmt: skip

    def test_picture(self):
        self.assertEqual(self.page.count('class="row head'), 1, "nothing is small enough to be enlarged")
        legend = self.page[self.page.index("<div class=legend>") : self.page.index('<div class="chart archive">')]
        for text in ("pixel data, with offset tables", "per-frame functional groups", "references to the images", "segments and the rest", "range over"):
            self.assertIn(text, legend)
        for text in ("today", "without any change", "with proposals", "LABELMAP, Deflated Image Frame", "LABELMAP, Label Edge", "1 to 1.4 GB", "CPU hours"):
            self.assertIn(text, self.page)
        self.assertIn('title="pixel data, with offset tables: 8.5 GB, 85 %"', self.page)
        ends = [sum(map(float, found)) for found in re.findall(r'style="left:([\d.]+)%;width:([\d.]+)%"', self.page)]
        self.assertTrue(ends and max(ends) <= 100.01)

    def test_enlarged_part(self):
        survey = [dict(record) for record in SURVEY if record["form"] != "binary/deflated-frame"]
        for record in survey:
            if record["writer"] == "dseg" and "bytes" in record and record["form"] not in ("binary/explicit-le", "labelmap/explicit-le"):
                record["bytes"] = {part: count // 10 if part not in ("inflated",) else count for part, count in record["bytes"].items()}
        page = report_archive.archive_section({"survey": survey, "archive": archive_records(survey)}, tiles)
        self.assertRegex(page, r"What is small, enlarged \d+ times")
        self.assertEqual(page.count('class="row head'), 2)

    def test_settings_without_use(self):
        record = lambda form, size: {"form": form, "bytes": {"middle": size}}
        self.assertTrue(report_archive.is_no_better(record("binary/label-edge-predicted", 999), record("binary/label-edge", 1000)))
        self.assertFalse(report_archive.is_no_better(record("binary/label-edge-predicted", 980), record("binary/label-edge", 1000)))
        self.assertFalse(report_archive.is_no_better(record("binary/zstd", 999), record("binary/label-edge", 1000)))

    def test_sources(self):
        for text in ("index</code> 1", "An &lt;archive&gt;", "50 phantoms", "1,000 others differed by at most 3.1 %", "99.5 % of its SEG series"):
            self.assertIn(text, self.page)

    def test_overlap_table(self):
        self.assertIn("frame codec none 5 % 25 % all native 25 GB", words(self.page))

    def test_without_records(self):
        for results in ({}, {"archive": []}, {"survey": SURVEY}, {"archive": [r for r in RESULTS["archive"] if r["record"] != "form"]}):
            self.assertEqual(report_archive.archive_section(results, tiles), "")
        self.assertIn("10 GB", report_archive.archive_section({"archive": RESULTS["archive"]}, tiles))


class Survey(unittest.TestCase):
    page = survey_section(RESULTS, {"small": "data:image/png;base64,AAAA"})

    def test_titles(self):
        self.assertIn("Of 3 kinds of objects without overlap, LABELMAP with Deflated Image Frame takes 10 to 15 % of what there was", self.page.replace("\u00a0", " "))
        self.assertIn("dseg reads what others write 20 times as fast as dcmqi, and 50 times as fast as highdicom", self.page)

    def test_pictures(self):
        self.assertEqual(self.page.count("AAAA"), 1)
        self.assertEqual(self.page.count('class="dot ring experimental"'), 1)  # the legend
        self.assertEqual(self.page.count('<s class="ring experimental"'), 4)
        self.assertEqual(self.page.count('<s class="experimental"'), 3, "what overlaps has no LABELMAP")
        self.assertIn("left out: segments overlap", self.page)
        self.assertIn("a kind of object &lt;small&gt;", self.page)

    def test_without_records(self):
        self.assertEqual(survey_section({}, {}), "")

    def test_a_writer_that_failed(self):
        failed = [{**r, "failed": "<why>"} for r in SURVEY if r["writer"] == "highdicom"]
        for record in failed:
            del record["bytes"], record["read"], record["read_writer"]
        page = survey_section({"survey": [r for r in SURVEY if r["writer"] != "highdicom"] + failed}, {})
        self.assertIn("&lt;why&gt;", page)
        self.assertNotIn("as fast as highdicom", words(page).split("Source: survey. Medians")[0])


class Pictures(unittest.TestCase):
    def test_what_failed_is_not_tried_again(self):
        """A volume that cannot be read, and one that is not at hand: until something is measured again."""
        results = {"frames": [{"corpus": name} for name in ("broken", "absent", "noise")], "encodings": []}
        with tempfile.TemporaryDirectory() as name, contextlib.redirect_stderr(io.StringIO()) as told:
            folder = Path(name)
            wanted = pictures.missing(results, folder)
            self.assertEqual(wanted, {"broken", "absent"})
            pictures.make(None, wanted, [SimpleNamespace(name="broken", path=folder / "none.nii")], folder)
            self.assertIn("no picture of", told.getvalue())
            self.assertEqual((pictures.missing(results, folder), pictures.uris(folder)), (set(), {}))
            pictures.forget_failures(folder)
            self.assertEqual(pictures.missing(results, folder), wanted)


class Both(unittest.TestCase):
    def test_no_absent_values(self):
        for page in (Archive.page, Survey.page):
            self.assertIsNone(re.search(r"\b(None|nan|inf)\b", words(page)))
            self.assertIsNone(re.search(r"(None|nan|inf)%", page))
            self.assertEqual(page.count("<div"), page.count("</div>"))


if __name__ == "__main__":
    unittest.main()
