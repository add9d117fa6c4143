#!/bin/bash
# `jirasync replay` and the replay job: what an older version refused or ignored is healed, once, and nothing else changes.
set -u
build=${BUILD:-build}
tests/support/build jirasync jirasync-worker || exit 1
command=$PWD/$build/jirasync
work=$(mktemp -d "${TEST_TMP:-/tmp}/replay.XXXXXX") || exit 1
chmod 0755 "$work"
worker=''
finish() { [ -z "$worker" ] || kill -9 "$worker" 2>/dev/null; rm -rf "$work"; }
trap finish EXIT

check() { # what, expected, got
    if [ "$2" = "$3" ]; then echo "ok $1"; else printf 'not ok %s\n  expected: %s\n  got:      %s\n' "$1" "$2" "$3"; fi
}
holds() { # what, pattern, got
    if printf '%s\n' "$3" | grep -Eq -- "$2"; then echo "ok $1"; else printf 'not ok %s\n  expected: %s\n  got:      %s\n' "$1" "$2" "$3"; fi
}
sql() { psql -XAtq -v ON_ERROR_STOP=1 -d "$PGURI" "$@"; }
ask() { sql -c "$1" | tr '|' ' ' | paste -sd ' '; }
replay() { # sets output and status
    status=0
    output=$("$command" replay "$@" 2>"$work/errors") || status=$?
}
counts() { printf '%s\n' "$output" | grep -E '^[0-9]+ deliveries: '; }

printf '[source second]\nkind = jira\nsecret = env:NONE\n[source hub]\nkind = github\nsecret = env:NONE\n' >"$work/sources.conf"
printf 'JIRASYNC_WORKER_DATABASE=%s\nJIRASYNC_SOURCES=%s\nJIRA_WEBHOOK_SECRET=not-empty\nJIRASYNC_BATCH_ROWS=7\nJIRASYNC_BATCH_BYTES=4096\n' \
    "$PGURI" "$work/sources.conf" >"$work/jirasync.conf"
export JIRASYNC_CONFIG=$work/jirasync.conf

issue() { # issue id, minute: an event's body
    printf '{"timestamp":%d,"webhookEvent":"jira:issue_updated","issue":{"id":"%d","key":"APP-%d","fields":{"summary":"At %d","issuetype":{"name":"Story"},"status":{"name":"Open"},"project":{"id":"1","key":"APP"},"updated":"2026-03-01T10:%02d:00.000+0000"}}}' \
        "$((1772359200000 + $2 * 60000))" "$1" "$1" "$2" "$2"
}
comment() { # comment id, issue id, minute
    printf '{"timestamp":%d,"webhookEvent":"comment_created","comment":{"id":"%d","self":"https://jira.example.com/rest/api/2/issue/%d/comment/%d","author":{"accountId":"a"},"body":"Said at %d","created":"2026-03-01T10:%02d:00.000+0000","updated":"2026-03-01T10:%02d:00.000+0000"},"issue":{"id":"%d","key":"APP-%d","fields":{"summary":"Small"}}}' \
        "$((1772359200000 + $3 * 60000))" "$1" "$2" "$1" "$3" "$3" "$3" "$2" "$2"
}
# As an older version left them; the body is standard input.
quarantined() { # id, reason, received at, source, kind, content type, sqlstate
    cat >"$work/body"
    sql -v id="$1" -v reason="$2" -v at="$3" -v source="${4:-default}" -v kind="${5:-jira}" -v type="${6:-application/json}" \
        -v sqlstate="${7:-}" -v body="$(od -An -v -tx1 "$work/body" | tr -d ' \n')" <<'SQL'
INSERT INTO jirasync.quarantined_deliveries
       (tenant, source, delivery_id, body_sha256, reason, detail, sqlstate, received_at, content_type, body, kind)
SELECT 'main', :'source', :'id', sha256(b.body), :'reason', 'refused by an older version', nullif(:'sqlstate', ''), :'at', :'type', b.body, :'kind'
  FROM (SELECT decode(:'body', 'hex') AS body) b;
SQL
}
ledgered() { # id, event, outcome, received at, source, kind
    cat >"$work/body"
    sql -v id="$1" -v event="$2" -v outcome="$3" -v at="$4" -v source="${5:-default}" -v kind="${6:-jira}" \
        -v body="$(od -An -v -tx1 "$work/body" | tr -d ' \n')" <<'SQL'
INSERT INTO jirasync.deliveries (tenant, source, delivery_id, event, received_at, outcome, attempt, body_sha256, body, kind, matched_secret)
SELECT 'main', :'source', :'id', :'event', :'at', :'outcome', 2, sha256(b.body), b.body, :'kind', 'env:OLD'
  FROM (SELECT decode(:'body', 'hex') AS body) b;
SQL
}

# Everything but what tells when work was done.
tables() { sql -c "SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'jirasync'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY 1"; }
entities() { # the mirror, without ledger, jobs and their counts
    for table in $(tables | grep -vE '^(deliveries|quarantined_deliveries|jobs|job_counts|runs|run_.*|schema_.*|setting.*|sources)$'); do
        echo "== $table"
        sql -c "SELECT to_jsonb(t) - 'seq' FROM jirasync.$table t" | LC_ALL=C sort
    done
}
ledger() {
    sql -c "SELECT 'ledger', source, delivery_id, event, issue_id, issue_key, received_at, outcome, attempt, altered, body_sha256, kind, matched_secret FROM jirasync.deliveries
            UNION ALL SELECT 'quarantine', source, delivery_id, reason, NULL, detail, received_at, sqlstate, NULL, NULL, body_sha256, kind, content_type FROM jirasync.quarantined_deliveries ORDER BY 1, 2, 3, 11"
}
without_seq() { sed -E 's/("changed_seq": )[0-9]+/\1N/'; }
everything() { entities; ledger; ask 'SELECT count(*), max(id) FROM jirasync.jobs'; }

# --- usage
for words in '' '--dry-run' 'some-id --quarantined' 'some-id --since 2026-01-01' '--since yesterday' '--until 2026-13-01' '--since 2026-01-02 --until 2026-01-02' '--all'; do
    # shellcheck disable=SC2086  # words
    replay $words
    check "replay $words is a fault of usage" 2 "$status"
done
replay --source nobody
check 'an unknown source' '1 1' "$status $(grep -c "no source is named 'nobody'" "$work/errors")"
replay --quarantined
check 'nothing kept, nothing replayed' '0 0 deliveries: 0 applied, 0 stale, 0 ignored, 0 duplicate, 0 quarantined; 0 have another outcome than before, 0 left quarantine' "$status $(counts)"

# --- what an older version refused
issue 1 5 | quarantined q-good no_identity '2026-03-01 10:05Z'
issue 2 6 | quarantined q-good-2 not_storable '2026-03-01 10:06Z' default jira application/json 22P05
issue 3 7 | quarantined q-other-source wrong_type '2026-03-01 10:07Z' second
printf '{"timestamp":1772359200000,' | quarantined q-bad no_identity '2026-03-01 10:08Z'
printf 'payload=%%7B%%7D' | quarantined q-form unsupported_media_type '2026-03-01 10:09Z' hub github application/x-www-form-urlencoded
printf '{"ref":"refs/heads/main"}' | quarantined q-push invalid_json '2026-03-01 10:10Z' hub github
before=$(everything)
replay --quarantined --dry-run
check 'a dry run writes nothing' "$before" "$(everything)"
check 'and ends well' 0 "$status"
for line in 'default q-good: no_identity -> issue jira:issue_updated APP-1' \
    'default q-good-2: not_storable -> issue jira:issue_updated APP-2, unless PostgreSQL refuses it again with SQLSTATE 22P05' \
    'second q-other-source: wrong_type -> issue jira:issue_updated APP-3' 'hub q-push: invalid_json -> ignored unknown' \
    "hub q-form: unsupported_media_type -> unsupported_media_type: set the webhook's content type to application/json at the sender" \
    '6 deliveries looked at, nothing written'; do
    check "it says: $line" 1 "$(printf '%s\n' "$output" | grep -cxF -- "$line")"
done
holds 'and why what is bad stays' '^default q-bad: no_identity -> invalid_json: .' "$output"
holds 'counted by what it is and would be' '^quarantined +-> issue +3$' "$output"

replay --quarantined
check 'replay heals' '0 6 deliveries: 3 applied, 0 stale, 1 ignored, 0 duplicate, 2 quarantined; 4 have another outcome than before, 4 left quarantine' "$status $(counts)"
holds 'and says why the others stay' '^  invalid_json +1$' "$output"
check 'the issues are there' 'APP-1 APP-2 APP-3' "$(ask 'SELECT issue_key FROM jirasync.issues WHERE NOT is_stub ORDER BY issue_id')"
check 'in the ledger, as received' 'q-good applied 2026-03-01 10:05:00+00 q-good-2 applied 2026-03-01 10:06:00+00 q-other-source applied 2026-03-01 10:07:00+00 q-push ignored 2026-03-01 10:10:00+00' \
    "$(PGTZ=UTC ask 'SELECT delivery_id, outcome, received_at FROM jirasync.deliveries ORDER BY received_at')"
check 'what stays has its reason of today' 'q-bad invalid_json q-form unsupported_media_type' \
    "$(ask 'SELECT delivery_id, reason FROM jirasync.quarantined_deliveries ORDER BY received_at')"
check 'jobs were made for the correlation' 3 "$(ask "SELECT count(*) FROM jirasync.jobs WHERE kind = 'correlate_issue'")"
before=$(entities; ledger)
replay --quarantined
check 'a second replay changes nothing' "$before" "$(entities; ledger)"
check 'and says so' '0 2 deliveries: 0 applied, 0 stale, 0 ignored, 0 duplicate, 2 quarantined; 0 have another outcome than before, 0 left quarantine' "$status $(counts)"

# --- what an older version ignored
comment 501 1 20 | ledgered l-comment comment_created ignored '2026-03-01 10:20Z'
comment 502 1 21 | ledgered l-comment-2 comment_created ignored '2026-03-01 10:21Z'
replay --source default --since 2026-03-01T10:20:00Z --until 2026-03-01T03:21:00-07:00
check 'a range is replayed, its end left out' '0 1 deliveries: 1 applied, 0 stale, 0 ignored, 0 duplicate, 0 quarantined; 1 have another outcome than before, 0 left quarantine' "$status $(counts)"
check 'the ledger tells its outcome' 'l-comment applied 2 env:OLD l-comment-2 ignored 2 env:OLD' "$(ask "SELECT delivery_id, outcome, attempt, matched_secret FROM jirasync.deliveries WHERE delivery_id LIKE 'l-%' ORDER BY 1")"
check 'and its comment is there' 501 "$(ask 'SELECT comment_id FROM jirasync.comments')"
replay l-comment-2 --source second
check 'an id of another source is not found' 1 "$status"
replay l-comment-2
check 'an id is replayed' '0 1 applied' "$status $(counts | grep -oE '1 applied')"
check 'and its comment is there, too' '501 502' "$(ask 'SELECT comment_id FROM jirasync.comments ORDER BY 1')"

# --- what git hosts sent while it was kept unread
push() { # newest commit, issue key, branch
    printf '{"ref":"refs/heads/%s","before":"%040d","after":"%040d","forced":false,"repository":{"full_name":"org/app","default_branch":"main"},"commits":[{"id":"%040d","message":"%s done","timestamp":"2026-03-01T10:00:00Z","distinct":true,"author":{"name":"Ada","email":"ada@example.com"}}]}' "$3" 0 "$1" "$1" "$2"
}
push 7 APP-1 main | ledgered l-push push ignored '2026-03-01 10:30Z' hub github
push 8 APP-2 APP-3-x | quarantined q-push-2 not_storable '2026-03-01 10:31Z' hub github
printf '{"zen":"Speak."}' | ledgered l-ping ping ignored '2026-03-01 10:32Z' hub github
replay --source hub --since 2026-03-01T10:30:00Z --dry-run
holds 'a dry run tells what they are today' '^ignored +-> git +1$' "$output"
holds 'of what is in quarantine, too' '^hub q-push-2: not_storable -> ignored unknown$' "$output"
sql -c "UPDATE jirasync.quarantined_deliveries SET event = 'push' WHERE delivery_id = 'q-push-2'"
replay --source hub --since 2026-03-01T10:30:00Z
check 'what was kept unread is applied' '0 3 deliveries: 2 applied, 0 stale, 1 ignored, 0 duplicate, 0 quarantined; 2 have another outcome than before, 1 left quarantine' "$status $(counts)"
check 'its pushes are there, as received' 'main l-push 2026-03-01 10:30:00+00 APP-3-x q-push-2 2026-03-01 10:31:00+00' \
    "$(PGTZ=UTC ask 'SELECT ref, delivery_id, received_at FROM jirasync.pushes ORDER BY received_at')"
check 'with their commits and keys' '7 APP-1 8 APP-2' "$(ask "SELECT ltrim(sha, '0'), key FROM jirasync.commit_keys WHERE evidence = 'message' ORDER BY sha")"
check 'jobs were made for the correlation of refs and commits' 4 "$(ask "SELECT count(*) FROM jirasync.jobs WHERE kind = 'correlate_commit' AND (key LIKE 'org/app^%' OR key LIKE 'org/app#%')")"
before=$(entities; ledger)
replay --source hub
check 'a second replay changes nothing' "$before" "$(entities; ledger)"
sql -c "UPDATE jirasync.pushes SET after = 'misread'; DELETE FROM jirasync.push_commits WHERE delivery_id = 'l-push'; DELETE FROM jirasync.commit_keys"
replay --source hub
check 'what was read wrongly is read anew' "$(printf '%s\n' "$before" | without_seq)" "$(entities | without_seq; ledger)"
push 7 APP-1 main | quarantined l-push no_identity '2026-03-01 10:29Z' hub github
replay --source hub --quarantined
check 'what came again since is read as the event that it was then' 'push applied 1 0' \
    "$(ask "SELECT d.event, d.outcome, (SELECT count(*) FROM jirasync.pushes p WHERE p.delivery_id = d.delivery_id),
                   (SELECT count(*) FROM jirasync.quarantined_deliveries q WHERE q.delivery_id = d.delivery_id)
              FROM jirasync.deliveries d WHERE d.delivery_id = 'l-push'")"
check 'at the time that the ledger has' "$(printf '%s\n' "$before" | without_seq)" "$(entities | without_seq; ledger)"

# --- all of it, again and again
{
    printf '{"issues":['
    for i in $(seq 100 140); do
        [ "$i" = 100 ] || printf ','
        printf '{"id":"%d","key":"APP-%d","fields":{"summary":"Imported","issuetype":{"name":"Story"},"status":{"name":"Open"},"project":{"id":"1","key":"APP"},"updated":"2026-03-01T10:00:00.000+0000"}}' "$i" "$i"
    done
    printf ']}'
} | "$command" import-issues --quiet -
for i in $(seq 1 40); do issue 200 "$((i % 60))" | quarantined "many-$i" wrong_type "2026-03-02 10:00Z"; done
head -c 9000 /dev/zero | tr '\0' 'x' | sed 's/^/{"timestamp":1772359200000,"webhookEvent":"jira:issue_updated","issue":{"id":"201","key":"APP-201","fields":{"description":"/; s/$/"}}}/' |
    quarantined large wrong_type '2026-03-02 10:00Z'
printf '{"timestamp":1772359200000,"webhookEvent":"jira:issue_updated","issue":{"id":"202","key":"APP-202","fields":{"summary":"\377"}}}' |
    quarantined not-utf8 wrong_type '2026-03-02 10:00Z'
replay --since 2026-03-02
check 'many at one instant, in batches by rows and bytes, with one that PostgreSQL refuses' 1 "$(ask "SELECT count(*) FROM jirasync.quarantined_deliveries WHERE received_at >= '2026-03-02 10:00Z'")"
check 'the newest one is what is shown' 'At 40' "$(ask 'SELECT summary FROM jirasync.issues WHERE issue_id = 200')"
check 'the others left quarantine' 41 "$(ask "SELECT count(*) FROM jirasync.deliveries WHERE delivery_id LIKE 'many-%' OR delivery_id = 'large'")"
before=$(entities)
ledger_before=$(ledger)
replay --source default
check 'replaying everything leaves the mirror as it was' "$before" "$(entities)"
check 'what has a newer successor is stale today' 'applied 1 stale 39' \
    "$(ask "SELECT outcome, count(*) FROM jirasync.deliveries WHERE delivery_id LIKE 'many-%' GROUP BY 1 ORDER BY 1")"
ledger_before=$(ledger)
replay --source default
check 'and once more' "$before" "$(entities)"
check 'the ledger is as it was' "$ledger_before" "$(ledger)"
holds 'all were looked at' "^$(ask "SELECT (SELECT count(*) FROM jirasync.deliveries WHERE source = 'default') + (SELECT count(*) FROM jirasync.quarantined_deliveries WHERE source = 'default')") deliveries: .*; 0 have another outcome than before, 0 left quarantine" "$output"
issue 1 4 | quarantined old wrong_type '2026-03-03 10:00Z'
issue 1 50 | quarantined q-good id_conflict '2026-03-03 10:01Z'
issue 2 6 | quarantined known wrong_type '2026-03-03 10:02Z'
replay --quarantined --since 2026-03-03 --dry-run
check 'a dry run knows of taken ids and known bodies' '1 1' \
    "$(printf '%s\n' "$output" | grep -cxF 'default q-good: id_conflict -> issue jira:issue_updated APP-1, under an id made of its body, since its own is taken') $(printf '%s\n' "$output" | grep -cx 'default known: wrong_type -> duplicate')"
replay --quarantined --since 2026-03-03
check 'an older state is stale, a known body a duplicate, a taken id replaced' '0 3 deliveries: 1 applied, 1 stale, 0 ignored, 1 duplicate, 0 quarantined; 3 have another outcome than before, 3 left quarantine' "$status $(counts)"
check 'the issue shows what came under the taken id' 'At 50' "$(ask 'SELECT summary FROM jirasync.issues WHERE issue_id = 1')"
check 'whose first body kept it' "$(issue 1 5 | sha256sum | cut -d' ' -f1)" "$(ask "SELECT encode(body_sha256, 'hex') FROM jirasync.deliveries WHERE delivery_id = 'q-good'")"
printf 'not JSON any more' | ledgered l-odd jira:issue_updated applied '2026-03-03 11:00Z'
replay l-odd
check 'what this version does not understand stays in the ledger as it was' '0 1 applied 0' \
    "$status $(printf '%s\n' "$output" | grep -cx '1 of the ledger are not understood today: they stay as they were') $(ask "SELECT outcome FROM jirasync.deliveries WHERE delivery_id = 'l-odd'") $(ask "SELECT count(*) FROM jirasync.quarantined_deliveries WHERE delivery_id = 'l-odd'")"

# --- bodies that are gone, ids that nobody has
sql -c "UPDATE jirasync.deliveries SET body = NULL WHERE delivery_id = 'l-comment'"
replay l-comment l-comment-2 no-such-id
check 'what is gone or unknown is told, and the rest is done' '1 1 1 1' \
    "$status $(printf '%s\n' "$output" | grep -cx 'default l-comment: gone, its body was pruned') $(printf '%s\n' "$output" | grep -cx 'no-such-id: no delivery has this id') $(counts | grep -c '^1 deliveries')"
replay --source default --since 2026-03-01T10:20:00Z --until 2026-03-01T10:22:00Z
holds 'in a range they are counted' '^1 deliveries are gone: their bodies were pruned$' "$output"
check 'and that is no failure' 0 "$status"
replay --quiet --quarantined
check 'quiet is quiet' '0  ' "$status $output $(cat "$work/errors")"

# --- the job
waiting() { ask "SELECT count(*) FROM jirasync.jobs WHERE kind <> 'fetch_issue'"; }
holds 'an unknown delivery is refused' 'source default of tenant main has no delivery no-such-id' "$(sql -c "SELECT jirasync.replay_delivery('default', 'no-such-id')" 2>&1)"
holds 'and one that is gone' 'delivery l-comment of source default has no body any more' "$(sql -c "SELECT jirasync.replay_delivery('default', 'l-comment')" 2>&1)"
issue 301 30 | quarantined job-1 wrong_type '2026-03-04 10:00Z'
comment 503 301 31 | ledgered job-2 comment_created ignored '2026-03-04 10:01Z'
printf 'not JSON' | quarantined job-3 wrong_type '2026-03-04 10:02Z'
sql -c "SELECT jirasync.replay_delivery('default', delivery_id) FROM (VALUES ('job-1'), ('job-2'), ('job-3')) d (delivery_id)" >/dev/null
check 'jobs wait' 3 "$(ask "SELECT count(*) FROM jirasync.jobs WHERE kind = 'replay'")"
sql -c "ALTER ROLE jirasync_worker LOGIN PASSWORD 'worker'"
printf 'JIRASYNC_WORKER_DATABASE=%s\nJIRASYNC_ARTIFACTS=%s\nJIRASYNC_RUN_INTERVAL_MS=0\nJIRASYNC_POLL_MS=200\n' \
    "$(printf '%s' "$PGURI" | sed 's|//[^@]*@|//jirasync_worker:worker@|')" "$work/artifacts" >"$work/worker.conf"
env -i PATH="$PATH" "$build/jirasync-worker" -c "$work/worker.conf" >"$work/worker.log" 2>&1 &
worker=$!
tries=300
while [ "$(waiting)" != 0 ] && [ "$tries" -gt 0 ]; do tries=$((tries - 1)); sleep 0.1; done
check 'the worker ran them, and what came of them' 0 "$(waiting)"
kill "$worker"
wait "$worker"
worker=''
check 'one is healed, one applied, one refused for its reason of today' 'applied applied invalid_json' \
    "$(ask "SELECT outcome FROM jirasync.deliveries WHERE delivery_id IN ('job-1', 'job-2')") $(ask "SELECT reason FROM jirasync.quarantined_deliveries WHERE delivery_id = 'job-3'")"
check 'their rows are there' 'APP-301 503' "$(ask 'SELECT issue_key FROM jirasync.issues WHERE issue_id = 301') $(ask 'SELECT comment_id FROM jirasync.comments WHERE comment_id::text = '"'503'")"
check 'no job failed' 0 "$(ask 'SELECT coalesce(sum(retried + discarded), 0) FROM jirasync.job_counts')"
if grep -q '"level":"error"' "$work/worker.log"; then cat "$work/worker.log"; fi
