/* Stores a range of items, come what may of one of them: for commands, which wait as long as it takes.
 *
 * Conflicts and lost connections are tried again; what PostgreSQL refuses is halved until the row at fault stands alone,
 * and is kept in quarantine with what PostgreSQL said. (The receiver's batcher does the same with waiters and deadlines.)
 */
#ifndef JIRASYNC_STORE_RANGE_H
#define JIRASYNC_STORE_RANGE_H

#include "store.h"

/* Why an item is quarantined; the item points into it. */
struct store_refusal {
    char detail[512], sqlstate[6];
};

/* Makes item one that goes to quarantine, for error's reason. */
void store_range_refuse(struct store_item *item, struct store_refusal *refusal, const struct error *error);
/* Stores count items in as many transactions as it takes. refusals has a place for each item. outcomes[i] answers
 * items[i]; on error those that were not stored have STORE_OUTCOMES. Notifies workers of new jobs. */
enum error_code store_range(struct db *db, struct store_item *items, struct store_refusal *refusals, size_t count,
                            int64_t timeout_ms, enum store_outcome *outcomes, struct error *error) MUST_CHECK;

#endif
