/* SPDX-License-Identifier: Apache-2.0 */
/* volume_instances.c - the instances that an object lists (Common Instance Reference, PS3.3 C.12.2), counted in order
 * and found by UID. */
#include <stdlib.h>
#include <string.h>

#include "volume_sources.h"

#define SERIES 0x00081115u
#define INSTANCES 0x0008114Au

dseg_status dseg_volume_list_instances(dseg_data_set *set, dseg_buffer *list, dseg_error *error) {
  dseg_status status = DSEG_OK;
  uint32_t place = 0;
  for (size_t i = 0; status == DSEG_OK && dseg_data_set_enter_item(set, SERIES, i); i++) {
    for (size_t j = 0; status == DSEG_OK && dseg_data_set_enter_item(set, INSTANCES, j); j++) {
      dseg_volume_instance instance = {.place = ++place};
      if (!dseg_data_set_get_text(set, 0x00081155, 0, &instance.uid)) {
        instance.uid = (dseg_view){0};
      }
      dseg_data_set_end_item(set);
      status = dseg_buffer_append(list, &instance, sizeof instance, error);
    }
    dseg_data_set_end_item(set);
  }
  return status;
}

size_t dseg_volume_count_instances(dseg_data_set *set) {
  size_t count = 0;
  for (size_t i = 0; dseg_data_set_enter_item(set, SERIES, i); i++) {
    count += dseg_data_set_count_items(set, INSTANCES);
    dseg_data_set_end_item(set);
  }
  return count;
}

static int compare_views(const dseg_view *a, const dseg_view *b) {
  const size_t shorter = a->size < b->size ? a->size : b->size;
  const int order = shorter > 0 ? memcmp(a->data, b->data, shorter) : 0;
  return order != 0 ? order : (a->size > b->size) - (a->size < b->size);
}

static int by_uid(const void *a, const void *b) {
  const dseg_volume_instance *x = a, *y = b;
  const int order = compare_views(&x->uid, &y->uid);
  return order != 0 ? order : (x->place > y->place) - (x->place < y->place);
}

static int to_uid(const void *key, const void *entry) {
  return compare_views(key, &((const dseg_volume_instance *)entry)->uid);
}

void dseg_volume_sort_instances(dseg_buffer *list) {
  if (list->size > 0) {
    qsort(list->data, list->size / sizeof(dseg_volume_instance), sizeof(dseg_volume_instance), by_uid);
  }
}

const dseg_volume_instance *dseg_volume_find_instance(const dseg_buffer *list, dseg_view uid) {
  return list->size > 0 ? bsearch(&uid, list->data, list->size / sizeof(dseg_volume_instance),
                                  sizeof(dseg_volume_instance), to_uid)
                        : NULL;
}
