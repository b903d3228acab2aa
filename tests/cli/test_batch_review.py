# SPDX-License-Identifier: Apache-2.0
"""dseg batch --do review: what is wrong between objects, told from the report, whether by one run or by several."""

import base64
import csv
import fcntl
import io
import subprocess
import time

import harness
from harness import INPUT, NEGATIVE, OUTPUT, USAGE, CliTest
from images import element, write_image

SIZE = (9, 7, 5)
SPACING = (0.9, 0.8)


def bands(i, j, k):
    return {2: 1, 4: 2, 6: 3}.get(i, 0) if 0 < k < 4 and 0 < j < 6 else 0


def line_of_version(facts):
    """A record that begins as those of another version would."""
    record = bytearray(base64.b64decode(facts))
    assert record.startswith(b"dsegrev")
    record[7] += 1
    return base64.b64encode(record).decode()


class Review(CliTest):
    def setUp(self):
        super().setUp()
        self.volume("labels.nii", SIZE, bands)
        probe = self.dseg("convert", "labels.nii", "probe.dcm", "--names", "totalsegmentator", code=INPUT)
        if "DSEG_WITH_TERMS=OFF" in probe.err:
            self.skipTest("a build without the table of terms codes nothing")
        for name in ("archive", "ct"):
            (self.dir / name).mkdir()
        for patient in range(2):
            self.write_images(patient)

    def write_images(self, patient, position=0.0, folder="ct"):
        """CT images on which the volume lies, of patient-0 or patient-1."""
        (self.dir / folder).mkdir(exist_ok=True)
        for k in range(SIZE[2]):
            number = 100 * (patient + 1) + k
            changes = (
                element(0x10, 0x20, "LO", f"patient-{patient}"),
                element(0x20, 0x0D, "UI", f"1.2.3.{patient + 1}"),
                element(0x20, 0x0E, "UI", f"1.2.4.{patient + 1}"),
                element(0x20, 0x52, "UI", f"1.2.5.{patient + 1}"),
            )
            place = (-11.0, -22.0, -33.0 + 2.5 * k + position)
            path = self.dir / folder / f"{patient}-{k}.dcm"
            write_image(path, number, place, SIZE[1], SIZE[0], SPACING, (1, 0, 0, 0, 1, 0), changes)

    def make(self, name, patient, names=("liver", "kidney_left", "kidney_right")):
        table = harness.json.dumps({str(i + 1): text for i, text in enumerate(names)})
        (self.dir / "names.json").write_text(table)
        images = self.dir / f"ct-of-{patient}"
        if not images.exists():
            images.mkdir()
            for path in sorted((self.dir / "ct").glob(f"{patient}-*")):
                (images / path.name).write_bytes(path.read_bytes())
        self.dseg("convert", "labels.nii", f"archive/{name}.dcm", "--reference", images, "--names", "names.json")

    def review(self, *arguments, to="out", code=harness.OK):
        return self.dseg("batch", *arguments, "--to", to, "--do", "review", code=code)

    def rows(self, to="out"):
        text = (self.dir / to / "review.csv").read_bytes().decode()
        return list(csv.DictReader(io.StringIO(text, newline="")))

    def found(self, to="out"):
        return harness.json.loads((self.dir / to / "review.json").read_text())

    def archive(self):
        """Five objects; the label of a segment of one has other codes than in the others."""
        for i in range(4):
            self.make(f"good-{i}", i % 2)
        self.make("other", 1, ("liver", "kidney_left", "spleen"))
        self.edit("archive/other.dcm", b"spleen", b"liver ")

    def edit(self, name, old, new):
        content = (self.dir / name).read_bytes()
        self.assertEqual(content.count(old), 1)
        (self.dir / name).write_bytes(content.replace(old, new))

    def test_clean(self):
        for i in range(3):
            self.make(f"good-{i}", i % 2)
        result = self.review("archive", "--reference", "ct")
        self.assertIn("3 objects in 3 series of 2 patients; 0 with findings", result.out)
        self.assertEqual([row["score"] for row in self.rows()], ["0"] * 3)
        found = self.found()
        self.assertEqual(found["findings"], [])
        self.assertEqual(found["unverified"]["not_compared_with_images"], 0)
        self.assertEqual((found["unverified"]["codes"], found["unverified"]["unnamed_segments"]), (0, 0))

    def test_findings(self):
        self.archive()
        result = self.review("archive", "--reference", "ct")
        self.assertIn('label "liver" has SCT 10200004 in 5 objects, SCT 78961009 in 1 object', result.out)
        self.assertIn("archive/other.dcm", result.out)
        rows = self.rows()
        self.assertEqual(len(rows), 5)
        self.assertTrue(rows[0]["first-object"].endswith("other.dcm"))
        self.assertEqual(rows[0]["label-codes"], "1")
        self.assertEqual((rows[0]["patient"], rows[0]["study"]), ("patient-1", "1.2.3.2"))
        self.assertEqual([row["score"] for row in rows[1:]], ["0"] * 4)
        kinds = [finding["kind"] for finding in self.found()["findings"]]
        self.assertEqual(kinds, ["label-codes"])

    def test_images_elsewhere(self):
        self.make("good", 0)
        self.make("moved", 1)
        for k in range(SIZE[2]):
            (self.dir / "ct" / f"1-{k}.dcm").unlink()
        self.write_images(1, position=1.5)
        self.review("archive", "--reference", "ct")
        finding = self.found()["findings"][0]
        self.assertEqual((finding["kind"], finding["count"], finding["objects"]), ("geometry", 5, 1))
        self.assertIn("by up to 1.5 mm", finding["what"])
        self.assertTrue(finding["examples"][0].endswith("moved.dcm"))

    def test_resumed(self):
        self.archive()
        self.review("archive", "--reference", "ct")
        first = {name: (self.dir / "out" / name).read_bytes() for name in ("review.csv", "review.json", "report.jsonl")}
        result = self.review("archive", "--reference", "ct")
        self.assertIn("5 done before", result.err)
        for name, content in first.items():
            self.assertEqual((self.dir / "out" / name).read_bytes(), content, name)
        lines = first["report.jsonl"].splitlines(True)
        (self.dir / "out" / "report.jsonl").write_bytes(b"".join(lines[:2]) + lines[2][:50])  # as if killed
        self.review("archive", "--reference", "ct")
        self.assertEqual((self.dir / "out" / "review.csv").read_bytes(), first["review.csv"])

    def test_parts_are_the_whole(self):
        self.archive()
        self.review("archive", "--reference", "ct", to="whole")
        names = sorted((self.dir / "archive").iterdir())
        self.review(*names[:2], "--reference", "ct", to="part1")
        self.review(*names[2:], "--reference", "ct", to="part2")
        self.review("--also", "part1/report.jsonl", "--also", "part2/report.jsonl", to="all")
        strip = ("first-object",)
        whole, parts = (
            [{key: value for key, value in row.items() if key not in strip} for row in self.rows(to)]
            for to in ("whole", "all")
        )
        self.assertEqual(whole, parts)
        self.review(*names[:2], "--reference", "ct", "--also", "part2/report.jsonl", to="mixed")
        self.assertEqual(len(self.rows("mixed")), 5)

    def test_unread(self):
        self.make("good", 0)
        content = (self.dir / "archive" / "good.dcm").read_bytes()
        (self.dir / "archive" / "cut.dcm").write_bytes(content[: len(content) // 2])
        (self.dir / "archive" / "text.txt").write_text("no DICOM")
        result = self.review("archive", code=NEGATIVE)
        self.assertIn("1 input that could not be read", result.out)
        self.assertEqual(self.found()["unverified"]["inputs"], 1)
        self.assertEqual(len(self.rows()), 1)

    def test_damaged_records(self):
        """A line whose record cannot be read is an input that could not be read, and the others are reviewed."""
        self.archive()
        self.review("archive")
        report = self.dir / "out/report.jsonl"
        lines = [harness.json.loads(line) for line in report.read_text().splitlines()]
        for line, facts in zip(lines, ("AAAA", "", "no Base64!", line_of_version(lines[3]["facts"]))):
            line["facts"] = facts
        report.write_text("".join(harness.json.dumps(line) + "\n" for line in lines))
        result = self.review("archive")
        self.assertEqual(result.err.count("its line has no record of this version"), 4)
        self.assertIn("4 inputs that could not be read", result.out)
        self.assertEqual((len(self.rows()), self.found()["unverified"]["inputs"]), (1, 4))

    def test_the_lock_stays(self):
        """The report among the images is read and closed, and is locked all the same."""
        self.make("good", 0)
        names = [f"archive/none-{i:04}-{'x' * 100}.dcm" for i in range(2000)]  # messages that fill a pipe
        (self.dir / "list").write_text("\n".join(names))
        arguments = ("@list", "--reference", ".", "--to", "out", "--do", "review", "--jobs", "1")
        (self.dir / "out").mkdir()
        report = self.dir / "out/report.jsonl"
        report.touch()
        with subprocess.Popen([harness.PROGRAM, "batch", *arguments], cwd=self.dir, stdin=subprocess.DEVNULL,
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:  # fmt: skip
            while report.stat().st_size == 0 and process.poll() is None:
                time.sleep(0.01)
            with open(report, "ab") as again, self.assertRaises(OSError):
                fcntl.lockf(again, fcntl.LOCK_EX | fcntl.LOCK_NB)
            process.communicate()
        self.assertEqual(process.returncode, NEGATIVE)
        self.assertEqual(len(report.read_bytes().splitlines()), len(names))

    def test_also_the_own_report(self):
        self.make("good", 0)
        self.assertIn("report of this run", self.review("archive", "--also", "out/../out/report.jsonl", code=USAGE).err)

    def test_places(self):
        self.make("good", 0)
        result = self.review("archive", "--csv", "t.csv", "--findings", "f.json", "--json")
        self.assertEqual(result.json()["ok"], 1)
        self.assertFalse((self.dir / "out" / "review.csv").exists())
        self.assertEqual(harness.json.loads((self.dir / "f.json").read_text())["objects"], 1)
        self.assertTrue((self.dir / "t.csv").read_bytes().startswith(b"patient,study,series,objects,"))
        self.review("archive", "--csv", "nowhere/t.csv", code=OUTPUT)

    def test_usage(self):
        self.review(code=USAGE)
        self.make("good", 0)
        self.review("archive", "--reference", "nowhere", code=INPUT)
        self.review("--also", "nowhere", code=INPUT)
        self.review("archive", "--digest", code=USAGE)
        self.review("archive", "--verify", code=USAGE)
        content = (self.dir / "archive/good.dcm").read_bytes()
        for option in ("--csv", "--findings"):
            self.review("archive", option, "archive/good.dcm", code=USAGE)
            self.assertEqual((self.dir / "archive/good.dcm").read_bytes(), content)


if __name__ == "__main__":
    harness.main()
