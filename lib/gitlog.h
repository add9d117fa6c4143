/* A local git repository as an import reads it: refs, the graph, and commits with their messages, streamed.
 *
 * Works on clones, bare repositories and worktrees; a shallow clone is refused, since positions need the whole history.
 * All text handed out is valid UTF-8 without NULs, whatever was written (lib/utf8.h). No mailmap is applied.
 */
#ifndef JIRASYNC_GITLOG_H
#define JIRASYNC_GITLOG_H

#include "error.h"

#include <stddef.h>
#include <stdint.h>

#define GITLOG_ID_TEXT 65 /* hex digits of SHA-256 and a NUL */

struct gitlog;
struct gitlog_stream;

struct gitlog_ref {
    char *name; /* "main", "release/1.0"; of a tag that shares a branch's name "tags/NAME" */
    char sha[GITLOG_ID_TEXT];
    bool is_tag, is_default;
    bool is_guessed; /* taken for the default one, since a clone has no origin/HEAD */
    uint32_t made;   /* for its reader; 0 */
};

/* One commit; borrowed until the next one is read. Without messages only sha, parents and committed are set. */
struct gitlog_commit {
    const char *sha;
    const char *parents;         /* hex, parted by spaces */
    int64_t authored, committed; /* seconds since the epoch, as git has them */
    const char *author, *author_email;
    const char *message;
    size_t message_length;
};

enum error_code gitlog_open(const char *path, struct gitlog **gitlog, struct error *error) MUST_CHECK;
void gitlog_close(struct gitlog *gitlog);
/* 20 for SHA-1, 32 for SHA-256. */
size_t gitlog_id_bytes(const struct gitlog *gitlog);

/* Branches and tags. In a clone a branch is the one under refs/remotes/origin, or the local one where that is ahead of
 * it or alone. The default branch is origin/HEAD's, else HEAD's, else main or master. Free with gitlog_refs_free. */
enum error_code gitlog_refs(const struct gitlog *gitlog, struct gitlog_ref **refs, size_t *count,
                            struct error *error) MUST_CHECK;
void gitlog_refs_free(struct gitlog_ref *refs, size_t count);
/* The commit that a revision names, in full. */
enum error_code gitlog_resolve(const struct gitlog *gitlog, const char *revision, char sha[GITLOG_ID_TEXT],
                               struct error *error) MUST_CHECK;

/* Streams what the tips reach, newest first, without what `without` (a sha, or NULL) reaches. */
enum error_code gitlog_start(const struct gitlog *gitlog, const struct gitlog_ref *tips, size_t count,
                             const char *without, bool with_messages, struct gitlog_stream **stream,
                             struct error *error) MUST_CHECK;
/* ERROR_NONE with *commit = NULL at the end. */
enum error_code gitlog_next(struct gitlog_stream *stream, const struct gitlog_commit **commit,
                            struct error *error) MUST_CHECK;
/* Ends the stream at any time. NULL is fine. */
void gitlog_stop(struct gitlog_stream *stream);

#endif
