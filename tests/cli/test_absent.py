# SPDX-License-Identifier: Apache-2.0
"""Segments that were looked for and not found stay described: a negative result is a result."""

import json
import pathlib
import subprocess

import harness
from harness import OUTPUT, CliTest, read_nifti, write_nifti
from images import write_image

SIZE = (9, 7, 5)
NAMES = {1: "Liver", 2: "Spleen", 3: "Left kidney", 5: "Pancreas"}
KINDS = ("labelmap", "binary", "fractional")


def segment(label, name):
    code = {"CodeValue": "85756007", "CodingSchemeDesignator": "SCT", "CodeMeaning": "Tissue"}
    return {
        "labelID": label,
        "SegmentLabel": name,
        "SegmentedPropertyCategoryCodeSequence": code,
        "SegmentedPropertyTypeCodeSequence": code,
        "SegmentAlgorithmType": "AUTOMATIC",
        "SegmentAlgorithmName": "net",
    }


def bands(i, j, k):
    return {2: 1, 4: 2, 6: 3}.get(i, 0) if 0 < k < 4 else 0


class Situation(CliTest):
    """A volume with three of the four segments that the JSON describes, one with none, and the images."""

    def setUp(self):
        super().setUp()
        (self.dir / "ct").mkdir()
        for k in range(SIZE[2]):
            write_image(self.dir / "ct" / f"{k}.dcm", k, (-11, -22, -33 + 2.5 * k), 7, 9, (0.9, 0.8), (1, 0, 0, 0, 1, 0))
        self.labels = self.volume("labels.nii", SIZE, bands)
        self.volume("empty.nii", SIZE, lambda i, j, k: 0)
        self.names("names.json", NAMES)

    def names(self, path, *lists):
        lists = [[segment(*item) for item in names.items()] for names in lists]
        (self.dir / path).write_text(json.dumps({"SeriesDescription": "Made here", "segmentAttributes": lists}))

    def described(self, path):
        return {item["number"]: item["label"] for item in self.dseg("info", "--json", path).json()["segments"]}

    def expect_names(self, path, kind, names=NAMES):
        numbers = names if kind == "labelmap" else range(1, len(names) + 1)
        self.assertEqual(self.described(path), dict(zip(numbers, names.values())), path)


class Absent(Situation):
    def test_one_of_four(self):
        for kind in KINDS:
            with self.subTest(kind):
                result = self.dseg(
                    "convert", "labels.nii", f"{kind}.dcm", "--metadata", "names.json", "--reference", "ct", "--as", kind
                )
                self.assertIn('note: segment 5 "Pancreas" has no voxel; it stays described', result.err)
                self.assertNotIn("warning", result.err)
                self.expect_names(f"{kind}.dcm", kind)
                self.dseg("validate", f"{kind}.dcm")
                self.dseg("compare", f"{kind}.dcm", "labels.nii")

    def test_none_of_four(self):
        for kind in KINDS:
            for frames, planes in (("bounds", 5), ("keep", 5), ("omit", 1)):
                with self.subTest((kind, frames)):
                    name = f"{kind}-{frames}.dcm"
                    result = self.dseg(
                        "convert", "empty.nii", name, "--metadata", "names.json", "--reference", "ct", "--as", kind,
                        "--empty-frames", frames,
                    )  # fmt: skip
                    self.assertIn('segments 1 "Liver", 2 "Spleen", 3 "Left kidney", 5 "Pancreas" have no', result.err)
                    self.expect_names(name, kind)
                    self.dseg("validate", name)
                    threshold = ["--threshold", 0.5] if kind == "fractional" else []
                    self.dseg("convert", name, f"{name}.nii", *threshold)
                    size, voxels, _ = read_nifti(self.dir / f"{name}.nii")
                    self.assertEqual(size, (9, 7, planes))
                    self.assertEqual(set(voxels), {0})

    def test_frames_of_an_empty_object(self):
        """The first and the last plane show where it lies; an object has one frame at least."""
        for kind, kept in (("labelmap", 5), ("binary", 20), ("fractional", 20)):
            for frames, count in (("bounds", 2), ("omit", 1), ("keep", kept)):
                self.dseg(
                    "convert", "empty.nii", "a.dcm", "--metadata", "names.json", "--as", kind, "--empty-frames", frames,
                    "--force",
                )  # fmt: skip
                self.assertEqual(self.dseg("info", "--json", "a.dcm").json()["frames"], count, (kind, frames))

    def test_without_a_description(self):
        self.dseg("convert", "empty.nii", "a.dcm")
        self.assertEqual(self.described("a.dcm"), {})
        self.dseg("validate", "a.dcm")
        for kind in ("binary", "fractional"):
            result = self.fails("convert", "empty.nii", "b.dcm", "--as", kind, code=OUTPUT)
            self.assertIn("none is described", result.err)
            self.assertIn("--names", result.err)
            self.assertIn("PS3.3 C.8.20.2", result.err)

    def test_present_only(self):
        for kind in KINDS:
            result = self.dseg(
                "convert", "labels.nii", f"{kind}.dcm", "--metadata", "names.json", "--as", kind, "--present-only"
            )
            self.assertIn('segment 5 "Pancreas" has no voxel; --present-only leaves it out', result.err)
            self.expect_names(f"{kind}.dcm", kind, {1: "Liver", 2: "Spleen", 3: "Left kidney"})
        result = self.fails(
            "convert", "empty.nii", "b.dcm", "--metadata", "names.json", "--as", "binary", "--present-only", code=OUTPUT
        )
        self.assertIn("leave out --present-only", result.err)

    def test_present_only_of_objects(self):
        """What an object, or a seg.nrrd file, describes; and where it has voxels outside the planes that are taken."""
        self.dseg("convert", "labels.nii", "a.seg.nrrd", "--metadata", "names.json")
        for kind in KINDS:
            self.dseg("convert", "labels.nii", f"{kind}.dcm", "--metadata", "names.json", "--as", kind)
            self.dseg("convert", f"{kind}.dcm", f"{kind}-present.dcm", "--present-only")
            self.assertEqual(set(self.described(f"{kind}-present.dcm").values()), {"Liver", "Spleen", "Left kidney"})
        self.dseg("convert", "a.seg.nrrd", "b.seg.nrrd", "--present-only")
        self.assertEqual(set(self.described("b.seg.nrrd").values()), {"Liver", "Spleen", "Left kidney"})
        result = self.dseg("convert", "a.seg.nrrd", "c.seg.nrrd", "--present-only", "--planes", "1-1")
        self.assertIn("have no voxel; --present-only leaves them out", result.err)
        self.assertEqual(self.described("c.seg.nrrd"), {})

    def test_objects_keep_theirs(self):
        """From every representation to every other, to seg.nrrd and to JSON."""
        for volume in ("labels", "empty"):
            for kind in KINDS:
                name = f"{volume}-{kind}.dcm"
                self.dseg("convert", f"{volume}.nii", name, "--metadata", "names.json", "--as", kind)
                for other in (*KINDS, "seg.nrrd"):
                    with self.subTest((volume, kind, other)):
                        to = ["b.seg.nrrd"] if other == "seg.nrrd" else ["b.dcm", "--as", other]
                        threshold = ["--threshold", 0.5] if kind == "fractional" != other else []
                        self.dseg("convert", name, *to, *threshold, "--write-metadata", "b.json", "--force")
                        self.assertEqual(list(self.described(to[0]).values()), list(NAMES.values()))
                        lists = json.loads((self.dir / "b.json").read_text())["segmentAttributes"]
                        self.assertEqual([item["SegmentLabel"] for item in lists[0]], list(NAMES.values()))

    def test_seg_nrrd_names_its_own(self):
        self.dseg("convert", "empty.nii", "a.seg.nrrd", "--metadata", "names.json")
        self.assertEqual(self.described("a.seg.nrrd"), NAMES)
        for kind in KINDS:
            self.dseg("convert", "a.seg.nrrd", f"{kind}.dcm", "--as", kind)
            self.expect_names(f"{kind}.dcm", kind)

    def test_selected(self):
        for wanted, names in (("5", ["Pancreas"]), ("pancreas,1", ["Liver", "Pancreas"]), ("1-2", ["Liver", "Spleen"])):
            for kind in KINDS:
                result = self.dseg(
                    "convert", "labels.nii", "a.dcm", "--metadata", "names.json", "--as", kind, "--segments", wanted,
                    "--force",
                )  # fmt: skip
                self.assertEqual(list(self.described("a.dcm").values()), names)
                self.assertEqual("stays described" in result.err, "Pancreas" in names)

    def test_label_that_no_segment_number_can_be(self):
        self.names("large.json", {**NAMES, 70000: "Adrenal gland"})
        result = self.dseg("convert", "labels.nii", "a.dcm", "--metadata", "large.json")
        self.assertIn("labelID 70000 became", result.err)
        self.assertEqual(sorted(self.described("a.dcm").values()), sorted([*NAMES.values(), "Adrenal gland"]))

    def test_volumes(self):
        """A volume without a description has no place for it; one file a segment has; so has the JSON beside it."""
        result = self.dseg("convert", "labels.nii", "a.nii", "--metadata", "names.json")
        self.assertIn('segment 5 "Pancreas" has no voxel, and the output describes no segments', result.err)
        self.assertEqual(read_nifti(self.dir / "a.nii")[1], self.labels)
        result = self.dseg("convert", "labels.nii", "b.nii", "--metadata", "names.json", "--write-metadata", "b.json")
        self.assertIn("stays described", result.err)
        lists = json.loads((self.dir / "b.json").read_text())["segmentAttributes"]
        self.assertEqual([item["labelID"] for item in lists[0]], [1, 2, 3, 5])
        self.dseg("convert", "labels.nii", "c.nii", "--metadata", "names.json", "--split")
        self.assertEqual(set(read_nifti(self.dir / "c-5-pancreas.nii")[1]), {0})
        self.assertEqual(set(read_nifti(self.dir / "c-3-left-kidney.nii")[1]), {0, 3})

    def test_nothing_to_split(self):
        """No segment, no file: that is an error rather than success without an output."""
        for more, hint in (((), "--names"), (("--metadata", "names.json", "--present-only"), "--present-only")):
            before = self.files()
            for suffix in ("nii", "seg.nrrd", "nhdr"):
                result = self.fails("convert", "empty.nii", f"a.{suffix}", "--split", *more, code=OUTPUT)
                self.assertIn("--split", result.err)
                self.assertIn(hint, result.err)
            self.assertEqual(self.files(), before)
        self.dseg("convert", "empty.nii", "a.nii", "--split", "--metadata", "names.json")
        self.assertEqual(len([name for name in self.files() if name.startswith("a-")]), len(NAMES))

    def test_several_files(self):
        """Each has a list of its own; labels that are another's number get numbers after the greatest."""
        self.names("two.json", {1: "A", 2: "B"}, {2: "C", 3: "D", 4: "E", 1: "F"})
        write_nifti(self.dir / "one.nii", SIZE, [1 if value == 1 else 0 for value in self.labels])
        write_nifti(self.dir / "two.nii", SIZE, [2 if value == 2 else 3 if value == 3 else 0 for value in self.labels])
        result = self.dseg("convert", "one.nii", "two.nii", "a.dcm", "--metadata", "two.json")
        self.assertIn('segments 4 "E", 1 "F", 2 "B" have no voxel; they stay described', result.err)
        self.assertEqual(self.described("a.dcm"), {1: "A", 2: "C", 3: "D", 4: "E", 5: "F", 6: "B"})
        self.dseg("compare", "a.dcm", "labels.nii")

    def test_many_in_one_note(self):
        self.names("many.json", {number: f"Label {number}" for number in range(1, 21)})
        result = self.dseg("convert", "labels.nii", "a.dcm", "--metadata", "many.json")
        self.assertIn('segments 4 "Label 4", 5 "Label 5", 6 "Label 6", 7 "Label 7", 8 "Label 8" and 12 more', result.err)
        self.assertEqual(len(self.described("a.dcm")), 20)

    def test_background_is_no_segment(self):
        self.names("zero.json", {0: "Background", **NAMES})
        self.dseg("convert", "labels.nii", "a.dcm", "--metadata", "zero.json", "--as", "binary")
        self.assertEqual(list(self.described("a.dcm").values()), list(NAMES.values()))


class Dcmqi(Situation):
    """dcmqi's command line."""

    def write(self, image, *options):
        program = pathlib.Path(harness.PROGRAM).parent / "itkimage2segimage"
        done = subprocess.run(
            [program, "--inputImageList", image, "--inputMetadata", "names.json", "--inputDICOMDirectory", "ct",
             "--outputDICOM", "seg.dcm", *options],
            cwd=self.dir, stdin=subprocess.DEVNULL, capture_output=True, timeout=120,
        )  # fmt: skip
        result = harness.Result(done)
        harness.skip_without_library(self, result.code, 0, result.err)
        self.assertEqual(result.code, 0, result.err)
        return result

    def test_itkimage2segimage(self):
        for kind in ("binary", "labelmap"):
            for image in ("labels.nii", "empty.nii"):
                self.assertIn("stay", self.write(image, "--segmentationType", kind).err)
                self.assertEqual(list(self.described("seg.dcm").values()), list(NAMES.values()))
                self.dseg("validate", "seg.dcm")

    def test_numbers_of_segments_with_voxels_stay(self):
        self.names("names.json", {1: "A", 2: "B", 3: "C", 7: "D"})
        write_nifti(self.dir / "labels.nii", SIZE, [{2: 0, 3: 7}.get(value, value) for value in self.labels])
        self.write("labels.nii")
        self.assertEqual(self.described("seg.dcm"), {1: "A", 2: "D", 3: "B", 4: "C"})

    def test_labels_as_numbers(self):
        for kind, numbers in (("binary", [1, 2, 3]), ("labelmap", [1, 2, 3, 5])):
            result = self.write("labels.nii", "--useLabelIDAsSegmentNumber", "--segmentationType", kind)
            self.assertEqual(list(self.described("seg.dcm")), numbers)
            self.assertEqual("its label can be no Segment Number here" in result.err, kind == "binary")


harness.main()
