# SPDX-License-Identifier: Apache-2.0
"""Frame codecs that come as shared objects, and what the program says and does with compressed frames."""

import json
import os
import pathlib
import pty
import struct
import subprocess

import harness
from harness import INPUT, USAGE, CliTest

PLUGINS = pathlib.Path(os.environ["DSEG_TEST_PLUGINS"])


class Plugin(CliTest):
    def setUp(self):
        super().setUp()
        self.use("plugin_delta")
        self.addCleanup(os.environ.pop, "DSEG_PLUGIN_PATH", None)

    def use(self, *names):
        os.environ["DSEG_PLUGIN_PATH"] = ":".join(str(PLUGINS / name) for name in names)

    def codec(self, name):
        codecs = self.dseg("codecs", "--json").json()["frame_codecs"]
        return next((codec for codec in codecs if codec["name"] == name), None)

    def test_a_fifo_is_not_waited_for(self):
        os.mkfifo(self.dir / "x.so")
        os.environ["DSEG_PLUGIN_PATH"] = str(self.dir)
        self.assertIn("not a regular file", self.dseg("codecs", code=INPUT).err)

    def test_is_listed(self):
        codec = self.codec("test-delta")
        self.assertTrue(codec["experimental"] and codec["needs_other_frames"] and codec["learns"])
        self.assertEqual(codec["bits_allocated"], [1, 8, 16])
        self.assertEqual([option["name"] for option in codec["options"]], ["key"])
        text = self.dseg("codecs").out
        self.assertRegex(text, r"test-delta +1\.2\.3\.4\.6 +1 8 16 +read, write, other frames, learns, experimental")
        self.assertIn("key=1..1000 (4): every N-th frame is a key frame", text)

    def test_converts(self):
        self.volume()
        for kind in ("labelmap", "binary"):
            self.dseg("convert", "labels.nii", f"{kind}.dcm", "--as", kind, "--transfer-syntax", "test-delta")
            self.dseg("compare", "labels.nii", f"{kind}.dcm")
            for option in ("key=1", "key=1000"):
                self.dseg("convert", f"{kind}.dcm", "a.dcm", "--transfer-syntax", "1.2.3.4.6", "--option", option, "--force")
                self.dseg("compare", f"{kind}.dcm", "a.dcm")
            self.dseg("convert", f"{kind}.dcm", "back.nii", "--force")
            self.dseg("preview", f"{kind}.dcm", "a.png", "--force")

    def test_info_says_what_a_frame_needs(self):
        self.volume()
        self.dseg("convert", "labels.nii", "a.dcm", "--transfer-syntax", "test-delta")
        text = self.dseg("info", "a.dcm").out
        self.assertIn("a frame may need others", text)
        self.assertIn("experimental", text)
        syntax = self.dseg("info", "a.dcm", "--json").json()["transfer_syntax"]
        self.assertTrue(syntax["needs_other_frames"] and syntax["learns"] and syntax["experimental"])
        self.dseg("convert", "labels.nii", "b.dcm", "--transfer-syntax", "rle")
        self.assertNotIn("may need others", self.dseg("info", "b.dcm").out)

    def test_varying(self):
        self.assertFalse(self.codec("test-delta")["varying"])
        self.use("plugin_varying")
        self.assertTrue(self.codec("test-varying")["varying"])
        self.assertRegex(self.dseg("codecs").out, r"test-varying .*, varying")
        self.volume()
        manifests = []
        for out in ("a", "b"):
            self.dseg("samples", "labels.nii", out, "--only", "labelmap/test-varying", "labelmap/rle")
            samples = json.loads((self.dir / out / "manifest.json").read_text())["samples"]
            samples = sorted((s for s in samples if s["group"] == "encoding"), key=lambda s: s["varying"])
            self.assertEqual([sample["varying"] for sample in samples], [False, True])
            self.assertIn("`varying`", (self.dir / out / "README.md").read_text())
            manifests.append(samples)
        for field, same in (("sha256", [True, False]), ("voxels_sha256", [True, True])):
            self.assertEqual([a[field] == b[field] for a, b in zip(*manifests)], same, field)
        self.dseg("samples", "labels.nii", "c", "--only", "labelmap/rle")
        self.assertNotIn("`varying`", (self.dir / "c" / "README.md").read_text())

    def test_object_without_its_plugin(self):
        self.volume()
        self.dseg("convert", "labels.nii", "a.dcm", "--transfer-syntax", "test-delta")
        del os.environ["DSEG_PLUGIN_PATH"]
        self.assertIn("1.2.3.4.6", self.fails("convert", "a.dcm", "b.nii", code=INPUT).err)
        self.assertIn("unknown", self.dseg("info", "a.dcm").out)

    def test_bad_options(self):
        self.volume()
        for option in ("key=0", "kee=1", "key"):
            self.fails(
                "convert", "labels.nii", "a.dcm", "--transfer-syntax", "test-delta", "--option", option, code=USAGE
            )

    def test_unusable_plugins(self):
        self.volume()
        for name, reason in (
            ("plugin_wrong_abi", "interface 99"),
            ("plugin_taken_name", "explicit-le"),
            ("plugin_taken_uid", "1.2.840.10008.1.2.5"),
            ("plugin_no_symbol", "dseg_plugin_register"),
            ("nowhere", "cannot be read"),
        ):
            with self.subTest(name):
                self.use("plugin_delta", name)
                for arguments in (("convert", "labels.nii", "a.dcm"), ("info", "labels.nii")):
                    error = self.dseg_fails(*arguments).err
                    self.assertIn(name, error)
                    self.assertIn(reason, error)
                listing = self.dseg_fails("codecs")  # the others all the same
                self.assertIn("test-delta", listing.out)
                self.assertIn(reason, listing.err)

    def dseg_fails(self, *arguments):
        done = subprocess.run([harness.PROGRAM, *arguments], cwd=self.dir, capture_output=True, timeout=60)
        self.assertIn(done.returncode, (USAGE, INPUT))
        return harness.Result(done)


def element(content, tag):
    """The value of an explicit element with a long length, or None."""
    at = content.find(struct.pack("<HH", tag >> 16, tag & 0xFFFF) + b"O")
    if at < 0:
        return None
    length = struct.unpack_from("<I", content, at + 8)[0]
    return content[at + 12 : at + 12 + length] if length != 0xFFFFFFFF else content[at + 12 :]


class OffsetTables(CliTest):
    def test_both_kinds(self):
        self.volume()
        self.dseg("convert", "labels.nii", "basic.dcm", "--transfer-syntax", "rle", "--offset-table", "basic")
        self.dseg("convert", "labels.nii", "plain.dcm", "--transfer-syntax", "rle")
        self.dseg("convert", "labels.nii", "extended.dcm", "--transfer-syntax", "rle", "--offset-table", "extended")
        self.dseg("compare", "basic.dcm", "extended.dcm")
        for name in ("basic.dcm", "plain.dcm"):
            content = (self.dir / name).read_bytes()
            self.assertIsNone(element(content, 0x7FE00001))
            pixels = element(content, 0x7FE00010)
            self.assertEqual(pixels[:8], b"\xfe\xff\x00\xe0" + struct.pack("<I", 4 * 5))
        content = (self.dir / "extended.dcm").read_bytes()
        offsets = struct.unpack("<5Q", element(content, 0x7FE00001))
        lengths = struct.unpack("<5Q", element(content, 0x7FE00002))
        pixels = element(content, 0x7FE00010)
        self.assertEqual(pixels[:8], b"\xfe\xff\x00\xe0" + bytes(4))
        for offset, length in zip(offsets, lengths):
            self.assertEqual(pixels[8 + offset : 16 + offset], b"\xfe\xff\x00\xe0" + struct.pack("<I", length))

    def test_needs_encapsulated_frames(self):
        self.volume()
        for more in ((), ("--transfer-syntax", "explicit-le"), ("--transfer-syntax", "rle", "--offset-table", "none")):
            self.fails("convert", "labels.nii", "a.dcm", "--offset-table", "extended", *more, code=USAGE)


class FrameOrder(CliTest):
    def test_by_segment_is_the_same_segmentation(self):
        self.volume()
        for codec in ("explicit-le", "rle"):
            plane, segment = f"{codec}-plane.dcm", f"{codec}-segment.dcm"
            common = ("convert", "labels.nii", "--as", "binary", "--transfer-syntax", codec, "--uid-seed", "a")
            self.dseg(*common, plane, "--frame-order", "plane")
            self.dseg(*common, segment, "--frame-order", "segment")
            self.dseg("compare", plane, segment)
            self.dseg("validate", segment)
            self.assertNotEqual((self.dir / plane).read_bytes(), (self.dir / segment).read_bytes())

    def test_is_for_dicom_output(self):
        self.volume()
        self.fails("convert", "labels.nii", "b.nii", "--frame-order", "segment", code=USAGE)
        self.fails("convert", "labels.nii", "b.dcm", "--frame-order", "column", code=USAGE)


class Progress(CliTest):
    def test_on_a_terminal(self):
        self.volume(size=(40, 30, 300))
        leader, follower = pty.openpty()
        with subprocess.Popen(
            [harness.PROGRAM, "convert", "labels.nii", "a.dcm", "--transfer-syntax", "rle", "--threads", "2"],
            cwd=self.dir,
            stderr=follower,
        ) as process:
            os.close(follower)
            shown = b""
            try:
                while chunk := os.read(leader, 1000):
                    shown += chunk
            except OSError:  # the other side is closed
                pass
        os.close(leader)
        self.assertEqual(process.returncode, 0)
        self.assertRegex(shown, rb"compressing frames \d+ %")
        self.assertTrue(shown.endswith(b"\r\x1b[K"), shown)  # nothing stays on the screen


if __name__ == "__main__":
    harness.main()
