#!/bin/sh
# /readyz after a fault of ours: false while deliveries can't be stored, true again without a delivery once it is mended.
# shellcheck disable=SC1091,SC2154  # e2e.sh sets work, status, answer
. "$(dirname "$0")/../support/e2e.sh"
stack_up

role() { # GRANT or REVOKE, TO or FROM
    sql "DO \$\$ DECLARE f regprocedure; BEGIN
        FOR f IN SELECT oid FROM pg_proc WHERE pronamespace = 'jirasync'::regnamespace AND proname = 'store_deliveries' LOOP
            EXECUTE format('$1 EXECUTE ON FUNCTION %s $2 jirasync_receiver', f);
        END LOOP; END \$\$"
}
says() { # status
    ask /readyz
    [ "$status" = "$1" ] && echo yes
}

# One child, so that the one that is asked is the one that met the fault.
echo 'JIRASYNC_PROCESSES=1' >>"$RUN_DIR/jirasync.conf"
supervisor=$(cut -d' ' -f1 "$RUN_DIR/receiver.pid")
kill -HUP "$supervisor"
alone() { [ "$(ps -o pid= --ppid "$supervisor" | wc -l)" = 1 ] && echo yes; }
check 'one child serves' await 30 alone

check 'the stack is ready, once the new child has a connection' await 30 says 200
role REVOKE FROM
post /webhooks/jira "$root/tests/fixtures/sample/13-story-wont-do.json" -H 'X-Atlassian-Webhook-Identifier: refused'
equals 'a delivery that our own fault keeps out may come again' '503 database_misuse' "$status $(jq -r .error "$work/answer")"
check 'the receiver is not ready' await 10 says 503
role GRANT TO
check 'once it is mended it is ready, though no delivery came to show it' await 60 says 200
