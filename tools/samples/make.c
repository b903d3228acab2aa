/* SPDX-License-Identifier: Apache-2.0 */
/* make.c - makes samples by calls of the library and of `dseg phantom`, and shows the command that does the same. Each
 * option stands beside the member that it sets, so that command and call cannot differ. */
#include <stdlib.h>
#include <string.h>

#include "cli/environment.h"
#include "convert/convert.h"
#include "os/os.h"
#include "phantom/phantom.h"
#include "preview/preview.h"
#include "samples/samples.h"

/* Where messages of a conversion go. The source's were shown when it was looked at. */
typedef struct listener {
  const char *input;
  dseg_message_sink shown;
} listener;

static void tell(void *user, dseg_message_kind kind, const char *file, const char *message) {
  const listener *to = user;
  if (kind == DSEG_MESSAGE_WARNING && (file == NULL || strcmp(file, to->input) != 0)) {
    to->shown.tell(to->shown.user, kind, file, message);
  }
}

/* The title of a codec without what follows its name. */
static int short_title(const dseg_frame_codec *codec) {
  static const char *const ends[] = {" Image Compression", " Compression", " (", ", "};
  size_t length = strlen(codec->title);
  for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
    const char *end = strstr(codec->title, ends[i]);
    length = end != NULL && (size_t)(end - codec->title) < length ? (size_t)(end - codec->title) : length;
  }
  return (int)length;
}

const char *samples_describe_series(const char *file, const char *representation, const char *frame_codec,
                                    char text[SAMPLES_LONG_STRING]) {
  const char *type = dseg_find_representation(representation)->segmentation_type;
  const dseg_frame_codec *codec = frame_codec != NULL ? dseg_find_frame_codec(frame_codec) : NULL;
  const char *slash = strchr(file, '/');
  if (slash != NULL) {
    snprintf(text, SAMPLES_LONG_STRING, "%.*s: %s", (int)strcspn(slash + 1, "."), slash + 1, type);
  } else if (codec != NULL && (codec->flags & DSEG_PLUGIN_EXPERIMENTAL) == 0) {
    snprintf(text, SAMPLES_LONG_STRING, "%s, %.*s", type, short_title(codec), codec->title);
  } else { /* the library puts the names of experimental ones before it */
    snprintf(text, SAMPLES_LONG_STRING, "%s", type);
  }
  return text;
}

static void set_content(const samples_conversion *wanted, dseg_convert_options *options, samples_command *command) {
  if (wanted->representation != NULL) {
    options->representation = wanted->representation;
    samples_show_option(command, "--as", wanted->representation);
  }
  if (wanted->plane > 0) {
    char number[24];
    snprintf(number, sizeof number, "%zu", wanted->plane);
    options->first_plane = wanted->plane;
    options->last_plane = wanted->plane;
    samples_show_option(command, "--planes", number);
  }
  options->segments = wanted->segments;
  for (size_t i = 0; i < SAMPLES_LISTS && wanted->segments[i] != NULL; i++) {
    options->segment_count++;
    if (wanted->segments[1] == NULL) {
      samples_show_option(command, "--segments", wanted->segments[i]);
    } else { /* several lists: each is one word */
      char text[SAMPLES_NAME];
      snprintf(text, sizeof text, "--segments=%s", wanted->segments[i]);
      samples_show(command, text);
    }
  }
}

static void set_encoding(const samples_conversion *wanted, dseg_convert_options *options, samples_command *command) {
  static const char *const tables[] = {"basic", "extended"};
  if (wanted->empty_frames != DSEG_EMPTY_BOUNDS) {
    options->empty_frames = wanted->empty_frames;
    samples_show_option(command, "--empty-frames", wanted->empty_frames == DSEG_EMPTY_OMIT ? "omit" : "keep");
  }
  if (wanted->option.name != NULL) {
    char text[SAMPLES_NAME];
    snprintf(text, sizeof text, "%s=%lld", wanted->option.name, (long long)wanted->option.value);
    options->encoding_options = &wanted->option;
    options->encoding_option_count = 1;
    samples_show_option(command, "--option", text);
  }
  if (wanted->frame_codec != NULL) {
    options->frame_codec = wanted->frame_codec;
    samples_show_option(command, "--transfer-syntax", wanted->frame_codec);
  }
  if (wanted->has_offset_table) {
    options->offset_table = wanted->offset_table;
    samples_show_option(command, "--offset-table", tables[wanted->offset_table]);
  }
}

/* Where the library says that the output cannot hold the input, refusal receives why. */
static int run(const samples_job *job, const char *input, const char *output, dseg_convert_options *options,
               dseg_error *refusal) {
  cli_progress progress;
  cli_progress frames;
  convert_messages messages = {.count = 0};
  listener to = {input, convert_message_sink(&messages)};
  options->threads = job->threads;
  options->temporary_directory = cli_temporary_directory();
  options->memory_limit = cli_memory_limit();
  options->progress = cli_progress_sink(&progress);
  options->frame_progress = cli_progress_sink(&frames);
  options->messages = (dseg_message_sink){tell, &to};
  options->option_names = convert_option_names;
  options->option_name_count = DSEG_OPTION_COUNT;
  const dseg_output file = dseg_output_to_file(output, 0, NULL);
  dseg_convert_result *result = NULL;
  dseg_error error;
  cli_progress_begin(&progress, output);
  cli_progress_begin(&frames, "compressing frames");
  const dseg_status status = dseg_convert(&input, 1, &file, options, &result, &error);
  cli_progress_end(&progress);
  convert_messages_end(&messages);
  int code = CLI_OK;
  if (status != DSEG_OK && result != NULL && result->refused) {
    refusal->status = status;
    snprintf(refusal->message, sizeof refusal->message, "%s", cli_without_file(error.message, result->file));
    code = CLI_OUTPUT;
  } else if (status != DSEG_OK) {
    code = convert_fail(result, status, &error);
  }
  dseg_convert_result_destroy(result);
  return code;
}

/* Paths of the images of the set one by one; NULL after a message. The caller's, to be freed. */
static const char **name_images(const samples_job *job) {
  const size_t length = strlen(job->directory) + SAMPLES_NAME;
  const char **paths = malloc(job->image_count * (sizeof *paths + length));
  if (paths == NULL) {
    cli_error(NULL, "out of memory");
    return NULL;
  }
  char *text = (char *)(paths + job->image_count);
  for (size_t i = 0; i < job->image_count; i++) {
    paths[i] = text + i * length;
    snprintf(text + i * length, length, "%s/" SAMPLES_IMAGE_NAME, job->directory, i + 1);
  }
  return paths;
}

/* Whether the first object is to refer to images, of the set or elsewhere. */
static bool has_images(const samples_job *job) {
  return job->reference_count > 0 || job->image_count > 0;
}

/* The images that the source was drawn on. images: the paths of those of the set: of their directory, or, where there
 * were several, which may be of several series, of each. */
static void set_references(const samples_job *job, const char *const *images, size_t image_count,
                           dseg_convert_options *options, samples_command *command) {
  options->references = job->image_count > 0 ? images : job->references;
  options->reference_count = job->image_count > 0 ? image_count : job->reference_count;
  samples_show(command, "--reference");
  if (job->image_count > 0 && job->reference_count > 1) {
    samples_show_pattern(command, SAMPLES_IMAGES "/*.dcm");
    return;
  }
  for (size_t i = 0; i < options->reference_count; i++) {
    samples_show(command, os_path_name(options->references[i]));
  }
}

int samples_convert(const samples_job *job, const samples_conversion *wanted, samples_command *command,
                    dseg_error *refusal) {
  char room[SAMPLES_PATH];
  char output[SAMPLES_PATH];
  char directory[SAMPLES_PATH];
  char seed[SAMPLES_NAME + 16];
  char description[SAMPLES_LONG_STRING];
  const char *shown = wanted->input;
  const char *input = shown != NULL ? samples_path(job, shown, room) : samples_find_source(job, room, &shown);
  const char *images = samples_path(job, SAMPLES_IMAGES, directory);
  dseg_convert_options options = {.struct_size = sizeof options};
  const bool refers = wanted->input == NULL && wanted->representation != NULL && has_images(job);
  const bool by_name = refers && job->image_count > 0 && job->reference_count > 1;
  const char **names = by_name ? name_images(job) : NULL;
  if (by_name && names == NULL) {
    return CLI_INPUT;
  }
  samples_show(command, "convert");
  samples_show_option(command, shown, wanted->output);
  if (refers) {
    set_references(job, by_name ? names : &images, by_name ? job->image_count : 1, &options, command);
  }
  set_content(wanted, &options, command);
  set_encoding(wanted, &options, command);
  if (wanted->representation != NULL) { /* a seed of its own: no two objects share UIDs */
    snprintf(seed, sizeof seed, "samples/%s", wanted->output);
    options.uid_seed = seed;
    options.date_time = cli_date_time();
    samples_show_option(command, "--uid-seed", seed);
    options.series_description =
        samples_describe_series(wanted->output, wanted->representation, wanted->frame_codec, description);
    samples_show_option(command, "--series-description", description);
  }
  const int code = samples_fits(job, command)
                       ? run(job, input, samples_path(job, wanted->output, output), &options, refusal)
                       : CLI_USAGE;
  free(names);
  return code;
}

int samples_make_phantom(const samples_job *job, const char *file, const phantom_spec *spec, const char *images,
                         samples_command *command) {
  char path[SAMPLES_PATH];
  char directory[SAMPLES_PATH];
  char text[SAMPLES_NAME];
  samples_show(command, "phantom");
  samples_show(command, file);
  snprintf(text, sizeof text, "%zux%zux%zu", spec->size[0], spec->size[1], spec->size[2]);
  samples_show_option(command, "--size", text);
  if (spec->spacing[0] > 0) {
    snprintf(text, sizeof text, "%gx%gx%g", spec->spacing[0], spec->spacing[1], spec->spacing[2]);
    samples_show_option(command, "--spacing", text);
  }
  if (spec->labels != PHANTOM_DEFAULT_LABELS) {
    snprintf(text, sizeof text, "%u", spec->labels);
    samples_show_option(command, "--labels", text);
  }
  if (spec->overlap) {
    samples_show(command, "--overlap");
  }
  phantom_output output = {.path = samples_path(job, file, path), .threads = job->threads};
  if (images != NULL) {
    output.images = samples_path(job, images, directory);
    samples_show_option(command, "--images", images);
  }
  return phantom_make(spec, &output);
}

int samples_draw(const samples_job *job, const char *object, bool with_images, const char *file) {
  char input[SAMPLES_PATH];
  char output[SAMPLES_PATH];
  char directory[SAMPLES_PATH];
  const char *images = samples_path(job, SAMPLES_IMAGES, directory);
  preview_job drawn = PREVIEW_START;
  drawn.input = samples_path(job, object, input);
  drawn.references = &images;
  drawn.reference_count = with_images ? 1 : 0;
  drawn.threads = job->threads;
  return preview_make(&drawn, samples_path(job, file, output), false);
}
