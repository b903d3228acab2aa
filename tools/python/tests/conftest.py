# SPDX-License-Identifier: Apache-2.0
"""What the tests share: objects that the program of the package makes, once for all tests."""

import pathlib
import subprocess

import pytest

from dseg.__main__ import PROGRAM

ROOT = pathlib.Path(__file__).resolve().parents[3]


def run(*arguments, code=0):
    """Runs the program of the package."""
    done = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert done.returncode == code, f"{arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    """A folder with phantoms: labels (108 segments), few, overlap, and images of one of them."""
    folder = tmp_path_factory.mktemp("phantoms")
    run("phantom", folder / "labels.dcm", "--size", "60x50x40")
    run("convert", folder / "labels.dcm", folder / "labels.nii.gz")
    run("phantom", folder / "few.dcm", "--size", "40x32x12", "--labels", 5, "--images", folder / "ct")
    run("convert", folder / "few.dcm", folder / "binary.dcm", "--as", "binary")
    run("phantom", folder / "overlap.dcm", "--size", "40x32x20", "--labels", 120, "--overlap")
    return folder


@pytest.fixture(scope="session")
def samples(made):
    """A sample of every encoding of one segmentation."""
    run("phantom", made / "source.nii.gz", "--size", "24x20x9", "--labels", 9)
    run("samples", made / "source.nii.gz", made / "samples")
    return made / "samples"
