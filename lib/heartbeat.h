/* The worker's heartbeat: a thread with a connection of its own that extends the leases of held jobs and open
 * runs, rescues jobs whose lease ran out, and cancels the worker's statement when a stop takes too long.
 */
#ifndef JIRASYNC_HEARTBEAT_H
#define JIRASYNC_HEARTBEAT_H

#include "error.h"
#include "job.h"
#include "run.h"

struct heartbeat;

struct heartbeat_options {
    const char *conninfo; /* borrowed for the heartbeat's life */
    int64_t lease_ms;
    int64_t drain_timeout_ms; /* from the moment stop_fd is readable to the cancelling of the worker's
                                 statement */
    int stop_fd;
    void (*overdue)(void); /* called before each cancelling while stop_fd is still readable; may be NULL */
};

/* Starts the thread; NULL with *error set on failure. End it with heartbeat_stop. */
struct heartbeat *heartbeat_start(const struct heartbeat_options *options, struct error *error) MUST_CHECK;
void heartbeat_stop(struct heartbeat *heartbeat);
/* Keeps the leases of jobs alive until heartbeat_release. What it needs is copied; connection is the one that
 * runs them. */
void heartbeat_hold(struct heartbeat *heartbeat, const char *tenant, const struct job *jobs, size_t count,
                    PGconn *connection);
void heartbeat_release(struct heartbeat *heartbeat);
/* Keeps the leases of these open runs alive; the list is copied. Call again whenever it changes. */
void heartbeat_keep_runs(struct heartbeat *heartbeat, const struct run_list *runs);
/* True once the heartbeat has cancelled a statement. */
const atomic_bool *heartbeat_cancelled(const struct heartbeat *heartbeat);

#endif
