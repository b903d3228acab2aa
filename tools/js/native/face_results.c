/* SPDX-License-Identifier: Apache-2.0 */
/* face_results.c - what is computed of all voxels: statistics and the digest. */
#include "dseg/walk.h"
#include "face.h"

static void put_indices(json_out *json, const char *key, const size_t indices[3]) {
  const double values[3] = {(double)indices[0], (double)indices[1], (double)indices[2]};
  json_put_reals(json, key, values, 3);
}

static void put_segment(json_out *json, const dseg_segment_statistics *segment, uint32_t number, bool has_grid) {
  const bool is_empty = segment->voxels == 0;
  json_begin_object(json, NULL);
  json_put_unsigned(json, "number", number);
  json_put_unsigned(json, "voxels", segment->voxels);
  json_put_real(json, "size", segment->size); /* null where it is not known */
  if (is_empty) {
    json_put_string(json, "box", NULL);
    json_put_string(json, "centroid", NULL);
  } else {
    json_begin_object(json, "box");
    put_indices(json, "low", segment->low);
    put_indices(json, "high", segment->high);
    json_end(json);
    json_put_reals(json, "centroid", segment->centroid, 3);
  }
  if (is_empty || !has_grid) {
    json_put_string(json, "centroidMm", NULL);
  } else {
    json_put_reals(json, "centroidMm", segment->centroid_mm, 3);
  }
  json_put_unsigned(json, "planeCount", segment->plane_count);
  json_put_unsigned(json, "firstPlane", segment->first_plane);
  json_put_unsigned(json, "lastPlane", segment->last_plane);
  json_end(json);
}

static void put_planes(json_out *json, const dseg_statistics *statistics, const dseg_description *description) {
  json_begin_array(json, "planes");
  for (size_t p = 0; p < description->geometry.plane_count; p++) {
    const uint8_t *present = statistics->present + p * statistics->segment_count;
    json_begin_inline_array(json, NULL);
    for (size_t s = 0; s < statistics->segment_count; s++) {
      if (present[s] != 0) {
        json_put_unsigned(json, NULL, description->segments[s].number);
      }
    }
    json_end(json);
  }
  json_end(json);
}

/* Of a walk without a step left. */
FACE_EXPORT(statistics) int face_statistics(dseg_walk *walk, dseg_source *source) {
  static const char *const units[] = {NULL, "ml", "mm2"};
  const dseg_description *description = dseg_source_description(source);
  dseg_statistics *statistics = NULL;
  const dseg_status status = dseg_statistics_end(walk, &statistics, face_begin());
  if (status != DSEG_OK) {
    return (int)status;
  }
  json_out *json = face_begin_text();
  if (json == NULL) {
    dseg_statistics_destroy(statistics);
    return (int)DSEG_ERROR_MEMORY;
  }
  json_begin_object(json, NULL);
  json_put_string(json, "unit", units[statistics->unit]);
  json_put_bool(json, "overlap", statistics->overlap);
  json_put_bool(json, "fractions", statistics->fractions);
  json_begin_array(json, "segments");
  for (size_t i = 0; i < statistics->segment_count; i++) {
    put_segment(json, statistics->segments[i], description->segments[i].number, statistics->has_grid);
  }
  json_end(json);
  put_planes(json, statistics, description);
  json_end(json);
  dseg_statistics_destroy(statistics);
  return face_end_text();
}

/* DSEG_DIGEST_BYTES to sha256, of a walk without a step left. */
FACE_EXPORT(digest) void face_digest(dseg_walk *walk, uint8_t *sha256) {
  dseg_digest digest;
  dseg_digest_end(walk, &digest);
  for (size_t i = 0; i < DSEG_DIGEST_BYTES; i++) {
    sha256[i] = digest.sha256[i];
  }
}
