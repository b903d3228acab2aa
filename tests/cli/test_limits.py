# SPDX-License-Identifier: Apache-2.0
"""How much memory is held: info of volumes of any size, --memory, and data that inflates to more than its header says."""

import gzip
import json
import os
import struct
import subprocess
import zlib

import harness
from harness import INPUT, USAGE, CliTest, make_voxels
from volumes import SIZE, write_volume

PLANE = 1 << 20  # bytes and voxels


def header(planes):
    made = bytearray(352)
    struct.pack_into("<i", made, 0, 348)
    struct.pack_into("<8h", made, 40, 3, 1024, 1024, planes, 1, 1, 1, 1)
    struct.pack_into("<2h", made, 70, 2, 8)
    struct.pack_into("<8f", made, 76, 1, 1, 1, 1, 1, 1, 1, 1)
    struct.pack_into("<2f", made, 108, 352, 1)
    struct.pack_into("<2h", made, 252, 0, 1)
    struct.pack_into("<12f", made, 280, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0)
    made[344:348] = b"n+1\0"
    return bytes(made)


def volume(path, planes, said=None):
    """Zeros, with the label 3 in the last plane; said: planes of which the header speaks."""
    packer = zlib.compressobj(1, zlib.DEFLATED, 31)
    with open(path, "wb") as file:
        file.write(packer.compress(header(said or planes)))
        for _ in range(planes - 1):
            file.write(packer.compress(bytes(PLANE)))
        file.write(packer.compress(bytes(PLANE - 1) + b"\3"))
        file.write(packer.flush())


class Limits(CliTest):
    def peak(self, *arguments, code=harness.OK):
        """Runs the program; its output, and the most bytes that were resident, which are never fewer than this process
        has: it is kept small."""
        # What was freed is not to be kept by a sanitizer.
        environment = {**os.environ, "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":quarantine_size_mb=1"}
        with open(self.dir / "shown", "w+b") as shown:
            process = subprocess.Popen([harness.PROGRAM, *arguments], cwd=self.dir, env=environment, stdout=shown, stderr=shown)
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            shown.seek(0)
            text = shown.read().decode()
        if os.environ.get("DSEG_LACKS_LIBRARIES"):
            self.skipTest("needs all libraries")
        self.assertEqual(process.returncode, code, text)
        return text, usage.ru_maxrss * 1024

    def test_info_of_a_volume_holds_no_voxels(self):
        volume(self.dir / "a.nii.gz", 72)
        with open(self.dir / "a.nii", "wb") as file:
            file.write(header(72))
            for _ in range(72):
                file.write(bytes(PLANE - 1) + b"\3")
        for name in ("a.nii.gz", "a.nii"):
            text, peak = self.peak("info", name, "--memory", "8M")
            self.assertIn("Segment 3", text)
            self.assertLess(peak, 64 << 20)

    def test_statistics_of_a_volume_hold_no_voxels(self):
        """Of labels, which are read again as they are counted."""
        volume(self.dir / "a.nii.gz", 72)
        expected = None
        for name, options in (("a.nii.gz", ()), ("a.nii", ()), ("a.nrrd", ()), ("a.mhd", ("--compression", "none"))):
            if name != "a.nii.gz":
                self.dseg("convert", "a.nii.gz", name, *options)
            text, peak = self.peak("info", name, "--statistics", "--json", "--memory", "8M")
            segment = json.loads(text)["segments"][0]
            self.assertEqual((segment["number"], segment["statistics"]["voxels"], segment["statistics"]["first_plane"]), (3, 1, 71))
            expected = expected or segment["statistics"]
            self.assertEqual(segment["statistics"], expected)
            self.assertLess(peak, 64 << 20)

    def test_one_volume_of_several(self):
        """info --volume looks at that one, whichever it is."""
        with open(self.dir / "t.nii", "wb") as file:
            made = bytearray(header(24))
            struct.pack_into("<8h", made, 40, 4, 1024, 1024, 24, 3, 1, 1, 1)
            made[123] = 10
            file.write(made)
            for label in (1, 2, 3):
                for _ in range(23):
                    file.write(bytes(PLANE))
                file.write(bytes(PLANE - 1) + bytes([label]))
        self.dseg("info", "t.nii", code=INPUT)
        for options in ((), ("--statistics",)):
            text, peak = self.peak("info", "t.nii", "--volume", "2", "--memory", "8M", *options)
            self.assertIn("Segment 2", text)
            self.assertNotIn("Segment 1", text)
            self.assertLess(peak, 64 << 20)

    def test_memory_limits_what_is_held(self):
        volume(self.dir / "a.nii.gz", 72)
        for arguments in (
            ("convert", "a.nii.gz", "out.dcm"),
            ("preview", "a.nii.gz", "out.png"),
            ("samples", "a.nii.gz", "out", "--only", "labelmap"),
        ):
            with self.subTest(arguments=arguments):
                text, peak = self.peak(*arguments, "--memory", "50M", code=INPUT)
                self.assertRegex(text, r"memory limit of 52[\d]+ bytes; give more by --memory SIZE\n")
                self.assertLess(peak, 64 << 20)
        self.peak("compare", "a.nii.gz", "a.nii.gz", "--memory=50M", code=USAGE)
        self.dseg("convert", "a.nii.gz", "out.dcm", "--memory", "0.2G")
        text, peak = self.peak("convert", "out.dcm", "out.nii", "--memory", "50M", code=INPUT)
        self.assertIn("memory limit", text)
        self.assertLess(peak, 64 << 20)
        self.dseg("convert", "out.dcm", "out.nii", "--memory", "200MiB")
        self.dseg("phantom", "p.nii", "--size", "512x512x400", "--memory", "50M", code=INPUT)

    def test_several_files_count_together(self):
        """Noise does not become runs: each file is held as it is."""
        voxels = [(i * 2654435761 >> 16) & 1 for i in range(64 * 64 * 64)]
        for name in "abc":
            harness.write_nifti(self.dir / f"{name}.nii", (64, 64, 64), voxels)
        self.dseg("convert", "a.nii", "b.nii", "out.dcm", "--memory", "800K")
        self.fails("convert", "a.nii", "b.nii", "c.nii", "out2.dcm", "--memory", "800K", code=INPUT)

    def test_more_than_the_header_declares(self):
        volume(self.dir / "bomb.nii.gz", 72, said=1)
        for arguments in (("info", "bomb.nii.gz"), ("convert", "bomb.nii.gz", "out.dcm")):
            text, peak = self.peak(*arguments, code=INPUT)
            self.assertIn("more than the", text)
            self.assertLess(peak, 64 << 20)

    def deflated(self, name, change):
        """A deflated object, whose data set change makes of that of labels.dcm."""
        content = (self.dir / "labels.dcm").read_bytes()
        syntax = content.index(b"1.2.840.10008.1.2.1\0")
        length = struct.unpack_from("<I", content, 140)[0]
        meta = content[:144 + length].replace(b"1.2.840.10008.1.2.1\0", b"1.2.840.10008.1.2.1.99")
        meta = bytearray(meta)
        struct.pack_into("<I", meta, 140, length + 2)
        struct.pack_into("<H", meta, syntax - 2, 22)
        packer = zlib.compressobj(9, zlib.DEFLATED, -15)
        with open(self.dir / name, "wb") as file:
            file.write(meta)
            for piece in change(content[144 + length:]):
                file.write(packer.compress(piece))
            file.write(packer.flush())

    def test_deflated_data_sets(self):
        """Inflating stops long before the limit where more comes than the elements declare."""
        self.volume()
        self.dseg("convert", "labels.nii", "labels.dcm")
        many = [bytes(PLANE)] * 80

        def enlarged(content):
            at = content.rindex(b"\xe0\x7f\x10\0OB\0\0")
            return [content[:at + 8], struct.pack("<I", 80 << 20), *many]

        self.deflated("good.dcm", lambda content: [content])
        self.dseg("compare", "good.dcm", "labels.dcm")
        self.deflated("padded.dcm", lambda content: [content, b"\xfc\xff\xfc\xffOB\0\0", struct.pack("<I", PLANE), bytes(PLANE)])
        self.dseg("compare", "padded.dcm", "labels.dcm")
        self.deflated("after.dcm", lambda content: [content, *many])
        self.deflated("pixels.dcm", enlarged)
        for name, words in (("after.dcm", "goes on behind Pixel Data"), ("pixels.dcm", "its frames take no more than")):
            for subcommand in ("info", "validate"):
                text, _ = self.peak(subcommand, name, "--memory", "60M", code=INPUT)
                self.assertIn(words, text)

    def test_sizes(self):
        self.volume()
        for good in ("1000000", "500k", "1M", "1.5G", "2GB", "2GiB", "1T"):
            self.dseg("info", "labels.nii", "--memory", good)
        for bad in ("", "0", "-1", "much", "1X", "1GG", "1e99"):
            self.assertIn("--memory", self.fails("info", "labels.nii", "--memory", bad, code=USAGE).err)
        self.fails("info", "labels.nii", "--memory", code=USAGE)

    def test_every_subcommand_has_it(self):
        names = [line.split()[0] for line in self.dseg("--help").out.split("Subcommands:\n")[1].split("\n\n")[0].splitlines()]
        self.assertGreater(len(names), 8)
        for name in names:
            self.assertIn("--memory SIZE", self.dseg(name, "--help").out)


class Looked(CliTest):
    """What info shows of voxels that pass by is what it shows of voxels that are kept."""

    def same(self, name):
        looked = self.dseg("info", name, "--json").json()
        kept = self.dseg("info", name, "--json", "--statistics").json()
        del kept["statistics"]
        for segment in kept["segments"]:
            del segment["statistics"]
        self.assertEqual(looked, kept)
        return looked

    def test_formats(self):
        self.volume(labels=lambda i, j, k: 70000 % 65536 if i == 3 else harness.blocks(i, j, k))
        for name in ("a.nii.gz", "a.nii", "a.hdr", "a.nrrd", "a.nhdr", "a.seg.nrrd", "a.mha", "a.mhd"):
            with self.subTest(name):
                self.dseg("convert", "labels.nii", name, "--force")
                self.assertEqual([item["number"] for item in self.same(name)["segments"]], [1, 2, 7, 4464])

    def test_layers(self):
        """Layers one after the other in NIfTI, and alternating in seg.nrrd; all of them, and one."""
        self.volume("b.nii", labels=lambda i, j, k: 3 * (i < 5))
        self.dseg("convert", "b.nii", "b.nii", "both.seg.nrrd")
        self.assertEqual(len(self.same("both.seg.nrrd")["segments"]), 2)
        self.dseg("convert", "b.nii", "f.dcm", "--as", "fractional")
        self.dseg("convert", "f.dcm", "f.nii.gz")
        self.same("f.nii.gz")

    def test_values(self):
        """They are judged by the same rules, and refused in the same words."""
        right = make_voxels(SIZE, harness.blocks)

        def write(table):
            write_volume(self.dir / "v.nii", [table.get(value, value) for value in right], "f")

        for table in ({2: 1.9999, 7: 6.9999}, {1: 0.9999, 2: 1, 7: 1}, {1: 0.3, 2: 0.9995, 7: 1}):
            with self.subTest(table):
                write(table)
                self.same("v.nii")
        for table in ({2: 2.4}, {1: 0.5}, {1: 0.5, 2: 1.0005, 7: 1}):
            with self.subTest(table):
                write(table)
                looked = self.fails("info", "v.nii", code=INPUT).err
                self.assertEqual(looked, self.fails("info", "v.nii", "--statistics", code=INPUT).err)
        write_volume(self.dir / "t.nii", [-4.5 for _ in right] * 2, "f", volumes=2, units=10)
        looked = self.fails("info", "t.nii", code=INPUT).err
        self.assertIn("points in time", looked)

    def test_members_and_damage(self):
        self.volume()
        content = (self.dir / "labels.nii").read_bytes()
        whole = gzip.compress(content)
        (self.dir / "a.nii.gz").write_bytes(gzip.compress(content[:400]) + gzip.compress(content[400:]) + bytes(9))
        self.assertEqual([item["number"] for item in self.same("a.nii.gz")["segments"]], [1, 2, 7])
        bad = {
            "cut": whole[:-20],
            "sum": whole[:-8] + bytes(8),
            "less": gzip.compress(content[:-1]),
            "more": gzip.compress(content + b"\0"),
            "member": whole + gzip.compress(b"x"),
            "swapped": whole[:40] + bytes([whole[40] ^ 0xFF]) + whole[41:],
        }
        for name, packed in bad.items():
            with self.subTest(name):
                (self.dir / "b.nii.gz").write_bytes(packed)
                self.fails("info", "b.nii.gz", code=INPUT)
                self.fails("info", "b.nii.gz", "--statistics", code=INPUT)


if __name__ == "__main__":
    harness.main()
