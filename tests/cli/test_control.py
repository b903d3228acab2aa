# SPDX-License-Identifier: Apache-2.0
"""Control characters of file names, labels and values reach neither standard output nor standard error."""

import re
import subprocess

import harness
from harness import CliTest

CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f\x80-\x9f]")
NAME = "x\x1b[31m\x07\u009b2J\n.nii"


def seg_nrrd(path, label):
    header = [
        "NRRD0004", "type: uint8", "dimension: 3", "space: left-posterior-superior", "sizes: 2 2 2",
        "space directions: (1,0,0) (0,1,0) (0,0,1)", "space origin: (0,0,0)", "encoding: raw",
        "Segment0_ID:=a", f"Segment0_Name:={label}", "Segment0_LabelValue:=1", "Segment0_Layer:=0",
    ]  # fmt: skip
    path.write_bytes("\n".join([*header, "", ""]).encode() + bytes([0, 1] * 4))


class Control(CliTest):
    def shows_none(self, *arguments):
        done = subprocess.run([harness.PROGRAM, *arguments], cwd=self.dir, capture_output=True, timeout=60)
        for stream in (done.stdout, done.stderr):
            text = stream.decode("utf-8")  # a byte of C1 alone would fail here
            self.assertIsNone(CONTROL.search(text), (arguments, text))
        return done

    def test_names_of_files(self):
        self.volume(NAME)
        self.volume("labels.nii")
        done = self.shows_none("info", NAME)
        self.assertIn(b"x\\x1b[31m\\x07\\xc2\\x9b2J\\x0a.nii\n", done.stdout)
        for arguments in (
            ("info", NAME, "--json"),
            ("info", NAME + "x"),
            ("compare", NAME, "labels.nii", "--ignore", "voxels"),
            ("compare", NAME, NAME + "x"),
            ("validate", NAME),
            ("convert", NAME, "out" + NAME + "x"),
            ("preview", NAME, NAME),
            ("transcode", NAME, NAME),
            ("fr\x1bob",),
            ("info", "--fr\x1bob"),
            ("convert", NAME, "out.dcm", "--as", "x\x1b"),
        ):
            with self.subTest(arguments=arguments):
                self.shows_none(*arguments)

    def test_bytes_that_are_no_text(self):
        done = subprocess.run([harness.PROGRAM, "info", b"\x9b31m\xff"], cwd=self.dir, capture_output=True, timeout=60)
        self.assertTrue(done.stderr.startswith(b"\\x9b31m\xff: error: "), done.stderr)

    def test_labels(self):
        seg_nrrd(self.dir / "a.seg.nrrd", "li\x1b[31m\u009bver")
        seg_nrrd(self.dir / "b.seg.nrrd", "kid\x1bney")
        self.assertIn(rb"li\x1b[31m\xc2\x9bver", self.shows_none("info", "a.seg.nrrd", "--statistics").stdout)
        self.assertIn(rb"li\u001b[31m\u009bver", self.shows_none("info", "a.seg.nrrd", "--json").stdout)
        self.shows_none("compare", "a.seg.nrrd", "b.seg.nrrd")
        self.shows_none("convert", "a.seg.nrrd", "out.dcm", "--segments", "li\x1bx")

    def test_elements(self):
        self.volume()
        self.dseg("convert", "labels.nii", "a.dcm", "--series-description", "ABCDEFGH")
        content = (self.dir / "a.dcm").read_bytes()
        self.assertIn(b"ABCDEFGH", content)
        for name, value in (("b.dcm", b"A\x1b[31m\x07\x7fB"), ("c.dcm", b"A\x9b31m\xc2\x9bB")):
            (self.dir / name).write_bytes(content.replace(b"ABCDEFGH", (value + b"ABCDEFGH")[:8]))
            self.shows_none("info", name)
            self.shows_none("validate", name, "--all")
            self.shows_none("convert", name, name + ".nii")
            self.shows_none("compare", name, "a.dcm")


if __name__ == "__main__":
    harness.main()
