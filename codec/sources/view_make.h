/* SPDX-License-Identifier: Apache-2.0 */
/* view_make.h - the steps by which a view is made, in their order. Each works on what those before it left. */
#ifndef DSEG_SOURCES_VIEW_MAKE_H
#define DSEG_SOURCES_VIEW_MAKE_H

#include "dseg/view.h"
#include "sources/view.h"

/* view_segments.c: which segments there are, and their numbers: fills source_segment and segment_of, and the
 * description's segments and origins. */
dseg_status dseg_view_choose_segments(dseg_view_source *view, const dseg_derive_options *options, dseg_error *error);
/* What stands for "no segment", when the raster is settled. */
dseg_status dseg_view_choose_background(dseg_view_source *view, const dseg_derive_options *options, dseg_error *error);

/* view_derive.c: whether the view shows fractions of its source as masks. */
static inline bool dseg_view_has_threshold(const dseg_view_source *view) {
  return view->threshold > 0;
}

/* view_grid.c: the view shows planes of its source as they are; leaves those between empty ends, or puts them on
 * others' planes. */
dseg_status dseg_view_tighten(dseg_view_source *view, const dseg_derive_options *options, dseg_error *error);
dseg_status dseg_view_put_onto(dseg_view_source *view, const dseg_derive_options *options, dseg_error *error);

/* view_describe.c: what is said of frames, images and the encoding, and holds in the view as it is now. */
dseg_status dseg_view_describe(dseg_view_source *view, dseg_error *error);

#endif
