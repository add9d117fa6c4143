/* Bitbucket Cloud's webhooks to the normal form. */
#include "normalize_bitbucket.h"

#include "json_value.h"
#include "normalize_git.h"

#include <string.h>

#define COMMITS_MAX 5 /* a change lists no more */

/* "full_name"; what speaks of Data Center's repositories names project and slug. */
static enum error_code repository_name(const struct normalize_context *context, const cJSON *repository, const char **name)
{
    *name = json_value_member_text(repository, "full_name");
    if (*name != NULL)
        return ERROR_NONE;
    return normalize_git_join(context, json_value_member_text(json_value_member(repository, "project"), "key"),
                              json_value_member_text(repository, "slug"), name);
}

static enum error_code start(const struct normalize_context *context, const cJSON *tree, struct normal_form *form,
                             struct normal_git **git)
{
    const char *name;
    enum error_code code = repository_name(context, json_value_member(tree, "repository"), &name);

    return code == ERROR_NONE ? normalize_git_start(context, name, form, git) : code;
}

/* ---- repo:push ---- */

static enum error_code read_author(const struct normalize_context *context, const cJSON *author,
                                   struct normal_commit *commit)
{
    const char *raw = json_value_member_text(author, "raw");

    if (raw != NULL)
        return normalize_git_author(context, raw, commit);
    commit->author = json_value_member_text(json_value_member(author, "user"), "display_name");
    if (commit->author == NULL)
        commit->author = json_value_member_text(author, "display_name");
    return ERROR_NONE;
}

enum error_code normalize_bitbucket_commit(const struct normalize_context *context, const cJSON *value,
                                           struct normal_commit *commit)
{
    static const char *const names[] = {"hash", "message", "date", "author", "parents"};
    const cJSON *found[5];
    enum error_code code;

    json_value_members(value, names, 5, found);
    commit->committed_at = json_value_instant(found[2]);
    if ((code = normalize_git_needed_sha(context, found[0], "hash", &commit->sha)) != ERROR_NONE ||
        (code = read_author(context, found[3], commit)) != ERROR_NONE ||
        (code = normalize_git_parents(context, found[4], "hash", commit)) != ERROR_NONE)
        return code;
    return normalize_git_message(context, found[1], commit);
}

/* One side of a change, null where there was or is no such ref. */
static enum error_code read_side(const struct normalize_context *context, const cJSON *side, const char *member,
                                 const char **sha)
{
    *sha = NULL;
    if (!json_value_is_set(side))
        return ERROR_NONE;
    return normalize_git_needed_sha(context, json_value_member(json_value_member(side, "target"), "hash"), member, sha);
}

/* The ref's name and kind; *is_kept is false for what is neither branch nor tag. */
static enum error_code read_ref(const struct normalize_context *context, const cJSON *side,
                                struct normal_ref_change *change, bool *is_kept)
{
    const char *type = json_value_member_text(side, "type"), *name = json_value_member_text(side, "name");

    *is_kept = type != NULL && (strcmp(type, "branch") == 0 || strcmp(type, "tag") == 0);
    if (!*is_kept)
        return ERROR_NONE;
    if (name == NULL || *name == '\0')
        return error_set(context->error, ERROR_WRONG_TYPE, "%sname is not the name of a branch or tag", context->path);
    change->is_tag = strcmp(type, "tag") == 0;
    return normalize_git_ref_name(context, name, change);
}

/* Without a list, or with one that is cut, commits are missing; a tag, and a branch that is deleted, bring none. */
static bool is_whole(const struct normal_ref_change *change, const cJSON *commits, const cJSON *truncated)
{
    if (change->after == NULL || change->is_tag)
        return true;
    if (!cJSON_IsArray(commits) || cJSON_IsTrue(truncated))
        return false;
    return change->commit_count < COMMITS_MAX || cJSON_IsFalse(truncated);
}

static enum error_code read_change(const struct normalize_context *context, const cJSON *value,
                                   struct normal_ref_change *change, bool *is_kept)
{
    static const char *const names[] = {"old", "new", "forced", "truncated", "commits"};
    const cJSON *found[5];
    enum error_code code;

    json_value_members(value, names, 5, found);
    if (!json_value_is_set(found[0]) && !json_value_is_set(found[1]))
        return error_set(context->error, ERROR_WRONG_TYPE, "%snew is not an object, nor is old", context->path);
    if ((code = read_ref(context, json_value_is_set(found[1]) ? found[1] : found[0], change, is_kept)) != ERROR_NONE ||
        !*is_kept || (code = read_side(context, found[0], "old.target.hash", &change->before)) != ERROR_NONE ||
        (code = read_side(context, found[1], "new.target.hash", &change->after)) != ERROR_NONE ||
        (code = normalize_git_commits(context, found[4], "commits", normalize_bitbucket_commit, true, change)) != ERROR_NONE)
        return code;
    change->is_forced = cJSON_IsTrue(found[2]);
    change->is_whole = is_whole(change, found[4], found[3]);
    return ERROR_NONE;
}

static const cJSON *list_of_changes(const cJSON *tree)
{
    return json_value_member(json_value_member(tree, "push"), "changes");
}

enum error_code normalize_bitbucket_push(const struct normalize_context *context, const cJSON *tree,
                                         struct normal_form *form)
{
    struct normal_git *git;
    enum error_code code = start(context, tree, form, &git);

    if (code == ERROR_NONE)
        code = normalize_git_change_list(context, git, list_of_changes(tree), "push.changes", read_change, NULL);
    if (code == ERROR_NONE && git->change_count == 0)
        normalize_git_forget(form);
    return code;
}

/* ---- pullrequest:* ---- */

/* The body's own word, else what the event's name says. */
static const char *state_of(const char *state, const char *event)
{
    static const char *const words[][2] = {
        {"OPEN", "open"},
        {"MERGED", "merged"},
        {"DECLINED", "closed"},
        {"SUPERSEDED", "closed"},
        {"pullrequest:created", "open"},
        {"pullrequest:fulfilled", "merged"},
        {"pullrequest:rejected", "closed"},
    };

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if ((state != NULL && strcmp(words[i][0], state) == 0) || strcmp(words[i][0], event) == 0)
            return words[i][1];
    return NULL;
}

static const char *author_of(const cJSON *author)
{
    static const char *const names[] = {"nickname", "username", "display_name"};
    const char *name = NULL;

    for (size_t i = 0; i < sizeof names / sizeof *names && name == NULL; i++)
        name = json_value_member_text(author, names[i]);
    return name;
}

static const char *branch_of(const cJSON *side)
{
    return json_value_member_text(json_value_member(side, "branch"), "name");
}

static enum error_code read_hashes(const struct normalize_context *context, const cJSON *source, const cJSON *merge,
                                   struct normal_pull_request *request)
{
    enum error_code code =
        normalize_git_short_sha(context, json_value_member(json_value_member(source, "commit"), "hash"),
                                "pullrequest.source.commit.hash", &request->head_sha);

    if (code != ERROR_NONE || request->state == NULL || strcmp(request->state, "merged") != 0)
        return code;
    return normalize_git_short_sha(context, json_value_member(merge, "hash"), "pullrequest.merge_commit.hash",
                                   &request->merge_sha);
}

static enum error_code read_pull_request(const struct normalize_context *context, const cJSON *tree,
                                         struct normal_form *form)
{
    static const char *const names[] = {"id", "title", "state", "source", "destination", "merge_commit", "updated_on", "author"};
    const cJSON *found[8];
    struct normal_git *git;
    struct normal_pull_request *request;
    enum error_code code;

    json_value_members(json_value_member(tree, "pullrequest"), names, 8, found);
    if ((code = start(context, tree, form, &git)) != ERROR_NONE ||
        (code = normalize_git_pull_request(context, git, found[0], "pullrequest.id", &request)) != ERROR_NONE)
        return code;
    request->title = json_value_text(found[1]);
    request->source_branch = branch_of(found[3]);
    request->target_branch = branch_of(found[4]);
    request->state = state_of(json_value_text(found[2]), form->event);
    request->updated_at = json_value_instant(found[6]);
    request->author = author_of(found[7]);
    code = read_hashes(context, found[3], found[5], request);
    return code == ERROR_NONE ? normalize_git_pull_request_keys(context, request) : code;
}

enum error_code normalize_bitbucket_read(const struct normalize_context *context, const cJSON *tree,
                                         struct normal_form *form)
{
    if (form->event == NULL)
        return ERROR_NONE;
    if (strcmp(form->event, "repo:push") == 0)
        return normalize_bitbucket_push(context, tree, form);
    if (strncmp(form->event, "pullrequest:", strlen("pullrequest:")) == 0)
        return read_pull_request(context, tree, form);
    return ERROR_NONE;
}
