/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_samples.c - `dseg samples`: one segmentation in every encoding, with what describes and proves it. */
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/environment.h"
#include "cli/suggest.h"
#include "samples/samples.h"

enum {
  OPTION_ONLY,
  OPTION_EDGE_CASES,
  OPTION_LOSSY,
  OPTION_PAGE,
  OPTION_REFERENCE,
  OPTION_KEEP_IDENTITY,
  OPTION_UID_SEED,
  OPTION_FORCE,
  OPTION_THREADS
};

static const cli_option options_table[] = {
    {OPTION_ONLY, "only", "ENCODING", true, "Content",
     "Only these: a representation, or a representation and a frame codec, labelmap/rle for instance."},
    {OPTION_EDGE_CASES, "edge-cases", NULL, false, NULL,
     "Also small objects that are valid but uncommon, and faulty ones, each with the fault that its name says."},
    {OPTION_LOSSY, "lossy", NULL, false, NULL, "Also lossy transfer syntaxes, for FRACTIONAL."},
    {OPTION_PAGE, "page", NULL, false, NULL,
     "Also page.html, which shows them: open it in a browser, and drop DIRECTORY on it."},
    {OPTION_REFERENCE, "reference", "DIR|FILE", true, "Whose it is",
     "The images that were segmented: copies without identity are written into DIRECTORY/images, and the samples refer "
     "to them."},
    {OPTION_KEEP_IDENTITY, "keep-identity", NULL, false, NULL,
     "Keep who the patient is, all dates and all UIDs of a DICOM SOURCE and of the images, which are not copied. "
     "Otherwise they are replaced (PS3.15 Annex E)."},
    {OPTION_UID_SEED, "uid-seed", "TEXT", false, NULL,
     "Derive the UIDs that take the place of the source's and the images' from TEXT, too: who knows the old ones but "
     "not TEXT cannot tell the new ones. TEXT is written nowhere."},
    {OPTION_FORCE, "force", NULL, false, "The run", "Write into a directory that is not empty, and replace files."},
    {OPTION_THREADS, "threads", "N", false, NULL, "At most N threads; one for each processor otherwise."},
    {0, NULL, NULL, false, NULL, NULL}};

static int run(int argc, char **argv);

const cli_command cmd_samples = {"samples",
                                 "Write a segmentation in every encoding.",
                                 "SOURCE DIRECTORY [options]",
                                 "SOURCE: a DICOM segmentation, a label volume, or the word phantom.\n"
                                 "DIRECTORY gets a .dcm file for each representation and frame codec of dseg codecs\n"
                                 "that fit together, plug-ins and proposals included, the source as .nii.gz and\n"
                                 ".seg.nrrd, manifest.json, MANIFEST.csv, README.md and a picture; for the phantom\n"
                                 "also CT images in images/. The same source gives the same bytes again. Of a DICOM\n"
                                 "SOURCE, and with --reference, the patient's identity and all UIDs are replaced.",
                                 options_table,
                                 run};

static int make_preview(const samples_job *job) {
  size_t first = 0; /* there is one: no encoding at all is an error */
  while (job->samples[first].group != SAMPLES_ENCODING) {
    first++;
  }
  /* Images of a source may be such as no picture is drawn of: the phantom's are not. */
  return samples_draw(job, job->samples[first].file, job->is_phantom, "preview.png");
}

static int make_samples(samples_job *job) {
  if (!samples_paths_fit(job)) {
    cli_error(job->directory, "the name is too long");
    return CLI_OUTPUT;
  }
  int code = samples_stage_begin(job);
  if (code == CLI_OK && job->page) {
    code = samples_copy_page(job);
  }
  if (code == CLI_OK) {
    code = samples_make_source(job);
  }
  if (code == CLI_OK) {
    code = samples_make_encodings(job);
  }
  if (code == CLI_OK) {
    code = make_preview(job);
  }
  if (code == CLI_OK && job->edge_cases) {
    code = samples_make_edge_cases(job);
  }
  if (code == CLI_OK && job->edge_cases) {
    code = samples_make_faulty(job);
  }
  if (code != CLI_OK) {
    return code;
  }
  dseg_error error = {DSEG_OK, ""};
  dseg_status status = samples_write_readme(job, &error);
  if (status == DSEG_OK) {
    status = samples_write_manifest(job, &error);
  }
  return status == DSEG_OK ? samples_stage_commit(job) : cli_fail(job->directory, status, &error);
}

/* REPRESENTATION or REPRESENTATION/CODEC, both known. */
static bool add_only(const cli_args *args, samples_job *job) {
  char name[SAMPLES_NAME];
  const char *slash = strchr(args->value, '/');
  const size_t length = slash != NULL ? (size_t)(slash - args->value) : strlen(args->value);
  snprintf(name, sizeof name, "%.*s", (int)(length < sizeof name ? length : sizeof name - 1), args->value);
  const dseg_representation *representation = cli_find_representation(args->command, "only", name);
  if (representation == NULL || (slash != NULL && cli_find_frame_codec(args->command, "only", slash + 1) == NULL)) {
    return false;
  }
  if (strcmp(representation->name, name) != 0) {
    cli_usage_error(args->command, "--only: \"%s\" is no encoding such as labelmap or labelmap/rle; see dseg codecs",
                    args->value);
    return false;
  }
  job->only[job->only_count++] = args->value;
  return true;
}

/* CLI_OK, or an exit code to return; names are in args. */
static int parse(cli_args *args, samples_job *job) {
  for (int id = cli_next(args); id != CLI_END; id = cli_next(args)) {
    bool good = true;
    switch (id) {
      case OPTION_ONLY: good = add_only(args, job); break;
      case OPTION_EDGE_CASES: job->edge_cases = true; break;
      case OPTION_LOSSY: job->lossy = true; break;
      case OPTION_PAGE: job->page = true; break;
      case OPTION_REFERENCE: job->references[job->reference_count++] = args->value; break;
      case OPTION_KEEP_IDENTITY: job->keep_identity = true; break;
      case OPTION_UID_SEED: job->uid_seed = args->value; break;
      case OPTION_FORCE: job->force = true; break;
      case OPTION_THREADS: good = cli_unsigned(args, 1, 1024, &job->threads); break;
      default: return args->exit_code;
    }
    if (!good) {
      return CLI_USAGE;
    }
  }
  if (args->name_count != 2) {
    return cli_usage_error(&cmd_samples, "SOURCE and DIRECTORY are expected");
  }
  if (job->reference_count > 0 && strcmp(args->names[0], "phantom") == 0) {
    return cli_usage_error(&cmd_samples, "--reference: the phantom has images of its own");
  }
  if (job->uid_seed != NULL && job->keep_identity) {
    return cli_usage_error(&cmd_samples, "--uid-seed is for new UIDs, and --keep-identity keeps the old ones");
  }
  job->source = args->names[0];
  job->is_phantom = strcmp(job->source, "phantom") == 0;
  job->directory = args->names[1];
  return CLI_OK;
}

static int run(int argc, char **argv) {
  samples_job job = {.only = calloc((size_t)argc + 1, sizeof *job.only),
                     .references = calloc((size_t)argc + 1, sizeof *job.references)};
  int code = CLI_INPUT;
  if (job.only == NULL || job.references == NULL) {
    cli_error(NULL, "out of memory");
  } else {
    cli_args args;
    cli_args_begin(&args, &cmd_samples, argc, argv);
    code = parse(&args, &job);
  }
  if (code == CLI_OK && job.source != NULL) { /* no source: help was asked for */
    cli_fix_date();
    code = make_samples(&job);
    samples_stage_end(&job);
  }
  free(job.only);
  free(job.references);
  free(job.samples);
  free(job.gaps);
  return code;
}
