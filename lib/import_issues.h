/* Stores issues from pages of Jira's search, through the same store as webhooks: bounded memory, any number of pages. */
#ifndef JIRASYNC_IMPORT_ISSUES_H
#define JIRASYNC_IMPORT_ISSUES_H

#include "config.h"
#include "db.h"
#include "error.h"
#include "source.h"
#include "store.h"

#include <stdint.h>

struct import_issues_result {
    int64_t outcomes[STORE_OUTCOMES];
    int64_t issues;
};

/* Reads the stream from a file descriptor to its end. On malformed input ERROR_INPUT with the byte where it stands;
 * what was whole before it is stored. *result is right in any case. */
enum error_code import_issues(struct db *db, const struct config *config, const struct source *source, int file,
                              bool is_quiet, struct import_issues_result *result, struct error *error) MUST_CHECK;

#endif
