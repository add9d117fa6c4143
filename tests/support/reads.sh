# shellcheck shell=sh disable=SC2154  # sql() and most are the reader's
# What a call reads of each growing table, by pg_stat_user_tables and pg_stat_user_indexes: to be read by a test that has
# sql() and most, the rows and pages that a call may read of a table by its indexes.

tables="'issues', 'issue_keys', 'issue_snapshots', 'issue_fix_versions', 'commits', 'commit_keys', 'commit_refs',
        'issue_commits', 'deliveries', 'run_items', 'run_coverage', 'jobs', 'pushes', 'push_commits', 'pull_requests'"
# An index that is read from end to end for its later columns returns few rows: that shows in its pages.
reads="SELECT string_agg(format('%s: %s rows by %s scans from end to end, %s rows from %s pages of indexes', t.relname,
                                t.seq_tup_read, t.seq_scan, i.rows, i.pages), '; ' ORDER BY t.relname)
       FROM pg_stat_user_tables t
       CROSS JOIN LATERAL (
           SELECT sum(x.idx_tup_read) AS rows, sum(b.idx_blks_hit + b.idx_blks_read) AS pages
           FROM pg_stat_user_indexes x JOIN pg_statio_user_indexes b USING (indexrelid) WHERE x.relid = t.relid) i
       WHERE t.schemaname = 'jirasync' AND t.relname IN ($tables) AND (t.seq_scan > 0 OR i.rows > $most OR i.pages > $most)"

read_by() { # before, call: what the call reads too much of; the call may use what before sets
    {
        printf '%s\n' "$1"
        echo 'SELECT pg_stat_force_next_flush(); SELECT pg_stat_reset(); \o /dev/null'
        printf '%s;\n\\o\n' "$2"
        echo "SELECT pg_stat_force_next_flush(); $reads;"
    } | sql -f - | sed '/^$/d'
}

frugal() { # what, before, call
    found=$(read_by "$2" "$3")
    if [ -z "$found" ]; then echo "ok $1"; else echo "not ok $1 reads $found"; fi
}
