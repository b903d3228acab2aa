/* SPDX-License-Identifier: Apache-2.0 */
#include "frame_json.h"

#include <stdio.h>

void frame_json_text(const char *text) {
  putchar('"');
  for (; *text != '\0'; text++) {
    if (*text == '"' || *text == '\\') {
      putchar('\\');
    }
    putchar((unsigned char)*text < ' ' ? ' ' : *text);
  }
  putchar('"');
}

void frame_json_codec(const dseg_frame_codec *codec) {
  printf(", \"experimental\": %s, \"library\": ", (codec->flags & DSEG_PLUGIN_EXPERIMENTAL) != 0 ? "true" : "false");
  frame_json_text(codec->library_version != NULL ? codec->library_version() : "");
}
