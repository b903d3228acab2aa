#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Installs the peers that tests/peers compares with, all below DIR (build/peers by default): a Python virtual
# environment with requirements.txt, and the packages of package.json in DIR/node. Does nothing when DIR is up to date.
# usage: sh tests/peers/setup.sh [DIR]
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
root=$(CDPATH='' cd -- "$here/../.." && pwd)
dir=${1:-$root/build/peers}

wanted=$(cat "$here/requirements.txt" "$here/package.json" | cksum)
if [ -f "$dir/complete" ] && [ "$(cat "$dir/complete")" = "$wanted" ]; then
  exit 0
fi
rm -f "$dir/complete"
mkdir -p "$dir/node"

python=python3
if [ -x /usr/bin/python3 ]; then
  python=/usr/bin/python3
fi
"$python" -m venv --clear "$dir/venv"
"$dir/venv/bin/pip" install --quiet --disable-pip-version-check --requirement "$here/requirements.txt"

cp "$here/package.json" "$dir/node/package.json"
PATH="$dir/venv/bin:$PATH"
export PATH
# Nothing is built: what the packages would compile is for viewers.
(cd "$dir/node" && npm install --no-package-lock --no-audit --no-fund --silent --ignore-scripts)

printf '%s\n' "$wanted" >"$dir/complete"
