/* GitHub's webhooks to the normal form. */
#include "normalize_github.h"

#include "json_value.h"
#include "normalize_git.h"

#include <string.h>

#define COMMITS_MAX 2048 /* a push lists no more, and does not say that it left some out */

/* "full_name"; hooks of old have an owner and a name. */
static enum error_code repository_name(const struct normalize_context *context, const cJSON *repository, const char **full)
{
    const cJSON *owner = json_value_member(repository, "owner");
    const char *login = json_value_member_text(owner, "login");

    *full = json_value_member_text(repository, "full_name");
    if (*full != NULL)
        return ERROR_NONE;
    return normalize_git_join(context, login == NULL ? json_value_member_text(owner, "name") : login,
                              json_value_member_text(repository, "name"), full);
}

static enum error_code start(const struct normalize_context *context, const cJSON *tree, struct normal_form *form,
                             struct normal_git **git)
{
    const cJSON *repository = json_value_member(tree, "repository");
    const char *name;
    enum error_code code = repository_name(context, repository, &name);

    if (code == ERROR_NONE)
        code = normalize_git_start(context, name, form, git);
    if (code != ERROR_NONE)
        return code;
    (*git)->default_branch = json_value_member_text(repository, "default_branch");
    if ((*git)->default_branch == NULL)
        (*git)->default_branch = json_value_member_text(repository, "master_branch");
    return ERROR_NONE;
}

/* ---- push ---- */

static enum error_code read_commit(const struct normalize_context *context, const cJSON *value,
                                   struct normal_commit *commit)
{
    static const char *const names[] = {"id", "message", "timestamp", "author", "committer", "distinct"};
    const cJSON *found[6], *author, *committer;
    enum error_code code;

    json_value_members(value, names, 6, found);
    author = found[3];
    committer = found[4];
    code = normalize_git_needed_sha(context, found[0], "id", &commit->sha);
    if (code != ERROR_NONE)
        return code;
    commit->author = json_value_member_text(author, "name");
    commit->author_email = json_value_member_text(author, "email");
    commit->authored_at = json_value_instant(json_value_member(author, "date"));
    commit->committed_at = json_value_instant(json_value_member(committer, "date"));
    if (commit->committed_at == INSTANT_NONE)
        commit->committed_at = json_value_instant(found[2]);
    commit->is_known_elsewhere = cJSON_IsFalse(found[5]);
    return normalize_git_message(context, found[1], commit);
}

enum error_code normalize_github_listed_commit(const struct normalize_context *context, const cJSON *value,
                                               struct normal_commit *commit)
{
    static const char *const names[] = {"message", "author", "committer"};
    const cJSON *found[3];
    enum error_code code;

    json_value_members(json_value_member(value, "commit"), names, 3, found);
    commit->author = json_value_member_text(found[1], "name");
    commit->author_email = json_value_member_text(found[1], "email");
    commit->authored_at = json_value_instant(json_value_member(found[1], "date"));
    commit->committed_at = json_value_instant(json_value_member(found[2], "date"));
    if ((code = normalize_git_needed_sha(context, json_value_member(value, "sha"), "sha", &commit->sha)) != ERROR_NONE ||
        (code = normalize_git_parents(context, json_value_member(value, "parents"), "sha", commit)) != ERROR_NONE)
        return code;
    return normalize_git_message(context, found[0], commit);
}

/* The commit that an annotated tag names: after is the tag's own hash then. */
static enum error_code read_peeled(const struct normalize_context *context, const cJSON *head, struct normal_ref_change *change)
{
    enum error_code code = ERROR_NONE;

    if (change->is_tag && change->after != NULL)
        code = normalize_git_sha(context, json_value_member(head, "id"), "head_commit.id", &change->peeled);
    if (change->peeled != NULL && strcmp(change->peeled, change->after) == 0)
        change->peeled = NULL;
    return code;
}

static enum error_code read_push(const struct normalize_context *context, const cJSON *tree, struct normal_form *form)
{
    static const char *const names[] = {"ref", "before", "after", "forced", "base_ref", "commits", "head_commit"};
    const cJSON *found[7];
    struct normal_git *git;
    struct normal_ref_change *change;
    const char *base;
    bool is_kept;
    enum error_code code;

    json_value_members(tree, names, 7, found);
    if ((code = start(context, tree, form, &git)) != ERROR_NONE ||
        (code = normalize_git_changes(context, git, 1, &change)) != ERROR_NONE ||
        (code = normalize_git_full_ref(context, found[0], "ref", change, &is_kept)) != ERROR_NONE ||
        (code = normalize_git_tips(context, found[1], "before", found[2], "after", change)) != ERROR_NONE ||
        (code = read_peeled(context, found[6], change)) != ERROR_NONE ||
        (code = normalize_git_commits(context, found[5], "commits", read_commit, false, change)) != ERROR_NONE)
        return code;
    base = json_value_text(found[4]);
    change->base_ref = base == NULL ? NULL : normalize_git_short_ref(base);
    change->is_forced = cJSON_IsTrue(found[3]);
    change->is_whole = cJSON_IsArray(found[5]) && change->commit_count < COMMITS_MAX;
    git->change_count = 1;
    if (!is_kept)
        normalize_git_forget(form);
    return ERROR_NONE;
}

/* ---- create, delete ---- */

/* A branch or tag was made or deleted; the push that says from or to which hash is sent beside, unless there are too many. */
static enum error_code read_notice(const struct normalize_context *context, const cJSON *tree, struct normal_form *form,
                                   const char *after)
{
    const char *name = json_value_member_text(tree, "ref"), *type = json_value_member_text(tree, "ref_type");
    struct normal_git *git;
    struct normal_ref_change *change;
    enum error_code code;

    if (type == NULL || (strcmp(type, "branch") != 0 && strcmp(type, "tag") != 0))
        return ERROR_NONE;
    if (name == NULL || *name == '\0')
        return error_set(context->error, ERROR_WRONG_TYPE, "ref is not the name of a branch or tag");
    if ((code = start(context, tree, form, &git)) != ERROR_NONE ||
        (code = normalize_git_changes(context, git, 1, &change)) != ERROR_NONE)
        return code;
    git->change_count = 1;
    change->is_tag = strcmp(type, "tag") == 0;
    change->after = after;
    change->is_notice = true;
    change->is_whole = true;
    return normalize_git_ref_name(context, normalize_git_short_ref(name), change);
}

static enum error_code read_create(const struct normalize_context *context, const cJSON *tree, struct normal_form *form)
{
    return read_notice(context, tree, form, "");
}

static enum error_code read_delete(const struct normalize_context *context, const cJSON *tree, struct normal_form *form)
{
    return read_notice(context, tree, form, NULL);
}

/* ---- pull_request ---- */

/* An open one has a merge_commit_sha too, that of a trial. */
static enum error_code read_state(const struct normalize_context *context, const cJSON *state, const cJSON *merged,
                                  const cJSON *merge_sha, struct normal_pull_request *request)
{
    const char *text = json_value_text(state);

    if (cJSON_IsTrue(merged) || request->merged_at != INSTANT_NONE) {
        request->state = "merged";
        return normalize_git_sha(context, merge_sha, "pull_request.merge_commit_sha", &request->merge_sha);
    }
    request->state = text == NULL || (strcmp(text, "open") != 0 && strcmp(text, "closed") != 0) ? NULL : text;
    return ERROR_NONE;
}

static enum error_code read_pull_request(const struct normalize_context *context, const cJSON *tree,
                                         struct normal_form *form)
{
    static const char *const names[] = {"number", "title", "state", "merged", "merge_commit_sha", "merged_at",
                                        "updated_at", "user", "head", "base", "commits"};
    const cJSON *found[11];
    struct normal_git *git;
    struct normal_pull_request *request;
    enum error_code code;

    json_value_members(json_value_member(tree, "pull_request"), names, 11, found);
    if ((code = start(context, tree, form, &git)) != ERROR_NONE ||
        (code = normalize_git_pull_request(context, git, found[0], "pull_request.number", &request)) != ERROR_NONE ||
        (code = normalize_git_sha(context, json_value_member(found[8], "sha"), "pull_request.head.sha",
                                  &request->head_sha)) != ERROR_NONE)
        return code;
    request->title = json_value_text(found[1]);
    request->source_branch = json_value_member_text(found[8], "ref");
    request->target_branch = json_value_member_text(found[9], "ref");
    request->merged_at = json_value_instant(found[5]);
    request->updated_at = json_value_instant(found[6]);
    request->author = json_value_member_text(found[7], "login");
    if (!json_value_id(found[10], &request->commit_count))
        request->commit_count = NORMALIZE_NO_ID;
    code = read_state(context, found[2], found[3], found[4], request);
    return code == ERROR_NONE ? normalize_git_pull_request_keys(context, request) : code;
}

/* ---- what each event is read as ---- */

static const struct {
    const char *event;
    enum error_code (*read)(const struct normalize_context *context, const cJSON *tree, struct normal_form *form);
} events[] = {{"push", read_push}, {"pull_request", read_pull_request}, {"create", read_create}, {"delete", read_delete}};

enum error_code normalize_github_read(const struct normalize_context *context, const cJSON *tree, struct normal_form *form)
{
    for (size_t i = 0; i < sizeof events / sizeof *events; i++)
        if (form->event != NULL && strcmp(events[i].event, form->event) == 0)
            return events[i].read(context, tree, form);
    return ERROR_NONE;
}
