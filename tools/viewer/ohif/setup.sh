#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Installs the prebuilt OHIF, in DIR/app, and what is served beside it and drives a browser, in DIR/node. Does nothing
# when DIR is up to date. The version of OHIF is in this file alone.
# usage: sh tools/viewer/ohif/setup.sh DIR NODE       NODE: the program node, with npm beside it
#        sh tools/viewer/ohif/setup.sh --version      prints OHIF's version
set -eu
version=3.13.2
if [ "${1:-}" = --version ]; then
  echo "$version"
  exit 0
fi
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
dir=$1
bin=$(CDPATH='' cd -- "$(dirname -- "$2")" && pwd)

wanted="$version $(cksum <"$here/package.json")"
if [ "$(cat "$dir/node/complete" 2>/dev/null || true)" = "$wanted" ]; then
  exit 0
fi
rm -rf "$dir/node" "$dir/app"
mkdir -p "$dir/node" "$dir/app"
dir=$(CDPATH='' cd -- "$dir" && pwd)
cp "$here/package.json" "$dir/node/"
PATH=$bin:$PATH
export PATH
cd "$dir/node"
npm install --no-package-lock --no-audit --no-fund --silent --ignore-scripts
# OHIF is prebuilt: what it depends on is in its files, and is not installed.
archive=$(npm pack "@ohif/app@$version" --silent)
tar -xzf "$archive" -C "$dir/app" --strip-components=1
rm "$archive"
printf '%s\n' "$wanted" >"$dir/node/complete"
