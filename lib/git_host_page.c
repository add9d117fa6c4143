/* Pages of commits as git hosts' REST lists them. */
#include "git_host_page.h"

#include "json_value.h"
#include "normalize_bitbucket.h"
#include "normalize_bitbucket_server.h"
#include "normalize_body.h"
#include "normalize_git.h"
#include "normalize_github.h"
#include "normalize_gitlab.h"

#include <string.h>

/* A list of GitHub's or GitLab's is an array alone: it needs no member. */
static const struct {
    const char *member;
    normalize_git_commit_reader *read;
} hosts[SOURCE_KINDS] = {
    [SOURCE_GITHUB] = {"commits", normalize_github_listed_commit},
    [SOURCE_BITBUCKET] = {"values", normalize_bitbucket_commit},
    [SOURCE_BITBUCKET_SERVER] = {"values", normalize_bitbucket_server_commit},
    [SOURCE_GITLAB] = {"commits", normalize_gitlab_listed_commit},
};

const char *git_host_page_member(enum source_kind kind)
{
    return hosts[kind].member;
}

static enum error_code read_commit(enum source_kind kind, const struct jira_item *item, struct arena *arena,
                                   struct normal_commit *commit, struct error *error)
{
    const struct normalize_context context = {.arena = arena, .error = error, .path = "commit."};
    struct normal_form *form;
    const cJSON *tree;

    *commit = (struct normal_commit){.authored_at = INSTANT_NONE, .committed_at = INSTANT_NONE};
    arena_reset(arena);
    enum error_code code = normalize_body_read(item->bytes, item->length, arena, &form, &tree, error);
    if (code == ERROR_NONE)
        code = hosts[kind].read(&context, tree, commit);
    if (code == ERROR_NONE && commit->parents == NULL)
        code = error_set(error, ERROR_WRONG_TYPE, "commit %.64s is listed without its parents", commit->sha);
    return code;
}

enum error_code git_host_page_take(enum source_kind kind, const struct rest_page *page, struct arena *arena,
                                   struct commit_set *set, size_t *fresh, struct error *error)
{
    enum error_code code = ERROR_NONE;

    *fresh = 0;
    for (size_t i = 0; code == ERROR_NONE && i < page->count; i++) {
        struct normal_commit commit;
        bool is_new = false;

        code = read_commit(kind, &page->items[i], arena, &commit, error);
        if (code == ERROR_NONE)
            code = commit_set_add(set, &commit, &is_new, error);
        *fresh += is_new;
    }
    return code;
}

/* It counts all commits of the comparison, whatever page it is. */
static enum error_code next_of_comparison(const struct rest_page *page, const struct commit_set *set,
                                          struct git_host_next *next, struct error *error)
{
    const cJSON *value = json_value_member(page->frame, "total_commits");
    double total = cJSON_IsNumber(value) ? value->valuedouble : -1;

    if (total < 0)
        return error_set(error, ERROR_WRONG_TYPE, "total_commits is not a count");
    next->is_last = (double)commit_set_count(set) >= total;
    if (!next->is_last && page->count == 0)
        return error_set(error, ERROR_WRONG_TYPE, "%zu of %.0f commits are listed", commit_set_count(set), total);
    return ERROR_NONE;
}

static enum error_code next_of_data_center(const struct rest_page *page, int64_t start, struct git_host_next *next,
                                           struct error *error)
{
    const cJSON *value = json_value_member(page->frame, "nextPageStart");

    next->is_last = cJSON_IsTrue(json_value_member(page->frame, "isLastPage")) || !json_value_is_set(value);
    if (next->is_last)
        return ERROR_NONE;
    if (!json_value_id(value, &next->start) || next->start <= start)
        return error_set(error, ERROR_WRONG_TYPE, "nextPageStart does not go on");
    return ERROR_NONE;
}

enum error_code git_host_page_next(enum source_kind kind, bool is_comparison, const struct rest_page *page, int64_t start,
                                   const struct commit_set *set, struct git_host_next *next, struct error *error)
{
    *next = (struct git_host_next){.is_last = false};
    if (is_comparison && kind == SOURCE_GITHUB)
        return next_of_comparison(page, set, next, error);
    if (kind == SOURCE_BITBUCKET_SERVER)
        return next_of_data_center(page, start, next, error);
    if (kind == SOURCE_BITBUCKET) {
        next->url = json_value_member_text(page->frame, "next");
        next->is_last = next->url == NULL;
    } else {
        next->is_last = page->count < GIT_HOST_PAGE_COMMITS;
    }
    return ERROR_NONE;
}
