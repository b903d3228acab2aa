/* SPDX-License-Identifier: Apache-2.0 */
/* create.c - checks what is to be written, chooses the encoding, and opens the output. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "base/memory_limit.h"
#include "base/options.h"
#include "model/instances.h"
#include "model/plugin_call.h"
#include "seg_write/writer.h"

static const char *default_representation(const dseg_description *description) {
  switch (description->kind) {
    case DSEG_VOXELS_MASKS: return "binary";
    case DSEG_VOXELS_PROBABILITY:
    case DSEG_VOXELS_OCCUPANCY: return "fractional";
    case DSEG_VOXELS_LABELS: break;
  }
  return "labelmap";
}

static dseg_status check_geometry(const dseg_description *description, dseg_error *error) {
  const dseg_geometry *geometry = &description->geometry;
  if (geometry->rows == 0 || geometry->columns == 0 || geometry->rows > UINT16_MAX || geometry->columns > UINT16_MAX) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "planes of %u x %u; Rows (0028,0010) and Columns hold 1 to 65535",
                     (unsigned)geometry->rows, (unsigned)geometry->columns);
  }
  if (geometry->plane_count == 0 || geometry->planes == NULL || geometry->plane_count > INT32_MAX) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "a segmentation of %zu planes", geometry->plane_count);
  }
  if (geometry->space != DSEG_SPACE_NONE && !(geometry->pixel_spacing[0] > 0.0 && geometry->pixel_spacing[1] > 0.0)) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "no Pixel Spacing (0028,0030): PS3.3 C.7.6.16.2.1 requires it");
  }
  return DSEG_OK;
}

/* A frame lies in a frame of reference, or corresponds to an image pixel by pixel (A.51.5.1). */
static dseg_status check_sources(const dseg_description *description, const dseg_warning_sink *warnings,
                                 dseg_error *error) {
  size_t incomplete = 0;
  for (size_t i = 0; i < description->geometry.plane_count; i++) {
    const bool has_source = dseg_plane_images(description, i).count > 0;
    if (!has_source && description->geometry.space == DSEG_SPACE_NONE) {
      return dseg_fail(error, DSEG_ERROR_ARGUMENT,
                       "plane %zu has neither a position nor a source image with its UIDs (A.51.5.1)", i);
    }
    incomplete += !has_source && description->geometry.planes[i].source >= 0 ? 1 : 0;
  }
  if (incomplete > 0) {
    dseg_warn(warnings,
              "source images without SOP Class, SOP Instance or Series Instance UID are not referenced (C.12.2)");
  }
  return DSEG_OK;
}

/* PS3.3 C.8.20.2.4. */
static dseg_status check_segments(const dseg_description *description, const dseg_representation *representation,
                                  bool may_be_large, dseg_error *error) {
  const bool in_sequence = (representation->flags & DSEG_PLUGIN_SEGMENT_FRAMES) != 0;
  if (in_sequence && description->segment_count == 0) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "no segment: Segment Sequence (0062,0002) needs one (C.8.20.2)");
  }
  if (description->segment_count > UINT16_MAX && !may_be_large) {
    return dseg_fail(error, DSEG_ERROR_LIMIT, "%zu segments; Segment Number (0062,0004) holds 65535",
                     description->segment_count);
  }
  for (size_t i = 0; i < description->segment_count; i++) {
    const uint32_t number = description->segments[i].number;
    if (number > UINT16_MAX && !may_be_large) {
      return dseg_fail(error, DSEG_ERROR_LIMIT,
                       "segment %lu: Segment Number (0062,0004) is at most 65535; the segments have to be renumbered",
                       (unsigned long)number);
    }
    if (i > 0 && number <= description->segments[i - 1].number) {
      return dseg_fail(error, DSEG_ERROR_ARGUMENT, "segment %lu: numbers ascend (0062,0004; C.8.20.2.4)",
                       (unsigned long)number);
    }
    if (in_sequence && number != i + 1) {
      return dseg_fail(error, DSEG_ERROR_ARGUMENT,
                       "segment %lu: %s numbers segments from 1 without a gap (0062,0004; C.8.20.2.4)",
                       (unsigned long)number, representation->title);
    }
  }
  if (description->has_background && description->background > UINT16_MAX) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "background %lu: Pixel Padding Value (0028,0120) is at most 65535",
                     (unsigned long)description->background);
  }
  return DSEG_OK;
}

/* Whether the representation keeps the description's instances. */
static dseg_status check_instances(const dseg_description *description, const dseg_representation *representation,
                                   dseg_error *error) {
  if (description->instances == NULL) {
    return DSEG_OK;
  }
  if (!DSEG_HAVE_INSTANCES || (representation->flags & DSEG_PLUGIN_INSTANCES) == 0) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                     "%s knows no instances, and there are %zu: write their classes (description->instances NULL), or "
                     "another representation",
                     representation->title, description->instances->count);
  }
  dseg_error why = {DSEG_OK, ""};
  return dseg_instances_check(description, "the description", &why) == DSEG_OK
             ? DSEG_OK
             : dseg_fail(error, DSEG_ERROR_ARGUMENT, "%s", why.message);
}

static dseg_status choose_encoding(dseg_writer *writer, const dseg_write_options *options, dseg_error *error) {
  const char *representation =
      options->representation != NULL ? options->representation : default_representation(writer->description);
  const char *codec = options->frame_codec != NULL ? options->frame_codec : "explicit-le";
  writer->representation = dseg_find_representation(representation);
  if (writer->representation == NULL || (writer->representation->flags & DSEG_PLUGIN_CAN_WRITE) == 0) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED, "representation '%s' cannot be written by this build",
                     representation);
  }
  writer->codec = dseg_find_frame_codec(codec);
  if (writer->codec == NULL || (writer->codec->flags & DSEG_PLUGIN_CAN_WRITE) == 0 ||
      (writer->codec->flags & DSEG_PLUGIN_BIG_ENDIAN) != 0) {
    const char *option = dseg_missing_codec_option(codec);
    if (writer->codec == NULL && option == NULL) {
      return dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                       "no frame codec has the name or UID '%s' (a proposal's has to be registered first); "
                       "dseg_frame_codec_at has those that are there",
                       codec);
    }
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED, "frame codec '%s' cannot be written by this build%s%s", codec,
                     option != NULL ? "; it was built without " : "", option != NULL ? option : "");
  }
  return DSEG_OK;
}

dseg_status dseg_check_option(const char *plugin, const dseg_option *table, const dseg_option_value *value,
                              const dseg_option **found, dseg_error *error) {
  for (const dseg_option *option = table; option != NULL && option->name != NULL; option++) {
    if (strcmp(option->name, value->name) != 0) {
      continue;
    }
    if (value->value < option->minimum || value->value > option->maximum) {
      return dseg_fail(error, DSEG_ERROR_ARGUMENT, "option %s of %s: %lld is not in %lld..%lld", option->name, plugin,
                       (long long)value->value, (long long)option->minimum, (long long)option->maximum);
    }
    *found = option;
    return DSEG_OK;
  }
  char names[300] = "";
  size_t used = 0;
  for (const dseg_option *option = table; option != NULL && option->name != NULL && used < sizeof names; option++) {
    const int more = snprintf(names + used, sizeof names - used, "%s%s", used > 0 ? ", " : "", option->name);
    used += more > 0 ? (size_t)more : 0;
  }
  return dseg_fail(error, DSEG_ERROR_ARGUMENT, "%s has no option %.100s; %s%s", plugin, value->name,
                   used > 0 ? "its options are " : "it has none", names);
}

/* Checks a plug-in's options and makes *values, which the caller gave, a copy in the description's arena: options are
 * used until the frames are compressed, in dseg_writer_finish. */
static dseg_status take_options(dseg_writer *writer, const char *plugin, const dseg_option *table,
                                const dseg_option_value **values, size_t count, dseg_error *error) {
  if (count == 0) {
    *values = NULL;
    return DSEG_OK;
  }
  dseg_option_value *copies = dseg_description_alloc(writer->description, count * sizeof *copies);
  if (copies == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a writer");
  }
  for (size_t i = 0; i < count; i++) {
    const dseg_option *option = NULL;
    DSEG_TRY(dseg_check_option(plugin, table, &(*values)[i], &option, error));
    copies[i] = (dseg_option_value){option->name, (*values)[i].value};
  }
  *values = copies;
  return DSEG_OK;
}

static dseg_status take_all_options(dseg_writer *writer, dseg_error *error) {
  const dseg_representation *representation = writer->representation;
  const dseg_frame_codec *codec = writer->codec;
  dseg_write_options *options = &writer->options;
  DSEG_TRY(take_options(writer, representation->name, representation->options, &options->representation_options,
                        options->representation_option_count, error));
  return take_options(writer, codec->name, codec->options, &options->codec_options, options->codec_option_count, error);
}

/* Copies texts that are used until the object is complete. */
static dseg_status take_texts(dseg_writer *writer, dseg_error *error) {
  const char **const texts[] = {&writer->options.uid_seed, &writer->options.date_time,
                                &writer->options.temporary_directory};
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
    const char *copy = dseg_description_strdup(writer->description, *texts[i]);
    if (copy == NULL && *texts[i] != NULL) {
      return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a writer");
    }
    *texts[i] = copy;
  }
  return DSEG_OK;
}

static dseg_status allocate_tables(dseg_writer *writer, dseg_error *error) {
  const dseg_description *description = writer->description;
  const size_t planes = description->geometry.plane_count;
  writer->last_segment = malloc(planes * sizeof *writer->last_segment);
  if (writer->last_segment == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu planes", planes);
  }
  for (size_t i = 0; i < planes; i++) {
    writer->last_segment[i] = -1;
  }
  return dseg_number_set_create(description, &writer->known_values, error);
}

/* Opens the output, whose path is copied, and the spool. */
static dseg_status open_output(dseg_writer *writer, const dseg_output *output, dseg_error *error) {
  writer->to = *output;
  if (output->path != NULL) {
    const size_t size = strlen(output->path) + 1;
    writer->path = malloc(size);
    if (writer->path == NULL) {
      return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a writer");
    }
    memcpy(writer->path, output->path, size);
    writer->to.path = writer->path;
  }
  DSEG_TRY(dseg_outlet_open(&writer->outlet, &writer->to, error));
  return dseg_frame_spool_create(&writer->spool, &writer->to, writer->options.temporary_directory, error);
}

/* The number in digits first..first + count - 1 of text is in a range. */
static bool in_range(const char *text, size_t first, size_t count, unsigned least, unsigned most) {
  unsigned number = 0;
  for (size_t i = first; i < first + count; i++) {
    number = number * 10 + (unsigned)(text[i] - '0');
  }
  return number >= least && number <= most;
}

/* PS3.5 Table 6.2-1, DA and TM. */
static dseg_status check_date_time(const char *text, dseg_error *error) {
  if (text == NULL || (strlen(text) == 14 && strspn(text, "0123456789") == 14 && in_range(text, 4, 2, 1, 12) &&
                       in_range(text, 6, 2, 1, 31) && in_range(text, 8, 2, 0, 23) && in_range(text, 10, 2, 0, 59) &&
                       in_range(text, 12, 2, 0, 60))) {
    return DSEG_OK;
  }
  return dseg_fail(error, DSEG_ERROR_ARGUMENT,
                   "date_time is \"%.60s\": a date and time of 14 digits is needed, 20250131235959 for instance", text);
}

/* The SOP Class that the format names, or the representation's. */
static dseg_status choose_sop_class(dseg_writer *writer, dseg_error *error) {
  const dseg_representation *representation = writer->representation;
  const char *chosen = writer->format.sop_class_uid;
  if (chosen == NULL || strcmp(chosen, representation->sop_class_uid) == 0) {
    writer->format.sop_class_uid = representation->sop_class_uid;
    return DSEG_OK;
  }
  for (const char *const *other = representation->other_sop_classes; other != NULL && *other != NULL; other++) {
    if (strcmp(chosen, *other) == 0) {
      return DSEG_OK;
    }
  }
  return dseg_fail(error, DSEG_ERROR_ARGUMENT,
                   "representation %s: choose_format wants SOP Class %.64s, which its struct does not have",
                   representation->name, chosen);
}

static dseg_status choose_format(dseg_writer *writer, dseg_error *error) {
  const dseg_representation *representation = writer->representation;
  const dseg_status status =
      representation->choose_format(writer->description, writer->options.representation_options,
                                    writer->options.representation_option_count, &writer->format, error);
  DSEG_TRY(dseg_of_plugin(status, representation->name, "choose_format", error));
  const dseg_pixel_format *format = &writer->format;
  if ((representation->flags & dseg_bits_flag(format->bits_allocated)) == 0 ||
      (format->replaces & ~representation->replaces) != 0 ||
      (format->order & ~(uint32_t)(DSEG_ORDER_PLANES_DESCEND | DSEG_ORDER_BY_SEGMENT)) != 0) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT,
                     "representation %s: choose_format wants %u bits a pixel, or replaces attributes, which its struct "
                     "does not have, or an order that this library does not know",
                     representation->name, format->bits_allocated);
  }
  DSEG_TRY(choose_sop_class(writer, error));
  return check_segments(writer->description, representation, (format->replaces & DSEG_REPLACES_SEGMENTS) != 0, error);
}

/* What is kept of frames has its place in their functional groups. */
static void warn_of_frames(const dseg_writer *writer) {
  if ((writer->format.replaces & DSEG_REPLACES_FRAME_GROUPS) != 0 && writer->description->frame_count > 0) {
    dseg_warn(&writer->options.warnings,
              "attributes of %zu frames are not written: %s has no Per-Frame Functional Groups Sequence (5200,9230) "
              "(PS3.3 C.7.6.16)",
              writer->description->frame_count, writer->representation->title);
  }
}

static dseg_status begin_representation(dseg_writer *writer, dseg_error *error) {
  const dseg_representation *representation = writer->representation;
  warn_of_frames(writer);
  if (representation->begin_write == NULL) {
    return DSEG_OK;
  }
  const dseg_write_context context = dseg_writer_context(writer, &writer->options.warnings);
  const dseg_status status = representation->begin_write(&context, &writer->plugin_state, error);
  return dseg_of_plugin(status, representation->name, "begin_write", error);
}

static dseg_status prepare(dseg_writer *writer, const dseg_output *output, const dseg_write_options *options,
                           dseg_error *error) {
  dseg_description *description = writer->description;
  DSEG_TRY(check_date_time(options->date_time, error));
  DSEG_TRY(check_geometry(description, error));
  dseg_mend_orientation(&description->geometry, &options->warnings);
  DSEG_TRY(dseg_mend_sources(description, &options->warnings, error));
  DSEG_TRY(check_sources(description, &options->warnings, error));
  DSEG_TRY(choose_encoding(writer, options, error));
  DSEG_TRY(check_instances(description, writer->representation, error));
  /* Segments that the representation describes itself may have numbers past 65535. */
  const uint32_t replaces = writer->representation->replaces;
  DSEG_TRY(check_segments(description, writer->representation, (replaces & DSEG_REPLACES_SEGMENTS) != 0, error));
  DSEG_TRY(dseg_mend_description(description, &options->warnings, error));
  DSEG_TRY(dseg_mend_frames(description, &options->warnings, error));
  if ((writer->representation->flags & DSEG_PLUGIN_FRACTIONS) != 0 && description->maximum_fraction == 0) {
    description->maximum_fraction = UINT8_MAX;
  }
  writer->options = *options;
  writer->options.memory_limit = dseg_memory_limit(options->memory_limit);
  DSEG_TRY(take_all_options(writer, error));
  DSEG_TRY(choose_format(writer, error));
  const dseg_frame_info form = dseg_writer_frame_format(writer);
  DSEG_TRY(dseg_check_encoding(writer->representation, writer->codec, &form, error));
  if (dseg_frame_bytes(&form) > UINT32_MAX) {
    return dseg_fail(error, DSEG_ERROR_LIMIT, "frames of %u x %u pixels with %u bits are past 4 GiB",
                     (unsigned)form.columns, (unsigned)form.rows, form.bits_allocated);
  }
  writer->bit_packed = dseg_writer_is_native(writer) && dseg_writer_frame_bits(writer) % 8 != 0;
  DSEG_TRY(allocate_tables(writer, error));
  DSEG_TRY(take_texts(writer, error));
  DSEG_TRY(open_output(writer, output, error));
  return begin_representation(writer, error);
}

static dseg_status create(const dseg_output *output, const dseg_description *description,
                          const dseg_write_options *options, dseg_writer **writer, dseg_error *error) {
  dseg_writer *created = calloc(1, sizeof *created);
  if (created == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a writer");
  }
  created->spool.descriptor = -1;
  created->occupied_plane = SIZE_MAX;
  dseg_status status = dseg_description_copy(description, &created->description, error);
  if (status == DSEG_OK) {
    status = prepare(created, output, options, error);
  }
  if (status != DSEG_OK) {
    dseg_writer_destroy(created);
    return status;
  }
  *writer = created;
  return DSEG_OK;
}

dseg_status dseg_writer_create_to(const dseg_output *output, const dseg_description *description,
                                  const dseg_write_options *options, dseg_writer **writer, dseg_error *error) {
  dseg_error_clear(error);
  if (description == NULL || writer == NULL) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "a writer needs an output and a description");
  }
  dseg_output to;
  dseg_write_options chosen;
  DSEG_TRY(dseg_output_copy(&to, output, error));
  DSEG_TRY(DSEG_COPY_OPTIONS(dseg_write_options, &chosen, options, error));
  return create(&to, description, &chosen, writer, error);
}

dseg_status dseg_writer_create(const char *path, const dseg_description *description, const dseg_write_options *options,
                               dseg_writer **writer, dseg_error *error) {
  dseg_error_clear(error);
  if (path == NULL || description == NULL || writer == NULL) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "a writer needs a path and a description");
  }
  dseg_write_options chosen;
  DSEG_TRY(DSEG_COPY_OPTIONS(dseg_write_options, &chosen, options, error));
  const unsigned flags = (chosen.replace ? DSEG_OUTPUT_REPLACE : 0u) | (chosen.sync ? DSEG_OUTPUT_SYNC : 0u);
  const dseg_output output = dseg_output_to_file(path, flags, chosen.set);
  return create(&output, description, &chosen, writer, error);
}
