/* SPDX-License-Identifier: Apache-2.0 */
/* pixels.c - the pixels themselves, through the reader: whether frames decode, which values a LABELMAP has, fractions
 * above their maximum, and overlap (PS3.3 C.8.20.2.3, PS3.5 8.2). */
#include <inttypes.h>
#include <stdlib.h>

#include "base/threads.h"
#include "model/label_runs.h"
#include "model/overlap.h"
#include "seg_read/frame_reader.h"
#include "seg_read/undescribed_pixels.h"
#include "validate/check.h"

#define VALUES 65536u
#define CHUNK_BYTES ((size_t)64 << 20)
#define BITS_OF_LABELS 32u

struct worker {
  dseg_frame_reader *reader;
  uint32_t *first; /* by pixel value: the first frame that has it, from 1; 0: none */
  /* Experimental label frames: the values that are described, NULL for others; one that is not, in the first frame of
   * this worker, from 1, that has such. */
  const dseg_number_set *described;
  size_t bad_frame;
  uint32_t bad_value;
  bool wants_values; /* in first */
  /* Of an object with instances: a plane of numbers for what its representation says of a frame's pixels, NULL for
   * others; what was wrong in the first frame of this worker, from 1, where something was. */
  uint32_t *numbers;
  size_t wrong_frame;
  dseg_error wrong;
};

struct job {
  dseg_check *check;
  dseg_dicom_source *source;
  struct worker *workers;
  unsigned worker_count;
  uint8_t *failed; /* by frame */
  bool wants_values;
  dseg_number_set described;
};

static void note_value(uint32_t *first, uint32_t value, size_t frame) {
  if (first[value] == 0 || frame + 1 < first[value]) {
    first[value] = (uint32_t)(frame + 1);
  }
}

/* Whether the pixels are instances that the object has. */
static dseg_status check_instances(struct worker *worker, const dseg_decoded_frame *frame, size_t number,
                                   dseg_error *error) {
  const dseg_representation *representation = worker->reader->source->representation;
  dseg_error wrong = {DSEG_OK, ""};
  const dseg_status status = representation->add_to_instances(frame, worker->numbers, &wrong);
  if (status == DSEG_ERROR_FORMAT && (worker->wrong_frame == 0 || number + 1 < worker->wrong_frame)) {
    worker->wrong_frame = number + 1;
    worker->wrong = wrong;
  }
  return status == DSEG_OK || status == DSEG_ERROR_FORMAT ? DSEG_OK : dseg_fail(error, status, "%s", wrong.message);
}

static dseg_status use_frame(void *user, const dseg_decoded_frame *frame, size_t number, dseg_error *error) {
  struct worker *worker = user;
  uint32_t *first = worker != NULL && worker->wants_values ? worker->first : NULL;
  const size_t count = (size_t)frame->rows * frame->columns;
  size_t place;
  if (DSEG_HAVE_INSTANCES && worker != NULL && worker->numbers != NULL) {
    return check_instances(worker, frame, number, error);
  }
  if (worker != NULL && worker->described != NULL &&
      !dseg_pixels_are_described(frame->pixels, frame->bits_allocated, count, worker->described, &place) &&
      (worker->bad_frame == 0 || number + 1 < worker->bad_frame)) {
    worker->bad_frame = number + 1;
    worker->bad_value = dseg_label_at(frame->pixels, frame->bits_allocated, place);
  }
  if (first == NULL) {
    return DSEG_OK;
  }
  if (frame->bits_allocated == 8) {
    uint8_t seen[256] = {0};
    for (size_t i = 0; i < count; i++) {
      seen[frame->pixels[i]] = 1;
    }
    for (uint32_t value = 0; value < 256; value++) {
      if (seen[value] != 0) {
        note_value(first, value, number);
      }
    }
  } else if (frame->bits_allocated == 16) {
    const uint16_t *pixels = (const void *)frame->pixels;
    uint32_t before = VALUES;
    for (size_t i = 0; i < count; i++) {
      if (pixels[i] != before) {
        before = pixels[i];
        note_value(first, before, number);
      }
    }
  }
  return DSEG_OK;
}

/* A frame that cannot be decoded does not end the pass: it is damaged, or coded in a way that this codec refuses. */
static dseg_status visit(void *user, size_t index, unsigned number, dseg_error *error) {
  struct job *job = user;
  struct worker *worker = &job->workers[number];
  const uint32_t frame = (uint32_t)index;
  dseg_error own = {0};
  const dseg_status status = dseg_frame_reader_run(worker->reader, &frame, 1, use_frame, worker, &own);
  const dseg_frame_codec *codec = job->source->codec;
  const bool refused =
      status == DSEG_ERROR_LIMIT || (status == DSEG_ERROR_UNSUPPORTED && codec != NULL && codec->decode != NULL);
  if (status == DSEG_ERROR_FORMAT || refused) {
    job->failed[index] = 1;
    return DSEG_OK;
  }
  return status == DSEG_OK ? status : dseg_fail(error, status, "%s", own.message);
}

/* Decoded once more, on this thread, for what the codec says. */
static dseg_status report_failures(struct job *job, size_t *count, dseg_error *error) {
  *count = 0;
  for (size_t i = 0; i < job->source->table.count; i++) {
    dseg_error own = {0};
    const uint32_t frame = (uint32_t)i;
    if (job->failed[i] == 0) {
      continue;
    }
    const dseg_status status =
        (*count)++ < 16 ? dseg_frame_reader_run(job->workers[0].reader, &frame, 1, use_frame, NULL, &own) : DSEG_OK;
    if (status == DSEG_ERROR_MEMORY || status == DSEG_ERROR_INPUT) {
      return dseg_fail(error, status, "%s", own.message);
    }
    dseg_found(job->check, DSEG_RULE_FRAME_DECODES, dseg_at(DSEG_TAG(0x7FE0, 0x0010)), "frame %zu: %s", i + 1,
               own.message);
  }
  return DSEG_OK;
}

/* Returns how many values are not as they must be. */
static size_t report_values(struct job *job) {
  dseg_check *check = job->check;
  const dseg_place place = dseg_at(DSEG_TAG(0x7FE0, 0x0010));
  const uint32_t maximum = job->source->base.description->maximum_fraction;
  size_t count = 0;
  const struct worker *bad = NULL;
  const struct worker *wrong = NULL;
  for (unsigned i = 0; i < job->worker_count; i++) {
    const struct worker *worker = &job->workers[i];
    wrong = worker->wrong_frame != 0 && (wrong == NULL || worker->wrong_frame < wrong->wrong_frame) ? worker : wrong;
    bad = worker->bad_frame != 0 && (bad == NULL || worker->bad_frame < bad->bad_frame) ? worker : bad;
  }
  if (bad != NULL) {
    dseg_found(check, DSEG_RULE_VALUE_DESCRIBED, place, "frame %zu has pixels of %lu, which no segment has",
               bad->bad_frame, (unsigned long)bad->bad_value);
    count++;
  }
  if (wrong != NULL) {
    dseg_found(check, DSEG_RULE_VALUE_DESCRIBED, place, "%s", wrong->wrong.message);
    count++;
  }
  for (uint32_t value = 0; value < VALUES; value++) {
    uint32_t first = 0;
    for (unsigned i = 0; i < job->worker_count; i++) {
      const uint32_t other = job->workers[i].first[value];
      first = first == 0 || (other != 0 && other < first) ? other : first;
    }
    if (first == 0) {
      continue;
    }
    if (check->facts.type == DSEG_TYPE_LABELMAP && !dseg_bit_at(check->facts.segments, value)) {
      dseg_found(check, DSEG_RULE_VALUE_DESCRIBED, place, "frame %u has pixels of %u, which no segment has",
                 (unsigned)first, (unsigned)value);
      count++;
    } else if (check->facts.type == DSEG_TYPE_FRACTIONAL && maximum != 0 && value > maximum) {
      dseg_found(check, DSEG_RULE_VALUE_FRACTION, place, "frame %u has pixels of %u, above %u", (unsigned)first,
                 (unsigned)value, (unsigned)maximum);
      count++;
    }
  }
  return count;
}

static dseg_status make_workers(struct job *job, dseg_error *error) {
  job->worker_count = dseg_worker_count(job->check->options->threads, job->source->table.count);
  DSEG_TRY(dseg_frame_reader_limit(job->source, &job->worker_count, error));
  job->workers = calloc(job->worker_count, sizeof *job->workers);
  job->failed = calloc(job->source->table.count + 1, 1);
  const dseg_geometry *geometry = &job->source->base.description->geometry;
  const size_t pixels = (size_t)geometry->rows * geometry->columns;
  bool complete = job->workers != NULL && job->failed != NULL;
  for (unsigned i = 0; complete && i < job->worker_count; i++) {
    job->workers[i].reader = dseg_frame_reader_create(job->source);
    job->workers[i].first = calloc(VALUES, sizeof *job->workers[i].first);
    job->workers[i].wants_values = job->wants_values;
    const bool instances = DSEG_HAVE_INSTANCES && job->source->base.description->instances != NULL;
    if (instances) {
      job->workers[i].numbers = calloc(pixels + 1, sizeof *job->workers[i].numbers);
    }
    complete = job->workers[i].reader != NULL && job->workers[i].first != NULL &&
               (job->workers[i].numbers != NULL || !instances);
  }
  const dseg_representation *experimental = job->check->facts.experimental;
  if (complete && experimental != NULL && (experimental->flags & DSEG_PLUGIN_LABEL_FRAMES) != 0 &&
      (experimental->flags & DSEG_PLUGIN_OWN_VALUES) == 0) {
    DSEG_TRY(dseg_number_set_create(job->source->base.description, &job->described, error));
    for (unsigned i = 0; i < job->worker_count; i++) {
      job->workers[i].described = &job->described;
    }
  }
  return complete ? DSEG_OK : dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for looking at pixels");
}

static void free_workers(struct job *job) {
  for (unsigned i = 0; job->workers != NULL && i < job->worker_count; i++) {
    dseg_frame_reader_destroy(job->workers[i].reader);
    free(job->workers[i].first);
    free(job->workers[i].numbers);
  }
  free(job->workers);
  free(job->failed);
  dseg_number_set_free(&job->described);
}

/* Every frame decoded once. *clean: overlap can be looked for; *skipped: there is no codec. */
static dseg_status check_frames(dseg_check *check, dseg_dicom_source *source, bool *clean, bool *skipped,
                                dseg_error *error) {
  struct job job = {.check = check, .source = source, .wants_values = check->facts.type != DSEG_TYPE_BINARY};
  dseg_error refusal = {0};
  dseg_status status = make_workers(&job, error);
  if (status == DSEG_OK) {
    status = dseg_parallel_for(source->table.count, job.worker_count, visit, &job, &refusal);
    if (status == DSEG_ERROR_UNSUPPORTED) {
      dseg_note(check, "pixels are not checked: %s", refusal.message);
      *skipped = true;
      status = DSEG_OK;
    } else if (status != DSEG_OK) {
      (void)dseg_fail(error, status, "%s", refusal.message);
    } else {
      size_t failures = 0;
      status = report_failures(&job, &failures, error);
      *clean = failures + report_values(&job) == 0;
    }
  }
  free_workers(&job);
  return status;
}

/* Whether some plane has more than one frame, without which nothing can overlap. */
static bool may_overlap(const dseg_dicom_source *source) {
  for (size_t i = 0; i < source->table.plane_count; i++) {
    if (source->table.plane_first[i + 1] - source->table.plane_first[i] > 1) {
      return true;
    }
  }
  return false;
}

/* All planes read into labels, some at a time. least: the smallest stored fraction that counts. */
static dseg_status count_overlap(dseg_check *check, dseg_source *source, uint32_t least, dseg_overlap *overlap,
                                 dseg_error *error) {
  const dseg_description *description = dseg_source_description(source);
  const dseg_geometry *geometry = &description->geometry;
  const size_t plane_bytes = (size_t)geometry->rows * geometry->columns * (BITS_OF_LABELS / 8);
  const size_t planes = plane_bytes < CHUNK_BYTES ? CHUNK_BYTES / plane_bytes : 1;
  const size_t chunk = planes < geometry->plane_count ? planes : geometry->plane_count;
  void *labels = plane_bytes <= check->memory_limit ? malloc(chunk * plane_bytes) : NULL;
  if (labels == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for looking for overlap");
  }
  dseg_status status = DSEG_OK;
  for (size_t first = 0; status == DSEG_OK && first < geometry->plane_count; first += chunk) {
    const size_t left = geometry->plane_count - first;
    dseg_overlap found;
    const dseg_label_request request = {
        .struct_size = sizeof(dseg_label_request),
        .first_plane = first,
        .plane_count = chunk < left ? chunk : left,
        .bits = BITS_OF_LABELS,
        .overlap = DSEG_OVERLAP_FIRST,
        .threshold = description->maximum_fraction > 0 ? (double)least / description->maximum_fraction : 0,
        .threads = check->options->threads};
    status = dseg_source_read_labels(source, &request, labels, request.plane_count * plane_bytes, &found, error);
    if (status == DSEG_OK) {
      dseg_overlap_merge(overlap, &found);
    }
  }
  free(labels);
  return status;
}

static dseg_status check_overlap(dseg_check *check, dseg_source *base, dseg_dicom_source *source, dseg_error *error) {
  const dseg_element declared = dseg_get(check->top, DSEG_TAG(0x0062, 0x0013));
  const bool yes = dseg_element_is(&declared, "YES");
  const bool no = dseg_element_is(&declared, "NO") || check->facts.type == DSEG_TYPE_LABELMAP;
  const dseg_segment *segments = source->base.description->segments;
  /* Fractions that add up to the whole are no overlap: for NO, only voxels that are more than half in both. */
  const uint32_t least = no ? source->base.description->maximum_fraction / 2 + 1 : 1;
  dseg_overlap overlap = {0};
  if ((!yes && !no) || (source->representation->flags & DSEG_PLUGIN_OWN_VALUES) != 0) {
    return DSEG_OK; /* own values do not overlap, whatever they stand for */
  }
  if (may_overlap(source)) {
    DSEG_TRY(count_overlap(check, base, least, &overlap, error));
  }
  if (no && overlap.voxels > 0) {
    const bool pair = overlap.pair_count > 0;
    dseg_found(check, DSEG_RULE_OVERLAP_DECLARED, dseg_at(DSEG_TAG(0x0062, 0x0013)),
               "is %s, %" PRIu64 " voxels belong to two segments, %u and %u first", dseg_show(&declared).text,
               overlap.voxels, pair ? (unsigned)segments[overlap.pairs[0].first].number : 0u,
               pair ? (unsigned)segments[overlap.pairs[0].second].number : 0u);
  } else if (yes && !no && overlap.voxels == 0) {
    dseg_found(check, DSEG_RULE_OVERLAP_FOUND, dseg_at(DSEG_TAG(0x0062, 0x0013)),
               "is YES, no voxel is in two segments");
  }
  return DSEG_OK;
}

dseg_status dseg_check_pixels(dseg_check *check, dseg_source *base, dseg_error *error) {
  dseg_dicom_source *source = (dseg_dicom_source *)base; /* the reader made it; base is its first member */
  bool clean = true;
  bool skipped = false;
  DSEG_TRY(check_frames(check, source, &clean, &skipped, error));
  check->result.pixels_checked = !skipped;
  return clean && !skipped ? check_overlap(check, base, source, error) : DSEG_OK;
}
