/* SPDX-License-Identifier: Apache-2.0 */
/* What each codec of the registry says of the memory that its contexts need, beside what they allocate: the functions
 * of the C library are replaced in the whole process, modules and the libraries behind them included. For glibc. */
#include <errno.h>
#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dseg/dseg.h"
#include "dseg/frame_codec.h"
#include "dseg/proposals.h"

/* ---- counted allocations ---- */

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
void *__libc_memalign(size_t alignment, size_t size);
void __libc_free(void *memory);

static atomic_size_t live, peak;

static void *add(void *memory) {
  if (memory != NULL) {
    const size_t size = malloc_usable_size(memory);
    const size_t now = atomic_fetch_add(&live, size) + size;
    size_t most = atomic_load(&peak);
    while (now > most && !atomic_compare_exchange_weak(&peak, &most, now)) {
    }
  }
  return memory;
}

static void take(void *memory) {
  if (memory != NULL) {
    atomic_fetch_sub(&live, malloc_usable_size(memory));
  }
}

void *malloc(size_t size) {
  return add(__libc_malloc(size));
}
void *calloc(size_t count, size_t size) {
  return add(__libc_calloc(count, size));
}
void *realloc(void *old, size_t size) {
  take(old);
  return add(__libc_realloc(old, size));
}
void *memalign(size_t alignment, size_t size) {
  return add(__libc_memalign(alignment, size));
}
void *aligned_alloc(size_t alignment, size_t size) {
  return memalign(alignment, size);
}
int posix_memalign(void **memory, size_t alignment, size_t size);
int posix_memalign(void **memory, size_t alignment, size_t size) {
  *memory = memalign(alignment, size);
  return *memory != NULL ? 0 : ENOMEM;
}
void free(void *memory) {
  take(memory);
  __libc_free(memory);
}

/* ---- frames ---- */

enum contents { BLOCKS, NOISE, CONTENTS };

static void fill(const dseg_frame_info *info, enum contents contents, uint8_t *frame) {
  const size_t size = dseg_frame_bytes(info);
  uint32_t random = 1;
  for (size_t i = 0; i < size; i++) {
    random = random * 1664525u + 1013904223u;
    const size_t pixel = info->bits_allocated < 8 ? i * 8 : i / (info->bits_allocated / 8);
    const size_t x = pixel % info->columns, y = pixel / info->columns;
    frame[i] = contents == NOISE ? (uint8_t)(random >> 24) : (uint8_t)((x / 24 * 5 + y / 31 * 3) % 23);
  }
  dseg_frame_from_bytes(info, (dseg_span){frame, size});
}

static const dseg_buffer *stored;

static dseg_status read_stored(void *user, size_t frame, dseg_buffer *out, dseg_error *error) {
  (void)user;
  (void)frame;
  return dseg_buffer_append(out, stored->data, stored->size, error);
}

static uint64_t stated(const dseg_frame_codec *codec, const dseg_codec_setup *setup) {
  return dseg_frame_context_bytes(codec, setup);
}

static size_t failures;
static const char *only; /* NULL: all codecs */

static void compare(const dseg_frame_codec *codec, const dseg_frame_info *info, const char *what, size_t used,
                    uint64_t limit) {
  if (used > limit || getenv("SHOW") != NULL) {
    printf("%-14s %5ux%-5u %2u bits %-8s used %10zu stated %10llu (%.1f bytes a pixel) %s\n", codec->name,
           (unsigned)info->columns, (unsigned)info->rows, info->bits_allocated, what, used, (unsigned long long)limit,
           (double)used / ((double)info->rows * info->columns), used > limit ? "TOO LITTLE" : "");
    failures += used > limit;
  }
}

static void try_frame(const dseg_frame_codec *codec, const dseg_frame_info *info, enum contents contents,
                      const dseg_option_value *option) {
  const size_t size = dseg_frame_bytes(info);
  uint8_t *frame = calloc(size + 8, 1);
  dseg_buffer encoded = {0};
  dseg_error error = {0};
  assert_non_null(frame);
  fill(info, contents, frame);
  assert_int_equal(dseg_buffer_reserve(&encoded, size * 4 + (1 << 21), NULL), DSEG_OK);
  dseg_buffer plain = {frame, size, size}, learned = {0};
  dseg_codec_setup setup = {.encoding = true,
                            .options = option,
                            .option_count = option != NULL ? 1 : 0,
                            .format = *info,
                            .frame_count = 1,
                            .frames = {read_stored, NULL}};
  dseg_codec_context *context = NULL;
  stored = &plain;
  if (codec->learn != NULL) {
    assert_int_equal(codec->learn(&setup, &learned, &error), DSEG_OK);
    setup.learned = (dseg_view){learned.data, learned.size};
  }
  size_t before = live;
  peak = before;
  dseg_status status = codec->create(&setup, &context, &error);
  for (int i = 0; i < 2 && status == DSEG_OK; i++) {
    encoded.size = 0;
    status = codec->encode(context, info, (dseg_view){frame, size}, &encoded, &error);
  }
  if (status != DSEG_OK) {
    fail_msg("%s: %s", codec->name, error.message);
  }
  codec->destroy(context);
  compare(codec, info, "encoding", peak - before, stated(codec, &setup));
  if (codec->decode != NULL && (codec->flags & DSEG_PLUGIN_CAN_READ) != 0) {
    setup = (dseg_codec_setup){.format = *info, .frame_count = 1, .frames = {read_stored, NULL}};
    stored = &encoded;
    context = NULL;
    before = live;
    peak = before;
    status = codec->create(&setup, &context, &error);
    for (int i = 0; i < 2 && status == DSEG_OK; i++) {
      status = codec->decode(context, info, (dseg_view){encoded.data, encoded.size}, (dseg_span){frame, size}, &error);
    }
    if (status != DSEG_OK) {
      fail_msg("%s: %s", codec->name, error.message);
    }
    codec->destroy(context);
    compare(codec, info, "decoding", peak - before, stated(codec, &setup));
  }
  dseg_buffer_free(&encoded);
  dseg_buffer_free(&learned);
  free(frame);
}

/* With the least and the greatest value of each option, and none. */
static void try_options(const dseg_frame_codec *codec, const dseg_frame_info *info, enum contents contents) {
  try_frame(codec, info, contents, NULL);
  for (const dseg_option *option = codec->options; option != NULL && option->name != NULL; option++) {
    const dseg_option_value least = {option->name, option->minimum}, most = {option->name, option->maximum};
    try_frame(codec, info, contents, &least);
    try_frame(codec, info, contents, &most);
  }
}

static void contexts_need_what_is_stated(void **state) {
  static const struct { uint32_t rows, columns; } sizes[] = {{2, 2}, {16, 16}, {133, 197}, {16, 1500}, {256, 256}};
  enum { OPTIONS_FROM = 1, OPTIONS_TO = 3 }; /* sizes that are tried with options, too: they take time */
  static const unsigned all_bits[] = {1, 8, 16, 32};
  const dseg_frame_codec *codec;
  (void)state;
  for (size_t i = 0; (codec = dseg_frame_codec_at(i)) != NULL; i++) {
    for (size_t j = 0; only != NULL && strcmp(only, codec->name) != 0 ? false : j < sizeof sizes / sizeof sizes[0];
         j++) {
      for (size_t k = 0; k < sizeof all_bits / sizeof all_bits[0]; k++) {
        const dseg_frame_info info = {
            .rows = sizes[j].rows, .columns = sizes[j].columns, .bits_allocated = all_bits[k]};
        const bool with_options = j >= OPTIONS_FROM && j <= OPTIONS_TO;
        if ((codec->flags & DSEG_PLUGIN_CAN_WRITE) == 0 || dseg_check_encoding(NULL, codec, &info, NULL) != DSEG_OK) {
          continue;
        }
        for (enum contents contents = 0; contents < CONTENTS; contents++) {
          if (with_options) {
            try_options(codec, &info, contents);
          } else {
            try_frame(codec, &info, contents, NULL);
          }
        }
      }
    }
  }
  assert_int_equal(failures, 0);
}

/* usage: test_codec_memory [CODEC] */
int main(int argc, char **argv) {
  only = argc > 1 ? argv[1] : NULL;
  const struct CMUnitTest tests[] = {cmocka_unit_test(contexts_need_what_is_stated)};
  if (dseg_register_proposals(NULL) != DSEG_OK) {
    return 1;
  }
  return cmocka_run_group_tests(tests, NULL, NULL);
}
