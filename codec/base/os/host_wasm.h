/* SPDX-License-Identifier: Apache-2.0 */
/* host_wasm.h - what the library imports from JavaScript, where it runs in place of a system (tools/js/src/host.js).
 *
 * Sizes and places are doubles, which JavaScript has without a wrapper, and which are exact up to 2^53. */
#ifndef DSEG_BASE_OS_HOST_WASM_H
#define DSEG_BASE_OS_HOST_WASM_H

#include <stddef.h>
#include <stdint.h>

#define DSEG_HOST(name) __attribute__((import_module("dseg"), import_name(name)))

/* Files: those that JavaScript has given a path, and ones without a name, in its memory. */

/* The descriptor of what has this path; -1: nothing has it. */
DSEG_HOST("open") int dseg_host_open(const char *path, size_t length);
/* The descriptor of a new file without a name; -1: no memory. */
DSEG_HOST("create") int dseg_host_create(void);
DSEG_HOST("size") double dseg_host_size(int descriptor);
/* Bytes that were read; -1: they cannot be read, or not yet. */
DSEG_HOST("read") int dseg_host_read(int descriptor, double offset, void *to, size_t size);
/* 0; -1: no memory. The file grows as needed, with zeros where nothing was written. */
DSEG_HOST("write") int dseg_host_write(int descriptor, double offset, const void *from, size_t size);
DSEG_HOST("close") void dseg_host_close(int descriptor);

/* The machine. */

DSEG_HOST("random") void dseg_host_random(void *to, size_t size);
/* Milliseconds since 1970. */
DSEG_HOST("now") double dseg_host_now(void);
/* Second, minute, hour, day, month from 0, year from 1900, of seconds since 1970 in this machine's time zone. */
DSEG_HOST("local") void dseg_host_local(double seconds, int32_t parts[6]);

/* Text of an encoding, by its name in iconv, as UTF-8; what the encoding does not have becomes U+FFFD. Bytes that were
 * put into to; -1: JavaScript does not know the encoding, or there is no room. */
DSEG_HOST("decode_text")
int dseg_host_decode_text(const char *encoding, size_t length, const uint8_t *from, size_t size, uint8_t *to,
                          size_t room);

#endif
