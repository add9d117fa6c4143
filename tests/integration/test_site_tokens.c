/* OAuth tokens of a site against a real database: rotated, kept, and refreshed by one at a time. */
#include "site_tokens.h"

#include "support/store_world.h"

#include <pthread.h>
#include <time.h>

struct holder {
    struct world *world;
    struct rest_tokens held;
    enum error_code code;
};

static struct site_tokens *tokens_of(struct world *world)
{
    struct site_tokens *tokens = site_tokens_new(world->db, world->tenant, world->source.name);
    assert_non_null(tokens);
    return tokens;
}

static void hold(struct site_tokens *tokens, const char *first, struct rest_tokens *held)
{
    struct error error = {0};
    if (site_tokens_hold(tokens, first, held, &error) != ERROR_NONE)
        fail_msg("%s", error.message);
}

static void write_tokens(struct site_tokens *tokens, const struct rest_tokens *written)
{
    struct error error = {0};
    if (site_tokens_write(tokens, written, 3600, &error) != ERROR_NONE)
        fail_msg("%s", error.message);
}

static void tokens_begin_with_the_configured_one(void **state)
{
    (void)state;
    struct world world = world_new("first", SOURCE_JIRA);
    struct site_tokens *tokens = tokens_of(&world);
    struct rest_tokens held;
    hold(tokens, "configured", &held);
    assert_string_equal(held.refresh, "configured");
    assert_string_equal(held.access, "");
    assert_int_equal(held.generation, 0);
    write_tokens(tokens, NULL);
    site_tokens_free(tokens);
    world_free(&world);
}

static void tokens_that_were_rotated_are_kept(void **state)
{
    (void)state;
    struct world world = world_new("rotated", SOURCE_JIRA);
    struct site_tokens *tokens = tokens_of(&world);
    struct rest_tokens held, brought = {.access = "access-1", .refresh = "second"};
    hold(tokens, "configured", &held);
    write_tokens(tokens, &brought);
    hold(tokens, "configured", &held);
    assert_string_equal(held.access, "access-1");
    assert_string_equal(held.refresh, "second");
    assert_int_equal(held.generation, 1);
    assert_true(held.access_until > instant_now() + 3500 * INT64_C(1000000));
    /* An answer without a new refresh token leaves the old one. */
    struct rest_tokens shorter = {.access = "access-2"};
    write_tokens(tokens, &shorter);
    hold(tokens, NULL, &held);
    assert_string_equal(held.access, "access-2");
    assert_string_equal(held.refresh, "second");
    write_tokens(tokens, NULL);
    site_tokens_free(tokens);
    world_free(&world);
}

static void *hold_elsewhere(void *argument)
{
    struct holder *holder = argument;
    struct site_tokens *tokens = site_tokens_new(holder->world->db, holder->world->tenant, holder->world->source.name);
    struct error error = {0};
    holder->code = site_tokens_hold(tokens, "configured", &holder->held, &error);
    if (holder->code == ERROR_NONE)
        holder->code = site_tokens_write(tokens, NULL, 0, &error);
    site_tokens_free(tokens);
    return NULL;
}

static bool is_waiting(struct world *world)
{
    char *waits = ask(world, "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                             " AND query LIKE '%hold_oauth_tokens%' AND datname = current_database()) AND $1 <> ''");
    bool is = strcmp(waits, "t") == 0;
    free(waits);
    return is;
}

static void tokens_are_refreshed_by_one_at_a_time(void **state)
{
    (void)state;
    struct world world = world_new("one", SOURCE_JIRA), other = world, watcher = world;
    other.db = db_new(getenv("PGURI"), "test");
    watcher.db = db_new(getenv("PGURI"), "test");
    struct site_tokens *tokens = tokens_of(&world);
    struct rest_tokens held, brought = {.access = "access-1", .refresh = "second"};
    struct holder holder = {.world = &other};
    pthread_t thread;
    hold(tokens, "configured", &held);
    assert_int_equal(pthread_create(&thread, NULL, hold_elsewhere, &holder), 0);
    while (!is_waiting(&watcher))
        nanosleep(&(const struct timespec){.tv_nsec = 10000000}, NULL);
    write_tokens(tokens, &brought);
    pthread_join(thread, NULL);
    /* The other one finds what the first brought, and need not refresh. */
    assert_int_equal(holder.code, ERROR_NONE);
    assert_int_equal(holder.held.generation, 1);
    assert_string_equal(holder.held.access, "access-1");
    assert_string_equal(holder.held.refresh, "second");
    site_tokens_free(tokens);
    db_close(other.db);
    db_close(watcher.db);
    world_free(&world);
}

static void a_refresh_that_fails_leaves_the_tokens(void **state)
{
    (void)state;
    struct world world = world_new("fails", SOURCE_JIRA);
    struct site_tokens *tokens = tokens_of(&world);
    struct rest_tokens held;
    hold(tokens, "configured", &held);
    write_tokens(tokens, NULL);
    hold(tokens, NULL, &held);
    assert_string_equal(held.refresh, "configured");
    assert_int_equal(held.generation, 0);
    write_tokens(tokens, NULL);
    site_tokens_free(tokens);
    world_free(&world);
}

static void a_revoked_token_is_renewed_once_before_it_counts(void **state)
{
    (void)state;
    struct world world = world_new("once", SOURCE_JIRA);
    struct site_tokens *tokens = tokens_of(&world);
    struct rest_tokens held;
    assert_true(site_tokens_may_renew(tokens));
    hold(tokens, "configured", &held);
    write_tokens(tokens, NULL);
    assert_false(site_tokens_may_renew(tokens));
    site_tokens_settle(tokens);
    assert_true(site_tokens_may_renew(tokens));
    site_tokens_free(tokens);
    world_free(&world);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tokens_begin_with_the_configured_one),
        cmocka_unit_test(tokens_that_were_rotated_are_kept),
        cmocka_unit_test(tokens_are_refreshed_by_one_at_a_time),
        cmocka_unit_test(a_refresh_that_fails_leaves_the_tokens),
        cmocka_unit_test(a_revoked_token_is_renewed_once_before_it_counts),
    };
    if (argc > 1 && argv[1][0] != '\0')
        cmocka_set_test_filter(argv[1]);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
