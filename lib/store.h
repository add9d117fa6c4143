/* The one way into the ledger: a batch of normal forms, one statement, one transaction.
 *
 * Serves the receiver, imports and replays alike. Does not retry and does not halve: that is the batcher's part.
 */
#ifndef JIRASYNC_STORE_H
#define JIRASYNC_STORE_H

#include "db.h"
#include "error.h"
#include "instant.h"
#include "normalize.h"
#include "source.h"

#define STORE_ID_BYTES 255 /* of a sender's delivery id; past it one is made of the body */

/* True for 1 to STORE_ID_BYTES printable ASCII characters; false for NULL. */
bool store_is_delivery_id(const char *id) MUST_CHECK;

/* One member of a batch. Everything is borrowed for the call. */
struct store_item {
    const struct source *source;
    const char *delivery_id; /* never NULL: "sha256:<hex>" where the sender gave none */
    instant received_at;
    int attempt;                /* the sender's retry count, 0 on first try */
    const char *content_type;   /* may be NULL */
    const char *matched_secret; /* reference; may be NULL (imports) */
    const unsigned char *body;
    size_t body_length;
    const struct normal_form *form;  /* NULL when quarantined */
    const char *event;               /* what the sender's header calls it, for one without form; may be NULL */
    enum error_code quarantine;      /* ERROR_NONE, else the reason ... */
    const char *quarantine_detail;   /* ... in a sentence */
    const char *quarantine_sqlstate; /* NULL, or what PostgreSQL said */
    bool is_replay;                  /* the bytes are in the ledger or in quarantine: judged anew, not a duplicate */
};

enum store_outcome {
    STORE_APPLIED,
    STORE_STALE,
    STORE_DUPLICATE,
    STORE_IGNORED,
    STORE_QUARANTINED,
    STORE_ID_CONFLICT,
    STORE_OUTCOMES
};

/* "applied", "stale", "duplicate", "ignored", "quarantined", "quarantined" */
const char *store_outcome_name(enum store_outcome outcome);

/* Stores count items; outcomes[i] answers items[i]. *enqueued tells whether new job rows were made (then NOTIFY).
 * On error nothing was stored, unless the connection was lost in commit (store the batch again: rule 1 makes it
 * safe). */
enum error_code store_deliveries(struct db *db, const struct store_item *items, size_t count, int64_t timeout_ms,
                                 enum store_outcome *outcomes, bool *enqueued, struct error *error) MUST_CHECK;

#endif
