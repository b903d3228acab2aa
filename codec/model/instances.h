/* SPDX-License-Identifier: Apache-2.0 */
/* instances.h - the columns of a description's instances. */
#ifndef DSEG_MODEL_INSTANCES_H
#define DSEG_MODEL_INSTANCES_H

#include "dseg/instances.h"

/* That they are complete and point at segments that are there. who: a representation, for messages. DSEG_ERROR_FORMAT.
 */
dseg_status dseg_instances_check(const dseg_description *description, const char *who, dseg_error *error);

#endif
