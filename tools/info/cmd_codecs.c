/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_codecs.c - `dseg codecs`: the representations and frame codecs that this build and its plug-ins know. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/json_out.h"
#include "cli/text_out.h"
#include "dseg/plugin.h"

enum { OPTION_JSON };

static const cli_option options_table[] = {{OPTION_JSON, "json", NULL, false, "Output", "As JSON."},
                                           {0, NULL, NULL, false, NULL, NULL}};

static int run(int argc, char **argv);

const cli_command cmd_codecs = {"codecs",
                                "List representations and frame codecs.",
                                "[options]",
                                "A representation (--as) is how a segmentation becomes frames; a frame codec\n"
                                "(--transfer-syntax) is how a frame's bytes are compressed. Plug-ins are found in\n"
                                "the directories that DSEG_PLUGIN_PATH names, separated by colons.\n"
                                "other frames: reading one frame may decode others. learns: what frames have in\n"
                                "common is kept once for the instance. experimental: beyond the standard.",
                                options_table,
                                run};

/* What both kinds of entry have, for one way to show them. */
typedef struct entry {
  const char *name, *title, *uid, *version, *proposal_version;
  uint32_t flags;
  bool learns; /* frame codecs only */
  const dseg_option *options;
} entry;

static entry of_representation(const dseg_representation *item) {
  return (entry){.name = item->name,
                 .title = item->title,
                 .uid = item->sop_class_uid,
                 .version = item->library_version != NULL ? item->library_version() : NULL,
                 .proposal_version = item->proposal_version,
                 .flags = item->flags,
                 .options = item->options};
}

static entry of_codec(const dseg_frame_codec *item) {
  return (entry){.name = item->name,
                 .title = item->title,
                 .uid = item->transfer_syntax_uid,
                 .version = item->library_version != NULL ? item->library_version() : NULL,
                 .proposal_version = item->proposal_version,
                 .flags = item->flags,
                 .learns = item->learn != NULL,
                 .options = item->options};
}

static void format_bits(uint32_t flags, char text[16]) {
  snprintf(text, 16, "%s%s%s%s", (flags & DSEG_PLUGIN_BITS_1) != 0 ? "1 " : "",
           (flags & DSEG_PLUGIN_BITS_8) != 0 ? "8 " : "", (flags & DSEG_PLUGIN_BITS_16) != 0 ? "16 " : "",
           (flags & DSEG_PLUGIN_BITS_32) != 0 ? "32 " : "");
}

static const char *access_text(uint32_t flags) {
  const uint32_t both = DSEG_PLUGIN_CAN_READ | DSEG_PLUGIN_CAN_WRITE;
  if ((flags & both) == both) {
    return "read, write";
  }
  return (flags & DSEG_PLUGIN_CAN_READ) != 0 ? "read" : "write";
}

static void show(const entry *item, int uid_width) {
  char bits[16];
  format_bits(item->flags, bits);
  cli_print("  %-24s %-*s %-7s %s%s%s%s%s%s\n", item->name, uid_width, item->uid, bits, access_text(item->flags),
            (item->flags & DSEG_PLUGIN_LOSSY) != 0 ? ", lossy" : "",
            (item->flags & DSEG_PLUGIN_OTHER_FRAMES) != 0 ? ", other frames" : "", item->learns ? ", learns" : "",
            (item->flags & DSEG_PLUGIN_VARYING) != 0 ? ", varying" : "",
            (item->flags & DSEG_PLUGIN_EXPERIMENTAL) != 0 ? ", experimental" : "");
  cli_print("  %-24s %s%s%s%s%s\n", "", item->title, item->version != NULL ? "; " : "",
            item->version != NULL ? item->version : "", item->proposal_version != NULL ? "; text in version " : "",
            item->proposal_version != NULL ? item->proposal_version : "");
  for (const dseg_option *option = item->options; option != NULL && option->name != NULL; option++) {
    cli_print("  %-24s %s=%" PRId64 "..%" PRId64 " (%" PRId64 "): %s\n", "", option->name, option->minimum,
              option->maximum, option->standard, option->help);
  }
}

static void put_entry(json_out *json, const entry *item) {
  json_begin_object(json, NULL);
  json_put_string(json, "name", item->name);
  json_put_string(json, "title", item->title);
  json_put_string(json, "uid", item->uid);
  json_begin_inline_array(json, "bits_allocated");
  static const struct {
    uint32_t flag;
    unsigned bits;
  } bits[] = {{DSEG_PLUGIN_BITS_1, 1}, {DSEG_PLUGIN_BITS_8, 8}, {DSEG_PLUGIN_BITS_16, 16}, {DSEG_PLUGIN_BITS_32, 32}};
  for (size_t i = 0; i < sizeof bits / sizeof bits[0]; i++) {
    if ((item->flags & bits[i].flag) != 0) {
      json_put_unsigned(json, NULL, bits[i].bits);
    }
  }
  json_end(json);
  json_put_bool(json, "can_read", (item->flags & DSEG_PLUGIN_CAN_READ) != 0);
  json_put_bool(json, "can_write", (item->flags & DSEG_PLUGIN_CAN_WRITE) != 0);
  json_put_bool(json, "lossy", (item->flags & DSEG_PLUGIN_LOSSY) != 0);
  json_put_bool(json, "experimental", (item->flags & DSEG_PLUGIN_EXPERIMENTAL) != 0);
  json_put_bool(json, "needs_other_frames", (item->flags & DSEG_PLUGIN_OTHER_FRAMES) != 0);
  json_put_bool(json, "learns", item->learns);
  json_put_bool(json, "varying", (item->flags & DSEG_PLUGIN_VARYING) != 0);
  json_put_string(json, "proposal_version", item->proposal_version);
  json_put_string(json, "library_version", item->version);
  json_begin_array(json, "options");
  for (const dseg_option *option = item->options; option != NULL && option->name != NULL; option++) {
    json_begin_object(json, NULL);
    json_put_string(json, "name", option->name);
    json_put_integer(json, "minimum", option->minimum);
    json_put_integer(json, "maximum", option->maximum);
    json_put_integer(json, "standard", option->standard);
    json_put_string(json, "help", option->help);
    json_end(json);
  }
  json_end(json);
}

static void show_json(void) {
  json_out json = {.stream = stdout};
  json_begin_object(&json, NULL);
  json_begin_array(&json, "representations");
  for (size_t i = 0; dseg_representation_at(i) != NULL; i++) {
    const entry item = of_representation(dseg_representation_at(i));
    put_entry(&json, &item);
    json_put_string(&json, "segmentation_type", dseg_representation_at(i)->segmentation_type);
    json_end(&json);
  }
  json_end(&json);
  json_begin_array(&json, "frame_codecs");
  for (size_t i = 0; dseg_frame_codec_at(i) != NULL; i++) {
    const entry item = of_codec(dseg_frame_codec_at(i));
    put_entry(&json, &item);
    json_end(&json);
  }
  json_end(&json);
  json_end(&json);
}

static void show_text(void) {
  enum { UID_WIDTH = 31 };
  puts("Representations (--as): name, SOP class, bits");
  for (size_t i = 0; dseg_representation_at(i) != NULL; i++) {
    const entry item = of_representation(dseg_representation_at(i));
    show(&item, UID_WIDTH);
  }
  puts("\nFrame codecs (--transfer-syntax): name, transfer syntax, bits");
  for (size_t i = 0; dseg_frame_codec_at(i) != NULL; i++) {
    const entry item = of_codec(dseg_frame_codec_at(i));
    show(&item, UID_WIDTH);
  }
}

static int run(int argc, char **argv) {
  bool as_json = false;
  cli_args args;
  cli_args_begin(&args, &cmd_codecs, argc, argv);
  for (int id = cli_next(&args); id != CLI_END; id = cli_next(&args)) {
    if (id == CLI_STOP) {
      return args.exit_code;
    }
    as_json = true;
  }
  if (args.name_count > 0) {
    return cli_usage_error(&cmd_codecs, "no argument is expected, \"%s\" was given", args.names[0]);
  }
  if (as_json) {
    show_json();
  } else {
    show_text();
  }
  return CLI_OK;
}
