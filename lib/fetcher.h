/* The worker's fetching threads: one for each kind of jobs that wait for other sites, with a connection and leases of its own.
 * So nothing that a site does holds up the correlation, and no long reconciliation the fetch of an issue.
 */
#ifndef JIRASYNC_FETCHER_H
#define JIRASYNC_FETCHER_H

#include "config.h"
#include "error.h"
#include "job.h"
#include "source.h"

struct fetcher;

/* Everything is borrowed for the fetcher's life. */
struct fetcher_options {
    const struct config *config;
    const struct source_list *sources;
    const char *worker; /* who holds the leases */
};

/* Starts the threads. *fetcher is NULL where no source can be asked: then such jobs wait. End it with fetcher_stop. */
enum error_code fetcher_start(const struct fetcher_options *options, struct fetcher **fetcher, struct error *error) MUST_CHECK;
/* Ends what is under way, gives its jobs back, and waits for the threads. NULL does nothing. */
void fetcher_stop(struct fetcher *fetcher);

#endif
