/* Applies today's rule of issue keys to what the database holds: commits' messages, pull requests' titles and branches,
 * the names of branches that were pushed or imported.
 *
 * Read in pages, in memory that does not grow with the tables; only what differs is written. Each page is a transaction
 * of its own, with the jobs that let links follow: a rekey that was broken off has done a part, and the next one does the
 * rest.
 */
#ifndef JIRASYNC_REKEY_H
#define JIRASYNC_REKEY_H

#include "db.h"
#include "error.h"

#include <stdbool.h>
#include <stdint.h>

/* Everything is borrowed. */
struct rekey_options {
    const char *source, *repository; /* NULL: all */
    int64_t chunk;                   /* commits a recomputation job */
    bool is_dry_run, is_quiet;
};

enum rekey_pass { REKEY_COMMITS,
                  REKEY_PULL_REQUESTS,
                  REKEY_BRANCHES,
                  REKEY_PASSES };

struct rekey_count {
    int64_t seen, changed;                  /* rows looked at; of these those that differed */
    int64_t keys_added, keys_removed;       /* of commits' messages */
    int64_t handed;                         /* merges that hand other keys down */
    int64_t refused_added, refused_removed; /* what looked like a key and is none */
    int64_t jobs;
};

struct rekey_result {
    struct rekey_count counts[REKEY_PASSES];
};

/* Rekeys; *result is right for what was done, in any case. In a dry run it tells what would be done. */
enum error_code rekey(struct db *db, const struct rekey_options *options, struct rekey_result *result,
                      struct error *error) MUST_CHECK;

#endif
