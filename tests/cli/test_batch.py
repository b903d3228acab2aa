# SPDX-License-Identifier: Apache-2.0
"""dseg batch: what is written, reported, skipped and done again."""

import fcntl
import hashlib
import json
import os
import pathlib
import resource
import shutil
import struct
import subprocess
import unittest
import zlib

import harness
import images
from batches import TRANSCODE, hidden, lines, make_objects, outputs, run
from harness import INPUT, NEGATIVE, OK, OUTPUT, USAGE, CliTest

COUNT = 12


class BatchTest(CliTest):
    @classmethod
    def setUpClass(cls):
        cls.made = pathlib.Path("objects").resolve()
        shutil.rmtree(cls.made, ignore_errors=True)
        make_objects(cls.made, COUNT)
        images.write_image(cls.made / "ct.dcm", 1, (0, 0, 0), 7, 9, (1, 1), (1, 0, 0, 0, 1, 0))

    def setUp(self):
        super().setUp()
        shutil.copytree(self.made, self.dir / "in")
        self.inputs = {path: path.read_bytes() for path in (self.dir / "in").rglob("*") if path.is_file()}

    def tearDown(self):
        for path, content in self.inputs.items():
            if path.exists():
                self.assertEqual(path.read_bytes(), content, f"{path} was changed")

    def batch(self, *arguments, code=OK, **options):
        result = run(self.dir, *arguments, **options)
        self.assertEqual(result.code, code, f"{arguments}\n{result.out}\n{result.err}")
        return result

    def report(self, name="out/report.jsonl"):
        return lines(self.dir / name)

    def change(self, name, content):
        path = self.dir / name
        path.write_bytes(content)
        self.inputs[path] = content


class Transcode(BatchTest):
    def test_tree_and_report(self):
        cut = (self.dir / "in/part0/seg000.dcm").read_bytes()[:2000]
        self.change("in/part0/cut.dcm", cut)
        result = self.batch("in", "--to", "out", *TRANSCODE, "--digest", "--checksum", "--jobs", 3, code=NEGATIVE)
        self.assertIn("in/part0/cut.dcm: error: ", result.err)
        self.assertIn("12 done", result.err)
        self.assertIn("1 failed", result.err)
        self.assertIn("2 other files passed over", result.err)
        report = {line["input"]: line for line in self.report()}
        self.assertEqual(len(report), COUNT + 1)
        self.assertEqual(hidden(self.dir / "out"), [])
        for name, line in report.items():
            source, output = self.dir / name, self.dir / line["output"]
            self.assertEqual(line["bytes_in"], source.stat().st_size)
            self.assertEqual(line["sha256_in"], hashlib.sha256(source.read_bytes()).hexdigest())
            self.assertEqual(line["do"], "transcode")
            self.assertEqual(line["options"], "transcode --transfer-syntax rle")
            self.assertEqual(line["options_sha256"], hashlib.sha256(line["options"].encode()).hexdigest())
            if name == "in/part0/cut.dcm":
                self.assertEqual((line["status"], line["rc"]), ("failed", INPUT))
                self.assertTrue(line["message"])
                self.assertFalse(output.exists())
                continue
            self.assertEqual(line["output"], name.replace("in/", "out/", 1))
            self.assertEqual((line["status"], line["rc"], line["message"], line["verified"]), ("ok", 0, None, True))
            self.assertEqual(line["bytes_out"], output.stat().st_size)
            self.assertEqual(line["sha256_out"], hashlib.sha256(output.read_bytes()).hexdigest())
            self.assertGreater(line["cpu_seconds"], 0)
            self.dseg("transcode", source, "one.dcm", "--transfer-syntax", "rle", "--force")
            self.assertEqual((self.dir / "one.dcm").read_bytes(), output.read_bytes())
            info = self.dseg("info", "--json", output).json()
            self.assertEqual(line["sop_instance_uid"], info["sop_instance_uid"])
            self.assertEqual((line["frames"], line["segments"]), (info["frames"], len(info["segments"])))
        digests = {line["voxels_sha256"] for line in report.values() if line["status"] == "ok"}
        self.assertEqual(len(digests), 5)  # of 12 objects with voxels of five kinds

    def test_resume(self):
        self.batch("in", "--to", "out", *TRANSCODE)
        first, before = self.report(), outputs(self.dir / "out")
        times = {name: (self.dir / "out" / name).stat().st_mtime_ns for name in before}
        result = self.batch("in", "--to", "out", *TRANSCODE)
        self.assertIn("12 done before", result.err)
        self.assertEqual(self.report(), first)
        self.assertEqual({name: (self.dir / "out" / name).stat().st_mtime_ns for name in before}, times)
        # One input is another object now, and two outputs are not what they were.
        self.change("in/part0/seg003.dcm", (self.dir / "in/part0/seg004.dcm").read_bytes())
        (self.dir / "out/part0/seg001.dcm").unlink()
        (self.dir / "out/part1/seg011.dcm").write_bytes(b"cut off")
        self.batch("in", "--to", "out", *TRANSCODE)
        done = [line["input"] for line in self.report()[len(first):]]
        self.assertEqual(sorted(done), ["in/part0/seg001.dcm", "in/part0/seg003.dcm", "in/part1/seg011.dcm"])
        after = outputs(self.dir / "out")
        self.assertEqual(after.pop("part0/seg003.dcm"), before.pop("part0/seg004.dcm"))
        after.pop("part0/seg004.dcm"), before.pop("part0/seg003.dcm")
        self.assertEqual(after, before)

    def test_other_options_replace(self):
        self.batch("in", "--to", "out", *TRANSCODE)
        before = outputs(self.dir / "out")
        self.batch("in", "--to", "out", "--do", "transcode", "--transfer-syntax", "explicit-le")
        after = outputs(self.dir / "out")
        self.assertEqual(before.keys(), after.keys())
        self.assertTrue(all(before[name] != after[name] for name in before))
        self.assertEqual(len(self.report()), 2 * COUNT)
        # What was done without verification is done again with it.
        self.batch("in", "--to", "out", "--do", "transcode", "--transfer-syntax", "explicit-le", "--verify")
        self.assertEqual(len(self.report()), 3 * COUNT)
        self.assertEqual(outputs(self.dir / "out"), after)

    def test_checksum(self):
        arguments = ("in", "--to", "out", *TRANSCODE, "--checksum")
        self.batch(*arguments)
        for path in (self.dir / "in").rglob("*.dcm"):
            os.utime(path, (1, 1))
        self.assertIn("12 done before", self.batch(*arguments).err)
        path = self.dir / "in/part0/seg003.dcm"
        facts = path.stat()
        self.change("in/part0/seg003.dcm", path.read_bytes().replace(b"Segment 7", b"Segment X"))
        os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns))
        self.batch(*arguments)
        self.assertEqual([line["input"] for line in self.report()[COUNT:]], ["in/part0/seg003.dcm"])

    def test_failures(self):
        whole = (self.dir / "in/part0/seg000.dcm").read_bytes()
        self.change("in/part0/cut.dcm", whole[:2000])
        arguments = ("in", "--to", "out", *TRANSCODE)
        self.batch(*arguments, code=NEGATIVE)
        self.assertIn("1 failed", self.batch(*arguments, code=NEGATIVE).err)
        self.assertEqual(len(self.report()), COUNT + 1)
        self.batch(*arguments, "--retry-failed", code=NEGATIVE)
        self.assertEqual(len(self.report()), COUNT + 2)
        self.change("in/part0/cut.dcm", whole)
        result = self.batch("--from-report", "out/report.jsonl", "--to", "out", *TRANSCODE)
        self.assertIn("1 objects: 1 done", result.err)
        line = self.report()[-1]
        self.assertEqual((line["input"], line["output"], line["status"]), ("in/part0/cut.dcm", "out/part0/cut.dcm", "ok"))
        self.batch(*arguments)

    def test_most_failures(self):
        for i in range(8):
            self.change(f"in/part0/cut{i}.dcm", b"\0" * 128 + b"DICM" + bytes(200))
        names = sorted((self.dir / "in/part0").glob("cut*"))
        for option in (("--max-failures", 2), ("--fail-fast",)):
            shutil.rmtree(self.dir / "out", ignore_errors=True)
            result = self.batch(*names, "--to", "out", *TRANSCODE, *option, "--jobs", 1, code=NEGATIVE)
            count = 2 if len(option) == 2 else 1
            self.assertEqual(len(self.report()), count)
            self.assertIn(f"{8 - count} left", result.err)

    def test_a_codec_that_forgets(self):
        """An output that is not the input after decoding is removed, and told."""
        os.environ["DSEG_PLUGIN_PATH"] = str(pathlib.Path(os.environ["DSEG_TEST_PLUGINS"]) / "plugin_good")
        self.addCleanup(os.environ.pop, "DSEG_PLUGIN_PATH")
        self.dseg("convert", "in/part0/seg000.dcm", "map.dcm", "--as", "labelmap")
        arguments = ("map.dcm", "--to", "out", "--do", "transcode", "--transfer-syntax", "test-invert", "--option")
        self.batch(*arguments, "mask=240", "--verify", code=NEGATIVE)
        line, = self.report()
        self.assertEqual((line["status"], line["verified"]), ("failed", False))
        self.assertEqual(outputs(self.dir / "out"), {})
        self.assertEqual(hidden(self.dir / "out"), [])
        self.batch(*arguments, "mask=255", "--verify")
        self.assertEqual(list(outputs(self.dir / "out")), ["map.dcm"])

    def test_planes_on_no_grid(self):
        """What `dseg compare` cannot bring together is compared plane by plane."""
        content = (self.dir / "in/part0/seg000.dcm").read_bytes()
        (self.dir / "irregular.dcm").write_bytes(content.replace(b"-30.5", b"-30.1"))
        self.assertEqual(self.dseg("compare", "irregular.dcm", "irregular.dcm", code=USAGE).out, "")
        for number, arguments in enumerate((TRANSCODE, Convert.ARGUMENTS)):
            self.batch("irregular.dcm", "--to", f"out{number}", *arguments)
            self.assertTrue(self.report(f"out{number}/report.jsonl")[0]["verified"])

    def test_what_readers_refuse(self):
        """Its elements are copied, but it cannot be verified."""
        content = (self.dir / "in/part0/seg000.dcm").read_bytes()
        at = content.index(b"\x28\0\x30\0DS") + 8
        size = struct.unpack_from("<H", content, at - 2)[0]
        (self.dir / "odd.dcm").write_bytes(content[:at] + b"-1\\1".ljust(size) + content[at + size :])
        arguments = ("odd.dcm", "--to", "out", "--do", "transcode", "--transfer-syntax", "rle")
        self.batch(*arguments, "--verify", code=NEGATIVE)
        self.assertEqual(outputs(self.dir / "out"), {})
        self.batch(*arguments, "--retry-failed")
        line = self.report()[-1]
        self.assertEqual((line["status"], line["verified"]), ("ok", False))
        self.assertIn("Pixel Spacing", line["warnings"][0])

    def test_others_files_stay(self):
        (self.dir / "out/part0").mkdir(parents=True)
        (self.dir / "out/part0/seg002.dcm").write_bytes(b"mine")
        arguments = ("in", "--to", "out", *TRANSCODE)
        self.batch(*arguments, code=NEGATIVE)
        self.assertEqual((self.dir / "out/part0/seg002.dcm").read_bytes(), b"mine")
        failed, = [line for line in self.report() if line["status"] == "failed"]
        self.assertIn("--force", failed["message"])
        self.batch(*arguments, "--force", "--retry-failed")
        self.assertNotEqual((self.dir / "out/part0/seg002.dcm").read_bytes(), b"mine")

    def test_what_was_compared_is_not_replaced(self):
        """A comparison has not written the file that it names, though its line has the same key."""
        (self.dir / "out").mkdir()
        shutil.copy(self.dir / "in/part0/seg000.dcm", self.dir / "out/seg000.dcm")
        before = outputs(self.dir / "out")
        self.batch("in/part0/seg000.dcm", "--to", "out", "--do", "compare")
        self.batch("in/part0/seg000.dcm", "--to", "out", *TRANSCODE, code=NEGATIVE)
        self.assertEqual(outputs(self.dir / "out"), before)
        self.batch("in/part0/seg000.dcm", "--to", "out", *TRANSCODE, "--retry-failed", "--force")
        self.assertNotEqual(outputs(self.dir / "out"), before)
        self.batch("in/part0/seg000.dcm", "--to", "out", "--do", "compare")
        self.batch("in/part0/seg000.dcm", "--to", "out", "--do", "transcode", "--transfer-syntax", "explicit-le")
        self.assertEqual(outputs(self.dir / "out"), before)

    def test_inputs_stay_with_force(self):
        """An output that another object is made of, or the report, by its name or behind a link."""
        self.change("in/part0/seg000_x.dcm", (self.dir / "in/part0/seg001.dcm").read_bytes())
        inputs = ("in/part0/seg000.dcm", "in/part0/seg000_x.dcm")
        arguments = ("--name", "{stem}_x.dcm", *TRANSCODE, "--force", "--report", "r.jsonl")
        for place in ("in/part0", "linked"):
            (self.dir / "linked").mkdir(exist_ok=True)
            if place == "linked":
                (self.dir / "linked/seg000_x.dcm").symlink_to("../in/part0/seg000_x.dcm")
            result = self.batch(*inputs, "--to", place, *arguments, code=USAGE)
            self.assertIn(f"would become {place}/seg000_x.dcm, which is another input", result.err)
        (self.dir / "list").write_text('{"input": "in/part0/seg000.dcm", "output": "report.jsonl"}\n')
        self.batch("@list", "--to", "out", *TRANSCODE, "--force", code=USAGE)

    def test_without_the_report(self):
        """What a run has written before it was killed is known by its bytes."""
        self.batch("in", "--to", "out", *TRANSCODE)
        times = {path: path.stat().st_mtime_ns for path in (self.dir / "out").rglob("*.dcm")}
        (self.dir / "out/report.jsonl").unlink()
        self.batch("in", "--to", "out", *TRANSCODE)
        self.assertEqual({path: path.stat().st_mtime_ns for path in (self.dir / "out").rglob("*.dcm")}, times)
        self.assertEqual({line["status"] for line in self.report()}, {"ok"})

    def test_a_report_in_use(self):
        (self.dir / "out").mkdir()
        with open(self.dir / "out/report.jsonl", "ab") as report:
            fcntl.lockf(report, fcntl.LOCK_EX)
            self.assertIn("another run", self.batch("in", "--to", "out", *TRANSCODE, code=OUTPUT).err)
        self.batch("in", "--to", "out", *TRANSCODE)

    def test_a_report_that_is_none(self):
        """A file that --report names by mistake stays as it is."""
        self.change("in/whole.txt", b"words\nand more")
        self.change("in/list.jsonl", b'{"input": "in/part0/seg000.dcm"}')
        self.change("in/lists.jsonl", b'{"input": "in/part0/seg000.dcm"}\n{"input": "in/part0/seg001.dcm"}')
        for name in ("in/part0/seg000.dcm", "in/whole.txt", "in/list.jsonl", "in/lists.jsonl"):
            result = self.batch("in/part0/seg001.dcm", "--report", name, "--do", "validate", code=USAGE)
            self.assertIn(f"{name}: error: is no report", result.err)
            self.batch("--from-report", name, "--to", "out", *TRANSCODE, code=USAGE)
        for content in (b"", b'{"in', b'{"input": "in/part0/seg001.dcm", "outp'):  # as a kill leaves it
            (self.dir / "v.jsonl").write_bytes(content)
            self.batch("in/part0/seg001.dcm", "--report", "v.jsonl", "--do", "validate")
            self.assertEqual([line["status"] for line in self.report("v.jsonl")], ["ok"])

    def test_outputs_among_inputs(self):
        for _ in range(2):
            self.batch("in", "--to", "in/out", *TRANSCODE)
        self.assertEqual(len(outputs(self.dir / "in/out")), COUNT)
        # A tree that would be written over itself.
        self.batch("in", "--to", "in", "--report", "r.jsonl", *TRANSCODE, "--force", code=NEGATIVE)
        self.assertEqual({line["status"] for line in self.report("r.jsonl") if "/out/" not in line["input"]}, {"failed"})


class Inputs(BatchTest):
    def test_lists(self):
        names = [f"in/part0/seg00{i}.dcm" for i in range(4)]
        text = "\n".join(names) + "\n"
        (self.dir / "list").write_text(text.replace("\n", "\r\n"))
        (self.dir / "nul").write_text("\0".join(names))
        for number, (arguments, options) in enumerate((
            (("@list",), {}),
            (("--list", "list"), {}),
            (("-",), {"stdin": None, "input": text.encode()}),
            (("-0", "@nul"), {}),
            (("--null", "--list", "nul"), {}),
        )):  # fmt: skip
            options = {key: value for key, value in options.items() if value is not None}
            if "input" in options:
                done = subprocess.run([harness.PROGRAM, "batch", *arguments, "--to", f"out{number}", *TRANSCODE],
                                      cwd=self.dir, capture_output=True, timeout=60, **options)  # fmt: skip
                self.assertEqual(done.returncode, OK, done.stderr)
            else:
                self.batch(*arguments, "--to", f"out{number}", *TRANSCODE)
            self.assertEqual(sorted(outputs(self.dir / f"out{number}")), names)

    def test_json_lines(self):
        good = self.dir / "in/part0/seg001.dcm"
        (self.dir / "staged").mkdir()
        shutil.copy(good, self.dir / "staged/1")
        entries = [
            {"input": "in/part0/seg000.dcm", "output": "b/\u00fc.dcm"},
            {"input": "staged/1", "name": "s3://archive/x/seg.dcm", "sha256": hashlib.sha256(good.read_bytes()).hexdigest()},
            {"input": "in/part0/seg002.dcm", "sha256": 64 * "0"},
        ]  # fmt: skip
        (self.dir / "list").write_text("".join(json.dumps(entry) + "\n" for entry in entries))
        self.batch("@list", "--to", "out", *TRANSCODE, code=NEGATIVE)
        report = {line["input"]: line for line in self.report()}
        self.assertEqual(report["in/part0/seg000.dcm"]["output"], "out/b/\u00fc.dcm")
        self.assertEqual(report["s3://archive/x/seg.dcm"]["output"], "out/s3:/archive/x/seg.dcm")
        self.assertEqual(report["in/part0/seg002.dcm"]["status"], "failed")
        self.assertIn("SHA-256", report["in/part0/seg002.dcm"]["message"])
        for line, words in (
            ('{"input": 1', "no JSON object"),
            ("{}", 'no "input"'),
            ('{"input": "x", "output": "../y"}', '"output"'),
            ('{"input": "x", "output": "/y"}', '"output"'),
        ):
            (self.dir / "bad").write_text(line + "\n")
            self.assertIn(words, self.batch("@bad", "--to", "no", *TRANSCODE, code=INPUT).err)
        self.assertFalse((self.dir / "no").exists())

    def test_outputs_of_a_list_for_queries(self):
        (self.dir / "list").write_text('{"input": "in/part0/seg000.dcm", "output": "x.dcm"}\n')
        self.batch("@list", "--to", "out", "--do", "validate")
        self.assertEqual([(line["output"], line["status"]) for line in self.report()], [(None, "ok")])

    def test_failures_of_a_report(self):
        """They are read where they were, and go to where they were to go, which has to be in --to."""
        whole = (self.dir / "in/part0/seg000.dcm").read_bytes()
        self.change("in/staged", whole[:2000])
        (self.dir / "list").write_text('{"input": "in/staged", "name": "s3://archive/x.dcm"}\n')
        self.batch("@list", "--to", "out", *TRANSCODE, code=NEGATIVE)
        self.assertEqual(self.report()[0]["path"], "in/staged")
        self.change("in/staged", whole)
        arguments = ("--from-report", "out/report.jsonl", *TRANSCODE)
        self.batch(*arguments, "--to", "elsewhere", code=NEGATIVE)
        self.assertIn("is not in --to", self.report("elsewhere/report.jsonl")[0]["message"])
        self.assertEqual((outputs(self.dir / "out"), outputs(self.dir / "elsewhere")), ({}, {}))
        self.batch(*arguments, "--to", "out", "--name", "{name}", code=USAGE)
        self.batch(*arguments, "--to", "out")
        last = self.report()[-1]
        self.assertEqual((last["input"], last["path"], last["status"]), ("s3://archive/x.dcm", "in/staged", "ok"))
        self.assertEqual(list(outputs(self.dir / "out")), ["s3:/archive/x.dcm"])

    def test_a_name_twice(self):
        name = "in/part0/seg000.dcm"
        (self.dir / "list").write_text(2 * (name + "\n"))
        for _ in range(2):
            self.batch("@list", "--to", "out", *TRANSCODE)
            self.assertEqual(sorted(line["status"] for line in self.report()), ["ok", "skipped"])

    def test_what_is_no_segmentation(self):
        """Named by a list it costs its line."""
        (self.dir / "list").write_text("in/readme.txt\nin/ct.dcm\nin/none.dcm\nin\nin/part0/seg000.dcm\n")
        self.batch("@list", "--to", "out", *TRANSCODE, code=NEGATIVE)
        status = {line["input"]: line["status"] for line in self.report()}
        self.assertEqual([name for name in status if status[name] == "ok"], ["in/part0/seg000.dcm"])
        self.assertEqual(len(status), 5)

    def test_bomb(self):
        """A data set that inflates to gigabytes costs its line."""
        content = (self.dir / "in/part0/seg000.dcm").read_bytes()
        syntax = content.index(b"1.2.840.10008.1.2.1\0")
        length = struct.unpack_from("<I", content, 140)[0]
        meta = bytearray(content[: 144 + length].replace(b"1.2.840.10008.1.2.1\0", b"1.2.840.10008.1.2.1.99"))
        struct.pack_into("<I", meta, 140, length + 2)
        struct.pack_into("<H", meta, syntax - 2, 22)
        packer = zlib.compressobj(9, zlib.DEFLATED, -15)
        packed = packer.compress(content[144 + length :])
        packed += b"".join(packer.compress(bytes(1 << 20)) for _ in range(300)) + packer.flush()
        self.change("in/bomb.dcm", bytes(meta) + packed)
        self.batch("in", "--to", "out", *TRANSCODE, "--memory", "1G", code=NEGATIVE)
        failed, = [line for line in self.report() if line["status"] == "failed"]
        self.assertEqual(failed["input"], "in/bomb.dcm")
        self.assertLess(failed["peak_memory_bytes"], 256 << 20)

    def test_names(self):
        self.batch("in", "--to", "out", *TRANSCODE, "--name", "{SeriesInstanceUID}/{SOPInstanceUID}.dcm")
        for line in self.report():
            info = self.dseg("info", "--json", line["input"]).json()
            self.assertEqual(line["output"], f"out/{info['series_uid']}/{info['sop_instance_uid']}.dcm")
        self.batch("in", "--to", "out2", *TRANSCODE, "--name", "{directory}x-{stem}.dcm")
        self.assertIn("part0/x-seg000.dcm", outputs(self.dir / "out2"))

    def test_collisions(self):
        (self.dir / "in/part1/seg000.dcm").write_bytes((self.dir / "in/part0/seg000.dcm").read_bytes())
        for name in ("{stem}.dcm", "{SOPInstanceUID}.dcm"):
            result = self.batch("in", "--to", "out", *TRANSCODE, "--name", name, code=USAGE)
            self.assertIn("in/part0/seg000.dcm and in/part1/seg000.dcm would both become out/", result.err)
            self.assertFalse((self.dir / "out").exists())

    def test_one_file_by_several_names(self):
        for other in ("a//b.dcm", "./a/b.dcm", "a/./b.dcm"):
            entries = [{"input": "in/part0/seg000.dcm", "output": "a/b.dcm"},
                       {"input": "in/part0/seg001.dcm", "output": other}]  # fmt: skip
            (self.dir / "list").write_text("".join(json.dumps(entry) + "\n" for entry in entries))
            self.assertIn("would both become out/a/b.dcm", self.batch("@list", "--to", "out", *TRANSCODE, code=USAGE).err)

    def test_names_that_lead_out(self):
        """A name that an archive has, or the top of a tree, cannot lead out of --to."""
        shutil.copy(self.dir / "in/part0/seg000.dcm", self.dir / "in/...dcm")
        self.change("in/top.dcm", (self.dir / "in/part0/seg001.dcm").read_bytes())
        (self.dir / "list").write_text("in/...dcm\n")
        self.batch("@list", "--to", "out", *TRANSCODE, "--name", "{stem}/{SOPInstanceUID}.dcm", code=NEGATIVE)
        self.batch("in/top.dcm", "--to", "out", *TRANSCODE, "--name", "{directory}../x-{name}", code=NEGATIVE)
        self.assertEqual(["lead out of" in line["message"] for line in self.report()], [True, True])
        self.assertEqual(outputs(self.dir / "out"), {})
        self.assertEqual([path.name for path in self.dir.glob("*.dcm")], [])

    def test_names_in_other_characters(self):
        """A report cannot tell them apart; a list gives them names that it can."""
        name = b"in/part0/M\xfcller.dcm"
        try:
            shutil.copy(self.dir / "in/part0/seg000.dcm", os.fsencode(self.dir) + b"/" + name)
        except OSError:
            self.skipTest("a file system without such names")
        done = subprocess.run([harness.PROGRAM, "batch", "in", "--to", "out", *TRANSCODE], cwd=self.dir, capture_output=True, timeout=60)
        self.assertEqual(done.returncode, NEGATIVE)
        self.assertIn(b"no UTF-8", done.stderr)
        self.assertEqual([line["status"] for line in self.report()].count("ok"), COUNT)
        self.assertEqual(len(outputs(self.dir / "out")), COUNT)
        (self.dir / "list").write_bytes(b'{"input": "' + name + b'", "name": "in/part0/M\xc3\xbcller.dcm"}\n')
        for _ in range(2):
            result = self.batch("@list", "--to", "other", *TRANSCODE)
            self.assertEqual([line["output"] for line in self.report("other/report.jsonl")], ["other/in/part0/M\u00fcller.dcm"])

    def test_names_of_what_cannot_be_opened(self):
        self.batch("in/none.dcm", "--to", "out", *TRANSCODE, "--name", "{SOPInstanceUID}.dcm", code=NEGATIVE)
        self.assertIn("No such file", self.report()[0]["message"])

    def test_usage(self):
        for arguments, words in (
            (("in", "--to", "out"), "no --do"),
            (("in", "--do", "transcode", "--to", "out"), "no --transfer-syntax"),
            (("in", *TRANSCODE), "no --to"),
            (("--to", "out", *TRANSCODE), "no INPUT"),
            (("in", "--do", "validate"), "--report"),
            (("in", "--do", "validat", "--to", "out"), 'did you mean validate?'),
            (("in", "--to", "out", *TRANSCODE, "--name", "../{name}"), "leads out"),
            (("in", "--to", "out", *TRANSCODE, "--name", "{nam}"), "none of {relative}"),
            (("in", "--to", "out", "--do", "convert", "--verify", "--segments", "1"), "--segments changes"),
            (("in", "--to", "out", "--do", "convert", "--uid-seed", "1"), "unknown option"),
            (("in", "--to", "out", "--do", "validate", "--verify"), "writes nothing"),
        ):
            self.assertIn(words, self.batch(*arguments, code=USAGE).err)
        self.assertFalse((self.dir / "out").exists())
        self.assertIn("--offset-table", self.batch("--do", "transcode", "--help").out)


class Place(BatchTest):
    """A place that outputs cannot be written to ends the run, and no object is to blame."""

    def test_full(self):
        arguments = ("in", "--to", "out", *TRANSCODE, "--jobs", 2)
        limit = 3000  # bytes of a file: lines of the report fit, outputs do not
        result = self.batch(*arguments, code=OUTPUT, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))  # fmt: skip
        self.assertIn("the run can go on", result.err)
        self.assertEqual(outputs(self.dir / "out"), {})
        self.assertEqual(hidden(self.dir / "out"), [])
        self.assertEqual([line for line in self.report() if line["status"] == "failed"], [])
        self.batch(*arguments)
        self.assertEqual(len(outputs(self.dir / "out")), COUNT)

    def test_full_file_system(self):
        (self.dir / "small").mkdir()
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "none", self.dir / "small"], capture_output=True)
        if mounted.returncode != 0:
            self.skipTest("no file system can be mounted here")
        self.addCleanup(subprocess.run, ["umount", self.dir / "small"], check=True)
        arguments = ("in", "--to", "small", *TRANSCODE, "--report", "r.jsonl", "--jobs", 2)
        self.assertIn("No space left", self.batch(*arguments, code=OUTPUT).err)
        report = self.report("r.jsonl")
        self.assertEqual({line["status"] for line in report}, {"ok"})
        self.assertLess(len(report), COUNT)
        subprocess.run(["mount", "-o", "remount,size=8m", self.dir / "small"], check=True)
        self.batch(*arguments)
        self.assertEqual(len(outputs(self.dir / "small")), COUNT)
        self.assertEqual(len(self.report("r.jsonl")), COUNT)
        subprocess.run(["mount", "-o", "remount,ro", self.dir / "small"], check=True)
        self.batch("in", "--to", "small", "--report", "r2.jsonl", *TRANSCODE, "--force", code=OUTPUT)

    def test_no_directory(self):
        (self.dir / "out").write_bytes(b"")
        self.batch("in", "--to", "out", "--report", "r.jsonl", *TRANSCODE, code=OUTPUT)
        self.batch("in", "--to", "none", "--report", "/dev/full", *TRANSCODE, code=OUTPUT)

    def test_no_room_for_the_report(self):
        arguments = ("in", "--report", "v.jsonl", "--do", "validate")
        self.batch(*arguments, code=OUTPUT, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000)))
        self.assertLess(len(self.report("v.jsonl")), COUNT)  # whole lines, without that which had no room
        self.batch(*arguments)
        self.assertEqual(len(self.report("v.jsonl")), COUNT)


class Convert(BatchTest):
    ARGUMENTS = ("--do", "convert", "--as", "labelmap", "--transfer-syntax", "rle", "--verify")

    def test_the_same_bytes_everywhere(self):
        self.batch("in", "--to", "out", *self.ARGUMENTS)
        shutil.copytree(self.dir / "in", self.dir / "elsewhere/in")
        self.batch("elsewhere/in", "--to", "else", *self.ARGUMENTS, "--jobs", 1)
        self.assertEqual(outputs(self.dir / "out"), outputs(self.dir / "else"))
        self.batch("in", "--to", "other", *self.ARGUMENTS, "--renumber")
        uids = [{line["sop_instance_uid"] for line in self.report(f"{name}/report.jsonl")} for name in ("out", "other")]
        self.assertEqual([len(found) for found in uids], [COUNT, COUNT])
        self.assertEqual(uids[0] & uids[1], set())

    def test_dates_of_the_input(self):
        self.batch("in/part0/seg003.dcm", "--to", "out", *self.ARGUMENTS)
        source, output = ((self.dir / name).read_bytes() for name in ("in/part0/seg003.dcm", "out/seg003.dcm"))
        date, time = (source[source.index(tag) + 8 :][:size] for tag, size in ((b"\x08\0\x23\0DA", 8), (b"\x08\0\x33\0TM", 6)))
        self.assertIn(b"\x08\0\x23\0DA\x08\0" + date, output)
        self.assertIn(b"\x08\0\x33\0TM\x06\0" + time, output)

    def test_malformed_dates(self):
        source = (self.dir / "in/part0/seg003.dcm").read_bytes()
        at = source.index(b"\x08\0\x23\0DA") + 8
        self.change("in/part0/seg003.dcm", source[:at] + b"20201399" + source[at + 8 :])
        self.batch("in/part0/seg003.dcm", "--to", "out", *self.ARGUMENTS)
        self.assertIn(b"\x08\0\x23\0DA\x08\x0020250101", (self.dir / "out/seg003.dcm").read_bytes())

    def test_volumes(self):
        self.batch("in", "--to", "out", "--do", "convert", "--format", "nii", "--verify")
        self.assertEqual(len(outputs(self.dir / "out")), COUNT)
        for name in ("a", "b"):
            self.batch("out", "--to", name, "--do", "convert", "--verify")
            self.assertEqual(len(self.report(f"{name}/report.jsonl")[0]["warnings"]), 2)
        self.assertEqual(outputs(self.dir / "a"), outputs(self.dir / "b"))
        self.dseg("compare", "in/part0/seg000.dcm", "a/part0/seg000.dcm", "--ignore", "codes,details,provenance,colors,numbers")

    def test_directions_that_are_made_perpendicular(self):
        affine = ((-0.8, 0.0004, 0.0, 11.0), (0.0, -0.9, 0.0, 22.0), (0.0, 0.0, 2.5, -33.0))
        self.volume("sheared.nii", affine=affine)
        self.batch("sheared.nii", "--to", "out", *self.ARGUMENTS)
        self.assertTrue(self.report()[0]["verified"])
        self.assertTrue([text for text in self.report()[0]["warnings"] if "right angle" in text or "perpendicular" in text])

    def test_files_of_options_count_by_content(self):
        (self.dir / "names.csv").write_text("index,name\n1,one\n2,two\n3,seven\n")
        arguments = ("in/part0/seg000.dcm", "--do", "convert", "--names", "names.csv", "--to")
        self.batch(*arguments, "a")
        self.batch(*arguments, "a")
        self.assertEqual(len(self.report("a/report.jsonl")), 1)
        (self.dir / "names.csv").write_text("index,name\n1,eins\n2,zwei\n3,sieben\n")
        self.batch(*arguments, "a")
        first, second = self.report("a/report.jsonl")
        self.assertNotEqual(first["sop_instance_uid"], second["sop_instance_uid"])


        # The same table by another name.
        os.rename(self.dir / "names.csv", self.dir / "other.csv")
        self.batch("in/part0/seg000.dcm", "--do", "convert", "--names", "other.csv", "--to", "b")
        third, = self.report("b/report.jsonl")
        self.assertEqual(third["sop_instance_uid"], second["sop_instance_uid"])
        self.assertEqual(third["options_sha256"], second["options_sha256"])

    def test_options_that_read_alike(self):
        """What one value says is not what several options say."""
        arguments = ("in/part0/seg000.dcm", "--do", "convert", "--algorithm")
        self.batch(*arguments, "A --renumber", "--to", "a")
        self.batch(*arguments, "A", "--renumber", "--to", "b")
        first, second = (self.report(f"{name}/report.jsonl")[0] for name in ("a", "b"))
        self.assertEqual(first["options"], "convert --algorithm A\\ --renumber")
        self.assertNotEqual(first["sop_instance_uid"], second["sop_instance_uid"])

    def test_words_are_no_files(self):
        self.volume("v.nii")
        arguments = ("v.nii", "--do", "convert", "--grid", "tight", "--to")
        self.batch(*arguments, "a")
        (self.dir / "tight").write_text("a file of this name")
        self.batch(*arguments, "b")
        self.assertEqual(outputs(self.dir / "a"), outputs(self.dir / "b"))


class Queries(BatchTest):
    def test_validate(self):
        bad = (self.dir / "in/part0/seg001.dcm").read_bytes().replace(b"BINARY", b"BINARX")
        self.change("in/part0/bad.dcm", bad)
        self.batch("in", "--report", "v.jsonl", "--do", "validate", code=NEGATIVE)
        failed, = [line for line in self.report("v.jsonl") if line["status"] == "failed"]
        self.assertEqual((failed["input"], failed["rc"], failed["valid"]), ("in/part0/bad.dcm", NEGATIVE, False))
        self.assertGreater(failed["errors"], 0)
        self.assertTrue(failed["findings"][0]["message"])

    def test_info(self):
        self.batch("in", "--report", "i.jsonl", "--do", "info", "--statistics")
        for line in self.report("i.jsonl"):
            self.assertEqual(line["info"], self.dseg("info", "--json", "--statistics", line["input"]).json())

    def test_compare(self):
        self.batch("in", "--to", "out", *TRANSCODE)
        shutil.copy(self.dir / "out/part0/seg000.dcm", self.dir / "out/part0/seg001.dcm")
        (self.dir / "out/part0/seg002.dcm").unlink()
        self.batch("in", "--to", "out", "--report", "c.jsonl", "--do", "compare", code=NEGATIVE)
        failed = {line["input"]: line for line in self.report("c.jsonl") if line["status"] == "failed"}
        self.assertEqual(sorted(failed), ["in/part0/seg001.dcm", "in/part0/seg002.dcm"])
        self.assertEqual((failed["in/part0/seg001.dcm"]["rc"], failed["in/part0/seg002.dcm"]["rc"]), (NEGATIVE, INPUT))
        self.assertIn("voxels", failed["in/part0/seg001.dcm"]["differs"])

    def test_compare_again(self):
        """A copy that has changed, or is gone, is not the one that was compared."""
        self.batch("in", "--to", "out", *TRANSCODE)
        arguments = ("in", "--to", "out", "--report", "c.jsonl", "--do", "compare")
        self.batch(*arguments)
        self.assertIn("12 done before", self.batch(*arguments).err)
        self.assertEqual(len(self.report("c.jsonl")), COUNT)
        shutil.copy(self.dir / "out/part0/seg000.dcm", self.dir / "out/part0/seg001.dcm")
        (self.dir / "out/part0/seg002.dcm").unlink()
        for extra in ((), ("--checksum", "--retry-failed")):
            self.batch(*arguments, *extra, code=NEGATIVE)
            last = {line["input"]: line["status"] for line in self.report("c.jsonl")}
            failed = sorted(name for name in last if last[name] == "failed")
            self.assertEqual(failed, ["in/part0/seg001.dcm", "in/part0/seg002.dcm"])

    def test_compare_with_copies_among_inputs(self):
        self.batch("in", "--to", "in/out", *TRANSCODE)
        self.batch("in", "--to", "in/out", "--report", "c.jsonl", "--do", "compare")
        self.assertEqual(len(self.report("c.jsonl")), COUNT)

    def test_summary(self):
        result = self.batch("in", "--to", "out", *TRANSCODE, "--json")
        summary = json.loads(result.out)
        self.assertEqual((summary["objects"], summary["ok"], summary["failed"], summary["passed_over"]), (COUNT, COUNT, 0, 2))
        self.assertEqual(summary["bytes_out"], sum(map(len, outputs(self.dir / "out").values())))


if __name__ == "__main__":
    unittest.main(verbosity=1)
