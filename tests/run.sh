#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Installs what is needed, builds every preset, and runs every test and check.
# usage: sh tests/run.sh [--long]      as root on Debian 12; nothing need be installed before
# Hostile files of a generator are tried for two minutes.
# --long: builds for other machines and systems, too, and with a newer compiler, and runs their tests under emulators;
# 900 rounds of the differential test and 2,000 of the geometrical one, with seeds that it prints, and hostile files for two hours;
# the documentation site, Debian's packages, an image, and batches on a Slurm of one node, on S3, and by WDL and CWL.
# A check that fails does not stop those after it, but the exit status is then 1. The end of the output says where
# the time went, what was skipped and why, and repeats the closing line of each ctest run.
set -eu
long=''
case ${1-} in
  '') ;;
  --long) long=yes ;;
  *)
    echo "usage: sh tests/run.sh [--long]" >&2
    exit 2
    ;;
esac
cd "$(dirname -- "$0")/.."
root=$(pwd)
logs=$root/build/logs
rm -rf "$logs"
mkdir -p "$logs"
failed=''

# step NAME COMMAND...: runs the command, notes its seconds and whether it failed.
step() {
  step_name=$1
  shift
  printf '\n=== %s\n' "$step_name"
  step_start=$(date +%s)
  if "$@"; then step_word=ok; else
    step_word=FAILED
    failed="$failed $step_name"
  fi
  printf '%5d s  %-12s %s\n' "$(($(date +%s) - step_start))" "$step_name" "$step_word" >>"$logs/times"
}

# needed NAME COMMAND...: a step that all later ones need.
needed() {
  step "$@"
  if [ "$step_word" != ok ]; then
    echo "stopped:$failed failed" >&2
    exit 1
  fi
}

build() {
  cmake --preset "$1" --log-level=WARNING && cmake --build --preset "$1" -- -j"$(nproc)"
}

# run_tests PRESET [CTEST OPTION...]
run_tests() {
  preset=$1
  shift
  ctest --test-dir "build/$preset" --output-on-failure -j"$(nproc)" --no-tests=error -O "$logs/ctest-$preset" "$@"
}

# More rounds than in CTest, other ones each time; --peers counts what peers make of each other's objects.
run_differential() {
  mkdir -p build/differential
  (
    cd build/differential
    DSEG=$root/build/release/tools/dseg DSEG_PEERS=$root/build/peers "$root/build/peers/venv/bin/python" \
      "$root/tests/peers/check_differential.py" --rounds 900 --seed "$(date +%s)" --peers
  )
}

# Hostile files for so many seconds, made from a seed; what fails is kept in build/hostile.
run_hostile() {
  mkdir -p build/hostile
  (
    cd build/hostile
    DSEG=$root/build/release/tools/dseg python3 "$root/tests/hostile/run_hostile.py" --seconds "$1" --seed "$2" --keep kept
  )
}

# Volumes of random geometry beside SimpleITK and nibabel, other ones each time.
run_geometry() {
  mkdir -p build/differential
  (
    cd build/differential
    DSEG=$root/build/release/tools/dseg DSEG_PEERS=$root/build/peers "$root/build/peers/venv/bin/python" \
      "$root/tests/peers/check_geometry.py" --rounds 2000 --seed "$(date +%s)" --keep kept
  )
}

check_style() {
  git ls-files '*.c' '*.h' '*.cc' | xargs clang-format-14 --dry-run -Werror &&
    git ls-files '*.sh' .ci/run tools/packaging/debian/smoke | xargs shellcheck
}

# The sources that the clang build compiled, and those that the preset wasm compiled and no other. One file for each
# process: with several, clang-tidy 14 takes the va_list of all but the first for uninitialised. The analyzer follows a
# quarter of the paths that it would by itself, which takes half of the time; with --long all of them.
check_tidy() {
  python3 tests/tidy_commands.py build/clang build/tidy/native || return 1
  # Where zig's compiler finds headers, which is not where clang-tidy looks for them. It names folders below this one
  # from here.
  headers=$(build/js/bin/zig-cc -target wasm32-wasi -E -v -x c /dev/null 2>&1 >/dev/null |
    sed -n -e 's|^ \(/.*/lib/.*include.*\)|-isystem\1|p' -e "s|^ \([^/ \"].*/lib/.*include.*\)|-isystem$root/\1|p")
  # shellcheck disable=SC2086  # an argument for each folder
  python3 tests/tidy_commands.py build/wasm build/tidy/wasm -nostdinc $headers || return 1
  set -- --quiet
  [ -n "$long" ] || set -- "$@" --extra-arg=-Xclang --extra-arg=-analyzer-config --extra-arg=-Xclang --extra-arg=max-nodes=56000
  {
    git ls-files 'codec/*.c' 'codec/*.cc' 'proposals/*.c' 'tools/*.c' | grep -v '_windows' | grep -v '/windows_' |
      grep -v '_wasm' | grep -v '_none' | grep -v '^tools/js/' | sed 's|^|build/tidy/native |'
    git ls-files 'codec/base/os/*_wasm.c' 'codec/base/os/*_none.c' 'tools/js/native/*.c' | sed 's|^|build/tidy/wasm |'
  } | xargs -n 2 -P "$(nproc)" clang-tidy-14 "$@" -p >"$logs/tidy" 2>&1 || {
    cat "$logs/tidy"
    return 1
  }
}

needed packages sh tools/install-packages.sh
needed peers sh tests/peers/setup.sh
needed report sh bench/peers/setup.sh report
needed js sh tools/js/setup.sh
needed python sh tools/python/setup.sh
needed archive sh tools/archive/setup.sh
step style check_style
[ -z "$long" ] || step paper sh bench/paper.sh
needed wasm build wasm
needed page sh tools/viewer/page/build.sh
needed release build release
step test-release run_tests release
# The same files each time, so that a change is what makes them fail; other ones with --long.
if [ -n "$long" ]; then step hostile run_hostile 7200 "$(date +%s)"; else step hostile run_hostile 120 1; fi
step asan build asan
# These take minutes each with sanitizers: --long has them, and every run has them without.
slow='^(roundtrip_(large|all-numbers|noise)|unit_out_of_memory_[0-9]|replay_validate|cli_samples|bench_survey|label_edge_(same_bytes|training))$'
# What libc alone changes nothing of: --long has these, and every run has them with the libraries.
same='^(roundtrip_(large|all-numbers|noise)|unit_(out_of_memory_[0-9]|volume_write)|replay_validate|label_edge_(same_bytes|second_damaged))$'
if [ -n "$long" ]; then
  slow='^$'
  same='^$'
fi
step test-asan run_tests asan -L 'unit|cli|roundtrip|replay' -E "$slow"
step plain build plain
step test-plain run_tests plain -E "$same"
step clang build clang
step tidy check_tidy
step fuzz build fuzz
step test-fuzz run_tests fuzz -L fuzz
step tsan build tsan
step test-tsan run_tests tsan -L tsan

if [ -n "$long" ]; then
  needed packages-long sh tools/install-packages.sh long viewer
  for preset in aarch64 s390x mingw; do
    step "$preset" build "$preset"
    step "test-$preset" run_tests "$preset"
  done
  step new-clang build new-clang
  step wheel sh tools/python/wheel.sh --check
  step ohif env DSEG="$root/build/release/tools/dseg" DSEG_JS_PACKAGE="$root/build/wasm/package" \
    DSEG_NODE="$root/build/peers/venv/bin/node" sh tools/viewer/ohif.sh --check
  step interrupted env DSEG_TEST_SECONDS=60 ctest --test-dir build/release --output-on-failure --no-tests=error \
    -R '^cli_interrupted$'
  step batch-killed env DSEG_TEST_KILLS=50 ctest --test-dir build/release --output-on-failure --no-tests=error \
    -R '^cli_batch_killed$'
  step differential run_differential
  step site env DSEG="$root/build/release/tools/dseg" sh tests/site/check_site.sh
  needed packages-lint sh tools/install-packages.sh lint
  step debian sh tools/packaging/debian.sh
  step image sh tools/packaging/image.sh
  step geometry run_geometry
  needed packages-archive sh tools/install-packages.sh archive
  step archive-long env DSEG="$root/build/release/tools/dseg" python3 -B tests/archive/long.py
fi

printf '\n=== where the time went\n'
cat "$logs/times"
printf '\n=== skipped\n'
# ctest -O keeps each test's output only when it fails; LastTest.log has the reason of those that were skipped.
for log in "$logs"/ctest-*; do
  preset=${log##*/ctest-}
  grep -h '^skipped: ' "build/$preset/Testing/Temporary/LastTest.log" 2>/dev/null | sort | uniq -c |
    sed "s/^/$preset: /" || true
done
printf '\n=== results\n'
if [ -n "$failed" ]; then
  echo "failed:$failed"
fi
for log in "$logs"/ctest-*; do
  printf '%s: ' "${log##*/ctest-}"
  grep 'tests passed' "$log" || echo 'no result'
done
[ -z "$failed" ] || exit 1
grep -h 'tests passed' "$logs/ctest-release"
