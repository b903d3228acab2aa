#!/bin/sh
# Measures dseg beside the programs other people use, and writes build/bench/results.json and build/bench/report.html.
# usage: sh bench/run.sh [--quick] [--corpus DIR]... [--only headline|growth|encodings|frames]... [--resume] [--report]
# On Debian 12, as root unless the packages of tools/debian-packages.txt are there. Nothing else should run meanwhile.
set -eu
top=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
build=$top/build/bench-release
sh "$top/tools/install-packages.sh" build demo
sh "$top/bench/peers/setup.sh"
mkdir -p "$top/build/bench"
log=$top/build/bench/build.log
{
  cmake -S "$top" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DDSEG_BUILD_BENCH=ON -DDSEG_BUILD_TESTS=OFF &&
    cmake --build "$build" -- -j"$(nproc)"
} >"$log" 2>&1 || {
  tail -n 40 "$log"
  echo "the build failed; see $log" >&2
  exit 1
}
exec "$top/build/bench-peers/venv/bin/python" "$top/bench/run.py" "$@"
