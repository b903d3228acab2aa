/* SPDX-License-Identifier: Apache-2.0 */
/* proposals.h - experimental encodings: what the proposals beside the library add to the registry.
 *
 *     dseg_error error = {0};
 *     if (dseg_register_proposals(&error) != DSEG_OK) ...   before any other thread uses the library
 *     dseg_open(path, NULL, &source, &error)                now reads objects of the proposals, too
 *
 * Link libdseg_proposals (dseg.pc names it; with CMake it is dseg::proposals). A program that does not call this knows
 * the standard's encodings only. What the proposals write is marked as experimental inside the object, and no default
 * ever chooses one of them. */
#ifndef DSEG_PROPOSALS_H
#define DSEG_PROPOSALS_H

#include "dseg/plugin.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Registers the representations and frame codecs of all proposals of this build through dseg_register; those that are
 * there already are left alone. DSEG_ERROR_ARGUMENT when another plug-in has the name or UID of one. For the start of a
 * program, as dseg_load_plugins is: not to be called while another thread uses the registry. */
DSEG_API dseg_status dseg_register_proposals(dseg_error *error);

#ifdef __cplusplus
}
#endif
#endif
