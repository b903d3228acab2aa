/* SPDX-License-Identifier: Apache-2.0 */
/* make.c - from a segmentation to the file of its picture. */
#include <string.h>

#include "cli/commands.h"
#include "cli/environment.h"
#include "cli/inputs.h"
#include "cli/streams.h"
#include "preview/png.h"
#include "preview/preview.h"
#include "preview/svg.h"

/* Before the work: the picture is none of the inputs. */
static int check_names(preview_job *job, const char *output) {
  dseg_error error = {DSEG_OK, ""};
  job->outputs = dseg_output_set_create();
  dseg_status status = job->outputs != NULL ? cli_add_inputs(job->outputs, &job->input, 1, &error)
                                            : dseg_fail(&error, DSEG_ERROR_MEMORY, "out of memory");
  if (status == DSEG_OK) {
    status = cli_add_inputs(job->outputs, job->references, job->reference_count, &error);
  }
  if (status == DSEG_OK) {
    status = dseg_output_set_check(job->outputs, &output, 1, &error);
  }
  return status == DSEG_OK ? CLI_OK : cli_fail(output, status, &error);
}

static int open_input(preview_job *job) {
  cli_warnings warnings = {.file = job->input};
  const dseg_open_options open_options = {.struct_size = sizeof(dseg_open_options),
                                          .warnings = cli_warning_sink(&warnings),
                                          .threads = job->threads,
                                          .instances = job->instances,
                                          .outputs = job->outputs,
                                          .temporary_directory = cli_temporary_directory(),
                                          .memory_limit = cli_memory_limit()};
  dseg_error error = {DSEG_OK, ""};
  cli_inputs inputs;
  int code = cli_inputs_find(&job->input, 1, CLI_ANY_SEGMENTATION, &inputs);
  if (code == CLI_OK) {
    const dseg_status status = dseg_open_many(inputs.names, inputs.count, &open_options, &job->source, &error);
    cli_warnings_end(&warnings);
    code = status == DSEG_OK ? CLI_OK : cli_fail(job->input, status, &error);
  }
  cli_inputs_end(&inputs);
  if (code != CLI_OK) {
    return code;
  }
  job->description = dseg_source_description(job->source);
  const size_t planes = job->description->geometry.plane_count;
  if (planes == 0) {
    cli_error(job->input, "there are no planes to draw");
    return CLI_INPUT;
  }
  if (job->reference_count > 0 && job->description->geometry.space != DSEG_SPACE_PATIENT) {
    cli_error(job->input, "--reference: images can be drawn below a segmentation in a patient only");
    return CLI_INPUT;
  }
  if (job->last_plane == PREVIEW_TO_THE_END) {
    job->last_plane = planes - 1;
  } else if (job->last_plane >= planes) {
    return cli_usage_error(&cmd_preview, "--planes: the segmentation has %zu planes", planes);
  }
  return CLI_OK;
}

/* The planes in the plane's own direction, or sections where there is a volume to cut. */
static dseg_status show_patient(preview_job *job, dseg_error *error) {
  preview_volume volume = {0};
  bool good = false;
  dseg_status status = DSEG_OK;
  if (job->arrangement != PREVIEW_PLANES) {
    status = preview_look_at_volume(job, &volume, &good, error);
  }
  if (status == DSEG_OK && good) {
    status = preview_show_sections(job, &volume, error);
  } else if (status == DSEG_OK && job->arrangement == PREVIEW_SECTIONS) {
    status = dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                       "--layout sections: there are no segments in several planes on a grid in a patient to cut; "
                       "--layout planes shows what there is");
  } else if (status == DSEG_OK) {
    memset(job->voxels, 0, job->description->segment_count * sizeof *job->voxels);
    status = preview_show_planes(job, error);
  }
  preview_volume_free(&volume);
  return status;
}

/* Finds what the cells show; an exit code after a message. */
static int look(preview_job *job) {
  dseg_error error = {DSEG_OK, ""};
  dseg_status status = preview_prepare(job, &error);
  if (status == DSEG_OK) {
    status = job->description->geometry.space == DSEG_SPACE_SLIDE ? preview_show_slide(job, &error)
                                                                  : show_patient(job, &error);
  }
  if (status != DSEG_OK) {
    return cli_fail(job->input, status, &error);
  }
  return job->reference_count > 0 ? preview_read_images(job) : CLI_OK;
}

static dseg_status write_picture(const preview_job *job, picture *canvas, const dseg_output *file, dseg_error *error) {
  static const uint8_t background[3] = {18, 18, 22};
  if (!picture_create(canvas, job->layout.width, job->layout.height, background)) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for the picture");
  }
  preview_draw_heading(job, canvas);
  preview_draw_cells(job, canvas);
  DSEG_TRY(preview_draw_legend(job, canvas, error));
  if (canvas->failed) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for the texts");
  }
  return canvas->texts != NULL ? svg_write(file, canvas, error)
                               : preview_write_png(file, canvas->width, canvas->height, canvas->rgb, error);
}

/* A label that the picture's font lacks letters for shows as its code's meaning, or with question marks. */
static void tell_of_letters(const preview_job *job, const picture *canvas) {
  for (size_t i = 0; i < job->description->segment_count; i++) {
    const char *label = job->description->segments[i].label;
    if (job->voxels[i] > 0 && label != NULL && !picture_has_letters(canvas, label)) {
      cli_note(job->input, "names have letters that PNG pictures have no font for; a picture called .svg shows them");
      return;
    }
  }
}

static int draw(const preview_job *job, const char *output, bool force) {
  dseg_buffer texts = {0};
  picture canvas = {.texts = preview_is_svg(output) ? &texts : NULL};
  dseg_error error = {DSEG_OK, ""};
  const dseg_output file = dseg_output_to_file(output, force ? DSEG_OUTPUT_REPLACE : 0, job->outputs);
  dseg_status status = write_picture(job, &canvas, &file, &error);
  if (status == DSEG_OK) {
    status = dseg_output_set_commit(job->outputs, &error);
  }
  if (status == DSEG_OK) {
    tell_of_letters(job, &canvas);
  }
  picture_free(&canvas);
  dseg_buffer_free(&texts);
  return status == DSEG_OK ? CLI_OK : cli_fail(output, status, &error);
}

static bool has_suffix(const char *path, const char *lower, const char *upper) {
  const size_t length = strlen(path);
  return length > 4 && (strcmp(path + length - 4, lower) == 0 || strcmp(path + length - 4, upper) == 0);
}

bool preview_is_png(const char *path) {
  return has_suffix(path, ".png", ".PNG");
}

bool preview_is_svg(const char *path) {
  return has_suffix(path, ".svg", ".SVG");
}

int preview_make(preview_job *job, const char *output, bool force) {
  int code = check_names(job, output);
  if (code == CLI_OK) {
    code = open_input(job);
  }
  if (code == CLI_OK) {
    code = look(job);
  }
  if (code == CLI_OK) {
    code = draw(job, output, force);
  }
  preview_release(job);
  dseg_source_close(job->source);
  dseg_output_set_destroy(job->outputs);
  return code;
}
