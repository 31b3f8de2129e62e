#!/usr/bin/env bash
# Runs the tests with a sanitizer: ./sanitize.sh thread|address [FILTER]. The build is in .build/sanitize-NAME.
#
# * Optimised (-O), since the sanitizers make unoptimised Swift some hundred times as slow.
# * Not instrumented: the Swift runtime, Foundation and Dispatch. What Thread Sanitizer says of memory that only they
#   touch is suppressed in tsan-suppressions.txt; each line there says why.
# * Leaks are not looked for: Swift's runtime keeps metadata for ever.
# * Bounds of memory are not set (Tests/DissectorTests/Hostile): the sanitizers take terabytes of addresses.
set -euo pipefail
cd "$(dirname "$0")/.."
name=$1
case $name in
thread) library=tsan ;;
address) library=asan ;;
*) echo "usage: sanitize.sh thread|address [FILTER]" >&2; exit 64 ;;
esac
toolchain=$(dirname "$(readlink -f "$(command -v swift)")")/..
if [ -z "$(find "$toolchain" -name "libclang_rt.$library-$(uname -m).*" 2>/dev/null | head -1)" ]; then
    echo "No $name sanitizer: this Swift toolchain has no libclang_rt.$library, which swift.org's have." >&2
    exit 77
fi
options=(--sanitize "$name" -Xswiftc -O --scratch-path ".build/sanitize-$name")
swift build --build-tests "${options[@]}"
export TSAN_OPTIONS="halt_on_error=0 exitcode=66 suppressions=$PWD/Tests/tsan-suppressions.txt"
# The sanitizers make calls of their own, which the sandbox refuses.
export BTCSHARK_SANDBOX=off
export ASAN_OPTIONS="detect_leaks=0 allocator_may_return_null=1"
if [ $# -gt 1 ]; then exec swift test --skip-build "${options[@]}" --filter "$2"; fi
TEST_OPTIONS="${options[*]}" exec Tests/run.sh
