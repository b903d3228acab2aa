/* SPDX-License-Identifier: Apache-2.0 */
/* charset.c - text to UTF-8 (PS3.3 C.12.1.1.2, PS3.5 section 6.1): the repertoires of Specific Character Set
 * (0008,0005), with or without the code extensions of ISO 2022.
 *
 * Text is cut into runs of one repertoire, which charset_convert.c converts. Conversion never fails for what the text
 * is: a byte that its repertoire does not have, or that this build cannot convert, becomes U+FFFD. Text of an object
 * without (0008,0005) is ASCII; where it is not and is UTF-8, which dcmjs writes without saying so, it is kept. */
#include <string.h>

#include "dicom/charset_convert.h"
#include "dicom/elements.h"

#define ESCAPE 0x1B
#define REPLACEMENT "\xEF\xBF\xBD"

/* Repertoires. Those up to GB2312 can be designated by an escape sequence. */
enum { ASCII, ROMAJI, KATAKANA, JIS0208, JIS0212, KSX1001, GB2312, SINGLE_BYTE };

/* How a repertoire's characters are given to iconv. */
struct repertoire {
  const char *term;   /* what follows "ISO_IR " or "ISO 2022 IR " in (0008,0005) */
  const char *escape; /* behind ESC; NULL: none */
  unsigned kind;
  const char *iconv_name;
};

/* PS3.3 Tables C.12-2, C.12-3 and C.12-4. The single bytes of Shift JIS are those of JIS X 0201. */
static const struct repertoire repertoires[] = {
    {"6", "(B", ASCII, NULL},
    {"13", "(J", ROMAJI, "JIS_X0201"},
    {"13", ")I", KATAKANA, "JIS_X0201"},
    {"87", "$B", JIS0208, "EUC-JP"},
    {"159", "$(D", JIS0212, "EUC-JP"},
    {"149", "$)C", KSX1001, "EUC-KR"},
    {"58", "$)A", GB2312, "EUC-CN"},
    {"100", "-A", SINGLE_BYTE, "ISO-8859-1"},
    {"101", "-B", SINGLE_BYTE, "ISO-8859-2"},
    {"109", "-C", SINGLE_BYTE, "ISO-8859-3"},
    {"110", "-D", SINGLE_BYTE, "ISO-8859-4"},
    {"144", "-L", SINGLE_BYTE, "ISO-8859-5"},
    {"127", "-G", SINGLE_BYTE, "ISO-8859-6"},
    {"126", "-F", SINGLE_BYTE, "ISO-8859-7"},
    {"138", "-H", SINGLE_BYTE, "ISO-8859-8"},
    {"148", "-M", SINGLE_BYTE, "ISO-8859-9"},
    {"203", "-b", SINGLE_BYTE, "ISO-8859-15"},
    {"166", "-T", SINGLE_BYTE, "TIS-620"},
};
#define REPERTOIRE_COUNT (sizeof repertoires / sizeof repertoires[0])

/* Terms without code extensions that are encodings of their own. */
struct encoding {
  const char *term;
  const char *iconv_name;
};
static const struct encoding encodings[] = {{"ISO_IR 192", "UTF-8"}, {"GB18030", "GB18030"}, {"GBK", "GBK"}};

struct decoder {
  const struct repertoire *first_g0, *first_g1; /* what holds at first, and after each delimiter */
  const struct repertoire *g0, *g1;             /* for bytes below and above 128; NULL: none */
  const char *run_name;                         /* encoding of the run being collected; NULL: ASCII */
  dseg_buffer run;
  dseg_buffer *out;
};

static dseg_status flush(struct decoder *decoder, dseg_error *error) {
  const dseg_view run = {decoder->run.data, decoder->run.size};
  decoder->run.size = 0;
  return run.size != 0 ? dseg_charset_append(decoder->run_name, run, decoder->out, error) : DSEG_OK;
}

static dseg_status collect(struct decoder *decoder, const char *name, const uint8_t *bytes, size_t size,
                           dseg_error *error) {
  if (decoder->run.size != 0 && decoder->run_name != name) {
    DSEG_TRY(flush(decoder, error));
  }
  decoder->run_name = name;
  return dseg_buffer_append(&decoder->run, bytes, size, error);
}

static const struct repertoire *find_term(const char *term, size_t size, bool upper_half) {
  for (size_t i = 0; i < REPERTOIRE_COUNT; i++) {
    const struct repertoire *found = &repertoires[i];
    const bool in_g1 = found->escape[0] == ')' || found->escape[0] == '-' || found->escape[1] == ')';
    if (strlen(found->term) == size && memcmp(found->term, term, size) == 0 && in_g1 == upper_half) {
      return found;
    }
  }
  return NULL;
}

/* The repertoires that a term names, NULL where it names none. */
static void find_repertoires(dseg_view term, const struct repertoire **lower, const struct repertoire **upper) {
  static const char *const prefixes[] = {"ISO_IR ", "ISO 2022 IR "};
  *lower = NULL;
  *upper = NULL;
  for (size_t i = 0; i < 2; i++) {
    const size_t length = strlen(prefixes[i]);
    if (term.size > length && memcmp(term.data, prefixes[i], length) == 0) {
      const char *number = (const char *)term.data + length;
      *lower = find_term(number, term.size - length, false);
      *upper = find_term(number, term.size - length, true);
    }
  }
}

static const struct encoding *find_encoding(dseg_view term) {
  for (size_t i = 0; i < sizeof encodings / sizeof encodings[0]; i++) {
    if (term.size == strlen(encodings[i].term) && memcmp(term.data, encodings[i].term, term.size) == 0) {
      return &encodings[i];
    }
  }
  return NULL;
}

/* The first value of (0008,0005) says what holds before any escape sequence; an empty one means ASCII. */
static void designate_first(struct decoder *decoder, dseg_view term) {
  const struct repertoire *lower;
  find_repertoires(term, &lower, &decoder->first_g1);
  /* A multi-byte repertoire is never in force at first, although some writers name it first. */
  decoder->first_g0 = lower != NULL && lower->kind == ROMAJI ? lower : &repertoires[0];
  decoder->g0 = decoder->first_g0;
  decoder->g1 = decoder->first_g1;
}

/* The escape sequence at text, whose length behind ESC is *size; NULL when it is none of DICOM's. */
static const struct repertoire *find_escape(dseg_view text, size_t *size) {
  for (size_t i = 0; i < REPERTOIRE_COUNT; i++) {
    *size = strlen(repertoires[i].escape);
    if (text.size >= *size && memcmp(text.data, repertoires[i].escape, *size) == 0) {
      return &repertoires[i];
    }
  }
  return NULL;
}

/* Characters that end what escape sequences have set (PS3.5 6.1.2.5.3). */
static bool resets(uint8_t byte) {
  return byte == '\t' || byte == '\n' || byte == '\f' || byte == '\r' || byte == '\\' || byte == '^' || byte == '=';
}

/* Collects the character at text; *used receives its bytes. */
static dseg_status decode_character(struct decoder *decoder, dseg_view text, size_t *used, dseg_error *error) {
  const uint8_t first = text.data[0];
  const struct repertoire *repertoire = first < 0x80 ? decoder->g0 : decoder->g1;
  const unsigned kind = repertoire != NULL ? repertoire->kind : ASCII;
  *used = 1;
  if (first <= 0x20 || kind == ASCII) {
    return collect(decoder, NULL, &first, 1, error);
  }
  const bool two_bytes = kind == JIS0208 || kind == JIS0212 || kind == KSX1001 || kind == GB2312;
  if (!two_bytes) {
    return collect(decoder, repertoire->iconv_name, &first, 1, error);
  }
  if (text.size < 2 || (text.data[1] & 0x80) != (first & 0x80)) {
    DSEG_TRY(flush(decoder, error));
    return dseg_buffer_append(decoder->out, REPLACEMENT, 3, error);
  }
  *used = 2;
  const uint8_t packed[3] = {0x8F, first | 0x80, text.data[1] | 0x80};
  return kind == JIS0212 ? collect(decoder, repertoire->iconv_name, packed, 3, error)
                         : collect(decoder, repertoire->iconv_name, packed + 1, 2, error);
}

static dseg_status decode(struct decoder *decoder, dseg_view text, dseg_error *error) {
  while (text.size > 0) {
    size_t used;
    if (text.data[0] == ESCAPE) {
      const dseg_view behind = {text.data + 1, text.size - 1};
      const struct repertoire *found = find_escape(behind, &used);
      if (found == NULL) {
        DSEG_TRY(flush(decoder, error));
        DSEG_TRY(dseg_buffer_append(decoder->out, REPLACEMENT, 3, error));
        used = 0;
      } else if (found->escape[0] == '(' || (found->escape[0] == '$' && found->escape[1] != ')')) {
        decoder->g0 = found;
      } else {
        decoder->g1 = found;
      }
      used++;
    } else {
      const bool two_bytes = decoder->g0->kind == JIS0208 || decoder->g0->kind == JIS0212;
      if (resets(text.data[0]) && (!two_bytes || text.data[0] < 0x20)) {
        decoder->g0 = decoder->first_g0;
        decoder->g1 = decoder->first_g1;
      }
      DSEG_TRY(decode_character(decoder, text, &used, error));
    }
    text.data += used;
    text.size -= used;
  }
  return flush(decoder, error);
}

static bool is_plain(dseg_view text) {
  for (size_t i = 0; i < text.size; i++) {
    if (text.data[i] >= 0x80 || text.data[i] == ESCAPE || text.data[i] == 0) {
      return false;
    }
  }
  return true;
}

dseg_status dseg_text_to_utf8(dseg_view text, const dseg_element *character_set, dseg_buffer *out, dseg_error *error) {
  dseg_view term = {0};
  if (is_plain(text)) {
    return dseg_buffer_append(out, text.data, text.size, error);
  }
  (void)dseg_element_text(character_set, 0, &term);
  const struct encoding *encoding = find_encoding(term);
  if (encoding != NULL) {
    return dseg_charset_append(encoding->iconv_name, text, out, error);
  }
  if (character_set->value.size == 0 && memchr(text.data, ESCAPE, text.size) == NULL && dseg_is_utf8(text)) {
    return dseg_buffer_append(out, text.data, text.size, error);
  }
  struct decoder decoder = {.out = out};
  designate_first(&decoder, term);
  const dseg_status status = decode(&decoder, text, error);
  dseg_buffer_free(&decoder.run);
  return status;
}

static bool converts(dseg_view term) {
  const struct encoding *encoding = find_encoding(term);
  const struct repertoire *lower;
  const struct repertoire *upper;
  if (encoding != NULL) {
    return dseg_charset_converts(encoding->iconv_name);
  }
  find_repertoires(term, &lower, &upper);
  return (lower != NULL || upper != NULL) && (lower == NULL || dseg_charset_converts(lower->iconv_name)) &&
         (upper == NULL || dseg_charset_converts(upper->iconv_name));
}

bool dseg_charset_is_known(const dseg_element *character_set, dseg_view *unknown) {
  dseg_view all = {0};
  dseg_view term = {0};
  (void)dseg_element_text(character_set, SIZE_MAX, &all);
  size_t values = all.size > 0 ? 1 : 0;
  for (size_t i = 0; i < all.size; i++) {
    values += all.data[i] == '\\';
  }
  for (size_t i = 0; i < values; i++) {
    if (dseg_element_text(character_set, i, &term) && term.size > 0 && !converts(term)) {
      *unknown = term;
      return false;
    }
  }
  return true;
}

dseg_status dseg_element_utf8(const dseg_element *element, const dseg_element *character_set,
                              dseg_description *description, const char **text, dseg_error *error) {
  dseg_view encoded;
  dseg_buffer converted = {0};
  *text = NULL;
  if (!dseg_element_text(element, SIZE_MAX, &encoded)) {
    return DSEG_OK;
  }
  dseg_status status = dseg_text_to_utf8(encoded, character_set, &converted, error);
  if (status == DSEG_OK) {
    status = dseg_buffer_append(&converted, "", 1, error);
  }
  if (status == DSEG_OK) {
    *text = dseg_description_strdup(description, (const char *)converted.data);
    status = *text != NULL ? DSEG_OK : dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a text");
  }
  dseg_buffer_free(&converted);
  return status;
}

const char *dseg_read_text(dseg_text_reader *reader, const dseg_elements *in, uint32_t tag) {
  dseg_element element;
  const char *text = NULL;
  if (reader->status == DSEG_OK && dseg_elements_find(in, tag, &element, NULL) == DSEG_OK) {
    reader->status = dseg_element_utf8(&element, reader->character_set, reader->description, &text, reader->error);
  }
  return text;
}
