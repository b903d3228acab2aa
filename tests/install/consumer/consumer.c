/* consumer.c - uses the installed library: writes a small label map, reads it back. */
#include <dseg/dseg.h>
#include <stdio.h>
#include <string.h>

static const uint16_t labels[12] = {0, 1, 1, 0, 2, 0, 0, 2, 2, 0, 0, 1};

static dseg_status write_object(const char *path, dseg_error *error) {
  dseg_segment segments[2] = {{.number = 1, .label = "one"}, {.number = 2, .label = "two"}};
  dseg_description *description = dseg_description_create();
  if (description == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory");
  }
  for (int i = 0; i < 2; i++) {
    segments[i].category = (dseg_code){"123037004", "SCT", "Anatomical Structure"};
    segments[i].type = (dseg_code){"10200004", "SCT", "Liver"};
    segments[i].algorithm_name = "consumer";
  }
  description->segments = segments;
  description->segment_count = 2;
  const dseg_grid grid = {{3, 2, 2}, {0, 0, 0}, {{1, 0, 0}, {0, 1, 0}, {0, 0, 2}}};
  dseg_writer *writer = NULL;
  const dseg_write_options options = {.replace = true};
  dseg_status status = dseg_geometry_from_grid(description, &grid, error);
  if (status == DSEG_OK) {
    status = dseg_writer_create(path, description, &options, &writer, error);
  }
  for (size_t plane = 0; status == DSEG_OK && plane < 2; plane++) {
    status = dseg_writer_write_labels(writer, plane, labels + 6 * plane, 16, error);
  }
  if (status == DSEG_OK) {
    status = dseg_writer_finish(writer, error);
  }
  dseg_writer_destroy(writer);
  dseg_description_destroy(description);
  return status;
}

static dseg_status read_object(const char *path, dseg_error *error) {
  dseg_source *source = NULL;
  DSEG_TRY(dseg_open(path, NULL, &source, error));
  uint16_t values[12] = {0};
  const dseg_label_request request = {.plane_count = 2, .bits = 16};
  dseg_status status = dseg_source_read_labels(source, &request, values, sizeof values, NULL, error);
  if (status == DSEG_OK && memcmp(values, labels, sizeof labels) != 0) {
    status = dseg_fail(error, DSEG_ERROR_FORMAT, "other labels than written");
  }
  dseg_source_close(source);
  return status;
}

int main(void) {
  dseg_error error = {0};
  printf("libdseg %s with %s\n", dseg_version(), dseg_build_libraries());
  if (write_object("consumer.dcm", &error) != DSEG_OK || read_object("consumer.dcm", &error) != DSEG_OK) {
    fprintf(stderr, "%s\n", error.message);
    return 1;
  }
  return 0;
}
