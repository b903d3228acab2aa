/* SPDX-License-Identifier: Apache-2.0 */
/* delta.c - a frame codec as a shared object that predicts and learns: difference to the previous frame, key frame
 * every N, and a table of the instance's byte values, the most frequent first.
 *
 * Fragment: in frame 0 first the table, 'T' and 256 byte values, each once. Then a byte, 0 for a key frame and 1 for a
 * difference, and pairs of a rank and a count (1..255): what the ranks of the frame's bytes, or their difference
 * (exclusive or) to those of the previous frame, are in turn. Frames are bytes as in a little-endian data set. */
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "dseg/frame_codec.h"

enum { TABLE_BYTES = 257, KEY = 0, DIFFERENCE = 1, LONGEST_CHAIN = 1000 };

DSEG_API dseg_status dseg_plugin_register(dseg_registrar registrar, dseg_error *error);
/* For the test: frames decoded so far, and contexts that read the table. */
DSEG_API extern atomic_size_t test_delta_decoded, test_delta_tables;
atomic_size_t test_delta_decoded, test_delta_tables;

struct dseg_codec_context {
  dseg_frame_access frames;
  size_t key;           /* encoding */
  uint8_t table[256];   /* byte value by rank */
  uint8_t rank[256];    /* the inverse */
  dseg_buffer fragment; /* of another frame */
  dseg_buffer other, scratch;
  dseg_buffer last;  /* ranks of the frame decoded last */
  size_t last_frame; /* SIZE_MAX: none */
};

static const dseg_option options[] = {
    {"key", 1, LONGEST_CHAIN, 4, "every N-th frame is a key frame"},
    {.name = NULL},
};

/* ---- the table ---- */

struct count {
  size_t count;
  uint8_t value;
};

static int more_frequent(const void *a, const void *b) {
  const struct count *x = a, *y = b;
  if (x->count != y->count) {
    return x->count > y->count ? -1 : 1;
  }
  return (int)x->value - (int)y->value;
}

static dseg_status count_frames(const dseg_codec_setup *setup, struct count counts[256], dseg_buffer *frame,
                                dseg_buffer *scratch, dseg_error *error) {
  for (size_t i = 0; i < setup->frame_count; i++) {
    dseg_view bytes;
    frame->size = 0;
    DSEG_TRY(setup->frames.read(setup->frames.user, i, frame, error));
    DSEG_TRY(dseg_frame_to_bytes(&setup->format, (dseg_view){frame->data, frame->size}, scratch, &bytes, error));
    for (size_t j = 0; j < bytes.size; j++) {
      counts[bytes.data[j]].count++;
    }
  }
  return DSEG_OK;
}

static dseg_status learn(const dseg_codec_setup *setup, dseg_buffer *learned, dseg_error *error) {
  struct count counts[256];
  for (size_t i = 0; i < 256; i++) {
    counts[i] = (struct count){0, (uint8_t)i};
  }
  dseg_buffer frame = {0}, scratch = {0};
  dseg_status status = count_frames(setup, counts, &frame, &scratch, error);
  dseg_buffer_free(&frame);
  dseg_buffer_free(&scratch);
  DSEG_TRY(status);
  qsort(counts, 256, sizeof counts[0], more_frequent);
  DSEG_TRY(dseg_buffer_append(learned, "T", 1, error));
  for (size_t i = 0; i < 256; i++) {
    DSEG_TRY(dseg_buffer_append(learned, &counts[i].value, 1, error));
  }
  return DSEG_OK;
}

static dseg_status take_table(dseg_codec_context *context, dseg_view bytes, dseg_error *error) {
  uint8_t seen[256] = {0};
  if (bytes.size < TABLE_BYTES || bytes.data[0] != 'T') {
    return dseg_fail(error, DSEG_ERROR_FORMAT, "frame 0 has no table of byte values in front");
  }
  for (size_t i = 0; i < 256; i++) {
    const uint8_t value = bytes.data[1 + i];
    if (seen[value]++ != 0) {
      return dseg_fail(error, DSEG_ERROR_FORMAT, "the table in frame 0 has the byte value %u twice", (unsigned)value);
    }
    context->table[i] = value;
    context->rank[value] = (uint8_t)i;
  }
  return DSEG_OK;
}

/* ---- contexts ---- */

static void destroy(dseg_codec_context *context) {
  if (context != NULL) {
    dseg_buffer_free(&context->fragment);
    dseg_buffer_free(&context->other);
    dseg_buffer_free(&context->scratch);
    dseg_buffer_free(&context->last);
    free(context);
  }
}

static dseg_status prepare(dseg_codec_context *context, const dseg_codec_setup *setup, dseg_error *error) {
  context->frames = setup->frames;
  context->key = (size_t)dseg_frame_option(options, setup, "key");
  context->last_frame = SIZE_MAX;
  if (setup->encoding) {
    return take_table(context, setup->learned, error);
  }
  atomic_fetch_add(&test_delta_tables, 1);
  DSEG_TRY(setup->frames.read(setup->frames.user, 0, &context->fragment, error));
  return take_table(context, (dseg_view){context->fragment.data, context->fragment.size}, error);
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

/* ---- encoding ---- */

/* The ranks of a frame's bytes, in out. */
static dseg_status rank_bytes(dseg_codec_context *context, const dseg_frame_info *info, dseg_view frame,
                              dseg_buffer *out, dseg_error *error) {
  dseg_view bytes;
  DSEG_TRY(dseg_frame_to_bytes(info, frame, &context->scratch, &bytes, error));
  DSEG_TRY(dseg_buffer_resize(out, bytes.size, error));
  for (size_t i = 0; i < bytes.size; i++) {
    out->data[i] = context->rank[bytes.data[i]];
  }
  return DSEG_OK;
}

static dseg_status encode(dseg_codec_context *context, const dseg_frame_info *info, dseg_view frame, dseg_buffer *out,
                          dseg_error *error) {
  DSEG_TRY(dseg_frame_check_size(info, frame.size, error));
  const uint8_t type = info->frame % context->key == 0 ? KEY : DIFFERENCE;
  DSEG_TRY(rank_bytes(context, info, frame, &context->last, error));
  if (type == DIFFERENCE) {
    context->fragment.size = 0;
    DSEG_TRY(context->frames.read(context->frames.user, info->frame - 1, &context->fragment, error));
    const dseg_view previous = {context->fragment.data, context->fragment.size};
    DSEG_TRY(rank_bytes(context, info, previous, &context->other, error));
    for (size_t i = 0; i < context->last.size; i++) {
      context->last.data[i] ^= context->other.data[i];
    }
  }
  if (info->frame == 0) {
    DSEG_TRY(dseg_buffer_append(out, "T", 1, error));
    DSEG_TRY(dseg_buffer_append(out, context->table, sizeof context->table, error));
  }
  DSEG_TRY(dseg_buffer_append(out, &type, 1, error));
  const uint8_t *ranks = context->last.data;
  for (size_t i = 0; i < context->last.size;) {
    uint8_t pair[2] = {ranks[i], 0};
    for (; i < context->last.size && ranks[i] == pair[0] && pair[1] < UINT8_MAX; i++) {
      pair[1]++;
    }
    DSEG_TRY(dseg_buffer_append(out, pair, sizeof pair, error));
  }
  return DSEG_OK;
}

/* ---- decoding ---- */

/* The bytes behind the table, which is in front of frame 0 only. */
static dseg_status find_payload(size_t frame, dseg_view in, dseg_view *payload, dseg_error *error) {
  const size_t skipped = frame == 0 ? TABLE_BYTES : 0;
  if (in.size <= skipped || in.data[skipped] > DIFFERENCE) {
    return dseg_fail(error, DSEG_ERROR_FORMAT, "frame %zu is neither a key frame nor a difference", frame);
  }
  *payload = (dseg_view){in.data + skipped, in.size - skipped};
  return DSEG_OK;
}

/* Puts a frame's ranks into context->last, which holds those of the frame before when it is a difference. */
static dseg_status apply(dseg_codec_context *context, const dseg_frame_info *info, dseg_view payload,
                         dseg_error *error) {
  const size_t size = dseg_frame_bytes(info);
  context->last_frame = SIZE_MAX;
  atomic_fetch_add(&test_delta_decoded, 1);
  if (payload.data[0] == KEY) {
    DSEG_TRY(dseg_buffer_resize(&context->last, size, error));
    memset(context->last.data, 0, size);
  }
  size_t at = 1, done = 0;
  for (; done < size && at + 2 <= payload.size; at += 2) {
    const size_t count = payload.data[at + 1];
    if (count == 0 || count > size - done) {
      break;
    }
    for (size_t i = 0; i < count; i++) {
      context->last.data[done++] ^= payload.data[at];
    }
  }
  if (done < size) {
    return dseg_fail(error, DSEG_ERROR_FORMAT, "frame %zu: its runs do not make up the frame", info->frame);
  }
  DSEG_TRY(dseg_frame_check_rest(info, payload.size - at, error));
  context->last_frame = info->frame;
  return DSEG_OK;
}

static dseg_status read_payload(dseg_codec_context *context, size_t frame, dseg_view *payload, dseg_error *error) {
  context->fragment.size = 0;
  DSEG_TRY(context->frames.read(context->frames.user, frame, &context->fragment, error));
  return find_payload(frame, (dseg_view){context->fragment.data, context->fragment.size}, payload, error);
}

/* Decodes what is between the frame before this one and its key frame, or the frame decoded last. */
static dseg_status decode_previous(dseg_codec_context *context, const dseg_frame_info *info, dseg_error *error) {
  dseg_view payload;
  size_t first = info->frame;
  bool ready = context->last_frame != SIZE_MAX && context->last_frame + 1 == first;
  while (!ready) {
    if (first == 0 || info->frame - first >= LONGEST_CHAIN) {
      return dseg_fail(error, DSEG_ERROR_FORMAT, "frame %zu has no key frame before it", info->frame);
    }
    DSEG_TRY(read_payload(context, --first, &payload, error));
    ready = payload.data[0] == KEY || (context->last_frame != SIZE_MAX && context->last_frame + 1 == first);
  }
  for (; first < info->frame; first++) {
    dseg_frame_info other = *info;
    other.frame = first;
    DSEG_TRY(read_payload(context, first, &payload, error));
    DSEG_TRY(apply(context, &other, payload, error));
  }
  return DSEG_OK;
}

static dseg_status decode(dseg_codec_context *context, const dseg_frame_info *info, dseg_view in, dseg_span out,
                          dseg_error *error) {
  dseg_view payload;
  DSEG_TRY(dseg_frame_check_size(info, out.size, error));
  DSEG_TRY(find_payload(info->frame, in, &payload, error));
  if (context->last_frame != info->frame) {
    if (payload.data[0] == DIFFERENCE) {
      DSEG_TRY(decode_previous(context, info, error));
    }
    DSEG_TRY(apply(context, info, payload, error));
  }
  for (size_t i = 0; i < out.size; i++) {
    out.data[i] = context->table[context->last.data[i]];
  }
  dseg_frame_from_bytes(info, out);
  return DSEG_OK;
}

static const dseg_frame_codec codec = {
    .abi = DSEG_PLUGIN_ABI,
    .struct_size = sizeof(dseg_frame_codec),
    .name = "test-delta",
    .title = "difference to the previous frame",
    .transfer_syntax_uid = "1.2.3.4.6",
    .flags = DSEG_FRAME_READ_WRITE | DSEG_FRAME_ALL_BITS | DSEG_PLUGIN_EXPERIMENTAL | DSEG_PLUGIN_OTHER_FRAMES,
    .options = options,
    .create = create,
    .encode = encode,
    .decode = decode,
    .destroy = destroy,
    .learn = learn,
};

dseg_status dseg_plugin_register(dseg_registrar registrar, dseg_error *error) {
  return registrar(NULL, &codec, error);
}
