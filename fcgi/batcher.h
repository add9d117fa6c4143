/* The queue between request threads and the store thread: group commit.
 *
 * The store thread takes all that wait (up to the configured rows and bytes; a larger item goes alone) and stores them
 * in one transaction; alone, an item is stored at once. From batcher_submit until its answer an item is the store
 * thread's to change; a waiter that gives up at its deadline leaves it there for good. What PostgreSQL does not store in
 * its time is kept as it came, in quarantine, from where a job stores it: git hosts send nothing again.
 */
#ifndef JIRASYNC_BATCHER_H
#define JIRASYNC_BATCHER_H

#include "arena.h"
#include "counters.h"
#include "error.h"
#include "store.h"

#include <semaphore.h>

struct batcher;

/* One delivery with the memory it needs. Made by a request thread, which fills store before batcher_submit. */
struct batcher_item {
    struct store_item store;
    struct arena *arena;       /* holds the normal form and the strings of store */
    unsigned char *body;       /* malloc'ed; store.body points here */
    struct counters *counters; /* where admitted bytes are given back, with slot */
    int slot;
    int64_t admitted;                                   /* bytes counted as in flight until body is freed */
    char detail[sizeof((struct error *)NULL)->message]; /* why it was not understood: the arena may be full */
    /* below: the batcher's */
    struct batcher_item *next;
    int64_t deadline_ms; /* then its waiter gives up */
    sem_t answered;
    _Atomic int state;
    bool is_late; /* its waiter gave up, but has not left it yet */
    enum store_outcome outcome;
    struct error error;
};

/* What the batcher calls; a test puts a scripted one in its place. */
struct batcher_backend {
    void *context;
    /* Reaches the database within timeout_ms, or says why not. */
    enum error_code (*connect)(void *context, int64_t timeout_ms, struct error *error);
    enum error_code (*store)(void *context, const struct store_item *items, size_t count, int64_t timeout_ms,
                             enum store_outcome *outcomes, bool *enqueued, struct error *error);
    void (*notify)(void *context);
    /* Called when the queue is idle, about once a second, and after each (re)connection. */
    void (*housekeep)(void *context);
};

struct batcher_limits {
    size_t rows, bytes;
    int64_t store_timeout_ms, reconnect_cap_ms;
};

/* An item with its own arena; NULL when memory is short. Free with batcher_item_free. */
struct batcher_item *batcher_item_new(size_t arena_limit) MUST_CHECK;
void batcher_item_free(struct batcher_item *item);
/* When a request is done: the item for the next one, without body and arena contents; NULL when it was submitted and
 * not answered yet: then the store thread frees it. */
struct batcher_item *batcher_item_recover(struct batcher_item *item) MUST_CHECK;

/* Starts the store thread. counters may be NULL. Stop and free with batcher_stop. */
struct batcher *batcher_start(const struct batcher_backend *backend, const struct batcher_limits *limits,
                              struct counters *counters) MUST_CHECK;
/* Stores all that waits, then ends the store thread. */
void batcher_stop(struct batcher *batcher);
/* How many items wait for the store thread. */
size_t batcher_waiting(struct batcher *batcher);
/* Queues the item and waits for its commit. ERROR_NONE with *outcome, or the error to answer with. Once
 * it gave up, the item's texts may still be read until batcher_item_recover. */
enum error_code batcher_submit(struct batcher *batcher, struct batcher_item *item, enum store_outcome *outcome,
                               struct error *error) MUST_CHECK;

#endif
