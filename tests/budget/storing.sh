#!/bin/sh
# What a delivery costs the database, whatever the clock says: statements, WAL, buffers, by pg_stat_statements.
#
# On a cluster of its own, whose server writes no full pages and vacuums only when it is told: those go by the time
# since the last checkpoint, and would come and go between runs.
set -u
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
cd "$root" || exit 1
storing=${BUILD:-build}/budget/tests/budget/storing
RELEASED=1 BUILD=${BUILD:-build}/budget tests/support/build tests/budget/storing ||
    { echo 'not ok the program is built'; exit 1; }
cluster=$TEST_TMP/storing figures=$TEST_TMP/storing.figures
: >"$figures"
trap 'tests/support/cluster stop "$cluster"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
env -u PGPORT tests/support/cluster start "$cluster" || { echo 'not ok a cluster starts'; exit 1; }
base=$(cat "$cluster/uri") && base=${base%/*}
psql -Xqd "$base/postgres" -v ON_ERROR_STOP=1 -c "ALTER SYSTEM SET shared_preload_libraries = pg_stat_statements" \
    -c "ALTER SYSTEM SET full_page_writes = off" -c "ALTER SYSTEM SET autovacuum = off" \
    -c "ALTER SYSTEM SET fsync = off" || { echo 'not ok the cluster is set up'; exit 1; }
tests/support/cluster restart "$cluster" || { echo 'not ok the cluster starts again'; exit 1; }
psql -Xqd "$base/postgres" -v ON_ERROR_STOP=1 -c "ALTER SYSTEM SET pg_stat_statements.track = 'all'" \
    -c 'SELECT pg_reload_conf()' >/dev/null || { echo 'not ok the cluster counts all statements'; exit 1; }

sql() { psql -XAtq -v ON_ERROR_STOP=1 -d "$PGURI" "$@" || { echo "not ok sql $*" >&2; exit 1; }; }

database() { # name: a migrated database that counts
    PGURI=$base/$1
    export PGURI
    psql -Xqd "$base/postgres" -c "CREATE DATABASE $1" || { echo "not ok the database $1 is made"; exit 1; }
    sql/migrate >"$TEST_TMP/migrate.log" 2>&1 ||
        { cat "$TEST_TMP/migrate.log"; echo "not ok the database $1 is migrated"; exit 1; }
    sql -c 'CREATE EXTENSION pg_stat_statements SCHEMA public'
}

store() { # batch, bytes, warm, count, first issue, issues, moment, ordered, scattered or pushes
    "$storing" "$PGURI" "$@" || { echo "not ok $* is stored"; exit 1; }
}

tidy() { sql -c 'VACUUM (ANALYZE)'; }
forget_jobs() { sql -c 'TRUNCATE jirasync.jobs'; } # so that each delivery makes one

figure() { # name, SQL expression [FROM ...]: writes a figure
    sql -c "SELECT 'storing.$1', round(($2)::numeric, 2) $3" | tr '|' ' ' >>"$figures"
}

counted() { # name, statement's pattern, number of deliveries or jobs, of calls: what the calls of the statement cost
    from="FROM public.pg_stat_statements s
          WHERE s.dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND s.toplevel AND s.query LIKE '$2'"
    [ "$(sql -c "SELECT sum(s.calls) $from")" = "$4" ] || { echo "not ok $1: the statement was called $4 times"; exit 1; }
    figure "$1_wal_bytes" "sum(s.wal_bytes) / $3" "$from"
    figure "$1_wal_records" "sum(s.wal_records)::numeric / $3" "$from"
    figure "$1_buffers" "sum(s.shared_blks_hit + s.shared_blks_read)::numeric / $3" "$from"
}

statements() { # name, calls: statements within a call, and itself
    figure "$1_statements" "1 + sum(s.calls)::numeric / $2" "FROM public.pg_stat_statements s
        WHERE s.dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND NOT s.toplevel"
}

scans() { # name: of tables that grow
    from="FROM pg_stat_user_tables WHERE schemaname = 'jirasync'
          AND relname NOT IN ('settings', 'sources', 'paused_kinds', 'schema_migrations')"
    sql -c "SELECT '$1 scans ' || relname || ' ' || seq_scan || ' times, ' || seq_tup_read || ' rows' $from AND seq_scan > 0"
    figure "$1_table_scans" 'coalesce(sum(seq_scan), 0)' "$from"
}

stored() { # name, deliveries, batches
    counted "$1" 'SELECT outcome, enqueued FROM jirasync.store_deliveries%' "$2" "$3"
    statements "$1" "$3"
    scans "$1"
}

cold() { # name: updates of issues that had to write the indexes, too
    figure "$1_cold_updates" '100.0 * (n_tup_upd - n_tup_hot_upd) / n_tup_upd' \
        "FROM pg_stat_user_tables WHERE relid = 'jirasync.issues'::regclass"
}

# In a fresh database: its tables were never analyzed.
database budget
store 1 9216 64 320 1000 320 0 ordered
stored first_1 256 256
store 64 9216 256 1280 2000 1280 1000 ordered
stored first_64 1024 16
moment=10000
for batch in 1 64; do
    forget_jobs
    tidy
    store $batch 9216 256 1280 2000 1280 $moment scattered
    stored update_$batch 1024 $((1024 / batch))
    cold update_$batch
    moment=$((moment + 10000))
done

# What is derived is empty at first: its statistics are made, as autovacuum would, once it is not.
correlated() { # name: claims and correlates the 1280 jobs that wait, as a worker does; counts all but the first 256
    tidy
    {
        echo "SELECT jirasync.open_run('main', '$1', 'budget', '', '{}', 600000);"
        for batch in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
            [ $batch != 5 ] || echo 'VACUUM (ANALYZE); SELECT pg_stat_force_next_flush(); SELECT pg_stat_reset();
                                     SELECT public.pg_stat_statements_reset();'
            printf '%s \\gset\n' "SELECT array_agg(id) AS ids, array_agg(token) AS tokens
                FROM jirasync.claim_jobs('main', '{correlate_issue}', 64, 'budget', 600000)"
            echo "SELECT 'batch $batch', jirasync.correlate('main', '$1', :'ids'::bigint[], :'tokens'::bigint[]);"
        done
        echo 'SELECT pg_stat_force_next_flush();'
    } >"$TEST_TMP/correlate.sql"
    sql -f "$TEST_TMP/correlate.sql" >"$TEST_TMP/correlated"
    counted "claim_$1" '%jirasync.claim_jobs%' 1024 16
    counted "correlate_$1" 'SELECT %, jirasync.correlate(%' 1024 16
    statements "correlate_$1" 16
    scans "correlate_$1"
    awk -F '[ |]' -v name="storing.correlate_$1_rows" '$1 == "batch" && $2 > 4 { rows += $3 }
        END { printf "%s %.2f\n", name, rows / 16 }' "$TEST_TMP/correlated" >>"$figures"
}

# Jobs of issues that have a commit each; then those of updates that change nothing that is derived.
# The first ones are asked for anew: those that the new issues made are forgotten, and an update that repeats what is
# stored asks for less.
sql -c "SELECT jirasync.enqueue_jobs('main', array_agg(j.kind), array_agg(j.source), array_agg(j.key))
          FROM jirasync.jobs j WHERE j.kind = 'correlate_issue'" >"$TEST_TMP/enqueued"
sql -f tests/support/facts.sql -c "SELECT facts.commit('c' || n, ARRAY['LOAD-' || n], '2026-02-01 00:00Z'),
    facts.place('main', n, ARRAY['c' || n]) FROM generate_series(2000, 3279) n" >"$TEST_TMP/facts.log"
correlated first
store 64 9216 0 1280 2000 1280 $moment scattered
correlated again

# Pushes of three new commits each, to a repository that is known.
tidy
for batch in 1 64; do
    store $batch 0 256 1280 $((batch * 10000)) 1 $moment pushes
    stored push_$batch 1024 $((1024 / batch))
    moment=$((moment + 10000))
done

# The same work among many times more rows; and a claim, planned while the queue was short, from one that has grown.
database growth
many=50000 bounded=$figures figures=$TEST_TMP/growth.figures
store 64 1024 0 1024 1 1024 0 ordered
tidy
store 64 1024 256 1024 1 1024 100000 scattered
stored small 768 12
store 64 1024 0 $((many - 1024 - many % 64)) 1025 $((many - 1024)) 200000 ordered
tidy
store 64 1024 256 1024 1 $((many - 1024)) 400000 scattered
stored large 768 12
enqueue() { # from, to
    echo "SELECT jirasync.enqueue_jobs('main', array_agg('noop'::text), array_agg(''::text), array_agg(n::text))
            FROM generate_series($1, $2) n;"
}
claim() { # times
    yes "SELECT count(*) FROM jirasync.claim_jobs('main', '{noop}', 64, 'budget', 600000);" | head -n "$1"
}
forget_jobs
for queue in short long; do
    {
        enqueue 1 1000 && claim 6
        [ $queue = short ] || enqueue 1001 $many
        echo 'SELECT public.pg_stat_statements_reset();'
        claim 4
    } >"$TEST_TMP/claims.sql"
    sql -f "$TEST_TMP/claims.sql" >"$TEST_TMP/claimed"
    counted "claim_$queue" '%jirasync.claim_jobs%' 256 4
    forget_jobs
done
cat "$figures"
awk '{ value[$1] = $2 }
     function ratio(name, more, less) { printf "storing.%s %.3f\n", name, value["storing." more] / value["storing." less] }
     END { ratio("growth", "large_buffers", "small_buffers"); ratio("claim_growth", "claim_long_buffers", "claim_short_buffers") }' \
    "$figures" >>"$bounded"

tests/budget/compare.py storing "$bounded"
