/* Judges kept bytes anew: bodies of the ledger and of quarantine, through today's normal form into the same store.
 *
 * Idempotent: the store skips the duplicate test, and ranks decide as ever. Rows are read in pages that are no larger
 * than a batch of the store, by source and then in the order of their receipt; a replay that was broken off is begun
 * again from the start.
 */
#ifndef JIRASYNC_REPLAY_H
#define JIRASYNC_REPLAY_H

#include "db.h"
#include "error.h"
#include "instant.h"
#include "normalize.h"
#include "store.h"

#include <stdint.h>
#include <stdio.h>

/* Which deliveries, and how. Everything is borrowed. */
struct replay_options {
    const char *tenant, *source; /* NULL: all */
    instant since, until;        /* of the receipt, since <= it < until; INSTANT_NONE: no limit */
    const char *const *ids;      /* id_count delivery ids; none: whatever else fits */
    size_t id_count;
    size_t batch_rows, batch_bytes; /* of one transaction */
    size_t parse_bytes;             /* memory for the normal forms of a batch */
    FILE *lines;                    /* gets a line for each delivery of a dry run that is in quarantine or would be, and
                                       for each of ids that is not to be had; NULL: none */
    bool is_quarantine_only, is_dry_run, is_quiet;
};

/* What a delivery was before: the ledger's outcome, or in quarantine. */
enum replay_before { REPLAY_APPLIED,
                     REPLAY_STALE,
                     REPLAY_IGNORED,
                     REPLAY_QUARANTINED,
                     REPLAY_BEFORES };

/* What its body is today: a kind of normal form, one that the ledger has under another id, or not understood. */
enum replay_form { REPLAY_ISSUE = NORMAL_ISSUE,
                   REPLAY_ENTITY = NORMAL_ENTITY,
                   REPLAY_GIT = NORMAL_GIT,
                   REPLAY_NOTHING = NORMAL_IGNORED,
                   REPLAY_KNOWN,
                   REPLAY_REFUSED,
                   REPLAY_FORMS };

struct replay_result {
    int64_t deliveries;  /* looked at */
    int64_t gone;        /* in the ledger, but their bodies were pruned */
    int64_t unknown_ids; /* of ids: nobody has them */
    int64_t forms[REPLAY_BEFORES][REPLAY_FORMS];
    int64_t reasons[ERROR_CODES];     /* of those that are in quarantine now, or would be */
    int64_t outcomes[STORE_OUTCOMES]; /* none in a dry run */
    int64_t changed;                  /* have another outcome than before; none in a dry run */
    int64_t healed;                   /* left quarantine; none in a dry run */
    int64_t left;                     /* in the ledger and not understood today: they stay as they were */
};

/* "applied", "stale", "ignored", "quarantined" */
const char *replay_before_name(enum replay_before before);
/* "issue", "entity", "git", "ignored", "duplicate", "quarantined" */
const char *replay_form_name(enum replay_form form);
/* Replays; *result is right for what was done, in any case. */
enum error_code replay(struct db *db, const struct replay_options *options, struct replay_result *result,
                       struct error *error) MUST_CHECK;

#endif
