/* SPDX-License-Identifier: Apache-2.0 */
/* volume_names.c - names that a file has for values of voxels, whether these occur or not: a header extension of NIfTI.
 * They name what is there and nothing else. */
#include <stdlib.h>

#include "formats/volume.h"

int dseg_compare_places(const void *a, const void *b) {
  const dseg_declared_segment *first = a;
  const dseg_declared_segment *second = b;
  if (first->layer != second->layer) {
    return first->layer < second->layer ? -1 : 1;
  }
  return (first->value > second->value) - (first->value < second->value);
}

/* The file's volume that layer 0 is. */
static uint32_t first_volume(const dseg_open_options *options) {
  return options->volume > 0 ? (uint32_t)options->volume - 1 : 0;
}

void dseg_volume_name_labels(const dseg_volume_content *content, const dseg_open_options *options,
                             dseg_declared_segment *items, size_t count) {
  if (content->name_count == 0) {
    return;
  }
  qsort(content->names, content->name_count, sizeof *content->names, dseg_compare_places);
  for (size_t i = 0; i < count; i++) {
    const dseg_declared_segment wanted = {.layer = items[i].layer + first_volume(options), .value = items[i].value};
    const dseg_declared_segment *name =
        bsearch(&wanted, content->names, content->name_count, sizeof *content->names, dseg_compare_places);
    if (name != NULL && items[i].segment.label == NULL) {
      items[i].segment = name->segment;
    }
  }
}

/* The first name of a volume counts, whatever its value. */
void dseg_volume_name_fractions(const dseg_volume_content *content, const dseg_open_options *options,
                                dseg_declared_segment *items, size_t count) {
  const size_t first = first_volume(options);
  for (size_t i = content->name_count; i > 0; i--) {
    const dseg_declared_segment *name = &content->names[i - 1];
    if (name->layer >= first && name->layer - first < count) {
      items[name->layer - first].segment = name->segment;
    }
  }
}
