#!/bin/sh
# A mirror that lost 30 % of its webhooks is, after one reconciliation, what Jira is.
#
# SEED=N repeats a history, SEEDS=N says how many there are, STEPS=N how long each is, LOST=N how many percent are lost.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
build=${BUILD:-build}
tests/support/build tests/support/deliver jirasync || { echo 'not ok the programs are built'; exit 1; }
psql -Xqd "$PGURI" -v ON_ERROR_STOP=1 -f "$root/tests/support/facts.sql" \
    -c "UPDATE jirasync.settings SET value = '100' WHERE name = 'gone_percent'" \
    -c "UPDATE jirasync.settings SET value = '1000' WHERE name = 'requests_per_second'"
folder=$(mktemp -d "${TEST_TMP:-/tmp}/mirror.XXXXXX")
trap 'rm -rf "$folder"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
python3 -B "$root/tests/support/mirror_reconcile.py" --deliver "$build/tests/support/deliver" --build "$build" --folder "$folder"
