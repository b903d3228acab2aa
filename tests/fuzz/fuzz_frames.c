/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_frames.c - libFuzzer target: one frame's bytes, for the decoder that the first of them chooses. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dseg/proposals.h"
#include "exercise.h"
#include "frame_input.h"

static dseg_status read_frame(void *user, size_t frame, dseg_buffer *out, dseg_error *error) {
  const dseg_view *bytes = user;
  (void)frame; /* all frames of the instance are the same */
  return dseg_buffer_append(out, bytes->data, bytes->size, error);
}

/* Bits behind the last pixel are zero in a canonical frame. */
static bool is_canonical(const dseg_frame_info *info, const uint8_t *frame) {
  const unsigned used = (unsigned)((size_t)info->rows * info->columns % 8);
  return info->bits_allocated != 1 || used == 0 || frame[dseg_frame_bytes(info) - 1] >> used == 0;
}

static void decode(const dseg_frame_codec *codec, const dseg_frame_info *info, dseg_view in) {
  const dseg_codec_setup setup = {.format = *info, .frame_count = 3, .frames = {read_frame, &in}};
  const size_t size = dseg_frame_bytes(info);
  uint8_t *out = malloc(size); /* of this size, so that sanitizers notice a write behind it */
  dseg_codec_context *context = NULL;
  dseg_error error = {0};
  if (out == NULL) {
    abort();
  }
  dseg_status status = codec->create(&setup, &context, &error);
  for (int time = 0; status == DSEG_OK && time < 2; time++) { /* a context is used again */
    status = codec->decode(context, info, in, (dseg_span){out, size}, &error);
    if (status == DSEG_OK ? !is_canonical(info, out) : error.message[0] == '\0') {
      fprintf(stderr, "%s: %s\n", codec->name, status == DSEG_OK ? "not a canonical frame" : "a failure says nothing");
      abort();
    }
  }
  codec->destroy(context);
  free(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const unsigned bits[] = {1, 8, 16};
  if (size < FRAME_INPUT_HEADER || dseg_register_proposals(NULL) != DSEG_OK) {
    return 0;
  }
  const dseg_frame_codec *codec = frame_input_codec(data[0]);
  const dseg_frame_info info = {.rows = 1 + (uint32_t)(data[2] | data[3] << 8) % FRAME_INPUT_MOST,
                                .columns = 1 + (uint32_t)(data[4] | data[5] << 8) % FRAME_INPUT_MOST,
                                .bits_allocated = bits[data[1] % 3]};
  if (codec != NULL) {
    decode(codec, &info, (dseg_view){data + FRAME_INPUT_HEADER, size - FRAME_INPUT_HEADER});
  }
  return 0;
}
