/* SPDX-License-Identifier: Apache-2.0 */
/* mend_items.h - what is there, and what is missing, in the current item of a data set. */
#ifndef DSEG_DICOM_MEND_ITEMS_H
#define DSEG_DICOM_MEND_ITEMS_H

#include "dseg/data_set.h"

#define DSEG_CODE_VALUE 0x00080100u
#define DSEG_LONG_CODE_VALUE 0x00080119u

bool dseg_set_has_element(const dseg_data_set *set, uint32_t tag);

/* Whether there is an element with a value, or a sequence with an item. */
bool dseg_set_has_content(const dseg_data_set *set, uint32_t tag);

/* What the current item lacks that it must have; NULL: nothing. The Code Sequence Macro (PS3.3 Table 8.8-1a) is known
 * by its own attributes, wherever it stands. */
const char *dseg_item_fault(uint32_t sequence, const dseg_data_set *set);

#endif
