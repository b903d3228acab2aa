#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The benchmark's report of invented results, opened in headless Chromium: nothing is fetched, nothing fails, all sections
# and figures are there, the page fits into 390 pixels, and the picture is not empty.
# usage: check_report.sh PYTHON      in an empty directory; leaves report.html and report.png there
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
python=$1
if [ ! -x "$python" ]; then
  echo 'skipped: what draws the report is not there, run sh bench/peers/setup.sh report'
  exit 77
fi
if ! command -v chromium >/dev/null; then
  echo 'skipped: no chromium, run sh tools/install-packages.sh test'
  exit 77
fi
"$python" "$here/check_report.py" write report.html narrow.html

# browse PAGE OPTION...: what the browser says of itself and of the page goes to browser.log
browse() {
  page=$1
  shift
  rm -rf profile
  timeout 60 chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking \
    --disable-component-update --disable-sync --hide-scrollbars --enable-logging=stderr --user-data-dir=profile \
    --window-size=1100,6000 "$@" "file://$(pwd)/$page" 2>>browser.log
}
rm -f browser.log report.png
browse report.html --dump-dom >dom.html
browse narrow.html --allow-file-access-from-files --dump-dom >narrow-dom.html
browse report.html --screenshot=report.png
rm -rf profile
"$python" "$here/check_report.py" check report.html dom.html narrow-dom.html browser.log report.png
