/* Fetches of issues: many waiting ones of a site as one request. */
#include "fetch_issue.h"

#include "log.h"
#include "pgarray.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    STATEMENT_TIMEOUT_MS = 60000,
    REFUSED_MS = 1000,        /* the circuit is open now, and says when the next probe may go */
    NOT_ASKABLE_MS = 3600000, /* the sources file lacks how: a worker whose file has it takes them sooner */
    CANCELLED_MS = 0,
};

/* A range of jobs of one site, all with ids for keys. */
struct range {
    const struct job *jobs;
    size_t count;
};

/* ---- absences ---- */

static enum error_code send_ids(struct db *db, const struct source *source, const char *name, const char *sql,
                                const int64_t *ids, size_t count, const char *fourth, PGresult **result, struct error *error)
{
    struct pgarray array = {0};
    int lengths[4] = {0}, formats[4] = {0, 0, 1, 0};
    const Oid types[4] = {0, 0, pgarray_oid(PGARRAY_INT8), 0};
    pgarray_begin(&array, PGARRAY_INT8);
    for (size_t i = 0; i < count; i++)
        pgarray_add_int8(&array, ids[i]);
    const char *bytes = pgarray_finish(&array, &lengths[2]);
    const char *const values[] = {source->tenant, source->name, bytes, fourth};
    const struct db_params params = {
        .count = fourth ? 4 : 3, .types = types, .values = values, .lengths = lengths, .formats = formats};
    enum error_code code = bytes ? db_query_prepared(db, name, sql, &params, 0, STATEMENT_TIMEOUT_MS, result, error)
                                 : error_set(error, ERROR_NO_MEMORY, "no memory for %zu ids", count);
    pgarray_free(&array);
    return code;
}

static enum error_code forget_absent(struct db *db, const struct source *source, const int64_t *ids, size_t count,
                                     struct error *error)
{
    PGresult *result = NULL;
    if (count == 0)
        return ERROR_NONE;
    enum error_code code = send_ids(db, source, "forget_absent_issues", "SELECT jirasync.forget_absent_issues($1, $2, $3)", ids,
                                    count, NULL, &result, error);
    PQclear(result);
    return code;
}

enum error_code fetch_issue_present(struct db *db, struct site *site, const int64_t *ids, size_t count, struct error *error)
{
    return forget_absent(db, site_source(site), ids, count, error);
}

enum error_code fetch_issue_absent(struct db *db, struct site *site, const int64_t *ids, size_t count, bool is_second,
                                   instant at, int64_t *confirmed, size_t *confirmed_count, int64_t *wait_ms, int64_t *buried,
                                   struct error *error)
{
    const struct source *source = site_source(site);
    PGresult *result = NULL;
    *confirmed_count = 0;
    *wait_ms = 0;
    if (count == 0)
        return ERROR_NONE;
    enum error_code code = send_ids(db, source, "note_absent_issues",
                                    "SELECT issue_id, is_confirmed, wait_ms"
                                    " FROM jirasync.note_absent_issues($1, $2, $3, $4::boolean)",
                                    ids, count, is_second ? "t" : "f", &result, error);
    for (int row = 0; code == ERROR_NONE && row < PQntuples(result); row++) {
        int64_t wait = strtoll(PQgetvalue(result, row, 2), NULL, 10);
        if (*PQgetvalue(result, row, 1) == 't')
            confirmed[(*confirmed_count)++] = strtoll(PQgetvalue(result, row, 0), NULL, 10);
        else if (wait > *wait_ms)
            *wait_ms = wait;
    }
    PQclear(result);
    if (code == ERROR_NONE && *confirmed_count > 0)
        code = fetched_bury(site_fetched(site), confirmed, *confirmed_count, at, buried, error);
    return code == ERROR_NONE ? forget_absent(db, source, confirmed, *confirmed_count, error) : code;
}

/* ---- what becomes of jobs ---- */

static int64_t id_of(const struct job *job)
{
    return strtoll(job->key, NULL, 10);
}

static bool is_id(const char *key)
{
    size_t length = strspn(key, "0123456789");
    return length > 0 && length <= 18 && key[length] == '\0' && key[0] != '0';
}

static bool is_among(const int64_t *ids, size_t count, int64_t id)
{
    for (size_t i = 0; i < count; i++)
        if (ids[i] == id)
            return true;
    return false;
}

static enum error_code fail_all(const struct job_context *context, struct range range, const struct error *why,
                                int64_t retry_after_ms, struct error *error)
{
    enum error_code code = ERROR_NONE;
    for (size_t i = 0; code == ERROR_NONE && i < range.count; i++)
        code = job_fail(context, &range.jobs[i], why, retry_after_ms, error);
    return code;
}

/* Jobs whose issues were found, or are known to be gone, are done; the others come again. */
static enum error_code settle(const struct job_context *context, struct site *site, struct range range,
                              const struct site_look *look, struct error *error)
{
    int64_t confirmed[JIRA_ISSUE_BULK_MAX], wait_ms = 0, buried = 0;
    size_t confirmed_count = 0, done_count = 0, open_count = 0;
    struct job done[JIRA_ISSUE_BULK_MAX], open[JIRA_ISSUE_BULK_MAX];
    enum error_code code = fetch_issue_present(context->db, site, look->found, look->found_count, error);
    if (code == ERROR_NONE)
        code = fetch_issue_absent(context->db, site, look->absent, look->absent_count, false, look->at, confirmed,
                                  &confirmed_count, &wait_ms, &buried, error);
    if (code != ERROR_NONE)
        return code;
    for (size_t i = 0; i < range.count; i++) {
        int64_t id = id_of(&range.jobs[i]);
        bool is_open = is_among(look->absent, look->absent_count, id) && !is_among(confirmed, confirmed_count, id);
        if (is_open)
            open[open_count++] = range.jobs[i];
        else
            done[done_count++] = range.jobs[i];
    }
    code = job_give_back(context, open, open_count, wait_ms, error);
    if (code == ERROR_NONE && done_count > 0)
        code = job_complete(context, done, done_count, error);
    log_line(LOG_LEVEL_INFO,
             LOG_FIELDS(.kind = "fetch_issue", .source = site_source(site)->name, .count = (int64_t)look->found_count),
             "issues fetched; %zu absent, %" PRId64 " buried", look->absent_count, buried);
    return code;
}

/* What a failed request means for its jobs. An error of the database's is the caller's. */
static enum error_code take_problem(const struct job_context *context, struct site *site, struct range range,
                                    const struct rest_problem *problem, const struct error *why, struct error *error)
{
    enum error_code code = site_heed(site, problem, error);
    if (code != ERROR_NONE)
        return code;
    switch (problem->fault) {
    case REST_WAIT:
        /* The site answers, but not this: the jobs' own backoff, no earlier than it asked for. */
        if (problem->status >= 500)
            return fail_all(context, range, why, problem->wait_ms, error);
        return job_give_back(context, range.jobs, range.count, problem->wait_ms, error);
    case REST_REFUSED:
        return job_give_back(context, range.jobs, range.count, REFUSED_MS, error);
    case REST_CANCELLED:
        return job_give_back(context, range.jobs, range.count, CANCELLED_MS, error);
    case REST_WRONG:
        return job_refuse(context, range.jobs, range.count, why, error);
    default:
        /* A 404 too: Jira answers a request for many even where it has none of them, so that this is another's answer. */
        return fail_all(context, range, why, -1, error);
    }
}

/* True when one issue of several may be what a request fails for. */
static bool is_divisible(const struct rest_problem *problem, enum error_code code)
{
    return problem->fault == REST_WRONG || problem->fault == REST_BROKEN ||
           (problem->fault == REST_FINE && (code == ERROR_WRONG_TYPE || code == ERROR_BODY_TOO_LARGE));
}

static enum error_code fetch_range(const struct job_context *context, struct site *site, struct range range,
                                   struct rest_problem *problem, struct error *error)
{
    int64_t ids[JIRA_ISSUE_BULK_MAX];
    struct site_look look;
    for (size_t i = 0; i < range.count; i++)
        ids[i] = id_of(&range.jobs[i]);
    enum error_code code = site_fetch_issues(site, ids, range.count, &look, problem, error);
    return code == ERROR_NONE ? settle(context, site, range, &look, error) : code;
}

/* Fetches a range in one request, and by halves what Jira will not answer as a whole. *goes_on is false when the site is not to
 * be asked any more for now. */
static enum error_code fetch_all(const struct job_context *context, struct site *site, struct range range, bool *goes_on,
                                 struct error *error)
{
    struct range waiting[16] = {range}; /* halves of at most JIRA_ISSUE_BULK_MAX */
    enum error_code code = ERROR_NONE;
    for (size_t left = 1; code == ERROR_NONE && left > 0;) {
        struct range next = waiting[--left];
        struct rest_problem problem;
        struct error why = {.code = ERROR_NONE};
        code = fetch_range(context, site, next, &problem, &why);
        if (code == ERROR_NONE)
            continue;
        if (next.count > 1 && is_divisible(&problem, code)) {
            waiting[left++] = (struct range){next.jobs + next.count / 2, next.count - next.count / 2};
            waiting[left++] = (struct range){next.jobs, next.count / 2};
            code = ERROR_NONE;
            continue;
        }
        if (problem.fault == REST_FINE && code != ERROR_WRONG_TYPE && code != ERROR_BODY_TOO_LARGE) {
            *error = why;
            return code;
        }
        log_error(LOG_FIELDS(.kind = "fetch_issue", .source = site_source(site)->name, .count = (int64_t)next.count), &why);
        *goes_on = problem.fault != REST_WAIT && problem.fault != REST_REFUSED && problem.fault != REST_CANCELLED;
        code = take_problem(context, site, next, &problem, &why, error);
        while (code == ERROR_NONE && !*goes_on && left > 0) {
            next = waiting[--left];
            code = job_give_back(context, next.jobs, next.count, problem.wait_ms, error);
        }
    }
    return code;
}

/* An issue of the mirror that bears a key which Jira has not got is looked for by its id. */
static enum error_code look_by_id(const struct job_context *context, const struct job *job, struct error *error)
{
    PGresult *result = NULL;
    const struct db_params params = {.count = 3, .values = (const char *const[]){context->tenant, job->source, job->key}};
    enum error_code code = db_query_prepared(
        context->db, "look_by_id",
        "SELECT jirasync.enqueue_job('fetch_issue', i.issue_id::text, $2, $1) FROM jirasync.issue_keys k"
        " JOIN jirasync.issues i ON i.tenant = k.tenant AND i.source = k.source AND i.issue_id = k.issue_id"
        " WHERE k.tenant = $1 AND k.source = $2 AND k.issue_key = upper($3) AND i.issue_key = k.issue_key AND i.deleted_at IS NULL",
        &params, 0, STATEMENT_TIMEOUT_MS, &result, error);
    PQclear(result);
    return code;
}

/* What a key names now, if anything. */
static enum error_code fetch_key(const struct job_context *context, struct site *site, const struct job *job,
                                 struct error *error)
{
    struct site_look look;
    struct rest_problem problem;
    struct error why = {.code = ERROR_NONE};
    enum error_code code = site_fetch_key(site, job->key, &look, &problem, &why);
    if (code == ERROR_NONE && look.found_count == 0)
        code = look_by_id(context, job, &why);
    if (code == ERROR_NONE)
        return job_complete(context, job, 1, error);
    if (problem.fault == REST_FINE) {
        *error = why;
        return code;
    }
    return take_problem(context, site, (struct range){job, 1}, &problem, &why, error);
}

/* ---- by site ---- */

static enum error_code fetch_of_site(const struct job_context *context, const struct job *jobs, size_t count,
                                     struct error *error)
{
    struct site *site = NULL;
    struct error why = {.code = ERROR_NONE};
    enum error_code code = site_list_find(context->sites, jobs[0].source, &site, &why);
    if (code != ERROR_NONE) {
        log_error(LOG_FIELDS(.kind = "fetch_issue", .source = jobs[0].source, .count = (int64_t)count), &why);
        return job_put_off(context, jobs, count, NOT_ASKABLE_MS, &why, error);
    }
    bool goes_on = true;
    for (size_t i = 0, taken; code == ERROR_NONE && i < count; i += taken) {
        for (taken = 0; i + taken < count && taken < JIRA_ISSUE_BULK_MAX && is_id(jobs[i + taken].key);)
            taken++;
        struct range range = {jobs + i, taken ? taken : 1};
        if (!goes_on)
            code = job_give_back(context, range.jobs, range.count, REFUSED_MS, error);
        else if (taken)
            code = fetch_all(context, site, range, &goes_on, error);
        else
            code = fetch_key(context, site, jobs + i, error);
        taken = range.count;
    }
    return code;
}

static int compare_jobs(const void *left, const void *right)
{
    const struct job *a = left, *b = right;
    int by_source = strcmp(a->source, b->source);
    if (by_source != 0)
        return by_source;
    if (is_id(a->key) != is_id(b->key))
        return is_id(a->key) ? -1 : 1;
    return (a->id > b->id) - (a->id < b->id);
}

enum error_code fetch_issue_run(const struct job_context *context, const struct job *jobs, size_t count, struct error *error)
{
    struct job *sorted = calloc(count, sizeof *sorted);
    enum error_code code = ERROR_NONE;
    if (!sorted)
        return error_set(error, ERROR_NO_MEMORY, "no memory for %zu jobs", count);
    memcpy(sorted, jobs, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, compare_jobs);
    for (size_t i = 0, taken; code == ERROR_NONE && i < count; i += taken) {
        for (taken = 1; i + taken < count && strcmp(sorted[i].source, sorted[i + taken].source) == 0;)
            taken++;
        code = fetch_of_site(context, sorted + i, taken, error);
    }
    free(sorted);
    return code;
}
