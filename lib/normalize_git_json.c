/* What a git host tells as a JSON document. */
#include "normalize_git_json.h"

static void print_instant(struct json_printer *printer, const char *name, instant at)
{
    char text[INSTANT_TEXT_BYTES];

    json_print_text(printer, name, at == INSTANT_NONE ? NULL : instant_format_utc(at, text));
}

static void print_refused(struct json_printer *printer, const char *name, const struct normal_refused_key *refused,
                          size_t count)
{
    json_print_name(printer, name);
    json_print_open(printer, "[");
    for (size_t i = 0; i < count; i++) {
        json_print_name(printer, NULL);
        json_print_open(printer, "{");
        json_print_text(printer, "text", refused[i].text);
        json_print_text(printer, "reason", issue_key_verdict_name(refused[i].verdict));
        json_print_close(printer, "}");
    }
    json_print_close(printer, "]");
}

void normalize_git_json_print_commit(struct json_printer *printer, const struct normal_commit *commit)
{
    json_print_open(printer, "{");
    json_print_text(printer, "sha", commit->sha);
    json_print_texts_or_null(printer, "parents", commit->parents, commit->parent_count);
    json_print_text(printer, "message", commit->message);
    json_print_text(printer, "author", commit->author);
    json_print_text(printer, "author_email", commit->author_email);
    print_instant(printer, "authored_at", commit->authored_at);
    print_instant(printer, "committed_at", commit->committed_at);
    json_print_bool(printer, "is_known_elsewhere", commit->is_known_elsewhere);
    json_print_bool(printer, "is_merge_named", commit->is_merge_named);
    json_print_text(printer, "picked_from", commit->picked_from);
    json_print_texts_or_null(printer, "reverts", commit->reverts, commit->revert_count);
    json_print_texts(printer, "keys", commit->keys, commit->key_count);
    json_print_texts_or_null(printer, "handed_keys", commit->handed_keys, commit->handed_key_count);
    print_refused(printer, "refused", commit->refused, commit->refused_count);
    json_print_close(printer, "}");
}

static void print_commits(struct json_printer *printer, const struct normal_ref_change *change)
{
    json_print_name(printer, "commits");
    json_print_open(printer, "[");
    for (size_t i = 0; i < change->commit_count; i++) {
        json_print_name(printer, NULL);
        normalize_git_json_print_commit(printer, &change->commits[i]);
    }
    json_print_close(printer, "]");
}

static void print_count(struct json_printer *printer, const char *name, int64_t count)
{
    if (count == NORMALIZE_NO_ID)
        json_print_text(printer, name, NULL);
    else
        json_print_number(printer, name, count);
}

static void print_change(struct json_printer *printer, const struct normal_ref_change *change)
{
    json_print_open(printer, "{");
    json_print_text(printer, "ref", change->ref);
    json_print_text(printer, "kind", change->is_tag ? "tag" : "branch");
    json_print_text(printer, "before", change->before);
    json_print_text(printer, "after", change->after);
    json_print_text(printer, "peeled", change->peeled);
    json_print_bool(printer, "is_notice", change->is_notice);
    json_print_bool(printer, "is_forced", change->is_forced);
    json_print_text(printer, "base_ref", change->base_ref);
    print_count(printer, "total", change->total);
    json_print_bool(printer, "is_whole", change->is_whole);
    json_print_texts(printer, "branch_keys", change->branch_keys, change->branch_key_count);
    print_refused(printer, "branch_refused", change->branch_refused, change->branch_refused_count);
    print_commits(printer, change);
    json_print_close(printer, "}");
}

static void print_pull_request(struct json_printer *printer, const struct normal_pull_request *request)
{
    json_print_open(printer, "{");
    json_print_number(printer, "number", request->number);
    json_print_text(printer, "title", request->title);
    json_print_text(printer, "source_branch", request->source_branch);
    json_print_text(printer, "target_branch", request->target_branch);
    json_print_text(printer, "state", request->state);
    json_print_text(printer, "head_sha", request->head_sha);
    json_print_text(printer, "merge_sha", request->merge_sha);
    print_count(printer, "commit_count", request->commit_count);
    print_instant(printer, "merged_at", request->merged_at);
    print_instant(printer, "updated_at", request->updated_at);
    json_print_text(printer, "author", request->author);
    json_print_texts(printer, "keys", request->keys, request->key_count);
    print_refused(printer, "refused", request->refused, request->refused_count);
    json_print_close(printer, "}");
}

void normalize_git_json_print(struct json_printer *printer, const struct normal_git *git)
{
    json_print_open(printer, "{");
    json_print_text(printer, "repository", git->repository);
    json_print_text(printer, "default_branch", git->default_branch);
    json_print_name(printer, "changes");
    json_print_open(printer, "[");
    for (size_t i = 0; i < git->change_count; i++) {
        json_print_name(printer, NULL);
        print_change(printer, &git->changes[i]);
    }
    json_print_close(printer, "]");
    json_print_name(printer, "pull_request");
    if (git->pull_request == NULL)
        json_write_string(&printer->writer, NULL, SIZE_MAX);
    else
        print_pull_request(printer, git->pull_request);
    json_print_close(printer, "}");
}

/* Written twice: first to know how long it becomes, so that the arena holds it and no more. */
const char *normalize_git_json(const struct normal_git *git, struct arena *arena, size_t *length)
{
    struct json_printer printer;
    char *text;
    size_t size;

    json_print_init(&printer, NULL, 0, JSON_PRINT_COMPACT);
    normalize_git_json_print(&printer, git);
    size = printer.writer.length + 1;
    text = arena_alloc(arena, size);
    if (text == NULL)
        return NULL;
    json_print_init(&printer, text, size, JSON_PRINT_COMPACT);
    normalize_git_json_print(&printer, git);
    *length = printer.writer.length;
    return text;
}
