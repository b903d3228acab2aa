/* SPDX-License-Identifier: Apache-2.0 */
/* kept_derivation.h - Derivation Image Sequence (0008,9124) of a plane, as the object that is copied had it. */
#ifndef DSEG_SEG_WRITE_KEPT_DERIVATION_H
#define DSEG_SEG_WRITE_KEPT_DERIVATION_H

#include "dicom/element_writer.h"
#include "seg_write/object.h"

/* Writes those of the elements that name an image, (0008,1150), (0008,1155) and for a frame (0008,1160), whose tags are
 * above one tag and at most another. */
void dseg_write_source_image(dseg_element_writer *writer, const dseg_instance_reference *source, uint32_t above,
                             uint32_t most);

/* Writes source->derivation with the image in it. */
dseg_status dseg_write_kept_derivation(dseg_element_writer *writer, const dseg_instance_reference *source);

#endif
