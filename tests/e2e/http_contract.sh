#!/bin/sh
# Each row of the HTTP contract, asked through nginx.
# shellcheck disable=SC1091,SC2154  # e2e.sh sets work, status, answer
. "$(dirname "$0")/../support/e2e.sh"
stack_up

issue() { # id, key, timestamp: a whole snapshot
    printf '{"timestamp":%s,"webhookEvent":"jira:issue_updated","issue":{"id":"%s","key":"%s","fields":{"summary":"A story","issuetype":{"name":"Story"},"project":{"id":"1","key":"%s"},"status":{"name":"Open"},"updated":"2026-03-01T09:00:00.000-0700"}}}' \
        "$3" "$1" "$2" "${2%-*}"
}
body() { printf '%s' "$1" >"$work/body"; }
kept() { sql "SELECT count(*) FROM jirasync.quarantined_deliveries WHERE body = pg_read_binary_file('/dev/null') || decode('$(od -An -v -tx1 "$1" | tr -d ' \n')', 'hex')"; }
header() { tr -d '\r' <"$work/headers" | sed -n "s/^$1: //Ip" | tail -n 1; }
is_json() { jq -e . "$work/answer" >/dev/null 2>&1 && [ "$(header Content-Type)" = application/json ]; }
refused() { # what, status, error code
    equals "$1" "$2 $3" "$status $(jq -r .error "$work/answer" 2>&1)"
    check "$1, in JSON" is_json
}
quarantined() { # what, error code
    refused "$1" 422 "$2"
    equals "$1, says so" quarantined "$(jq -r .outcome "$work/answer")"
    equals "$1, its bytes are kept" 1 "$(kept "$work/body")"
}

# --- stored
issue 1001 WEB-1 1772380800000 >"$work/body"
post /webhooks/jira "$work/body" -H 'X-Atlassian-Webhook-Identifier: one'
equals 'a signed delivery is answered 200' 200 "$status"
equals 'stored: status, outcome and event_id' '["ok","applied","one"]' "$(jq -c '[.status,.outcome,.event_id]' "$work/answer")"
matches 'stored: received_at is Phoenix time' '^20[0-9-]+T[0-9:.]+-07:00$' "$(jq -r .received_at "$work/answer")"
post /webhooks/jira "$work/body" -H 'X-Atlassian-Webhook-Identifier: one' -H 'X-Atlassian-Webhook-Retry: 1'
equals 'the same again is a duplicate' '200 duplicate' "$status $(jq -r .outcome "$work/answer")"
post /webhooks/jira "$work/body" -H 'X-Atlassian-Webhook-Identifier: two'
equals 'the same body under another id is a duplicate' '200 duplicate' "$status $(jq -r .outcome "$work/answer")"
issue 1001 WEB-1 1772380700000 >"$work/body"
post /webhooks/jira/default "$work/body" -H 'X-Atlassian-Webhook-Identifier: three'
equals 'an older snapshot is stale' '200 stale' "$status $(jq -r .outcome "$work/answer")"
body '{"timestamp":1772380800000,"webhookEvent":"jira:issue_teleported","issue":{"id":"7"}}'
post /webhooks/jira "$work/body" -H 'X-Atlassian-Webhook-Identifier: four'
equals 'an event never seen before is ignored, and kept' '200 ignored 1' \
    "$status $(jq -r .outcome "$work/answer") $(sql "SELECT count(*) FROM jirasync.deliveries WHERE delivery_id = 'four' AND body IS NOT NULL")"
issue 1002 WEB-2 1772380800000 >"$work/body"
post /webhooks/jira "$work/body"
equals 'without an id the hash of the body stands for it' "sha256:$(sha256sum "$work/body" | cut -d' ' -f1)" "$(jq -r .event_id "$work/answer")"
for alias in X-Atlassian-Webhook-Signature X-Atlassian-Signature; do
    issue 1003 WEB-3 17723808000"${#alias}" >"$work/body"
    ask /webhooks/jira -H 'Content-Type: application/json' -H "$alias: $(sign "$work/body")" --data-binary "@$work/body"
    equals "$alias is taken for X-Hub-Signature" 200 "$status"
done

# --- signed, but of no use
post /webhooks/jira "$work/body" -H 'X-Atlassian-Webhook-Identifier: one'
issue 1004 WEB-4 1772380800000 >"$work/body"
post /webhooks/jira "$work/body" -H 'X-Atlassian-Webhook-Identifier: one'
quarantined 'a known id with another body' id_conflict
post /webhooks/jira "$work/body" -H 'X-Atlassian-Webhook-Identifier: one'
quarantined 'the same conflict again' id_conflict
body 'this is not JSON'
post /webhooks/jira "$work/body"
quarantined 'no JSON' invalid_json
body '[1,2]'
post /webhooks/jira "$work/body"
quarantined 'no object' not_an_object
body '{"timestamp":1772380800000,"webhookEvent":"jira:issue_updated","issue":{"key":"WEB-5","fields":{}}}'
post /webhooks/jira "$work/body"
quarantined 'an issue without an id' no_identity
body '{"timestamp":1772380800000,"webhookEvent":"jira:issue_updated","issue":"WEB-5"}'
post /webhooks/jira "$work/body"
matches 'wrong types' '^422 (wrong_type|no_identity)$' "$status $(jq -r .error "$work/answer")"
: >"$work/body"
ask /webhooks/jira -X POST -H 'Content-Length: 0' -H 'Content-Type: application/json' -H "X-Hub-Signature: $(sign "$work/body")"
refused 'an empty signed body' 422 empty_body

# --- signatures
issue 1010 WEB-10 1772380800000 >"$work/body"
before=$(sql 'SELECT count(*) FROM jirasync.deliveries')
good_signature=$(sign "$work/body")
unsigned() { # what, curl options...
    what=$1
    shift
    ask /webhooks/jira -H 'Content-Type: application/json' --data-binary "@$work/body" "$@"
    equals "$what is 401" '401 {"error":"invalid_signature","detail":"invalid signature"}' "$status $(jq -c . "$work/answer")"
}
unsigned 'no signature'
unsigned 'an empty signature' -H 'X-Hub-Signature;'
unsigned 'a malformed signature' -H 'X-Hub-Signature: sha256=xyz'
unsigned 'a truncated signature' -H "X-Hub-Signature: ${good_signature%?}"
unsigned 'another method than sha256' -H "X-Hub-Signature: sha1=${good_signature#*=}"
unsigned 'a wrong signature' -H "X-Hub-Signature: sha256=$(printf '%064d' 0)"
unsigned 'two signature headers, the first one good' -H "X-Hub-Signature: $good_signature" -H 'X-Hub-Signature: sha256=00'
unsigned 'two signature headers, the second one good' -H 'X-Hub-Signature: sha256=00' -H "X-Hub-Signature: $good_signature"
unsigned 'the same signature in two headers' -H "X-Hub-Signature: $good_signature" -H "X-Hub-Signature: $good_signature"
unsigned 'two signatures in one header' -H "X-Hub-Signature: $good_signature,$good_signature"
equals 'none of these was stored' "$before" "$(sql 'SELECT count(*) FROM jirasync.deliveries')"
check 'a sample of the rejections is kept' await 10 sql "SELECT count(*) FROM jirasync.rejected_requests"
upper=$(printf %s "${good_signature#*=}" | tr a-f A-F)
ask /webhooks/jira -H 'Content-Type: application/json' -H "X-Hub-Signature: sha256=$upper" --data-binary "@$work/body"
equals 'hex in upper case is taken' 200 "$status"

# --- git hosts
push() { # repository, branch, hash after: a push as GitHub tells of it
    printf '{"ref":"refs/heads/%s","before":"0000000000000000000000000000000000000000","after":"%s","commits":[],"repository":{"full_name":"%s"}}' "$2" "$3" "$1"
}
host() { # path, curl options...: sends the body signed as that host signs it
    where=$1
    shift
    case $where in
    */gitlab/*) set -- -H "X-Gitlab-Token: $JIRA_WEBHOOK_SECRET" "$@" ;;
    */github/*) set -- -H "X-Hub-Signature-256: $(sign "$work/body")" "$@" ;;
    *) set -- -H "X-Hub-Signature: $(sign "$work/body")" "$@" ;;
    esac
    ask "$where" -H 'Content-Type: application/json' --data-binary "@$work/body" "$@"
}
add_sources github bitbucket bitbucket-server gitlab
old=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
pushed() { # what, path, delivery id's header, curl options...: the push in the body is stored, once
    sender=$1 where=$2 named=$3
    shift 3
    host "$where" "$@" -H "$named: push-1"
    equals "$sender: a push is stored" '200 applied push-1' "$status $(jq -r '.outcome + " " + .event_id' "$work/answer")"
    equals "$sender: under its own id" 1 "$(sql "SELECT count(*) FROM jirasync.pushes WHERE source = '${where##*/}' AND delivery_id = 'push-1'")"
    host "$where" "$@" -H "$named: push-1"
    equals "$sender: the same again is a duplicate" '200 duplicate' "$status $(jq -r .outcome "$work/answer")"
    host "$where" "$@" -H "$named: push-2"
    equals "$sender: the same body under another id is a delivery of its own" '200 applied' "$status $(jq -r .outcome "$work/answer")"
    printf ' ' >>"$work/body"
    host "$where" "$@" -H "$named: push-1"
    quarantined "$sender: a known id with another body" id_conflict
    body "{\"sender\":\"$sender\""
    host "$where" "$@" -H "$named: push-3"
    quarantined "$sender: no JSON" invalid_json
    body "{\"sender\":\"$sender\"}"
    host "$where" "$@" -H "$named: push-4"
    quarantined "$sender: no repository" no_identity
    equals "$sender: the event that a header told is kept for a replay" t \
        "$(sql "SELECT bool_and(event IS NOT NULL AND event <> 'unknown') FROM jirasync.quarantined_deliveries
                WHERE source = '${where##*/}' AND delivery_id IN ('push-3', 'push-4')")"
    for wrong in 'sha256=00' "sha256=$(printf '%064d' 0)" ''; do
        ask "$where" -H 'Content-Type: application/json' --data-binary "@$work/body" "$@" \
            -H "X-Hub-Signature: $wrong" -H "X-Hub-Signature-256: $wrong" -H "X-Gitlab-Token: $wrong" -H "$named: push-5"
        equals "$sender: the signature '$wrong' is 401" '401 {"error":"invalid_signature","detail":"invalid signature"}' \
            "$status $(jq -c . "$work/answer")"
    done
}
pinged() { # what, path, curl options...
    what=$1 where=$2
    shift 2
    host "$where" "$@"
    equals "$what is ignored, and answered 200" '200 ignored' "$status $(jq -r .outcome "$work/answer")"
}
push org/app main "$old" >"$work/body"
pushed GitHub /webhooks/github/github X-GitHub-Delivery -H 'X-GitHub-Event: push'
body '{"zen":"Words of the day.","hook_id":1}'
pinged "GitHub's ping" /webhooks/github/github -H 'X-GitHub-Event: ping' -H 'X-GitHub-Delivery: ping-1'
body 'payload=%7B%22ref%22%3A1%7D'
ask /webhooks/github/github -H 'Content-Type: application/x-www-form-urlencoded' -H 'X-GitHub-Event: push' -H 'X-GitHub-Delivery: form-1' \
    -H "X-Hub-Signature-256: $(sign "$work/body")" --data-binary "@$work/body"
matches 'a hook of GitHub that sends forms is told so' '^415 .*content type' "$status $(jq -r .detail "$work/answer")"
body '{"push":{"changes":[{"old":null,"new":{"type":"branch","name":"main","target":{"hash":"'$old'"}},"commits":[]}]},"repository":{"full_name":"org/app"}}'
pushed 'Bitbucket Cloud' /webhooks/bitbucket/bitbucket X-Request-UUID -H 'X-Event-Key: repo:push'
body '{"changes":[{"ref":{"id":"refs/heads/main"},"fromHash":"0000000000000000000000000000000000000000","toHash":"'$old'"}],"repository":{"slug":"app","project":{"key":"ORG"}}}'
pushed 'Bitbucket Data Center' /webhooks/bitbucket-server/bitbucket-server X-Request-Id -H 'X-Event-Key: repo:refs_changed'
body '{"test":true}'
pinged "Data Center's ping" /webhooks/bitbucket-server/bitbucket-server -H 'X-Event-Key: diagnostics:ping' -H 'X-Request-Id: ping-1'
gitlab_push() { printf '{"object_kind":"push","ref":"refs/heads/%s","before":"%s","after":"0000000000000000000000000000000000000000","project":{"path_with_namespace":"org/app"}}' "$1" "$old"; }
gitlab_push main >"$work/body"
pushed GitLab /webhooks/gitlab/gitlab Idempotency-Key -H 'X-Gitlab-Event: Push Hook'

# --- GitLab's signing token
claimed() { # delivery id, timestamp, file: the webhook-signature of it
    key=$(printf %s "$JIRA_WEBHOOK_SECRET" | od -An -v -tx1 | tr -d ' \n')
    { printf '%s.%s.' "$1" "$2"; cat "$3"; } | openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" -binary | openssl base64 -A
}
claim() { # delivery id, timestamp, webhook-signature, curl options...
    id=$1 stamp=$2 signature=$3
    shift 3
    ask /webhooks/gitlab/gitlab -H 'Content-Type: application/json' -H 'X-Gitlab-Event: Push Hook' --data-binary "@$work/body" \
        -H "webhook-id: $id" -H "webhook-timestamp: $stamp" -H "webhook-signature: $signature" "$@"
}
unclaimed() { # what, as claim
    what=$1
    shift
    claim "$@"
    equals "GitLab's signing token: $what is 401" '401 {"error":"invalid_signature","detail":"invalid signature"}' \
        "$status $(jq -c . "$work/answer")"
}
gitlab_push signed >"$work/body"
now=$(date +%s)
claim signed-1 "$now" "v1,$(claimed signed-1 "$now" "$work/body")"
equals "GitLab's signing token: a good signature is taken" '200 applied signed-1' "$status $(jq -r '.outcome + " " + .event_id' "$work/answer")"
claim signed-1 "$now" "v1,$(claimed signed-1 "$now" "$work/body")" -H 'Idempotency-Key: another'
equals "GitLab's signing token: the id that is signed counts" '200 duplicate' "$status $(jq -r .outcome "$work/answer")"
claim signed-2 "$now" "v1,AAAA v2,x v1,$(claimed signed-2 "$now" "$work/body")"
equals "GitLab's signing token: one good signature of several is enough" 200 "$status"
claim signed-3 "$now" 'v1,AAAA' -H "X-Gitlab-Token: $JIRA_WEBHOOK_SECRET"
equals "GitLab's signing token: or a good token beside it" 200 "$status"
unclaimed 'an old signature' signed-4 $((now - 400)) "v1,$(claimed signed-4 $((now - 400)) "$work/body")"
unclaimed 'one of the future' signed-4 $((now + 400)) "v1,$(claimed signed-4 $((now + 400)) "$work/body")"
unclaimed 'another id' signed-5 "$now" "v1,$(claimed signed-4 "$now" "$work/body")"
unclaimed 'another time' signed-4 "$now" "v1,$(claimed signed-4 $((now - 1)) "$work/body")"
unclaimed 'no version' signed-4 "$now" "$(claimed signed-4 "$now" "$work/body")"
tampered=$(claimed signed-4 "$now" "$work/body")
printf ' ' >>"$work/body"
unclaimed 'another body' signed-4 "$now" "v1,$tampered"
equals "GitLab's signing token: none of these was stored" 0 "$(sql "SELECT count(*) FROM jirasync.deliveries WHERE delivery_id IN ('signed-4', 'signed-5')")"

# --- paths, methods, lengths, media types
post /webhooks/jira/nobody "$work/body"
refused 'an unknown source' 404 unknown_source
post /webhooks/github/default "$work/body"
refused 'a source of another kind' 404 unknown_source
post /webhooks/jira/git "$work/body"
refused 'a source that is only imported from' 404 unknown_source
ask /webhooks/nowhere/x -X POST -H 'Content-Length: 0'
refused 'an unknown kind' 404 unknown_source
ask /elsewhere
refused 'an unknown path' 404 unknown_source
for method in GET HEAD PUT DELETE PATCH; do
    if [ $method = HEAD ]; then ask /webhooks/jira -I; else ask /webhooks/jira -X $method; fi
    equals "$method of a webhook is 405, with Allow" '405 POST' "$status $(header Allow)"
done
for path in /healthz /readyz /metrics; do
    ask $path
    equals "GET $path is 200" 200 "$status"
    ask $path -I
    equals "HEAD $path is 200" 200 "$status"
    ask $path -X POST -H 'Content-Length: 0'
    equals "POST $path is 405, with Allow" "405 GET, HEAD" "$status $(header Allow)"
done
ask /metrics
matches '/metrics is Prometheus text' '^# TYPE jirasync_' "$(grep -m1 '^# TYPE' "$work/answer")"
ask /webhooks/jira -X POST
refused 'a POST without a length' 411 length_required
issue 1011 WEB-11 1772380800000 >"$work/body"
post /webhooks/jira "$work/body" -H 'Transfer-Encoding: chunked'
equals 'a body in chunks gets its length from nginx' '200 applied' "$status $(jq -r .outcome "$work/answer")"
head -c 26214401 /dev/zero >"$work/large"
post /webhooks/jira "$work/large"
refused 'a body past 25 MB' 413 body_too_large
{ printf '{"a":[0'; yes ,0 | tr -d '\n' | head -c 20000000; printf ']}'; } >"$work/large"
post /webhooks/jira "$work/large" -H 'X-Atlassian-Webhook-Identifier: values'
refused 'a body of 10 million values' 422 too_complex
matches 'and its row says which limit it was' JIRASYNC_MAX_PARSE_BYTES "$(sql "SELECT detail FROM jirasync.quarantined_deliveries WHERE delivery_id = 'values'")"
{
    printf '{"timestamp":1772380800000,"webhookEvent":"jira:issue_updated","issue":{"id":"1012","key":"WEB-12","fields":{"summary":"Large","issuetype":{"name":"Story"},"project":{"id":"1","key":"WEB"},"status":{"name":"Open"},"updated":"2026-03-01T09:00:00.000-0700","description":"'
    head -c 20000000 /dev/zero | tr '\0' 'x'
    printf '"}}}'
} >"$work/large"
post /webhooks/jira "$work/large"
equals 'a body of 20 MB is stored' '200 applied' "$status $(jq -r .outcome "$work/answer" 2>/dev/null)"
ask /webhooks/jira -H 'Content-Type: application/json' -H "X-Hub-Signature: $(sign "$work/large")" --data-binary "@$work/large" -H 'Expect: 100-continue'
equals 'and again, after 100 Continue' '200 duplicate' "$status $(jq -r .outcome "$work/answer" 2>/dev/null)"
body 'payload=%7B%7D'
ask /webhooks/jira -H 'Content-Type: application/x-www-form-urlencoded' -H "X-Hub-Signature: $(sign "$work/body")" --data-binary "@$work/body"
refused 'a form' 415 unsupported_media_type
equals 'a form, its bytes are kept' 1 "$(kept "$work/body")"
body '--x
Content-Disposition: form-data; name="a"

b
--x--'
ask /webhooks/jira -H 'Content-Type: multipart/form-data; boundary=x' -H "X-Hub-Signature: $(sign "$work/body")" --data-binary "@$work/body"
refused 'multipart' 415 unsupported_media_type
issue 1013 WEB-13 1772380800000 >"$work/body"
ask /webhooks/jira -H 'Content-Type: text/plain' -H "X-Hub-Signature: $(sign "$work/body")" --data-binary "@$work/body"
equals 'another content type is tried as JSON' '200 applied' "$status $(jq -r .outcome "$work/answer")"
issue 1014 WEB-14 1772380800000 >"$work/body"
ask /webhooks/jira -H 'Content-Type:' -H "X-Hub-Signature: $(sign "$work/body")" --data-binary "@$work/body"
equals 'no content type is tried as JSON' '200 applied' "$status $(jq -r .outcome "$work/answer")"

# --- not now
unavailable() { # what, error code: 503 with Retry-After
    refused "$1" 503 "$2"
    matches "$1, says when to come again" '^[1-9][0-9]*$' "$(header Retry-After)"
}
reload() { kill -HUP "$(cut -d' ' -f1 "$RUN_DIR/receiver.pid")"; }
printf '\n[source locked]\nkind = jira\nsecret = file:%s/missing\n' "$RUN_DIR" >>"$RUN_DIR/sources.conf"
reload
known() { post /webhooks/jira/locked "$work/body"; [ "$status" != 404 ] && echo yes; }
await 20 known
post /webhooks/jira/locked "$work/body"
unavailable 'a secret that is not to be had' secret_unavailable
ask /readyz
equals '/readyz is 503 then' 503 "$status"
matches '/readyz names the secret' "file:$RUN_DIR/missing" "$answer"
ask /healthz
equals '/healthz is 200 all the same' 200 "$status"
sed -i '/^\[source locked\]/,$d' "$RUN_DIR/sources.conf"
echo 'JIRASYNC_MAX_INFLIGHT_BYTES=1048576' >>"$RUN_DIR/jirasync.conf"
reload
forgotten() { post /webhooks/jira/locked "$work/body"; [ "$status" = 404 ] && echo yes; }
await 20 forgotten
post /webhooks/jira "$work/large"
unavailable 'too many bytes in flight' busy
"$support/cluster" stop "$RUN_DIR/pg"
issue 1015 WEB-15 1772380800000 >"$work/body"
post /webhooks/jira "$work/body" -H 'X-Atlassian-Webhook-Identifier: late'
unavailable 'a database that is away' database_unavailable
unready() { ask /readyz; [ "$status" = 503 ] && echo yes; }
check '/readyz turns 503 without a database' await 10 unready
"$support/stack" up >/dev/null
post /webhooks/jira "$work/body" -H 'X-Atlassian-Webhook-Identifier: late' -H 'X-Atlassian-Webhook-Retry: 1'
equals 'the same delivery later is stored' '200 applied' "$status $(jq -r .outcome "$work/answer")"

# --- nginx answers for a receiver that is away, and for senders that are too fast
kill -KILL "$(cut -d' ' -f1 "$RUN_DIR/receiver.pid")"
gone() { ask /healthz; [ "$status" = 503 ] && echo yes; }
await 30 gone
post /webhooks/jira "$work/body"
unavailable 'a receiver that is away' receiver_unavailable
"$support/stack" up >/dev/null
post /webhooks/jira "$work/body"
equals 'once it is back the delivery is known' '200 duplicate' "$status $(jq -r .outcome "$work/answer")"
kill -STOP "$(cut -d' ' -f1 "$RUN_DIR/receiver.pid")"
session=$(cut -d' ' -f1 "$RUN_DIR/receiver.pid")
stopped=$(ps -e -o pid=,sess= | awk -v s="$session" '$2 == s { print $1 }')
# shellcheck disable=SC2086  # process numbers are words
kill -STOP $stopped
post /webhooks/jira "$work/body"
# shellcheck disable=SC2086
kill -CONT $stopped
unavailable 'a receiver that does not answer in time' receiver_unavailable
sed -i -e 's/# limit_req zone=jirasync burst=10000 nodelay/limit_req zone=jirasync nodelay/' "$RUN_DIR/nginx/jira-webhook.conf"
sed -i -e 's/rate=1000r/rate=1r/' "$RUN_DIR/nginx/nginx.conf"
kill -HUP "$(cut -d' ' -f1 "$RUN_DIR/nginx.pid")"
limited() { ask /webhooks/jira -X POST -H 'Content-Length: 0'; [ "$status" = 429 ] && echo yes; }
check 'a rate limit can be set' await 20 limited
limited >/dev/null
refused 'past the rate limit' 429 too_many_requests
matches 'past the rate limit, says when to come again' '^[1-9]' "$(header Retry-After)"
