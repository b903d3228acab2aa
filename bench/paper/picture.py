# SPDX-License-Identifier: Apache-2.0
"""The archive in one picture, docs/archive.svg: what its objects take in each form, and which parts of them take it.

Plain SVG text, without a library: figures.py compares it with the results wherever it runs."""

import math
from html import escape

from figure_text import form_words, range_text
from survey.reckon import AS_IT_IS
from survey.values import group_share, totals, with_parts_as_it_is

# What is shown, from above; a form that was not reckoned is left out.
FORMS = (AS_IT_IS, "labelmap/explicit-le", "binary/deflated-frame", "binary/deflated", "labelmap/deflated-frame", "labelmap/deflated", "binary/label-edge",
         "labelmap/label-edge", "binary-volume/label-edge", "labelmap-volume/label-edge")  # fmt: skip
COLORS = {"today": "#7d8790", "standard": "#1668a8", "proposal": "#c2410c"}
WORDS = {"today": "as it is", "standard": "in the standard", "proposal": "proposal"}
# Parts of an object in words: what lies behind the names of survey/parts.py, in the order in which they are drawn.
PARTS = {"frames": ("pixel_data",), "per-frame groups": ("per_frame_groups",),
         "references, segments, offsets, the rest": ("references", "segments", "frame_index", "rest")}  # fmt: skip
PART_COLORS = ("#8fb8d8", "#e3b341", "#c9ced3")
WIDTH, TOP, ROW, BAR = 760, 72, 24, 16
TOLD = 0.1  # of the bytes: less than that is not worth a mark
BARS, SHARES = (206, 520), (618, 752)  # from where to where bars of bytes and of shares go
INK, PALE = "#222222", "#e1e5e8"


def text(x, y, words, anchor="start", size=12, color=INK, more=""):
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{color}" text-anchor="{anchor}"{more}>{escape(words)}</text>'


def box(x, y, width, height, color):
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 0):.1f}" height="{height:.1f}" fill="{color}"/>'


def line(x, y, other_x, other_y, color=INK, width=1.0):
    return f'<line x1="{x:.1f}" y1="{y:.1f}" x2="{other_x:.1f}" y2="{other_y:.1f}" stroke="{color}" stroke-width="{width}"/>'


def diamond(x, y, radius=4.5):
    return f'<path d="M{x - radius:.1f} {y:.1f}L{x:.1f} {y - radius:.1f}L{x + radius:.1f} {y:.1f}L{x:.1f} {y + radius:.1f}Z" fill="#ffffff" stroke="{INK}"/>'


def kind_of(record):
    return "today" if record["form"] == AS_IT_IS else "proposal" if record["experimental"] else "standard"


def name_of(form):
    return form_words("binary/explicit-le" if form == AS_IT_IS else form)


def lean(record):
    """Bytes without per-frame groups; None where they are few, or cannot be told apart."""
    return record["bytes"]["middle"] - record["parts"]["per_frame_groups"] if (group_share(record) or 0) >= TOLD else None


def chosen(results):
    """The records that are shown."""
    every = totals(results)
    if AS_IT_IS not in every:
        raise ValueError("no archive was reckoned")
    every[AS_IT_IS] = with_parts_as_it_is(results)
    return [every[form] for form in FORMS if form in every]


def scale_of(records):
    """The powers of ten between which all bytes lie."""
    least = min(min(record["bytes"]["low"], lean(record) or record["bytes"]["low"]) for record in records)
    return math.floor(math.log10(least)), math.ceil(math.log10(max(record["bytes"]["high"] for record in records)))


def place(count, scale):
    low, high = scale
    return BARS[0] + (BARS[1] - BARS[0]) * (math.log10(count) - low) / (high - low)


def axis(scale, bottom):
    for power in range(scale[0], scale[1] + 1):
        x = place(10.0**power, scale)
        yield line(x, TOP - 6, x, bottom, PALE)
        yield text(x, bottom + 14, range_text(10.0**power, 10.0**power).replace(".0", ""), "middle", 10.5, "#555555")


def bar(record, y, scale):
    """Bytes of one form: the middle as a bar, the range as a line through its end, a diamond without per-frame groups."""
    size, middle = record["bytes"], y + BAR / 2
    low, end, high = (place(size[bound], scale) for bound in ("low", "middle", "high"))
    yield text(BARS[0] - 8, y + 12.5, name_of(record["form"]), "end")
    yield box(BARS[0], y, end - BARS[0], BAR, COLORS[kind_of(record)])
    if high - low > 0.5:
        yield line(low, middle, high, middle, INK, 1.6)
        yield from (line(x, middle - 4, x, middle + 4, INK, 1.6) for x in (low, high))
    if lean(record):
        yield diamond(place(lean(record), scale), middle)
    words = f"{size['middle'] / 1e12:.1f} TB" if record["form"] == AS_IT_IS else range_text(size["low"], size["high"])
    yield text(max(end, high) + 7, y + 12.5, words, more=' font-weight="bold"')


def shares(record, y):
    """Which parts of the bytes are what, of forms whose parts are known."""
    if not record["parts"]:
        yield text(SHARES[0], y + 12.5, "packed as one, not told apart", "start", 10.5, "#555555")
        return
    whole, x = sum(record["parts"].values()), SHARES[0]
    for names, color in zip(PARTS.values(), PART_COLORS):
        width = (SHARES[1] - SHARES[0]) * sum(record["parts"][name] for name in names) / whole
        yield box(x, y, width, BAR, color)
        x += width


def legend(kinds):
    x = 8
    for kind in kinds:
        yield box(x, 10, 12, 12, COLORS[kind])
        yield text(x + 17, 20, WORDS[kind])
        x += 30 + 6.6 * len(WORDS[kind])
    yield line(x, 16, x + 18, 16, INK, 1.6)
    yield text(x + 24, 20, "range of the cases")
    x += 146
    yield diamond(x + 4, 16)
    yield text(x + 14, 20, "without per-frame groups")
    x = 8
    for name, color in zip(PARTS, PART_COLORS):
        yield box(x, 31, 12, 12, color)
        yield text(x + 17, 41, name)
        x += 30 + 6.6 * len(name)


def draw(results):
    """The whole picture; ValueError where no archive was reckoned."""
    records = chosen(results)
    scale, bottom = scale_of(records), TOP + ROW * len(records)
    lines = [*axis(scale, bottom), *legend(dict.fromkeys(map(kind_of, records))),
             text(BARS[0], TOP - 10, "bytes of all objects, each division ten times the one before", size=10.5, color="#555555"),
             text(SHARES[0], TOP - 10, "where the bytes are", size=10.5, color="#555555")]  # fmt: skip
    for number, record in enumerate(records):
        lines += [*bar(record, TOP + ROW * number, scale), *shares(record, TOP + ROW * number)]
    height = bottom + 24
    title = "What the archive's objects take in each encoding"
    return "\n".join(['<?xml version="1.0" encoding="utf-8"?>',
                      f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img" '
                      'font-family="Helvetica, Arial, \'Nimbus Sans\', sans-serif">', f"<title>{title}</title>",
                      box(0, 0, WIDTH, height, "#ffffff"), *lines, "</svg>", ""])  # fmt: skip
