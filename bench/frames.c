/* SPDX-License-Identifier: Apache-2.0 */
/* frames.c - the frame-codec benchmark: every frame codec of the registry, and of the plug-ins in DSEG_PLUGIN_PATH, on
 * the frames of real volumes, of noise and of nothing.
 *
 *   frames [INPUT...] [--codec NAME[:KEY=VALUE]...] [--as REPRESENTATION] [--rounds N] [--seconds S] [--limit S]
 *          [--json]
 *
 * INPUT is a file that libdseg reads, or "noise" or "empty". Without --codec all codecs that lose nothing are measured
 * with their standard options, beside gzip; --codec, which may be repeated, adds to them, "--codec only" in front
 * leaves them out. One thread; decoding goes straight into the volume. --rounds: 1 to 25. An encoding pass that takes
 * longer than --limit is made once, by all processors. See README.md for what the columns mean. */
#include <getopt.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "dseg/proposals.h"
#include "frame_json.h"
#include "frame_trial.h"
#include "measure.h"
#include "reference_codecs.h"

enum {
  MAX_TRIALS = 64,
  MAX_ROUNDS = 25,
  REPEATED = 2 /* a pass that takes the limit divided by this is not made again */
};

struct settings {
  const char *codecs[MAX_TRIALS];
  size_t codec_count;
  bool only_named;
  const char *representation; /* NULL: labelmap and binary */
  size_t rounds;
  double seconds, limit;
  bool json;
};

/* What is known of one codec on one set after all rounds. */
struct result {
  struct trial_reply encode, verify, memory, decode, random; /* the last of each */
  double encode_times[MAX_ROUNDS], decode_times[MAX_ROUNDS], random_times[MAX_ROUNDS];
  size_t encodes, decodes, randoms;
  bool failed;
  char message[256];
};

struct run {
  const struct settings *settings;
  struct frame_set set, whole; /* whole: the same bytes as one frame */
  struct frame_trial trials[MAX_TRIALS];
  struct result results[MAX_TRIALS];
  size_t count;
  uint8_t *out;
};

static uint32_t bits_flag(unsigned bits) {
  return bits == 1 ? DSEG_PLUGIN_BITS_1 : bits == 8 ? DSEG_PLUGIN_BITS_8 : DSEG_PLUGIN_BITS_16;
}

static void add_trial(struct run *run, const dseg_frame_codec *codec, const char *spec, const struct frame_set *set) {
  if (run->count == MAX_TRIALS) {
    return;
  }
  struct frame_trial *trial = &run->trials[run->count++];
  *trial = (struct frame_trial){
      .set = set, .codec = codec, .seconds = run->settings->seconds, .limit = run->settings->limit, .out = run->out};
  (void)snprintf(trial->spec, sizeof trial->spec, "%s", spec);
}

/* What the registry's codecs are measured beside. */
static const struct reference {
  const dseg_frame_codec *codec;
  bool of_volume; /* one stream for all frames */
} references[] = {{&reference_gzip_zlib, true},
                  {&reference_gzip_libdeflate, true},
#if DSEG_HAVE_ZSTD
                  {&reference_zstd_prefix, false}
#endif
};
enum { REFERENCES = sizeof references / sizeof *references };

static void add_reference(struct run *run, const struct reference *reference) {
  if ((reference->codec->flags & bits_flag(run->set.format.bits_allocated)) != 0) {
    add_trial(run, reference->codec, reference->codec->name, reference->of_volume ? &run->whole : &run->set);
  }
}

/* NAME:KEY=VALUE:... The names of options are those of the codec's table, which outlives the trial. */
static dseg_status add_named(struct run *run, const char *spec, dseg_error *error) {
  char text[128];
  (void)snprintf(text, sizeof text, "%s", spec);
  char *rest = strchr(text, ':');
  if (rest != NULL) {
    *rest++ = '\0';
  }
  for (size_t i = 0; i < REFERENCES; i++) {
    if (strcmp(spec, references[i].codec->name) == 0) {
      add_reference(run, &references[i]);
      return DSEG_OK;
    }
  }
  const dseg_frame_codec *codec = dseg_find_frame_codec(text);
  if (codec == NULL || (codec->flags & DSEG_PLUGIN_NATIVE) != 0 || codec->encode == NULL) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "%s is no frame codec that compresses", text);
  }
  if ((codec->flags & bits_flag(run->set.format.bits_allocated)) == 0) {
    return DSEG_OK;
  }
  add_trial(run, codec, spec, &run->set);
  struct frame_trial *trial = &run->trials[run->count - 1];
  for (; rest != NULL && *rest != '\0' && trial->option_count < TRIAL_OPTIONS; rest += *rest == ':') {
    const size_t length = strcspn(rest, "=");
    const dseg_option *option = codec->options;
    while (option != NULL && option->name != NULL &&
           (strlen(option->name) != length || strncmp(option->name, rest, length) != 0)) {
      option++;
    }
    if (option == NULL || option->name == NULL || rest[length] != '=') {
      return dseg_fail(error, DSEG_ERROR_ARGUMENT, "%s has no option %s", codec->name, rest);
    }
    char *end = NULL;
    const int64_t value = strtoll(rest + length + 1, &end, 10);
    if (value < option->minimum || value > option->maximum) {
      return dseg_fail(error, DSEG_ERROR_ARGUMENT, "%s: %s is from %" PRId64 " to %" PRId64, codec->name, option->name,
                       option->minimum, option->maximum);
    }
    trial->options[trial->option_count++] = (dseg_option_value){option->name, value};
    rest = end;
  }
  return DSEG_OK;
}

static dseg_status add_trials(struct run *run, dseg_error *error) {
  add_trial(run, &reference_memcpy, reference_memcpy.name, &run->set);
  if (!run->settings->only_named) {
    for (size_t i = 0; i < REFERENCES; i++) {
      add_reference(run, &references[i]);
    }
    const dseg_frame_codec *codec;
    for (size_t i = 0; (codec = dseg_frame_codec_at(i)) != NULL; i++) {
      const bool measured = (codec->flags & (DSEG_PLUGIN_NATIVE | DSEG_PLUGIN_LOSSY)) == 0 && codec->encode != NULL &&
                            (codec->flags & bits_flag(run->set.format.bits_allocated)) != 0;
      if (measured) {
        add_trial(run, codec, codec->name, &run->set);
      }
    }
  }
  for (size_t i = 0; i < run->settings->codec_count; i++) {
    DSEG_TRY(add_named(run, run->settings->codecs[i], error));
  }
  return DSEG_OK;
}

static void ask(struct run *run, size_t index, enum trial_request request, struct trial_reply *reply) {
  struct result *result = &run->results[index];
  if (result->failed) {
    return;
  }
  frame_trial_ask(&run->trials[index], request, reply);
  if (reply->status != DSEG_OK) {
    result->failed = true;
    (void)snprintf(result->message, sizeof result->message, "%s", reply->message);
  }
}

/* One round: each codec in turn does the same. The first encoding of each is a warm-up, unless it takes so long that
 * there is no second; before the first decoding the frames were verified. */
static void run_round(struct run *run) {
  const double once = run->settings->limit / REPEATED;
  for (size_t i = 0; i < run->count; i++) {
    struct result *result = &run->results[i];
    if (result->encode.seconds < once) {
      ask(run, i, TRIAL_ENCODE, &result->encode);
      result->encode_times[result->encodes++] = result->encode.seconds;
    }
    if (result->decode.seconds < once) {
      ask(run, i, TRIAL_DECODE, &result->decode);
      result->decode_times[result->decodes++] = result->decode.seconds;
    }
    ask(run, i, TRIAL_RANDOM, &result->random);
    result->random_times[result->randoms++] = result->random.seconds;
  }
}

static void run_all(struct run *run) {
  for (size_t i = 0; i < run->count; i++) {
    struct result *result = &run->results[i];
    ask(run, i, TRIAL_ENCODE, &result->encode);
    if (result->encode.seconds >= run->settings->limit / REPEATED) {
      result->encode_times[result->encodes++] = result->encode.seconds;
    }
    ask(run, i, TRIAL_VERIFY, &result->verify);
    ask(run, i, TRIAL_MEMORY, &result->memory);
  }
  for (size_t round = 0; round < run->settings->rounds; round++) {
    run_round(run);
  }
}

static void print_times(const char *name, double *times, size_t count) {
  const double median = bench_median(times, count); /* sorts */
  printf(", \"%s\": {\"median\": %.9f, \"min\": %.9f, \"max\": %.9f, \"n\": %zu}", name, median, times[0],
         times[count - 1], count);
}

static void print_json(struct run *run, size_t index) {
  const struct frame_trial *trial = &run->trials[index];
  struct result *result = &run->results[index];
  const struct frame_set *set = trial->set;
  printf("{\"volume\": ");
  frame_json_text(set->name);
  printf(
      ", \"representation\": \"%s\", \"bits\": %u, \"rows\": %u, \"columns\": %u, \"frames\": %zu, "
      "\"raw_bytes\": %zu, \"codec\": ",
      run->set.kind, set->format.bits_allocated, run->set.format.rows, run->set.format.columns, run->set.count,
      set->count * set->frame_bytes);
  frame_json_text(trial->spec);
  frame_json_codec(trial->codec);
  if (result->failed) {
    printf(", \"error\": ");
    frame_json_text(result->message);
  } else {
    printf(
        ", \"bytes\": %llu, \"failures\": %zu, \"encode_memory\": %llu, \"decode_memory\": %llu, "
        "\"other_frames_read\": %.3f",
        result->encode.bytes, result->verify.failures, result->memory.encode_memory, result->memory.decode_memory,
        result->random.frames_read);
    print_times("encode_seconds", result->encode_times, result->encodes);
    print_times("decode_seconds", result->decode_times, result->decodes);
    print_times("random_frame_seconds", result->random_times, result->randoms);
  }
  printf("}\n");
}

static void print_row(struct run *run, size_t index) {
  const struct frame_trial *trial = &run->trials[index];
  struct result *result = &run->results[index];
  if (result->failed) {
    printf("| `%s` | failed: %s | | | | | | |\n", trial->spec, result->message);
    return;
  }
  const double pixels = (double)(trial->set->count * trial->set->frame_bytes) / 1e6;
  printf("| `%s` | %llu | %.0f | %.0f | %.1f | %.2f | %.2f | %zu |\n", trial->spec, result->encode.bytes,
         pixels / bench_median(result->encode_times, result->encodes),
         pixels / bench_median(result->decode_times, result->decodes),
         1e6 * bench_median(result->random_times, result->randoms), (double)result->memory.encode_memory / 1e6,
         (double)result->memory.decode_memory / 1e6, result->verify.failures);
}

static void print_results(struct run *run) {
  if (!run->settings->json) {
    printf(
        "\n### %s, %s: %zu frames of %u x %u, %u bit%s\n\n| codec | bytes | encode MB/s | decode MB/s | "
        "random frame us | encoding MB | decoding MB | failures |\n|---|---:|---:|---:|---:|---:|---:|---:|\n",
        run->set.name, run->set.kind, run->set.count, (unsigned)run->set.format.columns, (unsigned)run->set.format.rows,
        run->set.format.bits_allocated, run->set.format.bits_allocated == 1 ? "" : "s");
  }
  for (size_t i = 0; i < run->count; i++) {
    if (run->settings->json) {
      print_json(run, i);
    } else {
      print_row(run, i);
    }
  }
  (void)fflush(stdout);
}

/* Measures all codecs on run->set. */
static dseg_status measure_set(struct run *run, dseg_error *error) {
  const size_t size = run->set.count * run->set.frame_bytes;
  frame_set_as_one(&run->set, &run->whole);
  run->out = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (run->out == MAP_FAILED) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu bytes", size);
  }
  dseg_status status = add_trials(run, error);
  (void)fflush(stdout); /* what is buffered must not be printed by each process */
  size_t started = 0;
  while (status == DSEG_OK && started < run->count) {
    status = frame_trial_start(&run->trials[started], error);
    started += status == DSEG_OK;
  }
  if (status == DSEG_OK) {
    run_all(run);
    print_results(run);
  }
  for (size_t i = 0; i < started; i++) {
    frame_trial_stop(&run->trials[i]);
  }
  (void)munmap(run->out, size);
  return status;
}

static dseg_status measure_input(const struct settings *settings, const char *input, const char *representation,
                                 dseg_error *error) {
  struct run *run = calloc(1, sizeof *run);
  if (run == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory");
  }
  run->settings = settings;
  const dseg_representation *entry = dseg_find_representation(representation);
  dseg_status status = DSEG_OK;
  if (entry == NULL) {
    status = dseg_fail(error, DSEG_ERROR_ARGUMENT, "%s is no representation", representation);
  } else if (strcmp(input, "noise") == 0 || strcmp(input, "empty") == 0) {
    status = frame_set_synthetic(input, (entry->flags & DSEG_PLUGIN_BITS_1) != 0 ? 1 : 8, &run->set, error);
  } else {
    status = frame_set_load(input, entry, &run->set, error);
  }
  if (status == DSEG_OK) {
    status = measure_set(run, error);
  }
  frame_set_free(&run->set);
  free(run);
  return status;
}

static int usage(void) {
  fprintf(stderr,
          "usage: frames [FILE|noise|empty]... [--codec only|NAME[:KEY=VALUE]...] [--as REPRESENTATION]\n"
          "              [--rounds 1..%d] [--seconds S] [--limit S] [--json]\n",
          MAX_ROUNDS);
  return 2;
}

static bool read_settings(int argc, char **argv, struct settings *settings) {
  static const struct option options[] = {{"codec", required_argument, NULL, 'c'},
                                          {"as", required_argument, NULL, 'a'},
                                          {"rounds", required_argument, NULL, 'r'},
                                          {"seconds", required_argument, NULL, 's'},
                                          {"limit", required_argument, NULL, 'l'},
                                          {"json", no_argument, NULL, 'j'},
                                          {NULL, 0, NULL, 0}};
  int option;
  while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
    if (option == 'c' && strcmp(optarg, "only") == 0) {
      settings->only_named = true;
    } else if (option == 'c' && settings->codec_count < MAX_TRIALS) {
      settings->codecs[settings->codec_count++] = optarg;
    } else if (option == 'a') {
      settings->representation = optarg;
    } else if (option == 'r') {
      settings->rounds = strtoul(optarg, NULL, 10);
    } else if (option == 's') {
      settings->seconds = strtod(optarg, NULL);
    } else if (option == 'l') {
      settings->limit = strtod(optarg, NULL);
    } else if (option == 'j') {
      settings->json = true;
    } else {
      return false;
    }
  }
  if (settings->rounds < 1 || settings->rounds > MAX_ROUNDS) {
    fprintf(stderr, "frames: --rounds is a number from 1 to %d\n", MAX_ROUNDS);
    return false;
  }
  return true;
}

int main(int argc, char **argv) {
  struct settings settings = {.rounds = 5, .seconds = 0.2, .limit = 10};
  if (!read_settings(argc, argv, &settings) || optind == argc) {
    return usage();
  }
  (void)signal(SIGPIPE, SIG_IGN); /* a codec's process may have died */
  static const char *const both[] = {"labelmap", "binary"};
  dseg_error error = {0};
  if (dseg_register_proposals(&error) != DSEG_OK || dseg_load_plugins(getenv("DSEG_PLUGIN_PATH"), &error) != DSEG_OK) {
    fprintf(stderr, "frames: error: %s\n", error.message);
    return 1;
  }
  int code = 0;
  for (int i = optind; i < argc; i++) {
    for (size_t j = 0; j < (settings.representation != NULL ? 1 : 2); j++) {
      error = (dseg_error){0};
      const char *representation = settings.representation != NULL ? settings.representation : both[j];
      if (measure_input(&settings, argv[i], representation, &error) != DSEG_OK) {
        fprintf(stderr, "frames: error: %s, %s: %s\n", argv[i], representation, error.message);
        code = 1;
      }
    }
  }
  return code;
}
