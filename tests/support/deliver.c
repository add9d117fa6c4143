/* Stores the deliveries of a file as the receiver does, in batches of random sizes, for the tests of the mirror.
 *
 * deliver CONNINFO TENANT SEED MAX_BATCH FILE. FILE holds lines, and after those that name a LENGTH the body and a
 * newline:
 *
 *     source NAME FIELD          a Jira site; FIELD is its epic_link_field, or -
 *     deliver ID SOURCE LENGTH   a delivery, normalized and stored
 *     refuse ID SOURCE LENGTH    one that is kept in quarantine, as if its form had not been understood
 *     replay ID SOURCE LENGTH    kept bytes once more
 *     sql LENGTH                 what stands in the body is run, after all that came before it is stored
 *
 * Prints for each delivery its id, its outcome, and the reason and SQLSTATE for which it is in quarantine, or "-".
 * A batch that PostgreSQL refuses for a row's fault is halved until the row is found. Any other error ends the program.
 */
#include "arena.h"
#include "db.h"
#include "normalize.h"
#include "store.h"

#include <sodium.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BATCH_MAX = 64,
       SOURCES_MAX = 8,
       CONFLICT_RETRIES = 20,
       TIMEOUT_MS = 60000 };

enum manner {
    MANNER_DELIVER,
    MANNER_REFUSE,
    MANNER_REPLAY,
};

/* One delivery with all that its store item points to. */
struct delivery {
    char id[256];
    unsigned char *body; /* free()d with the batch */
    enum manner manner;
    struct error error;
};

struct run {
    struct db *db;
    struct arena *arena;
    FILE *file;
    uint64_t random;
    size_t most, wanted, count; /* members of a batch: at most, in the next one, waiting for it */
    struct source sources[SOURCES_MAX];
    size_t source_count;
    struct delivery deliveries[BATCH_MAX];
    struct store_item items[BATCH_MAX];
    enum store_outcome outcomes[BATCH_MAX];
};

static void fail(const char *what, const struct error *error)
{
    (void)fprintf(stderr, "deliver: %s: %s %s\n", what, error == NULL ? "" : error->sqlstate,
                  error == NULL ? "the file can't be read" : error->message);
    exit(1);
}

/* xorshift64*, as in the other tests. */
static uint32_t below(struct run *run, size_t limit)
{
    run->random ^= run->random >> 12;
    run->random ^= run->random << 25;
    run->random ^= run->random >> 27;
    return (uint32_t)((run->random * UINT64_C(2685821657736338717)) >> 32) % (uint32_t)limit;
}

/* ---- storing ---- */

static void quarantine(struct run *run, size_t place, const struct error *error)
{
    struct delivery *delivery = &run->deliveries[place];
    struct store_item *item = &run->items[place];

    delivery->error = *error;
    item->form = NULL;
    item->quarantine = error->code;
    item->quarantine_detail = delivery->error.message;
    item->quarantine_sqlstate = error->sqlstate[0] == '\0' ? NULL : delivery->error.sqlstate;
}

static enum error_code try_store(struct run *run, size_t from, size_t count, struct error *error)
{
    enum error_code code = ERROR_DATABASE_CONFLICT;
    bool enqueued;

    for (int attempt = 0; attempt <= CONFLICT_RETRIES && code == ERROR_DATABASE_CONFLICT; attempt++)
        code = store_deliveries(run->db, run->items + from, count, TIMEOUT_MS, run->outcomes + from, &enqueued, error);
    return code;
}

static void store_range(struct run *run, size_t from, size_t count)
{
    struct error error = {0};
    enum error_code code = try_store(run, from, count, &error);

    if (code == ERROR_NONE)
        return;
    if (code != ERROR_NOT_STORABLE)
        fail(run->deliveries[from].id, &error);
    if (count > 1) {
        store_range(run, from, count / 2);
        store_range(run, from + count / 2, count - count / 2);
        return;
    }
    if (run->items[from].quarantine != ERROR_NONE)
        fail("a quarantined delivery was refused", &error);
    quarantine(run, from, &error);
    store_range(run, from, 1);
}

static void store_waiting(struct run *run)
{
    if (run->count > 0)
        store_range(run, 0, run->count);
    for (size_t i = 0; i < run->count; i++) {
        const struct store_item *item = &run->items[i];

        (void)printf("%s %s %s %s\n", item->delivery_id, store_outcome_name(run->outcomes[i]),
                     item->quarantine == ERROR_NONE ? "-" : error_name(item->quarantine),
                     item->quarantine_sqlstate == NULL ? "-" : item->quarantine_sqlstate);
        free(run->deliveries[i].body);
    }
    run->count = 0;
    run->wanted = 1 + below(run, run->most);
    arena_reset(run->arena);
}

/* ---- reading ---- */

static const struct source *find_source(const struct run *run, const char *name)
{
    for (size_t i = 0; i < run->source_count; i++)
        if (strcmp(run->sources[i].name, name) == 0)
            return &run->sources[i];
    fail(name, NULL);
    return NULL;
}

/* The bytes that follow a line, NUL-terminated, malloc'ed. */
static unsigned char *read_bytes(struct run *run, size_t length)
{
    unsigned char *bytes = malloc(length + 1);

    if (bytes == NULL || fread(bytes, 1, length, run->file) != length || fgetc(run->file) != '\n')
        fail("a body", NULL);
    bytes[length] = '\0';
    return bytes;
}

static void normalize(struct run *run, size_t place)
{
    struct store_item *item = &run->items[place];
    const struct normalize_options options = {.epic_link_field = item->source->epic_link_field};
    struct normal_form *form = NULL;
    struct error error = {0};

    if (run->deliveries[place].manner == MANNER_REFUSE)
        (void)error_set(&error, ERROR_WRONG_TYPE, "refused by a test");
    else if (normalize_jira((const char *)item->body, item->body_length, &options, run->arena, &form, &error) ==
             ERROR_NONE)
        item->form = form;
    if (form != NULL)
        return;
    if (!error_is_quarantined(error.code))
        fail(item->delivery_id, &error);
    quarantine(run, place, &error);
}

static void add(struct run *run, enum manner manner, const char *id, const char *source, size_t length)
{
    struct delivery *delivery;

    if (run->count > 0 && (run->count >= run->wanted ||
                           (manner == MANNER_REPLAY) != (run->deliveries[0].manner == MANNER_REPLAY)))
        store_waiting(run);
    delivery = &run->deliveries[run->count];
    delivery->manner = manner;
    delivery->body = read_bytes(run, length);
    (void)snprintf(delivery->id, sizeof delivery->id, "%s", id);
    run->items[run->count] = (struct store_item){
        .source = find_source(run, source),
        .delivery_id = delivery->id,
        .received_at = INT64_C(1767225600000000),
        .content_type = "application/json",
        .matched_secret = "env:TEST",
        .body = delivery->body,
        .body_length = length,
        .is_replay = manner == MANNER_REPLAY,
    };
    normalize(run, run->count);
    run->count++;
}

static void add_source(struct run *run, const char *tenant, const char *name, const char *field)
{
    struct source *source = &run->sources[run->source_count++];

    if (run->source_count > SOURCES_MAX)
        fail("too many sources", NULL);
    *source = (struct source){.name = strdup(name), .tenant = strdup(tenant), .kind = SOURCE_JIRA};
    if (strcmp(field, "-") != 0)
        source->epic_link_field = strdup(field);
}

static void execute(struct run *run, size_t length)
{
    unsigned char *sql = read_bytes(run, length);
    enum error_code code = ERROR_DATABASE_CONFLICT;
    struct error error = {0};

    store_waiting(run);
    for (int attempt = 0; attempt <= CONFLICT_RETRIES && code == ERROR_DATABASE_CONFLICT; attempt++)
        code = db_execute(run->db, (const char *)sql, TIMEOUT_MS, &error);
    if (code != ERROR_NONE)
        fail((const char *)sql, &error);
    free(sql);
}

static void read_line(struct run *run, const char *tenant, const char *line)
{
    static const char *const manners[] = {"deliver", "refuse", "replay"};
    char word[16], id[256], name[64];
    size_t length;

    if (sscanf(line, "source %255s %63s", id, name) == 2) {
        add_source(run, tenant, id, name);
        return;
    }
    if (sscanf(line, "sql %zu", &length) == 1) {
        execute(run, length);
        return;
    }
    if (sscanf(line, "%15s %255s %63s %zu", word, id, name, &length) == 4)
        for (int i = 0; i < 3; i++)
            if (strcmp(word, manners[i]) == 0) {
                add(run, (enum manner)i, id, name, length);
                return;
            }
    fail(line, NULL);
}

static void close_run(struct run *run)
{
    for (size_t i = 0; i < run->source_count; i++) {
        free(run->sources[i].name);
        free(run->sources[i].tenant);
        free(run->sources[i].epic_link_field);
    }
    arena_free(run->arena);
    db_close(run->db);
    (void)fclose(run->file);
}

int main(int argc, char **argv)
{
    static struct run run;
    char line[512];

    if (argc != 6 || sodium_init() < 0) {
        (void)fprintf(stderr, "usage: deliver CONNINFO TENANT SEED MAX_BATCH FILE\n");
        return 2;
    }
    normalize_init();
    run.db = db_new(argv[1], "test");
    run.arena = arena_new((size_t)1 << 28);
    run.file = fopen(argv[5], "rb");
    run.random = strtoull(argv[3], NULL, 10) * 2 + 1;
    run.most = strtoul(argv[4], NULL, 10);
    if (run.db == NULL || run.arena == NULL || run.file == NULL || run.most < 1 || run.most > BATCH_MAX)
        fail(argv[5], NULL);
    run.wanted = 1 + below(&run, run.most);
    while (fgets(line, sizeof line, run.file) != NULL)
        read_line(&run, argv[2], line);
    store_waiting(&run);
    close_run(&run);
    return 0;
}
