#!/bin/sh
# The worker as a process: killed, stopped, doubled, without its database, without its artifacts' folder.
set -u
support=$(CDPATH='' cd -- "$(dirname -- "$0")/../support" && pwd)
build=${BUILD:-build}
work=$TEST_TMP/worker pids=''
mkdir -p "$work"
sql() { psql -XAtq -v ON_ERROR_STOP=1 -d "$PGURI" "$@"; }

tests/support/build jirasync-worker || { echo 'not ok the worker builds'; exit 1; }
sql -f "$support/facts.sql" -c "ALTER ROLE jirasync_worker LOGIN PASSWORD 'worker'"
worker_uri=$(printf '%s' "$PGURI" | sed 's|//[^@]*@|//jirasync_worker:worker@|')

finish() {
    for pid in $pids; do kill -9 "$pid" 2>/dev/null; done
    release
}
trap finish EXIT

configure() { # name, KEY=value ...: a configuration of its own for one worker
    name=$1
    shift
    printf '%s\n' "JIRASYNC_WORKER_DATABASE=$worker_uri" "JIRASYNC_ARTIFACTS=$work/kept" JIRASYNC_RUN_INTERVAL_MS=100 \
        JIRASYNC_LEASE_MS=1000 JIRASYNC_POLL_MS=200 "$@" >"$work/$name.conf"
}

start() { # name: sets $worker
    env -i PATH="$PATH" "$build/jirasync-worker" -c "$work/$1.conf" >>"$work/$1.log" 2>&1 &
    worker=$!
    pids="$pids $worker"
}

until_true() { # what, SQL: waits up to 30 s for true
    tries=300
    while [ "$(sql -c "$2")" != t ]; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || { echo "not ok $1"; tail -n 5 "$work"/*.log; return 1; }
        sleep 0.1
    done
    echo "ok $1"
}

check() { # what, expected, found
    if [ "$2" = "$3" ]; then echo "ok $1"; else echo "not ok $1: $3, not $2"; fi
}

leaves() { # what, pid: waits for its end, which shall be a good one
    wait "$2"
    check "$1" 0 $?
}

hold() { # takes the lock under which a tenant is correlated, so that a worker stands in mid-job
    PGAPPNAME=holder psql -Xqd "$PGURI" -c "BEGIN" -c "SELECT jirasync.lock_correlation('main')" -c 'SELECT pg_sleep(600)' \
        >/dev/null 2>&1 &
    until_true 'another session holds the lock of the correlation' "SELECT EXISTS (SELECT FROM pg_stat_activity
        WHERE application_name = 'holder' AND query LIKE '%pg_sleep%' AND state = 'active')" >"$work/held"
    grep -v '^ok' "$work/held"
}

release() {
    sql -c "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'holder'" >/dev/null
}

queue_is_empty="SELECT NOT EXISTS (SELECT FROM jirasync.jobs)"
in_mid_job="SELECT EXISTS (SELECT FROM jirasync.jobs WHERE state = 'running') AND EXISTS (SELECT FROM pg_stat_activity
    WHERE usename = 'jirasync_worker' AND wait_event = 'advisory' AND datname = current_database())"
enqueue_touched="WITH t AS (DELETE FROM facts.touched RETURNING *)
    SELECT jirasync.enqueue_jobs('main', array_agg(kind), array_agg(source), array_agg(key)) FROM t"

# Configuration.
configure good
"$build/jirasync-worker" -n -c "$work/good.conf"
check 'a good configuration is told by -n' 0 $?
configure bad JIRASYNC_LEASE_MS=soon
"$build/jirasync-worker" -n -c "$work/bad.conf" 2>"$work/bad.log"
check 'a bad configuration is told by -n' 78 $?
"$build/jirasync-worker" -c "$work/good.conf" whatever 2>/dev/null
check 'a word that is no option is a fault of usage' 2 $?

# One line from the job to the artifact.
start good
first=$worker
sql -c "SELECT facts.issue(1, 'APP-1', '2026-03-01 00:00Z', ARRAY[10])" -c "SELECT facts.issue(2, 'APP-2', '2026-03-01 00:00Z')" \
    -c "SELECT facts.commit('c1', '{APP-1}', '2026-02-02 00:00Z')" -c "SELECT facts.commit('c2', '{}', '2026-02-02 00:00Z')" \
    -c "$enqueue_touched" >/dev/null
until_true 'jobs of both kinds are run without a notification' "$queue_is_empty"
until_true 'their run is closed and its artifact written' "SELECT EXISTS (SELECT FROM jirasync.runs) AND NOT EXISTS
    (SELECT FROM jirasync.runs WHERE artifact IS NULL)"
sql -c 'SELECT artifact FROM jirasync.runs' | while read -r artifact; do
    run=$(basename "$artifact" .json)
    sql -c "SELECT document FROM jirasync.runs WHERE run_id = '${run#*-}'" | head -c -1 | cmp -s - "$work/kept/$artifact"
    check 'the file is the bytes of the document' 0 $?
done
folder=$work/kept/artifacts/issues/wave3/jira_webhook
latest=$(sql -c 'SELECT artifact FROM jirasync.runs ORDER BY finished_at DESC LIMIT 1')
cmp -s "$folder/latest.json" "$work/kept/$latest"
check 'latest.json is the newest run' 0 $?
cmp -s "$folder/run.schema.json" docs/schemas/run.schema.json
check 'the schema stands beside' 0 $?
check 'coverage has a history' 'APP 1.10 1 1' \
    "$(sql -F ' ' -c 'SELECT project_key, fix_version, stories, with_commits FROM jirasync.coverage_history ORDER BY at DESC LIMIT 1')"

# A waiver that ends by the clock.
newest="(SELECT (stories, with_commits) FROM jirasync.coverage_history ORDER BY at DESC, run_id DESC LIMIT 1)"
sql -c "SELECT jirasync.waive_issue('APP-1', 'bought', 'Ada', now() + interval '1 day')" >/dev/null
until_true 'a waiver shows in the history of coverage' "SELECT $newest = (0, 0)"
sql -c "UPDATE jirasync.issue_waivers SET expires_at = now()"
until_true 'so does its end, which no event tells' "SELECT $newest = (1, 1)"

# A failing folder.
mv "$work/kept" "$work/kept.away" && : >"$work/kept"
sql -c "SELECT jirasync.recompute_issue('APP-1')" >/dev/null
until_true 'a run whose artifact cannot be written is closed and visible' \
    "SELECT EXISTS (SELECT FROM jirasync.runs WHERE finished_at IS NOT NULL AND artifact IS NULL)"
rm "$work/kept" && mv "$work/kept.away" "$work/kept"
until_true 'it is written once the folder is back' "SELECT NOT EXISTS (SELECT FROM jirasync.runs WHERE artifact IS NULL)"

# Reload.
kill -HUP "$first"
tries=300
while [ "$(grep -c '"message":"started"' "$work/good.log")" -lt 2 ] && [ "$tries" -gt 0 ]; do
    tries=$((tries - 1))
    sleep 0.1
done
check 'SIGHUP executes the worker anew in its process' "2 1" \
    "$(grep '"message":"started"' "$work/good.log" | sed 's/.*"pid":\([0-9]*\).*/\1/' | sort | uniq -c | awk '{print $1, NR}')"
kill "$first"
leaves 'SIGTERM ends it with 0' "$first"

# Stopped in mid-job.
configure drain JIRASYNC_DRAIN_TIMEOUT_MS=300
hold
start drain
sql -c "SELECT jirasync.recompute_issue('APP-1')" >/dev/null
until_true 'a worker stands in mid-job' "$in_mid_job"
kill "$worker"
leaves 'stopped in mid-job it leaves with 0' "$worker"
check 'and gives the job back without an attempt' 'available 0 t' \
    "$(sql -F ' ' -c 'SELECT state, attempts, run_at <= now() FROM jirasync.jobs')"
check 'and closes its run' 0 "$(sql -c 'SELECT count(*) FROM jirasync.runs WHERE finished_at IS NULL')"

# Killed in mid-job.
start good
first=$worker
until_true 'another worker takes the job up' "$in_mid_job"
kill -9 "$first"
wait "$first" 2>/dev/null
check 'killed, it leaves its job running and its run open' '1 1' "$(sql -F ' ' -c "SELECT
    (SELECT count(*) FROM jirasync.jobs WHERE state = 'running'), (SELECT count(*) FROM jirasync.runs WHERE finished_at IS NULL)")"
release
start good
first=$worker
until_true 'the next worker rescues the job and finishes it' "$queue_is_empty"
check 'the lost lease was counted' 1 \
    "$(sql -c "SELECT sum(retried) FROM jirasync.job_counts WHERE kind = 'correlate_issue'")"
until_true 'it closes the abandoned run and writes its artifact' \
    "SELECT NOT EXISTS (SELECT FROM jirasync.runs WHERE finished_at IS NULL OR artifact IS NULL)"

# A lease is kept for as long as its holder lives: the job takes three times the lease.
hold
sql -c "SELECT jirasync.recompute_issue('APP-1')" >/dev/null
until_true 'a worker stands in mid-job again' "$in_mid_job"
token="SELECT lease_token FROM jirasync.jobs WHERE state = 'running'"
before=$(sql -c "$token")
start good
second=$worker
sleep 3
check 'its heartbeat keeps the job from another worker' "$before" "$(sql -c "$token")"
release
until_true 'and it completes what it held' "$queue_is_empty"

# Two workers.
done_before=$(sql -c "SELECT coalesce(sum(completed), 0) FROM jirasync.job_counts WHERE kind = 'noop'")
sql -c "SELECT jirasync.enqueue_jobs('main', array_agg('noop'::text), array_agg(''::text), array_agg(g::text))
        FROM generate_series(1, 10000) g" -c "SELECT jirasync.enqueue_jobs('other', array_agg('noop'::text), array_agg(''::text),
        array_agg(g::text)) FROM generate_series(1, 10000) g" -c 'NOTIFY jirasync_jobs' >/dev/null
for n in 1 2 3 4 5; do
    sql -c "SELECT facts.issue(i, 'APP-' || i, '2026-03-02 00:0' || $n || 'Z', ARRAY[10 + i % 3]) FROM generate_series(1, 40) i" \
        -c "SELECT facts.commit('n' || i, ARRAY['APP-' || i], '2026-02-02 00:00Z') FROM generate_series(1, 40) i" \
        -c "$enqueue_touched" >/dev/null
done
until_true 'two workers empty the queues of two tenants' "$queue_is_empty"
check 'each job was completed once' 20000 \
    "$(sql -c "SELECT sum(completed) - $done_before FROM jirasync.job_counts WHERE kind = 'noop'")"
check 'the rebuild changes nothing' 0 "$(sql -c 'SELECT jirasync.correlation_rebuild()')"

kill "$first" "$second"
leaves 'the first leaves with 0' "$first"
leaves 'the second leaves with 0' "$second"

# The database stands still: no statement ends, none can be cancelled.
configure still JIRASYNC_DRAIN_TIMEOUT_MS=300
start still
until_true 'an idle worker is connected' "SELECT EXISTS (SELECT FROM pg_stat_activity
    WHERE application_name = 'jirasync-worker[$worker]' AND query LIKE '%next_jobs%')"
stopped=$(sql -c "SELECT pid FROM pg_stat_activity WHERE application_name = 'jirasync-worker[$worker]'")
kill -STOP "$stopped"
sleep 1 # it looks for jobs every 200 ms: by now it waits for an answer
kill "$worker"
(sleep 60 && kill -9 "$worker") & # else the test would wait as long as the worker does
impatient=$!
pids="$pids $impatient"
wait "$worker"
check 'SIGTERM ends a worker that waits for a database which stands still' 1 $?
kill "$impatient"
kill -CONT "$stopped"

# The database goes away in mid-job, for less than a lease.
configure lasting JIRASYNC_LEASE_MS=20000
hold
start lasting
sql -c "UPDATE jirasync.job_counts SET retried = 0" -c "SELECT jirasync.recompute_issue('APP-1')" >/dev/null
until_true 'a worker with a long lease stands in mid-job' "$in_mid_job"
"$support/cluster" restart "$CLUSTER" immediate >/dev/null 2>&1
until_true 'after an immediate restart of the database the job is finished' "$queue_is_empty"
check 'the outage cost no attempt' '0 0' \
    "$(sql -F ' ' -c 'SELECT sum(retried), coalesce(sum(discarded), 0) FROM jirasync.job_counts')"
kill "$worker"
leaves 'the worker leaves with 0' "$worker"
check 'no password stands in a log' 0 "$(cat "$work"/*.log | grep -c 'worker:worker')"
check 'every line of the log is a JSON object' 0 "$(cat "$work/good.log" "$work/drain.log" "$work/lasting.log" | grep -vc '^{.*}$')"
