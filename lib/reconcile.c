/* Compares a Jira site with its mirror, and mends what differs. */
#include "reconcile.h"

#include "fetch_issue.h"
#include "jira_issue.h"
#include "jira_list.h"
#include "jql.h"
#include "log.h"
#include "pgarray.h"
#include "site_project.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    TIMEOUT_MS = 900000,
    PAGE_SIZE = 1000, /* of ids: what both dialects give */
    OTHERS_MS = 60000,
    REFUSED_MS = 60000,
    NOT_ASKABLE_MS = 3600000, /* the sources file lacks how: a worker whose file has it takes it sooner */
    REST_MAX = 4,
    PROJECT_BYTES = 16 << 20,
};

struct reconciliation {
    struct db *db;
    struct site *site;
    struct site_project *projects_of_site;
    const struct source *source;
    struct reconcile_result *result;
    struct rest_problem *problem;
    char id[24], since_minutes[24]; /* as text; "" before the first watermark */
    struct pgarray items, projects; /* projects: ids of those whose issues are all listed */
};

/* ---- statements ---- */

static enum error_code ask(const struct reconciliation *run, const char *sql, int count, const char *const *values,
                           PGresult **result, struct error *error)
{
    const struct db_params params = {.count = count, .values = values};
    return db_query(run->db, sql, &params, 0, TIMEOUT_MS, result, error);
}

/* A statement whose first parameter is the array of gathered items; rest are the others, as text. */
static enum error_code ask_with_items(struct reconciliation *run, const char *sql, int rest_count, const char *const *rest,
                                      PGresult **result, struct error *error)
{
    int lengths[1 + REST_MAX] = {0};
    const Oid types[1 + REST_MAX] = {pgarray_oid(PGARRAY_TEXT)};
    const char *values[1 + REST_MAX] = {pgarray_finish(&run->items, &lengths[0])};
    const struct db_params params = {.count = 1 + rest_count,
                                     .types = types,
                                     .values = values,
                                     .lengths = lengths,
                                     .formats = (const int[1 + REST_MAX]){1}};
    if (!values[0])
        return error_set(error, ERROR_NO_MEMORY, "no memory for a list of source %s", run->source->name);
    for (int i = 0; i < rest_count; i++)
        values[1 + i] = rest[i];
    return db_query(run->db, sql, &params, 0, TIMEOUT_MS, result, error);
}

static enum error_code begin(struct reconciliation *run, struct error *error)
{
    PGresult *result = NULL;
    const char *values[] = {run->source->tenant, run->source->name};
    enum error_code code =
        ask(run, "SELECT id, coalesce(since_minutes::text, '') FROM jirasync.begin_reconcile($1, $2)", 2, values, &result, error);
    if (code != ERROR_NONE)
        return code;
    snprintf(run->id, sizeof run->id, "%s", PQgetvalue(result, 0, 0));
    snprintf(run->since_minutes, sizeof run->since_minutes, "%s", PQgetvalue(result, 0, 1));
    run->result->id = strtoll(run->id, NULL, 10);
    PQclear(result);
    return ERROR_NONE;
}

static enum error_code end(struct reconciliation *run, const char *problem, struct error *error)
{
    const struct reconcile_result *r = run->result;
    char numbers[6][24];
    const int64_t counts[6] = {r->compared, r->missing, r->changed, r->deletes, r->moved, r->requests};
    for (size_t i = 0; i < 6; i++)
        snprintf(numbers[i], sizeof numbers[i], "%" PRId64, counts[i]);
    const char *values[] = {run->source->tenant, run->id, numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5],
                            problem};
    PGresult *result = NULL;
    enum error_code code = ask(run,
                               "SELECT floor(1000 * extract(epoch FROM jirasync.end_reconcile($1, $2::bigint, $3::bigint,"
                               " $4::bigint, $5::bigint, $6::bigint, $7::bigint, $8::bigint, $9)))",
                               9, values, &result, error);
    if (code == ERROR_NONE)
        run->result->duration_ms = strtoll(PQgetvalue(result, 0, 0), NULL, 10);
    PQclear(result);
    return code;
}

/* ---- lists ---- */

static void gather(struct reconciliation *run, const struct rest_page *page)
{
    for (size_t i = 0; i < page->count; i++)
        pgarray_add_bytes(&run->items, page->items[i].bytes, page->items[i].length);
}

/* Lists issues by JQL, a page at a time, into listed_issues. */
static enum error_code list_issues(struct reconciliation *run, const char *jql, struct error *error)
{
    static const char *const fields[] = {"updated", NULL};
    const struct jira_list_options options = {
        .kind = JIRA_ISSUES, .subject = jql, .fields = fields, .page_size = PAGE_SIZE};
    const struct rest_page *page = NULL;
    struct jira_list *list = NULL;
    enum error_code code = jira_list_new(site_api(run->site), &options, &list, error);
    while (code == ERROR_NONE && (code = jira_list_next(list, &page, run->problem, error)) == ERROR_NONE && page) {
        PGresult *result = NULL;
        pgarray_begin(&run->items, PGARRAY_TEXT);
        gather(run, page);
        code = ask_with_items(run, "SELECT jirasync.list_issue_items($2, $3::bigint, $1)", 2,
                              (const char *[]){run->source->tenant, run->id}, &result, error);
        PQclear(result);
    }
    jira_list_free(list);
    return code;
}

static enum error_code list_by(struct reconciliation *run, struct jql *jql, struct error *error)
{
    const char *text = NULL;
    if (!jql)
        return error_set(error, ERROR_NO_MEMORY, "no memory for a search");
    enum error_code code = jql_text(jql, &text, error);
    if (code == ERROR_NONE)
        code = list_issues(run, text, error);
    jql_free(jql);
    return code;
}

/* What changed since the watermark, in minutes before now: the same in whatever time zone Jira reads them. */
static enum error_code list_changed(struct reconciliation *run, struct error *error)
{
    char condition[64];
    if (!*run->since_minutes)
        return ERROR_NONE;
    struct jql *jql = jql_new();
    snprintf(condition, sizeof condition, "updated >= -%sm", run->since_minutes);
    if (jql) {
        jql_condition(jql, condition);
        jql_order(jql, JQL_ID, false);
    }
    return list_by(run, jql, error);
}

static enum error_code list_project(struct reconciliation *run, const char *key, struct error *error)
{
    struct jql *jql = jql_new();
    if (jql) {
        jql_equals(jql, JQL_PROJECT, key);
        jql_order(jql, JQL_ID, false);
    }
    return list_by(run, jql, error);
}

/* ---- projects ---- */

/* Statements whose first parameter is the array of listed projects. */
static enum error_code ask_with_projects(struct reconciliation *run, const char *sql, const char *second, const char *third,
                                         PGresult **result, struct error *error)
{
    int lengths[3] = {0};
    const Oid types[3] = {pgarray_oid(PGARRAY_INT8), 0, 0};
    const char *const values[3] = {pgarray_finish(&run->projects, &lengths[0]), second, third};
    const struct db_params params = {
        .count = 3, .types = types, .values = values, .lengths = lengths, .formats = (const int[]){1, 0, 0}};
    if (!values[0])
        return error_set(error, ERROR_NO_MEMORY, "no memory for the projects of source %s", run->source->name);
    return db_query(run->db, sql, &params, 0, TIMEOUT_MS, result, error);
}

/* A project that was not listed may be archived: then its issues can't be listed, and live on. One that Jira has not got at all
 * has none any more. */
static enum error_code look_for_project(struct reconciliation *run, const char *id, bool *is_gone, struct error *error)
{
    char path[64];
    struct rest_page page = {0};
    snprintf(path, sizeof path, "/rest/api/%d/project/%s", rest_version(site_api(run->site)), id);
    const struct rest_call call = {.endpoint = "project", .path = path};
    if (!rest_page_init(&page, PROJECT_BYTES))
        return error_set(error, ERROR_NO_MEMORY, "no memory for a project");
    enum error_code code = rest_call(site_api(run->site), &call, &page, run->problem, error);
    *is_gone = code == ERROR_INPUT && run->problem->fault == REST_ABSENT;
    rest_page_free(&page);
    return *is_gone ? ERROR_NONE : code;
}

static enum error_code look_for_unlisted(struct reconciliation *run, struct error *error)
{
    PGresult *unlisted = NULL;
    enum error_code code = ask_with_projects(run, "SELECT jirasync.unlisted_projects($2, $3, $1)", run->source->tenant,
                                             run->source->name, &unlisted, error);
    for (int row = 0; code == ERROR_NONE && row < PQntuples(unlisted); row++) {
        bool is_gone = false;
        code = look_for_project(run, PQgetvalue(unlisted, row, 0), &is_gone, error);
        if (code == ERROR_NONE && is_gone)
            pgarray_add_int8(&run->projects, strtoll(PQgetvalue(unlisted, row, 0), NULL, 10));
    }
    PQclear(unlisted);
    return code;
}

static enum error_code list_all(struct reconciliation *run, struct error *error)
{
    PGresult *projects = NULL;
    pgarray_begin(&run->projects, PGARRAY_INT8);
    enum error_code code = site_project_compare_all(run->projects_of_site, &projects, run->problem, error);
    if (code == ERROR_NONE)
        code = list_changed(run, error);
    for (int row = 0; code == ERROR_NONE && row < PQntuples(projects); row++) {
        const char *key = PQgetvalue(projects, row, 1);
        code = site_project_compare_versions(run->projects_of_site, PQgetvalue(projects, row, 0), key, run->problem, error);
        if (code == ERROR_NONE)
            code = list_project(run, key, error);
        pgarray_add_int8(&run->projects, strtoll(PQgetvalue(projects, row, 0), NULL, 10));
    }
    PQclear(projects);
    return code == ERROR_NONE ? look_for_unlisted(run, error) : code;
}

/* ---- what differs ---- */

/* What compare_listed says of an issue. */
enum finding {
    FINDING_MISSING,
    FINDING_MOVED,
    FINDING_CHANGED,
    FINDING_RECENT, /* as it was, but for what belongs to it perhaps */
    FINDING_GONE,
    FINDINGS
};

static const char *const finding_names[FINDINGS] = {
    [FINDING_MISSING] = "missing", [FINDING_MOVED] = "moved", [FINDING_CHANGED] = "changed", [FINDING_RECENT] = "recent", [FINDING_GONE] = "gone"};

static int64_t *count_of(struct reconcile_result *result, enum finding finding)
{
    return finding == FINDING_MISSING ? &result->missing : finding == FINDING_MOVED ? &result->moved
                                                                                    : &result->changed;
}

static enum error_code enqueue_second_looks(struct reconciliation *run, const int64_t *ids, size_t count, struct error *error)
{
    enum error_code code = ERROR_NONE;
    for (size_t i = 0; code == ERROR_NONE && i < count; i++) {
        char id[24];
        PGresult *result = NULL;
        snprintf(id, sizeof id, "%" PRId64, ids[i]);
        const char *values[] = {id, run->source->name, run->source->tenant};
        code = ask(run, "SELECT jirasync.enqueue_job('fetch_issue', $1, $2, $3)", 3, values, &result, error);
        PQclear(result);
    }
    return code;
}

/* Fetches up to a bulk of issues of one finding, and counts what that showed. */
static enum error_code mend(struct reconciliation *run, const int64_t *ids, size_t count, enum finding finding,
                            struct error *error)
{
    bool is_gone = finding == FINDING_GONE;
    struct site_look look;
    int64_t confirmed[JIRA_ISSUE_BULK_MAX], wait_ms = 0, buried = 0;
    size_t confirmed_count = 0;
    if (count == 0)
        return ERROR_NONE;
    enum error_code code = site_fetch_issues(run->site, ids, count, &look, run->problem, error);
    if (code != ERROR_NONE)
        return code;
    if (finding == FINDING_RECENT)
        run->result->changed += look.counts.parents;
    else if (!is_gone)
        *count_of(run->result, finding) += (int64_t)look.found_count;
    code = fetch_issue_present(run->db, run->site, look.found, look.found_count, error);
    /* That Jira did not list it was the first look of one that is gone. */
    if (code == ERROR_NONE)
        code = fetch_issue_absent(run->db, run->site, look.absent, look.absent_count, is_gone, look.at, confirmed, &confirmed_count,
                                  &wait_ms, &buried, error);
    run->result->deletes += buried;
    if (code == ERROR_NONE && !is_gone)
        code = enqueue_second_looks(run, look.absent, look.absent_count, error);
    return code;
}

/* The next issues of a finding, by id, after *last. */
static enum error_code next_found(const struct reconciliation *run, enum finding finding, int64_t *last,
                                  int64_t ids[JIRA_ISSUE_BULK_MAX], size_t *count, struct error *error)
{
    char after[24], most[24];
    snprintf(after, sizeof after, "%" PRId64, *last);
    snprintf(most, sizeof most, "%d", JIRA_ISSUE_BULK_MAX);
    const char *values[] = {run->source->tenant, run->id, finding_names[finding], after, most};
    PGresult *found = NULL;
    enum error_code code = ask(run,
                               "SELECT issue_id FROM jirasync.found_issues WHERE tenant = $1 AND reconciliation_id = $2::bigint"
                               " AND finding = $3 AND issue_id > $4::bigint ORDER BY issue_id LIMIT $5::integer",
                               5, values, &found, error);
    *count = code == ERROR_NONE ? (size_t)PQntuples(found) : 0;
    for (size_t i = 0; i < *count; i++)
        *last = ids[i] = strtoll(PQgetvalue(found, (int)i, 0), NULL, 10);
    PQclear(found);
    return code;
}

static enum error_code mend_all(struct reconciliation *run, enum finding finding, struct error *error)
{
    int64_t ids[JIRA_ISSUE_BULK_MAX], last = 0;
    size_t count = 0;
    enum error_code code;
    do {
        code = next_found(run, finding, &last, ids, &count, error);
        if (code == ERROR_NONE)
            code = mend(run, ids, count, finding, error);
    } while (code == ERROR_NONE && count == JIRA_ISSUE_BULK_MAX);
    return code;
}

static enum error_code compare(struct reconciliation *run, struct error *error)
{
    PGresult *found = NULL, *listed = NULL;
    const char *values[] = {run->source->tenant, run->id};
    enum error_code code = ask(run,
                               "SELECT count(*) FROM jirasync.listed_issues WHERE tenant = $1 AND reconciliation_id = $2::bigint",
                               2, values, &listed, error);
    if (code == ERROR_NONE) {
        run->result->compared = strtoll(PQgetvalue(listed, 0, 0), NULL, 10);
        code = ask_with_projects(run, "SELECT jirasync.find_differences($2, $3::bigint, $1)", run->source->tenant, run->id,
                                 &found, error);
    }
    for (enum finding finding = FINDING_MISSING; code == ERROR_NONE && finding < FINDINGS; finding++)
        code = mend_all(run, finding, error);
    PQclear(found);
    PQclear(listed);
    return code;
}

/* ---- as a whole ---- */

static void log_report(const struct reconciliation *run, enum error_code code, const struct error *why)
{
    const struct reconcile_result *r = run->result;
    if (code != ERROR_NONE)
        log_error(LOG_FIELDS(.kind = "reconcile", .source = run->source->name, .detail = "the reconciliation did not end"), why);
    else
        log_line(LOG_LEVEL_INFO,
                 LOG_FIELDS(.kind = "reconcile", .source = run->source->name, .count = r->compared,
                            .duration_us = r->duration_ms * 1000),
                 "reconciled: %" PRId64 " compared, %" PRId64 " missing, %" PRId64 " changed, %" PRId64 " deleted, %" PRId64
                 " moved, %" PRId64 " requests",
                 r->compared, r->missing, r->changed, r->deletes, r->moved, r->requests);
}

enum error_code reconcile_site(struct db *db, struct site *site, struct reconcile_result *result,
                               struct rest_problem *problem, struct error *error)
{
    struct reconciliation run = {
        .db = db, .site = site, .source = site_source(site), .result = result, .problem = problem};
    int64_t requests = site_requests(site);
    *result = (struct reconcile_result){.id = 0};
    *problem = (struct rest_problem){.fault = REST_FINE};
    enum error_code code = begin(&run, error);
    if (code != ERROR_NONE)
        return code;
    run.projects_of_site = site_project_new(db, site);
    code = run.projects_of_site ? list_all(&run, error) : error_set(error, ERROR_NO_MEMORY, "no memory for projects");
    if (code == ERROR_NONE)
        code = compare(&run, error);
    result->requests = site_requests(site) - requests;
    struct error late = {.code = ERROR_NONE};
    if (site_heed(site, problem, &late) != ERROR_NONE)
        log_error(LOG_FIELDS(.kind = "reconcile", .source = run.source->name), &late);
    enum error_code ended = end(&run, code == ERROR_NONE ? NULL : error->message, &late);
    if (code == ERROR_NONE && ended != ERROR_NONE) {
        code = ended;
        *error = late;
    }
    log_report(&run, code, error);
    pgarray_free(&run.items);
    pgarray_free(&run.projects);
    site_project_free(run.projects_of_site);
    return code;
}

/* ---- as a job ---- */

static enum error_code reconcile_one(const struct job_context *context, const struct job *job, struct error *error)
{
    struct reconcile_result result;
    struct rest_problem problem = {.fault = REST_FINE};
    struct error why = {.code = ERROR_NONE};
    struct site *site = NULL;
    enum error_code code = site_list_find(context->sites, job->source, &site, &why);
    if (code != ERROR_NONE) {
        log_error(LOG_FIELDS(.kind = "reconcile", .source = job->source), &why);
        return job_put_off(context, job, 1, NOT_ASKABLE_MS, &why, error);
    }
    code = reconcile_site(context->db, site, &result, &problem, &why);
    if (code == ERROR_NONE)
        return job_complete(context, job, 1, error);
    if (strcmp(why.sqlstate, "55P03") == 0)
        return job_give_back(context, job, 1, OTHERS_MS, error);
    if (problem.fault == REST_CANCELLED)
        return job_give_back(context, job, 1, 0, error);
    if (problem.fault == REST_FINE && why.sqlstate[0] && job_is_surroundings(context, &why)) {
        *error = why;
        return code;
    }
    return job_fail(context, job, &why, problem.fault == REST_WAIT ? problem.wait_ms : REFUSED_MS, error);
}

enum error_code reconcile_run(const struct job_context *context, const struct job *jobs, size_t count, struct error *error)
{
    enum error_code code = ERROR_NONE;
    for (size_t i = 0; code == ERROR_NONE && i < count; i++)
        code = reconcile_one(context, &jobs[i], error);
    return code;
}

enum error_code reconcile_when_due(struct db *db, int64_t timeout_ms, int64_t *enqueued, struct error *error)
{
    PGresult *result = NULL;
    enum error_code code = db_query_prepared(db, "reconcile_enqueue_due", "SELECT jirasync.reconcile_enqueue_due()", NULL, 0,
                                             timeout_ms, &result, error);
    *enqueued = code == ERROR_NONE ? strtoll(PQgetvalue(result, 0, 0), NULL, 10) : 0;
    PQclear(result);
    return code;
}
