# SPDX-License-Identifier: Apache-2.0
"""Figures with two scales, by matplotlib: SVG that goes into the report as it is, with the page's colours, or into a file."""

import html
import io
import re

import matplotlib

matplotlib.use("svg")
from matplotlib import pyplot  # noqa: E402

from bars import short_bytes, short_time  # noqa: E402
from labels import place_labels  # noqa: E402

COLORS = {"ours": "#1668a8", "peer": "#9aa3ad", "limit": "#2f2f2f", "experimental": "#c2410c", "standard": "#1668a8", "research": "#5b8c3e"}
WORDS = {"standard": "in the standard", "experimental": "proposal", "research": "research", "limit": "limit"}
INK, SOFT, GRID, FRONT = "#333333", "#888888", "#e4e7ea", "#c9a227"
PEERS = {"highdicom read": "#b45309", "DCMTK dcmseg read": "#5b8c3e", "dcmjs read": "#7c3aed"}
# The same colours by the names that report.css gives them, for a light page and a dark one.
VARIABLES = {**{color: f"--{kind}" for kind, color in COLORS.items()}, INK: "--ink", SOFT: "--soft", GRID: "--line", FRONT: "--front",
             PEERS["highdicom read"]: "--groups", PEERS["DCMTK dcmseg read"]: "--research", PEERS["dcmjs read"]: "--references"}  # fmt: skip
matplotlib.rcParams.update({
    "svg.fonttype": "none", "font.family": "sans-serif", "font.size": 10, "axes.spines.top": False,
    "axes.spines.right": False, "axes.edgecolor": SOFT, "axes.labelcolor": INK, "xtick.color": INK, "text.color": INK,
    "ytick.color": INK, "axes.grid": True, "grid.color": GRID, "axes.axisbelow": True, "legend.frameon": False,
    "figure.constrained_layout.use": True, "figure.dpi": 72,
})  # fmt: skip


def to_svg(figure, name, title, description, page=True):
    """name makes ids differ from those of other figures on the page. page: colours are those of the page that the figure is in,
    and the background is the page's; otherwise it is white."""
    matplotlib.rcParams["svg.hashsalt"] = name
    text = io.StringIO()
    figure.savefig(text, format="svg", metadata={"Date": None, "Creator": None}, transparent=page)
    pyplot.close(figure)
    svg = text.getvalue()
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r'<svg ([^>]*?)width="[^"]*" height="[^"]*"|<svg ([^>]*?)height="[^"]*" ([^>]*?)width="[^"]*"',
                 lambda match: "<svg " + " ".join(part for part in match.groups() if part), svg, count=1)  # fmt: skip
    svg = re.sub(r"\n *<metadata>.*?</metadata>", "", svg, count=1, flags=re.DOTALL)
    svg = re.sub(r'id="(axes|figure|patch|line2d|text|PathCollection|LineCollection|xtick|ytick|matplotlib.axis|legend)_?(\d+)"',
                 rf'id="{name}-\1-\2"', svg)  # fmt: skip
    if page:
        svg = re.sub("|".join(VARIABLES), lambda match: f"var({VARIABLES[match[0]]})", svg)
    else:
        svg = svg.replace("<defs>", "<style>text { paint-order: stroke; stroke: #fff; stroke-width: 2px }</style>\n <defs>", 1)
    words = f'<title id="{name}-title">{html.escape(title)}</title>\n <desc id="{name}-desc">{html.escape(description)}</desc>'
    return re.sub(r"<svg ([^>]*)>", rf'<svg \1 role="img" aria-labelledby="{name}-title {name}-desc">\n {words}', svg, count=1)


def wide_and_narrow(draw, name, title, description):
    """A figure for screens and one for telephones; report.css shows one of them. draw(narrow) makes a figure."""
    made = [f"<div class={kind}>{to_svg(draw(kind == 'narrow'), f'{name}-{kind}', title, description)}</div>" for kind in ("wide", "narrow")]
    return "".join(made)


def pareto(points):
    """Those points (x smaller, y larger is better) that no other beats in both."""
    best = []
    for x, y, *rest in sorted(points, key=lambda point: (point[0], -point[1])):
        if not best or y > best[-1][1]:
            best.append((x, y, *rest))
    return best


def size_and_speed_figure(points, narrow):
    """points: (bytes, MB/s, name, kind). On a narrow page points have numbers, in the order of points."""
    figure, axes = pyplot.subplots(figsize=(3.7, 4.4) if narrow else (10, 5.4))
    axes.set_xscale("log")
    axes.set_yscale("log")
    front = pareto([point for point in points if point[3] != "limit"])
    axes.plot([p[0] for p in front], [p[1] for p in front], color=FRONT, lw=2, zorder=1, label="Pareto front")
    for kind, word in WORDS.items():
        chosen = [point for point in points if point[3] == kind]
        if chosen:
            axes.scatter([p[0] for p in chosen], [p[1] for p in chosen], s=22 if narrow else 36, color=COLORS[kind], label=word, zorder=2)
    axes.set_xlabel("size of all frames (log)")
    axes.set_ylabel("decoded pixels a second, one thread (log)")
    axes.xaxis.set_major_formatter(lambda value, _: short_bytes(value))
    axes.yaxis.set_major_formatter(lambda value, _: short_bytes(value * 1e6))
    axes.xaxis.set_minor_formatter("")
    axes.margins(x=0.1, y=0.1)
    if narrow:
        axes.tick_params(labelsize=8)
    figure.legend(loc="outside upper left", ncols=2 if narrow else 5, fontsize=8 if narrow else 9, handletextpad=0.3, columnspacing=1.2)
    names = [str(number) for number in range(1, len(points) + 1)] if narrow else [point[2] for point in points]
    place_labels(axes, [(*point[:2], name, INK) for point, name in zip(points, names)], 8 if narrow else 9, [point[:2] for point in front])
    return figure


def size_and_speed(points, name, title):
    """The smallest first, which is how the narrow figure's numbers count; the list of them is below it."""
    points = sorted(points)
    description = "; ".join(f"{word}: {short_bytes(size)}, {short_bytes(speed * 1e6)} a second" for size, speed, word, _ in points)
    items = "".join(f"<li>{html.escape(word)}</li>" for _, _, word, _ in points)
    return wide_and_narrow(lambda narrow: size_and_speed_figure(points, narrow), name, title, description) + f'<ol class="narrow names">{items}</ol>'


def growth_figure(series_by_axis, narrow):
    count = len(series_by_axis)
    figure, all_axes = pyplot.subplots(*((count, 1) if narrow else (1, count)), figsize=(3.7, 3.1 * count + 0.8) if narrow else (10, 4.4), squeeze=False)
    styles = {"dseg open": ("ours", "-"), "dseg read": ("ours", "--"), "dseg convert to BINARY": ("ours", ":")}
    others = iter(((0, (1, 1)), (0, (4, 1, 1, 1)), (0, (6, 2)), "-."))
    for axes, (axis, series) in zip(all_axes.flat, series_by_axis.items()):
        for name, points in series.items():
            if name not in styles and name not in PEERS:
                styles[name] = ("peer", next(others, "-"))
            kind, line = styles.get(name, ("peer", "-"))
            points = sorted(points)
            axes.plot([p[0] for p in points], [p[1] * 1e3 for p in points], linestyle=line, marker="o", ms=4,
                      color=PEERS.get(name, COLORS[kind]), label=name)  # fmt: skip
        axes.set_xscale("log")
        axes.set_yscale("log")
        axes.set_xlabel("frames (100 segments)" if axis == "frames" else "segments (10,000 frames)")
        axes.set_ylabel("time (log)")
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
        axes.yaxis.set_major_formatter(lambda value, _: short_time(value / 1e3).replace(".0 ", " "))
        axes.yaxis.set_minor_formatter("")
    found = {}
    for axes in all_axes.flat:
        found.update(dict(zip(*reversed(axes.get_legend_handles_labels()))))
    figure.legend(found.values(), found.keys(), loc="outside upper left", ncols=1 if narrow else 3, fontsize=8 if narrow else 9)
    return figure


def growth_lines(series_by_axis, title):
    """series_by_axis: {"frames": {name: [(value, seconds)]}, ...}."""
    description = "; ".join(f"{name}: {short_time(max(points)[1])} for {max(points)[0]:,} {axis}"
                            for axis, series in series_by_axis.items() for name, points in series.items())  # fmt: skip
    return wide_and_narrow(lambda narrow: growth_figure(series_by_axis, narrow), "growth", title, description)
