/* SPDX-License-Identifier: Apache-2.0 */
/* keep.h - copies of elements that a description keeps for whoever writes it again, and the list of what is left out.
 */
#ifndef DSEG_DICOM_KEEP_H
#define DSEG_DICOM_KEEP_H

#include <stdbool.h>

#include "dicom/elements.h"

/* Tags, each once, ascending. Start with {0}. */
typedef struct dseg_tag_list {
  uint32_t *items;
  size_t count, capacity;
} dseg_tag_list;

dseg_status dseg_tag_list_add(dseg_tag_list *list, uint32_t tag, dseg_error *error);
void dseg_tag_list_free(dseg_tag_list *list);

typedef enum dseg_keep_choice {
  DSEG_KEEP_NOT = 0, /* said elsewhere, or made anew */
  DSEG_KEEP_COPY,
  DSEG_KEEP_NAME /* left out, and named among what is dropped */
} dseg_keep_choice;

typedef struct dseg_keep_rule {
  dseg_keep_choice (*choose)(const void *user, uint32_t tag);
  const void *user;
  const char *own_creators[2];      /* Private Creators whose blocks are not copied; NULL: none */
  const char *const *more_creators; /* further ones, up to a NULL; NULL: none */
} dseg_keep_rule;

/* Whether an element is a Private Creator, which reserves a block of 256 elements (PS3.5 7.8.1). */
static inline bool dseg_is_private_creator(uint32_t tag) {
  return (tag >> 16 & 1u) != 0 && (tag & 0xFFFFu) >= 0x10 && (tag & 0xFFFFu) <= 0xFF;
}

/* Whether a copy failed for what it was to copy, which is left out then. */
static inline bool dseg_is_malformed(dseg_status status) {
  return status == DSEG_ERROR_FORMAT || status == DSEG_ERROR_LIMIT;
}

/* Appends copies of elements, ascending, in Explicit VR Little Endian, text in UTF-8. What is malformed, or stands
 * behind a greater tag, is dropped. */
dseg_status dseg_keep_elements(const dseg_elements *from, const dseg_element *character_set, const dseg_keep_rule *rule,
                               dseg_tag_list *dropped, dseg_buffer *out, dseg_error *error);

/* Appends the elements that both of two copies have with the same value; the tags of the others are dropped. */
dseg_status dseg_keep_common(dseg_view a, dseg_view b, dseg_tag_list *dropped, dseg_buffer *out, dseg_error *error);

/* The private element of a group whose block a Private Creator reserves (PS3.5 7.8.1); low: the last byte of its
 * number. tag 0: absent. */
dseg_status dseg_find_private(const dseg_elements *elements, uint16_t group, const char *creator, uint8_t low,
                              dseg_element *found, dseg_error *error);

/* A copy of bytes that lives as long as the description. */
dseg_status dseg_keep_bytes(dseg_description *description, const dseg_buffer *bytes, dseg_view *kept,
                            dseg_error *error);

/* Whether two elements have the same value, or their items the same elements in one order. */
dseg_status dseg_same_element(const dseg_elements *in_a, const dseg_element *a, const dseg_elements *in_b,
                              const dseg_element *b, bool *same, dseg_error *error);
/* The same of all elements, but Contribution DateTime (0018,A002). differing, when not NULL, receives the tags of those
 * that differ. */
dseg_status dseg_same_elements(const dseg_elements *a, const dseg_elements *b, dseg_tag_list *differing, bool *same,
                               dseg_error *error);

/* Some attributes. */
typedef struct dseg_tag_choice {
  bool (*is_chosen)(const void *user, uint32_t tag);
  const void *user;
} dseg_tag_choice;

/* Takes the chosen ones of description->attributes to the dropped ones; *found: there were some. */
dseg_status dseg_drop_attributes(dseg_description *description, const dseg_tag_choice *choice, bool *found,
                                 dseg_error *error);

/* Takes one of description->attributes away that a member says. */
dseg_status dseg_remove_attribute(dseg_description *description, uint32_t tag, dseg_error *error);

/* Puts the chosen elements of from into *kept in place of those that it has. */
dseg_status dseg_replace_elements(dseg_description *description, dseg_view *kept, dseg_view from,
                                  const dseg_tag_choice *choice, dseg_error *error);

/* Puts the makers that the context names in front of those of the attributes, if there are such, each once. */
dseg_status dseg_join_makers(dseg_description *description, dseg_error *error);

/* Sets the tags of what a copy does not have. */
dseg_status dseg_set_dropped(dseg_description *description, const dseg_tag_list *list, dseg_error *error);

/* A view of kept elements to walk over. */
static inline dseg_elements dseg_kept_elements(dseg_view bytes) {
  return (dseg_elements){.bytes = bytes};
}

#endif
