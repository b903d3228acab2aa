# SPDX-License-Identifier: Apache-2.0
"""Names, codes and colours from tables that others write, from headers of volumes, and from file names."""

import gzip
import json
import struct

import harness
from harness import INPUT, USAGE, CliTest, read_nifti
from images import write_image

SIZE = (9, 7, 5)
NAMES = {1: "spleen", 2: "kidney_right", 3: "kidney_left"}
COLORS = {1: (76, 128, 51), 2: (153, 128, 51), 3: (230, 128, 51)}
CODES = ("SegmentedPropertyCategoryCodeSequence", "SegmentedPropertyTypeCodeSequence")
PARTS = ("CodingSchemeDesignator", "CodeValue", "CodeMeaning")


def rgb(item):
    """The colour of a segment that `dseg info --json` tells."""
    return tuple(bytes.fromhex(item["color"][1:]))


def bands(i, j, k):
    return {2: 1, 4: 2, 6: 3}.get(i, 0) if 0 < k < 4 and 0 < j < 6 else 0


def label_table(names, colors, cut=None):
    """A document as TotalSegmentator and Connectome Workbench write it into the header of NIfTI files."""
    xml = '<?xml version="1.0" encoding="UTF-8"?><CaretExtension><VolumeInformation Index="0"><LabelTable>\n'
    for key, name in names.items():
        red, green, blue = (f"{step / 255:.4f}" for step in colors[key])
        xml += f'<Label Key="{key}" Red="{red}" Green="{green}" Blue="{blue}" Alpha="1"><![CDATA[{name}]]></Label>\n'
    xml += "</LabelTable><VolumeType><![CDATA[Label]]></VolumeType></VolumeInformation></CaretExtension>"
    return xml.encode()[:cut]


def add_extension(path, body, code):
    """Puts an extension between the header of an uncompressed NIfTI-1 file and its voxels."""
    content = bytearray(path.read_bytes())
    body += bytes(-(len(body) + 8) % 16)
    struct.pack_into("<f", content, 108, 352.0 + 8 + len(body))
    content[348] = 1
    path.write_bytes(bytes(content[:352]) + struct.pack("<ii", len(body) + 8, code) + body + bytes(content[352:]))


class Names(CliTest):
    def setUp(self):
        super().setUp()
        self.voxels = self.volume("labels.nii", SIZE, bands)

    def put(self, name, text):
        (self.dir / name).write_text(text if isinstance(text, str) else json.dumps(text), encoding="utf-8")

    def segments(self, path):
        return self.dseg("info", "--json", path).json()["segments"]

    def labels(self, path):
        return {item["number"]: item["label"] for item in self.segments(path)}

    def has_terms(self):
        result = self.dseg("convert", "labels.nii", "probe.dcm", "--names", "totalsegmentator", code=INPUT)
        return "DSEG_WITH_TERMS=OFF" not in result.err


class Headers(Names):
    def expect(self, path, names=NAMES, colors=COLORS):
        segments = {item["number"]: item for item in self.segments(path)}
        self.assertEqual({number: item["label"] for number, item in segments.items()}, names)
        self.assertEqual({number: rgb(item) for number, item in segments.items()}, colors)

    def test_extensions_are_read(self):
        for code in (0, 30):
            with self.subTest(code):
                self.volume("named.nii", SIZE, bands)
                add_extension(self.dir / "named.nii", label_table({**NAMES, 9: "colon"}, {**COLORS, 9: (1, 2, 3)}), code)
                (self.dir / "named.nii.gz").write_bytes(gzip.compress((self.dir / "named.nii").read_bytes()))
                for name in ("named.nii", "named.nii.gz"):
                    result = self.dseg("convert", name, "named.dcm", "--force")
                    self.assertNotIn("warning", result.err)
                    self.expect("named.dcm")  # a catalogue: colon is not there, and not described
                    self.dseg("compare", "labels.nii", "named.dcm")

    def test_names_survive(self):
        """DICOM to NIfTI and back, whatever the form of the file."""
        names = {1: "a & b < c", 2: "]]>", 3: "Nière ü"}
        self.put("colours.csv", "".join(f'{n},"{name}",{",".join(map(str, COLORS[n]))}\n' for n, name in names.items()))
        self.dseg("convert", "labels.nii", "named.dcm", "--names", "colours.csv")
        for name, more in (("a.nii", ()), ("a.nii.gz", ()), ("b.nii", ("--nifti2",)), ("c.hdr", ())):
            with self.subTest(name):
                self.dseg("convert", "named.dcm", name, *more)
                self.dseg("convert", name, f"{name}.dcm")
                self.expect(f"{name}.dcm", names)
                self.dseg("compare", "named.dcm", f"{name}.dcm")
        size, voxels, _ = read_nifti(self.dir / "a.nii")
        self.assertEqual((size, voxels), (SIZE, self.voxels))
        self.assertEqual((self.dir / "a.nii").read_bytes()[348], 1)

    def test_nothing_to_say(self):
        """Names that were made up are not written."""
        self.dseg("convert", "labels.nii", "copy.nii")
        self.assertEqual((self.dir / "copy.nii").read_bytes()[348:352], bytes(4))

    def test_fractions(self):
        self.dseg("convert", "labels.nii", "f.dcm", "--as", "fractional")
        self.put("names.csv", "".join(f"{n},{name}\n" for n, name in NAMES.items()))
        self.dseg("convert", "labels.nii", "g.dcm", "--as", "fractional", "--names", "names.csv")
        self.dseg("convert", "g.dcm", "g.nii")
        self.dseg("convert", "g.nii", "h.dcm", "--threshold", "0.5", "--as", "binary")
        self.assertEqual(self.labels("h.dcm"), NAMES)

    def test_damaged_extensions(self):
        """Damage is a warning, and the voxels are read."""
        table = label_table(NAMES, COLORS)
        for name, body in (("cut", table[:200]), ("latin", table.replace(b"spleen", b"spl\xe9en")), ("zeros", bytes(24))):
            with self.subTest(name):
                self.volume("x.nii", SIZE, bands)
                add_extension(self.dir / "x.nii", body, 0)
                result = self.dseg("convert", "x.nii", "x.dcm", "--force")
                self.assertEqual("warning" in result.err, name != "zeros", result.err)
                self.dseg("compare", "labels.nii", "x.dcm")
        content = bytearray((self.dir / "x.nii").read_bytes())
        struct.pack_into("<i", content, 352, 1 << 30)
        (self.dir / "x.nii").write_bytes(content)
        self.assertIn("does not fit", self.dseg("convert", "x.nii", "x.dcm", "--force").err)

    def test_mitk(self):
        groups = [{"labels": [
            {"name": "first", "value": 1, "color": {"type": "ColorProperty", "value": [1, 0, 0]}},
            {"name": "second", "value": 2, "color": [0, 0.5, 0]},
        ]}, {"labels": [{"name": "third", "value": 3, "color": [0, 0, 1]}]}]  # fmt: skip
        head = (
            "NRRD0004\ntype: uchar\ndimension: 4\nspace: left-posterior-superior\nsizes: 2 4 3 2\n"
            "space directions: none (1,0,0) (0,1,0) (0,0,1)\nkinds: vector domain domain domain\nendian: little\n"
            f"encoding: raw\nspace origin: (0,0,0)\norg.mitk.multilabel.segmentation.labelgroups:={json.dumps(groups)}\n\n"
        )
        voxels = bytes(value for i in range(24) for value in (i % 3, 3 if i % 2 else 0))
        (self.dir / "mitk.nrrd").write_bytes(head.encode() + voxels)
        result = self.dseg("convert", "mitk.nrrd", "mitk.dcm", "--as", "binary", "--volume", "all")
        if "DSEG_WITH_JANSSON" in result.err:
            return
        self.dseg("convert", "mitk.nrrd", "mitk.dcm", "--as", "binary", "--force")
        self.expect("mitk.dcm", {1: "first", 2: "second", 3: "third"},
                    {1: (255, 0, 0), 2: (0, 128, 0), 3: (0, 0, 255)})  # fmt: skip


class Tables(Names):
    def test_codes_in_columns(self):
        columns = ",".join(f"{sequence}.{part}" for sequence in CODES for part in PARTS)
        rows = "".join(
            f"{n},{name},SCT,123037004,Anatomical Structure,SCT,{1000 + n},{name.title()}\n" for n, name in NAMES.items()
        )
        self.put("names.csv", f"LabelValue,Name,{columns}\n{rows}")
        result = self.dseg("convert", "labels.nii", "out.dcm", "--metadata", "names.csv", "--algorithm-type", "manual")
        self.assertEqual(result.err, "")
        for item in self.segments("out.dcm"):
            self.assertEqual(item["type"]["value"], str(1000 + item["number"]))
            self.assertEqual(item["label"], NAMES[item["number"]])

    def test_lists_keep_what_was_not_found(self):
        self.put("dseg.tsv", "index\tname\tcolor\n1\tliver\t#dd8265\n2\tspleen\t#9d6ca2\n3\tcolon\t#b9663d\n8\tlung\t#000001\n")
        self.put("dataset.json", {"channel_names": {"0": "CT"}, "numTraining": 1, "file_ending": ".nii.gz",
                                  "labels": {"background": 0, "liver": 1, "spleen": 2, "colon": 3, "lung": 8}})  # fmt: skip
        self.put("metadata.json", {"network_data_format": {"outputs": {"pred": {"channel_def": {
            "0": "background", "1": "liver", "2": "spleen", "3": "colon", "8": "lung"}}}}})  # fmt: skip
        for name in ("dseg.tsv", "dataset.json", "metadata.json"):
            with self.subTest(name):
                result = self.dseg("convert", "labels.nii", f"{name}.dcm", "--names", name)
                self.assertIn('note: segment 8 "lung" has no voxel; it stays described', result.err)
                self.assertEqual(self.labels(f"{name}.dcm"), {1: "liver", 2: "spleen", 3: "colon", 8: "lung"})
                self.dseg("validate", f"{name}.dcm")
        self.assertEqual(rgb(self.segments("dseg.tsv.dcm")[0]), (0xDD, 0x82, 0x65))

    def test_catalogues_name_what_is_there(self):
        self.put("lut.txt", "#No. Label R G B A\n0 Unknown 0 0 0 0\n" + "".join(
            f"{n} Name-{n} {n} {n} {n} 0\n" for n in range(1, 200)))  # fmt: skip
        result = self.dseg("convert", "labels.nii", "out.dcm", "--names", "lut.txt")
        self.assertNotIn("no voxel", result.err)
        self.assertEqual(self.labels("out.dcm"), {n: f"Name-{n}" for n in (1, 2, 3)})

    def test_regions_overlap(self):
        labels = {"background": 0, "whole": [1, 2, 3], "core": [2, 3], "rest": 3, "none": [7]}
        self.put("dataset.json", {"labels": labels, "regions_class_order": [1, 2, 3], "channel_names": {"0": "MR"}})
        self.dseg("convert", "labels.nii", "out.dcm", "--names", "dataset.json")
        info = self.dseg("info", "--json", "--statistics", "out.dcm").json()
        self.assertEqual({item["number"]: item["label"] for item in info["segments"]},
                         {1: "whole", 2: "core", 3: "rest", 4: "none"})  # fmt: skip
        counts = [self.voxels.count(n) for n in (1, 2, 3)]
        for number, members in ((1, (0, 1, 2)), (2, (1, 2)), (3, (2,))):
            self.dseg("convert", "out.dcm", f"{number}.nii", "--segments", number)
            voxels = read_nifti(self.dir / f"{number}.nii")[1]
            self.assertEqual(voxels.count(number), sum(counts[i] for i in members))
        self.dseg("validate", "out.dcm")
        self.put("dataset.json", {"labels": {"a": [1, 2]}, "channel_names": {}})
        result = self.fails("convert", "labels.nii", "no.dcm", "--names", "dataset.json", code=INPUT)
        self.assertIn("voxels have the label 3, which is in no region", result.err)

    def test_bad_tables_write_nothing(self):
        cases = {
            "absent.json": ({"1": "a", "2": "b", "3": "c", "9": "d"}, "numbers that no voxel has: 9 d; there are 1, 2, 3"),
            "twice.csv": ("value,name\n1,a\n2,a\n3,b\n", 'segments 1 and 2 would both be called "a"'),
            "nothing.csv": ("value,name\n7,a\n8,b\n", "names no segment: it has the numbers 7, 8, and there are 1, 2, 3"),
            "noise.txt": ("these are no names\n", "a table of names is expected"),
            "study.json": ({"Modality": "CT"}, "no metadata of a segmentation"),
            "missing.csv": (None, "missing.csv"),
        }
        for name, (content, message) in cases.items():
            with self.subTest(name):
                if content is not None:
                    self.put(name, content)
                result = self.fails("convert", "labels.nii", "out.dcm", "--names", name, code=INPUT)
                if "DSEG_WITH_JANSSON" in result.err:
                    continue
                self.assertIn(message, result.err)
                self.assertIn(message, self.fails("names", "labels.nii", "--names", name, code=INPUT).err)
        self.dseg("convert", "labels.nii", "out.dcm", "--names", "absent.json", "--present-only")
        self.assertEqual(self.labels("out.dcm"), {1: "a", 2: "b", 3: "c"})
        self.fails("convert", "labels.nii", "no.dcm", "--names", "twice.csv", "--metadata", "twice.csv", code=USAGE)

    def test_table_is_no_output(self):
        self.put("names.csv", "1,a\n2,b\n3,c\n")
        for output in ("names.csv", "./names.csv"):
            self.fails("names", "labels.nii", "--names", "names.csv", "--output", output, "--force", code=USAGE)
        self.fails("convert", "labels.nii", "names.csv", "--names", "names.csv", "--force", "--format", "dicom", code=USAGE)


class Said(Names):
    def test_notes(self):
        result = self.dseg("convert", "labels.nii", "out.dcm")
        self.assertIn("3 of 3 segments have no code and are coded as Tissue", result.err)
        self.assertIn("AUTOMATIC was assumed for 3 of 3 segments", result.err)
        self.assertNotIn("assumed", self.dseg("convert", "out.dcm", "again.dcm").err)  # an object says it

    def test_algorithm(self):
        kinds = (("automatic", "AUTOMATIC", "Net 1"), ("semiautomatic", "SEMIAUTOMATIC", "Net 1"), ("manual", "MANUAL", None))
        for kind, value, name in kinds:
            with self.subTest(kind):
                more = ("--algorithm", name) if name else ()
                result = self.dseg("convert", "labels.nii", f"{kind}.dcm", "--algorithm-type", kind, *more)
                self.assertNotIn("assumed", result.err)
                for item in self.segments(f"{kind}.dcm"):
                    self.assertEqual(item["algorithm_type"], value)
                    self.assertEqual(item.get("algorithm_name"), name)
                self.dseg("validate", f"{kind}.dcm")
        self.dseg("convert", "manual.dcm", "net.dcm", "--algorithm-type", "automatic", "--algorithm", "Net 2")
        self.assertEqual({item["algorithm_name"] for item in self.segments("net.dcm")}, {"Net 2"})
        self.fails("convert", "labels.nii", "no.dcm", "--algorithm", "x" * 65, code=USAGE)
        self.fails("convert", "labels.nii", "no.dcm", "--algorithm-type", "guess", code=USAGE)
        self.fails("convert", "labels.nii", "no.nii", "--algorithm", "x", code=USAGE)
        self.dseg("convert", "labels.nii", "yes.nii", "--algorithm", "x", "--write-metadata", "x.json")
        self.assertIn('"SegmentAlgorithmName": "x"', (self.dir / "x.json").read_text())

    def test_codes_are_required(self):
        result = self.fails("convert", "labels.nii", "no.dcm", "--require-codes", code=INPUT)
        self.assertIn('3 of 3 segments have no code (0062,000F), 1 "Segment 1" for instance', result.err)
        self.dseg("names", "labels.nii", "--output", "edit.json")  # says Tissue, which is no code of its own
        self.fails("convert", "labels.nii", "no.dcm", "--require-codes", "--names", "edit.json", code=INPUT)
        text = (self.dir / "edit.json").read_text()
        self.put("edit.json", text.replace("85756007", "10200004").replace('"Tissue"', '"Liver"'))
        self.dseg("convert", "labels.nii", "yes.dcm", "--require-codes", "--names", "edit.json")


class Command(Names):
    def test_text(self):
        self.put("names.csv", "".join(f"{n},{name}\n" for n, name in NAMES.items()))
        result = self.dseg("names", "labels.nii", "--names", "names.csv")
        lines = result.out.splitlines()
        self.assertEqual(lines[0], "table: a table of numbers and names")
        self.assertEqual(len(lines), 5)
        for line, (number, name) in zip(lines[2:], NAMES.items()):
            self.assertEqual(line.split()[:2], [str(number), name])
            self.assertIn("table, ", line)
        plain = self.dseg("names", "labels.nii")
        self.assertIn("Segment 1", plain.out)
        self.assertIn("3 of 3 segments have no code: 1 \"Segment 1\", 2", plain.err)

    def test_json_comes_back(self):
        self.put("dseg.tsv", "index\tname\tcolor\n1\ta\t#010203\n2\tb\t#040506\n3\tc\t#070809\n9\td\t#0a0b0c\n")
        self.dseg("names", "labels.nii", "--names", "dseg.tsv", "--output", "a.json")
        printed = self.dseg("names", "labels.nii", "--names", "dseg.tsv", "--json").json()
        self.assertEqual(printed, json.loads((self.dir / "a.json").read_text()))
        self.fails("names", "labels.nii", "--output", "a.json", code=harness.OUTPUT)
        self.dseg("convert", "labels.nii", "out.dcm", "--names", "a.json")
        self.assertEqual(self.labels("out.dcm"), {1: "a", 2: "b", 3: "c", 9: "d"})
        self.assertEqual(rgb(self.segments("out.dcm")[3]), (10, 11, 12))


class Masks(Names):
    """A folder as TotalSegmentator writes it, and the images."""

    def setUp(self):
        super().setUp()
        (self.dir / "masks").mkdir()
        (self.dir / "ct").mkdir()
        for number, name in NAMES.items():
            self.volume(f"masks/{name}.nii", SIZE, lambda i, j, k, n=number: 1 if bands(i, j, k) == n else 0)
        self.volume("masks/liver.nii", SIZE, lambda i, j, k: 0)
        for k in range(SIZE[2]):
            write_image(self.dir / "ct" / f"{k}.dcm", k, (-11, -22, -33 + 2.5 * k), 7, 9, (0.9, 0.8), (1, 0, 0, 0, 1, 0))

    def test_one_command(self):
        if not self.has_terms():
            self.skipTest("this build has no table of terms")
        result = self.dseg("convert", "masks", "seg.dcm", "--reference", "ct", "--names", "totalsegmentator",
                           "--algorithm", "TotalSegmentator 2.4", "--algorithm-type", "automatic", "--require-codes")  # fmt: skip
        self.assertNotIn("note", result.err)
        segments = {item["label"]: item for item in self.segments("seg.dcm")}
        self.assertEqual(set(segments), set(NAMES.values()))
        self.assertEqual(segments["spleen"]["type"]["value"], "78961009")
        for side, code in (("left", "7771000"), ("right", "24028007")):
            kidney = segments[f"kidney_{side}"]
            self.assertEqual(kidney["type"]["value"], "64033007")
            self.assertEqual([item["value"] for item in kidney["type_modifiers"]], [code])
        self.assertNotEqual(rgb(segments["kidney_left"]), rgb(segments["kidney_right"]))
        self.assertEqual(rgb(segments["spleen"]), (50, 170, 60))
        self.dseg("validate", "seg.dcm")
        self.dseg("convert", "masks/kidney_left.nii", "one.dcm", "--names", "totalsegmentator")
        self.assertEqual(self.labels("one.dcm"), {1: "kidney_left"})
        near = self.dseg("convert", "labels.nii", "none.dcm", "--names", "totalsegmentator", code=INPUT)
        self.assertIn("no segment has a name of the table", near.err)

    def test_near_names_are_told(self):
        if not self.has_terms():
            self.skipTest("this build has no table of terms")
        self.put("names.csv", "1,spleen\n2,kidny right\n3,kidney left\n")
        result = self.dseg("convert", "labels.nii", "out.dcm", "--names", "names.csv")
        self.assertIn('no code is known for "kidny right"; similar names that have one: ', result.err)
        self.assertIn("1 of 3 segments have no code and are coded as Tissue", result.err)

    def test_lists_by_file_name(self):
        self.put("dataset.json", {"channel_names": {"0": "CT"},
                                  "labels": {"background": 0, "Spleen": 5, "left kidney": 6, "kidney_right": 7, "lung": 9}})  # fmt: skip
        self.dseg("convert", "masks", "seg.dcm", "--names", "dataset.json")
        self.assertEqual(set(self.labels("seg.dcm").values()), {"Spleen", "left kidney", "kidney_right", "lung"})

    def test_one_list_of_json(self):
        """dcmqi's JSON with one list for all masks goes by Segment Label."""
        code = {"CodeValue": "1", "CodingSchemeDesignator": "99T", "CodeMeaning": "t"}
        items = [{"labelID": 10 + i, "SegmentLabel": name, "SegmentAlgorithmType": "MANUAL", **dict.fromkeys(CODES, code)}
                 for i, name in enumerate([*NAMES.values(), "lung"])]  # fmt: skip
        self.put("one.json", {"segmentAttributes": [items]})
        result = self.dseg("convert", "masks", "seg.dcm", "--names", "one.json")
        self.assertIn('"lung" has no voxel', result.err)
        self.assertEqual(set(self.labels("seg.dcm").values()), {*NAMES.values(), "lung"})
        for item in self.segments("seg.dcm"):
            self.assertEqual(item["type"]["value"], "1")


if __name__ == "__main__":
    harness.main()
