/* open_files.c - several files as one segmentation: each is opened and packed before the next, then all are combined.
 *
 * Many tools write a file for each organ, a mask without a name. So the segment of a volume that has one only, and no
 * name for it, is called like its file, and colours that the readers chose are chosen anew, to differ. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dseg/formats.h"
#include "sources/source.h"

/* Name of a file without directory and the suffix of a volume. */
static const char *stem_of(const char *path, size_t *length) {
  const char *slash = strrchr(path, '/');
  const char *name = slash != NULL ? slash + 1 : path;
  *length = dseg_volume_stem(name);
  return name;
}

static bool has_standard_label(const dseg_segment *segment) {
  char label[40];
  (void)snprintf(label, sizeof label, "Segment %lu", (unsigned long)segment->number);
  return strcmp(segment->label, label) == 0;
}

/* The segments of one file among many; next: how many the files before it have. */
static dseg_status distinguish(dseg_source *source, const char *path, size_t next, dseg_error *error) {
  dseg_description *description = source->description;
  if (strcmp(source->format, "DICOM") == 0) {
    return DSEG_OK;
  }
  for (size_t i = 0; i < description->segment_count; i++) {
    dseg_segment *segment = &description->segments[i];
    uint8_t standard[3];
    dseg_default_color(i, standard);
    if (segment->has_color && memcmp(segment->rgb, standard, sizeof standard) == 0) {
      dseg_default_color(next + i, segment->rgb);
      dseg_rgb_to_cielab(segment->rgb, segment->cielab);
    }
  }
  size_t length = 0;
  const char *stem = stem_of(path, &length);
  if (description->segment_count == 1 && length > 0 && has_standard_label(&description->segments[0])) {
    char *label = dseg_description_alloc(description, length + 1);
    if (label == NULL) {
      return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a segment's label");
    }
    memcpy(label, stem, length);
    description->segments[0].label = label;
  }
  return DSEG_OK;
}

static dseg_status open_all(const char *const *paths, size_t count, const dseg_open_options *options,
                            dseg_source **sources, dseg_error *error) {
  size_t segments = 0;
  for (size_t i = 0; i < count; i++) {
    DSEG_TRY(dseg_open_file(paths[i], options, &sources[i], error));
    DSEG_TRY(distinguish(sources[i], paths[i], segments, error));
    DSEG_TRY(dseg_pack_source(&sources[i], error));
    if (sources[i]->description->segment_count == 0) {
      dseg_warn(&options->warnings, "%.300s has no segment: all its voxels are background", paths[i]);
    }
    segments += sources[i]->description->segment_count;
  }
  return DSEG_OK;
}

dseg_status dseg_open_files(const char *const *paths, size_t count, const dseg_open_options *options,
                            dseg_source **source, dseg_error *error) {
  dseg_source **sources = calloc(count, sizeof(dseg_source *));
  if (sources == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu files", count);
  }
  dseg_status status = open_all(paths, count, options, sources, error);
  if (status == DSEG_OK) {
    status = dseg_combine_sources(sources, count, options, source, error);
  }
  if (status != DSEG_OK) {
    for (size_t i = 0; i < count; i++) {
      dseg_source_close(sources[i]);
    }
  }
  free(sources);
  return status;
}
