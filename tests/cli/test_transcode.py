# SPDX-License-Identifier: Apache-2.0
"""dseg transcode: the same object in another transfer syntax, byte for byte on the way back."""

import struct
import subprocess

import dicom_bytes as dicom
import harness
from harness import INPUT, OK, OUTPUT, PROGRAM, USAGE, CliTest

REPRESENTATIONS = {"binary": (1,), "labelmap": (8, 16), "fractional": (8,)}


class TranscodeTest(CliTest):
    def codecs(self, bits):
        """Names of what can be written without loss."""
        listed = self.dseg("codecs", "--json").json()["frame_codecs"]
        return [codec["name"] for codec in listed
                if codec["can_write"] and not codec["lossy"] and bits in codec["bits_allocated"]]  # fmt: skip

    def object(self, name="a.dcm", representation="labelmap", bits=8, codec="explicit-le", size=(8, 7, 5)):
        """An object of dseg's; its bytes."""
        self.volume(size=size)
        more = ("--option", f"bits={bits}") if bits == 16 else ()
        self.dseg("convert", "labels.nii", name, "--as", representation, "--transfer-syntax", codec, "--force", *more)
        return self.bytes_of(name)

    def bytes_of(self, name):
        return (self.dir / name).read_bytes()

    def put(self, name, data):
        (self.dir / name).write_bytes(data)

    def transcode(self, source, target, codec, *more, code=OK):
        return self.dseg("transcode", source, target, "--transfer-syntax", codec, "--force", *more, code=code)

    def comes_back(self, name, codec, quiet=True):
        """To a transfer syntax and back: the data set has the same bytes."""
        before = self.bytes_of(name)
        there = self.transcode(name, "there.dcm", codec)
        back = self.transcode("there.dcm", "back.dcm", dicom.transfer_syntax(before))
        if quiet:
            self.assertEqual(there.err + back.err, "")
        self.assertEqual(dicom.data_set(self.bytes_of("back.dcm")), dicom.data_set(before), codec)
        return there


class RoundTrips(TranscodeTest):
    def test_every_codec(self):
        for representation, widths in REPRESENTATIONS.items():
            for bits in widths:
                for source in ("explicit-le", "implicit-le"):
                    self.object("a.dcm", representation, bits, source)
                    for codec in self.codecs(bits):
                        with self.subTest(representation=representation, bits=bits, source=source, codec=codec):
                            self.comes_back("a.dcm", codec)
                            self.dseg("compare", "a.dcm", "there.dcm")

    def test_from_every_codec_to_every_codec(self):
        self.object()
        for source in self.codecs(8):
            self.transcode("a.dcm", "b.dcm", source)
            for codec in self.codecs(8):
                with self.subTest(source=source, codec=codec):
                    self.transcode("b.dcm", "c.dcm", codec)
                    self.transcode("c.dcm", "back.dcm", "explicit-le")
                    self.assertEqual(dicom.data_set(self.bytes_of("back.dcm")), dicom.data_set(self.bytes_of("a.dcm")))

    def test_frames_that_begin_within_a_byte(self):
        before = self.object("a.dcm", "binary", 1, size=(9, 7, 5))
        for codec in ("rle", "deflated", "implicit-le", "label-edge"):
            self.comes_back("a.dcm", codec)
        result = self.transcode("a.dcm", "b.dcm", "encapsulated", code=INPUT)
        self.assertIn("PS3.5 A.4.11", result.err)
        self.assertEqual(self.bytes_of("a.dcm"), before)

    def test_what_writers_may_do(self):
        """Private elements, UN, nested items of both kinds of lengths, group lengths, padding at the end."""
        for source in ("explicit-le", "implicit-le"):
            implicit = source == "implicit-le"
            codes = [
                dicom.element(0x00080100, b"SH", b"4711", implicit),
                dicom.element(0x00080104, b"LO", b"meaning ", implicit),
                dicom.element(0x00080119, b"UC", b"a long code value", implicit),
            ]
            for undefined in (False, True):
                inner = dicom.sequence(0x00081140, [dicom.item(b"".join(codes), not undefined)], undefined, implicit)
                more = [
                    (0x00081115, dicom.sequence(0x00081115, [
                        dicom.item(inner + dicom.element(0x0020000E, b"UI", b"1.2\0", implicit), undefined),
                        dicom.item(b"", undefined)], undefined, implicit)),
                    (0x00090010, dicom.element(0x00090010, b"LO", b"SOMEONE ", implicit)),
                    (0x00091001, dicom.element(0x00091001, b"UN", b"\1\2\3", implicit)),
                    (0x00091002, dicom.sequence(0x00091002, [dicom.item(inner, undefined)], True, implicit)),
                    (0x00101010, dicom.element(0x00101010, b"AS", b"", implicit)),
                    (0xFFFCFFFC, dicom.element(0xFFFCFFFC, b"OB", bytes(6) + b"\1\2", implicit)),
                ]  # fmt: skip
                data = dicom.with_elements(self.object(codec=source), more)
                self.put("more.dcm", data)
                self.put("lengths.dcm", dicom.with_group_lengths(data))
                self.put("filled.dcm", data + bytes(100))
                for name in ("more.dcm", "lengths.dcm", "filled.dcm"):
                    for codec in self.codecs(8):
                        with self.subTest(source=source, undefined=undefined, name=name, codec=codec):
                            self.comes_back(name, codec)

    def test_group_lengths_are_right(self):
        """In every target, as far as the bytes tell."""
        self.put("a.dcm", dicom.with_group_lengths(self.object()))
        for codec in ("implicit-le", "rle", "label-edge"):
            self.transcode("a.dcm", "b.dcm", codec)
            data = self.bytes_of("b.dcm")
            own = dicom.elements(dicom.data_set(data), codec == "implicit-le")
            for tag, content in own:
                if tag & 0xFFFF == 0:
                    group = sum(len(other) for number, other in own if number >> 16 == tag >> 16 and number != tag)
                    self.assertEqual(struct.unpack("<I", content[-4:])[0], group, hex(tag))

    def test_wrong_group_length_stays(self):
        wrong = dicom.element(0x00620000, b"UL", struct.pack("<I", 5))
        self.put("a.dcm", dicom.with_elements(self.object(), [(0x00620000, wrong)]))
        self.assertEqual(self.transcode("a.dcm", "b.dcm", "rle").err, "")  # nothing of the group changes
        result = self.comes_back("a.dcm", "implicit-le", quiet=False)
        self.assertIn("1 group lengths", result.err)
        self.assertIn("PS3.5 7.2", result.err)

    def test_vrs_that_implicit_does_not_say(self):
        private = [(0x00090010, dicom.element(0x00090010, b"LO", b"SOMEONE ")),
                   (0x00091001, dicom.element(0x00091001, b"DS", b"1.5 "))]  # fmt: skip
        self.put("a.dcm", dicom.with_elements(self.object(), private))
        for codec in self.codecs(8):
            if codec != "implicit-le":
                self.comes_back("a.dcm", codec)
        result = self.transcode("a.dcm", "b.dcm", "implicit-le")
        self.assertIn("the VR of 1 elements", result.err)
        self.assertIn("(0009,1001) with DS", result.err)
        self.transcode("b.dcm", "c.dcm", "explicit-le")
        back = dict(dicom.elements(dicom.data_set(self.bytes_of("c.dcm"))))
        self.assertEqual(back[0x00091001], dicom.element(0x00091001, b"UN", b"1.5 "))
        del back[0x00091001]
        before = dict(dicom.elements(dicom.data_set(self.bytes_of("a.dcm"))))
        del before[0x00091001]
        self.assertEqual(back, before)

    def test_numbers_of_segments_keep_their_vr(self):
        """This build knows its own private element, in an item whose creator says that it is; others come back as UN."""
        data = self.object(representation="binary", bits=1)
        self.assertIn(b"DSEG SEGMENTS ", data)
        self.comes_back("a.dcm", "implicit-le")
        self.object(representation="binary", bits=1, codec="implicit-le")
        self.comes_back("a.dcm", "rle")
        self.assertIn(b"\x71\x00\x01\x10UL\4\0", self.bytes_of("there.dcm"))
        self.put("a.dcm", data.replace(b"DSEG SEGMENTS ", b"DSEG ANYTHING "))
        self.assertIn("(0071,1001) with UL", self.transcode("a.dcm", "b.dcm", "implicit-le").err)

    def test_unknown_items(self):
        """A UN of undefined length has items in implicit VR, whatever is around them (PS3.5 6.2.2)."""
        inner = dicom.element(0x00080100, b"", b"4711", True) + dicom.element(0x00081111, b"", b"\1\0\2\0", True)
        for undefined in (False, True):
            items = [dicom.item(inner, undefined), dicom.item(b"", undefined)]
            unknown = dicom.sequence(0x00091001, items, True, vr=b"UN")
            self.put("a.dcm", dicom.with_elements(self.object(), [(0x00091001, unknown)]))
            for codec in self.codecs(8):
                if codec != "implicit-le":
                    self.comes_back("a.dcm", codec)
            self.assertIn("(0009,1001) with UN", self.transcode("a.dcm", "b.dcm", "implicit-le").err)
            own = dict(dicom.elements(dicom.data_set(self.bytes_of("b.dcm")), True))
            self.assertEqual(own[0x00091001], dicom.sequence(0x00091001, items, True, True))

    def test_words_of_eight_bits(self):
        """Pixel Data of 8 bits may have VR OW: it comes back as OB with the same bytes."""
        data = self.object()
        at = data.index(b"\xe0\x7f\x10\0OB")
        self.put("a.dcm", data[: at + 4] + b"OW" + data[at + 6 :])
        self.comes_back("a.dcm", "deflated")
        self.transcode("a.dcm", "b.dcm", "rle")
        self.transcode("b.dcm", "c.dcm", "explicit-le")
        self.assertEqual(dicom.data_set(self.bytes_of("c.dcm")), dicom.data_set(data))


class Padding(TranscodeTest):
    def test_bits_that_were_set(self):
        data = self.object(representation="binary", bits=1, size=(9, 7, 5))
        bits = 9 * 7 * self.dseg("info", "a.dcm", "--json").json()["frames"]
        self.assertNotEqual(bits % 16, 0)
        self.put("a.dcm", data[:-1] + bytes([data[-1] | 0x80]))
        for codec in ("implicit-le", "deflated"):
            self.comes_back("a.dcm", codec)
        result = self.transcode("a.dcm", "b.dcm", "rle")
        self.assertIn("padding behind its last frame that is not zero (PS3.5 8.1.1)", result.err)
        self.transcode("b.dcm", "c.dcm", "explicit-le")
        self.assertEqual(dicom.data_set(self.bytes_of("c.dcm")), dicom.data_set(data))

    def test_bytes_too_many(self):
        for representation, bits in (("labelmap", 8), ("binary", 1)):
            data = self.object(representation=representation, bits=bits)
            content = dicom.elements(dicom.data_set(data))
            longer = dicom.element(0x7FE00010, b"OB", content[-1][1][12:] + bytes(4))
            self.put("a.dcm", dicom.with_data_set(data, b"".join(part for _, part in content[:-1]) + longer))
            self.comes_back("a.dcm", "implicit-le")
            if bits == 8:
                self.assertIn("4 bytes more", self.transcode("a.dcm", "b.dcm", "rle").err)
            else:
                self.assertIn("--padded-bit-frames", self.fails(
                    "transcode", "a.dcm", "c.dcm", "--transfer-syntax", "rle", code=INPUT).err)  # fmt: skip


class Frames(TranscodeTest):
    def decoded(self, *arguments):
        result = self.dseg("transcode", *arguments, "--force", "--json").json()
        self.assertGreater(result["frames"], 1)
        return result["decoded_frames"]

    def test_are_not_decoded_without_need(self):
        self.object()
        self.assertEqual(self.decoded("a.dcm", "b.dcm", "--transfer-syntax", "implicit-le"), 0)
        self.assertGreater(self.decoded("a.dcm", "rle.dcm", "--transfer-syntax", "rle"), 1)
        self.assertEqual(self.decoded("rle.dcm", "b.dcm", "--transfer-syntax", "rle", "--offset-table", "extended"), 0)
        self.assertEqual(self.decoded("b.dcm", "c.dcm", "--transfer-syntax", "rle"), 0)
        self.assertEqual(self.bytes_of("c.dcm"), self.bytes_of("rle.dcm"))
        self.assertIn(b"\xe0\x7f\x01\0OV", self.bytes_of("b.dcm"))
        self.dseg("validate", "b.dcm", "c.dcm")

    def test_options_encode_anew(self):
        self.object("a.dcm", codec="deflated-frame", size=(64, 64, 5))
        self.assertEqual(self.decoded("a.dcm", "b.dcm", "--transfer-syntax", "deflated-frame"), 0)
        arguments = ("a.dcm", "b.dcm", "--transfer-syntax", "deflated-frame", "--option", "level=12")
        self.assertGreater(self.decoded(*arguments), 1)
        self.dseg("compare", "a.dcm", "b.dcm")

    def test_fragments_become_one(self):
        """A Basic Offset Table allows several fragments for a frame, the extended one does not."""
        self.object(codec="deflated-frame")
        data = self.bytes_of("a.dcm")
        *others, (_, pixels) = dicom.elements(dicom.data_set(data))
        fragments, at = [], 12
        while True:
            tag, _, length, value = dicom.read_header(pixels, at, True)
            if tag == dicom.SEQUENCE_END:
                break
            fragments.append(pixels[value : value + length])
            at = value + length
        offsets, cut = [], b""
        for frame in fragments[1:]:
            offsets.append(len(cut))
            half = len(frame) // 4 * 2
            cut += dicom.item(frame[:half]) + dicom.item(frame[half:])
        table = dicom.item(struct.pack(f"<{len(offsets)}I", *offsets))
        value = dicom.header(0x7FE00010, b"OB", dicom.UNDEFINED) + table + cut + dicom.header(dicom.SEQUENCE_END, b"", 0)
        self.put("cut.dcm", dicom.with_data_set(data, b"".join(part for _, part in others) + value))
        self.transcode("cut.dcm", "b.dcm", "deflated-frame")
        self.assertEqual(self.bytes_of("b.dcm"), data)
        self.transcode("cut.dcm", "b.dcm", "explicit-le")
        self.transcode("a.dcm", "c.dcm", "explicit-le")
        self.assertEqual(self.bytes_of("b.dcm"), self.bytes_of("c.dcm"))

    def test_damaged_frame(self):
        data = bytearray(self.object(codec="rle"))
        at = data.rindex(dicom.tag_bytes(dicom.ITEM)) + 8
        data[at : at + 4] = b"\xff\xff\xff\xff"  # the number of RLE segments
        self.put("a.dcm", bytes(data))
        result = self.fails("transcode", "a.dcm", "b.dcm", "--transfer-syntax", "explicit-le", code=INPUT)
        self.assertIn("a.dcm: error:", result.err)
        self.assertIn("PS3.5", result.err)


class Marks(TranscodeTest):
    def group(self, name):
        return [(tag, content[8:]) for tag, content in dicom.elements(dicom.data_set(self.bytes_of(name)))
                if tag >> 16 == 0x71]  # fmt: skip

    def test_block_of_its_own(self):
        data = self.object()
        self.comes_back("a.dcm", "label-edge")
        self.assertEqual(self.group("there.dcm"), [(0x00710010, b"DSEG PROPOSALS"), (0x00711001, b"label-edge 3")])
        theirs = [(0x00710010, dicom.element(0x00710010, b"LO", b"SOMEONE ")),
                  (0x00711001, dicom.element(0x00711001, b"LO", b"label-edge 3"))]  # fmt: skip
        self.put("a.dcm", dicom.with_elements(data, theirs))
        self.comes_back("a.dcm", "label-edge")
        self.assertEqual([tag for tag, _ in self.group("there.dcm")], [0x00710010, 0x00710011, 0x00711001, 0x00711101])

    def test_beside_other_values(self):
        ours = [(0x00710010, dicom.element(0x00710010, b"LO", b"DSEG PROPOSALS")),
                (0x00711001, dicom.element(0x00711001, b"LO", b"space 1 "))]  # fmt: skip
        self.put("a.dcm", dicom.with_elements(self.object(), ours))
        self.comes_back("a.dcm", "label-edge")
        self.assertEqual(self.group("there.dcm")[1], (0x00711001, b"space 1 \\label-edge 3 "))
        self.put("a.dcm", dicom.with_elements(self.object(), ours[:1]))  # a creator alone
        self.comes_back("a.dcm", "label-edge")

    def test_beside_values_of_another_form(self):
        """A mark that some program gave VR UN stays so; what is no text is not ours."""
        for vr, value, tag in ((b"UN", b"space 1 ", 0x00711001), (b"UL", b"\1\2\3\4", 0x00711101),
                               (b"SQ", dicom.item(b""), 0x00711101)):  # fmt: skip
            with self.subTest(vr=vr):
                ours = [(0x00710010, dicom.element(0x00710010, b"LO", b"DSEG PROPOSALS")),
                        (0x00711001, dicom.element(0x00711001, vr, value))]  # fmt: skip
                self.put("a.dcm", dicom.with_group_lengths(dicom.with_elements(self.object(), ours)))
                self.comes_back("a.dcm", "label-edge")
                own = dicom.elements(dicom.data_set(self.bytes_of("there.dcm")))
                group = sum(len(content) for number, content in own if number >> 16 == 0x71 and number != 0x00710000)
                self.assertEqual(struct.unpack("<I", dict(own)[0x00710000][-4:])[0], group)
                self.assertIn(b"label-edge 3", dict(own)[tag])

    def test_from_one_experiment_to_another(self):
        self.object()
        if "zstd" not in self.codecs(8):
            print("skipped: needs DSEG_WITH_ZSTD, a second experimental transfer syntax")
            self.skipTest("no zstd")
        self.transcode("a.dcm", "b.dcm", "label-edge")
        self.transcode("b.dcm", "c.dcm", "zstd")
        self.assertEqual(self.group("c.dcm")[1], (0x00711001, b"zstd 1"))
        self.transcode("c.dcm", "d.dcm", "explicit-le")
        self.assertEqual(dicom.data_set(self.bytes_of("d.dcm")), dicom.data_set(self.bytes_of("a.dcm")))

    def test_of_another_version(self):
        """An object in an experimental encoding of another version is refused, with both versions named."""
        data = self.object(codec="label-edge")
        uid = dicom.transfer_syntax(data).encode()
        older = data.replace(uid, uid[:-1] + b"1").replace(b"label-edge 3", b"label-edge 2")
        convert = ("convert", "a.dcm", "b.nii")
        transcode = ("transcode", "a.dcm", "b.dcm", "--transfer-syntax", "explicit-le")
        for content, known in ((older, "label-edge version 2, and this build has version 3"),
                               (older.replace(b"label-edge 2", b"other-edge 7"), "other-edge version 7 (PS3.5 A.4)"),
                               (older.replace(b"label-edge 2", b"Label Edge 2"), "decodes its frames (PS3.5 A.4)"),
                               (older.replace(b"label-edge 2", b"label-edge-2"), "decodes its frames (PS3.5 A.4)")):  # fmt: skip
            self.put("a.dcm", content)
            for command in (convert, transcode):
                with self.subTest(known=known, command=command[0]):
                    self.assertIn(known, self.fails(*command, code=INPUT).err)

    def test_of_an_object_written_so(self):
        self.object("a.dcm", codec="label-edge")
        result = self.transcode("a.dcm", "b.dcm", "explicit-le")
        self.assertIn("Series Description (0008,103E)", result.err)
        self.assertEqual(self.group("b.dcm"), [])


class Meta(TranscodeTest):
    def test_what_is_kept(self):
        data = self.object()
        meta, at = dicom.meta_of(data)
        more = dicom.element(0x00020016, b"AE", b"STATION ") + dicom.element(0x00020100, b"UI", b"1.2\0") + \
            dicom.element(0x00020102, b"OB", b"\1\2\3\4")  # fmt: skip
        self.put("a.dcm", data[:at] + more + data[at:])
        self.transcode("a.dcm", "b.dcm", "rle")
        after, end = dicom.meta_of(self.bytes_of("b.dcm"))
        self.assertEqual(after[0x10], b"1.2.840.10008.1.2.5\0")
        self.assertEqual(after[0], struct.pack("<I", end - 144))
        for number in (0x01, 0x02, 0x03, 0x12, 0x13):
            self.assertEqual(after[number], meta[number])
        self.assertEqual((after[0x16], after[0x100], after[0x102]), (b"STATION ", b"1.2\0", b"\1\2\3\4"))

    def test_what_is_missing_is_made(self):
        data = self.object()
        at = dicom.meta_of(data)[1]
        syntax = dicom.element(0x00020010, b"UI", dicom.EXPLICIT.encode() + b"\0")
        self.put("a.dcm", data[: dicom.PREAMBLE] + syntax + data[at:])
        self.transcode("a.dcm", "b.dcm", "explicit-le")
        self.assertEqual(self.bytes_of("b.dcm"), data)

    def test_preamble(self):
        data = self.object()
        self.put("a.dcm", b"II*\0" + data[4:])
        result = self.transcode("a.dcm", "b.dcm", "rle")
        self.assertIn("preamble", result.err)
        self.assertEqual(self.bytes_of("b.dcm")[:128], bytes(128))

    def test_concatenation(self):
        """Each part is an object of its own."""
        self.volume()
        self.dseg("convert", "labels.nii", "a.dcm", "--as", "labelmap", "--concatenation", "--uid-seed", "s")
        self.object()
        self.comes_back("a.dcm", "rle")


class Refusals(TranscodeTest):
    def refused(self, codec, *more, code, name="a.dcm"):
        return self.fails("transcode", name, "b.dcm", "--transfer-syntax", codec, *more, code=code).err

    def test_targets(self):
        self.object(representation="fractional")
        if "jpeg" in (codec["name"] for codec in self.dseg("codecs", "--json").json()["frame_codecs"]):
            self.assertIn("PS3.3 C.7.6.1.1.5", self.refused("jpeg", code=INPUT))
        self.assertIn("explicit-be", self.refused("explicit-be", code=INPUT))
        self.refused("nonsense", code=USAGE)
        self.refused("rle", "--option", "level=3", code=USAGE)
        self.refused("rle", "--option", "level", code=USAGE)
        self.refused("explicit-le", "--offset-table", "basic", code=USAGE)
        self.fails("transcode", "a.dcm", "b.dcm", code=USAGE)
        self.fails("transcode", "a.dcm", "--transfer-syntax", "rle", code=USAGE)
        self.fails("transcode", "a.dcm", "b.dcm", "c.dcm", "--transfer-syntax", "rle", code=USAGE)

    def test_files(self):
        self.object()
        self.put("b.dcm", b"something")
        self.refused("rle", code=OUTPUT)
        self.refused("rle", code=INPUT, name="labels.nii")
        self.refused("rle", code=INPUT, name="missing.dcm")
        self.fails("transcode", "a.dcm", "missing/b.dcm", "--transfer-syntax", "rle", code=OUTPUT)
        self.fails("transcode", "a.dcm", "a.dcm", "--transfer-syntax", "rle", "--force", code=USAGE)

    def test_icon_that_is_compressed(self):
        frame = dicom.header(0x7FE00010, b"OB", dicom.UNDEFINED) + dicom.item(b"") + dicom.item(b"\0\0") + \
            dicom.header(dicom.SEQUENCE_END, b"", 0)  # fmt: skip
        icon = dicom.sequence(0x00880200, [dicom.item(frame)])
        self.put("a.dcm", dicom.with_elements(self.object(codec="rle"), [(0x00880200, icon)]))
        for codec in ("explicit-le", "implicit-le", "deflated-frame"):
            self.assertIn("PS3.5 A.4", self.refused(codec, code=INPUT))
        self.transcode("a.dcm", "b.dcm", "rle", "--offset-table", "extended")

    def test_sequence_that_is_none(self):
        """Implicit VR would make items of it. Of a UN they may be."""
        wrong = dicom.element(0x00081115, b"LO", b"no items")
        self.put("a.dcm", dicom.with_elements(self.object(), [(0x00081115, wrong)]))
        self.transcode("a.dcm", "b.dcm", "deflated-frame")
        (self.dir / "b.dcm").unlink()
        self.assertIn("(0008,1115)", self.refused("implicit-le", code=INPUT))
        items = dicom.item(dicom.element(0x0020000E, b"", b"1.2\0", True))
        self.put("a.dcm", dicom.with_elements(self.object(), [(0x00081115, dicom.element(0x00081115, b"UN", items))]))
        self.assertIn("(0008,1115) with UN", self.transcode("a.dcm", "b.dcm", "implicit-le").err)
        self.transcode("b.dcm", "c.dcm", "explicit-le")
        back = dict(dicom.elements(dicom.data_set(self.bytes_of("c.dcm"))))
        item = dicom.item(dicom.element(0x0020000E, b"UI", b"1.2\0"))
        self.assertEqual(back[0x00081115], dicom.sequence(0x00081115, [item]))

    def test_cut_anywhere(self):
        data = self.object(codec="rle")
        whole = len(data) - 8  # the delimiter of Pixel Data
        for size in (*range(0, whole, 97), whole - 1, whole + 4):
            self.put("cut.dcm", data[:size])
            for codec in ("explicit-le", "implicit-le", "rle"):
                self.refused(codec, code=INPUT, name="cut.dcm")


class Streams(TranscodeTest):
    def test_standard_input_and_output(self):
        self.object()
        self.transcode("a.dcm", "b.dcm", "rle")
        command = [PROGRAM, "transcode", "-", "-", "--transfer-syntax", "rle"]
        done = subprocess.run(command, cwd=self.dir, input=self.bytes_of("a.dcm"), capture_output=True, timeout=60)
        self.assertEqual((done.returncode, done.stderr), (OK, b""))
        self.assertEqual(done.stdout, self.bytes_of("b.dcm"))
        self.fails("transcode", "a.dcm", "-", "--transfer-syntax", "rle", "--json", code=USAGE)
        self.fails("transcode", "a.dcm", "-", "--transfer-syntax", "rle", "--force", code=USAGE)

    def test_output_that_breaks(self):
        self.object(size=(256, 256, 40))
        with open("/dev/full", "wb") as full:
            done = subprocess.run([PROGRAM, "transcode", "a.dcm", "-", "--transfer-syntax", "explicit-le"],
                                  cwd=self.dir, stdout=full, stderr=subprocess.PIPE, timeout=60)  # fmt: skip
        self.assertEqual(done.returncode, OUTPUT)
        self.assertIn(b"standard output: error:", done.stderr)


if __name__ == "__main__":
    harness.main()
