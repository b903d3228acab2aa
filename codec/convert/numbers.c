/* SPDX-License-Identifier: Apache-2.0 */
/* numbers.c - which numbers the segments have in the output, and what stands for "no segment" there. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "convert/job.h"
#include "model/number_set.h"

static bool has_number(const dseg_description *description, uint32_t number) {
  return dseg_description_find_segment(description, number) >= 0;
}

/* Whether a voxel of the output may belong to no segment. */
static bool needs_background(const dseg_convert_job *job) {
  const dseg_description *source = dseg_source_description(job->source);
  return source->has_background || job->read_count < source->segment_count || job->has_gaps;
}

/* Label maps in DICOM keep the value that stood for the background if it can be kept. In other volumes it is 0, but
 * where a segment keeps that number and the source has another value for the background, or by option, that value is
 * kept. */
static void choose_background(dseg_convert_job *job) {
  dseg_description *target = job->target;
  const dseg_description *source = dseg_source_description(job->source);
  const bool label_map = job->representation != NULL && (job->representation->flags & DSEG_PLUGIN_LABEL_FRAMES) != 0;
  const bool has_zero = has_number(target, 0) && job->options->numbering != DSEG_NUMBERS_COUNT;
  if (job->representation == NULL && source->has_background && source->background != 0 &&
      (has_zero || job->options->keep_background)) {
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
    target->background = dseg_free_number(target);
  }
}

/* The number that a segment had before an object that numbers from 1 held it. */
static uint32_t own_number(const dseg_segment *segment) {
  return segment->has_original_number ? segment->original_number : segment->number;
}

/* A segment of the target with its segment in the source, and the number that the input gives it. */
typedef struct numbered {
  dseg_segment segment;
  uint32_t source_segment;
  uint32_t given;
} numbered;

static int compare_numbered(const void *a, const void *b) {
  const uint32_t first = ((const numbered *)a)->segment.number;
  const uint32_t second = ((const numbered *)b)->segment.number;
  return (first > second) - (first < second);
}

/* What stands against giving every segment the number that it had, in text: two that claim one, or one that the output
 * cannot have. sorted: with those numbers, ascending. False: nothing. */
static bool find_problem(const dseg_convert_job *job, const numbered *sorted, char *text, size_t size) {
  const dseg_description *target = job->target;
  for (size_t i = 0; i < target->segment_count; i++) {
    const uint32_t number = sorted[i].segment.number;
    if (target->has_background && number == target->background) {
      snprintf(text, size, "%" PRIu32 " stands for the background in the output", number);
      return true;
    }
    if (job->representation != NULL && number > UINT16_MAX) {
      snprintf(text, size, "Segment Number (0062,0004) is at most 65535, and one was %" PRIu32, number);
      return true;
    }
    if (i > 0 && number == sorted[i - 1].segment.number) {
      snprintf(text, size, "segments %" PRIu32 " and %" PRIu32 " both were number %" PRIu32, sorted[i - 1].given,
               sorted[i].given, number);
      return true;
    }
  }
  return false;
}

/* Gives segments the numbers that they had before, where the output may have any. */
static dseg_status restore_numbers(dseg_convert_job *job, dseg_error *error) {
  dseg_description *target = job->target;
  size_t other = 0;
  numbered *sorted = calloc(target->segment_count + 1, sizeof *sorted);
  if (sorted == NULL) {
    return dseg_convert_fail_memory(job, error);
  }
  for (size_t i = 0; i < target->segment_count; i++) {
    const dseg_segment *segment = &target->segments[i];
    sorted[i] = (numbered){*segment, job->source_segment[i], segment->number};
    sorted[i].segment.number = own_number(segment);
    sorted[i].segment.has_original_number = false;
    other += sorted[i].segment.number != segment->number ? 1 : 0;
  }
  qsort(sorted, target->segment_count, sizeof *sorted, compare_numbered);
  char text[160];
  const bool possible = other > 0 && !find_problem(job, sorted, text, sizeof text);
  for (size_t i = 0; possible && i < target->segment_count; i++) {
    target->segments[i] = sorted[i].segment;
    job->source_segment[i] = sorted[i].source_segment;
  }
  free(sorted);
  dseg_convert_list_read_segments(job); /* in the order of the target */
  if (other > 0 && !possible) {
    dseg_convert_note(job, job->output_name, "%zu of %zu segments had other numbers before, which are not restored: %s",
                      other, target->segment_count, text);
  }
  return DSEG_OK;
}

/* Remembers each segment's number, or forgets it. */
static void keep_own_numbers(dseg_convert_job *job, bool keep) {
  dseg_description *target = job->target;
  for (size_t i = 0; i < target->segment_count; i++) {
    target->segments[i].original_number = own_number(&target->segments[i]);
    target->segments[i].has_original_number = keep;
  }
}

static void renumber(dseg_convert_job *job, const char *why) {
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
    dseg_convert_note(job, job->output_name,
                      "%zu of %zu segments have other numbers than in the input, %" PRIu32 " became %" PRIu32
                      " for instance: %s",
                      changed, target->segment_count, from, to, why);
  }
}

/* A segment of the target, and where it stands in the files it came from. */
typedef struct origin {
  dseg_segment segment;
  uint32_t source_segment;
  bool absent, by_number;
  uint32_t list; /* of the metadata; files in turn without it */
  uint32_t number;
} origin;

static int compare_origins(const void *a, const void *b) {
  const origin *first = a;
  const origin *second = b;
  if (first->absent != second->absent && !first->by_number) {
    return first->absent ? 1 : -1; /* those that have voxels have the numbers that they would have without the others */
  }
  if (first->list != second->list) {
    return first->list < second->list ? -1 : 1;
  }
  if (first->number != second->number) {
    return first->number < second->number ? -1 : 1;
  }
  return (int)first->absent - (int)second->absent;
}

/* Sorts the target's segments: by list and number in it, or by the number alone, which they get then. */
static bool sort_by_origin(dseg_convert_job *job, bool by_number) {
  dseg_description *target = job->target;
  origin *origins = calloc(target->segment_count + 1, sizeof *origins);
  if (origins == NULL) {
    return false;
  }
  for (size_t i = 0; i < target->segment_count; i++) {
    const uint32_t index = job->source_segment[i];
    uint32_t list = 0;
    const dseg_segment_origin from = dseg_convert_segment_origin(job, index, &list);
    origins[i] = (origin){.segment = target->segments[i],
                          .source_segment = index,
                          .absent = dseg_convert_is_absent(job, i),
                          .by_number = by_number,
                          .list = by_number ? 0 : list,
                          .number = from.number};
  }
  qsort(origins, target->segment_count, sizeof *origins, compare_origins);
  for (size_t i = 0; i < target->segment_count; i++) {
    target->segments[i] = origins[i].segment;
    target->segments[i].number = by_number ? origins[i].number : target->segments[i].number;
    job->source_segment[i] = origins[i].source_segment;
  }
  free(origins);
  return true;
}

/* Numbers that come from several files have to be unique, and 1, 2, 3, ... where there is a frame for each segment. */
static dseg_status check_file_numbers(dseg_convert_job *job, dseg_error *error) {
  const dseg_description *target = job->target;
  const bool counted = job->representation != NULL && (job->representation->flags & DSEG_PLUGIN_SEGMENT_FRAMES) != 0;
  for (size_t i = 0; i < target->segment_count; i++) {
    const uint32_t number = target->segments[i].number;
    if (i > 0 && number == target->segments[i - 1].number) {
      dseg_fail(error, DSEG_ERROR_FORMAT,
                "label %" PRIu32 " stands for two segments, and can be the number of one only", number);
      return dseg_convert_fail_input(job, DSEG_ERROR_FORMAT, error);
    }
    if (counted && number != i + 1) {
      dseg_fail(error, DSEG_ERROR_FORMAT,
                "label %" PRIu32
                " cannot be a Segment Number here: %s numbers its segments 1, 2, 3, ... without a gap "
                "(PS3.3 C.8.20.2.4), and there are %zu",
                number, job->representation->segmentation_type, target->segment_count);
      return dseg_convert_fail_input(job, DSEG_ERROR_FORMAT, error);
    }
  }
  return DSEG_OK;
}

/* Drops segments without a voxel whose labels cannot be their numbers, with a note: where they stand for another one,
 * too, or leave a gap in numbers that have to count from 1. */
static dseg_status drop_misfits(dseg_convert_job *job, dseg_error *error) {
  const dseg_description *target = job->target;
  const bool counted = job->representation != NULL && (job->representation->flags & DSEG_PLUGIN_SEGMENT_FRAMES) != 0;
  uint8_t *keep = calloc(target->segment_count + 1, 1);
  if (keep == NULL) {
    return dseg_convert_fail_memory(job, error);
  }
  uint32_t last = 0;
  size_t kept = 0;
  for (size_t i = 0; i < target->segment_count; i++) {
    const uint32_t number = target->segments[i].number;
    const bool misfit = (kept > 0 && number == last) || (counted && number != kept + 1) || number > UINT16_MAX;
    keep[i] = !dseg_convert_is_absent(job, i) || !misfit ? 1 : 0;
    last = keep[i] != 0 ? number : last;
    kept += keep[i];
  }
  dseg_convert_drop_segments(job, keep, "has no voxel; it is left out, since its label can be no Segment Number here",
                             "have no voxel; they are left out, since their labels can be no Segment Numbers here");
  free(keep);
  return DSEG_OK;
}

/* Numbers that follow from the files that segments came from. */
static dseg_status number_by_files(dseg_convert_job *job, dseg_error *error) {
  const bool by_number = job->options->numbering == DSEG_NUMBERS_OF_FILES;
  if (!sort_by_origin(job, by_number)) {
    return dseg_convert_fail_memory(job, error);
  }
  if (by_number) {
    DSEG_TRY(drop_misfits(job, error));
    return check_file_numbers(job, error);
  }
  dseg_description_renumber(job->target);
  dseg_convert_list_read_segments(job);
  return DSEG_OK;
}

/* What Segment Number (0062,0004), US, cannot have. A representation that describes its segments itself may. */
static dseg_status check_numbers(dseg_convert_job *job, dseg_error *error) {
  const dseg_description *target = job->target;
  if (job->representation == NULL || (job->representation->replaces & DSEG_REPLACES_SEGMENTS) != 0) {
    return DSEG_OK;
  }
  if (target->segment_count > UINT16_MAX) {
    dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
              "%zu segments, and Segment Number (0062,0004) counts to 65535 (PS3.3 C.8.20.2): take some of them by %s, "
              "or write a volume, .nii.gz for instance, which may hold more",
              target->segment_count, dseg_convert_name(job, DSEG_OPTION_SEGMENTS));
    return dseg_convert_fail_output(job, job->output_name, DSEG_ERROR_UNSUPPORTED, error);
  }
  const size_t count = target->segment_count;
  if (count > 0 && target->segments[count - 1].number > UINT16_MAX) {
    dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
              "segment %" PRIu32
              ": Segment Number (0062,0004) is at most 65535 (PS3.3 C.8.20.2): %s numbers the %zu segments from 1, or "
              "write a volume, .nii.gz for instance",
              target->segments[count - 1].number, dseg_convert_name(job, DSEG_OPTION_NUMBERING), count);
    return dseg_convert_fail_output(job, job->output_name, DSEG_ERROR_UNSUPPORTED, error);
  }
  return DSEG_OK;
}

/* In a research format 0 is no segment, whatever an object calls it. With keep_background numbers mean what the
 * metadata beside the volume says. */
static void note_zero(const dseg_convert_job *job) {
  const dseg_description *target = job->target;
  const ptrdiff_t zero = dseg_description_find_segment(target, 0);
  if (job->representation != NULL || job->fractions || job->options->keep_background || zero < 0) {
    return;
  }
  char others[64] = "";
  if (target->background != 0) {
    (void)snprintf(others, sizeof others, ", and voxels of no segment are %" PRIu32, target->background);
  }
  dseg_convert_note(job, job->output_name,
                    "segment 0 \"%.64s\" is no segment in %s: its voxels are 0, which stands for none there%s; with %s "
                    "segments count from 1",
                    target->segments[zero].label, job->format->name, others,
                    dseg_convert_name(job, DSEG_OPTION_NUMBERING));
}

dseg_status dseg_convert_number_segments(dseg_convert_job *job, dseg_error *error) {
  dseg_description *target = job->target;
  const dseg_numbering numbering = job->options->numbering;
  if (numbering == DSEG_NUMBERS_COUNT_BY_FILE || numbering == DSEG_NUMBERS_OF_FILES) {
    DSEG_TRY(number_by_files(job, error));
  }
  const bool counted = job->representation != NULL && (job->representation->flags & DSEG_PLUGIN_SEGMENT_FRAMES) != 0;
  choose_background(job);
  const bool keeps = numbering == DSEG_NUMBERS_KEEP || numbering == DSEG_NUMBERS_AS_STORED;
  if (!keeps) {
    keep_own_numbers(job, false);
  } else if (counted) {
    keep_own_numbers(job, true);
  } else if (numbering == DSEG_NUMBERS_KEEP) {
    DSEG_TRY(restore_numbers(job, error));
  }
  const bool zero_is_taken = target->has_background && has_number(target, target->background) && needs_background(job);
  if (counted) {
    renumber(job, keeps
                      ? "Segment Numbers count from 1 (PS3.3 C.8.20.2.4); those of the input are kept beside them, and "
                        "come back in label maps and volumes"
                      : "Segment Numbers count from 1 (PS3.3 C.8.20.2.4)");
  } else if (numbering == DSEG_NUMBERS_COUNT) {
    renumber(job, dseg_convert_name(job, DSEG_OPTION_NUMBERING));
  } else if (zero_is_taken) {
    renumber(job, "the number of one stands for the background in the output");
  }
  DSEG_TRY(check_numbers(job, error));
  note_zero(job);
  uint32_t largest = target->background;
  for (size_t i = 0; i < target->segment_count; i++) {
    const uint32_t number = target->segments[i].number;
    job->values[job->source_segment[i]] = number;
    largest = number > largest ? number : largest;
  }
  job->bits = largest <= UINT8_MAX ? 8 : largest <= UINT16_MAX ? 16 : 32;
  return DSEG_OK;
}
