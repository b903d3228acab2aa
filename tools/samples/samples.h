/* SPDX-License-Identifier: Apache-2.0 */
/* samples.h - what the parts of `dseg samples` share.
 *
 * Every sample is made by a dseg command, which is run here and written down beside what it made: whoever has the
 * program can make each file again. A sample is then opened and decoded, and its bytes and voxels are hashed. */
#ifndef DSEG_TOOLS_SAMPLES_SAMPLES_H
#define DSEG_TOOLS_SAMPLES_SAMPLES_H

#include <stdio.h>

#include "cli/cli.h"
#include "dseg/dseg.h"
#include "samples/dicom_edit.h"

enum {
  SAMPLES_NAME = 160,
  SAMPLES_STAGE = 80, /* of the name of a hidden directory */
  SAMPLES_PATH = 4096,
  SAMPLES_COMMAND = 1200,
  SAMPLES_HEX = 2 * DSEG_SHA256_SIZE + 1,
  SAMPLES_ARGUMENTS = 40
};

typedef enum samples_group {
  SAMPLES_SOURCE = 0, /* the segmentation in research formats */
  SAMPLES_ENCODING,   /* the segmentation in an encoding */
  SAMPLES_EDGE_CASE,  /* a small object that is valid but uncommon */
  SAMPLES_FAULTY      /* an object with one fault */
} samples_group;

/* One file; strings that are not arrays have static storage. */
typedef struct sample {
  samples_group group;
  char file[SAMPLES_NAME]; /* in the output directory */
  char command[SAMPLES_COMMAND];
  const char *purpose; /* of edge cases and faulty ones */
  const char *rule;    /* of validation that a faulty one breaks; NULL: it cannot be read at all */
  /* Of DICOM objects that can be read: */
  const dseg_representation *representation;
  const dseg_frame_codec *codec;
  const char *photometric; /* "MONOCHROME2", "PALETTE COLOR" */
  unsigned bits_allocated;
  uint64_t frames;
  uint64_t pixel_bytes, per_frame_bytes;
  uint64_t bytes; /* of any file */
  char file_hash[SAMPLES_HEX];
  char voxel_hash[SAMPLES_HEX];
} sample;

/* An encoding that there is no sample of. */
typedef struct samples_gap {
  const dseg_representation *representation;
  const dseg_frame_codec *codec; /* NULL: none would do */
  char reason[300];
} samples_gap;

/* stage.c: where a set is until it is complete. */
typedef struct samples_stage samples_stage;

typedef struct samples_job {
  const char *source;    /* path, or "phantom" */
  const char *directory; /* that of the stage, once that has begun */
  samples_stage *stage;
  const char **only; /* REPRESENTATION or REPRESENTATION/CODEC; none: all */
  size_t only_count;
  bool edge_cases, lossy, force;
  unsigned threads;
  const char **references; /* images of the source */
  size_t reference_count;
  const char *uid_seed; /* of new UIDs for those of the source and the images; NULL: a known one */
  bool keep_identity;
  bool is_replaced;        /* the patient's identity is: images/ and source.dcm are what the samples are made of */
  bool has_copy;           /* of a DICOM source: source.dcm */
  size_t image_count;      /* in images/ */
  bool fractions, overlap; /* what the source holds */
  dseg_geometry geometry;  /* of the source; without planes */
  size_t segment_count;
  sample *samples;
  size_t sample_count, sample_room;
  samples_gap *gaps;
  size_t gap_count, gap_room;
} samples_job;

/* A command being put together. Start with {0}. */
typedef struct samples_command {
  char text[SAMPLES_COMMAND];
  char *argv[SAMPLES_ARGUMENTS + 1];
  int argc;
  char room[8000];
  size_t used;
  bool overflow; /* it became too long */
} samples_command;

/* samples_command.c */
void samples_add(samples_command *command, const char *argument);
/* A file in the output directory; the text has its name only. */
void samples_add_file(samples_command *command, const samples_job *job, const char *name);
/* A file of the user's; likewise. */
void samples_add_path(samples_command *command, const char *path);
/* A file of the user's whose name is not shown. */
void samples_add_hidden(samples_command *command, const char *path);
/* What every command that writes DICOM ends with: a seed of its own, so that no two objects share UIDs. */
void samples_add_seed(samples_command *command, const char *name);
/* Runs it; an exit code. refusal, for convert: where to put why its output cannot hold the input, instead of a message;
 * CLI_OUTPUT then. */
int samples_run(samples_command *command, const samples_job *job, dseg_error *refusal);
/* Whether the path of every file in the output directory has room in SAMPLES_PATH characters. */
bool samples_paths_fit(const samples_job *job);
/* Writes the path of a file in the output directory. */
void samples_path(const samples_job *job, const char *name, char path[SAMPLES_PATH]);

/* samples_inspect.c: what a file is. */
/* Opens the sample's file, and fills in its encoding and hashes. */
dseg_status samples_inspect(const samples_job *job, sample *item, dseg_error *error);
/* Only the file's size and hash. */
dseg_status samples_hash_file(const samples_job *job, sample *item, dseg_error *error);
/* Hash of the voxels, of stored fractions or of labels; *overlap tells whether segments overlap. name: of the file, for
 * progress. */
dseg_status samples_hash_voxels(dseg_source *source, const char *name, bool fractions, unsigned threads,
                                char hex[SAMPLES_HEX], bool *overlap, dseg_error *error);
bool samples_is_experimental(const sample *item);
/* Bytes that are neither pixels nor per-frame groups. In a deflated data set the parts are those of the inflated one,
 * and nothing can be said of the rest: false. */
bool samples_other_bytes(const sample *item, uint64_t *bytes);
/* The name of a SOP class. */
const char *samples_sop_class_name(const char *uid);

/* cmd_samples.c: appends; NULL when out of memory, after a message. */
sample *samples_new(samples_job *job, samples_group group, const char *file);
/* Keeps a file that was made: inspects objects, hashes the others; an exit code after a message. */
int samples_keep(samples_job *job, samples_group group, const char *file, const char *command, const char *purpose);
/* Likewise for one that only this subcommand makes, and makes alike whatever its source is. */
int samples_keep_own(samples_job *job, samples_group group, const char *file, const char *purpose);

/* images.c: copies of a DICOM source and of the images without identity, unless there is none to replace, or it is to
 * be kept; an exit code after a message. */
int samples_replace_identity(samples_job *job);
/* Removes images of an earlier set in the directory, of which there were more. */
void samples_remove_further_images(const samples_job *job, const char *directory);
/* What the samples are made of: the source, and the images as --reference. */
void samples_add_source(samples_command *command, const samples_job *job);
void samples_add_references(samples_command *command, const samples_job *job);

/* uid.c: the first 16 bytes make the UID. */
void samples_uid_from_digest(const uint8_t digest[DSEG_SHA256_SIZE], char uid[65]);

/* stage.c: begin, commit when all is made, end in any case. Exit codes after a message. */
int samples_stage_begin(samples_job *job);
int samples_stage_commit(const samples_job *job);
void samples_stage_end(samples_job *job);
/* A file or directory may be made under this name: it belongs to the set, and is removed when the set does not become
 * complete. samples_path does that for every name that it is asked for. */
void samples_stage_note(samples_stage *stage, const char *name);

/* samples_encodings.c: the source in every encoding, and in research formats. */
int samples_make_source(samples_job *job);
int samples_make_encodings(samples_job *job);
/* samples_edge.c, samples_objects.c, samples_parts.c, samples_faulty.c */
int samples_make_edge_cases(samples_job *job);
int samples_make_objects(samples_job *job);
int samples_make_parts(samples_job *job);
int samples_make_faulty(samples_job *job);
int samples_make_subdirectory(const samples_job *job, const char *name);

/* samples_manifest.c, samples_readme.c: manifest.json, MANIFEST.csv, README.md. */
dseg_status samples_write_manifest(const samples_job *job, dseg_error *error);
dseg_status samples_write_readme(const samples_job *job, dseg_error *error);

/* samples_files.c: a file of the set that gets its name when it is complete. NULL after dseg_fail. */
FILE *samples_open_file(const samples_job *job, const char *name, dseg_error *error);
dseg_status samples_close_file(const samples_job *job, const char *name, FILE *stream, dseg_error *error);

/* How an object is made of another one; see dicom_edit.h. It gets a SOP Instance UID of its own. */
typedef struct samples_edit {
  const char *base;           /* a file of the set */
  const char *const *changes; /* up to NULL */
  /* An edit that the change syntax cannot express; may be NULL. */
  dseg_status (*change_tree)(edit_node *file, const void *context, dseg_error *error);
  const void *context;
  unsigned kept_percent; /* of the file's bytes; 100: all */
} samples_edit;
/* Makes a file of the set; an exit code after a message. */
int samples_edit_file(const samples_job *job, const samples_edit *edit, const char *name);

#endif
