# SPDX-License-Identifier: Apache-2.0
"""Invented results of the survey and of what it means for an archive, for the tests of the report."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "bench"))
from survey.archive import archive_of  # noqa: E402

PARTS = ("pixel_data", "frame_index", "per_frame_groups", "references", "segments", "rest")
# Bytes by part of the forms that dseg writes, of an object of 1,000,000 bytes.
FORMS = {"binary/explicit-le": (800_000, 0, 150_000, 40_000, 6_000, 4_000), "binary/deflated-frame": (90_000, 10_000, 150_000, 40_000, 6_000, 4_000),
         "labelmap/explicit-le": (2_000_000, 0, 20_000, 20_000, 6_000, 4_000), "labelmap/deflated-frame": (48_000, 2_000, 20_000, 20_000, 6_000, 4_000),
         "labelmap/deflated": (2_000_000, 0, 20_000, 20_000, 6_000, 4_000), "labelmap/label-edge": (8_000, 2_000, 20_000, 20_000, 6_000, 4_000),
         "binary/label-edge": (20_000, 10_000, 150_000, 40_000, 6_000, 4_000), "labelmap/<tag>": (4_000, 2_000, 20_000, 20_000, 6_000, 4_000)}  # fmt: skip
INFLATED = {"labelmap/deflated": 30_000}
SOURCE = (850_000, 0, 100_000, 40_000, 6_000, 4_000)


def spread(value):
    return {"median": value, "min": 0.9 * value, "max": 1.2 * value, "n": 3}


def job(value):
    return {"seconds": spread(value), "cpu_seconds": spread(value), "peak_bytes": 10**6}


def sizes(parts, scale, file=None):
    """Bytes by part, times scale; file where the parts are those of an inflated data set."""
    found = {part: round(count * scale) for part, count in zip(PARTS, parts)}
    return {"file": round(file * scale), **found, "inflated": True} if file else {"file": sum(found.values()), **found}


def case(name, family, megabytes, growth=1.0, overlap=False):
    """All records of a kind of object; growth: of what dseg writes, so that classes have a range."""
    about = {"case": name, "what": f"a kind of object <{name}>", "family": family, "real": False, "rows": 512, "columns": 512, "planes": 100,
             "segments": 100, "overlap": overlap, "images": 100, "spacing": [1, 1, 2], "source_bytes": round(megabytes * 1_000_000)}  # fmt: skip
    reading = {"read": {**job(0.1), "voxels": "same"}, "plane": job(1e-4)}
    peer = {**about, "representation": "binary", "codec": "explicit-le", "experimental": False, "form": "binary/explicit-le", "frames": 1000}
    records = [{**peer, "writer": writer, "bytes": sizes(SOURCE, megabytes), "write": {**job(4), "clock": "process"}, **reading,
                "read_writer": {"seconds": spread(times * 0.1), "peak_bytes": 10**8}} for writer, times in (("dcmqi", 20), ("highdicom", 50))]  # fmt: skip
    for form, parts in FORMS.items():
        representation, codec = form.split("/")
        base = {**about, "writer": "dseg", "form": form, "representation": representation, "codec": codec,
                "experimental": codec in ("label-edge", "<tag>")}  # fmt: skip
        if overlap and representation == "labelmap":
            records.append({**base, "left_out": "segments overlap"})
        else:
            records.append({**base, "frames": 100, "bytes": sizes(parts, growth * megabytes, INFLATED.get(form)), "write": {**job(0.2), "clock": "process"},
                            **reading, "compare": job(0.3), "validate": job(0.1)})  # fmt: skip
    return records


def survey_records():
    return [*case("small", "archive", 50), *case("large", "archive", 100), *case("larger", "archive", 150, 1.5), *case("laid over", "overlap", 10, overlap=True)]


def archive_records(survey):
    classes = [{"class": "under 70 MB", "from_bytes": 0, "below_bytes": 70_000_000, "objects": 40, "bytes": 2_000_000_000},
               {"class": "70 MB and more", "from_bytes": 70_000_000, "below_bytes": None, "objects": 80, "bytes": 8_000_000_000}]  # fmt: skip
    source = {"archive": "An <archive>", "package": "index", "version": "1", "queries": {}, "seg": {"series": 200, "instances": 200, "bytes": 12 * 10**9},
              "ct": {"series": 10, "instances": 1000, "bytes": 11 * 10**9},
              "totalsegmentator": {"objects": 120, "bytes": 10**10, "mean_bytes": 83_333_333, "quantile_bytes": {}},
              "transfer_syntaxes": [{"uid": "1.2.840.10008.1.2.1", "sop_class": "Segmentation Storage", "series": 199, "bytes": 11 * 10**9},
                                    {"uid": "1.2.840.10008.1.2.5", "sop_class": "Segmentation Storage", "series": 1, "bytes": 10**9}],
              "largest_results": [], "classes": classes}  # fmt: skip
    check = {"predicted_from": 50, "measured_on": 1000, "forms": [], "worst_error": 0.031, "limit": 0.2}
    return archive_of(source, check, survey)
