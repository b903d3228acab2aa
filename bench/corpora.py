# SPDX-License-Identifier: Apache-2.0
"""The volumes that are measured: corpora.json says what each is, where it comes from, and its SHA-256."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

from measuring import short_path

HERE = Path(__file__).resolve().parent
ROOTS = {"mricron": Path("/usr/share/mricron/templates")}
MAKE_DENSE = HERE.parent / "proposals/label-edge/training/make_dense.py"
SUFFIXES = (".nii", ".nii.gz", ".nrrd", ".seg.nrrd", ".mha", ".dcm")


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


class Corpus:
    """One volume. path is None, and missing says why, where it is not at hand."""

    def __init__(self, entry):
        self.name, self.entry, self.path, self.missing = entry["name"], entry, None, None

    def record(self):
        return {**self.entry, "path": short_path(self.path) if self.path else None, "missing": self.missing}


def make(corpus, path, *command):
    """Runs a program that writes the volume, unless it is there from before."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        made = subprocess.run(command, capture_output=True, text=True)
        if made.returncode != 0:
            corpus.missing = f"{command[1]} failed: " + (made.stderr.strip().splitlines() or ["no message"])[-1]
            return
    corpus.path = path


def find(corpus, data):
    root = ROOTS.get(corpus.entry["root"], data)
    path = root / corpus.entry["file"]
    if not path.exists():
        corpus.missing = f"{short_path(path)} is not there"
    elif sha256(path) != corpus.entry["sha256"]:
        corpus.missing = f"{short_path(path)} is another file than the manifest's"
    else:
        corpus.path = path


def all_corpora(dseg, data, work, folders=(), wanted=None):
    """Those of the manifest (with wanted, only the ones of these names), then all volumes in folders of the user's own."""
    entries = json.loads((HERE / "corpora.json").read_text())
    corpora = [Corpus(entry) for entry in entries if not wanted or entry["name"] in wanted]
    for corpus in corpora:
        if "phantom" in corpus.entry:
            path = work / "phantoms" / f"{corpus.name}.nii.gz"
            make(corpus, path, dseg, "phantom", path, *corpus.entry["phantom"])
        elif "dense" in corpus.entry:
            path = work / "dense" / f"{corpus.entry['dense']}.nii"
            make(corpus, path, sys.executable, MAKE_DENSE, path.parent, corpus.entry["dense"])
        else:
            find(corpus, data)
    for folder in map(Path, folders):
        for path in sorted(path for path in folder.iterdir() if path.name.endswith(SUFFIXES)):
            corpus = Corpus({"name": path.name.split(".")[0], "file": path.name, "what": "from --corpus",
                             "source": str(folder), "licence": "not known", "sha256": sha256(path)})  # fmt: skip
            corpus.path = path
            corpora.append(corpus)
    return corpora
