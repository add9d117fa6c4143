#!/bin/sh
# SIGTERM: what is accepted is finished, stored and answered, then all children leave. A killed supervisor leaves none.
# shellcheck disable=SC1091,SC2154  # e2e.sh sets work, status, answer
. "$(dirname "$0")/../support/e2e.sh"
stack_up

supervisor() { cut -d' ' -f1 "$RUN_DIR/receiver.pid"; }
children() { ps -o pid= --ppid "$(supervisor)" | tr -d ' '; }
none_left() { for pid in $1; do ! kill -0 "$pid" 2>/dev/null || return 1; done; echo yes; }
logged() { grep -c "\"message\":\"$1\"" "$RUN_DIR/log/receiver.log"; }
acknowledged() { wc -l <"$work/acknowledged"; }
at_least() { [ "$(acknowledged)" -ge "$1" ] && echo yes; }

# --- a delivery that waits for its commit while the signal comes
printf '{"timestamp":1772380800000,"webhookEvent":"jira:issue_updated","issue":{"id":"1","key":"DRN-1","fields":{"summary":"A story","issuetype":{"name":"Story"},"project":{"id":"1","key":"DRN"},"status":{"name":"Open"},"updated":"2026-03-01T09:00:00.000-0700"}}}' >"$work/body"
mkfifo "$work/lock"
psql -XAtq -d "$PGURI" <"$work/lock" >"$work/locked" 2>&1 &
exec 8>"$work/lock"
echo 'BEGIN; LOCK TABLE jirasync.deliveries IN ACCESS EXCLUSIVE MODE; SELECT 1;' >&8
check 'a lock holds up the ledger' await 20 cat "$work/locked"
(post /webhooks/jira "$work/body" -H 'X-Atlassian-Webhook-Identifier: waits'; echo "$status $answer" >"$work/waited") &
client=$!
blocked() { sql "SELECT count(*) FROM pg_stat_activity WHERE usename = 'jirasync_receiver' AND wait_event_type = 'Lock'"; }
check 'a delivery waits for its commit' await 20 blocked
before=$(children)
kill -TERM "$(supervisor)"
check 'the supervisor drains' await 20 logged draining
echo 'COMMIT;' >&8
exec 8>&-
wait "$client"
matches 'the waiting delivery is answered 200' '^200 .*"outcome":"applied".*"event_id":"waits"' "$(cat "$work/waited")"
check 'the supervisor leaves' await 20 logged 'supervisor leaves'
check 'no child is left' await 20 none_left "$before"
equals 'and the delivery is stored' 1 "$(sql "SELECT count(*) FROM jirasync.deliveries WHERE delivery_id = 'waits'")"

# --- under load
check 'up starts it again' "$support/stack" up
"$support/sender.py" --count 2000 --connections 8 --acknowledged "$work/acknowledged" >"$work/sender.log" 2>&1 &
sender=$!
check 'the load runs' await 30 at_least 300
kill -TERM "$(supervisor)"
left_twice() { [ "$(logged 'supervisor leaves')" = 2 ] && echo yes; }
check 'it drains under load' await 30 left_twice
check 'up starts it once more' "$support/stack" up
wait "$sender"
equals 'the sender ends without an error' 0 "$?"
cat "$work/sender.log"
cut -d' ' -f1 "$work/acknowledged" | psql -XAtq -d "$PGURI" -c 'CREATE TABLE public.acknowledged (delivery_id text)' \
    -c '\copy public.acknowledged FROM pstdin'
equals 'each acknowledged delivery is there' '2000 2000' "$(sql "
    SELECT count(*) || ' ' || count(DISTINCT delivery_id) FROM jirasync.deliveries JOIN public.acknowledged USING (delivery_id)")"

# --- a killed supervisor
before=$(children)
kill -KILL "$(supervisor)"
check 'children of a killed supervisor leave' await 30 none_left "$before"
