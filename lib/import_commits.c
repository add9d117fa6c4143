/* Takes a local git repository over into the database. */
#include "import_commits.h"

#include "commit_message.h"
#include "gitlog.h"
#include "key_rows.h"
#include "landing.h"
#include "progress.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CONNECT_TIMEOUT_MS 10000
#define LATEST_SECOND INT64_C(7258118400) /* 2200-01-01: a later time is nonsense */
#define KEYS_BYTES ((size_t)1 << 30)      /* for the keys of one message */

struct import {
    const struct import_options *options;
    struct import_result *result;
    struct gitlog *gitlog;
    struct gitlog_ref *refs; /* all that are read: the trunk, counted branches, other branches, tags */
    size_t ref_count;
    struct landing_branch *lines; /* one for each ref */
    uint32_t twigs;               /* index of the first that does not count */
    struct landing *landing;
    uint64_t to_send;
    PGconn *connection;
    struct arena *arena; /* of the commit that is being sent */
};

static enum error_code no_memory(struct error *error)
{
    return error_set(error, ERROR_NO_MEMORY, "out of memory");
}

/* Asking */

static enum error_code run(PGconn *connection, const char *sql, int count, const char *const *values,
                           PGresult **result, struct error *error)
{
    PGresult *answer = PQexecParams(connection, sql, count, NULL, values, NULL, NULL, 0);
    ExecStatusType status = PQresultStatus(answer);
    enum error_code code = ERROR_NONE;
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) {
        code = copy_rows_failure(connection, answer, error);
    }
    if (code == ERROR_NONE && result) {
        *result = answer;
    } else {
        PQclear(answer);
    }
    return code;
}

static int64_t number_at(const PGresult *result, int row, int column)
{
    return strtoll(PQgetvalue(result, row, column), NULL, 10);
}

/* Refs */

static bool matches_any(const char *name, const char *const *globs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (fnmatch(globs[i], name, 0) == 0) {
            return true;
        }
    }
    return false;
}

/* Which of the patterns a branch fits whose commits count, from 1 on, else 0; "HEAD" among them names the default branch. */
static int counted_by(const struct source *source, const struct gitlog_ref *ref)
{
    static const char *const usual[] = {"HEAD", "release/*", "hotfix/*", NULL};
    const char *const *globs = source->counted_refs ? (const char *const *)source->counted_refs : usual;
    for (int i = 0; !ref->is_tag && globs[i]; i++) {
        if (fnmatch(globs[i], ref->name, 0) == 0 || (ref->is_default && strcmp(globs[i], "HEAD") == 0)) {
            return i + 1;
        }
    }
    return 0;
}

static bool is_counted(const struct source *source, const struct gitlog_ref *ref)
{
    return counted_by(source, ref) > 0;
}

/* Keeps the branches that are asked for; the default one always, since the others' positions begin on it. */
static void choose_refs(struct import *import)
{
    size_t kept = 0;
    for (size_t i = 0; i < import->ref_count; i++) {
        struct gitlog_ref *ref = &import->refs[i];
        bool is_wanted = import->options->glob_count == 0 || ref->is_default ||
                         (!ref->is_tag && matches_any(ref->name, import->options->globs, import->options->glob_count));
        if (!is_wanted) {
            free(ref->name);
            continue;
        }
        import->result->branches += !ref->is_tag;
        import->result->tags += ref->is_tag;
        if (ref->is_default) {
            snprintf(import->result->default_branch, sizeof import->result->default_branch, "%s", ref->name);
            import->result->is_default_guessed = ref->is_guessed;
        }
        import->refs[kept++] = *ref;
    }
    import->ref_count = kept;
}

/* What is placed first is what others are cut from: the default branch, what counts, the other branches, tags. */
enum ref_place { PLACE_TRUNK,
                 PLACE_COUNTED,
                 PLACE_TWIG,
                 PLACE_TAG };

static enum ref_place place_of(const struct import *import, const struct gitlog_ref *ref)
{
    if (ref->is_tag) {
        return PLACE_TAG;
    }
    if (ref->is_default) {
        return PLACE_TRUNK;
    }
    return is_counted(import->options->source, ref) ? PLACE_COUNTED : PLACE_TWIG;
}

/* Of branches that count, those of an earlier pattern come first: a hotfix is cut from a release. */
static int compare_trunk_first(const void *left, const void *right, void *data)
{
    const struct import *import = data;
    const struct gitlog_ref *a = left, *b = right;
    enum ref_place place = place_of(import, a), other = place_of(import, b);
    if (place != other) {
        return place < other ? -1 : 1;
    }
    const struct source *source = import->options->source;
    int order = place == PLACE_COUNTED ? counted_by(source, a) - counted_by(source, b) : 0;
    if (place == PLACE_TWIG && a->made != b->made) {
        order = a->made < b->made ? -1 : 1;
    }
    return order ? order : strverscmp(a->name, b->name);
}

static void set_made(struct import *import, const PGresult *answer)
{
    for (size_t i = 0; i < import->ref_count; i++) {
        struct gitlog_ref *ref = &import->refs[i];
        int low = 0, high = ref->is_tag ? 0 : PQntuples(answer);
        while (low < high) {
            int middle = low + (high - low) / 2, order = strcmp(PQgetvalue(answer, middle, 0), ref->name);
            if (order == 0) {
                ref->made = (uint32_t)number_at(answer, middle, 1);
            }
            low = order < 0 ? middle + 1 : low;
            high = order < 0 ? high : middle;
        }
    }
}

/* Asks in which order branches were made, as far as pushes tell: those of which none does are older than the hook. */
static enum error_code find_made(struct import *import, struct error *error)
{
    const char *values[] = {import->options->source->tenant, import->options->source->name, import->options->repository};
    PGresult *answer;
    enum error_code code = run(import->connection,
                               "SELECT ref, made FROM jirasync.import_branches_made($1, $2, $3)",
                               3, values, &answer, error);
    if (code == ERROR_NONE) {
        set_made(import, answer);
        PQclear(answer);
    }
    return code;
}

static enum error_code read_refs(struct import *import, struct error *error)
{
    enum error_code code = gitlog_refs(import->gitlog, &import->refs, &import->ref_count, error);
    if (code != ERROR_NONE) {
        return code;
    }
    choose_refs(import);
    if (import->result->branches == 0) {
        return error_set(error, ERROR_INPUT, "%.200s has no branch to import", import->options->path);
    }
    import->lines = calloc(import->ref_count, sizeof *import->lines);
    if (!import->lines) {
        return no_memory(error);
    }
    code = find_made(import, error);
    if (code != ERROR_NONE) {
        return code;
    }
    qsort_r(import->refs, import->ref_count, sizeof *import->refs, compare_trunk_first, import);
    for (size_t i = 0; i < import->ref_count; i++) {
        import->result->counted += is_counted(import->options->source, &import->refs[i]);
        import->twigs += place_of(import, &import->refs[i]) < PLACE_TWIG;
    }
    return ERROR_NONE;
}

/* The graph */

static unsigned char nibble(char digit)
{
    return (unsigned char)(digit <= '9' ? digit - '0' : digit - 'a' + 10);
}

static void read_id(const char *hex, size_t bytes, unsigned char *id)
{
    for (size_t i = 0; i < bytes; i++) {
        id[i] = (unsigned char)(nibble(hex[2 * i]) << 4 | nibble(hex[2 * i + 1]));
    }
}

static bool add_to_graph(struct landing *landing, const struct gitlog_commit *commit, size_t id_bytes)
{
    unsigned char id[32], *parents = NULL;
    size_t length = strlen(commit->parents), count = (length + 1) / (2 * id_bytes + 1);
    if (strlen(commit->sha) != 2 * id_bytes || (count > 0 && !(parents = malloc(count * id_bytes)))) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        read_id(commit->parents + i * (2 * id_bytes + 1), id_bytes, parents + i * id_bytes);
    }
    read_id(commit->sha, id_bytes, id);
    bool added = landing_add(landing, id, parents, count, commit->committed);
    free(parents);
    return added;
}

/* Reads the whole graph, whatever is sent later: positions depend on all of it. */
static enum error_code read_graph(struct import *import, struct error *error)
{
    struct gitlog_stream *stream = NULL;
    const struct gitlog_commit *commit;
    struct progress progress;
    size_t id_bytes = gitlog_id_bytes(import->gitlog);
    import->landing = landing_new(id_bytes);
    if (!import->landing) {
        return no_memory(error);
    }
    enum error_code code =
        gitlog_start(import->gitlog, import->refs, import->ref_count, NULL, false, &stream, error);
    progress_start(&progress, "history", 0, import->options->is_quiet);
    while (code == ERROR_NONE && (code = gitlog_next(stream, &commit, error)) == ERROR_NONE && commit) {
        if (!add_to_graph(import->landing, commit, id_bytes)) {
            code = no_memory(error);
        }
        progress_add(&progress, 1);
    }
    gitlog_stop(stream);
    if (code == ERROR_NONE) {
        import->result->missing_parents = landing_missing(import->landing);
        import->to_send = progress.done;
        progress_finish(&progress);
    }
    return code;
}

static enum error_code place_commits(struct import *import, struct error *error)
{
    for (size_t i = 0; i < import->ref_count; i++) {
        unsigned char id[32];
        read_id(import->refs[i].sha, gitlog_id_bytes(import->gitlog), id);
        import->lines[i].is_twig = place_of(import, &import->refs[i]) == PLACE_TWIG;
        import->lines[i].made = import->refs[i].made;
        import->lines[i].tip = landing_find(import->landing, id);
        if (import->lines[i].tip == LANDING_NONE) {
            return error_set(error, ERROR_IO, "git did not list the tip of %.200s", import->refs[i].name);
        }
    }
    return landing_place_all(import->landing, import->lines, (uint32_t)import->ref_count) ? ERROR_NONE
                                                                                          : no_memory(error);
}

/* Sending */

static enum error_code execute(PGconn *connection, const char *sql, struct error *error)
{
    PGresult *result = PQexec(connection, sql);
    ExecStatusType status = PQresultStatus(result);
    enum error_code code = ERROR_NONE;
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) {
        code = copy_rows_failure(connection, result, error);
    }
    PQclear(result);
    return code;
}

/* Opens the transaction; two imports of one repository wait for one another. */
static enum error_code begin(struct import *import, struct error *error)
{
    const char *values[] = {import->options->source->tenant, import->options->source->name, import->options->repository};
    enum error_code code = execute(import->connection,
                                   "BEGIN; SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0; "
                                   "SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL work_mem = '128MB'; "
                                   "SET LOCAL client_min_messages = warning",
                                   error);
    if (code == ERROR_NONE) {
        code = run(import->connection,
                   "SELECT pg_advisory_xact_lock(hashtextextended('import ' || $1 || ' ' || $2 || ' ' || $3, 0))", 3,
                   values, NULL, error);
    }
    return code == ERROR_NONE ? execute(import->connection, "SELECT jirasync.import_prepare()", error) : code;
}

/* What the name of a branch says: candidates of keys, and what looks like one and is none. */
static bool write_branch_keys(const struct import *import, struct copy_rows *rows, const struct gitlog_ref *ref)
{
    struct key_list named;
    arena_reset(import->arena);
    if (!key_list_of_branch(ref->is_tag ? "" : ref->name, import->arena, &named)) {
        return false;
    }
    key_rows_keys(rows, &named);
    key_rows_refused(rows, &named);
    return true;
}

static bool write_ref(const struct import *import, struct copy_rows *rows, size_t index)
{
    const struct gitlog_ref *ref = &import->refs[index];
    const struct landing_branch *line = &import->lines[index];
    copy_rows_text(rows, ref->name, strlen(ref->name));
    copy_rows_text(rows, ref->is_tag ? "tag" : "branch", ref->is_tag ? 3 : 6);
    copy_rows_text(rows, ref->sha, strlen(ref->sha));
    if (line->parent != LANDING_NONE) {
        const char *parent = import->refs[line->parent].name;
        copy_rows_text(rows, parent, strlen(parent));
        copy_rows_number(rows, line->fork_position);
    } else {
        copy_rows_null(rows);
        copy_rows_null(rows);
    }
    copy_rows_bool(rows, is_counted(import->options->source, ref));
    copy_rows_bool(rows, ref->is_default);
    return write_branch_keys(import, rows, ref);
}

static enum error_code send_refs(struct import *import, struct error *error)
{
    struct copy_rows *rows;
    enum error_code code = copy_rows_start(import->connection, "COPY pg_temp.import_refs FROM STDIN", &rows, error);
    if (code != ERROR_NONE) {
        return code;
    }
    for (size_t i = 0; code == ERROR_NONE && i < import->ref_count; i++) {
        code = write_ref(import, rows, i) ? copy_rows_end_row(rows, error) : no_memory(error);
    }
    if (code != ERROR_NONE) {
        copy_rows_abandon(rows);
        return code;
    }
    return copy_rows_finish(rows, error);
}

static void write_hex(struct copy_rows *rows, const unsigned char *id, size_t bytes)
{
    static const char digits[] = "0123456789abcdef";
    char text[GITLOG_ID_TEXT];
    for (size_t i = 0; i < bytes; i++) {
        text[2 * i] = digits[id[i] >> 4];
        text[2 * i + 1] = digits[id[i] & 15];
    }
    copy_rows_text(rows, text, 2 * bytes);
}

/* Seconds since the epoch, or null for what is nonsense. */
static void write_seconds(struct copy_rows *rows, int64_t seconds)
{
    if (seconds >= 0 && seconds < LATEST_SECOND) {
        copy_rows_number(rows, seconds);
    } else {
        copy_rows_null(rows);
    }
}

/* Does the commit bear the name of the branch on whose line it is? What was merged without the branch's tip was most often
 * made on another one, which is gone since; if not, the merge says so. */
static bool bears_name(const struct import *import, const struct landing_place *place)
{
    const struct landing_branch *line = &import->lines[place->branch];
    return place->line_commit == place->commit &&
           (!line->is_twig || landing_first(import->landing, place->commit, import->twigs) ==
                                  landing_first(import->landing, line->tip, import->twigs));
}

static enum error_code send_places(struct import *import, struct error *error)
{
    struct copy_rows *rows;
    struct landing_place place;
    enum error_code code = copy_rows_start(import->connection, "COPY pg_temp.import_places FROM STDIN", &rows, error);
    if (code != ERROR_NONE) {
        return code;
    }
    for (uint64_t cursor = 0; code == ERROR_NONE && landing_next_place(import->landing, &cursor, &place);) {
        const char *ref = import->refs[place.branch].name;
        write_hex(rows, landing_id(import->landing, place.commit), gitlog_id_bytes(import->gitlog));
        copy_rows_text(rows, ref, strlen(ref));
        copy_rows_number(rows, place.position);
        write_seconds(rows, landing_committed(import->landing, place.line_commit));
        copy_rows_bool(rows, place.line_commit == place.commit);
        copy_rows_bool(rows, bears_name(import, &place));
        code = copy_rows_end_row(rows, error);
    }
    if (code != ERROR_NONE) {
        copy_rows_abandon(rows);
        return code;
    }
    return copy_rows_finish(rows, error);
}

static void write_parents(struct copy_rows *rows, const char *parents)
{
    copy_rows_open_array(rows);
    for (const char *at = parents; *at; at += strspn(at, " ")) {
        size_t length = strcspn(at, " ");
        copy_rows_add_word(rows, at, length);
        at += length;
    }
    copy_rows_close_array(rows);
}

/* Names a commit in full where the repository has it; any other name is left as it was written. */
static const char *full_name(const struct import *import, const char *name, char full[GITLOG_ID_TEXT])
{
    size_t digits = strspn(name, "0123456789abcdef");
    uint32_t commit = name[digits] ? LANDING_NONE : landing_find_prefix(import->landing, name, digits);
    if (commit == LANDING_NONE) {
        return name;
    }
    const unsigned char *id = landing_id(import->landing, commit);
    for (size_t i = 0; i < gitlog_id_bytes(import->gitlog); i++) {
        snprintf(full + 2 * i, 3, "%02x", id[i]);
    }
    return full;
}

static void write_picked_and_reverts(const struct import *import, struct copy_rows *rows,
                                     const struct gitlog_commit *commit)
{
    char id[COMMIT_ID_MAX + 1], name[COMMIT_REVERT_MAX + 1], full[GITLOG_ID_TEXT];
    if (commit_message_picked_from(commit->message, commit->message_length, id)) {
        const char *picked = full_name(import, id, full);
        copy_rows_text(rows, picked, strlen(picked));
    } else {
        copy_rows_null(rows);
    }
    size_t at = 0;
    bool found = commit_message_next_revert(commit->message, commit->message_length, &at, name);
    if (!found) {
        copy_rows_null(rows);
        return;
    }
    copy_rows_open_array(rows);
    for (; found; found = commit_message_next_revert(commit->message, commit->message_length, &at, name)) {
        const char *reverted = full_name(import, name, full);
        copy_rows_add_word(rows, reverted, strlen(reverted));
    }
    copy_rows_close_array(rows);
}

static enum error_code write_commit(const struct import *import, struct copy_rows *rows,
                                    const struct gitlog_commit *commit, struct error *error)
{
    struct key_list named, handed;
    struct merge_subject merge;
    arena_reset(import->arena);
    if (!key_list_of_message(commit->message, commit->message_length, import->arena, &named) ||
        !key_list_of_merge(commit->message, commit->message_length, import->arena, &handed)) {
        return no_memory(error);
    }
    copy_rows_text(rows, commit->sha, strlen(commit->sha));
    write_parents(rows, commit->parents);
    copy_rows_text(rows, commit->message, commit->message_length);
    copy_rows_text(rows, commit->author, strlen(commit->author));
    copy_rows_text(rows, commit->author_email, strlen(commit->author_email));
    write_seconds(rows, commit->authored);
    write_seconds(rows, commit->committed);
    write_picked_and_reverts(import, rows, commit);
    key_rows_keys(rows, &named);
    if (strchr(commit->parents, ' ')) {
        key_rows_keys(rows, &handed);
    } else {
        copy_rows_null(rows);
    }
    key_rows_refused(rows, &named);
    copy_rows_bool(rows, commit_message_merge(commit->message, commit->message_length, &merge));
    return copy_rows_end_row(rows, error);
}

static enum error_code stream_commits(struct import *import, struct gitlog_stream *stream, struct copy_rows *rows,
                                      struct error *error)
{
    const struct gitlog_commit *commit;
    struct progress progress;
    enum error_code code;
    progress_start(&progress, "commits", import->options->since ? 0 : import->to_send, import->options->is_quiet);
    while ((code = gitlog_next(stream, &commit, error)) == ERROR_NONE && commit) {
        code = write_commit(import, rows, commit, error);
        if (code != ERROR_NONE) {
            return code;
        }
        progress_add(&progress, 1);
    }
    if (code == ERROR_NONE) {
        progress_finish(&progress);
    }
    return code;
}

static enum error_code send_commits(struct import *import, const char *since, struct error *error)
{
    struct gitlog_stream *stream = NULL;
    struct copy_rows *rows = NULL;
    enum error_code code =
        gitlog_start(import->gitlog, import->refs, import->ref_count, since, true, &stream, error);
    if (code == ERROR_NONE) {
        code = copy_rows_start(import->connection, "COPY pg_temp.import_commits FROM STDIN", &rows, error);
    }
    if (code == ERROR_NONE) {
        code = stream_commits(import, stream, rows, error);
        if (code == ERROR_NONE) {
            code = copy_rows_finish(rows, error);
        } else {
            copy_rows_abandon(rows);
        }
    }
    gitlog_stop(stream);
    return code;
}

static enum error_code take_over(struct import *import, struct error *error)
{
    const struct import_options *options = import->options;
    char chunk[24];
    snprintf(chunk, sizeof chunk, "%lld", (long long)options->chunk);
    const char *values[] = {options->source->tenant, options->source->name, options->repository,
                            options->glob_count == 0 ? "t" : "f", options->since ? "f" : "t", chunk};
    PGresult *answer;
    enum error_code code = run(import->connection,
                               "SELECT commits, inserted, updated, refs, places, keys, jobs "
                               "FROM jirasync.import_commits($1, $2, $3, $4::boolean, $5::boolean, $6::integer)",
                               6, values, &answer, error);
    if (code == ERROR_NONE) {
        struct import_result *result = import->result;
        int64_t *const numbers[] = {&result->commits, &result->inserted, &result->updated, &result->refs,
                                    &result->places, &result->keys, &result->jobs};
        for (int i = 0; i < 7; i++) {
            *numbers[i] = number_at(answer, 0, i);
        }
        PQclear(answer);
    }
    return code;
}

static enum error_code find_unknown(struct import *import, struct error *error)
{
    const char *values[] = {import->options->source->tenant, import->options->source->name, import->options->repository};
    PGresult *answer;
    enum error_code code = run(import->connection,
                               "SELECT prefix, commits, is_known::int FROM jirasync.import_unknown_projects($1, $2, $3)",
                               3, values, &answer, error);
    if (code != ERROR_NONE) {
        return code;
    }
    struct import_result *result = import->result;
    result->unknown_total = (size_t)PQntuples(answer);
    for (int i = 0; i < PQntuples(answer) && result->unknown_count < IMPORT_UNKNOWN_MAX; i++) {
        struct import_unknown *unknown = &result->unknown[result->unknown_count++];
        snprintf(unknown->prefix, sizeof unknown->prefix, "%.63s", PQgetvalue(answer, i, 0));
        unknown->commits = number_at(answer, i, 1);
        unknown->is_known = number_at(answer, i, 2) != 0;
    }
    PQclear(answer);
    return ERROR_NONE;
}

static enum error_code send_all(struct import *import, const char *since, struct error *error)
{
    enum error_code code = begin(import, error);
    if (code == ERROR_NONE) {
        code = send_refs(import, error);
    }
    if (code == ERROR_NONE) {
        code = send_places(import, error);
    }
    if (code == ERROR_NONE) {
        code = send_commits(import, since, error);
    }
    if (code == ERROR_NONE) {
        code = take_over(import, error);
    }
    if (code == ERROR_NONE) {
        code = find_unknown(import, error);
    }
    if (code == ERROR_NONE) {
        code = execute(import->connection, "COMMIT", error);
    }
    if (code == ERROR_NONE && import->result->jobs > 0) {
        code = execute(import->connection, "NOTIFY jirasync_jobs", error);
    }
    return code;
}

static enum error_code import_all(struct import *import, struct error *error)
{
    const struct import_options *options = import->options;
    char since[GITLOG_ID_TEXT] = "";
    enum error_code code = gitlog_open(options->path, &import->gitlog, error);
    if (code == ERROR_NONE && options->since) {
        code = gitlog_resolve(import->gitlog, options->since, since, error);
    }
    if (code == ERROR_NONE) {
        code = read_refs(import, error);
    }
    if (code == ERROR_NONE) {
        code = read_graph(import, error);
    }
    if (code == ERROR_NONE) {
        code = place_commits(import, error);
    }
    return code == ERROR_NONE ? send_all(import, options->since ? since : NULL, error) : code;
}

enum error_code import_commits(struct db *db, const struct import_options *options, struct import_result *result,
                               struct error *error)
{
    struct import import = {.options = options, .result = result, .arena = arena_new(KEYS_BYTES)};
    *result = (struct import_result){0};
    enum error_code code = import.arena ? db_connect(db, CONNECT_TIMEOUT_MS, error) : no_memory(error);
    if (code == ERROR_NONE) {
        import.connection = db_connection(db);
        code = PQsetnonblocking(import.connection, 0) == 0 ? import_all(&import, error)
                                                           : copy_rows_failure(import.connection, NULL, error);
        if (code != ERROR_NONE) {
            db_drop(db);
        }
    }
    gitlog_refs_free(import.refs, import.ref_count);
    gitlog_close(import.gitlog);
    landing_free(import.landing);
    free(import.lines);
    arena_free(import.arena);
    return code;
}
