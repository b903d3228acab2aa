/* SPDX-License-Identifier: Apache-2.0 */
/* registry.h - what the registry's files share. */
#ifndef DSEG_REGISTRY_H
#define DSEG_REGISTRY_H

/* What the registry holds of each kind. */
#define DSEG_MAX_ENTRIES 64

#endif
