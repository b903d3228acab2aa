/* SPDX-License-Identifier: Apache-2.0 */
/* kept_frames.c - writes kept elements of frames again in either VR encoding, and the image of a plane into the first
 * item of Source Image Sequence (0008,2112), where it was left out since it differs from plane to plane. */
#include "seg_write/kept_frames.h"

#include <stdio.h>
#include <string.h>

#include "dicom/keep.h"

void dseg_write_source_image(dseg_element_writer *writer, const dseg_instance_reference *source, uint32_t above,
                             uint32_t most) {
  char frame[16];
  snprintf(frame, sizeof frame, "%u", (unsigned)source->frame);
  const struct {
    uint32_t tag;
    const char *vr, *text;
  } elements[] = {{0x00081150, "UI", source->sop_class_uid},
                  {0x00081155, "UI", source->sop_instance_uid},
                  {0x00081160, "IS", source->frame > 0 ? frame : NULL}};
  for (size_t i = 0; i < sizeof elements / sizeof elements[0]; i++) {
    if (elements[i].text != NULL && elements[i].tag > above && elements[i].tag <= most) {
      dseg_write_text(writer, elements[i].tag, elements[i].vr, elements[i].text);
    }
  }
}

struct copy {
  dseg_element_writer *writer;
  const dseg_instance_reference *source; /* NULL: it has been written */
};

static dseg_status write_elements(struct copy *copy, const dseg_elements *from, bool of_image);

static dseg_status write_items(struct copy *copy, const dseg_elements *from,  // NOLINT(misc-no-recursion)
                               const dseg_element *sequence) {
  dseg_elements item;
  size_t offset = 0;
  bool more;
  const size_t mark = dseg_write_begin_sequence(copy->writer, sequence->tag);
  DSEG_TRY(dseg_sequence_next(from, sequence, &offset, &item, &more, copy->writer->error));
  while (more) {
    const size_t begin = dseg_write_begin_item(copy->writer);
    const bool of_image = sequence->tag == DSEG_TAG(0x0008, 0x2112) && copy->source != NULL;
    DSEG_TRY(copy->writer->status);
    DSEG_TRY(write_elements(copy, &item, of_image));
    dseg_write_end(copy->writer, begin);
    DSEG_TRY(dseg_sequence_next(from, sequence, &offset, &item, &more, copy->writer->error));
  }
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

static dseg_status write_elements(struct copy *copy, const dseg_elements *from,  // NOLINT(misc-no-recursion): kept
                                  bool of_image) {  // elements are as deep as what was read
  const dseg_instance_reference *source = of_image ? copy->source : NULL;
  size_t offset = 0;
  uint32_t last = 0;
  dseg_element element;
  copy->source = of_image ? NULL : copy->source;
  DSEG_TRY(dseg_elements_next(from, &offset, &element, copy->writer->error));
  while (element.tag != 0) {
    if (source != NULL) {
      dseg_write_source_image(copy->writer, source, last, element.tag);
    }
    DSEG_TRY(write_one(copy, from, &element));
    last = element.tag;
    DSEG_TRY(dseg_elements_next(from, &offset, &element, copy->writer->error));
  }
  if (source != NULL) {
    dseg_write_source_image(copy->writer, source, last, UINT32_MAX);
  }
  return copy->writer->status;
}

dseg_status dseg_write_kept_derivation(dseg_element_writer *writer, const dseg_instance_reference *source) {
  struct copy copy = {writer, source};
  const dseg_elements kept = dseg_kept_elements(source->derivation);
  return write_elements(&copy, &kept, false);
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
  struct copy copy = {writer, NULL};
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
