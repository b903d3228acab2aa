# SPDX-License-Identifier: Apache-2.0
"""Research formats: what nibabel, SimpleITK and pynrrd write is read by dseg, and the reverse, with the same voxels
and with every corner within 1e-4 mm.

usage: check_volumes.py CASE
"""

import gzip
import itertools
import pathlib
import sys
from xml.etree import ElementTree

import nibabel
import nrrd
import numpy as np
import SimpleITK

from foreign import nrrd_affine
from peerlib import DATA, dseg, dseg_info, skip, step
from volumes import MRICRON, affine_of, read_image, rotation

TO_DICOM = np.diag([-1.0, -1, 1, 1])
CORNER_TOLERANCE = 1e-4  # mm

AFFINES = {
    "axial": affine_of((0.27734, 0.27734, 1), (-70.86042, 70.86042, -59)),
    "oblique": affine_of((0.7123456789, 1.1, 3.3333333333), (-170.5, 212.25, -1077.123456), rotation(0.3, -0.45)),
    "left-handed": affine_of((1.5, 0.9, 2.5), (12.5, -99.75, 40), rotation(-1.2, 2.1) @ np.diag([1.0, 1, -1])),
    "sagittal": affine_of((1, 1, 1), (-128, -128, 128), [[0, 0, 1], [1, 0, 0], [0, -1, 0]]),
}
TYPES = ["i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f4", "f8"]


def make_labels(shape=(19, 23, 31), values=(1, 2, 100)):
    random = np.random.default_rng(3)
    labels = np.zeros(shape, np.uint32)
    labels[2:15, 4:12, 5:20] = values[0]
    labels[4:17, 10:20, 15:29] = values[1]
    noise = random.random(shape) < 0.03
    labels[noise] = random.choice(np.array((0, *values), np.uint32), shape)[noise]
    return labels


def assert_same(labels, affine, got, got_affine, what):
    assert got.shape == labels.shape, f"{what}: {got.shape} instead of {labels.shape}"
    assert np.array_equal(got, labels), f"{what}: {np.count_nonzero(got != labels)} voxels differ"
    size = np.array(labels.shape[::-1]) - 1
    for corner in itertools.product(*((0, extent) for extent in size)):
        point = np.array((*corner, 1))
        distance = np.linalg.norm((affine @ point - got_affine @ point)[:3])
        assert distance < CORNER_TOLERANCE, f"{what}: corner {corner} is off by {distance} mm"


def check_reading(path, labels, affine):
    """dseg's own NRRD, raw and in double precision, says what was read; pynrrd reads it."""
    dseg("convert", path, "read.nrrd", "--compression", "none", "--force")
    array, header = nrrd.read("read.nrrd")
    assert_same(labels, affine, np.transpose(array, (2, 1, 0)), nrrd_affine(header), path)


def nibabel_files():
    """Every type and version in both byte orders, sform or qform, compressed or not, in one file or two."""
    labels = make_labels()
    voxels = np.transpose(labels, (2, 1, 0))
    for index, (kind, order, version) in enumerate(itertools.product(TYPES, "<>", (1, 2))):
        affine = list(AFFINES.values())[index % len(AFFINES)]
        ras = TO_DICOM @ affine
        suffix = (".nii", ".nii.gz")[index // 3 % 2]
        with step(f"NIfTI-{version} {kind} {order} {suffix}"):
            image_class = nibabel.Nifti1Image if version == 1 else nibabel.Nifti2Image
            header = image_class.header_class(endianness=order)
            header.set_data_dtype(np.dtype(order + kind))
            image = image_class(voxels.astype(kind), ras, header)
            image.header.set_data_dtype(np.dtype(order + kind))
            by_qform = index % 5 == 0
            image.set_qform(ras, 1 if by_qform else 0)
            image.set_sform(ras, 0 if by_qform else 2)
            nibabel.save(image, f"a{suffix}")
            stored = nibabel.load(f"a{suffix}")
            assert stored.header.endianness == order
            check_reading(f"a{suffix}", labels, TO_DICOM @ stored.affine)
    with step("pair of files"):
        nibabel.save(nibabel.Nifti1Pair(voxels.astype("i2"), TO_DICOM @ affine), "pair.img")
        check_reading("pair.hdr", labels, affine)
        check_reading("pair.img", labels, affine)
    with step("slope and intercept"):
        image = nibabel.Nifti1Image(voxels.astype("u1"), TO_DICOM @ affine)
        image.header.set_slope_inter(3, 5)
        nibabel.save(image, "scaled.nii")
        with open("scaled.nii", "r+b") as file:  # nibabel undoes what it is told when it saves
            content = bytearray(file.read())
            content[112:120] = np.array([3, 5], "<f4").tobytes()
            content[352:] = voxels.astype("u1").tobytes(order="F")
            file.seek(0)
            file.write(content)
        check_reading("scaled.nii", labels * 3 + 5, affine)
    with step("members of gzip one after the other"):
        nibabel.save(nibabel.Nifti1Image(voxels.astype("u2"), TO_DICOM @ affine), "whole.nii")
        content = pathlib.Path("whole.nii").read_bytes()
        parts = (content[:100], content[100:5000], content[5000:])
        pathlib.Path("parts.nii.gz").write_bytes(b"".join(gzip.compress(part) for part in parts))
        check_reading("parts.nii.gz", labels, affine)


LABEL_NAMES = {1: "spleen", 2: "kidney_right", 100: "a & b"}


def caret_extension():
    """Names as TotalSegmentator writes them into the header, and Connectome Workbench."""
    root = ElementTree.Element("CaretExtension")
    table = ElementTree.SubElement(ElementTree.SubElement(root, "VolumeInformation", Index="0"), "LabelTable")
    for key, name in LABEL_NAMES.items():
        label = ElementTree.SubElement(table, "Label", Key=str(key), Red="0.2", Green="0.4", Blue="0.6", Alpha="1")
        label.text = name
    return ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)


def nibabel_names():
    """Names in header extensions, by nibabel: those that it writes are read, and it reads those that are written."""
    labels = make_labels()
    voxels = np.transpose(labels, (2, 1, 0)).astype("u1")
    for code, (image_class, suffix) in itertools.product((0, 30), (
        (nibabel.Nifti1Image, ".nii"), (nibabel.Nifti2Image, ".nii.gz"), (nibabel.Nifti1Pair, ".hdr"))):  # fmt: skip
        with step(f"names in {image_class.__name__} {suffix}, code {code}"):
            image = image_class(voxels, TO_DICOM @ AFFINES["oblique"])
            image.header.extensions.append(nibabel.nifti1.Nifti1Extension(code, caret_extension()))
            nibabel.save(image, f"named{suffix}")
            dseg("convert", f"named{suffix}", "named.dcm", "--force")
            segments = dseg_info("named.dcm")["segments"]
            assert {item["number"]: item["label"] for item in segments} == LABEL_NAMES, segments
            assert {item["color"] for item in segments} == {"#336699"}, segments
            dseg("convert", "named.dcm", "back.nii.gz", "--force")
            back = nibabel.load("back.nii.gz")
            extension, copy = back.header.extensions
            assert (extension.get_code(), copy.get_code()) == (0, 30)
            root = ElementTree.fromstring(bytes(extension.get_content()).decode().strip("\0"))
            found = {int(label.get("Key")): label.text for label in root.iter("Label")}
            assert found == LABEL_NAMES, found
            assert np.array_equal(np.asarray(back.dataobj), voxels)
            read = SimpleITK.GetArrayFromImage(SimpleITK.ReadImage("back.nii.gz"))
            assert np.array_equal(read, labels)


def simpleitk_files():
    labels = make_labels()
    suffixes = [".mha", ".mhd", ".nrrd", ".nhdr", ".nii", ".nii.gz", ".hdr"]
    for index, (suffix, kind) in enumerate(itertools.product(suffixes, TYPES)):
        name, affine = list(AFFINES.items())[index % len(AFFINES)]
        with step(f"SimpleITK {suffix} {kind} {name}"):
            image = SimpleITK.GetImageFromArray(labels.astype(kind))
            spacing = np.linalg.norm(affine[:3, :3], axis=0)
            image.SetSpacing(spacing.tolist())
            image.SetOrigin(affine[:3, 3].tolist())
            image.SetDirection((affine[:3, :3] / spacing).ravel().tolist())
            SimpleITK.WriteImage(image, f"a{suffix}", index % 3 != 0)
            if suffix == ".hdr":
                pathlib.Path("a.nii").unlink(missing_ok=True)
            check_reading(f"a{suffix}", labels, affine)


def pynrrd_files():
    labels = make_labels()
    voxels = np.transpose(labels, (2, 1, 0))
    encodings = ["raw", "gzip", "ascii"]
    for index, (encoding, kind, order) in enumerate(itertools.product(encodings, TYPES, ("little", "big"))):
        affine = list(AFFINES.values())[index % len(AFFINES)]
        detached = index % 3 == 0
        path = "a.nhdr" if detached else "a.nrrd"
        with step(f"pynrrd {encoding} {kind} {order} {path}"):
            space = ("left-posterior-superior", "RAS")[index % 2]
            there = affine if space[0] == "l" else TO_DICOM @ affine
            header = {
                "encoding": encoding,
                "endian": order,
                "space": space,
                "space directions": there[:3, :3].T,
                "space origin": there[:3, 3],
                "kinds": ["domain"] * 3,
                "a key": "with: a value",
            }
            typed = voxels.astype(np.dtype(kind).newbyteorder("<" if order == "little" else ">"))
            nrrd.write(path, typed, header, detached_header=detached)
            check_reading(path, labels, affine)


def written_files():
    """From a NIfTI file to each format in 8, 16 and 32 bits, read by all who know the format."""
    for (name, affine), values in zip(AFFINES.items(), [(1, 2, 100), (5, 300, 65535), (7, 65536, 2147483647), (1, 2, 3)]):
        labels = make_labels(values=values)
        # nibabel warns of the 64 bits that the affine is kept in; double precision is what NIfTI-2 has.
        nibabel.save(nibabel.Nifti2Image(np.transpose(labels, (2, 1, 0)), TO_DICOM @ affine), "in.nii")
        for suffix, level in itertools.product(
            [".nii", ".nii.gz", ".nrrd", ".nhdr", ".seg.nrrd", ".mha", ".mhd"], ["none", "1", "6", "12"]
        ):
            with step(f"{name}: {suffix}, compression {level}"):
                path = f"out{suffix}"
                dseg("convert", "in.nii", path, "--compression", level, "--force")
                check_written(path, labels, affine)
        with step(f"{name}: NIfTI-2"):
            dseg("convert", "in.nii", "two.nii.gz", "--nifti2", "--force")
            assert isinstance(nibabel.load("two.nii.gz"), nibabel.Nifti2Image)
            check_written("two.nii.gz", labels, affine)


def check_written(path, labels, affine):
    smallest = np.min_scalar_type(labels.max())
    if not path.startswith("two"):  # SimpleITK knows no NIfTI-2
        array, got = read_image(path)
        assert array.dtype == smallest, array.dtype
        assert_same(labels, affine, array, got, f"SimpleITK {path}")
    if ".nii" in path:
        image = nibabel.load(path)
        array = np.asarray(image.dataobj)
        assert array.dtype == smallest, array.dtype
        for form in (image.get_sform(coded=True), image.get_qform(coded=True)):
            assert form[1] > 0
            assert_same(labels, affine, np.transpose(array, (2, 1, 0)), TO_DICOM @ form[0], f"nibabel {path}")
    elif path.endswith(("nrrd", "nhdr")):
        array, header = nrrd.read(path)
        assert_same(labels, affine, np.transpose(array, (2, 1, 0)), nrrd_affine(header), f"pynrrd {path}")


def layered_files():
    """Overlapping segments become layers: the list is the first axis, as 3D Slicer has it."""
    affine = AFFINES["oblique"]
    masks = {1: make_labels() == 1, 2: np.roll(make_labels() == 1, 3, axis=2), 9: make_labels() == 100}
    stack = np.stack([mask * number for number, mask in masks.items()]).astype("u1")
    nibabel.save(nibabel.Nifti2Image(np.transpose(stack, (3, 2, 1, 0)), TO_DICOM @ affine), "in.nii")
    with step("written as seg.nrrd, read by pynrrd and SimpleITK"):
        dseg("convert", "in.nii", "out.seg.nrrd", "--force")
        array, header = nrrd.read("out.seg.nrrd")
        assert header["kinds"][0] == "list" and list(header["kinds"][1:]) == ["domain"] * 3
        for index, (number, mask) in enumerate(masks.items()):
            assert header[f"Segment{index}_Name"] == f"Segment {number}"
            layer, value = int(header[f"Segment{index}_Layer"]), int(header[f"Segment{index}_LabelValue"])
            got = np.transpose(array[layer] == value, (2, 1, 0))
            assert_same(mask, affine, got, nrrd_affine(header), f"segment {number}")
            where = np.argwhere(mask)[:, ::-1]
            extent = np.stack([where.min(axis=0), where.max(axis=0)], axis=1).ravel()
            assert header[f"Segment{index}_Extent"] == " ".join(map(str, extent))
        image = SimpleITK.ReadImage("out.seg.nrrd")
        assert image.GetNumberOfComponentsPerPixel() == array.shape[0] and image.GetSize() == array.shape[1:]
    with step("read back"):
        dseg("compare", "in.nii", "out.seg.nrrd")
    with step("written by pynrrd, with names and codes"):
        pairs = {}
        for index, number in enumerate(masks):
            pairs[f"Segment{index}_Name"] = f"Size {number}"
            pairs[f"Segment{index}_Color"] = "1 0.501961 0"
            pairs[f"Segment{index}_LabelValue"] = str(number)
            pairs[f"Segment{index}_Layer"] = str(index)
            pairs[f"Segment{index}_Tags"] = (
                "Segmentation.Status:inprogress|TerminologyEntry:Segmentation category and type - 3D Slicer General "
                "Anatomy list~SCT^123037004^Anatomical Structure~SCT^64033007^Kidney~SCT^7771000^Left~Anatomic codes"
                "~^^~^^|"
            )
        header = {
            "space": "left-posterior-superior",
            "space directions": np.vstack([[np.nan] * 3, affine[:3, :3].T]),
            "space origin": affine[:3, 3],
            "kinds": ["list", "domain", "domain", "domain"],
            "encoding": "gzip",
            **pairs,
        }
        nrrd.write("in.seg.nrrd", np.transpose(stack, (0, 3, 2, 1)), header)
        segments = dseg_info("in.seg.nrrd")["segments"]
        assert [segment["label"] for segment in segments] == [f"Size {number}" for number in masks], segments
        assert all(segment["color"].lower() == "#ff8000" for segment in segments), segments
        assert all(segment["type"]["value"] == "64033007" for segment in segments), segments
        dseg("convert", "in.seg.nrrd", "again.seg.nrrd", "--force")
        _, again = nrrd.read("again.seg.nrrd")
        for key, value in pairs.items():
            if key.endswith("Tags"):
                assert "~SCT^123037004^Anatomical Structure~SCT^64033007^Kidney~SCT^7771000^Left~" in again[key]
            elif not key.endswith("Layer"):
                assert again[key] == value, (key, again[key])


def fraction_files():
    random = np.random.default_rng(5)
    stored = random.integers(0, 256, (2, 5, 6, 7))
    affine = AFFINES["oblique"]
    floats = (stored / 255).astype("f4")
    nibabel.save(nibabel.Nifti2Image(np.transpose(floats, (3, 2, 1, 0)), TO_DICOM @ affine), "in.nii.gz")
    with step("fractions as .nii.gz"):
        dseg("convert", "in.nii.gz", "out.nii.gz", "--force")
        image = nibabel.load("out.nii.gz")
        array = np.transpose(np.asarray(image.dataobj), (3, 2, 1, 0))
        assert array.dtype == np.float32
        for index in range(2):
            got = np.rint(array[index] * 255).astype(int)
            assert_same(stored[index], affine, got, TO_DICOM @ image.affine, f"segment {index + 1}")
    with step("fractions split into .nrrd files"):
        dseg("convert", "in.nii.gz", "out.nrrd", "--split", "--force")
        for index in range(2):
            (path,) = pathlib.Path(".").glob(f"out-{index + 1}-*.nrrd")
            array, header = nrrd.read(str(path))
            got = np.rint(np.transpose(array, (2, 1, 0)) * 255).astype(int)
            assert_same(stored[index], affine, got, nrrd_affine(header), f"segment {index + 1}")


def real_files():
    """Every volume of the real data and of mricron is read as nibabel and SimpleITK do; images are refused."""
    paths = sorted(DATA.rglob("*.nrrd")) + sorted(DATA.glob("*/*.nii.gz")) + sorted(DATA.glob("*/masks/*.nii.gz"))[:20]
    paths += sorted(pathlib.Path(MRICRON).glob("*.nii.gz"))
    if not paths:
        skip("no real volumes are there")
    for path in paths:
        with step(str(path)):
            array, affine = read_image(path)
            if path.name.endswith(".nii.gz"):  # SimpleITK prefers the qform, which is wrong in some
                affine = TO_DICOM @ nibabel.load(path).affine
            if not np.array_equal(array, np.rint(array)):
                dseg("convert", path, "read.nrrd", "--force", code=3)
            else:
                check_reading(path, array, affine)


CASES = {
    "nibabel": nibabel_files,
    "names": nibabel_names,
    "simpleitk": simpleitk_files,
    "pynrrd": pynrrd_files,
    "written": written_files,
    "layers": layered_files,
    "fractions": fraction_files,
    "real": real_files,
}

if __name__ == "__main__":
    for name in sys.argv[1:] or CASES:
        CASES[name]()
    step.finish()
