/* SPDX-License-Identifier: Apache-2.0 */
/* openjph.cc - the coder of High-Throughput JPEG 2000 through OpenJPH, which writes only (ISO/IEC 15444-15; PS3.5
 * 8.2.14).
 *
 * Before 0.21.2 OpenJPH takes the largest value of a code block from whole vectors, which reach beyond the end of a
 * line of a subband into memory from malloc that nothing has set; by this value it decides whether a block of zeros is
 * coded or left out. So that a frame's bytes do not depend on what the heap held before, malloc gives zeros while
 * OpenJPH allocates, where the C library can do that. */
#include <openjph/ojph_arch.h> /* before the others, which use its macros */

#include <openjph/ojph_codestream.h>
#include <openjph/ojph_file.h>
#include <openjph/ojph_mem.h>
#include <openjph/ojph_params.h>
#include <openjph/ojph_version.h>

#include <new>

#include "frames/coder.h"
#include "frames/frame_codec.h"
#include "frames/j2k_codestream.h"

#if DSEG_HAVE_M_PERTURB
#include <malloc.h>

#include <mutex>
#endif

namespace {

/* While one of these exists, on any thread, malloc fills what it gives with zeros. For the whole process: others get
 * slower allocations, and calloc of another thread is as right as before, since the fill is what it promises. */
class zeroed_malloc {
#if DSEG_HAVE_M_PERTURB
 public:
  zeroed_malloc() {
    count(1);
  }
  ~zeroed_malloc() {
    count(-1);
  }
  zeroed_malloc(const zeroed_malloc &) = delete;
  zeroed_malloc &operator=(const zeroed_malloc &) = delete;

 private:
  static void count(int change) {
    static std::mutex mutex;
    static int users = 0;
    const std::lock_guard<std::mutex> lock(mutex);
    const bool was_off = users == 0;
    users += change;
    if (was_off || users == 0) {
      (void)mallopt(M_PERTURB, users == 0 ? 0 : 0xFF); /* the fill is the complement */
    }
  }
#endif
};

/* Appends to a buffer. */
class buffer_file : public ojph::outfile_base {
 public:
  explicit buffer_file(dseg_buffer *out) : out_(out), start_(out->size) {}
  size_t write(const void *bytes, size_t size) override {
    if (dseg_buffer_append(out_, bytes, size, nullptr) != DSEG_OK) {
      throw std::bad_alloc();
    }
    return size;
  }
  ojph::si64 tell() override { return static_cast<ojph::si64>(out_->size - start_); }

 private:
  dseg_buffer *out_;
  size_t start_;
};

template <class Pixel>
void push_row(const Pixel *row, size_t columns, ojph::si32 *line) {
  for (size_t i = 0; i < columns; i++) {
    line[i] = row[i];
  }
}

void encode_pixels(const dseg_frame_info *info, dseg_view pixels, unsigned levels, dseg_buffer *out) {
  buffer_file file(out);
  ojph::codestream codestream;
  ojph::param_siz size = codestream.access_siz();
  size.set_image_extent(ojph::point(info->columns, info->rows));
  size.set_num_components(1);
  size.set_component(0, ojph::point(1, 1), info->bits_allocated == 16 ? 16 : 8, false);
  ojph::param_cod style = codestream.access_cod();
  style.set_num_decomposition(levels);
  style.set_reversible(true);
  style.set_color_transform(false);
  codestream.set_planar(false);
  {
    [[maybe_unused]] const zeroed_malloc zeroed{};
    codestream.write_headers(&file); /* allocates all lines */
  }
  ojph::ui32 component = 0;
  ojph::line_buf *line = codestream.exchange(nullptr, component);
  for (size_t row = 0; row < info->rows; row++) {
    const size_t at = row * info->columns;
    if (info->bits_allocated == 16) {
      push_row(reinterpret_cast<const uint16_t *>(pixels.data) + at, info->columns, line->i32);
    } else {
      push_row(pixels.data + at, info->columns, line->i32);
    }
    line = codestream.exchange(line, component);
  }
  codestream.flush();
  codestream.close();
}

dseg_status create(const dseg_frame_codec *codec, const dseg_codec_setup *setup, dseg_codec_context **context,
                   dseg_error *error) {
  return dseg_frame_create_with_option(codec->options, "levels", setup, context, error);
}

dseg_status encode(dseg_codec_context *context, const dseg_frame_info *info, dseg_view frame, dseg_buffer *out,
                   dseg_error *error) {
  const size_t before = out->size;
  try {
    encode_pixels(info, frame, dseg_j2k_levels(info, dseg_frame_option_value(context)), out);
    return DSEG_OK;
  } catch (...) { /* of valid pixels nothing else is to be expected */
    out->size = before;
    return dseg_fail(error, DSEG_ERROR_MEMORY, "frame %zu: out of memory for OpenJPH", info->frame);
  }
}

}  // namespace

extern "C" {
DSEG_DECLARE_CODER(openjph);
}
const dseg_coder *dseg_coder_openjph(void) {
  static const dseg_coder coder = {DSEG_VERSION_STRING, create, encode, nullptr, dseg_frame_destroy_scratch};
  return &coder;
}
