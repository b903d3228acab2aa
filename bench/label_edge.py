# SPDX-License-Identifier: Apache-2.0
"""The evidence of proposals/label-edge: its frames beside the codecs that it is compared with. Tables, results.csv and
size-and-speed.svg are made of the benchmark's results (frames) by figures.py."""

import csv
import io
import statistics

# Names of codecs in the results and in the tables.
CODECS = {"label-edge": "independent", "label-edge:predict=1": "predicted", "zstd": "zstd-19", "deflated-frame:level=12":
          "deflated-frame", "jpeg-ls": "jpeg-ls", "jpeg-xl:effort=9": "jpeg-xl, 9", "crackle": "crackle", "crackle, order 5":
          "crackle, order 5", "crackle + zstd-19": "crackle + zstd-19", "compresso": "compresso", "gzip-6 volume, zlib":
          "nii.gz, zlib", "gzip-6 volume, libdeflate": "nii.gz, libdeflate"}  # fmt: skip
VOLUMES = ["s0327-512", "s0327", "ct20", "knee", "hncma", "aparc", "liver", "aicha", "harvard-oxford", "jhu-wm", "jhu-wm-2mm", "aal",
           "brodmann", "inia19", "jhu189", "natbrainlab", "phantom-108", "phantom-31", "cubes5-scan", "cubes5-random",
           "cubes12-scan", "cubes12-random", "voronoi-scan", "voronoi-random", "empty", "noise"]  # fmt: skip
DENSE = ("cubes5-scan", "cubes5-random", "cubes12-scan", "cubes12-random", "voronoi-scan", "voronoi-random")
SYNTHETIC = ("empty", "noise", *DENSE)
NEEDED = {"independent", "predicted", "zstd-19", "crackle"}
COLUMNS = ["volume", "representation", "bits", "columns", "rows", "frames", "codec", "bytes", "about", "encode_mbps",
           "decode_mbps", "decode_min", "decode_max", "random_us", "failures"]  # fmt: skip


def is_whole(codec):
    """One stream for the volume: one frame costs all."""
    return codec.startswith("gzip")


def row_of(record):
    def speed(seconds):
        return round(record["measured_bytes"] / seconds / 1e6, 1) if seconds else ""

    decode = record.get("decode_seconds", {})
    about = not is_whole(record["codec"]) and record.get("measured_frames", 0) < record["frames"]
    return {
        "volume": record["corpus"], **{name: record[name] for name in COLUMNS[1:6]},
        "codec": CODECS.get(record["codec"], record["codec"]), "bytes": record.get("bytes", record.get("error")), "about": int(about),
        "encode_mbps": speed(record.get("encode_seconds", {}).get("median")), "decode_mbps": speed(decode.get("median")),
        "decode_min": speed(decode.get("max")), "decode_max": speed(decode.get("min")),
        "random_us": round(record.get("random_frame_seconds", {}).get("median", 0) * 1e6, 1), "failures": record.get("failures", ""),
    }  # fmt: skip


def rows_of(results):
    """One row for each volume and codec, in the order of the tables."""
    codecs = ["memcpy", *CODECS]
    chosen = [r for r in results["frames"] if r["representation"] == "labelmap" and r["codec"] in codecs and r["corpus"] in VOLUMES]
    chosen.sort(key=lambda r: (VOLUMES.index(r["corpus"]), codecs.index(r["codec"])))
    return [row_of(record) for record in chosen]


def csv_text(results):
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows_of(results))
    return text.getvalue()


def by_volume(results):
    volumes = {}
    for row in rows_of(results):
        volumes.setdefault(row["volume"], {})[row["codec"]] = row
    return volumes


def table(volumes, codecs, cell):
    lines = ["| volume | " + " | ".join(codecs) + " |", "|---|" + "---:|" * len(codecs)]
    for volume, rows in volumes.items():
        lines.append(f"| {volume} | " + " | ".join(cell(rows[codec]) if codec in rows else "" for codec in codecs) + " |")
    return "\n".join(lines)


def number(value):
    value = float(value or 0)
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def bytes_cell(row):
    return ("~" if row["about"] else "") + (f"{row['bytes']:,}" if isinstance(row["bytes"], int) else row["bytes"])


def targets(results):
    """What was to be reached, and whether it was."""
    volumes = by_volume(results)
    real = {name: rows for name, rows in volumes.items() if name not in SYNTHETIC and NEEDED <= set(rows)}
    if not real:
        raise ValueError("no volume was measured with all of " + ", ".join(sorted(NEEDED)))
    value = lambda name, codec, what: real[name][codec][what]
    ratio = lambda name, one, other, what: value(name, one, what) / value(name, other, what)

    def misses(found, good, text, worst_first, note=""):
        bad = sorted((item for item in found.items() if not good(item[1])), key=lambda item: item[1], reverse=worst_first)
        if not bad:
            return f"reached on all {len(found)}{note}"
        return f"**missed** on {len(bad)} of {len(found)}{note}: " + ", ".join(f"{name} {text(x)}" for name, x in bad)

    def bounds(found, good):
        bad = [x for x in found.values() if not good(x)]
        return f"**missed** on {len(bad)} of {len(found)}, least {min(found.values()):,.0f}" if bad else "reached"

    rows = [
        ("independent frames: at most 40 % of zstd's bytes on every volume",
         misses({n: ratio(n, "independent", "zstd-19", "bytes") for n in real}, lambda x: x <= 0.4, lambda x: f"{100 * x:.0f} %", True)),
        ("and faster to decode than zstd on every volume",
         misses({n: ratio(n, "zstd-19", "independent", "decode_mbps") for n in real}, lambda x: x < 1, lambda x: f"{x:.2f}", True, " (zstd is faster by)")),
        ("and at least 15 times faster to decode than crackle",
         misses({n: ratio(n, "independent", "crackle", "decode_mbps") for n in real}, lambda x: x >= 15, lambda x: f"{x:.1f} times", False)
         + f"; at most {max(ratio(n, 'independent', 'crackle', 'decode_mbps') for n in real):.0f}"),
    ]  # fmt: skip
    dense = {n: volumes[n]["independent"]["bytes"] / volumes[n]["zstd-19"]["bytes"] for n in DENSE
             if {"independent", "zstd-19"} <= set(volumes.get(n, {}))}  # fmt: skip
    if dense:
        rows.append(("independent frames: at most 90 % of zstd's bytes on volumes of thousands of cells",
                     misses(dense, lambda x: x <= 0.9, lambda x: f"{100 * x:.0f} %", True)
                     + "; " + ", ".join(f"{n} {100 * x:.0f} %" for n, x in dense.items())))  # fmt: skip
    case, before = "s0327-512", "s0327"
    if case in real:
        sizes = [value(case, codec, "bytes") for codec in ("independent", "predicted")]
        alike = {n: ratio(n, "predicted", "independent", "bytes") for n in (case, before, "ct20") if n in real}
        speed, randoms = value(case, "predicted", "decode_mbps"), [value(case, codec, "random_us") for codec in ("independent", "predicted")]
        rows += [
            ("s0327 at 512 x 512: at most 175,000 bytes independent, 105,000 predicted",
             ("reached" if sizes[0] <= 175000 and sizes[1] <= 105000 else "**missed**") + f": {sizes[0]:,} and {sizes[1]:,}"),
            ("predicted frames: at most 70 % of the independent ones' bytes on data like s0327",
             ("reached" if max(alike.values()) <= 0.7 else "**missed**") + ": " + ", ".join(f"{n} {100 * x:.0f} %" for n, x in alike.items())),
            ("predicted frames decode at 2 GB/s or more (s0327-512)", ("reached" if speed >= 2000 else "**missed**") + f": {speed / 1000:.1f} GB/s"),
        ]  # fmt: skip
    encode = lambda codec: {n: value(n, codec, "encode_mbps") for n in real}
    rows.append(("encoding at 500 MB/s or more", "; ".join(
        f"{codec} {bounds(encode(codec), lambda x: x >= 500)}" + (f", {case} {value(case, codec, 'encode_mbps'):,.0f}" if case in real else "")
        for codec in ("independent", "predicted"))))  # fmt: skip
    if case in real:
        rows.append(("one random frame of 512 x 512 in less than 50 µs (independent), 300 µs (predicted)",
                     ("reached" if randoms[0] < 50 and randoms[1] < 300 else "**missed**") + f": {number(randoms[0])} and {number(randoms[1])}"))  # fmt: skip
    noise = volumes.get("noise", {})
    if "independent" in noise and "memcpy" in noise:
        growth = lambda codec: 100 * (noise[codec]["bytes"] / noise["memcpy"]["bytes"] - 1)
        rows.append(("no input grows by more than 1 %", f"{'reached' if growth('independent') <= 1 else '**missed**'}: noise "
                     f"{growth('independent'):+.1f} % (zstd {growth('zstd-19'):+.1f} %); tests/test_label_edge.c checks it on all kinds of content"))  # fmt: skip
    return "\n".join(["| target | reached? |", "|---|---|", *(f"| {target} | {answer} |" for target, answer in rows)])


def losses(results):
    """Where other codecs are smaller or faster."""
    volumes = by_volume(results)
    real = {name: rows for name, rows in volumes.items() if name not in SYNTHETIC and NEEDED <= set(rows)}
    if not real:
        raise ValueError("no volume was measured with all of " + ", ".join(sorted(NEEDED)))
    ratios = lambda one, other, what: {n: rows[one][what] / rows[other][what] for n, rows in real.items() if one in rows and other in rows
                                       and rows[other][what]}  # fmt: skip
    span = lambda values, text: f"{text(min(values))} to {text(max(values))}"
    percent = lambda x: f"{100 * x:.0f}"
    alone, predicted = ratios("independent", "zstd-19", "bytes"), ratios("predicted", "zstd-19", "bytes")
    dense = {name: value for name, value in alone.items() if value > 0.4}
    lines = []
    if dense:
        lines.append(f"- Where there is an edge every ten to twenty pixels: independent frames have {span(dense.values(), percent)} percent of zstd's bytes on "
                     f"{', '.join(sorted(dense, key=dense.get, reverse=True))}; predicted ones have at most {percent(max(predicted.values()))} percent anywhere.")  # fmt: skip
    text = []
    for codec in ("independent", "predicted"):
        faster = {n: x for n, x in ratios("zstd-19", codec, "decode_mbps").items() if x > 1}
        text.append(f"than {codec} frames on {len(faster)} of {len(real)} volumes" + (f", by up to {max(faster.values()):.2f} times" if faster else ""))
    lines.append(f"- zstd -19 decodes faster {'; '.join(text)}.")
    for codec, word in (("jpeg-xl, 9", "JPEG XL at effort 9"), ("crackle + zstd-19", "crackle with zstd behind it, which has no access to one slice,"),
                        ("crackle, order 5", "crackle of order 5"), ("deflated-frame", "Deflated Image Frame")):  # fmt: skip
        smaller = {own: {n: 1 - x for n, x in ratios(codec, own, "bytes").items() if x < 1} for own in ("independent", "predicted")}
        text = [f"smaller than {own} frames on " + ", ".join(f"{n} (by {percent(x)} %)" for n, x in found.items())
                for own, found in smaller.items() if found]  # fmt: skip
        speeds = [rows[codec]["decode_mbps"] for rows in real.values() if codec in rows and rows[codec]["decode_mbps"]]
        if speeds:
            lines.append(f"- {word} is {'; '.join(text) or 'larger on every volume'}; it decodes at {span(speeds, number)} MB/s.")
    noise = volumes.get("noise", {})
    if {"independent", "zstd-19", "memcpy"} <= set(noise):
        saved = lambda codec: f"{100 * (noise[codec]['bytes'] / noise['memcpy']['bytes'] - 1):+.2f} %"
        lines.append(f"- Noise: {saved('independent')} of the pixels' bytes, zstd {saved('zstd-19')}; decoded at {noise['independent']['decode_mbps'] / 1000:.2f} GB/s, "
                     f"zstd {noise['zstd-19']['decode_mbps'] / 1000:.2f}.")  # fmt: skip
    slower = [rows["independent"]["decode_mbps"] / rows["independent"]["encode_mbps"] for rows in real.values() if rows["independent"]["encode_mbps"]]
    lines.append(f"- Encoding is slower than decoding by {span(slower, lambda x: f'{x:.1f}')} times.")
    return "\n".join(lines)


def result_tables(results):
    volumes, rows = by_volume(results), rows_of(results)
    if not rows:
        raise ValueError("no frame codecs were measured")
    wrong = [row for row in rows if row["failures"] != 0]
    codecs = list(CODECS.values())
    return "\n\n".join([
        'Bytes ("~": encoding all frames would have taken too long, and every n-th was):',
        table(volumes, codecs[:-1], bytes_cell),
        "Decoding, GB/s of pixels:",
        table(volumes, ["memcpy", *codecs], lambda row: f"{float(row['decode_mbps'] or 0) / 1000:.3g}"),
        "One frame in random order, microseconds:",
        table(volumes, codecs[:-1], lambda row: number(row["random_us"])),
        "Encoding, MB/s:",
        table(volumes, codecs[:-1], lambda row: number(row["encode_mbps"])),
        f"{len(rows)} results, {len(wrong)} with wrong or missing frames" + "".join(f"; {r['volume']}: {r['codec']}" for r in wrong) + ".",
    ])  # fmt: skip


def draw(results):
    """SVG: each codec's median over the volumes of what it needs and how fast it is; small dots are volumes."""
    import plots
    from matplotlib import pyplot

    volumes = by_volume(results)
    figure, axes = pyplot.subplots(figsize=(8, 4.6))
    for codec in CODECS.values():
        points = []
        for volume, rows in volumes.items():
            anchor, row = rows.get("zstd-19"), rows.get(codec)
            if volume in SYNTHETIC or not anchor or not row or not row["decode_mbps"]:
                continue
            points.append((row["decode_mbps"] / 1000, 100 * row["bytes"] / anchor["bytes"]))
        if not points or codec == "crackle, order 5":
            continue
        color = plots.COLORS["experimental" if codec in ("independent", "predicted") else
                             "research" if codec.startswith(("cra", "com", "nii")) else "standard"]  # fmt: skip
        x, y = (statistics.median(values) for values in zip(*points))
        axes.scatter(*zip(*points), s=9, color=color, alpha=0.35, linewidths=0)
        axes.scatter([x], [y], s=46, color=color)
        axes.annotate(codec, (x, y), xytext=(6, 4), textcoords="offset points", fontsize=9, color=color)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlabel("decoding, GB/s of pixels, one thread")
    axes.set_ylabel("bytes, percent of zstd -19 per frame")
    axes.set_yticks([10, 20, 50, 100, 200], ["10", "20", "50", "100", "200"])
    axes.yaxis.set_minor_formatter("")
    axes.xaxis.set_major_formatter("{x:g}")
    return '<?xml version="1.0" encoding="utf-8"?>\n' + plots.to_svg(figure, "label-edge")
