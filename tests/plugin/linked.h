/* SPDX-License-Identifier: Apache-2.0 */
/* linked.h - the representations of this folder that tests link, so that what they do is seen by what counts
 * allocations, by sanitizers and by fuzzers. */
#ifndef DSEG_TESTS_PLUGIN_LINKED_H
#define DSEG_TESTS_PLUGIN_LINKED_H

#include "dseg/plugin.h"

dseg_status register_note(dseg_registrar registrar, dseg_error *error);
dseg_status register_presence(dseg_registrar registrar, dseg_error *error);
dseg_status register_sets(dseg_registrar registrar, dseg_error *error);
dseg_status register_wide(dseg_registrar registrar, dseg_error *error);

static inline dseg_status register_linked(dseg_error *error) {
  DSEG_TRY(register_note(dseg_register, error));
  DSEG_TRY(register_presence(dseg_register, error));
  DSEG_TRY(register_sets(dseg_register, error));
  return register_wide(dseg_register, error);
}

#endif
