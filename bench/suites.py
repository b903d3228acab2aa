# SPDX-License-Identifier: Apache-2.0
"""What is measured: each function makes the files it needs, runs its jobs in turns, and gives records for the report."""

import json
import subprocess
import time
from pathlib import Path

from measuring import Job, progress, run_jobs, run_process, shown

HERE = Path(__file__).resolve().parent
BROWSER = HERE.parent / "proposals" / "label-edge" / "js" / "bench.mjs"
PEERS = HERE / "peers"
# Seconds after which a job is not run again; one whose warm-up takes that long is not run a second time.
ENCODING_PATIENCE, GROWTH_PATIENCE = 3, 6
SLOW_WRITE = 10  # seconds; an encoding that takes longer to write is measured once, with all processors only
FLIPS = 2000  # wrong bits for each codec and volume
FRACTIONAL_BYTES = 300 << 20  # FRACTIONAL has a byte for each voxel of each segment's frames

# Further settings of frame codecs that are measured where the registry has them.
CODEC_SETTINGS = [
    ("deflated-frame", "level", 12),
    ("zstd", "level", 3),
    ("label-edge", "same", 1),
]
# Settings that encode 0.3 to 0.7 MB/s: in a suite of their own, by the registry and by newer libraries.
SLOW_SETTINGS = [("jpeg-xl", "effort", 9)]
SLOW_PEERS = ["JPEG XL 0.11, effort 9"]
QUICK_PEERS = ["WebP lossless", "OpenZL, level 19"]
# What places frames in objects of small frames in memory, by representation: what a header proposal could gain.
PLACED = [("dseg open, small frames, functional groups", "binary"), ("dseg open, small frames, presence map", "test-presence")]


class Context:
    """Where things are, and how long to measure."""

    def __init__(self, build, work, peers, quick):
        self.dseg, self.work_program = build / "tools" / "dseg", build / "bench" / "work"
        self.frames, self.make_frames = build / "bench" / "frames", build / "bench" / "make_frames"
        self.flipped_bits, self.open_frames = build / "bench" / "flipped_bits", build / "bench" / "open_frames"
        self.run_process = build / "bench" / "run_process"
        self.read_dcmtk = build / "bench" / "read_dcmtk"
        self.work = work
        self.python, self.node = peers / "venv" / "bin" / "python", peers / "venv" / "bin" / "node"
        self.node_modules = peers / "node"
        self.js_package = PEERS.parent.parent / "build" / "wasm" / "package"
        self.python_package = PEERS.parent.parent / "build" / "python" / "venv" / "bin" / "python"
        self.pydicom_seg = peers / "pydicom-seg" / "bin" / "python"
        self.quick = quick
        self.repeat, self.patience = (3, 1.5) if quick else (5, 45)
        self.registry = json.loads(subprocess.run([self.dseg, "codecs", "--json"], check=True, capture_output=True).stdout)

    def python_peer(self, script, *arguments):
        return [self.python, PEERS / script, *arguments]

    def node_peer(self, script, *arguments):
        return [self.node, PEERS / script, self.node_modules, *arguments]

    def our_package(self, path):
        return [self.node, PEERS / "read_dseg.mjs", self.js_package, path]

    def our_python(self, path, threads=0):
        return [self.python_package, PEERS / "read_dseg.py", path, "--threads", str(threads)]

    def our_work(self, job, *arguments, threads=0):
        return [self.work_program, job, *arguments, "--threads", str(threads)]

    def whole_process(self, *command):
        return [self.run_process, *command]

    def folder(self, name):
        path = self.work / "files" / name
        path.mkdir(parents=True, exist_ok=True)
        return path

    def option(self, codec, key):
        entries = [entry for entry in self.registry["frame_codecs"] if entry["name"] == codec]
        options = [option for entry in entries for option in entry["options"]]
        return next((option for option in options if option["name"] == key), None)

    def encoding_info(self, path):
        return json.loads(subprocess.run([self.dseg, "info", path, "--json"], check=True, capture_output=True).stdout)


def must(command):
    result = run_process(command)
    if "failed" in result:
        raise RuntimeError(f"{shown(command)}: {result['failed']}")
    return result["printed"]


def reference_checksums(context, nifti):
    """What SimpleITK reads counts as the truth."""
    printed = must([*context.python_peer("read_simpleitk.py", nifti), "--check"])
    return {printed["checksum"], printed["checksum_reversed"]}


def as_nifti(context, corpus, folder):
    """The volume as .nii.gz, which every peer reads."""
    if corpus.path.name.endswith(".nii.gz"):
        return corpus.path
    path = folder / "labels.nii.gz"
    if not path.exists():
        must([context.dseg, "convert", corpus.path, path])
    return path


def headline(context, corpus, budget):
    """One case in all its forms, read and written by everyone."""
    folder = context.folder(f"headline-{corpus.name}")
    nifti = as_nifti(context, corpus, folder)
    expect = reference_checksums(context, nifti)
    objects = {}
    for kind in ("binary", "labelmap"):
        objects[kind] = folder / f"highdicom-{kind}.dcm"
        if not objects[kind].exists():
            progress(f"highdicom writes {objects[kind].name}")
            must(context.python_peer("write_highdicom.py", nifti, objects[kind], kind.upper()))
    for name, codec in compressed_choices(context):
        objects[name] = folder / f"dseg-{name.replace('/', '-')}.dcm"
        must([context.dseg, "convert", nifti, objects[name], "--as", "labelmap", "--transfer-syntax", codec, "--force"])
    nrrd = folder / "labels.seg.nrrd"
    must([context.dseg, "convert", nifti, nrrd, "--force"])
    jobs = read_jobs(context, objects, nifti, nrrd, expect) + part_jobs(context, objects["binary"])
    jobs += phase_jobs(context, objects["binary"])
    jobs += write_jobs(context, nifti, folder) + cold_jobs(context, objects, nifti)
    jobs += statistics_jobs(context, objects, nifti) + node_jobs(context, objects, expect)
    jobs += python_jobs(context, objects, nifti, expect)
    for job in jobs:
        job.labels["corpus"] = corpus.name
    return {"records": run_jobs(jobs, context.repeat, budget, "headline", context.patience)}


def compressed_choices(context):
    """Encodings of the headline beside the uncompressed ones."""
    names = {entry["name"] for entry in context.registry["frame_codecs"]}
    return [(f"labelmap/{codec}", codec) for codec in ("deflated-frame", "jpeg-ls", "zstd", "label-edge") if codec in names]


def read_jobs(context, objects, nifti, nrrd, expect):
    group = "Read into a label map"
    jobs = []

    def add(name, command, path, form, kind="peer", **more):
        timeout = 10 if context.quick else 180
        jobs.append(Job(group, name, command, kind=kind, input=path, expect=expect, form=form, timeout=timeout, **more))

    for form, path in (("BINARY", objects["binary"]), ("LABELMAP", objects["labelmap"])):
        info = context.encoding_info(path)
        add("dseg", context.our_work("labels", path), path, form, "ours", frames=info["frames"], bytes=info["bytes"])
        add("dseg, 1 thread", context.our_work("labels", path, threads=1), path, form, "ours")
        add("highdicom", context.python_peer("read_highdicom.py", path), path, form)
        add("DCMTK dcmseg", [context.read_dcmtk, path], path, form)
        add("dcmqi", context.python_peer("read_dcmqi.py", path, context.run_process), path, form)
        add("dcmjs", context.node_peer("read_dcmjs.mjs", path), path, form)
        add("cornerstone3D adapters", context.node_peer("read_adapters.mjs", path), path, form)
        add("dseg in node", context.our_package(path), path, form, "ours")
        add("dseg in Python", context.our_python(path), path, form, "ours")
        add("dseg in Python, 1 thread", context.our_python(path, threads=1), path, form, "ours")
        add("pydicom-seg", [context.pydicom_seg, PEERS / "read_pydicom_seg.py", path], path, form)
    for name, path in objects.items():
        if "/" in name:
            add("dseg", context.our_work("labels", path), path, name.replace("labelmap", "LABELMAP"), "ours")
    add("dseg", context.our_work("labels", nifti), nifti, "nii.gz", "ours")
    add("dseg in Python", context.our_python(nifti), nifti, "nii.gz", "ours")
    add("SimpleITK", context.python_peer("read_simpleitk.py", nifti), nifti, "nii.gz")
    add("nibabel", context.python_peer("read_nibabel.py", nifti), nifti, "nii.gz")
    add("dseg", context.our_work("labels", nrrd), nrrd, "seg.nrrd", "ours")
    add("SimpleITK", context.python_peer("read_simpleitk.py", nrrd), nrrd, "seg.nrrd")
    add("pynrrd", context.python_peer("read_pynrrd.py", nrrd), nrrd, "seg.nrrd")
    jobs.append(Job(group, "libdeflate alone: the limit", context.our_work("inflate", nifti), kind="limit", input=nifti, form="nii.gz"))
    for form in ("BINARY", "LABELMAP"):
        path = objects[form.lower()]
        jobs.append(Job(group, "read() of the pixel data: the limit", context.our_work("read", path), kind="limit",
                        input=path, form=form))  # fmt: skip
    return jobs


def node_jobs(context, objects, expect):
    """The JavaScript libraries by CPU time: node compiles and collects garbage in threads of its own."""
    group, jobs = "Read into a label map in node, CPU time", []
    for form, path in (("BINARY", objects["binary"]), ("LABELMAP", objects["labelmap"])):
        commands = [("dseg in node", context.our_package(path), "ours"), ("dcmjs", context.node_peer("read_dcmjs.mjs", path), "peer"),
                    ("cornerstone3D adapters", context.node_peer("read_adapters.mjs", path), "peer")]  # fmt: skip
        jobs += [Job(group, name, command, kind=kind, input=path, expect=expect, form=form, timeout=10 if context.quick else 180,
                     measure="cpu_seconds") for name, command, kind in commands]  # fmt: skip
    return jobs


def python_jobs(context, objects, nifti, expect):
    """The Python package beside the library in C and the libraries of others, on one processor. numpy's linear algebra keeps
    threads busy for a moment after it was loaded, unless it is told to have none."""
    group, jobs = "Read into a label map in Python, CPU time, one thread", []
    alone = ["/usr/bin/env", "OPENBLAS_NUM_THREADS=1"]
    for form, path in (("BINARY", objects["binary"]), ("LABELMAP", objects["labelmap"]), ("nii.gz", nifti)):
        commands = [("dseg in C", context.our_work("labels", path, "--context", threads=1), "ours"),
                    ("dseg in Python", alone + context.our_python(path, threads=1), "ours")]  # fmt: skip
        peers = ("simpleitk", "nibabel") if form == "nii.gz" else ("highdicom",)
        names = {"simpleitk": "SimpleITK", "nibabel": "nibabel", "highdicom": "highdicom"}
        commands += [(names[peer], alone + context.python_peer(f"read_{peer}.py", path), "peer") for peer in peers]
        jobs += [Job(group, name, command, kind=kind, input=path, expect=expect, form=form, timeout=10 if context.quick else 180,
                     measure="cpu_seconds") for name, command, kind in commands]  # fmt: skip
    return jobs


def part_jobs(context, binary):
    group = "Part of the BINARY object"
    return [
        Job(group, "dseg info, whole process", context.whole_process(context.dseg, "info", binary), input=binary),
        Job(group, "open", context.our_work("open", binary), input=binary),
        Job(group, "one random plane, after opening", context.our_work("plane", binary), input=binary),
        Job(group, "one segment, all planes, after opening", context.our_work("segment", binary), input=binary),
    ]


def write_jobs(context, nifti, folder):
    group, jobs = "Write", []
    for kind in ("binary", "labelmap"):
        form, out = kind.upper(), folder / f"written-{kind}.dcm"
        jobs.append(Job(group, "dseg convert, whole process with reading nii.gz",
                        context.whole_process(context.dseg, "convert", nifti, out, "--as", kind), output=out, form=form))  # fmt: skip
        jobs.append(Job(group, "dseg, from memory", context.our_work("write", nifti, out, kind, "explicit-le"), output=out, form=form))
        jobs.append(Job(group, "highdicom, construct and save", context.python_peer(
            "write_highdicom.py", nifti, folder / f"written-highdicom-{kind}.dcm", form), kind="peer",
            output=folder / f"written-highdicom-{kind}.dcm", form=form))  # fmt: skip
    for suffix, form in (("nii.gz", "nii.gz"), ("seg.nrrd", "seg.nrrd")):
        out = folder / f"written.{suffix}"
        jobs.append(Job(group, "dseg convert, whole process with reading nii.gz",
                        context.whole_process(context.dseg, "convert", nifti, out), output=out, form=form))  # fmt: skip
        out = folder / f"written-simpleitk.{suffix}"
        jobs.append(Job(group, "SimpleITK, from memory", context.python_peer("write_simpleitk.py", nifti, out), kind="peer",
                        output=out, form=form))  # fmt: skip
    return jobs


def statistics_jobs(context, objects, nifti):
    """Voxels, volume, centroid and box of each segment."""
    group = "Statistics of segments, with reading"
    jobs = [Job(group, "dseg", context.our_work("statistics", objects[kind]), input=objects[kind], form=kind.upper()) for kind in ("binary", "labelmap")]
    jobs.append(Job(group, "dseg", context.our_work("statistics", nifti), input=nifti, form="nii.gz"))
    jobs.append(Job(group, "SimpleITK", context.python_peer("statistics_simpleitk.py", nifti), kind="peer", input=nifti, form="nii.gz"))
    return jobs


def phase_jobs(context, binary):
    """What reading the BINARY object consists of, each part by itself, on one thread."""
    group = "Where the time goes: BINARY into a label map, one thread"
    work = lambda job: context.our_work(job, binary, threads=1)
    return [
        Job(group, "all of it", work("labels"), input=binary),
        Job(group, "open: functional groups to the frame table", work("open"), input=binary),
        Job(group, "the label map's memory, touched once", work("touch"), kind="limit", input=binary),
        Job(group, "pixel data copied from the page cache", work("copy"), kind="limit", input=binary),
        Job(group, "reading into memory that is there: copy, unpack, paint", work("again"), input=binary),
    ]


def cold_jobs(context, objects, nifti):
    group = "Read into a label map, file not in the page cache"
    jobs = [Job(group, "dseg", context.our_work("labels", path), input=path, cold=True, form=name.replace("labelmap", "LABELMAP").replace("binary", "BINARY"))
            for name, path in objects.items()]  # fmt: skip
    jobs.append(Job(group, "dseg", context.our_work("labels", nifti), input=nifti, cold=True, form="nii.gz"))
    jobs.append(Job(group, "SimpleITK", context.python_peer("read_simpleitk.py", nifti), kind="peer", input=nifti, cold=True, form="nii.gz"))
    jobs.append(Job(group, "highdicom", context.python_peer("read_highdicom.py", objects["binary"]), kind="peer",
                    input=objects["binary"], cold=True, form="BINARY"))  # fmt: skip
    return jobs


def growth(context, budget):
    """Time against the number of frames, and of segments."""
    folder = context.folder("growth")
    counts = (1000, 10000, 100000) if context.quick else (1000, 3000, 10000, 30000, 100000)
    cases = [("frames", count, 100, count) for count in counts]
    cases += [("segments", 10000, segments, segments) for segments in ((10, 100, 1000) if context.quick else (10, 30, 100, 300, 1000))]
    jobs = []
    for axis, frames, segments, value in cases:
        path = folder / f"{frames}-{segments}.dcm"
        must([context.make_frames, path, str(frames), str(segments)])
        common = {"input": path, "axis": axis, "value": value}
        jobs.append(Job("Growth", "dseg open", context.our_work("open", path), **common))
        jobs.append(Job("Growth", "dseg read", context.our_work("labels", path), **common))
        out = folder / "copy.dcm"
        jobs.append(Job("Growth", "dseg convert to BINARY", context.whole_process(context.dseg, "convert", path, out),
                        output=out, **common))  # fmt: skip
        if frames <= (1000 if context.quick else 10000):  # peers take seconds each
            jobs.append(Job("Growth", "highdicom read", context.python_peer("read_highdicom.py", path), kind="peer", timeout=60, **common))
            jobs.append(Job("Growth", "DCMTK dcmseg read", [context.read_dcmtk, path], kind="peer", timeout=60, **common))
            jobs.append(Job("Growth", "dcmjs read", context.node_peer("read_dcmjs.mjs", path), kind="peer", timeout=60, **common))
    for count in counts:
        for name, representation in PLACED:
            jobs.append(Job("Growth", name, [context.open_frames, representation, str(count)], axis="frames", value=count))
    return {"records": run_jobs(jobs, 1 if context.quick else 3, budget, "growth", GROWTH_PATIENCE)}


def pairs_of(context):
    """Encodings that lose nothing: a representation of the standard and a frame codec with a number of bits in common. The
    proposals' representations change what is around the frames: together.py measures them."""
    for representation in context.registry["representations"]:
        if representation["experimental"]:
            continue
        for codec in context.registry["frame_codecs"]:
            common = set(representation["bits_allocated"]) & set(codec["bits_allocated"])
            if representation["can_write"] and codec["can_write"] and not codec["lossy"] and common:
                yield representation["name"], codec["name"], codec["experimental"]


def encodings(context, corpus, budget):
    """The whole registry on one volume."""
    folder = context.folder(f"encodings-{corpus.name}")
    nifti = as_nifti(context, corpus, folder)
    expect = reference_checksums(context, nifti)
    records, jobs = [], []
    for representation, codec, experimental in pairs_of(context):
        record = {"corpus": corpus.name, "representation": representation, "codec": codec, "experimental": experimental}
        records.append(record)
        path = folder / f"{representation}-{codec}.dcm"
        write = context.our_work("write", nifti, path, representation, codec)
        bytes_of_fractions = next((r["frames"] * r["plane_bytes"] for r in records if r["representation"] == "binary" and "frames" in r), 0)
        if representation == "fractional" and (context.quick or bytes_of_fractions > FRACTIONAL_BYTES):
            record["failed"] = f"left out: {bytes_of_fractions / 1e6:.0f} MB of pixels" if bytes_of_fractions else "left out"
            continue
        progress(f"{corpus.name}: writes {representation}/{codec}")
        path.unlink(missing_ok=True)
        start = time.perf_counter()
        first = run_process(write, timeout=120)
        slow = time.perf_counter() - start > SLOW_WRITE
        if "failed" in first:
            record["failed"] = first["failed"]
            continue
        info = context.encoding_info(path)
        record.update(frames=info["frames"], bytes=info["bytes"], plane_bytes=info["geometry"]["rows"] * info["geometry"]["columns"],
                      segments=len(info["segments"]))  # fmt: skip
        record["write"] = {"seconds": {"median": first["printed"]["seconds"], "n": 1}, "peak_bytes": first["printed"]["peak_bytes"]}
        for what, threads, check in (("labels", 0, True), ("labels", 1, False), ("open", 0, False), ("plane", 0, False), ("segment", 0, False)):
            if threads == 1 and (slow or context.quick):
                continue
            jobs.append(Job("encodings", f"{representation}/{codec}", context.our_work(what, path, threads=threads), input=path,
                            expect=expect if check else None, timeout=60, what=what if threads == 0 else f"{what}_1"))  # fmt: skip
        for threads in () if slow else (0,) if context.quick else (0, 1):
            out = folder / "again.dcm"
            jobs.append(Job("encodings", f"{representation}/{codec}", context.our_work("write", nifti, out, representation, codec, threads=threads),
                            output=out, timeout=60, what="write" if threads == 0 else "write_1"))  # fmt: skip
    results = run_jobs(jobs, 1 if context.quick else 3, budget, f"encodings of {corpus.name}", ENCODING_PATIENCE)
    for record in records:
        for result in results:
            if result["name"] == f"{record['representation']}/{record['codec']}":
                kept = {key: result[key] for key in ("seconds", "peak_bytes", "failed", "voxels") if key in result}
                record[result["what"]] = kept
    for path in folder.glob("*.dcm"):
        path.unlink()
    return {"records": records}


def browser(context, corpus):
    """Decoders for browsers on one label map, in turns in one process: Label Edge, zstd by fzstd, deflated frames by pako."""
    folder = context.folder(f"browser-{corpus.name}")
    nifti = as_nifti(context, corpus, folder)
    objects = []
    for codec, options in (("label-edge", []), ("zstd", ["--option", "level=19"]), ("deflated-frame", ["--option", "level=12"])):
        objects.append(folder / f"{codec}.dcm")
        progress(f"{corpus.name}: writes {codec} for browsers")
        must([context.dseg, "convert", nifti, objects[-1], "--as", "labelmap", "--transfer-syntax", codec, *options, "--force"])
    command = [context.node, BROWSER, context.node_modules, *objects, 5 if context.quick else 15]
    printed = must(command)
    records = [{"corpus": corpus.name, "decoder": name, "node": printed["node"], "command": shown(command), **found}
               for name, found in printed["decoders"].items()]  # fmt: skip
    return {"records": records}


def json_lines(command, timeout):
    """What a program prints, and its errors; nothing but an error where it takes too long."""
    try:
        result = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=timeout)
    except subprocess.TimeoutExpired:
        return [], [f"{shown(command)}: stopped after {timeout} s"]
    lines = [json.loads(line) for line in result.stdout.splitlines() if line.startswith("{")]
    return lines, [line for line in result.stderr.splitlines() if "error" in line]


def settings(context, wanted):
    """--codec of bench/frames for those that the registry has and that are not its standard."""
    return [word for codec, key, value in wanted if (option := context.option(codec, key)) and option["standard"] != value
            for word in ("--codec", f"{codec}:{key}={value}")]  # fmt: skip


def frame_peers(context, item, names, rounds):
    """The command that measures frame codecs of Python packages."""
    return context.python_peer("frame_codecs.py", item.path, "--rounds", rounds, *(word for name in names for word in ("--codec", name)))


def slow_codecs(context, item):
    """Label-map frames by what encodes so slowly that it costs as much time as all others: exact sizes, one round."""
    synthetic = isinstance(item, str)
    name, volume = (item, item) if synthetic else (item.name, item.path)
    progress(f"slow frame codecs: {name}")
    records, problems = [], []
    commands = [[context.frames, volume, "--json", "--as", "labelmap", "--rounds", 1, "--seconds", 0.1, "--limit", 1.0,
                 "--codec", "only", *settings(context, SLOW_SETTINGS)]]  # fmt: skip
    for command in commands + ([] if synthetic else [frame_peers(context, item, SLOW_PEERS, 1)]):
        found, errors = json_lines(command, 1200)
        records += [{**record, "corpus": name, "command": shown(command)} for record in found if record["codec"] != "memcpy"]
        problems += errors
    return {"records": records, "problems": problems}


def frame_codecs(context, item, both, rounds, seconds, limit):
    """bench/frames on one volume (a corpus, or "noise" or "empty"): label-map frames and, with both, BINARY frames."""
    synthetic = isinstance(item, str)
    name, volume = (item, item) if synthetic else (item.name, item.path)
    progress(f"frame codecs: {name}")
    records, problems = [], []

    def add(command, timeout):
        found, errors = json_lines(command, timeout)
        records.extend({**record, "corpus": name, "command": shown(command)} for record in found)
        problems.extend(errors)

    for representation in ("labelmap", "binary") if both else ("labelmap",):
        command = [context.frames, volume, "--json", "--as", representation, "--rounds", rounds, "--seconds", seconds, "--limit", limit]
        add(command + settings(context, CODEC_SETTINGS), 600)
    if not synthetic:
        progress(f"frame codecs of Python packages, crackle and compresso: {name}")
        add(frame_peers(context, item, QUICK_PEERS, rounds), 300)
        add(context.python_peer("label_codecs.py", volume, "--rounds", min(rounds, 2)), 200)
    return {"records": records, "problems": problems}


def damage(context, corpus):
    """Frames with one wrong bit, by every frame codec: how many are found. The same in every run, whatever else runs."""
    command = [context.flipped_bits, corpus.path, "--flips", 200 if context.quick else FLIPS]
    progress(f"flipped bits: {corpus.name}")
    found, errors = json_lines(command, 900)
    return {"records": [{**record, "corpus": corpus.name, "command": shown(command)} for record in found], "problems": errors}
