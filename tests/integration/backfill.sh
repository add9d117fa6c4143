#!/bin/sh
# jirasync backfill against the mock: whole, in both dialects; killed and gone on with; through faults; beside live webhooks.
set -u
support=$(CDPATH='' cd -- "$(dirname -- "$0")/../support" && pwd)
build=${BUILD:-build}
work=$(mktemp -d "$TEST_TMP/backfill.XXXXXX") pids=''
tests/support/build jirasync jirasync-worker tests/support/deliver || { echo 'not ok the programs build'; exit 1; }

finish() {
    for pid in $pids; do kill -9 "$pid" 2>/dev/null; done
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

sql() { psql -XAtq -v ON_ERROR_STOP=1 -d "$PGURI" "$@"; }

check() { # what, expected, found
    if [ "$2" = "$3" ]; then echo "ok $1"; else echo "not ok $1: $3, not $2"; tail -n 5 "$work/out" 2>/dev/null; fi
}

until_true() { # SQL: waits up to 60 s for true
    tries=1200
    while [ "$(sql -c "$1")" != t ]; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || { echo "not ok this comes true: $1"; return 1; }
        sleep 0.05
    done
}

jira() { # name, option...: starts one; its port is in $work/NAME.port
    name=$1
    shift
    "$support/mock_jira" --port-file "$work/$name.port" --user bot --token t0ken-5512 "$@" </dev/null >"$work/$name.log" 2>&1 &
    pids="$pids $!"
    until [ -s "$work/$name.port" ]; do sleep 0.05; done
}

control() { # name, method, path, [body]
    curl -sS -X "$2" ${4:+-d "$4"} "http://127.0.0.1:$(cat "$work/$1.port")/control/$3"
}

searches() { # name: how many pages were given out
    control "$1" GET requests | python3 -c 'import json, sys
print(sum(n for line, n in json.load(sys.stdin)["counts"].items() if "/search/jql" in line and line.endswith(" 200")))'
}

backfill() { # source, [option...]
    source=$1
    shift
    "$build/jirasync" -c "$work/jirasync.conf" backfill --source "$source" "$@" >"$work/out" 2>&1
}

# What there is of a site: issues, comments, worklogs, links, live ones alone.
tally() { # source
    sql -c "SELECT (SELECT count(*) FROM jirasync.issues WHERE source = '$1' AND NOT is_stub AND deleted_at IS NULL),
                   (SELECT count(*) FROM jirasync.comments WHERE source = '$1' AND deleted_at IS NULL),
                   (SELECT count(*) FROM jirasync.worklogs WHERE source = '$1' AND deleted_at IS NULL),
                   (SELECT count(*) FROM jirasync.issue_links WHERE source = '$1' AND deleted_at IS NULL)"
}

export no_proxy='*' TOKEN=t0ken-5512
jira cloud --count 1000 --projects 2 --gzip
jira server --count 1000 --projects 2 --dialect datacenter --context /jira
jira killed --count 3000
jira faulty --count 500
jira live --count 1000
jira strict --count 10
jira crew --count 1000
for name in cloud killed faulty live strict crew; do
    printf '[source %s]\nbase_url = http://127.0.0.1:%s\napi_version = 3\napi_user = bot\napi_token = env:TOKEN\n' "$name" "$(cat "$work/$name.port")"
done >"$work/sources.conf"
printf '[source server]\nbase_url = http://127.0.0.1:%s/jira\napi_user = bot\napi_token = env:TOKEN\n' "$(cat "$work/server.port")" >>"$work/sources.conf"
printf '[source part]\nbase_url = http://127.0.0.1:%s\napi_version = 3\napi_user = bot\napi_token = env:TOKEN\nprojects = P2\n' "$(cat "$work/cloud.port")" >>"$work/sources.conf"
printf 'JIRASYNC_SOURCES=%s\nJIRASYNC_WORKER_DATABASE=%s\nJIRASYNC_FETCH_PATIENCE_S=60\n' "$work/sources.conf" "$PGURI" >"$work/jirasync.conf"
sql -c "UPDATE jirasync.settings SET value = '2000' WHERE name IN ('requests_per_second', 'requests_burst')" \
    -c "UPDATE jirasync.settings SET value = '1' WHERE name IN ('pause_base_ms', 'circuit_probe_s')"

# Each tenth issue has 2 comments (each thousandth from the 50th on 25), each twentieth a worklog (each 2000th from the 60th on
# 30), each seventh a link.
all='1000|223|79|143'
for source in cloud server; do
    backfill "$source"
    check "$source: a backfill ends well" 0 "$?"
    check "$source: all issues, comments, worklogs and links are there, those that Jira cut too" "$all" "$(tally "$source")"
    check "$source: so are projects and versions" '2|10' "$(sql -c "SELECT count(*) FILTER (WHERE kind = 'project'), count(*) FILTER (WHERE kind = 'version') FROM jirasync.entities WHERE source = '$source'")"
    check "$source: every digit is what Jira sent" 1000 "$(sql -c "SELECT count(*) FROM jirasync.issues WHERE source = '$source' AND fields ->> 'workratio' = '9223372036854775807'")"
    check "$source: its row says that it is finished" 'finished|1000|1000|100.0' "$(sql -c "SELECT state, issues, total, percent FROM jirasync.backfill_progress WHERE source = '$source'")"
    check "$source: the watermark is its beginning" t "$(sql -c "SELECT p.changed_until = b.started_at FROM jirasync.site_positions p JOIN jirasync.backfills b USING (tenant, source) WHERE source = '$source'")"
    check "$source: each issue is one delivery, whose bytes are not kept twice" '1000|0' "$(sql -c "SELECT count(*), count(body) FROM jirasync.deliveries WHERE source = '$source' AND event = 'jirasync:issue_fetched'")"
    before=$(sql -c "SELECT md5(string_agg(i::text, ',' ORDER BY issue_id)) FROM (SELECT issue_id, issue_key, summary, status, updated_at, deleted_at, fields FROM jirasync.issues WHERE source = '$source') i")
    backfill "$source" --quiet
    check "$source: --quiet says nothing" '' "$(cat "$work/out")"
    check "$source: a second one doubles nothing" "$all" "$(tally "$source")"
    check "$source: and changes no issue" "$before" "$(sql -c "SELECT md5(string_agg(i::text, ',' ORDER BY issue_id)) FROM (SELECT issue_id, issue_key, summary, status, updated_at, deleted_at, fields FROM jirasync.issues WHERE source = '$source') i")"
done
backfill part
check "an allow-list of projects holds" '500|P2' "$(sql -c "SELECT count(*), string_agg(DISTINCT project_key, ',') FROM jirasync.issues WHERE source = 'part'")"
check "no output has the token" 0 "$(grep -c t0ken-5512 "$work/out")"

# Killed in the middle, several times.
control killed POST faults '[{"path": "search/jql", "times": -1, "delay_ms": 60}]' >/dev/null
kills=0
for issues in 500 1300 2100; do
    "$build/jirasync" -c "$work/jirasync.conf" backfill --source killed --quiet &
    pid=$!
    until_true "SELECT coalesce(max(issues), 0) >= $issues FROM jirasync.backfills WHERE source = 'killed'"
    kill -9 "$pid"
    wait "$pid" 2>/dev/null
    kills=$((kills + 1))
done
check "it was killed in the middle, three times" '3|running' "$kills|$(sql -c "SELECT state FROM jirasync.backfills WHERE source = 'killed'")"
until_true "SELECT NOT is_at_work FROM jirasync.backfill_progress WHERE source = 'killed'"
backfill killed
check "killed: it goes on and ends well" 0 "$?"
check "killed: nothing is lost, nothing doubled" '3000|669|208|429' "$(tally killed)"
check "killed: it is one backfill" '1|finished' "$(sql -c "SELECT count(*), max(state) FROM jirasync.backfills WHERE source = 'killed'")"
pages=$(searches killed)
check "killed: it went on where it was: $pages pages of 30, and at most two more for each kill" t "$(sql -c "SELECT $pages BETWEEN 30 AND 36")"

# The place is no longer known when it goes on.
control killed DELETE requests >/dev/null
"$build/jirasync" -c "$work/jirasync.conf" backfill --source killed --quiet &
pid=$!
until_true "SELECT max(issues) >= 1000 FROM jirasync.backfills WHERE source = 'killed' AND state = 'running'"
kill -9 "$pid"
wait "$pid" 2>/dev/null
control killed POST revoke '{"what": "pages"}' >/dev/null
control killed DELETE faults >/dev/null
backfill killed
check "expired: it begins the project anew and ends well" "0|finished" "$?|$(sql -c "SELECT state FROM jirasync.backfills WHERE source = 'killed' ORDER BY id DESC LIMIT 1")"
check "expired: nothing is lost, nothing doubled" '3000|669|208|429' "$(tally killed)"

# Two at once.
control killed POST faults '[{"path": "search/jql", "times": -1, "delay_ms": 1000}]' >/dev/null
"$build/jirasync" -c "$work/jirasync.conf" backfill --source killed --quiet &
pid=$!
until_true "SELECT max(issues) >= 100 FROM jirasync.backfills WHERE source = 'killed' AND state = 'running'"
check "psql shows that somebody is at work" t "$(sql -c "SELECT is_at_work FROM jirasync.backfill_progress WHERE source = 'killed' AND state = 'running'")"
backfill killed
check "a second one at the same time is refused" 1 "$?"
check "and says why" 1 "$(grep -c 'being loaded by another process' "$work/out")"
kill -9 "$pid"
wait "$pid" 2>/dev/null
control killed DELETE faults >/dev/null
backfill killed --anew --quiet
check "--anew begins from the start, as one of its own" "abandoned,finished|3000" "$(sql -c "SELECT string_agg(state, ',' ORDER BY id), max(issues) FROM (SELECT state, id, issues FROM jirasync.backfills WHERE source = 'killed' ORDER BY id DESC LIMIT 2) s")"

# How far it is: a line that is rewritten on a terminal, a plain line every five seconds elsewhere. Each page takes longer than
# the terminal's line may be old, and one of them longer than the plain one.
control cloud POST faults '[{"path": "search/jql", "times": -1, "delay_ms": 250}]' >/dev/null
python3 - "$work/screen" "$build/jirasync" -c "$work/jirasync.conf" backfill --source cloud <<'PYTHON'
import os, pty, sys
pid, screen = pty.fork()
if pid == 0:
    os.execv(sys.argv[2], sys.argv[2:])
with open(sys.argv[1], "wb") as file:
    try:
        while data := os.read(screen, 4096):
            file.write(data)
    except OSError:
        pass
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
PYTHON
check "terminal: it ends well" 0 "$?"
tr '\r' '\n' <"$work/screen" | sed 's/^\x1b\[K//' >"$work/lines"
check "terminal: a line is rewritten in place, at each page" t "$([ "$(grep -c "$(printf '\r\033')" "$work/screen")" -ge 1 ] && [ "$(grep -c '^issues ' "$work/lines")" -ge 10 ] && echo t)"
check "terminal: with share, rate and time left" t "$(grep -Eq '^issues [1-9][0-9]* of 1,000 \([1-9][0-9]?%\), [1-9][0-9]*/s, [0-9]+ s left$' "$work/lines" && echo t)"
check "terminal: the share grows up to all" '100 t' "$(sed -n 's/^issues .*(\([0-9]*\)%).*/\1/p' "$work/lines" >"$work/shares"; tail -n 1 "$work/shares"
    ) $(sort -nc "$work/shares" && echo t)"
check "terminal: and the summary stands on a line of its own" 1 "$(grep -c '^1000 issues in ' "$work/lines")"
control cloud DELETE faults >/dev/null
control cloud POST faults '[{"path": "search/jql", "after": 3, "times": 1, "delay_ms": 5100}]' >/dev/null
backfill cloud
check "elsewhere: plain lines, one after five seconds and one at the end" '2 0' "$(grep -c '^issues .* of 1,000 (.*%), .*/s' "$work/out") $(grep -c "$(printf '[\r\033]')" "$work/out")"
check "elsewhere: the last one says all" 1 "$(grep '^issues' "$work/out" | tail -n 1 | grep -c '^issues 1,000 of 1,000 (100%), [0-9,]*/s$')"

# A worker beside it is killed in the middle: the backfill goes on, and the next worker finishes what the first one held.
printf 'JIRASYNC_ARTIFACTS=%s\nJIRASYNC_LEASE_MS=3000\n' "$work/kept" | cat "$work/jirasync.conf" - >"$work/worker.conf"
start() {
    "$build/jirasync-worker" -c "$work/worker.conf" >>"$work/worker.log" 2>&1 &
    worker=$!
    pids="$pids $worker"
}
control crew POST faults '[{"path": "search/jql", "times": -1, "delay_ms": 100}]' >/dev/null
start
"$build/jirasync" -c "$work/jirasync.conf" backfill --source crew --quiet >"$work/out" 2>&1 &
pid=$!
until_true "SELECT coalesce(max(issues), 0) >= 300 FROM jirasync.backfills WHERE source = 'crew'"
kill -9 "$worker"
start
wait "$pid"
check "crew: a backfill does not mind the death of a worker" "0|1000" "$?|$(sql -c "SELECT issues FROM jirasync.backfills WHERE source = 'crew'")"
until_true "SELECT NOT EXISTS (SELECT FROM jirasync.jobs WHERE kind IN ('correlate_issue', 'fetch_issue') AND source = 'crew')"
check "crew: nothing is lost, nothing doubled, nothing given up" '1000|223|79|143 0' "$(tally crew) $(sql -c "SELECT count(*) FROM jirasync.failed_jobs WHERE source = 'crew'")"
kill "$worker"
wait "$worker"

# Every fault that passes, in the middle.
control faulty POST faults '[{"path": "search/jql", "after": 1, "status": 429, "headers": {"Retry-After": "1"}},
    {"path": "search/jql", "after": 1, "status": 429, "body": "<html>slow down</html>", "headers": {"Content-Type": "text/html"}},
    {"path": "search/jql", "after": 2, "status": 500}, {"path": "search/jql", "after": 2, "status": 503}, {"path": "search/jql", "after": 3, "cut": 3000},
    {"path": "search/jql", "after": 3, "truncate": 3000}, {"path": "search/jql", "after": 4, "body": "no JSON"}, {"path": "/comment", "status": 502},
    {"path": "/worklog", "cut": 100}, {"path": "/version", "status": 503}, {"path": "project/search", "status": 429}]' >/dev/null
backfill faulty
check "faulty: it ends well" 0 "$?"
check "faulty: nothing is lost" '500|123|54|72' "$(tally faulty)"
control strict POST revoke '{"what": "token"}' >/dev/null
backfill strict
check "a refused token ends it with 78" 78 "$?"
check "it says what to look at" 1 "$(grep -c 'api_token' "$work/out")"
check "and the row says so" 'stopped|t' "$(sql -c "SELECT state, problem LIKE '%401%' FROM jirasync.backfills WHERE source = 'strict'")"
backfill cloud --jql 'project = P1) OR (project = P2'
check "a condition that would not stay one is refused" 1 "$?"
backfill cloud --jql 'id in (10001, 10002, 10005)'
check "a condition restricts it" '3|finished' "$(sql -c "SELECT issues, state FROM jirasync.backfills WHERE source = 'cloud' AND jql <> ''")"

# Live webhooks meanwhile: each tenth issue is changed, some are deleted, in Jira and by a webhook.
python3 - "$work" <<'PYTHON' >"$work/deliveries"
import json, sys, time
now = int(time.time() * 1000)
def deliver(name, body):
    text = json.dumps(body).encode()
    sys.stdout.buffer.write(b"deliver %s live %d\n%s\n" % (name.encode(), len(text), text))
sys.stdout.write("source live -\n"); sys.stdout.flush()
changes = []
for n in range(0, 1000, 10):
    issue = {"id": str(10001 + n), "key": "APP-%d" % (n + 1), "fields": {"summary": "live %d" % n, "status": {"name": "Done", "statusCategory": {"key": "done"}},
             "issuetype": {"id": "1", "name": "Story", "subtask": False}, "project": {"id": "10000", "key": "APP", "name": "Project APP"},
             "updated": "2026-11-01T00:00:%02d.000+0000" % (n % 60)}}
    deliver("u%d" % n, {"timestamp": now, "webhookEvent": "jira:issue_updated", "user": {}, "issue": issue})
    if n % 100 == 0:
        deliver("d%d" % n, {"timestamp": now + 3600000, "webhookEvent": "jira:issue_deleted", "issue": issue})
PYTHON
"$build/jirasync" -c "$work/jirasync.conf" backfill --source live --quiet >"$work/out" 2>&1 &
pid=$!
"$build/tests/support/deliver" "$PGURI" main 1 16 "$work/deliveries" >"$work/delivered"
status=$?
wait "$pid"
check "live: both end well" '0|0' "$?|$status"
check "live: no row is lost or doubled" '1000|1000' "$(sql -c "SELECT count(*), count(DISTINCT issue_id) FROM jirasync.issues WHERE source = 'live'")"
check "live: an older answer never wins" 100 "$(sql -c "SELECT count(*) FROM jirasync.issues WHERE source = 'live' AND summary LIKE 'live %'")"
check "live: a delete that is later than the answer stands" 10 "$(sql -c "SELECT count(*) FROM jirasync.issues WHERE source = 'live' AND deleted_at IS NOT NULL")"
backfill live
check "live: nor does it in a second one" '100|10' "$(sql -c "SELECT count(*) FILTER (WHERE summary LIKE 'live %'), count(*) FILTER (WHERE deleted_at IS NOT NULL) FROM jirasync.issues WHERE source = 'live'")"
sql -c "SELECT jirasync.correlation_rebuild()" >/dev/null
check "what follows from all of it is whole: a rebuild changes nothing" 0 "$(sql -c "SELECT jirasync.correlation_rebuild()")"
