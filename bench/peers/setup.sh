#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Installs the programs that the benchmark compares with, all below DIR (build/bench-peers by default): two Python
# virtual environments, venv and pydicom-seg, and JavaScript in DIR/node. Does nothing when DIR is up to date.
# usage: sh bench/peers/setup.sh [DIR]
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
root=$(CDPATH='' cd -- "$here/../.." && pwd)
part=peers
if [ "${1:-}" = report ]; then
  part=report
  shift
fi
dir=${1:-$root/build/bench-peers}

wanted=$(cat "$here"/requirements*.txt "$here/package.json" | cksum)
if [ -f "$dir/$part-complete" ] && [ "$(cat "$dir/$part-complete")" = "$wanted" ]; then
  exit 0
fi
rm -f "$dir/$part-complete"
mkdir -p "$dir/node"

python=python3
if [ -x /usr/bin/python3 ]; then
  python=/usr/bin/python3
fi
# environment NAME REQUIREMENTS
environment() {
  "$python" -m venv --clear "$dir/$1"
  "$dir/$1/bin/pip" install --quiet --disable-pip-version-check --requirement "$here/$2"
}
if [ "$part" = report ]; then
  environment report requirements-report.txt
  printf '%s\n' "$wanted" >"$dir/$part-complete"
  exit 0
fi
environment venv requirements.txt
environment pydicom-seg requirements-pydicom-seg.txt

cp "$here/package.json" "$dir/node/package.json"
PATH="$dir/venv/bin:$PATH"
export PATH
# Nothing is built: what the packages would compile is for viewers, not for reading segmentations.
(cd "$dir/node" && npm install --no-package-lock --no-audit --no-fund --silent --ignore-scripts)

printf '%s\n' "$wanted" >"$dir/$part-complete"
