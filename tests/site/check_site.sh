#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Makes the documentation site, and opens pages of it in headless Chromium: nothing is fetched from elsewhere, no message
# on the console, and no page wider than a screen of 390 pixels.
# usage: check_site.sh      leaves screenshots in build/site/pictures: wide and narrow, light and dark
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
root=$(CDPATH='' cd -- "$here/../.." && pwd)
sh "$root/docs/site/build.sh" "$root/build/site"
cd "$root/build/site"
rm -rf pictures profile
mkdir pictures

browse() {
  rm -rf profile
  timeout 60 chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking \
    --disable-component-update --disable-sync --hide-scrollbars --enable-logging=stderr --user-data-dir=profile \
    --allow-file-access-from-files --virtual-time-budget=3000 "$@" 2>>pictures/browser.log
}

for page in index gallery docs/cli reference/c/source docs/measurements; do
  name=$(echo "$page" | tr / -)
  python3 -B "$here/check_site.py" frame "html/$page.html" "narrow-$name.html"
  browse --window-size=800,1200 --dump-dom "file://$PWD/narrow-$name.html" >"pictures/$name.dom"
  browse --window-size=1400,1600 --screenshot="pictures/$name-wide.png" "file://$PWD/html/$page.html"
  browse --window-size=1400,1600 --blink-settings=preferredColorScheme=0 --screenshot="pictures/$name-dark.png" "file://$PWD/html/$page.html"
  browse --window-size=800,1600 --screenshot="pictures/$name-narrow.png" "file://$PWD/narrow-$name.html"
  rm "narrow-$name.html"
done
rm -rf profile
python3 -B "$here/check_site.py" check html pictures
