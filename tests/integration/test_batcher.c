/* The batcher against a scripted database: batches, faults, and waiters that give up. */
#include "batcher.h"

#include "log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_CALLS 64
#define MAX_MEMBERS 16
#define ARENA_LIMIT (1024 * 1024)

/* What the scripted database does with a batch. */
struct script {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool closed;  /* the gate: store waits until it opens */
    int entered;  /* calls that reached the gate */
    int refusals; /* so many calls fail with `failure` first */
    struct error failure;
    const char *poison; /* a batch that holds this id always fails with `poisoned` */
    struct error poisoned;
    bool refuses_quarantine, enqueues;
    int unreachable; /* so many connects fail; -1: all */
    int calls, connects, notifications, notifications_at_last_call;
    size_t sizes[MAX_CALLS];
    int64_t timeouts_ms[MAX_CALLS];
    char quarantined[64], quarantine_sqlstate[6];
    enum error_code quarantine_reason;
};

struct waiter {
    pthread_t thread;
    struct batcher *batcher;
    struct batcher_item *item;
    enum error_code code;
    enum store_outcome outcome;
    struct error error;
};

static enum error_code script_connect(void *context, int64_t timeout_ms, struct error *error)
{
    struct script *script = context;
    bool fails;

    (void)timeout_ms;
    pthread_mutex_lock(&script->lock);
    script->connects++;
    fails = script->unreachable != 0;
    if (script->unreachable > 0)
        script->unreachable--;
    pthread_mutex_unlock(&script->lock);
    return fails ? error_set(error, ERROR_DATABASE_AWAY, "connection refused") : ERROR_NONE;
}

static bool holds(const struct store_item *items, size_t count, const char *id)
{
    for (size_t i = 0; i < count; i++)
        if (id != NULL && strcmp(items[i].delivery_id, id) == 0)
            return true;
    return false;
}

static void note_quarantine(struct script *script, const struct store_item *item)
{
    (void)snprintf(script->quarantined, sizeof script->quarantined, "%s", item->delivery_id);
    (void)snprintf(script->quarantine_sqlstate, sizeof script->quarantine_sqlstate, "%s", item->quarantine_sqlstate);
    script->quarantine_reason = item->quarantine;
}

static enum error_code judge(struct script *script, const struct store_item *items, size_t count, struct error *error)
{
    bool quarantined = true;

    for (size_t i = 0; i < count; i++)
        quarantined = quarantined && items[i].quarantine != ERROR_NONE;
    if (script->refusals > 0) {
        script->refusals--;
        *error = script->failure;
    } else if (holds(items, count, script->poison) && (!quarantined || script->refuses_quarantine)) {
        *error = script->poisoned;
    }
    if (error->code == ERROR_NONE && quarantined)
        note_quarantine(script, &items[0]);
    return error->code;
}

static enum error_code script_store(void *context, const struct store_item *items, size_t count, int64_t timeout_ms,
                                    enum store_outcome *outcomes, bool *enqueued, struct error *error)
{
    struct script *script = context;
    enum error_code code;

    pthread_mutex_lock(&script->lock);
    script->entered++;
    pthread_cond_broadcast(&script->changed);
    while (script->closed)
        pthread_cond_wait(&script->changed, &script->lock);
    if (script->calls < MAX_CALLS) {
        script->sizes[script->calls] = count;
        script->timeouts_ms[script->calls] = timeout_ms;
    }
    script->calls++;
    script->notifications_at_last_call = script->notifications;
    code = judge(script, items, count, error);
    for (size_t i = 0; i < count; i++)
        outcomes[i] = items[i].quarantine == ERROR_NONE ? STORE_APPLIED : STORE_QUARANTINED;
    *enqueued = code == ERROR_NONE && script->enqueues;
    pthread_mutex_unlock(&script->lock);
    return code;
}

static void script_notify(void *context)
{
    struct script *script = context;

    pthread_mutex_lock(&script->lock);
    script->notifications++;
    pthread_mutex_unlock(&script->lock);
}

static void script_housekeep(void *context)
{
    (void)context;
}

/* ---- fixture ---- */

static struct batcher *start(struct script *script, size_t rows, size_t bytes, int64_t timeout_ms)
{
    const struct batcher_backend backend = {script, script_connect, script_store, script_notify, script_housekeep};
    const struct batcher_limits limits = {rows, bytes, timeout_ms, 20};
    struct batcher *batcher = batcher_start(&backend, &limits, NULL);

    pthread_mutex_init(&script->lock, NULL);
    pthread_cond_init(&script->changed, NULL);
    assert_non_null(batcher);
    return batcher;
}

static struct batcher_item *item_of(const char *id, size_t length)
{
    struct batcher_item *item = batcher_item_new(ARENA_LIMIT);

    assert_non_null(item);
    item->body = calloc(1, length + 1);
    item->store.body = item->body;
    item->store.body_length = length;
    item->store.delivery_id = arena_copy(item->arena, id, strlen(id));
    return item;
}

static void *wait_for_answer(void *argument)
{
    struct waiter *waiter = argument;

    waiter->code = batcher_submit(waiter->batcher, waiter->item, &waiter->outcome, &waiter->error);
    return NULL;
}

static void send_one(struct batcher *batcher, struct waiter *waiter, const char *id, size_t length)
{
    *waiter = (struct waiter){.batcher = batcher, .item = item_of(id, length)};
    assert_int_equal(pthread_create(&waiter->thread, NULL, wait_for_answer, waiter), 0);
}

static void receive(struct waiter *waiter)
{
    assert_int_equal(pthread_join(waiter->thread, NULL), 0);
    batcher_item_free(batcher_item_recover(waiter->item));
}

static void open_gate(struct script *script)
{
    pthread_mutex_lock(&script->lock);
    script->closed = false;
    pthread_cond_broadcast(&script->changed);
    pthread_mutex_unlock(&script->lock);
}

static void wait_until_entered(struct script *script, int times)
{
    pthread_mutex_lock(&script->lock);
    while (script->entered < times)
        pthread_cond_wait(&script->changed, &script->lock);
    pthread_mutex_unlock(&script->lock);
}

/* Sends members "1".."count" in this order behind a first one that is held at the gate, so that they wait together. */
static void send_together(struct batcher *batcher, struct script *script, struct waiter *waiters, size_t count,
                          const size_t *lengths)
{
    char id[24]; /* any size_t */

    send_one(batcher, &waiters[0], "0", 1);
    wait_until_entered(script, 1);
    for (size_t i = 1; i <= count; i++) {
        (void)snprintf(id, sizeof id, "%zu", i);
        send_one(batcher, &waiters[i], id, lengths == NULL ? 1 : lengths[i - 1]);
        while (batcher_waiting(batcher) < i)
            (void)usleep(200);
    }
    open_gate(script);
    for (size_t i = 0; i <= count; i++)
        receive(&waiters[i]);
}

static void assert_sizes(const struct script *script, const size_t *sizes, int count)
{
    assert_int_equal(script->calls, count);
    for (int i = 0; i < count; i++)
        assert_int_equal(script->sizes[i], sizes[i]);
}

/* ---- batches ---- */

static void alone_is_stored_at_once(void **state)
{
    struct script script = {0};
    struct batcher *batcher = start(&script, 64, 1000, 5000);
    struct waiter waiter;

    (void)state;
    send_one(batcher, &waiter, "a", 1);
    receive(&waiter);
    assert_int_equal(waiter.code, ERROR_NONE);
    assert_int_equal(waiter.outcome, STORE_APPLIED);
    batcher_stop(batcher);
    assert_sizes(&script, (const size_t[]){1}, 1);
    assert_int_equal(script.notifications, 0);
}

static void all_that_wait_share_a_transaction(void **state)
{
    struct script script = {.closed = true};
    struct batcher *batcher = start(&script, 64, 1000, 60000);
    struct waiter waiters[8];

    (void)state;
    send_together(batcher, &script, waiters, 7, NULL);
    batcher_stop(batcher);
    assert_sizes(&script, (const size_t[]){1, 7}, 2);
    for (int i = 0; i < 8; i++)
        assert_int_equal(waiters[i].code, ERROR_NONE);
}

static void rows_of_a_batch_are_limited(void **state)
{
    struct script script = {.closed = true};
    struct batcher *batcher = start(&script, 4, 1000, 60000);
    struct waiter waiters[11];

    (void)state;
    send_together(batcher, &script, waiters, 10, NULL);
    batcher_stop(batcher);
    assert_sizes(&script, (const size_t[]){1, 4, 4, 2}, 4);
}

static void large_bodies_go_alone(void **state)
{
    struct script script = {.closed = true};
    struct batcher *batcher = start(&script, 64, 100, 60000);
    struct waiter waiters[6];

    (void)state;
    send_together(batcher, &script, waiters, 5, (const size_t[]){40, 60, 150, 50, 50});
    batcher_stop(batcher);
    assert_sizes(&script, (const size_t[]){1, 2, 1, 2}, 4);
}

static void stop_stores_all_that_waits(void **state)
{
    struct script script = {.closed = true, .enqueues = true};
    struct batcher *batcher = start(&script, 2, 1000, 60000);
    struct waiter waiters[6];

    (void)state;
    send_together(batcher, &script, waiters, 5, NULL);
    batcher_stop(batcher);
    assert_sizes(&script, (const size_t[]){1, 2, 2, 1}, 4);
    assert_true(script.notifications > script.notifications_at_last_call);
    assert_true(script.notifications <= script.calls);
}

/* ---- faults ---- */

static void expect_quarantine(const char *sqlstate, enum error_code reason)
{
    struct script script = {.closed = true, .poison = "3", .poisoned = {.code = ERROR_NOT_STORABLE, .message = "refused"}};
    struct batcher *batcher = start(&script, 64, 1000, 60000);
    struct waiter waiters[9];

    memcpy(script.poisoned.sqlstate, sqlstate, 6);
    send_together(batcher, &script, waiters, 8, NULL);
    batcher_stop(batcher);
    for (int i = 0; i < 9; i++) {
        assert_int_equal(waiters[i].code, i == 3 ? reason : ERROR_NONE);
        if (i != 3)
            assert_int_equal(waiters[i].outcome, STORE_APPLIED);
    }
    assert_string_equal(script.quarantined, "3");
    assert_string_equal(script.quarantine_sqlstate, sqlstate);
    assert_int_equal(script.quarantine_reason, reason);
    /* 8; halves 4 and 4, quarters 2 and 2, one and one, the refused one again, and the good rest */
    assert_sizes(&script, (const size_t[]){1, 8, 4, 2, 2, 1, 1, 1, 4}, 9);
}

static void a_refused_row_is_found_by_halving(void **state)
{
    (void)state;
    expect_quarantine("22003", ERROR_NOT_STORABLE);
    expect_quarantine("23514", ERROR_NOT_STORABLE);
    expect_quarantine("54000", ERROR_NOT_STORABLE);
}

static void what_postgresql_cannot_read_is_invalid_json(void **state)
{
    (void)state;
    expect_quarantine("22P02", ERROR_INVALID_JSON);
    expect_quarantine("22021", ERROR_INVALID_JSON);
}

static void a_refused_quarantine_is_our_fault(void **state)
{
    struct script script = {.poison = "a", .refuses_quarantine = true, .poisoned = {.code = ERROR_NOT_STORABLE, .sqlstate = "22003"}};
    struct batcher *batcher = start(&script, 64, 1000, 5000);
    struct waiter waiter;

    (void)state;
    send_one(batcher, &waiter, "a", 1);
    receive(&waiter);
    batcher_stop(batcher);
    assert_int_equal(waiter.code, ERROR_DATABASE_MISUSE);
    assert_int_equal(script.calls, 2);
}

static struct waiter fail_first(struct script *script, int refusals, enum error_code code, const char *sqlstate)
{
    struct batcher *batcher;
    struct waiter waiter;

    script->refusals = refusals;
    script->failure.code = code;
    memcpy(script->failure.sqlstate, sqlstate, strlen(sqlstate) + 1);
    batcher = start(script, 64, 1000, 60000);
    send_one(batcher, &waiter, "a", 1);
    receive(&waiter);
    batcher_stop(batcher);
    return waiter;
}

static void a_conflict_is_tried_three_times_more_then_kept(void **state)
{
    struct script three = {0}, four = {0}, nine = {0};

    (void)state;
    assert_int_equal(fail_first(&three, 3, ERROR_DATABASE_CONFLICT, "40P01").code, ERROR_NONE);
    assert_int_equal(three.calls, 4);
    assert_int_equal(fail_first(&four, 4, ERROR_DATABASE_CONFLICT, "40001").code, ERROR_TOO_SLOW);
    assert_int_equal(four.calls, 5);
    assert_int_equal(four.quarantine_reason, ERROR_TOO_SLOW);
    assert_string_equal(four.quarantine_sqlstate, "40001");
    assert_int_equal(fail_first(&nine, 9, ERROR_DATABASE_CONFLICT, "55P03").code, ERROR_DATABASE_CONFLICT);
    assert_int_equal(nine.calls, 5);
}

/* Each is kept at once: there is no time to find out which of them it was. */
static void a_batch_that_takes_too_long_is_kept(void **state)
{
    struct script script = {.closed = true, .poison = "2", .poisoned = {.code = ERROR_DATABASE_AWAY, .sqlstate = "57014"}};
    struct batcher *batcher = start(&script, 64, 1000, 60000);
    struct waiter waiters[5];

    (void)state;
    send_together(batcher, &script, waiters, 4, NULL);
    batcher_stop(batcher);
    assert_int_equal(waiters[0].code, ERROR_NONE);
    for (int i = 1; i < 5; i++) {
        assert_int_equal(waiters[i].code, ERROR_TOO_SLOW);
        assert_int_equal(waiters[i].outcome, STORE_QUARANTINED);
    }
    assert_sizes(&script, (const size_t[]){1, 4, 4}, 3);
    assert_true(script.timeouts_ms[1] <= 30000); /* of 60 s: half is left for keeping it */
}

static void what_can_not_be_kept_in_time_either_is_sent_again(void **state)
{
    struct script script = {.poison = "a", .refuses_quarantine = true, .poisoned = {.code = ERROR_DATABASE_AWAY, .sqlstate = "57014"}};
    struct batcher *batcher = start(&script, 64, 1000, 60000);
    struct waiter waiter;

    (void)state;
    send_one(batcher, &waiter, "a", 1);
    receive(&waiter);
    batcher_stop(batcher);
    assert_int_equal(waiter.code, ERROR_DATABASE_AWAY);
    assert_int_equal(script.calls, 2);
}

static void what_takes_too_much_memory_is_kept(void **state)
{
    struct script script = {0};

    (void)state;
    assert_int_equal(fail_first(&script, 2, ERROR_DATABASE_AWAY, "53200").code, ERROR_NOT_STORABLE);
    assert_int_equal(script.calls, 3);
    assert_string_equal(script.quarantine_sqlstate, "53200");
}

static void a_lost_commit_is_stored_again(void **state)
{
    struct script once = {0}, twice = {0};

    (void)state;
    assert_int_equal(fail_first(&once, 1, ERROR_DATABASE_AWAY, "").code, ERROR_NONE);
    assert_int_equal(once.calls, 2);
    assert_int_equal(fail_first(&twice, 2, ERROR_DATABASE_AWAY, "").code, ERROR_DATABASE_AWAY);
    assert_int_equal(twice.calls, 2);
}

static void a_batch_that_breaks_the_connection_is_halved(void **state)
{
    struct script script = {.closed = true, .poison = "2", .poisoned = {.code = ERROR_DATABASE_AWAY}};
    struct batcher *batcher = start(&script, 64, 1000, 60000);
    struct waiter waiters[5];

    (void)state;
    send_together(batcher, &script, waiters, 4, NULL);
    batcher_stop(batcher);
    for (int i = 0; i < 5; i++)
        assert_int_equal(waiters[i].code, i == 2 ? ERROR_DATABASE_AWAY : ERROR_NONE);
    assert_sizes(&script, (const size_t[]){1, 4, 4, 2, 2, 1, 1, 1, 2}, 9);
}

static void a_database_that_refuses_is_waited_for(void **state)
{
    struct script shutting_down = {0}, unreachable = {.unreachable = 4};

    (void)state;
    assert_int_equal(fail_first(&shutting_down, 4, ERROR_DATABASE_AWAY, "57P03").code, ERROR_NONE);
    assert_int_equal(shutting_down.calls, 5);
    assert_int_equal(fail_first(&unreachable, 0, ERROR_NONE, "").code, ERROR_NONE);
    assert_int_equal(unreachable.calls, 1);
    assert_true(unreachable.connects >= 5);
}

static void a_fault_of_ours_is_answered_at_once(void **state)
{
    struct script script = {0};

    (void)state;
    assert_int_equal(fail_first(&script, 1, ERROR_DATABASE_MISUSE, "42501").code, ERROR_DATABASE_MISUSE);
    assert_int_equal(script.calls, 1);
}

/* ---- waiters that give up ---- */

static void a_waiter_that_gives_up_leaves_its_item(void **state)
{
    struct script script = {.closed = true};
    struct batcher *batcher = start(&script, 64, 1000, 50);
    struct batcher_item *item = item_of("a", 1);
    enum store_outcome outcome;
    struct error error;

    (void)state;
    assert_int_equal(batcher_submit(batcher, item, &outcome, &error), ERROR_DATABASE_AWAY);
    assert_string_equal(item->store.delivery_id, "a"); /* still to be read, for the log */
    assert_null(batcher_item_recover(item));
    open_gate(&script);
    batcher_stop(batcher);
    assert_int_equal(script.calls, 1);
}

static void an_answer_that_comes_late_gives_the_item_back(void **state)
{
    struct script script = {.closed = true};
    struct batcher *batcher = start(&script, 64, 1000, 50);
    struct batcher_item *item = item_of("a", 1);
    enum store_outcome outcome;
    struct error error;

    (void)state;
    assert_int_equal(batcher_submit(batcher, item, &outcome, &error), ERROR_DATABASE_AWAY);
    open_gate(&script);
    batcher_stop(batcher);
    assert_ptr_equal(batcher_item_recover(item), item);
    assert_null(item->store.delivery_id);
    batcher_item_free(item);
}

static void what_nobody_waits_for_is_not_stored(void **state)
{
    struct script script = {.closed = true};
    struct batcher *batcher = start(&script, 64, 1000, 50);
    struct waiter held, late;

    (void)state;
    send_one(batcher, &held, "held", 1);
    wait_until_entered(&script, 1);
    send_one(batcher, &late, "late", 1);
    receive(&late);
    receive(&held);
    assert_int_equal(late.code, ERROR_DATABASE_AWAY);
    open_gate(&script);
    batcher_stop(batcher);
    assert_int_equal(script.calls, 1);
}

static void a_database_long_away_is_not_waited_for(void **state)
{
    struct script script = {.unreachable = -1};
    struct batcher *batcher = start(&script, 64, 1000, 30);
    enum store_outcome outcome;
    struct error error = {0};
    bool refused = false;

    (void)state;
    for (int i = 0; i < 1000 && !refused; i++) {
        struct batcher_item *item = item_of("a", 1);

        assert_int_equal(batcher_submit(batcher, item, &outcome, &error), ERROR_DATABASE_AWAY);
        refused = strcmp(error.message, "the database is away") == 0;
        item = batcher_item_recover(item);
        if (refused)
            assert_non_null(item); /* it was never queued */
        batcher_item_free(item);
    }
    assert_true(refused);
    batcher_stop(batcher);
    assert_int_equal(script.calls, 0);
}

static void admitted_bytes_are_given_back_with_the_body(void **state)
{
    struct counters *counters = counters_open(-1);
    struct batcher_item *item = item_of("a", 1);

    (void)state;
    assert_non_null(counters);
    assert_true(counters_admit(counters, 3, 400, 1000));
    assert_true(counters_admit(counters, 5, 600, 1000));
    assert_false(counters_admit(counters, 5, 1, 1000));
    item->counters = counters;
    item->slot = 3;
    item->admitted = 400;
    assert_ptr_equal(batcher_item_recover(item), item);
    assert_int_equal(atomic_load(&counters->slots[3].inflight_bytes), 0);
    item->counters = counters;
    item->slot = 5;
    item->admitted = 600;
    batcher_item_free(item);
    assert_int_equal(atomic_load(&counters->slots[5].inflight_bytes), 0);
    counters_close(counters);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(alone_is_stored_at_once),
        cmocka_unit_test(all_that_wait_share_a_transaction),
        cmocka_unit_test(rows_of_a_batch_are_limited),
        cmocka_unit_test(large_bodies_go_alone),
        cmocka_unit_test(stop_stores_all_that_waits),
        cmocka_unit_test(a_refused_row_is_found_by_halving),
        cmocka_unit_test(what_postgresql_cannot_read_is_invalid_json),
        cmocka_unit_test(a_refused_quarantine_is_our_fault),
        cmocka_unit_test(a_conflict_is_tried_three_times_more_then_kept),
        cmocka_unit_test(a_batch_that_takes_too_long_is_kept),
        cmocka_unit_test(what_can_not_be_kept_in_time_either_is_sent_again),
        cmocka_unit_test(what_takes_too_much_memory_is_kept),
        cmocka_unit_test(a_lost_commit_is_stored_again),
        cmocka_unit_test(a_batch_that_breaks_the_connection_is_halved),
        cmocka_unit_test(a_database_that_refuses_is_waited_for),
        cmocka_unit_test(a_fault_of_ours_is_answered_at_once),
        cmocka_unit_test(a_waiter_that_gives_up_leaves_its_item),
        cmocka_unit_test(an_answer_that_comes_late_gives_the_item_back),
        cmocka_unit_test(what_nobody_waits_for_is_not_stored),
        cmocka_unit_test(a_database_long_away_is_not_waited_for),
        cmocka_unit_test(admitted_bytes_are_given_back_with_the_body),
    };

    if (argc > 1 && argv[1][0] != '\0')
        cmocka_set_test_filter(argv[1]);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
