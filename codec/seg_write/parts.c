/* SPDX-License-Identifier: Apache-2.0 */
/* parts.c - the files that an object is divided into, see parts.h. */
#include "seg_write/parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/path.h"

dseg_status dseg_frames_per_part(const dseg_writer *writer, size_t *frames, dseg_error *error) {
  const uint64_t asked = writer->options.part_bytes;
  const bool is_native = dseg_writer_is_native(writer);
  *frames = writer->frame_count;
  if (!writer->options.concatenation || (!is_native && asked == 0)) {
    return DSEG_OK;
  }
  if (!is_native && (writer->codec->learn != NULL || (writer->codec->flags & DSEG_PLUGIN_OTHER_FRAMES) != 0)) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                     "frames of %s may need others to be decoded: they are not divided into parts",
                     writer->codec->name);
  }
  const uint64_t bytes = is_native && (asked == 0 || asked > DSEG_NATIVE_LIMIT) ? DSEG_NATIVE_LIMIT : asked;
  const uint64_t fit = bytes * 8 / dseg_writer_frame_bits(writer);
  if (fit == 0) {
    return dseg_fail(error, DSEG_ERROR_LIMIT, "a frame does not fit into a part of %llu bytes",
                     (unsigned long long)bytes);
  }
  if (fit < *frames) {
    *frames = (size_t)fit;
  }
  return (writer->frame_count - 1) / *frames < UINT16_MAX
             ? DSEG_OK
             : dseg_fail(error, DSEG_ERROR_LIMIT, "more parts than In-concatenation Number (0020,9162) holds");
}

/* "a.dcm" gives "a-1.dcm". The caller frees it. */
static char *part_path(const char *path, size_t number) {
  const size_t size = strlen(path) + 24;
  char *result = malloc(size);
  if (result != NULL) {
    const char *name = dseg_path_name(path);
    const char *dot = strrchr(name, '.');
    const bool has_suffix = dot != NULL && dot != name;
    const int stem = (int)(has_suffix ? (size_t)(dot - path) : strlen(path));
    snprintf(result, size, "%.*s-%zu%s", stem, path, number, has_suffix ? dot : "");
  }
  return result;
}

void dseg_parts_free(dseg_parts *parts) {
  for (size_t i = 0; parts->outlets != NULL && i < parts->count; i++) {
    dseg_outlet_abandon(&parts->outlets[i]);
  }
  for (size_t i = 0; parts->paths != NULL && i < parts->count; i++) {
    free(parts->paths[i]);
  }
  free(parts->outlets);
  free(parts->paths);
}

dseg_status dseg_parts_open(dseg_writer *writer, dseg_parts *parts, dseg_error *error) {
  if (parts->count > 1 && writer->path == NULL) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                     "the object becomes a Concatenation of %zu files, for which a buffer or a function has no names: "
                     "write to a path, or without concatenation",
                     parts->count);
  }
  parts->outlets = calloc(parts->count, sizeof *parts->outlets);
  parts->paths = calloc(parts->count, sizeof(char *));
  if (parts->outlets == NULL || parts->paths == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu files", parts->count);
  }
  if (parts->count == 1) {
    parts->outlets[0] = writer->outlet;
    writer->outlet = (dseg_outlet){.is_open = false};
    return DSEG_OK;
  }
  dseg_outlet_abandon(&writer->outlet);
  for (size_t i = 0; i < parts->count; i++) {
    dseg_output output = writer->to;
    parts->paths[i] = part_path(writer->path, i + 1);
    if (parts->paths[i] == NULL) {
      return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a file name");
    }
    output.path = parts->paths[i];
    DSEG_TRY(dseg_outlet_open(&parts->outlets[i], &output, error));
  }
  return DSEG_OK;
}
