#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Makes the documentation site, DIR/html/index.html (build/site by default): the project's pages, the reference of the C
# headers and of the Python package, and a gallery of pictures that the program draws. A warning is an error.
# usage: sh docs/site/build.sh [DIR]
# On Debian 12, as root unless the packages of tools/debian-packages.txt (site) are there. $DSEG is the program;
# otherwise that of build/release, or one that is built for this. The Python package has a reference where
# sh tools/python/setup.sh has made its wheel.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
mkdir -p "${1:-$root/build/site}"
dir=$(CDPATH='' cd -- "${1:-$root/build/site}" && pwd)
sh "$root/tools/install-packages.sh" site

program=${DSEG:-$root/build/release/tools/dseg}
if [ ! -x "$program" ]; then
  cmake -S "$root" -B "$root/build/site-program" -DCMAKE_BUILD_TYPE=Release --log-level=WARNING
  cmake --build "$root/build/site-program" --target dseg_program -- -j"$(nproc)"
  program=$root/build/site-program/tools/dseg
fi

venv=$root/build/site-venv
wanted=$(cksum <"$root/docs/site/requirements.txt")
if [ ! -f "$venv/complete" ] || [ "$(cat "$venv/complete")" != "$wanted" ]; then
  /usr/bin/python3 -m venv --clear "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check --requirement "$root/docs/site/requirements.txt"
  printf '%s\n' "$wanted" >"$venv/complete"
fi
for wheel in "$root"/build/python/wheel/dseg-*.whl; do
  [ ! -f "$wheel" ] || "$venv/bin/pip" install --quiet --disable-pip-version-check --force-reinstall "${wheel}[pydicom]"
done

rm -rf "$dir/html" "$dir/xml" "$dir/doctrees"
{
  cat "$root/docs/site/Doxyfile"
  echo "INPUT = $root/codec/include/dseg $root/proposals/include/dseg"
  echo "OUTPUT_DIRECTORY = $dir"
  echo "INPUT_FILTER = \"$venv/bin/python -B $root/docs/site/header_filter.py\""
} >"$dir/Doxyfile"
doxygen "$dir/Doxyfile"
"$venv/bin/python" -B "$root/docs/site/stage.py" "$dir/source" "$program"
DSEG_SITE_XML=$dir/xml "$venv/bin/sphinx-build" -q -W --keep-going -j "$(nproc)" -b html -c "$root/docs/site" \
  -d "$dir/doctrees" "$dir/source" "$dir/html"
echo "$dir/html/index.html"
