/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_validate.c - libFuzzer target: validation of a DICOM object. */
#include "exercise.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  dseg_error error = {0};
  (void)exercise_validate(data, size, &error);
  return 0;
}
