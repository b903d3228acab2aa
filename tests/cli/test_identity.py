# SPDX-License-Identifier: Apache-2.0
"""dseg convert: segmentations and images of two patients, or of two frames of reference, are not mixed."""

import re

import dicom_bytes
import harness
from harness import INPUT, CliTest
from images import element, sequence, write_image

FIRST = (-11.0, -22.0, -33.0)  # as in test_grid.py


def entity(uid):
    """Issuer of Patient ID Qualifiers Sequence with a Universal Entity ID."""
    value = uid.encode() + b" " * (len(uid) % 2)
    content = b"\x40\0\x32\0UT\0\0" + len(value).to_bytes(4, "little") + value
    return sequence(0x10, 0x24, content + element(0x40, 0x33, "CS", "ISO"))


def patient(text):
    return element(0x10, 0x20, "LO", text)


def issuer(text):
    return element(0x10, 0x21, "LO", text)


def study(uid):
    return element(0x20, 0x0D, "UI", uid)


def space(uid):
    return element(0x20, 0x52, "UI", uid)


class Identity(CliTest):
    def series(self, name, *changes, first=0, of_plane=None):
        """Five images of labels.nii; of_plane(k): more changes of one of them."""
        (self.dir / name).mkdir()
        for k in range(5):
            position = (FIRST[0], FIRST[1], FIRST[2] + 2.5 * k)
            more = of_plane(k) if of_plane else ()
            write_image(
                self.dir / name / f"{k}.dcm", first + k, position, 7, 9, (0.9, 0.8), (1, 0, 0, 0, 1, 0),
                [*changes, *more],
            )  # fmt: skip

    def object(self, name, *changes, **how):
        """NAME.dcm, made with images in the directory NAME."""
        self.series(name, *changes, **how)
        if not (self.dir / "labels.nii").exists():
            self.volume()
        self.dseg("convert", "labels.nii", f"{name}.dcm", "--as", "binary", "--reference", name)

    def value(self, name, group, number):
        """The text of a top-level element that the file has once."""
        found = re.findall(
            rb"%b..(..)" % re.escape(group.to_bytes(2, "little") + number.to_bytes(2, "little")),
            (self.dir / name).read_bytes(), flags=re.DOTALL,
        )  # fmt: skip
        self.assertEqual(len(found), 1, name)
        content = (self.dir / name).read_bytes()
        start = content.index(group.to_bytes(2, "little") + number.to_bytes(2, "little")) + 8
        return content[start : start + int.from_bytes(found[0], "little")].strip(b" \0").decode()

    def refuses(self, texts, *arguments):
        message = self.fails("convert", *arguments, code=INPUT).err
        for text in texts:
            self.assertIn(text, message)
        return message

    def test_object_and_images_of_two_patients(self):
        self.object("one", patient("CASE1"))
        self.series("two", patient("CASE2"), study("1.2.4"), space("1.2.4.5"), first=50)
        texts = ("one.dcm", "two/0.dcm", '"CASE1"', '"CASE2"', "(0010,0020)", "other-patient")
        self.refuses(texts, "one.dcm", "out.dcm", "--reference", "two")
        self.refuses(texts, "one.dcm", "out.nii", "--reference", "two", "--grid", "reference")
        done = self.dseg("convert", "one.dcm", "out.dcm", "--reference", "two", "--other-patient")
        for text in ("the patient of two/0.dcm is taken", '"CASE1"', '"CASE2"', "1.2.3.5", "1.2.4.5"):
            self.assertIn(text, done.err)
        self.assertEqual(self.value("out.dcm", 0x10, 0x20), "CASE2")
        info = self.dseg("info", "out.dcm", "--json").json()
        self.assertEqual((info["study_uid"], info["geometry"]["frame_of_reference_uid"]), ("1.2.4", "1.2.4.5"))
        self.assertIn(b"1.2.3.4.51", (self.dir / "out.dcm").read_bytes())
        self.dseg("compare", "one.dcm", "out.dcm")

    def test_nothing_stays_of_the_former_patient(self):
        """What a copy keeps of an object says nothing of a patient, a visit or a study that images replace."""
        always = [(0x10, 0x1040, "LO", "Secret Street"), (0x10, 0x1060, "PN", "Mother^Maiden"),
                  (0x32, 0x1032, "PN", "Requesting^Doctor"), (0x38, 0x300, "LO", "Room 7"),
                  (0x08, 0x94, "SH", "555-1234")]  # fmt: skip
        private = [(0x09, 0x10, "LO", "MAKER"), (0x09, 0x1001, "LO", "hidden name")]
        kept = [(0x18, 0x1030, "LO", "a protocol")]
        self.object("one", patient("CASE1"))
        request = sequence(0x40, 0x275, element(0x08, 0x50, "SH", "ACCESSION 1"))
        more = [(group << 16 | number, element(group, number, vr, value))
                for group, number, vr, value in [*always, *private, *kept]]  # fmt: skip
        content = (self.dir / "one.dcm").read_bytes()
        (self.dir / "full.dcm").write_bytes(dicom_bytes.with_elements(content, [*more, (0x00400275, request)]))
        self.assertEqual(self.dseg("convert", "full.dcm", "copy.dcm").err, "")
        self.series("two", patient("CASE2"), study("1.2.4"))
        self.series("later", patient("CASE1"), study("1.2.5"))
        in_study, in_patient = ["ACCESSION 1"], [value for _, _, _, value in private]
        stays = {"copy": [*in_study, *in_patient, *(value for _, _, _, value in always)],
                 "one": [*in_study, *in_patient], "later": in_patient, "two": []}  # fmt: skip
        for name, values in stays.items():
            with self.subTest(name):
                if name != "copy":
                    done = self.dseg("convert", "full.dcm", "out.dcm", "--force", "--reference", name, "--other-patient")
                    note = done.err[done.err.index("not kept: ") :]
                    tags = [f"({group:04X},{number:04X})" for group, number, _, _ in always]
                    tags += ["(0040,0275)"] if "ACCESSION 1" not in values else []
                    tags += ["private (0009,1001)"] if "hidden name" not in values else []
                    for tag in tags:
                        self.assertIn(tag, note)
                    (self.dir / "out.dcm").rename(self.dir / f"{name}-out.dcm")
                out = (self.dir / ("copy.dcm" if name == "copy" else f"{name}-out.dcm")).read_bytes()
                for value in [*stays["copy"], "a protocol"]:
                    self.assertEqual(value.encode() in out, value in values or value == "a protocol", value)

    def test_what_objects_and_volumes_say_together(self):
        """A volume says nothing, wherever it stands; images of all inputs are referred to, and no note denies it."""
        self.object("one")
        protocol = (0x00181030, element(0x18, 0x1030, "LO", "a protocol"))
        full = dicom_bytes.with_elements((self.dir / "one.dcm").read_bytes(), [protocol])
        (self.dir / "full.dcm").write_bytes(full)
        for names in (("full.dcm", "labels.nii"), ("labels.nii", "full.dcm")):
            with self.subTest(names):
                done = self.dseg("convert", *names, "out.dcm", "--as", "binary", "--force")
                self.assertNotIn("not kept", done.err)
                out = (self.dir / "out.dcm").read_bytes()
                for text in (b"a protocol", b"1.2.3.4.4", b"113076"):
                    self.assertIn(text, out)
        self.object("other", element(0x20, 0x0E, "UI", "1.2.3.9"), first=50)
        done = self.dseg("convert", "full.dcm", "other.dcm", "out.dcm", "--force")
        self.assertIn("not kept: (0018,1030)\n", done.err)
        out = (self.dir / "out.dcm").read_bytes()
        for k in range(5):
            self.assertIn(b"1.2.3.4.%d" % (50 + k), out)

    def test_makers_of_object_and_images(self):
        """Contributing Equipment Sequence has those of both, each once."""
        purpose = sequence(0x40, 0xA170, element(8, 0x100, "SH", "109101") + element(8, 0x102, "SH", "DCM")
                           + element(8, 0x104, "LO", "Acquisition Equipment"))  # fmt: skip
        equipment = sequence(0x18, 0xA001, element(8, 0x70, "LO", "A scanner") + purpose)
        self.object("one")
        content = (self.dir / "one.dcm").read_bytes()
        found = dict(dicom_bytes.elements(dicom_bytes.data_set(content)))
        found[0x00080070] = element(8, 0x70, "LO", "A maker of objects")
        data = b"".join(found[tag] for tag in sorted(found))
        (self.dir / "made.dcm").write_bytes(dicom_bytes.with_data_set(content, data))
        self.series("two", equipment)
        self.dseg("convert", "made.dcm", "out.dcm", "--reference", "two")
        self.dseg("convert", "out.dcm", "again.dcm", "--reference", "two")
        for name in ("out.dcm", "again.dcm"):
            out = (self.dir / name).read_bytes()
            self.assertEqual((out.count(b"A scanner"), out.count(b"A maker of objects")), (1, 1), name)
            self.assertLess(out.index(b"A scanner"), out.index(b"A maker of objects"))

    def test_objects_of_two_patients(self):
        self.object("one", patient("CASE1"))
        self.object("two", patient("CASE2"))
        texts = ("one.dcm", "two.dcm", '"CASE1"', '"CASE2"', "(0010,0020)", "other-patient")
        for output in ("out.dcm", "out.nii"):
            self.refuses(texts, "one.dcm", "two.dcm", output)
            self.refuses(texts, "one.dcm", "labels.nii", "two.dcm", output)
        done = self.dseg("convert", "two.dcm", "one.dcm", "out.dcm", "--other-patient")
        self.assertIn('the patient of two.dcm is taken, Patient ID (0010,0020) "CASE2"', done.err)
        self.assertEqual(self.value("out.dcm", 0x10, 0x20), "CASE2")

    def test_images_of_two_patients(self):
        self.volume()
        self.series("ct", of_plane=lambda k: [patient("CASE2")] if k == 3 else [])
        texts = ("ct/0.dcm", "ct/3.dcm", '"patient-7"', '"CASE2"')
        self.refuses(texts, "labels.nii", "out.dcm", "--reference", "ct")
        done = self.dseg("convert", "labels.nii", "out.dcm", "--reference", "ct", "--other-patient")
        self.assertIn("CASE2", done.err)
        self.assertEqual(self.value("out.dcm", 0x10, 0x20), "patient-7")

    def test_images_of_two_frames_of_reference(self):
        self.volume()
        self.series("ct", of_plane=lambda k: [space("1.2.9")] if k == 3 else [])
        texts = ("ct/0.dcm", "ct/3.dcm", "1.2.3.5", "1.2.9", "(0020,0052)")
        self.refuses(texts, "labels.nii", "out.dcm", "--reference", "ct")

    def test_two_frames_of_reference(self):
        self.object("one")
        self.object("two", space("1.2.9"))
        texts = ("one.dcm", "two.dcm", "1.2.3.5", "1.2.9", "(0020,0052)", "other-patient")
        self.refuses(texts, "one.dcm", "two.dcm", "out.dcm")
        self.refuses(("one.dcm", "two/0.dcm", "1.2.3.5", "1.2.9"), "one.dcm", "out.dcm", "--reference", "two")
        self.dseg("convert", "one.dcm", "two.dcm", "out.dcm", "--other-patient")

    def test_issuers(self):
        """One ID is of two people where two issuers gave it."""
        cases = [  # changes of the one, of the other, whether it is refused
            ([issuer("A")], [issuer("B")], True),
            ([issuer("A")], [issuer("A")], False),
            ([issuer("A")], [], False),
            ([issuer("A"), entity("1.2.7")], [issuer("B"), entity("1.2.7")], False),
            ([issuer("A"), entity("1.2.7")], [issuer("A"), entity("1.2.8")], True),
            ([issuer("A"), entity("1.2.7")], [issuer("B")], True),
        ]
        for number, (first, second, refused) in enumerate(cases):
            with self.subTest(number):
                self.object(f"one{number}", *first)
                self.object(f"two{number}", *second)
                names = (f"one{number}.dcm", f"two{number}.dcm", f"out{number}.dcm")
                if refused:
                    message = self.refuses(names[:2], *names)
                    self.assertIn("is of two issuers", message)
                else:
                    self.assertEqual(self.dseg("convert", *names).err, "")

    def test_unknown_patient(self):
        """What no image has told is no contradiction, but a warning; the whole is the known patient's."""
        self.object("one", patient("CASE1"))
        self.object("none", patient(""))
        self.dseg("convert", "labels.nii", "alone.dcm", "--as", "binary")
        for other in ("none.dcm", "alone.dcm"):
            for names in ((other, "one.dcm"), ("one.dcm", other)):
                with self.subTest(names):
                    done = self.dseg("convert", *names, "out.dcm", "--force")
                    self.assertIn(f"{other} has no Patient ID (0010,0020)", done.err)
                    self.assertEqual("from images" in done.err, other == "alone.dcm")
                    self.assertEqual(self.value("out.dcm", 0x10, 0x20), "CASE1")
                    geometry = self.dseg("info", "out.dcm", "--json").json()["geometry"]
                    self.assertEqual(geometry["frame_of_reference_uid"], "1.2.3.5")

    def test_images_for_an_object_without(self):
        """The frame of reference that dseg made gives way, and planes find their images."""
        self.volume()
        self.series("ct")
        self.dseg("convert", "labels.nii", "alone.dcm", "--as", "binary")
        done = self.dseg("convert", "alone.dcm", "out.dcm", "--reference", "ct")
        self.assertEqual(done.err.count("warning"), 2)
        self.assertIn("alone.dcm has no Patient ID (0010,0020)", done.err)
        self.assertIn("alone.dcm has no Frame of Reference UID (0020,0052) from images", done.err)
        self.assertIn(b"1.2.3.4.2", (self.dir / "out.dcm").read_bytes())
        geometry = self.dseg("info", "out.dcm", "--json").json()["geometry"]
        self.assertEqual(geometry["frame_of_reference_uid"], "1.2.3.5")

    def test_nobody_is_known(self):
        self.volume()
        self.dseg("convert", "labels.nii", "a.dcm")
        self.dseg("convert", "labels.nii", "b.dcm")
        done = self.dseg("convert", "a.dcm", "b.dcm", "out.dcm")
        self.assertNotIn("Patient ID", done.err)
        self.assertIn("b.dcm has no Frame of Reference UID (0020,0052) from images", done.err)

    def test_other_study_of_the_patient(self):
        """Images of the other study stay listed, in Studies Containing Other Referenced Instances Sequence."""
        self.object("one")
        self.object("two", study("1.2.77"), element(0x20, 0x0E, "UI", "1.2.77.1"), first=50)
        for arguments in (("one.dcm", "two.dcm", "out.dcm"), ("two.dcm", "out.dcm", "--reference", "one")):
            with self.subTest(arguments):
                done = self.dseg("convert", "--force", *arguments)
                self.assertIn("two.dcm has another Study Instance UID (0020,000D) than one", done.err)
                content = (self.dir / "out.dcm").read_bytes()
                studies = content[content.index(b"\x08\0\x00\x12SQ") :]  # (0008,1200)
                for text in (b"1.2.77", b"1.2.77.1", b"1.2.3.4.50", b"1.2.3.4.54"):
                    self.assertIn(text, studies)
                self.assertEqual(self.dseg("info", "out.dcm", "--json").json()["study_uid"], "1.2.3")
                self.dseg("validate", "out.dcm")

    def test_mended_patient(self):
        """An ID that was mended in the object is still that of the images."""
        for number, text in enumerate(("X" * 70, "a\\b", "a\tb")):
            with self.subTest(text):
                self.object(f"one{number}", patient(text))
                done = self.dseg("convert", f"one{number}.dcm", f"out{number}.dcm", "--reference", f"one{number}")
                self.assertIn("Patient ID (0010,0020)", done.err)  # mended once more

    def test_images_of_nobody(self):
        """The patient of the object stays where the images say none."""
        self.object("one", patient("CASE1"))
        self.series("ct", patient(""))
        done = self.dseg("convert", "one.dcm", "out.dcm", "--reference", "ct")
        self.assertIn("ct/0.dcm and 4 more: each has no Patient ID (0010,0020)", done.err)
        self.assertEqual(self.value("out.dcm", 0x10, 0x20), "CASE1")


if __name__ == "__main__":
    harness.main()
