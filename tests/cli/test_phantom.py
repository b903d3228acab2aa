# SPDX-License-Identifier: Apache-2.0
"""dseg phantom: the same voxels everywhere, every label there, any size, every format."""

import hashlib
import os
import signal
import statistics
import struct
import subprocess
import time

import dicom_bytes
import harness
from harness import OUTPUT, USAGE, CliTest, read_nifti

# SHA-256 of the voxels of a phantom as 16-bit little endian numbers; a change of the anatomy changes them.
VOXELS_OF_40_LABELS = "74e5975e9cd8f64382f42e1a04cb8170c39e1fce77f7e2ab13c5d5443d9be90e"


def digest(voxels):
    return hashlib.sha256(struct.pack(f"<{len(voxels)}H", *voxels)).hexdigest()


class Phantom(CliTest):
    def phantom(self, name, *options):
        self.dseg("phantom", name, *options)
        return read_nifti(self.dir / name)

    def test_same_everywhere(self):
        options = ("--labels", 40, "--size", "64x48x40", "--seed", 5)
        size, voxels, _ = self.phantom("a.nii", *options)
        self.assertEqual(size, (64, 48, 40))
        self.assertEqual(set(voxels), set(range(41)))
        self.assertEqual(digest(voxels), VOXELS_OF_40_LABELS)

    def test_same_bytes_in_every_format(self):
        for suffix in (".nii.gz", ".nrrd", ".seg.nrrd", ".mha", ".dcm"):
            for name in ("a", "b"):
                self.dseg("phantom", name + suffix, "--size", "40x40x20", "--threads", 1 if name == "a" else 4)
            self.assertEqual((self.dir / f"a{suffix}").read_bytes(), (self.dir / f"b{suffix}").read_bytes(), suffix)
            self.dseg("compare", "a.nii.gz", f"a{suffix}")

    def test_no_clock_in_a_dicom_file(self):
        self.dseg("phantom", "a.dcm", "--size", "8x8x8", "--labels", 3)
        self.assertIn(b"20250101", (self.dir / "a.dcm").read_bytes())

    def test_other_spacings_are_other_instances(self):
        uids = set()
        for spacing in ("1x1x1", "1.0001x1x1", "1.0004x1x1"):
            self.dseg("phantom", "a.dcm", "--size", "8x8x8", "--labels", 3, "--spacing", spacing, "--force")
            uids.add(self.dseg("info", "a.dcm", "--json").json()["sop_instance_uid"])
        self.assertEqual(len(uids), 3)

    def test_seed(self):
        bodies = {digest(self.phantom(f"{seed}.nii", "--size", "40x40x20", "--seed", seed)[1]) for seed in range(3)}
        self.assertEqual(len(bodies), 3)

    def test_every_label_has_voxels(self):
        for size, labels in (("1x1x1", 1), ("2x3x4", 24), ("1x300x1", 300), ("23x38x2", 300), ("70x1x50", 3000)):
            with self.subTest(size):
                _, voxels, _ = self.phantom(f"{size}.nii", "--size", size, "--labels", labels)
                self.assertEqual(set(voxels) - {0}, set(range(1, labels + 1)))

    def test_enlarged(self):
        size, voxels, _ = self.phantom("a.nii", "--size", "60x60x30", "--coarse", "20x30x10", "--labels", 20)
        _, coarse, _ = self.phantom("b.nii", "--size", "20x30x10", "--spacing", "20x13.334x15", "--labels", 20)
        self.assertEqual(size, (60, 60, 30))
        planes = [voxels[k * 3600:(k + 1) * 3600] for k in range(30)]
        for k in range(30):
            self.assertEqual(planes[k], planes[k // 3 * 3])
            for j in range(0, 60, 2):
                row = planes[k][60 * j:60 * j + 60]
                self.assertEqual(row, planes[k][60 * j + 60:60 * j + 120])
                self.assertEqual(row, [value for value in row[::3] for _ in range(3)])
        self.assertEqual(set(coarse), set(voxels))

    def test_codes(self):
        """Each segment has the codes that the table of terms has for its name."""
        self.dseg("phantom", "a.dcm", "--size", "40x40x30", "--labels", 110)
        segments = self.dseg("info", "a.dcm", "--json").json()["segments"]
        for segment in segments:
            side = segment["label"].split()[-1]
            named = side in ("left", "right") and segment["label"] != "lung middle lobe right"
            self.assertEqual(segment["laterality"], side if named else None, segment["label"])
            self.assertNotEqual(segment["type"]["meaning"], "Tissue", segment["label"])
            altered = segment["number"] > 108
            self.assertEqual(segment["category"]["value"], "49755003" if altered else "91723000", segment["label"])
        kinds = {segment["label"]: segment["type"]["meaning"] for segment in segments}
        self.assertEqual([kinds[name] for name in ("liver", "clavicle left", "vertebra S1", "rib 12 right", "lesion 2")],
                         ["Liver", "Clavicle", "S1 vertebra", "Twelfth rib", "Mass"])
        self.assertEqual(self.dseg("validate", "a.dcm", "--codes").out, "")
        shown = self.dseg("info", "a.dcm").out
        self.assertRegex(shown, r"made by +dseg project, dseg, \d")
        self.assertIn("SCT:64033007 Kidney, Left ", shown)

    def test_overlap(self):
        options = ("--size", "64x64x40", "--overlap", "--labels", 120)
        self.dseg("phantom", "a.dcm", *options)
        self.dseg("phantom", "a.seg.nrrd", *options)
        self.dseg("compare", "a.dcm", "a.seg.nrrd")
        info = self.dseg("info", "a.dcm", "--json").json()
        self.assertEqual((info["representation"], info["segments_overlap"]), ("binary", "YES"))
        self.assertIn("holds one segment", self.fails("phantom", "a.nii", *options, code=OUTPUT).err)

    def test_segments_are_described(self):
        self.dseg("phantom", "a.dcm", "--size", "32x32x20", "--labels", 110)
        segments = self.dseg("info", "a.dcm", "--json").json()["segments"]
        self.assertEqual(segments[0]["label"], "liver")
        self.assertEqual(segments[-1]["label"], "lesion 2")
        self.assertEqual(len({segment["label"] for segment in segments}), 110)
        for segment in segments:
            self.assertTrue(segment["type"]["meaning"] and segment["color"])

    def test_usage(self):
        for arguments in (
            (), ("a.txt",), ("a.nii", "b.nii"), ("a.nii", "--labels", 0), ("a.nii", "--labels", 65536),
            ("a.nii", "--size", "3x3"), ("a.nii", "--size", "0x3x3"), ("a.nii", "--size", "3x3x3x3"),
            ("a.nii", "--spacing", "1x1x-1"), ("a.nii", "--size", "2x2x2", "--labels", 9),
            ("a.nii", "--size", "9x9x9", "--coarse", "9x10x9"), ("a.nii", "--seed", "x"),
        ):  # fmt: skip
            with self.subTest(arguments):
                self.fails("phantom", *arguments, code=USAGE)

    def test_existing_file(self):
        (self.dir / "a.nii").write_text("precious")
        self.fails("phantom", "a.nii", "--size", "8x8x8", "--labels", 5, code=OUTPUT)
        self.dseg("phantom", "a.nii", "--size", "8x8x8", "--labels", 5, "--force")


class Images(CliTest):
    """A CT series with the phantom's anatomy."""

    SIZE = (48, 40, 30)
    SPACING = "8.5x8.5x21"  # all of the body

    def make(self, name="a.dcm", *options, images="ct", size=SIZE):
        self.dseg("phantom", name, "--size", "x".join(map(str, size)), "--spacing", self.SPACING, "--images", images, *options)

    def read(self, images="ct"):
        """Values by tag of each image, by their names."""
        return [dicom_bytes.values_of(path.read_bytes()) for path in sorted((self.dir / images).glob("*.dcm"))]

    def hounsfield(self, images="ct"):
        """CT numbers of all voxels, plane by plane."""
        read = []
        for image in self.read(images):
            pixels = image[0x7FE00010]
            read += [value - 1024 for value in struct.unpack(f"<{len(pixels) // 2}H", pixels)]
        return read

    def test_lie_where_the_segmentation_does(self):
        self.make()
        images = self.read()
        self.assertEqual(len(images), self.SIZE[2])
        geometry = self.dseg("info", "a.dcm", "--json").json()["geometry"]
        for image in images:
            self.assertEqual((struct.unpack("<H", image[0x00280011])[0], struct.unpack("<H", image[0x00280010])[0]), self.SIZE[:2])
            spacing = [float(text) for text in image[0x00280030].split(b"\\")]
            self.assertEqual(spacing, geometry["pixel_spacing"])
        heights = [float(image[0x00200032].split(b"\\")[2]) for image in images]
        self.assertEqual(heights, sorted(heights))
        self.assertAlmostEqual(heights[1] - heights[0], geometry["spacing_between_slices"])
        self.assertEqual({image[0x00100010] for image in images}, {b"Phantom "})
        for tag, count in ((0x00080018, self.SIZE[2]), (0x0020000E, 1), (0x0020000D, 1), (0x00200052, 1)):
            self.assertEqual(len({image[tag] for image in images}), count)

    def test_object_refers_to_them(self):
        """The object is of the images' patient, study and frame of reference, and each plane has its image."""
        self.make()
        (image, *_), content = self.read(), (self.dir / "a.dcm").read_bytes()
        own = dicom_bytes.values_of(content)
        for tag in (0x00100010, 0x00100020, 0x0020000D, 0x00200052):
            self.assertEqual(own[tag], image[tag])
        for image in self.read():
            self.assertIn(image[0x00080018].rstrip(b"\0"), content)
        again = self.dseg("convert", "a.dcm", "b.dcm", "--reference", "ct")
        self.assertEqual(again.err, "")
        self.dseg("compare", "a.dcm", "b.dcm")

    def test_grey_values_are_those_of_the_organs(self):
        """By segment: the mean is its organ's, and what differs from it is noise."""
        self.make("a.nii", "--labels", 110, "--coarse", "24x20x15")
        _, voxels, _ = read_nifti(self.dir / "a.nii")
        values, by_label = self.hounsfield(), {}
        for label, value in zip(voxels, values, strict=True):
            by_label.setdefault(label, []).append(value)
        for label, wanted in {1: 108, 2: 185, 4: 122, 5: 165, 6: -850, 11: 135, 12: 42}.items():
            found = by_label[label]
            self.assertLess(abs(statistics.fmean(found) - wanted), 1 + 4 * 12 / len(found) ** 0.5, label)
        for label, found in by_label.items():
            if label != 0:
                middle = statistics.median(found)
                self.assertLessEqual(max(abs(value - middle) for value in found), 90, label)
        self.assertGreater(len({round(statistics.median(found), -1) for found in by_label.values()}), 20)

    def test_body_and_table(self):
        """Around the organs there is a body, below it a table, and air elsewhere."""
        self.make("a.nii")
        _, voxels, _ = read_nifti(self.dir / "a.nii")
        columns, rows, planes = self.SIZE
        values, middle = self.hounsfield(), columns // 2
        for plane in range(planes // 4, planes // 2):
            at = plane * rows * columns
            column = [values[at + row * columns + middle] for row in range(rows)]
            self.assertLess(column[0], -900)
            body = [row for row in range(rows) if column[row] > -400]
            self.assertTrue(all(row in body for row in range(body[0], rows * 3 // 4)))
            self.assertLess(min(column[rows * 3 // 4:]), -850, "foam, or air below the table")
        inside = [value for label, value in zip(voxels, values, strict=True) if label == 0 and -200 < value < 200]
        self.assertGreater(len(inside), 0.1 * len(voxels))

    def test_the_same_again(self):
        self.make("a.dcm", "--seed", 3)
        self.make("b.dcm", "--seed", 3, images="again")
        self.make("c.dcm", "--seed", 4, images="other")
        files = [[path.read_bytes() for path in sorted((self.dir / name).iterdir())] for name in ("ct", "again", "other")]
        self.assertEqual(files[0], files[1])
        self.assertEqual((self.dir / "a.dcm").read_bytes(), (self.dir / "b.dcm").read_bytes())
        first, other = self.read()[0], self.read("other")[0]
        for tag in (0x00080018, 0x0020000E, 0x0020000D, 0x00200052, 0x00100020):
            self.assertNotEqual(first[tag], other[tag])

    def test_overlap(self):
        """Where segments overlap, images show the inner one."""
        self.make("a.seg.nrrd", "--overlap", "--labels", 120)
        self.dseg("convert", "a.seg.nrrd", "aorta.nii", "--segments", "5")
        _, voxels, _ = read_nifti(self.dir / "aorta.nii")
        aorta = [value for label, value in zip(voxels, self.hounsfield(), strict=True) if label != 0]
        self.assertLess(abs(statistics.median(aorta) - 165), 6)

    def test_directory(self):
        """It is made, or is empty; --force replaces images, and takes away those of a longer series."""
        (self.dir / "ct").mkdir()
        self.make()
        self.fails("phantom", "b.dcm", "--size", "8x8x8", "--labels", 3, "--images", "ct", code=OUTPUT)
        self.fails("phantom", "b.dcm", "--size", "8x8x8", "--labels", 3, "--images", "a.dcm", code=OUTPUT)
        (self.dir / "ct/mine.txt").write_text("mine")
        self.make("a.dcm", "--force", size=(24, 20, 9))
        names = sorted(os.listdir(self.dir / "ct"))
        self.assertEqual(names, [f"{number:05}.dcm" for number in range(1, 10)] + ["mine.txt"])
        self.dseg("convert", "a.dcm", "b.dcm", "--reference", "ct")

    def test_directory_with_a_separator_at_its_end(self):
        for images in ("new/", "new//"):
            self.make("a.dcm", "--force", images=images)
            self.assertEqual(len(os.listdir(self.dir / "new")), self.SIZE[2])
        self.assertEqual(sorted(os.listdir(self.dir)), ["a.dcm", "new"])

    def test_all_or_nothing(self):
        """An output that cannot be written leaves no images."""
        self.fails("phantom", "gone/a.dcm", "--size", "16x16x8", "--images", "ct", code=OUTPUT)
        self.fails("phantom", "a.nii", "--size", "16x16x8", "--overlap", "--images", "ct", code=OUTPUT)
        self.fails("phantom", "a.nii", "--size", "16x16x8", "--images", "gone/ct", code=OUTPUT)
        self.assertEqual(os.listdir(self.dir), [])

    def test_a_signal_leaves_nothing(self):
        child = subprocess.Popen([harness.PROGRAM, "phantom", "a.dcm", "--size", "256x256x200", "--images", "ct"], cwd=self.dir)
        while child.poll() is None and sum(len(names) for _, _, names in os.walk(self.dir)) < 5:
            time.sleep(0.002)
        child.send_signal(signal.SIGTERM)
        self.assertEqual(child.wait(timeout=60), -signal.SIGTERM)
        self.assertEqual(os.listdir(self.dir), [])


if __name__ == "__main__":
    harness.main()
