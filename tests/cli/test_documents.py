# SPDX-License-Identifier: Apache-2.0
"""docs/dcmqi.md against --help, and docs/cli-json.md against what the program writes. docs/cli.md: test_help.py."""

import pathlib
import re

import harness
from harness import CliTest

DOCS = pathlib.Path(__file__).resolve().parents[2] / "docs"
EVERYWHERE = {"--help", "--version", "--memory"}
DCMQI = ("itkimage2segimage", "segimage2itkimage", "bin2labelsegimage")


def sections(text):
    """The text below each heading of the second level, by its words."""
    parts = re.split(r"^## (.*)$", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2]))


def long_options(text):
    return set(re.findall(r"(?<![\w-])--[A-Za-z0-9][A-Za-z0-9-]*", text))


class Documents(CliTest):
    def options(self, name):
        """The options that --help explains, --help and --version left out."""
        lines = re.findall(r"^  (?:-\w, )?(--[A-Za-z0-9-]+)", self.dseg(name, "--help").out, flags=re.MULTILINE)
        return set(lines) - EVERYWHERE

    def test_options_of_dcmqi(self):
        table = re.findall(r"^\| `?(\w+)`? \| (.*--.*) \|$", (DOCS / "dcmqi.md").read_text(), flags=re.MULTILINE)
        rows = {name: long_options(cell) for name, cell in reversed(table)}  # the first of a name counts
        for name in DCMQI:
            with self.subTest(name):
                self.assertEqual((rows[name] | rows["all"]) - EVERYWHERE, self.options(name))

    def test_json(self):
        """Every key that the program writes is in the documents."""
        self.volume()
        self.dseg("convert", "labels.nii", "a.dcm", "--as", "labelmap")
        self.dseg("samples", "labels.nii", "out", "--only", "labelmap/explicit-le", "--edge-cases")
        written = {
            "convert": self.dseg("convert", "a.dcm", "b.dcm", "--json").json(),
            "transcode": self.dseg("transcode", "a.dcm", "c.dcm", "--transfer-syntax", "rle", "--json").json(),
            "batch": self.dseg("batch", "a.dcm", "--to", "many", "--do", "transcode", "--transfer-syntax", "rle", "--json").json(),
            "info": [self.dseg("info", name, "--json").json() for name in (
                "a.dcm", "labels.nii", "out/edge-cases/slide-all-tiles.dcm")],
            "compare": self.dseg("compare", "labels.nii", "a.dcm", "--json").json(),
            "validate": [self.dseg("validate", "a.dcm", "--json").json(),
                         self.dseg("validate", "--rules", "--json").json()],
            "codecs": self.dseg("codecs", "--json").json(),
            "samples": harness.json.loads((self.dir / "out" / "manifest.json").read_text()),
        }  # fmt: skip
        written["samples"]["libraries"] = {}  # its keys are codecs
        self.report_of_a_batch()
        text = sections((DOCS / "cli-json.md").read_text())
        self.assertEqual(set(text), set(written))
        for name, value in written.items():
            with self.subTest(name):
                missing = {key for key in keys(value) if not re.search(rf"[`\".]{key}\b", text[name])}
                self.assertEqual(missing, set())

    def report_of_a_batch(self):
        """Every key of a report is in its document."""
        self.dseg("batch", "a.dcm", "--report", "r.jsonl", "--do", "validate")
        self.dseg("batch", "a.dcm", "--to", "many", "--report", "r.jsonl", "--do", "compare")
        text = (DOCS / "batch.md").read_text()
        for path in ("many/report.jsonl", "r.jsonl"):
            for line in (self.dir / path).read_text().splitlines():
                missing = {key for key in keys(harness.json.loads(line)) if not re.search(rf"`{key}\b", text)}
                self.assertEqual(missing, set())


def keys(value):
    if isinstance(value, dict):
        return set(value) | set().union(*map(keys, value.values()))
    if isinstance(value, list):
        return set().union(*map(keys, value))
    return set()


if __name__ == "__main__":
    harness.main()
