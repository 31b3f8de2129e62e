#!/bin/bash
# Measures btcshark against openssl and tshark on generated captures and prints Markdown tables.
# See README.md; `run.sh --help` lists the options.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
export BENCH_DIR=${BENCH_DIR:-/tmp/btcshark-bench}
export BTCSHARK=${BTCSHARK:-$here/../../.build/release/btcshark}

case " $* " in *" -h "* | *" --help "*) exec python3 "$here/measure.py" --help ;; esac
for tool in python3 openssl; do
    command -v "$tool" >/dev/null || { echo "run.sh: $tool is needed" >&2; exit 1; }
done
if [ ! -x "$BTCSHARK" ]; then
    echo "run.sh: no $BTCSHARK: make build in the repository first, or set BTCSHARK" >&2
    exit 1
fi
if [ -z "${GENERATE:-}" ]; then
    swift build -c release --package-path "$here" --product generate >&2
    GENERATE=$(swift build -c release --package-path "$here" --show-bin-path)/generate
fi
export GENERATE PYTHONDONTWRITEBYTECODE=1
mkdir -p "$BENCH_DIR"
exec python3 "$here/measure.py" "$@"
