/* SPDX-License-Identifier: Apache-2.0 */
/* writer.h - the state of a writer, shared by the file that takes planes and the one that makes files. */
#ifndef DSEG_SEG_WRITE_WRITER_H
#define DSEG_SEG_WRITE_WRITER_H

#include "base/outlet.h"
#include "model/number_set.h"
#include "seg_write/frame_spool.h"
#include "seg_write/object.h"

struct dseg_writer {
  char *path; /* of to; NULL: a buffer or a function */
  dseg_output to;
  dseg_description *description;
  const dseg_representation *representation;
  const dseg_frame_codec *codec;
  dseg_pixel_format format;
  dseg_write_options options; /* what it points to is copied into the description's arena */
  dseg_outlet outlet;         /* of the first file */

  dseg_frame_spool spool;
  dseg_frame_record *frames;
  size_t frame_count, frame_capacity;

  dseg_number_set known_values; /* label maps and label planes: Segment Numbers and the background */
  int32_t *last_segment;        /* by plane: the last written, -1 none, INT32_MAX all (a plane of labels) */
  uint8_t *occupied;            /* voxels of the current plane that a mask has set */
  size_t occupied_plane;        /* SIZE_MAX: none yet */
  dseg_buffer scratch, encoded;
  size_t put_plane;   /* plane of the frames that the representation puts now */
  void *plugin_state; /* of the representation's begin_write */

  dseg_written written; /* in the description's arena */
  bool bit_packed;      /* native frames of 1 bit that are no multiple of a byte: offsets count bits */
  bool masks_written;
  bool overlap_found, overlap_unsure;
  bool plane_open; /* a representation with end_plane has got masks of put_plane */
  bool is_finished;
};

/* What the representation's functions are given. */
dseg_write_context dseg_writer_context(const dseg_writer *writer, const dseg_warning_sink *warnings);
/* Has the representation put the frame that it makes of a plane's masks, where it does that. */
dseg_status dseg_writer_end_plane(dseg_writer *writer, dseg_error *error);
/* settle.c. Has the representation settle pixel values, where it does that, and changes those of the spooled frames. */
dseg_status dseg_writer_settle(dseg_writer *writer, dseg_error *error);

/* The row of a plug-in's table that a value is for; DSEG_ERROR_ARGUMENT when there is none, or the value is out of its
 * range. */
dseg_status dseg_check_option(const char *plugin, const dseg_option *table, const dseg_option_value *value,
                              const dseg_option **found, dseg_error *error);

/* Records the frame and spools its bytes: canonical, for a segment index or -1. */
dseg_status dseg_writer_put_frame(dseg_writer *writer, size_t plane, int32_t segment, dseg_view frame,
                                  dseg_error *error);

/* Records a frame with the spooled bytes of an earlier one. */
dseg_status dseg_writer_repeat_frame(dseg_writer *writer, const dseg_frame_record *earlier, size_t plane,
                                     int32_t segment, dseg_error *error);

/* Adds the empty frames that the policy wants, and sorts frames by plane, then segment. */
dseg_status dseg_writer_complete_frames(dseg_writer *writer, dseg_error *error);

/* Whether frames are stored as one value without items (PS3.5 A.1). */
static inline bool dseg_writer_is_native(const dseg_writer *writer) {
  return (writer->codec->flags & DSEG_PLUGIN_NATIVE) != 0;
}

static inline dseg_frame_info dseg_writer_frame_format(const dseg_writer *writer) {
  return (dseg_frame_info){.rows = writer->description->geometry.rows,
                           .columns = writer->description->geometry.columns,
                           .bits_allocated = writer->format.bits_allocated,
                           .palette_color = writer->format.palette_color};
}

/* Bits of a native frame. */
static inline uint64_t dseg_writer_frame_bits(const dseg_writer *writer) {
  return (uint64_t)writer->description->geometry.rows * writer->description->geometry.columns *
         writer->format.bits_allocated;
}

/* The largest native Pixel Data: an even 32-bit length that is not the undefined one (PS3.5 7.1.2). */
#define DSEG_NATIVE_LIMIT 0xFFFFFFFEu

/* Makes the codes and UIDs of segments fit for DICOM, in the writer's copy of the description; a warning names each
 * change. DSEG_ERROR_MEMORY. */
dseg_status dseg_mend_description(dseg_description *description, const dseg_warning_sink *warnings, dseg_error *error);

/* The same of what is kept of frames and of their derivations. */
dseg_status dseg_mend_frames(dseg_description *description, const dseg_warning_sink *warnings, dseg_error *error);

/* mend_geometry.c. Makes rows and columns that are nearly perpendicular so, with a warning. */
void dseg_mend_orientation(dseg_geometry *geometry, const dseg_warning_sink *warnings);
/* mend_sources.c. Leaves out images without a UID of planes that have others. */
dseg_status dseg_mend_sources(dseg_description *description, const dseg_warning_sink *warnings, dseg_error *error);

#endif
