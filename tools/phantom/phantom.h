/* SPDX-License-Identifier: Apache-2.0 */
/* phantom.h - synthetic anatomy: what the parts of `dseg phantom` share.
 *
 * A phantom is a list of shapes in a trunk of fixed size, in DICOM's coordinates (mm; x to the left, y to the back, z
 * to the head; x and y are 0 in the middle of the body, z is 0 at its lower end). A plane of labels is painted shape by
 * shape, a later one over an earlier, so that a volume of any size needs memory for one plane.
 *
 * The same specification gives the same voxels everywhere: shapes are placed with additions, multiplications, divisions
 * and square roots of doubles alone, which IEEE 754 rounds in one way, and pixels are decided with integers. */
#ifndef DSEG_TOOLS_PHANTOM_PHANTOM_H
#define DSEG_TOOLS_PHANTOM_PHANTOM_H

#include "cli/cli.h"
#include "dseg/dseg.h"

enum { PHANTOM_MAX_LABELS = 65535, PHANTOM_DEFAULT_LABELS = 108, PHANTOM_SIDES = 65535 };

typedef struct phantom_spec {
  unsigned labels;   /* 1..PHANTOM_MAX_LABELS */
  size_t size[3];    /* voxels along x, y, z: columns, rows, planes */
  double spacing[3]; /* mm; 0: chosen so that the trunk fills the volume */
  size_t coarse[3];  /* made on this grid and enlarged by nearest neighbour; 0: made at full size */
  bool overlap;      /* vessels and lesions do not take voxels away from what they lie in */
  uint32_t seed;
} phantom_spec;

/* How a shape is told from what surrounds it. */
typedef enum phantom_kind {
  PHANTOM_ELLIPSOID = 0,
  PHANTOM_BOX, /* an ellipsoid of degree 4 within the plane: flat sides, round corners */
  PHANTOM_TUBE /* all points closer than a radius to a line from one point to another */
} phantom_kind;

typedef struct phantom_shape {
  phantom_kind kind;
  uint32_t label;  /* 0: what is taken away from labels painted before */
  uint16_t tissue; /* of label 0: what images show there, an entry of phantom_tissue */
  uint32_t seed;
  int order;        /* painted by ascending order; a label's shapes all have the same */
  double center[3]; /* tubes: one end */
  double radius[3]; /* tubes: radius[0] alone */
  double end[3];    /* tubes: the other end */
  double lean[2];   /* how far the centre moves along x and y for each mm along z */
  double roughness; /* how far the surface goes in and out, as a share of the radius */
  double hollow;    /* 0: solid; else only what is further out than this share of the radius */
  double low[3];    /* a box around it */
  double high[3];
} phantom_shape;

/* What no label says: seen in images where no label is. */
typedef enum phantom_tissue {
  TISSUE_AIR = 0,
  TISSUE_SKIN,
  TISSUE_FAT,
  TISSUE_MUSCLE,
  TISSUE_INNER_FAT,
  TISSUE_BRAIN,
  TISSUE_BLOOD,
  TISSUE_SINUS, /* of a kidney */
  TISSUE_FOAM,  /* of the table */
  TISSUE_SHELL,
  TISSUE_KINDS
} phantom_tissue;

/* A growing list of shapes; failed when memory ran out. */
typedef struct phantom_shapes {
  phantom_shape *items;
  size_t count, room;
  bool failed;
} phantom_shapes;

/* A voxel that a label has in any case, however small or hidden its shapes are. */
typedef struct phantom_anchor {
  uint64_t voxel; /* index on the painted grid */
  uint16_t label;
} phantom_anchor;

typedef struct phantom {
  phantom_spec spec;
  dseg_description *description; /* segments and geometry */
  phantom_shapes shapes;
  size_t grid[3];          /* the grid that is painted: spec.coarse or spec.size */
  double origin[3];        /* mm of its first voxel */
  double step[3];          /* mm between its voxels */
  phantom_anchor *anchors; /* by ascending voxel, one for each label */
  uint16_t *layer[2];      /* the painted plane, grid[0] * grid[1]; the second for overlap only */
  size_t painted;          /* its plane; SIZE_MAX: none */
  double *nodes;           /* scratch for roughness */
  size_t node_room;
  phantom_shapes tissues; /* of images only: made when the first one is asked for */
  uint16_t *tissue;       /* the plane of them that is painted */
  size_t tissue_painted;
} phantom;

/* DSEG_ERROR_MEMORY or DSEG_ERROR_ARGUMENT. To be given to phantom_destroy whatever the outcome. */
dseg_status phantom_create(phantom *made, const phantom_spec *spec, dseg_error *error);
void phantom_destroy(phantom *made);

/* A plane of labels, size[0] * size[1] values; second: of the segments that may overlap those of first, or NULL without
 * overlap. */
dseg_status phantom_read_plane(phantom *made, size_t plane, uint16_t *first, uint16_t *second, dseg_error *error);

/* tissues.c: CT numbers of a plane in HU, size[0] * size[1] values, that show the labels phantom_read_plane gives, what
 * lies between them, the table, and noise. second: as there. */
dseg_status phantom_read_hounsfield(phantom *made, size_t plane, const uint16_t *first, const uint16_t *second,
                                    int16_t *out, dseg_error *error);

/* Where a phantom goes. */
typedef struct phantom_output {
  const char *path;   /* in the format of its suffix */
  const char *images; /* a directory that gets a CT series of the phantom, to which an object then refers; NULL: none */
  const char *frame_codec; /* of a DICOM object: name or UID; NULL: frames are not compressed */
  bool replace;
  unsigned threads;
} phantom_output;

/* Makes a phantom and writes it; an exit code after a message. Whatever is not complete is noted for
 * cli_remove_guarded, which the caller calls. */
int phantom_make(const phantom_spec *spec, const phantom_output *output);

/* images.c: the images in a directory, counted from 1. */
#define PHANTOM_IMAGE_NAME "%05zu.dcm"
/* Removes images of an earlier series there, of which there were more than count. */
void phantom_remove_further_images(const char *directory, size_t count);

/* Between the parts: */

/* Identifies the phantom: UIDs are derived from it. */
enum { PHANTOM_TEXT = 400 };
void phantom_name(const phantom_spec *spec, char text[PHANTOM_TEXT]);

/* ct.c: the bytes of a CT image of a plane; values: of phantom_read_hounsfield. */
dseg_status phantom_encode_image(const phantom *made, size_t plane, const int16_t *values, dseg_buffer *bytes,
                                 dseg_error *error);

/* images.c: a series that is written, and gets its names with the set's outputs. */
typedef struct phantom_series {
  char *directory; /* without separators at its end */
  char *stage;     /* where the images are until then */
  size_t count;
  bool exists; /* the directory does: stage is in it, and beside it otherwise */
  bool replace;
} phantom_series;
/* An exit code after a message. */
int phantom_series_begin(phantom_series *series, const char *directory, bool replace);
/* Writes the next image. */
dseg_status phantom_series_add(phantom_series *series, const dseg_buffer *bytes, dseg_error *error);
/* Makes the directory where there is none, and the images join the set. */
dseg_status phantom_series_join(const phantom_series *series, dseg_output_set *set, dseg_error *error);
void phantom_series_end(phantom_series *series);

/* phantom.c: the plane of made->grid that a plane of the phantom is, and one such plane at full size. */
size_t phantom_painted_plane(const phantom *made, size_t plane);
void phantom_enlarge(const phantom *made, const uint16_t *layer, uint16_t *out);

/* anatomy.c: the shapes of the labels 1..count. */
void phantom_add_anatomy(phantom_shapes *shapes, unsigned count, uint32_t seed);
/* How much larger than usual the body of this seed is, along each axis. */
void phantom_find_scale(uint32_t seed, double scale[3]);
/* Whether the label's shapes lie in others rather than beside them. */
bool phantom_is_inner(unsigned label);

/* paint.c: paints a shape into a plane of made->grid at z mm. */
dseg_status phantom_paint(phantom *made, const phantom_shape *shape, double z, uint16_t *plane, dseg_error *error);
void phantom_add_shape(phantom_shapes *shapes, const phantom_shape *shape);

/* noise.c: a number that follows from the four, evenly spread over 32 bits. */
uint32_t phantom_hash(uint32_t seed, int32_t x, int32_t y, int32_t z);
/* -1 up to, but not, 1. */
double phantom_random(uint32_t seed, int32_t x, int32_t y, int32_t z);
/* Smooth noise, -1..1, at the nodes of a lattice of PHANTOM_NODE mm. */
#define PHANTOM_NODE 10.0
double phantom_noise(uint32_t seed, int32_t x, int32_t y, int32_t z);

#endif
