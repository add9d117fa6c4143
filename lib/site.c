/* Jira sites as they are asked for issues. */
#include "site.h"

#include "jira_list.h"
#include "site_budget.h"
#include "site_tokens.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STATEMENT_TIMEOUT_MS = 30000 };

struct site {
    const struct source *source;
    struct site_budget *budget;
    struct site_tokens *tokens;
    struct rest *api;
    struct fetched *fetched;
    struct rest_page page;
    instant asked_at, dated_at;
    bool is_single; /* one issue is asked for ... */
    bool is_hidden; /* ... and was answered 403: it is there, and not for us */
};

struct site_list {
    struct site_options options;
    struct site **sites;
    size_t count;
};

bool site_is_askable(const struct source *source)
{
    return source->kind == SOURCE_JIRA && source_is_askable(source);
}

/* ---- what rest.h asks of the database ---- */

static enum error_code take(void *context, const char *endpoint, int64_t *wait_ms, const char **why, struct error *error)
{
    struct site *site = context;
    int granted = 0;
    enum error_code code = site_budget_ask(site->budget, endpoint, 1, &granted, error);
    *why = site_budget_why(site->budget);
    *wait_ms = code == ERROR_NONE && granted == 0 ? site_budget_wait_ms(site->budget) : 0;
    return code;
}

/* A site may answer 403 for one issue that its user may not see, in Jira's own words; that is no refusal of the user. */
static bool hides_issue(const struct site *site, const struct http_answer *answer)
{
    return site->is_single && answer->status == 403 && strstr(answer->excerpt, "\"errorMessages\"") != NULL;
}

static enum error_code note_hidden(struct site *site, const char *endpoint, const struct http_answer *answer, struct error *error)
{
    struct http_answer as_absent = *answer;
    as_absent.status = 404;
    site->is_hidden = true;
    return site_budget_note(site->budget, endpoint, &as_absent, error);
}

/* A token of OAuth that was revoked is renewed once before it counts as a refusal. */
static enum error_code note(void *context, const char *endpoint, const struct http_answer *answer, struct error *error)
{
    struct site *site = context;
    if (!http_date(answer, &site->dated_at))
        site->dated_at = INSTANT_NONE;
    if (answer->status == 401 && site->source->oauth_client_id && site_tokens_may_renew(site->tokens))
        return ERROR_NONE;
    site_tokens_settle(site->tokens);
    return hides_issue(site, answer) ? note_hidden(site, endpoint, answer, error)
                                     : site_budget_note(site->budget, endpoint, answer, error);
}

static enum error_code hold_tokens(void *context, const char *first, struct rest_tokens *tokens, struct error *error)
{
    return site_tokens_hold(((struct site *)context)->tokens, first, tokens, error);
}

static enum error_code write_tokens(void *context, const struct rest_tokens *tokens, int64_t expires_s, struct error *error)
{
    return site_tokens_write(((struct site *)context)->tokens, tokens, expires_s, error);
}

/* ---- sites ---- */

static void site_free(struct site *site)
{
    if (!site)
        return;
    rest_free(site->api);
    fetched_free(site->fetched);
    site_budget_free(site->budget);
    site_tokens_free(site->tokens);
    rest_page_free(&site->page);
    free(site);
}

static enum error_code site_open(const struct site_options *options, struct site *site, struct error *error)
{
    const struct source *source = site->source;
    const struct site_budget_options budget = {.db = options->db,
                                               .tenant = source->tenant,
                                               .source = source->name,
                                               .timeout_ms = STATEMENT_TIMEOUT_MS,
                                               .patience_ms = options->patience_ms,
                                               .cancelled = options->cancelled};
    const struct rest_options api = {
        .source = source,
        .config = options->config,
        .budget = {.context = site, .take = take, .note = note, .hold_tokens = hold_tokens, .write_tokens = write_tokens},
        .patience_ms = options->patience_ms,
        .cancelled = options->cancelled};
    site->budget = site_budget_new(&budget);
    site->tokens = site_tokens_new(options->db, source->tenant, source->name);
    site->fetched = fetched_new(options->db, options->config, source);
    if (!site->budget || !site->tokens || !site->fetched ||
        !rest_page_init(&site->page, (size_t)options->config->max_parse_bytes))
        return error_set(error, ERROR_NO_MEMORY, "no memory for source %s", source->name);
    return rest_new(&api, &site->api, error);
}

struct site_list *site_list_new(const struct site_options *options)
{
    struct site_list *list = calloc(1, sizeof *list);
    if (!list)
        return NULL;
    list->options = *options;
    list->sites = calloc(source_list_count(options->sources) + 1, sizeof *list->sites);
    if (list->sites)
        return list;
    free(list);
    return NULL;
}

void site_list_free(struct site_list *list)
{
    if (!list)
        return;
    for (size_t i = 0; i < list->count; i++)
        site_free(list->sites[i]);
    free(list->sites);
    free(list);
}

enum error_code site_list_find(struct site_list *list, const char *name, struct site **site, struct error *error)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->sites[i]->source->name, name) == 0) {
            *site = list->sites[i];
            return ERROR_NONE;
        }
    const struct source *source = source_list_named(list->options.sources, name);
    if (!source)
        return error_set(error, ERROR_CONFIG, "source %s is not configured here", name);
    if (!site_is_askable(source))
        return error_set(error, ERROR_CONFIG, "source %s can't be asked: give it a base_url, api_user and api_token", name);
    struct site *made = calloc(1, sizeof *made);
    if (!made)
        return error_set(error, ERROR_NO_MEMORY, "no memory for source %s", name);
    made->source = source;
    enum error_code code = site_open(&list->options, made, error);
    if (code != ERROR_NONE) {
        site_free(made);
        return code;
    }
    list->sites[list->count++] = *site = made;
    return ERROR_NONE;
}

struct rest *site_api(struct site *site)
{
    return site->api;
}

struct fetched *site_fetched(struct site *site)
{
    return site->fetched;
}

const struct source *site_source(const struct site *site)
{
    return site->source;
}

int64_t site_requests(const struct site *site)
{
    return rest_requests(site->api);
}

void site_ask(struct site *site)
{
    site->asked_at = instant_now();
    site->dated_at = INSTANT_NONE;
}

instant site_asked_at(const struct site *site)
{
    return site->dated_at != INSTANT_NONE && site->dated_at < site->asked_at ? site->dated_at : site->asked_at;
}

enum error_code site_heed(struct site *site, const struct rest_problem *problem, struct error *error)
{
    const struct http_answer refusal = {.fault = HTTP_ANSWERED, .status = 401};
    if (problem->fault != REST_REFUSED || site_budget_is_open(site->budget))
        return ERROR_NONE;
    return site_budget_note(site->budget, "", &refusal, error);
}

/* ---- issues ---- */

/* All comments or worklogs of an issue, page by page, gathered and stored as one list. */
static enum error_code fetch_children(struct site *site, int64_t issue_id, const char *kind, struct fetched_counts *counts,
                                      struct rest_problem *problem, struct error *error)
{
    char subject[24];
    snprintf(subject, sizeof subject, "%lld", (long long)issue_id);
    const struct jira_list_options options = {.kind = strcmp(kind, "comment") == 0 ? JIRA_COMMENTS : JIRA_WORKLOGS,
                                              .subject = subject};
    struct jira_list *list = NULL;
    const struct rest_page *page = NULL;
    site_ask(site);
    fetched_begin_children(site->fetched, issue_id, kind, site->asked_at);
    enum error_code code = jira_list_new(site->api, &options, &list, error);
    while (code == ERROR_NONE && (code = jira_list_next(list, &page, problem, error)) == ERROR_NONE && page)
        fetched_add_children(site->fetched, page->items, page->count);
    if (code == ERROR_NONE)
        code = fetched_end_children(site->fetched, counts, error);
    jira_list_free(list);
    return code == ERROR_INPUT && problem->fault == REST_ABSENT ? ERROR_NONE : code;
}

/* What Jira showed only the beginning of. */
static enum error_code fetch_cut(struct site *site, struct fetched_counts *counts, struct rest_problem *problem,
                                 struct error *error)
{
    PGresult *cut = NULL;
    enum error_code code = fetched_cut(site->fetched, &cut, error);
    for (int row = 0; code == ERROR_NONE && row < PQntuples(cut); row++)
        code = fetch_children(site, strtoll(PQgetvalue(cut, row, 0), NULL, 10), PQgetvalue(cut, row, 1), counts, problem, error);
    PQclear(cut);
    return code;
}

enum error_code site_store_page(struct site *site, const struct rest_page *page, int64_t *ids, struct fetched_counts *counts,
                                struct rest_problem *problem, struct error *error)
{
    enum error_code code = fetched_store(site->fetched, page->items, page->count, site_asked_at(site), ids, counts, error);
    return code == ERROR_NONE ? fetch_cut(site, counts, problem, error) : code;
}

static bool is_among(const int64_t *ids, size_t count, int64_t id)
{
    for (size_t i = 0; i < count; i++)
        if (ids[i] == id)
            return true;
    return false;
}

/* What is absent follows only from an answer that could be read whole. */
static enum error_code judge(const int64_t *asked, size_t count, const int64_t *got, size_t got_count,
                             struct site_look *look, struct error *error)
{
    bool is_readable = !is_among(got, got_count, NORMALIZE_NO_ID);
    for (size_t i = 0; i < count; i++)
        if (is_among(got, got_count, asked[i]))
            look->found[look->found_count++] = asked[i];
        else if (is_readable)
            look->absent[look->absent_count++] = asked[i];
    if (look->found_count + look->absent_count < count)
        return error_set(error, ERROR_WRONG_TYPE, "an issue of the answer has no id that can be read: see quarantined_deliveries");
    return ERROR_NONE;
}

/* Asks for one issue, by id or key; *is_absent when Jira has not got it, or not for us. */
static enum error_code get_single(struct site *site, const char *name, bool *is_absent, struct rest_problem *problem,
                                  struct error *error)
{
    site_ask(site);
    site->is_single = true;
    site->is_hidden = false;
    enum error_code code = jira_issue_get(site->api, name, false, &site->page, problem, error);
    site->is_single = false;
    *is_absent = (code == ERROR_INPUT && problem->fault == REST_ABSENT) || site->is_hidden;
    if (*is_absent)
        *problem = (struct rest_problem){.fault = REST_FINE};
    return *is_absent ? ERROR_NONE : code;
}

/* Looks for one issue that a bulk request lacked. */
static enum error_code look_again(struct site *site, int64_t wanted, struct site_look *look, struct rest_problem *problem,
                                  struct error *error)
{
    char name[24];
    bool is_absent = false;
    int64_t id = NORMALIZE_NO_ID;
    snprintf(name, sizeof name, "%lld", (long long)wanted);
    enum error_code code = get_single(site, name, &is_absent, problem, error);
    if (code == ERROR_NONE && is_absent) {
        look->absent[look->absent_count++] = wanted;
        return ERROR_NONE;
    }
    if (code == ERROR_NONE)
        code = site_store_page(site, &site->page, &id, &look->counts, problem, error);
    if (code == ERROR_NONE && id != wanted)
        code = error_set(error, ERROR_WRONG_TYPE, "the answer for issue %s has another id, or none: see quarantined_deliveries", name);
    if (code == ERROR_NONE)
        look->found[look->found_count++] = wanted;
    return code;
}

/* What a bulk request or a search lacks is asked for by itself: an index lags, and nothing lists what is archived. */
static enum error_code look_for_absent(struct site *site, struct site_look *look, struct rest_problem *problem, struct error *error)
{
    enum error_code code = ERROR_NONE;
    size_t count = look->absent_count;
    look->absent_count = 0; /* which never passes the place that is read */
    for (size_t i = 0; code == ERROR_NONE && i < count; i++)
        code = look_again(site, look->absent[i], look, problem, error);
    return code;
}

enum error_code site_fetch_issues(struct site *site, const int64_t *ids, size_t count, struct site_look *look,
                                  struct rest_problem *problem, struct error *error)
{
    *look = (struct site_look){.found_count = 0};
    *problem = (struct rest_problem){.fault = REST_FINE};
    site_ask(site);
    enum error_code code = jira_issue_bulk(site->api, ids, count, &site->page, problem, error);
    look->at = site_asked_at(site);
    size_t got_count = code == ERROR_NONE ? site->page.count : 0;
    int64_t *got = calloc(got_count + 1, sizeof *got);
    if (!got)
        return error_set(error, ERROR_NO_MEMORY, "no memory for %zu ids", got_count);
    if (code == ERROR_NONE)
        code = site_store_page(site, &site->page, got, &look->counts, problem, error);
    if (code == ERROR_NONE)
        code = judge(ids, count, got, got_count, look, error);
    free(got);
    return code == ERROR_NONE ? look_for_absent(site, look, problem, error) : code;
}

enum error_code site_fetch_key(struct site *site, const char *key, struct site_look *look, struct rest_problem *problem,
                               struct error *error)
{
    int64_t id = NORMALIZE_NO_ID;
    bool is_absent = false;
    *look = (struct site_look){.found_count = 0};
    *problem = (struct rest_problem){.fault = REST_FINE};
    enum error_code code = get_single(site, key, &is_absent, problem, error);
    look->at = site_asked_at(site);
    if (code != ERROR_NONE || is_absent)
        return code;
    code = site_store_page(site, &site->page, &id, &look->counts, problem, error);
    if (code == ERROR_NONE)
        look->found[look->found_count++] = id;
    return code == ERROR_INPUT && problem->fault == REST_ABSENT ? ERROR_NONE : code;
}
