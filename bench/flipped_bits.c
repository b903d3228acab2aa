/* SPDX-License-Identifier: Apache-2.0 */
/* flipped_bits.c - what a decoder says of a frame with one wrong bit: every frame codec of the registry, and of the
 * plug-ins in DSEG_PLUGIN_PATH, on frames of real volumes.
 *
 *   flipped_bits INPUT... [--codec NAME]... [--as REPRESENTATION] [--flips N] [--frames N] [--seed N]
 *
 * INPUT is a file that libdseg reads, or "noise". Without --codec all codecs that lose nothing are tried. Of each
 * volume --frames frames (64) are taken, at even distances, and compressed as an object of their own, padded to even
 * length. Then, --flips times (2,000), one bit of all that is stored is flipped, each as likely as any other, and its
 * frame is decoded by a new context: an error, the same pixels, or other pixels in silence. Prints a JSON object a line
 * for each volume and codec; the same seed gives the same on every machine that has the same libraries.
 *
 * A codec is tried in a process of its own, as many at a time as there are processors; one that ends or hangs is
 * counted, and the next flip is made by another. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "dseg/proposals.h"
#include "flip.h"
#include "frame_json.h"
#include "frame_share.h"

enum { MOST_CODECS = 64, PATIENCE = 20 /* seconds for one frame */ };

struct settings {
  const char *codecs[MOST_CODECS];
  size_t codec_count;
  const char *representation;
  size_t flips, frames;
  uint64_t seed;
};

static bool is_tried(const dseg_frame_codec *codec, const struct settings *settings, unsigned bits) {
  const uint32_t flag = bits == 1 ? DSEG_PLUGIN_BITS_1 : bits == 8 ? DSEG_PLUGIN_BITS_8 : DSEG_PLUGIN_BITS_16;
  bool named = settings->codec_count == 0 && (codec->flags & (DSEG_PLUGIN_NATIVE | DSEG_PLUGIN_LOSSY)) == 0;
  for (size_t i = 0; i < settings->codec_count; i++) {
    named = named || strcmp(settings->codecs[i], codec->name) == 0;
  }
  return named && codec->encode != NULL && codec->decode != NULL && (codec->flags & flag) != 0;
}

/* What a codec's process tells, in memory that it shares. */
struct counts {
  size_t done; /* flips, the present one included */
  size_t errors, same, silent;
  size_t ended; /* flips with which a process ended or hung */
  size_t bytes; /* of all frames */
  bool failed;
  char message[256];
};

/* Makes the flips from counts->done on. Never returns. */
static void try_codec(const struct frame_set *set, const dseg_frame_codec *codec, const struct settings *settings,
                      struct counts *counts) {
  if (freopen("/dev/null", "w", stderr) == NULL) { /* some libraries say there where they found damage */
    _exit(1);
  }
  struct flip_object object;
  dseg_error error = {0};
  if (flip_object_make(set, codec, &object, &error) != DSEG_OK) {
    counts->failed = true;
    (void)snprintf(counts->message, sizeof counts->message, "%.250s", error.message);
    _exit(0);
  }
  counts->bytes = object.stored.size;
  while (counts->done < settings->flips) {
    const uint64_t number = flip_number(settings->seed, counts->done++);
    (void)alarm(PATIENCE);
    const enum flip_outcome outcome = flip_once(&object, number);
    counts->errors += outcome == FLIP_ERROR;
    counts->same += outcome == FLIP_SAME;
    counts->silent += outcome == FLIP_SILENT;
  }
  _exit(0);
}

/* The codecs of one volume, each with its counts and, while it is tried, its process. */
struct trial {
  const dseg_frame_codec *codec;
  struct counts *counts;
  pid_t process;
};

static bool start_trial(struct trial *trial, const struct frame_set *set, const struct settings *settings) {
  trial->process = fork();
  if (trial->process == 0) {
    try_codec(set, trial->codec, settings, trial->counts);
  }
  return trial->process > 0;
}

/* Waits for one process; one that ended before its time is followed by another. */
static bool finish_one(struct trial *trials, size_t count, const struct frame_set *set, const struct settings *settings,
                       unsigned *running) {
  int state = 0;
  const pid_t process = wait(&state);
  for (size_t i = 0; i < count; i++) {
    struct trial *trial = &trials[i];
    if (process > 0 && trial->process == process) {
      trial->process = 0;
      if (WIFEXITED(state) && WEXITSTATUS(state) == 0) {
        (*running)--;
        return true;
      }
      if (trial->counts->done == trial->counts->errors + trial->counts->same + trial->counts->silent +
                                     trial->counts->ended) { /* not with a flip */
        trial->counts->failed = true;
        (void)snprintf(trial->counts->message, sizeof trial->counts->message, "the process ended");
        (*running)--;
        return true;
      }
      trial->counts->ended++;
      return start_trial(trial, set, settings);
    }
  }
  return false;
}

static void print_trial(const struct trial *trial, const struct frame_set *set, const struct settings *settings) {
  const struct counts *counts = trial->counts;
  printf("{\"volume\": ");
  frame_json_text(set->name);
  printf(", \"representation\": \"%s\", \"bits\": %u, \"rows\": %u, \"columns\": %u, \"frames\": %zu, \"codec\": ",
         set->kind, set->format.bits_allocated, set->format.rows, set->format.columns, set->count);
  frame_json_text(trial->codec->name);
  frame_json_codec(trial->codec);
  if (counts->failed) {
    printf(", \"error\": ");
    frame_json_text(counts->message);
  } else {
    printf(
        ", \"bytes\": %zu, \"seed\": %llu, \"flips\": %zu, \"errors\": %zu, \"same\": %zu, \"silent\": %zu, "
        "\"ended\": %zu",
        counts->bytes, (unsigned long long)settings->seed, counts->done, counts->errors, counts->same, counts->silent,
        counts->ended);
  }
  printf("}\n");
}

static dseg_status try_codecs(const struct frame_set *set, const struct settings *settings, struct trial *trials,
                              struct counts *counts, dseg_error *error) {
  size_t count = 0, next = 0;
  const dseg_frame_codec *codec;
  for (size_t i = 0; count < MOST_CODECS && (codec = dseg_frame_codec_at(i)) != NULL; i++) {
    if (is_tried(codec, settings, set->format.bits_allocated)) {
      trials[count] = (struct trial){.codec = codec, .counts = &counts[count]};
      count++;
    }
  }
  unsigned running = 0;
  (void)fflush(stdout); /* what is buffered must not be printed by each process */
  while (next < count || running > 0) {
    if (next < count && running < frame_share_processors()) {
      if (!start_trial(&trials[next++], set, settings)) {
        return dseg_fail(error, DSEG_ERROR_MEMORY, "no process");
      }
      running++;
    } else if (!finish_one(trials, count, set, settings, &running)) {
      return dseg_fail(error, DSEG_ERROR_MEMORY, "no process");
    }
  }
  for (size_t i = 0; i < count; i++) {
    print_trial(&trials[i], set, settings);
  }
  return DSEG_OK;
}

static dseg_status try_input(const struct settings *settings, const char *input, dseg_error *error) {
  const dseg_representation *representation = dseg_find_representation(settings->representation);
  if (representation == NULL) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "%s is no representation", settings->representation);
  }
  struct frame_set set = {0};
  if (strcmp(input, "noise") == 0) {
    DSEG_TRY(frame_set_synthetic(input, (representation->flags & DSEG_PLUGIN_BITS_1) != 0 ? 1 : 8, &set, error));
  } else {
    DSEG_TRY(frame_set_load(input, representation, &set, error));
  }
  flip_thin(&set, settings->frames);
  struct trial trials[MOST_CODECS];
  const size_t size = MOST_CODECS * sizeof(struct counts);
  struct counts *counts = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  const dseg_status status = counts == MAP_FAILED ? dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory")
                                                  : try_codecs(&set, settings, trials, counts, error);
  if (counts != MAP_FAILED) {
    (void)munmap(counts, size);
  }
  frame_set_free(&set);
  return status;
}

static bool read_settings(int argc, char **argv, struct settings *settings) {
  static const struct option options[] = {
      {"codec", required_argument, NULL, 'c'}, {"as", required_argument, NULL, 'a'},
      {"flips", required_argument, NULL, 'n'}, {"frames", required_argument, NULL, 'f'},
      {"seed", required_argument, NULL, 's'},  {NULL, 0, NULL, 0}};
  int option;
  while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
    if (option == 'c' && settings->codec_count < MOST_CODECS) {
      settings->codecs[settings->codec_count++] = optarg;
    } else if (option == 'a') {
      settings->representation = optarg;
    } else if (option == 'n') {
      settings->flips = strtoul(optarg, NULL, 10);
    } else if (option == 'f') {
      settings->frames = strtoul(optarg, NULL, 10);
    } else if (option == 's') {
      settings->seed = strtoull(optarg, NULL, 10);
    } else {
      return false;
    }
  }
  return settings->flips >= 1 && settings->frames >= 1 && optind < argc;
}

int main(int argc, char **argv) {
  struct settings settings = {.representation = "labelmap", .flips = 2000, .frames = 64, .seed = 1};
  if (!read_settings(argc, argv, &settings)) {
    fprintf(stderr,
            "usage: flipped_bits FILE|noise... [--codec NAME]... [--as REPRESENTATION] [--flips N]\n"
            "                    [--frames N] [--seed N]\n");
    return 2;
  }
  dseg_error error = {0};
  if (dseg_register_proposals(&error) != DSEG_OK || dseg_load_plugins(getenv("DSEG_PLUGIN_PATH"), &error) != DSEG_OK) {
    fprintf(stderr, "flipped_bits: error: %s\n", error.message);
    return 1;
  }
  int code = 0;
  for (int i = optind; i < argc; i++) {
    error = (dseg_error){0};
    if (try_input(&settings, argv[i], &error) != DSEG_OK) {
      fprintf(stderr, "flipped_bits: error: %s: %s\n", argv[i], error.message);
      code = 1;
    }
  }
  return code;
}
