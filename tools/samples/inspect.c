/* SPDX-License-Identifier: Apache-2.0 */
/* inspect.c - opens a sample, says how it is encoded, and hashes its bytes and its voxels: these as
 * dseg_source_digest does, so that every encoding of a segmentation has the same hash. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/environment.h"
#include "os/os.h"
#include "samples/samples.h"

static void to_hex(const uint8_t digest[DSEG_SHA256_SIZE], char hex[SAMPLES_HEX]) {
  for (size_t i = 0; i < DSEG_SHA256_SIZE; i++) {
    snprintf(hex + 2 * i, 3, "%02x", digest[i]);
  }
}

dseg_status samples_hash_voxels(dseg_source *source, const char *name, bool fractions, unsigned threads,
                                char hex[SAMPLES_HEX], bool *overlap, dseg_error *error) {
  char what[SAMPLES_PATH + 16];
  snprintf(what, sizeof what, "checking %s", name);
  cli_progress progress;
  cli_progress_begin(&progress, what);
  const dseg_digest_options options = {.struct_size = sizeof(dseg_digest_options),
                                       .as_masks = !fractions,
                                       .threads = threads,
                                       .progress = cli_progress_sink(&progress)};
  dseg_digest digest;
  const dseg_status status = dseg_source_digest(source, &options, &digest, error);
  cli_progress_end(&progress);
  to_hex(digest.sha256, hex);
  *overlap = digest.overlap;
  return status;
}

dseg_status samples_hash_file(const samples_job *job, sample *item, dseg_error *error) {
  enum { PIECE = 1 << 16 };
  char path[SAMPLES_PATH];
  uint8_t digest[DSEG_SHA256_SIZE];
  samples_path(job, item->file, path);
  uint8_t *piece = malloc(PIECE);
  FILE *stream = piece != NULL ? os_open(path, "rb") : NULL;
  if (stream == NULL) {
    const int number = piece != NULL ? errno : ENOMEM;
    free(piece);
    return dseg_fail(error, number == ENOMEM ? DSEG_ERROR_MEMORY : DSEG_ERROR_INPUT, "cannot be read: %s",
                     strerror(number));
  }
  dseg_sha256 hash;
  dseg_sha256_start(&hash);
  item->bytes = 0;
  for (size_t got = fread(piece, 1, PIECE, stream); got > 0; got = fread(piece, 1, PIECE, stream)) {
    dseg_sha256_add(&hash, piece, got);
    item->bytes += got;
  }
  dseg_sha256_finish(&hash, digest);
  to_hex(digest, item->file_hash);
  const bool failed = ferror(stream) != 0;
  fclose(stream);
  free(piece);
  return failed ? dseg_fail(error, DSEG_ERROR_INPUT, "cannot be read") : DSEG_OK;
}

dseg_status samples_inspect(const samples_job *job, sample *item, dseg_error *error) {
  char path[SAMPLES_PATH];
  const dseg_open_options options = {.struct_size = sizeof(dseg_open_options),
                                     .threads = job->threads,
                                     .temporary_directory = cli_temporary_directory(),
                                     .memory_limit = cli_memory_limit()};
  dseg_source *source = NULL;
  bool overlap = false;
  samples_path(job, item->file, path);
  DSEG_TRY(samples_hash_file(job, item, error));
  DSEG_TRY(dseg_open(path, &options, &source, error));
  const dseg_encoding_info *info = dseg_source_encoding(source);
  const dseg_voxel_kind kind = dseg_source_description(source)->kind;
  const bool own_fractions = kind == DSEG_VOXELS_PROBABILITY || kind == DSEG_VOXELS_OCCUPANCY;
  const bool fractions = item->group == SAMPLES_ENCODING ? job->fractions : own_fractions;
  item->representation = info->representation != NULL ? dseg_find_representation(info->representation) : NULL;
  item->codec = info->frame_codec != NULL ? dseg_find_frame_codec(info->frame_codec) : NULL;
  const bool palette = info->photometric_interpretation != NULL && info->photometric_interpretation[0] == 'P';
  item->photometric = palette ? "PALETTE COLOR" : "MONOCHROME2";
  item->bits_allocated = info->bits_allocated;
  snprintf(item->sop_class_uid, sizeof item->sop_class_uid, "%s",
           info->sop_class_uid != NULL ? info->sop_class_uid : "");
  item->frames = info->frame_count;
  item->pixel_bytes = info->pixel_data_bytes;
  item->per_frame_bytes = info->per_frame_bytes;
  const dseg_status status =
      samples_hash_voxels(source, path, fractions, job->threads, item->voxel_hash, &overlap, error);
  dseg_source_close(source);
  return status;
}

bool samples_is_experimental(const sample *item) {
  return (item->representation != NULL && (item->representation->flags & DSEG_PLUGIN_EXPERIMENTAL) != 0) ||
         (item->codec != NULL && (item->codec->flags & DSEG_PLUGIN_EXPERIMENTAL) != 0);
}

bool samples_other_bytes(const sample *item, uint64_t *bytes) {
  if (item->codec == NULL || (item->codec->flags & DSEG_PLUGIN_DEFLATED) != 0) {
    return false;
  }
  *bytes = item->bytes - item->pixel_bytes - item->per_frame_bytes;
  return true;
}

const char *samples_sop_class_name(const char *uid) {
  return strcmp(uid, "1.2.840.10008.5.1.4.1.1.66.4") == 0   ? "Segmentation Storage"
         : strcmp(uid, "1.2.840.10008.5.1.4.1.1.66.7") == 0 ? "Label Map Segmentation Storage"
                                                            : "private SOP class";
}
