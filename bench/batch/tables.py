# SPDX-License-Identifier: Apache-2.0
"""What documents say of batches: tables, targets and figures by name, of the records of suite.py."""

from figure_text import size_text, time_text, times_text, two_digits

PROGRAMS = {"dseg": "dseg batch", "highdicom": "highdicom (writes native frames)", "pydicom": "pydicom and NumPy, by hand", "dcmqi": "dcmqi bin2labelsegimage (writes native frames)"}
NOT_MEASURED = "*Not measured in these results: `sh bench/run.sh --only batch`.*"
LARGE, MIDDLE = 200e6, 20e6  # bytes of an object: what the targets call 292 MB and 45 MB
SHARE = 0.05  # of the work, which an engine may cost
WORK_SIZES = (2e6, 113e6)  # bytes of an object; the second is the mean of TotalSegmentator's results in an archive
FITTED = {"seconds": "time of all objects", "cpu_seconds": "processor time", "bytes_out": "bytes"}


def records_of(results, what):
    return [record for record in results.get("batch", []) if record["what"] == what and "failed" not in record]


def cpu(record):
    return record["cpu_seconds"]["median"]


def ms_a_mb(record):
    return 1e3 * cpu(record) / (record["bytes_in"] / 1e6)


def cases(results):
    """case: {(program, verified): record}"""
    found = {}
    for record in records_of(results, "objects"):
        found.setdefault(record["case"], {})[record["program"], record["verified"]] = record
    return found


def throughput(results):
    """Rows: a case by a program, processor time for each MB without and with verification."""
    rows = []
    for case, found in cases(results).items():
        ours = {verified: found.get(("dseg", verified)) for verified in (False, True)}
        for program, words in PROGRAMS.items():
            of_program = [found.get((program, verified)) for verified in (False, True)]
            if not any(of_program):
                continue
            one = next(record for record in of_program if record)
            cells = []
            for verified, record in zip((False, True), of_program):
                cells += [time_text(cpu(record)), two_digits(ms_a_mb(record)),
                          times_text(cpu(record) / cpu(ours[verified])) if ours[verified] and program != "dseg" else ""] if record else ["", "", ""]  # fmt: skip
            peak = max(record["peak_bytes"] for record in of_program if record)
            rows.append([case, size_text(one["bytes_in"]), words, *cells, size_text(peak), size_text(one.get("bytes_out", 0))])
    return rows


THROUGHPUT_HEAD = ["objects", "bytes", "program", "processor time", "ms an MB", "times dseg", "with verification", "ms an MB", "times dseg", "peak memory", "written"]


def growth(results):
    rows = []
    for record in sorted(records_of(results, "growth"), key=lambda record: record["objects"]):
        rows.append([f"{record['objects']:,}", size_text(record["bytes_in"]), time_text(record["cpu_seconds"]), time_text(record["cpu_seconds"] / record["objects"]),
                     time_text(record["seconds"]), size_text(record["peak_bytes"])])  # fmt: skip
    return rows


GROWTH_HEAD = ["objects", "bytes", "processor time", "an object", "time", "peak memory of a process"]


def together(results):
    return [[record["case"], f"{record['objects']}", f"{record['jobs']}", time_text(record["seconds"]["median"]), time_text(cpu(record)), size_text(record["peak_bytes"])]
            for record in records_of(results, "together")]  # fmt: skip


TOGETHER_HEAD = ["object", "copies", "at once", "time", "processor time", "memory of each"]


def estimates(results):
    rows = []
    for record in records_of(results, "estimate"):
        for what, words in FITTED.items():
            of = record["of"][what]
            text = size_text if what == "bytes_out" else time_text
            rows.append([words, f"{record['predicted_from']}", text(of["predicted"]["middle"]), f"{text(of['predicted']['low'])} to {text(of['predicted']['high'])}",
                         f"{record['measured_on']:,}", text(of["measured"]), f"{100 * of['error']:+.1f} %"])  # fmt: skip
    return rows


ESTIMATE_HEAD = ["of", "pilot's objects", "predicted", "range", "objects", "measured", "error"]


def work_of(results, size):
    """Processor seconds of an object of so many bytes, with verification: between the cases that were measured, as a line."""
    points = sorted((record["bytes_in"] / record["objects"], cpu(record) / record["objects"])
                    for found in cases(results).values() if (record := found.get(("dseg", True))))  # fmt: skip
    pairs = list(zip(points, points[1:]))
    if not pairs:
        return None
    (x0, y0), (x1, y1) = next((pair for pair in pairs if pair[1][0] >= size), pairs[-1])
    return y0 + (y1 - y0) * (size - x0) / (x1 - x0) if x1 > x0 else y0


def engines(results):
    rows = []
    for record in records_of(results, "engine"):
        counts = []
        for size in WORK_SIZES:
            work = work_of(results, size)
            counts.append(f"{max(record['cpu_seconds_a_job'], 0) / (SHARE * work):,.0f}" if work else "")
        rows.append([{"local": "Snakemake, this machine", "slurm": "Snakemake, Slurm of one node"}[record["engine"]], time_text(max(record["cpu_seconds_a_run"], 0)), time_text(max(record["cpu_seconds_a_job"], 0)), *counts])
    return rows


ENGINE_HEAD = ["engine", "a run with one job, beside the work", "more for each job", *(f"objects of {size_text(size)} a job that make it {100 * SHARE:.0f} %" for size in WORK_SIZES)]


def measured_targets(results):
    """Text, value as text, and whether it was reached."""
    for case, found in cases(results).items():
        verified, plain = found.get(("dseg", True)), found.get(("dseg", False))
        size = next(record["bytes_in"] / record["objects"] for record in found.values())
        if verified and size >= MIDDLE:
            wanted = 4 if size >= LARGE else 8
            value = ms_a_mb(verified)
            yield f"{case}, {size_text(size)}: at most {wanted} ms of processor time an MB with verification", f"{two_digits(value)} ms", value <= wanted
        for words, ours, verify, wanted in (("the fastest peer without verification", plain, False, 5), ("the fastest peer that verifies", verified, True, 10)):
            peers = [cpu(record) for (program, checks), record in found.items() if program != "dseg" and checks == verify]
            if ours and peers:
                value = min(peers) / cpu(ours)
                yield f"{case}: {wanted} times as fast as {words}", times_text(value), value >= wanted
        dcmqi = found.get(("dcmqi", False))
        if plain and dcmqi:
            value = cpu(dcmqi) / cpu(plain)
            yield f"{case}: 100 times as fast as dcmqi, without verification, which that has not", times_text(value), value >= 100
    grown = sorted(records_of(results, "growth"), key=lambda record: record["objects"])
    if len(grown) > 1:
        value = grown[-1]["cpu_seconds"] / grown[-1]["objects"] / (grown[0]["cpu_seconds"] / grown[0]["objects"])
        yield f"{grown[-1]['objects']:,} objects: linear, at most 1.2 times as much an object as of {grown[0]['objects']:,}", f"{value:.2f} times", value <= 1.2
    for record in records_of(results, "estimate"):
        for what, words in FITTED.items():
            error = record["of"][what]["error"]
            yield f"{record['measured_on']:,} objects predicted from {record['predicted_from']}, {words}: within 20 %", f"{100 * error:+.1f} %", abs(error) <= 0.2


def targets(results):
    return [[words, value, "reached" if reached else "**missed**"] for words, value, reached in measured_targets(results)]


TARGET_HEAD = ["target", "measured", ""]
TABLES = {"throughput": (THROUGHPUT_HEAD, throughput, 3), "growth": (GROWTH_HEAD, growth, 0), "together": (TOGETHER_HEAD, together, 1),
          "estimates": (ESTIMATE_HEAD, estimates, 1), "engines": (ENGINE_HEAD, engines, 1), "targets": (TARGET_HEAD, targets, 3)}  # fmt: skip


def table(name, results, markdown):
    """A block of a document. Without results it says how to get them."""
    head, rows_of, text_columns = TABLES[name]
    rows = rows_of(results)
    return markdown(head, rows, text_columns) if rows else NOT_MEASURED


def values(results):
    """Figures by name."""
    for case, found in cases(results).items():
        for (program, verified), record in found.items():
            name = f"batch: {case}, {program}{', verified' if verified else ''}"
            yield f"{name}: processor time", time_text(cpu(record))
            yield f"{name}: ms an MB", two_digits(ms_a_mb(record))
            yield f"{name}: memory", size_text(record["peak_bytes"])
    for record in records_of(results, "growth"):
        yield f"batch: {record['objects']:,} objects: processor time an object", time_text(record["cpu_seconds"] / record["objects"])
    for record in records_of(results, "engine"):
        yield f"batch: {record['engine']}: processor time a job", time_text(max(record["cpu_seconds_a_job"], 0))
    for record in records_of(results, "estimate"):
        for what, words in FITTED.items():
            yield f"batch: estimate of {words}: error", f"{100 * record['of'][what]['error']:+.1f} %"


TITLES = {"throughput": "BINARY to LABELMAP with Deflated Image Frame, whole processes, the start of program and interpreter included.",
          "growth": "More and more objects, with verification, by all processors.", "together": "Copies of one object, with verification.",
          "estimates": "An estimate from a pilot, and what was measured.", "engines": "What a job costs beside its work.",
          "targets": "What was to be reached."}  # fmt: skip


def measurements(results, markdown):
    """Lines of docs/measurements.md."""
    if not results.get("batch"):
        return []
    lines = ["", "## Batch", "", "Part of the run: `sh bench/run.sh --only batch`."]
    for name, title in TITLES.items():
        if TABLES[name][1](results):
            lines += ["", title, "", table(name, results, markdown)]
    commands = dict.fromkeys(record["command"] for record in results["batch"] if record.get("command") and len(record["command"]) < 600)
    return lines + ["", *(f"    {command}" for command in commands)]
