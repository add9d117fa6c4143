#!/bin/sh
# shellcheck disable=SC1091,SC2034  # reads.sh reads most
# The way of a delivery, a job and a commit reads no table from end to end, and of none more than it needs.
#
# Among twenty thousand issues and commits, with statistics: the rows that one call reads of each growing table, by
# pg_stat_user_tables and pg_stat_user_indexes, which see what nested functions do, too.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
rows=20000 most=200
sql() { psql -XAtq -v ON_ERROR_STOP=1 -d "$PGURI" "$@"; }

sql -v issues=$rows -v commits=$rows -v seed=1 -f "$root/tests/bench/history.sql" -f "$root/tests/support/facts.sql"
# A repository that pushes alone tell of: main moved on by one commit thousands of times, and branches were cut from it.
sql -c "INSERT INTO jirasync.commits (tenant, source, repository, sha, message, committed_at)
        SELECT 'main', 'git', 'org/pushed', facts.sha('push ' || n), 'Work', '2026-01-01'::timestamptz + n * interval '1 min'
        FROM generate_series(1, 6000) n" \
    -c "INSERT INTO jirasync.pushes (tenant, source, repository, ref, kind, delivery_id, change, before, after, listed, is_whole,
                                     received_at, default_branch)
        SELECT 'main', 'git', 'org/pushed', 'main', 'branch', 'push-' || n, 1, CASE WHEN n > 1 THEN facts.sha('push ' || n - 1) END,
               facts.sha('push ' || n), 1, true, '2026-01-01'::timestamptz + n * interval '1 min', 'main'
        FROM generate_series(1, 6000) n" \
    -c "INSERT INTO jirasync.pushes (tenant, source, repository, ref, kind, delivery_id, change, after, listed, is_whole, received_at)
        SELECT 'main', 'git', 'org/pushed', 'work-' || n, 'branch', 'work-' || n, 1, facts.sha('work ' || n), 1, true,
               '2026-01-01'::timestamptz + n * interval '10 min' FROM generate_series(1, 600) n" \
    -c "INSERT INTO jirasync.commits (tenant, source, repository, sha, message, parents)
        SELECT 'main', 'git', 'org/pushed', facts.sha('work ' || n), 'Work', ARRAY[facts.sha('push ' || n * 10)]
        FROM generate_series(1, 600) n" \
    -c "INSERT INTO jirasync.push_commits (tenant, source, repository, sha, delivery_id, change, place)
        SELECT 'main', 'git', 'org/pushed', facts.sha('work ' || n), 'work-' || n, 1, 1 FROM generate_series(1, 600) n" \
    -c "INSERT INTO jirasync.push_commits (tenant, source, repository, sha, delivery_id, change, place)
        SELECT 'main', 'git', 'org/pushed', facts.sha('push ' || n), 'push-' || n, 1, 1 FROM generate_series(1, 6000) n" \
    -c "INSERT INTO jirasync.pull_requests (tenant, source, repository, number, title, keys, merge_sha, commit_count)
        SELECT 'main', 'git', 'org/pushed', n, 'PRJ1-' || n, ARRAY['PRJ1-' || n], facts.sha('push ' || n), 2
        FROM generate_series(1, 3000) n" \
    -c "INSERT INTO jirasync.repositories (tenant, source, repository, knows_branches, default_branch, is_derived)
        VALUES ('main', 'git', 'org/pushed', true, 'main', true)"
[ "$(sql -c 'SELECT jirasync.correlation_rebuild()')" -gt 0 ] || { echo 'not ok the history is correlated'; exit 1; }
sql -c "INSERT INTO jirasync.deliveries (tenant, source, delivery_id, event, issue_id, issue_key, received_at, outcome,
                                         body_sha256, body, kind)
        SELECT 'main', 'default', delivery_id, 'jira:issue_updated', issue_id, issue_key, updated_at, 'applied',
               rank_sha256, '{}', 'jira' FROM jirasync.issues" \
    -c "INSERT INTO jirasync.run_items (tenant, run_id, subject, source, id)
        SELECT 'main', 'run-' || issue_id % 100, 'issue', source, issue_id::text FROM jirasync.issues" \
    -c "SELECT jirasync.enqueue_jobs('main', array_agg('correlate_issue'::text), array_agg(source), array_agg('0' || issue_id))
        FROM jirasync.issues" \
    -c 'VACUUM ANALYZE' >/dev/null

. "$root/tests/support/reads.sh"

claimed() { # kind, source, key, quiet: SQL that sets ids and tokens
    echo "INSERT INTO jirasync.jobs (tenant, kind, source, key, is_quiet, state, lease_token, lease_expires_at, leased_by)
          VALUES ('main', '$1', '$2', '$3', $4, 'running', 1, now() + interval '1 hour', 'test')
          RETURNING ARRAY[id] AS ids, '{1}'::bigint[] AS tokens \\gset"
}
correlate="SELECT jirasync.correlate('main', 'run', :'ids', :'tokens')"
of_issue() { claimed correlate_issue default "$1" "${2:-false}"; }
of_commit() { claimed correlate_commit git "$1" false; }
commit() { sql -c "SELECT c.repository || '@' || c.sha FROM jirasync.commits c WHERE $1 ORDER BY c.changed_seq LIMIT 1"; }
event() { # id of an issue of project 1, what else the event shows
    echo "SELECT facts.store(ARRAY[facts.event($1, 'PRJ1-' || 1 + $1 / 20, $2, project => 10001)])"
}

if [ -n "$(read_by '' 'SELECT count(summary) FROM jirasync.issues')" ]; then
    echo 'ok a scan from end to end is seen'
else
    echo 'not ok a scan from end to end is seen'
fi
frugal 'the first event of an issue' '' "$(event 30001 "'2026-03-01 00:00Z', '{101}', '{1.1}'")"
frugal 'an event that changes an issue' '' "$(event 1001 "'2026-03-01 00:00Z', '{102}', '{1.2}'")"
frugal 'an event that repeats what an issue showed' '' "$(event 30001 "'2026-03-02 00:00Z', '{101}', '{1.1}'")"
frugal 'the job of an issue' "$(of_issue 1001)" "$correlate"
frugal 'the job of an issue that had no links' "$(of_issue 30001)" "$correlate"
frugal 'the job of an issue whose events repeat what it showed' "$(of_issue 1003 true)" "$correlate"
frugal 'the job of an epic' "$(of_issue 1050)" "$correlate"
frugal 'the job of an issue that was moved' "UPDATE jirasync.issues SET issue_key = 'NEW-1' WHERE issue_id = 1007;
    INSERT INTO jirasync.issue_keys VALUES ('main', 'default', 'NEW-1', 1007, now());
    $(of_issue 1007)" "$correlate"
frugal 'the job of an issue that was deleted' "UPDATE jirasync.issues SET deleted_at = now() WHERE issue_id = 1009;
    $(of_issue 1009)" "$correlate"
frugal 'the job of a commit' "$(of_commit "$(commit "c.reverts IS NULL AND cardinality(c.parents) = 1")")" "$correlate"
frugal 'the job of a merge' "$(of_commit "$(commit 'cardinality(c.parents) = 2')")" "$correlate"
frugal 'the job of a revert' "$(of_commit "$(commit 'c.reverts IS NOT NULL AND c.landed_at IS NOT NULL')")" "$correlate"
frugal 'the job of a few commits' "$(of_commit "$(sql -c "SELECT repository || '#' || min(changed_seq) || '-' || min(changed_seq) + 5
    FROM jirasync.commits GROUP BY repository ORDER BY 1 LIMIT 1")")" "$correlate"
frugal 'a claim' '' "SELECT jirasync.claim_jobs('main', '{correlate_issue,correlate_commit}', 10, 'test', 60000)"
frugal 'the completion of a job' "$(claimed noop '' 1 false)" "SELECT jirasync.complete_jobs('main', :'ids', :'tokens')"
frugal 'the way back of a job' "$(claimed noop '' 2 false)" "SELECT jirasync.give_back_jobs('main', :'ids', :'tokens')"
pushed() { # ref, before, after, sha, parent: SQL that stores a push of one commit
    echo "SELECT facts.git('{\"repository\": \"org/pushed\", \"default_branch\": \"main\", \"changes\": [{\"ref\": \"$1\", \"before\": $2,
        \"after\": \"$3\", \"commits\": [{\"sha\": \"$3\", \"message\": \"PRJ1-7 more\", \"keys\": [\"PRJ1-7\"], \"parents\": $4}]}]}')"
}
tip=$(sql -c "SELECT facts.sha('push ' || 6000)")
frugal 'a push' '' "$(pushed main "\"$tip\"" aa01 null)"
frugal 'the job of a push that goes on from the tip' "$(of_commit 'org/pushed^main')" "$correlate"
frugal 'the job of a new branch' "$(pushed feature/PRJ1-8-x null aa02 '["aa01"]') \\gset
    $(of_commit 'org/pushed^feature/PRJ1-8-x')" "$correlate"
frugal 'the job of a pull request' "$(of_commit 'org/pushed!2999')" "$correlate"
request() { # number, merged commit: SQL that stores a pull request of two commits that was merged
    echo "SELECT facts.git('{\"repository\": \"org/pushed\", \"pull_request\": {\"number\": $1, \"title\": \"PRJ1-$1\", \"keys\": [\"PRJ1-$1\"],
        \"target_branch\": \"main\", \"state\": \"merged\", \"merge_sha\": \"$2\", \"commit_count\": 2}}')"
}
frugal 'a pull request' '' "$(request 4000 ab02)"
frugal 'a push that brings it, rebased' '' "SELECT facts.git('{\"repository\": \"org/pushed\", \"changes\": [{\"ref\": \"main\",
    \"before\": \"aa01\", \"after\": \"ab02\", \"commits\": [{\"sha\": \"ab01\"}, {\"sha\": \"ab02\"}]}]}')"
frugal 'the job of a rebased pull request' "$(of_commit 'org/pushed!4000')" "$correlate"
brought=$(sql -c "SELECT count(*) FROM jirasync.commit_keys WHERE via = '#4000'")
[ "$brought" = 2 ] && echo 'ok and gives its key to both commits' || echo "not ok and gives its key to both commits: to $brought"
