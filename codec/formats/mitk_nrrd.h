/* SPDX-License-Identifier: Apache-2.0 */
/* mitk_nrrd.h - labels in the header of an NRRD file as MITK keeps them. */
#ifndef DSEG_FORMATS_MITK_NRRD_H
#define DSEG_FORMATS_MITK_NRRD_H

#include "formats/nrrd_header.h"

/* Takes the labels that the header describes into content->declared, and its groups as layers; a header without any
 * leaves content as it is. */
dseg_status dseg_mitk_nrrd_read(const dseg_nrrd_header *header, const dseg_open_options *options,
                                dseg_volume_content *content, dseg_error *error);

#endif
