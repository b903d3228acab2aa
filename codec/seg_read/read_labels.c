/* SPDX-License-Identifier: Apache-2.0 */
/* read_labels.c - voxels of a DICOM segmentation: planes are shared out among threads, each of which reads the
 * frames of its plane and hands them to the representation. */
#include "seg_read/dicom_source.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/threads.h"
#include "model/bit_planes.h"
#include "model/fractions.h"
#include "model/label_lookup.h"
#include "model/label_planes.h"
#include "model/label_runs.h"
#include "model/overlap.h"
#include "model/plugin_call.h"
#include "seg_read/fragments.h"
#include "seg_read/frame_reader.h"
#include "seg_read/undescribed_pixels.h"

struct worker;

/* Ranges of planes for each worker, and the least planes in one, where frames refer to others. */
enum { RANGES = 4, LEAST_RANGE = 16 };

/* One reading of planes, by read_labels or read_mask. */
struct job {
  dseg_dicom_source *source;
  size_t first_plane, plane_count;
  size_t planes_at_once; /* that a worker takes */
  size_t plane_voxels;
  dseg_status (*read_plane)(struct worker *worker, size_t index, dseg_error *error); /* index: in out */
  uint8_t *out;
  bool check_values; /* label frames: every pixel value has to be ... */
  dseg_number_set described;
  struct worker *workers;
  unsigned worker_count;
  /* read_labels: */
  const dseg_label_request *request;
  uint8_t *wanted;  /* by segment */
  uint32_t *tables; /* label frames: what lookup points to */
  dseg_label_lookup lookup;
  uint32_t fraction_threshold;
  bool direct; /* label frames are read straight into out */
  /* read_mask: */
  size_t segment;
  bool reuses_frames; /* of label frames: masks of a plane are often read one after the other */
};

struct worker {
  const struct job *job;
  dseg_frame_reader *reader;
  dseg_overlap overlap;
  uint32_t *numbers; /* frames to read of the plane */
  size_t capacity;
  size_t plane;
  uint8_t *out; /* of the plane */
};

static bool has_label_frames(const dseg_dicom_source *source) {
  return (source->representation->flags & DSEG_PLUGIN_LABEL_FRAMES) != 0;
}

/* Pixels are Segment Numbers, of which each has to be described. */
static bool has_segment_numbers(const dseg_dicom_source *source) {
  return has_label_frames(source) && (source->representation->flags & DSEG_PLUGIN_OWN_VALUES) == 0;
}

/* Planes are handed out one by one, so that all workers end together; or in ranges where a frame may need those before
 * it, so that these are rarely decoded by two workers. */
static size_t share_planes(const struct job *job, unsigned threads) {
  const dseg_frame_codec *codec = job->source->codec;
  if (codec == NULL || (codec->flags & DSEG_PLUGIN_OTHER_FRAMES) == 0) {
    return 1;
  }
  const size_t workers = dseg_worker_count(threads, job->plane_count);
  const size_t most = (job->plane_count + workers - 1) / workers;
  const size_t wanted = most / RANGES > LEAST_RANGE ? most / RANGES : LEAST_RANGE;
  return wanted < most ? wanted : most;
}

static dseg_frame_reader *take_reader(struct job *job) {
  dseg_frame_reader *idle = atomic_exchange(&job->source->idle_reader, NULL);
  return idle != NULL ? idle : dseg_frame_reader_create(job->source);
}

static dseg_status begin(struct job *job, unsigned threads, dseg_error *error) {
  const dseg_description *description = job->source->base.description;
  job->plane_voxels = (size_t)description->geometry.rows * description->geometry.columns;
  job->planes_at_once = share_planes(job, threads);
  job->worker_count = dseg_worker_count(threads, (job->plane_count + job->planes_at_once - 1) / job->planes_at_once);
  DSEG_TRY(dseg_frame_reader_limit(job->source, &job->worker_count, error));
  job->workers = calloc(job->worker_count, sizeof *job->workers);
  job->check_values = has_segment_numbers(job->source);
  if (job->workers == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for reading planes");
  }
  for (unsigned i = 0; i < job->worker_count; i++) {
    job->workers[i].job = job;
    job->workers[i].reader = take_reader(job);
    if (job->workers[i].reader == NULL) {
      return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for reading planes");
    }
    job->workers[i].reader->reuses_frame = job->reuses_frames;
  }
  return job->check_values ? dseg_number_set_create(description, &job->described, error) : DSEG_OK;
}

/* keep: the first worker's reader stays with the source, in the place of what another thread may have left. */
static void end(struct job *job, bool keep) {
  if (keep) {
    job->workers[0].reader = atomic_exchange(&job->source->idle_reader, job->workers[0].reader);
  }
  for (unsigned i = 0; job->workers != NULL && i < job->worker_count; i++) {
    dseg_frame_reader_destroy(job->workers[i].reader);
    free(job->workers[i].numbers);
  }
  free(job->workers);
  dseg_number_set_free(&job->described);
  free(job->wanted);
  free(job->tables);
}

static dseg_status read_range(void *user, size_t index, unsigned number, dseg_error *error) {
  const struct job *job = user;
  const size_t first = index * job->planes_at_once;
  for (size_t i = first; i < job->plane_count && i < first + job->planes_at_once; i++) {
    DSEG_TRY(job->read_plane(&job->workers[number], i, error));
  }
  return DSEG_OK;
}

static dseg_status read_planes(struct job *job, dseg_error *error) {
  const size_t ranges = (job->plane_count + job->planes_at_once - 1) / job->planes_at_once;
  return dseg_parallel_for(ranges, job->worker_count, read_range, job, error);
}

/* Collects the frames of the worker's plane that are wanted, ordered by segment. */
static dseg_status collect(struct worker *worker, int32_t segment, size_t *count, dseg_error *error) {
  const dseg_frame_table *table = &worker->job->source->table;
  const uint8_t *wanted = worker->job->wanted;
  size_t first;
  size_t last;
  dseg_frames_of_plane(table, worker->plane, segment, &first, &last);
  if (last - first > worker->capacity) {
    uint32_t *numbers = realloc(worker->numbers, (last - first) * sizeof *numbers);
    if (numbers == NULL) {
      return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu frames", last - first);
    }
    worker->numbers = numbers;
    worker->capacity = last - first;
  }
  *count = 0;
  for (size_t i = first; i < last; i++) {
    const uint32_t number = table->by_plane[i];
    const int32_t of = table->frames[number].segment;
    if (of < 0 || wanted == NULL || wanted[of] != 0) {
      worker->numbers[(*count)++] = number;
    }
  }
  return DSEG_OK;
}

static dseg_status check_described(const struct worker *worker, const void *pixels, dseg_error *error) {
  const dseg_dicom_source *source = worker->job->source;
  const unsigned bits = source->info.bits_allocated;
  size_t place;
  if (dseg_pixels_are_described(pixels, bits, worker->job->plane_voxels, &worker->job->described, &place)) {
    return DSEG_OK;
  }
  const uint32_t value = dseg_label_at(pixels, bits, place);
  const uint32_t columns = source->base.description->geometry.columns;
  return dseg_fail(error, DSEG_ERROR_FORMAT,
                   "plane %zu has the pixel value %u at row %zu, column %zu, which no item of Segment Sequence "
                   "(0062,0002) describes (PS3.3 C.8.20.2.3.3)",
                   worker->plane, (unsigned)value, place / columns, place % columns);
}

static dseg_status use_for_labels(void *user, const dseg_decoded_frame *frame, size_t number, dseg_error *error) {
  struct worker *worker = user;
  const struct job *job = worker->job;
  (void)number;
  if (job->check_values) {
    DSEG_TRY(check_described(worker, frame->pixels, error));
  }
  const dseg_label_plane plane = {.out = worker->out,
                                  .bits = job->request->bits,
                                  .background = job->request->background,
                                  .segment_count = job->source->base.description->segment_count,
                                  .values = job->request->values,
                                  .wanted = job->wanted,
                                  .add_bits = dseg_paint_segment,
                                  .add_fractions = dseg_paint_fractions,
                                  .add_pixels = job->tables != NULL ? dseg_paint_pixels : NULL,
                                  .label_of_pixel = job->tables != NULL ? dseg_label_of_pixel : NULL,
                                  .lookup = &job->lookup,
                                  .fraction_threshold = job->fraction_threshold,
                                  .last_wins = job->request->overlap == DSEG_OVERLAP_LAST,
                                  .overlap = &worker->overlap};
  const dseg_representation *representation = job->source->representation;
  return dseg_of_plugin(representation->add_to_labels(frame, &plane, error), representation->name, "add_to_labels",
                        error);
}

/* One plane of labels. */
static dseg_status read_label_plane(struct worker *worker, size_t index, dseg_error *error) {
  const struct job *job = worker->job;
  size_t count = 0;
  worker->plane = job->first_plane + index;
  worker->out = job->out + index * job->plane_voxels * (job->request->bits / 8);
  DSEG_TRY(collect(worker, -1, &count, error));
  if (job->direct && count == 1) {
    DSEG_TRY(dseg_frame_reader_into(worker->reader, worker->numbers[0], worker->out,
                                    job->plane_voxels * (job->request->bits / 8), error));
    return check_described(worker, worker->out, error);
  }
  dseg_labels_fill(worker->out, job->request->bits, 0, job->plane_voxels, job->request->background);
  return dseg_frame_reader_run(worker->reader, worker->numbers, count, use_for_labels, worker, error);
}

/* What becomes of the pixel values of label frames; and whether they stay as they are. */
static dseg_status prepare_lookup(struct job *job, dseg_error *error) {
  const dseg_description *description = job->source->base.description;
  const dseg_label_request *request = job->request;
  const unsigned bits = job->source->info.bits_allocated;
  const size_t small = bits == 8 ? (size_t)UINT8_MAX + 1 : DSEG_PIXEL_VALUES;
  job->tables = malloc((small + 2 * job->described.large_count) * sizeof *job->tables);
  if (job->tables == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for reading planes");
  }
  uint32_t *large = job->tables + small;
  uint32_t *labels = large + job->described.large_count;
  size_t large_count = 0;
  bool same = !description->has_background || description->background == request->background;
  for (size_t i = 0; i < small; i++) {
    job->tables[i] = request->background;
  }
  for (size_t i = 0; i < description->segment_count; i++) {
    const uint32_t number = description->segments[i].number;
    const uint32_t label = job->wanted[i] != 0 ? request->values[i] : request->background;
    if (number < small) {
      job->tables[number] = label;
    } else if (number >= DSEG_PIXEL_VALUES) {
      large[large_count] = number;
      labels[large_count++] = label;
    }
    same = same && label == number;
  }
  job->lookup = (dseg_label_lookup){.table = job->tables,
                                    .table_size = small,
                                    .identity = dseg_label_identity(job->tables, small),
                                    .large_pixels = large,
                                    .large_labels = labels,
                                    .large_count = large_count,
                                    .background = request->background};
  job->direct = same && request->bits == job->source->info.bits_allocated && dseg_frames_can_be_read_into(job->source);
  return DSEG_OK;
}

/* Which segments are asked for, and for label frames what becomes of each pixel value. */
static dseg_status prepare_values(struct job *job, dseg_error *error) {
  const dseg_description *description = job->source->base.description;
  const dseg_label_request *request = job->request;
  job->wanted = calloc(description->segment_count + 1, 1);
  if (job->wanted == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for reading planes");
  }
  for (size_t i = 0; request->segments != NULL && i < request->segment_count; i++) {
    job->wanted[request->segments[i]] = 1;
  }
  if (request->segments == NULL) {
    memset(job->wanted, 1, description->segment_count);
  }
  job->fraction_threshold = dseg_stored_threshold(request->threshold, description->maximum_fraction);
  return job->check_values ? prepare_lookup(job, error) : DSEG_OK;
}

dseg_status dseg_dicom_read_labels(dseg_source *source, const dseg_label_request *request, void *out,
                                   dseg_overlap *overlap, dseg_error *error) {
  struct job job = {.source = (dseg_dicom_source *)source,
                    .first_plane = request->first_plane,
                    .plane_count = request->plane_count,
                    .read_plane = read_label_plane,
                    .out = out,
                    .request = request};
  dseg_status status = begin(&job, request->threads, error);
  if (status == DSEG_OK) {
    status = prepare_values(&job, error);
  }
  if (status == DSEG_OK) {
    status = read_planes(&job, error);
  }
  for (unsigned i = 0; job.workers != NULL && i < job.worker_count; i++) {
    dseg_overlap_merge(overlap, &job.workers[i].overlap);
  }
  end(&job, status == DSEG_OK);
  return status;
}

static dseg_status use_for_mask(void *user, const dseg_decoded_frame *frame, size_t number, dseg_error *error) {
  struct worker *worker = user;
  const struct job *job = worker->job;
  (void)number;
  if (job->check_values) {
    DSEG_TRY(check_described(worker, frame->pixels, error));
  }
  const dseg_representation *representation = job->source->representation;
  const uint32_t segment_number = job->source->base.description->segments[job->segment].number;
  return dseg_of_plugin(representation->add_to_mask(frame, segment_number, worker->out, error), representation->name,
                        "add_to_mask", error);
}

/* One plane of a mask. */
static dseg_status read_mask_plane(struct worker *worker, size_t index, dseg_error *error) {
  const struct job *job = worker->job;
  size_t count = 0;
  worker->plane = job->first_plane + index;
  worker->out = job->out + index * job->plane_voxels;
  memset(worker->out, 0, job->plane_voxels);
  DSEG_TRY(collect(worker, has_label_frames(job->source) ? -1 : (int32_t)job->segment, &count, error));
  return dseg_frame_reader_run(worker->reader, worker->numbers, count, use_for_mask, worker, error);
}

dseg_status dseg_dicom_read_mask(dseg_source *source, size_t segment, size_t first_plane, size_t plane_count,
                                 uint8_t *out, unsigned threads, dseg_error *error) {
  struct job job = {.source = (dseg_dicom_source *)source,
                    .first_plane = first_plane,
                    .plane_count = plane_count,
                    .read_plane = read_mask_plane,
                    .segment = segment,
                    .reuses_frames = has_label_frames((const dseg_dicom_source *)source)};
  job.out = out;
  dseg_status status = begin(&job, threads, error);
  if (status == DSEG_OK) {
    status = read_planes(&job, error);
  }
  end(&job, status == DSEG_OK);
  return status;
}

static dseg_status use_for_instances(void *user, const dseg_decoded_frame *frame, size_t number, dseg_error *error) {
  struct worker *worker = user;
  const dseg_representation *representation = worker->job->source->representation;
  (void)number;
  return dseg_of_plugin(representation->add_to_instances(frame, (uint32_t *)(void *)worker->out, error),
                        representation->name, "add_to_instances", error);
}

/* One plane of instances' numbers. */
static dseg_status read_instance_plane(struct worker *worker, size_t index, dseg_error *error) {
  const struct job *job = worker->job;
  const size_t plane_bytes = job->plane_voxels * sizeof(uint32_t);
  size_t count = 0;
  worker->plane = job->first_plane + index;
  worker->out = job->out + index * plane_bytes;
  memset(worker->out, 0, plane_bytes);
  DSEG_TRY(collect(worker, -1, &count, error));
  return dseg_frame_reader_run(worker->reader, worker->numbers, count, use_for_instances, worker, error);
}

dseg_status dseg_dicom_read_instances(dseg_source *source, size_t first_plane, size_t plane_count, uint32_t *out,
                                      unsigned threads, dseg_error *error) {
  struct job job = {.source = (dseg_dicom_source *)source,
                    .first_plane = first_plane,
                    .plane_count = plane_count,
                    .read_plane = read_instance_plane};
  job.out = (uint8_t *)out;
  dseg_status status = begin(&job, threads, error);
  if (status == DSEG_OK) {
    status = read_planes(&job, error);
  }
  end(&job, status == DSEG_OK);
  return status;
}

dseg_status dseg_dicom_segments_in_plane(dseg_source *base, size_t plane, uint8_t *present, dseg_error *error) {
  const dseg_dicom_source *source = (const dseg_dicom_source *)base;
  const size_t segments = base->description->segment_count;
  size_t first;
  size_t last;
  (void)error;
  dseg_frames_of_plane(&source->table, plane, -1, &first, &last);
  if (has_label_frames(source)) {
    memset(present, first < last, segments);
    return DSEG_OK;
  }
  memset(present, 0, segments);
  for (size_t i = first; i < last; i++) {
    present[source->table.frames[source->table.by_plane[i]].segment] = 1;
  }
  return DSEG_OK;
}

dseg_status dseg_dicom_frame(const dseg_source *base, size_t frame, dseg_frame_location *location, dseg_error *error) {
  const dseg_dicom_source *source = (const dseg_dicom_source *)base;
  const dseg_frame *entry = &source->table.frames[frame];
  *location = (dseg_frame_location){.offset = entry->offset,
                                    .length = entry->length,
                                    .bit = entry->bit,
                                    .plane = entry->plane,
                                    .segment = entry->segment};
  return source->encapsulated ? dseg_measure_fragments(source->parts[entry->part].input, entry, &location->offset,
                                                       &location->length, error)
                              : DSEG_OK;
}

dseg_status dseg_dicom_frame_range(const dseg_source *base, size_t frame, dseg_frame_range *range, dseg_error *error) {
  (void)error;
  const dseg_frame *entry = &((const dseg_dicom_source *)base)->table.frames[frame];
  *range = (dseg_frame_range){
      .offset = entry->offset, .length = entry->length, .plane = entry->plane, .segment = entry->segment};
  return DSEG_OK;
}

dseg_status dseg_dicom_read_frame(dseg_source *base, size_t frame, dseg_buffer *out, dseg_error *error) {
  const dseg_dicom_source *source = (const dseg_dicom_source *)base;
  const dseg_frame *entry = &source->table.frames[frame];
  const dseg_input *input = source->parts[entry->part].input;
  if (source->encapsulated) {
    return dseg_read_fragments(input, entry, out, error);
  }
  const size_t before = out->size;
  DSEG_TRY(dseg_buffer_resize(out, before + entry->length, error));
  const dseg_status status = dseg_input_read(input, entry->offset, out->data + before, entry->length, error);
  if (status != DSEG_OK) {
    out->size = before;
  }
  return status;
}
