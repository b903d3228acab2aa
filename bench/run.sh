#!/bin/sh
# Measures libdseg beside highdicom, SimpleITK and nibabel: sh bench/run.sh [FILE.nii.gz] [--repeat N] [--only GROUP]
#
# Without a file: the reference case of the test data where it is at hand, else Debian's mricron-data. Results in
# build/bench: results.json, and tables on standard output. tests/run.sh has set up the peers in build/peers.
set -eu
top=$(cd "$(dirname "$0")/.." && pwd)
data=${DSEG_DATA:-$top/../shared/data}
case=${1:-}
if [ -n "$case" ] && [ "${case#--}" = "$case" ]; then
  shift
elif [ -f "$data/totalsegmentator-s0327/labels_512.nii.gz" ]; then
  case=$data/totalsegmentator-s0327/labels_512.nii.gz
else
  case=/usr/share/mricron/templates/inia19-NeuroMaps.nii.gz
fi
python=$top/build/peers/venv/bin/python
[ -x "$python" ] || { echo "bench/run.sh: the peers are not set up: run sh tests/run.sh first" >&2; exit 1; }
cmake -S "$top" -B "$top/build/bench-release" -G Ninja -DCMAKE_BUILD_TYPE=Release -DDSEG_BUILD_BENCH=ON \
  -DDSEG_BUILD_TESTS=OFF >/dev/null
cmake --build "$top/build/bench-release" -j 2 >/dev/null
name=$(basename "$case" .nii.gz)
exec "$python" "$top/bench/run.py" --case "$case" --build "$top/build/bench-release" \
  --work "$top/build/bench/$name" "$@"
