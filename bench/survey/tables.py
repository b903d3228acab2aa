# SPDX-License-Identifier: Apache-2.0
"""The survey's and the archive's part of docs/measurements.md, and their tables in docs/findings.md and docs/paper.md."""

from figure_text import form_words, percent, range_text, size_text, times_text

from survey.reckon import AS_IT_IS
from survey.values import (NATIVE, UNCOMPRESSED, group_share, hours_text, of_kind, share_of, smallest_forms, source_of, surveyed, totals,
                           with_parts_as_it_is)  # fmt: skip

PARTS = ("pixel_data", "frame_index", "per_frame_groups", "references", "segments", "rest")
HEAD = ["case", "form", "by", "file bytes", "pixel data", "offsets, item tags", "per-frame groups", "references", "segments",
        "the rest", "write, CPU s", "read, ms", "a plane, ms"]  # fmt: skip
# What dcmqi and highdicom write is shown in any case, of dseg's forms only these and what failed; results.json has all.
SHOWN = (NATIVE, "binary/deflated-frame", "binary/deflated", "binary/label-edge", "labelmap/explicit-le", "labelmap/deflated-frame",
         "labelmap/deflated", "labelmap/label-edge", "labelmap/label-edge-predicted", "binary-volume/deflated-frame", "binary-volume/label-edge",
         "labelmap-volume/deflated-frame", "labelmap-volume/label-edge", "label-sets/deflated-frame", "label-sets/label-edge",
         "label-sets:volume=1/deflated-frame", "label-sets:volume=1/label-edge")  # fmt: skip
# The archive in findings.md: what the standard has, then what needs a change.
ARCHIVE_FORMS = ("labelmap/explicit-le", "binary/deflated-frame", "binary/deflated", "labelmap/rle", "labelmap/jpeg-ls", "labelmap/deflated-frame",
                 "labelmap/deflated-frame:level=12", "labelmap/jpeg-xl", "labelmap/deflated", "binary/label-edge", "labelmap/zstd",
                 "labelmap/label-edge", "labelmap/label-edge-predicted", "binary-volume/deflated-frame", "labelmap-volume/deflated-frame",
                 "binary-volume/label-edge", "labelmap-volume/label-edge")  # fmt: skip
MIXED_FORMS = ("labelmap/deflated-frame", "labelmap/label-edge")
# One of each kind of object in findings.md; in the paper fewer, in words.
PAPER_FORMS = ("binary/deflated-frame", "labelmap/deflated-frame", "binary/label-edge", "labelmap/label-edge")
PAPER_CASES = {"s0327-512": "108 organs of a trunk", "abdomen-overlap": "130 segments that overlap", "hncma": "atlas of a head, 312 structures",
               "vessels": "two trees of vessels", "tumours": "a brain tumour, 12 metastases", "nuclei": "nuclei on a slide"}  # fmt: skip
HEADER_CASES = ("s0327-512", "chest-1.9mm", "trunk-5mm", "abdomen-overlap", "hncma", "knee", "vessels", "tumours", "nuclei")


def markdown(head, rows, text_columns=1):
    rule = ["---" if number < text_columns else "--:" for number in range(len(head))]
    return [f"| {' | '.join(row)} |" if row is not rule else f"|{'|'.join(rule)}|" for row in (head, rule, *rows)]


def number(record, what, key, scale, digits):
    return f"{record[what][key]['median'] * scale:.{digits}f}" if key in record.get(what, {}) else ""


def survey_row(record):
    names = [record["case"], record["form"], record["writer"]]
    if "bytes" not in record:
        return [*names, f"failed: {record['failed']}", *[""] * (len(HEAD) - 4)]
    size = record["bytes"]
    inflated = "inflated" in size  # then the parts are those of the data set before it was deflated
    return [*names, f"{size['file']:,}", *("" if inflated else f"{size[part]:,}" for part in PARTS), number(record, "write", "cpu_seconds", 1, 2),
            number(record, "read", "seconds", 1e3, 1), number(record, "plane", "seconds", 1e3, 2)]  # fmt: skip


def survey_part(results):
    """The cases, and what is shown of their forms; nothing where there was no survey."""
    cases = {record["case"]: record for record in surveyed(results)}
    if not cases:
        return []
    records = sorted(surveyed(results), key=lambda record: list(cases).index(record["case"]))
    about = [[name, one["what"], f"{one['columns']} x {one['rows']} x {one['planes']}", f"{one['segments']}"] for name, one in cases.items()]
    shown = [record for record in records
             if "left_out" not in record and (record["writer"] != "dseg" or record["form"] in SHOWN or "failed" in record)]  # fmt: skip
    return ["", "## Survey", "", "Kinds of objects with references to their images: as dcmqi and highdicom write them, and as dseg converts "
            "dcmqi's (of slides highdicom's) to every encoding that loses nothing; [results.json](../bench/results.json) has all of them. Write: "
            "processor time of the whole process, with reading the source; highdicom's is construction and saving. Read: by dseg, all "
            "processors. A deflated data set has no parts. Part of the run: `sh bench/run.sh --only survey`. One form: `dseg convert SOURCE FILE "
            "--as REPRESENTATION --transfer-syntax CODEC --uid-seed survey`. Times of a case before which the load was over 4 (see the first "
            "table) are of a machine in use. BINARY in encapsulated form is refused with exit code 4 where a frame does not fill whole bytes "
            "(PS3.5 A.4.11).", "", *markdown(["case", "what", "voxels", "segments"], about, 3), "",
            *markdown(HEAD, [survey_row(record) for record in shown], 3)]  # fmt: skip


def by_form(results):
    """(case, writer, form): record."""
    return {(record["case"], record["writer"], record["form"]): record for record in surveyed(results) if "bytes" in record}


def described_once(found, case):
    """The smallest form with both proposals for what is said around the frames: label sets where segments overlap."""
    return found.get((case, "dseg", "labelmap-volume/label-edge")) or found.get((case, "dseg", "label-sets:volume=1/label-edge"))


def with_share(record):
    """Bytes, and how many percent of them are per-frame groups."""
    return f"{size_text(record['bytes']['file'])} ({percent(group_share(record))})" if record else ""


def paper_kinds(results):
    """A kind of object a row: as it is written today, and what encodings make of it."""
    found, rows = by_form(results), []
    for case, words in PAPER_CASES.items():
        one = lambda form, case=case: found.get((case, "dseg", form))
        today = found.get((case, "dcmqi", NATIVE)) or found.get((case, "highdicom", NATIVE))
        if today:
            packed = min((record["bytes"]["file"] for record in (one("labelmap/deflated"), one("binary/deflated")) if record), default=None)
            rows.append([words, size_text(today["bytes"]["file"]), *(with_share(one(form)) for form in PAPER_FORMS),
                         size_text(once["bytes"]["file"]) if (once := described_once(found, case)) else "", size_text(packed) if packed else ""])  # fmt: skip
    if not rows:
        raise ValueError("there was no survey")
    return "\n".join(markdown(["", "as it is today", *map(form_words, PAPER_FORMS), "it, with volume", "deflated data set"], rows))


def findings_headers(results):
    """What is said of frames beside what is in them: one case a row."""
    found, cell = by_form(results), with_share
    rows = []
    for case in HEADER_CASES:
        one = lambda form, case=case: found.get((case, "dseg", form))
        best = smallest_forms(results).get(case)
        if best:
            packed = one("labelmap/deflated") or one("binary/deflated")
            once = described_once(found, case)
            rows.append([case, cell(one(NATIVE)), cell(one("binary/deflated-frame")), cell(one("labelmap/deflated-frame")), cell(one("binary/label-edge")),
                         cell(one("labelmap/label-edge")), size_text(once["bytes"]["file"]) if once else "", size_text(packed["bytes"]["file"]) if packed else "", form_words(best["form"])])  # fmt: skip
    if not rows:
        raise ValueError("there was no survey")
    return "\n".join(markdown(["case", "BINARY, native", "BINARY, Deflated Image Frame", "LABELMAP, Deflated Image Frame", "BINARY, Label Edge",
                               "LABELMAP, Label Edge", "LABELMAP (with overlap label sets), volume, Label Edge",
                               "LABELMAP (with overlap BINARY), deflated data set", "smallest of the standard's representations"], rows))  # fmt: skip


def hours_range(spread):
    return f"{hours_text(spread)} ({spread['low']:,.0f} to {spread['high']:,.0f})"


def archive_rows(results, forms):
    every = totals(results)
    if AS_IT_IS not in every:
        raise ValueError("no archive was reckoned")
    today = every[AS_IT_IS]["bytes"]["middle"]
    kept = with_parts_as_it_is(results)
    rows = [["as it is: BINARY, native", f"{today / 1e12:.1f} TB", "1", *(percent(share_of(kept, part)) if kept["parts"] else ""
                                                                        for part in ("pixel_data", "per_frame_groups")), ""]]  # fmt: skip
    for form in forms:
        if form in every:
            one, share = every[form], group_share(every[form])
            rows.append([form_words(form) + (" (proposal)" if one["experimental"] else ""),
                         range_text(one["bytes"]["low"], one["bytes"]["high"]), times_text(today / one["bytes"]["middle"]),
                         "" if share is None else percent(share_of(one, "pixel_data")), "" if share is None else percent(share),
                         hours_range(one["cpu_hours"]["total"]) if one["cpu_hours"] else ""])  # fmt: skip
    return rows


def findings_archive(results):
    return "\n".join(markdown(["form", "bytes", "times smaller (middle)", "of it frames", "per-frame groups", "CPU hours"], archive_rows(results, ARCHIVE_FORMS)))


def findings_mixed(results):
    """What it costs that objects whose segments overlap stay BINARY: of two codecs, by the share of such objects."""
    found = {(record["form"], record["overlap_share"]): record["bytes"] for record in of_kind(results, "mixed")}
    shares = sorted({share for _, share in found})
    rows = [[form_words(form).partition(", ")[2], *(range_text(found[form, share]["low"], found[form, share]["high"]) for share in shares)]
            for form in MIXED_FORMS if (form, 0) in found]  # fmt: skip
    if not rows:
        raise ValueError("no archive was reckoned")
    return "\n".join(markdown(["frame codec", *map(stay_binary, shares)], rows))


def stay_binary(share):
    return {0: "none stays BINARY", 1: "all stay BINARY"}.get(share, f"{percent(share)} stay BINARY")


def source_lines(source):
    """What the archive keeps, and how that was asked."""
    rows = [["all SEG", source["seg"]], ["all CT, for comparison", source["ct"]]]
    rows += [[f"SEG of `{one['name']}`" if one["name"] else "SEG of no analysis result", one] for one in source["largest_results"]]
    rows += [[f"SEG, {one['sop_class']}, {'uncompressed, ' if one['uid'] in UNCOMPRESSED else ''}{one['uid']}", one] for one in source["transfer_syntaxes"]]
    sizes = ", ".join(f"{quantile} %: {size_text(count)}" for quantile, count in source["totalsegmentator"]["quantile_bytes"].items())
    size = lambda count: f"{count / 1e12:.2f} TB" if count >= 1e12 else size_text(count)
    return [*markdown(["what", "series", "instances", "size"],
                      [[name, f"{one['series']:,}", f"{one['instances']:,}", size(one["bytes"])] for name, one in rows]), "",
            f"Quantiles of the size of a TotalSegmentator object: {sizes}; mean {size_text(source['totalsegmentator']['mean_bytes'])}. Asked so:", "",
            *(f"    {query}" for query in source["queries"].values())]  # fmt: skip


def spread_text(spread, scale, digits):
    return f"{spread['middle'] * scale:,.{digits}f} ({spread['low'] * scale:,.{digits}f} to {spread['high'] * scale:,.{digits}f})"


def check_lines(check):
    rows = [[one["form"], spread_text(one["predicted_bytes"], 1e-6, 0), f"{one['measured_bytes'] / 1e6:,.0f}", f"{100 * one['error']:+.1f} %"]
            for one in check["forms"]]  # fmt: skip
    return [f"Predicted in the same way from {check['predicted_from']} phantoms, and measured on {check['measured_on']:,} others "
            "(`python3 bench/survey/check.py build/release/tools/dseg write`):", "",
            *markdown(["form", "predicted, MB", "measured, MB", "off by"], rows)]  # fmt: skip


def archive_part(results):
    """The archive's objects in every form; nothing where no run has reckoned it."""
    every = sorted((one for form, one in totals(results).items() if form != AS_IT_IS), key=lambda one: one["bytes"]["middle"])
    source = source_of(results)
    if source is None or not every:
        return []
    objects, rows = source["totalsegmentator"], []
    for one in every:
        hours, share = spread_text(one["cpu_hours"]["total"], 1, 0) if one["cpu_hours"] else "", group_share(one)
        rows.append([one["form"], "proposal" if one["experimental"] else "standard", spread_text(one["bytes"], 1e-9, 1),
                     "" if share is None else percent(share), hours, f"{one['transfer_hours']['in']['middle']:.2f}"])  # fmt: skip
    classes = [[one["class"], f"{one['objects']:,}", f"{one['bytes'] / 1e12:.2f}", ", ".join(one["cases"])] for one in of_kind(results, "class")]
    mixed = {(one["form"], one["overlap_share"]): spread_text(one["bytes"], 1e-9, 1) for one in of_kind(results, "mixed")}
    shares = sorted({share for _, share in mixed})
    lines = ["", "## Archive", "", f"{source['archive']}, by the table of series that the Python package `{source['package']}` {source['version']} "
             "carries (`bench/survey/idc.py` asks it, [idc.json](../bench/survey/idc.json) keeps the answers):", "", *source_lines(source), "",
             f"Its {objects['objects']:,} TotalSegmentator objects, {objects['bytes'] / 1e12:.2f} TB, in other forms: each class of sizes is predicted "
             "from the survey's cases in it (`bench/survey/reckon.py`); the range is that of these cases. CPU: convert, compare and validate. "
             f"Hours at 1 Gbit/s to store the result; reading the objects as they are takes {every[0]['transfer_hours']['out']:.1f}. "
             "Part of the run: `sh bench/run.sh --only survey --only described --only archive`.", "", *markdown(["size of the object", "objects", "TB", "cases"], classes), "",
             *markdown(["form", "", "GB", "per-frame groups", "CPU hours", "hours to store"], rows, 2)]  # fmt: skip
    if mixed:
        rows = [[form, *(mixed[form, share] for share in shares)] for form in dict.fromkeys(form for form, _ in mixed)]
        lines += ["", "The same, in GB, where a share of the objects stays BINARY, of the same frame codec, since segments overlap in them; the "
                  "share is assumed:", "", *markdown(["form", *map(stay_binary, shares)], rows)]  # fmt: skip
    for check in of_kind(results, "check"):
        lines += ["", *check_lines(check)]
    return lines
