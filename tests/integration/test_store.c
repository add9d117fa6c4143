/* The store: rules 1 to 6 for issues on a real database, and what a batch means, as properties with random cases.
 * PGURI names the database; each test has a tenant of its own, so that tests may run at the same time. SEED=N repeats.
 */
#include "arena.h"
#include "db.h"
#include "normalize.h"
#include "signature.h"
#include "store.h"
#include "support/fixture.h"
#include "support/store_world.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <unistd.h>

#include <cmocka.h>

enum { MAX_MEMBERS = 64,
       BODY_BYTES = 2048 };

/* A delivery as the tests write it down: 0 and NULL leave a member of the body out. */
struct event {
    const char *delivery_id;
    int issue, key, old_key; /* issue 7, key 3: APP-3 of issue 7 */
    int updated, timestamp;  /* minutes after 2026-01-01 */
    int version, added;
    const char *summary; /* NULL: a fragment */
    enum { UPDATED,
           DELETED,
           UNKNOWN } what;
    enum error_code quarantine;
    const char *raw; /* bytes in place of the body that was normalized */
};

static void write_stamp(char *text, size_t size, int minutes)
{
    (void)snprintf(text, size, "2026-01-%02dT%02d:%02d:00.000+0000", 1 + minutes / 1440, minutes / 60 % 24, minutes % 60);
}

static size_t write_fields(char *text, size_t size, const struct event *event)
{
    char stamp[64] = "";
    int n = snprintf(text, size, "\"fields\":{\"priority\":{\"name\":\"High\"}");
    if (event->summary != NULL)
        n += snprintf(text + n, size - (size_t)n,
                      ",\"summary\":\"%s\",\"status\":{\"name\":\"Open\",\"statusCategory\":{\"key\":\"new\"}},"
                      "\"issuetype\":{\"name\":\"Story\",\"subtask\":false},"
                      "\"project\":{\"id\":\"10\",\"key\":\"APP\",\"name\":\"App\"},\"labels\":[\"a \\\"b\\\\\",\"c,d\"]",
                      event->summary);
    if (event->version != 0)
        n += snprintf(text + n, size - (size_t)n, ",\"fixVersions\":[{\"id\":\"%d\",\"name\":\"R {%d}\"}]", event->version,
                      event->version);
    if (event->updated != 0) {
        write_stamp(stamp, sizeof stamp, event->updated);
        n += snprintf(text + n, size - (size_t)n, ",\"updated\":\"%s\"", stamp);
    }
    n += snprintf(text + n, size - (size_t)n, "}");
    return (size_t)n;
}

static size_t write_changelog(char *text, size_t size, const struct event *event)
{
    int n = snprintf(text, size, ",\"changelog\":{\"items\":[{\"field\":\"rank\",\"fieldId\":\"customfield_1\"}");
    if (event->old_key != 0)
        n += snprintf(text + n, size - (size_t)n, ",{\"field\":\"Key\",\"fieldtype\":\"jira\",\"fromString\":\"OLD-%d\",\"toString\":\"APP-%d\"}",
                      event->old_key, event->key);
    if (event->added != 0)
        n += snprintf(text + n, size - (size_t)n,
                      ",{\"field\":\"Fix Version\",\"fieldId\":\"fixVersions\",\"from\":null,\"to\":\"%d\","
                      "\"toString\":\"R\"}",
                      event->added);
    n += snprintf(text + n, size - (size_t)n, "]}");
    return (size_t)n;
}

static void write_body(char *text, size_t size, const struct event *event)
{
    static const char *const names[] = {"jira:issue_updated", "jira:issue_deleted", "jira:issue_teleported"};
    size_t n = (size_t)snprintf(text, size, "{\"webhookEvent\":\"%s\"", names[event->what]);
    if (event->timestamp != 0)
        n += (size_t)snprintf(text + n, size - n, ",\"timestamp\":%lld",
                              1767225600000LL + (long long)event->timestamp * 60000);
    n += (size_t)snprintf(text + n, size - n, ",\"issue\":{\"id\":\"%d\",\"key\":\"APP-%d\",", event->issue, event->key);
    n += write_fields(text + n, size - n, event);
    n += (size_t)snprintf(text + n, size - n, "}");
    n += write_changelog(text + n, size - n, event);
    (void)snprintf(text + n, size - n, "}");
}

/* Members of one call, with all that they point to. */
struct batch {
    struct arena *arena;
    struct store_item items[MAX_MEMBERS];
    char bodies[MAX_MEMBERS][BODY_BYTES];
    enum store_outcome outcomes[MAX_MEMBERS];
    bool enqueued;
    struct error error;
};

static void fill_item(struct batch *batch, size_t i, const struct source *source, const struct event *event)
{
    struct store_item *item = &batch->items[i];
    struct normal_form *form = NULL;
    struct error error = {0};
    char *body = batch->bodies[i];
    write_body(body, BODY_BYTES, event);
    if (normalize_jira(body, strlen(body), &(struct normalize_options){0}, batch->arena, &form, &error) != ERROR_NONE)
        fail_msg("normalize: %s: %s", error.message, body);
    if (event->raw != NULL)
        (void)snprintf(body, BODY_BYTES, "%s", event->raw);
    *item = (struct store_item){.source = source, .delivery_id = event->delivery_id, .received_at = 1770000000000000, .content_type = "application/json", .matched_secret = "env:TEST", .body = (const unsigned char *)body, .body_length = strlen(body), .form = form};
    if (event->quarantine != ERROR_NONE) {
        item->form = NULL;
        item->quarantine = event->quarantine;
        item->quarantine_detail = "written by a test";
    }
}

static struct batch *batch_new(void)
{
    struct batch *batch = calloc(1, sizeof *batch);
    assert_non_null(batch);
    batch->arena = arena_new((size_t)1 << 26);
    assert_non_null(batch->arena);
    return batch;
}

static void batch_free(struct batch *batch)
{
    arena_free(batch->arena);
    free(batch);
}

static enum error_code try_store(struct world *world, struct batch *batch, const struct event *events, size_t count)
{
    assert_true(count <= MAX_MEMBERS);
    arena_reset(batch->arena);
    for (size_t i = 0; i < count; i++)
        fill_item(batch, i, &world->source, &events[i]);
    return store_deliveries(world->db, batch->items, count, TIMEOUT_MS, batch->outcomes, &batch->enqueued, &batch->error);
}

static void store(struct world *world, struct batch *batch, const struct event *events, size_t count)
{
    if (try_store(world, batch, events, count) != ERROR_NONE)
        fail_msg("store: %s %s", batch->error.sqlstate, batch->error.message);
}

static enum store_outcome store_one(struct world *world, struct batch *batch, struct event event)
{
    store(world, batch, &event, 1);
    return batch->outcomes[0];
}

#define STORE(...) store_one(&world, batch, (struct event){__VA_ARGS__})

#define WITH_WORLD(source_kind) \
    struct world world = world_new(__func__, source_kind); \
    struct batch *batch = batch_new(); \
    (void)state
#define END_WORLD() \
    batch_free(batch); \
    world_free(&world)

static void a_whole_event_fills_every_column(void **state)
{
    WITH_WORLD(SOURCE_JIRA);
    assert_int_equal(STORE("d1", .issue = 7, .key = 3, .old_key = 2, .updated = 60, .timestamp = 61, .version = 500,
                           .added = 500, .summary = "Sum"),
                     STORE_APPLIED);
    assert_true(batch->enqueued);
    assert_answer(&world, "SELECT concat_ws('|', issue_key, project_key, project_id, summary, issue_type, hierarchy_level,"
                          " status, status_category, priority, fix_versions, version_ids, labels, is_stub, event, delivery_id,"
                          " rank_updated = '2026-01-01 01:00Z', rank_timestamp = '2026-01-01 01:01Z', fields->>'summary')"
                          " FROM jirasync.issues WHERE tenant = $1",
                  "APP-3|APP|10|Sum|Story|0|Open|new|High|{\"R {500}\"}|{500}|{\"a \\\"b\\\\\",\"c,d\"}|f|"
                  "jira:issue_updated|d1|t|t|Sum");
    assert_answer(&world, "SELECT concat_ws('|', event, issue_id, issue_key, outcome, kind, matched_secret, received_at ="
                          " to_timestamp(1770000000), body_sha256 = sha256(body)) FROM jirasync.deliveries WHERE tenant = $1",
                  "jira:issue_updated|7|APP-3|applied|jira|env:TEST|t|t");
    assert_answer(&world, "SELECT concat_ws('|', at = '2026-01-01 01:00Z', version_ids, version_names, added_ids, removed_ids,"
                          " project_id, project_key, project_name) FROM jirasync.issue_snapshots WHERE tenant = $1",
                  "t|{500}|{\"R {500}\"}|{500}|{}|10|APP|App");
    assert_answer(&world, "SELECT string_agg(issue_key || ' ' || coalesce(nullif(since, '-infinity')"
                          " AT TIME ZONE 'UTC', '1970-01-01')::date, ',' ORDER BY issue_key)"
                          " FROM jirasync.issue_keys WHERE tenant = $1",
                  "APP-3 2026-01-01,OLD-2 1970-01-01");
    assert_answer(&world, "SELECT string_agg(kind || ' ' || key, ',') FROM jirasync.jobs WHERE tenant = $1",
                  "correlate_issue 7");
    END_WORLD();
}

static void known_ids_and_bodies_are_told_apart(void **state)
{
    WITH_WORLD(SOURCE_JIRA);
    assert_int_equal(STORE("d1", .issue = 7, .key = 3, .updated = 1, .summary = "a"), STORE_APPLIED);
    assert_int_equal(STORE("d1", .issue = 7, .key = 3, .updated = 1, .summary = "a"), STORE_DUPLICATE);
    assert_false(batch->enqueued);
    assert_int_equal(STORE("d2", .issue = 7, .key = 3, .updated = 1, .summary = "a"), STORE_DUPLICATE);
    assert_int_equal(STORE("d1", .issue = 7, .key = 3, .updated = 2, .summary = "b"), STORE_ID_CONFLICT);
    assert_int_equal(STORE("d1", .issue = 7, .key = 3, .updated = 2, .summary = "b"), STORE_ID_CONFLICT);
    assert_answer(&world, "SELECT string_agg(reason, ',') FROM jirasync.quarantined_deliveries WHERE tenant = $1",
                  "id_conflict");
    assert_int_equal(STORE("d3", .issue = 7, .key = 3, .updated = 2, .summary = "b"), STORE_APPLIED);
    assert_int_equal(STORE("d1", .issue = 7, .key = 3, .updated = 2, .summary = "b"), STORE_DUPLICATE);
    assert_answer(&world, "SELECT count(*) FROM jirasync.deliveries WHERE tenant = $1", "2");
    END_WORLD();
}

static void a_git_hosts_delivery_is_known_by_its_id_alone(void **state)
{
    WITH_WORLD(SOURCE_GITHUB);
    assert_int_equal(STORE("d1", .issue = 7, .key = 3, .summary = "a", .what = UNKNOWN), STORE_IGNORED);
    assert_int_equal(STORE("d2", .issue = 7, .key = 3, .summary = "a", .what = UNKNOWN), STORE_IGNORED);
    assert_int_equal(STORE("d2", .issue = 7, .key = 3, .summary = "a", .what = UNKNOWN), STORE_DUPLICATE);
    assert_int_equal(STORE("d2", .issue = 7, .key = 3, .summary = "b", .what = UNKNOWN), STORE_ID_CONFLICT);
    END_WORLD();
}

static void quarantine_keeps_a_body_once(void **state)
{
    WITH_WORLD(SOURCE_JIRA);
    for (int i = 0; i < 3; i++)
        assert_int_equal(STORE("d1", .issue = 7, .key = 3, .summary = "a", .quarantine = ERROR_NO_IDENTITY), STORE_QUARANTINED);
    assert_answer(&world, "SELECT string_agg(concat_ws('|', reason, detail, content_type, body_sha256 = sha256(body)), ',')"
                          " FROM jirasync.quarantined_deliveries WHERE tenant = $1",
                  "no_identity|written by a test|application/json|t");
    assert_answer(&world, "SELECT count(*) FROM jirasync.deliveries WHERE tenant = $1", "0");
    END_WORLD();
}

static void assert_refused(struct world *world, struct batch *batch, struct event event, const char *sqlstate)
{
    struct event events[] = {{"good", .issue = 8, .key = 8, .summary = "good"}, event};
    assert_int_equal(try_store(world, batch, events, 2), ERROR_NOT_STORABLE);
    assert_string_equal(batch->error.sqlstate, sqlstate);
    assert_null(strstr(batch->error.message, "marrow"));
    assert_answer(world, "SELECT count(*) FROM jirasync.deliveries WHERE tenant = $1", "0");
}

static void postgresql_judges_the_json(void **state)
{
    WITH_WORLD(SOURCE_JIRA);
    struct event event = {"d1", .issue = 7, .key = 3, .summary = "a"};
    event.raw = "{\"issue\":{\"fields\":{\"marrow\":01}}}";
    assert_refused(&world, batch, event, "22P02");
    event.raw = "{\"issue\":{\"fields\":{\"marrow\":\"\\u0000\"}}}";
    assert_refused(&world, batch, event, "22P05");
    event.raw = "{\"issue\":{\"fields\":{\"marrow\":\"\xff\"}}}";
    assert_refused(&world, batch, event, "22021");
    event.raw = "{\"marrow\":1} trailing";
    event.what = UNKNOWN;
    assert_refused(&world, batch, event, "22P02");
    END_WORLD();
}

static void digits_and_unknown_fields_stay_as_they_are(void **state)
{
    WITH_WORLD(SOURCE_JIRA);
    assert_int_equal(STORE("d1", .issue = 7, .key = 3, .summary = "a",
                           .raw = "{\"issue\":{\"fields\":{\"a\":1,\"n\":12345678901234567890.10,\"a\":2}}}"),
                     STORE_APPLIED);
    assert_answer(&world, "SELECT fields FROM jirasync.issues WHERE tenant = $1", "{\"a\": 2, \"n\": 12345678901234567890.10}");
    END_WORLD();
}

static void a_late_update_lifts_no_tombstone(void **state)
{
    WITH_WORLD(SOURCE_JIRA);
    static const char *deleted = "SELECT concat_ws('|', to_char(deleted_at AT TIME ZONE 'UTC', 'HH24:MI'), summary)"
                                 " FROM jirasync.issues WHERE tenant = $1";
    assert_int_equal(STORE("d1", .issue = 7, .key = 3, .updated = 10, .timestamp = 10, .summary = "a"), STORE_APPLIED);
    assert_int_equal(STORE("d2", .issue = 7, .key = 3, .updated = 5, .timestamp = 20, .summary = "b", .what = DELETED),
                     STORE_APPLIED);
    assert_answer(&world, deleted, "00:20|a");
    assert_int_equal(STORE("d3", .issue = 7, .key = 3, .updated = 30, .timestamp = 30, .summary = "c"), STORE_APPLIED);
    assert_answer(&world, deleted, "00:20|c");
    assert_int_equal(STORE("d4", .issue = 7, .key = 3, .updated = 5, .timestamp = 15, .summary = "d", .what = DELETED),
                     STORE_STALE);
    assert_int_equal(STORE("d5", .issue = 7, .key = 3, .updated = 5, .timestamp = 25, .summary = "e", .what = DELETED),
                     STORE_APPLIED);
    assert_answer(&world, deleted, "00:25|c");
    assert_answer(&world, "SELECT count(*) FROM jirasync.issue_snapshots WHERE tenant = $1", "2");
    END_WORLD();
}

static void a_fragment_fills_a_stub_and_nothing_else(void **state)
{
    WITH_WORLD(SOURCE_JIRA);
    static const char *row = "SELECT concat_ws('|', is_stub, delivery_id, summary) FROM jirasync.issues WHERE tenant = $1";
    assert_int_equal(STORE("d1", .issue = 7, .key = 3, .updated = 20), STORE_APPLIED);
    assert_answer(&world, row, "t|d1");
    assert_answer(&world, "SELECT string_agg(kind, ',' ORDER BY kind) FROM jirasync.jobs WHERE tenant = $1",
                  "correlate_issue,fetch_issue");
    assert_int_equal(STORE("d2", .issue = 7, .key = 3, .updated = 10), STORE_STALE);
    assert_int_equal(STORE("d3", .issue = 7, .key = 3, .updated = 30), STORE_APPLIED);
    assert_int_equal(STORE("d4", .issue = 7, .key = 3, .updated = 5, .summary = "whole"), STORE_APPLIED);
    assert_answer(&world, row, "f|d4|whole");
    assert_int_equal(STORE("d5", .issue = 7, .key = 4, .updated = 50), STORE_STALE);
    assert_answer(&world, row, "f|d4|whole");
    assert_answer(&world, "SELECT string_agg(issue_key, ',' ORDER BY issue_key) FROM jirasync.issue_keys WHERE tenant = $1",
                  "APP-3,APP-4");
    END_WORLD();
}

static void a_whole_event_of_higher_rank_replaces_every_column(void **state)
{
    WITH_WORLD(SOURCE_JIRA);
    assert_int_equal(STORE("d1", .issue = 7, .key = 3, .updated = 10, .version = 500, .summary = "a"), STORE_APPLIED);
    assert_int_equal(STORE("d2", .issue = 7, .key = 4, .updated = 20, .summary = "b"), STORE_APPLIED);
    assert_answer(&world, "SELECT concat_ws('|', issue_key, fix_versions IS NULL, version_ids IS NULL) FROM jirasync.issues"
                          " WHERE tenant = $1",
                  "APP-4|t|t");
    END_WORLD();
}

static void an_imported_issue_is_the_body_itself(void **state)
{
    WITH_WORLD(SOURCE_JIRA);
    static const char body[] = "{\"id\":\"7\",\"key\":\"APP-3\",\"fields\":{\"summary\":\"imported\","
                               "\"status\":{\"name\":\"Open\",\"statusCategory\":{\"key\":\"new\"}},"
                               "\"issuetype\":{\"name\":\"Story\"},\"project\":{\"id\":\"10\",\"key\":\"APP\"},"
                               "\"updated\":\"2026-01-01T01:00:00.000+0000\"}}";
    struct store_item *item = &batch->items[0];
    struct normal_form *form = NULL;
    *item = (struct store_item){.source = &world.source, .delivery_id = "sha256:import", .received_at = instant_now(), .body = (const unsigned char *)body, .body_length = sizeof body - 1};
    assert_int_equal(normalize_jira_issue(body, sizeof body - 1, &(struct normalize_options){0}, batch->arena, &form,
                                          &batch->error),
                     ERROR_NONE);
    item->form = form;
    assert_int_equal(store_deliveries(world.db, item, 1, TIMEOUT_MS, batch->outcomes, &batch->enqueued, &batch->error),
                     ERROR_NONE);
    assert_int_equal(batch->outcomes[0], STORE_APPLIED);
    assert_answer(&world, "SELECT concat_ws('|', event, fields ->> 'summary', rank_updated = rank_timestamp, deleted_at)"
                          " FROM jirasync.issues WHERE tenant = $1",
                  "import|imported|t");
    END_WORLD();
}

static void two_tenants_never_meet(void **state)
{
    WITH_WORLD(SOURCE_JIRA);
    struct world other = world_new("other", SOURCE_JIRA);
    struct event event = {"d1", .issue = 7, .key = 3, .updated = 10, .summary = "a"};
    arena_reset(batch->arena);
    fill_item(batch, 0, &world.source, &event);
    fill_item(batch, 1, &other.source, &event);
    assert_int_equal(store_deliveries(world.db, batch->items, 2, TIMEOUT_MS, batch->outcomes, &batch->enqueued, &batch->error),
                     ERROR_NONE);
    assert_int_equal(batch->outcomes[0], STORE_APPLIED);
    assert_int_equal(batch->outcomes[1], STORE_APPLIED);
    assert_answer(&other, "SELECT count(*) FROM jirasync.jobs WHERE tenant = $1", "1");
    world_free(&other);
    END_WORLD();
}

/* ---- properties ---- */

static uint64_t dice;

static int roll(int sides)
{
    dice = dice * 6364136223846793005u + 1442695040888963407u;
    return (int)((dice >> 33) % (uint64_t)sides);
}

enum { EVENTS = 24,
       CASES = 12 };

/* Few issues, ids and instants, so that ties, conflicts and repeats are common. */
static void random_events(struct event *events, size_t count, bool with_conflicts)
{
    static const char *const ids[] = {"i0", "i1", "i2", "i3", "i4", "i5", "i6", "i7", "i8", "i9", "i10", "i11",
                                      "i12", "i13", "i14", "i15", "i16", "i17", "i18", "i19", "i20", "i21", "i22", "i23"};
    static const char *const summaries[] = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l",
                                            "m", "n", "o", "p", "q", "r", "s", "t", "u", "v", "w", "x"};
    for (size_t i = 0; i < count; i++) {
        if (with_conflicts && i > 0 && roll(4) == 0) {
            events[i] = events[roll((int)i)];
            if (roll(2) == 0)
                events[i].delivery_id = ids[roll(EVENTS)];
            continue;
        }
        events[i] = (struct event){.delivery_id = with_conflicts ? ids[roll(EVENTS)] : ids[i], .issue = 1 + roll(3), .key = 1 + roll(4), .old_key = roll(3), .updated = roll(4), .timestamp = 100 * (int)(roll(2)), .version = roll(3), .added = roll(3), .what = roll(5) == 0 ? DELETED : UPDATED};
        if (events[i].timestamp != 0 && !with_conflicts)
            events[i].timestamp += (int)i; /* distinct bodies, so that a body has one delivery id */
        if (events[i].timestamp == 0 && !with_conflicts)
            events[i].updated = 200 + (int)i;
        events[i].summary = roll(4) == 0 ? NULL : summaries[with_conflicts ? roll(EVENTS) : (int)i];
        if (with_conflicts && roll(9) == 0)
            events[i].quarantine = ERROR_WRONG_TYPE;
    }
}

static const char entities[] =
    "SELECT coalesce(string_agg(r, E'\\n' ORDER BY r COLLATE \"C\"), '') FROM ("
    " SELECT (to_jsonb(i) - '{tenant,source}'::text[])::text FROM jirasync.issues i WHERE tenant = $1 UNION ALL"
    " SELECT (to_jsonb(k) - '{tenant,source}'::text[])::text FROM jirasync.issue_keys k WHERE tenant = $1 UNION ALL"
    " SELECT (to_jsonb(s) - '{tenant,source}'::text[])::text FROM jirasync.issue_snapshots s WHERE tenant = $1) AS x (r)";
static const char ledger[] =
    "SELECT coalesce(string_agg(r, E'\\n' ORDER BY r COLLATE \"C\"), '') FROM ("
    " SELECT (to_jsonb(d) - '{tenant,source,stored_at}'::text[])::text FROM jirasync.deliveries d WHERE tenant = $1 UNION ALL"
    " SELECT (to_jsonb(q) - '{tenant,source}'::text[])::text FROM jirasync.quarantined_deliveries q WHERE tenant = $1"
    " UNION ALL SELECT kind || ' ' || key FROM jirasync.jobs WHERE tenant = $1) AS x (r)";

/* Stores events in batches of random sizes; outcomes may be NULL. */
static void store_in_batches(struct world *world, struct batch *batch, const struct event *events, size_t count,
                             enum store_outcome *outcomes)
{
    for (size_t at = 0; at < count;) {
        size_t size = 1 + (size_t)roll(10);
        size = size > count - at ? count - at : size;
        store(world, batch, events + at, size);
        if (outcomes != NULL)
            memcpy(outcomes + at, batch->outcomes, size * sizeof *outcomes);
        at += size;
    }
}

static void any_order_and_repetition_ends_in_the_same_rows(void **state)
{
    struct batch *batch = batch_new();
    (void)state;
    dice = fixture_seed();
    for (int i = 0; i < CASES; i++) {
        struct world straight = world_new("straight", SOURCE_JIRA), shuffled = world_new("shuffled", SOURCE_JIRA);
        struct event events[EVENTS], mixed[2 * EVENTS];
        random_events(events, EVENTS, false);
        for (size_t e = 0; e < EVENTS; e++)
            mixed[e] = events[e];
        for (size_t e = EVENTS; e < 2 * EVENTS; e++)
            mixed[e] = events[roll(EVENTS)];
        for (size_t e = 2 * EVENTS - 1; e > 0; e--) {
            size_t with = (size_t)roll((int)e + 1);
            struct event kept = mixed[e];
            mixed[e] = mixed[with];
            mixed[with] = kept;
        }
        for (size_t e = 0; e < EVENTS; e++)
            store(&straight, batch, &events[e], 1);
        store_in_batches(&shuffled, batch, mixed, 2 * EVENTS, NULL);
        assert_same(&straight, &shuffled, entities);
        world_free(&straight);
        world_free(&shuffled);
    }
    batch_free(batch);
}

static void a_batch_means_its_members_one_by_one(void **state)
{
    struct batch *batch = batch_new();
    (void)state;
    dice = fixture_seed();
    for (int i = 0; i < CASES; i++) {
        struct world single = world_new("single", SOURCE_JIRA), batched = world_new("batched", SOURCE_JIRA);
        struct event events[2 * EVENTS];
        enum store_outcome outcomes[2 * EVENTS];
        random_events(events, 2 * EVENTS, true);
        store_in_batches(&batched, batch, events, 2 * EVENTS, outcomes);
        for (size_t e = 0; e < 2 * EVENTS; e++) {
            store(&single, batch, &events[e], 1);
            if (batch->outcomes[0] != outcomes[e])
                fail_msg("member %zu of case %d: %d alone, %d in a batch", e, i, (int)batch->outcomes[0], (int)outcomes[e]);
        }
        assert_same(&single, &batched, entities);
        assert_same(&single, &batched, ledger);
        world_free(&single);
        world_free(&batched);
    }
    batch_free(batch);
}

static void two_stores_of_one_batch_are_one(void **state)
{
    WITH_WORLD(SOURCE_JIRA);
    struct world once = world_new("once", SOURCE_JIRA);
    struct event events[EVENTS];
    dice = fixture_seed();
    random_events(events, EVENTS, true);
    store(&once, batch, events, EVENTS);
    store(&world, batch, events, EVENTS);
    store(&world, batch, events, EVENTS);
    assert_false(batch->enqueued);
    for (size_t i = 0; i < EVENTS; i++)
        assert_true(batch->outcomes[i] == STORE_DUPLICATE || batch->outcomes[i] == STORE_QUARANTINED || batch->outcomes[i] == STORE_ID_CONFLICT);
    assert_same(&once, &world, entities);
    assert_same(&once, &world, ledger);
    world_free(&once);
    END_WORLD();
}

/* ---- several connections ---- */

enum { SENDERS = 4,
       ROUNDS = 20,
       ROUND_EVENTS = 16 };

struct sender {
    struct world world; /* a connection of its own, the same tenant */
    const char *suffix;
    uint64_t order;
    int fresh, deadlocks, failures;
    char ids[ROUND_EVENTS][24];
};

/* As the batcher does: a conflict is the same batch again. */
static void send_batch(struct sender *sender, struct batch *batch, const struct event *events)
{
    enum error_code code;
    int tries = 0;
    do {
        code = try_store(&sender->world, batch, events, ROUND_EVENTS);
        if (code == ERROR_DATABASE_CONFLICT && strcmp(batch->error.sqlstate, "40P01") == 0)
            sender->deadlocks++;
    } while (code == ERROR_DATABASE_CONFLICT && ++tries < 20);
    if (code != ERROR_NONE)
        sender->failures++;
    for (size_t i = 0; code == ERROR_NONE && i < ROUND_EVENTS; i++)
        sender->fresh += batch->outcomes[i] == STORE_APPLIED || batch->outcomes[i] == STORE_STALE;
}

static void *send_rounds(void *context)
{
    struct sender *sender = context;
    struct batch *batch = batch_new();
    for (int round = 0; round < ROUNDS; round++) {
        struct event events[ROUND_EVENTS] = {0};
        for (int i = 0; i < ROUND_EVENTS; i++) {
            int number = round * ROUND_EVENTS + (i * (sender->order % 2 == 0 ? 5 : 11) + (int)sender->order) % ROUND_EVENTS;
            (void)snprintf(sender->ids[i], sizeof sender->ids[i], "%d%s", number, sender->suffix);
            events[i] = (struct event){sender->ids[i], .issue = 1 + number % 13, .key = 1 + number % 13,
                                       .updated = 1 + number, .summary = "s"};
        }
        send_batch(sender, batch, events);
    }
    batch_free(batch);
    return NULL;
}

static void doubled_hooks_from_four_connections_store_each_body_once(void **state)
{
    WITH_WORLD(SOURCE_JIRA);
    struct sender senders[SENDERS];
    pthread_t threads[SENDERS];
    int fresh = 0;
    for (int i = 0; i < SENDERS; i++) {
        senders[i] = (struct sender){.world = world, .suffix = i % 2 == 0 ? "-first" : "-second", .order = (uint64_t)i};
        senders[i].world.db = db_new(getenv("PGURI"), "sender");
        assert_non_null(senders[i].world.db);
        assert_int_equal(pthread_create(&threads[i], NULL, send_rounds, &senders[i]), 0);
    }
    for (int i = 0; i < SENDERS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_int_equal(senders[i].deadlocks, 0);
        assert_int_equal(senders[i].failures, 0);
        fresh += senders[i].fresh;
        db_close(senders[i].world.db);
    }
    assert_int_equal(fresh, ROUNDS * ROUND_EVENTS);
    char expected[32];
    (void)snprintf(expected, sizeof expected, "%d", ROUNDS * ROUND_EVENTS);
    assert_answer(&world, "SELECT count(*) FROM jirasync.deliveries WHERE tenant = $1", expected);
    assert_answer(&world, "SELECT count(*) FROM jirasync.issue_snapshots WHERE tenant = $1", expected);
    assert_answer(&world, "SELECT count(*) FROM jirasync.issues WHERE tenant = $1", "13");
    assert_answer(&world, "SELECT count(*) FROM jirasync.quarantined_deliveries WHERE tenant = $1", "0");
    END_WORLD();
}

/* ---- the connection ---- */

static void a_late_answer_is_cancelled_and_reported_in_time(void **state)
{
    WITH_WORLD(SOURCE_JIRA);
    struct error error = {0};
    assert_int_equal(db_execute(world.db, "SELECT pg_sleep(60)", 100, &error), ERROR_DATABASE_AWAY);
    assert_answer(&world, "SELECT count(*) FROM pg_stat_activity WHERE $1 IS NOT NULL AND query = 'SELECT pg_sleep(60)'"
                          " AND state = 'active'",
                  "0");
    END_WORLD();
}

static void a_lost_connection_is_made_anew_and_prepared_again(void **state)
{
    WITH_WORLD(SOURCE_JIRA);
    struct world killer = world_new("killer", SOURCE_JIRA);
    char sql[96];
    assert_int_equal(STORE("d1", .issue = 7, .key = 3, .updated = 1, .summary = "a"), STORE_APPLIED);
    uint64_t generation = db_generation(world.db);
    (void)snprintf(sql, sizeof sql, "SELECT pg_terminate_backend(%d, 5000), $1", PQbackendPID(db_connection(world.db)));
    free(ask(&killer, sql));
    struct event event = {"d2", .issue = 7, .key = 3, .updated = 2, .summary = "b"};
    assert_int_equal(try_store(&world, batch, &event, 1), ERROR_DATABASE_AWAY);
    assert_int_equal(STORE("d2", .issue = 7, .key = 3, .updated = 2, .summary = "b"), STORE_APPLIED);
    assert_true(db_generation(world.db) > generation);
    world_free(&killer);
    END_WORLD();
}

static void a_malformed_connection_string_is_not_repeated(void **state)
{
    (void)state;
    struct error error = {0};
    struct db *db = db_new("postgresql://user:marrow@host:port:port/%zz", "test");
    assert_non_null(db);
    assert_int_equal(db_connect(db, 1000, &error), ERROR_DATABASE_MISUSE);
    assert_null(strstr(error.message, "marrow"));
    db_close(db);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_whole_event_fills_every_column),
        cmocka_unit_test(known_ids_and_bodies_are_told_apart),
        cmocka_unit_test(a_git_hosts_delivery_is_known_by_its_id_alone),
        cmocka_unit_test(quarantine_keeps_a_body_once),
        cmocka_unit_test(postgresql_judges_the_json),
        cmocka_unit_test(digits_and_unknown_fields_stay_as_they_are),
        cmocka_unit_test(a_late_update_lifts_no_tombstone),
        cmocka_unit_test(a_fragment_fills_a_stub_and_nothing_else),
        cmocka_unit_test(a_whole_event_of_higher_rank_replaces_every_column),
        cmocka_unit_test(an_imported_issue_is_the_body_itself),
        cmocka_unit_test(two_tenants_never_meet),
        cmocka_unit_test(any_order_and_repetition_ends_in_the_same_rows),
        cmocka_unit_test(a_batch_means_its_members_one_by_one),
        cmocka_unit_test(two_stores_of_one_batch_are_one),
        cmocka_unit_test(doubled_hooks_from_four_connections_store_each_body_once),
        cmocka_unit_test(a_late_answer_is_cancelled_and_reported_in_time),
        cmocka_unit_test(a_lost_connection_is_made_anew_and_prepared_again),
        cmocka_unit_test(a_malformed_connection_string_is_not_repeated),
    };
    normalize_init();
    if (argc > 1 && argv[1][0] != '\0')
        cmocka_set_test_filter(argv[1]);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
