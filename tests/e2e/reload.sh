#!/bin/sh
# SIGHUP under load: new children from the binary on disk take over, and not one request fails.
# shellcheck disable=SC1091,SC2154  # e2e.sh sets work, status, answer
. "$(dirname "$0")/../support/e2e.sh"
stack_up

supervisor() { cut -d' ' -f1 "$RUN_DIR/receiver.pid"; }
children() { ps -o pid= --ppid "$(supervisor)" | tr -d ' ' | sort; }
logged() { grep -c "\"message\":\"$1" "$RUN_DIR/log/receiver.log"; }
reached() { [ "$(logged "$1")" -ge "$2" ] && echo yes; }
acknowledged() { wc -l <"$work/acknowledged"; }
at_least() { [ "$(acknowledged)" -ge "$1" ] && echo yes; }
none_left() { for pid in $1; do ! kill -0 "$pid" 2>/dev/null || return 1; done; echo yes; }

"$support/sender.py" --count 3000 --connections 8 --acknowledged "$work/acknowledged" >"$work/sender.log" 2>&1 &
sender=$!
for turn in 1 2 3; do
    check "the load runs ($turn)" await 60 at_least $((turn * 500))
    before=$(children)
    kill -HUP "$(supervisor)"
    check "new children take over ($turn)" await 30 reached reloaded $turn
    check "the old ones leave ($turn)" await 30 none_left "$before"
done
wait "$sender"
equals 'the sender ends without an error' 0 "$?"
cat "$work/sender.log"
matches 'not one request had to be repeated' ' 0 repeated' "$(cat "$work/sender.log")"
equals 'all are stored' 3000 "$(sql 'SELECT count(*) FROM jirasync.deliveries')"
equals 'the counters outlive the children' 3000 "$(
    ask /metrics
    sed -n 's/^jirasync_deliveries_total{outcome="\(applied\|stale\|duplicate\)"} //p' "$work/answer" | awk '{ sum += $1 } END { print sum }')"

# --- a configuration that is no good
cp "$RUN_DIR/jirasync.conf" "$work/good.conf"
before=$(children)
echo 'JIRASYNC_THREADS=none' >>"$RUN_DIR/jirasync.conf"
kill -HUP "$(supervisor)"
check 'a bad configuration is refused' await 20 reached 'reload refused' 1
matches 'and the log says why, as JSON' '^{.*JIRASYNC_THREADS' "$(grep JIRASYNC_THREADS "$RUN_DIR/log/receiver.log")"
equals 'every line of the log is a JSON object' 0 "$(grep -vc '^{.*}$' "$RUN_DIR/log/receiver.log")"
equals 'the old children go on' "$before" "$(children)"
ask /readyz
equals 'and answer' 200 "$status"
cat "$work/good.conf" >"$RUN_DIR/jirasync.conf"

# --- more children, by configuration
echo 'JIRASYNC_PROCESSES=3' >>"$RUN_DIR/jirasync.conf"
kill -HUP "$(supervisor)"
check 'a good one is taken' await 30 reached reloaded 4
three() { [ "$(children | wc -l)" = 3 ] && echo yes; }
check 'with as many children as it says' await 30 three

# --- a change that comes while the last one is being taken
cat "$work/good.conf" >"$RUN_DIR/jirasync.conf"
echo 'JIRASYNC_PROCESSES=4' >>"$RUN_DIR/jirasync.conf"
begun=$(logged 'reloading from')
kill -HUP "$(supervisor)"
until [ "$(logged 'reloading from')" -gt "$begun" ]; do :; done
cat "$work/good.conf" >"$RUN_DIR/jirasync.conf"
echo 'JIRASYNC_PROCESSES=1' >>"$RUN_DIR/jirasync.conf"
kill -HUP "$(supervisor)"
one() { [ "$(children | wc -l)" = 1 ] && echo yes; }
check 'a SIGHUP during a reload is not lost' await 30 one
