#!/usr/bin/env bash
# Runs the tests that are built already, with the options of swift test that are given: ./run.sh [OPTION ...].
#
# CaptureTests, LiveTests and KeysTests start programs by themselves. Foundation's Process and the exit tests of the
# same process would wait for such children for ever, so these have processes of their own.
set -uo pipefail
cd "$(dirname "$0")/.."
groups=('--skip ^(CaptureTests|LiveTests|KeysTests)\.' '--filter ^(CaptureTests|LiveTests)\.'
    '--filter ^KeysTests\.')
status=0
for group in "${groups[@]}"; do
    "${SWIFT:-swift}" test --skip-build "$@" ${group%% *} "${group#* }" || status=$?
done
exit $status
