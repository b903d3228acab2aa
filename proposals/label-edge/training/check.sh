#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The built-in tables are what train.py makes of the volumes that it names, and those of make_dense.py. Skipped where one
# of them is not there.
# usage: check.sh COUNT_SYMBOLS DATA MRICRON-TEMPLATES [write]     (write: makes them anew, instead of comparing)
set -eu
here=$(cd "$(dirname -- "$0")" && pwd)
count=$1
data=$2
templates=$3
mode=${4:-check}
set -- "$data/totalsegmentator-s0327/labels_512.nii.gz" "$data/totalsegmentator-ct20/labels.nii.gz" \
  "$data/spl-brain-atlas/hncma-atlas.nrrd" "$data/spl-knee-atlas/seg.nrrd" "$data/freesurfer/aparc+aseg.nii.gz"
for name in natbrainlab brodmann aal JHU-WhiteMatter-labels-1mm inia19-NeuroMaps AICHAmc JHU-WhiteMatter-labels-2mm \
  HarvardOxford-cort-maxprob-thr0-1mm jhu189; do
  set -- "$@" "$templates/$name.nii.gz"
done
for volume; do
  [ -r "$volume" ] || { echo "skipped: no $volume" && exit 77; }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
dense="train-cubes-scan train-cubes-random train-voronoi-scan train-voronoi-random"
# shellcheck disable=SC2086  # four names
python3 "$here/make_dense.py" "$work" $dense
for name in $dense; do
  set -- "$@" "$work/$name.nii"
done
python3 "$here/train.py" "$count" "$@" >"$work/label_edge_tables.c"
if [ "$mode" = write ]; then
  cp "$work/label_edge_tables.c" "$here/../label_edge_tables.c"
else
  diff "$work/label_edge_tables.c" "$here/../label_edge_tables.c"
fi
