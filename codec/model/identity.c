/* SPDX-License-Identifier: Apache-2.0 */
/* identity.c - refuses to put two patients, or two frames of reference, into one object.
 *
 * A patient, a study and a frame of reference belong together (PS3.3 A.1.2): segments of one patient in the study of
 * another are findings that nobody has. What a file does not say is no contradiction, but is told. */
#include "model/identity.h"

#include <string.h>

/* How many characters of a value a message shows: more than any UID or Patient ID that is valid has. */
#define SHOWN 120

static bool differs(const char *a, const char *b) {
  return a != NULL && b != NULL && strcmp(a, b) != 0;
}

/* The issuers of one ID: their Universal Entity IDs tell them apart where both have one, else their names do. */
static bool is_other_issuer(const dseg_identity *a, const dseg_identity *b) {
  return a->issuer_entity != NULL && b->issuer_entity != NULL ? differs(a->issuer_entity, b->issuer_entity)
                                                              : differs(a->issuer, b->issuer);
}

bool dseg_is_other_patient(const dseg_identity *a, const dseg_identity *b) {
  if (a->patient_id == NULL || b->patient_id == NULL) {
    return false;
  }
  return differs(a->patient_id, b->patient_id) || is_other_issuer(a, b);
}

static const char *known_space(const dseg_party *party) {
  return party->identity->frame_of_reference_made ? NULL : party->frame_of_reference_uid;
}

static size_t find_patient(const dseg_party *parties, size_t count) {
  for (size_t i = 0; i < count; i++) {
    if (parties[i].identity->patient_id != NULL) {
      return i;
    }
  }
  return 0;
}

static size_t find_space(const dseg_party *parties, size_t count) {
  size_t made = 0;
  for (size_t i = 0; i < count; i++) {
    if (known_space(&parties[i]) != NULL) {
      return i;
    }
    made = parties[made].frame_of_reference_uid == NULL && parties[i].frame_of_reference_uid != NULL ? i : made;
  }
  return made;
}

static dseg_status refuse_patient(const dseg_party *a, const dseg_party *b, dseg_error *error) {
  if (differs(a->identity->patient_id, b->identity->patient_id)) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                     "%s and %s are of different patients: Patient ID (0010,0020) is \"%.*s\" and \"%.*s\" (PS3.3 "
                     "C.7.1.1); where one person is meant, say so with the option other-patient",
                     a->name, b->name, SHOWN, a->identity->patient_id, SHOWN, b->identity->patient_id);
  }
  const bool entities = a->identity->issuer_entity != NULL && b->identity->issuer_entity != NULL;
  return dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                   "%s and %s are of different patients: Patient ID (0010,0020) \"%.*s\" is of two issuers, %s is "
                   "\"%.*s\" and \"%.*s\" (PS3.3 C.7.1.1); where one person is meant, say so with the option "
                   "other-patient",
                   a->name, b->name, SHOWN, a->identity->patient_id,
                   entities ? "Universal Entity ID (0040,0032) of Issuer of Patient ID Qualifiers (0010,0024)"
                            : "Issuer of Patient ID (0010,0021)",
                   SHOWN, entities ? a->identity->issuer_entity : a->identity->issuer, SHOWN,
                   entities ? b->identity->issuer_entity : b->identity->issuer);
}

static dseg_status check_patients(const dseg_party *parties, size_t count, bool other_patient,
                                  const dseg_warning_sink *warnings, size_t leader, dseg_error *error) {
  const dseg_party *first = &parties[leader];
  for (size_t i = 0; i < count; i++) {
    if (!dseg_is_other_patient(first->identity, parties[i].identity)) {
      continue;
    }
    if (!other_patient) {
      return refuse_patient(first, &parties[i], error);
    }
    dseg_warn(warnings,
              "the patient of %s is taken, Patient ID (0010,0020) \"%.*s\"; %s has \"%.*s\" (option other-patient)",
              first->name, SHOWN, first->identity->patient_id, parties[i].name, SHOWN, parties[i].identity->patient_id);
    return DSEG_OK;
  }
  return DSEG_OK;
}

static dseg_status check_spaces(const dseg_party *parties, size_t count, bool other_patient,
                                const dseg_warning_sink *warnings, size_t leader, dseg_error *error) {
  const dseg_party *first = &parties[leader];
  for (size_t i = 0; i < count; i++) {
    const char *space = known_space(&parties[i]);
    if (!differs(known_space(first), space)) {
      continue;
    }
    if (!other_patient) {
      return dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                       "%s and %s do not lie in one space: Frame of Reference UID (0020,0052) is %.*s and %.*s (PS3.3 "
                       "C.7.4.1); where their positions are meant alike, say so with the option other-patient",
                       first->name, parties[i].name, SHOWN, first->frame_of_reference_uid, SHOWN, space);
    }
    dseg_warn(warnings,
              "the frame of reference of %s is taken, %.*s (0020,0052), with the positions as they are; %s has %.*s "
              "(option other-patient)",
              first->name, SHOWN, first->frame_of_reference_uid, parties[i].name, SHOWN, space);
    return DSEG_OK;
  }
  return DSEG_OK;
}

/* "b.dcm" or "b.dcm and 3 more". */
static void warn_of(const dseg_warning_sink *warnings, const dseg_party *party, size_t more, const char *what,
                    const dseg_party *leader, const char *end) {
  if (more == 0) {
    dseg_warn(warnings, "%s %s %s%s", party->name, what, leader->name, end);
  } else {
    dseg_warn(warnings, "%s and %zu more: each %s %s%s", party->name, more, what, leader->name, end);
  }
}

static bool lacks_patient(const dseg_party *party, const dseg_party *leader) {
  return party->identity->patient_id == NULL && leader->identity->patient_id != NULL;
}

static bool lacks_space(const dseg_party *party, const dseg_party *leader) {
  const char *uid = party->frame_of_reference_uid;
  return known_space(party) == NULL && leader->frame_of_reference_uid != NULL &&
         (uid == NULL || strcmp(uid, leader->frame_of_reference_uid) != 0);
}

static bool has_other_study(const dseg_party *party, const dseg_party *leader) {
  return differs(party->identity->study_uid, leader->identity->study_uid);
}

/* Warns once for all parties of which something is true. */
static void tell(const dseg_party *parties, size_t count, const dseg_party *leader,
                 bool (*is_so)(const dseg_party *party, const dseg_party *leader), const char *what, const char *end,
                 const dseg_warning_sink *warnings) {
  const dseg_party *first = NULL;
  size_t more = 0;
  for (size_t i = 0; i < count; i++) {
    if (&parties[i] != leader && parties[i].identity->is_known && is_so(&parties[i], leader)) {
      more += first != NULL ? 1 : 0;
      first = first != NULL ? first : &parties[i];
    }
  }
  if (first != NULL) {
    warn_of(warnings, first, more, what, leader, end);
  }
}

dseg_status dseg_check_parties(const dseg_party *parties, size_t count, bool other_patient,
                               const dseg_warning_sink *warnings, dseg_leaders *leaders, dseg_error *error) {
  *leaders = (dseg_leaders){find_patient(parties, count), find_space(parties, count)};
  const dseg_party *patient = &parties[leaders->patient];
  const dseg_party *space = &parties[leaders->frame_of_reference];
  DSEG_TRY(check_patients(parties, count, other_patient, warnings, leaders->patient, error));
  DSEG_TRY(check_spaces(parties, count, other_patient, warnings, leaders->frame_of_reference, error));
  tell(parties, count, patient, lacks_patient,
       "has no Patient ID (0010,0020), and is taken for one of the same patient as", "", warnings);
  tell(parties, count, space, lacks_space,
       "has no Frame of Reference UID (0020,0052) from images, and is taken to lie in that of", "", warnings);
  tell(parties, count, patient, has_other_study, "has another Study Instance UID (0020,000D) than",
       ", in whose study the result is", warnings);
  return DSEG_OK;
}
