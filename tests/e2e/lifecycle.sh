#!/bin/sh
# From signed deliveries and a git repository to the correlation in psql and the artifact on disk.
# shellcheck disable=SC1091,SC2154  # e2e.sh sets work, status, answer
. "$(dirname "$0")/../support/e2e.sh"
stack_up
check 'the sample is sent, imported and shown' "$support/sample" "$RUN_DIR"

states="APP-1 not_expected
APP-2 covered
APP-3 covered
APP-4 reverted
APP-5 missing
APP-6 not_expected
APP-7 not_expected
APP-8 unmerged
APP-9 covered"
story_states() { sql "SELECT issue_key || ' ' || state FROM jirasync.story_coverage ORDER BY length(issue_key), issue_key"; }
equals 'each story has the state that its commits give it' "$states" "$(story_states)"
equals 'coverage counts them by fix version' '1.0 5 3 2 0 1 1 60.0
1.1 3 1 2 1 0 1 33.3' "$(sql "SELECT concat_ws(' ', fix_version, stories, with_commits, without_commits, unmerged, reverted, not_expected, percent)
    FROM jirasync.coverage_by_fix_version ORDER BY fix_version")"
equals 'commits without a story say why' 'no_key no_key unknown_key unknown_project' \
    "$(sql 'SELECT reason FROM jirasync.commits_without_story ORDER BY 1' | tr '\n' ' ' | sed 's/ $//')"
equals 'the report tells of one version with matched, missing, reverted and orphaned work' \
    'story APP-1 not_expected,story APP-2 covered,story APP-3 covered,story APP-4 reverted,story APP-5 missing,story APP-9 covered,orphan  ,orphan  ,orphan  ,orphan  ' \
    "$("$JIRASYNC" report --fix-version 1.0 --format csv | awk -F, '$1 == "story" || $1 == "orphan" { print $1, $5, $11 }' | paste -sd ,)"
equals 'each delivery is there once' '15 15' "$(sql "SELECT count(*) || ' ' || count(DISTINCT delivery_id) FROM jirasync.deliveries")"
equals 'the late one was stale' stale "$(sql "SELECT outcome FROM jirasync.deliveries WHERE delivery_id = '15-bug-comes-late'")"
equals 'the deleted issue is a tombstone' t "$(sql "SELECT deleted_at IS NOT NULL FROM jirasync.issues WHERE issue_key = 'APP-10'")"
equals 'the rebuild changes nothing' 0 "$(sql 'SELECT jirasync.correlation_rebuild()')"
counts() { sql 'SELECT (SELECT count(*) FROM jirasync.commits), (SELECT count(*) FROM jirasync.commit_keys), (SELECT count(*) FROM jirasync.issue_commits)'; }
before=$(counts)
check 'an import again' "$JIRASYNC" import-commits --source git --repository sample/app "$RUN_DIR/sample"
check 'is correlated' "$support/wait-correlated"
equals 'and changes nothing' "$before $states" "$(counts) $(story_states)"

# --- artifacts
folder=$RUN_DIR/artifacts/issues/wave3/jira_webhook
validates() { # file
    /usr/bin/python3 -c 'import json, sys, jsonschema
schema = json.load(open(sys.argv[1]))
jsonschema.validators.validator_for(schema).check_schema(schema)
jsonschema.validate(json.load(open(sys.argv[2])), schema)' "$folder/run.schema.json" "$1"
}
documents=0
for file in "$folder"/20*/*.json "$folder/latest.json"; do
    check "an artifact validates against its schema ($(basename "$file" | sed 's/-[0-9a-f]\{32\}//; s/[0-9]\{8\}T[0-9]\{6\}/run/'))" validates "$file"
    documents=$((documents + 1))
done
check 'there is an artifact, and the latest' test "$documents" -ge 2
latest=$(sql 'SELECT artifact FROM jirasync.runs WHERE artifact IS NOT NULL ORDER BY finished_at DESC LIMIT 1')
check 'latest.json is the latest artifact' cmp "$RUN_DIR/$latest" "$folder/latest.json"
run_id=$(jq -r .run_id "$folder/latest.json")
equals 'the file is the text kept in runs' "$(sql "SELECT document FROM jirasync.runs WHERE run_id = '$run_id'" | jq -cS .)" "$(jq -cS . "$folder/latest.json")"
matches 'its path holds day, time and run' "^artifacts/issues/wave3/jira_webhook/20[0-9-]{8}/[0-9]{8}T[0-9]{6}-${run_id}[.]json\$" "$latest"
equals 'it names the commit it was built from' "$(git -C "$root" rev-parse HEAD)" "$(jq -r .git_sha "$folder/latest.json")"
equals 'its time is Phoenix time' 'America/Phoenix -07:00' "$(jq -r '.timezone + " " + .generated_at[-6:]' "$folder/latest.json")"

# --- a delivery becomes visible
sed 's/"timestamp": [0-9]*/"timestamp": 1799999999000/; s/2026-03-03T11/2027-01-01T11/g; s/Pay by telegram/Pay by letter/; s/10306/10311/; s/APP-6/APP-11/' \
    "$root/tests/fixtures/sample/13-story-wont-do.json" >"$work/body"
post /webhooks/jira "$work/body" -H 'X-Atlassian-Webhook-Identifier: new'
equals 'a new story is taken' '200 applied' "$status $(jq -r .outcome "$work/answer")"
check 'its correlation becomes visible' await 20 sql "SELECT count(*) FROM jirasync.story_coverage WHERE issue_key = 'APP-11' AND state = 'not_expected'"
check 'its delivery shows when that was' await 20 sql "SELECT count(*) FROM jirasync.recent_deliveries WHERE issue_key = 'APP-11' AND correlated_at IS NOT NULL"
echo >>"$work/body"
ask /webhooks/jira -H 'Content-Type: application/json' -H "X-Hub-Signature: $(sign "$root/tests/fixtures/sample/13-story-wont-do.json")" \
    -H 'Authorization: Bearer token-that-must-not-be-logged' --data-binary "@$work/body"
equals 'a changed body is refused' 401 "$status"

# --- logs
for file in receiver worker; do
    check "each line of $file.log is a JSON object in Phoenix time" \
        jq -es 'length > 0 and all(type == "object" and (.generated_at | endswith("-07:00")) and has("message") and has("level"))' "$RUN_DIR/log/$file.log"
done
for file in webhook_secret jirasync_receiver.password jirasync_worker.password pg/password; do
    printf '%s\n' "$(cat "$RUN_DIR/$file")"
done >"$work/secrets"
{
    echo token-that-must-not-be-logged
    sign "$work/body" | cut -d= -f2
    sign "$root/tests/fixtures/sample/13-story-wont-do.json" | cut -d= -f2
} >>"$work/secrets"
equals 'there are secrets to look for' 7 "$(grep -cE '.{29,}' "$work/secrets")"
leaks() { grep -rlFf "$work/secrets" "$RUN_DIR/log" "$RUN_DIR/artifacts"; }
equals 'no secret, signature or token stands in a log or an artifact' '' "$(leaks)"
summary=$(grep -rlF 'Keep the cart' "$RUN_DIR/log" || true)
equals 'no body stands in a log' '' "$summary"
