/* Retention: the prune job, and what the clock makes due.
 *
 * How long what is kept, stands in the table settings (prune_*); what is old is SQL's business (functions prune_*).
 * Each of those is one short transaction that skips what others hold.
 */
#ifndef JIRASYNC_PRUNE_H
#define JIRASYNC_PRUNE_H

#include "job.h"

/* Prunes the tenant. Correlation waits while a worker does this, so a job that has done its share gives itself
 * back and is claimed again after the others. */
enum error_code prune_run(const struct job_context *context, const struct job *jobs, size_t count,
                          struct error *error) MUST_CHECK;
/* Enqueues the prune jobs if their time of day has come, and removes the old artifact files below root. To be
 * called every minute or so, by every worker: of several, one enqueues, and each removes its own files. */
enum error_code prune_when_due(struct db *db, const char *root, int64_t timeout_ms,
                               struct error *error) MUST_CHECK;

#endif
