/* SPDX-License-Identifier: Apache-2.0 */
/* file_names.h - names of files that stand for the segments of one output. */
#ifndef DSEG_CONVERT_FILE_NAMES_H
#define DSEG_CONVERT_FILE_NAMES_H

#include <stddef.h>

#include "dseg/description.h"

/* "liver.nii.gz" gives "liver-NUMBER-label.nii.gz", where label is the segment's in lower-case letters and digits.
 * malloc'd; NULL when out of memory. */
char *dseg_convert_name_segment(const char *path, const dseg_segment *segment);

/* "liver.nii.gz" gives "liver-NUMBER.nii.gz", "dir/" with the suffix ".nii.gz" "dir/NUMBER.nii.gz". suffix NULL: that
 * of path. malloc'd; NULL when out of memory. */
char *dseg_convert_name_counted(const char *path, const char *suffix, size_t number);

#endif
