/* Stores a range of items: again after a conflict, and by halves where PostgreSQL refuses one. */
#include "store_range.h"

#include <stdio.h>
#include <string.h>

#define TRIES 3
#define HALVINGS 64 /* of a range whose length a size_t can tell */

struct range {
    size_t from, count;
};

void store_range_refuse(struct store_item *item, struct store_refusal *refusal, const struct error *error)
{
    snprintf(refusal->detail, sizeof refusal->detail, "%s", error->message);
    memcpy(refusal->sqlstate, error->sqlstate, sizeof refusal->sqlstate);
    item->event = item->form ? item->form->event : item->event;
    item->form = NULL;
    item->quarantine = error->code;
    item->quarantine_detail = refusal->detail;
    item->quarantine_sqlstate = refusal->sqlstate[0] ? refusal->sqlstate : NULL;
}

/* Stores items in one transaction; conflicts and lost connections are tried again. */
static enum error_code store_some(struct db *db, const struct store_item *items, size_t count, int64_t timeout_ms,
                                  enum store_outcome *outcomes, bool *enqueued, struct error *error)
{
    bool are_new = false;
    enum error_code code = ERROR_NONE;
    for (int attempt = 0; attempt < TRIES; attempt++) {
        code = store_deliveries(db, items, count, timeout_ms, outcomes, &are_new, error);
        if (code != ERROR_DATABASE_CONFLICT && code != ERROR_DATABASE_AWAY)
            break;
    }
    for (size_t i = 0; code != ERROR_NONE && i < count; i++)
        outcomes[i] = STORE_OUTCOMES;
    *enqueued = *enqueued || are_new;
    return code;
}

/* Halves what PostgreSQL refuses until the row at fault is found and can be quarantined. */
static enum error_code store_halves(struct db *db, struct store_item *items, struct store_refusal *refusals,
                                    size_t count, int64_t timeout_ms, enum store_outcome *outcomes, bool *enqueued,
                                    struct error *error)
{
    struct range waiting[HALVINGS];
    size_t left = 0;
    waiting[left++] = (struct range){0, count};
    while (left > 0) {
        struct range range = waiting[--left];
        size_t half = range.count / 2;
        enum error_code code = store_some(db, items + range.from, range.count, timeout_ms, outcomes + range.from,
                                          enqueued, error);
        if (code == ERROR_NONE)
            continue;
        if (code != ERROR_NOT_STORABLE || (range.count == 1 && !items[range.from].form))
            return code;
        if (range.count == 1) {
            store_range_refuse(&items[range.from], &refusals[range.from], error);
            waiting[left++] = range;
            continue;
        }
        waiting[left++] = (struct range){range.from + half, range.count - half};
        waiting[left++] = (struct range){range.from, half};
    }
    return ERROR_NONE;
}

enum error_code store_range(struct db *db, struct store_item *items, struct store_refusal *refusals, size_t count,
                            int64_t timeout_ms, enum store_outcome *outcomes, struct error *error)
{
    bool enqueued = false;
    struct error unsaid;
    for (size_t i = 0; i < count; i++)
        outcomes[i] = STORE_OUTCOMES;
    enum error_code code = count == 0 ? ERROR_NONE
                                      : store_halves(db, items, refusals, count, timeout_ms, outcomes, &enqueued, error);
    if (!enqueued)
        return code;
    enum error_code notified = db_execute(db, "NOTIFY jirasync_jobs", timeout_ms, code == ERROR_NONE ? error : &unsaid);
    return code == ERROR_NONE ? notified : code;
}
