# SPDX-License-Identifier: Apache-2.0
"""Compares the second reader of implicit volumes with dseg: check.py DSEG

Objects that dseg writes of made labels, BINARY, FRACTIONAL and LABELMAP, in both forms and orders and two transfer syntaxes,
are read by read_volume.py and compared with these labels. Objects with one fault each, those of test_read_volume.py, are refused by
both."""

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy

import check_dual
import object_frames
import object_values
import read_volume
from made import saved
from test_read_volume import FAULTY, volume

sys.path.insert(1, str(Path(__file__).resolve().parents[2] / "label-edge" / "second"))
import files  # noqa: E402

SHAPE = 5, 4, 6
PLANES = {1: (2, 3, 4), 2: (3, 4), 3: (2, 5)}  # of each segment in the text's example


def example(random):
    """Labels of which each segment is in the planes of the text's example."""
    labels = numpy.zeros(SHAPE, numpy.uint8)
    for number, planes in PLANES.items():
        for plane in planes:
            labels[plane - 1, number - 1, random.integers(0, 5) :] = number
    return labels


def convert(dseg, *arguments):
    return subprocess.run([dseg, "convert", *map(str, arguments), "--force"], capture_output=True, text=True)


def write(dseg, folder, labels, kind, *options):
    source, path = folder / "labels.nii", folder / "written.dcm"
    files.nifti(source, *labels.shape[1:], 8, [frame.ravel().tolist() for frame in labels])
    done = convert(dseg, source, path, "--as", kind, *options)
    assert done.returncode == 0, f"{kind} {options}: {done.stderr}"
    return path


def check_object(path, labels, name):
    """Segments count from 1 in BINARY and FRACTIONAL, and are the labels in a LABELMAP."""
    data_set = object_values.read(path)
    found = read_volume.describe(*object_values.read_head(path))
    frames, numbers = object_frames.decode_frames(data_set), [number for number in numpy.unique(labels) if number]
    if found.form == "dual":
        assert check_dual.check(data_set) >= len(found.plane), f"{name}: functional groups say nothing"
    assert found.planes == len(labels), f"{name}: {found.planes} planes"
    assert numpy.allclose(found.position(numpy.arange(1, found.planes + 1)), numpy.arange(found.planes)[:, None] * [0, 0, 1]), f"{name}: positions"
    for i, number in enumerate(numbers, 1):
        mask = numpy.stack(list(read_volume.mask_planes(found, frames, number if found.type == "LABELMAP" else i)))
        assert numpy.array_equal(mask > 0, labels == number), f"{name}: the mask of {number} differs"


def check_faults(dseg, folder, path):
    """Both refuse each faulty object, and neither the one that it was made from."""
    assert object_values.read(path).private_block(0x0021, read_volume.CREATOR)[3].value == b"\x8e\x49", "the map is not the example's"
    faulty, back = folder / "faulty.dcm", folder / "back.nii"
    count, read = 0, []
    for code, cases in FAULTY.items():
        for i, (make, change) in enumerate(cases):
            if make is not volume:
                continue
            data_set = object_values.read(path)
            change(data_set)
            faulty.write_bytes(saved(data_set))
            done = convert(dseg, faulty, back)
            if done.returncode != 3 or not done.stderr:
                read.append(f"{code}, case {i}: dseg ends with {done.returncode} {done.stderr.strip()}")
            try:
                read_volume.describe(*object_values.read_head(faulty)).sources()
                read.append(f"{code}, case {i}: the second reader reads it")
            except object_values.Faulty:
                pass
            count += 1
    assert not read, "\n".join(read)
    return count


def main(dseg):
    random, objects = numpy.random.default_rng(7), 0
    noise = random.integers(0, 9, SHAPE).astype(numpy.uint8)
    noise[[0, 3]] = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for labels in (example(random), noise):
            for kind in ("binary-volume", "fractional-volume", "labelmap-volume"):
                for syntax in ("explicit-le", "deflated-frame"):
                    for order in ("segment", "plane"):
                        for more in (("--empty-frames", "omit"), ("--empty-frames", "keep"), ("--option", "dual=1")):
                            options = "--transfer-syntax", syntax, "--frame-order", order, *more
                            path = write(dseg, folder, labels, kind, *options)
                            check_object(path, labels, f"{kind} {options}")
                            objects += 1
        path = write(dseg, folder, example(random), "binary-volume", "--frame-order", "segment", "--empty-frames", "omit")
        refused = check_faults(dseg, folder, path)
    print(f"{objects} objects are read alike, {refused} faulty ones are refused")


if __name__ == "__main__":
    main(sys.argv[1])
