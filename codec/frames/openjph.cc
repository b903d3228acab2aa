/* openjph.cc - OpenJPH's encoder behind C functions, see openjph.h.
 *
 * Before 0.21.2 OpenJPH takes the largest value of a code block from whole vectors, which reach beyond the end of a
 * line of a subband into memory from malloc that nothing has set; by this value it decides whether a block of zeros is
 * coded or left out. So that a frame's bytes do not depend on what the heap held before, malloc gives zeros while
 * OpenJPH allocates, where the C library can do that. */
#include "frames/openjph.h"

#include <openjph/ojph_arch.h> /* before the others, which use its macros */

#include <openjph/ojph_codestream.h>
#include <openjph/ojph_file.h>
#include <openjph/ojph_mem.h>
#include <openjph/ojph_params.h>
#include <openjph/ojph_version.h>

#include <new>

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

void encode(const dseg_frame_info *info, dseg_view pixels, unsigned levels, dseg_buffer *out) {
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

}  // namespace

extern "C" dseg_status dseg_openjph_encode(const dseg_frame_info *info, dseg_view pixels, unsigned levels,
                                           dseg_buffer *out, dseg_error *error) {
  const size_t before = out->size;
  try {
    encode(info, pixels, levels, out);
    return DSEG_OK;
  } catch (...) { /* of valid pixels nothing else is to be expected */
    out->size = before;
    return dseg_fail(error, DSEG_ERROR_MEMORY, "frame %zu: out of memory for OpenJPH", info->frame);
  }
}

extern "C" const char *dseg_openjph_version(void) {
#define TEXT(x) #x
#define NUMBER(x) TEXT(x)
  return "OpenJPH " NUMBER(OPENJPH_VERSION_MAJOR) "." NUMBER(OPENJPH_VERSION_MINOR) "." NUMBER(OPENJPH_VERSION_PATCH);
}
