#!/bin/sh
# Parts are killed under load; each acknowledged delivery is there exactly once, and the correlation converges.
# shellcheck disable=SC1091,SC2154  # e2e.sh sets work, status, answer
. "$(dirname "$0")/../support/e2e.sh"
stack_up

pid_of() { cut -d' ' -f1 "$RUN_DIR/$1.pid"; }
acknowledged() { wc -l <"$work/acknowledged"; }
at_least() { [ "$(acknowledged)" -ge "$1" ] && echo yes; }
child() { ps -o pid= --ppid "$(pid_of receiver)" | sed -n "${1}p" | tr -d ' '; }

"$support/sender.py" --count 3000 --connections 8 --acknowledged "$work/acknowledged" >"$work/sender.log" 2>&1 &
sender=$!

check 'the load runs' await 30 at_least 200
killed=$(child 1)
kill -KILL "$killed"
replaced() { [ "$(ps -o pid= --ppid "$(pid_of receiver)" | wc -l)" -ge "$children" ] && ! kill -0 "$killed" 2>/dev/null && echo yes; }
children=$(sed -n 's/.*"supervisor started".*"count":\([0-9]*\).*/\1/p' "$RUN_DIR/log/receiver.log" | tail -n 1)
check 'a killed child of the receiver is replaced' await 20 replaced

check 'the load goes on' await 60 at_least 700
kill -KILL "$(pid_of worker)"
check 'up starts a killed worker again' "$support/stack" up

check 'the load goes on after that' await 60 at_least 1100
check 'PostgreSQL is restarted without mercy' "$support/cluster" restart "$RUN_DIR/pg" immediate
check 'the load goes on with the restarted database' await 120 at_least 1600

postmaster=$(head -n 1 "$RUN_DIR/pg/data/postmaster.pid")
kill -KILL "$postmaster"
check 'up starts a killed PostgreSQL again' "$support/stack" up

kill -KILL "$(pid_of receiver)"
check 'up starts a killed supervisor again' "$support/stack" up
kill -KILL "$(pid_of nginx)"
check 'up starts a killed nginx again' "$support/stack" up

wait "$sender"
equals 'the sender ends without an error' 0 "$?"
cat "$work/sender.log"
equals 'all deliveries were acknowledged' 3000 "$(acknowledged)"
check 'some had to be repeated' grep -qE ' [1-9][0-9]* repeated' "$work/sender.log"
check 'the queue becomes empty' "$support/wait-correlated" 120

cut -d' ' -f1 "$work/acknowledged" | psql -XAtq -d "$PGURI" -c 'CREATE TABLE public.acknowledged (delivery_id text)' \
    -c '\copy public.acknowledged FROM pstdin'
equals 'each acknowledged delivery is there exactly once' '3000 3000' "$(sql "
    SELECT count(*) || ' ' || count(DISTINCT delivery_id)
    FROM jirasync.deliveries JOIN public.acknowledged USING (delivery_id)")"
equals 'and nothing else is' 3000 "$(sql 'SELECT count(*) FROM jirasync.deliveries')"
awk '$3 > newest[$2] { newest[$2] = $3 } END { for (issue in newest) print issue, newest[issue] }' "$work/acknowledged" |
    sort >"$work/expected"
sql "SELECT issue_id || ' ' || (extract(epoch FROM updated_at) * 1000)::bigint FROM jirasync.issues" | sort >"$work/got"
equals 'each issue shows its newest snapshot' "$(cat "$work/expected")" "$(cat "$work/got")"
equals 'the rebuild changes nothing' 0 "$(sql 'SELECT jirasync.correlation_rebuild()')"
equals 'no run stays open' 0 "$(sql 'SELECT count(*) FROM jirasync.runs WHERE finished_at IS NULL')"
