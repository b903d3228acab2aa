#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Installs a build into ./prefix and builds a consumer against it twice: through CMake, and through pkg-config.
# usage: install.sh BUILD SOURCE     "shared" for BUILD: SOURCE is built as a shared library
set -eu
build=$1
source=$2
rm -rf prefix moved through-cmake ct ./*.dcm
if [ "$build" = shared ]; then
  build=$PWD/shared
  cmake -S "$source" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DDSEG_LIBRARIES=ON -DBUILD_SHARED_LIBS=ON \
    -DDSEG_BUILD_BENCH=ON
  cmake --build "$build"
fi
cmake --install "$build" --prefix "$PWD/prefix"
prefix/bin/dseg --version
prefix/bin/segimage2itkimage --version
# Manual pages and completions lie where they are looked for.
grep -q '^\.SH SYNOPSIS' prefix/share/man/man1/dseg-convert.1
grep -qx '\.so man1/dseg-segimage2itkimage\.1' prefix/share/man/man1/segimage2itkimage.1
bash -c '. prefix/share/bash-completion/completions/segimage2itkimage && complete -p dseg segimage2itkimage'
head -n 1 prefix/share/zsh/site-functions/_dseg | grep -qx '#compdef dseg .*segimage2itkimage.*'
grep -q '^complete -c dseg ' prefix/share/fish/vendor_completions.d/dseg.fish

cmake -S "$source/tests/install/consumer" -B through-cmake -G Ninja -DCMAKE_PREFIX_PATH="$PWD/prefix"
cmake --build through-cmake
LD_LIBRARY_PATH=$(dirname "$(find "$PWD/prefix" -name 'libdseg.*' | head -n 1)")
export LD_LIBRARY_PATH
through-cmake/consumer

PKG_CONFIG_PATH=$(dirname "$(find "$PWD/prefix" -name dseg.pc)")
export PKG_CONFIG_PATH
# Word splitting is meant: pkg-config prints several options.
# shellcheck disable=SC2046
cc -std=c17 -Wall -Wextra -Werror "$source/tests/install/consumer/consumer.c" -o through-pkg-config \
  $(pkg-config --cflags --libs dseg)
./through-pkg-config

# The examples in README.md compile as they stand; the first says how it is used.
awk '/^```c$/ { inside = 1; block++; next } /^```/ { inside = 0 } inside && block == 1' "$source/README.md" >example.c
awk '/^```c$/ { inside = 1; block++; next } /^```/ { inside = 0 } inside && block == 2' "$source/README.md" >liver.c
awk '/^```c$/ { inside = 1; block++; next } /^```/ { inside = 0 } inside && block == 3' "$source/README.md" >compress.c
# shellcheck disable=SC2046
cc -std=c17 -Wall -Wextra -Werror liver.c -o liver $(pkg-config --cflags --libs dseg)
# shellcheck disable=SC2046
cc -std=c17 -Wall -Wextra -Werror compress.c -o compress $(pkg-config --cflags --libs dseg)
# shellcheck disable=SC2046
cc -std=c17 -Wall -Wextra -Werror example.c -o example $(pkg-config --cflags --libs dseg)
if ./example 2>usage.txt; then exit 1; fi
grep -q usage usage.txt

# The second puts one organ on the planes of images: those of an object of many organs, and two more at each end.
prefix/bin/dseg phantom body.dcm --size 48x40x12
prefix/bin/dseg info body.dcm --json >body.json
python3 "$source/tests/install/images.py" body.json ct 2
./liver body.dcm ct liver.dcm >said.txt
cat said.txt
grep -q '^liver.dcm: 16 planes, SOP Instance UID ' said.txt
prefix/bin/dseg convert body.dcm one.dcm --segments liver
prefix/bin/dseg compare one.dcm liver.dcm --ignore extent,numbers,provenance
prefix/bin/dseg validate liver.dcm
if ./liver body.dcm ct liver.dcm 2>said.txt; then exit 1; fi # it exists
grep -q '^liver.dcm: ' said.txt
if ./liver consumer.dcm ct none.dcm 2>said.txt; then exit 1; fi # no liver
grep -q '^consumer.dcm: .*no segment has the number or label' said.txt
[ ! -e none.dcm ]

# The third writes a compressed LABELMAP of what it gets, and refuses what is no segmentation.
for object in consumer.dcm background.dcm; do
  ./compress <"$object" >compressed.dcm
  prefix/bin/dseg compare "$object" compressed.dcm
  prefix/bin/dseg info compressed.dcm | grep -q 'RLE Lossless'
done
if ./compress <consumer.dcm >/dev/full; then exit 1; fi
if ./compress <compress.c >nothing.dcm; then exit 1; fi

# The first reads what the consumer wrote, the object of a proposal, too.
./example consumer.dcm >plain.txt
cat plain.txt
grep -q '^3 voxels of one$' plain.txt
for object in background.dcm jpeg-ls.dcm label-edge.dcm; do
  ./example "$object" >other.txt
  cmp plain.txt other.txt
done

# The plug-in of docs/plugin-guide.md: its source and its commands as they stand there, against what is installed.
guide=$source/docs/plugin-guide.md
awk '/^```c$/ { inside = 1; next } /^```/ { inside = 0 } inside' "$guide" >same_rows.c
awk '/^```sh$/ { inside = 1; next } /^```/ { inside = 0 } inside' "$guide" >commands.sh
rm -rf plugins labels.nii.gz labels.dcm
PATH=$PWD/prefix/bin:$PATH
dseg convert consumer.dcm labels.nii.gz
sh -eu commands.sh >said.txt
cat said.txt
grep -q '^  same-rows .* 8 16 .* experimental$' said.txt
grep -q 'Rows that differ from the one above (2.25.329800735698586629295641978511506172918.2.1.1)' said.txt
grep -q '^same: 2 segments' said.txt

# The tests and benchmarks of this build have it, too.
DSEG_PLUGIN_PATH=$PWD/plugins
export DSEG_PLUGIN_PATH
if [ -x "$build/tests/roundtrip/roundtrip" ]; then
  "$build/tests/unit/test_frame_codecs" same-rows
  "$build/tests/roundtrip/roundtrip" unaligned gaps
fi
if [ -x "$build/bench/frames" ]; then
  "$build/bench/frames" labels.nii.gz --as labelmap --codec only --codec same-rows --rounds 1 --seconds 0.01 >measured.txt
  cat measured.txt
  grep -q same-rows measured.txt
  [ "$("$build/bench/work" labels labels.dcm --check | grep -c '"checksum"')" = 1 ]
fi

# An installation may be moved: the program finds its library and the modules of codecs beside itself. Without a module
# the error says so, and nothing is written.
unset LD_LIBRARY_PATH
mv prefix moved
moved/bin/dseg convert labels.nii.gz moved.dcm --transfer-syntax jpeg-ls
moved/bin/dseg compare labels.nii.gz moved.dcm
module=$(find moved -name dseg-charls.so)
[ -n "$module" ]
rm "$module"
code=0
moved/bin/dseg convert labels.nii.gz without.dcm --transfer-syntax jpeg-ls 2>said.txt || code=$?
cat said.txt
[ "$code" = 4 ]
grep -q 'frame codec jpeg-ls: dseg-charls.so cannot be loaded .*install CharLS' said.txt
[ ! -e without.dcm ]
