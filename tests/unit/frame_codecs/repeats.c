/* SPDX-License-Identifier: Apache-2.0 */
/* repeats.c - a frame gets the same bytes every time, unless its codec says that it does not, whatever the heap held
 * before and whatever other threads do. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "trial.h"

enum { ROUNDS = 2, THREADS = 2 };

/* Leaves memory behind in which whatever is allocated next finds a byte of the round's own. */
static void soil_heap(uint64_t *random) {
  enum { BLOCKS = 24 };
  uint8_t *blocks[BLOCKS];
  const int byte = (int)(next_random(random) % 256);
  for (size_t i = 0; i < BLOCKS; i++) {
    const size_t size = 1 + (size_t)(next_random(random) % (i % 8 == 0 ? 1u << 20 : 40000));
    blocks[i] = malloc(size);
    if (blocks[i] != NULL) {
      memset(blocks[i], byte, size);
    }
  }
  for (size_t i = 0; i < BLOCKS; i++) { /* in another order */
    free(blocks[i * 7 % BLOCKS]);
  }
}

/* What one thread does; only the first thread may call cmocka. */
struct repeater {
  struct trial trial; /* with an encoder of the thread's own */
  const dseg_buffer *expected;
  uint64_t random;
  bool same;
};

static void *repeat(void *argument) {
  struct repeater *repeater = argument;
  const dseg_view frame = {repeater->trial.frame, repeater->trial.size};
  dseg_buffer again = {0};
  repeater->same = true;
  for (int round = 0; round < ROUNDS; round++) {
    again.size = 0;
    soil_heap(&repeater->random);
    repeater->same = repeater->same && encode_alone(&repeater->trial, frame, &again, NULL) == DSEG_OK &&
                     again.size == repeater->expected->size &&
                     memcmp(again.data, repeater->expected->data, again.size) == 0;
  }
  dseg_buffer_free(&again);
  return NULL;
}

/* Threads that encode the same frame at the same time. */
static void check_repeats(const struct trial *trial, const dseg_buffer *expected, dseg_codec_context *encoders[THREADS],
                          uint64_t *random) {
  pthread_t threads[THREADS];
  struct repeater repeaters[THREADS];
  for (size_t i = 0; i < THREADS; i++) {
    repeaters[i] = (struct repeater){.trial = *trial, .expected = expected, .random = next_random(random)};
    repeaters[i].trial.encoder = encoders[i];
    assert_int_equal(pthread_create(&threads[i], NULL, repeat, &repeaters[i]), 0);
  }
  bool same = true;
  for (size_t i = 0; i < THREADS; i++) {
    assert_int_equal(pthread_join(threads[i], NULL), 0);
    same = same && repeaters[i].same;
  }
  REQUIRE(trial, same, &(const dseg_error){.message = "other bytes the next time"});
}

/* Widths that vectors of the libraries fill, and others. */
static void repeats(struct trial *trial) {
  if ((trial->codec->flags & DSEG_PLUGIN_VARYING) != 0) {
    return;
  }
  static const enum content contents[] = {EMPTY, BLOBS, NOISE};
  dseg_codec_context *encoders[THREADS] = {NULL};
  dseg_buffer first = {0};
  uint64_t random = 0x853C49E6748FEA9Bu;
  for (size_t i = 0; trial->encoder != NULL && i < THREADS; i++) {
    assert_int_equal(trial->codec->create(&(const dseg_codec_setup){.encoding = true}, &encoders[i], NULL), DSEG_OK);
  }
  for (uint32_t columns = 1; columns <= 70; columns += columns < 20 ? 1 : 3) {
    const enum content content = contents[columns / 2 % COUNT(contents)];
    if (prepare_frame(trial, 1 + columns * 5 % 41, columns, content, &first)) {
      check_repeats(trial, &first, encoders, &random);
      free(trial->frame);
    }
  }
  for (size_t i = 0; i < THREADS; i++) {
    trial->codec->destroy(encoders[i]);
  }
  dseg_buffer_free(&first);
}

void test_repeats(void **state) {
  (void)state;
  for_each_codec(repeats);
}
