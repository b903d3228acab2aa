/* SPDX-License-Identifier: Apache-2.0 */
/* table.h - a table of names while it is read and applied: what all kinds of files become. */
#ifndef DSEG_NAMES_TABLE_H
#define DSEG_NAMES_TABLE_H

#include "base/arena.h"
#include "dseg/names.h"
#include "dseg/terms.h"

#define DSEG_NAMES_BYTES ((uint64_t)64 << 20)
#define DSEG_NAMES_MOST ((size_t)1 << 20)

/* What a name means that no segment has. */
typedef enum dseg_names_role {
  DSEG_NAMES_CATALOGUE = 0, /* nothing */
  DSEG_NAMES_LIST,          /* it was looked for and not found */
  DSEG_NAMES_PLAIN          /* a mistake */
} dseg_names_role;

/* One name. The segment has what the table says: label, codes, colour; all else is 0. */
typedef struct dseg_name {
  bool has_number;
  uint32_t number;         /* of its voxels; of a region: its place in the table, from 1 */
  const uint32_t *members; /* of a region: the numbers that it consists of; NULL: none is a region */
  size_t member_count;
  size_t line; /* where it stands, from 1 */
  dseg_segment segment;
  const char *key;  /* see dseg_name_key; "": no name is the same */
  bool is_optional; /* it names what is there, whatever the table's role: "ignore" of dataset.json */
  bool is_used;     /* a segment has it */
} dseg_name;

typedef struct dseg_name_table {
  const char *path; /* for messages; borrowed */
  const char *kind; /* static */
  dseg_names_role role;
  bool is_dcmqi;     /* dcmqi's JSON, which formats/ reads: no names are here */
  dseg_input *input; /* the file of dcmqi's JSON, owned, since a pipe cannot be read twice; NULL: the caller's input */
  bool is_built_in;  /* names are those of dseg_term_find: none are here */
  bool takes_term_colors; /* a term's colour takes the place of the segment's own */
  bool has_lines;         /* line of a name is that of the file, and not only its place */
  bool has_numbers;
  bool has_regions;
  dseg_name *names; /* malloc'd; by number once dseg_name_table_settle was called */
  size_t count, room;
  dseg_name **by_key; /* malloc'd: those with a key, by that, then as in names */
  size_t key_count;
  dseg_arena_block *arena; /* of all texts */
} dseg_name_table;

/* read.c: reads what path, or input where that is not NULL, holds. *table is for dseg_name_table_destroy. */
dseg_status dseg_name_table_read(const char *path, const dseg_input *input, dseg_name_table **table, dseg_error *error);

/* table.c */
dseg_name_table *dseg_name_table_create(const char *path);
void dseg_name_table_destroy(dseg_name_table *table); /* NULL ok */
/* Adds a name, empty but for its line; NULL after a failure. */
dseg_name *dseg_name_table_add(dseg_name_table *table, size_t line, dseg_error *error);
/* A copy of length bytes of text without white space at its ends; NULL after a failure. */
const char *dseg_name_table_text(dseg_name_table *table, const char *text, size_t length, dseg_error *error);
/* Fails with "file: line N: message", without the line where it is 0 or the table has none. */
dseg_status dseg_name_table_fail(const dseg_name_table *table, size_t line, dseg_error *error, const char *format, ...)
    DSEG_PRINTF(4, 5);
/* Sorts by number, drops the background, checks numbers that come twice, and numbers regions. */
dseg_status dseg_name_table_settle(dseg_name_table *table, dseg_error *error);
/* What two names share that mean the same: the normal form (dseg_name_normalise), of a term that of its own name; empty
 * for what has none. */
void dseg_name_key(const char *name, char key[DSEG_NAME_ROOM]);
/* The first name with this number, or this key, of which the one that is spelt like name is taken; NULL: none. */
dseg_name *dseg_name_table_find_number(const dseg_name_table *table, uint32_t number);
dseg_name *dseg_name_table_find_name(const dseg_name_table *table, const char *name);

/* fields.c: columns of tables, and keys of objects that say the same. */
typedef enum dseg_name_field {
  DSEG_FIELD_NONE = 0,
  DSEG_FIELD_NUMBER,
  DSEG_FIELD_LABEL,
  DSEG_FIELD_COLOR,
  DSEG_FIELD_RED,
  DSEG_FIELD_GREEN,
  DSEG_FIELD_BLUE,
  DSEG_FIELD_CODE /* and behind it: 3 parts of each of 5 sequences */
} dseg_name_field;
/* What a column of this name holds; a DSEG_FIELD_ or, from DSEG_FIELD_CODE on, a part of a code. */
int dseg_name_field_of(const char *column, size_t length);
/* Colours as parts, and codes, of one row while it is read. Starts as zeros. */
typedef struct dseg_name_row {
  const char *code[15];
  double rgb[3];
  unsigned given; /* bits of rgb */
} dseg_name_row;
/* Takes one value of a row. */
dseg_status dseg_name_take_field(dseg_name_table *table, dseg_name *name, dseg_name_row *row, int field,
                                 const char *value, size_t length, dseg_error *error);
/* Makes codes and colour of what was taken. */
dseg_status dseg_name_complete_row(dseg_name_table *table, dseg_name *name, const dseg_name_row *row,
                                   dseg_error *error);
/* A whole number that voxels can have; false: it is none. */
bool dseg_name_read_number(const char *text, size_t length, uint32_t *number);
void dseg_name_set_color(dseg_name *name, const double rgb[3], double largest);
/* "#rrggbb", "rgb(r, g, b)", "r,g,b" or "r g b"; false: it is none. */
bool dseg_name_read_color(const char *text, size_t length, double rgb[3]);

/* read_table.c, read_lines.c, read_json.c: text, which is UTF-8 without a NUL and ends with one; false in *is_known:
 * another kind. */
dseg_status dseg_name_table_read_delimited(dseg_name_table *table, const char *text, bool *is_known, dseg_error *error);
dseg_status dseg_name_table_read_lines(dseg_name_table *table, const char *text, bool *is_known, dseg_error *error);
dseg_status dseg_name_table_read_json(dseg_name_table *table, const dseg_input *input, dseg_error *error);

/* What a description's segments are called, and what is found for them; arrays by segment, malloc'd. */
typedef struct dseg_name_match {
  const dseg_description *description;
  const dseg_metadata_files *files; /* complete */
  dseg_segment_origin *origins;
  const char **own; /* the segment's name in the input, or that of its file, where it is alone there; NULL: none */
  char *own_texts;  /* of those that are files' names */
  bool *is_file_name;
  dseg_name **names; /* of the table; NULL: none */
  bool is_one_file;
  size_t found;
} dseg_name_match;

/* match.c: finds which name of the table each segment has. match is to be freed whatever the outcome. */
dseg_status dseg_name_match_find(dseg_name_table *table, const dseg_description *description,
                                 const dseg_metadata_files *files, dseg_name_match *match, dseg_error *error);
/* Fails where the table and the segments do not go together. */
dseg_status dseg_name_match_check(const dseg_name_table *table, const dseg_name_match *match,
                                  const dseg_names_options *options, dseg_error *error);
void dseg_name_match_free(dseg_name_match *match);

/* apply.c: what dseg_names_apply does with a table. regions: those of the table have been made of the segments. options
 * is complete; error is not NULL. */
dseg_status dseg_name_table_apply(dseg_name_table *table, bool regions, dseg_description *description,
                                  const dseg_names_options *options, dseg_error *error);

/* codes.c: gives segments without a code that of their name, and tells which names look like that of a term. named: by
 * segment. color: the term's colour takes the place of the segment's own. Returns how many got one. */
size_t dseg_names_add_codes(dseg_description *description, dseg_named_segment *named, bool color,
                            const dseg_warning_sink *notes);

/* regions.c: replaces the segments of a description by the table's regions that have a voxel. *regions: by segment of
 * the result, the name; malloc'd, the caller's. */
dseg_status dseg_name_table_describe_regions(const dseg_name_table *table, dseg_description *description,
                                             const dseg_name ***regions, dseg_error *error);
/* A source with the regions of another one, which may be closed afterwards. */
dseg_status dseg_name_table_make_regions(const dseg_name_table *table, dseg_source *source, uint64_t memory_limit,
                                         unsigned threads, dseg_source **made, dseg_error *error);

#endif
