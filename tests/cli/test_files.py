# SPDX-License-Identifier: Apache-2.0
"""Files are safe: no output is an input or another output, modes and links stay, signals leave nothing."""

import os
import pathlib
import resource
import shutil
import signal
import stat
import struct
import subprocess
import tempfile
import time

import harness
from harness import INPUT, OUTPUT, PROGRAM, USAGE, CliTest

INPUTS = "an output is an input"
OUTPUTS = "two outputs have the same name"
NAMED = os.environ.get("DSEG_TEST_NAMED")  # the program as it is where no file is without a name


class SamePath(CliTest):
    """Exit code 2, both names in the message, nothing written, whether files may be replaced or not."""

    def setUp(self):
        super().setUp()
        self.volume()

    def refused(self, what, names, *arguments):
        for options in ((), ("--force",)):
            with self.subTest(arguments, options=options):
                error = self.fails(*arguments, *options, code=USAGE).err
                self.assertIn(what, error)
                for name in names:
                    self.assertIn(name, error)

    def test_metadata_and_output(self):
        for output, json in (("y.dcm", "y.dcm"), ("y.dcm", "./y.dcm"), ("y.nii", "folder/../y.nii")):
            (self.dir / "folder").mkdir(exist_ok=True)
            self.refused(OUTPUTS, (output, json), "convert", "labels.nii", output, "--write-metadata", json)

    def test_metadata_and_voxels_of_a_header(self):
        for output, data in (("x.mhd", "x.raw"), ("x.nhdr", "x.raw"), ("x.hdr", "x.img")):
            self.dseg("convert", "labels.nii", output, "--compression", "none")
            self.assertIn(data, self.files())
            arguments = ("convert", "labels.nii", output, "--compression", "none", "--write-metadata", f"./{data}")
            self.assertIn(OUTPUTS, self.fails(*arguments, "--force", code=USAGE).err)
            for name in (output, data):
                (self.dir / name).unlink()
            self.refused(OUTPUTS, (data,), *arguments)

    def test_metadata_and_a_part_of_split(self):
        self.refused(OUTPUTS, ("s-2-segment-2.nii",),
                     "convert", "labels.nii", "s.nii", "--split", "--write-metadata", "s-2-segment-2.nii")  # fmt: skip

    def test_metadata_and_the_input(self):
        self.refused(INPUTS, ("labels.nii",), "convert", "labels.nii", "z.dcm", "--write-metadata", "labels.nii")

    def test_standard_input(self):
        """The file that standard input comes from is an input, too; a pipe is none."""
        self.dseg("convert", "labels.nii", "a.dcm")
        os.link(self.dir / "a.dcm", self.dir / "hard.dcm")
        before = (self.dir / "a.dcm").read_bytes()
        for output in ("a.dcm", "hard.dcm"):
            for command in (("convert", "-", output), ("transcode", "-", output, "--transfer-syntax", "rle")):
                with self.subTest(command), open(self.dir / "a.dcm", "rb") as stream:
                    done = subprocess.run([PROGRAM, *command, "--force"], cwd=self.dir, stdin=stream,
                                          capture_output=True, timeout=60)  # fmt: skip
                    self.assertEqual(done.returncode, USAGE)
                    self.assertIn(INPUTS, done.stderr.decode())
                    self.assertEqual((self.dir / output).read_bytes(), before)
        done = subprocess.run([PROGRAM, "convert", "-", "a.dcm", "--force"], cwd=self.dir, input=before,
                              capture_output=True, timeout=60)  # fmt: skip
        self.assertEqual(done.returncode, 0)

    def test_input(self):
        os.link(self.dir / "labels.nii", self.dir / "hard.nii")
        os.symlink("labels.nii", self.dir / "soft.nii")
        (self.dir / "folder").mkdir()
        os.symlink("..", self.dir / "folder/up")
        for name in ("labels.nii", "./labels.nii", "hard.nii", "soft.nii", "folder/up/labels.nii"):
            self.refused(INPUTS, (name, "labels.nii"), "convert", "labels.nii", name)
        self.dseg("convert", "labels.nii", "a.dcm")
        self.refused(INPUTS, ("a.dcm",), "convert", "labels.nii", "a.dcm", "a.dcm")
        self.refused(INPUTS, ("a.dcm",), "convert", "a.dcm", "a.dcm", "--transfer-syntax", "implicit-le")
        os.link(self.dir / "a.dcm", self.dir / "hard.dcm")
        os.symlink("a.dcm", self.dir / "soft.dcm")
        for name in ("a.dcm", "./a.dcm", "hard.dcm", "soft.dcm"):
            self.refused(INPUTS, (name, "a.dcm"), "transcode", "a.dcm", name, "--transfer-syntax", "rle")
        os.symlink("labels.nii", self.dir / "p.png")
        self.refused(INPUTS, ("p.png", "labels.nii"), "preview", "labels.nii", "p.png")

    def test_voxels_of_an_input(self):
        for header, data in (("x.mhd", "x.raw"), ("x.nhdr", "x.raw"), ("x.hdr", "x.img")):
            self.dseg("convert", "labels.nii", header, "--compression", "none", "--force")
            arguments = ("convert", header, "y.dcm", "--write-metadata", data, "--force")
            self.assertIn(INPUTS, self.fails(*arguments, code=USAGE).err)

    def test_links_between_outputs(self):
        (self.dir / "a.dcm").write_text("old")
        os.link(self.dir / "a.dcm", self.dir / "a.json")
        os.symlink("a.dcm", self.dir / "b.json")
        os.symlink("new.dcm", self.dir / "c.json")
        for output, json in (("a.dcm", "a.json"), ("a.dcm", "b.json"), ("new.dcm", "c.json")):
            self.refused(OUTPUTS, (output, json), "convert", "labels.nii", output, "--write-metadata", json)

    def test_metadata_that_is_read(self):
        self.dseg("convert", "labels.nii", "a.dcm", "--write-metadata", "m.json")
        self.refused(INPUTS, ("m.json",), "convert", "labels.nii", "b.dcm", "--metadata", "m.json",
                     "--write-metadata", "./m.json")  # fmt: skip

    def test_references(self):
        """Whatever lies in the directory; a name that is free there may be taken."""
        (self.dir / "ct/deep").mkdir(parents=True)
        (self.dir / "ct/deep/i.dcm").write_bytes(b"\0" * 200)
        os.link(self.dir / "ct/deep/i.dcm", self.dir / "hard.dcm")
        for name in ("ct/deep/i.dcm", "hard.dcm"):
            for reference in ("ct", "ct/deep/i.dcm"):
                self.refused(INPUTS, (name, "i.dcm"), "convert", "labels.nii", name, "--reference", reference)
        error = self.fails("convert", "labels.nii", "ct/o.dcm", "--reference", "ct", code=INPUT).err
        self.assertNotIn(INPUTS, error)

    def test_dcmqi(self):
        arguments = ("--inputImageList", "labels.nii", "--inputMetadata", "m.json", "--inputDICOMDirectory", "ct")
        self.dseg("convert", "labels.nii", "a.dcm", "--write-metadata", "m.json")
        (self.dir / "ct").mkdir()
        (self.dir / "ct/i.dcm").write_bytes(b"\0" * 200)
        for output in ("labels.nii", "m.json", "ct/i.dcm"):
            error = self.fails("itkimage2segimage", *arguments, "--outputDICOM", output, code=1).err
            self.assertIn(f"{output}: error: {INPUTS}", error)
        os.link(self.dir / "a.dcm", self.dir / "1.nii.gz")
        error = self.fails("segimage2itkimage", "--inputDICOM", "a.dcm", "--outputDirectory", ".",
                           "--outputType", "nii", code=1).err  # fmt: skip
        self.assertIn(INPUTS, error)

    def test_plugins(self):
        """Those that were loaded; another file in their directory may be replaced."""
        shutil.copytree(pathlib.Path(os.environ["DSEG_TEST_PLUGINS"]) / "plugin_good", self.dir / "plug")
        plugin = next(path.name for path in (self.dir / "plug").iterdir() if path.suffix == ".so")
        os.environ["DSEG_PLUGIN_PATH"] = "plug"
        self.addCleanup(os.environ.pop, "DSEG_PLUGIN_PATH")
        os.symlink(f"plug/{plugin}", self.dir / "o.dcm")
        for command in (("convert", "labels.nii", "o.dcm"), ("phantom", "o.dcm", "--size", "16x16x8")):
            self.refused(INPUTS, ("o.dcm", f"plug/{plugin}"), *command)
        self.dseg("convert", "labels.nii", "plug/o.dcm")
        self.dseg("convert", "labels.nii", "plug/o.dcm", "--force")


class Modes(CliTest):
    def setUp(self):
        super().setUp()
        self.volume()
        self.addCleanup(os.umask, os.umask(0o022))

    def mode(self, name):
        return stat.S_IMODE((self.dir / name).stat().st_mode)

    def test_new_file_follows_umask(self):
        for mask in (0o022, 0o077, 0o002):
            os.umask(mask)
            for name in ("a.dcm", "a.json"):
                (self.dir / name).unlink(missing_ok=True)
            self.dseg("convert", "labels.nii", "a.dcm", "--write-metadata", "a.json")
            self.dseg("convert", "labels.nii", "a.nii")
            self.assertEqual({self.mode(name) for name in ("a.dcm", "a.nii", "a.json")}, {0o666 & ~mask})
            (self.dir / "a.nii").unlink()

    def test_replaced_file_keeps_its_mode(self):
        names = ("a.dcm", "a.mhd", "a.raw", "a.json")
        for mode in (0o600, 0o640, 0o444, 0o666):
            for name in names:
                (self.dir / name).write_text("old")
                (self.dir / name).chmod(mode)
            self.dseg("convert", "labels.nii", "a.dcm", "--write-metadata", "a.json", "--force")
            self.dseg("convert", "labels.nii", "a.mhd", "--compression", "none", "--force")
            self.dseg("compare", "a.dcm", "a.mhd", "--ignore", "names")
            self.assertEqual([self.mode(name) for name in names], [mode] * 4)
            for name in names:
                (self.dir / name).unlink()

    def access_list(self, *entries):
        """As Linux keeps it: a version, then tag, permissions and number of each entry."""
        return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)

    def test_access_lists(self):
        """Kept where the old file has one; not taken from the directory where it has none."""
        none = 0xFFFFFFFF
        name, default = "system.posix_acl_access", "system.posix_acl_default"
        owner_only = [(0x01, 6, none), (0x02, 4, 1234), (0x04, 0, none), (0x10, 4, none), (0x20, 0, none)]
        for old in ("listed.dcm", "plain.dcm"):
            (self.dir / old).write_text("old")
            (self.dir / old).chmod(0o640)
        try:
            os.setxattr(self.dir / "listed.dcm", name, self.access_list(*owner_only))
            os.setxattr(self.dir, default, self.access_list((0x01, 6, none), (0x02, 6, 77), *owner_only[2:]))
        except (AttributeError, OSError):
            print("skipped: the file system has no access lists")
            self.skipTest("no access lists")
        for old in ("listed.dcm", "plain.dcm"):
            self.dseg("convert", "labels.nii", old, "--force")
            self.assertEqual(self.mode(old), 0o640)
        self.assertEqual(os.getxattr(self.dir / "listed.dcm", name), self.access_list(*owner_only))
        self.assertNotIn(name, os.listxattr(self.dir / "plain.dcm"))

    def test_link_is_followed(self):
        (self.dir / "elsewhere").mkdir()
        self.dseg("convert", "labels.nii", "elsewhere/real.dcm")
        (self.dir / "elsewhere/real.dcm").chmod(0o600)
        os.symlink("elsewhere/real.dcm", self.dir / "link.dcm")
        self.fails("convert", "labels.nii", "link.dcm", code=OUTPUT)
        self.dseg("convert", "labels.nii", "link.dcm", "--renumber", "--force")
        self.assertTrue((self.dir / "link.dcm").is_symlink())
        self.assertEqual(self.mode("elsewhere/real.dcm"), 0o600)
        numbers = [item["number"] for item in self.dseg("info", "link.dcm", "--json").json()["segments"]]
        self.assertEqual(numbers, [1, 2, 3])
        self.assertEqual(os.listdir(self.dir / "elsewhere"), ["real.dcm"])

    def test_special_files_stay(self):
        os.mkfifo(self.dir / "f.dcm")
        for name in ("f.dcm", "/dev/null", "/dev/stdout"):
            done = subprocess.run(
                [PROGRAM, "convert", "labels.nii", name, "--format", "dcm", "--force"],
                cwd=self.dir, capture_output=True, timeout=60, check=False,
            )  # fmt: skip
            self.assertEqual(done.returncode, OUTPUT)
            self.assertIn(b"special file", done.stderr)
        self.assertTrue((self.dir / "f.dcm").is_fifo())
        self.assertTrue(stat.S_ISCHR(os.stat("/dev/null").st_mode))


def state_of(child):
    """A letter, as in proc(5): T is stopped, Z has ended."""
    return pathlib.Path(f"/proc/{child.pid}/stat").read_text().rsplit(")", 1)[1].split()[0]


def is_writing(child, directory):
    """It has a file of the directory open, with a name or without one."""
    for descriptor in pathlib.Path(f"/proc/{child.pid}/fd").iterdir():
        try:
            if os.readlink(descriptor).startswith(f"{directory}/"):
                return True
        except OSError:
            pass
    return False


def stop_when_writing(child, directory):
    """Stops the process at a moment when it writes; False when it has ended before."""
    while child.poll() is None:
        try:
            if is_writing(child, directory):
                break
        except OSError:
            continue
        time.sleep(0.001)
    child.send_signal(signal.SIGSTOP)
    while child.poll() is None and state_of(child) != "T":
        time.sleep(0.001)
    return child.returncode is None


class Signals(CliTest):
    """Nothing is left, and the exit status is that of the signal."""

    @classmethod
    def setUpClass(cls):
        cls.inputs = pathlib.Path(tempfile.mkdtemp(dir=os.getcwd()))
        cls.addClassCleanup(shutil.rmtree, cls.inputs)
        phantom = ("phantom", "in.nii", "--size", "160x160x100")
        for arguments in (phantom, ("convert", "in.nii", "b.dcm", "--as", "binary")):
            subprocess.run([PROGRAM, *arguments], cwd=cls.inputs, check=True, timeout=120)

    def setUp(self):
        super().setUp()
        for name in ("in.nii", "b.dcm"):
            os.link(self.inputs / name, self.dir / name)
        (self.dir / "out").mkdir()

    def start(self, program, *arguments, **more):
        return subprocess.Popen(
            [program, *arguments], cwd=self.dir, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more,
        )  # fmt: skip

    def finish(self, child):
        child.communicate(timeout=120)
        return child.returncode

    def left(self):
        return sorted(os.listdir(self.dir / "out"))

    def interrupt(self, program, number, **more):
        """Sends a signal while the run writes; one that ends before that is begun again."""
        for _ in range(20):
            child = self.start(program, "convert", "b.dcm", "out/o.nii", "--split", **more)
            if stop_when_writing(child, self.dir / "out"):
                child.send_signal(number)
                child.send_signal(signal.SIGCONT)
                return self.finish(child)
            self.finish(child)
            for name in self.left():
                (self.dir / "out" / name).unlink()
        self.fail("each run ended before the signal")

    def programs(self):
        return [program for program in (PROGRAM, NAMED) if program]

    def test_each(self):
        if not NAMED:
            print("skipped: hidden names need a static library")
        for program in self.programs():
            for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGPIPE", "SIGXCPU", "SIGXFSZ"):
                with self.subTest(name, named=program == NAMED):
                    number = getattr(signal, name)
                    default = lambda number=number: signal.signal(number, signal.SIG_DFL)  # noqa: E731
                    self.assertEqual(self.interrupt(program, number, preexec_fn=default), -number)
                    self.assertEqual(self.left(), [])

    def test_sent_again(self):
        """Signals that follow, as of an impatient user, do not cut off what the first one has begun to clean."""
        caught = 0
        for program in self.programs():
            for trial in range(12):
                out = self.dir / f"samples{trial}"
                out.mkdir(exist_ok=True)
                child = self.start(program, "samples", "in.nii", out.name, "--only", "labelmap", "--force")
                while child.poll() is None and not list(out.glob(".dseg-*.stage/*")):
                    time.sleep(0.001)
                time.sleep(trial * 0.01)
                child.send_signal(signal.SIGSTOP)
                while child.poll() is None and state_of(child) != "T":
                    time.sleep(0.001)
                named = [name for name in os.listdir(out) if not name.startswith(".")]
                if child.returncode is not None or named:  # too late
                    child.send_signal(signal.SIGCONT)
                    self.finish(child)
                    shutil.rmtree(out)
                    continue
                caught += 1
                child.send_signal(signal.SIGTERM)
                child.send_signal(signal.SIGCONT)
                for _ in range(100):
                    child.send_signal(signal.SIGTERM)
                self.assertEqual(self.finish(child), -signal.SIGTERM)
                self.assertEqual(os.listdir(out), [])
                out.rmdir()
        self.assertGreater(caught, 0, "each run ended before the signals")

    def test_one_that_is_ignored(self):
        """As under nohup: the run goes on."""
        ignore = lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN)  # noqa: E731
        self.assertEqual(self.interrupt(PROGRAM, signal.SIGHUP, preexec_fn=ignore), 0)
        self.assertEqual(len(self.left()), 108)

    def test_file_that_grows_too_large(self):
        """By the signal, or, where that is ignored, by the error: exit code 4."""
        for program in self.programs():
            for action, code in ((signal.SIG_DFL, -signal.SIGXFSZ), (signal.SIG_IGN, OUTPUT)):

                def limit(action=action):
                    resource.setrlimit(resource.RLIMIT_FSIZE, (20000, 20000))
                    signal.signal(signal.SIGXFSZ, action)

                for output, options in (("out/o.nii", ()), ("out/o.dcm", ()), ("out/o.mhd", ("--split",))):
                    with self.subTest(output, code=code, named=program == NAMED):
                        options = (*options, "--compression", "none") if output.endswith("mhd") else options
                        child = self.start(program, "convert", "in.nii", output, *options, preexec_fn=limit)
                        self.assertEqual(self.finish(child), code)
                        self.assertEqual(self.left(), [])

    def test_full_disk(self):
        """A small file system of its own, which only root can make."""
        (self.dir / "small").mkdir()
        made = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", self.dir / "small"], capture_output=True, check=False
        )
        if made.returncode != 0:
            print("skipped: a small file system cannot be mounted here")
            self.skipTest("mount")
        self.addCleanup(subprocess.run, ["umount", self.dir / "small"], check=True)
        (self.dir / "small/o.dcm").write_text("old")
        for program in self.programs():
            for output, options in (("o.dcm", ()), ("n.nii", ()), ("n.nii", ("--split",))):
                child = self.start(program, "convert", "in.nii", f"small/{output}", *options, "--force")
                self.assertEqual(self.finish(child), OUTPUT)
                self.assertEqual(os.listdir(self.dir / "small"), ["o.dcm"])
                self.assertEqual((self.dir / "small/o.dcm").read_text(), "old")

    def test_more_files_than_may_be_open(self):
        """Those that are complete are closed early. A signal that comes when all have their names leaves all."""
        limit = lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (40, 40))  # noqa: E731
        for program in self.programs():
            child = self.start(program, "convert", "b.dcm", "out/o.nii", "--split", preexec_fn=limit)
            self.assertEqual(self.finish(child), 0)
            self.assertEqual(len(self.left()), 108)
            self.assertEqual([name for name in self.left() if name.startswith(".")], [])
            child = self.start(program, "convert", "b.dcm", "out/o.nii", "--split", "--force", preexec_fn=limit)
            self.assertEqual(self.finish(child), 0)
            self.assertEqual(len(self.left()), 108)
            shutil.rmtree(self.dir / "out")
            (self.dir / "out").mkdir()
            child = self.start(program, "convert", "b.dcm", "out/o.nii", "--split", preexec_fn=limit)
            time.sleep(0.4)
            child.send_signal(signal.SIGTERM)
            ended = self.finish(child)
            left = self.left()
            self.assertEqual([name for name in left if name.startswith(".")], [])
            self.assertIn(len(left), (0, 108) if ended else (108,))
            shutil.rmtree(self.dir / "out")
            (self.dir / "out").mkdir()


class Samples(CliTest):
    """A directory of samples appears as a whole, or an existing one gets all files, or none."""

    def setUp(self):
        super().setUp()
        self.volume()

    def entries(self):
        return sorted(os.listdir(self.dir))

    def make(self, *arguments, source="labels.nii", code=0, **more):
        done = subprocess.run(
            [PROGRAM, "samples", source, *arguments, "--only", "labelmap/explicit-le"],
            cwd=self.dir, capture_output=True, timeout=120, check=False, **more,
        )  # fmt: skip
        harness.skip_without_library(self, done.returncode, code, done.stderr.decode())
        self.assertEqual(done.returncode, code, done.stderr)
        self.assertNotIn(b".dseg-", done.stderr)
        return done

    def test_new_directory(self):
        for name in ("out", "deep/out/", "./other//"):
            (self.dir / "deep").mkdir(exist_ok=True)
            self.make(name)
            self.assertIn("labelmap-explicit-le.dcm", os.listdir(self.dir / name))
        self.assertEqual(self.entries(), ["deep", "labels.nii", "other", "out"])
        self.assertEqual(os.listdir(self.dir / "deep"), ["out"])
        self.assertEqual([name for name in os.listdir(self.dir / "out") if name.startswith(".")], [])

    def test_directory_that_exists(self):
        (self.dir / "out").mkdir(mode=0o700)
        self.make("out")
        self.assertEqual(stat.S_IMODE((self.dir / "out").stat().st_mode), 0o700)
        names = os.listdir(self.dir / "out")
        (self.dir / "out/mine").write_text("mine")
        (self.dir / "out/README.md").write_text("old")
        (self.dir / "out/README.md").chmod(0o600)
        self.make("out", "--force")
        self.assertEqual(sorted(os.listdir(self.dir / "out")), sorted([*names, "mine"]))
        self.assertNotEqual((self.dir / "out/README.md").read_text(), "old")

    def test_a_name_that_is_taken_stops_all(self):
        (self.dir / "out").mkdir()
        (self.dir / "out/manifest.json").mkdir()
        (self.dir / "out/README.md").write_text("old")
        error = self.make("out", "--force", code=OUTPUT).stderr
        self.assertIn(b"manifest.json", error)
        self.assertEqual(sorted(os.listdir(self.dir / "out")), ["README.md", "manifest.json"])
        self.assertEqual((self.dir / "out/README.md").read_text(), "old")

    def test_source_in_the_directory(self):
        (self.dir / "out").mkdir()
        os.rename(self.dir / "labels.nii", self.dir / "out/source.nii")
        self.dseg("convert", "out/source.nii", "out/source.seg.nrrd", "--compression", "none")
        before = (self.dir / "out/source.seg.nrrd").read_bytes()
        error = self.make("out", "--force", source="out/source.seg.nrrd", code=USAGE).stderr
        self.assertIn(INPUTS.encode(), error)
        self.assertEqual((self.dir / "out/source.seg.nrrd").read_bytes(), before)
        self.assertEqual(sorted(os.listdir(self.dir / "out")), ["source.nii", "source.seg.nrrd"])

    def test_failure_leaves_nothing(self):
        (self.dir / "bad.nii").write_bytes(b"x" * 400)
        self.make("out", source="bad.nii", code=INPUT)
        self.assertEqual(self.entries(), ["bad.nii", "labels.nii"])
        limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (600, 600))  # noqa: E731
        self.make("out", code=-signal.SIGXFSZ, preexec_fn=limit)
        self.assertEqual(self.entries(), ["bad.nii", "labels.nii"])

    def start(self, target, files):
        """Interrupted when some files of it are there."""
        if os.environ.get("DSEG_LACKS_LIBRARIES"):
            print(f"skipped: {self.id()}: a set of samples needs PNG")
            self.skipTest("PNG")
        child = subprocess.Popen(
            [PROGRAM, "samples", "phantom", target, "--edge-cases"],
            cwd=self.dir, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        while child.poll() is None and sum(len(names) for _, _, names in os.walk(self.dir)) < files:
            time.sleep(0.005)
        self.assertIsNone(child.poll())
        return child

    def test_signals(self):
        (self.dir / "there").mkdir()
        for target, number, files in (("out", signal.SIGINT, 3), ("there", signal.SIGTERM, 5)):
            child = self.start(target, files)
            child.send_signal(number)
            self.assertEqual(child.wait(timeout=60), -number)
            self.assertEqual(self.entries(), ["labels.nii", "there"])
            self.assertEqual(os.listdir(self.dir / "there"), [])

    def test_a_killed_one_is_removed_by_the_next(self):
        dead = self.start("out", 4)
        dead.kill()
        dead.wait()
        hidden = [name for name in self.entries() if name.startswith(".dseg-")]
        self.assertEqual(len(hidden), 1)
        living = self.start("living", 9)
        living.send_signal(signal.SIGSTOP)  # alive however long the rest takes
        os.waitpid(living.pid, os.WUNTRACED)  # it goes on until the signal is there
        try:
            second = [name for name in self.entries() if name.startswith(".dseg-") and name not in hidden]
            old = time.time() - 3600  # those of the last minute stay
            for name in hidden + second:
                os.utime(self.dir / name, (old, old))
            self.make("other")
            self.assertEqual([name for name in self.entries() if name.startswith(".dseg-")], second)
            self.assertIsNone(living.poll())
        finally:
            living.kill()
            living.wait()


class Leftovers(CliTest):
    """What a killed run left is removed by a later one; what is alive, or is none of ours, is not."""

    def setUp(self):
        super().setUp()
        if not NAMED:
            harness.skip("hidden names need a static library")
        self.volume()

    def start(self):
        child = subprocess.Popen([NAMED, "phantom", "big.dcm"], cwd=self.dir)
        while not self.hidden():
            time.sleep(0.005)
        return child

    def hidden(self):
        return {name for name in os.listdir(self.dir) if name.startswith(".")}

    def test_dead_and_living(self):
        dead = self.start()
        dead.kill()
        dead.wait()
        left = self.hidden()
        self.assertIn(len(left), (1, 2))  # the object, and where frames wait, if it came that far
        living = self.start()
        living.send_signal(signal.SIGSTOP)  # alive however long the rest takes
        os.waitpid(living.pid, os.WUNTRACED)  # it goes on until the signal is there
        own = {".dseg-12-34.old", ".dseg-12-34.done", ".dseg-12-34.tmp.gz", ".dseg-a b.tmp", "x.dseg-12-34.tmp"}
        for name in own:
            (self.dir / name).write_text("mine")
        os.symlink("labels.nii", self.dir / ".dseg-1-2.tmp")
        (self.dir / ".dseg-1-3.tmp").mkdir()
        try:
            before = self.hidden()
            subprocess.run([NAMED, "convert", "labels.nii", "a.dcm"], cwd=self.dir, check=True, timeout=60)
            self.assertEqual(before - self.hidden(), left & before)
            self.assertEqual(left & self.hidden(), set())
            self.assertIsNone(living.poll())
        finally:
            living.kill()
            living.wait()
        subprocess.run([NAMED, "convert", "labels.nii", "a.dcm", "--force"], cwd=self.dir, check=True, timeout=60)
        kept = {name for name in own if name.startswith(".")} | {".dseg-1-2.tmp", ".dseg-1-3.tmp"}
        self.assertEqual(self.hidden(), kept)
        self.assertTrue((self.dir / "labels.nii").exists())


if __name__ == "__main__":
    harness.main()
