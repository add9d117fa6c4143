/* The job verbs against a real database: fencing, collapse, poison, conflicts, and two workers at once. */
#include "job.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum {
    TIMEOUT_MS = 10000,
    MANY = 2000,
};

static const char *conninfo(void)
{
    const char *uri = getenv("PGURI");
    assert_non_null(uri);
    return uri;
}

static struct job_context new_context(void)
{
    struct job_context context = {
        .db = db_new(conninfo(), "test"), .tenant = "main", .timeout_ms = TIMEOUT_MS, .lease_ms = 60000};
    assert_non_null(context.db);
    return context;
}

static const struct job_kind *noop(void)
{
    const struct job_kind *kind = job_kinds;
    while (strcmp(kind->name, "noop") != 0)
        kind++;
    return kind;
}

static void sql(const struct job_context *context, const char *statement)
{
    struct error error = {.code = ERROR_NONE};
    if (db_execute(context->db, statement, TIMEOUT_MS, &error) != ERROR_NONE)
        fail_msg("%s: %s", statement, error.message);
}

/* The first value of a query, in a buffer that the next call overwrites. */
static const char *value(const struct job_context *context, const char *statement)
{
    static char text[256];
    PGresult *result = NULL;
    struct error error = {.code = ERROR_NONE};
    if (db_query(context->db, statement, NULL, 0, TIMEOUT_MS, &result, &error) != ERROR_NONE)
        fail_msg("%s: %s", statement, error.message);
    snprintf(text, sizeof text, "%s", PQntuples(result) ? PQgetvalue(result, 0, 0) : "");
    PQclear(result);
    return text;
}

static void enqueue(const struct job_context *context, const char *kind, int from, int to)
{
    char statement[256];
    snprintf(statement, sizeof statement,
             "SELECT jirasync.enqueue_jobs('main', array_agg('%s'::text), array_agg('a'::text), "
             "array_agg(g::text))"
             " FROM generate_series(%d, %d) g",
             kind, from, to);
    sql(context, statement);
}

static struct job_batch claim(const struct job_context *context, const struct job_kind *kind, size_t limit,
                              const char *worker)
{
    struct job_batch batch;
    struct error error = {.code = ERROR_NONE};
    if (job_claim(context, kind, limit, worker, &batch, &error) != ERROR_NONE)
        fail_msg("claim: %s", error.message);
    return batch;
}

static int set_up(void **state)
{
    struct job_context *context = malloc(sizeof *context);
    assert_non_null(context);
    *context = new_context();
    sql(context, "TRUNCATE jirasync.jobs, jirasync.job_counts");
    sql(context, "UPDATE jirasync.settings SET value = '0' WHERE name = 'debounce_ms'");
    *state = context;
    return 0;
}

static int tear_down(void **state)
{
    struct job_context *context = *state;
    db_close(context->db);
    free(context);
    return 0;
}

static void job_claim_holds_what_it_claimed(void **state)
{
    struct job_context *context = *state;
    enqueue(context, "noop", 1, 5);
    struct job_batch first = claim(context, noop(), 3, "ada"), second = claim(context, noop(), 10, "bob");
    assert_int_equal(first.count, 3);
    assert_int_equal(second.count, 2);
    assert_string_equal(first.jobs[0].source, "a");
    assert_string_equal(
        value(context, "SELECT count(*) FROM jirasync.jobs WHERE leased_by = 'ada' AND state = 'running'"),
        "3");
    struct job_batch none = claim(context, noop(), 10, "eve");
    assert_int_equal(none.count, 0);
    job_batch_clear(&none);
    job_batch_clear(&second);
    job_batch_clear(&first);
}

static void job_claim_leaves_unknown_kinds_alone(void **state)
{
    struct job_context *context = *state;
    PGresult *due = NULL;
    struct error error;
    enqueue(context, "somebody_elses", 1, 5);
    assert_int_equal(job_due(context, job_kinds, &due, &error), ERROR_NONE);
    assert_int_equal(PQntuples(due), 0);
    PQclear(due);
}

static void job_due_tells_tenants_and_when(void **state)
{
    struct job_context *context = *state;
    PGresult *due = NULL;
    struct error error;
    enqueue(context, "noop", 1, 1);
    sql(context, "SELECT jirasync.enqueue_job('noop', 'x', 'a', 'other')");
    sql(context, "UPDATE jirasync.jobs SET run_at = now() + interval '1 h' WHERE tenant = 'main'");
    assert_int_equal(job_due(context, job_kinds, &due, &error), ERROR_NONE);
    assert_int_equal(PQntuples(due), 2);
    assert_string_equal(PQgetvalue(due, 0, 0), "other");
    assert_string_equal(PQgetvalue(due, 0, 1), "0");
    assert_string_equal(PQgetvalue(due, 1, 0), "main");
    assert_in_range(atoi(PQgetvalue(due, 1, 1)), 3500000, 3600000);
    PQclear(due);
}

static void a_late_worker_cannot_complete_what_it_lost(void **state)
{
    struct job_context *context = *state;
    struct error error = {.code = ERROR_NONE};
    int64_t rescued = 0;
    enqueue(context, "noop", 1, 3);
    struct job_batch late = claim(context, noop(), 10, "late");
    sql(context, "UPDATE jirasync.jobs SET lease_expires_at = now() - interval '1 s'");
    assert_int_equal(job_rescue(context, &rescued, &error), ERROR_NONE);
    assert_int_equal(rescued, 3);
    struct job_batch next = claim(context, noop(), 10, "next");
    assert_int_equal(next.count, 3);
    assert_int_equal(next.jobs[0].attempts, 1);

    assert_int_not_equal(job_complete(context, late.jobs, late.count, &error), ERROR_NONE);
    assert_string_equal(error.sqlstate, "JS001");
    assert_string_equal(value(context, "SELECT count(*) FROM jirasync.jobs WHERE leased_by = 'next'"), "3");
    assert_int_equal(job_complete(context, next.jobs, next.count, &error), ERROR_NONE);
    assert_string_equal(value(context, "SELECT sum(completed) FROM jirasync.job_counts"), "3");
    job_batch_clear(&next);
    job_batch_clear(&late);
}

static void a_batch_goes_on_without_the_jobs_it_lost(void **state)
{
    struct job_context *context = *state;
    struct error error = {.code = ERROR_NONE};
    enqueue(context, "noop", 1, 7);
    struct job_batch batch = claim(context, noop(), 10, "ada");
    sql(context, "SELECT jirasync.discard_job(id) FROM jirasync.jobs WHERE key IN ('3', '4')");
    assert_int_equal(job_run(context, noop(), batch.jobs, batch.count, &error), ERROR_NONE);
    assert_string_equal(value(context, "SELECT sum(completed) FROM jirasync.job_counts"), "5");
    assert_string_equal(
        value(context, "SELECT string_agg(key || state, ' ' ORDER BY key) FROM jirasync.jobs"),
        "3discarded 4discarded");
    assert_int_equal(job_run(context, noop(), batch.jobs, batch.count, &error), ERROR_NONE);
    assert_string_equal(value(context, "SELECT sum(completed) FROM jirasync.job_counts"), "5");
    job_batch_clear(&batch);
}

static void an_event_while_its_job_runs_makes_one_more_run(void **state)
{
    struct job_context *context = *state;
    struct error error = {.code = ERROR_NONE};
    enqueue(context, "noop", 1, 1);
    struct job_batch running = claim(context, noop(), 10, "ada");
    for (int i = 0; i < 3; i++)
        enqueue(context, "noop", 1, 1);
    assert_int_equal(job_complete(context, running.jobs, running.count, &error), ERROR_NONE);
    struct job_batch more = claim(context, noop(), 10, "ada");
    assert_int_equal(more.count, 1);
    assert_int_equal(job_complete(context, more.jobs, more.count, &error), ERROR_NONE);
    assert_string_equal(value(context, "SELECT count(*) FROM jirasync.jobs"), "0");
    job_batch_clear(&more);
    job_batch_clear(&running);
}

static enum error_code divide_by_zero_for_13(const struct job_context *context, const struct job *jobs,
                                             size_t count, struct error *error)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(jobs[i].key, "13") == 0)
            return db_execute(context->db, "SELECT 1 / 0", TIMEOUT_MS, error);
    return job_complete(context, jobs, count, error);
}

static void only_the_poison_job_fails(void **state)
{
    struct job_context *context = *state;
    struct error error = {.code = ERROR_NONE};
    struct job_kind kind = {.name = "noop", .run = divide_by_zero_for_13};
    enqueue(context, "noop", 1, 20);
    struct job_batch batch = claim(context, &kind, 100, "ada");
    assert_int_equal(batch.count, 20);
    assert_int_equal(job_run(context, &kind, batch.jobs, batch.count, &error), ERROR_NONE);
    assert_string_equal(value(context, "SELECT key || ' ' || state || ' ' || attempts || ' ' || last_error"
                                       " FROM jirasync.jobs"),
                        "13 retryable 1 22012: division by zero");
    assert_string_equal(
        value(context, "SELECT sum(completed) || ' ' || sum(retried) FROM jirasync.job_counts"), "19 1");
    job_batch_clear(&batch);
}

static int conflicts_left;

static enum error_code conflict(const struct job_context *context, const struct job *jobs, size_t count,
                                struct error *error)
{
    if (conflicts_left-- > 0)
        return db_execute(context->db, "DO $$ BEGIN RAISE EXCEPTION SQLSTATE '40001'; END $$", TIMEOUT_MS,
                          error);
    return job_complete(context, jobs, count, error);
}

static void a_conflict_is_tried_three_times_and_costs_no_attempt(void **state)
{
    struct job_context *context = *state;
    struct error error = {.code = ERROR_NONE};
    struct job_kind kind = {.name = "noop", .run = conflict};
    enqueue(context, "noop", 1, 2);
    struct job_batch batch = claim(context, &kind, 100, "ada");
    conflicts_left = 3;
    assert_int_equal(job_run(context, &kind, batch.jobs, batch.count, &error), ERROR_DATABASE_CONFLICT);
    assert_int_equal(conflicts_left, 0);
    assert_true(job_is_surroundings(context, &error));
    assert_int_equal(job_give_back(context, batch.jobs, batch.count, 0, &error), ERROR_NONE);
    assert_string_equal(value(context, "SELECT max(attempts) || ' ' || min(state) || ' ' || max(state)"
                                       " FROM jirasync.jobs"),
                        "0 available available");
    job_batch_clear(&batch);
    batch = claim(context, &kind, 100, "ada");
    conflicts_left = 2;
    assert_int_equal(job_run(context, &kind, batch.jobs, batch.count, &error), ERROR_NONE);
    assert_string_equal(value(context, "SELECT count(*) FROM jirasync.jobs"), "0");
    job_batch_clear(&batch);
}

static enum error_code lose_the_connection(const struct job_context *context, const struct job *jobs,
                                           size_t count, struct error *error)
{
    (void)jobs;
    (void)count;
    return db_execute(context->db, "SELECT pg_terminate_backend(pg_backend_pid())", TIMEOUT_MS, error);
}

static void a_lost_connection_costs_no_attempt(void **state)
{
    struct job_context *context = *state;
    struct error error = {.code = ERROR_NONE};
    struct job_kind kind = {.name = "noop", .run = lose_the_connection};
    enqueue(context, "noop", 1, 4);
    struct job_batch batch = claim(context, &kind, 100, "ada");
    assert_int_not_equal(job_run(context, &kind, batch.jobs, batch.count, &error), ERROR_NONE);
    assert_true(job_is_surroundings(context, &error));
    assert_int_equal(job_give_back(context, batch.jobs, batch.count, 0, &error), ERROR_NONE);
    assert_string_equal(
        value(context, "SELECT count(*) FROM jirasync.jobs WHERE state = 'available' AND attempts = 0"), "4");
    job_batch_clear(&batch);
}

static void surroundings_are_told_from_own_faults(void **state)
{
    static const char *const theirs[] = {"", "08006", "57P01", "57P03", "40001",
                                         "40P01", "53100", "55P03", "25006", "58030"};
    static const char *const own[] = {"22012", "23505", "42883", "54000", "P0001", "57014"};
    struct job_context *context = *state;
    struct error error = {.code = ERROR_DATABASE_AWAY};
    for (size_t i = 0; i < sizeof theirs / sizeof *theirs; i++) {
        snprintf(error.sqlstate, sizeof error.sqlstate, "%s", theirs[i]);
        assert_true(job_is_surroundings(context, &error));
    }
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
        snprintf(error.sqlstate, sizeof error.sqlstate, "%s", own[i]);
        assert_false(job_is_surroundings(context, &error));
    }
    atomic_bool cancelled = true;
    struct job_context stopping = *context;
    stopping.cancelled = &cancelled;
    assert_true(job_is_surroundings(&stopping, &error)); /* 57014 by the stop itself */
}

static void job_fail_keeps_to_retry_after(void **state)
{
    struct job_context *context = *state;
    struct error error = {.code = ERROR_NONE}, why = {.message = "too many requests"};
    enqueue(context, "noop", 1, 1);
    struct job_batch batch = claim(context, noop(), 1, "ada");
    assert_int_equal(job_fail(context, batch.jobs, &why, 3600000, &error), ERROR_NONE);
    assert_string_equal(value(context, "SELECT attempts || last_error || (run_at > now() + interval '59 min')"
                                       " FROM jirasync.jobs"),
                        "1too many requeststrue");
    job_batch_clear(&batch);
}

static void job_extend_tells_which_are_held(void **state)
{
    struct job_context *context = *state;
    struct error error = {.code = ERROR_NONE};
    bool held[3];
    enqueue(context, "noop", 1, 3);
    struct job_batch batch = claim(context, noop(), 10, "ada");
    sql(context, "SELECT jirasync.discard_job(id) FROM jirasync.jobs WHERE key = '2'");
    sql(context,
        "UPDATE jirasync.jobs SET lease_expires_at = now() - interval '1 s' WHERE state = 'running'");
    assert_int_equal(job_extend(context, batch.jobs, batch.count, held, &error), ERROR_NONE);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(held[i], strcmp(batch.jobs[i].key, "2") != 0);
    assert_string_equal(value(context, "SELECT count(*) FROM jirasync.jobs WHERE lease_expires_at > now()"),
                        "2");
    job_batch_clear(&batch);
}

static void suspects_run_alone_and_last(void **state)
{
    struct job_context *context = *state;
    enqueue(context, "noop", 1, 6);
    sql(context, "UPDATE jirasync.jobs SET attempts = key::int % 3, state = 'retryable'");
    struct job_batch batch = claim(context, noop(), 10, "ada");
    assert_int_equal(job_slice(&batch, 0), 4);
    assert_int_equal(job_slice(&batch, 4), 1);
    assert_int_equal(job_slice(&batch, 5), 1);
    assert_int_equal(batch.jobs[4].attempts, 2);
    assert_int_equal(batch.jobs[5].attempts, 2);
    job_batch_clear(&batch);
}

struct claimer {
    pthread_t thread;
    size_t claimed;
    bool has_failed;
};

static void *claim_all(void *argument)
{
    struct claimer *claimer = argument;
    struct job_context context = {
        .db = db_new(getenv("PGURI"), "test"), .tenant = "main", .timeout_ms = TIMEOUT_MS, .lease_ms = 60000};
    for (size_t count = 1; count > 0 && !claimer->has_failed;) {
        struct job_batch batch;
        struct error error;
        claimer->has_failed =
            job_claim(&context, noop(), 37, "both", &batch, &error) != ERROR_NONE ||
            (batch.count > 0 && job_complete(&context, batch.jobs, batch.count, &error) != ERROR_NONE);
        count = batch.count;
        claimer->claimed += count;
        job_batch_clear(&batch);
    }
    db_close(context.db);
    return NULL;
}

static void two_connections_claim_each_job_once(void **state)
{
    struct job_context *context = *state;
    struct claimer claimers[2] = {{.claimed = 0}, {.claimed = 0}};
    enqueue(context, "noop", 1, MANY);
    for (int i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&claimers[i].thread, NULL, claim_all, &claimers[i]), 0);
    for (int i = 0; i < 2; i++)
        pthread_join(claimers[i].thread, NULL);
    assert_false(claimers[0].has_failed || claimers[1].has_failed);
    /* A claim skips what the other has locked, so both may have left before the last job was put down. */
    struct job_batch rest = claim(context, noop(), MANY, "rest");
    assert_int_equal(claimers[0].claimed + claimers[1].claimed + rest.count, MANY);
    struct error error;
    if (rest.count > 0)
        assert_int_equal(job_complete(context, rest.jobs, rest.count, &error), ERROR_NONE);
    assert_string_equal(value(context, "SELECT sum(completed) FROM jirasync.job_counts"), "2000");
    job_batch_clear(&rest);
}

int main(int argc, char **argv)
{
    if (argc > 1 && *argv[1])
        cmocka_set_test_filter(argv[1]);
#define JOB_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        JOB_TEST(job_claim_holds_what_it_claimed),
        JOB_TEST(job_claim_leaves_unknown_kinds_alone),
        JOB_TEST(job_due_tells_tenants_and_when),
        JOB_TEST(a_late_worker_cannot_complete_what_it_lost),
        JOB_TEST(a_batch_goes_on_without_the_jobs_it_lost),
        JOB_TEST(an_event_while_its_job_runs_makes_one_more_run),
        JOB_TEST(only_the_poison_job_fails),
        JOB_TEST(a_conflict_is_tried_three_times_and_costs_no_attempt),
        JOB_TEST(a_lost_connection_costs_no_attempt),
        JOB_TEST(surroundings_are_told_from_own_faults),
        JOB_TEST(job_fail_keeps_to_retry_after),
        JOB_TEST(job_extend_tells_which_are_held),
        JOB_TEST(suspects_run_alone_and_last),
        JOB_TEST(two_connections_claim_each_job_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
