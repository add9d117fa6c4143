#!/bin/sh
# After any history the rebuild finds nothing to change. SEED=N plays those of a run again.
set -eu
seed=${SEED:-${FIRST_SEED:-$(date +%s)}}
echo "SEED=$seed"
support=$(CDPATH='' cd -- "$(dirname -- "$0")/../support" && pwd)
sql() { psql -XAtq -v ON_ERROR_STOP=1 -d "$PGURI" "$@"; }

reset() {
    sql -c "DO \$\$ DECLARE t text; BEGIN
        FOREACH t IN ARRAY ARRAY['issues', 'issue_keys', 'issue_snapshots', 'issue_fix_versions', 'versions', 'projects', 'project_keys',
            'commits', 'commit_keys', 'refused_keys', 'commit_refs', 'refs', 'counted_reach', 'repositories', 'revert_names',
            'reverted_commits', 'issue_commits', 'pushes', 'push_commits', 'pull_requests', 'jobs', 'deliveries',
            'quarantined_deliveries', 'runs', 'run_items', 'run_coverage', 'run_states', 'story_states', 'entities', 'issue_waivers']
        LOOP EXECUTE 'TRUNCATE jirasync.' || t || ' RESTART IDENTITY'; END LOOP;
        ALTER SEQUENCE facts.delivery RESTART; END \$\$"
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

tally() { # adds up what a history made
    sql -c "INSERT INTO facts.made
            SELECT 'moves of branches', count(*) FROM jirasync.pushes WHERE after IS NOT NULL UNION ALL
            SELECT 'deletions', count(*) FROM jirasync.pushes WHERE after IS NULL UNION ALL
            SELECT 'forced pushes', count(*) FROM jirasync.pushes WHERE is_forced UNION ALL
            SELECT 'rebased pull requests', count(*) FROM jirasync.rebased_commits UNION ALL
            SELECT 'pull requests', count(*) FROM jirasync.pull_requests WHERE number > 0 UNION ALL
            SELECT 'places of imports', count(*) FROM jirasync.commit_refs WHERE NOT is_pushed UNION ALL
            SELECT 'links', count(*) FROM jirasync.issue_commits"
}

sql -f "$support/facts.sql" -f "$support/history.sql" -c 'CREATE TABLE facts.made (what text, rows bigint)'
for n in 1 2 3 4 5 6; do
    reset
    judge "the rebuild changes nothing in random history $((seed + n))" \
        "$(sql -c "CALL facts.live_and_rebuild($(seed_of $((seed + n))), 16, 20)")"
    tally
done
for n in 11 12 13 14; do
    reset
    judge "the rebuild changes nothing in random history $((seed + n)), of git alone" \
        "$(sql -c "CALL facts.live_and_rebuild($(seed_of $((seed + n))), 9, 15, true)")"
    tally
done
for n in 21 22 23 24; do
    reset
    unkept=$(sql -c "CALL facts.live_and_close($(seed_of $((seed + n))), 40, 8)")
    if [ -z "$unkept" ]; then
        echo "ok each run keeps what is in random history $((seed + n))"
    else
        echo "not ok each run keeps what is in random history $((seed + n)): $unkept"
    fi
    tally
done

reset
live $((seed + 7)) 250 &
first=$!
live $((seed + 8)) 250 &
second=$!
wait "$first" && wait "$second" && settled 'the rebuild changes nothing after two sessions at once'

tally
sql -c "SELECT CASE WHEN sum(rows) > 0 THEN 'ok the histories made ' ELSE 'not ok the histories made no ' END || what
        FROM facts.made GROUP BY what ORDER BY what"
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
