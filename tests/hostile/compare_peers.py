# SPDX-License-Identifier: Apache-2.0
"""What dseg and others make of the same damaged files: how many they refuse, read as the files were before, read as
something else without a word, and on how many they crash or hang. Writes the table of docs/reliability.md.

usage: compare_peers.py [--seed S] [--count N] [--markdown FILE]          (Python of build/peers/venv; DSEG: the program)
Files are cut, or a gzip stream is damaged, so that what they held is the only right answer but a refusal; or they are changed in their structure,
so that other voxels may be right. Each reader is a process of its own, forked from this one. For Linux.
"""

import argparse
import collections
import contextlib
import hashlib
import io
import os
import pathlib
import random
import resource
import shutil
import signal
import subprocess
import tempfile
import time
import warnings

import highdicom
import nibabel
import numpy as np
import SimpleITK

import mutate_dicom
import mutate_volumes
from seeds import Seeds

PROGRAM = os.path.abspath(os.environ["DSEG"])
DCMQI = os.path.join(os.path.abspath(os.environ["DSEG_PEERS"]), "venv/bin/segimage2itkimage")
SECONDS = 10
MEMORY = 4 << 30
OUTCOMES = ["refused", "as before", "something else, with a warning", "something else", "crashed", "hung"]
# Objects that all readers of DICOM read as they are.
OBJECTS = ["binary-explicit-le.dcm", "binary-implicit-le.dcm", "labelmap-explicit-le.dcm", "labelmap-rle.dcm", "kept.dcm",
           "binary-deflated.dcm"]  # fmt: skip


def digest(*arrays):
    made = hashlib.sha256()
    for array in arrays:
        made.update(repr((array.shape, array.astype(float).tobytes())).encode())
    return made.hexdigest()


def call(*command):
    """Runs a program; what it says besides. Passes on how it ended, if not well."""
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True)
    if done.returncode < 0:
        os.kill(os.getpid(), -done.returncode)
    if done.returncode != 0:
        raise ValueError(done.stderr[-200:])
    return done.stderr


def read_dseg(path):
    said = call(PROGRAM, "convert", str(path), "out.nii", "--threads", "1")
    image = nibabel.load("out.nii")
    return digest(np.asarray(image.dataobj)), b"warning:" in said


def read_dcmqi(path):
    call(DCMQI, "--inputDICOM", str(path), "--outputDirectory", ".", "-p", "p", "--mergeSegments", "-t", "nii")
    found = sorted(pathlib.Path().glob("p-*.nii.gz"))
    if not found:
        raise ValueError("nothing was written")
    return digest(*(np.asarray(nibabel.load(name).dataobj) for name in found)), False


def read_highdicom(path):
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        volume = highdicom.seg.segread(path).get_volume(combine_segments=False)
    return digest(volume.array), bool(said)


def read_itk(path):
    return digest(SimpleITK.GetArrayFromImage(SimpleITK.ReadImage(str(path)))), False


def read_nibabel(path):
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        image = nibabel.load(path)
        return digest(np.asarray(image.dataobj)), bool(said)


READERS = {
    "dicom": {"dseg": read_dseg, "highdicom": read_highdicom, "dcmqi": read_dcmqi},
    "nifti": {"dseg": read_dseg, "SimpleITK": read_itk, "nibabel": read_nibabel},
    "nifti.gz": {"dseg": read_dseg, "SimpleITK": read_itk, "nibabel": read_nibabel},
    "nrrd": {"dseg": read_dseg, "SimpleITK": read_itk},
    "metaimage": {"dseg": read_dseg, "SimpleITK": read_itk},
}


def child(read, path, pipe):
    os.setpgid(0, 0)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 30, 1 << 30))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    silent = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, 1)
    os.dup2(silent, 2)
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            found, warned = read(path)
        os.write(pipe, f"{found} {int(warned)}".encode())
    except BaseException:
        os.write(pipe, b"refused")
    os._exit(0)


def ask(read, path, directory):
    """The digest of what a reader gives and whether it warned; "refused", "crashed" or "hung"."""
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir()
    before = os.getcwd()
    os.chdir(directory)
    mine, its = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(mine)
        child(read, path, its)
    os.chdir(before)
    os.close(its)
    end = time.monotonic() + SECONDS
    while (ended := os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT | os.WNOHANG)) is None and time.monotonic() < end:
        time.sleep(0.002)
    if ended is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    said = os.read(mine, 200).decode()
    os.close(mine)
    if ended is None:
        return "hung", False
    if os.WIFSIGNALED(status) or not said:
        return "crashed", False
    return (said, False) if said == "refused" else (said.split()[0], said.split()[1] == "1")


def damage(made, kind, data):
    """Cut files, and streams whose bytes or check sums are others: what was there before, or nothing."""
    if kind == "nifti.gz" and made.random() < 0.6:
        while True:
            changed, said = mutate_volumes.change_gzip(made, mutate_volumes.gzip.decompress(data))
            if said[0] in ("check sum", "cut", "bytes"):
                return changed
    return data[: made.randrange(1, len(data))]


def mutate(made, kind, data):
    return (mutate_dicom.mutate(made, data) if kind == "dicom" else mutate_volumes.mutate(made, data, kind))[0]


def outcome(answer, warned, intact):
    if answer in ("refused", "crashed", "hung"):
        return answer
    if answer == intact:
        return "as before"
    return "something else, with a warning" if warned else "something else"


def name_of(kind):
    return {"dicom": "DICOM", "nrrd": "NRRD", "metaimage": "MetaImage"}.get(kind, "NIfTI")


def count(seeds, given, how):
    """Outcomes by kind and reader, and the number of files of each kind."""
    counts = collections.defaultdict(collections.Counter)
    files = collections.Counter()
    good = [item for item in seeds.files if item[0] in READERS and (item[0] != "dicom" or item[2] in OBJECTS) and "seg.nrrd" not in item[1]]
    kinds = sorted({item[0] for item in good})
    intact = {}
    directory = pathlib.Path("asked").absolute()
    for kind, _, name, _ in good:
        for reader, read in READERS[kind].items():
            intact[name, reader] = ask(read, (seeds.directory / name).absolute(), directory)[0]
            if intact[name, reader] in ("refused", "crashed", "hung"):
                print(f"{reader} does not read {name} as it is: {intact[name, reader]}", flush=True)
    for number in range(given.count):
        made = random.Random(f"{given.seed} {how.__name__} {number}")
        kind = kinds[number % len(kinds)]
        _, suffix, name, data = made.choice([item for item in good if item[0] == kind])
        path = pathlib.Path("damaged" + suffix).absolute()
        path.write_bytes(how(made, kind, data))
        files[name_of(kind)] += 1
        for reader, read in READERS[kind].items():
            if intact[name, reader] not in ("refused", "crashed", "hung"):
                counts[name_of(kind), reader][outcome(*ask(read, path, directory), intact[name, reader])] += 1
    return counts, files


def table(title, counts, files):
    lines = [f"{title}", "", f"| files | reader | {' | '.join(OUTCOMES)} |", "|---|---|" + "--:|" * len(OUTCOMES)]
    for (kind, reader), found in sorted(counts.items(), key=lambda item: (item[0][0], item[0][1] != "dseg", item[0][1])):
        lines.append(f"| {sum(found.values())} {kind} | {reader} | {' | '.join(str(found[name]) for name in OUTCOMES)} |")
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", default="2026")
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--markdown")
    given = parser.parse_args()
    SimpleITK.ProcessObject.SetGlobalWarningDisplay(False)
    markdown = os.path.abspath(given.markdown) if given.markdown else None
    with tempfile.TemporaryDirectory() as directory:
        os.chdir(directory)
        seeds = Seeds(PROGRAM, "seeds")
        text = "\n".join([
            table("Cut, or with a damaged gzip stream:", *count(seeds, given, damage)),
            table("Changed in their structure:", *count(seeds, given, mutate)),
        ])  # fmt: skip
        os.chdir("/")
    print(text)
    if markdown:
        pathlib.Path(markdown).write_text(text)


if __name__ == "__main__":
    main()
