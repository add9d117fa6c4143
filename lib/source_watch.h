/* What has to be told of sources by the clock: silence and tokens that end. */
#ifndef JIRASYNC_SOURCE_WATCH_H
#define JIRASYNC_SOURCE_WATCH_H

#include "db.h"
#include "error.h"

/* Asks for the reconciliation of sites whose silence is longer than their habit, or has ended, and logs that and each token that
 * ends soon. Call it every minute or so: what one worker was told, no other is. */
enum error_code source_watch(struct db *db, int64_t timeout_ms, struct error *error) MUST_CHECK;

#endif
