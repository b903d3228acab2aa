/* SPDX-License-Identifier: Apache-2.0 */
/* view_instances.c - instances of a view: those of its source, where their classes are all there. */
#include "dseg/instances.h"
#include "sources/view_make.h"

dseg_status dseg_view_settle_instances(dseg_view_source *view, bool all_shown, dseg_error *error) {
  dseg_description *description = view->base.description;
  const dseg_instances *of_source = view->source->description->instances;
  if (of_source == NULL || view->source->ops->read_instances == NULL || !view->all_segments) {
    description->instances = NULL;
    return DSEG_OK;
  }
  if (all_shown || of_source->boxes == NULL) {
    return DSEG_OK; /* borrowed from the source */
  }
  dseg_instances *instances = dseg_description_alloc(description, sizeof *instances);
  if (instances == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for instances");
  }
  *instances = *of_source;
  instances->boxes = NULL;
  instances->box_values = 0;
  description->instances = instances;
  return DSEG_OK;
}

static dseg_status read_source_instances(dseg_plane_reader *reader, size_t first, size_t count, void *out,
                                         dseg_error *error) {
  dseg_source *source = reader->view->source;
  return source->ops->read_instances(source, first, count, out, reader->threads, error);
}

dseg_status dseg_view_read_instances(dseg_source *source, size_t first_plane, size_t plane_count, uint32_t *out,
                                     unsigned threads, dseg_error *error) {
  const dseg_view_source *view = dseg_as_view(source);
  DSEG_TRY(dseg_source_check_open(view->source, error));
  dseg_plane_reader reader = {.view = view, .element = 4, .threads = threads, .read = read_source_instances};
  return dseg_view_read_planes(&reader, first_plane, plane_count, out, error);
}
