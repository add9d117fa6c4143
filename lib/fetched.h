/* What Jira's REST API answered, stored through the same store as webhooks.
 *
 * Each issue becomes a delivery of our own, {"timestamp": WHEN, "webhookEvent": "jirasync:issue_fetched", "issue": ...}, whose
 * issue is byte for byte what Jira sent; so its rank and its place in the ledger are those of any event (whose bytes are not
 * kept: the issue's fields have them), and it lifts a tombstone that is no later. One that the mirror shows as it is already is
 * not stored again. Its comments, worklogs, links and attachments become events of theirs as far as the mirror differs from
 * them. Memory is bounded by the batch.
 */
#ifndef JIRASYNC_FETCHED_H
#define JIRASYNC_FETCHED_H

#include "config.h"
#include "db.h"
#include "error.h"
#include "instant.h"
#include "rest_page.h"
#include "source.h"
#include "store.h"

struct fetched;

struct fetched_counts {
    int64_t outcomes[STORE_OUTCOMES]; /* of issues; those that the mirror shows already are STORE_DUPLICATE, and not stored */
    int64_t children;                 /* events of comments and so on that were stored */
    int64_t parents;                  /* issues that those belong to */
};

/* Everything is borrowed for its life. NULL when memory is short. Free with fetched_free. normalize_init has to have been
 * called in the process. */
struct fetched *fetched_new(struct db *db, const struct config *config, const struct source *source) MUST_CHECK;
void fetched_free(struct fetched *fetched);
/* Stores count issues as Jira showed them at an instant; counts grow. ids, which may be NULL, has count places: the id of each,
 * NORMALIZE_NO_ID where it can't be read (then it is in quarantine). */
enum error_code fetched_store(struct fetched *fetched, const struct jira_item *issues, size_t count, instant at, int64_t *ids,
                              struct fetched_counts *counts, struct error *error) MUST_CHECK;
/* Of the issues that the last fetched_store took: rows (id, "comment" or "worklog") of lists that Jira showed only in part.
 * PQclear *cut. */
enum error_code fetched_cut(struct fetched *fetched, PGresult **cut, struct error *error) MUST_CHECK;
/* All comments or worklogs (kind "comment", "worklog") of an issue, as Jira listed them at an instant: begin, add pages, end,
 * which stores them. */
void fetched_begin_children(struct fetched *fetched, int64_t issue_id, const char *kind, instant at);
void fetched_add_children(struct fetched *fetched, const struct jira_item *items, size_t count);
enum error_code fetched_end_children(struct fetched *fetched, struct fetched_counts *counts, struct error *error) MUST_CHECK;
/* Stores that issues were gone at an instant; those that are deleted or unknown already are left as they are. */
enum error_code fetched_bury(struct fetched *fetched, const int64_t *ids, size_t count, instant at, int64_t *buried,
                             struct error *error) MUST_CHECK;
/* Stores the bodies of events that rows of result hold in their first column. */
enum error_code fetched_store_events(struct fetched *fetched, const PGresult *result, int64_t *stored,
                                     struct error *error) MUST_CHECK;

#endif
