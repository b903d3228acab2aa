/* SPDX-License-Identifier: Apache-2.0 */
/* manual.h - what manuals say beyond the tables of options: docs/cli.md and the manual pages have both, --help has the
 * tables alone. A fact stands in one of them.
 *
 * Texts are Markdown, a block in each row: a paragraph, one item of a list ("- "), or lines that stand as they are,
 * with four spaces in front. Links are relative to docs/. */
#ifndef DSEG_TOOLS_HELP_MANUAL_H
#define DSEG_TOOLS_HELP_MANUAL_H

/* Where a block stands: MANUAL_DESCRIPTION, below the synopsis; "--grid", with that option; "DICOM output", below the
 * options of that heading; MANUAL_NOTES, behind all options. */
#define MANUAL_DESCRIPTION ""
#define MANUAL_NOTES "NOTES"

typedef struct manual_row {
  const char *about;
  const char *text;
} manual_row;

/* Rows end with an about of NULL. */
extern const manual_row manual_program[]; /* dseg itself */
extern const manual_row manual_batch[];
extern const manual_row manual_codecs[];
extern const manual_row manual_compare[];
extern const manual_row manual_convert[];
extern const manual_row manual_dcmqi[]; /* of each of dcmqi's command lines */
extern const manual_row manual_help[];
extern const manual_row manual_info[];
extern const manual_row manual_names[];
extern const manual_row manual_phantom[];
extern const manual_row manual_preview[];
extern const manual_row manual_samples[];
extern const manual_row manual_transcode[];
extern const manual_row manual_validate[];

/* Variables that the program reads; ends with a name of NULL. */
typedef struct manual_variable {
  const char *name;
  const char *text;
} manual_variable;
extern const manual_variable manual_variables[];

/* The rows of a subcommand, none if there are none; name NULL: of the program. */
const manual_row *manual_of(const char *name);

/* The next row from *row on that is about this; *row goes behind it. NULL: there is no more. */
const char *manual_next(const manual_row **row, const char *about);
/* The same about an option, by its name without dashes. */
const char *manual_next_of_option(const manual_row **row, const char *option);

#endif
