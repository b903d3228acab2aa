# SPDX-License-Identifier: Apache-2.0
"""validate: what it prints, its exit codes, and that everything the program writes is valid."""

import re
import struct

import harness
from harness import INPUT, NEGATIVE, USAGE, CliTest


def set_u16(path, tag, value):
    """Changes the first element with this tag that is an unsigned short in Explicit VR Little Endian."""
    content = bytearray(path.read_bytes())
    start = content.index(struct.pack("<HH2sH", tag >> 16, tag & 0xFFFF, b"US", 2))
    struct.pack_into("<H", content, start + 8, value)
    path.write_bytes(content)


class Validate(CliTest):
    def test_valid(self):
        self.dseg("phantom", "a.dcm", "--labels", 3, "--size", "9x7x5")
        result = self.dseg("validate", "a.dcm")
        self.assertEqual(result.out + result.err, "")
        found = self.dseg("validate", "a.dcm", "--json").json()
        self.assertEqual(
            found,
            {"file": "a.dcm", "findings": [], "checked": True, "valid": True, "pixels_checked": True, "errors": 0,
             "warnings": 0, "failure": None},
        )

    def test_not_valid(self):
        self.dseg("phantom", "a.dcm", "--labels", 3, "--size", "9x7x5")
        set_u16(self.dir / "a.dcm", 0x00280101, 7)
        result = self.dseg("validate", "a.dcm", code=NEGATIVE)
        self.assertEqual(
            result.out, "a.dcm: error: bits-stored: (0028,0101): is 7, must be 8 (PS3.3 C.8.20.2)\n", result.out
        )
        found = self.dseg("validate", "a.dcm", "--json", code=NEGATIVE).json()
        self.assertFalse(found["valid"])
        self.assertEqual(found["errors"], 1)
        self.assertEqual(
            found["findings"],
            [{"rule": "bits-stored", "severity": "error", "path": "(0028,0101)", "message": "is 7, must be 8",
              "section": "PS3.3 C.8.20.2", "count": 1}],
        )

    def test_several_files(self):
        self.volume()
        self.dseg("convert", "labels.nii", "good.dcm")
        self.dseg("convert", "labels.nii", "bad.dcm")
        set_u16(self.dir / "bad.dcm", 0x00280103, 1)
        found = self.dseg("validate", "good.dcm", "bad.dcm", "--json", code=NEGATIVE).json()
        self.assertEqual([item["valid"] for item in found], [True, False])

    def test_what_cannot_be_checked(self):
        (self.dir / "x.dcm").write_bytes(b"x" * 400)
        self.fails("validate", "x.dcm", code=INPUT)
        self.fails("validate", "gone.dcm", code=INPUT)
        self.fails("validate", code=USAGE)
        found = self.dseg("validate", "x.dcm", "--json", code=INPUT).json()
        self.assertFalse(found["checked"] or found["valid"])
        self.assertIn("not a DICOM file", found["failure"])

    def test_cut_off(self):
        self.volume()
        self.dseg("convert", "labels.nii", "a.dcm")
        content = (self.dir / "a.dcm").read_bytes()
        (self.dir / "cut.dcm").write_bytes(content[: len(content) // 2])
        self.fails("validate", "cut.dcm", code=INPUT)

    def test_rules(self):
        text = self.dseg("validate", "--rules").out
        rules = self.dseg("validate", "--rules", "--json").json()
        self.assertEqual([line.split()[0] for line in text.splitlines()], [rule["rule"] for rule in rules])
        for rule in rules:
            self.assertRegex(rule["section"], r"^PS3\.\d+ ")
            self.assertIn(rule["severity"], ("error", "warning"))

    def test_documentation_lists_the_rules(self):
        page = (harness.pathlib.Path(__file__).parents[2] / "docs" / "validation.md").read_text()
        rows = re.findall(r"^\| `([a-z0-9-]+)` \| (error|warning) \| (PS3\.[^|]+?) \| (.+?) \|$", page, re.MULTILINE)
        rules = self.dseg("validate", "--rules", "--json").json()
        wanted = [(rule["rule"], rule["severity"], rule["section"], rule["text"]) for rule in rules]
        self.assertEqual(rows, wanted)


class Codes(CliTest):
    """--codes, on a phantom of liver, left and right kidney."""

    def phantom(self, before=b"", after=b"", count=1):
        self.dseg("phantom", "a.dcm", "--labels", 3, "--size", "16x16x16", "--force")
        content = (self.dir / "a.dcm").read_bytes()
        self.assertEqual(len(before), len(after))
        if before:
            self.assertEqual(content.count(before), count)
        (self.dir / "a.dcm").write_bytes(content.replace(before, after))

    def review(self):
        result = self.dseg("validate", "a.dcm", "--codes")
        return result.out, result.err

    def test_nothing_to_find(self):
        self.phantom()
        out, note = self.review()
        self.assertEqual(out, "")
        self.assertRegex(note, r"0 of 5 codes could not be verified, in 0 of 8 places \(0 of private schemes\); table: .*PS3\.16 20")

    def test_is_asked_for(self):
        self.phantom(b"Liver ", b"Cortex")
        result = self.dseg("validate", "a.dcm")
        self.assertEqual(result.out + result.err, "")

    def test_meaning(self):
        self.phantom(b"Liver ", b"Cortex")
        self.assertEqual(
            self.review()[0],
            "a.dcm: warning: code-meaning: (0062,0002)[2]/(0062,000F)[1]/(0008,0104): is Cortex; SCT 10200004 is "
            '"Liver" (PS3.16) (PS3.3 8.3)\n',
        )

    def test_meaning_of_another_code(self):
        self.phantom(b"Liver ", b"Spleen")
        self.assertIn("is Spleen, the meaning of SCT 78961009; SCT 10200004 is", self.review()[0])

    def test_side(self):
        self.phantom(b"kidney left", b"kidney leff")
        out, _ = self.review()
        self.assertEqual(out, "")  # no side in words
        self.phantom(b"kidney right", b"left kidney ")
        self.assertEqual(
            self.review()[0],
            "a.dcm: warning: side-contradicted: (0062,0002)[4]/(0062,0005): is left kidney: words say left, the codes "
            "right (PS3.3 10.5)\n",
        )

    def test_what_is_in_no_table(self):
        self.phantom(b"10200004", b"10200104")
        out, note = self.review()
        self.assertEqual(out, "")
        self.assertIn("1 of 5 codes could not be verified, in 1 of 8 places (0 of private schemes): SCT 10200104; ", note)

    def test_default_codes(self):
        self.volume()
        self.dseg("convert", "labels.nii", "a.dcm")
        out = self.dseg("validate", "a.dcm").out
        self.assertRegex(out, r"^a\.dcm: warning: default-codes: \(0062,0002\)\[2\]/\(0062,000F\): is tissue of a body, "
                              r"and no more is said, of (\d+) of \1 segments \(PS3\.3 C\.8\.20\.4\)\n$")
        self.assertEqual(out, self.dseg("validate", "a.dcm", "--codes").out)  # the default is no finding of the review


class Written(CliTest):
    """Every representation in every transfer syntax that writes."""

    def test_everything_written_is_valid(self):
        self.volume()
        codecs = [codec for codec in self.dseg("codecs", "--json").json()["frame_codecs"] if codec["can_write"]]
        written = 0
        for kind in ("binary", "fractional", "labelmap"):
            for codec in codecs:
                name = f"{kind}-{codec['name']}.dcm"
                arguments = [harness.PROGRAM, "convert", "labels.nii", name, "--as", kind]
                arguments += ["--transfer-syntax", codec["name"]]
                done = harness.subprocess.run(arguments, cwd=self.dir, capture_output=True, timeout=120)
                if done.returncode == 0:
                    written += 1
                    found = self.dseg("validate", name, "--json").json()
                    known = {"default-codes"} | ({"transfer-syntax-private"} if codec["experimental"] else set())
                    self.assertEqual([x for x in found["findings"] if x["rule"] not in known], [], name)
                    self.assertTrue(found["pixels_checked"], name)
        self.assertGreaterEqual(written, 3 * 3)

    def test_options(self):
        self.volume()
        for name, options in {
            "kept.dcm": ["--as", "binary", "--empty-frames", "keep"],
            "omitted.dcm": ["--as", "binary", "--empty-frames", "omit"],
            "some.dcm": ["--as", "binary", "--segments", "7", "--planes", "2-3"],
        }.items():
            self.dseg("convert", "labels.nii", name, *options)
            found = self.dseg("validate", name, "--json").json()["findings"]
            self.assertEqual([x["rule"] for x in found], ["default-codes"], name)


harness.main()
