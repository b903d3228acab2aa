/* SPDX-License-Identifier: Apache-2.0 */
/* label_table_write.c - writes names and colours of segments as a CaretExtension: see label_table_read.c. Workbench
 * reads it, TotalSegmentator (load_multilabel_nifti), and whoever opens what dseg has written. */
#include <stdlib.h>
#include <string.h>

#include "formats/label_table.h"

/* "Segment 3" is no name worth keeping. */
static bool is_said(const dseg_segment *segment) {
  return segment->label != NULL && segment->label[0] != '\0' && (segment->assumed & DSEG_ASSUMED_LABEL) == 0;
}

/* CDATA ends with "]]>", which is divided where it occurs. XML 1.0 has no control characters. */
static dseg_status put_name(const char *name, dseg_buffer *out, dseg_error *error) {
  DSEG_TRY(dseg_buffer_append(out, "<![CDATA[", 9, error));
  for (; *name != '\0'; name++) {
    const unsigned char byte = (unsigned char)*name;
    if (strncmp(name, "]]>", 3) == 0) {
      DSEG_TRY(dseg_buffer_append(out, "]]]]><![CDATA[>", 15, error));
      name += 2;
    } else {
      DSEG_TRY(dseg_buffer_append(out, byte < 0x20 ? " " : name, 1, error));
    }
  }
  return dseg_buffer_append(out, "]]>", 3, error);
}

/* Three decimals, without the locale's point: enough to tell 255 steps apart. */
static dseg_status put_share(const char *name, uint8_t step, dseg_buffer *out, dseg_error *error) {
  const unsigned thousandths = ((unsigned)step * 1000 + 127) / 255;
  return dseg_buffer_printf(out, error, " %s=\"%u.%03u\"", name, thousandths / 1000, thousandths % 1000);
}

static dseg_status put_label(const dseg_segment *segment, uint32_t value, dseg_buffer *out, dseg_error *error) {
  uint8_t rgb[3] = {255, 255, 255};
  if (segment->has_color) {
    memcpy(rgb, segment->rgb, sizeof rgb);
  }
  DSEG_TRY(dseg_buffer_printf(out, error, "<Label Key=\"%lu\"", (unsigned long)value));
  DSEG_TRY(put_share("Red", rgb[0], out, error));
  DSEG_TRY(put_share("Green", rgb[1], out, error));
  DSEG_TRY(put_share("Blue", rgb[2], out, error));
  DSEG_TRY(dseg_buffer_printf(out, error, " Alpha=\"1\">"));
  DSEG_TRY(put_name(segment->label, out, error));
  return dseg_buffer_printf(out, error, "</Label>\n");
}

/* A segment and the file's volume that it is in. */
struct place {
  size_t layer, segment;
};

static int compare_places(const void *a, const void *b) {
  const struct place *first = a;
  const struct place *second = b;
  if (first->layer != second->layer) {
    return first->layer < second->layer ? -1 : 1;
  }
  return (first->segment > second->segment) - (first->segment < second->segment);
}

/* The segments to be written, by volume; how many. */
static size_t list_places(const dseg_volume *volume, struct place *places) {
  const dseg_description *description = volume->description;
  size_t count = 0;
  for (size_t i = 0; i < description->segment_count; i++) {
    if (is_said(&description->segments[i])) {
      places[count++] = (struct place){volume->layer_of_segment != NULL ? volume->layer_of_segment[i] : 0, i};
    }
  }
  qsort(places, count, sizeof *places, compare_places);
  return count;
}

/* The value of a segment's voxels. Fractions are 1 where all is inside. */
static uint32_t value_of(const dseg_volume *volume, size_t segment) {
  if (volume->bits == 0) {
    return 1;
  }
  return volume->value_of_segment != NULL ? volume->value_of_segment[segment]
                                          : volume->description->segments[segment].number;
}

/* A table for one of the file's volumes, from the first of its places on; *next: behind them. */
static dseg_status put_volume(const dseg_volume *volume, const struct place *places, size_t count, size_t *next,
                              dseg_buffer *out, dseg_error *error) {
  const size_t layer = places[*next].layer;
  DSEG_TRY(dseg_buffer_printf(out, error, "<VolumeInformation Index=\"%zu\">\n<LabelTable>\n", layer));
  for (; *next < count && places[*next].layer == layer; (*next)++) {
    const size_t segment = places[*next].segment;
    const uint32_t value = value_of(volume, segment);
    if (value != 0) {
      DSEG_TRY(put_label(&volume->description->segments[segment], value, out, error));
    }
  }
  return dseg_buffer_printf(out, error,
                            "</LabelTable>\n<VolumeType><![CDATA[%s]]></VolumeType>\n</VolumeInformation>\n",
                            volume->bits != 0 ? "Label" : "Functional");
}

dseg_status dseg_label_table_write(const dseg_volume *volume, dseg_buffer *out, dseg_error *error) {
  struct place *places = calloc(volume->description->segment_count + 1, sizeof *places);
  if (places == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for names of segments");
  }
  const size_t count = list_places(volume, places);
  dseg_status status =
      count == 0 ? DSEG_OK
                 : dseg_buffer_printf(out, error, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<CaretExtension>\n");
  for (size_t next = 0; status == DSEG_OK && next < count;) {
    status = put_volume(volume, places, count, &next, out, error);
  }
  free(places);
  return status != DSEG_OK || count == 0 ? status : dseg_buffer_printf(out, error, "</CaretExtension>\n");
}
