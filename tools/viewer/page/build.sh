#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Makes the page DIR/page.html (build/page by default) from the JavaScript package, build/wasm/package, and from the
# libraries of package.json, which npm installs into DIR. tools/js/setup.sh has installed the node for it.
# usage: sh tools/viewer/page/build.sh [DIR]
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
root=$(CDPATH='' cd -- "$here/../../.." && pwd)
package=$root/build/wasm/package
if [ ! -f "$package/dseg.wasm" ]; then
  echo "the JavaScript package is missing: cmake --preset wasm && cmake --build --preset wasm" >&2
  exit 1
fi
mkdir -p "${1:-$root/build/page}"
dir=$(CDPATH='' cd -- "${1:-$root/build/page}" && pwd)
PATH="$root/build/js/venv/bin:$PATH"
export PATH

wanted=$(cksum <"$here/package.json")
if [ ! -f "$dir/complete" ] || [ "$(cat "$dir/complete")" != "$wanted" ]; then
  rm -f "$dir/complete"
  cp "$here/package.json" "$dir/package.json"
  # Nothing is built: the packages hold what a browser takes.
  (cd "$dir" && npm install --no-package-lock --no-audit --no-fund --silent --ignore-scripts)
  printf '%s\n' "$wanted" >"$dir/complete"
fi
cd "$dir"
node "$here/build.mjs" "$package" "$dir/page.html"
