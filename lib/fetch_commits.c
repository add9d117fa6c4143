/* Fetches of what pushes left out. */
#include "fetch_commits.h"

#include "git_host.h"
#include "log.h"
#include "pgarray.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
    STATEMENT_TIMEOUT_MS = 300000,
    REFUSED_MS = 1000,      /* the circuit is open now, and says when the next probe may go */
    NOT_ASKABLE_MS = 60000, /* this worker's sources file lacks how: another's may have it */
};

/* One fetch. */
struct fetch {
    const struct job_context *context;
    const struct job *job;
    struct git_host *host;
    struct rest_problem problem; /* not REST_FINE: of the host's; an error without one is the database's */
    bool is_refused;             /* it will never go well */
    PGresult *push;              /* the row of push_to_fetch */
    size_t asked;                /* of the commits that were named: held_before was asked about them */
};

/* Columns of push_to_fetch. */
enum { REPOSITORY,
       DELIVERY_ID,
       CHANGE,
       BEFORE,
       AFTER,
       WAIT_MS };

static const char *push_text(const struct fetch *fetch, int column)
{
    return PQgetisnull(fetch->push, 0, column) ? NULL : PQgetvalue(fetch->push, 0, column);
}

static struct commit_set *commits_of(const struct fetch *fetch)
{
    return git_host_api_commits(git_host_rest(fetch->host));
}

/* ---- the database's part ---- */

static enum error_code read_push(struct fetch *fetch, struct error *error)
{
    const struct job_context *context = fetch->context;
    const char *const values[] = {context->tenant, fetch->job->source, fetch->job->key};
    const struct db_params params = {.count = 3, .values = values};
    return db_query_prepared(context->db, "push_to_fetch",
                             "SELECT repository, delivery_id, change, before, after, wait_ms"
                             " FROM jirasync.push_to_fetch($1, $2, $3)",
                             &params, 0, STATEMENT_TIMEOUT_MS, &fetch->push, error);
}

/* Of a new branch: which of the commits that were named since the last page the repository held before. */
static enum error_code ask_held(struct fetch *fetch, struct error *error)
{
    struct commit_set *commits = commits_of(fetch);
    struct pgarray array = {0};
    int lengths[5] = {0}, formats[5] = {0, 0, 0, 0, 1};
    const Oid types[5] = {0, 0, 0, 0, pgarray_oid(PGARRAY_TEXT)};
    PGresult *held = NULL;
    pgarray_begin(&array, PGARRAY_TEXT);
    for (const char *sha; (sha = commit_set_named(commits, fetch->asked)); fetch->asked++)
        pgarray_add_bytes(&array, sha, strlen(sha));
    const char *bytes = pgarray_finish(&array, &lengths[4]);
    const char *const values[] = {fetch->context->tenant, fetch->job->source, push_text(fetch, DELIVERY_ID),
                                  push_text(fetch, CHANGE), bytes};
    const struct db_params params = {.count = 5, .types = types, .values = values, .lengths = lengths, .formats = formats};
    enum error_code code = bytes ? db_query_prepared(fetch->context->db, "held_before",
                                                     "SELECT jirasync.held_before($1, $2, $3, $4::integer, $5)", &params, 0,
                                                     STATEMENT_TIMEOUT_MS, &held, error)
                                 : error_set(error, ERROR_NO_MEMORY, "no memory for hashes");
    for (int row = 0; code == ERROR_NONE && row < PQntuples(held); row++)
        commit_set_hold(commits, PQgetvalue(held, row, 0));
    PQclear(held);
    pgarray_free(&array);
    return code;
}

static enum error_code complete_push(struct fetch *fetch, bool *is_completed, struct error *error)
{
    char *json = commit_set_json(commits_of(fetch));
    if (!json)
        return error_set(error, ERROR_NO_MEMORY, "no memory for %zu commits", commit_set_count(commits_of(fetch)));
    const char *const values[] = {fetch->context->tenant, fetch->job->source, push_text(fetch, DELIVERY_ID),
                                  push_text(fetch, CHANGE), push_text(fetch, BEFORE), push_text(fetch, AFTER), json};
    const struct db_params params = {.count = 7, .values = values};
    PGresult *result = NULL;
    enum error_code code = db_query_prepared(fetch->context->db, "complete_push",
                                             "SELECT jirasync.complete_push($1, $2, $3, $4::integer, $5, $6, $7::jsonb)", &params,
                                             0, STATEMENT_TIMEOUT_MS, &result, error);
    *is_completed = code == ERROR_NONE && *PQgetvalue(result, 0, 0) == 't';
    PQclear(result);
    free(json);
    return code;
}

/* ---- the host's part ---- */

static enum error_code too_many(struct fetch *fetch, struct error *error)
{
    fetch->is_refused = true;
    return error_set(error, ERROR_INPUT,
                     "the push brought more than %zu commits (JIRASYNC_FETCH_COMMITS_MAX): import %.200s (jirasync import-commits)",
                     git_host_most(fetch->host), push_text(fetch, REPOSITORY));
}

/* What is there is all there is, and has to hang together. */
static enum error_code check_end(struct fetch *fetch, size_t open, struct error *error)
{
    size_t listed = commit_set_count(commits_of(fetch)), ordered = commit_set_ordered(commits_of(fetch));
    bool is_new = !push_text(fetch, BEFORE);
    if (is_new ? open == 0 : listed == 0 || ordered > 0)
        return ERROR_NONE;
    fetch->problem.fault = REST_BROKEN;
    return error_set(error, ERROR_IO, "%s: %zu commits are listed, which do not lead to %.64s", fetch->job->source, listed,
                     push_text(fetch, AFTER));
}

/* Page by page, until the host has no more, or, of a new branch, nothing is open. */
static enum error_code gather(struct fetch *fetch, struct error *error)
{
    struct git_host_api *rest = git_host_rest(fetch->host);
    const struct git_host_range range = {push_text(fetch, REPOSITORY), push_text(fetch, BEFORE), push_text(fetch, AFTER)};
    bool is_last = false;
    size_t open = 1;
    enum error_code code = git_host_api_begin(rest, &range, error);
    fetch->is_refused = code == ERROR_INPUT;
    while (code == ERROR_NONE && !is_last && open > 0) {
        code = git_host_api_next(rest, &is_last, &fetch->problem, error);
        if (code == ERROR_NONE && !range.before)
            code = ask_held(fetch, error);
        if (code == ERROR_NONE && (is_last || !range.before))
            code = commit_set_order(commits_of(fetch), range.after, &open, error);
        size_t brought = range.before || open > 0 ? commit_set_count(commits_of(fetch)) : commit_set_ordered(commits_of(fetch));
        if (code == ERROR_NONE && brought > git_host_most(fetch->host))
            code = too_many(fetch, error);
    }
    return code == ERROR_NONE ? check_end(fetch, open, error) : code;
}

/* ---- what becomes of a job ---- */

/* What a failed fetch means for its job; *pause_ms is how long the host is to be left alone then, -1: not at all. */
static enum error_code take_problem(const struct fetch *fetch, const struct error *why, int64_t *pause_ms, struct error *error)
{
    const struct job_context *context = fetch->context;
    const struct rest_problem *problem = &fetch->problem;
    *pause_ms = problem->fault == REST_WAIT        ? problem->wait_ms
                : problem->fault == REST_REFUSED   ? REFUSED_MS
                : problem->fault == REST_CANCELLED ? 0
                                                   : -1;
    if (fetch->is_refused)
        return job_refuse(context, fetch->job, 1, why, error);
    switch (problem->fault) {
    case REST_WAIT:
        if (problem->status >= 500)
            return job_fail(context, fetch->job, why, problem->wait_ms, error);
        return job_give_back(context, fetch->job, 1, problem->wait_ms, error);
    case REST_REFUSED:
    case REST_CANCELLED:
        return job_give_back(context, fetch->job, 1, *pause_ms, error);
    case REST_ABSENT:
    case REST_WRONG:
        return job_refuse(context, fetch->job, 1, why, error);
    default:
        return job_fail(context, fetch->job, why, -1, error);
    }
}

static enum error_code finish(struct fetch *fetch, struct error *error)
{
    bool is_completed = false;
    size_t count = commit_set_ordered(commits_of(fetch));
    enum error_code code = complete_push(fetch, &is_completed, error);
    if (code == ERROR_NONE)
        code = job_complete(fetch->context, fetch->job, 1, error);
    if (code == ERROR_NONE)
        log_line(LOG_LEVEL_INFO,
                 LOG_FIELDS(.kind = "fetch_commits", .source = fetch->job->source, .event_id = push_text(fetch, DELIVERY_ID),
                            .count = (int64_t)count),
                 is_completed ? "a push is whole" : "a push was whole already, or is told otherwise now");
    return code;
}

/* One job. An error is the surroundings'. */
static enum error_code fetch_one(struct fetch *fetch, int64_t *pause_ms, struct error *error)
{
    struct error why = {.code = ERROR_NONE};
    enum error_code code = read_push(fetch, error);
    if (code != ERROR_NONE)
        return code;
    if (PQntuples(fetch->push) == 0)
        return job_complete(fetch->context, fetch->job, 1, error);
    if (push_text(fetch, WAIT_MS)) /* an earlier push is to be whole first */
        return job_give_back(fetch->context, fetch->job, 1, strtoll(push_text(fetch, WAIT_MS), NULL, 10), error);
    code = gather(fetch, &why);
    if (code == ERROR_NONE)
        return finish(fetch, error);
    if (fetch->problem.fault == REST_FINE && !fetch->is_refused) {
        *error = why;
        return code;
    }
    log_error(LOG_FIELDS(.kind = "fetch_commits", .source = fetch->job->source, .event_id = push_text(fetch, DELIVERY_ID)), &why);
    return take_problem(fetch, &why, pause_ms, error);
}

static enum error_code fetch_of_host(const struct job_context *context, const struct job *jobs, size_t count,
                                     struct error *error)
{
    struct git_host *host = NULL;
    struct error why = {.code = ERROR_NONE};
    int64_t pause_ms = -1;
    enum error_code code = git_host_list_find(context->hosts, jobs[0].source, &host, &why);
    if (code != ERROR_NONE) {
        log_error(LOG_FIELDS(.kind = "fetch_commits", .source = jobs[0].source, .count = (int64_t)count), &why);
        return job_put_off(context, jobs, count, NOT_ASKABLE_MS, &why, error);
    }
    for (size_t i = 0; code == ERROR_NONE && i < count; i++) {
        struct fetch fetch = {.context = context, .job = &jobs[i], .host = host};
        if (pause_ms < 0)
            code = fetch_one(&fetch, &pause_ms, error);
        else
            code = job_give_back(context, &jobs[i], 1, pause_ms, error);
        PQclear(fetch.push);
    }
    return code;
}

/* By source, then in the order in which they were asked for: a new branch waits for what came before it. */
static int compare_jobs(const void *left, const void *right)
{
    const struct job *a = left, *b = right;
    int by_source = strcmp(a->source, b->source);
    return by_source != 0 ? by_source : (a->id > b->id) - (a->id < b->id);
}

enum error_code fetch_commits_run(const struct job_context *context, const struct job *jobs, size_t count, struct error *error)
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
        code = fetch_of_host(context, sorted + i, taken, error);
    }
    free(sorted);
    return code;
}
