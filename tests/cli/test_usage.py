# SPDX-License-Identifier: Apache-2.0
"""The command line itself: help, version, mistakes."""

import os
import pathlib

import harness
from harness import INPUT, OK, OUTPUT, USAGE, CliTest, make_voxels
from volumes import SIZE, write_volume

SUBCOMMANDS = {
    "convert": [
        "as", "reference", "metadata", "segments", "planes", "overlap", "grid", "split", "threads", "force",
    ],
    "info": ["json"],
    "compare": ["json"],
    "codecs": ["json"],
    "preview": ["force"],
}  # fmt: skip


class Help(CliTest):
    def test_program(self):
        out = self.dseg("--help").out
        for name in SUBCOMMANDS:
            self.assertIn(name, out)
        self.assertEqual(self.dseg("-h").out, out)

    def test_subcommands(self):
        for name, options in SUBCOMMANDS.items():
            with self.subTest(name):
                out = self.dseg(name, "--help").out
                self.assertTrue(out.startswith(f"Usage: dseg {name} "), out)
                for option in options:
                    self.assertIn(f"--{option}", out)
                for line in out.splitlines():
                    self.assertLessEqual(len(line), 100, line)

    def test_version(self):
        self.assertRegex(self.dseg("--version").out, r"\d+\.\d+\.\d+")

    def test_version_names_every_library(self):
        text = self.dseg("--version").out
        self.assertRegex(text, r"built with ([A-Za-z-]+ \d+(\.\d+)+, )*libc\n")
        modules = pathlib.Path(os.environ["DSEG_TEST_MODULES"])
        linked = set().union(*map(harness.linked_libraries, [harness.PROGRAM, *modules.glob("dseg-*.so")]))
        for soname, name in harness.LIBRARIES.items():
            if soname in linked:
                self.assertRegex(text, rf"\b{name} \d", soname)


class Mistakes(CliTest):
    def test_nothing_asked(self):
        self.assertIn("--help", self.fails_with_usage().err)

    def fails_with_usage(self, *arguments):
        before = self.files()
        result = self.dseg_any(*arguments)
        self.assertEqual(result.code, USAGE, f"{arguments}\n{result.err}")
        self.assertEqual(result.out, "")
        self.assertNotEqual(result.err, "")
        self.assertEqual(self.files(), before)
        return result

    def dseg_any(self, *arguments):
        import subprocess

        done = subprocess.run([harness.PROGRAM, *arguments], cwd=self.dir, capture_output=True, timeout=60)
        return harness.Result(done)

    def test_unknown_subcommand(self):
        self.assertIn("frobnicate", self.fails_with_usage("frobnicate").err)

    def test_unknown_option(self):
        for name in SUBCOMMANDS:
            self.assertIn("--frobnicate", self.fails_with_usage(name, "--frobnicate").err)

    def test_did_you_mean(self):
        self.volume()
        for arguments, name in (
            (("convrt",), "convert"),
            (("inof",), "info"),
            (("valid",), "validate"),
            (("convert", "labels.nii", "out.dcm", "--segmnts", "1"), "--segments"),
            (("convert", "labels.nii", "out.dcm", "--thread=2"), "--threads"),
            (("info", "labels.nii", "--jsn"), "--json"),
            (("info", "labels.nii", "-json"), "--json"),
            (("convert", "labels.nii", "out.dcm", "--as", "labelmp"), "labelmap"),
            (("convert", "labels.nii", "out.dcm", "--transfer-syntax", "RLEE"), "rle"),
            (("convert", "labels.nii", "out.dcm", "--transfer-syntax", "explicit_le_"), "explicit-le"),
            (("transcode", "a.dcm", "out.dcm", "--transfer-syntax", "explicitle"), "explicit-le"),
            (("convert", "labels.nii", "out.dcm", "--overlap", "frist"), "first"),
            (("convert", "labels.nii", "-", "--format", "dicm"), "dicom"),
            (("compare", "labels.nii", "labels.nii", "--ignore", "voxel"), "voxels"),
            (("samples", "labels.nii", "out", "--only", "labelmp"), "labelmap"),
            (("samples", "labels.nii", "out", "--only", "labelmap/rl"), "rle"),
        ):
            with self.subTest(arguments=arguments):
                self.assertIn(f"; did you mean {name}?\n", self.fails_with_usage(*arguments).err)

    def test_nothing_is_near(self):
        for arguments in (("frobnicate",), ("x",), ("info", "--x"), ("info", "--" + 9999 * "json")):
            self.assertNotIn("did you mean", self.fails_with_usage(*arguments).err)

    def test_options_of_a_codec(self):
        self.volume()
        for codec, words in (("label-edge", "its options are "), ("rle", "it has none")):
            arguments = ("convert", "labels.nii", "out.dcm", "--transfer-syntax", codec, "--option", "smae=1")
            err = self.fails_with_usage(*arguments).err
            self.assertRegex(err, f"{codec} has no option smae; {words}")

    def test_arguments_missing(self):
        for name in ("convert", "info", "compare", "preview"):
            with self.subTest(name):
                self.fails_with_usage(name)
        self.fails_with_usage("convert", "one.nii")
        self.fails_with_usage("compare", "one.nii")

    def test_arguments_too_many(self):
        self.fails_with_usage("compare", "a.nii", "b.nii", "c.nii")
        self.fails_with_usage("codecs", "a.nii")

    def test_values(self):
        self.volume()
        for option, value in (
            ("--as", "surface"),
            ("--segments", "5-3"),
            ("--segments", ""),
            ("--planes", "3-1"),
            ("--planes", "x"),
            ("--planes", "1-99999999999999999999"),
            ("--overlap", "maybe"),
            ("--grid", "loose"),
            ("--threads", "-1"),
            ("--threads", "many"),
        ):
            with self.subTest(option=option, value=value):
                self.fails_with_usage("convert", "labels.nii", "out.dcm", option, value)
        self.fails_with_usage("convert", "labels.nii", "out.dcm", "--as")

    def test_refusals_name_the_option_that_helps(self):
        self.volume()
        self.dseg("convert", "labels.nii", "a.dcm", "--as", "binary")
        fractions = [0.3 * (value != 0) for value in make_voxels(SIZE, harness.blocks)]
        write_volume(self.dir / "f.nii", fractions * 2, "f", volumes=2)
        self.dseg("convert", "f.nii", "f.dcm")
        for name in ("out.dcm", "out.png"):
            (self.dir / name).write_text("precious")
        for arguments, words in (
            (("convert", "labels.nii", "out.dcm"), "--force"),
            (("transcode", "a.dcm", "out.dcm", "--transfer-syntax", "rle"), "--force"),
            (("preview", "a.dcm", "out.png"), "--force"),
            (("phantom", "out.dcm", "--size", "16x16x4"), "--force"),
            (("samples", "a.dcm", "."), "--force"),
            (("convert", "a.dcm", "b.dcm", "--transfer-syntax", "jpeg-ls"), "--as labelmap"),
            (("convert", "f.dcm", "b.seg.nrrd"), "--threshold"),
            (("convert", "f.dcm", "b.mha"), "--threshold"),
            (("convert", "a.dcm", "b.nii", "--memory", "600"), "--memory"),
        ):
            with self.subTest(arguments=arguments):
                done = self.dseg_any(*arguments)
                harness.skip_without_library(self, done.code, OUTPUT, done.err)
                self.assertIn(done.code, (INPUT, OUTPUT))
                self.assertIn(words, done.err)

    def test_output_suffix(self):
        self.volume()
        self.assertIn("out.jpeg", self.fails_with_usage("convert", "labels.nii", "out.jpeg").err)

    def test_after_two_dashes_all_are_names(self):
        self.volume("--help.nii")
        self.dseg("convert", "--", "--help.nii", "out.nii", code=OK)
        self.assertIn("out.nii", self.files())


if __name__ == "__main__":
    harness.main()
