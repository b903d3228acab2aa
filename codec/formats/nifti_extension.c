/* SPDX-License-Identifier: Apache-2.0 */
/* nifti_extension.c - header extensions of NIfTI: each has its size, a multiple of 16, a code, and bytes. */
#include "formats/nifti_extension.h"

#include <stdlib.h>

#include "base/endian.h"
#include "base/input.h"
#include "formats/label_table.h"

enum { PREFIX = 8, STEP = 16, CODE_IGNORE = 0 /* NIFTI_ECODE_IGNORE */, CODE_CARET = 30 /* NIFTI_ECODE_CARET */ };

#define MOST_BYTES ((uint64_t)16 << 20) /* of all extensions that are read */

/* Text of an extension ends with zeros. */
static dseg_view without_zeros(const uint8_t *data, size_t size) {
  while (size > 0 && data[size - 1] == 0) {
    size--;
  }
  return (dseg_view){data, size};
}

/* bytes: behind the header. */
static dseg_status read_extensions(const dseg_nifti_header *header, dseg_view bytes, const dseg_open_options *options,
                                   dseg_volume_content *content, dseg_error *error) {
  size_t at = 0;
  while (bytes.size - at >= PREFIX && content->name_count == 0) {
    const uint8_t *start = bytes.data + at;
    const uint32_t size = header->big_endian ? dseg_load_be32(start) : dseg_load_le32(start);
    if (size < PREFIX || size > bytes.size - at) {
      dseg_warn(&options->warnings,
                "a NIfTI header extension of %lu bytes does not fit in front of the voxels and is not read",
                (unsigned long)size);
      return DSEG_OK;
    }
    const dseg_view text = without_zeros(start + PREFIX, size - PREFIX);
    if (dseg_label_table_recognise(text)) {
      DSEG_TRY(dseg_label_table_read(text, content->description, &options->warnings, &content->names,
                                     &content->name_count, error));
    }
    at += size;
  }
  return DSEG_OK;
}

/* How many bytes there are between the header and the voxels, or the end of a header's own file; 0: none, or too many.
 */
static size_t count_bytes(const dseg_input *input, const dseg_nifti_header *header, const dseg_open_options *options) {
  const size_t headers = dseg_nifti_header_bytes(header);
  const bool is_told = header->voxel_offset > (double)headers && header->voxel_offset < 9e18;
  const uint64_t end = header->has_pair ? dseg_input_size(input) : is_told ? (uint64_t)header->voxel_offset : 0;
  const uint64_t bytes = end > headers ? end - headers : 0;
  if (bytes > MOST_BYTES || bytes > options->memory_limit) {
    dseg_warn(&options->warnings, "the NIfTI header extensions have %llu bytes and are not read",
              (unsigned long long)bytes);
    return 0;
  }
  return (size_t)bytes;
}

dseg_status dseg_nifti_read_names(const dseg_input *input, const dseg_nifti_header *header,
                                  dseg_nifti_start_reader read, const dseg_open_options *options,
                                  dseg_volume_content *content, dseg_error *error) {
  const size_t headers = dseg_nifti_header_bytes(header);
  const size_t bytes = count_bytes(input, header, options);
  if (bytes == 0) {
    return DSEG_OK;
  }
  uint8_t *block = malloc(headers + bytes);
  if (block == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for NIfTI header extensions");
  }
  size_t got = 0;
  dseg_status status = read(input, options->memory_limit, block, headers + bytes, &got, error);
  /* the first of the four bytes behind the header says whether there are any */
  if (status == DSEG_OK && got > headers && block[headers - DSEG_NIFTI_EXTENSION_BYTES] != 0) {
    status = read_extensions(header, (dseg_view){block + headers, got - headers}, options, content, error);
  }
  free(block);
  return status;
}

static dseg_status put_one(int32_t code, const dseg_buffer *text, size_t padding, dseg_buffer *out, dseg_error *error) {
  static const uint8_t zeros[STEP] = {0};
  const int32_t prefix[2] = {(int32_t)(text->size + PREFIX + padding), code}; /* in the byte order of the header */
  DSEG_TRY(dseg_buffer_append(out, prefix, sizeof prefix, error));
  DSEG_TRY(dseg_buffer_append(out, text->data, text->size, error));
  return dseg_buffer_append(out, zeros, padding, error);
}

/* Twice: TotalSegmentator reads the first extension with nibabel, which gives it the text of code 0 alone, and
 * Workbench looks for its own code. */
dseg_status dseg_nifti_put_extension(const dseg_volume *volume, dseg_buffer *out, dseg_error *error) {
  dseg_buffer text = {0};
  dseg_status status = dseg_label_table_write(volume, &text, error);
  const size_t padding = (STEP - (text.size + PREFIX) % STEP) % STEP;
  /* what is longer than anybody would read is left out */
  if (status == DSEG_OK && text.size > 0 && 2 * (text.size + PREFIX + padding) <= MOST_BYTES) {
    status = put_one(CODE_IGNORE, &text, padding, out, error);
    status = status == DSEG_OK ? put_one(CODE_CARET, &text, padding, out, error) : status;
  }
  dseg_buffer_free(&text);
  return status;
}
