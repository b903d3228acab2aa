#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Builds Debian's packages dseg, libdseg0 and libdseg-dev, and their source package, and checks them with lintian where
# it is installed: a warning is an error.
# usage: sh tools/packaging/debian.sh [DIR]      packages go to DIR, build/packaging/debian by default, which is emptied
# On Debian 12, as root unless the packages of tools/debian-packages.txt (build, deb) are there.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
rm -rf "${1:-$root/build/packaging/debian}"
mkdir -p "${1:-$root/build/packaging/debian}"
dir=$(CDPATH='' cd -- "${1:-$root/build/packaging/debian}" && pwd)
sh "$root/tools/install-packages.sh" build deb

number() {
  sed -n "s/^#define DSEG_VERSION_$1 //p" "$root/codec/include/dseg/version.h"
}
version=$(number MAJOR).$(number MINOR).$(number PATCH)
source=$dir/dseg-$version
mkdir "$source"
# What is committed; outside a checkout, in a container for instance, what is there.
if git -C "$root" rev-parse --verify --quiet HEAD >/dev/null 2>&1; then
  git -C "$root" archive HEAD | tar -x -C "$source"
  : "${SOURCE_DATE_EPOCH:=$(git -C "$root" log -1 --format=%ct)}"
else
  tar -c -C "$root" --exclude=./build --exclude=./.git . | tar -x -C "$source"
  : "${SOURCE_DATE_EPOCH:=$(date +%s)}"
fi
export SOURCE_DATE_EPOCH
tar -c -J -C "$dir" --sort=name --owner=0 --group=0 --mtime="@$SOURCE_DATE_EPOCH" \
  -f "$dir/dseg_$version.orig.tar.xz" "dseg-$version"

cp -r "$root/tools/packaging/debian" "$source/debian"
cat >"$source/debian/changelog" <<EOF
dseg ($version-1) unstable; urgency=medium

  * Release $version: docs/CHANGELOG.md says what changed.

 -- dseg maintainers <maintainers@dseg.invalid>  $(date -u -R -d "@$SOURCE_DATE_EPOCH")
EOF
(cd "$source" && dpkg-buildpackage -us -uc)
rm -rf "$source"
if command -v lintian >/dev/null; then
  # Nothing is uploaded, so that no bug waits for it; and lintian minds that root calls it.
  lintian --allow-root --fail-on error,warning --suppress-tags initial-upload-closes-no-bugs "$dir"/*.changes
fi
ls -l "$dir"
