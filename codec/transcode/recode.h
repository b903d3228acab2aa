/* SPDX-License-Identifier: Apache-2.0 */
/* recode.h - data elements from one encoding to another (PS3.5 7.1, Annex A): explicit to implicit VR and back, and
 * from big endian, with all lengths of sequences and items given as they were.
 *
 * Two passes over the same elements: the first measures what each sequence and item takes in the target, the second
 * writes. Between them stand 4 bytes for each sequence and item of defined length. */
#ifndef DSEG_TRANSCODE_RECODE_H
#define DSEG_TRANSCODE_RECODE_H

#include "dicom/scanner.h"
#include "seg_write/output_stream.h"

typedef struct dseg_recoder {
  dseg_scanner *scanner;   /* at the value of the element to come */
  const dseg_input *input; /* that it reads */
  bool from_implicit, from_big_endian, to_implicit;
  uint64_t memory_limit;      /* of lengths */
  uint32_t own_number;        /* tag of Original Segment Number in the item at hand; 0: it has no creator of ours */
  dseg_output_stream *stream; /* NULL: the pass that measures */
  dseg_buffer out;            /* not in the stream yet */
  dseg_buffer lengths;        /* uint32_t of sequences and items in the order of their headers */
  size_t next_length;         /* of the pass that writes */
  size_t lost_vrs;            /* elements with a VR that implicit VR does not keep ... */
  uint32_t first_lost;        /* ... the first one's tag ... */
  char first_lost_vr[2];      /* ... and VR */
  size_t wrong_group_lengths; /* in items; those of the data set are the caller's */
} dseg_recoder;

/* The element whose header was read: measures or writes it, and moves over it. *size: its bytes in the target. */
dseg_status dseg_recode_element(dseg_recoder *recoder, const dseg_header *header, uint64_t *size, dseg_error *error);

/* Puts what was written so far into the stream. */
dseg_status dseg_recoder_flush(dseg_recoder *recoder, dseg_error *error);
void dseg_recoder_free(dseg_recoder *recoder);

/* recode_values.c: what recode.c, which knows elements and items, does with the bytes of values. The scanner is at the
 * value, and moves over it; the value's bytes in the target are added to *size. */

/* A value that is no sequence. */
dseg_status dseg_recode_value(dseg_recoder *recoder, const dseg_header *header, uint64_t *size, dseg_error *error);

/* The items of a UN of undefined length are in implicit VR form and little endian whatever is around them (PS3.5
 * 6.2.2): their bytes are the same in every encoding. */
dseg_status dseg_recode_unknown_items(dseg_recoder *recoder, const dseg_header *header, uint64_t *size,
                                      dseg_error *error);

/* A value of another VR than SQ with a tag that PS3.6 gives SQ: in implicit VR it is a sequence, so that it has to be
 * items, which a UN may be (PS3.5 6.2.2). DSEG_ERROR_FORMAT: it is none. The scanner stays. */
dseg_status dseg_recode_check_items(const dseg_recoder *recoder, const dseg_header *header, dseg_error *error);

/* Keeps what is not in the stream yet below 64 KiB and a piece. */
dseg_status dseg_recoder_flush_when_large(dseg_recoder *recoder, dseg_error *error);

#endif
