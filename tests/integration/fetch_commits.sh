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

make -s BUILD="$build" "$build/jirasync" "$build/jirasync-worker" "$build/tests/support/git_document" >/dev/null ||
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
