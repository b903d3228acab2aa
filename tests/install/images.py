#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the CT images, without pixels, that a segmentation could have been drawn on.

usage: images.py INFO.json DIRECTORY MORE     INFO.json: what `dseg info --json` says; MORE: planes beyond each end
"""
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "cli"))
from images import write_image  # noqa: E402


def main():
    geometry = json.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"))["geometry"]
    directory, more = pathlib.Path(sys.argv[2]), int(sys.argv[3])
    directory.mkdir()
    grid = geometry["grid"]
    for k in range(-more, geometry["planes"] + more):
        position = [origin + k * step for origin, step in zip(grid["origin"], grid["step_k"])]
        write_image(directory / f"{k + more}.dcm", k + more, position, geometry["rows"], geometry["columns"],
                    geometry["pixel_spacing"], geometry["orientation"])


if __name__ == "__main__":
    main()
