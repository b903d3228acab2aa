# SPDX-License-Identifier: Apache-2.0
"""The twenty kinds of objects of the survey, and how the volume of each is made."""

import subprocess
from dataclasses import dataclass, field
from pathlib import Path

# A trunk of 643 mm, as whole-body results have it: pixels of 0.7 mm, made at 1.5 mm and enlarged, as networks work.
TRUNK_MM, PIXEL_MM, COARSE = 643, 0.7, 239
QUICK_CASES = ("abdomen-overlap", "tumours", "nuclei")


@dataclass
class Case:
    """How the volume is made: phantom, options of `dseg phantom`, and planes of it, counted from 1; corpus, a name in
    corpora.json; shape, a function of shapes.py. family "archive" stands for TotalSegmentator's results on chest CTs."""

    name: str
    family: str
    what: str
    phantom: list = field(default_factory=list)
    planes: str = ""
    corpus: str = ""
    shape: str = ""
    overlap: bool = False

    @property
    def real(self):
        return bool(self.corpus) and not self.corpus.startswith("phantom")


def trunk(thickness, seed, *more):
    planes = round(TRUNK_MM / thickness)
    return ["--size", f"512x512x{planes}", "--spacing", f"{PIXEL_MM}x{PIXEL_MM}x{thickness}", "--coarse",
            f"{COARSE}x{COARSE}x{planes}", "--seed", str(seed), *more]  # fmt: skip


def chest(name, thickness, seed):
    """The upper half of a trunk."""
    planes = round(TRUNK_MM / thickness)
    return Case(name, "archive", f"phantom of a chest, planes {thickness} mm apart", trunk(thickness, seed), f"{planes - planes // 2 + 1}-{planes}")


CASES = [
    chest("chest-5mm", 5, 1),
    Case("s0327", "archive", "a patient's trunk, 108 organs, at the 1.5 mm of the network", corpus="s0327"),
    Case("trunk-5mm", "archive", "phantom of a trunk, planes 5 mm apart", trunk(5, 2)),
    chest("chest-3mm", 3, 3),
    chest("chest-2mm", 2, 4),
    chest("chest-1.9mm", 1.9, 5),
    chest("chest-1.25mm", 1.25, 6),
    Case("trunk-2.5mm", "archive", "phantom of a trunk, planes 2.5 mm apart", trunk(2.5, 7)),
    Case("trunk-1.5mm", "archive", "phantom of a trunk, planes 1.5 mm apart", trunk(1.5, 8)),
    Case("s0327-512", "archive", "a patient's trunk, 108 organs, enlarged to 512 x 512", corpus="s0327-512"),
    Case("ct20", "organs", "20 planes of a patient's abdomen, 31 organs", corpus="ct20"),
    Case("abdomen-few", "organs", "phantom, 5 organs in 100 planes of an abdomen",
         ["--labels", "5", "--size", "512x512x100", "--spacing", "0.7x0.7x3", "--coarse", "239x239x100", "--seed", "9"]),
    Case("abdomen-overlap", "overlap", "phantom, 130 segments; vessels, spinal cord and lesions overlap the organs",
         ["--labels", "130", "--size", "256x256x80", "--spacing", "1.4x1.4x5", "--seed", "10", "--overlap"], overlap=True),
    Case("trunk-overlap", "overlap", "phantom, 108 segments; vessels and spinal cord overlap the organs",
         ["--size", "222x166x215", "--spacing", "1.5x1.5x3", "--seed", "11", "--overlap"], overlap=True),
    Case("hncma", "brain", "atlas of head and brain, 312 structures, 16 bits", corpus="hncma"),
    Case("brain-grid", "brain", "phantom, 31 segments on the grid of a brain MR",
         ["--labels", "31", "--size", "240x240x155", "--spacing", "1.6x1.6x4", "--seed", "12"]),
    Case("knee", "other", "atlas of a knee, 49 structures", corpus="knee"),
    Case("tumours", "lesions", "three tissues of a brain tumour and 12 small metastases, 240 x 240 x 155", shape="tumours"),
    Case("vessels", "vessels", "two trees of branching vessels in a chest CT, 0.7 mm x 1 mm", shape="vessels"),
    Case("nuclei", "slide", "nuclei on a slide, 4096 x 4096 pixels in tiles of 512, TILED_FULL", shape="nuclei"),
]  # fmt: skip


def run(*command):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"{command[0]}: {(done.stderr.strip().splitlines() or ['no message'])[-1]}")


def phantom_volume(dseg, case, folder):
    """The path of the phantom's volume, a seg.nrrd file, which has names and codes, too, and layers where segments overlap."""
    path = folder / "volume.seg.nrrd"
    if path.exists():
        return path
    whole = folder / "whole.seg.nrrd" if case.planes else path
    run(dseg, "phantom", whole, *case.phantom, "--force")
    if case.planes:
        run(dseg, "convert", whole, path, "--planes", case.planes, "--present-only")
        whole.unlink()
    return path


def volume_of(dseg, case, folder, corpora, python):
    """The case's volume; None where it is not at hand."""
    if case.phantom:
        return phantom_volume(dseg, case, folder)
    if case.corpus:
        return next((corpus.path for corpus in corpora if corpus.name == case.corpus and corpus.path), None)
    path = folder / "volume.nii.gz"
    if not path.exists():
        run(python, Path(__file__).resolve().parent / "shapes.py", case.shape, path)
    return path
