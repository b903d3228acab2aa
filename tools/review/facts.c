/* SPDX-License-Identifier: Apache-2.0 */
/* facts.c - what a review keeps of one object, as bytes: see facts.h. Writing and reading go over the members by the
 * same functions, so that their order is in one place. */
#include "review/facts.h"

#include <stdlib.h>
#include <string.h>

#include "review/table.h"

static const char magic[8] = {'d', 's', 'e', 'g', 'r', 'e', 'v', '1'};
enum { HEAD = sizeof magic + 4 };
/* Bytes that an item of a list takes at least. */
enum { LEAST_SEGMENT = 4, LEAST_CODE = 4, LEAST_SERIES = 1, LEAST_FINDING = 3 };
/* Bytes of a number of 64 bits, seven in each. */
enum { MOST_BYTES = 10 };

/* A pass over a record: out is written to, or in is read from. texts has those that were passed already, by number: one
 * that comes again is its number. */
typedef struct record {
  dseg_buffer *out;
  review_table written;
  review_memory memory;
  dseg_view in;
  review_array read; /* dseg_view */
  dseg_status status;
  dseg_error *error;
} record;

static uint64_t get_little(const uint8_t *from, size_t bytes) {
  uint64_t number = 0;
  for (size_t i = 0; i < bytes; i++) {
    number |= (uint64_t)from[i] << (8 * i);
  }
  return number;
}

static void fail_short(record *pass) {
  pass->status = dseg_fail(pass->error, DSEG_ERROR_FORMAT, "a record of a review ends in the middle of a value");
}

static void write_number(record *pass, uint64_t number) {
  uint8_t bytes[MOST_BYTES];
  size_t count = 0;
  for (; number >= 0x80; number >>= 7) {
    bytes[count++] = (uint8_t)(number | 0x80);
  }
  bytes[count++] = (uint8_t)number;
  pass->status = dseg_buffer_append(pass->out, bytes, count, pass->error);
}

static void read_number(record *pass, uint64_t *number) {
  *number = 0;
  for (size_t i = 0; i < pass->in.size && i < MOST_BYTES; i++) {
    const uint8_t byte = pass->in.data[i];
    *number |= (uint64_t)(byte & 0x7F) << (7 * i);
    if (byte < 0x80) {
      pass->in = (dseg_view){pass->in.data + i + 1, pass->in.size - i - 1};
      return;
    }
  }
  *number = 0;
  fail_short(pass);
}

static void pass_number(record *pass, uint64_t *number) {
  if (pass->status == DSEG_OK && pass->out != NULL) {
    write_number(pass, *number);
  } else if (pass->status == DSEG_OK) {
    read_number(pass, number);
  }
}

static void write_text(record *pass, dseg_view text) {
  const size_t before = review_table_count(&pass->written);
  uint32_t number;
  pass->status = review_table_put(&pass->written, text, &number, &pass->memory, pass->error);
  if (pass->status == DSEG_OK && number < before) {
    write_number(pass, (uint64_t)number << 1 | 1);
  } else if (pass->status == DSEG_OK) {
    write_number(pass, (uint64_t)text.size << 1);
    if (pass->status == DSEG_OK && text.size > 0) {
      pass->status = dseg_buffer_append(pass->out, text.data, text.size, pass->error);
    }
  }
}

static void read_text(record *pass, dseg_view *text) {
  uint64_t size = 0;
  read_number(pass, &size);
  if (pass->status != DSEG_OK) {
    return;
  }
  if ((size & 1) != 0 && size >> 1 < pass->read.count) {
    *text = *(const dseg_view *)review_array_at(&pass->read, (size_t)(size >> 1));
  } else if ((size & 1) != 0 || size >> 1 > pass->in.size) {
    fail_short(pass);
  } else {
    *text = (dseg_view){pass->in.data, (size_t)(size >> 1)};
    pass->in = (dseg_view){pass->in.data + text->size, pass->in.size - text->size};
    pass->status = review_array_extend(&pass->read, 1, &pass->memory, pass->error);
    if (pass->status == DSEG_OK) {
      *(dseg_view *)review_array_at(&pass->read, pass->read.count - 1) = *text;
    }
  }
}

static void pass_text(record *pass, dseg_view *text) {
  if (pass->status == DSEG_OK && pass->out != NULL) {
    write_text(pass, *text);
  } else if (pass->status == DSEG_OK) {
    read_text(pass, text);
  }
}

/* Passes the number of items, and where they are read makes room for them: no more than the record has bytes for, if
 * each takes least. */
static void pass_count(record *pass, uint64_t *count, void **items, size_t size, size_t least) {
  pass_number(pass, count);
  if (pass->status != DSEG_OK || pass->out != NULL || *count == 0) {
    return;
  }
  if (*count > pass->in.size / least) {
    *count = 0;
    fail_short(pass);
    return;
  }
  *items = calloc((size_t)*count, size);
  if (*items == NULL) {
    *count = 0;
    pass->status = dseg_fail(pass->error, DSEG_ERROR_MEMORY, "out of memory for a record of a review");
  }
}

static void pass_segments(record *pass, review_facts *facts) {
  void *items = facts->segments;
  pass_count(pass, &facts->segment_count, &items, sizeof *facts->segments, LEAST_SEGMENT);
  facts->segments = items;
  uint64_t codes = 0;
  for (uint64_t i = 0; pass->status == DSEG_OK && i < facts->segment_count; i++) {
    review_segment *segment = &facts->segments[i];
    pass_text(pass, &segment->label);
    pass_text(pass, &segment->tracking_uid);
    pass_number(pass, &segment->coded);
    pass_number(pass, &segment->code_count);
    codes = segment->code_count <= UINT64_MAX - codes ? codes + segment->code_count : UINT64_MAX;
  }
  items = facts->codes;
  pass_count(pass, &facts->code_count, &items, sizeof *facts->codes, LEAST_CODE);
  facts->codes = items;
  for (uint64_t i = 0; pass->status == DSEG_OK && i < facts->code_count; i++) {
    review_code *code = &facts->codes[i];
    pass_number(pass, &code->role);
    pass_text(pass, &code->scheme);
    pass_text(pass, &code->value);
    pass_text(pass, &code->meaning);
    if (pass->status == DSEG_OK && code->role >= REVIEW_ROLES) {
      pass->status = dseg_fail(pass->error, DSEG_ERROR_FORMAT, "a record of a review has a code of no known role");
    }
  }
  if (pass->status == DSEG_OK && codes != facts->code_count) {
    pass->status = dseg_fail(pass->error, DSEG_ERROR_FORMAT, "a record of a review has codes of no segment");
  }
}

static void pass_lists(record *pass, review_facts *facts) {
  void *items = facts->image_series;
  pass_count(pass, &facts->image_series_count, &items, sizeof *facts->image_series, LEAST_SERIES);
  facts->image_series = items;
  for (uint64_t i = 0; pass->status == DSEG_OK && i < facts->image_series_count; i++) {
    pass_text(pass, &facts->image_series[i]);
  }
  items = facts->findings;
  pass_count(pass, &facts->finding_count, &items, sizeof *facts->findings, LEAST_FINDING);
  facts->findings = items;
  for (uint64_t i = 0; pass->status == DSEG_OK && i < facts->finding_count; i++) {
    pass_text(pass, &facts->findings[i].kind);
    pass_text(pass, &facts->findings[i].text);
    pass_number(pass, &facts->findings[i].count);
  }
}

static void pass_facts(record *pass, review_facts *facts) {
  dseg_view *const texts[] = {&facts->name,   &facts->patient,        &facts->study,
                              &facts->series, &facts->instance,       &facts->frame_of_reference,
                              &facts->maker,  &facts->representation, &facts->syntax};
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
    pass_text(pass, texts[i]);
  }
  pass_number(pass, &facts->bytes);
  pass_number(pass, &facts->images_named);
  pass_number(pass, &facts->images_compared);
  pass_segments(pass, facts);
  pass_lists(pass, facts);
}

dseg_status review_facts_write(const review_facts *facts, dseg_buffer *bytes, dseg_error *error) {
  const size_t before = bytes->size;
  uint8_t head[HEAD] = {0};
  review_facts copy = *facts; /* the pass that writes changes nothing */
  memcpy(head, magic, sizeof magic);
  DSEG_TRY(dseg_buffer_append(bytes, head, sizeof head, error));
  record pass = {.out = bytes, .memory = {.limit = UINT64_MAX}, .status = DSEG_OK, .error = error};
  pass_facts(&pass, &copy);
  review_table_free(&pass.written);
  const size_t length = bytes->size - before - HEAD;
  if (pass.status == DSEG_OK && length > UINT32_MAX) {
    pass.status = dseg_fail(error, DSEG_ERROR_LIMIT, "what a review keeps of the object takes more than 4 GiB");
  }
  if (pass.status != DSEG_OK) {
    bytes->size = before;
    return pass.status;
  }
  for (size_t i = 0; i < 4; i++) {
    bytes->data[before + sizeof magic + i] = (uint8_t)(length >> (8 * i));
  }
  return DSEG_OK;
}

dseg_status review_facts_read(dseg_view bytes, review_facts *facts, size_t *size, dseg_error *error) {
  *facts = (review_facts){.bytes = 0};
  *size = 0;
  const size_t known = bytes.size < sizeof magic ? bytes.size : sizeof magic;
  if (known == 0 || memcmp(bytes.data, magic, known) != 0) {
    return dseg_fail(error, DSEG_ERROR_FORMAT, "is no record of a review: it does not begin with \"dsegrev1\"");
  }
  const uint64_t length = bytes.size >= HEAD ? get_little(bytes.data + sizeof magic, 4) : UINT64_MAX;
  if (bytes.size < HEAD || length > bytes.size - HEAD) {
    return DSEG_OK; /* cut off */
  }
  record pass = {.in = {bytes.data + HEAD, (size_t)length},
                 .read = {.size = sizeof(dseg_view)},
                 .memory = {.limit = UINT64_MAX}, /* the record's size is one */
                 .status = DSEG_OK,
                 .error = error};
  pass_facts(&pass, facts);
  review_array_free(&pass.read);
  if (pass.status == DSEG_OK && pass.in.size != 0) {
    pass.status = dseg_fail(error, DSEG_ERROR_FORMAT, "a record of a review has %zu bytes too many", pass.in.size);
  }
  if (pass.status != DSEG_OK) {
    review_facts_free(facts);
    return pass.status;
  }
  *size = HEAD + (size_t)length;
  return DSEG_OK;
}

void review_facts_free(review_facts *facts) {
  free(facts->segments);
  free(facts->codes);
  free(facts->image_series);
  free(facts->findings);
  *facts = (review_facts){.bytes = 0};
}
