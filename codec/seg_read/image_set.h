/* SPDX-License-Identifier: Apache-2.0 */
/* image_set.h - the images a segmentation refers to, each once. */
#ifndef DSEG_SEG_READ_IMAGE_SET_H
#define DSEG_SEG_READ_IMAGE_SET_H

#include "base/slots.h"
#include "dicom/keep.h"
#include "dicom/part10.h"

/* What is kept of one frame, counted from 0 in the object. */
typedef struct dseg_kept_frame {
  size_t frame;
  dseg_view attributes; /* in the description's arena */
} dseg_kept_frame;

/* Several images that a frame is derived from. */
typedef struct dseg_image_list {
  size_t first, size;    /* bytes of the set's members */
  uint64_t hash;         /* of Derivation Image Sequence where the list stands first; 0: none yet */
  dseg_view derivation;  /* what is kept of it */
  bool same_pixels;      /* of all its images, as dseg_instance_reference has it */
  uint32_t place, count; /* among the description's references, once it has them */
} dseg_image_list;

/* Grows while a file is read. Start with {.description = ...}; texts go into its arena. */
typedef struct dseg_image_set {
  dseg_description *description;
  dseg_instance_reference *items;
  uint32_t *instance; /* for each item the first one of the same SOP Instance UID met in a row */
  size_t count, capacity;
  uint64_t *derivations; /* for each item a hash of Derivation Image Sequence where it stands first; 0: none yet */
  dseg_buffer members;   /* of all lists: places of images, of 32 bits */
  dseg_image_list *lists;
  size_t list_count, list_capacity;
  dseg_slots list_slots;             /* of lists, by their members */
  const dseg_element *character_set; /* of the object's text */
  dseg_tag_list *dropped;            /* what of frames a copy does not have; NULL: not asked for, nor derivations */
  size_t first_frame;                /* of the part that is read */
  dseg_kept_frame *frames;           /* those of which something is kept */
  size_t frame_count, frame_capacity;
  dseg_view shared_others;   /* what all frames share, likewise */
  dseg_slots slots;          /* of items, by SOP Instance UID and frame */
  bool shared;               /* all frames derive from several of them */
  dseg_view derivation;      /* of all frames, when shared; in the arena */
  dseg_view last_derivation; /* of an item, which those that follow often share */
} dseg_image_set;

/* Adds an image, or finds it: same SOP Instance UID and frame. index receives its place. */
dseg_status dseg_image_set_add(dseg_image_set *set, dseg_view sop_class_uid, dseg_view sop_instance_uid, uint32_t frame,
                               uint32_t *index, dseg_error *error);

/* Adds several images (places of 32 bits), or finds them: list receives their number, counted from 1; 0 for one image
 * alone. */
dseg_status dseg_image_set_add_list(dseg_image_set *set, dseg_view images, uint32_t *list, dseg_error *error);

/* Adds what Referenced Series Sequence (0008,1115) and Studies Containing Other Referenced Instances Sequence
 * (0008,1200) name (PS3.3 C.12.2). */
dseg_status dseg_image_set_add_series(dseg_image_set *set, const dseg_elements *elements, dseg_error *error);

/* Marks the images that Source Image Sequence (0008,2112) of the object itself names as former ones, if all of them are
 * listed in another study than the object's and nothing else is said of them: *all. */
dseg_status dseg_image_set_mark_former(dseg_image_set *set, const dseg_elements *elements, bool *all,
                                       dseg_error *error);

/* image_lists.c. Gives the description what was collected, images of one plane one after the other; where planes have
 * the number of a list as source_count, it becomes the count. */
dseg_status dseg_image_set_finish(dseg_image_set *set, dseg_error *error);

void dseg_image_set_free(dseg_image_set *set);

#endif
