/* SPDX-License-Identifier: Apache-2.0 */
/* no_codec.c - see no_codec.h. */
#include "seg_read/no_codec.h"

#include <stdio.h>
#include <string.h>

#include "dicom/keep.h"
#include "dseg/plugin.h"
#include "model/private_elements.h"

/* Name and version of a frame codec, as the last value of an experimental object's mark has them. */
struct mark {
  char name[41];
  char version[17];
};

/* Copies what is in front of a space, or the end; false: it is empty, too long, or has characters that no name has. */
static bool take_word(dseg_view *text, char *word, size_t room) {
  size_t size = 0;
  while (size < text->size && text->data[size] != ' ') {
    const char c = (char)text->data[size];
    if (size + 1 == room || c == '\0' || strchr("abcdefghijklmnopqrstuvwxyz0123456789.-", c) == NULL) {
      return false;
    }
    word[size++] = c;
  }
  word[size] = '\0';
  const size_t passed = size < text->size ? size + 1 : size;
  *text = (dseg_view){text->data + passed, text->size - passed};
  return size > 0;
}

static bool read_mark(const dseg_part10 *part10, struct mark *mark) {
  dseg_element element;
  dseg_view text;
  if (dseg_find_private(&part10->elements, DSEG_PRIVATE_GROUP, DSEG_PROPOSALS_CREATOR, DSEG_PROPOSALS_LIST, &element,
                        NULL) != DSEG_OK ||
      element.tag == 0 || element.undefined_length || !dseg_element_text(&element, SIZE_MAX, &text)) {
    return false;
  }
  for (size_t i = text.size; i > 0; i--) {
    if (text.data[i - 1] == '\\') {
      text = (dseg_view){text.data + i, text.size - i};
      break;
    }
  }
  return take_word(&text, mark->name, sizeof mark->name) && take_word(&text, mark->version, sizeof mark->version);
}

dseg_status dseg_fail_no_codec(const dseg_part10 *part10, dseg_error *error) {
  const char *option = dseg_missing_codec_option(part10->transfer_syntax_uid);
  char known[200] = "";
  struct mark mark;
  if (option != NULL) {
    snprintf(known, sizeof known, "; it was built without %.60s", option);
  } else if (read_mark(part10, &mark)) {
    const dseg_frame_codec *codec = dseg_find_frame_codec(mark.name);
    const char *version = codec != NULL ? codec->proposal_version : NULL;
    snprintf(known, sizeof known, "; the object says that it is %s version %s%s%.16s", mark.name, mark.version,
             version != NULL ? ", and this build has version " : "", version != NULL ? version : "");
  }
  return dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                   "transfer syntax %s (0002,0010): this build has no codec that decodes its frames%s (PS3.5 A.4)",
                   part10->transfer_syntax_uid, known);
}
