# SPDX-License-Identifier: Apache-2.0
"""What the tests of dseg batch share: objects to do, runs, and reports."""

import json
import os
import pathlib
import subprocess

from harness import PROGRAM, Result, blocks, make_voxels, write_nifti

TRANSCODE = ("--do", "transcode", "--transfer-syntax", "rle", "--verify")


def make_objects(directory, count, size=(9, 7, 5)):
    """Objects in directories of ten, of different UIDs and voxels; a text and an image among them."""
    directory.mkdir(exist_ok=True)
    volume = directory / "volume.nii"
    for i in range(count):
        place = directory / f"part{i // 10}"
        place.mkdir(exist_ok=True)
        voxels = make_voxels(size, lambda x, y, z, i=i: blocks(x, y, z) if (x + y + z + i) % 5 else 0)
        write_nifti(volume, size, voxels)
        arguments = ["convert", volume, place / f"seg{i:03}.dcm", "--as", "binary", "--uid-seed", str(i)]
        subprocess.run([PROGRAM, *map(str, arguments)], check=True, capture_output=True, timeout=60,
                       env={**os.environ, "SOURCE_DATE_EPOCH": str(1600000000 + i)})  # fmt: skip
    volume.unlink()
    (directory / "readme.txt").write_text("no segmentation")


def run(directory, *arguments, **options):
    """Runs a batch; its exit code is not checked."""
    done = subprocess.run([PROGRAM, "batch", *map(str, arguments)], cwd=directory, capture_output=True, timeout=120,
                          **{"stdin": subprocess.DEVNULL, **options})  # fmt: skip
    return Result(done)


def lines(path):
    """The lines of a report, all of which have to be whole."""
    content = pathlib.Path(path).read_bytes()
    assert content == b"" or content.endswith(b"\n"), content[-200:]
    return [json.loads(line) for line in content.splitlines()]


def outputs(directory):
    """The bytes of all outputs by their names, without the report and what is hidden."""
    return {str(path.relative_to(directory)): path.read_bytes() for path in sorted(directory.rglob("*"))
            if path.is_file() and path.name != "report.jsonl" and not path.relative_to(directory).parts[0].startswith(".")}  # fmt: skip


def hidden(directory):
    return [path.name for path in directory.rglob(".*")]
