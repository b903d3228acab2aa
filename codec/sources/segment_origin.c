/* SPDX-License-Identifier: Apache-2.0 */
/* segment_origin.c - which file a segment of a source came from, and its number there. */
#include "sources/source.h"

dseg_segment_origin dseg_source_segment_origin(const dseg_source *source, size_t segment) {
  if (source->origins != NULL) {
    return source->origins[segment];
  }
  return (dseg_segment_origin){0, source->description->segments[segment].number};
}
