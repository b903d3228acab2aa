/* SPDX-License-Identifier: Apache-2.0 */
/* batch.h - what the files of `dseg batch` share.
 *
 * A run goes through these steps, a file for each: options (arguments.c), inputs (find.c, lists.c), names of outputs
 * (names.c), the report of earlier runs (report.c, earlier.c), then objects, which workers do (run.c, work.c): what is
 * done to one is a row of kinds.c (do_*.c). */
#ifndef DSEG_TOOLS_BATCH_BATCH_H
#define DSEG_TOOLS_BATCH_BATCH_H

#include <stdint.h>
#include <stdio.h>

#include "batch/review.h"
#include "cli/cli.h"
#include "cli/json_out.h"
#include "compare/report.h"
#include "convert/convert.h"
#include "info/info.h"
#include "transcode/transcode.h"
#include "validate/validate.h"

typedef struct batch_kind batch_kind;
typedef struct batch_task batch_task;

/* The command line. Texts are argv's where nothing else is said. */
typedef struct batch_settings {
  const batch_kind *kind;
  const char *const *inputs; /* input_count of them */
  size_t input_count;
  const char **lists; /* list_count of them; owned */
  size_t list_count;
  bool null_lists; /* names in lists end with NUL */
  const char *to, *name, *from_report;
  const char *report; /* NULL: report.jsonl in to */
  unsigned jobs;
  unsigned most_failures; /* 0: no matter how many */
  bool verify, checksum, digest, retry_failed, force, json, sync;
  uint64_t memory; /* bytes for one object; 0: the library's standard */
  /* What options do to bytes of outputs, as text and hashed: files by what is in them. Owned. */
  char *options;
  char options_sha256[65];
  /* One of these, by kind. */
  transcode_request transcode;
  convert_request convert;
  validate_request validate;
  info_request info;
  compare_request compare;
  review_request review;
} batch_settings;

/* arguments.c: an exit code after a message; CLI_OK with no kind: help was shown. */
int batch_parse(int argc, char **argv, batch_settings *settings);
void batch_settings_end(batch_settings *settings);
extern const cli_option batch_options_table[];

/* An input, and what becomes of it. Texts are owned. */
typedef struct batch_object {
  char *path;     /* that is read */
  char *name;     /* in the report: as it was given */
  char *relative; /* what an output is named by, with '/' between directories */
  char *output;   /* NULL: none, or not known yet */
  char *sha256;   /* that the input has, as a list says; NULL: not said */
  char *fault;    /* why nothing can be done with it; NULL: nothing is known */
  bool again;     /* output was written by an earlier run, and may be replaced */
  bool twice;     /* an object before it has the same name */
} batch_object;

typedef struct batch_objects {
  batch_object *items;
  size_t count, room;
  size_t passed_over; /* files of directories that are no segmentation */
} batch_objects;

/* find.c: what is to be done, from the command line; an exit code after a message. */
int batch_find(const batch_settings *settings, batch_objects *objects);
/* Takes the texts over, whatever the outcome; NULLs but for those that batch_object lets be NULL are no memory. */
int batch_add(batch_objects *objects, batch_object object);
void batch_objects_end(batch_objects *objects);
/* A copy of the first size bytes; NULL for NULL, and when out of memory. */
char *batch_copy(const char *text, size_t size);
int batch_fail_memory(void);

/* lists.c: adds the objects that a list names; name "-" is standard input. */
int batch_read_list(const char *name, bool null, batch_objects *objects);

/* names.c: settles the outputs; a usage error where two objects have one. */
int batch_name(const batch_settings *settings, batch_objects *objects);

/* earlier.c: what a report says of objects; the last line of each counts. */
typedef struct batch_earlier batch_earlier;
typedef struct batch_record {
  bool ok, verified;
  char *path;    /* that was read, where a list gave it another name; NULL: its name */
  char *output;  /* that was to be written; NULL: none */
  char *written; /* that was written when the object was ok last; NULL: none */
  uint64_t bytes_in, bytes_out;
  char *mtime_in;
  char *sha256_in; /* NULL: not told */
  char *copy;      /* of compare: what batch_put_look said of the other file; NULL: not told */
  char options_sha256[65];
} batch_record;
batch_earlier *batch_earlier_create(void);
/* Takes a line of a report. False: out of memory. What is no line of an object is passed over. */
bool batch_earlier_take(batch_earlier *earlier, const char *line);
/* NULL: nothing is known. */
const batch_record *batch_earlier_find(const batch_earlier *earlier, const char *name);
/* Calls visit with the name of each object whose last line says that it failed. */
int batch_earlier_failed(const batch_earlier *earlier,
                         int (*visit)(void *user, const char *name, const batch_record *record), void *user);
void batch_earlier_destroy(batch_earlier *earlier);

/* report.c: the file that a line for each object is appended to. */
typedef struct batch_report {
  const char *path;
  FILE *stream;
  uint64_t size; /* of its whole lines */
  bool broken;   /* a line could not be written: no more are */
} batch_report;
/* Opens it, and reads what is there. A last line that was cut off is removed. An exit code after a message. */
int batch_report_open(batch_report *report, batch_earlier *earlier);
/* Reads a report that is not written to. */
int batch_report_read(const char *path, batch_earlier *earlier);
/* Appends a line, which ends with a line break; an exit code after a message. */
int batch_report_add(batch_report *report, const char *line, size_t size);
/* Locks it again after files were read, among which the report may have been. An exit code after a message. */
int batch_report_hold(batch_report *report);
void batch_report_close(batch_report *report);
/* Calls visit with each whole line, from the first on, until it returns another code than CLI_OK, which is the result.
 * What is added afterwards is added at the end. */
int batch_report_each(batch_report *report, int (*visit)(void *user, const char *line), void *user);

/* A run. */
typedef struct batch_run {
  const batch_settings *settings;
  batch_objects objects;
  batch_report report;
  batch_earlier *earlier;
  char *stage;           /* the hidden directory in which outputs are written; NULL: there are none */
  struct review *review; /* of --do review */
} batch_run;

/* What came out. */
typedef struct batch_counts {
  size_t total, ok, skipped, failed, failed_before;
  uint64_t bytes_in, bytes_out;
} batch_counts;

/* run.c: does all objects; an exit code. */
int batch_work_on_all(batch_run *run);

/* progress.c */
typedef struct batch_progress {
  double start, shown;
  bool terminal;
  uint64_t bytes; /* of all objects that are to be done; 0: not known */
} batch_progress;
void batch_progress_begin(batch_progress *progress);
/* Shows where the run stands, where it is time to. */
void batch_progress_show(batch_progress *progress, const batch_counts *counts);
/* What came of it all, in one line, or as JSON on standard output. */
void batch_progress_end(const batch_progress *progress, const batch_counts *counts, const batch_settings *settings,
                        size_t passed_over);

/* Messages of one object, each once. */
enum { BATCH_WARNINGS = 20 };
typedef struct batch_messages {
  char *items[BATCH_WARNINGS];
  size_t count;
  size_t more; /* that are not kept */
} batch_messages;
void batch_note(void *user, const char *message); /* user: the messages */

/* An object that a worker works on. */
struct batch_task {
  const batch_run *run;
  const batch_object *object;
  char *stage;       /* where the output is written; NULL: there is none */
  const char *place; /* why outputs cannot be written any more; NULL: they can */
  char text[256];    /* of place */
  batch_messages warnings;
  uint64_t frames, segments; /* with has_counts */
  bool has_counts, verified;
  bool done_before;          /* an earlier run has done it: no line is written */
  char sop_instance_uid[65]; /* of the output, where there is one, else of the input; "": none */
  char voxels_sha256[65];
  int negative; /* the answer is no: the exit code that the subcommand has for it; 0: it is not */
  void *found;  /* of the kind */
};

/* What can be done with objects. work: DSEG_OK, or a failure with a message; it writes task->stage. tell puts what it
 * found into the object's line; end frees it. */
struct batch_kind {
  const char *name;
  const cli_option *options;
  bool writes;                               /* an output */
  bool volumes;                              /* takes research formats, too */
  void (*prepare)(batch_settings *settings); /* what holds without an option; may be NULL */
  bool (*take)(const cli_args *args, int id, batch_settings *settings);
  bool (*counts)(int id); /* whether an option makes a difference to what is reported; NULL: all do but --sync */
  int (*check)(const cli_command *command, batch_settings *settings); /* an exit code after a message */
  /* Before workers are made for the objects that are left: an exit code after a message; may be NULL. */
  int (*begin)(batch_run *run, size_t left);
  dseg_status (*work)(batch_task *task, dseg_error *error);
  void (*tell)(const batch_task *task, json_out *json); /* may be NULL */
  void (*end)(batch_task *task);                        /* may be NULL */
  int (*finish)(batch_run *run); /* when all objects have been worked on: an exit code after a message; may be NULL */
};
extern const batch_kind batch_transcode, batch_convert, batch_validate, batch_info, batch_compare, batch_review;
/* review_results.c: what all objects of a review say together. */
int batch_finish_review(batch_run *run);
/* kinds.c: ends with NULL. */
extern const batch_kind *const batch_kinds[];

/* work.c: does an object and writes its line: os_work of tools/os/workers.h; user is the run. */
void batch_work(void *user, size_t index, FILE *answer);
/* line.c: the line of an object, and those that tell the run something else: KEY of the members alone. */
#define BATCH_KEY_PLACE "place" /* outputs cannot be written any more: why */
#define BATCH_KEY_SKIP "skip"   /* an earlier run has done it */
void batch_put_word(const char *key, const char *value, FILE *stream);
enum { BATCH_LOOK = 72 /* bytes of a look */ };
/* Size and time of a file as text; "": there is none. */
void batch_put_look(const char *path, char text[BATCH_LOOK]);
typedef struct batch_outcome {
  dseg_status status;
  const dseg_error *error;
  uint64_t bytes_in, bytes_out;
  char mtime_in[40], sha256_in[65], sha256_out[65];
  char copy[BATCH_LOOK]; /* of compare: what batch_put_look said of the other file */
  double seconds, cpu_seconds;
} batch_outcome;
void batch_put_line(const batch_task *task, const batch_outcome *outcome, FILE *stream);
/* A line of an object that nobody worked on to its end; status: "failed" or "skipped". */
void batch_put_short_line(const batch_run *run, const batch_object *object, const char *status, const char *message,
                          FILE *stream);
/* Whether an earlier run has done an object that is as it was: its options and its output are. */
bool batch_is_done(const batch_run *run, const batch_object *object, const char *sha256);

/* verify.c: opens a file for reading its voxels by one thread, with all that a copy keeps. options may be NULL. */
dseg_status batch_open(const batch_task *task, const char *path, const dseg_open_options *options, dseg_source **source,
                       dseg_error *error);
/* Compares what was written with what it was made of. ignore: aspects that options change. DSEG_ERROR_FORMAT names what
 * differs. same_instance: UIDs and what is said of the patient are the same, too. */
dseg_status batch_verify(batch_task *task, dseg_source *input, dseg_source *output, unsigned ignore, bool same_instance,
                         dseg_error *error);
/* What a source is: counts, UID, and the digest where it is asked for. */
dseg_status batch_look(batch_task *task, dseg_source *source, dseg_error *error);

/* digest.c: SHA-256 as text, of a file, of a text, and of a file or all files below a directory. */
dseg_status batch_hash_file(const char *path, char text[65], dseg_error *error);
void batch_hash_text(const char *data, char text[65]);
int batch_hash_tree(const char *path, char text[65]);
/* Whether two files have the same bytes. */
bool batch_same_bytes(const char *a, const char *b);

#endif
