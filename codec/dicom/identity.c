/* SPDX-License-Identifier: Apache-2.0 */
/* identity.c - whose a DICOM object is: Patient (PS3.3 C.7.1.1), General Study (C.7.2.1).
 *
 * dseg makes a study and a frame of reference for what comes without images, since an object must have them. These say
 * nothing of a person or a place. They are known by three marks together: the object says that dseg made it, it refers
 * to no image, and the UID is a UUID (PS3.5 B.2), as those that dseg makes are and those of images rarely. */
#include "dicom/identity.h"

#include <string.h>

#include "dicom/value_form.h"

static dseg_status is_absent(const dseg_elements *elements, uint32_t tag, bool *absent, dseg_error *error) {
  dseg_element element;
  DSEG_TRY(dseg_elements_find(elements, tag, &element, error));
  *absent = *absent && element.tag == 0;
  return DSEG_OK;
}

static dseg_status is_text(const dseg_elements *elements, uint32_t tag, const char *text, bool *same,
                           dseg_error *error) {
  dseg_element element;
  DSEG_TRY(dseg_elements_find(elements, tag, &element, error));
  *same = *same && dseg_element_is(&element, text);
  return DSEG_OK;
}

/* Whether dseg has made the object without images: its equipment, and none of Referenced Series Sequence, Studies
 * Containing Other Referenced Instances Sequence (C.12.2) and Source Image Sequence (C.12.4). */
static dseg_status is_made_alone(const dseg_elements *elements, bool *alone, dseg_error *error) {
  *alone = true;
  DSEG_TRY(is_text(elements, 0x00080070, "dseg project", alone, error));
  DSEG_TRY(is_text(elements, 0x00081090, "dseg", alone, error));
  DSEG_TRY(is_absent(elements, 0x00081115, alone, error));
  DSEG_TRY(is_absent(elements, 0x00081200, alone, error));
  return is_absent(elements, 0x00082112, alone, error);
}

static bool is_uuid(const char *uid) {
  return uid != NULL && strncmp(uid, "2.25.", 5) == 0;
}

/* As the ID would be written (mend.c), so that an object and the images it was made with have the same one. */
static dseg_status settle_id(dseg_description *texts, const char **id, dseg_error *error) {
  if (*id == NULL) {
    return DSEG_OK;
  }
  dseg_buffer joined = {0};
  dseg_buffer out = {0};
  bool mended = false;
  dseg_status status = dseg_buffer_append(&joined, *id, strlen(*id), error);
  for (size_t i = 0; status == DSEG_OK && i < joined.size; i++) {
    joined.data[i] = joined.data[i] == '\\' ? '/' : joined.data[i];
  }
  if (status == DSEG_OK) {
    status = dseg_mend_value("LO", (dseg_view){joined.data, joined.size}, &out, &mended, error);
  }
  if (status == DSEG_OK) {
    status = dseg_buffer_append(&out, "", 1, error);
  }
  if (status == DSEG_OK && strcmp((const char *)out.data, *id) != 0) {
    *id = dseg_description_strdup(texts, (const char *)out.data);
    status = *id != NULL ? DSEG_OK : dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a Patient ID");
  }
  dseg_buffer_free(&joined);
  dseg_buffer_free(&out);
  return status;
}

dseg_status dseg_read_identity(const dseg_part10 *part10, dseg_description *texts, dseg_identity *identity,
                               dseg_error *error) {
  const dseg_elements *elements = &part10->elements;
  dseg_text_reader reader = {&part10->character_set, texts, error, DSEG_OK};
  *identity = (dseg_identity){.is_known = true};
  identity->patient_id = dseg_read_text(&reader, elements, 0x00100020);
  identity->issuer = dseg_read_text(&reader, elements, 0x00100021);
  identity->study_uid = dseg_read_text(&reader, elements, 0x0020000D);
  const char *space = dseg_read_text(&reader, elements, 0x00200052);
  DSEG_TRY(reader.status);
  DSEG_TRY(settle_id(texts, &identity->patient_id, error));
  DSEG_TRY(settle_id(texts, &identity->issuer, error));
  dseg_elements qualifiers;
  bool found = false;
  DSEG_TRY(dseg_elements_find_item(elements, 0x00100024, &qualifiers, &found, error));
  if (found) {
    identity->issuer_entity = dseg_read_text(&reader, &qualifiers, 0x00400032);
    DSEG_TRY(reader.status);
  }
  bool alone = false;
  DSEG_TRY(is_made_alone(elements, &alone, error));
  identity->frame_of_reference_made = alone && is_uuid(space);
  if (alone && is_uuid(identity->study_uid)) {
    identity->study_uid = NULL;
  }
  return DSEG_OK;
}
