/* SPDX-License-Identifier: Apache-2.0 */
/* groups.h - functional groups of one frame, or of all (PS3.3 C.7.6.16.2), and the checks of what they hold. */
#ifndef DSEG_VALIDATE_GROUPS_H
#define DSEG_VALIDATE_GROUPS_H

#include "validate/check.h"

typedef enum dseg_group_name {
  DSEG_GROUP_MEASURES = 0,   /* Pixel Measures (0028,9110) */
  DSEG_GROUP_POSITION,       /* Plane Position (0020,9113) */
  DSEG_GROUP_ORIENTATION,    /* Plane Orientation (0020,9116) */
  DSEG_GROUP_SLIDE_POSITION, /* Plane Position (Slide) (0048,021A) */
  DSEG_GROUP_SEGMENT,        /* Segment Identification (0062,000A) */
  DSEG_GROUP_CONTENT,        /* Frame Content (0020,9111) */
  DSEG_GROUP_DERIVATION,     /* Derivation Image (0008,9124) */
  DSEG_GROUP_COUNT
} dseg_group_name;

/* One item of Shared or Per-Frame Functional Groups Sequence. */
typedef struct dseg_group_set {
  dseg_elements elements;
  dseg_place place; /* of the sequence it is an item of */
  size_t number;    /* of the item */
  struct {
    bool present;
    size_t items;       /* that can be read */
    dseg_elements item; /* the first; empty when there is none */
  } groups[DSEG_GROUP_COUNT];
} dseg_group_set;

void dseg_read_groups(const dseg_elements *elements, dseg_place place, size_t number, dseg_group_set *set);
/* Where a group is, or an element of its first item. */
dseg_place dseg_group_place(const dseg_group_set *set, dseg_group_name group);
dseg_place dseg_group_element_place(const dseg_group_set *set, dseg_group_name group, uint32_t tag);
/* The frame's own group, else the shared one; NULL when neither is there. */
const dseg_elements *dseg_group_item(const dseg_group_set *own, const dseg_group_set *shared, dseg_group_name group);

/* What the groups of one item hold, wherever it stands. */
void dseg_check_groups(dseg_check *check, const dseg_group_set *set);
/* Which groups a frame has, its own and the shared ones together. */
void dseg_check_group_presence(dseg_check *check, const dseg_group_set *own, const dseg_group_set *shared);

/* geometry.c: numbers in the groups, and in the data set for slides. */
void dseg_check_group_geometry(dseg_check *check, const dseg_group_set *set);
void dseg_check_slide(dseg_check *check);

/* What is known of a frame's place. */
typedef struct dseg_frame_place {
  bool has_position, has_orientation;
  double position[3];
  double orientation[6];
  double spacing; /* Spacing Between Slices; 0: not known */
} dseg_frame_place;
void dseg_read_frame_place(const dseg_group_set *own, const dseg_group_set *shared, dseg_frame_place *place);
/* How the frames' places go together. Sorts places. */
dseg_status dseg_check_planes(dseg_check *check, const dseg_frame_place *places, size_t count, dseg_error *error);

/* references.c. The instances that Common Instance Reference lists: sorted hashes of their UIDs, each once. */
typedef struct dseg_reference_list {
  dseg_buffer hashes;
  dseg_buffer uses; /* by hash: 1 when something of the object refers to the instance */
  size_t count;
  bool present;
  bool used; /* a frame refers to an image */
} dseg_reference_list;
dseg_status dseg_read_reference_list(dseg_check *check, dseg_reference_list *list, dseg_error *error);
void dseg_check_derivation(dseg_check *check, const dseg_group_set *set, dseg_reference_list *list);
/* Once all frames have been checked. */
void dseg_check_reference_use(dseg_check *check, dseg_reference_list *list);

#endif
