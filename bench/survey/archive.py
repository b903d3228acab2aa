# SPDX-License-Identifier: Apache-2.0
"""What the encodings mean for an archive: the survey's ratios applied to the sizes of its objects.

idc.json has the archive's figures with their source (idc.py writes it), check.json how far such a prediction was off where
it could be measured (check.py)."""

import json
from pathlib import Path

from survey.reckon import cases_of, mixed, reckon
from survey.values import SURVEYED

HERE = Path(__file__).resolve().parent
KEPT = HERE.parent / "results.json"
FAMILY = "archive"  # the cases that stand for this archive's objects
OVERLAP_SHARES = (0, 0.05, 0.25, 1)


def survey_records(parts, quick):
    """What this run has measured, else what is kept of an earlier one."""
    kept = json.loads(KEPT.read_text())
    found = []
    for suite in SURVEYED:
        names = sorted(parts.glob(f"{'quick-' if quick else ''}{suite}-*.json"))
        found += [record for path in names for record in json.loads(path.read_text())["records"]] or kept.get(suite, [])
    return found


def class_records(classes, records):
    found = cases_of(classes, records)
    return [{"record": "class", **one, "cases": sorted({record["case"] for forms in found[one["class"]].values() for record in forms})}
            for one in classes]  # fmt: skip


def archive_of(source, check, surveyed):
    """All records of the archive, from the parsed files and the survey's records."""
    cases = [record for record in surveyed if record["family"] == FAMILY]
    classes = source["classes"]
    reckoned = reckon(classes, cases)
    records = [{"record": "source", **{key: value for key, value in source.items() if key != "classes"}}, *class_records(classes, cases)]
    return [*records, *reckoned, *mixed(reckoned, OVERLAP_SHARES), {"record": "check", **check}]


def archive(parts, quick):
    """The part of a run."""
    source, check = (json.loads((HERE / name).read_text()) for name in ("idc.json", "check.json"))
    records = archive_of(source, check, survey_records(parts, quick))
    empty = [record["class"] for record in records if record["record"] == "class" and not record["cases"]]
    return {"records": records, "problems": [f"archive: no case of the survey is of {name}: no form is told in all" for name in empty]}
