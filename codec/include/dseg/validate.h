/* SPDX-License-Identifier: Apache-2.0 */
/* validate.h - checks DICOM segmentations against the rules of their IOD (PS3.3 A.51) that validators driven by tables
 * alone cannot check: how attributes, functional groups, frames and pixels agree.
 *
 *     static void show(void *user, const dseg_finding *finding) {
 *       printf("%s: %s %s (%s)\n", finding->rule->id, finding->path, finding->message, finding->rule->section);
 *     }
 *     const dseg_validate_options options = {.struct_size = sizeof options, .found = show};
 *     dseg_validation result;
 *     dseg_status status = dseg_validate("seg.dcm", &options, &result, &error);
 *     // DSEG_OK: it was checked; result.errors says whether it keeps the rules
 *
 * A file that dseg_open refuses is checked as far as its elements can be read. */
#ifndef DSEG_VALIDATE_H
#define DSEG_VALIDATE_H

#include <stdbool.h>

#include "dseg/io.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum dseg_severity {
  DSEG_SEVERITY_ERROR = 0, /* the standard forbids it: the file is not valid */
  DSEG_SEVERITY_WARNING    /* allowed, or not clearly forbidden, but readers are known to fail or to lose something */
} dseg_severity;

/* One rule; all have static storage. */
typedef struct dseg_rule {
  const char *id; /* [a-z0-9-]+, unique; stays what it is once released */
  dseg_severity severity;
  const char *section; /* "PS3.3 C.8.20.2" */
  const char *text;    /* what must hold, one sentence */
} dseg_rule;

/* The rules in the order of the documentation: index counts from 0; NULL past the end. */
DSEG_API const dseg_rule *dseg_rule_at(size_t index);
/* "error" or "warning". */
DSEG_API const char *dseg_severity_text(dseg_severity severity);

/* What a rule found; valid during the call only. */
typedef struct dseg_finding {
  const dseg_rule *rule;
  /* Where: "(0062,0002)[2]/(0062,0004)" is an element in the second item of a sequence. */
  const char *path;
  const char *message;
  size_t count; /* 1, or how many findings of the rule were left out, which message says, too */
} dseg_finding;

typedef struct dseg_validate_options {
  size_t struct_size; /* sizeof(dseg_validate_options): see dseg/dseg.h */
  /* Called for each finding, from the thread that called; may be NULL. */
  void (*found)(void *user, const dseg_finding *finding);
  void *user;
  dseg_warning_sink notes;         /* what could not be checked, and why */
  size_t findings_per_rule;        /* further ones are counted only; 0: 10 */
  uint64_t memory_limit;           /* bytes that may be allocated; 0: 4 GiB */
  unsigned threads;                /* 0: one for each processor */
  const char *temporary_directory; /* as in dseg_open_options */
  /* Review the codes of segments, too: whether codes and meanings go together, sides are coded, and Tracking UIDs
   * identify. A note says how many codes no table has (dseg_code_edition): those are not reviewed. */
  bool codes;
  /* Review the codes and check nothing else: no frame and no pixel is read, and result->errors says nothing of the
   * file. Of a size that the struct grows by. */
  uint64_t codes_only; /* 0: everything is checked */
} dseg_validate_options;

typedef struct dseg_validation {
  size_t errors, warnings; /* number of findings, reported or not */
  bool pixels_checked;     /* false: the reader or its codec could not get at the pixels */
} dseg_validation;

/* Checks one file. options may be NULL. The return value says whether it could be checked: DSEG_OK with
 * result->errors == 0 is a valid file. DSEG_ERROR_INPUT, DSEG_ERROR_FORMAT (no DICOM, or cut off) or
 * DSEG_ERROR_UNSUPPORTED (DICOM, but no segmentation): nothing is known of it. */
DSEG_API dseg_status dseg_validate(const char *path, const dseg_validate_options *options, dseg_validation *result,
                                   dseg_error *error);
/* The same for an input, which stays the caller's. */
DSEG_API dseg_status dseg_validate_input(const dseg_input *input, const dseg_validate_options *options,
                                         dseg_validation *result, dseg_error *error);
/* The same for a file in memory. */
DSEG_API dseg_status dseg_validate_memory(dseg_view bytes, const dseg_validate_options *options,
                                          dseg_validation *result, dseg_error *error);

#ifdef __cplusplus
}
#endif
#endif
