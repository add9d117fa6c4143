#!/bin/sh
# The mirror against a model of a small Jira: whatever it does and in whatever order it is told, the tables show it.
#
# SEED=N repeats a history, SEEDS=N says how many there are, STEPS=N how long each is.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
deliver=${BUILD:-build}/tests/support/deliver
tests/support/build tests/support/deliver || { echo 'not ok deliver is built'; exit 1; }
psql -Xqd "$PGURI" -v ON_ERROR_STOP=1 -f "$root/tests/support/facts.sql"
folder=$(mktemp -d "${TEST_TMP:-/tmp}/mirror.XXXXXX")
trap 'rm -rf "$folder"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
python3 -B "$root/tests/support/mirror.py" --deliver "$deliver" --folder "$folder"
