#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Makes sample instances of this proposal: conforming ones, uncommon ones among them, each compared with its source and
# valid, and faulty ones, each of which has to be refused with the number that bitstream.md, section 8, has for its fault.
# usage: DSEG=PROGRAM sh samples.sh OUTDIR [LABELS]    LABELS: a label volume; without it a phantom with images is made.
# Needs python3.
set -eu
dseg=${DSEG:-dseg}
out=${1:?usage: samples.sh OUTDIR [LABELS]}
here=$(cd "$(dirname -- "$0")" && pwd)
mkdir -p "$out"
labels=${2:-$out/phantom.nii.gz}
if [ $# -lt 2 ]; then
  rm -rf "$out/images"
  "$dseg" phantom "$labels" --labels 12 --size 48x40x14 --images "$out/images" --force
fi

# sample NAME CONVERT-OPTION...    from $labels
sample() {
  name=$1
  shift
  "$dseg" convert "$labels" "$out/$name.dcm" --uid-seed "volume-$name" --force "$@" 2>"$out/messages.txt" || {
    cat "$out/messages.txt" >&2
    exit 1
  }
  check "$name" "$labels"
}

# check NAME INPUT    the sample holds what the input does, and keeps the rules
check() {
  "$dseg" compare "$2" "$out/$1.dcm" >"$out/compared.txt" || {
    cat "$out/compared.txt" >&2
    exit 1
  }
  "$dseg" validate "$out/$1.dcm" >"$out/compared.txt" || {
    cat "$out/compared.txt" >&2
    exit 1
  }
  printf '%9d %s\n' "$(wc -c <"$out/$1.dcm")" "$1.dcm"
}

sample labelmap --as labelmap-volume
sample labelmap-dual --as labelmap-volume --option dual=1
sample labelmap-label-edge --as labelmap-volume --transfer-syntax label-edge
sample binary-planes-first --as binary-volume --empty-frames omit
sample binary-segments-first --as binary-volume --empty-frames omit --frame-order segment
sample binary-dual --as binary-volume --empty-frames omit --option dual=1
sample binary-all-frames --as binary-volume --empty-frames keep
if [ -d "$out/images" ]; then
  sample labelmap-sources --as labelmap-volume --reference "$out/images"
  sample binary-sources --as binary-volume --empty-frames omit --reference "$out/images"
  sample binary-sources-dual --as binary-volume --empty-frames omit --option dual=1 --reference "$out/images"
fi

# Uncommon, each from one of these: a single plane, a single segment, a single frame of all places.
"$dseg" convert "$labels" "$out/one-plane.nii.gz" --planes 7 --force
"$dseg" convert "$labels" "$out/one-segment.nii.gz" --segments 3 --force
labels=$out/one-plane.nii.gz
sample uncommon-one-plane --as binary-volume
labels=$out/one-segment.nii.gz
sample uncommon-one-segment --as binary-volume --empty-frames omit
sample uncommon-one-segment-labelmap --as labelmap-volume --empty-frames omit

# Faults in conforming samples, one in each file.
python3 "$here/make_faulty.py" "$out/binary-planes-first.dcm" "$out/labelmap.dcm" "$out"
for file in "$out"/faulty-*.dcm; do
  if "$dseg" convert "$file" "$out/refused.nii.gz" --force 2>"$out/messages.txt"; then
    echo "$file is not refused" >&2
    exit 1
  fi
  number=$(basename "$file" .dcm | sed 's/^faulty-\(e[0-9]*\)-.*/\1/' | tr e E)
  if [ "$number" != E1 ] && ! grep -q "volume $number:" "$out/messages.txt"; then
    echo "$file is refused for another reason than $number:" >&2
    cat "$out/messages.txt" >&2
    exit 1
  fi
  printf '  refused %s\n' "$(sed -n 1p "$out/messages.txt")"
done
rm -f "$out/messages.txt" "$out/compared.txt"
