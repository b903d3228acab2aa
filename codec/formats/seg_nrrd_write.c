/* SPDX-License-Identifier: Apache-2.0 */
/* seg_nrrd_write.c - segments as key/value pairs of an NRRD header, as 3D Slicer reads them. */
#include <stdlib.h>
#include <string.h>

#include "formats/seg_nrrd.h"
#include "formats/text.h"
#include "formats/volume_output.h"

/* Index ranges of a segment's voxels; empty while first > last. */
struct extent {
  size_t first[3], last[3];
};

/* Extents of all segments in one layer, found by value. */
struct finder {
  struct extent *extents;
  uint32_t *order; /* segment indices of the layer, by value */
  const uint32_t *values;
  size_t count;
};

static uint32_t value_of(const dseg_volume *volume, size_t segment) {
  return volume->value_of_segment != NULL ? volume->value_of_segment[segment]
                                          : volume->description->segments[segment].number;
}

static uint32_t layer_of(const dseg_volume *volume, size_t segment) {
  return volume->layer_of_segment != NULL ? volume->layer_of_segment[segment] : 0;
}

/* The segment of the layer with this value, or NULL. */
static struct extent *find_extent(const struct finder *finder, uint32_t value) {
  size_t low = 0;
  size_t high = finder->count;
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    if (finder->values[finder->order[middle]] < value) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  if (low == finder->count || finder->values[finder->order[low]] != value) {
    return NULL;
  }
  return &finder->extents[finder->order[low]];
}

static void widen(struct extent *extent, const size_t first[3], size_t last_column) {
  const size_t last[3] = {last_column, first[1], first[2]};
  for (size_t i = 0; i < 3; i++) {
    extent->first[i] = first[i] < extent->first[i] ? first[i] : extent->first[i];
    extent->last[i] = last[i] > extent->last[i] ? last[i] : extent->last[i];
  }
}

static uint32_t voxel(const uint8_t *row, unsigned bits, size_t i) {
  if (bits == 8) {
    return row[i];
  }
  if (bits == 16) {
    uint16_t value;
    memcpy(&value, row + 2 * i, sizeof value);
    return value;
  }
  uint32_t value;
  memcpy(&value, row + 4 * i, sizeof value);
  return value;
}

/* Run by run along a row. */
static void scan_row(const struct finder *finder, const uint8_t *row, unsigned bits, size_t columns, size_t j,
                     size_t k) {
  size_t start = 0;
  while (start < columns) {
    const uint32_t value = voxel(row, bits, start);
    size_t end = start + 1;
    while (end < columns && voxel(row, bits, end) == value) {
      end++;
    }
    struct extent *extent = value != 0 ? find_extent(finder, value) : NULL;
    if (extent != NULL) {
      widen(extent, (const size_t[3]){start, j, k}, end - 1);
    }
    start = end;
  }
}

static void scan_layer(const dseg_volume *volume, size_t layer, const struct finder *finder) {
  const size_t *size = volume->grid.size;
  const size_t row_bytes = size[0] * (volume->bits / 8);
  const uint8_t *row = (const uint8_t *)volume->voxels + layer * size[1] * size[2] * row_bytes;
  for (size_t k = 0; k < size[2]; k++) {
    for (size_t j = 0; j < size[1]; j++, row += row_bytes) {
      scan_row(finder, row, volume->bits, size[0], j, k);
    }
  }
}

/* Insertion keeps the layer's segments by value: they usually come in that order. */
static void collect_layer(const dseg_volume *volume, size_t layer, struct finder *finder) {
  finder->count = 0;
  for (uint32_t i = 0; i < volume->description->segment_count; i++) {
    if (layer_of(volume, i) != layer) {
      continue;
    }
    size_t at = finder->count++;
    for (; at > 0 && finder->values[finder->order[at - 1]] > finder->values[i]; at--) {
      finder->order[at] = finder->order[at - 1];
    }
    finder->order[at] = i;
  }
}

static dseg_status find_extents(const dseg_volume *volume, struct extent *extents, dseg_error *error) {
  const size_t count = volume->description->segment_count;
  uint32_t *numbers = calloc(2 * count + 1, sizeof *numbers);
  if (numbers == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for extents");
  }
  for (size_t i = 0; i < count; i++) {
    extents[i] = (struct extent){{SIZE_MAX, SIZE_MAX, SIZE_MAX}, {0, 0, 0}};
    numbers[count + i] = value_of(volume, i);
  }
  struct finder finder = {.extents = extents, .order = numbers, .values = numbers + count};
  for (size_t layer = 0; layer < volume->layer_count; layer++) {
    collect_layer(volume, layer, &finder);
    if (finder.count != 0) {
      scan_layer(volume, layer, &finder);
    }
  }
  free(numbers);
  return DSEG_OK;
}

/* "key:=value" with line breaks and backslashes escaped. */
static dseg_status append_pair(dseg_buffer *out, size_t index, const char *name, const char *value, dseg_error *error) {
  DSEG_TRY(dseg_buffer_printf(out, error, "Segment%zu_%s:=", index, name));
  for (const char *c = value; *c != '\0'; c++) {
    if (*c == '\n' || *c == '\\') {
      DSEG_TRY(dseg_buffer_append(out, *c == '\n' ? "\\n" : "\\\\", 2, error));
    } else if (*c != '\r') {
      DSEG_TRY(dseg_buffer_append(out, c, 1, error));
    }
  }
  return dseg_buffer_append(out, "\n", 1, error);
}

/* Text inside a tag, without the characters that divide tags. */
static dseg_status append_tag_text(dseg_buffer *out, const char *text, dseg_error *error) {
  for (const char *c = text != NULL ? text : ""; *c != '\0'; c++) {
    const char kept = (char)(strchr("~^|\n\r\\", *c) != NULL ? ' ' : *c);
    DSEG_TRY(dseg_buffer_append(out, &kept, 1, error));
  }
  return DSEG_OK;
}

static dseg_status append_code(dseg_buffer *out, dseg_code code, dseg_error *error) {
  const bool is_given = code.value != NULL;
  DSEG_TRY(append_tag_text(out, is_given ? code.scheme : "", error));
  DSEG_TRY(dseg_buffer_append(out, "^", 1, error));
  DSEG_TRY(append_tag_text(out, is_given ? code.value : "", error));
  DSEG_TRY(dseg_buffer_append(out, "^", 1, error));
  return append_tag_text(out, is_given ? code.meaning : "", error);
}

static dseg_code first_of(dseg_code_list list) {
  return list.count != 0 ? list.items[0] : (dseg_code){NULL, NULL, NULL};
}

/* Context names are those of 3D Slicer's own lists, which it searches for the codes first. */
static dseg_status append_tags(dseg_buffer *out, size_t index, const dseg_segment *segment, dseg_error *error) {
  static const char category_context[] = "Segmentation category and type - DICOM master list";
  static const char region_context[] = "Anatomic codes - DICOM master list";
  const dseg_code codes[] = {segment->category, segment->type, first_of(segment->type_modifiers)};
  const dseg_code regions[] = {first_of(segment->anatomic_regions), first_of(segment->anatomic_region_modifiers)};
  if (segment->category.value == NULL && segment->type.value == NULL) {
    return append_pair(out, index, "Tags", "", error);
  }
  DSEG_TRY(dseg_buffer_printf(out, error, "Segment%zu_Tags:=TerminologyEntry:%s", index, category_context));
  for (size_t i = 0; i < 3; i++) {
    DSEG_TRY(dseg_buffer_append(out, "~", 1, error));
    DSEG_TRY(append_code(out, codes[i], error));
  }
  DSEG_TRY(dseg_buffer_printf(out, error, "~%s", regions[0].value != NULL ? region_context : ""));
  for (size_t i = 0; i < 2; i++) {
    DSEG_TRY(dseg_buffer_append(out, "~", 1, error));
    DSEG_TRY(append_code(out, regions[i], error));
  }
  return dseg_buffer_append(out, "|\n", 2, error);
}

static dseg_status append_color(dseg_buffer *out, size_t index, const dseg_segment *segment, dseg_error *error) {
  uint8_t rgb[3] = {0, 0, 0};
  if (segment->has_color) {
    memcpy(rgb, segment->rgb, sizeof rgb);
  } else {
    dseg_default_color(index, rgb);
  }
  return dseg_buffer_printf(out, error, "Segment%zu_Color:=%.6g %.6g %.6g\nSegment%zu_ColorAutoGenerated:=%d\n", index,
                            rgb[0] / 255.0, rgb[1] / 255.0, rgb[2] / 255.0, index, segment->has_color ? 0 : 1);
}

static dseg_status append_extent(dseg_buffer *out, size_t index, const struct extent *extent, dseg_error *error) {
  if (extent->first[0] > extent->last[0]) { /* no voxel */
    return dseg_buffer_printf(out, error, "Segment%zu_Extent:=0 -1 0 -1 0 -1\n", index);
  }
  return dseg_buffer_printf(out, error, "Segment%zu_Extent:=%zu %zu %zu %zu %zu %zu\n", index, extent->first[0],
                            extent->last[0], extent->first[1], extent->last[1], extent->first[2], extent->last[2]);
}

static dseg_status append_segment(const dseg_volume *volume, size_t index, const struct extent *extent,
                                  dseg_buffer *out, dseg_error *error) {
  const dseg_segment *segment = &volume->description->segments[index];
  DSEG_TRY(append_color(out, index, segment, error));
  DSEG_TRY(append_extent(out, index, extent, error));
  DSEG_TRY(dseg_buffer_printf(out, error, "Segment%zu_ID:=Segment_%lu\nSegment%zu_LabelValue:=%lu\n", index,
                              (unsigned long)segment->number, index, (unsigned long)value_of(volume, index)));
  DSEG_TRY(dseg_buffer_printf(out, error, "Segment%zu_Layer:=%lu\n", index, (unsigned long)layer_of(volume, index)));
  DSEG_TRY(append_pair(out, index, "Name", segment->label, error));
  DSEG_TRY(append_pair(out, index, "NameAutoGenerated", "0", error));
  return append_tags(out, index, segment, error);
}

dseg_status dseg_seg_nrrd_write(const dseg_volume *volume, dseg_buffer *out, dseg_error *error) {
  const size_t count = volume->description->segment_count;
  struct extent *extents = calloc(count + 1, sizeof *extents);
  if (extents == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for extents");
  }
  dseg_status status = find_extents(volume, extents, error);
  for (size_t i = 0; status == DSEG_OK && i < count; i++) {
    status = append_segment(volume, i, &extents[i], out, error);
  }
  free(extents);
  DSEG_TRY(status);
  /* The representation is named as of 3D Slicer 5.2, and as before. */
  return dseg_buffer_printf(out, error,
                            "Segmentation_ContainedRepresentationNames:=Binary labelmap|\n"
                            "Segmentation_ConversionParameters:=\n"
                            "Segmentation_MasterRepresentation:=Binary labelmap\n"
                            "Segmentation_SourceRepresentation:=Binary labelmap\n"
                            "Segmentation_ReferenceImageExtentOffset:=0 0 0\n");
}
