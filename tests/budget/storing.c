/* Stores deliveries through the library, and lets the server count what all but the first of them cost.
 *
 * storing CONNINFO BATCH BYTES WARM COUNT FIRST ISSUES MOMENT ordered|scattered|pushes: stores COUNT deliveries of BYTES
 * bytes in batches of BATCH, one after the other. They tell of ISSUES issues from FIRST on, in the order of their ids or
 * scattered, each a millisecond after the former, from MOMENT on; or they are pushes of three commits each, from number
 * FIRST on, as large as they are. After WARM of them the server's statistics begin anew.
 */
#include "arena.h"
#include "body.h"
#include "db.h"
#include "normalize.h"
#include "normalize_delivery.h"
#include "signature.h"
#include "store.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BATCH_MAX = 64,
       TIMEOUT_MS = 60000 };

struct plan {
    long batch, bytes, warm, count, first, issues, moment;
    long stride; /* from one delivery's issue to the next one's */
    bool are_pushes;
};

struct batch {
    struct store_item items[BATCH_MAX];
    enum store_outcome outcomes[BATCH_MAX];
    char *bodies[BATCH_MAX];
    struct arena *arena;
};

static void fail(const char *what, const struct error *error)
{
    (void)fprintf(stderr, "storing: %s: %s\n", what, error->message);
    exit(1);
}

/* As long as the ids that Jira and GitHub send, and no more in order than those. */
static void make_id(struct batch *batch, struct store_item *item, long moment)
{
    unsigned char hash[32];
    char id[64];

    signature_body_hash(item->body, item->body_length, hash);
    item->delivery_id = arena_copy(batch->arena, id, (size_t)snprintf(id, sizeof id, "%08x-%04x-4000-8000-%012lx", *(const unsigned *)hash, *(const unsigned short *)(hash + 4), moment));
}

static void fill_item(struct batch *batch, long place, const struct plan *plan, long number)
{
    static const struct source jira = {.name = (char *)"default", .tenant = (char *)"main", .kind = SOURCE_JIRA};
    static const struct source github = {.name = (char *)"github", .tenant = (char *)"main", .kind = SOURCE_GITHUB};
    long issue = plan->first + number * plan->stride % plan->issues, moment = plan->moment + number;
    struct store_item *item = &batch->items[place];
    struct normal_form *form = NULL;
    struct error error = {0};

    free(batch->bodies[place]);
    /* Now: what is stored long after it was received costs one index more. */
    *item = (struct store_item){.source = plan->are_pushes ? &github : &jira, .received_at = instant_now() + moment, .content_type = "application/json", .matched_secret = "env:JIRA_WEBHOOK_SECRET"};
    batch->bodies[place] = plan->are_pushes ? body_push_new(plan->first + number, &item->body_length)
                                            : body_new(issue, moment, (size_t)plan->bytes, &item->body_length);
    item->body = (const unsigned char *)batch->bodies[place];
    make_id(batch, item, moment);
    if (normalize_delivery(item, "push", batch->arena, &form, &error) != ERROR_NONE)
        fail("normalize", &error);
    item->form = form;
}

static void store_batch(struct db *db, struct batch *batch, const struct plan *plan, long number)
{
    struct error error = {0};
    bool enqueued;

    arena_reset(batch->arena);
    for (long i = 0; i < plan->batch; i++)
        fill_item(batch, i, plan, number + i);
    if (store_deliveries(db, batch->items, (size_t)plan->batch, TIMEOUT_MS, batch->outcomes, &enqueued, &error) != ERROR_NONE)
        fail("store", &error);
    for (long i = 0; i < plan->batch; i++)
        if (batch->outcomes[i] != STORE_APPLIED) {
            (void)fprintf(stderr, "storing: delivery %ld was not applied: %s\n", number + i, store_outcome_name(batch->outcomes[i]));
            exit(1);
        }
}

static void execute(struct db *db, const char *sql)
{
    struct error error = {0};

    if (db_execute(db, sql, TIMEOUT_MS, &error) != ERROR_NONE)
        fail(sql, &error);
}

/* What the session counted so far is reported first: it would be added later. */
static void begin_statistics(struct db *db)
{
    execute(db, "SELECT pg_stat_force_next_flush()");
    execute(db, "SELECT pg_stat_reset()");
    execute(db, "SELECT pg_stat_statements_reset()");
}

static long common_divisor(long a, long b)
{
    return b == 0 ? a : common_divisor(b, a % b);
}

/* By the golden section: neighbours come far apart in time, and each issue once in a round. */
static long scattering_stride(long issues)
{
    long stride = issues * 618 / 1000 + 1;

    while (common_divisor(stride, issues) != 1)
        stride++;
    return stride;
}

static bool read_plan(int argc, char **argv, struct plan *plan)
{
    long *members[] = {&plan->batch, &plan->bytes, &plan->warm, &plan->count, &plan->first, &plan->issues, &plan->moment};

    if (argc != 10)
        return false;
    for (int i = 0; i < 7; i++)
        *members[i] = strtol(argv[i + 2], NULL, 10);
    plan->are_pushes = strcmp(argv[9], "pushes") == 0;
    plan->stride = strcmp(argv[9], "scattered") == 0 ? scattering_stride(plan->issues) : 1;
    return plan->batch >= 1 && plan->batch <= BATCH_MAX && plan->issues > 0 && plan->count % plan->batch == 0 &&
           plan->warm % plan->batch == 0;
}

int main(int argc, char **argv)
{
    static struct batch batch;
    struct plan plan;

    if (!read_plan(argc, argv, &plan) || sodium_init() < 0) {
        (void)fprintf(stderr, "usage: storing CONNINFO BATCH BYTES WARM COUNT FIRST ISSUES MOMENT ordered|scattered|pushes\n");
        return 2;
    }
    struct db *db = db_new(argv[1], "budget");
    normalize_init();
    batch.arena = arena_new((size_t)1 << 28);
    for (long number = 0; number < plan.count; number += plan.batch) {
        if (number == plan.warm)
            begin_statistics(db);
        store_batch(db, &batch, &plan, number);
    }
    execute(db, "SELECT pg_stat_force_next_flush()");
    for (long i = 0; i < BATCH_MAX; i++)
        free(batch.bodies[i]);
    arena_free(batch.arena);
    db_close(db);
    return 0;
}
