# SPDX-License-Identifier: Apache-2.0
"""Puts the benchmark's figures into the documents, so that none is typed by hand.

usage: figures.py write [RESULTS.json]    takes build/bench/results.json, keeps it as bench/results.json, and writes all below;
                                          of a run of some parts (--only) these replace the kept ones, the others stay
       figures.py check [RESULTS.json]    0: the documents have the figures of bench/results.json; 1: what differs; 77: no results
       figures.py list [RESULTS.json]     every figure by name, and where it is used

- Blocks of README.md, docs/findings.md, docs/paper.md, docs/frame-digests.md, docs/archive.md and proposals/label-edge/evidence.md between <!-- figures: NAME --> and <!-- end -->.
- Single figures, which are links with their name as title: [93 ms](measurements.md#read "read: dseg, BINARY: time").
- docs/measurements.md and docs/archive.svg, and results.csv and size-and-speed.svg of proposals/label-edge. The last needs
  matplotlib: build/bench-peers/venv/bin/python has it."""

import json
import re
import sys
from pathlib import Path

import figure_tables
import label_edge
from figure_values import Results, all_values, part_suite, problem_suite, with_slow
from paper import picture

TOP = Path(__file__).resolve().parent.parent
KEPT = TOP / "bench" / "results.json"
MEASURED = TOP / "build" / "bench" / "results.json"
PROPOSAL = TOP / "proposals" / "label-edge"
DOCUMENTS = [*(TOP / "docs" / name for name in ("findings.md", "paper.md", "frame-digests.md", "archive.md", "python.md")),
             *(TOP / name for name in ("README.md", "proposals/README.md")), PROPOSAL / "evidence.md", PROPOSAL / "README.md"]
BLOCK = re.compile(r"(<!-- figures: ([\w-]+) -->\n)(.*?)(<!-- end -->)", re.DOTALL)
ABSOLUTE = re.compile(r"(?<![\w.])/(?:[\w.+-]+/)+?build/")
FIGURE = re.compile(r'\[([^\][]*)\]\(((?:[^()\s]*/)?measurements\.md#[\w-]+) "([^"]+)"\)')


def with_figures(text, results, values, complain):
    """The document's text with its blocks and figures made anew."""

    def block(match):
        made = figure_tables.BLOCKS.get(match[2])
        if made is None:
            complain(f"no block has the name {match[2]}")
            return match[0]
        try:
            return f"{match[1]}{made(results)}\n{match[4]}"
        except ValueError as error:
            complain(f"{match[2]} stays: {error}")
            return match[0]

    def figure(match):
        if match[3] not in values:
            complain(f'"{match[3]}" was not measured: {match[1]} stays')
            return match[0]
        return f'[{values[match[3]]}]({match[2]} "{match[3]}")'

    return FIGURE.sub(figure, BLOCK.sub(block, text))


def compact(results):
    """JSON with a record a line, for a file that is kept and compared."""
    parts = []
    for key, value in results.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            text = "[\n" + ",\n".join(json.dumps(item) for item in value) + "\n]"
        else:
            text = json.dumps(value)
        parts.append(f"{json.dumps(key)}: {text}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def made_files(raw, complain):
    """path: text of all that is made of these results, but the plot."""
    raw = with_slow(raw)
    results = Results(raw)
    values = all_values(results)
    made = {path: with_figures(path.read_text(), results, values, lambda what, path=path: complain(f"{path.relative_to(TOP)}: {what}"))
            for path in DOCUMENTS}  # fmt: skip
    made[TOP / "docs" / "measurements.md"] = figure_tables.measurements(results)
    if label_edge.rows_of(raw):
        made[PROPOSAL / "results.csv"] = label_edge.csv_text(raw)
    if raw.get("archive"):
        made[TOP / "docs" / "archive.svg"] = picture.draw(raw)
    return made


def without_place(text):
    """Messages may have whole paths: what is kept does not tell where the project was built."""
    return ABSOLUTE.sub("build/", text)


def with_kept(raw, kept):
    """A run of some parts in the place of the same parts of the kept results; each part names its own commit and machine.
    What is said of the whole is said of the run that came last."""
    new = {part_suite(part) for part in raw["parts"]}
    if new >= {part_suite(part) for part in kept["parts"]}:
        return raw
    merged = {**kept, **{suite: raw[suite] for suite in new}}
    merged |= {key: raw[key] for key in ("command", "date", "commit", "machine", "libraries") if key in raw}
    of_run = [{"machine": raw["machine"], "libraries": raw["libraries"], **part} for part in raw["parts"]]
    merged["parts"] = [part for part in kept["parts"] if part_suite(part) not in new] + of_run
    merged["seconds"] = sum(part.get("seconds", 0) for part in merged["parts"])
    merged["problems"] = [problem for problem in kept["problems"] if problem_suite(problem) not in new] + raw["problems"]
    return merged


def write(raw):
    complaints = []
    for path, text in made_files(raw, complaints.append).items():
        if not path.exists() or path.read_text() != text:
            path.write_text(text)
            print(f"written: {path.relative_to(TOP)}")
    KEPT.write_text(compact(raw))
    try:
        if label_edge.rows_of(raw):
            (PROPOSAL / "size-and-speed.svg").write_text(label_edge.draw(with_slow(raw)))
    except ImportError as error:
        complaints.append(f"size-and-speed.svg is not drawn: {error}")
    print(*complaints, sep="\n", file=sys.stderr)
    return 1 if complaints else 0


def check(raw):
    complaints = []
    for path, text in made_files(raw, complaints.append).items():
        there = path.read_text().splitlines() if path.exists() else []
        wanted = text.splitlines()
        if there != wanted:
            number = next((i for i, (a, b) in enumerate(zip(there, wanted)) if a != b), min(len(there), len(wanted)))
            complaints.append(f"{path.relative_to(TOP)}:{number + 1}: not the figures of these results; python3 bench/figures.py write")
    print(*complaints, sep="\n", end="\n" if complaints else "")
    return 1 if complaints else 0


def list_figures(raw):
    used = {}
    for path in DOCUMENTS:
        for number, line in enumerate(path.read_text().splitlines(), 1):
            for match in FIGURE.finditer(line):
                used.setdefault(match[3], []).append(f"{path.relative_to(TOP)}:{number}")
    for name, value in all_values(Results(with_slow(raw))).items():
        print(f"{name}: {value}" + (f"    [{', '.join(used[name])}]" if name in used else ""))
    return 0


def main():
    if len(sys.argv) not in (2, 3) or sys.argv[1] not in ("write", "check", "list"):
        sys.exit(__doc__)
    action = sys.argv[1]
    path = Path(sys.argv[2]) if len(sys.argv) == 3 else KEPT if action == "check" or not MEASURED.exists() else MEASURED
    if not path.exists():
        print(f"skipped: there is no {path}")
        return 77
    raw = json.loads(without_place(path.read_text()))
    if action == "write" and KEPT.exists():
        raw = with_kept(raw, json.loads(KEPT.read_text()))
    return {"write": write, "check": check, "list": list_figures}[action](raw)


if __name__ == "__main__":
    sys.exit(main())
