/* SPDX-License-Identifier: Apache-2.0 */
/* images.c - copies of a DICOM source and of the images given, without identity, beside the samples: what the samples
 * are made of, so that nothing in the directory tells who the patient is, and all references resolve in it. */
#include <string.h>

#include "cli/images.h"
#include "os/os.h"
#include "samples/identity.h"
#include "samples/samples.h"

enum { HEAD = 132 };

/* The run through the images. */
typedef struct image_walk {
  samples_job *job;
  identity who;
} image_walk;

/* Writes a copy of path; *skipped where it is no image, which is no fault of a file that was found in a directory. */
static int copy_file(image_walk *walk, const char *path, const char *name, bool *skipped) {
  dseg_buffer bytes = {0};
  dseg_buffer out = {0};
  dseg_error error = {DSEG_OK, ""};
  dseg_status status = cli_read_file(path, &bytes, &error);
  if (status == DSEG_OK) {
    status = identity_replace_file(&walk->who, (dseg_view){bytes.data, bytes.size}, path, &out, &error);
  }
  dseg_buffer_free(&bytes);
  *skipped = status == DSEG_ERROR_UNSUPPORTED;
  int code = CLI_OK;
  if (status == DSEG_OK) {
    status = samples_write_file(walk->job, name, &out, &error);
    code = status == DSEG_OK ? CLI_OK : cli_fail(name, status, &error);
  } else if (*skipped) {
    cli_note(path, "left out of the images: it %s", error.message);
  } else {
    code = cli_fail(path, status, &error);
  }
  dseg_buffer_free(&out);
  return code;
}

static int copy_image(void *user, const char *path) {
  image_walk *walk = user;
  char name[SAMPLES_NAME];
  bool skipped = false;
  snprintf(name, sizeof name, SAMPLES_IMAGE_NAME, walk->job->image_count + 1);
  const int code = copy_file(walk, path, name, &skipped);
  walk->job->image_count += code == CLI_OK && !skipped ? 1 : 0;
  return code;
}

static bool is_dicom(const char *path) {
  uint8_t head[HEAD];
  FILE *stream = os_open(path, "rb");
  const bool read = stream != NULL && fread(head, 1, sizeof head, stream) == sizeof head;
  if (stream != NULL) {
    (void)fclose(stream);
  }
  return read && memcmp(head + HEAD - 4, "DICM", 4) == 0;
}

static int copy_source(image_walk *walk) {
  samples_job *job = walk->job;
  bool skipped = false;
  int code = copy_file(walk, job->source, "source.dcm", &skipped);
  if (code == CLI_OK && skipped) {
    cli_error(job->source, "is no segmentation");
    return CLI_INPUT;
  }
  job->has_copy = code == CLI_OK;
  return code == CLI_OK ? samples_keep(job, SAMPLES_SOURCE, "source.dcm", "dseg samples SOURCE DIRECTORY", NULL) : code;
}

void samples_remove_further_images(const samples_job *job, const char *directory) {
  char path[SAMPLES_PATH + SAMPLES_NAME];
  if (job->image_count > 0) {
    (void)snprintf(path, sizeof path, "%s/" SAMPLES_IMAGES, directory);
    phantom_remove_further_images(path, job->image_count);
  }
}

int samples_replace_identity(samples_job *job) {
  const bool dicom = !job->is_phantom && is_dicom(job->source);
  if (job->keep_identity || (!dicom && job->reference_count == 0)) {
    return CLI_OK;
  }
  job->is_replaced = true;
  image_walk walk = {.job = job, .who = {.seed = job->uid_seed != NULL ? job->uid_seed : "samples"}};
  int code = dicom ? copy_source(&walk) : CLI_OK;
  if (code == CLI_OK && job->reference_count > 0) {
    code = samples_make_subdirectory(job, SAMPLES_IMAGES);
  }
  for (size_t i = 0; code == CLI_OK && i < job->reference_count; i++) {
    code = cli_walk(job->references[i], copy_image, &walk);
  }
  if (code == CLI_OK && job->reference_count > 0 && job->image_count == 0) {
    cli_error(job->references[0], "--reference: no image was found");
    code = CLI_INPUT;
  }
  identity_end(&walk.who);
  return code;
}
