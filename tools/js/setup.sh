#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Installs what builds and tests the JavaScript package, all below DIR (build/js by default): the compiler and the node of
# requirements.txt, programs that CMake calls in DIR/bin, and the packages of tests/package.json in DIR/node. Does
# nothing when DIR is up to date.
# usage: sh tools/js/setup.sh [DIR]
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
root=$(CDPATH='' cd -- "$here/../.." && pwd)
mkdir -p "${1:-$root/build/js}"
dir=$(CDPATH='' cd -- "${1:-$root/build/js}" && pwd)

wanted=$(cat "$here/requirements.txt" "$here/tests/package.json" "$here/setup.sh" | cksum)
if [ -f "$dir/complete" ] && [ "$(cat "$dir/complete")" = "$wanted" ]; then
  exit 0
fi
rm -f "$dir/complete"
mkdir -p "$dir/bin" "$dir/node"

python=python3
if [ -x /usr/bin/python3 ]; then
  python=/usr/bin/python3
fi
"$python" -m venv --clear "$dir/venv"
"$dir/venv/bin/pip" install --quiet --disable-pip-version-check --requirement "$here/requirements.txt"
zig=$("$dir/venv/bin/python" -c 'import os, ziglang; print(os.path.join(os.path.dirname(ziglang.__file__), "zig"))')

# CMake takes a compiler that is one word. Zig compiles the C library when it is first used, and keeps it.
for tool in cc ar ranlib; do
  cat >"$dir/bin/zig-$tool" <<END
#!/bin/sh
ZIG_GLOBAL_CACHE_DIR='$dir/cache' ZIG_LOCAL_CACHE_DIR='$dir/cache' exec '$zig' $tool "\$@"
END
  chmod +x "$dir/bin/zig-$tool"
done

cp "$here/tests/package.json" "$dir/node/package.json"
PATH="$dir/venv/bin:$PATH"
export PATH
(cd "$dir/node" && npm install --no-package-lock --no-audit --no-fund --silent --ignore-scripts)

printf '%s\n' "$wanted" >"$dir/complete"
