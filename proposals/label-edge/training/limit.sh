#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The figures of evidence.md, "Is 40 % possible?": each volume with tables and models from the others; those of one family
# of templates are left out together. Takes a quarter of an hour and 1 GB of memory. Lines of
# "limit VOLUME alone trained instance MB/s" and "tables VOLUME given own sent adaptive".
# usage: limit.sh DIRECTORY-OF-PROGRAMS DATA MRICRON-TEMPLATES [NAME...]   (build/release/tests/label-edge; groups to do)
set -eu
here=$(cd "$(dirname -- "$0")" && pwd)
programs=$1
data=$2
templates=$3
shift 3
groups="totalsegmentator-s0327/labels_512.nii.gz totalsegmentator-ct20/labels.nii.gz spl-knee-atlas/seg.nrrd
spl-brain-atlas/hncma-atlas.nrrd freesurfer/aparc+aseg.nii.gz natbrainlab.nii.gz aal.nii.gz,brodmann.nii.gz
JHU-WhiteMatter-labels-1mm.nii.gz,JHU-WhiteMatter-labels-2mm.nii.gz,jhu189.nii.gz inia19-NeuroMaps.nii.gz AICHAmc.nii.gz
HarvardOxford-cort-maxprob-thr0-1mm.nii.gz"
path() {
  case $1 in */*) echo "$data/$1" ;; *) echo "$templates/$1" ;; esac
}
tables=$(mktemp)
trap 'rm -f "$tables"' EXIT
wanted=$groups
[ $# -eq 0 ] || wanted=$*
for group in $wanted; do
  others=
  for other in $groups; do
    [ "$other" = "$group" ] || for volume in $(echo "$other" | tr , ' '); do others="$others $(path "$volume")"; done
  done
  # shellcheck disable=SC2086  # paths without spaces
  python3 "$here/train.py" "$programs/label_edge_count_symbols" $others >"$tables"
  for volume in $(echo "$group" | tr , ' '); do
    printf 'tables '
    python3 "$here/own_tables.py" "$programs/label_edge_count_symbols" "$tables" "$(path "$volume")"
    printf 'limit '
    # shellcheck disable=SC2086
    "$programs/label_edge_limit" "$(path "$volume")" $others
  done
done
