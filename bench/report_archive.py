# SPDX-License-Identifier: Apache-2.0
"""The report's first picture: what an archive's objects take today, in the standard's own encodings, and with each proposal."""

from bars import Linear, chart, escape, figure, group, head, heading, legend, number, row, scale, short_bytes, stacked, stick, table, track
from figure_text import form_words, range_text
from survey.reckon import AS_IT_IS
from survey.values import with_parts_as_it_is

NATIVE = "binary/explicit-le"
STANDARD = "labelmap/deflated-frame"  # of the standard's encodings the one that gives access to a frame and that others read, too
# Of the standard's encodings the picture has these; the table below it has all.
SHOWN = (NATIVE, "binary/rle", "binary/deflated-frame", "binary/deflated", "labelmap/explicit-le", "labelmap/rle", "labelmap/jpeg-ls",
         STANDARD, "labelmap/deflated")  # fmt: skip
MOST_PROPOSALS = 8
LEAST_RANGE = 0.5  # percent of the track below which a range would hide the bar
SMALL = 0.03  # what takes less than this share of today's bytes is in the enlarged part of the picture
# Parts of an object as they are drawn, of those that records have.
PARTS = {"pixels": ("pixel data, with offset tables", ("pixel_data", "frame_index")),
         "groups": ("per-frame functional groups", ("per_frame_groups",)),
         "references": ("references to the images", ("references",)),
         "rest": ("segments and the rest", ("segments", "rest"))}  # fmt: skip
WHOLE = "whole data set deflated: no parts, no access to a frame"


def whole_number(value):
    """Two significant digits: no reckoning is nearer."""
    return f"{float(f'{value:.2g}'):,.0f}" if value >= 10 else f"{value:.2g}"


def ratio_text(ratio):
    """How many times smaller."""
    return f"1/{ratio:.0f}" if ratio >= 9.5 else f"1/{ratio:.1f}" if ratio >= 1.05 else f"{1 / ratio:.1f} x" if ratio < 0.95 else "1"


def about(count):
    """Bytes that were reckoned, with two significant digits."""
    return short_bytes(float(f"{count:.2g}"))


def spread_text(spread):
    """"76 to 130 GB"; nothing where there is no range."""
    return range_text(spread["low"], spread["high"], about) if about(spread["low"]) != about(spread["high"]) else ""


class Archive:
    """The archive's records of a run, sorted; there is nothing where found is false."""

    def __init__(self, results):
        records = results.get("archive") or []
        of_kind = lambda kind: [record for record in records if record["record"] == kind]
        self.source = next(iter(of_kind("source")), None)
        self.classes, self.mixed = of_kind("class"), of_kind("mixed")
        self.check = next(iter(of_kind("check")), None)
        every = {record["form"]: record for record in of_kind("form") if record["class"] == "all"}
        self.today = every.pop(AS_IT_IS, None)
        self.forms = every
        self.found = bool(self.source and self.today and STANDARD in every)
        if self.found:
            self.today = with_parts_as_it_is(results)

    def proposals(self):
        """The smallest forms that need a change of the standard, of each representation that archives would take."""
        found = [r for r in self.forms.values() if r["experimental"] and not r["form"].startswith("fractional/") and ":" not in r["form"]]
        told = [r for r in found if not any(is_no_better(r, other) for other in found)]
        return sorted(sorted(told, key=middle)[:MOST_PROPOSALS], key=middle, reverse=True)

    def standard(self):
        return sorted((self.forms[form] for form in SHOWN if form in self.forms and form != NATIVE), key=middle, reverse=True)


def middle(record):
    return record["bytes"]["middle"]


def is_no_better(record, other):
    """Whether the form is a setting of the other (predicted frames, say) that is not worth a row: less than 1 % smaller."""
    return record["form"].startswith(f"{other['form']}-") and middle(record) > 0.99 * middle(other)


def pieces(parts, size):
    """What is drawn one behind the other: kind, bytes, tip."""
    if not parts:
        return [("whole", size, f"{WHOLE}: {short_bytes(size)}")]
    sums = {kind: (words, sum(parts.get(part, 0) for part in names)) for kind, (words, names) in PARTS.items()}
    return [(kind, count, f"{words}: {short_bytes(count)}, {100 * count / size:.0f} %") for kind, (words, count) in sums.items()]


HEADINGS = ("bytes of all objects", "", "range", "of today's", "CPU hours")


def form_row(archive, axis, record, parts, words):
    size, today = record["bytes"], middle(archive.today)
    marks = stacked(axis, pieces(parts, size["middle"]))
    if axis.place(size["high"]) - axis.place(size["low"]) > LEAST_RANGE:
        marks.append(stick(axis, size["low"], size["high"], f"range: {spread_text(size)}"))
    hours = record["cpu_hours"]
    cells = [track(axis, marks), number(f"<strong>{short_bytes(today) if record is archive.today else about(size['middle'])}</strong>"), number(spread_text(size), soft=True)]
    cells.append(number(ratio_text(today / size["middle"]) if record is not archive.today else "", HEADINGS[3], soft=True))
    cells.append(number(whole_number(hours["total"]["middle"]) if hours else "", HEADINGS[4], soft=True))
    return row(escape(words), cells)


def rows_of(archive, axis, records):
    """The rows of one part of the picture, in groups."""
    rows = []
    for record in [archive.today] if archive.today in records else []:
        rows += [group("today"), form_row(archive, axis, record, record["parts"], form_words(NATIVE))]
    for title, of_group in (("the standard's own encodings, without any change", archive.standard()), ("with proposals", archive.proposals())):
        chosen = [record for record in of_group if record in records]
        rows += [group(title)] if chosen else []
        rows += [form_row(archive, axis, record, record["parts"], form_words(record["form"])) for record in chosen]
    return rows


def picture(archive):
    """Two parts: all on the scale of today's bytes, and what is small, enlarged."""
    every = [*archive.standard(), *archive.proposals()]
    limit = SMALL * middle(archive.today)
    small = [record for record in every if middle(record) < limit]
    best = [min(found, key=middle) for found in (archive.proposals(),) if found]
    large = [archive.today, *(record for record in every if record not in small or record["form"] == STANDARD or record in best)]
    unit = lambda size, name: lambda value: f"{value / size:g} {name}" if value else "0"
    axis = Linear(1.02 * max(record["bytes"]["high"] for record in large), unit(1e12, "TB"))
    rows = [head(HEADINGS), *rows_of(archive, axis, large), row("", [scale(axis)], "axis")]
    if small:
        near = Linear(1.04 * max(record["bytes"]["high"] for record in small), unit(1e9, "GB"))
        rows += [f"<h3 class=lens>What is small, enlarged {axis.high / near.high:.0f} times</h3>", head(HEADINGS), *rows_of(archive, near, small),
                 row("", [scale(near)], "axis")]  # fmt: skip
    words = {kind: text for kind, (text, _) in PARTS.items()}
    if any(record["parts"] is None for record in every):
        words["whole"] = WHOLE
    return legend({**words, "range": "range over the kinds of objects measured"}) + chart("archive", rows)


def uncompressed_share(source):
    """Of all SEG series, those whose transfer syntax compresses nothing."""
    of = lambda uids: sum(one["series"] for one in source["transfer_syntaxes"] if uids is None or one["uid"] in uids)
    return of(("1.2.840.10008.1.2", "1.2.840.10008.1.2.1")) / max(of(None), 1)


def title(archive):
    standard, best = archive.forms[STANDARD], archive.proposals()
    source = archive.source
    text = (f"The {source['totalsegmentator']['objects']:,} results of TotalSegmentator in {source.get('archive', 'the archive')} take "
            f"{short_bytes(middle(archive.today))} today; LABELMAP with Deflated Image Frame, both in the standard, would make {about(middle(standard))} of them")  # fmt: skip
    return text + (f", and proposals {about(middle(min(best, key=middle)))}" if best else "")


def tiles(archive):
    source, standard = archive.source, archive.forms[STANDARD]
    today = middle(archive.today)
    seg, ct = short_bytes(source["seg"]["bytes"]), short_bytes(source["ct"]["bytes"])
    made = [(short_bytes(today), f"today: the {source['totalsegmentator']['objects']:,} results of TotalSegmentator in {source.get('archive', 'the archive')}, "
             f"BINARY and not compressed. All its SEG takes {seg}, its CT {ct}; {100 * uncompressed_share(source):.1f} % of its SEG series are not compressed"),
            (about(middle(standard)), f"as LABELMAP with Deflated Image Frame, both in the standard: {spread_text(standard['bytes']) or 'no range'}, "
             f"{today / middle(standard):.0f} times smaller")]  # fmt: skip
    if best := min(archive.proposals(), key=middle, default=None):
        made.append((about(middle(best)), f"with the smallest proposal ({form_words(best['form'])}): {spread_text(best['bytes']) or 'no range'}, "
                     f"{middle(standard) / middle(best):.1f} times smaller than the standard's"))  # fmt: skip
    if hours := standard["cpu_hours"]:
        made.append((f"{whole_number(hours['total']['middle'])} CPU hours", "to convert all to the standard's, compare each with what it was made of, and "
                     f"validate it; reading the objects takes {whole_number(standard['transfer_hours']['out'])} hours at 1 Gbit/s"))  # fmt: skip
    return made


def source_text(archive):
    source, check = archive.source, archive.check
    cases = sum(len(one["cases"]) for one in archive.classes)
    dated = f", {source['date']}" if source.get("date") else ""
    text = (f"Sources: <code>{escape(source['package'])}</code> {escape(source['version'])}{dated} for what the archive keeps (queries in bench/survey/idc.json); "
            f"the survey below for what encodings make of it: {cases} kinds of objects in {len(archive.classes)} classes of sizes, with references to "
            "their images, as dcmqi writes them and as dseg converts them. A range is from the smallest to the largest ratio in each class; "
            "CPU hours are for converting, comparing and validating, on this machine.")  # fmt: skip
    if check:
        text += (f" Predicted so from {check['predicted_from']} phantoms, the bytes of {check['measured_on']:,} others differed by at most "
                 f"{100 * check['worst_error']:.1f} %.")  # fmt: skip
    return text


def mixed_table(archive):
    """What overlaps cannot be a LABELMAP: rows of forms, columns of shares."""
    wanted = {record["form"] for record in (*archive.standard(), *archive.proposals())}
    found = {}
    for record in archive.mixed:
        if record["form"] in wanted:
            found.setdefault(record["form"], {})[record["overlap_share"]] = record
    if not found:
        return ""
    shares = sorted({share for of_form in found.values() for share in of_form})
    rows = [[escape(form_words(form).replace("LABELMAP, ", "")), *(about(middle(of_form[share])) if share in of_form else "" for share in shares)]
            for form, of_form in sorted(found.items(), key=lambda item: -middle(item[1][shares[0]]))]  # fmt: skip
    header = ["frame codec", *({0: "none", 1: "all"}.get(share, f"{100 * share:.0f} %") for share in shares)]
    return ("<h3>What has overlap stays BINARY, with the same frame codec</h3><p class=soft>Columns: the share of objects with segments that overlap, which a "
            "LABELMAP cannot hold.</p>" + table(header, rows))  # fmt: skip


def forms_table(archive):
    rows = []
    for record in sorted(archive.forms.values(), key=middle):
        size, parts, hours = record["bytes"], record["parts"] or {}, record["cpu_hours"] or {}
        hour = lambda what: whole_number(hours[what]["middle"]) if what in hours else ""
        rows.append([escape(form_words(record["form"])) + (" (proposal)" if record["experimental"] else ""),
                     *(f"{size[bound] / 1e9:,.1f}" for bound in ("low", "middle", "high")),
                     *(f"{sum(parts.get(part, 0) for part in names) / 1e9:,.1f}" if parts else "" for _, names in PARTS.values()),
                     *(hour(what) for what in ("convert", "compare", "validate", "total")),
                     f"{record['transfer_hours']['in']['middle']:.2f}"])  # fmt: skip
    header = ["form", "GB, low", "middle", "high", *(words for words, _ in PARTS.values()), "CPU hours: convert", "compare", "validate", "all three",
              "hours to store, 1 Gbit/s"]  # fmt: skip
    return f"<details><summary>All {len(rows)} forms of the archive in figures</summary>{table(header, rows)}</details>"


def classes_table(archive):
    rows = [[escape(one["class"]), f"{one['objects']:,}", short_bytes(one["bytes"]), escape(", ".join(one["cases"]))] for one in archive.classes]
    header = ["size of the object", "objects", "bytes", "measured on"]
    return f"<details><summary>Classes of sizes, and what stands for them</summary>{table(header, rows)}</details>"


def archive_section(results, tile_list):
    """tile_list makes HTML of tiles. Empty where nothing was reckoned."""
    archive = Archive(results)
    if not archive.found:
        return ""
    name = title(archive)
    return "\n".join([heading("archive", name), tile_list(tiles(archive)), figure(picture(archive), source_text(archive), name),
                      mixed_table(archive), classes_table(archive), forms_table(archive)])  # fmt: skip
