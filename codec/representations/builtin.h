/* SPDX-License-Identifier: Apache-2.0 */
/* builtin.h - the representations that are part of the library: Segmentation Types (PS3.3 C.8.20.2.3). */
#ifndef DSEG_REPRESENTATIONS_BUILTIN_H
#define DSEG_REPRESENTATIONS_BUILTIN_H

#include "dseg/plugin.h"

extern const dseg_representation dseg_representation_labelmap;
extern const dseg_representation dseg_representation_binary;
extern const dseg_representation dseg_representation_fractional;

#endif
