/* SPDX-License-Identifier: Apache-2.0 */
/* frame_encoder.c - spooled canonical frames to fragments (PS3.5 A.4).
 *
 * A codec may look at any frame of the instance, in its final place, so nothing is compressed before all frames are
 * there. Batches of frames are shared out among threads, each with a context of its own, and their fragments are put
 * into the new spool in order. */
#include "seg_write/frame_encoder.h"

#include <stdlib.h>
#include <string.h>

#include "base/endian.h"
#include "base/threads.h"
#include "model/codec_memory.h"
#include "model/plugin_call.h"
#include "seg_read/fragments.h"

#define ITEM_HEADER ((size_t)8)
#define BATCH_FRAMES ((size_t)256)
#define BATCH_BYTES ((uint64_t)1 << 26) /* of canonical frames */

struct encoder {
  dseg_writer *writer;
  const dseg_frame_spool *frames; /* canonical */
  dseg_frame_info format;
  struct worker *workers;
  unsigned worker_count;
  dseg_buffer learned;
  size_t first;         /* frame of the batch */
  dseg_buffer *encoded; /* fragments of the batch */
};

struct worker {
  struct encoder *encoder;
  dseg_codec_context *context;
  dseg_buffer frame;
};

/* Appends a canonical frame to out: what was spooled of it, and zeros around it. */
static dseg_status read_frame(void *user, size_t frame, dseg_buffer *out, dseg_error *error) {
  const struct encoder *encoder = user;
  if (frame >= encoder->writer->frame_count) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "frame %zu of %zu does not exist", frame,
                     encoder->writer->frame_count);
  }
  const dseg_frame_record *record = &encoder->writer->frames[frame];
  const size_t before = out->size, size = dseg_frame_bytes(&encoder->format);
  DSEG_TRY(dseg_buffer_resize(out, before + size, error));
  uint8_t *pixels = out->data + before;
  memset(pixels, 0, record->start);
  memset(pixels + record->start + record->length, 0, size - record->start - record->length);
  return dseg_frame_spool_read(encoder->frames, record->offset, pixels + record->start, record->length, error);
}

static dseg_codec_setup describe(struct encoder *encoder) {
  return (dseg_codec_setup){.encoding = true,
                            .options = encoder->writer->options.codec_options,
                            .option_count = encoder->writer->options.codec_option_count,
                            .format = encoder->format,
                            .frame_count = encoder->writer->frame_count,
                            .frames = {read_frame, encoder},
                            .learned = {encoder->learned.data, encoder->learned.size}};
}

/* One frame: room for the item's header, and the compressed bytes. */
static dseg_status encode_frame(void *user, size_t index, unsigned number, dseg_error *error) {
  struct encoder *encoder = user;
  struct worker *worker = &encoder->workers[number];
  const dseg_frame_codec *codec = encoder->writer->codec;
  dseg_buffer *out = &encoder->encoded[index];
  dseg_frame_info info = encoder->format;
  info.frame = encoder->first + index;
  if (worker->context == NULL) {
    const dseg_codec_setup setup = describe(encoder);
    dseg_codec_context *context = NULL;
    DSEG_TRY(dseg_of_plugin(codec->create(&setup, &context, error), codec->name, "create", error));
    worker->context = context;
  }
  worker->frame.size = 0;
  out->size = 0;
  DSEG_TRY(read_frame(encoder, info.frame, &worker->frame, error));
  DSEG_TRY(dseg_buffer_resize(out, ITEM_HEADER, error));
  const dseg_view frame = {worker->frame.data, worker->frame.size};
  DSEG_TRY(dseg_of_plugin(codec->encode(worker->context, &info, frame, out, error), codec->name, "encode", error));
  if (out->size < ITEM_HEADER) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT,
                     "plug-in %s: frame %zu: encode has taken bytes away that are not its own", codec->name,
                     info.frame + 1);
  }
  return DSEG_OK;
}

/* Makes the item of an encoded frame: header, and padding to an even length (PS3.5 A.4). */
static dseg_status finish_item(dseg_buffer *encoded, dseg_error *error) {
  const size_t length = encoded->size - ITEM_HEADER;
  uint32_t padded;
  DSEG_TRY(dseg_fragment_length(length, &padded, error));
  dseg_store_le16(encoded->data, 0xFFFE);
  dseg_store_le16(encoded->data + 2, 0xE000);
  dseg_store_le32(encoded->data + 4, padded);
  return padded == length ? DSEG_OK : dseg_buffer_append(encoded, "", 1, error);
}

/* Where the encoded frames of a batch go in the new spool; their records change once the whole object is encoded, since
 * a codec may still ask for the canonical frames. */
static dseg_status spool_batch(struct encoder *encoder, size_t count, dseg_frame_spool *fragments,
                               dseg_frame_record *records, dseg_error *error) {
  for (size_t i = 0; i < count; i++) {
    dseg_buffer *encoded = &encoder->encoded[i];
    dseg_frame_record *record = &records[encoder->first + i];
    *record = encoder->writer->frames[encoder->first + i];
    record->start = 0;
    record->length = (uint32_t)(encoded->size - ITEM_HEADER);
    DSEG_TRY(finish_item(encoded, error));
    DSEG_TRY(dseg_frame_spool_bytes(fragments, encoded->data, encoded->size, &record->offset, error));
  }
  return DSEG_OK;
}

static dseg_status encode_all(struct encoder *encoder, size_t batch, dseg_frame_spool *fragments,
                              dseg_frame_record *records, dseg_error *error) {
  const dseg_writer *writer = encoder->writer;
  const dseg_progress *progress = &writer->options.progress;
  if (writer->codec->learn != NULL) {
    const dseg_codec_setup setup = describe(encoder);
    DSEG_TRY(
        dseg_of_plugin(writer->codec->learn(&setup, &encoder->learned, error), writer->codec->name, "learn", error));
  }
  for (encoder->first = 0; encoder->first < writer->frame_count; encoder->first += batch) {
    const size_t left = writer->frame_count - encoder->first, count = left < batch ? left : batch;
    DSEG_TRY(dseg_parallel_for(count, encoder->worker_count, encode_frame, encoder, error));
    DSEG_TRY(spool_batch(encoder, count, fragments, records, error));
    if (progress->report != NULL) {
      progress->report(progress->user, encoder->first + count, writer->frame_count);
    }
  }
  return dseg_frame_spool_complete(fragments, error);
}

static dseg_status allocate(struct encoder *encoder, size_t batch, dseg_frame_record **records, dseg_error *error) {
  *records = malloc(encoder->writer->frame_count * sizeof **records);
  encoder->workers = calloc(encoder->worker_count, sizeof *encoder->workers);
  encoder->encoded = calloc(batch, sizeof *encoder->encoded);
  if (*records == NULL || encoder->workers == NULL || encoder->encoded == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu frames", encoder->writer->frame_count);
  }
  return DSEG_OK;
}

static void release(struct encoder *encoder, size_t batch) {
  for (unsigned i = 0; encoder->workers != NULL && i < encoder->worker_count; i++) {
    encoder->writer->codec->destroy(encoder->workers[i].context);
    dseg_buffer_free(&encoder->workers[i].frame);
  }
  for (size_t i = 0; encoder->encoded != NULL && i < batch; i++) {
    dseg_buffer_free(&encoder->encoded[i]);
  }
  free(encoder->workers);
  free(encoder->encoded);
  dseg_buffer_free(&encoder->learned);
}

dseg_status dseg_writer_encode_frames(dseg_writer *writer, dseg_error *error) {
  struct encoder encoder = {.writer = writer, .frames = &writer->spool};
  encoder.format = dseg_writer_frame_format(writer);
  const uint64_t fit = BATCH_BYTES / dseg_frame_bytes(&encoder.format);
  size_t batch = fit < BATCH_FRAMES ? (size_t)fit : BATCH_FRAMES;
  encoder.worker_count = dseg_worker_count(writer->options.threads, writer->frame_count);
  const dseg_codec_setup setup = describe(&encoder);
  DSEG_TRY(dseg_limit_workers(writer->codec, &setup, writer->options.memory_limit, &encoder.worker_count, error));
  batch = batch < encoder.worker_count ? encoder.worker_count : batch;
  dseg_frame_spool fragments = {.descriptor = -1};
  dseg_frame_record *records = NULL;
  dseg_status status = allocate(&encoder, batch, &records, error);
  if (status == DSEG_OK) {
    status = dseg_frame_spool_create(&fragments, &writer->to, writer->options.temporary_directory, error);
  }
  if (status == DSEG_OK) {
    status = encode_all(&encoder, batch, &fragments, records, error);
  }
  release(&encoder, batch);
  if (status != DSEG_OK) {
    dseg_frame_spool_destroy(&fragments);
    free(records);
    return status;
  }
  dseg_frame_spool_destroy(&writer->spool);
  free(writer->frames);
  writer->spool = fragments;
  writer->frames = records;
  writer->frame_capacity = writer->frame_count;
  return DSEG_OK;
}
