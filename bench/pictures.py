# SPDX-License-Identifier: Apache-2.0
"""Small pictures of the volumes that are measured, for the report: the fullest section of each, a few kB.

usage: pictures.py VOLUME OUTPUT.png    what SimpleITK reads; a transparent picture of at most 144 x 144 pixels"""

import base64
import colorsys
import subprocess
import sys
import tempfile
from pathlib import Path

from survey.cases import CASES, volume_of

SIDE = 144  # twice what the page shows, for screens with fine pixels
WINDOW = 512  # of a slide, which is too large to be seen as a whole


def color(label):
    """Neighbouring numbers differ in hue; neither is too dark for a dark page nor too light for a light one."""
    hue = label * 0.618034 % 1
    return [round(255 * part) for part in colorsys.hsv_to_rgb(hue, 0.55 + 0.2 * (label % 2), 0.88 - 0.16 * (label // 2 % 2))]


def box(mask):
    """The slices that hold all of a mask, with a voxel around."""
    import numpy

    found = [numpy.flatnonzero(mask.any(axis=tuple(a for a in range(mask.ndim) if a != axis))) for axis in range(mask.ndim)]
    return tuple(slice(max(one[0] - 1, 0), one[-1] + 2) for one in found)


def fullest(labels, axis):
    return labels.take((labels > 0).sum(axis=tuple(a for a in range(3) if a != axis)).argmax(), axis)


def section(labels, spacing):
    """labels: planes, rows, columns, head last; spacing in the same order, mm. What is drawn, head or front up, and its pixels'
    height and width."""
    labels = labels[box(labels > 0)]
    height, _, width = (n * mm for n, mm in zip(labels.shape, spacing))
    if height > 0.9 * width:  # a trunk, from the front
        return fullest(labels, 1)[::-1], (spacing[0], spacing[2])
    chosen = fullest(labels, 0)
    if max(chosen.shape) > 4 * WINDOW:
        window = lambda n: slice(n // 2 - WINDOW // 2, n // 2 + WINDOW // 2)
        chosen = chosen[window(chosen.shape[0]), window(chosen.shape[1])]
    return chosen, spacing[1:]


def read(path):
    import SimpleITK

    image = SimpleITK.ReadImage(str(path))
    if image.GetNumberOfComponentsPerPixel() > 1:  # layers of segments that overlap
        image = SimpleITK.VectorIndexSelectionCast(image, 0)
    image = SimpleITK.DICOMOrient(image, "LPS")
    return SimpleITK.GetArrayFromImage(image), image.GetSpacing()[::-1]


def draw(path, output):
    import numpy
    from PIL import Image

    flat, (height, width) = section(*read(path))
    flat = flat[box(flat > 0)].astype(numpy.int64)
    values, places = numpy.unique(flat, return_inverse=True)
    palette = numpy.array([[*color(int(value)), 255] if value else [128, 128, 128, 0] for value in values], numpy.uint8)
    image = Image.fromarray(palette[places.reshape(flat.shape)], "RGBA")
    mm = (flat.shape[1] * width, flat.shape[0] * height)
    size = [max(1, round(SIDE * length / max(mm))) for length in mm]
    image.resize(size, Image.Resampling.LANCZOS).quantize(64, Image.Quantize.FASTOCTREE).save(output, optimize=True)


def picture(volume, output):
    """In a process of its own, as volumes are large; without a picture where that fails."""
    done = subprocess.run([sys.executable, __file__, str(volume), str(output)], capture_output=True, text=True)
    if done.returncode != 0:
        print(f"bench: no picture of {volume}: {(done.stderr.strip().splitlines() or ['no message'])[-1]}", file=sys.stderr)


def picture_of_case(dseg, case, corpora, output):
    with tempfile.TemporaryDirectory(dir=output.parent) as folder:
        try:
            volume = volume_of(dseg, case, Path(folder), corpora, sys.executable)
        except (OSError, RuntimeError) as error:
            print(f"bench: no picture of {case.name}: {error}", file=sys.stderr)
            return
        if volume:
            picture(volume, output)


def missing(results, folder):
    """Names of the volumes and kinds of objects in results of which no picture was made or tried in folder yet."""
    names = {record["corpus"] for suite in ("frames", "encodings") for record in results[suite] if record["corpus"] not in ("noise", "empty")}
    names |= {record["case"] for record in results.get("survey", [])}
    return {name for name in names if not any((folder / f"{name}.{end}").exists() for end in ("png", "none"))}


def forget_failures(folder):
    """A volume may be at hand now."""
    for file in folder.glob("*.none"):
        file.unlink()


def make(dseg, names, corpora, folder):
    """folder/NAME.png of each, or NAME.none where there is none to be had, so that it is not tried for each report again."""
    folder.mkdir(parents=True, exist_ok=True)
    cases = {case.name: case for case in CASES}
    volumes = {corpus.name: corpus.path for corpus in corpora if corpus.path}
    for name in sorted(names):
        if name in volumes:
            picture(volumes[name], folder / f"{name}.png")
        elif name in cases:
            picture_of_case(dseg, cases[name], corpora, folder / f"{name}.png")
        if not (folder / f"{name}.png").exists():
            (folder / f"{name}.none").touch()


def uris(folder):
    """name: data URI."""
    return {path.stem: "data:image/png;base64," + base64.b64encode(path.read_bytes()).decode() for path in sorted(folder.glob("*.png"))}


if __name__ == "__main__":
    draw(*map(Path, sys.argv[1:]))
