/* Group commit: one store thread, all that waits in one transaction. */
#include "batcher.h"

#include "log.h"
#include "retry.h"

#include <errno.h>
#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define CONFLICT_RETRIES 3 /* the same batch again after 40001, 40P01, 55P03 */
#define LOST_RETRIES 1     /* lost twice with the same batch: it is halved, or given up when single */
#define CANCELLED "57014"
#define OUT_OF_MEMORY "53200"
#define NOTIFY_PAUSE_MS 5 /* at most one NOTIFY in this time */
#define HOUSEKEEP_MS 1000
#define RECONNECT_BASE_MS 50

/* Whose an item is: its request thread's, the store thread's, or the store thread's to free. */
enum { ITEM_MINE,
       ITEM_QUEUED,
       ITEM_LEFT };

struct batcher {
    struct batcher_backend backend;
    struct batcher_limits limits;
    struct counters *counters;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t queued; /* for the store thread */
    struct batcher_item *first, **last;
    bool stopping;
    _Atomic int64_t away_since_ms; /* 0 while the database is there */
    /* the store thread's own */
    struct batcher_item **batch;
    struct store_item *items;
    enum store_outcome *outcomes;
    int64_t notify_due_ms, notified_ms, housekept_ms;
};

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static struct timespec at_ms(int64_t ms)
{
    return (struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
}

static void init_condition(pthread_cond_t *condition)
{
    pthread_condattr_t monotonic;

    (void)pthread_condattr_init(&monotonic);
    (void)pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    (void)pthread_cond_init(condition, &monotonic);
    (void)pthread_condattr_destroy(&monotonic);
}

/* ---- items ---- */

struct batcher_item *batcher_item_new(size_t arena_limit)
{
    struct batcher_item *item = calloc(1, sizeof *item);

    if (item == NULL)
        return NULL;
    (void)sem_init(&item->answered, 0, 0);
    item->arena = arena_new(arena_limit);
    if (item->arena == NULL) {
        batcher_item_free(item);
        return NULL;
    }
    return item;
}

/* The memory of a body is counted as in flight until it is really given back, by whoever does that. */
static void free_body(struct batcher_item *item)
{
    free(item->body);
    item->body = NULL;
    if (item->admitted > 0)
        counters_release(item->counters, item->slot, item->admitted);
    item->admitted = 0;
}

void batcher_item_free(struct batcher_item *item)
{
    if (item == NULL)
        return;
    free_body(item);
    arena_free(item->arena);
    (void)sem_destroy(&item->answered);
    free(item);
}

static void reset(struct batcher_item *item)
{
    free_body(item);
    arena_reset(item->arena);
    memset(&item->store, 0, sizeof item->store);
    item->error = (struct error){0};
    item->is_late = false;
}

struct batcher_item *batcher_item_recover(struct batcher_item *item)
{
    if (item->is_late) {
        if (atomic_exchange(&item->state, ITEM_LEFT) == ITEM_QUEUED)
            return NULL;
        atomic_store(&item->state, ITEM_MINE);
        (void)sem_wait(&item->answered); /* answered after all: the post is on its way */
    }
    reset(item);
    return item;
}

/* ---- answers ---- */

/* Gives the item back to its waiter, or frees it when that one has left. */
static void give_back(struct batcher_item *item)
{
    if (atomic_exchange(&item->state, ITEM_MINE) == ITEM_LEFT)
        batcher_item_free(item);
    else
        (void)sem_post(&item->answered);
}

static void fail(struct batcher_item **batch, size_t count, const struct error *error)
{
    for (size_t i = 0; i < count; i++) {
        batch[i]->error = *error;
        give_back(batch[i]);
    }
}

static void succeed(struct batcher *batcher, struct batcher_item **batch, size_t count, bool enqueued)
{
    for (size_t i = 0; i < count; i++) {
        batch[i]->outcome = batcher->outcomes[i];
        give_back(batch[i]);
    }
    if (batcher->counters != NULL) {
        atomic_fetch_add(&batcher->counters->batches, 1);
        atomic_fetch_add(&batcher->counters->batched, count);
    }
    if (enqueued && batcher->notify_due_ms == 0)
        batcher->notify_due_ms = batcher->notified_ms + NOTIFY_PAUSE_MS;
}

/* ---- storing ---- */

/* Frees the members whose waiters gave up; the sender was told to come again. Returns how many are left. */
static size_t drop_abandoned(struct batcher_item **batch, size_t count)
{
    size_t kept = 0;

    for (size_t i = 0; i < count; i++) {
        if (atomic_load(&batch[i]->state) == ITEM_LEFT)
            batcher_item_free(batch[i]);
        else
            batch[kept++] = batch[i];
    }
    return kept;
}

static bool is_stopping(struct batcher *batcher)
{
    bool stopping;

    pthread_mutex_lock(&batcher->lock);
    stopping = batcher->stopping;
    pthread_mutex_unlock(&batcher->lock);
    return stopping;
}

/* Sleeps before the next try to reach the database; a stop ends it. */
static void back_off(struct batcher *batcher, int attempt)
{
    int64_t pause = 1 + retry_delay_ms(attempt, RECONNECT_BASE_MS, batcher->limits.reconnect_cap_ms,
                                       randombytes_random());
    struct timespec until = at_ms(now_ms() + pause);

    pthread_mutex_lock(&batcher->lock);
    while (!batcher->stopping && pthread_cond_timedwait(&batcher->queued, &batcher->lock, &until) != ETIMEDOUT)
        continue;
    pthread_mutex_unlock(&batcher->lock);
}

/* Remembers since when the database is away; only the first failure is logged. */
static void note_away(struct batcher *batcher, const struct error *error)
{
    int64_t there = 0;

    if (atomic_compare_exchange_strong(&batcher->away_since_ms, &there, now_ms()))
        log_error(NULL, error);
}

static void note_there(struct batcher *batcher)
{
    if (atomic_exchange(&batcher->away_since_ms, 0) != 0)
        log_line(LOG_LEVEL_INFO, NULL, "database is back");
}

/* Connects, with backoff, while somebody still waits. Returns how many members are left (0: none, all are answered). */
static size_t connect_for(struct batcher *batcher, struct batcher_item **batch, size_t count, int *attempt)
{
    struct error error = {0};

    while ((count = drop_abandoned(batch, count)) > 0) {
        if (batcher->backend.connect(batcher->backend.context, batcher->limits.store_timeout_ms, &error) == ERROR_NONE)
            return count;
        note_away(batcher, &error);
        if (error.code == ERROR_DATABASE_MISUSE || is_stopping(batcher)) {
            fail(batch, count, &error);
            return 0;
        }
        back_off(batcher, ++*attempt);
    }
    return 0;
}

/* Why a row that PostgreSQL refused alone is kept in quarantine. */
static enum error_code refusal(const struct error *error)
{
    bool malformed = strncmp(error->sqlstate, "22P02", 5) == 0 || strncmp(error->sqlstate, "22021", 5) == 0 ||
                     strncmp(error->sqlstate, "22032", 5) == 0;

    return malformed ? ERROR_INVALID_JSON : ERROR_NOT_STORABLE;
}

static void quarantine_one(struct batcher_item *item, enum error_code reason, const struct error *error)
{
    item->error = *error; /* keeps the texts that the store item points to */
    item->error.code = reason;
    if (reason == ERROR_TOO_SLOW) {
        error_set(&item->error, reason, "not stored in its time (%s); a job stores it", error->message);
        memcpy(item->error.sqlstate, error->sqlstate, sizeof error->sqlstate);
    }
    item->store.form = NULL;
    item->store.quarantine = reason;
    item->store.quarantine_detail = item->error.message;
    item->store.quarantine_sqlstate = item->error.sqlstate;
}

/* Has the members kept as they came, with what PostgreSQL said. False when all of them are kept so already. */
static bool quarantine(struct batcher_item **batch, size_t count, enum error_code reason, const struct error *error)
{
    bool has_changed = false;

    for (size_t i = 0; i < count; i++) {
        if (batch[i]->store.quarantine != ERROR_NONE)
            continue;
        has_changed = true;
        quarantine_one(batch[i], reason, error);
    }
    return has_changed;
}

/* The time for a statement: until the first waiter leaves. Half of it is left for keeping what could not be stored in the
 * other half; a cancelled statement takes a while to end, and a body of 25 MB to be sent again. */
static int64_t time_for(struct batcher_item **batch, size_t count)
{
    int64_t deadline_ms = INT64_MAX, left;
    bool is_kept = true;

    for (size_t i = 0; i < count; i++) {
        is_kept = is_kept && batch[i]->store.quarantine != ERROR_NONE;
        if (batch[i]->deadline_ms < deadline_ms)
            deadline_ms = batch[i]->deadline_ms;
    }
    left = deadline_ms - now_ms();
    return left <= 0 ? 1 : is_kept ? left
                                   : (left + 1) / 2;
}

static enum error_code store_once(struct batcher *batcher, struct batcher_item **batch, size_t count, bool *enqueued,
                                  struct error *error)
{
    for (size_t i = 0; i < count; i++)
        batcher->items[i] = batch[i]->store;
    *error = (struct error){0};
    return batcher->backend.store(batcher->backend.context, batcher->items, count, time_for(batch, count),
                                  batcher->outcomes, enqueued, error);
}

static void store_batch(struct batcher *batcher, struct batcher_item **batch, size_t count);

static void store_halves(struct batcher *batcher, struct batcher_item **batch, size_t count)
{
    size_t half = count / 2;

    store_batch(batcher, batch, half);
    store_batch(batcher, batch + half, count - half);
}

/* How often a batch was tried, by what stopped it. */
struct tries {
    int conflicts, lost, away;
};

/* True when PostgreSQL is there and would store the batch, had it more time: it is large, or others are in its way. */
static bool is_slow(const struct error *error)
{
    return error->code == ERROR_DATABASE_CONFLICT || strcmp(error->sqlstate, CANCELLED) == 0;
}

/* True when the batch itself may have been what broke the connection or ran out of memory. */
static bool is_lost(const struct error *error)
{
    return error->code == ERROR_DATABASE_AWAY &&
           (error->sqlstate[0] == '\0' || strcmp(error->sqlstate, OUT_OF_MEMORY) == 0);
}

/* True when the same batch is to be tried once more, as it is or as what is only kept. */
static bool try_again(struct batcher *batcher, struct batcher_item **batch, size_t count, const struct error *error,
                      struct tries *tries)
{
    if (error->code == ERROR_DATABASE_CONFLICT && ++tries->conflicts <= CONFLICT_RETRIES)
        return true;
    if (is_slow(error))
        return quarantine(batch, count, ERROR_TOO_SLOW, error);
    if (is_lost(error) && ++tries->lost <= LOST_RETRIES)
        return true;
    if (error->code == ERROR_DATABASE_AWAY && !is_lost(error)) {
        note_away(batcher, error);
        if (is_stopping(batcher))
            return false;
        back_off(batcher, ++tries->away);
        return true;
    }
    /* (what breaks the connection leaves no SQLSTATE, and its bytes may do so again) */
    if (count > 1 || (error->code != ERROR_NOT_STORABLE && strcmp(error->sqlstate, OUT_OF_MEMORY) != 0))
        return false;
    return quarantine(batch, 1, refusal(error), error);
}

static void give_up(struct batcher_item **batch, size_t count, struct error *error)
{
    log_error(LOG_FIELDS(.count = (int64_t)count, .event_id = batch[0]->store.delivery_id), error);
    if (error->code == ERROR_NOT_STORABLE)
        error->code = ERROR_DATABASE_MISUSE; /* even its quarantine was refused: not the sender's fault */
    fail(batch, count, error);
}

/* Stores the members in one transaction, or finds out which of them can't be. Answers each of them. */
static void store_batch(struct batcher *batcher, struct batcher_item **batch, size_t count)
{
    struct error error = {0};
    struct tries tries = {0};
    bool enqueued = false;

    while ((count = connect_for(batcher, batch, count, &tries.away)) > 0) {
        enum error_code code = store_once(batcher, batch, count, &enqueued, &error);

        if (code == ERROR_NONE) {
            note_there(batcher);
            succeed(batcher, batch, count, enqueued);
            return;
        }
        if (try_again(batcher, batch, count, &error, &tries))
            continue;
        if (count > 1 && (is_lost(&error) || code == ERROR_NOT_STORABLE))
            store_halves(batcher, batch, count);
        else
            give_up(batch, count, &error);
        return;
    }
}

/* ---- the store thread ---- */

static void take_one(struct batcher *batcher, size_t *count)
{
    struct batcher_item *item = batcher->first;

    batcher->first = item->next;
    if (batcher->first == NULL)
        batcher->last = &batcher->first;
    item->next = NULL;
    batcher->batch[(*count)++] = item;
}

/* All that waits, within the limits. The lock is held. */
static size_t take_waiting(struct batcher *batcher)
{
    size_t count = 0, bytes = 0;

    while (batcher->first != NULL && count < batcher->limits.rows) {
        size_t length = batcher->first->store.body_length;

        if (count > 0 && bytes + length > batcher->limits.bytes)
            break;
        bytes += length;
        take_one(batcher, &count);
    }
    return count;
}

/* Waits for work until something else is due; 0 when there is none. */
static size_t wait_for_work(struct batcher *batcher, bool *ended)
{
    size_t count;

    pthread_mutex_lock(&batcher->lock);
    if (batcher->first == NULL && !batcher->stopping) {
        int64_t due = batcher->housekept_ms + HOUSEKEEP_MS;
        struct timespec until;

        if (batcher->notify_due_ms != 0 && batcher->notify_due_ms < due)
            due = batcher->notify_due_ms;
        until = at_ms(due);
        (void)pthread_cond_timedwait(&batcher->queued, &batcher->lock, &until);
    }
    count = take_waiting(batcher);
    *ended = count == 0 && batcher->stopping;
    pthread_mutex_unlock(&batcher->lock);
    return count;
}

/* While requests are turned away at once, nobody else would notice that the database is back. */
static void look_for_database(struct batcher *batcher)
{
    struct error error = {0};

    if (atomic_load(&batcher->away_since_ms) != 0 &&
        batcher->backend.connect(batcher->backend.context, batcher->limits.store_timeout_ms, &error) == ERROR_NONE)
        note_there(batcher);
}

static void do_what_is_due(struct batcher *batcher, bool ended)
{
    int64_t now = now_ms();

    if (batcher->notify_due_ms != 0 && (ended || now >= batcher->notify_due_ms)) {
        batcher->notify_due_ms = 0;
        batcher->notified_ms = now;
        batcher->backend.notify(batcher->backend.context);
        if (batcher->counters != NULL)
            atomic_fetch_add(&batcher->counters->notifications, 1);
    }
    if (now - batcher->housekept_ms >= HOUSEKEEP_MS || ended) {
        batcher->housekept_ms = now;
        look_for_database(batcher);
        batcher->backend.housekeep(batcher->backend.context);
    }
}

static void *run(void *argument)
{
    struct batcher *batcher = argument;
    bool ended = false;

    while (!ended) {
        size_t count = wait_for_work(batcher, &ended);

        if (count > 0)
            store_batch(batcher, batcher->batch, count);
        do_what_is_due(batcher, ended);
    }
    return NULL;
}

static void free_batcher(struct batcher *batcher)
{
    free(batcher->batch);
    free(batcher->items);
    free(batcher->outcomes);
    free(batcher);
}

struct batcher *batcher_start(const struct batcher_backend *backend, const struct batcher_limits *limits,
                              struct counters *counters)
{
    struct batcher *batcher = calloc(1, sizeof *batcher);

    if (batcher == NULL)
        return NULL;
    batcher->backend = *backend;
    batcher->limits = *limits;
    batcher->counters = counters;
    batcher->last = &batcher->first;
    batcher->batch = calloc(limits->rows, sizeof(struct batcher_item *));
    batcher->items = calloc(limits->rows, sizeof *batcher->items);
    batcher->outcomes = calloc(limits->rows, sizeof *batcher->outcomes);
    (void)pthread_mutex_init(&batcher->lock, NULL);
    init_condition(&batcher->queued);
    if (batcher->batch == NULL || batcher->items == NULL || batcher->outcomes == NULL ||
        pthread_create(&batcher->thread, NULL, run, batcher) != 0) {
        free_batcher(batcher);
        return NULL;
    }
    return batcher;
}

void batcher_stop(struct batcher *batcher)
{
    if (batcher == NULL)
        return;
    pthread_mutex_lock(&batcher->lock);
    batcher->stopping = true;
    pthread_cond_signal(&batcher->queued);
    pthread_mutex_unlock(&batcher->lock);
    (void)pthread_join(batcher->thread, NULL);
    (void)pthread_cond_destroy(&batcher->queued);
    (void)pthread_mutex_destroy(&batcher->lock);
    free_batcher(batcher);
}

size_t batcher_waiting(struct batcher *batcher)
{
    size_t count = 0;

    pthread_mutex_lock(&batcher->lock);
    for (const struct batcher_item *item = batcher->first; item != NULL; item = item->next)
        count++;
    pthread_mutex_unlock(&batcher->lock);
    return count;
}

/* Known to be away for longer than a request may wait: there is no point in waiting. */
static bool is_long_away(struct batcher *batcher)
{
    int64_t since = atomic_load(&batcher->away_since_ms);

    return since != 0 && now_ms() - since > batcher->limits.store_timeout_ms;
}

static void await_answer(struct batcher_item *item, const struct timespec *deadline)
{
    int status;

    do
        status = sem_clockwait(&item->answered, CLOCK_MONOTONIC, deadline);
    while (status != 0 && errno == EINTR);
    /* The state is looked at for its memory order, too: what the store thread wrote before is seen now. */
    item->is_late = status != 0 || atomic_load(&item->state) != ITEM_MINE;
}

static void enqueue(struct batcher *batcher, struct batcher_item *item)
{
    atomic_store(&item->state, ITEM_QUEUED);
    pthread_mutex_lock(&batcher->lock);
    *batcher->last = item;
    batcher->last = &item->next;
    pthread_cond_signal(&batcher->queued);
    pthread_mutex_unlock(&batcher->lock);
}

enum error_code batcher_submit(struct batcher *batcher, struct batcher_item *item, enum store_outcome *outcome,
                               struct error *error)
{
    struct timespec deadline;

    item->deadline_ms = now_ms() + batcher->limits.store_timeout_ms;
    deadline = at_ms(item->deadline_ms);
    if (is_long_away(batcher))
        return error_set(error, ERROR_DATABASE_AWAY, "the database is away");
    enqueue(batcher, item);
    await_answer(item, &deadline);
    if (item->is_late)
        return error_set(error, ERROR_DATABASE_AWAY, "not stored within %lld ms",
                         (long long)batcher->limits.store_timeout_ms);
    *error = item->error;
    *outcome = item->outcome;
    return item->error.code;
}
