/* SPDX-License-Identifier: Apache-2.0 */
/* icc_profile.c - sRGB (IEC 61966-2-1) as an ICC profile: a matrix and a curve, ICC.1:2004-10 8.3.3.
 *
 * PS3.3 C.11.15.1.1 asks for an input device profile. Numbers are s15Fixed16Number: 65536 times the value. */
#include "seg_write/icc_profile.h"

#include <string.h>

#define TAG_COUNT 10u
#define HEADER_BYTES 128u
#define DIRECTORY_BYTES (4u + 12u * TAG_COUNT)

/* The white of the profile connection space, D50 (ICC.1:2004-10 7.2.16). */
static const uint32_t d50[3] = {0xF6D6, 0x10000, 0xD32D};
/* Bradford's adaptation of D65, x 0.3127 and y 0.3290, to D50; and sRGB's primaries after it. */
static const uint32_t adaptation[9] = {68674, 1502, (uint32_t)-3291, 1939, 64912, (uint32_t)-1119, (uint32_t)-606,
                                       988,   49262};
static const uint32_t red[3] = {28576, 14581, 912};
static const uint32_t green[3] = {25239, 46983, 6361};
static const uint32_t blue[3] = {9375, 3972, 46787};
/* Of a parametric curve, function type 3: g, a, b, c, d. (0.9479 v + 0.0521)^2.4 from 0.04045 on, v / 12.92 below. */
static const uint32_t curve[5] = {157286, 62119, 3417, 5072, 2651};

struct writer {
  uint8_t *bytes;
  size_t end; /* where the next tag's data goes */
  unsigned tags;
};

static void put_u32(uint8_t *at, uint32_t value) {
  at[0] = (uint8_t)(value >> 24);
  at[1] = (uint8_t)(value >> 16);
  at[2] = (uint8_t)(value >> 8);
  at[3] = (uint8_t)value;
}

static void put_signature(uint8_t *at, const char *text) {
  for (size_t i = 0; i < 4; i++) {
    at[i] = (uint8_t)text[i];
  }
}

static void put_entry(struct writer *writer, const char *signature, size_t offset, size_t size) {
  uint8_t *entry = writer->bytes + HEADER_BYTES + 4 + (size_t)12 * writer->tags++;
  put_signature(entry, signature);
  put_u32(entry + 4, (uint32_t)offset);
  put_u32(entry + 8, (uint32_t)size);
}

/* A tag's data: type, four zero bytes, then the numbers. Returns where it begins. */
static size_t put_numbers(struct writer *writer, const char *signature, const char *type, const uint32_t *numbers,
                          size_t count) {
  const size_t offset = writer->end;
  put_signature(writer->bytes + offset, type);
  for (size_t i = 0; i < count; i++) {
    put_u32(writer->bytes + offset + 8 + 4 * i, numbers[i]);
  }
  writer->end += 8 + 4 * count;
  put_entry(writer, signature, offset, writer->end - offset);
  return offset;
}

/* One text in English as multiLocalizedUnicodeType (10.13): UTF-16, big endian. */
static void put_text(struct writer *writer, const char *signature, const char *text) {
  const size_t length = strlen(text), offset = writer->end;
  uint8_t *data = writer->bytes + offset;
  put_signature(data, "mluc");
  put_u32(data + 8, 1);
  put_u32(data + 12, 12);
  put_signature(data + 16, "enUS");
  put_u32(data + 20, (uint32_t)(2 * length));
  put_u32(data + 24, 28);
  for (size_t i = 0; i < length; i++) {
    data[28 + 2 * i + 1] = (uint8_t)text[i];
  }
  put_entry(writer, signature, offset, 28 + 2 * length);
  writer->end += (28 + 2 * length + 3) / 4 * 4;
}

/* ICC.1:2004-10 7.2. The date is that of sRGB's standard, edition 1, so that the bytes never change. */
static void put_header(uint8_t *bytes) {
  put_u32(bytes, DSEG_ICC_PROFILE_BYTES);
  put_u32(bytes + 8, 0x04200000);
  put_signature(bytes + 12, "scnr");
  put_signature(bytes + 16, "RGB ");
  put_signature(bytes + 20, "XYZ ");
  put_u32(bytes + 24, (uint32_t)1999 << 16 | 10);
  put_u32(bytes + 28, (uint32_t)1 << 16);
  put_signature(bytes + 36, "acsp");
  for (size_t i = 0; i < 3; i++) {
    put_u32(bytes + 68 + 4 * i, d50[i]);
  }
}

void dseg_icc_srgb(uint8_t profile[DSEG_ICC_PROFILE_BYTES]) {
  /* Type 3 of a curve stands in front of its numbers, in 16 of 32 bits (10.15). */
  const uint32_t parametric[6] = {(uint32_t)3 << 16, curve[0], curve[1], curve[2], curve[3], curve[4]};
  struct writer writer = {.bytes = profile, .end = HEADER_BYTES + DIRECTORY_BYTES};
  memset(profile, 0, DSEG_ICC_PROFILE_BYTES);
  put_header(profile);
  put_u32(profile + HEADER_BYTES, TAG_COUNT);
  put_text(&writer, "desc", "sRGB");
  put_text(&writer, "cprt", "No copyright, use freely");
  put_numbers(&writer, "wtpt", "XYZ ", d50, 3);
  put_numbers(&writer, "chad", "sf32", adaptation, 9);
  put_numbers(&writer, "rXYZ", "XYZ ", red, 3);
  put_numbers(&writer, "gXYZ", "XYZ ", green, 3);
  put_numbers(&writer, "bXYZ", "XYZ ", blue, 3);
  const size_t offset = put_numbers(&writer, "rTRC", "para", parametric, 6);
  put_entry(&writer, "gTRC", offset, writer.end - offset);
  put_entry(&writer, "bTRC", offset, writer.end - offset);
}
