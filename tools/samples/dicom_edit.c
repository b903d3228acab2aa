/* SPDX-License-Identifier: Apache-2.0 */
/* dicom_edit.c - a DICOM file as a tree of elements, changed by path, and written again with defined lengths. */
#include "samples/dicom_edit.h"

#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"

enum { PREAMBLE = 132, MOST_DEPTH = 16 };
#define UNDEFINED 0xFFFFFFFFU /* length: up to a delimiter */
#define ITEM_END 0xFFFEE00DU
#define SEQUENCE_END 0xFFFEE0DDU

typedef struct reader {
  const uint8_t *data;
  size_t size, at;
  int depth;
  dseg_error *error;
} reader;

static uint32_t get16(const uint8_t *p) {
  return (uint32_t)p[0] | (uint32_t)p[1] << 8;
}

static uint32_t get32(const uint8_t *p) {
  return get16(p) | get16(p + 2) << 16;
}

static bool has_long_length(const char *vr) {
  static const char *const names[] = {"OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"};
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    if (strncmp(names[i], vr, 2) == 0) {
      return true;
    }
  }
  return false;
}

static edit_node *add_child(edit_node *parent, size_t index) {
  edit_node *children = cli_grow(parent->children, parent->count, &parent->room, sizeof *children);
  if (children == NULL) {
    return NULL;
  }
  parent->children = children;
  memmove(parent->children + index + 1, parent->children + index, (parent->count - index) * sizeof *parent->children);
  parent->count++;
  parent->children[index] = (edit_node){0};
  return &parent->children[index];
}

static bool set_value(edit_node *node, const void *data, size_t size) {
  uint8_t *copy = malloc(size + 1);
  if (copy == NULL) {
    return false;
  }
  if (size > 0) {
    memcpy(copy, data, size);
  }
  free(node->value);
  node->value = copy;
  node->size = size;
  return true;
}

static dseg_status no_memory(dseg_error *error) {
  dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory");
  return DSEG_ERROR_MEMORY;
}

static dseg_status cut_off(const reader *in) {
  dseg_fail(in->error, DSEG_ERROR_FORMAT, "an element does not end within the file (offset %zu)", in->at);
  return DSEG_ERROR_FORMAT;
}

static dseg_status read_elements(reader *in, size_t end, bool delimited, edit_node *parent);

/* Items of a sequence, or fragments: length bytes, or up to a delimiter. */
static dseg_status read_items(reader *in, uint32_t length, bool fragments, edit_node *sequence) {
  const size_t end = length == UNDEFINED ? in->size : in->at + length;
  sequence->nested = true;
  while (in->at < end) {
    if (end - in->at < 8) {
      return cut_off(in);
    }
    const uint32_t tag = get16(in->data + in->at) << 16 | get16(in->data + in->at + 2);
    const uint32_t size = get32(in->data + in->at + 4);
    in->at += 8;
    if (tag == SEQUENCE_END) {
      return DSEG_OK;
    }
    edit_node *item = add_child(sequence, sequence->count);
    if (item == NULL) {
      return no_memory(in->error);
    }
    item->tag = EDIT_ITEM;
    if (tag != EDIT_ITEM || (size != UNDEFINED && size > end - in->at) || (fragments && size == UNDEFINED)) {
      return cut_off(in);
    }
    if (fragments) {
      if (!set_value(item, in->data + in->at, size)) {
        return no_memory(in->error);
      }
      in->at += size;
    } else {
      DSEG_TRY(read_elements(in, size == UNDEFINED ? end : in->at + size, size == UNDEFINED, item));
    }
  }
  return DSEG_OK;
}

static dseg_status read_element(reader *in, size_t end, uint32_t tag, edit_node *parent) {
  edit_node *node = add_child(parent, parent->count);
  if (node == NULL) {
    return no_memory(in->error);
  }
  node->tag = tag;
  memcpy(node->vr, in->data + in->at + 4, 2);
  const bool is_long = has_long_length(node->vr);
  if (is_long && end - in->at < 12) {
    return cut_off(in);
  }
  const uint32_t length = is_long ? get32(in->data + in->at + 8) : get16(in->data + in->at + 6);
  in->at += is_long ? 12 : 8;
  if (length != UNDEFINED && length > end - in->at) {
    return cut_off(in);
  }
  if (strcmp(node->vr, "SQ") == 0 || length == UNDEFINED) {
    return read_items(in, length, strcmp(node->vr, "SQ") != 0, node);
  }
  if (!set_value(node, in->data + in->at, length)) {
    return no_memory(in->error);
  }
  in->at += length;
  return DSEG_OK;
}

static dseg_status read_elements(reader *in, size_t end, bool delimited, edit_node *parent) {
  parent->nested = true;
  if (++in->depth > MOST_DEPTH) {
    return cut_off(in);
  }
  while (in->at < end) {
    if (end - in->at < 8) {
      return cut_off(in);
    }
    const uint32_t tag = get16(in->data + in->at) << 16 | get16(in->data + in->at + 2);
    if (delimited && tag == ITEM_END) {
      in->at += 8;
      break;
    }
    DSEG_TRY(read_element(in, end, tag, parent));
  }
  in->depth--;
  return DSEG_OK;
}

dseg_status edit_read(dseg_view bytes, edit_node *file, dseg_error *error) {
  *file = (edit_node){0};
  if (bytes.size < PREAMBLE || memcmp(bytes.data + PREAMBLE - 4, "DICM", 4) != 0) {
    return dseg_fail(error, DSEG_ERROR_FORMAT, "is no DICOM file");
  }
  reader in = {.data = bytes.data, .size = bytes.size, .at = PREAMBLE, .error = error};
  return read_elements(&in, bytes.size, false, file);
}

void edit_free(edit_node *file) {  // NOLINT(misc-no-recursion): as deep as the file, whose depth is limited
  for (size_t i = 0; i < file->count; i++) {
    edit_free(&file->children[i]);
  }
  free(file->children);
  free(file->value);
  *file = (edit_node){0};
}

/* One step of a path: the child with the tag, and its item. create: make what is missing. */
static edit_node *step(edit_node *parent, uint32_t tag, unsigned long item, bool create) {
  size_t index = 0;
  while (index < parent->count && parent->children[index].tag < tag) {
    index++;
  }
  edit_node *node = index < parent->count && parent->children[index].tag == tag ? &parent->children[index] : NULL;
  if (node == NULL && create) {
    node = add_child(parent, index);
    if (node != NULL) {
      node->tag = tag;
      memcpy(node->vr, "SQ", 3);
    }
  }
  if (node == NULL || item == 0) {
    return node;
  }
  while (create && node->count < item) {
    edit_node *made = add_child(node, node->count);
    if (made == NULL) {
      return NULL;
    }
    made->tag = EDIT_ITEM;
    made->nested = true;
    node->nested = true;
  }
  return item <= node->count ? &node->children[item - 1] : NULL;
}

/* parent: of what the path names; may be NULL. */
static edit_node *walk(edit_node *file, const char *path, bool create, edit_node **parent) {
  edit_node *node = file;
  while (node != NULL && *path != '\0' && *path != ' ') {
    char *end = NULL;
    const uint32_t tag = (uint32_t)strtoul(path, &end, 16);
    unsigned long item = 0;
    if (*end == '[') {
      item = strtoul(end + 1, &end, 10);
      end += *end == ']';
    }
    if (parent != NULL) {
      *parent = item > 0 ? step(node, tag, 0, create) : node;
    }
    node = step(node, tag, item, create);
    path = *end == '/' ? end + 1 : end;
    if (end == path && *path != '\0' && *path != ' ') {
      return NULL;
    }
  }
  return node;
}

edit_node *edit_find(edit_node *file, const char *path) {
  return walk(file, path, false, NULL);
}

static void remove_child(edit_node *parent, edit_node *node) {
  const size_t index = (size_t)(node - parent->children);
  edit_free(node);
  parent->count--;
  memmove(parent->children + index, parent->children + index + 1, (parent->count - index) * sizeof *parent->children);
}

static bool copy_node(const edit_node *from, edit_node *to) {  // NOLINT(misc-no-recursion): see edit_free
  to->tag = from->tag;
  to->nested = from->nested;
  memcpy(to->vr, from->vr, sizeof to->vr);
  bool good = from->value == NULL || set_value(to, from->value, from->size);
  for (size_t i = 0; good && i < from->count; i++) {
    edit_node *child = add_child(to, i);
    good = child != NULL && copy_node(&from->children[i], child);
  }
  return good;
}

static dseg_status append_copy(edit_node *sequence, dseg_error *error) {
  if (sequence->count == 0) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "no item to copy");
  }
  edit_node copy = {0};
  if (!copy_node(&sequence->children[sequence->count - 1], &copy)) {
    edit_free(&copy);
    return no_memory(error);
  }
  edit_node *added = add_child(sequence, sequence->count);
  if (added == NULL) {
    edit_free(&copy);
    return no_memory(error);
  }
  *added = copy;
  return DSEG_OK;
}

/* Numbers as the VR has them; size receives the bytes of all. */
static size_t encode_numbers(const char *vr, const char *text, uint8_t *out, size_t room) {
  const bool tags = strcmp(vr, "AT") == 0;
  const size_t bytes = strcmp(vr, "US") == 0 || strcmp(vr, "SS") == 0 ? 2 : 4;
  size_t size = 0;
  while (*text != '\0' && size + bytes <= room) {
    char *end = NULL;
    uint32_t number = (uint32_t)strtoul(text, &end, tags ? 16 : 10);
    number = tags ? number >> 16 | number << 16 : number;
    for (size_t i = 0; i < bytes; i++) {
      out[size++] = (uint8_t)(number >> (8 * i));
    }
    text = *end == '\\' ? end + 1 : "";
  }
  return size;
}

static bool set_text(edit_node *node, const char *vr, const char *text) {
  static const char *const numeric[] = {"US", "UL", "SS", "SL", "AT"};
  uint8_t value[256];
  memcpy(node->vr, vr, sizeof node->vr);
  for (size_t i = 0; i < node->count; i++) {
    edit_free(&node->children[i]);
  }
  node->count = 0;
  node->nested = strcmp(vr, "SQ") == 0;
  for (size_t i = 0; i < sizeof numeric / sizeof numeric[0]; i++) {
    if (strcmp(vr, numeric[i]) == 0) {
      return set_value(node, value, encode_numbers(vr, text, value, sizeof value));
    }
  }
  const size_t length = strlen(text);
  if (length + 1 > sizeof value) {
    return false;
  }
  memcpy(value, text, length + 1); /* a UID is padded with NUL, other text with a space (PS3.5 6.2) */
  value[length] = strcmp(vr, "UI") == 0 ? '\0' : ' ';
  return set_value(node, value, length + length % 2);
}

dseg_status edit_apply(edit_node *file, const char *change, dseg_error *error) {
  const char *blank = strchr(change, ' ');
  if (blank == NULL) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "\"%s\" is no change", change);
  }
  const bool removes = strcmp(blank + 1, "-") == 0;
  const bool appends = strcmp(blank + 1, "+") == 0;
  edit_node *parent = NULL;
  edit_node *node = walk(file, change, !removes && !appends, &parent);
  if (node == NULL || parent == NULL) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "\"%s\": there is no such element", change);
  }
  if (removes) {
    remove_child(parent, node);
    return DSEG_OK;
  }
  if (appends) {
    return append_copy(node, error);
  }
  const char vr[3] = {blank[1], blank[2], '\0'};
  return set_text(node, vr, blank[3] == ' ' ? blank + 4 : "") ? DSEG_OK : no_memory(error);
}

static void put16(uint8_t *p, uint32_t value) {
  p[0] = (uint8_t)value;
  p[1] = (uint8_t)(value >> 8);
}

static void put32(uint8_t *p, uint32_t value) {
  put16(p, value);
  put16(p + 2, value >> 16);
}

static dseg_status write_node(const edit_node *node, dseg_buffer *out, dseg_error *error);

static dseg_status write_children(const edit_node *node, dseg_buffer *out,  // NOLINT(misc-no-recursion): see edit_free
                                  dseg_error *error) {
  for (size_t i = 0; i < node->count; i++) {
    DSEG_TRY(write_node(&node->children[i], out, error));
  }
  return DSEG_OK;
}

/* Header with room for the length, the content, then the length. */
static dseg_status write_node(const edit_node *node, dseg_buffer *out,  // NOLINT(misc-no-recursion): see edit_free
                              dseg_error *error) {
  uint8_t header[12] = {0};
  const bool item = node->tag == EDIT_ITEM;
  const bool fragments = node->nested && !item && strcmp(node->vr, "SQ") != 0;
  const bool is_long = !item && has_long_length(node->vr);
  const size_t size = is_long ? 12 : 8;
  const size_t start = out->size;
  put16(header, node->tag >> 16);
  put16(header + 2, node->tag);
  if (!item) {
    memcpy(header + 4, node->vr, 2);
  }
  DSEG_TRY(dseg_buffer_append(out, header, size, error));
  DSEG_TRY(node->nested ? write_children(node, out, error) : dseg_buffer_append(out, node->value, node->size, error));
  const size_t length = out->size - start - size;
  if (fragments) {
    const uint8_t end[8] = {0xFE, 0xFF, 0xDD, 0xE0, 0, 0, 0, 0};
    DSEG_TRY(dseg_buffer_append(out, end, sizeof end, error));
    put32(out->data + start + 8, UNDEFINED);
  } else if (is_long) {
    put32(out->data + start + 8, (uint32_t)length);
  } else if (item) {
    put32(out->data + start + 4, (uint32_t)length);
  } else {
    put16(out->data + start + 6, (uint32_t)length);
  }
  return DSEG_OK;
}

dseg_status edit_write(const edit_node *file, dseg_buffer *out, dseg_error *error) {
  static const uint8_t preamble[128];
  size_t group_length = 0;
  size_t group_end = 0;
  DSEG_TRY(dseg_buffer_append(out, preamble, sizeof preamble, error));
  DSEG_TRY(dseg_buffer_append(out, "DICM", 4, error));
  for (size_t i = 0; i < file->count; i++) {
    group_length = file->children[i].tag == 0x00020000 ? out->size : group_length;
    DSEG_TRY(write_node(&file->children[i], out, error));
    group_end = file->children[i].tag >> 16 == 2 ? out->size : group_end;
  }
  if (group_length > 0) { /* File Meta Information Group Length counts what follows it */
    put32(out->data + group_length + 8, (uint32_t)(group_end - group_length - 12));
  }
  return DSEG_OK;
}
