#!/bin/bash
# Pages of Jira's search through `jirasync import-issues`: stored as webhooks are, again, malformed, and a wrong source.
set -u
tests/support/build jirasync || exit 1
command=$PWD/${BUILD:-build}/jirasync
work=$(mktemp -d "${TEST_TMP:-/tmp}/issues.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT

check() { # what, expected, got
    if [ "$2" = "$3" ]; then echo "ok $1"; else printf 'not ok %s\n  expected: %s\n  got:      %s\n' "$1" "$2" "$3"; fi
}
ask() { psql -XAtq -d "$PGURI" -c "$1" | paste -sd ' '; }
import() { "$command" import-issues "$@" 2>"$work/errors"; }
issue() { # id, summary, updated
    printf '{"id":"%d","key":"APP-%d","fields":{"summary":"%s","issuetype":{"name":"Story"},"status":{"name":"Open"},"project":{"id":"1","key":"APP"},"updated":"%s"}}' "$1" "$1" "$2" "$3"
}

printf '[source git]\nkind = git\n' >"$work/sources.conf"
printf 'JIRASYNC_WORKER_DATABASE=%s\nJIRASYNC_SOURCES=%s\nJIRA_WEBHOOK_SECRET=not-empty\nJIRASYNC_BATCH_ROWS=7\n' \
    "$PGURI" "$work/sources.conf" >"$work/jirasync.conf"
export JIRASYNC_CONFIG=$work/jirasync.conf
day1=2026-03-01T10:00:00.000+0000 day2=2026-03-02T10:00:00.000+0000

{
    for page in 0 1 2; do
        printf '{"startAt":%d,"issues":[' $((page * 10))
        for i in 1 2 3 4 5 6 7 8 9 10; do
            [ "$i" = 1 ] || printf ','
            issue $((page * 10 + i)) "Story $i" "$day1"
        done
        printf '],"total":30}\n'
    done
} >"$work/pages.json"

check 'pages are stored' '30 issues: 30 applied, 0 stale, 0 duplicate, 0 quarantined' "$(import "$work/pages.json")"
check 'each issue is there' 30 "$(ask 'SELECT count(*) FROM jirasync.issues WHERE NOT is_stub')"
check 'with its own bytes' 'Story 2' "$(ask "SELECT fields ->> 'summary' FROM jirasync.issues WHERE issue_key = 'APP-2'")"
check 'and a job' 30 "$(ask "SELECT count(*) FROM jirasync.jobs WHERE kind = 'correlate_issue'")"
check 'again they are duplicates' '30 issues: 0 applied, 0 stale, 30 duplicate, 0 quarantined' "$(import - <"$work/pages.json")"
check 'a newer state is applied' '1 issues: 1 applied, 0 stale, 0 duplicate, 0 quarantined' "$(issue 1 Newer "$day2" | import -)"
check 'an older one is stale' '1 issues: 0 applied, 1 stale, 0 duplicate, 0 quarantined' "$(issue 1 Older "$day1" | import -)"
check 'and changes nothing' Newer "$(ask "SELECT summary FROM jirasync.issues WHERE issue_id = 1")"
output=$( (issue 41 'Whole' "$day1"; printf '{"id":"42","fie') | import -); status=$?
check 'malformed input fails' 1 "$status"
check 'what was whole is stored' '1 issues: 1 applied, 0 stale, 0 duplicate, 0 quarantined' "$output"
check 'the place is told' 1 "$(grep -c 'malformed input at byte [0-9]*: the input ends' "$work/errors")"
check 'an issue without identity is quarantined' 'no_identity' "$(echo '[{"fields":{"summary":"x"}}]' | import --quiet -; ask 'SELECT reason FROM jirasync.quarantined_deliveries')"
import --source git "$work/pages.json" >/dev/null; status=$?
check 'a git source is refused' 1 "$status"
import "$work/none.json" >/dev/null; status=$?
check 'a missing file is refused' 1 "$status"
import >/dev/null; status=$?
check 'no file is a usage error' 2 "$status"
