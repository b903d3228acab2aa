/* SPDX-License-Identifier: Apache-2.0 */
/* dicom_tree.h - DICOM files described by lines of text, which later lines change: for tests that need many files, each
 * a little different from a valid one.
 *
 * A line sets an element, or takes one away:
 *   "00280010 US 3"                           the value of a top-level element
 *   "00620002[2]/00620004 US 2"               an element of the second item of a sequence; both come to be when missing
 *   "00081115 SQ"                             a sequence without items
 *   "00081140 SQ hex:0100"                    the bytes of a sequence
 *   "7FE00010 OW 0102 0304"                   bytes in hexadecimal for OB, OW and OV
 *   "7FE00010 OB | 00000000 | 0102 | 0304"    encapsulated: Basic Offset Table and fragments
 *   "-00620002[1]/00620005", "-00620002[2]"   takes away an element, an item
 * Values are separated by backslashes; those of AT are tags. The transfer syntax is that of (0002,0010). */
#ifndef DSEG_TESTS_DICOM_TREE_H
#define DSEG_TESTS_DICOM_TREE_H

#include <ctype.h>
#include <stdlib.h>

#include "dicom_files.h"

typedef struct tree_item tree_item;
typedef struct tree_node {
  struct tree_node *next; /* in the order of tags */
  uint32_t tag;
  char vr[3];
  const char *value; /* in the line */
  tree_item *items;
} tree_node;
struct tree_item {
  tree_item *next;
  tree_node *nodes;
};

/* Start with {0}. Nothing is freed one by one. */
typedef struct dicom_tree {
  tree_item top;
  tree_node nodes[1024];
  tree_item items[512];
  size_t node_count, item_count;
} dicom_tree;

static inline tree_node **tree_slot(tree_item *item, uint32_t tag) {
  tree_node **slot = &item->nodes;
  while (*slot != NULL && (*slot)->tag < tag) {
    slot = &(*slot)->next;
  }
  return slot;
}

static inline tree_node *tree_node_of(dicom_tree *tree, tree_item *item, uint32_t tag) {
  tree_node **slot = tree_slot(item, tag);
  if (*slot == NULL || (*slot)->tag != tag) {
    assert_true(tree->node_count < sizeof tree->nodes / sizeof tree->nodes[0]);
    tree_node *made = &tree->nodes[tree->node_count++];
    *made = (tree_node){.next = *slot, .tag = tag, .vr = "SQ", .value = ""};
    *slot = made;
  }
  return *slot;
}

/* The place of an item, which comes to be when it is the next. */
static inline tree_item **tree_item_slot(dicom_tree *tree, tree_node *node, size_t number) {
  tree_item **slot = &node->items;
  size_t here = 1;
  for (; here < number && *slot != NULL; here++) {
    slot = &(*slot)->next;
  }
  assert_int_equal(here, number);
  if (*slot == NULL) {
    assert_true(tree->item_count < sizeof tree->items / sizeof tree->items[0]);
    *slot = &tree->items[tree->item_count++];
    **slot = (tree_item){0};
  }
  return slot;
}

static inline void tree_apply(dicom_tree *tree, const char *line) {
  const bool removes = *line == '-';
  const char *at = line + removes;
  tree_item *item = &tree->top;
  for (;;) {
    char *end;
    const uint32_t tag = (uint32_t)strtoul(at, &end, 16);
    assert_int_equal(end - at, 8);
    at = end;
    if (*at != '[') {
      if (removes) {
        tree_node **slot = tree_slot(item, tag);
        assert_true(*slot != NULL && (*slot)->tag == tag); /* nothing else is taken away by mistake */
        *slot = *slot != NULL ? (*slot)->next : NULL;
        return;
      }
      tree_node *node = tree_node_of(tree, item, tag);
      assert_int_equal(*at, ' ');
      memcpy(node->vr, at + 1, 2);
      at += 3;
      node->value = *at == ' ' ? at + 1 : at;
      node->items = NULL;
      return;
    }
    const size_t number = strtoul(at + 1, &end, 10);
    tree_item **slot = tree_item_slot(tree, tree_node_of(tree, item, tag), number);
    at = end + 1;
    if (*at == '\0') {
      assert_true(removes);
      *slot = (*slot)->next;
      return;
    }
    assert_int_equal(*at, '/');
    at++;
    item = *slot;
  }
}

static inline void tree_apply_all(dicom_tree *tree, const char *const *lines) {
  for (; lines != NULL && *lines != NULL; lines++) {
    tree_apply(tree, *lines);
  }
}

/* Bytes in hexadecimal up to the end or '|'. */
static inline const char *tree_hex(const char *text, dseg_buffer *bytes) {
  while (*text != '\0' && *text != '|') {
    if (isspace((unsigned char)*text)) {
      text++;
      continue;
    }
    const char digits[3] = {text[0], text[1], '\0'};
    const uint8_t byte = (uint8_t)strtoul(digits, NULL, 16);
    assert_true(isxdigit((unsigned char)text[0]) && isxdigit((unsigned char)text[1]));
    assert_int_equal(dseg_buffer_append(bytes, &byte, 1, NULL), DSEG_OK);
    text += 2;
  }
  return text;
}

static inline void tree_put_fragments(dicom_file *file, const tree_node *node) {
  const char *text = node->value;
  put_header(file, node->tag, node->vr, 0xFFFFFFFFu);
  while (*text == '|') {
    dseg_buffer bytes = {0};
    text = tree_hex(text + 1, &bytes);
    put_value(file, 0xFFFEE000u, "", bytes.data, bytes.size);
    dseg_buffer_free(&bytes);
  }
  put_header(file, 0xFFFEE0DDu, "", 0);
}

/* Numbers separated by backslashes. */
static inline void tree_put_numbers(dicom_file *file, const tree_node *node) {
  const bool is_tag = strcmp(node->vr, "AT") == 0;
  const bool is_short = strcmp(node->vr, "US") == 0 || strcmp(node->vr, "SS") == 0;
  uint32_t count = *node->value != '\0';
  for (const char *p = node->value; *p != '\0'; p++) {
    count += *p == '\\';
  }
  put_header(file, node->tag, node->vr, count * (is_short ? 2 : 4));
  const char *text = node->value;
  for (uint32_t i = 0; i < count; i++) {
    char *end;
    const uint32_t number = (uint32_t)strtol(text, &end, is_tag ? 16 : 10);
    if (is_short) {
      put_u16(file, (uint16_t)number);
    } else if (is_tag) {
      put_tag(file, number);
    } else {
      put_u32(file, number);
    }
    text = end + 1;
  }
}

static inline void tree_put_nodes(dicom_file *file, const tree_node *node);

static inline void tree_put_node(dicom_file *file, const tree_node *node) {
  const bool raw = strncmp(node->value, "hex:", 4) == 0;
  if (strcmp(node->vr, "SQ") == 0 && !raw) {
    put_sequence(file, node->tag);
    for (const tree_item *item = node->items; item != NULL; item = item->next) {
      put_item(file);
      tree_put_nodes(file, item->nodes);
      put_item_end(file);
    }
    put_sequence_end(file);
  } else if (*node->value == '|') {
    tree_put_fragments(file, node);
  } else if (raw || node->vr[0] == 'O') {
    dseg_buffer bytes = {0};
    (void)tree_hex(node->value + (raw ? 4 : 0), &bytes);
    put_value(file, node->tag, node->vr, bytes.data, bytes.size);
    dseg_buffer_free(&bytes);
  } else if (strstr("US SS UL SL AT", node->vr) != NULL) {
    tree_put_numbers(file, node);
  } else {
    put_text(file, node->tag, node->vr, node->value);
  }
}

static inline void tree_put_nodes(dicom_file *file, const tree_node *node) {
  for (; node != NULL; node = node->next) {
    tree_put_node(file, node);
  }
}

/* The whole file. */
static inline void tree_build(const dicom_tree *tree, dicom_file *file) {
  static const uint8_t preamble[128];
  const tree_node *node = tree->top.nodes;
  const char *syntax = "";
  *file = (dicom_file){.bytes = file->bytes, .undefined_lengths = file->undefined_lengths};
  file->bytes.size = 0;
  put_bytes(file, preamble, sizeof preamble);
  put_bytes(file, "DICM", 4);
  put_ul(file, 0x00020000, "UL", 0);
  const size_t meta = file->bytes.size;
  for (; node != NULL && node->tag >> 16 == 2; node = node->next) {
    syntax = node->tag == 0x00020010 ? node->value : syntax;
    tree_put_node(file, node);
  }
  dseg_store_le32(file->bytes.data + meta - 4, (uint32_t)(file->bytes.size - meta));
  file->implicit_vr = strcmp(syntax, IMPLICIT) == 0;
  file->big_endian = strcmp(syntax, BIG) == 0;
  tree_put_nodes(file, node);
}

#endif
