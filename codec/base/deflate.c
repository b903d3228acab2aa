/* deflate.c - writes gzip files (RFC 1952) and zlib streams (RFC 1950) with several threads. */
#include "base/deflate.h"

#include <stdlib.h>
#include <string.h>

#include "base/endian.h"
#include "base/threads.h"

#if DSEG_HAVE_LIBDEFLATE
#include <libdeflate.h>
#endif
#if DSEG_HAVE_ZLIB
#include <zlib.h>
#endif

#define PIECE ((size_t)1 << 20)     /* bytes compressed by one thread at a time */
#define PIECES_AT_ONCE ((size_t)64) /* held in memory until they are written in turn */
#define WINDOW ((size_t)32768)      /* how far deflate looks back */

bool dseg_can_deflate(void) {
#if DSEG_HAVE_LIBDEFLATE || DSEG_HAVE_ZLIB
  return true;
#else
  return false;
#endif
}

#if DSEG_HAVE_LIBDEFLATE || DSEG_HAVE_ZLIB

static uint32_t checksum(dseg_deflate_container container, uint32_t sum, dseg_view data) {
#if DSEG_HAVE_LIBDEFLATE
  return container == DSEG_GZIP ? libdeflate_crc32(sum, data.data, data.size)
                                : libdeflate_adler32(sum, data.data, data.size);
#else
  return (uint32_t)(container == DSEG_GZIP ? crc32_z(sum, data.data, data.size) : adler32_z(sum, data.data, data.size));
#endif
}

static uint32_t first_checksum(dseg_deflate_container container) {
  return container == DSEG_GZIP ? 0 : 1;
}

/* Header of the container, and the prefix as a stored block (RFC 1951, 3.2.4), which ends at a byte. */
static dseg_status write_start(dseg_deflate_container container, dseg_view prefix, const dseg_byte_sink *sink,
                               dseg_error *error) {
  static const uint8_t gzip_header[10] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255};
  static const uint8_t zlib_header[2] = {0x78, 0x9c};
  if (container == DSEG_GZIP) {
    DSEG_TRY(sink->write(sink->user, gzip_header, sizeof gzip_header, error));
  } else {
    DSEG_TRY(sink->write(sink->user, zlib_header, sizeof zlib_header, error));
  }
  if (prefix.size == 0) {
    return DSEG_OK;
  }
  uint8_t stored[5] = {0};
  dseg_store_le16(stored + 1, (uint16_t)prefix.size);
  dseg_store_le16(stored + 3, (uint16_t)~prefix.size);
  DSEG_TRY(sink->write(sink->user, stored, sizeof stored, error));
  return sink->write(sink->user, prefix.data, prefix.size, error);
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

#if DSEG_HAVE_ZLIB

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
  struct piece *pieces; /* PIECES_AT_ONCE */
  struct piece empty;   /* what all empty pieces are; bytes NULL until the first is met */
  z_stream *streams;    /* by worker; opaque is set once it is ready */
};

static dseg_view piece_of(const struct job *job, size_t index) {
  const size_t at = (job->first + index) * PIECE;
  const size_t left = job->data.size - at;
  return (dseg_view){job->data.data + at, left < PIECE ? left : PIECE};
}

static dseg_status prepare(struct job *job, unsigned worker, size_t at, dseg_error *error) {
  z_stream *stream = &job->streams[worker];
  const int raw_deflate = -15;
  const int result = stream->state != NULL
                         ? deflateReset(stream)
                         : deflateInit2(stream, job->level, Z_DEFLATED, raw_deflate, 8, Z_DEFAULT_STRATEGY);
  if (result != Z_OK) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for compressing");
  }
  if (at != 0) {
    const size_t before = at < WINDOW ? at : WINDOW;
    (void)deflateSetDictionary(stream, job->data.data + at - before, (uInt)before);
  }
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
  z_stream *stream = &job->streams[worker];
  const size_t room = (size_t)deflateBound(stream, (uLong)in.size) + 64;
  piece->bytes = malloc(room);
  if (piece->bytes == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu bytes", room);
  }
  stream->next_in = (z_const Bytef *)in.data;
  stream->avail_in = (uInt)in.size;
  stream->next_out = piece->bytes;
  stream->avail_out = (uInt)room;
  const int result = deflate(stream, is_last ? Z_FINISH : Z_SYNC_FLUSH);
  if (result != (is_last ? Z_STREAM_END : Z_OK) || stream->avail_in != 0 || stream->avail_out == 0) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "zlib cannot compress a piece of %zu bytes", in.size);
  }
  piece->size = room - stream->avail_out;
  piece->sum = checksum(job->container, first_checksum(job->container), in);
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

static uint32_t combine(dseg_deflate_container container, uint32_t before, uint32_t sum, size_t size) {
  return (uint32_t)(container == DSEG_GZIP ? crc32_combine(before, sum, (z_off_t)size)
                                           : adler32_combine(before, sum, (z_off_t)size));
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
      *sum = combine(job->container, *sum, piece->sum, piece_of(job, i).size);
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
  job.streams = calloc(workers, sizeof *job.streams);
  dseg_status status = DSEG_OK;
  if (job.pieces == NULL || job.streams == NULL) {
    status = dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for compressing");
  } else {
    status = write_pieces(&job, workers, options, sink, sum, error);
  }
  for (size_t i = 0; job.pieces != NULL && i < PIECES_AT_ONCE; i++) {
    free(job.pieces[i].bytes);
  }
  for (unsigned i = 0; job.streams != NULL && i < workers; i++) {
    (void)deflateEnd(&job.streams[i]);
  }
  free(job.empty.bytes);
  free(job.pieces);
  free(job.streams);
  return status;
}

#endif

#if DSEG_HAVE_LIBDEFLATE

/* The whole at once. The room asked for is touched only as far as the compressed data reaches. */
static dseg_status deflate_whole(dseg_deflate_container container, dseg_view data, const dseg_deflate_options *options,
                                 const dseg_byte_sink *sink, uint32_t *sum, dseg_error *error) {
  report(options, 0, data.size);
  struct libdeflate_compressor *compressor = libdeflate_alloc_compressor(options->level);
  const size_t room = libdeflate_deflate_compress_bound(compressor, data.size);
  uint8_t *bytes = malloc(room);
  dseg_status status = DSEG_OK;
  if (compressor == NULL || bytes == NULL) {
    status = dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for compressing");
  } else {
    const size_t size = libdeflate_deflate_compress(compressor, data.data, data.size, bytes, room);
    status = sink->write(sink->user, bytes, size, error);
    *sum = checksum(container, *sum, data);
  }
  libdeflate_free_compressor(compressor);
  free(bytes);
  report(options, data.size, data.size);
  return status;
}

#endif

static dseg_status deflate_data(dseg_deflate_container container, dseg_view data, const dseg_deflate_options *options,
                                const dseg_byte_sink *sink, uint32_t *sum, dseg_error *error) {
#if DSEG_HAVE_ZLIB && DSEG_HAVE_LIBDEFLATE
  return options->level > 9 ? deflate_whole(container, data, options, sink, sum, error)
                            : deflate_pieces(container, data, options, sink, sum, error);
#elif DSEG_HAVE_ZLIB
  dseg_deflate_options highest = *options;
  highest.level = options->level > 9 ? 9 : options->level;
  return deflate_pieces(container, data, &highest, sink, sum, error);
#else
  return deflate_whole(container, data, options, sink, sum, error);
#endif
}

dseg_status dseg_deflate_write(dseg_deflate_container container, dseg_view prefix, dseg_view data,
                               const dseg_deflate_options *options, const dseg_byte_sink *sink, dseg_error *error) {
  DSEG_TRY(write_start(container, prefix, sink, error));
  uint32_t sum = checksum(container, first_checksum(container), prefix);
  DSEG_TRY(deflate_data(container, data, options, sink, &sum, error));
  return write_end(container, sum, prefix.size + data.size, sink, error);
}

#else

dseg_status dseg_deflate_write(dseg_deflate_container container, dseg_view prefix, dseg_view data,
                               const dseg_deflate_options *options, const dseg_byte_sink *sink, dseg_error *error) {
  (void)container, (void)prefix, (void)data, (void)options, (void)sink;
  return dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                   "writing compressed data needs a build with DSEG_WITH_ZLIB or DSEG_WITH_LIBDEFLATE");
}

#endif
