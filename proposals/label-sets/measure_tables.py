# SPDX-License-Identifier: Apache-2.0
"""Tables and sentences of evidence.md and README.md, made of results.csv by measure.py."""

import re

CASES = ("s0327", "s0327-parents", "regions", "raters", "random")
FORMS = ("BINARY", "label sets", "label map, overlap lost")
CODECS = {"deflated-frame": "Deflated Image Frame", "label-edge": "Label Edge"}
CHAIN = (("BINARY, highdicom", "explicit-le"), ("BINARY", "deflated-frame"), ("BINARY", "label-edge"), ("BINARY, volume", "label-edge"),
         ("label sets", "deflated-frame"), ("label sets", "label-edge"), ("label sets, volume, both forms", "label-edge"),
         ("label sets, volume", "label-edge"))  # fmt: skip
FRACTION_CODECS = {"rle": "RLE", "deflated-frame": "Deflated Image Frame", "zstd": "Zstandard", "jpeg-ls": "JPEG-LS", "jpeg-xl": "JPEG XL"}
PARTS = ("pixel data", "per-frame groups", "Segment Sequence", "Overlapping Segment Sequence", "Referenced Series Sequence", "other")
TIMES = ("write", "open", "one mask", "all masks", "open, pydicom", "open, highdicom")
BLOCK = re.compile(r"(<!-- measured: ([\w-]+) -->\n)(.*?)(<!-- end -->)", re.DOTALL)


class Table:
    """Values by case, form, codec and what."""

    def __init__(self, rows):
        self.rows = {(row["case"], row["form"], row["codec"], row["what"]): row for row in rows}
        self.cases = [case for case in CASES if any(key[0] == case for key in self.rows)]

    def value(self, *key):
        row = self.rows.get(key)
        return float(row["value"]) if row else None

    def ratio(self, case, one, other, codec, what="file"):
        """How many times one form's is the other's."""
        return self.value(case, one, codec, what) / self.value(case, other, codec, what)


def count(value):
    return "" if value is None else f"{value:,.0f}"


def times(value):
    return f"{value:.0f}" if value >= 9.95 else f"{value:.1f}"


def percent(share):
    return f"{100 * share:.0f} %" if share >= 0.0995 or share == 0 else f"{100 * share:.2g} %"


def milliseconds(row):
    if row is None:
        return ""
    number = lambda text: f"{float(text):,.0f}" if float(text) >= 100 else f"{float(text):.3g}"
    return number(row["value"]) + (f" ({number(row['least'])} to {number(row['most'])})" if row["least"] != row["most"] else "")


def markdown(head, rows, left=1):
    return "\n".join(["| " + " | ".join(head) + " |", "|" + "---|" * left + "--:|" * (len(head) - left), *("| " + " | ".join(row) + " |" for row in rows)])


def cases_block(table):
    rows = []
    for case in table.cases:
        fact = lambda what: table.value(case, "masks", "", what)
        made = lambda what: table.value(case, "label sets", "label-edge", what)
        rows.append([case, count(fact("segments")), count(fact("covered")), count(fact("shared")), count(fact("depth")), count(fact("sets")),
                     count(made("combinations")), count(made("overlapping segments")), count(made("bits"))])  # fmt: skip
    return markdown(["case", "segments", "voxels in any", "in two or more", "most on a voxel", "sets", "of these combinations", "Items of Overlapping Segment Sequence",
                     "bits of a pixel"], rows)  # fmt: skip


def bytes_block(table):
    rows = []
    for case in table.cases:
        for codec, words in CODECS.items():
            one = lambda form, what: table.value(case, form, codec, what)
            rows.append([case, words, *(count(one(form, "file")) for form in FORMS), times(table.ratio(case, "BINARY", "label sets", codec)),
                         *(count(one(form, "pixel data")) for form in FORMS), *(count(one(form, "frames")) for form in FORMS[:2])])  # fmt: skip
    return markdown(["case", "frames coded by", *(f"{form}: file" for form in FORMS), "BINARY / label sets", *(f"{form}: pixel data" for form in FORMS),
                     *(f"{form}: frames" for form in FORMS[:2])], rows, 2)  # fmt: skip


def chain_forms(table, what):
    return [key for key in CHAIN if ("s0327", *key, what) in table.rows]


def form_words(form, codec):
    return f"{form}; {CODECS.get(codec, 'native')}"


def parts_block(table):
    rows = []
    for form, codec in chain_forms(table, "file"):
        one = lambda what: table.value("s0327", form, codec, what)
        rows.append([form_words(form, codec), count(one("file")), *(count(one(part)) for part in PARTS)])
    return markdown(["s0327, with references", "file", *PARTS], rows)


def times_block(table):
    rows = [[form_words(form, codec), *(milliseconds(table.rows.get(("s0327", form, codec, what))) for what in TIMES)]
            for form, codec in chain_forms(table, "write")]  # fmt: skip
    if not rows:
        return "Not measured yet by this program; [findings](../../docs/findings.md) have times of s0327."
    return markdown(["s0327, milliseconds", "write", "open", "one mask", "all masks", "open, pydicom", "open, highdicom"], rows)


def layers_block(table):
    rows = []
    for case in table.cases:
        for codec, words in CODECS.items():
            cells = []
            for form in ("label sets", "depth layers", "segment layers", "BINARY"):
                cells.append(count(table.value(case, form, codec, "pixel data")))
                cells.append(count(table.value(case, form, codec, "frames")))
            rows.append([case, words, *cells, *(count(table.value(case, form, codec, "layers")) for form in ("depth layers", "segment layers"))])
    return markdown(["case", "frames coded by", "label sets", "frames", "depth layers", "frames", "segment layers", "frames", "BINARY", "frames", "layers by depth",
                     "layers by segment"], rows, 2)  # fmt: skip


def piles_block(table):
    found = sorted((int(form), table.value("piles", form, "", "depth"), sets["value"]) for (case, form, _, what), sets in table.rows.items()
                   if case == "piles" and what == "sets")  # fmt: skip
    return markdown(["ellipsoids", "most on a voxel", "sets"], [[f"{number}", count(depth), count(float(sets))] for number, depth, sets in found])


def targets_block(table):
    say = lambda good: "reached" if good else "**missed**"
    rows = []
    factors = {codec: table.ratio("s0327", "BINARY", "label sets", codec) for codec in CODECS}
    rows.append(["at most a fifth of BINARY's bytes on s0327, Label Edge", f"{say(factors['label-edge'] >= 5)}: {times(factors['label-edge'])} times smaller"])
    rows.append(["the same with Deflated Image Frame, told without a bound", f"{times(factors['deflated-frame'])} times smaller"])
    for codec, words in CODECS.items():
        growth = table.ratio("s0327", "label sets", "label map, overlap lost", codec, "pixel data") - 1
        rows.append([f"overlap costs at most 2 % of the pixel data of the label map that loses it, s0327, {words}", f"{say(growth <= 0.02)}: {100 * growth:.1f} %"])
    if "s0327-parents" in table.cases:
        for codec, words in CODECS.items():
            grown = table.value("s0327-parents", "label sets", codec, "pixel data") / table.value("s0327", "label sets", codec, "pixel data") - 1
            rows.append([f"15 parents cost at most 1 % of the pixel data (only numbers of combinations change), {words}", f"{say(grown <= 0.01)}: {100 * grown:+.2f} %"])
        made = [table.value(case, "label sets", "label-edge", "combinations") for case in ("s0327", "s0327-parents")]
        rows.append(["and no combination", f"{say(made[0] == made[1])}: {count(made[1])} with parents, {count(made[0])} without"])
    rows.append([f"every mask of every case comes back; {len(table.cases)} cases, two codecs", "reached: measure.py ends where one differs"])
    return markdown(["target", "reached?"], rows, 2)


def losses_block(table):
    lines = []
    for case in table.cases:
        lean = table.value(case, "label sets", "label-edge", "Items of combinations")
        whole = table.value(case, "label sets", "label-edge", "file")
        if lean and lean / whole >= 0.1:
            lines.append(f"- {case}: {count(lean)} bytes of {count(whole)} (Label Edge) are Items that describe combinations, {percent(lean / whole)}: what the lean form "
                         "of the supplement's first open issue would save.")  # fmt: skip
    for codec, words in CODECS.items():
        more = {case: table.ratio(case, "label sets", "BINARY", codec, "pixel data") for case in table.cases}
        worse = [f"{case} ({times(value)} times)" for case, value in more.items() if value > 1]
        if worse:
            lines.append(f"- {words}, pixel data alone: larger than BINARY on {', '.join(worse)}.")
    for codec, words in CODECS.items():
        less = {case: table.ratio(case, "BINARY", "label sets", codec) for case in table.cases}
        lines.append(f"- {words}: the least gain is on {min(less, key=less.get)}, {times(min(less.values()))} times smaller than BINARY.")
    slower = [what for what in ("write", "one mask", "all masks") if (table.value("s0327", "label sets", "label-edge", what) or 0)
              > (table.value("s0327", "BINARY", "label-edge", what) or float("inf"))]  # fmt: skip
    if slower:
        lines.append("- s0327, Label Edge, slower than BINARY: " + "; ".join(
            f"{what} {milliseconds(table.rows['s0327', 'label sets', 'label-edge', what])} ms against {milliseconds(table.rows['s0327', 'BINARY', 'label-edge', what])}"
            for what in slower) + ".")  # fmt: skip
    piles = [(int(form), float(row["value"])) for (case, form, _, what), row in table.rows.items() if case == "piles" and what == "sets"]
    over = [number for number, sets in sorted(piles) if sets > 65535]
    if over:
        lines.append(f"- From {over[0]} ellipsoids at random on each other on (the table above) there are more sets than a pixel has values: refused.")
    return "\n".join(lines)


def gains_block(table):
    value = lambda form, codec, what: table.value("s0327", form, codec, what)
    lines = [f"117 organs (TotalSegmentator s0327; {count(table.value('s0327', 'masks', '', 'shared'))} voxels are in two), with references to the images:", ""]
    lines.append(markdown(["form", "bytes", "frames"], [[form_words(form, codec), count(value(form, codec, "file")), count(value(form, codec, "frames"))]
                                                     for form, codec in chain_forms(table, "file")]))  # fmt: skip
    if "s0327-parents" in table.cases:
        parents = table.value("s0327-parents", "label sets", "label-edge", "file") - value("label sets", "label-edge", "file")
        binary = table.value("s0327-parents", "BINARY", "label-edge", "file") - value("BINARY", "label-edge", "file")
        lines += ["", f"Fifteen parents more (lungs, ribs, skeleton, ...) cost {count(parents)} bytes with Label Edge; as BINARY {count(binary)}."]
    return "\n".join(lines)


def run_block(table):
    found = [(form, codec) for case, form, codec, what in table.rows if case == "run"]
    return "\n".join(f"Measured {date}, commit {commit}, {count(table.value('run', date, commit, 'processors'))} processors." for date, commit in found)


def fractions_block(table):
    files = sorted({form for case, form, _, _ in table.rows if case == "fractions"})
    size = lambda file, codec: table.value("fractions", file, codec, "pixel data")
    rows = [[f"`{file}`", *(count(size(file, codec)) for codec in FRACTION_CODECS), times(size(file, "deflated-frame") / size(file, "jpeg-ls"))] for file in files]
    return markdown(["FRACTIONAL, bytes of pixel data", *FRACTION_CODECS.values(), "deflate / JPEG-LS"], rows)


BLOCKS = {"fractions": fractions_block, "cases": cases_block, "bytes": bytes_block, "parts": parts_block, "times": times_block, "layers": layers_block, "piles": piles_block,
          "targets": targets_block, "losses": losses_block, "gains": gains_block, "run": run_block}  # fmt: skip


def documents(rows, folder, write):
    """0, or 1 where a document (checked, not written) has other figures than these rows; 77 without rows."""
    if not rows:
        print("skipped: nothing was measured")
        return 77
    table, differ = Table(rows), 0
    for path in (folder / "evidence.md", folder / "README.md", folder.parent / "README.md"):
        text = path.read_text()
        made = BLOCK.sub(lambda match: f"{match[1]}{BLOCKS[match[2]](table)}\n{match[4]}", text)
        if made != text:
            differ = 1
            if write:
                path.write_text(made)
            print(f"{'written' if write else 'not the figures of results.csv'}: {path.relative_to(folder.parent)}")
    return 0 if write else differ
