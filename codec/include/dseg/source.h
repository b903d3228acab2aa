/* SPDX-License-Identifier: Apache-2.0 */
/* source.h - an opened segmentation, whatever its encoding or file format, and how to ask for its voxels.
 *
 *     dseg_source *source = NULL;
 *     dseg_status status = dseg_open("seg.dcm", NULL, &source, &error);   // or dseg_open_memory, dseg_open_input
 *     if (status != DSEG_OK) {
 *       return complain(error.message);
 *     }
 *     const dseg_geometry *geometry = &dseg_source_description(source)->geometry;
 *     const size_t size = geometry->plane_count * geometry->rows * geometry->columns * sizeof(uint16_t);
 *     const dseg_label_request request = {
 *         .struct_size = sizeof request, .plane_count = geometry->plane_count, .bits = 16};
 *     status = dseg_source_read_labels(source, &request, labels, size, NULL, &error);
 *     dseg_source_close(source);
 *
 * Opening a DICOM object reads no pixels: voxels are fetched when asked for, plane by plane, in parallel,
 * into the caller's buffer. NIfTI, NRRD and MetaImage files are read into memory when opened.
 *
 * Planes count from 0 in the order of description->geometry.planes; segments are named by their index in
 * description->segments.
 *
 * Several threads may read one source at the same time: all functions here that take a source may be called together,
 * but dseg_source_close, before which all others have returned. Each call makes threads of its own, too, as many as its
 * request says: where the program has threads already, 1 is the number to ask for. */
#ifndef DSEG_SOURCE_H
#define DSEG_SOURCE_H

#include "dseg/description.h"
#include "dseg/io.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct dseg_source dseg_source;

/* Voxels of a research format that have the value from belong to segment to; 0: to none. */
typedef struct dseg_value_map {
  double from;
  uint32_t to;
} dseg_value_map;

/* Of dseg_open_options. */
#define DSEG_DESCRIBE 1u
#define DSEG_DESCRIBE_AND_PASS 2u

typedef struct dseg_open_options {
  size_t struct_size; /* sizeof(dseg_open_options): see dseg/dseg.h */
  dseg_warning_sink warnings;
  /* Bytes that opening may allocate at most. Voxels, with compressed data beside them, and frame tables of files that
   * are opened together count as a sum; the attributes of a file, and the decoders of all threads, by what the codec
   * says of its contexts, count each alone: there are fewer threads, or DSEG_ERROR_LIMIT. 0: 4 GiB. */
  uint64_t memory_limit;
  /* Also read what each plane was derived from, the context (patient, study, equipment), and all attributes that a copy
   * keeps. Without it a copy of the description has none of them, and an object written from it belongs to nobody. */
  bool keep_context;
  /* Take 1-bit frames as starting at a byte (or 16-bit word) boundary although the standard packs them without a gap
   * (PS3.5 8.1.1). Without it they are only where the length of Pixel Data allows no other reading, with a warning. */
  bool padded_bit_frames;
  unsigned threads; /* 0: one for each processor */
  /* The directory where a deflated data set (PS3.5 A.5) is inflated into a file without a name; NULL: the system's
   * directory of temporary files. */
  const char *temporary_directory;
  /* Every file that is read becomes an input of this set (dseg_output_set_add_input), files of voxels beside their
   * headers included; NULL: of none. */
  dseg_output_set *outputs;
  /* Files opened together may be of different patients, or lie in different frames of reference: those of the first
   * file hold for the whole, and a warning says so. Otherwise DSEG_ERROR_UNSUPPORTED. */
  bool other_patient;
  /* DSEG_DESCRIBE: of a volume only the description is made. Its voxels are looked at for the values that occur, as
   * they are read or inflated, and not kept, so that little memory is needed whatever its size. They cannot be read:
   * DSEG_ERROR_ARGUMENT. DSEG_DESCRIBE_AND_PASS: they are read again, plane by plane, when they are asked for; planes
   * in ascending order are fast. Voxels as text, layers that alternate in more than 64 layers, and compressed data that
   * is read by a build without zlib or whose beginning is not told, are kept all the same; with DSEG_DESCRIBE_AND_PASS
   * fractions, several layers, and what comes from no path as well. Of DICOM nothing else is done than without it. */
  uint64_t describe_only; /* 0: everything is read; of a size that the struct grows by */
  /* What was decided while reading, and loses nothing: one line for each file. NULL: it goes to warnings. */
  dseg_warning_sink notes;
  /* What voxels of research formats mean; DSEG_ERROR_ARGUMENT for a DICOM object. Without these options values within
   * 1e-3 of an integer are that integer, with a note that says how far off they were; other values are fractions of
   * 0..1, or refused. The array is borrowed during the call; at most 4096 items. */
  const dseg_value_map *value_maps;
  size_t value_map_count;
  double background;   /* with has_background: the value of voxels that belong to no segment, as 0 does */
  bool has_background; /* NaN is a value here, and in value_maps */
  bool round;          /* every value is the nearest integer */
  /* All volumes of a file are segments, also where the header says that they are points in time, colours or components
   * of vectors, which is refused otherwise. */
  bool all_volumes;
  size_t volume; /* this one of a file's volumes alone, counted from 1; 0: all */
  /* mm from voxel to voxel along the axes of a file of a research format, of use where its header does not say it; 0:
   * not given. Without it such a file has no place in space (DSEG_SPACE_NONE), and spacings of 0. */
  double spacing[3];
  /* Not 0: every value of a research volume but the background is an instance (dseg/instances.h) of one class, segment
   * 1, and no segment is made of it: they are numbered from 1 in the order of their values. DSEG_ERROR_UNSUPPORTED for
   * fractions and for several volumes. Nothing to a DICOM object, which has instances or not. */
  uint64_t instances; /* of a size that the struct grows by */
  /* With instances, of a volume with one plane: this is the total pixel matrix of a slide, and planes are its tiles.
   * Either of this size, row by row from its first pixel, those at the end reaching over the edge; or those of this
   * geometry, which is copied: of the images that dseg_description_add_reference gave an empty description, for
   * instance. DSEG_ERROR_UNSUPPORTED: another size than the slide's, or pixels whose distance nobody says. */
  uint32_t tile_rows, tile_columns;
  const dseg_geometry *slide;
} dseg_open_options;

/* Opens a segmentation of any kind that this build reads. options may be NULL. The kind is found from the
 * content, not the name. On success *source is the caller's, to be given to dseg_source_close. */
DSEG_API dseg_status dseg_open(const char *path, const dseg_open_options *options, dseg_source **source,
                               dseg_error *error);

/* Opens a segmentation of any kind from any input (dseg/io.h). name stands for it in messages. On success the input is
 * the source's and ends with it; otherwise it stays the caller's. Formats whose voxels are in another file (.nhdr,
 * .mhd, .hdr) need an input of a path: DSEG_ERROR_UNSUPPORTED. */
DSEG_API dseg_status dseg_open_input(dseg_input *input, const char *name, const dseg_open_options *options,
                                     dseg_source **source, dseg_error *error);

/* Opens several files as one segmentation. The parts of a DICOM Concatenation become one object (PS3.3
 * C.7.6.16.2.2.4). Other files must lie on one raster and become one segmentation whose segments are those of all files
 * in turn, with new numbers where they collide; segments of different files may overlap. The files may have different
 * extents, lack planes, and list their axes in another order or direction: the whole covers all of them, in the order
 * of axes of the first. DSEG_ERROR_UNSUPPORTED, with both files and the distance, where voxels do not fall on voxels.
 *
 * All files must be of one patient and lie in one frame of reference. DSEG_ERROR_UNSUPPORTED, with both files and
 * values, when two have different Patient IDs (0010,0020), or one ID from different issuers (PS3.3 C.7.1.1), or
 * different Frame of Reference UIDs (0020,0052) that both come from images, unless options->other_patient. What a file
 * does not say is taken for that of the others, with a warning. */
DSEG_API dseg_status dseg_open_many(const char *const *paths, size_t count, const dseg_open_options *options,
                                    dseg_source **source, dseg_error *error);

/* The same from inputs: names[i] stands for inputs[i] in messages, and is the path to open where inputs[i] is NULL. The
 * inputs are used up, whatever the outcome. inputs NULL: all are paths. */
DSEG_API dseg_status dseg_open_inputs(dseg_input *const *inputs, const char *const *names, size_t count,
                                      const dseg_open_options *options, dseg_source **source, dseg_error *error);

/* Opens a segmentation of any kind in memory; the bytes must stay as they are until the source is closed. name stands
 * for them in messages. */
DSEG_API dseg_status dseg_open_memory(dseg_view bytes, const char *name, const dseg_open_options *options,
                                      dseg_source **source, dseg_error *error);

DSEG_API void dseg_source_close(dseg_source *source); /* NULL ok */

/* Valid until the source is closed; not to be changed. */
DSEG_API const dseg_description *dseg_source_description(const dseg_source *source);

/* Where a segment came from. */
typedef struct dseg_segment_origin {
  uint32_t file;   /* index of its file among those opened together, from 0 */
  uint32_t number; /* its number in that file */
} dseg_segment_origin;

/* The origin of the segment with this index: file 0 and its own number unless files were opened together. */
DSEG_API dseg_segment_origin dseg_source_segment_origin(const dseg_source *source, size_t segment);

/* What the file is: "DICOM", "NIfTI-1", "NIfTI-2", "NRRD", "seg.nrrd", "MetaImage"; "array" of dseg_open_array. */
DSEG_API const char *dseg_source_format(const dseg_source *source);

/* What is known of a DICOM object's encoding, and where its bytes go. All zero for other formats. Later versions append
 * members: read it through the pointer. */
/* Who made an object, as it says itself (General Equipment, PS3.3 C.7.5.1). NULL: absent or empty. */
typedef struct dseg_maker {
  const char *manufacturer;      /* (0008,0070) */
  const char *model_name;        /* (0008,1090) */
  const char *software_versions; /* (0018,1020), separated by '\\' */
} dseg_maker;

typedef struct dseg_encoding_info {
  const char *representation; /* plug-in's name: "binary", "fractional", "labelmap" */
  const char *frame_codec;    /* plug-in's name */
  const char *sop_class_uid;
  const char *sop_instance_uid;
  const char *series_uid;
  const char *study_uid;
  const char *transfer_syntax_uid;
  const char *photometric_interpretation;
  unsigned bits_allocated;
  size_t frame_count;
  size_t frames_without_position; /* frames that name no plane of their own */
  uint64_t file_bytes;
  uint64_t pixel_data_bytes;    /* the value of Pixel Data (7FE0,0010) */
  uint64_t per_frame_bytes;     /* Per-Frame Functional Groups Sequence (5200,9230) with its header */
  const char *segments_overlap; /* (0062,0013) as declared, or NULL */
  /* Of the data sets, as they are encoded before deflating: Referenced Series Sequence (0008,1115), Studies Containing
   * Other Referenced Instances Sequence (0008,1200) and Source Image Sequence (0008,2112); Segment Sequence
   * (0062,0002).
   */
  uint64_t reference_bytes, segment_bytes;
  /* Basic Offset Tables, which are part of Pixel Data, and Extended Offset Tables with lengths (7FE0,0001),
   * (7FE0,0002). Headers of items in Pixel Data, of one fragment for each frame. 0: frames are not encapsulated. */
  uint64_t offset_table_bytes, item_bytes;
  const char *summary; /* what an experimental representation says of this object, one line; or NULL */
  /* Who made the object, then the items of Contributing Equipment Sequence (0018,A001): who made what it was made from,
   * the last one last. maker_count items; 0: the object is no DICOM object. */
  const dseg_maker *makers;
  size_t maker_count;
  /* When the object was made, Content Date (0008,0023) and Content Time (0008,0033), as date_time of
   * dseg_write_options: 14 digits, 0 where the time lacks some. NULL: the object has no date, or a malformed one. */
  const char *content_date_time;
} dseg_encoding_info;
/* Never NULL; valid until the source is closed. */
DSEG_API const dseg_encoding_info *dseg_source_encoding(const dseg_source *source);

typedef enum dseg_overlap_policy {
  DSEG_OVERLAP_ERROR = 0, /* fail with DSEG_ERROR_OVERLAP */
  DSEG_OVERLAP_FIRST,     /* the segment that stands first in description->segments keeps the voxel */
  DSEG_OVERLAP_LAST       /* the one that stands last */
} dseg_overlap_policy;

#define DSEG_OVERLAP_PAIRS 8

/* Which segments overlap, found while a label map is filled. */
typedef struct dseg_overlap {
  uint64_t voxels; /* voxels that belong to more than one of the segments asked for; one in three counts twice */
  size_t pair_count;
  struct {
    uint32_t first, second; /* segment indices, first < second */
    uint64_t voxels;
  } pairs[DSEG_OVERLAP_PAIRS]; /* the first pairs met; more may exist */
} dseg_overlap;

typedef struct dseg_label_request {
  size_t struct_size; /* sizeof(dseg_label_request): see dseg/dseg.h */
  size_t first_plane, plane_count;
  unsigned bits; /* 8, 16 or 32: native-endian unsigned integers */
  /* value[i] is written where segment i is; NULL: each segment's number. A segment with value 0 is left out
   * when segments is NULL. Must fit bits. */
  const uint32_t *values;
  /* Only these segment indices, segment_count of them; NULL: all. */
  const uint32_t *segments;
  size_t segment_count;
  uint32_t background; /* written where no segment asked for is */
  dseg_overlap_policy overlap;
  double threshold; /* fractions of at least this count as inside; 0 means 0.5 */
  unsigned threads; /* 0: one for each processor */
  /* Of the segments asked for, only those of this layer, counted from 1 (dseg_source_assign_layers); 0: of all. */
  size_t layer;
} dseg_label_request;

/* Fills out, plane_count * rows * columns values in C order (plane, row, column), size bytes exactly. overlap
 * may be NULL. On failure the content of out is undefined. */
DSEG_API dseg_status dseg_source_read_labels(dseg_source *source, const dseg_label_request *request, void *out,
                                             size_t size, dseg_overlap *overlap, dseg_error *error);

/* How many planes of labels of bits (8 for masks) one request should ask for where all of a source is read piece by
 * piece: about 4 MiB of them, and 128 MiB where a plane lies across all planes of what it is read from, as it may in a
 * view (dseg/view.h), since each request passes over all of these. At least 1, and at most the number of planes. */
DSEG_API size_t dseg_source_chunk_planes(const dseg_source *source, unsigned bits);

/* Distributes segments that overlap over layers, in each of which no two overlap: every segment gets the lowest layer
 * that holds none of those before it that it shares a voxel with. layer_of has an item for each segment, counted from
 * 0; layer_count is 0 without segments. Fractions count as inside from a half on. dseg_label_request.layer then reads
 * the planes of one layer, so that no voxel of any segment is lost:
 *
 *     for (size_t layer = 1; layer <= layer_count; layer++) { request.layer = layer; dseg_source_read_labels(...); }
 *
 * The first call passes over all planes, and once more over those in which segments overlap; what it finds stays with
 * the source, also for requests, which need not be preceded by this call. It takes memory for some planes
 * (dseg_source_chunk_planes) and a bit for each pair of segments. */
DSEG_API dseg_status dseg_source_assign_layers(dseg_source *source, unsigned threads, uint32_t *layer_of,
                                               size_t *layer_count, dseg_error *error);

/* Memory of size zeros for a label map or masks. It need not be used, but what malloc gives is slow to touch for the
 * first time, which is most of the time of reading a label map: this comes in large pages where the system has them.
 * NULL: no memory. dseg_labels_free takes the same size; NULL ok. Any thread may call. */
DSEG_API void *dseg_labels_alloc(size_t size);
DSEG_API void dseg_labels_free(void *labels, size_t size);

/* Access without a copy: the source's own labels of all planes and segments, with background 0, if it stores them with
 * this width and these values; else NULL. The address may be unaligned, and is valid until the source is closed.
 * values: as in the request. */
DSEG_API const void *dseg_source_view_labels(const dseg_source *source, unsigned bits, const uint32_t *values);

/* Fills out with one byte a voxel, plane_count * rows * columns bytes: 0 or 1, or for fractions the stored
 * value 0..maximum_fraction. */
DSEG_API dseg_status dseg_source_read_mask(dseg_source *source, size_t segment, size_t first_plane, size_t plane_count,
                                           uint8_t *out, size_t size, unsigned threads, dseg_error *error);

/* Voxels of a box of the source's grid: that of dseg_geometry_to_grid, for slides the total pixel matrix. */
typedef struct dseg_box_request {
  size_t struct_size; /* sizeof(dseg_box_request): see dseg/dseg.h */
  size_t low[3];      /* first column, row and plane of the grid, from 0 */
  size_t high[3];     /* behind the last ones; planes of slides: 0 to 1 */
  unsigned bits;      /* 8, 16, 32: labels, as in dseg_label_request; 0: the mask of one segment, a byte a voxel */
  size_t segment;     /* index, for a mask */
  /* For labels, as in dseg_label_request. */
  const uint32_t *values;
  const uint32_t *segments;
  size_t segment_count;
  uint32_t background;
  dseg_overlap_policy overlap;
  double threshold;
  unsigned threads; /* 0: one for each processor */
  /* Not 0: numbers of instances (dseg/instances.h), 0 where there is none, as values of 32 bits; the members of labels
   * and masks are not looked at. DSEG_ERROR_UNSUPPORTED: the source has no instances. */
  uint64_t instances; /* of a size that the struct grows by */
} dseg_box_request;

/* Fills out with the voxels of a box in C order (plane, row, column), size bytes exactly. Where the grid has no plane
 * of the source (an omitted empty one, a tile that is not there) it is background, 0 in masks; where tiles overlap,
 * that of the later plane counts. Only planes that touch the box are read, whole ones: overlap, which may be NULL, and
 * DSEG_OVERLAP_ERROR speak of all their voxels. Each call passes over the positions of all planes.
 *
 * DSEG_ERROR_ARGUMENT for a box that is empty or reaches outside the grid; DSEG_ERROR_UNSUPPORTED when the planes are
 * on no regular grid. On failure the content of out is undefined. */
DSEG_API dseg_status dseg_source_read_box(dseg_source *source, const dseg_box_request *request, void *out, size_t size,
                                          dseg_overlap *overlap, dseg_error *error);

/* Sets present[i], for each of the segment_count segments, to 1 where the plane may hold voxels of segment i, and to 0
 * where it certainly holds none. Cheap for DICOM objects with a frame for each segment: no pixel is read. */
DSEG_API dseg_status dseg_source_segments_in_plane(dseg_source *source, size_t plane, uint8_t *present,
                                                   dseg_error *error);

/* One frame of a DICOM object as it is stored. */
typedef struct dseg_frame_location {
  uint64_t offset; /* of its first byte in the file (in the inflated data set when that is deflated) */
  uint32_t length; /* bytes; for native 1-bit frames those that hold at least one of its bits */
  uint8_t bit;     /* native 1-bit frames: its first pixel's bit in the first byte, 0 the least significant */
  uint32_t plane;
  int32_t segment; /* index, or -1 for a label map's frame */
} dseg_frame_location;
DSEG_API dseg_status dseg_source_frame(const dseg_source *source, size_t frame, dseg_frame_location *location,
                                       dseg_error *error);
/* The bytes of a file that one frame is read from: of an encapsulated frame all its items with their headers. For who
 * fetches them before planes are asked for: no byte is read to find out. */
typedef struct dseg_frame_range {
  uint64_t offset, length;
  uint32_t plane;
  int32_t segment; /* as in dseg_frame_location */
} dseg_frame_range;
DSEG_API dseg_status dseg_source_frame_range(const dseg_source *source, size_t frame, dseg_frame_range *range,
                                             dseg_error *error);
/* Appends the stored bytes of one frame (all its fragments when it is encapsulated). */
DSEG_API dseg_status dseg_source_read_frame(dseg_source *source, size_t frame, dseg_buffer *out, dseg_error *error);

#ifdef __cplusplus
}
#endif
#endif
