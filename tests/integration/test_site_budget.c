/* The bucket and the circuit of a site against a real database: one process, many processes, each header. */
#include "site_budget.h"

#include "support/store_world.h"

#include <inttypes.h>
#include <sys/wait.h>
#include <time.h>

enum {
    PROCESSES = 4,
    TAKES = 5000,
    RATE = 1500,
    BURST = 100,
};

static struct site_budget *budget_of(struct world *world, int64_t patience_ms, const atomic_bool *cancelled)
{
    const struct site_budget_options options = {.db = world->db,
                                                .tenant = world->tenant,
                                                .source = world->source.name,
                                                .timeout_ms = TIMEOUT_MS,
                                                .patience_ms = patience_ms,
                                                .cancelled = cancelled};
    struct site_budget *budget = site_budget_new(&options);
    assert_non_null(budget);
    return budget;
}

static void set_rate(struct world *world, const char *rate, const char *burst)
{
    struct error error = {0};
    const char *values[] = {world->tenant, rate, burst};
    const struct db_params params = {.count = 3, .values = values};
    PGresult *result = NULL;
    if (db_query(world->db,
                 "INSERT INTO jirasync.site_settings (tenant, source, requests_per_second, requests_burst)"
                 " VALUES ($1, $1, $2, $3)",
                 &params, 0, TIMEOUT_MS, &result, &error) != ERROR_NONE)
        fail_msg("%s", error.message);
    PQclear(result);
}

static int take(struct site_budget *budget, int wanted)
{
    int granted = 0;
    struct error error = {0};
    if (site_budget_take(budget, "search", wanted, &granted, &error) != ERROR_NONE)
        fail_msg("%s", error.message);
    return granted;
}

/* An answer with one header. */
static struct http_answer answer_of(int status, enum http_header header, const char *value)
{
    struct http_answer answer = {.fault = status ? HTTP_ANSWERED : HTTP_CONNECT, .status = status, .headers_length = 1};
    if (value) {
        answer.header_at[header] = 1;
        (void)snprintf(answer.headers + 1, sizeof answer.headers - 1, "%s", value);
        answer.headers_length = (uint16_t)(2 + strlen(value));
    }
    return answer;
}

static void note(struct site_budget *budget, struct http_answer answer)
{
    struct error error = {0};
    if (site_budget_note(budget, "search", &answer, &error) != ERROR_NONE)
        fail_msg("%s", error.message);
}

static int refused(struct site_budget *budget, struct error *error)
{
    int granted = 0;
    *error = (struct error){0};
    assert_int_equal(site_budget_take(budget, "search", 1, &granted, error), ERROR_BUSY);
    return granted;
}

static void budget_grants_what_the_bucket_holds(void **state)
{
    (void)state;
    struct world world = world_new("holds", SOURCE_JIRA);
    set_rate(&world, "0.001", "5");
    struct site_budget *budget = budget_of(&world, 0, NULL);
    struct error error;
    assert_int_equal(take(budget, 3), 3);
    assert_int_equal(take(budget, 9), 2);
    assert_int_equal(refused(budget, &error), 0);
    assert_non_null(strstr(error.message, "its budget of requests is used up"));
    assert_true(site_budget_wait_ms(budget) > 900000);
    assert_int_equal(site_budget_taken(budget), 5);
    site_budget_free(budget);
    world_free(&world);
}

static void budget_waits_until_a_request_may_go(void **state)
{
    (void)state;
    struct world world = world_new("waits", SOURCE_JIRA);
    set_rate(&world, "50", "1");
    struct site_budget *budget = budget_of(&world, -1, NULL);
    for (int i = 0; i < 5; i++)
        assert_int_equal(take(budget, 2), 1);
    site_budget_free(budget);
    world_free(&world);
}

static void budget_ends_a_wait_that_is_cancelled(void **state)
{
    (void)state;
    struct world world = world_new("ends", SOURCE_JIRA);
    set_rate(&world, "0.001", "1");
    atomic_bool cancelled = false;
    struct site_budget *budget = budget_of(&world, -1, &cancelled);
    struct error error;
    assert_int_equal(take(budget, 1), 1);
    atomic_store(&cancelled, true);
    assert_int_equal(refused(budget, &error), 0);
    assert_non_null(strstr(error.message, "a stop was asked for"));
    site_budget_free(budget);
    world_free(&world);
}

static void budget_takes_until_done(const char *tenant)
{
    struct world world = {.db = db_new(getenv("PGURI"), "test"), .source = {.name = strdup(tenant), .tenant = strdup(tenant)}};
    (void)snprintf(world.tenant, sizeof world.tenant, "%s", tenant);
    struct site_budget *budget = budget_of(&world, -1, NULL);
    for (int left = TAKES / PROCESSES; left > 0;) {
        int granted = 0;
        struct error error = {0};
        if (site_budget_take(budget, "search", left > 7 ? 7 : left, &granted, &error) != ERROR_NONE)
            _exit(1);
        left -= granted;
    }
    _exit(site_budget_taken(budget) == TAKES / PROCESSES ? 0 : 1);
}

/* What was granted by a moment is never more than the burst and what the time brought: both in one statement, so that the
 * clock is read after the count. */
static void assert_within_bucket(struct world *world, const char *started)
{
    char sql[512];
    (void)snprintf(sql, sizeof sql,
                   "SELECT coalesce((SELECT b.taken FROM jirasync.site_budgets b WHERE b.tenant = $1), 0)"
                   " <= %d + ceil(%d * extract(epoch FROM clock_timestamp() - timestamptz '%s'))",
                   BURST, RATE, started);
    char *is_within = ask(world, sql);
    assert_string_equal(is_within, "t");
    free(is_within);
}

static void budget_of_many_processes_keeps_to_one_bucket(void **state)
{
    (void)state;
    struct world world = world_new("many", SOURCE_JIRA);
    char rate[16], burst[16];
    (void)snprintf(rate, sizeof rate, "%d", RATE);
    (void)snprintf(burst, sizeof burst, "%d", BURST);
    set_rate(&world, rate, burst);
    char *started = ask(&world, "SELECT clock_timestamp() WHERE $1 <> ''");
    int running = PROCESSES, failures = 0;
    for (int i = 0; i < PROCESSES; i++)
        if (fork() == 0)
            budget_takes_until_done(world.tenant);
    while (running > 0) {
        int status;
        assert_within_bucket(&world, started);
        if (waitpid(-1, &status, WNOHANG) > 0) {
            running--;
            failures += !WIFEXITED(status) || WEXITSTATUS(status) != 0;
        }
        const struct timespec pause = {.tv_nsec = 20000000};
        nanosleep(&pause, NULL);
    }
    assert_int_equal(failures, 0);
    assert_within_bucket(&world, started);
    char *taken = ask(&world, "SELECT b.taken FROM jirasync.site_budgets b WHERE b.tenant = $1");
    assert_int_equal(strtol(taken, NULL, 10), TAKES);
    free(taken);
    free(started);
    world_free(&world);
}

/* Each header that says how long to wait, alone in an answer, is heard by another struct of the same site. */
static void budget_hears_each_header(void **state)
{
    static const struct {
        int status;
        enum http_header header;
        const char *value, *with_header; /* the second one stands beside X-RateLimit-Remaining: 0 */
    } cases[] = {
        {429, HTTP_RETRY_AFTER, "30", NULL},
        {503, HTTP_RETRY_AFTER, "Thu, 01 Jan 2150 00:00:00 GMT", NULL},
        {200, HTTP_LIMIT_RESET, "2150-01-01T00:00Z", "0"},
        {200, HTTP_LIMIT_RESET, "2150-01-01T00:00:30.5+02:00", "0"},
        {429, HTTP_LIMIT_RESET, "2150-01-01T00:00Z", NULL},
        {200, HTTP_POINTS, "\"tenant-app-quota\";r=0;t=788", NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct world world = world_new("header", SOURCE_JIRA);
        struct site_budget *one = budget_of(&world, 0, NULL), *other = budget_of(&world, 0, NULL);
        struct error error;
        struct http_answer answer = answer_of(cases[i].status, cases[i].header, cases[i].value);
        if (cases[i].with_header) {
            answer.header_at[HTTP_LIMIT_REMAINING] = answer.headers_length;
            (void)snprintf(answer.headers + answer.headers_length, 16, "%s", cases[i].with_header);
        }
        note(one, answer);
        assert_true(site_budget_retry_after_ms(one) > 20000);
        assert_int_equal(refused(other, &error), 0);
        assert_non_null(strstr(error.message, "it asked for a pause"));
        site_budget_free(one);
        site_budget_free(other);
        world_free(&world);
    }
}

static void budget_takes_a_retry_after_of_zero_for_none(void **state)
{
    (void)state;
    struct world world = world_new("zero", SOURCE_JIRA);
    struct site_budget *budget = budget_of(&world, 0, NULL);
    note(budget, answer_of(200, HTTP_RETRY_AFTER, "0"));
    assert_int_equal(site_budget_retry_after_ms(budget), -1);
    assert_int_equal(take(budget, 1), 1);
    site_budget_free(budget);
    world_free(&world);
}

static void budget_goes_slow_near_the_limit(void **state)
{
    static const struct {
        enum http_header header;
        const char *value;
    } cases[] = {{HTTP_LIMIT_NEAR, "true"}, {HTTP_POINTS_BETA, "\"tenant-app-quota\";r=0;t=788"}};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct world world = world_new("near", SOURCE_JIRA);
        struct site_budget *budget = budget_of(&world, 0, NULL);
        note(budget, answer_of(200, cases[i].header, cases[i].value));
        char *is_slow = ask(&world, "SELECT b.slow_until > now() FROM jirasync.site_budgets b WHERE b.tenant = $1");
        assert_string_equal(is_slow, "t");
        free(is_slow);
        site_budget_free(budget);
        world_free(&world);
    }
}

static void budget_opens_the_circuit_for_all_and_probes(void **state)
{
    (void)state;
    struct world world = world_new("circuit", SOURCE_JIRA);
    struct site_budget *one = budget_of(&world, 0, NULL), *other = budget_of(&world, 0, NULL);
    struct error error;
    note(one, answer_of(401, HTTP_DATE, NULL));
    assert_true(site_budget_is_open(one));
    assert_int_equal(refused(other, &error), 0);
    assert_non_null(strstr(error.message, "renew them"));
    free(ask(&world, "UPDATE jirasync.site_budgets SET probe_at = now() WHERE tenant = $1 RETURNING 1"));
    assert_int_equal(take(other, 50), 1);
    assert_int_equal(refused(one, &error), 0);
    note(other, answer_of(200, HTTP_DATE, NULL));
    assert_false(site_budget_is_open(other));
    assert_true(take(one, 5) > 1);
    site_budget_free(one);
    site_budget_free(other);
    world_free(&world);
}

static void budget_pauses_when_no_answer_comes(void **state)
{
    (void)state;
    struct world world = world_new("none", SOURCE_JIRA);
    struct site_budget *budget = budget_of(&world, 0, NULL);
    note(budget, answer_of(0, HTTP_DATE, NULL));
    char *why = ask(&world, "SELECT b.paused_why FROM jirasync.site_budgets b WHERE b.tenant = $1");
    assert_string_equal(why, "no answer");
    assert_int_equal(site_budget_retry_after_ms(budget), -1);
    free(why);
    site_budget_free(budget);
    world_free(&world);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(budget_grants_what_the_bucket_holds),
        cmocka_unit_test(budget_waits_until_a_request_may_go),
        cmocka_unit_test(budget_ends_a_wait_that_is_cancelled),
        cmocka_unit_test(budget_of_many_processes_keeps_to_one_bucket),
        cmocka_unit_test(budget_hears_each_header),
        cmocka_unit_test(budget_takes_a_retry_after_of_zero_for_none),
        cmocka_unit_test(budget_goes_slow_near_the_limit),
        cmocka_unit_test(budget_opens_the_circuit_for_all_and_probes),
        cmocka_unit_test(budget_pauses_when_no_answer_comes),
    };
    if (argc > 1 && argv[1][0] != '\0')
        cmocka_set_test_filter(argv[1]);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
