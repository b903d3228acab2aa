/* SPDX-License-Identifier: Apache-2.0 */
/* system.h - the process and the machine: error texts, random bytes, time, locale, processors, memory pages. Safe for
 * several threads. */
#ifndef DSEG_BASE_OS_SYSTEM_H
#define DSEG_BASE_OS_SYSTEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

/* Words for a number of <errno.h>, valid until the next call of this thread. */
const char *dseg_os_error_text(int number);

/* Fills data, at most 256 bytes, with what nobody can predict. Returns 0 or a number of <errno.h>. */
int dseg_os_random(void *data, size_t size);

/* Nanoseconds since 1970, modulo 2^64. */
uint64_t dseg_os_now(void);
/* The parts of a time in seconds since 1970: in UTC, or in this machine's time zone. Zeros for a time without. */
void dseg_os_time_local(int64_t seconds, struct tm *parts);

unsigned long dseg_os_process_id(void);
/* Processors that this process may use, at least 1. */
unsigned dseg_os_processor_count(void);

/* Asks for large pages behind a block of memory. Only advice: a system without them does nothing. */
void dseg_os_advise_large_pages(void *block, size_t size);

/* Memory of zeros that begins at a large page and is asked for in large pages, each of which is filled at the first
 * touch: one fault where there would be hundreds. NULL: no memory. _unmap takes the same size. Only where _can_map says
 * so. */
bool dseg_os_can_map_large_pages(void);
void *dseg_os_map_large_pages(size_t size);
void dseg_os_unmap_large_pages(void *block, size_t size);

/* Puts the calling thread in the "C" locale, whose decimal point is a point; _leave puts it back. own is NULL where
 * that was not possible. */
typedef struct dseg_os_locale {
  void *own, *before;
} dseg_os_locale;
dseg_os_locale dseg_os_locale_enter(void);
void dseg_os_locale_leave(dseg_os_locale locale);

#endif
