#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Makes a wheel with all libraries inside, build/python/repaired/dseg-*.whl, and fails when it is larger than 4 MB.
# --check also installs it in a bare Debian 12, which has no compiler, no DCMTK and none of the libraries, where it reads,
# writes and runs the program: as root, with the group "long" of tools/debian-packages.txt.
# usage: sh tools/python/wheel.sh [--check]
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
root=$(CDPATH='' cd -- "$here/../.." && pwd)
dir=$root/build/python
most=4000000
sh "$here/setup.sh"
PATH=$dir/venv/bin:$PATH
export PATH

# Lossless JPEG needs DCMTK, which brings 31 MB of ICU. Tables for unwinding the stack are for C++ and debuggers: C has no use for them.
rm -rf "$dir/plain" "$dir/repaired"
pip wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index \
  --config-settings=build-dir="$dir/build-wheel" --config-settings=cmake.define.DSEG_WITH_DCMJPEG=OFF \
  --config-settings=cmake.define.CMAKE_C_FLAGS='-fno-asynchronous-unwind-tables -fno-unwind-tables' \
  --wheel-dir "$dir/plain" "$here"
auditwheel repair --strip --wheel-dir "$dir/repaired" "$dir"/plain/dseg-*.whl
wheel=$(ls "$dir"/repaired/dseg-*.whl)
python "$here/smaller.py" "$wheel"
size=$(wc -c <"$wheel")
printf '%s: %d bytes\n' "${wheel##*/}" "$size"
if [ "$size" -gt "$most" ]; then
  echo "the wheel is larger than $most bytes" >&2
  exit 1
fi
[ "${1:-}" = --check ] || exit 0

bare=$dir/bare
dseg=$dir/venv/bin/dseg
if [ ! -f "$bare/complete" ]; then
  mirror=$(apt-cache policy | sed -n 's|^ *[0-9]* \(http[^ ]*\) bookworm/main.*|\1|p' | head -n 1)
  rm -rf "$bare"
  debootstrap --variant=minbase --include=python3,python3-venv bookworm "$bare" "$mirror"
  touch "$bare/complete"
fi
pip download --quiet --disable-pip-version-check --dest "$bare/wheels" --only-binary :all: numpy==2.4.6 cffi==2.1.1
cp "$wheel" "$bare/wheels"
"$dseg" phantom "$bare/phantom.dcm" --size 48x40x16 --labels 9 --force
cat >"$bare/try.py" <<'END'
import subprocess
import dseg

seg = dseg.open("/phantom.dcm")
for codec in dseg.codecs():
    if codec.writes and not codec.lossy:
        dseg.convert("/phantom.dcm", "/copy.dcm", as_="labelmap", transfer_syntax=codec.name, overwrite=True)
        assert dseg.open("/copy.dcm").digest() == seg.digest(), codec.name
        print(codec.name)
dseg.write("/array.nii.gz", seg.labels(), like=seg, overwrite=True)
assert dseg.open("/array.nii.gz").digest() == seg.digest()
assert dseg.preview(seg).startswith(b"\x89PNG")
subprocess.run(["/venv/bin/dseg", "info", "/copy.dcm"], check=True)
END
rm -rf "$bare/venv"
# The dynamic loader asks /proc where a program is, to find the libraries beside it.
mount -t proc proc "$bare/proc"
trap 'umount "$bare/proc"' EXIT
chroot "$bare" sh -c 'python3 -m venv /venv && /venv/bin/pip install --quiet --no-index --find-links /wheels dseg && /venv/bin/python /try.py'
