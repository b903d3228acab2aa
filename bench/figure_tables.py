# SPDX-License-Identifier: Apache-2.0
"""The tables of README.md, docs/findings.md, docs/measurements.md and the evidence of Label Edge, as Markdown."""

import csv
from pathlib import Path

import damage
import label_edge
import together
from batch import tables as batch_tables
from figure_text import machine_of, machine_text, machines_text, size_text, time_text, times_text, two_digits
from figure_values import BEFORE, CASE, COLD, NODE, PARTS, PHASES, PYTHON, READ, STATISTICS, median, part_suite, ratios, speed
from survey.tables import archive_part, findings_archive, findings_headers, findings_mixed, paper_kinds, survey_part
from survey.values import is_busy
from turns import START, TURNS, share


def markdown(head, rows, text_columns=1):
    if not rows:
        raise ValueError("nothing of it was measured")
    ruler = ["---" if index < text_columns or name in ("command", "voxels") else "--:" for index, name in enumerate(head)]
    lines = ["| " + " | ".join(head) + " |", "|" + "|".join(ruler) + "|"]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


SIZES = Path(__file__).resolve().parent / "sizes.csv"
# The forms of the headline in words.
FORMS = {"LABELMAP": "LABELMAP, native", "LABELMAP/deflated-frame": "LABELMAP, Deflated Image Frame", "LABELMAP/jpeg-ls": "LABELMAP, JPEG-LS",
         "LABELMAP/zstd": "LABELMAP, Zstandard (proposal)", "LABELMAP/label-edge": "LABELMAP, Label Edge (proposal)"}  # fmt: skip
README_ENCODINGS = [*(f"labelmap/{codec}" for codec in ("explicit-le", "rle", "jpeg-ls", "deflated-frame", "deflated", "jpeg-xl", "jpeg2000",
                      "zstd", "label-edge")), *(f"binary/{codec}" for codec in ("explicit-le", "rle", "deflated-frame", "label-edge"))]  # fmt: skip
FINDINGS_ENCODINGS = {"binary/explicit-le": "BINARY, native", "labelmap/explicit-le": "LABELMAP, native",
                      "binary/deflated-frame": "BINARY, Deflated Image Frame", "labelmap/jpeg-ls": "LABELMAP, JPEG-LS",
                      "labelmap/deflated-frame": "LABELMAP, Deflated Image Frame", "labelmap/deflated": "LABELMAP, deflated data set"}  # fmt: skip
FINDINGS_CODECS = {"memcpy": "none (memcpy)", "rle": "RLE", "jpeg-ls": "JPEG-LS", "deflated-frame": "Deflated Image Frame, level 6",
                   "deflated-frame:level=12": "Deflated Image Frame, level 12", "gzip-6 volume, libdeflate": "*nii.gz: one gzip stream, libdeflate*",
                   "gzip-6 volume, zlib": "*nii.gz: one gzip stream, zlib*", "jpeg-xl:effort=9": "JPEG XL, effort 9",
                   "JPEG XL 0.11, effort 9": "*JPEG XL, effort 9, by libjxl 0.11*", "WebP lossless": "*WebP, lossless*",
                   "OpenZL, level 19": "*OpenZL, level 19*",
                   "zstd": "zstd, level 19 (proposal)",
                   "zstd, frame before": "*zstd, level 19, with the frame before as prefix, in chains of 16*", "crackle": "*crackle*", "crackle + zstd-19": "*crackle with zstd-19 behind it*",
                   "crackle, order 5 + zstd-19": "*crackle of order 5 with zstd-19 behind it*",
                   "label-edge": "Label Edge (proposal)", "label-edge:same=1": "Label Edge, repeated frames (proposal)",
                   "label-edge-predicted": "Label Edge, predicted (proposal)"}  # fmt: skip


def form_of(record):
    return FORMS.get(record["form"], record["form"])


def readme_encodings(results):
    rows = []
    for name in README_ENCODINGS:
        r = results.encoding(CASE, name)
        if r:
            cell = lambda what: two_digits_seconds(median(r[what])) if "seconds" in r.get(what, {}) else ""
            rows.append([f"`{name}`" + (" (proposal)" if r["experimental"] else ""), f"{r['bytes']['file']:,}", cell("write"), cell("labels")])
    itk = results.headline(READ, "SimpleITK", "nii.gz")
    if itk:
        rows.append(["*SimpleITK reads the nii.gz*", "", "", f"*{two_digits_seconds(median(itk))}*"])
    for form in ("BINARY", "LABELMAP"):
        highdicom = results.headline(READ, "highdicom", form)
        if highdicom:
            rows.append([f"*highdicom reads `{form.lower()}/explicit-le`*", "", "", f"*{two_digits_seconds(median(highdicom))}*"])
    return markdown(["encoding", "bytes", "write, s", "read, s"], rows)


def two_digits_seconds(seconds):
    return f"{seconds:.3f}" if seconds < 0.0995 else f"{seconds:.2f}" if seconds < 0.995 else f"{seconds:.1f}"


def findings_read(results):
    records = sorted((r for r in results.all["headline"] if r["group"] == READ and "seconds" in r and r["name"] != "dseg, 1 thread"),
                     key=lambda r: (r["kind"] == "limit", median(r)))  # fmt: skip
    rows = []
    for r in records:
        one = results.headline(READ, "dseg, 1 thread", r["form"]) if r["name"] == "dseg" else None
        name = f"*limit:* {r['name'].replace(': the limit', '')}" if r["kind"] == "limit" else r["name"]
        rows.append([name, form_of(r), size_text(r["input_bytes"]), time_text(median(r)) + (f" (1 thread: {time_text(median(one))})" if one else ""),
                     "" if r["kind"] == "limit" else size_text(r["peak_bytes"]),
                     {"same": "", "other": "**others**"}.get(r.get("voxels") or "", "")])  # fmt: skip
    if not rows:
        raise ValueError("nothing of it was measured")
    failed = [f"{r['name']} ({form_of(r)}): {r['failed']}" for r in results.all["headline"] if r["group"] == READ and "failed" in r]
    shown = [row[:5] for row in rows] if all(row[5] == "" for row in rows) else rows
    table = markdown(["program", "form", "file", "time", "peak memory", "voxels"][: len(shown[0])], shown, 2)
    versions = sorted({f"{r['name']} {r['version']}" for r in records if r["kind"] == "peer" and r.get("version")})
    return (table + ("\n\nVersions: " + ", ".join(versions) + "." if versions else "") +
            ("\n\nCould not: " + "; ".join(failed) + "." if failed else ""))  # fmt: skip


def findings_node(results):
    """The JavaScript libraries in one node: CPU time, for node compiles and collects garbage in threads of its own."""
    rows = []
    for form in ("BINARY", "LABELMAP"):
        ours = results.headline(NODE, "dseg in node", form)
        for name in ("dseg in node", "dcmjs", "cornerstone3D adapters"):
            r = results.headline(NODE, name, form)
            if r and ours:
                rows.append([f"{name} {r['version']}", form_of(r), time_text(median(r)), size_text(r["peak_bytes"]), times_text(median(r) / median(ours))])
    return markdown(["program", "form", "CPU time", "peak memory", "times dseg's"], rows, 2)


def findings_python(results):
    """The Python package beside the library in C, with the same options, and the libraries of others."""
    rows = []
    for form in ("BINARY", "LABELMAP", "nii.gz"):
        c = results.headline(PYTHON, "dseg in C", form)
        for name in ("dseg in C", "dseg in Python", "highdicom", "SimpleITK", "nibabel"):
            r = results.headline(PYTHON, name, form)
            if r and c:
                ratio = median(r) / median(c)
                rows.append([f"{name} {r['version']}", form_of(r), time_text(median(r)), size_text(r["peak_bytes"]),
                             f"{ratio:.2f}" if ratio < 2 else times_text(ratio)])  # fmt: skip
    return markdown(["program", "form", "CPU time", "peak memory", "times C's"], rows, 2)


def findings_phases(results):
    total = results.headline(PHASES, "all of it")
    rows = []
    for name, word in (("open: functional groups to the frame table", "open: functional groups to the frame table"),
                       ("the label map's memory, touched once", "first touch of the label map's memory: `malloc` and `memset` alone"),
                       ("pixel data copied from the page cache", "pixel data copied from the page cache, nothing else"),
                       ("reading into memory that is there: copy, unpack, paint", "copied, unpacked and painted, into memory that is there"),
                       ("all of it", "all of it, one thread")):  # fmt: skip
        r = results.headline(PHASES, name)
        if r and total:
            rows.append([word, time_text(median(r)), f"{100 * median(r) / median(total):.0f} %"])
    both = results.headline(READ, "dseg", "BINARY")
    if both and total:
        rows.append(["all of it, all processors", time_text(median(both)), f"{100 * median(both) / median(total):.0f} %"])
    return markdown(["part", "time", "of all"], rows)


def findings_encodings(results):
    rows = []
    for name, word in FINDINGS_ENCODINGS.items():
        r = results.encoding(CASE, name)
        if r:
            size = r["bytes"]
            share = 100 * size["per_frame_functional_groups"] / sum(size[k] for k in ("pixel_data", "per_frame_functional_groups", "other"))
            cell = lambda what: time_text(median(r[what])) if "seconds" in r.get(what, {}) else ""
            rows.append([word, f"{size['file']:,}", f"{share:.1f} %", cell("write"), cell("labels"), cell("open"), cell("plane"), cell("segment")])
    return markdown(["encoding", "bytes", "of it per-frame groups", "write", "read all", "open", "then one plane", "one segment"], rows)


def findings_codecs(results):
    rows = []
    for codec, word in FINDINGS_CODECS.items():
        cells = []
        for corpus in (CASE, BEFORE):
            r = results.frames(corpus, codec)
            all_of_it = codec.startswith("gzip") or not (r or {}).get("random_access", True)
            cells += ["", "", ""] if r is None else [
                f"{r['bytes']:,}", two_digits(speed(r)),
                time_text(median(r, "random_frame_seconds")) + (": all" if all_of_it else "")]  # fmt: skip
        if any(cells):
            rows.append([word, *cells])
    return markdown(["frame codec", "bytes", "decode", "random frame", "bytes before", "decode", "random frame"], rows)


def run_text(results):
    """When it was measured, and of which commits: parts may be of several runs."""
    r = results.all
    by_commit = {}
    for one in r["parts"]:
        by_commit.setdefault(one.get("commit", r["commit"]), {})[part_suite(one)] = None
    newest = r["commit"] if r["commit"] in by_commit else next(iter(by_commit))
    others = "".join(f"; {', '.join(suites)}: {commit}" for commit, suites in by_commit.items() if commit != newest)
    days = sorted(one.get("date", r["date"])[:10] for one in r["parts"])
    when = days[0] if days[0] == days[-1] else f"{days[0]} to {days[-1]}"
    minutes = sum(one.get("seconds", 0) for one in r["parts"]) / 60
    return f"`sh bench/run.sh`, {when}, {minutes:.0f} minutes, commit {newest}{others}"


def findings_run(results):
    timed = [one for one in results.all["parts"] if part_suite(one) not in ("damage", "archive")]  # these take no times
    quiet = [one.get("load", 0) for one in timed if not is_busy(one)]
    busy = {}
    for one in timed:
        if is_busy(one):
            busy.setdefault(part_suite(one), []).append(one["load"])
    beside = "".join(f"; {suite}: other work ran beside {len(loads)} parts (load {min(loads):.1f} to {max(loads):.1f})" for suite, loads in busy.items())
    return (f"All figures are from {run_text(results)}. Machine: {machines_text(results.all)}; load before each part at most "
            f"{max(quiet, default=0):.2f}{beside}.")  # fmt: skip


def in_browser(results):
    """volume: the record of each decoder."""
    by_corpus = {}
    for record in results.all.get("browser", []):
        by_corpus.setdefault(record["corpus"], {})[record["decoder"]] = record
    return by_corpus


def evidence_browser_targets(results):
    """What was to be reached in JavaScript, into one volume, and where it was."""
    said = []
    for other, what, wanted in (("fzstd", "At least 4 times as fast as fzstd on frames of zstd -19", 4), ("pako", "Faster than pako on Deflated Image Frame", 1)):
        times = {corpus: found["label-edge.js"]["volume"]["mbps"] / found[other]["volume"]["mbps"] for corpus, found in in_browser(results).items()}
        reached = [corpus for corpus, value in times.items() if value >= wanted]
        rest = [value for value in times.values() if value < wanted]
        span = lambda values: f"{min(values):.1f} to {max(values):.1f}"
        text = f"{what}: reached on " + (f"all {len(times)}, {span(times.values())}" if not rest else ", ".join(reached) or "none")
        said.append(text + (f"; **missed** on the {len(rest)} others, {span(rest)}" if rest else "") + ".")
    return " ".join(said)


def evidence_browser(results):
    """Label Edge's decoder for browsers beside those of zstd and of deflate: MB/s of pixels, medians, and how many times as fast."""
    rows = []
    for corpus, found in in_browser(results).items():
        row = [corpus]
        for way in ("volume", "arrays"):
            speeds = [found[name][way]["mbps"] for name in ("label-edge.js", "fzstd", "pako")]
            row += [*(f"{value:.0f}" for value in speeds), *(f"{speeds[0] / other:.1f}" for other in speeds[1:])]
        rows.append(row)
    head = ["label-edge.js", "fzstd", "pako", "times fzstd", "times pako"]
    return markdown(["volume", *head, *(f"arrays: {name}" for name in head)], rows)


def evidence_objects(_):
    """What a smaller frame is worth where functional groups are counted, too: of sizes.csv, which sizes.py makes."""
    with open(SIZES) as file:
        sizes = {(r["volume"], r["encoding"]): (int(r["pixel_data_bytes"]), int(r["per_frame_bytes"])) for r in csv.DictReader(file)}
    rows = []
    for volume in dict.fromkeys(volume for volume, _ in sizes):
        for representation in ("labelmap", "binary"):
            pairs = [sizes.get((volume, f"{representation}/{codec}")) for codec in ("label-edge", "label-edge-predicted")]
            if all(pairs):
                (alone, groups), (predicted, _) = pairs
                saved = alone - predicted
                rows.append([volume, representation.upper(), f"{alone:,}", f"{predicted:,}", f"{groups:,}", f"{100 * saved / alone:.0f} %",
                             f"{100 * saved / (alone + groups):.0f} %"])  # fmt: skip
    head = ["pixel data, alone", "predicted", "per-frame groups", "prediction saves of pixel data", "of both"]
    return markdown(["volume", "representation", *head], rows, 2)


def evidence_run(results):
    r = results.all
    name = lambda one: one["library"] if not one["library"][0].isdigit() else f"{one['codec'].split(':')[0]} {one['library']}"
    libraries = sorted({name(one) for one in r["frames"] if one.get("library")})
    return (f"{run_text(results)}. Machine: {machines_text(results.all)}. {r['libraries'].splitlines()[-1]}; "
            f"frame codecs: {', '.join(libraries)}. Volumes have the names that they have in `bench/corpora.json`.")  # fmt: skip


def spread_cell(seconds):
    return f"{time_text(seconds['min'])} to {time_text(seconds['max'])}, {seconds['n']} runs" if seconds["n"] > 1 else "1 run"


def measurements(results):
    """docs/measurements.md: every figure, with the command that makes it."""
    r = results.all
    lines = ["# Measurements", "", f"What was found by {run_text(results)}; "
             "[findings.md](findings.md) says what it means. Made by `bench/figures.py`; all of it, and the other volumes, is in "
             "[bench/results.json](../bench/results.json). Paths are from the top of the project; files in `build` are made by the run, "
             "and each command can be given again alone after it. Threads 0: all processors.", "",
             f"Machine: {machines_text(results.all)}; {r['machine']['system']}; governor {r['machine']['governor']}.", "",
             r["libraries"].replace("\n", "; ") + ".", "",
             markdown(["part of the run", "began", "seconds", "load before", "processor"],
                      [[p["part"], p.get("date", ""), str(p.get("seconds", "failed")), str(p.get("load", "")), machine_of(p, r)["processor"]]
                       for p in r["parts"]], 2)]  # fmt: skip
    titles = {READ: "Read", NODE: "Node", PYTHON: "Python", COLD: "Cold", "Write": "Write", PARTS: "Part", STATISTICS: "Statistics", PHASES: "Phase"}
    for group, title in titles.items():
        rows = []
        for one in (one for one in r["headline"] if one["group"] == group):
            name = [one["name"], one.get("form") or "", one.get("version") or ""]
            result = [one["failed"], "", ""] if "failed" in one else [time_text(median(one)), spread_cell(one["seconds"]), size_text(one["peak_bytes"])]
            voxels = {"same": "same", "other": "**others**"}.get(one.get("voxels") or "", "")
            rows.append([*name, *result, voxels, f"`{one['command']}`"])
        if rows:
            lines += ["", f"## {title}", "", f"{group}. Part of the run: `sh bench/run.sh --only headline`.", "",
                      markdown(["program", "form", "version", "median", "spread", "peak memory", "voxels", "command"], rows, 3)]  # fmt: skip
    lines += turns_part(r) + growth_part(r) + encodings_part(r) + frames_part(r) + damage_part(r) + together_part(r) + batch_tables.measurements(r, markdown) + survey_part(r) + archive_part(r)
    if list(ratios(results)):
        lines += ["", "## Ratios", "", "Made of the figures above, for the sentences of findings.md (`bench/figure_values.py` says how).", "",
                  markdown(["what", "value"], [[name, value] for name, value in ratios(results)])]  # fmt: skip
    return "\n".join(lines) + "\n"


def turns_part(r):
    """This build beside the one with libc alone and an older one: medians, and how many times this one's they are."""
    lines = []
    part = next((one for one in r["parts"] if one["part"].startswith("turns")), {})
    machine = f" Machine: {machine_text(machine_of(part, r))}." if part else ""
    for group in (START, TURNS):
        records = [one for one in r.get("turns", []) if one["group"] == group]
        by_name = {(one["name"], one["form"]): one for one in records}
        rows = []
        for one in records:
            ratio = share(one, by_name)
            cells = [one["failed"], "", ""] if "failed" in one else [time_text(median(one)), spread_cell(one["seconds"]), f"{ratio:.2f}" if ratio else ""]
            rows.append([one["form"], one["name"], *cells, f"`{one['command']}`"])
        if rows:
            rows.sort(key=lambda row: [one["form"] for one in records].index(row[0]))
            lines += ["", f"## {'Start' if group == START else 'Turns'}", "", f"{group}. Part of the run: `sh bench/run.sh --before COMMIT --only turns`.{machine}", "",
                      markdown(["of", "program", "median", "spread", "of this build's", "command"], rows, 2)]  # fmt: skip
    return lines


def growth_part(r):
    rows = [[one["name"], f"{one['value']:,} {one['axis']}", *([one["failed"], "", ""] if "failed" in one else [
        time_text(median(one)), spread_cell(one["seconds"]), size_text(one["peak_bytes"])]), f"`{one['command']}`"] for one in r["growth"]]  # fmt: skip
    if not rows:
        return []
    return ["", "## Growth", "", "BINARY objects of 64 x 64 pixels a frame, made by `bench/make_frames`: up to 100,000 frames of 100 segments, "
            "and 10,000 frames of up to 1,000 segments; small frames have 16 x 16 pixels and are in memory. A presence map is that of a "
            "test plug-in (`tests/plugin/presence.c`), not of a proposal. Part of the run: `sh bench/run.sh --only growth`.", "",
            markdown(["program", "of", "median", "spread", "peak memory", "command"], rows, 2)]  # fmt: skip


def encodings_part(r):
    what = ("write", "write_1", "open", "labels", "labels_1", "plane", "segment")
    rows = []
    for one in (one for one in r["encodings"] if one["corpus"] == CASE):
        name = f"{one['representation']}/{one['codec']}"
        if "failed" in one:
            rows.append([name, one["failed"]] + [""] * 10)
            continue
        size = one["bytes"]
        times = [time_text(median(one[w])) if "seconds" in one.get(w, {}) else one.get(w, {}).get("failed", "") for w in what]
        rows.append([name, *(f"{size[k]:,}" for k in ("file", "pixel_data", "per_frame_functional_groups")), *times,
                     size_text(one["labels"]["peak_bytes"]) if "peak_bytes" in one.get("labels", {}) else ""])  # fmt: skip
    if not rows:
        return []
    return ["", "## Encodings", "", f"{CASE}, every encoding of the registry. Part of the run: `sh bench/run.sh --only encodings`. One alone: "
            "`build/bench-release/bench/work write VOLUME FILE REPRESENTATION CODEC`, then `work open|labels|plane|segment FILE`, with `--threads 1` "
            "for the columns of one thread. Bytes: `dseg info FILE`.", "",
            markdown(["encoding", "file bytes", "pixel data", "per-frame groups", "write", "1 thread", "open", "read all", "1 thread", "a plane",
                      "a segment", "peak memory"], rows)]  # fmt: skip


def frames_part(r):
    lines = []
    for corpus in (CASE, BEFORE):
        for representation in ("labelmap", "binary"):
            chosen = [one for one in r["frames"] if one["corpus"] == corpus and one["representation"] == representation]
            rows = []
            for one in sorted(chosen, key=lambda one: one.get("bytes", 0)):
                if "error" in one:
                    rows.append([one["codec"], one.get("library", ""), one["error"], "", "", ""])
                    continue
                rows.append([one["codec"], one.get("library", ""), f"{one['bytes']:,}",
                             two_digits(speed(one, "encode_seconds")), two_digits(speed(one)), time_text(median(one, "random_frame_seconds"))])  # fmt: skip
            if rows:
                lines += ["", f"{corpus}, {representation}, {chosen[0]['raw_bytes']:,} bytes of pixels in {chosen[0]['frames']:,} frames:", "",
                          *(f"    {command}" for command in dict.fromkeys(one.get("command", "") for one in chosen)), "",
                          markdown(["codec", "library", "bytes", "encode, MB/s", "decode, MB/s", "random frame"], rows, 2)]  # fmt: skip
    if not lines:
        return []
    return ["", "## Frames", "", "The frame codecs alone, one thread. Part of the run: `sh bench/run.sh --only frames`. "
            "All volumes: [results.csv](../proposals/label-edge/results.csv).", *lines]  # fmt: skip


def findings_damage(results):
    return markdown(*damage.rows(results.all))


def damage_part(r):
    if not r.get("damage"):
        return []
    return ["", "## Damage", "", "Frames with one wrong bit: percent of them that are decoded to other pixels in silence. Part of the run: "
            "`sh bench/run.sh --only damage`; counts are in bench/results.json.", "", *(f"    {command}" for command in damage.commands(r)), "",
            markdown(*damage.rows(r))]  # fmt: skip


# Blocks between markers, by name.
def together_part(r):
    rows = together.table(r)
    if not rows:
        return []
    return ["", "## Together", "", "One segmentation with overlap and references to its images, as highdicom writes it, and as dseg converts that to each form. "
            "Part of the run: `sh bench/run.sh --only together`.", "", markdown(together.HEAD, rows)]  # fmt: skip


BLOCKS = {
    "readme-encodings": readme_encodings,
    "findings-run": findings_run,
    "findings-archive": lambda results: findings_archive(results.all),
    "findings-mixed": lambda results: findings_mixed(results.all),
    "findings-headers": lambda results: findings_headers(results.all),
    "findings-read": findings_read,
    "findings-node": findings_node,
    "findings-python": findings_python,
    "findings-phases": findings_phases,
    "findings-encodings": findings_encodings,
    "findings-codecs": findings_codecs,
    "findings-damage": findings_damage,
    "findings-together": lambda results: markdown(together.HEAD, together.table(results.all)),
    **{f"batch-{name}": lambda results, name=name: batch_tables.table(name, results.all, markdown) for name in batch_tables.TABLES},
    "paper-kinds": lambda results: paper_kinds(results.all),
    "evidence-run": evidence_run,
    "evidence-browser": evidence_browser,
    "evidence-browser-targets": evidence_browser_targets,
    "evidence-objects": evidence_objects,
    "evidence-targets": lambda results: label_edge.targets(results.all),
    "evidence-losses": lambda results: label_edge.losses(results.all),
    "evidence-results": lambda results: label_edge.result_tables(results.all),
}
