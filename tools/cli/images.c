/* SPDX-License-Identifier: Apache-2.0 */
/* images.c - source images as files: see images.h. */
#include "cli/images.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "os/os.h"

enum { MOST_DEPTH = 32 /* of directories: links may form circles */, HEAD = 132 /* preamble and prefix, PS3.10 7.1 */ };

typedef struct walk {
  int (*visit)(void *user, const char *path);
  void *user;
} walk;

static int compare_names(const void *a, const void *b) {
  return strcmp(*(char *const *)a, *(char *const *)b);
}

static int walk_path(const walk *along, const char *path, unsigned depth);

static int walk_directory(const walk *along, const char *path, char **names, size_t count,  // NOLINT(misc-no-recursion)
                          unsigned depth) {
  int code = CLI_OK;
  if (count > 0) {
    qsort(names, count, sizeof *names, compare_names); /* the same directory gives the same order again */
  }
  for (size_t i = 0; code == CLI_OK && i < count; i++) {
    const size_t size = strlen(path) + strlen(names[i]) + 2;
    char *joined = malloc(size);
    if (joined == NULL) {
      cli_error(NULL, "out of memory");
      return CLI_INPUT;
    }
    (void)snprintf(joined, size, "%s/%s", path, names[i]);
    code = walk_path(along, joined, depth + 1);
    free(joined);
  }
  return code;
}

/* A file, or all those below a directory. */
static int walk_path(const walk *along, const char *path, unsigned depth) {  // NOLINT(misc-no-recursion): MOST_DEPTH
  char **names = NULL;
  size_t count = 0;
  const int number = os_list_directory(path, &names, &count);
  if (number == ENOTDIR) {
    return along->visit(along->user, path);
  }
  int code = CLI_INPUT;
  if (number != 0 || depth == MOST_DEPTH) {
    cli_error(path, "%s", number != 0 ? strerror(number) : "directories lie too deep, or in a circle");
  } else {
    code = walk_directory(along, path, names, count, depth);
  }
  for (size_t i = 0; i < count; i++) {
    free(names[i]);
  }
  free(names);
  return code;
}

int cli_walk(const char *path, int (*visit)(void *user, const char *path), void *user) {
  const walk along = {visit, user};
  return walk_path(&along, path, 0);
}

dseg_status cli_read_file(const char *path, dseg_buffer *bytes, dseg_error *error) {
  enum { PIECE = 1 << 16 };
  FILE *stream = os_open(path, "rb");
  if (stream == NULL) {
    return dseg_fail(error, DSEG_ERROR_INPUT, "%s: %s", path, strerror(errno));
  }
  dseg_status status = DSEG_OK;
  for (size_t got = 1; status == DSEG_OK && got > 0;) {
    status = dseg_buffer_reserve(bytes, PIECE, error);
    got = status == DSEG_OK ? fread(bytes->data + bytes->size, 1, PIECE, stream) : 0;
    bytes->size += got;
  }
  if (status == DSEG_OK && ferror(stream) != 0) {
    status = dseg_fail(error, DSEG_ERROR_INPUT, "%s: cannot be read", path);
  }
  (void)fclose(stream);
  return status;
}

bool cli_read_meta(dseg_view bytes, size_t *start, char syntax[65]) {
  size_t at = HEAD;
  syntax[0] = '\0';
  if (bytes.size < HEAD || memcmp(bytes.data + HEAD - 4, "DICM", 4) != 0) {
    return false;
  }
  while (bytes.size - at >= 8 && bytes.data[at] == 2 && bytes.data[at + 1] == 0) {
    const uint8_t *element = bytes.data + at;
    const bool is_long = memcmp(element + 4, "OB", 2) == 0 || memcmp(element + 4, "UN", 2) == 0;
    if (is_long && bytes.size - at < 12) {
      return false;
    }
    const uint8_t *length = element + (is_long ? 8 : 6);
    const size_t size =
        is_long ? (size_t)length[0] | (size_t)length[1] << 8 | (size_t)length[2] << 16 | (size_t)length[3] << 24
                : (size_t)length[0] | (size_t)length[1] << 8;
    at += is_long ? 12 : 8;
    if (size > bytes.size - at) {
      return false;
    }
    if (element[2] == 0x10 && element[3] == 0 && size < 65) {
      memcpy(syntax, bytes.data + at, size);
      syntax[size] = '\0';
      syntax[strcspn(syntax, " ")] = '\0';
    }
    at += size;
  }
  *start = at;
  return syntax[0] != '\0';
}
