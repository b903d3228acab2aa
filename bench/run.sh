#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Measures dseg beside the programs other people use, and writes build/bench/results.json and build/bench/report.html.
# usage: sh bench/run.sh [--quick] [--corpus DIR]... [--only headline|growth|encodings|frames|turns|browser|damage|slow|together|batch|survey|described|archive]... [--resume] [--report]
#                        [--before COMMIT]     also builds that commit, to be measured in turns with this tree
# On Debian 12, as root unless the packages of tools/debian-packages.txt are there. Nothing else should run meanwhile.
set -eu
top=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
sh "$top/tools/install-packages.sh" build demo archive
sh "$top/bench/peers/setup.sh"
sh "$top/tools/js/setup.sh"
sh "$top/tools/python/setup.sh"
sh "$top/tools/archive/setup.sh"
mkdir -p "$top/build/bench"
log=$top/build/bench/build.log
: >"$log"

# build SOURCE BUILD [OPTION...]
build() {
  build_source=$1
  build_place=$2
  shift 2
  {
    cmake -S "$build_source" -B "$build_place" -G Ninja -DCMAKE_BUILD_TYPE=Release -DDSEG_BUILD_TESTS=OFF "$@" &&
      cmake --build "$build_place" -- -j"$(nproc)"
  } >>"$log" 2>&1 || {
    tail -n 40 "$log"
    echo "the build failed; see $log" >&2
    exit 1
  }
}

build "$top" "$top/build/bench-release" -DDSEG_LIBRARIES=ON -DDSEG_BUILD_BENCH=ON
build "$top" "$top/build/bench-plain" -DDSEG_LIBRARIES=OFF
build "$top" "$top/build/wasm" --preset wasm
if [ "${1:-}" = --before ]; then
  before=$top/build/bench-before
  rm -rf "$before/source"
  mkdir -p "$before/source"
  git -C "$top" archive "$2" | tar -x -C "$before/source"
  build "$before/source" "$before/build" -DDSEG_BUILD_BENCH=ON
  shift 2
  set -- --against "$before/build" "$@"
fi
exec "$top/build/bench-peers/venv/bin/python" "$top/bench/run.py" "$@"
