/* SPDX-License-Identifier: Apache-2.0 */
/* options.c - the options of `dseg transcode`: see transcode.h. */
#include "cli/suggest.h"
#include "transcode/transcode.h"

enum {
  OPTION_TRANSFER_SYNTAX,
  OPTION_OPTION,
  OPTION_OFFSET_TABLE,
  OPTION_SYNC,
  OPTION_FORCE,
  OPTION_THREADS,
  OPTION_JSON
};

const cli_option transcode_options_table[] = {
    {OPTION_TRANSFER_SYNTAX, "transfer-syntax", "NAME|UID", false, "The target",
     "How frames are to be compressed (see dseg codecs), without loss; needed."},
    {OPTION_OPTION, "option", "KEY=VALUE", false, NULL,
     "An option of the transfer syntax (see dseg codecs); may be repeated. Frames that have the transfer syntax "
     "already "
     "are then compressed anew."},
    {OPTION_OFFSET_TABLE, "offset-table", "basic|extended", false, NULL,
     "Where compressed frames are told to be: Basic Offset Table, or Extended Offset Table; extended in any case where "
     "offsets exceed 32 bits."},
    {OPTION_FORCE, "force", NULL, false, "The run", "Replace a file that exists."},
    {OPTION_SYNC, "sync", NULL, false, NULL, "Have the file on the disk before it gets its name."},
    {OPTION_THREADS, "threads", "N", false, NULL, "At most N threads; one for each processor otherwise."},
    {OPTION_JSON, "json", NULL, false, NULL,
     "Say on standard output what was written: both transfer syntaxes, frames, bytes, seconds, peak memory."},
    {0, NULL, NULL, false, NULL, NULL}};

static const char *const table_names[] = {"basic", "extended", NULL}; /* as dseg_offset_table */

static bool set_table(const cli_args *args, transcode_request *request) {
  int index = 0;
  if (!cli_choice(args, table_names, &index)) {
    return false;
  }
  request->has_table = true;
  request->options.offset_table = (dseg_offset_table)index;
  return true;
}

bool transcode_take(const cli_args *args, int id, transcode_request *request) {
  switch (id) {
    case OPTION_TRANSFER_SYNTAX: request->options.transfer_syntax = args->value; return true;
    case OPTION_OPTION: return cli_option_value(args, &request->values[request->options.codec_option_count++]);
    case OPTION_OFFSET_TABLE: return set_table(args, request);
    case OPTION_SYNC: request->flags |= DSEG_OUTPUT_SYNC; return true;
    case OPTION_FORCE: request->flags |= DSEG_OUTPUT_REPLACE; return true;
    case OPTION_THREADS: return cli_unsigned(args, 1, 1024, &request->options.threads);
    default: request->json = true; return true;
  }
}

int transcode_check(const cli_command *command, const transcode_request *request) {
  const char *name = request->options.transfer_syntax;
  if (name == NULL) {
    return cli_usage_error(command, "no --transfer-syntax");
  }
  const dseg_frame_codec *codec = cli_find_frame_codec(command, "transfer-syntax", name);
  if (codec == NULL) {
    return CLI_USAGE;
  }
  if (request->has_table && (codec->flags & DSEG_PLUGIN_NATIVE) != 0) {
    return cli_usage_error(command, "--offset-table needs a --transfer-syntax with encapsulated frames (PS3.5 A.4)");
  }
  return CLI_OK;
}
