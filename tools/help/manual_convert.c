/* SPDX-License-Identifier: Apache-2.0 */
/* manual_convert.c - what manuals say of `dseg convert` beyond its options. */
#include <stddef.h>

#include "help/manual.h"

const manual_row manual_convert[] = {
    {MANUAL_DESCRIPTION,
     "`.hdr` comes with `.img`, and `.nhdr` and `.mhd` with their voxels in another file. Several inputs lie on one "
     "raster, of which each may cover another part, with axes in another order or direction; segments whose numbers "
     "collide get new ones. A file of one mask without a name gives its segment its own name: `liver.nii.gz` "
     "becomes \"liver\"."},

    {"--present-only", "A note says where only the JSON describes one."},
    {"--grid",
     "For images, the input's raster must lie on their pixels: shifted by whole pixels, mirrored, or turned by "
     "right angles, the axis of planes included; otherwise the difference is named, of oblique ones the angle. "
     "Nothing is resampled. What lies outside the images is cut off with a note if it is empty, and refused with "
     "the number of voxels otherwise ([matching](matching.md)). With FILE what came in one order of axes goes back "
     "in it, and planes that the object left out are there; a file named `tight` or `reference` is `./tight`."},
    {"--slice-axis",
     "Clearly larger: at least 1.5 times as far apart as along both others, with a note "
     "([0027](decisions/0027-rasters-and-slices.md))."},
    {"--overlap",
     "Outputs that hold overlap are BINARY, FRACTIONAL, seg.nrrd and --split. A refusal names the segments and the "
     "number of voxels."},
    {"--threshold",
     "An object's fractions that are 0 and the maximum alone become masks without it; there is no silent 0.5."},
    {"--renumber", "Numbers that they had before are neither kept nor restored."},
    {"--round", "A note names the farthest; other values are fractions, or refused ([formats](formats.md))."},
    {"--background", "For instance `-1`, `255` or `nan`."},
    {"--map", "A value that no voxel has is named."},
    {"--spacing", "Without it such an input becomes neither an object nor a volume."},
    {"--padded-bit-frames",
     "Where the length of Pixel Data allows no other reading they are taken so without the option, with a warning."},

    {"--metadata",
     "Series text, too. `labelID` is the number in the input file, and each outer list of `segmentAttributes` "
     "belongs to one input ([metadata.md](metadata.md))."},
    {"--reference",
     "Each plane refers to the images at its place. Several series are several values, of which the first gives "
     "patient, study and grid. Images of other orientation are left out, with a warning "
     "([matching.md](matching.md)). Their pixels are not read, so any transfer syntax will do."},
    {"--other-patient",
     "A warning says so. Otherwise two different Patient IDs (0010,0020), one ID of two issuers (0010,0021), "
     "(0010,0024), or two Frame of Reference UIDs (0020,0052) from images are refused with exit code 3; what a file "
     "does not say is taken for that of the others, with a warning."},

    {"--transfer-syntax", "[Transfer syntaxes](transfer-syntaxes.md) says which can hold what."},
    {"--option",
     "`--option palette=1` writes a LABELMAP as PALETTE COLOR: colours stand in a palette with an ICC profile, no "
     "longer with the segments."},
    {"--empty-frames", "With `bounds` the extent survives."},
    {"--frame-order",
     "By planes a plane is read from one place, by segments a segment is; and codecs that predict frames from their "
     "neighbours need the second: `--transfer-syntax label-edge-predicted`."},
    {"--concatenation", "What would pass it is native pixel data; without the option it is refused."},
    {"DICOM output",
     "Of a DICOM input all that still holds is kept: who and what made the segments, sources, private elements; its "
     "maker goes to Contributing Equipment Sequence (0018,A001). What is not kept is named in one note: [what a "
     "copy keeps](kept.md)."},
    {"DICOM output",
     "BINARY and FRACTIONAL number their segments 1, 2, 3, ... (PS3.3 C.8.20.2.4). Where numbers change, a note "
     "says so, and the old ones are kept beside them in a private element; they come back in label maps and volumes "
     "([numbers](kept.md#numbers)). Segments without a name are called \"Segment 2035\" after their number in the "
     "input. A LABELMAP keeps all numbers. Masks written as FRACTIONAL become 255 of 255, OCCUPANCY."},

    {"--split",
     "`out.nii.gz` becomes `out-3-left-kidney.nii.gz`. Voxels hold the segment's number, so that the files put "
     "together again give the same voxels and numbers (names and colours are in DICOM, seg.nrrd or --write-metadata "
     "only)."},
    {"--nifti2", "It is chosen without the option where sizes need it."},
    {"Volume output",
     "Voxels are the segments' numbers, as 8, 16 or 32 bit unsigned integers, whichever suffices. Overlapping "
     "segments go to the fewest layers of a `.seg.nrrd`. Fractions are written as floats from 0 to 1, of 64 bits where "
     "the input has these, as a "
     "4-D NIfTI volume when there are several segments."},

    {"--json", "Not with OUTPUT `-`. The keys: [cli-json.md](cli-json.md)."},
    {MANUAL_NOTES,
     "    curl -s https://example.org/labels.nii.gz | dseg convert - - --format dicom --as labelmap | dseg validate -"},
    {MANUAL_NOTES,
     "Standard output gets nothing before the object or volume is known to be writable; should writing fail after "
     "that, the exit code is 4 and what was written is of no use. A terminal is refused. Several files (--split, "
     "--concatenation) need a name."},
    {NULL, NULL}};
