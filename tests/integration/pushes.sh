#!/bin/sh
# What pushes tell of refs, landing and links, against git and against an import: lives of repositories, made at random.
#
# SEED=N repeats a life, SEEDS=N says how many there are.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
build=${BUILD:-build}
tests/support/build jirasync tests/support/git_document ||
    { echo 'not ok jirasync is built'; exit 1; }
psql -Xqd "$PGURI" -v ON_ERROR_STOP=1 -f "$root/tests/support/facts.sql"
work=$(mktemp -d "${TEST_TMP:-/tmp}/pushes.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
printf 'JIRASYNC_WORKER_DATABASE=%s\nJIRASYNC_SOURCES=%s\nJIRA_WEBHOOK_SECRET=not-empty\n' \
    "$PGURI?options=-c%20role%3Djirasync_worker" "$work/sources.conf" >"$work/jirasync.conf"
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1 JIRASYNC_CONFIG="$work/jirasync.conf"
python3 -B "$root/tests/support/pushes.py" --document "$build/tests/support/git_document" --command "$build/jirasync" \
    --folder "$work"
