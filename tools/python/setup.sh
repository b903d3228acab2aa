#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Installs what builds and tests the Python package in DIR/venv (build/python by default), and the package itself, built
# of this tree. Does nothing about the first when DIR is up to date; of the second it builds what has changed.
# usage: sh tools/python/setup.sh [DIR]
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
root=$(CDPATH='' cd -- "$here/../.." && pwd)
mkdir -p "${1:-$root/build/python}"
dir=$(CDPATH='' cd -- "${1:-$root/build/python}" && pwd)

wanted=$(cat "$here/requirements.txt" "$here/setup.sh" | cksum)
if [ ! -f "$dir/complete" ] || [ "$(cat "$dir/complete")" != "$wanted" ]; then
  rm -f "$dir/complete"
  python=python3
  if [ -x /usr/bin/python3 ]; then
    python=/usr/bin/python3
  fi
  "$python" -m venv --clear "$dir/venv"
  "$dir/venv/bin/pip" install --quiet --disable-pip-version-check --requirement "$here/requirements.txt"
  printf '%s\n' "$wanted" >"$dir/complete"
fi

rm -rf "$dir/wheel"
# What builds it is in the environment, so that pip need not fetch it for each build.
"$dir/venv/bin/pip" wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index \
  --config-settings=build-dir="$dir/build" --wheel-dir "$dir/wheel" "$here"
"$dir/venv/bin/pip" install --quiet --disable-pip-version-check --no-deps --no-index --force-reinstall "$dir"/wheel/dseg-*.whl
