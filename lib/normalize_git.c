/* What the git hosts' normal forms share. */
#include "normalize_git.h"

#include "commit_message.h"
#include "json_value.h"
#include "key_list.h"
#include "normalize_body.h"
#include "text_repeat.h"

#include <stdio.h>
#include <string.h>

#define PATH_BYTES 64

static enum error_code out_of_room(const struct normalize_context *context)
{
    return normalize_body_out_of_room(context->arena, context->error);
}

static enum error_code wrong_type(const struct normalize_context *context, const char *member, const char *wanted)
{
    return error_set(context->error, ERROR_WRONG_TYPE, "%s%s is not %s", context->path, member, wanted);
}

enum error_code normalize_git_name_event(const struct normalize_context *context, const cJSON *name,
                                         struct normal_form *form)
{
    const char *text = json_value_text(name);

    if (form->event != NULL || text == NULL || *text == '\0')
        return ERROR_NONE;
    form->event = normalize_body_event(context->arena, text);
    return form->event == NULL ? out_of_room(context) : ERROR_NONE;
}

enum error_code normalize_git_start(const struct normalize_context *context, const char *name, struct normal_form *form,
                                    struct normal_git **git)
{
    if (name == NULL || *name == '\0')
        return error_set(context->error, ERROR_NO_IDENTITY, "the body names no repository");
    *git = arena_alloc(context->arena, sizeof **git);
    if (*git == NULL)
        return out_of_room(context);
    **git = (struct normal_git){.repository = name};
    form->kind = NORMAL_GIT;
    form->git = *git;
    return ERROR_NONE;
}

void normalize_git_forget(struct normal_form *form)
{
    form->kind = NORMAL_IGNORED;
    form->git = NULL;
}

enum error_code normalize_git_changes(const struct normalize_context *context, struct normal_git *git, size_t room,
                                      struct normal_ref_change **changes)
{
    *changes = arena_alloc(context->arena, (room + 1) * sizeof **changes);
    if (*changes == NULL)
        return out_of_room(context);
    for (size_t i = 0; i < room; i++)
        (*changes)[i] = (struct normal_ref_change){.total = NORMALIZE_NO_ID};
    git->changes = *changes;
    return ERROR_NONE;
}

static size_t length_of(const cJSON *list)
{
    size_t count = 0;

    for (const cJSON *value = list == NULL ? NULL : list->child; value != NULL; value = value->next)
        count++;
    return count;
}

/* A context whose paths start at an entry of a list. */
static struct normalize_context at_entry(const struct normalize_context *context, const char *member, size_t i,
                                         char path[PATH_BYTES])
{
    struct normalize_context inner = *context;

    (void)snprintf(path, PATH_BYTES, "%s%s[%zu].", context->path, member, i);
    inner.path = path;
    return inner;
}

static enum error_code no_object(const struct normalize_context *context, const char *member, size_t i)
{
    return error_set(context->error, ERROR_WRONG_TYPE, "%s%s[%zu] is not an object", context->path, member, i);
}

enum error_code normalize_git_change_list(const struct normalize_context *context, struct normal_git *git,
                                          const cJSON *list, const char *member, normalize_git_change_reader *read,
                                          struct normal_ref_change **changes)
{
    struct normal_ref_change *made;
    enum error_code code;
    size_t i = 0;

    if (json_value_is_set(list) && !cJSON_IsArray(list))
        return wrong_type(context, member, "an array");
    code = normalize_git_changes(context, git, length_of(list), &made);
    if (changes != NULL)
        *changes = made;
    for (const cJSON *value = list == NULL ? NULL : list->child; value != NULL && code == ERROR_NONE; value = value->next) {
        char path[PATH_BYTES];
        struct normalize_context inner = at_entry(context, member, i, path);
        bool is_kept = false;

        code = cJSON_IsObject(value) ? read(&inner, value, &made[git->change_count], &is_kept)
                                     : no_object(context, member, i);
        git->change_count += is_kept;
        i++;
    }
    return code;
}

enum error_code normalize_git_join(const struct normalize_context *context, const char *first, const char *second,
                                   const char **joined)
{
    char *made;
    size_t size;

    *joined = NULL;
    if (first == NULL || second == NULL || *first == '\0' || *second == '\0')
        return ERROR_NONE;
    size = strlen(first) + strlen(second) + 2;
    made = arena_alloc(context->arena, size);
    if (made == NULL)
        return out_of_room(context);
    (void)snprintf(made, size, "%s/%s", first, second);
    *joined = made;
    return ERROR_NONE;
}

/* ---- hashes ---- */

static bool is_hex(const char *text, size_t least)
{
    size_t length = text == NULL ? 0 : strnlen(text, COMMIT_ID_MAX + 1);

    return length >= least && length <= COMMIT_ID_MAX && strspn(text, "0123456789abcdefABCDEF") == length;
}

static bool is_hash(const char *text)
{
    return is_hex(text, 40) && (strlen(text) == 40 || strlen(text) == 64);
}

static bool is_zeros(const char *hash)
{
    return hash[strspn(hash, "0")] == '\0';
}

static const char *lower_cased(struct arena *arena, const char *hash)
{
    char *copy;

    if (strpbrk(hash, "ABCDEF") == NULL)
        return hash;
    copy = arena_copy(arena, hash, strlen(hash));
    for (char *at = copy; at != NULL && *at != '\0'; at++)
        if (*at >= 'A' && *at <= 'F')
            *at = (char)(*at - 'A' + 'a');
    return copy;
}

/* Takes hex digits that were looked at. */
static enum error_code take_hash(const struct normalize_context *context, const char *text, const char **sha)
{
    if (is_zeros(text))
        return ERROR_NONE;
    *sha = lower_cased(context->arena, text);
    return *sha == NULL ? out_of_room(context) : ERROR_NONE;
}

enum error_code normalize_git_sha(const struct normalize_context *context, const cJSON *value, const char *member,
                                  const char **sha)
{
    const char *text = json_value_text(value);

    *sha = NULL;
    if (!json_value_is_set(value))
        return ERROR_NONE;
    if (!is_hash(text))
        return wrong_type(context, member, "a hash of 40 or 64 hex digits");
    return take_hash(context, text, sha);
}

enum error_code normalize_git_short_sha(const struct normalize_context *context, const cJSON *value, const char *member,
                                        const char **sha)
{
    const char *text = json_value_text(value);

    *sha = NULL;
    if (!json_value_is_set(value))
        return ERROR_NONE;
    if (!is_hex(text, COMMIT_ID_MIN))
        return wrong_type(context, member, "a hash, nor the first digits of one");
    return take_hash(context, text, sha);
}

enum error_code normalize_git_needed_sha(const struct normalize_context *context, const cJSON *value, const char *member,
                                         const char **sha)
{
    enum error_code code = normalize_git_sha(context, value, member, sha);

    if (code == ERROR_NONE && *sha == NULL)
        return wrong_type(context, member, "the hash of a commit");
    return code;
}

enum error_code normalize_git_tips(const struct normalize_context *context, const cJSON *before, const char *before_member,
                                   const cJSON *after, const char *after_member, struct normal_ref_change *change)
{
    enum error_code code = normalize_git_sha(context, before, before_member, &change->before);

    if (code == ERROR_NONE)
        code = normalize_git_sha(context, after, after_member, &change->after);
    if (code != ERROR_NONE)
        return code;
    if (!json_value_is_set(before))
        return wrong_type(context, before_member, "a hash");
    if (!json_value_is_set(after) || (change->before == NULL && change->after == NULL))
        return wrong_type(context, after_member, "a hash");
    return ERROR_NONE;
}

/* ---- refs ---- */

static const char *after_prefix(const char *text, const char *prefix)
{
    size_t length = strlen(prefix);

    return strncmp(text, prefix, length) == 0 ? text + length : NULL;
}

const char *normalize_git_short_ref(const char *name)
{
    const char *branch = after_prefix(name, "refs/heads/"), *tag = after_prefix(name, "refs/tags/");

    return branch != NULL ? branch : tag != NULL ? tag
                                                 : name;
}

enum error_code normalize_git_ref_name(const struct normalize_context *context, const char *name,
                                       struct normal_ref_change *change)
{
    struct key_list keys = {0};

    change->ref = name;
    if (!change->is_tag && !key_list_of_branch(name, context->arena, &keys))
        return out_of_room(context);
    change->branch_keys = keys.keys;
    change->branch_key_count = keys.key_count;
    change->branch_refused = keys.refused;
    change->branch_refused_count = keys.refused_count;
    return ERROR_NONE;
}

enum error_code normalize_git_full_ref(const struct normalize_context *context, const cJSON *value, const char *member,
                                       struct normal_ref_change *change, bool *is_kept)
{
    const char *name = json_value_text(value), *branch, *tag;

    *is_kept = false;
    branch = name == NULL ? NULL : after_prefix(name, "refs/heads/");
    tag = name == NULL ? NULL : after_prefix(name, "refs/tags/");
    if (branch == NULL && tag == NULL) {
        if (name != NULL && after_prefix(name, "refs/") != NULL)
            return ERROR_NONE;
        return wrong_type(context, member, "the full name of a ref");
    }
    name = normalize_git_short_ref(name);
    if (*name == '\0')
        return wrong_type(context, member, "the full name of a ref");
    *is_kept = true;
    change->is_tag = tag != NULL;
    return normalize_git_ref_name(context, name, change);
}

/* ---- commits ---- */

/* Reads the values in their order, or, newest first, into the places from the end. */
static enum error_code read_list(const struct normalize_context *context, const cJSON *list, const char *member,
                                 normalize_git_commit_reader *read, bool newest_first, struct normal_commit *commits,
                                 size_t count)
{
    enum error_code code = ERROR_NONE;
    size_t i = 0;

    for (const cJSON *value = list->child; value != NULL && code == ERROR_NONE; value = value->next, i++) {
        struct normal_commit *commit = &commits[newest_first ? count - 1 - i : i];
        char path[PATH_BYTES];
        struct normalize_context inner = at_entry(context, member, i, path);

        *commit = (struct normal_commit){.authored_at = INSTANT_NONE, .committed_at = INSTANT_NONE};
        code = cJSON_IsObject(value) ? read(&inner, value, commit) : no_object(context, member, i);
    }
    return code;
}

static bool drop_repeats(struct arena *arena, struct normal_commit *commits, size_t *count)
{
    const char **hashes = arena_alloc(arena, (*count + 1) * sizeof *hashes);
    bool *repeated = arena_alloc(arena, *count + 1);
    size_t kept = 0;

    if (hashes == NULL || repeated == NULL)
        return false;
    for (size_t i = 0; i < *count; i++)
        hashes[i] = commits[i].sha;
    if (!text_repeat_find(arena, hashes, *count, repeated))
        return false;
    for (size_t i = 0; i < *count; i++)
        if (!repeated[i])
            commits[kept++] = commits[i];
    *count = kept;
    return true;
}

enum error_code normalize_git_commits(const struct normalize_context *context, const cJSON *list, const char *member,
                                      normalize_git_commit_reader *read, bool newest_first,
                                      struct normal_ref_change *change)
{
    struct normal_commit *commits;
    enum error_code code;
    size_t count;

    if (!json_value_is_set(list))
        return ERROR_NONE;
    if (!cJSON_IsArray(list))
        return wrong_type(context, member, "an array");
    count = length_of(list);
    commits = arena_alloc(context->arena, (count + 1) * sizeof *commits);
    if (commits == NULL)
        return out_of_room(context);
    code = read_list(context, list, member, read, newest_first, commits, count);
    if (code != ERROR_NONE)
        return code;
    if (!drop_repeats(context->arena, commits, &count))
        return out_of_room(context);
    change->commits = commits;
    change->commit_count = count;
    return ERROR_NONE;
}

enum error_code normalize_git_parents(const struct normalize_context *context, const cJSON *list, const char *member,
                                      struct normal_commit *commit)
{
    const char **parents;
    size_t count = 0;

    if (!cJSON_IsArray(list))
        return ERROR_NONE;
    parents = arena_alloc(context->arena, (length_of(list) + 1) * sizeof *parents);
    if (parents == NULL)
        return out_of_room(context);
    for (const cJSON *value = list->child; value != NULL; value = value->next) {
        const char *hash = member == NULL ? json_value_text(value) : json_value_member_text(value, member);

        if (!is_hash(hash) || is_zeros(hash))
            return ERROR_NONE;
        parents[count] = lower_cased(context->arena, hash);
        if (parents[count++] == NULL)
            return out_of_room(context);
    }
    commit->parents = parents;
    commit->parent_count = count;
    return ERROR_NONE;
}

/* Without the newlines at its end, which some hosts send and others don't. */
static const char *trimmed(struct arena *arena, const char *message, size_t *length)
{
    *length = strlen(message);
    if (*length == 0 || message[*length - 1] != '\n')
        return message;
    while (*length > 0 && message[*length - 1] == '\n')
        (*length)--;
    return arena_copy(arena, message, *length);
}

static bool read_reverts(struct arena *arena, size_t length, struct normal_commit *commit)
{
    char name[COMMIT_REVERT_MAX + 1];
    const char **reverts;
    size_t count = 0, at = 0;

    while (commit_message_next_revert(commit->message, length, &at, name))
        count++;
    if (count == 0)
        return true;
    reverts = arena_alloc(arena, count * sizeof *reverts);
    if (reverts == NULL)
        return false;
    at = 0;
    for (size_t i = 0; i < count && commit_message_next_revert(commit->message, length, &at, name); i++)
        if ((reverts[i] = arena_copy(arena, name, strlen(name))) == NULL)
            return false;
    commit->reverts = reverts;
    commit->revert_count = count;
    return text_repeat_drop(arena, reverts, &commit->revert_count);
}

static bool read_picked(struct arena *arena, size_t length, struct normal_commit *commit)
{
    char id[COMMIT_ID_MAX + 1];

    if (commit_message_picked_from(commit->message, length, id))
        commit->picked_from = arena_copy(arena, id, strlen(id));
    else
        return true;
    return commit->picked_from != NULL;
}

static bool read_keys(struct arena *arena, size_t length, struct normal_commit *commit)
{
    struct merge_subject merge;
    struct key_list keys, handed;

    commit->is_merge_named = commit_message_merge(commit->message, length, &merge);
    if (!key_list_of_message(commit->message, length, arena, &keys))
        return false;
    commit->keys = keys.keys;
    commit->key_count = keys.key_count;
    commit->refused = keys.refused;
    commit->refused_count = keys.refused_count;
    if (commit->parents != NULL ? commit->parent_count < 2 : !commit->is_merge_named)
        return true;
    if (!key_list_of_merge(commit->message, length, arena, &handed))
        return false;
    commit->handed_keys = handed.keys;
    commit->handed_key_count = handed.key_count;
    return true;
}

enum error_code normalize_git_message(const struct normalize_context *context, const cJSON *value,
                                      struct normal_commit *commit)
{
    const char *message = json_value_text(value);
    size_t length;

    commit->message = trimmed(context->arena, message == NULL ? "" : message, &length);
    if (commit->message == NULL || !read_reverts(context->arena, length, commit) ||
        !read_picked(context->arena, length, commit) || !read_keys(context->arena, length, commit))
        return out_of_room(context);
    return ERROR_NONE;
}

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t';
}

enum error_code normalize_git_author(const struct normalize_context *context, const char *raw,
                                     struct normal_commit *commit)
{
    const char *open = raw == NULL ? NULL : strrchr(raw, '<'), *close = open == NULL ? NULL : strchr(open, '>');
    size_t length;

    if (raw == NULL)
        return ERROR_NONE;
    length = close == NULL ? strlen(raw) : (size_t)(open - raw);
    while (length > 0 && is_blank(raw[length - 1]))
        length--;
    commit->author = arena_copy(context->arena, raw, length);
    if (close != NULL)
        commit->author_email = arena_copy(context->arena, open + 1, (size_t)(close - open - 1));
    if (commit->author == NULL || (close != NULL && commit->author_email == NULL))
        return out_of_room(context);
    return ERROR_NONE;
}

/* ---- pull requests ---- */

enum error_code normalize_git_pull_request(const struct normalize_context *context, struct normal_git *git,
                                           const cJSON *number, const char *member, struct normal_pull_request **request)
{
    int64_t id;

    if (!json_value_id(number, &id))
        return wrong_type(context, member, "a positive whole number");
    *request = arena_alloc(context->arena, sizeof **request);
    if (*request == NULL)
        return out_of_room(context);
    **request = (struct normal_pull_request){
        .number = id, .commit_count = NORMALIZE_NO_ID, .merged_at = INSTANT_NONE, .updated_at = INSTANT_NONE};
    git->pull_request = *request;
    return ERROR_NONE;
}

enum error_code normalize_git_pull_request_keys(const struct normalize_context *context,
                                                struct normal_pull_request *request)
{
    struct key_list keys;

    if (!key_list_of_pull_request(request->title, request->source_branch, context->arena, &keys))
        return out_of_room(context);
    request->keys = keys.keys;
    request->key_count = keys.key_count;
    request->refused = keys.refused;
    request->refused_count = keys.refused_count;
    return ERROR_NONE;
}
