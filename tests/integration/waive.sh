#!/bin/bash
# `jirasync waive`: issues and commits that are waived, taken back, listed; and what it refuses.
set -u
build=${BUILD:-build}
tests/support/build jirasync || exit 1
command=$PWD/$build/jirasync
work=$(mktemp -d "${TEST_TMP:-/tmp}/waive.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT

check() { # what, expected, got
    if [ "$2" = "$3" ]; then echo "ok $1"; else printf 'not ok %s\n  expected: %s\n  got:      %s\n' "$1" "$2" "$3"; fi
}
sql() { psql -XAtq -v ON_ERROR_STOP=1 -d "$PGURI" "$@"; }
ask() { sql -c "$1" | paste -sd ' '; }
waive() { # sets output, status and errors
    status=0
    output=$("$command" waive "$@" 2>"$work/errors") || status=$?
    errors=$(head -n 1 "$work/errors")
}

printf '[source git]\nkind = git\n[source other]\nkind = git\ntenant = second\n' >"$work/sources.conf"
printf 'JIRASYNC_WORKER_DATABASE=%s\nJIRASYNC_SOURCES=%s\nJIRA_WEBHOOK_SECRET=not-empty\n' "$PGURI" "$work/sources.conf" >"$work/jirasync.conf"
export JIRASYNC_CONFIG=$work/jirasync.conf
"$command" waive --list >/dev/null # makes the sources known
sql -f tests/support/facts.sql >/dev/null
sql >/dev/null <<'SQL'
SELECT facts.issue(101, 'APP-1', '2026-02-01 10:00Z'), facts.issue(102, 'APP-2', '2026-02-01 10:00Z');
SELECT facts.commit('aaaaaaaa1', landed => '2026-03-01 10:00Z'), facts.commit('bbbbbbbb2', landed => '2026-03-01 11:00Z');
SELECT facts.settle();
SQL
state() { ask "SELECT state || ': ' || reason FROM jirasync.story_coverage WHERE issue_key = '$1'"; }
orphans() { ask "SELECT left(sha, 9) FROM jirasync.commits_without_story ORDER BY 1"; }

# --- usage
while read -r words; do
    eval "waive $words"
    check "waive $words is a fault of usage" 2 "$status"
done <<'WORDS'

APP-1
APP-1 --reason
APP-1 APP-2 --reason x
APP-1 --reason x --until soon
APP-1 --remove --reason x
--list APP-1
--list --remove
APP-1 --reason x --forever
WORDS
waive APP-1 --reason x --source nobody
check 'an unknown source is refused' '1 1' "$status $(grep -c "no source is named 'nobody'" "$work/errors")"

# --- an issue
check 'an issue without commits is missing' 'missing: no commit names it' "$(state APP-1)"
waive app-1 --reason 'Bought, not built' --by Ada --until 2100-01-02T03:04:00Z
check 'an issue is waived' '0 APP-1 is waived until 2100-01-01 20:04 by Ada: Bought, not built' "$status $output"
check 'and not expected' not_expected "$(ask "SELECT state FROM jirasync.story_coverage WHERE issue_key = 'APP-1'")"
check 'its run is asked for' 'correlate_issue 101' "$(ask "SELECT kind || ' ' || key FROM jirasync.jobs WHERE kind <> 'fetch_issue'")"
waive APP-1 --reason Outsourced
check 'a waiver is replaced, by who runs the command, for good' \
    "APP-1 is waived for good by $(id -un): Outsourced (before: until 2100-01-01 20:04 by Ada: Bought, not built)" "$output"
waive APP-2 --reason 'Only on paper' --by 'O'"'"'Brien' --until 2100-01-01
check 'a day is that of UTC' 'APP-2 is waived until 2099-12-31 17:00 by O'"'"'Brien: Only on paper' "$output"

# --- a commit
check 'commits without a key are orphans' 'aaaaaaaa1 bbbbbbbb2' "$(orphans)"
waive org/app@aaaaaaaa1 --reason 'A merge gone wrong' --by Ada
check 'a commit is waived, by a part of its hash' 'aaaaaaaa1000 of org/app' "$(cut -d ' ' -f 1-3 <<<"$output")"
check 'and no orphan' bbbbbbbb2 "$(orphans)"
waive org/app@bbbbbbbb2 --source git --reason Late --by Bob --until 2100-01-01T00:00:00-07:00

# --- what there is
sql -c "UPDATE jirasync.issue_waivers SET expires_at = '2026-01-01 00:00Z' WHERE issue_id = 102"
waive --list
check 'what is waived is listed' "APP-1 for good by $(id -un): Outsourced|APP-2 until 2025-12-31 17:00 (ended) by O'Brien: Only on paper|org/app@aaaaaaaa1000 for good by Ada: A merge gone wrong|org/app@bbbbbbbb2000 until 2100-01-01 00:00 by Bob: Late" \
    "$(paste -sd '|' <<<"$output")"
waive --list --source git
check 'of one source alone, where it is named' 2 "$(wc -l <<<"$output")"
waive --list --source other
check 'of another tenant nothing' '0 ' "$status $output"

# --- taken back
waive APP-1 --remove
check 'a waiver is taken back' "0 APP-1 is waived no more (it was for good by $(id -un): Outsourced)" "$status $output"
check 'and the issue missing again' 'missing: no commit names it' "$(state APP-1)"
waive org/app@aaaaaaaa1 --remove
check 'that of a commit too' '0 aaaaaaaa1 bbbbbbbb2' "$status $(ask "SELECT left(sha, 9) FROM jirasync.commits_without_story WHERE sha LIKE 'a%'") $(ask "SELECT left(sha, 9) FROM jirasync.commit_waivers")"

# --- what it refuses
waive APP-1 --remove
check 'what is not waived is not taken back' '1 jirasync waive: APP-1 is not waived (SQLSTATE P0002)' "$status $errors"
waive APP-9 --reason x
check 'an issue that nobody knows is refused' '1 jirasync waive: no issue of tenant main is or was APP-9 (SQLSTATE P0002)' "$status $errors"
waive org/app@cccccccc --reason x
check 'a commit that nobody knows as well' 1 "$status"
waive APP-1 --reason '  '
check 'an empty reason is none' '1 jirasync waive: a waiver needs a reason and a name (SQLSTATE 22023)' "$status $errors"
waive APP-1 --reason x --until 2026-01-01
check 'a waiver does not end before it begins' 1 "$status"
check 'nothing of that was written' 2 "$(ask 'SELECT (SELECT count(*) FROM jirasync.issue_waivers) + (SELECT count(*) FROM jirasync.commit_waivers)')"
