/* SPDX-License-Identifier: Apache-2.0 */
/* instance_planes.c - the planes that hold an instance, by what the representation says of frames; and what it says of
 * instances when the object is opened, checked. */
#include "seg_read/instance_planes.h"

#include <stdlib.h>

#include "model/instances.h"
#include "model/plugin_call.h"

static dseg_status find_frames(const dseg_dicom_source *source, uint32_t number, size_t *frames, size_t room,
                               size_t *count, dseg_error *error) {
  const dseg_representation *representation = source->representation;
  *count = 0;
  return dseg_of_plugin(representation->find_instance(source->plugin_state, number, frames, room, count, error),
                        representation->name, "find_instance", error);
}

static int compare_planes(const void *a, const void *b) {
  const size_t first = *(const size_t *)a;
  const size_t second = *(const size_t *)b;
  return (first > second) - (first < second);
}

/* From frames to their planes, ascending, each once; how many. */
static size_t to_planes(const dseg_dicom_source *source, size_t *frames, size_t count) {
  size_t kept = 0;
  for (size_t i = 0; i < count; i++) {
    frames[i] = source->table.frames[frames[i]].plane;
  }
  qsort(frames, count, sizeof *frames, compare_planes);
  for (size_t i = 0; i < count; i++) {
    if (i == 0 || frames[i] != frames[kept - 1]) {
      frames[kept++] = frames[i];
    }
  }
  return kept;
}

/* frames: room for count. */
static dseg_status find_planes(const dseg_dicom_source *source, uint32_t number, size_t *frames, size_t *count,
                               dseg_error *error) {
  const size_t room = *count;
  DSEG_TRY(find_frames(source, number, frames, room, count, error));
  for (size_t i = 0; i < *count; i++) {
    if (*count > room || frames[i] >= source->table.count) {
      return dseg_fail(error, DSEG_ERROR_FORMAT, "representation %s: find_instance gives a frame that is not there",
                       source->representation->name);
    }
  }
  *count = to_planes(source, frames, *count);
  return DSEG_OK;
}

dseg_status dseg_dicom_instance_planes(dseg_source *of, uint32_t number, size_t *planes, size_t room, size_t *count,
                                       dseg_error *error) {
  const dseg_dicom_source *source = (const dseg_dicom_source *)of;
  if (source->representation->find_instance == NULL) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                     "%s does not say in which frames an instance is: dseg_source_read_instances tells",
                     source->representation->title);
  }
  DSEG_TRY(find_frames(source, number, NULL, 0, count, error));
  if (*count > source->table.count) {
    return dseg_fail(error, DSEG_ERROR_FORMAT, "representation %s: find_instance gives %zu frames of %zu",
                     source->representation->name, *count, source->table.count);
  }
  size_t *frames = malloc((*count + 1) * sizeof *frames);
  if (frames == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu frames", *count);
  }
  const dseg_status status = find_planes(source, number, frames, count, error);
  for (size_t i = 0; status == DSEG_OK && i < *count && i < room; i++) {
    planes[i] = frames[i];
  }
  free(frames);
  return status;
}

dseg_status dseg_check_instances(const dseg_dicom_source *source, dseg_error *error) {
  const dseg_description *description = source->base.description;
  const dseg_instances *instances = description->instances;
  const char *name = source->representation->name;
  if (instances == NULL) {
    return DSEG_OK;
  }
  if ((source->representation->flags & DSEG_PLUGIN_INSTANCES) == 0) {
    return dseg_fail(error, DSEG_ERROR_FORMAT, "representation %s: interpret gives instances, which its flags deny",
                     name);
  }
  return dseg_instances_check(description, name, error);
}
