#!/bin/sh
# What PostgreSQL does not store in its time is kept, and stored by a job: a git host sends nothing again.
# shellcheck disable=SC1091,SC2154  # e2e.sh sets work, status, answer
. "$(dirname -- "$0")/../support/e2e.sh"
stack_up
add_sources github

push() { # delivery id, letter of the commit's hash: pushes a commit
    sha=$(printf '%040d' 0 | tr 0 "$2")
    printf '{"ref":"refs/heads/main","before":"%040d","after":"%s","commits":[{"id":"%s","message":"APP-1 something","timestamp":"2026-03-01T10:00:00Z"}],"repository":{"full_name":"org/app"}}' \
        0 "$sha" "$sha" >"$work/body"
    post /webhooks/github/github "$work/body" -H "X-Hub-Signature-256: $(sign "$work/body")" -H "X-GitHub-Delivery: $1" -H 'X-GitHub-Event: push'
}
kept() { # what, delivery id, SQLSTATE
    equals "$1: is answered that it is kept" '422 too_slow quarantined' "$status $(jq -r '.error + " " + .outcome' "$work/answer")"
    equals "$1: and is, as it came, with its event" "too_slow push $3 t" \
        "$(sql "SELECT concat_ws(' ', reason, event, sqlstate, body = pg_read_binary_file('$work/body')) FROM jirasync.quarantined_deliveries WHERE delivery_id = '$2'")"
}
stored() { # what, delivery id: a job stores it
    sql "SELECT jirasync.resume_jobs('replay')" >/dev/null
    check "$1: a job stores it" await 60 sql "SELECT outcome = 'applied' FROM jirasync.deliveries WHERE delivery_id = '$2'"
    equals "$1: nothing is left in quarantine" 0 "$(sql 'SELECT count(*) FROM jirasync.quarantined_deliveries')"
    equals "$1: its commit is there" 1 "$(sql "SELECT count(*) FROM jirasync.commits WHERE sha = '$sha'")"
    sql "SELECT jirasync.pause_jobs('replay')" >/dev/null
}

sql "SELECT jirasync.pause_jobs('replay')" >/dev/null
sql "CREATE FUNCTION public.take_long() RETURNS trigger LANGUAGE plpgsql AS \$\$
     BEGIN
         IF session_user = 'jirasync_receiver' THEN PERFORM pg_sleep(60); END IF;
         RETURN NEW;
     END \$\$"
sql 'CREATE TRIGGER take_long BEFORE INSERT ON jirasync.pushes FOR EACH ROW EXECUTE FUNCTION public.take_long()'
push slow-1 a
kept 'a push that takes too long' slow-1 57014
push slow-1 a
equals 'the same again is kept once' '422 1' "$status $(sql 'SELECT count(*) FROM jirasync.quarantined_deliveries')"
stored 'a push that takes too long' slow-1
sql 'DROP TRIGGER take_long ON jirasync.pushes'
push slow-1 a
equals 'the same again is a duplicate then' '200 duplicate' "$status $(jq -r .outcome "$work/answer")"

# As while a job stores a large one.
PGAPPNAME=holder psql -XAtq -d "$PGURI" -c "SELECT pg_advisory_lock(hashtext('jirasync'), hashtext('git')), pg_sleep(600)" >/dev/null 2>&1 &
check 'another transaction stores a push' await 20 sql "SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE application_name = 'holder' AND locktype = 'advisory' AND granted"
push waiting-1 b
equals 'a push that waits for another one: is answered that it is kept' '422 too_slow' "$status $(jq -r .error "$work/answer")"
sql "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'holder'" >/dev/null
stored 'a push that waits for another one' waiting-1
