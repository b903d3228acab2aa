#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Builds the image of Dockerfile without a daemon, on a base that debootstrap makes in place of the public one, and runs
# its program: for machines that reach Debian's packages and no registry of images.
# usage: sh tools/packaging/image.sh [DIR]      build/packaging/image by default; the image is removed at the end
# On Debian 12, as root.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
mkdir -p "${1:-$root/build/packaging/image}"
dir=$(CDPATH='' cd -- "${1:-$root/build/packaging/image}" && pwd)
sh "$root/tools/install-packages.sh" image
base=docker.io/library/debian:12-slim

# Images and containers live here, and nowhere else.
printf '[storage]\ndriver = "vfs"\nrunroot = "%s/run"\ngraphroot = "%s/storage"\n' "$dir" "$dir" >"$dir/storage.conf"
printf '{ "default": [{ "type": "insecureAcceptAnything" }] }\n' >"$dir/policy.json"
export CONTAINERS_STORAGE_CONF="$dir/storage.conf" BUILDAH_ISOLATION=chroot
end() {
  buildah rm --all >/dev/null 2>&1 || true
  buildah rmi --all --force >/dev/null 2>&1 || true
  rm -rf "$dir/storage" "$dir/run" "$dir/context" "$dir/root"
}
trap end EXIT
end

# A bare Debian from where apt gets its packages here, and that list of places for the image's own apt.
if [ ! -f "$dir/base.tar" ]; then
  # shellcheck disable=SC2016  # apt's own variable
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Codename: bookworm' 'Created-By: Packages' | head -n 1)
  debootstrap --variant=minbase bookworm "$dir/root" "$mirror"
  rm -rf "$dir/root/etc/apt" "$dir"/root/var/cache/apt/archives/*.deb
  cp -a /etc/apt "$dir/root/etc/apt"
  tar -c -C "$dir/root" -f "$dir/base.tar" .
  rm -rf "$dir/root"
fi
container=$(buildah from scratch)
buildah add --quiet "$container" "$dir/base.tar" /
buildah commit --quiet --signature-policy "$dir/policy.json" "$container" "$base"
buildah rm "$container" >/dev/null

mkdir "$dir/context"
git -C "$root" archive HEAD | tar -x -C "$dir/context"
buildah bud --quiet --network host --pull=never --signature-policy "$dir/policy.json" --build-arg BASE="$base" -t dseg \
  -f "$dir/context/tools/packaging/Dockerfile" "$dir/context"
container=$(buildah from --pull=never --signature-policy "$dir/policy.json" localhost/dseg)
buildah copy --quiet "$container" "$root/tools/packaging/debian/smoke" /smoke
buildah run "$container" -- sh /smoke dseg
buildah run "$container" -- sh -c 'test -f /usr/share/bash-completion/completions/dseg && segimage2itkimage --version >/dev/null'
echo 'the image works'
