/* SPDX-License-Identifier: Apache-2.0 */
/* kept_derivation.c - writes kept elements again in either VR encoding, and the image of a plane into the first item of
 * Source Image Sequence (0008,2112), where it was left out since it differs from plane to plane. */
#include "seg_write/kept_derivation.h"

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

static dseg_status write_elements(struct copy *copy, const dseg_elements *from,  // NOLINT(misc-no-recursion): kept
                                  bool of_image) {                               // elements are as deep as what was read
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
    if (memcmp(element.vr, "SQ", 2) == 0) {
      DSEG_TRY(write_items(copy, from, &element));
    } else {
      const char vr[3] = {element.vr[0], element.vr[1], '\0'};
      dseg_write_element(copy->writer, element.tag, vr, element.value.data, element.value.size);
    }
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
