"""The figures of docs/findings.md and of the README's table, from build/bench/results.json, as Markdown.

usage: python3 bench/figures.py [RESULTS.json]"""

import json
import sys
from pathlib import Path

READ = "Read into a label map"
CASE = "s0327-512"


def milliseconds(seconds):
    return f"{seconds:.1f} s" if seconds >= 1 else f"{seconds * 1e3:.0f} ms" if seconds >= 0.01 else f"{seconds * 1e3:.2f} ms"


def megabytes(count):
    return f"{count / 1e6:,.0f} MB" if count >= 1e7 else f"{count / 1e6:.2f} MB"


def median(record):
    return record["seconds"]["median"]


def headline(results):
    print("## headline\n\n| program | form | file | time | peak memory | voxels |\n|---|---|--:|--:|--:|---|")
    for r in sorted((r for r in results["headline"] if r["group"] == READ), key=lambda r: median(r) if "seconds" in r else 1e9):
        if "failed" in r:
            print(f"| {r['name']} | {r['form']} | {megabytes(r['input_bytes'])} | {r['failed']} | | |")
            continue
        peak = megabytes(r["peak_bytes"]) if r.get("peak_bytes") else ""
        print(f"| {r['name']} | {r['form']} | {megabytes(r['input_bytes'])} | {milliseconds(median(r))} | {peak} | {r.get('voxels') or ''} |")
    for group in dict.fromkeys(r["group"] for r in results["headline"] if r["group"] != READ):
        print(f"\n{group}\n")
        for r in results["headline"]:
            if r["group"] == group:
                what = milliseconds(median(r)) if "seconds" in r else r["failed"]
                peak = f", {megabytes(r['peak_bytes'])}" if r.get("peak_bytes") else ""
                print(f"- {r['name']} {r.get('form', '')}: {what}{peak}")


def targets(results):
    get = lambda group, name, form=None: next((r for r in results["headline"] if r["group"] == group and r["name"] == name
                                               and (form is None or r.get("form") == form) and "seconds" in r), None)  # fmt: skip
    ours, itk, highdicom = get(READ, "dseg", "BINARY"), get(READ, "SimpleITK", "nii.gz"), get(READ, "highdicom", "BINARY")
    print("\n## ratios\n")
    if ours and itk and highdicom:
        print(f"- BINARY: {median(itk) / median(ours):.2f} times as fast as SimpleITK's nii.gz, {median(highdicom) / median(ours):.1f} times highdicom")
    native, limit = get(READ, "dseg", "LABELMAP"), get(READ, "read() of the pixel data: the limit", "LABELMAP")
    if native and limit:
        print(f"- LABELMAP native: {median(native) / median(limit):.2f} times the time of a plain read")
    convert, construct = get("Write", "dseg convert, whole process with reading nii.gz", "BINARY"), get("Write", "highdicom, construct and save", "BINARY")
    if convert and construct:
        print(f"- nii.gz to BINARY: {median(construct) / median(convert):.1f} times as fast as highdicom's construct and save")
    print("\n## growth\n")
    for r in results["growth"]:
        if "seconds" in r:
            print(f"- {r['axis']} {r['value']:,}: {r['name']} {milliseconds(median(r))}, {megabytes(r['peak_bytes'])}")


def codecs(results):
    print("\n## frame codecs: bytes, decode MB/s, encode MB/s, a random frame")
    for corpus in dict.fromkeys(r["corpus"] for r in results["frames"]):
        for representation in ("labelmap", "binary"):
            rows = [r for r in results["frames"] if r["corpus"] == corpus and r["representation"] == representation and "error" not in r]
            if rows:
                print(f"\n{corpus}, {representation}, {rows[0]['raw_bytes']:,} bytes in {rows[0]['frames']:,} frames\n")
            for r in sorted(rows, key=lambda r: r["bytes"]):
                speed = lambda what: r["measured_bytes"] / 1e6 / r[what]["median"]
                about = " (about)" if r["measured_frames"] not in (1, r["frames"]) else ""
                print(f"- {r['codec']}: {r['bytes']:,}{about}, {speed('decode_seconds'):,.0f}, {speed('encode_seconds'):,.0f}, "
                      f"{1e6 * r['random_frame_seconds']['median']:.1f} µs")  # fmt: skip


def readme(results):
    """The README's table: the reference case, all processors."""
    rows = [r for r in results["encodings"] if r["corpus"] == CASE and "bytes" in r]
    print(f"\n## README: {CASE}\n\n| encoding | bytes | write, s | read, s | a plane, ms |\n|---|--:|--:|--:|--:|")
    for r in rows:
        cell = lambda what, scale, digits: f"{median(r[what]) * scale:.{digits}f}" if "seconds" in r.get(what, {}) else ""
        print(f"| `{r['representation']}/{r['codec']}` | {r['bytes']['file']:,} | {cell('write', 1, 2)} | {cell('labels', 1, 2)} | {cell('plane', 1e3, 2)} |")
    print("\nper-frame functional groups, bytes a frame\n")
    for r in rows:
        size = r["bytes"]
        print(f"- {r['representation']}/{r['codec']}: {size['per_frame_functional_groups'] / r['frames']:.1f}, "
              f"{100 * size['per_frame_functional_groups'] / size['file']:.1f} % of the file")  # fmt: skip


def main():
    path = sys.argv[1] if len(sys.argv) > 1 else Path(__file__).resolve().parent.parent / "build" / "bench" / "results.json"
    results = json.loads(Path(path).read_text())
    print(f"{results['date']}, {results['commit']}, {results['command']}\n")
    headline(results)
    targets(results)
    codecs(results)
    readme(results)


main()
