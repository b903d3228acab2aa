/* SPDX-License-Identifier: Apache-2.0 */
/* dcm_builder.h - a data set of DCMTK's, and what the parts of the builder over it share. */
#ifndef DSEG_TESTS_ORACLE_DCM_BUILDER_H
#define DSEG_TESTS_ORACLE_DCM_BUILDER_H

#include "dseg/data_set.h"

#include <dcmtk/config/osconfig.h>

#include <dcmtk/dcmdata/dctk.h>

#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

struct dseg_data_set {
  DcmDataset data_set;
  std::vector<DcmItem *> open; /* the data set and the items begun, the current one last */
  dseg_status status = DSEG_OK;
  std::string message;

  dseg_data_set() { open.push_back(&data_set); }
  DcmItem &current() { return *open.back(); }
};

namespace dcm_builder {

inline DcmTag make_tag(uint32_t tag, const char *vr) {
  return DcmTag(static_cast<Uint16>(tag >> 16), static_cast<Uint16>(tag & 0xFFFF), DcmVR(vr));
}

inline std::string tag_text(uint32_t tag) {
  char text[16];
  std::snprintf(text, sizeof text, "(%04x,%04x)", static_cast<unsigned>(tag >> 16),
                static_cast<unsigned>(tag & 0xFFFF));
  return text;
}

inline void fail(dseg_data_set *set, dseg_status status, const std::string &message) {
  if (set->status == DSEG_OK) {
    set->status = status;
    set->message = message;
  }
}

inline void check(dseg_data_set *set, const OFCondition &condition, uint32_t tag) {
  if (condition.bad()) {
    const dseg_status status = condition == EC_MemoryExhausted ? DSEG_ERROR_MEMORY : DSEG_ERROR_ARGUMENT;
    fail(set, status, tag_text(tag) + ": DCMTK cannot hold the value: " + condition.text());
  }
}

/* Runs an entry point's body unless an earlier one failed, and keeps what it throws as a failure. */
template <typename Body>
void guarded(dseg_data_set *set, uint32_t tag, Body body) noexcept {
  if (set->status != DSEG_OK) {
    return;
  }
  try {
    body();
  } catch (const std::bad_alloc &) {
    set->status = DSEG_ERROR_MEMORY;
  } catch (...) {
    set->status = DSEG_ERROR_ARGUMENT;
    try {
      set->message = tag_text(tag) + ": DCMTK refused the element";
    } catch (...) { /* the status alone says it then */
    }
  }
}

inline DcmElement *find_element(const dseg_data_set *set, uint32_t tag) {
  DcmElement *element = nullptr;
  const DcmTagKey key(static_cast<Uint16>(tag >> 16), static_cast<Uint16>(tag & 0xFFFF));
  return set->open.back()->findAndGetElement(key, element).good() ? element : nullptr;
}

}  // namespace dcm_builder

#endif
