/* SPDX-License-Identifier: Apache-2.0 */
/* test_out_of_memory.c - whichever allocation fails, a call says so or does all of its work: nothing is left out
 * because memory was short. Each trial of out_of_memory/ is run once undisturbed, then with every single allocation
 * failing, and with all from there on. test_writer_memory.c looks at what the writer leaves in a directory.
 *
 * usage: test_out_of_memory [PART PARTS]    one of so many parts, counted from 0, which may run side by side */
#include <stdlib.h>

#include "dseg/proposals.h"
#include "out_of_memory/trial.h"

/* The part of the trials that this process runs. */
static size_t part, parts = 1;
static size_t trials; /* so far, of all parts */

/* Runs a trial; the outcome is the caller's, to be freed with free(). */
static dseg_status run_once(const memory_trial *trial, size_t fail_at, bool all_behind, char **outcome, size_t *size,
                            dseg_error *error) {
  FILE *stream = open_memstream(outcome, size);
  assert_non_null(stream);
  memory.calls = 0;
  memory.failing = fail_at;
  memory.all_behind = all_behind;
  memory.is_paused = false;
  const dseg_status status = trial->run(trial, stream, error);
  memory.is_paused = true;
  assert_int_equal(fclose(stream), 0);
  return status;
}

static void check_trial(const memory_trial *trial) {
  if (trials++ % parts != part) {
    return;
  }
  char *expected = NULL;
  size_t expected_size = 0;
  dseg_error error;
  const dseg_status undisturbed = run_once(trial, 0, false, &expected, &expected_size, &error);
  if (undisturbed != DSEG_OK) {
    fail_msg("%s: %s", trial->name, error.message);
  }
  size_t most = 0;
  for (int all = 0; all < 2; all++) {
    for (size_t n = 1;; n++) {
      char *outcome = NULL;
      size_t size = 0;
      const dseg_status status = run_once(trial, n, all != 0, &outcome, &size, &error);
      const bool same = size == expected_size && memcmp(outcome, expected, size) == 0;
      const bool reached = memory.calls >= n;
      free(outcome);
      if (status == DSEG_OK && !same) {
        fail_msg("%s: allocation %zu of %s fails, and the outcome is another", trial->name, n, all ? "many" : "one");
      }
      if (status != DSEG_OK && (status != DSEG_ERROR_MEMORY || error.status != status || error.message[0] == '\0')) {
        fail_msg("%s: allocation %zu of %s fails with status %d, error %d \"%s\"", trial->name, n, all ? "many" : "one",
                 (int)status, (int)error.status, error.message);
      }
      if (!reached) {
        assert_int_equal(status, DSEG_OK);
        break;
      }
      most = n;
    }
  }
  free(expected);
  assert_true(most > 0);
}

static dseg_buffer make_object(const char *representation, const char *how) {
  const memory_trial trial = {.what = representation, .how = how};
  dseg_description *description = make_described();
  dseg_buffer bytes = {0};
  dseg_error error;
  set_kind(description, &trial);
  if (write_object(&trial, description, &bytes, &error) != DSEG_OK) {
    fail_msg("%s: %s", how != NULL ? how : representation, error.message);
  }
  dseg_description_destroy(description);
  return bytes;
}

/* Whether an encoding can be written here and always has the same bytes. */
static bool is_steady(const dseg_representation *representation, const dseg_frame_codec *codec) {
  const dseg_frame_info form = {.rows = ROWS, .columns = COLUMNS, .bits_allocated = 8};
  const dseg_frame_info bits = {.rows = ROWS, .columns = COLUMNS, .bits_allocated = 1};
  const bool is_binary = strncmp(representation->name, "binary", 6) == 0;
  return (codec->flags & DSEG_PLUGIN_CAN_WRITE) != 0 &&
         (codec->flags & (DSEG_PLUGIN_VARYING | DSEG_PLUGIN_LOSSY | DSEG_PLUGIN_BIG_ENDIAN)) == 0 &&
         dseg_check_encoding(representation, codec, is_binary ? &bits : &form, NULL) == DSEG_OK;
}

static void objects(void **state) {
  (void)state;
  const dseg_representation *representation;
  const dseg_frame_codec *codec;
  for (size_t r = 0; (representation = dseg_representation_at(r)) != NULL; r++) {
    for (size_t c = 0; (codec = dseg_frame_codec_at(c)) != NULL; c++) {
      const bool is_fractional = (representation->flags & DSEG_PLUGIN_FRACTIONS) != 0;
      /* Frames are the business of codecs; in the second, Implicit VR, private elements are of VR UN. */
      const bool is_header = (representation->flags & DSEG_PLUGIN_EXPERIMENTAL) != 0;
      if (!is_steady(representation, codec) || (is_fractional && c > 0) || (is_header && c > 1)) {
        continue;
      }
      dseg_buffer bytes = make_object(representation->name, codec->name);
      memory_trial trial = {.bytes = &bytes, .count = 1, .what = representation->name, .how = codec->name};
      (void)snprintf(trial.name, sizeof trial.name, "open %s/%s", representation->name, codec->name);
      trial.run = run_open;
      check_trial(&trial);
      if (c == 0) { /* validation leaves codecs to the reader */
        (void)snprintf(trial.name, sizeof trial.name, "validate %s/%s", representation->name, codec->name);
        trial.run = run_validate;
        check_trial(&trial);
      }
      (void)snprintf(trial.name, sizeof trial.name, "write %s/%s", representation->name, codec->name);
      trial.run = run_write;
      check_trial(&trial);
      dseg_buffer_free(&bytes);
    }
  }
}

/* Of an object whose segments overlap, of labels, and of fractions. */
static void views(void **state) {
  (void)state;
  static const char *const representations[] = {"binary", "labelmap", "fractional"};
  for (size_t i = 0; i < sizeof representations / sizeof *representations; i++) {
    dseg_buffer bytes = make_object(representations[i], "explicit-le");
    memory_trial trial = {.run = run_view, .bytes = &bytes, .count = 1};
    (void)snprintf(trial.name, sizeof trial.name, "a view of %s", representations[i]);
    check_trial(&trial);
    dseg_buffer_free(&bytes);
  }
}

static void conversions(void **state) {
  (void)state;
  static const struct {
    const char *from, *to, *threshold;
  } cases[] = {{"binary", "labelmap", NULL}, {"binary", ".seg.nrrd", NULL},      {"labelmap", "binary", NULL},
               {"labelmap", ".nii", NULL},   {"fractional", "fractional", NULL}, {"fractional", "labelmap", "a"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    dseg_buffer bytes = make_object(cases[i].from, "explicit-le");
    memory_trial trial = {
        .run = run_convert, .bytes = &bytes, .count = 1, .what = cases[i].to, .how = cases[i].threshold};
    (void)snprintf(trial.name, sizeof trial.name, "convert %s to %s", cases[i].from, cases[i].to);
    check_trial(&trial);
    dseg_buffer_free(&bytes);
  }
}

static void palettes(void **state) {
  (void)state;
  dseg_buffer bytes = make_object("labelmap", "palette");
  const memory_trial opened = {"open a palette", run_open, &bytes, 1, NULL, NULL};
  const memory_trial validated = {"validate a palette", run_validate, &bytes, 1, NULL, NULL};
  const memory_trial written = {"write a palette", run_write, NULL, 0, "labelmap", "palette"};
  check_trial(&opened);
  check_trial(&validated);
  check_trial(&written);
  dseg_buffer_free(&bytes);
}

static void parts_of_a_concatenation(void **state) {
  (void)state;
  const dseg_write_options options = {
      .struct_size = sizeof(dseg_write_options), .representation = "binary", .concatenation = true, .part_bytes = 40};
  dseg_description *description = make_described();
  write_volume("object.dcm", description, &options, false);
  dseg_description_destroy(description);
  const memory_trial trial = {"open parts", run_open_files, NULL, count_files(), NULL, NULL};
  assert_in_range(trial.count, 2, 4);
  check_trial(&trial);
}

/* Empty for a compressed volume in a build that does not compress. */
static dseg_buffer make_volume(const char *suffix, const char *how) {
  const memory_trial trial = {.what = suffix, .how = how};
  dseg_description *description = make_described();
  dseg_buffer bytes = {0};
  dseg_error error;
  const dseg_status status = write_volume_to(&trial, description, &bytes, &error);
  const bool cannot_compress = status == DSEG_ERROR_UNSUPPORTED && strstr(suffix, ".gz") != NULL;
  if (status != DSEG_OK && !cannot_compress) {
    fail_msg("%s: %s", suffix, error.message);
  }
  dseg_description_destroy(description);
  return bytes;
}

static void volumes(void **state) {
  (void)state;
  static const char *const forms[][2] = {{".nii", NULL},      {".nii.gz", NULL},  {".nrrd", NULL},
                                         {".seg.nrrd", NULL}, {".mha", NULL},     {".nii", "16"},
                                         {".nii.gz", "32"},   {".nii", "floats"}, {".mha", "floats"}};
  dseg_buffer several[2] = {make_volume(".nii", NULL), make_volume(".seg.nrrd", NULL)};
  for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
    dseg_buffer bytes = make_volume(forms[i][0], forms[i][1]);
    if (bytes.size == 0) {
      print_message("this build does not compress %s\n", forms[i][0]);
      continue;
    }
    memory_trial trial = {.bytes = &bytes, .count = 1, .what = forms[i][0], .how = forms[i][1]};
    const char *form = forms[i][1] != NULL ? forms[i][1] : "8";
    (void)snprintf(trial.name, sizeof trial.name, "open %s %s", forms[i][0], form);
    trial.run = run_open;
    check_trial(&trial);
    (void)snprintf(trial.name, sizeof trial.name, "write %s %s", forms[i][0], form);
    trial.run = run_write_volume;
    check_trial(&trial);
    dseg_buffer_free(&bytes);
  }
  const memory_trial together = {"open volumes together", run_open, several, 2, NULL, NULL};
  check_trial(&together);
  dseg_buffer_free(&several[0]);
  dseg_buffer_free(&several[1]);
}

/* Whose planes are read again when they are asked for. */
static void passing_volumes(void **state) {
  (void)state;
  static const char *const names[] = {"volume.nii", "volume.nii.gz"};
  for (size_t i = 0; i < 2; i++) {
    dseg_buffer bytes = make_volume(strchr(names[i], '.'), "16");
    FILE *file = fopen(names[i], "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes.data, 1, bytes.size, file), bytes.size);
    assert_int_equal(fclose(file), 0);
    memory_trial trial = {.run = run_pass, .what = names[i]};
    (void)snprintf(trial.name, sizeof trial.name, "pass %s", names[i]);
    if (bytes.size > 0) {
      check_trial(&trial);
    }
    dseg_buffer_free(&bytes);
  }
}

static void volumes_of_two_files(void **state) {
  (void)state;
  static const char *const suffixes[] = {".nhdr", ".mhd", ".hdr"};
  for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
    memory_trial trial = {.run = run_write_pair, .what = suffixes[i]};
    (void)snprintf(trial.name, sizeof trial.name, "write %s", suffixes[i]);
    check_trial(&trial);
  }
}

static void metadata(void **state) {
  (void)state;
  dseg_description *description = make_described();
  dseg_buffer bytes = {0};
  const dseg_output output = dseg_output_to_buffer(&bytes);
  const dseg_status status = dseg_metadata_write_to(&output, description, NULL, NULL);
  dseg_description_destroy(description);
  if (status == DSEG_ERROR_UNSUPPORTED) {
    print_message("this build has no JSON\n");
    return;
  }
  const memory_trial written = {"write metadata", run_write_metadata, NULL, 0, NULL, NULL};
  const memory_trial read = {"read metadata", run_read_metadata, &bytes, 1, NULL, NULL};
  check_trial(&written);
  check_trial(&read);
  dseg_buffer_free(&bytes);
}

static void names(void **state) {
  (void)state;
  static const char *const tables[] = {
    "index\tname\tcolor\n1\tliver\t#010203\n2\t\"left \"\"kidney\"\"\"\t#040506\n40\tcolon\t#070809\n",
    "1 liver 1 2 3 0\n2 spleen 4 5 6 0\n12 colon 7 8 9 0\n",
#if DSEG_TEST_METADATA
    "{\"labels\":{\"all\":[1,2,3,4,5,6,7,8,9,10,11,12],\"some\":[2,3],\"liver\":1},\"channel_names\":{}}",
#endif
  };
  for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
    dseg_buffer bytes = {0};
    assert_int_equal(dseg_buffer_append(&bytes, tables[i], strlen(tables[i]), NULL), DSEG_OK);
    const memory_trial applied = {"apply names", run_apply_names, &bytes, 1, NULL, NULL};
    check_trial(&applied);
    dseg_buffer_free(&bytes);
  }
}

static void descriptions(void **state) {
  (void)state;
  const memory_trial copied = {"copy a description", run_copy, NULL, 0, NULL, NULL};
  check_trial(&copied);
}

static void references(void **state) {
  (void)state;
  write_slices();
  const memory_trial places = {"find the planes' images", run_reference, NULL, 0, NULL, NULL};
  const memory_trial geometry = {"take the images' geometry", run_reference, NULL, 0, "geometry", NULL};
  check_trial(&places);
  check_trial(&geometry);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, enter_directory, leave_directory)

int main(int argc, char **argv) {
  memory.is_paused = true;
  if (argc == 3) {
    part = strtoul(argv[1], NULL, 10);
    parts = strtoul(argv[2], NULL, 10);
  }
  if (parts == 0 || part >= parts) {
    return 2;
  }
  if (dseg_register_proposals(NULL) != DSEG_OK) {
    return 1;
  }
  const struct CMUnitTest tests[] = {
      TEST(descriptions),
      TEST(metadata),
      TEST(names),
      TEST(volumes),
      TEST(volumes_of_two_files),
      TEST(passing_volumes),
      TEST(parts_of_a_concatenation),
      TEST(references),
      TEST(views),
      TEST(conversions),
      TEST(palettes),
      TEST(objects),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
