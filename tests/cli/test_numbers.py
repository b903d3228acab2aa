# SPDX-License-Identifier: Apache-2.0
"""Numbers that BINARY and FRACTIONAL objects cannot have come back in label maps and volumes."""

import json
import struct

import dicom_bytes
import harness
from harness import CliTest, read_nifti

NUMBERS = (7, 12, 300)


def blocks(i, j, k):
    """Labels 7, 12 and 300, 12 first met."""
    return {2: 12, 3: 12, 5: 7, 7: 300}.get(i, 0)


class Numbers(CliTest):
    def numbers(self, name, key="number"):
        return [segment.get(key) for segment in self.dseg("info", name, "--json").json()["segments"]]

    def test_through_binary_and_back(self):
        voxels = self.volume(labels=blocks)
        self.dseg("convert", "labels.nii", "labelmap.dcm", "--as", "labelmap")
        for kind in ("binary", "fractional"):
            threshold = ("--threshold", "0.5") if kind == "fractional" else ()
            note = self.dseg("convert", "labelmap.dcm", f"{kind}.dcm", "--as", kind).err
            self.assertIn("3 of 3 segments have other numbers than in the input", note)
            self.assertIn("come back", note)
            self.assertEqual(self.numbers(f"{kind}.dcm"), [1, 2, 3])
            self.assertEqual(self.numbers(f"{kind}.dcm", "original_number"), list(NUMBERS))
            self.assertIn("; was number 12\n", self.dseg("info", f"{kind}.dcm").out)
            self.dseg("validate", f"{kind}.dcm")
            back = self.dseg("convert", f"{kind}.dcm", f"{kind}.nii", *threshold)
            self.assertEqual(back.err, "")
            self.assertEqual(read_nifti(self.dir / f"{kind}.nii")[1], voxels)
            back = self.dseg("convert", f"{kind}.dcm", f"{kind}-back.dcm", "--as", "labelmap", *threshold)
            self.assertEqual(back.err, "")
            self.assertEqual(self.numbers(f"{kind}-back.dcm"), list(NUMBERS))
            self.assertEqual(self.numbers(f"{kind}-back.dcm", "original_number"), [None] * 3)
        self.assertIn("another number: 3", self.dseg("compare", "labelmap.dcm", "binary.dcm").out)

    def test_a_chain_of_objects(self):
        voxels = self.volume(labels=blocks)
        self.dseg("convert", "labels.nii", "a.dcm", "--as", "binary")
        self.assertEqual(self.dseg("convert", "a.dcm", "b.dcm").err, "")
        self.dseg("convert", "b.dcm", "c.dcm", "--as", "fractional")
        self.dseg("convert", "c.dcm", "d.dcm", "--as", "binary", "--threshold", "0.5")
        self.assertEqual(self.numbers("d.dcm", "original_number"), list(NUMBERS))
        self.dseg("convert", "d.dcm", "back.nii")
        self.assertEqual(read_nifti(self.dir / "back.nii")[1], voxels)

    def test_only_where_they_differ(self):
        self.volume(labels=lambda i, j, k: {2: 1, 5: 2, 7: 9}.get(i, 0))
        self.dseg("convert", "labels.nii", "a.dcm", "--as", "binary")
        self.assertEqual(self.numbers("a.dcm", "original_number"), [None, None, 9])
        self.volume("plain.nii", labels=lambda i, j, k: {2: 1, 5: 2, 7: 3}.get(i, 0))
        self.dseg("convert", "plain.nii", "plain.dcm", "--as", "binary")
        self.assertNotIn(b"DSEG SEGMENTS", (self.dir / "plain.dcm").read_bytes())

    def test_segments_and_split(self):
        voxels = self.volume(labels=blocks)
        self.dseg("convert", "labels.nii", "a.dcm", "--as", "binary")
        self.dseg("convert", "a.dcm", "some.dcm", "--segments", "2-3")
        self.assertEqual(self.numbers("some.dcm"), [1, 2])
        self.assertEqual(self.numbers("some.dcm", "original_number"), [12, 300])
        self.dseg("convert", "some.dcm", "some.nii")
        self.assertEqual(read_nifti(self.dir / "some.nii")[1], [0 if value == 7 else value for value in voxels])
        self.dseg("convert", "a.dcm", "part.nii", "--split", "--write-metadata", "part.json")
        made = sorted(name for name in self.files() if name.startswith("part-"))
        self.assertEqual([int(name.split("-")[1]) for name in made], [12, 300, 7])
        for name in made:
            number = int(name.split("-")[1])
            self.assertEqual(read_nifti(self.dir / name)[1], [value if value == number else 0 for value in voxels])
        written = json.loads((self.dir / "part.json").read_text())["segmentAttributes"]
        self.assertEqual([segment["labelID"] for part in written for segment in part], [7, 12, 300])

    def test_renumber_neither_keeps_nor_restores(self):
        self.volume(labels=blocks)
        self.dseg("convert", "labels.nii", "a.dcm", "--as", "binary")
        self.dseg("convert", "a.dcm", "renumbered.nii", "--renumber")
        self.assertEqual(set(read_nifti(self.dir / "renumbered.nii")[1]), {0, 1, 2, 3})
        for source in ("labels.nii", "a.dcm"):
            note = self.dseg("convert", source, "b.dcm", "--as", "binary", "--renumber", "--force").err
            self.assertNotIn("come back", note)
            self.assertEqual(self.numbers("b.dcm", "original_number"), [None] * 3)
            self.assertNotIn(b"DSEG SEGMENTS", (self.dir / "b.dcm").read_bytes())

    def test_files_whose_segments_claim_one_number(self):
        self.volume("one.nii", labels=lambda i, j, k: 12 if i == 2 else 0)
        self.volume("two.nii", labels=lambda i, j, k: 12 if i == 5 else 0)
        self.volume("three.nii", labels=lambda i, j, k: 30 if i == 7 else 0)
        for name in ("one", "two", "three"):
            self.dseg("convert", f"{name}.nii", f"{name}.dcm", "--as", "binary")
        result = self.dseg("convert", "one.dcm", "two.dcm", "both.nii")
        self.assertIn("both were number 12", result.err)
        self.assertEqual(set(read_nifti(self.dir / "both.nii")[1]), {0, 1, 2})
        result = self.dseg("convert", "one.dcm", "three.dcm", "apart.nii")
        self.assertNotIn("number", result.err)
        self.assertEqual(set(read_nifti(self.dir / "apart.nii")[1]), {0, 12, 30})

    def test_numbers_past_a_segment_number(self):
        voxels = self.volume("wide.nii", labels=lambda i, j, k: 65535 if i == 2 else 0)
        self.dseg("convert", "wide.nii", "a.dcm", "--as", "binary")
        self.dseg("convert", "a.dcm", "back.nii")
        self.assertEqual(read_nifti(self.dir / "back.nii")[1], voxels)


PADDING = 0x00280120


class Zero(CliTest):
    """A segment with number 0, which stands for no segment in research formats."""

    def label_map(self, padding):
        """Where a.dcm says 0 is the background another number is, or none."""
        self.volume(labels=blocks)
        self.dseg("convert", "labels.nii", "a.dcm", "--as", "labelmap", "--force")
        data = (self.dir / "a.dcm").read_bytes()
        kept = [(tag, content) for tag, content in dicom_bytes.elements(dicom_bytes.data_set(data)) if tag != PADDING]
        if padding is not None:
            kept.append((PADDING, dicom_bytes.element(PADDING, b"US", struct.pack("<H", padding))))
        content = b"".join(content for _, content in sorted(kept, key=lambda pair: pair[0]))
        (self.dir / "a.dcm").write_bytes(dicom_bytes.with_data_set(data, content))
        self.assertIn('"number": 0', self.dseg("info", "a.dcm", "--json").out)

    def test_what_is_lost_is_told(self):
        for padding in (200, None):
            self.label_map(padding)
            for name in ("a.nii", "a.nrrd", "a.seg.nrrd", "a.mha"):
                result = self.dseg("convert", "a.dcm", name, "--force")
                self.assertIn('note: segment 0 "Background" is no segment in ', result.err)
                self.assertIn("with --renumber segments count from 1", result.err)
                self.assertEqual("voxels of no segment are 200" in result.err, padding == 200)
                self.dseg("compare", "a.dcm", name, "--ignore", "names", code=harness.NEGATIVE)
            result = self.dseg("convert", "a.dcm", "part.nii", "--split", "--force")
            self.assertIn('segment 0 "Background" is no segment in ', result.err)
            self.assertNotIn("no segment", self.dseg("convert", "a.dcm", "one.nii", "--segments", "7", "--force").err)

    def test_renumbered_nothing_is_lost(self):
        for padding in (200, None):
            self.label_map(padding)
            for name in ("a.nii", "a.nrrd", "a.seg.nrrd", "a.mha"):
                self.assertNotIn("no segment", self.dseg("convert", "a.dcm", name, "--renumber", "--force").err)
                self.dseg("compare", "a.dcm", name, "--ignore", "names,numbers")
            self.assertEqual(set(read_nifti(self.dir / "a.nii")[1]), {1, 2, 3, 4})
            self.dseg("convert", "a.dcm", "some.nii", "--segments", "0,7", "--renumber", "--force")
            self.assertEqual(set(read_nifti(self.dir / "some.nii")[1]), {0, 1, 2})

    def test_objects_have_it(self):
        for padding in (200, None):
            self.label_map(padding)
            for kind in ("labelmap", "binary", "fractional"):
                self.assertNotIn("no segment", self.dseg("convert", "a.dcm", "b.dcm", "--as", kind, "--force").err)
                self.dseg("compare", "a.dcm", "b.dcm", "--ignore", "numbers")


if __name__ == "__main__":
    harness.main()
