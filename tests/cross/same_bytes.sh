#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# same_bytes.sh NATIVE COMMAND...: COMMAND, dseg for another machine or system, writes the bytes that NATIVE, the program
# for this machine, writes, in every representation and the transfer syntaxes that need no library.
set -eu
native=$1
shift
if [ ! -x "$native" ]; then
  echo "skipped: no program for this machine to compare with; configure with -DDSEG_NATIVE=build/release/tools/dseg"
  exit 77
fi
export SOURCE_DATE_EPOCH=1735689600
"$native" phantom source.dcm --size 48x40x11 --labels 9 --force
for representation in binary fractional labelmap; do
  for syntax in explicit-le implicit-le encapsulated rle label-edge; do
    options="--force --uid-seed test --as $representation --transfer-syntax $syntax"
    # shellcheck disable=SC2086 # a list of words
    "$native" convert source.dcm native.dcm $options
    # shellcheck disable=SC2086
    "$@" convert source.dcm other.dcm $options
    cmp native.dcm other.dcm || {
      echo "$representation/$syntax differs" >&2
      exit 1
    }
  done
done
echo "15 objects are the same"
