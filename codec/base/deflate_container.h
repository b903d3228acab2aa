/* SPDX-License-Identifier: Apache-2.0 */
/* deflate_container.h - what may be around a deflate stream (RFC 1951). */
#ifndef DSEG_BASE_DEFLATE_CONTAINER_H
#define DSEG_BASE_DEFLATE_CONTAINER_H

typedef enum dseg_deflate_container {
  DSEG_GZIP = 0,   /* RFC 1952: one member of a file, with a CRC-32 */
  DSEG_ZLIB,       /* RFC 1950, with an Adler-32 */
  DSEG_RAW_DEFLATE /* nothing, and no check sum */
} dseg_deflate_container;

#endif
