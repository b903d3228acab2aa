# SPDX-License-Identifier: Apache-2.0
"""The survey's and the archive's part of docs/measurements.md."""

from survey.reckon import AS_IT_IS

PARTS = ("pixel_data", "frame_index", "per_frame_groups", "references", "segments", "rest")
HEAD = ["case", "form", "by", "file bytes", "pixel data", "offsets, item tags", "per-frame groups", "references", "segments",
        "the rest", "write, CPU s", "read, ms", "a plane, ms"]  # fmt: skip
# What dcmqi and highdicom write is shown in any case, of dseg's forms only these; results.json has all.
SHOWN = ("binary/explicit-le", "binary/deflated-frame", "binary/label-edge", "labelmap/explicit-le", "labelmap/deflated-frame",
         "labelmap/label-edge", "labelmap/label-edge-predicted")  # fmt: skip


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
    return [*names, f"{size['file']:,}", *(f"{size[part]:,}" for part in PARTS), number(record, "write", "cpu_seconds", 1, 2),
            number(record, "read", "seconds", 1e3, 1), number(record, "plane", "seconds", 1e3, 2)]  # fmt: skip


def survey_part(results):
    """The cases, and what is shown of their forms; nothing where there was no survey."""
    records = results.get("survey", [])
    if not records:
        return []
    cases = {record["case"]: record for record in records}
    about = [[name, one["what"], f"{one['columns']} x {one['rows']} x {one['planes']}", f"{one['segments']}"] for name, one in cases.items()]
    shown = [record for record in records if "left_out" not in record and (record["writer"] != "dseg" or record["form"] in SHOWN)]
    return ["", "## Survey", "", "Kinds of objects with references to their images: as dcmqi and highdicom write them, and as dseg converts "
            "dcmqi's (of slides highdicom's) to every encoding that loses nothing; [results.json](../bench/results.json) has all of them. Write: "
            "processor time of the whole process, with reading the source; highdicom's is construction and saving. Read: by dseg, all "
            "processors. Part of the run: `sh bench/run.sh --only survey`.", "", *markdown(["case", "what", "voxels", "segments"], about, 3), "",
            *markdown(HEAD, [survey_row(record) for record in shown], 3)]  # fmt: skip


def ranged(spread, scale, digits):
    return f"{spread['middle'] * scale:,.{digits}f} ({spread['low'] * scale:,.{digits}f} to {spread['high'] * scale:,.{digits}f})"


def archive_part(results):
    """The archive's objects in every form; nothing where no run has reckoned it."""
    records = results.get("archive", [])
    every = sorted((one for one in records if one["record"] == "form" and one["class"] == "all" and one["form"] != AS_IT_IS),
                   key=lambda one: one["bytes"]["middle"])  # fmt: skip
    source = next((one for one in records if one["record"] == "source"), None)
    if source is None or not every:
        return []
    objects = source["totalsegmentator"]
    rows = []
    for one in every:
        hours = ranged(one["cpu_hours"]["total"], 1, 0) if one["cpu_hours"] else ""
        rows.append([one["form"], "proposal" if one["experimental"] else "standard", ranged(one["bytes"], 1e-9, 1), hours,
                     f"{one['transfer_hours']['in']['middle']:.2f}"])  # fmt: skip
    classes = [[one["class"], f"{one['objects']:,}", f"{one['bytes'] / 1e12:.2f}", ", ".join(one["cases"])] for one in records if one["record"] == "class"]
    check = next(one for one in records if one["record"] == "check")
    return ["", "## Archive", "", f"The {objects['objects']:,} TotalSegmentator objects of {source['archive']}, {objects['bytes'] / 1e12:.2f} TB, by "
            f"`{source['package']}` {source['version']} (`bench/survey/idc.py`, which has the queries). Each class of sizes is predicted from the "
            "survey's cases in it; the range is that of these cases. CPU: convert, compare and validate. Hours at 1 Gbit/s to store the result; "
            f"reading the objects as they are takes {every[0]['transfer_hours']['out']:.0f}. Predicted so from {check['predicted_from']} phantoms, "
            f"{check['measured_on']:,} others were measured to differ by at most {100 * check['worst_error']:.0f} % (`bench/survey/check.py`). "
            "Part of the run: `sh bench/run.sh --only survey --only archive`.", "",
            *markdown(["size of the object", "objects", "TB", "cases"], classes), "",
            *markdown(["form", "", "GB", "CPU hours", "hours to store"], rows, 2)]  # fmt: skip
