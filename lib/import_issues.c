/* Stores issues from pages of Jira's search, through the same store as webhooks. */
#include "import_issues.h"

#include "json_slice.h"
#include "progress.h"
#include "signature.h"
#include "store_range.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define READ_BYTES 65536
#define STORE_TIMEOUT_MS 60000

struct import {
    struct db *db;
    const struct config *config;
    const struct source *source;
    struct import_issues_result *result;
    struct arena *arena;            /* normal forms of the batch */
    struct store_item *items;       /* bodies and delivery ids are owned */
    struct store_refusal *refusals; /* one for each item */
    size_t count, bytes;
    struct progress progress;
};

static void clear_batch(struct import *import)
{
    for (size_t i = 0; i < import->count; i++) {
        free((void *)(uintptr_t)import->items[i].body);
        free((void *)(uintptr_t)import->items[i].delivery_id);
    }
    import->count = import->bytes = 0;
    arena_reset(import->arena);
}

static enum error_code store_batch(struct import *import, struct error *error)
{
    enum store_outcome outcomes[import->count + 1];
    enum error_code code = store_range(import->db, import->items, import->refusals, import->count, STORE_TIMEOUT_MS,
                                       outcomes, error);
    for (size_t i = 0; i < import->count; i++) {
        if (outcomes[i] == STORE_OUTCOMES)
            continue;
        import->result->outcomes[outcomes[i]]++;
        import->result->issues++;
        progress_add(&import->progress, 1);
    }
    clear_batch(import);
    return code;
}

/* The delivery id of an import: the same issue in the same state is one delivery. */
static char *delivery_id(const unsigned char *body, size_t length)
{
    char body_id[SIGNATURE_BODY_ID_BYTES], *id;
    return asprintf(&id, "import:%s", signature_body_id(body, length, body_id)) < 0 ? NULL : id;
}

/* Normalizes into the batch's arena; a full arena is emptied by storing what waits, once. */
static enum error_code normalize(struct import *import, const char *body, size_t length, struct normal_form **form,
                                 struct error *error)
{
    const struct normalize_options options = {.epic_link_field = import->source->epic_link_field};
    enum error_code code = normalize_jira_issue(body, length, &options, import->arena, form, error);
    if (code != ERROR_TOO_COMPLEX || import->count == 0)
        return code;
    code = store_batch(import, error);
    return code == ERROR_NONE ? normalize_jira_issue(body, length, &options, import->arena, form, error) : code;
}

static enum error_code add_issue(struct import *import, const char *body, size_t length, struct error *error)
{
    struct normal_form *form = NULL;
    enum error_code code = normalize(import, body, length, &form, error);
    if (code != ERROR_NONE && !error_is_quarantined(code))
        return code;
    unsigned char *copy = malloc(length + 1);
    struct store_item *item = &import->items[import->count];
    *item = (struct store_item){.source = import->source, .received_at = instant_now(), .quarantine = code};
    item->content_type = "application/json";
    item->body = copy;
    item->body_length = length;
    item->form = code == ERROR_NONE ? form : NULL;
    item->delivery_id = delivery_id((const unsigned char *)body, length);
    if (!copy || !item->delivery_id) {
        free(copy);
        free((void *)(uintptr_t)item->delivery_id);
        return error_set(error, ERROR_NO_MEMORY, "out of memory");
    }
    memcpy(copy, body, length);
    copy[length] = '\0';
    if (code != ERROR_NONE)
        store_range_refuse(item, &import->refusals[import->count], error);
    import->count++;
    import->bytes += length;
    bool is_full = import->count >= (size_t)import->config->batch_rows ||
                   import->bytes >= (size_t)import->config->batch_bytes;
    return is_full ? store_batch(import, error) : ERROR_NONE;
}

static enum error_code report_problem(const struct json_slice *slice, struct error *error)
{
    uint64_t offset;
    const char *problem = json_slice_problem(slice, &offset);
    return error_set(error, ERROR_INPUT, "malformed input at byte %llu: %s", (unsigned long long)offset, problem);
}

/* Takes one piece of the stream. */
static enum error_code feed(struct import *import, struct json_slice *slice, const char *bytes, size_t length,
                            struct error *error)
{
    for (size_t used = 0, taken; used < length; used += taken) {
        enum json_slice_step step = json_slice_feed(slice, bytes + used, length - used, &taken);
        if (step == JSON_SLICE_BAD)
            return report_problem(slice, error);
        if (step == JSON_SLICE_MORE)
            continue;
        size_t issue_length;
        const char *issue = json_slice_issue(slice, &issue_length);
        enum error_code code = add_issue(import, issue, issue_length, error);
        if (code != ERROR_NONE)
            return code;
    }
    return ERROR_NONE;
}

static enum error_code read_stream(struct import *import, struct json_slice *slice, int file, struct error *error)
{
    char buffer[READ_BYTES];
    for (;;) {
        ssize_t got = read(file, buffer, sizeof buffer);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return error_set(error, ERROR_IO, "reading the input: %s", strerror(errno));
        if (got == 0)
            break;
        enum error_code code = feed(import, slice, buffer, (size_t)got, error);
        if (code != ERROR_NONE)
            return code;
    }
    return json_slice_end(slice) == JSON_SLICE_BAD ? report_problem(slice, error) : ERROR_NONE;
}

static enum error_code read_all(struct import *import, int file, struct error *error)
{
    struct json_slice *slice = json_slice_new("issues", (size_t)import->config->max_parse_bytes / 4);
    if (!slice)
        return error_set(error, ERROR_NO_MEMORY, "out of memory");
    enum error_code code = read_stream(import, slice, file, error);
    json_slice_free(slice);
    if (code != ERROR_NONE && code != ERROR_INPUT)
        return code;
    /* Malformed input: what was whole is stored all the same. */
    struct error later;
    enum error_code stored = store_batch(import, &later);
    if (code == ERROR_NONE && stored != ERROR_NONE) {
        *error = later;
        code = stored;
    }
    return code;
}

enum error_code import_issues(struct db *db, const struct config *config, const struct source *source, int file,
                              bool is_quiet, struct import_issues_result *result, struct error *error)
{
    size_t rows = (size_t)config->batch_rows;
    struct import import = {.db = db, .config = config, .source = source, .result = result};
    enum error_code code = ERROR_NO_MEMORY;
    *result = (struct import_issues_result){0};
    normalize_init();
    import.arena = arena_new((size_t)config->max_parse_bytes);
    import.items = calloc(rows, sizeof *import.items);
    import.refusals = calloc(rows, sizeof *import.refusals);
    progress_start(&import.progress, "issues", 0, is_quiet);
    if (import.arena && import.items && import.refusals) {
        code = read_all(&import, file, error);
        clear_batch(&import);
        progress_finish(&import.progress);
    } else {
        error_set(error, code, "out of memory");
    }
    arena_free(import.arena);
    free(import.items);
    free(import.refusals);
    return code;
}
