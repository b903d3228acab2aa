/* SPDX-License-Identifier: Apache-2.0 */
/* ct.c - an instance of CT Image Storage (PS3.3 A.3) that shows a plane of the phantom. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/environment.h"
#include "cli/uid.h"
#include "dseg/data_set.h"
#include "dseg/version.h"
#include "phantom/phantom.h"

#define CT_IMAGE_STORAGE "1.2.840.10008.5.1.4.1.1.2"
#define EXPLICIT_VR_LITTLE_ENDIAN "1.2.840.10008.1.2.1"

/* Stored values are 12 bits, the CT number of 0 is the lowest there is (PS3.3 C.8.2.1.1). */
enum { LOWEST = -1024, HIGHEST = 3071, STORED_BITS = 12 };

enum { SPACING_TEXT = 32 };

/* What the phantom chooses is whole micrometres; what was asked for may be finer. */
static void name_spacing(double spacing, char text[SPACING_TEXT]) {
  (void)snprintf(text, SPACING_TEXT, "%.3f", spacing);
  if (strtod(text, NULL) != spacing) {
    (void)snprintf(text, SPACING_TEXT, "%.17g", spacing);
  }
}

void phantom_name(const phantom_spec *spec, char text[PHANTOM_TEXT]) {
  char spacing[3][SPACING_TEXT];
  for (int axis = 0; axis < 3; axis++) {
    name_spacing(spec->spacing[axis], spacing[axis]);
  }
  (void)snprintf(text, PHANTOM_TEXT, "phantom %u labels, %zu x %zu x %zu, %s x %s x %s mm, %zu x %zu x %zu, %d, %lu",
                 spec->labels, spec->size[0], spec->size[1], spec->size[2], spacing[0], spacing[1], spacing[2],
                 spec->coarse[0], spec->coarse[1], spec->coarse[2], spec->overlap ? 1 : 0, (unsigned long)spec->seed);
}

/* role: what of the phantom it is the UID of. */
static void put_uid(dseg_data_set *set, uint32_t tag, const phantom *made, const char *role) {
  char name[PHANTOM_TEXT];
  char text[PHANTOM_TEXT + 40];
  char uid[65];
  phantom_name(&made->spec, name);
  (void)snprintf(text, sizeof text, "%s: %s", name, role);
  cli_uid_from_text(text, uid);
  dseg_data_set_put_text(set, tag, "UI", uid);
}

static void put_number(dseg_data_set *set, uint32_t tag, size_t number) {
  char text[24];
  (void)snprintf(text, sizeof text, "%zu", number);
  dseg_data_set_put_text(set, tag, "IS", text);
}

/* Patient, study, series, frame of reference and equipment: the same in all images. */
static void put_series(dseg_data_set *set, const phantom *made, const char *date, const char *time) {
  char id[40];
  (void)snprintf(id, sizeof id, "phantom-%lu", (unsigned long)made->spec.seed);
  dseg_data_set_put_text(set, 0x00080020, "DA", date);
  dseg_data_set_put_text(set, 0x00080021, "DA", date);
  dseg_data_set_put_text(set, 0x00080030, "TM", time);
  dseg_data_set_put_text(set, 0x00080031, "TM", time);
  dseg_data_set_put_text(set, 0x00080050, "SH", NULL);
  dseg_data_set_put_text(set, 0x00080060, "CS", "CT");
  dseg_data_set_put_text(set, 0x00080070, "LO", "dseg");
  dseg_data_set_put_text(set, 0x00080090, "PN", NULL);
  dseg_data_set_put_text(set, 0x00081030, "LO", "dseg phantom");
  dseg_data_set_put_text(set, 0x0008103E, "LO", "Images of the phantom");
  dseg_data_set_put_text(set, 0x00081090, "LO", "dseg phantom");
  dseg_data_set_put_text(set, 0x00100010, "PN", "Phantom");
  dseg_data_set_put_text(set, 0x00100020, "LO", id);
  dseg_data_set_put_text(set, 0x00100030, "DA", NULL);
  dseg_data_set_put_text(set, 0x00100040, "CS", "O");
  dseg_data_set_put_text(set, 0x00180015, "CS", "CHESTABDPELVIS");
  dseg_data_set_put_text(set, 0x00181020, "LO", dseg_version());
  dseg_data_set_put_text(set, 0x00185100, "CS", "HFS");
  put_uid(set, 0x0020000D, made, "study");
  put_uid(set, 0x0020000E, made, "series");
  dseg_data_set_put_text(set, 0x00200010, "SH", "1");
  dseg_data_set_put_text(set, 0x00200011, "IS", "1");
  put_uid(set, 0x00200052, made, "frame of reference");
  dseg_data_set_put_text(set, 0x00201040, "LO", NULL);
}

static void put_plane(dseg_data_set *set, const phantom *made, size_t plane) {
  const dseg_geometry *geometry = &made->description->geometry;
  const double *position = geometry->planes[plane].position;
  dseg_data_set_put_decimals(set, 0x00180050, &made->spec.spacing[2], 1);
  dseg_data_set_put_decimals(set, 0x00200032, position, 3);
  dseg_data_set_put_decimals(set, 0x00200037, geometry->orientation, 6);
  dseg_data_set_put_decimals(set, 0x00201041, &position[2], 1);
  dseg_data_set_put_decimals(set, 0x00280030, geometry->pixel_spacing, 2);
}

static void put_short(dseg_data_set *set, uint32_t tag, uint16_t value) {
  dseg_data_set_put_u16(set, tag, "US", &value, 1);
}

static void put_pixels(dseg_data_set *set, const phantom *made, const uint16_t *stored) {
  const size_t count = made->spec.size[0] * made->spec.size[1];
  put_short(set, 0x00280002, 1);
  dseg_data_set_put_text(set, 0x00280004, "CS", "MONOCHROME2");
  put_short(set, 0x00280010, (uint16_t)made->spec.size[1]);
  put_short(set, 0x00280011, (uint16_t)made->spec.size[0]);
  put_short(set, 0x00280100, 16);
  put_short(set, 0x00280101, STORED_BITS);
  put_short(set, 0x00280102, STORED_BITS - 1);
  put_short(set, 0x00280103, 0);
  dseg_data_set_put_text(set, 0x00281050, "DS", "40");
  dseg_data_set_put_text(set, 0x00281051, "DS", "400");
  const double lowest = LOWEST;
  dseg_data_set_put_decimals(set, 0x00281052, &lowest, 1);
  dseg_data_set_put_text(set, 0x00281053, "DS", "1");
  dseg_data_set_put_text(set, 0x00281054, "LO", "HU");
  dseg_data_set_put_u16(set, 0x7FE00010, "OW", stored, count);
}

static void put_image(dseg_data_set *set, const phantom *made, size_t plane) {
  const char *moment = cli_date_time(); /* 14 digits */
  char date[9];
  char role[40];
  (void)snprintf(date, sizeof date, "%.8s", moment);
  (void)snprintf(role, sizeof role, "image %zu", plane + 1);
  dseg_data_set_put_text(set, 0x00080008, "CS", "ORIGINAL\\PRIMARY\\AXIAL");
  dseg_data_set_put_text(set, 0x00080016, "UI", CT_IMAGE_STORAGE);
  put_uid(set, 0x00080018, made, role);
  dseg_data_set_put_text(set, 0x0008001C, "CS", "YES"); /* Synthetic Data */
  dseg_data_set_put_text(set, 0x00080023, "DA", date);
  dseg_data_set_put_text(set, 0x00080033, "TM", moment + 8);
  put_series(set, made, date, moment + 8);
  dseg_data_set_put_text(set, 0x00180060, "DS", NULL); /* KVP: there was no tube */
  dseg_data_set_put_text(set, 0x00200012, "IS", "1");
  put_number(set, 0x00200013, plane + 1);
  dseg_data_set_put_text(set, 0x00204000, "LT", "Synthetic: drawn by dseg phantom. Nobody was examined.");
  put_plane(set, made, plane);
}

dseg_status phantom_encode_image(const phantom *made, size_t plane, const int16_t *values, dseg_buffer *bytes,
                                 dseg_error *error) {
  const size_t count = made->spec.size[0] * made->spec.size[1];
  const dseg_file_encoding encoding = {.transfer_syntax_uid = EXPLICIT_VR_LITTLE_ENDIAN,
                                       .implementation_class_uid = DSEG_PRIVATE_UID("1"),
                                       .implementation_version_name = "DSEG_" DSEG_VERSION_STRING};
  dseg_data_set *set = NULL;
  uint16_t *stored = malloc(count * sizeof *stored);
  if (stored == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for an image");
  }
  for (size_t i = 0; i < count; i++) {
    const int value = values[i] < LOWEST ? LOWEST : values[i] > HIGHEST ? HIGHEST : values[i];
    stored[i] = (uint16_t)(value - LOWEST);
  }
  dseg_status status = dseg_data_set_create(&set, error);
  if (status == DSEG_OK) {
    put_image(set, made, plane);
    put_pixels(set, made, stored);
    status = dseg_data_set_write_file(set, &encoding, bytes, NULL, error);
  }
  free(stored);
  dseg_data_set_destroy(set);
  return status;
}
