/* SPDX-License-Identifier: Apache-2.0 */
/* readers.c - who reads which sample, for README.md: what programs of others made of such a set. */
#include "samples/readers.h"

#include <string.h>

#include "samples/samples.h"

static const char *verdict(char letter) {
  switch (letter) {
    case 'y': return "yes";
    case 'r': return "with references";
    case 'n': return "refuses";
    case 'w': return "**wrong**";
    case 'c': return "crashes";
    case 't': return "no time";
    default: return "";
  }
}

/* NULL when nobody was asked to read it. */
static const samples_readers_row *find_row(const char *file) {
  const samples_readers_row *row = samples_readers_rows;
  while (row->file != NULL && strcmp(row->file, file) != 0) {
    row++;
  }
  return row->file != NULL ? row : NULL;
}

static void put_head(FILE *out) {
  fprintf(
      out,
      "## Who reads them\n\n"
      "What programs of others made of a phantom of 96 x 80 x 24 voxels with its images, in each encoding, and of the\n"
      "edge cases, every voxel compared; run on %s. \"Refuses\": with a message. \"With references\": only an object\n"
      "that refers to images. \"No time\": not within a minute of CPU time. **Wrong**: something else, without an "
      "error.\n\n| file |",
      samples_readers_date);
  for (size_t i = 0; samples_readers[i] != NULL; i++) {
    fprintf(out, " %s |", samples_readers[i]);
  }
  fputs("\n|---|", out);
  for (size_t i = 0; samples_readers[i] != NULL; i++) {
    fputs("---|", out);
  }
  fputc('\n', out);
}

void samples_put_readers(FILE *out, const samples_job *job) {
  bool begun = false;
  for (size_t i = 0; i < job->sample_count; i++) {
    const samples_readers_row *row = find_row(job->samples[i].file);
    if (row == NULL) {
      continue;
    }
    if (!begun) {
      put_head(out);
    }
    begun = true;
    fprintf(out, "| %s |", row->file);
    for (const char *letter = row->letters; *letter != '\0'; letter++) {
      fprintf(out, " %s |", verdict(*letter));
    }
    fputc('\n', out);
  }
  if (!begun) {
    return;
  }
  fputc('\n', out);
  for (size_t i = 0; samples_readers_notes[i] != NULL; i++) {
    fprintf(out, "- %s\n", samples_readers_notes[i]);
  }
  fputc('\n', out);
}
