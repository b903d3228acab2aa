/* SPDX-License-Identifier: Apache-2.0 */
/* mend_sources.c - source images of planes without an image of unknown series among them: Common Instance Reference
 * could not list it (PS3.3 C.12.2). Objects are met whose frames refer to more than they list. */
#include <string.h>

#include "seg_write/object.h"
#include "seg_write/writer.h"

/* How many images of a plane are known well enough; *all receives how many it has. */
static size_t count_complete(const dseg_description *description, const dseg_plane_position *plane, size_t *all) {
  const dseg_references *references = &description->references;
  *all = plane->source_count > 1 ? plane->source_count : 1;
  if (plane->source < 0 || (size_t)plane->source >= references->count ||
      *all > references->count - (size_t)plane->source) {
    *all = 0;
  }
  size_t complete = 0;
  for (size_t i = 0; i < *all; i++) {
    complete += dseg_reference_is_complete(&references->instances[(size_t)plane->source + i]) ? 1 : 0;
  }
  return complete;
}

/* Puts the complete images of a plane behind count others. */
static void copy_complete(dseg_plane_position *plane, dseg_instance_reference *instances, size_t all, size_t *count) {
  const dseg_instance_reference *run = instances + plane->source;
  const size_t begin = *count;
  for (size_t i = 0; i < all; i++) {
    if (dseg_reference_is_complete(&run[i])) {
      instances[(*count)++] = run[i];
    }
  }
  plane->source = (int32_t)begin;
  plane->source_count = *count - begin > 1 ? (uint32_t)(*count - begin) : 0;
}

dseg_status dseg_mend_sources(dseg_description *description, const dseg_warning_sink *warnings, dseg_error *error) {
  const dseg_geometry *geometry = &description->geometry;
  dseg_references *references = &description->references;
  size_t more = 0;
  size_t all;
  for (size_t i = 0; i < geometry->plane_count; i++) {
    const size_t complete = count_complete(description, &geometry->planes[i], &all);
    more += complete > 0 && complete < all ? complete : 0;
  }
  if (more == 0) {
    return DSEG_OK;
  }
  size_t count = references->count;
  dseg_instance_reference *instances =
      more <= INT32_MAX - count ? dseg_description_alloc(description, (count + more) * sizeof *instances) : NULL;
  if (instances == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu references", count + more);
  }
  memcpy(instances, references->instances, count * sizeof *instances);
  size_t planes = 0;
  for (size_t i = 0; i < geometry->plane_count; i++) {
    const size_t complete = count_complete(description, &geometry->planes[i], &all);
    if (complete > 0 && complete < all) {
      copy_complete(&geometry->planes[i], instances, all, &count);
      planes++;
    }
  }
  references->instances = instances;
  references->count = count;
  dseg_warn(warnings,
            "%zu planes: source images of unknown series, which Common Instance Reference did not list, are left out "
            "(C.12.2)",
            planes);
  return DSEG_OK;
}
