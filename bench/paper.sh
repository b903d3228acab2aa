#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Makes a PDF of docs/paper.md; fails where it has not exactly two pages of A4.
# usage: sh bench/paper.sh [PAPER.pdf]      build/bench/paper.pdf by default
# On Debian 12, as root unless the packages of tools/debian-packages.txt (paper) are there.
set -eu
top=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
output=${1:-$top/build/bench/paper.pdf}
place=$top/build/bench-peers/paper
wanted=$(cksum <"$top/bench/paper/requirements.txt")
sh "$top/tools/install-packages.sh" paper
if [ ! -f "$place/complete" ] || [ "$(cat "$place/complete")" != "$wanted" ]; then
  /usr/bin/python3 -m venv --clear "$place"
  "$place/bin/pip" install --quiet --disable-pip-version-check --requirement "$top/bench/paper/requirements.txt"
  printf '%s\n' "$wanted" >"$place/complete"
fi
mkdir -p "$(dirname -- "$output")"
exec "$place/bin/python" -B "$top/bench/paper/make_pdf.py" "$output"
