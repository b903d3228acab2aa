# SPDX-License-Identifier: Apache-2.0
"""Reports of `dseg batch`: JSON lines, an object each."""

import json
from pathlib import Path


def read_report(path):
    """The lines of a report. One that a kill cut off is left out, as `dseg batch` does when it resumes."""
    for line in Path(path).read_bytes().split(b"\n"):
        try:
            record = json.loads(line)
        except ValueError:
            continue
        if isinstance(record, dict) and "input" in record and "status" in record:
            yield record


def read_reports(paths):
    """The last line of each object, by its name: what a later run found stands behind what an earlier one did. That an object is
    named twice, "skipped", says nothing of it."""
    found = {}
    for path in paths:
        for record in read_report(path):
            if record["status"] != "skipped" or record["input"] not in found:
                found[record["input"]] = record
    return found
