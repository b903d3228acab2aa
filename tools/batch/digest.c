/* SPDX-License-Identifier: Apache-2.0 */
/* digest.c - SHA-256 of files and texts, and whether two files are the same. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "batch/batch.h"
#include "cli/images.h"
#include "dseg/sha256.h"
#include "os/os.h"

enum { PIECE = 1 << 18 };

static void to_text(dseg_sha256 *hash, char text[65]) {
  uint8_t digest[DSEG_SHA256_SIZE];
  dseg_sha256_finish(hash, digest);
  for (size_t i = 0; i < sizeof digest; i++) {
    (void)snprintf(text + 2 * i, 3, "%02x", digest[i]);
  }
}

/* Adds the bytes of a file; 0, or a number of <errno.h>. */
static int add_file(dseg_sha256 *hash, const char *path) {
  FILE *stream = os_open(path, "rb");
  uint8_t *piece = malloc(PIECE);
  int number = stream == NULL ? errno : piece == NULL ? ENOMEM : 0;
  for (size_t got = 1; number == 0 && got > 0;) {
    got = fread(piece, 1, PIECE, stream);
    dseg_sha256_add(hash, piece, got);
    number = ferror(stream) ? EIO : 0;
  }
  if (stream != NULL) {
    (void)fclose(stream);
  }
  free(piece);
  return number;
}

dseg_status batch_hash_file(const char *path, char text[65], dseg_error *error) {
  dseg_sha256 hash;
  dseg_sha256_start(&hash);
  const int number = add_file(&hash, path);
  to_text(&hash, text);
  return number == 0 ? DSEG_OK : dseg_fail(error, DSEG_ERROR_INPUT, "%s: %s", path, strerror(number));
}

void batch_hash_text(const char *data, char text[65]) {
  dseg_sha256 hash;
  dseg_sha256_start(&hash);
  dseg_sha256_add(&hash, data, strlen(data));
  to_text(&hash, text);
}

static int add_visited(void *user, const char *path) {
  const int number = add_file(user, path);
  if (number != 0) {
    cli_error(path, "%s", strerror(number));
  }
  return number == 0 ? CLI_OK : CLI_INPUT;
}

int batch_hash_tree(const char *path, char text[65]) {
  dseg_sha256 hash;
  dseg_sha256_start(&hash);
  const int code = cli_walk(path, add_visited, &hash);
  to_text(&hash, text);
  return code;
}

bool batch_same_bytes(const char *a, const char *b) {
  FILE *streams[2] = {os_open(a, "rb"), os_open(b, "rb")};
  uint8_t *pieces = malloc(2 * (size_t)PIECE);
  bool same = streams[0] != NULL && streams[1] != NULL && pieces != NULL;
  for (size_t got = 1; same && got > 0;) {
    got = fread(pieces, 1, PIECE, streams[0]);
    same = fread(pieces + PIECE, 1, PIECE, streams[1]) == got && memcmp(pieces, pieces + PIECE, got) == 0 &&
           !ferror(streams[0]) && !ferror(streams[1]);
  }
  for (int i = 0; i < 2; i++) {
    if (streams[i] != NULL) {
      (void)fclose(streams[i]);
    }
  }
  free(pieces);
  return same;
}
