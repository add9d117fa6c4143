/* The queue between request threads and the store thread: group commit.
 *
 * The store thread takes all that wait (up to the configured rows and bytes; a larger item goes alone) and stores them
 * in one transaction; alone, an item is stored at once. An item is owned by references: a waiter that gives up at its
 * deadline only detaches, and the store thread lets go of the item when it is done with it.
 */
#ifndef JIRASYNC_BATCHER_H
#define JIRASYNC_BATCHER_H

#include "arena.h"
#include "counters.h"
#include "error.h"
#include "store.h"

#include <pthread.h>

struct batcher;

/* One delivery with the memory it needs. Made by a request thread, which fills store before batcher_submit. */
struct batcher_item {
    struct store_item store;
    struct arena *arena;       /* holds the normal form and the strings of store */
    unsigned char *body;       /* malloc'ed; store.body points here */
    struct counters *counters; /* where admitted bytes are given back, with slot */
    int slot;
    int64_t admitted; /* bytes counted as in flight until body is freed */
    /* below: the batcher's */
    struct batcher_item *next;
    pthread_cond_t answered;
    _Atomic int references;
    _Atomic bool detached;
    bool done;
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

/* An item with its own arena; NULL when memory is short. Let go of it with batcher_item_release. */
struct batcher_item *batcher_item_new(size_t arena_limit) MUST_CHECK;
void batcher_item_release(struct batcher_item *item);
/* True when nobody else holds the item any more, so that its maker may use it for the next request. */
bool batcher_item_is_mine(const struct batcher_item *item);
/* Forgets body and arena contents. */
void batcher_item_reset(struct batcher_item *item);

/* Starts the store thread. counters may be NULL. Stop and free with batcher_stop. */
struct batcher *batcher_start(const struct batcher_backend *backend, const struct batcher_limits *limits,
                              struct counters *counters) MUST_CHECK;
/* Stores all that waits, then ends the store thread. */
void batcher_stop(struct batcher *batcher);
/* How many items wait for the store thread. */
size_t batcher_waiting(struct batcher *batcher);
/* Queues the item and waits for its commit. ERROR_NONE with *outcome, or the error to answer with. */
enum error_code batcher_submit(struct batcher *batcher, struct batcher_item *item, enum store_outcome *outcome,
                               struct error *error) MUST_CHECK;

#endif
