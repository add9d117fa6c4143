/* Correlation runs: opened before their first batch, closed after the run interval, written as artifacts.
 *
 * The document is made by SQL (close_run) and kept in the table runs; the file is those bytes. A run whose
 * artifact can't be written stays without one, and is tried again by whoever calls run_write_artifacts next.
 */
#ifndef JIRASYNC_RUN_H
#define JIRASYNC_RUN_H

#include "db.h"
#include "error.h"

#include <stddef.h>
#include <stdint.h>

#define RUN_ID_BYTES 33

struct run {
    char *tenant;
    char run_id[RUN_ID_BYTES];
    int64_t opened_ms; /* monotonic */
};

/* The open runs of one worker: at most one a tenant. Zero-initialised; clear with run_list_clear. */
struct run_list {
    struct run *runs;
    size_t count;
};

/* The open run of tenant, opened when there is none; NULL with *error set on failure. Borrowed until it is
 * closed. */
const struct run *run_open(struct db *db, struct run_list *list, const char *tenant, const char *worker,
                           const char *git_sha, const char *args, int64_t lease_ms, int64_t timeout_ms,
                           struct error *error) MUST_CHECK;
/* Milliseconds until the oldest open run reaches interval_ms; -1 when none is open. */
int64_t run_due_in(const struct run_list *list, int64_t interval_ms);
/* Closes the runs that have been open for interval_ms; 0 closes all. */
enum error_code run_close_due(struct db *db, struct run_list *list, int64_t interval_ms, int64_t timeout_ms,
                              struct error *error) MUST_CHECK;
/* Forgets the runs without closing them: their leases expire, and the next worker closes them. */
void run_list_clear(struct run_list *list);

/* Extends the lease of an open run. */
enum error_code run_extend(struct db *db, const char *tenant, const char *run_id, int64_t lease_ms,
                           int64_t timeout_ms, struct error *error) MUST_CHECK;
/* Closes the runs of all tenants whose worker is gone; *closed is how many. */
enum error_code run_close_abandoned(struct db *db, int64_t timeout_ms, int64_t *closed,
                                    struct error *error) MUST_CHECK;
/* Asks for a run of the stories whose waivers have ended. */
enum error_code run_end_waivers(struct db *db, int64_t timeout_ms, struct error *error) MUST_CHECK;
/* Writes the artifacts that are missing below root, oldest first; *written is how many. Stops at the first
 * failure. */
enum error_code run_write_artifacts(struct db *db, const char *root, int64_t timeout_ms, int64_t *written,
                                    struct error *error) MUST_CHECK;

#endif
