/* SPDX-License-Identifier: Apache-2.0 */
/* kinds.c - what `dseg batch` can do with an object, by name. */
#include "batch/batch.h"

const batch_kind *const batch_kinds[] = {
    &batch_transcode, &batch_convert, &batch_validate, &batch_info, &batch_compare, &batch_review, NULL};
