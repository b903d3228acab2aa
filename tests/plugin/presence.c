/* SPDX-License-Identifier: Apache-2.0 */
/* presence.c - a representation as a plug-in: BINARY frames of a regular stack without Per-Frame Functional Groups. A
 * map with one bit for each combination of segment and plane says which frames there are.
 *
 * In a private block of group 0073: 01 OB the map, least significant bit first, its last dimension fastest; 02 UL the
 * number of planes; 03 DS position of the first plane; 04 CS SEGMENT or PLANE: what varies slowest. Orientation and
 * Spacing Between Slices are in Shared Functional Groups: planes lie along the normal, a spacing apart. */
#include <math.h>
#include <string.h>

#include "dseg/plugin.h"

#ifndef PLUGIN_REGISTER /* the test links it, too */
#define PLUGIN_REGISTER dseg_plugin_register
#endif

enum { GROUP = 0x0073, MAP = 1, PLANES = 2, ORIGIN = 3, ORDER = 4 };
#define CREATOR "DSEG TEST PRESENCE"
#define TOLERANCE 1e-3 /* mm */

DSEG_API dseg_status PLUGIN_REGISTER(dseg_registrar registrar, dseg_error *error);

static dseg_status add_to_labels(const dseg_decoded_frame *frame, const dseg_label_plane *plane, dseg_error *error) {
  (void)error;
  plane->add_bits(plane, (uint32_t)frame->segment, frame->pixels, frame->bit, (size_t)frame->rows * frame->columns);
  return DSEG_OK;
}

static dseg_status add_to_mask(const dseg_decoded_frame *frame, uint32_t number, uint8_t *mask, dseg_error *error) {
  const size_t count = (size_t)frame->rows * frame->columns;
  (void)number;
  (void)error;
  for (size_t i = 0; i < count; i++) {
    const size_t at = frame->bit + i;
    mask[i] = (uint8_t)(mask[i] | (frame->pixels[at / 8] >> at % 8 & 1));
  }
  return DSEG_OK;
}

static void normal_of(const double orientation[6], double normal[3]) {
  const double *row = orientation, *column = orientation + 3;
  normal[0] = row[1] * column[2] - row[2] * column[1];
  normal[1] = row[2] * column[0] - row[0] * column[2];
  normal[2] = row[0] * column[1] - row[1] * column[0];
}

/* Planes that are where the rule puts them. */
static dseg_status check_stack(const dseg_geometry *geometry, dseg_error *error) {
  double normal[3];
  normal_of(geometry->orientation, normal);
  for (size_t i = 0; i < geometry->plane_count; i++) {
    for (size_t axis = 0; axis < 3; axis++) {
      const double step = geometry->spacing_between_slices * normal[axis];
      const double expected = geometry->planes[0].position[axis] + (double)i * step;
      if (!(fabs(geometry->planes[i].position[axis] - expected) <= TOLERANCE)) {
        return dseg_fail(error, DSEG_ERROR_UNSUPPORTED, "plane %zu is not on a regular stack along the normal", i);
      }
    }
  }
  return DSEG_OK;
}

static dseg_status choose_format(const dseg_description *description, const dseg_option_value *options,
                                 size_t option_count, dseg_pixel_format *format, dseg_error *error) {
  (void)options;
  (void)option_count;
  if (description->kind == DSEG_VOXELS_PROBABILITY || description->kind == DSEG_VOXELS_OCCUPANCY) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED, "fractions do not fit into one bit");
  }
  if (description->geometry.space != DSEG_SPACE_PATIENT) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED, "a stack of planes lies in the patient");
  }
  DSEG_TRY(check_stack(&description->geometry, error));
  *format = (dseg_pixel_format){.bits_allocated = 1, .replaces = DSEG_REPLACES_FRAME_GROUPS | DSEG_REPLACES_DIMENSIONS};
  return DSEG_OK;
}

static uint32_t label_at(const void *labels, unsigned bits, size_t i) {
  switch (bits) {
    case 8: return ((const uint8_t *)labels)[i];
    case 16: return ((const uint16_t *)labels)[i];
    default: return ((const uint32_t *)labels)[i];
  }
}

static dseg_status put_labels(const dseg_write_context *context, const void *labels, unsigned bits,
                              const dseg_frame_sink *sink, dseg_error *error) {
  const size_t count = (size_t)context->rows * context->columns, size = count / 8 + (count % 8 != 0);
  DSEG_TRY(dseg_buffer_resize(context->scratch, size, error));
  for (size_t segment = 0; segment < context->description->segment_count; segment++) {
    bool any = false;
    memset(context->scratch->data, 0, size);
    for (size_t i = 0; i < count; i++) {
      if (label_at(labels, bits, i) == context->description->segments[segment].number) {
        context->scratch->data[i / 8] |= (uint8_t)(1u << i % 8);
        any = true;
      }
    }
    if (any) {
      DSEG_TRY(sink->put(sink->user, (int32_t)segment, (dseg_view){context->scratch->data, size}, error));
    }
  }
  return DSEG_OK;
}

static dseg_status put_mask(const dseg_write_context *context, size_t segment, const uint8_t *mask,
                            const dseg_frame_sink *sink, dseg_error *error) {
  const size_t count = (size_t)context->rows * context->columns, size = count / 8 + (count % 8 != 0);
  DSEG_TRY(dseg_buffer_resize(context->scratch, size, error));
  memset(context->scratch->data, 0, size);
  for (size_t i = 0; i < count; i++) {
    context->scratch->data[i / 8] |= (uint8_t)((mask[i] != 0) << i % 8);
  }
  return sink->put(sink->user, (int32_t)segment, (dseg_view){context->scratch->data, size}, error);
}

/* Whether frames are in the order of segments. */
static bool by_segment(const dseg_written_frames *frames) {
  int32_t last = -1;
  for (size_t i = 0; i < frames->total; i++) {
    uint32_t plane;
    int32_t segment;
    frames->place(frames->user, i, &plane, &segment);
    if (segment < last) {
      return false;
    }
    last = segment;
  }
  return true;
}

static dseg_status describe(const dseg_write_context *context, const dseg_written_frames *frames, dseg_data_set *set,
                            dseg_error *error) {
  const dseg_geometry *geometry = &context->description->geometry;
  const size_t planes = geometry->plane_count, segments = context->description->segment_count;
  const uint32_t count = (uint32_t)planes;
  const size_t size = (planes * segments + 7) / 8;
  const bool slow_segments = by_segment(frames);
  DSEG_TRY(dseg_buffer_resize(context->scratch, size, error));
  memset(context->scratch->data, 0, size);
  for (size_t i = 0; i < frames->total; i++) {
    uint32_t plane;
    int32_t segment;
    frames->place(frames->user, i, &plane, &segment);
    const size_t at = slow_segments ? (size_t)segment * planes + plane : plane * segments + (size_t)segment;
    context->scratch->data[at / 8] |= (uint8_t)(1u << at % 8);
  }
  const uint32_t block = dseg_data_set_put_creator(set, GROUP, CREATOR);
  dseg_data_set_put_bytes(set, block | MAP, "OB", (dseg_view){context->scratch->data, size});
  dseg_data_set_put_u32(set, block | PLANES, "UL", &count, 1);
  dseg_data_set_put_decimals(set, block | ORIGIN, geometry->planes[0].position, 3);
  dseg_data_set_put_text(set, block | ORDER, "CS", slow_segments ? "SEGMENT" : "PLANE");
  return DSEG_OK; /* what failed is kept in the data set */
}

/* Elements whose VR an implicit data set does not tell are read as bytes. */
static bool get_origin(const dseg_data_set *set, uint32_t tag, dseg_data_set *scratch, double origin[3]) {
  dseg_view bytes;
  if (!dseg_data_set_get_bytes(set, tag, &bytes)) {
    return false;
  }
  dseg_data_set_put_bytes(scratch, tag, "DS", bytes);
  return dseg_data_set_get_decimals(scratch, tag, origin, 3);
}

static bool get_order(const dseg_data_set *set, uint32_t tag, bool *slow_segments) {
  dseg_view bytes;
  *slow_segments =
      dseg_data_set_get_bytes(set, tag, &bytes) && bytes.size >= 7 && memcmp(bytes.data, "SEGMENT", 7) == 0;
  return *slow_segments || (bytes.size >= 5 && memcmp(bytes.data, "PLANE", 5) == 0);
}

struct presence {
  dseg_view map;
  uint32_t planes;
  double origin[3];
  bool slow_segments;
};

static dseg_status read_presence(const dseg_read_context *context, uint32_t block, struct presence *found,
                                 dseg_error *error) {
  const uint64_t segments = context->description->segment_count;
  const bool good = dseg_data_set_get_bytes(context->set, block | MAP, &found->map) &&
                    dseg_data_set_get_u32(context->set, block | PLANES, 0, &found->planes) &&
                    get_origin(context->set, block | ORIGIN, context->set, found->origin) &&
                    get_order(context->set, block | ORDER, &found->slow_segments);
  /* The map bounds the number of planes, before anything is made for them. */
  if (!good || found->planes == 0 || segments == 0 || (found->planes * segments + 7) / 8 > found->map.size) {
    return dseg_fail(error, DSEG_ERROR_FORMAT, "the presence map is missing, or too short for its planes");
  }
  return DSEG_OK;
}

static dseg_status make_planes(const struct presence *found, dseg_description *description, dseg_error *error) {
  dseg_geometry *geometry = &description->geometry;
  double normal[3];
  geometry->planes = dseg_description_alloc(description, found->planes * sizeof *geometry->planes);
  if (geometry->planes == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %u planes", (unsigned)found->planes);
  }
  normal_of(geometry->orientation, normal);
  geometry->space = DSEG_SPACE_PATIENT;
  geometry->plane_count = found->planes;
  for (size_t i = 0; i < found->planes; i++) {
    geometry->planes[i].source = -1;
    for (size_t axis = 0; axis < 3; axis++) {
      const double step = geometry->spacing_between_slices * normal[axis];
      geometry->planes[i].position[axis] = found->origin[axis] + (double)i * step;
    }
  }
  return DSEG_OK;
}

static dseg_status interpret(const dseg_read_context *context, dseg_interpretation *interpretation, dseg_error *error) {
  const uint32_t block = dseg_data_set_find_creator(context->set, GROUP, CREATOR);
  struct presence found = {.planes = 0};
  size_t frame = 0;
  if (block == 0 && context->has_frame_groups) {
    interpretation->by_frame_groups = true;
    return DSEG_OK;
  }
  DSEG_TRY(read_presence(context, block, &found, error));
  DSEG_TRY(make_planes(&found, context->description, error));
  const size_t fast = found.slow_segments ? found.planes : context->description->segment_count;
  const size_t places = found.planes * context->description->segment_count;
  for (size_t i = 0; i < places; i++) {
    if ((found.map.data[i / 8] >> i % 8 & 1) == 0) {
      continue;
    }
    const size_t plane = found.slow_segments ? i % fast : i / fast;
    const size_t segment = found.slow_segments ? i / fast : i % fast;
    DSEG_TRY(context->place(context->user, frame++, 1, (uint32_t)plane, 0, (int32_t)segment, error));
  }
  return DSEG_OK; /* the library counts */
}

static const dseg_representation representation = {
    .abi = DSEG_PLUGIN_ABI,
    .struct_size = sizeof(dseg_representation),
    .name = "test-presence",
    .title = "one bit a pixel and a map of frames",
    .sop_class_uid = "1.2.3.4.10",
    .segmentation_type = "TEST PRESENCE",
    .flags = DSEG_PLUGIN_CAN_READ | DSEG_PLUGIN_CAN_WRITE | DSEG_PLUGIN_EXPERIMENTAL | DSEG_PLUGIN_BITS_1 |
             DSEG_PLUGIN_SEGMENT_FRAMES,
    .add_to_labels = add_to_labels,
    .add_to_mask = add_to_mask,
    .choose_format = choose_format,
    .put_labels = put_labels,
    .put_mask = put_mask,
    .replaces = DSEG_REPLACES_FRAME_GROUPS | DSEG_REPLACES_DIMENSIONS,
    .private_creator = CREATOR,
    .describe = describe,
    .interpret = interpret,
};

dseg_status PLUGIN_REGISTER(dseg_registrar registrar, dseg_error *error) {
  return registrar(&representation, NULL, error);
}
