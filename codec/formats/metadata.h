/* SPDX-License-Identifier: Apache-2.0 */
/* metadata.h - what reading and writing dcmqi's JSON share: places in the document, and its fields.
 *
 * The form is that of dcmqi's seg-schema.json and common-schema.json (JSON Schema draft 4). */
#ifndef DSEG_FORMATS_METADATA_H
#define DSEG_FORMATS_METADATA_H

#include <jansson.h>

#include "base/input.h"
#include "dseg/formats.h"

/* No document is larger. */
#define DSEG_METADATA_BYTES ((uint64_t)64 << 20)

#define DSEG_METADATA_SCHEMA "https://raw.githubusercontent.com/qiicr/dcmqi/master/doc/schemas/seg-schema.json#"

/* Value representations that text in the JSON must suit (PS3.5 Table 6.2-1), with the schema's lengths. */
typedef enum dseg_json_vr {
  DSEG_JSON_CS = 0,
  DSEG_JSON_IS,
  DSEG_JSON_LO,
  DSEG_JSON_PN,
  DSEG_JSON_SH,
  DSEG_JSON_ST,
  DSEG_JSON_UI,
  DSEG_JSON_UT
} dseg_json_vr;

/* A key whose value is text, and the member (a const char *) of a struct where it is kept. */
typedef struct dseg_json_text_field {
  const char *key;
  dseg_json_vr vr;
  size_t offset;
} dseg_json_text_field;

#define DSEG_JSON_CONTENT_FIELDS 10
extern const dseg_json_text_field dseg_json_content_fields[DSEG_JSON_CONTENT_FIELDS]; /* of dseg_content */
#define DSEG_JSON_SEGMENT_FIELDS 5
extern const dseg_json_text_field dseg_json_segment_fields[DSEG_JSON_SEGMENT_FIELDS]; /* of dseg_segment */
#define DSEG_JSON_CODE_FIELDS 3
extern const dseg_json_text_field dseg_json_code_fields[DSEG_JSON_CODE_FIELDS]; /* of dseg_code */

/* The member of base that field names. */
const char **dseg_json_member(const dseg_json_text_field *field, void *base);

/* Names of (0062,0008) by dseg_algorithm_type. */
#define DSEG_JSON_ALGORITHM_TYPES 3
extern const char *const dseg_json_algorithm_types[DSEG_JSON_ALGORITHM_TYPES];

/* Most characters (not bytes) that a value of this kind may have; 0: no limit. */
size_t dseg_json_max_length(dseg_json_vr vr);

/* Bytes of the first so many characters of UTF-8 text, or of all of it. */
size_t dseg_json_prefix(const char *text, size_t characters);

/* NULL when text suits vr, else what is wrong with it. */
const char *dseg_json_check_text(dseg_json_vr vr, const char *text);

/* Whether text that does not suit vr must be refused: it breaks the schema, or is no number or no UID. Other
 * faults occur in DICOM objects out there, and what was taken from one should find its way back. */
bool dseg_json_is_fatal(dseg_json_vr vr, const char *text);

/* Where in the document something is: a chain on the callers' stacks, from the leaf to the root. */
typedef struct dseg_json_place {
  const struct dseg_json_place *parent; /* NULL: the root */
  const char *key;                      /* NULL: index counts */
  size_t index;
} dseg_json_place;

/* What a reading function needs to know. */
typedef struct dseg_json_reader {
  const dseg_input *input;
  const char *path; /* of the file, or what stands for it, for messages */
  dseg_description *description;
  dseg_warning_sink warnings;
  dseg_error *error;
} dseg_json_reader;

/* Fails with "file: place: message". */
dseg_status dseg_json_fail(const dseg_json_reader *reader, const dseg_json_place *place, const char *format, ...)
    DSEG_PRINTF(3, 4);
void dseg_json_warn(const dseg_json_reader *reader, const dseg_json_place *place, const char *format, ...)
    DSEG_PRINTF(3, 4);

/* Parses a document; *root is to be released with json_decref. DSEG_ERROR_MEMORY, or DSEG_ERROR_FORMAT with fault. */
dseg_status dseg_json_parse(dseg_view text, json_t **root, json_error_t *fault);

/* Loads the reader's input; *root is to be released with json_decref. Faults come with line and column. */
dseg_status dseg_json_load(const dseg_json_reader *reader, json_t **root);

/* Warns once of the keys of object that no schema names. */
void dseg_json_warn_unknown(const dseg_json_reader *reader, const dseg_json_place *place, json_t *object,
                            bool (*known)(const char *key));

/* Fails unless value has the type. */
dseg_status dseg_json_expect(const dseg_json_reader *reader, const dseg_json_place *place, const json_t *value,
                             json_type type);

/* What a JSON value is, in words: "a list". */
const char *dseg_json_type_text(json_type type);

/* Reads the keys of object that fields name into base, and leaves the members of absent keys alone. */
dseg_status dseg_json_read_texts(const dseg_json_reader *reader, const dseg_json_place *place, const json_t *object,
                                 const dseg_json_text_field *fields, size_t count, void *base);

/* An integer from minimum to maximum. */
dseg_status dseg_json_read_integer(const dseg_json_reader *reader, const dseg_json_place *place, const json_t *value,
                                   json_int_t minimum, json_int_t maximum, json_int_t *result);

/* One object of segmentAttributes: everything but labelID. The colour of *segment stays when object has none;
 * all else is replaced. */
dseg_status dseg_json_read_segment(const dseg_json_reader *reader, const dseg_json_place *place, json_t *object,
                                   dseg_segment *segment);

#define DSEG_JSON_NO_FILE SIZE_MAX
#define DSEG_JSON_BY_LABEL (SIZE_MAX - 1)

/* Sets file_of_list to the file that each outer list of segmentAttributes belongs to; DSEG_JSON_NO_FILE: none of those
 * at hand; DSEG_JSON_BY_LABEL: the one list is of many masks, each object of the file that is called as its
 * SegmentLabel.
 */
dseg_status dseg_json_assign_files(const dseg_json_reader *reader, const dseg_metadata_files *files, const json_t *root,
                                   size_t list_count, size_t *file_of_list);
/* The file that is called as a segment, but for its directory and suffix (dseg_name_normalise); DSEG_JSON_NO_FILE:
 * none. */
size_t dseg_json_file_called(const dseg_metadata_files *files, const char *name);

#endif
