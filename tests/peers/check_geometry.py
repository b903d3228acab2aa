# SPDX-License-Identifier: Apache-2.0
"""Volumes of random geometry written by SimpleITK and nibabel: what dseg writes of each, as a volume in every format and
by way of an object, is read by both, and every voxel has to lie where it lay, with its value.

usage: check_geometry.py [--rounds N] [--seed S] [--only ROUND] [--keep DIRECTORY]
A failure is reduced: made plainer as long as it fails, and kept as a file with its description beside it.
"""

import argparse
import dataclasses
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import nibabel
import numpy as np
import SimpleITK

from geometry_writers import Case, make_case
from peerlib import DSEG
from volumes import read_image

FLIP = np.diag([-1.0, -1.0, 1.0, 1.0])


class Wrong(Exception):
    pass


def run(*arguments, code=0):
    done = subprocess.run([DSEG, *map(str, arguments)], capture_output=True, stdin=subprocess.DEVNULL, timeout=60)
    if done.returncode != code:
        raise Wrong(f"dseg {' '.join(map(str, arguments))}: exit code {done.returncode}: {done.stderr.decode()}")
    return done.stdout


def read_nibabel(path):
    image = nibabel.load(str(path))
    return np.asarray(image.dataobj).transpose(2, 1, 0), FLIP @ image.affine


def check_same(voxels, affine, found, where, what, exact):
    """Every voxel of one lies at a voxel of the other with the same value. Values: exact, or rounded to 1/255."""
    if not np.isfinite(where).all():
        raise Wrong(f"{what}: the affine is {where.tolist()}")
    index = np.stack(np.meshgrid(*(np.arange(size) for size in voxels.shape[::-1]), indexing="ij"), -1).reshape(-1, 3)
    place = (np.linalg.inv(where) @ affine @ np.c_[index, np.ones(len(index))].T)[:3].T
    nearest = np.rint(place).astype(int)
    off = np.abs(place - nearest).max()
    if off > 5e-3:
        raise Wrong(f"{what}: voxels lie {off:.3g} of a voxel beside their places")
    inside = ((nearest >= 0) & (nearest < found.shape[::-1])).all(1)
    here = voxels[index[:, 2], index[:, 1], index[:, 0]].astype(float)
    there = np.zeros(len(index))
    there[inside] = found[nearest[inside, 2], nearest[inside, 1], nearest[inside, 0]].astype(float)
    worst = np.abs(here - there).max()
    if worst > (0 if exact else 0.5 / 255 + 1e-6):
        raise Wrong(f"{what}: {int((here != there).sum())} voxels differ, by up to {worst:.9g}")
    if int((found != 0).sum()) != int((here if exact else there).astype(bool).sum()):
        raise Wrong(f"{what}: {int((found != 0).sum())} voxels are not 0")


def check_file(case, voxels, path, exact):
    """By SimpleITK, and by nibabel what it reads."""
    check_same(voxels, case.affine(), *read_image(path), f"{path.name} read by SimpleITK", exact)
    if ".nii" in path.name or path.suffix == ".hdr":
        check_same(voxels, case.affine(), *read_nibabel(path), f"{path.name} read by nibabel", exact)


def check(case, directory):
    source = directory / f"in{case.suffix}"
    voxels = case.write(source)
    suffixes = [".nii.gz", ".nrrd", ".mha"] + ([] if case.values == "fractions" else [".seg.nrrd"])
    for suffix in suffixes:
        made = directory / f"out{suffix}"
        run("convert", source, made)
        check_file(case, voxels, made, True)
        run("compare", source, made, "--ignore", "names,colors")
    run("convert", source, directory / "out.dcm", "--slice-axis", "k")
    run("convert", directory / "out.dcm", directory / "back.nii")
    check_file(case, voxels, directory / "back.nii", case.values != "fractions")
    code = 0 if voxels.any() else None
    if code == 0:
        run("compare", source, directory / "out.dcm", "--ignore", "names,colors,numbers,codes,details,provenance")
    shown = json.loads(run("info", source, "--json", "--statistics"))
    counted = {segment["number"]: segment["statistics"]["voxels"] for segment in shown["segments"]}
    if case.values != "fractions":
        values, counts = np.unique(voxels[voxels != 0], return_counts=True)
        if counted != {int(value): int(count) for value, count in zip(values, counts)}:
            raise Wrong(f"dseg info counts {counted}")


def try_case(case):
    """What is wrong; None if nothing is."""
    with tempfile.TemporaryDirectory() as directory:
        try:
            check(case, pathlib.Path(directory))
        except (Wrong, subprocess.TimeoutExpired) as wrong:
            return str(wrong)
    return None


def reduce_case(case):
    """The plainest that still fails."""
    found = True
    while found:
        found = False
        for simpler in case.simpler():
            if try_case(simpler):
                case, found = simpler, True
                break
    return case


def keep(case, number, seed, directory):
    case = reduce_case(case)
    directory.mkdir(parents=True, exist_ok=True)
    stem = f"geometry-{seed}-{number}"
    case.write(directory / (stem + case.suffix))
    wrong = try_case(case)
    text = json.dumps(dataclasses.asdict(case), indent=1)
    (directory / (stem + ".json")).write_text(text + "\n")
    print(f"FAILED: round {number} of seed {seed}, reduced and kept as {stem}{case.suffix}: {wrong}\n{text}", flush=True)


def check_kept(directory):
    """Failures of before: each became a test."""
    failures = 0
    for path in sorted(directory.glob("*.json")):
        values = {name: tuple(value) if isinstance(value, list) else value for name, value in json.loads(path.read_text()).items()}
        wrong = try_case(Case(**values))
        if wrong:
            failures += 1
            print(f"FAILED: {path.name}: {wrong}", flush=True)
    return failures


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=int(os.environ.get("DSEG_DIFFERENTIAL_ROUNDS", 30)))
    parser.add_argument("--seed", type=int, default=int(os.environ.get("DSEG_DIFFERENTIAL_SEED", 18)))
    parser.add_argument("--only", type=int)
    parser.add_argument("--keep", default="kept")
    given = parser.parse_args()
    SimpleITK.ProcessObject.SetGlobalWarningDisplay(False)
    failures = check_kept(pathlib.Path(__file__).parent / "geometry")
    for number in range(given.rounds) if given.only is None else [given.only]:
        case = make_case(np.random.default_rng([given.seed, number]))
        if try_case(case):
            failures += 1
            keep(case, number, given.seed, pathlib.Path(given.keep))
    print(f"{given.rounds} volumes of seed {given.seed}: {failures} failures")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    shutil.rmtree("kept", ignore_errors=True)
    main()
