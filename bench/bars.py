# SPDX-License-Identifier: Apache-2.0
"""Pictures made of HTML: rows with a name, tracks on a common axis, and figures. All lengths are shares of the track, so they
are as sharp and as readable on a telephone as on a screen; report.css puts name, track and figures beside or below each other."""

import html
import math
import re


def escape(text):
    return html.escape(str(text))


def short_time(seconds):
    if seconds >= 1:
        return f"{seconds:.1f} s"
    return f"{seconds * 1e3:.3g} ms" if seconds >= 1e-3 else f"{seconds * 1e6:.3g} µs"


def short_bytes(count):
    for unit, size in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if count >= 0.9995 * size:
            value = count / size
            return f"{value:.0f} {unit}" if value >= 99.5 else f"{value:.3g} {unit}"
    return f"{count:.0f} B"


class Linear:
    """From 0 to at least high, with about four ticks at round values; text makes a tick's label of a value."""

    def __init__(self, high, text):
        step = 10 ** math.floor(math.log10(high / 3))
        step *= next(factor for factor in (1, 2, 2.5, 5, 10) if high / (step * factor) <= 5)
        self.high = high
        self.ticks = [(step * number, text(step * number)) for number in range(int(high / step) + 1)]

    def place(self, value):
        """Percent of the track."""
        return 100 * min(max(value / self.high, 0), 1)


class Logarithmic:
    """From below low to above high, with a tick at each power of ten."""

    def __init__(self, low, high, text, margin=1.25):
        self.low, self.high = math.log10(low / margin), math.log10(high * margin)
        powers = [10.0**power for power in range(math.ceil(self.low), math.floor(self.high) + 1)]
        if len(powers) < 2:
            powers = sorted({*powers, *(factor * 10.0**power for power in range(math.floor(self.low), math.floor(self.high) + 1)
                                        for factor in (1, 2, 5) if self.low <= math.log10(factor * 10.0**power) <= self.high)})  # fmt: skip
        every = math.ceil(len(powers) / 5)
        self.ticks = [(value, text(value)) for value in powers[::every]]

    def place(self, value):
        share = (math.log10(value) - self.low) / (self.high - self.low)
        return 100 * min(max(share, 0), 1)


def lines(axis):
    return "".join(f'<i style="left:{axis.place(value):.2f}%"></i>' for value, _ in axis.ticks)


def scale(axis):
    """The ticks' labels; the first and the last stay inside."""
    words = []
    for value, text in axis.ticks:
        place = axis.place(value)
        side = " class=first" if place < 4 else " class=last" if place > 92 else ""
        words.append(f'<span{side} style="left:{place:.2f}%">{escape(text)}</span>')
    return f"<div class=\"track scale\">{''.join(words)}</div>"


def bar(axis, start, end, kind, tip):
    left, right = axis.place(start), axis.place(end)
    return f'<b class={kind} style="left:{left:.2f}%;width:{right - left:.2f}%" title="{escape(tip)}"></b>'


def stick(axis, low, high, tip):
    """The range of what a bar shows."""
    left, right = axis.place(low), axis.place(high)
    return f'<u style="left:{left:.2f}%;width:{right - left:.2f}%" title="{escape(tip)}"></u>'


def dot(axis, value, kind, tip):
    return f'<s class="{kind}" style="left:{axis.place(value):.2f}%" title="{escape(tip)}"></s>'


def track(axis, marks):
    return f"<div class=track>{lines(axis)}{''.join(marks)}</div>"


def stacked(axis, parts):
    """parts: (kind, size, tip), one behind the other from 0."""
    marks, start = [], 0
    for kind, size, tip in (part for part in parts if part[1] > 0):
        marks.append(bar(axis, start, start + size, kind, tip))
        start += size
    return marks


def number(text, heading="", soft=False):
    """A figure beside the track; on a narrow page it stands below, with its column's heading."""
    return f"<div class=\"num{' soft' if soft else ''}\" data-heading=\"{escape(heading)}\">{text}</div>"


def row(name, cells, kind=""):
    """name is HTML; cells: tracks and numbers."""
    return f'<div class="row {kind}"><div class=name>{name}</div>{"".join(cells)}</div>'


def head(words, tracks=(0,)):
    """The columns' headings, after that of the names; tracks: which of them stand over a track."""
    cells = "".join(f"<div class={'over' if index in tracks else 'num'}>{escape(word)}</div>" for index, word in enumerate(words))
    return f'<div class="row head"><div class=name></div>{cells}</div>'


def group(text):
    return f"<div class=group>{escape(text)}</div>"


def legend(words):
    """words: kind: what it means."""
    return "<div class=legend>" + "".join(f"<span><em class=\"{kind}\"></em>{escape(word)}</span>" for kind, word in words.items()) + "</div>"


def chart(kind, rows):
    """kind names the columns in report.css."""
    return f'<div class="chart {kind}">' + "\n".join(rows) + "</div>"


def unbroken(text):
    """No line ends between a number and its unit."""
    return re.sub(r"(\d) (TB|GB|MB|kB|s|ms|times)\b|(\d) %", lambda match: match[0].replace(" ", "\u00a0"), text)


def heading(name, text):
    """name is what links go to."""
    return f"<h2 id={name}>{escape(unbroken(text))}</h2>"


def figure(content, caption, name=""):
    """caption is HTML."""
    named = f' aria-label="{escape(name)}"' if name else ""
    return f"<figure{named}>{content}<figcaption>{caption}</figcaption></figure>"


def table(header, rows, text_columns=1, classes=()):
    """header and rows of cells; a cell is text that is already HTML."""
    kind = lambda index: ' class="text"' if index < text_columns else ""
    made = ["<div class=scroll><table><thead><tr>"]
    made += [f"<th{kind(i)}>{cell}</th>" for i, cell in enumerate(header)]
    made.append("</tr></thead><tbody>")
    for index, cells in enumerate(rows):
        name = f" class={classes[index]}" if index < len(classes) and classes[index] else ""
        made.append(f"<tr{name}>" + "".join(f"<td{kind(i)}>{cell}</td>" for i, cell in enumerate(cells)) + "</tr>")
    return "\n".join(made) + "</tbody></table></div>"
