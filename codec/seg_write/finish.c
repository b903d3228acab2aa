/* SPDX-License-Identifier: Apache-2.0 */
/* finish.c - makes the file, or the parts of a Concatenation, when all frames are known.
 *
 * Header, per-frame items and pixels stream through one buffer. The sequence of per-frame items gets its length
 * when its items are out; in a deflated stream, where nothing can be changed later, it has undefined length. */
#include <stdio.h>
#include <time.h>

#include "base/endian.h"
#include "base/os/system.h"
#include "dicom/element_writer.h"
#include "seg_write/describe.h"
#include "seg_write/frame_encoder.h"
#include "seg_write/parts.h"
#include "seg_write/per_frame.h"
#include "seg_write/pixel_data.h"

#define PIECE_BYTES ((size_t)1 << 18)

/* What all parts have in common. */
struct identity {
  dseg_uid_source uids;
  char purpose[160];
  char series[DSEG_UID_SIZE], study[DSEG_UID_SIZE], frame_of_reference[DSEG_UID_SIZE];
  char dimension_organization[DSEG_UID_SIZE], concatenation[DSEG_UID_SIZE], source_instance[DSEG_UID_SIZE];
  char date[16], time[16];
};

/* Date and time of the content: the caller's, else now. */
static void set_date(struct identity *identity, const char *date_time) {
  char now[16];
  if (date_time == NULL) {
    struct tm parts = {0};
    dseg_os_time_local((int64_t)time(NULL), &parts);
    strftime(now, sizeof now, "%Y%m%d%H%M%S", &parts);
    date_time = now;
  }
  (void)snprintf(identity->date, sizeof identity->date, "%.8s", date_time);
  (void)snprintf(identity->time, sizeof identity->time, "%.6s", date_time + 8);
}

static dseg_status make_identity(const dseg_writer *writer, struct identity *identity, dseg_error *error) {
  *identity = (struct identity){.uids = {.seed = writer->options.uid_seed}};
  snprintf(identity->purpose, sizeof identity->purpose, "%s/%s", writer->representation->name, writer->codec->name);
  identity->uids.purpose = identity->purpose;
  char *const uids[] = {
      identity->series,        identity->study,          identity->frame_of_reference, identity->dimension_organization,
      identity->concatenation, identity->source_instance};
  for (size_t i = 0; i < sizeof uids / sizeof uids[0]; i++) {
    DSEG_TRY(dseg_uid_make(&identity->uids, uids[i], error));
  }
  set_date(identity, writer->options.date_time);
  return DSEG_OK;
}

/* Segments Overlap (0062,0013), C.8.20.2.3: fractions of two segments in a voxel may add up to one, which is no
 * overlap, so nothing is claimed of them; nor of what a lossy codec makes of the edges of segments. A pixel of a label
 * frame has one value, whatever that stands for. */
static const char *segments_overlap(const dseg_writer *writer) {
  if ((writer->codec->flags & DSEG_PLUGIN_LOSSY) != 0) {
    return "UNDEFINED";
  }
  const bool label_frames = (writer->representation->flags & DSEG_PLUGIN_LABEL_FRAMES) != 0;
  if (label_frames || !writer->masks_written || (!writer->overlap_found && !writer->overlap_unsure)) {
    return "NO";
  }
  const bool fractions = (writer->representation->flags & DSEG_PLUGIN_FRACTIONS) != 0;
  return writer->overlap_found && !fractions ? "YES" : "UNDEFINED";
}

/* Uncompressed to compressed bytes, for a lossy codec. */
static double compression_ratio(const dseg_writer *writer) {
  if ((writer->codec->flags & DSEG_PLUGIN_LOSSY) == 0 || writer->spool.written == 0) {
    return 0.0;
  }
  const double bits = (double)dseg_writer_frame_bits(writer) * (double)writer->frame_count;
  return bits / 8.0 / (double)writer->spool.written;
}

/* Encodes everything but Per-Frame Functional Groups and Pixel Data. *data_set, *split: where in bytes the data set
 * begins, and what stands behind the former. */
static dseg_status make_header(const dseg_writer *writer, const dseg_seg_object *object, dseg_buffer *bytes,
                               size_t *data_set, size_t *split, dseg_error *error) {
  char name[17];
  const dseg_file_encoding encoding = {.transfer_syntax_uid = writer->codec->transfer_syntax_uid,
                                       .implicit_vr = (writer->codec->flags & DSEG_PLUGIN_IMPLICIT_VR) != 0,
                                       .implementation_class_uid = dseg_implementation_class_uid(),
                                       .implementation_version_name = dseg_implementation_name(object, name)};
  dseg_data_set *set = NULL;
  DSEG_TRY(dseg_data_set_create(&set, error));
  dseg_put_seg_modules(set, object);
  dseg_status status = dseg_writer_describe(writer, object, set, error);
  if (status == DSEG_OK) {
    status = dseg_data_set_write_file(set, &encoding, bytes, data_set, error);
  }
  dseg_data_set_destroy(set);
  DSEG_TRY(status);
  const dseg_view encoded = {bytes->data + *data_set, bytes->size - *data_set};
  size_t before = 0;
  DSEG_TRY(dseg_bytes_before_frames(encoded, encoding.implicit_vr, &before, error));
  *split = *data_set + before;
  return DSEG_OK;
}

/* The items, through a buffer of a few hundred. */
static dseg_status write_items(const dseg_writer *writer, const dseg_seg_object *object, dseg_output_stream *stream,
                               dseg_error *error) {
  dseg_per_frame per_frame;
  dseg_buffer items = {0};
  dseg_status status = DSEG_OK;
  dseg_per_frame_start(&per_frame, object, (writer->codec->flags & DSEG_PLUGIN_IMPLICIT_VR) != 0);
  const dseg_frame_record *frames = writer->frames + object->first_frame;
  for (size_t i = 0; status == DSEG_OK && i < object->frame_count; i++) {
    status = dseg_per_frame_item(&per_frame, &frames[i], &items, error);
    if (status == DSEG_OK && (items.size >= PIECE_BYTES || i + 1 == object->frame_count)) {
      status = dseg_stream_write(stream, items.data, items.size, error);
      items.size = 0;
    }
  }
  dseg_per_frame_end(&per_frame);
  dseg_buffer_free(&items);
  return status;
}

/* Bytes of all items. */
static dseg_status measure_items(const dseg_writer *writer, const dseg_seg_object *object, uint64_t *length,
                                 dseg_error *error) {
  dseg_per_frame per_frame;
  dseg_buffer item = {0};
  dseg_status status = DSEG_OK;
  *length = 0;
  dseg_per_frame_start(&per_frame, object, (writer->codec->flags & DSEG_PLUGIN_IMPLICIT_VR) != 0);
  for (size_t i = 0; status == DSEG_OK && i < object->frame_count; i++) {
    item.size = 0;
    status = dseg_per_frame_item(&per_frame, &writer->frames[object->first_frame + i], &item, error);
    *length += item.size;
  }
  dseg_per_frame_end(&per_frame);
  dseg_buffer_free(&item);
  return status;
}

/* Where nothing can be changed later: of defined length when the items are measured first, which takes as long again as
 * writing them, and of undefined length in a deflated stream. */
static dseg_status write_per_frame_groups(const dseg_writer *writer, const dseg_seg_object *object,
                                          dseg_output_stream *stream, dseg_error *error) {
  static const uint8_t delimiter[8] = {0xFE, 0xFF, 0xDD, 0xE0};
  const bool can_patch = stream->deflater == NULL && dseg_outlet_can_patch(stream->outlet);
  uint64_t length = UINT32_MAX;
  if (stream->deflater == NULL && !can_patch) {
    DSEG_TRY(measure_items(writer, object, &length, error));
  }
  const bool is_known = length < UINT32_MAX;
  dseg_buffer header = {0};
  dseg_element_writer element = {&header, (writer->codec->flags & DSEG_PLUGIN_IMPLICIT_VR) != 0, DSEG_OK, error};
  dseg_write_header(&element, 0x52009230, "SQ", is_known ? (uint32_t)length : UINT32_MAX);
  dseg_status status = element.status;
  if (status == DSEG_OK) {
    status = dseg_stream_write(stream, header.data, header.size, error);
  }
  dseg_buffer_free(&header);
  DSEG_TRY(status);
  const uint64_t start = stream->position;
  DSEG_TRY(write_items(writer, object, stream, error));
  length = stream->position - start;
  if (is_known) {
    return DSEG_OK;
  }
  if (can_patch && length < UINT32_MAX) {
    return dseg_stream_patch_u32(stream, start - 4, (uint32_t)length, error);
  }
  return dseg_stream_write(stream, delimiter, sizeof delimiter, error);
}

static dseg_status write_pixel_data(const dseg_writer *writer, const dseg_seg_object *object,
                                    dseg_output_stream *stream, uint64_t *value_bytes, dseg_error *error) {
  const dseg_pixel_data pixels = {.spool = &writer->spool,
                                  .frames = writer->frames + object->first_frame,
                                  .count = object->frame_count,
                                  .frame_bits = dseg_writer_frame_bits(writer),
                                  .bits_allocated = writer->format.bits_allocated,
                                  .bit_packed = writer->bit_packed,
                                  .implicit_vr = (writer->codec->flags & DSEG_PLUGIN_IMPLICIT_VR) != 0,
                                  .extended_table = writer->options.offset_table == DSEG_OFFSET_TABLE_EXTENDED};
  *value_bytes = dseg_writer_is_native(writer) ? dseg_native_bytes(pixels.frame_bits, pixels.count)
                                               : dseg_encapsulated_bytes(&pixels);
  return dseg_writer_is_native(writer) ? dseg_write_native(stream, &pixels, error)
                                       : dseg_write_encapsulated(stream, &pixels, error);
}

/* All in front of Pixel Data. */
static dseg_status write_attributes(const dseg_writer *writer, const dseg_seg_object *object,
                                    dseg_output_stream *stream, dseg_buffer *bytes, dseg_error *error) {
  size_t data_set = 0;
  size_t split = 0;
  DSEG_TRY(make_header(writer, object, bytes, &data_set, &split, error));
  DSEG_TRY(dseg_stream_write(stream, bytes->data, data_set, error));
  if ((writer->codec->flags & DSEG_PLUGIN_DEFLATED) != 0) {
    DSEG_TRY(dseg_stream_deflate(stream, error));
  }
  DSEG_TRY(dseg_stream_write(stream, bytes->data + data_set, split - data_set, error));
  if ((writer->format.replaces & DSEG_REPLACES_FRAME_GROUPS) == 0) {
    DSEG_TRY(write_per_frame_groups(writer, object, stream, error));
  }
  return dseg_stream_write(stream, bytes->data + split, bytes->size - split, error);
}

static dseg_status write_object(const dseg_writer *writer, const dseg_seg_object *object, dseg_outlet *outlet,
                                dseg_written_instance *written, dseg_error *error) {
  dseg_output_stream stream;
  dseg_buffer bytes = {0};
  dseg_stream_start(&stream, outlet);
  dseg_status status = write_attributes(writer, object, &stream, &bytes, error);
  dseg_buffer_free(&bytes);
  if (status == DSEG_OK) {
    status = write_pixel_data(writer, object, &stream, &written->pixel_data_bytes, error);
  }
  if (status == DSEG_OK) {
    status = dseg_stream_finish(&stream, error);
  }
  written->bytes = dseg_stream_bytes(&stream);
  dseg_stream_end(&stream);
  return status;
}

/* The description's arena ends with the writer. */
static dseg_status keep_text(dseg_writer *writer, const char *text, const char **copy, dseg_error *error) {
  *copy = dseg_description_strdup(writer->description, text);
  return *copy != NULL || text == NULL ? DSEG_OK : dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a name");
}

static dseg_status keep_names(dseg_writer *writer, const dseg_parts *parts, size_t part, const char *instance,
                              dseg_written_instance *written, dseg_error *error) {
  const char *path = parts->count > 1 ? parts->paths[part] : writer->path;
  DSEG_TRY(keep_text(writer, path, &written->path, error));
  return keep_text(writer, instance, &written->sop_instance_uid, error);
}

static dseg_status keep_series(dseg_writer *writer, const struct identity *identity, const dseg_written_instance *files,
                               size_t count, dseg_error *error) {
  writer->written = (dseg_written){.files = files,
                                   .file_count = count,
                                   .representation = writer->representation->name,
                                   .frame_codec = writer->codec->name,
                                   .transfer_syntax_uid = writer->codec->transfer_syntax_uid};
  return keep_text(writer, identity->series, &writer->written.series_uid, error);
}

static dseg_status write_parts(dseg_writer *writer, const dseg_dimension_table *table, size_t frames, dseg_parts *parts,
                               dseg_error *error) {
  struct identity identity;
  DSEG_TRY(make_identity(writer, &identity, error));
  DSEG_TRY(dseg_parts_open(writer, parts, error));
  dseg_written_instance *written = dseg_description_alloc(writer->description, parts->count * sizeof *written);
  if (written == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu files", parts->count);
  }
  for (size_t i = 0; i < parts->count; i++) {
    const size_t first = i * frames, left = writer->frame_count - first;
    char instance[DSEG_UID_SIZE];
    DSEG_TRY(dseg_uid_make(&identity.uids, instance, error));
    dseg_seg_object object = {.description = writer->description,
                              .representation = writer->representation,
                              .codec = writer->codec,
                              .format = writer->format,
                              .dimensions = table,
                              .segments_overlap = segments_overlap(writer),
                              .compression_ratio = compression_ratio(writer),
                              .sop_instance_uid = instance,
                              .series_uid = identity.series,
                              .study_uid = identity.study,
                              .frame_of_reference_uid = identity.frame_of_reference,
                              .dimension_organization_uid = identity.dimension_organization,
                              .date = identity.date,
                              .time = identity.time,
                              .first_frame = first,
                              .frame_count = left < frames ? left : frames,
                              .uids = &identity.uids,
                              .warnings = i == 0 ? &writer->options.warnings : NULL};
    if (parts->count > 1) {
      object.concatenation = (dseg_concatenation){identity.concatenation, identity.source_instance, (uint16_t)(i + 1),
                                                  (uint16_t)parts->count};
    }
    DSEG_TRY(write_object(writer, &object, &parts->outlets[i], &written[i], error));
    DSEG_TRY(keep_names(writer, parts, i, instance, &written[i], error));
    written[i].frames = object.frame_count;
  }
  DSEG_TRY(keep_series(writer, &identity, written, parts->count, error));
  return dseg_outlet_complete(parts->outlets, parts->count, error);
}

dseg_status dseg_writer_finish(dseg_writer *writer, dseg_error *error) {
  dseg_error_clear(error);
  size_t frames = 0;
  if (!writer->outlet.is_open) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "the writer has been finished");
  }
  DSEG_TRY(dseg_writer_end_plane(writer, error));
  DSEG_TRY(dseg_writer_settle(writer, error));
  DSEG_TRY(dseg_writer_complete_frames(writer, error));
  DSEG_TRY(dseg_frame_spool_complete(&writer->spool, error));
  if (!dseg_writer_is_native(writer)) {
    DSEG_TRY(dseg_writer_encode_frames(writer, error));
  }
  DSEG_TRY(dseg_frames_per_part(writer, &frames, error));
  dseg_dimension_table table = {0};
  dseg_parts parts = {.count = (writer->frame_count + frames - 1) / frames};
  dseg_status status = dseg_dimension_table_fill(&table, writer->description, writer->representation, writer->frames,
                                                 writer->frame_count, error);
  if (status == DSEG_OK) {
    status = write_parts(writer, &table, frames, &parts, error);
  }
  dseg_parts_free(&parts);
  dseg_dimension_table_free(&table);
  writer->is_finished = status == DSEG_OK;
  return status;
}

const dseg_written *dseg_writer_written(const dseg_writer *writer) {
  return writer != NULL && writer->is_finished ? &writer->written : NULL;
}
