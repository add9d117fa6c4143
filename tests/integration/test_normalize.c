/* PostgreSQL reads a storable body as the normal form does: doubled names, escapes, replaced characters, long numbers;
 * and it refuses what the parser here lets pass.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <libpq-fe.h>

#include "normalize.h"
#include "support/fixture.h"

static struct arena *arena;
static PGconn *connection;

static int open_all(void **state)
{
    const char *uri = getenv("PGURI");

    (void)state;
    normalize_init();
    arena = arena_new(8 << 20);
    connection = PQconnectdb(uri == NULL ? "" : uri);
    if (PQstatus(connection) != CONNECTION_OK)
        print_error("PGURI: %s", PQerrorMessage(connection));
    return arena == NULL || PQstatus(connection) != CONNECTION_OK ? -1 : 0;
}

static int close_all(void **state)
{
    (void)state;
    PQfinish(connection);
    arena_free(arena);
    return 0;
}

/* What the database reads in a body that it stores as jsonb. */
static PGresult *read_by_database(const char *body)
{
    return PQexecParams(connection,
                        "SELECT b ->> 'webhookEvent', b #>> '{issue,id}', b #>> '{issue,key}',"
                        " b #>> '{issue,fields,summary}', b #>> '{issue,fields,project,key}' FROM (SELECT $1::jsonb) AS t (b)",
                        1, NULL, &body, NULL, NULL, 0);
}

static bool same(const PGresult *result, int column, const char *text)
{
    if (PQgetisnull(result, 0, column))
        return text == NULL;
    return text != NULL && strcmp(PQgetvalue(result, 0, column), text) == 0;
}

/* The entity's identity and text, as the database reads them in the member that is said to hold it. */
static void compare_entity(const char *what, const char *body, const struct normal_entity *entity)
{
    const char *values[] = {body, entity->member};
    PGresult *result = PQexecParams(connection,
                                    "SELECT m ->> 'id', m #>> '{key}', coalesce(nullif(m ->> 'accountId', ''),"
                                    " nullif(m ->> 'name', ''), m ->> 'key'), CASE jsonb_typeof(m -> 'body') WHEN 'string' THEN m ->> 'body' END"
                                    " FROM (SELECT CASE $2 WHEN '' THEN $1::jsonb ELSE $1::jsonb -> $2 END) AS t (m)",
                                    2, NULL, values, NULL, NULL, 0);
    const char *key = strchr(entity->id, '/');

    if (PQresultStatus(result) != PGRES_TUPLES_OK || PQntuples(result) != 1)
        fail_msg("%s: %s", what, PQresultErrorMessage(result));
    if (!(same(result, 0, entity->id) || same(result, 1, key == NULL ? entity->id : key + 1) || same(result, 2, entity->id) ||
          *entity->member == '\0'))
        fail_msg("%s: the database reads no %s in %s", what, entity->id, entity->member);
    /* Of a document the text is ours. */
    if (strcmp(entity->kind, "comment") == 0 && !PQgetisnull(result, 0, 3) && !same(result, 3, entity->text))
        fail_msg("%s: the database reads the text %s", what, PQgetvalue(result, 0, 3));
    PQclear(result);
}

/* Fails when the database refuses the body's storable text or reads another value in it. */
static void compare(const char *what, const char *body, size_t length)
{
    struct normal_form *form;
    struct error error = {0};
    PGresult *result;
    char id[24];
    bool is_beside; /* the issue stands beside an entity: an odd one is absent but for its id */

    if (normalize_jira(body, length, NULL, arena, &form, &error) != ERROR_NONE)
        fail_msg("%s: %s: %s", what, error_name(error.code), error.message);
    result = read_by_database(form->storable != NULL ? form->storable : body);
    if (PQresultStatus(result) != PGRES_TUPLES_OK)
        fail_msg("%s: %s", what, PQresultErrorMessage(result));
    is_beside = form->entity_count > 0 && form->issue.issue_key == NULL;
    for (size_t i = 0; i < form->entity_count; i++)
        compare_entity(what, form->storable != NULL ? form->storable : body, &form->entities[i]);
    if (form->kind == NORMAL_ISSUE && !is_beside) {
        snprintf(id, sizeof id, "%lld", (long long)form->issue.issue_id);
        if (!same(result, 1, id) || !same(result, 2, form->issue.issue_key) || !same(result, 3, form->issue.summary) ||
            !same(result, 4, form->issue.project_key))
            fail_msg("%s: the database reads %s, %s, %s, %s", what, PQgetvalue(result, 0, 1), PQgetvalue(result, 0, 2),
                     PQgetvalue(result, 0, 3), PQgetvalue(result, 0, 4));
    }
    if (!PQgetisnull(result, 0, 0) && !same(result, 0, form->event))
        fail_msg("%s: the database reads event %s", what, PQgetvalue(result, 0, 0));
    PQclear(result);
    arena_reset(arena);
}

static void deliveries_read_alike(void **state)
{
    glob_t deliveries = fixture_deliveries();

    (void)state;
    for (size_t i = 0; i < deliveries.gl_pathc; i++) {
        size_t length = 0;
        char *body = fixture_read(deliveries.gl_pathv[i], &length);

        compare(deliveries.gl_pathv[i], body, length);
        free(body);
    }
    globfree(&deliveries);
}

static void append_text(uint64_t *random, char *body)
{
    static const char *const parts[] = {
        "\\u0000",
        "\\ud83c",
        "\\uDF89",
        "\\ud83c\\udf89",
        "\\\\",
        "\\\\u0000",
        "\\n",
        "\\\"",
        "\\/",
        "x",
        "\\u00e9",
        "\xC3\xA9",
        "\xF0\x9F\x8E\x89",
        "\\udfff",
        "\\u0001",
        " ",
        "{",
        "]",
        "\\u005c",
        "u0000",
        "\\ufffd",
    };

    strcat(body, "\"");
    for (uint32_t count = 1 + fixture_random(random, 8); count > 0; count--)
        strcat(body, parts[fixture_random(random, sizeof parts / sizeof *parts)]);
    strcat(body, "\"");
}

/* An object with members of the given names in any order, some more than once. */
static void append_object(uint64_t *random, char *body, int depth)
{
    static const char *const names[][4] = {
        {"\"issue\"", "\"timestamp\"", "\"x\"", "\"\\u0000\""},
        {"\"key\"", "\"fields\"", "\"Key\"", "\"\\u006bey\""},
        {"\"summary\"", "\"project\"", "\"Summary\"", "\"summary\""},
        {"\"key\"", "\"name\"", "\"key\"", "\"\\ud800\""},
    };

    strcat(body, "{");
    for (uint32_t count = 1 + fixture_random(random, 6); count > 0; count--) {
        const char *name = names[depth][fixture_random(random, 4)];

        strcat(strcat(body, name), fixture_random(random, 2) == 0 ? ":" : " :\r\n");
        if (strcmp(name, "\"issue\"") == 0 || strcmp(name, "\"fields\"") == 0 || strcmp(name, "\"project\"") == 0)
            append_object(random, body, depth + 1);
        else if (strcmp(name, "\"timestamp\"") == 0)
            strcat(body, "1795231700000.0000000000000000000000000000000000000000000000000000000000000001");
        else
            append_text(random, body);
        strcat(body, ",");
    }
    strcat(body, depth == 0 ? "\"webhookEvent\":" : "\"id\":\"7\"}");
    if (depth == 0) {
        append_text(random, body);
        strcat(body, ",\"webhookEvent\":\"jira:issue_updated\",\"issue\":");
        append_object(random, body, 1);
        strcat(body, "}");
    }
}

static void random_bodies_read_alike(void **state)
{
    static char body[1 << 16];
    uint64_t random = fixture_seed();

    (void)state;
    for (int round = 0; round < 2000; round++) {
        char what[32];

        body[0] = '\0';
        append_object(&random, body, 0);
        snprintf(what, sizeof what, "round %d", round);
        compare(what, body, strlen(body));
    }
}

static void database_refuses_what_the_parser_lets_pass(void **state)
{
    static const char *const bodies[] = {
        "{\"webhookEvent\": \"a\nb\"}",
        "{\"webhookEvent\": \"\xC3\x28\"}",
        "{\"webhookEvent\": \"x\", \"a\": 01}",
        "{\"webhookEvent\": \"x\", \"a\": 1.}",
        "{\"webhookEvent\":\f\"x\"}",
        "{\"webhookEvent\": \"\xED\xA0\x80\"}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        struct normal_form *form;
        struct error error;
        PGresult *result;

        assert_int_equal(normalize_jira(bodies[i], strlen(bodies[i]), NULL, arena, &form, &error), ERROR_NONE);
        result = read_by_database(bodies[i]);
        assert_int_equal(PQresultStatus(result), PGRES_FATAL_ERROR);
        assert_int_equal(error_code_of_sqlstate(PQresultErrorField(result, PG_DIAG_SQLSTATE)), ERROR_NOT_STORABLE);
        PQclear(result);
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(deliveries_read_alike),
        cmocka_unit_test(random_bodies_read_alike),
        cmocka_unit_test(database_refuses_what_the_parser_lets_pass),
    };

    if (argc > 1 && *argv[1] != '\0')
        cmocka_set_test_filter(argv[1]);
    return cmocka_run_group_tests(tests, open_all, close_all);
}
