/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_metadata.c - libFuzzer target: metadata JSON. */
#include "exercise.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  dseg_error error = {0};
  (void)exercise_metadata(data, size, &error);
  return 0;
}
