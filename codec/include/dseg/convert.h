/* SPDX-License-Identifier: Apache-2.0 */
/* convert.h - from segmentations of any kind to a DICOM object or a volume in a research format, in one call.
 *
 * The liver of a segmentation on the planes of the CT that it was drawn on, as a label map:
 *
 *     const char *const liver = "Liver", *const ct = "ct-directory", *const input = "seg.dcm";
 *     const dseg_convert_options options = {.struct_size = sizeof options,
 *                                           .segments = &liver,
 *                                           .segment_count = 1,
 *                                           .references = &ct,
 *                                           .reference_count = 1,
 *                                           .grid = DSEG_GRID_REFERENCE,
 *                                           .representation = "labelmap"};
 *     const dseg_output output = dseg_output_to_file("liver.dcm", 0, NULL);
 *     dseg_convert_result *result = NULL;
 *     dseg_status status = dseg_convert(&input, 1, &output, &options, &result, &error);
 *     if (status == DSEG_OK) {
 *       use(result->files[0]->sop_instance_uid);
 *     } else {
 *       complain(error.message); // begins with the file at fault; result->side says whose it is
 *     }
 *     dseg_convert_result_destroy(result);
 *
 * dseg_convert opens its inputs itself; dseg_write takes an open source. Both settle, in this order: names, codes and
 * colours (metadata); which segments and planes there are; the grid and the source images; the numbers of segments;
 * then they write. A DICOM object is made a few planes at a time; a volume is held in memory, as its formats are.
 *
 * What cannot be kept is refused, or told to options.messages: DSEG_OK without a message means that nothing was lost.
 * Files appear together when all are complete, or not at all. The functions here may be called from several threads at
 * once, for different outputs. */
#ifndef DSEG_CONVERT_H
#define DSEG_CONVERT_H

#include "dseg/formats.h"
#include "dseg/io.h"
#include "dseg/names.h"
#include "dseg/plugin.h"
#include "dseg/source.h"
#include "dseg/writer.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Values of the enums here are only ever appended. */

/* The planes of the output. */
typedef enum dseg_grid_choice {
  DSEG_GRID_INPUT = 0, /* those of the input */
  DSEG_GRID_TIGHT,     /* without empty planes at both ends */
  DSEG_GRID_REFERENCE, /* those of the reference images; nothing is resampled */
  DSEG_GRID_FILE       /* those of another volume or object, grid_file, in its order of axes; likewise */
} dseg_grid_choice;

/* Which axis of the input the planes of the output are stacked along. */
typedef enum dseg_slice_axis {
  /* That of the reference images, where planes lie on them then. In DICOM output of volumes without images the axis
   * whose voxels lie at least 1.5 times as far apart as along both others. Else that of the input. */
  DSEG_SLICES_AUTO = 0,
  DSEG_SLICES_I, /* its first axis: along a row */
  DSEG_SLICES_J,
  DSEG_SLICES_K,        /* that of the input */
  DSEG_SLICES_SAGITTAL, /* the one nearest to the patient's right and left */
  DSEG_SLICES_CORONAL,  /* front and back */
  DSEG_SLICES_AXIAL     /* head and feet */
} dseg_slice_axis;

/* The numbers of the output's segments. BINARY and FRACTIONAL objects number from 1 (PS3.3 C.8.20.2.4) and keep other
 * numbers beside, but for DSEG_NUMBERS_COUNT and the two BY_FILE. */
typedef enum dseg_numbering {
  DSEG_NUMBERS_KEEP = 0,      /* those of the input, or those that they had before such an object held them */
  DSEG_NUMBERS_COUNT,         /* 1, 2, 3, ... */
  DSEG_NUMBERS_COUNT_BY_FILE, /* 1, 2, 3, ...: first the segments of the first file, in the metadata's order of files */
  DSEG_NUMBERS_OF_FILES,      /* exactly the labels that the files have, or DSEG_ERROR_FORMAT */
  DSEG_NUMBERS_AS_STORED      /* those of the input, whatever they were before */
} dseg_numbering;

/* What becomes of overlap. */
typedef enum dseg_overlap_choice {
  DSEG_OVERLAP_KEPT = 0, /* kept where the output can hold it, else DSEG_ERROR_OVERLAP */
  DSEG_OVERLAP_REFUSED,  /* DSEG_ERROR_OVERLAP where there is any */
  DSEG_OVERLAP_TO_FIRST, /* a voxel belongs to the first of its segments */
  DSEG_OVERLAP_TO_LAST   /* to the last */
} dseg_overlap_choice;

/* The files of a volume. With several, the output's path names them all: "dir/liver.nii.gz". */
typedef enum dseg_file_choice {
  DSEG_FILES_ONE = 0,
  DSEG_FILES_BY_SEGMENT,         /* dir/liver-NUMBER-label.nii.gz, the label in lower-case letters and digits */
  DSEG_FILES_BY_SEGMENT_COUNTED, /* dir/liver-1.nii.gz, ...; a label map is one file; "dir/" gives dir/1.nii.gz */
  DSEG_FILES_BY_LAYER_COUNTED    /* likewise, segments that do not overlap sharing a file */
} dseg_file_choice;

typedef enum dseg_message_kind {
  DSEG_MESSAGE_NOTE = 0, /* of the conversion: what became of something */
  DSEG_MESSAGE_WARNING   /* of what was read or is being written */
} dseg_message_kind;

/* Receives what is worth telling but does not stop the work. file is what it is about, NULL: the conversion, or several
 * files. Both texts are valid during the call, which comes from the thread that called the library. */
typedef struct dseg_message_sink {
  void (*tell)(void *user, dseg_message_kind kind, const char *file, const char *message); /* may be NULL */
  void *user;
} dseg_message_sink;

/* Options that messages give advice about. */
typedef enum dseg_convert_option {
  DSEG_OPTION_SEGMENTS = 0,
  DSEG_OPTION_PRESENT_ONLY,
  DSEG_OPTION_PLANES,
  DSEG_OPTION_GRID,
  DSEG_OPTION_OVERLAP,
  DSEG_OPTION_THRESHOLD,
  DSEG_OPTION_NUMBERING,
  DSEG_OPTION_METADATA,
  DSEG_OPTION_REFERENCES,
  DSEG_OPTION_REPRESENTATION,
  DSEG_OPTION_SPLIT,   /* DSEG_FILES_BY_SEGMENT */
  DSEG_OPTION_REPLACE, /* DSEG_OUTPUT_REPLACE */
  DSEG_OPTION_SLICE_AXIS,
  DSEG_OPTION_SPACING,
  DSEG_OPTION_REQUIRE_CODES,
  DSEG_OPTION_ALGORITHM,
  DSEG_OPTION_ALGORITHM_TYPE,
  DSEG_OPTION_COUNT
} dseg_convert_option;

/* What becomes of instances (dseg/instances.h), where the input has some. */
typedef enum dseg_label_choice {
  DSEG_LABELS_AUTO = 0,  /* instances where the output can hold them, else their classes, with a note */
  DSEG_LABELS_INSTANCES, /* the same; their classes are not missed in a volume */
  DSEG_LABELS_CLASSES,   /* their classes alone */
  DSEG_LABELS_SEGMENTS   /* a segment for each, described as its class is: at most 65535 */
} dseg_label_choice;

/* Segment Algorithm Type (0062,0008) of all segments. */
typedef enum dseg_algorithm_choice {
  DSEG_ALGORITHM_AS_SAID = 0, /* what the input and metadata say; AUTOMATIC, with a note, where nobody says it */
  DSEG_ALGORITHM_IS_AUTOMATIC,
  DSEG_ALGORITHM_IS_SEMIAUTOMATIC,
  DSEG_ALGORITHM_IS_MANUAL
} dseg_algorithm_choice;

/* Texts are borrowed during the call. Members are in groups that read well. */
// NOLINTNEXTLINE(clang-analyzer-optin.performance.Padding)
typedef struct dseg_convert_options {
  size_t struct_size; /* sizeof(dseg_convert_options): see dseg/dseg.h */

  /* The inputs; of dseg_convert alone, as in dseg_open_options and dseg_open_inputs: */
  dseg_input *const *inputs; /* by path; NULL: the path is opened. They are used up, whatever the outcome. NULL: all are
                                paths */
  bool padded_bit_frames;
  /* Bytes that opening may allocate, together with a volume that is written, and threads for compressing frames; 0: 4
   * GiB. */
  uint64_t memory_limit;
  /* Inputs and reference images may be of different patients, or lie in different frames of reference. */
  bool other_patient;

  /* What is taken. Numbers ("3"), ranges ("2-5"), labels with letter case ignored, or lists of these with commas;
   * segment_count texts, 0: all. DSEG_ERROR_FORMAT where one means no segment. */
  const char *const *segments;
  size_t segment_count;
  size_t first_plane, last_plane; /* counted from 1; 0: all */
  bool present_only;              /* segments without a voxel are left out; otherwise they stay described */
  dseg_grid_choice grid;
  const char *grid_file; /* DSEG_GRID_FILE: of any kind that dseg_open opens */
  bool ascending;        /* planes ascend along the normal, as ITK has them, whatever their order in the input */
  dseg_overlap_choice overlap;
  double
      threshold; /* fractions of at least this much, above 0 and at most 1, count as inside; 0: they stay fractions */
  dseg_numbering numbering;
  dseg_slice_axis slice_axis; /* AUTO with DSEG_GRID_REFERENCE and DSEG_GRID_FILE, which decide */

  /* What is said of it. Names, codes and colours from a file of any kind that dseg/names.h knows, or from
   * metadata_input, which stays the caller's and is called metadata in messages; or DSEG_NAMES_BUILT_IN. */
  const char *metadata;
  const dseg_input *metadata_input;
  bool complete_metadata; /* a segment that the JSON does not name is an error, and so is a list too many */
  /* Source images: files, or directories that are searched. Of use for DICOM output, and for DSEG_GRID_REFERENCE. */
  const char *const *references;
  size_t reference_count;
  bool shared_references;         /* every frame derives from all of them, wherever they lie */
  const char *series_description; /* (0008,103E); NULL: that of the input */
  const char *series_number;      /* (0020,0011); likewise */
  bool require_segment;           /* DSEG_ERROR_FORMAT for an output without a segment, even where one can be */

  /* The output. */
  const char *format;      /* "dicom", or a suffix, ".nii.gz" for instance; NULL: by the end of the output's path */
  const char *output_name; /* of an output without a path, in messages; NULL: "the output" */
  const dseg_output *metadata_output; /* also write names, codes and colours of the output's segments as dcmqi's JSON */
  bool metadata_for_dcmqi;            /* with all texts and without names of files, which dcmqi does not read */

  /* DICOM output, as in dseg_write_options: */
  const char *representation; /* NULL: that of a DICOM input; else "fractional" for fractions, "binary" where segments
                                 overlap, "labelmap" where they do not */
  const char *frame_codec;
  const dseg_option_value *encoding_options; /* of the representation or of the frame codec, whichever has them */
  size_t encoding_option_count;
  dseg_empty_frames empty_frames;
  bool concatenation;
  uint64_t part_bytes;
  dseg_offset_table offset_table;
  dseg_frame_order frame_order;
  const char *uid_seed;
  const char *date_time;

  /* Volumes, as in dseg_volume_write_options: */
  dseg_file_choice files;
  int compression;
  bool nifti2;
  bool keep_background;  /* the background keeps its value, which is 0 otherwise */
  bool stored_fractions; /* fractions are bytes, as they are stored, rather than floats of 0 to 1 */

  /* The run. */
  unsigned threads;                /* 0: one for each processor */
  const char *temporary_directory; /* of frames on their way, and of an inflated data set; NULL: the system's */
  dseg_progress progress;          /* goes from 0 to its total once, in steps of no fixed size */
  /* DICOM output: frames compressed, which come after all planes; progress is of planes alone then. Without a function
   * frames are the second half of progress. */
  dseg_progress frame_progress;
  dseg_message_sink messages;
  /* How messages call options, by dseg_convert_option: "--threshold" for instance; NULL for one, or for those from
   * option_name_count on: the member or value in C. */
  const char *const *option_names;
  size_t option_name_count; /* DSEG_OPTION_COUNT of the caller's header, which later ones may exceed */

  /* What voxels of the inputs mean, as in dseg_open_options: */
  const dseg_value_map *value_maps;
  size_t value_map_count;
  double background;
  bool has_background;
  bool round;
  /* Which of a file's volumes, and how far voxels are apart where an input does not say it: of an object for a volume,
   * too, which is refused otherwise. */
  bool all_volumes;
  size_t volume;
  double spacing[3];

  /* What else is said of segments. Segment Algorithm Name (0062,0009), "TotalSegmentator 2.4" for instance: at most 64
   * characters; NULL: what the input and metadata say. Of use for DICOM output, and for metadata_output. */
  const char *algorithm_name;
  dseg_algorithm_choice algorithm_type; /* MANUAL needs no name (PS3.3 Table C.8.20-4) */
  /* DSEG_ERROR_FORMAT where a segment has no codes of its own; otherwise an object says Tissue of it, with a note. */
  uint64_t require_codes; /* not 0: yes; of a size that the struct grows by */

  /* Instances (dseg/instances.h). With a representation that has them, values of a research volume become instances; so
   * they are not in other conversions. A volume has numbers of instances as they were before an object held them. */
  dseg_label_choice labels;
  /* An input of one plane is the total pixel matrix of a slide, and planes are its tiles: of these rows and columns,
   * each at most 65535; with slide and without them those of the reference images, or 512 x 512. */
  bool slide;
  uint32_t tile_rows, tile_columns;
  /* A table of the classes of instances (dseg_instances_read_table): of the input, of dseg_convert alone; and one to be
   * written beside a volume, under the flags and in the set of the output. NULL: none. */
  const char *classes;
  const char *write_classes;
} dseg_convert_options;

/* A file, or what went to a buffer or a function. */
typedef struct dseg_written_file {
  const char *path; /* NULL: not a file */
  uint64_t bytes;
  /* DICOM objects: */
  const char *sop_instance_uid; /* NULL: no object */
  uint64_t frames;
  uint64_t pixel_data_bytes; /* the value of Pixel Data (7FE0,0010) */
  /* Volumes: */
  uint64_t layers; /* 0: no volume, or the voxels of the header that stands before it */
} dseg_written_file;

/* Whose a failure is. */
typedef enum dseg_side {
  DSEG_SIDE_NONE = 0, /* no failure, or one of the call itself */
  DSEG_SIDE_INPUT,    /* an input, metadata or a reference image cannot be used for this */
  DSEG_SIDE_OUTPUT    /* the output cannot be written, or cannot hold this */
} dseg_side;

/* What came out. Later versions append members: read it through the pointer. */
typedef struct dseg_convert_result {
  /* Of a failure: */
  dseg_side side;
  const char *file; /* what it is about; NULL: no single file */
  bool refused;     /* the format of the output cannot hold this input: another format, or other options, may */
  /* Of a success, in the order in which they were written. A volume with voxels in a file of their own has two. */
  const dseg_written_file *const *files;
  size_t file_count;
  const dseg_written_file *metadata; /* NULL: none was asked for */
  /* DICOM objects, else NULL: */
  const char *series_uid; /* (0020,000E) */
  const char *representation;
  const char *frame_codec;
  const char *transfer_syntax_uid;
  /* The segmentation that was written. */
  size_t segment_count;
  uint32_t rows, columns;
  size_t plane_count;
} dseg_convert_result;

/* Converts the segmentations in paths, opened together (dseg_open_inputs), to output. With options.files a path of
 * output names several. Where output has a set, files join it, and get their names when the caller commits it;
 * otherwise here. Inputs, references and metadata become inputs of the set, so that none is replaced.
 *
 * result: NULL, or receives what came out, or whose the failure is, for dseg_convert_result_destroy; NULL where there
 * was no memory for it. options may be NULL. DSEG_ERROR_ARGUMENT: options that contradict each other, or an output that
 * is an input. DSEG_ERROR_OVERLAP: the output would lose overlap; the message names segments. Others: what
 * dseg_open_many, dseg_metadata_read, dseg_description_add_reference, dseg_writer_create_to and dseg_volume_write_to
 * say. After a failure no file has appeared; a function may have got a part. */
DSEG_API dseg_status dseg_convert(const char *const *paths, size_t count, const dseg_output *output,
                                  const dseg_convert_options *options, dseg_convert_result **result, dseg_error *error);

/* The same from one source, which stays the caller's: a file, a combination, a view. For DICOM output open it with
 * keep_context, and where it was opened with a set (dseg_open_options.outputs), give the output that set: its files are
 * not replaced then. */
DSEG_API dseg_status dseg_write(dseg_source *source, const dseg_output *output, const dseg_convert_options *options,
                                dseg_convert_result **result, dseg_error *error);

DSEG_API void dseg_convert_result_destroy(dseg_convert_result *result); /* NULL ok */

#ifdef __cplusplus
}
#endif
#endif
