# SPDX-License-Identifier: Apache-2.0
"""Every figure of the benchmark's results under a name, as it is written in the documents: "BINARY by dseg: time"."""

import damage
import label_edge
import together
from batch import tables as batch_tables
from figure_text import size_text, time_text, times_text, two_digits
from survey.values import archive_ratios, archive_values, survey_ratios, survey_values

READ = "Read into a label map"
NODE = "Read into a label map in node, CPU time"
PYTHON = "Read into a label map in Python, CPU time, one thread"
COLD = READ + ", file not in the page cache"
PARTS = "Part of the BINARY object"
STATISTICS = "Statistics of segments, with reading"
PHASES = "Where the time goes: BINARY into a label map, one thread"
CASE, BEFORE = "s0327-512", "s0327"
GROUPS = {READ: "read", NODE: "node", PYTHON: "python", COLD: "cold", "Write": "write", PARTS: "part", STATISTICS: "statistics", PHASES: "phase"}


def part_suite(part):
    """The suite of a part of a run, "turns" of "turns-s0327-512" for instance."""
    return part["part"].partition("-")[0]


def problem_suite(problem):
    """The suite of a problem, which begins with its part: "turns" of "turns-s0327-512: dseg ended" for instance."""
    return part_suite({"part": problem.partition(":")[0]})


def median(record, what="seconds"):
    return record[what]["median"]


def speed(record, what="decode_seconds"):
    """MB of pixels a second."""
    return record["raw_bytes"] / 1e6 / median(record, what)


def with_slow(results):
    """The frame codecs of both suites, "frames" and "slow", as one list."""
    slow = results.get("slow", [])
    key = lambda record: (record["corpus"], record["representation"], record["codec"])
    measured = {key(record) for record in slow}
    return {**results, "frames": [record for record in results["frames"] if key(record) not in measured] + slow}


class Results:
    """Look-ups in results.json; None where something was not measured or failed."""

    def __init__(self, results):
        self.all = results

    def headline(self, group, name, form=None):
        return next((r for r in self.all["headline"] if r["group"] == group and r["name"] == name and (form is None or r.get("form") == form)
                     and "seconds" in r), None)  # fmt: skip

    def peers(self, form, group=READ):
        """Those that read the right voxels."""
        return [r for r in self.all["headline"] if r["group"] == group and r.get("form") == form and r["kind"] == "peer"
                and "seconds" in r and r.get("voxels") != "other"]  # fmt: skip

    def frames(self, corpus, codec, representation="labelmap"):
        return next((r for r in self.all["frames"] if r["corpus"] == corpus and r["codec"] == codec and r["representation"] == representation
                     and "error" not in r), None)  # fmt: skip

    def encoding(self, corpus, name):
        return next((r for r in self.all["encodings"] if r["corpus"] == corpus and f"{r['representation']}/{r['codec']}" == name
                     and "bytes" in r), None)  # fmt: skip

    def growth(self, axis, name):
        return sorted((r["value"], r) for r in self.all["growth"] if r["axis"] == axis and r["name"] == name and "seconds" in r)


def plain_values(results):
    """What was measured, as it is."""
    for r in results.all["headline"]:
        if "seconds" in r:
            name = f"{GROUPS[r['group']]}: {r['name']}" + (f", {r['form']}" if r.get("form") else "")
            yield f"{name}: time", time_text(median(r))
            yield f"{name}: fastest", time_text(r["seconds"]["min"])
            yield f"{name}: slowest", time_text(r["seconds"]["max"])
            if r.get("peak_bytes"):
                yield f"{name}: memory", size_text(r["peak_bytes"])
            size = r.get("output_bytes") or r.get("input_bytes")
            if size:
                yield f"{name}: file", size_text(size)
            if "frames" in r:
                yield f"{name}: frames", f"{r['frames']:,}"
                yield f"{name}: groups a frame", f"{r['bytes']['per_frame_functional_groups'] / r['frames']:.0f}"
    for r in results.all.get("turns", []):
        if "seconds" in r:
            yield f"turns: {r['name']}, {r['form']}: time", time_text(median(r))
    for r in results.all["growth"]:
        if "seconds" in r:
            yield f"growth: {r['name']}, {r['value']:,} {r['axis']}: time", time_text(median(r))
            yield f"growth: {r['name']}, {r['value']:,} {r['axis']}: memory", size_text(r["peak_bytes"])
    for r in results.all["encodings"]:
        if "bytes" in r and r["corpus"] == CASE:
            name = f"encoding: {r['representation']}/{r['codec']}"
            size = r["bytes"]
            yield f"{name}: bytes", f"{size['file']:,}"
            yield f"{name}: size", size_text(size["file"])
            yield f"{name}: per-frame groups", f"{size['per_frame_functional_groups']:,}"
            share = 100 * size["per_frame_functional_groups"] / size["file"]
            yield f"{name}: share of per-frame groups", f"{share:.0f} %" if share >= 1 else f"{share:.1f} %"
            yield f"{name}: groups a frame", f"{size['per_frame_functional_groups'] / r['frames']:.0f}"
            for what in ("write", "write_1", "labels", "labels_1", "open", "plane", "segment"):
                if "seconds" in r.get(what, {}):
                    yield f"{name}: {what}", time_text(median(r[what]))
    for r in results.all["frames"]:
        if "error" not in r and r["corpus"] in (CASE, BEFORE):
            name = f"frames: {r['codec']}, {r['corpus']}" + (", BINARY" if r["representation"] == "binary" else "")
            yield f"{name}: bytes", f"{r['bytes']:,}"
            yield f"{name}: size", size_text(r["bytes"])
            yield f"{name}: decode", f"{two_digits(speed(r))} MB/s"
            yield f"{name}: encode", f"{two_digits(speed(r, 'encode_seconds'))} MB/s"
            yield f"{name}: random frame", time_text(median(r, "random_frame_seconds"))


def ratios(results):
    """How many times one is the other, for the sentences."""
    ours, native = results.headline(READ, "dseg", "BINARY"), results.headline(READ, "dseg", "LABELMAP")
    itk, peers = results.headline(READ, "SimpleITK", "nii.gz"), results.peers("BINARY")
    if ours and peers:
        times, memory = sorted(median(r) for r in peers), sorted(r["peak_bytes"] for r in peers)
        yield "BINARY: the fastest peer", time_text(times[0])
        yield "BINARY: the slowest peer", time_text(times[-1])
        yield "BINARY: the fastest peer / dseg", times_text(times[0] / median(ours))
        yield "BINARY: the slowest peer / dseg", times_text(times[-1] / median(ours))
        yield "BINARY: the smallest peer's memory", size_text(memory[0])
        yield "BINARY: the largest peer's memory", size_text(memory[-1])
    highdicom = results.headline(READ, "highdicom", "BINARY")
    if ours and highdicom:
        yield "BINARY: highdicom / dseg", times_text(median(highdicom) / median(ours))
    if ours and itk:
        yield "nii.gz by SimpleITK / BINARY by dseg", times_text(median(itk) / median(ours))
    memcpy = results.frames(CASE, "memcpy")
    if ours and memcpy:
        yield "label map", size_text(memcpy["raw_bytes"])
        yield "BINARY: memory beyond the label map", size_text(ours["peak_bytes"] - memcpy["raw_bytes"])
    limit = results.headline(READ, "read() of the pixel data: the limit", "LABELMAP")
    if native and limit:
        yield "LABELMAP by dseg / plain read", times_text(median(native) / median(limit))
    convert = results.headline("Write", "dseg convert, whole process with reading nii.gz", "BINARY")
    construct = results.headline("Write", "highdicom, construct and save", "BINARY")
    if convert and construct:
        yield "writing BINARY: highdicom / dseg convert", times_text(median(construct) / median(convert))
    opened = results.growth("frames", "dseg open")
    if len(opened) > 1:
        (few, first), (many, last) = opened[0], opened[-1]
        yield "growth: opening, a frame", time_text((median(last) - median(first)) / (many - few))
        yield "growth: memory, a frame", f"{(last['peak_bytes'] - first['peak_bytes']) / (many - few):.0f} bytes"
    native = {kind: results.encoding(CASE, f"{kind}/explicit-le") for kind in ("binary", "labelmap")}
    if all(native.values()):
        yield "encoding: BINARY / LABELMAP, native, bytes", times_text(native["binary"]["bytes"]["file"] / native["labelmap"]["bytes"]["file"])
        yield "encoding: BINARY / LABELMAP, frames", times_text(native["binary"]["frames"] / native["labelmap"]["frames"])
    both = [results.headline("Write", name, "seg.nrrd") for name in ("SimpleITK, from memory", "dseg convert, whole process with reading nii.gz")]
    if all(both):
        yield "writing seg.nrrd: bytes of SimpleITK / dseg", times_text(both[0]["output_bytes"] / both[1]["output_bytes"])
    yield from node_ratios(results)
    yield from python_ratios(results)
    yield from phase_ratios(results)
    yield from frame_ratios(results)
    yield from label_edge.sentence_values(results.all)
    yield from survey_ratios(results.all)
    yield from archive_ratios(results.all)


def node_ratios(results):
    """CPU time of the JavaScript libraries beside dseg's package."""
    for form in ("BINARY", "LABELMAP"):
        ours = results.headline(NODE, "dseg in node", form)
        for peer in ("dcmjs", "cornerstone3D adapters"):
            r = results.headline(NODE, peer, form)
            if ours and r:
                yield f"node, {form}: {peer} / dseg", times_text(median(r) / median(ours))


def python_ratios(results):
    """CPU time of the Python package beside the library in C, and of others beside the package."""
    for form, peers in (("BINARY", ["highdicom"]), ("LABELMAP", ["highdicom"]), ("nii.gz", ["SimpleITK", "nibabel"])):
        ours = results.headline(PYTHON, "dseg in Python", form)
        c = results.headline(PYTHON, "dseg in C", form)
        if ours and c:
            yield f"python, {form}: dseg in Python / in C", f"{median(ours) / median(c):.2f}"
        for peer in peers:
            r = results.headline(PYTHON, peer, form)
            if ours and r:
                yield f"python, {form}: {peer} / dseg in Python", times_text(median(r) / median(ours))


def phase_ratios(results):
    read = lambda name: results.headline(PHASES, name)
    copy, again = map(read, ("pixel data copied from the page cache", "reading into memory that is there: copy, unpack, paint"))
    if copy and again:
        yield "phase: unpacking and painting", time_text(max(median(again) - median(copy), 0))


def frame_ratios(results):
    for corpus in (CASE, BEFORE):
        size = lambda codec, kind="labelmap": (results.frames(corpus, codec, kind) or {}).get("bytes")
        pairs = [("deflated-frame", "label-edge"), ("deflated-frame:level=12", "label-edge"), ("deflated-frame", "zstd"), ("deflated-frame:level=12", "zstd"), ("zstd", "label-edge"), ("crackle + zstd-19", "label-edge"), ("label-edge", "label-edge-predicted"),
                 ("zstd", "zstd, frame before"), ("zstd, frame before", "label-edge-predicted"), ("WebP lossless", "label-edge"), ("OpenZL, level 19", "label-edge"),
                 ("jpeg-xl:effort=9", "JPEG XL 0.11, effort 9"), ("JPEG XL 0.11, effort 9", "label-edge"), ("jpeg-ls", "deflated-frame"), ("htj2k", "deflated-frame"), ("jpeg2000", "deflated-frame"), ("gzip-6 volume, zlib", "label-edge")]  # fmt: skip
        for one, other in pairs:
            if size(one) and size(other):
                yield f"frames: {one} / {other}, {corpus}", f"{size(one) / size(other):.1f}"
        for codec in ("deflated-frame", "zstd", "label-edge"):
            if size(codec) and size(codec, "binary"):
                yield f"frames: BINARY / LABELMAP, {codec}, {corpus}", f"{size(codec, 'binary') / size(codec):.1f}"
        fast = lambda codec: results.frames(corpus, codec)
        for one, other in (("zstd", "label-edge"), ("label-edge", "deflated-frame"), ("label-edge", "crackle"), ("deflated-frame", "jpeg-xl")):
            if fast(one) and fast(other):
                yield f"frames: speed of {one} / {other}, {corpus}", times_text(speed(fast(one)) / speed(fast(other)))
        whole, alone = size("gzip-6 volume, zlib"), size("deflated-frame")
        if whole and alone:
            yield f"frames: one gzip stream saves against deflated-frame, {corpus}", f"{100 * (1 - whole / alone):.0f} %"


def all_values(results):
    return {**dict(plain_values(results)), **dict(ratios(results)), **dict(damage.values(results.all)),
            **dict(survey_values(results.all)), **dict(archive_values(results.all)), **dict(together.values(results.all)),
            **dict(batch_tables.values(results.all))}  # fmt: skip
