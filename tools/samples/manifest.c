/* SPDX-License-Identifier: Apache-2.0 */
/* manifest.c - what samples there are, for programs: manifest.json and MANIFEST.csv. */
#include <stdlib.h>
#include <string.h>

#include "cli/environment.h"
#include "cli/json_out.h"
#include "samples/samples.h"

static const char *const group_names[] = {"source", "encoding", "edge case", "faulty"};

static const char *status_text(const sample *item) {
  return samples_is_experimental(item) ? "proposal" : "standard";
}

static void put_sample(json_out *json, const sample *item) {
  json_begin_object(json, NULL);
  json_put_string(json, "file", item->file);
  json_put_string(json, "group", group_names[item->group]);
  if (item->purpose != NULL) {
    json_put_string(json, "purpose", item->purpose);
  }
  if (item->group == SAMPLES_FAULTY) {
    json_put_string(json, "rule", item->rule);
  }
  if (item->representation != NULL && item->codec != NULL) {
    json_put_string(json, "representation", item->representation->name);
    json_put_string(json, "segmentation_type", item->representation->segmentation_type);
    json_put_string(json, "sop_class_uid", item->sop_class_uid);
    json_put_string(json, "sop_class", samples_sop_class_name(item->sop_class_uid));
    json_begin_object(json, "transfer_syntax");
    json_put_string(json, "name", item->codec->name);
    json_put_string(json, "title", item->codec->title);
    json_put_string(json, "uid", item->codec->transfer_syntax_uid);
    json_end(json);
    json_put_string(json, "status", status_text(item));
    json_put_bool(json, "lossy", (item->codec->flags & DSEG_PLUGIN_LOSSY) != 0);
    json_put_bool(json, "varying", (item->codec->flags & DSEG_PLUGIN_VARYING) != 0);
    json_put_string(json, "photometric_interpretation", item->photometric);
    json_put_unsigned(json, "bits_allocated", item->bits_allocated);
    json_put_unsigned(json, "frames", item->frames);
  }
  json_begin_object(json, "bytes");
  json_put_unsigned(json, "file", item->bytes);
  if (item->representation != NULL) {
    json_put_unsigned(json, "pixel_data", item->pixel_bytes);
    json_put_unsigned(json, "per_frame_functional_groups", item->per_frame_bytes);
    uint64_t other = 0;
    if (samples_other_bytes(item, &other)) {
      json_put_unsigned(json, "other", other);
    }
  }
  json_end(json);
  json_put_string(json, "sha256", item->file_hash);
  if (item->voxel_hash[0] != '\0') {
    json_put_string(json, "voxels_sha256", item->voxel_hash);
  }
  json_put_string(json, "command", item->command);
  json_end(json);
}

static void put_gap(json_out *json, const samples_gap *gap) {
  json_begin_object(json, NULL);
  json_put_string(json, "representation", gap->representation->name);
  json_put_string(json, "transfer_syntax", gap->codec != NULL ? gap->codec->name : NULL);
  json_put_string(json, "reason", gap->reason);
  json_end(json);
}

static void put_libraries(json_out *json) {
  json_begin_object(json, "libraries");
  for (size_t i = 0; dseg_frame_codec_at(i) != NULL; i++) {
    const dseg_frame_codec *codec = dseg_frame_codec_at(i);
    if (codec->library_version != NULL) {
      json_put_string(json, codec->name, codec->library_version());
    }
  }
  json_end(json);
}

static dseg_status write_json(const samples_job *job, dseg_error *error) {
  FILE *stream = samples_open_file(job, "manifest.json", error);
  if (stream == NULL) {
    return DSEG_ERROR_OUTPUT;
  }
  const char *epoch = cli_date_epoch();
  json_out json = {.stream = stream};
  json_begin_object(&json, NULL);
  json_put_string(&json, "program", "dseg");
  json_put_string(&json, "version", dseg_version());
  put_libraries(&json);
  json_put_string(&json, "source_date_epoch", epoch);
  json_begin_array(&json, "samples");
  for (size_t i = 0; i < job->sample_count; i++) {
    put_sample(&json, &job->samples[i]);
  }
  json_end(&json);
  json_begin_array(&json, "left_out");
  for (size_t i = 0; i < job->gap_count; i++) {
    put_gap(&json, &job->gaps[i]);
  }
  json_end(&json);
  json_end(&json);
  return samples_close_file(job, "manifest.json", stream, error);
}

/* A field of RFC 4180. */
static void put_field(FILE *stream, const char *text, bool last) {
  if (strpbrk(text, ",\"\n") != NULL) {
    fputc('"', stream);
    for (; *text != '\0'; text++) {
      fputs(*text == '"' ? "\"\"" : (const char[2]){*text, '\0'}, stream);
    }
    fputc('"', stream);
  } else {
    fputs(text, stream);
  }
  fputs(last ? "\r\n" : ",", stream);
}

static void put_count(FILE *stream, bool there, uint64_t number) {
  char text[24] = "";
  if (there) {
    snprintf(text, sizeof text, "%llu", (unsigned long long)number);
  }
  put_field(stream, text, false);
}

static void put_row(FILE *stream, const sample *item) {
  const bool object = item->representation != NULL && item->codec != NULL;
  put_field(stream, item->file, false);
  put_field(stream, group_names[item->group], false);
  put_field(stream, object ? item->representation->name : "", false);
  put_field(stream, object ? item->codec->name : "", false);
  put_field(stream, object ? item->codec->transfer_syntax_uid : "", false);
  put_field(stream, object ? item->sop_class_uid : "", false);
  put_field(stream, object ? status_text(item) : "", false);
  put_count(stream, object, item->frames);
  put_count(stream, true, item->bytes);
  put_count(stream, object, item->pixel_bytes);
  put_count(stream, object, item->per_frame_bytes);
  uint64_t other = 0;
  const bool has_other = object && samples_other_bytes(item, &other);
  put_count(stream, has_other, other);
  put_field(stream, item->file_hash, false);
  put_field(stream, item->voxel_hash, false);
  put_field(stream, item->purpose != NULL ? item->purpose : "", false);
  put_field(stream, item->rule != NULL ? item->rule : "", false);
  put_field(stream, item->command, true);
}

static dseg_status write_csv(const samples_job *job, dseg_error *error) {
  FILE *stream = samples_open_file(job, "MANIFEST.csv", error);
  if (stream == NULL) {
    return DSEG_ERROR_OUTPUT;
  }
  fputs(
      "file,group,representation,transfer_syntax,transfer_syntax_uid,sop_class_uid,status,frames,bytes,"
      "pixel_data_bytes,per_frame_functional_groups_bytes,other_bytes,sha256,voxels_sha256,purpose,rule,command\r\n",
      stream);
  for (size_t i = 0; i < job->sample_count; i++) {
    put_row(stream, &job->samples[i]);
  }
  return samples_close_file(job, "MANIFEST.csv", stream, error);
}

dseg_status samples_write_manifest(const samples_job *job, dseg_error *error) {
  DSEG_TRY(write_csv(job, error));
  return write_json(job, error);
}
