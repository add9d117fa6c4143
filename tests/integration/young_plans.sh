#!/bin/sh
# shellcheck disable=SC1091,SC2034  # reads.sh reads most
# The first import of a tangled repository reads what it needs, though no table has statistics yet.
#
# What the correlation reads of the growing tables, by pg_stat_user_tables and pg_stat_user_indexes: some rows for each link
# that comes of it. Where the planner may put whole joins together as it guesses, it is thousands.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
tests/support/build jirasync || { echo 'not ok jirasync is built'; exit 1; }
work=$(mktemp -d "${TEST_TMP:-/tmp}/young.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
sql() { psql -XAtq -v ON_ERROR_STOP=1 -d "$PGURI" "$@"; }
printf '[source git]\nkind = git\n' >"$work/sources.conf"
printf 'JIRASYNC_WORKER_DATABASE=%s\nJIRASYNC_SOURCES=%s\nJIRA_WEBHOOK_SECRET=not-empty\n' \
    "$PGURI" "$work/sources.conf" >"$work/jirasync.conf"

sql -f "$root/tests/support/facts.sql" \
    -c "SELECT facts.issue(n, 'APP-' || n, '2026-03-01 00:00Z') FROM generate_series(1, 40) n" -c 'SELECT facts.settle()' >/dev/null
"$root/tests/support/random-repository" "$work/app.git" 300 301
JIRASYNC_CONFIG=$work/jirasync.conf "${BUILD:-build}/jirasync" import-commits --quiet --source git --repository org/app "$work/app.git"
most=60000
. "$root/tests/support/reads.sh"
frugal 'the first correlation' '' 'SELECT facts.settle()'
links=$(sql -c 'SELECT count(*) FROM jirasync.issue_commits')
[ "$links" -gt 500 ] && echo 'ok and finds the links' || echo "not ok and finds the links: $links"
