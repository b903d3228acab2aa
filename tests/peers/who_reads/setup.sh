#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Installs the readers that who_reads.py runs beside those of tests/peers/setup.sh: cornerstone3D's adapters 5.6.8, which
# are the prebuilt OHIF's, in DIR/node-5.6.8, and OHIF itself in DIR/ohif. Orthanc and Chromium are Debian's: the group
# viewer of tools/debian-packages.txt. Does nothing when DIR is up to date.
# usage: sh tests/peers/who_reads/setup.sh [DIR [PEERS]]     build/who-reads and build/peers by default
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
root=$(CDPATH='' cd -- "$here/../../.." && pwd)
dir=${1:-$root/build/who-reads}
peers=${2:-$root/build/peers}

sh "$root/tools/install-packages.sh" viewer
sh "$root/tests/peers/setup.sh" "$peers"
sh "$root/tools/viewer/ohif/setup.sh" "$dir/ohif" "$peers/venv/bin/node"

wanted=$(cksum <"$here/package.json")
if [ "$(cat "$dir/node-5.6.8/complete" 2>/dev/null || true)" = "$wanted" ]; then
  exit 0
fi
rm -rf "$dir/node-5.6.8"
mkdir -p "$dir/node-5.6.8"
cp "$here/package.json" "$dir/node-5.6.8/"
PATH=$(CDPATH='' cd -- "$peers/venv/bin" && pwd):$PATH
export PATH
(cd "$dir/node-5.6.8" && npm install --no-package-lock --no-audit --no-fund --silent --ignore-scripts)
printf '%s\n' "$wanted" >"$dir/node-5.6.8/complete"
