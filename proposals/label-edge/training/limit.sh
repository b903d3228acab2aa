#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The figures of evidence.md, "Is 40 % possible?": each volume with tables and models from the others; those of one family
# of templates are left out together. Takes a quarter of an hour and 1 GB of memory. Lines of
# "limit VOLUME alone trained instance MB/s" and "tables VOLUME given own sent adaptive".
# usage: limit.sh DIRECTORY-OF-PROGRAMS DATA MRICRON-TEMPLATES [FAMILY...] (build/release/tests/label-edge; those to do)
set -eu
here=$(cd "$(dirname -- "$0")" && pwd)
# shellcheck source=proposals/label-edge/training/volumes.sh
. "$here/volumes.sh"
# shellcheck disable=SC2086  # names without spaces
[ $# -gt 0 ] || set -- $families
for family; do
  others=$(paths "$families" "$family")
  # shellcheck disable=SC2086  # paths without spaces
  python3 "$here/train.py" "$built/label_edge_count_symbols" $others >"$work/tables.c"
  for volume in $(paths "$family"); do
    printf 'tables '
    python3 "$here/own_tables.py" "$built/label_edge_count_symbols" "$work/tables.c" "$volume"
    printf 'limit '
    # shellcheck disable=SC2086
    "$built/label_edge_limit" "$volume" $others
  done
done
