/* SPDX-License-Identifier: Apache-2.0 */
/* frames.c - one pass over Shared and Per-Frame Functional Groups (PS3.3 C.7.6.16): each item goes through the checks
 * of groups, geometry and references, and what must be compared between frames is kept in columns. */
#include <stdlib.h>
#include <string.h>

#include "dicom/scanner.h"
#include "validate/groups.h"
#include "validate/structure.h"

#define WINDOW ((size_t)1 << 18)
#define SHARED DSEG_TAG(0x5200, 0x9229)
#define PER_FRAME DSEG_TAG(0x5200, 0x9230)

/* One dimension's index in one frame, and what it stands for. */
struct indexed {
  uint64_t value; /* hash of the attribute's value */
  uint32_t index;
  uint32_t frame;
};

struct pass {
  dseg_check *check;
  dseg_group_set shared;
  dseg_reference_list references;
  dseg_buffer places;                       /* dseg_frame_place by frame */
  dseg_buffer inspected;                    /* dseg_inspected_frame by frame, for an experimental representation */
  dseg_buffer indices[DSEG_DIMENSIONS_MAX]; /* struct indexed, of frames that have both */
  bool pointed[DSEG_DIMENSIONS_MAX];        /* the attribute was met */
  bool placed_without_reference;            /* a frame has a position */
  size_t frames;
};

static dseg_status keep(struct pass *pass, dseg_buffer *column, const void *entry, size_t size, dseg_error *error) {
  if (column->size > pass->check->memory_limit / 8) {
    return dseg_fail(error, DSEG_ERROR_LIMIT, "what is kept of frames exceeds the memory limit");
  }
  return dseg_buffer_append(column, entry, size, error);
}

/* A value to compare: numbers of decimal strings to 1e-4, so that 1 is 1.0; other values byte by byte. */
static uint64_t comparable(const dseg_element *element) {
  int64_t numbers[6] = {0};
  double number;
  size_t count = 0;
  while (element->vr[0] == 'D' && element->vr[1] == 'S' && count < 6 && dseg_element_decimal(element, count, &number) &&
         number > -1e12 && number < 1e12) {
    numbers[count++] = (int64_t)(number * 1e4 + (number < 0 ? -0.5 : 0.5));
  }
  return count > 0 ? dseg_hash((dseg_view){(const uint8_t *)numbers, sizeof numbers}) : dseg_hash(element->value);
}

/* The attribute that a dimension points at, in the group named, or a group itself. */
static dseg_element find_indexed(const struct pass *pass, const dseg_group_set *own, size_t dimension) {
  const uint32_t pointer = pass->check->facts.dimensions[dimension].pointer;
  const uint32_t group = pass->check->facts.dimensions[dimension].group;
  const dseg_elements *both[2] = {&own->elements, &pass->shared.elements};
  for (size_t i = 0; i < 2; i++) {
    if (group == 0) {
      const dseg_element element = dseg_get(both[i], pointer);
      if (element.tag != 0) {
        return element;
      }
      continue;
    }
    for (dseg_items items = dseg_items_of(both[i], group); dseg_items_next(&items);) {
      const dseg_element element = dseg_get(&items.item, pointer);
      if (element.tag != 0) {
        return element;
      }
    }
  }
  return (dseg_element){0};
}

static dseg_status keep_indices(struct pass *pass, const dseg_group_set *own, dseg_error *error) {
  const dseg_elements *content = dseg_group_item(own, &pass->shared, DSEG_GROUP_CONTENT);
  const dseg_element values = content != NULL ? dseg_get(content, DSEG_TAG(0x0020, 0x9157)) : (dseg_element){0};
  for (size_t i = 0; i < pass->check->facts.dimension_count; i++) {
    const dseg_element element = find_indexed(pass, own, i);
    struct indexed entry = {.frame = (uint32_t)own->number};
    if (element.tag == 0) {
      continue;
    }
    pass->pointed[i] = true;
    entry.value = comparable(&element);
    if (content != NULL && dseg_element_u32(content, &values, i, &entry.index) && entry.index != 0) {
      DSEG_TRY(keep(pass, &pass->indices[i], &entry, sizeof entry, error));
    }
  }
  return DSEG_OK;
}

static dseg_status keep_inspected(struct pass *pass, const dseg_group_set *own, const dseg_frame_place *place,
                                  dseg_error *error) {
  const dseg_representation *experimental = pass->check->facts.experimental;
  if (experimental == NULL || experimental->inspect == NULL) {
    return DSEG_OK;
  }
  dseg_inspected_frame frame = {.has_position = place->has_position};
  const dseg_elements *segment = dseg_group_item(own, &pass->shared, DSEG_GROUP_SEGMENT);
  uint16_t number;
  memcpy(frame.position, place->position, sizeof frame.position);
  if (segment != NULL && dseg_get_u16(segment, DSEG_TAG(0x0062, 0x000B), &number)) {
    frame.segment = number;
  }
  return keep(pass, &pass->inspected, &frame, sizeof frame, error);
}

static dseg_status check_frame(struct pass *pass, const dseg_elements *item, dseg_error *error) {
  dseg_check *check = pass->check;
  dseg_group_set own;
  dseg_frame_place place;
  const dseg_place sequence = dseg_at(PER_FRAME);
  pass->frames++;
  dseg_check_readable(check, item, sequence, pass->frames);
  dseg_read_groups(item, sequence, pass->frames, &own);
  dseg_check_groups(check, &own);
  dseg_check_group_presence(check, &own, &pass->shared);
  dseg_check_derivation(check, &own, &pass->references);
  dseg_read_frame_place(&own, &pass->shared, &place);
  pass->placed_without_reference = pass->placed_without_reference || place.has_position;
  DSEG_TRY(keep(pass, &pass->places, &place, sizeof place, error));
  DSEG_TRY(keep_inspected(pass, &own, &place, error));
  return keep_indices(pass, &own, error);
}

/* A file that cannot be read says nothing about the object. */
static bool is_no_finding(dseg_status status) {
  return status == DSEG_ERROR_INPUT || status == DSEG_ERROR_MEMORY;
}

/* The items one after the other, each whole in memory. */
static dseg_status each_frame(struct pass *pass, dseg_scanner *scanner, dseg_buffer *bytes, dseg_error *error) {
  dseg_check *check = pass->check;
  while (dseg_scanner_left(scanner) > 0) {
    dseg_header header = {0};
    uint64_t length;
    dseg_error own = {0};
    dseg_status status = dseg_scanner_header(scanner, &header, &own);
    if (is_no_finding(status)) {
      return dseg_fail(error, status, "%s", own.message);
    }
    if (status != DSEG_OK || header.tag != DSEG_TAG_ITEM) {
      if (status != DSEG_OK || header.tag != DSEG_TAG_SEQUENCE_END) {
        dseg_found(check, DSEG_RULE_STRUCTURE, dseg_at(PER_FRAME), "has no item behind item %zu", pass->frames);
      }
      return DSEG_OK;
    }
    const uint64_t begin = dseg_scanner_position(scanner);
    status = dseg_scanner_skip_item(scanner, &header, &length, &own);
    if (is_no_finding(status)) {
      return dseg_fail(error, status, "%s", own.message);
    }
    if (status != DSEG_OK) {
      dseg_found(check, DSEG_RULE_STRUCTURE, dseg_at(PER_FRAME), "item %zu cannot be read to its end",
                 pass->frames + 1);
      return DSEG_OK;
    }
    if (length > check->memory_limit) {
      return dseg_fail(error, DSEG_ERROR_LIMIT, "the groups of frame %zu exceed the memory limit", pass->frames + 1);
    }
    DSEG_TRY(dseg_buffer_resize(bytes, (size_t)length, error));
    if (length > 0) {
      DSEG_TRY(dseg_input_read(check->file.input, begin, bytes->data, (size_t)length, error));
    }
    const dseg_elements item = {{bytes->data, (size_t)length}, scanner->implicit_vr, scanner->big_endian};
    DSEG_TRY(check_frame(pass, &item, error));
  }
  return DSEG_OK;
}

static dseg_status check_per_frame(struct pass *pass, dseg_error *error) {
  const dseg_located *located = &pass->check->file.per_frame;
  const dseg_header header = {.vr = {located->vr[0], located->vr[1]}};
  dseg_scanner scanner;
  dseg_buffer bytes = {0};
  if (!located->present) {
    return DSEG_OK;
  }
  DSEG_TRY(dseg_scanner_open(&scanner, pass->check->file.input, located->value_offset,
                             located->value_offset + located->value_length, WINDOW, error));
  scanner.implicit_vr = pass->check->top->implicit_vr;
  scanner.big_endian = pass->check->top->big_endian;
  dseg_scanner_enter(&scanner, &header);
  const dseg_status status = each_frame(pass, &scanner, &bytes, error);
  dseg_buffer_free(&bytes);
  dseg_scanner_close(&scanner);
  return status;
}

static void check_counts(const struct pass *pass) {
  dseg_check *check = pass->check;
  const dseg_facts *facts = &check->facts;
  const size_t shared_items = dseg_count_items(check->top, SHARED);
  if (shared_items != 1 && !(shared_items == 0 && (facts->replaces & DSEG_REPLACES_SHARED_GROUPS) != 0)) {
    dseg_found(check, DSEG_RULE_SHARED_GROUPS, dseg_at(SHARED), "has %zu items, must have one", shared_items);
  }
  const bool has_frame_groups = check->file.per_frame.present;
  if (!has_frame_groups && !facts->tiled_full && (facts->replaces & DSEG_REPLACES_FRAME_GROUPS) == 0) {
    dseg_found(check, DSEG_RULE_PER_FRAME_GROUPS, dseg_at(PER_FRAME), "is missing");
  } else if (has_frame_groups && facts->frames != 0 && pass->frames != facts->frames &&
             !(facts->tiled_full && pass->frames == 0)) {
    dseg_found(check, DSEG_RULE_PER_FRAME_COUNT, dseg_at(PER_FRAME), "has %zu items for %llu frames", pass->frames,
               (unsigned long long)facts->frames);
  }
  if (pass->shared.groups[DSEG_GROUP_CONTENT].present) {
    dseg_found(check, DSEG_RULE_FRAME_CONTENT_SHARED, dseg_group_place(&pass->shared, DSEG_GROUP_CONTENT),
               "is a shared group");
  }
  if (pass->placed_without_reference && !facts->has_frame_of_reference) {
    dseg_found(check, DSEG_RULE_FRAME_OF_REFERENCE, dseg_at(DSEG_TAG(0x0020, 0x0052)),
               "is missing, frames have a position");
  }
}

static int compare_index(const void *a, const void *b) {
  const struct indexed *x = a;
  const struct indexed *y = b;
  return x->index != y->index ? (x->index < y->index ? -1 : 1) : (x->frame > y->frame) - (x->frame < y->frame);
}

static int compare_value(const void *a, const void *b) {
  const struct indexed *x = a;
  const struct indexed *y = b;
  return x->value != y->value ? (x->value < y->value ? -1 : 1) : (x->frame > y->frame) - (x->frame < y->frame);
}

/* Each index must map to one value and back. Reports the first two frames that disagree. */
static void check_indices(struct pass *pass, size_t dimension) {
  dseg_check *check = pass->check;
  struct indexed *entries = (void *)pass->indices[dimension].data;
  const size_t count = pass->indices[dimension].size / sizeof *entries;
  const uint32_t pointer = check->facts.dimensions[dimension].pointer;
  const dseg_place place = dseg_in(dseg_at(DSEG_TAG(0x0020, 0x9222)), dimension + 1, DSEG_TAG(0x0020, 0x9165));
  if (!pass->pointed[dimension]) {
    if (pointer != 0 && pass->frames > 0 && !check->facts.tiled_full &&
        check->findings[DSEG_RULE_DIMENSION_GROUP] == 0) {
      dseg_found(check, DSEG_RULE_DIMENSION_POINTER, place, "points at (%04X,%04X), which no frame has",
                 (unsigned)(pointer >> 16), (unsigned)(pointer & 0xFFFFu));
    }
    return;
  }
  for (int by_value = 0; by_value < 2; by_value++) {
    if (count > 0) {
      qsort(entries, count, sizeof *entries, by_value ? compare_value : compare_index);
    }
    for (size_t i = 1; i < count; i++) {
      const bool same_index = entries[i].index == entries[i - 1].index;
      const bool same_value = entries[i].value == entries[i - 1].value;
      if ((by_value ? same_value : same_index) && same_index != same_value) {
        dseg_found(check, DSEG_RULE_DIMENSION_CONSISTENT, place,
                   "(%04X,%04X) of frames %u and %u is %s, their indices are %u and %u", (unsigned)(pointer >> 16),
                   (unsigned)(pointer & 0xFFFFu), (unsigned)entries[i - 1].frame, (unsigned)entries[i].frame,
                   same_value ? "the same" : "not the same", (unsigned)entries[i - 1].index,
                   (unsigned)entries[i].index);
        return;
      }
    }
  }
}

static dseg_status run(struct pass *pass, dseg_error *error) {
  dseg_check *check = pass->check;
  dseg_read_groups(&check->facts.shared, dseg_at(SHARED), 1, &pass->shared);
  DSEG_TRY(dseg_read_reference_list(check, &pass->references, error));
  dseg_check_slide(check);
  dseg_check_groups(check, &pass->shared);
  dseg_check_derivation(check, &pass->shared, &pass->references);
  DSEG_TRY(check_per_frame(pass, error));
  check_counts(pass);
  dseg_check_reference_use(check, &pass->references);
  for (size_t i = 0; i < check->facts.dimension_count; i++) {
    check_indices(pass, i);
  }
  DSEG_TRY(dseg_check_planes(check, (const void *)pass->places.data, pass->frames, error));
  return dseg_check_proposal(check, (const void *)pass->inspected.data,
                             pass->inspected.size / sizeof(dseg_inspected_frame), error);
}

dseg_status dseg_check_frames(dseg_check *check, dseg_error *error) {
  struct pass pass = {.check = check};
  const dseg_status status = run(&pass, error);
  dseg_buffer_free(&pass.places);
  dseg_buffer_free(&pass.inspected);
  dseg_buffer_free(&pass.references.hashes);
  dseg_buffer_free(&pass.references.uses);
  for (size_t i = 0; i < DSEG_DIMENSIONS_MAX; i++) {
    dseg_buffer_free(&pass.indices[i]);
  }
  return status;
}
