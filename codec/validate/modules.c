/* SPDX-License-Identifier: Apache-2.0 */
/* modules.c - attributes of types 1 and 2 of the modules that no other check is about (PS3.3 Tables A.51-1, A.51-2):
 * rule module-attribute. */
#include "dicom/context_tags.h"
#include "validate/check.h"

struct required {
  uint32_t tag;
  unsigned type; /* 1: with a value; 2: may be empty */
  const char *module;
};

/* Of the modules that every segmentation has. */
static const struct required required[] = {
    {0x00080020, 2, "General Study, C.7.2.1"},
    {0x00080023, 1, "Multi-frame Functional Groups, C.7.6.16"},
    {0x00080030, 2, "General Study, C.7.2.1"},
    {0x00080033, 1, "Multi-frame Functional Groups, C.7.6.16"},
    {0x00080050, 2, "General Study, C.7.2.1"},
    {0x00080070, 1, "Enhanced General Equipment, C.7.5.2"},
    {0x00080090, 2, "General Study, C.7.2.1"},
    {0x00081090, 1, "Enhanced General Equipment, C.7.5.2"},
    {0x00100010, 2, "Patient, C.7.1.1"},
    {0x00100020, 2, "Patient, C.7.1.1"},
    {0x00100030, 2, "Patient, C.7.1.1"},
    {0x00100040, 2, "Patient, C.7.1.1"},
    {0x00181000, 1, "Enhanced General Equipment, C.7.5.2"},
    {0x00181020, 1, "Enhanced General Equipment, C.7.5.2"},
    {0x00200010, 2, "General Study, C.7.2.1"},
    {0x00200011, 1, "Segmentation Series, C.8.20.1"},
    {0x00200013, 1, "Segmentation Image, C.8.20.2"},
    {0x00700080, 1, "Segmentation Image, C.8.20.2"},
    {0x00700081, 2, "Segmentation Image, C.8.20.2"},
    {0x00700084, 2, "Segmentation Image, C.8.20.2"},
};

static const char *module_name(dseg_module module) {
  switch (module) {
    case DSEG_MODULE_TRIAL_SUBJECT: return "Clinical Trial Subject, C.7.1.3";
    case DSEG_MODULE_TRIAL_STUDY: return "Clinical Trial Study, C.7.2.3";
    case DSEG_MODULE_TRIAL_SERIES: return "Clinical Trial Series, C.7.3.2";
    default: return "Specimen, C.7.6.22";
  }
}

static void check_one(dseg_check *check, uint32_t tag, unsigned type, const char *module) {
  const dseg_element element = dseg_get(check->top, tag);
  if (element.tag == 0) {
    dseg_found(check, DSEG_RULE_MODULE_ATTRIBUTE, dseg_at(tag), "is missing, type %u of %s", type, module);
  } else if (type == 1 && !dseg_has_value(&element)) {
    dseg_found(check, DSEG_RULE_MODULE_ATTRIBUTE, dseg_at(tag), "is empty, type 1 of %s", module);
  }
}

/* A module that need not be there is there when one of its attributes is. */
static void check_optional(dseg_check *check, dseg_module module) {
  size_t count;
  const dseg_context_tag *tags = dseg_context_tags(&count);
  bool present = false;
  for (size_t i = 0; i < count; i++) {
    present = present || (tags[i].module == module && dseg_get(check->top, tags[i].tag).tag != 0);
  }
  for (size_t i = 0; present && i < count; i++) {
    if (tags[i].module == module && tags[i].type < 3) {
      check_one(check, tags[i].tag, tags[i].type, module_name(module));
    }
  }
}

void dseg_check_modules(dseg_check *check) {
  for (size_t i = 0; i < sizeof required / sizeof required[0]; i++) {
    check_one(check, required[i].tag, required[i].type, required[i].module);
  }
  if (dseg_get(check->top, 0x00200052).tag != 0) {
    check_one(check, 0x00201040, 2, "Frame of Reference, C.7.4.1");
  }
  check_optional(check, DSEG_MODULE_TRIAL_SUBJECT);
  check_optional(check, DSEG_MODULE_TRIAL_STUDY);
  check_optional(check, DSEG_MODULE_TRIAL_SERIES);
  check_optional(check, DSEG_MODULE_SPECIMEN);
}
