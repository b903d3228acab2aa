/* SPDX-License-Identifier: Apache-2.0 */
/* mend_modules.c - what modules ask of their attributes together (PS3.3 7.4, and the modules' tables). */
#include <string.h>

#include "dicom/context_tags.h"
#include "dicom/mend.h"
#include "dicom/mend_items.h"

/* Type 1 in a module that need not be there: without one of them it cannot be there. */
typedef struct module_need {
  dseg_module module;
  uint32_t tag, other; /* either of them; other 0: none */
  const char *text;
} module_need;

static const module_need needs[] = {
    {DSEG_MODULE_TRIAL_SUBJECT, 0x00120010, 0, "Clinical Trial Sponsor Name (0012,0010) (PS3.3 C.7.1.3)"},
    {DSEG_MODULE_TRIAL_SUBJECT, 0x00120020, 0, "Clinical Trial Protocol ID (0012,0020) (PS3.3 C.7.1.3)"},
    {DSEG_MODULE_TRIAL_SUBJECT, 0x00120040, 0x00120042,
     "Clinical Trial Subject ID (0012,0040) or Subject Reading ID (0012,0042) (PS3.3 C.7.1.3)"},
    {DSEG_MODULE_SPECIMEN, 0x00400512, 0, "Container Identifier (0040,0512) (PS3.3 C.7.6.22)"},
    {DSEG_MODULE_SPECIMEN, 0x00400560, 0, "Specimen Description Sequence (0040,0560) (PS3.3 C.7.6.22)"}};

static bool any_of(const dseg_data_set *set, dseg_module module) {
  size_t count;
  const dseg_context_tag *tags = dseg_context_tags(&count);
  for (size_t i = 0; i < count; i++) {
    if (tags[i].module == module && dseg_set_has_content(set, tags[i].tag)) {
      return true;
    }
  }
  return false;
}

static void remove_module(dseg_data_set *set, dseg_module module) {
  size_t count;
  const dseg_context_tag *tags = dseg_context_tags(&count);
  for (size_t i = 0; i < count; i++) {
    if (tags[i].module == module) {
      dseg_data_set_remove(set, tags[i].tag);
    }
  }
}

/* Attributes of type 2, empty where they are missing. */
static void complete_module(dseg_data_set *set, dseg_module module) {
  size_t count;
  const dseg_context_tag *tags = dseg_context_tags(&count);
  for (size_t i = 0; i < count; i++) {
    if (tags[i].module != module || tags[i].type != 2 || dseg_set_has_element(set, tags[i].tag)) {
      continue;
    }
    if (memcmp(tags[i].vr, "SQ", 2) == 0) {
      dseg_data_set_put_sequence(set, tags[i].tag);
    } else {
      dseg_data_set_put_text(set, tags[i].tag, tags[i].vr, NULL);
    }
  }
}

static void settle_optional_module(dseg_data_set *set, dseg_module module, const dseg_warning_sink *warnings) {
  if (!any_of(set, module)) {
    remove_module(set, module); /* nothing but empty attributes */
    return;
  }
  for (size_t i = 0; i < sizeof needs / sizeof needs[0]; i++) {
    const module_need *need = &needs[i];
    if (need->module == module && !dseg_set_has_content(set, need->tag) &&
        (need->other == 0 || !dseg_set_has_content(set, need->other))) {
      dseg_warn(warnings, "%s is missing: the attributes of its module are left out", need->text);
      remove_module(set, module);
      return;
    }
  }
  complete_module(set, module);
}

/* Attributes that say nothing without another. */
static void remove_alone(dseg_data_set *set, const dseg_warning_sink *warnings) {
  static const struct {
    uint32_t tag, needed, other; /* either of them; other 0: none */
    const char *text;
  } pairs[] = {
      {0x00100033, 0x00100035, 0, "Patient's Birth Date in Alternative Calendar (0010,0033) without the calendar"},
      {0x00100034, 0x00100035, 0, "Patient's Death Date in Alternative Calendar (0010,0034) without the calendar"},
      {0x00100035, 0x00100033, 0x00100034, "Patient's Alternative Calendar (0010,0035) without a date in it"},
      {0x00102297, 0x00102298, 0, "Responsible Person (0010,2297) without Responsible Person Role"},
      {0x00102298, 0x00102297, 0, "Responsible Person Role (0010,2298) without Responsible Person"},
      {0x00120052, 0x00120053, 0, "Longitudinal Temporal Offset from Event (0012,0052) without type of event"},
      {0x00120053, 0x00120052, 0, "Longitudinal Temporal Event Type (0012,0053) without offset"},
      {0x00120082, 0x00120081, 0, "Ethics Committee Approval Number (0012,0082) without Ethics Committee Name"}};
  for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
    const bool is_alone = !dseg_set_has_content(set, pairs[i].needed) &&
                          (pairs[i].other == 0 || !dseg_set_has_content(set, pairs[i].other));
    if (is_alone && dseg_set_has_element(set, pairs[i].tag)) {
      if (dseg_set_has_content(set, pairs[i].tag)) {
        dseg_warn(warnings, "%s is left out (PS3.3 C.7.1.1, C.7.1.3, C.7.2.3)", pairs[i].text);
      }
      dseg_data_set_remove(set, pairs[i].tag);
    }
  }
}

/* What a patient that has a species must have, empty where it is missing (2C: required of non-human organisms, PS3.3
 * C.7.1.1, C.7.2.2). */
static void complete_animal(dseg_data_set *set) {
  static const struct {
    uint32_t tag;
    const char *vr;
  } wanted[] = {{0x00102203, "CS"}, {0x00102292, "LO"}, {0x00102297, "PN"}, {0x00102299, "LO"}};
  static const uint32_t sequences[] = {0x00102293, 0x00102294};
  if (!dseg_set_has_content(set, 0x00102201) && !dseg_set_has_content(set, 0x00102202)) {
    return;
  }
  for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
    dseg_data_set_put_default_text(set, wanted[i].tag, wanted[i].vr, NULL);
  }
  for (size_t i = 0; i < sizeof sequences / sizeof sequences[0]; i++) {
    if (!dseg_set_has_element(set, sequences[i])) {
      dseg_data_set_put_sequence(set, sequences[i]);
    }
  }
}

/* De-identification Method (0012,0063) or its codes: 1C, required if Patient Identity Removed is YES (C.7.1.1). */
static void settle_deidentification(dseg_data_set *set, const dseg_warning_sink *warnings) {
  if (dseg_data_set_text_is(set, 0x00120062, "YES") && !dseg_set_has_content(set, 0x00120063) &&
      !dseg_set_has_content(set, 0x00120064)) {
    dseg_data_set_put_text(set, 0x00120063, "LO", "Unspecified");
    dseg_warn(warnings,
              "De-identification Method (0012,0063) is missing beside Patient Identity Removed (0012,0062) YES (PS3.3 "
              "C.7.1.1): written as \"Unspecified\"");
  }
}

void dseg_mend_modules(dseg_data_set *set, const dseg_warning_sink *warnings) {
  settle_optional_module(set, DSEG_MODULE_TRIAL_SUBJECT, warnings);
  settle_optional_module(set, DSEG_MODULE_TRIAL_STUDY, warnings);
  settle_optional_module(set, DSEG_MODULE_TRIAL_SERIES, warnings);
  settle_optional_module(set, DSEG_MODULE_SPECIMEN, warnings);
  remove_alone(set, warnings);
  complete_animal(set);
  settle_deidentification(set, warnings);
}
