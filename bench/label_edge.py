# SPDX-License-Identifier: Apache-2.0
"""The evidence of proposals/label-edge: its frames beside the codecs that it is compared with. Tables, results.csv and
size-and-speed.svg are made of the benchmark's results (frames) by figures.py."""

import csv
import io
import statistics

# Names of codecs in the results and in the tables.
CODECS = {"label-edge": "independent", "label-edge:same=1": "with same frames", "label-edge-predicted": "predicted", "zstd": "zstd-19",
          "zstd, frame before": "zstd-19, frame before",
          "deflated-frame:level=12": "deflated-frame, 12", "jpeg-ls": "jpeg-ls", "jpeg-xl:effort=9": "jpeg-xl, 9",
          "JPEG XL 0.11, effort 9": "jpeg-xl 0.11, 9", "WebP lossless": "WebP lossless", "OpenZL, level 19": "OpenZL, 19", "crackle": "crackle",
          "crackle, order 5": "crackle, order 5", "crackle + zstd-19": "crackle + zstd-19", "crackle, order 5 + zstd-19":
          "crackle, order 5 + zstd-19", "compresso": "compresso", "gzip-6 volume, zlib": "nii.gz, zlib", "gzip-6 volume, libdeflate":
          "nii.gz, libdeflate"}  # fmt: skip
OWN = ("independent", "with same frames", "predicted")
# Bytes of the fragments of version 2, independent frames, and frames of the volume: what version 3 was to keep.
VERSION_2 = {"s0327-512": 167258, "s0327": 167134, "ct20": 3894, "knee": 80878, "hncma": 173588, "aparc": 106304, "liver": 838,
             "aicha": 27480, "harvard-oxford": 78056, "jhu-wm": 14540, "jhu-wm-2mm": 4748, "aal": 56400, "brodmann": 67260,
             "inia19": 86986, "jhu189": 69144, "natbrainlab": 59952, "phantom-31": 2184, "phantom-108": 140928}  # fmt: skip
# Codecs that give access to a frame, without decoding all.
WITH_ACCESS = ("zstd-19", "deflated-frame, 12", "jpeg-ls", "jpeg-xl, 9", "jpeg-xl 0.11, 9", "WebP lossless", "OpenZL, 19", "crackle",
               "crackle, order 5", "compresso")
VOLUMES = ["s0327-512", "s0327", "ct20", "knee", "hncma", "aparc", "liver", "aicha", "harvard-oxford", "jhu-wm", "jhu-wm-2mm", "aal",
           "brodmann", "inia19", "jhu189", "natbrainlab", "phantom-108", "phantom-31", "cubes5-scan", "cubes5-random",
           "cubes12-scan", "cubes12-random", "voronoi-scan", "voronoi-random", "empty", "noise"]  # fmt: skip
DENSE = ("cubes5-scan", "cubes5-random", "cubes12-scan", "cubes12-random", "voronoi-scan", "voronoi-random")
SYNTHETIC = ("empty", "noise", *DENSE)
NEEDED = {"independent", "predicted", "zstd-19", "crackle"}
COLUMNS = ["volume", "representation", "bits", "columns", "rows", "frames", "codec", "bytes", "encode_mbps",
           "decode_mbps", "decode_min", "decode_max", "random_us", "failures"]  # fmt: skip


def row_of(record):
    def speed(seconds):
        return round(record["raw_bytes"] / seconds / 1e6, 1) if seconds else ""

    decode = record.get("decode_seconds", {})
    return {
        "volume": record["corpus"], **{name: record[name] for name in COLUMNS[1:6]},
        "codec": CODECS.get(record["codec"], record["codec"]), "bytes": record.get("bytes", record.get("error")),
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
    return f"{row['bytes']:,}" if isinstance(row["bytes"], int) else row["bytes"]


def measured(results):
    """The volumes by name, and those of them that are neither made nor short of a codec."""
    volumes = by_volume(results)
    real = {name: rows for name, rows in volumes.items() if name not in SYNTHETIC and NEEDED <= set(rows)}
    if not real:
        raise ValueError("no volume was measured with all of " + ", ".join(sorted(NEEDED)))
    return volumes, real


def misses(found, good, text, worst_first=True, note=""):
    """Whether all of found, by volume, are good."""
    bad = sorted((item for item in found.items() if not good(item[1])), key=lambda item: item[1], reverse=worst_first)
    if not bad:
        return f"reached on all {len(found)}{note}"
    return f"**missed** on {len(bad)} of {len(found)}{note}: " + ", ".join(f"{name} {text(x)}" for name, x in bad)


def reached(good):
    return "reached" if good else "**missed**"


def percent(x):
    return f"{100 * x:.0f} %"


def against_version_2(real):
    """Rows on the bytes of version 2."""
    volumes = {n: rows for n, rows in real.items() if n in VERSION_2}
    growth = lambda codec: {n: rows[codec]["bytes"] / VERSION_2[n] for n, rows in volumes.items() if codec in rows}
    alone, same = growth("independent"), growth("with same frames")
    fine = lambda x: f"{100 * x:.1f} %"
    if alone:
        together = sum(volumes[n]["independent"]["bytes"] for n in alone) / sum(VERSION_2[n] for n in alone)
        yield (f"all frames alone: at most 101 % of version 2 over the {len(alone)} together", f"{reached(together <= 1.01)}: {fine(together)}")
    if same:
        yield ("with same frames: at most 104 % of version 2 on each", misses(same, lambda x: x <= 1.04, fine)
               + f"; {fine(sum(volumes[n]['with same frames']['bytes'] for n in same) / sum(VERSION_2[n] for n in same))} together")  # fmt: skip
        small = {n: x for n, x in same.items() if VERSION_2[n] >= 15 * volumes[n]["independent"]["frames"]}
        if small:
            yield ("with same frames: at most 112 % of version 2 where its frames have 15 bytes or more", misses(small, lambda x: x <= 1.12, fine))


def targets(results):
    """What was to be reached, and whether it was."""
    volumes, real = measured(results)
    value = lambda name, codec, what: real[name][codec][what]
    ratio = lambda name, one, other, what: value(name, one, what) / value(name, other, what)

    def bounds(found, good):
        bad = [x for x in found.values() if not good(x)]
        return f"**missed** on {len(bad)} of {len(found)}, least {min(found.values()):,.0f}" if bad else "reached"

    speeds = {n: ratio(n, "independent", "zstd-19", "decode_mbps") for n in real}
    faster = [n for n, x in speeds.items() if x > 1]
    rows = [
        *against_version_2(real),
        ("all frames alone: at most 85 % of zstd's bytes on every volume",
         misses({n: ratio(n, "independent", "zstd-19", "bytes") for n in real}, lambda x: x <= 0.85, percent)),
        ("independent frames decode faster than zstd on at least 13 of 18 volumes, and nowhere below 0.73 of its speed",
         f"{reached(len(faster) >= min(13, len(real)) and min(speeds.values()) >= 0.73)}: on {len(faster)} of {len(real)}, least "
         f"{min(speeds.values()):.2f}"),
        ("smaller than every published codec that gives access to a frame",
         misses({n: min(rows[codec]["bytes"] for codec in WITH_ACCESS if codec in rows and isinstance(rows[codec]["bytes"], int))
                 / rows["independent"]["bytes"] for n, rows in real.items()}, lambda x: x > 1, lambda x: f"{x:.2f} times", False)),
    ]  # fmt: skip
    whole = {n: rows["predicted"]["bytes"] / rows["crackle, order 5 + zstd-19"]["bytes"] for n, rows in real.items()
             if n != "knee" and "crackle, order 5 + zstd-19" in rows and isinstance(rows["crackle, order 5 + zstd-19"]["bytes"], int)}  # fmt: skip
    if whole:
        rows.append(("predicted frames: smaller than crackle of order 5 with zstd-19 behind it on all but the knee",
                     misses(whole, lambda x: x < 1, percent)))  # fmt: skip
    case = "s0327-512"
    if case in real:
        sizes = [value(case, codec, "bytes") for codec in ("independent", "predicted")]
        randoms = [value(case, codec, "random_us") for codec in ("independent", "predicted")]
        rows += [
            ("s0327 at 512 x 512: at most 171,000 bytes independent, 107,500 predicted",
             f"{reached(sizes[0] <= 171000 and sizes[1] <= 107500)}: {sizes[0]:,} and {sizes[1]:,}"),
            ("one random frame of 512 x 512 in less than 50 µs (independent), 300 µs (predicted)",
             f"{reached(randoms[0] < 50 and randoms[1] < 300)}: {number(randoms[0])} and {number(randoms[1])}"),
        ]  # fmt: skip
    encode = lambda codec: {n: value(n, codec, "encode_mbps") for n in real}
    rows.append(("encoding at 500 MB/s or more", "; ".join(
        f"{codec} {bounds(encode(codec), lambda x: x >= 500)}" + (f", {case} {value(case, codec, 'encode_mbps'):,.0f}" if case in real else "")
        for codec in ("independent", "predicted"))))  # fmt: skip
    dense = {n: volumes[n]["independent"]["bytes"] / volumes[n]["zstd-19"]["bytes"] for n in DENSE
             if {"independent", "zstd-19"} <= set(volumes.get(n, {}))}  # fmt: skip
    if dense:
        rows.append(("independent frames: at most 90 % of zstd's bytes on volumes of thousands of cells",
                     misses(dense, lambda x: x <= 0.9, percent)
                     + "; " + ", ".join(f"{n} {100 * x:.0f} %" for n, x in dense.items())))  # fmt: skip
    noise = volumes.get("noise", {})
    if "independent" in noise and "memcpy" in noise:
        growth = lambda codec: 100 * (noise[codec]["bytes"] / noise["memcpy"]["bytes"] - 1)
        rows.append(("no input grows by more than 1 %", f"{'reached' if growth('independent') <= 1 else '**missed**'}: noise "
                     f"{growth('independent'):+.1f} % (zstd {growth('zstd-19'):+.1f} %); tests/test_label_edge.c checks it on all kinds of content"))  # fmt: skip
    rows += RETIRED
    return "\n".join(["| target | reached? |", "|---|---|", *(f"| {target} | {answer} |" for target, answer in rows)])


# Targets of earlier versions that are given up, and why.
RETIRED = [
    ("independent frames: at most 40 % of zstd's bytes on every volume",
     "retired: dense atlases have an edge every ten pixels, and frames that decode alone cannot get there (Is 40 % possible?)"),
    ("independent frames decode faster than zstd on every volume",
     "retired: where there is an edge every ten pixels each costs a symbol, and zstd copies; the bound by number of volumes is above"),
    ("independent frames decode at least 15 times as fast as crackle on every volume",
     "retired: the ratio tells how empty a volume is, of which crackle's speed hardly depends"),
    ("predicted frames: at most 70 % of the independent ones' bytes; 2 GB/s",
     "retired: counted on frames alone; what matters is the object, of which frames are the smaller half"),
]  # fmt: skip


def losses(results):
    """Where other codecs are smaller or faster."""
    volumes, real = measured(results)
    ratios = lambda one, other, what: {n: rows[one][what] / rows[other][what] for n, rows in real.items() if one in rows and other in rows
                                       and rows[other][what]}  # fmt: skip
    span = lambda values, text: f"{text(min(values))} to {text(max(values))}"
    whole_percent = lambda x: f"{100 * x:.0f}"
    alone, predicted = ratios("independent", "zstd-19", "bytes"), ratios("predicted", "zstd-19", "bytes")
    dense = {name: value for name, value in alone.items() if value > 0.4}
    lines = []
    if dense:
        lines.append(f"- Where there is an edge every ten to twenty pixels: independent frames have {span(dense.values(), whole_percent)} percent of zstd's bytes on "
                     f"{', '.join(sorted(dense, key=dense.get, reverse=True))}; predicted ones have at most {whole_percent(max(predicted.values()))} percent anywhere.")  # fmt: skip
    text = []
    for codec in ("independent", "predicted"):
        faster = {n: x for n, x in ratios("zstd-19", codec, "decode_mbps").items() if x > 1}
        text.append(f"than {codec} frames on {len(faster)} of {len(real)} volumes" + (f", by up to {max(faster.values()):.2f} times" if faster else ""))
    lines.append(f"- zstd -19 decodes faster {'; '.join(text)}.")
    for codec, word in (("jpeg-xl, 9", "JPEG XL at effort 9"), ("jpeg-xl 0.11, 9", "JPEG XL by libjxl 0.11"),
                        ("WebP lossless", "WebP, lossless,"), ("OpenZL, 19", "OpenZL at level 19"),
                        ("zstd-19, frame before", "zstd with the frame before as prefix"), ("crackle + zstd-19", "crackle with zstd behind it, which has no access to one slice,"),
                        ("crackle, order 5 + zstd-19", "crackle of order 5 with zstd behind it, which has none either,"),
                        ("crackle, order 5", "crackle of order 5"), ("deflated-frame, 12", "Deflated Image Frame, level 12")):  # fmt: skip
        smaller = {own: {n: 1 - x for n, x in ratios(codec, own, "bytes").items() if x < 1} for own in ("independent", "predicted")}
        text = [f"smaller than {own} frames on " + ", ".join(f"{n} (by {whole_percent(x)} %)" for n, x in found.items())
                for own, found in smaller.items() if found]  # fmt: skip
        speeds = [rows[codec]["decode_mbps"] for rows in real.values() if codec in rows and rows[codec]["decode_mbps"]]
        if speeds:
            lines.append(f"- {word} is {'; '.join(text) or 'larger on every volume'}; it decodes at {span(speeds, number)} MB/s.")
    repeated = {n: rows["independent"]["bytes"] / rows["with same frames"]["bytes"] for n, rows in real.items() if "with same frames" in rows}
    costly = {n: x for n, x in repeated.items() if x > 1.01}
    if costly:
        lines.append("- Slices that repeat, when each frame stands alone: " + ", ".join(
            f"{n} {real[n]['independent']['bytes']:,} bytes instead of {real[n]['with same frames']['bytes']:,}" for n in costly) + ".")
    noise = volumes.get("noise", {})
    if {"independent", "zstd-19", "memcpy"} <= set(noise):
        saved = lambda codec: f"{100 * (noise[codec]['bytes'] / noise['memcpy']['bytes'] - 1):+.2f} %"
        lines.append(f"- Noise: {saved('independent')} of the pixels' bytes, zstd {saved('zstd-19')}; decoded at {noise['independent']['decode_mbps'] / 1000:.2f} GB/s, "
                     f"zstd {noise['zstd-19']['decode_mbps'] / 1000:.2f}.")  # fmt: skip
    slower = [rows["independent"]["decode_mbps"] / rows["independent"]["encode_mbps"] for rows in real.values() if rows["independent"]["encode_mbps"]]
    lines.append(f"- Encoding is slower than decoding by {span(slower, lambda x: f'{x:.1f}')} times.")
    return "\n".join(lines)


def sentence_values(results):
    """Figures of the sentences on all volumes in findings.md, by name; nothing where no volume was measured."""
    try:
        _, real = measured(results)
    except ValueError:
        return
    yield "label-edge: volumes", f"{len(real)}"
    for codec, words in (("deflated-frame", "level 6"), ("deflated-frame:level=12", "level 12")):
        sizes = {(record["corpus"], record["codec"]): record["bytes"] for record in results["frames"]
                 if record["representation"] == "labelmap" and "error" not in record}  # fmt: skip
        times = [sizes[name, codec] / sizes[name, "label-edge"] for name in real if (name, codec) in sizes]
        if times:
            yield f"label-edge: Deflated Image Frame of {words} / independent frames", f"{min(times):.1f} to {max(times):.1f}"
    for codec in ("independent", "predicted"):
        speeds = [rows["zstd-19"]["decode_mbps"] / rows[codec]["decode_mbps"] for rows in real.values()]
        yield f"label-edge: volumes where zstd decodes faster than {codec} frames", f"{sum(x > 1 for x in speeds)}"
        yield f"label-edge: most that zstd is faster than {codec} frames", f"{max(speeds):.1f}"
    for codec in ("crackle, order 5 + zstd-19", "zstd-19, frame before"):
        beside = {name: rows for name, rows in real.items() if isinstance(rows.get(codec, {}).get("bytes"), int)}
        smaller = [name for name, rows in beside.items() if rows[codec]["bytes"] < rows["independent"]["bytes"]]
        slower = [rows["independent"]["decode_mbps"] / rows[codec]["decode_mbps"] for name, rows in beside.items() if name in smaller]
        yield f"label-edge: volumes where {codec} is smaller", f"{len(smaller)}"
        if smaller:
            yield f"label-edge: which these are, {codec}", ", ".join(smaller)
            yield f"label-edge: how many times slower there, {codec}", f"{min(slower):.0f} to {max(slower):.0f}"


def result_tables(results):
    volumes, rows = by_volume(results), rows_of(results)
    if not rows:
        raise ValueError("no frame codecs were measured")
    wrong = [row for row in rows if row["failures"] != 0]
    codecs = [codec for codec in CODECS.values() if any(codec in of_volume for of_volume in volumes.values())]
    return "\n\n".join([
        "Bytes:",
        table(volumes, codecs[:-1], bytes_cell),
        "Decoding, GB/s of pixels:",
        table(volumes, ["memcpy", *codecs], lambda row: f"{float(row['decode_mbps'] or 0) / 1000:.3g}"),
        "One frame in random order, microseconds:",
        table(volumes, codecs[:-1], lambda row: number(row["random_us"])),
        "Encoding, MB/s:",
        table(volumes, codecs[:-1], lambda row: number(row["encode_mbps"])),
        f"{len(rows)} results, {len(wrong)} with wrong or missing frames" + "".join(f"; {r['volume']}: {r['codec']}" for r in wrong) + ".",
    ])  # fmt: skip


def plot_kind(codec):
    if codec in OWN:
        return "experimental"
    research = codec.startswith(("cra", "com", "nii", "zstd-19,", "jpeg-xl 0.11", "WebP", "OpenZL"))
    return "research" if research else "standard"


def points_by_codec(results):
    """Of each codec the decoding speed, GB/s, and the percent of zstd's bytes, on each volume that is not made."""
    volumes, found = by_volume(results), {}
    for codec in CODECS.values():
        rows = [(of[codec], of["zstd-19"]) for name, of in volumes.items() if name not in SYNTHETIC and codec in of and "zstd-19" in of]
        points = [(row["decode_mbps"] / 1000, 100 * row["bytes"] / anchor["bytes"]) for row, anchor in rows if row["decode_mbps"]]
        if points and codec not in ("crackle, order 5", "with same frames"):
            found[codec] = points
    return found


PLOT_TITLE = "Frame codecs for label maps: bytes against decoding speed"


def draw(results):
    """SVG: each codec's median over the volumes of what it needs and how fast it is; small dots are volumes."""
    import plots
    from labels import place_labels
    from matplotlib import pyplot

    found = points_by_codec(results)
    medians = {codec: tuple(statistics.median(values) for values in zip(*points)) for codec, points in found.items()}
    figure, axes = pyplot.subplots(figsize=(10, 6))
    for codec, points in found.items():
        color = plots.COLORS[plot_kind(codec)]
        axes.scatter(*zip(*points), s=9, color=color, alpha=0.3, linewidths=0)
        axes.scatter(*medians[codec], s=50, color=color, zorder=3)
    words = {"experimental": "Label Edge", "standard": "in the standard, or zstd by frame", "research": "research format or codec, or other library"}
    for kind, word in words.items():
        axes.scatter([], [], s=50, color=plots.COLORS[kind], label=word)
    axes.scatter([], [], s=9, color=plots.SOFT, label="one volume; large dots: medians")
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlabel("decoding, GB/s of pixels, one thread (log)")
    axes.set_ylabel("bytes, percent of zstd -19 by frame (log)")
    axes.set_yticks([10, 20, 50, 100, 200], ["10 %", "20 %", "50 %", "100 %", "200 %"])
    axes.yaxis.set_minor_formatter("")
    axes.xaxis.set_major_formatter("{x:g}")
    figure.legend(loc="outside upper left", ncols=4, fontsize=9, handletextpad=0.3, columnspacing=1.4)
    place_labels(axes, [(*medians[codec], f"Label Edge, {codec}" if codec in OWN else codec, plots.COLORS[plot_kind(codec)]) for codec in found], 9)
    volumes = max(map(len, found.values()), default=0)
    text = f"Medians over {volumes} volumes. " + "; ".join(
        f"{codec}: {speed:.2g} GB/s, {size:.0f} % of zstd's bytes" for codec, (speed, size) in sorted(medians.items(), key=lambda item: item[1][1]))
    return '<?xml version="1.0" encoding="utf-8"?>\n' + plots.to_svg(figure, "label-edge", PLOT_TITLE, text, page=False)
