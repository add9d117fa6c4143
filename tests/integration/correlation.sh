#!/bin/sh
# After any history the rebuild finds nothing to change: SEED=N repeats one.
set -eu
seed=${SEED:-$(od -An -N3 -tu4 /dev/urandom | tr -d ' ')}
echo "SEED=$seed"
support=$(CDPATH='' cd -- "$(dirname -- "$0")/../support" && pwd)
sql() { psql -XAtq -v ON_ERROR_STOP=1 -d "$PGURI" "$@"; }

reset() {
    sql -c "DO \$\$ DECLARE t text; BEGIN
        FOREACH t IN ARRAY ARRAY['issues', 'issue_keys', 'issue_snapshots', 'issue_fix_versions', 'versions', 'projects', 'project_keys',
            'commits', 'commit_keys', 'refused_keys', 'commit_refs', 'refs', 'counted_reach', 'repositories', 'revert_names',
            'reverted_commits', 'issue_commits', 'pushes', 'push_commits', 'pull_requests', 'jobs', 'deliveries',
            'quarantined_deliveries']
        LOOP EXECUTE 'TRUNCATE jirasync.' || t; END LOOP; END \$\$"
}

seed_of() { echo "($1 % 1000003) / 1000003.0"; }
live() { # seed, steps
    sql -c "SELECT setseed($(seed_of "$1"))" -c "CALL facts.live($2)" >/dev/null
}

settled() { # what
    sql -c 'SELECT facts.settle()' >/dev/null
    judge "$1" "$(sql -c 'SELECT jirasync.correlation_rebuild()')"
}

judge() { # what, rows changed
    if [ "$2" = 0 ]; then echo "ok $1"; else echo "not ok $1: the rebuild changed $2 rows"; fi
}

sql -f "$support/facts.sql" -f "$support/history.sql"
for n in 1 2 3 4 5 6; do
    reset
    judge "the rebuild changes nothing in random history $((seed + n))" \
        "$(sql -c "CALL facts.live_and_rebuild($(seed_of $((seed + n))), 16, 20)")"
done

reset
live $((seed + 7)) 250 &
first=$!
live $((seed + 8)) 250 &
second=$!
wait "$first" && wait "$second" && settled 'the rebuild changes nothing after two sessions at once'

links=$(sql -c 'SELECT count(*) FROM jirasync.issue_commits')
if [ "$links" -gt 0 ]; then echo "ok the history made links"; else echo "not ok the history made no links"; fi
for made in 'moves of branches: pushes WHERE after IS NOT NULL' 'deletions: pushes WHERE after IS NULL' \
    'forced pushes: pushes WHERE is_forced' 'pull requests: pull_requests WHERE number > 0' \
    'places of imports: commit_refs WHERE NOT is_pushed'; do
    if [ "$(sql -c "SELECT count(*) FROM jirasync.${made#*: }")" -gt 0 ]; then echo "ok the history made ${made%%:*}"
    else echo "not ok the history made no ${made%%:*}"; fi
done
before=$(sql -c "SELECT md5(string_agg(l::text, ',' ORDER BY l::text)) FROM jirasync.issue_commits l")
sql -c 'TRUNCATE jirasync.issue_commits, jirasync.issue_fix_versions, jirasync.versions, jirasync.projects,
        jirasync.reverted_commits, jirasync.revert_names, jirasync.counted_reach' \
    -c 'DELETE FROM jirasync.commit_refs WHERE is_pushed' -c 'DELETE FROM jirasync.refs WHERE imported_sha IS NULL' \
    -c "DELETE FROM jirasync.commit_keys WHERE evidence NOT IN ('message', 'explicit')" \
    -c "UPDATE jirasync.issues SET fix_versions = '{wrong}'"
changed=$(sql -c 'SELECT jirasync.correlation_rebuild()')
after=$(sql -c "SELECT md5(string_agg(l::text, ',' ORDER BY l::text)) FROM jirasync.issue_commits l")
if [ "$changed" -gt 0 ] && [ "$before" = "$after" ]; then
    echo 'ok the rebuild makes again what was lost'
else
    echo "not ok the rebuild makes again what was lost: $changed rows"
fi
settled 'and then finds nothing to change'
