#!/bin/sh
# The job kind fetch_commits in a worker: what pushes left out comes from their hosts, and is then as if they had told it.
#
# SEED=N repeats a life, SEEDS=N says how many there are.
# shellcheck disable=SC2034  # names of what a function answers
set -u
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
support=$root/tests/support
build=${BUILD:-build}
work=$(mktemp -d "${TEST_TMP:-/tmp}/fetch_commits.XXXXXX") pids=''
HOST_TOKEN=tok-5d21e8a4
export HOST_TOKEN GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
sql() { psql -XAtq -v ON_ERROR_STOP=1 -d "$PGURI" "$@"; }

tests/support/build jirasync jirasync-worker tests/support/git_document ||
    { echo 'not ok the programs build'; exit 1; }
sql -f "$support/facts.sql" -c "ALTER ROLE jirasync_worker LOGIN PASSWORD 'worker'" \
    -c "UPDATE jirasync.settings SET value = '1' WHERE name IN ('circuit_probe_s', 'pause_base_ms')" \
    -c "UPDATE jirasync.settings SET value = '100' WHERE name = 'backoff_cap_ms'" \
    -c "UPDATE jirasync.settings SET value = '500' WHERE name = 'requests_per_second'" \
    -c "UPDATE jirasync.settings SET value = 'off' WHERE name IN ('reconcile_at', 'prune_at')" >/dev/null

finish() {
    for pid in $pids; do kill -9 "$pid" 2>/dev/null; done
    [ -n "${KEEP:-}" ] || rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

host() { # name, option...: starts one; its URL is in $url
    name=$1
    shift
    python3 -B "$support/mock_git_host" --port-file "$work/$name.port" "$@" >"$work/$name.log" 2>&1 &
    pids="$pids $!"
    until [ -s "$work/$name.port" ]; do sleep 0.05; done
    url=http://127.0.0.1:$(cat "$work/$name.port")
}

settings() { # sources file, option...: what a program reads
    printf '%s\n' "JIRASYNC_WORKER_DATABASE=$(printf '%s' "$PGURI" | sed 's|//[^@]*@|//jirasync_worker:worker@|')" \
        "JIRASYNC_SOURCES=$1" "JIRASYNC_ARTIFACTS=$work/kept" JIRASYNC_RUN_INTERVAL_MS=100 JIRASYNC_LEASE_MS=3000 \
        JIRASYNC_POLL_MS=50 JIRASYNC_LOG_LEVEL=debug JIRA_WEBHOOK_SECRET=not-empty
    shift
    [ $# -eq 0 ] || printf '%s\n' "$@"
}

# Lives of repositories.
mkdir "$work/lives"
host lives --repository "org/app=$work/lives/host.git" --token "$HOST_TOKEN" --gzip
settings "$work/lives/sources.conf" >"$work/lives.conf"
sed "s|^JIRASYNC_WORKER_DATABASE=.*|JIRASYNC_WORKER_DATABASE=$PGURI|" "$work/lives.conf" >"$work/import.conf"
JIRASYNC_CONFIG=$work/import.conf python3 -B "$support/fetched_pushes.py" --document "$build/tests/support/git_document" \
    --command "$build/jirasync" --worker "$build/jirasync-worker" --config "$work/lives.conf" --host-url "$url" --folder "$work/lives" ||
    echo 'not ok lives are lived'

# ---- one push at a time, and what can go wrong ----

check() { # what, expected, found
    if [ "$2" = "$3" ]; then echo "ok $1"; else echo "not ok $1: $3, not $2"; fi
}

stalled="SELECT count(*) > 0 AND bool_and(j.state <> 'running' AND j.run_at > clock_timestamp() + interval '30 s')
    FROM jirasync.jobs j WHERE j.kind = 'fetch_commits' AND j.state <> 'discarded'"

until_true() { # what, SQL: waits up to 60 s for true, and no longer than until all fetches are put off beyond that
    tries=600
    while [ "$(sql -c "$2")" != t ]; do
        tries=$((tries - 1))
        [ $((tries % 10)) -gt 0 ] || [ "$(sql -c "$stalled")" != t ] || tries=0
        [ "$tries" -gt 0 ] || { echo "not ok $1"; left; return 1; }
        sleep 0.1
    done
    echo "ok $1"
}

left() { # what the job table says of fetches, and what was logged last
    sql -c "SELECT '    ' || j.source || ' ' || j.key || ': ' || j.state || ', due in ' || ceil(extract(epoch FROM j.run_at - clock_timestamp()))
        || ' s, ' || j.attempts || ' attempts: ' || coalesce(j.last_error, '') FROM jirasync.jobs j WHERE j.kind = 'fetch_commits'"
    tail -n 5 "$work/worker.log"
}

control() { # method, what, [body]: of the host at $url
    curl -sS -X "$1" ${3:+-d "$3"} "$url/control/$2"
}

requests() { # pattern: how many requests were sent that fit
    control GET requests | python3 -c 'import json, re, sys
print(sum(1 for _, line, status in json.load(sys.stdin) if re.search(sys.argv[1], "%s %s" % (line, status))))' "$1"
}

at() { # source: its host is at $url, has $repository, and lists commits at $path
    url=$both repository=org/app path=/commits
    case $1 in
    hub) path=/compare/ ;;
    cloud) url=$basic ;;
    lab) repository=group/sub/app ;;
    esac
}

gap() { # source, delivery, before, after, [ref, repository, is_replay]: a push that lists nothing
    at "$1"
    sql -c "SET search_path = jirasync, facts, public" -c "SELECT facts.git(jsonb_build_object('repository', '${6:-$repository}', 'changes',
        jsonb_build_array(jsonb_build_object('ref', '${5:-main}', 'before', nullif('$3', ''), 'after', '$4', 'is_whole', false))),
        '$2', p_source => '$1', p_is_replay => ${7:-false})" >/dev/null
}

is_whole() { # source, delivery: SQL that is true once its push is whole, is no gap, and no fetch waits
    echo "SELECT coalesce(bool_and(p.is_whole), false)
        AND NOT EXISTS (SELECT FROM jirasync.push_gaps g WHERE g.source = '$1' AND g.delivery_id = '$2')
        AND NOT EXISTS (SELECT FROM jirasync.jobs j WHERE j.source = '$1' AND j.kind = 'fetch_commits' AND j.state <> 'discarded')
        FROM jirasync.pushes p WHERE p.source = '$1' AND p.delivery_id = '$2'"
}
shown() { # delivery: what push_gaps says of it
    sql -c "SELECT g.repository || ' ' || g.ref || ': ' || g.reason FROM jirasync.push_gaps g WHERE g.delivery_id = '$1'"
}
is_discarded() { # source, delivery, words
    echo "SELECT EXISTS (SELECT FROM jirasync.failed_jobs f WHERE f.kind = 'fetch_commits' AND f.source = '$1' AND f.key = '$2/1'
        AND f.last_error LIKE '%$3%')"
}
listed() { # source, delivery: pushes.listed, rows of push_commits, hashes whose message and parents are known
    sql -c "SELECT p.listed || ' ' || count(l.sha) || ' ' || count(c.sha) FROM jirasync.pushes p
        LEFT JOIN jirasync.push_commits l USING (tenant, source, delivery_id, change)
        LEFT JOIN jirasync.commits c ON c.source = p.source AND c.sha = l.sha AND c.parents IS NOT NULL AND c.message <> ''
        WHERE p.source = '$1' AND p.delivery_id = '$2' GROUP BY p.listed"
}

start() { # config: sets $worker
    "$build/jirasync-worker" -c "$1" >>"$work/worker.log" 2>&1 &
    worker=$!
    pids="$pids $worker"
}

stop() {
    kill "$worker"
    wait "$worker"
}

# 250 commits on main, of which the last merges a branch of 20.
python3 - >"$work/stream" <<'END'
def commit(mark, ref, parents, text):
    print("commit refs/heads/%s\nmark :%d\ncommitter Ada <ada@example.com> %d +0000\ndata <<.\n%s\n." % (ref, mark, 1740787200 + 60 * mark, text))
    print("".join("%s :%d\n" % (word, parent) for word, parent in zip(("from", "merge"), parents)))
for mark in range(1, 230):
    commit(mark, "main", [mark - 1] if mark > 1 else [], "APP-%d Work “%d”" % (mark % 9 + 1, mark))
for mark in range(230, 250):
    commit(mark, "side", [mark - 1], "OPS-%d Side \\ %d" % (mark % 9 + 1, mark))
commit(250, "main", [229, 249], "Merge branch 'side'")
END
git init -q --bare -b main "$work/app.git"
git -C "$work/app.git" fast-import --quiet <"$work/stream"
sha() { git -C "$work/app.git" rev-parse "$1"; }
head=$(sha main) early=$(sha main~200) side=$(sha side)

host hosts --repository "org/app=$work/app.git" --repository "org/twin=$work/app.git" --repository "group/sub/app=$work/app.git" --token "$HOST_TOKEN"
both=$url
host basic --repository "org/app=$work/app.git" --token "$HOST_TOKEN" --user bot@example.com
cat >"$work/sources.conf" <<END
[source hub]
kind = github
base_url = $both
api_token = env:HOST_TOKEN
[source cloud]
kind = bitbucket
api_url = $url
api_user = bot@example.com
api_token = env:HOST_TOKEN
[source server]
kind = bitbucket-server
base_url = $both/
api_token = env:HOST_TOKEN
[source lab]
kind = gitlab
base_url = $both
api_token = env:HOST_TOKEN
[source mute]
kind = github
base_url = $both
END
settings "$work/sources.conf" >"$work/worker.conf"
settings "$work/sources.conf" JIRASYNC_FETCH_COMMITS_MAX=100 >"$work/small.conf"
sed "s|^JIRASYNC_WORKER_DATABASE=.*|JIRASYNC_WORKER_DATABASE=$PGURI|" "$work/worker.conf" >"$work/import.conf"
basic=$url url=$both
start "$work/worker.conf"
until_true 'a worker tells which sources have credentials' \
    "SELECT array_agg(source ORDER BY source) = '{cloud,hub,lab,server}' FROM jirasync.sources WHERE has_credentials AND tenant = 'main'"

# Each host, over several pages.
for source in hub cloud server lab; do
    sql -c "SELECT jirasync.pause_jobs('fetch_commits')" >/dev/null
    gap "$source" "$source-1" "$early" "$head"
    check "a gap of $source is shown" "$repository main: no commits listed" "$(shown "$source-1")"
    sql -c "SELECT jirasync.resume_jobs('fetch_commits')" >/dev/null
    until_true "and closes ($source)" "$(is_whole "$source" "$source-1")"
    check "all that it moved is listed, with parents ($source)" '220 220 220' "$(listed "$source" "$source-1")"
    gap "$source" "$source-2" '' "$early" old
    until_true "so does that of a new branch ($source)" "$(is_whole "$source" "$source-2")"
    check "which brought what it descends from ($source)" '30 30 30' "$(listed "$source" "$source-2")"
done
at hub
check 'GitHub is asked in pages of its comparison' 3 "$(requests 'GET /api/v3/repos/org/app/compare/.* 200')"
check 'Bitbucket Data Center in those that it names' 3 "$(requests 'GET /rest/api/1.0/projects/org/repos/app/commits\?.*since=.* 200')"
check 'GitLab by the name of its project' 3 "$(requests 'GET /api/v4/projects/group%2Fsub%2Fapp/repository/commits\?ref_name=.*\.\..* 200')"
at cloud
check 'Bitbucket Cloud by its links' 3 "$(requests 'GET /2.0/repositories/org/app/commits/.*exclude.* 200')"
check 'keys come from the messages' '20 9' "$(sql -c "SELECT count(*) || ' ' || count(DISTINCT k.key) FROM jirasync.commit_keys k
    WHERE k.source = 'hub' AND k.key LIKE 'OPS-%' AND k.evidence = 'message'")"
until_true 'and the branch is read as a whole' "SELECT count(*) = 220 FROM jirasync.commit_refs WHERE source = 'hub' AND ref = 'main'"
check 'a merge brought the branch that it merged' 1 "$(sql -c "SELECT count(DISTINCT r.position) FROM jirasync.commit_refs r
    JOIN jirasync.commits c USING (tenant, source, repository, sha) WHERE r.source = 'hub' AND r.ref = 'main' AND c.message LIKE 'OPS-%'")"

# Once a push.
at hub
control DELETE requests >/dev/null
gap hub once "$early" "$head"
gap hub once "$early" "$head"
until_true 'a push that comes twice is whole' "$(is_whole hub once)"
check 'and is fetched once' 3 "$(requests /compare/)"
check 'there is no gap to ask for' 0 "$(sql -c "SELECT jirasync.fetch_gaps('hub')")"
sql -c "SELECT jirasync.pause_jobs('fetch_commits')" >/dev/null
gap hub once "$early" "$head" main org/app true
check 'a replay shows the gap again' f "$(sql -c "SELECT is_whole FROM jirasync.pushes WHERE delivery_id = 'once'")"
sql -c "SELECT jirasync.resume_jobs('fetch_commits')" >/dev/null
until_true 'and asks again' "$(is_whole hub once)"
check 'with the same end' '220 220 220' "$(listed hub once)"

# Without credentials.
gap mute quiet "$early" "$head"
check 'a host without credentials is not asked' 0 "$(sql -c "SELECT count(*) FROM jirasync.jobs WHERE source = 'mute' AND kind = 'fetch_commits'")"
check 'nor by hand' t "$(sql -c "SELECT jirasync.fetch_gaps('mute')" 2>&1 | grep -q 'api_token' && echo t)"
check 'its gap is shown' 'no commits listed' "$(sql -c "SELECT reason FROM jirasync.push_gaps WHERE source = 'mute'")"

# Refused credentials: the circuit opens, is seen, and closes with the first good answer.
at hub
control POST token '{"token": "another"}' >/dev/null
gap hub refused "$early" "$head"
until_true 'refused credentials open the circuit' "SELECT circuit = 'open' AND circuit_status = 401 FROM jirasync.source_health WHERE source = 'hub'"
check 'other hosts are not touched' closed "$(sql -c "SELECT circuit FROM jirasync.source_health WHERE source = 'cloud'")"
control POST token "{\"token\": \"$HOST_TOKEN\"}" >/dev/null
until_true 'until they are good again' "$(is_whole hub refused)"
check 'then it is closed' closed "$(sql -c "SELECT circuit FROM jirasync.source_health WHERE source = 'hub'")"

faults() { # fault...: of the host at $url from now on, in $path where they say no other
    control DELETE requests >/dev/null
    control POST faults "$(printf '[%s]' "$*" | sed "s|PATH|$path|g")" >/dev/null
}
first_wait() { # seconds between the first two requests
    control GET requests | python3 -c 'import json, re, sys
at = [t for t, line, _ in json.load(sys.stdin) if sys.argv[1] in line]
print(at[1] - at[0] if len(at) > 1 else "one request")' "$path"
}
tried() { # name, source, fault...: the fault happens, and the push is whole after it
    name=$1 source=$2
    shift 2
    at "$source"
    faults "$*"
    gap "$source" "$name" "$early" "$head"
    until_true "$name is tried again ($source)" "$(is_whole "$source" "$name")"
    check "$name ends whole ($source)" '220 220 220' "$(listed "$source" "$name")"
    check "$name did happen ($source)" t "$([ "$(requests "$path")" -gt 3 ] && echo t)"
}

# What every host can do to a request.
for source in hub cloud server lab; do
    at "$source"
    tried 'a limit' "$source" '{"path": "PATH", "status": 429, "headers": {"Retry-After": "2"}}'
    check "it is waited for as long as it says ($source)" t "$(sql -c "SELECT $(first_wait) >= 1.95")"
    tried 'an error of the host' "$source" '{"path": "PATH", "status": 500, "times": 2}'
    tried 'a cut connection' "$source" '{"path": "PATH", "cut": 300}'
    tried 'a truncated answer' "$source" '{"path": "PATH", "truncate": 400}'
    check "none of that opens a circuit ($source)" closed "$(sql -c "SELECT circuit FROM jirasync.source_health WHERE source = '$source'")"

    # An error that lasts costs an attempt, is seen, and is tried again soon.
    faults '{"path": "PATH", "status": 500, "headers": {"Retry-After": "3"}}'
    gap "$source" lasting "$early" "$head"
    until_true "an error that lasts is seen ($source)" "SELECT EXISTS (SELECT FROM jirasync.jobs WHERE source = '$source'
        AND kind = 'fetch_commits' AND state = 'retryable' AND attempts = 1 AND last_error LIKE '%commits is answered 500%'
        AND run_at BETWEEN now() AND now() + interval '5 s')"
    until_true "and is tried again soon ($source)" "$(is_whole "$source" lasting)"

    # 403: the circuit opens until a probe is answered, and no attempt is lost.
    sql -c "UPDATE jirasync.settings SET value = '3' WHERE name = 'circuit_probe_s'"
    faults '{"path": "PATH", "status": 403}'
    gap "$source" forbidden "$early" "$head"
    until_true "a refusal opens the circuit ($source)" "SELECT circuit = 'open' AND circuit_status = 403 FROM jirasync.source_health WHERE source = '$source'"
    check "and costs no attempt ($source)" 'forbidden/1 0' "$(sql -c "SELECT key || ' ' || attempts FROM jirasync.jobs WHERE source = '$source' AND kind = 'fetch_commits'")"
    until_true "until a probe is answered ($source)" "$(is_whole "$source" forbidden)"
    check "which closes it ($source)" closed "$(sql -c "SELECT circuit FROM jirasync.source_health WHERE source = '$source'")"
    sql -c "UPDATE jirasync.settings SET value = '1' WHERE name = 'circuit_probe_s'"

    # 404: given up at once, with what was said, and the gap stays.
    faults '{"path": "PATH", "status": 404}'
    gap "$source" absent "$early" "$head"
    until_true "what is not there is given up ($source)" "$(is_discarded "$source" absent 'commits is answered 404%fault on demand')"
    check "at once ($source)" '1 1' "$(sql -c "SELECT attempts || ' ' || $(requests "$path") FROM jirasync.failed_jobs WHERE source = '$source'")"
    check "its gap stays ($source)" "$repository main: no commits listed" "$(sql -c "SELECT g.repository || ' ' || g.ref || ': ' || g.reason
        FROM jirasync.push_gaps g WHERE g.source = '$source' AND g.delivery_id = 'absent'")"
    sql -c "SELECT jirasync.retry_job(id) FROM jirasync.failed_jobs WHERE source = '$source'" >/dev/null
    until_true "by hand it goes well once it is there ($source)" "$(is_whole "$source" absent)"
done

# GitHub says with 403, too, that it limits.
tried 'a limit by 403' hub '{"path": "PATH", "status": 403, "headers": {"X-RateLimit-Remaining": "0", "Retry-After": "2"}}'
check 'that is waited for as long as it says' t "$(sql -c "SELECT $(first_wait) >= 1.95")"
check 'and opens no circuit' closed "$(sql -c "SELECT circuit FROM jirasync.source_health WHERE source = 'hub'")"

# Pages that are no page, that lead in circles, or away from the host.
tried 'a login page' server '{"path": "PATH", "body": "<html>", "headers": {"Content-Type": "text/html"}}'
tried 'a commit without a hash' server '{"path": "PATH", "replace": ["\"id\": \"[0-9a-f]{40}\"", "\"id\": null"]}'
tried 'a list without parents' server '{"path": "PATH", "replace": ["\"parents\"", "\"others\""]}'
tried 'a comparison that counts more than it lists' hub '{"path": "page=3", "replace": ["\"total_commits\": 220", "\"total_commits\": 221"]}'
tried 'a page that leads to itself' server '{"path": "start=100", "replace": ["\"nextPageStart\": 200", "\"nextPageStart\": 100"]}'
tried 'a link in a circle' cloud '{"path": "page=2", "replace": ["page=3", "page=1"]}'
tried 'a link to another host' cloud '{"path": "exclude", "replace": ["\"next\": \"http://127.0.0.1:[0-9]+", "\"next\": \"http://127.0.0.2:1"]}'
check 'a link away is said to be one' 1 "$(grep -c "its next page is not below $basic" "$work/worker.log")"

# What will never be answered is given up, with what to do.
gap hub lost "$early" 00000000000000000000000000000000000000aa
until_true 'a commit that the host has not got is given up' "$(is_discarded hub lost 'is answered 404')"
gap server nowhere "$early" "$head" main org/none
until_true 'so is a repository' "$(is_discarded server nowhere 'no repository org/none')"
gap server odd "$early" "$head" main oddly/named/app
until_true 'and one that the host can not have' "$(is_discarded server odd 'has no repository oddly/named/app')"
check 'the gaps stay' 3 "$(sql -c "SELECT count(*) FROM jirasync.push_gaps WHERE delivery_id IN ('lost', 'nowhere', 'odd') AND reason = 'no commits listed'")"

# kill -9 in mid-fetch: another worker takes it.
at lab
faults '{"path": "page=2", "delay_ms": 20000}'
gap lab killed "$early" "$head"
until_true 'a fetch is under way' "SELECT EXISTS (SELECT FROM jirasync.jobs WHERE key = 'killed/1' AND state = 'running')"
kill -9 "$worker"
start "$work/worker.conf"
until_true 'another worker takes what a killed one held' "$(is_whole lab killed)"
check 'all of it' '220 220 220' "$(listed lab killed)"

# A stop does not wait for a host.
at hub
faults '{"path": "PATH", "delay_ms": 20000}'
gap hub stopped "$early" "$head"
until_true 'a fetch is under way again' "SELECT EXISTS (SELECT FROM jirasync.jobs WHERE key = 'stopped/1' AND state = 'running')"
stop
check 'a stop gives the job back, and costs it nothing' 'available 0' "$(sql -c "SELECT state || ' ' || attempts FROM jirasync.jobs WHERE key = 'stopped/1'")"

# A worker whose sources file lacks the credentials puts the job off for a minute at most: another one may have them.
printf '[source server]\nkind = bitbucket-server\nbase_url = %s\napi_token = env:HOST_TOKEN\n' "$both" >"$work/other.conf"
settings "$work/other.conf" >"$work/lacking.conf"
start "$work/lacking.conf"
until_true 'a worker without credentials leaves the job to others' "SELECT EXISTS (SELECT FROM jirasync.jobs WHERE key = 'stopped/1'
    AND state = 'available' AND attempts = 0 AND is_put_off AND run_at BETWEEN now() + interval '30 s' AND now() + interval '60 s')"
stop
check 'and by hand it is asked for at once, with what was given up' 2 "$(sql -c "SELECT jirasync.fetch_gaps('hub')")"

# More than the limit stays a gap, for an import; what an import has read is not asked for.
start "$work/small.conf"
until_true 'a push of more than the limit is given up' "$(is_discarded hub stopped 'more than 100 commits%import org/app')"
gap hub long '' "$side" side org/twin
until_true 'so is a new branch' "$(is_discarded hub long 'more than 100 commits')"
stop
sql -c "SELECT jirasync.retry_job(id) FROM jirasync.failed_jobs WHERE key IN ('stopped/1', 'long/1')" >/dev/null
gap mute new '' "$side" side
for repository in org/app org/twin; do
    "$build/jirasync" -c "$work/import.conf" import-commits --quiet --source hub --repository "$repository" "$work/app.git" >"$work/said" 2>&1
done
check 'an import closes what is too long' 0 "$(sql -c "SELECT count(*) FROM jirasync.push_gaps WHERE source = 'hub' AND delivery_id IN ('stopped', 'long')")"
control DELETE requests >/dev/null
start "$work/small.conf"
until_true 'then there is nothing to do' "SELECT NOT EXISTS (SELECT FROM jirasync.jobs WHERE key IN ('stopped/1', 'long/1'))"
check 'and nothing is asked' 0 "$(requests .)"
# A branch that is cut from what an import has read: only its own.
git -C "$work/app.git" fast-import --quiet <<END
commit refs/heads/cut
committer Ada <ada@example.com> 1750000000 +0000
data <<.
APP-1 Cut
.
from refs/heads/main

END
gap hub cut '' "$(sha cut)" cut
until_true 'a new branch is fetched down to what is known' "$(is_whole hub cut)"
check 'which is one commit here' '1 1 1' "$(listed hub cut)"
check 'by one request' 1 "$(requests .)"
stop

# Credentials that come later ask for all gaps.
sed 's/^\[source mute\]$/&\napi_token = env:HOST_TOKEN/' "$work/sources.conf" >"$work/sources.new" && mv "$work/sources.new" "$work/sources.conf"
start "$work/worker.conf"
until_true 'credentials that come later close all gaps' "$(is_whole mute quiet)"
until_true 'those of new branches, too' "$(is_whole mute new)"
stop

check 'no log names the token' 0 "$(cat "$work"/*.log "$work"/lives/*.log | grep -c "$HOST_TOKEN")"
check 'the rows have it nowhere' 0 "$(pg_dump -d "$PGURI" -a -n jirasync | grep -c "$HOST_TOKEN")"
