#!/usr/bin/env bash
# Builds the tests, and runs those that are built: ./run.sh [--build] [GROUP ...]. With --build and no group it only
# builds. A group is the beginning of the names of some tests, as a regular expression: a folder of Tests whose name
# ends in Tests; Hostile, those of DissectorTests that bound what the program may cost; fuzz-short; packages; or all,
# the folders and Hostile, as where none is named.
#
# The program and its modules are optimised: many tests run it, and most others read captures by the thousand. The tests
# themselves are not: that takes the compiler longer than it saves. TEST_OPTIONS are other options for swift build.
#
# A group has a process of its own: a test that ends its process takes no other group with it, and programs that
# CaptureTests, LiveTests and KeysTests start by themselves are not waited for by Foundation's Process in other tests.
# TEST_JOBS of them run beside each other, as many as there are processors unless set. What a group says is printed when
# it has ended.
set -uo pipefail
cd "$(dirname "$0")/.."
# Read by Package.swift.
[ -n "${TEST_OPTIONS:-}" ] || export BTCSHARK_OPTIMISED=1
read -ra options <<<"${TEST_OPTIONS:---scratch-path .build/tests}"
if [ "${1:-}" = --build ]; then
    shift
    "${SWIFT:-swift}" build --build-tests "${options[@]}" || exit
    [ $# -gt 0 ] || exit 0
fi
bundle=$("${SWIFT:-swift}" build --show-bin-path "${options[@]}")/btcsharkPackageTests.xctest || exit
# The long ones first.
all=(LiveTests DissectorTests Hostile GoldenTests)
for folder in Tests/*Tests; do
    [[ " ${all[*]} " == *" ${folder##*/} "* ]] || all+=("${folder##*/}")
done
groups=()
for group in "${@:-all}"; do
    if [ "$group" = all ]; then groups+=("${all[@]}"); else groups+=("$group"); fi
done
logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT

run_group() {
    local filter=(--filter "^$1")
    case $1 in
    fuzz-short) Tests/Fuzz/run.sh --built "${FUZZ_SHORT_SECONDS:-3}"; return ;;
    packages) "${MAKE:-make}" -s check-packages; return ;;
    Hostile) filter=(--filter '^DissectorTests\.Hostile') ;;
    DissectorTests) filter+=(--skip '^DissectorTests\.Hostile') ;;
    esac
    "$bundle" --testing-library swift-testing "${filter[@]}"
}

# Runs the group of that number, and prints its output and what it took as one piece.
report_group() {
    local TIMEFORMAT='%R s, %U s + %S s of processor time' status=0 place="$logs/$1" group=${groups[$1]}
    { time run_group "$group" >"$place.log" 2>&1; } 2>"$place.time" || status=$?
    {
        flock 9
        cat "$place.log"
        printf '== %s: %s\n\n' "$group" "$(tail -n 1 "$place.time")"
        # 77: this toolchain has no fuzzer.
        if [ $status = 0 ] || [ "$group $status" = "fuzz-short 77" ]; then
            : >"$place.passed"
        else
            echo "error: $group ended with $status"
        fi
    } 9>"$logs/lock"
}

jobs=${TEST_JOBS:-$(nproc 2>/dev/null || echo 2)}
running=0
for number in "${!groups[@]}"; do
    if [ $running -ge "$jobs" ]; then
        wait -n
        running=$((running - 1))
    fi
    report_group "$number" &
    running=$((running + 1))
done
wait

failed=()
for number in "${!groups[@]}"; do [ -e "$logs/$number.passed" ] || failed+=("${groups[$number]}"); done
if [ ${#failed[@]} -gt 0 ]; then
    echo "error: groups that failed: ${failed[*]}"
    exit 1
fi
echo "All ${#groups[@]} groups passed."
