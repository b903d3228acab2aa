# SPDX-License-Identifier: Apache-2.0
"""One self-contained page of results.json: figures, tables, the machine, and how to measure it again."""

import base64
import gzip
import json
from pathlib import Path

import plots
from bars import escape, figure, heading, short_bytes, table
from batch import tables as batch_tables
from figure_text import machine_of, machines_text
from figure_values import median, with_slow
from report_archive import archive_section
from report_case import bytes_section, encoding_tables, headline_section, other_headline_tables, tile_list
from report_codecs import corpora_section, frame_tables, frames_section
from report_survey import survey_section

HERE = Path(__file__).resolve().parent


def growth_title(axes):
    """Time over number, at both ends."""
    points = sorted(axes.get("frames", {}).get("dseg read", []))
    if len(points) < 2:
        return "Growth"
    (few, first), (many, last) = points[0], points[-1]
    linear = last / first <= many / few
    return ("Time grows no faster than the number of frames: " if linear else "") + (
        f"{many / few:,.0f} times the frames take dseg {last / first:,.0f} times the time to read")


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
    title = growth_title(axes)
    return heading("growth", title) + figure(plots.growth_lines(axes, title), "Source: growth. BINARY objects of 64 x 64 pixels a frame, so that what "
                                                "is paid for each frame is seen." + note, title)  # fmt: skip


def batch_section(results):
    """What `dseg batch` takes beside others, and of how many objects."""
    tables = []
    for name, title in batch_tables.TITLES.items():
        head, rows_of, text_columns = batch_tables.TABLES[name]
        rows = [[escape(cell.replace("*", "")) for cell in row] for row in rows_of(results)]
        if rows:
            tables.append(f"<h3>{escape(title)}</h3>{table(head, rows, text_columns)}")
    return "<h2 id=batch>Batches</h2>" + "".join(tables) if tables else ""


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
    rows += [[escape(f"{r['form']} by {r['writer']}"), escape(f"survey, {r['case']}"), escape(r["failed"])]
             for r in results.get("survey", []) if "failed" in r]  # fmt: skip
    rows += [["", "", escape(problem)] for problem in results["problems"]]
    if not rows:
        return "<h2 id=failures>Failures: none</h2>"
    return f"<h2 id=failures>Failures: {len(rows)}</h2><details><summary>What failed, where, and how</summary>{table(['what', 'where', 'how'], rows, 3)}</details>"


def environment_section(results):
    machine = results["machine"]
    facts = [
        ("Machine", machines_text(results)), ("Governor", machine["governor"]), ("System", machine["system"]),
        ("Libraries", results["libraries"]), ("Commit", results["commit"]),
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
        "<details><summary>Parts of the run</summary>" + table(["part", "began", "seconds", "load before", "processor", "commit"], [[
            escape(p["part"]), escape(p.get("date", "")), str(p.get("seconds", "failed")), str(p.get("load", "")),
            escape(machine_of(p, results)["processor"]), escape(p.get("commit", ""))]
            for p in parts], 2) + "</details>" if (parts := results.get("parts")) else "",
        f"<details><summary>Corpora</summary>{table(['name', 'what', 'file', 'source', 'licence', 'SHA-256', 'missing'], rows, 7)}</details>",
        "<h3>Method</h3><ul><li>Every piece of work runs in a process of its own, one at a time.</li><li>The first run of each is a "
        "warm-up; it is checked to give the same voxels as SimpleITK reads from the volume, and not counted. Then all take turns, round "
        "after round. Medians are given, with the fastest and the slowest run.</li><li>What takes long is run less often; the number of "
        "runs is given. A frame codec that takes long encodes all frames once, by all processors; its speed is by processor time.</li>"
        "<li>Peak memory is the process's greatest resident size, its program included.</li></ul>",
    ])  # fmt: skip


SUITES = ("archive", "survey", "headline", "frames", "slow", "growth", "encodings")
LINKS = (("archive", "archive"), ("headline", "one case"), ("survey", "kinds of objects"), ("pareto", "size and speed"), ("corpora", "each volume"),
         ("growth", "growth"), ("bytes", "bytes"), ("batch", "batches"), ("failures", "failures"), ("case", "one case in figures"), ("encodings", "encodings"),
         ("codecs", "frame codecs"), ("machine", "machine and method"))  # fmt: skip


def missing_note(results):
    """What this run did not measure, so that nobody looks for it."""
    missing = [suite for suite in SUITES if not results.get(suite)]
    if not missing:
        return ""
    command = " ".join(f"--only {suite}" for suite in missing)
    return f"<p class=missing>Not in these results: {', '.join(missing)}. <code>sh bench/run.sh {command}</code> measures that.</p>"


def write_report(results, path, pictures=None):
    """pictures: URI of the small picture of each volume and kind of object, by name."""
    pictures = pictures or {}
    note = missing_note(results)
    data = base64.b64encode(gzip.compress(json.dumps(results).encode(), mtime=0)).decode()
    results = with_slow(results)
    sections = [archive_section(results, tile_list), headline_section(results), survey_section(results, pictures), frames_section(results),
                corpora_section(results, pictures), growth_section(results), bytes_section(results), batch_section(results), failures_section(results),
                other_headline_tables(results), encoding_tables(results), frame_tables(results), environment_section(results)]  # fmt: skip
    body = "\n".join(section for section in sections if section)
    shown = [f'<a href="#{name}">{text}</a>' for name, text in LINKS if f"id={name}>" in body]
    quick = " A quick run: few volumes and rounds, so the figures are rough." if results["quick"] else ""
    path.write_text(f"""<!doctype html>
<html lang=en><head><meta charset=utf-8><meta name=viewport content="width=device-width, initial-scale=1"><meta name=color-scheme content="light dark">
<title>DICOM segmentations: size and speed</title><style>{(HERE / 'report.css').read_text()}</style></head>
<body><main>
<h1>DICOM segmentations: size and speed</h1>
<p class=soft>dseg {escape(results['commit'])}, {escape(results['date'])} UTC, {escape(machines_text(results))}.{quick}
<code>{escape(results['command'])}</code></p>{note}
<nav>{' '.join(shown)} <a download=results.json.gz href="data:application/gzip;base64,{data}">results.json.gz</a></nav>
{body}
</main></body></html>
""")  # fmt: skip
