/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_names.c - libFuzzer target: tables of names, of whatever kind the bytes are. */
#include "exercise.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  dseg_error error = {0};
  (void)exercise_names(data, size, &error);
  return 0;
}
