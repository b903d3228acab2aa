/* SPDX-License-Identifier: Apache-2.0 */
/* dicom_source.c - opens a DICOM segmentation (PS3.3 A.51): the object's attributes, then the frame table. */
#include "seg_read/dicom_source.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "dicom/context.h"
#include "dicom/identity.h"
#include "seg_read/byte_counts.h"
#include "seg_read/fragments.h"
#include "seg_read/frame_reader.h"
#include "seg_read/instance_planes.h"
#include "seg_read/interpret.h"
#include "seg_read/kept_groups.h"
#include "seg_read/kept_object.h"
#include "seg_read/object.h"
#include "seg_read/placement.h"
#include "seg_read/undescribed_background.h"

static const dseg_encoding_info *encoding(const dseg_source *base) {
  return &((const dseg_dicom_source *)base)->info;
}

static void end_representation(const dseg_dicom_source *source) {
  if (source->plugin_state != NULL && source->representation->end_read != NULL) {
    source->representation->end_read(source->plugin_state);
  }
}

static void close_source(dseg_source *base) {
  dseg_dicom_source *source = (dseg_dicom_source *)base;
  for (size_t i = 0; i < source->part_count; i++) {
    dseg_part10_close(&source->parts[i]);
  }
  dseg_frame_reader_destroy(source->idle_reader);
  free(source->parts);
  free(source->part_frames);
  dseg_frame_table_free(&source->table);
  end_representation(source);
  free(source);
}

static const dseg_source_ops ops = {
    .read_labels = dseg_dicom_read_labels,
    .read_mask = dseg_dicom_read_mask,
    .segments_in_plane = dseg_dicom_segments_in_plane,
    .encoding = encoding,
    .frame = dseg_dicom_frame,
    .frame_range = dseg_dicom_frame_range,
    .read_frame = dseg_dicom_read_frame,
    .read_instances = DSEG_OF_INSTANCES(dseg_dicom_read_instances),
    .instance_planes = DSEG_OF_INSTANCES(dseg_dicom_instance_planes),
    .close = close_source,
};

/* The source images of frames are wanted for a copy that keeps them, and where nothing else places frames. */
static bool needs_sources(const dseg_part10 *part10, bool tiled_full, const dseg_open_options *options) {
  dseg_groups shared;
  dseg_element frame_of_reference;
  if (options->keep_context) {
    return true;
  }
  if (tiled_full || dseg_groups_shared(&part10->elements, NULL, &shared, NULL) != DSEG_OK) {
    return false;
  }
  return !shared.has_position && !shared.has_orientation &&
         dseg_elements_find(&part10->elements, DSEG_TAG(0x0048, 0x0006), &frame_of_reference, NULL) == DSEG_OK &&
         frame_of_reference.tag == 0;
}

static dseg_status place_part(dseg_placement *placement, const dseg_part10 *part10, dseg_image_set *images,
                              const dseg_open_options *options, dseg_error *error) {
  const size_t count = placement->part_frames;
  dseg_groups shared;
  size_t items;
  if (images != NULL) {
    images->first_frame = placement->first_frame;
  }
  DSEG_TRY(dseg_groups_shared(&part10->elements, images, &shared, error));
  DSEG_TRY(dseg_groups_per_frame(part10, &shared, images, dseg_placement_visit, placement, &items, error));
  for (size_t i = 0; items == 0 && i < count; i++) {
    DSEG_TRY(dseg_placement_visit(placement, i, &shared, error));
  }
  if (items != 0 && items < count) {
    return dseg_fail(error, DSEG_ERROR_FORMAT,
                     "Per-Frame Functional Groups Sequence (5200,9230) has %zu items for %zu frames (PS3.3 C.7.6.16)",
                     items, count);
  }
  if (items > count) {
    dseg_warn(
        &options->warnings,
        "Per-Frame Functional Groups Sequence (5200,9230) has more items than Number of Frames (0028,0008) says (PS3.3 "
        "C.7.6.16): the rest is ignored");
  }
  return DSEG_OK;
}

/* With TILED_FULL the number of frames follows from the size of the matrix. */
static dseg_status check_full_tiles(const dseg_dicom_source *source, dseg_error *error) {
  const dseg_geometry *geometry = &source->base.description->geometry;
  const uint64_t across = ((uint64_t)geometry->matrix_columns + geometry->columns - 1) / geometry->columns;
  const uint64_t down = ((uint64_t)geometry->matrix_rows + geometry->rows - 1) / geometry->rows;
  const bool labels = (source->representation->flags & DSEG_PLUGIN_LABEL_FRAMES) != 0;
  const uint64_t layers = labels ? 1 : source->base.description->segment_count;
  uint64_t frames;
  if (!dseg_mul_u64(across * down, layers, &frames) || frames != source->table.count || frames == 0) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                     "TILED_FULL (0020,9311) with %zu frames: %" PRIu64 " x %" PRIu64 " tiles and %" PRIu64
                     " segments in one focal plane were expected (PS3.3 C.7.6.17.3)",
                     source->table.count, across, down, layers);
  }
  return DSEG_OK;
}

static dseg_status place_frames(dseg_dicom_source *source, const size_t *counts, dseg_placement *placement,
                                dseg_image_set *images, const dseg_open_options *options, dseg_error *error) {
  size_t first = 0;
  if (placement->tiled_full) {
    DSEG_TRY(check_full_tiles(source, error));
  }
  DSEG_TRY(dseg_placement_begin(placement, error));
  for (size_t i = 0; i < source->part_count; i++) {
    placement->first_frame = first;
    placement->part_frames = counts[i];
    DSEG_TRY(place_part(placement, &source->parts[i], images, options, error));
    first += counts[i];
  }
  DSEG_TRY(dseg_placement_finish(placement, error));
  source->info.frames_without_position = placement->without_position;
  return DSEG_OK;
}

/* The sources that functional groups give to planes whose frames something else has placed. */
struct kept_sources {
  const dseg_dicom_source *source;
  dseg_plane_position *planes; /* of which source and source_count are used, as an image set counts them */
  size_t first_frame, part_frames;
  bool any;
};

static dseg_status keep_source(void *user, size_t frame, const dseg_groups *groups, dseg_error *error) {
  struct kept_sources *kept = user;
  (void)error;
  if (frame >= kept->part_frames || groups->source < 0) {
    return DSEG_OK;
  }
  dseg_plane_position *plane = &kept->planes[kept->source->table.frames[kept->first_frame + frame].plane];
  if (plane->source < 0) {
    plane->source = groups->source;
    plane->source_count = groups->source_list;
  }
  kept->any = true;
  return DSEG_OK;
}

/* What functional groups say beside the places of frames, for a copy. Where frames have sources there, these count. */
static dseg_status keep_groups(dseg_dicom_source *source, const size_t *counts, dseg_image_set *images,
                               dseg_error *error) {
  dseg_geometry *geometry = &source->base.description->geometry;
  struct kept_sources kept = {.source = source};
  kept.planes = dseg_description_alloc(source->base.description, geometry->plane_count * sizeof *kept.planes);
  if (kept.planes == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu planes", geometry->plane_count);
  }
  for (size_t i = 0; i < geometry->plane_count; i++) {
    kept.planes[i] = geometry->planes[i];
    kept.planes[i].source = -1;
    kept.planes[i].source_count = 0;
  }
  for (size_t i = 0; i < source->part_count; i++) {
    dseg_groups shared;
    size_t items;
    kept.part_frames = counts[i];
    images->first_frame = kept.first_frame;
    DSEG_TRY(dseg_groups_shared(&source->parts[i].elements, images, &shared, error));
    DSEG_TRY(dseg_groups_per_frame(&source->parts[i], &shared, images, keep_source, &kept, &items, error));
    for (size_t j = 0; items == 0 && j < counts[i]; j++) {
      DSEG_TRY(keep_source(&kept, j, &shared, error));
    }
    kept.first_frame += counts[i];
  }
  if (!kept.any && !images->shared) {
    return DSEG_OK;
  }
  geometry->planes = kept.planes;
  return dseg_image_set_finish(images, error);
}

/* A representation's own way to place frames. The references that a copy keeps are known to it. *has_former: as
 * dseg_image_set_mark_former says. */
static dseg_status interpret(dseg_dicom_source *source, const size_t *counts, const dseg_open_options *options,
                             dseg_image_set *images, bool *by_frame_groups, bool *has_former, dseg_error *error) {
  if (options->keep_context) {
    DSEG_TRY(dseg_image_set_add_series(images, &source->parts[0].elements, error));
    DSEG_TRY(dseg_image_set_mark_former(images, &source->parts[0].elements, has_former, error));
    DSEG_TRY(dseg_image_set_finish(images, error));
  }
  DSEG_TRY(dseg_dicom_interpret(source, options, by_frame_groups, error));
  return options->keep_context && !*by_frame_groups ? keep_groups(source, counts, images, error) : DSEG_OK;
}

/* Places frames by what the representation says of them, else by functional groups, and has the description's
 * references complete. */
static dseg_status build_table(dseg_dicom_source *source, const size_t *counts, const dseg_open_options *options,
                               dseg_image_set *images, bool *has_former, dseg_error *error) {
  dseg_element organization;
  size_t first = 0;
  DSEG_TRY(dseg_elements_find(&source->parts[0].elements, DSEG_TAG(0x0020, 0x9311), &organization, error));
  for (size_t i = 0; i < source->part_count; i++) {
    DSEG_TRY(dseg_dicom_locate_part(source, i, first, counts[i], options, error));
    first += counts[i];
  }
  if (source->representation->interpret != NULL) {
    bool by_frame_groups = false;
    DSEG_TRY(interpret(source, counts, options, images, &by_frame_groups, has_former, error));
    if (!by_frame_groups) {
      return DSEG_OK;
    }
  }
  dseg_placement placement = {.description = source->base.description,
                              .table = &source->table,
                              .references = images,
                              .label_frames = (source->representation->flags & DSEG_PLUGIN_LABEL_FRAMES) != 0,
                              .tiled_full = dseg_element_is(&organization, "TILED_FULL")};
  const bool sources = needs_sources(&source->parts[0], placement.tiled_full, options);
  dseg_status status = DSEG_OK;
  if (sources) {
    status = dseg_image_set_add_series(images, &source->parts[0].elements, error);
  }
  if (status == DSEG_OK) {
    status = place_frames(source, counts, &placement, sources ? images : NULL, options, error);
  }
  dseg_placement_free(&placement);
  if (status == DSEG_OK && options->keep_context) {
    status = dseg_image_set_mark_former(images, &source->parts[0].elements, has_former, error);
    status = status == DSEG_OK ? dseg_image_set_finish(images, error) : status;
  }
  return status;
}

/* Parts of a concatenation agree in all but what is their own (PS3.3 7.5.1): what does not is dropped. */
static dseg_status keep_attributes(dseg_dicom_source *source, dseg_tag_list *dropped, dseg_error *error) {
  dseg_description *description = source->base.description;
  DSEG_TRY(dseg_keep_object(&source->parts[0], source->representation, description, dropped, error));
  for (size_t i = 1; i < source->part_count; i++) {
    DSEG_TRY(dseg_keep_agreed(&source->parts[i], source->representation, description, dropped, error));
  }
  return dseg_set_dropped(description, dropped, error);
}

static void place_kept(const void *user, size_t frame, dseg_frame_attributes *placed) {
  const dseg_frame_table *table = user;
  if (frame < table->count) { /* the items of more frames than there are are ignored */
    placed->plane = table->frames[frame].plane;
    placed->segment = table->frames[frame].segment;
  } else {
    placed->plane = UINT32_MAX;
    placed->segment = -1;
  }
}

static dseg_status read_source(dseg_dicom_source *source, size_t *counts, const dseg_open_options *options,
                               dseg_error *error) {
  dseg_description *description = source->base.description;
  size_t total;
  DSEG_TRY(dseg_read_object(&source->parts[0], source, error));
  DSEG_TRY(dseg_read_identity(&source->parts[0], description, &description->identity, error));
  DSEG_TRY(dseg_dicom_count_frames(source, options->memory_limit, counts, &total, error));
  DSEG_TRY(dseg_dicom_read_encoding(source, error));
  dseg_dicom_warn_of_object(source, options);
  DSEG_TRY(dseg_frame_table_create(total, &source->table, error));
  dseg_tag_list dropped = {0};
  dseg_image_set images = {.description = description,
                           .character_set = &source->parts[0].character_set,
                           .dropped = options->keep_context ? &dropped : NULL};
  bool has_former = false;
  dseg_status status = build_table(source, counts, options, &images, &has_former, error);
  if (status == DSEG_OK) {
    status = dseg_count_bytes(source, error);
  }
  if (status == DSEG_OK && options->keep_context) {
    status = dseg_keep_frames(&images, place_kept, &source->table, error);
  }
  dseg_image_set_free(&images);
  for (size_t i = 0; status == DSEG_OK && !options->keep_context && i < description->geometry.plane_count; i++) {
    description->geometry.planes[i].source = -1;
    description->geometry.planes[i].source_count = 0;
  }
  source->info.representation = source->representation->name;
  source->info.frame_codec = source->codec != NULL ? source->codec->name : "unknown";
  source->info.frame_count = source->table.count;
  if (status == DSEG_OK) {
    status = dseg_dicom_find_background(source, options, error);
  }
  if (status == DSEG_OK && options->keep_context) {
    status = dseg_context_from_part10(&source->parts[0], description, error);
  }
  if (status == DSEG_OK && options->keep_context) {
    status = keep_attributes(source, &dropped, error);
  }
  if (status == DSEG_OK && has_former) { /* references say it */
    status = dseg_remove_attribute(description, DSEG_TAG(0x0008, 0x2112), error);
  }
  dseg_tag_list_free(&dropped);
  return status;
}

/* What is asked of volumes alone. */
static dseg_status check_options(const dseg_open_options *options, dseg_error *error) {
  const char *name = options->round                 ? "--round"
                     : options->has_background      ? "--background"
                     : options->value_map_count > 0 ? "--map"
                     : options->volume > 0          ? "--volume"
                                                    : NULL;
  return name == NULL ? DSEG_OK
                      : dseg_fail(error, DSEG_ERROR_ARGUMENT,
                                  "%s says what NIfTI, NRRD and MetaImage files hold, and this is a DICOM object: "
                                  "--segments selects its segments, --renumber numbers them",
                                  name);
}

dseg_status dseg_dicom_source_create(dseg_part10 *parts, size_t part_count, const dseg_open_options *options,
                                     dseg_source **source, dseg_error *error) {
  DSEG_TRY(check_options(options, error));
  dseg_dicom_source *made = calloc(1, sizeof *made);
  size_t *counts = calloc(part_count, sizeof *counts);
  dseg_description *description = dseg_description_create();
  if (made == NULL || counts == NULL || description == NULL) {
    free(made);
    free(counts);
    dseg_description_destroy(description);
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a source");
  }
  made->base = (dseg_source){.ops = &ops, .format = "DICOM", .description = description};
  made->parts = parts;
  made->part_count = part_count;
  made->part_frames = counts;
  made->memory_limit = options->memory_limit;
  const dseg_status status = read_source(made, counts, options, error);
  if (status != DSEG_OK) {
    dseg_frame_table_free(&made->table);
    end_representation(made);
    free(counts);
    free(made);
    dseg_description_destroy(description);
    return status;
  }
  made->base.held = (uint64_t)made->table.count * sizeof *made->table.frames;
  *source = &made->base;
  return DSEG_OK;
}

dseg_status dseg_open_dicom(dseg_input *input, const dseg_open_options *options, dseg_source **source,
                            dseg_error *error) {
  const dseg_part10_options how = dseg_part10_options_of(options);
  bool is_dicom;
  dseg_part10 *part = calloc(1, sizeof *part);
  *source = NULL;
  if (part == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a file");
  }
  dseg_status status = dseg_part10_open(input, &how, part, &is_dicom, error);
  if (status != DSEG_OK || !is_dicom) {
    free(part);
    return status;
  }
  status = dseg_dicom_source_create(part, 1, options, source, error);
  if (status != DSEG_OK) {
    dseg_part10_release(part);
    free(part);
  }
  return status;
}
