# SPDX-License-Identifier: Apache-2.0
"""The survey's and the archive's figures under names, as they are written in the documents."""

from figure_text import percent, range_text, size_text, times_text

from survey.reckon import AS_IT_IS

NATIVE = "binary/explicit-le"
DEFLATED = "deflated"  # the frame codec that is none: the whole data set is deflated
UNCOMPRESSED = ("1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2")
DESCRIBED = ("binary-volume", "labelmap-volume", "label-sets")  # the proposals' representations
SURVEYED = ("survey", "described")  # what has records of cases and forms


def surveyed(results):
    return [record for suite in SURVEYED for record in results.get(suite, [])]


def of_kind(results, kind):
    return [record for record in results.get("archive", []) if record["record"] == kind]


def totals(results):
    """form: record of all classes."""
    return {record["form"]: record for record in of_kind(results, "form") if record["class"] == "all"}


def with_parts_as_it_is(results):
    """The record of the archive as it is, with parts: those of the cases as dcmqi writes them, class by class."""
    parts = {}
    for one in of_kind(results, "class"):
        written = [record["bytes"] for record in results.get("survey", [])
                   if record["writer"] == "dcmqi" and record["case"] in one["cases"] and "bytes" in record]  # fmt: skip
        if not written:
            return totals(results)[AS_IT_IS]
        for part in written[0]:
            if part != "file":
                parts[part] = parts.get(part, 0) + one["bytes"] * sum(size[part] / size["file"] for size in written) / len(written)
    return {**totals(results)[AS_IT_IS], "parts": parts or None}


def source_of(results):
    return next(iter(of_kind(results, "source")), None)


def share_of(record, part):
    """What a part is of the file: None of a deflated data set, where they cannot be told apart."""
    parts = record.get("parts") or record["bytes"]
    if record.get("parts", "") is None or "inflated" in parts:
        return None
    return parts[part] / sum(count for name, count in parts.items() if name != "file")


def group_share(record):
    return share_of(record, "per_frame_groups")


def hours_text(spread):
    return f"{spread['middle']:,.0f}" if spread["middle"] >= 9.5 else f"{spread['middle']:.1f}"


def source_values(source):
    tera = lambda count: f"{count / 1e12:.1f} TB"
    for name, what in (("SEG", source["seg"]), ("CT", source["ct"])):
        yield f"archive: {name}", tera(what["bytes"])
        yield f"archive: {name}: series", f"{what['series']:,}"
    ours = source["totalsegmentator"]
    yield "archive: TotalSegmentator", tera(ours["bytes"])
    yield "archive: TotalSegmentator: objects", f"{ours['objects']:,}"
    yield "archive: TotalSegmentator: mean", size_text(ours["mean_bytes"])
    for quantile, count in ours["quantile_bytes"].items():
        yield f"archive: TotalSegmentator: {quantile} %", size_text(count)
    plain = sum(one["series"] for one in source["transfer_syntaxes"] if one["uid"] in UNCOMPRESSED and one["sop_class"] == "Segmentation Storage")
    yield "archive: SEG: uncompressed", f"{100 * plain / source['seg']['series']:.1f} %"
    maps = sum(one["series"] for one in source["transfer_syntaxes"] if one["sop_class"].startswith("Label Map"))
    yield "archive: SEG: label maps", f"{maps:,}"


def form_values(form, record, today):
    name, size = f"archive: {form}", record["bytes"]
    yield f"{name}: bytes", size_text(size["middle"])
    yield f"{name}: range", range_text(size["low"], size["high"])
    yield f"{name}: times smaller", times_text(today / size["middle"])
    yield f"{name}: of today", percent(size["middle"] / today)
    yield f"{name}: hours to store", hours_text(record["transfer_hours"]["in"])
    share = group_share(record)
    if share is not None:
        yield f"{name}: per-frame groups", size_text(record["parts"]["per_frame_groups"])
        yield f"{name}: share of per-frame groups", percent(share)
        yield f"{name}: share of frames", percent(share_of(record, "pixel_data"))
        yield f"{name}: times smaller without per-frame groups", times_text(1 / (1 - share))
    if record["cpu_hours"]:
        yield f"{name}: CPU hours", hours_text(record["cpu_hours"]["total"])
        yield f"{name}: CPU hours, range", range_text(record["cpu_hours"]["total"]["low"], record["cpu_hours"]["total"]["high"], lambda hours: f"{hours:,.0f} hours")


def archive_values(results):
    """What was counted or measured, or follows from it directly."""
    source, every = source_of(results), totals(results)
    if source is None:
        return
    yield from source_values(source)
    today = every[AS_IT_IS]
    yield "archive: hours to read", hours_text({"middle": today["transfer_hours"]["out"]})
    share = group_share(with_parts_as_it_is(results))
    if share is not None:
        yield "archive: as it is: share of per-frame groups", percent(share)
    for form, record in every.items():
        if form != AS_IT_IS:
            yield from form_values(form, record, today["bytes"]["middle"])
    for record in of_kind(results, "mixed"):
        name = f"archive: {record['form']}, {percent(record['overlap_share'])} BINARY"
        yield f"{name}: bytes", size_text(record["bytes"]["middle"])
        yield f"{name}: range", range_text(record["bytes"]["low"], record["bytes"]["high"])
    for check in of_kind(results, "check"):
        yield "archive: check: worst error", f"{100 * check['worst_error']:.1f} %"
        yield "archive: check: predicted from", f"{check['predicted_from']:,}"
        yield "archive: check: measured on", f"{check['measured_on']:,}"


def survey_values(results):
    """Of each case and form: bytes, and what per-frame groups are of them."""
    for record in surveyed(results):
        if "bytes" not in record:
            continue
        name = f"survey: {record['case']}, {record['form']}" + (f" by {record['writer']}" if record["writer"] != "dseg" else "")
        yield f"{name}: size", size_text(record["bytes"]["file"])
        yield f"{name}: bytes", f"{record['bytes']['file']:,}"
        share = group_share(record)
        if share is not None:
            yield f"{name}: share of per-frame groups", percent(share)
            yield f"{name}: per-frame groups", f"{record['bytes']['per_frame_groups']:,}"
            yield f"{name}: groups a frame", f"{record['bytes']['per_frame_groups'] / record['frames']:.0f}"


def smallest_forms(results, representations=("binary", "labelmap")):
    """case: the smallest record that dseg wrote. FRACTIONAL is left out, as it says something else."""
    best = {}
    for record in surveyed(results):
        if record["writer"] == "dseg" and "bytes" in record and record["representation"] in representations:
            if record["case"] not in best or record["bytes"]["file"] < best[record["case"]]["bytes"]["file"]:
                best[record["case"]] = record
    return best


BUSY = 4  # the load before a part from which its times are not told: there are two processors


def is_busy(part):
    return part.get("load", 0) > BUSY


def own_reading(results, writer):
    """case: how many times as long as dseg the writer's own software takes to read what it wrote, where nothing else ran."""
    busy = {part["part"] for part in results.get("parts", []) if is_busy(part)}
    return {record["case"]: record["read_writer"]["seconds"]["median"] / record["read"]["seconds"]["median"]
            for record in results.get("survey", [])
            if f"survey-{record['case']}" not in busy and record["writer"] == writer and "seconds" in record.get("read_writer", {}) and "seconds" in record.get("read", {})}  # fmt: skip


def listed(names):
    names = list(names)
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}" if names else "none"


def survey_ratios(results):
    """What the survey's cases say together."""
    records = results.get("survey", [])
    if not records:
        return
    yield "survey: cases", f"{len({record['case'] for record in records})}"
    for writer in ("dcmqi", "highdicom"):
        found = own_reading(results, writer)
        if found:
            yield f"survey: reading, {writer} / dseg, least", times_text(min(found.values()))
            yield f"survey: reading, {writer} / dseg, most", times_text(max(found.values()))
    best = smallest_forms(results)
    packed = [case for case, record in best.items() if record["codec"] == DEFLATED]
    yield "survey: cases whose smallest form is a deflated data set", f"{len(packed)}"
    yield "survey: which these are", listed(packed)
    proposed = smallest_forms(results, ("binary", "labelmap", *DESCRIBED)).values()
    yield "survey: the same, with volumes and label sets", f"{sum(record['codec'] == DEFLATED for record in proposed)}"
    binary = smallest_forms(results, ("binary",)).values()
    yield "survey: cases whose smallest BINARY form is a deflated data set", f"{sum(record['codec'] == DEFLATED for record in binary)}"
    for form in (NATIVE, "binary/deflated-frame", "binary/label-edge", "labelmap/deflated-frame", "labelmap/label-edge"):
        shares = [group_share(record) for record in records
                  if (record["writer"], record["form"]) == ("dseg", form) and "bytes" in record and record["family"] != "slide"]  # fmt: skip
        if shares:
            yield f"survey: {form}: per-frame groups, least", percent(min(shares))
            yield f"survey: {form}: per-frame groups, most", percent(max(shares))
    patient = [record for record in records if "bytes" in record and "inflated" not in record["bytes"] and record["family"] != "slide"]
    for name, chosen in (("dcmqi", [record for record in patient if record["writer"] == "dcmqi"]),
                         ("highdicom", [record for record in patient if record["writer"] == "highdicom"]),
                         ("dseg, BINARY", [record for record in patient if (record["writer"], record["form"]) == ("dseg", NATIVE)]),
                         ("dseg, LABELMAP", [record for record in patient if (record["writer"], record["form"]) == ("dseg", "labelmap/explicit-le")])):  # fmt: skip
        frames = [record["bytes"]["per_frame_groups"] / record["frames"] for record in chosen]
        if frames:
            yield f"survey: groups a frame by {name}", range_text(min(frames), max(frames), lambda count: f"{count:.0f}")


def archive_ratios(results):
    """What one form of the archive is to another."""
    every = totals(results)
    pairs = [("labelmap/deflated-frame", "labelmap/label-edge"), ("labelmap/deflated-frame:level=12", "labelmap/label-edge"),
             ("binary/deflated-frame", "binary/label-edge"), ("binary/deflated-frame", "labelmap/deflated-frame"),
             ("binary/label-edge", "labelmap/label-edge"), ("labelmap/label-edge", "labelmap/label-edge-predicted"),
             ("labelmap/zstd", "labelmap/label-edge"), ("labelmap/deflated", "labelmap/label-edge"),
             ("binary/label-edge", "binary/deflated"), ("binary/deflated-frame", "binary/deflated"),
             *((form, form.replace("/", "-volume/")) for form in ("binary/deflated-frame", "labelmap/deflated-frame", "binary/label-edge", "labelmap/label-edge")),
             ("labelmap/deflated-frame", "binary-volume/label-edge"), ("labelmap/deflated-frame", "labelmap-volume/label-edge")]  # fmt: skip
    for one, other in pairs:
        if one in every and other in every:
            yield f"archive: {one} / {other}", times_text(every[one]["bytes"]["middle"] / every[other]["bytes"]["middle"])
