# SPDX-License-Identifier: Apache-2.0
"""The report's figures: matplotlib, as SVG text that goes into the page as it is."""

import io
import re

import matplotlib

matplotlib.use("svg")
from matplotlib import pyplot  # noqa: E402

COLORS = {"ours": "#1668a8", "peer": "#9aa3ad", "limit": "#2f2f2f", "experimental": "#c2410c", "standard": "#1668a8", "research": "#5b8c3e"}
PARTS = {"pixel data": "#1668a8", "per-frame functional groups": "#e0872b", "the rest": "#9aa3ad"}
matplotlib.rcParams.update({
    "svg.fonttype": "none", "font.family": "sans-serif", "font.size": 10, "axes.spines.top": False,
    "axes.spines.right": False, "axes.edgecolor": "#888888", "axes.labelcolor": "#333333", "xtick.color": "#333333",
    "ytick.color": "#333333", "axes.grid": True, "grid.color": "#e4e7ea", "axes.axisbelow": True, "legend.frameon": False,
    "figure.constrained_layout.use": True,
})  # fmt: skip


def to_svg(figure, name):
    """name makes ids differ from those of other figures on the page."""
    matplotlib.rcParams["svg.hashsalt"] = name
    text = io.StringIO()
    figure.savefig(text, format="svg", metadata={"Date": None, "Creator": None})
    pyplot.close(figure)
    svg = text.getvalue()
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r'<svg ([^>]*?)width="[^"]*" height="[^"]*"|<svg ([^>]*?)height="[^"]*" ([^>]*?)width="[^"]*"',
                 lambda match: "<svg " + " ".join(part for part in match.groups() if part), svg, count=1)  # fmt: skip
    return re.sub(r'id="(axes|figure|patch|line2d|text|PathCollection|LineCollection|xtick|ytick|matplotlib.axis|legend)_?(\d+)"',
                  rf'id="{name}-\1-\2"', svg)  # fmt: skip


def short_time(seconds):
    if seconds >= 1:
        return f"{seconds:.1f} s"
    return f"{seconds * 1e3:.3g} ms" if seconds >= 1e-3 else f"{seconds * 1e6:.3g} µs"


def short_bytes(count):
    for unit, size in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if count >= size:
            return f"{count / size:.3g} {unit}"
    return f"{count:.0f} B"


def read_bars(rows):
    """rows: (label, seconds with spread, peak bytes or None, kind), fastest first: time and memory side by side."""
    figure, (time_axes, memory_axes) = pyplot.subplots(1, 2, figsize=(10, 0.29 * len(rows) + 1.3), sharey=True, width_ratios=(3, 2))
    places = range(len(rows))[::-1]
    for place, (_, seconds, peak, kind) in zip(places, rows):
        median = seconds["median"]
        time_axes.barh(place, median * 1e3, color=COLORS[kind], height=0.72)
        if seconds["n"] > 1:
            time_axes.plot([seconds["min"] * 1e3, seconds["max"] * 1e3], [place, place], color="#222222", lw=1)
        time_axes.text(max(median, seconds.get("max", median)) * 1.08e3, place, short_time(median), va="center", fontsize=9)
        if peak:
            memory_axes.barh(place, peak / 1e6, color=COLORS[kind], height=0.72)
            memory_axes.text(peak / 1e6 * 1.08, place, short_bytes(peak), va="center", fontsize=9)
    time_axes.set_yticks(list(places), [row[0] for row in rows])
    for axes, label, text in ((time_axes, "time (log)", lambda ms: short_time(ms / 1e3)),
                              (memory_axes, "peak memory of the process (log)", lambda mb: short_bytes(mb * 1e6))):  # fmt: skip
        axes.set_xscale("log")
        axes.xaxis.set_major_formatter(lambda value, _, text=text: text(value).replace(".0 ", " "))
        axes.xaxis.set_minor_formatter("")
        axes.set_xlabel(label)
        axes.margins(x=0.22, y=0.01)
        axes.grid(axis="y", visible=False)
    words = {"ours": "dseg", "peer": "other programs", "limit": "limit: what any reader needs"}
    kinds = [kind for kind in words if any(row[3] == kind for row in rows)]
    figure.legend([pyplot.Rectangle((0, 0), 1, 1, color=COLORS[kind]) for kind in kinds], [words[kind] for kind in kinds],
                  loc="outside upper left", ncols=3, fontsize=9)  # fmt: skip
    return to_svg(figure, "read")


def pareto(points):
    """Those points (x smaller, y larger is better) that no other beats in both."""
    best = []
    for x, y, *rest in sorted(points, key=lambda point: (point[0], -point[1])):
        if not best or y > best[-1][1]:
            best.append((x, y, *rest))
    return best


def places_around(width):
    """Where a name may stand beside its point, in pixels, the best first."""
    yield from ((6, -4), (-6 - width, -4), (-width / 2, 7), (-width / 2, -15))
    for distance in range(10, 90, 8):
        yield from ((8, distance - 4), (8, -distance - 4), (-8 - width, distance - 4), (-8 - width, -distance - 4))


def spread_labels(axes, points):
    """Writes names beside points so that they lie neither on one another nor on points, nor outside."""
    axes.figure.canvas.draw()
    spots = [axes.transData.transform(point[:2]) for point in points]
    frame = axes.get_window_extent()
    taken = [(x - 4, x + 4, y - 4, y + 4) for x, y in spots]
    for (x, y, name, _), (px, py) in sorted(zip(points, spots), key=lambda item: -item[1][1]):
        width, height = 5 * len(name), 9
        for dx, dy in places_around(width):
            left, right, low, high = px + dx, px + dx + width, py + dy, py + dy + height
            inside = frame.x0 <= left and right <= frame.x1 + 40 and frame.y0 <= low and high <= frame.y1 + 8
            if inside and not any(left < b and right > a and low < d and high > c for a, b, c, d in taken):
                break
        taken.append((left, right, low, high))
        far = abs(dy) > 16
        axes.annotate(name, (x, y), xytext=(dx, dy), textcoords="offset pixels", fontsize=8.5, color="#333333",
                      arrowprops={"arrowstyle": "-", "color": "#bbbbbb", "lw": 0.6} if far else None)  # fmt: skip


def size_and_speed(points, name, unit_note):
    """points: (bytes, MB/s, name, kind)."""
    figure, axes = pyplot.subplots(figsize=(10, 5.2), dpi=72)
    axes.set_xscale("log")
    axes.set_yscale("log")
    front = pareto([point for point in points if point[3] != "limit"])
    axes.plot([p[0] for p in front], [p[1] for p in front], color="#c9a227", lw=2, zorder=1, label="nothing is both smaller and faster (Pareto)")
    words = {"standard": "in the standard", "experimental": "proposal", "research": "research format or codec", "limit": "limit"}
    for kind, word in words.items():
        chosen = [point for point in points if point[3] == kind]
        if chosen:
            axes.scatter([p[0] for p in chosen], [p[1] for p in chosen], s=36, color=COLORS[kind], label=word, zorder=2)
    axes.set_xlabel(f"size of all frames (log) {unit_note}")
    axes.set_ylabel("decoding, pixels a second, one thread (log)")
    axes.xaxis.set_major_formatter(lambda value, _: short_bytes(value))
    axes.yaxis.set_major_formatter(lambda value, _: short_bytes(value * 1e6))
    axes.margins(x=0.14, y=0.1)
    figure.legend(loc="outside upper left", ncols=5, fontsize=9, handletextpad=0.3, columnspacing=1.2)
    spread_labels(axes, points)
    return to_svg(figure, name)


def growth_lines(series_by_axis):
    """series_by_axis: {"frames": {name: [(value, seconds)]}, ...}."""
    figure, all_axes = pyplot.subplots(1, len(series_by_axis), figsize=(10, 4.3), squeeze=False)
    styles = {"dseg open": ("ours", "-"), "dseg read": ("ours", "--"), "dseg convert to BINARY": ("ours", ":")}
    peers = {"highdicom read": "#b45309", "DCMTK dcmseg read": "#5b8c3e", "dcmjs read": "#7c3aed"}
    for axes, (axis, series) in zip(all_axes[0], series_by_axis.items()):
        for name, points in series.items():
            kind, line = styles.get(name, ("peer", "-"))
            points = sorted(points)
            axes.plot([p[0] for p in points], [p[1] * 1e3 for p in points], line, marker="o", ms=4,
                      color=peers.get(name, COLORS[kind]), label=name)  # fmt: skip
        axes.set_xscale("log")
        axes.set_yscale("log")
        axes.set_xlabel("frames (100 segments)" if axis == "frames" else "segments (10,000 frames)")
        axes.set_ylabel("time (log)")
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
        axes.yaxis.set_major_formatter(lambda value, _: short_time(value / 1e3).replace(".0 ", " "))
        axes.yaxis.set_minor_formatter("")
    handles, names = all_axes[0][0].get_legend_handles_labels()
    figure.legend(handles, names, loc="outside upper left", ncols=6, fontsize=9)
    return to_svg(figure, "growth")


def byte_shares(rows):
    """rows: (label, {part: bytes}, total), as shares of the file."""
    figure, axes = pyplot.subplots(figsize=(10, 0.28 * len(rows) + 1))
    places = list(range(len(rows)))[::-1]
    for place, (_, parts, total) in zip(places, rows):
        left, whole = 0, sum(parts.values())
        for part, count in parts.items():
            axes.barh(place, 100 * count / whole, left=left, color=PARTS[part], height=0.74)
            left += 100 * count / whole
        axes.text(101, place, short_bytes(total), va="center", fontsize=9)
    axes.set_yticks(places, [row[0] for row in rows])
    axes.set_xlim(0, 112)
    axes.set_xticks([0, 25, 50, 75, 100])
    axes.set_xlabel("% of the file")
    axes.grid(axis="y", visible=False)
    axes.margins(y=0.01)
    handles = [pyplot.Rectangle((0, 0), 1, 1, color=color) for color in PARTS.values()]
    figure.legend(handles, list(PARTS), loc="outside upper left", ncols=3, fontsize=9)
    return to_svg(figure, "bytes")


def corpus_bars(table, codecs):
    """table: {corpus: {codec: bytes relative to nii.gz}}."""
    columns = min(3, max(2, len(table) // 2))
    rows = (len(table) + columns - 1) // columns
    figure, all_axes = pyplot.subplots(rows, columns, figsize=(10, rows * (0.19 * len(codecs) + 0.6)), sharex=True, sharey=True, squeeze=False)
    places = list(range(len(codecs)))[::-1]
    kinds = dict(codecs)
    for axes, (corpus, values) in zip(all_axes.flat, table.items()):
        for place, codec in zip(places, kinds):
            if codec in values:
                axes.barh(place, values[codec] - 0.001, left=0.001, color=COLORS[kinds[codec]], height=0.74)
                axes.text(values[codec] * 1.1, place, f"{values[codec]:.2f}", va="center", fontsize=7.5)
        axes.axvline(1, color="#2f2f2f", lw=1)
        axes.set_title(corpus, fontsize=10, loc="left")
        axes.set_yticks(places, list(kinds), fontsize=8)
        axes.grid(axis="y", visible=False)
    for axes in list(all_axes.flat)[len(table) :]:
        axes.set_visible(False)
    lowest = min((value for values in table.values() for value in values.values()), default=0.1)
    highest = max((value for values in table.values() for value in values.values()), default=10)
    for axes in all_axes.flat:
        axes.set_xscale("log")
        axes.set_xlim(max(lowest / 1.5, 0.002), highest * 2.5)
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
        axes.xaxis.set_minor_formatter("")
    return to_svg(figure, "corpora")
