#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Makes sample instances of this proposal: conforming ones, each compared with its source, and faulty ones, each of which
# has to be refused with a message.
# usage: DSEG=PROGRAM sh samples.sh OUTDIR [LABELS]    LABELS: a label volume; without it a phantom is made. Needs python3.
set -eu
dseg=${DSEG:-dseg}
out=${1:?usage: samples.sh OUTDIR [LABELS]}
here=$(cd "$(dirname -- "$0")" && pwd)
mkdir -p "$out"
labels=${2:-$out/phantom.nii.gz}
[ $# -gt 1 ] || "$dseg" phantom "$labels" --labels 40 --size 96x80x24 --force

# sample NAME CONVERT-OPTION...
sample() {
  name=$1
  shift
  "$dseg" convert "$labels" "$out/$name.dcm" --transfer-syntax zstd --uid-seed "zstd-$name" --force "$@"
  "$dseg" compare "$labels" "$out/$name.dcm" >"$out/compared.txt" || {
    cat "$out/compared.txt" >&2
    exit 1
  }
  printf '%9d %s\n' "$(wc -c <"$out/$name.dcm")" "$name.dcm"
}

sample labelmap --as labelmap
sample labelmap-level-1 --as labelmap --option level=1
sample labelmap-checksum --as labelmap --option checksum=1
sample labelmap-extended-offset-table --as labelmap --offset-table extended
sample binary --as binary
sample binary-empty-frames --as binary --empty-frames keep
rm -f "$out/compared.txt"

# Faults in the first frame of a conforming sample, one in each file.
python3 "$here/make_faulty.py" "$out/labelmap-checksum.dcm" "$out"
for file in "$out"/faulty-*.dcm; do
  if "$dseg" convert "$file" "$out/refused.nii.gz" --force 2>"$out/message.txt"; then
    echo "$file is not refused" >&2
    exit 1
  fi
  printf '  refused %s\n' "$(sed -n 1p "$out/message.txt")"
done
rm -f "$out/message.txt"
