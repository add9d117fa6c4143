/* A local git repository as an import reads it: refs, the graph, and commits with their messages, streamed. */
#include "gitlog.h"

#include "git_process.h"
#include "utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIELDS_MAX 7

struct gitlog {
    char *path;
    size_t id_bytes;
};

struct gitlog_stream {
    struct git_process *process;
    struct gitlog_commit commit;
    int fields;
    /* Copies of a commit's fields, grown as needed. */
    char *texts[FIELDS_MAX];
    size_t sizes[FIELDS_MAX];
};

static enum error_code no_memory(struct error *error)
{
    return error_set(error, ERROR_NO_MEMORY, "out of memory");
}

/* Asks `git rev-parse OPTION`. */
static enum error_code ask(const char *path, const char *option, char **answer, struct error *error)
{
    const char *const arguments[] = {"rev-parse", option, NULL};
    return git_process_line(path, arguments, answer, error);
}

static enum error_code refuse_shallow(const char *path, struct error *error)
{
    char *answer;
    enum error_code code = ask(path, "--is-shallow-repository", &answer, error);
    if (code != ERROR_NONE) {
        return code;
    }
    if (strcmp(answer, "true") == 0) {
        code = error_set(error, ERROR_INPUT,
                         "%.200s is a shallow clone: where its commits are can't be told without the whole history "
                         "(run `git fetch --unshallow` there)",
                         path);
    }
    free(answer);
    return code;
}

enum error_code gitlog_open(const char *path, struct gitlog **gitlog, struct error *error)
{
    if (path[0] == '\0') {
        return error_set(error, ERROR_INPUT, "the path of the repository is empty");
    }
    enum error_code code = refuse_shallow(path, error);
    char *format = NULL;
    if (code == ERROR_NONE) {
        code = ask(path, "--show-object-format", &format, error);
    }
    if (code != ERROR_NONE) {
        return code;
    }
    struct gitlog *opened = calloc(1, sizeof *opened);
    if (opened) {
        opened->id_bytes = strcmp(format, "sha256") == 0 ? 32 : 20;
        opened->path = strdup(path);
    }
    free(format);
    if (!opened || !opened->path) {
        gitlog_close(opened);
        return no_memory(error);
    }
    *gitlog = opened;
    return ERROR_NONE;
}

void gitlog_close(struct gitlog *gitlog)
{
    if (gitlog) {
        free(gitlog->path);
        free(gitlog);
    }
}

size_t gitlog_id_bytes(const struct gitlog *gitlog)
{
    return gitlog->id_bytes;
}

enum error_code gitlog_resolve(const struct gitlog *gitlog, const char *revision, char sha[GITLOG_ID_TEXT],
                               struct error *error)
{
    char commit[1024], *answer;
    if (revision[0] == '-' || revision[0] == '\0' ||
        snprintf(commit, sizeof commit, "%s^{commit}", revision) >= (int)sizeof commit) {
        return error_set(error, ERROR_INPUT, "not a revision: '%.100s'", revision);
    }
    const char *const arguments[] = {"rev-parse", "--verify", "--quiet", commit, "--", NULL};
    enum error_code code = git_process_line(gitlog->path, arguments, &answer, error);
    if (code != ERROR_NONE) {
        return error_set(error, ERROR_INPUT, "no commit is named '%.100s' in %.200s", revision, gitlog->path);
    }
    snprintf(sha, GITLOG_ID_TEXT, "%.*s", (int)strcspn(answer, "\n"), answer);
    free(answer);
    return ERROR_NONE;
}

/* Refs */

/* A line of for-each-ref. */
struct found_ref {
    char *refname;
    char sha[GITLOG_ID_TEXT];
};

struct found_refs {
    struct found_ref *items;
    size_t count;
};

static void free_found(struct found_refs *found)
{
    for (size_t i = 0; i < found->count; i++) {
        free(found->items[i].refname);
    }
    free(found->items);
}

enum ref_field { REF_NAME,
                 REF_TYPE,
                 REF_ID,
                 REF_PEELED_TYPE,
                 REF_PEELED_ID,
                 REF_SYMREF,
                 REF_FIELDS };

static bool add_found(struct found_refs *found, const char *refname, const char *sha)
{
    struct found_ref *items = reallocarray(found->items, found->count + 1, sizeof *items);
    if (!items) {
        return false;
    }
    found->items = items;
    items[found->count].refname = strdup(refname);
    snprintf(items[found->count].sha, GITLOG_ID_TEXT, "%s", sha);
    return items[found->count++].refname != NULL;
}

/* Takes the fields of one ref that leads to a commit and is no symbolic one. */
static enum error_code take_ref(const struct gitlog *gitlog, char fields[REF_FIELDS][1024], struct found_refs *found,
                                struct error *error)
{
    char sha[GITLOG_ID_TEXT];
    snprintf(sha, sizeof sha, "%.64s", fields[REF_ID]);
    if (fields[REF_SYMREF][0] != '\0') {
        return ERROR_NONE;
    }
    if (strcmp(fields[REF_TYPE], "tag") == 0) {
        if (strcmp(fields[REF_PEELED_TYPE], "tag") == 0) {
            if (gitlog_resolve(gitlog, fields[REF_NAME], sha, error) != ERROR_NONE) {
                return ERROR_NONE; /* a tag of a tag of something else */
            }
        } else if (strcmp(fields[REF_PEELED_TYPE], "commit") != 0) {
            return ERROR_NONE;
        } else {
            snprintf(sha, sizeof sha, "%.64s", fields[REF_PEELED_ID]);
        }
    } else if (strcmp(fields[REF_TYPE], "commit") != 0) {
        return ERROR_NONE;
    }
    return add_found(found, fields[REF_NAME], sha) ? ERROR_NONE : no_memory(error);
}

static enum error_code find_refs(const struct gitlog *gitlog, struct found_refs *found, struct error *error)
{
    static const char *const arguments[] = {
        "for-each-ref", "--format=%(refname)%00%(objecttype)%00%(objectname)%00%(*objecttype)%00%(*objectname)%00%(symref)%00",
        "refs/heads", "refs/remotes/origin", "refs/tags", NULL};
    struct git_process *process;
    enum error_code code = git_process_start(gitlog->path, arguments, NULL, 0, &process, error);
    if (code != ERROR_NONE) {
        return code;
    }
    char fields[REF_FIELDS][1024];
    const char *record;
    size_t length;
    int field = 0;
    while (code == ERROR_NONE && git_process_next(process, &record, &length)) {
        /* Each line's newline stands before the next one's first field. */
        snprintf(fields[field], sizeof fields[field], "%s", record[0] == '\n' ? record + 1 : record);
        if (++field == REF_FIELDS) {
            code = take_ref(gitlog, fields, found, error);
            field = 0;
        }
    }
    if (code != ERROR_NONE) {
        git_process_abandon(process);
        return code;
    }
    return git_process_finish(process, error);
}

static const char *after(const char *text, const char *prefix)
{
    size_t length = strlen(prefix);
    return strncmp(text, prefix, length) == 0 ? text + length : NULL;
}

static struct gitlog_ref *find_ref(struct gitlog_ref *refs, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(refs[i].name, name) == 0) {
            return &refs[i];
        }
    }
    return NULL;
}

static bool is_ancestor(const struct gitlog *gitlog, const char *older, const char *newer)
{
    const char *const arguments[] = {"merge-base", "--is-ancestor", older, newer, NULL};
    char *nothing = NULL;
    struct error ignored;
    bool holds = git_process_line(gitlog->path, arguments, &nothing, &ignored) == ERROR_NONE;
    free(nothing);
    return holds;
}

/* Adds a ref, or lets a local branch stand for the host's where it is ahead. */
static bool add_ref(const struct gitlog *gitlog, struct gitlog_ref *refs, size_t *count, const char *name,
                    const struct found_ref *found, bool is_tag)
{
    char longer[1024];
    struct gitlog_ref *same = find_ref(refs, *count, name);
    if (same && !is_tag) {
        if (strcmp(same->sha, found->sha) != 0 && is_ancestor(gitlog, same->sha, found->sha)) {
            memcpy(same->sha, found->sha, sizeof same->sha);
        }
        return true;
    }
    if (same) {
        snprintf(longer, sizeof longer, "tags/%s", name);
        name = longer;
    }
    struct gitlog_ref *ref = &refs[*count];
    *ref = (struct gitlog_ref){.name = malloc(UTF8_REPAIR_BYTES(strlen(name))), .is_tag = is_tag};
    if (!ref->name) {
        return false;
    }
    utf8_repair(name, strlen(name), ref->name);
    memcpy(ref->sha, found->sha, sizeof ref->sha);
    (*count)++;
    return true;
}

static bool name_refs(const struct gitlog *gitlog, const struct found_refs *found, struct gitlog_ref *refs,
                      size_t *count)
{
    static const char *const prefixes[] = {"refs/remotes/origin/", "refs/heads/", "refs/tags/"};
    for (size_t kind = 0; kind < 3; kind++) {
        for (size_t i = 0; i < found->count; i++) {
            const char *name = after(found->items[i].refname, prefixes[kind]);
            if (name && !add_ref(gitlog, refs, count, name, &found->items[i], kind == 2)) {
                return false;
            }
        }
    }
    return true;
}

/* Marks the branch that symbolic ref `from` points to below prefix; false when there is none such. */
static bool mark_default(const struct gitlog *gitlog, const char *from, const char *prefix, struct gitlog_ref *refs,
                         size_t count)
{
    const char *const arguments[] = {"symbolic-ref", "--quiet", from, NULL};
    char *target = NULL;
    struct error ignored;
    if (git_process_line(gitlog->path, arguments, &target, &ignored) != ERROR_NONE) {
        return false;
    }
    const char *name = after(target, prefix);
    struct gitlog_ref *ref = name ? find_ref(refs, count, name) : NULL;
    free(target);
    if (!ref || ref->is_tag) {
        return false;
    }
    ref->is_default = true;
    return true;
}

/* What the repository itself says, HEAD; where that is no branch, what is usual. */
static void find_own_default(const struct gitlog *gitlog, struct gitlog_ref *refs, size_t count)
{
    static const char *const usual[] = {"main", "master"};
    if (mark_default(gitlog, "HEAD", "refs/heads/", refs, count)) {
        return;
    }
    for (size_t i = 0; i < sizeof usual / sizeof usual[0]; i++) {
        struct gitlog_ref *ref = find_ref(refs, count, usual[i]);
        if (ref && !ref->is_tag) {
            ref->is_default = true;
            return;
        }
    }
}

static bool is_clone(const struct found_refs *found)
{
    for (size_t i = 0; i < found->count; i++) {
        if (after(found->items[i].refname, "refs/remotes/origin/")) {
            return true;
        }
    }
    return false;
}

/* In a clone HEAD is what somebody has checked out, whatever the host's default branch is. */
static void find_default(const struct gitlog *gitlog, const struct found_refs *found, struct gitlog_ref *refs,
                         size_t count)
{
    if (mark_default(gitlog, "refs/remotes/origin/HEAD", "refs/remotes/origin/", refs, count)) {
        return;
    }
    find_own_default(gitlog, refs, count);
    bool is_guess = is_clone(found);
    for (size_t i = 0; i < count; i++) {
        refs[i].is_guessed = is_guess && refs[i].is_default;
    }
}

enum error_code gitlog_refs(const struct gitlog *gitlog, struct gitlog_ref **refs, size_t *count,
                            struct error *error)
{
    struct found_refs found = {NULL, 0};
    struct gitlog_ref *named = NULL;
    size_t named_count = 0;
    enum error_code code = find_refs(gitlog, &found, error);
    if (code == ERROR_NONE) {
        named = calloc(found.count + 1, sizeof *named);
        if (!named || !name_refs(gitlog, &found, named, &named_count)) {
            code = no_memory(error);
        }
    }
    if (code == ERROR_NONE) {
        find_default(gitlog, &found, named, named_count);
    }
    free_found(&found);
    if (code != ERROR_NONE) {
        gitlog_refs_free(named, named_count);
        return code;
    }
    *refs = named;
    *count = named_count;
    return ERROR_NONE;
}

void gitlog_refs_free(struct gitlog_ref *refs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(refs[i].name);
    }
    free(refs);
}

/* Commits */

/* The revisions that git log reads from its standard input: they can be no options there, and any number. */
static char *list_revisions(const struct gitlog_ref *tips, size_t count, const char *without, size_t *length)
{
    char *list = NULL;
    FILE *out = open_memstream(&list, length);
    if (!out) {
        return NULL;
    }
    for (size_t i = 0; i < count; i++) {
        fprintf(out, "%s\n", tips[i].sha);
    }
    if (without) {
        fprintf(out, "^%s\n", without);
    }
    if (fclose(out) != 0) {
        free(list);
        return NULL;
    }
    return list;
}

enum error_code gitlog_start(const struct gitlog *gitlog, const struct gitlog_ref *tips, size_t count,
                             const char *without, bool with_messages, struct gitlog_stream **stream,
                             struct error *error)
{
    const char *const arguments[] = {
        "log", "-z", "--no-color", "--no-decorate", "--no-notes", "--no-patch", "--no-mailmap", "--encoding=UTF-8",
        with_messages ? "--format=tformat:%H%x00%P%x00%ct%x00%at%x00%an%x00%ae%x00%B" : "--format=tformat:%H%x00%P%x00%ct",
        "--stdin", NULL};
    struct gitlog_stream *started = calloc(1, sizeof *started);
    size_t length = 0;
    char *input = list_revisions(tips, count, without, &length);
    if (!started || !input) {
        free(started);
        free(input);
        return no_memory(error);
    }
    started->fields = with_messages ? FIELDS_MAX : 3;
    enum error_code code = git_process_start(gitlog->path, arguments, input, length, &started->process, error);
    free(input);
    if (code != ERROR_NONE) {
        free(started);
        return code;
    }
    *stream = started;
    return ERROR_NONE;
}

/* Keeps a field as storable text; its length, or SIZE_MAX when memory is short. */
static size_t keep_field(struct gitlog_stream *stream, int field, const char *record, size_t length)
{
    if (stream->sizes[field] < UTF8_REPAIR_BYTES(length)) {
        size_t size = UTF8_REPAIR_BYTES(length) + 64;
        char *text = realloc(stream->texts[field], size);
        if (!text) {
            return SIZE_MAX;
        }
        stream->texts[field] = text;
        stream->sizes[field] = size;
    }
    if (utf8_is_valid(record, length)) {
        memcpy(stream->texts[field], record, length);
        stream->texts[field][length] = '\0';
        return length;
    }
    return utf8_repair(record, length, stream->texts[field]);
}

static enum error_code end_of_stream(struct gitlog_stream *stream, int field, struct error *error)
{
    struct git_process *process = stream->process;
    stream->process = NULL;
    enum error_code code = git_process_finish(process, error);
    if (code == ERROR_NONE && field != 0) {
        code = error_set(error, ERROR_IO, "git's output ended in the middle of a commit");
    }
    return code;
}

/* Takes the newlines off a message's end, which hosts don't send either. */
static void trim_message(struct gitlog_commit *commit, char *message)
{
    while (commit->message_length > 0 && message[commit->message_length - 1] == '\n') {
        message[--commit->message_length] = '\0';
    }
}

enum error_code gitlog_next(struct gitlog_stream *stream, const struct gitlog_commit **commit, struct error *error)
{
    size_t lengths[FIELDS_MAX] = {0};
    *commit = NULL;
    for (int field = 0; field < stream->fields; field++) {
        const char *record;
        size_t length;
        if (!git_process_next(stream->process, &record, &length)) {
            return end_of_stream(stream, field, error);
        }
        lengths[field] = keep_field(stream, field, record, length);
        if (lengths[field] == SIZE_MAX) {
            return no_memory(error);
        }
    }
    stream->commit = (struct gitlog_commit){
        .sha = stream->texts[0],
        .parents = stream->texts[1],
        .committed = strtoll(stream->texts[2], NULL, 10),
        .author = stream->texts[4],
        .author_email = stream->texts[5],
        .message = stream->texts[6],
        .message_length = lengths[6],
    };
    if (stream->fields == FIELDS_MAX) {
        stream->commit.authored = strtoll(stream->texts[3], NULL, 10);
    }
    trim_message(&stream->commit, stream->texts[6]);
    *commit = &stream->commit;
    return ERROR_NONE;
}

void gitlog_stop(struct gitlog_stream *stream)
{
    if (stream) {
        git_process_abandon(stream->process);
        for (int i = 0; i < FIELDS_MAX; i++) {
            free(stream->texts[i]);
        }
        free(stream);
    }
}
