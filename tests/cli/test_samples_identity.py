# SPDX-License-Identifier: Apache-2.0
"""dseg samples of a real object: nothing in the directory tells who the patient is. In bytes; check_identity.py of the
peers looks at attributes."""

import json
import os
import struct

import dicom_bytes
import harness
from harness import INPUT, USAGE, CliTest
from images import element, write_image

SIZE = (9, 7, 5)
SECRETS = (b"Doe", b"Jane", b"patient-7", b"20200102", b"1.2.3.", b"hospital", b"hidden", b"smith")


def insert(path, before, new):
    """Puts an element in front of another one."""
    content = path.read_bytes()
    at = content.index(before)
    path.write_bytes(content[:at] + new + content[at:])


def sequence(group, number, *items):
    """Of Explicit VR, with undefined lengths."""
    content = b"".join(struct.pack("<HHI", 0xFFFE, 0xE000, len(item)) + item for item in items)
    return struct.pack("<HH2s2xI", group, number, b"SQ", 0xFFFFFFFF) + content + struct.pack("<HHI", 0xFFFE, 0xE0DD, 0)


class Identity(CliTest):
    def setUp(self):
        super().setUp()
        os.environ.pop("SOURCE_DATE_EPOCH", None)
        (self.dir / "ct").mkdir()
        for k in range(SIZE[2]):
            self.image(f"ct/{k}.dcm", k)
        self.volume("labels.nii", SIZE)
        self.dseg("convert", "labels.nii", "smith.dcm", "--reference", "ct", "--as", "binary")

    def image(self, name, k):
        path = self.dir / name
        write_image(path, k, (-11, -22, -33 + 2.5 * k), 7, 9, (0.9, 0.8), (1, 0, 0, 0, 1, 0))
        reference = element(8, 0x1150, "UI", "1.2.840.10008.5.1.4.1.1.2") + element(8, 0x1155, "UI", "1.2.3.4.0")
        extra = element(8, 0x80, "LO", "hospital") + sequence(8, 0x1140, reference)
        private = element(9, 0x10, "LO", "MAKER") + element(9, 0x1001, "LO", "hidden")
        insert(path, element(0x10, 0x10, "PN", "Doe^Jane"), extra + private)

    def samples(self, source, *options, out="out"):
        self.dseg("samples", source, out, "--only", "binary/rle", "labelmap/explicit-le", *options)
        return json.loads((self.dir / out / "manifest.json").read_text())["samples"]

    def contents(self, out="out"):
        base = self.dir / out
        return {str(path.relative_to(base)): path.read_bytes() for path in base.rglob("*") if path.is_file()}

    def check_clean(self, out="out"):
        for name, content in self.contents(out).items():
            for secret in SECRETS:
                self.assertNotIn(secret, content, f"{name} has {secret}")
                self.assertNotIn(secret, name.encode())

    def test_of_an_object(self):
        samples = self.samples("smith.dcm", "--reference", "ct")
        self.check_clean()
        names = set(self.contents())
        self.assertLessEqual({"source.dcm", *(f"images/{k:05}.dcm" for k in range(1, 6))}, names)
        self.assertIn("source.dcm", {sample["file"] for sample in samples})
        for sample in samples:
            self.dseg("compare", "smith.dcm", f"out/{sample['file']}", "--ignore", "names")
        for name in ("binary-rle.dcm", "source.dcm"):
            self.dseg("validate", f"out/{name}")

    def test_references_resolve(self):
        """The copies are the images that the samples name: every plane finds its own."""
        self.samples("smith.dcm", "--reference", "ct")
        contents = self.contents()
        for k in range(1, 6):
            image = contents[f"images/{k:05}.dcm"]
            at = image.index(b"\x08\x00\x18\x00UI")
            uid = image[at + 8:at + 8 + struct.unpack_from("<H", image, at + 6)[0]].rstrip(b"\0")
            self.assertTrue(uid.startswith(b"2.25."))
            self.assertEqual(uid in contents["binary-rle.dcm"], k in (1, 2, 3, 4, 5))
            self.assertIn(b"1.2.840.10008.5.1.4.1.1.2", image)

    def test_of_a_volume_with_images(self):
        self.dseg("convert", "labels.nii", "smith.nii")
        self.samples("smith.nii", "--reference", "ct")
        self.check_clean()
        self.assertNotIn("source.dcm", self.contents())
        self.dseg("compare", "labels.nii", "out/binary-rle.dcm")

    def test_of_an_object_alone(self):
        self.samples("smith.dcm")
        self.check_clean()
        self.assertIn("The images that the segmentation was made from are not here", (self.dir / "out/README.md").read_text())

    def test_kept(self):
        self.samples("smith.dcm", "--reference", "ct", "--keep-identity")
        content = (self.dir / "out/binary-rle.dcm").read_bytes()
        for text in (b"Doe^Jane", b"patient-7", b"1.2.3.4.2"):
            self.assertIn(text, content)
        self.assertFalse((self.dir / "out/images").exists())
        self.assertNotIn("source.dcm", self.contents())

    def test_repeats(self):
        self.samples("smith.dcm", "--reference", "ct")
        self.samples("smith.dcm", "--reference", "ct", "--threads", 2, out="again")
        self.assertEqual(self.contents(), self.contents("again"))
        self.samples("smith.dcm", "--reference", "ct", "--uid-seed", "tombola", out="other")
        other = self.contents("other")
        self.assertFalse([name for name, content in other.items() if b"tombola" in content])
        for name in ("source.dcm", "images/00001.dcm"):
            self.assertNotEqual(other[name], self.contents()[name])
            self.assertEqual(len(other[name]) // 100, len(self.contents()[name]) // 100)

    def test_two_series(self):
        """Frames refer to the images of both, and the manifest's command names them all."""
        (self.dir / "mr").mkdir()
        for k in range(SIZE[2]):
            write_image(self.dir / f"mr/{k}.dcm", 50 + k, (-11, -22, -33 + 2.5 * k), 7, 9, (0.9, 0.8), (1, 0, 0, 0, 1, 0),
                        [element(0x20, 0x0E, "UI", "1.2.3.6")])  # fmt: skip
        samples = self.samples("labels.nii", "--reference", "ct", "mr")
        self.check_clean()
        self.assertEqual(sum(name.startswith("images/") for name in self.contents()), 10)
        content = (self.dir / "out/labelmap-explicit-le.dcm").read_bytes()
        for k in (1, 10):
            image = dict(dicom_bytes.elements(dicom_bytes.data_set((self.dir / f"out/images/{k:05}.dcm").read_bytes())))
            self.assertEqual(content.count(image[0x00080018][8:].rstrip(b"\0")), 2, "in a frame and in the list")
        commands = [sample["command"] for sample in samples if sample["file"] == "labelmap-explicit-le.dcm"]
        self.assertIn(" --reference images/*.dcm ", commands[0])

    def test_readme_names_what_differs(self):
        self.samples("smith.dcm", "--reference", "ct")
        readme = (self.dir / "out/README.md").read_text()
        for text in ("SOP Instance UID (0008,0018)", "Series Instance UID (0020,000E)", "images/` has the 5 images"):
            self.assertIn(text, readme)

    def test_two_patients(self):
        path = self.dir / "ct/3.dcm"
        path.write_bytes(path.read_bytes().replace(b"patient-7 ", b"patient-8 "))
        result = self.dseg("samples", "labels.nii", "out", "--reference", "ct", code=INPUT)
        self.assertIn("patient-7", result.err)
        self.assertIn("patient-8", result.err)

    def test_what_is_no_image_is_left_out(self):
        (self.dir / "ct/notes.txt").write_text("of the hospital")
        result = self.dseg("samples", "labels.nii", "out", "--only", "binary/rle", "--reference", "ct")
        self.assertIn("notes.txt: note: left out of the images", result.err)
        self.assertEqual(sum(name.startswith("images/") for name in self.contents()), 5)
        (self.dir / "empty").mkdir()
        result = self.dseg("samples", "labels.nii", "none", "--reference", "empty", code=INPUT)
        self.assertIn("no image was found", result.err)

    def test_fewer_images_with_force(self):
        self.samples("labels.nii", "--reference", "ct")
        (self.dir / "ct/4.dcm").unlink()
        self.samples("labels.nii", "--reference", "ct", "--force")
        self.assertEqual(sum(name.startswith("images/") for name in self.contents()), 4)

    def test_private_elements_wherever_a_copy_keeps_them(self):
        """Of the object, of segments and of frames; and who extended a context group (PS3.15 Table E.1-1)."""
        content = (self.dir / "smith.dcm").read_bytes()
        found = dict(dicom_bytes.elements(dicom_bytes.data_set(content)))
        private = [(0x00730010, element(0x73, 0x10, "LO", "MAKER")), (0x00731001, element(0x73, 0x1001, "LO", "hidden"))]
        code = element(8, 0x100, "SH", "1") + element(8, 0x102, "SH", "99X") + element(8, 0x104, "LO", "one")
        code += element(8, 0x10B, "CS", "Y") + element(8, 0x10D, "UI", "1.2.3.4.777")
        for tag in (0x00620002, 0x52009229, 0x52009230):
            items = []
            for one in dicom_bytes.item_contents(found[tag][12:]):
                items.append(b"".join(part for _, part in sorted([*dicom_bytes.elements(one), *private])))
            found[tag] = sequence(tag >> 16, tag & 0xFFFF, *items)
        found |= dict(private)
        found[0x00400260] = sequence(0x40, 0x260, code)
        data = b"".join(found[tag] for tag in sorted(found))
        (self.dir / "full.dcm").write_bytes(dicom_bytes.with_data_set(content, data))
        for options in ((), ("--reference", "ct")):
            with self.subTest(options):
                out = f"out{len(options)}"
                self.samples("full.dcm", *options, out=out)
                self.check_clean(out)

    def test_experimental(self):
        """What a source says of its encoding stays; other private elements do not."""
        self.dseg("convert", "smith.dcm", "edge.dcm", "--transfer-syntax", "label-edge")
        creator, mark = element(0x71, 0x10, "LO", "DSEG PROPOSALS"), element(0x71, 0x1001, "LO", "label-edge 3")
        insert(self.dir / "edge.dcm", mark, element(0x71, 0x11, "LO", "hidden"))
        self.samples("edge.dcm")
        self.check_clean()
        self.assertIn(creator + mark, self.contents()["source.dcm"])
        self.assertNotIn(b"DSEG PROPOSALS", self.contents()["labelmap-explicit-le.dcm"])

    def test_deflated(self):
        self.dseg("convert", "smith.dcm", "deflated.dcm", "--transfer-syntax", "deflated")
        self.samples("deflated.dcm")
        self.check_clean()
        for name in ("binary-rle.dcm", "source.dcm"):
            self.dseg("compare", f"out/{name}", "smith.dcm", "--ignore", "provenance")

    def test_deflated_that_is_damaged(self):
        self.dseg("convert", "smith.dcm", "deflated.dcm", "--transfer-syntax", "deflated")
        path = self.dir / "deflated.dcm"
        path.write_bytes(path.read_bytes()[:-200])
        self.dseg("samples", "deflated.dcm", "out", code=INPUT)
        self.assertFalse((self.dir / "out").exists())

    def test_usage(self):
        self.fails("samples", "phantom", "out", "--reference", "ct", code=USAGE)
        self.fails("samples", "smith.dcm", "out", "--keep-identity", "--uid-seed", "x", code=USAGE)

    def test_phantom_stays(self):
        self.samples("phantom")
        self.assertNotIn("was replaced", (self.dir / "out/README.md").read_text())
        self.assertNotIn("source.dcm", self.contents())


harness.main()
