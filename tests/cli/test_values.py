# SPDX-License-Identifier: Apache-2.0
"""What dseg convert takes over from images: which attributes (docs/attributes.md), and what becomes of values that cannot
be valid."""

import pathlib
import re
import struct

import dicom_bytes
import harness
from harness import CliTest
from images import element, sequence, write_image

FIRST = (-11.0, -22.0, -33.0)  # as in test_grid.py
ROOT = pathlib.Path(__file__).resolve().parents[2]


def long_element(group, number, vr, value):
    """An element of a VR with a length of 32 bits."""
    value += b" " * (len(value) % 2)
    return struct.pack("<HH2s2xI", group, number, vr.encode(), len(value)) + value


def code(value=None, scheme=None, meaning=None):
    parts = ((0x100, "SH", value), (0x102, "SH", scheme), (0x104, "LO", meaning))
    return b"".join(element(8, number, vr, text) for number, vr, text in parts if text is not None)


def elements(content, offset=0):
    """{tag: value} of a data set in Explicit VR Little Endian; of sequences a list of such."""
    found = {}
    while offset + 8 <= len(content):
        group, number = struct.unpack_from("<HH", content, offset)
        vr = content[offset + 4 : offset + 6].decode("ascii", "replace")
        if vr in ("OB", "OW", "SQ", "UC", "UN", "UR", "UT"):
            length, start = struct.unpack_from("<I", content, offset + 8)[0], offset + 12
        else:
            length, start = struct.unpack_from("<H", content, offset + 6)[0], offset + 8
        value = content[start : start + length]
        found[group << 16 | number] = items(value) if vr == "SQ" else value.rstrip(b" \0")
        offset = start + length
    return found


def items(content):
    found, offset = [], 0
    while offset + 8 <= len(content):
        length = struct.unpack_from("<I", content, offset + 4)[0]
        found.append(elements(content[offset + 8 : offset + 8 + length]))
        offset += 8 + length
    return found


class Values(CliTest):
    def convert(self, *changes):
        """The elements of an object made with images that have these elements, and the warnings."""
        self.volume()
        (self.dir / "ct").mkdir(exist_ok=True)
        for k in range(5):
            position = (FIRST[0], FIRST[1], FIRST[2] + 2.5 * k)
            write_image(
                self.dir / "ct" / f"{k}.dcm", k, position, 7, 9, (0.9, 0.8), (1, 0, 0, 0, 1, 0), list(changes)
            )
        done = self.dseg("convert", "labels.nii", "out.dcm", "--as", "binary", "--reference", "ct", "--force")
        content = (self.dir / "out.dcm").read_bytes()
        meta = struct.unpack_from("<I", content, 140)[0]
        return elements(content, 144 + meta), [line for line in done.err.splitlines() if ": warning: " in line]

    def becomes(self, change, wanted, said, tag=None):
        """The element becomes wanted (None: is absent) with one warning that says this."""
        tag = tag or struct.unpack_from("<H", change, 0)[0] << 16 | struct.unpack_from("<H", change, 2)[0]
        with self.subTest(change=change):
            found, warnings = self.convert(change)
            self.assertEqual(found.get(tag), wanted)
            self.assertEqual(len(warnings), 1 if said else 0, warnings)
            if said:
                self.assertIn(said, warnings[0])
                self.assertIn(f"({tag >> 16:04X},{tag & 0xFFFF:04X})", warnings[0])
            self.dseg("validate", "out.dcm")

    def test_age(self):
        for given, wanted in (("065Y", b"065Y"), ("065y", b"065Y"), ("65Y", b"065Y"), ("5 W", b"005W"), ("0065Y", b"065Y"),
                              ("65", None), ("old", None), ("1000Y", None)):  # fmt: skip
            said = "" if given == "065Y" else "left out" if wanted is None else "written as"
            self.becomes(element(0x10, 0x1010, "AS", given), wanted, said)

    def test_vrs_that_a_tag_cannot_have(self):
        """Text takes the VR of its tag; a number where text belongs, or text where a number does, is left out."""
        self.becomes(element(0x08, 0x1030, "SH", "Head"), b"Head", "written as LO")
        self.becomes(long_element(0x08, 0x1030, "UN", b"Head"), b"Head", "")
        self.becomes(element(0x08, 0x1030, "US", b"ab"), None, "left out")
        self.becomes(element(0x10, 0x1030, "FL", b"abcd"), None, "left out")

    def test_dates_and_times(self):
        for given, wanted, said in (("19800229", b"19800229", ""), ("1980.02.29", b"19800229", "written as"),
                                    ("1980-02-29", b"19800229", "written as"), ("19810229", b"", "left empty"),
                                    ("unknown", b"", "left empty"), ("01/02/1980", b"", "left empty")):  # fmt: skip
            self.becomes(element(0x10, 0x30, "DA", given), wanted, said)
        for given, wanted, said in (("12", b"12", ""), ("1230", b"1230", ""), ("123060.5", b"123060.5", ""),
                                    ("12:30:00", b"123000", "written as"), ("243000", b"", "left empty"),
                                    ("123000.", b"", "left empty")):  # fmt: skip
            self.becomes(element(0x08, 0x30, "TM", given), wanted, said)

    def test_text_is_cut_at_characters(self):
        self.becomes(element(0x10, 0x10, "PN", "A" * 70), b"A" * 64, "more than 64 characters")
        self.becomes(element(0x08, 0x50, "SH", "B" * 17), b"B" * 16, "more than 16 characters")
        self.becomes(element(0x08, 0x1030, "LO", "C" * 65), b"C" * 64, "more than 64 characters")
        self.becomes(element(0x10, 0x10, "PN", "A" * 64 + "=" + "B" * 64), b"A" * 64 + b"=" + b"B" * 64, "")
        self.becomes(element(0x10, 0x10, "PN", "A" * 65 + "=B"), b"A" * 64 + b"=B", "more than 64 characters")
        self.becomes(element(0x10, 0x10, "PN", "a=b=c=d"), b"a=b=c", "more than three groups")
        self.becomes(element(0x10, 0x10, "PN", "a^b^c^d^e^f"), b"a^b^c^d^e f", "more than five components")
        latin = [element(0x08, 0x05, "CS", "ISO_IR 100"), element(0x08, 0x1030, "LO", b"\xe4" * 65)]
        found, warnings = self.convert(*latin)
        self.assertEqual(found[0x00081030], "ä".encode() * 64)
        self.assertEqual(len(warnings), 1)
        latin[1] = element(0x08, 0x1030, "LO", b"\xe4" * 64)  # 128 bytes, 64 characters
        found, warnings = self.convert(*latin)
        self.assertEqual((found[0x00081030], warnings), ("ä".encode() * 64, []))

    def test_control_characters(self):
        self.becomes(element(0x08, 0x1030, "LO", "a\tb\x07c"), b"a b c", "control character")
        self.becomes(element(0x10, 0x21B0, "LT", "a\r\nb"), b"a\r\nb", "")
        self.becomes(element(0x10, 0x40, "CS", b"F\0"), b"F", "")

    def test_codes_strings_and_numbers(self):
        self.becomes(element(0x10, 0x40, "CS", "f"), b"F", "written as")
        self.becomes(element(0x10, 0x40, "CS", "U"), b"", "left empty")
        self.becomes(element(0x10, 0x21A0, "CS", "SOMETIMES"), None, "left out")
        self.becomes(element(0x10, 0x1030, "DS", "70,5"), None, "left out")
        self.becomes(element(0x10, 0x1030, "DS", "70.12345678901230001"), b"70.1234567890123", "written as")
        self.becomes(element(0x10, 0x1030, "DS", "nan"), None, "left out")
        self.becomes(element(0x10, 0x21C0, "US", b"\1\0\0"), None, "left out")

    def test_several_values(self):
        self.becomes(element(0x10, 0x20, "LO", "A\\B"), b"A/B", "several values")
        self.becomes(element(0x10, 0x30, "DA", "19800101\\19810101"), b"19800101", "several values")
        self.becomes(element(0x10, 0x2110, "LO", "NUTS\\" + "x" * 65), b"NUTS\\" + b"x" * 64, "more than 64")
        self.becomes(element(0x10, 0x2110, "LO", "NUTS\\EGGS"), b"NUTS\\EGGS", "")

    def test_uids(self):
        """A UID that names a study stays as long as it can be one; its links are worth more than its form."""
        found, warnings = self.convert(element(0x20, 0x0D, "UI", "1.2.03"))
        self.assertEqual(found[0x0020000D], b"1.2.03")
        self.assertEqual(len(warnings), 1)
        self.assertIn("kept", warnings[0])
        found, warnings = self.convert(element(0x20, 0x0D, "UI", "study 7"))
        self.assertTrue(found[0x0020000D].startswith(b"2.25."))
        self.assertIn("left out", warnings[0])

    def test_other_value_representation(self):
        self.becomes(element(0x10, 0x10, "LO", "Doe^Jane"), b"Doe^Jane", "written as PN")
        self.becomes(long_element(0x10, 0x10, "UN", b"Doe^Jane"), b"Doe^Jane", "")
        self.becomes(element(0x10, 0x1010, "US", b"\1\0"), None, "left out")

    def test_codes_of_images(self):
        procedures = 0x00081032
        good = code("XA1", "99A", "ABDOMEN")
        for bad, lack in ((code("XA1", None, "CT"), "Coding Scheme Designator"), (code(None, "99A", "CT"), "Code Value"),
                          (code("XA1", "99A"), "Code Meaning"), (code("XA1", "99A", ""), "Code Meaning"),
                          (b"", "content")):  # fmt: skip
            self.becomes(sequence(8, 0x1032, bad), None, lack)
            found, warnings = self.convert(sequence(8, 0x1032, good, bad))
            self.assertEqual([item[0x00080100] for item in found[procedures]], [b"XA1"])
            self.assertEqual(len(warnings), 1)
        found, warnings = self.convert(sequence(8, 0x1032, code("X" * 20, "99A", "long")))
        self.assertEqual(found[procedures][0].get(0x00080119), b"X" * 20)
        self.assertNotIn(0x00080100, found[procedures][0])
        self.assertEqual(len(warnings), 1)
        found, _ = self.convert(sequence(8, 0x1032, code("XA1", "99A", "m" * 65)))
        self.assertEqual(found[procedures][0][0x00080104], b"m" * 64)

    def test_codes_in_items(self):
        """A person whose only code is none is no person; other elements of items are mended, too."""
        person = sequence(0x40, 0x1101, code("1", None, "x"))
        found, warnings = self.convert(sequence(8, 0x96, person + element(8, 0x80, "LO", "Clinic")))
        self.assertNotIn(0x00080096, found)
        self.assertEqual(len(warnings), 2)
        person = sequence(0x40, 0x1101, code("1", "99A", "x"))
        found, warnings = self.convert(sequence(8, 0x96, element(8, 0x80, "LO", "C" * 70) + person))
        self.assertEqual(found[0x00080096][0][0x00080080], b"C" * 64)

    def test_modules(self):
        """Attributes of type 2 are empty where they are missing; a module without what it must have is left out."""
        found, warnings = self.convert()
        self.assertEqual(warnings, [])
        for tag in (0x00100030, 0x00100040, 0x00080030, 0x00080050, 0x00080090, 0x00200010, 0x00201040):
            self.assertEqual(found[tag], b"")
        sponsor, protocol = element(0x12, 0x10, "LO", "S"), element(0x12, 0x20, "LO", "P")
        subject, site = element(0x12, 0x40, "LO", "7"), element(0x12, 0x31, "LO", "Site")
        found, warnings = self.convert(sponsor, protocol, subject)
        self.assertEqual((found[0x00120021], found[0x00120030], found[0x00120031], warnings), (b"", b"", b"", []))
        for parts in ((sponsor, subject, site), (protocol, subject), (sponsor, protocol, site)):
            found, warnings = self.convert(*parts)
            self.assertFalse([tag for tag in found if tag >> 16 == 0x12])
            self.assertEqual(len(warnings), 1)
            self.assertIn("C.7.1.3", warnings[0])
        found, warnings = self.convert(element(0x40, 0x512, "LO", "box"))
        self.assertNotIn(0x00400512, found)
        self.assertIn("C.7.6.22", warnings[0])
        committee = (sponsor, protocol, subject, element(0x12, 0x82, "LO", "number"))
        for parts, tag in (((element(0x10, 0x2297, "PN", "Owner"),), 0x00102297), (committee, 0x00120082),
                           ((element(0x10, 0x35, "CS", "HEBREW"),), 0x00100035)):  # fmt: skip
            found, warnings = self.convert(*parts)
            self.assertNotIn(tag, found)
            self.assertEqual(len(warnings), 1)
            self.assertIn("without", warnings[0])
        found, warnings = self.convert(element(0x10, 0x2201, "LO", "cat"), element(0x10, 0x2297, "PN", "Owner"),
                                       element(0x10, 0x2298, "CS", "OWNER"))  # fmt: skip
        self.assertEqual((found[0x00102297], found[0x00102298], warnings), (b"Owner", b"OWNER", []))
        for tag in (0x00102203, 0x00102292, 0x00102299):
            self.assertEqual(found[tag], b"")
        self.assertEqual((found[0x00102293], found[0x00102294]), ([], []))
        found, warnings = self.convert(element(0x12, 0x62, "CS", "YES"))
        self.assertEqual(found[0x00120063], b"Unspecified")

    def test_items_without_what_they_must_have(self):
        number, text = element(0x10, 0x20, "LO", "x"), element(0x10, 0x214, "LO", "x")
        items = ((0x10, 0x26, element(0x10, 0x21, "LO", "x")), (0x10, 0x27, element(0x10, 0x21, "LO", "x")),
                 (0x10, 0x216, text), (0x10, 0x1002, number), (0x10, 0x2294, element(0x10, 0x2295, "LO", "x")),
                 (0x12, 0x83, element(0x12, 0x20, "LO", "x")))  # fmt: skip
        for group, tag, content in items:
            with self.subTest(f"{group:04X},{tag:04X}"):
                found, warnings = self.convert(sequence(group, tag, content))
                self.assertNotIn(group << 16 | tag, found)
                self.assertEqual(len(warnings), 1)
                self.assertIn("is left out", warnings[0])
        whole = number + element(0x10, 0x22, "CS", "TEXT")
        found, warnings = self.convert(sequence(0x10, 0x1002, whole))
        self.assertEqual((found[0x00101002], warnings), ([{0x00100020: b"x", 0x00100022: b"TEXT"}], []))

    def test_one_warning_for_all_images(self):
        self.assertEqual(len(self.convert(element(0x10, 0x1010, "AS", "65"))[1]), 1)

    def test_what_is_taken_over(self):
        """Of groups 0010 and 0012, and of others, exactly what the list says."""
        page = (ROOT / "docs" / "attributes.md").read_text()
        listed = {
            int(group + number, 16): (name, module)
            for group, number, name, module in re.findall(
                r"^\| \(([0-9A-F]{4}),([0-9A-F]{4})\) \| (.*?) \| (.*?) \|$", page, flags=re.MULTILINE
            )
        }
        table = (ROOT / "codec" / "dicom" / "context_tags.c").read_text()
        rows = re.findall(r'\{0x([0-9A-F]{8}), "(\w\w)", (\d), (\d), DSEG_MODULE_(\w+), .*, "([^"]*)"\}', table)
        self.assertEqual({int(row[0], 16): row[5] for row in rows}, {tag: listed[tag][0] for tag in listed})
        self.assertGreater(len(rows), 100)
        values = {"AS": "030Y", "CS": "YES", "DA": "19800101", "DS": "1", "TM": "12", "UI": "1.2.3", "US": b"\1\0",
                  "FD": bytes(8)}  # fmt: skip
        terms = {0x00100040: "F", 0x00102203: "ALTERED", 0x00282110: "00"}
        given, tags = [], [0x00101000, 0x00101005, 0x00101040, 0x00101060, 0x00101080, 0x00102154, 0x001021F0, 0x00120071]
        for row in rows + [(f"{tag:08X}", "LO", "1", "3", "", "") for tag in tags]:
            tag, vr = int(row[0], 16), row[1]
            if vr in ("SQ", "UC", "UT") or tag in (0x0020000D, 0x00200052, 0x00100020) or tag in tags and row[4]:
                continue
            given.append(element(tag >> 16, tag & 0xFFFF, vr, terms.get(tag, values.get(vr, "X"))))
        found, _ = self.convert(*given)
        taken = {int(row[0], 16) for row in rows if row[4] != "TRIAL_SERIES" and row[1] not in ("SQ", "UC", "UT")}
        taken -= {0x00282112, 0x00282114, 0x00400512, 0x0040051A}  # nothing is lossy; no specimen
        self.assertEqual({tag for tag in taken if tag not in found}, set())
        self.assertEqual({tag for tag in found if tag >> 16 in (0x10, 0x12)} - set(listed), set())
        self.assertFalse(set(tags) & set(found))

    def test_malformed_derivation_of_all_frames(self):
        """It is named, and the rest is copied."""
        self.convert()
        images = [element(8, 0x1150, "UI", "1.2.840.10008.5.1.4.1.1.2") + element(8, 0x1155, "UI", f"1.2.3.4.{k}")
                  for k in range(2)]  # fmt: skip
        no_items = struct.pack("<HH2s2xI", 8, 0x9215, b"SQ", 8) + bytes(range(1, 9))
        derivation = sequence(8, 0x9124, sequence(8, 0x2112, *images) + no_items)
        content = (self.dir / "out.dcm").read_bytes()
        found = dict(dicom_bytes.elements(dicom_bytes.data_set(content)))
        (shared,) = dicom_bytes.item_contents(found[0x52009229][12:])
        found[0x52009229] = sequence(0x5200, 0x9229, derivation + shared)
        data = b"".join(found[tag] for tag in sorted(found))
        (self.dir / "full.dcm").write_bytes(dicom_bytes.with_data_set(content, data))
        done = self.dseg("convert", "full.dcm", "again.dcm")
        self.assertIn("not kept: attributes of Derivation Image Sequence (0008,9124)", done.err)
        self.dseg("compare", "out.dcm", "again.dcm", "--ignore", "provenance")

    def test_values_of_an_object(self):
        """What a copy keeps of an object, its segments and frames is mended, each value with one warning."""
        self.convert()
        long_name, link = "N" * 70, element(8, 0x1150, "UI", "1.2.3") + element(8, 0x1155, "UI", "1.2.x9")
        algorithm = sequence(0x62, 7, element(0x66, 0x31, "LO", "1") + element(0x66, 0x36, "LO", long_name))
        nameless = sequence(8, 0x2228, code("7", "SCT"))
        content = (self.dir / "out.dcm").read_bytes()
        data = dicom_bytes.data_set(content)
        found = dict(dicom_bytes.elements(data))
        segments = [dicom_bytes.elements(item) for item in dicom_bytes.item_contents(found[0x00620002][12:])]
        segments[0] += [(0x00620007, algorithm), (0x00082228, nameless)]
        frames = [dicom_bytes.elements(item) for item in dicom_bytes.item_contents(found[0x52009230][12:])]
        for number, frame in enumerate(frames):
            window = element(0x28, 0x1055, "LO", f"of frame {number}") + element(0x28, 0x1056, "CS", "linear")
            frame.append((0x00289132, sequence(0x28, 0x9132, window)))
        for tag, parts in ((0x00620002, segments), (0x52009230, frames)):
            joined = [b"".join(part for _, part in sorted(one, key=lambda pair: pair[0])) for one in parts]
            found[tag] = sequence(tag >> 16, tag & 0xFFFF, *joined)
        found[0x00082112] = sequence(8, 0x2112, link)
        found[0x00181030] = element(0x18, 0x1030, "LO", long_name)
        found[0x00189087] = long_element(0x18, 0x9087, "UN", struct.pack("<d", 1.5))
        data = b"".join(found[tag] for tag in sorted(found))
        (self.dir / "full.dcm").write_bytes(dicom_bytes.with_data_set(content, data))
        done = self.dseg("convert", "full.dcm", "again.dcm")
        for said, times in (("(0018,1030)", 1), ("(0018,9087) has VR UN (PS3.6): written as FD", 1), ("(0008,1155)", 1),
                            ("a code without Code Meaning", 1), ("(0062,0007)[1]/(0066,0036)", 1),
                            ("(0028,1056)", 1), (f"{len(frames)} values or items were mended likewise", 1)):  # fmt: skip
            self.assertEqual(done.err.count(said), times, f"{said}\n{done.err}")
        validated = self.dseg("validate", "again.dcm", code=harness.NEGATIVE)  # the link that is kept
        self.assertEqual(validated.out.count(": error: "), 1, validated.out)
        self.assertIn("(0008,1155)", validated.out)
        again = elements(dicom_bytes.data_set((self.dir / "again.dcm").read_bytes()))
        self.assertEqual(again[0x00082112], [{0x00081150: b"1.2.3", 0x00081155: b"1.2.x9"}])
        self.assertEqual(again[0x00181030], b"N" * 64)
        self.assertIn(0x00189087, again)
        first = again[0x00620002][0]
        self.assertEqual(first[0x00620007][0][0x00660036], b"N" * 64)
        self.assertNotIn(0x00082228, first)
        for number, frame in enumerate(again[0x52009230]):
            window = {0x00281055: b"of frame %d" % number, 0x00281056: b"LINEAR"}
            self.assertEqual(frame[0x00289132], [window])


class Segments(CliTest):
    """Values of a DICOM segmentation that are not valid are mended in the copy of it."""

    def replaced(self, *changes):
        """out.dcm made of an object with these bytes, of the same length, instead of others."""
        self.volume()
        self.dseg("convert", "labels.nii", "in.dcm", "--as", "binary", "--uid-seed", "a", "--force")
        content = (self.dir / "in.dcm").read_bytes()
        for old, new in changes:
            self.assertEqual(len(old), len(new))
            self.assertIn(old, content)
            content = content.replace(old, new)
        (self.dir / "in.dcm").write_bytes(content)
        done = self.dseg("convert", "in.dcm", "out.dcm", "--force")
        self.dseg("validate", "out.dcm")
        return (self.dir / "out.dcm").read_bytes(), done.err

    def test_type_without_value(self):
        scheme = element(8, 0x102, "SH", "SCT")
        content, warnings = self.replaced((scheme, scheme[:8] + b"    "))
        self.assertIn("has no Coding Scheme Designator (0008,0102)", warnings)
        self.assertIn(b"99DSEG", content)

    def test_algorithm_name(self):
        name = element(0x62, 9, "LO", "Unspecified")
        content, warnings = self.replaced((name, name.replace(b"p", b"\n")))
        self.assertIn("an algorithm's name has characters", warnings)
        self.assertIn(b"Uns ecified", content)


if __name__ == "__main__":
    harness.main()
