#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Installs Snakemake in DIR/venv and what checks the WDL and the CWL in DIR/checks (DIR: build/archive by default). They are
# apart because their own requirements differ. Does nothing when DIR is up to date.
# usage: sh tools/archive/setup.sh [DIR]
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
root=$(CDPATH='' cd -- "$here/../.." && pwd)
dir=${1:-$root/build/archive}

wanted=$(cat "$here/requirements.txt" "$here/requirements-checks.txt" | cksum)
if [ -f "$dir/complete" ] && [ "$(cat "$dir/complete")" = "$wanted" ]; then
  exit 0
fi
rm -f "$dir/complete"
mkdir -p "$dir"

python=python3
if [ -x /usr/bin/python3 ]; then
  python=/usr/bin/python3
fi
# environment NAME REQUIREMENTS
environment() {
  "$python" -m venv --clear "$dir/$1"
  "$dir/$1/bin/pip" install --quiet --disable-pip-version-check --requirement "$here/$2"
}
environment venv requirements.txt
environment checks requirements-checks.txt
printf '%s\n' "$wanted" >"$dir/complete"
