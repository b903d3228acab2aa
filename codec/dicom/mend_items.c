/* SPDX-License-Identifier: Apache-2.0 */
/* mend_items.c - what items of sequences must have (PS3.3 8.8, 10.1, and the modules' tables). */
#include "dicom/mend_items.h"

bool dseg_set_has_element(const dseg_data_set *set, uint32_t tag) {
  uint32_t found = tag - 1;
  return dseg_data_set_next(set, &found, NULL) && found == tag;
}

bool dseg_set_has_content(const dseg_data_set *set, uint32_t tag) {
  dseg_view bytes;
  return dseg_data_set_count_items(set, tag) > 0 || (dseg_data_set_get_bytes(set, tag, &bytes) && bytes.size > 0);
}

const char *dseg_item_fault(uint32_t sequence, const dseg_data_set *set) {
  static const struct {
    uint32_t sequence, tag;
    const char *fault;
  } needs[] = {{0x00080096, 0x00401101, "a person without Person Identification Code Sequence (0040,1101)"},
               {0x0008009D, 0x00401101, "a person without Person Identification Code Sequence (0040,1101)"},
               {0x00081049, 0x00401101, "a person without Person Identification Code Sequence (0040,1101)"},
               {0x00081062, 0x00401101, "a person without Person Identification Code Sequence (0040,1101)"},
               {0x00100026, 0x00100020, "a group of patients without Patient ID (0010,0020)"},
               {0x00100027, 0x00100020, "a group of patients without Patient ID (0010,0020)"},
               {0x00100216, 0x00100215, "a strain's stock without Strain Source Registry Code Sequence (0010,0215)"},
               {0x00100216, 0x00100217, "a strain's stock without Strain Source (0010,0217)"},
               {0x00101002, 0x00100020, "an ID without Patient ID (0010,0020)"},
               {0x00101002, 0x00100022, "an ID without Type of Patient ID (0010,0022)"},
               {0x00102294, 0x00102295, "a registration without Breed Registration Number (0010,2295)"},
               {0x00102294, 0x00102296, "a registration without Breed Registry Code Sequence (0010,2296)"},
               {0x00120083, 0x00120085, "a consent without Consent for Distribution Flag (0012,0085)"},
               {0x0018A001, 0x00080070, "equipment without Manufacturer (0008,0070)"},
               {0x0018A001, 0x0040A170, "equipment without Purpose of Reference Code Sequence (0040,A170)"},
               {0x00400560, 0x00400551, "a specimen without Specimen Identifier (0040,0551)"},
               {0x00400560, 0x00400554, "a specimen without Specimen UID (0040,0554)"}};
  for (size_t i = 0; i < sizeof needs / sizeof needs[0]; i++) {
    if (needs[i].sequence == sequence && !dseg_set_has_content(set, needs[i].tag)) {
      return needs[i].fault;
    }
  }
  const bool has_code = dseg_set_has_content(set, DSEG_CODE_VALUE) || dseg_set_has_content(set, DSEG_LONG_CODE_VALUE);
  const bool has_urn = dseg_set_has_content(set, 0x00080120);
  const bool is_code = dseg_set_has_element(set, DSEG_CODE_VALUE) || dseg_set_has_element(set, DSEG_LONG_CODE_VALUE) ||
                       dseg_set_has_element(set, 0x00080120) || dseg_set_has_element(set, 0x00080104);
  if (!is_code) {
    uint32_t tag = 0;
    return !dseg_data_set_next(set, &tag, NULL) ? "an item without content" : NULL;
  }
  if (!has_code && !has_urn) {
    return "a code without Code Value (0008,0100)";
  }
  if (has_code && !dseg_set_has_content(set, 0x00080102)) {
    return "a code without Coding Scheme Designator (0008,0102)";
  }
  return dseg_set_has_content(set, 0x00080104) ? NULL : "a code without Code Meaning (0008,0104)";
}
