/* SPDX-License-Identifier: Apache-2.0 */
/* nrrd_header.c - reads the header of an NRRD file, versions 1 to 5 (teem.sourceforge.net/nrrd/format.html).
 *
 * Lines of "field: value", which nrrd_fields.c knows, and "key:=value" up to an empty line. */
#include "formats/nrrd_header.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "formats/text.h"

bool dseg_nrrd_recognise(dseg_view head) {
  return head.size >= 8 && memcmp(head.data, "NRRD000", 7) == 0 && head.data[7] >= '1' && head.data[7] <= '9';
}

void dseg_nrrd_header_free(dseg_nrrd_header *header) {
  free(header->text);
  free(header->pairs);
  header->text = NULL;
  header->pairs = NULL;
}

/* In values a line break is written \n and a backslash twice. */
static void undo_escapes(char *text) {
  char *to = text;
  for (const char *from = text; *from != '\0'; from++) {
    if (from[0] == '\\' && (from[1] == 'n' || from[1] == '\\')) {
      from++;
      *to++ = (char)(*from == 'n' ? '\n' : '\\');
    } else {
      *to++ = *from;
    }
  }
  *to = '\0';
}

static dseg_status add_pair(dseg_nrrd_header *header, char *key, char *value, dseg_error *error) {
  if ((header->pair_count & (header->pair_count - 1)) == 0) { /* room doubles at powers of two */
    const size_t room = header->pair_count != 0 ? header->pair_count * 2 : 1;
    dseg_nrrd_pair *pairs = realloc(header->pairs, room * sizeof *pairs);
    if (pairs == NULL) {
      return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for the NRRD header");
    }
    header->pairs = pairs;
  }
  undo_escapes(key);
  undo_escapes(value);
  header->pairs[header->pair_count++] = (dseg_nrrd_pair){key, value};
  return DSEG_OK;
}

static dseg_status read_line(dseg_nrrd_header *header, char *line, dseg_error *error) {
  char *colon = strchr(line, ':');
  if (line[0] == '#') {
    return DSEG_OK;
  }
  if (colon == NULL) {
    return dseg_fail(error, DSEG_ERROR_FORMAT, "NRRD header line without a colon: '%.100s'", line);
  }
  *colon = '\0';
  return colon[1] == '=' ? add_pair(header, line, colon + 2, error)
                         : dseg_nrrd_read_field(header, line, colon + 1, error);
}

#define LONGEST_HEADER ((size_t)64 << 20) /* ten thousand segments with all their codes take a tenth of it */

/* Reads the file from its start up to the empty line that ends the header, or to its end. */
static dseg_status read_text(const dseg_input *input, uint64_t limit, dseg_nrrd_header *header, dseg_error *error) {
  size_t size = 0;
  size_t room = 16384;
  for (;;) {
    if (room > limit || room > LONGEST_HEADER) {
      return dseg_fail(error, DSEG_ERROR_LIMIT, "the NRRD header does not end after %zu bytes", room / 2);
    }
    char *text = realloc(header->text, room + 1);
    if (text == NULL) {
      return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for the NRRD header");
    }
    header->text = text;
    size_t got = 0;
    DSEG_TRY(dseg_input_peek(input, size, text + size, room - size, &got, error));
    const size_t from = size > 3 ? size - 3 : 0;
    size += got;
    for (size_t i = from; i < size; i++) {
      const size_t next = i + 1 < size && text[i + 1] == '\r' ? i + 2 : i + 1;
      if (text[i] == '\n' && next < size && text[next] == '\n') {
        text[i] = '\0';
        header->data_offset = next + 1;
        return DSEG_OK;
      }
    }
    if (size < room) { /* a detached header may simply end */
      text[size] = '\0';
      header->data_offset = size;
      return DSEG_OK;
    }
    room *= 2;
  }
}

static dseg_status read_lines(dseg_nrrd_header *header, dseg_error *error) {
  char *line = strchr(header->text, '\n'); /* behind the magic */
  while (line != NULL) {
    line++;
    char *end = strchr(line, '\n');
    if (end != NULL) {
      *end = '\0';
    }
    const size_t length = strlen(line);
    if (length > 0 && line[length - 1] == '\r') {
      line[length - 1] = '\0';
    }
    if (line[0] != '\0') {
      DSEG_TRY(read_line(header, line, error));
    }
    line = end;
  }
  return DSEG_OK;
}

static dseg_status check(const dseg_nrrd_header *header, dseg_error *error) {
  const char *missing = !header->has_type           ? "type"
                        : header->dimension == 0    ? "dimension"
                        : header->axes[0].size == 0 ? "sizes"
                        : !header->has_encoding     ? "encoding"
                                                    : NULL;
  if (missing != NULL) {
    return dseg_fail(error, DSEG_ERROR_FORMAT, "the NRRD header has no field '%s'", missing);
  }
  if (!header->has_endian && header->encoding != DSEG_DATA_TEXT && dseg_voxel_size(header->type) > 1) {
    return dseg_fail(error, DSEG_ERROR_FORMAT, "the NRRD header has no field 'endian'");
  }
  return DSEG_OK;
}

dseg_status dseg_nrrd_header_read(const dseg_input *input, uint64_t memory_limit, dseg_nrrd_header *header,
                                  dseg_error *error) {
  *header = (dseg_nrrd_header){.space_sign = {1, 1, 1}, .space_unit = {1, 1, 1}};
  for (size_t i = 0; i < DSEG_NRRD_AXES; i++) {
    header->axes[i].spacing = NAN;
    header->axes[i].minimum = NAN;
    header->axes[i].unit = 1;
  }
  DSEG_TRY(read_text(input, memory_limit, header, error));
  DSEG_TRY(read_lines(header, error));
  return check(header, error);
}
