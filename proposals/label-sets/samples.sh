#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Makes sample instances of this proposal: conforming ones, each compared with its source, uncommon ones, and faulty ones,
# each of which has to be refused with a message.
# usage: DSEG=PROGRAM sh samples.sh OUTDIR    Needs python3.
set -eu
dseg=${DSEG:-dseg}
out=${1:?usage: samples.sh OUTDIR}
here=$(cd "$(dirname -- "$0")" && pwd)
mkdir -p "$out"
trap 'rm -f "$out/message.txt"' EXIT

fail() {
  echo "$1" >&2
  exit 1
}

# sample SOURCE NAME CONVERT-OPTION...: an object of SOURCE, which has to have the same voxels and to be valid.
sample() {
  source=$1
  name=$2
  shift 2
  "$dseg" convert "$out/$source" "$out/$name.dcm" --as label-sets --uid-seed "label-sets-$name" --force "$@" \
    2>"$out/message.txt" || fail "$name: $(cat "$out/message.txt")"
  "$dseg" compare "$out/$source" "$out/$name.dcm" >"$out/message.txt" 2>&1 || fail "$name: $(cat "$out/message.txt")"
  "$dseg" validate "$out/$name.dcm" >"$out/message.txt" 2>&1 || fail "$name: $(cat "$out/message.txt")"
  printf '%9d %s\n' "$(wc -c <"$out/$name.dcm")" "$name.dcm"
}

# Vessels, the spinal cord and lesions overlap what they lie in.
"$dseg" phantom "$out/overlap.seg.nrrd" --labels 112 --size 96x80x24 --overlap --force
"$dseg" phantom "$out/apart.seg.nrrd" --labels 20 --size 48x40x8 --force
python3 "$here/make_nested.py" "$out"

sample overlap.seg.nrrd overlap
sample overlap.seg.nrrd overlap-label-edge --transfer-syntax label-edge
sample overlap.seg.nrrd overlap-rle --transfer-syntax rle
sample overlap.seg.nrrd overlap-implicit-vr --transfer-syntax implicit-le
sample overlap.seg.nrrd overlap-volume --option volume=1
sample overlap.seg.nrrd overlap-volume-dual --option volume=2
sample overlap.seg.nrrd sixteen-bits --option bits=16
sample apart.seg.nrrd nothing-overlaps
sample nested.seg.nrrd nested
sample nested.seg.nrrd nested-omitted --empty-frames omit

# Faults of a conforming sample, one in each file.
python3 "$here/make_faulty.py" "$out/nested.dcm" "$out"
for file in "$out"/faulty-*.dcm; do
  code=0
  "$dseg" convert "$file" "$out/refused.seg.nrrd" --force 2>"$out/message.txt" || code=$?
  [ "$code" -eq 3 ] || fail "$file is not refused, but ends with $code"
  printf '  refused %s\n' "$(sed -n 1p "$out/message.txt")"
  if "$dseg" validate "$file" >/dev/null 2>&1; then
    fail "$file: validation finds nothing"
  fi
done
