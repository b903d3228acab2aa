/* SPDX-License-Identifier: Apache-2.0 */
/* manual.c - which texts of manuals belong to which subcommand, and what holds for all of them. */
#include "help/manual.h"

#include <stddef.h>
#include <string.h>

static const struct {
  const char *name;
  const manual_row *rows;
} manuals[] = {{"batch", manual_batch},
               {"codecs", manual_codecs},
               {"compare", manual_compare},
               {"convert", manual_convert},
               {"bin2labelsegimage", manual_dcmqi},
               {"itkimage2segimage", manual_dcmqi},
               {"segimage2itkimage", manual_dcmqi},
               {"help", manual_help},
               {"info", manual_info},
               {"names", manual_names},
               {"phantom", manual_phantom},
               {"preview", manual_preview},
               {"samples", manual_samples},
               {"transcode", manual_transcode},
               {"validate", manual_validate}};

const manual_row *manual_of(const char *name) {
  static const manual_row none[] = {{NULL, NULL}};
  if (name == NULL) {
    return manual_program;
  }
  for (size_t i = 0; i < sizeof manuals / sizeof *manuals; i++) {
    if (strcmp(manuals[i].name, name) == 0) {
      return manuals[i].rows;
    }
  }
  return none;
}

const char *manual_next(const manual_row **row, const char *about) {
  for (const manual_row *next = *row; next->about != NULL; next++) {
    if (strcmp(next->about, about) == 0) {
      *row = next + 1;
      return next->text;
    }
  }
  return NULL;
}

const char *manual_next_of_option(const manual_row **row, const char *option) {
  for (const manual_row *next = *row; next->about != NULL; next++) {
    if (strncmp(next->about, "--", 2) == 0 && strcmp(next->about + 2, option) == 0) {
      *row = next + 1;
      return next->text;
    }
  }
  return NULL;
}

const manual_variable manual_variables[] = {
    {"DSEG_PLUGIN_PATH", "Directories of plug-ins, separated by colons ([plugin-guide.md](plugin-guide.md))."},
    {"TMPDIR",
     "Where temporary files without a name are made, for what a deflated data set inflates to and frames of outputs "
     "that are no files."},
    {"SOURCE_DATE_EPOCH",
     "Seconds since 1970: the date of objects whose UIDs follow from a seed, and of manual pages."},
    {NULL, NULL}};

const manual_row manual_program[] = {
    {MANUAL_DESCRIPTION,
     "What can be read: DICOM segmentations (BINARY, FRACTIONAL, LABELMAP; one file, or the parts of a "
     "Concatenation), NIfTI-1 and -2, NRRD, seg.nrrd and MetaImage, told by their content. What is written is told "
     "by the suffix of the output."},
    {MANUAL_DESCRIPTION,
     "- Nothing is printed on success but what was asked for, and warnings and notes where something had to be "
     "decided. Progress is shown on a terminal only."},
    {MANUAL_DESCRIPTION,
     "- Messages go to standard error: `file: severity: what (tag, PS3.x section)`. Control characters of names and "
     "values, which could steer a terminal, are shown as `\\x1b`, byte for byte; in JSON they are escaped."},
    {MANUAL_DESCRIPTION,
     "- `-` is standard input for `info`, `convert`, `transcode`, `compare` and `validate`, once in a command, and "
     "standard output for `convert` and `transcode`. A file of that name is `./-`. A file is read at the places "
     "that are needed, whichever way it comes; a pipe is read whole. A FIFO that no process writes to is an error "
     "at once. Formats whose voxels are in another file (`.nhdr`, `.mhd`, `.hdr`) need a file name."},
    {MANUAL_DESCRIPTION,
     "- `--memory SIZE`, which every subcommand has, limits what is held in memory: voxels, attributes, tables of "
     "frames, and what decoders need; 4 GiB without it, and as much for what a deflated data set inflates to in "
     "`TMPDIR`. What needs more is refused, exit code 3 or 4, before it is allocated. `info` holds no voxels of a "
     "volume: it looks at them as they are read or inflated; with `--statistics` they pass twice, and fractions and "
     "several layers are held. Compressed data that holds more "
     "than its header declares is an error."},
    {MANUAL_DESCRIPTION,
     "- A directory as input of `convert`, `info`, `compare`, `preview` or `validate` stands for the segmentations "
     "that lie directly in it, in the order of their names: DICOM segmentations, and volumes by their suffix (for "
     "`validate` DICOM only). A directory of images is given by `--reference`."},
    {MANUAL_DESCRIPTION,
     "- An output has its name only when it is complete; several outputs of a run (`--split`, a header and its "
     "data, the JSON of `--write-metadata`) get their names together, or none does, and what they would have "
     "replaced survives. A file that exists is replaced only with `--force`."},
    {MANUAL_DESCRIPTION,
     "- No output may be an input (a reference, the JSON, plug-ins and the file behind `-` included) or another "
     "output of the run, whatever the name or link by which it is reached: exit code 2."},
    {MANUAL_DESCRIPTION,
     "- A replaced file keeps its mode, and its owner where that may be set. A symbolic link is followed: what it "
     "leads to is replaced. A device or a pipe is not replaced; for a pipe there is `-`."},
    {MANUAL_DESCRIPTION,
     "- A run that a signal ends leaves nothing behind. What is promised of files, and how it is tested: "
     "[reliability](reliability.md)."},
    {MANUAL_DESCRIPTION,
     "- Options may stand anywhere; `--name VALUE` and `--name=VALUE` mean the same; `--` ends them. Options with a "
     "list (`--reference`, `--segments`) take all values up to the next option; if that would leave no other "
     "argument they take one, so that `dseg convert --reference ct/ in.nii.gz out.dcm` means what it looks like. "
     "`--name=VALUE` takes one."},
    {NULL, NULL}};

const manual_row manual_help[] = {
    {MANUAL_DESCRIPTION,
     "All of it is made of the same tables that --help shows. `cmake --install` puts manual pages and completions "
     "where `man` and shells look for them. Without that, for the shell at hand:"},
    {MANUAL_DESCRIPTION,
     "    source <(dseg help --format bash)                 # in ~/.bashrc\n"
     "    source <(dseg help --format zsh)                  # in ~/.zshrc, behind compinit\n"
     "    dseg help --format fish | source                  # in ~/.config/fish/config.fish\n"
     "    dseg help convert --format man | man -l -         # or MANPATH"},
    {MANUAL_NOTES,
     "Completions offer the representations and transfer syntaxes of the build that wrote them, and of its plug-ins."},
    {NULL, NULL}};

const manual_row manual_dcmqi[] = {
    {MANUAL_DESCRIPTION, "It is a program of this name, too, and takes the options of dcmqi's: [dcmqi.md](dcmqi.md)."},
    {NULL, NULL}};
