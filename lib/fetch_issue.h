/* The job kind fetch_issue: issues that the mirror knows too little of, asked for at their site and stored.
 *
 * The key of a job is an issue's id, or a key. Many of one site go as one request. What comes back goes through the store as a
 * webhook does; an issue that Jira has not got is looked for once more, second_look_s later, and then counts as deleted. A
 * request that Jira calls wrong (400) is discarded with what it said, once it is down to one issue. A site that limits us, is
 * away or refuses us costs no job an attempt; one that fails (5xx) does.
 */
#ifndef JIRASYNC_FETCH_ISSUE_H
#define JIRASYNC_FETCH_ISSUE_H

#include "job.h"
#include "site.h"

/* A job_function; context->sites is needed. Each job is completed, failed, refused or given back. */
enum error_code fetch_issue_run(const struct job_context *context, const struct job *jobs, size_t count,
                                struct error *error) MUST_CHECK;
/* Notes issues that an answer lacked, and buries those of them that were missed for the second time, or were looked for twice
 * already (is_second). *wait_ms is how long until the others are to be looked for again, *buried how many tombstones were set. */
enum error_code fetch_issue_absent(struct db *db, struct site *site, const int64_t *ids, size_t count, bool is_second,
                                   instant at, int64_t *confirmed, size_t *confirmed_count, int64_t *wait_ms, int64_t *buried,
                                   struct error *error) MUST_CHECK;

#endif
