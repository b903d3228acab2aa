/* SPDX-License-Identifier: Apache-2.0 */
/* vr.c - value representations (PS3.5 6.2, PS3.6 section 6). */
#include "dicom/vr.h"

static bool is_one_of(const char vr[2], const char *list) {
  for (const char *p = list; *p != '\0'; p += 2) {
    if (vr[0] == p[0] && vr[1] == p[1]) {
      return true;
    }
  }
  return false;
}

#define SHORT_VRS "AEASATCSDADSDTFDFLISLOLTPNSHSLSSSTTMUIULUS"

bool dseg_vr_is_known(const char vr[2]) {
  return is_one_of(vr, SHORT_VRS "OBODOFOLOVOWSQSVUCUNURUTUV");
}

bool dseg_vr_is_text(const char vr[2]) {
  return is_one_of(vr, "AEASCSDADSDTISLOLTPNSHSTTMUCUIURUT");
}

dseg_vr_form_kind dseg_vr_form(const char vr[2]) {
  if (is_one_of(vr, SHORT_VRS)) {
    return DSEG_VR_SHORT;
  }
  if (vr[0] >= 'A' && vr[0] <= 'Z' && vr[1] >= 'A' && vr[1] <= 'Z') {
    return DSEG_VR_LONG;
  }
  /* Some writers put "??" where they know no VR. */
  return vr[0] == '?' && vr[1] == '?' ? DSEG_VR_SHORT : DSEG_VR_INVALID;
}
