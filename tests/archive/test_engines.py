# SPDX-License-Identifier: Apache-2.0
"""The Snakefile on this machine, killed and resumed, with bad files among the good; and that the WDL and the CWL are valid."""

import json
import tempfile
import unittest
from pathlib import Path

import engines
import objects

OPTIONS = " ".join(objects.WORK[2:])
# Calls the program and notes it; while there is a file "hold" it does the first two objects of the second chunk and stays there.
SLOW = """#!/bin/sh
list=$3
echo "$list" >>calls
if [ -e hold ] && [ "${{list##*/}}" = 00001.list ]; then
  head -n 2 "$list" >"$list.part"
  mv "$list.part" "$list"
  {dseg} "$@"
  exec sleep 600
fi
exec {dseg} "$@"
"""


class Snakemake(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def test_killed_and_resumed(self):
        folder, to = self.folder, self.folder / "out"
        good = objects.make_objects(folder / "in", 10)
        bad = objects.make_bad(folder / "bad", good[0])
        names = [*good[:4], bad[0], *good[4:], *bad[1:]]
        wanted, statuses = objects.undisturbed(folder, names)
        program = folder / "slow.sh"
        program.write_text(SLOW.format(dseg=objects.DSEG))
        config = {"list": objects.write_list(folder / "list.txt", names), "to": to, "chunk": 5, "jobs": 2, "options": OPTIONS, "dseg": f"sh {program}"}

        told = engines.snakemake(folder, "--dry-run", config=config)
        self.assertRegex(told, r"work +3")
        self.assertFalse(to.exists())

        (folder / "hold").write_text("")
        second = to / "working" / "5" / "00001.jsonl"
        command = engines.snakemake_command("--jobs", "1", config=config)
        engines.killed(command, folder, lambda: second.exists() and second.read_text().count("\n") == 2)
        done_before = second.read_text()
        first = (folder / "calls").read_text().split()
        (folder / "hold").unlink()
        (folder / "calls").unlink()

        told = engines.snakemake(folder, "--nolock", "--rerun-incomplete", config=config)
        # A chunk that was done is not begun again; of the one that was not, what stands in its report is not done again.
        calls = [Path(line).name for line in (folder / "calls").read_text().split()]
        finished = [Path(name).name for name in first if (to / "reports" / "5" / Path(name).with_suffix(".jsonl").name).exists()]
        self.assertEqual(len(calls), len(set(calls)))
        self.assertIn("00001.list", calls)
        self.assertGreaterEqual(set(calls) | set(finished), {"00000.list", "00001.list", "00002.list"})
        self.assertTrue(second.read_text().startswith(done_before))
        self.assertEqual(second.read_text().count("\n"), 5)

        manifest = objects.lines_of(to / "manifest.jsonl")
        self.assertEqual([record["input"] for record in manifest], [str(name) for name in names])
        self.assertEqual({record["input"]: record["status"] for record in manifest}, statuses)
        self.assertEqual([record["status"] for record in manifest].count("ok"), len(good))
        self.assertEqual(objects.digests(to), wanted)
        failures = {record["input"] for record in objects.lines_of(to / "failures.jsonl")}
        self.assertEqual(failures, {name for name, status in statuses.items() if status == "failed"})
        figures = json.loads((to / "figures.json").read_text())
        self.assertEqual((figures["objects"], figures["ok"], figures["missing"]), (len(names), len(good), 0))
        self.assertEqual(figures["bytes_out"], sum(path.stat().st_size for path in to.rglob("*.dcm")))

    def test_a_place_that_cannot_be_used(self):
        """The run fails, and says so: that is no matter of single objects."""
        (self.folder / "file").write_text("")
        listed = objects.write_list(self.folder / "list.txt", objects.make_objects(self.folder / "in", 1))
        engines.snakemake(self.folder, config={"list": listed, "to": self.folder / "file" / "out", "options": OPTIONS}, code=1)


class Texts(unittest.TestCase):
    def test_wdl(self):
        with tempfile.TemporaryDirectory() as folder:
            told = engines.call([engines.CHECKS / "miniwdl", "check", "--strict", "--suppress", "StringCoercion", objects.ARCHIVE / "task.wdl"], Path(folder))
            self.assertIn("task batch", told)

    def test_cwl(self):
        with tempfile.TemporaryDirectory() as folder:
            told = engines.call([engines.CHECKS / "cwltool", "--validate", objects.ARCHIVE / "tool.cwl"], Path(folder))
            self.assertIn("is valid CWL", told)


if __name__ == "__main__":
    unittest.main()
