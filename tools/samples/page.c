/* SPDX-License-Identifier: Apache-2.0 */
/* page.c - page.html, the viewer's page (tools/viewer/page), in a set of samples. */
#include "cli/images.h"
#include "os/os.h"
#include "samples/samples.h"

/* From the program's directory: installed, in build/PRESET/tools, and in build/tools. */
static const char *const places[] = {"../share/dseg/page.html", "../../page/page.html", "../page/page.html"};

int samples_copy_page(const samples_job *job) {
  char program[SAMPLES_PATH];
  char path[SAMPLES_PATH + 64];
  bool found = false;
  if (!os_program_path(program, sizeof program)) {
    cli_error(NULL, "--page: it is not known where this program lies, and so where the page is");
    return CLI_INPUT;
  }
  const int directory = (int)(os_path_name(program) - program);
  for (size_t i = 0; !found && i < sizeof places / sizeof *places; i++) {
    snprintf(path, sizeof path, "%.*s%s", directory, program, places[i]);
    found = os_exists(path);
  }
  if (!found) {
    cli_error(NULL,
              "--page: there is no %.*s%s; tools/viewer/page/build.sh makes it, and an installation takes it along",
              directory, program, places[0]);
    return CLI_INPUT;
  }
  dseg_buffer page = {0};
  dseg_error error = {DSEG_OK, ""};
  dseg_status status = cli_read_file(path, &page, &error);
  if (status == DSEG_OK) {
    status = samples_write_file(job, SAMPLES_PAGE, &page, &error);
  }
  dseg_buffer_free(&page);
  return status == DSEG_OK ? CLI_OK : cli_fail(SAMPLES_PAGE, status, &error);
}
