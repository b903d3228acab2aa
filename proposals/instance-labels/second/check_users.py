# SPDX-License-Identifier: Apache-2.0
"""What docs/instances.md tells users of scikit-image and StarDist to do, with arrays as those make them: check_users.py DSEG

A label image is written as MetaImage and NRRD, becomes a slide, and comes back, by the commands of the page."""

import csv
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import nrrd
import numpy
import SimpleITK

PAGE = Path(__file__).resolve().parents[3] / "docs" / "instances.md"


def labels_of_user():
    """As skimage.measure.label gives them: int64, a number for each object, 0 elsewhere."""
    labels = numpy.zeros((700, 900), numpy.int64)
    for number in range(1, 401):
        y, x = 33 * ((number - 1) // 20) + 8, 44 * ((number - 1) % 20) + 6
        labels[y : y + 20 + number % 7, x : x + 25 + number % 11] = number
    return labels


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


def main(dseg):
    labels = labels_of_user()
    names = {"labels": labels, "numpy": numpy, "SimpleITK": SimpleITK, "nrrd": nrrd,
             "classes": {n: ("tumour cell", "lymphocyte")[n % 2] for n in range(1, 401)}}  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        before, shell, after = blocks("python")[0], blocks("sh")[0], blocks("python")[1]
        run = lambda code: exec(code.replace('"nuclei', f'"{folder}/nuclei').replace('"back', f'"{folder}/back'), names)  # noqa: E731, S102
        run(before)
        for line in shell.splitlines():
            command = line.split("#")[0].split()
            assert command[0] == "dseg", line
            done = subprocess.run([dseg, *command[1:]], cwd=folder, capture_output=True, text=True)
            assert done.returncode == 0, f"{line}: {done.stderr}"
        run(after)
        assert numpy.array_equal(names["back"], labels), "the labels differ"
        with open(Path(folder) / "back.csv", encoding="utf-8", newline="") as file:
            assert {int(row["instance"]): row["class"] for row in csv.DictReader(file)} == names["classes"], "the classes differ"
        again = subprocess.run([dseg, "convert", "nuclei.nrrd", "second.dcm", "--as", "instance-labels", "--slide"], cwd=folder, capture_output=True, text=True)
        assert again.returncode == 0, again.stderr
    print(f"{labels.max()} objects came back, by {len(shell.splitlines())} commands")


if __name__ == "__main__":
    main(sys.argv[1])
