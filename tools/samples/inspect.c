/* SPDX-License-Identifier: Apache-2.0 */
/* inspect.c - opens a sample, says how it is encoded, and hashes its bytes and its voxels.
 *
 * Voxels are hashed so that every encoding of a segmentation has the same hash: segments count from 1 by ascending
 * number, whatever their numbers, and planes stand in the order of the grid, those left out as empty too. */
#include <stdlib.h>
#include <string.h>

#include "cli/environment.h"
#include "os/os.h"
#include "samples/samples.h"

/* A walk over the planes of a source. */
typedef struct walk {
  dseg_source *source;
  const dseg_description *description;
  unsigned threads;
  bool fractions; /* stored fractions count; else what is at least half of the largest is inside */
  size_t *slots;  /* by plane: its place in the grid */
  size_t slot_count;
  size_t pixels;
  dseg_sha256 hash;
  cli_progress progress;
} walk;

static void to_hex(const uint8_t digest[DSEG_SHA256_SIZE], char hex[SAMPLES_HEX]) {
  for (size_t i = 0; i < DSEG_SHA256_SIZE; i++) {
    snprintf(hex + 2 * i, 3, "%02x", digest[i]);
  }
}

static dseg_status no_memory(dseg_error *error) {
  dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a plane");
  return DSEG_ERROR_MEMORY;
}

/* Slides, and planes on no grid, are taken one after the other. */
static dseg_status find_slots(walk *at, dseg_error *error) {
  const dseg_geometry *geometry = &at->description->geometry;
  dseg_grid grid;
  at->slots = malloc((geometry->plane_count + 1) * sizeof *at->slots);
  if (at->slots == NULL) {
    dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu planes", geometry->plane_count);
    return DSEG_ERROR_MEMORY;
  }
  if (geometry->space != DSEG_SPACE_SLIDE) {
    const dseg_status status = dseg_geometry_to_grid(geometry, &grid, at->slots, error);
    if (status == DSEG_OK) {
      at->slot_count = grid.size[2];
    }
    if (status == DSEG_OK || status == DSEG_ERROR_MEMORY) {
      return status;
    }
    dseg_error_clear(error);
  }
  for (size_t i = 0; i < geometry->plane_count; i++) {
    at->slots[i] = i;
  }
  at->slot_count = geometry->plane_count;
  return DSEG_OK;
}

static void add_number(dseg_sha256 *hash, uint32_t number) {
  const uint8_t bytes[4] = {(uint8_t)number, (uint8_t)(number >> 8), (uint8_t)(number >> 16), (uint8_t)(number >> 24)};
  dseg_sha256_add(hash, bytes, sizeof bytes);
}

/* The planes as labels. Overlap is told, and the hash is of no use then. */
static dseg_status hash_labels(walk *at, bool *overlap, dseg_error *error) {
  const size_t segments = at->description->segment_count;
  const unsigned bits = segments <= UINT8_MAX ? 8 : 16;
  const size_t size = at->pixels * (bits / 8);
  uint8_t *plane = malloc(size + 1);
  uint8_t *empty = calloc(size + 1, 1);
  uint32_t *values = malloc((segments + 1) * sizeof *values);
  if (plane == NULL || empty == NULL || values == NULL) {
    free(plane);
    free(empty);
    free(values);
    return no_memory(error);
  }
  dseg_status status = DSEG_OK;
  for (size_t i = 0; i < segments; i++) {
    values[i] = (uint32_t)(i + 1);
  }
  size_t next = 0;
  for (size_t i = 0; status == DSEG_OK && !*overlap && i < at->description->geometry.plane_count; i++) {
    dseg_overlap found = {0};
    cli_progress_show(&at->progress, i, at->description->geometry.plane_count);
    const dseg_label_request request = {.struct_size = sizeof(dseg_label_request),
                                        .first_plane = i,
                                        .plane_count = 1,
                                        .bits = bits,
                                        .values = values,
                                        .overlap = DSEG_OVERLAP_FIRST,
                                        .threads = at->threads};
    status = dseg_source_read_labels(at->source, &request, plane, size, &found, error);
    *overlap = found.voxels > 0;
    for (; next < at->slots[i]; next++) {
      dseg_sha256_add(&at->hash, empty, size);
    }
    for (size_t j = 0; bits == 16 && j < at->pixels; j++) { /* to little endian */
      uint16_t value;
      memcpy(&value, plane + 2 * j, 2);
      plane[2 * j] = (uint8_t)value;
      plane[2 * j + 1] = (uint8_t)(value >> 8);
    }
    dseg_sha256_add(&at->hash, plane, size);
    next = at->slots[i] + 1;
  }
  for (; status == DSEG_OK && !*overlap && next < at->slot_count; next++) {
    dseg_sha256_add(&at->hash, empty, size);
  }
  free(plane);
  free(empty);
  free(values);
  return status;
}

/* Each mask that is not empty: plane and segment as 32-bit numbers, then its bytes. */
static dseg_status hash_plane_masks(walk *at, size_t plane, uint8_t *present, uint8_t *mask, dseg_error *error) {
  const uint32_t maximum = at->description->maximum_fraction > 0 ? at->description->maximum_fraction : 1;
  DSEG_TRY(dseg_source_segments_in_plane(at->source, plane, present, error));
  for (size_t i = 0; i < at->description->segment_count; i++) {
    if (present[i] == 0) {
      continue;
    }
    DSEG_TRY(dseg_source_read_mask(at->source, i, plane, 1, mask, at->pixels, at->threads, error));
    bool empty = true;
    for (size_t j = 0; j < at->pixels; j++) {
      mask[j] = at->fractions ? mask[j] : (uint8_t)(2U * mask[j] >= maximum);
      empty = empty && mask[j] == 0;
    }
    if (!empty) {
      add_number(&at->hash, (uint32_t)at->slots[plane]);
      add_number(&at->hash, (uint32_t)i + 1);
      dseg_sha256_add(&at->hash, mask, at->pixels);
    }
  }
  return DSEG_OK;
}

static dseg_status hash_masks(walk *at, dseg_error *error) {
  uint8_t *present = malloc(at->description->segment_count + 1);
  uint8_t *mask = malloc(at->pixels + 1);
  if (present == NULL || mask == NULL) {
    free(present);
    free(mask);
    return no_memory(error);
  }
  dseg_status status = DSEG_OK;
  for (size_t i = 0; status == DSEG_OK && i < at->description->geometry.plane_count; i++) {
    cli_progress_show(&at->progress, i, at->description->geometry.plane_count);
    status = hash_plane_masks(at, i, present, mask, error);
  }
  free(present);
  free(mask);
  return status;
}

dseg_status samples_hash_voxels(dseg_source *source, const char *name, bool fractions, unsigned threads,
                                char hex[SAMPLES_HEX], bool *overlap, dseg_error *error) {
  walk at = {
      .source = source, .description = dseg_source_description(source), .threads = threads, .fractions = fractions};
  uint8_t digest[DSEG_SHA256_SIZE];
  at.pixels = (size_t)at.description->geometry.rows * at.description->geometry.columns;
  *overlap = false;
  char what[SAMPLES_PATH + 16];
  snprintf(what, sizeof what, "checking %s", name);
  cli_progress_begin(&at.progress, what);
  dseg_sha256_start(&at.hash);
  dseg_status status = find_slots(&at, error);
  if (status == DSEG_OK && !fractions) {
    status = hash_labels(&at, overlap, error);
  }
  if (status == DSEG_OK && (fractions || *overlap)) {
    dseg_sha256_start(&at.hash);
    status = hash_masks(&at, error);
  }
  dseg_sha256_finish(&at.hash, digest);
  to_hex(digest, hex);
  cli_progress_end(&at.progress);
  free(at.slots);
  return status;
}

dseg_status samples_hash_file(const samples_job *job, sample *item, dseg_error *error) {
  enum { PIECE = 1 << 16 };
  char path[SAMPLES_PATH];
  uint8_t digest[DSEG_SHA256_SIZE];
  samples_path(job, item->file, path);
  uint8_t *piece = malloc(PIECE);
  FILE *stream = piece != NULL ? os_open(path, "rb") : NULL;
  if (stream == NULL) {
    free(piece);
    return dseg_fail(error, DSEG_ERROR_INPUT, "cannot be read");
  }
  dseg_sha256 hash;
  dseg_sha256_start(&hash);
  item->bytes = 0;
  for (size_t got = fread(piece, 1, PIECE, stream); got > 0; got = fread(piece, 1, PIECE, stream)) {
    dseg_sha256_add(&hash, piece, got);
    item->bytes += got;
  }
  dseg_sha256_finish(&hash, digest);
  to_hex(digest, item->file_hash);
  const bool failed = ferror(stream) != 0;
  fclose(stream);
  free(piece);
  return failed ? dseg_fail(error, DSEG_ERROR_INPUT, "cannot be read") : DSEG_OK;
}

dseg_status samples_inspect(const samples_job *job, sample *item, dseg_error *error) {
  char path[SAMPLES_PATH];
  const dseg_open_options options = {.struct_size = sizeof(dseg_open_options),
                                     .threads = job->threads,
                                     .temporary_directory = cli_temporary_directory()};
  dseg_source *source = NULL;
  bool overlap = false;
  samples_path(job, item->file, path);
  DSEG_TRY(samples_hash_file(job, item, error));
  DSEG_TRY(dseg_open(path, &options, &source, error));
  const dseg_encoding_info *info = dseg_source_encoding(source);
  const dseg_voxel_kind kind = dseg_source_description(source)->kind;
  const bool own_fractions = kind == DSEG_VOXELS_PROBABILITY || kind == DSEG_VOXELS_OCCUPANCY;
  const bool fractions = item->group == SAMPLES_ENCODING ? job->fractions : own_fractions;
  item->representation = info->representation != NULL ? dseg_find_representation(info->representation) : NULL;
  item->codec = info->frame_codec != NULL ? dseg_find_frame_codec(info->frame_codec) : NULL;
  const bool palette = info->photometric_interpretation != NULL && info->photometric_interpretation[0] == 'P';
  item->photometric = palette ? "PALETTE COLOR" : "MONOCHROME2";
  item->bits_allocated = info->bits_allocated;
  item->frames = info->frame_count;
  item->pixel_bytes = info->pixel_data_bytes;
  item->per_frame_bytes = info->per_frame_bytes;
  const dseg_status status =
      samples_hash_voxels(source, path, fractions, job->threads, item->voxel_hash, &overlap, error);
  dseg_source_close(source);
  return status;
}

bool samples_is_experimental(const sample *item) {
  return (item->representation != NULL && (item->representation->flags & DSEG_PLUGIN_EXPERIMENTAL) != 0) ||
         (item->codec != NULL && (item->codec->flags & DSEG_PLUGIN_EXPERIMENTAL) != 0);
}

bool samples_other_bytes(const sample *item, uint64_t *bytes) {
  if (item->codec == NULL || (item->codec->flags & DSEG_PLUGIN_DEFLATED) != 0) {
    return false;
  }
  *bytes = item->bytes - item->pixel_bytes - item->per_frame_bytes;
  return true;
}

const char *samples_sop_class_name(const char *uid) {
  return strcmp(uid, "1.2.840.10008.5.1.4.1.1.66.4") == 0   ? "Segmentation Storage"
         : strcmp(uid, "1.2.840.10008.5.1.4.1.1.66.7") == 0 ? "Label Map Segmentation Storage"
                                                            : "private SOP class";
}
