/* SPDX-License-Identifier: Apache-2.0 */
/* manual_queries.c - what manuals say, beyond options, of the subcommands that look at segmentations. */
#include <stddef.h>

#include "help/manual.h"

const manual_row manual_info[] = {
    {MANUAL_DESCRIPTION,
     "It says format, representation, transfer syntax, who made it and from whose work, size, spacing, orientation, "
     "frames, segments with "
     "codes (the type with its side, and of a lesion where it is), colours and algorithm, and where the bytes go: "
     "pixel data, per-frame functional "
     "groups, the rest. Spacing is between rows, columns and planes; what the file does not say, and positions do not "
     "show, is `unknown`."},
    {"--statistics", "Volumes are in millilitres, areas in square millimetres."},
    {"--instances",
     "The number of a nucleus in an instance map, for instance; segments are the classes of instances. Measured, each "
     "of a "
     "million is looked at in one pass."},
    {"--instance-table",
     "Its first columns are those of a table of classes; `volume_ml` is `area_mm2` on slides, and absent where "
     "distances "
     "are not known. Boxes and centroids are indices of the grid, of slides of the total pixel matrix, from 0."},
    {"--json", "The keys: [cli-json.md](cli-json.md)."},
    {MANUAL_NOTES,
     "Segments that overlap count all their voxels each. With fractions, voxels are those above 0, and sizes and "
     "centroids go by fraction. The volume of a voxel is that between neighbours of the planes' grid; where "
     "distances are not known, or planes are not evenly spaced, no volume is told."},
    {MANUAL_NOTES,
     "    $ dseg info seg.dcm --statistics\n"
     "    ...\n"
     "      statistics             no segments overlap\n"
     "      number        voxels          ml  columns, rows, planes  centroid [mm]           in planes  label\n"
     "           1          4132     807.031  8-34, 17-38, 5-19      -66.23, -26.04, 22.17          15  liver\n"
     "           2           559      109.18  38-46, 36-43, 0-18     66.13, 48.84, -6.02            19  kidney left"},
    {NULL, NULL}};

const manual_row manual_names[] = {{MANUAL_DESCRIPTION,
                                    "It says what the segments are called, their codes and colours, and where each of "
                                    "these comes from: `input` (a header, or a file's name), "
                                    "`table`, `terms` (the table that ships, by name), or `-`, nobody. A note lists "
                                    "segments without a code. Tables: [names.md](names.md)."},
                                   {NULL, NULL}};

const manual_row manual_compare[] = {
    {MANUAL_DESCRIPTION,
     "- **Geometry** is compared in the patient: the two grids may list the same voxels along other axes or in "
     "other directions. A grid that has more planes, rows or columns than the other differs in its extent, even if "
     "these are empty."},
    {MANUAL_DESCRIPTION,
     "- **Segments** correspond by number where both sides have the same numbers, else by label where these are "
     "unique and the same, else by order where the voxels agree. Numbers that differ count, unless one side is a "
     "BINARY or FRACTIONAL object, which cannot choose them (PS3.3 C.8.20.2.4): then a note says so. Formats that "
     "hold labels, codes and colours are DICOM and seg.nrrd; descriptions, algorithms and tracking are compared "
     "between DICOM objects, and so is how they came about (`provenance`): what [a copy keeps](kept.md) of "
     "segments, makers, sources and private elements. Two codes are the same when value and scheme are, two colours "
     "when they differ by no more than 1 of 255."},
    {MANUAL_DESCRIPTION,
     "- **Voxels** are compared as labels, as masks where segments overlap, and as fractions where one side has "
     "them: stored values are taken as parts of their maximum, and with different maxima differences that rounding "
     "explains are none."},
    {MANUAL_DESCRIPTION,
     "- **Instances** match by the voxels that they share, whatever their numbers: at least half of those that either "
     "has. "
     "IoU is what both have by what either has; F1, and panoptic quality, in which each match counts by its IoU, are "
     "those of "
     "evaluations of instance segmentation, A taken for the truth. `--json` has the counts for IoU of 0.5 to 0.95, "
     "too. Numbers "
     "and classes of those that match count; where a side is no DICOM object, classes are not compared."},
    {"--ignore",
     "`extent` is that of empty planes, rows and columns; `segments`: one side lacks some; `details`: descriptions, "
     "algorithms, tracking; `instances`: which of them match, with which voxels and classes."},
    {MANUAL_NOTES,
     "    $ dseg compare labels.nii.gz edited.dcm\n"
     "    different: voxels\n"
     "    A: labels.nii.gz\n"
     "    B: edited.dcm\n"
     "    segment 5 \"Liver\": 51234 voxels in A, 51230 in B, 4 differ, Dice 0.999961, first at voxel (101, 66, "
     "12), position (-17.25, 4.5, -310) mm"},
    {MANUAL_NOTES, "Voxel indices are those of A, from 0: column, row, plane."},
    {NULL, NULL}};

const manual_row manual_validate[] = {
    {MANUAL_DESCRIPTION,
     "[validation.md](validation.md) lists the rules. Pixels are decoded, and looked at. A file that the other "
     "subcommands refuse is checked as far as its elements can be read; one that cannot be checked is no DICOM, no "
     "segmentation, or cut off."},
    {MANUAL_DESCRIPTION,
     "    $ dseg validate seg.dcm\n"
     "    seg.dcm: error: value-described: (7FE0,0010): frame 12 has pixels of 9, which no segment has (PS3.3 "
     "C.8.20.2.3.3)"},
    {MANUAL_DESCRIPTION,
     "`(0062,0002)[2]/(0062,0004)` is an element in the second item of a sequence; frames are items of (5200,9230)."},
    {"--all", "The rest is counted otherwise."},
    {"--json", "The keys: [cli-json.md](cli-json.md)."},
    {NULL, NULL}};

const manual_row manual_preview[] = {
    {MANUAL_DESCRIPTION,
     "Each section is the one nearest to the centre of mass among those with at least half as many voxels as the "
     "fullest; ticks at its edges show where the others are. Letters stand by the direction cosines: `LP` is "
     "between left and back. Pixels are as wide as they are high, and empty borders are cut off unless images are "
     "shown. Fractions are drawn the darker the smaller they are. Numbers of planes are from 1."},
    {MANUAL_DESCRIPTION,
     "In a PNG a name with other letters than ASCII gives way to the meaning of its segment's code. In SVG pictures "
     "names are text; whatever shows the picture draws them in its fonts."},
    {MANUAL_DESCRIPTION,
     "Instances have colours of their own, which say nothing but that neighbours are two; the legend lists their "
     "classes."},
    {"--reference",
     "They are drawn in their own window: single-frame grey images, native or in a transfer syntax of `dseg codecs`."},
    {NULL, NULL}};

const manual_row manual_codecs[] = {
    {MANUAL_DESCRIPTION,
     "Of each: its name, UID, Bits Allocated, whether it reads and writes, the version of its library, and its "
     "options with range and standard value. More marks are `lossy`, and `varying`: the same frame may get other "
     "bytes the next time. What frames have in common is kept in the first frame's bytes."},
    {NULL, NULL}};
