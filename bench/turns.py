# SPDX-License-Identifier: Apache-2.0
"""This build in turns with others: the one with libc alone, which starts fastest, and an older one (--against)."""

import subprocess

from measuring import Job, run_jobs
from suites import Context, as_nifti, must

START = "Start: processor seconds of the whole process"
TURNS = "Old and new in turns"
ROUNDS = 61  # of what takes milliseconds
PHANTOM = "96x96x80"  # 1.9 MB as BINARY


def version_of(dseg):
    """The first line of --version, "dseg 0.1.0" for instance."""
    return subprocess.run([dseg, "--version"], capture_output=True, text=True, check=True).stdout.splitlines()[0]


def builds(context, options):
    """Name, context: this build, and those that are there beside it."""
    yield "dseg", context
    if (options.plain / "tools" / "dseg").exists():
        yield "dseg, libc alone", Context(options.plain, context.work, options.peers, context.quick)
    if options.against:
        older = Context(options.against, context.work, options.peers, context.quick)
        yield f"{version_of(older.dseg)}, before", older


def start_jobs(ours, context, name, small, phantom):
    """Small work, of which the start of the program is most."""
    job = lambda what, *command, **more: Job(START, name, ours.whole_process(*command), measure="cpu_seconds", form=what, **more)
    out = context.work / "turns-out.dcm"
    yield job("--version", context.dseg, "--version")
    for form, path in small.items():
        yield job(f"info of a small {form} object", context.dseg, "info", path, input=path)
    yield job("BINARY phantom to LABELMAP", context.dseg, "convert", phantom, out, "--as", "labelmap", input=phantom, output=out)


def access_jobs(context, name, objects):
    """What must not become slower, and takes a millisecond or less."""
    for form, path in objects.items():
        for what, words in (("open", "open"), ("plane", "one random plane, after opening")):
            yield Job(TURNS, name, context.our_work(what, path), input=path, form=f"{form}, {words}")


def work_jobs(ours, context, name, objects, nifti, out):
    """What must not become slower, and takes longer."""
    for form, path in objects.items():
        yield Job(TURNS, name, context.our_work("labels", path), input=path, form=f"{form}, into a label map")
    yield Job(TURNS, name, ours.whole_process(context.dseg, "convert", nifti, out, "--as", "binary"), output=out,
              form="nii.gz to BINARY, whole process")  # fmt: skip


def turns(context, corpus, options, budget):
    folder = context.folder(f"turns-{corpus.name}")
    nifti = as_nifti(context, corpus, folder)
    objects = {"BINARY": folder / "binary.dcm", "LABELMAP": folder / "labelmap.dcm", "LABELMAP/label-edge": folder / "label-edge.dcm"}
    for form, path in objects.items():
        representation, _, codec = form.lower().partition("/")
        must([context.dseg, "convert", nifti, path, "--force", "--as", representation, "--transfer-syntax", codec or "explicit-le"])
    phantom = folder / "phantom.dcm"
    must([context.dseg, "phantom", phantom, "--size", PHANTOM, "--force"])
    must([context.dseg, "convert", phantom, folder / "phantom-binary.dcm", "--as", "binary", "--force"])
    small = {}
    tiny = folder / "tiny.dcm"
    must([context.dseg, "phantom", tiny, "--size", "48x40x24", "--labels", "12", "--force"])
    for form, codec in (("LABELMAP", "explicit-le"), ("LABELMAP/label-edge", "label-edge")):
        small[form] = folder / f"small-{codec}.dcm"
        must([context.dseg, "convert", tiny, small[form], "--transfer-syntax", codec, "--force"])
    short, slow = [], []
    for name, one in builds(context, options):
        short += start_jobs(context, one, name, small, folder / "phantom-binary.dcm")
        if one.work_program.exists():
            short += access_jobs(one, name, objects)
            slow += work_jobs(context, one, name, objects, nifti, folder / "written.dcm")
    for job in short + slow:
        job.labels["corpus"] = corpus.name
    records = run_jobs(short, 5 if context.quick else ROUNDS, budget, "start", 20)
    return {"records": records + run_jobs(slow, 3 if context.quick else 15, budget, "turns", 20)}


def share(record, by_name):
    """The other build's median as a ratio to this one's."""
    ours = by_name.get(("dseg", record["form"]))
    return record["seconds"]["median"] / ours["seconds"]["median"] if ours and "seconds" in ours and "seconds" in record else None
