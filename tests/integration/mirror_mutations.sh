#!/bin/sh
# Valid bodies with a member dropped or of another type, at every path: never an error of ours, never a wrong row.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
deliver=${BUILD:-build}/tests/support/deliver
tests/support/build tests/support/deliver || { echo 'not ok deliver is built'; exit 1; }
psql -Xqd "$PGURI" -v ON_ERROR_STOP=1 -f "$root/tests/support/facts.sql"
folder=$(mktemp -d "${TEST_TMP:-/tmp}/mutations.XXXXXX")
trap 'rm -rf "$folder"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
find "$root/tests/fixtures/deliveries" -name '*.json' ! -name '*.expected.json' -print0 | sort -z |
    xargs -0 python3 -B "$root/tests/support/mirror_mutations.py" --deliver "$deliver" --folder "$folder"
