/* GitLab's webhooks to the normal form. */
#include "normalize_gitlab.h"

#include "json_value.h"
#include "normalize_git.h"

#include <string.h>

#define COMMITS_MAX 20 /* a push lists no more */

static enum error_code start(const struct normalize_context *context, const cJSON *tree, const cJSON *target,
                             struct normal_form *form, struct normal_git **git)
{
    const cJSON *project = json_value_member(tree, "project");
    const char *name = json_value_member_text(project, "path_with_namespace");
    enum error_code code;

    if (name == NULL) {
        project = target;
        name = json_value_member_text(target, "path_with_namespace");
    }
    code = normalize_git_start(context, name, form, git);
    if (code == ERROR_NONE)
        (*git)->default_branch = json_value_member_text(project, "default_branch");
    return code;
}

/* ---- push, tag push ---- */

static enum error_code read_commit(const struct normalize_context *context, const cJSON *value,
                                   struct normal_commit *commit)
{
    static const char *const names[] = {"id", "message", "timestamp", "author"};
    const cJSON *found[4];
    enum error_code code;

    json_value_members(value, names, 4, found);
    commit->author = json_value_member_text(found[3], "name");
    commit->author_email = json_value_member_text(found[3], "email");
    commit->committed_at = json_value_instant(found[2]);
    code = normalize_git_needed_sha(context, found[0], "id", &commit->sha);
    return code == ERROR_NONE ? normalize_git_message(context, found[1], commit) : code;
}

enum error_code normalize_gitlab_listed_commit(const struct normalize_context *context, const cJSON *value,
                                               struct normal_commit *commit)
{
    static const char *const names[] = {"id", "message", "author_name", "author_email", "authored_date", "committed_date",
                                        "parent_ids"};
    const cJSON *found[7];
    enum error_code code;

    json_value_members(value, names, 7, found);
    commit->author = json_value_text(found[2]);
    commit->author_email = json_value_text(found[3]);
    commit->authored_at = json_value_instant(found[4]);
    commit->committed_at = json_value_instant(found[5]);
    if ((code = normalize_git_needed_sha(context, found[0], "id", &commit->sha)) != ERROR_NONE ||
        (code = normalize_git_parents(context, found[6], NULL, commit)) != ERROR_NONE)
        return code;
    return normalize_git_message(context, found[1], commit);
}

/* The commit that an annotated tag names: after is the tag's own hash then. */
static enum error_code read_peeled(const struct normalize_context *context, const cJSON *checkout,
                                   struct normal_ref_change *change)
{
    enum error_code code = ERROR_NONE;

    if (change->is_tag && change->after != NULL)
        code = normalize_git_sha(context, checkout, "checkout_sha", &change->peeled);
    if (change->peeled != NULL && strcmp(change->peeled, change->after) == 0)
        change->peeled = NULL;
    return code;
}

/* A count of none is one, too. */
static int64_t read_total(const cJSON *value)
{
    int64_t total;

    if (json_value_id(value, &total))
        return total;
    return cJSON_IsNumber(value) && value->valuedouble == 0 ? 0 : NORMALIZE_NO_ID;
}

static bool is_whole(const struct normal_ref_change *change, const cJSON *commits)
{
    if (change->after == NULL || change->is_tag)
        return true;
    if (!cJSON_IsArray(commits))
        return false;
    return change->total == NORMALIZE_NO_ID ? change->commit_count < COMMITS_MAX
                                            : (uint64_t)change->total <= change->commit_count;
}

static enum error_code read_push(const struct normalize_context *context, const cJSON *tree, struct normal_form *form)
{
    static const char *const names[] = {"ref", "before", "after", "checkout_sha", "total_commits_count", "commits"};
    const cJSON *found[6];
    struct normal_git *git;
    struct normal_ref_change *change;
    bool is_kept;
    enum error_code code;

    json_value_members(tree, names, 6, found);
    if ((code = start(context, tree, NULL, form, &git)) != ERROR_NONE ||
        (code = normalize_git_changes(context, git, 1, &change)) != ERROR_NONE ||
        (code = normalize_git_full_ref(context, found[0], "ref", change, &is_kept)) != ERROR_NONE ||
        (code = normalize_git_tips(context, found[1], "before", found[2], "after", change)) != ERROR_NONE ||
        (code = read_peeled(context, found[3], change)) != ERROR_NONE ||
        (code = normalize_git_commits(context, found[5], "commits", read_commit, false, change)) != ERROR_NONE)
        return code;
    change->total = read_total(found[4]);
    change->is_whole = is_whole(change, found[5]);
    git->change_count = 1;
    if (!is_kept)
        normalize_git_forget(form);
    return ERROR_NONE;
}

/* ---- merge request ---- */

static const char *state_of(const char *state)
{
    static const char *const words[][2] = {
        {"opened", "open"},
        {"locked", "open"}, /* while it is being merged */
        {"merged", "merged"},
        {"closed", "closed"},
    };

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (state != NULL && strcmp(words[i][0], state) == 0)
            return words[i][1];
    return NULL;
}

static enum error_code read_merge_hash(const struct normalize_context *context, const cJSON *merge, const cJSON *squash,
                                       struct normal_pull_request *request)
{
    enum error_code code;

    if (request->state == NULL || strcmp(request->state, "merged") != 0)
        return ERROR_NONE;
    code = normalize_git_sha(context, merge, "object_attributes.merge_commit_sha", &request->merge_sha);
    if (code == ERROR_NONE && request->merge_sha == NULL)
        code = normalize_git_sha(context, squash, "object_attributes.squash_commit_sha", &request->merge_sha);
    return code;
}

static enum error_code read_merge_request(const struct normalize_context *context, const cJSON *tree,
                                          struct normal_form *form)
{
    static const char *const names[] = {"iid", "title", "state", "source_branch", "target_branch", "last_commit",
                                        "merge_commit_sha", "squash_commit_sha", "merged_at", "updated_at", "target"};
    const cJSON *found[11];
    struct normal_git *git;
    struct normal_pull_request *request;
    enum error_code code;

    json_value_members(json_value_member(tree, "object_attributes"), names, 11, found);
    if ((code = start(context, tree, found[10], form, &git)) != ERROR_NONE ||
        (code = normalize_git_pull_request(context, git, found[0], "object_attributes.iid", &request)) != ERROR_NONE ||
        (code = normalize_git_sha(context, json_value_member(found[5], "id"), "object_attributes.last_commit.id",
                                  &request->head_sha)) != ERROR_NONE)
        return code;
    request->title = json_value_text(found[1]);
    request->source_branch = json_value_text(found[3]);
    request->target_branch = json_value_text(found[4]);
    request->state = state_of(json_value_text(found[2]));
    request->merged_at = json_value_instant(found[8]);
    request->updated_at = json_value_instant(found[9]);
    code = read_merge_hash(context, found[6], found[7], request);
    return code == ERROR_NONE ? normalize_git_pull_request_keys(context, request) : code;
}

/* ---- what each event is read as ---- */

/* A header's word, or the body's own, which alone tells of a system hook what it is. */
static const struct {
    const char *event, *object_kind;
    enum error_code (*read)(const struct normalize_context *context, const cJSON *tree, struct normal_form *form);
} events[] = {
    {"Push Hook", "push", read_push},
    {"Tag Push Hook", "tag_push", read_push},
    {"Merge Request Hook", "merge_request", read_merge_request},
};

enum error_code normalize_gitlab_read(const struct normalize_context *context, const cJSON *tree, struct normal_form *form)
{
    const cJSON *kind = json_value_member(tree, "object_kind");
    const char *object_kind = json_value_text(kind);
    bool has_header = form->event != NULL && strcmp(form->event, "System Hook") != 0;
    enum error_code code = normalize_git_name_event(context, kind, form);

    for (size_t i = 0; i < sizeof events / sizeof *events && code == ERROR_NONE; i++)
        if (has_header ? strcmp(events[i].event, form->event) == 0
                       : object_kind != NULL && strcmp(events[i].object_kind, object_kind) == 0)
            return events[i].read(context, tree, form);
    return code;
}
