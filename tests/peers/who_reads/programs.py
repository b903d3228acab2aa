# SPDX-License-Identifier: Apache-2.0
"""The readers: what each is called, its version, and the command that prints what it finds in an object."""

import importlib.metadata
import json
import os
import pathlib
import subprocess
import sys
from typing import Callable, NamedTuple

from peerlib import DSEG, HERE, PEERS, venv_program

ROOT = HERE.parents[1]
WHO_READS = HERE / "who_reads"
# What tests/peers/who_reads/setup.sh installed, and the program that tests/peers/CMakeLists.txt builds.
INSTALLED = pathlib.Path(os.environ.get("DSEG_WHO_READS", ROOT / "build" / "who-reads"))
DCMTK_FRAMES = os.environ.get("DSEG_DCMTK_FRAMES", pathlib.Path(DSEG).resolve().parents[1] / "tests/peers/dcmtk_frames")
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(HERE)}


class Reader(NamedTuple):
    key: str
    title: str
    needs_images: bool
    version: Callable
    command: Callable  # of an object's path and its Images


def python(module, *arguments):
    return [sys.executable, "-m", f"who_reads.{module}", *arguments]


def package_version(directory, name):
    return json.loads((directory / "node_modules" / name / "package.json").read_text())["version"]


def said_version(*command):
    """The first word with a dot and a digit in what a program says of itself."""
    words = subprocess.run(command, capture_output=True, text=True).stdout.split()
    return next(word.lstrip("v") for word in words if "." in word and word.lstrip("v")[0].isdigit())


def of_python(name, title, package):
    return Reader(name, title, False, lambda: importlib.metadata.version(package),
                  lambda path, images: python("read_python", name, path))  # fmt: skip


def adapters(key, title, directory):
    def command(path, images):
        return [venv_program("node"), WHO_READS / "read_adapters.mjs", directory, path, images.list]

    version = lambda: package_version(directory, "@cornerstonejs/adapters")  # noqa: E731
    return Reader(key, title, True, version, command)


def with_ohif(path, images):
    return python("read_ohif", INSTALLED / "ohif", venv_program("node"), path, *images.paths)


def with_dcmjs(path, images):
    return [venv_program("node"), HERE / "dcmjs_frames.mjs", PEERS / "node", path]


READERS = [
    of_python("highdicom", "highdicom", "highdicom"),
    of_python("pydicom", "pydicom", "pydicom"),
    of_python("dcmqi", "dcmqi", "dcmqi"),
    Reader("dcmtk", "DCMTK's dcmseg", False, lambda: said_version("dcmdump", "--version"),
           lambda path, images: [DCMTK_FRAMES, path]),
    of_python("simpleitk", "SimpleITK (GDCM)", "simpleitk"),
    Reader("dcmjs", "dcmjs", False, lambda: package_version(PEERS / "node", "dcmjs"), with_dcmjs),
    adapters("adapters", "cornerstone3D's adapters", PEERS / "node"),
    adapters("adapters-5.6", "cornerstone3D's adapters in OHIF", INSTALLED / "node-5.6.8"),
    Reader("ohif", "OHIF (with Orthanc)", True,
           lambda: said_version("sh", ROOT / "tools/viewer/ohif/setup.sh", "--version"), with_ohif),
    Reader("orthanc", "Orthanc's /frames", False, lambda: said_version("Orthanc", "--version"),
           lambda path, images: python("read_orthanc", path)),
]  # fmt: skip


def listing_of(text):
    """The JSON that a reader has printed; None where it printed none. Programs of other tests have segments in a list."""
    try:
        listing = json.loads(text)
    except ValueError:
        return None
    if not isinstance(listing, dict) or "frames" not in listing:
        return None
    if "labels" not in listing:
        segments = listing.get("segments", [])
        listing["labels"] = {one["number"]: one["label"] for one in segments if "label" in one}
    return listing
