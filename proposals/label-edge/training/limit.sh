#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The figures of evidence.md, "Is 40 % possible?": each volume with tables and models from the others; those of one family
# of templates are left out together. Takes a quarter of an hour and 1 GB of memory. Lines of
# "limit VOLUME alone trained instance MB/s" and "tables VOLUME given own sent adaptive".
# usage: limit.sh DIRECTORY-OF-PROGRAMS DATA MRICRON-TEMPLATES [FAMILY...] (build/release/tests/label-edge; those to do)
set -eu
here=$(cd "$(dirname -- "$0")" && pwd)
programs=$1
data=$2
templates=$3
shift 3
# shellcheck source=proposals/label-edge/training/volumes.sh
. "$here/volumes.sh"
tables=$(mktemp)
trap 'rm -f "$tables"' EXIT
# shellcheck disable=SC2086  # names without spaces
[ $# -gt 0 ] || set -- $families
for family; do
  others=$(paths "$families" "$family")
  # shellcheck disable=SC2086  # paths without spaces
  python3 "$here/train.py" "$programs/label_edge_count_symbols" $others >"$tables"
  for volume in $(paths "$family"); do
    printf 'tables '
    python3 "$here/own_tables.py" "$programs/label_edge_count_symbols" "$tables" "$volume"
    printf 'limit '
    # shellcheck disable=SC2086
    "$programs/label_edge_limit" "$volume" $others
  done
done
