# SPDX-License-Identifier: Apache-2.0
"""The evidence of label sets: bytes and times beside BINARY and flattened label maps.

usage: measure.py run BUILD WORK [--quick|--bytes] [CASE...]   objects into WORK, results.csv here; BUILD has tools/dseg and bench/work
       measure.py fractions BUILD WORK FILE...         codecs for FRACTIONAL, on volumes of probabilities in bytes (255: certain)
       measure.py write                                evidence.md, README.md and ../README.md get the tables of results.csv
       measure.py check                                1 where they have other figures than results.csv

With the Python of build/bench-peers/venv. Data is looked for in $DSEG_DATA or ../shared/data; a case without its data is
left out, and its former results stay. --quick: one round of times; --bytes: no times, the former ones stay. Nothing else should
run meanwhile.

Each object is compared with the masks that it was made of before anything is measured; one that differs ends the run."""

import csv
import json
import math
import os
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

import measure_tables as tables

HERE = Path(__file__).resolve().parent
TOP = HERE.parents[1]
sys.path.append(str(TOP / "bench"))
from measuring import Job, run_jobs  # noqa: E402
from survey.parts import PIXEL_DATA, UNDEFINED, data_set_of, elements_of  # noqa: E402

RESULTS = HERE / "results.csv"
COLUMNS = ["case", "form", "codec", "what", "value", "least", "most", "n"]
CODECS = ("deflated-frame", "label-edge")
# Options of dseg convert for each form; from the native BINARY object, which has the references.
FORMS = {
    "BINARY": ["--as", "binary"],
    "label sets": ["--as", "label-sets"],
    "label map, overlap lost": ["--as", "labelmap", "--overlap", "first"],
}
# The whole chain, on one case: what each proposal adds.
CHAIN_CASE = "s0327"
CHAIN = {
    "BINARY, volume": ["--as", "binary-volume"],
    "label sets, volume": ["--as", "label-sets", "--option", "volume=1"],
    "label sets, volume, both forms": ["--as", "label-sets", "--option", "volume=2"],
}
SEGMENT_SEQUENCE, SERIES, PER_FRAME = (0x0062, 0x0002), (0x0008, 0x1115), (0x5200, 0x9230)
CREATOR = "DSEG LABEL SETS"


class Results:
    """Rows of results.csv; a case that is measured anew replaces its rows."""

    def __init__(self):
        self.rows = []
        if RESULTS.exists():
            with RESULTS.open() as file:
                self.rows = list(csv.DictReader(file))

    def forget(self, case, kept=()):
        """Drops the rows of a case, but for those of what is kept."""
        self.rows = [row for row in self.rows if row["case"] != case or row["what"] in kept]

    def add(self, case, form, codec, what, values):
        """values: one number, or the times of several runs in milliseconds."""
        runs = values if isinstance(values, list) else [values]
        text = lambda value: f"{value:.3f}" if isinstance(value, float) else str(value)
        self.rows.append({"case": case, "form": form, "codec": codec, "what": what, "value": text(statistics.median(runs)),
                          "least": text(min(runs)), "most": text(max(runs)), "n": str(len(runs))})  # fmt: skip

    def save(self):
        order = [*tables.CASES, "piles", "fractions", "run"]
        self.rows.sort(key=lambda row: order.index(row["case"]))
        with RESULTS.open("w") as file:
            writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(self.rows)


def call(*command):
    """What the program printed; an error ends the run."""
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{command[0]} {' '.join(map(str, command[1:]))[:300]}: exit code {done.returncode}\n{done.stderr[-2000:]}")
    return done.stdout


def data_directory():
    return Path(os.environ.get("DSEG_DATA") or TOP.parent / "shared" / "data")


def described(number, name):
    """A segment in dcmqi's JSON, as most writers describe one."""
    code = lambda value, meaning: {"CodeValue": value, "CodingSchemeDesignator": "SCT", "CodeMeaning": meaning}
    return {"labelID": number, "SegmentLabel": name, "SegmentAlgorithmType": "AUTOMATIC", "SegmentAlgorithmName": "ExampleNet 2",
            "SegmentedPropertyCategoryCodeSequence": code("123037004", "Anatomical Structure"),
            "SegmentedPropertyTypeCodeSequence": code("85756007", "Tissue"),
            "recommendedDisplayRGBValue": [number * 7 % 256, number * 31 % 256, 90]}  # fmt: skip


class Case:
    """A case in a folder: masks as files, images, the native BINARY object that all others are made of."""

    def __init__(self, name, masks, affine, folder, dseg):
        import cases
        import numpy

        sys.path.insert(0, str(TOP / "tests" / "peers"))
        from sources import make_ct

        self.name, self.masks, self.affine, self.folder, self.dseg = name, masks, affine, folder, dseg
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        shape = next(iter(masks.values())).shape
        make_ct(shape, numpy.diag([-1.0, -1.0, 1.0, 1.0]) @ affine, folder / "ct", seed=name)
        self.files = []
        for number, mask in enumerate(masks.values(), 1):
            self.files.append(folder / f"mask-{number:03}.nii")
            cases.write_volume(self.files[-1], mask * numpy.uint8(number), affine)
        lists = [[described(number, segment)] for number, segment in enumerate(masks, 1)]
        (folder / "meta.json").write_text(json.dumps({"segmentAttributes": lists}))
        self.native = self.convert("BINARY", "explicit-le", self.files, "--as", "binary", "--metadata", folder / "meta.json",
                                   "--reference", folder / "ct")  # fmt: skip

    def path(self, form, codec):
        return self.folder / f"{form}-{codec}.dcm".replace(", ", "-").replace(" ", "-")

    def convert(self, form, codec, sources, *options):
        path = self.path(form, codec)
        call(self.dseg, "convert", *sources, path, "--force", "--transfer-syntax", codec, "--uid-seed", self.name, *options)
        return path

    def check_masks(self, path):
        """Every mask that the object gives is the one that went in."""
        import nibabel
        import numpy

        out = self.folder / "back"
        out.mkdir(exist_ok=True)
        for old in out.glob("*"):
            old.unlink()
        call(self.dseg, "convert", path, out / "mask.nii", "--split", "--grid", self.files[0])
        found = {int(file.name.split("-")[1]): file for file in out.glob("mask-*.nii")}
        for number, (segment, mask) in enumerate(self.masks.items(), 1):
            got = numpy.asarray(nibabel.load(found[number]).dataobj).T > 0 if number in found else numpy.zeros_like(mask)
            if not numpy.array_equal(got, mask):
                sys.exit(f"{path.name}: the mask of {segment} differs")


def element_bytes(element):
    """What an element, its header included, takes in Explicit VR Little Endian with lengths told."""
    from pydicom.filebase import DicomBytesIO
    from pydicom.filewriter import write_data_element

    buffer = DicomBytesIO()
    buffer.is_little_endian, buffer.is_implicit_VR = True, False
    write_data_element(buffer, element)
    return len(buffer.getvalue())


def private(data_set, creator, number):
    """The element with this number in the block of a Private Creator of group 0021, or None."""
    for block in range(0x10, 0x100):
        element = data_set.get((0x0021, block))
        if element is not None and element.value == creator:
            return data_set.get((0x0021, block << 8 | number))
    return None


def parts_of(path):
    """Bytes of the object by part, and what it counts."""
    import pydicom

    data_set = pydicom.dcmread(path, stop_before_pixels=True)
    overlapping = private(data_set, CREATOR, 1)
    items = {item.SegmentNumber: item for item in data_set.SegmentSequence}
    combinations = {}
    if overlapping is not None:
        for item in overlapping.value:
            raw = private(item, CREATOR, 2).value
            values = {int.from_bytes(raw[i:i + 2], "little") for i in range(0, len(raw), 2)}  # fmt: skip
            combinations |= {value: items[value] for value in values}
        for item in overlapping.value:
            combinations.pop(item.SegmentNumber, None)
    data, start, explicit = data_set_of(path.read_bytes())
    elements = {element.tag: element for element in elements_of(data, start, explicit)}
    size = lambda tag: elements[tag].end - elements[tag].start if tag in elements else 0
    pixels = elements[PIXEL_DATA]
    known = {
        # The value of Pixel Data: item tags and the offset table, but not the delimiter.
        "pixel data": pixels.end - pixels.value - (8 if pixels.length == UNDEFINED else 0), "per-frame groups": size(PER_FRAME),
        "Segment Sequence": size(SEGMENT_SEQUENCE), "Overlapping Segment Sequence": size((overlapping.tag.group, overlapping.tag.elem)) if overlapping is not None else 0,
        "Referenced Series Sequence": size(SERIES),
    }  # fmt: skip
    as_items = pydicom.DataElement(0x00620002, "SQ", pydicom.Sequence(list(combinations.values())))
    return {
        "file": path.stat().st_size, **known, "other": path.stat().st_size - sum(known.values()),
        "frames": int(data_set.NumberOfFrames), "described values": len(items), "combinations": len(combinations),
        "overlapping segments": len(overlapping.value) if overlapping is not None else 0,
        "Items of combinations": element_bytes(as_items) if combinations else 0, "bits": data_set.BitsAllocated,
    }  # fmt: skip


def timed(form, codec, what, command):
    """A job whose command prints its seconds."""
    return Job(what, f"{form}; {codec}", command, timeout=600, key=(form, codec, what))


def measure_case(name, masks, affine, build, work, results, rounds):
    import cases

    dseg, worker = build / "tools" / "dseg", build / "bench" / "work"
    case = Case(name, masks, affine, work / name, dseg)
    results.forget(name, () if rounds else tables.TIMES)
    for what, value in cases.facts(masks).items():
        results.add(name, "masks", "", what, value)
    options = dict(FORMS, **(CHAIN if name == CHAIN_CASE else {}))
    jobs = []
    for form, arguments in options.items():
        for codec in CODECS:
            path = case.convert(form, codec, [case.native], *arguments)
            if "lost" not in form:
                call(dseg, "compare", case.native, path)
                if form == "label sets":
                    case.check_masks(path)
            for what, value in parts_of(path).items():
                results.add(name, form, codec, what, value)
            command = [dseg, "convert", case.native, work / "written.dcm", "--force", "--json", "--transfer-syntax", codec, *arguments]
            jobs.append(timed(form, codec, "write", command))
            for what, work_of in (("open", "open"), ("one mask", "segment"), ("all masks", "statistics")):
                jobs.append(timed(form, codec, what, [worker, work_of, path]))
    for what, value in parts_of(case.native).items():
        results.add(name, "BINARY", "explicit-le", what, value)
    measure_layers(case, results)
    if name == CHAIN_CASE:
        jobs += measure_highdicom(case, results, rounds)
    if rounds:
        run_jobs(jobs, rounds, math.inf, name, math.inf)
        for job in jobs:
            if job.failed:
                sys.exit(f"{name}, {job.name}, {job.group}: {job.failed}")
            results.add(name, *job.labels["key"], [1000 * seconds for seconds in job.seconds])


def measure_layers(case, results):
    """Pixel data and frames of layers as label maps: what else could be done."""
    import cases

    for form, layers in (("depth layers", cases.depth_layers(case.masks)), ("segment layers", cases.segment_layers(case.masks))):
        for codec in CODECS:
            sums = {"frames": 0, "pixel data": 0}
            for number, layer in enumerate(layers):
                source = case.folder / f"layer-{number}.nii"
                cases.write_volume(source, layer, case.affine)
                parts = parts_of(case.convert(form, codec, [source], "--as", "labelmap", "--empty-frames", "omit"))
                sums = {what: sums[what] + parts[what] for what in sums}
            for what, value in {**sums, "layers": len(layers)}.items():
                results.add(case.name, form, codec, what, value)


def measure_highdicom(case, results, rounds):
    """What highdicom writes today, and jobs that time it and pydicom's part of opening, in processes of their own."""
    program = [sys.executable, Path(__file__).resolve()]
    highdicom = case.path("BINARY, highdicom", "explicit-le")
    written = json.loads(call(*program, "highdicom-write", case.folder, highdicom))
    if rounds:
        results.add(case.name, "BINARY, highdicom", "explicit-le", "write", [1000 * written["seconds"]])
    for what, value in parts_of(highdicom).items():
        results.add(case.name, "BINARY, highdicom", "explicit-le", what, value)
    chosen = {("BINARY, highdicom", "explicit-le"): highdicom,
              **{(form, "label-edge"): case.path(form, "label-edge") for form in ("BINARY", "label sets", *CHAIN)}}  # fmt: skip
    reader = [sys.executable, TOP / "bench" / "peers" / "open_description.py"]
    implicit = lambda form: "volume" if "volume" in form and "both" not in form else "groups"
    jobs = [timed(form, codec, "open, pydicom", [*reader, implicit(form), path]) for (form, codec), path in chosen.items()]
    return [*jobs, timed("BINARY, highdicom", "explicit-le", "open, highdicom", [*program, "highdicom-open", highdicom])]


def highdicom_open(path):
    import highdicom

    start = time.perf_counter()
    segmentation = highdicom.seg.segread(path, lazy_frame_retrieval=True)
    return {"seconds": time.perf_counter() - start, "segments": segmentation.number_of_segments}


def highdicom_write(folder, path):
    """All masks in memory to a BINARY object; numpy's array of all of them is not timed."""
    import highdicom
    import nibabel
    import numpy
    import pydicom
    from highdicom.sr.coding import CodedConcept

    folder = Path(folder)
    sources = [pydicom.dcmread(file, stop_before_pixels=True) for file in sorted((folder / "ct").glob("*.dcm"))]
    names = [items[0]["SegmentLabel"] for items in json.loads((folder / "meta.json").read_text())["segmentAttributes"]]
    files = sorted(folder.glob("mask-*.nii"))
    pixels = numpy.stack([numpy.asarray(nibabel.load(file).dataobj).T > 0 for file in files], axis=-1).astype(numpy.uint8)
    describe = lambda number, name: highdicom.seg.SegmentDescription(
        number, name, CodedConcept("123037004", "SCT", "Anatomical Structure"), CodedConcept("85756007", "SCT", "Tissue"),
        highdicom.seg.SegmentAlgorithmTypeValues.MANUAL)  # fmt: skip
    start = time.perf_counter()
    highdicom.seg.Segmentation(
        sources, pixels, "BINARY", [describe(number, name) for number, name in enumerate(names, 1)],
        pydicom.uid.generate_uid(), 1, pydicom.uid.generate_uid(), 1, "none", "none", "1", "1").save_as(path)  # fmt: skip
    return {"seconds": time.perf_counter() - start}


def run(build, work, *arguments):
    import cases

    rounds = 0 if "--bytes" in arguments else 1 if "--quick" in arguments else 7
    wanted = [name for name in arguments if not name.startswith("--")] or list(cases.CASES)
    build, work, results = Path(build).resolve(), Path(work).resolve(), Results()
    for name in wanted:
        made = cases.CASES[name](data_directory())
        if made is None:
            print(f"{name}: its data is not there; results stay")
            continue
        print(name, flush=True)
        measure_case(name, *made, build, work, results, rounds)
        results.save()
    results.forget("piles")
    for count, depth, sets in cases.sets_of_piles():
        results.add("piles", str(count), "", "depth", depth)
        results.add("piles", str(count), "", "sets", sets)
    results.forget("run")
    commit = subprocess.run(["git", "-C", TOP, "rev-parse", "--short", "HEAD"], capture_output=True, text=True).stdout.strip()
    results.add("run", time.strftime("%Y-%m-%d"), commit, "processors", os.cpu_count())
    results.save()


def fractions(build, work, *files):
    """What is advised instead of a codec for FRACTIONAL (../README.md): pixel data by codecs that are there."""
    import nibabel
    import numpy

    dseg, work, results = Path(build) / "tools" / "dseg", Path(work), Results()
    work.mkdir(parents=True, exist_ok=True)
    results.forget("fractions")
    for file in map(Path, files):
        image = nibabel.load(file)
        source, path = work / "fractions.nii", work / "fractions.dcm"
        nibabel.save(nibabel.Nifti1Image(numpy.asarray(image.dataobj, numpy.float32) / numpy.float32(255), image.affine), source)
        for codec in tables.FRACTION_CODECS:
            call(dseg, "convert", source, path, "--force", "--as", "fractional", "--transfer-syntax", codec)
            results.add("fractions", file.name.split(".")[0], codec, "pixel data", parts_of(path)["pixel data"])
    results.save()


def main(action, *arguments):
    if action == "run":
        run(*arguments)
    elif action == "fractions":
        fractions(*arguments)
    elif action in ("write", "check"):
        sys.exit(tables.documents(Results().rows, HERE, action == "write"))
    else:
        peers = {"highdicom-open": highdicom_open, "highdicom-write": highdicom_write}
        print(json.dumps(peers[action](*arguments)))


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(*sys.argv[1:])
