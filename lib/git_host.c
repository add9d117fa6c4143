/* Git hosts as they are asked for commits. */
#include "git_host.h"

#include "site_budget.h"

#include <stdlib.h>
#include <string.h>

enum { STATEMENT_TIMEOUT_MS = 30000 };

struct git_host {
    const struct source *source;
    struct site_budget *budget;
    struct git_host_api *rest;
    size_t most;
};

struct git_host_list {
    struct site_options options;
    struct git_host **hosts;
    size_t count;
};

bool git_host_is_askable(const struct source *source)
{
    return source->kind != SOURCE_JIRA && source_is_askable(source);
}

/* ---- what rest.h asks of the database ---- */

static enum error_code take(void *context, const char *endpoint, int64_t *wait_ms, const char **why, struct error *error)
{
    struct git_host *host = context;
    int granted = 0;
    enum error_code code = site_budget_ask(host->budget, endpoint, 1, &granted, error);
    *why = site_budget_why(host->budget);
    *wait_ms = code == ERROR_NONE && granted == 0 ? site_budget_wait_ms(host->budget) : 0;
    return code;
}

static enum error_code note(void *context, const char *endpoint, const struct http_answer *answer, struct error *error)
{
    return site_budget_note(((struct git_host *)context)->budget, endpoint, answer, error);
}

/* ---- hosts ---- */

static void git_host_free(struct git_host *host)
{
    if (!host)
        return;
    git_host_api_free(host->rest);
    site_budget_free(host->budget);
    free(host);
}

static enum error_code git_host_open(const struct site_options *options, struct git_host *host, struct error *error)
{
    const struct site_budget_options budget = {.db = options->db,
                                               .tenant = host->source->tenant,
                                               .source = host->source->name,
                                               .timeout_ms = STATEMENT_TIMEOUT_MS,
                                               .patience_ms = options->patience_ms,
                                               .cancelled = options->cancelled};
    const struct rest_options rest = {.source = host->source,
                                      .config = options->config,
                                      .budget = {.context = host, .take = take, .note = note},
                                      .patience_ms = options->patience_ms,
                                      .cancelled = options->cancelled};
    host->most = (size_t)options->config->fetch_commits_max;
    host->budget = site_budget_new(&budget);
    if (!host->budget)
        return error_set(error, ERROR_NO_MEMORY, "no memory for source %s", host->source->name);
    return git_host_api_new(&rest, &host->rest, error);
}

struct git_host_list *git_host_list_new(const struct site_options *options)
{
    struct git_host_list *list = calloc(1, sizeof *list);
    if (!list)
        return NULL;
    list->options = *options;
    list->hosts = calloc(source_list_count(options->sources) + 1, sizeof *list->hosts);
    if (list->hosts)
        return list;
    free(list);
    return NULL;
}

void git_host_list_free(struct git_host_list *list)
{
    if (!list)
        return;
    for (size_t i = 0; i < list->count; i++)
        git_host_free(list->hosts[i]);
    free(list->hosts);
    free(list);
}

enum error_code git_host_list_find(struct git_host_list *list, const char *name, struct git_host **host, struct error *error)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->hosts[i]->source->name, name) == 0) {
            *host = list->hosts[i];
            return ERROR_NONE;
        }
    const struct source *source = source_list_named(list->options.sources, name);
    if (!source)
        return error_set(error, ERROR_CONFIG, "source %s is not configured here", name);
    if (!git_host_is_askable(source))
        return error_set(error, ERROR_CONFIG, "source %s can't be asked for commits: give it an api_token", name);
    struct git_host *made = calloc(1, sizeof *made);
    if (!made)
        return error_set(error, ERROR_NO_MEMORY, "no memory for source %s", name);
    made->source = source;
    enum error_code code = git_host_open(&list->options, made, error);
    if (code != ERROR_NONE) {
        git_host_free(made);
        return code;
    }
    list->hosts[list->count++] = *host = made;
    return ERROR_NONE;
}

struct git_host_api *git_host_rest(struct git_host *host)
{
    return host->rest;
}

const struct source *git_host_source(const struct git_host *host)
{
    return host->source;
}

size_t git_host_most(const struct git_host *host)
{
    return host->most;
}
