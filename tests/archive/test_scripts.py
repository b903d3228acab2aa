# SPDX-License-Identifier: Apache-2.0
"""The scripts of tools/archive: lists, gathered reports, the estimate, and the array of jobs without a scheduler."""

import json
import random
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import objects

sys.path.insert(0, str(objects.ARCHIVE))
import estimate  # noqa: E402
import gather  # noqa: E402
from reports import read_reports  # noqa: E402


def record(name, status="ok", size=10_000_000, seconds=0.05, **more):
    return {"input": name, "status": status, "output": f"out/{name}", "bytes_in": size, "bytes_out": size // 50, "seconds": seconds,
            "cpu_seconds": seconds, "frames": 3, "segments": 2, "dseg": "0.1.0", **more}  # fmt: skip


class InFolder(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def script(self, name, *arguments, given=None, code=0):
        done = subprocess.run([sys.executable, "-B", objects.ARCHIVE / name, *map(str, arguments)], capture_output=True, text=True, input=given)
        self.assertEqual(done.returncode, code, done.stderr)
        return done.stdout, done.stderr


class Lists(InFolder):
    def test_lines_become_json(self):
        text = 'a.dcm\n\n{"input": "b.dcm", "sha256": "00"}\ns3://bucket/p/c.dcm\nquote"d.dcm\n'
        out, _ = self.script("chunk_list.py", 0, 9, "copies", given=text)
        self.assertEqual([json.loads(line) for line in out.splitlines()], [
            {"input": "a.dcm"}, {"input": "b.dcm", "sha256": "00"},
            {"name": "s3://bucket/p/c.dcm", "output": "bucket/p/c.dcm", "input": "copies/bucket/p/c.dcm"}, {"input": 'quote"d.dcm'}])  # fmt: skip

    def test_chunks_are_all_of_it(self):
        text = "".join(f"{number}.dcm\n" for number in range(7))
        chunks = [self.script("chunk_list.py", first, 3, "", given=text)[0].splitlines() for first in (0, 3, 6)]
        self.assertEqual([len(chunk) for chunk in chunks], [3, 3, 1])
        self.assertEqual([json.loads(line)["input"] for chunk in chunks for line in chunk], text.split())


class Gather(InFolder):
    def gathered(self, lines, reports):
        (self.folder / "reports").mkdir()
        (self.folder / "list.txt").write_text("".join(line + "\n" for line in lines))
        for name, text in reports.items():
            (self.folder / "reports" / name).write_text(text)
        out, _ = self.script("gather.py", self.folder / "list.txt", self.folder / "reports", self.folder)
        read = lambda name: objects.lines_of(self.folder / name)
        return read("manifest.jsonl"), read("failures.jsonl"), json.loads((self.folder / "figures.json").read_text()), out

    def test_last_line_counts_and_order_is_the_lists(self):
        text = lambda *records: "".join(json.dumps(one) + "\n" for one in records)
        first = text(record("b", "failed", message="b: error: cut off"), record("a"), record("b"), record("a", "skipped"))
        second = text(record("d", "failed", message="d: error: cut off"), record("stranger")) + '{"input": "c", "stat'
        manifest, failures, figures, out = self.gathered(["a", "b", "c", "d"], {"0.jsonl": first, "1.jsonl": second})
        self.assertEqual([(one["input"], one["status"]) for one in manifest], [("a", "ok"), ("b", "ok"), ("c", "missing"), ("d", "failed")])
        self.assertEqual([one["input"] for one in failures], ["c", "d"])
        self.assertEqual((figures["ok"], figures["failed"], figures["missing"], figures["skipped"], figures["bytes_in"]), (2, 1, 1, 0, 20_000_000))
        self.assertEqual(figures["messages"], {"no report has it": 1, "error: cut off": 1})
        self.assertIn("4 objects, 2 ok, 0 skipped, 1 failed, 1 missing", out)

    def test_two_objects_with_one_output(self):
        lines = json.dumps(record("a", output="out/x")) + "\n" + json.dumps(record("b", output="out/x")) + "\n"
        manifest, failures, figures, _ = self.gathered(["a", "b"], {"0.jsonl": lines})
        self.assertEqual([one["status"] for one in manifest], ["failed", "failed"])
        self.assertEqual((len(failures), figures["ok"], figures["bytes_out"]), (2, 0, 0))
        self.assertIn("out/x", failures[0]["message"])

    def test_names_of_json_lines(self):
        self.assertEqual([one["status"] for one in self.gathered(
            ['{"input": "copy-1", "name": "first"}', "s3://bucket/b"],
            {"0.jsonl": "".join(json.dumps(record(name)) + "\n" for name in ("first", "s3://bucket/b"))})[0]], ["ok", "ok"])  # fmt: skip


def pilot(count, seed, b=0.02, c=0.004, noise=0.2, outliers=0):
    """A made-up report: objects of 5 to 200 MB whose seconds follow b and c."""
    source = random.Random(seed)
    found = []
    for number in range(count):
        size = source.uniform(5, 200)
        seconds = (b + c * size) * source.uniform(1 - noise, 1 + noise) * (20 if number < outliers else 1)
        found.append(record(f"{seed}-{number}", size=round(size * 1e6), seconds=seconds, bytes_out=round(60_000 + 5_000 * size)))
    return found


class Estimate(InFolder):
    options = staticmethod(lambda *words: estimate.parsed(["report", *map(str, words)]))

    def test_fit_finds_what_was_put_in(self):
        points = [(one["bytes_in"] / 1e6, one["seconds"]) for one in pilot(200, 1, noise=0)]
        b, c = estimate.fit(points)
        self.assertAlmostEqual(b, 0.02, 6)
        self.assertAlmostEqual(c, 0.004, 7)

    def test_objects_far_off_count_less(self):
        points = [(one["bytes_in"] / 1e6, one["seconds"]) for one in pilot(100, 2, outliers=5)]
        self.assertAlmostEqual(estimate.fit(points)[1], 0.004, delta=0.0006)

    def test_neither_is_negative(self):
        self.assertEqual(estimate.fit([(1, 2.0), (2, 1.0), (3, 0.5)])[1], 0)
        self.assertEqual(estimate.fit([(1, 0.0), (2, 1.0), (3, 2.0)])[0], 0)
        b, c = estimate.fit([(5, 1.0), (5, 1.2)])  # objects of one size tell nothing of another
        self.assertEqual(b, 0)
        self.assertAlmostEqual(c * 5, 1.1)

    def test_a_run_of_1000_from_50(self):
        found = estimate.compare(pilot(50, 3), pilot(1000, 4))
        self.assertEqual((found["predicted_from"], found["measured_on"]), (50, 1000))
        for what, row in found["of"].items():
            self.assertLess(abs(row["error"]), 0.1, what)
            self.assertLessEqual(row["predicted"]["low"], row["measured"] * 1.1)
            self.assertGreaterEqual(row["predicted"]["high"], row["measured"] / 1.1)

    def test_archive_by_hand(self):
        # 1,000 objects, 100 GB: 0.02 x 1000 + 0.004 x 100,000 = 420 s of work; 100 GB + 0.56 GB over 8 Gbit/s: 100.56 s.
        options = self.options("--objects", 1000, "--bytes", 100e9, "--machines", 2, "--jobs", 3, "--link", 4, "--job-start", 60, "--objects-per-job", 300,
                               "--machine-cost", 0.5, "--transfer-cost", 0.01, "--storage-cost", 20)  # fmt: skip
        found = estimate.estimate(estimate.usable({one["input"]: one for one in pilot(60, 5, noise=0)}), options)
        hours = lambda what: found[what]["middle"] * 3600
        self.assertEqual(found["jobs"], 4)
        self.assertAlmostEqual(found["start_hours"] * 3600, 4 * 60 / 2)
        self.assertAlmostEqual(hours("work_hours"), 420 / 6, 3)
        self.assertAlmostEqual(hours("cpu_hours"), 420, 2)
        self.assertAlmostEqual(found["bytes_out"]["middle"], 1000 * 60_000 + 5_000 * 100_000, delta=2000)
        self.assertAlmostEqual(hours("transfer_hours"), 100.56, 2)
        self.assertEqual(found["bound"], "transfer")
        self.assertAlmostEqual(hours("hours"), 120 + 100.56, 2)
        self.assertAlmostEqual(found["hours"]["high"] * 3600, 120 + 100.56 + 70, 2)
        self.assertAlmostEqual(found["cost"]["middle"], 2 * (220.56 / 3600) * 0.5 + 100.56 * 0.01, 4)
        self.assertAlmostEqual(found["saved_a_month"]["middle"], (0.1 - 0.00056) * 20, 5)

    def test_shared_link_and_interruptions(self):
        records = estimate.usable({one["input"]: one for one in pilot(60, 6, noise=0)})
        base = ("--objects", 1000, "--bytes", 100e9, "--machines", 10, "--job-start", 10)
        plain = estimate.estimate(records, self.options(*base))
        shared = estimate.estimate(records, self.options(*base, "--archive-link", 1))
        spot = estimate.estimate(records, self.options(*base, "--preempted", 0.2))
        self.assertAlmostEqual(shared["transfer_hours"]["middle"] / plain["transfer_hours"]["middle"], 10)
        self.assertAlmostEqual(spot["work_hours"]["middle"] / plain["work_hours"]["middle"], 1.1)
        self.assertAlmostEqual(spot["start_hours"] / plain["start_hours"], 1.2)

    def test_program(self):
        report, other = self.folder / "pilot.jsonl", self.folder / "run.jsonl"
        report.write_text("".join(json.dumps(one) + "\n" for one in [*pilot(10, 7), record("bad", "failed", message="cut off")]))
        other.write_text("".join(json.dumps(one) + "\n" for one in pilot(30, 8)))
        out, told = self.script("estimate.py", report, "--objects", 1000, "--bytes", 1e12, "--machine-cost", 0.1)
        self.assertIn("fitted to 10 objects", out)
        for warning in ("take at least 20", "1 of the pilot's 11 objects failed", "1000.0 MB on average"):
            self.assertIn(warning, told)
        out, _ = self.script("estimate.py", report, "--check", other, "--json")
        self.assertEqual(set(json.loads(out)["of"]), {"seconds", "cpu_seconds", "bytes_out"})
        self.assertIn("--objects and --bytes are needed", self.script("estimate.py", report, code=2)[1])

    def test_nothing_written(self):
        found = {f"{n}": {**record(f"{n}", size=(n + 1) * 10**6, seconds=0.01 * (n + 1)), "bytes_out": None, "output": None} for n in range(30)}
        made = estimate.estimate(estimate.usable(found), self.options("--objects", 100, "--bytes", 1e9))
        self.assertEqual(made["bytes_out"]["middle"], 0)
        self.assertAlmostEqual(made["cpu_hours"]["middle"] * 3600, 10, 2)


class Array(InFolder):
    """array.sbatch.sh with what Slurm would tell it."""

    def task(self, number, *arguments):
        environment = {**objects.environment(), "SLURM_ARRAY_TASK_ID": str(number), "SLURM_CPUS_PER_TASK": "2"}
        return subprocess.run(["sh", objects.ARCHIVE / "array.sbatch.sh", *map(str, arguments)], env=environment, capture_output=True, text=True)

    def test_two_tasks_are_the_list(self):
        good = objects.make_objects(self.folder / "in", 5)
        bad = objects.make_bad(self.folder / "bad", good[0])[:1]
        names = [*good[:3], *bad, *good[3:]]
        listed, to = objects.write_list(self.folder / "list.txt", names), self.folder / "out"
        for number in (0, 1):
            done = self.task(number, 4, listed, to, *objects.WORK)
            self.assertEqual(done.returncode, 0, done.stderr)
        found = read_reports((to / "reports").glob("*.jsonl"))
        self.assertEqual({name: found[str(name)]["status"] for name in names}, {**dict.fromkeys(good, "ok"), bad[0]: "failed"})
        self.assertEqual(objects.digests(to), objects.undisturbed(self.folder, names)[0])
        before = (to / "reports" / "4-1.jsonl").read_text()
        self.assertEqual(self.task(1, 4, listed, to, *objects.WORK).returncode, 0)
        self.assertEqual((to / "reports" / "4-1.jsonl").read_text(), before)

    def test_a_place_that_cannot_be_used(self):
        (self.folder / "file").write_text("")
        listed = objects.write_list(self.folder / "list.txt", objects.make_objects(self.folder / "in", 1))
        self.assertNotEqual(self.task(0, 4, listed, self.folder / "file", *objects.WORK).returncode, 0)


if __name__ == "__main__":
    unittest.main()
