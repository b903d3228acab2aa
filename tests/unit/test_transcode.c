/* SPDX-License-Identifier: Apache-2.0 */
/* test_transcode.c - the same object in other transfer syntaxes, beside the same object built in them; through readers
 * that are slow or fail, outputs that fail, and cut at every byte. */
#include <stdio.h>
#include <stdlib.h>

#include "seg_files.h"
/* cmocka is included above. */
#include "dseg/dseg.h"
#include "dseg/proposals.h"
#include "support/trial_reader.h"

static const uint16_t numbers[] = {1, 2};
static const seg_frame frames[] = {FRAME(1, 0, 1, 0, 1, 1, 0, 0, 0, 1, 1), FRAME(1, 2, 0, 1, 1, 1, 1, 1),
                                   FRAME(2, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1)};

typedef struct notes {
  size_t count;
  char last[1000];
} notes;

static void take_note(void *user, const char *message) {
  notes *taken = user;
  taken->count++;
  (void)snprintf(taken->last, sizeof taken->last, "%s", message);
}

static seg_form form_of(const char *type, uint16_t bits, const char *transfer_syntax, bool undefined) {
  return (seg_form){.transfer_syntax = transfer_syntax,
                    .undefined_lengths = undefined,
                    .type = type,
                    .bits = bits,
                    .padding = strcmp(type, "LABELMAP") == 0 ? 0 : -1,
                    .segments = numbers,
                    .segment_count = 2,
                    .frames = frames,
                    .frame_count = 3,
                    .pixel_vr = bits == 16 ? "OW" : "OB"};
}

static dseg_status transcode_input(const dseg_input *input, const char *transfer_syntax, dseg_buffer *out, notes *taken,
                                   dseg_error *error) {
  const dseg_output output = dseg_output_to_buffer(out);
  const dseg_transcode_options options = {.struct_size = sizeof options,
                                          .transfer_syntax = transfer_syntax,
                                          .threads = 1,
                                          .warnings = {taken != NULL ? take_note : NULL, taken}};
  return dseg_transcode(input, "seg.dcm", &output, &options, error);
}

static dseg_status transcode(dseg_view bytes, const char *transfer_syntax, dseg_buffer *out, notes *taken,
                             dseg_error *error) {
  dseg_input *input = NULL;
  assert_int_equal(dseg_input_from_memory(bytes, &input, NULL), DSEG_OK);
  const dseg_status status = transcode_input(input, transfer_syntax, out, taken, error);
  dseg_input_close(input);
  return status;
}

static dseg_view view_of(const dseg_buffer *buffer) {
  return (dseg_view){buffer->data, buffer->size};
}

/* What stands behind group 0002. */
static dseg_view data_set_of(const dseg_buffer *file) {
  size_t at = 132;
  while (at + 8 < file->size && dseg_load_le16(file->data + at) == 2) {
    const bool is_long = memcmp(file->data + at + 4, "OB", 2) == 0;
    at += is_long ? 12 + dseg_load_le32(file->data + at + 8) : 8u + dseg_load_le16(file->data + at + 6);
  }
  return (dseg_view){file->data + at, file->size - at};
}

static void expect_data_set(const dseg_buffer *file, const dseg_buffer *expected) {
  const dseg_view got = data_set_of(file);
  const dseg_view wanted = data_set_of(expected);
  assert_int_equal(got.size, wanted.size);
  assert_memory_equal(got.data, wanted.data, wanted.size);
}

/* The object in one native syntax becomes what the same builder makes in another. */
static void one_is_the_other(void **state) {
  (void)state;
  static const struct {
    const char *type;
    uint16_t bits;
  } kinds[] = {{"BINARY", 1}, {"FRACTIONAL", 8}, {"LABELMAP", 8}, {"LABELMAP", 16}};
  static const struct {
    const char *from, *to;
    size_t notes; /* implicit VR does not say those of private elements */
  } ways[] = {{BIG, LITTLE, 0}, {BIG, IMPLICIT, 1}, {LITTLE, IMPLICIT, 1}};
  for (size_t kind = 0; kind < sizeof kinds / sizeof *kinds; kind++) {
    for (size_t way = 0; way < sizeof ways / sizeof *ways; way++) {
      for (int undefined = 0; undefined < 2; undefined++) {
        for (int words = 0; words < 2; words++) {
          dicom_file from = {0};
          dicom_file to = {0};
          dseg_buffer out = {0};
          notes taken = {0};
          dseg_error error = {0};
          seg_form form = form_of(kinds[kind].type, kinds[kind].bits, ways[way].from, undefined != 0);
          form.pixel_vr = words != 0 ? "OW" : form.pixel_vr;
          build_seg(&from, &form);
          form.transfer_syntax = ways[way].to;
          build_seg(&to, &form);
          if (transcode(view_of(&from.bytes), ways[way].to, &out, &taken, &error) != DSEG_OK) {
            fail_msg("%s", error.message);
          }
          expect_data_set(&out, &to.bytes);
          assert_int_equal(taken.count, ways[way].notes);
          dseg_buffer_free(&from.bytes);
          dseg_buffer_free(&to.bytes);
          dseg_buffer_free(&out);
        }
      }
    }
  }
}

/* There and back through every codec that has such frames, from all three native syntaxes. */
static void the_way_back_gives_the_same_bytes(void **state) {
  (void)state;
  static const char *const syntaxes[] = {LITTLE, IMPLICIT, BIG};
  static const uint16_t widths[] = {8, 16};
  size_t trips = 0;
  for (size_t i = 0; i < 3 * 2 * 2; i++) {
    const char *from = syntaxes[i / 4];
    const char *back_to = i / 4 == 1 ? IMPLICIT : LITTLE;
    seg_form form = form_of("LABELMAP", widths[i % 2], from, i / 2 % 2 != 0);
    dicom_file file = {0};
    dicom_file wanted = {0};
    build_seg(&file, &form);
    form.transfer_syntax = back_to;
    build_seg(&wanted, &form);
    for (size_t k = 0; dseg_frame_codec_at(k) != NULL; k++) {
      const dseg_frame_codec *codec = dseg_frame_codec_at(k);
      const uint32_t needed = (form.bits == 8 ? DSEG_PLUGIN_BITS_8 : DSEG_PLUGIN_BITS_16) | DSEG_PLUGIN_CAN_WRITE;
      dseg_buffer there = {0};
      dseg_buffer back = {0};
      dseg_error error = {0};
      if ((codec->flags & needed) != needed || (codec->flags & DSEG_PLUGIN_LOSSY) != 0 ||
          ((codec->flags & DSEG_PLUGIN_IMPLICIT_VR) != 0 && back_to != syntaxes[1])) {
        continue;
      }
      if (transcode(view_of(&file.bytes), codec->name, &there, NULL, &error) != DSEG_OK ||
          transcode(view_of(&there), back_to, &back, NULL, &error) != DSEG_OK) {
        fail_msg("%s: %s", codec->name, error.message);
      }
      expect_data_set(&back, &wanted.bytes);
      dseg_buffer_free(&there);
      dseg_buffer_free(&back);
      trips++;
    }
    dseg_buffer_free(&file.bytes);
    dseg_buffer_free(&wanted.bytes);
  }
  assert_true(trips > 40);
}

static void build(dicom_file *file, const char *type, uint16_t bits, const char *transfer_syntax) {
  const seg_form form = form_of(type, bits, transfer_syntax, true);
  build_seg(file, &form);
}

/* Targets that take each way that frames have. */
static const char *const targets[] = {"explicit-le", "implicit-le", "rle"};

static void readers_give_little_or_fail(void **state) {
  (void)state;
  dicom_file file = {0};
  build(&file, "LABELMAP", 8, LITTLE);
  for (size_t i = 0; i < 3; i++) {
    dseg_buffer wanted = {0};
    assert_int_equal(transcode(view_of(&file.bytes), targets[i], &wanted, NULL, NULL), DSEG_OK);
    bool done = false;
    for (size_t failing = 1; !done; failing++) {
      dseg_buffer out = {0};
      dseg_input *input = NULL;
      dseg_error error = {0};
      trial_reader trial = {.bytes = view_of(&file.bytes), .most = 400, .fail_at = failing};
      assert_int_equal(trial_open(&trial, &input), DSEG_OK);
      const dseg_status status = transcode_input(input, targets[i], &out, NULL, &error);
      dseg_input_close(input);
      done = trial.reads < failing;
      assert_int_equal(status, done ? DSEG_OK : DSEG_ERROR_INPUT);
      assert_int_equal(out.size, done ? wanted.size : 0);
      if (done) {
        assert_memory_equal(out.data, wanted.data, wanted.size);
        assert_true(failing > 5);
      }
      dseg_buffer_free(&out);
    }
    dseg_buffer_free(&wanted);
  }
  dseg_buffer_free(&file.bytes);
}

typedef struct failing_output {
  size_t calls, failing;
  dseg_buffer bytes;
} failing_output;

static dseg_status take_bytes(void *user, const void *bytes, size_t size, dseg_error *error) {
  failing_output *output = user;
  if (++output->calls == output->failing) {
    return dseg_fail(error, DSEG_ERROR_OUTPUT, "no room");
  }
  return dseg_buffer_append(&output->bytes, bytes, size, error);
}

static void functions_take_what_buffers_get(void **state) {
  (void)state;
  dicom_file file = {0};
  dseg_input *input = NULL;
  build(&file, "LABELMAP", 8, LITTLE);
  assert_int_equal(dseg_input_from_memory(view_of(&file.bytes), &input, NULL), DSEG_OK);
  for (size_t i = 0; i < 3; i++) {
    dseg_buffer wanted = {0};
    assert_int_equal(transcode_input(input, targets[i], &wanted, NULL, NULL), DSEG_OK);
    bool done = false;
    for (size_t failing = 1; !done; failing++) {
      failing_output taker = {.failing = failing};
      dseg_error error = {0};
      const dseg_output output = dseg_output_to_function(take_bytes, &taker);
      const dseg_transcode_options options = {.struct_size = sizeof options, .transfer_syntax = targets[i]};
      const dseg_status status = dseg_transcode(input, "seg.dcm", &output, &options, &error);
      done = taker.calls < failing;
      assert_int_equal(status, done ? DSEG_OK : DSEG_ERROR_OUTPUT);
      if (done) {
        assert_int_equal(taker.bytes.size, wanted.size);
        assert_memory_equal(taker.bytes.data, wanted.data, wanted.size);
      } else {
        assert_non_null(strstr(error.message, "no room"));
        assert_null(strstr(error.message, "seg.dcm")); /* which is the input */
      }
      dseg_buffer_free(&taker.bytes);
    }
    dseg_buffer_free(&wanted);
  }
  dseg_input_close(input);
  dseg_buffer_free(&file.bytes);
}

static void cut_anywhere(const dseg_buffer *whole, const char *target) {
  for (size_t size = 0; size < whole->size; size++) {
    /* A copy of exactly that size, so that a sanitizer sees what reads past it. */
    uint8_t *cut = malloc(size != 0 ? size : 1);
    dseg_buffer out = {0};
    dseg_error error = {0};
    assert_non_null(cut);
    memcpy(cut, whole->data, size);
    /* Between two elements at the beginning nothing says that there was a segmentation. */
    const dseg_status status = transcode((dseg_view){cut, size}, target, &out, NULL, &error);
    if (status != DSEG_ERROR_FORMAT && (status != DSEG_ERROR_UNSUPPORTED || size > whole->size / 2)) {
      fail_msg("%zu of %zu bytes: status %d, \"%s\"", size, whole->size, (int)error.status, error.message);
    }
    assert_int_equal(strncmp(error.message, "seg.dcm: ", 9), 0);
    assert_int_equal(out.size, 0);
    dseg_buffer_free(&out);
    free(cut);
  }
}

static void what_is_cut_is_refused(void **state) {
  (void)state;
  static const char *const syntaxes[] = {LITTLE, IMPLICIT, BIG};
  for (size_t i = 0; i < 3; i++) {
    dicom_file file = {0};
    dseg_buffer compressed = {0};
    build(&file, i == 1 ? "BINARY" : "LABELMAP", i == 1 ? 1 : 8, syntaxes[i]);
    for (size_t k = 0; k < 3; k++) {
      cut_anywhere(&file.bytes, targets[k]);
    }
    assert_int_equal(transcode(view_of(&file.bytes), "rle", &compressed, NULL, NULL), DSEG_OK);
    for (size_t k = 0; k < 3; k++) {
      cut_anywhere(&compressed, targets[k]);
    }
    dseg_buffer_free(&file.bytes);
    dseg_buffer_free(&compressed);
  }
}

/* One byte changed, everywhere: whatever comes of it is an error or an object. */
static void what_is_changed_does_no_harm(void **state) {
  (void)state;
  static const char *const syntaxes[] = {LITTLE, IMPLICIT, BIG};
  for (size_t i = 0; i < 3; i++) {
    dicom_file file = {0};
    build(&file, "LABELMAP", 8, syntaxes[i]);
    for (size_t at = 0; at < file.bytes.size; at++) {
      static const uint8_t changes[] = {0x01, 0x80, 0xFF};
      for (size_t k = 0; k < 3; k++) {
        dseg_buffer out = {0};
        dseg_error error = {0};
        file.bytes.data[at] ^= changes[k];
        const dseg_status status = transcode(view_of(&file.bytes), targets[k], &out, NULL, &error);
        assert_int_equal(status == DSEG_OK, out.size > 0);
        assert_int_equal(error.status, status);
        file.bytes.data[at] ^= changes[k];
        dseg_buffer_free(&out);
      }
    }
    dseg_buffer_free(&file.bytes);
  }
}

static void limits_and_arguments(void **state) {
  (void)state;
  dicom_file file = {0};
  dseg_buffer out = {0};
  dseg_error error = {0};
  build(&file, "LABELMAP", 8, LITTLE);
  assert_int_equal(transcode(view_of(&file.bytes), "jpeg2000-lossy", &out, NULL, &error), DSEG_ERROR_UNSUPPORTED);
  const dseg_transcode_options limited = {
      .struct_size = sizeof limited, .transfer_syntax = "implicit-le", .memory_limit = 600};
  const dseg_output output = dseg_output_to_buffer(&out);
  dseg_input *input = NULL;
  assert_int_equal(dseg_input_from_memory(view_of(&file.bytes), &input, NULL), DSEG_OK);
  assert_int_equal(dseg_transcode(input, NULL, &output, &limited, &error), DSEG_ERROR_LIMIT);
  assert_int_equal(dseg_transcode(NULL, NULL, &output, &limited, &error), DSEG_ERROR_ARGUMENT);
  assert_int_equal(out.size, 0);
  dseg_input_close(input);
  dseg_buffer_free(&file.bytes);
}

static int register_proposals(void **state) {
  (void)state;
  return dseg_register_proposals(NULL) == DSEG_OK ? 0 : -1;
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(one_is_the_other),
      cmocka_unit_test(the_way_back_gives_the_same_bytes),
      cmocka_unit_test(readers_give_little_or_fail),
      cmocka_unit_test(functions_take_what_buffers_get),
      cmocka_unit_test(what_is_cut_is_refused),
      cmocka_unit_test(what_is_changed_does_no_harm),
      cmocka_unit_test(limits_and_arguments),
  };
  return cmocka_run_group_tests(tests, register_proposals, NULL);
}
