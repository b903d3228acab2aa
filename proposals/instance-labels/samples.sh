#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Makes sample instances of this proposal: conforming ones, uncommon ones among them, each compared with its source and
# valid, and faulty ones, each of which has to be refused with the number that bitstream.md, sections 5 and 9, has for its fault.
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

# run COMMAND...: quiet unless it fails.
run() {
  "$@" >"$out/message.txt" 2>&1 || fail "$*: $(cat "$out/message.txt")"
}

# sample SOURCE NAME CONVERT-OPTION...: an object of SOURCE, which has the same instances and classes, and is valid.
sample() {
  source=$1
  name=$2
  shift 2
  if [ -e "$out/$source.csv" ]; then
    set -- "$@" --classes "$out/$source.csv"
  fi
  run "$dseg" convert "$out/$source.nrrd" "$out/$name.dcm" --uid-seed "instances-$name" --force "$@"
  run "$dseg" validate "$out/$name.dcm"
  run "$dseg" convert "$out/$name.dcm" "$out/back.nrrd" --classes "$out/back.csv" --force
  run python3 "$here/same_instances.py" "$out/$source.nrrd" "$out/$source.csv" "$out/back.nrrd" "$out/back.csv"
  printf '%9d %s\n' "$(wc -c <"$out/$name.dcm")" "$name.dcm"
}

run "$dseg" phantom "$out/nuclei.nrrd" --nuclei 180 --size 400x300 --classes "$out/nuclei.csv" --force
run "$dseg" phantom "$out/many.nrrd" --nuclei 3000 --size 600x500 --classes "$out/many.csv" --force
run "$dseg" phantom "$out/regions.nrrd" --labels 40 --size 48x40x12 --force

sample nuclei slide --as instance-labels --tile 128x128 --option boxes=1
sample nuclei slide-label-edge --as instance-labels --tile 128x128 --transfer-syntax label-edge
sample nuclei slide-rle --as instance-labels --tile 100x100 --transfer-syntax rle
sample nuclei one-tile --as instance-labels --tile 300x400
sample many sixteen-bits --as instance-labels --tile 512x512
sample regions parcellation --as instance-labels --option boxes=1
sample nuclei ranges --as segment-ranges --tile 128x128
sample regions ranges-volume --as segment-ranges
sample regions ranges-implicit --as segment-ranges --option volume=1

# Faults of conforming samples, one in each file.
rm -f "$out"/faulty-*.dcm
python3 "$here/make_faulty.py" "$out/slide.dcm" "$out/ranges.dcm" "$out"
for file in "$out"/faulty-*.dcm; do
  code=0
  "$dseg" convert "$file" "$out/refused.nrrd" --classes "$out/refused.csv" --force 2>"$out/message.txt" || code=$?
  [ "$code" -eq 3 ] || fail "$file is not refused, but ends with $code"
  number=$(basename "$file" .dcm | sed 's/^faulty-\([ir][0-9]*\)-.*/\1/' | tr ir IR)
  printf '  refused %s\n' "$(sed -n 1p "$out/message.txt")"
  if "$dseg" validate "$file" >"$out/message.txt" 2>&1; then
    fail "$file: validation finds nothing"
  fi
  case $number in
    [IR]1) ;; # dseg does not take the object for one of these at all
    *) grep -qw "$number" "$out/message.txt" || fail "$file is faulty for another reason than $number: $(cat "$out/message.txt")" ;;
  esac
done
rm -f "$out"/back.* "$out"/refused.*
