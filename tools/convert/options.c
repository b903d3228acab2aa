/* SPDX-License-Identifier: Apache-2.0 */
/* options.c - the command line of `dseg convert`. */
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/suggest.h"
#include "cli/volumes.h"
#include "convert/convert.h"
#include "os/os.h"

enum {
  OPTION_AS,
  OPTION_TRANSFER_SYNTAX,
  OPTION_OPTION,
  OPTION_REFERENCE,
  OPTION_OTHER_PATIENT,
  OPTION_METADATA,
  OPTION_NAMES,
  OPTION_REQUIRE_CODES,
  OPTION_ALGORITHM,
  OPTION_ALGORITHM_TYPE,
  OPTION_LABELS,
  OPTION_CLASSES,
  OPTION_SLIDE,
  OPTION_TILE,
  OPTION_SEGMENTS,
  OPTION_PRESENT_ONLY,
  OPTION_PLANES,
  OPTION_OVERLAP,
  OPTION_GRID,
  OPTION_SLICE_AXIS,
  OPTION_SPLIT,
  OPTION_THRESHOLD,
  OPTION_RENUMBER,
  OPTION_ROUND,
  OPTION_BACKGROUND,
  OPTION_MAP,
  OPTION_VOLUME,
  OPTION_SPACING,
  OPTION_EMPTY_FRAMES,
  OPTION_CONCATENATION,
  OPTION_OFFSET_TABLE,
  OPTION_FRAME_ORDER,
  OPTION_UID_SEED,
  OPTION_SERIES_DESCRIPTION,
  OPTION_SERIES_NUMBER,
  OPTION_WRITE_METADATA,
  OPTION_PADDED_BIT_FRAMES,
  OPTION_COMPRESSION,
  OPTION_NIFTI2,
  OPTION_SYNC,
  OPTION_FORMAT,
  OPTION_THREADS,
  OPTION_FORCE,
  OPTION_JSON
};

const cli_option convert_options_table[] = {
    {OPTION_SEGMENTS, "segments", "1,3-5|LABEL", true, "What to take",
     "Only the segments with these numbers, ranges of numbers, or labels (letter case ignored)."},
    {OPTION_PRESENT_ONLY, "present-only", NULL, false, NULL,
     "Leave out segments without a voxel; otherwise what the input or --metadata describes stays described."},
    {OPTION_PLANES, "planes", "A-B", false, NULL, "Only these planes of the input, counted from 1."},
    {OPTION_GRID, "grid", "tight|reference|FILE", false, NULL,
     "tight: without empty planes at both ends. reference: all planes of the --reference images, so that empty slices "
     "come back; the input must lie on their pixels. FILE: the grid of this volume or object, in its order of axes. "
     "Otherwise the planes of the input."},
    {OPTION_SLICE_AXIS, "slice-axis", "i|j|k|sagittal|coronal|axial", false, NULL,
     "Planes along this axis of the input (i: along its rows), or along the one nearest to that of the patient. "
     "Otherwise along that of the --reference images; for DICOM output of a volume along the axis of clearly larger "
     "spacing; else k."},
    {OPTION_OVERLAP, "overlap", "error|first|last", false, NULL,
     "Where segments overlap: refuse, or give the voxel to the first or the last of them. Without this, overlap is "
     "kept "
     "where the output can hold it and refused where it cannot."},
    {OPTION_LABELS, "labels", "instances|classes|segments", false, NULL,
     "Of an input with instances (instance-labels): their numbers, where the output holds such; their classes alone; "
     "or "
     "a "
     "segment for each, at most 65535. Otherwise numbers, or classes with a note."},
    {OPTION_THRESHOLD, "threshold", "F", false, NULL,
     "Fractions of at least F (above 0, at most 1) count as inside; needed to make labels or masks of fractions."},
    {OPTION_RENUMBER, "renumber", NULL, false, NULL, "Number the segments 1, 2, 3, ... in the output."},
    {OPTION_ROUND, "round", NULL, false, NULL,
     "Take each value of a volume for the nearest integer; otherwise only values within 0.001 of one."},
    {OPTION_BACKGROUND, "background", "VALUE", false, NULL,
     "Voxels of a volume with this value, nan too, belong to no segment, as those that are 0."},
    {OPTION_MAP, "map", "VALUE=N,...", false, NULL,
     "Voxels of a volume with this value belong to segment N, or with 0 to none; may be repeated."},
    {OPTION_VOLUME, "volume", "N|all", false, NULL, CLI_VOLUME_HELP},
    {OPTION_SPACING, "spacing", "X,Y,Z", false, NULL, CLI_SPACING_HELP},
    {OPTION_PADDED_BIT_FRAMES, "padded-bit-frames", NULL, false, NULL,
     "The input's 1-bit frames start at whole bytes, which the standard forbids (PS3.5 8.1.1) but some writers do."},
    {OPTION_NAMES, "names", "FILE|totalsegmentator|freesurfer", false, "What is said of it",
     "Names, codes and colours of the segments, from a table of any kind: dcmqi's JSON, dataset.json, label maps, CSV, "
     "colour tables, ... (dseg names shows what it says). totalsegmentator: codes and colours by the names of segments "
     "or "
     "mask files, from the table that ships; freesurfer: by FreeSurfer's numbers."},
    {OPTION_METADATA, "metadata", "FILE", false, NULL, "The same; with dcmqi's JSON also texts of the series."},
    {OPTION_CLASSES, "classes", "CSV", false, NULL,
     "The classes of instances, lines of instance,class[,confidence]: read for DICOM output of --as instance-labels or "
     "segment-ranges, written beside a volume."},
    {OPTION_REQUIRE_CODES, "require-codes", NULL, false, NULL,
     "Refuse segments without codes, which otherwise get that of Tissue, with a note."},
    {OPTION_ALGORITHM, "algorithm", "TEXT", false, NULL,
     "What made the segments, Segment Algorithm Name (0062,0009): \"TotalSegmentator 2.4\"."},
    {OPTION_ALGORITHM_TYPE, "algorithm-type", "automatic|semiautomatic|manual", false, NULL,
     "How, Segment Algorithm Type (0062,0008). Where nobody says it, automatic, with a note."},
    {OPTION_REFERENCE, "reference", "DIR|FILE", true, NULL,
     "The images that were segmented: gives patient, study, frame of reference and references to the output."},
    {OPTION_OTHER_PATIENT, "other-patient", NULL, false, NULL,
     "Inputs and images may be of different patients, or lie in different frames of reference, which is refused "
     "otherwise: for a new pseudonym of one person. The images', else the first input's, are taken."},
    {OPTION_SERIES_DESCRIPTION, "series-description", "TEXT", false, NULL, "Series Description (0008,103E)."},
    {OPTION_SERIES_NUMBER, "series-number", "N", false, NULL, "Series Number (0020,0011)."},
    {OPTION_WRITE_METADATA, "write-metadata", "JSON", false, NULL,
     "Also write names, codes and colours of the output's segments as dcmqi's JSON."},
    {OPTION_AS, "as", "REPRESENTATION", false, "DICOM output",
     "binary, fractional or labelmap (see dseg codecs). Otherwise that of a DICOM input; else fractional for "
     "fractions, "
     "binary where segments overlap, labelmap where they do not."},
    {OPTION_SLIDE, "slide", NULL, false, NULL,
     "The input is one image, the total pixel matrix of a slide; planes are its tiles: those of the --reference "
     "images, "
     "or of 512 x 512 pixels. With --as instance-labels or segment-ranges."},
    {OPTION_TILE, "tile", "RxC", false, NULL, "The same, with tiles of R rows and C columns."},
    {OPTION_TRANSFER_SYNTAX, "transfer-syntax", "NAME|UID", false, NULL,
     "How frames are compressed (see dseg codecs); explicit-le, not compressed, otherwise."},
    {OPTION_OPTION, "option", "KEY=VALUE", false, NULL,
     "An option of the representation or the transfer syntax (see dseg codecs); may be repeated."},
    {OPTION_EMPTY_FRAMES, "empty-frames", "bounds|omit|keep", false, NULL,
     "Frames without a voxel: left out but for the first and last plane (bounds, the default), all left out, or kept."},
    {OPTION_CONCATENATION, "concatenation", NULL, false, NULL,
     "Write several files, OUTPUT-1.dcm, OUTPUT-2.dcm, ..., where one would pass 4 GiB."},
    {OPTION_OFFSET_TABLE, "offset-table", "basic|extended", false, NULL,
     "Where compressed frames are told to be: Basic Offset Table, or Extended Offset Table; extended in any case where "
     "offsets exceed 32 bits."},
    {OPTION_FRAME_ORDER, "frame-order", "plane|segment", false, NULL,
     "Frames of BINARY and FRACTIONAL plane by plane, the default, or segment by segment."},
    {OPTION_UID_SEED, "uid-seed", "TEXT", false, NULL,
     "Derive UIDs from TEXT, and dates from SOURCE_DATE_EPOCH: the same input gives the same bytes."},
    {OPTION_SYNC, "sync", NULL, false, NULL, "Have the file on the disk before it gets its name."},
    {OPTION_SPLIT, "split", NULL, false, "Volume output",
     "One file for each segment: OUTPUT's name with -NUMBER-label before its suffix."},
    {OPTION_COMPRESSION, "compression", "none|1-12", false, NULL,
     "gzip level, 6 otherwise; none where the suffix leaves the choice."},
    {OPTION_NIFTI2, "nifti2", NULL, false, NULL, "NIfTI-2 rather than NIfTI-1."},
    {OPTION_FORMAT, "format", "dicom|SUFFIX", false, "The run",
     "What OUTPUT is, whatever its suffix: dicom, nii, nii.gz, nrrd, seg.nrrd, mha, ... Needed for - (standard "
     "output)."},
    {OPTION_FORCE, "force", NULL, false, NULL, "Replace files that exist."},
    {OPTION_THREADS, "threads", "N", false, NULL, "At most N threads; one for each processor otherwise."},
    {OPTION_JSON, "json", NULL, false, NULL,
     "Say on standard output what was written: files, bytes, frames, segments, seconds, peak memory."},
    {0, NULL, NULL, false, NULL, NULL}};

static const char *const overlap_names[] = {"error", "first", "last", NULL};
static const char *const label_names[] = {"instances", "classes", "segments", NULL}; /* as dseg_label_choice */
static const char *const axis_names[] = {"i", "j", "k", "sagittal", "coronal", "axial", NULL}; /* as dseg_slice_axis */
static const char *const table_names[] = {"basic", "extended", NULL};
static const char *const order_names[] = {"plane", "segment", NULL}; /* as dseg_frame_order */
static const char *const algorithm_names[] = {"automatic", "semiautomatic", "manual",
                                              NULL}; /* as dseg_algorithm_choice */
static const char *const empty_names[] = {"bounds", "omit", "keep", NULL};

static bool add_option(const cli_args *args, convert_request *request) {
  return cli_option_value(args, &request->encoding_options[request->options.encoding_option_count++]);
}

static bool set_planes(const cli_args *args, convert_request *request) {
  uint64_t first = 0;
  uint64_t last = 0;
  if (!cli_range(args->value, &first, &last) || first == 0 || last > SIZE_MAX) {
    cli_usage_error(args->command, "--planes: \"%s\" is not A-B with 1 <= A <= B", args->value);
    return false;
  }
  request->options.first_plane = (size_t)first;
  request->options.last_plane = (size_t)last;
  return true;
}

/* Labels are not known yet; what can be no label and no list is refused here. */
static bool add_segments(const cli_args *args, convert_request *request) {
  uint64_t first = 0;
  uint64_t last = 0;
  const size_t digits = strspn(args->value, "0123456789");
  const char *rest = args->value + digits;
  const bool looks_like_range =
      digits > 0 && *rest == '-' && rest[1] != '\0' && rest[1 + strspn(rest + 1, "0123456789")] == '\0';
  if (args->value[0] == '\0' || (looks_like_range && !cli_range(args->value, &first, &last))) {
    cli_usage_error(args->command, "--segments: \"%s\" is not a number, a range A-B with A <= B, or a label",
                    args->value);
    return false;
  }
  request->segments[request->options.segment_count++] = args->value;
  return true;
}

static bool set_compression(const cli_args *args, convert_request *request) {
  unsigned level = 0;
  if (strcmp(args->value, "none") == 0) {
    request->options.compression = -1;
    return true;
  }
  if (!cli_unsigned(args, 1, 12, &level)) {
    return false;
  }
  request->options.compression = (int)level;
  return true;
}

static bool set_threshold(const cli_args *args, convert_request *request) {
  return cli_real(args, 1e-9, 1, &request->options.threshold);
}

static bool set_background(const cli_args *args, convert_request *request) {
  char *end = NULL;
  if (!cli_read_value(args->value, &end, &request->options.background) || *end != '\0') {
    cli_usage_error(args->command, "--background: \"%s\" is not a number", args->value);
    return false;
  }
  request->options.has_background = true;
  return true;
}

static bool read_maps(const char *text, convert_request *request) {
  char *end = NULL;
  for (;;) {
    if (request->options.value_map_count == sizeof request->maps / sizeof *request->maps) {
      return false;
    }
    dseg_value_map *map = &request->maps[request->options.value_map_count++];
    if (!cli_read_value(text, &end, &map->from) || *end != '=' || end[1] < '0' || end[1] > '9') {
      return false;
    }
    const unsigned long long to = strtoull(end + 1, &end, 10);
    map->to = (uint32_t)to;
    if (to > UINT32_MAX || *end != ',') {
      return to <= UINT32_MAX && *end == '\0';
    }
    text = end + 1;
  }
}

static bool add_maps(const cli_args *args, convert_request *request) {
  if (!read_maps(args->value, request)) {
    cli_usage_error(args->command,
                    "--map: \"%s\" is not VALUE=N with N from 0 to 4294967295, or a list of at most %zu of these",
                    args->value, sizeof request->maps / sizeof *request->maps);
    return false;
  }
  return true;
}

/* --volume and --spacing. */
static bool set_choice_of_volume(const cli_args *args, int id, convert_request *request) {
  dseg_convert_options *options = &request->options;
  cli_volume_choice choice = {.all_volumes = options->all_volumes, .volume = options->volume};
  memcpy(choice.spacing, options->spacing, sizeof choice.spacing);
  const bool good = id == OPTION_VOLUME ? cli_take_volume(args, &choice) : cli_take_spacing(args, &choice);
  options->all_volumes = choice.all_volumes;
  options->volume = choice.volume;
  memcpy(options->spacing, choice.spacing, sizeof choice.spacing);
  return good;
}

static bool set_tile(const cli_args *args, convert_request *request) {
  char *end = NULL;
  const unsigned long rows = strtoul(args->value, &end, 10);
  const bool has_rows = args->value[0] >= '1' && args->value[0] <= '9' && *end == 'x' && end[1] >= '1' && end[1] <= '9';
  const unsigned long columns = has_rows ? strtoul(end + 1, &end, 10) : 0;
  if (!has_rows || *end != '\0' || rows > UINT16_MAX || columns > UINT16_MAX) {
    cli_usage_error(args->command, "--tile: \"%s\" is not RxC with 1 to 65535 rows and columns", args->value);
    return false;
  }
  request->options.tile_rows = (uint32_t)rows;
  request->options.tile_columns = (uint32_t)columns;
  return true;
}

static bool set_series_number(const cli_args *args, convert_request *request) {
  int64_t number = 0; /* an Integer String's range, PS3.5 6.2 */
  request->options.series_number = args->value;
  return cli_integer(args, INT32_MIN, INT32_MAX, &number);
}

static bool set_transfer_syntax(const cli_args *args, convert_request *request) {
  request->options.frame_codec = args->value;
  return cli_find_frame_codec(args->command, args->option->name, args->value) != NULL;
}

/* --names and --metadata are one thing by two names. */
static bool set_metadata(const cli_args *args, convert_request *request) {
  if (request->options.metadata != NULL) {
    cli_usage_error(args->command, "--%s: one table of names can be given, and %s is one already", args->option->name,
                    request->options.metadata);
    return false;
  }
  request->options.metadata = args->value;
  return true;
}

/* Segment Algorithm Name is an LO: one value of at most 64 characters (PS3.5 6.2). */
static bool set_algorithm(const cli_args *args, convert_request *request) {
  size_t characters = 0;
  for (const char *c = args->value; *c != '\0'; c++) {
    characters += ((unsigned char)*c & 0xC0U) != 0x80U ? 1 : 0;
  }
  if (characters == 0 || characters > 64) {
    cli_usage_error(args->command, "--algorithm: the name has %zu characters; 1 to 64 are possible (PS3.5 6.2)",
                    characters);
    return false;
  }
  request->options.algorithm_name = args->value;
  return true;
}

/* "dicom" is no suffix; the others are, without their dot. */
static bool set_format(const cli_args *args, convert_request *request) {
  static const char *const dicom[] = {"dicom", "dcm", "seg"};
  for (size_t i = 0; i < sizeof dicom / sizeof *dicom; i++) {
    if (strcmp(args->value, dicom[i]) == 0) {
      request->options.format = "dicom";
      return true;
    }
  }
  cli_suggestion suggestion = cli_suggest(args->value, strlen(args->value));
  cli_suggest_name(&suggestion, "dicom");
  const char *suffix = NULL;
  for (size_t i = 0; (suffix = dseg_volume_suffix_at(i)) != NULL; i++) {
    cli_suggest_name(&suggestion, suffix + 1);
    if (strcmp(args->value, suffix + 1) == 0) {
      request->options.format = suffix;
      return true;
    }
  }
  cli_usage_error(args->command, "--format: \"%s\" is neither dicom nor a suffix such as nii.gz%s", args->value,
                  cli_did_you_mean(&suggestion, ""));
  return false;
}

static bool set_representation(const cli_args *args, convert_request *request) {
  request->options.representation = args->value;
  return cli_find_representation(args->command, args->option->name, args->value) != NULL;
}

/* A file with the name of a word is ./tight. */
static bool set_grid(const cli_args *args, convert_request *request) {
  dseg_convert_options *options = &request->options;
  options->grid_file = NULL;
  if (strcmp(args->value, "tight") == 0) {
    options->grid = DSEG_GRID_TIGHT;
  } else if (strcmp(args->value, "reference") == 0) {
    options->grid = DSEG_GRID_REFERENCE;
  } else if (os_exists(args->value)) {
    options->grid = DSEG_GRID_FILE;
    options->grid_file = args->value;
  } else {
    cli_usage_error(args->command, "--grid: \"%s\" is neither tight, reference nor a file", args->value);
    return false;
  }
  return true;
}

/* One of the options with a choice; index is where the value stands in names. */
static bool set_choice(const cli_args *args, int id, convert_request *request) {
  int index = 0;
  switch (id) {
    case OPTION_OVERLAP:
      if (!cli_choice(args, overlap_names, &index)) {
        return false;
      }
      request->options.overlap = index == 0   ? DSEG_OVERLAP_REFUSED
                                 : index == 1 ? DSEG_OVERLAP_TO_FIRST
                                              : DSEG_OVERLAP_TO_LAST;
      return true;
    case OPTION_SLICE_AXIS:
      if (!cli_choice(args, axis_names, &index)) {
        return false;
      }
      request->options.slice_axis = (dseg_slice_axis)(DSEG_SLICES_I + index);
      return true;
    case OPTION_LABELS:
      if (!cli_choice(args, label_names, &index)) {
        return false;
      }
      request->options.labels = (dseg_label_choice)(DSEG_LABELS_INSTANCES + index);
      return true;
    case OPTION_OFFSET_TABLE:
      request->offset_table_given = true;
      if (!cli_choice(args, table_names, &index)) {
        return false;
      }
      request->options.offset_table = (dseg_offset_table)index;
      return true;
    case OPTION_ALGORITHM_TYPE:
      if (!cli_choice(args, algorithm_names, &index)) {
        return false;
      }
      request->options.algorithm_type = (dseg_algorithm_choice)(DSEG_ALGORITHM_IS_AUTOMATIC + index);
      return true;
    case OPTION_FRAME_ORDER:
      if (!cli_choice(args, order_names, &index)) {
        return false;
      }
      request->options.frame_order = (dseg_frame_order)index;
      return true;
    default:
      if (!cli_choice(args, empty_names, &index)) {
        return false;
      }
      request->options.empty_frames = (dseg_empty_frames)index;
      return true;
  }
}

static void set_flag(int id, convert_request *request) {
  switch (id) {
    case OPTION_SLIDE: request->options.slide = true; break;
    case OPTION_SPLIT: request->options.files = DSEG_FILES_BY_SEGMENT; break;
    case OPTION_PRESENT_ONLY: request->options.present_only = true; break;
    case OPTION_RENUMBER: request->options.numbering = DSEG_NUMBERS_COUNT; break;
    case OPTION_REQUIRE_CODES: request->options.require_codes = 1; break;
    case OPTION_ROUND: request->options.round = true; break;
    case OPTION_CONCATENATION: request->options.concatenation = true; break;
    case OPTION_PADDED_BIT_FRAMES: request->options.padded_bit_frames = true; break;
    case OPTION_OTHER_PATIENT: request->options.other_patient = true; break;
    case OPTION_NIFTI2: request->options.nifti2 = true; break;
    case OPTION_SYNC: request->sync = true; break;
    case OPTION_FORCE: request->force = true; break;
    default: request->json = true; break;
  }
}

static bool set_option(const cli_args *args, int id, convert_request *request) {
  switch (id) {
    case OPTION_AS: return set_representation(args, request);
    case OPTION_TRANSFER_SYNTAX: return set_transfer_syntax(args, request);
    case OPTION_FORMAT: return set_format(args, request);
    case OPTION_OPTION: return add_option(args, request);
    case OPTION_REFERENCE: request->references[request->options.reference_count++] = args->value; return true;
    case OPTION_SEGMENTS: return add_segments(args, request);
    case OPTION_METADATA:
    case OPTION_NAMES: return set_metadata(args, request);
    case OPTION_ALGORITHM: return set_algorithm(args, request);
    case OPTION_WRITE_METADATA: request->write_metadata = args->value; return true;
    case OPTION_CLASSES: request->classes = args->value; return true;
    case OPTION_TILE: return set_tile(args, request);
    case OPTION_UID_SEED: request->options.uid_seed = args->value; return true;
    case OPTION_SERIES_DESCRIPTION: request->options.series_description = args->value; return true;
    case OPTION_SERIES_NUMBER: return set_series_number(args, request);
    case OPTION_PLANES: return set_planes(args, request);
    case OPTION_COMPRESSION: return set_compression(args, request);
    case OPTION_THRESHOLD: return set_threshold(args, request);
    case OPTION_BACKGROUND: return set_background(args, request);
    case OPTION_MAP: return add_maps(args, request);
    case OPTION_VOLUME:
    case OPTION_SPACING: return set_choice_of_volume(args, id, request);
    case OPTION_THREADS: return cli_unsigned(args, 1, 1024, &request->options.threads);
    case OPTION_GRID: return set_grid(args, request);
    case OPTION_LABELS:
    case OPTION_OVERLAP:
    case OPTION_SLICE_AXIS:
    case OPTION_OFFSET_TABLE:
    case OPTION_FRAME_ORDER:
    case OPTION_ALGORITHM_TYPE:
    case OPTION_EMPTY_FRAMES: return set_choice(args, id, request);
    default: set_flag(id, request); return true;
  }
}

static bool is_dicom_only(int id) {
  return id == OPTION_AS || id == OPTION_TRANSFER_SYNTAX || id == OPTION_OPTION || id == OPTION_EMPTY_FRAMES ||
         id == OPTION_CONCATENATION || id == OPTION_OFFSET_TABLE || id == OPTION_FRAME_ORDER || id == OPTION_UID_SEED ||
         id == OPTION_SYNC || id == OPTION_SLIDE || id == OPTION_TILE;
}

static bool is_volume_only(int id) {
  return id == OPTION_SPLIT || id == OPTION_COMPRESSION || id == OPTION_NIFTI2;
}

bool convert_take(const cli_args *args, int id, convert_request *request) {
  request->dicom_only = is_dicom_only(id) ? args->option->name : request->dicom_only;
  request->volume_only = is_volume_only(id) ? args->option->name : request->volume_only;
  return set_option(args, id, request);
}

int convert_parse(cli_args *args, convert_request *request) {
  for (int id = cli_next(args); id != CLI_END; id = cli_next(args)) {
    if (id == CLI_STOP) {
      return args->exit_code;
    }
    if (!convert_take(args, id, request)) {
      return CLI_USAGE;
    }
  }
  if (args->name_count < 2) {
    return cli_usage_error(&cmd_convert, args->name_count == 0 ? "no INPUT and OUTPUT" : "no OUTPUT");
  }
  const char *output = args->names[args->name_count - 1];
  request->output = cli_is_stream(output) ? cli_standard_output : output;
  if (!cli_take_standard_input(&cmd_convert, args->names, args->name_count - 1)) {
    return CLI_USAGE;
  }
  const int checked = convert_check(&cmd_convert, request);
  return checked != CLI_OK
             ? checked
             : cli_inputs_find(args->names, (size_t)args->name_count - 1, CLI_ANY_SEGMENTATION, &request->inputs);
}
