/* SPDX-License-Identifier: Apache-2.0 */
/* xml.c - the options of a command as XML, from which 3D Slicer makes a dialogue and a call from Python.
 *
 * The type of a parameter follows from the placeholder of its value. Wrappers name parameters as dcmqi's own
 * descriptions do, and not always by the option's name. */
#include <stdio.h>
#include <string.h>

#include "dcmqi/dcmqi.h"
#include "dseg/version.h"

/* What Slicer itself handles is not described. */
static bool is_described(const cli_option *option) {
  return option->id != DCMQI_XML && option->id != DCMQI_ECHO && option->id != DCMQI_PROCESS &&
         option->id != DCMQI_RETURN && strlen(option->name) > 1;
}

static const char *parameter_name(const char *option) {
  static const char *const names[][2] = {
      {"inputMetadata", "metaDataFileName"}, {"outputDICOM", "outputSEGFileName"},
      {"inputDICOMList", "dicomImageFiles"}, {"inputDICOMDirectory", "dicomDirectory"},
      {"inputImageList", "segImageFiles"},   {"skip", "skipEmptySlices"},
      {"inputDICOM", "inputSEGFileName"},    {"outputDirectory", "outputDirName"}};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    if (strcmp(option, names[i][0]) == 0) {
      return names[i][1];
    }
  }
  return option;
}

static const char *parameter_type(const cli_option *option) {
  static const char *const types[][2] = {
      {"FILE", "file"}, {"DIR", "directory"}, {"FILE,...", "string-vector"}, {"0|1", "integer"}, {"TEXT", "string"}};
  if (option->argument == NULL) {
    return "boolean";
  }
  for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
    if (strcmp(option->argument, types[i][0]) == 0) {
      return types[i][1];
    }
  }
  return "string-enumeration";
}

static void put_escaped(const char *text) {
  for (; *text != '\0'; text++) {
    switch (*text) {
      case '&': fputs("&amp;", stdout); break;
      case '<': fputs("&lt;", stdout); break;
      case '>': fputs("&gt;", stdout); break;
      default: putchar(*text); break;
    }
  }
}

static void put_element(const char *name, const char *text) {
  printf("      <%s>", name);
  put_escaped(text);
  printf("</%s>\n", name);
}

/* The first of the choices is the default. */
static void put_choices(const char *choices) {
  for (bool first = true; *choices != '\0'; first = false) {
    const int length = (int)strcspn(choices, "|");
    if (first) {
      printf("      <default>%.*s</default>\n", length, choices);
    }
    printf("      <element>%.*s</element>\n", length, choices);
    choices += length;
    choices += *choices == '|' ? 1 : 0;
  }
}

/* short_name: that of the row before, when it is a short form of this option; NULL for none. */
static void put_parameter(const cli_option *option, const char *short_name) {
  const char *type = parameter_type(option);
  printf("    <%s>\n", type);
  put_element("name", parameter_name(option->name));
  put_element("label", option->name);
  put_element("channel",
              strncmp(option->name, "output", 6) == 0 && strcmp(option->name, "outputType") != 0 ? "output" : "input");
  if (short_name != NULL) {
    put_element("flag", short_name);
  }
  put_element("longflag", option->name);
  if (strcmp(type, "boolean") == 0) {
    put_element("default", "false");
  } else if (strcmp(type, "integer") == 0) {
    put_element("default", "1");
  } else if (strcmp(type, "string-enumeration") == 0) {
    put_choices(option->argument);
  }
  put_element("description", option->help);
  printf("    </%s>\n", type);
}

void dcmqi_show_xml(const cli_command *command) {
  printf("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<executable>\n  <category>Informatics.Converters</category>\n");
  printf("  <title>%s</title>\n  <description>", command->name);
  put_escaped(command->summary);
  printf("</description>\n  <version>%s</version>\n  <parameters>\n    <label>Parameters</label>\n", dseg_version());
  printf("    <description>Options of %s</description>\n", command->name);
  const char *short_name = NULL;
  for (const cli_option *option = command->options; option->name != NULL; option++) {
    if (is_described(option)) {
      put_parameter(option, short_name);
    }
    short_name = strlen(option->name) == 1 ? option->name : NULL;
  }
  puts("  </parameters>\n</executable>");
}
