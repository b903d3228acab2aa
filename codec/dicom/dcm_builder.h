/* dcm_builder.h - makes a data set's bytes; a C header over DCMTK's dcmdata, in builds with DSEG_WITH_DCMTK.
 *
 * The builder holds the attributes in front of the two long parts of a segmentation. Failures are kept: after the
 * first one every call does nothing, and dseg_builder_serialise reports it. So callers put attributes one after
 * the other without a test at each. VRs are given by the caller: no data dictionary is needed. */
#ifndef DSEG_DICOM_DCM_BUILDER_H
#define DSEG_DICOM_DCM_BUILDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dseg/buffer.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct dseg_builder dseg_builder;

/* An empty data set. */
dseg_status dseg_builder_create(dseg_builder **builder, dseg_error *error);
void dseg_builder_destroy(dseg_builder *builder); /* NULL ok */

/* Each puts one element into the current item (at first the data set), in place of one with the same tag. vr: two
 * characters. text: UTF-8, values separated by '\', NULL or "" for none; any VR of text, with DS and IS. */
void dseg_builder_text(dseg_builder *builder, uint32_t tag, const char *vr, const char *text);
/* The same for a private element (odd group), whose creator the caller puts, too; text is not empty. */
void dseg_builder_private_text(dseg_builder *builder, uint32_t tag, const char *vr, const char *text);
/* As dseg_builder_text unless the element is already there, empty or not. */
void dseg_builder_default_text(dseg_builder *builder, uint32_t tag, const char *vr, const char *text);
/* Puts text behind the values that are already there. */
void dseg_builder_further_text(dseg_builder *builder, uint32_t tag, const char *vr, const char *text);
void dseg_builder_u16(dseg_builder *builder, uint32_t tag, const uint16_t *values, size_t count);   /* US */
void dseg_builder_words(dseg_builder *builder, uint32_t tag, const uint16_t *values, size_t count); /* OW */
void dseg_builder_u32(dseg_builder *builder, uint32_t tag, uint32_t value);                         /* UL */
void dseg_builder_tag(dseg_builder *builder, uint32_t tag, uint32_t value);                         /* AT */
/* OB; OV with values of 8 bytes, little endian, as DCMTK 3.6.7 holds them. An odd length is padded with 0. */
void dseg_builder_bytes(dseg_builder *builder, uint32_t tag, dseg_view bytes);
/* A sequence without items. */
void dseg_builder_empty_sequence(dseg_builder *builder, uint32_t tag);
/* The caller could not make a value for lack of memory. */
void dseg_builder_fail_memory(dseg_builder *builder);
void dseg_builder_remove(dseg_builder *builder, uint32_t tag);

/* Appends an item to the sequence with this tag in the current item, and makes it the current one. */
void dseg_builder_begin_item(dseg_builder *builder, uint32_t tag);
/* Makes the item around the current one the current one again. */
void dseg_builder_end_item(dseg_builder *builder);

/* Puts all elements of an encoded data set: Explicit VR Little Endian, no meta information. */
void dseg_builder_elements(dseg_builder *builder, dseg_view elements);

/* The first value of a text element of the data set, without padding, or NULL when it is absent or empty. Valid
 * until the element changes. */
const char *dseg_builder_get_text(dseg_builder *builder, uint32_t tag);

/* How the bytes are made. */
typedef struct dseg_file_encoding {
  const char *transfer_syntax_uid; /* (0002,0010); one that DCMTK does not know is possible */
  bool implicit_vr;                /* Implicit VR Little Endian, else Explicit VR Little Endian */
  const char *implementation_class_uid;
  const char *implementation_version_name;
} dseg_file_encoding;

/* Appends preamble, prefix, File Meta Information (PS3.10 7.1; SOP Class and Instance are those of the data set)
 * and the data set, with explicit lengths. *data_set_offset: where in out the data set begins; may be NULL.
 * Returns the first failure of any call before. */
dseg_status dseg_builder_serialise(dseg_builder *builder, const dseg_file_encoding *encoding, dseg_buffer *out,
                                   size_t *data_set_offset, dseg_error *error);

#ifdef __cplusplus
}
#endif
#endif
