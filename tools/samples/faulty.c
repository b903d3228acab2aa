/* SPDX-License-Identifier: Apache-2.0 */
/* faulty.c - objects with one fault each: an edge case, read as a data set, changed, and written again.
 *
 * The table names the rule of `dseg validate` that each breaks; files are called after it. */
#include <stdlib.h>
#include <string.h>

#include "samples/samples.h"

enum { HEADER = 12 /* of OB, OW, OV */, ITEM_HEADER = 8 };

/* Changes that no text of dicom_edit.h says: of the file's bytes, but for the first. */
typedef enum special {
  NO_SPECIAL = 0,
  ENCAPSULATED,      /* file meta information names a transfer syntax with encapsulated pixels */
  OTHER_META_CLASS,  /* it names the SOP class of label maps */
  CUT_FILE,          /* the end of the file is missing */
  DROP_PIXELS,       /* Pixel Data is missing */
  CUT_PIXELS,        /* two bytes of native pixel data are missing */
  PAD_FRAMES,        /* 1-bit frames begin at whole bytes */
  DAMAGE_FRAGMENT,   /* the bytes of the first frame are those of no frame */
  DROP_FRAGMENT,     /* the last frame's bytes, and the Extended Offset Table, are missing */
  SHIFT_OFFSETS,     /* the second entry of the Basic Offset Table points into the first frame */
  SHIFT_EXTENDED,    /* likewise of the Extended Offset Table */
  BOTH_OFFSET_TABLES /* a Basic Offset Table beside the extended one */
} special;

#define BINARY "edge-cases/not-byte-aligned.dcm"
#define OVERLAP "edge-cases/overlap.dcm"
#define LABELMAP "edge-cases/number-gaps.dcm"
#define PALETTE "edge-cases/palette-color.dcm"
#define FRACTIONAL "edge-cases/fractional-probability.dcm"
#define BASIC "edge-cases/basic-offset-table.dcm"
#define EXTENDED "edge-cases/extended-offset-table.dcm"
#define TILES "edge-cases/slide-all-tiles.dcm"

#define MEASURES "52009229[1]/00289110[1]"
#define FRAME "52009230[1]"
#define SEGMENT "00620002[1]"
/* A source image that frames were drawn on, as they should refer to it. */
#define SOURCE "52009229[1]/00089124[1]"
#define REFERENCE                                                                                              \
  SOURCE "/00082112[1]/00081150 UI 1.2.840.10008.5.1.4.1.1.2", SOURCE "/00082112[1]/00081155 UI 1.2.3.100",    \
      SOURCE "/00082112[1]/0040A170[1]/00080100 SH 121322", SOURCE "/00082112[1]/0040A170[1]/00080102 SH DCM", \
      SOURCE "/00082112[1]/0040A170[1]/00080104 LO Source Image for Image Processing Operation",               \
      SOURCE "/00089215[1]/00080100 SH 113076", SOURCE "/00089215[1]/00080102 SH DCM",                         \
      SOURCE "/00089215[1]/00080104 LO Segmentation"
#define LISTED                                                                                                      \
  "00081115[1]/0008114A[1]/00081150 UI 1.2.840.10008.5.1.4.1.1.2", "00081115[1]/0008114A[1]/00081155 UI 1.2.3.100", \
      "00081115[1]/0020000E UI 1.2.3.10"

typedef struct fault {
  const char *rule; /* NULL: cannot be read at all */
  const char *name; /* of the file; NULL: the rule's */
  const char *base;
  const char *purpose;
  special change;
  const char *changes[17];
} fault;

/* Faults of texts alone, and of bytes alone; their files are called after the rule. */
#define TEXTS(rule, base, purpose, ...)      \
  {                                          \
    rule, NULL, base, purpose, NO_SPECIAL, { \
      __VA_ARGS__                            \
    }                                        \
  }
#define BYTES(rule, base, purpose, change) \
  {                                        \
    rule, NULL, base, purpose, change, {   \
      NULL                                 \
    }                                      \
  }

static const fault faults[] = {
    /* What kind of object it is */
    TEXTS("modality", BINARY, "Modality is CT", "00080060 CS CT"),
    TEXTS("segmentation-type", BINARY, "Segmentation Type is no term of the standard", "00620001 CS BITMAP"),
    TEXTS("sop-class", LABELMAP, "a LABELMAP in the SOP class of the other types (PS3.4 B.5.1.25)",
          "00080016 UI 1.2.840.10008.5.1.4.1.1.66.4"),
    BYTES("meta-sop-class", BINARY, "file meta information and data set name two SOP classes", OTHER_META_CLASS),
    TEXTS("image-type", BINARY, "Image Type is ORIGINAL", "00080008 CS ORIGINAL\\PRIMARY"),
    /* Pixels */
    TEXTS("bits-stored", FRACTIONAL, "7 of 8 bits are stored", "00280101 US 7", "00280102 US 6"),
    TEXTS("photometric", BINARY, "BINARY with MONOCHROME1", "00280004 CS MONOCHROME1"),
    TEXTS("pixel-representation", LABELMAP, "pixels are signed", "00280103 US 1"),
    TEXTS("samples-per-pixel", LABELMAP, "three samples a pixel", "00280002 US 3"),
    TEXTS("fractional-type", FRACTIONAL, "FRACTIONAL without Segmentation Fractional Type", "00620010 -"),
    TEXTS("maximum-fraction", FRACTIONAL, "FRACTIONAL without Maximum Fractional Value", "0062000E -"),
    TEXTS("value-fraction", FRACTIONAL, "pixels exceed Maximum Fractional Value", "0062000E US 100"),
    TEXTS("lossy-flag", BINARY, "Lossy Image Compression is missing", "00282110 -"),
    /* Padding and palettes */
    TEXTS("padding-value", BINARY, "BINARY with Pixel Padding Value (PS3.3 A.51.4)", "00280120 US 0"),
    TEXTS("padding-range", LABELMAP, "Pixel Padding Range Limit is there (PS3.3 A.51.4)", "00280121 US 1"),
    TEXTS("palette", PALETTE, "PALETTE COLOR without the green palette", "00281102 -", "00281202 -"),
    TEXTS("icc-profile", PALETTE, "PALETTE COLOR without ICC Profile", "00282000 -"),
    TEXTS("cielab-palette", PALETTE, "a segment has a colour of its own beside the palette",
          SEGMENT "/0062000D US 34885\\53485\\50171"),
    /* Segments */
    TEXTS("segment-number-gap", BINARY, "Segment Numbers 1, 2, 3, 9 in a BINARY object", "00620002 +",
          "00620002[4]/00620004 US 9"),
    TEXTS("segment-number-unique", LABELMAP, "two segments have one number", "00620002 +"),
    TEXTS("segment-label", LABELMAP, "a segment without label", SEGMENT "/00620005 -"),
    TEXTS("algorithm-name", BINARY, "AUTOMATIC without Segment Algorithm Name", SEGMENT "/00620009 -"),
    TEXTS("property-type", BINARY, "a segment without Segmented Property Type", SEGMENT "/0062000F -"),
    TEXTS("tracking", BINARY, "Tracking ID without Tracking UID", SEGMENT "/00620020 UT first"),
    TEXTS("value-described", LABELMAP, "pixels have a value that no segment describes (PS3.3 C.8.20.2.3.3)",
          "00620002[3] -"),
    TEXTS("segments-overlap", LABELMAP, "a LABELMAP that says its segments overlap", "00620013 CS YES"),
    TEXTS("overlap-declared", OVERLAP, "segments overlap although Segments Overlap is NO", "00620013 CS NO"),
    /* Functional groups */
    TEXTS("per-frame-count", BINARY, "one per-frame item more than frames", "52009230 +"),
    TEXTS("pixel-measures", BINARY, "no Pixel Measures", "52009229[1]/00289110 -"),
    TEXTS("plane-position", BINARY, "a frame without Plane Position (Patient)", FRAME "/00209113 -"),
    TEXTS("plane-orientation", LABELMAP, "no Plane Orientation (Patient)", "52009229[1]/00209116 -"),
    TEXTS("plane-position-slide", TILES, "a tile without Plane Position (Slide)", FRAME "/0048021A -"),
    TEXTS("frame-of-reference", BINARY, "frames have positions, but in no frame of reference", "00200052 -"),
    TEXTS("segment-identification", BINARY, "a BINARY frame that belongs to no segment", FRAME "/0062000A -"),
    TEXTS("referenced-segment", BINARY, "a frame of segment 9, which is not described",
          FRAME "/0062000A[1]/0062000B US 9", FRAME "/00209111[1]/00209157 UL 4\\1"),
    /* Dimensions */
    TEXTS("dimension-values", BINARY, "a frame with one index for two dimensions", FRAME "/00209111[1]/00209157 UL 1"),
    TEXTS("dimension-group", BINARY, "Functional Group Pointer names another group than the attribute's",
          "00209222[1]/00209167 AT 00289110"),
    TEXTS("dimension-uid", BINARY, "an index of a Dimension Organization that is not there",
          "00209222[1]/00209164 UI 1.2.3.4"),
    /* Geometry */
    TEXTS("image-orientation", BINARY, "rows and columns are not at right angles",
          "52009229[1]/00209116[1]/00200037 DS 1\\0\\0\\0.6\\0.8\\0"),
    TEXTS("pixel-spacing", BINARY, "Pixel Spacing is negative", MEASURES "/00280030 DS -1\\1"),
    TEXTS("slice-measures", BINARY, "Spacing Between Slices is negative", MEASURES "/00180088 DS -5"),
    TEXTS("tile-position", TILES, "a tile outside the total pixel matrix", FRAME "/0048021A[1]/0048021E SL 100000",
          FRAME "/00209111[1]/00209157 UL 1\\5"),
    /* References */
    TEXTS("common-reference", LABELMAP, "frames refer to an image, but Common Instance Reference is missing",
          REFERENCE),
    TEXTS("reference-listed", LABELMAP, "Common Instance Reference lacks one of the images that frames refer to",
          REFERENCE, LISTED, SOURCE "/00082112[2]/00081150 UI 1.2.840.10008.5.1.4.1.1.2",
          SOURCE "/00082112[2]/00081155 UI 1.2.3.101", SOURCE "/00082112[2]/0040A170[1]/00080100 SH 121322",
          SOURCE "/00082112[2]/0040A170[1]/00080102 SH DCM",
          SOURCE "/00082112[2]/0040A170[1]/00080104 LO Source Image for Image Processing Operation"),
    TEXTS("source-purpose", LABELMAP, "the source image has another purpose", REFERENCE, LISTED,
          SOURCE "/00082112[1]/0040A170[1]/00080100 SH 121311",
          SOURCE "/00082112[1]/0040A170[1]/00080104 LO Localizer"),
    TEXTS("spatial-locations", LABELMAP, "Spatial Locations Preserved is no value that it may have", REFERENCE, LISTED,
          SOURCE "/00082112[1]/0028135A CS MAYBE"),
    TEXTS("concatenation", BINARY, "the number of a part without the rest of a Concatenation's attributes",
          "00209162 US 1"),
    /* Frames */
    TEXTS("number-of-frames", BINARY, "Number of Frames is 0", "00280008 IS 0"),
    BYTES("pixel-data", BINARY, "there is no Pixel Data", DROP_PIXELS),
    BYTES("pixel-data-length", LABELMAP, "Pixel Data is two bytes short", CUT_PIXELS),
    {"frame-boundaries",
     NULL,
     BINARY,
     "1-bit frames begin at whole bytes (PS3.5 8.1.1)",
     PAD_FRAMES,
     {"00620013 CS UNDEFINED"}},
    BYTES("encapsulation", LABELMAP, "pixels are not encapsulated although the transfer syntax says so", ENCAPSULATED),
    BYTES("fragments", EXTENDED, "a fragment less than frames", DROP_FRAGMENT),
    BYTES("basic-offset-table", BASIC, "Basic Offset Table points into a frame", SHIFT_OFFSETS),
    BYTES("extended-offset-table", EXTENDED, "Extended Offset Table points into a frame", SHIFT_EXTENDED),
    BYTES("offset-tables", EXTENDED, "a Basic Offset Table beside the extended one", BOTH_OFFSET_TABLES),
    BYTES("frame-decodes", BASIC, "the first frame's bytes are damaged", DAMAGE_FRAGMENT),
    {NULL, "cut-off", LABELMAP, "the file ends within its pixels", CUT_FILE, {NULL}},
};

static void put32(uint8_t *p, uint32_t value) {
  for (size_t i = 0; i < 4; i++) {
    p[i] = (uint8_t)(value >> (8 * i));
  }
}

static uint32_t get32(const uint8_t *p) {
  return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* Puts bytes in the place of the file's from a place on. */
static dseg_status replace_end(dseg_buffer *file, size_t at, dseg_buffer *bytes, dseg_error *error) {
  file->size = at;
  const dseg_status status = dseg_buffer_append(file, bytes->data, bytes->size, error);
  dseg_buffer_free(bytes);
  return status;
}

/* Each frame's bits from a byte of their own on. value: of Pixel Data. */
static dseg_status pad_frames(const dseg_data_set *set, dseg_buffer *file, size_t value, dseg_error *error) {
  uint16_t rows = 0;
  uint16_t columns = 0;
  (void)dseg_data_set_get_u16(set, 0x00280010, 0, &rows);
  (void)dseg_data_set_get_u16(set, 0x00280011, 0, &columns);
  const size_t bits = (size_t)rows * columns;
  const size_t frames = dseg_data_set_count_items(set, 0x52009230);
  const size_t frame_bytes = (bits + 7) / 8;
  const size_t size = frame_bytes * frames + frame_bytes * frames % 2;
  dseg_buffer padded = {0};
  if (bits * frames > (file->size - value) * 8) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "Pixel Data is too short to be padded");
  }
  DSEG_TRY(dseg_buffer_resize(&padded, size, error));
  memset(padded.data, 0, size);
  for (size_t i = 0; i < bits * frames; i++) {
    const unsigned bit = (unsigned)file->data[value + i / 8] >> i % 8 & 1U;
    padded.data[i / bits * frame_bytes + i % bits / 8] |= (uint8_t)(bit << i % bits % 8);
  }
  put32(file->data + value - 4, (uint32_t)size);
  return replace_end(file, value, &padded, error);
}

/* Where the item behind the one at a place begins. */
static size_t skip(const dseg_buffer *file, size_t item) {
  return item + ITEM_HEADER + get32(file->data + item + 4);
}

/* A Basic Offset Table with the places of all fragments, in the place of the empty one, table. */
static dseg_status add_offsets(dseg_buffer *file, size_t table, size_t end, dseg_error *error) {
  const size_t first = skip(file, table);
  dseg_buffer changed = {0};
  dseg_status status = DSEG_OK;
  for (size_t item = first; status == DSEG_OK && item < end; item = skip(file, item)) {
    uint8_t number[4];
    put32(number, (uint32_t)(item - first));
    status = dseg_buffer_append(&changed, number, sizeof number, error);
  }
  put32(file->data + table + 4, (uint32_t)changed.size);
  if (status == DSEG_OK) {
    status = dseg_buffer_append(&changed, file->data + first, file->size - first, error);
  }
  if (status != DSEG_OK) {
    dseg_buffer_free(&changed);
    return status;
  }
  return replace_end(file, first, &changed, error);
}

/* value: of Pixel Data, whose first item is the Basic Offset Table; a delimiter ends it, and the file. */
static dseg_status change_fragments(special change, dseg_buffer *file, size_t pixels, size_t value, dseg_error *error) {
  const size_t end = file->size - ITEM_HEADER;
  const size_t first = skip(file, value);
  size_t last = first;
  for (size_t item = first; item < end; item = skip(file, item)) {
    last = item;
  }
  switch (change) {
    case DAMAGE_FRAGMENT: memset(file->data + first + ITEM_HEADER, 0xFF, get32(file->data + first + 4)); break;
    case SHIFT_OFFSETS:
      put32(file->data + value + ITEM_HEADER + 4, get32(file->data + value + ITEM_HEADER + 4) - 2);
      break;
    case BOTH_OFFSET_TABLES: return add_offsets(file, value, end, error);
    case DROP_FRAGMENT:
      memmove(file->data + last, file->data + end, ITEM_HEADER);
      file->size = last + ITEM_HEADER;
      memmove(file->data + pixels, file->data + value - HEADER, file->size - (value - HEADER));
      file->size -= value - HEADER - pixels;
      break;
    default: break;
  }
  return DSEG_OK;
}

/* Pixel Data (7FE0,0010) is the last element, behind offset tables or not. */
static dseg_status change_bytes(const dseg_data_set *set, dseg_buffer *file, size_t pixels, const void *context,
                                dseg_error *error) {
  enum { META_CLASS = 132 + 12 + 14 + 8, OTHER_CLASS_END = 27 }; /* behind (0002,0000) and (0002,0001) */
  const fault *wrong = context;
  size_t value = pixels + HEADER;
  while (file->data[value - HEADER + 2] != 0x10) {
    value += HEADER + get32(file->data + value - 4);
  }
  switch (wrong->change) {
    case OTHER_META_CLASS: file->data[META_CLASS + OTHER_CLASS_END] = '7'; return DSEG_OK;
    case CUT_FILE: file->size -= file->size * 34 / 100; return DSEG_OK;
    case DROP_PIXELS: file->size = pixels; return DSEG_OK;
    case CUT_PIXELS:
      put32(file->data + value - 4, get32(file->data + value - 4) - 2);
      file->size -= 2;
      return DSEG_OK;
    case PAD_FRAMES: return pad_frames(set, file, value, error);
    case SHIFT_EXTENDED:
      put32(file->data + pixels + HEADER + 8, get32(file->data + pixels + HEADER + 8) - 2);
      return DSEG_OK;
    default: return change_fragments(wrong->change, file, pixels, value, error);
  }
}

static bool has_sample(const samples_job *job, const char *file) {
  for (size_t i = 0; i < job->sample_count; i++) {
    if (strcmp(job->samples[i].file, file) == 0) {
      return true;
    }
  }
  return false;
}

static int make_faulty(samples_job *job, const fault *wrong) {
  char name[SAMPLES_NAME];
  snprintf(name, sizeof name, "faulty/%s.dcm", wrong->name != NULL ? wrong->name : wrong->rule);
  if (!has_sample(job, wrong->base)) {
    cli_note(name, "left out: it is made from %s", wrong->base);
    return CLI_OK;
  }
  const samples_edit edit = {.base = wrong->base,
                             .changes = wrong->changes,
                             .syntax = wrong->change == ENCAPSULATED ? "1.2.840.10008.1.2.1.98" : NULL,
                             .change_bytes = wrong->change > ENCAPSULATED ? change_bytes : NULL,
                             .context = wrong};
  int code = samples_edit_file(job, &edit, name);
  if (code == CLI_OK) {
    code = samples_keep_own(job, SAMPLES_FAULTY, name, wrong->purpose);
  }
  if (code == CLI_OK) {
    job->samples[job->sample_count - 1].rule = wrong->rule;
  }
  return code;
}

int samples_make_faulty(samples_job *job) {
  int code = samples_make_subdirectory(job, "faulty");
  for (size_t i = 0; code == CLI_OK && i < sizeof faults / sizeof faults[0]; i++) {
    code = make_faulty(job, &faults[i]);
  }
  return code;
}
