/* SPDX-License-Identifier: Apache-2.0 */
/* kept_description.c - changes to what a description keeps: an attribute that does not hold any more, and several
 * objects that become one. */
#include <string.h>

#include "dicom/element_writer.h"
#include "dicom/keep.h"

#define CONTRIBUTING DSEG_TAG(0x0018, 0xA001)

static bool same_bytes(dseg_view a, dseg_view b) {
  return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

static bool same_text(const char *a, const char *b) {
  return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static dseg_status take_dropped(dseg_tag_list *list, const dseg_description *description, dseg_error *error) {
  for (size_t i = 0; i < description->dropped_count; i++) {
    DSEG_TRY(dseg_tag_list_add(list, description->dropped[i], error));
  }
  return DSEG_OK;
}

dseg_status dseg_set_dropped(dseg_description *description, const dseg_tag_list *list, dseg_error *error) {
  uint32_t *tags = list->count > 0 ? dseg_description_alloc(description, list->count * sizeof *tags) : NULL;
  if (tags == NULL && list->count > 0) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu tags", list->count);
  }
  if (tags != NULL) {
    memcpy(tags, list->items, list->count * sizeof *tags);
  }
  description->dropped = tags;
  description->dropped_count = list->count;
  return DSEG_OK;
}

/* Appends all elements but some, whose tags are added to dropped (NULL: not). */
static dseg_status copy_others(dseg_view attributes, const dseg_tag_choice *choice, dseg_tag_list *dropped,
                               dseg_buffer *out, dseg_error *error) {
  const dseg_elements kept = dseg_kept_elements(attributes);
  size_t begin = 0;
  size_t end = 0;
  dseg_element element;
  DSEG_TRY(dseg_elements_next(&kept, &end, &element, error));
  while (element.tag != 0) {
    if (!choice->is_chosen(choice->user, element.tag)) {
      DSEG_TRY(dseg_buffer_append(out, attributes.data + begin, end - begin, error));
    } else if (dropped != NULL) {
      DSEG_TRY(dseg_tag_list_add(dropped, element.tag, error));
    }
    begin = end;
    DSEG_TRY(dseg_elements_next(&kept, &end, &element, error));
  }
  return DSEG_OK;
}

dseg_status dseg_drop_attributes(dseg_description *description, const dseg_tag_choice *choice, bool *found,
                                 dseg_error *error) {
  dseg_buffer others = {0};
  dseg_tag_list list = {0};
  dseg_status status = copy_others(description->attributes, choice, &list, &others, error);
  *found = list.count > 0;
  if (status == DSEG_OK && *found) {
    status = dseg_keep_bytes(description, &others, &description->attributes, error);
  }
  if (status == DSEG_OK && *found) {
    status = take_dropped(&list, description, error);
  }
  if (status == DSEG_OK && *found) {
    status = dseg_set_dropped(description, &list, error);
  }
  dseg_tag_list_free(&list);
  dseg_buffer_free(&others);
  return status;
}

static bool is_tag(const void *user, uint32_t tag) {
  return *(const uint32_t *)user == tag;
}

dseg_status dseg_remove_attribute(dseg_description *description, uint32_t tag, dseg_error *error) {
  const dseg_tag_choice choice = {is_tag, &tag};
  dseg_buffer others = {0};
  dseg_status status = copy_others(description->attributes, &choice, NULL, &others, error);
  if (status == DSEG_OK) {
    status = dseg_keep_bytes(description, &others, &description->attributes, error);
  }
  dseg_buffer_free(&others);
  return status;
}

dseg_status dseg_description_drop(dseg_description *description, uint32_t tag, bool *found, dseg_error *error) {
  dseg_error_clear(error);
  const dseg_tag_choice choice = {is_tag, &tag};
  return dseg_drop_attributes(description, &choice, found, error);
}

static dseg_status has_item(const dseg_elements *in, const dseg_element *sequence, dseg_view bytes, bool *has,
                            dseg_error *error) {
  dseg_elements item;
  size_t offset = 0;
  bool more;
  *has = false;
  DSEG_TRY(dseg_sequence_next(in, sequence, &offset, &item, &more, error));
  while (more && !*has) {
    *has = same_bytes(item.bytes, bytes);
    DSEG_TRY(dseg_sequence_next(in, sequence, &offset, &item, &more, error));
  }
  return DSEG_OK;
}

/* The makers of both, each once. */
static dseg_status join_equipment(dseg_view a, dseg_view b, dseg_buffer *out, dseg_error *error) {
  const dseg_elements in_a = dseg_kept_elements(a);
  const dseg_elements in_b = dseg_kept_elements(b);
  dseg_element of_a;
  dseg_element of_b;
  dseg_elements item;
  size_t offset = 0;
  bool more;
  DSEG_TRY(dseg_elements_find(&in_a, CONTRIBUTING, &of_a, error));
  DSEG_TRY(dseg_elements_find(&in_b, CONTRIBUTING, &of_b, error));
  if (of_a.tag == 0 && of_b.tag == 0) {
    return DSEG_OK;
  }
  dseg_element_writer writer = {out, false, DSEG_OK, error};
  const size_t mark = dseg_write_begin_sequence(&writer, CONTRIBUTING);
  dseg_write_raw(&writer, of_a.value.data, of_a.value.size);
  DSEG_TRY(dseg_sequence_next(&in_b, &of_b, &offset, &item, &more, error));
  while (more) {
    bool has = false;
    DSEG_TRY(has_item(&in_a, &of_a, item.bytes, &has, error));
    if (!has) {
      const size_t begin = dseg_write_begin_item(&writer);
      dseg_write_raw(&writer, item.bytes.data, item.bytes.size);
      dseg_write_end(&writer, begin);
    }
    DSEG_TRY(dseg_sequence_next(&in_b, &of_b, &offset, &item, &more, error));
  }
  dseg_write_end(&writer, mark);
  return writer.status;
}

/* Puts elements with one tag in where they belong among others. */
static dseg_status insert(const dseg_buffer *elements, uint32_t tag, const dseg_buffer *others, dseg_buffer *out,
                          dseg_error *error) {
  const dseg_elements kept = dseg_kept_elements((dseg_view){others->data, others->size});
  size_t place = 0;
  size_t end = 0;
  dseg_element element;
  DSEG_TRY(dseg_elements_next(&kept, &end, &element, error));
  while (element.tag != 0 && element.tag < tag) {
    place = end;
    DSEG_TRY(dseg_elements_next(&kept, &end, &element, error));
  }
  DSEG_TRY(dseg_buffer_append(out, others->data, place, error));
  DSEG_TRY(dseg_buffer_append(out, elements->data, elements->size, error));
  return dseg_buffer_append(out, others->data + place, others->size - place, error);
}

/* The chosen elements of from, which follow each other, where those of kept stood. */
static dseg_status replace_elements(dseg_view kept, dseg_view from, const dseg_tag_choice *choice, dseg_buffer *chosen,
                                    dseg_buffer *others, dseg_buffer *all, dseg_error *error) {
  const dseg_elements elements = dseg_kept_elements(from);
  uint32_t first = 0;
  size_t begin = 0;
  size_t end = 0;
  dseg_element element;
  DSEG_TRY(dseg_elements_next(&elements, &end, &element, error));
  while (element.tag != 0) {
    if (choice->is_chosen(choice->user, element.tag)) {
      first = first == 0 ? element.tag : first;
      DSEG_TRY(dseg_buffer_append(chosen, from.data + begin, end - begin, error));
    }
    begin = end;
    DSEG_TRY(dseg_elements_next(&elements, &end, &element, error));
  }
  DSEG_TRY(copy_others(kept, choice, NULL, others, error));
  return insert(chosen, first, others, all, error);
}

dseg_status dseg_replace_elements(dseg_description *description, dseg_view *kept, dseg_view from,
                                  const dseg_tag_choice *choice, dseg_error *error) {
  dseg_buffer chosen = {0};
  dseg_buffer others = {0};
  dseg_buffer all = {0};
  dseg_status status = replace_elements(*kept, from, choice, &chosen, &others, &all, error);
  if (status == DSEG_OK) {
    status = dseg_keep_bytes(description, &all, kept, error);
  }
  dseg_buffer_free(&chosen);
  dseg_buffer_free(&others);
  dseg_buffer_free(&all);
  return status;
}

static dseg_status join_context(dseg_description *description, dseg_buffer *equipment, dseg_buffer *others,
                                dseg_buffer *all, dseg_error *error) {
  const uint32_t contributing = CONTRIBUTING;
  const dseg_tag_choice choice = {is_tag, &contributing};
  DSEG_TRY(join_equipment(description->context, description->attributes, equipment, error));
  DSEG_TRY(copy_others(description->attributes, &choice, NULL, others, error));
  DSEG_TRY(insert(equipment, CONTRIBUTING, others, all, error));
  return dseg_keep_bytes(description, all, &description->attributes, error);
}

dseg_status dseg_join_makers(dseg_description *description, dseg_error *error) {
  const dseg_elements kept = dseg_kept_elements(description->attributes);
  dseg_element element;
  DSEG_TRY(dseg_elements_find(&kept, CONTRIBUTING, &element, error));
  if (element.tag == 0) {
    return DSEG_OK;
  }
  dseg_buffer equipment = {0};
  dseg_buffer others = {0};
  dseg_buffer all = {0};
  const dseg_status status = join_context(description, &equipment, &others, &all, error);
  dseg_buffer_free(&equipment);
  dseg_buffer_free(&others);
  dseg_buffer_free(&all);
  return status;
}

/* What is said of frames is dropped: those of several objects are others. */
static dseg_status drop_frames(const dseg_description *description, dseg_tag_list *dropped, dseg_error *error) {
  const dseg_elements nothing = {.bytes = {0}};
  bool same;
  for (size_t i = 0; i < description->frame_count; i++) {
    const dseg_view attributes = description->frames[i].attributes;
    if (i == 0 || attributes.data != description->frames[i - 1].attributes.data) {
      const dseg_elements kept = dseg_kept_elements(attributes);
      DSEG_TRY(dseg_same_elements(&kept, &nothing, dropped, &same, error));
    }
  }
  const dseg_elements shared = dseg_kept_elements(description->shared_attributes);
  return dseg_same_elements(&shared, &nothing, dropped, &same, error);
}

dseg_status dseg_description_drop_frames(dseg_description *description, dseg_error *error) {
  dseg_error_clear(error);
  dseg_tag_list list = {0};
  dseg_status status = take_dropped(&list, description, error);
  if (status == DSEG_OK) {
    status = drop_frames(description, &list, error);
  }
  if (status == DSEG_OK) {
    status = dseg_set_dropped(description, &list, error);
  }
  if (status == DSEG_OK) {
    description->frame_count = 0;
    description->shared_attributes = (dseg_view){0};
  }
  dseg_tag_list_free(&list);
  return status;
}

struct joining {
  dseg_tag_list dropped;
  dseg_buffer of_into, of_other; /* attributes but Contributing Equipment Sequence */
  dseg_buffer equipment, common, all;
};

static dseg_status join_attributes(dseg_description *into, const dseg_description *other, struct joining *joining,
                                   dseg_error *error) {
  const uint32_t contributing = CONTRIBUTING;
  const dseg_tag_choice equipment = {is_tag, &contributing};
  DSEG_TRY(copy_others(into->attributes, &equipment, NULL, &joining->of_into, error));
  DSEG_TRY(copy_others(other->attributes, &equipment, NULL, &joining->of_other, error));
  DSEG_TRY(dseg_keep_common((dseg_view){joining->of_into.data, joining->of_into.size},
                            (dseg_view){joining->of_other.data, joining->of_other.size}, &joining->dropped,
                            &joining->common, error));
  DSEG_TRY(join_equipment(into->attributes, other->attributes, &joining->equipment, error));
  DSEG_TRY(insert(&joining->equipment, CONTRIBUTING, &joining->common, &joining->all, error));
  return dseg_keep_bytes(into, &joining->all, &into->attributes, error);
}

static bool same_image(const dseg_instance_reference *a, const dseg_instance_reference *b) {
  return a->frame == b->frame && same_text(a->sop_instance_uid, b->sop_instance_uid);
}

/* The images that a plane was drawn on. */
static dseg_references images_of(const dseg_description *description, size_t plane) {
  const dseg_references *all = &description->references;
  const dseg_plane_position *place = &description->geometry.planes[plane];
  const size_t count = place->source_count > 1 ? place->source_count : 1;
  const bool has =
      place->source >= 0 && (size_t)place->source < all->count && count <= all->count - (size_t)place->source;
  return has ? (dseg_references){.instances = all->instances + place->source, .count = count}
             : (dseg_references){.count = 0};
}

/* Whether all images of one are among those of another, which has them in the same order more often than not. */
static bool has_images(const dseg_references *all, const dseg_references *some) {
  size_t at = 0;
  bool has = true;
  for (size_t i = 0; has && i < some->count; i++) {
    has = false;
    for (size_t tried = 0; !has && tried < all->count; tried++) {
      has = same_image(&all->instances[at], &some->instances[i]);
      at = at + 1 < all->count ? at + 1 : 0;
    }
  }
  return has;
}

/* References are those of the first: what others refer to besides is dropped. */
static dseg_status compare_references(const dseg_description *into, const dseg_description *other,
                                      dseg_tag_list *dropped, dseg_error *error) {
  if (!has_images(&into->references, &other->references)) {
    DSEG_TRY(dseg_tag_list_add(dropped, DSEG_TAG(0x0008, 0x1115), error));
  }
  bool same = into->references.shared == other->references.shared &&
              same_bytes(into->references.derivation, other->references.derivation);
  for (size_t i = 0; same && i < into->geometry.plane_count && i < other->geometry.plane_count; i++) {
    const dseg_references a = images_of(into, i);
    const dseg_references b = images_of(other, i);
    same = b.count == 0 ||
           (a.count > 0 && has_images(&a, &b) && same_bytes(a.instances->derivation, b.instances->derivation));
  }
  return same ? DSEG_OK : dseg_tag_list_add(dropped, DSEG_TAG(0x0008, 0x9124), error);
}

dseg_status dseg_description_agree(dseg_description *into, const dseg_description *other, dseg_error *error) {
  dseg_error_clear(error);
  struct joining joining = {0};
  dseg_status status = take_dropped(&joining.dropped, into, error);
  if (status == DSEG_OK) {
    status = take_dropped(&joining.dropped, other, error);
  }
  if (status == DSEG_OK) {
    status = join_attributes(into, other, &joining, error);
  }
  if (status == DSEG_OK) {
    status = compare_references(into, other, &joining.dropped, error);
  }
  if (status == DSEG_OK) {
    status = drop_frames(into, &joining.dropped, error);
  }
  if (status == DSEG_OK) {
    status = drop_frames(other, &joining.dropped, error);
  }
  if (status == DSEG_OK) {
    status = dseg_set_dropped(into, &joining.dropped, error);
  }
  if (status == DSEG_OK) {
    into->frame_count = 0;
    into->shared_attributes = (dseg_view){0};
  }
  dseg_tag_list_free(&joining.dropped);
  dseg_buffer_free(&joining.of_into);
  dseg_buffer_free(&joining.of_other);
  dseg_buffer_free(&joining.equipment);
  dseg_buffer_free(&joining.common);
  dseg_buffer_free(&joining.all);
  return status;
}
