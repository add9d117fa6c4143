#!/bin/sh
# sql/migrate, sql/schema.sql, comments and what Citus asks of keys, on a fresh database.
set -u
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
tmp=$(mktemp -d "${TEST_TMP:-/tmp}/schema.XXXXXX") || exit 1
trap 'rm -rf "$tmp"' EXIT
sql() { psql -XAtq -v ON_ERROR_STOP=1 -d "$PGURI" "$@"; }
sibling() { printf '%s/%s\n' "${PGURI%/*}" "$1"; }
fresh() { sql -c "DROP DATABASE IF EXISTS $1 WITH (FORCE)" -c "CREATE DATABASE $1" 2>/dev/null; }

ok() { # what, command...: ok when the command is
    what=$1
    shift
    if "$@" >"$tmp/log" 2>&1; then echo "ok $what"; else echo "not ok $what"; sed 's/^/    /' "$tmp/log"; fi
}
none() { # what, query: ok when it finds nothing
    sql -c "$2" >"$tmp/log" 2>&1 || echo 'the query failed' >>"$tmp/log"
    if [ -s "$tmp/log" ]; then echo "not ok $1"; sed 's/^/    /' "$tmp/log"; else echo "ok $1"; fi
}

dump_is_true() { "$root/sql/dump-schema" "$PGURI" >"$tmp/schema.sql" && diff -u "$root/sql/schema.sql" "$tmp/schema.sql"; }
ok 'sql/schema.sql is what the migrations make (else: make schema)' dump_is_true

again_changes_nothing() {
    pg_dump -d "$PGURI" --schema-only | sed '/^\\/d' >"$tmp/before" &&
        "$root/sql/migrate" "$PGURI" >"$tmp/said" && cat "$tmp/said" && grep -q '; 0 functions and 0 views changed' "$tmp/said" &&
        pg_dump -d "$PGURI" --schema-only | sed '/^\\/d' >"$tmp/after" && diff -u "$tmp/before" "$tmp/after"
}
ok 'a second migrate changes nothing' again_changes_nothing

three_at_once() {
    fresh schema_thrice || return 1
    "$root/sql/migrate" "$(sibling schema_thrice)" >"$tmp/1" 2>&1 & one=$!
    "$root/sql/migrate" "$(sibling schema_thrice)" >"$tmp/2" 2>&1 & two=$!
    "$root/sql/migrate" "$(sibling schema_thrice)" >"$tmp/3" 2>&1 & three=$!
    status=0
    for pid in $one $two $three; do wait "$pid" || status=1; done
    cat "$tmp/1" "$tmp/2" "$tmp/3"
    [ "$status" = 0 ] && [ "$(cat "$tmp/1" "$tmp/2" "$tmp/3" | grep -c '^migrate: 0001_foundation$')" = 1 ]
}
ok 'three migrates at once apply each migration once' three_at_once

owner_is_enough() {
    sql -c "DROP ROLE IF EXISTS schema_deployer" -c "CREATE ROLE schema_deployer LOGIN PASSWORD 'deploy' IN ROLE jirasync_owner" &&
        PGPASSWORD=deploy "$root/sql/migrate" "$(sibling schema_thrice | sed 's|//[^@]*@|//schema_deployer@|')"
    status=$?
    sql -c 'DROP ROLE schema_deployer'
    return $status
}
ok 'a member of jirasync_owner can migrate' owner_is_enough

changed_result() {
    cp -R "$root/sql" "$tmp/sql" && cat >"$tmp/sql/functions/schema_probe.sql" <<'SQL' &&
CREATE OR REPLACE FUNCTION jirasync.schema_probe() RETURNS integer LANGUAGE plpgsql AS $$ BEGIN RETURN 1; END $$;
SQL
        "$tmp/sql/migrate" "$(sibling schema_thrice)" && cat >"$tmp/sql/functions/schema_probe.sql" <<'SQL' &&
CREATE OR REPLACE FUNCTION jirasync.schema_probe() RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN 'two'; END $$;
SQL
        "$tmp/sql/migrate" "$(sibling schema_thrice)" &&
        [ "$(psql -XAtqd "$(sibling schema_thrice)" -c 'SELECT jirasync.schema_probe()')" = two ] &&
        rm "$tmp/sql/functions/schema_probe.sql" && "$tmp/sql/migrate" "$(sibling schema_thrice)" &&
        [ "$(psql -XAtqd "$(sibling schema_thrice)" -c "SELECT count(*) FROM pg_proc WHERE proname = 'schema_probe'")" = 0 ]
}
ok 'a function of another result type replaces the old one, and one without a file goes' changed_result

failure_leaves_no_trace() {
    echo 'CREATE TABLE jirasync.schema_half (a int); SELECT 1/0;' >"$tmp/sql/migrations/9999_broken.sql"
    ! "$tmp/sql/migrate" "$(sibling schema_thrice)" 2>"$tmp/said" && cat "$tmp/said" && grep -q 'nothing was changed' "$tmp/said" &&
        [ "$(psql -XAtqd "$(sibling schema_thrice)" -c "SELECT to_regclass('jirasync.schema_half') IS NULL")" = t ]
}
ok 'a migration that fails says so and leaves nothing' failure_leaves_no_trace
sql -c 'DROP DATABASE IF EXISTS schema_thrice WITH (FORCE)' 2>/dev/null

none 'every table, view and sequence has a comment' \
    "SELECT c.oid::regclass FROM pg_class c WHERE c.relnamespace = 'jirasync'::regnamespace
        AND (c.relkind IN ('r', 'p', 'v', 'm')
             OR (c.relkind = 'S' AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype IN ('a', 'i'))))
        AND obj_description(c.oid, 'pg_class') IS NULL"
none 'every column of a table has a comment' \
    "SELECT a.attrelid::regclass || '.' || a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
      WHERE c.relnamespace = 'jirasync'::regnamespace AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped
        AND col_description(c.oid, a.attnum) IS NULL"
none 'every function has a comment' \
    "SELECT p.oid::regprocedure FROM pg_proc p WHERE p.pronamespace = 'jirasync'::regnamespace
        AND obj_description(p.oid, 'pg_proc') IS NULL"
none 'every unique index of a table of tenants begins with tenant' \
    "SELECT i.indexrelid::regclass FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
       JOIN pg_attribute t ON t.attrelid = c.oid AND t.attname = 'tenant'
      WHERE c.relnamespace = 'jirasync'::regnamespace AND i.indisunique AND i.indkey[0] <> t.attnum
        AND c.relname <> 'sources'"
none 'every table but the global ones begins with tenant' \
    "SELECT c.oid::regclass FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = 1
      WHERE c.relnamespace = 'jirasync'::regnamespace AND c.relkind IN ('r', 'p', 'v') AND a.attname <> 'tenant'
        AND c.relname NOT IN ('sources', 'settings', 'schema_migrations', 'schema_files')"
none 'there is no trigger' \
    "SELECT t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE c.relnamespace = 'jirasync'::regnamespace"
none 'definer functions pin their search path' \
    "SELECT p.oid::regprocedure FROM pg_proc p WHERE p.pronamespace = 'jirasync'::regnamespace AND p.prosecdef
        AND NOT 'search_path=pg_catalog, jirasync, pg_temp' = ANY (coalesce(p.proconfig, '{}'))"

# 20,000 deliveries of one source: the last one of another that is silent is found without walking them.
sql -c "INSERT INTO jirasync.sources (source, tenant, kind)
        VALUES ('loud', 'main', 'jira'), ('silent', 'main', 'jira')" \
    -c "INSERT INTO jirasync.deliveries (tenant, source, delivery_id, event, received_at, outcome, body_sha256, kind)
        SELECT 'main', 'loud', n, 'x', now() - n * interval '1 s', 'ignored', sha256(n::text::bytea), 'jira'
        FROM generate_series(1, 20000) n" -c 'ANALYZE jirasync.deliveries'
walks_no_ledger() { # view
    sql -c "EXPLAIN (ANALYZE, TIMING off) SELECT * FROM jirasync.$1" >"$tmp/plan" && cat "$tmp/plan" &&
        grep -q deliveries "$tmp/plan" && ! grep -Eq 'Rows Removed by Filter: [0-9]{4}|Seq Scan on deliveries' "$tmp/plan"
}
none 'and the loud one has its own' \
    "SELECT 1 WHERE (SELECT array_agg(h.source || coalesce(h.last_delivery_at = d.last, false) ORDER BY h.source)
                     FROM jirasync.source_health h, (SELECT max(received_at) AS last FROM jirasync.deliveries) d)
                    <> '{loudtrue,silentfalse}'"
for view in source_health sync_lag; do
    ok "$view walks no ledger" walks_no_ledger "$view"
done
