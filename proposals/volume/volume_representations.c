/* SPDX-License-Identifier: Apache-2.0 */
/* volume_representations.c - LABELMAP, BINARY and FRACTIONAL as volumes: the standard's representations, whose pixels
 * and functions these are, with what is said around the frames changed. */
#include "proposals.h"
#include "volume.h"

#define DUAL "1: full functional groups beside the map, in the standard's SOP Class"

static const dseg_option label_options[] = {
    {"dual", 0, 1, 0, DUAL},
    {"palette", 0, 1, 0, "1: PALETTE COLOR, the segments' colours as a palette with an ICC profile"},
    {"bits", 8, 16, 8, "16: pixels of 16 bits even where 8 are enough"},
    {NULL, 0, 0, 0, NULL}};
static const dseg_option options[] = {{"dual", 0, 1, 0, DUAL}, {NULL, 0, 0, 0, NULL}};

/* Chooses pixels as the standard's representation of that name does. */
static dseg_status choose(const char *standard, const char *strict, const dseg_description *description,
                          const dseg_option_value *values, size_t count, dseg_pixel_format *format, dseg_error *error) {
  const dseg_representation *base = dseg_find_representation(standard);
  const bool dual = dseg_get_option(options, values, count, "dual") == 1;
  DSEG_TRY(base->choose_format(description, values, count, format, error));
  return dseg_volume_choose(description, dual, strict, base->sop_class_uid, format, error);
}

static dseg_status choose_labelmap(const dseg_description *description, const dseg_option_value *values, size_t count,
                                   dseg_pixel_format *format, dseg_error *error) {
  return choose("labelmap", DSEG_UID_LABELMAP_VOLUME, description, values, count, format, error);
}

static dseg_status choose_binary(const dseg_description *description, const dseg_option_value *values, size_t count,
                                 dseg_pixel_format *format, dseg_error *error) {
  return choose("binary", DSEG_UID_VOLUME, description, values, count, format, error);
}

static dseg_status choose_fractional(const dseg_description *description, const dseg_option_value *values, size_t count,
                                     dseg_pixel_format *format, dseg_error *error) {
  return choose("fractional", DSEG_UID_VOLUME, description, values, count, format, error);
}

static dseg_status inspect_labels(const dseg_inspect_context *context, dseg_error *error) {
  return dseg_volume_inspect(context, true, error);
}

static dseg_status inspect_segments(const dseg_inspect_context *context, dseg_error *error) {
  return dseg_volume_inspect(context, false, error);
}

/* What is a representation's own. */
static const struct variant {
  const char *standard, *name, *title, *sop_class_uid;
  const dseg_option *options;
  dseg_status (*choose_format)(const dseg_description *, const dseg_option_value *, size_t, dseg_pixel_format *,
                               dseg_error *);
  dseg_status (*inspect)(const dseg_inspect_context *, dseg_error *);
} variants[] = {
    {"labelmap", "labelmap-volume", "LABELMAP as an implicit volume", DSEG_UID_LABELMAP_VOLUME, label_options,
     choose_labelmap, inspect_labels},
    {"binary", "binary-volume", "BINARY as an implicit volume with a map of its frames", DSEG_UID_VOLUME, options,
     choose_binary, inspect_segments},
    {"fractional", "fractional-volume", "FRACTIONAL as an implicit volume with a map of its frames", DSEG_UID_VOLUME,
     options, choose_fractional, inspect_segments},
};
#define VARIANTS (sizeof variants / sizeof variants[0])

/* The standard's, from the registry: what is not said in variants is its own. */
static dseg_representation make(const struct variant *variant, const char *const *classes) {
  dseg_representation made = *dseg_find_representation(variant->standard);
  made.name = variant->name;
  made.title = variant->title;
  made.sop_class_uid = variant->sop_class_uid;
  made.other_sop_classes = classes;
  made.flags |= DSEG_PLUGIN_EXPERIMENTAL;
  made.options = variant->options;
  made.choose_format = variant->choose_format;
  made.proposal_version = "1";
  made.proposal_name = "volume";
  made.replaces = DSEG_VOLUME_REPLACES;
  made.private_creator = DSEG_VOLUME_CREATOR;
  made.describe = dseg_volume_describe;
  made.interpret = dseg_volume_interpret;
  made.inspect = variant->inspect;
  return made;
}

const dseg_representation *dseg_proposal_volume(size_t index) {
  static dseg_representation made[VARIANTS];
  static const char *classes[VARIANTS][2];
  if (index >= VARIANTS) {
    return NULL;
  }
  if (made[index].name == NULL) {
    classes[index][0] = dseg_find_representation(variants[index].standard)->sop_class_uid;
    made[index] = make(&variants[index], classes[index]);
  }
  return &made[index];
}
