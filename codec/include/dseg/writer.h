/* SPDX-License-Identifier: Apache-2.0 */
/* writer.h - writes one DICOM segmentation object, plane by plane, without ever holding the volume.
 *
 *     dseg_buffer bytes = {0};
 *     const dseg_output output = dseg_output_to_buffer(&bytes); // or _to_file, _to_function: dseg/io.h
 *     const dseg_write_options options = {
 *         .struct_size = sizeof options, .representation = "labelmap", .frame_codec = "rle"};
 *     dseg_writer *writer = NULL;
 *     dseg_status status = dseg_writer_create_to(&output, description, &options, &writer, &error);
 *     for (size_t plane = 0; status == DSEG_OK && plane < count; plane++) {
 *       status = dseg_writer_write_labels(writer, plane, labels + plane * pixels, 8, &error);
 *     }
 *     if (status == DSEG_OK) {
 *       status = dseg_writer_finish(writer, &error); // only now there is something in bytes
 *     }
 *     dseg_writer_destroy(writer);
 *
 * Pixel data is spooled in a temporary file: beside an output file, or for a function in the directory of temporary
 * files; for a buffer it is spooled in memory. A file's name appears, and a buffer or a function gets its first byte,
 * only in dseg_writer_finish, when all frames are compressed. Memory is one plane and 32 bytes a frame, and while
 * frames are compressed a batch of them. */
#ifndef DSEG_WRITER_H
#define DSEG_WRITER_H

#include "dseg/io.h"
#include "dseg/plugin.h"
#include "dseg/source.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum dseg_empty_frames {
  /* Frames without a voxel are omitted, but the first and the last plane keep at least one frame, so that the
   * extent of the volume survives. */
  DSEG_EMPTY_BOUNDS = 0,
  DSEG_EMPTY_OMIT, /* all are omitted; the extent shrinks to the planes that hold voxels */
  DSEG_EMPTY_KEEP  /* a frame for every plane (label maps), for every segment in every plane (others) */
} dseg_empty_frames;

/* Which offset table locates encapsulated frames (PS3.5 A.4, PS3.3 C.7.6.3.1.8). */
typedef enum dseg_offset_table {
  DSEG_OFFSET_TABLE_BASIC = 0, /* Basic Offset Table; the extended one where offsets exceed its 32 bits */
  DSEG_OFFSET_TABLE_EXTENDED   /* Extended Offset Table (7FE0,0001) with lengths (7FE0,0002) */
} dseg_offset_table;

/* The order of frames in Pixel Data. Readers find frames by their functional groups (PS3.3 C.7.6.16), so that either
 * is read alike. */
typedef enum dseg_frame_order {
  DSEG_FRAME_ORDER_PLANE = 0, /* all segments of the first plane, then of the second, ... */
  DSEG_FRAME_ORDER_SEGMENT    /* all planes of the first segment, ...: neighbours in the object are neighbours in space,
                                 which a codec that predicts frames from each other needs */
} dseg_frame_order;

typedef struct dseg_write_options {
  size_t struct_size;         /* sizeof(dseg_write_options): see dseg/dseg.h */
  const char *representation; /* name in the registry; NULL: "labelmap", "binary" or "fractional" by kind */
  const dseg_option_value *representation_options;
  size_t representation_option_count;
  /* Name or UID; NULL: "explicit-le". dseg_frame_codec_at (dseg/plugin.h) and `dseg codecs` list them: "rle",
   * "deflated-frame", "jpeg-ls", ...; a proposal's has to be registered first. */
  const char *frame_codec;
  const dseg_option_value *codec_options;
  size_t codec_option_count;
  dseg_empty_frames empty_frames;
  bool replace; /* dseg_writer_create: an existing file is replaced; otherwise DSEG_ERROR_OUTPUT */
  /* Native Pixel Data past 2^32 - 2 bytes (PS3.5 7.1.2) is written as a Concatenation, path-1.dcm, path-2.dcm, ...;
   * otherwise DSEG_ERROR_LIMIT names the alternatives. part_bytes: split already there (0: only at the limit);
   * encapsulated frames, which have no such limit, are counted uncompressed, and where one may need others to be
   * decoded they cannot be divided: DSEG_ERROR_UNSUPPORTED. */
  bool concatenation;
  uint64_t part_bytes;
  bool sync; /* dseg_writer_create: fsync before the file gets its name */
  /* Reproducible output: UIDs are derived from this text, and date_time is given, too; NULL: random. */
  const char *uid_seed;
  dseg_warning_sink warnings;
  dseg_offset_table offset_table; /* native frames have none */
  unsigned threads;               /* that compress frames; 0: one for each processor */
  dseg_progress progress;         /* of dseg_writer_finish: frames compressed */
  dseg_frame_order frame_order;   /* label maps have one frame a plane */
  /* dseg_writer_create: the set to commit the files with; NULL: dseg_writer_finish commits them. */
  dseg_output_set *set;
  /* When the object was made, 14 digits as in "20250131235959": Content Date (0008,0023) and Content Time (0008,0033),
   * and the other dates of the instance and its series. NULL: now, in local time. */
  const char *date_time;
  /* Where frames wait in a file without a name while the output goes to a function; NULL: the system's directory of
   * temporary files. For an output to a path that file is beside it. */
  const char *temporary_directory;
  /* Bytes that threads may allocate at most for compressing frames, by what the codec says of its contexts: there are
   * fewer threads, or DSEG_ERROR_LIMIT. 0: 4 GiB. */
  uint64_t memory_limit;
} dseg_write_options;

typedef struct dseg_writer dseg_writer;

/* description is copied; it may be a struct that shares strings and arrays with another one, a source's for instance.
 * All segments must be described; numbers must be 1..N for representations with a frame for each segment (PS3.3
 * C.8.20.2.4): see dseg_description_renumber. kind is that of the voxels that will come: DSEG_VOXELS_LABELS or _MASKS
 * for label maps and masks, a fraction for the fractions of "fractional". The context's patient and study are kept
 * (both are made where it has none); the series and instance are new. options may be NULL. A buffer or a function can
 * be no Concatenation: dseg_writer_finish fails with DSEG_ERROR_UNSUPPORTED where options.concatenation makes one. */
DSEG_API dseg_status dseg_writer_create_to(const dseg_output *output, const dseg_description *description,
                                           const dseg_write_options *options, dseg_writer **writer, dseg_error *error);

/* The same into a file. */
DSEG_API dseg_status dseg_writer_create(const char *path, const dseg_description *description,
                                        const dseg_write_options *options, dseg_writer **writer, dseg_error *error);

/* One plane: rows * columns values of bits (8, 16, 32), each a Segment Number or the background; of a description
 * with instances, of 32 bits, each the number of one, or 0. bits says how they
 * come, not how they are stored: that follows from the largest number. Planes come in any order, each at most once; a
 * plane that never comes is empty. DSEG_ERROR_ARGUMENT for a value that no segment has. */
DSEG_API dseg_status dseg_writer_write_labels(dseg_writer *writer, size_t plane, const void *labels, unsigned bits,
                                              dseg_error *error);

/* One segment in one plane, rows * columns bytes: zero or not, or the stored fraction. Segments of a plane come
 * in ascending order; a segment that never comes has no voxel there. Not for label maps. */
DSEG_API dseg_status dseg_writer_write_mask(dseg_writer *writer, size_t plane, size_t segment, const uint8_t *mask,
                                            dseg_error *error);

/* Completes the file(s). The writer is used up, whatever the outcome: only dseg_writer_destroy may follow. */
DSEG_API dseg_status dseg_writer_finish(dseg_writer *writer, dseg_error *error);

/* A file, or what went to a buffer or a function. */
typedef struct dseg_written_instance {
  const char *path; /* NULL: not a file */
  const char *sop_instance_uid;
  uint64_t bytes;
  uint64_t frames;
  uint64_t pixel_data_bytes; /* the value of Pixel Data (7FE0,0010) */
} dseg_written_instance;

/* What a writer wrote. Later versions append members: read it through the pointer. */
typedef struct dseg_written {
  const dseg_written_instance *files; /* file_count of them: several of a Concatenation, in its order */
  size_t file_count;
  const char *series_uid;
  const char *representation, *frame_codec, *transfer_syntax_uid; /* names of plug-ins and a UID, of static storage */
} dseg_written;

/* Valid until dseg_writer_destroy; NULL before dseg_writer_finish has succeeded. Files of a set have their names only
 * when it is committed. */
DSEG_API const dseg_written *dseg_writer_written(const dseg_writer *writer);

/* Frees; what was not finished leaves no file behind. NULL ok. */
DSEG_API void dseg_writer_destroy(dseg_writer *writer);

/* Gives the segments the numbers 1..N in their present order. */
DSEG_API void dseg_description_renumber(dseg_description *description);

typedef struct dseg_reference_options {
  size_t struct_size; /* sizeof(dseg_reference_options): see dseg/dseg.h */
  dseg_warning_sink warnings;
  const char *temporary_directory; /* as in dseg_open_options */
  const char *name;                /* of the description in messages; NULL: "the segmentation" */
  /* The images may be of another patient than the description, or lie in another frame of reference: those of the
   * images hold from then on, and a warning says so. Otherwise DSEG_ERROR_UNSUPPORTED. */
  bool other_patient;
  /* For a description without a geometry: the volume that is to lie on the images, in patient space. Of the images
   * those count that are parallel to planes of two of its axes. NULL: the largest set of parallel ones. */
  const dseg_geometry *like;
  /* For a description with a geometry: this volume, or more of it, in patient space. Where more planes lie on images
   * when they are stacked along another of its axes, the description's geometry becomes all of the volume in such
   * planes: whoever writes it has to put the voxels onto them (DSEG_VIEW_GRID_ONTO). NULL: planes stay as they are. */
  const dseg_geometry *turn;
} dseg_reference_options;

/* Reads the source images (files, or directories that are searched) and takes from them patient, study, frame
 * of reference and references: fills description->context, references, frame_of_reference_uid, and each plane's
 * source and source_count. Pixels are not read, so their transfer syntax does not matter. With the geometry empty
 * (plane_count 0) it is taken from the images, too.
 *
 * Images may be of several series, one for each path: the first image gives patient and study, and its series the
 * geometry. DSEG_ERROR_FORMAT when a directory holds several series, named in the message, or a file given by name is
 * no image; others in directories are passed over.
 *
 * A plane's sources are all images that lie in the same plane of space (tolerance 1e-3 mm or 5 % of the distance
 * between planes, at the pixel that is farthest off), whatever their raster (PS3.3 A.51.5.1): phases, or images of
 * several series. They follow each other in references, by series, acquisition and instance number. A tile's are the
 * tiles at its place; and where images have no position, planes of the same raster and number correspond to those of
 * the first series in order, and have no position then either (DSEG_SPACE_NONE). Images that are not parallel to the
 * planes, such as localizers, are left out, wherever they stand, and one warning says how many. The geometry is that of
 * the largest set of parallel images of one raster. Planes that match no image keep source -1, and one warning says how
 * many.
 *
 * Images and description must be of one patient and lie in one frame of reference, as files that dseg_open_many opens
 * must. A frame of reference that dseg made for want of an image gives way to that of the images. Of a description
 * from another study of the patient the references are kept behind those of the images (PS3.3 C.12.2). On failure
 * the description has no new references or geometry. options may be NULL. */
DSEG_API dseg_status dseg_description_add_reference(dseg_description *description, const char *const *paths,
                                                    size_t count, const dseg_reference_options *options,
                                                    dseg_error *error);

#ifdef __cplusplus
}
#endif
#endif
