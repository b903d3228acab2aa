/* SPDX-License-Identifier: Apache-2.0 */
/* show.c - `dseg names` for people. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/text_out.h"
#include "names/names.h"

enum { NAMED = 5, CODE_ROOM = 400 };

static dseg_named_segment sources_of(const names_found *found, size_t i) {
  const dseg_segment *segment = &found->description->segments[i];
  if (found->named != NULL) {
    return found->named[i];
  }
  return (dseg_named_segment){
      .label = (segment->assumed & DSEG_ASSUMED_LABEL) != 0 ? DSEG_NAME_FROM_NOBODY : DSEG_NAME_FROM_INPUT,
      .codes = dseg_segment_is_coded(segment) ? DSEG_NAME_FROM_INPUT : DSEG_NAME_FROM_NOBODY,
      .color = (segment->assumed & DSEG_ASSUMED_COLOR) != 0 ? DSEG_NAME_FROM_NOBODY : DSEG_NAME_FROM_INPUT};
}

static const char *source_name(dseg_name_source source) {
  static const char *const names[] = {"-", "input", "table", "terms"};
  return names[source];
}

static void add(char *text, size_t *used, const char *what, const char *more) {
  const int length = snprintf(text + *used, CODE_ROOM - *used, "%s%.80s", what, more);
  *used += length > 0 && *used + (size_t)length < CODE_ROOM ? (size_t)length : 0;
}

/* "SCT 64033007 Kidney, Left; in Liver" */
static void format_codes(const dseg_segment *segment, char text[CODE_ROOM]) {
  size_t used = 0;
  text[0] = '\0';
  if (!dseg_segment_is_coded(segment)) {
    add(text, &used, "", "-");
    return;
  }
  add(text, &used, "", segment->type.scheme != NULL ? segment->type.scheme : "?");
  add(text, &used, " ", segment->type.value);
  add(text, &used, " ", segment->type.meaning != NULL ? segment->type.meaning : "");
  for (size_t i = 0; i < segment->type_modifiers.count; i++) {
    add(text, &used, ", ", segment->type_modifiers.items[i].meaning);
  }
  for (size_t i = 0; i < segment->anatomic_regions.count; i++) {
    add(text, &used, "; in ", segment->anatomic_regions.items[i].meaning);
  }
  for (size_t i = 0; i < segment->anatomic_region_modifiers.count; i++) {
    add(text, &used, ", ", segment->anatomic_region_modifiers.items[i].meaning);
  }
}

static int width_of(const char *text) {
  int width = 0;
  for (; *text != '\0'; text++) {
    width += ((unsigned char)*text & 0xC0U) != 0x80U ? 1 : 0;
  }
  return width;
}

static void show_padded(const char *text, int width) {
  cli_put_text(stdout, text);
  for (int i = width_of(text); i < width; i++) {
    (void)putchar(' ');
  }
}

static void show_segment(const names_found *found, size_t i, int label_width, int code_width) {
  const dseg_segment *segment = &found->description->segments[i];
  const dseg_named_segment from = sources_of(found, i);
  char codes[CODE_ROOM];
  format_codes(segment, codes);
  cli_print("%6" PRIu32 "  ", segment->number);
  show_padded(segment->label, label_width);
  if (segment->has_color) {
    cli_print("  #%02x%02x%02x  ", segment->rgb[0], segment->rgb[1], segment->rgb[2]);
  } else {
    cli_print("  -        ");
  }
  show_padded(codes, code_width);
  cli_print("  %s, %s, %s%s\n", source_name(from.label), source_name(from.codes), source_name(from.color),
            found->changes != NULL && found->changes[i].former == UINT32_MAX ? "; no voxel" : "");
}

void names_show(const names_found *found) {
  int label_width = 4;
  int code_width = 5;
  for (size_t i = 0; i < found->description->segment_count; i++) {
    char codes[CODE_ROOM];
    format_codes(&found->description->segments[i], codes);
    const int label = width_of(found->description->segments[i].label);
    label_width = label > label_width ? label : label_width;
    code_width = width_of(codes) > code_width ? width_of(codes) : code_width;
  }
  if (found->kind != NULL) {
    cli_print("table: %s\n", found->kind);
  }
  cli_print("number  %-*s  colour   %-*s  from (name, codes, colour)\n", label_width, "name", code_width, "codes");
  for (size_t i = 0; i < found->description->segment_count; i++) {
    show_segment(found, i, label_width, code_width);
  }
}

void names_note_uncoded(const char *file, const names_found *found) {
  char list[NAMED * 100] = "";
  size_t used = 0;
  size_t count = 0;
  for (size_t i = 0; i < found->description->segment_count; i++) {
    const dseg_segment *segment = &found->description->segments[i];
    if (!dseg_segment_is_coded(segment) && count++ < NAMED) {
      const int length = snprintf(list + used, sizeof list - used, "%s%" PRIu32 " \"%.64s\"", used > 0 ? ", " : "",
                                  segment->number, segment->label);
      used += length > 0 ? (size_t)length : 0;
    }
  }
  if (count > NAMED) {
    cli_note(file, "%zu of %zu segments have no code: %s and %zu more", count, found->description->segment_count, list,
             count - NAMED);
  } else if (count > 0) {
    cli_note(file, "%zu of %zu segments have no code: %s", count, found->description->segment_count, list);
  }
}
