# SPDX-License-Identifier: Apache-2.0
"""Tables and sentences of evidence.md and README.md, made of results.csv by measure.py."""

import re

RANGED = ("20 nuclei", "10,000 nuclei", "60,000 nuclei")  # few enough for pixel values
CASES = (*RANGED, "100,000 nuclei", "1,000,000 nuclei", "parcellation", "glands")
ALL_CODECS = ("20 nuclei", "10,000 nuclei", "parcellation", "glands")
CODECS = {"explicit-le": "native", "rle": "RLE", "deflated-frame": "Deflated Image Frame", "zstd": "Zstandard", "jpeg-ls": "JPEG-LS", "label-edge": "Label Edge"}
PARTS = ("pixel data", "table", "classes", "original numbers", "segments", "per-frame groups", "rest")
MOST = 18  # bytes for each of a million nuclei
BLOCK = re.compile(r"(<!-- measured: ([\w-]+) -->\n)(.*?)(<!-- end -->)", re.DOTALL)


class Table:
    """Values by case, form, codec and what."""

    def __init__(self, rows):
        self.rows = {(row["case"], row["form"], row["codec"], row["what"]): row["value"] for row in rows}
        self.cases = [case for case in CASES if (case, "counts", "", "instances") in self.rows]

    def value(self, *key):
        text = self.rows.get(key)
        return None if text is None else float(text)

    def instances(self, case):
        return self.value(case, "counts", "", "instances")

    def each(self, case, size):
        return None if size is None else size / self.instances(case)


def count(value):
    return "" if value is None else f"{value:,.0f}"


def tenths(value):
    return "" if value is None else f"{value:,.1f}"


def seconds(value):
    return "" if value is None else f"{value:.3g}"


def markdown(head, rows, left=1):
    return "\n".join(["| " + " | ".join(head) + " |", "|" + "---|" * left + "--:|" * (len(head) - left), *("| " + " | ".join(row) + " |" for row in rows)])


def targets_block(table):
    lines = []
    for case in ("100,000 nuclei", "1,000,000 nuclei"):
        each = table.each(case, table.value(case, "instance labels", "label-edge", "file"))
        result = "not measured yet" if each is None else f"{'reached' if each <= MOST else '**missed**'}: {each:.1f}"
        lines.append([f"{case} with three classes, Label Edge: at most {MOST} bytes each, all in all, without boxes", result])
    return markdown(["target", "result"], lines, 2)


def cases_block(table):
    rows = []
    for case in table.cases:
        fact = lambda what: table.value(case, "counts", "", what)
        rows.append([case, count(fact("instances")), count(fact("frames")), count(fact("most in a frame")), count(fact("entries")),
                     f"{100 * (fact('entries') / fact('instances') - 1):.0f} %"])  # fmt: skip
    return markdown(["case", "instances", "frames", "most in a frame", "entries of the table", "more than instances"], rows)


def parts_block(table):
    rows = []
    for case in table.cases:
        for codec in ("deflated-frame", "label-edge"):
            one = lambda what: table.value(case, "instance labels", codec, what)
            rows.append([case, CODECS[codec], count(one("file")), tenths(table.each(case, one("file"))), *(count(one(part)) for part in PARTS)])
    return markdown(["case", "frames coded by", "file", "bytes an instance", *PARTS], rows, 2)


def codecs_block(table):
    rows = []
    for case in [case for case in table.cases if case in ALL_CODECS]:
        sizes = [table.value(case, "instance labels", codec, "pixel data") for codec in CODECS]
        rows.append([case, *(tenths(table.each(case, size)) for size in sizes)])
    return markdown(["pixel data, bytes an instance", *CODECS.values()], rows)


def others(table, case):
    """(form, bytes) of what else holds the same instances."""
    number = table.instances(case)
    for form, codec in (("an Item each", "deflated-frame"), ("an Item each", "label-edge"), ("segment ranges", "deflated-frame"), ("segment ranges", "label-edge"),
                        ("segment ranges, implicit", "label-edge"), ("instance labels", "deflated-frame"), ("instance labels", "label-edge")):  # fmt: skip
        words = {"an Item each": "label map, an Item each", "segment ranges, implicit": "segment ranges, volume's places"}.get(form, form)
        yield f"{words}; {CODECS[codec]}", table.value(case, form, codec, "file")
    yield "NRRD of 32 bits, gzip", table.value(case, "NRRD, gzip", "", "file")
    yield "frames of 32 bits, deflate; pixels alone", table.value(case, "frames of 32 bits", "deflate", "pixel data")
    yield "frames of local numbers, deflate; pixels alone", table.value(case, "frames of local, 16 bits", "deflate", "pixel data")
    yield "annotations: outlines of pixels", table.value(case, "annotations", "", "file")
    yield "the same, the whole object deflated", table.value(case, "annotations", "", "deflated")
    if "nuclei" in case:
        yield "annotations: 32 points each, as StarDist has them (not the same pixels; computed)", number * (32 * 8 + 4)
        yield "annotations: an ellipse each (not the same pixels; computed)", number * 4 * 8


def others_block(table):
    cases = [case for case in table.cases if case not in ("1,000,000 nuclei", "glands")]
    rows = {}
    for case in cases:
        for form, size in others(table, case):
            rows.setdefault(form, {})[case] = table.each(case, size)
    body = [[form, *(tenths(row.get(case)) for case in cases)] for form, row in rows.items()]
    return markdown(["bytes an instance, all in all", *cases], body)


def list_block(table):
    rows = [[case, *(count(table.value(case, "list", "", what)) for what in ("native", "deflated", "differences, deflated"))] for case in table.cases]
    return markdown(["Instance Number List, bytes", "as it is", "deflated", "differences, deflated"], rows)


def glands_block(table):
    rows = []
    for form in ("tiles of 128", "tiles of 256", "instance labels", "tiles of 1024", "tiles of 4096", "segment ranges"):
        one = lambda what: table.value("glands", form, "label-edge", what)
        if one("file") is not None:
            words = {"instance labels": "tiles of 512", "segment ranges": "segment ranges, tiles of 512"}.get(form, form)
            rows.append([words, count(one("file")), tenths(table.each("glands", one("file"))), count(one("pixel data")), count(one("table"))])
    return markdown(["glands, Label Edge", "file", "bytes an instance", "pixel data", "table"], rows)


TIMES = {"time, dseg, open": "open, dseg", "time, dseg, frame": "one tile, dseg", "time, dseg, instance": "one instance, dseg", "time, pydicom, describe": "open, pydicom",
         "time, pydicom, items": "open, pydicom", "time, pydicom, frame": "a frame's instances", "time, pydicom, instance": "an instance's frames",
         "time, pydicom, region": "outlines in a region", "time, dseg info": "dseg info", "time, dseg info --statistics": "dseg info --statistics"}  # fmt: skip


def times_block(table):
    heads = list(dict.fromkeys(TIMES.values()))
    rows = {}
    for (case, form, _, what), value in table.rows.items():
        if what in TIMES:
            rows.setdefault((case, form), {})[TIMES[what]] = float(value)
    if not rows:
        return "Not measured yet: `measure.py times`, when nothing else runs."
    body = [[case, form, *(seconds(row.get(head)) for head in heads)] for (case, form), row in sorted(rows.items(), key=lambda one: CASES.index(one[0][0]))]
    return markdown(["seconds", "form", *heads], body, 2)


def run_block(table):
    rows = [[what, table.rows["run", what, "", "when"]] for what in ("bytes", "times") if ("run", what, "", "when") in table.rows]
    return markdown(["measured", "when, by what"], rows, 2)


def losses_block(table):
    lines = []
    one = lambda case, form, codec="label-edge", what="file": table.value(case, form, codec, what)
    few = [one("20 nuclei", form) for form in ("an Item each", "segment ranges", "instance labels")]
    if None not in few:
        lines.append(f"- **Few instances.** 20 nuclei in one frame, Label Edge: {count(few[2])} bytes, with ranges {count(few[1])}, as a label map with an Item each {count(few[0])}. "
                     "Some kilobytes are no reason for what readers of today refuse.")  # fmt: skip
    tables = one("glands", "tiles of 128", what="table"), one("glands", "instance labels", what="table"), table.instances("glands")
    if None not in tables:
        sizes = [one("glands", form) for form in ("tiles of 128", "instance labels", "tiles of 4096", "segment ranges")]
        lines.append(f"- **Objects larger than tiles.** {count(tables[2])} glands on 4096 x 4096 pixels, Label Edge: the table has {count(tables[0])} bytes with tiles of 128 pixels, "
                     f"{count(tables[1])} with 512. All in all {count(sizes[0])} and {count(sizes[1])}, in one tile {count(sizes[2])}, with ranges and tiles of 512 {count(sizes[3])}.")  # fmt: skip
    case = "60,000 nuclei"
    if one(case, "segment ranges, implicit") is not None:
        lines.append(f"- **What fits in 16 bits.** 60,000 nuclei, Label Edge: ranges with volume's places {tenths(table.each(case, one(case, 'segment ranges, implicit')))} bytes each, "
                     f"instance labels {tenths(table.each(case, one(case, 'instance labels')))}. With Deflated Image Frame local numbers are the smaller ones: "
                     f"{tenths(table.each(case, one(case, 'instance labels', 'deflated-frame', 'pixel data')))} against "
                     f"{tenths(table.each(case, one(case, 'segment ranges', 'deflated-frame', 'pixel data')))} bytes of pixels.")  # fmt: skip
    case = "parcellation"
    if one(case, "instance labels") is not None:
        lines.append(f"- **Small objects in many planes.** A region of the parcellation is in {tenths(table.value(case, 'counts', '', 'entries') / table.instances(case))} planes, and has an "
                     f"entry in each: the table is {count(one(case, 'instance labels', what='table'))} bytes of {count(one(case, 'instance labels'))} (Label Edge), and the object is larger "
                     f"than NRRD with gzip, {count(one(case, 'NRRD, gzip', ''))}. Compressed columns would mend that.")  # fmt: skip
    return "\n".join(lines) or "Not measured yet."


def gains_block(table):
    case = "60,000 nuclei"
    if case not in table.cases:
        return "Not measured yet."
    wanted = ("label map, an Item each; Label Edge", "segment ranges; Label Edge", "instance labels; Label Edge", "instance labels; Deflated Image Frame", "NRRD of 32 bits, gzip",
              "annotations: outlines of pixels", "the same, the whole object deflated")  # fmt: skip
    sizes = dict(others(table, case))
    rows = [[form, count(sizes[form]), tenths(table.each(case, sizes[form]))] for form in wanted if sizes.get(form) is not None]
    million = table.value("1,000,000 nuclei", "instance labels", "label-edge", "file")
    more = f"\n\nA million nuclei: {count(million)} bytes with Label Edge, {tenths(table.each('1,000,000 nuclei', million))} each." if million else ""
    return markdown(["60,000 nuclei of three classes", "bytes", "an instance"], rows) + more


def documents(rows, folder, write):
    """Puts the tables into the pages, or says which have others: 1."""
    table, wrong = Table(rows), 0
    for name in ("evidence.md", "README.md"):
        path = folder / name
        text = path.read_text(encoding="utf-8")
        made = BLOCK.sub(lambda match: f"{match[1]}{globals()[match[2] + '_block'](table)}\n{match[4]}", text)
        if made != text and write:
            path.write_text(made, encoding="utf-8")
        elif made != text:
            print(f"{name} has other figures than results.csv: measure.py write")
            wrong = 1
    return wrong
