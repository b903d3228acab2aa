# SPDX-License-Identifier: Apache-2.0
"""dseg with standard input and output, pipes, and formats that no suffix tells."""

import fcntl
import gzip
import os
import pty
import struct
import subprocess
import termios

import harness
from harness import INPUT, NEGATIVE, OK, OUTPUT, USAGE, CliTest


class StreamTest(CliTest):
    def run_with(self, data, *arguments, code=OK):
        """Runs the program with bytes through a pipe as standard input; returns what it wrote, and its messages."""
        done = subprocess.run(
            [harness.PROGRAM, *map(str, arguments)], cwd=self.dir, input=data, capture_output=True, timeout=120
        )
        harness.skip_without_library(self, done.returncode, code, done.stderr.decode())
        self.assertEqual(done.returncode, code, f"{arguments}\n{done.stderr.decode()}")
        if code == OK:
            self.assertNotIn(b"error:", done.stderr)
        elif code != NEGATIVE:
            self.assertIn(b"error:", done.stderr)
        return done.stdout, done.stderr.decode()

    def setUp(self):
        super().setUp()
        self.volume()
        self.dseg("convert", "labels.nii", "a.dcm", "--as", "binary", "--uid-seed", "a")
        self.dseg("convert", "labels.nii", "a.seg.nrrd")
        self.dseg("convert", "labels.nii", "a.mha")
        (self.dir / "a.nii.gz").write_bytes(gzip.compress((self.dir / "labels.nii").read_bytes()))

    def bytes_of(self, name):
        return (self.dir / name).read_bytes()


class StandardInput(StreamTest):
    def test_info_of_each_format(self):
        for name in ("a.dcm", "a.seg.nrrd", "a.mha", "a.nii.gz", "labels.nii"):
            with self.subTest(name):
                out, _ = self.run_with(self.bytes_of(name), "info", "-", "--json")
                found = harness.json.loads(out)
                expected = self.dseg("info", name, "--json").json()
                self.assertEqual(found.pop("file"), "standard input")
                self.assertEqual(expected.pop("file"), name)
                self.assertEqual(found, expected)

    def test_compare(self):
        for arguments in (("-", "a.nii.gz"), ("a.mha", "-")):
            out, _ = self.run_with(self.bytes_of("labels.nii"), "compare", *arguments)
            self.assertIn(b"same", out)
        self.volume("other.nii", labels=lambda i, j, k: int(i == 4))
        out, _ = self.run_with(self.bytes_of("other.nii"), "compare", "-", "a.dcm", code=NEGATIVE)
        self.assertIn(b"A: standard input", out)

    def test_validate(self):
        self.run_with(self.bytes_of("a.dcm"), "validate", "-")
        self.run_with(self.bytes_of("a.mha"), "validate", "-", code=INPUT)
        _, error = self.run_with(self.bytes_of("a.dcm")[:900], "validate", "-", code=INPUT)
        self.assertIn("standard input: error:", error)

    def test_convert(self):
        self.run_with(self.bytes_of("labels.nii"), "convert", "-", "b.dcm", "--as", "binary")
        self.dseg("compare", "a.dcm", "b.dcm")
        self.run_with(self.bytes_of("a.dcm"), "convert", "-", "b.nii")
        self.dseg("compare", "a.dcm", "b.nii")

    def test_convert_with_other_inputs(self):
        self.volume("one.nii", labels=lambda i, j, k: int(i < 5))
        self.volume("two.nii", labels=lambda i, j, k: 2 * int(i >= 5))
        self.dseg("convert", "one.nii", "two.nii", "both.dcm")
        for names, data in ((("-", "two.nii"), "one.nii"), (("one.nii", "-"), "two.nii")):
            self.run_with(self.bytes_of(data), "convert", *names, "out.dcm", "--force")
            self.dseg("compare", "both.dcm", "out.dcm", "--ignore", "names")

    def test_a_file(self):
        """Standard input may be a file, which is read at the places that are needed."""
        with open(self.dir / "a.dcm", "rb") as file:
            file.seek(100)
            done = subprocess.run([harness.PROGRAM, "info", "-"], stdin=file, capture_output=True, timeout=60, check=True)
        self.assertIn(b"binary", done.stdout)

    def test_what_cannot_be_read(self):
        for data in (b"", b"text", self.bytes_of("a.dcm")[:600]):
            for command in ("info", "validate"):
                _, error = self.run_with(data, command, "-", code=INPUT)
                self.assertIn("standard input: error: ", error)
        self.run_with(b"text", "compare", "-", "a.dcm", code=USAGE)
        self.run_with(b"text", "convert", "-", "out.dcm", code=INPUT)
        self.assertNotIn("out.dcm", self.files())

    def test_devices_and_directories(self):
        self.assertIn("device", self.dseg("info", "-", code=INPUT).err)  # /dev/null
        self.assertIn("a directory", self.dseg("transcode", ".", "b.dcm", "--transfer-syntax", "rle", code=INPUT).err)

    def test_once_only(self):
        for arguments in (("info", "-", "-"), ("compare", "-", "-"), ("validate", "-", "-"), ("convert", "-", "-", "b.dcm")):
            self.assertIn("once", self.fails(*arguments, code=USAGE).err)

    def test_a_file_of_that_name(self):
        os.rename(self.dir / "a.mha", self.dir / "-")
        self.assertIn("MetaImage", self.dseg("info", "./-").out)

    def test_headers_without_their_voxels(self):
        for name in ("n.nhdr", "m.mhd", "h.hdr"):
            with self.subTest(name):
                self.dseg("convert", "labels.nii", name)
                _, error = self.run_with(self.bytes_of(name), "info", "-", code=INPUT)
                self.assertIn("the voxels are in another file", error)
                self.dseg("info", name)


class StandardOutput(StreamTest):
    def test_each_format(self):
        """What goes to standard output is what would be in the file."""
        for form in ("nii", "nii.gz", "nrrd", "seg.nrrd", "mha", "dicom"):
            with self.subTest(form):
                name = "b.dcm" if form == "dicom" else f"b.{form}"
                options = ("--as", "binary", "--uid-seed", "b") if form == "dicom" else ()
                environment = {"SOURCE_DATE_EPOCH": "1735689600"}
                os.environ.update(environment)
                self.addCleanup(os.environ.pop, "SOURCE_DATE_EPOCH", None)
                self.dseg("convert", "a.dcm", name, *options)
                out, _ = self.run_with(b"", "convert", "a.dcm", "-", "--format", form, *options)
                self.assertEqual(out, self.bytes_of(name))

    def test_a_chain(self):
        """Every step through a pipe; nothing is left in the directory."""
        before = self.files()
        data = self.bytes_of("labels.nii")
        for form in ("dicom", "seg.nrrd", "mha", "dicom", "nii.gz"):
            data, _ = self.run_with(data, "convert", "-", "-", "--format", form)
        out, _ = self.run_with(data, "compare", "-", "labels.nii")
        self.assertIn(b"same", out)
        self.assertEqual(self.files(), before)

    def test_odd_suffixes(self):
        self.dseg("convert", "labels.nii", "b.dat", "--format", "nii.gz")
        self.assertEqual(self.bytes_of("b.dat")[:2], b"\x1f\x8b")
        self.dseg("convert", "b.dat", "object", "--format", "dicom")
        self.dseg("compare", "object", "labels.nii")
        self.dseg("convert", "labels.nii", "b.nii", "--format", "dicom")  # the option decides
        self.assertEqual(self.bytes_of("b.nii")[128:132], b"DICM")

    def test_mistakes(self):
        for arguments, text in (
            ((), "--format"),
            (("--format", "bmp"), "bmp"),
            (("--format", "dicom", "--json"), "--json"),
            (("--format", "nii", "--split"), "--split"),
            (("--format", "dicom", "--concatenation"), "--concatenation"),
            (("--format", "dicom", "--sync"), "--sync"),
            (("--format", "nii", "--as", "binary"), "--as"),
            (("--format", "dicom", "--compression", "3"), "--compression"),
            (("--format", "dicom", "--write-metadata", "-"), "./-"),
            (("--format", "dicom", "--metadata", "-"), "./-"),
        ):
            with self.subTest(arguments):
                self.assertIn(text, self.fails("convert", "a.dcm", "-", *arguments, code=USAGE).err)
        for form in ("nhdr", "mhd", "hdr"):
            error = self.fails("convert", "a.dcm", "-", "--format", form, code=OUTPUT).err
            self.assertIn("another file", error)

    def test_with_metadata(self):
        out, _ = self.run_with(b"", "convert", "a.dcm", "-", "--format", "dicom", "--write-metadata", "b.json")
        self.assertEqual(out[128:132], b"DICM")
        self.assertEqual(len(harness.json.loads(self.bytes_of("b.json"))["segmentAttributes"][0]), 3)

    def test_no_output_of_a_bad_input(self):
        (self.dir / "bad.dcm").write_bytes(self.bytes_of("a.dcm")[:1500])
        self.fails("convert", "bad.dcm", "-", "--format", "nii", code=INPUT)

    def test_a_full_disk(self):
        if not os.path.exists("/dev/full"):
            self.skipTest("no /dev/full")
        for form in ("dicom", "nii.gz", "mha"):
            with open("/dev/full", "wb") as full:
                done = subprocess.run(
                    [harness.PROGRAM, "convert", "a.dcm", "-", "--format", form],
                    cwd=self.dir, stdout=full, stderr=subprocess.PIPE, timeout=60, check=False,
                )  # fmt: skip
            self.assertEqual(done.returncode, OUTPUT)
            self.assertIn(b"standard output: error:", done.stderr)

    def test_a_terminal_is_refused(self):
        ours, theirs = pty.openpty()
        try:
            done = subprocess.run(
                [harness.PROGRAM, "convert", "a.dcm", "-", "--format", "dicom"],
                cwd=self.dir, stdout=theirs, stderr=subprocess.PIPE, timeout=60, check=False,
            )  # fmt: skip
        finally:
            os.close(theirs)
            os.close(ours)
        self.assertEqual(done.returncode, OUTPUT)
        self.assertIn(b"terminal", done.stderr)


class Fifos(StreamTest):
    def setUp(self):
        super().setUp()
        os.mkfifo(self.dir / "f.dcm")

    def test_without_a_writer(self):
        """An error at once, wherever a FIFO is named."""
        for arguments, code in (
            (("info", "f.dcm"), INPUT),
            (("validate", "f.dcm"), INPUT),
            (("compare", "f.dcm", "f.dcm"), USAGE),
            (("convert", "f.dcm", "o.nii.gz"), INPUT),
            (("convert", "a.dcm", "f.dcm", "o.nii.gz"), INPUT),
            (("convert", "a.dcm", "o.dcm", "--metadata", "f.dcm"), INPUT),
            (("convert", "a.dcm", "o.dcm", "--reference", "f.dcm"), INPUT),
            (("preview", "f.dcm", "o.png"), INPUT),
        ):
            with self.subTest(arguments):
                self.assertIn("f.dcm", self.dseg(*arguments, code=code).err)
                self.assertEqual(self.files() & {"o.nii.gz", "o.dcm", "o.png"}, set())

    def with_writer(self, data, *arguments, code=OK):
        """Runs the program while a process writes data to the FIFO."""
        writer = subprocess.Popen(["sh", "-c", "cat > f.dcm"], cwd=self.dir, stdin=subprocess.PIPE)
        try:
            # Holds the FIFO open, so that the writer is past its opening; it does not read.
            holder = os.open(self.dir / "f.dcm", os.O_RDONLY | os.O_NONBLOCK)
            writer.stdin.write(data[:1])
            writer.stdin.flush()
            while not has_bytes(holder):
                pass
            program = subprocess.Popen(
                [harness.PROGRAM, *arguments], cwd=self.dir, stdout=subprocess.PIPE, stderr=subprocess.PIPE
            )
            writer.stdin.write(data[1:])
            writer.stdin.close()
            out, error = program.communicate(timeout=60)
            os.close(holder)
        finally:
            writer.kill()
            writer.wait()
            if not writer.stdin.closed:
                writer.stdin.close()
        self.assertEqual(program.returncode, code, error)
        return out

    def test_with_a_writer(self):
        data = self.bytes_of("a.dcm")
        self.assertIn(b"binary", self.with_writer(data, "info", "f.dcm"))
        self.with_writer(data, "validate", "f.dcm")
        self.with_writer(data, "compare", "a.dcm", "f.dcm")
        self.with_writer(data, "convert", "f.dcm", "o.nii")
        self.dseg("compare", "a.dcm", "o.nii")

    def test_one_of_several(self):
        """A pipe is read once, although the first look at several files is for a Concatenation."""
        self.volume("one.nii", labels=lambda i, j, k: int(i < 5))
        self.volume("two.nii", labels=lambda i, j, k: 2 * int(i >= 5))
        self.dseg("convert", "one.nii", "one.dcm")
        self.dseg("convert", "one.nii", "two.nii", "both.dcm")
        self.with_writer(self.bytes_of("one.dcm"), "convert", "f.dcm", "two.nii", "out.dcm")
        self.dseg("compare", "both.dcm", "out.dcm", "--ignore", "names,details")


def has_bytes(descriptor):
    """Whether a pipe has something to read."""
    return struct.unpack("i", fcntl.ioctl(descriptor, termios.FIONREAD, b"\0\0\0\0"))[0] > 0


if __name__ == "__main__":
    harness.main()
