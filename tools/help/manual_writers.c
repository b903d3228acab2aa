/* SPDX-License-Identifier: Apache-2.0 */
/* manual_writers.c - what manuals say, beyond options, of the subcommands that write objects, without convert. */
#include <stddef.h>

#include "help/manual.h"

const manual_row manual_transcode[] = {
    {MANUAL_DESCRIPTION,
     "Private elements and the order of items are kept, too, and group lengths, which stay right where they were. "
     "Turned back, native Pixel Data of 1 or 8 bits with VR OW may have OB "
     "([0018](decisions/0018-transcode-keeps-bytes.md)). Frames that have the transfer syntax already are not "
     "decoded."},
    {"--json", "The keys: [cli-json.md](cli-json.md)."},
    {MANUAL_NOTES,
     "A part of a Concatenation is an object of its own, and is transcoded as such. An experimental transfer syntax "
     "adds its mark, a private block in group 0071, and nothing else; the way back takes it out."},
    {MANUAL_NOTES, "    $ dseg transcode seg.dcm seg-rle.dcm --transfer-syntax rle"},
    {NULL, NULL}};

const manual_row manual_batch[] = {
    {MANUAL_DESCRIPTION,
     "What is promised, the keys of the report, and how a run goes on: [batch.md](batch.md). Each object is done by a "
     "process of its own, so that one that is broken costs no other. What *convert* writes has UIDs that follow from "
     "the input, the options and the versions, and dates of the input: the same bytes on every machine."},
    {MANUAL_DESCRIPTION,
     "What *--do review* looks for, and its options `--reference`, `--also`, `--csv`, `--findings` and `--most`: "
     "[review.md](review.md)."},
    {"--verify", "Of *transcode* UIDs, patient and study, too."},
    {"--name", "`{stem}` is the name without its suffix, `{directory}` ends with `/`."},
    {"--checksum", "Files that were copied or fetched again keep their SHA-256 and not their time."},
    {"--json", "The keys: [cli-json.md](cli-json.md)."},
    {MANUAL_NOTES, "    $ dseg batch archive/ --to small/ --do transcode --transfer-syntax deflated-frame --verify"},
    {MANUAL_NOTES,
     "    $ dseg batch --from-report small/report.jsonl --to small/ --do transcode --transfer-syntax rle"},
    {NULL, NULL}};

const manual_row manual_phantom[] = {
    {MANUAL_DESCRIPTION,
     "It is for whoever has no data at hand. What it looks like to a compressor, beside real volumes, is in "
     "[phantom.md](phantom.md). A DICOM object needs memory for one plane; volumes are held as a whole."},
    {"--labels", "The first 108 have SNOMED CT codes."},
    {"--coarse", "Rows and planes come several times."},
    {"--overlap", "That is `.dcm` and `.seg.nrrd`."},
    {"--nuclei",
     "They are ellipses, five of eight of one class, two of another. With one for 1,000 pixels they cover about a "
     "sixth of the "
     "slide, whose pixels are half a micrometre apart."},
    {"--classes", "It has a line `instance,class` for each."},
    {"--images",
     "The files are `DIR/00001.dcm` and so on; the object is of their patient, study and frame of reference."},
    {NULL, NULL}};

const manual_row manual_samples[] = {
    {MANUAL_DESCRIPTION,
     "The phantom has 192 x 192 x 120 voxels with 108 labels. DIRECTORY is made, or is empty; it gets"},
    {MANUAL_DESCRIPTION,
     "- `labelmap-rle.dcm`, ...: standard encodings; `experimental-labelmap-zstd.dcm`, ...: those of proposals, "
     "which say so in Content Description (0070,0081) and Implementation Version Name (0002,0013), too. All share "
     "patient, study and frame of reference. Each was opened and decoded again, and holds the same voxels;"},
    {MANUAL_DESCRIPTION, "- `source.nii.gz` and `source.seg.nrrd`, where these can hold it, and `preview.png`;"},
    {MANUAL_DESCRIPTION,
     "- `manifest.json` and `MANIFEST.csv`: for each file its encoding, UIDs, frames, where its bytes go, the "
     "SHA-256 of the file and of the decoded voxels, and the command that made it; the versions of the libraries; "
     "and, in `manifest.json`, which encodings were left out and why: [cli-json.md](cli-json.md);"},
    {MANUAL_DESCRIPTION,
     "- `README.md` for whoever gets the directory and knows nothing of dseg, with a table of which programs read "
     "which of the files."},
    {MANUAL_DESCRIPTION, "Dates are 2025-01-01, or `SOURCE_DATE_EPOCH`."},
    {MANUAL_DESCRIPTION,
     "Identity is replaced by PS3.15 Annex E, Basic Profile, and all UIDs by one mapping: `source.dcm` and "
     "`images/` are copies of what was given, with the same pixels, and the samples are made of these, so that all "
     "references resolve within DIRECTORY. The README says which attributes differ from instance to instance. What "
     "stays is on the user: names that are burnt into pixels, and texts such as Segment Label and Content "
     "Description ([0024](decisions/0024-samples-without-identity.md))."},
    {"--only", "FRACTIONAL of a large volume takes gigabytes, a byte for each pixel of each segment's frames."},
    {"--edge-cases",
     "Uncommon, in `edge-cases/`: one frame, frames that begin within a byte, overlap, gaps in the numbers, 300 "
     "segments, empty frames omitted or kept, PALETTE COLOR, both fractional types, tiles of a slide, no "
     "background, both offset tables, Concatenations with native and with encapsulated frames. Faulty, in "
     "`faulty/`: objects with one fault each, called after the rule of `dseg validate` that they break."},
    {"--page",
     "[The page](../tools/viewer/page/README.md) comes from `share/dseg` beside the program's directory, or from "
     "`build/page` of the build tree."},
    {NULL, NULL}};
