/* The worker's fetching thread: runs the kinds of jobs that wait for other sites, over a connection and with leases of its own,
 * so that nothing that a site does holds up the correlation.
 */
#ifndef JIRASYNC_FETCHER_H
#define JIRASYNC_FETCHER_H

#include "config.h"
#include "error.h"
#include "job.h"
#include "source.h"

struct fetcher;

/* The kinds that it runs, as job_kinds. */
extern const struct job_kind fetch_kinds[];

/* Everything is borrowed for the fetcher's life. */
struct fetcher_options {
    const struct config *config;
    const struct source_list *sources;
    const char *worker; /* who holds the leases */
};

/* Starts the thread. *fetcher is NULL where no source can be asked: then such jobs wait. End it with fetcher_stop. */
enum error_code fetcher_start(const struct fetcher_options *options, struct fetcher **fetcher, struct error *error) MUST_CHECK;
/* Ends what is under way, gives its jobs back, and waits for the thread. NULL does nothing. */
void fetcher_stop(struct fetcher *fetcher);

#endif
