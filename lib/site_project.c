/* The projects and versions of a Jira site, compared with the mirror and put right. */
#include "site_project.h"

#include "jira_list.h"
#include "pgarray.h"

#include <stdlib.h>

enum { TIMEOUT_MS = 900000,
       REST_MAX = 4 };

struct site_project {
    struct db *db;
    struct site *site;
    struct pgarray items; /* of the list that was read last */
};

struct site_project *site_project_new(struct db *db, struct site *site)
{
    struct site_project *project = calloc(1, sizeof *project);
    if (project)
        *project = (struct site_project){.db = db, .site = site};
    return project;
}

void site_project_free(struct site_project *project)
{
    if (!project)
        return;
    pgarray_free(&project->items);
    free(project);
}

/* Reads a whole list of Jira's: of projects or versions. */
static enum error_code gather(struct site_project *project, enum jira_list_kind kind, const char *subject,
                              struct rest_problem *problem, struct error *error)
{
    const struct jira_list_options options = {.kind = kind, .subject = subject};
    const struct rest_page *page = NULL;
    struct jira_list *list = NULL;
    pgarray_begin(&project->items, PGARRAY_TEXT);
    enum error_code code = jira_list_new(site_api(project->site), &options, &list, error);
    while (code == ERROR_NONE && (code = jira_list_next(list, &page, problem, error)) == ERROR_NONE && page)
        for (size_t i = 0; i < page->count; i++)
            pgarray_add_bytes(&project->items, page->items[i].bytes, page->items[i].length);
    jira_list_free(list);
    return code;
}

/* A statement whose first parameter is the array of gathered items; rest are the others, as text. */
static enum error_code ask(struct site_project *project, const char *sql, int rest_count, const char *const *rest,
                           PGresult **result, struct error *error)
{
    int lengths[1 + REST_MAX] = {0};
    const Oid types[1 + REST_MAX] = {pgarray_oid(PGARRAY_TEXT)};
    const char *values[1 + REST_MAX] = {pgarray_finish(&project->items, &lengths[0])};
    const struct db_params params = {.count = 1 + rest_count,
                                     .types = types,
                                     .values = values,
                                     .lengths = lengths,
                                     .formats = (const int[1 + REST_MAX]){1}};
    if (!values[0])
        return error_set(error, ERROR_NO_MEMORY, "no memory for a list of source %s", site_source(project->site)->name);
    for (int i = 0; i < rest_count; i++)
        values[1 + i] = rest[i];
    return db_query(project->db, sql, &params, 0, TIMEOUT_MS, result, error);
}

static enum error_code store_events(struct site_project *project, PGresult *events, struct error *error)
{
    int64_t stored = 0;
    return fetched_store_events(site_fetched(project->site), events, &stored, error);
}

enum error_code site_project_compare_all(struct site_project *project, PGresult **listed, struct rest_problem *problem,
                                         struct error *error)
{
    const struct source *source = site_source(project->site);
    char at[INSTANT_TEXT_BYTES];
    PGresult *events = NULL;
    instant_format_utc(instant_now(), at);
    enum error_code code = gather(project, JIRA_PROJECTS, NULL, problem, error);
    if (code == ERROR_NONE)
        code = ask(project, "SELECT jirasync.fetched_projects($2, $3, $1, false, $4::timestamptz)", 3,
                   (const char *[]){source->tenant, source->name, at}, &events, error);
    if (code == ERROR_NONE)
        code = store_events(project, events, error);
    PQclear(events);
    return code == ERROR_NONE ? ask(project, "SELECT project_id, project_key FROM jirasync.listed_projects($2, $1)", 1,
                                    (const char *[]){source->name}, listed, error)
                              : code;
}

enum error_code site_project_compare_versions(struct site_project *project, const char *project_id, const char *key,
                                              struct rest_problem *problem, struct error *error)
{
    const struct source *source = site_source(project->site);
    char at[INSTANT_TEXT_BYTES];
    PGresult *events = NULL;
    instant_format_utc(instant_now(), at);
    enum error_code code = gather(project, JIRA_VERSIONS, key, problem, error);
    if (code == ERROR_INPUT && problem->fault == REST_ABSENT)
        return ERROR_NONE; /* the project went meanwhile */
    if (code == ERROR_NONE)
        code = ask(project, "SELECT jirasync.fetched_versions($2, $3, $4::bigint, $1, $5::timestamptz)", 4,
                   (const char *[]){source->tenant, source->name, project_id, at}, &events, error);
    if (code == ERROR_NONE)
        code = store_events(project, events, error);
    PQclear(events);
    return code;
}
