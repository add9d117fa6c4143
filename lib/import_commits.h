/* Takes a local git repository over into the database: refs, commits, where they are, and the keys they name.
 *
 * The graph is held in memory (about 70 bytes a commit), messages are streamed. Everything happens in one transaction:
 * nothing is half-seen. What is there already is compared, and only what differs is written.
 */
#ifndef JIRASYNC_IMPORT_COMMITS_H
#define JIRASYNC_IMPORT_COMMITS_H

#include "db.h"
#include "error.h"
#include "source.h"

#include <stddef.h>
#include <stdint.h>

#define IMPORT_UNKNOWN_MAX 10

/* All borrowed for the call. */
struct import_options {
    const struct source *source;
    const char *repository; /* full name, as the host's own pushes say it */
    const char *path;
    const char *const *globs; /* branches to read; glob_count 0: all, and tags */
    size_t glob_count;
    const char *since; /* a revision, or NULL: what it reaches is not sent */
    int64_t chunk;     /* commits a recomputation job */
    bool is_quiet;
};

/* Keys that no issue of the mirror bears, by prefix. */
struct import_unknown {
    char prefix[64];
    int64_t commits;
    bool is_known; /* the project is there, those issues are not */
};

struct import_result {
    int64_t commits, inserted, updated, refs, places, keys, jobs; /* sent; rows changed; jobs made */
    int64_t branches, counted, tags, missing_parents;
    char default_branch[128]; /* "" when none was found */
    bool is_default_guessed;  /* a clone that does not say which it is */
    struct import_unknown unknown[IMPORT_UNKNOWN_MAX];
    size_t unknown_count, unknown_total;
};

enum error_code import_commits(struct db *db, const struct import_options *options, struct import_result *result,
                               struct error *error) MUST_CHECK;

#endif
