# SPDX-License-Identifier: Apache-2.0
"""The reports of many jobs as one: called by the Snakefile, or by hand behind an array of jobs.

usage: gather.py LIST REPORTS DIR      REPORTS: the directory of the reports, *.jsonl
Writes into DIR, in the order of the list: manifest.jsonl, the last line of every object; failures.jsonl, those that
failed, that no report has ("missing"), and whose output another object has, too; and figures.json. The exit code is 0
whatever the objects' fate: figures.json says it."""

import json
import sys
from collections import Counter
from pathlib import Path

from chunk_list import entry_of
from reports import read_reports

SUMS = ("bytes_in", "bytes_out", "frames", "segments", "seconds", "cpu_seconds")
MESSAGES = 20


def names_in(path):
    """The objects of a list by the names that reports have."""
    text = Path(path).read_bytes().decode(errors="surrogateescape")
    entries = (entry_of(line) for line in text.split("\n") if line)
    return list(dict.fromkeys(entry.get("name", entry["input"]) for entry in entries))


def shared_outputs(records):
    """Outputs that several objects have written, one over the other: jobs do not know of each other's names."""
    count = Counter(record["output"] for record in records if record["status"] == "ok" and record.get("output"))
    return {output for output, times in count.items() if times > 1}


def gather(names, found):
    """Manifest and failures: a record of each name. found: name: record."""
    shared = shared_outputs(found[name] for name in names if name in found)
    manifest, failures = [], []
    for name in names:
        record = found.get(name) or {"input": name, "status": "missing", "message": "no report has it"}
        if record.get("output") in shared and record["status"] == "ok":
            record = {**record, "status": "failed", "message": f"other objects have the output {record['output']}, too"}
        manifest.append(record)
        if record["status"] in ("failed", "missing"):
            failures.append(record)
    return manifest, failures


def figures_of(manifest, failures):
    """Sums over the objects that are ok, and how often which message stands in the failures."""
    states = Counter(record["status"] for record in manifest)
    fine = [record for record in manifest if record["status"] == "ok"]
    sums = {what: round(sum(record.get(what) or 0 for record in fine), 3) for what in SUMS}
    messages = Counter(str(record.get("message", "")).replace(record["input"], "").lstrip(": ") for record in failures)
    return {"objects": len(manifest), **{state: states[state] for state in ("ok", "skipped", "failed", "missing")}, **sums,
            "versions": sorted({record["dseg"] for record in fine if "dseg" in record}), "messages": dict(messages.most_common(MESSAGES))}  # fmt: skip


def write_lines(path, records):
    with open(path, "w") as file:
        file.writelines(json.dumps(record) + "\n" for record in records)


def main(list_path, reports, to):
    names, to = names_in(list_path), Path(to)
    manifest, failures = gather(names, read_reports(sorted(Path(reports).glob("*.jsonl"))))
    figures = figures_of(manifest, failures)
    write_lines(to / "manifest.jsonl", manifest)
    write_lines(to / "failures.jsonl", failures)
    (to / "figures.json").write_text(json.dumps(figures, indent=1) + "\n")
    print(", ".join(f"{figures[what]} {what}" for what in ("objects", "ok", "skipped", "failed", "missing")))


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
