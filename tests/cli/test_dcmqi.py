# SPDX-License-Identifier: Apache-2.0
"""dcmqi's command lines on volumes made here: numbering, kinds of output, what is refused."""

import json
import pathlib
import subprocess
import xml.etree.ElementTree

import harness
from harness import CliTest, read_nifti
from images import write_image
from nrrd import Nrrd

SIZE = (9, 7, 5)
PROGRAMS = pathlib.Path(harness.PROGRAM).parent
DERIVATION_IMAGE = b"\x08\x00\x24\x91SQ"  # (0008,9124) in Explicit VR Little Endian


def segment(label, name=None):
    code = {"CodeValue": "85756007", "CodingSchemeDesignator": "SCT", "CodeMeaning": "Tissue"}
    return {
        "labelID": label,
        "SegmentLabel": name or f"label {label}",
        "SegmentedPropertyCategoryCodeSequence": code,
        "SegmentedPropertyTypeCodeSequence": code,
        "SegmentAlgorithmType": "MANUAL",
        "recommendedDisplayRGBValue": [10, 200, 30],
    }


class Dcmqi(CliTest):
    def setUp(self):
        super().setUp()
        (self.dir / "ct").mkdir()
        for k in range(SIZE[2]):
            write_image(self.dir / "ct" / f"{k}.dcm", k, (-11, -22, -33 + 2.5 * k), 7, 9, (0.9, 0.8), (1, 0, 0, 0, 1, 0))

    def run_program(self, name, *arguments, fails=False):
        """Runs one of the three; a failure leaves the directory as it was."""
        before = {path: (self.dir / path).read_bytes() for path in self.files()}
        done = subprocess.run(
            [PROGRAMS / name, *map(str, arguments)], cwd=self.dir, stdin=subprocess.DEVNULL, capture_output=True,
            timeout=120,
        )  # fmt: skip
        result = harness.Result(done)
        self.assertEqual(result.code, 1 if fails else 0, f"{name} {arguments}\n{result.out}\n{result.err}")
        if fails:
            self.assertIn("error:", result.err)
            self.assertEqual({path: (self.dir / path).read_bytes() for path in self.files()}, before)
        return result

    def metadata(self, *lists, mapping=None):
        content = {"SeriesDescription": "Made here", "SeriesNumber": "300", "segmentAttributes": lists}
        if mapping:
            content["segmentAttributesFileMapping"] = mapping
        (self.dir / "meta.json").write_text(json.dumps(content))

    def write(self, images, *options, output="seg.dcm", fails=False):
        return self.run_program(
            "itkimage2segimage", "--inputImageList", images, "--inputMetadata", "meta.json", "--inputDICOMDirectory",
            "ct", "--outputDICOM", output, *options, fails=fails,
        )  # fmt: skip

    def read(self, source, prefix, *options):
        self.run_program("segimage2itkimage", "--inputDICOM", source, "--outputDirectory", ".", "-p", prefix, *options)
        return json.loads((self.dir / f"{prefix}-meta.json").read_text())

    def segments(self, path="seg.dcm"):
        info = self.dseg("info", path, "--json").json()
        return [(item["number"], item["label"]) for item in info["segments"] if item["label"] != "Background"]

    def two_files(self):
        """Labels 5 in a.nii, 2 and 3 in b.nii; 5 and 2 overlap."""
        a = self.volume("a.nii", labels=lambda i, j, k: 5 if 1 <= k <= 3 and i < 4 else 0)
        b = self.volume("b.nii", labels=lambda i, j, k: 0 if k == 0 else 2 if i < 2 else 3 if i > 6 else 0)
        return a, b

    def test_numbers_in_turn(self):
        a, b = self.two_files()
        self.metadata([segment(5)], [segment(2), segment(3)])
        self.write("a.nii,b.nii")
        self.assertEqual(self.segments(), [(1, "label 5"), (2, "label 2"), (3, "label 3")])
        meta = self.read("seg.dcm", "merged", "--mergeSegments")
        self.assertEqual([[item["labelID"] for item in group] for group in meta["segmentAttributes"]], [[1, 3], [2]])
        first, second = Nrrd(self.dir / "merged-1.nrrd"), Nrrd(self.dir / "merged-2.nrrd")
        start = 9 * 7  # the first plane has no voxel, and is not there
        self.assertEqual(first.size, [9, 7, 4])
        self.assertEqual(first.voxels, [1 if x else 3 if y == 3 else 0 for x, y in zip(a[start:], b[start:])])
        self.assertEqual(second.voxels, [2 if y == 2 else 0 for y in b[start:]])
        self.assertEqual(meta["SeriesDescription"], "Made here")
        self.assertEqual(meta["BodyPartExamined"], "")

    def test_file_mapping_decides_the_order(self):
        self.two_files()
        self.metadata([segment(2), segment(3)], [segment(5)], mapping=["b.nii", "a.nii"])
        self.write("a.nii,b.nii")
        self.assertEqual(self.segments(), [(1, "label 2"), (2, "label 3"), (3, "label 5")])

    def test_label_ids_as_numbers(self):
        self.volume("one.nii", labels=lambda i, j, k: 2 if i < 3 else 0)
        self.volume("two.nii", labels=lambda i, j, k: 1 if i > 5 else 0)
        self.metadata([segment(2)], [segment(1)])
        self.write("one.nii,two.nii", "--useLabelIDAsSegmentNumber")
        self.assertEqual(self.segments(), [(1, "label 1"), (2, "label 2")])
        self.write("one.nii,two.nii")
        self.assertEqual(self.segments(), [(1, "label 2"), (2, "label 1")])

    def test_label_ids_that_cannot_be_numbers(self):
        self.volume()  # 1, 2, 7
        self.metadata([segment(1), segment(2), segment(7)])
        result = self.write("labels.nii", "--useLabelIDAsSegmentNumber", fails=True)
        self.assertIn("C.8.20.2.4", result.err)
        self.write("labels.nii", "--useLabelIDAsSegmentNumber", "--segmentationType", "labelmap")
        self.assertEqual([number for number, _ in self.segments()], [1, 2, 7])
        self.volume("again.nii", labels=lambda i, j, k: 7 if i == 0 else 0)
        self.metadata([segment(1), segment(2), segment(7)], [segment(7)])
        result = self.write(
            "labels.nii,again.nii", "--useLabelIDAsSegmentNumber", "--segmentationType", "labelmap", output="x.dcm",
            fails=True,
        )  # fmt: skip
        self.assertIn("two segments", result.err)

    def test_large_label_ids(self):
        """Few labels, but one above 255 and one above 32767: dcmqi cannot write or read them."""
        table = {1: 1, 2: 2035, 7: 40000}
        voxels = self.volume(labels=lambda i, j, k: table.get(harness.blocks(i, j, k), 0))
        self.metadata([segment(1), segment(2035), segment(40000)])
        self.write("labels.nii", "--useLabelIDAsSegmentNumber", "--segmentationType", "labelmap", "--skip", "0")
        meta = self.read("seg.dcm", "back")
        self.assertEqual([item["labelID"] for item in meta["segmentAttributes"][0]], [1, 2035, 40000])
        self.assertEqual(Nrrd(self.dir / "back-1.nrrd").voxels, voxels)

    def test_label_without_metadata(self):
        self.volume()
        self.metadata([segment(1), segment(2)])
        self.assertIn("7", self.write("labels.nii", fails=True).err)

    def test_no_label(self):
        """Segments that the JSON describes are written without a voxel (test_absent.py); there has to be one."""
        self.volume(labels=lambda i, j, k: 0)
        self.metadata([])
        for kind in ("binary", "labelmap"):
            self.assertIn("no voxel", self.write("labels.nii", "--segmentationType", kind, fails=True).err)

    def test_skip(self):
        self.volume()  # 3 segments; planes 1 to 3 of 5
        self.metadata([segment(1), segment(2), segment(7)])
        for options, frames in (([], 9), (["--skip", "1"], 9), (["--skip=0"], 15)):
            self.write("labels.nii", *options)
            self.assertEqual(self.dseg("info", "seg.dcm", "--json").json()["frames"], frames)

    def test_references(self):
        self.volume()
        self.metadata([segment(1), segment(2), segment(7)])
        for options, count in (([], 9), (["--referencesGeometryCheck", "0"], 1)):
            self.write("labels.nii", *options)
            content = (self.dir / "seg.dcm").read_bytes()
            self.assertEqual(content.count(DERIVATION_IMAGE), count)
            self.assertIn(b"1.2.3.4.2", content)
        self.assertEqual(content.count(b"1.2.3.4.0"), 2)  # once as derivation, once in Referenced Series Sequence
        self.dseg("convert", "seg.dcm", "copy.dcm")
        self.assertEqual((self.dir / "copy.dcm").read_bytes().count(DERIVATION_IMAGE), 1)

    def test_compress(self):
        self.volume()
        self.metadata([segment(1), segment(2), segment(7)])
        names = {"none": "explicit-le", "deflate": "deflated", "rle": "rle"}
        for name, codec in names.items():
            self.write("labels.nii", "--compress", name, "--segmentationType", "binary")
            self.assertEqual(self.dseg("info", "seg.dcm", "--json").json()["transfer_syntax"]["name"], codec)

    def test_output_types(self):
        self.volume()
        self.metadata([segment(1), segment(2), segment(7)])
        self.write("labels.nii", "--segmentationType", "labelmap", "--useLabelIDAsSegmentNumber", "--skip", "0")
        types = {
            "nrrd": [".nrrd"], "mhd": [".mhd", ".zraw"], "mha": [".mha"], "nii": [".nii.gz"], "nifti": [".nii.gz"],
            "hdr": [".hdr", ".img"], "img": [".hdr", ".img"],
        }  # fmt: skip
        for name, suffixes in types.items():
            self.read("seg.dcm", name, "-t", name)
            written = {file for file in self.files() if file.startswith(f"{name}-")}
            self.assertEqual(written, {f"{name}-1{suffix}" for suffix in suffixes} | {f"{name}-meta.json"})
            self.dseg("compare", "labels.nii", f"{name}-1{suffixes[0]}", "--ignore", "names,codes,colors,details")

    def test_all_files_or_none(self):
        """A name in the way of the last file, or of the JSON: what was there before survives, and nothing is added."""
        self.volume()
        self.dseg("convert", "labels.nii", "seg.dcm", "--as", "binary")
        for kind, blocked in (("hdr", "3.img"), ("mhd", "3.zraw"), ("nrrd", "3.nrrd"), ("hdr", "meta.json")):
            out = self.dir / f"{kind}-{blocked}"
            (out / blocked).mkdir(parents=True)
            arguments = ("--inputDICOM", "seg.dcm", "--outputDirectory", out, "-t", kind)
            self.run_program("segimage2itkimage", *arguments, fails=True)
            for name in {f"1.{kind}", f"1.{blocked.split('.')[-1]}"}:
                (out / name).write_text("precious")
            self.run_program("segimage2itkimage", *arguments, fails=True)
            (out / blocked).rmdir()
            self.run_program("segimage2itkimage", *arguments)

    def test_names_without_prefix(self):
        self.volume()
        self.metadata([segment(1), segment(2), segment(7)])
        self.write("labels.nii")
        self.run_program("segimage2itkimage", "--inputDICOM", "seg.dcm", "--outputDirectory", self.dir / "ct")
        self.assertLessEqual({"ct/1.nrrd", "ct/2.nrrd", "ct/3.nrrd", "ct/meta.json"}, self.files())
        for number in (1, 2, 3):
            self.assertEqual(set(Nrrd(self.dir / f"ct/{number}.nrrd").voxels), {0, number})

    def test_any_name_is_dicom(self):
        self.volume()
        self.metadata([segment(1), segment(2), segment(7)])
        for name in ("seg", "seg.nrrd"):
            self.write("labels.nii", output=name)
            self.assertEqual((self.dir / name).read_bytes()[128:132], b"DICM")

    def test_planes_ascend(self):
        """A volume whose planes go down is written so, and read with planes that go up, as ITK has them."""
        down = ((-0.8, 0, 0, 11), (0, -0.9, 0, 22), (0, 0, -2.5, -23))
        voxels = self.volume(affine=down)
        self.metadata([segment(1), segment(2), segment(7)])
        self.write("labels.nii", "--segmentationType", "labelmap", "--useLabelIDAsSegmentNumber", "--skip", "0")
        self.read("seg.dcm", "back")
        back = Nrrd(self.dir / "back-1.nrrd")
        self.assertEqual(back.origin, [-11, -22, -33])
        self.assertEqual(back.directions[2], [0, 0, 2.5])
        planes = [voxels[k * 63 : (k + 1) * 63] for k in range(5)]
        self.assertEqual(back.voxels, [voxel for plane in reversed(planes) for voxel in plane])

    def test_fractions_as_stored(self):
        self.volume(labels=lambda i, j, k: 1 if i < 3 else 0)
        self.dseg("convert", "labels.nii", "seg.dcm", "--as", "fractional")
        self.read("seg.dcm", "stored", "--mergeSegments")
        self.assertEqual(set(Nrrd(self.dir / "stored-1.nrrd").voxels), {0, 255})
        content = bytearray((self.dir / "seg.dcm").read_bytes())
        content[content.rindex(b"\xff")] = 254  # otherwise they are masks
        (self.dir / "seg.dcm").write_bytes(content)
        result = self.run_program("bin2labelsegimage", "--inputDICOM", "seg.dcm", "--outputDICOM", "x.dcm", fails=True)
        self.assertIn("fractions", result.err)

    def test_binary_to_label_map(self):
        voxels = self.volume()
        self.metadata([segment(1), segment(2), segment(7)])
        self.write("labels.nii", "--skip", "0")
        wanted = [{7: 3}.get(value, value) for value in voxels]
        for name, codec in (("none", "explicit-le"), ("rle", "rle"), ("deflate", "deflated")):
            self.run_program(
                "bin2labelsegimage", "--inputDICOM", "seg.dcm", "--outputDICOM", "map.dcm", "--compress", name,
                "--noCheck",
            )  # fmt: skip
            info = self.dseg("info", "map.dcm", "--json").json()
            self.assertEqual((info["representation"], info["transfer_syntax"]["name"], info["frames"]), ("labelmap", codec, 5))
            self.dseg("convert", "map.dcm", "back.nii", "--force")
            self.assertEqual(read_nifti(self.dir / "back.nii")[1], wanted)

    def test_palette_and_16_bits(self):
        voxels = self.volume()
        self.metadata([segment(1), segment(2), segment(7)])
        self.write("labels.nii", "--skip", "0")
        for options, photometric, bits in (
            ([], "MONOCHROME2", 8),
            (["--usePalette"], "PALETTE COLOR", 8),
            (["--force16Bit"], "MONOCHROME2", 16),
            (["--usePalette", "--force16Bit"], "PALETTE COLOR", 16),
        ):
            self.run_program("bin2labelsegimage", "--inputDICOM", "seg.dcm", "--outputDICOM", "map.dcm", *options)
            info = self.dseg("info", "map.dcm", "--json").json()
            self.assertEqual((info["photometric_interpretation"], info["bits_allocated"]), (photometric, bits))
            self.read("map.dcm", "x")
            self.assertEqual(Nrrd(self.dir / "x-1.nrrd").voxels, [{7: 3}.get(value, value) for value in voxels])

    def test_overlap_is_refused(self):
        self.two_files()
        self.metadata([segment(5)], [segment(2), segment(3)])
        self.write("a.nii,b.nii", "--segmentationType", "labelmap", fails=True)
        self.write("a.nii,b.nii")
        result = self.run_program("bin2labelsegimage", "--inputDICOM", "seg.dcm", "--outputDICOM", "x.dcm", fails=True)
        self.assertIn("more than one segment", result.err)

    def test_refusals(self):
        self.volume()
        self.metadata([segment(1), segment(2), segment(7)])
        self.write("labels.nii", "--skip", "x", fails=True)
        self.write("labels.nii", "--segmentationType", "fractional", fails=True)
        self.write("labels.nii", "more", fails=True)
        self.write("labels.nii", "--bogus", fails=True)
        self.write("missing.nii", fails=True)
        self.run_program("itkimage2segimage", fails=True)
        self.run_program("segimage2itkimage", "--inputDICOM", "ct/0.dcm", "--outputDirectory", ".", fails=True)
        self.run_program("segimage2itkimage", "--inputDICOM", "labels.nii", "--outputDirectory", ".", fails=True)
        self.write("labels.nii")
        self.run_program("segimage2itkimage", "--inputDICOM", "seg.dcm", "--outputDirectory", "none", fails=True)
        self.run_program("segimage2itkimage", "--inputDICOM", "seg.dcm", fails=True)
        self.run_program("segimage2itkimage", "--inputDICOM", "seg.dcm", "--outputDirectory", ".", "-t", "x", fails=True)

    def test_description_of_options(self):
        """Names by which 3D Slicer's modules call the programs."""
        names = {
            "itkimage2segimage": {"metaDataFileName", "segImageFiles", "dicomDirectory", "outputSEGFileName"},
            "segimage2itkimage": {"inputSEGFileName", "outputDirName", "prefix", "outputType", "mergeSegments"},
            "bin2labelsegimage": {"inputSEGFileName", "outputSEGFileName", "compress"},
        }
        for program, wanted in names.items():
            root = xml.etree.ElementTree.fromstring(self.run_program(program, "--xml").out)
            self.assertLessEqual(wanted, {element.text for element in root.iter("name")})
            self.assertIn("Usage: ", self.run_program(program, "--help").out)
            self.assertIn("dseg", self.run_program(program, "--version").out)

    def test_as_subcommand(self):
        self.volume()
        self.metadata([segment(1), segment(2), segment(7)])
        self.write("labels.nii")
        self.dseg("segimage2itkimage", "--inputDICOM", "seg.dcm", "--outputDirectory", ".", "--prefix", "sub")
        self.assertIn("sub-meta.json", self.files())


if __name__ == "__main__":
    harness.main()
