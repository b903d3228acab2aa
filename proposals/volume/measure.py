# SPDX-License-Identifier: Apache-2.0
"""Measures what the standard's form, the strict and the dual form of one segmentation cost, and keeps the figures.

usage: measure.py run DSEG DATA OUT [PART...]
                                        makes the objects in OUT by the program dseg, measures, writes results.csv and the texts;
                                        of PARTS only those that are named, others keep their figures
       measure.py write                 puts the figures of results.csv into evidence.md and README.md
       measure.py check                 1: these have other figures than results.csv; 77: no results

DATA: the folder with totalsegmentator-s0327 and totalsegmentator-ct20/snomed_mapping.csv. Needs pydicom, numpy, nibabel.
Each time is a process of its own, its median of five (one where it takes over 3 s), in processor seconds without the start of Python."""

import csv
import os
import platform
import re
import statistics
import subprocess
import sys
import time
import zlib
from pathlib import Path

from measured_objects import FORMS, Maker, sparse_labels

HERE = Path(__file__).resolve().parent
TOP = HERE.parent.parent
RESULTS, DOCUMENTS = HERE / "results.csv", (HERE / "evidence.md", HERE / "README.md")
FIELDS = ("table", "row", "column", "value")
sys.path += [str(TOP / "bench"), str(TOP / "bench" / "peers")]
from measuring import run_process  # noqa: E402
from survey.parts import PIXEL_DATA, data_set_of, elements_of  # noqa: E402


# Where bytes are


NAMES = {(0x5200, 0x9230): "per-frame groups", (0x0008, 0x1115): "references", (0x0062, 0x0002): "segments",
         (0x0008, 0x2112): "source images", (0x7FE0, 0x0001): "offset tables", (0x7FE0, 0x0002): "offset tables",
         PIXEL_DATA: "pixel data"}  # fmt: skip


def parts_of(path):
    """Bytes of the file by part; their sum is the file. Pixel data has item tags and the table in front of them."""
    data, start, explicit = data_set_of(Path(path).read_bytes())
    parts = {"pixel data": 0, "offset tables": 0, "per-frame groups": 0, "map and planes": 0, "references": 0, "segments": 0,
             "source images": 0, "rest": start, "file": len(data), "start": start, "pixels at": len(data)}  # fmt: skip
    for element in elements_of(data, start, explicit):
        parts[NAMES.get(element.tag, "map and planes" if element.tag[0] == 0x0021 else "rest")] += element.end - element.start
        if element.tag == PIXEL_DATA:
            parts["pixels at"] = element.start
    return parts


def beyond(parts):
    """What the targets bound: all but frames with their tables, references, segments and the list of source images."""
    return sum(parts[name] for name in ("per-frame groups", "map and planes", "rest"))


# Reading, each in a process of its own


def read(reader, path):
    """What bench/peers/open_description.py prints, with its processor seconds as "seconds"."""
    found = run_process([sys.executable, TOP / "bench" / "peers" / "open_description.py", reader, path, 5], 600)
    if "failed" in found:
        raise RuntimeError(f"{reader} {path}: {found['failed']}")
    return {**found["printed"], "seconds": found["printed"]["cpu_seconds"]}


# The figures


CASES = {  # of "reading" and "json": the object by form
    "s0327 LABELMAP": lambda maker, form: maker.reference("s0327", "labelmap", "coded", form),
    "s0327 BINARY": lambda maker, form: maker.reference("s0327", "binary", "coded", form),
    "100,000 frames BINARY": lambda maker, form: maker.growth(form),
}


def measure_bytes(maker, put):
    """s0327 with references: bytes by part, thin and coded, in every form."""
    for name, style in (("s0327", "thin"), ("s0327", "coded"), ("s0327-512", "coded")):
        for kind in ("labelmap", "binary"):
            for form in FORMS:
                parts = parts_of(maker.reference(name, kind, style, form))
                row = f"{name} {kind.upper()}, {style}, {form}"
                for column in ("file", "pixel data", "per-frame groups", "map and planes", "references", "segments", "source images", "rest"):
                    put("bytes", row, column, parts[column])
                put("bytes", row, "beyond", beyond(parts))


def measure_reading(maker, put):
    for row, make in CASES.items():
        paths = {form: make(maker, form) for form in FORMS}
        standard = read("groups", paths["standard"])
        put("reading", row, "frames", standard["frames"])
        put("reading", row, "groups", parts_of(paths["standard"])["per-frame groups"])
        put("reading", row, "map", parts_of(paths["strict"])["map and planes"])
        put("reading", row, "pydicom", round(standard["seconds"], 4))
        for form in ("strict", "dual"):
            found = read("volume", paths[form])
            if (found["digest"], found["frames"]) != (standard["digest"], standard["frames"]):
                raise RuntimeError(f"{row}: {form} has other frames than the standard's form")
            put("reading", row, f"second, {form}", round(found["seconds"], 4))
        for form in FORMS:
            seconds = [whole_process(maker.dseg, "info", paths[form]) for _ in range(5)]
            put("reading", row, f"dseg info, {form}", round(statistics.median(seconds), 3))


def measure_json(maker, put):
    for row, make in CASES.items():
        for form in ("standard", "strict"):
            found = read("json", make(maker, form))
            put("json", f"{row}, {form}", "bytes", found["bytes"])
            put("json", f"{row}, {form}", "gzip", found["gzip"])
            put("json", f"{row}, {form}", "seconds", round(found["seconds"], 3))


def whole_process(*command):
    start = time.perf_counter()
    subprocess.run([str(part) for part in command], check=True, capture_output=True)
    return time.perf_counter() - start


def encoded(sequence, tag):
    import pydicom
    from pydicom.filebase import DicomBytesIO
    from pydicom.filewriter import write_dataset

    holder, out = pydicom.Dataset(), DicomBytesIO()
    holder.add_new(tag, "SQ", sequence)
    out.is_little_endian, out.is_implicit_VR = True, False
    write_dataset(out, holder)
    return out.getvalue()


def measure_variants(maker, put):
    """Other ways to say the same, as bytes: counted, not built."""
    import numpy as np
    import pydicom
    from open_description import by_groups

    for kind in ("labelmap", "binary"):
        path = maker.reference("s0327", kind, "coded", "standard")
        segments, positions = by_groups(path)
        dataset = pydicom.dcmread(path, stop_before_pixels=True)
        orientation = np.array(dataset.SharedFunctionalGroupsSequence[0].PlaneOrientationSequence[0].ImageOrientationPatient, float)
        planes = np.unique(np.round(positions @ np.cross(*orientation.reshape(2, 3)), 2), return_inverse=True)[1]
        groups = encoded(dataset.PerFrameFunctionalGroupsSequence, 0x52009230)
        row = f"s0327 {kind.upper()}"
        put("variants", row, "frames", len(planes))
        put("variants", row, "groups", len(groups))
        put("variants", row, "groups, deflated", len(zlib.compress(groups, 9)))
        for item in dataset.PerFrameFunctionalGroupsSequence:
            item.pop("DerivationImageSequence", None)
        put("variants", row, "groups without sources", len(encoded(dataset.PerFrameFunctionalGroupsSequence, 0x52009230)))
        put("variants", row, "columns", (4 if kind == "binary" else 2) * len(planes))
        for order, keys in (("segments first", (planes, segments)), ("planes first", (segments, planes))) if kind == "binary" else ():
            a, b = keys[1][np.lexsort(keys)], keys[0][np.lexsort(keys)]
            runs = 1 + np.count_nonzero((np.diff(a) != 0) | (np.diff(b.astype(int)) != 1))
            put("variants", row, f"runs, {order}", 12 * int(runs))
        put("variants", row, "map", parts_of(maker.reference("s0327", kind, "coded", "strict"))["map and planes"])


def measure_front(maker, put):
    """What stands in front of the frames once groups are gone."""
    import pydicom

    for kind in ("labelmap", "binary"):
        path = maker.reference("s0327-512", kind, "coded", "strict")
        parts = parts_of(path)
        data = path.read_bytes()
        front = data[parts["start"] : parts["pixels at"]]
        row = f"s0327-512 {kind.upper()}, strict"
        put("front", row, "file", parts["file"])
        put("front", row, "in front of the frames", len(front))
        put("front", row, "the same, deflated", len(zlib.compress(front, 9)))
        dataset = pydicom.dcmread(path, stop_before_pixels=True)
        references = encoded(dataset.ReferencedSeriesSequence, 0x00081115)
        uids = [image.ReferencedSOPInstanceUID for series in dataset.ReferencedSeriesSequence for image in series.ReferencedInstanceSequence]
        put("front", row, "Referenced Series Sequence", len(references))
        put("front", row, "its UIDs as one list", len("\\".join(uids)))
        put("front", row, "its UIDs, deflated", len(zlib.compress("\\".join(uids).encode(), 9)))
        segments = encoded(dataset.SegmentSequence, 0x00620002)
        put("front", row, "Segment Sequence", len(segments))
        put("front", row, "Segment Sequence, deflated", len(zlib.compress(segments, 9)))
        predicted = maker.transcode(path, f"s0327-512-{kind}-predicted", "label-edge-predicted")
        put("front", row, "file with predicted frames", parts_of(predicted)["file"])


def measure_losses(maker, put):
    sparse = maker.labels("sparse", (2000, 16, 16), sparse_labels)
    for form in FORMS:
        path = maker.convert(sparse, "sparse", "binary", form, "--empty-frames", "omit")
        parts = parts_of(path)
        put("losses", f"1,000 segments x 2,000 planes, 1,000 frames, {form}", "per-frame groups", parts["per-frame groups"])
        put("losses", f"1,000 segments x 2,000 planes, 1,000 frames, {form}", "map and planes", parts["map and planes"])


def measure_dense(maker, put):
    volume = maker.data / "totalsegmentator-s0327" / "labels.nii.gz"
    for name, options in (("all 46,332 frames, no map", ("keep",)), ("map", ("bounds",))):
        parts = parts_of(maker.convert(volume, f"s0327-{options[0]}", "binary", "strict", "--transfer-syntax", "label-edge", "--empty-frames", *options))
        put("dense", f"s0327 BINARY, strict, {name}", "pixel data", parts["pixel data"])
        put("dense", f"s0327 BINARY, strict, {name}", "map and planes", parts["map and planes"])


PARTS = {"bytes": measure_bytes, "reading": measure_reading, "variants": measure_variants, "front": measure_front, "losses": measure_losses,
         "dense": measure_dense, "json": measure_json}  # fmt: skip


def run(dseg, data, out, *only):
    import numpy
    import pydicom

    maker = Maker(dseg, Path(data), Path(out))
    rows = list(csv.DictReader(RESULTS.open(encoding="utf-8"))) if RESULTS.exists() else []
    processor = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), platform.machine())
    version = subprocess.run([dseg, "--version"], capture_output=True, text=True).stdout.splitlines()[0]
    commit = subprocess.run(["git", "-C", str(TOP), "rev-parse", "--short", "HEAD"], capture_output=True, text=True).stdout.strip()
    for part in only or PARTS:
        rows = [row for row in rows if row["table"] != part and not (row["table"] == "run" and row["row"] == part)]

        def put(table, row, column, value):
            rows.append({"table": table, "row": row, "column": column, "value": value})
            print(f"{table}: {row}: {column} {value}", flush=True)

        load = os.getloadavg()[0]
        PARTS[part](maker, put)
        put("run", part, "when", f"{time.strftime('%Y-%m-%d')}, commit {commit}")
        put("run", part, "load before it", f"{load:.1f}")
        put("run", part, "machine", f"{os.cpu_count()} x {processor}")
        put("run", part, "versions", f"{version}, Python {platform.python_version()}, pydicom {pydicom.__version__}, numpy {numpy.__version__}")
        with RESULTS.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, FIELDS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)


# The text


def figures():
    """{table: {row: {column: value}}}"""
    tables = {}
    if RESULTS.exists():
        for row in csv.DictReader(RESULTS.open(encoding="utf-8")):
            tables.setdefault(row["table"], {}).setdefault(row["row"], {})[row["column"]] = row["value"]
    return tables


def shown(value):
    if re.fullmatch(r"\d+", value):
        return f"{int(value):,}"
    return value


def as_table(rows, first):
    columns = list(dict.fromkeys(column for row in rows.values() for column in row))
    lines = [f"| {first} | {' | '.join(columns)} |", "|---" + "|--:" * len(columns) + "|"]
    return "\n".join(lines + [f"| {name} | {' | '.join(shown(row.get(c, '')) for c in columns)} |" for name, row in rows.items()])


TARGETS = (  # text, bound, figure
    ("BINARY, s0327 with references: at most 10 kB beyond Pixel Data, (0008,1115), (0062,0002) and (0008,2112)", 10_000, ("bytes", "s0327 BINARY, coded, strict", "beyond")),
    ("LABELMAP, the same: at most 4 kB", 4_000, ("bytes", "s0327 LABELMAP, coded, strict", "beyond")),
    ("100,000 frames described in at most 13 kB", 13_000, ("reading", "100,000 frames BINARY", "map")),
    ("100,000 frames opened by the second reader within 0.1 s", 0.1, ("reading", "100,000 frames BINARY", "second, strict")),
)  # fmt: skip


def targets(tables):
    lines = ["| target | measured | |", "|---|--:|---|"]
    for text, bound, (table, row, column) in TARGETS:
        value = tables.get(table, {}).get(row, {}).get(column)
        if value is None:
            lines.append(f"| {text} | not measured yet | |")
            continue
        lines.append(f"| {text} | {shown(value)} | {'reached' if float(value) <= bound else '**missed**'} |")
    return "\n".join(lines)


def block(name, tables):
    if name == "targets":
        return targets(tables)
    if name not in tables:
        return "Not measured yet."
    return as_table(tables[name], {"run": "part", "variants": "frames of", "losses": "object"}.get(name, "object"))


def written(document, tables):
    """The document's text with its blocks made anew."""
    pattern = re.compile(r"(<!-- measured: (\w+) -->\n)(.*?)(<!-- end -->)", re.DOTALL)
    return pattern.sub(lambda m: f"{m[1]}{block(m[2], tables)}\n{m[4]}", document.read_text(encoding="utf-8"))


def main():
    if sys.argv[1] == "run":
        run(*sys.argv[2:])
    tables = figures()
    if not tables:
        print("skipped: no results.csv")
        sys.exit(77)
    wrong = False
    for document in DOCUMENTS:
        text = written(document, tables)
        if text != document.read_text(encoding="utf-8"):
            wrong = True
            if sys.argv[1] == "check":
                print(f"{document.name} has other figures than results.csv: measure.py write")
            else:
                document.write_text(text, encoding="utf-8")
    sys.exit(sys.argv[1] == "check" and wrong)


if __name__ == "__main__":
    main()
