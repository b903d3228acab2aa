# SPDX-License-Identifier: Apache-2.0
"""The gallery: pictures of a phantom, each with the commands that made it."""

import shlex
import subprocess

START = ["dseg phantom body.dcm --size 192x192x120 --images ct"]
# Title, what is seen, commands, picture.
PICTURES = [
    (
        "On the patient's images",
        "Three sections and a view from the front; the images are drawn below the segments, in their own window.",
        ["dseg preview body.dcm body-on-ct.png --reference ct"],
        "body-on-ct.png",
    ),
    (
        "Segments alone",
        "Without images empty borders are cut off. In SVG names are text, in any script.",
        ["dseg preview body.dcm body.svg"],
        "body.svg",
    ),
    (
        "Two organs, some planes",
        "A part of the segments is an object of its own, drawn plane by plane.",
        [
            "dseg convert body.dcm kidneys.dcm --segments 'kidney left' 'kidney right' --present-only",
            "dseg preview kidneys.dcm kidneys.png --layout planes --reference ct",
        ],
        "kidneys.png",
    ),
    (
        "One organ alone",
        "Borders without a voxel are cut off; planes are taken at even distances.",
        [
            "dseg convert body.dcm liver.dcm --segments liver --as binary",
            "dseg preview liver.dcm liver.png --layout planes --columns 5",
        ],
        "liver.png",
    ),
    (
        "Overlap",
        "Vessels, spinal cord and lesions overlap what they lie in; the last segment is seen.",
        [
            "dseg phantom overlap.dcm --size 192x192x120 --labels 130 --overlap",
            "dseg preview overlap.dcm overlap.png",
        ],
        "overlap.png",
    ),
    (
        "Another body",
        "Each seed makes another one.",
        [
            "dseg phantom other.nii.gz --size 160x160x100 --seed 7",
            "dseg preview other.nii.gz other.png",
        ],
        "other.png",
    ),
]


def run(command, folder, program):
    words = shlex.split(command)
    subprocess.run([program, *words[1:]], cwd=folder, check=True, timeout=300)


def write_gallery(place, program):
    """Writes gallery.md and the pictures below place."""
    folder = place / "gallery"
    folder.mkdir(parents=True)
    for command in START:
        run(command, folder, program)
    text = ["# Gallery", "", "Pictures that `dseg preview` draws, of a synthetic body:", "", *(f"    {line}" for line in START)]
    for title, what, commands, picture in PICTURES:
        for command in commands:
            run(command, folder, program)
        text += ["", f"## {title}", "", what, "", *(f"    {line}" for line in commands), "", f"![{title}](gallery/{picture})"]
    (place / "gallery.md").write_text("\n".join([*text, ""]), encoding="utf-8")
    # Sphinx copies what pages show.
    for path in folder.iterdir():
        if path.suffix in (".dcm", ".gz"):
            path.unlink()
