/* SPDX-License-Identifier: Apache-2.0 */
/* differences.c - collects what a comparison has to tell, of the whole and of pairs of segments. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "compare/job.h"

enum { TEXT_BYTES = 1000 };

/* NULL, which job->out_of_memory says, when memory is short. */
static dseg_difference *add(dseg_compare_job *job, dseg_difference_list *list, unsigned aspect, const char *text) {
  const size_t size = strlen(text) + 1;
  dseg_difference_node *node = dseg_arena_alloc(&job->arena, sizeof *node);
  char *copy = dseg_arena_alloc(&job->arena, size);
  if (node == NULL || copy == NULL) {
    job->out_of_memory = true;
    return NULL;
  }
  memcpy(copy, text, size);
  node->difference = (dseg_difference){.aspect = aspect, .text = copy};
  if (list->last != NULL) {
    list->last->next = node;
  } else {
    list->first = node;
  }
  list->last = node;
  list->count++;
  return &node->difference;
}

static void add_formatted(dseg_compare_job *job, dseg_difference_list *list, unsigned aspect, const char *format,
                          va_list arguments) {
  char text[TEXT_BYTES];
  if ((aspect & job->options.ignore) == 0) {
    vsnprintf(text, sizeof text, format, arguments);
    add(job, list, aspect, text);
  }
}

void dseg_compare_add(dseg_compare_job *job, unsigned aspect, const char *format, ...) {
  va_list arguments;
  job->found |= aspect & ~job->options.ignore;
  va_start(arguments, format);
  add_formatted(job, &job->differences, aspect, format, arguments);
  va_end(arguments);
}

void dseg_compare_add_to_pair(dseg_compare_job *job, dseg_compared_pair *pair, unsigned aspect, const char *format,
                              ...) {
  va_list arguments;
  va_start(arguments, format);
  add_formatted(job, &pair->differences, aspect, format, arguments);
  va_end(arguments);
}

void dseg_compare_add_tags(dseg_compare_job *job, dseg_difference_list *list, const uint32_t *tags, size_t count,
                           const char *text) {
  uint32_t *copy = dseg_arena_alloc(&job->arena, count * sizeof *copy);
  dseg_difference *difference = add(job, list, DSEG_ASPECT_PROVENANCE, text);
  if (copy == NULL || difference == NULL) {
    job->out_of_memory = true;
    return;
  }
  memcpy(copy, tags, count * sizeof *copy);
  difference->tags = copy;
  difference->tag_count = count;
}
