/* SPDX-License-Identifier: Apache-2.0 */
/* data_set.h - DICOM elements in memory: put, found, changed, read from bytes and written to bytes (PS3.5 section 7).
 *
 * A data set has one current item, at first the data set itself. Functions that put or get work on the current item.
 * Failures are kept: after the first one nothing more is put, and dseg_data_set_status and the functions that write
 * report it. So a caller puts attributes one after the other and checks once:
 *
 *     dseg_data_set *set;
 *     DSEG_TRY(dseg_data_set_create(&set, error));
 *     dseg_data_set_put_text(set, 0x00100020, "LO", "4711");
 *     dseg_data_set_begin_item(set, 0x0040A170);           // an item of Purpose of Reference Code Sequence
 *     dseg_data_set_put_text(set, 0x00080100, "SH", "121322");
 *     dseg_data_set_end_item(set);
 *     dseg_status status = dseg_data_set_write(set, DSEG_EXPLICIT_VR, &bytes, error);
 *     dseg_data_set_destroy(set);
 *
 * Tags are 0xGGGGEEEE. Value representations (VR, PS3.5 6.2) are strings of two letters; no data dictionary is read
 * from a file. A put is refused with DSEG_ERROR_ARGUMENT when
 * - the tag cannot be in a data set: groups 0000, FFFE and FFFF, and group lengths but (0002,0000) (PS3.5 7.2, 7.5);
 * - the VR is none of PS3.5 6.2, is not the one that PS3.6 gives for a tag that the library knows, or does not fit the
 *   function;
 * - the values are NULL and their count is not 0.
 * Whether text is well formed for its VR (length, characters, PS3.5 6.2) is not checked.
 *
 * Memory belongs to the data set and is freed with it: what a replaced or removed element took is not used again.
 * A data set serves one thread at a time; several may read one that nobody changes. */
#ifndef DSEG_DATA_SET_H
#define DSEG_DATA_SET_H

#include <stdbool.h>

#include "dseg/buffer.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct dseg_data_set dseg_data_set;

/* Items nested deeper are refused with DSEG_ERROR_LIMIT. */
#define DSEG_DATA_SET_DEPTH 64u

/* How elements are encoded; both are little endian. */
typedef enum dseg_vr_encoding {
  DSEG_EXPLICIT_VR = 0, /* Explicit VR Little Endian (PS3.5 A.2) */
  DSEG_IMPLICIT_VR      /* Implicit VR Little Endian (PS3.5 A.1) */
} dseg_vr_encoding;

/* An empty data set, which the caller gives to dseg_data_set_destroy. DSEG_ERROR_MEMORY. */
DSEG_API dseg_status dseg_data_set_create(dseg_data_set **set, dseg_error *error);
DSEG_API void dseg_data_set_destroy(dseg_data_set *set); /* NULL ok */

/* The first failure of any call, with its message; DSEG_OK while there was none. */
DSEG_API dseg_status dseg_data_set_status(const dseg_data_set *set, dseg_error *error);
/* Keeps a failure of the caller's, who could not make a value, as if a put had failed. message is copied. */
DSEG_API void dseg_data_set_fail(dseg_data_set *set, dseg_status status, const char *message);

/* Putting. Each call puts one element into the current item, in place of one with the same tag. */

/* Text of a VR of characters (PS3.5 6.2), UTF-8, values separated by '\'; NULL or "" for none. Trailing spaces, which
 * are padding, are not kept, nor any space in a UI. */
DSEG_API void dseg_data_set_put_text(dseg_data_set *set, uint32_t tag, const char *vr, const char *text);
/* The same unless the element is already there, empty or not. */
DSEG_API void dseg_data_set_put_default_text(dseg_data_set *set, uint32_t tag, const char *vr, const char *text);
/* Puts text, which is not NULL, behind the values that are already there. */
DSEG_API void dseg_data_set_append_text(dseg_data_set *set, uint32_t tag, const char *vr, const char *text);
/* vr: US, SS or OW. Values of SS are those of int16_t, converted. */
DSEG_API void dseg_data_set_put_u16(dseg_data_set *set, uint32_t tag, const char *vr, const uint16_t *values,
                                    size_t count);
/* vr: UL, SL or OL. Values of SL are those of int32_t, converted. */
DSEG_API void dseg_data_set_put_u32(dseg_data_set *set, uint32_t tag, const char *vr, const uint32_t *values,
                                    size_t count);
/* AT: value is a tag. */
DSEG_API void dseg_data_set_put_tag(dseg_data_set *set, uint32_t tag, uint32_t value);
/* DS: each number in at most 16 characters (PS3.5 6.2). */
DSEG_API void dseg_data_set_put_decimals(dseg_data_set *set, uint32_t tag, const double *values, size_t count);
/* A value of any VR but SQ as it is encoded, little endian. An odd length is padded: text but UI with a space, else
 * with NUL (PS3.5 6.2). */
DSEG_API void dseg_data_set_put_bytes(dseg_data_set *set, uint32_t tag, const char *vr, dseg_view bytes);
/* A sequence without items. */
DSEG_API void dseg_data_set_put_sequence(dseg_data_set *set, uint32_t tag);
/* Removes the element with this tag; nothing happens when there is none. */
DSEG_API void dseg_data_set_remove(dseg_data_set *set, uint32_t tag);

/* Private elements (PS3.5 7.8.1). The first element, (gggg,bb00), of the block of an odd group that the creator, at
 * most 64 characters, has in the current item: the one that it has reserved, else the first that nobody has, which is
 * reserved for it. 0, and a kept failure, when the group is even or has no free block. */
DSEG_API uint32_t dseg_data_set_put_creator(dseg_data_set *set, uint16_t group, const char *creator);
/* The same of a block that is reserved; 0 when there is none. */
DSEG_API uint32_t dseg_data_set_find_creator(const dseg_data_set *set, uint16_t group, const char *creator);

/* Items. Indices count from 0. */

/* Appends an item to the sequence with this tag, which is made where it is missing, and makes it the current item.
 * DSEG_ERROR_ARGUMENT when the element is no sequence. */
DSEG_API void dseg_data_set_begin_item(dseg_data_set *set, uint32_t tag);
/* Makes an item that is there the current one; false, and no change, when it is not there. */
DSEG_API bool dseg_data_set_enter_item(dseg_data_set *set, uint32_t tag, size_t index);
/* Makes the item around the current one the current one again. DSEG_ERROR_ARGUMENT when there is none. */
DSEG_API void dseg_data_set_end_item(dseg_data_set *set);
/* Items of the sequence with this tag; 0 when there is no such sequence. */
DSEG_API size_t dseg_data_set_count_items(const dseg_data_set *set, uint32_t tag);
/* Removes an item; nothing happens when it is not there. */
DSEG_API void dseg_data_set_remove_item(dseg_data_set *set, uint32_t tag, size_t index);
/* Appends a copy of an item to its sequence. DSEG_ERROR_ARGUMENT when the item is not there. */
DSEG_API void dseg_data_set_copy_item(dseg_data_set *set, uint32_t tag, size_t index);

/* Getting, from the current item. Nothing is allocated: false means that the element is absent, has no such value or
 * is not of that form, and never that memory is short. Views are valid until the element changes. */

/* The element with the smallest tag above *tag, which becomes it; false at the end. Start with *tag 0. vr receives two
 * letters and a NUL; may be NULL. */
DSEG_API bool dseg_data_set_next(const dseg_data_set *set, uint32_t *tag, char vr[3]);
/* The value as it is encoded, little endian, without padding where it is text; false for sequences. */
DSEG_API bool dseg_data_set_get_bytes(const dseg_data_set *set, uint32_t tag, dseg_view *bytes);
/* Text of the value with this index, all values when it is SIZE_MAX, without padding; false when that is empty. As it
 * is encoded: see Specific Character Set (0008,0005). */
DSEG_API bool dseg_data_set_get_text(const dseg_data_set *set, uint32_t tag, size_t index, dseg_view *text);
/* Whether the text, all values without padding, is not empty and equals text. */
DSEG_API bool dseg_data_set_text_is(const dseg_data_set *set, uint32_t tag, const char *text);
DSEG_API bool dseg_data_set_get_u16(const dseg_data_set *set, uint32_t tag, size_t index, uint16_t *value);
DSEG_API bool dseg_data_set_get_u32(const dseg_data_set *set, uint32_t tag, size_t index, uint32_t *value);
/* The first count values of a DS; false when it has fewer or one of them is no number. */
DSEG_API bool dseg_data_set_get_decimals(const dseg_data_set *set, uint32_t tag, double *values, size_t count);

/* Puts all elements of an encoded data set, without meta information or with it (group 0002), into the current item;
 * those that are there are replaced. Sequences may have defined or undefined length. Elements need not be in order.
 * Group lengths but (0002,0000) are left out (PS3.5 7.2), elements of an unknown VR become UN, and trailing padding of
 * text is not kept. In implicit VR a tag that the library does not know has VR UN. Pixel Data of undefined length keeps
 * its fragments as one value (PS3.5 A.4). DSEG_ERROR_FORMAT for bytes that are malformed, where an element is there
 * twice, or where an element of undefined length is neither a sequence nor Pixel Data; then no element is put. */
DSEG_API dseg_status dseg_data_set_read(dseg_data_set *set, dseg_view bytes, dseg_vr_encoding encoding,
                                        dseg_error *error);

/* Appends the data set, whatever the current item, in ascending order of tags, sequences and items with defined
 * lengths. A value too long for its VR becomes UN (PS3.5 6.2.2). DSEG_ERROR_LIMIT for a sequence past 4 GiB. On failure
 * out has the size it had. */
DSEG_API dseg_status dseg_data_set_write(const dseg_data_set *set, dseg_vr_encoding encoding, dseg_buffer *out,
                                         dseg_error *error);

/* What a file says of itself beside the data set (File Meta Information, PS3.10 Table 7.1-1). */
typedef struct dseg_file_encoding {
  const char *transfer_syntax_uid; /* (0002,0010) */
  bool implicit_vr;                /* Implicit VR Little Endian, else Explicit VR Little Endian */
  const char *implementation_class_uid;
  const char *implementation_version_name;
} dseg_file_encoding;

/* Appends preamble, prefix, File Meta Information and the data set, as dseg_data_set_write does. *data_set_offset:
 * where in out the data set begins; may be NULL. DSEG_ERROR_ARGUMENT when SOP Class UID (0008,0016) or SOP Instance UID
 * (0008,0018) is missing. */
DSEG_API dseg_status dseg_data_set_write_file(const dseg_data_set *set, const dseg_file_encoding *encoding,
                                              dseg_buffer *out, size_t *data_set_offset, dseg_error *error);

#ifdef __cplusplus
}
#endif
#endif
