/* Prunes batch by batch, so that nothing is locked for long and live work is never far behind. */
#include "prune.h"

#include "artifact.h"
#include "log.h"

#include <inttypes.h>
#include <stdlib.h>

enum { BATCHES_AT_ONCE = 8 };

/* What is pruned, in this order: each function does one batch and returns its rows, 0 when nothing is left. */
static const struct {
    const char *what, *statement_name, *sql;
} subjects[] = {
    {"bodies", "prune_bodies", "SELECT jirasync.prune_bodies($1)"},
    {"rows of the ledger", "prune_ledger", "SELECT jirasync.prune_ledger($1)"},
    {"rows of runs", "prune_runs", "SELECT jirasync.prune_runs($1)"},
    {"tombstones", "prune_tombstones", "SELECT jirasync.prune_tombstones($1)"},
    {"traces of forgotten issues", "prune_forgotten", "SELECT jirasync.prune_forgotten($1)"},
    {"rejections", "prune_rejections", "SELECT jirasync.prune_rejections($1)"},
    {"reports of reconciliations", "prune_reconciliations", "SELECT jirasync.prune_reconciliations($1)"},
    {"backfills", "prune_backfills", "SELECT jirasync.prune_backfills($1)"},
};

static enum error_code prune_batch(const struct job_context *context, size_t subject, int64_t *rows,
                                   struct error *error)
{
    PGresult *result = NULL;
    struct db_params params = {.count = 1, .values = (const char *[]){context->tenant}};
    enum error_code code = db_query_prepared(context->db, subjects[subject].statement_name,
                                             subjects[subject].sql, &params, 0, context->timeout_ms, &result,
                                             error);
    *rows = code == ERROR_NONE ? strtoll(PQgetvalue(result, 0, 0), NULL, 10) : 0;
    PQclear(result);
    return code;
}

static bool is_cancelled(const struct job_context *context)
{
    return context->cancelled && atomic_load(context->cancelled);
}

/* Prunes one subject while *left, the batches that may still be done, lasts; *is_clean is set when nothing of it
 * is left. */
static enum error_code prune_subject(const struct job_context *context, size_t subject, int *left,
                                     bool *is_clean, struct error *error)
{
    int64_t total = 0;
    enum error_code code = ERROR_NONE;
    *is_clean = false;
    while (code == ERROR_NONE && !*is_clean && *left > 0 && !is_cancelled(context)) {
        int64_t rows = 0;
        code = prune_batch(context, subject, &rows, error);
        *is_clean = code == ERROR_NONE && rows == 0;
        *left -= rows > 0;
        total += rows;
    }
    if (total > 0)
        log_line(LOG_LEVEL_INFO, LOG_FIELDS(.kind = "prune", .count = total, .detail = context->tenant),
                 "pruned: %s", subjects[subject].what);
    return code;
}

enum error_code prune_run(const struct job_context *context, const struct job *jobs, size_t count,
                          struct error *error)
{
    int left = BATCHES_AT_ONCE;
    bool is_clean = true;
    enum error_code code = ERROR_NONE;
    for (size_t i = 0; code == ERROR_NONE && is_clean && i < sizeof subjects / sizeof *subjects; i++)
        code = prune_subject(context, i, &left, &is_clean, error);
    if (code != ERROR_NONE)
        return code;
    if (!is_clean)
        return job_give_back(context, jobs, count, 0, error);
    log_line(LOG_LEVEL_INFO, LOG_FIELDS(.kind = "prune", .detail = context->tenant), "nothing is left to prune");
    return job_complete(context, jobs, count, error);
}

static enum error_code remove_artifacts(const char *root, const char *first_day, struct error *error)
{
    int64_t removed = 0;
    enum error_code code = artifact_remove_before(root, first_day, &removed, error);
    if (removed > 0)
        log_line(LOG_LEVEL_INFO, LOG_FIELDS(.kind = "prune", .count = removed, .detail = first_day),
                 "pruned: artifacts of the days before");
    return code;
}

enum error_code prune_when_due(struct db *db, const char *root, int64_t timeout_ms, struct error *error)
{
    PGresult *due = NULL;
    enum error_code code = db_query_prepared(db, "prune_enqueue_due",
                                             "SELECT enqueued, first_day FROM jirasync.prune_enqueue_due()",
                                             NULL, 0, timeout_ms, &due, error);
    if (code == ERROR_NONE && strtol(PQgetvalue(due, 0, 0), NULL, 10) > 0)
        log_line(LOG_LEVEL_INFO,
                 LOG_FIELDS(.kind = "prune", .count = strtol(PQgetvalue(due, 0, 0), NULL, 10)),
                 "prune jobs enqueued");
    if (code == ERROR_NONE && !PQgetisnull(due, 0, 1))
        code = remove_artifacts(root, PQgetvalue(due, 0, 1), error);
    PQclear(due);
    return code;
}
