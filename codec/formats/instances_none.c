/* SPDX-License-Identifier: Apache-2.0 */
/* instances_none.c - a build without instances of research volumes (DSEG_WITH_INSTANCES). */
#include "dseg/instances.h"
#include "formats/volume_instances.h"

static dseg_status refuse(dseg_error *error) {
  return dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                   "this build takes no values of volumes for instances: it was configured with "
                   "DSEG_WITH_INSTANCES=OFF");
}

dseg_status dseg_volume_check_instances(const dseg_volume_content *content, const dseg_volume_values *values,
                                        const dseg_open_options *options, dseg_error *error) {
  (void)content, (void)values, (void)options;
  return refuse(error);
}

dseg_status dseg_volume_describe_instances(dseg_volume_content *content, const dseg_volume_values *values,
                                           const dseg_open_options *options, dseg_error *error) {
  (void)content, (void)values, (void)options;
  return refuse(error);
}

dseg_status dseg_volume_instance_source(dseg_volume_content *content, const dseg_volume_values *values, unsigned bits,
                                        dseg_source **source, dseg_error *error) {
  (void)content, (void)values, (void)bits;
  *source = NULL;
  return refuse(error);
}

dseg_status dseg_instances_read_table(dseg_description *description, dseg_view text, size_t *unknown,
                                      dseg_error *error) {
  dseg_error_clear(error);
  (void)description, (void)text, (void)unknown;
  return refuse(error);
}

dseg_status dseg_instances_write_table(const dseg_description *description, dseg_buffer *out, dseg_error *error) {
  dseg_error_clear(error);
  (void)description, (void)out;
  return refuse(error);
}
