/* SPDX-License-Identifier: Apache-2.0 */
/* instance_columns.h - what an object says of its instances, in columns: a value, or a few, for each.
 *
 * Both representations of this proposal have these elements; instance-labels has in addition the table from pixel
 * values of frames to instances. Written by instance_columns_write.c; read by instance_columns.c, which trusts nothing
 * and allocates nothing: columns are views of the data set. */
#ifndef DSEG_INSTANCE_COLUMNS_H
#define DSEG_INSTANCE_COLUMNS_H

#include "dseg/instances.h"
#include "dseg/plugin.h"

/* The block of private elements (PS3.5 7.8.1), at top level and in items of Segment Sequence. */
#define INSTANCE_CREATOR "DSEG INSTANCES"
enum {
  INSTANCE_GROUP = 0x0021,
  INSTANCE_RANGE = 0x01,      /* Segment Number Range, US 2, in an item */
  INSTANCE_COUNT = 0x10,      /* Number of Instances, UL */
  INSTANCE_FIRST = 0x11,      /* Frame First Entries, OL */
  INSTANCE_LIST = 0x12,       /* Instance Number List, OL */
  INSTANCE_SEGMENT = 0x13,    /* Instance Segment Number, OW */
  INSTANCE_CONFIDENCE = 0x14, /* Instance Confidence, OF */
  INSTANCE_BOX = 0x15,        /* Instance Bounding Box, OL */
  INSTANCE_UID_ROOT = 0x16,   /* Instance UID Root, UI */
  INSTANCE_ORIGINAL = 0x17,   /* Original Instance Number, OL */
  INSTANCE_PIXEL_VALUES = 65536
};

/* Where an element is that a message is about. */
typedef struct instance_fault {
  uint32_t tag;
  const char *section;
} instance_fault;

/* What the object is, as far as columns have to agree with it. */
typedef struct instance_form {
  bool is_labels; /* instance-labels; else segment-ranges */
  size_t frames;  /* of the object; of a part of a Concatenation, those of the part */
  bool is_part;
  unsigned bits;
} instance_form;

/* Values little endian, as they are encoded; an empty column is not there. */
typedef struct instance_columns {
  uint32_t block;
  uint32_t count;
  size_t segment_count; /* items of Segment Sequence but the background's */
  size_t frames, entries;
  dseg_view first, list; /* instance-labels */
  dseg_view segments;    /* likewise; each is the number of an item */
  dseg_view confidence, boxes, original;
  unsigned box_values;
  char uid_root[65];
} instance_columns;

static inline uint32_t instance_load32(dseg_view column, size_t index) {
  const uint8_t *at = column.data + 4 * index;
  return (uint32_t)at[3] << 24 | (uint32_t)at[2] << 16 | (uint32_t)at[1] << 8 | at[0];
}
static inline uint16_t instance_load16(dseg_view column, size_t index) {
  return (uint16_t)(column.data[2 * index] | column.data[2 * index + 1] << 8);
}

/* Where a message of a rule is: sets fault, and fails with DSEG_ERROR_FORMAT. name: of the element. */
dseg_status instance_fail(instance_fault *fault, const char *section, uint32_t tag, const char *name, const char *what,
                          dseg_error *error);

/* Reads and checks the elements. DSEG_ERROR_FORMAT, with fault set, for what a reader refuses. */
dseg_status instance_read_columns(dseg_data_set *set, const instance_form *form, instance_columns *columns,
                                  instance_fault *fault, dseg_error *error);

/* What only validation looks for, at the cost of a table: an instance twice in a frame, an original number twice. */
dseg_status instance_check_unique(const instance_columns *columns, instance_fault *fault, dseg_error *error);

/* Gives the description its instances. index_of: by Segment Number, the segment's index; NULL: the caller sets
 * segments.
 */
dseg_status instance_describe(const instance_columns *columns, const uint32_t *index_of, dseg_description *description,
                              dseg_instances **made, dseg_error *error);

/* Puts the columns of the description's instances that both representations have; order: by place in the object, the
 * index of the instance, NULL where these are the same. boxes: as in dseg_instances, NULL: none. */
dseg_status instance_put_columns(const dseg_write_context *context, dseg_data_set *set, uint32_t block, size_t count,
                                 const uint32_t *order, const uint32_t *boxes, unsigned box_values, dseg_error *error);

/* A segment's pixels of a plane of labels, from start to end: written where all is background; where something else is,
 * the library counts the overlap. */
dseg_status instance_paint(const dseg_label_plane *plane, uint32_t segment, size_t start, size_t end,
                           dseg_error *error);

/* The pixel at a place of a frame of 8 or 16 bits, and where the run of pixels ends that are the same. */
static inline uint32_t instance_pixel(const void *pixels, unsigned bits, size_t at) {
  return bits == 8 ? ((const uint8_t *)pixels)[at] : ((const uint16_t *)pixels)[at];
}
static inline size_t instance_run_end(const void *pixels, unsigned bits, size_t at, size_t count) {
  const uint32_t value = instance_pixel(pixels, bits, at);
  do {
    at++;
  } while (at < count && instance_pixel(pixels, bits, at) == value);
  return at;
}

#endif
