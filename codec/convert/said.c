/* SPDX-License-Identifier: Apache-2.0 */
/* said.c - what options say of all segments; and what an object has to say that nobody has said: who or what made a
 * segment, and codes. */
#include <inttypes.h>
#include <string.h>

#include "convert/job.h"
#include "dseg/data_set.h"

enum { ALGORITHM_IDENTIFICATION = 0x00620007 };

/* Segmentation Algorithm Identification Sequence tells of the algorithm that the input had. */
static dseg_status drop_identification(dseg_description *target, dseg_segment *segment, dseg_error *error) {
  dseg_data_set *set = NULL;
  dseg_buffer bytes = {0};
  DSEG_TRY(dseg_data_set_create(&set, error));
  dseg_status status = dseg_data_set_read(set, segment->attributes, DSEG_EXPLICIT_VR, error);
  if (status == DSEG_OK) {
    dseg_data_set_remove(set, ALGORITHM_IDENTIFICATION);
    status = dseg_data_set_write(set, DSEG_EXPLICIT_VR, &bytes, error);
  }
  uint8_t *copy = status == DSEG_OK ? dseg_description_alloc(target, bytes.size + 1) : NULL;
  if (copy != NULL) {
    if (bytes.size > 0) {
      memcpy(copy, bytes.data, bytes.size);
    }
    segment->attributes = (dseg_view){copy, bytes.size};
  } else if (status == DSEG_OK) {
    status = dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a segment's attributes");
  }
  dseg_buffer_free(&bytes);
  dseg_data_set_destroy(set);
  return status;
}

dseg_status dseg_convert_set_algorithm(dseg_convert_job *job, dseg_error *error) {
  const dseg_convert_options *options = job->options;
  dseg_description *target = job->target;
  const char *name = NULL;
  if (options->algorithm_name == NULL && options->algorithm_type == DSEG_ALGORITHM_AS_SAID) {
    return DSEG_OK;
  }
  if (options->algorithm_name != NULL) {
    name = dseg_description_strdup(target, options->algorithm_name);
    if (name == NULL) {
      return dseg_convert_fail_memory(job, error);
    }
  }
  for (size_t i = 0; i < target->segment_count; i++) {
    dseg_segment *segment = &target->segments[i];
    segment->algorithm_name = name != NULL ? name : segment->algorithm_name;
    if (options->algorithm_type != DSEG_ALGORITHM_AS_SAID) {
      segment->algorithm_type = (dseg_algorithm_type)(options->algorithm_type - DSEG_ALGORITHM_IS_AUTOMATIC);
      segment->assumed &= ~(unsigned)DSEG_ASSUMED_ALGORITHM;
    }
    if (segment->attributes.size > 0) {
      const dseg_status status = drop_identification(target, segment, error);
      if (status != DSEG_OK) {
        return dseg_convert_fail_input(job, status, error);
      }
    }
  }
  return DSEG_OK;
}

/* Segment Algorithm Type is type 1 (PS3.3 Table C.8.20-4), and volumes do not say it. */
static void note_algorithm(const dseg_convert_job *job) {
  size_t count = 0;
  for (size_t i = 0; i < job->target->segment_count; i++) {
    count += (job->target->segments[i].assumed & DSEG_ASSUMED_ALGORITHM) != 0 ? 1 : 0;
  }
  if (count > 0) {
    dseg_convert_note(
        job, job->output_name,
        "AUTOMATIC was assumed for %zu of %zu segments, Segment Algorithm Type (0062,0008): say what made "
        "them with %s and %s",
        count, job->target->segment_count, dseg_convert_name(job, DSEG_OPTION_ALGORITHM_TYPE),
        dseg_convert_name(job, DSEG_OPTION_ALGORITHM));
  }
}

/* How many segments have no codes, and the first of them. own: those of their own, not ones that stand for none. */
static size_t count_uncoded(const dseg_description *target, bool own, size_t *first) {
  size_t count = 0;
  for (size_t i = target->segment_count; i > 0; i--) {
    const dseg_segment *segment = &target->segments[i - 1];
    const bool is_coded = own ? dseg_segment_is_coded(segment) : segment->type.value != NULL;
    count += is_coded ? 0 : 1;
    *first = is_coded ? *first : i - 1;
  }
  return count;
}

static dseg_status refuse_uncoded(dseg_convert_job *job, size_t count, size_t first, dseg_error *error) {
  const dseg_segment *segment = &job->target->segments[first];
  dseg_fail(error, DSEG_ERROR_FORMAT,
            "%s: %zu of %zu segments have no code (0062,000F), %" PRIu32
            " \"%.64s\" for instance: name them with %s, or "
            "say their codes there",
            dseg_convert_name(job, DSEG_OPTION_REQUIRE_CODES), count, job->target->segment_count, segment->number,
            segment->label, dseg_convert_name(job, DSEG_OPTION_METADATA));
  return job->options->metadata != NULL ? dseg_convert_fail_file(job, job->options->metadata, DSEG_ERROR_FORMAT, error)
                                        : dseg_convert_fail_input(job, DSEG_ERROR_FORMAT, error);
}

dseg_status dseg_convert_check_said(dseg_convert_job *job, dseg_error *error) {
  const dseg_description *target = job->target;
  size_t first = 0;
  if (job->options->require_codes != 0) {
    const size_t count = count_uncoded(target, true, &first);
    DSEG_TRY(count > 0 ? refuse_uncoded(job, count, first, error) : DSEG_OK);
  }
  if (job->format != NULL) {
    return DSEG_OK;
  }
  const size_t count = count_uncoded(target, false, &first);
  if (count > 0) {
    dseg_convert_note(
        job, job->output_name,
        "%zu of %zu segments have no code and are coded as Tissue (SCT 85756007), %" PRIu32
        " \"%.64s\" for instance: %s totalsegmentator codes them by their names, as far as it knows these",
        count, target->segment_count, target->segments[first].number, target->segments[first].label,
        dseg_convert_name(job, DSEG_OPTION_METADATA));
  }
  note_algorithm(job);
  return DSEG_OK;
}
