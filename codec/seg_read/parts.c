/* SPDX-License-Identifier: Apache-2.0 */
/* parts.c - the parts of a Concatenation opened as one object (PS3.3 7.5.1, C.7.6.16.2.2.4). */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "dicom/identity.h"
#include "model/identity.h"
#include "seg_read/dicom_source.h"
#include "seg_read/object.h"

/* One part, with the name of its file for messages. */
struct part {
  dseg_part10 file;
  const char *path;
  uint16_t number; /* In-concatenation Number (0020,9162), from 1 */
  uint16_t total;  /* In-concatenation Total Number (0020,9163); 0: not known */
  uint32_t offset; /* Concatenation Frame Offset Number (0020,9228) */
  dseg_view uid;   /* Concatenation UID (0020,9161) */
};

static dseg_status fail_at(const struct part *part, dseg_status status, dseg_error *error) {
  dseg_error_prefix(error, part->path);
  return status;
}

static dseg_status find(const struct part *part, uint32_t tag, dseg_element *element, dseg_error *error) {
  return dseg_elements_find(&part->file.elements, tag, element, error);
}

/* Opens one file, and its input where that is not open; *is_part is false when it is no DICOM object, or not part of a
 * concatenation. */
static dseg_status open_part(struct part *part, dseg_input **input, const dseg_open_options *options, bool *is_part,
                             dseg_error *error) {
  const dseg_part10_options how = dseg_part10_options_of(options);
  dseg_element element;
  if (*input == NULL) {
    if (options->outputs != NULL) {
      DSEG_TRY(dseg_output_set_add_input(options->outputs, part->path, error));
    }
    DSEG_TRY(dseg_input_from_file(part->path, options->memory_limit, input, error));
  }
  DSEG_TRY(dseg_part10_open(*input, &how, &part->file, is_part, error));
  if (!*is_part) {
    return DSEG_OK;
  }
  DSEG_TRY(find(part, DSEG_TAG(0x0020, 0x9161), &element, error));
  *is_part = dseg_element_text(&element, 0, &part->uid);
  return DSEG_OK;
}

static dseg_status read_numbers(struct part *part, dseg_error *error) {
  const dseg_elements *elements = &part->file.elements;
  dseg_element number;
  dseg_element total;
  dseg_element offset;
  DSEG_TRY(find(part, DSEG_TAG(0x0020, 0x9162), &number, error));
  DSEG_TRY(find(part, DSEG_TAG(0x0020, 0x9163), &total, error));
  DSEG_TRY(find(part, DSEG_TAG(0x0020, 0x9228), &offset, error));
  if (!dseg_element_u16(elements, &number, 0, &part->number) || part->number == 0 ||
      !dseg_element_u32(elements, &offset, 0, &part->offset)) {
    return dseg_fail(error, DSEG_ERROR_FORMAT,
                     "In-concatenation Number (0020,9162) or Concatenation Frame Offset Number (0020,9228) is missing "
                     "(PS3.3 C.7.6.16)");
  }
  (void)dseg_element_u16(elements, &total, 0, &part->total);
  return DSEG_OK;
}

static int compare_numbers(const void *a, const void *b) {
  const struct part *x = a;
  const struct part *y = b;
  return x->number < y->number ? -1 : x->number > y->number;
}

/* Parts, sorted, are all those of one concatenation, each once, and their frames follow one another. */
static dseg_status check_parts(const struct part *parts, size_t count, dseg_error *error) {
  uint64_t frames = 0;
  for (size_t i = 0; i < count; i++) {
    const struct part *part = &parts[i];
    size_t part_frames;
    if (part->uid.size != parts[0].uid.size || memcmp(part->uid.data, parts[0].uid.data, part->uid.size) != 0) {
      (void)dseg_fail(error, DSEG_ERROR_FORMAT,
                      "belongs to another concatenation than %s by Concatenation UID "
                      "(0020,9161) (PS3.3 C.7.6.16)",
                      parts[0].path);
      return fail_at(part, DSEG_ERROR_FORMAT, error);
    }
    if (part->number != i + 1) {
      (void)dseg_fail(error, DSEG_ERROR_FORMAT,
                      "has In-concatenation Number (0020,9162) %u where part %zu was expected: a part %s (PS3.3 "
                      "C.7.6.16.2.2.4)",
                      (unsigned)part->number, i + 1, part->number <= i ? "is given twice" : "is missing");
      return fail_at(part, DSEG_ERROR_FORMAT, error);
    }
    if (part->total != 0 && part->total != count) {
      (void)dseg_fail(error, DSEG_ERROR_FORMAT,
                      "In-concatenation Total Number (0020,9163) is %u, %zu parts were given (PS3.3 C.7.6.16.2.2.4)",
                      (unsigned)part->total, count);
      return fail_at(part, DSEG_ERROR_FORMAT, error);
    }
    if (part->offset != frames) {
      (void)dseg_fail(error, DSEG_ERROR_FORMAT,
                      "Concatenation Frame Offset Number (0020,9228) is %" PRIu32 ", the parts before have %" PRIu64
                      " frames (PS3.3 C.7.6.16)",
                      part->offset, frames);
      return fail_at(part, DSEG_ERROR_FORMAT, error);
    }
    DSEG_TRY(dseg_read_frame_count(&part->file, &part_frames, error));
    frames += part_frames;
  }
  return DSEG_OK;
}

/* Attributes that decide how frames are read are the same in all parts (PS3.3 7.5.1). */
static dseg_status check_same_form(const struct part *parts, size_t count, dseg_error *error) {
  static const uint32_t tags[] = {0x00280010, 0x00280011, 0x00280100, 0x00620001, 0x00620002};
  for (size_t i = 1; i < count; i++) {
    bool same = strcmp(parts[i].file.transfer_syntax_uid, parts[0].file.transfer_syntax_uid) == 0;
    for (size_t j = 0; j < sizeof tags / sizeof tags[0]; j++) {
      dseg_element first;
      dseg_element other;
      DSEG_TRY(find(&parts[0], tags[j], &first, error));
      DSEG_TRY(find(&parts[i], tags[j], &other, error));
      same = same && first.value.size == other.value.size &&
             (first.value.size == 0 || memcmp(first.value.data, other.value.data, first.value.size) == 0);
    }
    if (!same) {
      (void)dseg_fail(error, DSEG_ERROR_FORMAT,
                      "differs from %s in transfer syntax, size, bits or segments: parts of a concatenation do not "
                      "(PS3.3 7.5.1)",
                      parts[0].path);
      return fail_at(&parts[i], DSEG_ERROR_FORMAT, error);
    }
  }
  return DSEG_OK;
}

static dseg_status compare_identities(const struct part *parts, size_t count, const dseg_open_options *options,
                                      dseg_description *texts, dseg_error *error) {
  dseg_party *parties = dseg_description_alloc(texts, count * sizeof *parties);
  dseg_identity *identities = dseg_description_alloc(texts, count * sizeof *identities);
  if (parties == NULL || identities == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu parts", count);
  }
  for (size_t i = 0; i < count; i++) {
    const dseg_status status = dseg_read_identity(&parts[i].file, texts, &identities[i], error);
    if (status != DSEG_OK) {
      return fail_at(&parts[i], status, error);
    }
    parties[i] = (dseg_party){parts[i].path, &identities[i], NULL};
  }
  dseg_leaders leaders;
  return dseg_check_parties(parties, count, options->other_patient, &options->warnings, &leaders, error);
}

/* All parts are of one patient. */
static dseg_status check_identities(const struct part *parts, size_t count, const dseg_open_options *options,
                                    dseg_error *error) {
  dseg_description *texts = dseg_description_create();
  if (texts == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu parts", count);
  }
  const dseg_status status = compare_identities(parts, count, options, texts, error);
  dseg_description_destroy(texts);
  return status;
}

static dseg_status make_source(struct part *parts, size_t count, const dseg_open_options *options, dseg_source **source,
                               dseg_error *error) {
  for (size_t i = 0; i < count; i++) {
    const dseg_status status = read_numbers(&parts[i], error);
    if (status != DSEG_OK) {
      return fail_at(&parts[i], status, error);
    }
  }
  qsort(parts, count, sizeof *parts, compare_numbers);
  DSEG_TRY(check_parts(parts, count, error));
  DSEG_TRY(check_same_form(parts, count, error));
  DSEG_TRY(check_identities(parts, count, options, error));
  dseg_part10 *files = malloc(count * sizeof *files);
  if (files == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu parts", count);
  }
  for (size_t i = 0; i < count; i++) {
    files[i] = parts[i].file;
  }
  const dseg_status status = dseg_dicom_source_create(files, count, options, source, error);
  if (status != DSEG_OK) {
    free(files);
    return fail_at(&parts[0], status, error);
  }
  for (size_t i = 0; i < count; i++) {
    parts[i].file = (dseg_part10){0};
  }
  return DSEG_OK;
}

dseg_status dseg_open_dicom_parts(dseg_input **inputs, const char *const *paths, size_t count,
                                  const dseg_open_options *options, dseg_source **source, dseg_error *error) {
  *source = NULL;
  if (count == 0 || count > UINT16_MAX) {
    return DSEG_OK;
  }
  struct part *parts = calloc(count, sizeof *parts);
  if (parts == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu parts", count);
  }
  dseg_status status = DSEG_OK;
  bool all = true;
  for (size_t i = 0; status == DSEG_OK && all && i < count; i++) {
    parts[i].path = paths[i];
    status = open_part(&parts[i], &inputs[i], options, &all, error);
    if (status != DSEG_OK) {
      (void)fail_at(&parts[i], status, error);
    }
  }
  if (status == DSEG_OK && all) {
    status = make_source(parts, count, options, source, error);
  }
  for (size_t i = 0; i < count; i++) {
    dseg_part10_release(&parts[i].file);
    inputs[i] = *source != NULL ? NULL : inputs[i];
  }
  free(parts);
  return status;
}
