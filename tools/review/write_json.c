/* SPDX-License-Identifier: Apache-2.0 */
/* write_json.c - the results of a review as one JSON object. */
#include <stdlib.h>

#include "cli/json_out.h"
#include "dseg/terms.h"
#include "dseg/version.h"
#include "review/summary.h"

static void put_finding(const review *all, uint32_t number, json_out *json) {
  const review_finding *finding = review_table_item(&all->findings, number);
  const review_kind_row *kind = review_kind_at(finding->kind);
  json_begin_object(json, NULL);
  json_put_string(json, "kind", kind->name);
  json_put_unsigned(json, "weight", kind->weight);
  json_put_string(json, "section", kind->section);
  json_put_string(json, "rule", kind->rule);
  json_put_string(json, "what", review_finding_text(all, number));
  json_put_string(json, "next", kind->advice);
  json_put_unsigned(json, "count", finding->count);
  json_put_unsigned(json, "objects", finding->objects);
  json_begin_array(json, "examples");
  for (uint32_t i = 0; i < finding->objects && i < REVIEW_EXAMPLES; i++) {
    json_put_string(json, NULL, review_object_name(all, finding->examples[i]));
  }
  json_end(json);
  json_end(json);
}

static void put_form(const review *all, uint32_t number, json_out *json) {
  const review_form *form = review_table_item(&all->forms, number);
  json_begin_object(json, NULL);
  json_put_string(json, "maker", review_table_string(&all->texts, form->maker));
  json_put_string(json, "representation", review_table_string(&all->texts, form->representation));
  json_put_string(json, "syntax", review_table_string(&all->texts, form->syntax));
  json_put_unsigned(json, "objects", form->objects);
  json_put_unsigned(json, "bytes", form->bytes);
  json_end(json);
}

static void put_unverified(const review *all, json_out *json) {
  const review_unverified counts = review_count_unverified(all);
  json_begin_object(json, "unverified");
  json_put_unsigned(json, "inputs", all->unread);
  json_put_unsigned(json, "codes", counts.codes);
  json_put_unsigned(json, "private_codes", counts.private_codes);
  json_put_unsigned(json, "code_places", counts.places);
  json_put_string(json, "code_table", dseg_code_edition());
  json_put_unsigned(json, "unnamed_segments", counts.unnamed);
  json_put_unsigned(json, "without_patient", counts.no_patient);
  json_put_unsigned(json, "without_frame_of_reference", counts.no_frame_of_reference);
  json_put_unsigned(json, "without_images", counts.no_images);
  json_put_unsigned(json, "not_compared_with_images", counts.not_compared);
  json_end(json);
}

static void put_totals(const review *all, json_out *json) {
  const review_totals totals = review_total(all);
  json_put_string(json, "dseg", dseg_version());
  json_put_unsigned(json, "objects", totals.objects);
  json_put_unsigned(json, "series", totals.series);
  json_put_unsigned(json, "patients", totals.patients);
  json_put_unsigned(json, "objects_with_findings", totals.objects_with_findings);
}

dseg_status review_write_json(const review *all, FILE *stream, dseg_error *error) {
  json_out json = {.stream = stream};
  uint32_t *findings = NULL;
  uint32_t *forms = NULL;
  dseg_error_clear(error);
  dseg_status status = review_sort_findings(all, &findings, error);
  if (status == DSEG_OK) {
    status = review_sort_forms(all, &forms, error);
  }
  if (status == DSEG_OK) {
    json_begin_object(&json, NULL);
    put_totals(all, &json);
    json_begin_array(&json, "findings");
    for (size_t i = 0; i < review_table_count(&all->findings); i++) {
      put_finding(all, findings[i], &json);
    }
    json_end(&json);
    put_unverified(all, &json);
    json_begin_array(&json, "makers");
    for (size_t i = 0; i < review_table_count(&all->forms); i++) {
      put_form(all, forms[i], &json);
    }
    json_end(&json);
    json_end(&json);
    status = review_flush(stream, error);
  }
  free(findings);
  free(forms);
  return status;
}
