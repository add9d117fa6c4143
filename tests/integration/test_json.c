/* What docs/json.md says of odd JSON: each row of its table, on the way that a verified body takes, into a real database.
 * PGURI names the database; the tests have a tenant of their own.
 */
#include "batcher.h"
#include "db.h"
#include "normalize.h"
#include "store.h"
#include "support/fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <unistd.h>

#include <cmocka.h>

#define TIMEOUT_MS 60000
#define ARENA_BYTES ((size_t)128 << 20) /* JIRASYNC_MAX_PARSE_BYTES */
#define BODY_BYTES ((size_t)25 << 20)   /* JIRASYNC_MAX_BODY_BYTES */

static struct source source = {.kind = SOURCE_JIRA};
static struct batcher *batcher;
static struct db *stored_by, *asked_by;
static char tenant[32];
static int deliveries;

/* What became of a body. */
struct fate {
    char delivery_id[24];
    enum error_code code; /* of the answer */
    enum store_outcome outcome;
    struct error error;
};

/* ---- the way of a body ---- */

static enum error_code backend_connect(void *context, int64_t timeout_ms, struct error *error)
{
    return db_connect(context, timeout_ms, error);
}

static enum error_code backend_store(void *context, const struct store_item *items, size_t count, int64_t timeout_ms,
                                     enum store_outcome *outcomes, bool *enqueued, struct error *error)
{
    return store_deliveries(context, items, count, timeout_ms, outcomes, enqueued, error);
}

static void backend_nothing(void *context)
{
    (void)context;
}

static struct batcher_item *item_of(const char *body, size_t length, const char *delivery_id)
{
    struct batcher_item *item = batcher_item_new(ARENA_BYTES);

    assert_non_null(item);
    item->body = (unsigned char *)fixture_memory(length);
    memcpy(item->body, body, length);
    item->store = (struct store_item){
        .source = &source,
        .delivery_id = delivery_id,
        .received_at = 1770000000000000,
        .content_type = "application/json",
        .body = item->body,
        .body_length = length,
    };
    return item;
}

/* As the receiver does with a body whose signature holds. */
static struct fate deliver(const char *body, size_t length)
{
    struct fate fate = {.code = ERROR_NONE};
    struct error error = {0};
    struct normal_form *form = NULL;
    struct batcher_item *item;
    enum error_code stored;

    (void)snprintf(fate.delivery_id, sizeof fate.delivery_id, "d%d", ++deliveries);
    item = item_of(body, length, fate.delivery_id);
    fate.code = normalize_jira((const char *)item->body, length, NULL, item->arena, &form, &fate.error);
    item->store.form = form;
    item->store.quarantine = fate.code;
    item->store.quarantine_detail = fate.code == ERROR_NONE ? NULL : fate.error.message;
    stored = batcher_submit(batcher, item, &fate.outcome, &error);
    if (fate.code == ERROR_NONE) {
        fate.code = stored;
        fate.error = error;
    }
    batcher_item_free(item);
    return fate;
}

/* One value, as text; $1 is the tenant, $2 the delivery's id, $3 the body in hex. The caller frees. */
static char *ask(const char *sql, const char *delivery_id, const char *body_hex)
{
    struct error error = {0};
    const char *values[] = {tenant, delivery_id, body_hex};
    const Oid types[] = {25, 25, 25};
    struct db_params params = {.count = 3, .types = types, .values = values};
    PGresult *result = NULL;
    char *value;

    if (db_query(asked_by, sql, &params, 0, TIMEOUT_MS, &result, &error) != ERROR_NONE)
        fail_msg("%s: %s", sql, error.message);
    value = strdup(PQgetisnull(result, 0, 0) ? "NULL" : PQgetvalue(result, 0, 0));
    PQclear(result);
    return value;
}

static void assert_answer(const char *what, const char *sql, const char *delivery_id, const char *body_hex, const char *expected)
{
    char *value = ask(sql, delivery_id, body_hex);

    if (strcmp(value, expected) != 0)
        fail_msg("%s: %.300s instead of %.300s", what, value, expected);
    free(value);
}

/* The bytes lie where they should, all of them, and nowhere else. */
static void assert_kept(const char *what, const struct fate *fate, const char *body, size_t length, const char *expected)
{
    static const char digits[] = "0123456789abcdef";
    char *hex = fixture_memory(2 * length + 1);

    for (size_t i = 0; i < length; i++) {
        hex[2 * i] = digits[(unsigned char)body[i] >> 4];
        hex[2 * i + 1] = digits[(unsigned char)body[i] & 15];
    }
    hex[2 * length] = '\0';
    assert_answer(what,
                  "SELECT concat_ws(' ', (SELECT 'ledger' FROM jirasync.deliveries WHERE tenant = $1 AND delivery_id = $2"
                  " AND body = decode($3, 'hex')), (SELECT 'quarantine ' || reason FROM jirasync.quarantined_deliveries"
                  " WHERE tenant = $1 AND delivery_id = $2 AND body = decode($3, 'hex')))",
                  fate->delivery_id, hex, expected);
    free(hex);
}

static void assert_stored(const char *what, const struct fate *fate, const char *body, size_t length)
{
    if (fate->code != ERROR_NONE || fate->outcome != STORE_APPLIED)
        fail_msg("%s: %s, outcome %s", what, fate->error.message, store_outcome_name(fate->outcome));
    assert_kept(what, fate, body, length, "ledger");
}

static void assert_quarantined(const char *what, const struct fate *fate, const char *body, size_t length, enum error_code code,
                               const char *message)
{
    char kept[64];

    if (fate->code != code || strstr(fate->error.message, message) == NULL)
        fail_msg("%s: %s: %s", what, error_name(fate->code), fate->error.message);
    assert_int_equal(error_http_status(code), 422);
    (void)snprintf(kept, sizeof kept, "quarantine %s", error_name(code));
    assert_kept(what, fate, body, length, kept);
}

/* ---- members of an issue's fields ---- */

/* A whole issue with more members in its fields; each has an id of its own. malloc'ed. */
static char *issue_with(const char *members, size_t *length)
{
    size_t size = strlen(members) + 512;
    char *body = fixture_memory(size);

    *length = (size_t)snprintf(body, size,
                               "{\"webhookEvent\":\"jira:issue_updated\",\"timestamp\":1767229200000,\"issue\":{\"id\":%d,"
                               "\"key\":\"APP-%d\",\"fields\":{\"summary\":\"s\",\"status\":{\"name\":\"Open\"},\"issuetype\":"
                               "{\"name\":\"Story\"},\"project\":{\"id\":10,\"key\":\"APP\"},%s}}}",
                               deliveries + 1, deliveries + 1, members);
    return body;
}

static void assert_member_is_stored(const char *members, const char *sql, const char *expected)
{
    char statement[512];
    size_t length;
    char *body = issue_with(members, &length);
    struct fate fate = deliver(body, length);

    assert_stored(members, &fate, body, length);
    (void)snprintf(statement, sizeof statement,
                   "SELECT (%s)::text FROM jirasync.issues i JOIN jirasync.deliveries d USING (tenant, source, delivery_id)"
                   " WHERE tenant = $1 AND delivery_id = $2 AND $3 = ''",
                   sql);
    assert_answer(members, statement, fate.delivery_id, "", expected);
    free(body);
}

static void escapes_that_jsonb_refuses_are_replaced_and_counted(void **state)
{
    static const char *const rows[][2] = {
        {"\"x\":\"a\\u0000b\"", "1 a\xEF\xBF\xBD"
                                "b"},
        {"\"x\":\"a\\ud83cb\"", "1 a\xEF\xBF\xBD"
                                "b"},
        {"\"x\":\"a\\uDF89b\"", "1 a\xEF\xBF\xBD"
                                "b"},
        {"\"x\":\"\\udf89\\ud83c\\u0000\"", "3 \xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},
        {"\"x\":\"a\\ud83c\\udf89b\"", "0 a\xF0\x9F\x8E\x89"
                                       "b"},
        {"\"x\":\"a\\\\u0000b\"", "0 a\\u0000b"},
        {"\"x\":\"a\\u0001b\x7F\"", "0 a\x01"
                                    "b\x7F"},
        {"\"x\":\"\xEF\xBF\xBF\xF4\x8F\xBF\xBF\"", "0 \xEF\xBF\xBF\xF4\x8F\xBF\xBF"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_member_is_stored(rows[i][0], "d.altered || ' ' || (i.fields ->> 'x')", rows[i][1]);
    assert_member_is_stored("\"x\\u0000\":7", "d.altered || ' ' || (i.fields ->> U&'x\\FFFD')", "1 7");
    assert_member_is_stored("\"summary\":\"cut \\ud83c\"", "d.altered || ' ' || i.summary", "1 cut \xEF\xBF\xBD");
}

static void digits_are_kept(void **state)
{
    static const char *const numbers[] = {
        "9007199254740993",
        "9223372036854775807",
        "9223372036854776000",
        "-12345678901234567890123456789",
        "1.10",
        "0.1000000000000000055511151231257827021181583404541015625",
    };
    char members[512] = "\"x\":", *digits = members + 4;

    (void)state;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        (void)snprintf(digits, sizeof members - 4, "%s", numbers[i]);
        assert_member_is_stored(members, "i.fields ->> 'x'", numbers[i]);
    }
    for (int i = 0; i < 400; i++)
        digits[i] = (char)('1' + i % 9);
    digits[400] = '\0';
    assert_member_is_stored(members, "i.fields ->> 'x'", digits);
    assert_member_is_stored("\"x\":1e400", "(i.fields -> 'x')::numeric = 1e400::numeric", "true");
    assert_member_is_stored("\"x\":-0", "i.fields ->> 'x'", "0");
}

static void of_doubled_names_the_last_one_counts(void **state)
{
    (void)state;
    assert_member_is_stored("\"x\":1,\"x\":2", "i.fields ->> 'x'", "2");
    assert_member_is_stored("\"summary\":\"last\"", "i.summary || ' ' || (i.fields ->> 'summary')", "last last");
    assert_member_is_stored("\"Summary\":\"other\"", "i.summary || ' ' || (i.fields ->> 'Summary')", "s other");
}

static void an_empty_array_for_an_object_is_absent_where_it_is_only_shown(void **state)
{
    (void)state;
    assert_member_is_stored("\"assignee\":[],\"resolution\":[],\"priority\":[],\"parent\":[]",
                            "concat_ws('|', i.is_stub, i.assignee, i.resolution, i.priority, i.parent_id, i.fields ->> 'parent')",
                            "f|[]");
    assert_member_is_stored("\"fixVersions\":{},\"labels\":{},\"components\":{}",
                            "concat_ws('|', i.is_stub, i.fix_versions, i.labels, i.components, i.fields ->> 'labels')", "f|{}");
    assert_member_is_stored("\"status\":[]", "concat_ws('|', i.is_stub, i.status)", "t");
    assert_member_is_stored("\"project\":[]", "concat_ws('|', i.is_stub, i.project_key)", "t");
}

static void instants_are_read_or_absent_and_their_text_stays(void **state)
{
    static const char *const rows[][2] = {
        {"\"2019-07-03T11:04:43.020-0700\"", "2019-07-03 18:04:43.02"},
        {"\"2019-07-03T18:04:43.020Z\"", "2019-07-03 18:04:43.02"},
        {"\"2019-07-03T19:04:43+0100\"", "2019-07-03 18:04:43"},
        {"\"2019-07-03T19:04:43.5+01:00\"", "2019-07-03 18:04:43.5"},
        {"\"2020-08-04 00:00:00.0\"", "2020-08-04 00:00:00"},
        {"\"2019-08-27 19:43:24.193\"", "2019-08-27 19:43:24.193"},
        {"\"2019-07-03T18:04:43\"", "2019-07-03 18:04:43"},
        {"\"2017-12-25 17:42:07,202\"", "2017-12-25 17:42:07.202"},
        {"\"2020-08-04\"", "2020-08-04 00:00:00"},
        {"1562177083020", "2019-07-03 18:04:43.02"},
        {"\"1562177083020\"", "2019-07-03 18:04:43.02"},
        {"\"0000-01-01T00:00:00.000+0000\"", "absent"},
        {"\"0001-01-01T00:00:00.000+0000\"", "absent"},
        {"\"1969-12-31T23:59:59.000+0000\"", "absent"},
        {"\"2201-01-01T00:00:00.000+0000\"", "absent"},
        {"\"9999-12-31T23:59:59.999+0000\"", "absent"},
        {"\"99999-01-01T00:00:00.000+0000\"", "absent"},
        {"\"2016-12-31T23:59:60.000+0000\"", "absent"},
        {"\"2026-02-29T00:00:00.000+0000\"", "absent"},
        {"\"2026-01-01T24:00:00.000+0000\"", "absent"},
        {"\"2026-01-01T00:00:00.000 PST\"", "absent"},
        {"\"01/Jan/26 8:00 AM\"", "absent"},
        {"\"infinity\"", "absent"},
        {"\"\"", "absent"},
        {"253402300800000", "absent"},
        {"-1", "absent"},
        {"1e999", "absent"},
        {"{\"iso8601\":\"2026-01-01T00:00:00+0100\"}", "absent"},
    };
    char members[128];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        (void)snprintf(members, sizeof members, "\"created\":%s", rows[i][0]);
        assert_member_is_stored(members, "coalesce((i.created_at AT TIME ZONE 'UTC')::text, 'absent')", rows[i][1]);
        if (rows[i][0][0] == '"') {
            char text[128];

            (void)snprintf(text, sizeof text, "%.*s", (int)(strlen(rows[i][0]) - 2), rows[i][0] + 1);
            assert_member_is_stored(members, "i.fields ->> 'created'", text);
        }
    }
    assert_member_is_stored("\"updated\":\"99999-01-01T00:00:00.000+0000\"",
                            "i.updated_at IS NULL AND i.rank_updated = '2026-01-01 01:00Z' AND i.rank_timestamp = i.rank_updated",
                            "true");
}

static void what_is_no_json_is_quarantined(void **state)
{
    static const char *const members[] = {
        "\"x\":NaN",
        "\"x\":Infinity",
        "\"x\":-Infinity",
        "\"x\":01",
        "\"x\":1.",
        "\"x\":.5",
        "\"x\":+1",
        "\"x\":0x10",
        "\"x\":\"a\nb\"",
        "\"x\":\"a\tb\"",
        "\"x\":\"a\x01"
        "b\"",
        "\"x\":'a'",
        "\"x\":\"\\x41\"",
        "\"x\":\"\\u00g0\"",
        "\"x\":undefined",
        "\"x\":True",
        "\"x\":1,",
        "x:1",
        "\"x\":/* one */ 1",
        "\"x\":\f1",
        /* no UTF-8: half a character, an overlong NUL, a surrogate, a cut one, past U+10FFFF, no lead byte, ISO 8859-1 */
        "\"x\":\"\xC3\x28\"",
        "\"x\":\"\xC0\x80\"",
        "\"x\":\"\xED\xA0\x80\"",
        "\"x\":\"\xF0\x9F\x8E\"",
        "\"x\":\"\xF4\x90\x80\x80\"",
        "\"x\":\"\x80\"",
        "\"x\":\"caf\xE9\"",
        "\"\xFF\":1",
    };

    (void)state;
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        size_t length;
        char *body = issue_with(members[i], &length);
        struct fate fate = deliver(body, length);

        assert_quarantined(members[i], &fate, body, length, ERROR_INVALID_JSON, "");
        free(body);
    }
}

static void a_number_that_jsonb_cannot_hold_is_quarantined(void **state)
{
    size_t length;
    char *body = issue_with("\"x\":1e999999", &length);
    struct fate fate = deliver(body, length);

    (void)state;
    assert_quarantined("1e999999", &fate, body, length, ERROR_NOT_STORABLE, "");
    assert_answer("1e999999",
                  "SELECT sqlstate FROM jirasync.quarantined_deliveries WHERE tenant = $1 AND delivery_id = $2 AND $3 = ''",
                  fate.delivery_id, "", "22003");
    free(body);
}

/* ---- whole bodies ---- */

#define BODY(text) text, sizeof text - 1

static void a_body_of_no_use_is_quarantined_with_its_reason(void **state)
{
    static const struct {
        const char *what, *body;
        size_t length;
        enum error_code code;
        const char *message;
    } rows[] = {
        {"no bytes", BODY(""), ERROR_EMPTY_BODY, "Exclude body"},
        {"white space", BODY(" \r\n"), ERROR_EMPTY_BODY, "Exclude body"},
        {"a test body", BODY("{}"), ERROR_NO_IDENTITY, "a test body"},
        {"no event, no issue", BODY("{\"timestamp\":1}"), ERROR_NO_IDENTITY, "neither webhookEvent nor issue"},
        {"a BOM", BODY("\xEF\xBB\xBF{\"webhookEvent\":\"x\"}"), ERROR_INVALID_JSON, "byte order mark"},
        {"UTF-16", BODY("{\0\"\0a\0\"\0:\0001\0}\0"), ERROR_INVALID_JSON, "NUL"},
        {"UTF-16 with a BOM", BODY("\xFF\xFE{\0}\0"), ERROR_INVALID_JSON, ""},
        {"a raw NUL", BODY("{\"webhookEvent\":\"a\0b\"}"), ERROR_INVALID_JSON, "NUL"},
        {"trailing text", BODY("{\"webhookEvent\":\"x\"} x"), ERROR_INVALID_JSON, "goes on after"},
        {"two values", BODY("{\"webhookEvent\":\"x\"}{}"), ERROR_INVALID_JSON, "goes on after"},
        {"a brace too many", BODY("{\"webhookEvent\":\"x\"}}"), ERROR_INVALID_JSON, "goes on after"},
        {"half a body", BODY("{\"webhookEvent\":\"x\",\"issue\":{\"id\""), ERROR_INVALID_JSON, "near byte"},
        {"an array", BODY("[{\"webhookEvent\":\"x\"}]"), ERROR_NOT_AN_OBJECT, "not an object"},
        {"null", BODY("null"), ERROR_NOT_AN_OBJECT, "not an object"},
        {"an array for the issue", BODY("{\"webhookEvent\":\"jira:issue_updated\",\"issue\":[]}"), ERROR_WRONG_TYPE,
         "issue is not an object"},
        {"an array for the fields", BODY("{\"webhookEvent\":\"jira:issue_updated\",\"issue\":{\"id\":1,\"fields\":[]}}"),
         ERROR_WRONG_TYPE, "issue.fields is not an object"},
        {"an array for the comment", BODY("{\"webhookEvent\":\"comment_created\",\"comment\":[]}"), ERROR_WRONG_TYPE,
         "comment is not an object"},
        {"an id past 2^53", BODY("{\"webhookEvent\":\"jira:issue_updated\",\"issue\":{\"id\":9007199254740993}}"),
         ERROR_WRONG_TYPE, "issue.id"},
        {"an id of 400 digits", BODY("{\"webhookEvent\":\"sprint_closed\",\"sprint\":{\"id\":\"99999999999999999999\"}}"),
         ERROR_WRONG_TYPE, "sprint.id"},
        {"no JSON in an event that is not known", BODY("{\"webhookEvent\":\"x\",\"a\":\"\x01\"}"), ERROR_INVALID_JSON, ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct fate fate = deliver(rows[i].body, rows[i].length);

        assert_quarantined(rows[i].what, &fate, rows[i].body, rows[i].length, rows[i].code, rows[i].message);
    }
}

static void an_id_past_2_53_in_digits_is_one(void **state)
{
    static const char body[] = "{\"webhookEvent\":\"jira:issue_updated\",\"issue\":{\"id\":\"9007199254740993\",\"key\":\"APP-9\"}}";
    struct fate fate = deliver(body, sizeof body - 1);

    (void)state;
    assert_stored("an id past 2^53", &fate, body, sizeof body - 1);
    assert_answer("an id past 2^53",
                  "SELECT issue_id FROM jirasync.issues WHERE tenant = $1 AND delivery_id = $2 AND $3 = ''", fate.delivery_id, "",
                  "9007199254740993");
}

static void an_event_never_seen_before_is_ignored_and_kept(void **state)
{
    static const char body[] = "{\"webhookEvent\":\"jira:issue_teleported\",\"issue\":[],\"n\":9007199254740993}";
    struct fate fate = deliver(body, sizeof body - 1);

    (void)state;
    assert_int_equal(fate.code, ERROR_NONE);
    assert_int_equal(fate.outcome, STORE_IGNORED);
    assert_kept("an event never seen", &fate, body, sizeof body - 1, "ledger");
}

/* unit, count times between start and end, as a member's value in fields. malloc'ed. */
static char *issue_with_many(const char *start, const char *unit, size_t count, const char *end, size_t *length)
{
    size_t step = strlen(unit);
    char *members = fixture_memory(strlen(start) + count * step + strlen(end) + 1), *to = members, *body;

    to += sprintf(to, "%s", start);
    for (size_t i = 0; i < count; i++, to += step)
        memcpy(to, unit, step);
    (void)sprintf(to, "%s", end);
    body = issue_with(members, length);
    free(members);
    return body;
}

static void nesting_is_stored_up_to_a_depth(void **state)
{
    static const size_t depths[] = {900, 1000, 100000};

    (void)state;
    for (size_t i = 0; i < sizeof depths / sizeof *depths; i++) {
        size_t length;
        char *ends = fixture_memory(depths[i] + 1), *body;
        struct fate fate;

        memset(ends, ']', depths[i]);
        ends[depths[i]] = '\0';
        body = issue_with_many("\"x\":", "[", depths[i], ends, &length);
        fate = deliver(body, length);
        if (depths[i] < 1000)
            assert_stored("nesting", &fate, body, length);
        else
            assert_quarantined("nesting", &fate, body, length, ERROR_TOO_COMPLEX, "nested");
        free(body);
        free(ends);
    }
}

static void bodies_of_25_mb_are_stored_or_too_complex(void **state)
{
    static const char unit[] = "twenty-five megabytes \\u00e9 ";
    size_t length, count = (BODY_BYTES - 1024) / (sizeof unit - 1);
    char *body = issue_with_many("\"x\":\"", unit, count, "\"", &length), characters[24];
    struct fate fate = deliver(body, length);

    (void)state;
    (void)snprintf(characters, sizeof characters, "%zu", count * (sizeof unit - sizeof "\\u00e9" + 1)); /* an escape is one */
    assert_true(length <= BODY_BYTES && length > BODY_BYTES - 4096);
    assert_stored("25 MB of text", &fate, body, length);
    assert_answer("25 MB of text",
                  "SELECT length(fields ->> 'x') FROM jirasync.issues WHERE tenant = $1 AND delivery_id = $2 AND $3 = ''",
                  fate.delivery_id, "", characters);
    free(body);
    body = issue_with_many("\"x\":[0", ",0", (BODY_BYTES - 1024) / 2, "]", &length);
    fate = deliver(body, length);
    assert_quarantined("25 MB of numbers", &fate, body, length, ERROR_TOO_COMPLEX, "JIRASYNC_MAX_PARSE_BYTES");
    free(body);
}

/* ---- all ---- */

static int open_all(void **state)
{
    const char *uri = getenv("PGURI") == NULL ? "" : getenv("PGURI");
    const struct batcher_limits limits = {.rows = 64, .bytes = 8 << 20, .store_timeout_ms = TIMEOUT_MS, .reconnect_cap_ms = 1000};
    struct batcher_backend backend = {NULL, backend_connect, backend_store, backend_nothing, backend_nothing};

    (void)state;
    normalize_init();
    (void)snprintf(tenant, sizeof tenant, "json-%d", (int)getpid());
    source.name = source.tenant = tenant;
    stored_by = db_new(uri, "test");
    asked_by = db_new(uri, "test");
    backend.context = stored_by;
    batcher = batcher_start(&backend, &limits, NULL);
    return stored_by == NULL || asked_by == NULL || batcher == NULL ? -1 : 0;
}

static int close_all(void **state)
{
    (void)state;
    batcher_stop(batcher);
    db_close(stored_by);
    db_close(asked_by);
    return 0;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(escapes_that_jsonb_refuses_are_replaced_and_counted),
        cmocka_unit_test(digits_are_kept),
        cmocka_unit_test(of_doubled_names_the_last_one_counts),
        cmocka_unit_test(an_empty_array_for_an_object_is_absent_where_it_is_only_shown),
        cmocka_unit_test(instants_are_read_or_absent_and_their_text_stays),
        cmocka_unit_test(what_is_no_json_is_quarantined),
        cmocka_unit_test(a_number_that_jsonb_cannot_hold_is_quarantined),
        cmocka_unit_test(a_body_of_no_use_is_quarantined_with_its_reason),
        cmocka_unit_test(an_id_past_2_53_in_digits_is_one),
        cmocka_unit_test(an_event_never_seen_before_is_ignored_and_kept),
        cmocka_unit_test(nesting_is_stored_up_to_a_depth),
        cmocka_unit_test(bodies_of_25_mb_are_stored_or_too_complex),
    };

    if (argc > 1 && *argv[1] != '\0')
        cmocka_set_test_filter(argv[1]);
    return cmocka_run_group_tests(tests, open_all, close_all);
}
