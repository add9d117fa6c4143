#!/bin/sh
# The prune job in a worker: by hand and by the clock, in small batches, around what others hold, stopped in the middle.
set -u
support=$(CDPATH='' cd -- "$(dirname -- "$0")/../support" && pwd)
build=${BUILD:-build}
work=$TEST_TMP/prune pids=''
mkdir -p "$work"
sql() { psql -XAtq -v ON_ERROR_STOP=1 -d "$PGURI" "$@"; }

tests/support/build jirasync-worker || { echo 'not ok the worker builds'; exit 1; }
sql -f "$support/facts.sql" -c "ALTER ROLE jirasync_worker LOGIN PASSWORD 'worker'" \
    -c "INSERT INTO jirasync.sources (source, tenant, kind) VALUES ('default', 'main', 'jira'), ('far', 'other', 'jira')" \
    -c "UPDATE jirasync.settings SET value = 'off' WHERE name = 'prune_at'" \
    -c "UPDATE jirasync.settings SET value = '10' WHERE name = 'prune_batch_rows'"
printf '%s\n' "JIRASYNC_WORKER_DATABASE=$(printf '%s' "$PGURI" | sed 's|//[^@]*@|//jirasync_worker:worker@|')" \
    "JIRASYNC_ARTIFACTS=$work/kept" JIRASYNC_RUN_INTERVAL_MS=100 JIRASYNC_LEASE_MS=5000 JIRASYNC_POLL_MS=200 \
    JIRASYNC_DRAIN_TIMEOUT_MS=300 >"$work/worker.conf"

finish() {
    for pid in $pids; do kill -9 "$pid" 2>/dev/null; done
    release
}
trap finish EXIT

start() { # sets $worker
    env -i PATH="$PATH" "$build/jirasync-worker" -c "$work/worker.conf" >>"$work/worker.log" 2>&1 &
    worker=$!
    pids="$pids $worker"
}

until_true() { # what, SQL: waits up to 30 s for true
    tries=300
    while [ "$(sql -c "$2")" != t ]; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || { echo "not ok $1"; tail -n 5 "$work/worker.log"; return 1; }
        sleep 0.1
    done
    echo "ok $1"
}

check() { # what, expected, found
    if [ "$2" = "$3" ]; then echo "ok $1"; else echo "not ok $1: $3, not $2"; fi
}

hold() { # SQL...: a session that does that and stays in its transaction
    PGAPPNAME=holder psql -Xqd "$PGURI" -c BEGIN "$@" -c 'SELECT pg_sleep(600)' >"$work/holder.log" 2>&1 &
    until_true 'another session holds what it took' "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE application_name = 'holder'
        AND datname = current_database() AND query LIKE '%pg_sleep%' AND state = 'active')" >"$work/held"
    grep -v '^ok' "$work/held"
}

release() {
    sql -c "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
            WHERE application_name = 'holder' AND datname = current_database()" >/dev/null
    until_true 'gone' "SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE application_name = 'holder'
        AND datname = current_database())" >/dev/null
}

old_deliveries() { # prefix, tenant: 95 of them; two more are young
    sql -c "INSERT INTO jirasync.deliveries (tenant, source, delivery_id, event, received_at, stored_at, outcome, body_sha256,
                                             body, kind)
            SELECT '$2', CASE '$2' WHEN 'main' THEN 'default' ELSE 'far' END, '$1-' || n, 'x', a.at, a.at, 'applied',
                   sha256(('$1-$2-' || n)::bytea), 'x', 'jira'
            FROM generate_series(1, 97) n, LATERAL (
                SELECT now() - CASE WHEN n <= 95 THEN interval '31 days' ELSE interval '29 days' END AS at) a"
}
bodies() { sql -c "SELECT count(body) FROM jirasync.deliveries WHERE delivery_id LIKE '$1-%' AND tenant = '$2'"; }
completed() { sql -c "SELECT coalesce(sum(completed), 0) FROM jirasync.job_counts WHERE kind = 'prune' AND tenant = '$1'"; }
no_prune_job="SELECT NOT EXISTS (SELECT FROM jirasync.jobs WHERE kind = 'prune')"

# Rows that others hold are stepped over: nothing waits, and nothing young is locked.
old_deliveries held main
sql -c "SELECT facts.issue(n, 'APP-' || n, (now() - interval '50 days')::text) FROM generate_series(1, 12) n" \
    -c "SELECT facts.issue_deleted(n, (now() - interval '40 days')::text) FROM generate_series(1, 11) n" \
    -c "INSERT INTO jirasync.comments (tenant, source, comment_id, issue_id, body, deleted_at)
        SELECT 'main', 'default', n, n, 'secret', now() - interval '40 days' FROM generate_series(1, 11) n" >/dev/null
hold -c "SELECT FROM jirasync.deliveries WHERE delivery_id IN ('held-1', 'held-2') FOR UPDATE" \
    -c 'SELECT FROM jirasync.issues WHERE issue_id = 1 FOR UPDATE' -c 'SELECT FROM jirasync.comments WHERE comment_id = 2 FOR UPDATE'
all_batches="DO \$\$
    BEGIN
        SET LOCAL lock_timeout = '1s';
        WHILE jirasync.prune_bodies() + jirasync.prune_ledger() + jirasync.prune_runs() + jirasync.prune_tombstones()
              + jirasync.prune_forgotten() + jirasync.prune_rejections() > 0 LOOP NULL; END LOOP;
    END \$\$"
sql -c "$all_batches"
check 'a prune does not wait for rows that others hold' 0 $?
check 'it steps over them and prunes the rest' 'held-1 held-2 held-96 held-97' \
    "$(sql -c "SELECT string_agg(delivery_id, ' ' ORDER BY delivery_id) FROM jirasync.deliveries WHERE body IS NOT NULL AND delivery_id LIKE 'held-%'")"
check 'of issues and comments, too' '1 12 2' "$(sql -F ' ' -c "SELECT (SELECT string_agg(issue_id::text, ' ' ORDER BY issue_id)
    FROM jirasync.issues WHERE summary IS NOT NULL), (SELECT string_agg(comment_id::text, ' ') FROM jirasync.comments WHERE body IS NOT NULL)")"
release
sql -c "$all_batches"
check 'the next one prunes them' '2 1 0' "$(bodies held main) $(sql -F ' ' -c "SELECT (SELECT count(summary) FROM jirasync.issues),
    (SELECT count(body) FROM jirasync.comments)")"
old_deliveries locked main
hold -c "$all_batches"
sql -c "SET lock_timeout = '1s'; UPDATE jirasync.deliveries SET attempt = 1 WHERE delivery_id IN ('locked-96', 'locked-97');
        SELECT facts.issue(12, 'APP-12', now()::text); SELECT facts.issue(13, 'APP-13', now()::text)" >/dev/null
check 'live issues are stored while a prune is not yet committed' 0 $?
release

# By hand: many more batches than a worker does at once, while live work goes on.
old_deliveries many main
mkdir -p "$work/kept/artifacts/issues/wave3/jira_webhook/2020-01-01"
: >"$work/kept/artifacts/issues/wave3/jira_webhook/2020-01-01/20200101T000000-old.json"
start
sql -c "SELECT jirasync.enqueue_job('prune', 'main')" -c "SELECT facts.issue(14, 'APP-14', now()::text)" >/dev/null
until_true 'a prune job enqueued by hand is done' "$no_prune_job"
until_true 'and the live issue is correlated' "SELECT NOT EXISTS (SELECT FROM jirasync.jobs WHERE kind = 'correlate_issue')"
check 'all old bodies are gone and the young are there' 2 "$(bodies many main)"
check 'the job was completed once' 1 "$(completed main)"
check 'it gave itself back in between' 0 "$([ "$(grep -c '"message":"pruned: bodies"' "$work/worker.log")" -gt 1 ]; echo $?)"
check 'without an attempt' 0 "$(sql -c "SELECT sum(retried + discarded) FROM jirasync.job_counts WHERE kind = 'prune'")"
# What was pruned above in the session that held it was rolled back with it: those rows are among these.
check 'the log says how many' 190 "$(sed -n 's/.*"message":"pruned: bodies".*"count":\([0-9]*\).*/\1/p' "$work/worker.log" |
    awk '{ sum += $1 } END { print sum }')"
tries=300
while [ -e "$work/kept/artifacts/issues/wave3/jira_webhook/2020-01-01" ] && [ "$tries" -gt 0 ]; do
    tries=$((tries - 1))
    sleep 0.1
done
check 'the worker removed the artifacts of old days' 1 "$(grep -c '"message":"pruned: artifacts' "$work/worker.log")"
until_true 'the run of today has its artifact' "SELECT bool_and(artifact IS NOT NULL) FROM jirasync.runs"
check 'which stays' "$(sql -c 'SELECT count(*) FROM jirasync.runs')" "$(find "$work/kept" -name '*-*.json' -path '*jira_webhook/20*' | wc -l | tr -d ' ')"
check 'the rebuild changes nothing' 0 "$(sql -c 'SELECT jirasync.correlation_rebuild()')"
kill "$worker"
wait "$worker"
check 'the worker leaves with 0' 0 $?

# By the clock: two workers, one job a tenant.
old_deliveries clock main
old_deliveries clock other
sql -c "UPDATE jirasync.settings SET value = '00:00' WHERE name = 'prune_at'" \
    -c "UPDATE jirasync.settings SET value = (now() - interval '2 days')::text WHERE name = 'prune_scheduled_at'"
start
first=$worker
start
until_true 'two workers enqueue what is due' "SELECT value::timestamptz > now() - interval '1 hour' FROM jirasync.settings
    WHERE name = 'prune_scheduled_at'"
until_true 'and do it' "$no_prune_job"
check 'once for each tenant' '2 1' "$(completed main) $(completed other)"
check 'of all old deliveries' '2 2' "$(bodies clock main) $(bodies clock other)"
kill "$first" "$worker"
wait "$first"
wait "$worker"

# A setting that makes no sense does not stop the work.
sql -c "UPDATE jirasync.settings SET value = 'at night' WHERE name = 'prune_at'"
start
sql -c "SELECT jirasync.enqueue_job('noop', '1')" >/dev/null
until_true 'with a bad setting jobs are done' "SELECT NOT EXISTS (SELECT FROM jirasync.jobs WHERE kind = 'noop')"
tries=300
until grep -q '"sqlstate":"22007"' "$work/worker.log" || [ "$tries" = 0 ]; do tries=$((tries - 1)); sleep 0.1; done
check 'and the log says what is wrong' 1 "$(grep -c '"sqlstate":"22007"' "$work/worker.log")"
sql -c "UPDATE jirasync.settings SET value = 'off' WHERE name = 'prune_at'"

# Stopped in mid-job: what the job waits for is a whole table, which no prune steps over.
old_deliveries stopped main
hold -c 'LOCK TABLE jirasync.rejected_requests IN ACCESS EXCLUSIVE MODE'
sql -c "SELECT jirasync.enqueue_job('prune')" >/dev/null
until_true 'the prune stands in mid-job' "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE usename = 'jirasync_worker'
    AND datname = current_database() AND query LIKE '%prune_rejections%' AND wait_event_type = 'Lock')"
kill "$worker"
wait "$worker"
check 'stopped, the worker leaves with 0' 0 $?
check 'the job is given back without an attempt' 'available 0' "$(sql -F ' ' -c "SELECT state, attempts FROM jirasync.jobs WHERE kind = 'prune'")"
check 'and each batch that was done stays done' 2 "$(bodies stopped main)"
release
start
until_true 'the next worker finishes it' "$no_prune_job"
kill "$worker"
wait "$worker"
