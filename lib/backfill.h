/* The first load of a Jira site: all projects, versions and issues, with comments, worklogs, links and attachments.
 *
 * Each page goes through the store as webhooks do, so it runs beside them: an older answer never wins, nothing is lost or
 * doubled. How far it is stands in table backfills after each page; one that was broken off, however, goes on from there and
 * stores its last page twice at most. Memory stays flat: a page of issues at a time.
 */
#ifndef JIRASYNC_BACKFILL_H
#define JIRASYNC_BACKFILL_H

#include "site.h"

struct backfill_options {
    const char *jql; /* a condition that the issues meet; NULL: all */
    bool is_anew;    /* from the start, whatever was broken off */
    bool is_quiet;   /* no progress on standard error */
};

struct backfill_result {
    int64_t id;                         /* of its row in backfills; 0: it did not begin */
    int64_t issues, children, requests; /* all its parts together */
    int64_t before;                     /* of issues: stored by former parts */
    int64_t outcomes[STORE_OUTCOMES];   /* of the issues of this part */
    int64_t duration_ms;                /* of this part */
};

/* Loads a site, over a connection that no transaction is open on. *result is right in any case; *problem as of rest_call.
 * ERROR_INPUT for a condition that is none, ERROR_DATABASE_CONFLICT when another process loads the same site. */
enum error_code backfill_site(struct db *db, struct site *site, const struct backfill_options *options,
                              struct backfill_result *result, struct rest_problem *problem, struct error *error) MUST_CHECK;

#endif
