/* SPDX-License-Identifier: Apache-2.0 */
/* write_text.c - the results of a review for people. */
#include <stdarg.h>
#include <stdlib.h>

#include "cli/text_out.h"
#include "dseg/terms.h"
#include "review/summary.h"

enum { MOST_FORMS = 20 };

static void put(FILE *stream, const char *format, ...) DSEG_PRINTF(2, 3);

static void put(FILE *stream, const char *format, ...) {
  va_list list;
  va_start(list, format);
  cli_print_list(stream, format, list);
  va_end(list);
}

static const char *plural(uint64_t count) {
  return count == 1 ? "" : "s";
}

static void put_finding(const review *all, uint32_t number, FILE *stream) {
  const review_finding *finding = review_table_item(&all->findings, number);
  put(stream, "  %s\n", review_finding_text(all, number));
  put(stream, "    in %u object%s:", (unsigned)finding->objects, plural(finding->objects));
  for (uint32_t i = 0; i < finding->objects && i < REVIEW_EXAMPLES; i++) {
    put(stream, "%s %s", i > 0 ? "," : "", review_object_name(all, finding->examples[i]));
  }
  put(stream, "%s\n", finding->objects > REVIEW_EXAMPLES ? ", ..." : "");
}

/* Findings by kind, each kind with its rule before and what to do behind them. */
static void put_findings(const review *all, const uint32_t *order, FILE *stream, size_t most) {
  const size_t count = review_table_count(&all->findings);
  for (size_t begin = 0, end; begin < count; begin = end) {
    const uint32_t kind = ((const review_finding *)review_table_item(&all->findings, order[begin]))->kind;
    for (end = begin; end < count; end++) {
      if (((const review_finding *)review_table_item(&all->findings, order[end]))->kind != kind) {
        break;
      }
    }
    const review_kind_row *row = review_kind_at(kind);
    put(stream, "%s: %s (%s)\n", row->name, row->rule, row->section);
    for (size_t i = begin; i < end && (most == 0 || i < begin + most); i++) {
      put_finding(all, order[i], stream);
    }
    if (most != 0 && end - begin > most) {
      put(stream, "  and %zu more\n", end - begin - most);
    }
    put(stream, "  next: %s\n", row->advice);
  }
}

static void put_line(FILE *stream, uint64_t count, const char *one, const char *several) {
  if (count > 0) {
    put(stream, "  %llu %s\n", (unsigned long long)count, count == 1 ? one : several);
  }
}

static void put_unverified(const review *all, FILE *stream) {
  const review_unverified counts = review_count_unverified(all);
  put(stream, "could not be verified:\n");
  put_line(stream, all->unread, "input that could not be read", "inputs that could not be read");
  put(stream, "  %llu of %zu codes, in %llu places (%llu of private schemes); table: %s\n",
      (unsigned long long)counts.codes, review_table_count(&all->codes), (unsigned long long)counts.places,
      (unsigned long long)counts.private_codes, dseg_code_edition());
  put_line(stream, counts.unnamed, "segment whose label does not say what it is",
           "segments whose label does not say what they are");
  put_line(stream, counts.no_patient, "object without Patient ID (0010,0020)",
           "objects without Patient ID (0010,0020)");
  put_line(stream, counts.no_frame_of_reference, "object without a frame of reference from images (0020,0052)",
           "objects without a frame of reference from images (0020,0052)");
  put_line(stream, counts.no_images, "object that refers to no image", "objects that refer to no image");
  put_line(stream, counts.not_compared, "object that was not compared with all its images (--reference)",
           "objects that were not compared with all their images (--reference)");
}

static void put_forms(const review *all, const uint32_t *order, FILE *stream) {
  const size_t count = review_table_count(&all->forms);
  put(stream, "made by:\n");
  for (size_t i = 0; i < count && i < MOST_FORMS; i++) {
    const review_form *form = review_table_item(&all->forms, order[i]);
    const char *maker = review_table_string(&all->texts, form->maker);
    put(stream, "  %u object%s, %llu bytes: %s: %s, %s\n", (unsigned)form->objects, plural(form->objects),
        (unsigned long long)form->bytes, *maker != '\0' ? maker : "not said",
        review_table_string(&all->texts, form->representation), review_table_string(&all->texts, form->syntax));
  }
  if (count > MOST_FORMS) {
    put(stream, "  and in %zu more ways\n", count - MOST_FORMS);
  }
}

dseg_status review_write_text(const review *all, FILE *stream, size_t most, dseg_error *error) {
  uint32_t *findings = NULL;
  uint32_t *forms = NULL;
  dseg_error_clear(error);
  dseg_status status = review_sort_findings(all, &findings, error);
  if (status == DSEG_OK) {
    status = review_sort_forms(all, &forms, error);
  }
  if (status == DSEG_OK) {
    const review_totals totals = review_total(all);
    put(stream, "%zu object%s in %zu series of %zu patient%s; %zu with findings\n", totals.objects,
        plural(totals.objects), totals.series, totals.patients, plural(totals.patients), totals.objects_with_findings);
    put_findings(all, findings, stream, most);
    put_unverified(all, stream);
    put_forms(all, forms, stream);
    status = review_flush(stream, error);
  }
  free(findings);
  free(forms);
  return status;
}
