/* SPDX-License-Identifier: Apache-2.0 */
/* instances.c - what any source can be asked of its instances: checks, and the source's name before messages. */
#include "dseg/instances.h"

#include <stdint.h>

#include "sources/source.h"

static dseg_status check_instances(const dseg_source *source, dseg_error *error) {
  if (source->description->instances == NULL || source->ops->read_instances == NULL) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                     "there are no instances: they are in objects of representations with instances, and in research "
                     "volumes that were opened for them");
  }
  return DSEG_OK;
}

static dseg_status read_instances(dseg_source *source, size_t first_plane, size_t plane_count, uint32_t *out,
                                  size_t size, unsigned threads, dseg_error *error) {
  DSEG_TRY(check_instances(source, error));
  DSEG_TRY(dseg_source_check_planes(source, first_plane, plane_count, sizeof *out, size, error));
  return size == 0 ? DSEG_OK : source->ops->read_instances(source, first_plane, plane_count, out, threads, error);
}

dseg_status dseg_source_read_instances(dseg_source *source, size_t first_plane, size_t plane_count, uint32_t *out,
                                       size_t size, unsigned threads, dseg_error *error) {
  dseg_error_clear(error);
  if (source == NULL || (out == NULL && size != 0) || (uintptr_t)out % sizeof *out != 0) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT,
                     "dseg_source_read_instances: source and out must not be NULL, and out aligned");
  }
  const dseg_status status = read_instances(source, first_plane, plane_count, out, size, threads, error);
  return dseg_source_finish(source, status, error);
}

static dseg_status find_planes(dseg_source *source, uint32_t number, size_t *planes, size_t room, size_t *count,
                               dseg_error *error) {
  DSEG_TRY(check_instances(source, error));
  const size_t instances = source->description->instances->count;
  if (number == 0 || number > instances) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "instance %lu was asked for, there are %zu (counted from 1)",
                     (unsigned long)number, instances);
  }
  if (source->ops->instance_planes == NULL) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                     "only pixels tell in which planes instance %lu is: read them with dseg_source_read_instances",
                     (unsigned long)number);
  }
  return source->ops->instance_planes(source, number, planes, room, count, error);
}

dseg_status dseg_source_instance_planes(dseg_source *source, uint32_t number, size_t *planes, size_t room,
                                        size_t *count, dseg_error *error) {
  dseg_error_clear(error);
  if (source == NULL || count == NULL || (planes == NULL && room != 0)) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT,
                     "dseg_source_instance_planes: source, count, and planes with room, must not be NULL");
  }
  *count = 0;
  return dseg_source_finish(source, find_planes(source, number, planes, room, count, error), error);
}

uint32_t dseg_instance_original_number(const dseg_instances *instances, uint32_t number) {
  return instances->numbers != NULL ? instances->numbers[number - 1] : number;
}
