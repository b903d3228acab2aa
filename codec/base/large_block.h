/* SPDX-License-Identifier: Apache-2.0 */
/* large_block.h - memory for whole volumes. */
#ifndef DSEG_BASE_LARGE_BLOCK_H
#define DSEG_BASE_LARGE_BLOCK_H

#include <stddef.h>

/* As realloc; free with free(). Large blocks are asked for in large pages where the system has them: a volume that is
 * filled for the first time costs a fault for every page, which is a third of the time of inflating it. */
void *dseg_large_realloc(void *block, size_t size);

#endif
