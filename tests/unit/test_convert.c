/* SPDX-License-Identifier: Apache-2.0 */
/* test_convert.c - conversions in one call: what comes out, what the result says of it, and whose a failure is. */
#include "writer_fixture.h"

#include <sys/stat.h>

#define ROWS 6
#define COLUMNS 8 /* frames of 1 bit fill whole bytes */
#define PLANES 5
#define SEGMENTS 3

static const char *const input_path = "in.dcm";

static void write_input(const char *representation) {
  dseg_description *description = make_description(ROWS, COLUMNS, PLANES, SEGMENTS);
  static const char *const labels[SEGMENTS] = {"Liver", "Spleen", "Left Kidney"};
  for (size_t i = 0; i < SEGMENTS; i++) {
    description->segments[i].label = labels[i];
  }
  const dseg_write_options options = {
      .struct_size = sizeof options, .representation = representation, .empty_frames = DSEG_EMPTY_KEEP};
  write_volume(input_path, description, &options, false);
  dseg_description_destroy(description);
}

/* Both segments of two have all voxels of the middle plane. */
static void write_overlap(void) {
  dseg_description *description = make_description(ROWS, COLUMNS, 3, 2);
  const dseg_write_options options = {.struct_size = sizeof options, .representation = "binary"};
  dseg_writer *writer = NULL;
  uint8_t mask[ROWS * COLUMNS];
  memset(mask, 1, sizeof mask);
  description->kind = DSEG_VOXELS_MASKS;
  assert_int_equal(dseg_writer_create("overlap.dcm", description, &options, &writer, NULL), DSEG_OK);
  assert_int_equal(dseg_writer_write_mask(writer, 1, 0, mask, NULL), DSEG_OK);
  assert_int_equal(dseg_writer_write_mask(writer, 1, 1, mask, NULL), DSEG_OK);
  assert_int_equal(dseg_writer_finish(writer, NULL), DSEG_OK);
  dseg_writer_destroy(writer);
  dseg_description_destroy(description);
}

static uint64_t size_of(const char *path) {
  struct stat facts;
  assert_int_equal(stat(path, &facts), 0);
  return (uint64_t)facts.st_size;
}

static dseg_convert_result *convert_to(const char *path, const dseg_convert_options *options) {
  const dseg_output output = dseg_output_to_file(path, DSEG_OUTPUT_REPLACE, NULL);
  dseg_convert_result *result = NULL;
  dseg_error error;
  const dseg_status status = dseg_convert(&input_path, 1, &output, options, &result, &error);
  if (status != DSEG_OK) {
    fail_msg("%s", error.message);
  }
  assert_non_null(result);
  assert_int_equal(result->side, DSEG_SIDE_NONE);
  assert_null(result->file);
  assert_false(result->refused);
  return result;
}

/* What an object says of itself when it is opened. */
static void expect_object(const dseg_convert_result *result, size_t file) {
  dseg_source *source = NULL;
  assert_int_equal(dseg_open(result->files[file]->path, NULL, &source, NULL), DSEG_OK);
  const dseg_encoding_info *info = dseg_source_encoding(source);
  assert_int_equal(result->files[file]->bytes, size_of(result->files[file]->path));
  assert_int_equal(result->files[file]->bytes, info->file_bytes);
  assert_int_equal(result->files[file]->frames, info->frame_count);
  assert_int_equal(result->files[file]->pixel_data_bytes, info->pixel_data_bytes);
  assert_int_equal(result->files[file]->layers, 0);
  assert_string_equal(result->files[file]->sop_instance_uid, info->sop_instance_uid);
  assert_string_equal(result->series_uid, info->series_uid);
  assert_string_equal(result->representation, info->representation);
  assert_string_equal(result->frame_codec, info->frame_codec);
  assert_string_equal(result->transfer_syntax_uid, info->transfer_syntax_uid);
  dseg_source_close(source);
}

static void objects_are_what_the_result_says(void **state) {
  (void)state;
  write_input("binary");
  const dseg_representation *representation = NULL;
  size_t made = 0;
  for (size_t i = 0; (representation = dseg_representation_at(i)) != NULL; i++) {
    const dseg_frame_codec *codec = NULL;
    for (size_t k = 0; (codec = dseg_frame_codec_at(k)) != NULL; k++) {
      for (int table = 0; table < 2; table++) {
        const dseg_convert_options options = {.struct_size = sizeof options,
                                              .representation = representation->name,
                                              .frame_codec = codec->name,
                                              .offset_table = (dseg_offset_table)table,
                                              .empty_frames = DSEG_EMPTY_KEEP};
        const dseg_output output = dseg_output_to_file("out.dcm", DSEG_OUTPUT_REPLACE, NULL);
        dseg_convert_result *result = NULL;
        if (dseg_convert(&input_path, 1, &output, &options, &result, NULL) == DSEG_OK) {
          assert_int_equal(result->file_count, 1);
          assert_int_equal(result->segment_count, SEGMENTS);
          assert_int_equal(result->rows, ROWS);
          assert_int_equal(result->columns, COLUMNS);
          assert_int_equal(result->plane_count, PLANES);
          expect_object(result, 0);
          made++;
        } else { /* not every codec goes with every representation */
          assert_int_equal(result->side, DSEG_SIDE_OUTPUT);
          assert_true(result->refused);
          assert_string_equal(result->file, "out.dcm");
          assert_int_equal(result->file_count, 0);
        }
        dseg_convert_result_destroy(result);
      }
    }
  }
  assert_true(made >= 10);
}

static void all_parts_of_a_concatenation_are_named(void **state) {
  (void)state;
  write_input("labelmap");
  const dseg_convert_options options = {.struct_size = sizeof options,
                                        .concatenation = true,
                                        .part_bytes = 2 * ROWS * COLUMNS,
                                        .empty_frames = DSEG_EMPTY_KEEP};
  dseg_convert_result *result = convert_to("out.dcm", &options);
  assert_int_equal(result->file_count, 3);
  uint64_t frames = 0;
  for (size_t i = 0; i < result->file_count; i++) {
    char name[40];
    (void)snprintf(name, sizeof name, "out-%zu.dcm", i + 1);
    assert_string_equal(result->files[i]->path, name);
    assert_int_equal(result->files[i]->bytes, size_of(name));
    frames += result->files[i]->frames;
  }
  assert_int_equal(frames, PLANES);
  dseg_convert_result_destroy(result);
}

static void volumes_are_what_the_result_says(void **state) {
  (void)state;
  write_input("binary");
  static const struct {
    const char *path, *data;
  } cases[] = {{"a.nii", NULL},    {"a.nrrd", NULL},   {"a.seg.nrrd", NULL}, {"a.mha", NULL},
               {"a.hdr", "a.img"}, {"a.mhd", "a.raw"}, {"a.nhdr", "a.raw"}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const dseg_convert_options options = {.struct_size = sizeof options, .compression = -1};
    dseg_convert_result *result = convert_to(cases[i].path, &options);
    assert_int_equal(result->file_count, cases[i].data != NULL ? 2 : 1);
    assert_string_equal(result->files[0]->path, cases[i].path);
    assert_int_equal(result->files[0]->bytes, size_of(cases[i].path));
    assert_int_equal(result->files[0]->layers, 1);
    assert_null(result->files[0]->sop_instance_uid);
    assert_null(result->series_uid);
    if (cases[i].data != NULL) {
      assert_string_equal(result->files[1]->path, cases[i].data);
      assert_int_equal(result->files[1]->bytes, size_of(cases[i].data));
      assert_int_equal(result->files[1]->layers, 0);
    }
    dseg_convert_result_destroy(result);
  }
}

static void overlap_becomes_layers(void **state) {
  (void)state;
  write_overlap();
  const char *const path = "overlap.dcm";
  const dseg_output output = dseg_output_to_file("a.seg.nrrd", 0, NULL);
  dseg_convert_result *result = NULL;
  assert_int_equal(dseg_convert(&path, 1, &output, NULL, &result, NULL), DSEG_OK);
  assert_int_equal(result->files[0]->layers, 2);
  dseg_convert_result_destroy(result);
}

/* The same object from a stream into a stream, whatever the threads. */
static void streams_have_the_bytes_of_files(void **state) {
  (void)state;
  write_input("binary");
  dseg_convert_options options = {.struct_size = sizeof options,
                                  .format = "dicom",
                                  .frame_codec = "rle",
                                  .uid_seed = "seed",
                                  .date_time = "20250131235959",
                                  .threads = 1};
  dseg_convert_result_destroy(convert_to("out.dcm", &options));
  dseg_buffer bytes = {0};
  for (unsigned threads = 1; threads <= 4; threads += 3) {
    dseg_input *input = NULL;
    assert_int_equal(dseg_input_from_file(input_path, 0, &input, NULL), DSEG_OK);
    options.inputs = &input;
    options.threads = threads;
    const char *const name = "a stream";
    const dseg_output output = dseg_output_to_buffer(&bytes);
    dseg_convert_result *result = NULL;
    assert_int_equal(dseg_convert(&name, 1, &output, &options, &result, NULL), DSEG_OK);
    assert_int_equal(result->file_count, 1);
    assert_null(result->files[0]->path);
    assert_int_equal(result->files[0]->bytes, bytes.size);
    assert_int_equal(bytes.size, size_of("out.dcm"));
    FILE *file = fopen("out.dcm", "rb");
    uint8_t *expected = malloc(bytes.size);
    assert_int_equal(fread(expected, 1, bytes.size, file), bytes.size);
    (void)fclose(file);
    assert_memory_equal(bytes.data, expected, bytes.size);
    free(expected);
    dseg_convert_result_destroy(result);
    dseg_buffer_free(&bytes);
  }
}

static void several_files_have_names_of_their_own(void **state) {
  (void)state;
  write_input("binary");
  static const struct {
    dseg_file_choice files;
    const char *path, *format, *first, *last;
    size_t count;
  } cases[] = {
      {DSEG_FILES_BY_SEGMENT, "a.nii", NULL, "a-1-liver.nii", "a-3-left-kidney.nii", 3},
      {DSEG_FILES_BY_SEGMENT_COUNTED, "b.nrrd", NULL, "b-1.nrrd", "b-3.nrrd", 3},
      {DSEG_FILES_BY_SEGMENT_COUNTED, "./", ".mha", "./1.mha", "./3.mha", 3},
      {DSEG_FILES_BY_LAYER_COUNTED, "c", ".nii", "c-1.nii", "c-1.nii", 1},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const dseg_convert_options options = {
        .struct_size = sizeof options, .files = cases[i].files, .format = cases[i].format};
    dseg_convert_result *result = convert_to(cases[i].path, &options);
    assert_int_equal(result->file_count, cases[i].count);
    assert_string_equal(result->files[0]->path, cases[i].first);
    assert_string_equal(result->files[cases[i].count - 1]->path, cases[i].last);
    for (size_t k = 0; k < cases[i].count; k++) {
      assert_int_equal(result->files[k]->bytes, size_of(result->files[k]->path));
    }
    dseg_convert_result_destroy(result);
  }
}

/* One of several files exists: none is written, and it stays. */
static void files_come_together_or_not_at_all(void **state) {
  (void)state;
  write_input("binary");
  dseg_output_set *set = dseg_output_set_create();
  const dseg_convert_options options = {.struct_size = sizeof options, .files = DSEG_FILES_BY_SEGMENT};
  dseg_output output = dseg_output_to_file("a.nii", 0, set);
  assert_int_equal(dseg_convert(&input_path, 1, &output, &options, NULL, NULL), DSEG_OK);
  assert_int_equal(count_files(), 1);
  dseg_output_set_destroy(set); /* was not committed */
  assert_int_equal(count_files(), 1);
  (void)fclose(fopen("a-3-left-kidney.nii", "wb"));
  output.set = NULL;
  dseg_convert_result *result = NULL;
  dseg_error error;
  assert_int_equal(dseg_convert(&input_path, 1, &output, &options, &result, &error), DSEG_ERROR_OUTPUT);
  assert_int_equal(result->side, DSEG_SIDE_OUTPUT);
  assert_string_equal(result->file, "a-3-left-kidney.nii");
  assert_non_null(strstr(error.message, "DSEG_OUTPUT_REPLACE"));
  dseg_convert_result_destroy(result);
  assert_int_equal(count_files(), 2);
  assert_int_equal(size_of("a-3-left-kidney.nii"), 0);
}

/* Takes so many bytes, and fails then. */
typedef struct narrow_output {
  uint64_t room;
} narrow_output;

static dseg_status write_narrow(void *user, const void *bytes, size_t size, dseg_error *error) {
  (void)bytes;
  narrow_output *narrow = user;
  if (size > narrow->room) {
    return dseg_fail(error, DSEG_ERROR_OUTPUT, "the caller has stopped");
  }
  narrow->room -= size;
  return DSEG_OK;
}

static void an_output_that_fails_leaves_nothing(void **state) {
  (void)state;
  write_input("binary");
  static const char *const formats[] = {"dicom", ".nii", ".nrrd"};
  for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
    narrow_output narrow = {.room = 20};
    const dseg_output output = dseg_output_to_function(write_narrow, &narrow);
    const dseg_output metadata = dseg_output_to_file("meta.json", 0, NULL);
    const dseg_convert_options options = {.struct_size = sizeof options,
                                          .format = formats[i],
                                          .output_name = "the pipe",
                                          .metadata_output = &metadata,
                                          .temporary_directory = "."};
    dseg_convert_result *result = NULL;
    dseg_error error;
    assert_int_equal(dseg_convert(&input_path, 1, &output, &options, &result, &error), DSEG_ERROR_OUTPUT);
    assert_int_equal(result->side, DSEG_SIDE_OUTPUT);
    assert_false(result->refused);
    assert_string_equal(result->file, "the pipe");
    assert_int_equal(strncmp(error.message, "the pipe: ", 10), 0);
    assert_non_null(strstr(error.message, "the caller has stopped"));
    assert_int_equal(result->file_count, 0);
    dseg_convert_result_destroy(result);
    assert_int_equal(count_files(), 1);
  }
}

/* A failure of a conversion. */
typedef struct failure {
  const char *input, *output;
  dseg_convert_options options;
  dseg_status status;
  dseg_side side;
  bool refused;
  const char *file, *text;
} failure;

static void failures_say_whose_they_are(void **state) {
  (void)state;
  write_input("binary");
  write_overlap();
  static const char *const nobody = "9", *const nowhere = "nowhere", *const nothing = ",", *const no_text = NULL;
  const failure failures[] = {
      {"absent.dcm", "a.dcm", {0}, DSEG_ERROR_INPUT, DSEG_SIDE_INPUT, false, "absent.dcm", "cannot be opened"},
      {"in.dcm", "nowhere/a.dcm", {0}, DSEG_ERROR_OUTPUT, DSEG_SIDE_OUTPUT, false, "nowhere/a.dcm", "created"},
      {"in.dcm", "in.dcm", {0}, DSEG_ERROR_ARGUMENT, DSEG_SIDE_OUTPUT, false, "in.dcm", "in.dcm"},
      {"in.dcm", "a.txt", {0}, DSEG_ERROR_ARGUMENT, DSEG_SIDE_OUTPUT, false, "a.txt", "suffix"},
      {"in.dcm", "a.dcm", {.format = "txt"}, DSEG_ERROR_ARGUMENT, DSEG_SIDE_OUTPUT, false, "a.dcm", "\"txt\""},
      {"in.dcm", "a.dcm", {.threshold = 2}, DSEG_ERROR_ARGUMENT, DSEG_SIDE_OUTPUT, false, "a.dcm", "threshold 2"},
      {"in.dcm", "a.dcm", {.nifti2 = true}, DSEG_ERROR_ARGUMENT, DSEG_SIDE_OUTPUT, false, "a.dcm", "nifti2"},
      {"in.dcm", "a.nii", {.uid_seed = "x"}, DSEG_ERROR_ARGUMENT, DSEG_SIDE_OUTPUT, false, "a.nii", "uid_seed"},
      {"in.dcm",
       "a.dcm",
       {.first_plane = 3, .last_plane = 2},
       DSEG_ERROR_ARGUMENT,
       DSEG_SIDE_OUTPUT,
       false,
       "a.dcm",
       "planes 3 to 2"},
      {"in.dcm",
       "a.dcm",
       {.first_plane = 2, .last_plane = 9},
       DSEG_ERROR_FORMAT,
       DSEG_SIDE_INPUT,
       false,
       "in.dcm",
       "first_plane and last_plane 2-9: there are 5 planes"},
      {"in.dcm",
       "a.dcm",
       {.grid = DSEG_GRID_REFERENCE},
       DSEG_ERROR_ARGUMENT,
       DSEG_SIDE_OUTPUT,
       false,
       "a.dcm",
       "references"},
      {"in.dcm",
       "a.dcm",
       {.segments = &nobody, .segment_count = 1},
       DSEG_ERROR_FORMAT,
       DSEG_SIDE_INPUT,
       false,
       "in.dcm",
       "segments: no segment has the number or label \"9\"; there are 3, 1 \"Liver\" for instance"},
      {"in.dcm",
       "a.dcm",
       {.segments = &nothing, .segment_count = 1},
       DSEG_ERROR_FORMAT,
       DSEG_SIDE_INPUT,
       false,
       "in.dcm",
       "segments: \",\" names no segment; there are 3, 1 \"Liver\" for instance"},
      {"in.dcm",
       "a.dcm",
       {.segments = &no_text, .segment_count = 1},
       DSEG_ERROR_ARGUMENT,
       DSEG_SIDE_OUTPUT,
       false,
       "a.dcm",
       "segments[0] is NULL"},
      {"in.dcm",
       "a.dcm",
       {.references = &no_text, .reference_count = 1},
       DSEG_ERROR_ARGUMENT,
       DSEG_SIDE_OUTPUT,
       false,
       "a.dcm",
       "references[0] is NULL"},
      {"in.dcm",
       "a.dcm",
       {.frame_codec = "rle", .memory_limit = 50000},
       DSEG_ERROR_LIMIT,
       DSEG_SIDE_OUTPUT,
       true,
       "a.dcm",
       "the memory limit is 50000 bytes"},
      {"in.dcm", "a.dcm", {.grid = 4}, DSEG_ERROR_ARGUMENT, DSEG_SIDE_OUTPUT, false, "a.dcm", "no grid 4"},
      {"in.dcm", "a.dcm", {.overlap = 4}, DSEG_ERROR_ARGUMENT, DSEG_SIDE_OUTPUT, false, "a.dcm", "no overlap 4"},
      {"in.dcm", "a.dcm", {.numbering = 5}, DSEG_ERROR_ARGUMENT, DSEG_SIDE_OUTPUT, false, "a.dcm", "no numbering 5"},
      {"in.dcm", "a.nii", {.files = 4}, DSEG_ERROR_ARGUMENT, DSEG_SIDE_OUTPUT, false, "a.nii", "no files 4"},
      {"in.dcm",
       "a.dcm",
       {.references = &nowhere, .reference_count = 1},
       DSEG_ERROR_INPUT,
       DSEG_SIDE_INPUT,
       false,
       "nowhere",
       "nowhere"},
      {"in.dcm", "a.dcm", {.representation = "none"}, DSEG_ERROR_UNSUPPORTED, DSEG_SIDE_OUTPUT, true, "a.dcm", "none"},
      {"in.dcm", "a.dcm", {.frame_codec = "none"}, DSEG_ERROR_UNSUPPORTED, DSEG_SIDE_OUTPUT, true, "a.dcm", "none"},
      {"overlap.dcm",
       "a.nii",
       {0},
       DSEG_ERROR_OVERLAP,
       DSEG_SIDE_INPUT,
       false,
       "overlap.dcm",
       "use DSEG_FILES_BY_SEGMENT, overlap first or last, or write .seg.nrrd"},
      {"overlap.dcm",
       "a.dcm",
       {.representation = "labelmap"},
       DSEG_ERROR_OVERLAP,
       DSEG_SIDE_INPUT,
       false,
       "overlap.dcm",
       "48 voxels belong to more than one segment"},
      {"overlap.dcm",
       "a.dcm",
       {.overlap = DSEG_OVERLAP_REFUSED},
       DSEG_ERROR_OVERLAP,
       DSEG_SIDE_INPUT,
       false,
       "overlap.dcm",
       "overlap error was given"},
  };
  for (size_t i = 0; i < sizeof failures / sizeof failures[0]; i++) {
    const failure *expected = &failures[i];
    dseg_convert_options options = expected->options;
    options.struct_size = sizeof options;
    const dseg_output output = dseg_output_to_file(expected->output, 0, NULL);
    dseg_convert_result *result = NULL;
    dseg_error error;
    assert_int_equal(dseg_convert(&expected->input, 1, &output, &options, &result, &error), expected->status);
    assert_int_equal(error.status, expected->status);
    assert_int_equal(result->side, expected->side);
    assert_int_equal(result->refused, expected->refused);
    assert_string_equal(result->file, expected->file);
    assert_int_equal(strncmp(error.message, expected->file, strlen(expected->file)), 0);
    if (strstr(error.message, expected->text) == NULL) {
      fail_msg("\"%s\" does not say \"%s\"", error.message, expected->text);
    }
    dseg_convert_result_destroy(result);
    assert_int_equal(count_files(), 2);
  }
}

static dseg_status read_nothing(void *user, uint64_t offset, void *to, size_t size, size_t *got, dseg_error *error) {
  (void)user;
  (void)offset;
  (void)to;
  (void)size;
  *got = 0;
  return dseg_fail(error, DSEG_ERROR_INPUT, "there is nothing");
}

static void count_closing(void *user) {
  ++*(int *)user;
}

/* Whatever is wrong, each input is closed, and once. */
static void inputs_are_used_up(void **state) {
  (void)state;
  static const struct {
    const char *paths[2];
    double threshold;
    const char *output;
  } calls[] = {
      {{"one", "two"}, 0, "out.nii"}, /* it cannot be read */
      {{"one", "two"}, 2, "out.nii"},
      {{"one", "two"}, 0, "out.txt"},
      {{"one", NULL}, 0, "out.nii"},
  };
  for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
    int closed[2] = {0, 0};
    dseg_input *inputs[2];
    for (size_t k = 0; k < 2; k++) {
      const dseg_reader reader = {.struct_size = sizeof reader,
                                  .size = 100,
                                  .user = &closed[k],
                                  .read_at = read_nothing,
                                  .close = count_closing};
      assert_int_equal(dseg_input_from_reader(&reader, &inputs[k], NULL), DSEG_OK);
    }
    const dseg_convert_options options = {
        .struct_size = sizeof options, .inputs = inputs, .threshold = calls[i].threshold};
    const dseg_output output = dseg_output_to_file(calls[i].output, 0, NULL);
    assert_int_not_equal(dseg_convert(calls[i].paths, 2, &output, &options, NULL, NULL), DSEG_OK);
    assert_int_equal(closed[0], 1);
    assert_int_equal(closed[1], 1);
  }
}

static void messages_use_the_callers_names(void **state) {
  (void)state;
  write_overlap();
  const char *const path = "overlap.dcm";
  const char *names[DSEG_OPTION_COUNT] = {[DSEG_OPTION_SPLIT] = "--split", [DSEG_OPTION_OVERLAP] = "--overlap"};
  dseg_convert_options options = {
      .struct_size = sizeof options, .option_names = names, .option_name_count = DSEG_OPTION_COUNT};
  const dseg_output output = dseg_output_to_file("a.nii", 0, NULL);
  dseg_error error;
  assert_int_equal(dseg_convert(&path, 1, &output, &options, NULL, &error), DSEG_ERROR_OVERLAP);
  assert_non_null(strstr(error.message, "use --split, --overlap first or last"));
  options.option_name_count = DSEG_OPTION_OVERLAP + 1; /* of a caller that knows no more */
  assert_int_equal(dseg_convert(&path, 1, &output, &options, NULL, &error), DSEG_ERROR_OVERLAP);
  assert_non_null(strstr(error.message, "use DSEG_FILES_BY_SEGMENT, --overlap first or last"));
}

/* What a conversion told, one after the other. */
typedef struct told {
  size_t notes, warnings;
  char last[200], file[40];
} told;

static void hear(void *user, dseg_message_kind kind, const char *file, const char *message) {
  told *heard = user;
  heard->notes += kind == DSEG_MESSAGE_NOTE ? 1 : 0;
  heard->warnings += kind == DSEG_MESSAGE_WARNING ? 1 : 0;
  (void)snprintf(heard->last, sizeof heard->last, "%.190s", message);
  (void)snprintf(heard->file, sizeof heard->file, "%.30s", file != NULL ? file : "");
}

static void notes_name_their_file(void **state) {
  (void)state;
  write_input("binary");
  told heard = {.notes = 0};
  const char *const kidney = "left kidney";
  const dseg_convert_options options = {.struct_size = sizeof options,
                                        .segments = &kidney,
                                        .segment_count = 1,
                                        .representation = "binary",
                                        .messages = {hear, &heard}};
  dseg_convert_result *result = convert_to("out.dcm", &options);
  assert_int_equal(result->segment_count, 1);
  assert_int_equal(heard.notes, 1);
  assert_int_equal(heard.warnings, 0);
  assert_string_equal(heard.file, "out.dcm");
  assert_non_null(strstr(heard.last, "3 became 1"));
  dseg_convert_result_destroy(result);
}

typedef struct steps {
  double last;
  bool is_whole;
} steps;

static void step(void *user, unsigned long long done, unsigned long long total) {
  steps *seen = user;
  const double share = total > 0 ? (double)done / (double)total : 0;
  assert_true(share >= seen->last);
  assert_true(share <= 1);
  seen->last = share;
  seen->is_whole = done == total;
}

static void progress_goes_to_its_end_once(void **state) {
  (void)state;
  write_input("binary");
  static const struct {
    const char *path, *codec;
    dseg_file_choice files;
  } cases[] = {{"a.dcm", "rle", DSEG_FILES_ONE},
               {"a.dcm", NULL, DSEG_FILES_ONE},
               {"a.nii", NULL, DSEG_FILES_ONE},
               {"a.nrrd", NULL, DSEG_FILES_BY_SEGMENT}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    steps seen = {.last = 0};
    const dseg_convert_options options = {.struct_size = sizeof options,
                                          .frame_codec = cases[i].codec,
                                          .files = cases[i].files,
                                          .progress = {step, &seen}};
    dseg_convert_result_destroy(convert_to(cases[i].path, &options));
    assert_true(seen.is_whole);
  }
}

static void a_writer_tells_what_it_wrote_at_its_end(void **state) {
  (void)state;
  static const uint8_t labels[ROWS * COLUMNS] = {1};
  dseg_description *description = make_description(ROWS, COLUMNS, 1, 1);
  dseg_buffer bytes = {0};
  const dseg_output output = dseg_output_to_buffer(&bytes);
  dseg_writer *writer = NULL;
  assert_int_equal(dseg_writer_create_to(&output, description, NULL, &writer, NULL), DSEG_OK);
  assert_null(dseg_writer_written(writer));
  assert_int_equal(dseg_writer_write_labels(writer, 0, labels, 8, NULL), DSEG_OK);
  assert_int_equal(dseg_writer_finish(writer, NULL), DSEG_OK);
  const dseg_written *written = dseg_writer_written(writer);
  assert_non_null(written);
  assert_int_equal(written->file_count, 1);
  assert_null(written->files[0].path);
  assert_int_equal(written->files[0].bytes, bytes.size);
  assert_int_equal(written->files[0].frames, 1);
  assert_int_equal(written->files[0].pixel_data_bytes, sizeof labels);
  assert_null(dseg_writer_written(NULL));
  dseg_writer_destroy(writer);
  dseg_buffer_free(&bytes);
  dseg_description_destroy(description);
}

/* A view of a source, which stays the caller's. */
/* Before any work: nothing is read, and nothing has appeared. */
static void wrong_options_are_found_first(void **state) {
  (void)state;
  write_input("labelmap");
  const dseg_output output = dseg_output_to_file("out.dcm", 0, NULL);
  const dseg_output nowhere = {.struct_size = sizeof nowhere};
  dseg_convert_options options = {.struct_size = sizeof options, .metadata_output = &nowhere};
  dseg_error error;
  assert_int_equal(dseg_convert(&input_path, 1, &output, &options, NULL, &error), DSEG_ERROR_ARGUMENT);
  assert_non_null(strstr(error.message, "one of path, buffer and write"));
  dseg_source *source = NULL;
  assert_int_equal(dseg_open(input_path, NULL, &source, NULL), DSEG_OK);
  dseg_input *const inputs[] = {NULL};
  options = (dseg_convert_options){.struct_size = sizeof options, .inputs = inputs};
  assert_int_equal(dseg_write(source, &output, &options, NULL, &error), DSEG_ERROR_ARGUMENT);
  assert_non_null(strstr(error.message, "inputs are for dseg_convert"));
  dseg_source_close(source);
  assert_int_equal(count_files(), 1);
}

static void a_view_is_written_like_a_file(void **state) {
  (void)state;
  write_input("labelmap");
  const dseg_open_options open = {.struct_size = sizeof open, .keep_context = true};
  dseg_source *source = NULL;
  dseg_source *view = NULL;
  assert_int_equal(dseg_open(input_path, &open, &source, NULL), DSEG_OK);
  const uint32_t spleen = 1;
  const dseg_derive_options derive = {
      .struct_size = sizeof derive, .segments = &spleen, .segment_count = 1, .first_plane = 1, .plane_count = 2};
  assert_int_equal(dseg_source_derive(source, &derive, &view, NULL), DSEG_OK);
  const dseg_output output = dseg_output_to_file("spleen.dcm", 0, NULL);
  dseg_convert_result *result = NULL;
  assert_int_equal(dseg_write(view, &output, NULL, &result, NULL), DSEG_OK);
  assert_int_equal(result->segment_count, 1);
  assert_int_equal(result->plane_count, 2);
  expect_object(result, 0);
  dseg_convert_result_destroy(result);
  dseg_source_close(view);
  dseg_source *written = NULL;
  assert_int_equal(dseg_open("spleen.dcm", NULL, &written, NULL), DSEG_OK);
  uint8_t expected[2 * ROWS * COLUMNS], got[sizeof expected];
  assert_int_equal(dseg_source_read_mask(source, 1, 1, 2, expected, sizeof expected, 1, NULL), DSEG_OK);
  assert_int_equal(dseg_source_read_mask(written, 0, 0, 2, got, sizeof got, 1, NULL), DSEG_OK);
  assert_memory_equal(got, expected, sizeof got);
  dseg_source_close(written);
  dseg_source_close(source);
}

#if DSEG_TEST_METADATA
static void metadata_come_and_go_as_streams(void **state) {
  (void)state;
  write_input("binary");
  static const char json[] =
      "{\"segmentAttributes\": [[{\"labelID\": 2, \"SegmentLabel\": \"Milz\", \"SegmentAlgorithmType\": \"MANUAL\","
      "\"SegmentedPropertyCategoryCodeSequence\":"
      "{\"CodeValue\": \"123037004\", \"CodingSchemeDesignator\": \"SCT\", \"CodeMeaning\": \"Anatomical Structure\"},"
      "\"SegmentedPropertyTypeCodeSequence\":"
      "{\"CodeValue\": \"78961009\", \"CodingSchemeDesignator\": \"SCT\", \"CodeMeaning\": \"Spleen\"}}]]}";
  dseg_input *metadata = NULL;
  const dseg_view bytes = {(const uint8_t *)json, sizeof json - 1};
  assert_int_equal(dseg_input_from_memory(bytes, &metadata, NULL), DSEG_OK);
  dseg_buffer written = {0};
  const dseg_output metadata_output = dseg_output_to_buffer(&written);
  const char *const milz = "milz"; /* the name that the metadata gives it */
  dseg_convert_options options = {.struct_size = sizeof options,
                                  .metadata = "names",
                                  .metadata_input = metadata,
                                  .metadata_output = &metadata_output,
                                  .segments = &milz,
                                  .segment_count = 1};
  dseg_convert_result *result = convert_to("out.nii", &options);
  assert_int_equal(result->metadata->bytes, written.size);
  assert_null(result->metadata->path);
  assert_int_equal(dseg_buffer_append(&written, "", 1, NULL), DSEG_OK);
  assert_non_null(strstr((const char *)written.data, "\"Milz\""));
  assert_non_null(strstr((const char *)written.data, "out.nii"));
  assert_null(strstr((const char *)written.data, "Liver"));
  dseg_convert_result_destroy(result);
  dseg_buffer_free(&written);
  /* What the JSON lacks is its fault. */
  options.complete_metadata = true;
  const dseg_output output = dseg_output_to_file("b.nii", 0, NULL);
  dseg_error error;
  assert_int_equal(dseg_convert(&input_path, 1, &output, &options, &result, &error), DSEG_ERROR_FORMAT);
  assert_int_equal(result->side, DSEG_SIDE_INPUT);
  assert_string_equal(result->file, "names");
  dseg_convert_result_destroy(result);
  dseg_input_close(metadata);
  assert_int_equal(count_files(), 2); /* no b.nii */
}
#endif

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown(objects_are_what_the_result_says, enter_directory, leave_directory),
    cmocka_unit_test_setup_teardown(all_parts_of_a_concatenation_are_named, enter_directory, leave_directory),
    cmocka_unit_test_setup_teardown(volumes_are_what_the_result_says, enter_directory, leave_directory),
    cmocka_unit_test_setup_teardown(overlap_becomes_layers, enter_directory, leave_directory),
    cmocka_unit_test_setup_teardown(streams_have_the_bytes_of_files, enter_directory, leave_directory),
    cmocka_unit_test_setup_teardown(several_files_have_names_of_their_own, enter_directory, leave_directory),
    cmocka_unit_test_setup_teardown(files_come_together_or_not_at_all, enter_directory, leave_directory),
    cmocka_unit_test_setup_teardown(an_output_that_fails_leaves_nothing, enter_directory, leave_directory),
    cmocka_unit_test_setup_teardown(failures_say_whose_they_are, enter_directory, leave_directory),
    cmocka_unit_test_setup_teardown(inputs_are_used_up, enter_directory, leave_directory),
    cmocka_unit_test_setup_teardown(messages_use_the_callers_names, enter_directory, leave_directory),
    cmocka_unit_test_setup_teardown(notes_name_their_file, enter_directory, leave_directory),
    cmocka_unit_test_setup_teardown(progress_goes_to_its_end_once, enter_directory, leave_directory),
    cmocka_unit_test(a_writer_tells_what_it_wrote_at_its_end),
    cmocka_unit_test_setup_teardown(wrong_options_are_found_first, enter_directory, leave_directory),
    cmocka_unit_test_setup_teardown(a_view_is_written_like_a_file, enter_directory, leave_directory),
#if DSEG_TEST_METADATA
    cmocka_unit_test_setup_teardown(metadata_come_and_go_as_streams, enter_directory, leave_directory),
#endif
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
