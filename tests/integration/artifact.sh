#!/bin/bash
# `jirasync artifact`: a past run's document is printed and written again, byte for byte.
set -u
build=${BUILD:-build}
tests/support/build jirasync jirasync-worker || exit 1
command=$PWD/$build/jirasync
worker_program=$PWD/$build/jirasync-worker
work=$(mktemp -d "${TEST_TMP:-/tmp}/artifact.XXXXXX") || exit 1
worker=''
finish() { [ -z "$worker" ] || kill -9 "$worker" 2>/dev/null; rm -rf "$work"; }
trap finish EXIT

check() { # what, expected, got
    if [ "$2" = "$3" ]; then echo "ok $1"; else printf 'not ok %s\n  expected: %s\n  got:      %s\n' "$1" "$2" "$3"; fi
}
same() { # what, file, file
    if cmp -s "$2" "$3"; then echo "ok $1"; else echo "not ok $1"; fi
}
sql() { psql -XAtq -v ON_ERROR_STOP=1 -d "$PGURI" "$@"; }
ask() { sql -c "$1" | paste -sd ' '; }
folder=$work/kept
artifact() { # sets status and errors; the output is $work/output
    status=0
    "$command" --artifacts="$folder" artifact "$@" >"$work/output" 2>"$work/errors" || status=$?
    errors=$(head -n 1 "$work/errors")
}
written() { # count: waits until so many runs have their artifact
    tries=300
    until [ "$(ask 'SELECT count(*) FROM jirasync.runs WHERE artifact IS NOT NULL')" = "$1" ]; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || { echo "not ok run $1 is written"; tail -n 5 "$work/worker.log"; exit 1; }
        sleep 0.1
    done
}

sql -f tests/support/facts.sql >/dev/null
printf 'JIRASYNC_WORKER_DATABASE=%s\nJIRASYNC_ARTIFACTS=%s\nJIRASYNC_RUN_INTERVAL_MS=0\nJIRASYNC_POLL_MS=100\nJIRA_WEBHOOK_SECRET=not-empty\n' \
    "$PGURI" "$work/kept" >"$work/jirasync.conf"
export JIRASYNC_CONFIG=$work/jirasync.conf
"$worker_program" >>"$work/worker.log" 2>&1 &
worker=$!
ask "SELECT facts.issue(101, 'APP-1', '2026-02-01 10:00Z')" >/dev/null
written 1
ask "SELECT facts.issue(102, 'APP-2', '2026-02-01 10:00Z', names => ARRAY['Größe 修复'], versions => '{7}')" >/dev/null
written 2
kill "$worker"
wait "$worker"
worker=''
old=$(ask 'SELECT run_id FROM jirasync.runs ORDER BY finished_at LIMIT 1')
new=$(ask 'SELECT run_id FROM jirasync.runs ORDER BY finished_at DESC LIMIT 1')
path_of() { echo "$work/kept/$(ask "SELECT artifact FROM jirasync.runs WHERE run_id = '$1'")"; }
latest=$work/kept/artifacts/issues/wave3/jira_webhook/latest.json
cp "$(path_of "$old")" "$work/old.json"
cp "$(path_of "$new")" "$work/new.json"

# --- printed
artifact "$old"
check 'a document is printed' 0 "$status"
same 'byte for byte what the worker wrote' "$work/old.json" "$work/output"
artifact "$new"
same 'that of the newest run as well' "$work/new.json" "$work/output"

# --- written again
rm -r "$(dirname "$(path_of "$old")")" "$latest"
artifact --write "$old"
check 'an artifact is written again, and its path told' "0 $(path_of "$old")" "$status $(cat "$work/output")"
same 'with the same bytes' "$work/old.json" "$(path_of "$old")"
if [ -e "$latest" ]; then echo 'not ok an old run leaves latest.json alone'; else echo 'ok an old run leaves latest.json alone'; fi
echo '{"generated_at":"2100-01-01T00:00:00.000-07:00"}' >"$latest"
cp "$latest" "$work/latest.json"
artifact "$old" --write
same 'also one that is there' "$work/latest.json" "$latest"
rm "$latest"
ask "UPDATE jirasync.runs SET artifact = NULL WHERE run_id = '$new'" >/dev/null
artifact --write "$new"
same 'the newest run is written again' "$work/new.json" "$(path_of "$new")"
same 'and is the latest' "$work/new.json" "$latest"
place=$(path_of "$old")
folder=$work/elsewhere
artifact --write "$old"
same 'below another folder too' "$work/old.json" "$work/elsewhere${place#"$work/kept"}"

# --- refused
for words in '' "$old $new" '--all' "--latest $old"; do
    # shellcheck disable=SC2086  # words
    artifact $words
    check "artifact ${words:-without a run} is a fault of usage" 2 "$status"
done
artifact 00000000000000000000000000000000
check 'a run that nobody knows is refused' '1 jirasync artifact: there is no run 00000000000000000000000000000000 (view coverage_history and table runs name some)' "$status $errors"
ask "SELECT jirasync.open_run('main', 'open', 'somebody', 'sha', '{}', 60000)" >/dev/null
artifact open
check 'one that is open as well' '1 jirasync artifact: run open is open still: its document is made when it is closed' "$status $errors"
ask "UPDATE jirasync.runs SET document = NULL, finished_at = '2026-01-01 00:00Z' WHERE run_id = '$old'" >/dev/null
artifact --write "$old"
check 'and one whose document was pruned' "1 jirasync artifact: the document of run $old was pruned; it was closed at 2025-12-31T17:00:00.000-07:00" "$status $errors"
: >"$work/file"
folder=$work/file
artifact --write "$new"
check 'a folder that can not be written is told' 1 "$status"
