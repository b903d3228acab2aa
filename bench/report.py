# SPDX-License-Identifier: Apache-2.0
"""One self-contained page of results.json: figures, tables, the machine, and how to measure it again."""

import base64
import html
import json
import statistics
from pathlib import Path

import plots
from figure_values import with_slow
from plots import short_bytes, short_time

HERE = Path(__file__).resolve().parent
READ = "Read into a label map"
# Frame codecs that the figure of all volumes leaves out: large ones, and settings between others.
IN_TABLES_ONLY = ("jpeg2000", "htj2k", "jpeg-lossless", "zstd:level=3", "jpeg-xl", "crackle, order 5")


def escape(text):
    return html.escape(str(text))


def median(record):
    return record["seconds"]["median"]


def spread_text(seconds):
    if seconds["n"] < 2:
        return "1 run"
    return f"{short_time(seconds['min'])} to {short_time(seconds['max'])}, {seconds['n']} runs"


def table(head, rows, text_columns=1, classes=()):
    """head and rows of cells; a cell is text that is already HTML."""
    kind = lambda index: ' class="text"' if index < text_columns else ""
    lines = ["<div class=scroll><table><thead><tr>"]
    lines += [f"<th{kind(i)}>{cell}</th>" for i, cell in enumerate(head)]
    lines.append("</tr></thead><tbody>")
    for index, row in enumerate(rows):
        name = f" class={classes[index]}" if index < len(classes) and classes[index] else ""
        lines.append(f"<tr{name}>" + "".join(f"<td{kind(i)}>{cell}</td>" for i, cell in enumerate(row)) + "</tr>")
    return "\n".join(lines) + "</tbody></table></div>"


def figure(svg, caption):
    return f"<figure>{svg}<figcaption>{caption}</figcaption></figure>"


def voxels_cell(record):
    if record.get("voxels") == "same":
        return "same"
    return '<span class=bad>OTHER</span>' if record.get("voxels") == "other" else ""


def find(records, **wanted):
    return next((r for r in records if all(r.get(key) == value for key, value in wanted.items()) and "seconds" in r), None)


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
    return "<div class=tiles>" + "".join(f"<div class=tile><b>{escape(b)}</b>{escape(t)}</div>" for b, t in made) + "</div>"


def headline_section(results):
    records = [r for r in results["headline"] if r["group"] == READ]
    if not records:
        return ""
    done = sorted((r for r in records if "seconds" in r), key=median)
    rows = [(f"{r['name']} ({r['form']})", r["seconds"], r.get("peak_bytes"), r["kind"]) for r in done]
    cells = [[escape(r["name"]), escape(r["form"]), escape(r.get("version") or ""), short_bytes(r["input_bytes"]), short_time(median(r)),
              spread_text(r["seconds"]), short_bytes(r["peak_bytes"]) if r.get("peak_bytes") else "", voxels_cell(r)] for r in done]  # fmt: skip
    corpus = records[0].get("corpus", "")
    failed = [r for r in records if "failed" in r]
    lines = [f"<h2 id=headline>One case, in every form: {escape(corpus)}</h2>", tiles(results),
             figure(plots.read_bars(rows), "Reading a whole segmentation into one label map in memory, from a warm page cache, each "
                    "run in a new process. The time is that of the work alone, without starting the program. Black lines: fastest to "
                    "slowest run. BINARY and LABELMAP objects without a name behind them were written by highdicom."),
             table(["program", "form", "version", "file", "median", "spread", "peak memory", "voxels"], cells, 3, [r["kind"] for r in done])]  # fmt: skip
    if failed:
        lines.append("<p>Could not: " + "; ".join(f"{escape(r['name'])} ({escape(r['form'])}): <code>{escape(r['failed'])}</code>" for r in failed) + ".</p>")
    return "\n".join(lines)


def other_headline_tables(results):
    lines = []
    for group, title in (("Write", "Writing"), ("Part of the BINARY object", "A part of the BINARY object"),
                         ("Statistics of segments, with reading",) * 2,
                         ("Read into a label map in node, CPU time",) * 2,
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
        lines += [f"<h3>{title}</h3>", table(["program", "form", "median", "spread", "peak memory", "file"], cells, 2, classes)]
    if lines:
        lines.append("<p class=soft>The page cache was emptied of the file by <code>posix_fadvise</code> before each such run; caches "
                     "below the operating system cannot be emptied.</p>")  # fmt: skip
    return "\n".join(lines)


def frame_kind(record):
    name = record["codec"]
    if name.startswith("memcpy"):
        return "limit"
    if name.startswith(("gzip", "crackle", "compresso", "zstd, ", "WebP", "OpenZL", "JPEG XL")):
        return "research"
    return "experimental" if record["experimental"] else "standard"


def speed(record, what):
    return record["raw_bytes"] / 1e6 / record[what]["median"]


def frames_section(results):
    records = [r for r in results["frames"] if "error" not in r]
    if not records:
        return ""
    first = records[0]["corpus"]
    lines = ["<h2 id=pareto>Size against speed</h2>"]
    for representation, note in (("labelmap", "label maps"), ("binary", "one frame a segment and plane")):
        chosen = [r for r in records if r["corpus"] == first and r["representation"] == representation]
        if chosen:
            points = [(r["bytes"], speed(r, "decode_seconds"), r["codec"], frame_kind(r)) for r in chosen]
            lines.append(figure(plots.size_and_speed(points, f"pareto-{representation}", f"({note}, {chosen[0]['bits']} bit)"),
                                f"{escape(first)}, {representation} frames. Decoding goes straight into the volume. Frames are compressed "
                                "one by one, so that each can be read alone; the research codecs compress the volume as a whole."))  # fmt: skip
    return "\n".join(lines)


def growth_section(results):
    records = [r for r in results["growth"] if "seconds" in r]
    if not records:
        return ""
    axes = {}
    for r in records:
        axes.setdefault(r["axis"], {}).setdefault(r["name"], []).append((r["value"], median(r)))
    opened = sorted(axes.get("frames", {}).get("dseg open", []))
    note = ""
    if len(opened) > 1:
        (n1, t1), (n2, t2) = opened[0], opened[-1]
        note = f" Opening costs {1e6 * (t2 - t1) / (n2 - n1):.2f} µs a frame: its functional groups are read and its plane found."
    last = [r for r in records if r["axis"] == "frames" and r["name"] == "dseg open"]
    if last:
        last.sort(key=lambda r: r["value"])
        note += f" Memory: {short_bytes(last[0]['peak_bytes'])} for {last[0]['value']:,} frames, {short_bytes(last[-1]['peak_bytes'])} for {last[-1]['value']:,}."
    return "<h2 id=growth>Growth</h2>" + figure(plots.growth_lines(axes), "BINARY objects of 64 x 64 pixels a frame, so that what "
                                                "is paid for each frame is seen." + note)  # fmt: skip


def bytes_section(results):
    chosen = [r for r in results["encodings"] if "bytes" in r]
    if not chosen:
        return ""
    corpus = chosen[0]["corpus"]
    rows = []
    for r in sorted((r for r in chosen if r["corpus"] == corpus), key=lambda r: -r["bytes"]["file"]):
        size = r["bytes"]
        rows.append((f"{r['representation']}/{r['codec']}", {"pixel data": size["pixel_data"],
                     "per-frame functional groups": size["per_frame_functional_groups"], "the rest": size["other"]}, size["file"]))  # fmt: skip
    return "<h2 id=bytes>Where the bytes go</h2>" + figure(plots.byte_shares(rows), f"Objects of {escape(corpus)} that dseg writes. "
           "In <code>deflated</code> objects the whole data set is compressed: shares are those of the inflated data set.")  # fmt: skip


def corpora_section(results):
    by_corpus, codecs = {}, {}
    for r in results["frames"]:
        if r["representation"] == "labelmap" and "error" not in r and r["corpus"] != "empty":
            by_corpus.setdefault(r["corpus"], {})[r["codec"]] = r
    ratios = {}
    for corpus, codecs_of in by_corpus.items():
        gzip = next((r["bytes"] for name, r in codecs_of.items() if name.startswith("gzip")), None)
        if gzip:
            ratios[corpus] = {name: r["bytes"] / gzip for name, r in codecs_of.items() if not name.startswith(("gzip", "memcpy", "encapsulated"))}
            codecs.update({name: frame_kind(codecs_of[name]) for name in ratios[corpus]})
    if not ratios:
        return ""
    left_out = [name for name in codecs if name in IN_TABLES_ONLY]
    codecs = {name: kind for name, kind in codecs.items() if name not in left_out}
    ratios = {corpus: {name: value for name, value in values.items() if name in codecs} for corpus, values in ratios.items()}
    # The smallest on top, by the geometric mean over the volumes that each was measured on.
    mean = lambda name: statistics.geometric_mean(values[name] for values in ratios.values() if name in values)
    ordered = sorted(codecs.items(), key=lambda item: mean(item[0]))
    return "<h2 id=corpora>Each volume</h2>" + figure(plots.corpus_bars(ratios, ordered), "Bytes of the label map's frames, "
           "relative to the volume in one gzip stream of level 6 (nii.gz: the line at 1)." +
           (f" In the tables below only: {escape(', '.join(left_out))}." if left_out else ""))  # fmt: skip


def frame_tables(results):
    lines = ["<h2 id=codecs>Frame codecs in figures</h2><p class=soft>One thread. MB/s of uncompressed pixels. Memory is what a context "
             "takes beside its input and output. A random frame: the mean of single frames in random order.</p>"]  # fmt: skip
    groups = {}
    for r in results["frames"]:
        groups.setdefault((r["corpus"], r["representation"]), []).append(r)
    for (corpus, representation), records in groups.items():
        rows, classes = [], []
        for r in sorted(records, key=lambda r: r.get("bytes", 0)):
            classes.append("limit" if r["codec"].startswith("memcpy") else "")
            name = f"<code>{escape(r['codec'])}</code>" + (" (proposal)" if r["experimental"] else "")
            if "error" in r:
                rows.append([name, f"<span class=bad>{escape(r['error'])}</span>", "", "", "", "", "", ""])
                continue
            failures = f"<span class=bad>{r['failures']}</span>" if r["failures"] else "0"
            random = short_time(r["random_frame_seconds"]["median"]) + ("" if r.get("random_access", True) and not r["codec"].startswith("gzip") else " (all)")
            rows.append([name, f"{r['bytes']:,}", f"{speed(r, 'encode_seconds'):,.0f}",
                         f"{speed(r, 'decode_seconds'):,.0f}", random, *(short_bytes(r[k]) if k in r else "" for k in ("encode_memory", "decode_memory")),
                         failures])  # fmt: skip
        one = records[0]
        lines.append(f"<details><summary>{escape(corpus)}, {representation}: {one['frames']:,} frames of {one['columns']} x {one['rows']}, "
                     f"{one['bits']} bit, {short_bytes(one['raw_bytes'])}</summary>" +
                     table(["codec", "bytes", "encode MB/s", "decode MB/s", "a random frame", "encoder", "decoder", "failures"], rows, 1, classes) + "</details>")  # fmt: skip
    return "\n".join(lines) if groups else ""


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


def failures_section(results):
    rows = []
    for r in results["headline"] + results["growth"]:
        if "failed" in r or r.get("voxels") == "other":
            rows.append([escape(r["name"]), escape(f"{r['group']}, {r.get('form') or r.get('value', '')}"), escape(r.get("failed", "reads other voxels"))])
    for r in results["frames"]:
        if "error" in r or r.get("failures"):
            rows.append([escape(r["codec"]), escape(f"{r['corpus']}, {r['representation']} frames"), escape(r.get("error") or f"{r['failures']} frames wrong")])
    for r in results["encodings"]:
        for what in ("labels", "labels_1", "open", "plane", "segment", "write"):
            if "failed" in r.get(what, {}) or r.get(what, {}).get("voxels") == "other":
                rows.append([f"{r['representation']}/{r['codec']}", escape(f"{r['corpus']}, {what}"), escape(r[what].get("failed", "other voxels"))])
    rows += [["", "", escape(problem)] for problem in results["problems"]]
    body = table(["what", "where", "how"], rows, 3) if rows else "<p>None.</p>"
    return f"<h2 id=failures>Failures</h2>{body}"


def environment_section(results):
    machine = results["machine"]
    facts = [
        ("Processor", f"{machine['processor']}, {machine['processors']} used" + (", a virtual machine" if machine["virtual"] else "")),
        ("Memory", short_bytes(machine["memory_bytes"])), ("Governor", machine["governor"]), ("System", machine["system"]),
        ("Compiler", machine["compiler"]), ("Libraries", results["libraries"]), ("Commit", results["commit"]),
        ("Measured", f"{results['date']} UTC, {results['seconds']} s in all; load before it {machine['load']:.2f}"),
        ("Command", results["command"]),
    ]  # fmt: skip
    rows = []
    for c in results["corpora"]:
        origin = f"dseg phantom {' '.join(c['phantom'])}" if "phantom" in c else c.get("file", c["source"])
        rows.append([escape(c["name"]), escape(c["what"]), escape(origin), escape(c["source"]), escape(c["licence"]),
                     f"<code class=whole>{escape(c.get('sha256', ''))[:12]}</code>", escape(c["missing"] or "")])  # fmt: skip
    return "\n".join([
        "<h2 id=machine>Machine, corpora, method</h2>",
        table(["", ""], [[escape(a), f"<code>{escape(b)}</code>"] for a, b in facts], 2),
        "<h3>Parts of the run</h3>" + table(["part", "began", "seconds", "load before", "commit"], [[
            escape(p["part"]), escape(p.get("date", "")), str(p.get("seconds", "failed")), str(p.get("load", "")), escape(p.get("commit", ""))]
            for p in parts], 2) if (parts := results.get("parts")) else "",
        "<h3>Corpora</h3>",
        table(["name", "what", "file", "source", "licence", "SHA-256", "missing"], rows, 7),
        "<h3>Method</h3><ul><li>Every piece of work runs in a process of its own, one at a time.</li><li>The first run of each is a "
        "warm-up; it is checked to give the same voxels as SimpleITK reads from the volume, and not counted. Then all take turns, round "
        "after round. Medians are given, with the fastest and the slowest run.</li><li>What takes long is run less often; the number of "
        "runs is given. A frame codec that takes long encodes all frames once, by all processors; its speed is by processor time.</li>"
        "<li>Peak memory is the process's greatest resident size, its program included.</li></ul>",
    ])  # fmt: skip


def write_report(results, path):
    results = with_slow(results)
    data = base64.b64encode(json.dumps(results).encode()).decode()
    sections = [headline_section(results), frames_section(results), growth_section(results), bytes_section(results),
                corpora_section(results), failures_section(results), other_headline_tables(results), encoding_tables(results),
                frame_tables(results), environment_section(results)]  # fmt: skip
    links = (("headline", "one case"), ("pareto", "size and speed"), ("growth", "growth"), ("bytes", "bytes"), ("corpora", "each volume"),
             ("failures", "failures"), ("encodings", "encodings"), ("codecs", "frame codecs"), ("machine", "machine and method"))  # fmt: skip
    body = "\n".join(section for section in sections if section)
    shown = [f'<a href="#{name}">{text}</a>' for name, text in links if f"id={name}>" in body]
    quick = " A quick run: few volumes and rounds, so the figures are rough." if results["quick"] else ""
    path.write_text(f"""<!doctype html>
<html lang=en><head><meta charset=utf-8><meta name=viewport content="width=device-width, initial-scale=1">
<title>DICOM segmentations: size and speed</title><style>{(HERE / 'report.css').read_text()}</style></head>
<body><main>
<h1>DICOM segmentations: size and speed</h1>
<p class=soft>dseg {escape(results['commit'])}, {escape(results['date'])} UTC, {results['machine']['processors']} x {escape(results['machine']['processor'])}.{quick}
<code>{escape(results['command'])}</code></p>
<nav>{' '.join(shown)} <a download=results.json href="data:application/json;base64,{data}">results.json</a></nav>
{body}
</main></body></html>
""")  # fmt: skip
