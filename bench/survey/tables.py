# SPDX-License-Identifier: Apache-2.0
"""The survey's part of docs/measurements.md."""

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
