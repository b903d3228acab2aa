/* SPDX-License-Identifier: Apache-2.0 */
/* options.h - the structs that callers fill in and that grow from version to version (dseg/dseg.h).
 *
 * A member is appended so that the struct's size grows: never into what was padding at its end, which older callers
 * leave undefined. */
#ifndef DSEG_BASE_OPTIONS_H
#define DSEG_BASE_OPTIONS_H

#include <stddef.h>

#include "dseg/status.h"

/* Copies given, a struct of the caller's version, to known, one of this library's: what the caller does not know is 0.
 * given NULL: all is 0. known->struct_size becomes known_size. type is the struct's name, for messages.
 * DSEG_ERROR_ARGUMENT for a struct_size that no version has; DSEG_ERROR_UNSUPPORTED when a member that this library
 * does not know is not 0. */
dseg_status dseg_copy_options(void *known, size_t known_size, const void *given, const char *type, dseg_error *error);

#define DSEG_COPY_OPTIONS(type, known, given, error) dseg_copy_options(known, sizeof(type), given, #type, error)

#endif
