/* SPDX-License-Identifier: Apache-2.0 */
/* test_frame_share.c - work on frames that processes share gives what one process alone makes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "frame_share.h"

enum { FRAMES = 5 * FRAME_STRETCH + 3, LARGE = 100000 };

/* Frame 7 makes more than a pipe holds, every third nothing, the others some bytes that tell them apart. */
static size_t size_of(size_t frame) {
  return frame % (2 * FRAME_STRETCH) == 7 ? LARGE : frame % 3 == 0 ? 0 : frame;
}

static dseg_status make(void *user, size_t frame, dseg_buffer *out, dseg_error *error) {
  (void)user;
  const size_t start = out->size;
  const dseg_status status = dseg_buffer_resize(out, start + size_of(frame), error);
  if (status == DSEG_OK && size_of(frame) != 0) {
    memset(out->data + start, (int)frame, size_of(frame));
  }
  return status;
}

static void check(unsigned processes, size_t count) {
  dseg_buffer out = {0};
  struct frame_piece pieces[FRAMES];
  double seconds = -1;
  dseg_error error = {0};
  assert_int_equal(frame_share_run(count, processes, make, NULL, &out, pieces, &seconds, &error), DSEG_OK);
  assert_true(seconds >= 0);
  size_t total = 0;
  for (size_t frame = 0; frame < count; frame++) {
    assert_int_equal(pieces[frame].size, size_of(frame));
    for (size_t i = 0; i < pieces[frame].size; i++) {
      assert_int_equal(out.data[pieces[frame].start + i], (uint8_t)frame);
    }
    total += pieces[frame].size;
  }
  assert_int_equal(out.size, total);
  dseg_buffer_free(&out);
}

static void test_pieces(void **state) {
  (void)state;
  for (unsigned processes = 0; processes <= 4; processes++) {
    check(processes, FRAMES);
    check(processes, 2); /* fewer than there are processes */
  }
}

/* Fails, or ends its process, at one frame. */
struct fault {
  size_t frame;
  bool ends;
};

static dseg_status fail_at(void *user, size_t frame, dseg_buffer *out, dseg_error *error) {
  const struct fault *fault = user;
  if (frame == fault->frame) {
    if (fault->ends) {
      _exit(0);
    }
    return dseg_fail(error, DSEG_ERROR_LIMIT, "frame %zu is too much", frame);
  }
  return make(NULL, frame, out, error);
}

static void check_fault(unsigned processes, size_t frame, bool ends, const char *message) {
  dseg_buffer out = {0};
  struct frame_piece pieces[FRAMES];
  struct fault fault = {frame, ends};
  double seconds = 0;
  dseg_error error = {0};
  assert_int_not_equal(frame_share_run(FRAMES, processes, fail_at, &fault, &out, pieces, &seconds, &error), DSEG_OK);
  assert_string_equal(error.message, message);
  dseg_buffer_free(&out);
}

static void test_faults(void **state) {
  (void)state;
  check_fault(1, FRAMES - 1, false, "frame 82 is too much");
  check_fault(3, 2, false, "frame 2 is too much");              /* the caller's own */
  check_fault(3, FRAME_STRETCH, false, "frame 16 is too much"); /* a copy's */
  check_fault(3, FRAME_STRETCH, true, "a process that shared the work ended");
}

static void test_processors(void **state) {
  (void)state;
  assert_in_range(frame_share_processors(), 1, 4096);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_pieces),
      cmocka_unit_test(test_faults),
      cmocka_unit_test(test_processors),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
