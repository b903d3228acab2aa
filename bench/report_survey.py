# SPDX-License-Identifier: Apache-2.0
"""The report's part on kinds of objects: what each takes, as dcmqi writes it and as dseg does, and how long reading takes."""

import statistics

from bars import Logarithmic, chart, dot, escape, figure, head, heading, legend, number, row, scale, short_bytes, short_time, table, track
from figure_text import form_words, percent
from figure_values import times_text
from report_archive import PARTS, STANDARD
from survey.values import own_reading

# Forms that the pictures have; the tables have all.
SIZES = {"binary/deflated-frame": "ring standard", STANDARD: "standard", "binary/label-edge": "ring experimental",
         "labelmap/label-edge": "experimental"}  # fmt: skip
EDGE = "labelmap/label-edge"
FLOOR = "a LABELMAP's bytes that are not pixel data"


def seconds(record, what):
    """The median, or None where it was not measured or failed."""
    return record.get(what, {}).get("seconds", {}).get("median") if record else None


class Kind:
    """The records of one kind of object."""

    def __init__(self, records):
        self.about = records[0]
        self.written = {record["writer"]: record for record in records if record["writer"] != "dseg" and "bytes" in record}
        self.forms = {record["form"]: record for record in records if record["writer"] == "dseg" and "bytes" in record}
        self.missing = [record for record in records if "failed" in record or "left_out" in record]
        self.source = self.about["source_bytes"]

    def share(self, form):
        """Of the object as it is; None where there is no such form."""
        return self.forms[form]["bytes"]["file"] / self.source if form in self.forms else None

    def header(self, form):
        """Bytes that no frame codec changes."""
        size = self.forms[form]["bytes"]
        return size["file"] - size["pixel_data"] - size["frame_index"]


def kinds_of(results):
    """The largest first."""
    by_case = {}
    for record in results.get("survey") or []:
        by_case.setdefault(record["case"], []).append(record)
    return sorted(map(Kind, by_case.values()), key=lambda kind: -kind.source)


def span(values):
    """"0.3 to 12 %" of shares."""
    low, high = percent(min(values)), percent(max(values))
    return low if low == high else f"{low.removesuffix(' %')} to {high}"


def name_of(kind, pictures):
    about = kind.about
    picture = pictures.get(about["case"], "")
    shown = f'<img alt="" src="{picture}">' if picture else "<span class=blank></span>"
    more = (f"{about['segments']} segments, {about['planes']} planes of {about['columns']} x {about['rows']}"
            if about["planes"] > 1 else f"{about['segments']} segments, {about['columns']} x {about['rows']}")  # fmt: skip
    return f"{shown}<span>{escape(about['what'])}<small>{more}</small></span>"


def size_cell(kind, form, column):
    record = kind.forms.get(form)
    return number(short_bytes(record["bytes"]["file"]) if record else "overlap" if kind.about["overlap"] else "", column)


def sizes_picture(kinds, pictures):
    shares = [kind.share(form) for kind in kinds for form in SIZES if form in kind.forms]
    axis = Logarithmic(min([*shares, *(kind.header(EDGE) / kind.source for kind in kinds if EDGE in kind.forms)]), max(1, *shares), percent)
    headings = ("as it is", "Deflated Image Frame", "Label Edge")
    rows = [head(("of the object as dcmqi writes it (log)", *headings))]
    for kind in kinds:
        marks = [dot(axis, kind.share(form), style, f"{form_words(form)}: {short_bytes(kind.forms[form]['bytes']['file'])}, {percent(kind.share(form))}")
                 for form, style in SIZES.items() if form in kind.forms]  # fmt: skip
        if EDGE in kind.forms:
            floor = kind.header(EDGE)
            marks.insert(0, dot(axis, floor / kind.source, "floor", f"{FLOOR}: {short_bytes(floor)}"))
        cells = [number(short_bytes(kind.source), headings[0], soft=True), size_cell(kind, STANDARD, headings[1]), size_cell(kind, EDGE, headings[2])]
        rows.append(row(name_of(kind, pictures), [track(axis, marks), *cells]))
    rows.append(row("", [scale(axis)], "axis"))
    words = {f"dot {style}": form_words(form) + (" (proposal)" if "experimental" in style else "") for form, style in SIZES.items()}
    return legend({**words, "dot floor": FLOOR}) + chart("survey", rows)


# What the picture of reading times has: words, and the time of a kind.
READERS = {
    "peer": ("dcmqi, its own BINARY object", lambda kind: seconds(kind.written.get("dcmqi"), "read_writer")),
    "ring peer": ("highdicom, its own BINARY object", lambda kind: seconds(kind.written.get("highdicom"), "read_writer")),
    "ring standard": ("dseg, dcmqi's (of slides highdicom's) BINARY object", lambda kind: seconds(kind.written.get("dcmqi", kind.written.get("highdicom")), "read")),
    "standard": ("dseg, LABELMAP with Deflated Image Frame", lambda kind: seconds(kind.forms.get(STANDARD), "read")),
}  # fmt: skip


def times_picture(kinds):
    found = [{style: reader(kind) for style, (_, reader) in READERS.items()} for kind in kinds]
    every = [value for times in found for value in times.values() if value]
    if not every:
        return ""
    axis = Logarithmic(min(every), max(every), lambda value: short_time(value).replace(".0 ", " "))
    headings = ("dcmqi", "highdicom", "dseg", "dseg, LABELMAP")
    rows = [head(("time to read all into memory (log)", *headings))]
    for kind, times in zip(kinds, found):
        marks = [dot(axis, value, style, f"{READERS[style][0]}: {short_time(value)}") for style, value in times.items() if value]
        cells = [number(short_time(value) if value else "", column, soft="peer" in style) for (style, value), column in zip(times.items(), headings)]
        rows.append(row(f"<span>{escape(kind.about['what'])}</span>", [track(axis, marks), *cells]))
    rows.append(row("", [scale(axis)], "axis"))
    return legend({f"dot {style}": words for style, (words, _) in READERS.items()}) + chart("times", rows)


def times_title(results):
    """How many times as fast as each peer, over the kinds that both read while nothing else ran."""
    told = []
    for name in ("dcmqi", "highdicom"):
        ratios = own_reading(results, name).values()
        if ratios:
            least, most, middle = map(times_text, (min(ratios), max(ratios), statistics.median(ratios)))
            told.append((least if least == most else f"{least} to {most}") + f" times as fast as {name}" + (f" (median {middle})" if least != most else ""))
    return f"dseg reads what others write {', and '.join(told)}" if told else "Time to read"


def sizes_title(kinds):
    shares = [kind.share(STANDARD) for kind in kinds if STANDARD in kind.forms]
    headers = [kind.header(EDGE) / kind.forms[EDGE]["bytes"]["file"] for kind in kinds if EDGE in kind.forms]
    if not shares:
        return f"{len(kinds)} kinds of objects"
    text = f"Of {len(shares)} kinds of objects without overlap, LABELMAP with Deflated Image Frame takes {span(shares)} of what there was"
    return text + (f"; with Label Edge frames, {percent(statistics.median(headers))} of what is left are not pixel data (median)" if headers else "")


def spread_cells(record):
    cell = lambda what, key: record[what][key]["median"] if key in record.get(what, {}) else None
    time = lambda what, key="seconds": short_time(value) if (value := cell(what, key)) else ""
    return [time("write", "cpu_seconds"), time("read"), time("plane"), time("compare", "cpu_seconds"), time("validate", "cpu_seconds")]


def kind_table(kind):
    rows = []
    named = [(f"{form_words(record['form'])}, by {writer}", record) for writer, record in kind.written.items()]
    named += [(form_words(form) + (" (proposal)" if record["experimental"] else ""), record) for form, record in kind.forms.items()]
    for words, record in sorted(named, key=lambda item: item[1]["bytes"]["file"]):
        size = record["bytes"]
        parts = [f"{sum(size[part] for part in names):,}" for _, names in PARTS.values()]
        rows.append([escape(words), f"{size['file']:,}", *(parts if "inflated" not in size else [""] * len(parts)), *spread_cells(record)])
    for record in kind.missing:
        why = escape(record.get("failed") or f"left out: {record['left_out']}")
        rows.append([escape(f"{form_words(record['form'])}" + (f", by {record['writer']}" if record["writer"] != "dseg" else "")),
                     f"<span class=soft>{why}</span>", *[""] * (len(PARTS) + 5)])  # fmt: skip
    about = kind.about
    header = ["form", "file bytes", *(words for words, _ in PARTS.values()), "write, CPU", "read", "a plane", "compare, CPU", "validate, CPU"]
    return f"<details><summary>{escape(about['case'])}: {escape(about['what'])}, {short_bytes(kind.source)}</summary>{table(header, rows)}</details>"


def survey_section(results, pictures):
    """pictures: case: URI of its picture. Empty where there was no survey."""
    kinds = kinds_of(results)
    if not kinds:
        return ""
    name, times_name = sizes_title(kinds), times_title(results)
    real = sum(bool(kind.about["real"]) for kind in kinds)
    caption = (f"Source: survey, {len(kinds)} kinds of objects, {real} of them of patients or atlases, the others made; all with references to their images. "
               "The object as it is was written by dcmqi, of slides by highdicom; dseg converted it, so that all forms say the same. "
               "A vertical mark: where a frame codec could not go below, as all of it is header.")  # fmt: skip
    times = times_picture(kinds)
    made = [heading("survey", name), figure(sizes_picture(kinds, pictures), caption, name)]
    if times:
        made += [f"<h3>{escape(times_name)}</h3>", figure(times, "Source: survey. Medians, or one run of what takes long, from a warm page cache, without the start of the program; dseg with all "
                 "processors. dcmqi writes files of volumes: its time is that of its program.", times_name)]  # fmt: skip
    return "\n".join([*made, *(kind_table(kind) for kind in kinds)])
