/* convert_numbers.c - which numbers the segments have in the output, and what stands for "no segment" there. */
#include <inttypes.h>
#include <string.h>

#include "convert.h"

static bool has_number(const dseg_description *description, uint32_t number) {
  return dseg_description_find_segment(description, number) >= 0;
}

/* The least number that no segment has. */
static uint32_t free_number(const dseg_description *description) {
  uint32_t number = 0;
  while (has_number(description, number)) {
    number++;
  }
  return number;
}

/* Whether a voxel of the output may belong to no segment. */
static bool needs_background(const convert_job *job) {
  const dseg_description *source = dseg_source_description(job->source);
  if (source->has_background || job->target->segment_count < source->segment_count) {
    return true;
  }
  for (size_t i = 0; i < job->target->geometry.plane_count; i++) {
    if (job->map.source_plane[i] < 0) {
      return true;
    }
  }
  return !job->map.same_raster;
}

/* Label maps in DICOM keep the value that stood for the background if it can be kept. In other volumes it is 0, but
 * where a segment has that number and the source another value for the background, that value is kept. */
static void choose_background(convert_job *job) {
  dseg_description *target = job->target;
  const dseg_description *source = dseg_source_description(job->source);
  const bool label_map = job->representation != NULL && (job->representation->flags & DSEG_PLUGIN_LABEL_FRAMES) != 0;
  if (job->representation == NULL && has_number(target, 0) && source->has_background && source->background != 0) {
    target->has_background = true;
    target->background = source->background;
    return;
  }
  if (!label_map) {
    target->has_background = true;
    target->background = 0;
    return;
  }
  if (!target->has_background && needs_background(job)) {
    target->has_background = true;
    target->background = free_number(target);
  }
}

static void renumber(convert_job *job, const char *why) {
  dseg_description *target = job->target;
  size_t changed = 0;
  uint32_t from = 0;
  uint32_t to = 0;
  for (size_t i = 0; i < target->segment_count; i++) {
    if (target->segments[i].number != i + 1) {
      changed++;
      from = target->segments[i].number;
      to = (uint32_t)(i + 1);
    }
  }
  dseg_description_renumber(target);
  if (changed > 0) {
    cli_note(job->options->output,
             "%zu of %zu segments have other numbers than in the input, %" PRIu32 " became %" PRIu32
             " for instance: %s",
             changed, target->segment_count, from, to, why);
  }
}

int convert_number_segments(convert_job *job) {
  dseg_description *target = job->target;
  choose_background(job);
  const bool zero_is_taken = target->has_background && has_number(target, target->background) && needs_background(job);
  if (job->representation != NULL && (job->representation->flags & DSEG_PLUGIN_SEGMENT_FRAMES) != 0) {
    renumber(job, "Segment Numbers count from 1 (PS3.3 C.8.20.2.4)");
  } else if (job->options->renumber) {
    renumber(job, "--renumber");
  } else if (zero_is_taken) {
    renumber(job, "the number of one stands for the background in the output");
  }
  uint32_t largest = target->background;
  for (size_t i = 0; i < target->segment_count; i++) {
    const uint32_t number = target->segments[i].number;
    job->values[job->source_segment[i]] = number;
    largest = number > largest ? number : largest;
  }
  job->bits = largest <= UINT8_MAX ? 8 : largest <= UINT16_MAX ? 16 : 32;
  return CLI_OK;
}
