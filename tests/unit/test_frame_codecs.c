/* SPDX-License-Identifier: Apache-2.0 */
/* Every frame codec of the registry: round trips of all sizes and contents, the same bytes every time, and what they
 * make of input that is cut, damaged, of other dimensions, or far larger than it says. Nothing here names a codec, so
 * that a new one is tested by being registered. The tests are in frame_codecs/.
 *
 * usage: test_frame_codecs [CODEC]    only that one */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dseg/proposals.h"
#include "frame_codecs/trial.h"

int main(int argc, char **argv) {
  dseg_error error = {0};
  if (dseg_register_proposals(&error) != DSEG_OK || dseg_load_plugins(getenv("DSEG_PLUGIN_PATH"), &error) != DSEG_OK) {
    printf("%s\n", error.message);
    return 1;
  }
  only_codec = argc > 1 ? argv[1] : NULL;
  if (only_codec != NULL && dseg_find_frame_codec(only_codec) == NULL) {
    printf("there is no codec %s\n", only_codec);
    return 1;
  }
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_round_trips),   cmocka_unit_test(test_longest_sides), cmocka_unit_test(test_options),
      cmocka_unit_test(test_refused_pairs), cmocka_unit_test(test_repeats),       cmocka_unit_test(test_truncated),
      cmocka_unit_test(test_flipped_bits),  cmocka_unit_test(test_other_frames),  cmocka_unit_test(test_bombs),
      cmocka_unit_test(test_wrong_buffers),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
