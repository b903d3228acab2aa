/* SPDX-License-Identifier: Apache-2.0 */
/* volume_passing.c - planes of labels from a file that is read again for them: see volume_passing.h.
 *
 * Where a reading has ended is left for the next one, which takes it if its planes lie behind. */
#include "formats/volume_passing.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/inflate_stream.h"
#include "base/input.h"
#include "formats/volume_voxels.h"
#include "model/label_planes.h"
#include "model/label_runs.h"
#include "sources/source.h"

/* How far compressed voxels have been inflated. */
struct place_in_stream {
  dseg_inflate_stream *stream;
  uint64_t done; /* bytes of voxels */
};

struct dseg_passing {
  dseg_input *input; /* owned */
  dseg_data_place place;
  uint64_t first; /* byte of the layer's first voxel: in the file, or among inflated voxels */
  dseg_raw_volume raw;
  dseg_open_options meaning; /* raw's */
  _Atomic(struct place_in_stream *) left;
};

struct passing_source {
  dseg_source base;
  dseg_passing *passing;
  size_t plane_pixels;
};

static void end_stream(struct place_in_stream *at) {
  if (at != NULL) {
    dseg_inflate_stream_destroy(at->stream);
    free(at);
  }
}

void dseg_passing_destroy(dseg_passing *passing) {
  if (passing != NULL) {
    end_stream(atomic_load(&passing->left));
    dseg_input_close(passing->input);
    free(passing);
  }
}

dseg_status dseg_passing_create(const dseg_input *input, const dseg_data_place *place, size_t size, size_t layer,
                                const dseg_raw_volume *raw, dseg_passing **passing, dseg_error *error) {
  const bool alternates = raw->layer_count > 1 && raw->run != raw->layer_voxels;
  const bool has_maps = raw->meaning->value_map_count > 0;
  const char *path = dseg_input_path(input);
  *passing = NULL;
  const bool in_memory = dseg_input_memory(input) != NULL; /* a pipe, which is read once */
  if (path == NULL || in_memory || alternates || has_maps || !dseg_volume_data_passes(place)) {
    return DSEG_OK;
  }
  dseg_passing *made = calloc(1, sizeof *made);
  if (made == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a volume");
  }
  dseg_status status = dseg_input_from_file(path, raw->meaning->memory_limit, &made->input, error);
  if (status == DSEG_OK && dseg_input_size(made->input) != dseg_input_size(input)) {
    status = dseg_fail(error, DSEG_ERROR_FORMAT, "the file was changed while it was read");
  }
  if (status != DSEG_OK) {
    dseg_passing_destroy(made);
    return status;
  }
  made->place = *place;
  made->raw = *raw;
  made->raw.block = NULL;
  made->raw.looked = NULL;
  made->raw.passing = NULL;
  made->meaning = *raw->meaning;
  made->raw.meaning = &made->meaning;
  const uint64_t before = (uint64_t)layer * raw->layer_voxels * dseg_voxel_size(raw->type);
  made->first = before;
  if (place->encoding == DSEG_DATA_RAW) {
    made->first += place->at_end ? dseg_input_size(input) - size : place->offset + place->skip;
  }
  *passing = made;
  return DSEG_OK;
}

/* Inflates up to byte to of the voxels, and forgets it. */
static dseg_status skip_to(struct place_in_stream *at, uint64_t to, uint8_t *scratch, size_t size, dseg_error *error) {
  while (at->done < to) {
    const uint64_t left = to - at->done;
    size_t got = 0;
    const size_t count = left < size ? (size_t)left : size;
    DSEG_TRY(dseg_inflate_stream_read(at->stream, scratch, count, &got, error));
    if (got < count) {
      return dseg_fail(error, DSEG_ERROR_FORMAT, "the compressed data holds less than before");
    }
    at->done += got;
  }
  return DSEG_OK;
}

/* A stream that has not passed byte to: the one that is left, or a new one. */
static dseg_status begin_stream(dseg_passing *passing, uint64_t to, struct place_in_stream **at, dseg_error *error) {
  *at = atomic_exchange(&passing->left, NULL);
  if (*at != NULL && (*at)->done <= to) {
    return DSEG_OK;
  }
  end_stream(*at);
  *at = calloc(1, sizeof **at);
  if (*at == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a volume");
  }
  const dseg_data_place *place = &passing->place;
  return dseg_inflate_stream_create(passing->input, place->offset, place->length, &(*at)->stream, error);
}

/* What takes a plane of labels, by its place among those that are read. */
typedef void (*take_plane)(void *user, size_t index, const uint32_t *labels, size_t pixels);

struct pass {
  struct passing_source *source;
  size_t plane_bytes;
  uint8_t *bytes;   /* of a plane */
  uint32_t *labels; /* likewise */
  struct place_in_stream *at;
};

static dseg_status read_bytes(struct pass *pass, uint64_t from, dseg_error *error) {
  dseg_passing *passing = pass->source->passing;
  if (passing->place.encoding == DSEG_DATA_RAW) {
    return dseg_input_read(passing->input, from, pass->bytes, pass->plane_bytes, error);
  }
  const uint64_t begin = from + passing->place.skip;
  if (pass->at == NULL) {
    DSEG_TRY(begin_stream(passing, begin, &pass->at, error));
  }
  DSEG_TRY(skip_to(pass->at, begin, pass->bytes, pass->plane_bytes, error));
  return skip_to(pass->at, begin + pass->plane_bytes, pass->bytes, pass->plane_bytes, error);
}

/* The index of the segment with this number, or SIZE_MAX. Segments are in ascending order of their numbers, which are
 * those of a volume's labels. */
static size_t find_segment(const dseg_description *description, uint32_t number) {
  size_t low = 0;
  size_t high = description->segment_count;
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    if (description->segments[middle].number == number) {
      return middle;
    }
    if (description->segments[middle].number < number) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return SIZE_MAX;
}

/* Every label but 0 is that of a segment, as it was when the voxels were looked at. */
static dseg_status check_labels(const struct pass *pass, dseg_error *error) {
  const dseg_description *description = pass->source->base.description;
  const size_t count = pass->source->plane_pixels;
  for (size_t start = 0; start < count;) {
    const uint32_t label = pass->labels[start];
    if (label != 0 && find_segment(description, label) == SIZE_MAX) {
      return dseg_fail(error, DSEG_ERROR_FORMAT, "the file was changed while it was read: a voxel has the label %lu",
                       (unsigned long)label);
    }
    start = dseg_label_run_end(pass->labels, 32, start, count);
  }
  return DSEG_OK;
}

static dseg_status read_plane(struct pass *pass, size_t plane, dseg_error *error) {
  const dseg_passing *passing = pass->source->passing;
  const dseg_raw_volume *raw = &passing->raw;
  const size_t voxel_bytes = dseg_voxel_size(raw->type);
  const size_t count = pass->source->plane_pixels;
  DSEG_TRY(read_bytes(pass, passing->first + (uint64_t)plane * pass->plane_bytes, error));
  if (raw->swapped) {
    dseg_voxels_swap_bytes(pass->bytes, count, voxel_bytes);
  }
  dseg_voxels_read_labels(raw, pass->bytes, count, pass->labels);
  return check_labels(pass, error);
}

static dseg_status read_planes(struct pass *pass, size_t first, size_t count, take_plane take, void *user,
                               dseg_error *error) {
  for (size_t i = 0; i < count; i++) {
    DSEG_TRY(read_plane(pass, first + i, error));
    take(user, i, pass->labels, pass->source->plane_pixels);
  }
  pass->at = atomic_exchange(&pass->source->passing->left, pass->at); /* for the planes that follow */
  return DSEG_OK;
}

static dseg_status pass_planes(struct passing_source *source, size_t first, size_t count, take_plane take, void *user,
                               dseg_error *error) {
  struct pass pass = {.source = source,
                      .plane_bytes = source->plane_pixels * dseg_voxel_size(source->passing->raw.type)};
  pass.bytes = malloc(pass.plane_bytes + 1);
  pass.labels = malloc((source->plane_pixels + 1) * sizeof *pass.labels);
  const dseg_status status = pass.bytes != NULL && pass.labels != NULL
                                 ? read_planes(&pass, first, count, take, user, error)
                                 : dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a plane");
  end_stream(pass.at);
  free(pass.bytes);
  free(pass.labels);
  return status;
}

struct label_job {
  const dseg_description *description;
  const dseg_label_request *request;
  uint8_t *wanted; /* by segment; NULL: all */
  uint8_t *out;
};

static void take_labels(void *user, size_t index, const uint32_t *labels, size_t pixels) {
  const struct label_job *job = user;
  const dseg_label_request *request = job->request;
  uint8_t *out = job->out + index * pixels * (request->bits / 8);
  for (size_t start = 0; start < pixels;) {
    const size_t end = dseg_label_run_end(labels, 32, start, pixels);
    const size_t segment = labels[start] != 0 ? find_segment(job->description, labels[start]) : SIZE_MAX;
    const bool is_wanted = segment != SIZE_MAX && (job->wanted == NULL || job->wanted[segment] != 0);
    dseg_labels_fill(out, request->bits, start, end - start,
                     is_wanted ? request->values[segment] : request->background);
    start = end;
  }
}

static dseg_status read_labels(dseg_source *source, const dseg_label_request *request, void *out, dseg_overlap *overlap,
                               dseg_error *error) {
  (void)overlap;
  struct label_job job = {.description = source->description, .request = request, .out = out};
  if (request->segments != NULL) {
    job.wanted = calloc(source->description->segment_count + 1, 1);
    if (job.wanted == NULL) {
      return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for segments");
    }
    for (size_t i = 0; i < request->segment_count; i++) {
      job.wanted[request->segments[i]] = 1;
    }
  }
  const dseg_status status = pass_planes((struct passing_source *)(void *)source, request->first_plane,
                                         request->plane_count, take_labels, &job, error);
  free(job.wanted);
  return status;
}

struct mask_job {
  uint32_t number;
  uint8_t *out;
};

static void take_mask(void *user, size_t index, const uint32_t *labels, size_t pixels) {
  const struct mask_job *job = user;
  uint8_t *out = job->out + index * pixels;
  memset(out, 0, pixels);
  dseg_labels_to_mask(labels, 32, pixels, job->number, out);
}

// NOLINTNEXTLINE(readability-non-const-parameter): the type of the table's function
static dseg_status read_mask(dseg_source *source, size_t segment, size_t first_plane, size_t plane_count, uint8_t *out,
                             unsigned threads, dseg_error *error) {
  (void)threads;
  struct mask_job job = {source->description->segments[segment].number, out};
  return pass_planes((struct passing_source *)(void *)source, first_plane, plane_count, take_mask, &job, error);
}

struct present_job {
  const dseg_description *description;
  uint8_t *present;
};

static void take_present(void *user, size_t index, const uint32_t *labels, size_t pixels) {
  const struct present_job *job = user;
  (void)index;
  for (size_t start = 0; start < pixels;) {
    const size_t segment = labels[start] != 0 ? find_segment(job->description, labels[start]) : SIZE_MAX;
    if (segment != SIZE_MAX) {
      job->present[segment] = 1;
    }
    start = dseg_label_run_end(labels, 32, start, pixels);
  }
}

static dseg_status segments_in_plane(dseg_source *source, size_t plane, uint8_t *present, dseg_error *error) {
  struct present_job job = {source->description, present};
  memset(present, 0, source->description->segment_count);
  return pass_planes((struct passing_source *)(void *)source, plane, 1, take_present, &job, error);
}

static void close_passing(dseg_source *source) {
  dseg_passing_destroy(((struct passing_source *)(void *)source)->passing);
  free(source);
}

static const dseg_source_ops passing_ops = {
    .read_labels = read_labels,
    .read_mask = read_mask,
    .segments_in_plane = segments_in_plane,
    .close = close_passing,
};

dseg_status dseg_passing_source_create(const char *format, dseg_description *description, dseg_passing *passing,
                                       dseg_source **source, dseg_error *error) {
  struct passing_source *made = calloc(1, sizeof *made);
  if (made == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a source");
  }
  made->base = (dseg_source){.ops = &passing_ops, .format = format, .description = description};
  made->passing = passing;
  made->plane_pixels = (size_t)description->geometry.rows * description->geometry.columns;
  *source = &made->base;
  return DSEG_OK;
}
