/* SPDX-License-Identifier: Apache-2.0 */
/* face.h - what JavaScript calls (tools/js/src/module.js), and what it is asked for.
 *
 * Every exported function that can fail clears the error first (face_begin). JavaScript reads the outcome with
 * face_status and face_message, and what was found as JSON with face_text. There is one thread, and one call at a time:
 * what a call returns by pointer stays until the next call. Sizes and places that may pass 2^32 are doubles. */
#ifndef DSEG_TOOLS_JS_NATIVE_FACE_H
#define DSEG_TOOLS_JS_NATIVE_FACE_H

#include "cli/json_out.h"
#include "dseg/dseg.h"

/* Exported functions are called from JavaScript alone, so that no header declares them. */
#pragma clang diagnostic ignored "-Wmissing-prototypes"
#define FACE_EXPORT(name) __attribute__((export_name(#name)))
#define FACE_IMPORT(name) __attribute__((import_module("dseg"), import_name(#name)))

/* Imports. "read" is that of codec/base/os/host_wasm.h: inputs and the library's own files have descriptors of one
 * kind. */
FACE_IMPORT(size) double face_host_size(int descriptor);
FACE_IMPORT(read) int face_host_read(int descriptor, double offset, void *to, size_t size);
/* A message of the library, which does not stop the work. */
FACE_IMPORT(tell) void face_host_tell(const char *message, size_t length);
/* The next bytes of an output. 0; -1: no memory. */
FACE_IMPORT(emit) int face_host_emit(const void *bytes, size_t size);
/* Runs the decoder with this number. The pixels: bytes for frames of 1 and 8 bits, little-endian words for those of 16.
 * 0; -1: it failed, and message (room bytes) says how. */
FACE_IMPORT(decode)
int face_host_decode(int decoder, const void *bytes, size_t size, uint32_t rows, uint32_t columns, unsigned bits,
                     void *pixels, size_t pixel_bytes, char *message, size_t room);

/* The error of the running call, cleared. */
dseg_error *face_begin(void);
/* A sink that tells JavaScript. */
dseg_warning_sink face_warnings(void);

/* Starts the text that face_text gives; NULL: no memory, and the error says so. */
json_out *face_begin_text(void);
/* Ends it. DSEG_OK, or DSEG_ERROR_MEMORY. */
int face_end_text(void);

/* An input of a descriptor, which stays open when the input is closed. distant: as in dseg_reader. */
dseg_status face_input(int descriptor, bool distant, dseg_input **input, dseg_error *error);
/* An output that goes to JavaScript. */
dseg_output face_output(void);

#endif
