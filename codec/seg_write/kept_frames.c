/* SPDX-License-Identifier: Apache-2.0 */
/* kept_frames.c - writes kept elements of frames again in either VR encoding, and the images of a plane into the items
 * of Source Image Sequence (0008,2112), where they were left out since they differ from plane to plane. */
#include "seg_write/kept_frames.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dicom/keep.h"

#define SOURCE_IMAGES DSEG_TAG(0x0008, 0x2112)
#define SPATIAL_LOCATIONS DSEG_TAG(0x0028, 0x135A)

/* Frames of one image in an item: their numbers, of up to 12 characters, fit a value of 65,534 bytes. */
#define FRAMES_OF_ITEM ((size_t)4096)
#define NUMBER_BYTES ((size_t)12)

static bool same_image(const dseg_instance_reference *a, const dseg_instance_reference *b) {
  return a->frame > 0 && b->frame > 0 && a->same_pixels == b->same_pixels &&
         strcmp(a->sop_instance_uid, b->sop_instance_uid) == 0;
}

dseg_image_run dseg_take_instance(dseg_image_run *run, size_t left) {
  size_t count = 1;
  while (count < FRAMES_OF_ITEM && run->count > count + left && same_image(run->images, run->images + count)) {
    count++;
  }
  const dseg_image_run taken = {run->images, count};
  *run = (dseg_image_run){run->images + count, run->count - count};
  return taken;
}

/* Referenced Frame Number (0008,1160). */
static void write_frame_numbers(dseg_element_writer *writer, dseg_image_run frames) {
  char few[16 * NUMBER_BYTES];
  char *text = frames.count <= sizeof few / NUMBER_BYTES ? few : malloc(frames.count * NUMBER_BYTES);
  size_t length = 0;
  if (text == NULL) {
    writer->status = dseg_fail(writer->error, DSEG_ERROR_MEMORY, "out of memory for %zu frame numbers", frames.count);
    return;
  }
  for (size_t i = 0; i < frames.count; i++) {
    const int added =
        snprintf(text + length, NUMBER_BYTES, "%s%u", i > 0 ? "\\" : "", (unsigned)frames.images[i].frame);
    length += added > 0 ? (size_t)added : 0;
  }
  dseg_write_text(writer, DSEG_TAG(0x0008, 0x1160), "IS", text);
  if (text != few) {
    free(text);
  }
}

void dseg_write_source_image(dseg_element_writer *writer, dseg_image_run frames, uint32_t above, uint32_t most) {
  const dseg_instance_reference *image = frames.images;
  const struct {
    uint32_t tag;
    const char *text;
  } uids[] = {{DSEG_TAG(0x0008, 0x1150), image->sop_class_uid}, {DSEG_TAG(0x0008, 0x1155), image->sop_instance_uid}};
  for (size_t i = 0; i < sizeof uids / sizeof uids[0]; i++) {
    if (uids[i].tag > above && uids[i].tag <= most) {
      dseg_write_text(writer, uids[i].tag, "UI", uids[i].text);
    }
  }
  if (image->frame > 0 && above < DSEG_TAG(0x0008, 0x1160) && most >= DSEG_TAG(0x0008, 0x1160)) {
    write_frame_numbers(writer, frames);
  }
  if (image->same_pixels && above < SPATIAL_LOCATIONS && most >= SPATIAL_LOCATIONS) {
    dseg_write_text(writer, SPATIAL_LOCATIONS, "CS", "YES");
  }
}

/* Where kept elements are copied to, and the images that items of Source Image Sequence are still to name. */
struct copy {
  dseg_element_writer *writer;
  dseg_image_run sources;
  size_t items;   /* of Source Image Sequence that follow; 0: no images are put in */
  unsigned depth; /* of sequences */
};

static dseg_status write_elements(struct copy *copy, const dseg_elements *from, const dseg_image_run *image);

static dseg_status write_items(struct copy *copy, const dseg_elements *from,  // NOLINT(misc-no-recursion)
                               const dseg_element *sequence) {
  dseg_elements item;
  size_t offset = 0;
  bool more;
  const size_t mark = dseg_write_begin_sequence(copy->writer, sequence->tag);
  const bool of_images = sequence->tag == SOURCE_IMAGES && copy->depth == 1 && copy->items > 0;
  copy->depth++;
  DSEG_TRY(dseg_sequence_next(from, sequence, &offset, &item, &more, copy->writer->error));
  while (more) {
    const size_t begin = dseg_write_begin_item(copy->writer);
    DSEG_TRY(copy->writer->status);
    if (of_images) {
      copy->items--;
      const dseg_image_run image = dseg_take_instance(&copy->sources, copy->items);
      DSEG_TRY(write_elements(copy, &item, &image));
    } else {
      DSEG_TRY(write_elements(copy, &item, NULL));
    }
    dseg_write_end(copy->writer, begin);
    DSEG_TRY(dseg_sequence_next(from, sequence, &offset, &item, &more, copy->writer->error));
  }
  copy->depth--;
  dseg_write_end(copy->writer, mark);
  return copy->writer->status;
}

static dseg_status write_one(struct copy *copy, const dseg_elements *from,  // NOLINT(misc-no-recursion)
                             const dseg_element *element) {
  if (memcmp(element->vr, "SQ", 2) == 0) {
    return write_items(copy, from, element);
  }
  const char vr[3] = {element->vr[0], element->vr[1], '\0'};
  dseg_write_element(copy->writer, element->tag, vr, element->value.data, element->value.size);
  return copy->writer->status;
}

/* image: what an item of Source Image Sequence names besides; NULL: nothing. */
static dseg_status write_elements(struct copy *copy, const dseg_elements *from,  // NOLINT(misc-no-recursion): kept
                                  const dseg_image_run *image) {  // elements are as deep as what was read
  size_t offset = 0;
  uint32_t last = 0;
  dseg_element element;
  DSEG_TRY(dseg_elements_next(from, &offset, &element, copy->writer->error));
  while (element.tag != 0) {
    if (image != NULL) {
      dseg_write_source_image(copy->writer, *image, last, element.tag);
    }
    DSEG_TRY(write_one(copy, from, &element));
    last = element.tag;
    DSEG_TRY(dseg_elements_next(from, &offset, &element, copy->writer->error));
  }
  if (image != NULL) {
    dseg_write_source_image(copy->writer, *image, last, UINT32_MAX);
  }
  return copy->writer->status;
}

/* How many items Source Image Sequence has in all items of a derivation. */
static size_t count_source_images(dseg_view derivation) {
  const dseg_elements kept = dseg_kept_elements(derivation);
  dseg_element derivations;
  dseg_element images;
  dseg_elements item;
  dseg_elements image;
  size_t count = 0;
  size_t outer = 0;
  bool more = dseg_elements_find(&kept, DSEG_TAG(0x0008, 0x9124), &derivations, NULL) == DSEG_OK;
  while (more && dseg_sequence_next(&kept, &derivations, &outer, &item, &more, NULL) == DSEG_OK && more) {
    size_t inner = 0;
    bool again = dseg_elements_find(&item, SOURCE_IMAGES, &images, NULL) == DSEG_OK;
    while (again && dseg_sequence_next(&item, &images, &inner, &image, &again, NULL) == DSEG_OK && again) {
      count++;
    }
  }
  return count;
}

bool dseg_has_kept_derivation(dseg_image_run sources) {
  if (sources.count == 0 || sources.images->derivation.size == 0) {
    return false;
  }
  size_t items = count_source_images(sources.images->derivation);
  while (items > 0 && sources.count > 0) {
    (void)dseg_take_instance(&sources, --items);
  }
  return items == 0 && sources.count == 0;
}

dseg_status dseg_write_kept_derivation(dseg_element_writer *writer, dseg_image_run sources) {
  const dseg_view derivation = sources.images->derivation;
  struct copy copy = {.writer = writer, .sources = sources, .items = count_source_images(derivation)};
  const dseg_elements kept = dseg_kept_elements(derivation);
  return write_elements(&copy, &kept, NULL);
}

static dseg_status write_merged(dseg_element_writer *writer, const dseg_elements *generated, const dseg_elements *kept);

/* One sequence with one item of what both say. */
static dseg_status write_merged_item(dseg_element_writer *writer,  // NOLINT(misc-no-recursion)
                                     const dseg_elements *in_generated, const dseg_element *generated,
                                     const dseg_elements *in_kept, const dseg_element *kept) {
  dseg_elements of_generated;
  dseg_elements of_kept;
  size_t offset = 0;
  bool more;
  DSEG_TRY(dseg_sequence_next(in_generated, generated, &offset, &of_generated, &more, writer->error));
  offset = 0;
  DSEG_TRY(dseg_sequence_next(in_kept, kept, &offset, &of_kept, &more, writer->error));
  const size_t sequence = dseg_write_begin_sequence(writer, generated->tag);
  const size_t item = dseg_write_begin_item(writer);
  DSEG_TRY(writer->status);
  DSEG_TRY(write_merged(writer, &of_generated, &of_kept));
  dseg_write_end(writer, item);
  dseg_write_end(writer, sequence);
  return writer->status;
}

static bool is_sequence(const dseg_element *element) {
  return memcmp(element->vr, "SQ", 2) == 0;
}

static dseg_status write_merged(dseg_element_writer *writer,  // NOLINT(misc-no-recursion): one level of generated items
                                const dseg_elements *generated, const dseg_elements *kept) {
  struct copy copy = {.writer = writer};
  size_t begin = 0;
  size_t end = 0;
  size_t offset = 0;
  dseg_element ours;
  dseg_element theirs;
  DSEG_TRY(dseg_elements_next(generated, &end, &ours, writer->error));
  DSEG_TRY(dseg_elements_next(kept, &offset, &theirs, writer->error));
  while (ours.tag != 0 || theirs.tag != 0) {
    const bool only_theirs = ours.tag == 0 || (theirs.tag != 0 && theirs.tag < ours.tag);
    const bool only_ours = !only_theirs && (theirs.tag == 0 || ours.tag < theirs.tag);
    if (only_theirs) {
      DSEG_TRY(write_one(&copy, kept, &theirs));
    } else if (only_ours || !is_sequence(&ours) || !is_sequence(&theirs)) {
      dseg_write_raw(writer, generated->bytes.data + begin, end - begin);
    } else {
      DSEG_TRY(write_merged_item(writer, generated, &ours, kept, &theirs));
    }
    if (!only_theirs) {
      begin = end;
      DSEG_TRY(dseg_elements_next(generated, &end, &ours, writer->error));
    }
    if (!only_ours) {
      DSEG_TRY(dseg_elements_next(kept, &offset, &theirs, writer->error));
    }
  }
  return writer->status;
}

dseg_status dseg_write_with_kept(dseg_element_writer *writer, dseg_view generated, dseg_view kept) {
  const dseg_elements ours = {.bytes = generated, .implicit_vr = writer->implicit_vr};
  const dseg_elements theirs = dseg_kept_elements(kept);
  return write_merged(writer, &ours, &theirs);
}

dseg_view dseg_kept_of_frame(const dseg_description *description, const dseg_frame_record *frame) {
  size_t low = 0;
  size_t high = description->frame_count;
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    const dseg_frame_attributes *here = &description->frames[middle];
    if (here->plane < frame->plane || (here->plane == frame->plane && here->segment < frame->segment)) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  const bool found = low < description->frame_count && description->frames[low].plane == frame->plane &&
                     description->frames[low].segment == frame->segment;
  return found ? description->frames[low].attributes : (dseg_view){0};
}
