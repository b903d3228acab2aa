#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The columns "leave-one-out" of evidence.md: bytes of each volume, alone and predicted, with tables that were trained on
# the other families. Takes minutes. Lines of "VOLUME ALONE PREDICTED".
# usage: leave_one_out.sh BUILD DATA MRICRON-TEMPLATES [FAMILY...]    (build/release, made with Ninja; families to do)
# `dense` is the family of make_dense.py, of which those are measured that nothing is trained on.
# shellcheck disable=SC2046,SC2086  # names and paths have no spaces
set -eu
here=$(cd "$(dirname -- "$0")" && pwd)
# shellcheck source=proposals/label-edge/training/volumes.sh
. "$here/volumes.sh"
python3 "$here/make_dense.py" "$work" $dense
trained_dense=$(for name in $dense; do echo "$work/$name.nii"; done)

# The program with other tables, in front of those of its library.
link=$(ninja -C "$built" -t commands tools/dseg | tail -n 1 |
  sed "s|-o tools/dseg|$work/tables.o -o $work/dseg|; s| && cd .*||")

# Bytes of all fragments.
measure() {
  for syntax in label-edge label-edge-predicted; do
    "$work/dseg" convert "$1" "$work/out.dcm" --as labelmap --transfer-syntax "$syntax" --force
    PYTHONPATH="$here/../second" python3 -c 'import files, pathlib, sys
print(sum(map(len, files.fragments_of(pathlib.Path(sys.argv[1])))))' "$work/out.dcm"
  done
}

[ $# -gt 0 ] || set -- $families dense
for family; do
  measured=$(paths "$family")
  also=$trained_dense
  case $family in
    dense)
      also=
      measured="cubes5-scan cubes5-random cubes12-scan cubes12-random voronoi-scan voronoi-random"
      python3 "$here/make_dense.py" "$work" $measured
      measured=$(for name in $measured; do echo "$work/$name.nii"; done)
      ;;
    totalsegmentator-s0327/*) measured="$measured $data/totalsegmentator-s0327/labels.nii.gz" ;;
  esac
  python3 "$here/train.py" "$built/tests/label-edge/label_edge_count_symbols" $(paths "$families" "$family") $also \
    >"$work/tables.c"
  cc -O2 -I "$here/.." -c "$work/tables.c" -o "$work/tables.o"
  (cd "$built" && eval "$link")
  for volume in $measured; do
    echo "$(basename "$volume")" $(measure "$volume")
  done
done
