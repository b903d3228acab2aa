/* cmd_samples.c - `dseg samples`: one segmentation in every encoding, with what describes and proves it. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "commands.h"
#include "samples.h"

enum { OPTION_EDGE_CASES, OPTION_LOSSY, OPTION_FORCE, OPTION_THREADS };

static const cli_option options_table[] = {
    {OPTION_EDGE_CASES, "edge-cases", NULL, false, "Content",
     "Also small objects that are valid but uncommon, and faulty ones, each with the fault that its name says."},
    {OPTION_LOSSY, "lossy", NULL, false, NULL, "Also lossy transfer syntaxes, for FRACTIONAL."},
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
                                 ".seg.nrrd, manifest.json, MANIFEST.csv, README.md and a picture. The same source\n"
                                 "gives the same bytes again.",
                                 options_table,
                                 run};

sample *samples_new(samples_job *job, samples_group group, const char *file) {
  if (job->sample_count == job->sample_room) {
    const size_t room = job->sample_room > 0 ? 2 * job->sample_room : 64;
    sample *grown = realloc(job->samples, room * sizeof *grown);
    if (grown == NULL) {
      cli_error(NULL, "out of memory");
      return NULL;
    }
    job->samples = grown;
    job->sample_room = room;
  }
  sample *item = &job->samples[job->sample_count++];
  *item = (sample){.group = group};
  snprintf(item->file, sizeof item->file, "%s", file);
  return item;
}

int samples_keep(samples_job *job, samples_group group, const char *file, const char *command, const char *purpose) {
  dseg_error error = {DSEG_OK, ""};
  char path[4096];
  sample *item = samples_new(job, group, file);
  if (item == NULL) {
    return CLI_INPUT;
  }
  snprintf(item->command, sizeof item->command, "%s", command);
  item->purpose = purpose;
  samples_path(job, file, path);
  const dseg_status status = group == SAMPLES_ENCODING || group == SAMPLES_EDGE_CASE
                                 ? samples_inspect(job, item, &error)
                                 : samples_hash_file(job, item, &error);
  return status == DSEG_OK ? CLI_OK : cli_fail(path, status, &error);
}

static bool is_empty(const char *path) {
  DIR *directory = opendir(path);
  bool empty = directory != NULL;
  for (const struct dirent *entry = empty ? readdir(directory) : NULL; entry != NULL; entry = readdir(directory)) {
    empty = empty && (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0);
  }
  if (directory != NULL) {
    closedir(directory);
  }
  return empty;
}

static int make_directory(const samples_job *job) {
  if (mkdir(job->directory, 0777) != 0) {
    if (errno != EEXIST) {
      cli_error(job->directory, "cannot be made: %s", strerror(errno));
      return CLI_OUTPUT;
    }
    if (!job->force && !is_empty(job->directory)) {
      cli_error(job->directory, "is no empty directory; --force writes into it and replaces files");
      return CLI_OUTPUT;
    }
  }
  return CLI_OK;
}

static int make_preview(samples_job *job) {
  samples_command command = {0};
  samples_add(&command, "preview");
  for (size_t i = 0; i < job->sample_count; i++) {
    if (job->samples[i].group == SAMPLES_ENCODING) {
      samples_add_file(&command, job, job->samples[i].file);
      break;
    }
  }
  samples_add_file(&command, job, "preview.png");
  return samples_run(&command, job, NULL);
}

static int make_samples(samples_job *job) {
  int code = make_directory(job);
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
  return status == DSEG_OK ? CLI_OK : cli_fail(job->directory, status, &error);
}

static int run(int argc, char **argv) {
  samples_job job = {0};
  cli_args args;
  cli_args_begin(&args, &cmd_samples, argc, argv);
  for (int id = cli_next(&args); id != CLI_END; id = cli_next(&args)) {
    switch (id) {
      case OPTION_EDGE_CASES: job.edge_cases = true; break;
      case OPTION_LOSSY: job.lossy = true; break;
      case OPTION_FORCE: job.force = true; break;
      case OPTION_THREADS:
        if (!cli_unsigned(&args, 1, 1024, &job.threads)) {
          return CLI_USAGE;
        }
        break;
      default: return args.exit_code;
    }
  }
  if (args.name_count != 2) {
    return cli_usage_error(&cmd_samples, "SOURCE and DIRECTORY are expected");
  }
  job.source = args.names[0];
  job.directory = args.names[1];
  cli_fix_date();
  const int code = make_samples(&job);
  free(job.samples);
  free(job.gaps);
  return code;
}
