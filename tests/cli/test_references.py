# SPDX-License-Identifier: Apache-2.0
"""dseg convert --reference: which images a frame refers to, and which an object lists (PS3.3 C.7.6.16.2.6, C.12.2)."""

import dicom_bytes
import harness
from harness import CliTest
from images import element, sequence, write_image

FIRST = (-11.0, -22.0, -33.0)  # DICOM position of the first voxel of harness.AFFINE
AXIAL, CORONAL = (1, 0, 0, 0, 1, 0), (1, 0, 0, 0, 0, -1)
PER_FRAME, DERIVATION, IMAGES = 0x52009230, 0x00089124, 0x00082112
SERIES, INSTANCES, INSTANCE = 0x00081115, 0x0008114A, 0x00081155
BOTH = {"1.2.3.4": list("01234"), "1.2.3.5.1": ["50", "51", "52", "53", "54"]}  # test_two_series


def values(content):
    """The values of elements by their tags."""
    return {tag: raw[dicom_bytes.read_header(raw, 0, False)[3] :] for tag, raw in dicom_bytes.elements(content)}


def items(content, tag):
    """The items of a sequence, each as its bytes; none when it is absent."""
    return dicom_bytes.item_contents(values(content).get(tag, b""))


def text(value):
    return value.decode().rstrip(" \0")


class References(CliTest):
    def series(self, name="ct", series="1.2.3.4", first=0, planes=range(5), changes=()):
        """One image a plane, instances 1.2.3.4.<first + plane>."""
        (self.dir / name).mkdir(exist_ok=True)
        for k in planes:
            position = (FIRST[0], FIRST[1], FIRST[2] + 2.5 * k)
            more = [element(0x20, 0x0E, "UI", series), *changes]
            write_image(self.dir / name / f"{first + k:03}.dcm", first + k, position, 7, 9, (0.9, 0.8), AXIAL, more)

    def scout(self, name, index=99):
        write_image(self.dir / "ct" / name, index, (0, 0, 0), 7, 9, (0.9, 0.8), CORONAL,
                    [element(0x20, 0x0E, "UI", "1.2.3.4")])  # fmt: skip

    def object(self, name):
        return dicom_bytes.data_set((self.dir / name).read_bytes())

    def sources(self, name="seg.dcm"):
        """The instances that each frame refers to, by their last number, with frame numbers."""
        found = []
        for frame in items(self.object(name), PER_FRAME):
            images = [values(image) for one in items(frame, DERIVATION) for image in items(one, IMAGES)]
            found.append([text(image[INSTANCE]).split(".")[-1] for image in images])
        return found

    def listed(self, name="seg.dcm"):
        """The instances that Common Instance Reference lists, by series, of the object's own study."""
        return {text(values(series)[0x0020000E]): [text(values(one)[INSTANCE]).split(".")[-1]
                                                   for one in items(series, INSTANCES)]
                for series in items(self.object(name), SERIES)}  # fmt: skip

    def convert(self, *options, labels="labels.nii"):
        done = self.dseg("convert", "--force", labels, "seg.dcm", "--as", "labelmap", "--reference", *options)
        self.dseg("validate", "seg.dcm")
        self.assertNotIn("warning", self.dseg("validate", "seg.dcm").err)
        return done

    def test_only_images_of_frames_are_listed(self):
        """Planes 1 and 3 of 5 have voxels; frames of the first and the last plane keep the extent."""
        self.volume(labels=lambda i, j, k: {1: 1, 3: 2}.get(k, 0))
        self.series()
        for kind in ("binary", "labelmap"):
            with self.subTest(kind):
                self.dseg("convert", "labels.nii", f"{kind}.dcm", "--as", kind, "--reference", "ct")
                self.assertEqual(sorted({tuple(one) for one in self.sources(f"{kind}.dcm")}), [("0",), ("1",), ("3",), ("4",)])
                self.assertEqual(self.listed(f"{kind}.dcm"), {"1.2.3.4": ["0", "1", "3", "4"]})
                for name, options, images in (("two", (), ["0", "3", "4"]), ("tight", ("--grid", "tight"), ["3"])):
                    self.dseg("convert", f"{kind}.dcm", f"{kind}-{name}.dcm", "--segments", "2", *options)
                    self.assertEqual(self.listed(f"{kind}-{name}.dcm"), {"1.2.3.4": images})
                    self.assertNotIn("warning", self.dseg("validate", f"{kind}-{name}.dcm").err)

    def test_an_image_that_is_found_twice_counts_once(self):
        """As a copy beside it, and in a directory that is named twice; a file of its own at the same place does count."""
        self.volume(labels=lambda i, j, k: 1)
        self.series()
        (self.dir / "ct" / "copy of 002.dcm").write_bytes((self.dir / "ct" / "002.dcm").read_bytes())
        for paths in (("ct",), ("ct", "ct")):
            with self.subTest(paths):
                self.convert(*paths)
                self.assertEqual(self.sources(), [["0"], ["1"], ["2"], ["3"], ["4"]])
                self.assertEqual(self.listed(), {"1.2.3.4": list("01234")})
        self.series(first=50, planes=[2])
        self.convert("ct", "--grid", "reference")
        self.assertEqual(self.sources(), [["0"], ["1"], ["2", "52"], ["3"], ["4"]])

    def test_unused_images_are_told(self):
        self.volume(labels=lambda i, j, k: {1: 1, 3: 2}.get(k, 0))
        self.series()
        self.convert("ct")
        content = (self.dir / "seg.dcm").read_bytes()
        instance = sequence(0x08, 0x114A, *(element(0x08, 0x1150, "UI", "1.2.840.10008.5.1.4.1.1.2")
                                            + element(0x08, 0x1155, "UI", f"1.2.3.4.{k}") for k in range(5)))  # fmt: skip
        more = sequence(0x08, 0x1115, instance + element(0x20, 0x0E, "UI", "1.2.3.4"))
        own = dict(dicom_bytes.elements(dicom_bytes.data_set(content))) | {SERIES: more}
        content = dicom_bytes.with_data_set(content, b"".join(raw for _, raw in sorted(own.items())))
        (self.dir / "more.dcm").write_bytes(content)
        done = self.dseg("validate", "more.dcm")
        self.assertIn("lists 1 of 5 instances that no frame refers to, 1.2.3.4.2 first", done.out + done.err)
        self.dseg("convert", "more.dcm", "seg.dcm", "--force")
        self.assertEqual(self.listed(), {"1.2.3.4": ["0", "1", "3", "4"]})

    def test_localizers_do_no_harm(self):
        self.volume()
        self.series()
        for name in ("000-scout.dcm", "zzz.dcm"):
            self.scout(name)
            for options in ((), ("--grid", "reference")):
                with self.subTest((name, options)):
                    done = self.convert("ct", *options)
                    self.assertEqual(done.told.count("\n"), 1)
                    self.assertIn("1 of 6 images of the reference are left out", done.err)
                    self.assertIn(name, done.err)
                    self.assertEqual(self.sources(), [["0"], ["1"], ["2"], ["3"], ["4"]])
                    self.dseg("compare", "labels.nii", "seg.dcm")
            (self.dir / "ct" / name).unlink()

    def test_both_phases_are_sources(self):
        """File names in no order; acquisitions are."""
        self.volume()
        self.series(planes=(0, 2, 4), changes=[element(0x20, 0x12, "IS", "1")])
        self.series(planes=(1, 3), first=50, changes=[element(0x20, 0x12, "IS", "1")])
        self.series(planes=(0, 2, 4), first=70, changes=[element(0x20, 0x12, "IS", "2")])
        self.series(planes=(1, 3), first=20, changes=[element(0x20, 0x12, "IS", "2")])
        for options in ((), ("--grid", "reference")):
            with self.subTest(options):
                self.assertEqual(self.convert("ct", *options).told, "")
                self.assertEqual(self.sources(), [["0", "70"], ["51", "21"], ["2", "72"], ["53", "23"], ["4", "74"]])
        self.dseg("convert", "seg.dcm", "copy.dcm")
        self.assertEqual(self.sources("copy.dcm"), self.sources())
        self.assertEqual(self.listed("copy.dcm"), self.listed())
        self.dseg("compare", "seg.dcm", "copy.dcm")
        self.dseg("convert", "seg.dcm", "tight.dcm", "--grid", "tight", "--segments", "1")
        self.assertEqual(self.sources("tight.dcm"), [["51", "21"], ["2", "72"], ["53", "23"]])

    def test_two_series(self):
        self.volume()
        self.series("t1")
        self.series("t2", "1.2.3.5.1", first=50)
        for options in ((), ("--grid", "reference")):
            with self.subTest(options):
                self.assertEqual(self.convert("t1", "t2", *options).told, "")
                self.assertEqual(self.sources(), [[str(k), str(50 + k)] for k in range(5)])
                self.assertEqual(self.listed(), BOTH)
        self.convert("t2", "t1")
        self.assertEqual(self.sources(), [[str(50 + k), str(k)] for k in range(5)])
        message = self.fails("convert", "labels.nii", "out.dcm", "--reference", ".", code=harness.INPUT).err
        for one in ("several series in one directory", "1.2.3.4", "1.2.3.5.1"):
            self.assertIn(one, message)

    def test_two_series_of_others_are_refused(self):
        self.volume()
        self.series("t1")
        self.series("patient", "1.2.3.5.1", first=50, changes=[element(0x10, 0x20, "LO", "patient-8")])
        self.series("space", "1.2.3.5.2", first=60, changes=[element(0x20, 0x52, "UI", "1.2.77")])
        for name, tag in (("patient", "(0010,0020)"), ("space", "(0020,0052)")):
            message = self.fails("convert", "labels.nii", "out.dcm", "--reference", "t1", name, code=harness.INPUT).err
            self.assertIn(tag, message)

    def test_objects_of_two_series_are_merged(self):
        self.volume()
        self.series("t1")
        self.series("t2", "1.2.3.5.1", first=50)
        for name in ("t1", "t2"):
            self.dseg("convert", "labels.nii", f"{name}.dcm", "--reference", name)
        self.dseg("convert", "t1.dcm", "t2.dcm", "seg.dcm")
        self.assertEqual({tuple(one) for one in self.sources()}, {(str(k), str(50 + k)) for k in range(5)})
        self.assertEqual(self.listed(), BOTH)


if __name__ == "__main__":
    harness.main()
