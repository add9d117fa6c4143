#!/bin/bash
# `jirasync rekey`: what an older rule of keys left is mended, links follow, and nothing else changes; also after a kill.
set -u
build=${BUILD:-build}
tests/support/build jirasync || exit 1
command=$PWD/$build/jirasync
support=$PWD/tests/support
work=$(mktemp -d "${TEST_TMP:-/tmp}/rekey.XXXXXX") || exit 1
pids=''
# shellcheck disable=SC2086  # words
finish() { [ -z "$pids" ] || kill -9 $pids 2>/dev/null; rm -rf "$work"; }
trap finish EXIT

check() { # what, expected, got
    if [ "$2" = "$3" ]; then echo "ok $1"; else printf 'not ok %s\n  expected: %s\n  got:      %s\n' "$1" "$2" "$3"; fi
}
same() { # what, expected, got
    if [ "$2" = "$3" ]; then echo "ok $1"; else echo "not ok $1"; diff <(printf '%s\n' "$2") <(printf '%s\n' "$3"); fi
}
sql() { psql -XAtq -v ON_ERROR_STOP=1 -d "$PGURI" "$@"; }
ask() { sql -c "$1" | paste -sd ' '; }
rekey() { # sets output and status
    status=0
    output=$("$command" rekey "$@" 2>"$work/errors") || status=$?
}
said() { paste -sd '|' <<<"$output"; }

printf '[source git]\nkind = git\n[source hub]\nkind = github\nsecret = env:NONE\n' >"$work/sources.conf"
printf 'JIRASYNC_WORKER_DATABASE=%s\nJIRASYNC_SOURCES=%s\nJIRA_WEBHOOK_SECRET=not-empty\nJIRASYNC_IMPORT_CHUNK=2000\n' \
    "$PGURI?options=-c%20role%3Djirasync_worker" "$work/sources.conf" >"$work/jirasync.conf"
export JIRASYNC_CONFIG=$work/jirasync.conf
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_NAME='Ada Miller' GIT_COMMITTER_NAME='Ada Miller'
export GIT_AUTHOR_EMAIL=ada@example.com GIT_COMMITTER_EMAIL=ada@example.com
export GIT_AUTHOR_DATE=2026-03-01T10:00:00Z GIT_COMMITTER_DATE=2026-03-01T10:00:00Z

# --- usage
for words in 'org/app' '--all' '--source'; do
    # shellcheck disable=SC2086  # words
    rekey $words
    check "rekey $words is a fault of usage" 2 "$status"
done
rekey --source nobody
check 'an unknown source is refused' '1 1' "$status $(grep -c "no source is named 'nobody'" "$work/errors")"
rekey --repository org/nothing
check 'an unknown repository as well' '1 jirasync rekey: nothing is known of a repository org/nothing' "$status $(cat "$work/errors")"
rekey --repository org/app --source hub
check 'also that of another source' '1 jirasync rekey: nothing is known of a repository org/app of source hub' "$status $(cat "$work/errors")"
rekey
check 'of nothing nothing changes' \
    '0 commits: 0 looked at, 0 differ; keys +0 -0, refused +0 -0, 0 merges hand other keys down|pull requests: 0 looked at, 0 differ; refused +0 -0|branches: 0 looked at, 0 differ; refused +0 -0|0 jobs|Nothing changed: 0 rows written.' \
    "$status $(said)"

# --- a repository by import, another by pushes
sql -f "$support/facts.sql" >/dev/null
git init -q -b main "$work/app"
cd "$work/app" || exit 1
commit() { git commit -q --allow-empty --cleanup=verbatim -m "$1"; git rev-parse HEAD; }
commit 'Begin' >/dev/null
first=$(commit 'APP-1 Add the cart, as APP-007 asked in UTF-8')
git branch late/APP-09 "$first"
git checkout -q -b feature/APP-2-receipt
inner=$(commit 'Print the receipt')
git checkout -q main
git merge -q --no-ff --no-edit feature/APP-2-receipt
merged=$(git rev-parse HEAD)
revert=$(commit "Revert \"APP-1 Add the cart\"

This reverts commit $first.")
"$command" import-commits --quiet --source git --repository org/app "$work/app"

told=1111111111111111111111111111111111111111
push="{\"ref\":\"refs/heads/feature/APP-3\",\"before\":\"0000000000000000000000000000000000000000\",\"after\":\"$told\",\"created\":true,
  \"deleted\":false,\"forced\":false,\"base_ref\":null,\"repository\":{\"full_name\":\"org/hub\",\"default_branch\":\"main\"},
  \"commits\":[{\"id\":\"$told\",\"distinct\":true,\"message\":\"Merge branch 'x' into APP-9\\n\\nAPP-4, 7APP-5 and APP-06\",
    \"timestamp\":\"2026-03-01T10:00:00Z\",\"author\":{\"name\":\"Ada\",\"email\":\"ada@example.com\"}}]}"
request='{"action":"opened","number":5,"repository":{"full_name":"org/hub","default_branch":"main"},"pull_request":{"number":5,
  "title":"APP-1: pay APP-08 back","state":"open","merged":false,"merged_at":null,"merge_commit_sha":null,"updated_at":"2026-03-01T11:00:00Z",
  "user":{"login":"ada"},"head":{"ref":"feature/APP-3","sha":"1111111111111111111111111111111111111111"},"base":{"ref":"main"}}}'
keep() { # id, event, body: a delivery that went to quarantine
    sql -v id="$1" -v event="$2" -v body="$3" <<'SQL'
INSERT INTO jirasync.quarantined_deliveries
       (tenant, source, delivery_id, body_sha256, reason, detail, received_at, content_type, body, kind, event)
SELECT 'main', 'hub', :'id', sha256(b.body), 'wrong_type', '', '2026-03-02', 'application/json', b.body, 'github', :'event'
  FROM (SELECT convert_to(:'body', 'UTF8') AS body) b;
SQL
}
keep push-1 push "$push"
keep request-1 pull_request "$request"
"$command" replay --quarantined --quiet
check 'the push and the pull request are stored' '1 1 1' \
    "$(ask "SELECT concat_ws(' ', (SELECT count(*) FROM jirasync.pushes), (SELECT count(*) FROM jirasync.pull_requests), (SELECT count(*) FROM jirasync.commits WHERE source = 'hub'))")"
ask "SELECT facts.issue(101, 'APP-1', '2026-02-01 10:00Z'), facts.issue(102, 'APP-2', '2026-02-01 10:00Z'),
            facts.issue(103, 'APP-3', '2026-02-01 10:00Z'), facts.issue(104, 'APP-4', '2026-02-01 10:00Z')" >/dev/null
ask 'SELECT facts.settle()' >/dev/null

links() { sql -c 'SELECT to_jsonb(l) FROM jirasync.issue_commits l ORDER BY l::text'; }
found() { # all that a rekey may write
    sql -c "SELECT to_jsonb(k) FROM jirasync.commit_keys k ORDER BY k::text" \
        -c "SELECT to_jsonb(r) FROM jirasync.refused_keys r ORDER BY r::text" \
        -c "SELECT c.source, c.repository, c.sha, c.handed_keys FROM jirasync.commits c ORDER BY 1, 2, 3" \
        -c "SELECT r.source, r.ref, r.imported_keys, r.branch_keys, r.imported_refused FROM jirasync.refs r ORDER BY 1, 2" \
        -c "SELECT to_jsonb(p) FROM jirasync.pull_requests p ORDER BY p::text" \
        -c "SELECT to_jsonb(p) FROM jirasync.pushes p ORDER BY p::text"
}
stamps() { ask 'SELECT array_agg(changed_seq ORDER BY source, repository, sha) FROM jirasync.commits'; }
links=$(links) found=$(found) stamps=$(stamps)
check 'links were made' t "$(ask "SELECT count(*) >= 4 FROM jirasync.issue_commits")"
rekey
check 'after an import and pushes a rekey finds nothing to change' \
    '0 commits: 6 looked at, 0 differ; keys +0 -0, refused +0 -0, 0 merges hand other keys down|pull requests: 1 looked at, 0 differ; refused +0 -0|branches: 4 looked at, 0 differ; refused +0 -0|0 jobs|Nothing changed: 0 rows written.' \
    "$status $(said)"
same 'and changes nothing' "$found$stamps" "$(found)$(stamps)"

# --- rows as an older rule would have left them
spoil() {
    sql <<SQL
DELETE FROM jirasync.commit_keys WHERE sha = '$first' AND key = 'APP-1' AND evidence = 'message';
UPDATE jirasync.commit_keys SET key = 'APP-2' WHERE sha = '$revert' AND evidence = 'message';
INSERT INTO jirasync.commit_keys (tenant, source, repository, sha, key, evidence) VALUES ('main', 'hub', 'org/hub', '$told', 'APP-1', 'message');
DELETE FROM jirasync.refused_keys WHERE sha = '$first';
INSERT INTO jirasync.refused_keys (tenant, source, repository, sha, candidate, reason) VALUES ('main', 'git', 'org/app', '$inner', 'APP-1', 'too_long');
UPDATE jirasync.refused_keys SET reason = 'too_long' WHERE sha = '$told' AND candidate = 'APP-06';
UPDATE jirasync.commits SET handed_keys = '{APP-1,APP-3}' WHERE sha = '$merged';
UPDATE jirasync.commits SET handed_keys = '{APP-4}' WHERE sha = '$inner';
UPDATE jirasync.commits SET handed_keys = NULL WHERE sha = '$told';
UPDATE jirasync.pull_requests SET keys = '{APP-4}', refused = '{too_long:APP-08}';
UPDATE jirasync.pushes SET branch_keys = '{}', branch_refused = '{leading_zero:APP-00}';
UPDATE jirasync.refs SET imported_refused = NULL WHERE ref = 'late/APP-09';
UPDATE jirasync.refs SET imported_keys = '{APP-4}', branch_keys = '{APP-4}' WHERE source = 'git' AND ref LIKE 'feature/%';
SELECT facts.touch('correlate_commit', c.source, c.repository || '@' || c.sha) FROM jirasync.commits c;
SELECT facts.touch('correlate_commit', 'hub', 'org/hub^^feature/APP-3'), facts.touch('correlate_commit', 'hub', 'org/hub!5');
SELECT facts.settle();
SQL
}
spoil >/dev/null
spoiled=$(found)
if [ "$links" != "$(links)" ]; then echo 'ok links followed what was spoiled'; else echo 'not ok no link followed what was spoiled'; fi
rekey --dry-run
check 'a dry run says what differs' \
    '0 commits: 6 looked at, 5 differ; keys +2 -2, refused +2 -2, 3 merges hand other keys down|pull requests: 1 looked at, 1 differ; refused +1 -1|branches: 4 looked at, 3 differ; refused +1 -1|0 jobs|Nothing was written.' \
    "$status $(said)"
same 'and writes nothing' "$spoiled" "$(found)"
check 'and asks for nothing' 0 "$(ask "SELECT count(*) FROM jirasync.jobs WHERE kind <> 'fetch_issue'")"
rekey --repository org/hub --source hub
check 'of one repository its rows alone are mended' \
    '0 commits: 1 looked at, 1 differ; keys +0 -1, refused +1 -1, 1 merges hand other keys down|pull requests: 1 looked at, 1 differ; refused +1 -1|branches: 1 looked at, 1 differ; refused +0 -1|3 jobs' \
    "$status $(said)"
check 'with a job for each kind of thing' 'org/hub! org/hub# org/hub^' \
    "$(ask "SELECT left(key, 8) FROM jirasync.jobs WHERE kind = 'correlate_commit' ORDER BY key COLLATE \"C\"")"
rekey --quiet
check 'the rest is mended, quietly' '0 ' "$status $(said)"
ask 'SELECT facts.settle()' >/dev/null
same 'all that was spoiled is as it was' "$found" "$(found)"
same 'the links are as they were' "$links" "$(links)"
check 'a rebuild finds nothing to change' 0 "$(ask 'SELECT jirasync.correlation_rebuild()')"
stamps=$(stamps)
rekey
check 'a second rekey changes nothing' 'Nothing changed: 0 rows written.' "$(tail -n 1 <<<"$output")"
same 'not even a stamp' "$found$stamps" "$(found)$(stamps)"

# --- what names have that is refused, alone: nothing is derived from it
check 'names show what is refused in them' "branch|late/APP-09|APP-09|$first pull_request|5|APP-08|$told" \
    "$(ask "SELECT subject, name, candidate, sha FROM jirasync.refused_names ORDER BY 1")"
ask "UPDATE jirasync.pull_requests SET refused = NULL" >/dev/null
ask "UPDATE jirasync.pushes SET branch_refused = '{too_long:APP-3}'" >/dev/null
ask "UPDATE jirasync.refs SET imported_refused = '{too_long:APP-09,leading_zero:APP-09}' WHERE ref = 'late/APP-09'" >/dev/null
rekey
check 'what differs is told, and asks for no job' \
    '0 commits: 6 looked at, 0 differ; keys +0 -0, refused +0 -0, 0 merges hand other keys down|pull requests: 1 looked at, 1 differ; refused +1 -0|branches: 4 looked at, 2 differ; refused +0 -2|0 jobs' \
    "$status $(said)"
same 'and written' "$found$stamps" "$(found)$(stamps)"

# --- more than a page, killed in the middle
sql <<'SQL'
INSERT INTO jirasync.commits (tenant, source, repository, sha, message)
SELECT 'main', 'git', 'org/large', left(encode(sha256(n::text::bytea), 'hex'), 40), 'APP-' || n || ' and APP-0' || n FROM generate_series(1, 12000) n;
SQL
done_keys() { ask "SELECT count(*) FROM jirasync.commit_keys WHERE repository = 'org/large'"; }
behind() { ask "SELECT sha FROM jirasync.commits WHERE repository = 'org/large' ORDER BY sha OFFSET $1 LIMIT 1"; }
lock() { # statement: runs it and holds its locks until release
    coproc LOCKER { psql -XAtq -d "$PGURI"; }
    locker=$LOCKER_PID
    pids="$pids $locker"
    printf 'BEGIN;\n%s;\n\\echo locked\n' "$1" >&"${LOCKER[1]}"
    until [ "$line" = locked ]; do read -r line <&"${LOCKER[0]}" || exit 1; done
    line=''
}
release() {
    printf 'COMMIT;\n\\q\n' >&"${LOCKER[1]}"
    wait "$locker"
}
line=''
waits() { ask "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'jirasync-command%' AND wait_event_type = 'Lock'"; }
lock "SELECT sha FROM jirasync.commits WHERE repository = 'org/large' AND sha = '$(behind 7000)' FOR UPDATE"
"$command" rekey --quiet --repository org/large 2>"$work/errors" &
running=$!
pids="$pids $running"
until [ "$(waits)" = 1 ]; do
    kill -0 "$running" 2>/dev/null || break
    sleep 0.05
done
check 'a page that waits leaves the pages before it done' 5000 "$(done_keys)"
kill -9 "$running"
wait "$running" 2>/dev/null
release
until [ "$(ask "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'jirasync-command%'")" = 0 ]; do sleep 0.05; done
check 'killed there, it has done these' 5000 "$(done_keys)"
check 'with their jobs' 3 "$(ask "SELECT count(*) FROM jirasync.jobs WHERE key LIKE 'org/large#%'")"
rekey --repository org/large
check 'the next one does the rest' \
    '0 commits: 12000 looked at, 7000 differ; keys +7000 -0, refused +7000 -0, 0 merges hand other keys down|pull requests: 0 looked at, 0 differ; refused +0 -0|branches: 0 looked at, 0 differ; refused +0 -0|4 jobs' \
    "$status $(said)"
check 'and leaves nothing out' '12000 12000' "$(ask "SELECT concat_ws(' ', (SELECT count(*) FROM jirasync.commit_keys WHERE repository = 'org/large'), (SELECT count(*) FROM jirasync.refused_keys WHERE repository = 'org/large'))")"

# --- a message that becomes another one while a page is read
sql -c "DELETE FROM jirasync.commit_keys WHERE repository = 'org/large'"
moving=$(behind 100)
lock "UPDATE jirasync.commits SET message = 'APP-1 after all' WHERE repository = 'org/large' AND sha = '$moving'"
"$command" rekey --repository org/large >"$work/output" 2>"$work/errors" &
running=$!
pids="$pids $running"
until [ "$(waits)" = 1 ]; do
    kill -0 "$running" 2>/dev/null || break
    sleep 0.05
done
release
wait "$running"
check 'a page that had to wait is written when it may, but for what is out of date' '0 11999' "$? $(done_keys)"
rekey --repository org/large --quiet
check 'which the next rekey finds' APP-1 "$(ask "SELECT key FROM jirasync.commit_keys WHERE repository = 'org/large' AND sha = '$moving'")"
