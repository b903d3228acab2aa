/* SPDX-License-Identifier: Apache-2.0 */
/* deflate.c - writes gzip files (RFC 1952) and zlib streams (RFC 1950) with several threads. */
#include "base/deflate.h"

#include <stdlib.h>
#include <string.h>

#include "base/endian.h"
#include "base/threads.h"
#include "base/zlib_stream.h"

#define PIECE ((size_t)1 << 20)     /* bytes compressed by one thread at a time */
#define PIECES_AT_ONCE ((size_t)64) /* held in memory until they are written in turn */
#define WINDOW ((size_t)32768)      /* how far deflate looks back */

static uint32_t first_checksum(dseg_deflate_container container) {
  return container == DSEG_GZIP ? 0 : 1;
}

#define STORED_MOST ((size_t)65535) /* bytes of a stored block */

/* Header of the container, and the prefix as stored blocks (RFC 1951, 3.2.4), which end at a byte. */
static dseg_status write_start(dseg_deflate_container container, dseg_view prefix, const dseg_byte_sink *sink,
                               dseg_error *error) {
  static const uint8_t gzip_header[10] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255};
  static const uint8_t zlib_header[2] = {0x78, 0x9c};
  if (container == DSEG_GZIP) {
    DSEG_TRY(sink->write(sink->user, gzip_header, sizeof gzip_header, error));
  } else {
    DSEG_TRY(sink->write(sink->user, zlib_header, sizeof zlib_header, error));
  }
  while (prefix.size > 0) {
    const size_t size = prefix.size < STORED_MOST ? prefix.size : STORED_MOST;
    uint8_t stored[5] = {0};
    dseg_store_le16(stored + 1, (uint16_t)size);
    dseg_store_le16(stored + 3, (uint16_t)~size);
    DSEG_TRY(sink->write(sink->user, stored, sizeof stored, error));
    DSEG_TRY(sink->write(sink->user, prefix.data, size, error));
    prefix = (dseg_view){prefix.data + size, prefix.size - size};
  }
  return DSEG_OK;
}

static dseg_status write_end(dseg_deflate_container container, uint32_t sum, size_t size, const dseg_byte_sink *sink,
                             dseg_error *error) {
  uint8_t end[8];
  if (container == DSEG_GZIP) {
    dseg_store_le32(end, sum);
    dseg_store_le32(end + 4, (uint32_t)size);
    return sink->write(sink->user, end, 8, error);
  }
  for (size_t i = 0; i < 4; i++) {
    end[i] = (uint8_t)(sum >> (24 - 8 * i));
  }
  return sink->write(sink->user, end, 4, error);
}

static void report(const dseg_deflate_options *options, size_t done, size_t total) {
  if (options->progress.report != NULL) {
    options->progress.report(options->progress.user, done, total);
  }
}

/* One piece of the data, and what became of it. */
struct piece {
  uint8_t *bytes;
  size_t size;
  uint32_t sum;
  bool is_empty; /* zeros after zeros, which give the same bytes each time: made once, by the one who writes */
};

struct job {
  dseg_deflate_container container;
  dseg_view data;
  size_t first; /* piece, of this turn */
  int level;
  struct piece *pieces;      /* PIECES_AT_ONCE */
  struct piece empty;        /* what all empty pieces are; bytes NULL until the first is met */
  dseg_deflater **deflaters; /* by worker; NULL until its first piece */
};

static dseg_view piece_of(const struct job *job, size_t index) {
  const size_t at = (job->first + index) * PIECE;
  const size_t left = job->data.size - at;
  return (dseg_view){job->data.data + at, left < PIECE ? left : PIECE};
}

static dseg_status prepare(struct job *job, unsigned worker, size_t at, dseg_error *error) {
  if (job->deflaters[worker] == NULL) {
    DSEG_TRY(dseg_deflater_create(job->level, DSEG_ZLIB_DEFAULT_MEMORY, &job->deflaters[worker], error));
  }
  const size_t before = at < WINDOW ? at : WINDOW;
  dseg_deflater_restart(job->deflaters[worker], (dseg_view){job->data.data + at - before, before});
  return DSEG_OK;
}

/* Most of a mask is empty: a whole piece of zeros, with nothing else in the window before it. */
static bool is_empty(const struct job *job, dseg_view in) {
  const size_t at = (size_t)(in.data - job->data.data);
  if (at < WINDOW || in.size != PIECE || at + PIECE >= job->data.size) {
    return false;
  }
  const uint8_t *first = in.data - WINDOW;
  return *first == 0 && memcmp(first, first + 1, WINDOW + PIECE - 1) == 0;
}

/* Ends at a byte, by an empty stored block, so that the next piece can follow; the last one ends the stream. */
static dseg_status deflate_piece(struct job *job, dseg_view in, unsigned worker, struct piece *piece,
                                 dseg_error *error) {
  const size_t at = (size_t)(in.data - job->data.data);
  const bool is_last = at + in.size == job->data.size;
  DSEG_TRY(prepare(job, worker, at, error));
  dseg_deflater *deflater = job->deflaters[worker];
  const size_t room = dseg_deflater_bound(deflater, in.size) + 64;
  piece->bytes = malloc(room);
  if (piece->bytes == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu bytes", room);
  }
  dseg_view rest = in;
  dseg_span out = {piece->bytes, room};
  const dseg_zlib_result result =
      dseg_deflater_run(deflater, &rest, &out, is_last ? DSEG_DEFLATE_FINISH : DSEG_DEFLATE_SYNC);
  if (result != (is_last ? DSEG_ZLIB_ENDED : DSEG_ZLIB_GOES_ON) || rest.size != 0 || out.size == 0) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "zlib cannot compress a piece of %zu bytes", in.size);
  }
  piece->size = room - out.size;
  piece->sum = dseg_deflate_checksum(job->container, first_checksum(job->container), in);
  uint8_t *smaller = realloc(piece->bytes, piece->size);
  piece->bytes = smaller != NULL ? smaller : piece->bytes;
  return DSEG_OK;
}

static dseg_status compress_piece(void *user, size_t index, unsigned worker, dseg_error *error) {
  struct job *job = user;
  const dseg_view in = piece_of(job, index);
  job->pieces[index].is_empty = is_empty(job, in);
  return job->pieces[index].is_empty ? DSEG_OK : deflate_piece(job, in, worker, &job->pieces[index], error);
}

static dseg_status write_pieces(struct job *job, unsigned workers, const dseg_deflate_options *options,
                                const dseg_byte_sink *sink, uint32_t *sum, dseg_error *error) {
  const size_t count = (job->data.size - 1) / PIECE + 1;
  for (job->first = 0; job->first < count; job->first += PIECES_AT_ONCE) {
    const size_t now = count - job->first < PIECES_AT_ONCE ? count - job->first : PIECES_AT_ONCE;
    report(options, job->first * PIECE, job->data.size);
    DSEG_TRY(dseg_parallel_for(now, workers, compress_piece, job, error));
    for (size_t i = 0; i < now; i++) {
      struct piece *piece = &job->pieces[i];
      if (piece->is_empty) {
        piece = &job->empty;
        if (piece->bytes == NULL) {
          DSEG_TRY(deflate_piece(job, piece_of(job, i), 0, piece, error));
        }
      }
      DSEG_TRY(sink->write(sink->user, piece->bytes, piece->size, error));
      *sum = dseg_zlib_combine(job->container, *sum, piece->sum, piece_of(job, i).size);
      free(job->pieces[i].bytes);
      job->pieces[i] = (struct piece){0};
    }
  }
  report(options, job->data.size, job->data.size);
  return DSEG_OK;
}

static dseg_status deflate_pieces(dseg_deflate_container container, dseg_view data, const dseg_deflate_options *options,
                                  const dseg_byte_sink *sink, uint32_t *sum, dseg_error *error) {
  const unsigned workers = dseg_worker_count(options->threads, (data.size - 1) / PIECE + 1);
  struct job job = {.container = container, .data = data, .level = options->level};
  job.pieces = calloc(PIECES_AT_ONCE, sizeof *job.pieces);
  job.deflaters = calloc(workers, sizeof(dseg_deflater *));
  dseg_status status = DSEG_OK;
  if (job.pieces == NULL || job.deflaters == NULL) {
    status = dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for compressing");
  } else {
    status = write_pieces(&job, workers, options, sink, sum, error);
  }
  for (size_t i = 0; job.pieces != NULL && i < PIECES_AT_ONCE; i++) {
    free(job.pieces[i].bytes);
  }
  for (unsigned i = 0; job.deflaters != NULL && i < workers; i++) {
    dseg_deflater_destroy(job.deflaters[i]);
  }
  free(job.empty.bytes);
  free(job.pieces);
  free(job.deflaters);
  return status;
}

/* Compresses in one call. Untouched pages of the bound cost nothing. */
static dseg_status compress_whole(dseg_compressor *compressor, dseg_view data, const dseg_byte_sink *sink,
                                  dseg_error *error) {
  const size_t room = dseg_compressor_bound(compressor, data.size);
  uint8_t *bytes = malloc(room);
  if (bytes == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for compressing");
  }
  const size_t size = dseg_compress(compressor, data, (dseg_span){bytes, room});
  const dseg_status status = sink->write(sink->user, bytes, size, error);
  free(bytes);
  return status;
}

static dseg_status deflate_whole(dseg_deflate_container container, dseg_view data, const dseg_deflate_options *options,
                                 const dseg_byte_sink *sink, uint32_t *sum, dseg_error *error) {
  dseg_compressor *compressor = NULL;
  report(options, 0, data.size);
  DSEG_TRY(dseg_compressor_create(options->level, &compressor, error));
  const dseg_status status = compress_whole(compressor, data, sink, error);
  dseg_compressor_destroy(compressor);
  *sum = dseg_deflate_checksum(container, *sum, data);
  report(options, data.size, data.size);
  return status;
}

/* Pieces need zlib, the levels past its highest libdeflate. */
static dseg_status deflate_data(dseg_deflate_container container, dseg_view data, const dseg_deflate_options *options,
                                const dseg_byte_sink *sink, uint32_t *sum, dseg_error *error) {
  dseg_deflate_options possible = *options;
  possible.level = options->level < DSEG_DEFLATE_MAX_LEVEL ? options->level : DSEG_DEFLATE_MAX_LEVEL;
  return dseg_has_zlib() && possible.level <= DSEG_ZLIB_MAX_LEVEL
             ? deflate_pieces(container, data, &possible, sink, sum, error)
             : deflate_whole(container, data, &possible, sink, sum, error);
}

dseg_status dseg_deflate_write(dseg_deflate_container container, dseg_view prefix, dseg_view data,
                               const dseg_deflate_options *options, const dseg_byte_sink *sink, dseg_error *error) {
  if (!dseg_can_deflate()) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                     "writing compressed data needs a build with DSEG_WITH_ZLIB or DSEG_WITH_LIBDEFLATE");
  }
  DSEG_TRY(write_start(container, prefix, sink, error));
  uint32_t sum = dseg_deflate_checksum(container, first_checksum(container), prefix);
  DSEG_TRY(deflate_data(container, data, options, sink, &sum, error));
  return write_end(container, sum, prefix.size + data.size, sink, error);
}
