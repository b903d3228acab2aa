/* SPDX-License-Identifier: Apache-2.0 */
/* io.h - where bytes come from and where they go: files, descriptors, memory, the caller's functions.
 *
 * Reading through a function, an HTTP range for instance, with url as the name in messages:
 *
 *     const dseg_reader reader = {.struct_size = sizeof reader, .size = length, .user = &request, .read_at = fetch};
 *     dseg_input *input = NULL;
 *     dseg_source *source = NULL;
 *     dseg_status status = dseg_input_from_reader(&reader, &input, &error);
 *     if (status == DSEG_OK) {
 *       status = dseg_open_input(input, url, NULL, &source, &error);
 *     }
 *     if (status != DSEG_OK) {
 *       dseg_input_close(input); // on success it is the source's
 *     }
 *
 * Writing into memory:
 *
 *     dseg_buffer bytes = {0};
 *     const dseg_output output = dseg_output_to_buffer(&bytes);
 *     status = dseg_writer_create_to(&output, description, &options, &writer, &error); // planes, dseg_writer_finish
 */
#ifndef DSEG_IO_H
#define DSEG_IO_H

#include <stdbool.h>

#include "dseg/buffer.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes that can be read at any place and do not change. Several threads may read one input. */
typedef struct dseg_input dseg_input;

/* The caller's way to read. */
typedef struct dseg_reader {
  size_t struct_size; /* sizeof(dseg_reader): see dseg/dseg.h */
  uint64_t size;      /* of all bytes */
  bool concurrent;    /* read_at may be called from several threads at once; otherwise the library takes turns */
  void *user;
  /* Puts at least one and at most size bytes (size > 0), which begin at offset, into to, and their number into *got;
   * the library asks again for the rest. It never asks for a byte at or behind the reader's size. May wait as long as
   * it likes: the library has no time limit. On failure returns another status than DSEG_OK, with a message of
   * dseg_fail in error, which is never NULL; nothing is tried again by itself. Is called from threads of the library,
   * too. 0 bytes count as a failure. */
  dseg_status (*read_at)(void *user, uint64_t offset, void *to, size_t size, size_t *got, dseg_error *error);
  void (*close)(void *user); /* once, when the input is closed; may be NULL */
  /* Each place that is read costs much more than bytes do, as of an HTTP range: the offset table of compressed frames
   * is trusted where its first and its last frame are there and nothing lies between frames. The header of another
   * frame is looked at when the frame is read. */
  bool distant;
} dseg_reader;

/* Opens a file, which is read at the places that are asked for. A pipe or FIFO is read whole, in memory, when a process
 * writes to it. memory_limit: bytes of it at most; 0: 4 GiB. DSEG_ERROR_INPUT when the file cannot be opened, is a
 * directory or a device, or a FIFO that no process has open for writing, which is not waited for; DSEG_ERROR_LIMIT. */
DSEG_API dseg_status dseg_input_from_file(const char *path, uint64_t memory_limit, dseg_input **input,
                                          dseg_error *error);

/* The same with an open descriptor, 0 for standard input, which stays the caller's and can be closed at once. A file is
 * read from its start, wherever the descriptor is in it; a pipe or socket up to its end, which is waited for: it is
 * made blocking. A terminal is not read: DSEG_ERROR_INPUT. */
DSEG_API dseg_status dseg_input_from_descriptor(int descriptor, uint64_t memory_limit, dseg_input **input,
                                                dseg_error *error);

/* The bytes stay the caller's, and as they are, until the input is closed. They are not copied. */
DSEG_API dseg_status dseg_input_from_memory(dseg_view bytes, dseg_input **input, dseg_error *error);

/* reader is copied. On failure its close is not called. */
DSEG_API dseg_status dseg_input_from_reader(const dseg_reader *reader, dseg_input **input, dseg_error *error);

DSEG_API void dseg_input_close(dseg_input *input); /* NULL ok */

/* Files that get their names together, or not at all. They are complete, without their names, until
 * dseg_output_set_commit. No two of them may be the same file, and none may be an input of the set, by whatever name or
 * link: DSEG_ERROR_ARGUMENT from what writes the second one, before anything is replaced.
 *
 *     dseg_output_set *set = dseg_output_set_create();
 *     dseg_output_set_add_input(set, "ct", &error);              // for each file or directory that is read
 *     dseg_output_set_check(set, names, name_count, &error);     // may be left out: tells mistakes before the work
 *     const dseg_output output = dseg_output_to_file(names[0], DSEG_OUTPUT_REPLACE, set);
 *     ...                                                        // writes all outputs
 *     dseg_output_set_commit(set, &error);
 *     dseg_output_set_destroy(set);
 *
 * An existing file that is replaced gives the new one its permissions, and its owner and group where the process may;
 * never more than that. A symbolic link is followed: the file that it leads to is replaced. A device, a pipe or another
 * special file is not replaced: DSEG_ERROR_OUTPUT. */
typedef struct dseg_output_set dseg_output_set;

/* NULL when out of memory. A set serves one thread at a time. */
DSEG_API dseg_output_set *dseg_output_set_create(void);

/* path is an input of the run: no file of the set may be it, or, where it is a directory, a file in it to any depth
 * (hidden ones, whose names begin with a dot, apart). A path that does not exist is left out. DSEG_ERROR_MEMORY. */
DSEG_API dseg_status dseg_output_set_add_input(dseg_output_set *set, const char *path, dseg_error *error);

/* Whether files of these names could join the set: DSEG_ERROR_ARGUMENT, with both names, where one is an input, a file
 * of the set or another of them. Nothing is kept. */
DSEG_API dseg_status dseg_output_set_check(dseg_output_set *set, const char *const *paths, size_t count,
                                           dseg_error *error);

/* A complete file joins the set: it is renamed from from, in the same file system, to path when the set is committed,
 * and removed when it is not. flags: DSEG_OUTPUT_. On failure it stays where it is. */
DSEG_API dseg_status dseg_output_set_adopt(dseg_output_set *set, const char *from, const char *path, unsigned flags,
                                           dseg_error *error);

/* Gives all files their names, in the order in which they joined. When one cannot get its name (DSEG_ERROR_OUTPUT),
 * the others lose theirs, and what they replaced is back. The set is empty then, whatever the outcome. Signals that end
 * a process wait meanwhile, in the calling thread. */
DSEG_API dseg_status dseg_output_set_commit(dseg_output_set *set, dseg_error *error);

/* Forgets the files that were not committed. NULL ok. */
DSEG_API void dseg_output_set_destroy(dseg_output_set *set);

/* Removes the hidden files .dseg-... of all outputs that this process is writing. May be called from the handler of a
 * signal (it is async-signal-safe on POSIX systems), and is for a process that ends then: what is being written fails
 * or is lost. The library itself handles no signals. */
DSEG_API void dseg_output_remove_temporaries(void);

enum {
  DSEG_OUTPUT_REPLACE = 1, /* an existing file is replaced; otherwise DSEG_ERROR_OUTPUT */
  DSEG_OUTPUT_SYNC = 2     /* fsync before the file gets its name */
};

/* Takes the next size bytes, all of them. On failure returns another status than DSEG_OK, with a message of dseg_fail
 * in error, which is never NULL. Is called from the thread that called the library. */
typedef dseg_status (*dseg_write_function)(void *user, const void *bytes, size_t size, dseg_error *error);

/* Where an output goes: a file, a buffer, or a function. Make one with the functions below. Whatever writes copies it,
 * path included; set, buffer and user must live until it is done. */
typedef struct dseg_output {
  size_t struct_size; /* sizeof(dseg_output): see dseg/dseg.h */
  /* A file, which appears under its name when it is complete. flags: DSEG_OUTPUT_. set: that it joins; NULL: it gets
   * its name at once. */
  const char *path;
  unsigned flags;
  dseg_output_set *set;
  /* Bytes are appended. After a failure the buffer holds what it held before. */
  dseg_buffer *buffer;
  /* Bytes come in order, in pieces of any size. After a failure it may have got a part of them. */
  dseg_write_function write;
  void *user;
} dseg_output;

static inline dseg_output dseg_output_to_file(const char *path, unsigned flags, dseg_output_set *set) {
  const dseg_output output = {sizeof(dseg_output), path, flags, set, NULL, NULL, NULL};
  return output;
}

static inline dseg_output dseg_output_to_buffer(dseg_buffer *buffer) {
  const dseg_output output = {sizeof(dseg_output), NULL, 0, NULL, buffer, NULL, NULL};
  return output;
}

static inline dseg_output dseg_output_to_function(dseg_write_function write, void *user) {
  const dseg_output output = {sizeof(dseg_output), NULL, 0, NULL, NULL, write, user};
  return output;
}

/* Writes bytes as the whole of an output. */
DSEG_API dseg_status dseg_output_put(const dseg_output *output, dseg_view bytes, dseg_error *error);

#ifdef __cplusplus
}
#endif
#endif
