/* Commits from git hosts' REST, page by page. */
#include "git_host_api.h"

#include "git_host_page.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct git_host_api {
    const struct source *source;
    char *root;
    struct rest *rest;
    struct rest_page page;
    struct arena *arena; /* of one commit */
    struct commit_set *commits;
    struct git_host_range range;
    char *name;     /* of the repository, as it stands in paths */
    char *next_url; /* Bitbucket Cloud: where it goes on; NULL on the first page */
    int64_t number; /* of the page, from 1 on */
    int64_t start;  /* Bitbucket Data Center */
};

/* ---- places ---- */

/* True when a URL is one of a public host, with or without a path. */
static bool is_public(const char *url, const char *host)
{
    const char *at = strstr(url, "://");
    size_t length = strlen(host);
    at = at ? at + 3 : url;
    at += strncasecmp(at, "www.", 4) == 0 ? 4 : 0;
    return strncasecmp(at, host, length) == 0 && (at[length] == '\0' || at[length] == '/');
}

static const struct {
    const char *host, *root, *below; /* the public host, its REST's place, and what a base_url of another one lacks to that */
} places[SOURCE_KINDS] = {
    [SOURCE_GITHUB] = {"github.com", "https://api.github.com", "/api/v3"},
    [SOURCE_BITBUCKET] = {"bitbucket.org", "https://api.bitbucket.org", ""},
    [SOURCE_GITLAB] = {"gitlab.com", "https://gitlab.com", ""},
    [SOURCE_BITBUCKET_SERVER] = {NULL, NULL, ""},
};

enum error_code git_host_api_root(const struct source *source, char **root, struct error *error)
{
    const char *url = source->api_url, *below = "";
    *root = NULL;
    if (!url) {
        url = source->base_url;
        below = places[source->kind].below;
        if (places[source->kind].host && (!url || is_public(url, places[source->kind].host))) {
            url = places[source->kind].root;
            below = "";
        }
    }
    if (!url)
        return error_set(error, ERROR_CONFIG, "source %s has no base_url: the sources file has to say where its host is",
                         source->name);
    size_t length = strlen(url);
    while (length > 0 && url[length - 1] == '/')
        length--;
    if (asprintf(root, "%.*s%s", (int)length, url, below) < 0) {
        *root = NULL;
        return error_set(error, ERROR_NO_MEMORY, "no memory for source %s", source->name);
    }
    return ERROR_NONE;
}

/* ---- making and ending ---- */

enum error_code git_host_api_new(const struct rest_options *options, struct git_host_api **api, struct error *error)
{
    struct git_host_api *made = calloc(1, sizeof *made);
    struct rest_options rest = *options;
    *api = NULL;
    if (!made)
        return error_set(error, ERROR_NO_MEMORY, "no memory for source %s", options->source->name);
    made->source = options->source;
    made->commits = commit_set_new();
    made->arena = arena_new((size_t)options->config->max_parse_bytes);
    enum error_code code = git_host_api_root(options->source, &made->root, error);
    rest.root = made->root;
    if (code == ERROR_NONE)
        code = rest_new(&rest, &made->rest, error);
    if (code == ERROR_NONE &&
        (!made->commits || !made->arena || !rest_page_init(&made->page, (size_t)options->config->max_parse_bytes)))
        code = error_set(error, ERROR_NO_MEMORY, "no memory for source %s", options->source->name);
    if (code == ERROR_NONE)
        *api = made;
    else
        git_host_api_free(made);
    return code;
}

void git_host_api_free(struct git_host_api *api)
{
    if (!api)
        return;
    rest_free(api->rest);
    rest_page_free(&api->page);
    arena_free(api->arena);
    commit_set_free(api->commits);
    free(api->root);
    free(api->name);
    free(api->next_url);
    free(api);
}

struct commit_set *git_host_api_commits(struct git_host_api *api)
{
    return api->commits;
}

/* ---- paths ---- */

/* "FIRST/SECOND" with both escaped, put together as format says; *name is NULL when memory is short. */
static bool escape_pair(const char *full, const char *format_between, char **name)
{
    const char *slash = strchr(full, '/');
    *name = NULL;
    if (!slash || slash == full || slash[1] == '\0' || strchr(slash + 1, '/'))
        return false;
    char *owner = strndup(full, (size_t)(slash - full));
    char *first = owner ? rest_escape(owner) : NULL, *second = rest_escape(slash + 1);
    if (first && second && asprintf(name, "%s%s%s", first, format_between, second) < 0)
        *name = NULL;
    free(owner);
    free(first);
    free(second);
    return true;
}

static enum error_code name_repository(struct git_host_api *api, const char *full, struct error *error)
{
    bool is_one = true;
    free(api->name);
    api->name = NULL;
    if (api->source->kind == SOURCE_GITLAB)
        api->name = rest_escape(full); /* groups may lie in groups */
    else
        is_one = escape_pair(full, api->source->kind == SOURCE_BITBUCKET_SERVER ? "/repos/" : "/", &api->name);
    if (!is_one)
        return error_set(error, ERROR_INPUT, "source %s has no repository %.200s: it takes two names with / between", api->source->name,
                         full);
    return api->name ? ERROR_NONE : error_set(error, ERROR_NO_MEMORY, "no memory for a repository's name");
}

enum error_code git_host_api_begin(struct git_host_api *api, const struct git_host_range *range, struct error *error)
{
    api->range = *range;
    api->number = 1;
    api->start = 0;
    free(api->next_url);
    api->next_url = NULL;
    commit_set_clear(api->commits);
    return name_repository(api, range->repository, error);
}

static int github_path(const struct git_host_api *api, char **path)
{
    if (api->range.before)
        return asprintf(path, "/repos/%s/compare/%s...%s?per_page=%d&page=%" PRId64, api->name, api->range.before,
                        api->range.after, GIT_HOST_PAGE_COMMITS, api->number);
    return asprintf(path, "/repos/%s/commits?sha=%s&per_page=%d&page=%" PRId64, api->name, api->range.after,
                    GIT_HOST_PAGE_COMMITS, api->number);
}

static int bitbucket_path(const struct git_host_api *api, char **path)
{
    if (api->next_url)
        return asprintf(path, "%s", api->next_url + strlen(api->root));
    return asprintf(path, "/2.0/repositories/%s/commits/%s?pagelen=%d%s%s", api->name, api->range.after, GIT_HOST_PAGE_COMMITS,
                    api->range.before ? "&exclude=" : "", api->range.before ? api->range.before : "");
}

static int data_center_path(const struct git_host_api *api, char **path)
{
    return asprintf(path, "/rest/api/1.0/projects/%s/commits?until=%s%s%s&limit=%d&start=%" PRId64, api->name, api->range.after,
                    api->range.before ? "&since=" : "", api->range.before ? api->range.before : "", GIT_HOST_PAGE_COMMITS,
                    api->start);
}

static int gitlab_path(const struct git_host_api *api, char **path)
{
    return asprintf(path, "/api/v4/projects/%s/repository/commits?ref_name=%s%s%s&per_page=%d&page=%" PRId64, api->name,
                    api->range.before ? api->range.before : "", api->range.before ? ".." : "", api->range.after,
                    GIT_HOST_PAGE_COMMITS, api->number);
}

static int (*const paths[SOURCE_KINDS])(const struct git_host_api *api, char **path) = {
    [SOURCE_GITHUB] = github_path,
    [SOURCE_BITBUCKET] = bitbucket_path,
    [SOURCE_BITBUCKET_SERVER] = data_center_path,
    [SOURCE_GITLAB] = gitlab_path,
};

/* ---- pages ---- */

/* Keeps where a list goes on: below the place that is configured, whatever a page says. */
static enum error_code keep_next(struct git_host_api *api, const struct git_host_next *next, struct error *error)
{
    size_t length = strlen(api->root);
    api->number++;
    api->start = next->start;
    if (!next->url)
        return ERROR_NONE;
    if (strncmp(next->url, api->root, length) != 0 || next->url[length] != '/')
        return error_set(error, ERROR_WRONG_TYPE, "its next page is not below %s", api->root);
    free(api->next_url);
    api->next_url = strdup(next->url);
    return api->next_url ? ERROR_NONE : error_set(error, ERROR_NO_MEMORY, "no memory for a URL");
}

static enum error_code read_page(struct git_host_api *api, bool *is_last, struct error *error)
{
    bool is_comparison = api->range.before != NULL;
    struct git_host_next next;
    size_t fresh = 0;
    enum error_code code = git_host_page_take(api->source->kind, &api->page, api->arena, api->commits, &fresh, error);
    if (code == ERROR_NONE)
        code = git_host_page_next(api->source->kind, is_comparison, &api->page, api->start, api->commits, &next, error);
    if (code != ERROR_NONE)
        return code;
    *is_last = next.is_last;
    if (next.is_last)
        return ERROR_NONE;
    if (fresh == 0)
        return error_set(error, ERROR_WRONG_TYPE, "its pages lead in circles: page %" PRId64 " lists nothing new", api->number);
    return keep_next(api, &next, error);
}

enum error_code git_host_api_next(struct git_host_api *api, bool *is_last, struct rest_problem *problem, struct error *error)
{
    struct rest_call call = {.endpoint = "commits", .member = git_host_page_member(api->source->kind)};
    struct error why;
    char *path = NULL;
    *is_last = false;
    *problem = (struct rest_problem){.fault = REST_FINE};
    if (paths[api->source->kind](api, &path) < 0)
        return error_set(error, ERROR_NO_MEMORY, "no memory for a URL");
    call.path = path;
    enum error_code code = rest_call(api->rest, &call, &api->page, problem, error);
    free(path);
    if (code != ERROR_NONE)
        return code;
    code = read_page(api, is_last, &why);
    if (code == ERROR_NONE || code == ERROR_NO_MEMORY)
        return code == ERROR_NONE ? code : error_set(error, code, "%s", why.message);
    problem->fault = REST_BROKEN;
    return error_set(error, ERROR_IO, "%s: the answer is no page of commits: %.300s", api->source->name, why.message);
}
