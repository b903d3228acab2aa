/* SPDX-License-Identifier: Apache-2.0 */
/* interpret.c - frames placed by a representation that describes them in a way of its own, see interpret.h.
 *
 * Neither the object nor the representation is trusted: frames outside, placed twice or not at all, and a description
 * that the rest of the library could not work with end here. Frames go straight into the table. */
#include "seg_read/interpret.h"

#include "dicom/context.h"
#include "dicom/keep.h"
#include "model/plugin_call.h"
#include "model/vector.h"
#include "seg_read/functional_groups.h"
#include "seg_read/instance_planes.h"
#include "seg_read/placement.h"

#define UNPLACED UINT32_MAX

struct placing {
  dseg_dicom_source *source;
  size_t placed;
};

static const char *name_of(const dseg_dicom_source *source) {
  return source->representation->name;
}

/* The attributes as one data set in Explicit VR Little Endian, text in UTF-8. */
static dseg_status encode_attributes(const dseg_part10 *part10, dseg_buffer *out, dseg_error *error) {
  static const uint8_t character_set[] =
      "\x08\x00\x05\x00"
      "CS"
      "\x0A\x00"
      "ISO_IR 192";
  size_t offset = 0;
  uint32_t last = 0;
  bool is_named = false;
  dseg_element element;
  DSEG_TRY(dseg_elements_next(&part10->elements, &offset, &element, error));
  while (element.tag != 0) {
    if (!is_named && element.tag > DSEG_TAG(0x0008, 0x0005)) {
      DSEG_TRY(dseg_buffer_append(out, character_set, sizeof character_set - 1, error));
      is_named = true;
    }
    if (element.tag > last && element.tag != DSEG_TAG(0x0008, 0x0005) && (element.tag & 0xFFFFu) != 0) {
      last = element.tag;
      DSEG_TRY(dseg_copy_element(&part10->elements, &element, &part10->character_set, out, error));
    }
    DSEG_TRY(dseg_elements_next(&part10->elements, &offset, &element, error));
  }
  return DSEG_OK;
}

dseg_status dseg_read_attributes(const dseg_part10 *part10, dseg_data_set *set, dseg_error *error) {
  dseg_buffer bytes = {0};
  dseg_status status = encode_attributes(part10, &bytes, error);
  if (status == DSEG_OK) {
    status = dseg_data_set_read(set, (dseg_view){bytes.data, bytes.size}, DSEG_EXPLICIT_VR, error);
  }
  dseg_buffer_free(&bytes);
  return status;
}

/* What Shared Functional Groups say of the planes, as far as they are there. */
static dseg_status read_shared(const dseg_part10 *part10, dseg_geometry *geometry, dseg_error *error) {
  dseg_groups shared = {0};
  DSEG_TRY(dseg_groups_shared(&part10->elements, NULL, &shared, error));
  for (size_t i = 0; shared.has_orientation && i < 6; i++) {
    geometry->orientation[i] = shared.orientation[i];
  }
  for (size_t i = 0; shared.has_pixel_spacing && i < 2; i++) {
    geometry->pixel_spacing[i] = shared.pixel_spacing[i];
  }
  geometry->slice_thickness = shared.slice_thickness;
  geometry->spacing_between_slices = shared.spacing_between_slices;
  return DSEG_OK;
}

static dseg_status place(void *user, size_t first, size_t count, uint32_t plane, int32_t step, int32_t segment,
                         dseg_error *error) {
  struct placing *placing = user;
  dseg_dicom_source *source = placing->source;
  const dseg_description *description = source->base.description;
  const bool label_frames = (source->representation->flags & DSEG_PLUGIN_LABEL_FRAMES) != 0;
  const bool good_segment = label_frames ? segment == -1 : segment >= 0 && (size_t)segment < description->segment_count;
  int64_t at = plane;
  if (first > source->table.count || count > source->table.count - first) {
    return dseg_fail(error, DSEG_ERROR_FORMAT, "representation %s: places frames %zu to %zu of %zu", name_of(source),
                     first + 1, first + count, source->table.count);
  }
  if (!good_segment) {
    return dseg_fail(error, DSEG_ERROR_FORMAT, "representation %s: frame %zu is placed in segment %ld of %zu",
                     name_of(source), first + 1, (long)segment, description->segment_count);
  }
  for (size_t i = first; i < first + count; i++, at += step) {
    dseg_frame *frame = &source->table.frames[i];
    if (at < 0 || at >= UNPLACED || (uint64_t)at >= description->geometry.plane_count) {
      return dseg_fail(error, DSEG_ERROR_FORMAT, "representation %s: frame %zu is placed on plane %lld of %zu",
                       name_of(source), i + 1, (long long)at, description->geometry.plane_count);
    }
    if (frame->plane != UNPLACED) {
      return dseg_fail(error, DSEG_ERROR_FORMAT, "representation %s: frame %zu is placed twice", name_of(source),
                       i + 1);
    }
    frame->plane = (uint32_t)at;
    frame->segment = segment;
    placing->placed++;
  }
  return DSEG_OK;
}

static dseg_status blame(const dseg_dicom_source *source, const char *what, dseg_error *error) {
  return dseg_fail(error, DSEG_ERROR_FORMAT, "representation %s: interpret gives %s", name_of(source), what);
}

/* Whether the source images that a plane names are there. */
static bool has_images(const dseg_description *description, const dseg_plane_position *plane) {
  const size_t count = plane->source_count > 1 ? plane->source_count : 1;
  const size_t all = description->references.count;
  return plane->source == -1 ||
         (plane->source >= 0 && (size_t)plane->source < all && count <= all - (size_t)plane->source);
}

static dseg_status check_geometry(const dseg_dicom_source *source, uint32_t rows, uint32_t columns, dseg_error *error) {
  const dseg_description *description = source->base.description;
  const dseg_geometry *geometry = &description->geometry;
  const double sizes[] = {geometry->pixel_spacing[0], geometry->pixel_spacing[1], geometry->slice_thickness,
                          geometry->spacing_between_slices};
  if (geometry->rows != rows || geometry->columns != columns) {
    return blame(source, "other rows or columns than the object has", error);
  }
  if (geometry->plane_count == 0 || geometry->planes == NULL || geometry->plane_count > INT32_MAX) {
    return blame(source, "no planes", error);
  }
  if (!dseg_all_finite(geometry->orientation, 6) || !dseg_all_finite(sizes, 4)) {
    return blame(source, "an orientation or a spacing that is not finite", error);
  }
  for (size_t i = 0; i < 4; i++) {
    if (sizes[i] < 0) {
      return blame(source, "a negative spacing", error);
    }
  }
  for (size_t i = 0; i < geometry->plane_count; i++) {
    const dseg_plane_position *plane = &geometry->planes[i];
    if (!dseg_all_finite(plane->position, 3)) {
      return blame(source, "a position that is not finite", error);
    }
    if (!has_images(description, plane)) {
      return blame(source, "a plane a source image that is not there", error);
    }
  }
  return DSEG_OK;
}

static dseg_status check_segments(const dseg_dicom_source *source, dseg_error *error) {
  const dseg_description *description = source->base.description;
  const unsigned bits = source->info.bits_allocated;
  const bool numbers_are_pixels = (source->representation->flags & DSEG_PLUGIN_LABEL_FRAMES) != 0 &&
                                  (source->representation->flags & DSEG_PLUGIN_OWN_VALUES) == 0;
  if (description->segment_count > INT32_MAX || (description->segment_count > 0 && description->segments == NULL)) {
    return blame(source, "segments that are not there", error);
  }
  for (size_t i = 0; i < description->segment_count; i++) {
    const dseg_segment *segment = &description->segments[i];
    if (i > 0 && segment->number <= description->segments[i - 1].number) {
      return blame(source, "segments whose numbers do not ascend", error);
    }
    if (numbers_are_pixels && bits < 32 && segment->number >> bits != 0) {
      return blame(source, "a segment a number that pixels cannot have", error);
    }
    if (segment->label == NULL) {
      return blame(source, "a segment without a label", error);
    }
  }
  return DSEG_OK;
}

static dseg_status check_result(const struct placing *placing, uint32_t rows, uint32_t columns, dseg_error *error) {
  const dseg_dicom_source *source = placing->source;
  const dseg_frame_table *table = &source->table;
  DSEG_TRY(check_geometry(source, rows, columns, error));
  DSEG_TRY(check_segments(source, error));
  if (placing->placed != table->count) {
    return dseg_fail(error, DSEG_ERROR_FORMAT, "representation %s: interpret places %zu of %zu frames", name_of(source),
                     placing->placed, table->count);
  }
  /* The description may have changed since a frame was placed. */
  const dseg_description *description = source->base.description;
  for (size_t i = 0; i < table->count; i++) {
    const dseg_frame *frame = &table->frames[i];
    if (frame->plane >= description->geometry.plane_count ||
        (frame->segment >= 0 && (size_t)frame->segment >= description->segment_count)) {
      return blame(source, "fewer planes or segments than it has placed frames on", error);
    }
  }
  return DSEG_OK;
}

/* *same stays as long as the elements that a creator has reserved in one part are in another with the same values. */
static dseg_status compare_blocks(const dseg_elements *part, const dseg_elements *other, const char *creator,
                                  bool *same, dseg_error *error) {
  size_t offset = 0;
  uint32_t block = 0;
  dseg_element element;
  DSEG_TRY(dseg_elements_next(part, &offset, &element, error));
  while (element.tag != 0 && *same) {
    if (dseg_is_private_creator(element.tag) && dseg_element_is(&element, creator)) {
      block = (element.tag & 0xFFFF0000u) | (element.tag & 0xFFu) << 8;
    } else if (block != 0 && (element.tag & 0xFFFFFF00u) == block) {
      dseg_element found;
      DSEG_TRY(dseg_find_private(other, (uint16_t)(block >> 16), creator, (uint8_t)element.tag, &found, error));
      *same = found.tag != 0;
      if (*same) {
        DSEG_TRY(dseg_same_element(part, &element, other, &found, same, error));
      }
    }
    DSEG_TRY(dseg_elements_next(part, &offset, &element, error));
  }
  return DSEG_OK;
}

/* Parts of a concatenation say the same of the whole in a representation's blocks; interpret reads the first. */
static dseg_status check_blocks(const dseg_dicom_source *source, const char *creator, dseg_error *error) {
  const dseg_elements *first = &source->parts[0].elements;
  for (size_t i = 1; creator != NULL && i < source->part_count; i++) {
    bool same = true;
    DSEG_TRY(compare_blocks(first, &source->parts[i].elements, creator, &same, error));
    DSEG_TRY(compare_blocks(&source->parts[i].elements, first, creator, &same, error));
    if (!same) {
      return dseg_fail(error, DSEG_ERROR_FORMAT,
                       "representation %s: part %zu of the concatenation and part 1 differ in the elements of Private "
                       "Creator \"%s\", which are of the whole (PS3.3 7.5.1)",
                       name_of(source), i + 1, creator);
    }
  }
  return DSEG_OK;
}

static dseg_status check_parts(const dseg_dicom_source *source, dseg_error *error) {
  const dseg_representation *representation = source->representation;
  DSEG_TRY(check_blocks(source, representation->private_creator, error));
  for (const char *const *other = representation->other_creators; other != NULL && *other != NULL; other++) {
    DSEG_TRY(check_blocks(source, *other, error));
  }
  return DSEG_OK;
}

static dseg_status interpret(struct placing *placing, dseg_data_set *set, const dseg_open_options *options,
                             bool *by_frame_groups, dseg_error *error) {
  dseg_dicom_source *source = placing->source;
  dseg_description *description = source->base.description;
  const uint32_t rows = description->geometry.rows;
  const uint32_t columns = description->geometry.columns;
  const dseg_read_context context = {.set = set,
                                     .description = description,
                                     .bits_allocated = source->info.bits_allocated,
                                     .frame_count = source->table.count,
                                     .has_frame_groups = source->parts[0].per_frame.present,
                                     .memory_limit = options->memory_limit,
                                     .warnings = &options->warnings,
                                     .place = place,
                                     .user = placing};
  dseg_interpretation said = {0};
  const dseg_status status = source->representation->interpret(&context, &said, error);
  source->plugin_state = said.state;
  DSEG_TRY(dseg_of_plugin(status, name_of(source), "interpret", error));
  *by_frame_groups = said.by_frame_groups;
  source->info.summary = said.summary;
  if (!said.by_frame_groups) {
    DSEG_TRY(check_result(placing, rows, columns, error));
    DSEG_TRY(dseg_check_instances(source, error));
    return dseg_placement_sort(description, &source->table, error);
  }
  if (placing->placed > 0) {
    return blame(source, "frames a place that functional groups are to give them", error);
  }
  DSEG_TRY(check_segments(source, error));
  return dseg_check_instances(source, error);
}

dseg_status dseg_dicom_interpret(dseg_dicom_source *source, const dseg_open_options *options, bool *by_frame_groups,
                                 dseg_error *error) {
  struct placing placing = {.source = source};
  dseg_data_set *set = NULL;
  for (size_t i = 0; i < source->table.count; i++) {
    source->table.frames[i].plane = UNPLACED;
  }
  DSEG_TRY(check_parts(source, error));
  DSEG_TRY(dseg_data_set_create(&set, error));
  dseg_status status = dseg_read_attributes(&source->parts[0], set, error);
  if (status == DSEG_OK && (source->representation->replaces & DSEG_REPLACES_SHARED_GROUPS) == 0) {
    status = read_shared(&source->parts[0], &source->base.description->geometry, error);
  }
  if (status == DSEG_OK) {
    status = interpret(&placing, set, options, by_frame_groups, error);
  }
  dseg_data_set_destroy(set);
  return status;
}
