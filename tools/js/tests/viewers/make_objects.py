# SPDX-License-Identifier: Apache-2.0
"""Images and segmentations that the tests of the viewers' modules read, into the working directory.

For each stack of images NAME.json holds: images (attributes by keyword, in the order of a viewer's list), labels (one
number a voxel, in this order), objects (file, writer, what is special). Segmentations are written by highdicom and by
dseg, on rasters that run in all directions that a viewer has to turn.

usage: make_objects.py PEER_TESTS_DIRECTORY
"""

import json
import pathlib
import sys

sys.path.insert(0, sys.argv[1])

import numpy as np  # noqa: E402
import pydicom  # noqa: E402
from check_highdicom import write  # noqa: E402
from peerlib import dseg  # noqa: E402
from sources import make_ct  # noqa: E402
from volumes import affine_of, block_labels, metadata, rotation, save_nifti  # noqa: E402

SPACING, ORIGIN = (0.7, 1.1, 2.5), (-30.5, 12.25, 77.0)
SHAPE = (5, 20, 28)  # rows differ from columns
NUMBERS = [1, 2, 3]

# Columns: the patient's directions of columns, rows and planes.
STACKS = {
    "axial": np.eye(3),
    "rows-reversed": np.diag([1, -1, -1]),
    "sagittal": np.array([[0, 1, 0], [0, 0, -1], [1, 0, 0]]).T,  # planes against their normal
    "oblique": rotation(0.3, 0.2),
}


def plain(element):
    """An element's value as a viewer's provider holds it."""
    kind = float if element.VR in ("DS", "IS") else int if element.VR == "US" else str
    made = [kind(value) for value in (element.value if element.VM > 1 else [element.value])]
    return made if element.VM > 1 else made[0]


def keep_plain(dataset):
    """Attributes by keyword, but for those without a value."""
    return {element.keyword: plain(element) for element in dataset if element.VM > 0 and element.keyword != "PixelData"}


def turned(path, out, exchange, flip_rows, flip_columns):
    """The same segmentation with its frames turned, and orientation, positions and spacing to suit."""
    dataset = pydicom.dcmread(path)
    pixels = dataset.pixel_array.reshape(-1, dataset.Rows, dataset.Columns)
    shared = dataset.SharedFunctionalGroupsSequence[0]
    measures, plane = shared.PixelMeasuresSequence[0], shared.PlaneOrientationSequence[0]
    directions = np.array(plane.ImageOrientationPatient, float).reshape(2, 3)
    down, across = (float(value) for value in measures.PixelSpacing)
    corner = np.zeros(3)
    if flip_rows:
        pixels, corner = pixels[:, ::-1], corner + directions[1] * down * (dataset.Rows - 1)
        directions = directions * [[1], [-1]]
    if flip_columns:
        pixels, corner = pixels[:, :, ::-1], corner + directions[0] * across * (dataset.Columns - 1)
        directions = directions * [[-1], [1]]
    if exchange:
        pixels, directions, down, across = pixels.transpose(0, 2, 1), directions[::-1], across, down
    dataset.Rows, dataset.Columns = pixels.shape[1:]
    measures.PixelSpacing = [down, across]
    plane.ImageOrientationPatient = [f"{value:.10g}" for value in directions.flatten()]
    for frame in dataset.PerFrameFunctionalGroupsSequence:
        position = frame.PlanePositionSequence[0]
        moved = np.array(position.ImagePositionPatient, float) + corner
        position.ImagePositionPatient = [f"{value:.10g}" for value in moved]
    if dataset.BitsAllocated == 1:
        dataset.PixelData = np.packbits(pixels.flatten(), bitorder="little").tobytes()
        if len(dataset.PixelData) % 2:
            dataset.PixelData += b"\0"
    else:
        dataset.PixelData = np.ascontiguousarray(pixels).tobytes()
    dataset.save_as(out)
    return out


def overlapping(shape):
    masks = np.zeros((*shape, 3), np.uint8)
    masks[0:4, 2:12, 3:20, 0] = 1
    masks[1:5, 6:16, 8:24, 1] = 1
    masks[2:3, 8:18, 10:26, 2] = 1
    return masks


def write_objects(name, sources, labels, affine):
    directory = pathlib.Path(name)
    objects = []

    def add(file, writer, **special):
        objects.append({"file": str(file), "writer": writer, **special})

    binary = write(sources, labels.astype(np.uint8), "BINARY", NUMBERS, directory / "binary.dcm")
    add(binary, "highdicom")
    labelmap = write(sources, labels.astype(np.uint8), "LABELMAP", NUMBERS, directory / "labelmap.dcm")
    add(labelmap, "highdicom", background=True)
    masks = overlapping(labels.shape)
    add(write(sources, masks, "BINARY", NUMBERS, directory / "overlap.dcm"), "highdicom", overlap=True)
    if name in ("axial", "sagittal"):
        for case in range(1, 8):
            way = {"exchange": bool(case & 4), "flip_rows": bool(case & 2), "flip_columns": bool(case & 1)}
            add(turned(binary, directory / f"binary-turned-{case}.dcm", **way), "pydicom", turned=case)
            add(turned(labelmap, directory / f"labelmap-turned-{case}.dcm", **way), "pydicom", turned=case)
    save_nifti("labels.nii.gz", labels, affine)
    for kind in ("binary", "labelmap", "palette", "fractional"):
        out = directory / f"dseg-{kind}.dcm"
        way = ["--as", "labelmap", "--option", "palette=1"] if kind == "palette" else ["--as", kind]
        way += ["--reference", directory / "ct", "--metadata", "metadata.json"]
        dseg("convert", "labels.nii.gz", *way, "--force", out)
        add(out, "dseg")
    return objects


def write_fractions(sources, shape):
    """Two segments, each a ramp, that exceed a half together in some voxels and alone in others."""
    ramp = np.arange(np.prod(shape)).reshape(shape) % 256 / 255
    array = np.stack([ramp, np.roll(ramp, 40)], axis=-1)
    array[0] = 0.25
    options = {"fractional_type": "PROBABILITY", "max_fractional_value": 255}
    write(sources, array, "FRACTIONAL", [1, 2], "fractions.dcm", **options)
    return (np.rint(array * 255) >= 127.5).astype(int)


def main():
    segments = metadata([NUMBERS])
    for name, axes in STACKS.items():
        directory = pathlib.Path(name)
        directory.mkdir(exist_ok=True)
        affine = affine_of(SPACING, ORIGIN, axes)
        labels = block_labels(SHAPE, NUMBERS)
        sources = make_ct(SHAPE, affine, directory / "ct")
        objects = write_objects(name, sources, labels, affine)
        described = {
            "images": [keep_plain(source) for source in sources],
            "rows": SHAPE[1],
            "columns": SHAPE[2],
            "labels": labels.flatten().tolist(),
            "masks": np.moveaxis(overlapping(SHAPE), -1, 0).reshape(3, -1).tolist(),
            "segments": segments,  # of the objects that dseg writes
            "affine": affine.tolist(),
            "objects": objects,
            "fractions": np.moveaxis(write_fractions(sources, SHAPE), -1, 0).reshape(2, -1).tolist(),
        }
        pathlib.Path(f"{name}.json").write_text(json.dumps(described), encoding="utf-8")


main()
