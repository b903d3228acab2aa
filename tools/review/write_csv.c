/* SPDX-License-Identifier: Apache-2.0 */
/* write_csv.c - the table of a review: a row for each series, the worst first (RFC 4180). */
#include <string.h>

#include "cli/utf8.h"
#include "review/summary.h"

/* What a program for tables would take for a formula begins with an apostrophe; control characters and what is no UTF-8
 * become spaces. */
static void put_cell(FILE *stream, const char *text) {
  (void)fputc('"', stream);
  if (*text != '\0' && strchr("=+-@", *text) != NULL) {
    (void)fputc('\'', stream);
  }
  for (const unsigned char *at = (const unsigned char *)text; *at != '\0';) {
    const size_t length = cli_utf8_length(at);
    if (length == 0 || cli_is_control(at, length)) {
      (void)fputc(' ', stream);
    } else {
      if (*at == '"') {
        (void)fputc('"', stream);
      }
      (void)fwrite(at, 1, length, stream);
    }
    at += length == 0 ? 1 : length;
  }
  (void)fputc('"', stream);
}

static void put_row(const review *all, const review_row *row, FILE *stream) {
  const review_object *object = review_object_at(all, row->object);
  const review_form *form = review_table_item(&all->forms, object->form);
  const char *const names[] = {review_table_string(&all->patients, object->patient),
                               review_table_string(&all->studies, object->study), review_series_name(all, row->series)};
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    put_cell(stream, names[i]);
    (void)fputc(',', stream);
  }
  (void)fprintf(stream, "%u", (unsigned)row->objects);
  const uint32_t parts[] = {form->maker, form->representation, form->syntax};
  for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
    (void)fputc(',', stream);
    put_cell(stream, row->forms > 1 ? "several" : review_table_string(&all->texts, parts[i]));
  }
  (void)fprintf(stream, ",%llu", (unsigned long long)row->score);
  for (size_t i = 0; i < REVIEW_KINDS; i++) {
    (void)fprintf(stream, ",%llu", (unsigned long long)row->counts[i]);
  }
  (void)fprintf(stream, ",%llu,%llu,%u,%u,%u,", (unsigned long long)row->unverified_codes,
                (unsigned long long)row->unnamed, (unsigned)row->no_patient, (unsigned)row->no_frame_of_reference,
                (unsigned)row->not_compared);
  put_cell(stream, review_object_name(all, row->object));
  (void)fputc(',', stream);
  put_cell(stream, row->worst != 0 ? review_finding_text(all, row->worst - 1) : "");
  (void)fputs("\r\n", stream);
}

dseg_status review_write_csv(const review *all, FILE *stream, dseg_error *error) {
  dseg_error_clear(error);
  (void)fputs("patient,study,series,objects,maker,representation,syntax,score", stream);
  for (size_t i = 0; i < REVIEW_KINDS; i++) {
    (void)fprintf(stream, ",%s", review_kind_at(i)->name);
  }
  (void)fputs(",unverified-codes,unnamed-segments,no-patient,no-frame-of-reference,not-compared,first-object,worst\r\n",
              stream);
  for (size_t i = 0; i < all->row_count; i++) {
    put_row(all, &all->rows[i], stream);
  }
  return review_flush(stream, error);
}
