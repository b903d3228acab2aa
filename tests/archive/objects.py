# SPDX-License-Identifier: Apache-2.0
"""What the tests of tools/archive share: small objects, bad ones among them, running the program, and reports.

Python's standard library is all that is used."""

import hashlib
import json
import os
import struct
import subprocess
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
ARCHIVE = TOP / "tools" / "archive"
DSEG = Path(os.environ["DSEG"]).resolve()
WORK = ["--do", "transcode", "--transfer-syntax", "deflated-frame", "--verify"]


def environment(**more):
    """With the program on the path, under its own name."""
    return {**os.environ, "PATH": f"{DSEG.parent}{os.pathsep}{os.environ['PATH']}", **more}


def run(*command, codes=(0,), **more):
    """Runs a program; its output. Another exit code is an error that shows what it said."""
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, env=environment(), **more)
    if done.returncode not in codes:
        raise AssertionError(f"{' '.join(map(str, command))}: exit code {done.returncode}\n{done.stdout[-3000:]}\n{done.stderr[-6000:]}")
    return done.stdout


def make_objects(folder, count):
    """So many phantoms, BINARY, each another one; their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for number in range(count):
        path = folder / f"object-{number:03}.dcm"
        run(DSEG, "phantom", path, "--size", f"32x24x{8 + number % 5}", "--labels", 3 + number % 7, "--seed", number, "--threads", 1)
        paths.append(path)
    return paths


def element(group, number, kind, value):
    """An element in Explicit VR Little Endian, of a VR with a short length."""
    value += b"\0" * (len(value) % 2) if kind == "UI" else b" " * (len(value) % 2)
    return struct.pack("<HH2sH", group, number, kind.encode(), len(value)) + value


def make_image(path):
    """A DICOM file that is a CT image by its SOP Class, and no segmentation."""
    ct = b"1.2.840.10008.5.1.4.1.1.2"
    meta = element(2, 0x02, "UI", ct) + element(2, 0x03, "UI", b"2.25.1") + element(2, 0x10, "UI", b"1.2.840.10008.1.2.1")
    meta = struct.pack("<HH2sHI", 2, 0, b"UL", 4, len(meta)) + meta
    path.write_bytes(bytes(128) + b"DICM" + meta + element(8, 0x16, "UI", ct) + element(8, 0x18, "UI", b"2.25.1") + element(8, 0x60, "CS", b"CT"))
    return path


def make_bad(folder, good):
    """A file cut off, an image, a text, and the name of a file that is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    cut, text = folder / "cut-off.dcm", folder / "notes.txt"
    cut.write_bytes(good.read_bytes()[: good.stat().st_size * 2 // 3])
    text.write_text("no DICOM\n")
    return [cut, make_image(folder / "image.dcm"), text, folder / "nowhere.dcm"]


def write_list(path, names):
    path.write_text("".join(f"{name}\n" for name in names))
    return path


def lines_of(path):
    return [json.loads(line) for line in Path(path).read_text().splitlines()]


def sha256(path):
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


def digests(folder):
    """The SHA-256 of every object below a folder, by its name: outputs are told by these, whatever the order of work."""
    return {path.name: sha256(path) for path in Path(folder).rglob("*.dcm")}


def undisturbed(folder, names):
    """What one run of the program makes of the list: digests of outputs, and statuses by name."""
    names_file = write_list(folder / "undisturbed.txt", names)
    run(DSEG, "batch", "--list", names_file, "--to", folder / "undisturbed", *WORK, "--report", folder / "undisturbed.jsonl", codes=(0, 1))
    return digests(folder / "undisturbed"), {record["input"]: record["status"] for record in lines_of(folder / "undisturbed.jsonl")}
