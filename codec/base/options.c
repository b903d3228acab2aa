/* SPDX-License-Identifier: Apache-2.0 */
/* options.c - makes structs of other versions of the headers into those of this one. */
#include "base/options.h"

#include <stdint.h>
#include <string.h>

/* No struct comes near; a greater size is that of a struct that was not initialised, and is not read. */
#define GREATEST_SIZE 4096u

dseg_status dseg_copy_options(void *known, size_t known_size, const void *given, const char *type, dseg_error *error) {
  size_t size = known_size;
  memset(known, 0, known_size);
  if (given != NULL) {
    memcpy(&size, given, sizeof size);
    if (size < sizeof size || size > GREATEST_SIZE) {
      return dseg_fail(error, DSEG_ERROR_ARGUMENT,
                       "struct_size of a %s is %zu: set it to sizeof(%s) and the members that are not used to 0", type,
                       size, type);
    }
    for (size_t i = known_size; i < size; i++) {
      if (((const uint8_t *)given)[i] != 0) {
        return dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                         "the %s has %zu bytes, this version of the library knows %zu, and what lies behind them is "
                         "not 0: it asks for something that a later version does",
                         type, size, known_size);
      }
    }
    memcpy(known, given, size < known_size ? size : known_size);
  }
  memcpy(known, &known_size, sizeof known_size);
  return DSEG_OK;
}
