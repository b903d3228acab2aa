# SPDX-License-Identifier: Apache-2.0
"""The proposals together: one segmentation with overlap and references to its images, BINARY as highdicom writes it, and what
dseg makes of that object with each proposal. Bytes by part, and times to write, to open and to read."""

import shutil

from figure_text import form_words, size_text, time_text
from measuring import Job, progress, run_jobs
from suites import must
from survey.parts import parts_of_file
from survey.suite import NATIVE, figures, script

CASE = "s0327-overlap"
# Representation, its options, frame codec: from the standard's own to all proposals.
FORMS = (("binary", (), "explicit-le"), ("binary", (), "deflated-frame"), ("binary", (), "label-edge"),
         ("binary-volume", ("dual=1",), "label-edge"), ("binary-volume", (), "deflated-frame"), ("binary-volume", (), "label-edge"),
         ("label-sets", (), "deflated-frame"), ("label-sets", (), "label-edge"), ("label-sets", ("volume=2",), "label-edge"),
         ("label-sets", ("volume=1",), "deflated-frame"), ("label-sets", ("volume=1",), "label-edge"))  # fmt: skip
PATIENCE, TIMEOUT = 10, 300
PARTS = ("pixel_data", "frame_index", "per_frame_groups", "references", "segments", "rest")


def prepare(context, masks, folder):
    """The masks as layers, their images, and highdicom's object of them."""
    layers = folder / "overlap.seg.nrrd"
    progress(f"together: {CASE}: source images")
    must([context.dseg, "convert", masks, layers, "--force"])
    facts = must(script(context, "make_case.py", CASE, layers, folder))
    source = folder / "highdicom.dcm"
    return facts, source, Job("write", "highdicom", script(context, "write_highdicom.py", folder, source, "volume"), kind="peer",
                              output=source, timeout=TIMEOUT)  # fmt: skip


def in_python(context, path, representation, options):
    """What places every frame in Python: pydicom by functional groups, or a proposal's second reader by the map."""
    reader = "volume" if representation == "binary-volume" or options else "groups"
    return context.python_peer("open_description.py", reader, path)


def reading_jobs(context, name, path, representation, options):
    job = lambda what, command, **more: Job(what, name, command, input=path, timeout=TIMEOUT, **more)
    return {
        "open": job("open", context.our_work("open", path)),
        "read": job("read", context.our_work("labels", path)),
        "python": job("python", in_python(context, path, representation, options)),
        "node": job("node", context.our_package(path), measure="cpu_seconds"),
    }


def together(context, masks, budget):
    if not masks.is_dir():
        return {"problems": [f"together: {masks.name} of s0327 are not at hand"]}
    folder = context.folder(f"together-{CASE}")
    try:
        return measure(context, masks, folder, budget)
    finally:
        shutil.rmtree(folder)


def measure(context, masks, folder, budget):
    facts, source, write = prepare(context, masks, folder)
    run_jobs([write], 1, 0, f"together: {CASE} by highdicom", PATIENCE)
    if write.failed:
        raise RuntimeError(f"highdicom: {write.failed}")
    whole = lambda what, name, path, *command: Job(what, name, context.whole_process(*command), input=path, timeout=TIMEOUT)
    groups = [({"writer": "highdicom", "form": NATIVE, "representation": "binary", "options": [], "codec": "explicit-le"}, source,
               {"write": write, **reading_jobs(context, "highdicom", source, "binary", ()),
                "read_writer": Job("read", "highdicom", context.python_peer("read_highdicom.py", source), kind="peer", input=source, timeout=TIMEOUT)})]  # fmt: skip
    for number, (representation, options, codec) in enumerate(FORMS):
        name = "/".join((":".join((representation, *options)), codec))
        path = folder / f"form-{number}.dcm"
        words = [word for option in options for word in ("--option", option)]
        convert = [context.dseg, "convert", source, path, "--as", representation, "--transfer-syntax", codec, *words, "--uid-seed", "together", "--force"]
        jobs = {"write": Job("write", name, context.whole_process(*convert), output=path, timeout=TIMEOUT),
                **reading_jobs(context, name, path, representation, options),
                "compare": whole("compare", name, path, context.dseg, "compare", source, path),
                "validate": whole("validate", name, path, context.dseg, "validate", path)}  # fmt: skip
        groups.append(({"writer": "dseg", "form": name, "representation": representation, "options": list(options), "codec": codec}, path, jobs))
    jobs = [job for _, _, found in groups for job in found.values() if job is not write]
    run_jobs(jobs, 1 if context.quick else 5, budget, f"together: {CASE}", PATIENCE)
    records, problems = [], []
    for about, path, found in groups:
        made = {what: figures(job) for what, job in found.items()}
        size = {"bytes": parts_of_file(path), "frames": context.encoding_info(path)["frames"]} if path.exists() else {}
        records.append({"case": CASE, **about, **facts, **size, **made})
        # The JavaScript package has no representations but the standard's: what it refuses is no problem of the others.
        problems += [f"together: {about['form']}, {what}: {one['failed']}" for what, one in made.items() if "failed" in one and what != "node"]
    return {"records": records, "problems": problems}


def words_of(record):
    return form_words(record["form"]) + (" by highdicom" if record["writer"] == "highdicom" else "")


def table(results):
    """Rows of findings.md: what each form takes, by part, and how long it takes to read."""
    rows = []
    for record in results.get("together", []):
        if "bytes" not in record:
            continue
        size = record["bytes"]
        time = lambda what: time_text(record[what]["seconds"]["median"]) if "seconds" in record.get(what, {}) else ""
        rows.append([words_of(record), size_text(size["file"]), *(size_text(size[part]) for part in ("pixel_data", "per_frame_groups")),
                     size_text(size["references"]), size_text(size["segments"]), size_text(size["rest"] + size["frame_index"]),
                     time("open"), time("read"), time("python"), time("node")])  # fmt: skip
    return rows


HEAD = ["form", "file", "frames", "per-frame groups", "references", "segments", "the rest", "dseg opens", "reads all", "Python places frames", "JavaScript package reads"]


def values(results):
    """Figures by name: of the whole, and how many times smaller than highdicom's object."""
    records = {(r["writer"], r["form"]): r for r in results.get("together", []) if "bytes" in r}
    today = next((r for (writer, _), r in records.items() if writer == "highdicom"), None)
    for (writer, form), record in records.items():
        name = f"together: {form}" if writer == "dseg" else "together: highdicom"
        size = record["bytes"]
        yield f"{name}: file", size_text(size["file"])
        for part in PARTS:
            yield f"{name}: {part}", size_text(size[part])
        for what in ("open", "read", "python", "node", "read_writer", "write"):
            if "seconds" in record.get(what, {}):
                yield f"{name}: {what}", time_text(record[what]["seconds"]["median"])
        if today and record is not today:
            yield f"{name}: times smaller", f"{today['bytes']['file'] / size['file']:,.0f}"
    for codec in ("label-edge", "deflated-frame"):
        sets, binary = records.get(("dseg", f"label-sets/{codec}")), records.get(("dseg", f"binary/{codec}"))
        if sets and binary:
            yield f"together: label sets / BINARY, {codec}", f"{100 * sets['bytes']['file'] / binary['bytes']['file']:.1f} %"
