/* SPDX-License-Identifier: Apache-2.0 */
/* private_elements.h - the private elements that this software writes, all in group 0071 (PS3.5 7.8.1). */
#ifndef DSEG_MODEL_PRIVATE_ELEMENTS_H
#define DSEG_MODEL_PRIVATE_ELEMENTS_H

#define DSEG_PRIVATE_GROUP 0x0071u

/* In the data set: what an experimental encoding says of itself. */
#define DSEG_PROPOSALS_CREATOR "DSEG PROPOSALS"
#define DSEG_PROPOSALS_LIST 0x01u /* LO, one value for each: name, space, version of its text */

/* In items of Segment Sequence (0062,0002). */
#define DSEG_SEGMENTS_CREATOR "DSEG SEGMENTS"
#define DSEG_SEGMENTS_ORIGINAL 0x01u /* UL, the number that the segment had before it was numbered from 1 */

#endif
