#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The built-in tables are what train.py makes of the volumes of volumes.sh. Skipped where one of them is not there.
# usage: check.sh COUNT_SYMBOLS DATA MRICRON-TEMPLATES [write]     (write: makes them anew, instead of comparing)
set -eu
here=$(cd "$(dirname -- "$0")" && pwd)
# shellcheck source=proposals/label-edge/training/volumes.sh
. "$here/volumes.sh"
mode=${1:-check}
# shellcheck disable=SC2046  # paths without spaces
set -- $(paths "$families")
for volume; do
  [ -r "$volume" ] || { echo "skipped: no $volume" && exit 77; }
done
# shellcheck disable=SC2086  # four names
python3 "$here/make_dense.py" "$work" $dense
for name in $dense; do
  set -- "$@" "$work/$name.nii"
done
python3 "$here/train.py" "$built" "$@" >"$work/label_edge_tables.c"
if [ "$mode" = write ]; then
  cp "$work/label_edge_tables.c" "$here/../label_edge_tables.c"
else
  diff "$work/label_edge_tables.c" "$here/../label_edge_tables.c"
fi
