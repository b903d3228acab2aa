/* SPDX-License-Identifier: Apache-2.0 */
/* frame_trial.c - the process that measures one frame codec, see frame_trial.h.
 *
 * The process is forked with the frames in memory, waits for requests on a pipe, and answers each with a struct. So a
 * codec that crashes takes nobody with it, and all codecs can take turns. What takes long is shared by copies of it. */
#include "frame_trial.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "frame_share.h"
#include "measure.h"

enum { PROBED_FRAMES = 4, MEMORY_FRAMES = 8, SLOW_MEMORY_FRAMES = 2, RANDOM_FRAMES = 200 };

struct worker {
  const struct frame_trial *trial;
  unsigned processes;          /* that share an encoding pass */
  dseg_buffer learned;         /* what the codec learned of all frames */
  dseg_buffer stream;          /* compressed frames */
  struct frame_piece *encoded; /* by frame; in stream */
  size_t frames_read;
  bool ready;
};

static const uint8_t *frame_at(const struct frame_set *set, size_t frame) {
  return set->frames + frame * set->frame_bytes;
}

static dseg_status read_canonical(void *user, size_t frame, dseg_buffer *out, dseg_error *error) {
  const struct worker *worker = user;
  const struct frame_set *set = worker->trial->set;
  if (frame >= set->count) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "frame %zu of %zu does not exist", frame, set->count);
  }
  return dseg_buffer_append(out, frame_at(set, frame), set->frame_bytes, error);
}

static dseg_view encoded_at(const struct worker *worker, size_t frame) {
  const struct frame_piece piece = worker->encoded[frame];
  return (dseg_view){worker->stream.data + piece.start, piece.size};
}

static dseg_status read_encoded(void *user, size_t frame, dseg_buffer *out, dseg_error *error) {
  struct worker *worker = user;
  worker->frames_read++;
  if (frame >= worker->trial->set->count) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "frame %zu is not there", frame);
  }
  const dseg_view bytes = encoded_at(worker, frame);
  return dseg_buffer_append(out, bytes.data, bytes.size, error);
}

static dseg_codec_setup encoding_setup(struct worker *worker) {
  const struct frame_trial *trial = worker->trial;
  return (dseg_codec_setup){.encoding = true,
                            .options = trial->options,
                            .option_count = trial->option_count,
                            .format = trial->set->format,
                            .frame_count = trial->set->count,
                            .frames = {read_canonical, worker},
                            .learned = {worker->learned.data, worker->learned.size}};
}

static dseg_codec_setup decoding_setup(struct worker *worker) {
  return (dseg_codec_setup){
      .format = worker->trial->set->format, .frame_count = worker->trial->set->count, .frames = {read_encoded, worker}};
}

static dseg_frame_info info_of(const struct frame_set *set, size_t frame) {
  dseg_frame_info info = set->format;
  info.frame = frame;
  return info;
}

static dseg_status encode_frame(const struct worker *worker, dseg_codec_context *context, size_t frame,
                                dseg_buffer *out, dseg_error *error) {
  const struct frame_set *set = worker->trial->set;
  const dseg_frame_info info = info_of(set, frame);
  return worker->trial->codec->encode(context, &info, (dseg_view){frame_at(set, frame), set->frame_bytes}, out, error);
}

static dseg_status decode_frame(const struct worker *worker, dseg_codec_context *context, size_t frame, uint8_t *out,
                                dseg_error *error) {
  const struct frame_set *set = worker->trial->set;
  const dseg_frame_info info = info_of(set, frame);
  return worker->trial->codec->decode(context, &info, encoded_at(worker, frame), (dseg_span){out, set->frame_bytes},
                                      error);
}

static uint8_t *out_at(const struct worker *worker, size_t frame) {
  return worker->trial->out + frame * worker->trial->set->frame_bytes;
}

static dseg_status learn(struct worker *worker, dseg_error *error) {
  worker->learned.size = 0;
  if (worker->trial->codec->learn == NULL) {
    return DSEG_OK;
  }
  const dseg_codec_setup setup = encoding_setup(worker);
  return worker->trial->codec->learn(&setup, &worker->learned, error);
}

/* Whether a pass would take longer than the limit, by the time that a few frames take: then all processors share it. */
static dseg_status choose_processes(struct worker *worker, dseg_codec_context *context, dseg_error *error) {
  const struct frame_trial *trial = worker->trial;
  const size_t count = trial->set->count;
  worker->processes = 1;
  if (count <= PROBED_FRAMES) {
    return DSEG_OK;
  }
  const double start = bench_seconds();
  for (size_t i = 0; i < PROBED_FRAMES && worker->processes == 1; i++) {
    worker->stream.size = 0;
    DSEG_TRY(encode_frame(worker, context, (2 * i + 1) * count / ((size_t)2 * PROBED_FRAMES), &worker->stream, error));
    if ((bench_seconds() - start) / PROBED_FRAMES * (double)count > trial->limit) {
      worker->processes = frame_share_processors();
    }
  }
  return DSEG_OK;
}

/* A frame of a pass, for frame_share_run. */
struct pass {
  const struct worker *worker;
  dseg_codec_context *context;
};

static dseg_status encode_one(void *user, size_t frame, dseg_buffer *out, dseg_error *error) {
  const struct pass *pass = user;
  return encode_frame(pass->worker, pass->context, frame, out, error);
}

static dseg_status run_encode(struct worker *worker, struct trial_reply *reply, dseg_error *error) {
  const struct frame_trial *trial = worker->trial;
  if (!worker->ready) {
    worker->encoded = calloc(trial->set->count, sizeof *worker->encoded);
    if (worker->encoded == NULL) {
      return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory");
    }
  }
  const double start = bench_cpu_seconds();
  DSEG_TRY(learn(worker, error));
  const double learned = bench_cpu_seconds() - start;
  struct pass pass = {.worker = worker};
  const dseg_codec_setup setup = encoding_setup(worker);
  DSEG_TRY(trial->codec->create(&setup, &pass.context, error));
  dseg_status status = worker->ready ? DSEG_OK : choose_processes(worker, pass.context, error);
  double seconds = 0;
  if (status == DSEG_OK) {
    worker->stream.size = 0;
    status = frame_share_run(trial->set->count, worker->processes, encode_one, &pass, &worker->stream, worker->encoded,
                             &seconds, error);
  }
  trial->codec->destroy(pass.context);
  reply->seconds = learned + seconds;
  reply->bytes = worker->stream.size;
  worker->ready = status == DSEG_OK;
  return status;
}

/* Appends a byte where the frame is not decoded, or to other pixels. */
static dseg_status verify_one(void *user, size_t frame, dseg_buffer *out, dseg_error *error) {
  const struct pass *pass = user;
  const struct frame_set *set = pass->worker->trial->set;
  uint8_t *pixels = out_at(pass->worker, frame);
  memset(pixels, 0xA5, set->frame_bytes);
  dseg_error ignored = {0};
  if (decode_frame(pass->worker, pass->context, frame, pixels, &ignored) == DSEG_OK &&
      memcmp(pixels, frame_at(set, frame), set->frame_bytes) == 0) {
    return DSEG_OK;
  }
  return dseg_buffer_append(out, "", 1, error);
}

static dseg_status run_verify(struct worker *worker, struct trial_reply *reply, dseg_error *error) {
  const struct frame_trial *trial = worker->trial;
  struct frame_piece *pieces = calloc(trial->set->count, sizeof *pieces);
  if (pieces == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory");
  }
  struct pass pass = {.worker = worker};
  dseg_buffer wrong = {0};
  double ignored = 0;
  const dseg_codec_setup setup = decoding_setup(worker);
  dseg_status status = trial->codec->create(&setup, &pass.context, error);
  if (status == DSEG_OK) {
    status = frame_share_run(trial->set->count, worker->processes, verify_one, &pass, &wrong, pieces, &ignored, error);
    trial->codec->destroy(pass.context);
  }
  reply->failures = wrong.size;
  dseg_buffer_free(&wrong);
  free(pieces);
  return status;
}

static dseg_status run_decode(struct worker *worker, struct trial_reply *reply, dseg_error *error) {
  const struct frame_trial *trial = worker->trial;
  dseg_codec_context *context = NULL;
  const dseg_codec_setup setup = decoding_setup(worker);
  DSEG_TRY(trial->codec->create(&setup, &context, error));
  const double began = bench_seconds();
  dseg_status status = DSEG_OK;
  do {
    const double start = bench_seconds();
    for (size_t frame = 0; frame < trial->set->count && status == DSEG_OK; frame++) {
      status = decode_frame(worker, context, frame, out_at(worker, frame), error);
    }
    const double seconds = bench_seconds() - start;
    reply->seconds = reply->passes == 0 || seconds < reply->seconds ? seconds : reply->seconds;
    reply->passes++;
  } while (status == DSEG_OK && bench_seconds() - began < trial->seconds);
  trial->codec->destroy(context);
  return status;
}

static dseg_status run_random(struct worker *worker, struct trial_reply *reply, dseg_error *error) {
  const struct frame_trial *trial = worker->trial;
  dseg_codec_context *context = NULL;
  const dseg_codec_setup setup = decoding_setup(worker);
  DSEG_TRY(trial->codec->create(&setup, &context, error));
  uint64_t state = 1;
  size_t frames = 0;
  worker->frames_read = 0;
  dseg_status status = DSEG_OK;
  const double start = bench_seconds();
  while (status == DSEG_OK && (frames < RANDOM_FRAMES || bench_seconds() - start < trial->seconds / 2) &&
         bench_seconds() - start < 2 * trial->seconds) {
    const size_t frame = bench_random(&state) % trial->set->count;
    status = decode_frame(worker, context, frame, out_at(worker, frame), error);
    frames++;
  }
  reply->seconds = (bench_seconds() - start) / (double)frames;
  reply->frames_read = (double)worker->frames_read / (double)frames;
  trial->codec->destroy(context);
  return status;
}

/* Encodes, or decodes, a few frames with a fresh context and gives what memory that took. */
static dseg_status use_context(struct worker *worker, bool encode, dseg_error *error) {
  const struct frame_trial *trial = worker->trial;
  const size_t count = trial->set->count, frames = worker->processes > 1 ? SLOW_MEMORY_FRAMES : MEMORY_FRAMES;
  dseg_codec_context *context = NULL;
  const dseg_codec_setup setup = encode ? encoding_setup(worker) : decoding_setup(worker);
  DSEG_TRY(trial->codec->create(&setup, &context, error));
  dseg_buffer out = {0};
  dseg_status status = DSEG_OK;
  for (size_t i = 0; i < frames && i < count && status == DSEG_OK; i++) {
    const size_t frame = (2 * i + 1) * count / (2 * frames);
    out.size = 0;
    status = encode ? encode_frame(worker, context, frame, &out, error)
                    : decode_frame(worker, context, frame, out_at(worker, frame), error);
  }
  dseg_buffer_free(&out);
  trial->codec->destroy(context);
  return status;
}

/* In a process of its own, with its heap given back before. */
static dseg_status memory_of(struct worker *worker, bool encode, unsigned long long *bytes, dseg_error *error) {
  int ends[2];
  if (pipe(ends) != 0) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "no pipe");
  }
  (void)malloc_trim(0);
  const pid_t process = fork();
  if (process == 0) {
    /* Decoded pixels go to shared memory, whose pages count once they are touched. */
    memset(worker->trial->out, 0, worker->trial->set->frame_bytes * worker->trial->set->count);
    const unsigned long long before = bench_reset_peak();
    dseg_error ignored = {0};
    unsigned long long taken = 0;
    if (use_context(worker, encode, &ignored) == DSEG_OK) {
      const unsigned long long peak = bench_peak_bytes();
      taken = peak > before ? peak - before : 0;
    }
    _exit(write(ends[1], &taken, sizeof taken) == (ssize_t)sizeof taken ? 0 : 1);
  }
  (void)close(ends[1]);
  *bytes = 0;
  const ssize_t got = read(ends[0], bytes, sizeof *bytes);
  (void)close(ends[0]);
  int state = 0;
  (void)waitpid(process, &state, 0);
  return got == (ssize_t)sizeof *bytes && state == 0 ? DSEG_OK
                                                     : dseg_fail(error, DSEG_ERROR_MEMORY, "memory was not measured");
}

static dseg_status run_memory(struct worker *worker, struct trial_reply *reply, dseg_error *error) {
  DSEG_TRY(memory_of(worker, true, &reply->encode_memory, error));
  return memory_of(worker, false, &reply->decode_memory, error);
}

static dseg_status answer(struct worker *worker, char request, struct trial_reply *reply, dseg_error *error) {
  switch (request) {
    case TRIAL_ENCODE: return run_encode(worker, reply, error);
    case TRIAL_VERIFY: return run_verify(worker, reply, error);
    case TRIAL_MEMORY: return run_memory(worker, reply, error);
    case TRIAL_DECODE: return run_decode(worker, reply, error);
    case TRIAL_RANDOM: return run_random(worker, reply, error);
    default: return dseg_fail(error, DSEG_ERROR_ARGUMENT, "unknown request");
  }
}

/* Never returns. */
static void serve(const struct frame_trial *trial, int in, int out) {
  struct worker worker = {.trial = trial, .processes = 1};
  char request = 0;
  while (read(in, &request, 1) == 1 && request != TRIAL_QUIT) {
    struct trial_reply reply = {0};
    dseg_error error = {0};
    reply.status = answer(&worker, request, &reply, &error);
    if (reply.status != DSEG_OK) {
      (void)snprintf(reply.message, sizeof reply.message, "%.250s", error.message);
    }
    if (write(out, &reply, sizeof reply) != (ssize_t)sizeof reply) {
      break;
    }
  }
  _exit(0);
}

dseg_status frame_trial_start(struct frame_trial *trial, dseg_error *error) {
  int down[2], up[2];
  if (pipe(down) != 0) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "no pipe");
  }
  if (pipe(up) != 0) {
    (void)close(down[0]);
    (void)close(down[1]);
    return dseg_fail(error, DSEG_ERROR_MEMORY, "no pipe");
  }
  trial->process = fork();
  if (trial->process == 0) {
    (void)close(down[1]);
    (void)close(up[0]);
    serve(trial, down[0], up[1]);
  }
  (void)close(down[0]);
  (void)close(up[1]);
  trial->to_process = down[1];
  trial->from_process = up[0];
  return trial->process > 0 ? DSEG_OK : dseg_fail(error, DSEG_ERROR_MEMORY, "no process");
}

void frame_trial_ask(struct frame_trial *trial, enum trial_request request, struct trial_reply *reply) {
  *reply = (struct trial_reply){0};
  const char byte = (char)request;
  size_t got = 0;
  if (write(trial->to_process, &byte, 1) == 1) {
    ssize_t count = 1;
    while (got < sizeof *reply && (count = read(trial->from_process, (char *)reply + got, sizeof *reply - got)) > 0) {
      got += (size_t)count;
    }
  }
  if (got == sizeof *reply) {
    return;
  }
  *reply = (struct trial_reply){.status = DSEG_ERROR_UNSUPPORTED};
  int state = 0;
  if (waitpid(trial->process, &state, 0) == trial->process && WIFSIGNALED(state)) {
    (void)snprintf(reply->message, sizeof reply->message, "crashed with signal %d", WTERMSIG(state));
  } else {
    (void)snprintf(reply->message, sizeof reply->message, "the process ended");
  }
  trial->process = 0;
}

void frame_trial_stop(struct frame_trial *trial) {
  const char byte = TRIAL_QUIT;
  if (trial->process > 0 && write(trial->to_process, &byte, 1) == 1) {
    (void)waitpid(trial->process, NULL, 0);
  }
  (void)close(trial->to_process);
  (void)close(trial->from_process);
}
