/* Compares a Jira site with its mirror, and mends what differs: what webhooks missed is found.
 *
 * What changed since the last reconciliation (with an overlap) and then all ids of each project are listed, in pages, with no
 * more than key and instant of change; PostgreSQL compares them as sets. What is missing, changed or moved is fetched, and what
 * the mirror alone has is looked for once more and buried where Jira has not got it. Versions and projects are compared too.
 * Memory stays flat; being killed costs nothing but the time, since the next one begins anew from the same watermark.
 */
#ifndef JIRASYNC_RECONCILE_H
#define JIRASYNC_RECONCILE_H

#include "job.h"
#include "site.h"

struct reconcile_result {
    int64_t id; /* of its row in reconciliations; 0: it did not begin */
    int64_t compared, missing, changed, deletes, moved, requests, duration_ms;
};

/* Reconciles a site, over a connection that no transaction is open on. The report is written in any case, and logged.
 * *problem as of rest_call. ERROR_DATABASE_CONFLICT when another process reconciles the same site. */
enum error_code reconcile_site(struct db *db, struct site *site, struct reconcile_result *result,
                               struct rest_problem *problem, struct error *error) MUST_CHECK;
/* The job kind reconcile, one job at a time; context->sites is needed. */
enum error_code reconcile_run(const struct job_context *context, const struct job *jobs, size_t count,
                              struct error *error) MUST_CHECK;
/* Enqueues the reconciliations whose time of day has come; *enqueued is how many. */
enum error_code reconcile_when_due(struct db *db, int64_t timeout_ms, int64_t *enqueued, struct error *error) MUST_CHECK;

#endif
