# SPDX-License-Identifier: Apache-2.0
"""Three nested regions and one that meets them, as a seg.nrrd of four layers: values 1, 2, 3 and 4, and combinations.

usage: make_nested.py OUTDIR"""

import pathlib
import sys

SIZE = (24, 20, 6)  # columns, rows, planes
SEGMENTS = [  # label, centre, radii
    ("Whole tumour", (10, 10, 3), (8, 8, 3)),
    ("Tumour core", (10, 10, 3), (5, 5, 2)),
    ("Enhancing tumour", (11, 10, 3), (2, 3, 1)),
    ("Resection cavity", (16, 10, 3), (5, 5, 3)),
]
HEADER = """NRRD0004
type: unsigned char
dimension: 4
space: left-posterior-superior
sizes: {count} {sizes}
space directions: none (1,0,0) (0,1,0) (0,0,2)
kinds: list domain domain domain
encoding: raw
space origin: (0,0,0)
"""


def inside(voxel, centre, radii):
    return sum(((v - c) / r) ** 2 for v, c, r in zip(voxel, centre, radii)) <= 1


def main(directory):
    columns, rows, planes = SIZE
    text = HEADER.format(count=len(SEGMENTS), sizes=" ".join(map(str, SIZE)))
    for i, (label, *_) in enumerate(SEGMENTS):
        fields = {"ID": f"Segment_{i + 1}", "Name": label, "LabelValue": 1, "Layer": i,
                  "Extent": f"0 {columns - 1} 0 {rows - 1} 0 {planes - 1}"}  # fmt: skip
        text += "".join(f"Segment{i}_{key}:={value}\n" for key, value in fields.items())
    voxels = bytes(
        inside((x, y, z), centre, radii)
        for z in range(planes)
        for y in range(rows)
        for x in range(columns)
        for _, centre, radii in SEGMENTS
    )
    pathlib.Path(directory, "nested.seg.nrrd").write_bytes(text.encode() + b"\n" + voxels)


main(sys.argv[1])
