/* SPDX-License-Identifier: Apache-2.0 */
/* face_writer.c - a new object from arrays of JavaScript: its description, piece by piece, then its planes.
 *
 * The order of calls: new_begin; new_segment for each; new_planes, new_images, or both; new_writer; new_labels or
 * new_mask; new_finish. new_end frees all, after a failure, too. One object at a time. */
#include <string.h>

#include "face.h"

static dseg_description *made;
static dseg_writer *writer;
static size_t segments_given;

FACE_EXPORT(new_end) void face_new_end(void) {
  dseg_writer_destroy(writer);
  dseg_description_destroy(made);
  writer = NULL;
  made = NULL;
  segments_given = 0;
}

static int out_of_memory(dseg_error *error) {
  return (int)dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a description");
}

/* kind: a dseg_voxel_kind. */
FACE_EXPORT(new_begin) int face_new_begin(int kind, unsigned maximum_fraction, size_t segment_count) {
  dseg_error *error = face_begin();
  face_new_end();
  made = dseg_description_create();
  if (made == NULL) {
    return out_of_memory(error);
  }
  made->kind = (dseg_voxel_kind)kind;
  made->maximum_fraction = maximum_fraction;
  made->segments = dseg_description_alloc(made, segment_count * sizeof *made->segments);
  made->segment_count = segment_count;
  return made->segments != NULL ? (int)DSEG_OK : out_of_memory(error);
}

/* The texts of a segment: these, then three for each modifier of the type, each anatomic region and each modifier of
 * the first region. */
enum {
  TEXT_LABEL,
  TEXT_DESCRIPTION,
  TEXT_ALGORITHM,
  TEXT_TRACKING_ID,
  TEXT_TRACKING_UID,
  TEXT_CATEGORY,
  TEXT_TYPE = TEXT_CATEGORY + 3,
  TEXT_LISTS = TEXT_TYPE + 3
};

/* Copies; *failed is set where there is no memory. */
static const char *copy(const char *text, bool *failed) {
  const char *copied = dseg_description_strdup(made, text);
  *failed = *failed || (copied == NULL && text != NULL);
  return copied;
}

static dseg_code copy_code(const char *const *texts, bool *failed) {
  return (dseg_code){copy(texts[0], failed), copy(texts[1], failed), copy(texts[2], failed)};
}

static dseg_code_list copy_codes(const char *const *texts, size_t count, bool *failed) {
  dseg_code *codes = dseg_description_alloc(made, (count + 1) * sizeof *codes);
  *failed = *failed || codes == NULL;
  for (size_t i = 0; codes != NULL && i < count; i++) {
    codes[i] = copy_code(texts + 3 * i, failed);
  }
  return (dseg_code_list){codes, codes != NULL ? count : 0};
}

/* rgb: 0xRRGGBB, or < 0 for none; cielab: three numbers as in an object, NULL for none. Where both are given that is
 * kept which rgb was made of, so that a colour which nobody changed stays as it was stored. */
static void set_color(dseg_segment *segment, int rgb, const uint16_t *cielab) {
  segment->has_color = true;
  if (cielab != NULL) {
    memcpy(segment->cielab, cielab, sizeof segment->cielab);
    dseg_cielab_to_rgb(cielab, segment->rgb);
  }
  const uint8_t wanted[3] = {(uint8_t)((unsigned)rgb >> 16), (uint8_t)((unsigned)rgb >> 8), (uint8_t)rgb};
  if (rgb >= 0 && (cielab == NULL || memcmp(segment->rgb, wanted, sizeof wanted) != 0)) {
    memcpy(segment->rgb, wanted, sizeof wanted);
    dseg_rgb_to_cielab(wanted, segment->cielab);
  }
}

/* The next segment, by ascending number. original: 0, or the number that it had. rgb < 0 and cielab NULL: no colour. */
FACE_EXPORT(new_segment)
int face_new_segment(uint32_t number, uint32_t original, int algorithm, int rgb, const uint16_t *cielab,
                     const char *const *texts, size_t modifier_count, size_t region_count,
                     size_t region_modifier_count) {
  dseg_error *error = face_begin();
  if (made == NULL || segments_given == made->segment_count) {
    return (int)dseg_fail(error, DSEG_ERROR_ARGUMENT, "there are more segments than were announced");
  }
  bool failed = false;
  dseg_segment *segment = &made->segments[segments_given++];
  segment->number = number;
  segment->has_original_number = original != 0;
  segment->original_number = original;
  segment->algorithm_type = (dseg_algorithm_type)algorithm;
  segment->label = copy(texts[TEXT_LABEL], &failed);
  segment->description = copy(texts[TEXT_DESCRIPTION], &failed);
  segment->algorithm_name = copy(texts[TEXT_ALGORITHM], &failed);
  segment->tracking_id = copy(texts[TEXT_TRACKING_ID], &failed);
  segment->tracking_uid = copy(texts[TEXT_TRACKING_UID], &failed);
  segment->category = copy_code(texts + TEXT_CATEGORY, &failed);
  segment->type = copy_code(texts + TEXT_TYPE, &failed);
  segment->type_modifiers = copy_codes(texts + TEXT_LISTS, modifier_count, &failed);
  segment->anatomic_regions = copy_codes(texts + TEXT_LISTS + 3 * modifier_count, region_count, &failed);
  segment->anatomic_region_modifiers =
      copy_codes(texts + TEXT_LISTS + 3 * (modifier_count + region_count), region_modifier_count, &failed);
  if (rgb >= 0 || cielab != NULL) {
    set_color(segment, rgb, cielab);
  }
  return failed ? out_of_memory(error) : (int)DSEG_OK;
}

/* The planes that voxels come on, by position along their normal; numbers as in face_onto. */
FACE_EXPORT(new_planes) int face_new_planes(uint32_t rows, uint32_t columns, const double *numbers, size_t count) {
  dseg_error *error = face_begin();
  dseg_geometry *geometry = &made->geometry;
  dseg_plane_position *planes = dseg_description_alloc(made, (count + 1) * sizeof *planes);
  if (planes == NULL) {
    return out_of_memory(error);
  }
  geometry->space = DSEG_SPACE_PATIENT;
  geometry->rows = rows;
  geometry->columns = columns;
  geometry->plane_count = count;
  geometry->planes = planes;
  memcpy(geometry->pixel_spacing, numbers, sizeof geometry->pixel_spacing);
  memcpy(geometry->orientation, numbers + 2, sizeof geometry->orientation);
  for (size_t p = 0; p < count; p++) {
    planes[p].source = -1;
    memcpy(planes[p].position, numbers + 8 + 3 * p, sizeof planes[p].position);
  }
  return (int)DSEG_OK;
}

/* Patient, study, references, and planes where none were given, from images. */
FACE_EXPORT(new_images) int face_new_images(const char *const *paths, size_t count, int other_patient) {
  const dseg_reference_options options = {
      .struct_size = sizeof options, .warnings = face_warnings(), .other_patient = other_patient != 0};
  return (int)dseg_description_add_reference(made, paths, count, &options, face_begin());
}

/* Rows, columns and planes, to three numbers. */
FACE_EXPORT(new_size) void face_new_size(uint32_t *size) {
  size[0] = made->geometry.rows;
  size[1] = made->geometry.columns;
  size[2] = (uint32_t)made->geometry.plane_count;
}

/* Texts as in face_write.c. */
FACE_EXPORT(new_writer) int face_new_writer(const char *const *texts, int empty_frames) {
  dseg_error *error = face_begin();
  made->content.series_description = texts[2] != NULL ? texts[2] : made->content.series_description;
  made->content.series_number = texts[3] != NULL ? texts[3] : made->content.series_number;
  const dseg_write_options options = {.struct_size = sizeof options,
                                      .representation = texts[0],
                                      .frame_codec = texts[1],
                                      .empty_frames = empty_frames != 0 ? DSEG_EMPTY_KEEP : DSEG_EMPTY_BOUNDS,
                                      .uid_seed = texts[4],
                                      .warnings = face_warnings(),
                                      .threads = 1,
                                      .date_time = texts[5]};
  const dseg_output output = face_output();
  return (int)dseg_writer_create_to(&output, made, &options, &writer, error);
}

FACE_EXPORT(new_labels) int face_new_labels(size_t plane, const void *labels, unsigned bits) {
  return (int)dseg_writer_write_labels(writer, plane, labels, bits, face_begin());
}

FACE_EXPORT(new_mask) int face_new_mask(size_t plane, size_t segment, const uint8_t *mask) {
  return (int)dseg_writer_write_mask(writer, plane, segment, mask, face_begin());
}

/* The bytes go to "emit". */
FACE_EXPORT(new_finish) int face_new_finish(void) {
  const dseg_status status = dseg_writer_finish(writer, face_begin());
  if (status != DSEG_OK) {
    return (int)status;
  }
  const dseg_written_instance *file = &dseg_writer_written(writer)->files[0];
  json_out *json = face_begin_text();
  if (json == NULL) {
    return (int)DSEG_ERROR_MEMORY;
  }
  json_begin_object(json, NULL);
  json_put_string(json, "sopInstanceUid", file->sop_instance_uid);
  json_put_unsigned(json, "frames", file->frames);
  json_put_unsigned(json, "pixelDataBytes", file->pixel_data_bytes);
  json_end(json);
  return face_end_text();
}
