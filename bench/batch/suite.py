# SPDX-License-Identifier: Apache-2.0
"""Batches: BINARY objects to LABELMAP with Deflated Image Frame by `dseg batch`, dcmqi, highdicom and pydicom, whole processes; many
objects, several at once; what an estimate of a thousand objects from fifty is worth; what engines cost a job.

Each record has "what": "objects", "growth", "together", "estimate" or "engine"; tables.py makes the documents of them."""

import json
import os
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from measuring import Job, progress, run_jobs, run_process, shown
from suites import HERE, PEERS, as_nifti, must
from survey.check import FIRST_OBJECT, options_of
from survey.suite import peer_program, script

ARCHIVE = HERE.parent / "tools" / "archive"
sys.path.insert(0, str(ARCHIVE))
import estimate  # noqa: E402
from reports import read_reports  # noqa: E402

WORK = ["--do", "convert", "--as", "labelmap", "--transfer-syntax", "deflated-frame"]
SMALL = ["--size", "96x96x80", "--labels", "108"]
SMALL_OBJECTS = 10
PILOT, OBJECTS, MANY = 50, 1000, (100, 1000, 10000)
TIMEOUT, RUN_TIMEOUT = 400, 1200
PATIENCE = 8  # seconds after which a job is not run again


def whole(context, what, name, folder, command, *, kind="ours", **more):
    """A job whose outputs are in a directory of its own, which is empty when it starts: what is there would not be done again."""
    fresh = ["sh", "-c", 'rm -rf "$0" && mkdir "$0" && exec "$@"', folder]
    return Job(what, name, context.whole_process(*fresh, *command), kind=kind, timeout=TIMEOUT, **more)


def batch_command(context, sources, folder, *more, jobs=1):
    return [context.dseg, "batch", *sources, "--to", folder, *WORK, "--jobs", str(jobs), *more]


def programs(context, case, sources, folder):
    """The jobs of one case, by all programs, with and without verification. dcmqi has none, and takes one object a process."""
    found = {}

    def add(name, verified, command, kind="ours"):
        place = folder / f"{name}-{'verified' if verified else 'plain'}"
        found[name, verified] = place, whole(context, case, name, place, command(place), kind=kind, verified=verified)

    for verified in (False, True):
        words = ["--verify"] if verified else []
        add("dseg", verified, lambda place, words=words: batch_command(context, sources, place, *words))
        for peer in ("highdicom", "pydicom"):
            add(peer, verified, lambda place, peer=peer, words=words: context.python_peer(f"convert_{peer}.py", *words, place, *sources), "peer")
    dcmqi = peer_program(context, "bin2labelsegimage")
    loop = 'to=$1; shift; for one; do "$0" --inputDICOM "$one" --outputDICOM "$to/${one##*/}" || exit 1; done'
    add("dcmqi", False, lambda place: ["sh", "-c", loop, dcmqi, place, *sources], "peer")
    return found


def wrong_voxels(context, source, output):
    """What `dseg compare` says of the voxels of an output; "" where they are the source's."""
    if not output.exists():
        return "not written"
    told = must([sys.executable, HERE / "batch" / "same_voxels.py", context.dseg, source, output])
    return told["differs"]


def objects_part(context, name, sources, folder, left_out=()):
    """One case by all programs."""
    size = sum(path.stat().st_size for path in sources)
    made = {key: value for key, value in programs(context, name, sources, folder).items() if key[0] not in left_out}
    run_jobs([job for _, job in made.values()], 1 if context.quick else 5, 60, f"batch: {name}", PATIENCE)
    records, problems = [], []
    for (program, verified), (place, job) in made.items():
        record = {"what": "objects", "case": name, "program": program, "verified": verified, "objects": len(sources), "bytes_in": size,
                  **{key: value for key, value in job.record().items() if key not in ("group", "name", "verified", "version")}}  # fmt: skip
        outputs = [place / source.name for source in sources]
        if "failed" not in record:
            record["bytes_out"] = sum(path.stat().st_size for path in outputs if path.exists())
            differs = wrong_voxels(context, sources[0], outputs[0])
            if differs:
                problems.append(f"batch: {name}: {program}: {differs}")
        records.append(record)
        shutil.rmtree(place, ignore_errors=True)
    return {"records": records, "problems": problems}


def volume_object(context, corpus, folder):
    """The volume as a BINARY object that refers to its images, as archives keep it."""
    path = folder / f"{corpus.name}.dcm"
    if not path.exists():
        nifti = as_nifti(context, corpus, folder)
        progress(f"batch: {corpus.name}: source images")
        must(script(context, "make_case.py", corpus.name, nifti, folder))
        must([context.dseg, "convert", nifti, path, "--as", "binary", "--reference", folder / "ct", "--metadata", folder / "meta.json", "--force"])
        shutil.rmtree(folder / "ct")
    return path


def volume_part(context, corpus, slow):
    """slow: whether dcmqi is measured, too, which takes minutes for the largest."""
    folder = context.folder(f"batch-{corpus.name}")
    found = objects_part(context, corpus.name, [volume_object(context, corpus, folder)], folder, () if slow else ("dcmqi",))
    together = jobs_records(context, corpus, folder)
    return {"records": found["records"] + together, "problems": found["problems"]}


def jobs_records(context, corpus, folder):
    """Four copies of the object, one after another and as many at once as there are processors: time, and memory of a worker."""
    source = volume_object(context, corpus, folder)
    copies = []
    for number in range(4):
        copies.append(folder / f"copy-{number}.dcm")
        copies[-1].unlink(missing_ok=True)
        os.link(source, copies[-1])
    place, jobs = folder / "together", {}
    for count in sorted({1, os.cpu_count()}):
        jobs[count] = whole(context, "together", f"{count} jobs", place, batch_command(context, copies, place, "--verify", jobs=count))
    run_jobs(list(jobs.values()), 1 if context.quick else 3, 60, f"batch: {corpus.name} together", 20)
    records = []
    for count, job in jobs.items():
        found = job.record()
        records.append({"what": "together", "case": corpus.name, "jobs": count, "objects": len(copies), "bytes_in": 4 * source.stat().st_size,
                        **{key: found[key] for key in ("seconds", "cpu_seconds", "peak_bytes", "failed", "command") if key in found}})  # fmt: skip
    shutil.rmtree(place, ignore_errors=True)
    return records


def small_part(context):
    """Small objects, where the start of the program is much: one, and some."""
    folder = context.folder("batch-small")
    count = 3 if context.quick else SMALL_OBJECTS
    sources = []
    for number in range(count):
        phantom, path = folder / "phantom.dcm", folder / f"small-{number:02}.dcm"
        if not path.exists():
            must([context.dseg, "phantom", phantom, *SMALL, "--seed", str(number), "--force"])
            must([context.dseg, "convert", phantom, path, "--as", "binary", "--force"])
        sources.append(path)
    one = objects_part(context, "one small object", sources[:1], folder)
    some = objects_part(context, f"{count} small objects", sources, folder)
    return {"records": one["records"] + some["records"], "problems": one["problems"] + some["problems"]}


def make_phantoms(context, folder, numbers):
    """BINARY objects of many sizes and numbers of segments, each from its number (survey/check.py)."""

    def make(number):
        path, phantom = folder / f"{number}.dcm", folder / f"{number}.nrrd"
        if not path.exists():
            must([context.dseg, "phantom", phantom, *options_of(number), "--threads", "1", "--force"])
            must([context.dseg, "convert", phantom, path, "--as", "binary", "--threads", "1", "--force"])
            phantom.unlink()
        return path

    folder.mkdir(exist_ok=True)
    progress(f"batch: {len(numbers)} phantoms")
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(make, numbers))


def one_run(context, sources, folder, listed, jobs=None):
    """A run with verification, by all processors unless it is said how many: the command and what it printed of itself."""
    listed.write_text("".join(f"{path}\n" for path in sources))
    shutil.rmtree(folder, ignore_errors=True)
    command = context.whole_process(*batch_command(context, ["--list", listed], folder, "--verify", jobs=jobs or os.cpu_count()))
    result = run_process(command, RUN_TIMEOUT)
    if "failed" in result:
        raise RuntimeError(f"{shown(command)}: {result['failed']}")
    return command, result["printed"]


def many_part(context):
    """More and more objects, and a thousand of them predicted from fifty others."""
    folder = context.folder("batch-many")
    counts, of_check = ((20, 200), (10, 40)) if context.quick else (MANY, (PILOT, OBJECTS))
    sources = make_phantoms(context, folder / "in", range(FIRST_OBJECT, FIRST_OBJECT + of_check[1]))
    pilot = make_phantoms(context, folder / "pilot", range(of_check[0]))
    place, records = folder / "out", []
    for count in counts:
        progress(f"batch: {count} objects")
        inputs = []
        for number in range(count):  # the same objects under more names
            source = sources[number % len(sources)]
            inputs.append(source.parent / f"{number // len(sources)}" / source.name)
            inputs[-1].parent.mkdir(exist_ok=True)
            if not inputs[-1].exists():
                os.link(source, inputs[-1])
        command, printed = one_run(context, inputs, place, folder / "list.txt")
        records.append({"what": "growth", "objects": count, "bytes_in": sum(path.stat().st_size for path in inputs), "jobs": os.cpu_count(),
                        "command": shown(command), **printed})  # fmt: skip
    reports = []
    for name, inputs in (("pilot", pilot), ("run", sources)):
        one_run(context, inputs, place, folder / "list.txt")
        reports.append(estimate.usable(read_reports([place / "report.jsonl"])))
    records.append({"what": "estimate", **estimate.compare(*reports)})
    shutil.rmtree(place)
    return {"records": records}


def engine_part(context):
    """Processor seconds that a job costs beside its work: more jobs of the same objects, on this machine and on a Slurm of one node."""
    folder = context.folder("batch-engines")
    sources = make_phantoms(context, folder / "in", range(24))
    records, problems = [], []
    work = one_run(context, sources, folder / "out", folder / "list.txt", 1)[1]
    for engine, counts in {"local": (1, len(sources)), **({} if context.quick else {"slurm": (1, 4)})}.items():
        found = []
        for jobs in counts:
            progress(f"batch: {jobs} jobs, {engine}")
            place = folder / f"{engine}-{jobs}"
            shutil.rmtree(place, ignore_errors=True)
            command = [sys.executable, HERE / "batch" / "engine_jobs.py", engine, context.dseg, folder / "list.txt", place, -(-len(sources) // jobs)]
            result = run_process(command, TIMEOUT)
            if "failed" in result:
                problems.append(f"batch: {engine}: {result['failed']}")
                break
            found.append((jobs, result["printed"]))
            shutil.rmtree(place, ignore_errors=True)
        if len(found) == 2:
            (few, first), (many, last) = found
            records.append({"what": "engine", "engine": engine, "cpu_seconds_a_job": (last["cpu_seconds"] - first["cpu_seconds"]) / (many - few),
                            "seconds_a_job": (last["seconds"] - first["seconds"]) / (many - few),
                            "cpu_seconds_a_run": first["cpu_seconds"] - work["cpu_seconds"], "jobs": [few, many], "runs": [first, last],
                            "command": shown(command)})  # fmt: skip
    return {"records": records, "problems": problems}


def parts(context, large, middle):
    """Name and function of each part; large and middle: volumes that are at hand."""
    if not context.quick:
        for corpus in large:
            yield corpus.name, lambda corpus=corpus: volume_part(context, corpus, slow=False)
        for corpus in middle:
            yield corpus.name, lambda corpus=corpus: volume_part(context, corpus, slow=True)
    yield "small", lambda: small_part(context)
    yield "many", lambda: many_part(context)
    yield "engines", lambda: engine_part(context)
