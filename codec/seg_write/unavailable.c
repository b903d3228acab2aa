/* unavailable.c - stands for the writer in builds without DCMTK. */
#include "dseg/writer.h"

static dseg_status unavailable(dseg_error *error) {
  return dseg_fail(error, DSEG_ERROR_UNSUPPORTED, "writing DICOM needs DCMTK: build with DSEG_WITH_DCMTK=ON");
}

dseg_status dseg_writer_create_to(const dseg_output *output, const dseg_description *description,
                                  const dseg_write_options *options, dseg_writer **writer, dseg_error *error) {
  dseg_error_clear(error);
  (void)output, (void)description, (void)options, (void)writer;
  return unavailable(error);
}

dseg_status dseg_writer_create(const char *path, const dseg_description *description, const dseg_write_options *options,
                               dseg_writer **writer, dseg_error *error) {
  dseg_error_clear(error);
  (void)path, (void)description, (void)options, (void)writer;
  return unavailable(error);
}

dseg_status dseg_writer_write_labels(dseg_writer *writer, size_t plane, const void *labels, unsigned bits,
                                     dseg_error *error) {
  dseg_error_clear(error);
  (void)writer, (void)plane, (void)labels, (void)bits;
  return unavailable(error);
}

dseg_status dseg_writer_write_mask(dseg_writer *writer, size_t plane, size_t segment, const uint8_t *mask,
                                   dseg_error *error) {
  dseg_error_clear(error);
  (void)writer, (void)plane, (void)segment, (void)mask;
  return unavailable(error);
}

dseg_status dseg_writer_finish(dseg_writer *writer, dseg_error *error) {
  dseg_error_clear(error);
  (void)writer;
  return unavailable(error);
}

void dseg_writer_destroy(dseg_writer *writer) {
  (void)writer;
}
