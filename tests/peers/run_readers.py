# SPDX-License-Identifier: Apache-2.0
"""Runs every reader at hand over a folder of segmentation objects, each in a process of its own, and compares what it gives
with what dseg reads: who reads what.

usage: run_readers.py FOLDER [--csv FILE] [--markdown FILE] [--readers NAME,...] [--only TEXT] [--resume]
                      [--cpu SECONDS]

FOLDER has DICOM files, in folders below it, too; images in FOLDER/images, and faulty/ is passed over. A verdict is
"reads"; "refuses", with its message; "wrong": it gives something else without an error; "crashes"; "no time", when a
process used more than --cpu seconds of CPU time. Readers that need images have the object a second time, when it is not
read as it is, as a copy that refers to images: who_reads/images.py. --csv: results that are there already are kept, but
for those that are made again; with --resume none is. --only: samples whose name has this text. The exit status is 1 when
dseg itself does not read an object, of which nothing is told then. sh tests/peers/who_reads/setup.sh before.
"""

import argparse
import datetime
import json
import pathlib
import re
import shutil
import sys
import tempfile

import pydicom

from who_reads import table
from who_reads.images import Images, as_json, read_images
from who_reads.judge import judge
from who_reads.limits import run_limited
from who_reads.programs import ENVIRONMENT, READERS, listing_of
from who_reads.truth import Truth

PASSED_OVER = ("images", "faulty")
CPU_SECONDS = 60  # that each process of a reader may use
MESSAGE = 160  # characters of a reader's message that are kept


def find_objects(folder, only):
    """Segmentations, by their names below the folder."""
    found = {}
    for path in sorted(folder.rglob("*.dcm")):
        name = path.relative_to(folder)
        if name.parts[0] in PASSED_OVER or only not in str(name) or name.name == "source.dcm":
            continue
        if pydicom.dcmread(path, specific_tags=["Modality"], stop_before_pixels=True).get("Modality") == "SEG":
            found[str(name)] = path
    return found


def plain(message, *paths):
    """A message without what is of this run alone, its paths and addresses in memory, on one line."""
    for path in paths:
        message = message.replace(str(path), pathlib.Path(path).name)
    text = " ".join(re.sub(r"\(0x[0-9a-f]+\)", "", message).split())
    return text if len(text) <= MESSAGE else text[: MESSAGE - 3] + "..."


def ask(reader, path, images, truth, cpu):
    """The verdict of one reader on one file, and the reason."""
    outcome = run_limited(reader.command(path, images), cpu, ENVIRONMENT)
    if outcome.end != "done":
        return outcome.end, plain(outcome.message, path)
    listing = listing_of(outcome.out)
    if listing is None:
        return "refuses", "it prints nothing"
    return ("wrong", listing["fault"]) if "fault" in listing else judge(listing, truth)


class Run:
    def __init__(self, readers, known, cpu):
        self.readers, self.known, self.cpu = readers, known, cpu
        self.versions = {reader.key: reader.version() for reader in readers}
        self.date = datetime.date.today().isoformat()

    def row(self, sample, reader, path, images, truth):
        verdict, reason = ask(reader, path, images, truth, self.cpu)
        print(f"{sample}: {reader.key}: {verdict} {reason}", flush=True)
        return {"sample": sample, "reader": reader.title, "version": self.versions[reader.key], "date": self.date,
                "verdict": verdict, "reason": reason}  # fmt: skip

    def rows_of(self, sample, path, readers):
        """What readers make of an object."""
        scratch = pathlib.Path(tempfile.mkdtemp())
        try:
            truth = Truth(path, scratch)
            images = None
            if any(reader.needs_images for reader in readers):
                images = Images(path, truth, self.known, scratch)
                images.list = scratch / "images.json"
                images.list.write_text(json.dumps(as_json(images)))
            for reader in readers:
                row = self.row(sample, reader, path, images, truth)
                yield row
                if reader.needs_images and row["verdict"] != "reads" and images.copy:
                    yield self.row(sample + table.ADDED, reader, images.copy, images, truth)
        finally:
            shutil.rmtree(scratch)


def merged(old, new):
    """Rows that are there and those that were made again, by sample in the order of the first run, and by reader."""
    own = lambda row: row["sample"].removesuffix(table.ADDED)  # noqa: E731
    redone = {(own(row), row["reader"]) for row in new}
    rows = [row for row in old if (own(row), row["reader"]) not in redone] + new
    samples = list(dict.fromkeys(own(row) for row in [*old, *new]))
    titles = [reader.title for reader in READERS]
    return sorted(rows, key=lambda row: (samples.index(own(row)), titles.index(row["reader"]), row["sample"]))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--csv", type=pathlib.Path)
    parser.add_argument("--markdown", type=pathlib.Path)
    parser.add_argument("--readers", default=",".join(reader.key for reader in READERS))
    parser.add_argument("--only", default="")
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--cpu", type=int, default=CPU_SECONDS)
    arguments = parser.parse_args()
    names = arguments.readers.split(",")
    unknown = set(names) - {reader.key for reader in READERS}
    if unknown:
        parser.error(f"no reader is called {', '.join(sorted(unknown))}: {', '.join(reader.key for reader in READERS)}")
    run = Run([reader for reader in READERS if reader.key in names], read_images(arguments.folder / "images"), arguments.cpu)
    rows = table.read_rows(arguments.csv) if arguments.csv and arguments.csv.exists() else []
    done = {(row["sample"], row["reader"]) for row in rows} if arguments.resume else set()
    unread = []
    for sample, path in find_objects(arguments.folder, arguments.only).items():
        readers = [reader for reader in run.readers if (sample, reader.title) not in done]
        try:
            rows = merged(rows, list(run.rows_of(sample, path, readers)))
        except AssertionError as reason:  # of peerlib.dseg
            print(f"{sample}: {reason}", file=sys.stderr)
            unread.append(sample)
        if arguments.csv:
            table.write_rows(arguments.csv, rows)  # after each: a run takes long
    if not rows:
        sys.exit(f"{arguments.folder}: no segmentation is there")
    if arguments.markdown:
        arguments.markdown.write_text(table.markdown(table.Table(rows)), encoding="utf-8")
    if unread:
        sys.exit(f"dseg does not read {', '.join(unread)}")


if __name__ == "__main__":
    main()
