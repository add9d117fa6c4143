/* The job verbs over their SQL functions, and the table of kinds. */
#include "job.h"

#include "pgarray.h"
#include "prune.h"
#include "replay.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    CONFLICT_TRIES = 3,
    SUSPECT_ATTEMPTS = 2,
    REPLAYS_AT_ONCE = 16,
    REPLAY_ROWS = 64,
    REPLAY_BYTES = 8 << 20,
};

static job_function run_correlation, run_replay, run_noop;

/* A batch of correlate_commit is short: one job may stand for the thousands of commits of an import's chunk,
 * and live issues wait while it runs. */
const struct job_kind job_kinds[] = {
    {"correlate_issue", run_correlation, 0, true},
    {"correlate_commit", run_correlation, 2, true},
    {"replay", run_replay, REPLAYS_AT_ONCE, false},
    {"prune", prune_run, 1, false},
    {"noop", run_noop, 0, false},
    {NULL, NULL, 0, false},
};

/* The arrays of ids and tokens that each verb takes, as PostgreSQL's text format. */
struct claims {
    char *ids, *tokens;
};

static char *bigint_array(const struct job *jobs, size_t count, bool tokens)
{
    size_t size = count * 21 + 3; /* a sign, 19 digits and a comma each */
    char *text = malloc(size);
    if (!text)
        return NULL;
    size_t length = 0;
    text[length++] = '{';
    for (size_t i = 0; i < count; i++)
        length += (size_t)snprintf(text + length, size - length, i ? ",%" PRId64 : "%" PRId64,
                                   tokens ? jobs[i].token : jobs[i].id);
    memcpy(text + length, "}", 2);
    return text;
}

static enum error_code claims_init(struct claims *claims, const struct job *jobs, size_t count,
                                   struct error *error)
{
    claims->ids = bigint_array(jobs, count, false);
    claims->tokens = bigint_array(jobs, count, true);
    if (claims->ids && claims->tokens)
        return ERROR_NONE;
    return error_set(error, ERROR_NO_MEMORY, "no memory for %zu job ids", count);
}

static void claims_clear(struct claims *claims)
{
    free(claims->ids);
    free(claims->tokens);
}

static enum error_code query(const struct job_context *context, const char *name, const char *sql, int count,
                             const char *const *values, PGresult **result, struct error *error)
{
    struct db_params params = {.count = count, .values = values};
    return db_query_prepared(context->db, name, sql, &params, 0, context->timeout_ms, result, error);
}

/* The verbs take $1 tenant, $2 ids, $3 tokens and up to two texts more. */
static enum error_code run_verb(const struct job_context *context, const char *name, const char *sql,
                                const struct job *jobs, size_t count, const char *fourth, const char *fifth,
                                PGresult **result, struct error *error)
{
    struct claims claims = {NULL, NULL};
    enum error_code code = claims_init(&claims, jobs, count, error);
    if (code == ERROR_NONE) {
        const char *values[] = {context->tenant, claims.ids, claims.tokens, fourth, fifth};
        int count_of_values = 3 + (fourth != NULL) + (fifth != NULL);
        code = query(context, name, sql, count_of_values, values, result, error);
    }
    claims_clear(&claims);
    return code;
}

static int compare_jobs(const void *left, const void *right)
{
    const struct job *a = left, *b = right;
    bool suspect_a = a->attempts >= SUSPECT_ATTEMPTS, suspect_b = b->attempts >= SUSPECT_ATTEMPTS;
    if (suspect_a != suspect_b)
        return suspect_a - suspect_b;
    /* Multiplying by an odd constant scatters the tokens, which differ at each claim: a job that kills the
     * worker does not always stand before the same others. */
    uint64_t order_a = (uint64_t)a->token * UINT64_C(0x9e3779b97f4a7c15);
    uint64_t order_b = (uint64_t)b->token * UINT64_C(0x9e3779b97f4a7c15);
    return suspect_a ? (order_a > order_b) - (order_a < order_b) : (a->id > b->id) - (a->id < b->id);
}

static enum error_code read_claimed(struct job_batch *batch, struct error *error)
{
    batch->count = (size_t)PQntuples(batch->claimed);
    if (batch->count == 0)
        return ERROR_NONE;
    batch->jobs = calloc(batch->count, sizeof *batch->jobs);
    if (!batch->jobs) {
        batch->count = 0;
        return error_set(error, ERROR_NO_MEMORY, "no memory for the claimed jobs");
    }
    for (int row = 0; row < (int)batch->count; row++)
        batch->jobs[row] = (struct job){
            .id = strtoll(PQgetvalue(batch->claimed, row, 0), NULL, 10),
            .token = strtoll(PQgetvalue(batch->claimed, row, 1), NULL, 10),
            .source = PQgetvalue(batch->claimed, row, 2),
            .key = PQgetvalue(batch->claimed, row, 3),
            .attempts = (int)strtol(PQgetvalue(batch->claimed, row, 4), NULL, 10),
        };
    qsort(batch->jobs, batch->count, sizeof *batch->jobs, compare_jobs);
    return ERROR_NONE;
}

size_t job_kind_limit(const struct job_kind *kind, size_t limit)
{
    return kind->limit && kind->limit < limit ? kind->limit : limit;
}

enum error_code job_claim(const struct job_context *context, const struct job_kind *kind, size_t limit,
                          const char *worker, struct job_batch *batch, struct error *error)
{
    *batch = (struct job_batch){.kind = kind};
    char limit_text[24], lease_text[24];
    snprintf(limit_text, sizeof limit_text, "%zu", job_kind_limit(kind, limit));
    snprintf(lease_text, sizeof lease_text, "%" PRId64, context->lease_ms);
    const char *values[] = {context->tenant, kind->name, limit_text, worker, lease_text};
    enum error_code code =
        query(context, "claim_jobs",
              "SELECT id, token, source, key, attempts"
              " FROM jirasync.claim_jobs($1, ARRAY[$2]::text[], $3::integer, $4, $5::integer)",
              5, values, &batch->claimed, error);
    return code == ERROR_NONE ? read_claimed(batch, error) : code;
}

void job_batch_clear(struct job_batch *batch)
{
    free(batch->jobs);
    PQclear(batch->claimed);
    *batch = (struct job_batch){.kind = batch->kind};
}

size_t job_slice(const struct job_batch *batch, size_t first)
{
    size_t end = first;
    while (end < batch->count && batch->jobs[end].attempts < SUSPECT_ATTEMPTS)
        end++;
    return end > first ? end - first : 1;
}

enum error_code job_complete(const struct job_context *context, const struct job *jobs, size_t count,
                             struct error *error)
{
    PGresult *result = NULL;
    enum error_code code =
        run_verb(context, "complete_jobs", "SELECT jirasync.complete_jobs($1, $2::bigint[], $3::bigint[])",
                 jobs, count, NULL, NULL, &result, error);
    PQclear(result);
    return code;
}

enum error_code job_fail(const struct job_context *context, const struct job *job, const struct error *why,
                         int64_t retry_after_ms, struct error *error)
{
    char text[sizeof why->message + 16], delay[24] = "";
    snprintf(text, sizeof text, "%s%s%s", why->sqlstate, *why->sqlstate ? ": " : "", why->message);
    if (retry_after_ms >= 0)
        snprintf(delay, sizeof delay, "%" PRId64, retry_after_ms);
    PGresult *result = NULL;
    enum error_code code =
        run_verb(context, "fail_jobs",
                 "SELECT jirasync.fail_jobs($1, $2::bigint[], $3::bigint[], ARRAY[$4]::text[],"
                 " ARRAY[nullif($5, '')]::bigint[])",
                 job, 1, text, delay, &result, error);
    PQclear(result);
    return code;
}

enum error_code job_refuse(const struct job_context *context, const struct job *jobs, size_t count, const struct error *why,
                           struct error *error)
{
    PGresult *result = NULL;
    enum error_code code =
        run_verb(context, "refuse_jobs", "SELECT jirasync.refuse_jobs($1, $2::bigint[], $3::bigint[], $4)", jobs, count,
                 why->message, NULL, &result, error);
    PQclear(result);
    return code;
}

enum error_code job_give_back(const struct job_context *context, const struct job *jobs, size_t count,
                              int64_t delay_ms, struct error *error)
{
    if (count == 0)
        return ERROR_NONE;
    char delay[24];
    snprintf(delay, sizeof delay, "%" PRId64, delay_ms);
    PGresult *result = NULL;
    enum error_code code =
        run_verb(context, "give_back_jobs",
                 "SELECT jirasync.give_back_jobs($1, $2::bigint[], $3::bigint[], $4::integer)", jobs, count,
                 delay, NULL, &result, error);
    PQclear(result);
    return code;
}

enum error_code job_put_off(const struct job_context *context, const struct job *jobs, size_t count, int64_t delay_ms,
                            const struct error *why, struct error *error)
{
    char delay[24];
    snprintf(delay, sizeof delay, "%" PRId64, delay_ms);
    PGresult *result = NULL;
    enum error_code code =
        run_verb(context, "put_off_jobs",
                 "SELECT jirasync.put_off_jobs($1, $2::bigint[], $3::bigint[], $4::integer, $5)", jobs, count, delay,
                 why->message, &result, error);
    PQclear(result);
    return code;
}

enum error_code job_resume_put_off(struct db *db, const char *kind, const char *const *sources, size_t count,
                                   int64_t timeout_ms, int64_t *resumed, struct error *error)
{
    struct pgarray names = {0};
    PGresult *result = NULL;
    int lengths[2] = {0};
    const int formats[2] = {0, 1};
    const Oid types[2] = {0, pgarray_oid(PGARRAY_TEXT)};
    *resumed = 0;
    pgarray_begin(&names, PGARRAY_TEXT);
    for (size_t i = 0; i < count; i++)
        pgarray_add_bytes(&names, sources[i], strlen(sources[i]));
    const char *values[2] = {kind, pgarray_finish(&names, &lengths[1])};
    const struct db_params params = {.count = 2, .types = types, .values = values, .lengths = lengths, .formats = formats};
    enum error_code code = values[1] ? db_query_prepared(db, "resume_put_off_jobs",
                                                         "SELECT jirasync.resume_put_off_jobs($1, $2)", &params, 0,
                                                         timeout_ms, &result, error)
                                     : error_set(error, ERROR_NO_MEMORY, "no memory for %zu sources", count);
    if (code == ERROR_NONE)
        *resumed = strtoll(PQgetvalue(result, 0, 0), NULL, 10);
    PQclear(result);
    pgarray_free(&names);
    return code;
}

static bool is_among(const PGresult *ids, int64_t id)
{
    for (int row = 0; row < PQntuples(ids); row++)
        if (strtoll(PQgetvalue(ids, row, 0), NULL, 10) == id)
            return true;
    return false;
}

enum error_code job_extend(const struct job_context *context, const struct job *jobs, size_t count,
                           bool *held, struct error *error)
{
    char lease[24];
    snprintf(lease, sizeof lease, "%" PRId64, context->lease_ms);
    PGresult *result = NULL;
    enum error_code code =
        run_verb(context, "extend_leases",
                 "SELECT jirasync.extend_leases($1, $2::bigint[], $3::bigint[], $4::integer)", jobs, count,
                 lease, NULL, &result, error);
    for (size_t i = 0; code == ERROR_NONE && held && i < count; i++)
        held[i] = is_among(result, jobs[i].id);
    PQclear(result);
    return code;
}

enum error_code job_rescue(const struct job_context *context, int64_t *rescued, struct error *error)
{
    PGresult *result = NULL;
    enum error_code code = query(context, "rescue_jobs", "SELECT jirasync.rescue_jobs($1)", 1,
                                 (const char *[]){context->tenant}, &result, error);
    *rescued = code == ERROR_NONE ? strtoll(PQgetvalue(result, 0, 0), NULL, 10) : 0;
    PQclear(result);
    return code;
}

enum error_code job_due(const struct job_context *context, const struct job_kind *kinds_table, PGresult **due,
                        struct error *error)
{
    char kinds[256];
    size_t length = 0;
    for (const struct job_kind *kind = kinds_table; kind->name && length < sizeof kinds - 1; kind++)
        length +=
            (size_t)snprintf(kinds + length, sizeof kinds - length, "%c%s", length ? ',' : '{', kind->name);
    snprintf(kinds + length, sizeof kinds - length, "}");
    return query(
        context, "next_jobs",
        "SELECT tenant, greatest(0, ceil(1000 * extract(epoch FROM due_at - clock_timestamp())))::bigint"
        " FROM jirasync.next_jobs($1::text[]) ORDER BY due_at",
        1, (const char *[]){kinds}, due, error);
}

bool job_is_surroundings(const struct job_context *context, const struct error *error)
{
    /* Connection (08), conflict (40), resources (53), intervention (57P), system (58), lock timeout, read
     * only. */
    static const char *const prefixes[] = {"08", "40", "53", "57P", "58", "55P03", "25006"};
    if (error->sqlstate[0] == '\0')
        return true;
    if (strcmp(error->sqlstate, "57014") == 0)
        return context->cancelled && atomic_load(context->cancelled);
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
        if (strncmp(error->sqlstate, prefixes[i], strlen(prefixes[i])) == 0)
            return true;
    return false;
}

static bool is_lost_lease(const struct error *error)
{
    return strcmp(error->sqlstate, "JS001") == 0;
}

/* Runs those that are still held; the others are someone else's by now. */
static enum error_code run_held(const struct job_context *context, const struct job_kind *kind,
                                const struct job *jobs, size_t count, struct error *error)
{
    bool *held = calloc(count, sizeof *held);
    struct job *kept = calloc(count, sizeof *kept);
    enum error_code code = held && kept ? job_extend(context, jobs, count, held, error)
                                        : error_set(error, ERROR_NO_MEMORY, "no memory for %zu jobs", count);
    size_t kept_count = 0;
    for (size_t i = 0; code == ERROR_NONE && i < count; i++)
        if (held[i])
            kept[kept_count++] = jobs[i];
    if (code == ERROR_NONE && kept_count > 0)
        code = kept_count < count
                   ? job_run(context, kind, kept, kept_count, error)
                   : error_set(error, ERROR_DATABASE_CONFLICT, "jobs are held and lost at once");
    free(kept);
    free(held);
    return code;
}

enum error_code job_run(const struct job_context *context, const struct job_kind *kind,
                        const struct job *jobs, size_t count, struct error *error)
{
    enum error_code code = ERROR_NONE;
    for (int tries = 0; tries < CONFLICT_TRIES; tries++) {
        *error = (struct error){.code = ERROR_NONE};
        code = kind->run(context, jobs, count, error);
        if (code != ERROR_DATABASE_CONFLICT)
            break;
    }
    if (code == ERROR_NONE || job_is_surroundings(context, error))
        return code;
    if (is_lost_lease(error))
        return run_held(context, kind, jobs, count, error);
    if (count == 1) {
        struct error why = *error;
        return job_fail(context, jobs, &why, -1, error);
    }
    code = job_run(context, kind, jobs, count / 2, error);
    return code == ERROR_NONE ? job_run(context, kind, jobs + count / 2, count - count / 2, error) : code;
}

static enum error_code run_noop(const struct job_context *context, const struct job *jobs, size_t count,
                                struct error *error)
{
    return job_complete(context, jobs, count, error);
}

/* Replaying twice is as good as once, so the jobs are completed after it, by a transaction of its own. */
static enum error_code run_replay(const struct job_context *context, const struct job *jobs, size_t count,
                                  struct error *error)
{
    enum error_code code = ERROR_NONE;
    for (size_t i = 0; code == ERROR_NONE && i < count; i++) {
        struct replay_result result;
        const struct replay_options options = {
            .tenant = context->tenant,
            .source = jobs[i].source,
            .ids = &jobs[i].key,
            .id_count = 1,
            .since = INSTANT_NONE,
            .until = INSTANT_NONE,
            .batch_rows = REPLAY_ROWS,
            .batch_bytes = REPLAY_BYTES,
            .parse_bytes = context->parse_bytes,
            .is_quiet = true,
        };
        code = replay(context->db, &options, &result, error);
    }
    return code == ERROR_NONE ? job_complete(context, jobs, count, error) : code;
}

/* The lock is taken by a statement of its own, so that the next one sees all that was committed before. */
static enum error_code correlate_under_lock(const struct job_context *context, const struct job *jobs,
                                            size_t count, struct error *error)
{
    PGresult *result = NULL;
    enum error_code code = query(context, "lock_correlation", "SELECT jirasync.lock_correlation($1)", 1,
                                 (const char *[]){context->tenant}, &result, error);
    PQclear(result);
    result = NULL;
    if (code == ERROR_NONE)
        code = run_verb(context, "correlate", "SELECT jirasync.correlate($1, $4, $2::bigint[], $3::bigint[])",
                        jobs, count, context->run_id, NULL, &result, error);
    PQclear(result);
    return code == ERROR_NONE ? db_execute(context->db, "COMMIT", context->timeout_ms, error) : code;
}

static enum error_code run_correlation(const struct job_context *context, const struct job *jobs,
                                       size_t count, struct error *error)
{
    enum error_code code = db_execute(context->db, "BEGIN", context->timeout_ms, error);
    if (code != ERROR_NONE)
        return code;
    code = correlate_under_lock(context, jobs, count, error);
    if (code != ERROR_NONE && db_is_connected(context->db)) {
        struct error unused;
        if (db_execute(context->db, "ROLLBACK", context->timeout_ms, &unused) != ERROR_NONE)
            db_drop(context->db);
    }
    return code;
}
