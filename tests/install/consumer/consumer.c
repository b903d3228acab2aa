/* SPDX-License-Identifier: Apache-2.0 */
/* consumer.c - uses the installed library: writes a small label map in several encodings, reads each back. */
#include <dseg/dseg.h>
#include <dseg/proposals.h>
#include <stdio.h>
#include <string.h>

#if DSEG_VERSION < 200 || DSEG_VERSION_MAJOR != 0
#error "the version's macros are wrong"
#endif

static const uint16_t labels[12] = {0, 1, 1, 0, 2, 0, 0, 2, 2, 0, 0, 1};

/* background: the value where no segment is. */
static dseg_status write_object(const char *path, const char *codec, uint16_t background, dseg_error *error) {
  uint16_t values[12];
  for (size_t i = 0; i < 12; i++) {
    values[i] = labels[i] != 0 ? labels[i] : background;
  }
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
  description->background = background;
  const dseg_grid grid = {{3, 2, 2}, {0, 0, 0}, {{1, 0, 0}, {0, 1, 0}, {0, 0, 2}}};
  dseg_writer *writer = NULL;
  const dseg_write_options options = {.struct_size = sizeof options, .replace = true, .frame_codec = codec};
  dseg_status status = dseg_geometry_from_grid(description, &grid, error);
  if (status == DSEG_OK) {
    status = dseg_writer_create(path, description, &options, &writer, error);
  }
  for (size_t plane = 0; status == DSEG_OK && plane < 2; plane++) {
    status = dseg_writer_write_labels(writer, plane, values + 6 * plane, 16, error);
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
  const dseg_label_request request = {.struct_size = sizeof(dseg_label_request), .plane_count = 2, .bits = 16};
  dseg_status status = dseg_source_read_labels(source, &request, values, sizeof values, NULL, error);
  if (status == DSEG_OK && memcmp(values, labels, sizeof labels) != 0) {
    status = dseg_fail(error, DSEG_ERROR_FORMAT, "other labels than written");
  }
  dseg_source_close(source);
  return status;
}

/* Those that the library may have; jpeg-ls is in a module of its own, label-edge is a proposal. */
static const struct {
  const char *codec, *path;
  uint16_t background;
} encodings[] = {{"explicit-le", "consumer.dcm", 0},
                 {"explicit-le", "background.dcm", 200},
                 {"jpeg-ls", "jpeg-ls.dcm", 0},
                 {"label-edge", "label-edge.dcm", 0}};

int main(void) {
  dseg_error error = {0};
  printf("libdseg %s with %s\n", dseg_version(), dseg_build_libraries());
  if (strcmp(dseg_version(), DSEG_VERSION_STRING) != 0) {
    fprintf(stderr, "the headers are of version %s\n", DSEG_VERSION_STRING);
    return 1;
  }
  if (dseg_find_frame_codec("label-edge") != NULL) {
    fprintf(stderr, "a proposal is there before it is asked for\n");
    return 1;
  }
  dseg_status status = dseg_register_proposals(&error);
  for (size_t i = 0; status == DSEG_OK && i < sizeof encodings / sizeof encodings[0]; i++) {
    status = write_object(encodings[i].path, encodings[i].codec, encodings[i].background, &error);
    if (status == DSEG_OK) {
      status = read_object(encodings[i].path, &error);
    }
  }
  if (status != DSEG_OK) {
    fprintf(stderr, "%s\n", error.message);
    return 1;
  }
  return 0;
}
