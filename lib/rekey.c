/* Applies today's rule of issue keys to what the database holds: page by page, read, listed, compared. */
#include "rekey.h"

#include "arena.h"
#include "key_rows.h"
#include "progress.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CONNECT_TIMEOUT_MS 10000
#define PAGE_TIMEOUT_MS 600000
#define PAGE_ROWS "5000"
#define PAGE_BYTES "8388608" /* of messages, unless one alone has more */
#define KEYS_BYTES ((size_t)1 << 30)
#define TRIES 3 /* of a page that met a deadlock */

struct rekeying {
    struct db *db;
    const struct rekey_options *options;
    struct arena *arena; /* keys of the row that is looked at */
    const char *tenant, *source, *repository;
    struct progress progress;
};

/* One kind of text. A page's first column is what the next page goes on from. */
struct pass {
    const char *label, *start;
    const char *count; /* $1 source, $2 repository, either NULL */
    const char *page;  /* $1 tenant, $2 source, $3 repository, $4 the last one of the page before, $5 rows, $6 bytes */
    const char *copy;
    const char *write; /* $1 to $3 as above, $4 chunk, $5 dry run: numbers in the order of struct rekey_count's */
    bool (*list)(struct rekeying *rekeying, const PGresult *page, int row, struct copy_rows *rows);
};

static void write_value(struct copy_rows *rows, const PGresult *page, int row, int column)
{
    copy_rows_text(rows, PQgetvalue(page, row, column), (size_t)PQgetlength(page, row, column));
}

static const char *value_of(const PGresult *page, int row, int column)
{
    return PQgetisnull(page, row, column) ? NULL : PQgetvalue(page, row, column);
}

/* The hash lets the writing see that it is still that message. */
static void write_hash(struct copy_rows *rows, const char *message, size_t length)
{
    unsigned char hash[crypto_hash_sha256_BYTES];
    char hex[2 * sizeof hash + 1];
    crypto_hash_sha256(hash, (const unsigned char *)message, length);
    sodium_bin2hex(hex, sizeof hex, hash, sizeof hash);
    copy_rows_text(rows, hex, sizeof hex - 1);
}

static bool list_commit(struct rekeying *rekeying, const PGresult *page, int row, struct copy_rows *rows)
{
    const char *message = PQgetvalue(page, row, 1);
    size_t length = (size_t)PQgetlength(page, row, 1);
    bool is_merge = PQgetvalue(page, row, 2)[0] == 't';
    struct key_list named, handed;
    if (!key_list_of_message(message, length, rekeying->arena, &named) ||
        !key_list_of_merge(message, length, rekeying->arena, &handed))
        return false;
    write_value(rows, page, row, 0);
    write_hash(rows, message, length);
    key_rows_keys(rows, &named);
    if (is_merge)
        key_rows_keys(rows, &handed);
    else
        copy_rows_null(rows);
    key_rows_refused(rows, &named);
    return true;
}

static bool list_pull_request(struct rekeying *rekeying, const PGresult *page, int row, struct copy_rows *rows)
{
    struct key_list list;
    if (!key_list_of_pull_request(value_of(page, row, 1), value_of(page, row, 2), rekeying->arena, &list))
        return false;
    write_value(rows, page, row, 0);
    write_value(rows, page, row, 3);
    key_rows_keys(rows, &list);
    key_rows_refused(rows, &list);
    return true;
}

static bool list_branch(struct rekeying *rekeying, const PGresult *page, int row, struct copy_rows *rows)
{
    struct key_list list;
    if (!key_list_of_branch(PQgetvalue(page, row, 0), rekeying->arena, &list))
        return false;
    write_value(rows, page, row, 0);
    key_rows_keys(rows, &list);
    key_rows_refused(rows, &list);
    return true;
}

/* The branches that pushes or an import told of. */
#define BRANCHES \
    "SELECT p.tenant, p.source, p.repository, p.ref FROM jirasync.pushes p WHERE p.kind = 'branch'" \
    " UNION SELECT r.tenant, r.source, r.repository, r.ref FROM jirasync.refs r" \
    " WHERE r.kind = 'branch' AND r.imported_sha IS NOT NULL"

static const struct pass passes[REKEY_PASSES] = {
    [REKEY_COMMITS] =
        {.label = "commits",
         .start = "",
         .count = "SELECT count(*) FROM jirasync.commits c"
                  " WHERE ($1::text IS NULL OR c.source = $1) AND ($2::text IS NULL OR c.repository = $2)",
         .page = "WITH page AS ("
                 "SELECT c.sha, c.message, CASE WHEN c.parents IS NULL THEN c.is_merge_named"
                 " ELSE cardinality(c.parents) > 1 END AS is_merge FROM jirasync.commits c"
                 " WHERE c.tenant = $1 AND c.source = $2 AND c.repository = $3 AND c.sha > $4"
                 " ORDER BY c.sha LIMIT $5::integer"
                 "), measured AS ("
                 "SELECT p.*, row_number() OVER w AS place, sum(octet_length(p.message)) OVER w AS bytes FROM page p"
                 " WINDOW w AS (ORDER BY p.sha ROWS UNBOUNDED PRECEDING)"
                 ") SELECT m.sha, m.message, m.is_merge FROM measured m"
                 " WHERE m.place = 1 OR m.bytes <= $6::bigint ORDER BY m.place",
         .copy = "COPY pg_temp.rekey_commits FROM STDIN",
         .write = "SELECT changed, keys_added, keys_removed, handed, refused_added, refused_removed, jobs"
                  " FROM jirasync.rekey_write_commits($1, $2, $3, $4::integer, $5::boolean)",
         .list = list_commit},
    [REKEY_PULL_REQUESTS] =
        {.label = "pull requests",
         .start = "-9223372036854775808",
         .count = "SELECT count(*) FROM jirasync.pull_requests p"
                  " WHERE ($1::text IS NULL OR p.source = $1) AND ($2::text IS NULL OR p.repository = $2)",
         .page = "SELECT p.number, p.title, p.source_branch, p.delivery_id FROM jirasync.pull_requests p"
                 " WHERE p.tenant = $1 AND p.source = $2 AND p.repository = $3 AND p.number > $4::bigint"
                 " AND $6::bigint > 0 ORDER BY p.number LIMIT $5::integer",
         .copy = "COPY pg_temp.rekey_pull_requests FROM STDIN",
         .write = "SELECT w.changed, 0, 0, 0, w.refused_added, w.refused_removed, w.jobs"
                  " FROM jirasync.rekey_write_pull_requests($1, $2, $3, $5::boolean) w WHERE $4::integer > 0",
         .list = list_pull_request},
    [REKEY_BRANCHES] =
        {.label = "branches",
         .start = "",
         .count = "SELECT count(*) FROM (" BRANCHES ") p"
                  " WHERE ($1::text IS NULL OR p.source = $1) AND ($2::text IS NULL OR p.repository = $2)",
         .page = "SELECT p.ref FROM (" BRANCHES ") p"
                 " WHERE p.tenant = $1 AND p.source = $2 AND p.repository = $3 AND p.ref > $4"
                 " AND $6::bigint > 0 ORDER BY p.ref LIMIT $5::integer",
         .copy = "COPY pg_temp.rekey_branches FROM STDIN",
         .write = "SELECT w.changed, 0, 0, 0, w.refused_added, w.refused_removed, w.jobs"
                  " FROM jirasync.rekey_write_branches($1, $2, $3, $4::integer, $5::boolean) w",
         .list = list_branch},
};

static const char repositories_statement[] =
    "SELECT r.tenant, r.source, r.repository FROM ("
    "SELECT c.tenant, c.source, c.repository FROM jirasync.commits c UNION "
    "SELECT p.tenant, p.source, p.repository FROM jirasync.pull_requests p UNION "
    "SELECT u.tenant, u.source, u.repository FROM jirasync.pushes u) r"
    " WHERE ($1::text IS NULL OR r.source = $1) AND ($2::text IS NULL OR r.repository = $2) ORDER BY 1, 2, 3";

/* ---- one page ---- */

static enum error_code query(struct rekeying *rekeying, const char *sql, int count, const char *const *values,
                             PGresult **result, struct error *error)
{
    const struct db_params params = {.count = count, .values = values};
    return db_query(rekeying->db, sql, &params, 0, PAGE_TIMEOUT_MS, result, error);
}

static enum error_code send_page(struct rekeying *rekeying, const struct pass *pass, const PGresult *page,
                                 struct error *error)
{
    struct copy_rows *rows;
    PGconn *connection = db_connection(rekeying->db);
    if (PQsetnonblocking(connection, 0) != 0)
        return copy_rows_failure(connection, NULL, error);
    enum error_code code = copy_rows_start(connection, pass->copy, &rows, error);
    if (code != ERROR_NONE)
        return code;
    for (int row = 0; code == ERROR_NONE && row < PQntuples(page); row++) {
        arena_reset(rekeying->arena);
        code = pass->list(rekeying, page, row, rows) ? copy_rows_end_row(rows, error)
                                                     : error_set(error, ERROR_NO_MEMORY, "out of memory");
    }
    if (code == ERROR_NONE)
        return copy_rows_finish(rows, error);
    copy_rows_abandon(rows);
    return code;
}

static void take_counts(const PGresult *answer, struct rekey_count *count)
{
    int64_t *const numbers[] = {&count->changed, &count->keys_added, &count->keys_removed, &count->handed,
                                &count->refused_added, &count->refused_removed, &count->jobs};
    for (int i = 0; i < PQnfields(answer); i++)
        *numbers[i] = strtoll(PQgetvalue(answer, 0, i), NULL, 10);
}

static enum error_code write_page(struct rekeying *rekeying, const struct pass *pass, struct rekey_count *count,
                                  struct error *error)
{
    char chunk[24];
    PGresult *answer;
    snprintf(chunk, sizeof chunk, "%lld", (long long)rekeying->options->chunk);
    const char *values[] = {rekeying->tenant, rekeying->source, rekeying->repository, chunk,
                            rekeying->options->is_dry_run ? "t" : "f"};
    enum error_code code = query(rekeying, pass->write, 5, values, &answer, error);
    if (code != ERROR_NONE)
        return code;
    take_counts(answer, count);
    PQclear(answer);
    return db_execute(rekeying->db, count->jobs > 0 ? "COMMIT; NOTIFY jirasync_jobs" : "COMMIT", PAGE_TIMEOUT_MS, error);
}

/* Does the page after last in one transaction. *page may have no rows; it is the caller's on ERROR_NONE. */
static enum error_code do_page(struct rekeying *rekeying, const struct pass *pass, const char *last, PGresult **page,
                               struct rekey_count *count, struct error *error)
{
    const char *values[] = {rekeying->tenant, rekeying->source, rekeying->repository, last, PAGE_ROWS, PAGE_BYTES};
    *count = (struct rekey_count){0};
    enum error_code code = db_execute(rekeying->db, "BEGIN", PAGE_TIMEOUT_MS, error);
    if (code == ERROR_NONE)
        code = query(rekeying, pass->page, 6, values, page, error);
    if (code != ERROR_NONE)
        return code;
    count->seen = PQntuples(*page);
    if (count->seen == 0)
        return db_execute(rekeying->db, "COMMIT", PAGE_TIMEOUT_MS, error);
    code = send_page(rekeying, pass, *page, error);
    if (code == ERROR_NONE)
        code = write_page(rekeying, pass, count, error);
    if (code != ERROR_NONE)
        PQclear(*page);
    return code;
}

static enum error_code try_page(struct rekeying *rekeying, const struct pass *pass, const char *last, PGresult **page,
                                struct rekey_count *count, struct error *error)
{
    enum error_code code = ERROR_NONE;
    for (int i = 0; i < TRIES; i++) {
        code = do_page(rekeying, pass, last, page, count, error);
        if (code != ERROR_DATABASE_CONFLICT)
            break;
        struct error ignored;
        (void)(db_execute(rekeying->db, "ROLLBACK", PAGE_TIMEOUT_MS, &ignored) == ERROR_NONE);
    }
    return code;
}

/* ---- all pages ---- */

static void add_count(struct rekey_count *sum, const struct rekey_count *count)
{
    sum->seen += count->seen;
    sum->changed += count->changed;
    sum->keys_added += count->keys_added;
    sum->keys_removed += count->keys_removed;
    sum->handed += count->handed;
    sum->refused_added += count->refused_added;
    sum->refused_removed += count->refused_removed;
    sum->jobs += count->jobs;
}

static enum error_code do_repository(struct rekeying *rekeying, const struct pass *pass, struct rekey_count *sum,
                                     struct error *error)
{
    PGresult *page = NULL, *next;
    const char *last = pass->start;
    struct rekey_count count;
    enum error_code code;
    while ((code = try_page(rekeying, pass, last, &next, &count, error)) == ERROR_NONE) {
        PQclear(page);
        page = next;
        add_count(sum, &count);
        progress_add(&rekeying->progress, (uint64_t)count.seen);
        if (count.seen == 0)
            break;
        last = PQgetvalue(page, PQntuples(page) - 1, 0);
    }
    PQclear(page);
    return code;
}

static enum error_code start_progress(struct rekeying *rekeying, const struct pass *pass, struct error *error)
{
    const char *values[] = {rekeying->options->source, rekeying->options->repository};
    PGresult *answer;
    enum error_code code = query(rekeying, pass->count, 2, values, &answer, error);
    if (code != ERROR_NONE)
        return code;
    progress_start(&rekeying->progress, pass->label, strtoull(PQgetvalue(answer, 0, 0), NULL, 10),
                   rekeying->options->is_quiet);
    PQclear(answer);
    return ERROR_NONE;
}

static enum error_code do_pass(struct rekeying *rekeying, const struct pass *pass, const PGresult *repositories,
                               struct rekey_count *sum, struct error *error)
{
    enum error_code code = start_progress(rekeying, pass, error);
    for (int row = 0; code == ERROR_NONE && row < PQntuples(repositories); row++) {
        rekeying->tenant = PQgetvalue(repositories, row, 0);
        rekeying->source = PQgetvalue(repositories, row, 1);
        rekeying->repository = PQgetvalue(repositories, row, 2);
        code = do_repository(rekeying, pass, sum, error);
    }
    if (code == ERROR_NONE)
        progress_finish(&rekeying->progress);
    return code;
}

static enum error_code prepare(struct rekeying *rekeying, PGresult **repositories, struct error *error)
{
    const char *values[] = {rekeying->options->source, rekeying->options->repository};
    enum error_code code = db_connect(rekeying->db, CONNECT_TIMEOUT_MS, error);
    if (code == ERROR_NONE)
        code = db_execute(rekeying->db,
                          "SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0;"
                          "SET client_min_messages = warning; SELECT jirasync.rekey_prepare()",
                          PAGE_TIMEOUT_MS, error);
    if (code == ERROR_NONE)
        code = query(rekeying, repositories_statement, 2, values, repositories, error);
    if (code == ERROR_NONE && rekeying->options->repository && PQntuples(*repositories) == 0)
        code = error_set(error, ERROR_INPUT, "nothing is known of a repository %s%s%s", rekeying->options->repository,
                         rekeying->options->source ? " of source " : "",
                         rekeying->options->source ? rekeying->options->source : "");
    return code;
}

enum error_code rekey(struct db *db, const struct rekey_options *options, struct rekey_result *result,
                      struct error *error)
{
    struct rekeying rekeying = {.db = db, .options = options, .arena = arena_new(KEYS_BYTES)};
    PGresult *repositories = NULL;
    *result = (struct rekey_result){0};
    enum error_code code = rekeying.arena ? prepare(&rekeying, &repositories, error)
                                          : error_set(error, ERROR_NO_MEMORY, "out of memory");
    for (int pass = 0; code == ERROR_NONE && pass < REKEY_PASSES; pass++)
        code = do_pass(&rekeying, &passes[pass], repositories, &result->counts[pass], error);
    if (code != ERROR_NONE)
        db_drop(db);
    PQclear(repositories);
    arena_free(rekeying.arena);
    return code;
}
