/* SPDX-License-Identifier: Apache-2.0 */
/* mend.h - makes valid what came from elsewhere, before it is written. Text that is valid does not change by a byte.
 *
 * A value that can only have meant one valid value becomes that; another one is left out, and so is an item that lacks
 * what it must have. A warning names each change. */
#ifndef DSEG_DICOM_MEND_H
#define DSEG_DICOM_MEND_H

#include "dseg/data_set.h"

/* Values of all elements, those of items too, but of private ones. Attributes of type 2 that lose their value are
 * empty. links_stay: a malformed UID stays, since it names another object, with a warning; otherwise only one of digits
 * and points does, without. Failures stay in the data set. */
void dseg_mend_values(dseg_data_set *set, bool links_stay, const dseg_warning_sink *warnings);

/* What the modules of patient, study and specimen ask for together, in the data set itself: attributes of type 2 are
 * added, those without the other that they need are left out, and a module that lacks one of type 1 is, too. */
void dseg_mend_modules(dseg_data_set *set, const dseg_warning_sink *warnings);

#endif
