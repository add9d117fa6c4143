/* Opens, closes and writes correlation runs. */
#include "run.h"

#include "artifact.h"
#include "instant.h"
#include "log.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { DOCUMENTS_AT_ONCE = 4 };

static int64_t monotonic_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}

static struct run *find_run(struct run_list *list, const char *tenant)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->runs[i].tenant, tenant) == 0)
            return &list->runs[i];
    return NULL;
}

static struct run *add_run(struct run_list *list, const char *tenant)
{
    struct run *runs = realloc(list->runs, (list->count + 1) * sizeof *runs);
    char *name = strdup(tenant);
    if (runs)
        list->runs = runs;
    if (!runs || !name) {
        free(name);
        return NULL;
    }
    struct run *run = &list->runs[list->count++];
    *run = (struct run){.tenant = name, .opened_ms = monotonic_ms()};
    log_new_run_id(run->run_id);
    return run;
}

static void remove_run(struct run_list *list, struct run *run)
{
    free(run->tenant);
    *run = list->runs[--list->count];
}

static enum error_code run_statement(struct db *db, const char *name, const char *sql, int count,
                                     const char *const *values, int64_t timeout_ms, struct error *error)
{
    PGresult *result = NULL;
    struct db_params params = {.count = count, .values = values};
    enum error_code code = db_query_prepared(db, name, sql, &params, 0, timeout_ms, &result, error);
    PQclear(result);
    return code;
}

const struct run *run_open(struct db *db, struct run_list *list, const char *tenant, const char *worker,
                           const char *git_sha, const char *args, int64_t lease_ms, int64_t timeout_ms,
                           struct error *error)
{
    struct run *run = find_run(list, tenant);
    if (run)
        return run;
    run = add_run(list, tenant);
    if (!run) {
        error_set(error, ERROR_NO_MEMORY, "no memory for a run");
        return NULL;
    }
    char lease[24];
    snprintf(lease, sizeof lease, "%" PRId64, lease_ms);
    const char *values[] = {tenant, run->run_id, worker, git_sha, args, lease};
    if (run_statement(db, "open_run", "SELECT jirasync.open_run($1, $2, $3, $4, $5::jsonb, $6::integer)", 6,
                      values, timeout_ms, error) == ERROR_NONE)
        return run;
    remove_run(list, run);
    return NULL;
}

int64_t run_due_in(const struct run_list *list, int64_t interval_ms)
{
    int64_t now = monotonic_ms(), due = -1;
    for (size_t i = 0; i < list->count; i++) {
        int64_t left = list->runs[i].opened_ms + interval_ms - now;
        left = left > 0 ? left : 0;
        due = due < 0 || left < due ? left : due;
    }
    return due;
}

enum error_code run_close_due(struct db *db, struct run_list *list, int64_t interval_ms, int64_t timeout_ms,
                              struct error *error)
{
    int64_t now = monotonic_ms();
    for (size_t i = list->count; i-- > 0;) {
        struct run *run = &list->runs[i];
        if (run->opened_ms + interval_ms > now)
            continue;
        enum error_code code = run_statement(db, "close_run", "SELECT jirasync.close_run($1, $2) IS NULL", 2,
                                             (const char *[]){run->tenant, run->run_id}, timeout_ms, error);
        if (code != ERROR_NONE)
            return code;
        log_line(LOG_LEVEL_DEBUG, LOG_FIELDS(.detail = run->run_id), "run closed");
        remove_run(list, run);
    }
    return ERROR_NONE;
}

void run_list_clear(struct run_list *list)
{
    while (list->count > 0)
        remove_run(list, &list->runs[list->count - 1]);
    free(list->runs);
    list->runs = NULL;
}

enum error_code run_extend(struct db *db, const char *tenant, const char *run_id, int64_t lease_ms,
                           int64_t timeout_ms, struct error *error)
{
    char lease[24];
    snprintf(lease, sizeof lease, "%" PRId64, lease_ms);
    return run_statement(db, "extend_run", "SELECT jirasync.extend_run($1, $2, $3::integer)", 3,
                         (const char *[]){tenant, run_id, lease}, timeout_ms, error);
}

enum error_code run_close_abandoned(struct db *db, int64_t timeout_ms, int64_t *closed, struct error *error)
{
    PGresult *result = NULL;
    enum error_code code = db_query_prepared(db, "close_abandoned_runs",
                                             "SELECT coalesce(sum(jirasync.close_abandoned_runs(t)), 0)"
                                             " FROM jirasync.tenants_to_rescue() t",
                                             NULL, 0, timeout_ms, &result, error);
    *closed = code == ERROR_NONE ? strtoll(PQgetvalue(result, 0, 0), NULL, 10) : 0;
    PQclear(result);
    return code;
}

enum error_code run_end_waivers(struct db *db, int64_t timeout_ms, struct error *error)
{
    return run_statement(db, "end_waivers", "SELECT jirasync.end_waivers()", 0, NULL, timeout_ms, error);
}

static enum error_code write_one(struct db *db, const char *root, PGresult *runs, int row, int64_t timeout_ms,
                                 struct error *error)
{
    char path[ARTIFACT_PATH_BYTES];
    const char *tenant = PQgetvalue(runs, row, 0), *run_id = PQgetvalue(runs, row, 1);
    artifact_path(run_id, strtoll(PQgetvalue(runs, row, 2), NULL, 10), path);
    enum error_code code =
        artifact_write(root, path, PQgetvalue(runs, row, 3), (size_t)PQgetlength(runs, row, 3), error);
    if (code == ERROR_NONE)
        code = run_statement(db, "record_artifact", "SELECT jirasync.record_artifact($1, $2, $3)", 3,
                             (const char *[]){tenant, run_id, path}, timeout_ms, error);
    if (code == ERROR_NONE)
        log_line(LOG_LEVEL_INFO, LOG_FIELDS(.detail = path, .bytes = PQgetlength(runs, row, 3)),
                 "artifact written");
    return code;
}

enum error_code run_write_artifacts(struct db *db, const char *root, int64_t timeout_ms, int64_t *written,
                                    struct error *error)
{
    char limit[12];
    snprintf(limit, sizeof limit, "%d", DOCUMENTS_AT_ONCE);
    struct db_params params = {.count = 1, .values = (const char *[]){limit}};
    enum error_code code = ERROR_NONE;
    int rows = DOCUMENTS_AT_ONCE;
    *written = 0;
    while (code == ERROR_NONE && rows == DOCUMENTS_AT_ONCE) {
        PGresult *runs = NULL;
        code = db_query_prepared(
            db, "runs_to_write",
            "SELECT tenant, run_id, (extract(epoch FROM finished_at) * 1000000)::bigint, document"
            " FROM jirasync.runs_to_write($1::integer)",
            &params, 0, timeout_ms, &runs, error);
        rows = code == ERROR_NONE ? PQntuples(runs) : 0;
        for (int row = 0; code == ERROR_NONE && row < rows; row++) {
            code = write_one(db, root, runs, row, timeout_ms, error);
            *written += code == ERROR_NONE;
        }
        PQclear(runs);
    }
    return code;
}
