# SPDX-License-Identifier: Apache-2.0
"""dseg preview: what is where in the picture, its marks and names, and images below it."""

import base64
import struct
import xml.etree.ElementTree
import zlib

import harness
import images
from harness import INPUT, USAGE, CliTest

SVG = "{http://www.w3.org/2000/svg}"
HREF = "{http://www.w3.org/1999/xlink}href"


def unfilter(content, stride, step):
    """The rows of a PNG image (ISO/IEC 15948, 9.2)."""
    rows, before = [], bytes(stride)
    for start in range(0, len(content), stride + 1):
        kind, row = content[start], bytearray(content[start + 1:start + 1 + stride])
        for i in range(stride if kind else 0):
            a = row[i - step] if i >= step else 0
            b, c = before[i], before[i - step] if i >= step else 0
            p = a + b - c
            nearest = min((abs(p - a), 0, a), (abs(p - b), 1, b), (abs(p - c), 2, c))[2]
            row[i] = (row[i] + (0, a, b, (a + b) // 2, nearest)[kind]) & 255
        rows.append(bytes(row))
        before = row
    return rows


def read_png(content):
    """Rows of (r, g, b)."""
    at, chunks = 8, {}
    while at < len(content):
        length, name = struct.unpack_from(">I4s", content, at)
        chunks[name] = chunks.get(name, b"") + content[at + 8:at + 8 + length]
        at += 12 + length
    width, _, depth, kind = struct.unpack_from(">IIBB", chunks[b"IHDR"])
    samples = 3 if kind == 2 else 1
    rows = unfilter(zlib.decompress(chunks[b"IDAT"]), (width * samples * depth + 7) // 8, max(1, samples * depth // 8))
    if kind == 2:
        return [[tuple(row[3 * x:3 * x + 3]) for x in range(width)] for row in rows]
    palette = [tuple(chunks[b"PLTE"][i:i + 3]) for i in range(0, len(chunks[b"PLTE"]), 3)]
    mask = (1 << depth) - 1
    return [[palette[row[x * depth // 8] >> (8 - depth - x * depth % 8) & mask] for x in range(width)] for row in rows]


class PreviewTest(CliTest):
    def draw(self, source, *options, name="a.png"):
        result = self.dseg("preview", source, name, "--force", "--size", 500, *options)
        content = (self.dir / name).read_bytes()
        return result, read_png(content) if name.endswith(".png") else xml.etree.ElementTree.fromstring(content)

    def texts(self, source, *options):
        """Texts of the picture in SVG: (text, x, y), and its pixels."""
        _, root = self.draw(source, *options, name="a.svg")
        found = [(inner.find(f"{SVG}text").text, int(inner.get("x")), int(inner.get("y"))) for inner in root.iter(f"{SVG}svg")
                 if inner.find(f"{SVG}text") is not None]  # fmt: skip
        head, data = root.find(f"{SVG}image").get(HREF).split(",")
        self.assertEqual(head, "data:image/png;base64")
        return found, read_png(base64.b64decode(data, validate=True))

    def object(self, labels, affine=None, size=(40, 30, 20), names=("one", "two")):
        """An object a.dcm of a small volume, whose segments have names and colours."""
        self.volume(size=size, labels=labels, affine=affine)
        attributes = [[{"labelID": number, "SegmentLabel": name, "SegmentAlgorithmType": "MANUAL",
                        "recommendedDisplayRGBValue": color,
                        "SegmentedPropertyCategoryCodeSequence": {"CodeValue": "123037004", "CodingSchemeDesignator": "SCT", "CodeMeaning": "Anatomical Structure"},
                        "SegmentedPropertyTypeCodeSequence": {"CodeValue": "10200004", "CodingSchemeDesignator": "SCT", "CodeMeaning": "Liver"}}
                       for number, name, color in zip((1, 2), names, ([255, 0, 0], [0, 0, 255]))]]  # fmt: skip
        (self.dir / "meta.json").write_text(harness.json.dumps({"segmentAttributes": attributes}))
        self.dseg("convert", "labels.nii", "a.dcm", "--as", "labelmap", "--metadata", "meta.json", "--force")


def middle(places):
    return tuple(sum(values) / len(values) for values in zip(*places))


def left_and_head(i, j, k):
    """1 on the patient's left, in front, at the feet; 2 on the right, behind, at the head."""
    if i in range(4, 16) and j in range(3, 14) and k in range(2, 9):
        return 2
    return 1 if i in range(24, 36) and j in range(16, 27) and k in range(11, 18) else 0


def in_boxes(i, j, k):
    """A box of 1 with a small one of 2 at one end of x, y and z of the array, in the same sections."""
    if not (i in range(8, 32) and j in range(6, 24) and k in range(4, 16)):
        return 0
    return 2 if i < 14 and j < 24 and k < 7 or i < 14 and j < 10 or k < 7 and j < 10 else 1


class Sections(PreviewTest):
    def find_colors(self, pixels):
        """Places of pixels that are red, and that are blue, however dark."""
        places = {}
        for y, row in enumerate(pixels):
            for x, color in enumerate(row):
                red, green, blue = color
                if green < 30 and (red > 120) != (blue > 120):
                    places.setdefault("red" if red > blue else "blue", []).append((x, y))
        return places

    def test_directions(self):
        """Marks are where the patient's sides are, however rows and columns run, and so are the segments."""
        upright = ((1.5, 0, 0, -30), (0, 1.5, 0, -20), (0, 0, 2, 5))
        turned = ((0, 0, -2, 30), (-1.5, 0, 0, 20), (0, 1.5, 0, 5))
        for affine in (None, upright, turned):
            with self.subTest(affine):
                self.object(in_boxes, affine)
                found, _ = self.texts("a.dcm")
                marks = [(text, x, y) for text, x, y in found if text in set("LRAPHF")]
                by_letter = {letter: sorted((x, y) for text, x, y in marks if text == letter) for letter in "LRAPHF"}
                self.assertEqual({letter: len(places) for letter, places in by_letter.items()},
                                 {"L": 3, "R": 3, "A": 2, "P": 2, "H": 3, "F": 3})  # fmt: skip
                for left, right in zip(by_letter["L"], by_letter["R"]):
                    self.assertLess(right[0], left[0], "the patient's left is on the right")
                self.assertLess(max(y for _, y in by_letter["H"]), min(y for _, y in by_letter["F"]))
                titles = [text for text, _, _ in found]
                for title in ("coronal", "sagittal", "axial"):
                    self.assertTrue(any(text.startswith(title) for text in titles), title)
                self.assertIn("1 one", titles)

    def test_segments_are_where_the_marks_say(self):
        """The patient's right half is drawn on the left, the front above in the axial section, the head above below."""
        self.object(left_and_head, ((-1.5, 0, 0, 30), (0, -1.5, 0, 20), (0, 0, 2, 5)))
        # NIfTI's x runs to the right and y to the front: here i runs to the left, j to the back.
        _, pixels = self.draw("a.dcm")
        places = self.find_colors(pixels)
        self.assertEqual(set(places), {"red", "blue"})
        height = len(pixels)
        lower = {name: [place for place in found if place[1] > height * 0.45] for name, found in places.items()}
        self.assertTrue(lower["red"] and lower["blue"])
        # The projection, on the right below, shows both: blue is to the left of red, and lower.
        right = max(x for x, _ in lower["red"] + lower["blue"])
        seen = {name: middle([place for place in found if place[0] > right * 0.66]) for name, found in lower.items()}
        self.assertLess(seen["blue"][0], seen["red"][0])
        self.assertGreater(seen["blue"][1], seen["red"][1])

    def test_oblique(self):
        """A direction between two axes has both letters, the nearer one first."""
        cosine, sine = 0.8, 0.6
        self.object(in_boxes, ((1.5 * cosine, -1.5 * sine, 0, 0), (1.5 * sine, 1.5 * cosine, 0, 0), (0, 0, 2, 0)))
        found, _ = self.texts("a.dcm")
        letters = {text for text, _, _ in found}
        self.assertTrue({"LP", "RA"} <= letters or {"LA", "RP"} <= letters, letters)
        self.assertTrue({"H", "F"} <= letters)

    def test_where_there_is_no_volume(self):
        """One plane, nothing at all, and gaps of any kind: planes are shown, and sections are refused."""
        self.object(lambda i, j, k: 1 + (i > 5), size=(12, 10, 1))
        found, _ = self.texts("a.dcm")
        self.assertIn("1", {text for text, _, _ in found})
        self.fails("preview", "a.dcm", "b.png", "--layout", "sections", code=INPUT)

    def test_planes(self):
        self.object(in_boxes)
        found, _ = self.texts("a.dcm", "--planes", "2-13", "--columns", 4)
        numbers = {text for text, _, _ in found if text.isdecimal()}
        self.assertEqual(numbers, {str(number) for number in range(2, 14)})
        marks = [text for text, _, _ in found if text in set("LRAP")]
        self.assertEqual({letter: marks.count(letter) for letter in "LRAP"}, dict.fromkeys("LRAP", 12))

    def test_fractions_and_overlap(self):
        self.dseg("phantom", "a.seg.nrrd", "--size", "40x40x30", "--overlap")
        self.dseg("convert", "a.seg.nrrd", "a.dcm", "--as", "fractional", "--force")
        for source in ("a.seg.nrrd", "a.dcm"):
            _, pixels = self.draw(source, "--overlap", "first")
            self.assertGreater(len({color for row in pixels for color in row}), 20)

    def test_usage(self):
        self.object(in_boxes)
        for options in (("--layout", "sections", "--planes", "1-2"), ("--layout", "sections", "--columns", 2), ("--layout", "x")):
            self.fails("preview", "a.dcm", "b.png", *options, code=USAGE)


class Names(PreviewTest):
    NAMES = ("Печень <&>", "肝臓 כבד")

    def test_any_script(self):
        self.object(in_boxes, names=self.NAMES)
        found, _ = self.texts("a.dcm")
        self.assertTrue({f"{number} {name}" for number, name in enumerate(self.NAMES, 1)} <= {text for text, _, _ in found})

    def test_png_shows_the_codes_meaning(self):
        """And says so; SVG has nothing to say."""
        self.object(in_boxes, names=self.NAMES)
        result, pixels = self.draw("a.dcm")
        self.assertIn(".svg", result.err)
        self.assertEqual(self.draw("a.dcm", name="b.svg")[0].err, "")
        self.object(in_boxes, names=("Liver", "Liver"))
        other = self.draw("a.dcm", name="a.png")
        self.assertEqual(other[0].err, "")
        self.assertEqual(other[1], pixels)


class References(PreviewTest):
    def setUp(self):
        super().setUp()
        self.dseg("phantom", "a.dcm", "--size", "48x40x30", "--spacing", "8.5x8.5x21", "--images", "ct", "--labels", 30)

    def greys(self, pixels):
        return {color for row in pixels for color in row if len(set(color)) == 1}

    def test_images_are_below(self):
        without = self.draw("a.dcm")[1]
        pixels = self.draw("a.dcm", "--reference", "ct")[1]
        self.assertLess(len(self.greys(without)), 10)
        self.assertGreater(len(self.greys(pixels)), 100)

    def test_other_encodings_of_images(self):
        """The same picture from a volume without identity, and from images one by one."""
        self.dseg("convert", "a.dcm", "a.nii")
        first = self.draw("a.nii", "--reference", "ct")[1]
        paths = sorted(f"ct/{path.name}" for path in (self.dir / "ct").iterdir())
        self.assertEqual(self.draw("a.nii", "--reference", *paths)[1], first)

    def test_planes(self):
        pixels = self.draw("a.dcm", "--reference", "ct", "--layout", "planes")[1]
        self.assertGreater(len(self.greys(pixels)), 100)

    def test_grey_values_are_in_their_place(self):
        """One bright image among dark ones shows as one bright line of the coronal section."""
        self.volume(size=(20, 18, 8), labels=lambda i, j, k: 1 if 4 < i < 9 and 4 < j < 9 and 1 < k < 6 else 0,
                    affine=((-2, 0, 0, 0), (0, -2, 0, 0), (0, 0, 10, 0)))  # fmt: skip
        (self.dir / "made").mkdir()
        for k in range(8):
            more = [images.element(0x28, number, "US", struct.pack("<H", value)) for number, value in
                    ((2, 1), (0x100, 16), (0x101, 16), (0x102, 15), (0x103, 0))]  # fmt: skip
            more += [images.element(0x28, 4, "CS", "MONOCHROME2"),
                     images.element(0x28, 0x1050, "DS", "500"), images.element(0x28, 0x1051, "DS", "1000")]  # fmt: skip
            pixels = struct.pack("<H", 1000 if k == 6 else 0) * 360
            long = struct.pack("<HH2sHI", 0x7FE0, 0x10, b"OW", 0, len(pixels)) + pixels
            images.write_image(self.dir / f"made/{k}.dcm", k, (0, 0, 10 * k), 18, 20, (2, 2), (1, 0, 0, 0, 1, 0), [*more, long])
        pixels = self.draw("labels.nii", "--reference", "made")[1]
        white = {(x, y) for y, row in enumerate(pixels) for x, color in enumerate(row) if color == (255, 255, 255)}
        rows = sorted({y for _, y in white if sum((x, y) in white for x in range(len(pixels[0]))) > 40})
        self.assertTrue(rows)
        self.assertEqual(rows, list(range(rows[0], rows[-1] + 1)), "one band")

    def test_refusals(self):
        """Another patient's images, none at all, images without pixels, a picture that is an image."""
        self.dseg("phantom", "b.dcm", "--size", "20x20x10", "--images", "other", "--seed", 5)
        self.fails("preview", "a.dcm", "b.png", "--reference", "other", code=INPUT)
        (self.dir / "empty").mkdir()
        self.fails("preview", "a.dcm", "b.png", "--reference", "empty", code=INPUT)
        self.fails("preview", "a.dcm", "b.png", "--reference", "gone", code=INPUT)
        self.dseg("convert", "a.dcm", "a.nii")
        (self.dir / "bare").mkdir()
        for k in range(30):
            images.write_image(self.dir / f"bare/{k}.dcm", k, (0, 0, 21 * k), 40, 48, (8.5, 8.5), (1, 0, 0, 0, 1, 0))
        self.fails("preview", "a.nii", "b.png", "--reference", "bare", code=INPUT)


if __name__ == "__main__":
    harness.main()
