/* SPDX-License-Identifier: Apache-2.0 */
/* dump_elements.c - prints every element of a DICOM file, at any depth, as our reader sees it.
 *
 * One line an element: path of tags and item numbers, VR (-- in implicit data sets), bytes, hash of the value as
 * little-endian bytes without padding at its end. A sequence prints its number of items instead. dump_dcmtk prints the
 * same through DCMTK. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dicom/part10.h"
#include "dicom/scanner.h"

#define MAX_DEPTH 100u

static dseg_status dump_elements(const dseg_elements *elements, const char *path, unsigned depth, dseg_error *error);

static bool is_vr(const dseg_element *element, const char *list) {
  for (const char *p = list; *p != '\0'; p += 2) {
    if (memcmp(element->vr, p, 2) == 0) {
      return true;
    }
  }
  return false;
}

/* Bytes that change places between byte orders. */
static size_t word_size(const dseg_element *element) {
  if (is_vr(element, "USSSOWAT")) {
    return 2;
  }
  return is_vr(element, "ULSLFLOFOL") ? 4 : is_vr(element, "FDODSVUVOV") ? 8 : 1;
}

/* The byte at i of the value in little-endian order. */
static uint8_t byte_at(const dseg_element *element, size_t word, size_t i) {
  const size_t start = i - i % word;
  return start + word <= element->value.size ? element->value.data[start + word - 1 - i % word]
                                             : element->value.data[i];
}

/* FNV-1a over the value without spaces and zeros at its end, which DCMTK exchanges for each other in text. */
static uint64_t hash_value(const dseg_elements *in, const dseg_element *element) {
  const size_t word = in->big_endian ? word_size(element) : 1;
  uint64_t hash = 14695981039346656037u;
  uint64_t kept = hash;
  for (size_t i = 0; i < element->value.size; i++) {
    const uint8_t byte = byte_at(element, word, i);
    hash = (hash ^ byte) * 1099511628211u;
    kept = byte != ' ' && byte != 0 ? hash : kept;
  }
  return kept;
}

/* In an implicit data set nothing says what is a sequence; a standard element that holds items all through is. */
static bool is_sequence(const dseg_elements *in, const dseg_element *element) {
  if (is_vr(element, "SQ") || (element->undefined_length && !is_vr(element, "OBOW"))) {
    return true;
  }
  if (!in->implicit_vr || (element->tag >> 16 & 1u) != 0 || element->value.size < 8) {
    return false;
  }
  dseg_elements item;
  size_t offset = 0;
  bool more = true;
  while (more) {
    if (dseg_sequence_next(in, element, &offset, &item, &more, NULL) != DSEG_OK) {
      return false;
    }
  }
  return true;
}

static dseg_status dump_items(const dseg_elements *in, const dseg_element *element, const char *path, unsigned depth,
                              dseg_error *error) {
  dseg_elements item;
  size_t offset = 0;
  size_t count = 0;
  bool more;
  for (;; count++) {
    char inner[4096];
    DSEG_TRY(dseg_sequence_next(in, element, &offset, &item, &more, error));
    if (!more) {
      break;
    }
    const int length = snprintf(inner, sizeof inner, "%s[%zu].", path, count);
    if (length < 0 || (size_t)length >= sizeof inner) {
      return dseg_fail(error, DSEG_ERROR_LIMIT, "the path of an element is too long");
    }
    DSEG_TRY(dump_elements(&item, inner, depth + 1, error));
  }
  printf("%s SQ %zu\n", path, count);
  return DSEG_OK;
}

static void dump_fragments(const dseg_elements *in, const dseg_element *element, const char *path) {
  dseg_scanner scanner;
  dseg_header header;
  dseg_scanner_open_memory(&scanner, element->value);
  for (size_t i = 0; dseg_scanner_left(&scanner) > 0 && dseg_scanner_header(&scanner, &header, NULL) == DSEG_OK; i++) {
    const dseg_element fragment = {.vr = {'O', 'B'}, .value = {dseg_scanner_here(&scanner), header.length}};
    printf("%s#%zu %zu %016" PRIx64 "\n", path, i, fragment.value.size, hash_value(in, &fragment));
    dseg_scanner_skip(&scanner, header.length);
  }
}

static dseg_status dump_element(const dseg_elements *in, const dseg_element *element, const char *prefix,
                                unsigned depth, dseg_error *error) {
  char path[4096];
  if ((element->tag & 0xFFFFu) == 0) {
    return DSEG_OK; /* group lengths are not data */
  }
  const int length = snprintf(path, sizeof path, "%s(%04x,%04x)", prefix, (unsigned)(element->tag >> 16),
                              (unsigned)(element->tag & 0xFFFFu));
  if (length < 0 || (size_t)length >= sizeof path) {
    return dseg_fail(error, DSEG_ERROR_LIMIT, "the path of an element is too long");
  }
  if (is_sequence(in, element)) {
    return dump_items(in, element, path, depth, error);
  }
  if (element->undefined_length) {
    dump_fragments(in, element, path);
    return DSEG_OK;
  }
  /* DCMTK adds a byte to values of odd length. */
  printf("%s %.2s %zu %016" PRIx64 "\n", path, in->implicit_vr ? "--" : element->vr,
         element->value.size + element->value.size % 2, hash_value(in, element));
  return DSEG_OK;
}

static dseg_status dump_elements(const dseg_elements *elements, const char *path, unsigned depth, dseg_error *error) {
  dseg_element element;
  size_t offset = 0;
  if (depth > MAX_DEPTH) {
    return dseg_fail(error, DSEG_ERROR_LIMIT, "deeper than %u", MAX_DEPTH);
  }
  for (;;) {
    DSEG_TRY(dseg_elements_next(elements, &offset, &element, error));
    if (element.tag == 0) {
      return DSEG_OK;
    }
    DSEG_TRY(dump_element(elements, &element, path, depth, error));
  }
}

/* One of the parts that stay in the file. */
static dseg_status dump_located(const dseg_part10 *part10, uint32_t tag, const dseg_located *located,
                                dseg_error *error) {
  if (!located->present) {
    return DSEG_OK;
  }
  uint8_t *bytes = malloc((size_t)located->value_length + 1);
  if (bytes == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory");
  }
  dseg_status status =
      dseg_input_read(part10->input, located->value_offset, bytes, (size_t)located->value_length, error);
  const dseg_element element = {.tag = tag,
                                .vr = {located->vr[0], located->vr[1]},
                                .undefined_length = located->undefined_length,
                                .value = {bytes, (size_t)located->value_length}};
  if (status == DSEG_OK) {
    status = dump_element(&part10->elements, &element, "", 0, error);
  }
  free(bytes);
  return status;
}

static dseg_status dump_file(const char *path, dseg_error *error) {
  dseg_input *input;
  dseg_part10 part10;
  bool is_dicom;
  DSEG_TRY(dseg_input_from_file(path, 0, &input, error));
  dseg_status status = dseg_part10_open(input, &(dseg_part10_options){.memory_limit = 0}, &part10, &is_dicom, error);
  if (status == DSEG_OK && !is_dicom) {
    status = dseg_fail(error, DSEG_ERROR_FORMAT, "no DICOM file");
  }
  if (status != DSEG_OK) {
    dseg_input_close(input);
    return status;
  }
  status = dump_elements(&part10.meta, "", 0, error);
  if (status == DSEG_OK) {
    status = dump_elements(&part10.elements, "", 0, error);
  }
  if (status == DSEG_OK) {
    status = dump_located(&part10, DSEG_TAG_PER_FRAME, &part10.per_frame, error);
  }
  if (status == DSEG_OK) {
    status = dump_located(&part10, DSEG_TAG_PIXEL_DATA, &part10.pixel_data, error);
  }
  dseg_part10_close(&part10);
  return status;
}

int main(int argc, char **argv) {
  dseg_error error = {0};
  if (argc != 2) {
    (void)fprintf(stderr, "usage: dump_elements FILE\n");
    return 2;
  }
  if (dump_file(argv[1], &error) != DSEG_OK) {
    (void)fprintf(stderr, "%s: %s\n", argv[1], error.message);
    return 3;
  }
  return 0;
}
