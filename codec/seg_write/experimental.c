/* SPDX-License-Identifier: Apache-2.0 */
/* experimental.c - what an instance of an experimental encoding says of itself, beside its private UID.
 *
 * DICOM has no attribute for it. Three places have one word for people (Implementation Version Name, Series
 * Description, Content Description), and a block of private elements (PS3.5 7.8.1) has it for programs. */
#include <stdio.h>
#include <string.h>

#include "model/private_elements.h"
#include "seg_write/object.h"

#define MARK "[experimental: "

struct part {
  const char *name, *version;
};

/* The experimental parts of the encoding; returns their number. */
static size_t experimental_parts(const dseg_seg_object *object, struct part parts[2]) {
  size_t count = 0;
  const dseg_representation *representation = object->representation;
  if ((representation->flags & DSEG_PLUGIN_EXPERIMENTAL) != 0) {
    const char *name = representation->proposal_name;
    parts[count++] = (struct part){name != NULL ? name : representation->name, representation->proposal_version};
  }
  if ((object->codec->flags & DSEG_PLUGIN_EXPERIMENTAL) != 0) {
    parts[count++] = (struct part){object->codec->name, object->codec->proposal_version};
  }
  return count;
}

/* "NAME VERSION", several with separator between them. */
static void list_parts(const dseg_seg_object *object, const char *separator, char *out, size_t size) {
  struct part parts[2];
  const size_t count = experimental_parts(object, parts);
  size_t length = 0;
  out[0] = '\0';
  for (size_t i = 0; i < count && length < size; i++) {
    const char *version = parts[i].version;
    const int added = snprintf(out + length, size - length, "%s%.40s%s%.16s", i > 0 ? separator : "", parts[i].name,
                               version != NULL ? " " : "", version != NULL ? version : "");
    length += added > 0 ? (size_t)added : 0;
  }
}

const char *dseg_implementation_name(const dseg_seg_object *object, char name[17]) {
  struct part parts[2];
  const size_t count = experimental_parts(object, parts);
  if (count == 0) {
    return dseg_implementation_version_name();
  }
  snprintf(name, 17, "DSEG %.11s", parts[count - 1].name);
  return name;
}

const char *dseg_marked_text(const dseg_seg_object *object, const char *text, char *out, size_t size) {
  struct part parts[2];
  if (text != NULL && strncmp(text, MARK, strlen(MARK)) == 0 && strchr(text, ']') != NULL) {
    text = strchr(text, ']') + 1; /* of the encoding it had before */
    text += *text == ' ' ? 1 : 0;
    text = *text != '\0' ? text : NULL;
  }
  if (experimental_parts(object, parts) == 0) {
    return text;
  }
  char list[128];
  list_parts(object, ", ", list, sizeof list);
  snprintf(out, size, MARK "%s]%s%s", list, text != NULL ? " " : "", text != NULL ? text : "");
  return out;
}

void dseg_put_experimental(dseg_data_set *set, const dseg_seg_object *object) {
  char list[128];
  list_parts(object, "\\", list, sizeof list);
  if (list[0] != '\0') {
    dseg_data_set_put_text(set, dseg_put_creator(set, DSEG_PROPOSALS_CREATOR) | DSEG_PROPOSALS_LIST, "LO", list);
  }
}
