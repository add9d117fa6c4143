#!/bin/sh
# An outage of the receiver that is longer than a site bears asks for a reconciliation, once.
# shellcheck disable=SC1091,SC2154  # e2e.sh sets work, status, answer
. "$(dirname -- "$0")/../support/e2e.sh"
stack_up

until_true() { # what, SQL: waits up to 60 s for true
    tries=600
    while [ "$(sql "$2")" != t ]; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || { bad "$1"; return; }
        sleep 0.1
    done
    good "$1"
}

until_true 'the receiver says that it is there' "SELECT receiver_seen_at IS NOT NULL FROM jirasync.site_positions WHERE source = 'default'"
sql "UPDATE jirasync.site_settings SET reconcile_after_outage = '10 seconds' WHERE source = 'default'"
until_true 'and says so again and again' "SELECT receiver_seen_at > now() - interval '1 second' FROM jirasync.site_positions WHERE source = 'default'"
equals 'nothing is asked for meanwhile' 0 "$(sql "SELECT count(*) FROM jirasync.jobs WHERE kind = 'reconcile'")"

kill -9 "$(cut -d ' ' -f 1 "$RUN_DIR/receiver.pid")"
until_true 'without a receiver nobody says so' "SELECT receiver_seen_at < now() - interval '11 seconds' FROM jirasync.site_positions WHERE source = 'default'"
check 'it is started again' "$support/stack" up
until_true 'the first that is back finds the outage' "SELECT outage_until - outage_from > interval '10 seconds' FROM jirasync.source_health WHERE source = 'default'"
equals 'and asks for a reconciliation' 'default outage' "$(sql "SELECT j.source || ' ' || p.asked_by FROM jirasync.jobs j JOIN jirasync.site_positions p USING (tenant, source) WHERE j.kind = 'reconcile'")"
