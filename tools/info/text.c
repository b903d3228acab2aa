/* SPDX-License-Identifier: Apache-2.0 */
/* text.c - `dseg info` for people. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "info/info.h"

const char *info_kind_name(dseg_voxel_kind kind) {
  static const char *const names[] = {"labels", "masks", "probability", "occupancy"};
  return names[kind];
}

const char *info_algorithm_name(dseg_algorithm_type type) {
  static const char *const names[] = {"AUTOMATIC", "SEMIAUTOMATIC", "MANUAL"};
  return names[type];
}

const char *info_space_name(dseg_space space) {
  static const char *const names[] = {"none", "patient", "slide"};
  return names[space];
}

uint64_t info_other_bytes(const dseg_encoding_info *encoding) {
  const uint64_t known = encoding->pixel_data_bytes + encoding->per_frame_bytes;
  return encoding->file_bytes > known ? encoding->file_bytes - known : 0;
}

static void show_line(const char *name, const char *value) {
  if (value != NULL) {
    cli_print("  %-22s %s\n", name, value);
  }
}

/* Who made the object, and what it was made from. */
static void show_makers(const info_file *file) {
  const dseg_encoding_info *encoding = file->encoding;
  for (size_t i = 0; i < encoding->maker_count; i++) {
    const dseg_maker *maker = &encoding->makers[i];
    const char *parts[] = {maker->manufacturer, maker->model_name, maker->software_versions};
    bool any = false;
    for (size_t j = 0; j < sizeof parts / sizeof parts[0]; j++) {
      if (parts[j] != NULL && any) {
        cli_print(", %s", parts[j]);
      } else if (parts[j] != NULL) {
        cli_print("  %-22s %s", i == 0 ? "made by" : "from work of", parts[j]);
        any = true;
      }
    }
    if (any) {
      (void)putchar('\n');
    }
  }
  show_line("content creator", file->description->content.content_creator_name);
}

static void show_encoding(const info_file *file) {
  const dseg_encoding_info *encoding = file->encoding;
  if (encoding->representation == NULL) {
    return;
  }
  const dseg_frame_codec *codec = dseg_find_frame_codec(encoding->transfer_syntax_uid);
  cli_print("  %-22s %s (%u bits, %s)\n", "representation", encoding->representation, encoding->bits_allocated,
            encoding->photometric_interpretation != NULL ? encoding->photometric_interpretation : "?");
  const dseg_representation *representation = dseg_find_representation(encoding->representation);
  if (representation != NULL && (representation->flags & DSEG_PLUGIN_EXPERIMENTAL) != 0) {
    cli_print("  %-22s experimental: %s\n", "", representation->title);
  }
  show_line("", encoding->summary);
  cli_print("  %-22s %s (%s)\n", "transfer syntax", codec != NULL ? codec->title : "unknown",
            encoding->transfer_syntax_uid);
  if (codec != NULL && (codec->flags & DSEG_PLUGIN_EXPERIMENTAL) != 0) {
    cli_print("  %-22s experimental: no transfer syntax of the standard\n", "");
  }
  if (codec != NULL && (codec->flags & DSEG_PLUGIN_OTHER_FRAMES) != 0) {
    cli_print("  %-22s a frame may need others to be decoded\n", "");
  }
  if (codec != NULL && codec->learn != NULL) {
    cli_print("  %-22s the first frame's bytes hold what all frames need\n", "");
  }
  show_line("SOP class", encoding->sop_class_uid);
  show_line("SOP instance", encoding->sop_instance_uid);
  show_line("series", encoding->series_uid);
  show_line("study", encoding->study_uid);
  show_line("series description", file->description->content.series_description);
  show_line("content label", file->description->content.content_label);
  show_makers(file);
  show_line("segments overlap", encoding->segments_overlap);
  cli_print("  %-22s %zu", "frames", encoding->frame_count);
  if (encoding->frames_without_position > 0) {
    cli_print(" (%zu without a position)", encoding->frames_without_position);
  }
  putchar('\n');
}

static void show_numbers(const char *name, const double *numbers, size_t count) {
  cli_print("  %-22s", name);
  for (size_t i = 0; i < count; i++) {
    cli_print("%s %.6g", i > 0 && i % 3 == 0 ? " |" : "", numbers[i] + 0.0); /* no negative zero */
  }
  putchar('\n');
}

static void show_spacing(double spacing) {
  if (spacing > 0) {
    cli_print("%.6g", spacing);
  } else {
    cli_print("unknown");
  }
}

/* Between rows, columns and planes; tiles of a slide lie in one plane. */
static void show_spacings(const info_file *file) {
  const dseg_geometry *geometry = &file->description->geometry;
  const double *step = file->grid.step[2];
  cli_print("  %-22s ", "spacing [mm]");
  show_spacing(geometry->pixel_spacing[0]);
  cli_print(" x ");
  show_spacing(geometry->pixel_spacing[1]);
  if (geometry->space != DSEG_SPACE_SLIDE) {
    const bool is_declared = geometry->spacing_between_slices > 0;
    const bool is_measured = geometry->space == DSEG_SPACE_PATIENT && geometry->plane_count > 1;
    cli_print(" x ");
    if (!is_declared && is_measured && !file->regular) {
      cli_print("uneven");
    } else if (!is_declared && is_measured) {
      show_spacing(sqrt(step[0] * step[0] + step[1] * step[1] + step[2] * step[2]));
    } else {
      show_spacing(geometry->spacing_between_slices);
    }
  }
  if (geometry->slice_thickness > 0) {
    cli_print(" (slice thickness %.6g)", geometry->slice_thickness);
  }
  (void)putchar('\n');
}

static void show_geometry(const info_file *file) {
  const dseg_geometry *geometry = &file->description->geometry;
  const double *o = geometry->orientation;
  cli_print("  %-22s %" PRIu32 " x %" PRIu32 " x %zu (rows x columns x %s)\n", "size", geometry->rows,
            geometry->columns, geometry->plane_count, geometry->space == DSEG_SPACE_SLIDE ? "tiles" : "planes");
  if (geometry->space == DSEG_SPACE_SLIDE) {
    cli_print("  %-22s %" PRIu32 " x %" PRIu32 "\n", "total pixel matrix", geometry->matrix_rows,
              geometry->matrix_columns);
  }
  show_spacings(file);
  if (geometry->space != DSEG_SPACE_NONE) {
    show_numbers("orientation", o, 6);
  }
  if (geometry->space == DSEG_SPACE_PATIENT && geometry->plane_count > 0) {
    const double *first = geometry->planes[0].position;
    const double *last = geometry->planes[geometry->plane_count - 1].position;
    show_numbers("first position [mm]", first, 3);
    show_numbers("last position [mm]", last, 3);
    const double shift = file->regular ? dseg_grid_shift(&file->grid) : 0;
    if (shift > 0) {
      cli_print(
          "  %-22s %.2f mm against each other, as with a tilted gantry: a sheared grid, which ITK does not read\n",
          "planes are shifted by", shift);
    }
    if (!file->regular) {
      show_line("grid", "planes are not evenly spaced on one normal");
    } else if (file->grid.size[2] != geometry->plane_count) {
      cli_print("  %-22s %zu of %zu planes of an even grid are there\n", "grid", geometry->plane_count,
                file->grid.size[2]);
    }
  }
  show_line("frame of reference", geometry->frame_of_reference_uid);
}

static void show_share(const char *name, uint64_t bytes, const dseg_encoding_info *encoding) {
  if (bytes > 0) {
    cli_print("    %-20s %" PRIu64 " (%.1f %%)\n", name, bytes, 100.0 * (double)bytes / (double)encoding->file_bytes);
  }
}

static void show_bytes(const dseg_encoding_info *encoding) {
  if (encoding->file_bytes == 0) {
    return;
  }
  const double percent = 100.0 / (double)encoding->file_bytes;
  cli_print("  %-22s %" PRIu64 "\n", "bytes", encoding->file_bytes);
  cli_print("    %-20s %" PRIu64 " (%.1f %%)\n", "pixel data", encoding->pixel_data_bytes,
            (double)encoding->pixel_data_bytes * percent);
  show_share("  headers of items", encoding->item_bytes, encoding);
  show_share("  offset tables", encoding->offset_table_bytes, encoding);
  cli_print("    %-20s %" PRIu64 " (%.1f %%", "per-frame groups", encoding->per_frame_bytes,
            (double)encoding->per_frame_bytes * percent);
  if (encoding->frame_count > 0) {
    cli_print(", %.0f a frame", (double)encoding->per_frame_bytes / (double)encoding->frame_count);
  }
  puts(")");
  show_share("references", encoding->reference_bytes, encoding);
  show_share("segments", encoding->segment_bytes, encoding);
  const uint64_t named = encoding->reference_bytes + encoding->segment_bytes, other = info_other_bytes(encoding);
  show_share("the rest", other > named ? other - named : other,
             encoding); /* a deflated data set is smaller than it says */
}

/* Characters on the screen, counting each code point of UTF-8 as one. */
static size_t text_width(const char *text) {
  size_t width = 0;
  for (; *text != '\0'; text++) {
    width += ((unsigned char)*text & 0xC0) != 0x80;
  }
  return width;
}

static void show_padded(const char *text, size_t width) {
  const size_t used = text_width(text);
  cli_print("%s%*s", text, used < width ? (int)(width - used) : 0, "");
}

static void format_code(const dseg_code *code, char *text, size_t size) {
  if (code->value == NULL) {
    snprintf(text, size, "-");
  } else {
    snprintf(text, size, "%s:%s %s", code->scheme != NULL ? code->scheme : "?", code->value,
             code->meaning != NULL ? code->meaning : "");
  }
}

/* Room for a type with its modifiers and regions; longer ones are cut off. */
enum { TYPE_TEXT = 400 };

static const char *name_of(const dseg_code *code) {
  return code->meaning != NULL ? code->meaning : code->value != NULL ? code->value : "?";
}

/* What says more about a code: ", Left". */
static void append_modifiers(const dseg_code_list *list, char *text, size_t size) {
  for (size_t i = 0; i < list->count; i++) {
    const size_t used = strlen(text);
    (void)snprintf(text + used, size - used, ", %s", name_of(&list->items[i]));
  }
}

/* The type with its modifiers, and where it is: "SCT:367643001 Cyst in Kidney, Left". */
static void format_type(const dseg_segment *segment, char *text, size_t size) {
  format_code(&segment->type, text, size);
  append_modifiers(&segment->type_modifiers, text, size);
  for (size_t i = 0; i < segment->anatomic_regions.count; i++) {
    const size_t used = strlen(text);
    (void)snprintf(text + used, size - used, "%s %s", i == 0 ? " in" : ",",
                   name_of(&segment->anatomic_regions.items[i]));
  }
  append_modifiers(&segment->anatomic_region_modifiers, text, size);
}

static void show_segment(const info_file *file, size_t index, size_t label_width, size_t category_width,
                         size_t type_width) {
  const dseg_segment *segment = &file->description->segments[index];
  char code[TYPE_TEXT];
  cli_print("  %6" PRIu32 "  ", segment->number);
  show_padded(segment->label, label_width);
  if (segment->has_color) {
    cli_print("  #%02x%02x%02x  ", segment->rgb[0], segment->rgb[1], segment->rgb[2]);
  } else {
    cli_print("  %-7s  ", "-");
  }
  format_code(&segment->category, code, sizeof code);
  show_padded(code, category_width);
  cli_print("  ");
  format_type(segment, code, sizeof code);
  show_padded(code, type_width);
  cli_print("  %s%s%s", info_algorithm_name(segment->algorithm_type), segment->algorithm_name != NULL ? " " : "",
            segment->algorithm_name != NULL ? segment->algorithm_name : "");
  if (segment->has_original_number) {
    cli_print("; was number %" PRIu32, segment->original_number);
  }
  if (file->instances_of != NULL) {
    cli_print("; %zu %s", file->instances_of[index], file->instances_of[index] == 1 ? "instance" : "instances");
  }
  putchar('\n');
}

static void show_segments(const info_file *file) {
  const dseg_description *description = file->description;
  cli_print("  %-22s %zu\n", "segments", description->segment_count);
  size_t label = 5;
  size_t category = 8;
  size_t type = 4;
  for (size_t i = 0; i < description->segment_count; i++) {
    const dseg_segment *segment = &description->segments[i];
    char code[TYPE_TEXT];
    label = text_width(segment->label) > label ? text_width(segment->label) : label;
    format_code(&segment->category, code, sizeof code);
    category = text_width(code) > category ? text_width(code) : category;
    format_type(segment, code, sizeof code);
    type = text_width(code) > type ? text_width(code) : type;
  }
  if (description->segment_count > 0) {
    cli_print("  number  %-*s  %-7s  %-*s  %-*s  algorithm\n", (int)label, "label", "colour", (int)category, "category",
              (int)type, "type");
  }
  for (size_t i = 0; i < description->segment_count; i++) {
    show_segment(file, i, label, category, type);
  }
}

void info_show_text(const info_file *file) {
  const dseg_description *description = file->description;
  cli_print("%s\n", file->path);
  show_line("format", dseg_source_format(file->source));
  show_encoding(file);
  cli_print("  %-22s %s", "voxels", info_kind_name(description->kind));
  if (description->maximum_fraction > 0) {
    cli_print(", 0 to %" PRIu32, description->maximum_fraction);
  }
  putchar('\n');
  show_geometry(file);
  show_bytes(file->encoding);
  show_segments(file);
  info_show_instances(file);
  if (file->statistics != NULL) {
    info_show_statistics(file);
  }
}
