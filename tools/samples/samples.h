/* SPDX-License-Identifier: Apache-2.0 */
/* samples.h - what the parts of `dseg samples` share.
 *
 * Every sample is made by a call of the library, and the dseg command that does the same is written down beside what it
 * made: whoever has the program can make each file again. A sample is then opened and decoded, and its bytes and voxels
 * are hashed. */
#ifndef DSEG_TOOLS_SAMPLES_SAMPLES_H
#define DSEG_TOOLS_SAMPLES_SAMPLES_H

#include <stdio.h>

#include "cli/cli.h"
#include "dseg/dseg.h"
#include "phantom/phantom.h"

enum {
  SAMPLES_NAME = 160,
  SAMPLES_STAGE = 80, /* of the name of a hidden directory */
  SAMPLES_PATH = 4096,
  SAMPLES_COMMAND = 1200,
  SAMPLES_HEX = 2 * DSEG_SHA256_SIZE + 1,
  SAMPLES_LONG_STRING = 64 + 1, /* of a value of VR LO (PS3.5 6.2), in ASCII */
  SAMPLES_LISTS = 2             /* of segments that a conversion takes */
};
#define SAMPLES_PAGE "page.html"
#define SAMPLES_IMAGES "images" /* the directory of the images, in the set */
#define SAMPLES_IMAGE_NAME SAMPLES_IMAGES "/" PHANTOM_IMAGE_NAME

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
  char sop_class_uid[65]; /* of objects */
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
  bool is_phantom;       /* the latter */
  const char *directory; /* that of the stage, once that has begun */
  samples_stage *stage;
  const char **only; /* REPRESENTATION or REPRESENTATION/CODEC; none: all */
  size_t only_count;
  bool edge_cases, lossy, page, force;
  unsigned threads;
  const char **references; /* images of the source */
  size_t reference_count;
  const char *uid_seed; /* of new UIDs for those of the source and the images; NULL: a known one */
  bool keep_identity;
  bool is_replaced;        /* the patient's identity is: images/ and source.dcm are what the samples are made of */
  bool has_copy;           /* of a DICOM source: source.dcm */
  size_t image_count;      /* in images/, of the source or of the phantom; 0: there are none */
  bool fractions, overlap; /* what the source holds */
  dseg_geometry geometry;  /* of the source; without planes */
  size_t segment_count;
  sample *samples;
  size_t sample_count, sample_room;
  samples_gap *gaps;
  size_t gap_count, gap_room;
} samples_job;

/* command.c: a command as a person would type it. Start with {0}. */
typedef struct samples_command {
  char text[SAMPLES_COMMAND];
  bool overflow; /* it became too long */
} samples_command;
/* Words are quoted where a shell needs it. */
void samples_show(samples_command *command, const char *word);
/* For the shell to expand: files in the order of their names. */
void samples_show_pattern(samples_command *command, const char *pattern);
void samples_show_option(samples_command *command, const char *option, const char *value);
/* False after a message when the command became too long. */
bool samples_fits(const samples_job *job, const samples_command *command);
/* Whether the path of every file in the output directory has room in SAMPLES_PATH characters. */
bool samples_paths_fit(const samples_job *job);
/* Writes the path of a file in the output directory, and returns it. */
const char *samples_path(const samples_job *job, const char *name, char path[SAMPLES_PATH]);
/* What the samples are made of, and how commands call it. path: room for the result, if it is in the output directory.
 */
const char *samples_find_source(const samples_job *job, char path[SAMPLES_PATH], const char **shown);

/* Files are named by their place in the set. 0 and NULL: as `dseg convert` does it without an option. */
typedef struct samples_conversion {
  const char *input; /* NULL: the source; an object of it refers to its images */
  const char *output;
  const char *representation; /* of an object, which gets a seed of its own; NULL: output is a volume */
  const char *segments[SAMPLES_LISTS];
  size_t plane; /* this one alone, counted from 1 */
  dseg_empty_frames empty_frames;
  dseg_option_value option;
  const char *frame_codec;
  bool has_offset_table;
  dseg_offset_table offset_table;
} samples_conversion;

/* make.c: these make a file of the set, and append the command that makes it; exit codes after a message. */
/* refusal receives why the output cannot hold the input, instead of a message; CLI_OUTPUT then. */
int samples_convert(const samples_job *job, const samples_conversion *wanted, samples_command *command,
                    dseg_error *refusal);
/* The Series Description (0008,103E) of an object, by which viewers list it: its encoding, or which edge case it is.
 * frame_codec: NULL for the usual one. */
const char *samples_describe_series(const char *file, const char *representation, const char *frame_codec,
                                    char text[SAMPLES_LONG_STRING]);
/* images: a directory of the set for its images, or NULL. */
int samples_make_phantom(const samples_job *job, const char *file, const phantom_spec *spec, const char *images,
                         samples_command *command);
/* The picture of an object of the set; with_images: over those of the set, which are of one series. */
int samples_draw(const samples_job *job, const char *object, bool with_images, const char *file);

/* inspect.c: what a file is. */
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

/* stage.c: begin, commit when all is made, end in any case. Exit codes after a message. */
int samples_stage_begin(samples_job *job);
int samples_stage_commit(const samples_job *job);
void samples_stage_end(samples_job *job);
/* A file or directory may be made under this name: it belongs to the set, and is removed when the set does not become
 * complete. samples_path does that for every name that it is asked for. */
void samples_stage_note(samples_stage *stage, const char *name);

/* page.c: the viewer's page, from beside the program; an exit code after a message. */
int samples_copy_page(const samples_job *job);
/* encodings.c: the source in every encoding, and in research formats. */
int samples_make_source(samples_job *job);
int samples_make_encodings(samples_job *job);
/* edge.c, objects.c, parts.c, faulty.c */
int samples_make_edge_cases(samples_job *job);
int samples_make_objects(samples_job *job);
int samples_make_parts(samples_job *job);
int samples_make_faulty(samples_job *job);
int samples_make_subdirectory(const samples_job *job, const char *name);

/* manifest.c, readme.c: manifest.json, MANIFEST.csv, README.md. */
dseg_status samples_write_manifest(const samples_job *job, dseg_error *error);
dseg_status samples_write_readme(const samples_job *job, dseg_error *error);
/* readers.c: the section of README.md on who reads the samples; nothing when none of them was tried. */
void samples_put_readers(FILE *out, const samples_job *job);

/* files.c: files of the set, by name; these fail with a message that names the file. */
dseg_status samples_write_file(const samples_job *job, const char *name, const dseg_buffer *bytes, dseg_error *error);
/* NULL after dseg_fail. */
FILE *samples_open_file(const samples_job *job, const char *name, dseg_error *error);
dseg_status samples_close_file(const samples_job *job, const char *name, FILE *stream, dseg_error *error);

/* objects.c: an object made plane by plane. */
typedef struct samples_object {
  const char *file, *purpose;
  const char *representation, *frame_codec;
  dseg_empty_frames empty_frames;
  uint64_t part_bytes; /* of uncompressed frames in each part of a Concatenation; 0: one object */
} samples_object;
/* Puts the planes; context: what it needs. */
typedef dseg_status (*samples_put_planes)(dseg_writer *writer, void *context, dseg_error *error);
/* An exit code after a message. */
int samples_write_object(const samples_job *job, const samples_object *made, const dseg_description *description,
                         samples_put_planes put, void *context);

/* How an object is made of another one; see dicom_edit.h. It gets a SOP Instance UID of its own. */
typedef struct samples_edit {
  const char *base;           /* a file of the set */
  const char *const *changes; /* up to NULL */
  const char *syntax;         /* that the file names; NULL: its own */
  /* What no text says; may be NULL. Group 7FE0 of the file's bytes begins at pixels. */
  dseg_status (*change_bytes)(const dseg_data_set *set, dseg_buffer *file, size_t pixels, const void *context,
                              dseg_error *error);
  const void *context;
} samples_edit;
/* Makes a file of the set; an exit code after a message. */
int samples_edit_file(const samples_job *job, const samples_edit *edit, const char *name);

#endif
