# SPDX-License-Identifier: Apache-2.0
"""dseg samples: every encoding is there or left out with a reason, everything in the manifest is true, and it repeats."""

import csv
import hashlib
import os
import pty
import shlex
import shutil

import dicom_bytes
import harness
from harness import INPUT, NEGATIVE, OUTPUT, USAGE, CliTest, read_nifti

FIXED_DATE = "1735689600"


class SamplesTest(CliTest):
    def setUp(self):
        super().setUp()
        os.environ.pop("SOURCE_DATE_EPOCH", None)

    def make(self, source, *options, out="out"):
        self.dseg("samples", source, out, *options)
        return harness.json.loads((self.dir / out / "manifest.json").read_text())

    def contents(self, name):
        base = self.dir / name
        return {str(path.relative_to(base)): path.read_bytes() for path in base.rglob("*") if path.is_file()}

    def check_files(self, manifest, out="out"):
        """Hashes and sizes are true, and there is no file that nothing speaks of."""
        files = self.contents(out)
        listed = {"README.md", "manifest.json", "MANIFEST.csv", "preview.png"}
        for sample in manifest["samples"]:
            content = files[sample["file"]]
            self.assertEqual(sample["sha256"], hashlib.sha256(content).hexdigest(), sample["file"])
            self.assertEqual(sample["bytes"]["file"], len(content))
            listed.add(sample["file"])
            if sample["group"] == "edge case":
                listed.add(sample["file"].removesuffix(".dcm") + ".png")
        self.assertEqual(set(files), listed)
        readme = files["README.md"].decode()
        for sample in manifest["samples"]:
            if not sample["file"].startswith("edge-cases/source"):
                self.assertIn(f"({sample['file']})", readme)


def read_terminal(terminal):
    """What comes next; nothing once the other end is closed."""
    try:
        return os.read(terminal, 4096)
    except OSError:
        return b""


def of_group(manifest, group):
    return [sample for sample in manifest["samples"] if sample["group"] == group]


class Encodings(SamplesTest):
    def setUp(self):
        super().setUp()
        self.voxels = self.volume(size=(26, 19, 5), labels=lambda i, j, k: harness.blocks(i // 3, j // 3, k))

    def test_set(self):
        manifest = self.make("labels.nii")
        self.check_files(manifest)
        self.every_pair_is_accounted_for(manifest)
        for sample in of_group(manifest, "encoding"):
            with self.subTest(sample["file"]):
                path = f"out/{sample['file']}"
                self.dseg("compare", "labels.nii", path)
                self.dseg("validate", path)
                self.encoding_is_told(sample, self.dseg("info", path, "--json").json())
                self.mark_is_inside(sample)
        self.series_are_told_apart(manifest)
        self.assertEqual({sample["voxels_sha256"] for sample in of_group(manifest, "encoding")}, {self.voxel_hash()})
        for name in ("source.nii.gz", "source.seg.nrrd"):
            self.dseg("compare", "labels.nii", f"out/{name}")

    def series_are_told_apart(self, manifest):
        """Viewers list series by Series Description (0008,103E): each has its own."""
        described = []
        for sample in of_group(manifest, "encoding"):
            if sample["transfer_syntax"]["name"] not in ("deflated", "implicit-le"):
                content = (self.dir / "out" / sample["file"]).read_bytes()
                start = content.index(b"\x08\x00\x3e\x10LO") + 8
                described.append(content[start : start + content[start - 2]].decode().strip())
                self.assertIn(sample["segmentation_type"], described[-1])
                self.assertLessEqual(len(described[-1]), 64)
        self.assertIn("LABELMAP, RLE Lossless", described)
        self.assertIn("FRACTIONAL, High-Throughput JPEG 2000", described)
        self.assertEqual(len(described), len(set(described)))

    def voxel_hash(self):
        ranks = {value: rank for rank, value in enumerate(sorted(set(self.voxels)))}
        return hashlib.sha256(bytes(ranks[value] for value in self.voxels)).hexdigest()

    def every_pair_is_accounted_for(self, manifest):
        known = self.dseg("codecs", "--json").json()
        # A proposal for what is said around the frames has two samples of each of its representations.
        around = {r["name"] for r in known["representations"] if r["experimental"]}
        pairs = {
            (r["name"], c["name"])
            for r in known["representations"]
            for c in known["frame_codecs"]
            if r["name"] not in around or c["name"] in ("explicit-le", "label-edge")
        }
        made = {(s["representation"], s["transfer_syntax"]["name"]) for s in of_group(manifest, "encoding")}
        gaps = {(gap["representation"], gap["transfer_syntax"]) for gap in manifest["left_out"]}
        self.assertEqual(made | gaps, pairs)
        self.assertEqual(made & gaps, set())
        for representation in ("labelmap", "binary", "fractional"):
            self.assertIn((representation, "explicit-le"), made)
        for gap in manifest["left_out"]:
            self.assertTrue(gap["reason"])
        experimental = {c["name"] for c in known["frame_codecs"] if c["experimental"]}
        for sample in of_group(manifest, "encoding"):
            is_proposal = sample["transfer_syntax"]["name"] in experimental or sample["representation"] in around
            self.assertEqual(sample["status"], "proposal" if is_proposal else "standard")
            self.assertEqual(sample["file"].startswith("experimental-"), is_proposal)
            self.assertFalse(sample["lossy"])

    def encoding_is_told(self, sample, info):
        self.assertEqual(sample["representation"], info["representation"])
        self.assertEqual(sample["transfer_syntax"]["uid"], info["transfer_syntax"]["uid"])
        for key in ("sop_class_uid", "frames", "bits_allocated", "photometric_interpretation"):
            self.assertEqual(sample[key], info[key])
        for key in ("pixel_data", "per_frame_functional_groups"):
            self.assertEqual(sample["bytes"][key], info["bytes"][key])
        if sample["transfer_syntax"]["name"] != "deflated":
            self.assertEqual(sample["bytes"]["other"], info["bytes"]["other"])

    def mark_is_inside(self, sample):
        content = (self.dir / "out" / sample["file"]).read_bytes()
        name = sample["transfer_syntax"]["name"].encode()
        of = sample["representation"]
        around = (of.rpartition("-")[2] if of.endswith("-volume") else of).encode()  # "volume" of "binary-volume"
        if sample["status"] == "proposal":
            experimental = around if b"-" in sample["representation"].encode() else name
            self.assertIn(b"[experimental: " + experimental, content)
            self.assertIn(b"DSEG " + (experimental if name == b"explicit-le" else name)[:11], content)
        elif sample["transfer_syntax"]["name"] != "deflated":
            self.assertNotIn(b"experimental", content)

    def test_what_an_encoding_refuses_is_a_gap(self):
        """The library's reason is in the manifest, in the words of dseg convert; nothing is printed, and no file is left."""
        result = self.dseg("samples", "labels.nii", "out", "--only", "binary/encapsulated", "labelmap/explicit-le")
        gaps = harness.json.loads((self.dir / "out/manifest.json").read_text())["left_out"]
        self.assertEqual([(gap["representation"], gap["transfer_syntax"]) for gap in gaps], [("binary", "encapsulated")])
        self.assertIn("1-bit frames of 19 rows and 26 columns do not fill whole bytes", gaps[0]["reason"])
        refused = self.fails("convert", "labels.nii", "x.dcm", "--as", "binary", "--transfer-syntax", "encapsulated", code=OUTPUT)
        self.assertIn(f"x.dcm: error: {gaps[0]['reason']}", refused.err)
        self.assertEqual((result.out, result.err), ("", ""))
        self.assertEqual([name for name in self.contents("out") if "encapsulated" in name], [])

    def test_nothing_but_refusals(self):
        error = self.fails("samples", "labels.nii", "out", "--only", "binary/encapsulated", code=INPUT).err
        self.assertIn("no encoding of this build that was asked for can hold it", error)
        self.assertFalse((self.dir / "out").exists())

    def test_mark_is_not_passed_on(self):
        manifest = self.make("labels.nii")
        for sample in of_group(manifest, "encoding"):
            if sample["status"] == "proposal":
                self.dseg("convert", f"out/{sample['file']}", "plain.dcm", "--transfer-syntax", "explicit-le", "--force")
                self.assertNotIn(b"experimental", (self.dir / "plain.dcm").read_bytes())

    def test_csv_says_what_json_says(self):
        manifest = self.make("labels.nii", "--edge-cases")
        with open(self.dir / "out" / "MANIFEST.csv", newline="") as stream:
            rows = list(csv.DictReader(stream))
        self.assertEqual([row["file"] for row in rows], [sample["file"] for sample in manifest["samples"]])
        for row, sample in zip(rows, manifest["samples"]):
            self.assertEqual(row["sha256"], sample["sha256"])
            self.assertEqual(row["voxels_sha256"], sample.get("voxels_sha256", ""))
            self.assertEqual(row["command"], sample["command"])
            self.assertEqual(row["bytes"], str(sample["bytes"]["file"]))
            self.assertEqual(row["transfer_syntax_uid"], sample.get("transfer_syntax", {}).get("uid", ""))
            self.assertEqual(row["rule"], sample.get("rule") or "")

    def test_commands_make_the_same_bytes(self):
        manifest = self.make("labels.nii", "--edge-cases")
        again = self.dir / "again"
        (again / "edge-cases").mkdir(parents=True)
        shutil.copy(self.dir / "labels.nii", again)
        os.environ["SOURCE_DATE_EPOCH"] = FIXED_DATE
        self.addCleanup(os.environ.pop, "SOURCE_DATE_EPOCH")
        files, self.dir = self.contents("out"), again
        done = set()
        for sample in manifest["samples"]:
            program, *arguments = shlex.split(sample["command"])
            own = arguments[0] == "samples"  # this command makes a set of its own, in a directory of that name
            self.assertEqual(program, "dseg")
            if not own or sample["command"] not in done:
                self.dseg(*arguments)
            done.add(sample["command"])
            if not sample.get("varying"):
                made = again / "again" / sample["file"] if own else again / sample["file"]
                self.assertEqual(made.read_bytes(), files[sample["file"]], sample["file"])

    def test_repeats(self):
        first = self.make("labels.nii", "--edge-cases", "--threads", 1)
        second = self.make("labels.nii", "--edge-cases", "--threads", 3, out="again")
        varying = {sample["file"] for sample in first["samples"] if sample.get("varying")}
        if not varying:
            self.assertEqual(self.contents("out"), self.contents("again"))
            return
        for manifest in (first, second):
            for sample in manifest["samples"]:
                if sample["file"] in varying:
                    del sample["sha256"], sample["bytes"]
        self.assertEqual(first, second)
        tell = varying | {"manifest.json", "MANIFEST.csv", "README.md"}  # these have the sizes of varying files
        files = [{name: content for name, content in self.contents(out).items() if name not in tell}
                 for out in ("out", "again")]
        self.assertEqual(files[0], files[1])

    def test_lossy_on_request(self):
        manifest = self.make("labels.nii", "--lossy")
        lossy = [sample for sample in of_group(manifest, "encoding") if sample["lossy"]]
        known = self.dseg("codecs", "--json").json()["frame_codecs"]
        expected = {codec["name"] for codec in known if codec["lossy"] and codec["can_write"]}
        self.assertEqual({sample["transfer_syntax"]["name"] for sample in lossy}, expected)
        self.assertLessEqual({sample["representation"] for sample in lossy}, {"fractional"})


    def test_only(self):
        manifest = self.make("labels.nii", "--only", "binary/rle", "labelmap")
        self.check_files(manifest)
        made = {(s["representation"], s["transfer_syntax"]["name"]) for s in of_group(manifest, "encoding")}
        self.assertEqual({pair for pair in made if pair[0] != "labelmap"}, {("binary", "rle")})
        self.assertIn(("labelmap", "rle"), made)
        for wrong in ("bitmap", "labelmap/morse", "label", ""):
            self.fails("samples", "labels.nii", "other", "--only", wrong, code=USAGE)


def standard_representations(samples):
    """The others, of proposals for what is said around the frames, have a hyphen in their names."""
    return {sample["representation"] for sample in samples if "-" not in sample["representation"]}


class Sources(SamplesTest):
    def test_overlap(self):
        self.dseg("phantom", "a.seg.nrrd", "--size", "30x30x10", "--labels", 120, "--overlap")
        manifest = self.make("a.seg.nrrd")
        self.check_files(manifest)
        encodings = of_group(manifest, "encoding")
        self.assertEqual(standard_representations(encodings), {"binary", "fractional"})
        self.assertEqual(len({sample["voxels_sha256"] for sample in encodings}), 1)
        for sample in encodings:
            self.dseg("compare", "a.seg.nrrd", f"out/{sample['file']}")
        reasons = {gap["representation"]: gap["reason"] for gap in manifest["left_out"] if not gap["transfer_syntax"]}
        self.assertIn("overlap", reasons["labelmap"])

    def test_fractions(self):
        self.volume()
        self.dseg("samples", "labels.nii", "first", "--edge-cases")
        shutil.copy(self.dir / "first/edge-cases/fractional-probability.dcm", self.dir / "a.dcm")
        manifest = self.make("a.dcm")
        self.check_files(manifest)
        encodings = of_group(manifest, "encoding")
        self.assertEqual(standard_representations(encodings), {"fractional"})
        self.assertEqual(len({sample["voxels_sha256"] for sample in encodings}), 1)
        for sample in encodings:
            self.dseg("compare", "a.dcm", f"out/{sample['file']}")

    def test_phantom(self):
        self.dseg("phantom", "small.dcm", "--size", "32x32x12")
        manifest = self.make("small.dcm")
        self.assertEqual(len(self.dseg("info", "out/labelmap-rle.dcm", "--json").json()["segments"]), 108)
        self.assertIn("preview.png", self.contents("out"))
        self.assertIn("source.nii.gz", {sample["file"] for sample in manifest["samples"]})

    def test_phantom_with_its_images(self):
        """The samples are of the images' patient, study and frame of reference, and refer to all of them."""
        manifest = self.make("phantom", "--only", "labelmap/explicit-le", "binary/rle")
        files = self.contents("out")
        images = sorted(name for name in files if name.startswith("images/"))
        self.assertEqual(images, [f"images/{number:05}.dcm" for number in range(1, 121)])
        self.assertIn("`images/` has the 120 CT images", files["README.md"].decode())
        first = dicom_bytes.values_of(files[images[0]])
        self.assertEqual(first[0x00100010], b"Phantom ")
        for sample in of_group(manifest, "encoding"):
            own = dicom_bytes.values_of(files[sample["file"]])
            for tag in (0x00100010, 0x00100020, 0x0020000D, 0x00200052):
                self.assertEqual(own[tag], first[tag])
            self.assertEqual(self.dseg("validate", f"out/{sample['file']}").out, "")
            again = self.dseg("convert", f"out/{sample['file']}", "again.dcm", "--reference", "out/images", "--force")
            self.assertEqual(again.err, "")
            self.dseg("compare", f"out/{sample['file']}", "again.dcm")
        # The source's command makes the images, too.
        source = next(sample for sample in manifest["samples"] if sample["file"] == "source.seg.nrrd")
        os.mkdir(self.dir / "second")
        command = shlex.split(source["command"])[1:]
        self.dseg("phantom", "second/source.seg.nrrd", *command[2:-1], "second/images")
        for name in [*images, "source.seg.nrrd"]:
            self.assertEqual((self.dir / "second" / name).read_bytes(), files[name], name)
        # What is left of a longer series goes when the set is made anew.
        shutil.copy(self.dir / "out" / images[0], self.dir / "out/images/00121.dcm")
        self.make("phantom", "--only", "labelmap/explicit-le", "binary/rle", "--force")
        self.assertEqual(self.contents("out"), files)

    def test_unusable(self):
        self.dseg("samples", "gone.nii", "out", code=INPUT)
        (self.dir / "x.nii").write_bytes(b"x" * 400)
        self.dseg("samples", "x.nii", "out", code=INPUT)

    def test_directory_with_a_long_name(self):
        self.volume()
        deep = "/".join(["d" * 200] * 21)
        error = self.fails("samples", "labels.nii", deep, code=OUTPUT).err
        self.assertIn("too long", error)

    def test_progress_within_a_file(self):
        """On a terminal a file is seen to be written, and then to be checked plane by plane."""
        self.volume()
        terminal, other_end = pty.openpty()
        command = [harness.PROGRAM, "samples", "labels.nii", "out", "--only", "labelmap/explicit-le"]
        with harness.subprocess.Popen(
            command, cwd=self.dir, stdin=harness.subprocess.DEVNULL, stderr=other_end
        ) as process:
            os.close(other_end)
            shown = b""
            while chunk := read_terminal(terminal):
                shown += chunk
        os.close(terminal)
        self.assertEqual(process.returncode, 0, shown)
        for percent in (0, 20, 40, 60, 80):
            self.assertIn(b"checking out/labelmap-explicit-le.dcm %d %%" % percent, shown)

    def test_directory_that_cannot_be_made(self):
        self.volume()
        for directory in ("labels.nii/out", "/proc/samples"):  # below a file; where not even root may write
            error = self.fails("samples", "labels.nii", directory, code=OUTPUT).err
            self.assertIn(f"{directory}: error: cannot be made: ", error)
        self.assertEqual([path.name for path in self.dir.iterdir()], ["labels.nii"])

    def test_directory_in_use(self):
        self.volume()
        (self.dir / "out").mkdir()
        (self.dir / "out" / "README.md").write_text("precious")
        self.fails("samples", "labels.nii", "out", code=OUTPUT)
        self.fails("samples", "labels.nii", "gone/out", code=OUTPUT)
        self.make("labels.nii", "--force")

    def test_page(self):
        """page.html is found beside the program, wherever that lies; without it nothing is made."""
        self.volume()
        program = self.dir / "prefix" / "bin" / "dseg"
        page = self.dir / "prefix" / "share" / "dseg" / "page.html"
        program.parent.mkdir(parents=True)
        page.parent.mkdir(parents=True)
        shutil.copy(harness.PROGRAM, program)
        command = [program, "samples", "labels.nii", "out", "--only", "labelmap/explicit-le", "--page"]
        result = harness.subprocess.run(command, cwd=self.dir, capture_output=True, text=True)
        self.assertEqual(result.returncode, INPUT)
        self.assertIn("--page: there is no ", result.stderr)
        self.assertIn("prefix/bin/../share/dseg/page.html", result.stderr)
        self.assertFalse((self.dir / "out").exists())
        # As installed, and as the trees build/PRESET/tools and build/tools have it.
        for page in (page, self.dir / "page" / "page.html", self.dir / "prefix" / "page" / "page.html"):
            page.parent.mkdir(exist_ok=True)
            page.write_text("<!doctype html>")
            result = harness.subprocess.run(command, cwd=self.dir, capture_output=True, text=True)
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertEqual((self.dir / "out" / "page.html").read_text(), "<!doctype html>")
            self.assertIn("`page.html`", (self.dir / "out" / "README.md").read_text())
            shutil.rmtree(self.dir / "out")
            page.unlink()

    def test_usage(self):
        for arguments in ((), ("phantom",), ("phantom", "a", "b"), ("phantom", "a", "--threads", 0)):
            self.fails("samples", *arguments, code=USAGE)


class EdgeCases(SamplesTest):
    def setUp(self):
        super().setUp()
        self.volume()
        self.manifest = self.make("labels.nii", "--edge-cases")

    def info(self, name):
        return self.dseg("info", f"out/edge-cases/{name}.dcm", "--json").json()

    def numbers(self, name):
        return [segment["number"] for segment in self.info(name)["segments"]]

    def test_are_what_they_say(self):
        self.check_files(self.manifest)
        for sample in of_group(self.manifest, "edge case"):
            self.dseg("validate", f"out/{sample['file']}")
            self.assertTrue(sample["purpose"])
        for kind in ("binary", "labelmap"):
            self.assertEqual((self.info(f"one-frame-{kind}")["frames"], self.info(f"one-frame-{kind}")["representation"]),
                             (1, kind))  # fmt: skip
        odd = self.info("not-byte-aligned")
        self.assertEqual((odd["geometry"]["rows"] * odd["geometry"]["columns"] % 8, odd["bits_allocated"]), (2, 1))
        self.assertEqual(self.info("overlap")["segments_overlap"], "YES")
        for kind in ("label-sets", "sets-volume"):
            sets = self.info(f"experimental-{kind}")
            self.assertEqual((sets["representation"], sets["segments_overlap"], sets["voxels"]),
                             ("label-sets", "NO", "masks"))  # fmt: skip
            self.assertIn("segments overlap others", sets["summary"])
        self.dseg("convert", "out/edge-cases/overlap.dcm", "x.nii", code=INPUT)
        self.assertEqual(self.numbers("number-gaps"), [2, 5, 11, 12, 13, 20])
        self.assertEqual((self.numbers("300-segments")[-1], self.info("300-segments")["bits_allocated"]), (300, 16))
        frames = [self.info(f"empty-frames-{kind}")["frames"] for kind in ("omitted", "kept")]
        self.assertLess(frames[0], frames[1])
        self.assertEqual(frames[1], 3 * 6)
        planes = [self.info(f"empty-frames-{kind}")["geometry"]["planes"] for kind in ("omitted", "kept")]
        self.assertEqual(planes[1], 6)
        self.assertLess(planes[0], 5)
        self.assertEqual(self.info("palette-color")["photometric_interpretation"], "PALETTE COLOR")
        self.assertEqual(self.info("fractional-occupancy")["voxels"], "occupancy")
        self.assertEqual(self.info("fractional-probability")["voxels"], "probability")
        self.assertEqual(self.info("fractional-probability")["maximum_fraction"], 200)
        self.assertLess(self.info("slide-tiled-sparse")["frames"], 12)
        self.assertEqual([self.info(f"slide-{kind}")["frames"] for kind in ("all-tiles", "tiled-full")], [12, 12])
        self.assertNotIn("background", self.info("no-background"))

    def test_same_voxels_as_their_source(self):
        base = "out/edge-cases/"
        same = {"source.seg.nrrd": ("palette-color", "basic-offset-table", "extended-offset-table"),
                "source-odd.seg.nrrd": ("not-byte-aligned", "empty-frames-kept"),
                "source-300.seg.nrrd": ("300-segments",), "source-overlap.seg.nrrd": ("overlap", "experimental-label-sets", "experimental-sets-volume")}  # fmt: skip
        for source, names in same.items():
            for name in names:
                self.dseg("compare", base + source, f"{base}{name}.dcm")
        for name in ("slide-tiled-sparse", "slide-tiled-full"):
            self.dseg("compare", f"{base}slide-all-tiles.dcm", f"{base}{name}.dcm", "--ignore", "extent")

    def test_concatenations(self):
        """All parts together are one object, one alone says that others are missing, and too few are refused."""
        base = "out/edge-cases/concatenation-"
        for kind in ("native", "rle"):
            parts = [f"{base}{kind}-{number}.dcm" for number in (1, 2, 3)]
            self.assertEqual([self.info(f"concatenation-{kind}-{number}")["frames"] for number in (1, 2, 3)], [3, 3, 2])
            self.assertEqual(self.dseg("convert", *reversed(parts), f"{kind}.dcm", "--transfer-syntax", "explicit-le",
                                       "--empty-frames", "keep", "--json").json()["files"][0]["frames"], 8)  # fmt: skip
            self.assertIn("part 2 of a Concatenation", self.dseg("convert", parts[1], "x.nii", "--force").err)
            self.assertIn("(0020,9163)", self.dseg("convert", *parts[:2], "y.nii", code=INPUT).err)
        self.dseg("compare", "native.dcm", "rle.dcm")
        self.dseg("convert", f"{base}native-1.dcm", f"{base}rle-2.dcm", f"{base}native-3.dcm", "y.nii", code=INPUT)

    def test_fractions_are_fractions(self):
        self.dseg("convert", "out/edge-cases/fractional-occupancy.dcm", "x.nii", "--segments", 1, "--threshold", 0.01)
        self.dseg("convert", "out/edge-cases/fractional-occupancy.dcm", "y.nii", "--segments", 1, "--threshold", 0.99)
        low, high = (sum(map(bool, read_nifti(self.dir / name)[1])) for name in ("x.nii", "y.nii"))
        self.assertGreater(low, high)
        self.assertGreater(high, 0)

    def test_faulty_ones_are_found(self):
        faulty = of_group(self.manifest, "faulty")
        rules = {sample["rule"] for sample in faulty if sample["rule"]}
        self.assertEqual(len(faulty), len(rules) + 1)
        self.assertGreater(len(rules), 50)
        for sample in faulty:
            with self.subTest(sample["file"]):
                if sample["rule"] is None:
                    self.dseg("validate", f"out/{sample['file']}", code=INPUT)
                    continue
                result = self.dseg("validate", f"out/{sample['file']}", "--json", code=NEGATIVE).json()
                self.assertEqual({found["rule"] for found in result["findings"]}, {sample["rule"]})

    def test_faulty_ones_do_no_harm(self):
        """The reader refuses them, or reads them to the end."""
        for sample in of_group(self.manifest, "faulty"):
            with self.subTest(sample["file"]):
                done = harness.subprocess.run(
                    [harness.PROGRAM, "convert", f"out/{sample['file']}", "x.seg.nrrd", "--force"],
                    cwd=self.dir, capture_output=True, timeout=60)  # fmt: skip
                self.assertIn(done.returncode, (0, INPUT, OUTPUT), done.stderr)


if __name__ == "__main__":
    harness.main()
