#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The viewer's page in headless Chromium, without a network: see check_page.mjs.
# usage: check_page.sh PAGE_DIRECTORY samples|refusals      in an empty directory; leaves screenshots there
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
page=$1
case=$2
PATH="$DSEG_PEERS/venv/bin:$PATH"
export PATH
if [ ! -f "$page/page.html" ]; then
  echo 'skipped: the page is not there, run sh tools/viewer/page/build.sh'
  exit 77
fi
if ! command -v chromium >/dev/null; then
  echo 'skipped: no chromium, run sh tools/install-packages.sh test'
  exit 77
fi
rm -rf data
mkdir data
"$DSEG" phantom data/seg.dcm --labels 12 --size 48x48x24 --images data/images
if [ "$case" = samples ]; then
  "$DSEG" phantom data/overlap.dcm --labels 60 --size 48x48x24 --overlap
  "$DSEG" samples data/seg.dcm data/samples --reference data/images --only labelmap/explicit-le \
    --only labelmap/deflated-frame --only labelmap/label-edge --only binary/rle --only fractional/explicit-le
else
  "$DSEG" convert data/seg.dcm data/rle.dcm --transfer-syntax rle --reference data/images
  "$DSEG" convert data/seg.dcm data/deflated.dcm --transfer-syntax deflated --reference data/images
  "$DSEG" convert data/seg.dcm data/volume.nii.gz
  "$DSEG" samples data/seg.dcm data/samples --edge-cases --only labelmap/explicit-le
fi
node "$here/check_page.mjs" "$page" "$case" "$(command -v chromium)"
