# SPDX-License-Identifier: Apache-2.0
"""dseg convert: numbers, fractions, layers, files for each segment, metadata, reproducible output."""

import json
import os

import harness
from harness import INPUT, OUTPUT, USAGE, CliTest, read_nifti


class Numbers(CliTest):
    def test_note_when_numbers_change(self):
        self.volume()
        error = self.dseg("convert", "labels.nii", "seg.dcm", "--as", "binary").err
        self.assertIn("seg.dcm: note: 1 of 3 segments", error)
        self.assertIn("PS3.3 C.8.20.2.4", error)
        labels = [item["label"] for item in self.dseg("info", "seg.dcm", "--json").json()["segments"]]
        self.assertEqual(labels, ["Segment 1", "Segment 2", "Segment 7"])

    def test_renumber(self):
        self.volume()
        self.dseg("convert", "labels.nii", "seg.dcm", "--renumber")
        numbers = [item["number"] for item in self.dseg("info", "seg.dcm", "--json").json()["segments"]]
        self.assertEqual(numbers, [1, 2, 3])

    def test_dicom_keeps_its_representation(self):
        self.volume()
        for kind in ("binary", "labelmap", "fractional"):
            self.dseg("convert", "labels.nii", f"{kind}.dcm", "--as", kind)
            self.dseg("convert", f"{kind}.dcm", f"{kind}-2.dcm")
            self.assertEqual(self.dseg("info", f"{kind}-2.dcm", "--json").json()["representation"], kind)
            self.dseg("compare", f"{kind}.dcm", f"{kind}-2.dcm")

    def test_default_representation_follows_overlap(self):
        self.volume("one.nii", labels=lambda i, j, k: int(i < 5))
        self.volume("two.nii", labels=lambda i, j, k: 2 * int(i >= 5))
        self.volume("three.nii", labels=lambda i, j, k: 3 * int(i >= 4))
        for names, kind in ((("one.nii", "two.nii"), "labelmap"), (("one.nii", "three.nii"), "binary")):
            self.dseg("convert", *names, "seg.dcm", "--force")
            self.assertEqual(self.dseg("info", "seg.dcm", "--json").json()["representation"], kind)


class Fractions(CliTest):
    def setUp(self):
        super().setUp()
        self.voxels = self.volume()
        self.dseg("convert", "labels.nii", "seg.dcm", "--as", "fractional")
        content = bytearray((self.dir / "seg.dcm").read_bytes())
        content[content.rindex(b"\xff")] = 254  # otherwise they are masks
        (self.dir / "seg.dcm").write_bytes(content)

    def test_labels_need_a_threshold(self):
        for kind in ("labelmap", "binary"):
            error = self.fails("convert", "seg.dcm", "out.dcm", "--as", kind, code=INPUT).err
            self.assertIn("--threshold", error)
        self.dseg("convert", "seg.dcm", "out.dcm", "--as", "labelmap", "--threshold", "0.5")
        self.dseg("compare", "labels.nii", "out.dcm", "--ignore", "numbers")

    def test_volumes_of_floats(self):
        self.dseg("convert", "seg.dcm", "one.nii", "--segments", "1")
        self.assertEqual((self.dir / "one.nii").read_bytes()[70:74], bytes([16, 0, 32, 0]))
        self.dseg("convert", "seg.dcm", "all.nii")
        self.assertEqual((self.dir / "all.nii").read_bytes()[40:50], bytes([4, 0, 9, 0, 7, 0, 5, 0, 3, 0]))
        self.dseg("convert", "all.nii", "again.dcm")
        self.dseg("compare", "seg.dcm", "again.dcm", "--ignore", "names")

    def test_what_cannot_hold_them(self):
        self.assertIn("--split", self.fails("convert", "seg.dcm", "out.mha", code=OUTPUT).err)
        self.assertIn("--threshold", self.fails("convert", "seg.dcm", "out.seg.nrrd", code=OUTPUT).err)


class Layers(CliTest):
    def test_chain_of_overlaps_needs_two(self):
        """a meets b, b meets c, a and c do not meet; d meets all three at one voxel."""
        spans = {"a": range(0, 4), "b": range(3, 7), "c": range(6, 9)}
        for number, (name, span) in enumerate(spans.items(), 1):
            self.volume(f"{name}.nii", labels=lambda i, j, k, s=span, n=number: n * int(i in s and k == 2))
        names = [f"{name}.nii" for name in spans]
        layers = self.dseg("convert", *names, "abc.seg.nrrd", "--json").json()["files"][0]["layers"]
        self.assertEqual(layers, 2)
        self.volume("d.nii", labels=lambda i, j, k: 4 * int(j == 3 and k == 2))
        layers = self.dseg("convert", *names, "d.nii", "abcd.seg.nrrd", "--json").json()["files"][0]["layers"]
        self.assertEqual(layers, 3)
        self.dseg("convert", *names, "d.nii", "abcd.dcm")
        self.dseg("compare", "abcd.dcm", "abcd.seg.nrrd")


class Split(CliTest):
    def test_names_and_numbers(self):
        self.volume()
        (self.dir / "meta.json").write_text(json.dumps(metadata({1: "Left Kidney (upper)", 2: "Ünïcode", 7: "***"})))
        options = ("--split", "--metadata", "meta.json", "--write-metadata", "out.json")
        self.dseg("convert", "labels.nii", "part.nii.gz", *options)
        made = {"part-1-left-kidney-upper.nii.gz", "part-2-n-code.nii.gz", "part-7.nii.gz"}
        self.assertEqual(self.files(), made | {"labels.nii", "meta.json", "out.json"})
        self.dseg("convert", *sorted(made), "again.dcm", "--metadata", "out.json")
        self.dseg("compare", "labels.nii", "again.dcm", "--ignore", "names,codes,colors,details")

    def test_an_existing_name_stops_all(self):
        self.volume()
        (self.dir / "part-7-segment-7.nii").write_text("precious")
        self.assertIn("part-7", self.fails("convert", "labels.nii", "part.nii", "--split", code=OUTPUT).err)

    def test_all_or_nothing(self):
        """A name in the way of the last file: no part of the others stays, and what was there before survives."""
        self.volume()
        for suffix in (".nii", ".hdr", ".mhd", ".nhdr"):
            with self.subTest(suffix):
                self.dseg("convert", "labels.nii", f"seen{suffix}")
                voxels = [name for name in self.files() if name.startswith("seen.") and name != f"seen{suffix}"]
                blocked = voxels[0].removeprefix("seen") if voxels else suffix
                for name in self.files() - {"labels.nii"}:
                    (self.dir / name).unlink()
                in_the_way = self.dir / f"part-7-segment-7{blocked}"
                in_the_way.mkdir()
                self.fails("convert", "labels.nii", f"part{suffix}", "--split", code=OUTPUT)
                for name in {f"part-1-segment-1{suffix}", f"part-1-segment-1{blocked}"}:
                    (self.dir / name).write_text("precious")
                self.fails("convert", "labels.nii", f"part{suffix}", "--split", "--force", code=OUTPUT)
                in_the_way.rmdir()
                self.dseg("convert", "labels.nii", f"part{suffix}", "--split", "--force")
                parts = [f"part-{number}-segment-{number}{suffix}" for number in (1, 2, 7)]
                self.dseg("convert", *parts, "again.dcm", "--force")
                self.dseg("compare", "labels.nii", "again.dcm", "--ignore", "names,colors")


def metadata(labels):
    """dcmqi's JSON for segments with these numbers and labels."""
    code = {"CodeValue": "85756007", "CodingSchemeDesignator": "SCT", "CodeMeaning": "Tissue"}
    segments = [
        {
            "labelID": number,
            "SegmentLabel": label,
            "SegmentAlgorithmType": "MANUAL",
            "SegmentedPropertyCategoryCodeSequence": code,
            "SegmentedPropertyTypeCodeSequence": code,
            "recommendedDisplayRGBValue": [10 * number, 20, 30],
        }
        for number, label in labels.items()
    ]
    return {"segmentAttributes": [segments], "SeriesDescription": "From JSON"}


class Metadata(CliTest):
    def test_in_and_out(self):
        self.volume()
        (self.dir / "meta.json").write_text(json.dumps(metadata({1: "one", 2: "two", 7: "seven"})))
        self.dseg("convert", "labels.nii", "seg.dcm", "--metadata", "meta.json", "--write-metadata", "a.json")
        info = self.dseg("info", "seg.dcm", "--json").json()
        self.assertEqual([item["label"] for item in info["segments"]], ["one", "two", "seven"])
        self.assertEqual([item["color"] for item in info["segments"]], ["#0a141e", "#14141e", "#46141e"])
        self.assertEqual(info["series_description"], "From JSON")
        written = json.loads((self.dir / "a.json").read_text())["segmentAttributes"][0]
        self.assertEqual([item["labelID"] for item in written], [1, 2, 7])
        self.dseg("convert", "seg.dcm", "two.nii", "--segments", "TWO")
        self.assertEqual(set(read_nifti(self.dir / "two.nii")[1]), {0, 2})

    def test_nothing_is_written_without_it(self):
        """The JSON cannot be written: neither is anything else, and an output that is there survives."""
        self.volume()
        (self.dir / "a.json").mkdir()
        (self.dir / "there.nii").write_text("precious")
        (self.dir / "there.dcm").write_text("precious")
        for output in ("out.nii", "out.hdr", "out.dcm", "there.nii", "there.dcm"):
            for options in ((), ("--split",)):
                if options and output.endswith(".dcm"):
                    continue
                for name in ("a.json", "gone/a.json"):
                    with self.subTest(output=output, options=options, name=name):
                        last = ("--write-metadata", name, "--force")
                        self.fails("convert", "labels.nii", output, *options, *last, code=OUTPUT)

    def test_series_text(self):
        self.volume()
        self.dseg("convert", "labels.nii", "s.dcm", "--series-description", "Mine", "--series-number", "42")
        self.assertEqual(self.dseg("info", "s.dcm", "--json").json()["series_description"], "Mine")


class Options(CliTest):
    def test_same_seed_same_bytes(self):
        self.volume()
        os.environ["SOURCE_DATE_EPOCH"] = "1600000000"
        self.addCleanup(os.environ.pop, "SOURCE_DATE_EPOCH")
        for kind in ("binary", "labelmap"):
            for name in ("a.dcm", "b.dcm"):
                self.dseg("convert", "labels.nii", name, "--as", kind, "--uid-seed", "x", "--force")
            self.assertEqual((self.dir / "a.dcm").read_bytes(), (self.dir / "b.dcm").read_bytes())

    def test_empty_frames(self):
        self.volume()
        for choice, kind, frames in (
            ("keep", "labelmap", 5), ("omit", "labelmap", 3), ("bounds", "labelmap", 5),
            ("keep", "binary", 15), ("omit", "binary", 9), ("bounds", "binary", 11),
        ):  # fmt: skip
            with self.subTest(choice=choice, kind=kind):
                options = ("--as", kind, "--empty-frames", choice, "--json", "--force")
                summary = self.dseg("convert", "labels.nii", "s.dcm", *options).json()
                self.assertEqual(summary["files"][0]["frames"], frames)

    def test_transfer_syntax(self):
        self.volume()
        for syntax in ("implicit-le", "1.2.840.10008.1.2.1"):
            self.dseg("convert", "labels.nii", "s.dcm", "--transfer-syntax", syntax, "--force")
            self.dseg("compare", "labels.nii", "s.dcm")

    def test_options_of_representation_and_codec(self):
        self.volume()
        for options in (("palette=1",), ("bits=16", "palette=1")):
            given = [part for option in options for part in ("--option", option)]
            self.dseg("convert", "labels.nii", "s.dcm", "--transfer-syntax", "deflated-frame", "--option", "level=1",
                      *given, "--force")
            self.dseg("compare", "labels.nii", "s.dcm")
            info = self.dseg("info", "s.dcm", "--json").json()
            self.assertEqual(info["photometric_interpretation"], "PALETTE COLOR")
            self.assertEqual(info["bits_allocated"], 8 * len(options))
        self.fails("convert", "labels.nii", "b.dcm", "--as", "binary", "--option", "palette=1", code=USAGE)
        self.fails("convert", "labels.nii", "b.dcm", "--option", "palette=2", code=USAGE)

    def test_options_that_do_not_fit(self):
        self.volume()
        for arguments in (
            ("out.nii", "--as", "binary"),
            ("out.nii", "--transfer-syntax", "explicit-le"),
            ("out.nii", "--reference", "ct"),
            ("out.dcm", "--split"),
            ("out.dcm", "--grid", "reference"),
            ("out.dcm", "--option", "level"),
            ("out.dcm", "--transfer-syntax", "morse"),
            ("out.dcm", "--threshold", "0"),
            ("out.dcm", "--series-number", "one"),
        ):
            with self.subTest(arguments):
                self.fails("convert", "labels.nii", *arguments, code=USAGE)

    def test_numbers_that_no_object_holds(self):
        harness.write_nifti(self.dir / "large.nii", (2, 2, 1), [0, 1, 0, 0])
        content = bytearray((self.dir / "large.nii").read_bytes())
        content[70:74] = (768).to_bytes(2, "little") + (32).to_bytes(2, "little")
        voxels = b"".join(number.to_bytes(4, "little") for number in (0, 5, 3000000000, 0))
        (self.dir / "large.nii").write_bytes(bytes(content[:352]) + voxels)
        error = self.fails("convert", "large.nii", "large.dcm", code=OUTPUT).err
        self.assertIn("3000000000", error)
        self.dseg("convert", "large.nii", "large.dcm", "--renumber")
        self.dseg("compare", "large.nii", "large.dcm", "--ignore", "numbers,names")

    def test_summary(self):
        self.volume()
        summary = self.dseg("convert", "labels.nii", "s.dcm", "--json").json()
        self.assertEqual(summary["files"][0]["bytes"], (self.dir / "s.dcm").stat().st_size)
        self.assertEqual((summary["segments"], summary["planes"]), (3, 5))
        self.assertGreater(summary["peak_memory_bytes"], 0)


if __name__ == "__main__":
    harness.main()
