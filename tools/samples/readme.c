/* SPDX-License-Identifier: Apache-2.0 */
/* readme.c - README.md of a set of samples: for a member of a working group who has nothing but the set. */
#include <stdlib.h>
#include <string.h>

#include "cli/environment.h"
#include "os/os.h"
#include "samples/samples.h"

/* What was segmented, as far as it is known. */
static void put_subject(FILE *out, const samples_job *job) {
  const dseg_geometry *geometry = &job->geometry;
  const char *name = job->has_copy ? "source.dcm" : job->is_replaced ? "a volume of labels" : os_path_name(job->source);
  fprintf(out, "The segmentation is `%s`: %zu %s, %u columns x %u rows x %zu planes",
          *name != '\0' ? name : job->source, job->segment_count, job->segment_count == 1 ? "segment" : "segments",
          (unsigned)geometry->columns, (unsigned)geometry->rows, geometry->plane_count);
  if (geometry->pixel_spacing[0] > 0.0 && geometry->pixel_spacing[1] > 0.0) { /* rows first: PS3.3 10.7.1.3 */
    fprintf(out, ", pixels of %.4g mm (column to column) x %.4g mm (row to row)", geometry->pixel_spacing[1],
            geometry->pixel_spacing[0]);
  }
  if (geometry->spacing_between_slices > 0.0) {
    fprintf(out, ", planes %.4g mm apart", geometry->spacing_between_slices);
  }
  fputs(".\n\n", out);
}

static void put_intro(FILE *out, const samples_job *job) {
  const char *kind = job->fractions ? "fractions" : job->overlap ? "segments that overlap" : "segments";
  fprintf(
      out,
      "# One segmentation in every encoding\n\n"
      "Each `.dcm` file in this directory is a DICOM Segmentation with the same %s in the same voxels: what differs\n"
      "is the representation (BINARY, FRACTIONAL, LABELMAP: PS3.3 C.8.20.2) and the transfer syntax. Use them to\n"
      "test whether software reads an encoding, and to compare sizes. `preview.png` shows what must be seen.%s\n\n"
      "All were written and checked by dseg %s. \"Standard\" are encodings of the DICOM standard; a \"proposal\" is "
      "an\n"
      "experiment that no product should produce: its file name begins with `experimental-`, its transfer syntax\n"
      "or SOP class is a private UID, and Content Description (0070,0081) says so.\n\n",
      kind,
      job->page ? " Open\n`page.html` in a browser and drop this directory on it: it shows them, and times each." : "",
      dseg_version());
  put_subject(out, job);
}

/* What is the same in all objects, and what a comparison of their attributes has to pass over. */
static void put_identity(FILE *out, const samples_job *job) {
  fputs(
      "## Whose they are\n\n"
      "All samples of the encodings belong to one patient, study and frame of reference. From instance to instance\n"
      "differ, whatever the encoding:\n\n"
      "- SOP Instance UID (0008,0018), and Media Storage SOP Instance UID (0002,0003), which is the same\n"
      "- Series Instance UID (0020,000E): each instance is a series of its own\n"
      "- Series Description (0008,103E), which names the encoding\n"
      "- Dimension Organization UID (0020,9164)\n\n"
      "Dates and times are the same in all of them. So two samples of one representation differ in nothing else but\n"
      "Transfer Syntax UID (0002,0010) and Pixel Data (7FE0,0010), and what a proposal says of itself; those of two\n"
      "representations in the attributes that make the representation, too.\n\n",
      out);
  if (job->is_phantom) {
    fprintf(out,
            "It is a phantom, and nobody's: the patient is called Phantom. `images/` has the %zu CT images that show "
            "it, with\n"
            "the same patient, study and frame of reference; the samples refer to them. Open both together in a "
            "viewer.\n\n",
            job->image_count);
  }
  if (!job->is_replaced) {
    return;
  }
  fprintf(
      out,
      "The patient's identity was replaced, here%s%s: by the Basic Profile of PS3.15 Annex E, Table E.1-1. Names,\n"
      "identifiers and institutions are gone or say SAMPLE, dates are 2000-01-01, private elements are removed. All\n"
      "UIDs but those of the standard are new, by one mapping, so that references still say the same. Pixels,\n"
      "and what is written in them, are as they were.\n\n",
      job->has_copy ? " and in [source.dcm](source.dcm), a copy of the source" : "",
      job->image_count > 0 ? " and in the images" : "");
  if (job->image_count > 0) {
    fprintf(out, "`images/` has the %zu %s that the segmentation was made from; the samples refer to %s.\n\n",
            job->image_count, job->image_count == 1 ? "image" : "images", job->image_count == 1 ? "it" : "them");
  } else {
    fputs("The images that the segmentation was made from are not here: what refers to them leads nowhere.\n\n", out);
  }
}

static void put_encoding(FILE *out, const sample *item) {
  uint64_t other = 0;
  char rest[24] = "";
  if (samples_other_bytes(item, &other)) {
    snprintf(rest, sizeof rest, "%llu", (unsigned long long)other);
  }
  fprintf(out, "| [%s](%s) | %s | %s%s | %s | %s | %llu | %llu | %llu | %llu | %s |\n", item->file, item->file,
          item->representation->segmentation_type, item->codec->title,
          (item->codec->flags & DSEG_PLUGIN_LOSSY) != 0 ? ", lossy" : "", item->codec->transfer_syntax_uid,
          samples_is_experimental(item) ? "proposal" : "standard", (unsigned long long)item->frames,
          (unsigned long long)item->bytes, (unsigned long long)item->pixel_bytes,
          (unsigned long long)item->per_frame_bytes, rest);
}

static void put_encodings(FILE *out, const samples_job *job) {
  fputs(
      "## Encodings\n\n"
      "| file | type | transfer syntax | UID | status | frames | bytes | pixel data | per-frame groups | rest |\n"
      "|---|---|---|---|---|--:|--:|--:|--:|--:|\n",
      out);
  for (size_t i = 0; i < job->sample_count; i++) {
    if (job->samples[i].group == SAMPLES_ENCODING) {
      put_encoding(out, &job->samples[i]);
    }
  }
  fputs(
      "\nBINARY and FRACTIONAL have a frame for each segment in each plane that it reaches, and each frame has an "
      "item\n"
      "of Per-Frame Functional Groups (5200,9230); a LABELMAP has one frame for each plane. Frames without a voxel\n"
      "are left out, but for the first and the last plane. Where the whole data set is deflated, pixel data and\n"
      "per-frame groups are counted as they are when inflated.\n\n",
      out);
}

static void put_source(FILE *out, const samples_job *job) {
  fputs("## The same in research formats\n\n| file | bytes |\n|---|--:|\n", out);
  for (size_t i = 0; i < job->sample_count; i++) {
    const sample *item = &job->samples[i];
    if (item->group == SAMPLES_SOURCE) {
      fprintf(out, "| [%s](%s) | %llu |\n", item->file, item->file, (unsigned long long)item->bytes);
    }
  }
  fputc('\n', out);
}

static void put_gaps(FILE *out, const samples_job *job) {
  if (job->gap_count == 0) {
    return;
  }
  fputs("## What there is no sample of\n\n| type | transfer syntax | why |\n|---|---|---|\n", out);
  for (size_t i = 0; i < job->gap_count; i++) {
    const samples_gap *gap = &job->gaps[i];
    fprintf(out, "| %s | %s | %s |\n", gap->representation->segmentation_type,
            gap->codec != NULL ? gap->codec->title : "any", gap->reason);
  }
  fputc('\n', out);
}

static bool has_group(const samples_job *job, samples_group group) {
  for (size_t i = 0; i < job->sample_count; i++) {
    if (job->samples[i].group == group) {
      return true;
    }
  }
  return false;
}

static void put_edge_cases(FILE *out, const samples_job *job) {
  if (!has_group(job, SAMPLES_EDGE_CASE)) {
    return;
  }
  fputs(
      "## Edge cases\n\n"
      "Small objects, each valid, each with something that readers are known to get wrong. Their voxels come from\n"
      "`dseg phantom`, not from the segmentation above.\n\n"
      "| file | type | transfer syntax | frames | bytes | what |\n|---|---|---|--:|--:|---|\n",
      out);
  for (size_t i = 0; i < job->sample_count; i++) {
    const sample *item = &job->samples[i];
    if (item->group == SAMPLES_EDGE_CASE && item->representation != NULL) {
      fprintf(out, "| [%s](%s) | %s | %s | %llu | %llu | %s |\n", item->file, item->file,
              item->representation->segmentation_type, item->codec->title, (unsigned long long)item->frames,
              (unsigned long long)item->bytes, item->purpose);
    }
  }
  fputs("\nEach has a picture of its own beside it.\n\n", out);
}

static void put_faulty(FILE *out, const samples_job *job) {
  if (!has_group(job, SAMPLES_FAULTY)) {
    return;
  }
  fputs(
      "## Faulty objects\n\n"
      "Each breaks one rule, the one that its name says. A validator must report it; a reader may refuse it or bear\n"
      "with it, but must not show a wrong segmentation without a word. They are no examples to follow.\n\n"
      "| file | rule of `dseg validate` | fault |\n|---|---|---|\n",
      out);
  for (size_t i = 0; i < job->sample_count; i++) {
    const sample *item = &job->samples[i];
    if (item->group == SAMPLES_FAULTY) {
      fprintf(out, "| [%s](%s) | %s | %s |\n", item->file, item->file,
              item->rule != NULL ? item->rule : "none: it cannot be read", item->purpose);
    }
  }
  fputc('\n', out);
}

static bool has_varying(const samples_job *job) {
  for (size_t i = 0; i < job->sample_count; i++) {
    if (job->samples[i].codec != NULL && (job->samples[i].codec->flags & DSEG_PLUGIN_VARYING) != 0) {
      return true;
    }
  }
  return false;
}

static void put_checks(FILE *out, const samples_job *job) {
  const char *epoch = cli_date_epoch();
  fputs(
      "## Checking and repeating\n\n"
      "`manifest.json` and `MANIFEST.csv` have for each file its encoding, where its bytes go, its SHA-256, and the\n"
      "command that made it. Commands give the same bytes again with the same versions of dseg and of the libraries\n"
      "named in `manifest.json`, in a directory that holds the files that they read, and with\n\n",
      out);
  fprintf(out, "    export SOURCE_DATE_EPOCH=%s\n\n", epoch != NULL ? epoch : "1735689600");
  if (has_varying(job)) {
    fputs(
        "But for files that `manifest.json` calls `varying`: their encoder gives the same pixels other bytes each "
        "time.\n\n",
        out);
  }
  fputs("`voxels_sha256` is the SHA-256 of the decoded voxels, the same for every encoding", out);
  if (job->fractions) {
    fputs(
        ". For each plane, and in it for each segment with\nan entry that is not 0: the plane, counted from 0, and "
        "the segment, counted from 1 by ascending number, as 32-bit\nlittle endian numbers, then the stored "
        "fractions, a byte for each pixel, by row and column.\n",
        out);
  } else if (job->overlap) {
    fputs(
        ". For each plane, and in it for each segment that\nhas a voxel there: the plane, counted from 0, and the "
        "segment, counted from 1 by ascending number, as 32-bit little\nendian numbers, then a byte for each pixel, "
        "by row and column, 1 inside and 0 outside.\n",
        out);
  } else {
    fputs(
        ": planes by position, rows,\ncolumns; for each voxel its segment counted from 1 by ascending number, 0 "
        "where there is none, as a byte (as 16-bit\nlittle endian numbers with more than 255 segments). Planes "
        "between the first and the last that have no frame count\nas empty. A lossy sample has another hash.\n",
        out);
  }
}

dseg_status samples_write_readme(const samples_job *job, dseg_error *error) {
  FILE *out = samples_open_file(job, "README.md", error);
  if (out == NULL) {
    return DSEG_ERROR_OUTPUT;
  }
  put_intro(out, job);
  put_encodings(out, job);
  put_identity(out, job);
  put_source(out, job);
  put_edge_cases(out, job);
  put_faulty(out, job);
  samples_put_readers(out, job);
  put_gaps(out, job);
  put_checks(out, job);
  return samples_close_file(job, "README.md", out, error);
}
