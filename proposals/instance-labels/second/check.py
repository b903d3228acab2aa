# SPDX-License-Identifier: Apache-2.0
"""Compares the second reader of segment ranges and instance labels with dseg: check.py DSEG

Objects that dseg writes of made numbers, as slides and as volumes, are read by read_instance_labels.py and compared with these
numbers, their classes and their former numbers; dseg reads them again. Objects of the second reader's own small writer are
read by dseg. Objects with one fault each, those of test_read_instance_labels.py, are refused by both."""

import copy
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy

import made_instances
import read_instance_labels as second
import test_read_instance_labels as tests

sys.path.insert(1, str(Path(__file__).resolve().parents[1]))
import cases  # noqa: E402

import made  # noqa: E402 - beside read_volume.py
import object_frames  # noqa: E402
import object_values  # noqa: E402

CLASSES = ("epithelial cell", "lymphocyte", "a class, quoted")


def numbers_of_slide(random, count=150, rows=61, columns=83):
    """Discs of at most so many instances; some are cut by others, and some covered."""
    numbers, (y, x) = numpy.zeros((rows, columns), numpy.uint32), numpy.ogrid[:rows, :columns]
    for number in range(1, count + 1):
        centre, radius = random.integers(0, (rows, columns)), random.uniform(0.5, 4)
        numbers[(y - centre[0]) ** 2 + (x - centre[1]) ** 2 <= radius**2] = number
    return numbers[None]


def numbers_of_volume(random):
    """Boxes in planes, some of which are empty."""
    numbers = numpy.zeros((7, 20, 30), numpy.uint32)
    for number in range(1, 61):
        low = random.integers(0, (7, 18, 26))
        numbers[low[0] : low[0] + 2, low[1] : low[1] + 4, low[2] : low[2] + 5] = number
    numbers[3] = 0
    return numbers


def made_cases():
    """name: numbers, the class of each as an index of CLASSES, and options of dseg convert."""
    random = numpy.random.default_rng(20)
    slide, volume = numbers_of_slide(random), numbers_of_volume(random)
    gaps = numpy.where(volume > 0, volume * 70000 + 123456, 0).astype(numpy.uint32)
    tiles = ["--tile", "32x40"]
    return {
        "slide": (slide, lambda n: n % 3, tiles),
        "slide, one class": (slide, lambda n: n * 0, tiles),
        "slide, one tile": (slide, lambda n: n % 2, ["--tile", "61x83"]),
        "sixteen bits": (numbers_of_slide(random, 900, 90, 100), lambda n: n % 3, ["--tile", "90x100"]),
        "slide, hardly anything": (numpy.where(slide == slide.max(), slide, 0), lambda n: n % 3, tiles),
        "volume": (volume, lambda n: n // 30, []),
        "volume, numbers with gaps": (gaps, lambda n: n % 3, []),
    }


def run(*command):
    return subprocess.run([str(part) for part in command], capture_output=True, text=True)


def convert(dseg, *arguments):
    done = run(dseg, "convert", *arguments, "--force")
    assert done.returncode == 0, f"{arguments}: {done.stderr}"


def check_object(path, numbers, classes, name):
    """The second reader finds the numbers, and the class of each."""
    head, groups = object_values.read_head(path)
    found = second.describe(head, groups)
    data_set = object_values.read(path)
    whole = second.placed(found, data_set, object_frames.decode_frames(data_set))
    wanted = numbers if whole.ndim == 3 else numbers[0]
    values = numpy.unique(numbers[numbers > 0])
    originals = numpy.array([0, *(found.original(n) for n in range(1, found.count + 1))])
    first = next((plane for plane in range(len(wanted)) if wanted[plane].any()), 0) if whole.ndim == 3 else 0
    if whole.ndim == 3 and len(whole) < len(wanted):  # functional groups do not tell of planes without a frame
        wanted = wanted[wanted.any((1, 2))] if len(whole) == wanted.any((1, 2)).sum() else wanted[first : first + len(whole)]
    assert numpy.array_equal(originals[whole], wanted), f"{name}: the numbers differ"
    names = {number: found.classes[int(found.segment_of(numpy.array([i]))[0])] for i, number in enumerate(originals[1:].tolist(), 1)}
    assert names == dict(zip(values.tolist(), classes)), f"{name}: classes differ"
    segments = second.placed(found, data_set, object_frames.decode_frames(data_set), True)
    assert numpy.array_equal(segments, found.segment_of(whole)), f"{name}: classes of pixels differ"
    check_boxes(found, whole, name)
    if isinstance(found, second.Instances):
        check_frames(found, name)


def check_boxes(found, whole, name):
    """Boxes, where the object has them, are the smallest."""
    boxes = found.boxes()
    for number in range(1, found.count + 1) if boxes is not None else ():
        places = numpy.argwhere(whole == number)[:, ::-1] + 1
        wanted = [*places.min(0), *places.max(0)]
        assert boxes[number - 1].tolist() == wanted, f"{name}: the box of {number} is {boxes[number - 1]}, not {wanted}"


def check_frames(found, name):
    """Each instance is in the frames whose lists have it."""
    lists = [set(found.frame(f).tolist()) for f in range(len(found.first) - 1)]
    for number in range(1, found.count + 1):
        assert found.frames_of(number) == [f for f, own in enumerate(lists) if number in own], f"{name}: frames of {number}"


def check_again(dseg, folder, path, numbers, name):
    """dseg gives the numbers back."""
    back = folder / "back.nrrd"
    convert(dseg, path, back)
    assert numpy.array_equal(cases.read_nrrd(back).squeeze(), numbers.squeeze()), f"{name}: dseg reads other numbers"


def check_written(dseg, folder):
    """dseg reads what the second reader's own writer makes."""
    objects = {
        "the example": (tests.slide(), tests.MATRIX),
        "no list": (made_instances.instance_labels(numpy.array([[1, 2, 0, 3, 4, 0]], numpy.uint32), tile=(1, 3), numbers=None, count=7), [[1, 2, 0, 3, 4, 0]]),
        "ranges": (tests.ranges(), tests.NUMBERS[tests.FRAMES[::-1]]),  # dseg keeps the order of frames
    }
    for name, (data_set, wanted) in objects.items():
        path = folder / "own.dcm"
        path.write_bytes(complete(data_set))
        check_again(dseg, folder, path, numpy.array(wanted), name)
    return len(objects)


def complete(data_set):
    """A made object's bytes with what dseg wants of every segmentation besides."""
    made_whole = copy.deepcopy(data_set)
    made_whole.SOPInstanceUID, made_whole.StudyInstanceUID, made_whole.SeriesInstanceUID = "1.2.3.4", "1.2.3.6", "1.2.3.7"
    made_whole.Modality, made_whole.FrameOfReferenceUID = "SEG", "1.2.3.8"
    if "TotalPixelMatrixRows" in made_whole:
        made_whole.ImageOrientationSlide = [0, -1, 0, -1, 0, 0]
        origin = made.item(XOffsetInSlideCoordinateSystem=20, YOffsetInSlideCoordinateSystem=40, ZOffsetInSlideCoordinateSystem=0)
        made_whole.TotalPixelMatrixOriginSequence = [origin]
    return made.saved(made_whole)


FAULTS = ((tests.slide, tests.FAULTY), (tests.slide, tests.FAULTY_COLUMNS), (tests.ranges, tests.FAULTY_RANGES))


def check_faults(dseg, folder):
    """Both refuse each faulty object; the second reader's tests see to its part."""
    faulty, count, read = folder / "faulty.dcm", 0, []
    for make, by_code in FAULTS:
        for code, changes in by_code.items():
            for i, change in enumerate(changes):
                data_set = make()
                change(data_set)
                faulty.write_bytes(complete(data_set))
                done = run(dseg, "convert", faulty, folder / "back.nrrd", "--force")
                if done.returncode != 3 or not done.stderr:
                    read.append(f"{code}, case {i}: dseg ends with {done.returncode} {done.stderr.strip()}")
                count += 1
    assert not read, "\n".join(read)
    return count


def main(dseg):
    objects = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for name, (numbers, class_of, options) in made_cases().items():
            source, table, path = folder / "numbers.nrrd", folder / "classes.csv", folder / "written.dcm"
            values = numpy.unique(numbers[numbers > 0])
            classes = [CLASSES[c] for c in class_of(numpy.arange(len(values))).tolist()]
            cases.write_nrrd(source, numbers)
            cases.write_classes(table, values, classes)
            for kind in ("instance-labels", "segment-ranges"):
                boxes = ["--option", "boxes=1"] if kind == "instance-labels" else []
                for more in (["--transfer-syntax", "explicit-le", *boxes], ["--transfer-syntax", "deflated-frame"]):
                    convert(dseg, source, path, "--as", kind, "--classes", table, *options, *more)
                    check_object(path, numbers, classes, f"{name}, {kind} {more[1]}")
                    check_again(dseg, folder, path, numbers, f"{name}, {kind} {more[1]}")
                    objects += 1
        own = check_written(dseg, folder)
        refused = check_faults(dseg, folder)
    print(f"{objects} objects are read alike, {own} of the second writer, {refused} faulty ones are refused")


if __name__ == "__main__":
    main(sys.argv[1])
