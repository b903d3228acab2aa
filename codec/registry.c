/* SPDX-License-Identifier: Apache-2.0 */
/* registry.c - the table of representations and frame codecs: what is built in, what registers itself, look-up.
 *
 * The one table that the process shares. It is filled with the built-in rows once, by whichever call comes first,
 * and after that grows only through dseg_register, which is not to be called while others look something up. */
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "base/os/thread.h"
#include "dseg/plugin.h"
#include "frames/builtin.h"
#include "registry.h"
#include "representations/builtin.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static struct registry {
  const dseg_representation *representations[DSEG_MAX_ENTRIES];
  size_t representation_count;
  const dseg_frame_codec *codecs[DSEG_MAX_ENTRIES];
  size_t codec_count;
  /* Those of an earlier version of the interface, completed. */
  dseg_representation completed_representations[DSEG_MAX_ENTRIES];
  dseg_frame_codec completed_codecs[DSEG_MAX_ENTRIES];
  dseg_error builtin_error; /* why a built-in row was refused: a mistake in this library */
} registry;

/* In order of preference. */
static const dseg_representation *const builtin_representations[] = {
    &dseg_representation_labelmap,
    &dseg_representation_binary,
    &dseg_representation_fractional,
};

/* codecs.def twice: a codec's row is in the first table where its condition expands to 1, in the second where to 0. */
#define CHOOSE(built, symbol, option, name, uid) CHOOSE_(built, symbol, option, name, uid)
#define CHOOSE_(built, symbol, option, name, uid) ROW_##built(symbol, option, name, uid)
#define DSEG_CODEC(symbol, built, option, name, uid) CHOOSE(built, symbol, option, name, uid)

#define ROW_1(symbol, option, name, uid) &dseg_frame_##symbol,
#define ROW_0(symbol, option, name, uid)
static const dseg_frame_codec *const builtin_codecs[] = {
#include "frames/codecs.def"
};
#undef ROW_1
#undef ROW_0

/* The others. */
#define ROW_1(symbol, option, name, uid)
#define ROW_0(symbol, option, name, uid) {name, uid, option},
static const struct {
  const char *name, *uid, *option;
} missing_codecs[] = {
#include "frames/codecs.def"
    {NULL, NULL, NULL}, /* an array is never empty */
};

static bool same(const char *a, const char *b) {
  return strcmp(a, b) == 0;
}

/* [a-z0-9-]+ */
static bool is_name(const char *name) {
  if (name == NULL || *name == '\0') {
    return false;
  }
  return strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(name);
}

/* Digits and single dots, at most 64 characters (PS3.5 9.1). */
static bool is_uid(const char *uid) {
  if (uid == NULL) {
    return false;
  }
  const size_t length = strlen(uid);
  return length != 0 && length <= 64 && strspn(uid, "0123456789.") == length && uid[0] != '.' &&
         uid[length - 1] != '.' && strstr(uid, "..") == NULL;
}

/* A Code String (PS3.5 6.2). */
static bool is_code_string(const char *text) {
  if (text == NULL) {
    return false;
  }
  const size_t length = strlen(text);
  return length != 0 && length <= 16 && strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_ ") == length;
}

static dseg_status check_options(const char *name, const dseg_option *options, dseg_error *error) {
  for (const dseg_option *option = options; option != NULL && option->name != NULL; option++) {
    if (!is_name(option->name)) {
      return dseg_fail(error, DSEG_ERROR_ARGUMENT, "plug-in %s: \"%s\" is no name for an option ([a-z0-9-]+)", name,
                       option->name);
    }
    if (option->help == NULL || option->minimum > option->standard || option->standard > option->maximum) {
      return dseg_fail(error, DSEG_ERROR_ARGUMENT,
                       "plug-in %s: option %s has no help, or its standard value is out of its range", name,
                       option->name);
    }
    for (const dseg_option *other = options; other != option; other++) {
      if (same(other->name, option->name)) {
        return dseg_fail(error, DSEG_ERROR_ARGUMENT, "plug-in %s: option %s is there twice", name, option->name);
      }
    }
  }
  return DSEG_OK;
}

/* No struct comes near; a greater size is that of a struct that was not initialised. */
#define GREATEST_STRUCT 4096u

/* Makes *known the struct that a plug-in gives, or, where that is shorter or longer than this version's, a copy of it
 * in completed. given begins with its number, with struct_size behind it; nothing else is read before both are right.
 */
static dseg_status take_struct(const void *given, size_t known_size, size_t size_at, void *completed,
                               const void **known, dseg_error *error) {
  uint32_t abi;
  size_t size;
  memcpy(&abi, given, sizeof abi);
  if (abi != DSEG_PLUGIN_ABI) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT,
                     "a plug-in was made for interface %u, this library has %u: it has to be built with the "
                     "dseg/plugin.h of this version (docs/plugin-guide.md, \"Other versions\")",
                     (unsigned)abi, (unsigned)DSEG_PLUGIN_ABI);
  }
  memcpy(&size, (const uint8_t *)given + size_at, sizeof size);
  if (size < size_at + sizeof size || size > GREATEST_STRUCT) {
    return dseg_fail(
        error, DSEG_ERROR_ARGUMENT,
        "a plug-in's struct_size is %zu: set it to sizeof(dseg_frame_codec) or sizeof(dseg_representation)", size);
  }
  *known = given;
  if (size == known_size) {
    return DSEG_OK;
  }
  for (size_t i = known_size; i < size; i++) {
    if (((const uint8_t *)given)[i] != 0) {
      return dseg_fail(error, DSEG_ERROR_ARGUMENT,
                       "a plug-in's struct has %zu bytes, this library knows %zu, and what lies behind them is not 0: "
                       "the plug-in needs a later version of the library",
                       size, known_size);
    }
  }
  memset(completed, 0, known_size);
  memcpy(completed, given, size < known_size ? size : known_size);
  *known = completed;
  return DSEG_OK;
}

/* What both kinds have in common. */
static dseg_status check_common(const char *name, const char *title, uint32_t flags, const dseg_option *options,
                                dseg_error *error) {
  if (!is_name(name)) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "\"%s\" is no name for a plug-in ([a-z0-9-]+)",
                     name != NULL ? name : "");
  }
  if (title == NULL) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "plug-in %s has no title", name);
  }
  if ((flags & (DSEG_PLUGIN_CAN_READ | DSEG_PLUGIN_CAN_WRITE)) == 0) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "plug-in %s can neither read nor write", name);
  }
  if ((flags & (DSEG_PLUGIN_BITS_1 | DSEG_PLUGIN_BITS_8 | DSEG_PLUGIN_BITS_16 | DSEG_PLUGIN_BITS_32)) == 0) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "plug-in %s names no Bits Allocated that it can handle", name);
  }
  return check_options(name, options, error);
}

/* It goes into instances beside the name. */
static dseg_status check_proposal_version(const char *name, const char *version, dseg_error *error) {
  if (version != NULL && (*version == '\0' || strlen(version) > 16 || strchr(version, '\\') != NULL)) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "plug-in %s: its text's version is not 1 to 16 characters", name);
  }
  return DSEG_OK;
}

static dseg_status check_function(bool needed, bool there, const char *plugin, const char *function,
                                  dseg_error *error) {
  if (needed && !there) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "plug-in %s lacks the function %s that its flags promise", plugin,
                     function);
  }
  return DSEG_OK;
}

static bool is_creator(const char *creator) {
  const size_t length = strlen(creator);
  return length >= 1 && length <= 64;
}

/* SOP Classes, Private Creators and the proposal's name of an experimental representation. */
static dseg_status check_keys(const dseg_representation *r, dseg_error *error) {
  const char *const *other;
  if (r->proposal_name != NULL && !is_name(r->proposal_name)) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "representation %s: \"%s\" is no name for a proposal ([a-z0-9-]+)",
                     r->name, r->proposal_name);
  }
  if (r->private_creator != NULL && !is_creator(r->private_creator)) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "representation %s: its Private Creator is not 1 to 64 characters",
                     r->name);
  }
  for (other = r->other_creators; other != NULL && *other != NULL; other++) {
    if (!is_creator(*other)) {
      return dseg_fail(error, DSEG_ERROR_ARGUMENT, "representation %s: a Private Creator is not 1 to 64 characters",
                       r->name);
    }
  }
  for (other = r->other_sop_classes; other != NULL && *other != NULL; other++) {
    if (!is_uid(*other)) {
      return dseg_fail(error, DSEG_ERROR_ARGUMENT, "representation %s: \"%s\" is no valid SOP Class UID", r->name,
                       *other);
    }
  }
  return DSEG_OK;
}

/* What only experimental representations do. */
static dseg_status check_experimental(const dseg_representation *r, dseg_error *error) {
  const bool writes = (r->flags & DSEG_PLUGIN_CAN_WRITE) != 0;
  const bool own = r->replaces != 0 || r->private_creator != NULL || r->describe != NULL || r->interpret != NULL ||
                   r->other_sop_classes != NULL || r->other_creators != NULL || r->inspect != NULL ||
                   r->proposal_name != NULL || r->settle != NULL || (r->flags & DSEG_PLUGIN_INSTANCES) != 0;
  if ((r->flags & DSEG_PLUGIN_EXPERIMENTAL) == 0 && (own || (r->flags & DSEG_PLUGIN_BITS_32) != 0)) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT,
                     "representation %s: 32 bits a pixel and attributes of its own are for experimental ones only "
                     "(PS3.3 Table C.8.20-2)",
                     r->name);
  }
  if ((r->replaces & ~DSEG_REPLACES_ALL) != 0) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "representation %s replaces something that this library does not know",
                     r->name);
  }
  DSEG_TRY(check_function(r->replaces != 0 && writes, r->describe != NULL, r->name, "describe", error));
  const uint32_t placed = DSEG_REPLACES_FRAME_GROUPS | DSEG_REPLACES_SHARED_GROUPS | DSEG_REPLACES_SEGMENTS;
  DSEG_TRY(check_function((r->replaces & placed) != 0 && (r->flags & DSEG_PLUGIN_CAN_READ) != 0, r->interpret != NULL,
                          r->name, "interpret", error));
  if ((r->flags & DSEG_PLUGIN_INSTANCES) != 0 && (r->flags & DSEG_PLUGIN_OWN_VALUES) == 0) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "representation %s: instances are for pixel values of its own",
                     r->name);
  }
  DSEG_TRY(check_function((r->flags & DSEG_PLUGIN_INSTANCES) != 0 && (r->flags & DSEG_PLUGIN_CAN_READ) != 0,
                          r->interpret != NULL && r->add_to_instances != NULL, r->name, "add_to_instances", error));
  DSEG_TRY(check_function(r->end_plane != NULL, r->put_mask != NULL, r->name, "put_mask", error));
  DSEG_TRY(check_function(r->begin_write != NULL, r->end_write != NULL, r->name, "end_write", error));
  if (r->settle != NULL && (r->flags & DSEG_PLUGIN_LABEL_FRAMES) == 0) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "representation %s: settle is for label frames", r->name);
  }
  return check_keys(r, error);
}

static bool has_class(const dseg_representation *r, const char *uid) {
  bool has = same(r->sop_class_uid, uid);
  for (const char *const *other = r->other_sop_classes; !has && other != NULL && *other != NULL; other++) {
    has = same(*other, uid);
  }
  return has;
}

static bool shares_class(const dseg_representation *r, const dseg_representation *other) {
  bool shares = has_class(r, other->sop_class_uid);
  const char *const *uid = other->other_sop_classes;
  for (; !shares && uid != NULL && *uid != NULL; uid++) {
    shares = has_class(r, *uid);
  }
  return shares;
}

/* Objects of one Segmentation Type are told apart by SOP Class and Private Creator. */
static dseg_status check_shared_type(const dseg_representation *r, const dseg_representation *other,
                                     dseg_error *error) {
  if (!same(other->segmentation_type, r->segmentation_type)) {
    return DSEG_OK;
  }
  if ((r->flags & DSEG_PLUGIN_EXPERIMENTAL) == 0) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "representation %s: Segmentation Type %s is that of %s", r->name,
                     r->segmentation_type, other->name);
  }
  if (r->private_creator == NULL) {
    return dseg_fail(
        error, DSEG_ERROR_ARGUMENT,
        "representation %s: Segmentation Type %s is that of %s, too, and without a Private Creator nothing "
        "tells their objects apart",
        r->name, r->segmentation_type, other->name);
  }
  if (other->private_creator != NULL && same(other->private_creator, r->private_creator) && shares_class(r, other)) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT,
                     "representation %s: Segmentation Type %s with Private Creator \"%s\" is that of %s", r->name,
                     r->segmentation_type, r->private_creator, other->name);
  }
  return DSEG_OK;
}

static dseg_status check_representation(const dseg_representation *r, dseg_error *error) {
  DSEG_TRY(check_common(r->name, r->title, r->flags, r->options, error));
  DSEG_TRY(check_proposal_version(r->name, r->proposal_version, error));
  if (!is_uid(r->sop_class_uid)) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "representation %s has no valid SOP Class UID", r->name);
  }
  if (!is_code_string(r->segmentation_type)) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "representation %s has no valid Segmentation Type (0062,0001)",
                     r->name);
  }
  const bool reads = (r->flags & DSEG_PLUGIN_CAN_READ) != 0;
  const bool writes = (r->flags & DSEG_PLUGIN_CAN_WRITE) != 0;
  const bool by_segment = (r->flags & DSEG_PLUGIN_SEGMENT_FRAMES) != 0;
  DSEG_TRY(check_function(reads, r->add_to_labels != NULL, r->name, "add_to_labels", error));
  DSEG_TRY(check_function(reads, r->add_to_mask != NULL, r->name, "add_to_mask", error));
  DSEG_TRY(check_function(writes, r->choose_format != NULL, r->name, "choose_format", error));
  DSEG_TRY(check_function(writes, r->put_labels != NULL, r->name, "put_labels", error));
  DSEG_TRY(check_function(writes && by_segment, r->put_mask != NULL, r->name, "put_mask", error));
  DSEG_TRY(check_experimental(r, error));
  for (size_t i = 0; i < registry.representation_count; i++) {
    const dseg_representation *other = registry.representations[i];
    if (same(other->name, r->name)) {
      return dseg_fail(error, DSEG_ERROR_ARGUMENT, "there is already a representation with the name %s", r->name);
    }
    DSEG_TRY(check_shared_type(r, other, error));
  }
  return DSEG_OK;
}

static dseg_status check_codec(const dseg_frame_codec *c, dseg_error *error) {
  DSEG_TRY(check_common(c->name, c->title, c->flags, c->options, error));
  DSEG_TRY(check_proposal_version(c->name, c->proposal_version, error));
  if (!is_uid(c->transfer_syntax_uid)) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "frame codec %s has no valid Transfer Syntax UID", c->name);
  }
  DSEG_TRY(check_function(true, c->create != NULL, c->name, "create", error));
  DSEG_TRY(check_function(true, c->destroy != NULL, c->name, "destroy", error));
  DSEG_TRY(check_function((c->flags & DSEG_PLUGIN_CAN_READ) != 0, c->decode != NULL, c->name, "decode", error));
  DSEG_TRY(check_function((c->flags & DSEG_PLUGIN_CAN_WRITE) != 0, c->encode != NULL, c->name, "encode", error));
  if ((c->flags & DSEG_PLUGIN_NATIVE) != 0 && ((c->flags & DSEG_PLUGIN_OTHER_FRAMES) != 0 || c->learn != NULL)) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "frame codec %s: native frames cannot depend on each other", c->name);
  }
  if ((c->flags & DSEG_PLUGIN_LOSSY) != 0 && !is_code_string(c->lossy_method)) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT,
                     "frame codec %s is lossy and has no term for Lossy Image Compression Method (0028,2114)", c->name);
  }
  for (size_t i = 0; i < registry.codec_count; i++) {
    const dseg_frame_codec *other = registry.codecs[i];
    if (same(other->name, c->name)) {
      return dseg_fail(error, DSEG_ERROR_ARGUMENT, "there is already a frame codec with the name %s", c->name);
    }
    if (same(other->transfer_syntax_uid, c->transfer_syntax_uid)) {
      return dseg_fail(error, DSEG_ERROR_ARGUMENT, "frame codec %s: transfer syntax %s is that of %s", c->name,
                       c->transfer_syntax_uid, other->name);
    }
  }
  if ((c->flags & DSEG_PLUGIN_EXPERIMENTAL) != 0 && strncmp(c->transfer_syntax_uid, "1.2.840.10008.", 14) == 0) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "frame codec %s: %s is a UID of the standard, not of an experiment",
                     c->name, c->transfer_syntax_uid);
  }
  return DSEG_OK;
}

static dseg_status add(const dseg_representation *representation, const dseg_frame_codec *codec, dseg_error *error) {
  if ((representation == NULL) == (codec == NULL)) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "dseg_register takes a representation or a frame codec, not both");
  }
  if (registry.representation_count == DSEG_MAX_ENTRIES || registry.codec_count == DSEG_MAX_ENTRIES) {
    return dseg_fail(error, DSEG_ERROR_LIMIT, "more than %d plug-ins of a kind", DSEG_MAX_ENTRIES);
  }
  const void *known = representation != NULL ? (const void *)representation : codec;
  if (representation != NULL) {
    const size_t count = registry.representation_count;
    DSEG_TRY(take_struct(representation, sizeof *representation, offsetof(dseg_representation, struct_size),
                         &registry.completed_representations[count], &known, error));
    DSEG_TRY(check_representation(known, error));
    registry.representations[count] = known;
    registry.representation_count = count + 1;
  } else {
    const size_t count = registry.codec_count;
    DSEG_TRY(take_struct(codec, sizeof *codec, offsetof(dseg_frame_codec, struct_size),
                         &registry.completed_codecs[count], &known, error));
    DSEG_TRY(check_codec(known, error));
    registry.codecs[count] = known;
    registry.codec_count = count + 1;
  }
  return DSEG_OK;
}

static void add_builtin(void) {
  dseg_error *error = &registry.builtin_error;
  for (size_t i = 0; i < COUNT(builtin_representations); i++) {
    (void)add(builtin_representations[i], NULL, error);
  }
  for (size_t i = 0; i < COUNT(builtin_codecs); i++) {
    (void)add(NULL, builtin_codecs[i], error);
  }
}

static void ensure_builtin(void) {
  static dseg_os_once once = DSEG_OS_ONCE_INIT;
  dseg_os_run_once(&once, add_builtin);
}

dseg_status dseg_register(const dseg_representation *representation, const dseg_frame_codec *codec, dseg_error *error) {
  dseg_error_clear(error);
  ensure_builtin();
  if (registry.builtin_error.status != DSEG_OK) {
    return dseg_fail(error, registry.builtin_error.status, "%s", registry.builtin_error.message);
  }
  return add(representation, codec, error);
}

const dseg_representation *dseg_representation_at(size_t index) {
  ensure_builtin();
  return index < registry.representation_count ? registry.representations[index] : NULL;
}

const dseg_frame_codec *dseg_frame_codec_at(size_t index) {
  ensure_builtin();
  return index < registry.codec_count ? registry.codecs[index] : NULL;
}

const dseg_representation *dseg_find_representation(const char *key) {
  ensure_builtin();
  for (size_t i = 0; key != NULL && i < registry.representation_count; i++) {
    const dseg_representation *r = registry.representations[i];
    if (same(key, r->name) || same(key, r->sop_class_uid) || same(key, r->segmentation_type)) {
      return r;
    }
  }
  return NULL;
}

const dseg_frame_codec *dseg_find_frame_codec(const char *name_or_uid) {
  ensure_builtin();
  for (size_t i = 0; name_or_uid != NULL && i < registry.codec_count; i++) {
    const dseg_frame_codec *codec = registry.codecs[i];
    if (same(name_or_uid, codec->name) || same(name_or_uid, codec->transfer_syntax_uid)) {
      return codec;
    }
  }
  return NULL;
}

const char *dseg_missing_codec_option(const char *name_or_uid) {
  for (size_t i = 0; name_or_uid != NULL && missing_codecs[i].name != NULL; i++) {
    if (same(name_or_uid, missing_codecs[i].name) || same(name_or_uid, missing_codecs[i].uid)) {
      return missing_codecs[i].option;
    }
  }
  return NULL;
}
