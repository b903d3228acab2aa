/* SPDX-License-Identifier: Apache-2.0 */
/* objects.c - edge cases that no command makes: fractions, tiles of a slide, a label map without background;
 * for Concatenations see parts.c. */
#include <stdlib.h>
#include <string.h>

#include "cli/environment.h"
#include "phantom/phantom.h"
#include "samples/samples.h"

int samples_write_object(const samples_job *job, const samples_object *made, const dseg_description *description,
                         samples_put_planes put, void *context) {
  char path[SAMPLES_PATH];
  char seed[SAMPLES_NAME + 16];
  char series[SAMPLES_LONG_STRING];
  dseg_description described = *description;
  dseg_error error = {DSEG_OK, ""};
  dseg_writer *writer = NULL;
  described.content.series_description =
      samples_describe_series(made->file, made->representation, made->frame_codec, series);
  snprintf(seed, sizeof seed, "samples/%s", made->file);
  const dseg_write_options options = {.struct_size = sizeof(dseg_write_options),
                                      .memory_limit = cli_memory_limit(),
                                      .representation = made->representation,
                                      .frame_codec = made->frame_codec,
                                      .empty_frames = made->empty_frames,
                                      .concatenation = made->part_bytes > 0,
                                      .part_bytes = made->part_bytes,
                                      .uid_seed = seed,
                                      .date_time = cli_date_time(),
                                      .threads = job->threads};
  dseg_status status = dseg_writer_create(samples_path(job, made->file, path), &described, &options, &writer, &error);
  if (status == DSEG_OK) {
    status = put(writer, context, &error);
  }
  if (status == DSEG_OK) {
    status = dseg_writer_finish(writer, &error);
  }
  dseg_writer_destroy(writer);
  return status == DSEG_OK ? CLI_OK : cli_fail(path, status, &error);
}

static int write_object(samples_job *job, const samples_object *made, const dseg_description *description,
                        samples_put_planes put, void *context) {
  const int code = samples_write_object(job, made, description, put, context);
  return code == CLI_OK ? samples_keep_own(job, SAMPLES_EDGE_CASE, made->file, made->purpose) : code;
}

/* --- Fractions: how much of a pixel each segment fills, from a phantom of FINE x FINE pixels for one --- */

enum { FINE = 4, FRACTION_COLUMNS = 48, FRACTION_ROWS = 40, FRACTION_PLANES = 6, FRACTION_LABELS = 4 };

typedef struct fractions {
  phantom fine;
  uint16_t *labels; /* a plane of it */
  uint8_t mask[FRACTION_COLUMNS * FRACTION_ROWS];
  uint32_t maximum;
} fractions;

static bool fill_mask(fractions *from, uint16_t label) {
  const size_t width = (size_t)FRACTION_COLUMNS * FINE;
  bool empty = true;
  for (size_t i = 0; i < sizeof from->mask; i++) {
    const uint16_t *corner = from->labels + i / FRACTION_COLUMNS * FINE * width + i % FRACTION_COLUMNS * FINE;
    uint32_t inside = 0;
    for (size_t j = 0; j < (size_t)FINE * FINE; j++) {
      inside += corner[j / FINE * width + j % FINE] == label;
    }
    from->mask[i] = (uint8_t)(inside * from->maximum / (FINE * FINE));
    empty = empty && inside == 0;
  }
  return !empty;
}

static dseg_status put_fractions(dseg_writer *writer, void *context, dseg_error *error) {
  fractions *from = context;
  for (size_t plane = 0; plane < FRACTION_PLANES; plane++) {
    DSEG_TRY(phantom_read_plane(&from->fine, plane, from->labels, NULL, error));
    for (unsigned label = 1; label <= FRACTION_LABELS; label++) {
      if (fill_mask(from, (uint16_t)label)) {
        DSEG_TRY(dseg_writer_write_mask(writer, plane, label - 1, from->mask, error));
      }
    }
  }
  return DSEG_OK;
}

static int make_fractions(samples_job *job, const char *file, const char *purpose, dseg_voxel_kind kind,
                          uint32_t maximum) {
  const phantom_spec coarse = {
      .labels = FRACTION_LABELS, .size = {FRACTION_COLUMNS, FRACTION_ROWS, FRACTION_PLANES}, .spacing = {8, 8, 5}};
  const phantom_spec fine = {.labels = FRACTION_LABELS,
                             .size = {(size_t)FRACTION_COLUMNS * FINE, (size_t)FRACTION_ROWS * FINE, FRACTION_PLANES},
                             .spacing = {2, 2, 5}};
  const samples_object made = {.file = file, .purpose = purpose, .representation = "fractional"};
  fractions *from = calloc(1, sizeof *from);
  phantom described = {0};
  dseg_error error = {DSEG_OK, ""};
  dseg_status status = DSEG_ERROR_MEMORY;
  if (from != NULL) {
    from->maximum = maximum;
    from->labels = malloc(fine.size[0] * fine.size[1] * sizeof *from->labels);
    status = from->labels != NULL ? phantom_create(&from->fine, &fine, &error) : DSEG_ERROR_MEMORY;
  }
  if (status == DSEG_OK) {
    status = phantom_create(&described, &coarse, &error);
  }
  int code = CLI_OK;
  if (status == DSEG_OK) {
    described.description->kind = kind;
    described.description->maximum_fraction = maximum;
    code = write_object(job, &made, described.description, put_fractions, from);
  } else {
    code = cli_fail(file, status, &error);
  }
  phantom_destroy(&described);
  if (from != NULL) {
    phantom_destroy(&from->fine);
    free(from->labels);
  }
  free(from);
  return code;
}

/* --- A slide: one plane of a phantom as tiles --- */

enum { TILE = 32, TILE_COLUMNS = 4, TILE_ROWS = 3, MATRIX_COLUMNS = 120, MATRIX_ROWS = 90, SLIDE_LABELS = 6 };

typedef struct slide {
  uint16_t matrix[(size_t)TILE * TILE_COLUMNS * TILE * TILE_ROWS]; /* nothing beyond the total pixel matrix */
} slide;

static dseg_status put_tiles(dseg_writer *writer, void *context, dseg_error *error) {
  const slide *from = context;
  uint16_t tile[TILE * TILE];
  for (size_t i = 0; i < (size_t)TILE_COLUMNS * TILE_ROWS; i++) {
    const size_t start = (i / TILE_COLUMNS * TILE * TILE_COLUMNS + i % TILE_COLUMNS) * TILE;
    for (size_t row = 0; row < TILE; row++) {
      memcpy(tile + row * TILE, from->matrix + start + row * TILE * TILE_COLUMNS, TILE * sizeof *tile);
    }
    DSEG_TRY(dseg_writer_write_labels(writer, i, tile, 16, error));
  }
  return DSEG_OK;
}

/* The geometry of tiles of half a micrometre a pixel. */
static bool describe_slide(dseg_description *description) {
  const double spacing = 0.0005;
  const double origin[3] = {12.0, 24.0, 0.0};
  dseg_geometry *geometry = &description->geometry;
  *geometry = (dseg_geometry){.space = DSEG_SPACE_SLIDE,
                              .rows = TILE,
                              .columns = TILE,
                              .pixel_spacing = {spacing, spacing},
                              .orientation = {0, -1, 0, -1, 0, 0},
                              .slice_thickness = 0.004,
                              .plane_count = (size_t)TILE_COLUMNS * TILE_ROWS,
                              .matrix_rows = MATRIX_ROWS,
                              .matrix_columns = MATRIX_COLUMNS};
  memcpy(geometry->matrix_origin, origin, sizeof origin);
  geometry->planes = dseg_description_alloc(description, geometry->plane_count * sizeof *geometry->planes);
  for (size_t i = 0; geometry->planes != NULL && i < geometry->plane_count; i++) {
    dseg_plane_position *plane = &geometry->planes[i];
    plane->matrix_row = (uint32_t)(i / TILE_COLUMNS * TILE);
    plane->matrix_column = (uint32_t)(i % TILE_COLUMNS * TILE);
    plane->position[0] = origin[0] - plane->matrix_row * spacing;
    plane->position[1] = origin[1] - plane->matrix_column * spacing;
    plane->source = -1;
  }
  return geometry->planes != NULL;
}

static dseg_status fill_slide(phantom *made, slide *to, dseg_error *error) {
  uint16_t *plane = malloc((size_t)MATRIX_COLUMNS * MATRIX_ROWS * sizeof *plane);
  if (plane == NULL) {
    dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory");
    return DSEG_ERROR_MEMORY;
  }
  const dseg_status status = phantom_read_plane(made, 0, plane, NULL, error);
  for (size_t row = 0; status == DSEG_OK && row < MATRIX_ROWS; row++) {
    memcpy(to->matrix + row * TILE * TILE_COLUMNS, plane + row * MATRIX_COLUMNS, MATRIX_COLUMNS * sizeof *plane);
  }
  free(plane);
  return status;
}

static int make_slide(samples_job *job) {
  const phantom_spec spec = {.labels = SLIDE_LABELS, .size = {MATRIX_COLUMNS, MATRIX_ROWS, 1}};
  const samples_object sparse = {
      .file = "edge-cases/slide-tiled-sparse.dcm",
      .purpose = "tiles of a slide, each with its position; tiles without a voxel are left out",
      .representation = "labelmap",
      .empty_frames = DSEG_EMPTY_OMIT};
  const samples_object all = {.file = "edge-cases/slide-all-tiles.dcm",
                              .purpose = "all tiles of a slide, each with its position",
                              .representation = "labelmap",
                              .empty_frames = DSEG_EMPTY_KEEP};
  slide *from = calloc(1, sizeof *from);
  phantom made = {0};
  dseg_error error = {DSEG_OK, ""};
  if (from == NULL) {
    return cli_fail(sparse.file, DSEG_ERROR_MEMORY, &error);
  }
  dseg_status status = phantom_create(&made, &spec, &error);
  if (status == DSEG_OK) {
    status = fill_slide(&made, from, &error);
  }
  int code = CLI_OK;
  if (status != DSEG_OK || !describe_slide(made.description)) {
    code = cli_fail(sparse.file, status != DSEG_OK ? status : DSEG_ERROR_MEMORY, &error);
  } else {
    code = write_object(job, &sparse, made.description, put_tiles, from);
  }
  if (code == CLI_OK) {
    code = write_object(job, &all, made.description, put_tiles, from);
  }
  phantom_destroy(&made);
  free(from);
  return code;
}

/* All tiles without their per-frame groups: where they lie follows from their order (PS3.3 C.7.6.17.3). No writer of
 * this library makes it. */
static int make_tiled_full(samples_job *job) {
  static const char *const changes[] = {"00209311 CS TILED_FULL", "00209222 -", "00480303 UL 1", "52009230 -", NULL};
  const samples_edit edit = {.base = "edge-cases/slide-all-tiles.dcm", .changes = changes};
  const char *file = "edge-cases/slide-tiled-full.dcm";
  const int code = samples_edit_file(job, &edit, file);
  return code != CLI_OK ? code
                        : samples_keep_own(job, SAMPLES_EDGE_CASE, file,
                                           "all tiles of a slide, TILED_FULL: without Per-Frame Functional Groups");
}

/* --- A label map in which every pixel belongs to a segment --- */

static dseg_status put_total(dseg_writer *writer, void *context, dseg_error *error) {
  phantom *made = context;
  const size_t pixels = made->spec.size[0] * made->spec.size[1];
  uint16_t *plane = malloc(pixels * sizeof *plane);
  if (plane == NULL) {
    dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory");
    return DSEG_ERROR_MEMORY;
  }
  dseg_status status = DSEG_OK;
  for (size_t k = 0; status == DSEG_OK && k < made->spec.size[2]; k++) {
    status = phantom_read_plane(made, k, plane, NULL, error);
    for (size_t i = 0; status == DSEG_OK && i < pixels; i++) {
      plane[i]++; /* what surrounds the body is segment 1 */
    }
    status = status == DSEG_OK ? dseg_writer_write_labels(writer, k, plane, 16, error) : status;
  }
  free(plane);
  return status;
}

static int make_total(samples_job *job) {
  enum { LABELS = 5 };
  const phantom_spec spec = {.labels = LABELS, .size = {40, 32, 4}};
  const samples_object total = {.file = "edge-cases/no-background.dcm",
                                .purpose = "a label map without Pixel Padding Value: every pixel belongs to a segment",
                                .representation = "labelmap",
                                .empty_frames = DSEG_EMPTY_KEEP};
  phantom made;
  dseg_error error = {DSEG_OK, ""};
  dseg_status status = phantom_create(&made, &spec, &error);
  dseg_segment *segments =
      status == DSEG_OK ? dseg_description_alloc(made.description, (LABELS + 1) * sizeof *segments) : NULL;
  int code = CLI_OK;
  if (segments == NULL) {
    code = cli_fail(total.file, status != DSEG_OK ? status : DSEG_ERROR_MEMORY, &error);
  } else {
    memcpy(segments + 1, made.description->segments, LABELS * sizeof *segments);
    segments[0] = segments[1];
    segments[0].label = "surroundings";
    segments[0].type_modifiers = (dseg_code_list){NULL, 0};
    segments[0].category = (dseg_code){"85756007", "SCT", "Tissue"};
    segments[0].type = (dseg_code){"130751", "DCM", "Tissue not of interest"};
    dseg_default_color(0, segments[0].rgb);
    dseg_rgb_to_cielab(segments[0].rgb, segments[0].cielab);
    for (size_t i = 0; i <= LABELS; i++) {
      segments[i].number = (uint32_t)(i + 1);
    }
    made.description->segments = segments;
    made.description->segment_count = LABELS + 1;
    made.description->has_background = false;
    code = write_object(job, &total, made.description, put_total, &made);
  }
  phantom_destroy(&made);
  return code;
}

int samples_make_objects(samples_job *job) {
  int code = make_fractions(job, "edge-cases/fractional-occupancy.dcm",
                            "fractions of a pixel's area, OCCUPANCY, 255 is all", DSEG_VOXELS_OCCUPANCY, 255);
  if (code == CLI_OK) {
    code = make_fractions(job, "edge-cases/fractional-probability.dcm", "probabilities, of which 200 means certain",
                          DSEG_VOXELS_PROBABILITY, 200);
  }
  if (code == CLI_OK) {
    code = make_slide(job);
  }
  if (code == CLI_OK) {
    code = make_tiled_full(job);
  }
  if (code == CLI_OK) {
    code = make_total(job);
  }
  return code == CLI_OK ? samples_make_parts(job) : code;
}
