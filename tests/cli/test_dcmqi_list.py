# SPDX-License-Identifier: Apache-2.0
"""The cases of dcmqi's own test list (apps/seg/Testing/CMakeLists.txt), by their names there, on dcmqi's data.

Not here: itkimage2segimage_handlerOverloadEquivalence, which tests a C++ function of dcmqi, and the three cases that
run dciodvfy, which tests/peers/check_dcmqi_tools.py has.
"""

import json
import pathlib
import subprocess
import unittest

import harness
from nrrd import Nrrd

PROGRAMS = pathlib.Path(harness.PROGRAM).parent
SEGMENTATIONS = harness.need_data("dcmqi", "data", "segmentations")
EXAMPLES = harness.need_data("dcmqi", "doc", "examples")
CT = SEGMENTATIONS / "ct-3slice"
CT_LIST = ["--inputDICOMList", ",".join(str(CT / name) for name in ("01.dcm", "02.dcm", "03.dcm"))]
CT_DIRECTORY = ["--inputDICOMDirectory", str(CT)]
LIVER, SPINE, HEART, SPINE5 = "liver_seg.nrrd", "spine_seg.nrrd", "heart_seg.nrrd", "spine_seg_label5.nrrd"
OVERLAPS = ["partial_overlaps-1.nrrd", "partial_overlaps-2.nrrd", "partial_overlaps-3.nrrd"]
SIZES = ["24x38x3", "23x38x3"]


def same_json(expected, got, ignored, path="metadata"):
    """What is in expected and not the same in got, as dcmqi's comparejson.py has it: got may hold more keys."""
    if isinstance(expected, dict) and isinstance(got, dict):
        for key, value in expected.items():
            if key in ignored:
                continue
            if key not in got:
                return [f"{path}.{key} is missing"]
            found = same_json(value, got[key], ignored, f"{path}.{key}")
            if found:
                return found
        return []
    if isinstance(expected, list) and isinstance(got, list):
        if len(expected) != len(got):
            return [f"{path}: {len(expected)} and {len(got)} items"]
        for index, (value, its) in enumerate(zip(expected, got)):
            found = same_json(value, its, ignored, f"{path}[{index}]")
            if found:
                return found
        return []
    return [] if expected == got else [f"{path}: {expected!r} and {got!r}"]


class List(harness.CliTest):
    """The cases follow one another: many need the objects of those before."""

    def program(self, name, *arguments, fails=False):
        done = subprocess.run(
            [PROGRAMS / name, *map(str, arguments)], cwd=self.dir, stdin=subprocess.DEVNULL, capture_output=True,
            timeout=120,
        )  # fmt: skip
        err = done.stderr.decode()
        self.assertEqual(done.returncode, 1 if fails else 0, f"{name} {arguments}\n{err}")
        if fails:
            self.assertIn("error:", err)
        return done.stdout.decode()

    def make(self, case, metadata, images, references, output, *options, fails=False):
        with self.subTest(f"itkimage2segimage_{case}"):
            images = ",".join(str(SEGMENTATIONS / image) for image in images)
            self.program(
                "itkimage2segimage", "--inputMetadata", EXAMPLES / metadata, "--inputImageList", images, *references,
                "--outputDICOM", output, *options, fails=fails,
            )  # fmt: skip
            self.assertEqual((self.dir / output).exists(), not fails)

    def read(self, case, source, expected, prefix, *options):
        """expected: the volumes that PREFIX-1.nrrd, PREFIX-2.nrrd, ... are to be the same as, and no more."""
        with self.subTest(f"segimage2itkimage_{case}"):
            self.program(
                "segimage2itkimage", "--inputDICOM", source, "--outputDirectory", self.dir, "--prefix", prefix, *options
            )
            names = {f"{prefix}-{i + 1}.nrrd" for i in range(len(expected))}
            self.assertEqual({name for name in self.files() if name.startswith(f"{prefix}-")} - names,
                             {f"{prefix}-meta.json"})
            for index, name in enumerate(expected):
                got = Nrrd(self.dir / f"{prefix}-{index + 1}.nrrd")
                self.assertEqual(Nrrd(SEGMENTATIONS / name).differences(got), [], f"{prefix}-{index + 1}.nrrd")

    def json(self, case, expected, prefix, *ignored):
        with self.subTest(case):
            wanted = json.loads((EXAMPLES / expected).read_text())
            got = json.loads((self.dir / f"{prefix}-meta.json").read_text())
            self.assertEqual(same_json(wanted, got, {"@schema", *ignored}), [])

    def to_label_map(self, case, source, output, *options, fails=False):
        with self.subTest(case):
            self.program("bin2labelsegimage", "--inputDICOM", source, "--outputDICOM", output, *options, fails=fails)
            self.assertEqual((self.dir / output).exists(), not fails)

    def test_hello(self):
        for name in ("itkimage2segimage", "segimage2itkimage"):
            with self.subTest(f"{name}_hello"):
                self.assertIn("--verbose", self.program(name, "--help"))

    def test_binary(self):
        nrrd = ["--outputType", "nrrd"]
        self.make("makeSEG", "seg-example.json", [LIVER], CT_DIRECTORY, "liver.dcm")
        self.read("makeNRRD", "liver.dcm", [LIVER], "makeNRRD", *nrrd)
        self.json("seg_meta_roundtrip", "seg-example.json", "makeNRRD")
        self.make("makeSEG_deflate", "seg-example.json", [LIVER], CT_DIRECTORY, "deflate.dcm", "--compress", "deflate")
        self.read("makeNRRD_deflate", "deflate.dcm", [LIVER], "makeNRRD_deflate", *nrrd)

    def test_label_maps(self):
        kind = ["--segmentationType", "labelmap"]
        ids = "--useLabelIDAsSegmentNumber"
        two, gaps = "seg-example_liver_spine.json", "seg-example_liver_spine_gapped.json"
        self.make("makeSEG_labelmap", "seg-example.json", [LIVER], CT_DIRECTORY, "direct.dcm", *kind)
        self.read("makeNRRD_from_labelmap_direct", "direct.dcm", [LIVER], "direct", "--outputType", "nrrd")
        self.json("labelmap_meta_roundtrip", "seg-example.json", "direct")
        self.make("makeSEG_labelmap_multi", two, [LIVER, SPINE], CT_LIST, "multi.dcm", *kind)
        self.read("makeNRRD_from_labelmap_multi", "multi.dcm", ["liver_spine_seg.nrrd"], "multi")
        self.make("makeSEG_labelmap_multi_labelID", two, [LIVER, SPINE], CT_LIST, "multi-id.dcm", *kind, ids)
        self.make("makeSEG_labelmap_gapped_labelID", gaps, [LIVER, SPINE5], CT_LIST, "gapped.dcm", *kind, ids)
        self.read("makeNRRD_from_labelmap_gapped", "gapped.dcm", ["liver_spine_gapped_seg.nrrd"], "gapped")
        self.json("labelmap_gapped_meta_roundtrip", "seg-example_liver_spine_gapped_merged.json", "gapped")
        three = "seg-example_multiple_segments.json"
        self.make("makeSEG_labelmap_overlap", three, [LIVER, SPINE, HEART], CT_LIST, "overlap.dcm", *kind, fails=True)

    def test_several_files(self):
        self.make(
            "makeSEG_multiple_segment_files", "seg-example_multiple_segments.json", [LIVER, SPINE, HEART], CT_LIST,
            "three.dcm",
        )  # fmt: skip
        self.read("makeNRRD_multiple_segment_files", "three.dcm", [LIVER, SPINE, HEART], "three")
        self.json("multi_seg_meta_roundtrip", "seg-example_multiple_segments.json", "three", "labelID")
        self.read("makeNRRD_merged_segment_file", "three.dcm", ["liver_spine_seg.nrrd", HEART], "two",
                  "--mergeSegments")  # fmt: skip
        self.json("segimage2itkimage_makeNRRD_merged_segment_file_JSON", "seg-example_multiple_segments_merged.json",
                  "two")  # fmt: skip
        self.make(
            "makeSEG_multiple_segment_files_reordered", "seg-example_multiple_segments_reordered.json",
            [HEART, LIVER, SPINE], CT_LIST, "reordered.dcm",
        )  # fmt: skip
        self.read("makeNRRD_multiple_segment_files_reordered", "reordered.dcm", [LIVER, SPINE, HEART], "reordered")

    def test_partial_overlaps(self):
        self.make(
            "makeSEG_merged_segment_files_from_partial_overlap", "seg-example_partial_overlaps.json", OVERLAPS, CT_LIST,
            "partial_overlaps.dcm", "--useLabelIDAsSegmentNumber",
        )  # fmt: skip
        self.read("makeNRRD_merged_segment_files_from_partial_overlaps", "partial_overlaps.dcm", OVERLAPS, "merged",
                  "--mergeSegments")  # fmt: skip
        self.json("segimage2itkimage_makeNRRD_merged_segment_files_from_partial_overlaps_JSON",
                  "seg-example_partial_overlaps.json", "merged")  # fmt: skip
        self.to_label_map("partial_overlaps_to_labelmap", SEGMENTATIONS / "partial_overlaps.dcm", "map.dcm", fails=True)

    def test_sizes(self):
        for size in SIZES:
            references = ["--inputDICOMDirectory", SEGMENTATIONS / size / "image"]
            label = f"{size}/nrrd/label.nrrd"
            self.make(f"makeSEG_{size}", "seg-example.json", [label], references, f"{size}.dcm", "--skip", "0")
            self.read(f"makeNRRD_{size}", f"{size}.dcm", [label], size, "--outputType", "nrrd")
            seg = SEGMENTATIONS / size / "seg" / "label.seg"
            self.to_label_map(f"seg_phantom_{size}_to_labelmap", seg, f"{size}-labelmap.seg")

    def test_binary_to_label_map(self):
        self.to_label_map("liver_to_labelmap", SEGMENTATIONS / "liver.dcm", "liver-labelmap.dcm")
        self.make("makeSEG", "seg-example.json", [LIVER], CT_DIRECTORY, "liver.dcm")
        wide, palette = "--force16Bit", "--usePalette"
        kinds = {"mono8": [], "palette8": [palette], "mono16": [wide], "palette16": [palette, wide]}
        for kind, options in kinds.items():
            self.to_label_map(f"liver_to_labelmap_{kind}", "liver.dcm", f"{kind}.dcm", "--compress", "none", *options)
            self.read(f"labelmap_{kind}", f"{kind}.dcm", [LIVER], kind)

    def test_sparse_label_maps(self):
        for case, name in (("ppv_fill", "ppv5"), ("noppv_segment0", "noppv")):
            source = SEGMENTATIONS / f"sparse-labelmap-{name}.dcm"
            self.read(f"sparse_labelmap_{case}", source, [f"sparse_labelmap_{name}_seg.nrrd"], f"sparse_{name}")


if __name__ == "__main__":
    unittest.main(verbosity=1)
