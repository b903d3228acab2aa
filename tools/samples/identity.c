/* SPDX-License-Identifier: Apache-2.0 */
/* identity.c - data sets without what tells who a patient is (PS3.15 Annex E): see identity.h. */
#include "samples/identity.h"

#include <stdlib.h>
#include <string.h>

#include "cli/images.h"
#include "cli/uid.h"
#include "dseg/plugin.h"
#include "dseg/transcode.h"
#include "samples/dicom_edit.h"
#include "samples/samples.h"

#define DUMMY_DATE "20000101"
#define DUMMY_TIME "000000"

void identity_end(identity *who) {
  dseg_buffer_free(&who->person);
}

/* What is not an instance's own, but a kind's: classes of objects, transfer syntaxes, coding schemes. */
static bool is_of_a_kind(uint32_t tag) {
  static const uint32_t tags[] = {
      0x00080016, 0x0008001A, 0x0008001B, 0x00080062, 0x0008010C, 0x00080117, 0x00080118,
      0x00081150, 0x0008115A, 0x00083002, 0x00041510, 0x00041512, 0x0004151A,
  };
  for (size_t i = 0; i < sizeof tags / sizeof *tags; i++) {
    if (tags[i] == tag) {
      return true;
    }
  }
  return false;
}

void identity_map_uid(const identity *who, dseg_view uid, char mapped[65]) {
  static const char standard[] = "1.2.840.10008.";
  if (uid.size >= sizeof standard - 1 && uid.size < 65 && memcmp(uid.data, standard, sizeof standard - 1) == 0) {
    memcpy(mapped, uid.data, uid.size);
    mapped[uid.size] = '\0';
    return;
  }
  dseg_sha256 hash;
  uint8_t digest[DSEG_SHA256_SIZE];
  dseg_sha256_start(&hash);
  dseg_sha256_add(&hash, who->seed, strlen(who->seed) + 1);
  dseg_sha256_add(&hash, uid.data, uid.size);
  dseg_sha256_finish(&hash, digest);
  cli_uid_from_digest(digest, mapped);
}

/* All values of a UI. */
static void map_uids(const identity *who, dseg_data_set *set, uint32_t tag) {
  dseg_view text = {NULL, 0};
  dseg_buffer all = {0};
  dseg_error error = {DSEG_OK, ""};
  dseg_status status = DSEG_OK;
  (void)dseg_data_set_get_text(set, tag, SIZE_MAX, &text);
  for (size_t at = 0, size = 0; status == DSEG_OK && at < text.size; at += size + 1) {
    const uint8_t *mark = memchr(text.data + at, '\\', text.size - at);
    size = mark != NULL ? (size_t)(mark - text.data) - at : text.size - at;
    char mapped[65];
    identity_map_uid(who, (dseg_view){text.data + at, size}, mapped);
    status = dseg_buffer_printf(&all, &error, "%s%s", at > 0 ? "\\" : "", mapped);
  }
  status = status == DSEG_OK ? dseg_buffer_append(&all, "", 1, &error) : status;
  if (status != DSEG_OK) {
    dseg_data_set_fail(set, status, error.message);
  } else if (all.size > 1) {
    dseg_data_set_put_text(set, tag, "UI", (const char *)all.data);
  }
  dseg_buffer_free(&all);
}

/* A value that says nothing; NULL where a VR has none. */
static const char *dummy_of(uint32_t tag, const char *vr) {
  static const struct {
    char vr[3];
    const char *text;
  } dummies[] = {{"DA", DUMMY_DATE},       {"TM", DUMMY_TIME}, {"DT", DUMMY_DATE DUMMY_TIME},
                 {"AS", "000D"},           {"IS", "0"},        {"DS", "0"},
                 {"PN", "SAMPLE^PATIENT"}, {"AE", "SAMPLE"},   {"CS", "SAMPLE"},
                 {"LO", "SAMPLE"},         {"LT", "SAMPLE"},   {"SH", "SAMPLE"},
                 {"ST", "SAMPLE"},         {"UC", "SAMPLE"},   {"UT", "SAMPLE"}};
  for (size_t i = 0; i < sizeof dummies / sizeof *dummies; i++) {
    if (strcmp(dummies[i].vr, vr) == 0) {
      return strcmp(vr, "PN") == 0 && tag != 0x00100010 ? "SAMPLE^PERSON" : dummies[i].text;
    }
  }
  return NULL;
}

static bool has_value(const dseg_data_set *set, uint32_t tag) {
  dseg_view text;
  return dseg_data_set_get_text(set, tag, SIZE_MAX, &text);
}

/* In implicit VR the VR of some elements is not known: what may be a sequence or a UID must not stay. */
static bool is_suspicious(const dseg_data_set *set, uint32_t tag) {
  dseg_view bytes;
  if (!dseg_data_set_get_bytes(set, tag, &bytes) || bytes.size == 0) {
    return false;
  }
  if (bytes.size >= 8 && memcmp(bytes.data, "\xFE\xFF\x00\xE0", 4) == 0) {
    return true;
  }
  size_t dots = 0;
  for (size_t i = 0; i < bytes.size; i++) {
    const uint8_t c = bytes.data[i];
    dots += c == '.' ? 1 : 0;
    if (c != '.' && c != '\\' && c != '\0' && (c < '0' || c > '9')) {
      return false;
    }
  }
  return dots > 2;
}

/* By the value representation alone. */
static void clean_by_vr(const identity *who, dseg_data_set *set, uint32_t tag, const char *vr) {
  if (strcmp(vr, "UI") == 0) {
    if (!is_of_a_kind(tag)) {
      map_uids(who, set, tag);
    }
  } else if (strcmp(vr, "UR") == 0 || (strcmp(vr, "UN") == 0 && is_suspicious(set, tag))) {
    dseg_data_set_remove(set, tag);
  } else if ((strcmp(vr, "DA") == 0 || strcmp(vr, "TM") == 0 || strcmp(vr, "DT") == 0) && has_value(set, tag)) {
    dseg_data_set_put_text(set, tag, vr, dummy_of(tag, vr));
  } else if (strcmp(vr, "PN") == 0) {
    dseg_data_set_put_text(set, tag, vr, NULL);
  }
}

static void clean_item(const identity *who, dseg_data_set *set);

static void clean_items(const identity *who, dseg_data_set *set, uint32_t tag) {  // NOLINT(misc-no-recursion)
  const size_t count = dseg_data_set_count_items(set, tag);
  for (size_t i = 0; i < count && dseg_data_set_enter_item(set, tag, i); i++) {
    clean_item(who, set);
    dseg_data_set_end_item(set);
  }
}

static void clean_sequence(const identity *who, dseg_data_set *set, uint32_t tag,  // NOLINT(misc-no-recursion)
                           identity_action action) {
  switch (action) {
    case IDENTITY_BY_VR: clean_items(who, set, tag); break;
    case IDENTITY_EMPTY: dseg_data_set_put_sequence(set, tag); break;
    case IDENTITY_REPLACE:
    case IDENTITY_REMOVE: dseg_data_set_remove(set, tag); break;
  }
}

static void clean_element(const identity *who, dseg_data_set *set, uint32_t tag,  // NOLINT(misc-no-recursion)
                          const char *vr) {
  const identity_action action = identity_find_action(tag);
  const char *dummy = dummy_of(tag, vr);
  if (strcmp(vr, "SQ") == 0) {
    clean_sequence(who, set, tag, action);
    return;
  }
  if (strcmp(vr, "UN") == 0 && action != IDENTITY_BY_VR) {
    dseg_data_set_remove(set, tag);
    return;
  }
  const bool is_time = strcmp(vr, "DA") == 0 || strcmp(vr, "TM") == 0 || strcmp(vr, "DT") == 0;
  switch (action) {
    case IDENTITY_BY_VR: clean_by_vr(who, set, tag, vr); break;
    case IDENTITY_REMOVE: dseg_data_set_remove(set, tag); break;
    case IDENTITY_EMPTY:
      if (dummy != NULL) { /* a time that is not there is no better than one that says nothing, and sorts worse */
        dseg_data_set_put_text(set, tag, vr, is_time && has_value(set, tag) ? dummy : NULL);
      } else {
        dseg_data_set_remove(set, tag);
      }
      break;
    case IDENTITY_REPLACE:
      if (dummy != NULL) {
        dseg_data_set_put_text(set, tag, vr, dummy);
      } else {
        dseg_data_set_remove(set, tag);
      }
      break;
  }
}

/* The current item. */
static void clean_item(const identity *who, dseg_data_set *set) {  // NOLINT(misc-no-recursion): DSEG_DATA_SET_DEPTH
  char vr[3];
  for (uint32_t tag = 0; dseg_data_set_next(set, &tag, vr);) {
    if (tag >> 16 != 0x7FE0) {
      clean_element(who, set, tag, vr);
    }
  }
}

/* PS3.3 C.7.1.1 and C.12.1.1; the code is of CID 7050. */
static void put_method(dseg_data_set *set) {
  dseg_data_set_put_text(set, 0x00120062, "CS", "YES");
  dseg_data_set_put_text(set, 0x00120063, "LO", "dseg samples");
  dseg_data_set_put_sequence(set, 0x00120064);
  dseg_data_set_begin_item(set, 0x00120064);
  dseg_data_set_put_text(set, 0x00080100, "SH", "113100");
  dseg_data_set_put_text(set, 0x00080102, "SH", "DCM");
  dseg_data_set_put_text(set, 0x00080104, "LO", "Basic Application Confidentiality Profile");
  dseg_data_set_end_item(set);
  dseg_data_set_put_text(set, 0x00280303, "CS", "REMOVED");
}

/* Samples are of one patient: two would become one. */
static dseg_status check_person(identity *who, const dseg_data_set *set, const char *name, dseg_error *error) {
  dseg_view id = {NULL, 0};
  dseg_view issuer = {NULL, 0};
  dseg_buffer person = {0};
  if (!dseg_data_set_get_text(set, 0x00100020, SIZE_MAX, &id)) {
    return DSEG_OK;
  }
  (void)dseg_data_set_get_text(set, 0x00100021, SIZE_MAX, &issuer);
  dseg_status status = dseg_buffer_printf(&person, error, "\"%.*s\"%s%.*s", (int)id.size, (const char *)id.data,
                                          issuer.size > 0 ? " of " : "", (int)issuer.size, (const char *)issuer.data);
  if (status == DSEG_OK && who->person.size == 0) {
    dseg_buffer_free(&who->person);
    who->person = person;
    return DSEG_OK;
  }
  if (status == DSEG_OK &&
      (person.size != who->person.size || memcmp(person.data, who->person.data, person.size) != 0)) {
    status = dseg_fail(error, DSEG_ERROR_INPUT,
                       "%s: Patient ID (0010,0020) is %.*s, and that of a file before is %.*s: samples are of one "
                       "patient, give images of one",
                       name, (int)person.size, (const char *)person.data, (int)who->person.size,
                       (const char *)who->person.data);
  }
  dseg_buffer_free(&person);
  return status;
}

/* The mark of an experimental encoding, which is no person's: it is put back when private elements have gone. */
static void clean_all(const identity *who, dseg_data_set *set) {
  uint32_t creator = 0x00710010;
  dseg_view text = {NULL, 0};
  char mark[200] = "";
  while (creator <= 0x007100FF && !dseg_data_set_text_is(set, creator, "DSEG PROPOSALS")) {
    creator++;
  }
  if (creator <= 0x007100FF && dseg_data_set_get_text(set, 0x00710001 | (creator & 0xFFu) << 8, SIZE_MAX, &text) &&
      text.size < sizeof mark) {
    memcpy(mark, text.data, text.size);
    mark[text.size] = '\0';
  }
  clean_item(who, set);
  if (mark[0] != '\0') {
    dseg_data_set_put_text(set, 0x00710010, "LO", "DSEG PROPOSALS");
    dseg_data_set_put_text(set, 0x00711001, "LO", mark);
  }
}

static dseg_status clean(identity *who, dseg_data_set *set, dseg_view bytes, const char *name, const char *syntax,
                         dseg_buffer *out, dseg_error *error) {
  const bool implicit_vr = strcmp(syntax, "1.2.840.10008.1.2") == 0;
  DSEG_TRY(dseg_data_set_read(set, bytes, implicit_vr ? DSEG_IMPLICIT_VR : DSEG_EXPLICIT_VR, error));
  uint16_t rows = 0;
  if (!dseg_data_set_get_u16(set, 0x00280010, 0, &rows)) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED, "is no image");
  }
  DSEG_TRY(check_person(who, set, name, error));
  clean_all(who, set);
  put_method(set);
  DSEG_TRY(dseg_data_set_status(set, error));
  const dseg_file_encoding encoding = {.transfer_syntax_uid = syntax,
                                       .implicit_vr = implicit_vr,
                                       .implementation_class_uid = DSEG_PRIVATE_UID("1"),
                                       .implementation_version_name = "DSEG_" DSEG_VERSION_STRING};
  return dseg_data_set_write_file(set, &encoding, out, NULL, error);
}

/* A segmentation whose data set is deflated or big-endian, which dseg_data_set_read does not take. */
static dseg_status read_recoded(dseg_view bytes, const char *name, const char *syntax, dseg_buffer *plain,
                                dseg_error *error) {
  const dseg_transcode_options options = {.struct_size = sizeof options, .transfer_syntax = "explicit-le"};
  const dseg_output output = dseg_output_to_buffer(plain);
  dseg_error why = {DSEG_OK, ""};
  dseg_input *input = NULL;
  DSEG_TRY(dseg_input_from_memory(bytes, &input, error));
  const dseg_status status = dseg_transcode(input, name, &output, &options, &why);
  dseg_input_close(input);
  if (status == DSEG_OK) {
    return DSEG_OK;
  }
  return dseg_fail(error, status,
                   "its data set is %s, and rewriting it in Explicit VR Little Endian fails (%s): convert it first",
                   syntax[strlen(syntax) - 1] == '9' ? "deflated (PS3.5 A.5)" : "big-endian", why.message);
}

dseg_status identity_replace_file(identity *who, dseg_view bytes, const char *name, dseg_buffer *out,
                                  dseg_error *error) {
  size_t start = 0;
  char syntax[65];
  if (!cli_read_meta(bytes, &start, syntax)) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED, "is no DICOM file (PS3.10)");
  }
  dseg_buffer plain = {0};
  dseg_status status = DSEG_OK;
  if (strcmp(syntax, "1.2.840.10008.1.2.1.99") == 0 || strcmp(syntax, "1.2.840.10008.1.2.2") == 0) {
    status = read_recoded(bytes, name, syntax, &plain, error);
    bytes = (dseg_view){plain.data, plain.size};
    if (status == DSEG_OK && !cli_read_meta(bytes, &start, syntax)) {
      status = dseg_fail(error, DSEG_ERROR_FORMAT, "is no DICOM file (PS3.10) in Explicit VR Little Endian");
    }
  }
  dseg_data_set *set = NULL;
  if (status == DSEG_OK) {
    status = dseg_data_set_create(&set, error);
  }
  if (status == DSEG_OK) {
    status = clean(who, set, (dseg_view){bytes.data + start, bytes.size - start}, name, syntax, out, error);
  }
  dseg_data_set_destroy(set);
  dseg_buffer_free(&plain);
  return status;
}
