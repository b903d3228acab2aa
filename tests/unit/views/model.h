/* SPDX-License-Identifier: Apache-2.0 */
/* model.h - segmentations as a test holds them: a volume for each segment on a lattice, and nothing clever. What
 * sources and views give is compared with it. */
#ifndef DSEG_TESTS_VIEWS_MODEL_H
#define DSEG_TESTS_VIEWS_MODEL_H

#include "dseg/dseg.h"
#include "sources/source.h"

#define MODEL_SEGMENTS 6
#define MODEL_SIDE 64

struct model {
  size_t size[3]; /* columns, rows, planes */
  int along[3];   /* by axis: the axis of space, 0 to 2, that it runs along */
  /* By axis, for each index along it: the coordinate on that axis of space, mm. Columns and rows go by 1 or -1, planes
   * stand anywhere. */
  int place[3][MODEL_SIDE];
  dseg_voxel_kind kind;
  uint32_t maximum; /* fraction */
  size_t segment_count;
  uint32_t numbers[MODEL_SEGMENTS];
  uint8_t *voxels[MODEL_SEGMENTS]; /* 0 or 1, or the stored fraction */
};

/* Repeatable: every test begins with the same. */
void model_seed(uint32_t seed);
uint32_t model_random(uint32_t below);

/* Segments overlap unless kind is DSEG_VOXELS_LABELS. */
void model_make(struct model *model, dseg_voxel_kind kind);
void model_free(struct model *model);

static inline size_t model_count(const struct model *model) {
  return model->size[0] * model->size[1] * model->size[2];
}

static inline size_t model_at(const struct model *model, size_t column, size_t row, size_t plane) {
  return (plane * model->size[1] + row) * model->size[0] + column;
}

/* The planes of the model; positions are in planes, at least size[2] of them. */
dseg_geometry model_geometry(const struct model *model, dseg_plane_position *planes);

/* The model as a source in memory; with as, a representation, as a DICOM object, whose bytes have to live as long. */
dseg_source *model_in_memory(const struct model *model);
dseg_source *model_in_dicom(const struct model *model, const char *as, dseg_buffer *bytes);

/* Reads everything in several ways, and compares. */
void model_expect(const struct model *model, dseg_source *source);

#endif
