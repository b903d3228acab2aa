/* SPDX-License-Identifier: Apache-2.0 */
/* seg_files.h - small DICOM segmentations in memory, for tests of the reader. */
#ifndef DSEG_TESTS_SEG_FILES_H
#define DSEG_TESTS_SEG_FILES_H

#include <stdio.h>

#include "dicom_files.h"

#define SEG_ROWS 3u
#define SEG_COLUMNS 5u
#define SEG_PIXELS (SEG_ROWS * SEG_COLUMNS)

/* One frame: what it belongs to, where it lies, and its pixels. */
typedef struct seg_frame {
  uint16_t segment;
  double z;
  uint16_t pixels[SEG_PIXELS];
  double shift;       /* within the plane */
  const char *source; /* SOP Instance UID of the source image; NULL: none */
  const char *source_frame;
} seg_frame;

/* A frame at its place, with these first pixels, the rest 0. */
#define FRAME(segment, z, ...) \
  { segment, z, {__VA_ARGS__}, 0, NULL, NULL }

/* What is to be built; the frames' form follows type. */
typedef struct seg_form {
  const char *transfer_syntax;
  const char *character_set; /* NULL: ISO_IR 100 */
  const char *label;         /* of segments, before their number; NULL: segment */
  bool undefined_lengths;
  const char *type;                                     /* BINARY, FRACTIONAL, LABELMAP */
  uint16_t bits;                                        /* allocated */
  int padding;                                          /* Pixel Padding Value; -1: none */
  uint16_t bits_stored, high_bit, pixel_representation; /* absent where the first is 0 */
  const uint16_t *segments;
  size_t segment_count;
  const seg_frame *frames;
  size_t frame_count;
  /* Concatenation; 0: none */
  uint16_t part, parts;
  uint32_t frame_offset;
  bool without_positions;
  bool without_frame_positions; /* but with an orientation for all */
  const char *pixel_spacing;    /* NULL: 0.5 and 0.75 mm */
  bool pad_frames_to_bytes;
  uint32_t matrix_columns, matrix_rows; /* TILED_FULL when not 0, ... */
  bool sparse_tiles;                    /* ... TILED_SPARSE: each frame's shift is its column, its z the Z Offset */
  const char *pixel_vr;                 /* NULL: OB for 8 bits, OW for others */
} seg_form;

static inline void put_code(dicom_file *file, uint32_t tag, const char *value) {
  put_sequence(file, tag);
  put_item(file);
  put_text(file, 0x00080100, "SH", value);
  put_text(file, 0x00080102, "SH", "SCT");
  put_text(file, 0x00080104, "LO", "a meaning");
  put_item_end(file);
  put_sequence_end(file);
}

static inline void put_segments(dicom_file *file, const seg_form *form) {
  put_sequence(file, 0x00620002);
  for (size_t i = 0; i < form->segment_count; i++) {
    char label[32];
    (void)snprintf(label, sizeof label, "%s %u", form->label != NULL ? form->label : "segment",
                   (unsigned)form->segments[i]);
    put_item(file);
    put_code(file, 0x00620003, "91723000");
    put_us(file, 0x00620004, form->segments[i]);
    put_text(file, 0x00620005, "LO", label);
    put_text(file, 0x00620008, "CS", "SEMIAUTOMATIC");
    put_text(file, 0x00620009, "LO", "by hand and eye");
    put_header(file, 0x0062000D, "US", 6);
    put_u16(file, 34885);
    put_u16(file, 53485);
    put_u16(file, 50171);
    put_code(file, 0x0062000F, "10200004");
    put_item_end(file);
  }
  put_sequence_end(file);
}

static inline void put_shared_groups(dicom_file *file, const seg_form *form) {
  put_sequence(file, 0x52009229);
  put_item(file);
  if (!form->without_positions) {
    put_sequence(file, 0x00209116);
    put_item(file);
    put_text(file, 0x00200037, "DS", "1\\0\\0\\0\\1\\0");
    put_item_end(file);
    put_sequence_end(file);
  }
  put_sequence(file, 0x00289110);
  put_item(file);
  put_text(file, 0x00180050, "DS", "2.5");
  put_text(file, 0x00280030, "DS", form->pixel_spacing != NULL ? form->pixel_spacing : "0.5\\0.75");
  put_item_end(file);
  put_sequence_end(file);
  put_item_end(file);
  put_sequence_end(file);
}

static inline void put_frame_groups(dicom_file *file, const seg_form *form, const seg_frame *frame) {
  put_item(file);
  if (frame->source != NULL) {
    put_sequence(file, 0x00089124);
    put_item(file);
    put_sequence(file, 0x00082112);
    put_item(file);
    put_text(file, 0x00081150, "UI", "1.2.840.10008.5.1.4.1.1.2");
    put_text(file, 0x00081155, "UI", frame->source);
    if (frame->source_frame != NULL) {
      put_text(file, 0x00081160, "IS", frame->source_frame);
    }
    put_item_end(file);
    put_sequence_end(file);
    put_item_end(file);
    put_sequence_end(file);
  }
  put_sequence(file, 0x00091001); /* private and unknown sequences may stand anywhere */
  put_item(file);
  put_text(file, 0x00091002, "LO", "nobody knows");
  put_item_end(file);
  put_sequence_end(file);
  if (form->sparse_tiles) {
    char offset[32];
    (void)snprintf(offset, sizeof offset, "%.4f", frame->z);
    put_sequence(file, 0x0048021A);
    put_item(file);
    put_text(file, 0x0040072A, "DS", "10");
    put_text(file, 0x0040073A, "DS", "20");
    put_text(file, 0x0040074A, "DS", offset);
    put_ul(file, 0x0048021E, "SL", (uint32_t)frame->shift + 1);
    put_ul(file, 0x0048021F, "SL", 1);
    put_item_end(file);
    put_sequence_end(file);
  }
  if (!form->without_positions && !form->without_frame_positions) {
    char position[64];
    (void)snprintf(position, sizeof position, "%.4f\\20.5\\%.4f", frame->shift - 10, frame->z);
    put_sequence(file, 0x00209113);
    put_item(file);
    put_text(file, 0x00200032, "DS", position);
    put_item_end(file);
    put_sequence_end(file);
  }
  if (strcmp(form->type, "LABELMAP") != 0) {
    put_sequence(file, 0x0062000A);
    put_item(file);
    put_us(file, 0x0062000B, frame->segment);
    put_item_end(file);
    put_sequence_end(file);
  }
  put_item_end(file);
}

/* The frames' bytes in little-endian order (PS3.5 8.1.1); size_out bytes, of even length. */
static inline size_t pack_frames(const seg_form *form, uint8_t *out, size_t room) {
  size_t bit = 0;
  memset(out, 0, room);
  for (size_t i = 0; i < form->frame_count; i++) {
    for (size_t j = 0; j < SEG_PIXELS; j++, bit += form->bits) {
      const uint16_t value = form->frames[i].pixels[j];
      assert_true((bit + form->bits + 7) / 8 < room);
      if (form->bits == 1) {
        out[bit / 8] = (uint8_t)(out[bit / 8] | (value & 1u) << bit % 8);
      } else {
        out[bit / 8] = (uint8_t)value;
        if (form->bits == 16) {
          out[bit / 8 + 1] = (uint8_t)(value >> 8);
        }
      }
    }
    bit = form->pad_frames_to_bytes ? (bit + 7) / 8 * 8 : bit;
  }
  const size_t size = (bit + 7) / 8;
  return size + size % 2;
}

static inline void put_pixels(dicom_file *file, const seg_form *form) {
  uint8_t bytes[4096];
  const size_t size = pack_frames(form, bytes, sizeof bytes);
  const char *vr = form->pixel_vr != NULL ? form->pixel_vr : form->bits == 8 ? "OB" : "OW";
  if (file->big_endian && strcmp(vr, "OW") == 0) {
    for (size_t i = 0; i + 1 < size; i += 2) {
      const uint8_t first = bytes[i];
      bytes[i] = bytes[i + 1];
      bytes[i + 1] = first;
    }
  }
  put_value(file, 0x7FE00010, vr, bytes, size);
}

/* Everything up to the per-frame functional groups. */
static inline void put_seg_head(dicom_file *file, const seg_form *form) {
  char count[16];
  (void)snprintf(count, sizeof count, "%zu", form->frame_count);
  file->undefined_lengths = form->undefined_lengths;
  put_start(file, form->transfer_syntax);
  put_text(file, 0x00080005, "CS", form->character_set != NULL ? form->character_set : "ISO_IR 100");
  put_text(file, 0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.66.4");
  put_text(file, 0x00080018, "UI", "1.2.3.4");
  put_text(file, 0x00100010, "PN", "M\xFCller");
  put_text(file, 0x0020000D, "UI", "1.2.3");
  put_text(file, 0x0020000E, "UI", "1.2.3.1");
  put_text(file, 0x00200052, "UI", "1.2.3.9");
  if (form->parts != 0) {
    put_text(file, 0x00209161, "UI", "1.2.3.5");
    put_us(file, 0x00209162, form->part);
    put_us(file, 0x00209163, form->parts);
    put_ul(file, 0x00209228, "UL", form->frame_offset);
  }
  if (form->matrix_columns != 0) {
    put_text(file, 0x00209311, "CS", form->sparse_tiles ? "TILED_SPARSE" : "TILED_FULL");
    put_ul(file, 0x00480006, "UL", form->matrix_columns);
    put_ul(file, 0x00480007, "UL", form->matrix_rows);
  }
  put_us(file, 0x00280002, 1);
  put_text(file, 0x00280004, "CS", "MONOCHROME2");
  put_text(file, 0x00280008, "IS", count);
  put_us(file, 0x00280010, SEG_ROWS);
  put_us(file, 0x00280011, SEG_COLUMNS);
  put_us(file, 0x00280100, form->bits);
  if (form->bits_stored != 0) {
    put_us(file, 0x00280101, form->bits_stored);
    put_us(file, 0x00280102, form->high_bit);
    put_us(file, 0x00280103, form->pixel_representation);
  }
  if (form->padding >= 0) {
    put_us(file, 0x00280120, (uint16_t)form->padding);
  }
  put_text(file, 0x00620001, "CS", form->type);
  put_segments(file, form);
  if (strcmp(form->type, "FRACTIONAL") == 0) {
    put_us(file, 0x0062000E, 200);
    put_text(file, 0x00620010, "CS", "OCCUPANCY");
  }
  put_shared_groups(file, form);
}

static inline void build_seg(dicom_file *file, const seg_form *form) {
  put_seg_head(file, form);
  put_sequence(file, 0x52009230);
  for (size_t i = 0; i < form->frame_count; i++) {
    put_frame_groups(file, form, &form->frames[i]);
  }
  put_sequence_end(file);
  put_pixels(file, form);
}

#endif
