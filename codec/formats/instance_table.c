/* SPDX-License-Identifier: Apache-2.0 */
/* instance_table.c - the classes of instances as a table: CSV (RFC 4180) with a line for each. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/slots.h"
#include "dseg/instances.h"
#include "formats/text.h"

enum { MOST_COLUMNS = 64, FIELD_BYTES = 512, MOST_CLASSES = 65535 }; /* 64 characters are up to 256 bytes */

/* What a column says. */
typedef enum column_kind { COLUMN_OTHER = 0, COLUMN_INSTANCE, COLUMN_CLASS, COLUMN_CONFIDENCE } column_kind;

/* A number that an instance had, and its index. */
typedef struct numbered {
  uint32_t number, index;
} numbered;

struct reading {
  dseg_description *description;
  const dseg_instances *instances;
  const char *at, *end;
  size_t line; /* from 1 */
  column_kind columns[MOST_COLUMNS];
  size_t column_count;
  numbered *sorted; /* by number; NULL: numbers are 1..count */
  uint16_t *segments;
  float *confidence; /* NULL: the table has none */
  uint8_t *known;    /* by index: the instance has had its line */
  size_t unknown;
  dseg_segment *classes; /* with room for capacity */
  size_t class_count, capacity;
  dseg_slots slots; /* of classes, by their labels */
};

static dseg_status fail_line(const struct reading *reading, const char *what, dseg_error *error) {
  return dseg_fail(error, DSEG_ERROR_FORMAT, "line %zu of the table of classes: %s", reading->line, what);
}

/* Text up to the next comma or the end of the line, quotes undone, white space at both ends cut off. */
static dseg_status read_field(struct reading *reading, char field[FIELD_BYTES], dseg_error *error) {
  size_t length = 0;
  bool quoted = false;
  while (reading->at < reading->end && (*reading->at == ' ' || *reading->at == '\t')) {
    reading->at++;
  }
  if (reading->at < reading->end && *reading->at == '"') {
    quoted = true;
    reading->at++;
  }
  for (; reading->at < reading->end; reading->at++) {
    const char c = *reading->at;
    const bool is_double = quoted && c == '"' && reading->at + 1 < reading->end && reading->at[1] == '"';
    if (quoted && c == '"' && !is_double) {
      break;
    }
    if (!quoted && (c == '\n' || c == ',' || c == '\r')) {
      break;
    }
    reading->line += c == '\n' ? 1 : 0;
    if (length + 1 >= FIELD_BYTES || c == '\0') {
      return fail_line(reading, "a field is longer than 511 bytes, or holds a NUL", error);
    }
    field[length++] = c;
    reading->at += is_double ? 1 : 0;
  }
  if (quoted && (reading->at == reading->end || *reading->at != '"')) {
    return fail_line(reading, "a quote that is never closed", error);
  }
  reading->at += quoted ? 1 : 0;
  while (!quoted && length > 0 && (field[length - 1] == ' ' || field[length - 1] == '\t')) {
    length--;
  }
  field[length] = '\0';
  while (quoted && reading->at < reading->end && (*reading->at == ' ' || *reading->at == '\t')) {
    reading->at++;
  }
  return DSEG_OK;
}

/* Whether another field of the line follows; moves behind what ends this one. */
static dseg_status end_field(struct reading *reading, bool *more, dseg_error *error) {
  *more = reading->at < reading->end && *reading->at == ',';
  if (*more) {
    reading->at++;
    return DSEG_OK;
  }
  if (reading->at < reading->end && *reading->at == '\r') {
    reading->at++;
  }
  if (reading->at < reading->end && *reading->at != '\n') {
    return fail_line(reading, "text behind a quoted field", error);
  }
  reading->at += reading->at < reading->end ? 1 : 0;
  return DSEG_OK;
}

static bool has_column(const struct reading *reading, column_kind kind) {
  for (size_t i = 0; i < reading->column_count; i++) {
    if (reading->columns[i] == kind) {
      return true;
    }
  }
  return false;
}

static dseg_status read_header(struct reading *reading, dseg_error *error) {
  static const char *const names[] = {"", "instance", "class", "confidence"};
  char field[FIELD_BYTES];
  bool more = true;
  if (reading->end - reading->at >= 3 && memcmp(reading->at, "\xEF\xBB\xBF", 3) == 0) {
    reading->at += 3; /* a byte order mark */
  }
  while (more) {
    DSEG_TRY(read_field(reading, field, error));
    if (reading->column_count == MOST_COLUMNS) {
      return fail_line(reading, "more than 64 columns", error);
    }
    column_kind kind = COLUMN_OTHER;
    for (size_t i = COLUMN_INSTANCE; i <= COLUMN_CONFIDENCE; i++) {
      kind = dseg_text_equal(field, names[i]) ? (column_kind)i : kind;
    }
    if (kind != COLUMN_OTHER && has_column(reading, kind)) {
      return fail_line(reading, "two columns have one name", error);
    }
    reading->columns[reading->column_count++] = kind;
    DSEG_TRY(end_field(reading, &more, error));
  }
  return has_column(reading, COLUMN_INSTANCE) && has_column(reading, COLUMN_CLASS)
             ? DSEG_OK
             : fail_line(reading, "it does not name the columns instance and class", error);
}

static int compare_numbered(const void *a, const void *b) {
  const uint32_t first = ((const numbered *)a)->number;
  const uint32_t second = ((const numbered *)b)->number;
  return (first > second) - (first < second);
}

/* The index of the instance that had this number, or SIZE_MAX. */
static size_t find_instance(const struct reading *reading, uint32_t number) {
  const size_t count = reading->instances->count;
  if (reading->sorted == NULL) {
    return number >= 1 && number <= count ? number - 1 : SIZE_MAX;
  }
  const numbered key = {.number = number};
  const numbered *found = bsearch(&key, reading->sorted, count, sizeof key, compare_numbered);
  return found != NULL ? found->index : SIZE_MAX;
}

static uint64_t hash_class(const void *array, size_t item) {
  const char *label = ((const dseg_segment *)array)[item].label;
  return dseg_hash_bytes((dseg_view){(const uint8_t *)label, strlen(label)});
}

struct wanted {
  const dseg_segment *classes;
  const char *label;
};

static bool is_wanted(const void *user, size_t item) {
  const struct wanted *wanted = user;
  return strcmp(wanted->classes[item].label, wanted->label) == 0;
}

static dseg_status out_of_memory(dseg_error *error) {
  return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a table of classes");
}

static dseg_status grow_classes(struct reading *reading, dseg_error *error) {
  const size_t capacity = reading->capacity != 0 ? reading->capacity * 2 : 16;
  dseg_segment *classes = realloc(reading->classes, capacity * sizeof *classes);
  if (classes == NULL) {
    return out_of_memory(error);
  }
  reading->classes = classes;
  if (!dseg_slots_resize(&reading->slots, capacity, reading->class_count, hash_class, classes)) {
    return out_of_memory(error);
  }
  reading->capacity = capacity;
  return DSEG_OK;
}

/* The class with this label, which is made where there is none. */
static dseg_status find_class(struct reading *reading, const char *label, uint16_t *index, dseg_error *error) {
  if (*label == '\0') {
    return fail_line(reading, "the class has no name", error);
  }
  if (reading->class_count == reading->capacity) {
    DSEG_TRY(grow_classes(reading, error));
  }
  const struct wanted wanted = {reading->classes, label};
  const uint64_t hash = dseg_hash_bytes((dseg_view){(const uint8_t *)label, strlen(label)});
  uint32_t *slot = dseg_slots_find(&reading->slots, hash, is_wanted, &wanted);
  if (*slot == 0) {
    if (reading->class_count == MOST_CLASSES) {
      return fail_line(reading, "there are more than 65535 classes", error);
    }
    dseg_segment *made = &reading->classes[reading->class_count];
    *made = (dseg_segment){.number = (uint32_t)reading->class_count + 1,
                           .label = dseg_description_strdup(reading->description, label),
                           .has_color = true,
                           .assumed = DSEG_ASSUMED_COLOR | DSEG_ASSUMED_ALGORITHM};
    if (made->label == NULL) {
      return out_of_memory(error);
    }
    dseg_default_color(reading->class_count, made->rgb);
    dseg_rgb_to_cielab(made->rgb, made->cielab);
    *slot = (uint32_t)++reading->class_count;
  }
  *index = (uint16_t)(*slot - 1);
  return DSEG_OK;
}

/* One line's fields, put together. */
struct record {
  uint32_t number;
  char label[FIELD_BYTES];
  double confidence;
};

static dseg_status read_record(struct reading *reading, struct record *record, dseg_error *error) {
  char field[FIELD_BYTES];
  bool more = true;
  size_t column = 0;
  for (; more; column++) {
    DSEG_TRY(read_field(reading, field, error));
    const char *text = field;
    long long number = 0;
    const column_kind kind = column < reading->column_count ? reading->columns[column] : COLUMN_OTHER;
    if (kind == COLUMN_INSTANCE) {
      if (!dseg_text_next_integer(&text, 0, UINT32_MAX, &number) || *text != '\0') {
        return fail_line(reading, "the instance is no number from 0 to 4294967295", error);
      }
      record->number = (uint32_t)number;
    } else if (kind == COLUMN_CLASS) {
      memcpy(record->label, field, sizeof field);
    } else if (kind == COLUMN_CONFIDENCE && (!dseg_text_next_number(&text, &record->confidence) || *text != '\0' ||
                                             !(record->confidence >= 0 && record->confidence <= 1))) {
      return fail_line(reading, "the confidence is no number from 0 to 1", error);
    }
    DSEG_TRY(end_field(reading, &more, error));
  }
  return column == reading->column_count ? DSEG_OK : fail_line(reading, "it has not as many fields as line 1", error);
}

static dseg_status take_record(struct reading *reading, const struct record *record, dseg_error *error) {
  const size_t index = find_instance(reading, record->number);
  if (index == SIZE_MAX) {
    reading->unknown++;
    return DSEG_OK;
  }
  if (reading->known[index] != 0) {
    return fail_line(reading, "the instance has a line already", error);
  }
  reading->known[index] = 1;
  if (reading->confidence != NULL) {
    reading->confidence[index] = (float)record->confidence;
  }
  return find_class(reading, record->label, &reading->segments[index], error);
}

static dseg_status read_lines(struct reading *reading, dseg_error *error) {
  DSEG_TRY(read_header(reading, error));
  if (has_column(reading, COLUMN_CONFIDENCE)) {
    reading->confidence =
        dseg_description_alloc(reading->description, reading->instances->count * sizeof *reading->confidence);
    if (reading->confidence == NULL && reading->instances->count > 0) {
      return out_of_memory(error);
    }
  }
  while (reading->at < reading->end) {
    struct record record = {.number = 0};
    reading->line++;
    if (*reading->at == '\n' || *reading->at == '\r') {
      bool more;
      DSEG_TRY(end_field(reading, &more, error));
      continue;
    }
    DSEG_TRY(read_record(reading, &record, error));
    DSEG_TRY(take_record(reading, &record, error));
  }
  for (size_t i = 0; i < reading->instances->count; i++) {
    if (reading->known[i] == 0) {
      return dseg_fail(error, DSEG_ERROR_FORMAT, "the table of classes has no line for instance %lu",
                       (unsigned long)dseg_instance_original_number(reading->instances, (uint32_t)i + 1));
    }
  }
  return DSEG_OK;
}

static dseg_status prepare(struct reading *reading, dseg_error *error) {
  const dseg_instances *instances = reading->instances;
  reading->segments = dseg_description_alloc(reading->description, (instances->count + 1) * sizeof *reading->segments);
  reading->known = calloc(instances->count + 1, 1);
  if (reading->segments == NULL || reading->known == NULL) {
    return out_of_memory(error);
  }
  if (instances->numbers == NULL) {
    return DSEG_OK;
  }
  reading->sorted = malloc((instances->count + 1) * sizeof *reading->sorted);
  if (reading->sorted == NULL) {
    return out_of_memory(error);
  }
  for (size_t i = 0; i < instances->count; i++) {
    reading->sorted[i] = (numbered){instances->numbers[i], (uint32_t)i};
  }
  qsort(reading->sorted, instances->count, sizeof *reading->sorted, compare_numbered);
  return DSEG_OK;
}

/* The description has them when all is read; of a table without a class it keeps its own. */
static dseg_status finish(const struct reading *reading, dseg_error *error) {
  dseg_description *description = reading->description;
  dseg_instances *instances = dseg_description_alloc(description, sizeof *instances);
  dseg_segment *classes = dseg_description_alloc(description, (reading->class_count + 1) * sizeof *classes);
  if (instances == NULL || classes == NULL) {
    return out_of_memory(error);
  }
  if (reading->class_count > 0) {
    memcpy(classes, reading->classes, reading->class_count * sizeof *classes);
    description->segments = classes;
    description->segment_count = reading->class_count;
  }
  *instances = *reading->instances;
  instances->segments = reading->segments;
  instances->confidence = reading->confidence;
  description->instances = instances;
  return DSEG_OK;
}

dseg_status dseg_instances_read_table(dseg_description *description, dseg_view text, size_t *unknown,
                                      dseg_error *error) {
  dseg_error_clear(error);
  if (description == NULL || description->instances == NULL) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "dseg_instances_read_table: the description has no instances");
  }
  struct reading reading = {.description = description,
                            .instances = description->instances,
                            .at = (const char *)text.data,
                            .end = text.size > 0 ? (const char *)text.data + text.size : (const char *)text.data,
                            .line = 1};
  dseg_status status = prepare(&reading, error);
  if (status == DSEG_OK) {
    status = read_lines(&reading, error);
  }
  if (status == DSEG_OK) {
    status = finish(&reading, error);
  }
  if (unknown != NULL) {
    *unknown = reading.unknown;
  }
  free(reading.known);
  free(reading.sorted);
  free(reading.classes);
  dseg_slots_free(&reading.slots);
  return status;
}

/* In quotes where it has to be. */
static dseg_status append_field(dseg_buffer *out, const char *text, dseg_error *error) {
  const size_t length = strlen(text);
  if (length > 0 && strcspn(text, ",\"\r\n") == length && strchr(" \t", text[0]) == NULL &&
      strchr(" \t", text[length - 1]) == NULL) {
    return dseg_buffer_append(out, text, length, error);
  }
  DSEG_TRY(dseg_buffer_append(out, "\"", 1, error));
  for (const char *c = text; *c != '\0'; c++) {
    DSEG_TRY(dseg_buffer_append(out, "\"\"", *c == '"' ? 1 : 0, error));
    DSEG_TRY(dseg_buffer_append(out, c, 1, error));
  }
  return dseg_buffer_append(out, "\"", 1, error);
}

/* With as many digits as tell it from other floats, whatever the caller's locale. */
static dseg_status append_float(dseg_buffer *out, float value, dseg_error *error) {
  char text[32];
  for (int digits = 1; digits <= 9; digits++) {
    (void)snprintf(text, sizeof text, "%.*g", digits, (double)value);
    if (!(fabs((double)strtof(text, NULL) - (double)value) > 0)) {
      break;
    }
  }
  for (char *c = text; *c != '\0'; c++) {
    if (*c == ',') {
      *c = '.';
    }
  }
  return dseg_buffer_append(out, text, strlen(text), error);
}

dseg_status dseg_instances_write_table(const dseg_description *description, dseg_buffer *out, dseg_error *error) {
  dseg_error_clear(error);
  if (description == NULL || out == NULL || description->instances == NULL) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "dseg_instances_write_table: the description has no instances");
  }
  const dseg_instances *instances = description->instances;
  const bool has_confidence = instances->confidence != NULL;
  DSEG_TRY(dseg_buffer_printf(out, error, "instance,class%s\n", has_confidence ? ",confidence" : ""));
  for (size_t i = 0; i < instances->count; i++) {
    const size_t segment = instances->segments != NULL ? instances->segments[i] : 0;
    DSEG_TRY(dseg_buffer_printf(out, error, "%lu,",
                                (unsigned long)dseg_instance_original_number(instances, (uint32_t)i + 1)));
    DSEG_TRY(append_field(out, description->segments[segment].label, error));
    if (has_confidence) {
      DSEG_TRY(dseg_buffer_append(out, ",", 1, error));
      DSEG_TRY(append_float(out, instances->confidence[i], error));
    }
    DSEG_TRY(dseg_buffer_append(out, "\n", 1, error));
  }
  return DSEG_OK;
}
