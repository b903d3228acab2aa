/* SPDX-License-Identifier: Apache-2.0 */
/* charset_convert.c - text of one encoding as UTF-8, see charset_convert.h. */
#include "dicom/charset_convert.h"

#include <errno.h>
#include <string.h>
#if defined(__wasm__)
#include "base/os/host_wasm.h"
#elif DSEG_HAVE_ICONV
#include <iconv.h>
#endif

#define REPLACEMENT "\xEF\xBF\xBD"

static dseg_status append_replacement(dseg_buffer *out, dseg_error *error) {
  return dseg_buffer_append(out, REPLACEMENT, 3, error);
}

static bool is_ascii(uint8_t byte) {
  return byte < 0x80 && byte != 0;
}

static dseg_status append_ascii(dseg_view text, dseg_buffer *out, dseg_error *error) {
  for (size_t i = 0; i < text.size; i++) {
    DSEG_TRY(is_ascii(text.data[i]) ? dseg_buffer_append(out, &text.data[i], 1, error)
                                    : append_replacement(out, error));
  }
  return DSEG_OK;
}

/* The first 256 characters of Unicode. */
static dseg_status append_latin1(dseg_view text, dseg_buffer *out, dseg_error *error) {
  for (size_t i = 0; i < text.size; i++) {
    const uint8_t byte = text.data[i];
    const uint8_t two[2] = {(uint8_t)(0xC0 | byte >> 6), (uint8_t)(0x80 | (byte & 0x3F))};
    if (byte == 0) {
      DSEG_TRY(append_replacement(out, error));
    } else {
      DSEG_TRY(byte < 0x80 ? dseg_buffer_append(out, &byte, 1, error) : dseg_buffer_append(out, two, 2, error));
    }
  }
  return DSEG_OK;
}

/* Bytes of the character that text begins with; 0 when it is none (RFC 3629 4: neither longer than need be, nor a
 * surrogate, nor above U+10FFFF). */
static size_t utf8_length(dseg_view text) {
  const uint8_t first = text.data[0];
  if (is_ascii(first)) {
    return 1;
  }
  const size_t length = first >= 0xC2 && first < 0xE0   ? 2
                        : first >= 0xE0 && first < 0xF0 ? 3
                        : first >= 0xF0 && first < 0xF5 ? 4
                                                        : 0;
  if (length == 0 || length > text.size) {
    return 0;
  }
  for (size_t i = 1; i < length; i++) {
    if ((text.data[i] & 0xC0) != 0x80) {
      return 0;
    }
  }
  const uint8_t second = text.data[1];
  const bool wrong = (first == 0xE0 && second < 0xA0) || (first == 0xED && second >= 0xA0) ||
                     (first == 0xF0 && second < 0x90) || (first == 0xF4 && second >= 0x90);
  return wrong ? 0 : length;
}

bool dseg_is_utf8(dseg_view text) {
  while (text.size > 0) {
    const size_t length = utf8_length(text);
    if (length == 0) {
      return false;
    }
    text.data += length;
    text.size -= length;
  }
  return true;
}

static dseg_status append_utf8(dseg_view text, dseg_buffer *out, dseg_error *error) {
  while (text.size > 0) {
    const size_t length = utf8_length(text);
    DSEG_TRY(length > 0 ? dseg_buffer_append(out, text.data, length, error) : append_replacement(out, error));
    const size_t used = length > 0 ? length : 1;
    text.data += used;
    text.size -= used;
  }
  return DSEG_OK;
}

/* A character from U+0800 to U+FFFF. */
static dseg_status append_three(uint32_t character, dseg_buffer *out, dseg_error *error) {
  const uint8_t three[3] = {(uint8_t)(0xE0 | character >> 12), (uint8_t)(0x80 | (character >> 6 & 0x3F)),
                            (uint8_t)(0x80 | (character & 0x3F))};
  return dseg_buffer_append(out, three, sizeof three, error);
}

/* JIS X 0201: ISO 646 with yen and overline, and katakana of half width. iconv has it as a part of Shift JIS alone,
 * where bytes of no character begin one of two bytes. */
static dseg_status append_jis_x0201(dseg_view text, dseg_buffer *out, dseg_error *error) {
  for (size_t i = 0; i < text.size; i++) {
    const uint8_t byte = text.data[i];
    if (byte == 0x5C) {
      DSEG_TRY(dseg_buffer_append(out, "\xC2\xA5", 2, error));
    } else if (byte == 0x7E) {
      DSEG_TRY(append_three(0x203E, out, error));
    } else if (byte >= 0xA1 && byte <= 0xDF) {
      DSEG_TRY(append_three(0xFF61u + (byte - 0xA1u), out, error));
    } else {
      DSEG_TRY(append_ascii((dseg_view){&text.data[i], 1}, out, error));
    }
  }
  return DSEG_OK;
}

/* TIS 620. JavaScript takes it for windows-874, which has more characters. */
static dseg_status append_tis620(dseg_view text, dseg_buffer *out, dseg_error *error) {
  for (size_t i = 0; i < text.size; i++) {
    const uint8_t byte = text.data[i];
    const bool is_thai = (byte >= 0xA1 && byte <= 0xDA) || (byte >= 0xDF && byte <= 0xFB);
    DSEG_TRY(is_thai ? append_three(0x0E01u + (byte - 0xA1u), out, error)
                     : append_ascii((dseg_view){&text.data[i], 1}, out, error));
  }
  return DSEG_OK;
}

typedef dseg_status (*converter)(dseg_view text, dseg_buffer *out, dseg_error *error);

/* The conversion that needs no other library; NULL: none. */
static converter own_converter(const char *encoding) {
  if (encoding == NULL) {
    return append_ascii;
  }
  static const struct {
    const char *encoding;
    converter convert;
  } own[] = {{"UTF-8", append_utf8},
             {"ISO-8859-1", append_latin1},
             {"JIS_X0201", append_jis_x0201},
             {"TIS-620", append_tis620}};
  for (size_t i = 0; i < sizeof own / sizeof own[0]; i++) {
    if (strcmp(encoding, own[i].encoding) == 0) {
      return own[i].convert;
    }
  }
  return NULL;
}

#if defined(__wasm__)
/* JavaScript converts: no character takes more than three bytes of UTF-8 for each of its own, U+FFFD included. */
static dseg_status append_by_iconv(const char *encoding, dseg_view text, dseg_buffer *out, dseg_error *error) {
  const size_t room = 3 * text.size;
  DSEG_TRY(dseg_buffer_reserve(out, room, error));
  const int size = dseg_host_decode_text(encoding, strlen(encoding), text.data, text.size, out->data + out->size, room);
  if (size < 0) {
    return append_ascii(text, out, error);
  }
  out->size += (size_t)size;
  return DSEG_OK;
}

static bool iconv_converts(const char *encoding) {
  return dseg_host_decode_text(encoding, strlen(encoding), NULL, 0, NULL, 0) == 0;
}
#elif DSEG_HAVE_ICONV
static dseg_status run_iconv(iconv_t opened, dseg_view text, dseg_buffer *out, dseg_error *error) {
  char *from; /* iconv does not write there, its type is historical */
  memcpy(&from, &text.data, sizeof from);
  size_t left = text.size;
  while (left > 0) {
    char piece[512];
    char *to = piece;
    size_t room = sizeof piece;
    const size_t before = left;
    const size_t result = iconv(opened, &from, &left, &to, &room);
    DSEG_TRY(dseg_buffer_append(out, piece, sizeof piece - room, error));
    if (result == (size_t)-1 && left == before && room == sizeof piece) {
      DSEG_TRY(append_replacement(out, error));
      iconv(opened, NULL, NULL, NULL, NULL);
      from++;
      left--;
    }
  }
  return DSEG_OK;
}

static dseg_status append_by_iconv(const char *encoding, dseg_view text, dseg_buffer *out, dseg_error *error) {
  const iconv_t opened = iconv_open("UTF-8", encoding);
  if ((intptr_t)opened == -1) {
    return errno == ENOMEM ? dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for the character set %s", encoding)
                           : append_ascii(text, out, error);
  }
  const dseg_status status = run_iconv(opened, text, out, error);
  iconv_close(opened);
  return status;
}

static bool iconv_converts(const char *encoding) {
  const iconv_t opened = iconv_open("UTF-8", encoding);
  return (intptr_t)opened != -1 ? iconv_close(opened) == 0 : errno == ENOMEM; /* the conversion will say so */
}
#else
static dseg_status append_by_iconv(const char *encoding, dseg_view text, dseg_buffer *out, dseg_error *error) {
  (void)encoding;
  return append_ascii(text, out, error);
}

static bool iconv_converts(const char *encoding) {
  (void)encoding;
  return false;
}
#endif

bool dseg_charset_converts(const char *encoding) {
  return own_converter(encoding) != NULL || iconv_converts(encoding);
}

dseg_status dseg_charset_append(const char *encoding, dseg_view text, dseg_buffer *out, dseg_error *error) {
  const converter own = own_converter(encoding);
  return own != NULL ? own(text, out, error) : append_by_iconv(encoding, text, out, error);
}
