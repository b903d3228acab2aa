# SPDX-License-Identifier: Apache-2.0
"""The survey: one kind of object as dcmqi, highdicom and dseg write it, in every encoding that loses nothing.

What dcmqi writes is the object as archives keep it, "the source"; dseg converts that, so that what it says of segments and
source images is in every form. A record is one form: bytes by part, and times; README.md has its keys."""

import shutil
from pathlib import Path

from measuring import Job, progress, run_jobs
from suites import must, pairs_of, reference_checksums

from survey.cases import volume_of
from survey.parts import parts_of_file

NATIVE = "binary/explicit-le"
SETTINGS = {"deflated-frame": ["level=12"]}  # beside the standard ones
FRACTIONAL_BYTES = 16 << 20  # FRACTIONAL has a byte for each voxel of each segment's frames
TIMEOUT = 900
# Seconds after which a job is not run again; one whose warm-up takes that long is not run a second time.
PATIENCE, QUICK_PATIENCE = 3, 1
HERE = Path(__file__).resolve().parent


def peer_program(context, name):
    """dcmqi's own program, without the Python that starts it."""
    found = sorted(context.python.parent.parent.glob(f"lib/python*/site-packages/dcmqi/bin/{name}"))
    if not found:
        raise RuntimeError(f"{name} of dcmqi is not there: sh bench/peers/setup.sh")
    return found[0]


def script(context, name, *arguments):
    return [context.python, HERE / name, *arguments]


def writers(context, case, folder):
    """The jobs that write the case as dcmqi and highdicom do."""
    layers = ",".join(str(path) for path in sorted(folder.glob("layer-*.nii.gz")))
    jobs = {}
    if case.family != "slide":
        output = folder / "dcmqi.dcm"
        jobs["dcmqi"] = Job("write", "dcmqi", context.whole_process(
            peer_program(context, "itkimage2segimage"), "--inputImageList", layers, "--inputMetadata", folder / "meta.json",
            "--inputDICOMDirectory", folder / "ct", "--outputDICOM", output), kind="peer", output=output, timeout=TIMEOUT)  # fmt: skip
    output = folder / "highdicom.dcm"
    kind = "slide" if case.family == "slide" else "volume"
    jobs["highdicom"] = Job("write", "highdicom", script(context, "write_highdicom.py", folder, output, kind), kind="peer",
                            output=output, timeout=TIMEOUT)  # fmt: skip
    return jobs


def forms(context, overlap, fraction_bytes):
    """What dseg writes: form, representation, frame codec, whether it needs a proposal, options, and why it is left out."""
    for representation, codec, experimental in pairs_of(context):
        left_out = None
        if representation == "labelmap" and overlap:
            left_out = "segments overlap, which a LABELMAP cannot hold"
        elif representation == "fractional" and fraction_bytes > FRACTIONAL_BYTES:
            left_out = f"{fraction_bytes / 1e6:.0f} MB of pixels"
        for setting in ["", *SETTINGS.get(codec, [])]:
            name = f"{representation}/{codec}" + (f":{setting}" if setting else "")
            yield name, representation, codec, experimental, ["--option", setting] if setting else [], left_out


def reading_jobs(context, name, path, expect):
    return {
        "read": Job("read", name, context.our_work("labels", path), input=path, expect=expect, timeout=TIMEOUT),
        "plane": Job("plane", name, context.our_work("plane", path), input=path, timeout=TIMEOUT),
    }


def form_jobs(context, source, path, form, expect):
    """The jobs of one form, in the order in which they can run."""
    name, representation, codec, _, options, _ = form
    convert = [context.dseg, "convert", source, path, "--as", representation, "--transfer-syntax", codec, *options,
               "--uid-seed", "survey", "--force"]  # fmt: skip
    whole = lambda what, *command: Job(what, name, context.whole_process(*command), input=path, timeout=TIMEOUT)
    return {
        "write": Job("write", name, context.whole_process(*convert), output=path, timeout=TIMEOUT),
        **reading_jobs(context, name, path, expect),
        "compare": whole("compare", context.dseg, "compare", source, path),
        "validate": whole("validate", context.dseg, "validate", path),
    }


def own_reading(context, writer, path, expect):
    """The writer's own software reads what it wrote; where segments overlap dcmqi makes several volumes, which are not compared."""
    commands = {"dcmqi": context.python_peer("read_dcmqi.py", path, context.run_process), "highdicom": context.python_peer("read_highdicom.py", path)}
    return Job("read", writer, commands[writer], kind="peer", input=path, expect=expect, timeout=TIMEOUT)


def short(spread):
    """Six digits: there are thousands of figures."""
    return {key: float(f"{value:.6g}") if isinstance(value, float) else value for key, value in spread.items()}


def figures(job):
    """What a record keeps of a job."""
    found = job.record()
    kept = {key: short(found[key]) for key in ("seconds", "cpu_seconds") if key in found}
    return {**kept, **{key: found[key] for key in ("peak_bytes", "voxels", "failed") if found.get(key) is not None}}


def record_of(context, base, name, jobs, path, clock):
    """One form: its bytes, and what its jobs found. Where it could not be written, only why."""
    write = figures(jobs["write"])
    if "failed" in write:
        return {**base, "form": name, "failed": write["failed"]}
    frames = context.encoding_info(path)["frames"]
    record = {**base, "form": name, "frames": frames, "bytes": parts_of_file(path), "write": {**write, "clock": clock}}
    record.update({what: figures(job) for what, job in jobs.items() if what != "write"})
    if any(job.once for job in jobs.values()):
        record["runs_once"] = True
    return record


def voxels_of(context, case, folder, source):
    """Checksums that count as the same voxels: of what SimpleITK reads from the volume; where segments overlap, and of tiles,
    of what dseg reads from the source."""
    if not case.overlap and case.family != "slide":
        return reference_checksums(context, folder / "layer-1.nii.gz")
    printed = must([*context.our_work("labels", source), "--check"])
    return {printed["checksum"], printed["checksum_reversed"]}


def prepare(context, case, corpora, folder):
    """The case's volume, source images and metadata, and what records say of it; None where the volume is not at hand."""
    volume = volume_of(context.dseg, case, folder, corpora, context.python)
    if volume is None:
        return None
    progress(f"survey: {case.name}: source images")
    facts = must(script(context, "make_case.py", case.name, volume, folder))
    return {"case": case.name, "what": case.what, "family": case.family, "real": case.real, "overlap": case.overlap, **facts}


def pixels_of(context, source):
    info = context.encoding_info(source)
    return info["frames"] * info["geometry"]["rows"] * info["geometry"]["columns"]


def dseg_forms(context, wanted, base, folder, source, expect):
    """name: what the record of the form says, and its jobs; none where it is left out. wanted: as forms gives them."""
    found = {}
    for form in wanted:
        name, representation, codec, experimental, _, left_out = form
        about = {**base, "writer": "dseg", "representation": representation, "codec": codec, "experimental": experimental}
        if left_out:
            found[name] = {**about, "form": name, "left_out": left_out}, None
        else:
            path = folder / (name.replace("/", "-").replace(":", "-") + ".dcm")
            found[name] = about, form_jobs(context, source, path, form, expect)
    return found


def dseg_records(context, ours):
    """Of dseg_forms, once its jobs have run."""
    return [record_of(context, about, name, group, group["write"].output, "process") if group else about
            for name, (about, group) in ours.items()]  # fmt: skip


def wrong(record):
    """What a form got wrong, in words."""
    for what in ("read", "read_writer", "plane", "compare", "validate"):
        found = record.get(what, {})
        if "failed" in found or found.get("voxels") == "other":
            yield f"{record['form']} by {record['writer']}, {what}: {found.get('failed', 'other voxels')}"


def measure_case(suite, measure, context, case, corpora, budget):
    """The records that measure makes of one kind of object, and what they got wrong; what was written is removed."""
    folder = context.folder(f"{suite}-{case.name}")
    try:
        base = prepare(context, case, corpora, folder)
        if base is None:
            return {"problems": [f"{suite}: the volume of {case.name} is not at hand"]}
        records = measure(context, case, base, folder, budget)
        return {"records": records, "problems": [f"{suite}: {case.name}: {what}" for record in records for what in wrong(record)]}
    finally:
        shutil.rmtree(folder)


def survey(context, case, corpora, budget):
    """All forms of one kind of object."""
    return measure_case("survey", measure, context, case, corpora, budget)


def measure(context, case, base, folder, budget):
    repeat, patience = (1, QUICK_PATIENCE) if context.quick else (2, PATIENCE)
    peers = writers(context, case, folder)
    run_jobs(list(peers.values()), 1, 0, f"survey: {case.name} by others", patience)
    written = {writer: job.output for writer, job in peers.items() if not job.failed}
    if not written:
        raise RuntimeError("; ".join(f"{writer}: {job.failed}" for writer, job in peers.items()))
    source = next(iter(written.values()))
    base["source_bytes"] = source.stat().st_size
    expect = voxels_of(context, case, folder, source)
    of_peer = None if case.overlap or case.family == "slide" else expect
    others = {writer: {"write": peers[writer], **reading_jobs(context, writer, path, expect),
                       "read_writer": own_reading(context, writer, path, of_peer)}
              for writer, path in written.items()}  # fmt: skip
    ours = dseg_forms(context, forms(context, case.overlap, pixels_of(context, source)), base, folder, source, expect)
    jobs = [job for group in others.values() for what, job in group.items() if what != "write"]
    jobs += [job for _, group in ours.values() if group for job in group.values()]
    run_jobs(jobs, repeat, budget, f"survey: {case.name}", patience)
    records = []
    for writer, job in peers.items():
        about = {**base, "writer": writer, "representation": "binary", "codec": "explicit-le", "experimental": False}
        group = others.get(writer, {"write": job})
        records.append(record_of(context, about, NATIVE, group, job.output, "process" if writer == "dcmqi" else "save"))
    if "dcmqi" not in peers:
        records.append({**base, "writer": "dcmqi", "form": NATIVE, "left_out": "dcmqi writes no segmentations of slides"})
    return records + dseg_records(context, ours)
