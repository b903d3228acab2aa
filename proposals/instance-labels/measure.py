# SPDX-License-Identifier: Apache-2.0
"""The evidence of instance labels and segment ranges: bytes beside label maps, annotations and research formats, and times.

usage: measure.py bytes DSEG WORK [CASE...]   makes the objects in WORK by the program dseg and counts their bytes into results.csv
       measure.py times DSEG WORK BENCH       times of the objects that are in WORK; BENCH: the program bench/work of the same build;
                                              nothing else should run meanwhile
       measure.py write                       evidence.md and README.md get the tables of results.csv
       measure.py check                       1 where they have other figures than results.csv

With the Python of build/peers/venv. A million nuclei have no volume; large slides have two codecs. Each object is compared with what
it was made of before it is counted; one that differs ends the run. A case that is measured anew replaces its rows."""

import csv
import json
import os
import platform
import statistics
import subprocess
import sys
import time
import zlib
from pathlib import Path

import measure_tables as tables

HERE = Path(__file__).resolve().parent
TOP = HERE.parents[1]
sys.path += [str(TOP / "bench"), str(HERE / "second")]
from survey.parts import PIXEL_DATA, data_set_of, elements_of  # noqa: E402

RESULTS = HERE / "results.csv"
COLUMNS = ["case", "form", "codec", "what", "value"]
CODECS = ("explicit-le", "rle", "deflated-frame", "zstd", "jpeg-ls", "label-edge")
SEGMENTS, PER_FRAME, GROUP = (0x0062, 0x0002), (0x5200, 0x9230), 0x0021
CREATOR = "DSEG INSTANCES"
COLUMN_NAMES = {0x11: "table", 0x12: "table", 0x13: "classes", 0x15: "boxes", 0x17: "original numbers"}
EXACT = 60000  # volumes are written, and outlines traced, of at most so many nuclei
TWO = ("deflated-frame", "label-edge")


class Results:
    def __init__(self):
        self.rows = []
        if RESULTS.exists():
            with RESULTS.open() as file:
                self.rows = list(csv.DictReader(file))

    def forget(self, case, are_times):
        self.rows = [row for row in self.rows if row["case"] != case or row["what"].startswith("time") != are_times]

    def add(self, case, form, codec, what, value):
        self.rows.append({"case": case, "form": form, "codec": codec, "what": what, "value": str(value)})
        print(f"{case}: {form} {codec}: {what} {value}", flush=True)

    def save(self):
        order = [*tables.CASES, "run"]
        self.rows.sort(key=lambda row: order.index(row["case"]))
        with RESULTS.open("w") as file:
            writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(self.rows)

    def run(self, dseg, what):
        self.rows = [row for row in self.rows if row["case"] != "run" or row["form"] != what]
        commit = subprocess.run(["git", "-C", TOP, "rev-parse", "--short", "HEAD"], capture_output=True, text=True).stdout.strip()
        version = call(dseg, "--version").splitlines()[0]
        text = f"{time.strftime('%Y-%m-%d')}, commit {commit}, {version}, Python {platform.python_version()}, {os.cpu_count()} processors"
        self.add("run", what, "", "when", text)
        self.save()


def call(*command):
    """What the program printed; an error ends the run."""
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))[:400]}: exit code {done.returncode}\n{done.stderr[-2000:]}")
    return done.stdout


# Where bytes are


def block_number(elements, data):
    """The block of the private creator in group 0021."""
    for element in elements:
        if element.tag[0] == GROUP and element.tag[1] < 0x100 and data[element.value : element.end].rstrip(b" \0").decode() == CREATOR:
            return element.tag[1]
    return None


def parts_of(path):
    """Bytes of the file by part; their sum is the file. Pixel data has item tags and offset tables with it."""
    data, start, explicit = data_set_of(path.read_bytes())
    elements = list(elements_of(data, start, explicit))
    block = block_number(elements, data)
    parts = {"pixel data": 0, "table": 0, "classes": 0, "boxes": 0, "original numbers": 0, "segments": 0, "per-frame groups": 0}
    named = {PIXEL_DATA: "pixel data", (0x7FE0, 1): "pixel data", (0x7FE0, 2): "pixel data", SEGMENTS: "segments", PER_FRAME: "per-frame groups"}
    values = {}
    for element in elements:
        name = named.get(element.tag)
        if element.tag[0] == GROUP and element.tag[1] >> 8 == block:
            name = COLUMN_NAMES.get(element.tag[1] & 0xFF)
            values[element.tag[1] & 0xFF] = data[element.value : element.end]
        if name:
            parts[name] += element.end - element.start
    parts["rest"] = len(data) - sum(parts.values())
    parts["file"] = len(data)
    return parts, values


def count_parts(results, case, form, codec, path):
    parts, values = parts_of(path)
    for what, value in parts.items():
        results.add(case, form, codec, what, value)
    return values


# The cases


class Case:
    """A case in its folder: numbers.nrrd (but for a million nuclei) and classes.csv, and the objects made of them."""

    def __init__(self, name, dseg, work):
        self.name, self.dseg = name, dseg
        self.folder = work / name.replace(" ", "-").replace(",", "")
        self.folder.mkdir(parents=True, exist_ok=True)
        self.numbers, self.classes = self.folder / "numbers.nrrd", self.folder / "classes.csv"

    def make(self):
        import cases

        if self.name in cases.NUCLEI:
            count, columns, rows = cases.NUCLEI[self.name]
            options = "--nuclei", count, "--size", f"{columns}x{rows}", "--classes", self.classes, "--force"
            if count > EXACT:
                call(self.dseg, "phantom", self.path("instance labels", "label-edge"), "--transfer-syntax", "label-edge", *options)
            else:
                call(self.dseg, "phantom", self.numbers, *options)
        elif self.name == "parcellation":
            numbers, values, classes = cases.parcellation()
            cases.write_nrrd(self.numbers, numbers)
            cases.write_classes(self.classes, values, classes)
        else:
            cases.write_nrrd(self.numbers, cases.glands())

    def path(self, form, codec):
        return self.folder / f"{form}-{codec}.dcm".replace(" ", "-").replace(",", "")

    def convert(self, form, codec, *options):
        """From the numbers, or where there are none from the object with Label Edge."""
        path = self.path(form, codec)
        source = [self.numbers] if self.numbers.exists() else [self.path("instance labels", "label-edge")]
        table = ["--classes", self.classes] if self.classes.exists() and self.numbers.exists() else []
        if source[0] != path:
            call(self.dseg, "convert", *source, path, *table, "--transfer-syntax", codec, "--uid-seed", self.name, "--force", *options)
        return path

    def check(self, path):
        """The numbers, and classes, are those that went in; of large slides that objects and classes are the same."""
        if self.name not in tables.ALL_CODECS:
            call(self.dseg, "compare", self.numbers if self.numbers.exists() else self.path("instance labels", "label-edge"), path)
            return
        back, table = self.folder / "back.nrrd", self.folder / "back.csv"
        call(self.dseg, "convert", path, back, "--classes", table, "--force")
        call(sys.executable, HERE / "same_instances.py", self.numbers, self.classes, back, table)


TILES = ["--tile", "512x512"]


def measure_case(name, dseg, work, results):
    case = Case(name, dseg, work)
    case.make()
    results.forget(name, False)
    tiles = [] if name == "parcellation" else TILES
    values = {}
    for codec in CODECS if name in tables.ALL_CODECS else TWO:
        path = case.convert("instance labels", codec, "--as", "instance-labels", *tiles)
        case.check(path)
        values = count_parts(results, name, "instance labels", codec, path)
    measure_table(results, name, values)
    if name in tables.RANGED:
        for codec in TWO:
            path = case.convert("segment ranges", codec, "--as", "segment-ranges", *tiles)
            case.check(path)
            count_parts(results, name, "segment ranges", codec, path)
            count_parts(results, name, "an Item each", codec, with_items(path, case.path("an Item each", codec)))
        path = case.convert("segment ranges, implicit", "label-edge", "--as", "segment-ranges", "--option", "volume=1", *tiles)
        case.check(path)
        count_parts(results, name, "segment ranges, implicit", "label-edge", path)
    if case.numbers.exists():
        measure_numbers(case, results)
    if name == "glands":
        for side in (128, 256, 1024, 4096):
            path = case.convert(f"tiles of {side}", "label-edge", "--as", "instance-labels", "--tile", f"{side}x{side}")
            case.check(path)
            count_parts(results, name, f"tiles of {side}", "label-edge", path)
        path = case.convert("segment ranges", "label-edge", "--as", "segment-ranges", *tiles)
        count_parts(results, name, "segment ranges", "label-edge", path)
    results.save()


def measure_table(results, name, values):
    """Instances and entries, and what the list compresses to: as it is, and as differences."""
    import numpy

    first = numpy.frombuffer(values[0x11], "<u4")
    entries = numpy.frombuffer(values.get(0x12, b""), "<u4")
    results.add(name, "counts", "", "instances", int.from_bytes(values[0x10], "little"))
    results.add(name, "counts", "", "frames", len(first) - 1)
    results.add(name, "counts", "", "entries", int(first[-1]))
    results.add(name, "counts", "", "most in a frame", int(numpy.diff(first).max()))
    results.add(name, "list", "", "native", entries.nbytes)
    results.add(name, "list", "", "deflated", len(zlib.compress(entries.tobytes(), 9)))
    results.add(name, "list", "", "differences, deflated", len(zlib.compress(numpy.diff(entries, prepend=entries[:1]).tobytes(), 9)))


def measure_numbers(case, results):
    """Other ways to store the same numbers: 32-bit frames, research formats, outlines."""
    import annotations
    import cases
    import numpy

    numbers = cases.read_nrrd(case.numbers)
    results.add(case.name, "NRRD, gzip", "", "file", case.numbers.stat().st_size)
    sums = dict.fromkeys(("32 bits", "local, 16 bits"), 0)
    for plane in numbers:
        for top in range(0, plane.shape[0], 512):
            for left in range(0, plane.shape[1], 512):
                tile = numpy.ascontiguousarray(plane[top : top + 512, left : left + 512])
                if not tile.any():
                    continue
                local = numpy.unique(tile, return_inverse=True)[1].astype("<u2")
                for what, frame in (("32 bits", tile), ("local, 16 bits", local)):
                    sums[what] += len(zlib.compress(frame.tobytes(), 6)) - 6  # without zlib's head and checksum
    for what, size in sums.items():
        results.add(case.name, f"frames of {what}", "deflate", "pixel data", size)
    if "nuclei" not in case.name:
        return
    with case.classes.open() as file:
        classes = [row["class"] for row in csv.DictReader(file)]
    made, outlines, points = annotations.annotations(numbers[0], numpy.unique(classes, return_inverse=True)[1])
    if points != annotations.corners_of(numbers[0]):
        sys.exit(f"{case.name}: outlines have {points} points")
    path = case.folder / "annotations.dcm"
    made.save_as(path, enforce_file_format=True)
    results.add(case.name, "annotations", "", "file", path.stat().st_size)
    results.add(case.name, "annotations", "", "outlines", outlines)
    results.add(case.name, "annotations", "", "points", points)
    results.add(case.name, "annotations", "", "deflated", len(zlib.compress(path.read_bytes(), 6)))


def with_items(path, made):
    """A label map as the standard has it today: an Item for each value, with the description of its class."""
    import pydicom

    data_set = pydicom.dcmread(path)
    items = []
    for item in data_set.SegmentSequence:
        span = next((element.value for element in item if element.tag.group == GROUP and element.VR == "US"), None)
        for element in [element for element in item if element.tag.group == GROUP]:
            del item[element.tag]
        for number in range(span[0], span[1] + 1) if span else ():
            one = pydicom.Dataset()
            for element in item:
                one.add(element)  # shared, but for these two
            one[0x00620004] = pydicom.DataElement(0x00620004, "US", number)
            one[0x00620005] = pydicom.DataElement(0x00620005, "LO", f"{item.SegmentLabel} {number}")
            items.append(one)
        if not span:
            items.append(item)
    data_set.SegmentSequence = items
    for element in [element for element in data_set if element.tag.group == GROUP]:
        del data_set[element.tag]
    data_set.SOPClassUID = data_set.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.66.7"
    data_set.save_as(made, implicit_vr=False, little_endian=True, force_encoding=True)
    return made


# Times


def seconds_of(*command):
    """The seconds that a process prints, or its wall time where it prints none; the median of five, of one over 3 s."""
    runs = []
    while len(runs) < 5 and not (runs and runs[0] > 3):
        start = time.perf_counter()
        printed = call(*command)
        wall = time.perf_counter() - start
        runs.append(json.loads(printed)["seconds"] if printed.startswith("{\"seconds") else wall)
    return round(statistics.median(runs), 5)


def measure_times(dseg, work, bench, results):
    own = [sys.executable, HERE / "measure.py"]
    for name in tables.CASES:
        case = Case(name, dseg, work)
        results.forget(name, True)
        for form, codec, jobs in (
            ("instance labels", "label-edge", ("describe", "frame", "instance")),
            ("segment ranges", "label-edge", ("describe",)),
            ("an Item each", "label-edge", ("items",)),
        ):
            path = case.path(form, codec)
            if not path.exists():
                continue
            for job in jobs:
                results.add(name, form, codec, f"time, pydicom, {job}", seconds_of(*own, job, path))
            if form != "an Item each":
                for job, what in (("open", "open"), ("instance-plane", "frame"), ("instance", "instance")):
                    if what != "instance" or form == "instance labels":  # ranges do not tell where an instance is
                        results.add(name, form, codec, f"time, dseg, {what}", seconds_of(bench, job, path))
                results.add(name, form, codec, "time, dseg info", seconds_of(dseg, "info", path))
                results.add(name, form, codec, "time, dseg info --statistics", seconds_of(dseg, "info", "--statistics", path))
        if (case.folder / "annotations.dcm").exists():
            results.add(name, "annotations", "", "time, pydicom, region", seconds_of(*own, "region", case.folder / "annotations.dcm"))
        results.save()


def timed(job, path):
    """One piece of work in this process: what it took, and what it found."""
    import numpy
    import pydicom
    from read_instance_labels import describe, read_head

    path = Path(path)
    start = time.perf_counter()
    if job == "describe":
        found = describe(*read_head(path)).count
    elif job == "items":  # what any reader of label maps does: number and label of each Item
        data_set = pydicom.dcmread(path, stop_before_pixels=True)
        found = len({item.SegmentNumber: (item.SegmentLabel, item.SegmentedPropertyTypeCodeSequence[0].CodeValue) for item in data_set.SegmentSequence})
    elif job == "region":  # the outlines of annotations in a region of 512 x 512: all have to be looked at
        found = 0
        for group in pydicom.dcmread(path).AnnotationGroupSequence:
            points = numpy.frombuffer(group.PointCoordinatesData, "<f4").reshape(-1, 2)
            first = (numpy.frombuffer(group.LongPrimitivePointIndexList, "<u4") - 1) // 2
            low, high = numpy.minimum.reduceat(points, first), numpy.maximum.reduceat(points, first)
            found += int(((high > 1024) & (low < 1536)).all(1).sum())
    else:
        opened = describe(*read_head(path))
        start = time.perf_counter()  # after opening
        found = len(opened.frame(len(opened.first) // 2)) if job == "frame" else len(opened.frames_of(opened.count // 2))
    return {"seconds": time.perf_counter() - start, "found": found}


def main(action, *arguments):
    if action in ("write", "check"):
        sys.exit(tables.documents(Results().rows, HERE, action == "write"))
    if action not in ("bytes", "times"):
        print(json.dumps(timed(action, *arguments)))
        return
    dseg, work, results = Path(arguments[0]).resolve(), Path(arguments[1]).resolve(), Results()
    if action == "times":
        measure_times(dseg, work, Path(arguments[2]).resolve(), results)
    for name in (arguments[2:] or tables.CASES) if action == "bytes" else ():
        print(name, flush=True)
        measure_case(name, dseg, work, results)
    results.run(dseg, action)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(*sys.argv[1:])
