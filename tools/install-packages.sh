#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Installs the packages of tools/debian-packages.txt that are missing.
# usage: sh tools/install-packages.sh [GROUP...]    groups: those of the list; build, demo and test when none is
#        given
set -eu
list=$(dirname -- "$0")/debian-packages.txt
[ $# -gt 0 ] || set -- build demo test

missing=''
while read -r group package; do
  case " $* " in *" $group "*) ;; *) continue ;; esac
  if ! dpkg-query --show --showformat='${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed; then
    missing="$missing $package"
  fi
done <"$list"
[ -n "$missing" ] || exit 0

if [ "$(id -u)" -ne 0 ]; then
  echo "missing packages; as root: apt-get install$missing" >&2
  exit 1
fi
# A package of another architecture is called NAME:ARCHITECTURE.
for package in $missing; do
  case $package in *:*) dpkg --add-architecture "${package#*:}" ;; esac
done
apt-get update -qq
# Word splitting is meant: one argument for each package.
# shellcheck disable=SC2086
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing
