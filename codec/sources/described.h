/* SPDX-License-Identifier: Apache-2.0 */
/* described.h - a source of a description alone: its voxels were looked at, and not kept. */
#ifndef DSEG_SOURCES_DESCRIBED_H
#define DSEG_SOURCES_DESCRIBED_H

#include "sources/source.h"

/* description: takes ownership on success. Reading of voxels fails with DSEG_ERROR_ARGUMENT. */
dseg_status dseg_described_source_create(const char *format, dseg_description *description, dseg_source **source,
                                         dseg_error *error);

#endif
