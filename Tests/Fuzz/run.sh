#!/usr/bin/env bash
# Fuzzes: ./run.sh [SECONDS] [TARGET ...]. Corpus/ holds the seeds; what libFuzzer adds stays in .build/found/.
# Findings are left in Regressions/, and stay there: every run begins with them.
set -euo pipefail
cd "$(dirname "$0")"
seconds=${1:-60}
shift || true
targets=("$@")
[ ${#targets[@]} -gt 0 ] || targets=(fuzz-frame fuzz-stream fuzz-payload fuzz-filter)

runtime=$(dirname "$(find "$(dirname "$(readlink -f "$(command -v swift)")")/.." -name 'libclang_rt.fuzzer_no_main-*.a' | head -1)")
swift build -c release -Xswiftc -sanitize=fuzzer,address -Xswiftc -use-ld=lld \
    -Xlinker "$runtime/libclang_rt.fuzzer_no_main-$(uname -m).a" -Xlinker -lstdc++ -Xlinker -lm
# What Swift's own runtime keeps for ever is no leak.
export ASAN_OPTIONS=detect_leaks=0
for target in "${targets[@]}"; do
    mkdir -p "Corpus/$target" "Regressions/$target" ".build/found/$target"
    echo "== $target, $seconds s"
    ".build/release/$target" ".build/found/$target" "Corpus/$target" "Regressions/$target" -max_total_time="$seconds" -timeout=10 \
        -rss_limit_mb=2048 -max_len=65536 -artifact_prefix="Regressions/$target/" -print_final_stats=1 2>&1 | tail -15
done
