/* SPDX-License-Identifier: Apache-2.0 */
/* encapsulated.c - Encapsulated Uncompressed Explicit VR Little Endian, 1.2.840.10008.1.2.1.98 (PS3.5 A.4.11).
 *
 * A frame's bytes as in native Pixel Data, in one fragment of its own: frames can be found through offset tables and
 * may exceed 2^32 bytes in all. The standard does not say where a 1-bit frame ends that does not fill its last byte
 * (in native Pixel Data the next frame would begin there, PS3.5 8.1.1), so such frames are not written; when read,
 * each frame is taken to begin with its fragment, as there is no other way to read them. */
#include <string.h>

#include "frames/builtin.h"
#include "frames/frame_codec.h"

static dseg_status encode(dseg_codec_context *context, const dseg_frame_info *info, dseg_view frame, dseg_buffer *out,
                          dseg_error *error) {
  DSEG_TRY(dseg_frame_check_encode(&dseg_frame_encapsulated, info, frame, error));
  dseg_view bytes;
  DSEG_TRY(dseg_frame_to_bytes(info, frame, dseg_frame_scratch(context), &bytes, error));
  return dseg_buffer_append(out, bytes.data, bytes.size, error);
}

static dseg_status decode(dseg_codec_context *context, const dseg_frame_info *info, dseg_view in, dseg_span out,
                          dseg_error *error) {
  (void)context;
  DSEG_TRY(dseg_frame_check_size(info, out.size, error));
  if (in.size < out.size) {
    return dseg_fail(error, DSEG_ERROR_FORMAT, "frame %zu has %zu bytes instead of %zu (PS3.5 A.4.11)", info->frame,
                     in.size, out.size);
  }
  DSEG_TRY(dseg_frame_check_rest(info, in.size - out.size, error));
  memcpy(out.data, in.data, out.size);
  dseg_frame_from_bytes(info, out);
  return DSEG_OK;
}

const dseg_frame_codec dseg_frame_encapsulated = {
    .abi = DSEG_PLUGIN_ABI,
    .struct_size = sizeof(dseg_frame_codec),
    .name = "encapsulated",
    .title = "Encapsulated Uncompressed Explicit VR Little Endian",
    .transfer_syntax_uid = "1.2.840.10008.1.2.1.98",
    .flags = DSEG_FRAME_READ_WRITE | DSEG_FRAME_ANY_BITS | DSEG_PLUGIN_WHOLE_BYTES,
    .pixel_rules = "PS3.5 A.4.11, 8.1.1",
    .create = dseg_frame_create_scratch,
    .encode = encode,
    .decode = decode,
    .destroy = dseg_frame_destroy_scratch,
};
