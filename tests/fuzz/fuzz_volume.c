/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_volume.c - libFuzzer target: a volume in a research format. */
#include "exercise.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  dseg_error error = {0};
  (void)exercise_volume(data, size, &error);
  return 0;
}
