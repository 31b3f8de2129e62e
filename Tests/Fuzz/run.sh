#!/usr/bin/env bash
# Fuzzes: ./run.sh [--build | --built] [SECONDS] [TARGET ...]. --build only builds, --built does not. Corpus/ holds the seeds; what libFuzzer adds stays in .build/found/.
# Findings are left in Regressions/, and stay there: every run begins with them. With 0 seconds only seeds and
# regressions are run. Ends with 77 where the toolchain has no libFuzzer, and with 1 where something was found.
set -euo pipefail
cd "$(dirname "$0")"
mode=
case ${1:-} in
--build | --built)
    mode=$1
    shift
    ;;
esac
seconds=${1:-60}
shift || true
targets=("$@")
[ ${#targets[@]} -gt 0 ] || targets=(fuzz-frame fuzz-stream fuzz-payload fuzz-filter fuzz-messages fuzz-writers
    fuzz-framer fuzz-v2 fuzz-build fuzz-pcapng fuzz-paste)

toolchain=$(dirname "$(readlink -f "$(command -v swift)")")/..
library=$(find "$toolchain" -name "libclang_rt.fuzzer_no_main-$(uname -m).a" 2>/dev/null | head -1)
if [ -z "$library" ]; then
    echo "No fuzzing: this Swift toolchain has no libclang_rt.fuzzer_no_main-$(uname -m).a, which swift.org's have." >&2
    exit 77
fi
build=(-c release -Xswiftc -sanitize=fuzzer,address -Xswiftc -use-ld=lld
    -Xlinker "$library" -Xlinker -lstdc++ -Xlinker -lm)
if [ "$mode" != --built ]; then
    # The package manager looks for new files of the package above only when this one has changed.
    touch Package.swift
    swift build "${build[@]}"
fi
[ "$mode" != --build ] || exit 0
# What Swift's own runtime keeps for ever is no leak.
export ASAN_OPTIONS=detect_leaks=0 SWIFT_BACKTRACE=enable=no
runs=-1
[ "$seconds" != 0 ] || runs=0
failed=()
for target in "${targets[@]}"; do
    mkdir -p "Corpus/$target" "Regressions/$target" ".build/found/$target"
    echo "== $target, $seconds s"
    log=".build/$target.log"
    seeds=("Corpus/$target" "Regressions/$target")
    [ "$target" != fuzz-build ] || seeds+=(Corpus/fuzz-payload)
    ".build/release/$target" ".build/found/$target" "${seeds[@]}" \
        -max_total_time="$seconds" -runs="$runs" -timeout=10 -rss_limit_mb=2048 -max_len=65536 \
        -artifact_prefix="Regressions/$target/" -print_final_stats=1 >"$log" 2>&1 || failed+=("$target")
    grep -aE "fatalError|Fatal error|Precondition|ERROR|SUMMARY|Test unit written|number_of_executed|peak_rss|DONE" \
        "$log" || tail -15 "$log"
done
if [ ${#failed[@]} -gt 0 ]; then
    echo "Found something: ${failed[*]}. The logs are Tests/Fuzz/.build/TARGET.log, the inputs in Regressions/." >&2
    exit 1
fi
