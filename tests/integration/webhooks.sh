#!/bin/sh
# jirasync webhooks against the mock: what is listed, what is missing, registered once, put right, both resources.
set -u
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
cd "$root" || exit 1
work=$(mktemp -d "$TEST_TMP/webhooks.XXXXXX") || exit 1
jirasync=$BUILD/jirasync
failed=0
mocks=''
finish() { for mock in $mocks; do kill "$mock" 2>/dev/null; done; }
trap finish EXIT

check() { # what, command...
    what=$1
    shift
    if "$@" >"$work/check" 2>&1; then echo "ok $what"; else echo "not ok $what"; sed 's/^/    /' "$work/check" "$work/out" "$work/err" 2>/dev/null; failed=1; fi
}

start() { # name, options...: URL in $work/NAME.url
    name=$1
    shift
    tests/support/mock_jira --port-file "$work/$name.port" "$@" </dev/null &
    mocks="$mocks $!"
    while [ ! -e "$work/$name.port" ]; do sleep 0.05; done
    echo "http://127.0.0.1:$(cat "$work/$name.port")" >"$work/$name.url"
}

run() { # arguments...: status in $status
    "$jirasync" -c "$work/jirasync.conf" webhooks "$@" >"$work/out" 2>"$work/err"
    status=$?
}
has() { grep -qF -- "$1" "$work/out" || grep -qF -- "$1" "$work/err"; } # text
control() { curl -sS "$(cat "$work/$1.url")/control/$2"; }             # mock, path
hooks() { control "$1" webhooks | python3 -c 'import json, sys; print(eval(sys.argv[1], {"hooks": json.load(sys.stdin)}))' "$2"; } # mock, expression

export no_proxy='*' HOOK_SECRET="It's a \"Secret\" to Everybody" TOKEN=t0ken
start cloud --user bot@example.com --token t0ken
start old --dialect datacenter --bearer t0ken --context /jira
start new --dialect datacenter10 --bearer t0ken
{
    printf '[source cloud]\nbase_url = %s\napi_version = 3\napi_user = bot@example.com\napi_token = env:TOKEN\nsecret = env:HOOK_SECRET\n' "$(cat "$work/cloud.url")"
    printf '[source old]\nbase_url = %s/jira\napi_token = env:TOKEN\nsecret = env:HOOK_SECRET\n' "$(cat "$work/old.url")"
    printf '[source new]\nbase_url = %s\napi_token = env:TOKEN\nsecret = env:HOOK_SECRET\n' "$(cat "$work/new.url")"
    printf '[source mute]\nbase_url = %s\napi_token = env:TOKEN\n' "$(cat "$work/new.url")"
    printf '[source locked]\nbase_url = %s\napi_token = env:HOME\n' "$(cat "$work/new.url")"
} >"$work/sources.conf"
printf 'JIRASYNC_SOURCES=%s\nJIRASYNC_WORKER_DATABASE=%s\nJIRASYNC_FETCH_PATIENCE_S=5\n' "$work/sources.conf" "$PGURI" >"$work/jirasync.conf"

run --source cloud
check "a site without a webhook is told so, with exit status 1" test "$status" = 1
check "and what to do about it" has "--register URL adds one"

for site in cloud old new; do
    run --source "$site" --register https://hooks.example.com
    check "$site: a webhook is registered" test "$status" = 0
    check "$site: with the source's path" test "$(hooks "$site" 'hooks[0]["url"]')" = "https://hooks.example.com/webhooks/jira/$site"
    check "$site: its events are those of issues, comments, worklogs, links, versions and projects" test "$(hooks "$site" 'all(e in hooks[0]["events"] for e in ("jira:issue_created", "jira:issue_deleted", "comment_updated", "worklog_deleted", "issuelink_created", "jira:version_moved", "project_updated"))')" = True
    check "$site: and none twice, none that is a spelling of another or our own" test "$(hooks "$site" 'len(hooks[0]["events"]) == len(set(hooks[0]["events"])) and not {"jira:version_merged", "jira:worklog_updated", "jirasync:issue_fetched"} & set(hooks[0]["events"])')" = True
    run --source "$site" --register https://hooks.example.com/webhooks/jira/"$site"
    check "$site: registering again changes nothing" test "$status $(hooks "$site" 'len(hooks)')" = "0 1"
    check "$site: and writes nothing" test "$(control "$site" requests | grep -o '"\(POST\|PUT\) [^"]* 200": [0-9]*' | grep -c 'webhook')" = 1
    run --source "$site"
    check "$site: a look finds it whole" test "$status" = 0
    check "$site: and says so" has "it sends all that is needed"
    check "$site: no output has the secret or the token" sh -c '! grep -qF -e Everybody -e t0ken "$1" "$2"' - "$work/out" "$work/err"
done
check "Cloud and Data Center up to 9 get the secret beside the rest" test "$(hooks cloud 'hooks[0]["secret"]') $(hooks old 'hooks[0]["secret"]')" = "$HOOK_SECRET $HOOK_SECRET"
check "Data Center 10 gets it in the configuration" test "$(hooks new 'hooks[0]["configuration"]["SECRET"]')" = "$HOOK_SECRET"
check "Cloud is asked for events that Data Center has not" test "$(hooks cloud '"attachment_created" in hooks[0]["events"]') $(hooks new '"attachment_created" in hooks[0]["events"]')" = "True False"

# Somebody changed them.
for site in cloud new; do
    url=$(cat "$work/$site.url")
    path=rest/webhooks/1.0/webhook auth='bot@example.com:t0ken'
    if [ "$site" = new ]; then
        path=rest/jira-webhook/1.0/webhooks
        curl -sS -o /dev/null -X PUT -H 'Authorization: Bearer t0ken' "$url/$path/1" -d '{"events": ["jira:issue_created", "sprint_started"], "active": false,
            "configuration": {"EXCLUDE_BODY": "true", "FILTERS": "project = APP", "OTHER": "kept"}}'
    else
        curl -sS -o /dev/null -X PUT -u "$auth" "$url/$path/1" -d '{"events": ["jira:issue_created", "sprint_started"], "enabled": false, "secret": "",
            "excludeBody": true, "filters": {"issue-related-events-section": "project = APP"}}'
    fi
    run --source "$site"
    check "$site: a changed webhook is not whole" test "$status" = 1
    for text in "events that are missing: jira:issue_updated" "switched off" "sends no bodies" "project = APP"; do
        check "$site: it is said: $text" has "$text"
    done
    run --source "$site" --register https://hooks.example.com --name other
    check "$site: it is put right" test "$status $(hooks "$site" 'len(hooks)')" = "0 1"
    check "$site: and keeps its name, filter and other events" test "$(hooks "$site" 'hooks[0]["name"], "sprint_started" in hooks[0]["events"], "project = APP" in str(hooks[0].get("filters", "")) + str(hooks[0].get("configuration", ""))')" = "('jirasync', True, True)"
done
check "an unsigned one of Cloud was signed" test "$(hooks cloud 'hooks[0]["secret"]')" = "$HOOK_SECRET"
check "what else was configured in Data Center 10 stays" test "$(hooks new 'hooks[0]["configuration"]["OTHER"], hooks[0]["configuration"]["SECRET"] != ""')" = "('kept', True)"

# Two that send to one source.
curl -sS -o /dev/null -u bot@example.com:t0ken "$(cat "$work/cloud.url")/rest/webhooks/1.0/webhook" -d '{"name": "second", "url": "https://hooks.example.com/webhooks/jira/cloud", "events": ["jira:issue_created"]}'
run --source cloud
check "two webhooks of one source are a fault" test "$status" = 1
check "and it says that each event comes twice" has "each event comes 2 times"

run --source mute --register https://hooks.example.com
check "a source without a secret is not registered" test "$status" = 78
check "since it would be answered 401" has "401"
run --source locked
check "a refused account ends with 78" test "$status" = 78
run --source cloud --register 'https://u:p@hooks.example.com'
check "a URL with a user is refused" test "$status" = 1
run --register https://hooks.example.com
check "without a source it is misuse" test "$status" = 2
curl -sS -o /dev/null -X POST "$(cat "$work/new.url")/control/faults" -d '[{"path": "webhooks", "method": "POST", "cut": 20}]'
run --source mute
before=$(hooks new 'len(hooks)')
run --source new --register https://second.example.com
check "a registration whose answer was cut fails" test "$status" = 1
run --source new --register https://second.example.com
check "and the next one finds what was done" test "$status $(hooks new 'len(hooks)')" = "0 $((before + 1))"
exit "$failed"
