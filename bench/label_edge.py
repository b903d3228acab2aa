"""The figures of proposals/label-edge: its frames beside the codecs that it is compared with, in one run per volume.

usage: label_edge.py measure FRAMES RESULTS VOLUME...    FRAMES: the program bench/frames; VOLUME: a file, noise or empty
       label_edge.py show RESULTS [PLOT.svg]             prints tables, draws size against decoding speed (matplotlib)

measure needs the Python of the benchmark's peers (bench/peers/setup.sh) for crackle and compresso, takes some minutes for
each volume, uses one thread, and adds lines to RESULTS (CSV), in place of those that the volume had."""

import csv
import json
import subprocess
import sys
from pathlib import Path

CODECS = ["gzip-6 volume, zlib", "gzip-6 volume, libdeflate", "label-edge", "label-edge:predict=1", "zstd:level=19",
          "deflated-frame:level=12", "jpeg-ls", "jpeg-xl:effort=9"]  # fmt: skip
COLUMNS = ["volume", "representation", "bits", "columns", "rows", "frames", "codec", "bytes", "about", "encode_mbps",
           "decode_mbps", "decode_min", "decode_max", "random_us", "failures"]  # fmt: skip
SHORT = {"label-edge": "independent", "label-edge:predict=1": "predicted", "zstd:level=19": "zstd-19", "gzip-6 volume, zlib":
         "nii.gz, zlib", "gzip-6 volume, libdeflate": "nii.gz, libdeflate", "deflated-frame:level=12": "deflated-frame",
         "jpeg-xl:effort=9": "jpeg-xl, 9"}  # fmt: skip


def json_lines(command):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=600)
    if done.returncode != 0:
        print(done.stderr.strip(), file=sys.stderr)
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def row_of(record, volume):
    def speed(seconds):
        return round(record["measured_bytes"] / seconds / 1e6, 1) if seconds else ""

    decode = record.get("decode_seconds", {})
    return {
        "volume": volume, **{name: record[name] for name in ("representation", "bits", "columns", "rows", "frames", "codec")},
        "bytes": record.get("bytes", record.get("error")),
        "about": int(not record["codec"].startswith("gzip") and record.get("measured_frames", 0) < record["frames"]),
        "encode_mbps": speed(record.get("encode_seconds", {}).get("median")), "decode_mbps": speed(decode.get("median")),
        "decode_min": speed(decode.get("max")), "decode_max": speed(decode.get("min")),
        "random_us": round(record.get("random_frame_seconds", {}).get("median", 0) * 1e6, 1),
        "failures": record.get("failures", ""),
    }  # fmt: skip


def measure(frames, results, volumes):
    path = Path(results)
    rows = read(path) if path.exists() else []
    for volume in volumes:
        name = volume if volume in ("noise", "empty") else "/".join(Path(volume).parts[-2:])
        records = []
        # Those that encode slowly only have every n-th frame to decode, which favours them where that fits into the cache.
        for limit, codecs in ((60, CODECS[:5]), (4, CODECS[5:])):
            command = [frames, volume, "--json", "--as", "labelmap", "--rounds", 3, "--seconds", 0.2, "--limit", limit, "--codec", "only"]
            for codec in codecs:
                command += ["--codec", codec]
            records += [record for record in json_lines(command) if limit > 4 or record["codec"] != "memcpy"]
        if volume not in ("noise", "empty"):
            records += json_lines([sys.executable, Path(__file__).parent / "peers/label_codecs.py", volume, "--rounds", 2])
        rows = [row for row in rows if row["volume"] != name] + [row_of(record, name) for record in records]
        with path.open("w", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)


def read(path):
    with Path(path).open() as file:
        return list(csv.DictReader(file))


def by_volume(rows):
    volumes = {}
    for row in rows:
        volumes.setdefault(row["volume"], {})[row["codec"]] = row
    return volumes


def table(volumes, codecs, cell):
    print("| volume | " + " | ".join(SHORT.get(codec, codec) for codec in codecs) + " |")
    print("|---|" + "---:|" * len(codecs))
    for volume, rows in volumes.items():
        print(f"| {volume} | " + " | ".join(cell(rows[codec]) if codec in rows else "" for codec in codecs) + " |")
    print()


def number(text):
    value = float(text or 0)
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def show(results, plot=None):
    rows = read(results)
    volumes = by_volume(rows)
    wrong = [row for row in rows if row["failures"] != "0"]
    codecs = [*CODECS[2:], "crackle", "crackle, order 5", "crackle + zstd-19", "compresso", *CODECS[:2]]
    print("Bytes:\n")
    table(volumes, codecs[:-1], lambda row: ("~" if row["about"] == "1" and not row["codec"].startswith("gzip") else "") + row["bytes"])
    print("Decoding, GB/s of pixels:\n")
    table(volumes, ["memcpy", *codecs], lambda row: f"{float(row['decode_mbps'] or 0) / 1000:.3g}")
    print("One frame in random order, microseconds:\n")
    table(volumes, codecs[:-1], lambda row: number(row["random_us"]))
    print("Encoding, MB/s:\n")
    table(volumes, codecs[:-1], lambda row: number(row["encode_mbps"]))
    print(f"{len(rows)} results, {len(wrong)} with wrong or missing frames", *[f"{r['volume']}: {r['codec']}" for r in wrong], sep="\n")
    if plot:
        draw(volumes, plot)


def draw(volumes, path):
    """Each codec's median over the volumes of what it needs and how fast it is, both relative to zstd-19; dots: volumes."""
    import statistics

    import plots
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(8, 4.6))
    shown = ["label-edge", "label-edge:predict=1", "zstd:level=19", "deflated-frame:level=12", "jpeg-ls", "jpeg-xl:effort=9", "crackle",
             "crackle + zstd-19", "compresso", *CODECS[:2]]  # fmt: skip
    for codec in shown:
        points = []
        for volume, rows in volumes.items():
            anchor, row = rows.get("zstd:level=19"), rows.get(codec)
            if volume in ("noise", "empty") or not anchor or not row or not row["decode_mbps"]:
                continue
            points.append((float(row["decode_mbps"]) / 1000, 100 * int(row["bytes"]) / int(anchor["bytes"])))
        if not points:
            continue
        color = plots.COLORS["experimental" if codec.startswith("label-edge") else
                             "research" if codec.startswith(("cra", "com", "gzip")) else "standard"]  # fmt: skip
        x, y = (statistics.median(values) for values in zip(*points))
        axes.scatter(*zip(*points), s=9, color=color, alpha=0.35, linewidths=0)
        axes.scatter([x], [y], s=46, color=color)
        axes.annotate(SHORT.get(codec, codec), (x, y), xytext=(6, 4), textcoords="offset points", fontsize=9, color=color)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlabel("decoding, GB/s of pixels, one thread")
    axes.set_ylabel("bytes, percent of zstd -19 per frame")
    axes.set_yticks([10, 20, 50, 100, 200], ["10", "20", "50", "100", "200"])
    axes.yaxis.set_minor_formatter("")
    axes.xaxis.set_major_formatter("{x:g}")
    Path(path).write_text('<?xml version="1.0" encoding="utf-8"?>\n' + plots.to_svg(figure, "label-edge"))


if __name__ == "__main__":
    if len(sys.argv) > 4 and sys.argv[1] == "measure":
        measure(sys.argv[2], sys.argv[3], sys.argv[4:])
    elif len(sys.argv) in (3, 4) and sys.argv[1] == "show":
        show(*sys.argv[2:])
    else:
        sys.exit(__doc__)
