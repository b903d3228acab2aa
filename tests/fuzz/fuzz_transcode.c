/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_transcode.c - libFuzzer target: a DICOM object in other transfer syntaxes. */
#include "exercise.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  dseg_error error = {0};
  (void)exercise_transcode(data, size, &error);
  return 0;
}
