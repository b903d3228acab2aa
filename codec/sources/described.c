/* SPDX-License-Identifier: Apache-2.0 */
/* described.c - a source of a description alone: see described.h. */
#include "sources/described.h"

#include <stdlib.h>

static dseg_status refuse(dseg_error *error) {
  return dseg_fail(error, DSEG_ERROR_ARGUMENT, "the voxels were not kept: the volume was opened with describe_only");
}

static dseg_status read_labels(dseg_source *source, const dseg_label_request *request, void *out, dseg_overlap *overlap,
                               dseg_error *error) {
  (void)source;
  (void)request;
  (void)out;
  (void)overlap;
  return refuse(error);
}

// NOLINTNEXTLINE(readability-non-const-parameter): the type of the table's function
static dseg_status read_mask(dseg_source *source, size_t segment, size_t first_plane, size_t plane_count, uint8_t *out,
                             unsigned threads, dseg_error *error) {
  (void)source;
  (void)segment;
  (void)first_plane;
  (void)plane_count;
  (void)out;
  (void)threads;
  return refuse(error);
}

// NOLINTNEXTLINE(readability-non-const-parameter): the type of the table's function
static dseg_status segments_in_plane(dseg_source *source, size_t plane, uint8_t *present, dseg_error *error) {
  (void)source;
  (void)plane;
  (void)present;
  return refuse(error);
}

static void close_described(dseg_source *source) {
  free(source);
}

static const dseg_source_ops described_ops = {
    .read_labels = read_labels,
    .read_mask = read_mask,
    .segments_in_plane = segments_in_plane,
    .close = close_described,
};

dseg_status dseg_described_source_create(const char *format, dseg_description *description, dseg_source **source,
                                         dseg_error *error) {
  dseg_source *made = calloc(1, sizeof *made);
  if (made == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a source");
  }
  *made = (dseg_source){.ops = &described_ops, .format = format, .description = description};
  *source = made;
  return DSEG_OK;
}
