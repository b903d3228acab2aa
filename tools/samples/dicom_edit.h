/* SPDX-License-Identifier: Apache-2.0 */
/* dicom_edit.h - changes single elements of a DICOM file that this program has written: for objects that are wrong on
 * purpose, which no writer would write. Explicit VR Little Endian, with lengths or delimiters (PS3.5 7.1, 7.5, A.4). */
#ifndef DSEG_TOOLS_SAMPLES_DICOM_EDIT_H
#define DSEG_TOOLS_SAMPLES_DICOM_EDIT_H

#include "dseg/dseg.h"

/* An element; an item of a sequence or a fragment of encapsulated pixels (tag EDIT_ITEM); or the whole file. */
typedef struct edit_node {
  uint32_t tag;
  char vr[3]; /* of elements */
  uint8_t *value;
  size_t size;
  struct edit_node *children; /* elements of an item, items of a sequence, fragments */
  size_t count, room;
  bool nested; /* has children rather than a value, even if there is none */
} edit_node;

#define EDIT_ITEM 0xFFFEE000U /* tag of items */

/* Reads a whole file. *file is given to edit_free whatever the outcome. */
dseg_status edit_read(dseg_view bytes, edit_node *file, dseg_error *error);
void edit_free(edit_node *file);

/* The element or item at a path such as "00620002[1]/00620004" (items count from 1); NULL when it is not there. */
edit_node *edit_find(edit_node *file, const char *path);

/* Carries out one change:
 *   "PATH VR VALUE"  sets an element, made where it is missing; items on the way are made, too. VALUE: text as it is;
 *                    numbers separated by '\' for US, UL, SS, SL, AT (hexadecimal); nothing: an empty value
 *   "PATH -"         removes an element or an item
 *   "PATH +"         appends a copy of the last item of a sequence
 * DSEG_ERROR_ARGUMENT when the path is not there or the text makes no sense. */
dseg_status edit_apply(edit_node *file, const char *change, dseg_error *error);

/* Appends the file's bytes. */
dseg_status edit_write(const edit_node *file, dseg_buffer *out, dseg_error *error);

#endif
