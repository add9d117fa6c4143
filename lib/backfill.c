/* The first load of a Jira site. */
#include "backfill.h"

#include "jira_issue.h"
#include "jira_list.h"
#include "jql.h"
#include "progress.h"
#include "site_project.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TIMEOUT_MS = 60000,
       LOCK_WAIT_MS = 5000,
       LOCK_NAP_MS = 200,
       NUMBER_BYTES = 24 };

struct backfill {
    struct db *db;
    struct site *site;
    const struct source *source;
    const struct backfill_options *options;
    struct backfill_result *result;
    struct rest_problem *problem;
    struct site_project *projects;
    struct progress progress;
    char id[NUMBER_BYTES];
    int64_t project_id; /* under way */
    int64_t total;      /* -1: not known */
    int64_t requests;   /* of the site when this part began, less those of former parts */
    char *cursor;       /* of the project under way */
};

/* ---- its row ---- */

static int64_t number(const PGresult *row, int column)
{
    return PQgetisnull(row, 0, column) ? -1 : strtoll(PQgetvalue(row, 0, column), NULL, 10);
}

/* A session that was killed holds its lock until the database has noticed: that is waited for. */
static enum error_code ask_to_begin(struct backfill *run, PGresult **row, struct error *error)
{
    const char *values[] = {run->source->tenant, run->source->name, run->options->jql ? run->options->jql : "",
                            run->options->is_anew ? "true" : "false"};
    const struct db_params params = {.count = 4, .values = values};
    for (int waited_ms = 0;; waited_ms += LOCK_NAP_MS) {
        enum error_code code = db_query(run->db,
                                        "SELECT id, project_id, cursor, issues, children, requests, total"
                                        " FROM jirasync.begin_backfill($1, $2, $3, $4::boolean)",
                                        &params, 0, TIMEOUT_MS, row, error);
        if (code != ERROR_DATABASE_CONFLICT || waited_ms >= LOCK_WAIT_MS)
            return code;
        usleep(LOCK_NAP_MS * 1000);
    }
}

static enum error_code begin(struct backfill *run, struct error *error)
{
    PGresult *row = NULL;
    enum error_code code = ask_to_begin(run, &row, error);
    if (code != ERROR_NONE)
        return code;
    run->result->id = number(row, 0);
    snprintf(run->id, sizeof run->id, "%s", PQgetvalue(row, 0, 0));
    run->project_id = number(row, 1);
    run->cursor = strdup(PQgetvalue(row, 0, 2));
    run->result->issues = run->result->before = number(row, 3);
    run->result->children = number(row, 4);
    run->requests = site_requests(run->site) - number(row, 5);
    run->total = number(row, 6);
    PQclear(row);
    return run->cursor ? ERROR_NONE : error_set(error, ERROR_NO_MEMORY, "no memory for a backfill");
}

static enum error_code note(struct backfill *run, const char *cursor, struct error *error)
{
    char numbers[5][NUMBER_BYTES];
    PGresult *none = NULL;
    run->result->requests = site_requests(run->site) - run->requests;
    const int64_t counts[] = {run->project_id, run->result->issues, run->result->children, run->result->requests, run->total};
    for (size_t i = 0; i < 5; i++)
        snprintf(numbers[i], NUMBER_BYTES, "%" PRId64, counts[i]);
    const char *values[] = {run->source->tenant, run->id, numbers[0], cursor, numbers[1], numbers[2], numbers[3],
                            run->total < 0 ? NULL : numbers[4]};
    const struct db_params params = {.count = 8, .values = values};
    enum error_code code = db_query_prepared(run->db, "note_backfill",
                                             "SELECT jirasync.note_backfill($1, $2::bigint, $3::bigint, $4, $5::bigint,"
                                             " $6::bigint, $7::bigint, $8::bigint)",
                                             &params, 0, TIMEOUT_MS, &none, error);
    PQclear(none);
    return code;
}

static enum error_code end(struct backfill *run, const char *why, struct error *error)
{
    const char *values[] = {run->source->tenant, run->id, why};
    const struct db_params params = {.count = 3, .values = values};
    PGresult *none = NULL;
    enum error_code code = db_query(run->db, "SELECT jirasync.end_backfill($1, $2::bigint, $3)", &params, 0, TIMEOUT_MS, &none, error);
    PQclear(none);
    return code;
}

/* Pages need not wait for the disk: a crash of the database forgets the last of them together with the notes that came after
 * them, and the end waits for all. (A connection that was lost meanwhile only waits more.) */
static enum error_code hurry(struct backfill *run, bool hurries, struct error *error)
{
    return db_execute(run->db, hurries ? "SET synchronous_commit = off" : "RESET synchronous_commit", TIMEOUT_MS, error);
}

/* ---- searches ---- */

/* The search of one project, or, with key NULL, of all that are listed; NULL when memory is short. */
static struct jql *search_of(const struct backfill *run, const char *key, const PGresult *projects, bool is_ordered)
{
    struct jql *jql = jql_new();
    int count = PQntuples(projects);
    const char **keys = calloc((size_t)count + 1, sizeof *keys);
    if (!jql || !keys) {
        jql_free(jql);
        free(keys);
        return NULL;
    }
    for (int row = 0; row < count; row++)
        keys[row] = PQgetvalue(projects, row, 1);
    if (key)
        jql_equals(jql, JQL_PROJECT, key);
    else
        jql_in(jql, JQL_PROJECT, keys, (size_t)count);
    if (run->options->jql)
        jql_condition(jql, run->options->jql);
    if (is_ordered)
        jql_order(jql, JQL_CREATED, false); /* what never changes */
    free(keys);
    return jql;
}

static enum error_code count_issues(struct backfill *run, const PGresult *projects, struct error *error)
{
    const char *text = NULL;
    struct jql *jql = search_of(run, NULL, projects, false);
    if (!jql)
        return error_set(error, ERROR_NO_MEMORY, "no memory for a search");
    enum error_code code = jql_text(jql, &text, error);
    if (code == ERROR_NONE)
        code = jira_issue_count(site_api(run->site), text, &run->total, run->problem, error);
    jql_free(jql);
    return code == ERROR_INPUT && run->problem->fault == REST_ABSENT ? ERROR_NONE : code; /* then nobody knows */
}

/* ---- issues ---- */

static enum error_code store_page(struct backfill *run, const struct rest_page *page, struct error *error)
{
    struct fetched_counts counts = {.children = 0};
    enum error_code code = site_store_page(run->site, page, NULL, &counts, run->problem, error);
    for (size_t i = 0; i < STORE_OUTCOMES; i++)
        run->result->outcomes[i] += counts.outcomes[i];
    run->result->children += counts.children;
    if (code != ERROR_NONE)
        return code;
    run->result->issues += (int64_t)page->count;
    for (size_t i = 0; i < page->count; i++)
        progress_add(&run->progress, 1);
    return ERROR_NONE;
}

static enum error_code load_pages(struct backfill *run, struct jira_list *list, struct error *error)
{
    for (;;) {
        const struct rest_page *page = NULL;
        site_ask(run->site);
        enum error_code code = jira_list_next(list, &page, run->problem, error);
        if (code != ERROR_NONE || !page)
            return code;
        code = store_page(run, page, error);
        if (code == ERROR_NONE && *jira_list_cursor(list))
            code = note(run, jira_list_cursor(list), error);
        if (code != ERROR_NONE)
            return code;
    }
}

static enum error_code load_search(struct backfill *run, const char *jql, const char *cursor, struct error *error)
{
    static const char *const fields[] = {"*all", NULL};
    const struct jira_list_options options = {.kind = JIRA_ISSUES, .subject = jql, .fields = fields, .cursor = cursor};
    struct jira_list *list = NULL;
    enum error_code code = jira_list_new(site_api(run->site), &options, &list, error);
    if (code == ERROR_NONE)
        code = load_pages(run, list, error);
    jira_list_free(list);
    return code;
}

/* Loads a project's issues, or those of all, from where a former part was. A place that the site no longer knows is given up
 * for the beginning, once: what is stored already is judged stale or stored as it is. */
static enum error_code load_issues(struct backfill *run, const char *key, const PGresult *projects, struct error *error)
{
    const char *text = NULL;
    struct jql *jql = search_of(run, key, projects, true);
    if (!jql)
        return error_set(error, ERROR_NO_MEMORY, "no memory for a search");
    enum error_code code = jql_text(jql, &text, error);
    if (code == ERROR_NONE)
        code = load_search(run, text, run->cursor, error);
    if (code != ERROR_NONE && run->problem->fault == REST_STALE)
        code = load_search(run, text, NULL, error);
    jql_free(jql);
    run->cursor[0] = '\0';
    return code;
}

/* ---- as a whole ---- */

static enum error_code load_project(struct backfill *run, const char *id, const char *key, const PGresult *projects,
                                    struct error *error)
{
    int64_t project_id = strtoll(id, NULL, 10);
    if (project_id < run->project_id)
        return ERROR_NONE; /* a former part did it */
    if (project_id != run->project_id)
        run->cursor[0] = '\0';
    run->project_id = project_id;
    enum error_code code = site_project_compare_versions(run->projects, id, key, run->problem, error);
    return code == ERROR_NONE ? load_issues(run, key, projects, error) : code;
}

static enum error_code load(struct backfill *run, struct error *error)
{
    PGresult *projects = NULL;
    enum error_code code = site_project_compare_all(run->projects, &projects, run->problem, error);
    int count = code == ERROR_NONE ? PQntuples(projects) : 0;
    bool is_by_project = run->options->jql == NULL;
    if (count > 0)
        code = count_issues(run, projects, error);
    progress_start(&run->progress, "issues", run->total > run->result->before ? (uint64_t)(run->total - run->result->before) : 0,
                   run->options->is_quiet);
    for (int row = 0; is_by_project && code == ERROR_NONE && row < count; row++)
        code = load_project(run, PQgetvalue(projects, row, 0), PQgetvalue(projects, row, 1), projects, error);
    for (int row = 0; !is_by_project && code == ERROR_NONE && row < count; row++)
        code = site_project_compare_versions(run->projects, PQgetvalue(projects, row, 0), PQgetvalue(projects, row, 1),
                                             run->problem, error);
    if (!is_by_project && code == ERROR_NONE && count > 0)
        code = load_issues(run, NULL, projects, error);
    progress_finish(&run->progress);
    PQclear(projects);
    return code == ERROR_NONE ? note(run, "", error) : code;
}

/* What is no condition is found before anything is asked or noted. */
static enum error_code check(const struct backfill_options *options, struct error *error)
{
    const char *text;
    struct jql *jql = options->jql ? jql_new() : NULL;
    if (!options->jql)
        return ERROR_NONE;
    if (!jql)
        return error_set(error, ERROR_NO_MEMORY, "no memory for a search");
    jql_condition(jql, options->jql);
    enum error_code code = jql_text(jql, &text, error);
    jql_free(jql);
    return code;
}

enum error_code backfill_site(struct db *db, struct site *site, const struct backfill_options *options,
                              struct backfill_result *result, struct rest_problem *problem, struct error *error)
{
    struct backfill run = {
        .db = db, .site = site, .source = site_source(site), .options = options, .result = result, .problem = problem};
    struct error late = {.code = ERROR_NONE};
    instant began = instant_now();
    *result = (struct backfill_result){.id = 0};
    *problem = (struct rest_problem){.fault = REST_FINE};
    enum error_code code = check(options, error);
    if (code == ERROR_NONE && !(run.projects = site_project_new(db, site)))
        code = error_set(error, ERROR_NO_MEMORY, "no memory for a backfill");
    if (code == ERROR_NONE)
        code = begin(&run, error);
    if (result->id != 0) {
        code = code == ERROR_NONE ? hurry(&run, true, error) : code;
        code = code == ERROR_NONE ? load(&run, error) : code;
        result->requests = site_requests(site) - run.requests;
        enum error_code ended = hurry(&run, false, &late);
        if (ended == ERROR_NONE)
            ended = end(&run, code == ERROR_NONE ? NULL : error->message, &late);
        if (code == ERROR_NONE && ended != ERROR_NONE) {
            code = ended;
            *error = late;
        }
    }
    result->duration_ms = (instant_now() - began) / 1000;
    site_project_free(run.projects);
    free(run.cursor);
    return code;
}
