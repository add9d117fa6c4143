/* Jobs: claimed in batches of one tenant and kind, run through the table of kinds, completed or put back.
 *
 * The state machine is SQL's (docs/job-states.md); this module calls its functions. Whoever holds jobs keeps
 * their leases alive with job_extend from another connection. Nothing here loops, sleeps or reconnects: that
 * is the worker's.
 */
#ifndef JIRASYNC_JOB_H
#define JIRASYNC_JOB_H

#include "db.h"
#include "error.h"

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

struct git_host_list;
struct site_list;

/* A claimed job. Strings are borrowed from its batch. */
struct job {
    int64_t id;
    int64_t token; /* fencing token of this claim */
    int attempts;  /* own faults and lost leases so far */
    const char *source;
    const char *key;
};

/* What a kind's function gets besides its jobs. */
struct job_context {
    struct db *db;
    const char *tenant;
    const char *run_id; /* NULL for kinds without a run */
    int64_t timeout_ms; /* of one statement */
    int64_t lease_ms;
    size_t parse_bytes;           /* memory for reading one body (kind replay) */
    const atomic_bool *cancelled; /* set by whoever cancels a statement to stop the worker; may be NULL */
    struct site_list *sites;      /* of kinds that ask Jira (lib/site.h); NULL for the others */
    struct git_host_list *hosts;  /* of kinds that ask git hosts (lib/git_host.h); NULL for the others */
};

/* Runs count jobs of one kind and completes them, in one transaction: on error, none is completed. */
typedef enum error_code job_function(const struct job_context *context, const struct job *jobs, size_t count,
                                     struct error *error);

struct job_kind {
    const char *name;
    job_function *run;
    size_t limit; /* jobs claimed at once; 0: the configured claim batch */
    bool has_run; /* its work stands in a run's artifact */
};

/* The table of kinds, ended by a row whose name is NULL. Kinds that are not in it are left alone. */
extern const struct job_kind job_kinds[];

struct job_batch {
    const struct job_kind *kind;
    struct job *jobs; /* those that failed twice or more come last, in no particular order */
    size_t count;
    PGresult *claimed; /* owns the strings */
};

/* How many jobs of the kind are claimed at once where limit is the most of any kind. */
size_t job_kind_limit(const struct job_kind *kind, size_t limit);
/* Claims up to limit due jobs for worker; none is no error. Free with job_batch_clear, also after failure. */
enum error_code job_claim(const struct job_context *context, const struct job_kind *kind, size_t limit,
                          const char *worker, struct job_batch *batch, struct error *error) MUST_CHECK;
void job_batch_clear(struct job_batch *batch);
/* How many jobs from first on are run together: all that have not failed twice, the others one by one, since
 * one of those may be what killed a worker. */
size_t job_slice(const struct job_batch *batch, size_t first);
/* Runs jobs until each is completed, failed or found lost. A fault of their own halves them until the guilty
 * one stands alone and fails; a conflict is tried again three times. An error is the surroundings': give back
 * what was not run. */
enum error_code job_run(const struct job_context *context, const struct job_kind *kind,
                        const struct job *jobs, size_t count, struct error *error) MUST_CHECK;
/* True when error is no job's fault: connection lost, server stopping or out of room, conflict, cancelled by
 * stop. */
bool job_is_surroundings(const struct job_context *context, const struct error *error);

/* Completes jobs; SQLSTATE JS001 when one of them is no longer ours, then none is completed. */
enum error_code job_complete(const struct job_context *context, const struct job *jobs, size_t count,
                             struct error *error) MUST_CHECK;
/* Counts an attempt and puts one job back, or discards it. retry_after_ms below 0: backoff with full jitter.
 */
enum error_code job_fail(const struct job_context *context, const struct job *job, const struct error *why,
                         int64_t retry_after_ms, struct error *error) MUST_CHECK;
/* Discards jobs at once, with why: what they ask for will never be answered. */
enum error_code job_refuse(const struct job_context *context, const struct job *jobs, size_t count, const struct error *why,
                           struct error *error) MUST_CHECK;
/* Puts jobs back without counting an attempt; they are due in delay_ms. */
enum error_code job_give_back(const struct job_context *context, const struct job *jobs, size_t count,
                              int64_t delay_ms, struct error *error) MUST_CHECK;
/* The same of jobs whose source can't be asked here, with why; they are due before that once a worker looks that can ask it. */
enum error_code job_put_off(const struct job_context *context, const struct job *jobs, size_t count, int64_t delay_ms,
                            const struct error *why, struct error *error) MUST_CHECK;
/* Makes jobs of the kind due that were put off, of count sources that can be asked here; *resumed is how many. */
enum error_code job_resume_put_off(struct db *db, const char *kind, const char *const *sources, size_t count,
                                   int64_t timeout_ms, int64_t *resumed, struct error *error) MUST_CHECK;
/* Extends leases by the context's lease_ms. held, which may be NULL, has count places: whether jobs[i] is
 * still ours. */
enum error_code job_extend(const struct job_context *context, const struct job *jobs, size_t count,
                           bool *held, struct error *error) MUST_CHECK;
/* Puts jobs with an expired lease back, for the context's tenant; *rescued is how many. */
enum error_code job_rescue(const struct job_context *context, int64_t *rescued,
                           struct error *error) MUST_CHECK;

/* When tenants have work of the kinds in a table like job_kinds: rows (tenant, milliseconds until its first job is due; 0:
 * now), the longest waiting first. PQclear *due. */
enum error_code job_due(const struct job_context *context, const struct job_kind *kinds, PGresult **due,
                        struct error *error) MUST_CHECK;

#endif
