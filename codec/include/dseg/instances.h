/* SPDX-License-Identifier: Apache-2.0 */
/* instances.h - a segmentation of many objects of few classes: nuclei, cells, the regions of a parcellation.
 *
 * An instance is one object. It has a number, 1..count, and a class, which is one of the description's segments. A
 * source with instances (dseg_source_description(source)->instances is not NULL) yields both: dseg_source_read_labels
 * gives classes, as Segment Numbers, so that whatever reads label maps reads it; dseg_source_read_instances gives the
 * numbers of instances. A voxel belongs to one instance or to none.
 *
 *     const dseg_instances *instances = dseg_source_description(source)->instances;
 *     if (instances != NULL) {
 *       status = dseg_source_read_instances(source, plane, 1, numbers, size, 0, &error);
 *     }                    // instances->segments[numbers[i] - 1] is the class of voxel i, where numbers[i] is not 0
 *
 * Such sources are objects of representations with instances (DSEG_PLUGIN_INSTANCES), research volumes that were opened
 * with dseg_open_options.instances, and views that leave the pixels of these as they are; other views, and several
 * sources as one, have classes alone.
 *
 * Writing: give dseg_writer_create_to a description with instances, and dseg_writer_write_labels planes of 32 bits
 * whose values are numbers of instances, 0 where there is none. A representation that knows no instances refuses such a
 * description: set instances to NULL, and write classes. */
#ifndef DSEG_INSTANCES_H
#define DSEG_INSTANCES_H

#include "dseg/source.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Columns have an item for each instance, by its number less 1. They live as long as the description. Later versions
 * append members: start with zeros. */
typedef struct dseg_instances {
  size_t count;             /* at most UINT32_MAX - 1; some may have no voxel */
  const uint16_t *segments; /* index of its class in description->segments; NULL: all are of the first */
  const float *confidence;  /* how sure whoever made it was, 0..1; or NULL */
  /* Where its voxels are, or NULL: box_values each. Slides: left, top, right and bottom in the total pixel matrix.
   * Otherwise first column, row and plane, last column, row and plane. From 0, the last ones inclusive; an instance
   * without a voxel has a last value below its first. */
  const uint32_t *boxes;
  unsigned box_values; /* 4 or 6; 0 without boxes */
  /* UID of instance n: this, a dot and n. NULL: they have none. */
  const char *uid_root;
  /* The number that an instance had where it came from, ascending, when those were not 1..count; or NULL. */
  const uint32_t *numbers;
} dseg_instances;

/* Fills out with the numbers of instances, plane_count * rows * columns values in C order (plane, row, column), size
 * bytes exactly; 0: no instance. threads as in dseg_label_request. DSEG_ERROR_UNSUPPORTED: the source has no instances.
 * On failure the content of out is undefined. Any thread may call. */
DSEG_API dseg_status dseg_source_read_instances(dseg_source *source, size_t first_plane, size_t plane_count,
                                                uint32_t *out, size_t size, unsigned threads, dseg_error *error);

/* The planes that hold voxels of an instance, ascending, without reading a pixel: *count of them, the first room of
 * which are put into planes (NULL with room 0). DSEG_ERROR_UNSUPPORTED: the source has no instances, or cannot tell
 * without reading pixels. DSEG_ERROR_ARGUMENT: no such instance. Any thread may call. */
DSEG_API dseg_status dseg_source_instance_planes(dseg_source *source, uint32_t number, size_t *planes, size_t room,
                                                 size_t *count, dseg_error *error);

/* The number that stands for an instance in a research volume: the one it had there, or its own. number is 1..count. */
DSEG_API uint32_t dseg_instance_original_number(const dseg_instances *instances, uint32_t number);

/* Tables of classes: text in UTF-8 with a line for each instance, its fields separated by commas, the first line their
 * names: "instance,class" and, if it is there, "confidence". instance is the number that stands for it in a research
 * volume; class is a label of a segment, in quotes where it has a comma or a quote. */

/* Gives the instances of a description, which has them, their classes: its segments become those that the table names,
 * in the order in which they come there. Lines of instances that there are not are passed over: *unknown of them.
 * DSEG_ERROR_FORMAT, with the line, for what is no such table, for an instance that stands there twice, and for one of
 * the description that it does not have. */
DSEG_API dseg_status dseg_instances_read_table(dseg_description *description, dseg_view text, size_t *unknown,
                                               dseg_error *error);

/* Appends such a table of the description's instances. */
DSEG_API dseg_status dseg_instances_write_table(const dseg_description *description, dseg_buffer *out,
                                                dseg_error *error);

#ifdef __cplusplus
}
#endif
#endif
