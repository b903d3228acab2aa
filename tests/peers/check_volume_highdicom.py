# SPDX-License-Identifier: Apache-2.0
"""highdicom with the patch of the proposal "volume", applied in memory: what it reads of objects in the strict form is
what it reads of the same ones in the standard's form. Without the patch it refuses them.

usage: check_volume_highdicom.py PATCH_DIRECTORY
"""

import pathlib
import sys

import numpy as np
import pydicom

from peerlib import dseg, run, step, venv_program
from sources import make_ct
from volumes import VOLUMES

PATCH = pathlib.Path(sys.argv[1])
LONGEST = 150  # lines of the patch
sys.path.insert(0, str(PATCH))
import patched  # noqa: E402

patched.use(next(PATCH.glob("*.patch")), "highdicom")
import highdicom  # noqa: E402

CASES = [
    ("gaps", "labelmap", ()),
    ("unaligned", "labelmap", ()),
    ("gaps", "binary", ("--frame-order", "segment")),
    ("gaps", "binary", ("--frame-order", "plane")),
    ("unaligned", "binary", ()),
    ("absent", "binary", ()),
    ("overlap", "binary", ()),
    ("fractions", "fractional", ()),
    ("single-slice", "labelmap", ()),
]


def write(volume, kind, options, with_sources):
    options = [*volume.options, *options]
    if with_sources:
        make_ct(volume.labels.shape, volume.affine, "ct")
        options += ["--reference", "ct"]
    dseg("convert", *volume.inputs, "standard.dcm", "--as", kind, *options, "--force")
    dseg("convert", *volume.inputs, "strict.dcm", "--as", f"{kind}-volume", *options, "--force")


def assert_same_volumes(standard, strict, **options):
    ours = strict.get_volume(allow_missing_positions=True, **options)
    theirs = standard.get_volume(allow_missing_positions=True, **options)
    assert ours.array.any()
    assert np.array_equal(ours.array, theirs.array)
    assert np.allclose(ours.affine, theirs.affine, atol=1e-3)


def check(name, kind, options, with_sources=False):
    write(VOLUMES[name]().renumbered() if kind != "labelmap" else VOLUMES[name](), kind, options, with_sources)
    dataset = pydicom.dcmread("strict.dcm")
    assert "PerFrameFunctionalGroupsSequence" not in dataset and not dataset.SOPClassUID.startswith("1.2.840.10008")
    for lazy in (False, True):
        standard = highdicom.seg.segread("standard.dcm", lazy_frame_retrieval=lazy)
        strict = highdicom.seg.segread("strict.dcm", lazy_frame_retrieval=lazy)
        assert_same_volumes(standard, strict)
        if kind == "labelmap":
            assert_same_volumes(standard, strict, combine_segments=True)
    if with_sources:
        images = [image for _, _, image in strict.get_source_image_uids()]
        assert images and set(images) == {image for _, _, image in standard.get_source_image_uids()}
        # Spatial Locations Preserved is asked for: it is said once in the one, and with every frame in the other.
        pixels = [one.get_pixels_by_source_instance(images, assert_missing_frames_are_empty=True) for one in (strict, standard)]
        assert pixels[0].any() and np.array_equal(*pixels)


def check_refusal():
    """Without the patch: an error, not an object of something else."""
    program = "import highdicom\ntry:\n highdicom.seg.segread('strict.dcm')\nexcept ValueError as error:\n print(error)"
    assert "not a Segmentation" in run(venv_program("python"), "-c", program)


def damage(dataset, element, value):
    dataset.private_block(0x0021, "DSEG VOLUME")[element].value = value


def check_faults():
    """Maps and tables that contradict the object are refused."""
    write(VOLUMES["gaps"]().renumbered(), "binary", (), True)
    whole = pydicom.dcmread("strict.dcm")
    block = whole.private_block(0x0021, "DSEG VOLUME")
    present, sources = bytearray(block[0x03].value), block[0x04].value
    first = next(i for i, byte in enumerate(present) if byte)
    fewer = bytes(present[:first]) + bytes([present[first] & present[first] - 1]) + bytes(present[first + 1 :])
    faults = {
        "a frame less in the map": (0x03, fewer),
        "a map of another length": (0x03, bytes(present) + b"\0\0"),
        "no planes": (0x02, 0),
        "more planes than the map has": (0x02, block[0x02].value + 16),
        "a source that is not referenced": (0x04, b"\xff\xff\0\0" + sources[4:]),
        "too few sources": (0x04, sources[4:]),
    }
    for name, (element, value) in faults.items():
        dataset = pydicom.dcmread("strict.dcm")
        damage(dataset, element, value)
        try:
            highdicom.seg.Segmentation.from_dataset(dataset)
        except ValueError:
            continue
        raise AssertionError(f"{name}: was read")


def main():
    with step("length of the patch"):
        lines = [line for path in PATCH.glob("*.patch") for line in path.read_text().splitlines()]
        assert 0 < len(lines) < LONGEST, len(lines)
    for name, kind, options in CASES:
        with step(f"{name} {kind} {' '.join(options)}"):
            check(name, kind, options)
    for kind in ("labelmap", "binary"):
        with step(f"sources {kind}"):
            check("gaps", kind, (), with_sources=True)
    with step("without the patch"):
        check_refusal()
    with step("faults"):
        check_faults()
    step.finish()


main()
