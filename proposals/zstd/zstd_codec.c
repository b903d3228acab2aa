/* SPDX-License-Identifier: Apache-2.0 */
/* zstd_codec.c - frames by Zstandard (RFC 8878) as bitstream.md, beside this file, says: one Zstandard frame for each
 * image frame, in one fragment, with its content size and without a dictionary.
 *
 * The header is read here before the library sees the frame: what it claims is compared with what is expected, so that
 * neither memory nor time is spent on more. */
#include <stdlib.h>
#include <zstd.h>

#include "dseg/frame_codec.h"
#include "proposals.h"

#define WINDOW_LIMIT ((uint64_t)1 << 23) /* bitstream.md, section 3 */

struct dseg_codec_context {
  ZSTD_CCtx *compressor;   /* NULL: decoding */
  ZSTD_DCtx *decompressor; /* NULL: encoding */
  dseg_buffer scratch;
};

static const dseg_option options_table[] = {
    {"level", 1, 22, 19, "effort of the compression: higher is smaller and slower"},
    {"checksum", 0, 1, 0, "1: a checksum of each frame's content (4 bytes)"},
    {.name = NULL},
};

static const char *library_version(void) {
  return "zstd " ZSTD_VERSION_STRING;
}

static void destroy(dseg_codec_context *context) {
  if (context != NULL) {
    (void)ZSTD_freeCCtx(context->compressor);
    (void)ZSTD_freeDCtx(context->decompressor);
    dseg_buffer_free(&context->scratch);
    free(context);
  }
}

static dseg_status set(ZSTD_CCtx *compressor, ZSTD_cParameter parameter, int64_t value, dseg_error *error) {
  const size_t result = ZSTD_CCtx_setParameter(compressor, parameter, (int)value);
  if (ZSTD_isError(result)) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "zstd: %s", ZSTD_getErrorName(result));
  }
  return DSEG_OK;
}

static dseg_status prepare(dseg_codec_context *context, const dseg_codec_setup *setup, dseg_error *error) {
  if (setup->encoding) {
    context->compressor = ZSTD_createCCtx();
  } else {
    context->decompressor = ZSTD_createDCtx();
  }
  if (context->compressor == NULL && context->decompressor == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for zstd");
  }
  if (setup->encoding) {
    DSEG_TRY(
        set(context->compressor, ZSTD_c_compressionLevel, dseg_frame_option(options_table, setup, "level"), error));
    DSEG_TRY(set(context->compressor, ZSTD_c_checksumFlag, dseg_frame_option(options_table, setup, "checksum"), error));
  }
  return DSEG_OK;
}

static dseg_status create(const dseg_codec_setup *setup, dseg_codec_context **context, dseg_error *error) {
  dseg_codec_context *made = calloc(1, sizeof *made);
  if (made == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a frame codec");
  }
  const dseg_status status = prepare(made, setup, error);
  if (status != DSEG_OK) {
    destroy(made);
    return status;
  }
  *context = made;
  return DSEG_OK;
}

static dseg_status encode(dseg_codec_context *context, const dseg_frame_info *info, dseg_view frame, dseg_buffer *out,
                          dseg_error *error) {
  DSEG_TRY(dseg_frame_check_size(info, frame.size, error));
  dseg_view bytes;
  DSEG_TRY(dseg_frame_to_bytes(info, frame, &context->scratch, &bytes, error));
  DSEG_TRY(dseg_buffer_reserve(out, ZSTD_compressBound(bytes.size), error));
  const size_t size =
      ZSTD_compress2(context->compressor, out->data + out->size, out->capacity - out->size, bytes.data, bytes.size);
  if (ZSTD_isError(size)) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "frame %zu: zstd: %s", info->frame, ZSTD_getErrorName(size));
  }
  out->size += size;
  return DSEG_OK;
}

/* What a frame header says (RFC 8878, 3.1.1.1). */
struct header {
  bool has_dictionary, has_content_size;
  uint64_t window_size, content_size;
};

static uint64_t load_little(const uint8_t *bytes, size_t count) {
  uint64_t value = 0;
  for (size_t i = count; i > 0; i--) {
    value = value << 8 | bytes[i - 1];
  }
  return value;
}

static bool read_header(dseg_view in, struct header *header) {
  static const uint8_t dictionary_sizes[4] = {0, 1, 2, 4};
  static const uint8_t content_sizes[4] = {0, 2, 4, 8};
  if (in.size < 5 || load_little(in.data, 4) != UINT32_C(0xFD2FB528)) {
    return false;
  }
  const uint8_t descriptor = in.data[4];
  const bool single_segment = (descriptor >> 5 & 1) != 0;
  const size_t dictionary_size = dictionary_sizes[descriptor & 3];
  const size_t content_size = single_segment && descriptor >> 6 == 0 ? 1 : content_sizes[descriptor >> 6];
  if (in.size < 5 + (single_segment ? 0u : 1u) + dictionary_size + content_size) {
    return false;
  }
  const uint8_t *next = in.data + 5;
  if (!single_segment) {
    const uint64_t base = UINT64_C(1) << (10 + (*next >> 3));
    header->window_size = base + base / 8 * (*next & 7);
    next++;
  }
  header->has_dictionary = load_little(next, dictionary_size) != 0;
  next += dictionary_size;
  header->has_content_size = content_size != 0;
  header->content_size = load_little(next, content_size) + (content_size == 2 ? 256 : 0);
  if (single_segment) {
    header->window_size = header->content_size;
  }
  return true;
}

/* bitstream.md, section 5, step 2. */
static dseg_status check_header(const dseg_frame_info *info, dseg_view in, size_t expected, dseg_error *error) {
  struct header header = {0};
  if (!read_header(in, &header)) {
    return dseg_fail(error, DSEG_ERROR_FORMAT, "frame %zu: no Zstandard frame (RFC 8878, 3.1.1)", info->frame);
  }
  if (header.has_dictionary) {
    return dseg_fail(error, DSEG_ERROR_FORMAT, "frame %zu: needs a dictionary, there is none (RFC 8878, 3.1.1.1.3)",
                     info->frame);
  }
  if (!header.has_content_size) {
    return dseg_fail(error, DSEG_ERROR_FORMAT, "frame %zu: the content size is missing (RFC 8878, 3.1.1.1.4)",
                     info->frame);
  }
  if (header.content_size != expected) {
    return dseg_fail(error, DSEG_ERROR_FORMAT,
                     "frame %zu: the content size is %llu, the frame has %zu bytes (RFC 8878, 3.1.1.1.4)", info->frame,
                     (unsigned long long)header.content_size, expected);
  }
  if (header.window_size > WINDOW_LIMIT && header.window_size > expected) {
    return dseg_fail(error, DSEG_ERROR_FORMAT, "frame %zu: a window of %llu bytes is too large (RFC 8878, 3.1.1.1.2)",
                     info->frame, (unsigned long long)header.window_size);
  }
  return DSEG_OK;
}

static dseg_status decode(dseg_codec_context *context, const dseg_frame_info *info, dseg_view in, dseg_span out,
                          dseg_error *error) {
  DSEG_TRY(dseg_frame_check_size(info, out.size, error));
  DSEG_TRY(check_header(info, in, out.size, error));
  const size_t used = ZSTD_findFrameCompressedSize(in.data, in.size);
  if (ZSTD_isError(used)) {
    return dseg_fail(error, DSEG_ERROR_FORMAT, "frame %zu: no complete Zstandard frame: %s (RFC 8878, 3.1.1)",
                     info->frame, ZSTD_getErrorName(used));
  }
  DSEG_TRY(dseg_frame_check_rest(info, in.size - used, error));
  if (used < in.size && in.data[used] != 0) {
    return dseg_fail(error, DSEG_ERROR_FORMAT, "frame %zu: the byte of padding is not 0 (PS3.5 A.4)", info->frame);
  }
  const size_t size = ZSTD_decompressDCtx(context->decompressor, out.data, out.size, in.data, used);
  if (ZSTD_isError(size) || size != out.size) {
    return dseg_fail(error, DSEG_ERROR_FORMAT, "frame %zu: zstd: %s (RFC 8878, 3.1.1)", info->frame,
                     ZSTD_isError(size) ? ZSTD_getErrorName(size) : "the content has another size");
  }
  dseg_frame_from_bytes(info, out);
  return DSEG_OK;
}

/* Measured with zstd 1.5, levels 1 to 22: tables by the size of the frame, 30 times it and 0.2 MB at most, for large
 * frames less; the window and tables of level 22 end at 1 GB. A decoder of whole frames has no window: 96 kB. */
static uint64_t memory(const dseg_codec_setup *setup) {
  const uint64_t tables = 32 * (uint64_t)dseg_frame_bytes(&setup->format) + ((uint64_t)1 << 20);
  const uint64_t most = (uint64_t)1 << 30;
  return dseg_frame_memory(setup, 4, !setup->encoding ? (uint64_t)1 << 18 : tables < most ? tables : most);
}

const dseg_frame_codec dseg_proposal_zstd = {
    .abi = DSEG_PLUGIN_ABI,
    .struct_size = sizeof(dseg_frame_codec),
    .name = "zstd",
    .title = "Zstandard Image Frame Compression",
    .transfer_syntax_uid = DSEG_UID_ZSTD_FRAMES,
    .flags = DSEG_FRAME_READ_WRITE | DSEG_FRAME_ANY_BITS | DSEG_PLUGIN_EXPERIMENTAL,
    .options = options_table,
    .library_version = library_version,
    .create = create,
    .encode = encode,
    .decode = decode,
    .destroy = destroy,
    .proposal_version = "1",
    .memory = memory,
};
