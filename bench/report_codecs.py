# SPDX-License-Identifier: Apache-2.0
"""The report's part on frame codecs: size against speed, every volume, and all figures of them."""

import math
import statistics

import plots
from bars import escape, figure, heading, short_bytes, short_time, table, unbroken
from figure_values import speed

# Frame codecs that the pictures leave out: large ones, and settings between others.
IN_TABLES_ONLY = ("jpeg2000", "htj2k", "jpeg-lossless", "zstd:level=3", "jpeg-xl", "crackle, order 5")
BETWEEN = ("zstd:level=3", "jpeg-xl", "crackle, order 5", "encapsulated")
CODEC_WORDS = {"memcpy": "memcpy: the limit", "rle": "RLE", "jpeg-ls": "JPEG-LS", "deflated-frame": "Deflated Image Frame",
               "deflated-frame:level=12": "Deflated Image Frame, 12", "gzip-6 volume, libdeflate": "nii.gz, libdeflate",
               "gzip-6 volume, zlib": "nii.gz, zlib", "jpeg-xl": "JPEG XL", "jpeg-xl:effort=9": "JPEG XL, 9",
               "JPEG XL 0.11, effort 9": "JPEG XL 0.11, 9", "jpeg2000": "JPEG 2000", "htj2k": "HTJ2K", "jpeg-lossless": "JPEG lossless",
               "zstd": "zstd-19", "zstd:level=3": "zstd-3", "zstd, frame before": "zstd-19, frame before",
               "crackle, order 5 + zstd-19": "crackle 5 + zstd-19", "OpenZL, level 19": "OpenZL, 19", "label-edge": "Label Edge",
               "label-edge:same=1": "Label Edge, same", "label-edge-predicted": "Label Edge, predicted"}  # fmt: skip


def codec_words(codec):
    return CODEC_WORDS.get(codec, codec)


def frame_kind(record):
    name = record["codec"]
    if name.startswith("memcpy"):
        return "limit"
    if name.startswith(("gzip", "crackle", "compresso", "zstd, ", "WebP", "OpenZL", "JPEG XL")):
        return "research"
    return "experimental" if record["experimental"] else "standard"


def frames_title(points, corpus, note):
    """What the proposal's frames are beside the standard's smallest that is as common."""
    by_name = {word: (size, rate) for size, rate, word, _ in points}
    ours, deflated = by_name.get("Label Edge"), by_name.get("Deflated Image Frame")
    if not ours or not deflated:
        return f"Size against speed: {note} of {corpus}"
    return (f"Label Edge frames take {100 * ours[0] / deflated[0]:.0f} % of the bytes of Deflated Image Frame, and decode {ours[1] / deflated[1]:.1f} times as fast "
            f"({note} of {corpus})")  # fmt: skip


def frames_section(results):
    records = [r for r in results["frames"] if "error" not in r]
    if not records:
        return ""
    first = records[0]["corpus"]
    lines, level = [], "h2 id=pareto"
    for representation, note in (("labelmap", "label maps"), ("binary", "BINARY frames")):
        chosen = [r for r in records if r["corpus"] == first and r["representation"] == representation]
        chosen = [r for r in chosen if r["codec"] not in BETWEEN]
        if chosen:
            points = [(r["bytes"], speed(r), codec_words(r["codec"]), frame_kind(r)) for r in chosen]
            title = frames_title(points, first, note)
            lines.append(f"<{level}>{escape(unbroken(title))}</{level[:2]}>")
            level = "h3"
            lines.append(figure(plots.size_and_speed(points, f"pareto-{representation}", title),
                                f"Source: frames. {escape(first)}, {note}, {chosen[0]['bits']} bit{'s' if chosen[0]['bits'] > 1 else ''}. Decoding goes straight into the volume. Frames are compressed "
                                "one by one, so that each can be read alone; nii.gz, crackle and compresso compress the volume as a whole.", title))  # fmt: skip
    return "\n".join(lines)


def volume_cell(name, what, pictures):
    shown = f'<img alt="" src="{pictures[name]}">' if name in pictures else "<span class=blank></span>"
    return f"<div class=volume>{shown}<span>{escape(name)}<small>{escape(what)}</small></span></div>"


def share_cell(value, least, kind):
    """value: of the bytes of nii.gz, None where it was not measured."""
    if value is None:
        return ""
    strength = min(60, round(-30 * math.log10(value))) if value < 1 else 0
    text = f"{value:.2f}" if value >= 0.0995 else f"{value:.3f}"
    return f'<span class="share {kind}{" least" if value == least else ""}" style="--strength:{strength}%">{text}</span>'


def corpora_title(ratios):
    pairs = [(values["label-edge"], values["deflated-frame"]) for values in ratios.values() if {"label-edge", "deflated-frame"} <= set(values)]
    if not pairs:
        return f"{len(ratios)} volumes, beside nii.gz"
    smaller = sum(ours < 1 for ours, _ in pairs)
    shares = [ours / deflated for ours, deflated in pairs]
    return (f"On {smaller} of {len(pairs)} volumes Label Edge frames are smaller than one gzip stream of the volume; they take {100 * min(shares):.0f} to "
            f"{100 * max(shares):.0f} % of the bytes of Deflated Image Frame")  # fmt: skip


def corpora_section(results, pictures):
    """pictures: volume: URI of its picture."""
    what = {corpus["name"]: corpus["what"] for corpus in results["corpora"]}
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
    # The smallest first, by the geometric mean over the volumes that each was measured on.
    mean = lambda name: statistics.geometric_mean(values[name] for values in ratios.values() if name in values)
    ordered = sorted((name for name in codecs if name not in left_out), key=mean)
    header = ["volume", *(f'<span class="{codecs[name]}">{escape(codec_words(name))}</span>' for name in ordered)]
    rows = []
    for corpus, values in ratios.items():
        least = min(values[name] for name in ordered if name in values)
        rows.append([volume_cell(corpus, what.get(corpus, ""), pictures), *(share_cell(values.get(name), least, codecs[name]) for name in ordered)])
    rows.append(["<strong>geometric mean</strong>", *(f"<strong>{mean(name):.2f}</strong>" for name in ordered)])
    title = corpora_title(ratios)
    return heading("corpora", title) + figure(
        f"<div class=matrix>{table(header, rows)}</div>", "Source: frames and slow. Bytes of the label map's frames, relative to the volume in one gzip stream of "
        "level 6 by zlib (nii.gz: 1); the smallest of each volume is bold, the stronger the colour the smaller. Blue: in the standard; orange: proposals; "
        "green: research formats and codecs, of which crackle and compresso compress the volume as a whole."
        + (f" In the tables below only: {escape(', '.join(map(codec_words, left_out)))}." if left_out else ""), title)  # fmt: skip


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
