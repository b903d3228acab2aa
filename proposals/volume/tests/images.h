/* SPDX-License-Identifier: Apache-2.0 */
/* images.h - a volume whose planes were drawn on images, written as s.dcm and read again. All of it is checked with
 * cmocka's assertions. */
#ifndef DSEG_VOLUME_TEST_IMAGES_H
#define DSEG_VOLUME_TEST_IMAGES_H

#include "dseg/plugin.h"
#include "dseg/proposals.h"
#include "writer_fixture.h"

enum { ROWS = 4, COLUMNS = 4, PIXELS = 16, PLANES = 7, IMAGES = 5 };

static char uids[IMAGES][20];

static inline dseg_description *make_volume(bool descends) {
  dseg_description *description = make_description(ROWS, COLUMNS, PLANES, 2);
  dseg_instance_reference *instances = dseg_description_alloc(description, IMAGES * sizeof *instances);
  description->has_background = true;
  for (size_t i = 0; i < IMAGES; i++) {
    snprintf(uids[i], sizeof uids[i], "1.2.3.%zu", 100 + (i * 7) % IMAGES);
    instances[i] = (dseg_instance_reference){.sop_class_uid = "1.2.840.10008.5.1.4.1.1.2",
                                             .sop_instance_uid = uids[i],
                                             .series_uid = i == 3 ? "1.2.3.11" : "1.2.3.10",
                                             .same_pixels = true};
  }
  description->references = (dseg_references){.instances = instances, .count = IMAGES};
  for (size_t i = 0; i < PLANES; i++) {
    description->geometry.planes[i].source = i % 3 == 2 ? -1 : (int32_t)((i * 3 + 1) % IMAGES);
    if (descends) {
      description->geometry.planes[i].position[2] = 40 - 2.0 * (double)i;
    }
  }
  return description;
}

static inline dseg_status write_with(const dseg_description *description, const char *representation, bool dual,
                                     const dseg_warning_sink *warnings, dseg_error *error) {
  const dseg_option_value option = {"dual", 1};
  dseg_write_options options = {.struct_size = sizeof(dseg_write_options),
                                .representation = representation,
                                .representation_options = &option,
                                .representation_option_count = dual ? 1 : 0,
                                .empty_frames = DSEG_EMPTY_KEEP,
                                .replace = true,
                                .uid_seed = "sources"};
  dseg_writer *writer = NULL;
  uint8_t labels[PIXELS];
  options.warnings = warnings != NULL ? *warnings : options.warnings;
  dseg_status status = dseg_writer_create("s.dcm", description, &options, &writer, error);
  if (status == DSEG_OK) {
    status = write_planes(writer, description, labels, error);
  }
  dseg_writer_destroy(writer);
  return status;
}

static inline dseg_source *open_kept(void) {
  const dseg_open_options options = {.struct_size = sizeof(dseg_open_options), .keep_context = true};
  dseg_source *source = NULL;
  dseg_error error = {0};
  if (dseg_open("s.dcm", &options, &source, &error) != DSEG_OK) {
    fail_msg("%s", error.message);
  }
  return source;
}

static inline const dseg_instance_reference *image_of(const dseg_description *description, size_t plane) {
  const dseg_plane_position *place = &description->geometry.planes[plane];
  assert_true(place->source < (int32_t)description->references.count);
  assert_true(place->source_count <= 1);
  return place->source >= 0 ? &description->references.instances[place->source] : NULL;
}

static inline int start_in_directory(void **state) {
  return dseg_register_proposals(NULL) == DSEG_OK ? enter_directory(state) : -1;
}

#endif
