#!/bin/sh
# up, down and run: idempotent, movable, as root and as an ordinary user, and never in another stack's way.
# shellcheck disable=SC1091,SC2154,SC2016,SC2009  # e2e.sh sets work, status, answer; a command line is looked for
. "$(dirname "$0")/../support/e2e.sh"
stack_up

picture() { # what a second up must not change
    cat "$RUN_DIR"/*.pid "$RUN_DIR/env" "$RUN_DIR/jirasync.conf" "$RUN_DIR/sources.conf"
    head -n 1 "$RUN_DIR/pg/data/postmaster.pid"
    find "$RUN_DIR/artifacts" -type f
    sql 'SELECT (SELECT count(*) FROM jirasync.deliveries), (SELECT count(*) FROM jirasync.runs), (SELECT count(*) FROM jirasync.jobs)'
}
first_pid() { cut -d' ' -f1 "$RUN_DIR/$1.pid"; }

before=$(picture)
check 'up again' "$support/stack" up
equals 'up again changes nothing' "$before" "$(picture)"
check 'two ups at once' sh -c '"$1" up & "$1" up && wait $!' - "$support/stack"
equals 'change nothing either' "$before" "$(picture)"
for name in JIRASYNC_URL JIRASYNC_CA PGURI JIRA_WEBHOOK_SECRET JIRASYNC JIRASYNC_CONFIG; do
    check "env tells $name" grep -q "^$name=." "$RUN_DIR/env"
done
matches 'JIRASYNC_URL has a port' '^https://[^/:]+:[0-9]+$' "$JIRASYNC_URL"
matches 'PGURI has user, password, host and port' '^postgresql://[^:]+:[^@]+@[^:]+:[0-9]+/[a-z]+$' "$PGURI"
matches 'a wrong password is refused' 'authentication failed' "$(psql -Xd "$(echo "$PGURI" | sed 's|:[^:@]*@|:wrong@|')" -c 'SELECT 1' 2>&1)"
equals 'the command needs nothing but env' 0 "$("$JIRASYNC" --version >/dev/null 2>&1; echo $?)"
mode() { stat -c %a "$RUN_DIR/$1"; }
equals 'what holds passwords is for its owner alone' '600 600 600' "$(mode env) $(mode jirasync.conf) $(mode webhook_secret)"

# --- nginx's files as they are shipped, but for the certificate and the folders
mkdir -p "$work/nginx/tmp"
cp "$root"/nginx/* "$work/nginx/"
sed -i -e "s|/etc/jirasync/tls/|$RUN_DIR/tls/|" -e "s|/run/jirasync/|$work/|; s|/var/l[a-z]*/nginx/|$work/nginx/tmp/|" "$work/nginx"/*.conf
if [ "$(id -u)" != 0 ]; then sed -i 's/^user .*//' "$work/nginx/nginx.conf"; fi
check 'nginx takes the shipped configuration' env PATH="$PATH:/usr/sbin" nginx -t -q -e "$work/nginx.log" -p "$work/nginx" -c "$work/nginx/nginx.conf"

# --- a second stack beside it
other=$work/second
check 'a second stack starts' env RUN_DIR="$other" "$support/stack" up
check 'and stops' env RUN_DIR="$other" "$support/stack" down
check 'and stops again' env RUN_DIR="$other" "$support/stack" down
equals 'the first one did not notice' "$before" "$(picture)"
port=$(python3 -c 'import socket; a, b = socket.socket(), socket.socket(); a.bind(("127.0.0.1", 0)); b.bind(("127.0.0.1", 0)); print(a.getsockname()[1], b.getsockname()[1])')
check 'it starts on other ports' env RUN_DIR="$other" JIRASYNC_PORT="${port% *}" PGPORT="${port#* }" "$support/stack" up
matches 'the port of nginx was moved' ":${port% *}\$" "$(grep ^JIRASYNC_URL "$other/env")"
matches 'the port of PostgreSQL was moved' ":${port#* }/" "$(grep ^PGURI "$other/env")"
env RUN_DIR="$other" "$support/stack" down
left() { ps -e -o args= | grep -F "$other" | grep -v grep; }
equals 'down leaves no process' '' "$(left)"

# --- run
cat >"$work/interrupt" <<'SCRIPT'
import os, signal, subprocess, sys, time
log = open(sys.argv[2], "w")
# Whoever was started in the background ignores SIGINT, and a shell can't trap what it was started to ignore.
process = subprocess.Popen([sys.argv[1], "run"], stdout=log, stderr=log, start_new_session=True, env=dict(os.environ, RUN_ONCE="0"),
                           preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
deadline = time.time() + 120
while "Ctrl-C stops it" not in open(sys.argv[2]).read():
    if process.poll() is not None or time.time() > deadline:
        process.terminate()
        sys.exit(open(sys.argv[2]).read())
    time.sleep(0.1)
os.killpg(process.pid, signal.SIGINT)
sys.exit(process.wait(60))
SCRIPT
check 'run stays until Ctrl-C' env RUN_DIR="$other" python3 "$work/interrupt" "$support/stack" "$work/run.log"
for view in coverage_by_fix_version story_coverage commits_without_story 'The latest run left'; do
    check "run shows $view" grep -q "^$view" "$work/run.log"
done
equals 'Ctrl-C leaves no process' '' "$(left)"
RUN_DIR=$other "$support/stack" up >/dev/null
RUN_DIR=$other RUN_ONCE=1 "$support/stack" run >"$work/run.log" 2>&1
check 'run leaves a stack that it did not start' env RUN_DIR="$other" sh -c '. "$RUN_DIR/env"; curl -sf --cacert "$JIRASYNC_CA" "$JIRASYNC_URL/readyz"'
RUN_DIR=$other "$support/stack" down
rm -rf "$other"

# --- folders that the database can't use
long=$work/$(printf 'x%.0s' 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20)/$(printf 'y%.0s' 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20)/$(printf 'z%.0s' 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20)
check 'a stack starts in a folder of a long name' env RUN_DIR="$long" "$support/stack" up
real=$(readlink "$long/state")
equals 'its state lies in a folder for its owner alone' 700 "$(stat -c %a "$real")"
check 'it answers' sh -c '. "$1/env"; curl -sf --cacert "$JIRASYNC_CA" "$JIRASYNC_URL/readyz"' - "$long"
check 'its artifacts are seen from there' test -d "$long/artifacts/."
check 'it stops' env RUN_DIR="$long" "$support/stack" down
rm -rf "$real"
if [ "$(id -u)" = 0 ]; then
    mkdir -m 0700 "$work/private"
    check "a stack starts where the database's user can't go" env RUN_DIR="$work/private/run" "$support/stack" up
    check 'it stops again' env RUN_DIR="$work/private/run" "$support/stack" down
    rm -rf "$(readlink "$work/private/run/state")"
    user=$(ps -o user= -p "$(first_pid receiver)") worker_user=$(ps -o user= -p "$(first_pid worker)")
    equals 'receiver and worker do not run as root' 'postgres postgres' "$user $worker_user"
    mkdir "$work/ordinary"
    chown nobody "$work/ordinary"
    as_nobody() { (cd / && RUN_DIR=$work/ordinary/run setpriv --reuid=nobody --regid=nogroup --clear-groups env PATH=/usr/bin:/bin HOME=/ "$@"); }
    build=${BUILD:-build}
    case $build in /*) ;; *) build=$root/$build ;; esac
    if (cd / && setpriv --reuid=nobody --regid=nogroup --clear-groups test -x "$build/jirasync-worker"); then
        check 'a stack starts as an ordinary user' as_nobody "$support/stack" up
        check 'it stops for an ordinary user' as_nobody "$support/stack" down
    else
        # The clone lies where an ordinary user can't read it: take what is needed along.
        cp -R "$root/tests" "$root/sql" "$root/nginx" "$work/ordinary/"
        mkdir "$work/ordinary/build"
        cp "$build/jirasync" "$build"/jirasync-* "$work/ordinary/build/"
        chown -R nobody "$work/ordinary"
        check 'a stack starts as an ordinary user' as_nobody env BUILD=build "$work/ordinary/tests/support/stack" up
        check 'it stops for an ordinary user' as_nobody "$work/ordinary/tests/support/stack" down
    fi
fi

check 'down' "$support/stack" down
equals 'down stops what up started' '' "$(ps -e -o args= | grep -F "$RUN_DIR" | grep -v grep)"
