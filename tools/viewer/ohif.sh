#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Shows all encodings of one segmentation in a prebuilt OHIF: makes samples with their images, gives them to an Orthanc
# of its own, and serves OHIF with dseg's extension. Everything is on loopback, and below build/ohif. Ctrl-C ends all.
# usage: sh tools/viewer/ohif.sh [--check] [SEGMENTATION IMAGES | DIRECTORY]     without any: the phantom and its CT
#        DIRECTORY: DICOM files of one study, images and segmentations, which are shown as they are
#        on Debian 12, as root unless the packages of tools/debian-packages.txt (build, viewer) are there
# --check drives a browser, writes screenshots to build/ohif, and ends: tools/viewer/ohif/check.mjs
# DSEG, DSEG_JS_PACKAGE, DSEG_NODE: a program, a package and a node that are there already.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
check=''
if [ "${1:-}" = --check ]; then
  check=yes
  shift
fi
case $# in
  0 | 1 | 2) ;;
  *)
    sed -n 's/^# \(usage: .*\)/\1/p' "$0" >&2
    exit 2
    ;;
esac
out=$root/build/ohif
mkdir -p "$out"
for input in "$@"; do
  if [ ! -e "$input" ]; then
    echo "there is no $input" >&2
    exit 1
  fi
done

sh "$root/tools/install-packages.sh" build viewer
if [ -z "${DSEG:-}" ]; then
  (cd "$root" && cmake --preset release --log-level=WARNING && cmake --build build/release --target dseg_program)
  DSEG=$root/build/release/tools/dseg
fi
if [ -z "${DSEG_NODE:-}" ]; then
  sh "$root/tools/js/setup.sh"
  DSEG_NODE=$root/build/js/venv/bin/node
fi
if [ -z "${DSEG_JS_PACKAGE:-}" ]; then
  (cd "$root" && cmake --preset wasm --log-level=WARNING && cmake --build build/wasm)
  DSEG_JS_PACKAGE=$root/build/wasm/package
fi
sh "$root/tools/viewer/ohif/setup.sh" "$out" "$DSEG_NODE"

# The samples: each encoding is a series of one study, on the same images.
encodings='binary/explicit-le labelmap/explicit-le labelmap/rle labelmap/deflated-frame labelmap/jpeg-ls
  labelmap/jpeg2000 labelmap/htj2k labelmap/jpeg-xl labelmap/jpeg-lossless labelmap/zstd labelmap/label-edge'
rm -rf "$out/samples"
if [ $# -eq 0 ] && [ -n "$check" ]; then
  rm -rf "$out/ct" # a small phantom: browsers without a graphics card draw slowly
  "$DSEG" phantom "$out/source.nii.gz" --images "$out/ct" --size 96x80x24 --labels 20 --force
  set -- "$out/source.nii.gz" "$out/ct"
fi
# Word splitting is meant: one argument for each encoding.
samples=$out/samples
if [ $# -eq 1 ]; then
  samples=$1
elif [ $# -eq 2 ]; then
  # shellcheck disable=SC2086
  "$DSEG" samples "$1" "$out/samples" --reference "$2" --only $encodings
else
  # shellcheck disable=SC2086
  "$DSEG" samples phantom "$out/samples" --only $encodings
fi

port=${DSEG_ORTHANC_PORT:-18042}
sh "$root/tools/viewer/ohif/orthanc.sh" "$out" "$port" &
orthanc=$!
trap 'kill "$orthanc" 2>/dev/null || true; wait "$orthanc" 2>/dev/null || true' EXIT
trap 'exit 130' INT TERM
for second in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
  if "$DSEG_NODE" "$root/tools/viewer/ohif/store.mjs" "$port" >/dev/null 2>&1; then
    break
  fi
  if [ "$second" = 20 ] || ! kill -0 "$orthanc" 2>/dev/null; then
    tail -n 20 "$out/orthanc.log" >&2
    echo "Orthanc did not start; is port $port taken?" >&2
    exit 1
  fi
  sleep 1
done
study=$("$DSEG_NODE" "$root/tools/viewer/ohif/store.mjs" "$port" "$samples" 2>"$out/store.log") || {
  cat "$out/store.log" >&2
  exit 1
}

if [ -n "$check" ]; then
  "$DSEG_NODE" "$root/tools/viewer/ohif/check.mjs" "$out" "$samples" "$DSEG_JS_PACKAGE" "$port" "$study" "$DSEG"
  exit
fi
echo "Open segmentation?StudyInstanceUIDs=$study below this address; with &stock=1 OHIF is alone. Ctrl-C ends."
"$DSEG_NODE" "$root/tools/viewer/ohif/serve.mjs" "$out/app/dist" "$out/node/node_modules" "$DSEG_JS_PACKAGE" "$port" \
  "${DSEG_PORT:-3000}"
