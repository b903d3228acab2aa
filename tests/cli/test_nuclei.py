# SPDX-License-Identifier: Apache-2.0
"""dseg phantom --nuclei: the same numbers everywhere, nuclei that borders of tiles cut through, classes."""

import array
import csv
import hashlib

import harness
import nrrd
from harness import OUTPUT, USAGE, CliTest

# SHA-256 of the numbers as 32 bits, little endian; a change of the nuclei's shapes changes it.
NUMBERS = "015b81c7f6204a20db6920cc3b9f7c2407043a6b95519c4b901f8bf3fd810a2e"


def digest(numbers):
    words = array.array("I", numbers)
    if words.itemsize != 4 or array.array("H", [1]).tobytes() != b"\1\0":
        words.byteswap()
    return hashlib.sha256(words.tobytes()).hexdigest()


class Nuclei(CliTest):
    def nuclei(self, name, *options):
        self.dseg("phantom", name, *options)
        return nrrd.Nrrd(self.dir / name)

    def test_same_everywhere(self):
        made = self.nuclei("a.nrrd", "--nuclei", 500, "--size", "611x403", "--seed", 5)
        self.assertEqual(made.size, [611, 403, 1])
        self.assertEqual(set(made.voxels), set(range(501)))
        self.assertEqual(digest(made.voxels), NUMBERS)

    def test_same_bytes_again(self):
        for suffix in (".nrrd", ".nii.gz", ".mha"):
            for name in ("a", "b"):
                self.dseg("phantom", name + suffix, "--nuclei", 0, "--size", "200x300", "--threads", 1 if name == "a" else 3)
            self.assertEqual((self.dir / f"a{suffix}").read_bytes(), (self.dir / f"b{suffix}").read_bytes(), suffix)
            self.dseg("compare", "a.nrrd", f"a{suffix}", "--instances")

    def test_seed_and_number(self):
        slides = {digest(self.nuclei(f"{seed}.nrrd", "--nuclei", 0, "--size", "300x200", "--seed", seed).voxels) for seed in range(3)}
        self.assertEqual(len(slides), 3)
        self.assertEqual(max(self.nuclei("a.nrrd", "--nuclei", 0, "--size", "300x200").voxels), 60)

    def test_every_nucleus_has_pixels(self):
        for size, count in (("1x1", 1), ("7x3", 21), ("300x1", 299), ("1x300", 7), ("64x64", 4000), ("50x900", 45000)):
            with self.subTest(size):
                made = self.nuclei(f"{size}.nrrd", "--nuclei", count, "--size", size)
                self.assertEqual(set(made.voxels) - {0}, set(range(1, count + 1)))

    def test_are_whole_and_small(self):
        """Each is one piece, no more than an ellipse of its kind, and a share of the slide is none's."""
        made = self.nuclei("a.nrrd", "--nuclei", 0, "--size", "512x512")
        places = {}
        for at, number in enumerate(made.voxels):
            places.setdefault(number, []).append((at % 512, at // 512))
        self.assertTrue(0.05 < 1 - len(places[0]) / 512**2 < 0.3)
        for number, pixels in places.items():
            if number > 0:
                for axis in range(2):
                    along = sorted({pixel[axis] for pixel in pixels})
                    self.assertLessEqual(along[-1] - along[0], 24)

    def test_borders_cut_through(self):
        """Painted tile by tile, nuclei are those of the whole, and some have pixels on either side of a border."""
        options = ("--nuclei", 0, "--size", "300x200")
        whole = self.nuclei("a.nrrd", *options)
        cut = {whole.voxels[300 * row + 63] for row in range(200)} & {whole.voxels[300 * row + 64] for row in range(200)} - {0}
        self.assertGreater(len(cut), 0)
        for name, tile in (("a.dcm", "64x64"), ("b.dcm", "97x31"), ("c.dcm", "512x512")):
            self.dseg("phantom", name, *options, "--tile", tile)
            compared = self.dseg("compare", name, "a.nrrd", "--json").json()["instances"]
            self.assertEqual((compared["equal"], compared["other_number"]), (60, 0))
            self.dseg("compare", "a.dcm", name)
        info = self.dseg("info", "a.dcm", "--json", "--statistics").json()
        self.assertEqual(info["geometry"]["space"], "slide")
        self.assertEqual(info["geometry"]["planes"], 5 * 4)
        self.assertEqual(sum(segment["instances"] for segment in info["segments"]), 60)
        self.assertEqual(sum(segment["statistics"]["voxels"] for segment in info["segments"]), sum(map(bool, whole.voxels)))

    def test_same_object_again(self):
        options = ("--nuclei", 0, "--size", "300x200", "--tile", "64x64")
        for name, threads in (("a.dcm", 1), ("b.dcm", 3)):
            self.dseg("phantom", name, *options, "--transfer-syntax", "label-edge", "--threads", threads)
        self.assertEqual((self.dir / "a.dcm").read_bytes(), (self.dir / "b.dcm").read_bytes())
        self.dseg("phantom", "c.dcm", *options)
        self.dseg("compare", "a.dcm", "c.dcm")
        uids = {self.dseg("info", name, "--json").json()["sop_instance_uid"] for name in ("a.dcm", "c.dcm")}
        self.assertEqual(len(uids), 2)

    def test_tiles_overlap(self):
        """What is in two tiles counts once."""
        options = ("--nuclei", 0, "--size", "300x200")
        self.dseg("phantom", "a.dcm", *options, "--tile", "64x64", "--tile-overlap", 9)
        self.dseg("phantom", "a.nrrd", *options)
        self.assertEqual(self.dseg("info", "a.dcm", "--json").json()["geometry"]["planes"], 6 * 4)
        compared = self.dseg("compare", "a.dcm", "a.nrrd", "--json").json()["instances"]
        self.assertEqual((compared["equal"], compared["other_number"]), (60, 0))
        found = [self.dseg("info", name, "--instances", "--statistics", "--json").json()["instances"] for name in ("a.dcm", "a.nrrd")]
        self.assertEqual(*[[one[key] for key in ("present", "least_voxels", "median_voxels", "most_voxels")] for one in found])

    def test_classes(self):
        self.dseg("phantom", "a.nrrd", "--nuclei", 800, "--size", "900x900", "--classes", "a.csv")
        with open(self.dir / "a.csv", newline="", encoding="utf-8") as file:
            lines = list(csv.DictReader(file))
        self.assertEqual([int(line["instance"]) for line in lines], list(range(1, 801)))
        counts = sorted(sum(line["class"] == name for line in lines) for name in {line["class"] for line in lines})
        self.assertEqual(len(counts), 3)
        self.assertEqual(sum(counts), 800)
        self.assertTrue(50 < counts[0] < counts[1] < counts[2])

    def test_usage(self):
        for options in (
            ("--size", "100x100x1"), ("--size", "100"), ("--size", "0x5"), ("--size", "5x5", "--nuclei", 26), ("--labels", 3),
            ("--images", "ct"), ("--overlap",), ("--spacing", "1x1x1"), ("--tile", "5"), ("--tile", "8x8", "--tile-overlap", 8),
        ):  # fmt: skip
            with self.subTest(options):
                self.fails("phantom", "a.nrrd", "--nuclei", 5, *options, code=USAGE)
        self.fails("phantom", "a.seg.nrrd", "--nuclei", 5, code=USAGE)
        self.fails("phantom", "a.nrrd", "--nuclei", 5, "--transfer-syntax", "rle", code=USAGE)
        self.assertIn("label-edge", self.fails("phantom", "a.dcm", "--transfer-syntax", "label-edg", code=USAGE).err)
        for options in (("--tile", "8x8"), ("--tile-overlap", 2), ("--classes", "a.csv"), ("--size", "8x8")):
            self.fails("phantom", "a.nrrd", *options, code=USAGE)

    def test_files(self):
        """All or nothing, and nothing is replaced unasked."""
        options = ("--nuclei", 5, "--size", "40x40", "--classes", "a.csv")
        (self.dir / "a.csv").write_text("precious")
        self.fails("phantom", "a.nrrd", *options, code=OUTPUT)
        self.dseg("phantom", "a.nrrd", *options, "--force")
        self.fails("phantom", "a.nrrd", "--nuclei", 5, "--size", "40x40", code=OUTPUT)
        self.fails("phantom", "b.nrrd", "--nuclei", 5, "--size", "40x40", "--classes", "./b.nrrd", code=USAGE)


if __name__ == "__main__":
    harness.main()
