#!/bin/sh
# shellcheck disable=SC1091,SC2034  # reads.sh reads most
# A question about one issue, one version or one commit goes by index, however many there are: among a hundred thousand
# issues, what it reads of each growing table.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
most=300
sql() { psql -XAtq -v ON_ERROR_STOP=1 -d "$PGURI" "$@"; }
. "$root/tests/support/reads.sh"

sql -v issues=100000 -v commits=20000 -v seed=1 -f "$root/tests/bench/history.sql"
[ "$(sql -c 'SELECT jirasync.correlation_rebuild()')" -gt 0 ] || { echo 'not ok the history is correlated'; exit 1; }
sql -c "INSERT INTO jirasync.refs (tenant, source, repository, ref, kind, sha, seen_at, parent_ref, fork_position)
        SELECT tenant, source, repository, 'v' || position, 'tag', sha, now(), 'main', position
        FROM jirasync.commit_refs WHERE ref = 'main' AND position % 10 = 0 AND on_line" \
    -c "SELECT jirasync.enqueue_jobs('main', array_agg('correlate_issue'::text), array_agg(source), array_agg('0' || issue_id))
        FROM jirasync.issues WHERE issue_id <= 20000" \
    -c 'VACUUM ANALYZE' >/dev/null

one() { sql -c "$1 LIMIT 1"; }
story=$(one "SELECT c.issue_key FROM jirasync.issue_coverage c JOIN jirasync.issues i USING (tenant, source, issue_id)
             WHERE c.state = 'covered' AND i.hierarchy_level = 0 ORDER BY c.issue_id")
epic=$(one "SELECT issue_key FROM jirasync.issues WHERE hierarchy_level = 1 AND deleted_at IS NULL ORDER BY issue_id")
sha=$(one "SELECT sha FROM jirasync.commit_refs WHERE repository = 'org/app-1' AND ref = 'main' AND position > 900 ORDER BY position")
before=$(one "SELECT sha FROM jirasync.commit_refs WHERE repository = 'org/app-1' AND ref = 'main' AND on_line
              AND position = (SELECT max(position) - 20 FROM jirasync.commit_refs WHERE repository = 'org/app-1' AND ref = 'main')")
for what in "$story" "$epic" "$sha" "$before"; do
    [ -n "$what" ] || { echo 'not ok there is something to ask for'; exit 1; }
done

frugal 'the state of one story' '' "SELECT * FROM jirasync.story_coverage WHERE issue_key = '$story'"
frugal 'the versions of one story' '' "SELECT * FROM jirasync.version_stories WHERE issue_key = '$story'"
frugal 'the links of one story' '' "SELECT * FROM jirasync.issue_commits WHERE named_key = '$story'"
frugal 'the branches of one commit' '' "SELECT * FROM jirasync.commit_branches('git', 'org/app-1', '$sha')"
frugal 'the first tag of one commit' '' "SELECT jirasync.first_tag('git', 'org/app-1', left('$sha', 10))"
most=2000
. "$root/tests/support/reads.sh"
frugal 'the whole story of one issue' '' "SELECT * FROM jirasync.explain_issue('$story')"
frugal 'the whole story of an epic' '' "SELECT * FROM jirasync.explain_issue('$epic')"
frugal 'the roll-up of an epic' '' "SELECT * FROM jirasync.epic_coverage WHERE issue_key = '$epic'"
frugal 'the newest commits of a branch' '' "SELECT * FROM jirasync.commits_between('git', 'org/app-1', '$before', 'main')"
# A version has five hundred of the issues.
most=12000
. "$root/tests/support/reads.sh"
frugal 'the stories of one version' '' "SELECT * FROM jirasync.version_stories WHERE project_key = 'PRJ1' AND fix_version = '1.3'"
frugal 'the coverage of one version' '' "SELECT * FROM jirasync.coverage_by_fix_version WHERE project_key = 'PRJ1' AND fix_version = '1.3'"
sql -c "UPDATE jirasync.versions SET name = 'only here' WHERE name = '1.3' AND project_key = 'PRJ1'" -c 'ANALYZE jirasync.versions'
frugal 'a version by its name alone' '' "SELECT * FROM jirasync.coverage_by_fix_version WHERE fix_version = 'only here'"
frugal 'the audit of a release' '' "SELECT * FROM jirasync.release_audit('only here', 'git', 'org/app-1', '$before', 'main')"
sql -c "INSERT INTO jirasync.run_coverage (tenant, run_id, source, project_key, fix_version, at, stories, with_commits, without_commits,
                                           unmerged, reverted, not_expected)
        SELECT 'main', 'run-' || n / 100, 'default', 'PRJ' || n % 20, CASE n % 100 WHEN 1 THEN 'only here' ELSE '1.' || n % 100 END,
               now() - n * interval '1 minute', 10, 5, 5, 0, 0, 0 FROM generate_series(1, 100000) n" \
    -c "INSERT INTO jirasync.deliveries (tenant, source, delivery_id, event, issue_id, received_at, stored_at, outcome, kind, body_sha256)
        SELECT s.tenant, s.source, s.delivery_id, 'jira:issue_updated', s.issue_id, s.at, s.at, 'applied', 'jira', sha256(s.delivery_id::bytea)
        FROM jirasync.issue_snapshots s" -c 'ANALYZE jirasync.run_coverage, jirasync.deliveries'
[ "$(sql -c "SELECT count(*) > 2 FROM jirasync.coverage_burn_up WHERE project_key = 'PRJ1' AND fix_version = 'only here'")" = t ] ||
    echo 'not ok a version has a history'
frugal 'the history of one version' '' "SELECT * FROM jirasync.coverage_burn_up WHERE tenant = 'main' AND source = 'default' AND project_key = 'PRJ1' AND fix_version = 'only here'"
frugal 'what changed in one version' '' "SELECT jirasync.report_changes('main', NULL, 'only here', now() - interval '1 day', NULL)"
frugal 'waiving an issue' '' "SELECT jirasync.waive_issue('$story', 'a test', 'Grace')"
frugal 'waiving a commit' '' "SELECT jirasync.waive_commit('org/app-1', left('$sha', 12), 'a test', 'Grace')"
frugal 'linking a commit' '' "SELECT jirasync.link_commit('git', 'org/app-1', '$sha', '$epic')"
