/* The job kind fetch_commits: a push that left commits out is completed by asking its host.
 *
 * The key of a job is DELIVERY_ID/CHANGE of a row of pushes. What is between the push's two hashes is asked for; of a new
 * branch what it descends from, down to what the repository held before. The push's list becomes that, and what was read of
 * the commits goes through the same functions as what webhooks tell. A push that is whole by now, or that an import has read,
 * is asked about no more.
 *
 * A host that limits us, is away or refuses us costs no job an attempt; one that fails (5xx) does, and so does an answer that
 * is none. A hash or a repository that the host has not got, and a push of more than JIRASYNC_FETCH_COMMITS_MAX commits, are
 * discarded with what to do: the gap stays, for an import.
 */
#ifndef JIRASYNC_FETCH_COMMITS_H
#define JIRASYNC_FETCH_COMMITS_H

#include "job.h"

/* A job_function; context->hosts is needed. Each job is completed, failed, refused or given back. */
enum error_code fetch_commits_run(const struct job_context *context, const struct job *jobs, size_t count,
                                  struct error *error) MUST_CHECK;

#endif
