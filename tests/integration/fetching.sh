#!/bin/sh
# The job kinds fetch_issue and reconcile in a worker, and jirasync reconcile, against a Jira that can be told to fail.
# shellcheck disable=SC2034  # names of what a function answers
set -u
support=$(CDPATH='' cd -- "$(dirname -- "$0")/../support" && pwd)
build=${BUILD:-build}
work=$(mktemp -d "$TEST_TMP/fetching.XXXXXX") pids=''
token=tok-3f9a71c2 refresh=refresh-77ab01 client_secret=client-5512cd
sql() { psql -XAtq -v ON_ERROR_STOP=1 -d "$PGURI" "$@"; }

tests/support/build jirasync-worker jirasync || { echo 'not ok the programs build'; exit 1; }
sql -f "$support/facts.sql" -c "ALTER ROLE jirasync_worker LOGIN PASSWORD 'worker'" \
    -c "UPDATE jirasync.settings SET value = '1' WHERE name IN ('second_look_s', 'circuit_probe_s', 'pause_base_ms')" \
    -c "UPDATE jirasync.settings SET value = '100' WHERE name = 'backoff_cap_ms'" \
    -c "UPDATE jirasync.settings SET value = '200' WHERE name = 'requests_per_second'" \
    -c "UPDATE jirasync.settings SET value = 'off' WHERE name IN ('reconcile_at', 'prune_at')" >/dev/null

finish() {
    for pid in $pids; do kill -9 "$pid" 2>/dev/null; done
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

check() { # what, expected, found
    if [ "$2" = "$3" ]; then echo "ok $1"; else echo "not ok $1: $3, not $2"; fi
}

until_true() { # what, SQL: waits up to 60 s for true
    tries=600
    while [ "$(sql -c "$2")" != t ]; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || { echo "not ok $1"; tail -n 5 "$work/worker.log"; return 1; }
        sleep 0.1
    done
    echo "ok $1"
}

said() { # what is in the line, source: how many warnings of the worker are such
    grep -c "\"level\":\"warning\".*$1.*\"source\":\"$2\"" "$work/worker.log"
}
until_said() { # what, what is in the line, source: waits up to 30 s for the one warning
    tries=300
    while [ "$(said "$2" "$3")" = 0 ] && [ "$tries" -gt 0 ]; do tries=$((tries - 1)); sleep 0.1; done
    check "$1" 1 "$(said "$2" "$3")"
}

jira() { # name, option...: starts one; its port is in $work/NAME.port
    name=$1
    shift
    rm -f "$work/$name.port"
    python3 -B "$support/mock_jira" --port-file "$work/$name.port" "$@" >"$work/$name.log" 2>&1 &
    pids="$pids $!"
    until [ -s "$work/$name.port" ]; do sleep 0.05; done
}

control() { # name, method, path, [body]
    curl -sS -X "$2" ${4:+-d "$4"} "http://127.0.0.1:$(cat "$work/$1.port")/control/$3"
}

requests() { # name, pattern: how many requests were sent that fit
    control "$1" GET requests | python3 -c 'import json, re, sys
print(sum(1 for _, line, status in json.load(sys.stdin)["requests"] if re.search(sys.argv[1], "%s %s" % (line, status))))' "$2"
}

start() { # sets $worker
    env -i PATH="$PATH" TOKEN="$token" REFRESH="$refresh" CLIENT_SECRET="$client_secret" \
        "$build/jirasync-worker" -c "$work/worker.conf" >>"$work/worker.log" 2>&1 &
    worker=$!
    pids="$pids $worker"
}

command() { # words of jirasync
    env -i PATH="$PATH" TOKEN="$token" REFRESH="$refresh" CLIENT_SECRET="$client_secret" \
        "$build/jirasync" -c "$work/worker.conf" "$@" 2>>"$work/command.log"
}

fetch() { # source, key...: asks for issues
    source=$1
    shift
    for key in "$@"; do sql -c "SELECT jirasync.enqueue_job('fetch_issue', '$key', '$source')" >/dev/null; done
}
stub() { # source, from, to: issues that are known by a fragment
    sql -c "SET search_path = jirasync, facts, public" -c "SELECT facts.store(array_agg(facts.event(n, 'APP-' || (n - 10000),
        '2026-01-01 00:00Z', whole => false, source => '$1'))) FROM generate_series($2, $3) n" >/dev/null
}
no_fetch="SELECT NOT EXISTS (SELECT FROM jirasync.jobs WHERE kind = 'fetch_issue' AND state <> 'discarded' AND source = "

jira cloud --count 250 --seed 5 --user me@example.com --token "$token"
jira server --dialect datacenter --count 30 --seed 6 --bearer "$token"
jira crowd --count 5000 --seed 8 --bearer "$token"
jira oauth --count 10 --seed 7 --oauth "id:$client_secret:$refresh"
cat >"$work/sources.conf" <<EOF
[source cloud]
kind = jira
base_url = http://127.0.0.1:$(cat "$work/cloud.port")
api_version = 3
api_user = me@example.com
api_token = env:TOKEN
[source server]
kind = jira
base_url = http://127.0.0.1:$(cat "$work/server.port")
api_token = env:TOKEN
[source crowd]
kind = jira
base_url = http://127.0.0.1:$(cat "$work/crowd.port")
api_version = 3
api_token = env:TOKEN
[source oauth]
kind = jira
base_url = http://127.0.0.1:$(cat "$work/oauth.port")
api_version = 3
oauth_client_id = id
oauth_client_secret = env:CLIENT_SECRET
oauth_refresh_token = env:REFRESH
oauth_token_url = http://127.0.0.1:$(cat "$work/oauth.port")/oauth/token
[source mute]
kind = jira
EOF
printf '%s\n' "JIRASYNC_WORKER_DATABASE=$(printf '%s' "$PGURI" | sed 's|//[^@]*@|//jirasync_worker:worker@|')" \
    "JIRASYNC_SOURCES=$work/sources.conf" "JIRASYNC_ARTIFACTS=$work/kept" JIRASYNC_RUN_INTERVAL_MS=100 \
    JIRASYNC_LEASE_MS=3000 JIRASYNC_POLL_MS=100 JIRASYNC_LOG_LEVEL=debug >"$work/worker.conf"

# Stubs are completed, many by one request, on both dialects.
stub cloud 10001 10100
stub server 10001 10030
start
until_true 'a hundred stubs of a Cloud site are completed' "$no_fetch 'cloud')"
check 'they are whole, as Jira shows them' '100 0' \
    "$(sql -c "SELECT count(*) || ' ' || count(*) FILTER (WHERE is_stub OR fields IS NULL) FROM jirasync.issues WHERE source = 'cloud'")"
few=$(requests cloud 'POST .*bulkfetch 200')
check 'by one or two requests' t "$(sql -c "SELECT $few BETWEEN 1 AND 2")"
check 'their comments came along, all of them' '25 true' "$(sql -c "SELECT max(n) || ' ' || bool_and(n IN (2, 25)) FROM (
    SELECT count(*) AS n FROM jirasync.comments WHERE source = 'cloud' AND deleted_at IS NULL GROUP BY issue_id) c")"
until_true 'those of a Data Center site too' "$no_fetch 'server')"
check 'by searches' t "$(sql -c "SELECT $(requests server 'POST /rest/api/2/search 200') BETWEEN 1 AND 2")"
check 'and are whole' 0 "$(sql -c "SELECT count(*) FROM jirasync.issues WHERE source = 'server' AND is_stub")"
until_true 'the correlation went on beside it' "SELECT NOT EXISTS (SELECT FROM jirasync.jobs WHERE kind = 'correlate_issue')"

# An older answer never wins, and changes nothing that webhooks told later.
sql -c "SET search_path = jirasync, facts, public" -c "SELECT facts.issue(10007, 'APP-7', '2099-01-01 00:00Z', source => 'cloud')" >/dev/null
fetch cloud 10007
until_true 'an issue that is newer here is fetched' "$no_fetch 'cloud')"
check 'and stays as it is' 'Summary of 10007' "$(sql -c "SELECT summary FROM jirasync.issues WHERE source = 'cloud' AND issue_id = 10007")"

# A tombstone is lifted by an answer that shows the issue alive.
sleep 1.1 # an answer's Date has whole seconds
sql -c "SET search_path = jirasync, facts, public" -c "SELECT facts.issue_deleted(10008, now()::text, 'cloud')" >/dev/null
check 'a delete was told' t "$(sql -c "SELECT deleted_at IS NOT NULL FROM jirasync.issues WHERE source = 'cloud' AND issue_id = 10008")"
sleep 1.1
fetch cloud 10008
until_true 'an issue that Jira shows alive is fetched' "$no_fetch 'cloud')"
check 'and lives' t "$(sql -c "SELECT deleted_at IS NULL FROM jirasync.issues WHERE source = 'cloud' AND issue_id = 10008")"

# Gone is what two looks miss.
control cloud POST changes '[{"delete": 10009}]' >/dev/null
control cloud DELETE requests >/dev/null
fetch cloud 10009
until_true 'a first look misses an issue' "SELECT EXISTS (SELECT FROM jirasync.absent_issues WHERE issue_id = 10009)"
until_true 'a second one buries it' "SELECT deleted_at IS NOT NULL FROM jirasync.issues WHERE source = 'cloud' AND issue_id = 10009"
until_true 'and is the last' "$no_fetch 'cloud')"
check 'it took two' 2 "$(requests cloud 'bulkfetch 200')"

# 404 and 410 of an issue that is asked for by its key: its id is looked for, twice. An answer 403 in Jira's own words hides an
# issue from us; it opens no circuit. One that no search finds, and that is there all the same, lives.
control server POST changes '[{"delete": 10001}, {"delete": 10002}]' >/dev/null
control server POST faults '[{"path": "/issue/APP-1[?]", "times": 1, "status": 410}]' >/dev/null
control server DELETE requests >/dev/null
fetch server APP-1 APP-2
until_true 'issues of which Jira says 410 and 404 are buried' "SELECT count(*) = 2 FROM jirasync.issues
    WHERE source = 'server' AND issue_id IN (10001, 10002) AND deleted_at IS NOT NULL"
check 'each after one look for its key and two for its id' '1 5' "$(requests server 'GET /rest/api/2/issue/[*] 410') $(requests server 'GET /rest/api/2/issue/[*] 404')"
control server POST faults '[{"path": "/search", "times": 1, "replace": ["\"issues\":[", "\"issues\":[],\"hidden\":["]}]' >/dev/null
fetch server 10003
until_true 'an issue that a search lacks is fetched' "$no_fetch 'server')"
check 'by itself, and lives' 'true 0' "$(sql -c "SELECT (deleted_at IS NULL) || ' ' || (SELECT count(*) FROM jirasync.absent_issues)
    FROM jirasync.issues WHERE source = 'server' AND issue_id = 10003")"
control server POST changes '[{"delete": 10004}]' >/dev/null
control server POST faults '[{"path": "/issue/10004", "times": -1, "status": 403, "body": "{\"errorMessages\": [\"You do not have the permission to see the specified issue.\"]}"}]' >/dev/null
fetch server 10004
until_true 'one that is hidden from us is buried' "SELECT deleted_at IS NOT NULL FROM jirasync.issues WHERE source = 'server' AND issue_id = 10004"
check 'and opens no circuit' 'closed' "$(sql -c "SELECT circuit FROM jirasync.source_health WHERE source = 'server'")"
control server DELETE faults >/dev/null

# Moved: another key, the same issue.
control cloud POST changes '[{"issue": {"id": "10010", "key": "NEW-1", "fields": {"summary": "moved", "status": {"name": "To Do",
    "statusCategory": {"key": "new"}}, "issuetype": {"name": "Story"}, "project": {"id": "20000", "key": "NEW", "name": "New"},
    "updated": "2026-10-01T00:00:00.000+0000", "created": "2026-01-01T00:00:00.000+0000"}}}]' >/dev/null
fetch cloud 10010
until_true 'a moved issue is fetched' "$no_fetch 'cloud')"
check 'under its new key, the old one stays its' 'NEW-1 APP-10,NEW-1' "$(sql -c "SELECT i.issue_key || ' ' || (SELECT
    string_agg(k.issue_key, ',' ORDER BY k.issue_key) FROM jirasync.issue_keys k WHERE k.source = 'cloud' AND k.issue_id = i.issue_id)
    FROM jirasync.issues i WHERE i.source = 'cloud' AND i.issue_id = 10010")"
fetch cloud APP-200
until_true 'an issue is fetched by its key' "$no_fetch 'cloud')"
check 'and known by its id' APP-200 "$(sql -c "SELECT issue_key FROM jirasync.issues WHERE source = 'cloud' AND issue_id = 10200")"

# 400: discarded with its message; the others of its request are not.
control cloud POST faults '[{"path": "bulkfetch", "times": 1, "status": 400, "body": "{\"errorMessages\": [\"no such thing\"]}"}]' >/dev/null
fetch cloud 10011
until_true 'a request that is wrong is given up' "SELECT EXISTS (SELECT FROM jirasync.failed_jobs WHERE key = '10011')"
check 'at once, with what Jira said' '1 true' "$(sql -c "SELECT attempts || ' ' || (last_error LIKE '%no such thing%') FROM jirasync.failed_jobs WHERE key = '10011'")"
sql -c "SELECT jirasync.retry_job(id) FROM jirasync.failed_jobs WHERE key = '10011'" >/dev/null
until_true 'and goes well by hand' "$no_fetch 'cloud')"

# 429 and 503: as long as it asks for, and no attempt is lost to a limit.
control cloud DELETE requests >/dev/null
control cloud POST faults '[{"path": "bulkfetch", "times": 1, "status": 429, "headers": {"Retry-After": "2"}}]' >/dev/null
fetch cloud 10012
until_true 'a limit is waited for' "$no_fetch 'cloud')"
check 'as long as it says' t "$(control cloud GET requests | python3 -c 'import json, sys
at = [t for t, line, _ in json.load(sys.stdin)["requests"] if "bulkfetch" in line]
print("t" if len(at) == 2 and at[1] - at[0] >= 1.95 else at)')"
control cloud POST faults '[{"path": "bulkfetch", "times": 2, "status": 503}, {"path": "bulkfetch", "times": 1, "cut": 200},
    {"path": "bulkfetch", "times": 1, "truncate": 300}]' >/dev/null
fetch cloud 10013
until_true 'errors, cut and truncated answers are tried again' "$no_fetch 'cloud')"
check 'nothing is in quarantine for them' 0 "$(sql -c "SELECT count(*) FROM jirasync.quarantined_deliveries")"

# 401: the circuit opens for all, is seen, and closes with the first good answer.
control cloud POST faults '[{"path": "bulkfetch", "times": 2, "status": 401}]' >/dev/null
control cloud DELETE requests >/dev/null
fetch cloud 10014 10015 10016
until_true 'a refused token opens the circuit' "SELECT circuit = 'open' AND circuit_status = 401 AND next_request_at IS NOT NULL
    FROM jirasync.source_health WHERE source = 'cloud'"
until_true 'until it is good again' "$no_fetch 'cloud')"
check 'one request a probe' t "$(control cloud GET requests | python3 -c 'import json, sys
at = [t for t, line, _ in json.load(sys.stdin)["requests"] if "bulkfetch" in line]
print("t" if len(at) >= 3 and min(b - a for a, b in zip(at[:3], at[1:3])) >= 0.95 else at)')"
check 'then it is closed' closed "$(sql -c "SELECT circuit FROM jirasync.source_health WHERE source = 'cloud'")"
check 'the other site was not touched' closed "$(sql -c "SELECT circuit FROM jirasync.source_health WHERE source = 'server'")"

# Credentials that Jira does not know may be answered as nobody's, with empty lists and 404: nothing is buried for that.
control cloud POST headers '{"X-Seraph-LoginReason": "AUTHENTICATED_FAILED"}' >/dev/null
control cloud POST faults '[{"path": "bulkfetch", "times": -1, "replace": ["\"issues\":[", "\"issues\":[],\"hidden\":["]}, {"path": "/issue/10", "times": -1, "status": 404}]' >/dev/null
fetch cloud 10017
until_true 'an answer to nobody opens the circuit' "SELECT circuit = 'open' AND circuit_status = 401 FROM jirasync.source_health WHERE source = 'cloud'"
sleep 2.2 # two probes, which would be two looks
control cloud POST headers '{}' >/dev/null
control cloud DELETE faults >/dev/null
until_true 'and closes when we are known again' "$no_fetch 'cloud')"
check 'nothing was missed meanwhile' 'closed 0 0' "$(sql -c "SELECT circuit || ' ' || (SELECT count(*) FROM jirasync.absent_issues) || ' ' ||
    (SELECT count(*) FROM jirasync.issues WHERE source = 'cloud' AND issue_id = 10017 AND deleted_at IS NOT NULL)
    FROM jirasync.source_health WHERE source = 'cloud'")"

# OAuth: tokens rotate in the database, and a revoked one is renewed.
fetch oauth 10001
until_true 'a site is asked with OAuth' "$no_fetch 'oauth')"
check 'its refresh token was rotated' t "$(sql -c "SELECT generation = 1 AND refresh_token <> '$refresh' FROM jirasync.oauth_tokens WHERE source = 'oauth'")"
control oauth POST revoke '{"what": "access"}' >/dev/null
fetch oauth 10002
until_true 'a revoked access token is renewed' "$no_fetch 'oauth')"
check 'without opening the circuit' 'closed 2' "$(sql -c "SELECT h.circuit || ' ' || t.generation FROM jirasync.source_health h
    JOIN jirasync.oauth_tokens t USING (tenant, source) WHERE source = 'oauth'")"

# A refresh token that is dead: the circuit opens, and the token's URL is left alone but for the probes.
control oauth POST revoke '{"what": "access"}' >/dev/null
control oauth POST revoke '{"what": "refresh"}' >/dev/null
control oauth DELETE requests >/dev/null
sql -c "UPDATE jirasync.settings SET value = '3600' WHERE name = 'circuit_probe_s'"
fetch oauth 10003
until_true 'OAuth that grants nothing opens the circuit' "SELECT circuit = 'open' FROM jirasync.source_health WHERE source = 'oauth'"
until_true 'its fetch is put off until the next probe' "SELECT min(run_at) > now() + interval '30 minutes' AND max(attempts) = 0
    FROM jirasync.jobs WHERE kind = 'fetch_issue' AND source = 'oauth'"
check 'and the token was asked for once' 1 "$(requests oauth 'POST /oauth/token')"
sql -c "UPDATE jirasync.settings SET value = '1' WHERE name = 'circuit_probe_s'"

# A site that can't be asked: its fetches wait, and cost nothing.
stub mute 10001 10003
until_true 'fetches of a site without credentials are put off' "SELECT count(*) = 3 AND min(attempts) = 0 AND min(run_at) > now() + interval '10 minutes'
    FROM jirasync.jobs WHERE kind = 'fetch_issue' AND source = 'mute'"

sql -c "SELECT jirasync.ask_reconcile('mute')" >/dev/null
until_true 'so are its reconciliations' "SELECT count(*) = 1 AND min(attempts) = 0 AND min(run_at) > now() + interval '10 minutes' AND min(state) = 'available'
    FROM jirasync.jobs WHERE kind = 'reconcile' AND source = 'mute'"

# kill -9 in mid-fetch: the jobs come back, and nothing is lost or doubled.
control cloud POST faults '[{"path": "bulkfetch", "times": 1, "delay_ms": 20000}]' >/dev/null
stub cloud 10101 10150
until_true 'a fetch is under way' "SELECT count(*) = 50 FROM jirasync.jobs WHERE kind = 'fetch_issue' AND source = 'cloud' AND state = 'running'"
kill -9 "$worker"
start
until_true 'another worker takes what a killed one held' "$no_fetch 'cloud')"
check 'all of it' 50 "$(sql -c "SELECT count(*) FROM jirasync.issues WHERE source = 'cloud' AND issue_id BETWEEN 10101 AND 10150 AND NOT is_stub")"

# A burst of 5,000 fetches from four workers keeps to the one bucket: 5 requests at once and 10 a second, whoever sends them.
crew=''
for _ in 1 2 3; do
    one=$worker
    start
    crew="$crew $worker"
    worker=$one
done
sql -c "INSERT INTO jirasync.site_settings (tenant, source, requests_per_second, requests_burst) VALUES ('main', 'crowd', 10, 5)
        ON CONFLICT (tenant, source) DO UPDATE SET requests_per_second = 10, requests_burst = 5"
began=$(sql -c 'SELECT clock_timestamp()')
sql -c "SELECT jirasync.enqueue_jobs('main', array_agg('fetch_issue'::text), array_agg('crowd'::text), array_agg(n::text))
        FROM generate_series(10001, 15000) n" >/dev/null
within="SELECT coalesce(max(b.taken), 0) <= 5 + ceil(10 * extract(epoch FROM clock_timestamp() - '$began'))
        FROM jirasync.site_budgets b WHERE b.source = 'crowd'"
outside=0 tries=600
until [ "$(sql -c "$no_fetch 'crowd')")" = t ] || [ "$tries" = 0 ]; do
    tries=$((tries - 1))
    [ "$(sql -c "$within")" = t ] || outside=$((outside + 1))
    sleep 0.2
done
check 'four workers fetch 5,000 issues' '5000 0' "$(sql -c "SELECT count(*) || ' ' || count(*) FILTER (WHERE is_stub) FROM jirasync.issues WHERE source = 'crowd'")"
check 'and keep to the bucket all the time' 0 "$outside"
check 'all requests went through it' t "$(sql -c "SELECT taken >= 50 AND taken = $(requests crowd '') FROM jirasync.site_budgets WHERE source = 'crowd'")"
check 'no job was tried twice for that' 0 "$(sql -c "SELECT count(*) FROM jirasync.jobs WHERE source = 'crowd' AND attempts > 0")"
for pid in $crew; do kill "$pid"; done

# The reconciliation: by hand, by a job, and by command.
check 'a site is reconciled by command' 0 "$(command reconcile --source server >"$work/said"; echo $?)"
check 'and says what it found' '27 issues compared' "$(grep -o '^27 issues compared' "$work/said")"
sql -c "SELECT jirasync.ask_reconcile('cloud')" >/dev/null
until_true 'a worker reconciles' "SELECT EXISTS (SELECT FROM jirasync.reconciliations WHERE source = 'cloud' AND state = 'finished')"
check 'what was missing is there' '249 0' "$(sql -c "SELECT compared || ' ' || (SELECT count(*) FROM jirasync.issues i
    WHERE i.source = 'cloud' AND (i.is_stub OR i.deleted_at IS NOT NULL) AND i.issue_id <> 10009)
    FROM jirasync.reconciliations WHERE source = 'cloud' AND state = 'finished'")"
control cloud POST changes '[{"delete": 10020}, {"touch": 10021, "at": 1790000000000}]' >/dev/null
sql -c "SELECT jirasync.note_absent_issues('main', 'cloud', '{10021}')" >/dev/null
command reconcile --source cloud --quiet
check 'what changed, what moved and what is gone is found' '1 1 0' "$(sql -c "SELECT deletes_found || ' ' || changed_found || ' ' || missing_found
    FROM jirasync.reconciliations WHERE source = 'cloud' ORDER BY id DESC LIMIT 1")"
check 'a look that was open is closed by one that shows the issue' 0 "$(sql -c "SELECT count(*) FROM jirasync.absent_issues WHERE issue_id = 10021")"
check 'and mended' 'true true' "$(sql -c "SELECT string_agg((CASE issue_id WHEN 10020 THEN deleted_at IS NOT NULL
    ELSE updated_at = to_timestamp(1790000000) END)::text, ' ' ORDER BY issue_id) FROM jirasync.issues
    WHERE source = 'cloud' AND issue_id IN (10020, 10021)")"
check 'source_health shows the last proof' '0 true' "$(sql -c "SELECT missing_found || ' ' || (last_reconcile_at > now() - interval '1 minute')
    FROM jirasync.source_health WHERE source = 'cloud'")"
command reconcile --source cloud --quiet
check 'and then there is nothing to find' '0 0 0 0' "$(sql -c "SELECT concat_ws(' ', deletes_found, changed_found, missing_found, moved_found)
    FROM jirasync.reconciliations WHERE source = 'cloud' ORDER BY id DESC LIMIT 1")"

check 'its report is a line of the log' 1 "$(grep -c '"message":"reconciled: [0-9]* compared, 0 missing, 0 changed, 0 deleted, 0 moved, [0-9]* requests".*"source":"cloud"' "$work/command.log")"

# Silence and a token that ends are told by one of two workers, and the silent site is reconciled; also when the row of the
# source is held by somebody while they start, so that its new date is registered late.
kill "$worker"
wait "$worker"
sql -c "UPDATE jirasync.deliveries SET received_at = now() - interval '3 hours' WHERE source = 'cloud' AND delivery_id NOT LIKE 'fetch:%'" \
    -c "UPDATE jirasync.site_positions SET last_webhook_at = now() - interval '3 hours', asked_by = NULL WHERE source = 'cloud'" \
    -c "UPDATE jirasync.site_settings SET silent_after = '2 hours' WHERE source = 'cloud'" >/dev/null
sed "/^\[source server\]/i api_token_expires = $(sql -c "SELECT (now() AT TIME ZONE INTERVAL '-07:00')::date + 13")" "$work/sources.conf" >"$work/sources.new"
mv "$work/sources.new" "$work/sources.conf"
sql -c 'BEGIN' -c "SELECT FROM jirasync.sources WHERE source = 'cloud' FOR UPDATE" -c '\echo held' -c 'SELECT pg_sleep(2)' -c 'COMMIT' >"$work/holder" &
pids="$pids $!"
until [ -s "$work/holder" ]; do sleep 0.05; done
start
first=$worker
start
until_true 'a silent site is reconciled' "SELECT EXISTS (SELECT FROM jirasync.reconciliations WHERE source = 'cloud' AND asked_by = 'silence' AND state = 'finished')"
until_said 'one worker says so' 'the site has sent nothing since ' cloud
until_said 'one says that a token ends' 'the API token ends, days left: 13;' cloud
check 'and source_health shows both' 'true 13 true' "$(sql -c "SELECT concat_ws(' ', is_silent_too_long::text, token_days_left, is_token_ending::text)
    FROM jirasync.source_health WHERE source = 'cloud'")"
kill "$first"
wait "$first"

# Killed in the middle: the next one begins anew.
control server POST faults '[{"path": "search", "after": 1, "times": 1, "delay_ms": 30000}]' >/dev/null
control server POST changes '[{"touch": 10003, "at": 1790000000000}]' >/dev/null
sql -c "SELECT jirasync.ask_reconcile('server')" >/dev/null
until_true 'a reconciliation is under way' "SELECT EXISTS (SELECT FROM jirasync.reconciliations WHERE source = 'server' AND state = 'running')"
kill -9 "$worker"
start
until_true 'after a kill another worker begins it anew' "SELECT count(*) FILTER (WHERE state = 'finished') = 2 AND count(*) FILTER (WHERE problem = 'it was interrupted') = 1
    FROM jirasync.reconciliations WHERE source = 'server'"
check 'and finds what there is' 1 "$(sql -c "SELECT changed_found FROM jirasync.reconciliations WHERE source = 'server' ORDER BY id DESC LIMIT 1")"

# A user who may see nothing is no proof that nothing is there.
sql -c "UPDATE jirasync.settings SET value = '5' WHERE name = 'gone_least'"
control server POST faults '[{"path": "search", "times": -1, "replace": ["\"issues\":[", "\"issues\":[],\"hidden\":["]}]' >/dev/null
check 'a list that is empty all at once ends a reconciliation' 1 "$(command reconcile --source server >"$work/said"; echo $?)"
check 'nothing is buried but the three from before' 3 "$(sql -c "SELECT count(*) FROM jirasync.issues WHERE source = 'server' AND deleted_at IS NOT NULL")"
check 'and source_health says why' t "$(sql -c "SELECT reconcile_problem LIKE '%more than gone_percent%' FROM jirasync.source_health WHERE source = 'server'")"
control server DELETE faults >/dev/null

# The site that could not be asked is given credentials, and the worker is started anew: what was put off is due at once.
mute="FROM jirasync.jobs WHERE source = 'mute' AND is_put_off AND attempts = 0 AND run_at > now() + interval '10 minutes'"
check 'workers that start without the credentials leave them alone' 4 "$(sql -c "SELECT count(*) $mute")"
check 'and the jobs say what is lacking' 1 "$(sql -c "SELECT count(DISTINCT last_error) $mute AND last_error LIKE 'source mute can''t be asked: %'")"
kill "$worker"
wait "$worker"
printf 'base_url = http://127.0.0.1:%s\napi_token = env:TOKEN\n' "$(cat "$work/server.port")" >>"$work/sources.conf"
start
until_true 'with credentials the fetches go' "$no_fetch 'mute')"
until_true 'so does the reconciliation' "SELECT EXISTS (SELECT FROM jirasync.reconciliations WHERE source = 'mute' AND state = 'finished')"
check 'all of it' '27 0 0' "$(sql -c "SELECT concat_ws(' ', count(*) FILTER (WHERE NOT is_stub), count(*) FILTER (WHERE is_stub AND deleted_at IS NULL),
    (SELECT count(*) FROM jirasync.jobs j WHERE j.source = 'mute' AND j.is_put_off)) FROM jirasync.issues WHERE source = 'mute'")"

kill "$worker"
tries=100
while kill -0 "$worker" 2>/dev/null && [ "$tries" -gt 0 ]; do sleep 0.1; tries=$((tries - 1)); done
check 'a worker that fetches ends when it is told to' gone "$(kill -0 "$worker" 2>/dev/null && echo there || echo gone)"
check 'no secret was logged, and no token that there ever was' '' "$(grep -lE "$token|$client_secret|$refresh|(access|refresh)-[0-9]+" \
    "$work/worker.log" "$work/command.log" "$CLUSTER/postgresql.log" 2>/dev/null | tr '\n' ' ')"
