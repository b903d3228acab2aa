/* SPDX-License-Identifier: Apache-2.0 */
/* instance_planes.h - instances that a representation gives the description of an object. */
#ifndef DSEG_SEG_READ_INSTANCE_PLANES_H
#define DSEG_SEG_READ_INSTANCE_PLANES_H

#include "seg_read/dicom_object.h"

/* As dseg_source_instance_planes. */
dseg_status dseg_dicom_instance_planes(dseg_source *of, uint32_t number, size_t *planes, size_t room, size_t *count,
                                       dseg_error *error);

/* That the library can work with what interpret gave. */
#if DSEG_HAVE_INSTANCES
dseg_status dseg_check_instances(const dseg_dicom_source *source, dseg_error *error);
#else
static inline dseg_status dseg_check_instances(const dseg_dicom_source *source, dseg_error *error) {
  (void)error;
  source->base.description->instances = NULL;
  return DSEG_OK;
}
#endif

#endif
