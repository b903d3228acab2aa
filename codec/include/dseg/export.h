/* SPDX-License-Identifier: Apache-2.0 */
/* export.h - what a symbol of the shared library needs to be seen outside, and compiler hints.
 *
 * The library is compiled with hidden visibility: a function is public when DSEG_API stands before it. */
#ifndef DSEG_EXPORT_H
#define DSEG_EXPORT_H

#if defined(_WIN32) && defined(DSEG_SHARED)
#ifdef DSEG_BUILDING
#define DSEG_API __declspec(dllexport)
#else
#define DSEG_API __declspec(dllimport)
#endif
#elif defined(__GNUC__)
#define DSEG_API __attribute__((visibility("default")))
#else
#define DSEG_API
#endif

#if defined(__MINGW32__) && !defined(__clang__)
/* The library formats by the rules of C, whatever the program's printf does. */
#define DSEG_PRINTF(format_index, first) __attribute__((format(gnu_printf, format_index, first)))
#elif defined(__GNUC__)
#define DSEG_PRINTF(format_index, first) __attribute__((format(printf, format_index, first)))
#else
#define DSEG_PRINTF(format_index, first)
#endif

#if defined(__GNUC__)
#define DSEG_MUST_CHECK __attribute__((warn_unused_result))
#else
#define DSEG_MUST_CHECK
#endif

#endif
