/* SPDX-License-Identifier: Apache-2.0 */
/* dseg.h - all of the library's public interface.
 *
 * How structs grow. What a program that was compiled with one version of these headers hands to a library of another
 * must be read alike by both.
 *
 * - Structs with a member struct_size are filled in by the caller: options, requests, what is to be written.
 *   struct_size is their size in the caller's headers:
 *       const dseg_open_options options = {.struct_size = sizeof options, .threads = 4};
 *   Every member that is left 0 has its standard value. Later versions append members. A library that knows more
 *   members than the caller takes those for 0. One that knows fewer accepts the struct if the members that it does not
 *   know are 0, and otherwise fails with DSEG_ERROR_UNSUPPORTED: nothing that is asked for is left out without a word.
 *   struct_size 0, or one that no version has, is DSEG_ERROR_ARGUMENT. Where a pointer to options may be NULL, all have
 *   their standard values then.
 * - Structs that the library gives out by a pointer to const (dseg_encoding_info, dseg_rule, dseg_finding) get further
 *   members at the end: they are read through the pointer, not copied, put into arrays or compared as a whole.
 * - Structs that the library fills in for the caller (dseg_overlap, dseg_frame_location, dseg_validation), and small
 *   ones that are parts of others (dseg_grid, dseg_warning_sink, dseg_progress, dseg_view), stay as they are: what is
 *   added later comes with a function of its own.
 * - A description and the structs of plug-ins belong to one version of the interface (DSEG_PLUGIN_ABI). */
#ifndef DSEG_DSEG_H
#define DSEG_DSEG_H

#include "dseg/buffer.h"
#include "dseg/compare.h"
#include "dseg/convert.h"
#include "dseg/data_set.h"
#include "dseg/description.h"
#include "dseg/digest.h"
#include "dseg/export.h"
#include "dseg/formats.h"
#include "dseg/frame_codec.h"
#include "dseg/instance_statistics.h"
#include "dseg/instances.h"
#include "dseg/io.h"
#include "dseg/names.h"
#include "dseg/plugin.h"
#include "dseg/sha256.h"
#include "dseg/source.h"
#include "dseg/statistics.h"
#include "dseg/status.h"
#include "dseg/terms.h"
#include "dseg/transcode.h"
#include "dseg/validate.h"
#include "dseg/version.h"
#include "dseg/view.h"
#include "dseg/walk.h"
#include "dseg/writer.h"

#endif
