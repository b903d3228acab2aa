/* SPDX-License-Identifier: Apache-2.0 */
/* review.h - looks across the objects of an archive: what is wrong in none of them alone, and what `dseg validate
 * --codes` finds in each (docs/review.md).
 *
 *     review *all = NULL;
 *     status = review_create(&options, &all, &error);        // reads the images of options.references
 *     // for each object, in any process or thread:
 *     status = review_observe(all, path, name, &record, &error);
 *     // in one place, in any order:
 *     status = review_take(all, (dseg_view){record.data, record.size}, &error);
 *     status = review_finish(all, &error);
 *     review_write_csv(all, table);                          // and review_write_json, review_write_text
 *     review_destroy(all);
 *
 * review_observe only reads the review and may be called from several threads, or from processes that were forked
 * after review_create. All other functions serve one thread at a time. What is
 * written does not depend on the order of objects. */
#ifndef DSEG_TOOLS_REVIEW_REVIEW_H
#define DSEG_TOOLS_REVIEW_REVIEW_H

#include <stdint.h>
#include <stdio.h>

#include "dseg/buffer.h"

typedef struct review review;

typedef struct review_options {
  const char *const *references; /* files and directories of images; their pixels are not read */
  size_t reference_count;
  uint64_t memory_limit;           /* bytes for what is kept of all objects; 0: 4 GiB */
  uint64_t object_memory_limit;    /* bytes for reading one of them; 0: 4 GiB */
  const char *temporary_directory; /* as in dseg_open_options */
} review_options;

/* On success *made is the caller's. DSEG_ERROR_INPUT where references cannot be read, DSEG_ERROR_LIMIT,
 * DSEG_ERROR_MEMORY. */
dseg_status review_create(const review_options *options, review **made, dseg_error *error);
void review_destroy(review *all); /* NULL ok */

/* Appends to record what a review keeps of the segmentation at path: some kilobytes. No pixel is read. name stands for
 * it in findings. Fails as dseg_open does, and with DSEG_ERROR_UNSUPPORTED for what is no DICOM object; then record is
 * as it was. */
dseg_status review_observe(const review *all, const char *path, const char *name, dseg_buffer *record,
                           dseg_error *error);
/* Adds the records, which may come from another run or machine: text of untrusted files. A record that is cut off at
 * the end is counted (review_note_unread). DSEG_ERROR_FORMAT for what is none; those before it are added. After
 * DSEG_ERROR_LIMIT and DSEG_ERROR_MEMORY the review can only be destroyed. */
dseg_status review_take(review *all, dseg_view records, dseg_error *error);
/* Counts an input that could not be observed: it is told among what could not be verified. */
void review_note_unread(review *all);

/* Compares the objects with each other. To be called once, when all are there. */
dseg_status review_finish(review *all, dseg_error *error);

/* After review_finish. How many findings there are in how many objects. */
typedef struct review_totals {
  size_t objects, series, patients;
  size_t findings; /* different ones */
  size_t objects_with_findings;
  uint64_t unread; /* inputs */
} review_totals;
review_totals review_total(const review *all);

/* A row for each series, the worst first; the columns are told in docs/review.md. DSEG_ERROR_OUTPUT,
 * DSEG_ERROR_MEMORY. */
dseg_status review_write_csv(const review *all, FILE *stream, dseg_error *error);
/* Findings, makers and what could not be verified, as one JSON object. */
dseg_status review_write_json(const review *all, FILE *stream, dseg_error *error);
/* The same for people; control characters of files are shown. At most `most` findings of a kind; 0: all. */
dseg_status review_write_text(const review *all, FILE *stream, size_t most, dseg_error *error);

#endif
