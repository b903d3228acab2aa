/* SPDX-License-Identifier: Apache-2.0 */
/* instances.c - instances of the input (dseg/instances.h): whether the output has their numbers, or their classes
 * alone, and the table of classes that is read or written beside. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/input.h"
#include "base/memory_limit.h"
#include "convert/job.h"
#include "dseg/instances.h"

enum {
  TILE = 512,           /* pixels of a slide's tile where nobody says how many */
  LABEL_CHARACTERS = 50 /* of a class's label, so that Segment Label (0062,0005) has room for a number behind them */
};

bool dseg_convert_wants_instances(const dseg_convert_options *options, bool dicom) {
  const dseg_representation *representation =
      options->representation != NULL ? dseg_find_representation(options->representation) : NULL;
  return dicom && representation != NULL && (representation->flags & DSEG_PLUGIN_INSTANCES) != 0;
}

dseg_status dseg_convert_check_instances(const dseg_convert_options *options, bool dicom, dseg_error *error) {
  const bool tiles = options->slide || options->tile_rows > 0 || options->tile_columns > 0;
  if ((options->tile_rows > 0) != (options->tile_columns > 0)) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "a tile has both rows and columns");
  }
  if (options->tile_rows > UINT16_MAX || options->tile_columns > UINT16_MAX) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "a tile of %lu x %lu: Rows (0028,0010) and Columns are at most 65535",
                     (unsigned long)options->tile_rows, (unsigned long)options->tile_columns);
  }
  if ((tiles || options->classes != NULL) && !dseg_convert_wants_instances(options, dicom)) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT,
                     "%s is for values that become instances, with the representation instance-labels or "
                     "segment-ranges for instance",
                     tiles ? "a slide of tiles" : "a table of classes");
  }
  if (options->write_classes != NULL && dicom) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "a table of classes is written beside a volume");
  }
  return DSEG_OK;
}

/* The slide that the images are of: its tiles become those of the output. */
static dseg_status read_slide(dseg_convert_job *job, dseg_description **images, dseg_error *error) {
  const dseg_convert_options *options = job->options;
  const char *name = options->references[0];
  const dseg_reference_options reference_options = {.struct_size = sizeof reference_options,
                                                    .temporary_directory = options->temporary_directory,
                                                    .other_patient = options->other_patient};
  *images = dseg_description_create();
  if (*images == NULL) {
    return dseg_convert_fail_memory(job, error);
  }
  const dseg_status status =
      dseg_description_add_reference(*images, options->references, options->reference_count, &reference_options, error);
  if (status != DSEG_OK) {
    return dseg_convert_fail_file(job, name, status, error);
  }
  if ((*images)->geometry.space != DSEG_SPACE_SLIDE) {
    dseg_fail(error, DSEG_ERROR_UNSUPPORTED, "the images are of no slide: they have no Total Pixel Matrix (0048,0006)");
    return dseg_convert_fail_file(job, name, DSEG_ERROR_UNSUPPORTED, error);
  }
  return DSEG_OK;
}

dseg_status dseg_convert_instance_options(dseg_convert_job *job, dseg_open_options *open_options,
                                          dseg_description **images, dseg_error *error) {
  const dseg_convert_options *options = job->options;
  *images = NULL;
  if (!dseg_convert_wants_instances(options, job->format == NULL)) {
    return DSEG_OK;
  }
  open_options->instances = 1;
  open_options->tile_rows = options->tile_rows;
  open_options->tile_columns = options->tile_columns;
  if (options->slide && options->tile_rows == 0 && options->reference_count > 0) {
    DSEG_TRY(read_slide(job, images, error));
    open_options->slide = &(*images)->geometry;
  } else if (options->slide && options->tile_rows == 0) {
    open_options->tile_rows = TILE;
    open_options->tile_columns = TILE;
  }
  return DSEG_OK;
}

static dseg_status read_file(const char *path, uint64_t memory_limit, dseg_buffer *bytes, dseg_error *error) {
  dseg_input *input = NULL;
  DSEG_TRY(dseg_input_from_file(path, memory_limit, &input, error));
  const uint64_t size = dseg_input_size(input);
  dseg_status status = size > dseg_memory_limit(memory_limit)
                           ? dseg_fail(error, DSEG_ERROR_LIMIT, "a table of %llu bytes exceeds the memory limit",
                                       (unsigned long long)size)
                           : dseg_buffer_resize(bytes, (size_t)size, error);
  if (status == DSEG_OK) {
    status = dseg_input_read(input, 0, bytes->data, bytes->size, error);
  }
  dseg_input_close(input);
  return status;
}

/* The source has been opened for this conversion. */
dseg_status dseg_convert_read_classes(dseg_convert_job *job, dseg_error *error) {
  const char *path = job->options->classes;
  dseg_buffer bytes = {0};
  size_t unknown = 0;
  if (path == NULL) {
    return DSEG_OK;
  }
  if (job->source->description->instances == NULL || dseg_source_encoding(job->source)->representation != NULL) {
    dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
              "a table of classes is for one research volume whose values become instances");
    return dseg_convert_fail_input(job, DSEG_ERROR_UNSUPPORTED, error);
  }
  dseg_status status = read_file(path, job->options->memory_limit, &bytes, error);
  if (status == DSEG_OK) {
    status = dseg_instances_read_table(job->source->description, (dseg_view){bytes.data, bytes.size}, &unknown, error);
  }
  dseg_buffer_free(&bytes);
  if (status == DSEG_OK && unknown > 0) {
    dseg_convert_note(job, path, "%zu lines are of instances without a voxel; they are left out", unknown);
  }
  return status == DSEG_OK ? DSEG_OK : dseg_convert_fail_file(job, path, status, error);
}

/* What holds numbers of instances, or each instance as a segment. */
static bool keeps_instances(const dseg_convert_job *job) {
  const dseg_label_choice labels = job->options->labels;
  if (labels == DSEG_LABELS_SEGMENTS) {
    return true;
  }
  if (labels == DSEG_LABELS_CLASSES || job->options->files != DSEG_FILES_ONE) {
    return false;
  }
  /* A format that describes segments describes the classes. */
  return job->representation != NULL ? (job->representation->flags & DSEG_PLUGIN_INSTANCES) != 0
                                     : (job->format->flags & DSEG_VOLUME_LABEL_LAYERS) == 0;
}

dseg_status dseg_convert_settle_instances(dseg_convert_job *job, dseg_error *error) {
  dseg_description *target = job->target;
  const dseg_instances *of_view = dseg_source_description(job->view)->instances;
  const size_t count = target->instances != NULL ? target->instances->count : 0;
  if (target->instances == NULL && job->options->labels == DSEG_LABELS_SEGMENTS) {
    dseg_fail(error, DSEG_ERROR_UNSUPPORTED, "it has no instances that could become segments");
    return dseg_convert_fail_input(job, DSEG_ERROR_UNSUPPORTED, error);
  }
  if (target->instances == NULL) {
    return DSEG_OK;
  }
  target->instances = keeps_instances(job) ? of_view : NULL;
  job->instances = target->instances != NULL;
  if (job->instances && job->options->present_only) {
    dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
              "%s is for segments, and instances keep all their classes; write classes without instances",
              dseg_convert_name(job, DSEG_OPTION_PRESENT_ONLY));
    return dseg_convert_fail_input(job, DSEG_ERROR_UNSUPPORTED, error);
  }
  if (!job->instances && job->options->labels != DSEG_LABELS_CLASSES) {
    dseg_convert_note(job, job->output_name, "%zu instances lose their numbers: %s", count,
                      of_view == NULL ? "segments were left out, or several files opened together"
                                      : "the output holds their classes alone");
  }
  if (!job->instances && job->options->write_classes != NULL) {
    dseg_fail(error, DSEG_ERROR_UNSUPPORTED, "a table of classes is of instances, and the output has none");
    return dseg_convert_fail_output(job, job->output_name, DSEG_ERROR_UNSUPPORTED, error);
  }
  return DSEG_OK;
}

/* Classes have the places in the target that their segments have. place: by segment of the view. */
static dseg_status follow_classes(dseg_convert_job *job, const uint32_t *place, dseg_error *error) {
  dseg_description *target = job->target;
  const dseg_instances *before = target->instances;
  dseg_instances *instances = dseg_description_alloc(target, sizeof *instances);
  uint16_t *segments = dseg_description_alloc(target, (before->count + 1) * sizeof *segments);
  if (instances == NULL || segments == NULL) {
    return dseg_convert_fail_memory(job, error);
  }
  for (size_t i = 0; i < before->count; i++) {
    const uint32_t now = place[before->segments != NULL ? before->segments[i] : 0];
    if (now == UINT32_MAX) {
      dseg_fail(error, DSEG_ERROR_UNSUPPORTED, "the class of instance %zu is not in the output", i + 1);
      return dseg_convert_fail_input(job, DSEG_ERROR_UNSUPPORTED, error);
    }
    segments[i] = (uint16_t)now;
  }
  *instances = *before;
  instances->segments = segments;
  target->instances = instances;
  return DSEG_OK;
}

static dseg_status place_classes(dseg_convert_job *job, dseg_error *error) {
  const size_t count = dseg_source_description(job->view)->segment_count;
  bool same = job->target->segment_count >= count;
  uint32_t *place = malloc((count + 1) * sizeof *place);
  if (place == NULL) {
    return dseg_convert_fail_memory(job, error);
  }
  memset(place, 0xFF, (count + 1) * sizeof *place);
  for (size_t i = 0; i < job->target->segment_count; i++) {
    if (!dseg_convert_is_absent(job, i)) {
      place[job->source_segment[i]] = (uint32_t)i;
      same = same && job->source_segment[i] == i;
    }
  }
  const dseg_status status = same ? DSEG_OK : follow_classes(job, place, error);
  free(place);
  return status;
}

static int compare_numbers(const void *a, const void *b) {
  const uint32_t first = *(const uint32_t *)a;
  const uint32_t second = *(const uint32_t *)b;
  return (first > second) - (first < second);
}

/* A volume has the numbers that instances had, unless one is 0, its background, or two are the same. */
static dseg_status check_numbers(dseg_convert_job *job, dseg_error *error) {
  dseg_description *target = job->target;
  const dseg_instances *before = target->instances;
  if (before->numbers == NULL || before->count == 0) {
    return DSEG_OK;
  }
  uint32_t *sorted = malloc(before->count * sizeof *sorted);
  if (sorted == NULL) {
    return dseg_convert_fail_memory(job, error);
  }
  memcpy(sorted, before->numbers, before->count * sizeof *sorted);
  qsort(sorted, before->count, sizeof *sorted, compare_numbers);
  bool possible = sorted[0] != 0;
  for (size_t i = 1; i < before->count; i++) {
    possible = possible && sorted[i] != sorted[i - 1];
  }
  free(sorted);
  if (possible) {
    return DSEG_OK;
  }
  dseg_instances *instances = dseg_description_alloc(target, sizeof *instances);
  if (instances == NULL) {
    return dseg_convert_fail_memory(job, error);
  }
  *instances = *before;
  instances->numbers = NULL;
  target->instances = instances;
  dseg_convert_note(job, job->output_name,
                    "instances are numbered from 1 to %zu: of the numbers that they had one is 0, or two are the same",
                    before->count);
  return DSEG_OK;
}

/* How many bytes the first characters of a label take. */
static int label_bytes(const char *label) {
  int bytes = 0;
  for (int characters = 0; label[bytes] != '\0'; bytes++) {
    characters += ((unsigned char)label[bytes] & 0xC0u) != 0x80u ? 1 : 0; /* UTF-8: it begins one */
    if (characters > LABEL_CHARACTERS) {
      break;
    }
  }
  return bytes;
}

/* One segment for each instance, described as its class is. */
static dseg_status make_segments(dseg_convert_job *job, dseg_error *error) {
  dseg_description *target = job->target;
  const dseg_instances *instances = target->instances;
  if (instances->count > UINT16_MAX) {
    dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
              "%zu instances are more than Segment Number (0062,0004) tells apart: 65535; write instance-labels",
              instances->count);
    return dseg_convert_fail_output(job, job->output_name, DSEG_ERROR_UNSUPPORTED, error);
  }
  dseg_segment *segments = dseg_description_alloc(target, (instances->count + 1) * sizeof *segments);
  if (segments == NULL) {
    return dseg_convert_fail_memory(job, error);
  }
  for (size_t i = 0; i < instances->count; i++) {
    char text[4 * LABEL_CHARACTERS + 32];
    segments[i] = target->segments[instances->segments != NULL ? instances->segments[i] : 0];
    (void)snprintf(text, sizeof text, "%.*s %zu", label_bytes(segments[i].label), segments[i].label, i + 1);
    segments[i].label = dseg_description_strdup(target, text);
    segments[i].number = (uint32_t)i + 1;
    segments[i].has_original_number = instances->numbers != NULL;
    segments[i].original_number = dseg_instance_original_number(instances, (uint32_t)i + 1);
    if (instances->uid_root != NULL) {
      (void)snprintf(text, sizeof text, "%.64s.%zu", instances->uid_root, i + 1);
      segments[i].tracking_id = segments[i].label;
      segments[i].tracking_uid = dseg_description_strdup(target, text);
    }
    if (segments[i].label == NULL || (instances->uid_root != NULL && segments[i].tracking_uid == NULL)) {
      return dseg_convert_fail_memory(job, error);
    }
  }
  target->segments = segments;
  target->segment_count = instances->count;
  target->instances = NULL;
  return DSEG_OK;
}

/* Whether tiles name images of their own. */
static bool has_tile_sources(const dseg_description *target) {
  for (size_t i = 0; i < target->geometry.plane_count; i++) {
    if (target->geometry.planes[i].source >= 0) {
      return target->geometry.space == DSEG_SPACE_SLIDE && !target->references.shared;
    }
  }
  return false;
}

/* The form of these representations has no place for a source of each tile: all refer to the slide's images as a whole,
 * whose frames are where the tiles are. */
static dseg_status share_slide(dseg_convert_job *job, dseg_error *error) {
  dseg_description *target = job->target;
  const dseg_references *before = &target->references;
  dseg_instance_reference *whole = dseg_description_alloc(target, (before->count + 1) * sizeof *whole);
  dseg_plane_position *planes = dseg_description_alloc(target, target->geometry.plane_count * sizeof *planes);
  size_t count = 0;
  if (whole == NULL || planes == NULL) {
    return dseg_convert_fail_memory(job, error);
  }
  for (size_t i = 0; i < before->count; i++) {
    const char *uid = before->instances[i].sop_instance_uid;
    const char *last = count > 0 ? whole[count - 1].sop_instance_uid : NULL;
    if (last == NULL || uid == NULL || strcmp(uid, last) != 0) {
      whole[count] = before->instances[i];
      whole[count++].frame = 0;
    }
  }
  for (size_t i = 0; i < target->geometry.plane_count; i++) {
    planes[i] = target->geometry.planes[i];
    planes[i].source = -1;
    planes[i].source_count = 0;
  }
  target->geometry.planes = planes;
  target->references.instances = whole;
  target->references.count = count;
  target->references.shared = true;
  dseg_convert_note(job, job->output_name,
                    "tiles refer to %zu images of the slide as a whole: places say which frame is which", count);
  return DSEG_OK;
}

dseg_status dseg_convert_finish_instances(dseg_convert_job *job, dseg_error *error) {
  if (dseg_convert_wants_instances(job->options, job->format == NULL) && has_tile_sources(job->target)) {
    DSEG_TRY(share_slide(job, error));
  }
  if (!job->instances) {
    return DSEG_OK;
  }
  job->bits = 32;
  job->target->has_background = true;
  job->target->background = 0;
  DSEG_TRY(place_classes(job, error));
  if (job->format != NULL && job->options->labels != DSEG_LABELS_SEGMENTS) {
    DSEG_TRY(check_numbers(job, error));
  }
  const size_t classes = job->target->segment_count;
  if (job->format != NULL && classes > 1 && job->options->write_classes == NULL &&
      job->options->labels != DSEG_LABELS_INSTANCES) {
    dseg_convert_note(job, job->output_name,
                      "voxels are numbers of %zu instances; their %zu classes are not in it: have a table of them "
                      "written beside",
                      job->target->instances->count, classes);
  }
  return job->options->labels == DSEG_LABELS_SEGMENTS ? make_segments(job, error) : DSEG_OK;
}

/* A label map with ranges may have voxels of a class that are of no instance (segment ranges, 4), for which the output
 * has no number. Where frames say which instances they hold there are none. */
static dseg_status tell_of_classes(dseg_convert_job *job, size_t first, size_t count, const uint32_t *numbers,
                                   size_t values, dseg_error *error) {
  const char *name = dseg_source_encoding(job->source)->representation;
  const dseg_representation *representation = name != NULL ? dseg_find_representation(name) : NULL;
  const size_t segments = dseg_source_description(job->view)->segment_count;
  if (job->told_of_classes || representation == NULL || representation->find_instance != NULL) {
    return DSEG_OK;
  }
  uint32_t *ones = malloc((segments + 1) * sizeof *ones);
  uint8_t *of_class = malloc(values + 1);
  if (ones == NULL || of_class == NULL) {
    free(ones);
    free(of_class);
    return dseg_convert_fail_memory(job, error);
  }
  for (size_t i = 0; i < segments; i++) {
    ones[i] = 1;
  }
  const dseg_label_request request = {.struct_size = sizeof request,
                                      .first_plane = first,
                                      .plane_count = count,
                                      .bits = 8,
                                      .values = ones,
                                      .threads = job->options->threads};
  const dseg_status status = dseg_source_read_labels(job->view, &request, of_class, values, NULL, error);
  for (size_t i = 0; status == DSEG_OK && !job->told_of_classes && i < values; i++) {
    job->told_of_classes = of_class[i] != 0 && numbers[i] == 0;
  }
  if (status == DSEG_OK && job->told_of_classes) {
    dseg_convert_note(job, job->output_name,
                      "voxels of classes that are of no instance are left out: write classes (labels) to keep them");
  }
  free(ones);
  free(of_class);
  return status;
}

dseg_status dseg_convert_read_numbers(dseg_convert_job *job, size_t first, size_t count, uint32_t *out,
                                      dseg_error *error) {
  const dseg_geometry *geometry = &job->target->geometry;
  const size_t values = (size_t)geometry->rows * geometry->columns * count;
  const dseg_instances *instances = job->target->instances; /* NULL: segments were made of them */
  DSEG_TRY(
      dseg_source_read_instances(job->view, first, count, out, values * sizeof *out, job->options->threads, error));
  DSEG_TRY(tell_of_classes(job, first, count, out, values, error));
  for (size_t i = 0; job->format != NULL && instances != NULL && instances->numbers != NULL && i < values; i++) {
    out[i] = out[i] != 0 ? dseg_instance_original_number(instances, out[i]) : 0;
  }
  return DSEG_OK;
}

dseg_status dseg_convert_write_classes(dseg_convert_job *job, dseg_error *error) {
  const char *path = job->options->write_classes;
  dseg_buffer bytes = {0};
  const dseg_output output = dseg_output_to_file(path, job->output.flags, job->set);
  dseg_status status = dseg_instances_write_table(job->target, &bytes, error);
  if (status == DSEG_OK) {
    status = dseg_output_put(&output, (dseg_view){bytes.data, bytes.size}, error);
  }
  dseg_buffer_free(&bytes);
  return status == DSEG_OK ? DSEG_OK : dseg_convert_fail_output(job, path, status, error);
}
