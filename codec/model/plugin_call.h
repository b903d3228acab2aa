/* SPDX-License-Identifier: Apache-2.0 */
/* plugin_call.h - what calls of plug-ins have in common. */
#ifndef DSEG_MODEL_PLUGIN_CALL_H
#define DSEG_MODEL_PLUGIN_CALL_H

#include "dseg/plugin.h"

/* The flag of a plug-in that is for these Bits Allocated; 0: none is. */
static inline uint32_t dseg_bits_flag(unsigned bits) {
  switch (bits) {
    case 1: return DSEG_PLUGIN_BITS_1;
    case 8: return DSEG_PLUGIN_BITS_8;
    case 16: return DSEG_PLUGIN_BITS_16;
    case 32: return DSEG_PLUGIN_BITS_32;
    default: return 0;
  }
}

/* The status of a plug-in's function. Where that failed and did not say why, the message names it. */
static inline dseg_status dseg_of_plugin(dseg_status status, const char *plugin, const char *function,
                                         dseg_error *error) {
  if (status != DSEG_OK && error != NULL && error->message[0] == '\0') {
    dseg_error_clear(error);
    return dseg_fail(error, status, "plug-in %s: %s failed and did not say why (%s)", plugin, function,
                     dseg_status_text(status));
  }
  return status;
}

#endif
