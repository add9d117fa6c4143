/* A database as the tests of the store use it: a tenant for each test, and questions of one value. PGURI names it. */
#ifndef JIRASYNC_TESTS_STORE_WORLD_H
#define JIRASYNC_TESTS_STORE_WORLD_H

#include "db.h"
#include "source.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { TIMEOUT_MS = 20000 };

/* A tenant of its own with one source, so that tests may run at the same time. Close with world_free. */
struct world {
    struct db *db;
    struct source source;
    char tenant[64];
};

static inline struct world world_new(const char *name, enum source_kind kind)
{
    static int count;
    struct world world = {.source = {.kind = kind}};
    (void)snprintf(world.tenant, sizeof world.tenant, "%s-%d-%d", name, (int)getpid(), count++);
    world.source.name = strdup(world.tenant);
    world.source.tenant = strdup(world.tenant);
    world.db = db_new(getenv("PGURI") == NULL ? "" : getenv("PGURI"), "test");
    assert_non_null(world.db);
    return world;
}

static inline void world_free(struct world *world)
{
    db_close(world->db);
    free(world->source.name);
    free(world->source.tenant);
}

/* One value, as text; $1 is the tenant. The caller frees. */
static inline char *ask(struct world *world, const char *sql)
{
    struct error error = {0};
    const char *values[] = {world->tenant};
    const Oid types[] = {25};
    struct db_params params = {.count = 1, .types = types, .values = values};
    PGresult *result = NULL;
    if (db_query(world->db, sql, &params, 0, TIMEOUT_MS, &result, &error) != ERROR_NONE)
        fail_msg("%s: %s", sql, error.message);
    char *value = strdup(PQgetvalue(result, 0, 0));
    PQclear(result);
    return value;
}

static inline void assert_answer(struct world *world, const char *sql, const char *expected)
{
    char *value = ask(world, sql);
    assert_string_equal(value, expected);
    free(value);
}

/* Both give the same value to the question, and a value there is. */
static inline void assert_same(struct world *left, struct world *right, const char *sql)
{
    char *expected = ask(left, sql);
    char *found = ask(right, sql);
    assert_string_not_equal(expected, "");
    assert_string_equal(expected, found);
    free(expected);
    free(found);
}

#endif
