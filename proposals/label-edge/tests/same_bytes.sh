#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# same_bytes.sh COMMAND...: the fragments are the same from every compiler at hand, optimised or not, without vectors, and
# on a big-endian machine (emulated), and decode there.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
core=$here/..
sources="$here/digest.c $here/instance.c"
for file in "$core"/label_edge_*.c; do
  case $file in */label_edge_codec.c) ;; *) sources="$sources $file" ;; esac # the plug-in needs dseg
done
"$@" >built.txt

compare() { # NAME COMMAND...
  name=$1
  shift
  "$@" >other.txt
  cmp built.txt other.txt || { echo "$name gives other bytes" >&2; exit 1; }
  echo "same bytes: $name"
}
for compiler in gcc clang-14; do
  if command -v $compiler >/dev/null; then
    for level in -O0 -O3 "-O3 -DLE_NO_VECTORS"; do
      # shellcheck disable=SC2086 # a list of files
      $compiler -std=c17 $level -I"$core" -I"$here" -o digest $sources
      compare "$compiler $level" ./digest
    done
  else
    echo "skipped: no $compiler"
  fi
done
if command -v s390x-linux-gnu-gcc >/dev/null && command -v qemu-s390x >/dev/null; then
  # shellcheck disable=SC2086
  s390x-linux-gnu-gcc -std=c17 -O2 -static -I"$core" -I"$here" -o digest-s390x $sources
  compare "s390x, big endian" qemu-s390x ./digest-s390x
else
  echo "skipped: no s390x-linux-gnu-gcc or no qemu-s390x; big endian is not tried"
fi
