# SPDX-License-Identifier: Apache-2.0
"""dseg transcode on objects of others: highdicom, dcmqi, pydicom, in every transfer syntax and back."""

import shutil

import dicom_bytes as dicom
import harness
from harness import DATA, CliTest

FOLDERS = ("highdicom", "dcmqi", "pydicom-data")
# What is said of these objects, and nothing else: (text, transfer syntaxes).
NOTES = ("implicit VR does not say", "padding behind its last frame")


class Data(CliTest):
    def objects(self):
        found = [path for folder in FOLDERS for path in sorted((DATA / folder).rglob("*.dcm"))]
        if not found:
            harness.skip(f"no objects of others in {DATA}")
        for path in found:
            information = self.dseg_or_none("info", path, "--json")
            if information is not None:
                yield path, information.json()

    def dseg_or_none(self, *arguments):
        """None for images, which are no segmentations."""
        try:
            return self.dseg(*arguments)
        except AssertionError:
            self.assertIn("no segmentation", self.dseg(*arguments, code=harness.INPUT).err)
            return None

    def check(self, path, codec, bits):
        before = path.read_bytes()
        syntax = dicom.transfer_syntax(before)
        there = self.dseg("transcode", path, "there.dcm", "--transfer-syntax", codec, "--force")
        back_to = syntax if syntax in (dicom.EXPLICIT, dicom.IMPLICIT) else dicom.EXPLICIT
        back = self.dseg("transcode", "there.dcm", "back.dcm", "--transfer-syntax", back_to, "--force")
        for line in (there.err + back.err).splitlines():
            self.assertTrue(any(note in line for note in NOTES), line)
        self.dseg("compare", path, "there.dcm")
        if back_to == syntax and there.err == "":
            after = dicom.data_set((self.dir / "back.dcm").read_bytes())
            own = dicom.data_set(before)
            if b"\xe0\x7f\x10\0OW" in own and bits <= 8:
                own = own.replace(b"\xe0\x7f\x10\0OW", b"\xe0\x7f\x10\0OB")
                after = after.replace(b"\xe0\x7f\x10\0OW", b"\xe0\x7f\x10\0OB")
            self.assertEqual(after, own)
            return 1
        return 0

    def test_there_and_back(self):
        codecs = [codec for codec in self.dseg("codecs", "--json").json()["frame_codecs"]
                  if codec["can_write"] and not codec["lossy"]]  # fmt: skip
        objects = same = 0
        for path, information in self.objects():
            shutil.copy(path, self.dir / "a.dcm")
            objects += 1
            for codec in codecs:
                bits = information["bits_allocated"]
                if bits not in codec["bits_allocated"]:
                    continue
                if codec["name"] == "jpeg-xl" and information["photometric_interpretation"] == "PALETTE COLOR":
                    continue
                pixels = information["geometry"]["rows"] * information["geometry"]["columns"]
                if codec["name"] == "encapsulated" and bits == 1 and pixels % 8 != 0:
                    continue
                with self.subTest(path=path.name, codec=codec["name"]):
                    same += self.check(path, codec["name"], bits)
        print(f"{objects} objects, {same} times the same bytes after the way back")
        self.assertGreater(same, 3 * objects)


if __name__ == "__main__":
    harness.main()
