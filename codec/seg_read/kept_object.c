/* SPDX-License-Identifier: Apache-2.0 */
/* kept_object.c - sorts the top-level attributes of an object into those that a copy keeps, those that are said
 * elsewhere or made anew, and those that do not hold any more. What is in none of the tables is kept. */
#include "seg_read/kept_object.h"

#include <string.h>

#include "dicom/context.h"
#include "model/private_elements.h"
#include "seg_read/kept_segment.h"

/* Made anew for each object, or read into members of the description; ascending. */
static const uint32_t made_anew[] = {
    0x00080005,                                     /* Specific Character Set */
    0x00080008,                                     /* Image Type */
    0x00080012,                                     /* Instance Creation Date, Time, Creator, Coercion */
    0x00080013, 0x00080014, 0x00080015, 0x00080016, /* SOP Class UID, SOP Instance UID */
    0x00080018, 0x00080021,                         /* Series Date, Content Date, Series Time, Content Time */
    0x00080023, 0x00080031, 0x00080033, 0x00080060, /* Modality */
    0x00080070,             /* equipment, kept in Contributing Equipment Sequence: kept_equipment.c */
    0x00081010, 0x0008103E, /* Series Description */
    0x00081090, 0x00081115, /* Referenced Series, Studies Containing Other Referenced Instances */
    0x00081200, 0x00180015, /* Body Part Examined */
    0x00181000, 0x00181002, 0x0018100A, 0x0018100B, 0x00181020, 0x00181050, 0x00181200,
    0x00181201, 0x00181204, 0x00181205, 0x0018A001, 0x0020000E, /* Series Instance UID, Series Number, Instance Number
                                                                 */
    0x00200011, 0x00200013, 0x00200242,                         /* concatenation */
    0x00209161, 0x00209162, 0x00209163, 0x00209221,             /* dimensions */
    0x00209222, 0x00209228, 0x00209311, 0x00280002,             /* pixels */
    0x00280004, 0x00280008, 0x00280010, 0x00280011, 0x00280100, 0x00280101, 0x00280102,
    0x00280103, 0x00280120, 0x00281101, /* palette */
    0x00281102, 0x00281103, 0x00281199, 0x00281201, 0x00281202, 0x00281203, 0x00281221,
    0x00281222, 0x00281223, 0x00282000, 0x00282002, 0x00480006, /* total pixel matrix, and how it is tiled */
    0x00480007, 0x00480008, 0x00480102, 0x00480302, 0x00480303, 0x00620001, /* segmentation */
    0x00620002, 0x0062000E, 0x00620010, 0x00620013, 0x00700080, /* Content Label, Description, Creator's Name */
    0x00700081, 0x00700084, 0x52009229,                         /* functional groups: kept_groups.c */
    0x52009230, 0x7FE00001,                                     /* Extended Offset Table, and Pixel Data */
    0x7FE00002, 0x7FE00003, 0x7FE00010,
};

/* What was true of that instance, its place in an archive or its stored pixels alone. */
static const uint32_t of_the_instance[] = {
    0x0008001A,             /* Related General SOP Class UID */
    0x0008001B,             /* Original Specialized SOP Class UID */
    0x00080054,             /* Retrieve AE Title */
    0x00080055,             /* Station AE Title */
    0x00080056,             /* Instance Availability */
    0x00080201,             /* Timezone Offset From UTC: dates and times of the copy are local */
    0x00081190,             /* Retrieve URL */
    0x00083002,             /* Available Transfer Syntax UID */
    0x00180050,             /* geometry, which functional groups have */
    0x00180088, 0x00181008, /* Gantry ID */
    0x00200032, 0x00200037, 0x00201041, 0x4FFE0001, /* MAC Parameters Sequence */
    0xFFFAFFFA,                                     /* Digital Signatures Sequence */
    0xFFFCFFFC,                                     /* Data Set Trailing Padding */
};

/* Of group 0028, which describes pixels, what describes the picture. */
static const uint32_t of_the_picture[] = {
    0x00280301, /* Burned In Annotation */
    0x00280302, /* Recognizable Visual Features */
    0x00280303, /* Longitudinal Temporal Information Modified */
};

static bool has(const uint32_t *tags, size_t count, uint32_t tag) {
  for (size_t i = 0; i < count; i++) {
    if (tags[i] == tag) {
      return true;
    }
  }
  return false;
}
#define HAS(tags, tag) has(tags, sizeof(tags) / sizeof((tags)[0]), tag)

/* Overlays and curves lie on the picture of one instance (PS3.3 C.9.2). */
static bool is_repeating_group(uint32_t group) {
  return (group & 1u) == 0 && ((group & 0xFF00u) == 0x6000 || (group & 0xFF00u) == 0x5000);
}

static dseg_keep_choice choose(const void *user, uint32_t tag) {
  const uint32_t group = tag >> 16;
  (void)user;
  if (group <= 0x0002 || dseg_context_carries(tag) || HAS(made_anew, tag)) {
    return DSEG_KEEP_NOT;
  }
  const bool of_pixels = (group == 0x0028 && !HAS(of_the_picture, tag)) || group == 0x7FE0 || group == 0x5400;
  return of_pixels || is_repeating_group(group) || HAS(of_the_instance, tag) ? DSEG_KEEP_NAME : DSEG_KEEP_COPY;
}

/* The position of the first element with a greater tag. */
static dseg_status find_place(const dseg_buffer *bytes, uint32_t tag, size_t *place, dseg_error *error) {
  const dseg_elements kept = dseg_kept_elements((dseg_view){bytes->data, bytes->size});
  size_t offset = 0;
  dseg_element element;
  do {
    *place = offset;
    DSEG_TRY(dseg_elements_next(&kept, &offset, &element, error));
  } while (element.tag != 0 && element.tag < tag);
  return DSEG_OK;
}

/* Puts bytes in at a place of another buffer. */
static dseg_status insert(dseg_buffer *into, size_t place, const dseg_buffer *bytes, dseg_error *error) {
  DSEG_TRY(dseg_buffer_reserve(into, bytes->size, error));
  if (bytes->size > 0) {
    memmove(into->data + place + bytes->size, into->data + place, into->size - place);
    memcpy(into->data + place, bytes->data, bytes->size);
    into->size += bytes->size;
  }
  return DSEG_OK;
}

static dseg_status collect(const dseg_part10 *part10, const dseg_representation *representation, dseg_tag_list *dropped,
                           dseg_buffer *bytes, dseg_buffer *equipment, dseg_error *error) {
  const dseg_keep_rule rule = {
      choose, NULL, {DSEG_PROPOSALS_CREATOR, representation->private_creator}, representation->other_creators};
  size_t place;
  DSEG_TRY(dseg_keep_elements(&part10->elements, &part10->character_set, &rule, dropped, bytes, error));
  DSEG_TRY(dseg_keep_equipment(part10, dropped, equipment, error));
  if (equipment->size == 0) {
    return DSEG_OK;
  }
  DSEG_TRY(find_place(bytes, DSEG_TAG(0x0018, 0xA001), &place, error));
  return insert(bytes, place, equipment, error);
}

/* The top-level attributes of one file; the caller frees bytes. */
static dseg_status collect_object(const dseg_part10 *part10, const dseg_representation *representation,
                                  dseg_tag_list *dropped, dseg_buffer *bytes, dseg_error *error) {
  dseg_buffer equipment = {0};
  const dseg_status status = collect(part10, representation, dropped, bytes, &equipment, error);
  dseg_buffer_free(&equipment);
  return status;
}

static dseg_status keep_segments(const dseg_part10 *part10, dseg_description *description, dseg_tag_list *dropped,
                                 dseg_error *error) {
  const dseg_elements *object = &part10->elements;
  dseg_element sequence;
  dseg_elements item;
  size_t offset = 0;
  bool more;
  DSEG_TRY(dseg_elements_find(object, DSEG_TAG(0x0062, 0x0002), &sequence, error));
  DSEG_TRY(dseg_sequence_next(object, &sequence, &offset, &item, &more, error));
  while (more) {
    dseg_element element;
    uint16_t number = 0;
    DSEG_TRY(dseg_elements_find(&item, DSEG_TAG(0x0062, 0x0004), &element, error));
    (void)dseg_element_u16(&item, &element, 0, &number);
    const ptrdiff_t index = dseg_description_find_segment(description, number);
    if (index >= 0) {
      DSEG_TRY(
          dseg_keep_segment(&item, &part10->character_set, dropped, description, &description->segments[index], error));
    } else if (description->has_background && number == description->background) {
      DSEG_TRY(dseg_keep_background(&item, &part10->character_set, dropped, description, error));
    } /* else it describes no segment, as the representation says, which writes it anew */
    DSEG_TRY(dseg_sequence_next(object, &sequence, &offset, &item, &more, error));
  }
  return DSEG_OK;
}

dseg_status dseg_keep_object(const dseg_part10 *part10, const dseg_representation *representation,
                             dseg_description *description, dseg_tag_list *dropped, dseg_error *error) {
  dseg_buffer bytes = {0};
  dseg_status status = collect_object(part10, representation, dropped, &bytes, error);
  if (status == DSEG_OK) {
    status = dseg_keep_bytes(description, &bytes, &description->attributes, error);
  }
  dseg_buffer_free(&bytes);
  return status == DSEG_OK ? keep_segments(part10, description, dropped, error) : status;
}

dseg_status dseg_keep_agreed(const dseg_part10 *other, const dseg_representation *representation,
                             dseg_description *description, dseg_tag_list *dropped, dseg_error *error) {
  dseg_buffer bytes = {0};
  dseg_buffer agreed = {0};
  dseg_status status = collect_object(other, representation, dropped, &bytes, error);
  if (status == DSEG_OK) {
    status = dseg_keep_common(description->attributes, (dseg_view){bytes.data, bytes.size}, dropped, &agreed, error);
  }
  if (status == DSEG_OK) {
    status = dseg_keep_bytes(description, &agreed, &description->attributes, error);
  }
  dseg_buffer_free(&bytes);
  dseg_buffer_free(&agreed);
  return status;
}
