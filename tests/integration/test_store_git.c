/* The store of git hosts' deliveries on a real database: what any order, a batch, a replay and many connections mean for
 * the rows, as properties with random cases. PGURI names the database; each test has a tenant of its own. SEED=N repeats.
 */
#include "arena.h"
#include "normalize.h"
#include "store.h"
#include "support/fixture.h"
#include "support/store_world.h"

#include <pthread.h>

enum { EVENTS = 30,
       CASES = 12,
       MAX_MEMBERS = 64,
       DOCUMENT_BYTES = 4096 };

/* A delivery as the tests write it down. Its body is its document, unless that is empty: then it is a git host's that says
 * nothing, or a Jira issue's. */
struct event {
    char id[24];
    instant received_at;
    char document[DOCUMENT_BYTES];
    char body[DOCUMENT_BYTES];
    enum error_code quarantine;
    bool is_replay;
};

static uint64_t dice;

static int roll(int sides)
{
    return (int)fixture_random(&dice, (uint32_t)sides);
}

static bool toss(void)
{
    return roll(2) == 0;
}

/* ---- documents ---- */

__attribute__((format(printf, 2, 3))) static void add(char *document, const char *format, ...)
{
    size_t length = strlen(document);
    va_list values;
    va_start(values, format);
    int n = vsnprintf(document + length, DOCUMENT_BYTES - length, format, values);
    va_end(values);
    assert_true(n >= 0 && (size_t)n < DOCUMENT_BYTES - length);
}

/* "main" or null, with a comma behind it. */
static void add_word(char *document, const char *name, const char *word)
{
    add(document, word == NULL ? "\"%s\":null," : "\"%s\":\"%s\",", name, word);
}

/* One look at one of a few commits: hosts tell more or less of it. Its keys are those of its message. */
static void add_commit(char *document, int commit)
{
    int message = roll(3);
    add(document, "{\"sha\":\"%040x\",\"message\":\"APP-%d %.*s\",\"keys\":[\"APP-%d\",\"BUG-%d\"],", 160 + commit, commit,
        message, "xx", commit, message);
    add(document, "\"refused\":[{\"text\":\"APP-0%d\",\"reason\":\"leading_zero\"}],", message);
    if (toss())
        add(document, "\"parents\":[\"%040x\"],", 160 + roll(3));
    add_word(document, "author", toss() ? "Ada" : NULL);
    add_word(document, "committed_at", toss() ? "2026-03-01T10:00:00Z" : NULL);
    add_word(document, "picked_from", roll(5) == 0 ? "00000000" : NULL);
    add(document, "\"is_known_elsewhere\":%s,\"is_merge_named\":%s}", toss() ? "true" : "false", toss() ? "true" : "false");
}

static void add_refused(char *document, const char *member)
{
    add(document, "\"%s\":[", member);
    if (toss())
        add(document, "{\"text\":\"APP-0%d\",\"reason\":\"leading_zero\"}", roll(3));
    add(document, "]");
}

static void add_change(char *document)
{
    static const char *const refs[] = {"main", "dev", "APP-1-x"};
    int first = roll(6), commits = roll(4);
    add(document, "{\"ref\":\"%s\",\"kind\":\"%s\",\"before\":null,\"after\":\"%040x\",\"is_notice\":%s,", refs[roll(3)],
        roll(4) == 0 ? "tag" : "branch", 160 + roll(6), roll(6) == 0 ? "true" : "false");
    add(document, "\"is_forced\":%s,\"total\":%d,\"is_whole\":%s,\"branch_keys\":[\"APP-1\"],", toss() ? "true" : "false",
        commits, toss() ? "true" : "false");
    add_refused(document, "branch_refused");
    add(document, ",\"commits\":[");
    for (int i = 0; i < commits; i++) {
        add(document, "%s", i == 0 ? "" : ",");
        add_commit(document, (first + i) % 6);
    }
    add(document, "]}");
}

static void add_pull_request(char *document)
{
    static const char *const states[] = {"open", "closed", "merged"};
    int title = roll(3);
    add(document, "\"pull_request\":{\"number\":%d,\"title\":\"APP-%d\",\"keys\":[\"APP-%d\"],\"state\":\"%s\",", 1 + roll(2),
        title, title, states[roll(3)]);
    if (roll(4) != 0)
        add(document, "\"updated_at\":\"2026-03-01T10:0%d:00Z\",", roll(3));
    if (toss())
        add(document, "\"commit_count\":%d,", 1 + roll(3));
    if (toss())
        add(document, "\"merge_sha\":\"%040x\",", 160 + roll(6));
    add_refused(document, "refused");
    add(document, "}}");
}

static void write_document(char *document)
{
    static const char *const branches[] = {NULL, NULL, "main", "trunk", "old"};
    int changes = roll(5) == 0 ? 0 : 1 + roll(2);
    *document = '\0';
    if (roll(9) == 0)
        return;
    add(document, "{\"repository\":\"org/%d\",", roll(2));
    add_word(document, "default_branch", branches[roll(5)]);
    add(document, "\"changes\":[");
    for (int i = 0; i < changes; i++) {
        add(document, "%s", i == 0 ? "" : ",");
        add_change(document);
    }
    add(document, "],");
    if (roll(3) == 0)
        add_pull_request(document);
    else
        add(document, "\"pull_request\":null}");
}

static void random_event(struct event *event, int number)
{
    *event = (struct event){0};
    (void)snprintf(event->id, sizeof event->id, "i%d", number);
    event->received_at = 1770000000000000 + (instant)roll(9) * 1000000;
    write_document(event->document);
    (void)snprintf(event->body, sizeof event->body, "%s", *event->document ? event->document : "{}");
}

/* ---- storing ---- */

struct batch {
    struct store_item items[MAX_MEMBERS];
    struct normal_form forms[MAX_MEMBERS];
    enum store_outcome outcomes[MAX_MEMBERS];
    bool enqueued;
    struct error error;
};

static void fill_item(struct batch *batch, size_t i, const struct source *source, const struct event *event)
{
    struct normal_form *form = &batch->forms[i];
    *form = (struct normal_form){.kind = NORMAL_IGNORED, .event = "push", .event_at = INSTANT_NONE};
    if (*event->document) {
        form->kind = NORMAL_GIT;
        form->git_json = event->document;
        form->git_json_length = strlen(event->document);
    }
    batch->items[i] = (struct store_item){
        .source = source,
        .delivery_id = event->id,
        .received_at = event->received_at,
        .body = (const unsigned char *)event->body,
        .body_length = strlen(event->body),
        .form = event->quarantine == ERROR_NONE ? form : NULL,
        .quarantine = event->quarantine,
        .quarantine_detail = event->quarantine == ERROR_NONE ? NULL : "written by a test",
        .is_replay = event->is_replay,
    };
}

static enum error_code try_store(struct world *world, struct batch *batch, const struct event *events, size_t count)
{
    assert_true(count <= MAX_MEMBERS);
    for (size_t i = 0; i < count; i++)
        fill_item(batch, i, &world->source, &events[i]);
    return store_deliveries(world->db, batch->items, count, TIMEOUT_MS, batch->outcomes, &batch->enqueued, &batch->error);
}

static void store(struct world *world, struct batch *batch, const struct event *events, size_t count)
{
    if (try_store(world, batch, events, count) != ERROR_NONE)
        fail_msg("store: %s %s", batch->error.sqlstate, batch->error.message);
}

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

static void shuffle(struct event *events, size_t count)
{
    for (size_t e = count - 1; e > 0; e--) {
        size_t with = (size_t)roll((int)e + 1);
        struct event kept = events[e];
        events[e] = events[with];
        events[with] = kept;
    }
}

#define ROWS(table, left_out) \
    " SELECT '" table " ' || (to_jsonb(t) - '{tenant,source" left_out "}'::text[])::text FROM jirasync." table " t" \
    " WHERE tenant = $1"
#define FACTS \
    ROWS("pushes", ",seq") \
    " UNION ALL" ROWS("push_commits", "") " UNION ALL" ROWS("commits", ",changed_seq") " UNION ALL" ROWS("commit_keys", "") " UNION ALL" ROWS("refused_keys", "") " UNION ALL" ROWS("pull_requests", "") " UNION ALL" ROWS("repositories", "")
#define LINES(rows) "SELECT coalesce(string_agg(r, E'\\n' ORDER BY r COLLATE \"C\"), '') FROM (" rows ") AS x (r)"

static const char facts[] = LINES(FACTS);
static const char facts_with_seq[] = LINES(FACTS " UNION ALL" ROWS("commits", ""));
/* Of the default branches that come and go within a batch, only the last one asks for a job. */
static const char ledger[] =
    LINES(ROWS("deliveries", ",stored_at") " UNION ALL" ROWS("quarantined_deliveries", "") " UNION ALL SELECT DISTINCT kind || ' ' || regexp_replace(key, '#.*', '#') FROM jirasync.jobs WHERE tenant = $1 AND strpos(key, '^^') = 0"
                                                                                           " AND key !~ '\\^(main|old|trunk)$'");

/* ---- properties ---- */

static void any_order_and_repetition_ends_in_the_same_facts(void **state)
{
    static struct batch batch;
    static struct event events[EVENTS], mixed[2 * EVENTS];
    (void)state;
    dice = fixture_seed();
    for (int i = 0; i < CASES; i++) {
        struct world straight = world_new("straight", SOURCE_GITHUB), shuffled = world_new("shuffled", SOURCE_GITHUB);
        for (int e = 0; e < EVENTS; e++)
            random_event(&events[e], e);
        memcpy(mixed, events, sizeof events);
        for (size_t e = EVENTS; e < 2 * EVENTS; e++)
            mixed[e] = events[roll(EVENTS)];
        shuffle(mixed, 2 * EVENTS);
        for (size_t e = 0; e < EVENTS; e++)
            store(&straight, &batch, &events[e], 1);
        store_in_batches(&shuffled, &batch, mixed, 2 * EVENTS, NULL);
        assert_same(&straight, &shuffled, facts);
        world_free(&straight);
        world_free(&shuffled);
    }
}

/* Few ids and documents, so that repeats and conflicts are common. */
static void events_with_conflicts(struct event *events, int count)
{
    for (int e = 0; e < count; e++) {
        if (e > 0 && roll(3) == 0) {
            events[e] = events[roll(e)];
            if (toss())
                (void)snprintf(events[e].id, sizeof events[e].id, "i%d", roll(EVENTS));
            continue;
        }
        random_event(&events[e], roll(EVENTS));
        if (roll(9) == 0)
            events[e].quarantine = ERROR_WRONG_TYPE;
    }
}

static void a_batch_means_its_members_one_by_one(void **state)
{
    static struct batch batch;
    static struct event events[2 * EVENTS];
    enum store_outcome outcomes[2 * EVENTS];
    (void)state;
    dice = fixture_seed();
    for (int i = 0; i < CASES; i++) {
        struct world single = world_new("single", SOURCE_GITHUB), batched = world_new("batched", SOURCE_GITHUB);
        events_with_conflicts(events, 2 * EVENTS);
        store_in_batches(&batched, &batch, events, 2 * EVENTS, outcomes);
        for (size_t e = 0; e < 2 * EVENTS; e++) {
            store(&single, &batch, &events[e], 1);
            if (batch.outcomes[0] != outcomes[e])
                fail_msg("member %zu of case %d: %d alone, %d in a batch: %s", e, i, (int)batch.outcomes[0],
                         (int)outcomes[e], events[e].body);
        }
        assert_same(&single, &batched, facts);
        assert_same(&single, &batched, ledger);
        world_free(&single);
        world_free(&batched);
    }
}

static void a_replay_in_any_order_changes_nothing(void **state)
{
    static struct batch batch;
    static struct event events[EVENTS];
    (void)state;
    dice = fixture_seed();
    for (int i = 0; i < CASES; i++) {
        struct world world = world_new("replayed", SOURCE_GITHUB);
        for (int e = 0; e < EVENTS; e++)
            random_event(&events[e], e);
        store_in_batches(&world, &batch, events, EVENTS, NULL);
        char *before = ask(&world, facts_with_seq);
        assert_string_not_equal(before, "");
        for (int e = 0; e < EVENTS; e++)
            events[e].is_replay = true;
        shuffle(events, EVENTS);
        store_in_batches(&world, &batch, events, EVENTS, NULL);
        assert_answer(&world, facts_with_seq, before);
        free(before);
        world_free(&world);
    }
}

/* First they are kept unread, or read as something else: then a replay makes of them what reading them at once would. */
static void a_replay_of_all_is_as_good_as_reading_them_at_once(void **state)
{
    static struct batch batch;
    static struct event events[EVENTS];
    static const char told[] = LINES(ROWS("pushes", ",seq") " UNION ALL" ROWS("push_commits", "") " UNION ALL" ROWS("pull_requests", ""));
    (void)state;
    dice = fixture_seed();
    for (int i = 0; i < CASES; i++) {
        struct world once = world_new("once", SOURCE_GITHUB), twice = world_new("twice", SOURCE_GITHUB);
        for (int e = 0; e < EVENTS; e++) {
            random_event(&events[e], e);
            store(&once, &batch, &events[e], 1);
            struct event misread = events[e];
            if (toss())
                write_document(misread.document);
            else
                *misread.document = '\0';
            if (strstr(misread.document, "\"number\"") != NULL)
                *misread.document = '\0'; /* the row of a request that nobody tells of any more would stay */
            store(&twice, &batch, &misread, 1);
            events[e].is_replay = true;
        }
        store_in_batches(&twice, &batch, events, EVENTS, NULL);
        store_in_batches(&twice, &batch, events, EVENTS, NULL);
        assert_same(&once, &twice, told);
        world_free(&once);
        world_free(&twice);
    }
}

static void jira_and_git_share_a_batch(void **state)
{
    static struct batch batch;
    static struct event events[2];
    struct world git = world_new("git", SOURCE_GITHUB);
    struct source jira = git.source;
    (void)state;
    static const char issue[] = "{\"webhookEvent\":\"jira:issue_updated\",\"issue\":{\"id\":\"7\",\"key\":\"APP-7\","
                                "\"fields\":{\"summary\":\"s\",\"status\":{\"name\":\"Open\"},\"issuetype\":{\"name\":\"Story\"},"
                                "\"project\":{\"id\":\"1\",\"key\":\"APP\"},\"updated\":\"2026-03-01T10:00:00.000+0000\"}}}";
    struct arena *arena = arena_new((size_t)1 << 24);
    struct normal_form *form = NULL;
    assert_non_null(arena);
    jira.kind = SOURCE_JIRA;
    jira.name = strdup("site");
    (void)snprintf(events[0].id, sizeof events[0].id, "issue");
    (void)snprintf(events[0].body, sizeof events[0].body, "%s", issue);
    (void)snprintf(events[1].id, sizeof events[1].id, "push");
    (void)snprintf(events[1].document, sizeof events[1].document,
                   "{\"repository\":\"org/app\",\"changes\":[{\"ref\":\"main\",\"kind\":\"branch\",\"after\":\"%040d\",\"is_notice\":false,"
                   "\"is_forced\":false,\"is_whole\":true,\"branch_keys\":[],\"commits\":[]}],\"pull_request\":null}",
                   1);
    (void)snprintf(events[1].body, sizeof events[1].body, "%s", events[1].document);
    fill_item(&batch, 0, &jira, &events[0]);
    fill_item(&batch, 1, &git.source, &events[1]);
    assert_int_equal(normalize_jira(issue, sizeof issue - 1, &(struct normalize_options){0}, arena, &form, &batch.error), ERROR_NONE);
    batch.items[0].form = form;
    assert_int_equal(store_deliveries(git.db, batch.items, 2, TIMEOUT_MS, batch.outcomes, &batch.enqueued, &batch.error), ERROR_NONE);
    assert_int_equal(batch.outcomes[0], STORE_APPLIED);
    assert_int_equal(batch.outcomes[1], STORE_APPLIED);
    assert_true(batch.enqueued);
    assert_answer(&git, "SELECT string_agg(kind || ' ' || key, ',' ORDER BY kind) FROM jirasync.jobs WHERE tenant = $1",
                  "correlate_commit org/app^main,correlate_issue 7");
    arena_free(arena);
    free(jira.name);
    world_free(&git);
}

static void what_cannot_be_stored_is_the_row_s_own_fault(void **state)
{
    static struct batch batch;
    static struct event events[2];
    struct world world = world_new("fault", SOURCE_GITHUB);
    static const char *const documents[] = {
        "{\"repository\":\"r\",\"changes\":[{\"ref\":\"%0*d\",\"kind\":\"branch\",\"after\":\"a\",\"is_notice\":false,\"is_forced\":false,"
        "\"is_whole\":true,\"branch_keys\":[],\"commits\":[]}],\"pull_request\":null}",
        "{\"repository\":\"r\",\"changes\":[],\"pull_request\":{\"number\":%0*d9,\"keys\":[]}}",
    };
    (void)state;
    dice = fixture_seed();
    for (int i = 0; i < 2; i++) {
        do
            random_event(&events[0], 0);
        while (*events[0].document == '\0');
        random_event(&events[1], 1);
        (void)snprintf(events[1].document, DOCUMENT_BYTES, documents[i], 3000, 1);
        assert_int_equal(try_store(&world, &batch, events, 2), ERROR_NOT_STORABLE);
        assert_int_equal(try_store(&world, &batch, events + 1, 1), ERROR_NOT_STORABLE);
        assert_answer(&world, "SELECT count(*) FROM jirasync.deliveries WHERE tenant = $1", "0");
    }
    world_free(&world);
}

/* ---- several connections ---- */

enum { SENDERS = 4,
       ROUNDS = 12,
       ROUND_EVENTS = 8 };

struct sender {
    struct world world; /* a connection of its own, the same tenant */
    const struct event *events;
    const char *suffix;
    int order, deadlocks, failures;
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
}

static void *send_rounds(void *context)
{
    struct sender *sender = context;
    struct batch *batch = calloc(1, sizeof *batch);
    struct event *events = calloc(ROUND_EVENTS, sizeof *events);
    if (batch == NULL || events == NULL)
        abort();
    for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < ROUND_EVENTS; i++) {
            int n = (i * (sender->order % 2 == 0 ? 3 : 5) + sender->order) % ROUND_EVENTS;
            events[i] = sender->events[round * ROUND_EVENTS + n];
            strcat(events[i].id, sender->suffix);
        }
        send_batch(sender, batch, events);
    }
    free(events);
    free(batch);
    return NULL;
}

static void doubled_hooks_from_four_connections_end_in_the_same_facts(void **state)
{
    static struct event events[ROUNDS * ROUND_EVENTS];
    static struct batch batch;
    struct world world = world_new("doubled", SOURCE_GITHUB), calm = world_new("calm", SOURCE_GITHUB);
    struct sender senders[SENDERS];
    pthread_t threads[SENDERS];
    static const char *const suffixes[] = {"-first", "-second"};
    (void)state;
    dice = fixture_seed();
    for (int e = 0; e < ROUNDS * ROUND_EVENTS; e++)
        random_event(&events[e], e);
    for (int i = 0; i < SENDERS; i++) {
        senders[i] = (struct sender){.world = world, .events = events, .suffix = suffixes[i % 2], .order = i};
        senders[i].world.db = db_new(getenv("PGURI"), "sender");
        assert_non_null(senders[i].world.db);
        assert_int_equal(pthread_create(&threads[i], NULL, send_rounds, &senders[i]), 0);
    }
    for (int i = 0; i < SENDERS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_int_equal(senders[i].deadlocks, 0);
        assert_int_equal(senders[i].failures, 0);
        db_close(senders[i].world.db);
    }
    for (int e = 0; e < 2 * ROUNDS * ROUND_EVENTS; e++) {
        struct event event = events[e / 2];
        strcat(event.id, suffixes[e % 2]);
        store(&calm, &batch, &event, 1);
    }
    assert_same(&calm, &world, facts);
    world_free(&calm);
    world_free(&world);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_order_and_repetition_ends_in_the_same_facts),
        cmocka_unit_test(a_batch_means_its_members_one_by_one),
        cmocka_unit_test(a_replay_in_any_order_changes_nothing),
        cmocka_unit_test(a_replay_of_all_is_as_good_as_reading_them_at_once),
        cmocka_unit_test(jira_and_git_share_a_batch),
        cmocka_unit_test(what_cannot_be_stored_is_the_row_s_own_fault),
        cmocka_unit_test(doubled_hooks_from_four_connections_end_in_the_same_facts),
    };
    normalize_init();
    if (argc > 1 && argv[1][0] != '\0')
        cmocka_set_test_filter(argv[1]);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
