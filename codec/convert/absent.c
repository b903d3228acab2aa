/* SPDX-License-Identifier: Apache-2.0 */
/* absent.c - segments that are described and have no voxel: they were looked for and not found. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "convert/job.h"

enum { NAMED = 5 }; /* so many in one note */

static size_t source_count(const dseg_convert_job *job) {
  return dseg_source_description(job->view)->segment_count;
}

bool dseg_convert_is_absent(const dseg_convert_job *job, size_t segment) {
  return job->source_segment[segment] >= source_count(job);
}

dseg_segment_origin dseg_convert_segment_origin(const dseg_convert_job *job, uint32_t source_segment, uint32_t *list) {
  const size_t known = source_count(job);
  if (source_segment >= known) {
    const dseg_metadata_segment *change = &job->changes[source_segment - known];
    *list = change->list;
    return change->origin;
  }
  const dseg_segment_origin origin = dseg_source_segment_origin(job->view, source_segment);
  *list = job->metadata_lists != NULL ? job->metadata_lists[source_segment] : origin.file;
  return origin;
}

void dseg_convert_list_read_segments(dseg_convert_job *job) {
  job->read_count = 0;
  for (size_t i = 0; i < job->target->segment_count; i++) {
    if (!dseg_convert_is_absent(job, i)) {
      job->read_segments[job->read_count++] = job->source_segment[i];
    }
  }
}

/* Names the segments whose flag has this value, by their labels in the files, and says what becomes of them. */
static void note_segments(const dseg_convert_job *job, const uint8_t *flags, uint8_t value, const char *one,
                          const char *several) {
  char names[NAMED * 120] = "";
  size_t used = 0;
  size_t count = 0;
  for (size_t i = 0; i < job->target->segment_count; i++) {
    if (flags[i] != value) {
      continue;
    }
    if (count++ < NAMED) {
      uint32_t list = 0;
      const uint32_t label = dseg_convert_segment_origin(job, job->source_segment[i], &list).number;
      const int length = snprintf(names + used, sizeof names - used, "%s%" PRIu32 " \"%.64s\"", used > 0 ? ", " : "",
                                  label, job->target->segments[i].label);
      used += length > 0 ? (size_t)length : 0;
    }
  }
  const char *file = job->options->metadata != NULL ? job->options->metadata : dseg_convert_input_name(job);
  if (count == 0) {
    return;
  }
  if (count == 1) {
    dseg_convert_note(job, file, "segment %s %s", names, one);
  } else if (count <= NAMED) {
    dseg_convert_note(job, file, "segments %s %s", names, several);
  } else {
    dseg_convert_note(job, file, "segments %s and %zu more %s", names, count - NAMED, several);
  }
}

void dseg_convert_drop_segments(dseg_convert_job *job, const uint8_t *keep, const char *one, const char *several) {
  dseg_description *target = job->target;
  note_segments(job, keep, 0, one, several);
  size_t kept = 0;
  for (size_t i = 0; i < target->segment_count; i++) {
    if (keep[i] != 0) {
      job->source_segment[kept] = job->source_segment[i];
      target->segments[kept++] = target->segments[i];
    }
  }
  target->segment_count = kept;
  dseg_convert_list_read_segments(job);
}

static bool has_voxel(const uint8_t *mask, size_t count) {
  for (size_t i = 0; i < count; i++) {
    if (mask[i] != 0) {
      return true;
    }
  }
  return false;
}

/* Sets found[i] for the segments that have a voxel in count planes. */
static dseg_status find_in_planes(dseg_convert_job *job, size_t first, size_t count, uint8_t *present, uint8_t *mask,
                                  uint8_t *found, dseg_error *error) {
  const dseg_description *target = job->target;
  DSEG_TRY(dseg_convert_segments_in_planes(job, first, count, present, present + target->segment_count, error));
  for (size_t i = 0; i < target->segment_count; i++) {
    if (found[i] == 0 && present[i] != 0) {
      DSEG_TRY(dseg_convert_read_mask(job, i, first, count, mask, error));
      found[i] = has_voxel(mask, count * target->geometry.rows * target->geometry.columns) ? 1 : 0;
    }
  }
  return DSEG_OK;
}

static dseg_status drop_empty(dseg_convert_job *job, dseg_error *error) {
  const dseg_description *target = job->target;
  const size_t count = target->segment_count;
  uint8_t *found = calloc(count + 1, 1);
  uint8_t *present = malloc(count + source_count(job) + 1);
  const size_t chunk = dseg_convert_mask_planes(job);
  const size_t planes = target->geometry.plane_count;
  uint8_t *mask = malloc(chunk * target->geometry.rows * target->geometry.columns + 1);
  dseg_status status = DSEG_OK;
  if (found == NULL || present == NULL || mask == NULL) {
    dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory");
    status = DSEG_ERROR_MEMORY;
  }
  for (size_t plane = 0; status == DSEG_OK && plane < planes; plane += chunk) {
    status = find_in_planes(job, plane, planes - plane < chunk ? planes - plane : chunk, present, mask, found, error);
  }
  if (status == DSEG_OK) {
    const char *option = dseg_convert_name(job, DSEG_OPTION_PRESENT_ONLY);
    char one[100];
    char several[100];
    (void)snprintf(one, sizeof one, "has no voxel; %.40s leaves it out", option);
    (void)snprintf(several, sizeof several, "have no voxel; %.40s leaves them out", option);
    dseg_convert_drop_segments(job, found, one, several);
  }
  free(found);
  free(present);
  free(mask);
  return status == DSEG_OK ? DSEG_OK : dseg_convert_fail_input(job, status, error);
}

/* A volume that describes no segments has no place for one without a voxel, unless it is a file of its own. */
static bool can_describe(const dseg_convert_job *job) {
  const dseg_convert_options *options = job->options;
  return job->format == NULL || (job->format->flags & DSEG_VOLUME_LABEL_LAYERS) != 0 ||
         options->files != DSEG_FILES_ONE || options->metadata_output != NULL;
}

dseg_status dseg_convert_settle_absent(dseg_convert_job *job, dseg_error *error) {
  if (job->options->present_only) {
    return drop_empty(job, error);
  }
  if (can_describe(job) || job->read_count == job->target->segment_count) {
    return DSEG_OK;
  }
  uint8_t *keep = calloc(job->target->segment_count + 1, 1);
  if (keep == NULL) {
    return dseg_convert_fail_memory(job, error);
  }
  for (size_t i = 0; i < job->target->segment_count; i++) {
    keep[i] = dseg_convert_is_absent(job, i) ? 0 : 1;
  }
  dseg_convert_drop_segments(job, keep, "has no voxel, and the output describes no segments: it is left out",
                             "have no voxel, and the output describes no segments: they are left out");
  free(keep);
  return DSEG_OK;
}

/* A labelID that no Segment Number can be. */
static void note_large_labels(const dseg_convert_job *job, const uint8_t *absent) {
  for (size_t i = 0; i < job->target->segment_count; i++) {
    uint32_t list = 0;
    const uint32_t label = dseg_convert_segment_origin(job, job->source_segment[i], &list).number;
    if (absent[i] != 0 && label > UINT16_MAX && job->target->segments[i].number != label) {
      dseg_convert_note(job, job->options->metadata,
                        "labelID %" PRIu32 " became %" PRIu32 ": Segment Number (0062,0004) is at most 65535", label,
                        job->target->segments[i].number);
    }
  }
}

dseg_status dseg_convert_note_absent(dseg_convert_job *job, dseg_error *error) {
  uint8_t *absent = calloc(job->target->segment_count + 1, 1);
  if (absent == NULL) {
    return dseg_convert_fail_memory(job, error);
  }
  for (size_t i = 0; i < job->target->segment_count; i++) {
    absent[i] = dseg_convert_is_absent(job, i) ? 1 : 0;
  }
  note_segments(job, absent, 1, "has no voxel; it stays described", "have no voxel; they stay described");
  note_large_labels(job, absent);
  free(absent);
  return DSEG_OK;
}

/* BINARY and FRACTIONAL objects have a segment (PS3.3 C.8.20.2); others where the caller wants one. */
dseg_status dseg_convert_check_segments(dseg_convert_job *job, dseg_error *error) {
  const bool needs_one = job->representation != NULL && (job->representation->flags & DSEG_PLUGIN_SEGMENT_FRAMES) != 0;
  if (job->target->segment_count > 0) {
    return DSEG_OK;
  }
  if (job->options->require_segment) {
    return dseg_convert_fail_input(
        job, dseg_fail(error, DSEG_ERROR_FORMAT, "no voxel has a label: there is no segment to write"), error);
  }
  if (!needs_one) {
    return DSEG_OK;
  }
  const bool dropped = job->options->present_only;
  dseg_fail(
      error, DSEG_ERROR_UNSUPPORTED,
      "no voxel belongs to a segment, and none is %s: %s needs one (0062,0002; PS3.3 C.8.20.2); %s %s%s, or use %s "
      "labelmap",
      dropped ? "kept" : "described", job->representation->segmentation_type, dropped ? "leave out" : "name with",
      dseg_convert_name(job, dropped ? DSEG_OPTION_PRESENT_ONLY : DSEG_OPTION_METADATA),
      dropped ? "" : " what was looked for", dseg_convert_name(job, DSEG_OPTION_REPRESENTATION));
  return dseg_convert_fail_output(job, job->output_name, DSEG_ERROR_UNSUPPORTED, error);
}
