/* SPDX-License-Identifier: Apache-2.0 */
/* inputs.c - a directory of masks stands for the files in it: see inputs.h. */
#include "cli/inputs.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/streams.h"
#include "dseg/formats.h"
#include "os/os.h"

enum { PREAMBLE = 128, HEAD = 1024 /* bytes in which Media Storage SOP Class UID (0002,0002) is one of the first */ };

static bool is_segmentation_class(const char *uid) {
  const dseg_representation *item = NULL;
  for (size_t i = 0; (item = dseg_representation_at(i)) != NULL; i++) {
    if (item->sop_class_uid != NULL && strcmp(item->sop_class_uid, uid) == 0) {
      return true;
    }
  }
  return false;
}

/* Media Storage SOP Class UID from the beginning of a file: PS3.10 7.1, in Explicit VR Little Endian. */
static bool read_class(const uint8_t *head, size_t size, char uid[65]) {
  size_t at = PREAMBLE + 4;
  if (size < at || memcmp(head + PREAMBLE, "DICM", 4) != 0) {
    return false;
  }
  while (size - at >= 8 && head[at] == 2 && head[at + 1] == 0) {
    const bool is_long = memcmp(head + at + 4, "OB", 2) == 0;
    const size_t length = is_long ? 2 : (size_t)head[at + 6] | (size_t)head[at + 7] << 8;
    const size_t value = at + (is_long ? 12 : 8);
    if (value > size || length > size - value) {
      return false;
    }
    if (head[at + 2] == 2 && head[at + 3] == 0 && length < 65) {
      memcpy(uid, head + value, length);
      uid[length] = '\0';
      uid[strcspn(uid, " ")] = '\0';
      return true;
    }
    at = value + length;
  }
  return false;
}

static cli_file_kind kind_of_dicom(const char *path) {
  static const char directory_class[] = "1.2.840.10008.1.3.10"; /* a DICOMDIR */
  uint8_t head[HEAD];
  char uid[65];
  FILE *stream = os_open(path, "rb");
  if (stream == NULL) {
    return CLI_FILE_UNKNOWN;
  }
  const size_t got = fread(head, 1, sizeof head, stream);
  const bool failed = ferror(stream) != 0;
  (void)fclose(stream);
  if (failed) {
    return CLI_FILE_UNKNOWN;
  }
  if (!read_class(head, got, uid) || strcmp(uid, directory_class) == 0) {
    return CLI_FILE_OTHER;
  }
  return is_segmentation_class(uid) ? CLI_FILE_SEGMENTATION : CLI_FILE_IMAGE;
}

bool cli_is_dicom(const char *name) {
  uint8_t head[PREAMBLE + 4];
  FILE *stream = name == cli_standard_input || os_file_size(name) == 0 ? NULL : os_open(name, "rb");
  if (stream == NULL) {
    return false;
  }
  const size_t got = fread(head, 1, sizeof head, stream);
  (void)fclose(stream);
  return got == sizeof head && memcmp(head + PREAMBLE, "DICM", 4) == 0;
}

cli_file_kind cli_kind_of(const char *path, cli_input_kind wanted) {
  if (dseg_volume_format_of(path) != NULL) {
    return wanted == CLI_ANY_SEGMENTATION ? CLI_FILE_SEGMENTATION : CLI_FILE_OTHER;
  }
  return os_file_size(path) > 0 ? kind_of_dicom(path) : CLI_FILE_OTHER; /* of a FIFO it is 0 */
}

static int out_of_memory(void) {
  cli_error(NULL, "out of memory for the names of inputs");
  return CLI_INPUT;
}

static int add_name(cli_inputs *inputs, const char *name) {
  const char **names = cli_grow((void *)inputs->names, inputs->count, &inputs->room, sizeof *names);
  if (names == NULL) {
    return out_of_memory();
  }
  inputs->names = names;
  inputs->names[inputs->count++] = name;
  return CLI_OK;
}

/* Takes the path, or frees it. */
static int add_found(cli_inputs *inputs, char *path) {
  char **found = cli_grow(inputs->found, inputs->found_count, &inputs->found_room, sizeof *found);
  if (found == NULL) {
    free(path);
    return out_of_memory();
  }
  inputs->found = found;
  inputs->found[inputs->found_count++] = path;
  return add_name(inputs, path);
}

static int compare_names(const void *a, const void *b) {
  return strcmp(*(char *const *)a, *(char *const *)b);
}

static int add_files(cli_inputs *inputs, const char *path, char **names, size_t count, cli_input_kind wanted,
                     size_t *images) {
  const size_t length = os_directory_length(path);
  for (size_t i = 0; i < count; i++) {
    if (names[i][0] == '.') {
      continue;
    }
    const size_t size = length + strlen(names[i]) + 2;
    char *joined = malloc(size);
    if (joined == NULL) {
      return out_of_memory();
    }
    (void)snprintf(joined, size, "%.*s/%s", (int)length, path, names[i]);
    const cli_file_kind kind = cli_kind_of(joined, wanted);
    *images += kind == CLI_FILE_IMAGE;
    if (kind != CLI_FILE_SEGMENTATION) {
      free(joined);
    } else if (add_found(inputs, joined) != CLI_OK) {
      return CLI_INPUT;
    }
  }
  return CLI_OK;
}

static int report(const char *path, size_t found, size_t images, cli_input_kind wanted) {
  if (found > 0 && images > 0) {
    cli_note(path, "%zu DICOM images in the directory are no segmentations and are left out", images);
  }
  if (found > 0) {
    return CLI_OK;
  }
  if (images > 0) {
    cli_error(
        path,
        "the directory holds %zu DICOM images and no segmentation: give the segmentation as input, and the images "
        "by --reference %s",
        images, path);
  } else {
    cli_error(
        path,
        "the directory holds no %s; directories below it are not looked at: give the files, or the "
        "directory in which they are",
        wanted == CLI_DICOM_ONLY ? "DICOM segmentation" : "segmentation, as DICOM, .nii, .nii.gz, .nrrd, .mha or .mhd");
  }
  return CLI_INPUT;
}

static int add_directory(cli_inputs *inputs, const char *path, char **names, size_t count, cli_input_kind wanted) {
  const size_t before = inputs->count;
  size_t images = 0;
  if (count > 0) {
    qsort(names, count, sizeof *names, compare_names); /* the same directory gives the same order again */
  }
  const int code = add_files(inputs, path, names, count, wanted, &images);
  return code == CLI_OK ? report(path, inputs->count - before, images, wanted) : code;
}

int cli_inputs_find(const char *const *names, size_t count, cli_input_kind kind, cli_inputs *inputs) {
  *inputs = (cli_inputs){.names = NULL};
  int code = CLI_OK;
  for (size_t i = 0; code == CLI_OK && i < count; i++) {
    char **files = NULL;
    size_t file_count = 0;
    if (names[i] == cli_standard_input || !os_is_directory(names[i])) {
      code = add_name(inputs, names[i]);
      continue;
    }
    const int number = os_list_directory(names[i], &files, &file_count);
    if (number == 0) {
      code = add_directory(inputs, names[i], files, file_count, kind);
    } else {
      cli_error(names[i], "%s", strerror(number));
      code = CLI_INPUT;
    }
    for (size_t k = 0; k < file_count; k++) {
      free(files[k]);
    }
    free(files);
  }
  return code;
}

void cli_inputs_end(cli_inputs *inputs) {
  for (size_t i = 0; i < inputs->found_count; i++) {
    free(inputs->found[i]);
  }
  free(inputs->found);
  free((void *)inputs->names);
  *inputs = (cli_inputs){.names = NULL};
}
