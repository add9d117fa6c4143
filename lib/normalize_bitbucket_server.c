/* Bitbucket Data Center's webhooks to the normal form. */
#include "normalize_bitbucket_server.h"

#include "json_value.h"
#include "normalize_bitbucket.h"
#include "normalize_git.h"

#include <string.h>

#define COMMITS_MAX 5 /* a delivery lists no more; older versions list none */

static enum error_code start(const struct normalize_context *context, const cJSON *repository, struct normal_form *form,
                             struct normal_git **git)
{
    const char *name;
    enum error_code code =
        normalize_git_join(context, json_value_member_text(json_value_member(repository, "project"), "key"),
                           json_value_member_text(repository, "slug"), &name);

    return code == ERROR_NONE ? normalize_git_start(context, name, form, git) : code;
}

/* ---- repo:refs_changed ---- */

enum error_code normalize_bitbucket_server_commit(const struct normalize_context *context, const cJSON *value,
                                                  struct normal_commit *commit)
{
    static const char *const names[] = {"id", "message", "author", "authorTimestamp", "committerTimestamp", "parents"};
    const cJSON *found[6];
    enum error_code code;

    json_value_members(value, names, 6, found);
    commit->author = json_value_member_text(found[2], "displayName");
    if (commit->author == NULL)
        commit->author = json_value_member_text(found[2], "name");
    commit->author_email = json_value_member_text(found[2], "emailAddress");
    commit->authored_at = json_value_instant(found[3]);
    commit->committed_at = json_value_instant(found[4]);
    if ((code = normalize_git_needed_sha(context, found[0], "id", &commit->sha)) != ERROR_NONE ||
        (code = normalize_git_parents(context, found[5], "id", commit)) != ERROR_NONE)
        return code;
    return normalize_git_message(context, found[1], commit);
}

static enum error_code read_change(const struct normalize_context *context, const cJSON *value,
                                   struct normal_ref_change *change, bool *is_kept)
{
    static const char *const names[] = {"ref", "refId", "fromHash", "toHash"};
    const cJSON *found[4], *id;
    enum error_code code;

    json_value_members(value, names, 4, found);
    id = json_value_member(found[0], "id");
    code = normalize_git_full_ref(context, id == NULL ? found[1] : id, "ref.id", change, is_kept);
    if (code != ERROR_NONE || !*is_kept)
        return code;
    change->is_whole = change->is_tag;
    code = normalize_git_tips(context, found[2], "fromHash", found[3], "toHash", change);
    if (change->after == NULL)
        change->is_whole = true;
    return code;
}

/* The commits stand beside the changes: they are those of the change that ends where they do. */
static struct normal_ref_change *change_with_commits(struct normal_ref_change *changes, size_t count, const char *newest)
{
    for (size_t i = 0; i < count && newest != NULL; i++)
        if (changes[i].after != NULL && !changes[i].is_tag && strcmp(changes[i].after, newest) == 0)
            return &changes[i];
    return NULL;
}

static enum error_code read_commits(const struct normalize_context *context, const cJSON *list, struct normal_git *git,
                                    struct normal_ref_change *changes)
{
    struct normal_ref_change listed = {0}, *change;
    enum error_code code = normalize_git_commits(context, list, "commits", normalize_bitbucket_server_commit, true, &listed);

    if (code != ERROR_NONE || listed.commit_count == 0)
        return code;
    change = change_with_commits(changes, git->change_count, listed.commits[listed.commit_count - 1].sha);
    if (change == NULL)
        return ERROR_NONE;
    change->commits = listed.commits;
    change->commit_count = listed.commit_count;
    change->is_whole = listed.commit_count < COMMITS_MAX;
    return ERROR_NONE;
}

static enum error_code read_refs_changed(const struct normalize_context *context, const cJSON *tree,
                                         struct normal_form *form)
{
    static const char *const names[] = {"repository", "changes", "commits"};
    const cJSON *found[3];
    struct normal_git *git;
    struct normal_ref_change *changes;
    enum error_code code;

    json_value_members(tree, names, 3, found);
    if ((code = start(context, found[0], form, &git)) != ERROR_NONE ||
        (code = normalize_git_change_list(context, git, found[1], "changes", read_change, &changes)) != ERROR_NONE ||
        (code = read_commits(context, found[2], git, changes)) != ERROR_NONE)
        return code;
    if (git->change_count == 0)
        normalize_git_forget(form);
    return ERROR_NONE;
}

/* ---- pr:* ---- */

static const char *branch_of(const cJSON *ref)
{
    const char *id = json_value_member_text(ref, "id");

    return id == NULL ? json_value_member_text(ref, "displayId") : normalize_git_short_ref(id);
}

static const char *author_of(const cJSON *participant)
{
    const cJSON *user = json_value_member(participant, "user");
    const char *name = json_value_member_text(user, "name");

    return name == NULL ? json_value_member_text(user, "displayName") : name;
}

static const char *state_of(const char *state)
{
    static const char *const words[][2] = {{"OPEN", "open"}, {"MERGED", "merged"}, {"DECLINED", "closed"}};

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (state != NULL && strcmp(words[i][0], state) == 0)
            return words[i][1];
    return NULL;
}

static enum error_code read_merge(const struct normalize_context *context, const cJSON *properties, const cJSON *closed,
                                  struct normal_pull_request *request)
{
    if (request->state == NULL || strcmp(request->state, "merged") != 0)
        return ERROR_NONE;
    request->merged_at = json_value_instant(closed);
    return normalize_git_sha(context, json_value_member(json_value_member(properties, "mergeCommit"), "id"),
                             "pullRequest.properties.mergeCommit.id", &request->merge_sha);
}

/* A deleted one looks as it did before; that it is gone is newer than all looks at it. */
static void mark_deleted(const struct normal_form *form, struct normal_pull_request *request)
{
    if (strcmp(form->event, "pr:deleted") != 0)
        return;
    request->state = "closed";
    if (form->event_at != INSTANT_NONE)
        request->updated_at = form->event_at;
}

static enum error_code read_pull_request(const struct normalize_context *context, const cJSON *tree,
                                         struct normal_form *form)
{
    static const char *const names[] = {"id", "title", "state", "fromRef", "toRef", "properties", "closedDate", "updatedDate", "author"};
    const cJSON *found[9];
    struct normal_git *git;
    struct normal_pull_request *request;
    enum error_code code;

    json_value_members(json_value_member(tree, "pullRequest"), names, 9, found);
    if ((code = start(context, json_value_member(found[4], "repository"), form, &git)) != ERROR_NONE ||
        (code = normalize_git_pull_request(context, git, found[0], "pullRequest.id", &request)) != ERROR_NONE ||
        (code = normalize_git_sha(context, json_value_member(found[3], "latestCommit"), "pullRequest.fromRef.latestCommit",
                                  &request->head_sha)) != ERROR_NONE)
        return code;
    request->title = json_value_text(found[1]);
    request->source_branch = branch_of(found[3]);
    request->target_branch = branch_of(found[4]);
    request->state = state_of(json_value_text(found[2]));
    request->updated_at = json_value_instant(found[7]);
    request->author = author_of(found[8]);
    if ((code = read_merge(context, found[5], found[6], request)) != ERROR_NONE)
        return code;
    mark_deleted(form, request);
    return normalize_git_pull_request_keys(context, request);
}

enum error_code normalize_bitbucket_server_read(const struct normalize_context *context, const cJSON *tree,
                                                struct normal_form *form)
{
    enum error_code code = normalize_git_name_event(context, json_value_member(tree, "eventKey"), form);

    if (code != ERROR_NONE || form->event == NULL)
        return code;
    form->event_at = json_value_instant(json_value_member(tree, "date"));
    if (strcmp(form->event, "repo:refs_changed") == 0)
        return read_refs_changed(context, tree, form);
    if (strcmp(form->event, "repo:push") == 0)
        return normalize_bitbucket_push(context, tree, form);
    if (strncmp(form->event, "pr:", strlen("pr:")) == 0)
        return read_pull_request(context, tree, form);
    return ERROR_NONE;
}
