# shellcheck shell=sh disable=SC2034  # answer and status are for the tests
# Sourced by the end-to-end tests: a local stack of their own, on ports of the system's choice, and checks.
#
# Each check prints a line "ok WHAT" or "not ok WHAT". The stack is stopped and its folder removed at the end.
set -u
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
support=$root/tests/support
unset JIRASYNC_PORT PGPORT PGURI JIRASYNC_CONFIG JIRA_WEBHOOK_SECRET JIRA_WEBHOOK_SECRET_FILE
RUN_DIR=$(mktemp -d "${TMPDIR:-/tmp}/js-e2e.XXXXXX") || exit 1
chmod 0755 "$RUN_DIR"
export RUN_DIR
work=$RUN_DIR/work
mkdir "$work"
bad=0

at_end() {
    status=$?
    if [ "$bad$status" != 00 ]; then logs; fi
    "$support/stack" down || echo 'not ok the stack can be stopped'
    real=$(readlink "$RUN_DIR/state" || true)
    rm -rf "$RUN_DIR" ${real:+"$real"}
    [ "$bad" = 0 ] || exit 1
    exit "$status"
}
trap at_end EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

logs() {
    for file in "$RUN_DIR"/log/*; do
        echo "--- $file"
        tail -n 8 "$file" | cut -c1-600
    done
}

good() { echo "ok $1"; }
bad() { # what, detail
    echo "not ok $1"
    [ -z "${2:-}" ] || printf '%s\n' "$2" | sed 's/^/    /'
    bad=1
}
check() { # what, command...: the command succeeds
    what=$1
    shift
    if output=$("$@" 2>&1); then good "$what"; else bad "$what" "$output"; fi
}
equals() { if [ "$2" = "$3" ]; then good "$1"; else bad "$1" "expected: $2
got:      $3"; fi; } # what, expected, got
matches() { if printf '%s\n' "$3" | grep -Eq -- "$2"; then good "$1"; else bad "$1" "expected: $2
got:      $3"; fi; } # what, pattern, got

stack_up() {
    "$support/stack" up || { echo 'not ok the stack starts'; bad=1; exit 1; }
    set -a
    # shellcheck disable=SC1091  # written by the stack
    . "$RUN_DIR/env"
    set +a
}

sql() { psql -XAtq -d "$PGURI" -c "$1"; }

sign() { # file: its X-Hub-Signature
    key=$(printf %s "$JIRA_WEBHOOK_SECRET" | od -An -v -tx1 | tr -d ' \n')
    printf 'sha256=%s' "$(openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" -r "$1" | cut -d' ' -f1)"
}

# Asks with curl; sets status, and leaves headers in $work/headers and the body in $work/answer.
ask() { # path, curl options...
    path=$1
    shift
    status=$(curl -sS --http1.1 --max-time 30 --cacert "$JIRASYNC_CA" -D "$work/headers" -o "$work/answer" -w '%{http_code}' \
        "$@" "$JIRASYNC_URL$path" 2>"$work/curl.log") || status="curl: $(cat "$work/curl.log")"
    answer=$(cat "$work/answer" 2>/dev/null)
}
post() { # path, file, curl options...
    where=$1 file=$2
    shift 2
    ask "$where" -H 'Content-Type: application/json' -H 'Expect:' -H "X-Hub-Signature: $(sign "$file")" --data-binary "@$file" "$@"
}

# Waits until a command prints something else than nothing or 0.
await() { # seconds, command...
    until_then=$(($(date +%s) + $1))
    shift
    while :; do
        got=$("$@" 2>/dev/null) && [ -n "$got" ] && [ "$got" != 0 ] && [ "$got" != f ] && return 0
        [ "$(date +%s)" -lt "$until_then" ] || return 1
        sleep 0.05
    done
}

# Sources of git hosts, each named as its kind, with the secret of the source default; the receiver has them when this returns.
add_sources() { # kind...
    sources=$(readlink -f "$RUN_DIR/sources.conf")
    secret=$(sed -n 's/^secret = //p' "$sources" | head -n 1)
    for kind; do printf '\n[source %s]\nkind = %s\nsecret = %s\n' "$kind" "$kind" "$secret" >>"$sources"; done
    reloads=$(grep -c '"message":"reloaded' "$RUN_DIR/log/receiver.log")
    kill -HUP "$(cut -d' ' -f1 "$RUN_DIR/receiver.pid")"
    check 'the receiver takes the sources' await 30 has_reloaded "$reloads"
}
has_reloaded() { [ "$(grep -c '"message":"reloaded' "$RUN_DIR/log/receiver.log")" -gt "$1" ] && echo yes; }
