/* SPDX-License-Identifier: Apache-2.0 */
/* instance_columns.c - reads the columns of instances, of which nothing is trusted: every length is compared with the
 * number of instances before a value is looked at. */
#include "instance_columns.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "volume/volume.h"

#define SEGMENTS 0x00620002u
#define SEGMENT_NUMBER 0x00620004u
#define PADDING 0x00280120u

dseg_status instance_fail(instance_fault *fault, const char *section, uint32_t tag, const char *name, const char *what,
                          dseg_error *error) {
  *fault = (instance_fault){tag, section};
  return dseg_fail(error, DSEG_ERROR_FORMAT, "%s (%04X,%04X) %s", name, (unsigned)(tag >> 16),
                   (unsigned)(tag & 0xFFFFu), what);
}

/* A column of so many values of so many bytes. *there: the element is. */
static dseg_status read_column(dseg_data_set *set, uint32_t tag, const char *name, const char *section, size_t count,
                               size_t bytes, dseg_view *column, bool *there, instance_fault *fault, dseg_error *error) {
  const uint64_t size = (uint64_t)count * bytes; /* counts have 32 bits */
  const uint64_t padded = size + size % 2;
  char what[120];
  *column = (dseg_view){0};
  *there = dseg_data_set_get_bytes(set, tag, column);
  if (!*there || column->size == padded) {
    return DSEG_OK;
  }
  (void)snprintf(what, sizeof what, "has %zu bytes, %zu values take %llu", column->size, count,
                 (unsigned long long)padded);
  return instance_fail(fault, section, tag, name, what, error);
}

static dseg_status read_count(dseg_data_set *set, const instance_form *form, instance_columns *columns,
                              instance_fault *fault, dseg_error *error) {
  const char *section = form->is_labels ? "instance labels I1" : "segment ranges R1";
  const uint32_t tag = columns->block | INSTANCE_COUNT;
  uint32_t second;
  if (columns->block == 0) {
    return instance_fail(fault, section, (uint32_t)INSTANCE_GROUP << 16 | 0x10, "Private Creator",
                         "of block " INSTANCE_CREATOR " is missing", error);
  }
  if (!dseg_data_set_get_u32(set, tag, 0, &columns->count) || dseg_data_set_get_u32(set, tag, 1, &second) ||
      columns->count == UINT32_MAX) {
    return instance_fail(fault, section, tag, "Number of Instances", "is missing, or not one of 0..4294967294", error);
  }
  return DSEG_OK;
}

/* Frame First Entries: where the entries of each frame begin. */
static dseg_status read_first(dseg_data_set *set, const instance_form *form, instance_columns *columns,
                              instance_fault *fault, dseg_error *error) {
  const uint32_t tag = columns->block | INSTANCE_FIRST;
  const uint32_t most = form->bits == 8 ? UINT8_MAX : UINT16_MAX;
  static const char name[] = "Frame First Entries";
  char what[120];
  if (!dseg_data_set_get_bytes(set, tag, &columns->first) || columns->first.size % 4 != 0 ||
      columns->first.size / 4 < form->frames + 1 || (!form->is_part && columns->first.size / 4 != form->frames + 1)) {
    (void)snprintf(what, sizeof what, "has %zu bytes; %zu frames take %llu", columns->first.size, form->frames,
                   4 * ((unsigned long long)form->frames + 1));
    return instance_fail(fault, "instance labels I2", tag, name, what, error);
  }
  columns->frames = columns->first.size / 4 - 1;
  uint32_t before = 0;
  for (size_t i = 0; i <= columns->frames; i++) {
    const uint32_t entry = instance_load32(columns->first, i);
    if (entry < before || (i == 0 && entry != 0)) {
      (void)snprintf(what, sizeof what, "goes from %lu to %lu at frame %zu", (unsigned long)before,
                     (unsigned long)entry, i + 1);
      return instance_fail(fault, "instance labels I3", tag, name, what, error);
    }
    if (entry - before > most) {
      (void)snprintf(what, sizeof what, "gives frame %zu %lu entries, more than pixels of %u bits tell apart", i,
                     (unsigned long)(entry - before), form->bits);
      return instance_fail(fault, "instance labels I4", tag, name, what, error);
    }
    before = entry;
  }
  columns->entries = before;
  return DSEG_OK;
}

static dseg_status read_list(dseg_data_set *set, instance_columns *columns, instance_fault *fault, dseg_error *error) {
  const uint32_t tag = columns->block | INSTANCE_LIST;
  static const char name[] = "Instance Number List";
  bool there = false;
  char what[120];
  DSEG_TRY(
      read_column(set, tag, name, "instance labels I5", columns->entries, 4, &columns->list, &there, fault, error));
  if (!there && columns->entries > columns->count) {
    (void)snprintf(what, sizeof what, "is missing, and there are %zu entries for %lu instances", columns->entries,
                   (unsigned long)columns->count);
    return instance_fail(fault, "instance labels I5", tag, name, what, error);
  }
  for (size_t i = 0; i < columns->list.size / 4; i++) {
    const uint32_t number = instance_load32(columns->list, i);
    if (number == 0 || number > columns->count) {
      (void)snprintf(what, sizeof what, "has instance %lu of %lu as entry %zu", (unsigned long)number,
                     (unsigned long)columns->count, i);
      return instance_fail(fault, "instance labels I6", tag, name, what, error);
    }
  }
  return DSEG_OK;
}

static dseg_status check_padding(dseg_data_set *set, instance_fault *fault, dseg_error *error) {
  uint16_t value;
  return dseg_data_set_get_u16(set, PADDING, 0, &value) && value != 0
             ? instance_fail(fault, "instance labels I14", PADDING, "Pixel Padding Value", "is not 0", error)
             : DSEG_OK;
}

/* known: by Segment Number, whether an item has it. 0 is no class. */
static void read_segment_numbers(dseg_data_set *set, uint8_t *known, size_t *count) {
  *count = 0;
  for (size_t i = 0; dseg_data_set_enter_item(set, SEGMENTS, i); i++) {
    uint16_t number;
    if (dseg_data_set_get_u16(set, SEGMENT_NUMBER, 0, &number) && number != 0) {
      known[number / 8] |= (uint8_t)(1u << number % 8);
      ++*count;
    }
    dseg_data_set_end_item(set);
  }
}

static dseg_status read_classes(dseg_data_set *set, instance_columns *columns, instance_fault *fault,
                                dseg_error *error) {
  const uint32_t tag = columns->block | INSTANCE_SEGMENT;
  static const char name[] = "Instance Segment Number";
  uint8_t known[INSTANCE_PIXEL_VALUES / 8] = {0};
  bool there = false;
  char what[120];
  read_segment_numbers(set, known, &columns->segment_count);
  DSEG_TRY(
      read_column(set, tag, name, "instance labels I8", columns->count, 2, &columns->segments, &there, fault, error));
  if (!there && columns->segment_count != 1 && columns->count > 0) {
    (void)snprintf(what, sizeof what, "is missing, and there are %zu segments", columns->segment_count);
    return instance_fail(fault, "instance labels I8", tag, name, what, error);
  }
  for (size_t i = 0; i < columns->segments.size / 2; i++) {
    const uint16_t number = instance_load16(columns->segments, i);
    if ((known[number / 8] >> number % 8 & 1) == 0) {
      (void)snprintf(what, sizeof what, "puts instance %zu into segment %u, which is not there", i + 1,
                     (unsigned)number);
      return instance_fail(fault, "instance labels I8", tag, name, what, error);
    }
  }
  return DSEG_OK;
}

static float load_float(dseg_view column, size_t index) {
  const uint32_t bits = instance_load32(column, index);
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

static dseg_status read_confidence(dseg_data_set *set, instance_columns *columns, instance_fault *fault,
                                   dseg_error *error) {
  const uint32_t tag = columns->block | INSTANCE_CONFIDENCE;
  static const char name[] = "Instance Confidence";
  bool there = false;
  DSEG_TRY(
      read_column(set, tag, name, "instance labels I9", columns->count, 4, &columns->confidence, &there, fault, error));
  for (size_t i = 0; i < columns->confidence.size / 4; i++) {
    const float value = load_float(columns->confidence, i);
    if (!(value >= 0 && value <= 1)) {
      char what[80];
      (void)snprintf(what, sizeof what, "of instance %zu is not in 0..1", i + 1);
      return instance_fail(fault, "instance labels I9", tag, name, what, error);
    }
  }
  return DSEG_OK;
}

/* The sizes that boxes lie in: of the total pixel matrix, or of planes and their number, where it is said. */
static void read_extent(dseg_data_set *set, uint32_t volume, uint32_t extent[3], unsigned *values) {
  uint16_t rows = 0;
  uint16_t columns = 0;
  extent[2] = UINT32_MAX;
  if (dseg_data_set_get_u32(set, 0x00480006, 0, &extent[0]) && dseg_data_set_get_u32(set, 0x00480007, 0, &extent[1])) {
    *values = 4;
    return;
  }
  (void)dseg_data_set_get_u16(set, 0x00280010, 0, &rows);
  (void)dseg_data_set_get_u16(set, 0x00280011, 0, &columns);
  extent[0] = columns;
  extent[1] = rows;
  if (volume != 0) {
    (void)dseg_data_set_get_u32(set, volume | DSEG_VOLUME_PLANES, 0, &extent[2]);
  }
  *values = 6;
}

static dseg_status read_boxes(dseg_data_set *set, instance_columns *columns, instance_fault *fault, dseg_error *error) {
  const uint32_t tag = columns->block | INSTANCE_BOX;
  static const char name[] = "Instance Bounding Box";
  uint32_t extent[3] = {0};
  bool there = false;
  const uint32_t volume = dseg_data_set_find_creator(set, DSEG_VOLUME_GROUP, DSEG_VOLUME_CREATOR);
  read_extent(set, volume, extent, &columns->box_values);
  DSEG_TRY(read_column(set, tag, name, "instance labels I10", columns->count, (size_t)4 * columns->box_values,
                       &columns->boxes, &there, fault, error));
  const unsigned axes = columns->box_values / 2;
  for (size_t i = 0; i < columns->boxes.size / 4; i++) {
    const uint32_t value = instance_load32(columns->boxes, i);
    const unsigned place = (unsigned)(i % columns->box_values);
    if (value > extent[place % axes] || (value == 0 && place < axes)) {
      char what[100];
      (void)snprintf(what, sizeof what, "of instance %zu reaches to %lu of 1 to %lu", i / columns->box_values + 1,
                     (unsigned long)value, (unsigned long)extent[place % axes]);
      return instance_fail(fault, "instance labels I10", tag, name, what, error);
    }
  }
  return DSEG_OK;
}

/* A UID (PS3.5 9.1) that stays one with a dot and the greatest number behind it. */
static bool is_root(const char *uid, size_t digits) {
  const size_t length = strlen(uid);
  bool starts = true;
  for (size_t i = 0; i < length; i++) {
    const bool is_digit = uid[i] >= '0' && uid[i] <= '9';
    if ((!is_digit && uid[i] != '.') || (starts && !is_digit) ||
        (starts && uid[i] == '0' && i + 1 < length && uid[i + 1] != '.')) {
      return false;
    }
    starts = uid[i] == '.';
  }
  return length > 0 && !starts && length + 1 + digits <= 64;
}

static dseg_status read_uid_root(dseg_data_set *set, instance_columns *columns, instance_fault *fault,
                                 dseg_error *error) {
  const uint32_t tag = columns->block | INSTANCE_UID_ROOT;
  dseg_view text;
  columns->uid_root[0] = '\0';
  if (!dseg_data_set_get_text(set, tag, SIZE_MAX, &text)) {
    return DSEG_OK;
  }
  char number[16];
  const int digits = snprintf(number, sizeof number, "%lu", (unsigned long)columns->count);
  if (text.size < sizeof columns->uid_root) {
    memcpy(columns->uid_root, text.data, text.size);
    columns->uid_root[text.size] = '\0';
  }
  if (text.size >= sizeof columns->uid_root || !is_root(columns->uid_root, (size_t)digits)) {
    return instance_fail(fault, "instance labels I11", tag, "Instance UID Root",
                         "is no UID, or one that is too long with a number behind it", error);
  }
  return DSEG_OK;
}

dseg_status instance_read_columns(dseg_data_set *set, const instance_form *form, instance_columns *columns,
                                  instance_fault *fault, dseg_error *error) {
  bool there = false;
  *columns = (instance_columns){.block = dseg_data_set_find_creator(set, (uint16_t)INSTANCE_GROUP, INSTANCE_CREATOR)};
  DSEG_TRY(read_count(set, form, columns, fault, error));
  if (form->is_labels) {
    DSEG_TRY(check_padding(set, fault, error));
    DSEG_TRY(read_first(set, form, columns, fault, error));
    DSEG_TRY(read_list(set, columns, fault, error));
    DSEG_TRY(read_classes(set, columns, fault, error));
  }
  DSEG_TRY(read_confidence(set, columns, fault, error));
  DSEG_TRY(read_boxes(set, columns, fault, error));
  DSEG_TRY(read_uid_root(set, columns, fault, error));
  return read_column(set, columns->block | INSTANCE_ORIGINAL, "Original Instance Number", "instance labels I12",
                     columns->count, 4, &columns->original, &there, fault, error);
}

static int compare_numbers(const void *a, const void *b) {
  const uint32_t first = *(const uint32_t *)a;
  const uint32_t second = *(const uint32_t *)b;
  return (first > second) - (first < second);
}

/* scratch: room for a number for each instance. */
static dseg_status check_original(const instance_columns *columns, uint32_t *scratch, instance_fault *fault,
                                  dseg_error *error) {
  for (size_t i = 0; i < columns->count; i++) {
    scratch[i] = instance_load32(columns->original, i);
  }
  qsort(scratch, columns->count, sizeof *scratch, compare_numbers);
  for (size_t i = 1; i < columns->count; i++) {
    if (scratch[i] == scratch[i - 1]) {
      char what[80];
      (void)snprintf(what, sizeof what, "has %lu for two instances", (unsigned long)scratch[i]);
      return instance_fail(fault, "instance labels I12", columns->block | INSTANCE_ORIGINAL, "Original Instance Number",
                           what, error);
    }
  }
  return DSEG_OK;
}

/* scratch: room for the entries of a frame. */
static dseg_status check_entries(const instance_columns *columns, uint32_t *scratch, instance_fault *fault,
                                 dseg_error *error) {
  for (size_t frame = 0; frame < columns->frames; frame++) {
    const size_t begin = instance_load32(columns->first, frame);
    const size_t count = instance_load32(columns->first, frame + 1) - begin;
    for (size_t i = 0; i < count; i++) {
      scratch[i] = instance_load32(columns->list, begin + i);
    }
    qsort(scratch, count, sizeof *scratch, compare_numbers);
    for (size_t i = 1; i < count; i++) {
      if (scratch[i] == scratch[i - 1]) {
        char what[80];
        (void)snprintf(what, sizeof what, "has instance %lu twice in frame %zu", (unsigned long)scratch[i], frame + 1);
        return instance_fail(fault, "instance labels I7", columns->block | INSTANCE_LIST, "Instance Number List", what,
                             error);
      }
    }
  }
  return DSEG_OK;
}

dseg_status instance_check_unique(const instance_columns *columns, instance_fault *fault, dseg_error *error) {
  if (columns->list.size == 0 && columns->original.size == 0) {
    return DSEG_OK;
  }
  const size_t numbers = columns->original.size / 4; /* N alone bounds nothing */
  const size_t room = numbers > INSTANCE_PIXEL_VALUES ? numbers : INSTANCE_PIXEL_VALUES;
  uint32_t *scratch = malloc(room * sizeof *scratch);
  if (scratch == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %lu instances", (unsigned long)columns->count);
  }
  dseg_status status = columns->list.size > 0 ? check_entries(columns, scratch, fault, error) : DSEG_OK;
  if (status == DSEG_OK && columns->original.size > 0) {
    status = check_original(columns, scratch, fault, error);
  }
  free(scratch);
  return status;
}
