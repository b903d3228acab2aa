# SPDX-License-Identifier: Apache-2.0
"""The report's part on one case, in every form: read, written, where its bytes go, and all figures of it."""

from bars import (
    Linear,
    Logarithmic,
    bar,
    chart,
    escape,
    figure,
    head,
    heading,
    legend,
    number,
    row,
    scale,
    short_bytes,
    short_time,
    stacked,
    stick,
    table,
    track,
)
from figure_values import READ, median
from report_archive import form_words

KINDS = {"ours": "dseg", "peer": "other programs", "limit": "limit: what any reader needs"}
PARTS = {"pixel_data": ("pixels", "pixel data"), "per_frame_functional_groups": ("groups", "per-frame functional groups"), "other": ("rest", "the rest")}


def spread_text(seconds):
    if seconds["n"] < 2:
        return "1 run"
    return f"{short_time(seconds['min'])} to {short_time(seconds['max'])}, {seconds['n']} runs"


def voxels_cell(record):
    if record.get("voxels") == "same":
        return "same"
    return '<span class=bad>OTHER</span>' if record.get("voxels") == "other" else ""


def find(records, **wanted):
    return next((r for r in records if all(r.get(key) == value for key, value in wanted.items()) and "seconds" in r), None)


def tile_list(made):
    return "<div class=tiles>" + "".join(f"<div class=tile><b>{escape(b)}</b>{escape(t)}</div>" for b, t in made) + "</div>"


def tiles(results):
    """What a person would look at first."""
    records = results["headline"]
    read = lambda name, form: find(records, group=READ, name=name, form=form)
    ours, itk, highdicom = read("dseg", "BINARY"), read("SimpleITK", "nii.gz"), read("highdicom", "BINARY")
    made = []
    if ours and itk and highdicom:
        made.append((short_time(median(ours)), f"dseg reads the BINARY object of {short_bytes(ours['input_bytes'])} into a label "
                     f"map: {median(highdicom) / median(ours):.0f} times faster than highdicom, {median(itk) / median(ours):.1f} "
                     "times as fast as SimpleITK reads the same labels from nii.gz"))  # fmt: skip
        made.append((short_bytes(ours["peak_bytes"]), f"peak memory for that; highdicom {short_bytes(highdicom['peak_bytes'])}, "
                     f"SimpleITK {short_bytes(itk['peak_bytes'])}"))  # fmt: skip
    small = read("dseg", "LABELMAP/deflated-frame")
    if small and itk:
        made.append((short_bytes(small["input_bytes"]), f"the same voxels as LABELMAP with Deflated Image Frame, a standard "
                     f"encoding; nii.gz has {short_bytes(itk['input_bytes'])}. Read in {short_time(median(small))}"))  # fmt: skip
    proposal = read("dseg", "LABELMAP/label-edge")
    if proposal and itk:
        made.append((short_bytes(proposal["input_bytes"]), "with the frame codec that the project proposes (label-edge). "
                     f"Read in {short_time(median(proposal))}"))  # fmt: skip
    return tile_list(made)


def headline_title(records, corpus):
    ours, itk = find(records, name="dseg", form="BINARY"), find(records, name="SimpleITK", form="nii.gz")
    others = [median(r) for r in records if r["kind"] == "peer" and r.get("form") == "BINARY" and r.get("voxels") != "other"]
    if not ours or not others or not itk:
        return f"One case, in every form: {corpus}"
    return (f"One case ({corpus}): dseg reads a BINARY object {min(others) / median(ours):.0f} to {max(others) / median(ours):.0f} times as fast as other "
            f"programs do, and {median(itk) / median(ours):.1f} times as fast as SimpleITK reads the same from nii.gz")  # fmt: skip


def read_picture(done):
    """Time and memory side by side, the fastest on top."""
    times = [value for r in done for value in (r["seconds"]["min"], r["seconds"]["max"], median(r)) if value > 0]
    axis = Logarithmic(min(times), max(times), lambda value: short_time(value).replace(".0 ", " "), 1.5)
    peaks = [r["peak_bytes"] for r in done if r.get("peak_bytes")]
    memory = Logarithmic(min(peaks), max(peaks), short_bytes, 1.5) if peaks else None
    rows = [head(("time (log)", "", "peak memory of the process (log)", ""), (0, 2))]
    for r in done:
        seconds = r["seconds"]
        marks = [bar(axis, 10**axis.low, median(r), r["kind"], spread_text(seconds))]
        marks += [stick(axis, seconds["min"], seconds["max"], spread_text(seconds))] if seconds["n"] > 1 else []
        cells = [track(axis, marks), number(short_time(median(r)))]
        if memory and r.get("peak_bytes"):
            cells += [track(memory, [bar(memory, 10**memory.low, r["peak_bytes"], r["kind"], "")]), number(short_bytes(r["peak_bytes"]), soft=True)]
        rows.append(row(f"{escape(r['name'])} <small>{escape(r['form'])}</small>", cells, r["kind"]))
    rows.append(row("", [scale(axis), number(""), scale(memory) if memory else "", number("")], "axis"))
    kinds = {kind: words for kind, words in KINDS.items() if any(r["kind"] == kind for r in done)}
    return legend({**kinds, "range": "fastest to slowest run"}) + chart("read", rows)


def headline_section(results):
    records = [r for r in results["headline"] if r["group"] == READ]
    if not records:
        return ""
    done = sorted((r for r in records if "seconds" in r), key=median)
    cells = [[escape(r["name"]), escape(r["form"]), escape(r.get("version") or ""), short_bytes(r["input_bytes"]), short_time(median(r)),
              spread_text(r["seconds"]), short_bytes(r["peak_bytes"]) if r.get("peak_bytes") else "", voxels_cell(r)] for r in done]  # fmt: skip
    corpus = records[0].get("corpus", "")
    failed = [r for r in records if "failed" in r]
    title = headline_title(done, corpus)
    lines = [heading("headline", title), tiles(results),
             figure(read_picture(done), "Source: headline. Reading a whole segmentation into one label map in memory, from a warm page cache, each "
                    "run in a new process. The time is that of the work alone, without starting the program. Thin lines: fastest to "
                    "slowest run. BINARY and LABELMAP objects without a name behind them were written by highdicom.", title) if done else "",
             "<details><summary>The same in figures</summary>" + table(
                 ["program", "form", "version", "file", "median", "spread", "peak memory", "voxels"], cells, 3, [r["kind"] for r in done]) + "</details>"]  # fmt: skip
    if failed:
        lines.append("<p>Could not: " + "; ".join(f"{escape(r['name'])} ({escape(r['form'])}): <code>{escape(r['failed'])}</code>" for r in failed) + ".</p>")
    return "\n".join(lines)


def other_headline_tables(results):
    lines = []
    for group, title in (("Write", "Writing"), ("Part of the BINARY object", "A part of the BINARY object"),
                         ("Statistics of segments, with reading",) * 2,
                         ("Read into a label map in node, CPU time",) * 2,
                         ("Read into a label map in Python, CPU time, one thread",) * 2,
                         ("Where the time goes: BINARY into a label map, one thread",) * 2,
                         ("Read into a label map, file not in the page cache", "Reading, the file not in the page cache")):  # fmt: skip
        records = [r for r in results["headline"] if r["group"] == group]
        if not records:
            continue
        cells, classes = [], []
        for r in records:
            name = [escape(r["name"]), escape(r.get("form", ""))]
            classes.append(r["kind"])
            if "failed" in r:
                cells.append([*name, f"<span class=bad>{escape(r['failed'])}</span>", "", "", ""])
                continue
            size = r.get("output_bytes") or r.get("input_bytes")
            cells.append([*name, short_time(median(r)), spread_text(r["seconds"]), short_bytes(r["peak_bytes"]) if r.get("peak_bytes") else "",
                          short_bytes(size) if size else ""])  # fmt: skip
        lines.append(f"<details><summary>{title}</summary>{table(['program', 'form', 'median', 'spread', 'peak memory', 'file'], cells, 2, classes)}</details>")
    if lines:
        lines.insert(0, "<h2 id=case>The one case in figures</h2>")
        lines.append("<p class=soft>The page cache was emptied of the file by <code>posix_fadvise</code> before each such run; caches "
                     "below the operating system cannot be emptied.</p>")  # fmt: skip
    return "\n".join(lines)


def bytes_title(chosen):
    share = lambda r: r["bytes"]["per_frame_functional_groups"] / sum(r["bytes"][part] for part in PARTS)
    found = [(form_words(form), share(r)) for form in ("binary/deflated-frame", "labelmap/deflated-frame", "labelmap/label-edge")
             if (r := next((r for r in chosen if f"{r['representation']}/{r['codec']}" == form), None))]  # fmt: skip
    told = "; ".join(f"{100 * value:.0f} % of {words}" for words, value in found)
    return "Where the bytes go without references to images" + (f": per-frame functional groups are {told}" if told else "")


def bytes_section(results):
    """These objects have no references to images; the survey's have."""
    chosen = [r for r in results["encodings"] if "bytes" in r]
    if not chosen:
        return ""
    corpus = chosen[0]["corpus"]
    chosen = sorted((r for r in chosen if r["corpus"] == corpus), key=lambda r: -r["bytes"]["file"])
    axis = Linear(100, lambda value: f"{value:g} %")
    rows = [head(("share of the file", "file"))]
    for r in chosen:
        size = r["bytes"]
        whole = sum(size[part] for part in PARTS)
        marks = stacked(axis, [(kind, 100 * size[part] / whole, f"{words}: {short_bytes(size[part])}") for part, (kind, words) in PARTS.items()])
        name = form_words(f"{r['representation']}/{r['codec']}") + (" (proposal)" if r["experimental"] else "")
        rows.append(row(escape(name), [track(axis, marks), number(short_bytes(size["file"]))]))
    rows.append(row("", [scale(axis)], "axis"))
    title = bytes_title(chosen)
    return heading("bytes", title) + figure(
        legend(dict(PARTS.values())) + chart("shares", rows), f"Source: encodings. Objects of {escape(corpus)} that dseg writes of the volume alone, so that "
        "they refer to no images. Of a deflated data set the whole is compressed: shares are those of what it is inflated.", title)  # fmt: skip


def encoding_tables(results):
    lines = ["<h2 id=encodings>All encodings in figures</h2><p class=soft>Whole objects, with dseg. Where there are two times, the first is with "
             "all processors, the second with one thread.</p>"]  # fmt: skip
    groups = {}
    for r in results["encodings"]:
        groups.setdefault(r["corpus"], []).append(r)

    def time_of(record, what):
        one = record.get(what, {})
        return short_time(median(one)) if "seconds" in one else ""

    def both(record, what):
        return " / ".join(filter(None, (time_of(record, what), time_of(record, f"{what}_1"))))

    for corpus, records in groups.items():
        rows = []
        for r in records:
            name = f"<code>{escape(r['representation'])}/{escape(r['codec'])}</code>" + (" (proposal)" if r["experimental"] else "")
            if "failed" in r:
                rows.append([name, f"<span class=soft>{escape(r['failed'])}</span>"] + [""] * 9)
                continue
            size = r["bytes"]
            peak = r.get("labels", {}).get("peak_bytes")
            rows.append([name, f"{size['file']:,}", f"{size['pixel_data']:,}", f"{size['per_frame_functional_groups']:,}", both(r, "write"),
                         short_bytes(r["write"]["peak_bytes"]) if r.get("write", {}).get("peak_bytes") else "", time_of(r, "open"), both(r, "labels"),
                         short_bytes(peak) if peak else "", time_of(r, "plane"), time_of(r, "segment")])  # fmt: skip
        lines.append(f"<details><summary>{escape(corpus)}</summary>" + table(
            ["encoding", "file bytes", "pixel data", "per-frame groups", "write", "memory", "open", "read all", "memory", "a plane", "a segment"], rows) + "</details>")  # fmt: skip
    return "\n".join(lines) if groups else ""
