/* SPDX-License-Identifier: Apache-2.0 */
/* read_volume.c - a label volume of any format that dseg reads as an image. */
#include <stdio.h>
#include <stdlib.h>

#include "dseg/description.h"
#include "dseg/source.h"
#include "instance.h"

bool instance_read(instance *image, const char *path) {
  dseg_error error = {0};
  dseg_source *source;
  if (dseg_open(path, NULL, &source, &error) != DSEG_OK) {
    fprintf(stderr, "%s: %s\n", path, error.message);
    return false;
  }
  const dseg_description *description = dseg_source_description(source);
  uint32_t largest = 0;
  for (size_t s = 0; s < description->segment_count; s++) {
    largest = description->segments[s].number > largest ? description->segments[s].number : largest;
  }
  instance_create(image, description->geometry.rows, description->geometry.columns, largest < 256 ? 8 : 16,
                  (uint32_t)description->geometry.plane_count);
  const dseg_label_request request = {.struct_size = sizeof(dseg_label_request),
                                      .plane_count = description->geometry.plane_count,
                                      .bits = image->format.bits,
                                      .threads = 1};
  const bool well = dseg_source_read_labels(source, &request, image->pixels, image->frame_bytes * image->format.frames,
                                            NULL, &error) == DSEG_OK;
  if (!well) {
    fprintf(stderr, "%s: %s\n", path, error.message);
    instance_destroy(image);
  }
  dseg_source_close(source);
  return well;
}
