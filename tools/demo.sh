#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Shows what dseg does on real data: label volumes of Debian's mricron-data are written as DICOM BINARY and LABELMAP
# objects and converted back, every step is compared voxel by voxel, and sizes, times and peak memory are printed.
# Then one volume is written in every encoding, with a README: the samples. A quick benchmark follows, and a page for a
# browser that shows a phantom's samples. These two take packages of PyPI and npm; without them the rest is shown.
# usage: sh tools/demo.sh        on Debian 12, as root unless the packages in tools/debian-packages.txt are there
# Everything it makes is in build/demo; it can be run again.
set -eu
cd "$(dirname -- "$0")/.."
out=build/demo
volumes=/usr/share/mricron/templates
names='inia19-NeuroMaps aal AICHAmc brodmann natbrainlab'

sh tools/install-packages.sh build demo

echo 'Building (release) ...'
mkdir -p "$out"
log=$out/build.log
{
  cmake --preset release -B "$out/build" -DDSEG_BUILD_TESTS=OFF &&
    cmake --build "$out/build" -- -j"$(nproc)"
} >"$log" 2>&1 || {
  tail -n 40 "$log"
  echo "the build failed; see $log" >&2
  exit 1
}
dseg=$out/build/tools/dseg
"$dseg" --version

# field NAME: a number in the JSON on standard input, the first of that name
field() {
  sed -n "s/^ *\"$1\": \([0-9.e+-]*\),*\$/\1/p" | head -n 1
}

# row VOLUME STEP JSON: one line of the table
row() {
  printf '%-18s %-26s %12s %8s %9s %9.3f %9.1f\n' "$1" "$2" "$(field bytes <"$3")" "$(field segments <"$3")" \
    "$(field frames <"$3")" "$(field seconds <"$3")" \
    "$(awk "BEGIN { print $(field peak_memory_bytes <"$3") / 1048576 }")"
}

# step VOLUME TEXT OUTPUT INPUT [OPTION...]: converts and adds a line to the table
step() {
  step_volume=$1
  step_text=$2
  step_output=$3
  step_input=$4
  shift 4
  "$dseg" convert "$step_input" "$step_output" --force --json "$@" >"$step_output.json" 2>"$step_output.log" || {
    cat "$step_output.log" >&2
    exit 1
  }
  row "$step_volume" "$step_text" "$step_output.json"
}

# same A B [OPTION...]: stops the script unless the two are the same
same() {
  if ! "$dseg" compare "$@" >"$out/compare.log" 2>&1; then
    cat "$out/compare.log" >&2
    echo "$1 and $2 differ" >&2
    exit 1
  fi
}

printf '\n%-18s %-26s %12s %8s %9s %9s %9s\n' volume step bytes segments frames seconds 'peak MiB'
for name in $names; do
  volume=$volumes/$name.nii.gz
  base=$out/$name
  size=$(wc -c <"$volume")
  printf '%-18s %-26s %12s\n' "$name" '(the nii.gz itself)' "$size"
  step "$name" 'nii.gz -> BINARY' "$base-binary.dcm" "$volume" --as binary
  step "$name" 'nii.gz -> LABELMAP' "$base-labelmap.dcm" "$volume" --as labelmap
  step "$name" 'BINARY -> nii.gz' "$base-binary.nii.gz" "$base-binary.dcm"
  step "$name" 'LABELMAP -> nii.gz' "$base-labelmap.nii.gz" "$base-labelmap.dcm"
  same "$volume" "$base-labelmap.dcm"
  same "$volume" "$base-labelmap.nii.gz"
  # BINARY numbers its segments 1, 2, 3, ... (PS3.3 C.8.20.2.4); nothing else changes.
  same "$volume" "$base-binary.dcm" --ignore numbers
  same "$volume" "$base-binary.nii.gz" --ignore numbers,names
  same "$base-binary.dcm" "$base-labelmap.dcm" --ignore numbers
  "$dseg" preview "$base-binary.dcm" "$base.png" --force
done

# One volume in every encoding, with uncommon and with faulty objects.
samples=$out/samples
rm -rf "$samples"
"$dseg" samples "$volumes/JHU-WhiteMatter-labels-2mm.nii.gz" "$samples" --edge-cases 2>"$out/samples.log" || {
  cat "$out/samples.log" >&2
  exit 1
}

printf '\nEvery object and every volume converted back equals its original, voxel by voxel.\n'
printf 'Previews: %s\n' "$out/*.png"
printf 'Objects and volumes: %s, %s\n' "$out/*.dcm" "$out/*.nii.gz"
printf 'One volume in every encoding: %s, start with %s\n' "$samples" "$samples/README.md"

# get TEXT SCRIPT...: installs packages of PyPI and npm by these scripts, or says in one line that TEXT is left out.
get() {
  get_text=$1
  shift
  for script in "$@"; do
    sh "$script" >"$out/packages.log" 2>&1 || {
      printf '\n%s is left out: its packages cannot be had from PyPI and npm, see %s\n' "$get_text" "$out/packages.log"
      return 1
    }
  done
}

printf '\nInstalling what the benchmark and the page need (compilers, node, other programs) ...\n'
address=file://$(pwd | sed 's/%/%25/g; s/ /%20/g; s/#/%23/g; s/?/%3F/g')
if get 'The benchmark beside other programs' bench/peers/setup.sh tools/js/setup.sh; then
  printf '\nA quick benchmark beside other programs (about two minutes; sh bench/run.sh is the long one) ...\n'
  sh bench/run.sh --quick
  printf 'Open the report in a browser: %s/build/bench/report.html\n' "$address"
fi

# The page is built where the program looks for it.
if get 'The page' tools/js/setup.sh; then
  {
    cmake --preset wasm && cmake --build --preset wasm
  } >"$out/wasm.log" 2>&1 || {
    tail -n 40 "$out/wasm.log"
    echo "the build of WebAssembly failed; see $out/wasm.log" >&2
    exit 1
  }
  rm -rf "$out/phantom"
  if get 'The page' tools/viewer/page/build.sh; then
    mkdir -p "$out/page"
    cp build/page/page.html "$out/page/page.html"
    "$dseg" samples phantom "$out/phantom" --page --only labelmap --only binary 2>"$out/phantom.log" || {
      cat "$out/phantom.log" >&2
      exit 1
    }
    printf '\nOpen the page in a browser, and drop the folder that it lies in on it:\n%s/%s/page.html\n' "$address" "$out/phantom"
  fi
fi
