/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_interpret.c - libFuzzer target: a DICOM object of a representation that describes objects in a way of its own
 * (tests/plugin), and what the library makes of what its interpret says. */
#include <stdlib.h>

#include "exercise.h"
#include "plugin/linked.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static bool is_registered;
  dseg_error error = {0};
  if (!is_registered && register_linked(&error) != DSEG_OK) {
    abort();
  }
  is_registered = true;
  (void)exercise_dicom(data, size, &error);
  return 0;
}
